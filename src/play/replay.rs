//! What a reader's browser needs to replay a training: the parameters at many of its steps, and where two inputs span a
//! plane, what is to be shown over it. In: a training; out: JSON.

use crate::graph::{Kind, Run};
use crate::num;
use crate::train::{Moment, Training};
use petgraph::graph::NodeIndex;
use serde::Serialize;

#[derive(Serialize)]
struct Replay<'a> {
    /// The id of the figure whose parameters are replayed.
    figure: &'a str,
    /// The names of the parameters.
    leaves: Vec<&'a str>,
    moments: Vec<ReplayedMoment>,
    #[serde(skip_serializing_if = "Option::is_none")]
    plane: Option<Plane<'a>>,
}

#[derive(Serialize)]
struct ReplayedMoment {
    step: u64,
    loss: f64,
    /// The numbers of each parameter.
    numbers: Vec<Vec<f64>>,
}

/// The output over the plane of two inputs.
#[derive(Serialize)]
struct Plane<'a> {
    /// The inputs, a row for each example.
    input: &'a str,
    /// What the network says of each.
    output: &'a str,
    /// What it should say.
    #[serde(skip_serializing_if = "Option::is_none")]
    target: Option<&'a str>,
}

/// A replay is looked at, and the figure shows fewer digits than these.
const DIGITS: usize = 7;

/// The replay as JSON; `figure` is the id of the figure that shows the parameters.
pub fn replay(training: &Training, figure: &str) -> Option<String> {
    let run = &training.reported.last()?.run;
    let lengths: Vec<usize> = training.parameters.iter().map(|node| run.graph.dag[*node].shape.len()).collect();
    let moment = |Moment { step, loss, numbers }: &Moment| {
        let mut rest = numbers.as_slice();
        let mut own = |length: &usize| {
            let (own, further) = rest.split_at(*length);
            rest = further;
            own.iter().map(|x| shortened(*x)).collect()
        };
        ReplayedMoment { step: *step, loss: shortened(*loss), numbers: lengths.iter().map(&mut own).collect() }
    };
    let replay = Replay {
        figure,
        leaves: training.parameters.iter().map(|node| run.graph.name(*node)).collect(),
        moments: training.moments.iter().map(moment).collect(),
        plane: plane(training, run),
    };
    serde_json::to_string(&replay).ok()
}

/// The number without the digits that nobody sees.
fn shortened(x: f64) -> f64 {
    num::plain(x, DIGITS).parse().unwrap_or(x)
}

/// Examples of two numbers each, and the last node that says one number of each example from them and the parameters alone.
fn plane<'r>(training: &Training, run: &'r Run) -> Option<Plane<'r>> {
    let graph = &run.graph;
    let shape = |node: NodeIndex| graph.dag[node].shape.0.as_slice();
    let is_data = |node: NodeIndex| {
        matches!(graph.dag[node].kind, Kind::Leaf(..))
            && !training.parameters.contains(&node)
            && !shape(node).is_empty()
    };
    let data: Vec<NodeIndex> = graph.named().filter(|node| is_data(*node)).collect();
    let input = data.iter().copied().find(|node| matches!(shape(*node), [_, 2]))?;
    let others: Vec<NodeIndex> = data.iter().copied().filter(|node| *node != input).collect();
    let (from_input, from_others) = (reached(run, &[input]), reached(run, &others));
    let examples = shape(input)[0];
    let is_answer = |node: NodeIndex| matches!(shape(node), [n] | [n, 1] if *n == examples);
    let is_output = |node: &NodeIndex| is_answer(*node) && from_input[node.index()] && !from_others[node.index()];
    let output = graph.named().filter(|node| node.index() < graph.author_nodes).filter(is_output).last()?;
    let target = others.into_iter().find(|node| is_answer(*node));
    Some(Plane { input: graph.name(input), output: graph.name(output), target: target.map(|node| graph.name(node)) })
}

/// For each node whether it depends on one of these.
fn reached(run: &Run, sources: &[NodeIndex]) -> Vec<bool> {
    let mut reached = vec![false; run.graph.dag.node_count()];
    for node in run.graph.dag.node_indices() {
        reached[node.index()] =
            sources.contains(&node) || run.graph.operands(node).iter().any(|operand| reached[operand.index()]);
    }
    reached
}
