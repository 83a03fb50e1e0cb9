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
    /// For each piece the first of those that are to be on the same side as it, because they are linked.
    same: Vec<u32>,
    /// What holds pieces on a side.
    holds: Vec<Hold>,
}

/// A piece that is linked to what stands in a group `beside` another one, which is that of the piece or around it: where the
/// two groups stand tells on which side the piece has to be.
#[derive(Clone, Copy)]
struct Hold {
    piece: u32,
    beside: u32,
    group: u32,
}

/// A piece of the graph beside a group.
#[derive(Clone, Copy)]
struct Piece {
    group: u32,
    /// Whether it is to stand before the frame, rather than behind it.
    is_before: bool,
    /// How far before the middle of the group its items stood at first, in all.
    lean: f64,
}

impl Sides {
    /// The pieces beside all groups, with the places of the items and the middles of the groups at first.
    pub fn new(layers: &Layers, rows: &Lists<u32>, places: &[Option<f64>], middles: &[f64]) -> Sides {
        let mut sides = Sides::default();
        let mut members = Vec::new();
        let mut walks = BTreeMap::new();
        let mut leads = Vec::new();
        for (group, nest) in layers.nests.groups.iter().enumerate() {
            // Groups in the same group that cover the same ranks have the same beside them.
            let place = (nest.parent, nest.first, nest.last);
            let walks = walks.entry(place).or_insert_with(|| walks_beside(layers, rows, nest));
            sides.add_beside(&layers.nests, group as u32, walks, &mut members, &mut leads);
        }
        sides.of_item = Lists::grouped(layers.items.len(), members.iter().copied());
        sides.lean(places, middles);
        sides.same = (0..sides.pieces.len() as u32).collect();
        leads.into_iter().for_each(|(piece, lead)| sides.tie(layers, piece, lead));
        (0..sides.same.len()).for_each(|piece| sides.same[piece] = sides.first(piece as u32));
        sides
    }

    /// Adds the pieces beside a group with their items, but for single items that nothing holds on a side.
    fn add_beside(
        &mut self,
        nests: &Nests,
        group: u32,
        walks: &[Walk],
        members: &mut Vec<(usize, u32)>,
        leads_of: &mut Vec<(u32, Lead)>,
    ) {
        let has_inner = nests.within(group as usize).next().is_some();
        for Walk { items, leads } in walks {
            let piece = self.pieces.len() as u32;
            let known = leads_of.len();
            // Where in the group a line ends matters only if it may have to pass by inner groups there.
            let holds = |lead: &&Lead| lead.group != group || has_inner;
            leads_of.extend(leads.iter().filter(holds).map(|lead| (piece, *lead)));
            if items.len() > 1 || leads_of.len() > known {
                members.extend(items.iter().map(|item| (*item as usize, piece)));
                self.pieces.push(Piece { group, is_before: false, lean: 0.0 });
            }
        }
    }

    /// Notes on which side of its group each piece mostly is, by the places of the items and the middles of the groups.
    fn lean(&mut self, places: &[Option<f64>], middles: &[f64]) {
        for (pieces, place) in self.of_item.iter().zip(places) {
            for piece in pieces {
                let piece = &mut self.pieces[*piece as usize];
                piece.lean += place.map_or(0.0, |place| middles[piece.group as usize] - place);
            }
        }
    }

    /// Ties a piece to what it is linked to: to another piece, with which it has to be on one side, or to a group.
    fn tie(&mut self, layers: &Layers, piece: u32, lead: Lead) {
        let (nests, item) = (&layers.nests, lead.item);
        let around = nests.around(self.pieces[piece as usize].group).find_map(|outer| {
            let entry = nests.entry_in(nests.groups[outer as usize].parent, item)?;
            Some((outer, entry))
        });
        match around {
            Some((group, Some(inner))) if inner == group => self.hold_beside_inner(layers, piece, group, lead),
            Some((group, Some(beside))) => self.holds.push(Hold { piece, beside, group }),
            Some((outer, None)) => {
                let pieces = &self.of_item[item as usize];
                let other = pieces.iter().copied().find(|other| self.pieces[*other as usize].group == outer);
                if let Some(other) = other {
                    let (a, b) = (self.first(piece), self.first(other));
                    self.same[a.max(b) as usize] = a.min(b);
                }
            }
            None => {}
        }
    }

    /// Holds a piece on the side from which a line into its group does not pass through the groups beside the one where it
    /// ends.
    fn hold_beside_inner(&mut self, layers: &Layers, piece: u32, group: u32, lead: Lead) {
        let nests = &layers.nests;
        let ranks = [lead.from, lead.item].map(|item| layers.items[item as usize].rank);
        for beside in nests.around(nests.owner(lead.item)).take_while(|inner| *inner != group) {
            let others = nests.groups[beside as usize].parent.into_iter().flat_map(|parent| nests.within(parent));
            let is_passed = |other: &usize| ranks.iter().all(|rank| nests.groups[*other].covers(*rank));
            for other in others.filter(|other| *other != beside as usize).filter(is_passed) {
                self.holds.push(Hold { piece, beside, group: other as u32 });
            }
        }
    }

    /// The first of the pieces that have to be on the same side (union–find with path halving).
    fn first(&mut self, mut piece: u32) -> u32 {
        while self.same[piece as usize] != piece {
            self.same[piece as usize] = self.same[self.same[piece as usize] as usize];
            piece = self.same[piece as usize];
        }
        piece
    }

    /// Chooses a side for the pieces that have to be on the same one: that of most groups that they lead to, or else the one
    /// where they mostly are. The result is the number of pieces and their items that were visited.
    pub fn choose(&mut self, precedence: &[u32]) -> usize {
        let mut votes = vec![(0_i32, 0.0); self.pieces.len()];
        for (first, piece) in self.same.iter().zip(&self.pieces) {
            votes[*first as usize].1 += piece.lean;
        }
        for &Hold { piece, beside, group } in &self.holds {
            let is_before = precedence[beside as usize] < precedence[group as usize];
            votes[self.same[piece as usize] as usize].0 += if is_before { 1 } else { -1 };
        }
        for (first, piece) in self.same.iter().zip(&mut self.pieces) {
            let (held, lean) = votes[*first as usize];
            piece.is_before = held > 0 || held == 0 && lean > 0.0;
        }
        self.agree(precedence);
        self.pieces.len() + self.holds.len() + self.of_item.members().len()
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
    leads: Vec<Lead>,
}

/// A link from a walk to an item in a group right within the group that it is in, or outside of that.
#[derive(Clone, Copy)]
struct Lead {
    from: u32,
    item: u32,
    group: u32,
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
                inner => leads.push(Lead { from: item, item: near, group: inner.flatten().unwrap_or(NONE) }),
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
