//! Reads neutral graphs from standard input, one JSON object a line, and writes a drawing a line, in order: the
//! placement alone, for measuring it.
//! `cargo run --release --example place -- [bpdoc|layout-rs] < graphs.jsonl > drawings.jsonl`

mod neutral;

use bpdoc::figure::place::{Engine, Flow, Outline, Placement, Point, SizedGraph, place};
use neutral::Named;
use serde_json::{Value, json};
use std::error::Error;
use std::io::{Read, Write};
use std::time::Instant;

fn main() -> Result<(), Box<dyn Error>> {
    let engine = match std::env::args().nth(1) {
        Some(name) => Engine::named(&name).ok_or("the engines are bpdoc and layout-rs")?,
        None => Engine::default(),
    };
    let mut corpus = String::new();
    std::io::stdin().lock().read_to_string(&mut corpus)?;
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    for named in neutral::read(&corpus)? {
        let start = Instant::now();
        let placement = place(&named.graph, engine);
        let time_ms = start.elapsed().as_secs_f64() * 1e3;
        serde_json::to_writer(&mut out, &drawing(&named, &placement, time_ms))?;
        out.write_all(b"\n")?;
    }
    out.flush()?;
    Ok(())
}

/// The placement as a neutral drawing.
fn drawing(named: &Named, placement: &Placement, time_ms: f64) -> Value {
    let Named { id, nodes, edges, graph: SizedGraph { flow, nodes: sized, edges: links, .. } } = named;
    let pair = |point: &Point| json!([point.x, point.y]);
    let shape = |outline| if outline == Outline::Ellipse { "ellipse" } else { "box" };
    let nodes: Vec<Value> = (nodes.iter().zip(sized).zip(&placement.nodes))
        .map(|((id, node), at)| {
            json!({ "id": id, "x": at.x, "y": at.y, "w": node.size.w, "h": node.size.h, "shape": shape(node.outline) })
        })
        .collect();
    let lines: Vec<Value> = (edges.iter().zip(links).zip(&placement.edges))
        .map(|((id, link), line)| {
            let bezier: Vec<Value> = line.iter().map(pair).collect();
            json!({ "id": id, "from": named.nodes[link.from], "to": named.nodes[link.to], "bezier": bezier })
        })
        .collect();
    let labels: Vec<Value> = (edges.iter().zip(links).zip(&placement.labels))
        .filter_map(|((id, link), at)| {
            let (label, at) = (link.label?, (*at)?);
            Some(json!({ "edge": id, "x": at.x, "y": at.y, "w": label.w, "h": label.h }))
        })
        .collect();
    let rankdir = if *flow == Flow::Down { "TB" } else { "LR" };
    json!({
        "graph": id, "engine": placement.engine.name(), "rankdir": rankdir,
        "nodes": nodes, "edges": lines, "labels": labels, "time_ms": time_ms,
    })
}
