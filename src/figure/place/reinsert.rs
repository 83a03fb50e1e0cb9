//! Reinsertion: a node is taken out of the rows with all its lines, and put back where they cross the fewest others.
//!
//! Sorting moves one row at a time, so a line that passes many rows on the wrong side stays there: each of its lanes is
//! held by its neighbours. Here a node, the lanes of its links and the leaves that hang on it move at once. The best
//! lanes of a link are a shortest way from its far end through the gaps of each row, as edges are inserted in
//! planarization (Gutwenger, Mutzel, Weiskircher 2005) and blocks are sifted in all rows at once (Bachmaier, Brunner,
//! Gleißner 2010).

use super::crossing::Counter;
use super::gap::{OUT, Step, least_near};
use super::hub::{Hubs, Strand};
use super::lists::Lists;
use super::passage::Junctions;

/// Gaps that are compared at the cost of visiting one link.
const GAPS_PER_LINK: usize = 16;

/// Which of several equally good gaps a line takes.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Tie {
    /// The one nearest to where it was.
    Stay,
    /// The one nearest to the straight line.
    Straighten,
}

/// The rows in some order, and what can be taken out of them.
pub(super) struct Reinserter<'j> {
    before: &'j Lists<u32>,
    after: &'j Lists<u32>,
    hubs: Hubs,
    place: Vec<u32>,
    /// Whether any link of an item crosses another, on the way to the row before and to the row after.
    crossed_before: Vec<bool>,
    crossed_after: Vec<bool>,
    /// For each row the crossings between it and the row before.
    counts: Vec<usize>,
    /// The number of changes so far; for each row when it changed last, and for each hub when it was visited.
    clock: u32,
    changed: Vec<u32>,
    visited: Vec<u32>,
    counter: Counter,
    /// What was in the rows before a hub was taken out, and when they had changed.
    old_items: Vec<u32>,
    old_changed: Vec<u32>,
    /// For each row how many items stay in it, and for each item its place among these, or `OUT`.
    rest_len: Vec<u32>,
    rest_place: Vec<u32>,
    /// For each item that stays the places in the next row toward the hub that it is linked to, row by row; and where the
    /// lists of each row start, and those of the last one end.
    ends: Lists<u32>,
    ends_of_row: Vec<u32>,
    /// The places of the items that lines of the hub go straight to, in the row before and in the row after.
    straight_to: [Vec<u32>; 2],
    /// What is out, row by row, and the gaps that it was in.
    out: Lists<(u32, u32)>,
    /// For each item that is out its gap, and where the costs of the gaps of its row start; those of the next row toward
    /// the hub follow.
    gap: Vec<u32>,
    costs_at: Vec<u32>,
    costs: Vec<i32>,
    hub_costs: Vec<i32>,
    turns: Vec<i32>,
    returning: Vec<(u32, u32, u32)>,
    /// The links that were visited.
    pub work: usize,
}

impl<'j> Reinserter<'j> {
    pub fn new(junctions: &'j Junctions) -> Self {
        let Junctions { rows, before, after, .. } = junctions;
        let count = before.len();
        let hubs = Hubs::new(junctions);
        Reinserter {
            before,
            after,
            visited: vec![0; hubs.items.len()],
            hubs,
            place: vec![0; count],
            crossed_before: vec![false; count],
            crossed_after: vec![false; count],
            counts: vec![0; rows.len()],
            clock: 0,
            changed: vec![0; rows.len()],
            counter: Counter::default(),
            old_items: Vec::new(),
            old_changed: Vec::new(),
            rest_len: Vec::new(),
            rest_place: vec![0; count],
            ends: Lists::default(),
            ends_of_row: Vec::new(),
            straight_to: [Vec::new(), Vec::new()],
            out: Lists::default(),
            gap: vec![0; count],
            costs_at: vec![0; count],
            costs: Vec::new(),
            hub_costs: Vec::new(),
            turns: Vec::new(),
            returning: Vec::new(),
            work: 0,
        }
    }

    /// The number of nodes that can be taken out.
    pub fn hubs(&self) -> usize {
        self.hubs.items.len()
    }

    /// The number of crossings.
    pub fn crossings(&self) -> usize {
        self.counts.iter().sum()
    }

    /// Begins with these rows, of which nothing is known.
    pub fn start_from(&mut self, rows: &Lists<u32>) {
        self.clock += 1;
        (0..rows.len()).for_each(|r| self.note_change(rows, r));
        self.recount(rows, 0, rows.len() - 1);
    }

    /// Makes the rows those from which some visits led away: none of them found anything better there.
    pub fn return_to(&mut self, wanted: &Lists<u32>, rows: &mut Lists<u32>) {
        self.clock += 1;
        for r in 0..rows.len() {
            if rows[r] != wanted[r] {
                rows[r].copy_from_slice(&wanted[r]);
                self.note_change(rows, r);
            }
        }
        self.recount(rows, 0, rows.len() - 1);
        self.visited.fill(self.clock);
    }

    /// Puts each node where its lines cross the fewest others, again and again until nothing is gained or the work is
    /// used up.
    pub fn improve(&mut self, rows: &mut Lists<u32>, most_work: usize) {
        let mut crossings = usize::MAX;
        while self.crossings() < crossings {
            crossings = self.crossings();
            for hub in 0..self.hubs.items.len() {
                let (first, last) = self.hubs.spans[hub];
                let is_new = self.changed[first..=last].iter().any(|at| *at > self.visited[hub]);
                // A leaf moves with the hub that it hangs on.
                let is_leaf = self.hubs.strands_of[hub].len() == 1;
                if is_new && !is_leaf && self.is_crossed(hub) {
                    self.visit(rows, hub, Tie::Stay);
                }
                if self.work > most_work {
                    return;
                }
            }
        }
    }

    /// Puts each node where its lines cross no more and are straighter, while there is work left.
    pub fn straighten(&mut self, rows: &mut Lists<u32>, most_work: usize) {
        for hub in 0..self.hubs.items.len() {
            if self.work > most_work {
                break;
            }
            self.visit(rows, hub, Tie::Straighten);
        }
    }

    /// Takes a hub out and puts it back where its lines cross the fewest others; never to cross more than before.
    fn visit(&mut self, rows: &mut Lists<u32>, hub: usize, tie: Tie) {
        let crossings = self.span_crossings(hub);
        self.take_out(rows, hub);
        self.reckon(hub);
        let wanted = match tie {
            Tie::Stay => self.gap[self.hubs.items[hub] as usize],
            Tie::Straighten => self.middle_of_ends(hub),
        };
        let gap = least_near(self.hub_costs.iter().copied(), wanted);
        self.put_back(rows, hub, gap, tie);
        // The strands of a hub were laid one by one, so they may cross each other.
        if self.span_crossings(hub) + usize::from(tie == Tie::Stay) > crossings {
            self.restore(rows, hub);
        }
        self.visited[hub] = self.clock;
    }

    /// Takes a hub out and puts it back anywhere in its row, its lines as well as they can there.
    pub fn displace(&mut self, rows: &mut Lists<u32>, hub: usize, anywhere: usize) {
        self.take_out(rows, hub);
        self.reckon(hub);
        self.put_back(rows, hub, (anywhere % self.hub_costs.len()) as u32, Tie::Stay);
    }

    /// Whether anything crosses what moves with a hub.
    pub fn is_crossed(&self, hub: usize) -> bool {
        let own = self.hubs.items[hub] as usize;
        let crosses = |(strand, way): (&Strand, &[u32])| {
            let crossed = if strand.leads_on { &self.crossed_after } else { &self.crossed_before };
            way[..way.len() - 1].iter().any(|item| crossed[*item as usize])
        };
        let mut strands = self.hubs.strands_of[hub].clone().map(|s| (&self.hubs.strands[s], &self.hubs.ways[s]));
        self.crossed_before[own] || self.crossed_after[own] || strands.any(crosses)
    }

    /// The number of crossings between the rows that a hub's strands reach.
    fn span_crossings(&self, hub: usize) -> usize {
        let (first, last) = self.hubs.spans[hub];
        self.counts[first + 1..=last].iter().sum()
    }

    /// Lists what stays in the rows that the hub's strands reach.
    fn take_out(&mut self, rows: &Lists<u32>, hub: usize) {
        let (first, last) = self.hubs.spans[hub];
        self.set_places(hub, OUT);
        let span = rows.range(first).start..rows.range(last).end;
        self.work += span.len();
        self.old_items.clear();
        self.old_items.extend_from_slice(&rows.members()[span]);
        self.old_changed.clear();
        self.old_changed.extend_from_slice(&self.changed[first..=last]);
        self.out.clear();
        self.rest_len.clear();
        for r in first..=last {
            let mut place = 0;
            for &item in &rows[r] {
                let rest_place = &mut self.rest_place[item as usize];
                if *rest_place == OUT {
                    self.gap[item as usize] = place;
                    self.out.push((item, place));
                } else {
                    *rest_place = place;
                    place += 1;
                }
            }
            self.rest_len.push(place);
            self.out.end_list();
        }
        self.note_ends(rows, hub);
    }

    /// Lists what the items that stay are linked to toward the hub.
    fn note_ends(&mut self, rows: &Lists<u32>, hub: usize) {
        let own_rank = self.hubs.rank[self.hubs.items[hub] as usize] as usize;
        let (first, last) = self.hubs.spans[hub];
        self.ends.clear();
        self.ends_of_row.clear();
        for r in first..=last {
            self.ends_of_row.push(self.ends.len() as u32);
            if r == own_rank {
                continue;
            }
            let inward = if r < own_rank { self.after } else { self.before };
            let (rest_place, ends) = (&self.rest_place[..], &mut self.ends);
            for item in rows[r].iter().map(|item| *item as usize).filter(|item| rest_place[*item] != OUT) {
                for near in &inward[item] {
                    let place = rest_place[*near as usize];
                    if place != OUT {
                        ends.push(place);
                    }
                }
                ends.end_list();
            }
        }
        self.ends_of_row.push(self.ends.len() as u32);
    }

    /// Gives all that moves with a hub this place among what stays: none, or any.
    fn set_places(&mut self, hub: usize, place: u32) {
        self.rest_place[self.hubs.items[hub] as usize] = place;
        for s in self.hubs.strands_of[hub].clone() {
            let moving = self.hubs.strands[s].moving as usize;
            self.hubs.ways[s][..moving].iter().for_each(|&item| self.rest_place[item as usize] = place);
        }
    }

    /// The row of an item among those that the hub's strands reach.
    fn row_of(&self, hub: usize, item: u32) -> usize {
        self.hubs.rank[item as usize] as usize - self.hubs.spans[hub].0
    }

    /// The number of items that stay in the row of an item.
    fn rest_beside(&self, hub: usize, item: u32) -> i32 {
        self.rest_len[self.row_of(hub, item)] as i32
    }

    /// What each gap costs: for what moves on a strand, the crossings of the way outward from there, and for the hub those
    /// of all its strands.
    fn reckon(&mut self, hub: usize) {
        let own_row = self.row_of(hub, self.hubs.items[hub]);
        let gaps = self.rest_len[own_row] as usize + 1;
        self.costs.clear();
        self.hub_costs.clear();
        self.hub_costs.resize(gaps, 0);
        self.straight_to.iter_mut().for_each(Vec::clear);
        for s in self.hubs.strands_of[hub].clone() {
            let Strand { leads_on, moving } = self.hubs.strands[s];
            if moving == 0 {
                self.straight_to[usize::from(leads_on)].push(self.rest_place[self.hubs.ways[s][0] as usize]);
                self.work += gaps / 4;
            } else {
                let costs = self.reckon_strand(hub, s);
                self.hub_costs.iter_mut().zip(&self.costs[costs..]).for_each(|(sum, cost)| *sum += cost);
            }
        }
        for leads_on in [false, true] {
            if !self.straight_to[usize::from(leads_on)].is_empty() {
                self.reckon_straight(own_row, leads_on, gaps);
            }
        }
    }

    /// Adds what the lines cross that go straight from the hub to items that stay.
    fn reckon_straight(&mut self, own_row: usize, leads_on: bool, gaps: usize) {
        self.straight_to[usize::from(leads_on)].sort_unstable();
        let row = if leads_on { own_row + 1 } else { own_row - 1 };
        self.turns.clear();
        self.turns.resize(gaps, 0);
        let step = step(&self.ends, &self.ends_of_row, row);
        step.costs_from_items(&self.straight_to[usize::from(leads_on)], &mut self.turns, &mut self.hub_costs);
    }

    /// Reckons the costs along a strand on which something moves; where those of the hub's gaps start.
    fn reckon_strand(&mut self, hub: usize, s: usize) -> usize {
        let Strand { leads_on, moving } = self.hubs.strands[s];
        let way = &self.hubs.ways[s];
        let mut at = self.costs.len();
        if moving as usize == way.len() {
            // A leaf may stand anywhere.
            self.costs.resize(at + self.rest_beside(hub, way[way.len() - 1]) as usize + 1, 0);
        }
        for (k, &item) in way.iter().enumerate().rev() {
            let row = self.row_of(hub, item);
            let inner_row = if leads_on { row - 1 } else { row + 1 };
            let step = step(&self.ends, &self.ends_of_row, row);
            let (gaps, next) = (self.rest_len[inner_row] as usize + 1, self.costs.len());
            self.turns.clear();
            self.turns.resize(gaps, 0);
            if k < moving as usize {
                self.costs_at[item as usize] = at as u32;
                self.costs.resize(next + gaps, i32::MAX);
                let (outer, inner) = self.costs.split_at_mut(next);
                step.costs_from_gaps(&outer[at..], &mut self.turns, inner);
                self.work += (outer.len() - at) * gaps / GAPS_PER_LINK + gaps;
            } else {
                self.costs.resize(next + gaps, 0);
                let own = self.rest_place[item as usize];
                step.costs_from_items(&[own], &mut self.turns, &mut self.costs[next..]);
                self.work += gaps / 4;
            }
            at = next;
        }
        at
    }

    /// The gap of a hub that is in the middle of the fixed ends of its strands, the rows being centred.
    fn middle_of_ends(&self, hub: usize) -> u32 {
        let own = self.hubs.items[hub];
        let (mut sum, mut count) = (0, 0);
        for s in self.hubs.strands_of[hub].clone() {
            if let Some(offset) = self.end_offset(hub, s) {
                sum += offset;
                count += 1;
            }
        }
        if count == 0 { self.gap[own as usize] } else { self.gap_at(hub, own, sum / count) }
    }

    /// Twice the distance of a strand's fixed end from the middle of its row.
    fn end_offset(&self, hub: usize, s: usize) -> Option<i32> {
        let end = *self.hubs.ways[s].get(self.hubs.strands[s].moving as usize)?;
        Some(2 * self.rest_place[end as usize] as i32 + 1 - self.rest_beside(hub, end))
    }

    /// The gap in the row of an item at twice a distance from its middle.
    fn gap_at(&self, hub: usize, item: u32, offset: i32) -> u32 {
        let rest = self.rest_beside(hub, item);
        ((offset + rest) / 2).clamp(0, rest) as u32
    }

    /// Puts the hub into a gap of its row, and what moves with it into the best gaps from there.
    fn put_back(&mut self, rows: &mut Lists<u32>, hub: usize, gap: u32, tie: Tie) {
        let own = self.hubs.items[hub];
        self.gap[own as usize] = gap;
        let own_offset = 2 * gap as i32 - self.rest_beside(hub, own);
        for s in self.hubs.strands_of[hub].clone() {
            let moving = self.hubs.strands[s].moving;
            let way = &self.hubs.ways[s];
            let mut inner_gap = gap;
            for (&item, done) in way[..moving as usize].iter().zip(1..) {
                let wanted = match tie {
                    Tie::Stay => self.gap[item as usize],
                    Tie::Straighten => {
                        let end_offset = self.end_offset(hub, s).unwrap_or(own_offset);
                        let steps = way.len() as i32;
                        self.gap_at(hub, item, (own_offset * (steps - done) + end_offset * done) / steps)
                    }
                };
                let step = step(&self.ends, &self.ends_of_row, self.row_of(hub, item));
                let at = self.costs_at[item as usize] as usize;
                let inner_at = at + step.outer.len() + 1;
                let least = self.costs[inner_at + inner_gap as usize];
                inner_gap = step.best_gap(&self.costs[at..inner_at], inner_gap, wanted, least);
                self.gap[item as usize] = inner_gap;
            }
        }
        self.clock += 1;
        let (first, last) = self.hubs.spans[hub];
        let own_rank = self.hubs.rank[own as usize] as usize;
        // From the outside in, because lines in the same gap stand in the order of what they lead to.
        (first..own_rank).for_each(|r| self.fill_row(rows, r, r - first, self.before));
        (own_rank..=last).rev().for_each(|r| self.fill_row(rows, r, r - first, self.after));
        self.set_places(hub, 0);
        self.recount(rows, first, last);
    }

    /// Writes a row with what stays in it and what returns to its gaps.
    fn fill_row(&mut self, rows: &mut Lists<u32>, r: usize, rest: usize, outward: &Lists<u32>) {
        let out = &self.out[rest];
        if let [(item, gap)] = out
            && self.gap[*item as usize] == *gap
        {
            return;
        }
        self.returning.clear();
        for &(item, _) in out {
            let leads_to = outward[item as usize].first().map_or(0, |next| self.place[*next as usize]);
            self.returning.push((self.gap[item as usize], leads_to, item));
        }
        self.returning.sort_unstable();
        if self.returning.iter().map(|(gap, _, item)| (*item, *gap)).eq(out.iter().copied()) {
            return;
        }
        let row = &mut rows[r];
        // What stays in the row moves up, and down again to leave the gaps that are filled.
        let mut rest = 0;
        for place in 0..row.len() {
            if self.rest_place[row[place] as usize] != OUT {
                row[rest] = row[place];
                rest += 1;
            }
        }
        for (returned, &(gap, _, item)) in self.returning.iter().enumerate().rev() {
            row.copy_within(gap as usize..rest, gap as usize + returned + 1);
            row[gap as usize + returned] = item;
            rest = gap as usize;
        }
        if row.iter().zip(0..).any(|(item, place)| self.place[*item as usize] != place) {
            self.note_change(rows, r);
        }
    }

    /// Brings the rows back as they were before the hub was taken out.
    fn restore(&mut self, rows: &mut Lists<u32>, hub: usize) {
        let (first, last) = self.hubs.spans[hub];
        let span = rows.range(first).start..rows.range(last).end;
        rows.members_mut()[span].copy_from_slice(&self.old_items);
        for r in first..=last {
            if self.changed[r] == self.clock {
                self.note_change(rows, r);
            }
        }
        self.recount(rows, first, last);
        self.changed[first..=last].copy_from_slice(&self.old_changed);
    }

    /// Notes that a row has just got a new order.
    fn note_change(&mut self, rows: &Lists<u32>, r: usize) {
        self.changed[r] = self.clock;
        for (place, &item) in (0..).zip(&rows[r]) {
            self.place[item as usize] = place;
        }
    }

    /// Counts the crossings again before and after those rows of a span that have just changed.
    fn recount(&mut self, rows: &Lists<u32>, first: usize, last: usize) {
        for r in first.max(1)..=(last + 1).min(rows.len() - 1) {
            if self.changed[r].max(self.changed[r - 1]) == self.clock {
                self.work += rows[r].len();
                self.counts[r] = if self.note_crossed(rows, r) {
                    self.counter.crossings(&rows[r - 1], rows[r].len(), self.after, &self.place)
                } else {
                    0
                };
            }
        }
    }

    /// Notes which items before and after a gap have links there that cross others; whether there are any. A link is
    /// crossed by one that starts earlier and ends later than it, or the other way round.
    fn note_crossed(&mut self, rows: &Lists<u32>, r: usize) -> bool {
        rows[r - 1].iter().for_each(|&item| self.crossed_after[item as usize] = false);
        rows[r].iter().for_each(|&item| self.crossed_before[item as usize] = false);
        let (mut last, mut any) = (0, false);
        for &tail in &rows[r - 1] {
            let mut own_last = last;
            for &head in &self.after[tail as usize] {
                let place = self.place[head as usize];
                own_last = own_last.max(place);
                self.note_if(place < last, tail, head);
                any |= place < last;
            }
            last = own_last;
        }
        if !any {
            return false;
        }
        let mut first = u32::MAX;
        for &tail in rows[r - 1].iter().rev() {
            let mut own_first = first;
            for &head in &self.after[tail as usize] {
                let place = self.place[head as usize];
                own_first = own_first.min(place);
                self.note_if(place > first, tail, head);
            }
            first = own_first;
        }
        true
    }

    fn note_if(&mut self, is_crossed: bool, tail: u32, head: u32) {
        self.crossed_after[tail as usize] |= is_crossed;
        self.crossed_before[head as usize] |= is_crossed;
    }
}

/// The step from a row to the next one toward the hub.
fn step<'s>(ends: &'s Lists<u32>, ends_of_row: &[u32], row: usize) -> Step<'s> {
    Step { ends, outer: ends_of_row[row] as usize..ends_of_row[row + 1] as usize }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two lines lead from node 0 to node 10, and two from node 1 to node 11 beside them. Lanes 5 and 9 of the first pair
    /// stand on the far side of the second, which no change of a single row can mend.
    #[test]
    fn a_line_moves_in_all_rows_at_once() {
        let lines = [[0, 2, 6, 10], [1, 3, 7, 11], [1, 4, 8, 11], [0, 5, 9, 10]];
        let links = lines.iter().flat_map(|line| line.windows(2)).map(|pair| (pair[0], pair[1]));
        let after = Lists::grouped(12, links.clone().map(|(tail, head)| (tail as usize, head)));
        let before = Lists::grouped(12, links.map(|(tail, head)| (head as usize, tail)));
        let junctions = Junctions::of_rows(&[&[0, 1], &[2, 3, 4, 5], &[6, 7, 8, 9], &[10, 11]], before, after);
        let mut rows = junctions.rows.clone();
        let mut reinserter = Reinserter::new(&junctions);
        reinserter.start_from(&rows);
        assert_eq!(reinserter.crossings(), 4);
        reinserter.improve(&mut rows, usize::MAX);
        assert_eq!(reinserter.crossings(), 0);
    }
}
