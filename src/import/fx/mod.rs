//! Graphs that `torch.fx` has traced, as JSON (docs/import.md). In: the text of one; out: the neutral model, and what each
//! of PyTorch's functions is in bpdoc's ops.

pub(super) mod ops;
mod shape_ops;

use super::draft::room_of;
use super::model::{Argument, Constant, Extent, Input, Kind, Model, Node};
use super::{MOST_NODES, MOST_OPERANDS, name, too_many_nodes, too_many_operands};
use crate::lang::{Text, text};
use crate::tensor::{MAX_RANK, Shape, Tensor};
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// What stands in `format`.
const FORMAT: &str = "bpdoc-torch-fx";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    format: String,
    version: u32,
    #[serde(default)]
    name: String,
    inputs: Vec<InputEntry>,
    #[serde(default)]
    tensors: BTreeMap<String, TensorEntry>,
    nodes: Vec<NodeEntry>,
    outputs: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct InputEntry {
    name: String,
    shape: Vec<Option<usize>>,
    #[serde(default)]
    dtype: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TensorEntry {
    shape: Vec<usize>,
    #[serde(default)]
    dtype: String,
    values: Vec<f64>,
    #[serde(default)]
    buffer: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NodeEntry {
    name: String,
    op: String,
    #[serde(default)]
    module: String,
    #[serde(default)]
    args: Vec<Value>,
    #[serde(default)]
    kwargs: BTreeMap<String, Value>,
}

/// Reads a file; a model may hold `most` numbers.
pub(super) fn read(bytes: &[u8], most: usize) -> Result<Model, Text> {
    let file: File = serde_json::from_slice(bytes).map_err(|why| {
        text(
            format!("torch-fx JSON으로 읽을 수 없습니다: {why}"),
            format!("this cannot be read as torch-fx JSON: {why}"),
        )
    })?;
    if file.format != FORMAT || file.version != 1 {
        let (format, version) = (file.format, file.version);
        return Err(text(
            format!("`format`은 `{FORMAT}`, `version`은 1이어야 하는데 `{format}`, {version}입니다"),
            format!("`format` must be `{FORMAT}` and `version` 1; they are `{format}` and {version}"),
        ));
    }
    if file.nodes.len() > MOST_NODES {
        return Err(too_many_nodes(file.nodes.len()));
    }
    let mut model = Model { name: file.name, origin: "torch.fx".to_owned(), outputs: file.outputs, ..Model::default() };
    for entry in file.inputs {
        let extent = |n: Option<usize>| n.filter(|n| *n > 0).map_or(Extent::Open(String::new()), Extent::Fixed);
        let extents = entry.shape.into_iter().map(extent).collect();
        model.inputs.push(Input { name: entry.name, extents, kind: kind_of(&entry.dtype) });
    }
    for (name, entry) in file.tensors {
        if entry.buffer {
            model.buffers.insert(name.clone());
        }
        let constant = constant(entry, most)
            .map_err(|why| text(format!("텐서 `{name}`: {}", why.ko), format!("the tensor `{name}`: {}", why.en)))?;
        model.tensors.insert(name, constant);
    }
    for entry in file.nodes {
        model.nodes.push(node(entry)?);
    }
    Ok(model)
}

fn kind_of(dtype: &str) -> Kind {
    match dtype {
        "bool" => Kind::Flag,
        dtype if dtype.starts_with("int") || dtype.starts_with("uint") => Kind::Integer,
        _ => Kind::Float,
    }
}

fn constant(entry: TensorEntry, most: usize) -> Result<Constant, Text> {
    let shape = Shape::from(entry.shape);
    if shape.rank() > MAX_RANK || room_of(&shape) > most || entry.values.len() != shape.len() {
        let found = entry.values.len();
        return Err(text(
            format!(
                "형상 {shape}와 수 {found}개가 맞지 않거나 너무 큽니다. 축은 {MAX_RANK}개, 수는 {most}개까지입니다"
            ),
            format!(
                "its shape {shape} and its {found} numbers do not fit or are too many: {MAX_RANK} axes and {most} numbers are the most"
            ),
        ));
    }
    Ok(Constant { value: Tensor::new(&shape, entry.values), kind: kind_of(&entry.dtype) })
}

fn node(entry: NodeEntry) -> Result<Node, Text> {
    let called = entry.name.clone();
    let read = |value: &Value| {
        argument(value).ok_or_else(|| {
            text(
                format!("노드 `{called}`: 이 형식에 없는 인자 `{value}`"),
                format!("the node `{called}`: the argument `{value}` is none of this format"),
            )
        })
    };
    let arguments = entry.args.iter().map(read).collect::<Result<Vec<Argument>, _>>()?;
    let mut keywords = Vec::with_capacity(entry.kwargs.len());
    for (keyword, value) in &entry.kwargs {
        keywords.push((keyword.clone(), read(value)?));
    }
    if arguments.iter().map(|argument| argument.values().len().max(1)).sum::<usize>() > MOST_OPERANDS {
        return Err(too_many_operands(&called));
    }
    // `relu_` is `relu` in place, `__radd__` is `add`: in a graph there is no difference.
    let op = entry.op.rsplit('.').next().unwrap_or_default();
    let op = if op.starts_with('_') { op } else { op.trim_end_matches('_') };
    Ok(Node {
        scope: name::scope(std::iter::once(entry.module.as_str())),
        outputs: vec![entry.name.clone()],
        name: entry.name,
        op: op.to_owned(),
        arguments,
        keywords,
    })
}

fn argument(value: &Value) -> Option<Argument> {
    Some(match value {
        Value::Null => Argument::Missing,
        Value::Bool(flag) => Argument::Flag(*flag),
        Value::Number(x) => Argument::Number(x.as_f64()?),
        Value::String(word) => Argument::Word(word.clone()),
        Value::Array(list) => Argument::List(list.iter().map(argument).collect::<Option<_>>()?),
        Value::Object(fields) => match fields.iter().next().filter(|_| fields.len() == 1)? {
            (key, Value::String(name)) if key == "value" => Argument::Value(name.clone()),
            (key, Value::String(word)) if key == "float" => Argument::Number(match word.as_str() {
                "inf" => f64::INFINITY,
                "-inf" => f64::NEG_INFINITY,
                _ => return None,
            }),
            (key, Value::Bool(true)) if key == "ellipsis" => Argument::Ellipsis,
            (key, Value::Array(bounds)) if key == "slice" && bounds.len() == 3 => {
                let range: [Argument; 3] = bounds.iter().map(argument).collect::<Option<Vec<_>>>()?.try_into().ok()?;
                Argument::Range(Box::new(range))
            }
            _ => return None,
        },
    })
}
