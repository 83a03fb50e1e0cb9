//! Writes one HTML page with the placement of every graph of the given corpora by both engines, small, for looking at all of them at
//! once. `cargo run --release --example contact_sheet -- CORPUS.jsonl... > sheet.html`

mod neutral;

use bpdoc::figure::look;
use bpdoc::figure::place::{Engine, Outline, Placement, Point, place};
use bpdoc::markup::escaped;
use bpdoc::num::coordinate as n;
use std::error::Error;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;

const HEAD: &str = r#"<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Contact sheet</title>
<style>
body { margin: 1rem; font: 13px system-ui, sans-serif; color: #1f2630; background: #fdfcfa; }
section { display: grid; grid-template-columns: repeat(auto-fill, minmax(22rem, 1fr)); gap: 0.8rem; }
figure { margin: 0; padding: 0.5rem; background: #fff; border: 1px solid #d9d6cf; border-radius: 6px; }
figure:target, figure:hover { border-color: #0b57a4; }
figcaption { overflow-wrap: anywhere; }
svg { display: block; width: 100%; height: 16rem; }
.node { fill: #f4f5f7; stroke: #1f2630; }
.edge { fill: none; stroke: #5b6472; }
.arrow { fill: #5b6472; }
.label { fill: #7a2e86; fill-opacity: 0.18; stroke: #7a2e86; }
:is(.node, .edge, .label) { vector-effect: non-scaling-stroke; stroke-width: 1; }
</style>
"#;

fn main() -> Result<(), Box<dyn Error>> {
    let mut page = String::from(HEAD);
    for corpus in std::env::args_os().skip(1) {
        let path = Path::new(&corpus);
        let name = path.file_stem().unwrap_or(path.as_os_str()).to_string_lossy();
        let graphs = neutral::read(&std::fs::read_to_string(path)?)?;
        writeln!(page, "<h1>{} ({} graphs)</h1>\n<section>", escaped(&name), graphs.len())?;
        for graph in &graphs {
            for (_, engine) in Engine::ALL {
                write_graph(&mut page, &name, graph, engine);
            }
        }
        page.push_str("</section>\n");
    }
    Ok(std::io::stdout().lock().write_all(page.as_bytes())?)
}

fn write_graph(page: &mut String, corpus: &str, named: &neutral::Named, engine: Engine) {
    let neutral::Named { id, graph, .. } = named;
    let placement = place(graph, engine);
    let engine = engine.name();
    let anchor = escaped(&format!("{corpus}/{id}/{engine}"));
    let (nodes, edges) = (graph.nodes.len(), graph.edges.len());
    let size = placement.size;
    let _ = writeln!(
        page,
        "<figure id=\"{anchor}\"><figcaption><a href=\"#{anchor}\">{}</a>: {engine}, {nodes} nodes, {edges} edges, {} × {}</figcaption>\n{}</figure>",
        escaped(id),
        n(size.w.ceil()),
        n(size.h.ceil()),
        svg(named, &placement)
    );
}

fn svg(neutral::Named { nodes, edges, graph, .. }: &neutral::Named, placement: &Placement) -> String {
    let (w, h) = (n(placement.size.w + 8.0), n(placement.size.h + 8.0));
    let mut out = format!("<svg viewBox=\"-4 -4 {w} {h}\">\n");
    for (line, id) in placement.edges.iter().zip(edges) {
        write_edge(&mut out, line, id);
    }
    for ((node, at), id) in graph.nodes.iter().zip(&placement.nodes).zip(nodes) {
        let _ = write!(out, "<g><title>{}</title>", escaped(id));
        let (w, h) = (node.size.w / 2.0, node.size.h / 2.0);
        let _ = match node.outline {
            Outline::Box => write!(out, "<rect class=\"node\" {}/>", rectangle(*at, node.size.w, node.size.h)),
            Outline::Ellipse => write!(
                out,
                "<ellipse class=\"node\" cx=\"{}\" cy=\"{}\" rx=\"{}\" ry=\"{}\"/>",
                n(at.x),
                n(at.y),
                n(w),
                n(h)
            ),
        };
        out.push_str("</g>");
    }
    for (edge, at) in graph.edges.iter().zip(&placement.labels) {
        if let (Some(label), Some(at)) = (edge.label, at) {
            let _ = write!(out, "<rect class=\"label\" {}/>", rectangle(*at, label.w, label.h));
        }
    }
    out + "</svg>\n"
}

fn rectangle(centre: Point, w: f64, h: f64) -> String {
    format!("x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"", n(centre.x - w / 2.0), n(centre.y - h / 2.0), n(w), n(h))
}

fn write_edge(out: &mut String, line: &[Point], id: &str) {
    let point = |p: Point| format!("{} {}", n(p.x), n(p.y));
    let Some((start, rest)) = line.split_first() else { return };
    let rest: Vec<String> = rest.iter().map(|p| point(*p)).collect();
    let _ = write!(
        out,
        "<path class=\"edge\" d=\"M{}C{}\"><title>{}</title></path>",
        point(*start),
        rest.join(" "),
        escaped(id)
    );
    if let Some([tip, left, right]) = look::arrow(line).map(|corners| corners.map(point)) {
        let _ = write!(out, "<path class=\"arrow\" d=\"M{tip}L{left}L{right}Z\"/>");
    }
}
