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
mod site;
mod write;

use crate::diag::{Checked, Diagnostic};
use crate::expr::{Cursor, Expr, PartKind, closest, lex, parse, plain};
use crate::graph::Role;
use crate::lang::{Text, text};
use crate::settings::Limits;
use crate::tensor::{Shape, Tensor};
use draft::{Content, Draft, Term, What};
use model::{Extent, Input, Kind, Model, Node};
use site::{Given, Refusal, Site, Values};
use std::collections::{HashMap, HashSet};

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
        translation.node(format, &model.nodes[*node], model.opset, path);
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
        format!("모델이 너무 큽니다. 노드, 텐서, 입력은 {MOST_NODES}개까지인데 노드가 {found}개입니다"),
        format!(
            "the model is too large: {MOST_NODES} nodes, tensors and inputs are the most, and it has {found} nodes"
        ),
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

/// The nodes that the outputs are made of, each behind what it needs.
fn order_of(model: &Model) -> Result<Vec<usize>, Text> {
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
                            format!("노드 `{called}`가 자기 자신의 결과를 씁니다(순환)"),
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
fn paths_of(model: &Model, order: &[usize]) -> Vec<Vec<String>> {
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

/// A model on its way to a draft.
struct Translation {
    draft: Draft,
    values: Values,
    log: Vec<Diagnostic>,
    /// The ops that cannot be expressed, each said once.
    unknown: HashSet<String>,
}

impl Translation {
    /// The inputs as leaves: with the values chosen for them; else with made-up ones that its caption names.
    fn begin(model: &Model, choices: &Choices, limits: Limits) -> Result<Self, Text> {
        for (name, ..) in &choices.inputs {
            if !model.inputs.iter().any(|input| input.name == *name) {
                return Err(unknown_input(name, model));
            }
        }
        for (name, _) in &choices.extents {
            let is_open = |extent: &Extent| *extent == Extent::Open(name.clone());
            if !model.inputs.iter().any(|input| input.extents.iter().any(is_open)) {
                return Err(text(
                    format!("모델에 열린 길이 `{name}`가 없습니다"),
                    format!("no extent that the model leaves open is called `{name}`"),
                ));
            }
        }
        let values = Values { tensors: model.tensors.clone(), buffers: model.buffers.clone(), ..Values::default() };
        let mut translation = Self { draft: Draft::new(limits), values, log: Vec::new(), unknown: HashSet::new() };
        let mut extents: HashMap<String, usize> = choices.extents.iter().cloned().collect();
        for input in &model.inputs {
            let chosen = choices.inputs.iter().find(|(name, ..)| *name == input.name);
            if let Some((_, value, _)) = chosen {
                bind_extents(input, &value.shape(), &mut extents)?;
            }
        }
        for (place, input) in model.inputs.iter().enumerate() {
            let chosen = choices.inputs.iter().find(|(name, ..)| *name == input.name);
            let term = translation.input(input, chosen.map(|(_, value, written)| (value, written)), &extents, place)?;
            translation.values.terms.insert(input.name.clone(), Some(term));
        }
        Ok(translation)
    }

    fn input(
        &mut self,
        input: &Input,
        chosen: Option<(&Tensor, &String)>,
        extents: &HashMap<String, usize>,
        place: usize,
    ) -> Result<Term, Text> {
        let path = Some(name::path(&input.name)).filter(|path| !path.is_empty()).unwrap_or(vec!["x".to_owned()]);
        let (shape, written, caption) = match chosen {
            Some((value, written)) => (value.shape(), written.clone(), String::new()),
            None => {
                let extent = |extent: &Extent| match extent {
                    Extent::Fixed(n) => *n,
                    Extent::Open(name) => extents.get(name).copied().filter(|_| !name.is_empty()).unwrap_or(1),
                };
                let shape: Shape = input.extents.iter().map(extent).collect::<Vec<_>>().into();
                self.draft.affordable(&shape)?;
                let (written, caption) = made_up(input.kind, &shape, place + 1);
                (shape, written, caption.to_owned())
            }
        };
        let node = self.draft.push(path, Vec::new(), caption, Content::Written(Role::Input, written));
        Ok(Term { shape, kind: input.kind, what: What::Node(node) })
    }

    /// Draws up a node of the model, or reports why not.
    fn node(&mut self, format: Format, node: &Node, opset: i64, path: Vec<String>) {
        self.draft.begin(path.clone(), node.scope.clone());
        let given = self.given(format, node, opset);
        let called = node.called();
        let terms = match given {
            Ok(terms) => terms.into_iter().map(Some).collect(),
            Err(Refusal::Silent) => Vec::new(),
            Err(Refusal::Because(why)) => {
                self.log.push(Diagnostic::error(
                    "not-expressible",
                    0..0,
                    text(format!("노드 `{called}`: {}", why.ko), format!("the node `{called}`: {}", why.en)),
                ));
                Vec::new()
            }
        };
        let several = terms.len().max(node.outputs.len()) > 1;
        for place in 0..terms.len().max(node.outputs.len()) {
            let term = terms.get(place).cloned().flatten().map(|term| {
                let telling = node.outputs.get(place).filter(|name| name::is_telling(name) && !name.contains('/'));
                let own = match telling.filter(|_| several && node.outputs.len() > 1) {
                    Some(name) => name::path(name),
                    None if several => [path.as_slice(), &[(place + 1).to_string()]].concat(),
                    None => path.clone(),
                };
                self.draft.define(term, &own, &node.scope, "")
            });
            let name = node.outputs.get(place).filter(|name| !name.is_empty());
            // A function of PyTorch that has several results is one node, whose results are numbered.
            if let (true, [whole]) = (several, node.outputs.as_slice()) {
                self.values.terms.insert(format!("{whole}#{place}"), term.clone());
            }
            if let Some(name) = name {
                self.values.terms.insert(name.clone(), term);
            }
        }
    }

    fn given(&mut self, format: Format, node: &Node, opset: i64) -> Given {
        let (draft, values) = (&mut self.draft, &mut self.values);
        let found = match format {
            Format::Onnx => onnx::ops::find(&node.op)
                .map(|draw_up| draw_up(&mut Site { draft, values, node, opset, parameters: &[] })),
            Format::TorchFx => fx::ops::find(&node.op)
                .map(|(parameters, draw_up)| draw_up(&mut Site { draft, values, node, opset, parameters })),
        };
        found.unwrap_or_else(|| {
            if !self.unknown.insert(node.op.clone()) {
                return Err(Refusal::Silent);
            }
            let near = match format {
                Format::Onnx => closest(&node.op, onnx::ops::names()),
                Format::TorchFx => closest(&node.op, fx::ops::names()),
            };
            let op = &node.op;
            let (ko, en) = near
                .map_or_else(Default::default, |near| (format!(". `{near}`는 있습니다"), format!("; `{near}` can")));
            site::refuse(
                format!("연산 `{op}`는 블록으로 나타낼 수 없습니다{ko}"),
                format!("the op `{op}` cannot be expressed in a block{en}"),
            )
        })
    }

    /// The nodes of the model's results.
    fn outputs(&mut self, model: &Model) -> Vec<usize> {
        let mut outputs = Vec::with_capacity(model.outputs.len());
        for name in &model.outputs {
            match self.values.terms.get(name) {
                Some(Some(term)) => {
                    let term = term.clone();
                    let path = Some(name::path(name)).filter(|path| !path.is_empty()).unwrap_or(vec!["y".to_owned()]);
                    let node = self.draft.result(&term, &path, &[]);
                    if !outputs.contains(&node) {
                        outputs.push(node);
                    }
                }
                // What it is made of has been reported.
                Some(None) => {}
                None => self.log.push(Diagnostic::error(
                    "broken-model",
                    0..0,
                    text(
                        format!("출력 `{name}`를 만드는 노드가 없습니다"),
                        format!("no node makes the output `{name}`"),
                    ),
                )),
            }
        }
        outputs
    }
}

fn unknown_input(name: &str, model: &Model) -> Text {
    let known: Vec<&str> = model.inputs.iter().map(|input| input.name.as_str()).collect();
    let known = known.join(", ");
    text(
        format!("모델에 입력 `{name}`가 없습니다. 있는 것: {known}"),
        format!("the model has no input `{name}`; it has {known}"),
    )
}

/// The extents that a value gives to what the model leaves open, or why it does not fit.
fn bind_extents(input: &Input, shape: &Shape, extents: &mut HashMap<String, usize>) -> Result<(), Text> {
    let fits = |(extent, n): (&Extent, &usize), extents: &mut HashMap<String, usize>| match extent {
        Extent::Fixed(fixed) => fixed == n,
        Extent::Open(name) => name.is_empty() || *extents.entry(name.clone()).or_insert(*n) == *n,
    };
    let is_right =
        input.extents.len() == shape.rank() && input.extents.iter().zip(&shape.0).all(|pair| fits(pair, extents));
    if is_right {
        return Ok(());
    }
    let shown = |extent: &Extent| match extent {
        Extent::Fixed(n) => n.to_string(),
        Extent::Open(name) if name.is_empty() => "?".to_owned(),
        Extent::Open(name) => extents.get(name).map_or_else(|| name.clone(), |n| format!("{name} = {n}")),
    };
    let due = input.extents.iter().map(shown).collect::<Vec<_>>().join(", ");
    let name = &input.name;
    Err(text(
        format!("입력 `{name}`의 형상은 ({due})여야 하는데 준 값의 형상은 {shape}입니다"),
        format!("the input `{name}` has the shape ({due}), but the value given has {shape}"),
    ))
}

/// Values for an input for which none were chosen, and what its caption says of them.
fn made_up(kind: Kind, shape: &Shape, seed: usize) -> (String, &'static str) {
    let extents = write::listed(shape);
    let is_scalar = shape.rank() == 0;
    match kind {
        Kind::Float if is_scalar => ("1".to_owned(), "값을 주지 않아 1을 썼다 | no value was given: 1"),
        Kind::Float => (
            format!("normal({extents}, seed={seed})"),
            "값을 주지 않아 난수를 썼다 | no value was given: random numbers",
        ),
        Kind::Integer if is_scalar => ("0".to_owned(), "값을 주지 않아 0을 썼다 | no value was given: 0"),
        Kind::Integer => (format!("zeros({extents})"), "값을 주지 않아 0을 썼다 | no value was given: 0"),
        Kind::Flag if is_scalar => ("1".to_owned(), "값을 주지 않아 1을 썼다 | no value was given: 1"),
        Kind::Flag => (format!("ones({extents})"), "값을 주지 않아 1을 썼다 | no value was given: 1"),
    }
}
