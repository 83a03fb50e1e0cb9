//! A gate as an expression of a framework, filled into the spelling of its row.

use super::framework::{Manner, Numbers};
use super::literal;
use crate::expr::{Piece, attribute, fill};
use crate::graph::{Graph, Kind, Run};
use crate::ops::{AttrValue, Attrs, Form, Forward, Op, Spelling, Why, level};
use crate::tensor::{Shape, Tensor, View, ViewMut};
use petgraph::graph::NodeIndex;
use std::borrow::Cow;

/// A gate in code.
pub(super) struct Written {
    pub piece: Piece,
    /// What made another spelling than the usual one necessary.
    pub why: Option<Why>,
    /// Functions that the expression calls and the framework lacks.
    pub helper: &'static str,
}

/// An operand as it may stand in code.
pub(super) enum Operand {
    /// Something that has a name or is an expression.
    Piece(Piece),
    /// A plain number.
    Number(f64),
    /// What lends its shape alone.
    Unused,
}

/// Whether the value of a gate follows from shapes alone, so that it can be written as a number.
pub(super) fn is_constant(op: &Op) -> bool {
    op.inputs.iter().all(|input| *input == "like")
}

/// The operands of a gate that its expression needs, with their places: not those that lend their shape alone.
pub(super) fn needed(graph: &Graph, gate: NodeIndex) -> Vec<(usize, NodeIndex)> {
    let Kind::Apply(op, _) = &graph.dag[gate].kind else { return Vec::new() };
    if is_constant(op) {
        return Vec::new();
    }
    let operands = graph.operands(gate).into_iter().enumerate();
    operands.filter(|(place, _)| !op.takes_shape_alone(*place)).collect()
}

/// The form of a gate in a framework.
pub(super) fn form_of(run: &Run, manner: &Manner, gate: NodeIndex) -> Option<(Form, Option<Why>)> {
    let Kind::Apply(op, attrs) = &run.graph.dag[gate].kind else { return None };
    let operands = run.graph.operands(gate);
    let inputs: Vec<View<'_>> = operands.iter().map(|operand| run.value(*operand).view()).collect();
    let applies = op.variants.iter().filter_map(|variant| Some((variant, (manner.variant)(variant)?)));
    let mut fitting = applies.filter(|(variant, _)| (variant.when)(&inputs, attrs));
    let usual = |spelling: &Spelling| (manner.form)(spelling);
    Some(fitting.next().map_or_else(|| (usual(&op.spelling), None), |(variant, form)| (form, Some(variant.why))))
}

/// How often an operand stands in a template.
pub(super) fn occurrences(form: &Form, place: usize) -> usize {
    places(form.template, place).count()
}

fn places(template: &str, place: usize) -> impl Iterator<Item = (&str, &str)> {
    let key = format!("#{}", place + 1);
    let len = key.len();
    let starts: Vec<usize> = template.match_indices(&key).map(|(at, _)| at).collect();
    starts.into_iter().map(move |at| (&template[..at], &template[at + len..]))
}

/// Whether an operand stands beside operators alone, where a framework takes plain numbers.
fn is_beside_operators(template: &str, place: usize) -> bool {
    let is_operator =
        |word: Option<&str>| word.is_some_and(|w| !w.is_empty() && w.chars().all(|c| "+-*/@<>=!".contains(c)));
    let mut any = false;
    let all = places(template, place).all(|(before, behind)| {
        any = true;
        let before = before.strip_suffix(' ').and_then(|text| text.rsplit([' ', '(']).next());
        let behind = behind.strip_prefix(' ').and_then(|text| text.split(' ').next());
        is_operator(before) || is_operator(behind)
    });
    any && all
}

/// A gate as an expression, from its operands.
pub(super) fn expression(
    run: &Run,
    manner: &Manner,
    gate: NodeIndex,
    operands: Vec<Operand>,
    indent: usize,
) -> Option<Written> {
    let Kind::Apply(op, attrs) = &run.graph.dag[gate].kind else { return None };
    if is_constant(op) {
        let text = manner.constant(run.value(gate), indent);
        return Some(Written { piece: Piece { text, level: level::CALL }, why: None, helper: "" });
    }
    let (form, why) = form_of(run, manner, gate)?;
    let template = without_defaults(form.template, op, attrs);
    let mut pieces = manner.with_numbers(&template, operands);
    let template = as_condition(template, &mut pieces);
    let inputs = run.graph.operands(gate);
    let other = |key: &str, is_listed: bool| match key {
        "out" => Some(run.graph.dag[gate].shape.to_string()),
        "likes" => {
            let shapes = inputs[1..].iter().map(|like| run.graph.dag[*like].shape.to_string());
            Some(format!("[{}]", shapes.collect::<Vec<_>>().join(", ")))
        }
        "mask" => Some(manner.constant(&at_ones(op, attrs, &run.graph.dag[gate].shape), indent)),
        key => {
            let position = op.attrs.iter().position(|attr| attr.name == key)?;
            Some(attribute(attrs.0.get(position)?, is_listed))
        }
    };
    let piece = fill(&template, &form, &pieces.iter().collect::<Vec<_>>(), other, ("(", ")"));
    Some(Written { piece, why, helper: form.helper })
}

/// A comparison that is a condition anyway need not become a number first.
fn as_condition<'t>(template: Cow<'t, str>, pieces: &mut [Piece]) -> Cow<'t, str> {
    let [condition, ..] = pieces else { return template };
    let comparison = condition.text.strip_prefix('(').and_then(|text| text.strip_suffix(") * 1.0"));
    match comparison.filter(|text| template.contains("#1 != 0") && !text.contains(['(', ')'])) {
        Some(text) => {
            *condition = Piece::atom(text);
            template.replace("#1 != 0", "#1").into()
        }
        None => template,
    }
}

/// The op's value where all inputs are 1: what an op that scales its input multiplies by.
fn at_ones(op: &Op, attrs: &Attrs, shape: &Shape) -> Tensor {
    let ones = Tensor::filled(shape, 1.0);
    let mut elements = vec![0.0; shape.len()];
    if let Forward::Structural { kernel, .. } = op.forward {
        kernel(&[ones.view()], attrs, &mut ViewMut { extents: &shape.0, elements: &mut elements });
    }
    Tensor::new(shape, elements)
}

/// The template without the arguments that say what is so anyway: `axis=None`, `keepdims=False`.
fn without_defaults<'t>(template: &'t str, op: &Op, attrs: &Attrs) -> Cow<'t, str> {
    let mut text = Cow::Borrowed(template);
    for (attr, value) in op.attrs.iter().zip(&attrs.0) {
        if !matches!(value, AttrValue::Absent | AttrValue::Flag(false)) {
            continue;
        }
        let key = format!("#{}", attr.name);
        let mut from = 0;
        while let Some(at) = text[from..].find(&key).map(|at| from + at) {
            let end = at + key.len();
            let start = text[..at].rfind(", ").filter(|start| {
                let keyword = &text[start + 2..at];
                keyword.is_empty()
                    || keyword.ends_with('=') && keyword[..keyword.len() - 1].chars().all(char::is_alphanumeric)
            });
            match start.filter(|_| text[end..].starts_with([',', ')'])) {
                Some(start) => {
                    text.to_mut().replace_range(start..end, "");
                    from = start;
                }
                None => from = end,
            }
        }
    }
    text
}

impl Manner {
    /// A value that is no leaf of the author's.
    pub fn constant(&self, value: &Tensor, indent: usize) -> String {
        let elements = value.elements();
        match (value.as_scalar(), elements) {
            (Some(x), _) => self.scalar.replace('#', &literal::float(x)),
            (None, [first, rest @ ..]) if rest.len() >= 6 && rest.iter().all(|x| x.to_bits() == first.to_bits()) => {
                self.full.replace("#shape", &value.shape().to_string()).replace("#value", &literal::float(*first))
            }
            _ => self.array.replace('#', &literal::array(value, indent)),
        }
    }

    /// The operands as they stand in a template. Where the framework takes plain numbers they stay so.
    fn with_numbers(&self, template: &str, operands: Vec<Operand>) -> Vec<Piece> {
        let count = operands.len();
        let beside: Vec<bool> = (0..count).map(|place| is_beside_operators(template, place)).collect();
        let is_number: Vec<bool> = operands.iter().map(|o| !matches!(o, Operand::Piece(_))).collect();
        let all_numbers = is_number.iter().all(|is| *is);
        let no_tensor_in_call = (0..count).all(|place| beside[place] || is_number[place]);
        let takes = match self.numbers {
            Numbers::Anywhere => true,
            Numbers::BesideTensors => !no_tensor_in_call,
            Numbers::InCallsOf(calls) => calls.iter().any(|call| template.starts_with(call)),
        };
        let write = |(place, operand): (usize, Operand)| match operand {
            Operand::Piece(piece) => piece,
            Operand::Unused => Piece::atom(""),
            Operand::Number(x) => {
                // Numbers alone would make a number of Python's, which is no tensor.
                let is_lonely = all_numbers && place == 0 && (beside[place] || !template.contains('('));
                let is_bare = !is_lonely && (beside[place] || takes);
                match (is_bare, beside[place]) {
                    (false, _) => Piece { text: self.scalar.replace('#', &literal::float(x)), level: level::CALL },
                    (true, true) => bare(literal::number(x)),
                    (true, false) => bare(literal::float(x)),
                }
            }
        };
        operands.into_iter().enumerate().map(write).collect()
    }
}

/// A number without more.
pub(super) fn bare(text: String) -> Piece {
    let level = if text.starts_with('-') { level::UNARY } else { level::ATOM };
    Piece { text, level }
}
