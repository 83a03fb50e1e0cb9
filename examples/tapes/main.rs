//! Tapes with what they must compute, one JSON object a line: `tests/browser/tapes.mjs` runs them in a browser.
//! `cargo run --example tapes > tapes.jsonl`
//!
//! There is a tape for each example of each op and for random graphs: after random changes of the leaves all nodes are
//! compared, values and partials. And there is one for each op by itself, with the operands that it has met in these graphs
//! and with numbers that are hard: infinities, NaN, both zeros, ties, kinks.

mod random;

use bpdoc::graph::{Kind, Run};
use bpdoc::ops::{self, Attrs, Family, Forward, Op};
use bpdoc::play::{self, Tape};
use bpdoc::settings::Limits;
use bpdoc::tensor::{Shape, Tensor, View, ViewMut};
use petgraph::graph::NodeIndex;
use random::Random;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::error::Error;
use std::io::Write;

/// Random graphs, every other one of numbers alone: so many that each op has one with a second derivative.
const GRAPHS: usize = 400;
/// So often the leaves of a graph change.
const ROUNDS: usize = 2;
/// So many gates of an op are tried by themselves.
const GATES: usize = 8;
/// By how much of itself each number of a leaf is moved to see how exactly a result can be known at all.
const NUDGE: f64 = 1e-13;

const HARD: &[f64] = &[
    0.0,
    -0.0,
    f64::INFINITY,
    f64::NEG_INFINITY,
    f64::NAN,
    1.0,
    -1.0,
    0.5,
    -0.5,
    2.5,
    -3.0,
    3.0,
    1e-9,
    -40.0,
    27.0,
    710.0,
    -745.0,
    1e200,
    -1e-200,
    1e22,
];

fn main() -> Result<(), Box<dyn Error>> {
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let mut random = Random(777);
    let mut gates = Gates::default();
    let blocks = examples().chain(random_graphs()).chain([large_graph(), long_sums()]);
    for (name, block) in blocks {
        let checked = bpdoc::run_block(&block, Limits::default());
        if checked.has_errors() {
            return Err(format!("{name}: {:?}\n{block}", checked.diagnostics).into());
        }
        gates.collect(&checked.value);
        serde_json::to_writer(&mut out, &whole_graph(&mut random, &name, &block, checked.value))?;
        out.write_all(b"\n")?;
    }
    gates.0.entry("sum").or_default().push(sum_of_blocks());
    for op in ops::table() {
        let met = gates.0.get(op.name).ok_or_else(|| format!("no graph has the op `{}`", op.name))?;
        for line in met.iter().map(|gate| single_op(&mut random, op, gate)).chain(hard_numbers(op)) {
            serde_json::to_writer(&mut out, &line)?;
            out.write_all(b"\n")?;
        }
    }
    Ok(out.flush()?)
}

/// The graphs on the ops' pages.
fn examples() -> impl Iterator<Item = (String, String)> {
    let public = ops::table().filter(|op| op.family != Family::Rule);
    public.flat_map(|op| op.examples.iter().map(|block| (format!("example of {}", op.name), (*block).to_owned())))
}

/// So many gates of numbers, one after the other, as a reader's slider has to carry.
fn large_graph() -> (String, String) {
    let leaves = (0..10).map(|i| format!("v{i} = {}\n", 0.1 * f64::from(i) - 0.45));
    let gates = (10..210).map(|i| {
        let (a, b) = (format!("v{}", i - 1), format!("v{}", i - 7));
        let gate = [format!("tanh({a})"), format!("{a} * {b}"), format!("{a} + {b}"), format!("sigmoid({a})")];
        format!("v{i} = {}\n", gate[i as usize % gate.len()])
    });
    ("200 gates".to_owned(), leaves.chain(gates).collect())
}

/// Sums that are made of blocks.
fn long_sums() -> (String, String) {
    let sums =
        ["sum", "mean", "var", "std", "norm", "logsumexp"].map(|op| format!("{op}(sum(a @ c, axis=0) + a[0, :])"));
    let means = ["sum", "mean", "var", "std"].map(|op| format!("sum({op}(a, axis=0) * c[0, :])"));
    let f = [&sums[..], &means[..]].concat().join(" + ");
    ("long sums".to_owned(), format!("a = normal(24, 20, seed=1)\nc = normal(20, 20, seed=2)\nf = {f}\n"))
}

fn random_graphs() -> impl Iterator<Item = (String, String)> {
    let public: Vec<&Op> = ops::table().filter(|op| op.family != Family::Rule).collect();
    let of_numbers: Vec<&Op> =
        public.iter().copied().filter(|op| matches!(op.forward, Forward::Elementwise(_))).collect();
    (0..GRAPHS).map(move |i| {
        let mut random = Random(i as u64);
        let is_scalar = i % 2 == 0;
        let around = if is_scalar { &of_numbers } else { &public };
        let (turn, op) = (i / 2 / around.len(), around[i / 2 % around.len()]);
        let block = random::graph(&mut random, op, is_scalar, turn % 2 == 0);
        (
            format!("random graph {i}, around {}", op.name),
            block.unwrap_or_else(|| panic!("no operands for {}", op.name)),
        )
    })
}

/// A graph with all its nodes, as it is and after random changes of its leaves.
fn whole_graph(random: &mut Random, name: &str, block: &str, mut run: Run) -> Value {
    let leaves: Vec<NodeIndex> =
        run.graph.named().filter(|node| matches!(run.graph.dag[*node].kind, Kind::Leaf(..))).collect();
    let nodes: Vec<NodeIndex> = run.graph.dag.node_indices().collect();
    let (tape, slots) = play::tape(&run, &leaves, &nodes);
    let mut rounds = vec![round(random, &[], &run, &leaves)];
    for _ in 0..ROUNDS {
        let mut changes = Vec::new();
        for (slot, &leaf) in leaves.iter().enumerate() {
            let changed = with_leaf(&run, leaf, |x| random_change(random, x));
            // Labels must stay labels, and roots real.
            if missing(&changed) <= missing(&run) {
                run = changed;
                let numbers = run.value(leaf).elements().iter().enumerate();
                changes.extend(numbers.map(|(i, x)| json!([slot, i, x])));
            }
        }
        rounds.push(round(random, &changes, &run, &leaves));
    }
    json!({ "name": name, "block": block, "tape": tape, "slots": slots, "rounds": rounds })
}

/// What must be found after changes: the values of all nodes, and by how much each moves when the leaves are nudged.
fn round(random: &mut Random, changes: &[Value], run: &Run, leaves: &[NodeIndex]) -> Value {
    let mut moved = run.clone();
    for &leaf in leaves {
        moved = with_leaf(&moved, leaf, |x| x * if random.chance(0.5) { 1.0 + NUDGE } else { 1.0 - NUDGE });
    }
    let values: Vec<Value> = run.values.iter().map(|value| numbers(value.elements())).collect();
    let apart = |(a, b): (&f64, &f64)| (a - b).abs();
    let distances =
        run.values.iter().zip(&moved.values).map(|(value, moved)| {
            numbers(&value.elements().iter().zip(moved.elements()).map(apart).collect::<Vec<_>>())
        });
    json!({ "changes": changes, "values": values, "moved": distances.collect::<Vec<_>>() })
}

fn random_change(random: &mut Random, x: f64) -> f64 {
    if random.chance(0.2) { x } else { x + random.between(-0.3, 0.3) }
}

fn with_leaf(run: &Run, leaf: NodeIndex, mut change: impl FnMut(f64) -> f64) -> Run {
    let mut run = run.clone();
    if let Kind::Leaf(_, value) = &mut run.graph.dag[leaf].kind {
        *value = Tensor::new(&value.shape(), value.elements().iter().map(|x| change(*x)).collect());
    }
    run.again()
}

/// How many numbers of the author's nodes are none.
fn missing(run: &Run) -> usize {
    let values = run.values.iter().take(run.graph.author_nodes);
    values.flat_map(Tensor::elements).filter(|x| x.is_nan()).count()
}

/// An op as it was met: its attributes, its operands and the shape of its result.
#[derive(Clone)]
struct Gate {
    attrs: Attrs,
    operands: Vec<Tensor>,
    shape: Shape,
}

/// The first gates of each op.
#[derive(Default)]
struct Gates(BTreeMap<&'static str, Vec<Gate>>);

impl Gates {
    fn collect(&mut self, run: &Run) {
        for node in run.graph.dag.node_indices() {
            let Kind::Apply(op, attrs) = &run.graph.dag[node].kind else { continue };
            let met = self.0.entry(op.name).or_default();
            if met.len() < GATES {
                let operands = run.graph.operands(node).iter().map(|operand| run.value(*operand).clone()).collect();
                met.push(Gate { attrs: attrs.clone(), operands, shape: run.graph.dag[node].shape.clone() });
            }
        }
    }
}

/// A sum that is 1 if its numbers are added one after the other, since each is too small to count.
fn sum_of_blocks() -> Gate {
    let numbers: Vec<f64> = std::iter::once(1.0).chain([1.1e-16; 20_000]).collect();
    let operands = vec![Tensor::new(&Shape::from([numbers.len()]), numbers)];
    Gate {
        attrs: Attrs(vec![ops::AttrValue::Absent, ops::AttrValue::Flag(false)].into()),
        operands,
        shape: Shape::SCALAR,
    }
}

/// A tape of one op: its operands as they were met, and with hard numbers among them.
fn single_op(random: &mut Random, op: &'static Op, gate: &Gate) -> Value {
    let Gate { attrs, operands, shape } = gate;
    let mut tape = Tape::default();
    operands.iter().for_each(|operand| tape.give(operand));
    let slot = operands.len();
    tape.apply(op, attrs.clone(), (0..slot).collect(), shape);
    let mut rounds = vec![json!({ "changes": [], "values": [numbers(result(op, attrs, operands, shape).elements())] })];
    for _ in 0..ROUNDS {
        let mut changes = Vec::new();
        let mut harden = |(slot, operand): (usize, &Tensor)| {
            let numbers = operand.elements().iter().enumerate().map(|(i, x)| {
                let x = if random.chance(0.3) { *random.one_of(HARD) } else { *x };
                changes.push(json!([slot, i, number(x)]));
                x
            });
            let numbers = numbers.collect();
            Tensor::new(&operand.shape(), numbers)
        };
        let hard: Vec<Tensor> = operands.iter().enumerate().map(&mut harden).collect();
        let values = [numbers(result(op, attrs, &hard, shape).elements())];
        rounds.push(json!({ "changes": changes, "values": values }));
    }
    json!({ "name": format!("{} {attrs:?}", op.name), "tape": tape, "slots": [slot], "rounds": rounds })
}

/// An element-wise op of all hard numbers with each other.
fn hard_numbers(op: &'static Op) -> Option<Value> {
    let Forward::Elementwise(_) = op.forward else { return None };
    let arity = op.arity();
    // Of one operand, also what lies between.
    let between = (0..if arity == 1 { 800 } else { 0 }).map(|i| f64::from(i) * 0.077 - 30.0);
    let all: Vec<f64> = HARD.iter().copied().chain(between).collect();
    let n = all.len();
    let shape = Shape::from(vec![n; arity]);
    // The first along the first axis, and so on: they are broadcast together.
    let operand =
        |place: usize| Tensor::new(&Shape::from([&[n][..], &vec![1; arity - 1 - place]].concat()), all.clone());
    let operands: Vec<Tensor> = (0..arity).map(operand).collect();
    let attrs = Attrs(
        op.attrs.iter().map(|attr| ops::AttrValue::Number(if attr.name == "lo" { -0.5 } else { 0.75 })).collect(),
    );
    let mut tape = Tape::default();
    operands.iter().for_each(|operand| tape.give(operand));
    tape.apply(op, attrs.clone(), (0..arity).collect(), &shape);
    let values = [numbers(result(op, &attrs, &operands, &shape).elements())];
    let rounds = [json!({ "changes": [], "values": values })];
    Some(json!({ "name": format!("{} of many numbers", op.name), "tape": tape, "slots": [arity], "rounds": rounds }))
}

fn result(op: &Op, attrs: &Attrs, operands: &[Tensor], shape: &Shape) -> Tensor {
    let mut elements = vec![0.0; shape.len()];
    let mut out = ViewMut { extents: &shape.0, elements: &mut elements };
    match op.forward {
        Forward::Structural { kernel, .. } => {
            kernel(&operands.iter().map(Tensor::view).collect::<Vec<View<'_>>>(), attrs, &mut out);
        }
        Forward::Elementwise(kernel) => {
            let stretch = |operand: &Tensor| {
                let mut elements = vec![0.0; shape.len()];
                operand.view().stretch_to(&mut ViewMut { extents: &shape.0, elements: &mut elements });
                elements
            };
            let columns: Vec<Vec<f64>> = operands.iter().map(stretch).collect();
            (kernel.each)(&columns.iter().map(Vec::as_slice).collect::<Vec<_>>(), attrs, out.elements);
        }
    }
    Tensor::new(shape, elements)
}

fn numbers(elements: &[f64]) -> Value {
    elements.iter().map(|x| number(*x)).collect()
}

/// A number, or a string that JavaScript's `Number` reads.
fn number(x: f64) -> Value {
    if x.is_finite() { json!(x) } else { json!(x.to_string().replace("inf", "Infinity")) }
}
