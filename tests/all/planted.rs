//! Mistakes planted in a copy of the project's own notes: every one is found, at its line, and without them nothing is said
//! (which `content.rs` tests).
//!
//! `tests/planted.tsv` holds an edit a line; those that would hide one another are made in different copies.

use bpdoc::diag::Diagnostic;
use bpdoc::project::{self, Project};
use bpdoc::settings;
use bpdoc::source::SourceFile;
use std::collections::BTreeSet;
use std::ops::RangeInclusive;
use std::path::Path;
use std::sync::Arc;

struct Edit {
    /// Edits that would hide one another are made in different copies.
    round: String,
    code: String,
    file: String,
    find: String,
    replace: String,
    /// What stands in the line of the diagnostic, where that is not the edited one.
    line: Option<String>,
}

fn edits() -> Vec<Edit> {
    let edit = |line: &str| {
        let cells: Vec<&str> = line.split('\t').collect();
        let ([round, code, file, find, replace], rest) = cells.split_first_chunk().expect("five cells");
        Edit {
            round: (*round).to_owned(),
            code: (*code).to_owned(),
            file: (*file).to_owned(),
            find: unescaped(find),
            replace: unescaped(replace),
            line: rest.first().map(|cell| unescaped(cell)),
        }
    };
    include_str!("../planted.tsv").lines().skip(1).map(edit).collect()
}

/// `\n` is the end of a line, `\t` a tab, `\\` a backslash.
fn unescaped(cell: &str) -> String {
    let mut text = String::new();
    let mut chars = cell.chars();
    while let Some(c) = chars.next() {
        text.push(match c {
            '\\' => match chars.next() {
                Some('n') => '\n',
                Some('t') => '\t',
                Some(other) => other,
                None => '\\',
            },
            c => c,
        });
    }
    text
}

fn text_of<'p>(project: &'p Project, file: &str) -> &'p str {
    project.source(file).unwrap_or_else(|| panic!("there is no {file}"))
}

fn set_text(project: &mut Project, file: &str, text: String) {
    let changed = SourceFile::new(file, text);
    match file {
        "bpdoc.toml" => project.config = Some(changed),
        "glossary.tsv" => project.glossary = Some(changed),
        _ => *project.notes.iter_mut().find(|note| note.path == file).expect("a note") = Arc::new(changed),
    }
}

/// What is said of a project, that of its settings included.
fn said(project: &mut Project) -> Vec<Diagnostic> {
    let config = project.config.as_ref().map_or("", |config| config.text.as_str());
    let read = settings::read(config);
    project.settings = read.value;
    let mut found = bpdoc::compile(project).diagnostics;
    found.extend(read.diagnostics.into_iter().map(|diagnostic| diagnostic.in_file(&"bpdoc.toml".into())));
    found
}

/// The lines of a text in which an edit stands.
fn edited_lines(text: &str, edit: &Edit) -> RangeInclusive<usize> {
    let line = |at: usize| 1 + text[..at].matches('\n').count();
    let start = match &edit.line {
        Some(words) => text.find(words.as_str()).expect("such a line"),
        None => text.find(&edit.replace).expect("the edit is made"),
    };
    let end = if edit.line.is_some() { start } else { start + edit.replace.trim_end().len() };
    line(start)..=line(end)
}

#[test]
fn every_planted_mistake_is_found() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let clean = project::load(root).expect("the project is readable").value;
    let edits = edits();
    assert!(edits.len() >= 60, "only {} mistakes", edits.len());
    let rounds: BTreeSet<&str> = edits.iter().map(|edit| edit.round.as_str()).collect();
    let missed: Vec<String> = rounds.into_iter().flat_map(|round| missed(clean.clone(), &edits, round)).collect();
    assert!(missed.is_empty(), "missed {} of {}:\n{}", missed.len(), edits.len(), missed.join("\n"));
}

/// The edits of a round that nothing is said about.
fn missed(mut project: Project, edits: &[Edit], round: &str) -> Vec<String> {
    let edits = || edits.iter().filter(|edit| edit.round == round);
    for edit in edits() {
        let text = text_of(&project, &edit.file);
        assert!(text.contains(&edit.find), "{} has no {:?}", edit.file, edit.find);
        let text = text.replacen(&edit.find, &edit.replace, 1);
        set_text(&mut project, &edit.file, text);
    }
    let found = said(&mut project);
    let of_edit = |edit: &Edit| {
        let text = text_of(&project, &edit.file);
        let lines = edited_lines(text, edit);
        let in_file = || found.iter().filter(|d| d.file.as_deref() == Some(edit.file.as_str()));
        let line_of = |d: &Diagnostic| 1 + text[..d.range.start.min(text.len())].matches('\n').count();
        if in_file().any(|d| d.code == edit.code && lines.contains(&line_of(d))) {
            return None;
        }
        let there: Vec<_> = in_file().map(|d| format!("{} at {}: {}", d.code, line_of(d), d.message.en)).collect();
        Some(format!("{} in {} {lines:?}; there {there:#?}", edit.code, edit.file))
    };
    edits().filter_map(of_edit).collect()
}
