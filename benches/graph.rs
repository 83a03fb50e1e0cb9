//! How long it takes to parse, build, differentiate and run scalar graphs of growing size. The time per node
//! must not grow with the size.

use bpdoc::graph::{self, Graph, Sheet};
use bpdoc::settings::Limits;
use divan::Bencher;
use divan::counter::ItemsCount;
use mimalloc::MiMalloc;
use std::fmt::Write;

/// The allocator of the program.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

const SIZES: [usize; 4] = [1_000, 10_000, 100_000, 1_000_000];
fn limits() -> Limits {
    Limits { nodes: 10_000_000, elements: 100_000_000, training: 0, drawn_nodes: 0, ..Limits::default() }
}

fn main() {
    divan::main();
}

/// A chain in which each node is made of the one before and of one of two leaves.
fn block(nodes: usize) -> String {
    let mut block = String::from("w = 0.5\nx = 0.25\na_2 = w\n");
    for i in 3..nodes {
        let before = i - 1;
        let _ = match i % 3 {
            0 => writeln!(block, "a_{i} = a_{before} * w"),
            1 => writeln!(block, "a_{i} = tanh(a_{before})"),
            _ => writeln!(block, "a_{i} = a_{before} + x"),
        };
    }
    block
}

fn sheet(nodes: usize) -> Sheet {
    graph::parse(&block(nodes)).value
}

fn built(nodes: usize) -> Graph {
    graph::build(&sheet(nodes), limits()).value
}

#[divan::bench(args = SIZES, sample_count = 10)]
fn parse(bencher: Bencher<'_, '_>, nodes: usize) {
    let block = block(nodes);
    bencher.counter(ItemsCount::new(nodes)).bench(|| graph::parse(&block));
}

#[divan::bench(args = SIZES, sample_count = 10)]
fn build_and_differentiate(bencher: Bencher<'_, '_>, nodes: usize) {
    let sheet = sheet(nodes);
    bencher.counter(ItemsCount::new(nodes)).bench(|| {
        let mut graph = graph::build(&sheet, limits()).value;
        let output = graph.outputs[0];
        let backward = graph::differentiate(&mut graph, output);
        (graph, backward)
    });
}

#[divan::bench(args = SIZES, sample_count = 10)]
fn differentiate(bencher: Bencher<'_, '_>, nodes: usize) {
    let graph = built(nodes);
    bencher.counter(ItemsCount::new(nodes)).with_inputs(|| graph.clone()).bench_values(|mut graph| {
        let output = graph.outputs[0];
        let backward = graph::differentiate(&mut graph, output);
        (graph, backward)
    });
}

#[divan::bench(args = SIZES, sample_count = 10)]
fn run(bencher: Bencher<'_, '_>, nodes: usize) {
    let graph = built(nodes);
    bencher.counter(ItemsCount::new(nodes)).with_inputs(|| graph.clone()).bench_values(graph::run);
}
