//! `bpdoc build`: load → edit → print → report → publish.

use super::{NOTES_HAVE_ERRORS, Terminal};
use crate::diag::{Log, has_errors};
use crate::failure::Failure;
use crate::lang::{counted, text};
use crate::memo::Memo;
use crate::output::{Publication, Published};
use crate::report::counts;
use crate::stage::{Progress, Stage};
use crate::{edit_watched, print, project};
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Arguments of `build`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The project's folder
    #[arg(default_value = ".", value_hint = clap::ValueHint::DirPath)]
    root: PathBuf,
    /// Where the site goes; by default `site` in the project's folder
    #[arg(long, short, value_name = "DIR", value_hint = clap::ValueHint::DirPath)]
    out: Option<PathBuf>,
}

/// Builds the site. With an error in the notes nothing is published, and the old site stays.
pub fn run(arguments: &Arguments, terminal: Terminal) -> Result<u8, Failure> {
    let started = Instant::now();
    let out = arguments.out.clone().unwrap_or_else(|| arguments.root.join("site"));
    keep_sources_safe(&arguments.root, &out)?;
    let progress = terminal.progress();
    progress.begin(Stage::Files, 0);
    let mut log = Log::default();
    let project = log.take(project::load(&arguments.root)?);
    let edition = log.take(edit_watched(&project, &mut Memo::default(), progress));
    // What is wrong with pages is found while they are written.
    let publication = (!log.has_errors()).then(|| Publication::begin(&out)).transpose()?;
    let keep = |path: &str, bytes: Vec<u8>| {
        if let Some(publication) = &publication {
            publication.put(path, &bytes);
        }
    };
    log.take(print(&project, &edition, &keep, progress));
    let diagnostics = log.finish(()).diagnostics;
    terminal.report(&diagnostics, &project);
    let found = counts(&diagnostics);
    let Some(publication) = publication.filter(|_| !has_errors(&diagnostics)) else {
        terminal.say(&text(
            format!("사이트를 바꾸지 않았습니다: {}", found.ko),
            format!("the site was not changed: {}", found.en),
        ));
        terminal.tell_stages(progress);
        return Ok(NOTES_HAVE_ERRORS);
    };
    progress.begin(Stage::Writing, 0);
    let published = publication.finish()?;
    if !published.foreign.is_empty() {
        let list = published.foreign.iter().take(5).map(|path| format!("`{path}`")).collect::<Vec<_>>().join(", ");
        let n = published.foreign.len();
        terminal.warn(&text(
            format!("bpdoc이 만들지 않은 파일 {n}개를 그대로 두었습니다: {list}"),
            format!("kept {} that bpdoc did not write: {list}", counted(n, "file")),
        ));
    }
    let (notes, figures, files, milliseconds) =
        (edition.notes(), edition.figures(), published.written, started.elapsed().as_millis());
    terminal.say(&text(
        format!("노트 {notes}개, 그림 {figures}개, 바뀐 파일 {files}개, {} ({milliseconds} ms)", found.ko),
        format!(
            "{}, {}, {} written, {} ({milliseconds} ms)",
            counted(notes, "note"),
            counted(figures, "figure"),
            counted(files, "file"),
            found.en
        ),
    ));
    terminal.tell_stages(progress);
    let Published { same, removed, .. } = published;
    terminal.detail(&text(
        format!("  그대로인 파일 {same}개, 지운 파일 {removed}개"),
        format!("  {} as before, {removed} removed", counted(same, "file")),
    ));
    Ok(0)
}

/// The output must not be the project itself, nor stand above or inside what is read.
fn keep_sources_safe(root: &Path, out: &Path) -> Result<(), Failure> {
    let resolving = || text("경로를 알 수 없습니다", "cannot resolve the path");
    let whole = |path: &Path| -> Result<PathBuf, Failure> {
        let absolute = std::path::absolute(path).map_err(Failure::machine(resolving(), path))?;
        // What does not exist yet is resolved as far as it exists.
        let existing = absolute.ancestors().find(|ancestor| ancestor.exists()).unwrap_or(&absolute);
        let rest = absolute.strip_prefix(existing).unwrap_or(Path::new(""));
        Ok(std::fs::canonicalize(existing).map_err(Failure::machine(resolving(), path))?.join(rest))
    };
    let (root, out) = (whole(root)?, whole(out)?);
    let holds_sources =
        root.starts_with(&out) || ["content", "templates"].iter().any(|folder| out.starts_with(root.join(folder)));
    if holds_sources {
        let shown = out.display();
        return Err(Failure::Refused(text(
            format!("출력 폴더 `{shown}`에는 프로젝트의 원본이 있습니다. `-o`로 다른 폴더를 정하세요"),
            format!("the output folder `{shown}` holds the project's sources; choose another one with `-o`"),
        )));
    }
    Ok(())
}
