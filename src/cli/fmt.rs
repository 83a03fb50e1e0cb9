//! `bpdoc fmt`: the blocks of notes, tidied.

use super::{NOTES_HAVE_ERRORS, Terminal, as_text, print};
use crate::failure::Failure;
use crate::lang::{counted, text};
use crate::source::printable;
use crate::{format, output, project};
use std::io::Read;
use std::path::{Path, PathBuf};

/// Arguments of `fmt`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Notes, or folders of notes; `-` for standard input
    #[arg(default_value = ".")]
    paths: Vec<PathBuf>,
    /// Write nothing, list the notes that are not tidy, and end with 1 if there are some
    #[arg(long)]
    check: bool,
}

/// Tidies notes where they stand.
pub fn run(arguments: &Arguments, terminal: Terminal) -> Result<u8, Failure> {
    if arguments.paths.iter().any(|path| path == Path::new("-")) {
        return of_stdin(arguments);
    }
    let mut notes = Vec::new();
    for path in &arguments.paths {
        notes.extend(project::markdown_at(path)?);
    }
    notes.sort();
    notes.dedup();
    let mut untidy = 0;
    for note in &notes {
        let old = std::fs::read(note).map_err(Failure::machine(text("읽을 수 없습니다", "cannot read"), note))?;
        let Ok(old) = String::from_utf8(old) else {
            let shown = printable(&note.to_string_lossy());
            terminal.warn(&text(
                format!("`{shown}`: UTF-8이 아니어서 그대로 두었습니다"),
                format!("`{shown}` is not UTF-8 and was left as it is"),
            ));
            continue;
        };
        let new = format::note(&old);
        if new == old {
            continue;
        }
        untidy += 1;
        if arguments.check {
            print(format!("{}\n", printable(&note.to_string_lossy())).as_bytes())?;
        } else {
            output::replace(note, new.as_bytes())?;
        }
    }
    let all = notes.len();
    terminal.say(&match arguments.check {
        true => text(
            format!("노트 {all}개 가운데 {untidy}개를 정돈해야 합니다"),
            format!("{untidy} of {} {} not tidy", counted(all, "note"), if untidy == 1 { "is" } else { "are" }),
        ),
        false => text(
            format!("노트 {all}개 가운데 {untidy}개를 정돈했습니다"),
            format!("{untidy} of {} tidied", counted(all, "note")),
        ),
    });
    Ok(if arguments.check && untidy > 0 { NOTES_HAVE_ERRORS } else { 0 })
}

/// A note from standard input to standard output.
fn of_stdin(arguments: &Arguments) -> Result<u8, Failure> {
    if arguments.paths.len() > 1 {
        return Err(Failure::Refused(text(
            "`-`는 다른 경로와 함께 쓸 수 없습니다",
            "`-` cannot stand beside other paths",
        )));
    }
    let mut old = Vec::new();
    std::io::stdin().lock().read_to_end(&mut old).map_err(Failure::reading("-".as_ref()))?;
    let old = as_text(old, "-".as_ref())?;
    let new = format::note(&old);
    match arguments.check {
        true if new != old => print(b"-\n").map(|_| NOTES_HAVE_ERRORS),
        true => Ok(0),
        false => print(new.as_bytes()),
    }
}
