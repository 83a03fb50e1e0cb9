//! Ranks: how far along the flow each node stands, so that the links are as short as can be.
//!
//! The network simplex method of Gansner, Koutsofios, North, Vo 1993, "A Technique for Drawing Directed Graphs", §2:
//! a spanning tree of tight links is improved link by link until no exchange shortens the drawing.

use super::bond::{Bond, Bonds, bonds};
use super::lists::Lists;
use super::part::Part;
use smallvec::{SmallVec, smallvec};

/// Steps that the search may cost, in all and for each node and link. Small parts are never cut short; on very large
/// ones the ranks are good well before they are the best.
const STEPS: usize = 300_000;
const STEPS_PER_ELEMENT: usize = 40;
/// How many tree links are compared before one is exchanged (Gansner et al. §2.4 suggest a few).
const CANDIDATES: usize = 30;

/// How many ranks a node is moved at most to where fewer nodes stand.
const FARTHEST_BALANCE: i32 = 50;

const NONE: u32 = u32::MAX;

/// The bonds of a node, or the nodes of a tree: so many need no memory of their own.
const FEW: usize = 4;

type Members = SmallVec<[u32; FEW]>;

/// Gives each body a rank. After it, the head of a link stands at least one rank behind its tail, and at least two
/// where the link has a label, which takes a rank of its own between them; some body has rank 0.
pub(super) fn rank(part: &Part) -> Vec<usize> {
    let Bonds { bonds, nodes, of_body } = bonds(part);
    let mut simplex = Simplex::new(nodes, bonds);
    simplex.rank_early();
    simplex.grow_tight_tree();
    simplex.root_tree();
    simplex.exchange();
    simplex.balance();
    let ranks = of_body.iter().map(|node| simplex.ranks[*node as usize]);
    let first = ranks.clone().min().unwrap_or(0);
    ranks.map(|rank| (rank - first) as usize).collect()
}

struct Simplex {
    bonds: Vec<Bond>,
    /// For each node its bonds, those that leave it and those that enter it.
    touching: Lists<u32>,
    ranks: Vec<i32>,
    in_tree: Vec<bool>,
    tree_bonds: Vec<u32>,
    /// For each node its bonds in the tree.
    branches: Vec<Members>,
    /// The bond to each node's parent in the tree.
    up: Vec<u32>,
    /// A node's subtree are the nodes whose `lim` is from its `low` to its `lim` (numbers of a walk in post-order).
    low: Vec<u32>,
    lim: Vec<u32>,
    by_lim: Vec<u32>,
    /// The weight of the bonds that a tree bond's removal lets go the same way, less that of those the other way.
    cuts: Vec<i32>,
    steps: usize,
}

impl Simplex {
    fn new(count: usize, bonds: Vec<Bond>) -> Simplex {
        let ends = |(b, bond): (usize, &Bond)| [(bond.tail as usize, b as u32), (bond.head as usize, b as u32)];
        let touching = Lists::grouped(count, bonds.iter().enumerate().flat_map(ends));
        Simplex {
            touching,
            ranks: vec![0; count],
            in_tree: vec![false; bonds.len()],
            tree_bonds: Vec::with_capacity(count),
            branches: vec![SmallVec::new(); count],
            up: vec![NONE; count],
            low: vec![0; count],
            lim: vec![0; count],
            by_lim: vec![0; count],
            cuts: vec![0; bonds.len()],
            steps: 0,
            bonds,
        }
    }

    fn slack(&self, bond: u32) -> i32 {
        let Bond { tail, head, span, .. } = self.bonds[bond as usize];
        self.ranks[head as usize] - self.ranks[tail as usize] - span
    }

    /// Each node as early as its tails allow, then the nodes without tails as late as their heads allow.
    fn rank_early(&mut self) {
        // The bonds are sorted by their tails, which come in a topological order.
        for bond in &self.bonds {
            let least = self.ranks[bond.tail as usize] + bond.span;
            let head = &mut self.ranks[bond.head as usize];
            *head = (*head).max(least);
        }
        for node in (0..self.ranks.len()).rev() {
            let (mut pull, mut latest) = (0, i32::MAX);
            for &b in &self.touching[node] {
                let bond = self.bonds[b as usize];
                if bond.tail as usize == node {
                    pull += bond.weight;
                    latest = latest.min(self.ranks[bond.head as usize] - bond.span);
                } else {
                    pull -= bond.weight;
                }
            }
            if pull > 0 && latest < i32::MAX {
                self.ranks[node] = latest;
            }
        }
    }

    /// Makes a spanning tree of tight bonds: the smallest tight tree is moved until it touches another, and so on.
    /// After it, the tree has one bond less than there are nodes.
    fn grow_tight_tree(&mut self) {
        let count = self.ranks.len();
        let mut owner: Vec<u32> = (0..count as u32).collect();
        let mut members: Vec<Members> = (0..count as u32).map(|node| smallvec![node]).collect();
        for bond in 0..self.bonds.len() as u32 {
            self.join_if_tight(bond, &mut owner, &mut members);
        }
        let mut waiting: std::collections::BTreeSet<(usize, u32)> =
            members.iter().enumerate().filter(|(_, tree)| !tree.is_empty()).map(|(i, t)| (t.len(), i as u32)).collect();
        while waiting.len() > 1 {
            let Some((_, tree)) = waiting.pop_first() else { break };
            let Some((bond, shift)) = self.nearest_bond(&members[tree as usize], &owner) else { break };
            for &node in &members[tree as usize] {
                self.ranks[node as usize] += shift;
            }
            let Bond { tail, head, .. } = self.bonds[bond as usize];
            let other = if owner[tail as usize] == tree { owner[head as usize] } else { owner[tail as usize] };
            waiting.remove(&(members[other as usize].len(), other));
            self.join_if_tight(bond, &mut owner, &mut members);
            let whole = owner[tail as usize];
            waiting.insert((members[whole as usize].len(), whole));
        }
    }

    /// Takes a tight bond between two trees into the tree; the smaller one becomes part of the larger.
    fn join_if_tight(&mut self, bond: u32, owner: &mut [u32], members: &mut [Members]) {
        let Bond { tail, head, .. } = self.bonds[bond as usize];
        let (a, b) = (owner[tail as usize], owner[head as usize]);
        if a == b || self.slack(bond) != 0 {
            return;
        }
        let (large, small) = if members[a as usize].len() >= members[b as usize].len() { (a, b) } else { (b, a) };
        let moved = std::mem::take(&mut members[small as usize]);
        moved.iter().for_each(|&node| owner[node as usize] = large);
        members[large as usize].extend(moved);
        self.in_tree[bond as usize] = true;
        self.tree_bonds.push(bond);
        self.branches[tail as usize].push(bond);
        self.branches[head as usize].push(bond);
    }

    /// The bond that leads out of a tree with the least slack, and how far the tree must move to make it tight.
    fn nearest_bond(&self, tree: &[u32], owner: &[u32]) -> Option<(u32, i32)> {
        let own = owner[*tree.first()? as usize];
        let leading_out = tree.iter().flat_map(|&node| &self.touching[node as usize]).filter_map(|&b| {
            let Bond { tail, head, .. } = self.bonds[b as usize];
            let forward = owner[tail as usize] == own;
            let leads_out = forward != (owner[head as usize] == own);
            leads_out.then(|| (b, if forward { self.slack(b) } else { -self.slack(b) }))
        });
        leading_out.min_by_key(|(_, shift)| shift.abs())
    }

    /// Numbers the tree from node 0 and computes the cut values: what leaves a subtree less what enters it is the sum
    /// of that over its nodes, because the bonds within cancel out.
    fn root_tree(&mut self) {
        if self.ranks.is_empty() {
            return;
        }
        self.number(0, NONE, 1);
        let mut surplus = vec![0; self.ranks.len()];
        for bond in &self.bonds {
            surplus[bond.tail as usize] += bond.weight;
            surplus[bond.head as usize] -= bond.weight;
        }
        for at in 0..self.by_lim.len() - 1 {
            let node = self.by_lim[at];
            let (up, leaving) = (self.up[node as usize], surplus[node as usize]);
            let is_tail = self.bonds[up as usize].tail == node;
            self.cuts[up as usize] = if is_tail { leaving } else { -leaving };
            surplus[self.other_end(up, node) as usize] += leaving;
        }
    }

    /// Walks a subtree and numbers it in post-order, starting from `low`.
    fn number(&mut self, root: u32, up: u32, low: u32) {
        let mut next = low;
        self.up[root as usize] = up;
        self.low[root as usize] = low;
        let mut stack = vec![(root, 0_usize)];
        while let Some((node, branch)) = stack.last_mut() {
            let here = *node as usize;
            match self.branches[here].get(*branch) {
                Some(&bond) => {
                    *branch += 1;
                    if bond != self.up[here] {
                        let child = self.other_end(bond, here as u32);
                        self.up[child as usize] = bond;
                        self.low[child as usize] = next;
                        stack.push((child, 0));
                    }
                }
                None => {
                    self.lim[here] = next;
                    self.by_lim[next as usize - 1] = here as u32;
                    next += 1;
                    stack.pop();
                }
            }
        }
        self.steps += (next - low) as usize;
    }

    fn other_end(&self, bond: u32, end: u32) -> u32 {
        let Bond { tail, head, .. } = self.bonds[bond as usize];
        if tail == end { head } else { tail }
    }

    fn holds(&self, subtree: u32, node: u32) -> bool {
        let lim = self.lim[node as usize];
        self.low[subtree as usize] <= lim && lim <= self.lim[subtree as usize]
    }

    /// Exchanges tree bonds with a negative cut value for others while there are any.
    fn exchange(&mut self) {
        let most = STEPS + STEPS_PER_ELEMENT * (self.ranks.len() + self.bonds.len());
        let mut from = 0;
        while self.steps < most {
            let Some(position) = self.leaving(&mut from) else { break };
            let Some(entering) = self.entering(self.tree_bonds[position]) else { break };
            self.replace(position, entering);
        }
    }

    /// The position of a tree bond with a negative cut value; the search goes on where the last one ended.
    fn leaving(&mut self, from: &mut usize) -> Option<usize> {
        let count = self.tree_bonds.len();
        let (mut best, mut found) = (None, 0);
        for i in 0..count {
            let position = (*from + i) % count;
            self.steps += 1;
            let cut = self.cuts[self.tree_bonds[position] as usize];
            if cut < 0 {
                if best.is_none_or(|(_, least)| cut < least) {
                    best = Some((position, cut));
                }
                found += 1;
                if found == CANDIDATES {
                    *from = (position + 1) % count;
                    break;
                }
            }
        }
        best.map(|(position, _)| position)
    }

    /// The bond with the least slack that joins the two halves of the tree the other way round than `leaving`.
    fn entering(&mut self, leaving: u32) -> Option<u32> {
        let Bond { tail, head, .. } = self.bonds[leaving as usize];
        // The subtree below the bond is one of the halves.
        let tail_is_below = self.lim[tail as usize] < self.lim[head as usize];
        let below = if tail_is_below { tail } else { head };
        let (low, lim) = (self.low[below as usize], self.lim[below as usize]);
        let mut best: Option<(u32, i32)> = None;
        for at in low..=lim {
            let node = self.by_lim[at as usize - 1];
            self.steps += self.touching[node as usize].len();
            for &b in &self.touching[node as usize] {
                let bond = self.bonds[b as usize];
                // From the head's half to the tail's.
                let (inside, outside) = if tail_is_below { (bond.head, bond.tail) } else { (bond.tail, bond.head) };
                if inside == node && !self.holds(below, outside) {
                    let slack = self.slack(b);
                    if best.is_none_or(|(_, least)| slack < least) {
                        best = Some((b, slack));
                    }
                }
            }
            if best.is_some_and(|(_, slack)| slack == 0) {
                break;
            }
        }
        best.map(|(bond, _)| bond)
    }

    /// Puts `entering` into the tree for the bond at `position`, and brings ranks, cut values and numbers up to date.
    fn replace(&mut self, position: usize, entering: u32) {
        let leaving = self.tree_bonds[position];
        let slack = self.slack(entering);
        if slack > 0 {
            self.move_below(leaving, slack);
        }
        let Bond { tail, head, .. } = self.bonds[entering as usize];
        let cut = self.cuts[leaving as usize];
        let meeting = self.pass_cut(tail, head, cut, true);
        let other = self.pass_cut(head, tail, cut, false);
        debug_assert_eq!(meeting, other);
        self.cuts[entering as usize] = -cut;
        self.cuts[leaving as usize] = 0;
        self.in_tree[leaving as usize] = false;
        self.in_tree[entering as usize] = true;
        self.tree_bonds[position] = entering;
        let Bond { tail: old_tail, head: old_head, .. } = self.bonds[leaving as usize];
        self.branches[old_tail as usize].retain(|b| *b != leaving);
        self.branches[old_head as usize].retain(|b| *b != leaving);
        self.branches[tail as usize].push(entering);
        self.branches[head as usize].push(entering);
        self.number(meeting, self.up[meeting as usize], self.low[meeting as usize]);
    }

    /// Moves the half of the tree below a bond so that the entering bond becomes tight.
    fn move_below(&mut self, leaving: u32, slack: i32) {
        let Bond { tail, head, .. } = self.bonds[leaving as usize];
        let tail_is_below = self.lim[tail as usize] < self.lim[head as usize];
        let (below, shift) = if tail_is_below { (tail, -slack) } else { (head, slack) };
        for at in self.low[below as usize]..=self.lim[below as usize] {
            self.ranks[self.by_lim[at as usize - 1] as usize] += shift;
        }
    }

    /// Takes the leaving bond's cut value along the way from `node` up to where the subtree also holds `target`;
    /// that node is the result.
    fn pass_cut(&mut self, mut node: u32, target: u32, cut: i32, is_tail: bool) -> u32 {
        while !self.holds(node, target) {
            let up = self.up[node as usize];
            let leads_up = self.bonds[up as usize].tail == node;
            self.cuts[up as usize] += if leads_up == is_tail { cut } else { -cut };
            node = self.other_end(up, node);
            self.steps += 1;
        }
        node
    }

    /// Moves what may stand at several ranks equally well to the one with the fewest nodes (Gansner et al. §2.3).
    fn balance(&mut self) {
        let first = self.ranks.iter().copied().min().unwrap_or(0);
        let last = self.ranks.iter().copied().max().unwrap_or(0);
        let mut crowd = vec![0_usize; (last - first) as usize + 1];
        self.ranks.iter().for_each(|rank| crowd[(rank - first) as usize] += 1);
        for node in 0..self.ranks.len() {
            let (mut pull, mut low, mut high) = (0, first, last);
            for &b in &self.touching[node] {
                let bond = self.bonds[b as usize];
                if bond.tail as usize == node {
                    pull += bond.weight;
                    high = high.min(self.ranks[bond.head as usize] - bond.span);
                } else {
                    pull -= bond.weight;
                    low = low.max(self.ranks[bond.tail as usize] + bond.span);
                }
            }
            if pull != 0 || self.touching[node].is_empty() {
                continue;
            }
            let here = self.ranks[node];
            let (low, high) = (low.max(here - FARTHEST_BALANCE), high.min(here + FARTHEST_BALANCE));
            crowd[(here - first) as usize] -= 1;
            let best = (low..=high).min_by_key(|&rank| (crowd[(rank - first) as usize], (rank - here).abs()));
            self.ranks[node] = best.unwrap_or(here);
            crowd[(self.ranks[node] - first) as usize] += 1;
        }
    }
}
