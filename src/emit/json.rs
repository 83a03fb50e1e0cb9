//! JSON with full precision.

use crate::graph::{Run, hessian, tangents};
use crate::tensor::{Shape, Tensor};
use petgraph::graph::NodeIndex;
use serde_json::{Map, Value, json as object};

/// What may be added to the JSON.
#[derive(Clone, Copy, Debug, Default)]
pub struct Extras {
    /// Forward mode: for each node its derivative by each input.
    pub tangents: bool,
    /// Second derivatives of the output by every pair of inputs.
    pub hessian: bool,
}

/// The run as JSON: `{"output", "nodes", "edges"}`, captions in the language at position `language`.
///
/// Numbers that JSON lacks are the strings `"NaN"`, `"Infinity"` and `"-Infinity"`. A constant's `grad` is null.
pub fn json(run: &Run, language: usize, extras: Extras) -> String {
    let graph = &run.graph;
    let names = |list: &[NodeIndex]| list.iter().map(|n| name(run, *n)).collect::<Vec<_>>();
    let mut nodes: Map<String, Value> = graph
        .named()
        .map(|index| {
            let node = &graph.dag[index];
            let entry = object!({
                "op": node.op_word(),
                "inputs": names(&graph.operands(index)),
                "shape": node.shape.0.as_slice(),
                "value": nested(run.value(index)),
                "grad": run.grad(index).map_or(Value::Null, |grad| nested(&grad)),
                "caption": graph.caption_of(index, language),
            });
            (graph.name(index).to_owned(), entry)
        })
        .collect();
    if extras.tangents {
        add_tangents(run, &mut nodes);
    }
    let output = graph.outputs.first().map_or(Value::Null, |output| Value::String(name(run, *output)));
    let mut whole = object!({ "output": output, "nodes": nodes, "edges": edges(run) });
    if extras.hessian {
        let (leaves, rows) = hessian(run);
        whole["hessian"] = rows.iter().map(|row| row.iter().map(|x| number(*x)).collect::<Value>()).collect();
        whole["hessian_wrt"] = names(&leaves).into();
    }
    format!("{whole:#}\n")
}

/// The name of a node; a literal goes by its digits.
fn name(run: &Run, node: NodeIndex) -> String {
    match (run.graph.name(node), run.value(node).as_scalar()) {
        ("", Some(x)) => crate::num::plain(x, crate::num::EXACT),
        ("", None) => "const".to_owned(),
        (name, _) => name.to_owned(),
    }
}

/// d(child)/d(parent) of every edge between scalars, summed where a child has the same parent twice.
fn edges(run: &Run) -> Map<String, Value> {
    let graph = &run.graph;
    let mut sums: Vec<(String, f64)> = Vec::new();
    for child in graph.named() {
        for (edge, parent) in graph.operand_edges(child) {
            let Some(local) = run.locals[edge.index()].and_then(|local| run.value(local).as_scalar()) else { continue };
            if graph.name(parent).is_empty() || graph.dag[child].shape.rank() + graph.dag[parent].shape.rank() > 0 {
                continue;
            }
            let key = format!("{}/{}", graph.name(child), graph.name(parent));
            match sums.last_mut().filter(|(last, _)| *last == key) {
                Some((_, sum)) => *sum += local,
                None => sums.push((key, local)),
            }
        }
    }
    sums.into_iter().map(|(key, sum)| (key, number(sum))).collect()
}

fn add_tangents(run: &Run, nodes: &mut Map<String, Value>) {
    let sources: Vec<NodeIndex> = run
        .graph
        .named()
        .filter(|i| run.graph.is_variable(*i) && run.graph.dag[*i].op_word() != "const")
        .filter(|i| run.graph.operands(*i).is_empty())
        .collect();
    for source in sources {
        let seed = Tensor::filled(&run.graph.dag[source].shape, 1.0);
        let by = run.graph.name(source).to_string();
        for (node, tangent) in tangents(run, source, &seed) {
            let entry = &mut nodes[run.graph.name(node)]["tangent"];
            if !entry.is_object() {
                *entry = Value::Object(Map::new());
            }
            entry[&by] = nested(&tangent);
        }
    }
}

fn number(x: f64) -> Value {
    match x {
        x if x.is_nan() => "NaN".into(),
        f64::INFINITY => "Infinity".into(),
        f64::NEG_INFINITY => "-Infinity".into(),
        x => x.into(),
    }
}

fn nested(tensor: &Tensor) -> Value {
    fn level(shape: &[usize], elements: &mut impl Iterator<Item = f64>) -> Value {
        match shape.split_first() {
            None => elements.next().map_or(Value::Null, number),
            Some((&n, rest)) => (0..n).map(|_| level(rest, elements)).collect(),
        }
    }
    let Shape(extents) = tensor.shape();
    level(&extents, &mut tensor.elements().iter().copied())
}
