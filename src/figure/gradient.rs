//! The gradient graph drawn: the backward pass is made of the same ops as the forward pass, and so is its picture.

use crate::figure::draw::{
    Drawing, LineRole, NodeRole, NodeShape, View, assemble, line, node_shape, partial_runs, plain, sized, stack,
    tensor_lines,
};
use crate::figure::number::Number;
use crate::figure::place::place;
use crate::figure::scene::ShownEdge;
use crate::graph::{Backward, Kind, Run};
use crate::lang::{counted, text};
use crate::ops::Rule;
use petgraph::graph::NodeIndex;
use std::collections::HashMap;

/// Draws the graph that computes the gradients of the leaves, with the forward values that it uses.
pub fn draw_gradient(run: &Run, backward: &Backward, view: View) -> Drawing {
    let partials = partials(run, backward);
    let needed = needed(run, backward);
    let mut scene = Scene { run, backward, view, partials, shapes: Vec::new(), edges: Vec::new() };
    let mut position: HashMap<NodeIndex, usize> = HashMap::new();
    for &node in &needed {
        if scene.is_number(node) {
            continue;
        }
        position.insert(node, scene.shapes.len());
        let shape = scene.shape(node);
        scene.shapes.push(shape);
        let to = scene.shapes.len() - 1;
        scene.connect(node, to, &mut position);
    }
    let Scene { shapes, edges, .. } = scene;
    let labels = vec![None; edges.len()];
    let placement = place(&sized(&shapes, &edges, &labels, view.flow), view.engine);
    let output = run.graph.name(backward.output);
    let (nodes, lines) = (shapes.len(), edges.len());
    let title = text(format!("{output}의 기울기 그래프"), format!("Gradient graph of {output}"));
    let description = text(
        format!(
            "노드 {nodes}개와 간선 {lines}개로 이루어진 {output}의 기울기 그래프. 역전파도 같은 연산으로 이루어진 그래프이다."
        ),
        format!(
            "The gradient graph of {output}, with {} and {}: the backward pass is a graph of the same operations.",
            counted(nodes, "node"),
            counted(lines, "edge")
        ),
    );
    assemble(view, shapes, &edges, labels, placement, [&title, &description])
}

/// For each node of the gradient graph that holds partials: of which of the author's nodes.
fn partials(run: &Run, backward: &Backward) -> HashMap<NodeIndex, Vec<NodeIndex>> {
    let mut partials: HashMap<NodeIndex, Vec<NodeIndex>> = HashMap::new();
    for (author, adjoint) in backward.adjoints.iter().enumerate() {
        let author = NodeIndex::new(author);
        if let (Some(adjoint), false) = (adjoint, run.graph.name(author).is_empty()) {
            partials.entry(chosen(run, *adjoint)).or_default().push(author);
        }
    }
    partials
}

/// The node itself; for a choice of the backward pass that falls out the same for every element, what is chosen.
fn chosen(run: &Run, mut node: NodeIndex) -> NodeIndex {
    while node.index() >= run.graph.author_nodes
        && let Kind::Apply(op, _) = &run.graph.dag[node].kind
        && let Rule::Select(_) = op.rule
    {
        let operands = run.graph.operands(node);
        let condition = run.value(operands[0]).elements();
        let branch = match condition.first() {
            Some(first) if condition.iter().all(|x| (*x != 0.0) == (*first != 0.0)) => {
                operands[if *first == 0.0 { 2 } else { 1 }]
            }
            _ => break,
        };
        if run.graph.dag[branch].shape != run.graph.dag[node].shape {
            break;
        }
        node = branch;
    }
    node
}

/// The operands of a node whose values it uses.
fn used(run: &Run, node: NodeIndex) -> Vec<(usize, NodeIndex)> {
    let operands = run.graph.operands(node).into_iter().map(|operand| chosen(run, operand)).enumerate();
    match &run.graph.dag[node].kind {
        Kind::Apply(op, _) => operands.filter(|(place, _)| !op.takes_shape_alone(*place)).collect(),
        _ => operands.collect(),
    }
}

/// What the gradients of the leaves are computed from, in the order of computation.
fn needed(run: &Run, backward: &Backward) -> Vec<NodeIndex> {
    let dag = &run.graph.dag;
    let mut is_needed = vec![false; dag.node_count()];
    for (author, adjoint) in backward.adjoints.iter().enumerate() {
        if let (Kind::Leaf(..), Some(adjoint)) = (&dag[NodeIndex::new(author)].kind, adjoint) {
            is_needed[chosen(run, *adjoint).index()] = true;
        }
    }
    for node in dag.node_indices().rev() {
        if is_needed[node.index()] {
            used(run, node).iter().for_each(|(_, operand)| is_needed[operand.index()] = true);
        }
    }
    dag.node_indices().filter(|node| is_needed[node.index()]).collect()
}

struct Scene<'r> {
    run: &'r Run,
    backward: &'r Backward,
    view: View,
    partials: HashMap<NodeIndex, Vec<NodeIndex>>,
    shapes: Vec<NodeShape>,
    edges: Vec<ShownEdge>,
}

impl Scene<'_> {
    /// A number that is no gradient is drawn beside each gate that uses it.
    fn is_number(&self, node: NodeIndex) -> bool {
        matches!(self.run.graph.dag[node].kind, Kind::Literal(_)) && !self.partials.contains_key(&node)
    }

    fn shape(&self, node: NodeIndex) -> NodeShape {
        let (run, precision) = (self.run, self.view.precision);
        let entry = &run.graph.dag[node];
        if !run.graph.name(node).is_empty() && !self.partials.contains_key(&node) {
            let mut view = self.view;
            view.show.grads = false;
            return node_shape(run, self.backward, node, view);
        }
        let mut lines = Vec::new();
        if let Kind::Apply(op, _) = &entry.kind {
            lines.push(line(LineRole::Glyph, vec![plain(op.glyph)]));
        }
        let output = run.graph.name(self.backward.output);
        let partials = self.partials.get(&node).map_or(&[][..], Vec::as_slice);
        for (i, author) in partials.iter().enumerate() {
            let name = partial_runs(output, run.graph.name(*author));
            if i + 1 < partials.len() {
                lines.push(line(LineRole::Grad, name));
            } else {
                lines.extend(tensor_lines(LineRole::Grad, &name, run.value(node), precision, &Number::Value(node)));
            }
        }
        if partials.is_empty() {
            lines.extend(tensor_lines(LineRole::Grad, &[], run.value(node), precision, &Number::Value(node)));
        }
        let forward_lines = lines.len();
        stack(format!("grad.{}", node.index()), NodeRole::Backward, lines, forward_lines)
    }

    /// The edges that enter a node, with the numbers that it uses.
    fn connect(&mut self, node: NodeIndex, to: usize, position: &mut HashMap<NodeIndex, usize>) {
        let edges = self.run.graph.operand_edges(node);
        for (place, operand) in used(self.run, node) {
            let from = match position.get(&operand) {
                Some(&from) => from,
                None => {
                    let mut shape = node_shape(self.run, self.backward, operand, self.view);
                    shape.id = format!("const.{}.{}.{place}", operand.index(), node.index());
                    self.shapes.push(shape);
                    self.shapes.len() - 1
                }
            };
            let is_quiet = self.is_number(operand);
            self.edges.push(ShownEdge { edge: edges[place].0, from, to, operand, gate: node, place, is_quiet });
        }
    }
}
