//! A lower bound on crossings, so that a search can end where nothing better is to be found.

use super::lists::Lists;
use super::passage::Junctions;

/// Chains between two rows that are compared with each other; more are not, because no search comes so far with them.
const MOST_CHAINS: usize = 400;

/// A number of crossings that no order can do without. Lines that join each of two nodes of a row with each of two nodes
/// of another row cross at least once, and all such fours count, since no two of them share a pair of crossing lines:
/// leaves are left out, and what then has one link on each side belongs to a single line.
pub(super) fn crossings(junctions: &Junctions) -> usize {
    let mut chains = chains(junctions);
    chains.sort_unstable();
    chains.chunk_by(|a, b| (a.first_row, a.last_row) == (b.first_row, b.last_row)).map(crossings_of_alike).sum()
}

/// A line from a row to a later one.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Chain {
    first_row: u32,
    last_row: u32,
    tail: u32,
    head: u32,
}

/// The lines between the items that branch once the leaves are gone.
fn chains(junctions: &Junctions) -> Vec<Chain> {
    let Junctions { rows, before, after, .. } = junctions;
    let mut degrees: Vec<(usize, usize)> = before.iter().zip(after.iter()).map(|(b, a)| (b.len(), a.len())).collect();
    let mut leaves: Vec<u32> = rows.members().iter().copied().filter(|&i| is_leaf(degrees[i as usize])).collect();
    let mut is_gone = vec![false; degrees.len()];
    while let Some(leaf) = leaves.pop() {
        is_gone[leaf as usize] = true;
        for (near, leads_on) in [(before, false), (after, true)] {
            for &next in near[leaf as usize].iter().filter(|next| !is_gone[**next as usize]) {
                let degree = &mut degrees[next as usize];
                *(if leads_on { &mut degree.0 } else { &mut degree.1 }) -= 1;
                if is_leaf(*degree) {
                    leaves.push(next);
                }
            }
        }
    }
    let mut row_of = vec![0; degrees.len()];
    for (r, row) in (0..).zip(rows.iter()) {
        row.iter().for_each(|&item| row_of[item as usize] = r);
    }
    let stays = |item: u32| !is_gone[item as usize];
    let branches = |item: u32| stays(item) && degrees[item as usize] != (1, 1);
    let mut chains = Vec::new();
    for &tail in rows.members().iter().filter(|item| branches(**item)) {
        for &next in after[tail as usize].iter().filter(|next| stays(**next)) {
            let mut head = next;
            while !branches(head) {
                let Some(&onward) = after[head as usize].iter().find(|next| stays(**next)) else { break };
                head = onward;
            }
            let (first_row, last_row) = (row_of[tail as usize], row_of[head as usize]);
            chains.push(Chain { first_row, last_row, tail, head });
        }
    }
    chains
}

fn is_leaf((before, after): (usize, usize)) -> bool {
    before + after == 1
}

/// The bound for sorted chains that all join the same two rows.
fn crossings_of_alike(chains: &[Chain]) -> usize {
    if chains.len() > MOST_CHAINS {
        return 0;
    }
    // For each tail its heads, each with the number of lines that lead there.
    let mut heads: Lists<(u32, usize)> = Lists::default();
    for same_tail in chains.chunk_by(|a, b| a.tail == b.tail) {
        same_tail.chunk_by(|a, b| a.head == b.head).for_each(|alike| heads.push((alike[0].head, alike.len())));
        heads.end_list();
    }
    let mut total = 0;
    for (i, left) in heads.iter().enumerate() {
        for right in heads.iter().skip(i + 1) {
            let shared: Vec<(usize, usize)> = left
                .iter()
                .filter_map(|(head, lines)| {
                    let at = right.binary_search_by_key(head, |(head, _)| *head).ok()?;
                    Some((*lines, right[at].1))
                })
                .collect();
            for (j, a) in shared.iter().enumerate() {
                total += shared[j + 1..].iter().map(|b| (a.0 * b.1).min(a.1 * b.0)).sum::<usize>();
            }
        }
    }
    total
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bound(rows: &[&[u32]], links: &[(u32, u32)]) -> usize {
        let count = rows.iter().map(|row| row.len()).sum();
        let after = Lists::grouped(count, links.iter().map(|&(tail, head)| (tail as usize, head)));
        let before = Lists::grouped(count, links.iter().map(|&(tail, head)| (head as usize, tail)));
        crossings(&Junctions::of_rows(rows, before, after))
    }

    #[test]
    fn a_complete_bipartite_graph_needs_a_crossing_for_each_four() {
        let links: Vec<(u32, u32)> = (0..3).flat_map(|tail| (3..6).map(move |head| (tail, head))).collect();
        assert_eq!(bound(&[&[0, 1, 2], &[3, 4, 5]], &links), 9);
        assert_eq!(bound(&[&[0, 1], &[2, 3]], &[(0, 2), (0, 3), (1, 3)]), 0);
        // Each of two nodes is linked twice to both others.
        assert_eq!(bound(&[&[0, 1], &[2, 3]], &[(0, 2), (0, 2), (0, 3), (1, 2), (1, 3), (1, 3)]), 1);
    }

    #[test]
    fn lanes_and_gates_with_a_weight_are_part_of_a_line() {
        // Inputs 0 and 1, products 2 to 5, each with a weight 6 to 9, and sums 10 and 11.
        let products = [(0, 2), (0, 3), (1, 4), (1, 5), (2, 10), (3, 11), (4, 10), (5, 11)];
        let weights = [(6, 2), (7, 3), (8, 4), (9, 5)];
        let links = [&products[..], &weights].concat();
        assert_eq!(bound(&[&[0, 1, 6, 7, 8, 9], &[2, 3, 4, 5], &[10, 11]], &links), 1);
    }
}
