//! Figures in the books of other tools. In: a book as mdBook or Pandoc hands it over, in JSON; out: the same book with figures in the
//! places of its graph and train blocks, and with computed numbers in its formulas. What a block means, runs and looks like is
//! what it is in a note: a chapter becomes a [`Note`], and goes the way that notes go. This room knows the tools' JSON and what
//! their documents can show; it does not know the terminal, nor the disk.

mod bench;
pub mod mdbook;
pub mod pandoc;
mod sheet;
mod wishes;

pub use sheet::{Host, style_sheet};
pub use wishes::{OnError, Wishes};

use crate::diag::{Diagnostic, has_errors};
use crate::failure::Failure;
use crate::lang::text;
use crate::source::SourceFile;
use std::path::PathBuf;

/// A book that is ready to be handed back.
#[derive(Clone, Debug)]
pub struct Done {
    /// The JSON that the tool waits for.
    pub json: String,
    /// The folder that the tool works in.
    pub root: PathBuf,
    /// Files that the document names, below that folder.
    pub files: Vec<(String, Vec<u8>)>,
    /// What should be said.
    pub diagnostics: Vec<Diagnostic>,
    /// The texts that the diagnostics are about.
    pub sources: Vec<SourceFile>,
    /// What becomes of a book with mistakes.
    pub on_error: OnError,
}

/// What JSON that cannot be read is: too deep, which says nothing of whose it is, or none of the tool's.
fn unreadable(error: &serde_json::Error, foreign: impl Fn(&str) -> Failure) -> Failure {
    let why = error.to_string();
    if !why.starts_with("recursion limit exceeded") {
        return foreign(&why);
    }
    Failure::Refused(text(
        "표준 입력의 JSON이 너무 깊이 포개져 있어서 읽을 수 없습니다",
        "standard input is JSON that is nested too deeply to be read",
    ))
}

impl Done {
    /// Whether the book is handed back although there are mistakes in it, or there are none.
    pub fn is_built(&self) -> bool {
        self.on_error == OnError::Warn || !has_errors(&self.diagnostics)
    }
}
