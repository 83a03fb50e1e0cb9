//! Passages: rows in which every item has one link on each side. They decide nothing: whatever crosses there can as well
//! cross before or after, so an order is sought without them. Where every edge has a label, they are half of the rows.

use super::layer::Layers;
use super::lists::Lists;

/// The rows that decide, and the links between them.
pub(super) struct Junctions {
    /// The ranks of the rows that are kept.
    ranks: Vec<usize>,
    pub rows: Lists<u32>,
    /// For each item its neighbours in the kept row before, and in the one after; those of other rows have none.
    pub before: Lists<u32>,
    pub after: Lists<u32>,
}

impl Junctions {
    pub fn new(layers: &Layers) -> Junctions {
        let is_passed = |item: u32| layers.before[item as usize].len() == 1 && layers.after[item as usize].len() == 1;
        let ranks: Vec<usize> =
            (0..layers.rows.len()).filter(|&r| !layers.rows[r].iter().all(|&item| is_passed(item))).collect();
        let mut is_kept = vec![false; layers.rows.len()];
        ranks.iter().for_each(|&r| is_kept[r] = true);
        let mut rows = Lists::with_capacity(ranks.len(), layers.items.len());
        for &r in &ranks {
            layers.rows[r].iter().for_each(|&item| rows.push(item));
            rows.end_list();
        }
        let links = |near: &Lists<u32>| {
            let mut kept = Lists::with_capacity(near.len(), near.members().len());
            for (item, next) in near.iter().enumerate() {
                if is_kept[layers.items[item].rank] {
                    for &next in next {
                        let mut end = next;
                        while !is_kept[layers.items[end as usize].rank] {
                            end = near[end as usize][0];
                        }
                        kept.push(end);
                    }
                }
                kept.end_list();
            }
            kept
        };
        Junctions { ranks, rows, before: links(&layers.before), after: links(&layers.after) }
    }

    /// All rows as they are.
    #[cfg(test)]
    pub fn of_rows(rows: &[&[u32]], before: Lists<u32>, after: Lists<u32>) -> Junctions {
        let keyed = rows.iter().enumerate().flat_map(|(r, row)| row.iter().map(move |&item| (r, item)));
        Junctions { ranks: (0..rows.len()).collect(), rows: Lists::grouped(rows.len(), keyed), before, after }
    }

    /// Gives the layers an order of the kept rows, and the rows between them the one that follows from it. After it, no
    /// more lines cross than between the kept rows.
    pub fn write_back(&self, layers: &mut Layers) {
        let mut places = vec![0; layers.items.len()];
        for (&rank, row) in self.ranks.iter().zip(self.rows.iter()) {
            layers.rows[rank].copy_from_slice(row);
            row.iter().enumerate().for_each(|(place, &item)| places[item as usize] = place);
        }
        let mut ways: Vec<(usize, u32)> = Vec::new();
        for (pair, row) in self.ranks.windows(2).zip(self.rows.iter()) {
            let passages = pair[0] + 1..pair[1];
            if passages.is_empty() {
                continue;
            }
            let mut place = 0;
            for &item in row {
                let ends = self.after[item as usize].iter().map(|end| places[*end as usize]);
                ways.clear();
                ways.extend(ends.zip(layers.after[item as usize].iter().copied()));
                // Stable, so that links between the same two nodes keep their order.
                ways.sort_by_key(|(end, _)| *end);
                for (_, mut next) in ways.iter().copied() {
                    for r in passages.clone() {
                        layers.rows[r][place] = next;
                        next = layers.after[next as usize][0];
                    }
                    place += 1;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::layer::{Item, Kind};
    use super::*;

    /// Items 0 and 1 lead through lanes 2 and 3, then 4 and 5, to items 6 and 7, the other way round.
    #[test]
    fn what_passes_follows_the_rows_around() {
        let item = |rank| Item { kind: Kind::Node, rank, along: 1.0, before: 1.0, after: 1.0 };
        let links = [(0, 3), (0, 2), (3, 5), (2, 4), (5, 7), (4, 6), (1, 8), (8, 9), (9, 6)];
        let ranks = [0, 0, 1, 1, 2, 2, 3, 3, 1, 2];
        let mut layers = Layers {
            items: ranks.into_iter().map(item).collect(),
            rows: Lists::grouped(4, ranks.into_iter().zip(0..)),
            before: Lists::grouped(10, links.into_iter().map(|(tail, head)| (head as usize, tail as u32))),
            after: Lists::grouped(10, links.into_iter()),
            ..Layers::default()
        };
        let mut junctions = Junctions::new(&layers);
        assert_eq!(junctions.rows.iter().collect::<Vec<_>>(), [[0, 1], [6, 7]]);
        assert_eq!((&junctions.after[0], &junctions.before[6]), (&[7, 6][..], &[0, 1][..]));
        junctions.rows[0].reverse();
        junctions.write_back(&mut layers);
        let rows: Vec<&[u32]> = layers.rows.iter().collect();
        assert_eq!(rows, [&[1, 0][..], &[8, 2, 3], &[9, 4, 5], &[6, 7]]);
    }
}
