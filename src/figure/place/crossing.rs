//! Counting crossings.

use super::lists::Lists;

/// Memory for counting crossings.
#[derive(Default)]
pub(super) struct Counter {
    tree: Vec<u32>,
    heads: Vec<u32>,
}

impl Counter {
    /// The number of crossings between a row and the next, which has `next` items, by their places: counted with an
    /// accumulator tree (Barth, Jünger, Mutzel 2002, "Simple and Efficient Bilayer Cross Counting").
    pub fn crossings(&mut self, row: &[u32], next: usize, after: &Lists<u32>, places: &[u32]) -> usize {
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
            Counter::default().crossings(&[0, 1, 2], 3, &after, &[0, 1, 2, 0, 1, 2])
        };
        assert_eq!(count(&[(0, 3), (1, 4), (2, 5)]), 0);
        assert_eq!(count(&[(0, 5), (1, 4), (2, 3)]), 3);
        assert_eq!(count(&[(0, 4), (0, 4), (1, 3), (2, 4)]), 2);
    }
}
