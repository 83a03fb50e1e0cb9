//! Descents: sweeps over the rows until nothing gets better.
//!
//! Sweeps sort each row by the barycentres or medians of its neighbours (Sugiyama, Tagawa, Toda 1981; Eades, Wormald
//! 1994), and exchanges of neighbours follow (Gansner et al. 1993, §3).

use super::crossing::{Counter, crossing_pairs};
use super::hang::{Hanger, Side};
use super::lists::Lists;
use super::passage::Junctions;

/// The links that descents may visit in all. Each sweep may gain a little, so that without this the sweeps would grow with
/// the graph, too.
const MOST_WORK: usize = 30_000_000;
/// Sweeps without a better order after which a descent ends.
const PATIENCE: usize = 2;
/// Rounds of exchanges over a row.
const MOST_ROUNDS: usize = 12;
/// Bits after the point of a sorting key's barycentre, and bits for the place that decides between equals.
const FRACTION: u32 = 12;
const TIE: u32 = 24;

/// The neighbours of the items, and memory for the steps of the search.
pub(super) struct Descent<'l> {
    before: &'l Lists<u32>,
    after: &'l Lists<u32>,
    side_before: Side,
    side_after: Side,
    place: Vec<u32>,
    /// The places of each item's neighbours, sorted, and the first and the last of them; filled in for a row while it is
    /// worked on.
    near_before: Vec<u32>,
    near_after: Vec<u32>,
    reaches: Vec<Reach>,
    keys: Vec<u64>,
    slots: Vec<u32>,
    old_row: Vec<u32>,
    middle: Vec<u32>,
    best: Vec<u32>,
    /// The number of changes so far; for each row when it changed last, when and how it was sorted, when its
    /// neighbours were exchanged, when the places before it and after it were noted, and when the crossings before it were
    /// counted.
    clock: u32,
    changed: Vec<u32>,
    sorted: Vec<(u32, Sorting)>,
    exchanged: Vec<u32>,
    /// When what hangs on the row after, and on the row before, was put where its lines cross the fewest others.
    hung: Vec<[u32; 2]>,
    noted: Vec<(u32, u32)>,
    counted: Vec<u32>,
    counts: Vec<usize>,
    counter: Counter,
    hanger: Hanger,
    /// For each row whether something in it hangs on the row after it, and on the row before it.
    holds_hanging: Vec<(bool, bool)>,
    /// The links that were visited.
    pub work: usize,
}

impl<'l> Descent<'l> {
    pub fn new(junctions: &'l Junctions) -> Self {
        let Junctions { rows, before, after, .. } = junctions;
        let side_before = Side::new(before, after, rows.iter());
        let side_after = Side::new(after, before, rows.iter().rev());
        let holds = |row: &[u32], side: &Side| row.iter().any(|item| side.hangs[*item as usize]);
        Descent {
            before,
            after,
            holds_hanging: rows.iter().map(|row| (holds(row, &side_before), holds(row, &side_after))).collect(),
            side_before,
            side_after,
            place: vec![0; before.len()],
            near_before: vec![0; before.members().len()],
            near_after: vec![0; after.members().len()],
            reaches: vec![Reach::default(); before.len()],
            keys: Vec::new(),
            slots: Vec::new(),
            old_row: Vec::new(),
            middle: Vec::new(),
            best: vec![0; rows.members().len()],
            clock: 0,
            changed: vec![0; rows.len()],
            sorted: vec![(0, Sorting::default()); rows.len()],
            exchanged: vec![0; rows.len()],
            hung: vec![[0; 2]; rows.len()],
            noted: vec![(0, 0); rows.len()],
            counted: vec![0; rows.len()],
            counts: vec![0; rows.len()],
            counter: Counter::default(),
            hanger: Hanger::default(),
            work: 0,
        }
    }

    /// Sweeps there and back until nothing gets better. The result is the number of crossings of the best order met.
    pub fn descend(&mut self, rows: &mut Lists<u32>, way: Way) -> usize {
        self.start_from(rows);
        self.best.copy_from_slice(rows.members());
        let mut fewest = self.crossings(rows);
        let mut idle = 0;
        for sweep in 0.. {
            if idle >= PATIENCE || self.is_tired() {
                break;
            }
            let forward = sweep % 2 == 0;
            for step in 0..rows.len() {
                let r = if forward { step } else { rows.len() - 1 - step };
                self.sort(rows, r, Sorting { forward, way, flip_ties: sweep % 4 >= 2 });
                self.exchange(rows, r, sweep % 4 < 2);
            }
            if way.hanging {
                (0..rows.len()).rev().for_each(|r| self.hang(rows, r, true));
                (0..rows.len()).for_each(|r| self.hang(rows, r, false));
            }
            let crossings = self.crossings(rows);
            idle = if crossings < fewest { 0 } else { idle + 1 };
            // Of two orders with as few crossings, the one that was sorted more has straighter lines.
            if crossings <= fewest {
                fewest = crossings;
                self.best.copy_from_slice(rows.members());
            }
        }
        rows.members_mut().copy_from_slice(&self.best);
        fewest
    }

    /// Whether descents have visited all links that they may.
    pub fn is_tired(&self) -> bool {
        self.work > MOST_WORK
    }

    /// Sorts a row by the median or the mean place of its items' neighbours; items without neighbours keep theirs.
    fn sort(&mut self, rows: &mut Lists<u32>, r: usize, sorting: Sorting) {
        let Sorting { forward, way, flip_ties } = sorting;
        let (side, all, other) = if forward {
            (&self.side_before, self.before, r.wrapping_sub(1))
        } else {
            (&self.side_after, self.after, r + 1)
        };
        let neighbours = if way.hanging { &side.anchors } else { all };
        let is_new = |row: usize| self.changed.get(row).is_some_and(|at| *at > self.sorted[r].0);
        if other >= rows.len() || (self.sorted[r].1 == sorting && !is_new(r) && !is_new(other)) {
            return;
        }
        let row = &mut rows[r];
        self.keys.clear();
        self.slots.clear();
        for (slot, &item) in row.iter().enumerate() {
            let near = &neighbours[item as usize];
            let key = match near {
                [] => continue,
                [one] => u64::from(self.place[*one as usize]) << FRACTION,
                _ if way.median && near.len() > 2 => {
                    self.middle.clear();
                    self.middle.extend(near.iter().map(|n| self.place[*n as usize]));
                    self.middle.sort_unstable();
                    let count = self.middle.len();
                    u64::from(self.middle[(count - 1) / 2] + self.middle[count / 2]) << (FRACTION - 1)
                }
                _ => {
                    let sum: u64 = near.iter().map(|n| u64::from(self.place[*n as usize])).sum();
                    (sum << FRACTION) / near.len() as u64
                }
            };
            let tie = if flip_ties { row.len() - slot } else { slot };
            self.keys.push(key << TIE | tie as u64);
            self.slots.push(slot as u32);
        }
        self.work += self.keys.len();
        self.keys.sort_unstable();
        self.old_row.clear();
        self.old_row.extend_from_slice(row);
        for (slot, key) in self.slots.iter().zip(&self.keys) {
            let tie = (key & ((1 << TIE) - 1)) as usize;
            row[*slot as usize] = self.old_row[if flip_ties { row.len() - tie } else { tie }];
        }
        if *row != *self.old_row {
            self.note_change(rows, r);
        }
        self.sorted[r] = (self.clock, sorting);
    }

    /// Puts what hangs on the row ahead where its lines cross the fewest others.
    fn hang(&mut self, rows: &mut Lists<u32>, r: usize, ahead_is_after: bool) {
        let (hangs, ahead, holds_hanging, row_ahead) = if ahead_is_after {
            (&self.side_before.hangs, self.after, self.holds_hanging[r].0, r + 1)
        } else {
            (&self.side_after.hangs, self.before, self.holds_hanging[r].1, r.wrapping_sub(1))
        };
        let hung = self.hung[r][usize::from(ahead_is_after)];
        if !holds_hanging || self.changed[r].max(self.changed[row_ahead]) <= hung {
            return;
        }
        let row = &mut rows[r];
        self.work += self.hanger.arrange(row, hangs, ahead, &self.place);
        let is_changed = row.iter().enumerate().any(|(place, item)| self.place[*item as usize] != place as u32);
        if is_changed {
            self.note_change(rows, r);
        }
        self.hung[r][usize::from(ahead_is_after)] = self.clock;
    }

    /// Exchanges neighbours in a row while that removes crossings; exchanges that change nothing are made, too, if
    /// asked, because they lead out of flat places.
    fn exchange(&mut self, rows: &mut Lists<u32>, r: usize, swap_equal: bool) {
        let around = r.saturating_sub(1)..(r + 2).min(rows.len());
        if !swap_equal && self.changed[around].iter().all(|at| *at <= self.exchanged[r]) {
            return;
        }
        self.note_places(rows, r);
        let row = &mut rows[r];
        let mut is_changed = false;
        for round in 0..MOST_ROUNDS {
            let mut gained = false;
            for i in 1..row.len() {
                let (u, v) = (row[i - 1] as usize, row[i] as usize);
                if self.reaches[u].is_clear_of(&self.reaches[v]) {
                    continue;
                }
                let near = |item: usize| {
                    (&self.near_before[self.before.range(item)], &self.near_after[self.after.range(item)])
                };
                let (u, v) = (near(u), near(v));
                let (before, after) = (crossing_pairs(u.0, v.0), crossing_pairs(u.1, v.1));
                let (kept, swapped) = (before.0 + after.0, before.1 + after.1);
                if swapped < kept || (swap_equal && round == 0 && swapped == kept && kept > 0) {
                    row.swap(i - 1, i);
                    is_changed = true;
                    gained |= swapped < kept;
                }
            }
            self.work += row.len();
            if !gained {
                break;
            }
        }
        if is_changed {
            self.note_change(rows, r);
        }
        self.exchanged[r] = self.clock;
    }

    /// Notes the places of what the items of a row are linked to, as far as they have changed since.
    fn note_places(&mut self, rows: &Lists<u32>, r: usize) {
        if r > 0 && self.changed[r - 1] > self.noted[r].0 {
            for &item in &rows[r] {
                self.reaches[item as usize].before = note_near(self.before, &mut self.near_before, &self.place, item);
            }
            self.noted[r].0 = self.clock;
        }
        if r + 1 < rows.len() && self.changed[r + 1] > self.noted[r].1 {
            for &item in &rows[r] {
                self.reaches[item as usize].after = note_near(self.after, &mut self.near_after, &self.place, item);
            }
            self.noted[r].1 = self.clock;
        }
    }

    /// The number of crossings of all rows; only those are counted again whose rows have changed.
    fn crossings(&mut self, rows: &Lists<u32>) -> usize {
        for r in 1..rows.len() {
            if self.changed[r].max(self.changed[r - 1]) > self.counted[r] {
                self.work += rows[r].len();
                self.counts[r] = self.counter.crossings(&rows[r - 1], rows[r].len(), self.after, &self.place);
                self.counted[r] = self.clock;
            }
        }
        self.counts.iter().sum()
    }

    /// Writes the rows in the order in which a depth-first walk meets their items, so that what belongs together is
    /// together.
    pub fn walk_depth_first(&self, rows: &Lists<u32>, backward: bool, walked: &mut Lists<u32>) {
        let rank = ranks(rows, self.place.len());
        let mut ends: Vec<usize> = (0..rows.len()).map(|r| rows.range(r).start).collect();
        let mut met = vec![false; rank.len()];
        let mut stack = Vec::new();
        for step in 0..rows.len() {
            for &seed in &rows[if backward { rows.len() - 1 - step } else { step }] {
                stack.push(seed);
                while let Some(item) = stack.pop() {
                    if std::mem::replace(&mut met[item as usize], true) {
                        continue;
                    }
                    let end = &mut ends[rank[item as usize]];
                    walked.members_mut()[*end] = item;
                    *end += 1;
                    let (far, near) = if backward { (self.after, self.before) } else { (self.before, self.after) };
                    stack.extend(far[item as usize].iter().rev().filter(|n| !met[**n as usize]));
                    stack.extend(near[item as usize].iter().rev().filter(|n| !met[**n as usize]));
                }
            }
        }
    }

    /// Writes the rows in the order in which a breadth-first walk with the flow meets their items, so that what is
    /// equally far from where the walk begins is together, as Graphviz does at first (Gansner et al. 1993, §3.1).
    pub fn walk_breadth_first(&self, rows: &Lists<u32>, walked: &mut Lists<u32>) {
        let rank = ranks(rows, self.place.len());
        let mut ends: Vec<usize> = (0..rows.len()).map(|r| rows.range(r).start).collect();
        let mut met = vec![false; rank.len()];
        let mut waiting: Vec<u32> = Vec::with_capacity(rank.len());
        let mut next = 0;
        for &seed in rows.members() {
            if !std::mem::replace(&mut met[seed as usize], true) {
                waiting.push(seed);
            }
            while let Some(&item) = waiting.get(next) {
                next += 1;
                let end = &mut ends[rank[item as usize]];
                walked.members_mut()[*end] = item;
                *end += 1;
                for &near in self.after[item as usize].iter().chain(&self.before[item as usize]) {
                    if !std::mem::replace(&mut met[near as usize], true) {
                        waiting.push(near);
                    }
                }
            }
        }
    }

    /// Begins with these rows, of which nothing is known.
    fn start_from(&mut self, rows: &Lists<u32>) {
        (0..rows.len()).for_each(|r| self.note_change(rows, r));
    }

    /// Notes that a row has a new order.
    fn note_change(&mut self, rows: &Lists<u32>, r: usize) {
        self.clock += 1;
        self.changed[r] = self.clock;
        for (place, &item) in rows[r].iter().enumerate() {
            self.place[item as usize] = place as u32;
        }
    }
}

/// The row of each of so many items.
fn ranks(rows: &Lists<u32>, items: usize) -> Vec<usize> {
    let mut ranks = vec![0; items];
    for (r, row) in rows.iter().enumerate() {
        row.iter().for_each(|&item| ranks[item as usize] = r);
    }
    ranks
}

/// How a descent goes.
#[derive(Clone, Copy, Default, PartialEq)]
pub(super) struct Way {
    /// Whether rows are sorted by medians, rather than means.
    pub median: bool,
    /// Whether what hangs on a single item follows it, rather than being sorted by itself and holding it.
    pub hanging: bool,
}

/// How a row is sorted.
#[derive(Clone, Copy, Default, PartialEq)]
struct Sorting {
    /// By the row before, or by the row after.
    forward: bool,
    way: Way,
    flip_ties: bool,
}

/// The first and the last place that an item's links lead to in the rows around.
#[derive(Clone, Copy)]
struct Reach {
    before: (u32, u32),
    after: (u32, u32),
}

impl Default for Reach {
    /// That of an item without links.
    fn default() -> Self {
        Reach { before: (u32::MAX, 0), after: (u32::MAX, 0) }
    }
}

impl Reach {
    /// Whether no link of this item crosses one of the next item, which can be said without looking at each.
    fn is_clear_of(&self, next: &Reach) -> bool {
        self.before.1 <= next.before.0 && self.after.1 <= next.after.0
    }
}

/// Writes the sorted places of an item's neighbours; the first and the last of them.
fn note_near(neighbours: &Lists<u32>, near: &mut [u32], place: &[u32], item: u32) -> (u32, u32) {
    let range = neighbours.range(item as usize);
    let near = &mut near[range];
    for (near, n) in near.iter_mut().zip(&neighbours[item as usize]) {
        *near = place[*n as usize];
    }
    if near.len() > 1 {
        near.sort_unstable();
    }
    (near.first().copied().unwrap_or(u32::MAX), near.last().copied().unwrap_or(0))
}
