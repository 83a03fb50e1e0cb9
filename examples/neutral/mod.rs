//! Neutral graphs. In: one JSON object a line, as the example `place` reads them; out: graphs that can be placed.

use bpdoc::figure::place::{Flow, Outline, Size, SizedEdge, SizedGraph, SizedNode};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::error::Error;

/// A graph with its name.
pub struct Named {
    pub id: String,
    /// The ids of the nodes and of the edges, in the graph's order.
    pub nodes: Vec<String>,
    pub edges: Vec<String>,
    pub graph: SizedGraph,
}

#[derive(Deserialize)]
struct Line {
    id: String,
    rankdir: String,
    nodes: Vec<Node>,
    edges: Vec<Edge>,
}

#[derive(Deserialize)]
struct Node {
    id: String,
    w: f64,
    h: f64,
    #[serde(default)]
    shape: String,
}

#[derive(Deserialize)]
struct Edge {
    id: String,
    from: String,
    to: String,
    label: Option<Label>,
}

#[derive(Deserialize)]
struct Label {
    w: f64,
    h: f64,
}

/// Every graph of a corpus, in order.
pub fn read(corpus: &str) -> Result<Vec<Named>, Box<dyn Error>> {
    corpus.lines().filter(|line| !line.trim().is_empty()).map(|line| Ok(sized(serde_json::from_str(line)?)?)).collect()
}

fn sized(line: Line) -> Result<Named, String> {
    let index: BTreeMap<&str, usize> = line.nodes.iter().enumerate().map(|(i, node)| (node.id.as_str(), i)).collect();
    let find = |id: &str| index.get(id).copied().ok_or_else(|| format!("{}: no node {id}", line.id));
    let outline = |shape: &str| if matches!(shape, "ellipse" | "circle") { Outline::Ellipse } else { Outline::Box };
    let node =
        |node: &Node| SizedNode { size: Size { w: node.w, h: node.h }, outline: outline(&node.shape), group: None };
    let edge = |edge: &Edge| {
        let label = edge.label.as_ref().map(|label| Size { w: label.w, h: label.h });
        Ok::<_, String>(SizedEdge { from: find(&edge.from)?, to: find(&edge.to)?, label })
    };
    let graph = SizedGraph {
        flow: if line.rankdir == "TB" { Flow::Down } else { Flow::Right },
        nodes: line.nodes.iter().map(node).collect(),
        edges: line.edges.iter().map(edge).collect::<Result<_, _>>()?,
        groups: Vec::new(),
    };
    let nodes = line.nodes.into_iter().map(|node| node.id).collect();
    let edges = line.edges.into_iter().map(|edge| edge.id).collect();
    Ok(Named { id: line.id, nodes, edges, graph })
}
