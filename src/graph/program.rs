//! What must be computed of a graph again when some of its leaves change: the steps in their order, each computation
//! once. Training runs it in memory of its own, the browser in JavaScript.

use crate::graph::{Kind, Operands, Run};
use crate::ops::{Attrs, Forward, Op};
use crate::tensor::{Shape, Tensor};
use foldhash::{HashMap, HashMapExt};
use petgraph::graph::NodeIndex;

/// A graph as a list of steps.
#[derive(Debug)]
pub struct Program<'r> {
    /// What is known before the first step: the leaves that change, in the order asked for, then what does not change.
    pub given: Vec<Given<'r>>,
    /// The steps; operands stand before what is made of them.
    pub steps: Vec<Step<'r>>,
    /// Where the values lie that are asked for.
    pub wanted: Vec<Place>,
}

/// Where a value comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Place {
    /// It is among those given.
    Given(usize),
    /// A step makes it.
    Made(usize),
}

/// A value that no step makes.
#[derive(Clone, Copy, Debug)]
pub enum Given<'r> {
    /// A leaf or a constant.
    Value(&'r Tensor),
    /// Nothing but a shape, which an op asks for.
    Shape(&'r Shape),
}

/// One op, applied.
#[derive(Debug)]
pub struct Step<'r> {
    /// The op.
    pub op: &'static Op,
    /// Its attributes.
    pub attrs: &'r Attrs,
    /// What it computes: what the op does, or its slope.
    pub forward: Forward,
    /// Its operands.
    pub operands: Operands<Place>,
    /// The shape of the result.
    pub shape: &'r Shape,
}

/// Whether local partials are computed by the slopes of ops, where they have one, or by the rules' own nodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Partials {
    /// In one kernel.
    BySlope,
    /// As the graph has them.
    ByRule,
}

impl<'r> Program<'r> {
    /// The steps that `wanted` needs when `leaves` change. What does not depend on them keeps the value that it has in
    /// `run`.
    pub fn new(run: &'r Run, leaves: &[NodeIndex], wanted: &[NodeIndex], partials: Partials) -> Self {
        let mut compiler = Compiler::new(run, leaves, partials);
        for node in compiler.needed(wanted) {
            compiler.step(node);
        }
        compiler.program.wanted = wanted.iter().map(|node| compiler.place(*node)).collect();
        compiler.program
    }
}

/// What tells a step from others: whether it is a slope, the op, the operands and the attributes.
type StepKey = (bool, *const Op, Operands<Place>, String);

struct Compiler<'r> {
    run: &'r Run,
    /// For each node, whether it changes when a leaf does.
    changes: Vec<bool>,
    /// Local partials that one kernel computes, with their gates.
    slopes: HashMap<NodeIndex, NodeIndex>,
    places: HashMap<NodeIndex, Place>,
    /// Numbers that are given, by their bits.
    numbers: HashMap<u64, Place>,
    shapes: Vec<(&'r Shape, Place)>,
    made: HashMap<StepKey, Place>,
    program: Program<'r>,
}

/// How a node is computed here.
struct Computation<'r> {
    op: &'static Op,
    attrs: &'r Attrs,
    forward: Forward,
    operands: Operands<NodeIndex>,
    /// Whether it is a local partial that one kernel computes, from the input and the value of its gate.
    is_slope: bool,
}

impl Computation<'_> {
    /// Whether the value of the operand at a place counts, or nothing but its shape.
    fn takes_value(&self, place: usize) -> bool {
        self.is_slope || !self.op.takes_shape_alone(place)
    }
}

impl<'r> Compiler<'r> {
    fn new(run: &'r Run, leaves: &[NodeIndex], partials: Partials) -> Self {
        let steps = run.backward.iter().flat_map(|backward| &backward.steps);
        let slopes = steps.filter_map(|step| match (&run.graph.dag[step.gate].kind, step.local) {
            (Kind::Apply(op, _), Some(local)) if op.slope.is_some() => Some((local, step.gate)),
            _ => None,
        });
        let slopes = if partials == Partials::BySlope { slopes.collect() } else { HashMap::new() };
        let mut changes = vec![false; run.graph.dag.node_count()];
        leaves.iter().for_each(|leaf| changes[leaf.index()] = true);
        let given = leaves.iter().map(|leaf| Given::Value(run.value(*leaf))).collect();
        let mut compiler = Self {
            run,
            changes,
            slopes,
            places: leaves.iter().enumerate().map(|(i, leaf)| (*leaf, Place::Given(i))).collect(),
            numbers: HashMap::new(),
            shapes: Vec::new(),
            made: HashMap::new(),
            program: Program { given, steps: Vec::new(), wanted: Vec::new() },
        };
        for node in run.graph.dag.node_indices() {
            compiler.changes[node.index()] |= compiler.depends_on_a_leaf(node);
        }
        compiler
    }

    fn depends_on_a_leaf(&self, node: NodeIndex) -> bool {
        let Kind::Apply(op, _) = &self.run.graph.dag[node].kind else { return false };
        let operands = self.run.graph.operands(node);
        let mut values = operands.iter().enumerate().filter(|(place, _)| !op.takes_shape_alone(*place));
        values.any(|(_, operand)| self.changes[operand.index()])
    }

    fn computation(&self, node: NodeIndex) -> Option<Computation<'r>> {
        let run = self.run;
        let gate = self.slopes.get(&node);
        let Kind::Apply(op, attrs) = &run.graph.dag[gate.copied().unwrap_or(node)].kind else { return None };
        Some(match (gate, op.slope) {
            (Some(gate), Some(slope)) => {
                let operands = run.graph.operands(*gate).into_iter().chain([*gate]).collect();
                Computation { op, attrs, forward: Forward::Elementwise(slope), operands, is_slope: true }
            }
            _ => Computation { op, attrs, forward: op.forward, operands: run.graph.operands(node), is_slope: false },
        })
    }

    /// The nodes that must be computed anew when the leaves have changed, in their order.
    fn needed(&self, wanted: &[NodeIndex]) -> Vec<NodeIndex> {
        let mut is_needed = vec![false; self.changes.len()];
        wanted.iter().for_each(|node| is_needed[node.index()] = true);
        let mut needed = Vec::new();
        for node in self.run.graph.dag.node_indices().rev() {
            let is_known = !self.changes[node.index()] || self.places.contains_key(&node);
            if is_needed[node.index()] && !is_known {
                let Some(computation) = self.computation(node) else { continue };
                for (place, operand) in computation.operands.iter().enumerate() {
                    is_needed[operand.index()] |= computation.takes_value(place);
                }
                needed.push(node);
            }
        }
        needed.reverse();
        needed
    }

    fn step(&mut self, node: NodeIndex) {
        let Some(computation) = self.computation(node) else { return };
        let mut operands = Operands::new();
        for (place, &operand) in computation.operands.iter().enumerate() {
            operands.push(if computation.takes_value(place) { self.place(operand) } else { self.shape(operand) });
        }
        let Computation { op, attrs, forward, is_slope, .. } = computation;
        let written = if attrs.0.is_empty() { String::new() } else { format!("{attrs:?}") };
        let key = (is_slope, std::ptr::from_ref(op), operands, written);
        let place = match self.made.get(&key) {
            Some(place) => *place,
            None => {
                let place = Place::Made(self.program.steps.len());
                let (operands, shape) = (key.2.clone(), &self.run.graph.dag[node].shape);
                self.program.steps.push(Step { op, attrs, forward, operands, shape });
                self.made.insert(key, place);
                place
            }
        };
        self.places.insert(node, place);
    }

    /// Where a node's value lies; what does not change is given.
    fn place(&mut self, node: NodeIndex) -> Place {
        if let Some(place) = self.places.get(&node) {
            return *place;
        }
        let value = self.run.value(node);
        let bits = value.as_scalar().map(f64::to_bits);
        let known = bits.and_then(|bits| self.numbers.get(&bits)).copied();
        let place = known.unwrap_or_else(|| self.give(Given::Value(value)));
        bits.map(|bits| self.numbers.insert(bits, place));
        self.places.insert(node, place);
        place
    }

    /// Something of the shape of a node.
    fn shape(&mut self, node: NodeIndex) -> Place {
        let shape = &self.run.graph.dag[node].shape;
        if let Some((_, place)) = self.shapes.iter().find(|(known, _)| *known == shape) {
            return *place;
        }
        let place = self.give(Given::Shape(shape));
        self.shapes.push((shape, place));
        place
    }

    fn give(&mut self, given: Given<'r>) -> Place {
        self.program.given.push(given);
        Place::Given(self.program.given.len() - 1)
    }
}
