//! Random graphs, written in the notes' language: each is built around one op of the table, so that all of them occur.

use bpdoc::ops::{self, Attr, AttrKind, AttrValue, Attrs, Family, Forward, Notation, Op, Pick};
use bpdoc::tensor::{Shape, Tensor, View, ViewMut};
use std::fmt::Write;

/// SplitMix64: the same graphs on every machine.
pub struct Random(pub u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A whole number below `n`.
    pub fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }

    /// A number between two others, with four decimals.
    pub fn between(&mut self, low: f64, high: f64) -> f64 {
        let share = (self.next() >> 11) as f64 / (1_u64 << 53) as f64;
        ((low + share * (high - low)) * 1e4).round() / 1e4
    }

    pub fn chance(&mut self, share: f64) -> bool {
        self.between(0.0, 1.0) < share
    }

    pub fn one_of<'t, T>(&mut self, list: &'t [T]) -> &'t T {
        &list[self.below(list.len())]
    }
}

/// The shapes of leaves.
const SHAPES: [&[usize]; 13] = [
    &[],
    &[2],
    &[3],
    &[2, 3],
    &[3, 2],
    &[3, 3],
    &[1, 3],
    &[2, 1],
    &[2, 2, 3],
    &[1, 2, 3, 3],
    &[2, 1, 3, 3],
    &[1, 1, 2, 2],
    &[2, 3, 2, 2],
];

/// No value on the way is larger: beyond, every difference drowns.
const LARGEST: f64 = 1e3;

/// A graph in the making.
#[derive(Default)]
struct Draft {
    block: String,
    nodes: Vec<Tensor>,
    uses: Vec<usize>,
}

/// An operand: a node that is there, or a leaf to be added.
#[derive(Clone)]
enum Operand {
    Known(usize),
    New(Tensor),
}

/// A graph around `op`, of numbers alone or of tensors; none if no operands were found that suit the op.
pub fn graph(random: &mut Random, op: &'static Op, is_scalar: bool, twice: bool) -> Option<String> {
    let mut draft = Draft::default();
    let public: Vec<&'static Op> = ops::table()
        .filter(|op| op.family != Family::Rule && (!is_scalar || matches!(op.forward, Forward::Elementwise(_))))
        .collect();
    let gates = if is_scalar { 4 + random.below(20) } else { 2 + random.below(6) };
    // A second derivative is taken by the first leaf.
    let around = if twice { 0 } else { random.below(gates) };
    for gate in 0..gates {
        let is_found = if gate == around {
            draft.gate(random, op, is_scalar, 20_000)
        } else {
            (0..20).any(|_| {
                let op = *random.one_of(&public);
                draft.gate(random, op, is_scalar, 50)
            })
        };
        if gate == around && !is_found {
            return None;
        }
    }
    Some(draft.finish(random, twice))
}

impl Draft {
    /// Adds a gate with operands that suit it, found by trying.
    fn gate(&mut self, random: &mut Random, op: &'static Op, is_scalar: bool, tries: usize) -> bool {
        for _ in 0..tries {
            let count = op.arity() + if op.is_variadic { random.below(3) } else { 0 };
            let operands: Vec<Operand> = (0..count).map(|_| self.operand(random, is_scalar)).collect();
            let values: Vec<&Tensor> = operands.iter().map(|operand| self.value(operand)).collect();
            let Some(attrs) = attributes(random, op, &values) else { continue };
            if let Some(value) = apply(op, &attrs, &values).filter(is_moderate) {
                self.add(op, &attrs, &operands, value);
                return true;
            }
        }
        false
    }

    fn operand(&self, random: &mut Random, is_scalar: bool) -> Operand {
        if !self.nodes.is_empty() && random.chance(if is_scalar { 0.85 } else { 0.5 }) {
            // What is late in the list makes a graph deep.
            let n = self.nodes.len();
            return Operand::Known(n - 1 - random.below(n).min(random.below(n)));
        }
        let shape = if is_scalar { Shape::SCALAR } else { Shape::from(*random.one_of(&SHAPES)) };
        let (low, high, is_whole) = *random.one_of(&[(-2.0, 2.0, false), (0.05, 0.95, false), (0.0, 3.0, true)]);
        let number = |_| if is_whole { random.between(low, high).floor() } else { random.between(low, high) };
        Operand::New(Tensor::new(&shape, (0..shape.len()).map(number).collect()))
    }

    fn value<'t>(&'t self, operand: &'t Operand) -> &'t Tensor {
        match operand {
            Operand::Known(i) => &self.nodes[*i],
            Operand::New(value) => value,
        }
    }

    fn add(&mut self, op: &Op, attrs: &Attrs, operands: &[Operand], value: Tensor) {
        let mut names = Vec::new();
        for operand in operands {
            let place = match operand {
                Operand::Known(i) => *i,
                Operand::New(value) => {
                    let text = nested(&value.shape().0, &mut value.elements().iter());
                    self.define(&text, value.clone())
                }
            };
            self.uses[place] += 1;
            names.push(format!("v{place}"));
        }
        let text = written(op, attrs, &names);
        self.define(&text, value);
    }

    fn define(&mut self, text: &str, value: Tensor) -> usize {
        let _ = writeln!(self.block, "v{} = {text}", self.nodes.len());
        self.nodes.push(value);
        self.uses.push(0);
        self.nodes.len() - 1
    }

    /// One number that depends on all that nothing else uses; with `twice`, also the size of its gradient.
    fn finish(mut self, random: &mut Random, twice: bool) -> String {
        let ends: Vec<usize> = (0..self.nodes.len()).filter(|i| self.uses[*i] == 0).collect();
        let terms: Vec<String> =
            ends.iter().map(|i| format!("{} * sum(softsign(v{i}))", random.between(0.5, 1.5))).collect();
        let _ = writeln!(self.block, "f = {}", terms.join(" + "));
        if twice {
            let _ = writeln!(self.block, "s = grad(f, v0)\nh = sum(s * s)");
        }
        self.block
    }
}

/// An op applied to values; none where it is not defined.
fn apply(op: &Op, attrs: &Attrs, values: &[&Tensor]) -> Option<Tensor> {
    let views: Vec<View<'_>> = values.iter().map(|value| value.view()).collect();
    let shapes: Vec<Shape> = values.iter().map(|value| value.shape()).collect();
    let shapes: Vec<&Shape> = shapes.iter().collect();
    let whole = || shapes.iter().try_fold(Shape::SCALAR, |whole, shape| whole.broadcast(shape));
    let stretched = |whole: &Shape| -> Vec<Vec<f64>> {
        let stretch = |view: &View<'_>| {
            let mut elements = vec![0.0; whole.len()];
            view.stretch_to(&mut ViewMut { extents: &whole.0, elements: &mut elements });
            elements
        };
        views.iter().map(stretch).collect()
    };
    if let Some(domain) = op.domain {
        let whole = whole()?;
        let columns = stretched(&whole);
        let is_inside = |i| (domain.holds)(&columns.iter().map(|column| column[i]).collect::<Vec<_>>(), attrs);
        if !(0..whole.len()).all(is_inside) {
            return None;
        }
    }
    if op.refuses.is_some_and(|refuses| refuses(&views, attrs).is_some()) {
        return None;
    }
    match op.forward {
        Forward::Elementwise(kernel) => {
            let whole = whole()?;
            let columns = stretched(&whole);
            let columns: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
            let mut elements = vec![0.0; whole.len()];
            (kernel.each)(&columns, attrs, &mut elements);
            Some(Tensor::new(&whole, elements))
        }
        Forward::Structural { shape, kernel } => {
            let shape = shape(&shapes, attrs).ok()?;
            let mut elements = vec![0.0; shape.len()];
            kernel(&views, attrs, &mut ViewMut { extents: &shape.0, elements: &mut elements });
            Some(Tensor::new(&shape, elements))
        }
    }
}

fn is_moderate(value: &Tensor) -> bool {
    value.elements().iter().all(|x| x.abs() <= LARGEST) && (1..=64).contains(&value.shape().len())
}

/// Attributes that may suit the operands; none if they do not suit each other.
fn attributes(random: &mut Random, op: &Op, values: &[&Tensor]) -> Option<Attrs> {
    let mut attrs = Attrs::defaults(op);
    for (place, attr) in op.attrs.iter().enumerate() {
        let is_optional = attrs.0[place] != AttrValue::Absent || attr.default == ops::AttrDefault::Absent;
        if is_optional && random.chance(0.3) {
            continue;
        }
        let value = attribute(random, attr, &values[0].shape().0);
        let suits = |value: &AttrValue| match (attr.needs, value) {
            (Some(needs), AttrValue::Number(x)) => (needs.holds)(*x, &attrs),
            _ => true,
        };
        if !suits(&value) {
            return None;
        }
        attrs.0[place] = value;
    }
    Some(attrs)
}

fn attribute(random: &mut Random, attr: &Attr, extents: &[usize]) -> AttrValue {
    let rank = extents.len();
    let axis = |random: &mut Random| random.below(2 * rank.max(1)) as i64 - rank as i64;
    match (attr.kind, attr.name) {
        (AttrKind::Number, _) => AttrValue::Number(random.between(0.05, 0.95)),
        (AttrKind::Flag, _) => AttrValue::Flag(random.chance(0.5)),
        (AttrKind::Integer, "axis") => AttrValue::Number(axis(random) as f64),
        (AttrKind::Integer, "size" | "stride" | "n") => AttrValue::Number(1.0 + random.below(3) as f64),
        (AttrKind::Integer, _) => AttrValue::Number(random.below(6) as f64 - 2.0),
        (AttrKind::Integers, "shape") => {
            let all: i64 = extents.iter().product::<usize>() as i64;
            let own = extents.iter().map(|n| *n as i64);
            AttrValue::Integers(match random.below(4) {
                0 => vec![all],
                1 => own.rev().collect(),
                2 => std::iter::once(2).chain(own).collect(),
                _ => vec![-1, *extents.last().unwrap_or(&1) as i64],
            })
        }
        (AttrKind::Integers, "axes") => {
            let mut axes: Vec<i64> = (0..rank as i64).collect();
            (1..rank).for_each(|i| axes.swap(i, random.below(i + 1)));
            AttrValue::Integers(axes)
        }
        (AttrKind::Integers, _) => {
            let most = if attr.name == "axis" { 2 } else { 4 };
            AttrValue::Integers((0..=random.below(most)).map(|_| random.below(5) as i64 - 2).collect())
        }
        (AttrKind::Picks, _) => {
            let bound = |random: &mut Random| random.chance(0.6).then(|| random.below(5) as i64 - 2);
            let pick = |random: &mut Random| match random.chance(0.4) {
                true => Pick::At(random.below(3) as i64 - 1),
                false => Pick::Range(bound(random), bound(random)),
            };
            AttrValue::Picks((0..1 + random.below(rank.max(1))).map(|_| pick(random)).collect())
        }
    }
}

/// The op as an author writes it.
fn written(op: &Op, attrs: &Attrs, names: &[String]) -> String {
    match (op.notation, names) {
        (Notation::Infix { .. }, [a, b]) => format!("{a} {} {b}", op.name),
        (Notation::Prefix { token, .. }, [a]) => format!("{token}{a}"),
        (Notation::Index, [a]) => format!("{a}[{}]", text_of(&attrs.0[0])),
        _ => {
            let listed = names.join(", ");
            let mut arguments = vec![if op.is_variadic { format!("[{listed}]") } else { listed }];
            for (attr, value) in op.attrs.iter().zip(&attrs.0).filter(|(_, value)| **value != AttrValue::Absent) {
                arguments.push(format!("{}={}", attr.name, text_of(value)));
            }
            format!("{}({})", op.name, arguments.join(", "))
        }
    }
}

fn text_of(value: &AttrValue) -> String {
    match value {
        AttrValue::Absent => String::new(),
        AttrValue::Number(x) => x.to_string(),
        AttrValue::Flag(flag) => flag.to_string(),
        AttrValue::Integers(list) => format!("{list:?}"),
        AttrValue::Picks(picks) => {
            let bound = |bound: &Option<i64>| bound.map_or_else(String::new, |bound| bound.to_string());
            let text = |pick: &Pick| match pick {
                Pick::At(at) => at.to_string(),
                Pick::Range(from, to) => format!("{}:{}", bound(from), bound(to)),
            };
            picks.iter().map(text).collect::<Vec<_>>().join(", ")
        }
    }
}

/// Numbers as the notes' language writes a tensor.
fn nested(extents: &[usize], elements: &mut std::slice::Iter<'_, f64>) -> String {
    match extents.split_first() {
        None => elements.next().map_or_else(String::new, f64::to_string),
        Some((&n, rest)) => format!("[{}]", (0..n).map(|_| nested(rest, elements)).collect::<Vec<_>>().join(", ")),
    }
}
