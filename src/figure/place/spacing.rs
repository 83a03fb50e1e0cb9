//! Spacing: how much room lines get, and more of it where two of them would look like one.

use super::layer::{Kind, Layers};
use super::lists::Lists;
use super::part::Part;
use super::route::{Columns, Spot};

/// How far a line advances at first for each pixel that it climbs.
const FIRST_ADVANCE: f64 = 0.095;
/// What a row's spacings grow by when lines run together there, and how often at most.
const ADVANCE_GROWTH: f64 = 1.5;
const MOST_ADVANCE: f64 = 0.25;
const LANES_GROWTH: f64 = 1.08;
const MOST_TRIES: usize = 8;
/// The climb, in advances, above which a longer way helps more than wider lanes.
const STEEP: f64 = 4.0;
/// Two lines look like one where they are nearer to each other than this, for longer than this.
const NEAR: f64 = 1.7;
const LONG: f64 = 12.0;
/// How many neighbours on each side a line is compared with.
const NEIGHBOURS: usize = 40;
/// Links times tries that a graph may cost.
const MOST_WORK: usize = 40_000;

/// The room that lines get at each rank.
pub(super) struct Spacing {
    /// How far lines must advance for each pixel that they climb on the way to the rank.
    pub advance: Vec<f64>,
    /// What the gaps beside lanes are multiplied by.
    pub lanes: Vec<f64>,
    /// The lanes whose lines must keep to their middle, item by item.
    pub is_pinned: Vec<bool>,
    tries: usize,
}

/// What lines that run together make necessary.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Change {
    /// Nothing.
    Nothing,
    /// New routes in the same places.
    Routes,
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
            advance: vec![FIRST_ADVANCE; ranks],
            lanes: vec![1.0; ranks],
            is_pinned: vec![false; layers.items.len()],
            tries: 0,
        }
    }

    /// Gives more room where strings of different ends, or of the same two ends, run together between two columns: at
    /// first they are held to the middles of their lanes, then lanes or columns are moved apart. It gives up after a
    /// few tries.
    pub fn adjust(&mut self, part: &Part, layers: &Layers, columns: &Columns, strings: &[Vec<Spot>]) -> Change {
        self.tries += 1;
        if self.tries > MOST_TRIES.min(MOST_WORK / (part.links.len() + 1)) {
            return Change::Nothing;
        }
        let mut ways = ways(layers, columns, strings);
        let mut change = Change::Nothing;
        for rank in 1..layers.rows.len() {
            let advance = columns.gates(rank).0 - columns.gates(rank - 1).1;
            let ways = &mut ways[rank];
            ways.sort_unstable_by(|a, b| a.start.total_cmp(&b.start));
            let climb = ways.iter().map(|way| (way.end - way.start).abs()).fold(0.0, f64::max);
            // Lines that start farther apart than this cross at too great an angle to run together.
            let reach = 2.0 * NEAR / LONG * (advance * advance + climb * climb) / advance + 2.0 * NEAR;
            let mut needs_room = false;
            for (i, a) in ways.iter().enumerate() {
                for b in ways[i + 1..].iter().take(NEIGHBOURS).take_while(|b| b.start - a.start <= reach) {
                    if !meet(part, a.link, b.link) && run_together(a, b, advance) {
                        let is_new = self.pin(layers, a) | self.pin(layers, b);
                        needs_room |= !is_new;
                        change = if change == Change::Nothing { Change::Routes } else { change };
                    }
                }
            }
            if needs_room {
                change = Change::Places;
                if climb > advance * STEEP {
                    self.advance[rank] = (self.advance[rank] * ADVANCE_GROWTH).min(MOST_ADVANCE);
                } else {
                    // A longer way would bring lines that cross here at a small angle together for longer still.
                    self.lanes[rank] *= LANES_GROWTH;
                    self.lanes[rank - 1] *= LANES_GROWTH;
                }
            }
        }
        change
    }

    /// Holds a string to the middles of its lanes on both sides of a way; whether it was free before.
    fn pin(&mut self, layers: &Layers, way: &Way) -> bool {
        let mut is_new = false;
        for item in [way.tail, way.head] {
            if layers.items[item as usize].kind == Kind::Lane {
                is_new |= !std::mem::replace(&mut self.is_pinned[item as usize], true);
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
    let length = (advance * advance + climb * climb).sqrt();
    let cosine = advance / length;
    let (first, last) = ((b.start - a.start) * cosine, (b.end - a.end) * cosine);
    let change = last - first;
    let near = if change.abs() < 1e-9 {
        if first.abs() < NEAR { 1.0 } else { 0.0 }
    } else {
        let (enter, leave) = ((-NEAR - first) / change, (NEAR - first) / change);
        (enter.max(leave).min(1.0) - enter.min(leave).max(0.0)).max(0.0)
    };
    near * length > LONG
}

/// For each rank the ways of the strings that lead to it from the rank before.
fn ways(layers: &Layers, columns: &Columns, strings: &[Vec<Spot>]) -> Lists<Way> {
    let steps = layers.chains.iter().zip(strings).enumerate().flat_map(|(link, (chain, string))| {
        let mut piece = 0;
        let mut across = move |along: f64| {
            while piece + 2 < string.len() && string[piece + 1].along < along {
                piece += 1;
            }
            string[piece].across_toward(string[piece + 1], along)
        };
        chain.windows(2).map(move |pair| {
            let rank = layers.items[pair[1] as usize].rank;
            let start = across(columns.gates(rank - 1).1);
            let end = across(columns.gates(rank).0);
            (rank, Way { link: link as u32, tail: pair[0], head: pair[1], start, end })
        })
    });
    Lists::grouped(layers.rows.len(), steps)
}
