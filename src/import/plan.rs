//! What is to be done with a model: which of its nodes, in which order, and what their results are called after.

use super::model::{Model, Node};
use super::{name, onnx};
use crate::lang::{Text, text};
use std::collections::{HashMap, HashSet};

/// The nodes that the outputs are made of, each behind what it needs.
pub(super) fn order_of(model: &Model) -> Result<Vec<usize>, Text> {
    if model.outputs.is_empty() {
        return Err(text("모델에 출력이 없습니다", "the model has no output"));
    }
    if let Some(name) = onnx::repeated_result(model) {
        return Err(text(format!("두 노드가 `{name}` 값을 만듭니다"), format!("two nodes make the value `{name}`")));
    }
    let makers: HashMap<&str, usize> = model
        .nodes
        .iter()
        .enumerate()
        .flat_map(|(place, node)| node.outputs.iter().map(move |output| (output.as_str(), place)))
        .collect();
    let maker = |name: &str| if name.is_empty() { None } else { makers.get(name).copied() };
    let mut order = Vec::new();
    // Whether a node has been begun, and whether it is done.
    let mut state = vec![(false, false); model.nodes.len()];
    for output in &model.outputs {
        let mut open: Vec<usize> = maker(output).into_iter().collect();
        while let Some(&node) = open.last() {
            if state[node].1 {
                open.pop();
                continue;
            }
            if std::mem::replace(&mut state[node].0, true) {
                state[node].1 = true;
                order.push(node);
                open.pop();
                continue;
            }
            for need in model.nodes[node].needs().filter_map(maker) {
                match state[need] {
                    (_, true) => {}
                    // Begun, and not done: what is open needs it, and it needs what is open.
                    (true, false) => {
                        let called = model.nodes[need].called();
                        return Err(text(
                            format!("노드 `{called}`: 자기 자신의 결과를 씁니다(순환)"),
                            format!("the node `{called}` needs its own result: the graph has a cycle"),
                        ));
                    }
                    (false, false) => open.push(need),
                }
            }
        }
    }
    // The order of the file, if it is one; else that in which they were found.
    let is_behind = |node: &usize| model.nodes[*node].needs().filter_map(maker).all(|need| need < *node);
    if order.iter().all(is_behind) {
        order.sort_unstable();
    }
    Ok(order)
}

/// The words that the name of each node's result is made of: the name of a result of the model; else the modules that it
/// stands in, with the op behind them where a module has several nodes; else the name of its value, or the op's.
pub(super) fn paths_of(model: &Model, order: &[usize]) -> Vec<Vec<String>> {
    let mut in_scope: HashMap<&[String], usize> = HashMap::new();
    order.iter().for_each(|node| *in_scope.entry(&model.nodes[*node].scope).or_default() += 1);
    let results: HashSet<&str> = model.outputs.iter().map(String::as_str).collect();
    let path = |node: &Node| {
        let output = node.outputs.first().map_or("", String::as_str);
        let op = node.op.rsplit("::").next().unwrap_or_default().to_lowercase();
        let own = node.name.rsplit(['/', '.']).next().unwrap_or_default().to_lowercase();
        let is_by_op = own.is_empty()
            || !name::is_telling(&own)
            || own.trim_end_matches(|c: char| c == '_' || c.is_ascii_digit()) == op;
        let modules = name::path(&node.scope.join("/"));
        let is_result = node.outputs.iter().any(|output| results.contains(output.as_str()));
        let mut path = match () {
            () if is_result && name::is_telling(output) && !output.contains(['/', ':']) => name::path(output),
            () if !modules.is_empty() && in_scope[node.scope.as_slice()] == 1 => modules,
            () if !modules.is_empty() => [modules, name::path(if is_by_op { &op } else { &own })].concat(),
            () if !is_by_op => name::path(&node.name),
            () if !output.contains(['/', ':']) && name::is_telling(output) => name::path(output),
            () => name::path(&op),
        };
        if path.is_empty() {
            path.push("v".to_owned());
        }
        path
    };
    order.iter().map(|node| path(&model.nodes[*node])).collect()
}
