//! A figure with its table and its derivation as HTML.

use super::Templates;
use crate::block::Quiz;
use crate::figure::{Derivation, Heading, Shown, TableRow, TangentTable, width_of};
use crate::lang::text;
use crate::markup::escaped;
use crate::note::math::MathWriter;
use crate::{diag::Diagnostic, page::words::Words};
use serde::Serialize;
use std::borrow::Cow;
use std::sync::Arc;

/// What a reader is shown of one graph.
#[derive(Clone, Debug)]
pub struct FigureParts<'a> {
    /// The id of the figure, unique on its page.
    pub id: &'a str,
    /// What it is called, where it has a number.
    pub label: Option<&'a str>,
    /// Whether a reader may change its values.
    pub is_playable: bool,
    /// What the reader is to find.
    pub quiz: Option<Quiz>,
    /// The picture, in each of its states.
    pub states: &'a [StateParts],
    /// The author's caption.
    pub caption: &'a str,
    /// The table, formulas as TeX.
    pub rows: &'a [TableRow],
    /// The derivation, formulas as TeX; empty where gradients are not shown.
    pub derivations: &'a [Derivation],
    /// Forward mode, where it is asked for.
    pub tangents: Option<&'a TangentTable>,
    /// Whether the output is a tensor, whose every element is seeded with 1.
    pub is_tensor: bool,
}

/// One state of a picture whose groups can be opened and closed.
#[derive(Clone, Debug, Default, Serialize)]
pub struct StateParts {
    /// The id of the state, unique on its page.
    pub id: String,
    /// What it is called.
    pub label: String,
    /// The picture.
    pub svg: String,
    /// Which numbers its lines show.
    #[serde(skip)]
    pub lines: Vec<Option<Shown>>,
    /// Whether it is shown first.
    pub is_first: bool,
    /// Whether everything is open, as on paper.
    pub is_whole: bool,
}

impl StateParts {
    /// The state of a picture that has no other.
    pub fn only(svg: String, lines: Vec<Option<Shown>>) -> Self {
        Self { svg, lines, is_first: true, is_whole: true, ..Self::default() }
    }
}

#[derive(Serialize)]
struct Tangents {
    seeds: Vec<String>,
    rows: Vec<TangentRow>,
    cost: String,
}

#[derive(Serialize)]
struct TangentRow {
    name: String,
    values: Vec<String>,
}

#[derive(Serialize)]
struct Row {
    name: String,
    caption: String,
    operation: String,
    value: String,
    grad: String,
    in_full: Vec<String>,
}

#[derive(Serialize)]
struct Step {
    paths: Vec<Path>,
    equation: Vec<String>,
    is_rule: bool,
    is_summed: bool,
    is_tensor: bool,
}

#[derive(Serialize)]
struct Path {
    gate: String,
    local: Option<String>,
}

/// The HTML of a figure.
///
/// # Errors
/// If the template is wrong, or a formula of ours cannot be set.
pub fn figure(
    parts: &FigureParts<'_>,
    templates: &Templates,
    words: &Words,
    math: &MathWriter,
) -> Result<String, Diagnostic> {
    let inline = |tex: &str| match tex {
        "" => Ok(String::new()),
        tex => Ok::<String, Diagnostic>(set(math, &in_words_of(words, tex), false)?.to_string()),
    };
    let shows_grads = !parts.derivations.is_empty();
    let rows = parts
        .rows
        .iter()
        .map(|row| {
            Ok(Row {
                name: heading(math, &row.name)?,
                caption: row.caption.clone(),
                operation: inline(&row.operation)?,
                value: inline(&row.value)?,
                in_full: row.in_full.clone(),
                grad: row.grad.as_deref().map_or_else(|| Ok("–".to_owned()), inline)?,
            })
        })
        .collect::<Result<Vec<Row>, Diagnostic>>()?;
    let steps = parts
        .derivations
        .iter()
        .map(|derivation| {
            let paths = derivation
                .paths
                .iter()
                .map(|path| {
                    Ok(Path { gate: inline(&path.gate)?, local: path.local.as_deref().map(inline).transpose()? })
                })
                .collect::<Result<Vec<Path>, Diagnostic>>()?;
            let is_rule = paths.iter().any(|path| path.local.is_none());
            let is_summed = derivation.paths.iter().any(|path| path.is_summed);
            let equation = pieces(math, words, &derivation.equation)?;
            Ok(Step { paths, equation, is_rule, is_summed, is_tensor: parts.is_tensor })
        })
        .collect::<Result<Vec<Step>, Diagnostic>>()?;
    let all_inline = |list: &[String]| list.iter().map(|tex| inline(tex)).collect::<Result<Vec<String>, Diagnostic>>();
    let tangents = parts
        .tangents
        .map(|table| {
            let rows = table
                .rows
                .iter()
                .map(|(name, values)| Ok(TangentRow { name: heading(math, name)?, values: all_inline(values)? }))
                .collect::<Result<Vec<TangentRow>, Diagnostic>>()?;
            let cost = words
                .get("forward_mode_cost")
                .replace("{passes}", &table.seeds.len().to_string())
                .replace("{forward}", &table.forward_operations.to_string())
                .replace("{reverse}", &table.reverse_operations.to_string());
            let seeds = table.seeds.iter().map(|seed| heading(math, seed)).collect::<Result<_, _>>()?;
            Ok::<Tangents, Diagnostic>(Tangents { seeds, rows, cost })
        })
        .transpose()?;
    let mut context = tera::Context::new();
    context.insert("tangents", &tangents);
    context.insert("id", parts.id);
    context.insert("label", &parts.label);
    context.insert("states", parts.states);
    context.insert("is_playable", &parts.is_playable);
    context.insert("quiz", &parts.quiz.map(Quiz::word));
    context.insert("is_wide", &parts.states.iter().any(|state| is_wide(&state.svg)));
    context.insert("caption", parts.caption);
    context.insert("has_captions", &rows.iter().any(|row| !row.caption.is_empty()));
    context.insert("has_grads", &shows_grads);
    context.insert("rows", &rows);
    context.insert("steps", &steps);
    context.insert_value("words", words.value());
    templates.render("figure.html", &context)
}

/// What a reader is shown of a training.
#[derive(Clone, Debug)]
pub struct TrainingParts<'a> {
    /// The id of the figure, unique on its page.
    pub id: &'a str,
    /// What it is called, where it has a number.
    pub label: Option<&'a str>,
    /// The picture of the loss.
    pub curve: &'a str,
    /// The author's caption.
    pub caption: &'a str,
    /// What the table says at each reported step.
    pub columns: &'a [Heading],
    /// The reported steps: the step, a value for each column as TeX, and the figure of the graph.
    pub snapshots: &'a [SnapshotParts],
}

/// What a reader is shown of one reported step.
#[derive(Clone, Debug)]
pub struct SnapshotParts {
    /// The step.
    pub step: u64,
    /// A value for each column of the table, as TeX.
    pub values: Vec<String>,
    /// The graph, as HTML.
    pub figure: String,
}

#[derive(Serialize)]
struct StepRow {
    step: u64,
    values: Vec<String>,
}

#[derive(Serialize)]
struct SnapshotFigure<'a> {
    title: String,
    figure: &'a str,
}

/// What a picture may be wide, in pixels, to fit into the column of the text, whose width the style sheet gives.
const COLUMN: f64 = 680.0;

fn is_wide(svg: &str) -> bool {
    width_of(svg).is_some_and(|width| width > COLUMN)
}

/// The HTML of a training.
///
/// # Errors
/// If the template is wrong, or a formula of ours cannot be set.
pub fn training(
    parts: &TrainingParts<'_>,
    templates: &Templates,
    words: &Words,
    math: &MathWriter,
) -> Result<String, Diagnostic> {
    let inline = |tex: &String| Ok::<String, Diagnostic>(set(math, tex, false)?.to_string());
    let all_inline = |texts: &[String]| texts.iter().map(inline).collect::<Result<Vec<String>, Diagnostic>>();
    let rows = parts
        .snapshots
        .iter()
        .map(|snapshot| Ok(StepRow { step: snapshot.step, values: all_inline(&snapshot.values)? }))
        .collect::<Result<Vec<StepRow>, Diagnostic>>()?;
    let snapshots: Vec<SnapshotFigure<'_>> = parts
        .snapshots
        .iter()
        .map(|snapshot| SnapshotFigure {
            title: words.get("training_at").replace("{step}", &snapshot.step.to_string()),
            figure: &snapshot.figure,
        })
        .collect();
    let mut context = tera::Context::new();
    context.insert("id", parts.id);
    context.insert("label", &parts.label);
    context.insert("curve", parts.curve);
    context.insert("caption", parts.caption);
    let columns = parts.columns.iter().map(|column| heading(math, column)).collect::<Result<Vec<_>, _>>()?;
    context.insert("columns", &columns);
    context.insert("rows", &rows);
    context.insert("snapshots", &snapshots);
    context.insert_value("words", words.value());
    templates.render("training.html", &context)
}

/// An equation in pieces that a narrow screen may set on lines of their own: a, = b, = c.
fn pieces(math: &MathWriter, words: &Words, parts: &[String]) -> Result<Vec<String>, Diagnostic> {
    let sign = |i: usize| if i == 0 { "" } else { "= " };
    let piece = |(i, part): (usize, &String)| {
        Ok(set(math, &format!("{}{}", sign(i), in_words_of(words, part)), true)?.to_string())
    };
    parts.iter().enumerate().map(piece).collect()
}

/// A formula with the words of a language in its cases, which ops write in English: `if` in front of a condition, `otherwise`
/// in the place of one, and nothing behind one, where other languages have theirs.
pub(crate) fn in_words_of<'t>(words: &Words, tex: &'t str) -> Cow<'t, str> {
    let word = |key: &str| match words.get(key) {
        "" => String::new(),
        word => format!(r"\text{{{word}}}"),
    };
    if !tex.contains(r"\text{") {
        return tex.into();
    }
    let tex = tex.replace(r"\text{if }", &word("case_if")).replace(r"\text{}", &word("case_behind"));
    tex.replace(r"\text{otherwise}", &word("case_otherwise")).into()
}

/// A name as a formula that also has its plain text for a name: not every screen reader finds a heading's text in a formula.
fn heading(math: &MathWriter, heading: &Heading) -> Result<String, Diagnostic> {
    let formula = set(math, &heading.tex, false)?;
    Ok(formula.replacen("<math", &format!("<math aria-label=\"{}\"", escaped(&heading.name)), 1))
}

pub(crate) fn set(math: &MathWriter, tex: &str, display: bool) -> Result<Arc<str>, Diagnostic> {
    math.mathml(tex, display).map_err(|error| {
        let why = error.message;
        Diagnostic::error(
            "bad-formula",
            0..0,
            text(format!("그림의 수식 `{tex}`: {}", why.ko), format!("the figure's formula `{tex}`: {}", why.en)),
        )
    })
}
