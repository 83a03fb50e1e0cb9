//! Sides: what is linked from row to row beside a frame stays on one side of it, so that no line passes through a frame
//! that neither of its ends stands in.

use super::layer::Layers;
use super::lists::Lists;
use super::nest::{NONE, Nest, Nests};
use std::collections::{BTreeMap, BTreeSet};

/// The pieces of the graph beside each group: items at its ranks that are linked without it.
#[derive(Default)]
pub(super) struct Sides {
    pieces: Vec<Piece>,
    /// For each item the pieces that it belongs to.
    of_item: Lists<u32>,
}

/// A piece of the graph beside a group.
#[derive(Clone, Copy)]
struct Piece {
    group: u32,
    /// Whether it is to stand before the frame, rather than behind it, and whether it did at first.
    is_before: bool,
    leans_before: bool,
    /// An item that it is linked to in another group, or outside of the one that it stands in.
    leads_to: u32,
}

impl Sides {
    /// The pieces beside all groups, with the places of the items and the middles of the groups at first.
    pub fn new(layers: &Layers, rows: &Lists<u32>, places: &[Option<f64>], middles: &[f64]) -> Sides {
        let mut sides = Sides::default();
        let mut members = Vec::new();
        let mut walks = BTreeMap::new();
        for (group, nest) in layers.nests.groups.iter().enumerate() {
            // Groups in the same group that cover the same ranks have the same beside them.
            let place = (nest.parent, nest.first, nest.last);
            let walks = walks.entry(place).or_insert_with(|| walks_beside(layers, rows, nest));
            sides.add_beside(&layers.nests, group as u32, walks, &mut members);
        }
        sides.of_item = Lists::grouped(layers.items.len(), members.iter().copied());
        sides.lean(places, middles);
        sides
    }

    /// Adds the pieces beside a group with their items, but for single items that nothing holds on a side.
    fn add_beside(&mut self, nests: &Nests, group: u32, walks: &[Walk], members: &mut Vec<(usize, u32)>) {
        let has_inner = nests.within(group as usize).next().is_some();
        for Walk { items, leads } in walks {
            let is_beyond = |(inner, _): &&(u32, u32)| *inner != group;
            let leads_to = leads.iter().rev().find(is_beyond).map_or(NONE, |(_, item)| *item);
            // What stands beside inner groups, too, has to be on the side of what it is linked to out here.
            if items.len() > 1 || leads_to != NONE || has_inner && !leads.is_empty() {
                let piece = self.pieces.len() as u32;
                members.extend(items.iter().map(|item| (*item as usize, piece)));
                self.pieces.push(Piece { group, is_before: false, leans_before: false, leads_to });
            }
        }
    }

    /// Notes on which side of its group each piece mostly is, by the places of the items and the middles of the groups.
    fn lean(&mut self, places: &[Option<f64>], middles: &[f64]) {
        let mut sums = vec![(0.0, 0.0); self.pieces.len()];
        for (pieces, place) in self.of_item.iter().zip(places) {
            if let Some(place) = place {
                for piece in pieces {
                    let sum = &mut sums[*piece as usize];
                    *sum = (sum.0 + place, sum.1 + 1.0);
                }
            }
        }
        for (piece, (sum, count)) in self.pieces.iter_mut().zip(sums) {
            piece.leans_before = sum < middles[piece.group as usize] * count;
        }
    }

    /// Chooses a side for each piece: that of what it leads to, or else the one where it mostly is. The result is the
    /// number of pieces and their items that were visited.
    pub fn choose(&mut self, nests: &Nests, precedence: &[u32]) -> usize {
        for at in 0..self.pieces.len() {
            let Piece { group, leans_before, leads_to, .. } = self.pieces[at];
            let side = if leads_to == NONE { None } else { self.side_of(nests, precedence, leads_to, group) };
            self.pieces[at].is_before = side.unwrap_or(leans_before);
        }
        self.agree(precedence);
        self.pieces.len() + self.of_item.members().len()
    }

    /// Whether an item outside of a group stands before it, as far as that is decided: by the order of the groups, or by
    /// the side of an outer group that it stands on.
    fn side_of(&self, nests: &Nests, precedence: &[u32], item: u32, group: u32) -> Option<bool> {
        let around = nests.around(group).find_map(|outer| {
            let entry = nests.entry_in(nests.groups[outer as usize].parent, item)?;
            Some((outer, entry))
        });
        match around? {
            (outer, None) => self.is_before(item, outer),
            (outer, Some(other)) => Some(precedence[other as usize] < precedence[outer as usize]),
        }
    }

    /// Makes what stands before a group stand before those behind it, too.
    fn agree(&mut self, precedence: &[u32]) {
        for item in 0..self.of_item.len() {
            self.of_item[item].sort_by_key(|piece| precedence[self.pieces[*piece as usize].group as usize]);
        }
        let mut is_changed = true;
        while is_changed {
            is_changed = false;
            for pieces in self.of_item.iter() {
                let first = pieces.iter().position(|piece| self.pieces[*piece as usize].is_before);
                for piece in first.map_or(&[][..], |first| &pieces[first..]) {
                    is_changed |= !std::mem::replace(&mut self.pieces[*piece as usize].is_before, true);
                }
            }
        }
    }

    /// The groups beside which an item has to stand on one side, and whether that is before the group.
    pub fn of_item(&self, item: u32) -> impl Iterator<Item = (u32, bool)> {
        let pieces = self.of_item[item as usize].iter().map(|piece| &self.pieces[*piece as usize]);
        pieces.map(|piece| (piece.group, piece.is_before))
    }

    /// Whether an item has to stand before a group, rather than behind it, if it may not stand on either side.
    pub fn is_before(&self, item: u32, group: u32) -> Option<bool> {
        self.of_item(item).find(|(beside, _)| *beside == group).map(|(_, is_before)| is_before)
    }
}

/// What is met on a walk beside a group.
struct Walk {
    items: Vec<u32>,
    /// The items that they are linked to in another group right within the same group, and that group, or outside of the one
    /// that they stand in.
    leads: Vec<(u32, u32)>,
}

/// Walks over all that stands right within the group around another group, at that one's ranks.
fn walks_beside(layers: &Layers, rows: &Lists<u32>, nest: &Nest) -> Vec<Walk> {
    let nests = &layers.nests;
    let mut met = BTreeSet::new();
    let mut walks = Vec::new();
    for &seed in (nest.first..=nest.last).flat_map(|rank| &rows[rank]) {
        if !nests.is_border(seed) && nests.entry_in(nest.parent, seed) == Some(None) && met.insert(seed) {
            walks.push(walk(layers, nest, seed, &mut met));
        }
    }
    walks
}

/// Walks from an item to all that is linked to it right within the group around another group, at that one's ranks.
fn walk(layers: &Layers, nest: &Nest, seed: u32, met: &mut BTreeSet<u32>) -> Walk {
    let (mut items, mut next, mut leads) = (vec![seed], 0, Vec::new());
    while let Some(&item) = items.get(next) {
        next += 1;
        let linked = layers.before[item as usize].iter().chain(&layers.after[item as usize]);
        for &near in linked.filter(|near| nest.covers(layers.items[**near as usize].rank)) {
            match layers.nests.entry_in(nest.parent, near) {
                Some(None) if met.insert(near) => items.push(near),
                Some(None) => {}
                inner => leads.push((inner.flatten().unwrap_or(NONE), near)),
            }
        }
    }
    Walk { items, leads }
}

impl Nests {
    /// Where an item stands within a group, or anywhere: right there, or in which inner group; nothing if it does not.
    fn entry_in(&self, parent: Option<usize>, item: u32) -> Option<Option<u32>> {
        let mut inner = None;
        for group in self.around(self.owner(item)) {
            if Some(group as usize) == parent {
                return Some(inner);
            }
            inner = Some(group);
        }
        parent.is_none().then_some(inner)
    }
}
