//! How long it takes to place graphs, with Graphviz's `dot` beside it where that is installed: what matters is the
//! ratio, and that the time per node does not grow faster than n log n.

#[path = "../examples/neutral/mod.rs"]
#[expect(dead_code, reason = "the ids are for those who write drawings down")]
mod neutral;

use bpdoc::figure::place::{Engine, Flow, Size, SizedEdge, SizedGraph, SizedNode, place};
use divan::Bencher;
use divan::counter::ItemsCount;
use mimalloc::MiMalloc;
use std::fmt::Write as _;
use std::io::Write as _;
use std::process::{Command, Stdio};

/// The allocator of the program.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

const SIZES: [usize; 4] = [1_000, 3_000, 10_000, 30_000];
/// Graphs as they stand in lecture notes, nearly all of them with a label on every edge.
const TEACHING: &str = include_str!("teaching.jsonl");

fn main() {
    divan::main();
}

/// A graph of boxes without labels.
fn boxes(count: usize, edges: &[(usize, usize)]) -> SizedGraph {
    SizedGraph {
        flow: Flow::Right,
        nodes: vec![SizedNode { size: Size { w: 62.0, h: 48.0 }, ..SizedNode::default() }; count],
        edges: edges.iter().map(|&(from, to)| SizedEdge { from, to, label: None }).collect(),
        ..SizedGraph::default()
    }
}

/// A teaching graph with its name, placed one way.
#[derive(Clone)]
struct Teaching {
    name: String,
    graph: SizedGraph,
}

impl std::fmt::Display for Teaching {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.name)
    }
}

/// Every teaching graph, to the right and down.
fn teaching() -> Vec<Teaching> {
    let graphs = neutral::read(TEACHING).expect("the graphs are neutral graphs");
    let flows = [(Flow::Right, "right"), (Flow::Down, "down")];
    let turned = flows.into_iter().flat_map(|(flow, way)| {
        graphs.iter().map(move |named| Teaching {
            name: format!("{} {way}", named.id),
            graph: SizedGraph { flow, ..named.graph.clone() },
        })
    });
    turned.collect()
}

/// A multilayer perceptron number by number: a weight and a product for each link, a sum and an activation for each unit.
fn network(widths: &[usize]) -> (usize, Vec<(usize, usize)>) {
    let mut count = widths[0];
    let mut edges = Vec::new();
    let mut below: Vec<usize> = (0..count).collect();
    for &width in &widths[1..] {
        let mut units = Vec::new();
        for _ in 0..width {
            let sum = count + 2 * below.len();
            for (i, &input) in below.iter().enumerate() {
                let (weight, product) = (count + 2 * i, count + 2 * i + 1);
                edges.extend([(weight, product), (input, product), (product, sum)]);
            }
            edges.push((sum, sum + 1));
            units.push(sum + 1);
            count = sum + 2;
        }
        below = units;
    }
    (count, edges)
}

/// A perceptron of about so many nodes.
fn perceptron(nodes: usize) -> SizedGraph {
    let width = ((nodes as f64 / 8.0).sqrt().round() as usize).max(1);
    let (count, edges) = network(&[width; 5]);
    boxes(count, &edges)
}

/// A graph in layers of which most edges join neighbours, and some pass a layer or two.
fn layered(nodes: usize) -> SizedGraph {
    let mut state = 7_u64;
    let mut below = |bound: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % bound
    };
    let layers = ((nodes as f64).sqrt() * 0.9) as usize;
    let first_of = |layer: usize| layer * nodes / layers;
    let mut edges = Vec::new();
    for layer in 1..layers {
        for head in first_of(layer)..first_of(layer + 1) {
            for _ in 0..1 + usize::from(below(4) > 0) {
                let span = [1, 1, 1, 1, 2, 3][below(6)].min(layer);
                let (start, end) = (first_of(layer - span), first_of(layer - span + 1));
                edges.push((start + below(end - start), head));
            }
        }
    }
    boxes(nodes, &edges)
}

#[divan::bench(args = teaching())]
fn teaching_by_bpdoc(bencher: Bencher<'_, '_>, teaching: &Teaching) {
    bencher.bench(|| place(&teaching.graph, Engine::Bpdoc));
}

#[divan::bench(args = teaching())]
fn teaching_by_layout_rs(bencher: Bencher<'_, '_>, teaching: &Teaching) {
    bencher.bench(|| place(&teaching.graph, Engine::LayoutRs));
}

/// The same graph, this many times in one process, so that starting `dot` does not count.
const COPIES: usize = 100;

#[divan::bench(args = teaching(), sample_count = 5, sample_size = 1, ignore = dot_is_missing())]
fn teaching_by_dot(bencher: Bencher<'_, '_>, teaching: &Teaching) {
    let text = in_dot(&teaching.graph).repeat(COPIES);
    bencher.counter(ItemsCount::new(COPIES)).bench(|| run_dot(&text));
}

#[divan::bench(args = SIZES, sample_count = 3, sample_size = 1)]
fn layered_by_bpdoc(bencher: Bencher<'_, '_>, nodes: usize) {
    let graph = layered(nodes);
    bencher.counter(ItemsCount::new(nodes)).bench(|| place(&graph, Engine::Bpdoc));
}

#[divan::bench(args = SIZES, sample_count = 3, sample_size = 1)]
fn perceptron_by_bpdoc(bencher: Bencher<'_, '_>, nodes: usize) {
    let graph = perceptron(nodes);
    bencher.counter(ItemsCount::new(nodes)).bench(|| place(&graph, Engine::Bpdoc));
}

#[divan::bench(args = [1_000, 3_000], sample_count = 1, sample_size = 1)]
fn layered_by_dot(bencher: Bencher<'_, '_>, nodes: usize) {
    let text = in_dot(&layered(nodes));
    bencher.counter(ItemsCount::new(nodes)).bench(|| run_dot(&text));
}

#[divan::bench(args = [1_000, 3_000], sample_count = 1, sample_size = 1)]
fn perceptron_by_dot(bencher: Bencher<'_, '_>, nodes: usize) {
    let text = in_dot(&perceptron(nodes));
    bencher.counter(ItemsCount::new(nodes)).bench(|| run_dot(&text));
}

/// The graph in Graphviz's language, with the same sizes; 72 pixels are an inch.
fn in_dot(graph: &SizedGraph) -> String {
    let way = if graph.flow == Flow::Down { "TB" } else { "LR" };
    let mut text =
        format!("digraph {{\nrankdir={way}; splines=polyline; node [shape=box, fixedsize=true, label=\"\"];\n");
    for (i, node) in graph.nodes.iter().enumerate() {
        let _ = writeln!(text, "n{i} [width={}, height={}];", node.size.w / 72.0, node.size.h / 72.0);
    }
    for edge in &graph.edges {
        let label = if edge.label.is_some() { " [label=\"-0.1234\"]" } else { "" };
        let _ = writeln!(text, "n{} -> n{}{label};", edge.from, edge.to);
    }
    text.push_str("}\n");
    text
}

/// Without dot nothing is measured beside.
fn dot_is_missing() -> bool {
    Command::new("dot").arg("-V").output().is_err()
}

fn run_dot(text: &str) {
    let mut dot =
        Command::new("dot").arg("-Tplain").stdin(Stdio::piped()).stdout(Stdio::null()).spawn().expect("dot runs");
    if let Some(mut stdin) = dot.stdin.take() {
        stdin.write_all(text.as_bytes()).expect("dot reads its input");
    }
    dot.wait().expect("dot ends");
}
