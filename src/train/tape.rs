//! A graph compiled to be run many times with other numbers: all values lie in one stretch of memory, operands before
//! what is made of them, and a run allocates nothing.

use crate::graph::Run;
use crate::graph::program::{Given, Partials, Place, Program, Step};
use crate::ops::{Attrs, Forward, MOST_ELEMENTWISE_INPUTS};
use crate::tensor::{View, ViewMut};
use petgraph::graph::NodeIndex;
use std::collections::HashMap;
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
        let program = Program::new(run, parameters, wanted, Partials::BySlope);
        Compiler::compile(&program, parameters.len())
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

struct Compiler {
    tape: Tape,
    /// Where the given values lie, and those that steps have made.
    given: Vec<Slot>,
    made: Vec<Slot>,
    /// What has been broadcast already, by where it lies and by the shape of the result.
    stretched: HashMap<(usize, Vec<usize>), Slot>,
}

impl Compiler {
    fn compile(program: &Program<'_>, parameters: usize) -> Tape {
        let tape = Tape {
            memory: Vec::new(),
            instructions: Vec::new(),
            operands: Vec::new(),
            extents: Vec::new(),
            wanted: Vec::new(),
            parameters: 0,
        };
        let mut compiler = Self { tape, given: Vec::new(), made: Vec::new(), stretched: HashMap::new() };
        let (changing, constant) = program.given.split_at(parameters);
        changing.iter().for_each(|given| compiler.give(given));
        compiler.tape.parameters = compiler.tape.memory.len();
        constant.iter().for_each(|given| compiler.give(given));
        program.steps.iter().for_each(|step| compiler.instruction(step));
        for place in &program.wanted {
            let slot = compiler.slot(*place);
            // A wanted value must not be a parameter's own memory, which changes.
            let slot = if compiler.is_parameter(&slot) { compiler.copied(&slot) } else { slot };
            compiler.tape.wanted.push(slot);
        }
        compiler.tape
    }

    fn give(&mut self, given: &Given<'_>) {
        let slot = match given {
            Given::Value(value) => {
                let View { extents, elements } = value.view();
                let slot = self.room(extents);
                self.tape.memory[slot.elements.clone()].copy_from_slice(elements);
                slot
            }
            Given::Shape(shape) => self.room(&shape.0),
        };
        self.given.push(slot);
    }

    fn slot(&self, place: Place) -> Slot {
        match place {
            Place::Given(i) => self.given[i].clone(),
            Place::Made(i) => self.made[i].clone(),
        }
    }

    fn is_parameter(&self, slot: &Slot) -> bool {
        slot.elements.start < self.tape.parameters
    }

    fn instruction(&mut self, step: &Step<'_>) {
        let mut operands: Vec<Slot> = step.operands.iter().map(|operand| self.slot(*operand)).collect();
        let work = match step.forward {
            Forward::Elementwise(kernel) if step.shape.len() == 1 => Work::One(kernel.one),
            Forward::Elementwise(kernel) => {
                debug_assert!(operands.len() <= MOST_ELEMENTWISE_INPUTS);
                let places = operands.into_iter().zip(&step.operands);
                operands = places.map(|(slot, place)| self.stretched(slot, *place, &step.shape.0)).collect();
                Work::Each(kernel.each)
            }
            Forward::Structural { kernel, .. } => Work::Structural(kernel),
        };
        let out = self.push(work, step.attrs.clone(), operands, &step.shape.0);
        self.made.push(out);
    }

    fn push(&mut self, work: Work, attrs: Attrs, operands: Vec<Slot>, extents: &[usize]) -> Slot {
        let out = self.room(extents);
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

    fn copied(&mut self, slot: &Slot) -> Slot {
        let extents = self.tape.extents[slot.extents.clone()].to_vec();
        self.push(Work::Stretch, Attrs::default(), vec![slot.clone()], &extents)
    }

    /// The value broadcast to the shape of a result, where it does not have it already.
    fn stretched(&mut self, slot: Slot, place: Place, extents: &[usize]) -> Slot {
        if self.tape.extents[slot.extents.clone()] == *extents {
            return slot;
        }
        let key = (slot.elements.start, extents.to_vec());
        if let Some(known) = self.stretched.get(&key) {
            return known.clone();
        }
        let changes = self.is_parameter(&slot) || matches!(place, Place::Made(_));
        let out = if changes {
            self.push(Work::Stretch, Attrs::default(), vec![slot], extents)
        } else {
            let out = self.room(extents);
            let (before, after) = self.tape.memory.split_at_mut(out.elements.start);
            View { extents: &self.tape.extents[slot.extents], elements: &before[slot.elements] }
                .stretch_to(&mut ViewMut { extents, elements: after });
            out
        };
        self.stretched.insert(key, out.clone());
        out
    }
}
