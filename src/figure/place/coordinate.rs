//! Coordinates across the flow.

use super::frame;
use super::isotonic::Separator;
use super::layer::{Item, Kind, Layers};
use super::lists::Lists;
use super::port::Ports;
use super::spacing::Spacing;

/// Free space between two nodes of a rank.
const NODE_GAP: f64 = 17.5;
/// Free space between a lane or a label and a node.
const LANE_NODE_GAP: f64 = 12.0;
/// Free space between two lanes or labels.
const LANE_GAP: f64 = 12.0;
/// Free space between a frame's border and what stands beside it, within the frame or without.
const BORDER_GAP: f64 = 9.0;

/// How much a border wants to be straight, beside 16 for a lane.
const BORDER_PULL: f64 = 16.0;
/// Sweeps that look at one neighbouring row at a time, sweeps that look at both, and sweeps that make lines straight.
const ONE_SIDED_SWEEPS: usize = 4;
const TWO_SIDED_SWEEPS: usize = 6;
const STRAIGHTENING_SWEEPS: usize = 3;
/// Sweeps of each kind between straight borders.
const BORDERED_SWEEPS: usize = 5;
/// The weight of what is not to move.
const FIXED: f64 = 1e9;
/// What moves no farther than this has come to rest.
const STILL: f64 = 0.05;

/// The least distance across the flow between the lines of two neighbouring items of a row.
fn distance(first: &Item, second: &Item, growth: f64) -> f64 {
    let gap = match (first.kind, second.kind) {
        (Kind::Border, _) | (_, Kind::Border) => BORDER_GAP,
        (Kind::Node, Kind::Node) => NODE_GAP * growth,
        (Kind::Node, _) | (_, Kind::Node) => LANE_NODE_GAP * growth,
        _ => LANE_GAP * growth,
    };
    first.after + gap + second.before
}

/// One step of a chain as a neighbour sees it.
#[derive(Clone, Copy, Debug, Default)]
struct Pull {
    /// The place of the item at the other end, and how far from that item's line this item's line would like to be.
    place: u32,
    offset: f64,
    weight: f64,
}

/// Gives each item a coordinate across the flow. After it, neighbours in a row keep their order and `distance`.
///
/// Rows are visited in turn; each item wants to stand where its lines get straight, lanes more than nodes
/// (Gansner et al. 1993, §4), and isotonic regression finds the nearest places that the row allows.
pub(super) fn coordinate(layers: &Layers, ports: &Ports, spacing: &Spacing) -> Vec<f64> {
    let mut sweeper = Sweeper::new(layers, ports, spacing);
    for sweep in 0..ONE_SIDED_SWEEPS {
        let sides = if sweep % 2 == 0 { Sides::Before } else { Sides::After };
        if !sweeper.sweep(sides, sweep % 2 == 0, Middle::Mean) {
            break;
        }
    }
    sweeper.settle(TWO_SIDED_SWEEPS, Middle::Mean);
    sweeper.settle(STRAIGHTENING_SWEEPS, Middle::Median);
    if layers.nests.groups.is_empty() { sweeper.by_item() } else { straighten_borders(sweeper) }
}

/// Makes the borders of frames straight and lets everything else find its place between them once more.
fn straighten_borders(mut sweeper: Sweeper) -> Vec<f64> {
    let layers = sweeper.layers;
    let mut across = sweeper.by_item();
    frame::align(layers, &sweeper.offsets, &mut across);
    sweeper.start_from(&across);
    sweeper.has_fixed_borders = true;
    sweeper.settle(BORDERED_SWEEPS, Middle::Mean);
    sweeper.settle(BORDERED_SWEEPS, Middle::Median);
    across = sweeper.by_item();
    frame::tighten(layers, &sweeper.offsets, &mut across);
    across
}

/// The places nearest to `wanted` in which neighbours in a row keep their order and `distance`.
pub(super) fn keep_apart(layers: &Layers, spacing: &Spacing, wanted: &[f64]) -> Vec<f64> {
    let offsets = pack(layers, spacing).0;
    let mut across = vec![0.0; layers.items.len()];
    let mut separator = Separator::default();
    for (r, row) in layers.rows.iter().enumerate() {
        let mut places: Vec<f64> = row.iter().map(|&item| wanted[item as usize]).collect();
        separator.separate(&mut places, &vec![1.0; row.len()], &offsets[layers.rows.range(r)]);
        row.iter().zip(places).for_each(|(&item, place)| across[item as usize] = place);
    }
    across
}

#[derive(Clone, Copy)]
enum Sides {
    Before,
    After,
    Both,
}

/// What lies in the middle of some places with weights.
#[derive(Clone, Copy)]
enum Middle {
    Mean,
    Median,
}

struct Sweeper<'l> {
    layers: &'l Layers,
    /// For each place of the rows, all counted through, what pulls at the item there, by places, too: first from the row
    /// before, so many, then from the row after.
    pulls: Lists<Pull>,
    before: Vec<u32>,
    /// For each place the least distance from the first item of its row, and the coordinate of the item there.
    offsets: Vec<f64>,
    across: Vec<f64>,
    places: Vec<(f64, f64)>,
    wanted: Vec<f64>,
    weights: Vec<f64>,
    separator: Separator,
    /// Whether the borders of frames keep their places.
    has_fixed_borders: bool,
    /// The rows visited so far, and for each row at which of them it was visited, and moved, last.
    clock: u32,
    visited: Vec<u32>,
    moved: Vec<u32>,
}

impl<'l> Sweeper<'l> {
    fn new(layers: &'l Layers, ports: &Ports, spacing: &Spacing) -> Self {
        let (pulls, before) = pulls(layers, ports);
        let (offsets, across) = pack(layers, spacing);
        Sweeper {
            layers,
            pulls,
            before,
            offsets,
            across,
            places: Vec::new(),
            wanted: Vec::new(),
            weights: Vec::new(),
            separator: Separator::default(),
            has_fixed_borders: false,
            clock: 0,
            visited: vec![0; layers.rows.len()],
            moved: vec![0; layers.rows.len()],
        }
    }

    /// The coordinate of each item.
    fn by_item(&self) -> Vec<f64> {
        let mut by_item = vec![0.0; self.across.len()];
        self.layers
            .rows
            .members()
            .iter()
            .zip(&self.across)
            .for_each(|(&item, across)| by_item[item as usize] = *across);
        by_item
    }

    /// Moves each item to a coordinate.
    fn start_from(&mut self, by_item: &[f64]) {
        self.layers
            .rows
            .members()
            .iter()
            .zip(&mut self.across)
            .for_each(|(&item, across)| *across = by_item[item as usize]);
    }

    /// Sweeps to and fro with an eye to both neighbouring rows, until everything is at rest.
    fn settle(&mut self, sweeps: usize, middle: Middle) {
        self.visited.fill(0);
        for sweep in 0..sweeps {
            if !self.sweep(Sides::Both, sweep % 2 == 0, middle) {
                break;
            }
        }
    }

    /// Whether a row has been visited, and nothing beside it has moved since.
    fn is_at_rest(&self, r: usize) -> bool {
        let beside = [r.checked_sub(1), Some(r + 1)].into_iter().flatten();
        self.visited[r] > 0 && beside.filter_map(|r| self.moved.get(r)).all(|moved| *moved < self.visited[r])
    }

    /// Moves the items of each row to where they want to be, as far as the row allows; whether anything has moved.
    fn sweep(&mut self, sides: Sides, forward: bool, middle: Middle) -> bool {
        let rows = &self.layers.rows;
        let before = self.clock;
        for step in 0..rows.len() {
            let r = if forward { step } else { rows.len() - 1 - step };
            if matches!(sides, Sides::Both) && self.is_at_rest(r) {
                continue;
            }
            self.wanted.clear();
            self.weights.clear();
            let range = rows.range(r);
            for (at, pulls) in range.clone().zip(self.pulls.some(range)) {
                if self.has_fixed_borders && self.layers.items[rows.members()[at] as usize].kind == Kind::Border {
                    self.wanted.push(self.across[at]);
                    self.weights.push(FIXED);
                    continue;
                }
                let pulls = match sides {
                    Sides::Before => &pulls[..self.before[at] as usize],
                    Sides::After => &pulls[self.before[at] as usize..],
                    Sides::Both => pulls,
                };
                let place = |pull: &Pull| (self.across[pull.place as usize] + pull.offset, pull.weight);
                let found = match middle {
                    Middle::Mean => mean(pulls.iter().map(place)),
                    Middle::Median => {
                        self.places.clear();
                        self.places.extend(pulls.iter().map(place));
                        median(&mut self.places)
                    }
                };
                let (place, weight) = found.unwrap_or((self.across[at], 0.0));
                self.wanted.push(place);
                self.weights.push(weight.max(0.1));
            }
            self.separator.separate(&mut self.wanted, &self.weights, &self.offsets[rows.range(r)]);
            let mut farthest = 0.0_f64;
            for (across, &place) in self.across[rows.range(r)].iter_mut().zip(&self.wanted) {
                farthest = farthest.max((*across - place).abs());
                *across = place;
            }
            self.clock += 1;
            self.visited[r] = self.clock;
            if farthest >= STILL {
                self.moved[r] = self.clock;
            }
        }
        self.moved.iter().any(|moved| *moved > before)
    }
}

/// The weighted mean of some places, and the sum of the weights; `None` if there are none.
fn mean(places: impl Iterator<Item = (f64, f64)>) -> Option<(f64, f64)> {
    let (mut sum, mut total) = (0.0, 0.0);
    for (place, weight) in places {
        sum += place * weight;
        total += weight;
    }
    (total > 0.0).then(|| (sum / total, total))
}

/// The weighted median, which makes most lines straight where the mean would make all of them a little slanted.
fn median(places: &mut [(f64, f64)]) -> Option<(f64, f64)> {
    if let [one] = places {
        return Some(*one);
    }
    if let [(a, first), (b, second)] = places
        && first == second
    {
        return Some(((*a + *b) / 2.0, *first + *second));
    }
    let weight: f64 = places.iter().map(|place| place.1).sum();
    places.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
    let (mut sum, mut low) = (0.0, None);
    for (place, part) in places {
        sum += *part;
        if low.is_none() && sum >= weight / 2.0 - 1e-9 {
            low = Some(*place);
        }
        if sum > weight / 2.0 + 1e-9 {
            return low.map(|low| ((low + *place) / 2.0, weight));
        }
    }
    low.map(|low| (low, weight))
}

/// For each place what pulls at the item there, first from the row before, then from the row after, and how many from the
/// row before.
fn pulls(layers: &Layers, ports: &Ports) -> (Lists<Pull>, Vec<u32>) {
    let steps = layers.chains.iter().enumerate().flat_map(|(l, chain)| {
        chain.windows(2).enumerate().map(move |(i, pair)| {
            let tail = if i == 0 { ports.tails[l] } else { 0.0 };
            let head = if i + 2 == chain.len() { ports.heads[l] } else { 0.0 };
            let nodes = pair.iter().filter(|&&item| layers.items[item as usize].kind == Kind::Node).count();
            ((pair[0], pair[1]), head - tail, [16.0, 3.0, 1.0][nodes])
        })
    });
    let borders = layers.nests.groups.iter().flat_map(|nest| nest.ranks().zip(nest.ranks().skip(1)));
    let borders = borders.flat_map(|(a, b)| [((a.0, b.0), 0.0, BORDER_PULL), ((a.1, b.1), 0.0, BORDER_PULL)]);
    let count = layers.items.len();
    let mut places = vec![0; count];
    layers.rows.members().iter().zip(0..).for_each(|(&item, place)| places[item as usize] = place);
    let by_place = |((tail, head), offset, weight): ((u32, u32), f64, f64)| {
        (places[tail as usize], places[head as usize], offset, weight)
    };
    let steps: Vec<(u32, u32, f64, f64)> = steps.chain(borders).map(by_place).collect();
    let before = steps
        .iter()
        .map(|&(tail, head, offset, weight)| (head as usize, Pull { place: tail, offset: -offset, weight }));
    let after = steps.iter().map(|&(tail, head, offset, weight)| (tail as usize, Pull { place: head, offset, weight }));
    let mut counts = vec![0; count];
    before.clone().for_each(|(place, _)| counts[place] += 1);
    (Lists::grouped(count, before.chain(after)), counts)
}

/// Each row packed tight around zero: for each place the distance from the first one of the row, and the coordinate.
fn pack(layers: &Layers, spacing: &Spacing) -> (Vec<f64>, Vec<f64>) {
    let mut offsets = Vec::with_capacity(layers.items.len());
    let mut across = Vec::with_capacity(layers.items.len());
    for row in layers.rows.iter() {
        let first = offsets.len();
        let mut end = 0.0;
        for (i, &item) in row.iter().enumerate() {
            if i > 0 {
                let (last, item) = (row[i - 1] as usize, item as usize);
                let growth = spacing.growth[last].max(spacing.growth[item]);
                end += distance(&layers.items[last], &layers.items[item], growth);
            }
            offsets.push(end);
        }
        across.extend(offsets[first..].iter().map(|offset| offset - end / 2.0));
    }
    (offsets, across)
}
