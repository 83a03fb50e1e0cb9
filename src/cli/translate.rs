//! `bpdoc translate`: which notes are translated, what has changed since, and the beginnings of new translations.

use super::write::{create, replace};
use super::{Terminal, complete, print};
use crate::failure::Failure;
use crate::lang::{Text, Tongue, counted, text};
use crate::project::{self, Project};
use crate::source::printable;
use crate::translation::{State, Translation};
use crate::{note, translations};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use unicode_width::UnicodeWidthStr;

/// Arguments of `translate`.
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Arguments {
    #[command(subcommand)]
    action: Option<Action>,
    #[command(flatten)]
    status: Status,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// Show which notes are translated, and which translations are behind
    Status(Status),
    /// List the passages of the originals that have changed since they were translated
    Changes(Chosen),
    /// Record that translations are up to date
    Mark(Chosen),
    /// Begin the missing twins of notes: all that needs no translation is there already
    New(Chosen),
}

#[derive(Debug, clap::Args)]
struct Status {
    /// The project's folder
    #[arg(default_value = ".", value_hint = clap::ValueHint::DirPath)]
    root: PathBuf,
    /// How the table is written
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    format: FormatArgument,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum FormatArgument {
    Human,
    Json,
}

#[derive(Debug, clap::Args)]
struct Chosen {
    /// The files of the notes, below the project's folder
    #[arg(required = true, value_name = "NOTE", add = complete::notes())]
    notes: Vec<String>,
    /// The project's folder
    #[arg(long, value_name = "DIR", default_value = ".", value_hint = clap::ValueHint::DirPath)]
    root: PathBuf,
}

/// Shows or changes how translations stand to their originals.
pub fn run(arguments: &Arguments, terminal: Terminal) -> Result<u8, Failure> {
    match &arguments.action {
        None => status(&arguments.status, terminal),
        Some(Action::Status(status)) => self::status(status, terminal),
        Some(Action::Changes(chosen)) => changes(chosen, terminal),
        Some(Action::Mark(chosen)) => mark(chosen, terminal),
        Some(Action::New(chosen)) => begin(chosen, terminal),
    }
}

fn load(root: &Path) -> Result<(Project, Vec<Translation>), Failure> {
    let project = project::load(root)?.value;
    let translations = translations(&project);
    Ok((project, translations))
}

fn status(arguments: &Status, terminal: Terminal) -> Result<u8, Failure> {
    let (project, all) = load(&arguments.root)?;
    if arguments.format == FormatArgument::Json {
        let lines = all.iter().map(|translation| serde_json::json!(translation).to_string() + "\n");
        return print(lines.collect::<String>().as_bytes());
    }
    let languages = &project.settings.languages;
    let mut rows: Vec<Vec<String>> = vec![std::iter::once(String::new()).chain(languages.iter().cloned()).collect()];
    for family in all.chunks(languages.len().max(1)) {
        let name = family.first().map(|translation| printable(&translation.note)).unwrap_or_default();
        rows.push(
            std::iter::once(name).chain(family.iter().map(|t| word(t).in_tongue(terminal.tongue).to_owned())).collect(),
        );
    }
    print(table(&rows).as_bytes())?;
    terminal.say(&summary(&all));
    Ok(0)
}

fn word(translation: &Translation) -> Text {
    match &translation.state {
        _ if translation.draft => Text::fixed("초고", "draft"),
        State::Original => Text::fixed("원문", "original"),
        State::UpToDate => Text::fixed("최신", "up to date"),
        State::Outdated { .. } => Text::fixed("낡음", "outdated"),
        State::Missing => Text::fixed("없음", "missing"),
    }
}

/// Rows with their columns one below the other.
fn table(rows: &[Vec<String>]) -> String {
    let columns = rows.first().map_or(0, Vec::len);
    let width = |column: usize| rows.iter().map(|row| row[column].width()).max().unwrap_or_default();
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let line = |row: &Vec<String>| {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell}{}", " ".repeat(width - cell.width())));
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned() + "\n"
    };
    rows.iter().map(line).collect()
}

fn summary(all: &[Translation]) -> Text {
    let mut of_languages: BTreeMap<&str, [usize; 3]> = BTreeMap::new();
    for translation in all {
        let counts = of_languages.entry(&translation.language).or_default();
        let kind = match translation.state {
            State::Outdated { .. } => 1,
            State::Missing => 2,
            State::Original | State::UpToDate => 0,
        };
        counts[kind] += 1;
    }
    let clause = |tongue: Tongue| {
        let said = of_languages.iter().map(|(language, [fine, outdated, missing])| match tongue {
            Tongue::Ko => format!("{language}: 있음 {fine}, 낡음 {outdated}, 없음 {missing}"),
            Tongue::En => format!("{language}: {fine} fine, {outdated} outdated, {missing} missing"),
        });
        said.collect::<Vec<_>>().join("; ")
    };
    text(clause(Tongue::Ko), clause(Tongue::En))
}

/// The translation in a file that the author names.
fn find<'t>(all: &'t [Translation], root: &Path, named: &str) -> Result<&'t Translation, Failure> {
    let below = Path::new(named)
        .strip_prefix(root)
        .map_or_else(|_| named.to_owned(), |path| path.to_string_lossy().into_owned());
    let below = below.trim_start_matches("./");
    all.iter().find(|translation| translation.file.as_deref() == Some(below)).ok_or_else(|| {
        Failure::Refused(text(
            format!("`{named}`라는 노트가 없습니다. `content/시리즈/01-이름.ko.md`처럼 쓰세요"),
            format!("there is no note `{named}`; write it as `content/SERIES/01-slug.en.md`"),
        ))
    })
}

fn changes(arguments: &Chosen, terminal: Terminal) -> Result<u8, Failure> {
    let (_, all) = load(&arguments.root)?;
    let mut out = String::new();
    for named in &arguments.notes {
        let translation = find(&all, &arguments.root, named)?;
        let original = translation.original.as_deref().unwrap_or_default();
        let said = match &translation.state {
            State::Original | State::Missing => text("번역이 아닙니다", "this is no translation"),
            State::UpToDate => text("바뀐 것이 없습니다", "nothing has changed"),
            State::Outdated { changed: None, .. } => text(
                format!(
                    "`{original}`: 바뀌었습니다. 어디가 바뀌었는지는 `bpdoc translate mark`로 기록한 번역에서만 알 수 있습니다"
                ),
                format!(
                    "`{original}` has changed; where, only translations tell that `bpdoc translate mark` has recorded"
                ),
            ),
            State::Outdated { changed: Some(passages), gone } => {
                let list = |suffix: &str| {
                    let line = |line: Option<usize>| line.map_or_else(String::new, |line| format!(":{line}"));
                    let lines = passages
                        .iter()
                        .map(|passage| format!("\n  {original}{}: {}", line(passage.line), passage.heading));
                    lines.collect::<String>() + suffix
                };
                let removed = gone.saturating_sub(passages.len());
                let (ko, en) = if removed > 0 {
                    (format!("\n  지운 곳 {removed}곳"), format!("\n  {removed} removed"))
                } else {
                    Default::default()
                };
                text(format!("바뀐 곳:{}", list(&ko)), format!("changed:{}", list(&en)))
            }
        };
        out.push_str(&format!("{named}: {}\n", said.in_tongue(terminal.tongue)));
    }
    print(out.as_bytes())
}

fn mark(arguments: &Chosen, terminal: Terminal) -> Result<u8, Failure> {
    let (project, all) = load(&arguments.root)?;
    let mut marked = Vec::new();
    for named in &arguments.notes {
        let translation = find(&all, &arguments.root, named)?;
        let (Some(file), Some(record)) = (&translation.file, &translation.record) else {
            return Err(Failure::Refused(text(
                format!("`{named}`의 원문이 없습니다. 원문은 `translated`가 없는 짝 노트입니다"),
                format!("`{named}` has no original; that is the twin note that has no `translated`"),
            )));
        };
        let source = project.source(file).unwrap_or_default();
        marked.push((arguments.root.join(file), note::with_translated(source, record)));
    }
    for (path, text) in &marked {
        replace(path, text)?;
    }
    let n = marked.len();
    terminal.say(&text(
        format!("번역 {n}개를 최신으로 기록했습니다"),
        format!("{} marked as up to date", counted(n, "translation")),
    ));
    Ok(0)
}

fn begin(arguments: &Chosen, terminal: Terminal) -> Result<u8, Failure> {
    let (project, all) = load(&arguments.root)?;
    let mut files = Vec::new();
    for named in &arguments.notes {
        let original = find(&all, &arguments.root, named)?;
        let Some(file) = &original.file else { continue };
        let source = project.source(file).unwrap_or_default();
        let missing = all.iter().filter(|other| other.note == original.note && other.state == State::Missing);
        for twin in missing {
            let name = twin_name(file, &original.language, &twin.language);
            let record = twin.record.as_deref().unwrap_or_default();
            files.push((arguments.root.join(name), note::skeleton(source, record)));
        }
    }
    if files.is_empty() {
        return Err(Failure::Refused(text("빠진 언어가 없습니다", "no language is missing")));
    }
    create(&files)?;
    for (path, _) in &files {
        let shown = path.display();
        terminal.say(&text(
            format!("`{shown}`: 주석을 번역하고 `draft`를 지우세요"),
            format!("`{shown}`: translate the comments, then remove `draft`"),
        ));
    }
    Ok(0)
}

/// `01-one.ko.md` is `01-one.en.md` in English, and so is `01-one.md`.
fn twin_name(file: &str, language: &str, other: &str) -> String {
    let stem = file.strip_suffix(".md").unwrap_or(file);
    let stem = stem.strip_suffix(&format!(".{language}")).unwrap_or(stem);
    format!("{stem}.{other}.md")
}
