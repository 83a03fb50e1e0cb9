//! What a reader's browser needs to play with a figure: the tape, which numbers its lines show, and the chain rule with
//! blanks where numbers go. In: a run and its drawings; out: JSON.

use crate::block::Quiz;
use crate::diag::Diagnostic;
use crate::expr::DisplayName;
use crate::figure::template::{self, Blanks, StepTemplate};
use crate::figure::{Drawing, Number, Shown, View};
use crate::graph::{Backward, Kind, Role, Run};
use crate::note::math::MathWriter;
use crate::page::Words;
use crate::page::figure::{StateParts, in_words_of, set};
use crate::play::{self, Tape};
use petgraph::graph::{EdgeIndex, NodeIndex};
use serde::Serialize;
use serde_json::Value;
use std::borrow::Cow;
use std::cell::Cell;
use std::collections::{BTreeSet, HashMap};
use std::fmt::Write;

/// A graph with more nodes than this is looked at, not played with.
const MOST_NODES: usize = 1_000;

/// What a figure that can be played with is made of.
#[derive(Clone, Copy, Debug)]
pub struct PlayerParts<'a> {
    /// The graph.
    pub run: &'a Run,
    /// The backward pass that is shown.
    pub backward: &'a Backward,
    /// The picture with everything open.
    pub drawing: &'a Drawing,
    /// How it is drawn.
    pub view: View,
    /// The pictures, in each of the figure's states.
    pub states: &'a [StateParts],
}

/// What the player of a figure is told in every language.
#[derive(Debug)]
pub struct Played {
    /// The JSON between the captions of the nodes.
    pieces: Vec<String>,
    /// What the lines of its pictures show.
    lines: Vec<Vec<Option<Shown>>>,
    /// Whether its formulas have words of the language in which it was made.
    pub has_words: bool,
}

/// A figure in a reader's browser.
#[derive(Serialize)]
struct Player {
    precision: usize,
    /// The place of the output among the nodes.
    output: Option<usize>,
    tape: Tape,
    nodes: Vec<PlayedNode>,
    steps: Vec<PlayedStep>,
    lines: Vec<Vec<Option<PlayedLine>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    quiz: Option<&'static str>,
}

#[derive(Serialize)]
struct PlayedNode {
    /// As in the SVG.
    id: String,
    /// Its name as MathML.
    name: String,
    caption: &'static str,
    /// The slot of its value.
    value: usize,
    /// The slot of its gradient, where one reaches it.
    #[serde(skip_serializing_if = "Option::is_none")]
    grad: Option<usize>,
    /// The gradient's name as MathML; empty for constants.
    #[serde(skip_serializing_if = "String::is_empty")]
    partial: String,
    /// Whether the reader may change it.
    #[serde(skip_serializing_if = "is_false")]
    leaf: bool,
    /// Its op applied to names, and to numbers, as MathML.
    #[serde(skip_serializing_if = "Option::is_none")]
    operation: Option<[String; 2]>,
}

#[derive(Serialize)]
struct PlayedStep {
    /// The places of the gate and of the operand among the nodes.
    gate: usize,
    operand: usize,
    /// Which operand of the gate it is.
    place: u16,
    upstream: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    local: Option<usize>,
    product: usize,
    chain: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    symbolic: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    numeric: String,
    /// ∂g/∂w, its formula, its number.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    partial: Vec<String>,
}

/// The number at the end of a line of text.
#[derive(Default, Serialize)]
struct PlayedLine {
    /// The slot, where there is one alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    slot: Option<usize>,
    /// The node whose value it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<usize>,
    /// The node whose gradient it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    grad: Option<usize>,
    /// The steps whose shares are added, or whose local partial it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    steps: Option<Vec<usize>>,
    /// The row of a matrix.
    #[serde(skip_serializing_if = "Option::is_none")]
    row: Option<usize>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
fn is_false(flag: &bool) -> bool {
    !flag
}

/// Stands in the place of a caption: no text of a note has such a character.
const CAPTION: &str = "\0";
/// The same in JSON, with what is there only if there is a caption.
const CAPTION_FIELD: &str = r#""caption":"\u0000","#;

/// What the player is told in every language; none where the figure is too large.
///
/// # Errors
/// If a formula of ours cannot be set.
pub fn played(parts: &PlayerParts<'_>, math: &MathWriter, words: &Words) -> Result<Option<Played>, Diagnostic> {
    if parts.run.graph.author_nodes > MOST_NODES {
        return Ok(None);
    }
    let (run, conditions) = template::with_conditions(parts.run, parts.backward);
    let wanted = wanted(&run, parts, conditions.values());
    let leaves: Vec<NodeIndex> = run.graph.named().filter(|node| is_changeable(&run, *node)).collect();
    let (tape, slots) = play::tape(&run, &leaves, &wanted);
    let slots = wanted.into_iter().zip(slots).collect();
    let has_words = Cell::new(false);
    let stage = Stage { run: &run, parts, math, words, blanks: Blanks { slots, conditions }, has_words: &has_words };
    let player = stage.player(tape)?;
    // Numbers and formulas of ours have no form that JSON lacks.
    let Ok(json) = serde_json::to_string(&player) else { return Ok(None) };
    let pieces = json.split(CAPTION_FIELD).map(str::to_owned).collect();
    let lines = parts.states.iter().map(|state| state.lines.clone()).collect();
    Ok(Some(Played { pieces, lines, has_words: has_words.get() }))
}

impl Played {
    /// Whether it is about pictures that show the same as these.
    pub fn shows(&self, states: &[StateParts]) -> bool {
        self.lines.iter().eq(states.iter().map(|state| &state.lines))
    }

    /// The figure as JSON, in the language of these parts.
    pub fn json(&self, parts: &PlayerParts<'_>) -> String {
        let mut json = String::with_capacity(self.pieces.iter().map(|piece| piece.len() + 32).sum());
        let graph = &parts.run.graph;
        let mut captions = graph.named().map(|node| graph.caption_of(node, parts.view.language));
        for piece in &self.pieces {
            json.push_str(piece);
            if let Some(caption) = captions.next().filter(|caption| !caption.is_empty()) {
                let _ = write!(json, "\"caption\":{},", Value::from(caption));
            }
        }
        json
    }
}

/// Leaves that are no constants.
fn is_changeable(run: &Run, node: NodeIndex) -> bool {
    matches!(&run.graph.dag[node].kind, Kind::Leaf(role, _) if *role != Role::Const)
}

/// Whatever the figure may show.
fn wanted<'n>(run: &Run, parts: &PlayerParts<'_>, conditions: impl Iterator<Item = &'n NodeIndex>) -> Vec<NodeIndex> {
    let mut wanted: BTreeSet<NodeIndex> = run.graph.named().chain(conditions.copied()).collect();
    wanted.extend(parts.backward.adjoints.iter().flatten());
    for step in &parts.backward.steps {
        wanted.extend([step.upstream, step.product].into_iter().chain(step.local));
    }
    for shown in parts.states.iter().flat_map(|state| &state.lines).flatten() {
        match &shown.number {
            Number::Value(node) => drop(wanted.insert(*node)),
            Number::Local(edge) => wanted.extend(run.locals[edge.index()]),
            Number::Grad(_) | Number::Share(_) => {}
        }
    }
    wanted.into_iter().collect()
}

struct Stage<'a> {
    run: &'a Run,
    parts: &'a PlayerParts<'a>,
    math: &'a MathWriter,
    words: &'a Words,
    blanks: Blanks,
    /// Whether a formula had words in it.
    has_words: &'a Cell<bool>,
}

impl Stage<'_> {
    fn player(&self, tape: Tape) -> Result<Player, Diagnostic> {
        let named: Vec<NodeIndex> = self.run.graph.named().collect();
        let places: HashMap<NodeIndex, usize> = named.iter().enumerate().map(|(place, node)| (*node, place)).collect();
        let steps: HashMap<EdgeIndex, usize> =
            self.parts.backward.steps.iter().enumerate().map(|(place, step)| (step.edge, place)).collect();
        let line = |shown: &Option<Shown>| shown.as_ref().map(|shown| self.line(shown, &places, &steps));
        Ok(Player {
            precision: self.parts.view.precision,
            output: places.get(&self.parts.backward.output).copied(),
            tape,
            nodes: named.iter().map(|node| self.node(*node)).collect::<Result<_, _>>()?,
            steps: self.steps(&places)?,
            lines: self.parts.states.iter().map(|state| state.lines.iter().map(line).collect()).collect(),
            quiz: self.parts.view.quiz.map(Quiz::word),
        })
    }

    fn slot(&self, node: NodeIndex) -> usize {
        self.blanks.slots.get(&node).copied().unwrap_or_default()
    }

    fn node(&self, node: NodeIndex) -> Result<PlayedNode, Diagnostic> {
        let PlayerParts { backward, view: View { precision, .. }, .. } = *self.parts;
        let graph = &self.run.graph;
        let operation = template::forward(self.run, node, precision, &self.blanks);
        let partial = match graph.is_variable(node) {
            true => self.formula(&template::partial(self.run, backward, node, precision))?,
            false => String::new(),
        };
        Ok(PlayedNode {
            id: graph.name(node).to_owned(),
            name: self.formula(&DisplayName::of(graph.name(node)).latex())?,
            caption: CAPTION,
            value: self.slot(node),
            grad: backward.adjoints.get(node.index()).copied().flatten().map(|adjoint| self.slot(adjoint)),
            partial,
            leaf: is_changeable(self.run, node),
            operation: match operation {
                Some([names, numbers]) => Some([self.formula(&names)?, self.formula(&numbers)?]),
                None => None,
            },
        })
    }

    fn steps(&self, places: &HashMap<NodeIndex, usize>) -> Result<Vec<PlayedStep>, Diagnostic> {
        let PlayerParts { backward, view: View { precision, .. }, .. } = *self.parts;
        let templates = template::steps(self.run, backward, precision, &self.blanks);
        let place = |node: NodeIndex| places.get(&node).copied().unwrap_or_default();
        let steps = backward.steps.iter().zip(templates);
        let played = steps.map(|(step, StepTemplate { chain, symbolic, numeric, local })| {
            Ok(PlayedStep {
                gate: place(step.gate),
                operand: place(step.operand),
                place: step.place,
                upstream: self.slot(step.upstream),
                local: step.local.map(|local| self.slot(local)),
                product: self.slot(step.product),
                chain: self.formula(&chain)?,
                symbolic: self.formula(&symbolic)?,
                numeric: self.formula(&numeric)?,
                partial: local.iter().map(|tex| self.formula(tex)).collect::<Result<_, _>>()?,
            })
        });
        played.collect()
    }

    fn line(&self, shown: &Shown, places: &HashMap<NodeIndex, usize>, steps: &HashMap<EdgeIndex, usize>) -> PlayedLine {
        let step = |edge: &EdgeIndex| steps.get(edge).copied();
        let line = match &shown.number {
            Number::Value(node) => {
                PlayedLine { slot: Some(self.slot(*node)), value: places.get(node).copied(), ..PlayedLine::default() }
            }
            Number::Grad(node) => PlayedLine { grad: places.get(node).copied(), ..PlayedLine::default() },
            Number::Local(edge) => PlayedLine {
                slot: self.run.locals[edge.index()].map(|local| self.slot(local)),
                steps: Some(step(edge).into_iter().collect()),
                ..PlayedLine::default()
            },
            Number::Share(edges) => {
                PlayedLine { steps: Some(edges.iter().filter_map(step).collect()), ..PlayedLine::default() }
            }
        };
        PlayedLine { row: shown.row, ..line }
    }

    /// TeX as MathML without the element around it: the browser puts formulas together.
    fn formula(&self, tex: &str) -> Result<String, Diagnostic> {
        if tex.is_empty() {
            return Ok(String::new());
        }
        let tex = in_words_of(self.words, tex);
        self.has_words.set(self.has_words.get() || matches!(tex, Cow::Owned(_)));
        let mathml = set(self.math, &tex, true)?;
        let inner = mathml.find('>').and_then(|start| mathml.get(start + 1..mathml.rfind('<')?));
        Ok(inner.unwrap_or_default().to_owned())
    }
}
