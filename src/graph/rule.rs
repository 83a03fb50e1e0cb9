//! Derivative rules: the texts of the op table, parsed once, their names resolved, and turned into nodes of a graph.

use crate::expr::{Expr, PartId, PartKind, parse_rule};
use crate::graph::{Graph, Operands};
use crate::ops::{AttrValue, Attrs, Op, Rule};
use crate::tensor::Tensor;
use foldhash::HashMap;
use petgraph::graph::NodeIndex;
use smallvec::SmallVec;
use std::cell::RefCell;
use std::rc::Rc;

/// Few rules have more parts than this; to make the nodes of a longer one costs an allocation.
const USUAL_PARTS: usize = 24;

/// The derivative rule of an op for one of its operands.
#[derive(Debug, Default)]
pub(crate) struct ParsedRule {
    /// The rule as the table writes it; empty where no gradient passes.
    pub expr: Expr,
    /// The same as steps, one for each part.
    steps: Vec<RuleStep>,
    /// How many nodes and edges it adds to a graph where it names no operands that a variadic op may repeat.
    pub nodes: usize,
    pub edges: usize,
}

/// How the node of a part of a rule is found or made.
#[derive(Clone, Debug)]
enum RuleStep {
    /// A number.
    Number(Tensor),
    /// The operand of the op at a position.
    Input(usize),
    /// The last operands of a variadic op, all of them.
    Rest,
    /// The attribute of the op at a position, as a number.
    Attr(usize),
    /// The op's value.
    Output,
    /// The upstream gradient.
    Upstream,
    /// An op applied to the nodes of earlier parts, and for some of its attributes what they are taken from.
    Apply { op: &'static Op, operands: Operands<PartId>, attrs: Attrs, forwarded: Vec<(usize, Forwarded)> },
}

/// What an attribute is taken from.
#[derive(Clone, Copy, Debug)]
enum Forwarded {
    /// The attribute at a position of the op whose rule this is.
    Attr(usize),
    /// The place of the operand whose gradient the rule gives.
    Place,
}

/// What the names in a rule stand for.
pub(crate) struct Scene<'a> {
    pub op: &'static Op,
    pub attrs: &'a Attrs,
    pub inputs: &'a [NodeIndex],
    /// The input whose gradient the rule gives.
    pub place: usize,
    pub y: NodeIndex,
    pub g: NodeIndex,
}

impl Scene<'_> {
    /// The last operands of a variadic op.
    fn rest(&self) -> &[NodeIndex] {
        &self.inputs[self.op.arity() - 1..]
    }
}

impl Graph {
    /// Adds the nodes of a rule; the result is the node of the whole.
    pub(crate) fn instantiate(&mut self, rule: &ParsedRule, scene: &Scene<'_>) -> NodeIndex {
        let mut nodes: SmallVec<[NodeIndex; USUAL_PARTS]> = SmallVec::new();
        for step in &rule.steps {
            let node = match step {
                RuleStep::Number(value) => self.literal(value.clone()),
                RuleStep::Input(place) => scene.inputs[*place],
                RuleStep::Rest => scene.rest()[0],
                RuleStep::Attr(position) => self.literal(Tensor::Scalar(scene.attrs.number(*position))),
                RuleStep::Output => scene.y,
                RuleStep::Upstream => scene.g,
                RuleStep::Apply { op, operands, attrs, forwarded } => {
                    let mut inputs: Operands<NodeIndex> = Operands::new();
                    for &operand in operands {
                        match rule.steps[operand] {
                            RuleStep::Rest => inputs.extend_from_slice(scene.rest()),
                            _ => inputs.push(nodes[operand]),
                        }
                    }
                    let mut attrs = attrs.clone();
                    for (position, source) in forwarded {
                        attrs.0[*position] = match source {
                            Forwarded::Attr(source) => scene.attrs.0.get(*source).cloned().unwrap_or(AttrValue::Absent),
                            Forwarded::Place => AttrValue::Number(scene.place as f64),
                        };
                    }
                    self.rule_apply(op, attrs, &inputs)
                }
            };
            nodes.push(node);
        }
        nodes.pop().unwrap_or(scene.y)
    }
}

impl ParsedRule {
    /// Parses the rule of an op.
    fn of(op: &Op, text: &str) -> Self {
        let expr = parse_rule(text);
        let steps = expr.parts.iter().map(|part| step_of(op, &part.kind)).collect();
        let applied = expr.parts.iter().filter(|part| matches!(part.kind, PartKind::Apply { .. }));
        let (nodes, edges) = (applied.clone().count(), applied.map(|part| part.kind.operands().len()).sum());
        Self { expr, steps, nodes, edges }
    }

    /// The part of the rule that ends with one of its parts: parts stand behind what they are made of.
    pub fn up_to(&self, part: PartId) -> Self {
        let steps = self.steps[..=part].to_vec();
        Self { steps, ..Self::default() }
    }
}

fn step_of(op: &Op, kind: &PartKind) -> RuleStep {
    match kind {
        PartKind::Literal(value) => RuleStep::Number(value.clone()),
        PartKind::Name(name) => meaning(op, name),
        PartKind::Apply { op: applied, operands, attrs, forwarded } => RuleStep::Apply {
            op: applied,
            operands: operands.iter().copied().collect(),
            attrs: attrs.clone(),
            forwarded: forwarded
                .iter()
                .map(|(position, name)| {
                    let source = op.attrs.iter().position(|attr| attr.name == &**name);
                    (*position, source.map_or(Forwarded::Place, Forwarded::Attr))
                })
                .collect(),
        },
        PartKind::Call { .. } | PartKind::Index { .. } | PartKind::Grad { .. } | PartKind::Unknown => {
            unreachable!("rules hold ops alone: the test over the table parses them all")
        }
    }
}

fn meaning(op: &Op, name: &str) -> RuleStep {
    if let Some(place) = op.inputs.iter().position(|input| *input == name) {
        return if op.is_variadic && place + 1 == op.inputs.len() { RuleStep::Rest } else { RuleStep::Input(place) };
    }
    if let Some(position) = op.attrs.iter().position(|attr| attr.name == name) {
        return RuleStep::Attr(position);
    }
    match name {
        "y" => RuleStep::Output,
        "g" => RuleStep::Upstream,
        "pi" => RuleStep::Number(Tensor::Scalar(std::f64::consts::PI)),
        "e" => RuleStep::Number(Tensor::Scalar(std::f64::consts::E)),
        _ => unreachable!("`{name}` in a rule of `{}`: the test over the table finds it", op.name),
    }
}

/// The rule for the operand at `place`, if a gradient passes there. A variadic op has one rule for all its operands.
pub(crate) fn rule_for(rules: &[ParsedRule], place: usize) -> Option<&ParsedRule> {
    rules.get(place).or(rules.last()).filter(|rule| !rule.steps.is_empty())
}

/// A row, and where its list of rules lies.
type RulesKey = (*const Op, *const &'static str);

/// The parsed rules of an op, one per operand; empty ones where no gradient passes.
pub(crate) fn rules_of(op: &'static Op, graph: &Graph, inputs: &[NodeIndex]) -> Rc<[ParsedRule]> {
    let texts: &'static [&'static str] = match op.rule {
        Rule::Flat => &[],
        Rule::Local(texts) | Rule::Select(texts) => texts,
        Rule::Vjp(choose) => choose(&inputs.iter().map(|i| &graph.dag[*i].shape).collect::<Operands<_>>()),
    };
    thread_local! {
        // Keyed by the row and by where the texts lie: a row may choose among several lists of rules, and rows may share one.
        static PARSED: RefCell<HashMap<RulesKey, Rc<[ParsedRule]>>> = RefCell::default();
    }
    if texts.is_empty() {
        return Rc::default();
    }
    PARSED.with_borrow_mut(|parsed| {
        let rules = parsed.entry((std::ptr::from_ref(op), texts.as_ptr())).or_insert_with(|| {
            let parse = |text: &&str| match *text {
                "" | "0" => ParsedRule::default(),
                text => ParsedRule::of(op, text),
            };
            texts.iter().map(parse).collect()
        });
        Rc::clone(rules)
    })
}
