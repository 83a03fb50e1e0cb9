//! A graph as the browser runs it: values that are given, and steps that make others of them. `tape.js` reads it.

use crate::graph::Run;
use crate::graph::program::{Given, Partials, Place, Program};
use crate::ops::{AttrValue, Attrs, Op, Pick};
use crate::tensor::{Shape, Tensor};
use petgraph::graph::NodeIndex;
use serde::ser::SerializeSeq;
use serde::{Serialize, Serializer};

/// A tape. Its values have numbers, the slots: first those given, then one for each step.
#[derive(Debug, Default, Serialize)]
pub struct Tape {
    /// The shapes that occur.
    pub shapes: Vec<Vec<usize>>,
    /// The ops that occur, by name.
    pub ops: Vec<&'static str>,
    /// The leaves, in the order asked for, then what does not change.
    pub given: Vec<Value>,
    /// The steps, in order: operands stand before what is made of them.
    pub steps: Vec<Step>,
}

/// A value that is given. Written as `[shape, number, ...]`: one number where all are the same, none where nothing but
/// the shape counts.
#[derive(Debug)]
pub struct Value {
    /// Which of the shapes it has.
    pub shape: usize,
    /// Its elements.
    pub numbers: Vec<f64>,
}

/// An op, applied. Written as `[op, shape, operands, attributes]`, without the last where there are none.
#[derive(Debug)]
pub struct Step {
    /// Which of the ops it is.
    pub op: usize,
    /// Which of the shapes the result has.
    pub shape: usize,
    /// The slots of the operands.
    pub operands: Vec<usize>,
    /// The attributes, in the order of the op's row.
    pub attrs: Attrs,
}

/// Compiles what `wanted` needs of a graph to a tape on which `leaves` may change. With it the slots of what is wanted;
/// the slot of a leaf is its place in `leaves`. What does not depend on the leaves keeps the value that it has in `run`.
pub fn tape(run: &Run, leaves: &[NodeIndex], wanted: &[NodeIndex]) -> (Tape, Vec<usize>) {
    let program = Program::new(run, leaves, wanted, Partials::ByRule);
    let slot = |place: &Place| match place {
        Place::Given(i) => *i,
        Place::Made(i) => program.given.len() + i,
    };
    let mut tape = Tape::default();
    for given in &program.given {
        match given {
            Given::Value(value) => tape.give(value),
            Given::Shape(shape) => tape.give_shape(shape),
        }
    }
    for step in &program.steps {
        let operands = step.operands.iter().map(slot).collect();
        tape.apply(step.op, step.attrs.clone(), operands, step.shape);
    }
    let slots = program.wanted.iter().map(slot).collect();
    (tape, slots)
}

impl Tape {
    /// Adds a value, before any step.
    pub fn give(&mut self, value: &Tensor) {
        let shape = self.shape(&value.shape());
        let numbers = match value.elements() {
            [first, rest @ ..] if rest.iter().all(|x| x.to_bits() == first.to_bits()) => vec![*first],
            numbers => numbers.to_vec(),
        };
        self.given.push(Value { shape, numbers });
    }

    fn give_shape(&mut self, shape: &Shape) {
        let shape = self.shape(shape);
        self.given.push(Value { shape, numbers: Vec::new() });
    }

    /// Adds a step whose result has the shape `shape`.
    pub fn apply(&mut self, op: &'static Op, attrs: Attrs, operands: Vec<usize>, shape: &Shape) {
        let op = place_in(&mut self.ops, op.name);
        let shape = self.shape(shape);
        self.steps.push(Step { op, shape, operands, attrs });
    }

    fn shape(&mut self, shape: &Shape) -> usize {
        place_in(&mut self.shapes, shape.0.to_vec())
    }
}

/// Where a thing stands in a list, to which it is added if it is not there.
fn place_in<T: PartialEq>(list: &mut Vec<T>, thing: T) -> usize {
    list.iter().position(|known| *known == thing).unwrap_or_else(|| {
        list.push(thing);
        list.len() - 1
    })
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(Some(1 + self.numbers.len()))?;
        list.serialize_element(&self.shape)?;
        self.numbers.iter().try_for_each(|x| list.serialize_element(&Number(*x)))?;
        list.end()
    }
}

impl Serialize for Step {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let attrs: Vec<Attribute<'_>> = self.attrs.0.iter().map(Attribute).collect();
        match attrs.as_slice() {
            [] => (self.op, self.shape, &self.operands).serialize(serializer),
            attrs => (self.op, self.shape, &self.operands, attrs).serialize(serializer),
        }
    }
}

/// A number with all its digits. What JSON has no number for is a string that JavaScript's `Number` reads.
struct Number(f64);

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        /// Whole numbers up to here are told apart by a float64.
        const WHOLE: f64 = 9_007_199_254_740_992.0;
        match self.0 {
            x if x.is_nan() => serializer.serialize_str("NaN"),
            f64::INFINITY => serializer.serialize_str("Infinity"),
            f64::NEG_INFINITY => serializer.serialize_str("-Infinity"),
            x if x.fract() == 0.0 && x.abs() <= WHOLE && (x != 0.0 || x.is_sign_positive()) => {
                serializer.serialize_i64(x as i64)
            }
            x => serializer.serialize_f64(x),
        }
    }
}

/// An attribute: `null`, a number, a flag, or a list of what an index picks: a place, or a pair of bounds.
struct Attribute<'a>(&'a AttrValue);

impl Serialize for Attribute<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            AttrValue::Absent => serializer.serialize_none(),
            AttrValue::Number(x) => Number(*x).serialize(serializer),
            AttrValue::Flag(flag) => serializer.serialize_bool(*flag),
            AttrValue::Integers(list) => list.serialize(serializer),
            AttrValue::Picks(picks) => serializer.collect_seq(picks.iter().map(|pick| match pick {
                Pick::At(at) => Picked::At(*at),
                Pick::Range(from, to) => Picked::Range(*from, *to),
            })),
        }
    }
}

#[derive(Serialize)]
#[serde(untagged)]
enum Picked {
    At(i64),
    Range(Option<i64>, Option<i64>),
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Limits;

    /// The tape of the gradients of the output by the leaves named, as JSON, with the slots of the output and of them.
    fn compiled(block: &str, leaves: &[&str]) -> (String, Vec<usize>) {
        let run = crate::run_block(block, Limits::default()).value;
        let leaves: Vec<NodeIndex> = leaves.iter().map(|name| run.graph.find(name).expect("a leaf")).collect();
        let gradients = leaves.iter().filter_map(|leaf| run.backward[0].adjoints[leaf.index()]);
        let wanted: Vec<NodeIndex> = std::iter::once(run.graph.outputs[0]).chain(gradients).collect();
        let (tape, slots) = tape(&run, &leaves, &wanted);
        (serde_json::to_string(&tape).expect("a tape is JSON"), slots)
    }

    #[test]
    fn what_does_not_change_is_given_and_what_is_equal_is_computed_once() {
        let (json, slots) = compiled("w = -2\nx = 5\nc = exp(x)\nf = w * c + w * c", &["w"]);
        let c = 148.413_159_102_576_6;
        let expected = format!(
            r#"{{"shapes":[[]],"ops":["*","+"],"given":[[0,-2],[0,{c}],[0,{}]],"steps":[[0,0,[0,1]],[1,0,[3,3]]]}}"#,
            2.0 * c
        );
        assert_eq!((json, slots), (expected, vec![4, 2]));
    }

    #[test]
    fn an_operand_that_lends_its_shape_is_not_computed() {
        // The gradient of x is summed back to the shape of x, whatever x is.
        let (json, slots) = compiled("a = [1, 2]\nx = 3\nf = sum(sin(x * a))", &["x"]);
        let expected = concat!(
            r#"{"shapes":[[],[2]],"ops":["*","sin","sum","cos","sum_to"],"given":[[0,3],[1,1,2],[1,1],[0]],"#,
            r#""steps":[[0,1,[0,1]],[1,1,[4]],[2,0,[5],[null,false]],[3,1,[4]],[0,1,[2,7]],[0,1,[8,1]],[4,0,[9,3]]]}"#
        );
        assert_eq!((json.as_str(), slots), (expected, vec![6, 10]));
    }

    #[test]
    fn every_number_can_be_written() {
        let numbers = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -0.0, 0.0, 0.1, 1e300, -3.0];
        let mut tape = Tape::default();
        tape.give(&Tensor::new(&Shape::from([numbers.len()]), numbers.to_vec()));
        tape.give(&Tensor::filled(&Shape::from([2]), 1.0));
        let json = serde_json::to_value(&tape.given).expect("JSON").to_string();
        assert_eq!(json, r#"[[0,"NaN","Infinity","-Infinity",-0.0,0,0.1,1e+300,-3],[1,1]]"#);
    }
}
