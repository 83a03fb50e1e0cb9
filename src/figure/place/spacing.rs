//! Spacing: how much room lines get, and more of it where two of them would look like one.

use super::layer::{Kind, Layers};
use super::lists::Lists;
use super::part::Part;
use super::route::{Columns, Spot};
use std::ops::ControlFlow;

/// How far a line advances at least for each pixel that it climbs, by what longer ways that are tried differ, how many are
/// tried, and times the links, and how long they get.
const FIRST_ADVANCE: f64 = 0.095;
const ADVANCE_GROWTH: f64 = 1.2;
const LENGTHS: usize = 10;
const MOST_LENGTHS: usize = 10_000;
const MOST_ADVANCE: f64 = 0.5;
/// What the gaps grow to beside the ends of ways that run together: more would make drawings much larger for a few pairs.
const GAP_GROWTH: f64 = 2.0;
/// The distance of lines at one side of a body at first, and where they run together.
const LINE_GAP: f64 = 2.0;
const WIDE_LINE_GAP: f64 = 12.0;
/// How often a part gets more room.
const MOST_TRIES: usize = 6;
/// Two lines look like one where they are nearer to each other than this, for longer than this.
const NEAR: f64 = 1.7;
const LONG: f64 = 12.0;
/// How many neighbours on each side a line is compared with.
const NEIGHBOURS: usize = 40;
/// Links times tries, and items times tries, that a graph may cost.
const MOST_WORK: usize = 40_000;
const MOST_ITEM_WORK: usize = 60_000;

/// The room that lines get at each rank.
pub(super) struct Spacing {
    /// How far lines must advance on the way to the rank, however little they climb.
    gaps: Vec<f64>,
    /// What the gaps beside each item are multiplied by.
    pub growth: Vec<f64>,
    /// The lanes whose lines must keep to their middle, item by item.
    pub is_pinned: Vec<bool>,
    /// For each body the distance that the lines at one of its sides keep in its gate, where there is room.
    pub line_gaps: Vec<f64>,
    tries: usize,
}

/// What lines that run together make necessary.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Change {
    /// Nothing.
    Nothing,
    /// New routes in the same places.
    Routes,
    /// Columns farther apart, with the same places across the flow.
    Columns,
    /// New places.
    Places,
}

/// A string's way between two columns.
#[derive(Clone, Copy, Default)]
struct Way {
    link: u32,
    /// The items of the two rows between which it leads.
    tail: u32,
    head: u32,
    start: f64,
    end: f64,
}

impl Spacing {
    /// The tightest spacing.
    pub fn new(layers: &Layers) -> Spacing {
        let ranks = layers.rows.len();
        Spacing {
            gaps: vec![0.0; ranks],
            growth: vec![1.0; layers.items.len()],
            is_pinned: vec![false; layers.items.len()],
            line_gaps: vec![LINE_GAP; layers.bodies],
            tries: 0,
        }
    }

    /// How far lines that climb so much must advance on the way to a rank.
    pub fn advance(&self, rank: usize, climb: f64) -> f64 {
        self.gaps[rank].max(climb * FIRST_ADVANCE)
    }

    /// Gives more room where strings of different ends, or of the same two ends, run together between two columns: at
    /// first they are held to the middles of their lanes and off each other at their ends, then columns are moved apart if
    /// fewer run together then, or else what stands beside their ends. The result is what changes, and how many pairs run
    /// together now. It gives up after a few tries.
    pub fn adjust(
        &mut self,
        part: &Part,
        layers: &Layers,
        columns: &Columns,
        strings: &[Vec<Spot>],
    ) -> (Change, usize) {
        self.tries += 1;
        let tries = (MOST_WORK / (part.links.len() + 1)).min(MOST_ITEM_WORK / (layers.items.len() + 1));
        let is_last = self.tries > MOST_TRIES.min(tries);
        let lengths = LENGTHS.min(MOST_LENGTHS / (part.links.len() + 1)).max(1);
        let mut ways = ways(layers, columns, strings);
        let (mut change, mut found, mut pairs) = (Change::Nothing, 0, Vec::new());
        for rank in 1..layers.rows.len() {
            let advance = columns.gates(rank).0 - columns.gates(rank - 1).1;
            let ways = &mut ways[rank];
            ways.sort_unstable_by(|a, b| a.start.total_cmp(&b.start));
            let climb = ways.iter().map(|way| (way.end - way.start).abs()).fold(0.0, f64::max);
            pairs.clear();
            let _all = together(part, ways, advance, climb, |a, b| {
                pairs.push((a, b));
                ControlFlow::Continue(())
            });
            found += pairs.len();
            if is_last {
                continue;
            }
            let mut is_stuck = false;
            for &(a, b) in &pairs {
                change = change.max(Change::Routes);
                let [a, b] = [&ways[a], &ways[b]];
                let are_parallel = part.links[a.link as usize].from == part.links[b.link as usize].from;
                is_stuck |= !(self.hold(layers, a, are_parallel) | self.hold(layers, b, are_parallel));
            }
            if !is_stuck {
                continue;
            }
            let longer = |advance: &f64| Some(advance * ADVANCE_GROWTH);
            let advances = std::iter::successors(longer(&advance), longer).take(lengths);
            let advances = advances.take_while(|advance| *advance <= climb * MOST_ADVANCE);
            match best_advance(part, ways, advances, climb, pairs.len()) {
                Some(advance) => {
                    change = change.max(Change::Columns);
                    self.gaps[rank] = advance;
                }
                None if self.grow_beside(ways, &pairs) => change = Change::Places,
                None => {}
            }
        }
        (change, found)
    }

    /// Gives more room beside the items between which ways run together, and only there: most of a row is far from them.
    /// Whether some had less before.
    fn grow_beside(&mut self, ways: &[Way], pairs: &[(usize, usize)]) -> bool {
        let mut has_grown = false;
        for way in pairs.iter().flat_map(|&(a, b)| [ways[a], ways[b]]) {
            for end in [way.tail, way.head] {
                has_grown |= std::mem::replace(&mut self.growth[end as usize], GAP_GROWTH) < GAP_GROWTH;
            }
        }
        has_grown
    }

    /// Holds a string to the middles of its lanes on both sides of a way, and off the other strings at its ends if one of
    /// them leads from and to the same nodes; whether it was freer before.
    fn hold(&mut self, layers: &Layers, way: &Way, is_parallel: bool) -> bool {
        let mut is_new = false;
        for (item, beside) in [(way.tail as usize, &layers.after), (way.head as usize, &layers.before)] {
            if layers.items[item].kind == Kind::Lane {
                is_new |= !std::mem::replace(&mut self.is_pinned[item], true);
            } else if is_parallel && item < layers.bodies && beside[item].len() > 1 {
                is_new |= std::mem::replace(&mut self.line_gaps[item], WIDE_LINE_GAP) < WIDE_LINE_GAP;
            }
        }
        is_new
    }
}

/// Whether two links share exactly one end, where they have to come together.
fn meet(part: &Part, a: u32, b: u32) -> bool {
    let (a, b) = (&part.links[a as usize], &part.links[b as usize]);
    (a.from == b.from) != (a.to == b.to) || a.from == b.to || a.to == b.from
}

/// Whether two straight ways are near each other for long.
fn run_together(a: &Way, b: &Way, advance: f64) -> bool {
    let climb = ((a.end - a.start) + (b.end - b.start)) / 2.0;
    let squared = advance * advance + climb * climb;
    let (first, last) = (b.start - a.start, b.end - a.end);
    // Most ways are far from each other at both ends, and on the same side, or too steep to each other.
    let least = first.min(last) * advance;
    let is_apart = least > 0.0 && least * least > NEAR * NEAR * squared;
    if is_apart || LONG * (last - first).abs() * advance > 2.0 * NEAR * squared {
        return false;
    }
    let length = squared.sqrt();
    let cosine = advance / length;
    let (first, last) = (first * cosine, last * cosine);
    let change = last - first;
    let near = if change.abs() < 1e-9 {
        if first.abs() < NEAR { 1.0 } else { 0.0 }
    } else {
        let (enter, leave) = ((-NEAR - first) / change, (NEAR - first) / change);
        (enter.max(leave).min(1.0) - enter.min(leave).max(0.0)).max(0.0)
    };
    near * length > LONG
}

/// The advance with which the fewest pairs of a rank's ways run together, if there is one with fewer than so many.
fn best_advance(
    part: &Part,
    ways: &[Way],
    advances: impl Iterator<Item = f64>,
    climb: f64,
    mut fewest: usize,
) -> Option<f64> {
    let mut best = None;
    for advance in advances {
        let mut count = 0;
        let seen = together(part, ways, advance, climb, |_, _| {
            count += 1;
            if count < fewest { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        });
        if seen.is_continue() {
            (best, fewest) = (Some(advance), count);
        }
        if fewest == 0 {
            break;
        }
    }
    best
}

/// Visits the pairs of a rank's ways, sorted by their starts, that run together if they advance so far, up to where the
/// visitor has seen enough. None of the ways climbs more than so much.
fn together(
    part: &Part,
    ways: &[Way],
    advance: f64,
    climb: f64,
    mut visit: impl FnMut(usize, usize) -> ControlFlow<()>,
) -> ControlFlow<()> {
    // Lines that start farther apart than this cross at too great an angle to run together.
    let reach = 2.0 * NEAR / LONG * (advance * advance + climb * climb) / advance + 2.0 * NEAR;
    for (i, a) in ways.iter().enumerate() {
        for (j, b) in ways.iter().enumerate().skip(i + 1).take(NEIGHBOURS) {
            if b.start - a.start > reach {
                break;
            }
            if run_together(a, b, advance) && !meet(part, a.link, b.link) {
                visit(i, j)?;
            }
        }
    }
    ControlFlow::Continue(())
}

/// For each rank the ways of the strings that lead to it from the rank before.
fn ways(layers: &Layers, columns: &Columns, strings: &[Vec<Spot>]) -> Lists<Way> {
    let mut ways = Vec::with_capacity(layers.chains.members().len());
    for (link, (chain, string)) in layers.chains.iter().zip(strings).enumerate() {
        let mut piece = 0;
        let mut across = move |along: f64| {
            while piece + 2 < string.len() && string[piece + 1].along < along {
                piece += 1;
            }
            string[piece].across_toward(string[piece + 1], along)
        };
        for pair in chain.windows(2) {
            let rank = layers.items[pair[1] as usize].rank;
            let start = across(columns.gates(rank - 1).1);
            let end = across(columns.gates(rank).0);
            ways.push((rank, Way { link: link as u32, tail: pair[0], head: pair[1], start, end }));
        }
    }
    Lists::grouped(layers.rows.len(), ways.iter().copied())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn way(start: f64, end: f64) -> Way {
        Way { start, end, ..Way::default() }
    }

    #[test]
    fn ways_run_together_where_they_are_near_for_long() {
        let advance = 40.0;
        let runs = |a: Way, b: Way| run_together(&a, &b, advance);
        assert!(runs(way(0.0, 0.0), way(1.0, 1.0)));
        assert!(!runs(way(0.0, 0.0), way(2.0, 2.0)));
        // Steep ways are nearer to each other than their ends.
        assert!(runs(way(0.0, 200.0), way(5.0, 205.0)));
        assert!(!runs(way(0.0, 200.0), way(12.0, 212.0)));
        // Ways that cross do so at a great angle, or at a small one.
        assert!(!runs(way(0.0, 20.0), way(20.0, 0.0)));
        assert!(runs(way(0.0, 4.0), way(4.0, 0.0)));
    }

    #[test]
    fn room_grows_beside_what_runs_together_and_not_elsewhere() {
        let mut spacing = Spacing::new(&Layers::default());
        spacing.growth = vec![1.0; 6];
        let ways = [(0, 3), (1, 4), (2, 5)].map(|(tail, head)| Way { tail, head, ..Way::default() });
        assert!(spacing.grow_beside(&ways, &[(0, 1)]) && !spacing.grow_beside(&ways, &[(0, 1)]));
        assert_eq!(spacing.growth, [GAP_GROWTH, GAP_GROWTH, 1.0, GAP_GROWTH, GAP_GROWTH, 1.0]);
    }
}
