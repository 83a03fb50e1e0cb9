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
    /// What stays in them: the items row by row, and the place of each.
    rest: Lists<u32>,
    rest_place: Vec<u32>,
    is_out: Vec<bool>,
    /// For each item that is out its gap, and where the costs of the gaps of its row start.
    gap: Vec<u32>,
    costs_at: Vec<u32>,
    costs: Vec<i32>,
    hub_costs: Vec<i32>,
    crossed: Vec<i32>,
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
            rest: Lists::default(),
            rest_place: vec![OUT; count],
            is_out: vec![false; count],
            gap: vec![0; count],
            costs_at: vec![0; count],
            costs: Vec::new(),
            hub_costs: Vec::new(),
            crossed: Vec::new(),
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
                if is_new && self.is_crossed(hub) {
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
        if self.span_crossings(hub) > crossings {
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
        self.set_out(hub, true);
        let span = rows.range(first).start..rows.range(last).end;
        self.work += span.len();
        self.old_items.clear();
        self.old_items.extend_from_slice(&rows.members()[span]);
        self.old_changed.clear();
        self.old_changed.extend_from_slice(&self.changed[first..=last]);
        self.rest.clear();
        for r in first..=last {
            let mut place = 0;
            for &item in &rows[r] {
                if self.is_out[item as usize] {
                    self.rest_place[item as usize] = OUT;
                    self.gap[item as usize] = place;
                } else {
                    self.rest_place[item as usize] = place;
                    self.rest.push(item);
                    place += 1;
                }
            }
            self.rest.end_list();
        }
    }

    fn set_out(&mut self, hub: usize, is_out: bool) {
        self.is_out[self.hubs.items[hub] as usize] = is_out;
        for s in self.hubs.strands_of[hub].clone() {
            let moving = self.hubs.strands[s].moving as usize;
            self.hubs.ways[s][..moving].iter().for_each(|&item| self.is_out[item as usize] = is_out);
        }
    }

    /// The row of an item among those that the hub's strands reach.
    fn row_of(&self, hub: usize, item: u32) -> usize {
        self.hubs.rank[item as usize] as usize - self.hubs.spans[hub].0
    }

    /// The number of items that stay in the row of an item.
    fn rest_beside(&self, hub: usize, item: u32) -> i32 {
        self.rest[self.row_of(hub, item)].len() as i32
    }

    /// What each gap costs: for what moves on a strand, the crossings of the way outward from there, and for the hub those
    /// of all its strands.
    fn reckon(&mut self, hub: usize) {
        let own_row = self.row_of(hub, self.hubs.items[hub]);
        self.costs.clear();
        self.hub_costs.clear();
        self.hub_costs.resize(self.rest[own_row].len() + 1, 0);
        for s in self.hubs.strands_of[hub].clone() {
            let costs = self.reckon_strand(hub, s);
            self.hub_costs.iter_mut().zip(&self.costs[costs..]).for_each(|(sum, cost)| *sum += cost);
        }
    }

    /// Reckons the costs along a strand; where those of the hub's gaps start.
    fn reckon_strand(&mut self, hub: usize, s: usize) -> usize {
        let Strand { leads_on, moving } = self.hubs.strands[s];
        let inward = if leads_on { self.before } else { self.after };
        let way = &self.hubs.ways[s];
        let mut at = self.costs.len();
        if moving as usize == way.len() {
            // A leaf may stand anywhere.
            self.costs.resize(at + self.rest_beside(hub, way[way.len() - 1]) as usize + 1, 0);
        }
        for (k, &item) in way.iter().enumerate().rev() {
            let row = self.row_of(hub, item);
            let inner_row = if leads_on { row - 1 } else { row + 1 };
            let step = Step { outer: &self.rest[row], inward, places: &self.rest_place };
            let (gaps, next) = (self.rest[inner_row].len() + 1, self.costs.len());
            if k < moving as usize {
                self.costs_at[item as usize] = at as u32;
                self.costs.resize(next + gaps, i32::MAX);
                self.crossed.clear();
                self.crossed.resize(gaps, 0);
                let (outer, inner) = self.costs.split_at_mut(next);
                step.costs_from_gaps(&outer[at..], &mut self.crossed, inner);
                self.work += (outer.len() - at) * gaps / GAPS_PER_LINK + gaps;
            } else {
                self.costs.resize(next + gaps, 0);
                step.costs_from_item(self.rest_place[item as usize], &mut self.costs[next..]);
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
            let Strand { leads_on, moving } = self.hubs.strands[s];
            let inward = if leads_on { self.before } else { self.after };
            let way = &self.hubs.ways[s];
            let (steps, end_offset) = (way.len() as i32, self.end_offset(hub, s).unwrap_or(own_offset));
            let mut inner_gap = gap;
            for (&item, done) in way[..moving as usize].iter().zip(1..) {
                let wanted = match tie {
                    Tie::Stay => self.gap[item as usize],
                    Tie::Straighten => {
                        self.gap_at(hub, item, (own_offset * (steps - done) + end_offset * done) / steps)
                    }
                };
                let outer = &self.rest[self.row_of(hub, item)];
                let at = self.costs_at[item as usize] as usize;
                let step = Step { outer, inward, places: &self.rest_place };
                inner_gap = step.best_gap(&self.costs[at..=at + outer.len()], inner_gap, wanted);
                self.gap[item as usize] = inner_gap;
            }
        }
        self.set_out(hub, false);
        self.clock += 1;
        let (first, last) = self.hubs.spans[hub];
        let own_rank = self.hubs.rank[own as usize] as usize;
        // From the outside in, because lines in the same gap stand in the order of what they lead to.
        (first..own_rank).for_each(|r| self.fill_row(rows, r, r - first, self.before));
        (own_rank..=last).rev().for_each(|r| self.fill_row(rows, r, r - first, self.after));
        self.recount(rows, first, last);
    }

    /// Writes a row with what stays in it and what returns to its gaps.
    fn fill_row(&mut self, rows: &mut Lists<u32>, r: usize, rest: usize, outward: &Lists<u32>) {
        let rest = &self.rest[rest];
        let row = &mut rows[r];
        if rest.len() == row.len() {
            return;
        }
        self.returning.clear();
        for &item in row.iter().filter(|item| self.rest_place[**item as usize] == OUT) {
            let leads_to = outward[item as usize].first().map_or(0, |next| self.place[*next as usize]);
            self.returning.push((self.gap[item as usize], leads_to, item));
        }
        self.returning.sort_unstable();
        let (mut written, mut taken) = (0, 0);
        for &(gap, _, item) in &self.returning {
            let passed = gap as usize - taken;
            row[written..written + passed].copy_from_slice(&rest[taken..gap as usize]);
            row[written + passed] = item;
            (written, taken) = (written + passed + 1, gap as usize);
        }
        row[written..].copy_from_slice(&rest[taken..]);
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
                self.note_crossed(rows, r);
                self.counts[r] = self.counter.crossings(&rows[r - 1], rows[r].len(), self.after, &self.place);
            }
        }
    }

    /// Notes which items before and after a gap have links there that cross others: a link is crossed by one that starts
    /// earlier and ends later than it, or the other way round.
    fn note_crossed(&mut self, rows: &Lists<u32>, r: usize) {
        rows[r - 1].iter().for_each(|&item| self.crossed_after[item as usize] = false);
        rows[r].iter().for_each(|&item| self.crossed_before[item as usize] = false);
        let mut last = 0;
        for &tail in &rows[r - 1] {
            let mut own_last = last;
            for &head in &self.after[tail as usize] {
                let place = self.place[head as usize];
                own_last = own_last.max(place);
                self.note_if(place < last, tail, head);
            }
            last = own_last;
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
    }

    fn note_if(&mut self, is_crossed: bool, tail: u32, head: u32) {
        self.crossed_after[tail as usize] |= is_crossed;
        self.crossed_before[head as usize] |= is_crossed;
    }
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
