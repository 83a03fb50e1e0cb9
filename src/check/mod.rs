//! What an editor would find. In: notes with their graphs run, and all that lessons are made of; out: diagnostics for
//! what a reader would stumble over although the site can be built. This room does not know HTML, nor who is told.

mod caption;
mod id;
mod korean;
mod mention;
mod number;
mod picture;
mod prose;
mod sentence;
mod term;
mod twin;

use crate::diag::Diagnostic;
use crate::lesson::Workshop;
use crate::note::{Note, Reading};
use prose::Paragraph;
use rayon::prelude::*;
use std::collections::BTreeSet;
use std::sync::Arc;

/// A note that is looked through.
struct Review<'a> {
    workshop: &'a Workshop<'a>,
    /// Its position among the notes.
    index: usize,
    reading: &'a Reading<'a>,
    paragraphs: Vec<Paragraph>,
}

impl Review<'_> {
    fn note(&self) -> &Note {
        &self.reading.note
    }
}

/// One thing to look at in a note.
type Look = fn(&Review<'_>) -> Vec<Diagnostic>;

/// What is looked at in each note by itself.
const LOOKS: &[Look] = &[number::contradicted, korean::misspelt, caption::missing, picture::large, term::inconsistent];

/// What an editor would find in a note. It depends on nothing but what its lesson is made from.
pub fn in_note(workshop: &Workshop<'_>, index: usize, reading: &Reading<'_>) -> Vec<Diagnostic> {
    let review = Review { workshop, index, reading, paragraphs: prose::paragraphs(reading) };
    let file: Arc<str> = reading.note.source.path.as_str().into();
    LOOKS.iter().flat_map(|look| look(&review)).map(|found| found.in_file(&file)).collect()
}

/// What an editor would find in comparing notes: twins that differ, and ids that no note uses.
pub fn between_notes(workshop: &Workshop<'_>) -> Vec<Diagnostic> {
    (0..workshop.notes.len()).into_par_iter().flat_map_iter(|note| beside_twin(workshop, note)).collect()
}

/// The same after a few notes have changed, in which nothing refers to anything else than before.
pub fn between_notes_again(workshop: &Workshop<'_>, before: &[Diagnostic], changed: &[usize]) -> Vec<Diagnostic> {
    let concerned: BTreeSet<usize> = changed.iter().flat_map(|note| twin::family(workshop, *note)).collect();
    let paths: BTreeSet<&str> = concerned.iter().map(|note| workshop.notes[*note].source.path.as_str()).collect();
    let is_other = |found: &&Diagnostic| found.file.as_deref().is_none_or(|file| !paths.contains(file));
    let again = concerned.iter().flat_map(|note| beside_twin(workshop, *note));
    before.iter().filter(is_other).cloned().chain(again).collect()
}

fn beside_twin(workshop: &Workshop<'_>, index: usize) -> Vec<Diagnostic> {
    let Some(twin) = twin::of(workshop, index) else { return Vec::new() };
    let file: Arc<str> = workshop.notes[index].source.path.as_str().into();
    let differing = twin::differing(workshop, index, twin);
    let found = differing.into_iter().chain(id::unused(workshop, index, twin));
    found.map(|diagnostic| diagnostic.in_file(&file)).collect()
}
