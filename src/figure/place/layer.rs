//! Layers: the graph cut at every rank, so that each link joins neighbouring ranks only.

use super::lists::Lists;
use super::nest::Nests;
use super::part::Part;

/// Free space between a label and its line.
pub(super) const LABEL_PAD: f64 = 3.0;

/// What stands in a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A node of the graph.
    Node,
    /// A dummy node: the lane in which a long link passes the row.
    Lane,
    /// A dummy node that holds a link's label beside its line.
    Label,
    /// A dummy node where the border of a group's frame passes the row.
    Border,
}

/// An item of a row. `before` and `after` are how far it reaches across the flow on either side of its line (of its
/// middle, for a node).
#[derive(Clone, Copy, Debug)]
pub(super) struct Item {
    pub kind: Kind,
    pub rank: usize,
    pub along: f64,
    pub before: f64,
    pub after: f64,
}

/// The layered graph.
#[derive(Clone, Debug, Default)]
pub(super) struct Layers {
    /// The number of items that are bodies; they come first, by index.
    pub bodies: usize,
    pub items: Vec<Item>,
    /// The items of each rank in their order across the flow.
    pub rows: Lists<u32>,
    /// For each link the items from its tail to its head, one a rank.
    pub chains: Lists<u32>,
    /// For each item its neighbours in the row before, one per link.
    pub before: Lists<u32>,
    /// For each item its neighbours in the row after, one per link.
    pub after: Lists<u32>,
    /// The groups and their borders.
    pub nests: Nests,
}

/// Cuts the links at the ranks they span. After it, consecutive items of a chain have consecutive ranks, no row is
/// empty, and exactly one item of a labelled link's chain is a label.
pub(super) fn layer(part: &Part, ranks: &[usize]) -> Layers {
    let chained = part.links.iter().map(|link| ranks[link.to] - ranks[link.from] + 1).sum::<usize>();
    let mut items = Vec::with_capacity(part.bodies.len() + chained - 2 * part.links.len());
    for (body, &rank) in part.bodies.iter().zip(ranks) {
        let half = body.extent.across / 2.0;
        items.push(Item { kind: Kind::Node, rank, along: body.extent.along, before: half, after: half });
    }
    let mut chains = Lists::with_capacity(part.links.len(), chained);
    for (l, link) in part.links.iter().enumerate() {
        let (first, last) = (ranks[link.from], ranks[link.to]);
        let label_rank = (part.span(l) == 2).then_some((first + last) / 2);
        chains.push(link.from as u32);
        for rank in first + 1..last {
            let mut item = Item { kind: Kind::Lane, rank, along: 0.0, before: 0.0, after: 0.0 };
            if let (true, Some(extent)) = (label_rank == Some(rank), link.label) {
                let beside = extent.across + LABEL_PAD;
                let (before, after) = if part.label_after { (0.0, beside) } else { (beside, 0.0) };
                item = Item { kind: Kind::Label, rank, along: extent.along, before, after };
            }
            chains.push(items.len() as u32);
            items.push(item);
        }
        chains.push(link.to as u32);
        chains.end_list();
    }
    let rows = ranks.iter().max().map_or(0, |last| last + 1);
    let pairs = chains.iter().flat_map(|chain| chain.windows(2));
    Layers {
        bodies: part.bodies.len(),
        rows: Lists::grouped(rows, items.iter().enumerate().map(|(i, item)| (item.rank, i as u32))),
        before: Lists::grouped(items.len(), pairs.clone().map(|pair| (pair[1] as usize, pair[0]))),
        after: Lists::grouped(items.len(), pairs.map(|pair| (pair[0] as usize, pair[1]))),
        chains,
        items,
        nests: Nests::default(),
    }
}

impl Layers {
    /// The place of each item in its row.
    pub fn places(&self) -> Vec<u32> {
        let mut places = vec![0; self.items.len()];
        for row in self.rows.iter() {
            for (place, &item) in row.iter().enumerate() {
                places[item as usize] = place as u32;
            }
        }
        places
    }

    /// Reverses every row.
    pub fn turn_over(&mut self) {
        for r in 0..self.rows.len() {
            let row = &mut self.rows[r];
            row.reverse();
            row.iter_mut().for_each(|item| *item = self.nests.mirrored(*item));
        }
    }
}
