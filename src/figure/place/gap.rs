//! Gaps: what a line costs that leads from one row to the next between the items there, and where it costs least.
//!
//! Gap `g` of a row is before the item at place `g`. A line from gap `p` of one row to gap `q` of the next crosses a link
//! from `a` to `b` if one of them ends before the line and the other does not.

use super::lists::Lists;

/// The place of an item that has been taken out of its row.
pub(super) const OUT: u32 = u32::MAX;

/// Two neighbouring rows, seen from a fixed end toward the node that its line comes from.
#[derive(Clone, Copy)]
pub(super) struct Step<'s> {
    /// What stays in the outer row.
    pub outer: &'s [u32],
    /// What the items of the outer row are linked to in the inner row.
    pub inward: &'s Lists<u32>,
    /// The place of each item among what stays in its row.
    pub places: &'s [u32],
}

impl Step<'_> {
    /// The places in the inner row that an item is linked to.
    fn ends(&self, item: u32) -> impl Iterator<Item = u32> {
        self.inward[item as usize].iter().map(|near| self.places[*near as usize]).filter(|place| *place != OUT)
    }

    /// What a line from an item of the outer row crosses, for each gap of the inner row, which are all zero before.
    pub fn costs_from_item(&self, own: u32, costs: &mut [i32]) {
        let mut crossed = 0;
        for (place, &item) in self.outer.iter().enumerate() {
            for end in self.ends(item) {
                match (place as u32).cmp(&own) {
                    std::cmp::Ordering::Less => {
                        crossed += 1;
                        costs[end as usize + 1] -= 1;
                    }
                    std::cmp::Ordering::Equal => {}
                    std::cmp::Ordering::Greater => costs[end as usize + 1] += 1,
                }
            }
        }
        for cost in costs {
            crossed += *cost;
            *cost = crossed;
        }
    }

    /// The least that a line costs, for each gap of the inner row, if it comes from a gap of the outer row that costs so
    /// much by itself. `crossed` holds a zero for each gap of the inner row.
    pub fn costs_from_gaps(&self, outer_costs: &[i32], crossed: &mut [i32], costs: &mut [i32]) {
        for end in self.outer.iter().flat_map(|&item| self.ends(item)) {
            crossed[end as usize + 1] += 1;
        }
        let mut before = 0;
        for count in crossed.iter_mut() {
            before += *count;
            *count = before;
        }
        for (gap, &outer_cost) in outer_costs.iter().enumerate() {
            costs.iter_mut().zip(&*crossed).for_each(|(cost, crossed)| *cost = (*cost).min(outer_cost + crossed));
            let Some(&item) = self.outer.get(gap) else { break };
            for end in self.ends(item) {
                let (low, high) = crossed.split_at_mut(end as usize + 1);
                low.iter_mut().for_each(|count| *count += 1);
                high.iter_mut().for_each(|count| *count -= 1);
            }
        }
    }

    /// The gap of the outer row from which a line to a gap of the inner row costs least; of several, the one nearest to
    /// the wanted one.
    pub fn best_gap(&self, outer_costs: &[i32], inner_gap: u32, wanted: u32) -> u32 {
        let mut crossed =
            self.outer.iter().flat_map(|&item| self.ends(item)).filter(|&end| end < inner_gap).count() as i32;
        let sums = outer_costs.iter().enumerate().map(|(gap, cost)| {
            let sum = cost + crossed;
            if let Some(&item) = self.outer.get(gap) {
                crossed += self.ends(item).map(|end| if end < inner_gap { -1 } else { 1 }).sum::<i32>();
            }
            sum
        });
        least_near(sums, wanted)
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

    /// Items 0 to 2 in the outer row, 3 and 4 in the inner one.
    #[test]
    fn a_line_costs_what_it_crosses() {
        let inward = Lists::grouped(5, [(0, 3), (1, 4), (2, 3)].into_iter());
        let step = Step { outer: &[0, 1, 2], inward: &inward, places: &[0, 1, 2, 0, 1] };
        let mut costs = [0; 3];
        step.costs_from_item(1, &mut costs);
        assert_eq!(costs, [1, 1, 1]);
        let mut costs = [i32::MAX; 3];
        step.costs_from_gaps(&[0, 9, 9, 9], &mut [0; 3], &mut costs);
        assert_eq!(costs, [0, 2, 3]);
        let mut costs = [i32::MAX; 3];
        step.costs_from_gaps(&[0; 4], &mut [0; 3], &mut costs);
        assert_eq!(costs, [0, 1, 0]);
        assert_eq!([0, 1, 2].map(|gap| step.best_gap(&[0; 4], gap, 0)), [0, 1, 3]);
        assert_eq!(step.best_gap(&[0; 4], 1, 3), 3);
    }
}
