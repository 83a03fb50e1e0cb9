//! The placed shapes, before SVG.

use crate::figure::place::{Flow, Outline, Point, Size};
use crate::figure::{Drawing, figure_id};
use serde_json::{Value, json};

/// Each drawing as one line of JSON: centres and sizes of nodes, labels and frames, Bézier points of edges.
pub fn drawing(drawings: &[Drawing]) -> String {
    drawings.iter().enumerate().map(|(i, drawing)| one(drawing, &figure_id(i))).collect()
}

fn one(drawing: &Drawing, id: &str) -> String {
    let rankdir = if drawing.flow == Flow::Right { "LR" } else { "TB" };
    let nodes: Vec<Value> = drawing
        .nodes
        .iter()
        .map(|node| {
            let shape = if node.outline == Outline::Box { "box" } else { "ellipse" };
            let mut value = place(node.centre, node.size);
            value["id"] = node.id.as_str().into();
            value["shape"] = shape.into();
            value
        })
        .collect();
    let edges: Vec<Value> = drawing
        .edges
        .iter()
        .map(|edge| json!({ "id": edge.id, "from": edge.from, "to": edge.to, "bezier": edge.curve.iter().map(|p| json!([round(p.x), round(p.y)])).collect::<Vec<_>>() }))
        .collect();
    let labels: Vec<Value> = drawing
        .labels
        .iter()
        .map(|label| {
            let mut value = place(label.centre, label.size);
            value["edge"] = label.edge.as_str().into();
            value
        })
        .collect();
    let frames: Vec<Value> = drawing
        .frames
        .iter()
        .map(|frame| {
            let (w, h) = (frame.size.w, frame.size.h);
            let mut value = place(Point { x: frame.corner.x + w / 2.0, y: frame.corner.y + h / 2.0 }, frame.size);
            value["group"] = frame.group.into();
            value
        })
        .collect();
    format!(
        "{}\n",
        json!({
            "graph": id, "engine": drawing.engine.name(), "rankdir": rankdir,
            "nodes": nodes, "edges": edges, "labels": labels, "frames": frames,
        })
    )
}

fn place(centre: Point, size: Size) -> Value {
    json!({ "x": round(centre.x), "y": round(centre.y), "w": round(size.w), "h": round(size.h) })
}

/// To a thousandth of a pixel.
fn round(x: f64) -> f64 {
    (x * 1000.0).round() / 1000.0
}
