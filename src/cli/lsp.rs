//! `bpdoc lsp`: a language server for editors.

use super::{NOTES_HAVE_ERRORS, Terminal};
use crate::failure::Failure;
use crate::lang::Tongue;
use crate::lsp;

/// Serves an editor on standard input and output; `lang` is what `--lang` says.
pub fn run(lang: Option<Tongue>, terminal: Terminal) -> Result<u8, Failure> {
    Ok(if lsp::serve(lang, terminal.tongue) { 0 } else { NOTES_HAVE_ERRORS })
}
