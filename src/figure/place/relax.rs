//! Relaxing: a string that has to turn takes the room that its neighbours do not use.
//!
//! At first neighbouring lanes share what is between them, so a string turns at the border of its stretch although the
//! line beyond may be far away. Here each such string is pulled once more, up to where the lines beside it really are.

use super::layer::{Item, Kind, Layers};
use super::route::{LANE_CLEARANCE, Router, STILL};

/// The distance that a relaxed string keeps from the line beside it, and where one of the two has a label there: a label
/// must be nearer to its own line than to others.
const CLEARANCE: f64 = 2.0 * LANE_CLEARANCE;
const LABEL_CLEARANCE: f64 = 8.0;

/// Where the lines pass their columns, before and after they are relaxed.
#[derive(Default)]
pub(super) struct Relaxer {
    /// For each item the link whose lane or label it is.
    owners: Vec<u32>,
    /// The place of each item in its row.
    places: Vec<u32>,
    /// The links whose taut strings turn.
    turns: Vec<bool>,
    taut: Passages,
    relaxed: Passages,
}

/// For each item the least and the greatest coordinate across the flow of the line there, and whether that is new.
#[derive(Default)]
struct Passages {
    lines: Vec<(f64, f64)>,
    is_new: Vec<bool>,
}

impl Passages {
    fn note(&mut self, item: u32, line: (f64, f64)) {
        let old = &mut self.lines[item as usize];
        if (old.0 - line.0).abs().max((old.1 - line.1).abs()) > STILL {
            *old = line;
            self.is_new[item as usize] = true;
        }
    }
}

impl Relaxer {
    /// Pulls the strings with corners once more. Before: those of stale links stay in their own stretches; the others are as
    /// they were relaxed before. After: in every column, lines keep their order and their distance.
    pub fn relax(&mut self, router: &mut Router, is_stale: &[bool]) {
        let is_first = self.turns.is_empty();
        if is_first {
            if router.strings.iter().all(|string| string.len() < 3) {
                return;
            }
            self.set_up(router.layers);
        }
        self.taut.is_new.fill(false);
        self.relaxed.is_new.fill(false);
        for link in (0..is_stale.len()).filter(|link| is_first || is_stale[*link]) {
            self.turns[link] = router.strings[link].len() > 2;
            note(router, link, &mut self.taut);
        }
        for (link, is_stale) in is_stale.iter().enumerate() {
            if !self.turns[link] {
                self.copy_taut(router.layers, link);
            } else if *is_stale || self.is_beside_new(router, link) {
                self.pull_relaxed(router, link);
            }
        }
    }

    fn set_up(&mut self, layers: &Layers) {
        let items = layers.items.len();
        self.owners.resize(items, 0);
        for (link, chain) in (0..).zip(layers.chains.iter()) {
            lanes(chain).iter().for_each(|&item| self.owners[item as usize] = link);
        }
        self.places = layers.places();
        self.turns.resize(layers.chains.len(), false);
        for passages in [&mut self.taut, &mut self.relaxed] {
            passages.lines.resize(items, (f64::INFINITY, f64::NEG_INFINITY));
            passages.is_new.resize(items, false);
        }
    }

    /// A string without corners stays as it is.
    fn copy_taut(&mut self, layers: &Layers, link: usize) {
        for &item in lanes(&layers.chains[link]) {
            self.relaxed.note(item, self.taut.lines[item as usize]);
        }
    }

    /// Whether a line beside a link has moved.
    fn is_beside_new(&self, router: &Router, link: usize) -> bool {
        let is_new = |&item: &u32| self.passages(item, link).is_new[item as usize];
        let has_new_beside = |&item: &u32| self.beside(router, item).into_iter().flatten().any(is_new);
        lanes(&router.layers.chains[link]).iter().any(has_new_beside)
    }

    /// The neighbours of an item in its row.
    fn beside<'r>(&self, router: &Router<'r>, item: u32) -> [Option<&'r u32>; 2] {
        let row = &router.layers.rows[router.layers.items[item as usize].rank];
        let place = self.places[item as usize] as usize;
        [place.checked_sub(1).and_then(|place| row.get(place)), row.get(place + 1)]
    }

    /// Where the lines pass that a string sees when it is relaxed, one after the other.
    fn passages(&self, item: u32, link: usize) -> &Passages {
        if (self.owners[item as usize] as usize) < link { &self.relaxed } else { &self.taut }
    }

    fn pull_relaxed(&mut self, router: &mut Router, link: usize) {
        for &item in lanes(&router.layers.chains[link]) {
            if !router.is_pinned[item as usize] {
                self.fit(router, item, link);
            }
        }
        router.pull_anew(link);
        note(router, link, &mut self.relaxed);
    }

    /// Makes the stretch of an item reach up to the lines beside it, which may have come nearer, and at least its own line.
    fn fit(&self, router: &mut Router, item: u32, link: usize) {
        let items = &router.layers.items;
        let Item { kind, before, after, .. } = items[item as usize];
        let line_of = |neighbour: Option<&u32>| {
            let neighbour = *neighbour?;
            let beside = &items[neighbour as usize];
            let line = self.passages(neighbour, link).lines[neighbour as usize];
            matches!(beside.kind, Kind::Lane | Kind::Label).then_some((beside, line))
        };
        let clearance = |beside: &Item| {
            if kind == Kind::Lane && beside.kind == Kind::Lane { CLEARANCE } else { LABEL_CLEARANCE }
        };
        let own = self.taut.lines[item as usize];
        let [last, next] = self.beside(router, item).map(line_of);
        let stretch = &mut router.stretches[item as usize];
        if let Some((beside, line)) = last {
            stretch.0 = own.0.min(line.1 + beside.after + clearance(beside) + before);
        }
        if let Some((beside, line)) = next {
            stretch.1 = own.1.max(line.0 - beside.before - clearance(beside) - after);
        }
    }
}

/// The lanes of a chain, and its label.
fn lanes(chain: &[u32]) -> &[u32] {
    &chain[1..chain.len() - 1]
}

/// Notes where a string passes its columns.
fn note(router: &Router, link: usize, passages: &mut Passages) {
    let string = &router.strings[link];
    let mut piece = 0;
    for &item in lanes(&router.layers.chains[link]) {
        let (first, last) = router.columns.gates(router.layers.items[item as usize].rank);
        let mut across = |along: f64| {
            while piece + 2 < string.len() && string[piece + 1].along < along {
                piece += 1;
            }
            string[piece].across_toward(string[piece + 1], along)
        };
        let (first, last) = (across(first), across(last));
        passages.note(item, (first.min(last), first.max(last)));
    }
}
