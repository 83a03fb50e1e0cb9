//! A graph compiled to be run many times with other numbers: all values lie in one stretch of memory, operands before
//! what is made of them, and a run allocates nothing.

use crate::graph::{Kind, Operands, Run};
use crate::ops::{Attrs, Forward, MOST_ELEMENTWISE_INPUTS, Op};
use crate::tensor::{Tensor, View, ViewMut};
use petgraph::graph::NodeIndex;
use std::collections::{HashMap, HashSet};
use std::ops::Range;

/// Structural ops with at most this many operands run without an allocation.
const MOST_OPERANDS: usize = 16;

/// A compiled graph.
#[derive(Clone, Debug)]
pub struct Tape {
    memory: Vec<f64>,
    instructions: Vec<Instruction>,
    operands: Vec<Slot>,
    extents: Vec<usize>,
    wanted: Vec<Slot>,
    parameters: usize,
}

/// Where a value lies: its elements in the memory, its extents in the list of all extents.
#[derive(Clone, Debug)]
struct Slot {
    elements: Range<usize>,
    extents: Range<usize>,
}

#[derive(Clone, Debug)]
struct Instruction {
    work: Work,
    attrs: Attrs,
    operands: Range<usize>,
    out: Slot,
}

#[derive(Clone, Copy, Debug)]
enum Work {
    /// One number, from one number of each operand.
    One(fn(&[f64], &Attrs) -> f64),
    /// Element by element, from operands that are as long as the result.
    Each(fn(&[&[f64]], &Attrs, &mut [f64])),
    /// Anything else.
    Structural(fn(&[View<'_>], &Attrs, &mut ViewMut<'_>)),
    /// The operand, broadcast to the shape of the result.
    Stretch,
}

impl Tape {
    /// Compiles what `wanted` needs of a graph. `parameters` are leaves whose numbers change; what does not depend on
    /// them keeps the value that it has in `run`.
    pub fn compile(run: &Run, parameters: &[NodeIndex], wanted: &[NodeIndex]) -> Self {
        Compiler::new(run, parameters).compile(parameters, wanted)
    }

    /// The numbers of the parameters, one after the other.
    pub fn parameters(&self) -> &[f64] {
        &self.memory[..self.parameters]
    }

    /// As [`Tape::parameters`], to be changed.
    pub fn parameters_mut(&mut self) -> &mut [f64] {
        &mut self.memory[..self.parameters]
    }

    /// The elements of the value at `place` in the list of those wanted.
    pub fn wanted(&self, place: usize) -> &[f64] {
        &self.memory[self.wanted[place].elements.clone()]
    }

    /// Changes the parameters, whose lengths are given, one after the other: `change` gets the place of each, its
    /// numbers, and the wanted value at the same place.
    pub fn update(&mut self, mut change: impl FnMut(usize, &mut [f64], &[f64]), lengths: &[usize]) {
        let (mut parameters, rest) = self.memory.split_at_mut(self.parameters);
        for (place, &length) in lengths.iter().enumerate() {
            let slot = &self.wanted[place].elements;
            let (parameter, further) = parameters.split_at_mut(length);
            change(place, parameter, &rest[slot.start - self.parameters..slot.end - self.parameters]);
            parameters = further;
        }
    }

    /// How many numbers one run computes.
    pub fn work(&self) -> usize {
        self.instructions.iter().map(|instruction| instruction.out.elements.len()).sum()
    }

    /// Computes everything from the parameters as they are.
    pub fn run(&mut self) {
        for instruction in &self.instructions {
            let operands = &self.operands[instruction.operands.clone()];
            let (before, after) = self.memory.split_at_mut(instruction.out.elements.start);
            let out = &mut after[..instruction.out.elements.len()];
            let attrs = &instruction.attrs;
            let elements = |place: usize| &before[operands[place].elements.clone()];
            match (instruction.work, operands.len()) {
                (Work::One(kernel), 1) => out[0] = kernel(&[elements(0)[0]], attrs),
                (Work::One(kernel), 2) => out[0] = kernel(&[elements(0)[0], elements(1)[0]], attrs),
                (Work::One(kernel), _) => out[0] = kernel(&[elements(0)[0], elements(1)[0], elements(2)[0]], attrs),
                (Work::Each(kernel), 1) => kernel(&[elements(0)], attrs, out),
                (Work::Each(kernel), 2) => kernel(&[elements(0), elements(1)], attrs, out),
                (Work::Each(kernel), _) => kernel(&[elements(0), elements(1), elements(2)], attrs, out),
                (Work::Structural(_) | Work::Stretch, _) => {
                    let view = |slot: &Slot| View {
                        extents: &self.extents[slot.extents.clone()],
                        elements: &before[slot.elements.clone()],
                    };
                    let mut out = ViewMut { extents: &self.extents[instruction.out.extents.clone()], elements: out };
                    match (instruction.work, operands) {
                        (Work::Structural(kernel), [a]) => kernel(&[view(a)], attrs, &mut out),
                        (Work::Structural(kernel), [a, b]) => kernel(&[view(a), view(b)], attrs, &mut out),
                        (Work::Structural(kernel), operands) if operands.len() <= MOST_OPERANDS => {
                            let mut views = [View { extents: &[], elements: &[] }; MOST_OPERANDS];
                            views.iter_mut().zip(operands).for_each(|(space, slot)| *space = view(slot));
                            kernel(&views[..operands.len()], attrs, &mut out);
                        }
                        (Work::Structural(kernel), operands) => {
                            kernel(&operands.iter().map(view).collect::<Vec<_>>(), attrs, &mut out);
                        }
                        (_, operands) => view(&operands[0]).stretch_to(&mut out),
                    }
                }
            }
        }
    }
}

struct Compiler<'r> {
    run: &'r Run,
    /// For each node, whether it changes when a parameter does.
    changes: Vec<bool>,
    /// Local partials that one kernel computes, with their gates.
    slopes: HashMap<NodeIndex, NodeIndex>,
    slots: HashMap<NodeIndex, Slot>,
    /// What has been computed already: the same op of the same operands is computed once.
    known: HashMap<(*const Op, Vec<usize>, String), Slot>,
    /// Where the results of instructions begin.
    computed: HashSet<usize>,
    tape: Tape,
}

/// How a node is computed here.
struct Computation<'r> {
    op: &'r Op,
    attrs: &'r Attrs,
    forward: Forward,
    operands: Operands<NodeIndex>,
    /// Whether it is a local partial that one kernel computes, from the input and the value of its gate.
    is_slope: bool,
}

impl<'r> Compiler<'r> {
    fn new(run: &'r Run, parameters: &[NodeIndex]) -> Self {
        let graph = &run.graph;
        let mut changes = vec![false; graph.dag.node_count()];
        parameters.iter().for_each(|parameter| changes[parameter.index()] = true);
        for node in graph.dag.node_indices() {
            changes[node.index()] |= Self::needs(run, node).iter().any(|operand| changes[operand.index()]);
        }
        let steps = run.backward.iter().flat_map(|backward| &backward.steps);
        let slopes = steps.filter_map(|step| match (&graph.dag[step.gate].kind, step.local) {
            (Kind::Apply(op, _), Some(local)) if op.slope.is_some() => Some((local, step.gate)),
            _ => None,
        });
        let tape = Tape {
            memory: Vec::new(),
            instructions: Vec::new(),
            operands: Vec::new(),
            extents: Vec::new(),
            wanted: Vec::new(),
            parameters: 0,
        };
        Self {
            run,
            changes,
            slopes: slopes.collect(),
            slots: HashMap::new(),
            known: HashMap::new(),
            computed: HashSet::new(),
            tape,
        }
    }

    /// The operands of a node whose values count.
    fn needs(run: &Run, node: NodeIndex) -> Operands<NodeIndex> {
        let operands = run.graph.operands(node);
        match &run.graph.dag[node].kind {
            Kind::Apply(op, _) => {
                let counts = |(place, operand)| (!op.takes_shape_alone(place)).then_some(operand);
                operands.into_iter().enumerate().filter_map(counts).collect()
            }
            _ => operands,
        }
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

    fn compile(mut self, parameters: &[NodeIndex], wanted: &[NodeIndex]) -> Tape {
        for &parameter in parameters {
            let slot = self.constant(self.run.value(parameter));
            self.slots.insert(parameter, slot);
        }
        self.tape.parameters = self.tape.memory.len();
        for node in self.needed(wanted) {
            self.instruction(node);
        }
        for &node in wanted {
            let slot = self.slot(node);
            // A wanted value must not be a parameter's own memory, which changes.
            let slot = if slot.elements.start < self.tape.parameters { self.copied(&slot) } else { slot };
            self.tape.wanted.push(slot);
        }
        self.tape
    }

    /// The nodes that must be computed anew when the parameters have changed, in their order.
    fn needed(&self, wanted: &[NodeIndex]) -> Vec<NodeIndex> {
        let mut is_needed = vec![false; self.changes.len()];
        wanted.iter().for_each(|node| is_needed[node.index()] = true);
        let mut needed = Vec::new();
        for node in self.run.graph.dag.node_indices().rev() {
            let is_known = !self.changes[node.index()] || self.slots.contains_key(&node);
            if is_needed[node.index()] && !is_known {
                let Some(Computation { op, operands, is_slope, .. }) = self.computation(node) else { continue };
                for (place, operand) in operands.iter().enumerate() {
                    is_needed[operand.index()] |= is_slope || !op.takes_shape_alone(place);
                }
                needed.push(node);
            }
        }
        needed.reverse();
        needed
    }

    fn instruction(&mut self, node: NodeIndex) {
        let run = self.run;
        let entry = &run.graph.dag[node];
        let Some(Computation { op, attrs, forward, operands, is_slope }) = self.computation(node) else { return };
        let mut operands: Vec<Slot> = operands.into_iter().map(|o| self.slot(o)).collect();
        let key = (
            std::ptr::from_ref(op),
            operands.iter().map(|o| o.elements.start).collect(),
            format!("{is_slope} {attrs:?}"),
        );
        if let Some(known) = self.known.get(&key) {
            let known = known.clone();
            self.slots.insert(node, known);
            return;
        }
        let work = match forward {
            Forward::Elementwise(kernel) if entry.shape.len() == 1 => Work::One(kernel.one),
            Forward::Elementwise(kernel) => {
                debug_assert!(operands.len() <= MOST_ELEMENTWISE_INPUTS);
                operands = operands.into_iter().map(|slot| self.stretched(slot, &entry.shape.0)).collect();
                Work::Each(kernel.each)
            }
            Forward::Structural { kernel, .. } => Work::Structural(kernel),
        };
        let out = self.push(work, attrs.clone(), operands, &entry.shape.0);
        self.known.insert(key, out.clone());
        self.slots.insert(node, out);
    }

    fn push(&mut self, work: Work, attrs: Attrs, operands: Vec<Slot>, extents: &[usize]) -> Slot {
        let out = self.room(extents);
        self.computed.insert(out.elements.start);
        let start = self.tape.operands.len();
        self.tape.operands.extend(operands);
        let operands = start..self.tape.operands.len();
        self.tape.instructions.push(Instruction { work, attrs, operands, out: out.clone() });
        out
    }

    /// Memory for a value that is not known yet.
    fn room(&mut self, extents: &[usize]) -> Slot {
        let len: usize = extents.iter().product();
        let start = self.tape.memory.len();
        self.tape.memory.resize(start + len, 0.0);
        let first = self.tape.extents.len();
        self.tape.extents.extend(extents);
        Slot { elements: start..start + len, extents: first..first + extents.len() }
    }

    fn constant(&mut self, value: &Tensor) -> Slot {
        let View { extents, elements } = value.view();
        let slot = self.room(extents);
        self.tape.memory[slot.elements.clone()].copy_from_slice(elements);
        slot
    }

    /// Where a node's value lies; what does not change is put there once and for all.
    fn slot(&mut self, node: NodeIndex) -> Slot {
        if let Some(slot) = self.slots.get(&node) {
            return slot.clone();
        }
        let slot = self.constant(self.run.value(node));
        self.slots.insert(node, slot.clone());
        slot
    }

    fn copied(&mut self, slot: &Slot) -> Slot {
        let extents = self.tape.extents[slot.extents.clone()].to_vec();
        self.push(Work::Stretch, Attrs::default(), vec![slot.clone()], &extents)
    }

    /// The value broadcast to the shape of a result, where it does not have it already.
    fn stretched(&mut self, slot: Slot, extents: &[usize]) -> Slot {
        if self.tape.extents[slot.extents.clone()] == *extents {
            return slot;
        }
        let key = (std::ptr::null(), vec![slot.elements.start], format!("{extents:?}"));
        if let Some(known) = self.known.get(&key) {
            return known.clone();
        }
        let is_computed = slot.elements.start < self.tape.parameters || self.computed.contains(&slot.elements.start);
        let out = if is_computed {
            self.push(Work::Stretch, Attrs::default(), vec![slot], extents)
        } else {
            let out = self.room(extents);
            let (before, after) = self.tape.memory.split_at_mut(out.elements.start);
            View { extents: &self.tape.extents[slot.extents], elements: &before[slot.elements] }
                .stretch_to(&mut ViewMut { extents, elements: after });
            out
        };
        self.known.insert(key, out.clone());
        out
    }
}
