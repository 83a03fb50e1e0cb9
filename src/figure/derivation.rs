//! The chain rule written out: for every node its partial, step by step from the output back, as TeX.

use crate::expr::{
    Condition, DisplayName, Expr, PartId, PartKind, Piece, Reader, in_full, is_large, joined, latex, latex_number,
};
use crate::figure::template::{BRACKETS, Blanks};
use crate::graph::rule::{ParsedRule, rule_for, rules_of};
use crate::graph::{self, Backward, Kind, Run, Step, forward_mode};
use crate::ops::level::{PRODUCT, SIGNED};
use crate::ops::{AttrValue, Attrs, Forward, Op, level};
use crate::tensor::Tensor;
use foldhash::{HashMap, HashSet};
use petgraph::graph::NodeIndex;
use std::cell::RefCell;
use std::rc::Rc;

/// How one node's partial derivative follows from those found before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Derivation {
    /// The node.
    pub node: String,
    /// The node's name as TeX.
    pub name: String,
    /// The ways on which the gradient comes back; none for the output itself.
    pub paths: Vec<Path>,
    /// The whole equation as TeX: ∂f/∂w = ∂f/∂g · ∂g/∂w = 1 · x = 1 · 5 = 5. One part per line.
    pub equation: Vec<String>,
}

/// One edge on which a gradient comes back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path {
    /// The gate, as TeX: g = w · x.
    pub gate: String,
    /// The local partial, as TeX: ∂g/∂w = x = 5; none for structural ops.
    pub local: Option<String>,
    /// Whether the operand was broadcast, so that what comes back is summed to its shape.
    pub is_summed: bool,
}

/// A name at the head of a row or a column of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heading {
    /// The name as it is written in the block.
    pub name: String,
    /// The name as TeX.
    pub tex: String,
}

impl Heading {
    /// The heading of a node's name.
    pub fn of(name: &str) -> Self {
        Self { name: name.to_owned(), tex: DisplayName::of(name).latex() }
    }
}

/// A line of the table that says the same as the figure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableRow {
    /// The node's name.
    pub name: Heading,
    /// The author's caption.
    pub caption: String,
    /// What it is computed from, as TeX; empty for leaves.
    pub operation: String,
    /// The value as TeX.
    pub value: String,
    /// The gradient as TeX; `None` for constants.
    pub grad: Option<String>,
    /// All numbers of a value and of a gradient that are too large for the table, as lists.
    pub in_full: Vec<String>,
}

/// The significant digits of a number in a list of all, unless a figure shows more: enough to read and to compare with. All that
/// there are would be most of what a page with large tensors weighs; they are among the forms to take away.
const LIST_DIGITS: usize = 6;

/// The table of a figure, a line per node in the order of the text.
pub fn table(run: &Run, backward: &Backward, language: usize, precision: usize) -> Vec<TableRow> {
    let digits = precision.max(LIST_DIGITS);
    run.graph
        .named()
        .map(|index| TableRow {
            name: Heading::of(run.graph.name(index)),
            caption: run.graph.caption_of(index, language).to_owned(),
            operation: operation(run, index, precision, Mark::Nothing).unwrap_or_default(),
            value: tensor(run.value(index), precision).text,
            grad: run.grad_in(backward, index).map(|grad| tensor(&grad, precision).text),
            in_full: if is_large(&run.graph.dag[index].shape) {
                let grad = run.grad_in(backward, index);
                std::iter::once(run.value(index)).chain(&grad).map(|value| in_full(value, digits)).collect()
            } else {
                Vec::new()
            },
        })
        .collect()
}

/// Forward mode as a table: a column for each seeded variable, a line for each node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TangentTable {
    /// The seeded variables.
    pub seeds: Vec<Heading>,
    /// For each node its name and its derivative by each of them, as TeX.
    pub rows: Vec<(Heading, Vec<String>)>,
    /// The operations of all passes of forward mode together.
    pub forward_operations: usize,
    /// The operations of the one backward pass.
    pub reverse_operations: usize,
}

/// More passes of forward mode than this would not fit a page.
const MOST_PASSES: usize = 12;

/// The table of forward mode; none where there are too many variables for a page.
pub fn tangent_table(run: &Run, backward: &Backward, precision: usize) -> Option<TangentTable> {
    let mode = forward_mode(run, backward, MOST_PASSES)?;
    let name = |node: NodeIndex| Heading::of(run.graph.name(node));
    let seed = |(leaf, element): &(NodeIndex, Option<usize>)| match element {
        None => name(*leaf),
        Some(element) => {
            let mut index = Vec::new();
            let mut rest = *element;
            for n in run.graph.dag[*leaf].shape.0.iter().rev() {
                index.insert(0, (rest % n).to_string());
                rest /= n;
            }
            let (Heading { name, tex }, index) = (name(*leaf), index.join(","));
            Heading { name: format!("{name}[{index}]"), tex: format!("{tex}[{index}]") }
        }
    };
    let is_shown = |node: NodeIndex| run.graph.is_variable(node);
    let row = |tangents: &Vec<Tensor>| tangents.iter().map(|tangent| tensor(tangent, precision).text).collect();
    Some(TangentTable {
        seeds: mode.seeds.iter().map(seed).collect(),
        rows: mode
            .tangents
            .iter()
            .filter(|(node, _)| is_shown(*node))
            .map(|(node, tangents)| (name(*node), row(tangents)))
            .collect(),
        forward_operations: mode.forward_operations,
        reverse_operations: mode.reverse_operations,
    })
}

/// The derivation of every node that a gradient reaches, from the output back.
pub fn derive(run: &Run, backward: &Backward, precision: usize) -> Vec<Derivation> {
    let scene = Scene::new(run, backward, precision, None);
    let mut arriving: HashMap<NodeIndex, Vec<&Step>> = HashMap::default();
    for step in &backward.steps {
        arriving.entry(step.operand).or_default().push(step);
    }
    (0..run.graph.author_nodes.min(backward.adjoints.len()))
        .rev()
        .map(NodeIndex::new)
        .filter(|node| {
            backward.adjoints[node.index()].is_some()
                && !run.graph.name(*node).is_empty()
                && run.graph.is_variable(*node)
        })
        .map(|node| scene.derivation(node, arriving.get(&node).map_or(&[], Vec::as_slice)))
        .collect()
}

/// `w · x`: the op of a node applied to the names of its operands.
pub(super) fn operation(run: &Run, node: NodeIndex, precision: usize, mark: Mark) -> Option<String> {
    let Kind::Apply(op, attrs) = &run.graph.dag[node].kind else { return None };
    let operands = run.graph.operands(node);
    let expr = application(op, attrs, operands.len());
    let repeated = if mark == Mark::Places { run.graph.repeated(node) } else { HashSet::default() };
    let names = operands
        .iter()
        .enumerate()
        .map(|(place, operand)| {
            let name = node_name(run, *operand, precision);
            if repeated.contains(operand) { marked(&name, place) } else { name }
        })
        .collect();
    Some(latex(&expr, &Operands { names }, precision).text)
}

/// Whether an operand that a gate takes twice is told apart by its place: x⁽¹⁾ · x⁽²⁾.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    Nothing,
    Places,
}

fn marked(name: &Piece, place: usize) -> Piece {
    Piece { text: format!("{{{}}}^{{({})}}", name.text, place + 1), level: level::POWER }
}

pub(super) fn application(op: &'static Op, attrs: &Attrs, arity: usize) -> Expr {
    let mut expr = Expr::default();
    // Where only their places matter, the operands are named by them.
    let operands: Vec<PartId> =
        (0..arity).map(|place| expr.push(PartKind::Name(place.to_string().into()), 0..0)).collect();
    expr.push(PartKind::Apply { op, operands, attrs: attrs.clone(), forwarded: Vec::new() }, 0..0);
    expr
}

/// A value in TeX mathematics.
pub fn tensor(value: &Tensor, precision: usize) -> Piece {
    latex(&literal(value), &Bare, precision)
}

fn literal(value: &Tensor) -> Expr {
    let mut expr = Expr::default();
    expr.push(PartKind::Literal(value.clone()), 0..0);
    expr
}

struct Bare;
impl Reader for Bare {}

/// A reader for whom names are the places of operands.
pub(super) struct Operands {
    pub names: Vec<Piece>,
}

impl Reader for Operands {
    fn name(&self, name: &str) -> Piece {
        let place = name.parse::<usize>().ok();
        place.and_then(|place| self.names.get(place).cloned()).unwrap_or_else(|| Piece::atom(name))
    }
}

/// The name of a node; a number within an expression is shown as such.
pub(super) fn node_name(run: &Run, node: NodeIndex, precision: usize) -> Piece {
    match run.graph.name(node) {
        "" => tensor(run.value(node), precision),
        name => Piece::atom(DisplayName::of(name).latex()),
    }
}

pub(super) struct Scene<'a> {
    pub run: &'a Run,
    pub backward: &'a Backward,
    pub precision: usize,
    /// Where a reader's browser will put the numbers; none where they are written out.
    pub blanks: Option<&'a Blanks>,
    gates: RefCell<HashMap<NodeIndex, Rc<Gate>>>,
    formulas: RefCell<HashMap<NodeIndex, String>>,
}

/// What the steps through a gate have in common: it is found out once, since a gate of n operands has n steps.
struct Gate {
    inputs: graph::Operands<NodeIndex>,
    rules: Rc<[ParsedRule]>,
    repeated: HashSet<NodeIndex>,
}

impl<'a> Scene<'a> {
    pub fn new(run: &'a Run, backward: &'a Backward, precision: usize, blanks: Option<&'a Blanks>) -> Self {
        Self { run, backward, precision, blanks, gates: RefCell::default(), formulas: RefCell::default() }
    }
}

impl Scene<'_> {
    fn gate(&self, node: NodeIndex, op: &'static Op) -> Rc<Gate> {
        let new = || {
            let inputs = self.run.graph.operands(node);
            let rules = rules_of(op, &self.run.graph, &inputs);
            Rc::new(Gate { rules, repeated: self.run.graph.repeated(node), inputs })
        };
        Rc::clone(self.gates.borrow_mut().entry(node).or_insert_with(new))
    }

    /// `y = w · x`: a gate's name and its operation, its operands marked by their places where they are repeated.
    fn formula(&self, gate: NodeIndex) -> String {
        let new = || {
            let name = node_name(self.run, gate, self.precision).text;
            format!("{name} = {}", operation(self.run, gate, self.precision, Mark::Places).unwrap_or_default())
        };
        self.formulas.borrow_mut().entry(gate).or_insert_with(new).clone()
    }

    fn derivation(&self, node: NodeIndex, steps: &[&Step]) -> Derivation {
        let name = self.run.graph.name(node);
        let gradient =
            self.run.grad_in(self.backward, node).map(|grad| tensor(&grad, self.precision).text).unwrap_or_default();
        let mut equation = vec![self.partial(self.backward.output, node)];
        if !steps.is_empty() {
            // Each form is a line of its own unless it says the same as the one before.
            let forms = [Self::chain as fn(&Self, &Step) -> Piece, Self::symbolic, Self::numeric];
            for form in forms {
                let line = self.sum(steps, form);
                if line.as_ref() != equation.last() {
                    equation.extend(line);
                }
            }
        }
        if equation.last() != Some(&gradient) {
            equation.push(gradient);
        }
        Derivation {
            node: name.to_owned(),
            name: DisplayName::of(name).latex(),
            paths: steps.iter().map(|step| self.path(step)).collect(),
            equation,
        }
    }

    /// The shares of all paths, added; many of them in brief, since the number behind them is the whole sum.
    fn sum(&self, steps: &[&Step], form: fn(&Self, &Step) -> Piece) -> Option<String> {
        let shares: Vec<Piece> = steps.iter().map(|step| Self::share(step, form(self, step))).collect();
        if shares.iter().any(|share| share.text.is_empty()) {
            return None;
        }
        let term = |(i, share): (usize, &Piece)| {
            let is_bare = i == 0 || !share.text.starts_with('-');
            if is_bare { share.text.clone() } else { format!(r"\left({}\right)", share.text) }
        };
        Some(joined(&shares.iter().enumerate().map(term).collect::<Vec<_>>(), " + ", r"\cdots"))
    }

    /// What comes back on one way, summed to the operand's shape where that was broadcast.
    pub fn share(step: &Step, product: Piece) -> Piece {
        if !step.is_summed || product.text.is_empty() {
            return product;
        }
        Piece { text: format!(r"\operatorname{{sum}}\left({}\right)", product.text), level: level::CALL }
    }

    /// ∂f/∂g · ∂g/∂w.
    pub fn chain(&self, step: &Step) -> Piece {
        match step.local {
            Some(_) => self.product(
                &Piece::atom(self.partial(self.backward.output, step.gate)),
                &Piece::atom(self.local_partial(step)),
            ),
            None => self.rule(step),
        }
    }

    /// 1 · x: the upstream gradient's value, the local partial as a formula.
    pub fn symbolic(&self, step: &Step) -> Piece {
        match step.local {
            Some(_) => self.product(&self.number(step.upstream), &self.rule(step)),
            None => Piece::atom(""),
        }
    }

    /// 1 · 5.
    pub fn numeric(&self, step: &Step) -> Piece {
        match step.local {
            Some(local) => self.product(&self.number(step.upstream), &self.number(local)),
            None => Piece::atom(""),
        }
    }

    fn path(&self, step: &Step) -> Path {
        let local = self.local(step).map(|mut equal| {
            equal.dedup();
            equal.join(" = ")
        });
        Path { gate: self.formula(step.gate), local, is_summed: step.is_summed }
    }

    /// ∂g/∂w, x, 5: the local partial, its formula and its number; none for structural ops.
    pub fn local(&self, step: &Step) -> Option<Vec<String>> {
        let number = self.number(step.local?).text;
        Some(vec![self.local_partial(step), self.rule(step).text, number])
    }

    /// ∂of/∂by.
    pub fn partial(&self, of: NodeIndex, by: NodeIndex) -> String {
        let name = |node| node_name(self.run, node, self.precision).text;
        format!(r"\frac{{\partial {}}}{{\partial {}}}", name(of), name(by))
    }

    /// ∂gate/∂operand, by the operand at one place where the gate takes it several times.
    fn local_partial(&self, step: &Step) -> String {
        let name = node_name(self.run, step.operand, self.precision);
        let is_repeated = match &self.run.graph.dag[step.gate].kind {
            Kind::Apply(op, _) => self.gate(step.gate, op).repeated.contains(&step.operand),
            Kind::Leaf(..) | Kind::Literal(_) => false,
        };
        let operand = if is_repeated { marked(&name, step.place.into()) } else { name };
        let gate = node_name(self.run, step.gate, self.precision).text;
        format!(r"\frac{{\partial {gate}}}{{\partial {}}}", operand.text)
    }

    fn number(&self, node: NodeIndex) -> Piece {
        match (self.blanks, self.run.value(node).as_scalar()) {
            (Some(blanks), _) => blanks.number(node),
            (None, Some(x)) => latex_number(x, self.precision),
            (None, None) => tensor(self.run.value(node), self.precision),
        }
    }

    /// a · b, with the brackets that a product needs.
    fn product(&self, a: &Piece, b: &Piece) -> Piece {
        let (open, close) = if self.blanks.is_some() { BRACKETS } else { (r"\left(", r"\right)") };
        let wrap = |piece: &Piece, needed| {
            if piece.level < needed { format!("{open}{}{close}", piece.text) } else { piece.text.clone() }
        };
        Piece { text: format!(r"{} \cdot {}", wrap(a, SIGNED), wrap(b, PRODUCT)), level: PRODUCT }
    }

    /// The op's rule for the step's edge, with the operands' names.
    fn rule(&self, step: &Step) -> Piece {
        let Kind::Apply(op, _) = &self.run.graph.dag[step.gate].kind else { return Piece::atom("") };
        let gate = self.gate(step.gate, op);
        let Some(rule) = rule_for(&gate.rules, step.place.into()) else { return Piece::atom("") };
        let (rule, inputs) = (&rule.expr, &gate.inputs);
        let reader = RuleReader { scene: self, step, op, inputs, values: self.evaluate(rule, step, op, inputs) };
        latex(rule, &reader, self.precision)
    }

    /// The value of every part of a rule, where all is scalar; used to show only the case that applies.
    fn evaluate(&self, rule: &Expr, step: &Step, op: &Op, inputs: &[NodeIndex]) -> Vec<Option<f64>> {
        let attrs = match &self.run.graph.dag[step.gate].kind {
            Kind::Apply(_, attrs) => attrs.clone(),
            _ => Attrs::default(),
        };
        let scalar = |node: NodeIndex| self.run.value(node).as_scalar();
        let mut values: Vec<Option<f64>> = Vec::with_capacity(rule.parts.len());
        for part in &rule.parts {
            let value = match &part.kind {
                PartKind::Literal(value) => value.as_scalar(),
                PartKind::Name(name) => match (
                    op.inputs.iter().position(|i| *i == &**name),
                    op.attrs.iter().position(|a| a.name == &**name),
                ) {
                    (Some(place), _) => scalar(inputs[place]),
                    (None, Some(position)) => Some(attrs.number(position)),
                    (None, None) if &**name == "y" => scalar(step.gate),
                    _ => None,
                },
                PartKind::Apply { op, operands, attrs, .. } => match op.forward {
                    Forward::Elementwise(kernel) => operands
                        .iter()
                        .map(|o| values[*o])
                        .collect::<Option<Vec<f64>>>()
                        .map(|x| (kernel.one)(&x, attrs)),
                    Forward::Structural { .. } => None,
                },
                _ => None,
            };
            values.push(value);
        }
        values
    }
}

struct RuleReader<'a> {
    scene: &'a Scene<'a>,
    step: &'a Step,
    op: &'a Op,
    inputs: &'a [NodeIndex],
    values: Vec<Option<f64>>,
}

impl Reader for RuleReader<'_> {
    fn name(&self, name: &str) -> Piece {
        let (run, precision) = (self.scene.run, self.scene.precision);
        if let Some(place) = self.op.inputs.iter().position(|input| *input == name) {
            return node_name(run, self.inputs[place], precision);
        }
        if let (Some(position), Kind::Apply(_, attrs)) =
            (self.op.attrs.iter().position(|attr| attr.name == name), &run.graph.dag[self.step.gate].kind)
        {
            return latex_number(attrs.number(position), precision);
        }
        match name {
            "y" => node_name(run, self.step.gate, precision),
            "g" => Piece { text: self.scene.partial(self.scene.backward.output, self.step.gate), level: level::UNARY },
            _ => Piece::atom(DisplayName::of(name).latex()),
        }
    }

    fn attribute(&self, name: &str) -> Option<AttrValue> {
        let position = self.op.attrs.iter().position(|attr| attr.name == name)?;
        match &self.scene.run.graph.dag[self.step.gate].kind {
            Kind::Apply(_, attrs) => attrs.0.get(position).cloned(),
            _ => None,
        }
    }

    fn condition(&self, condition: PartId) -> Condition {
        let holds = self.values[condition].map(|value| value != 0.0);
        match (holds, self.scene.blanks) {
            (None, _) => Condition::Unknown,
            (Some(holds), None) => Condition::Known(holds),
            (Some(_), Some(blanks)) => blanks.condition(self.step, condition),
        }
    }
}
