//! A model on its way to a draft: its inputs get values, its nodes are looked up in the table of their tool, its results are
//! found again.

use super::draft::{Content, Draft, Term, What};
use super::model::{Extent, Input, Kind, Model, Node};
use super::site::{self, Given, Refusal, Site, Values};
use super::{Choices, Format, MOST_OPERANDS, fx, name, onnx, write};
use crate::diag::Diagnostic;
use crate::expr::closest;
use crate::graph::Role;
use crate::lang::{Text, text};
use crate::settings::Limits;
use crate::tensor::{Shape, Tensor};
use std::collections::{HashMap, HashSet};

/// A model on its way to a draft.
pub(super) struct Translation {
    pub draft: Draft,
    values: Values,
    pub log: Vec<Diagnostic>,
    /// The ops that cannot be expressed, each said once.
    unknown: HashSet<String>,
}

impl Translation {
    /// The inputs as leaves: with the values chosen for them; else with made-up ones that its caption names.
    pub fn begin(model: &Model, choices: &Choices, limits: Limits) -> Result<Self, Text> {
        for (name, ..) in &choices.inputs {
            if !model.inputs.iter().any(|input| input.name == *name) {
                return Err(unknown_input(name, model));
            }
        }
        for (name, _) in &choices.extents {
            let is_open = |extent: &Extent| *extent == Extent::Open(name.clone());
            if !model.inputs.iter().any(|input| input.extents.iter().any(is_open)) {
                return Err(text(
                    format!("모델에 이런 이름의 열린 길이가 없습니다: `{name}`"),
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
    pub fn node(&mut self, format: Format, node: &Node, opset: i64, path: &[String]) {
        self.draft.begin(path.to_vec(), node.scope.clone());
        let given = self.given(format, node, opset);
        let called = node.called();
        let why = match given {
            Ok(terms) if terms.len() <= MOST_OPERANDS => return self.keep(node, path, terms),
            Ok(_) => Some(super::too_many_operands(&called)),
            Err(Refusal::Silent) => None,
            Err(Refusal::Because(why)) => {
                Some(text(format!("노드 `{called}`: {}", why.ko), format!("the node `{called}`: {}", why.en)))
            }
        };
        self.log.extend(why.map(|why| Diagnostic::error("not-expressible", 0..0, why)));
        for name in node.outputs.iter().filter(|name| !name.is_empty()) {
            self.values.terms.insert(name.clone(), None);
        }
    }

    /// Keeps the results of a node under the names that the model has for them.
    fn keep(&mut self, node: &Node, path: &[String], terms: Vec<Term>) {
        let several = terms.len() > 1;
        for (place, term) in terms.into_iter().enumerate() {
            let name = node.outputs.get(place).filter(|name| !name.is_empty());
            let telling = name.filter(|name| name::is_telling(name) && !name.contains('/'));
            let own = match telling.filter(|_| several) {
                Some(name) if node.outputs.len() > 1 => name::path(name),
                _ if several => [path, &[(place + 1).to_string()]].concat(),
                _ => path.to_vec(),
            };
            let term = Some(self.draft.define(term, &own, &node.scope, ""));
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
            let near = closest(&node.op, super::ops(format).into_iter());
            let op = &node.op;
            let (ko, en) = near.map_or_else(Default::default, |near| {
                (format!(". 비슷한 이름으로는 `{near}` 연산이 있습니다"), format!("; `{near}` can"))
            });
            site::refuse(
                format!("연산 `{op}`: 블록으로 나타낼 수 없습니다{ko}"),
                format!("the op `{op}` cannot be expressed in a block{en}"),
            )
        })
    }

    /// The nodes of the model's results.
    pub fn outputs(&mut self, model: &Model) -> Vec<usize> {
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
                        format!("출력 `{name}`: 이 값을 만드는 노드가 없습니다"),
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
        format!("모델에 이런 입력이 없습니다: `{name}`. 있는 것: {known}"),
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
