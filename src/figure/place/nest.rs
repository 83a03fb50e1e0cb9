//! Nesting: the items of a group stand together in every row of its ranks, between the two borders of its frame, and
//! groups that stand in the same group come in one order in all rows, so that each frame can be a rectangle.
//!
//! A frame's borders are dummy nodes, linked from row to row more strongly than anything else (Sander 1996, "Layout of
//! Compound Directed Graphs"): a line that changes sides of a frame crosses two of them, and the count of crossings
//! says so. Rows are sorted as nests of brackets (Forster 2002, "Applying Crossing Reduction Strategies to Layered
//! Compound Graphs"). What leads from row to row beside a frame keeps to one side of it.

use super::crossing::{Counter, crossing_pairs};
use super::layer::{Item, Kind, Layers};
use super::lists::Lists;
use super::part::{Extent, Part};
use super::side::Sides;

/// No group.
pub(super) const NONE: u32 = u32::MAX;

/// How far a frame's label keeps from the frame's corners.
pub(super) const LABEL_INSET: f64 = 8.0;
/// How many links a stretch of a border counts for.
const BORDER_LINKS: usize = 6;
/// Sweeps without a better order after which a descent ends.
const PATIENCE: usize = 3;
/// Rounds of exchanges over a row.
const MOST_ROUNDS: usize = 8;
/// The entries and links that the search may visit, for each item and in all: there are many more pairs of groups to exchange
/// than groups.
const WORK_PER_ITEM: usize = 1_000;
const MOST_WORK: usize = 3_000_000;

/// The groups of the layered graph.
#[derive(Clone, Debug, Default)]
pub(super) struct Nests {
    pub groups: Vec<Nest>,
    /// The innermost group of each item, a border's own group.
    owners: Vec<u32>,
    /// The first of the border items, which come last; low and high borders take turns.
    first_border: u32,
}

/// A group with the ranks that its frame covers.
#[derive(Clone, Copy, Debug)]
pub(super) struct Nest {
    pub parent: Option<usize>,
    /// The room of its label before its first column, where the label stands there.
    pub front: f64,
    /// The least extents of the frame that holds its label.
    pub least: Extent,
    pub first: usize,
    pub last: usize,
    /// How often it has been given more room for its label.
    pub widenings: u8,
    /// Its low border at its first rank.
    border: u32,
}

impl Nest {
    pub fn covers(&self, rank: usize) -> bool {
        (self.first..=self.last).contains(&rank)
    }

    /// The two borders at one of its ranks.
    pub fn borders(&self, rank: usize) -> (u32, u32) {
        let low = self.border + 2 * (rank - self.first) as u32;
        (low, low + 1)
    }

    /// Its borders, rank by rank.
    pub fn ranks(&self) -> impl Iterator<Item = (u32, u32)> + Clone {
        let nest = *self;
        (self.first..=self.last).map(move |rank| nest.borders(rank))
    }
}

impl Nests {
    /// The innermost group of an item.
    pub fn owner(&self, item: u32) -> u32 {
        self.owners.get(item as usize).copied().unwrap_or(NONE)
    }

    /// A border's counterpart on the other side; any other item itself.
    pub fn mirrored(&self, item: u32) -> u32 {
        if self.is_border(item) { self.first_border + ((item - self.first_border) ^ 1) } else { item }
    }

    pub fn is_border(&self, item: u32) -> bool {
        !self.groups.is_empty() && item >= self.first_border
    }

    fn is_low(&self, item: u32) -> bool {
        self.is_border(item) && (item - self.first_border).is_multiple_of(2)
    }

    /// The groups right within a group.
    pub fn within(&self, group: usize) -> impl Iterator<Item = usize> {
        (group + 1..self.groups.len()).filter(move |inner| self.groups[*inner].parent == Some(group))
    }

    /// The groups around an item's place, the innermost first.
    pub fn around(&self, group: u32) -> impl Iterator<Item = u32> {
        let parent = |group: &u32| self.groups[*group as usize].parent.map(|parent| parent as u32);
        std::iter::successors((group != NONE).then_some(group), parent)
    }
}

/// Puts borders around the groups. Before: rows in a good order. After: rows that are nests of brackets, with few
/// crossings.
pub(super) fn nest(part: &Part, layers: &mut Layers) {
    if part.groups.is_empty() {
        return;
    }
    enclose(part, layers);
    let mut rows = std::mem::take(&mut layers.rows);
    Nester::new(layers).run(&mut rows);
    layers.rows = rows;
}

/// Adds the border items, the low ones at the start and the high ones at the end of their rows.
fn enclose(part: &Part, layers: &mut Layers) {
    let mut groups: Vec<Nest> = part
        .groups
        .iter()
        .map(|group| {
            let label = group.label.unwrap_or_default();
            let least = Extent { along: label.along + 2.0 * LABEL_INSET, across: label.across + 2.0 * LABEL_INSET };
            let front = if part.label_after { label.along } else { 0.0 };
            Nest { parent: group.parent, front, least, first: usize::MAX, last: 0, widenings: 0, border: 0 }
        })
        .collect();
    for (body, item) in part.bodies.iter().zip(&layers.items) {
        if let Some(group) = body.group {
            groups[group].first = groups[group].first.min(item.rank);
            groups[group].last = groups[group].last.max(item.rank);
        }
    }
    for group in (0..groups.len()).rev() {
        if let Nest { parent: Some(parent), first, last, .. } = groups[group] {
            groups[parent].first = groups[parent].first.min(first);
            groups[parent].last = groups[parent].last.max(last);
        }
    }
    let mut nests = Nests { groups, owners: vec![NONE; layers.items.len()], first_border: layers.items.len() as u32 };
    for (owner, body) in nests.owners.iter_mut().zip(&part.bodies) {
        *owner = body.group.map_or(NONE, |group| group as u32);
    }
    for chain in layers.chains.iter() {
        let ends = [chain[0], chain[chain.len() - 1]].map(|end| nests.owners[end as usize]);
        for &item in &chain[1..chain.len() - 1] {
            nests.owners[item as usize] = lane_owner(&nests, ends, layers.items[item as usize].rank);
        }
    }
    let mut rows: Vec<Vec<u32>> = layers.rows.iter().map(<[u32]>::to_vec).collect();
    for group in 0..nests.groups.len() {
        let Nest { first, last, .. } = nests.groups[group];
        nests.groups[group].border = layers.items.len() as u32;
        // A label takes room above the frame's content: across the flow if that goes to the right.
        let strip = part.groups[group].label.filter(|_| !part.label_after).map_or(0.0, |label| label.across);
        for (row, rank) in rows[first..=last].iter_mut().zip(first..) {
            for (place, after) in [(0, strip), (row.len() + 1, 0.0)] {
                row.insert(place, layers.items.len() as u32);
                layers.items.push(Item { kind: Kind::Border, rank, along: 0.0, before: 0.0, after });
                nests.owners.push(group as u32);
                layers.before.end_list();
                layers.after.end_list();
            }
        }
    }
    layers.rows =
        Lists::grouped(rows.len(), rows.iter().enumerate().flat_map(|(r, row)| row.iter().map(move |i| (r, *i))));
    layers.nests = nests;
}

/// The group in which a link passes a rank: that of one of its ends, as long as its frame reaches.
fn lane_owner(nests: &Nests, ends: [u32; 2], rank: usize) -> u32 {
    let covering = |end: u32| nests.around(end).find(|group| nests.groups[*group as usize].covers(rank));
    match ends.map(covering) {
        [Some(a), Some(b)] if nests.around(b).any(|group| group == a) => b,
        [Some(a), _] => a,
        [None, b] => b.unwrap_or(NONE),
    }
}

/// What stands beside what within a group's borders in a row.
#[derive(Clone, Copy)]
enum Entry {
    Item(u32),
    Group(u32),
}

struct Nester<'l> {
    layers: &'l Layers,
    /// The neighbours of each item in the rows before and after, along links and borders.
    before: Lists<u32>,
    after: Lists<u32>,
    /// The places of each item's neighbours, sorted; filled in for a row while it is worked on.
    near_before: Vec<u32>,
    near_after: Vec<u32>,
    /// The place of each group among those of the same parent.
    precedence: Vec<u32>,
    /// On which side of which group items have to stand.
    sides: Sides,
    /// The number of each group among those that are arranged.
    number: Vec<u32>,
    place: Vec<u32>,
    counter: Counter,
    work: usize,
}

impl<'l> Nester<'l> {
    fn new(layers: &'l Layers) -> Self {
        let groups = &layers.nests.groups;
        let along_borders = groups
            .iter()
            .flat_map(|nest| nest.ranks().zip(nest.ranks().skip(1)).flat_map(|(a, b)| [(a.0, b.0), (a.1, b.1)]));
        let along_borders = along_borders.flat_map(|pair| std::iter::repeat_n(pair, BORDER_LINKS));
        let along_links = layers.chains.iter().flat_map(|chain| chain.windows(2)).map(|pair| (pair[0], pair[1]));
        let pairs = along_links.chain(along_borders);
        let count = layers.items.len();
        let before = Lists::grouped(count, pairs.clone().map(|(tail, head)| (head as usize, tail)));
        let after = Lists::grouped(count, pairs.map(|(tail, head)| (tail as usize, head)));
        Nester {
            layers,
            near_before: vec![0; before.members().len()],
            near_after: vec![0; after.members().len()],
            before,
            after,
            precedence: vec![0; groups.len()],
            sides: Sides::default(),
            number: vec![0; groups.len()],
            place: vec![0; count],
            counter: Counter::default(),
            work: 0,
        }
    }

    /// Gathers the groups where their items stand, then looks for better orders, also of the groups.
    fn run(&mut self, rows: &mut Lists<u32>) {
        let centred = self.centred(rows);
        let means = self.put_in_order(&centred);
        self.sides = Sides::new(self.layers, rows, &centred, &means);
        self.work += self.sides.choose(&self.precedence);
        (0..rows.len()).for_each(|r| self.arrange(rows, r, |_, item| centred[item as usize]));
        let mut fewest = self.descend(rows);
        let most_work = MOST_WORK.min(WORK_PER_ITEM * self.layers.items.len());
        let groups = &self.layers.nests.groups;
        let beside = |a: &Nest, b: &Nest| a.parent == b.parent && a.first <= b.last && b.first <= a.last;
        for (a, b) in (0..groups.len()).flat_map(|a| (a + 1..groups.len()).map(move |b| (a, b))) {
            if fewest == 0 || self.work > most_work {
                return;
            }
            if !beside(&groups[a], &groups[b]) {
                continue;
            }
            let mut other = rows.clone();
            self.precedence.swap(a, b);
            self.work += self.sides.choose(&self.precedence);
            let places = self.layers_places(&other);
            (0..other.len()).for_each(|r| self.arrange(&mut other, r, |_, item| Some(places[item as usize])));
            let crossings = self.descend(&mut other);
            if crossings < fewest {
                (*rows, fewest) = (other, crossings);
            } else {
                self.precedence.swap(a, b);
                self.sides.choose(&self.precedence);
            }
        }
    }

    /// The place of each item of the graph in its row, from the row's middle.
    fn centred(&self, rows: &Lists<u32>) -> Vec<Option<f64>> {
        let mut places = vec![None; self.place.len()];
        for row in rows.iter() {
            for (place, &item) in row.iter().enumerate() {
                if !self.layers.nests.is_border(item) {
                    places[item as usize] = Some(place as f64 - row.len() as f64 / 2.0);
                }
            }
        }
        places
    }

    /// Gives the groups one order, by the mean place of what stands in them; these means.
    fn put_in_order(&mut self, places: &[Option<f64>]) -> Vec<f64> {
        let nests = &self.layers.nests;
        let mut sums = vec![(0.0, 0.0); nests.groups.len()];
        for (item, place) in places.iter().enumerate() {
            if let (Some(place), group) = (place, nests.owner(item as u32))
                && group != NONE
            {
                let sum = &mut sums[group as usize];
                *sum = (sum.0 + place, sum.1 + 1.0);
            }
        }
        add_to_parents(&nests.groups, &mut sums);
        let means: Vec<f64> = sums.iter().map(|(sum, count)| sum / count.max(1.0)).collect();
        let mut order: Vec<usize> = (0..sums.len()).collect();
        order.sort_by(|a, b| means[*a].total_cmp(&means[*b]));
        for (place, group) in order.into_iter().enumerate() {
            self.precedence[group] = place as u32;
        }
        means
    }

    fn layers_places(&self, rows: &Lists<u32>) -> Vec<f64> {
        let mut places = vec![0.0; self.place.len()];
        rows.iter().for_each(|row| row.iter().zip(0_u32..).for_each(|(&i, place)| places[i as usize] = place.into()));
        places
    }

    /// Sorts a row by the items' keys, groups by the mean of theirs, as far as the groups' order allows; what has no
    /// key stays behind what is before it.
    fn arrange(&mut self, rows: &mut Lists<u32>, r: usize, key: impl Fn(&Self, u32) -> Option<f64>) {
        let nests = &self.layers.nests;
        let mut sums = vec![(0.0, 0.0); nests.groups.len()];
        for &item in &rows[r] {
            if let (Some(key), group) = (key(self, item), nests.owner(item))
                && group != NONE
            {
                let sum = &mut sums[group as usize];
                *sum = (sum.0 + key, sum.1 + 1.0);
            }
        }
        add_to_parents(&nests.groups, &mut sums);
        // What stands in no group comes first, then the entries of each group.
        let mut levels: Vec<Vec<(f64, Entry)>> = vec![Vec::new(); nests.groups.len() + 1];
        let level = |group: Option<usize>| group.map_or(0, |group| group + 1);
        for &item in &rows[r] {
            let (level, key, entry) = if nests.is_low(item) {
                let group = nests.owner(item) as usize;
                let mean = (sums[group].1 > 0.0).then(|| sums[group].0 / sums[group].1);
                (level(nests.groups[group].parent), mean, Entry::Group(group as u32))
            } else if nests.is_border(item) {
                continue;
            } else {
                let owner = nests.owner(item);
                (level((owner != NONE).then_some(owner as usize)), key(self, item), Entry::Item(item))
            };
            let last = levels[level].last().map_or(f64::NEG_INFINITY, |last| last.0);
            levels[level].push((key.unwrap_or(last), entry));
        }
        self.work += rows[r].len() + levels.len();
        for entries in &mut levels {
            entries.sort_by(|a, b| a.0.total_cmp(&b.0));
            self.restore_precedence(entries);
            self.keep_to_sides(entries);
        }
        let row = &mut rows[r];
        let mut place = 0;
        let mut put = |item: u32, places: &mut [u32]| {
            row[place] = item;
            places[item as usize] = place as u32;
            place += 1;
        };
        let mut waiting: Vec<Entry> = levels[0].iter().rev().map(|entry| entry.1).collect();
        while let Some(entry) = waiting.pop() {
            match entry {
                Entry::Item(item) => put(item, &mut self.place),
                Entry::Group(group) => {
                    let (low, high) = nests.groups[group as usize].borders(r);
                    put(low, &mut self.place);
                    waiting.push(Entry::Item(high));
                    waiting.extend(levels[group as usize + 1].iter().rev().map(|entry| entry.1));
                }
            }
        }
    }

    /// Puts the groups among the entries into their order, in the places of groups.
    fn restore_precedence(&self, entries: &mut [(f64, Entry)]) {
        let is_group = |entry: &(f64, Entry)| matches!(entry.1, Entry::Group(_));
        let mut groups: Vec<(f64, Entry)> = entries.iter().filter(|entry| is_group(entry)).copied().collect();
        groups.sort_by_key(|entry| match entry.1 {
            Entry::Group(group) => self.precedence[group as usize],
            Entry::Item(_) => 0,
        });
        entries.iter_mut().filter(|entry| is_group(entry)).zip(groups).for_each(|(entry, group)| *entry = group);
    }

    /// Moves items among the entries to the sides of groups that they have to stand on.
    fn keep_to_sides(&mut self, entries: &mut [(f64, Entry)]) {
        let mut groups = 0;
        for entry in entries.iter() {
            if let Entry::Group(group) = entry.1 {
                self.number[group as usize] = groups;
                groups += 1;
            }
        }
        let (mut passed, mut work) = (0, 0);
        let mut zone = |entry: Entry| match entry {
            Entry::Group(_) => {
                passed += 1;
                2 * passed - 1
            }
            Entry::Item(item) => {
                let (mut first, mut last) = (0, groups);
                for (group, is_before) in self.sides.of_item(item) {
                    work += 1;
                    let number = self.number[group as usize];
                    if is_before {
                        last = last.min(number);
                    } else {
                        first = first.max(number + 1);
                    }
                }
                2 * passed.min(last).max(first)
            }
        };
        let mut zoned: Vec<(u32, (f64, Entry))> = entries.iter().map(|entry| (zone(entry.1), *entry)).collect();
        self.work += work;
        zoned.sort_by_key(|(zone, _)| *zone);
        entries.iter_mut().zip(zoned).for_each(|(entry, (_, zoned))| *entry = zoned);
    }

    /// Whether two neighbours in a row must keep their order: both are groups, or one has to stand on this side of the
    /// other.
    fn are_bound(&self, first: u32, second: u32) -> bool {
        let nests = &self.layers.nests;
        match (nests.is_low(first), nests.is_low(second)) {
            (true, true) => true,
            (true, false) => self.sides.is_before(second, nests.owner(first)).is_some(),
            (false, true) => self.sides.is_before(first, nests.owner(second)).is_some(),
            (false, false) => false,
        }
    }

    /// Sweeps there and back until nothing gets better. The result is the number of crossings of the best order met.
    fn descend(&mut self, rows: &mut Lists<u32>) -> usize {
        let mut best = rows.clone();
        let mut fewest = self.crossings(rows);
        let mut idle = 0;
        for sweep in 0.. {
            if idle >= PATIENCE || fewest == 0 {
                break;
            }
            let forward = sweep % 2 == 0;
            for step in 0..rows.len() {
                let r = if forward { step } else { rows.len() - 1 - step };
                self.arrange(rows, r, |nester, item| {
                    let near = if forward { &nester.before[item as usize] } else { &nester.after[item as usize] };
                    let sum: u32 = near.iter().map(|n| nester.place[*n as usize]).sum();
                    (!near.is_empty()).then(|| f64::from(sum) / near.len() as f64)
                });
                self.exchange(rows, r);
            }
            let crossings = self.crossings(rows);
            idle += 1;
            if crossings < fewest {
                (fewest, idle) = (crossings, 0);
                best.clone_from(rows);
            }
        }
        *rows = best;
        fewest
    }

    /// Exchanges neighbours where fewer lines cross then.
    fn exchange(&mut self, rows: &mut Lists<u32>, r: usize) {
        for &item in &rows[r] {
            for (near, neighbours) in [(&mut self.near_before, &self.before), (&mut self.near_after, &self.after)] {
                let range = neighbours.range(item as usize);
                let places = &mut near[range];
                for (place, neighbour) in places.iter_mut().zip(&neighbours[item as usize]) {
                    *place = self.place[*neighbour as usize];
                }
                places.sort_unstable();
            }
        }
        let nests = &self.layers.nests;
        for _ in 0..MOST_ROUNDS {
            let mut is_changed = false;
            for start in 0..rows[r].len() {
                let row = &rows[r];
                let end_of = |place: usize| match row[place] {
                    low if nests.is_low(low) => self.place[nests.mirrored(low) as usize] as usize + 1,
                    _ => place + 1,
                };
                let is_entry =
                    |place: usize| row.get(place).is_some_and(|&item| nests.is_low(item) || !nests.is_border(item));
                let middle = end_of(start);
                if !is_entry(start) || !is_entry(middle) || self.are_bound(row[start], row[middle]) {
                    continue;
                }
                let end = end_of(middle);
                let (kept, exchanged) = self.crossings_between(&row[start..middle], &row[middle..end]);
                self.work += end - start;
                if exchanged < kept {
                    let row = &mut rows[r][start..end];
                    row.rotate_left(middle - start);
                    for (&item, place) in row.iter().zip(start as u32..) {
                        self.place[item as usize] = place;
                    }
                    is_changed = true;
                }
            }
            if !is_changed {
                break;
            }
        }
    }

    /// How many lines of two neighbouring stretches of a row cross, and how many would if they were exchanged.
    fn crossings_between(&self, first: &[u32], second: &[u32]) -> (usize, usize) {
        let pairs = first.iter().flat_map(|a| second.iter().map(move |b| (*a as usize, *b as usize)));
        pairs.fold((0, 0), |sum, (a, b)| {
            let before =
                crossing_pairs(&self.near_before[self.before.range(a)], &self.near_before[self.before.range(b)]);
            let after = crossing_pairs(&self.near_after[self.after.range(a)], &self.near_after[self.after.range(b)]);
            (sum.0 + before.0 + after.0, sum.1 + before.1 + after.1)
        })
    }

    fn crossings(&mut self, rows: &Lists<u32>) -> usize {
        for row in rows.iter() {
            row.iter().zip(0..).for_each(|(&item, place)| self.place[item as usize] = place);
        }
        self.work += self.after.members().len();
        (1..rows.len()).map(|r| self.counter.crossings(&rows[r - 1], rows[r].len(), &self.after, &self.place)).sum()
    }
}

/// Adds the sums of inner groups to those of the groups around them, which come before them.
fn add_to_parents(groups: &[Nest], sums: &mut [(f64, f64)]) {
    for group in (0..groups.len()).rev() {
        if let Some(parent) = groups[group].parent {
            let (sum, count) = sums[group];
            sums[parent] = (sums[parent].0 + sum, sums[parent].1 + count);
        }
    }
}
