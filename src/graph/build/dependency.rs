//! What needs what: whether a name that is used before its definition is computed from what uses it.

use super::{Builder, StatementKind};
use crate::expr::{Expr, PartKind};
use crate::graph::expand::{name_of_member, picks_of};
use foldhash::HashMap;
use petgraph::algo::kosaraju_scc;
use petgraph::graph::{DiGraph, NodeIndex};

/// The parts of a graph in which every node can be reached from every other, found once for all who ask.
pub(super) struct Circles(Vec<usize>);

impl Circles {
    pub fn of<N>(graph: &DiGraph<N, ()>) -> Self {
        let mut parts = vec![0; graph.node_count()];
        for (part, nodes) in kosaraju_scc(graph).into_iter().enumerate() {
            nodes.into_iter().for_each(|node| parts[node.index()] = part);
        }
        Self(parts)
    }

    /// Whether two nodes can be reached from each other.
    pub fn join(&self, a: usize, b: usize) -> bool {
        self.0[a] == self.0[b]
    }
}

impl Builder<'_> {
    /// The circles of definitions, by their positions, and functions.
    pub(super) fn find_circles(&self) -> Circles {
        let mut needs = DiGraph::new();
        for _ in &self.expansion.definitions {
            needs.add_node(());
        }
        let mut functions: Vec<_> = self.functions.iter().collect();
        functions.sort_unstable_by_key(|(name, _)| **name);
        let nodes: HashMap<&str, NodeIndex> = functions.iter().map(|(name, _)| (**name, needs.add_node(()))).collect();
        for (position, made) in self.expansion.definitions.iter().enumerate() {
            let StatementKind::Define { value, .. } = &self.sheet.statements[made.statement].kind else { continue };
            let is_hidden = |name: &str| made.loops.iter().any(|(variable, _)| **variable == *name);
            for needed in self.needed_by(value, &made.loops, &is_hidden, &nodes) {
                needs.add_edge(NodeIndex::new(position), needed, ());
            }
        }
        for (name, function) in functions {
            let is_hidden = |name: &str| function.has_parameter(name);
            for needed in self.needed_by(function.body(), &[], &is_hidden, &nodes) {
                needs.add_edge(nodes[name], needed, ());
            }
        }
        Circles::of(&needs)
    }

    /// The definitions and functions that an expression uses, where some names are loop variables or parameters.
    fn needed_by(
        &self,
        expr: &Expr,
        loops: &[(Box<str>, i64)],
        is_hidden: &dyn Fn(&str) -> bool,
        functions: &HashMap<&str, NodeIndex>,
    ) -> Vec<NodeIndex> {
        let definition = |name: &str| self.first_definition(name).map(NodeIndex::new);
        let needed = |kind: &PartKind| match kind {
            PartKind::Name(name) if !is_hidden(name) => definition(name),
            PartKind::Index { of, picks } => {
                let PartKind::Name(family) = &expr.parts[*of].kind else { return None };
                let picks = picks_of(expr, picks, &|name| self.expansion.number(loops, name)).ok()?;
                definition(&name_of_member(family, &picks)?)
            }
            PartKind::Call { callee, .. } => functions.get(&**callee).copied(),
            _ => None,
        };
        expr.parts.iter().filter_map(|part| needed(&part.kind)).collect()
    }
}
