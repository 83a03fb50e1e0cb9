//! Code that is kept in a file of its own. In: what a fence names, `train.py`, `train.py#4-12` or `train.py#loop`, and
//! the files beside the notes; out: that part of the file. A named part stands in the file between lines that hold
//! `ANCHOR: loop` and `ANCHOR_END: loop`; such lines are not shown.

use crate::diag::Diagnostic;
use crate::expr::closest;
use crate::lang::{Particle, counted, text, with_particle};
use crate::project::Asset;
use crate::source::beside;
use std::ops::Range;
use std::sync::Arc;

/// A part of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Included {
    /// Its lines.
    pub text: String,
    /// The number of the first of them in the file.
    pub first_line: usize,
}

/// What a note may include.
#[derive(Clone, Copy, Debug)]
pub struct Shelf<'p> {
    /// The note's path below the project's root.
    pub note: &'p str,
    /// The files below `content/` that are no notes, sorted by path.
    pub files: &'p [Asset],
}

impl Shelf<'_> {
    /// The part of a file that a fence names; `range` is where it does so.
    pub fn read(&self, written: &str, range: Range<usize>) -> Result<Included, Diagnostic> {
        let (name, part) = written.split_once('#').unwrap_or((written, ""));
        let path = beside(self.note, name).and_then(|path| path.strip_prefix("content/").map(str::to_owned));
        let Some(file) = path.and_then(|path| self.files.iter().find(|file| file.path == path)) else {
            return Err(self.no_file(name, range));
        };
        let Ok(code) = std::str::from_utf8(&file.bytes) else { return Err(not_text(name, range)) };
        let path: Arc<str> = format!("content/{}", file.path).into();
        let lines: Vec<&str> = code.lines().collect();
        let shown = match part {
            "" => 0..lines.len(),
            part => match stretch(part) {
                Some(stretch) if stretch.end <= lines.len() => stretch,
                Some(_) => return Err(too_few_lines(name, lines.len(), range)),
                None => named(part, code, &lines, range).map_err(|diagnostic| match diagnostic {
                    Misnamed::Here(diagnostic) => diagnostic,
                    Misnamed::InFile(diagnostic) => diagnostic.in_file(&path),
                })?,
            },
        };
        let first_line = shown.start + 1;
        let kept = lines[shown].iter().filter(|line| !line.contains("ANCHOR: ") && !line.contains("ANCHOR_END: "));
        Ok(Included { text: kept.flat_map(|line| [line, "\n"]).collect(), first_line })
    }

    fn no_file(&self, name: &str, range: Range<usize>) -> Diagnostic {
        let diagnostic = Diagnostic::error(
            "missing-file",
            range,
            text(format!("`{name}`: 그런 파일이 없습니다"), format!("`{name}`: there is no such file")),
        );
        let names = self.files.iter().filter_map(|file| file.path.rsplit('/').next());
        match closest(name, names.filter(|other| *other != name)) {
            Some(near) => diagnostic.help(text(format!("`{near}`인가요?"), format!("did you mean `{near}`?"))),
            None => diagnostic.help(text(
                "파일은 `content` 폴더 안에 두고, 이 노트에서 본 경로로 씁니다",
                "the file stands below `content`, and its path is seen from this note",
            )),
        }
    }
}

/// Lines counted from 1, `4-12` or `4`, as a range counted from 0.
fn stretch(part: &str) -> Option<Range<usize>> {
    let (first, last) = part.split_once('-').unwrap_or((part, part));
    let (first, last): (usize, usize) = (first.parse().ok()?, last.parse().ok()?);
    (first > 0 && first <= last).then(|| first - 1..last)
}

/// A mistake about a name, in the note or in the file that it names a part of.
enum Misnamed {
    Here(Diagnostic),
    InFile(Diagnostic),
}

fn named(part: &str, code: &str, lines: &[&str], range: Range<usize>) -> Result<Range<usize>, Misnamed> {
    let mark = |line: &str, mark: &str| -> Option<String> {
        line.split_once(mark).map(|(_, name)| name.split_whitespace().next().unwrap_or_default().to_owned())
    };
    let Some(start) = lines.iter().position(|line| mark(line, "ANCHOR: ").as_deref() == Some(part)) else {
        let known: Vec<String> = lines.iter().filter_map(|line| mark(line, "ANCHOR: ")).collect();
        return Err(Misnamed::Here(no_part(part, &known, range)));
    };
    match lines[start..].iter().position(|line| mark(line, "ANCHOR_END: ").as_deref() == Some(part)) {
        Some(len) => Ok(start + 1..start + len),
        None => {
            let at = lines[start].as_ptr() as usize - code.as_ptr() as usize;
            Err(Misnamed::InFile(unclosed_part(part, at..at + lines[start].len())))
        }
    }
}

fn not_text(name: &str, range: Range<usize>) -> Diagnostic {
    Diagnostic::error(
        "not-utf8",
        range,
        text(
            format!("{} UTF-8이 아닙니다", with_particle(&format!("`{name}`"), Particle::Topic)),
            format!("`{name}` is not UTF-8"),
        ),
    )
}

fn too_few_lines(name: &str, count: usize, range: Range<usize>) -> Diagnostic {
    Diagnostic::error(
        "no-such-lines",
        range,
        text(format!("`{name}`에는 {count}줄뿐입니다"), format!("`{name}` has only {}", counted(count, "line"))),
    )
}

fn no_part(part: &str, known: &[String], range: Range<usize>) -> Diagnostic {
    let diagnostic = Diagnostic::error(
        "unknown-part",
        range,
        text(format!("파일에 `ANCHOR: {part}` 줄이 없습니다"), format!("the file has no line `ANCHOR: {part}`")),
    );
    match closest(part, known.iter().map(String::as_str)) {
        Some(near) => diagnostic.help(text(format!("`{near}`인가요?"), format!("did you mean `{near}`?"))),
        None => diagnostic,
    }
}

fn unclosed_part(part: &str, range: Range<usize>) -> Diagnostic {
    Diagnostic::error(
        "unclosed-part",
        range,
        text(
            format!("{} 끝나는 줄이 없습니다", with_particle(&format!("`{part}`"), Particle::Subject)),
            format!("the part `{part}` does not end"),
        ),
    )
    .help(text(format!("끝에 `ANCHOR_END: {part}`를 쓰세요"), format!("write `ANCHOR_END: {part}` behind it")))
}

/// The diagnostic for a code block that names a file and has lines of its own.
pub fn both(range: Range<usize>) -> Diagnostic {
    Diagnostic::error(
        "code-twice",
        range,
        text(
            "파일을 가리키는 블록에는 코드를 쓸 수 없습니다",
            "a block that names a file cannot have lines of its own",
        ),
    )
}
