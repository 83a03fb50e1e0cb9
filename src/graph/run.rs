//! Running a graph: the value of every node, forward. The backward pass is part of the graph by then.

use crate::diag::{Checked, Diagnostic};
use crate::graph::differentiate::local_rules;
use crate::graph::stable::{Replacement, replacement};
use crate::graph::{Backward, Graph, Kind, Node, Quantity, differentiate};
use crate::lang::{Particle, text, with_particle};
use crate::num;
use crate::ops::{Attrs, Domain, Forward, MOST_ELEMENTWISE_INPUTS, Notation, Op, Rule};
use crate::tensor::{Shape, Tensor, View, ViewMut};
use petgraph::graph::{EdgeIndex, NodeIndex};
use petgraph::visit::EdgeRef;
use std::borrow::Cow;
use std::ops::Range;

/// A graph that has been run, forward and backward.
#[derive(Clone, Debug)]
pub struct Run {
    /// The graph with its backward nodes.
    pub graph: Graph,
    /// The value of every node.
    pub values: Vec<Tensor>,
    /// The backward pass of each output.
    pub backward: Vec<Backward>,
    /// For each of the author's edges the node that holds its local partial; none for constants' edges and
    /// where only the product with an upstream gradient has a meaning (structural ops).
    pub locals: Vec<Option<NodeIndex>>,
}

/// Differentiates the outputs, computes all values, and checks them: domains, the author's claims, and numbers
/// that are none.
pub fn run(mut graph: Graph) -> Checked<Run> {
    let backward: Vec<Backward> =
        graph.outputs.clone().into_iter().map(|output| differentiate(&mut graph, output)).collect();
    let locals = local_partials(&mut graph, &backward);
    let (mut values, mut found) = (Vec::with_capacity(graph.dag.node_count()), Vec::new());
    evaluate(&graph, &mut values, &mut found);
    let run = Run { graph, values, backward, locals };
    let mut diagnostics = run.of_chosen_nodes(found);
    run.check_claims(&mut diagnostics);
    // Where an op is not defined there is no number to warn about.
    if diagnostics.iter().all(|d| !matches!(d.code, "domain-error" | "wrong-value")) {
        run.warn_about_infinities(&mut diagnostics);
    }
    Checked { value: run, diagnostics }
}

/// The local partial of every edge between the author's nodes, also where no gradient passes.
fn local_partials(graph: &mut Graph, backward: &[Backward]) -> Vec<Option<NodeIndex>> {
    let mut locals = vec![None; graph.dag.edge_count()];
    for step in backward.iter().flat_map(|b| &b.steps) {
        locals[step.edge.index()] = step.local;
    }
    for gate in (0..graph.author_nodes).map(NodeIndex::new) {
        let edges = graph.operand_edges(gate);
        let missing =
            |(edge, operand): &(EdgeIndex, NodeIndex)| locals[edge.index()].is_none() && graph.is_variable(*operand);
        if edges.iter().any(missing) {
            for (place, node) in local_rules(graph, gate).into_iter().enumerate() {
                if graph.is_variable(edges[place].1) {
                    locals[edges[place].0.index()] = node;
                }
            }
        }
    }
    locals
}

/// Adds the values of all nodes that have none yet, in one pass: operands stand before what is made of them.
fn evaluate(graph: &Graph, values: &mut Vec<Tensor>, log: &mut Vec<(NodeIndex, Diagnostic)>) {
    for index in graph.dag.node_indices().skip(values.len()) {
        let node = &graph.dag[index];
        let value = match &node.kind {
            Kind::Leaf(_, value) | Kind::Literal(value) => value.clone(),
            Kind::Apply(op, attrs) => {
                let operands = graph.operands(index);
                let inputs: Vec<&Tensor> = operands.iter().map(|o| &values[o.index()]).collect();
                if let (Some(domain), Some(span)) = (&op.domain, graph.span(index)) {
                    log.extend(outside_domain(op, domain, &inputs, node, &span).map(|said| (index, said)));
                }
                if let (Some(refuses), Some(span)) = (op.refuses, graph.span(index)) {
                    let views: Vec<View<'_>> = inputs.iter().map(|input| input.view()).collect();
                    log.extend(refuses(&views, attrs).map(|why| {
                        let why = text(format!("`{}`: {}", op.name, why.ko), format!("`{}`: {}", op.name, why.en));
                        (index, Diagnostic::error("wrong-value", span.clone(), why))
                    }));
                }
                apply(op, attrs, &inputs, &node.shape)
            }
        };
        values.push(value);
    }
}

/// The value of an op whose result has the shape `shape`. Scalars are computed without an allocation.
pub(crate) fn apply(op: &Op, attrs: &Attrs, inputs: &[&Tensor], shape: &Shape) -> Tensor {
    if let (Forward::Elementwise(kernel), 0) = (op.forward, shape.rank()) {
        let mut x = [0.0; MOST_ELEMENTWISE_INPUTS];
        x.iter_mut().zip(inputs).for_each(|(x, input)| *x = input.elements()[0]);
        return Tensor::Scalar((kernel.one)(&x[..inputs.len()], attrs));
    }
    let mut elements = vec![0.0; shape.len()];
    match op.forward {
        Forward::Elementwise(kernel) => {
            let columns: Vec<Cow<'_, [f64]>> = inputs.iter().map(|input| stretched(input, shape)).collect();
            let columns: Vec<&[f64]> = columns.iter().map(|column| &**column).collect();
            (kernel.each)(&columns, attrs, &mut elements);
        }
        Forward::Structural { kernel, .. } => {
            let views: Vec<View<'_>> = inputs.iter().map(|input| input.view()).collect();
            kernel(&views, attrs, &mut ViewMut { extents: &shape.0, elements: &mut elements });
        }
    }
    Tensor::new(shape, elements)
}

/// The elements of a tensor after broadcasting it to `shape`.
fn stretched<'t>(tensor: &'t Tensor, shape: &Shape) -> Cow<'t, [f64]> {
    let view = tensor.view();
    if view.extents == shape.0.as_slice() {
        return Cow::Borrowed(view.elements);
    }
    let mut elements = vec![0.0; shape.len()];
    view.stretch_to(&mut ViewMut { extents: &shape.0, elements: &mut elements });
    Cow::Owned(elements)
}

fn outside_domain(
    op: &Op,
    domain: &Domain,
    inputs: &[&Tensor],
    node: &Node,
    span: &Range<usize>,
) -> Option<Diagnostic> {
    let Kind::Apply(_, attrs) = &node.kind else { return None };
    let shape = inputs.iter().try_fold(Shape::SCALAR, |shape, input| shape.broadcast(&input.shape()))?;
    let columns: Vec<Cow<'_, [f64]>> = inputs.iter().map(|input| stretched(input, &shape)).collect();
    let culprit = (0..shape.len())
        .map(|i| columns.iter().map(|column| column[i]).collect::<Vec<f64>>())
        .find(|x| !x.iter().any(|x| x.is_nan()) && !(domain.holds)(x, attrs))?;
    // Where six digits would make another number of it, all of them are needed to see what is wrong.
    let shown = |x: &f64| {
        let [short, exact] = [6, num::EXACT].map(|digits| num::plain(*x, digits));
        if short.contains('.') || !exact.contains('.') { short } else { exact }
    };
    let arguments: Vec<String> = culprit.iter().map(shown).collect();
    let call = match (op.notation, arguments.as_slice()) {
        (Notation::Infix { .. }, [a, b]) => format!("({a}) {} ({b})", op.name),
        _ => format!("{}({})", op.name, arguments.join(", ")),
    };
    Some(
        Diagnostic::error(
            "domain-error",
            span.clone(),
            text(
                format!("{} 정의되지 않습니다", with_particle(&format!("`{call}`"), Particle::Topic)),
                format!("`{call}` is not defined"),
            ),
        )
        .help(text(domain.needs.ko, domain.needs.en)),
    )
}

/// Where a number stops being finite.
#[derive(Clone, Copy, Debug)]
pub struct NotFinite<'r> {
    /// The name of the gate.
    pub gate: &'r str,
    /// What it becomes: an infinity, or no number.
    pub number: f64,
    /// Whether it is the gradient there.
    pub is_gradient: bool,
}

impl Run {
    /// The value of a node.
    pub fn value(&self, node: NodeIndex) -> &Tensor {
        &self.values[node.index()]
    }

    /// The gradient of the first output with respect to a node: zero where the output does not depend on it,
    /// `None` for constants.
    pub fn grad(&self, node: NodeIndex) -> Option<Tensor> {
        self.backward.first().and_then(|backward| self.grad_in(backward, node))
    }

    /// As [`Run::grad`], for the backward pass of any output.
    pub fn grad_in(&self, backward: &Backward, node: NodeIndex) -> Option<Tensor> {
        let entry = &self.graph.dag[node];
        if !self.graph.is_variable(node) {
            return None;
        }
        let adjoint = backward.adjoints.get(node.index()).copied().flatten();
        Some(adjoint.map_or_else(|| Tensor::filled(&entry.shape, 0.0), |adjoint| self.value(adjoint).clone()))
    }

    /// The value that a target of the prose (`df/dw`) stands for; a derivative that was not asked for before
    /// is computed now. The place of a mistake is `span`.
    pub fn found(&self, written: &str, span: Range<usize>) -> Result<Tensor, Diagnostic> {
        let target = self.graph.read_target(written, span.clone())?;
        let value = match self.holder(&target.quantity) {
            Some(node) => self.value(node).clone(),
            None => {
                let mut graph = self.graph.clone();
                let (_, node) = graph.target(written, span)?;
                self.values_in(&graph).swap_remove(node.index())
            }
        };
        let element = target.element.as_ref().and_then(|index| value.at(index));
        Ok(element.map_or(value, Tensor::Scalar))
    }

    /// The node that holds a value, or a derivative that the backward passes have found.
    fn holder(&self, quantity: &Quantity) -> Option<NodeIndex> {
        match quantity {
            Quantity::Value(name) => self.graph.find(name),
            Quantity::Derivative { of, by } => {
                let [by] = by.as_slice() else { return None };
                let (of, by) = (self.graph.find(of)?, self.graph.find(by)?);
                let backward = self.backward.iter().find(|backward| backward.output == of)?;
                backward.adjoints.get(by.index()).copied().flatten()
            }
        }
    }

    /// The nodes of a family: those called `h[1]`, `h[2]` and so on.
    pub fn members<'m>(&'m self, family: &'m str) -> impl Iterator<Item = NodeIndex> + 'm {
        let is_member = move |node: &NodeIndex| {
            self.graph.name(*node).strip_prefix(family).is_some_and(|index| index.starts_with('['))
        };
        self.graph.named().filter(is_member)
    }

    fn check_claims(&self, log: &mut Vec<Diagnostic>) {
        log.extend(self.graph.claims.iter().filter_map(|claim| claim.check(self.value(claim.node))));
    }

    /// The same graph run again, after leaves have been given other values.
    pub fn again(self) -> Self {
        let mut values = Vec::with_capacity(self.values.len());
        evaluate(&self.graph, &mut values, &mut Vec::new());
        Self { values, ..self }
    }

    /// The values of this run's graph with more nodes behind it.
    pub(crate) fn values_in(&self, graph: &Graph) -> Vec<Tensor> {
        let mut values = self.values.clone();
        evaluate(graph, &mut values, &mut Vec::new());
        values
    }

    /// For each of the author's nodes whether what is wrong with its value can reach a result: not where all ways there
    /// lead through branches that a `where` does not choose.
    fn chosen(&self) -> Vec<bool> {
        let mut chosen = vec![false; self.graph.author_nodes];
        for node in (0..chosen.len()).rev().map(NodeIndex::new) {
            let uses = || self.graph.dag.edges(node).filter(|edge| edge.target().index() < chosen.len());
            let is_result = uses().next().is_none() || self.graph.outputs.contains(&node);
            let is_chosen = is_result
                || uses().any(|edge| chosen[edge.target().index()] && self.takes(edge.target(), edge.id(), node));
            chosen[node.index()] = is_chosen;
        }
        chosen
    }

    /// Whether a gate takes what is wrong with the value of the operand that enters it by an edge.
    fn takes(&self, gate: NodeIndex, edge: EdgeIndex, operand: NodeIndex) -> bool {
        let entry = &self.graph.dag[gate];
        let selects = matches!(&entry.kind, Kind::Apply(op, _) if matches!(op.rule, Rule::Select(_)));
        let place = edge.index() - self.graph.edges_into(gate).start;
        if !selects || place == 0 {
            return true;
        }
        let condition = stretched(self.value(self.graph.operands(gate)[0]), &entry.shape);
        let value = stretched(self.value(operand), &entry.shape);
        let mut taken =
            condition.iter().zip(value.iter()).filter(|(c, _)| (**c != 0.0) == (place == 1)).map(|(_, x)| x);
        // What is wrong shows in some elements, unless an op on the way has hidden it.
        let is_hidden = value.iter().all(|x| x.is_finite());
        taken.any(|x| is_hidden || !x.is_finite())
    }

    /// What was found at nodes without what lies outside a domain in a branch that is not chosen.
    fn of_chosen_nodes(&self, found: Vec<(NodeIndex, Diagnostic)>) -> Vec<Diagnostic> {
        if found.is_empty() {
            return Vec::new();
        }
        let chosen = self.chosen();
        let counts = |(node, said): &(NodeIndex, Diagnostic)| said.code != "domain-error" || chosen[node.index()];
        found.into_iter().filter(counts).map(|(_, said)| said).collect()
    }

    /// The first node of the author's whose value is not finite, and is chosen.
    fn first_bad_value(&self) -> Option<NodeIndex> {
        let mut bad =
            (0..self.graph.author_nodes).map(NodeIndex::new).filter(|i| !self.value(*i).is_finite()).peekable();
        bad.peek()?;
        let chosen = self.chosen();
        bad.find(|node| chosen[node.index()])
    }

    /// The first gate where a value, or else a gradient, stops being a finite number.
    pub fn first_not_finite(&self) -> Option<NotFinite<'_>> {
        let value = self.first_bad_value();
        let step = || self.backward.iter().flat_map(|b| &b.steps).find(|step| !self.value(step.product).is_finite());
        let (gate, holder, is_gradient) = match value {
            Some(index) => (index, index, false),
            None => step().map(|step| (step.gate, step.product, true))?,
        };
        Some(NotFinite {
            gate: self.graph.called(gate),
            number: self.value(holder).elements().iter().copied().find(|x| !x.is_finite()).unwrap_or(f64::NAN),
            is_gradient,
        })
    }

    /// The first gate where a value, and the first where a gradient, stops being a finite number.
    fn warn_about_infinities(&self, log: &mut Vec<Diagnostic>) {
        if let Some((index, span)) = self.first_bad_value().and_then(|i| Some((i, self.graph.span(i)?))) {
            log.push(self.not_finite(index, span, self.value(index), ("값", "value")));
        }
        for backward in &self.backward {
            let bad_step = backward.steps.iter().find(|step| !self.value(step.product).is_finite());
            if let Some((step, span)) = bad_step.and_then(|step| Some((step, self.graph.span(step.gate)?))) {
                log.push(self.not_finite(step.gate, span, self.value(step.product), ("기울기", "gradient")));
            }
        }
    }

    fn not_finite(&self, index: NodeIndex, span: Range<usize>, value: &Tensor, (ko, en): (&str, &str)) -> Diagnostic {
        let name = self.graph.called(index);
        let number = value.elements().iter().copied().find(|x| !x.is_finite()).unwrap_or(f64::NAN);
        let number = num::plain(number, 3);
        let diagnostic = Diagnostic::warning(
            "not-finite",
            span,
            text(
                format!(
                    "게이트 `{name}`에서 {} 처음으로 {} 됩니다",
                    with_particle(ko, Particle::Subject),
                    with_particle(&number, Particle::Subject)
                ),
                format!("the {en} first becomes {number} at gate `{name}`"),
            ),
        );
        match replacement(&self.graph, index) {
            Some(Replacement { formula, call }) => diagnostic.help(text(
                format!("`{formula}` 대신 `{call}`를 쓰면 안정적으로 계산합니다"),
                format!("write `{call}` instead of `{formula}`: it is computed safely"),
            )),
            None => diagnostic,
        }
    }
}
