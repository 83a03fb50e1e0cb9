//! Targets to nodes: what one claim after the other asks of the same graph.

use crate::diag::Diagnostic;
use crate::expr::{MOST_SUGGESTIONS, closest};
use crate::graph::differentiate::{differentiate, gradient};
use crate::graph::target::Names;
use crate::graph::{Graph, Quantity, Target};
use petgraph::graph::NodeIndex;
use std::cell::Cell;
use std::ops::Range;

/// So many backward passes are kept: claims about one output stand together.
const MOST_PASSES: usize = 8;

/// What resolving one target after the other need not find out again.
#[derive(Default)]
pub(super) struct Resolver {
    /// How many names were met that are not known.
    unknown: Cell<usize>,
    passes: Vec<Pass>,
}

/// What has been differentiated.
struct Pass {
    of: NodeIndex,
    /// Its gradients by all variables. The first time, one gradient alone is made, which takes less.
    adjoints: Option<Vec<Option<NodeIndex>>>,
}

impl Resolver {
    /// The target that `written` names and the node that holds it, which is added where it is missing.
    pub fn target(
        &mut self,
        graph: &mut Graph,
        written: &str,
        span: Range<usize>,
    ) -> Result<(Target, NodeIndex), Diagnostic> {
        let target = self.read(graph, written, span)?;
        let node = |graph: &Graph, name: &str| graph.find(name).unwrap_or_default();
        let found = match &target.quantity {
            Quantity::Value(name) => node(graph, name),
            Quantity::Derivative { of, by } => by.iter().fold(node(graph, of), |of, name| {
                let by = node(graph, name);
                self.derivative(graph, of, by)
            }),
        };
        Ok((target, found))
    }

    /// The target that `written` names.
    pub fn read(&self, graph: &Graph, written: &str, span: Range<usize>) -> Result<Target, Diagnostic> {
        let nearest = |name: &str| self.nearest(graph, name);
        let names = Names { is_known: &|name| graph.find(name).is_some(), nearest: &nearest };
        Target::parse(written, span, &names)
    }

    /// The name that this is most likely a slip of; of many names that are not known, the first ones alone are looked after.
    fn nearest(&self, graph: &Graph, name: &str) -> Option<String> {
        self.unknown.set(self.unknown.get() + 1);
        if self.unknown.get() > MOST_SUGGESTIONS {
            return None;
        }
        let mut all: Vec<&str> = graph.names.nodes.iter().map(|node| graph.name(*node)).collect();
        all.sort_unstable();
        closest(name, all.into_iter()).map(str::to_owned)
    }

    /// The node that holds ∂of/∂by.
    fn derivative(&mut self, graph: &mut Graph, of: NodeIndex, by: NodeIndex) -> NodeIndex {
        let Some(at) = self.passes.iter().position(|pass| pass.of == of) else {
            if self.passes.len() == MOST_PASSES {
                self.passes.remove(0);
            }
            self.passes.push(Pass { of, adjoints: None });
            return gradient(graph, of, by);
        };
        // What was asked for last is kept longest.
        self.passes[at..].rotate_left(1);
        let last = self.passes.len() - 1;
        let adjoints = self.passes[last].adjoints.get_or_insert_with(|| differentiate(graph, of).adjoints);
        match adjoints.get(by.index()).copied().flatten() {
            Some(node) => node,
            // No gradient reaches it, or it is a constant, which the pass for variables leaves out.
            None => gradient(graph, of, by),
        }
    }
}
