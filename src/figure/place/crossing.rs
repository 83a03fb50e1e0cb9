//! Counting crossings.

use super::lists::Lists;

/// Memory for counting crossings.
#[derive(Default)]
pub(super) struct Counter {
    tree: Vec<u32>,
    heads: Vec<u32>,
}

/// Links between two rows that are compared one with another: so few are counted faster without a tree.
const FEW: usize = 96;

impl Counter {
    /// The number of crossings between a row and the next, which has `next` items, by their places.
    pub fn crossings(&mut self, row: &[u32], next: usize, after: &Lists<u32>, places: &[u32]) -> usize {
        let few = self.crossings_of_few(row, after, places);
        few.unwrap_or_else(|| self.crossings_of_many(row, next, after, places))
    }

    /// Compares each link that ends before others of earlier items with all of these; nothing if there are many links.
    fn crossings_of_few(&mut self, row: &[u32], after: &Lists<u32>, places: &[u32]) -> Option<usize> {
        self.heads.clear();
        let (mut total, mut last) = (0, 0);
        for &item in row {
            let mut own_last = last;
            let seen = self.heads.len();
            for &next in &after[item as usize] {
                let head = places[next as usize];
                if head < last {
                    total += self.heads[..seen].iter().filter(|earlier| **earlier > head).count();
                }
                own_last = own_last.max(head);
                self.heads.push(head);
            }
            if self.heads.len() > FEW {
                return None;
            }
            last = own_last;
        }
        Some(total)
    }

    /// Counts with an accumulator tree (Barth, Jünger, Mutzel 2002, "Simple and Efficient Bilayer Cross Counting").
    fn crossings_of_many(&mut self, row: &[u32], next: usize, after: &Lists<u32>, places: &[u32]) -> usize {
        self.tree.clear();
        self.tree.resize(next + 1, 0);
        let (mut total, mut seen) = (0, 0);
        for &item in row {
            self.heads.clear();
            self.heads.extend(after[item as usize].iter().map(|n| places[*n as usize]));
            self.heads.sort_unstable();
            for &head in &self.heads {
                let (mut i, mut not_after) = (head as usize + 1, 0);
                while i > 0 {
                    not_after += self.tree[i];
                    i &= i - 1;
                }
                total += seen - not_after as usize;
            }
            for &head in &self.heads {
                let mut i = head as usize + 1;
                while i < self.tree.len() {
                    self.tree[i] += 1;
                    i += i & i.wrapping_neg();
                }
            }
            seen += self.heads.len();
        }
        total
    }
}

/// For two neighbours in a row with the sorted places of what they are linked to: how many of their links cross, and
/// how many would if they were exchanged.
pub(super) fn crossing_pairs(left: &[u32], right: &[u32]) -> (usize, usize) {
    if let ([l], [r]) = (left, right) {
        return (usize::from(r < l), usize::from(l < r));
    }
    let (mut kept, mut smaller, mut smaller_or_equal) = (0, 0, 0);
    let mut not_larger = 0;
    for &place in left {
        while smaller < right.len() && right[smaller] < place {
            smaller += 1;
        }
        smaller_or_equal = smaller_or_equal.max(smaller);
        while smaller_or_equal < right.len() && right[smaller_or_equal] <= place {
            smaller_or_equal += 1;
        }
        kept += smaller;
        not_larger += smaller_or_equal;
    }
    (kept, left.len() * right.len() - not_larger)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_in_the_wrong_order_cross() {
        for (left, right) in [(&[0, 1][..], &[2, 3][..]), (&[2, 3], &[0, 1]), (&[1, 1], &[0, 1]), (&[1, 4], &[0, 1, 2])]
        {
            let brute =
                |a: &[u32], b: &[u32]| a.iter().flat_map(|a| b.iter().map(move |b| b < a)).filter(|&w| w).count();
            assert_eq!(crossing_pairs(left, right), (brute(left, right), brute(right, left)), "{left:?} {right:?}");
        }
    }

    #[test]
    fn crossings_of_two_rows() {
        // Items 0 to 2 above items 3 to 5.
        let count = |links: &[(usize, u32)]| {
            let after = Lists::grouped(6, links.iter().copied());
            let (row, places) = ([0, 1, 2], [0, 1, 2, 0, 1, 2]);
            let few = Counter::default().crossings_of_few(&row, &after, &places);
            let many = Counter::default().crossings_of_many(&row, 3, &after, &places);
            assert_eq!(few, Some(many));
            many
        };
        assert_eq!(count(&[(0, 3), (1, 4), (2, 5)]), 0);
        assert_eq!(count(&[(0, 5), (1, 4), (2, 3)]), 3);
        assert_eq!(count(&[(0, 4), (0, 4), (1, 3), (2, 4)]), 2);
    }
}
