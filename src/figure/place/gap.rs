//! Gaps: what a line costs that leads from one row to the next between the items there, and where it costs least.
//!
//! Gap `g` of a row is before the item at place `g`. A line from gap `p` of one row to gap `q` of the next crosses a link
//! from `a` to `b` if one of them ends before the line and the other does not.

use super::lists::Lists;
use std::ops::Range;

/// The place of an item that has been taken out of its row.
pub(super) const OUT: u32 = u32::MAX;

/// Two neighbouring rows, seen from a fixed end toward the node that its line comes from.
pub(super) struct Step<'s> {
    /// For each item that stays in the rows, the places in the row toward the node that it is linked to.
    pub ends: &'s Lists<u32>,
    /// Which of these items stay in the outer row, in their order.
    pub outer: Range<usize>,
}

impl Step<'_> {
    /// For each item of the outer row the places in the inner row that it is linked to.
    fn outer(&self) -> impl Iterator<Item = &[u32]> + Clone {
        self.ends.some(self.outer.clone())
    }

    /// The places in the inner row that some items of the outer row are linked to, item by item.
    fn ends_of(&self, items: Range<usize>) -> &[u32] {
        &self.ends.members()[self.ends.start(items.start)..self.ends.start(items.end)]
    }

    /// What lines from some items of the outer row cross in all, for each gap of the inner row: it is added to `costs`.
    /// The items are given by their places, which come sorted; `turns` holds a zero for each gap of the inner row.
    pub fn costs_from_items(&self, owns: &[u32], turns: &mut [i32], costs: &mut [i32]) {
        let (mut crossed, mut passed, mut next) = (0, 0, self.outer.start);
        // Of the lines that start before some items, those to gaps behind an end of their links cross that link; of the
        // lines that start behind them, those to gaps before it do.
        let mut pass = |items: Range<usize>, before: usize, behind: usize| {
            let ends = self.ends_of(items);
            crossed += (behind * ends.len()) as i32;
            ends.iter().for_each(|end| turns[*end as usize + 1] += before as i32 - behind as i32);
        };
        for here in owns.chunk_by(|a, b| a == b) {
            let item = self.outer.start + here[0] as usize;
            pass(next..item, passed, owns.len() - passed);
            pass(item..item + 1, passed, owns.len() - passed - here.len());
            (passed, next) = (passed + here.len(), item + 1);
        }
        pass(next..self.outer.end, passed, 0);
        for (cost, turn) in costs.iter_mut().zip(turns) {
            crossed += *turn;
            *cost += crossed;
        }
    }

    /// The least that a line costs, for each gap of the inner row, if it comes from a gap of the outer row that costs so
    /// much by itself. `turns` holds a zero for each gap of the inner row.
    ///
    /// A gap from which no line is better than by way of the gap beside it is passed over: to that one a line crosses at
    /// most the links of the item between them.
    pub fn costs_from_gaps(&self, outer_costs: &[i32], turns: &mut [i32], costs: &mut [i32]) {
        // What a line to the first gap crosses, and how much more a line to the next gap does than one to the gap before.
        let mut crossed_to_first = 0;
        self.ends_of(self.outer.clone()).iter().for_each(|end| turns[*end as usize + 1] += 1);
        let mut by_way_of_last = i32::MAX;
        let mut outer = self.outer();
        for (gap, &outer_cost) in outer_costs.iter().enumerate() {
            let ends = outer.next().unwrap_or_default();
            let links = ends.len() as i32;
            let by_way_of_next = outer_costs.get(gap + 1).map_or(i32::MAX, |cost| cost + links);
            if outer_cost < by_way_of_last && outer_cost <= by_way_of_next {
                let mut cost_here = outer_cost + crossed_to_first;
                for (cost, turn) in costs.iter_mut().zip(&*turns) {
                    cost_here += turn;
                    *cost = (*cost).min(cost_here);
                }
            }
            crossed_to_first += links;
            ends.iter().for_each(|end| turns[*end as usize + 1] -= 2);
            by_way_of_last = outer_cost + links;
        }
    }

    /// The gap of the outer row from which a line to a gap of the inner row costs least; of several, the one nearest to
    /// the wanted one. `least` is what it costs.
    pub fn best_gap(&self, outer_costs: &[i32], inner_gap: u32, wanted: u32, least: i32) -> u32 {
        if outer_costs[wanted as usize] + self.crossed(wanted, inner_gap) == least {
            return wanted;
        }
        // What is crossed, less what a line from the first gap crosses.
        let mut crossed = 0;
        let mut outer = self.outer();
        let sums = outer_costs.iter().map(|cost| {
            let sum = cost + crossed;
            let ends = outer.next().unwrap_or_default();
            crossed += ends.iter().map(|end| if *end < inner_gap { -1 } else { 1 }).sum::<i32>();
            sum
        });
        least_near(sums, wanted)
    }

    /// What a line from a gap of the outer row to one of the inner row crosses.
    fn crossed(&self, outer_gap: u32, inner_gap: u32) -> i32 {
        let middle = self.outer.start + outer_gap as usize;
        let (before, behind) = (self.ends_of(self.outer.start..middle), self.ends_of(middle..self.outer.end));
        let later = before.iter().filter(|end| **end >= inner_gap).count();
        (later + behind.iter().filter(|end| **end < inner_gap).count()) as i32
    }
}

/// The place of the least number; of several, the one nearest to the wanted one.
pub(super) fn least_near(numbers: impl Iterator<Item = i32>, wanted: u32) -> u32 {
    let (mut best, mut least) = (0, (i32::MAX, u32::MAX));
    for (place, number) in (0..).zip(numbers) {
        let key = (number, wanted.abs_diff(place));
        if key < least {
            (best, least) = (place, key);
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Three items in the outer row, two in the inner one.
    #[test]
    fn a_line_costs_what_it_crosses() {
        let ends = Lists::grouped(3, [(0, 0), (1, 1), (2, 0)].into_iter());
        let step = Step { ends: &ends, outer: 0..3 };
        let mut costs = [0; 3];
        step.costs_from_items(&[1], &mut [0; 3], &mut costs);
        assert_eq!(costs, [1, 1, 1]);
        step.costs_from_items(&[0, 2], &mut [0; 3], &mut costs);
        assert_eq!(costs, [3, 3, 3]);
        let mut costs = [i32::MAX; 3];
        step.costs_from_gaps(&[0, 9, 9, 9], &mut [0; 3], &mut costs);
        assert_eq!(costs, [0, 2, 3]);
        let mut costs = [i32::MAX; 3];
        step.costs_from_gaps(&[0; 4], &mut [0; 3], &mut costs);
        assert_eq!(costs, [0, 1, 0]);
        assert_eq!([(0, 0), (1, 1), (2, 0)].map(|(gap, least)| step.best_gap(&[0; 4], gap, 0, least)), [0, 1, 3]);
        assert_eq!(step.best_gap(&[0; 4], 1, 3, 1), 3);
        assert_eq!([(1, 1), (3, 0), (0, 2)].map(|(outer, inner)| step.crossed(outer, inner)), [1, 3, 3]);
    }
}
