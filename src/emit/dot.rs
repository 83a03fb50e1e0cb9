//! The graph in Graphviz's language.

use crate::graph::{Kind, Run};
use crate::num;
use petgraph::visit::EdgeRef;
use std::fmt::Write;

/// The run as a DOT digraph, captions in the language at position `language`.
pub fn dot(run: &Run, language: usize, precision: usize) -> String {
    let graph = &run.graph;
    let mut text = String::from("digraph bpdoc {\n  rankdir=LR;\n  node [shape=box, style=rounded];\n");
    let mut open: Vec<usize> = Vec::new();
    for index in graph.dag.node_indices().take(graph.author_nodes) {
        let node = &graph.dag[index];
        let is_operand = graph.dag.neighbors(index).any(|child| !graph.name(child).is_empty());
        if graph.name(index).is_empty() && !is_operand {
            continue;
        }
        let mut lines = Vec::new();
        match &node.kind {
            Kind::Apply(op, _) => lines.push(format!("{} = {}", graph.name(index), op.glyph)),
            Kind::Leaf(..) => lines.push(graph.name(index).to_owned()),
            Kind::Literal(_) => {}
        }
        lines.push(run.value(index).as_scalar().map_or_else(|| node.shape.to_string(), |x| num::plain(x, precision)));
        lines.extend(
            run.grad(index).and_then(|grad| grad.as_scalar()).map(|grad| format!("∂ {}", num::plain(grad, precision))),
        );
        lines.extend(Some(graph.caption_of(index, language).to_owned()).filter(|caption| !caption.is_empty()));
        let label: Vec<String> = lines.iter().map(|line| escape(line)).collect();
        enter(run, graph.group(index), language, &mut open, &mut text);
        let _ = writeln!(text, "  n{} [label=\"{}\"];", index.index(), label.join("\\n"));
    }
    enter(run, None, language, &mut open, &mut text);
    for edge in graph.dag.edge_references().filter(|e| e.target().index() < graph.author_nodes) {
        if graph.name(edge.target()).is_empty() {
            continue;
        }
        let local = run.locals[edge.id().index()].and_then(|local| run.value(local).as_scalar());
        let label = local.map_or_else(String::new, |x| format!(" [label=\"{}\"]", num::plain(x, precision)));
        let _ = writeln!(text, "  n{} -> n{}{label};", edge.source().index(), edge.target().index());
    }
    text.push_str("}\n");
    text
}

/// Closes the clusters that a node does not stand in, and opens those that it stands in.
fn enter(run: &Run, group: Option<usize>, language: usize, open: &mut Vec<usize>, text: &mut String) {
    let groups = &run.graph.groups;
    let mut around: Vec<usize> = std::iter::successors(group, |group| groups[*group].parent).collect();
    around.reverse();
    let shared = open.iter().zip(&around).take_while(|(open, group)| open == group).count();
    while open.len() > shared {
        open.pop();
        text.push_str("  }\n");
    }
    for &group in &around[shared..] {
        let label = escape(groups[group].label.in_language(language));
        let _ = writeln!(text, "  subgraph cluster_{group} {{\n  label=\"{label}\"; style=dashed;");
        open.push(group);
    }
}

fn escape(line: &str) -> String {
    line.chars().filter(|c| !c.is_control()).collect::<String>().replace('\\', "\\\\").replace('"', "\\\"")
}
