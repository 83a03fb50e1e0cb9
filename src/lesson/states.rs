//! The pictures of figures, in all their states. In: runs of a graph; out: drawings and their SVGs.

use crate::figure::place::Engine;
use crate::figure::{self, Drawing, Dress, Opening, Picture, View};
use crate::graph::{Backward, Run};
use crate::page::Words;
use crate::page::figure::StateParts;

/// The pictures of a figure.
pub(super) struct Pictures {
    /// Its states, of which one is shown at a time; one that is read at once has one.
    pub states: Vec<StateParts>,
    /// The drawing with everything open.
    pub drawing: Drawing,
    /// Who has placed them all.
    pub engine: Engine,
}

impl Pictures {
    /// Those of a gradient graph, which has no other state.
    pub fn of_gradient(id: &str, run: &Run, backward: &Backward, view: View, dress: Dress) -> Self {
        let drawing = figure::draw_gradient(run, backward, view);
        let svg = figure::svgs(&[Picture::of(&drawing, svg_id(id))], dress).concat();
        let (states, engine) = (vec![StateParts::only(svg, drawing.shown())], drawing.engine);
        Self { states, drawing, engine }
    }

    /// Those of figures that show the same graph with different numbers.
    pub fn of_states(
        ids: &[String],
        passes: &[(&Run, &Backward)],
        view: View,
        dress: Dress,
        words: &Words,
    ) -> Vec<Self> {
        let Some((run, _)) = passes.first() else { return Vec::new() };
        let wholes = figure::draw_alike(passes, view);
        let openings = figure::openings(run);
        let mut engines: Vec<Engine> = wholes.iter().map(|drawing| drawing.engine).collect();
        let states = if openings.is_empty() {
            only(ids, &wholes, dress)
        } else {
            let labels = labels(&openings, run, view.language, words);
            let mut states = vec![Vec::new(); ids.len()];
            for (&opening, label) in openings.iter().zip(&labels) {
                let folded = (opening != Opening::All).then(|| figure::draw_alike(passes, View { opening, ..view }));
                let drawings = folded.as_ref().unwrap_or(&wholes);
                engines.extend(drawings.iter().map(|drawing| drawing.engine));
                let parts = opened(ids, drawings, (opening, label), &openings, dress);
                states.iter_mut().zip(parts).for_each(|(states, parts)| states.push(parts));
            }
            states
        };
        let engine = engines.into_iter().find(|engine| *engine != view.engine).unwrap_or(view.engine);
        let figures = states.into_iter().zip(wholes);
        figures.map(|(states, drawing)| Self { states, drawing, engine }).collect()
    }
}

fn svg_id(id: &str) -> String {
    format!("{id}-svg")
}

/// The one state of each figure.
fn only(ids: &[String], drawings: &[Drawing], dress: Dress) -> Vec<Vec<StateParts>> {
    let pictures: Vec<Picture<'_>> =
        ids.iter().zip(drawings).map(|(id, drawing)| Picture::of(drawing, svg_id(id))).collect();
    let svgs = figure::svgs(&pictures, dress).into_iter().zip(drawings);
    svgs.map(|(svg, drawing)| vec![StateParts::only(svg, drawing.shown())]).collect()
}

/// One state of each figure.
fn opened(
    ids: &[String],
    drawings: &[Drawing],
    (opening, label): (Opening, &str),
    openings: &[Opening],
    dress: Dress,
) -> Vec<StateParts> {
    let address = |id: &str, other: Opening| {
        let shown = if openings.contains(&other) { other } else { Opening::All };
        format!("#{}", state_id(id, shown))
    };
    let addresses: Vec<_> = ids.iter().map(|id| move |other: Opening| address(id, other)).collect();
    let mut pictures: Vec<Picture<'_>> = Vec::new();
    for ((id, drawing), address) in ids.iter().zip(drawings).zip(&addresses) {
        pictures.push(Picture { drawing, id: svg_id(&state_id(id, opening)), address: Some(address) });
    }
    let svgs = figure::svgs(&pictures, dress).into_iter().zip(ids).zip(drawings);
    let parts = svgs.map(|((svg, id), drawing)| StateParts {
        id: state_id(id, opening),
        label: label.to_owned(),
        svg,
        lines: drawing.shown(),
        is_first: opening == Opening::Nothing,
        is_whole: opening == Opening::All,
    });
    parts.collect()
}

fn state_id(id: &str, opening: Opening) -> String {
    match opening {
        Opening::Nothing => format!("{id}-closed"),
        Opening::To(group) => format!("{id}-group-{group}"),
        Opening::All => format!("{id}-open"),
    }
}

/// What the states are called: by the groups that they open, numbered where several have the same label.
fn labels(openings: &[Opening], run: &Run, language: usize, words: &Words) -> Vec<String> {
    let label = |opening: &Opening| match *opening {
        Opening::Nothing => words.get("groups_closed").to_owned(),
        Opening::All => words.get("groups_open").to_owned(),
        Opening::To(group) => run.graph.groups[group].label.in_language(language).to_owned(),
    };
    let labels: Vec<String> = openings.iter().map(label).collect();
    let numbered = |(i, label): (usize, &String)| {
        let is_same = |other: &&String| *other == label;
        let number = labels[..i].iter().filter(is_same).count() + 1;
        let is_alone = labels.iter().filter(is_same).count() == 1 && !label.is_empty();
        if is_alone { label.clone() } else { format!("{label} {number}").trim_start().to_owned() }
    };
    labels.iter().enumerate().map(numbered).collect()
}
