//! A figure with its table and its derivation as HTML.

use super::Templates;
use crate::block::Quiz;
use crate::figure::{Derivation, Heading, Shown, TableRow, TangentTable, derivation, width_of};
use crate::lang::text;
use crate::markup::escaped;
use crate::note::math::MathWriter;
use crate::{diag::Diagnostic, page::words::Words};
use serde::Serialize;
use std::borrow::Cow;
use std::cell::Cell;
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
    /// The derivation; without a step where gradients are not shown.
    pub steps: &'a Steps,
    /// Forward mode, where it is asked for.
    pub tangents: Option<&'a TangentTable>,
}

/// The steps of a derivation, as templates are told of them.
#[derive(Clone, Debug)]
pub struct Steps {
    value: tera::Value,
    is_empty: bool,
    /// Whether its formulas have words of the language in which they were set.
    pub has_words: bool,
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
    context.insert("has_grads", &!parts.steps.is_empty);
    context.insert("rows", &rows);
    context.insert_value("steps", parts.steps.value.clone());
    context.insert_value("words", words.value());
    templates.render("figure.html", &context)
}

/// The steps of a derivation whose formulas are TeX. `is_tensor` says whether the output is a tensor, whose every element is seeded
/// with 1.
///
/// # Errors
/// If a formula of ours cannot be set.
pub fn steps(
    derivations: &[Derivation],
    is_tensor: bool,
    words: &Words,
    math: &MathWriter,
) -> Result<Steps, Diagnostic> {
    let has_words = Cell::new(false);
    let set = |tex: &str, display: bool| {
        let tex = in_words_of(words, tex);
        has_words.set(has_words.get() || matches!(tex, Cow::Owned(_)));
        let is_nothing = tex.is_empty() && !display;
        Ok::<String, Diagnostic>(if is_nothing { String::new() } else { set(math, &tex, display)?.to_string() })
    };
    let path = |path: &derivation::Path| {
        Ok(Path { gate: set(&path.gate, false)?, local: path.local.as_deref().map(|tex| set(tex, false)).transpose()? })
    };
    // An equation stands in pieces that a narrow screen may set on lines of their own: a, = b, = c.
    let piece = |(i, part): (usize, &String)| if i == 0 { set(part, true) } else { set(&format!("= {part}"), true) };
    let step = |derivation: &Derivation| {
        let paths = derivation.paths.iter().map(path).collect::<Result<Vec<Path>, Diagnostic>>()?;
        let is_rule = paths.iter().any(|path| path.local.is_none());
        let is_summed = derivation.paths.iter().any(|path| path.is_summed);
        let equation = derivation.equation.iter().enumerate().map(piece).collect::<Result<_, Diagnostic>>()?;
        Ok(Step { paths, equation, is_rule, is_summed, is_tensor })
    };
    let steps = derivations.iter().map(step).collect::<Result<Vec<Step>, Diagnostic>>()?;
    Ok(Steps { value: tera::Value::from_serializable(&steps), is_empty: steps.is_empty(), has_words: has_words.get() })
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

/// A formula with the words of a language in its cases, which ops write in English: `if` in front of a condition, `otherwise`
/// in the place of one, and nothing behind one, where other languages have theirs.
pub(crate) fn in_words_of<'t>(words: &Words, tex: &'t str) -> Cow<'t, str> {
    let word = |key: &str| match words.get(key) {
        "" => String::new(),
        word => format!(r"\text{{{word}}}"),
    };
    let is_said = tex.contains(r"\text{") && CASES.iter().any(|(case, _)| tex.contains(case));
    if !is_said {
        return tex.into();
    }
    CASES.iter().fold(tex.to_owned(), |tex, (case, key)| tex.replace(case, &word(key))).into()
}

/// The words of ops around cases, and those of the interface that stand in their places.
const CASES: [(&str, &str); 3] =
    [(r"\text{if }", "case_if"), (r"\text{}", "case_behind"), (r"\text{otherwise}", "case_otherwise")];

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
