//! `bpdoc build`: load → edit → print → report → publish.

use super::{NOTES_HAVE_ERRORS, Terminal};
use crate::archive::{self, Archive, Stamp};
use crate::diag::{Checked, Diagnostic, Log, has_errors};
use crate::failure::Failure;
use crate::lang::{counted, text};
use crate::memo::Memo;
use crate::output::{Publication, Published};
use crate::project::{Look, Project, look};
use crate::record::Record;
use crate::report::counts;
use crate::source::printable;
use crate::stage::{Progress, Stage};
use crate::{edit_watched, print, project};
use std::mem::ManuallyDrop;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;
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
    /// Make everything anew, and leave nothing behind for the next build
    #[arg(long)]
    no_cache: bool,
}

/// Builds the site. With an error in the notes nothing is published, and the old site stays.
pub fn run(arguments: &Arguments, terminal: Terminal) -> Result<u8, Failure> {
    let started = Instant::now();
    let out = arguments.out.as_deref().map_or_else(|| arguments.root.join("site"), straight);
    keep_safe(&["content", "templates"], &arguments.root, &out)?;
    let folder = if arguments.no_cache { None } else { archive::folder_of(&arguments.root) };
    let job = Job { root: &arguments.root, out: &out, started, terminal };
    let archive = Archive::open(folder);
    let last = ManuallyDrop::new(Record::last(&archive, &out));
    if let Some(done) = last.as_ref().and_then(|last| job.confirm(last).transpose()) {
        return done;
    }
    match job.build(archive, last.as_ref())? {
        Some(exit) => Ok(exit),
        // What could not be read any more has been thrown away.
        None => job.build(Archive::default(), None).map(|exit| exit.unwrap_or(NOTES_HAVE_ERRORS)),
    }
}

/// What is to be built.
struct Job<'a> {
    root: &'a Path,
    out: &'a Path,
    started: Instant,
    terminal: Terminal,
}

impl Job<'_> {
    /// Where nothing has changed since the last build, what was said then is all there is to do.
    fn confirm(&self, last: &Record) -> Result<Option<u8>, Failure> {
        if !last.is_of(&look(self.root, last.look.places().clone())) {
            return Ok(None);
        }
        let publication = Publication::begin(self.out)?;
        let files: Vec<(&String, Stamp)> = last.stamps.iter().map(|(path, stamp)| (path, *stamp)).collect();
        if publication.keep(&files).len() < files.len() {
            return Ok(None);
        }
        if !last.diagnostics.is_empty() {
            self.terminal.report(&last.diagnostics, &project::load(self.root)?.value);
        }
        self.tell(&publication.finish()?, last);
        Ok(Some(0))
    }

    /// Builds the site and leaves in the archive what the next build can use. None where something of the archive could
    /// not be read: the folder is then what it was, and the archive is empty.
    fn build(&self, archive: Archive, last: Option<&Record>) -> Result<Option<u8>, Failure> {
        let progress = self.terminal.progress();
        progress.begin(Stage::Files, 0);
        let mut log = Log::default();
        let (look, project) = self.read(last)?;
        if let Some(theme) = &project.value.settings.theme {
            keep_safe(&[&theme.folder], self.root, self.out)?;
        }
        // The process ends with the build. To give back what these hold, thing by thing, takes as long as a note takes.
        let project = ManuallyDrop::new(log.take(project));
        let archive = Arc::new(archive.in_world(project.world()));
        let memo = Memo::with_archive(Arc::clone(&archive));
        let edition = ManuallyDrop::new(log.take(edit_watched(&project, &mut ManuallyDrop::new(memo), progress)));
        let mut record = Record::new(self.out, look, &project, &edition);
        // What is wrong with pages is found while they are written.
        let publication = (!log.has_errors()).then(|| Publication::begin(self.out)).transpose()?;
        log.take(match &publication {
            Some(publication) => record.print(last, (&project, &edition), (&archive, publication), progress),
            None => print(&project, &edition, &|_, _| {}, progress),
        });
        if archive.is_spoilt() {
            archive.discard();
            return Ok(None);
        }
        record.diagnostics = log.finish(()).diagnostics;
        self.terminal.report(&record.diagnostics, &project);
        let Some(publication) = publication.filter(|_| !has_errors(&record.diagnostics)) else {
            self.tell_of_errors(&record.diagnostics);
            return Ok(Some(NOTES_HAVE_ERRORS));
        };
        progress.begin(Stage::Writing, 0);
        let mut published = publication.finish()?;
        record.stamps = std::mem::take(&mut published.stamps);
        archive.save(&record);
        self.tell(&published, &record);
        Ok(Some(0))
    }

    /// Reads the project, with a look at it from before: who looks first never takes a newer file for the one that was read.
    fn read(&self, last: Option<&Record>) -> Result<(Look, Checked<Project>), Failure> {
        let places = last.map_or_else(|| Project::default().places(), |last| last.look.places().clone());
        let seen = look(self.root, places);
        let project = project::load(self.root)?;
        let places = project.value.places();
        if *seen.places() == places {
            return Ok((seen, project));
        }
        // It is read from elsewhere, too: its theme, its table of terms.
        Ok((look(self.root, places), project::load(self.root)?))
    }

    fn tell_of_errors(&self, diagnostics: &[Diagnostic]) {
        let found = counts(diagnostics);
        self.terminal.say(&text(
            format!("사이트를 바꾸지 않았습니다: {}", found.ko),
            format!("the site was not changed: {}", found.en),
        ));
        self.terminal.tell_stages(self.terminal.progress());
    }

    fn tell(&self, published: &Published, record: &Record) {
        let terminal = self.terminal;
        if !published.foreign.is_empty() {
            let names = published.foreign.iter().take(5).map(|path| format!("`{}`", printable(path)));
            let list = names.collect::<Vec<_>>().join(", ");
            let n = published.foreign.len();
            terminal.warn(&text(
                format!("bpdoc이 만들지 않은 파일 {n}개를 그대로 두었습니다: {list}"),
                format!("kept {} that bpdoc did not write: {list}", counted(n, "file")),
            ));
        }
        let Record { notes, figures, .. } = record;
        let (files, milliseconds) = (published.written, self.started.elapsed().as_millis());
        let found = counts(&record.diagnostics);
        terminal.say(&text(
            format!("노트 {notes}개, 그림 {figures}개, 바뀐 파일 {files}개, {} ({milliseconds} ms)", found.ko),
            format!(
                "{}, {}, {} written, {} ({milliseconds} ms)",
                counted(*notes, "note"),
                counted(*figures, "figure"),
                counted(files, "file"),
                found.en
            ),
        ));
        terminal.tell_stages(terminal.progress());
        let Published { same, removed, .. } = published;
        terminal.detail(&text(
            format!("  그대로인 파일 {same}개, 지운 파일 {removed}개"),
            format!("  {} as before, {removed} removed", counted(*same, "file")),
        ));
    }
}

/// A path without names that only lead back (`new/..`), where the system would have to make a folder to leave it.
fn straight(path: &Path) -> PathBuf {
    let mut straight = PathBuf::new();
    for part in path.components() {
        let is_name = matches!(straight.components().next_back(), Some(Component::Normal(_)));
        if part == Component::ParentDir && is_name && !straight.is_dir() {
            straight.pop();
        } else {
            straight.push(part);
        }
    }
    if straight.as_os_str().is_empty() { ".".into() } else { straight }
}

/// The output must not be the project itself, nor stand above it or inside these folders of it, which are read.
fn keep_safe(sources: &[&str], root: &Path, out: &Path) -> Result<(), Failure> {
    let resolving = || text("경로를 알 수 없습니다", "cannot resolve the path");
    let whole = |path: &Path| -> Result<PathBuf, Failure> {
        let absolute = std::path::absolute(path).map_err(Failure::machine(resolving(), path))?;
        // What does not exist yet is resolved as far as it exists.
        let existing = absolute.ancestors().find(|ancestor| ancestor.exists()).unwrap_or(&absolute);
        let rest = absolute.strip_prefix(existing).unwrap_or(Path::new(""));
        Ok(std::fs::canonicalize(existing).map_err(Failure::machine(resolving(), path))?.join(rest))
    };
    let (root, out) = (whole(root)?, whole(out)?);
    let holds_sources = root.starts_with(&out) || sources.iter().any(|folder| out.starts_with(root.join(folder)));
    if holds_sources {
        let shown = out.display();
        return Err(Failure::Refused(text(
            format!("출력 폴더 `{shown}`에는 프로젝트의 원본이 있습니다. `-o`로 다른 폴더를 정하세요"),
            format!("the output folder `{shown}` holds the project's sources; choose another one with `-o`"),
        )));
    }
    Ok(())
}
