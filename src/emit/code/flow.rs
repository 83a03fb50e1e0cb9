//! Where gradients flow in a framework: through what it differentiates, and not through what a `where` has not chosen.

use super::write::{Writer, is_reached_in};
use crate::graph::{Kind, Run};
use crate::ops::{Op, Rule};
use petgraph::graph::NodeIndex;

/// An operand that a `where` has not chosen and that would make the gradient 0 · ∞.
pub(super) enum Stop {
    All,
    /// Where the truth values say no.
    Partly(String),
}

impl Writer<'_> {
    /// What a `where` has not chosen, where the gradient is not finite: an exact zero on the page, NaN in frameworks.
    pub fn find_stops(&mut self) {
        for step in self.run.backward.iter().flat_map(|backward| &backward.steps) {
            let Some(local) = step.local.filter(|local| !self.run.value(*local).is_finite()) else { continue };
            let mask = match &self.run.graph.dag[step.product].kind {
                Kind::Apply(op, _) if matches!(op.rule, Rule::Select(_)) && step.product != local => {
                    self.run.value(self.run.graph.operands(step.product)[0])
                }
                _ => continue,
            };
            let is_chosen = |x: &f64| *x != 0.0;
            let stop = match mask.elements() {
                chosen if !chosen.iter().any(is_chosen) => Stop::All,
                chosen if mask.shape() == self.run.graph.dag[step.operand].shape => {
                    Stop::Partly(truths(mask.view().extents, chosen))
                }
                _ => continue,
            };
            self.stops.insert((step.gate, usize::from(step.place)), stop);
        }
    }

    /// Finds which nodes the framework follows gradients through, and which it must be told to watch.
    pub fn follow(&mut self) {
        let graph = &self.run.graph;
        let is_reached = |node: NodeIndex| self.run.backward.iter().any(|b| is_reached_in(b, node));
        for node in graph.dag.node_indices().take(graph.author_nodes) {
            let flows = match &graph.dag[node].kind {
                Kind::Leaf(..) => graph.is_variable(node),
                Kind::Literal(_) => false,
                Kind::Apply(op, _) => graph.operands(node).iter().enumerate().any(|(place, operand)| {
                    let is_stopped = matches!(self.stops.get(&(node, place)), Some(Stop::All));
                    self.flows[operand.index()] && !is_stopped && passes(op, self.run, node, place)
                }),
            };
            let is_watched = !flows && graph.is_variable(node) && !graph.name(node).is_empty() && is_reached(node);
            self.watched.push(is_watched && matches!(graph.dag[node].kind, Kind::Apply(..)));
            self.flows.push(flows || is_watched);
        }
    }

    /// Whether the framework finds ways back from the output to all of the nodes.
    pub fn reaches_all(&self, output: NodeIndex, nodes: &[NodeIndex]) -> bool {
        let graph = &self.run.graph;
        let mut is_reached = vec![false; graph.author_nodes];
        is_reached[output.index()] = true;
        for gate in (0..=output.index()).rev().map(NodeIndex::new).filter(|gate| self.flows[gate.index()]) {
            let Kind::Apply(op, _) = &graph.dag[gate].kind else { continue };
            if !is_reached[gate.index()] || self.watched[gate.index()] {
                continue;
            }
            for (place, operand) in graph.operands(gate).into_iter().enumerate() {
                let is_stopped = matches!(self.stops.get(&(gate, place)), Some(Stop::All));
                is_reached[operand.index()] |= !is_stopped && passes(op, self.run, gate, place);
            }
        }
        nodes.iter().all(|node| is_reached[node.index()])
    }
}

/// Whether a gradient passes a gate to the operand at a place, by the rules of its row.
fn passes(op: &Op, run: &Run, gate: NodeIndex, place: usize) -> bool {
    let operands = run.graph.operands(gate);
    let rules: &[&str] = match op.rule {
        Rule::Flat => return false,
        Rule::Local(rules) | Rule::Select(rules) => rules,
        Rule::Vjp(choose) => choose(&operands.iter().map(|o| &run.graph.dag[*o].shape).collect::<Vec<_>>()),
    };
    rules.get(place).or(rules.last()).is_some_and(|rule| !matches!(*rule, "" | "0"))
}

/// Truth values as nested lists.
fn truths(extents: &[usize], chosen: &[f64]) -> String {
    match extents.split_first() {
        None => if chosen.first().is_some_and(|x| *x != 0.0) { "True" } else { "False" }.to_owned(),
        Some((_, inner)) => {
            let row: usize = inner.iter().product::<usize>().max(1);
            format!("[{}]", chosen.chunks(row).map(|row| truths(inner, row)).collect::<Vec<_>>().join(", "))
        }
    }
}
