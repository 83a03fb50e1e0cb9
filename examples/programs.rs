//! Writes graphs as programs of the frameworks, with the numbers that they should print: one JSON object a line, for the
//! examples of all ops, what those have for second derivatives, the graph blocks of a project, and blocks in files.
//! `cargo run --example programs -- PROJECT BLOCK.txt... > programs.jsonl`

use bpdoc::diag::Checked;
use bpdoc::emit::{Framework, code};
use bpdoc::graph::{Backward, Kind, Run};
use bpdoc::lang::Tongue;
use bpdoc::ops::{self, Family};
use bpdoc::settings::Limits;
use bpdoc::tensor::Tensor;
use bpdoc::{project, run_block};
use petgraph::graph::NodeIndex;
use serde_json::{Map, Value, json};
use std::error::Error;
use std::io::Write;
use std::path::{Path, PathBuf};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args_os().skip(1).map(PathBuf::from);
    let project = arguments.next().unwrap_or_else(|| ".".into());
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    for op in ops::table().filter(|op| op.family != Family::Rule) {
        for (i, block) in op.examples.iter().enumerate() {
            let id = format!("op {}, example {}", op.name, i + 1);
            let run = run_block(block, Limits::default()).value;
            if let Some(second) = second_derivatives(block, &run) {
                write(&mut out, &format!("{id}, second derivatives"), &second)?;
            }
            write(&mut out, &id, &run)?;
        }
    }
    let Checked { value: project, .. } = project::load(&project).map_err(|_| "cannot read the project")?;
    for (id, run) in bpdoc::graphs_of(&project) {
        write(&mut out, &id, &run)?;
    }
    for file in arguments {
        let Checked { value: run, diagnostics } = run_block(&std::fs::read_to_string(&file)?, Limits::default());
        if bpdoc::diag::has_errors(&diagnostics) {
            return Err(format!("{}: {:?}", file.display(), diagnostics[0].message.en).into());
        }
        write(&mut out, &Path::new(&file).display().to_string(), &run)?;
    }
    Ok(())
}

/// The block with the sum of the squares of all its derivatives in place of its output, if that has a meaning: all rules of
/// the op then stand in the forward pass, and those of the rules in the backward pass.
fn second_derivatives(block: &str, run: &Run) -> Option<Run> {
    let backward = run.backward.first()?;
    let is_leaf =
        |node: &NodeIndex| matches!(run.graph.dag[*node].kind, Kind::Leaf(..)) && run.graph.is_variable(*node);
    let output = run.graph.name(backward.output);
    let reached = |node: &NodeIndex| backward.adjoints.get(node.index()).is_some_and(Option::is_some);
    let terms: Vec<String> = run
        .graph
        .named()
        .filter(|node| is_leaf(node) && reached(node) && run.graph.name(*node) != output)
        .map(|node| format!("sum(square(grad({output}, {})))", run.graph.name(node)))
        .collect();
    if terms.is_empty() || run.graph.dag[backward.output].shape.rank() > 0 {
        return None;
    }
    let claims = |line: &&str| !line.starts_with("expect");
    let text: Vec<&str> = block.lines().filter(claims).collect();
    let Checked { value, diagnostics } =
        run_block(&format!("{}\nsecond = {}", text.join("\n"), terms.join(" + ")), Limits::default());
    // At kinks second derivatives mean nothing.
    diagnostics.is_empty().then_some(value)
}

fn write(out: &mut impl Write, id: &str, run: &Run) -> Result<(), Box<dyn Error>> {
    let values: Map<String, Value> =
        run.graph.named().map(|node| (run.graph.name(node).to_owned(), nested(run.value(node)))).collect();
    let gradients: Map<String, Value> =
        run.backward.iter().map(|b| (run.graph.name(b.output).to_owned(), gradients_in(run, b))).collect();
    let leaves: Vec<&str> = run
        .graph
        .named()
        .filter(|node| matches!(run.graph.dag[*node].kind, Kind::Leaf(..)) && run.graph.is_variable(*node))
        .map(|node| run.graph.name(node))
        .collect();
    let programs: Map<String, Value> = Framework::ALL
        .into_iter()
        .map(|framework| (framework.name().to_owned(), code(run, framework, Tongue::En, 1).into()))
        .collect();
    let all = json!({ "id": id, "leaves": leaves, "values": values, "gradients": gradients, "programs": programs });
    writeln!(out, "{all}")?;
    Ok(())
}

fn gradients_in(run: &Run, backward: &Backward) -> Value {
    let of = |node| Some((run.graph.name(node).to_owned(), nested(&run.grad_in(backward, node)?)));
    Value::Object(run.graph.named().filter_map(of).collect())
}

fn nested(tensor: &Tensor) -> Value {
    fn level(extents: &[usize], elements: &[f64]) -> Value {
        match extents.split_first() {
            None => number(elements[0]),
            Some((_, inner)) => {
                let row = inner.iter().product::<usize>().max(1);
                elements.chunks(row).map(|row| level(inner, row)).collect()
            }
        }
    }
    level(&tensor.shape().0, tensor.elements())
}

/// What JSON lacks is a text.
fn number(x: f64) -> Value {
    if x.is_finite() { x.into() } else { format!("{x}").into() }
}
