//! The figures of a note for documents that are no pages. In: notes, their blocks and the graphs that have run; out: HTML
//! fragments and computed numbers for the pages of other tools, and drawings for what is no HTML.

use super::{Workshop, about_block};
use crate::block::GraphView;
use crate::diag::{Checked, Log};
use crate::emit;
use crate::figure::{self, Drawing};
use crate::note::Value;
use crate::train::Snapshot;

/// A figure of a block.
#[derive(Clone, Debug)]
pub struct Drawn {
    /// Its id, unique in the note.
    pub id: String,
    /// The author's caption.
    pub caption: String,
    /// What it shows, for those who do not see it.
    pub description: String,
    /// The picture.
    pub picture: Picture,
}

/// A picture that can be written in several forms.
#[derive(Clone, Debug)]
pub enum Picture {
    /// A graph.
    Graph(Box<Drawing>),
    /// The curve of a training, as SVG.
    Curve(String),
}

impl Workshop<'_> {
    /// What stands in the places of the blocks of a note, as HTML.
    pub fn fragments(&self, index: usize) -> Checked<Vec<String>> {
        let note = &self.notes[index];
        let mut log = Log::default();
        let mut fragments = Vec::new();
        for (at, block) in note.blocks.iter().enumerate() {
            let figure = self.block(index, at, None);
            let found = figure.diagnostics.into_iter();
            log.extend(found.map(|found| about_block(found, &block.range, &note.source.path)));
            fragments.push(figure.html);
        }
        log.finish(fragments)
    }

    /// What the formulas of a note print.
    pub fn printed(&self, index: usize) -> Checked<Vec<Value>> {
        let mut log = Log::default();
        let values = (0..self.notes[index].values.len()).map(|value| self.value(index, value, &mut log)).collect();
        log.finish(values)
    }

    /// The figures of a block; none where it is broken.
    pub fn drawn(&self, index: usize, block: usize) -> Vec<Drawn> {
        let (entry, language) = (&self.catalogue.blocks[index][block], self.notes[index].address.lang.as_str());
        let view = self.view(language, entry);
        let caption = self.catalogue.caption(entry).map_or("", |caption| caption.in_language(view.language));
        if let Some(at) = entry.training {
            let curve = self.trained(at).and_then(|training| self.curve(language, entry, training));
            let drawn = |svg: String| Drawn {
                id: entry.id.clone(),
                caption: caption.to_owned(),
                description: steps_in_words(&self.numbers(index, block)),
                picture: Picture::Curve(svg),
            };
            return curve.map(drawn).into_iter().collect();
        }
        let Some(run) = entry.graph.and_then(|graph| self.run(graph)) else { return Vec::new() };
        let draw = match entry.options.view {
            GraphView::Gradient => figure::draw_gradient,
            GraphView::Author | GraphView::ForwardMode => figure::draw,
        };
        let drawings = run.backward.iter().enumerate().map(|(i, backward)| {
            let drawing = draw(run, backward, view);
            let id = if i == 0 { entry.id.clone() } else { format!("{}-{}", entry.id, i + 1) };
            let description = if i == 0 { graph_in_words(&self.numbers(index, block)) } else { drawing.title.clone() };
            Drawn { id, caption: caption.to_owned(), description, picture: Picture::Graph(Box::new(drawing)) }
        });
        drawings.collect()
    }

    /// The numbers of a block as a table, whose first row is its head; none where the block is broken. Of a training, the reported
    /// steps.
    pub fn numbers(&self, note: usize, block: usize) -> Vec<Vec<String>> {
        let (entry, language) = (&self.catalogue.blocks[note][block], self.notes[note].address.lang.as_str());
        let view = self.view(language, entry);
        if let Some(training) = entry.training {
            let Some(training) = self.trained(training) else { return Vec::new() };
            let words = self.templates.words(language);
            let columns = training.table_columns();
            let Some(any) = training.reported.first() else { return Vec::new() };
            let names = columns.iter().map(|node| any.run.graph.name(*node).to_owned());
            let head = std::iter::once(words.get("training_step").to_owned()).chain(names).collect();
            let values = |snapshot: &Snapshot| {
                let shown = columns.iter().map(|node| emit::short(snapshot.run.value(*node), view.precision));
                std::iter::once(snapshot.step.to_string()).chain(shown).collect()
            };
            return std::iter::once(head).chain(training.reported.iter().map(values)).collect();
        }
        let Some(run) = entry.graph.and_then(|graph| self.run(graph)) else { return Vec::new() };
        let rows = emit::table_rows(run, view.tongue, view.language, view.precision);
        let has_captions = rows.iter().any(|row| !row[4].is_empty());
        rows.into_iter().map(|row| row.into_iter().take(if has_captions { 5 } else { 4 }).collect()).collect()
    }
}

/// A description names this many rows of a table.
const MOST_ROWS: usize = 24;

/// The table of a graph as a sentence, for a document that does not show it: `w = -2, ∂f/∂w = 5; …`.
fn graph_in_words(rows: &[Vec<String>]) -> String {
    let of_row = |row: &Vec<String>| {
        let gradient = rows[0][3].replace('·', &row[0]);
        if row[3] == "·" {
            format!("{} = {}", row[0], row[2])
        } else {
            format!("{} = {}, {gradient} = {}", row[0], row[2], row[3])
        }
    };
    joined(rows.iter().skip(1).map(of_row))
}

/// The table of a training as a sentence.
fn steps_in_words(rows: &[Vec<String>]) -> String {
    let of_row = |row: &Vec<String>| {
        let cells = rows[0].iter().zip(row).skip(1).map(|(name, value)| format!("{name} = {value}"));
        format!("{} {}: {}", rows[0][0], row[0], cells.collect::<Vec<_>>().join(", "))
    };
    joined(rows.iter().skip(1).map(of_row))
}

fn joined(rows: impl ExactSizeIterator<Item = String>) -> String {
    let rest = if rows.len() > MOST_ROWS { "; …" } else { "" };
    format!("{}{rest}", rows.take(MOST_ROWS).collect::<Vec<_>>().join("; "))
}
