//! Operands: where it costs no crossing, the operands of a gate stand in their order, since x − y is not y − x.
//! Before: rows in a good order. After: rows with as few crossings, and no fewer operands in their order.

use super::crossing::Counter;
use super::layer::Layers;
use std::ops::Range;

/// Turns the drawing over if that helps, then exchanges operands that stand the wrong way round.
pub(super) fn settle(layers: &mut Layers) {
    let pairs = neighbouring_operands(layers);
    let mut places = layers.places();
    let ordered = pairs.iter().filter(|pair| is_in_order(layers, &places, **pair)).count();
    let turned = pairs.iter().filter(|(first, second)| is_in_order(layers, &places, (*second, *first))).count();
    if turned > ordered {
        layers.turn_over();
        places = layers.places();
    }
    let mut counts = Counts::default();
    for pair in pairs {
        if !is_in_order(layers, &places, pair) {
            exchange_if_free(layers, &mut places, pair, &mut counts);
        }
    }
}

/// The crossings between each row and the row before it, as far as they are known.
#[derive(Default)]
struct Counts {
    counter: Counter,
    known: Vec<Option<usize>>,
}

impl Counts {
    /// The crossings before some rows.
    fn of(&mut self, layers: &Layers, places: &[u32], rows: Range<usize>) -> usize {
        self.known.resize(layers.rows.len(), None);
        let Counts { counter, known } = self;
        let mut count = |r: usize| counter.crossings(&layers.rows[r - 1], layers.rows[r].len(), &layers.after, places);
        rows.map(|r| *known[r].get_or_insert_with(|| count(r))).sum()
    }
}

/// Pairs of chains that enter the same node, one operand after the other.
fn neighbouring_operands(layers: &Layers) -> Vec<(u32, u32)> {
    let mut last_at = vec![u32::MAX; layers.items.len()];
    let mut pairs = Vec::new();
    for (chain, items) in layers.chains.iter().enumerate() {
        let before = std::mem::replace(&mut last_at[items[items.len() - 1] as usize], chain as u32);
        if before != u32::MAX {
            pairs.push((before, chain as u32));
        }
    }
    pairs
}

/// Whether two chains enter their node in their order.
fn is_in_order(layers: &Layers, places: &[u32], (first, second): (u32, u32)) -> bool {
    let entry = |chain: u32| places[layers.chains[chain as usize].iter().rev().nth(1).copied().unwrap_or(0) as usize];
    entry(first) <= entry(second)
}

/// Exchanges two chains rank by rank, their tails too where nothing else hangs on them, if no crossing is added.
fn exchange_if_free(layers: &mut Layers, places: &mut [u32], (first, second): (u32, u32), counts: &mut Counts) {
    let backward = |chain: u32| layers.chains[chain as usize].iter().rev().skip(1).copied();
    let links = |item: u32| layers.before[item as usize].len() + layers.after[item as usize].len();
    let is_lone = |item: u32| links(item) <= if (item as usize) < layers.bodies { 1 } else { 2 };
    let exchanged: Vec<(u32, u32)> = backward(first)
        .zip(backward(second))
        .take_while(|&(a, b)| {
            a != b
                && layers.items[a as usize].rank == layers.items[b as usize].rank
                && layers.nests.owner(a) == layers.nests.owner(b)
                && is_lone(a)
                && is_lone(b)
        })
        .collect();
    let Some(&(last, _)) = exchanged.last() else { return };
    let rank_of = |item: u32| layers.items[item as usize].rank;
    let rows = rank_of(last).max(1)..(rank_of(exchanged[0].0) + 2).min(layers.rows.len());
    let before = counts.of(layers, places, rows.clone());
    swap(layers, places, &exchanged);
    let known = counts.known[rows.clone()].to_vec();
    counts.known[rows.clone()].fill(None);
    if counts.of(layers, places, rows.clone()) > before {
        swap(layers, places, &exchanged);
        counts.known[rows].copy_from_slice(&known);
    }
}

fn swap(layers: &mut Layers, places: &mut [u32], pairs: &[(u32, u32)]) {
    for &(a, b) in pairs {
        let rank = layers.items[a as usize].rank;
        let (place_a, place_b) = (places[a as usize], places[b as usize]);
        layers.rows[rank].swap(place_a as usize, place_b as usize);
        (places[a as usize], places[b as usize]) = (place_b, place_a);
    }
}
