//! Bonds: what the ranks must obey.
//!
//! Each group has two nodes of its own, one before and one behind all that stands in it, which want to be near each other
//! (Sander 1996, "Layout of Compound Directed Graphs", §3). Where one group feeds another and nothing leads back, the
//! other comes wholly behind it, as the layers of a network are read.

use super::part::{Body, Part};
use std::collections::BTreeSet;

/// How many links a group's wish to span few ranks counts for.
const GROUP_PULL: i32 = 2;
/// The nodes that may be visited to see whether anything leads back from groups to what feeds them.
const MOST_WORK: usize = 200_000;

/// A constraint: the head stands at least `span` ranks behind the tail.
#[derive(Clone, Copy, Default)]
pub(super) struct Bond {
    pub tail: u32,
    pub head: u32,
    pub span: i32,
    /// How many links it stands for.
    pub weight: i32,
}

/// The constraints of a part.
pub(super) struct Bonds {
    /// Sorted by their tails: links between the same two nodes are one bond.
    pub bonds: Vec<Bond>,
    /// How many nodes there are, in a topological order.
    pub nodes: usize,
    /// The node of each body.
    pub of_body: Vec<u32>,
}

/// The constraints that links and groups make.
pub(super) fn bonds(part: &Part) -> Bonds {
    let bodies = part.bodies.len();
    let of_link = |l: usize| {
        let link = &part.links[l];
        Bond { tail: link.from as u32, head: link.to as u32, span: part.span(l) as i32, weight: 1 }
    };
    let mut bonds: Vec<Bond> = (0..part.links.len()).map(of_link).collect();
    let mut nodes = bodies;
    let mut of_body: Vec<u32> = (0..bodies as u32).collect();
    if !part.groups.is_empty() {
        nodes += 2 * part.groups.len();
        bonds.extend(around_groups(part));
        put_in_sequence(part, nodes, &mut bonds);
        let numbers = topological_numbers(nodes, &bonds);
        for bond in &mut bonds {
            (bond.tail, bond.head) = (numbers[bond.tail as usize], numbers[bond.head as usize]);
        }
        of_body.iter_mut().for_each(|node| *node = numbers[*node as usize]);
    }
    bonds.sort_by_key(|bond| (bond.tail, bond.head));
    bonds.dedup_by(|next, kept| {
        let is_same = (next.tail, next.head) == (kept.tail, kept.head);
        if is_same {
            kept.weight += next.weight;
            kept.span = kept.span.max(next.span);
        }
        is_same
    });
    Bonds { bonds, nodes, of_body }
}

/// The nodes before and behind a group's bodies; they come after the bodies.
fn ends(part: &Part, group: usize) -> (u32, u32) {
    let first = (part.bodies.len() + 2 * group) as u32;
    (first, first + 1)
}

/// Holds every body, and every inner group, between the two nodes of its group.
fn around_groups(part: &Part) -> Vec<Bond> {
    let bond = |tail, head, weight| Bond { tail, head, span: 0, weight };
    let mut bonds = Vec::new();
    for (body, Body { group, .. }) in part.bodies.iter().enumerate() {
        if let Some((start, end)) = group.map(|group| ends(part, group)) {
            bonds.extend([bond(start, body as u32, 0), bond(body as u32, end, 0)]);
        }
    }
    for (inner, group) in part.groups.iter().enumerate() {
        let (start, end) = ends(part, inner);
        bonds.push(bond(start, end, GROUP_PULL));
        if let Some((outer_start, outer_end)) = group.parent.map(|outer| ends(part, outer)) {
            bonds.extend([bond(outer_start, start, 0), bond(end, outer_end, 0)]);
        }
    }
    bonds
}

/// Puts each group wholly behind the groups that feed it, and behind the nodes that feed it and others, such as the inputs
/// of all gates of a cell, unless something leads back.
fn put_in_sequence(part: &Part, nodes: usize, bonds: &mut Vec<Bond>) {
    let mut leaving = vec![Vec::new(); nodes];
    bonds.iter().for_each(|bond| leaving[bond.tail as usize].push(bond.head));
    let mut walker = Walker { met_in: vec![0; nodes], walks: 0, work: 0 };
    for (tail, group) in feeding(part) {
        let (head, _) = ends(part, group);
        if walker.work < MOST_WORK && !walker.reaches(&leaving, head, tail) {
            leaving[tail as usize].push(head);
            bonds.push(Bond { tail, head, span: 1, weight: 0 });
        }
    }
}

/// What feeds which group, group by group: the end of another group right within the same group, or a body there that more
/// than one link leaves.
fn feeding(part: &Part) -> Vec<(u32, usize)> {
    let around = |body: usize| {
        let mut groups: Vec<usize> =
            std::iter::successors(part.bodies[body].group, |group| part.groups[*group].parent).collect();
        groups.reverse();
        groups
    };
    let (mut feeding, mut met) = (Vec::new(), BTreeSet::new());
    let mut leaving = vec![0; part.bodies.len()];
    for link in &part.links {
        leaving[link.from] += 1;
        let (from, to) = (around(link.from), around(link.to));
        let shared = from.iter().zip(&to).take_while(|(from, to)| from == to).count();
        let Some(&group) = to.get(shared) else { continue };
        let tail = from.get(shared).map_or(link.from as u32, |other| ends(part, *other).1);
        if met.insert((tail, group)) {
            feeding.push((tail, group));
        }
    }
    feeding.retain(|(tail, _)| leaving.get(*tail as usize).is_none_or(|links| *links > 1));
    feeding
}

/// Walks along bonds.
struct Walker {
    /// For each node the last walk that has met it.
    met_in: Vec<u32>,
    walks: u32,
    /// The nodes visited so far.
    work: usize,
}

impl Walker {
    fn reaches(&mut self, leaving: &[Vec<u32>], from: u32, to: u32) -> bool {
        self.walks += 1;
        let mut waiting = vec![from];
        while let Some(node) = waiting.pop() {
            if node == to {
                return true;
            }
            if std::mem::replace(&mut self.met_in[node as usize], self.walks) != self.walks {
                self.work += 1;
                waiting.extend(&leaving[node as usize]);
            }
        }
        false
    }
}

/// The place of each node in a topological order (Kahn 1962).
fn topological_numbers(nodes: usize, bonds: &[Bond]) -> Vec<u32> {
    let mut leaving = vec![Vec::new(); nodes];
    let mut waits = vec![0_u32; nodes];
    for bond in bonds {
        leaving[bond.tail as usize].push(bond.head);
        waits[bond.head as usize] += 1;
    }
    let mut numbers = vec![0; nodes];
    let mut ready: std::collections::VecDeque<u32> =
        (0..nodes as u32).filter(|node| waits[*node as usize] == 0).collect();
    let mut next = 0;
    while let Some(node) = ready.pop_front() {
        numbers[node as usize] = next;
        next += 1;
        for &head in &leaving[node as usize] {
            waits[head as usize] -= 1;
            if waits[head as usize] == 0 {
                ready.push_back(head);
            }
        }
    }
    numbers
}
