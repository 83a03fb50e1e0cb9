//! Where several gates overflow that one op computes safely: `log(1 + exp(x))` is `softplus(x)`. The op's row says
//! which formulas it replaces.

use crate::expr::{Expr, PartId, PartKind, parse_rule};
use crate::graph::{Graph, Kind};
use crate::ops::{self, Op};
use petgraph::Direction::Outgoing;
use petgraph::graph::NodeIndex;
use std::sync::OnceLock;

/// A formula in the graph and the call to write in its place, both in the notes' language.
pub(super) struct Replacement {
    /// `log(1 + exp(x))`.
    pub formula: String,
    /// `softplus(x)`.
    pub call: String,
}

/// A formula as an op's row gives it.
struct Pattern {
    text: &'static str,
    expr: Expr,
    op: &'static Op,
}

/// A formula's last gate lies at most this many gates behind one of the others.
const FARTHEST: usize = 6;

/// The op that computes safely what `gate` is a part of; of several the one for the longest formula.
pub(super) fn replacement(graph: &Graph, gate: NodeIndex) -> Option<Replacement> {
    static PATTERNS: OnceLock<Vec<Pattern>> = OnceLock::new();
    let patterns = PATTERNS.get_or_init(|| {
        let of_op = |op: &'static Op| op.replaces.iter().map(move |text| Pattern { text, expr: parse_rule(text), op });
        let mut patterns: Vec<Pattern> = ops::table().flat_map(of_op).collect();
        patterns.sort_by_key(|pattern| std::cmp::Reverse(pattern.expr.parts.len()));
        patterns
    });
    let roots = gates_behind(graph, gate);
    patterns.iter().find_map(|pattern| roots.iter().find_map(|root| found(graph, pattern, *root, gate)))
}

/// The gate and those that are made of it, nearest first.
fn gates_behind(graph: &Graph, gate: NodeIndex) -> Vec<NodeIndex> {
    let mut gates = vec![gate];
    let mut last = vec![gate];
    for _ in 0..FARTHEST {
        let next = last.iter().flat_map(|node| graph.dag.neighbors_directed(*node, Outgoing));
        last = next.filter(|node| node.index() < graph.author_nodes && !gates.contains(node)).take(16).collect();
        gates.extend(&last);
    }
    gates
}

/// The replacement, if the formula stands at `root` and `gate` is part of it.
fn found(graph: &Graph, pattern: &Pattern, root: NodeIndex, gate: NodeIndex) -> Option<Replacement> {
    let mut bound: Vec<(&str, NodeIndex)> = Vec::new();
    let mut gates = Vec::new();
    matches(graph, &pattern.expr, pattern.expr.parts.len() - 1, root, &mut bound, &mut gates).then_some(())?;
    gates.contains(&gate).then_some(())?;
    let shown = |name: &str| {
        let node = bound.iter().find(|(bound, _)| *bound == name).map(|(_, node)| *node)?;
        match &graph.dag[node].kind {
            _ if !graph.name(node).is_empty() => Some(graph.name(node).to_owned()),
            Kind::Literal(value) => value.as_scalar().map(|x| crate::num::plain(x, crate::num::EXACT)),
            _ => None,
        }
    };
    let named = |text: &str, name: &str| shown(name).unwrap_or_else(|| format!("{text}…"));
    let arguments: Vec<String> = pattern.op.inputs.iter().map(|input| named("", input)).collect();
    let formula = pattern
        .text
        .split_inclusive(|c: char| !c.is_alphanumeric())
        .map(|word| {
            let name = word.trim_end_matches(|c: char| !c.is_alphanumeric());
            let is_input = pattern.op.inputs.contains(&name);
            if is_input { word.replacen(name, &named("", name), 1) } else { word.to_owned() }
        })
        .collect();
    Some(Replacement { formula, call: format!("{}({})", pattern.op.name, arguments.join(", ")) })
}

/// Whether the part of a pattern stands at `node`. Names stand for any node, the same name for the same node. The
/// patterns are short, so following them costs little stack.
fn matches<'p>(
    graph: &Graph,
    pattern: &'p Expr,
    part: PartId,
    node: NodeIndex,
    bound: &mut Vec<(&'p str, NodeIndex)>,
    gates: &mut Vec<NodeIndex>,
) -> bool {
    match (&pattern.parts[part].kind, &graph.dag[node].kind) {
        (PartKind::Name(name), _) => match bound.iter().find(|(known, _)| **known == **name) {
            Some((_, known)) => *known == node,
            None => {
                bound.push((name, node));
                true
            }
        },
        (PartKind::Literal(x), Kind::Literal(value) | Kind::Leaf(_, value)) => x == value,
        (PartKind::Apply { op, operands, .. }, Kind::Apply(found, _)) if *op == *found => {
            gates.push(node);
            let nodes = graph.operands(node);
            nodes.len() == operands.len()
                && operands.iter().zip(nodes).all(|(part, node)| matches(graph, pattern, *part, node, bound, gates))
        }
        _ => false,
    }
}
