//! What hangs: items that are linked to a single item of the row ahead and to nothing else, such as the weights of a
//! network, which enter one gate each. They follow that item; if they were sorted like the others, they would hold it
//! where it happens to be.

use super::lists::Lists;

/// One side of the items: their neighbours in the row behind, as seen by one who looks ahead.
pub(super) struct Side {
    /// Whether an item hangs on the one in the row ahead that it is linked to: nothing, or only what hangs itself, is
    /// behind it. The weights of a network hang on the gates that they enter.
    pub hangs: Vec<bool>,
    /// For each item the neighbours behind it that it is sorted by. What hangs on it follows it and must not hold it,
    /// but where there is nothing else.
    pub anchors: Lists<u32>,
}

impl Side {
    /// `rows` come in order, looking ahead.
    pub fn new<'r>(behind: &Lists<u32>, ahead: &Lists<u32>, rows: impl Iterator<Item = &'r [u32]>) -> Side {
        let mut hangs = vec![false; behind.len()];
        for &item in rows.flatten() {
            let is_end = match behind[item as usize] {
                [] => true,
                [one] => hangs[one as usize],
                _ => false,
            };
            hangs[item as usize] = is_end && ahead[item as usize].len() == 1;
        }
        let mut anchors = Lists::with_capacity(behind.len(), behind.members().len());
        for near in behind.iter() {
            let all_hang = near.iter().all(|n| hangs[*n as usize]);
            near.iter().filter(|n| all_hang || !hangs[**n as usize]).for_each(|n| anchors.push(*n));
            anchors.end_list();
        }
        Side { hangs, anchors }
    }
}

/// Memory for arranging what hangs.
#[derive(Default)]
pub(super) struct Hanger {
    /// What hangs, by the place of what it hangs on, and what stays in its order.
    hanging: Vec<(u32, u32)>,
    fixed: Vec<u32>,
    /// The places where the links of fixed items end, and to which fixed item each belongs.
    ends: Vec<(u32, u32)>,
    /// For each fixed item its links that end behind a place, less those that end before it: what a line to that place
    /// crosses more if it starts behind the item rather than before it.
    balance: Vec<i32>,
}

impl Hanger {
    /// Puts what hangs in a row where its lines cross the fewest others, and leaves the order of the rest. The result is
    /// the number of links visited.
    pub fn arrange(&mut self, row: &mut [u32], hangs: &[bool], ahead: &Lists<u32>, places: &[u32]) -> usize {
        self.hanging.clear();
        self.fixed.clear();
        for &item in row.iter() {
            if hangs[item as usize] {
                self.hanging.push((places[ahead[item as usize][0] as usize], item));
            } else {
                self.fixed.push(item);
            }
        }
        if self.hanging.is_empty() {
            return 0;
        }
        // Stable, so that what hangs on the same item keeps its order.
        self.hanging.sort_by_key(|(head, _)| *head);
        self.note_links(ahead, places);
        let mut work = self.ends.len() + self.hanging.len();
        let (mut at, mut written, mut last_head) = (0, 0, None);
        let mut passing = Passing::default();
        for &(head, item) in &self.hanging {
            if last_head.replace(head) != Some(head) {
                passing.advance(head, &self.ends, &mut self.balance);
                work += (self.balance.len() - at) / 8;
                // Lines to later places never want to start earlier, so what has been passed stays passed.
                let best = at + least_prefix(&self.balance[at..]);
                row[written..written + best - at].copy_from_slice(&self.fixed[at..best]);
                written += best - at;
                at = best;
            }
            row[written] = item;
            written += 1;
        }
        row[written..].copy_from_slice(&self.fixed[at..]);
        work
    }

    fn note_links(&mut self, ahead: &Lists<u32>, places: &[u32]) {
        self.ends.clear();
        self.balance.clear();
        for (fixed, &item) in self.fixed.iter().enumerate() {
            let heads = &ahead[item as usize];
            self.balance.push(heads.len() as i32);
            self.ends.extend(heads.iter().map(|n| (places[*n as usize], fixed as u32)));
        }
        self.ends.sort_unstable();
    }
}

/// How many of the sorted ends have been passed by the place that is looked at.
#[derive(Default)]
struct Passing {
    reached: usize,
    passed: usize,
}

impl Passing {
    /// Moves to a place: links that end there do not count, links that end before it count against.
    fn advance(&mut self, place: u32, ends: &[(u32, u32)], balance: &mut [i32]) {
        while let Some((_, fixed)) = ends.get(self.reached).filter(|(end, _)| *end <= place) {
            balance[*fixed as usize] -= 1;
            self.reached += 1;
        }
        while let Some((_, fixed)) = ends.get(self.passed).filter(|(end, _)| *end < place) {
            balance[*fixed as usize] -= 1;
            self.passed += 1;
        }
    }
}

/// The length of the shortest prefix with the least sum.
fn least_prefix(numbers: &[i32]) -> usize {
    let (mut sum, mut least, mut length) = (0, 0, 0);
    for (i, number) in numbers.iter().enumerate() {
        sum += number;
        if sum < least {
            (least, length) = (sum, i + 1);
        }
    }
    length
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Weights 2 to 5 and inputs 0 and 1 in a row; each of the products 6 to 9 takes one weight and one input.
    #[test]
    fn weights_stand_beside_their_products() {
        let links = [(0, 6), (2, 6), (0, 7), (3, 7), (1, 8), (4, 8), (1, 9), (5, 9)];
        let after = Lists::grouped(10, links.into_iter());
        let before = Lists::grouped(10, links.into_iter().map(|(tail, head)| (head as usize, tail as u32)));
        let rows = [vec![5, 4, 3, 2, 0, 1], vec![6, 7, 8, 9]];
        let side = Side::new(&before, &after, rows.iter().map(Vec::as_slice));
        assert_eq!(side.hangs, [false, false, true, true, true, true, false, false, false, false]);
        assert_eq!(side.anchors[7], [0]);
        let places = [4, 5, 3, 2, 1, 0, 0, 1, 2, 3];
        let mut row = rows[0].clone();
        Hanger::default().arrange(&mut row, &side.hangs, &after, &places);
        assert_eq!(row, [2, 0, 3, 4, 1, 5]);
    }
}
