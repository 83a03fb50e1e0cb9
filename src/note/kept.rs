//! A note as it is kept for the next build. In: what a reading has brought; out: the same, beside the text that it was
//! read from, which is at hand anyway.

use super::{Manuscript, Note};
use crate::diag::{Checked, Diagnostic};
use serde::{Deserialize, Serialize};
use std::ops::Range;
use std::sync::Arc;

/// What the reading of a note has brought.
#[derive(Default, Serialize, Deserialize)]
pub struct KeptNote {
    /// Empty only where nothing could be read.
    note: Option<Note>,
    /// Templates are not told where headings stand, and so these do not say it themselves.
    headings: Vec<Range<usize>>,
    diagnostics: Vec<Diagnostic>,
}

impl KeptNote {
    /// To be kept.
    pub fn new(Checked { value: note, diagnostics }: &Checked<Arc<Note>>) -> Self {
        let headings = note.headings.iter().map(|heading| heading.range.clone()).collect();
        Self { note: Some(Note::clone(note)), headings, diagnostics: diagnostics.clone() }
    }

    /// As it was read from the manuscript.
    pub fn read_from(self, manuscript: &Manuscript) -> Option<Checked<Arc<Note>>> {
        let mut note = self.note?;
        note.source = Arc::clone(&manuscript.source);
        for (heading, range) in note.headings.iter_mut().zip(self.headings) {
            heading.range = range;
        }
        Some(Checked { value: Arc::new(note), diagnostics: self.diagnostics })
    }
}
