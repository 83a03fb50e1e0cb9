//! `bpdoc import`: notes from elsewhere, as a project of their own.

use super::korean::Refused;
use super::{Terminal, tell};
use crate::failure::Failure;
use crate::lang::{counted, text};
use crate::project::Asset;
use crate::report::counts;
use crate::report::{Format, report};
use crate::{migrate, project};
use std::fs;
use std::path::PathBuf;

/// Arguments of `import`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The folder with the notes: Markdown of Jekyll, Hugo or Obsidian, pages of HTML, exports of WordPress or Blogger
    notes: PathBuf,
    /// The folder of the new project; it must not exist yet, or be empty
    #[arg(value_hint = clap::ValueHint::DirPath)]
    dir: PathBuf,
    /// The language of notes that do not say [default: what they are written in]
    #[arg(long, value_name = "TAG", value_parser = tag)]
    language: Option<String>,
}

fn tag(written: &str) -> Result<String, Refused> {
    let is_tag = matches!(written.len(), 2 | 3) && written.bytes().all(|b| b.is_ascii_lowercase());
    if is_tag {
        Ok(written.to_owned())
    } else {
        Err(Refused(text("`ko`나 `en` 같은 언어 태그가 아닙니다", "a language tag such as `ko` or `en`")))
    }
}

/// Writes the project, and says what could not be carried over.
pub fn run(arguments: &Arguments, terminal: Terminal) -> Result<u8, Failure> {
    let dir = &arguments.dir;
    let shown = dir.display();
    let is_free = !dir.exists() || fs::read_dir(dir).is_ok_and(|mut entries| entries.next().is_none());
    if !is_free {
        return Err(Failure::Refused(text(
            format!("`{shown}`는 비어 있지 않습니다"),
            format!("`{shown}` is not empty"),
        )));
    }
    let read = project::files_of(&arguments.notes)?;
    let files: Vec<Asset> = read.value;
    let moved = migrate::bring(&files, arguments.language.as_deref());
    let mut diagnostics = read.diagnostics;
    diagnostics.extend(moved.diagnostics);
    let source = |path: &str| moved.sources.iter().find(|file| file.path == path).map(|file| file.text.as_str());
    tell(&report(&diagnostics, Format::Human { colour: terminal.colour }, terminal.tongue, source));
    for (path, bytes) in &moved.files {
        let path = dir.join(path);
        let writing = || text("쓸 수 없습니다", "cannot write");
        fs::create_dir_all(path.parent().unwrap_or(dir)).map_err(Failure::machine(writing(), &path))?;
        fs::write(&path, bytes).map_err(Failure::machine(writing(), &path))?;
    }
    let (notes, assets, found) = (moved.notes, moved.assets, counts(&diagnostics));
    terminal.say(&text(
        format!(
            "노트 {notes}개와 파일 {assets}개를 `{shown}`로 옮겼습니다: {}. `bpdoc check {shown}`로 살펴보세요",
            found.ko
        ),
        format!(
            "{} and {} brought to `{shown}`: {}; look them over with `bpdoc check {shown}`",
            counted(notes, "note"),
            counted(assets, "file"),
            found.en
        ),
    ));
    Ok(0)
}
