//! Forward mode: the derivative of every node with respect to one source, carried along with the values.
//! Like the backward pass it is a graph made from the ops' rules.

use crate::graph::differentiate::{depends_on, differentiate, gradient};
use crate::graph::rule::{Scene, rule_for, rules_of};
use crate::graph::{Backward, Graph, Kind, Run};
use crate::ops::Rule;
use crate::tensor::Tensor;
use petgraph::graph::NodeIndex;

/// For each named node, in order, its derivative in the direction of `seed` at `source` (ones, or a unit
/// vector for one element): the tangent of forward mode.
pub fn tangents(run: &Run, source: NodeIndex, seed: &Tensor) -> Vec<(NodeIndex, Tensor)> {
    let mut graph = run.graph.clone();
    let last = NodeIndex::new(graph.author_nodes.saturating_sub(1));
    let depends = depends_on(&graph, source, last);
    let mut tangents: Vec<Option<NodeIndex>> = vec![None; depends.len()];
    tangents[source.index()] = Some(graph.add_literal(seed.clone(), None));
    for i in source.index() + 1..depends.len() {
        if depends[i] {
            tangents[i] = push_forward(&mut graph, NodeIndex::new(i), &tangents);
        }
    }
    let values = run.values_in(&graph);
    let tangent_of = |node: NodeIndex| match tangents.get(node.index()).copied().flatten() {
        Some(tangent) => values[tangent.index()].clone(),
        None => Tensor::filled(&graph.dag[node].shape, 0.0),
    };
    run.graph.named().map(|node| (node, tangent_of(node))).collect()
}

/// Forward mode beside reverse mode, with what each costs.
#[derive(Clone, Debug)]
pub struct ForwardMode {
    /// The variables that were seeded with 1, one after the other: a leaf, and for a tensor the element.
    pub seeds: Vec<(NodeIndex, Option<usize>)>,
    /// For each named node its tangent in each of the passes.
    pub tangents: Vec<(NodeIndex, Vec<Tensor>)>,
    /// How often all passes together multiply by a local partial or add two paths.
    pub forward_operations: usize,
    /// How often the one backward pass does.
    pub reverse_operations: usize,
}

/// A multiplication for each edge, given by the node where its share arrives, and an addition for each share but the
/// first of a node.
fn multiplications_and_additions(mut arrivals: Vec<NodeIndex>) -> usize {
    let shares = arrivals.len();
    arrivals.sort_unstable();
    arrivals.dedup();
    shares + shares - arrivals.len()
}

/// One pass of forward mode for each number of each leaf, at most `most` of them; none where there are more.
pub fn forward_mode(run: &Run, backward: &Backward, most: usize) -> Option<ForwardMode> {
    let is_seeded = |node: NodeIndex| matches!(run.graph.dag[node].kind, Kind::Leaf(..)) && run.graph.is_variable(node);
    let leaves: Vec<NodeIndex> = run.graph.named().filter(|node| is_seeded(*node)).collect();
    let seeds: Vec<(NodeIndex, Option<usize>)> = leaves
        .iter()
        .flat_map(|leaf| {
            let shape = &run.graph.dag[*leaf].shape;
            (0..shape.len()).map(|element| (*leaf, (shape.rank() > 0).then_some(element)))
        })
        .take(most + 1)
        .collect();
    if seeds.len() > most {
        return None;
    }
    let mut tangents: Vec<(NodeIndex, Vec<Tensor>)> =
        run.graph.named().map(|node| (node, Vec::with_capacity(seeds.len()))).collect();
    let mut forward_operations = 0;
    for (leaf, element) in &seeds {
        let shape = &run.graph.dag[*leaf].shape;
        let mut seed = vec![0.0; shape.len()];
        seed[element.unwrap_or(0)] = 1.0;
        let found = self::tangents(run, *leaf, &Tensor::new(shape, seed));
        let depends = depends_on(&run.graph, *leaf, backward.output);
        let passed = backward.steps.iter().filter(|step| depends[step.operand.index()]);
        forward_operations += multiplications_and_additions(passed.map(|step| step.gate).collect());
        tangents.iter_mut().zip(found).for_each(|((_, row), (_, tangent))| row.push(tangent));
    }
    let reverse_operations = multiplications_and_additions(backward.steps.iter().map(|step| step.operand).collect());
    Some(ForwardMode { seeds, tangents, forward_operations, reverse_operations })
}

/// The tangent of a node from the tangents of its operands: Σ ∂y/∂operand · tangent.
fn push_forward(graph: &mut Graph, node: NodeIndex, tangents: &[Option<NodeIndex>]) -> Option<NodeIndex> {
    let Kind::Apply(op, attrs) = &graph.dag[node].kind else { return None };
    let (op, attrs) = (*op, attrs.clone());
    let inputs = graph.operands(node);
    let rules = rules_of(op, graph, &inputs);
    if let Rule::Select(_) = op.rule {
        let zero = graph.literal(Tensor::Scalar(0.0));
        let side = |i: usize| tangents[inputs[i].index()].unwrap_or(zero);
        let tangent = graph.rule_op("where", &[inputs[0], side(1), side(2)]);
        return Some(stretched(graph, tangent, node));
    }
    let mut total = None;
    for (place, input) in inputs.iter().enumerate() {
        let (Some(rule), Some(tangent)) = (rule_for(&rules, place), tangents[input.index()]) else { continue };
        let share = match op.rule {
            // A vector–Jacobian product is linear in g, so its derivative by g, weighted with the tangent, is
            // the Jacobian–vector product: forward mode from the same rule.
            Rule::Vjp(_) => {
                let zeros = Tensor::filled(&graph.dag[node].shape, 0.0);
                let g = graph.add_literal(zeros, None);
                let product = graph.instantiate(rule, &Scene { op, attrs: &attrs, inputs: &inputs, place, y: node, g });
                let weighted = graph.rule_op("*", &[product, tangent]);
                let total = graph.rule_op("sum", &[weighted]);
                gradient(graph, total, g)
            }
            _ => {
                let local =
                    graph.instantiate(rule, &Scene { op, attrs: &attrs, inputs: &inputs, place, y: node, g: node });
                graph.rule_op("*", &[tangent, local])
            }
        };
        total = Some(match total {
            None => share,
            Some(before) => graph.rule_op("+", &[before, share]),
        });
    }
    total.map(|total| stretched(graph, total, node))
}

fn stretched(graph: &mut Graph, tangent: NodeIndex, node: NodeIndex) -> NodeIndex {
    if graph.dag[tangent].shape == graph.dag[node].shape { tangent } else { graph.rule_op("stretch", &[tangent, node]) }
}

/// The second derivatives of the first output with respect to every pair of scalar leaves that are variables,
/// with the leaves in the order of the text.
pub fn hessian(run: &Run) -> (Vec<NodeIndex>, Vec<Vec<f64>>) {
    let is_wanted = |node: &NodeIndex| {
        let entry = &run.graph.dag[*node];
        matches!(entry.kind, Kind::Leaf(..)) && entry.shape.rank() == 0 && run.graph.is_variable(*node)
    };
    let leaves: Vec<NodeIndex> = run.graph.named().filter(is_wanted).collect();
    let Some(backward) = run.backward.first() else { return (leaves, Vec::new()) };
    let rows = leaves.iter().map(|leaf| match adjoint(backward, *leaf) {
        Some(first) => second_derivatives(run, first, &leaves),
        None => vec![0.0; leaves.len()],
    });
    let rows = rows.collect();
    (leaves, rows)
}

/// The derivatives of `first` by all leaves, from one backward pass.
fn second_derivatives(run: &Run, first: NodeIndex, leaves: &[NodeIndex]) -> Vec<f64> {
    let mut graph = run.graph.clone();
    let backward = differentiate(&mut graph, first);
    let values = run.values_in(&graph);
    let number = |node: NodeIndex| values[node.index()].as_scalar().unwrap_or(f64::NAN);
    leaves.iter().map(|leaf| adjoint(&backward, *leaf).map_or(0.0, number)).collect()
}

fn adjoint(backward: &Backward, node: NodeIndex) -> Option<NodeIndex> {
    backward.adjoints.get(node.index()).copied().flatten()
}
