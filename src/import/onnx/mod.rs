//! ONNX files. In: the bytes of one; out: the neutral model, and what each of ONNX's ops is in bpdoc's. This room alone
//! knows protobuf.

mod layer_ops;
mod message;
pub(super) mod ops;
mod shape_ops;
mod tensor;

use super::model::{Argument, Extent, Input, Model, Node};
use super::{Beside, MOST_NODES, MOST_OPERANDS, too_many_nodes, too_many_operands};
use crate::import::name;
use crate::lang::{Text, text};
use prost::Message;
use prost::bytes::Bytes;
use std::collections::HashSet;

/// The first version of the set of ops whose operands broadcast as in NumPy.
const OLDEST: i64 = 7;

/// Reads a file; a model may hold `most` numbers.
pub(super) fn read(bytes: Vec<u8>, most: usize, beside: Beside<'_>) -> Result<Model, Text> {
    let file = message::Model::decode(Bytes::from(bytes)).map_err(|why| not_onnx(&why))?;
    let Some(graph) = file.graph else {
        return Err(text("ONNX 모델이 아닙니다: 그래프가 없습니다", "this is no ONNX model: it holds no graph"));
    };
    let graph = message::Graph::decode(graph).map_err(|why| not_onnx(&why))?;
    let lists = [&graph.nodes, &graph.initializers, &graph.inputs, &graph.outputs];
    if let Some(list) = lists.into_iter().find(|list| list.len() > MOST_NODES) {
        return Err(too_many_nodes(list.len()));
    }
    let opset = file.opsets.iter().find(|opset| is_own(&opset.domain)).map_or(1, |opset| opset.version);
    if opset < OLDEST {
        return Err(text(
            format!("연산 집합이 {opset}판입니다. {OLDEST}판부터 읽습니다"),
            format!("its ops are those of version {opset}; versions from {OLDEST} on are read"),
        ));
    }
    let mut model = Model { origin: format!("ONNX, opset {opset}"), name: graph.name, opset, ..Model::default() };
    read_tensors(&graph.initializers, most, beside, &mut model)?;
    for bytes in graph.inputs {
        let info = message::ValueInfo::decode(bytes).map_err(|why| not_onnx(&why))?;
        // Old files list stored tensors among the inputs, too.
        if !model.tensors.contains_key(&info.name) {
            model.inputs.push(input(info)?);
        }
    }
    for bytes in graph.outputs {
        model.outputs.push(message::ValueInfo::decode(bytes).map_err(|why| not_onnx(&why))?.name);
    }
    let mut left = most;
    for bytes in graph.nodes {
        let node = message::Node::decode(bytes).map_err(|why| not_onnx(&why))?;
        model.nodes.push(read_node(node, &mut left, beside)?);
    }
    Ok(model)
}

fn not_onnx(why: &prost::DecodeError) -> Text {
    text(format!("ONNX 모델로 읽을 수 없습니다: {why}"), format!("this cannot be read as an ONNX model: {why}"))
}

fn is_own(domain: &str) -> bool {
    matches!(domain, "" | "ai.onnx")
}

fn read_tensors(messages: &[Bytes], most: usize, beside: Beside<'_>, model: &mut Model) -> Result<(), Text> {
    let mut left = most;
    for bytes in messages {
        let message = message::Tensor::decode(bytes.clone()).map_err(|why| not_onnx(&why))?;
        let constant = tensor::read(&message, left, beside).map_err(|why| {
            let name = &message.name;
            text(format!("저장된 텐서 `{name}`: {}", why.ko), format!("the stored tensor `{name}`: {}", why.en))
        })?;
        left -= constant.value.elements().len();
        model.tensors.insert(message.name, constant);
    }
    Ok(())
}

fn input(info: message::ValueInfo) -> Result<Input, Text> {
    let name = info.name;
    let Some(tensor) = info.kind.and_then(|kind| kind.tensor) else {
        return Err(text(
            format!("입력 `{name}`: 텐서가 아니어서 나타낼 수 없습니다"),
            format!("the input `{name}` is no tensor and cannot be expressed"),
        ));
    };
    let kind = tensor::kind_of(tensor.element)
        .map_err(|why| text(format!("입력 `{name}`: {}", why.ko), format!("the input `{name}`: {}", why.en)))?;
    let Some(shape) = tensor.shape else {
        return Err(text(
            format!("입력 `{name}`: 형상이 적혀 있지 않습니다"),
            format!("the model does not state the shape of the input `{name}`"),
        ));
    };
    let extent = |dim: message::Dimension| match dim.value.map(usize::try_from) {
        Some(Ok(n)) if n > 0 => Extent::Fixed(n),
        _ => Extent::Open(dim.symbol.unwrap_or_default()),
    };
    Ok(Input { name, extents: shape.dims.into_iter().map(extent).collect(), kind })
}

fn read_node(node: message::Node, left: &mut usize, beside: Beside<'_>) -> Result<Node, Text> {
    if node.attributes.len().max(node.inputs.len()).max(node.outputs.len()) > MOST_OPERANDS {
        return Err(too_many_operands(if node.name.is_empty() { &node.op } else { &node.name }));
    }
    let mut keywords = Vec::with_capacity(node.attributes.len());
    for bytes in node.attributes {
        let attribute = message::Attribute::decode(bytes).map_err(|why| not_onnx(&why))?;
        let name = attribute.name.clone();
        let value = argument(attribute, left, beside).map_err(|why| {
            let called = if node.name.is_empty() { &node.op } else { &node.name };
            text(
                format!("노드 `{called}`의 속성 `{name}`: {}", why.ko),
                format!("the attribute `{name}` of the node `{called}`: {}", why.en),
            )
        })?;
        keywords.push((name, value));
    }
    let value = |name: String| if name.is_empty() { Argument::Missing } else { Argument::Value(name) };
    // The op of another set is told apart by that set's name.
    let op = if is_own(&node.domain) { node.op } else { format!("{}::{}", node.domain, node.op) };
    Ok(Node {
        scope: scope(&node.name, &node.metadata),
        name: node.name,
        op,
        arguments: node.inputs.into_iter().map(value).collect(),
        keywords,
        outputs: node.outputs,
    })
}

fn argument(attribute: message::Attribute, left: &mut usize, beside: Beside<'_>) -> Result<Argument, Text> {
    let numbers = |list: Vec<f64>| Argument::List(list.into_iter().map(Argument::Number).collect());
    let word = |bytes: Option<Bytes>| Argument::Word(String::from_utf8_lossy(&bytes.unwrap_or_default()).into_owned());
    Ok(match attribute.kind {
        1 => Argument::Number(attribute.float.unwrap_or_default().into()),
        2 => Argument::Number(attribute.integer.unwrap_or_default() as f64),
        3 => word(attribute.word),
        4 => {
            let constant = tensor::read(&attribute.tensor.unwrap_or_default(), *left, beside)?;
            *left -= constant.value.elements().len();
            Argument::Tensor(constant)
        }
        6 => numbers(attribute.floats.into_iter().map(f64::from).collect()),
        7 => numbers(attribute.integers.into_iter().map(|n| n as f64).collect()),
        // Lists of words, graphs and what else there is: no op that can be expressed needs them.
        _ => Argument::Missing,
    })
}

/// The modules that a node stands in, from its name (`/layer1/conv/Conv`) or from what newer exporters write beside it:
/// `['', 'layer1', 'layer1.conv', 'conv2d']`.
fn scope(name: &str, metadata: &[message::Entry]) -> Vec<String> {
    if let Some(entry) = metadata.iter().find(|entry| entry.key == "pkg.torch.onnx.name_scopes") {
        let parts: Vec<&str> =
            entry.value.trim_matches(['[', ']']).split(',').map(|part| part.trim().trim_matches(['\'', '"'])).collect();
        return name::scope(parts[..parts.len() - 1].iter().copied());
    }
    match name.rsplit_once('/') {
        Some((modules, _)) => name::scope(modules.split('/')),
        None => name.rsplit_once('.').map_or_else(Vec::new, |(modules, _)| name::scope(modules.split('.'))),
    }
}

/// Whether the file names an op's results twice.
pub(super) fn repeated_result(model: &Model) -> Option<&str> {
    let mut seen = HashSet::new();
    let results = model.nodes.iter().flat_map(|node| &node.outputs).filter(|name| !name.is_empty());
    results.map(String::as_str).find(|name| !seen.insert(*name))
}
