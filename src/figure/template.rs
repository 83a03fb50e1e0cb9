//! The derivation with blanks where its numbers go, for a figure whose values a reader changes: formulas as TeX in which a
//! blank names a slot of the tape.

use crate::expr::{Condition, PartId, PartKind, Piece, Reader, latex};
use crate::figure::derivation::{Mark, Operands, Scene, application, node_name, operation};
use crate::graph::rule::{self, rule_for, rules_of};
use crate::graph::{Backward, Kind, Run, Step};
use crate::ops::{Rule, level};
use petgraph::graph::{EdgeIndex, NodeIndex};
use std::collections::HashMap;

/// Around what needs brackets: a number alone has them only where it is negative.
pub(super) const BRACKETS: (&str, &str) = (r"\text{@[@}{", r"}\text{@]@}");
/// Around an operand: a number alone has them where it is negative or has a power of ten.
const OPERAND_BRACKETS: (&str, &str) = (r"\text{@(@}{", r"}\text{@)@}");

/// Where the numbers of a derivation come from when it is read.
#[derive(Clone, Debug)]
pub struct Blanks {
    /// The slot of every node that a formula may show.
    pub slots: HashMap<NodeIndex, usize>,
    /// The nodes of the conditions in the rules of edges.
    pub conditions: HashMap<(EdgeIndex, PartId), NodeIndex>,
}

impl Blanks {
    fn slot(&self, node: NodeIndex) -> usize {
        self.slots.get(&node).copied().unwrap_or_default()
    }

    /// A blank for the number of a node, which may turn out negative.
    pub(super) fn number(&self, node: NodeIndex) -> Piece {
        Piece { text: format!(r"\text{{@{}@}}", self.slot(node)), level: level::SIGNED }
    }

    /// A choice that is left to the reader's browser.
    pub(super) fn condition(&self, step: &Step, condition: PartId) -> Condition {
        match self.conditions.get(&(step.edge, condition)) {
            Some(node) => Condition::Open([
                format!(r"\text{{@?{}@}}", self.slot(*node)),
                r"\text{@:@}".to_owned(),
                r"\text{@;@}".to_owned(),
            ]),
            None => Condition::Unknown,
        }
    }
}

/// The run with a node for every condition that tells which case of an edge's rule applies, and these nodes.
pub fn with_conditions(run: &Run, backward: &Backward) -> (Run, HashMap<(EdgeIndex, PartId), NodeIndex>) {
    let mut graph = run.graph.clone();
    let mut conditions = HashMap::new();
    for step in &backward.steps {
        let Kind::Apply(op, attrs) = graph.dag[step.gate].kind.clone() else { continue };
        let inputs = graph.operands(step.gate);
        if step.local.is_none() {
            continue;
        }
        let rules = rules_of(op, &graph, &inputs);
        let Some(rule) = rule_for(&rules, step.place.into()) else { continue };
        for part in &rule.expr.parts {
            let PartKind::Apply { op: chooser, operands, .. } = &part.kind else { continue };
            let Rule::Select(_) = chooser.rule else { continue };
            let scene = rule::Scene {
                op,
                attrs: &attrs,
                inputs: &inputs,
                place: step.place.into(),
                y: step.gate,
                g: step.upstream,
            };
            let node = graph.instantiate(&rule.up_to(operands[0]), &scene);
            // Of a tensor, some elements may be one case and some the other.
            if graph.dag[node].shape.rank() == 0 {
                conditions.insert((step.edge, operands[0]), node);
            }
        }
    }
    let values = run.values_in(&graph);
    let (backward, locals) = (run.backward.clone(), run.locals.clone());
    (Run { graph, values, backward, locals }, conditions)
}

/// A step of the derivation, its numbers blank.
#[derive(Clone, Debug)]
pub struct StepTemplate {
    /// ∂f/∂g · ∂g/∂w.
    pub chain: String,
    /// The upstream gradient times the local partial as a formula; empty for structural ops.
    pub symbolic: String,
    /// The upstream gradient times the local partial as a number; empty for structural ops.
    pub numeric: String,
    /// ∂g/∂w, its formula, its number; empty for structural ops.
    pub local: Vec<String>,
}

/// The steps of a backward pass, in its order.
pub fn steps(run: &Run, backward: &Backward, precision: usize, blanks: &Blanks) -> Vec<StepTemplate> {
    let scene = Scene::new(run, backward, precision, Some(blanks));
    let step = |step: &Step| {
        let share = |piece: Piece| Scene::share(step, piece).text;
        StepTemplate {
            chain: share(scene.chain(step)),
            symbolic: share(scene.symbolic(step)),
            numeric: share(scene.numeric(step)),
            local: scene.local(step).unwrap_or_default(),
        }
    };
    backward.steps.iter().map(step).collect()
}

/// ∂f/∂w.
pub fn partial(run: &Run, backward: &Backward, node: NodeIndex, precision: usize) -> String {
    Scene::new(run, backward, precision, None).partial(backward.output, node)
}

/// How a node is computed: its op applied to the names of its operands, and to blanks for their numbers; none for leaves.
pub fn forward(run: &Run, node: NodeIndex, precision: usize, blanks: &Blanks) -> Option<[String; 2]> {
    let symbolic = operation(run, node, precision, Mark::Nothing)?;
    let Kind::Apply(op, attrs) = &run.graph.dag[node].kind else { return None };
    let operands = run.graph.operands(node);
    let number = |operand: &NodeIndex| match run.graph.name(*operand) {
        "" => node_name(run, *operand, precision),
        _ => blanks.number(*operand),
    };
    let reader = Numbers(Operands { names: operands.iter().map(number).collect() });
    Some([symbolic, latex(&application(op, attrs, operands.len()), &reader, precision).text])
}

/// Reads the places of operands as blanks.
struct Numbers(Operands);

impl Reader for Numbers {
    fn name(&self, name: &str) -> Piece {
        self.0.name(name)
    }

    fn brackets(&self) -> (&'static str, &'static str) {
        OPERAND_BRACKETS
    }
}
