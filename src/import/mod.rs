//! Models of other tools. In: the bytes of an ONNX file, or of a graph that `torch.fx` has traced; out: the text of a
//! graph block that computes the same. Both are read into one neutral model; its ops are looked up in a table for each
//! tool and drawn up in bpdoc's own; what is drawn up is ordered, named and written. This room does not know files on
//! the disk, and leaves it to `graph` to run the block.

mod draft;
mod fx;
mod layers;
mod model;
mod name;
mod onnx;
mod order;
mod plan;
mod site;
mod translation;
mod write;

use crate::diag::{Checked, Diagnostic};
use crate::expr::{Cursor, Expr, PartKind, lex, parse, plain};
use crate::lang::{Text, text};
use crate::settings::Limits;
use crate::tensor::Tensor;
use model::Model;
use plan::{order_of, paths_of};
use translation::Translation;

/// What a model is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// An ONNX file.
    Onnx,
    /// A graph that `torch.fx` has traced, as JSON (docs/import.md).
    TorchFx,
}

/// What the person who imports chooses.
#[derive(Clone, Debug, Default)]
pub struct Choices {
    /// Values for inputs: name, the numbers, and how they are written in the block.
    pub inputs: Vec<(String, Tensor, String)>,
    /// Extents for what the model leaves open, by the model's name for them.
    pub extents: Vec<(String, usize)>,
    /// What stands for large parameters.
    pub weights: Weights,
}

/// What is written for the parameters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Weights {
    /// Their own numbers.
    #[default]
    Exact,
    /// For all but the small ones random numbers of the same mean and deviation.
    Random,
}

/// Reads from a file in the model's folder: its path there, where to begin, how many bytes.
pub type Beside<'a> = &'a dyn Fn(&str, u64, usize) -> Result<Vec<u8>, Text>;

/// A model may have so many nodes, tensors and inputs.
const MOST_NODES: usize = 10_000;

/// A node may have so many operands, attributes and results.
const MOST_OPERANDS: usize = 1_000;

/// The text of a block that computes what a model does. Where that cannot be expressed, the text is empty and the
/// diagnostics say why, each node's reason by itself.
pub fn import(
    format: Format,
    bytes: Vec<u8>,
    choices: &Choices,
    limits: Limits,
    beside: Beside<'_>,
) -> Checked<String> {
    let read = match format {
        Format::Onnx => onnx::read(bytes, limits.elements, beside),
        Format::TorchFx => fx::read(&bytes, limits.elements),
    };
    let refused = |code, why| Checked { value: String::new(), diagnostics: vec![Diagnostic::error(code, 0..0, why)] };
    let model = match read {
        Ok(model) => model,
        Err(why) => return refused("not-a-model", why),
    };
    let order = match order_of(&model) {
        Ok(order) => order,
        Err(why) => return refused("broken-model", why),
    };
    let mut translation = match Translation::begin(&model, choices, limits) {
        Ok(translation) => translation,
        Err(why) => return refused("wrong-input", why),
    };
    let paths = paths_of(&model, &order);
    for (node, path) in order.iter().zip(paths) {
        translation.node(format, &model.nodes[*node], model.opset, &path);
    }
    let outputs = translation.outputs(&model);
    if !translation.log.is_empty() {
        return Checked { value: String::new(), diagnostics: translation.log };
    }
    match write::block(&translation.draft, &outputs, &caption(&model), choices.weights) {
        Ok(text) => Checked::fine(text),
        Err(why) => refused("not-expressible", why),
    }
}

/// The ops of a tool that can be expressed, by the tool's names for them.
pub fn ops(format: Format) -> Vec<&'static str> {
    match format {
        Format::Onnx => onnx::ops::names().collect(),
        Format::TorchFx => fx::ops::names().collect(),
    }
}

/// The numbers that a literal of the notes' language stands for, and how it is written in a block.
pub fn literal(written: &str) -> Result<(Tensor, String), Text> {
    let mut log = Vec::new();
    let lexemes = lex(written, 0, &mut log);
    let mut cursor = Cursor::new(&lexemes, written.len());
    let expr = parse(&mut cursor, &mut log);
    let why = log.first().map(|diagnostic| (*diagnostic.message).clone());
    match (why, expr.as_literal(), cursor.peek()) {
        (None, Some(value), None) => Ok((value.clone(), written.split_whitespace().collect::<Vec<_>>().join(" "))),
        (why, ..) => Err(why.unwrap_or_else(|| {
            text(
                "수, 목록, `normal(2, 3, seed=1)` 가운데 하나여야 합니다",
                "it must be a number, a list, or a call such as `normal(2, 3, seed=1)`",
            )
        })),
    }
}

/// Numbers as a literal of the notes' language.
pub fn as_literal(value: &Tensor) -> String {
    let mut expr = Expr::default();
    expr.push(PartKind::Literal(value.clone()), 0..0);
    plain(&expr)
}

fn too_many_nodes(found: usize) -> Text {
    text(
        format!("모델이 너무 큽니다. 노드, 텐서, 입력은 {MOST_NODES}개까지인데 {found}개가 있습니다"),
        format!("the model is too large: {MOST_NODES} nodes, tensors or inputs are the most, and it has {found}"),
    )
}

fn too_many_operands(node: &str) -> Text {
    text(
        format!("노드 `{node}`: 피연산자, 속성, 결과는 {MOST_OPERANDS}개까지입니다"),
        format!("the node `{node}`: {MOST_OPERANDS} operands, attributes and results are the most"),
    )
}

fn caption(model: &Model) -> String {
    let origin = &model.origin;
    let plain = |name: &str| name.replace(['|', '`'], " ");
    match plain(&model.name).trim() {
        // What exporters call every graph.
        "" | "main_graph" | "main" | "graph" | "torch_jit" | "torch-jit-export" => {
            format!("{origin} 모델의 계산 그래프 | The computational graph of a model ({origin})")
        }
        name => format!("{name}의 계산 그래프({origin}) | The computational graph of {name} ({origin})"),
    }
}
