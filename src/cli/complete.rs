//! Completions. In: a shell, or a line that is being typed; out: a script, or what the word may become. The script asks
//! the program itself, so that it knows what is in the project.

use super::locale_tongue;
use crate::failure::Failure;
use crate::lang::{Tongue, text};
use crate::ops::{self, Family};
use crate::{codes, project};
use clap_complete::CompleteEnv;
use clap_complete::engine::{ArgValueCompleter, CompletionCandidate};
use clap_complete::env::Shells;
use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::path::Path;

pub use clap_complete::Shell;

/// Where a shell says that it wants to know what a word may become.
const VARIABLE: &str = "BPDOC_COMPLETE";

/// A value with what it means.
type Value = (String, String);

/// Answers a shell that asks while a line is typed. False if none does.
pub fn has_answered(arguments: &[OsString], command: impl Fn() -> clap::Command) -> bool {
    let here = std::env::current_dir().ok();
    CompleteEnv::with_factory(command)
        .var(VARIABLE)
        .try_complete(arguments, here.as_deref())
        .unwrap_or_else(|error| error.print().is_ok() || error.use_stderr())
}

/// The script that makes a shell ask.
pub fn script(shell: Shell) -> Result<Vec<u8>, Failure> {
    let mut script = Vec::new();
    let shells = Shells::builtins();
    let Some(completer) = shells.completer(&shell.to_string()) else {
        return Err(Failure::Refused(text("모르는 셸입니다", "this shell is not known")));
    };
    let writing = || text("출력할 수 없습니다", "cannot write the output");
    completer
        .write_registration(VARIABLE, "bpdoc", "bpdoc", "bpdoc", &mut script)
        .map_err(Failure::machine(writing(), "-".as_ref()))?;
    Ok(script)
}

/// The ops of the table.
pub fn ops() -> ArgValueCompleter {
    among(|tongue| {
        let shown = ops::table().filter(|op| op.family != Family::Rule);
        shown.map(|op| (op.name.to_owned(), op.title.text_in(tongue).to_owned())).collect()
    })
}

/// The codes of diagnostics.
pub fn codes() -> ArgValueCompleter {
    among(|tongue| {
        let line = |code: &codes::Code| (code.name.to_owned(), code.meaning.in_tongue(tongue).to_owned());
        codes::table().iter().map(line).collect()
    })
}

/// The notes of the project that the shell is in.
pub fn notes() -> ArgValueCompleter {
    among(|_| notes_here().into_iter().map(|note| (note, String::new())).collect())
}

/// The series of the project that the shell is in, to be followed by the name of a note.
pub fn series() -> ArgValueCompleter {
    among(|_| {
        let folders = notes_here().into_iter().filter_map(|note| {
            let (folder, _) = note.strip_prefix("content/")?.rsplit_once('/')?;
            Some(format!("{folder}/"))
        });
        folders.collect::<BTreeSet<_>>().into_iter().map(|folder| (folder, String::new())).collect()
    })
}

fn notes_here() -> Vec<String> {
    // Where there is no project, there is nothing to offer.
    let found = if Path::new("content").is_dir() { project::markdown_at(Path::new(".")) } else { Ok(Vec::new()) };
    let paths = found.unwrap_or_default().into_iter();
    let paths = paths.map(|path| path.strip_prefix(".").unwrap_or(&path).to_string_lossy().into_owned());
    // Other names with a line before them are parts that notes include.
    let is_note = |path: &String| {
        let name = path.rsplit('/').next().unwrap_or_default();
        !name.starts_with('_') || name.starts_with("_index.")
    };
    paths.filter(is_note).collect()
}

/// Those of some values that a word may become.
fn among(values: fn(Tongue) -> Vec<Value>) -> ArgValueCompleter {
    ArgValueCompleter::new(move |word: &OsStr| {
        let word = word.to_string_lossy();
        let fitting = values(locale_tongue()).into_iter().filter(|(value, _)| value.starts_with(&*word));
        let candidate = |(value, meaning): Value| {
            let meaning = Some(meaning).filter(|meaning| !meaning.is_empty());
            CompletionCandidate::new(value).help(meaning.map(Into::into))
        };
        fitting.map(candidate).collect()
    })
}
