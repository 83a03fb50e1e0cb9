//! Hubs: the items that branch or end, and the strands of lanes and leaves that move with them.

use super::lists::Lists;
use super::passage::Junctions;

/// A link of a hub with all that moves with it.
#[derive(Clone, Copy)]
pub(super) struct Strand {
    /// Whether it leads to the rows after the hub's.
    pub leads_on: bool,
    /// How many of its items move with the hub: the lanes, and the far end if it is a leaf.
    pub moving: u32,
}

/// All hubs, by index.
pub(super) struct Hubs {
    /// The row of each item.
    pub rank: Vec<u32>,
    /// The items that branch or end: everything else moves with one of them.
    pub items: Vec<u32>,
    pub strands: Vec<Strand>,
    /// For each hub where its strands are.
    pub strands_of: Vec<std::ops::Range<usize>>,
    /// For each strand its items, outward, with the far end.
    pub ways: Lists<u32>,
    /// For each hub the first and the last row that its strands reach.
    pub spans: Vec<(usize, usize)>,
}

impl Hubs {
    pub fn new(junctions: &Junctions) -> Hubs {
        let Junctions { rows, before, after, .. } = junctions;
        let mut rank = vec![0; before.len()];
        for (r, row) in (0..).zip(rows.iter()) {
            row.iter().for_each(|&item| rank[item as usize] = r);
        }
        let passes = |item: u32| before[item as usize].len() == 1 && after[item as usize].len() == 1;
        let is_leaf = |item: u32| before[item as usize].len() + after[item as usize].len() == 1;
        let items: Vec<u32> = rows.members().iter().copied().filter(|&item| !passes(item)).collect();
        let (mut strands, mut ways) = (Vec::new(), Lists::default());
        let (mut strands_of, mut spans) = (Vec::with_capacity(items.len()), Vec::with_capacity(items.len()));
        for &hub in &items {
            let first_strand = strands.len();
            let (mut first, mut last) = (rank[hub as usize], rank[hub as usize]);
            for (leads_on, outward) in [(false, before), (true, after)] {
                for &next in &outward[hub as usize] {
                    let (mut end, mut lanes) = (next, 0);
                    ways.push(end);
                    while passes(end) {
                        end = outward[end as usize][0];
                        ways.push(end);
                        lanes += 1;
                    }
                    ways.end_list();
                    strands.push(Strand { leads_on, moving: lanes + u32::from(is_leaf(end)) });
                    (first, last) = (first.min(rank[end as usize]), last.max(rank[end as usize]));
                }
            }
            strands_of.push(first_strand..strands.len());
            spans.push((first as usize, last as usize));
        }
        Hubs { rank, items, strands, strands_of, ways, spans }
    }
}
