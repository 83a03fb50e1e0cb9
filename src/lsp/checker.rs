//! The thread that reports mistakes. In: the open documents, whenever one of them has changed; out: diagnostics for each.
//!
//! The mistakes of a note by itself come at once. Those that need the whole project come when the author has paused;
//! until then those of the last time stay, moved with the text around them.

use super::analysis::{Analysis, Bench};
use super::book::{Book, Overlay};
use super::place::Home;
use super::text::Text;
use crate::diag::{Diagnostic, Label, Log};
use crate::memo::Memo;
use crate::project::Project;
use crate::stage::Unwatched;
use crate::{edit, publish_ready};
use lsp_types::Uri;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

/// A document that is open.
#[derive(Clone, Debug)]
pub struct Open {
    /// Its address.
    pub uri: Uri,
    /// Its version.
    pub version: i32,
    /// Where it belongs.
    pub home: Arc<Home>,
    /// Its text.
    pub text: Arc<Text>,
}

/// All open documents at one moment.
#[derive(Clone, Debug, Default)]
pub struct Moment {
    /// The documents, by address.
    pub documents: BTreeMap<String, Open>,
    /// Their projects, by folder.
    pub books: BTreeMap<PathBuf, Arc<Book>>,
    /// The address of the document that has changed.
    pub changed: String,
}

impl Moment {
    /// The texts of the open documents of a project.
    pub fn overlay(&self, home: &Home) -> Overlay {
        let alike = self
            .documents
            .values()
            .filter(|open| open.home.root == home.root && open.home.is_project == home.is_project);
        let alike = alike.filter(|open| home.is_project || open.home.path == home.path);
        alike.map(|open| (open.home.path.clone(), Arc::clone(&open.text.text))).collect()
    }

    /// The project of a document.
    pub fn book(&self, home: &Home) -> Option<&Arc<Book>> {
        self.books.get(&key(home))
    }
}

/// What a project goes by: notes outside of projects have one of their own each.
pub fn key(home: &Home) -> PathBuf {
    if home.is_project { home.root.clone() } else { home.on_disk(&home.path) }
}

/// An author pauses after so long.
const PAUSE: Duration = Duration::from_millis(150);

/// What reports a document's mistakes.
pub type Report = Box<dyn Fn(&Open, &Book, &[Diagnostic]) + Send>;

/// Reports mistakes until nobody sends any more.
pub fn check(moments: &Receiver<Moment>, bench: &Bench, report: &Report) {
    let mut checker = Checker { bench, report, rest: BTreeMap::new(), memos: BTreeMap::new() };
    let mut next = moments.recv().ok();
    let mut changed = BTreeSet::new();
    while let Some(mut moment) = next.take() {
        changed.insert(std::mem::take(&mut moment.changed));
        // Only the newest moment counts.
        while let Ok(mut newer) = moments.try_recv() {
            changed.insert(std::mem::take(&mut newer.changed));
            moment = newer;
        }
        for open in moment.documents.iter().filter(|(uri, _)| changed.contains(*uri)).map(|(_, open)| open) {
            checker.check_note(&moment, open);
        }
        match moments.recv_timeout(PAUSE) {
            Ok(newer) => next = Some(newer),
            Err(RecvTimeoutError::Disconnected) => return,
            Err(RecvTimeoutError::Timeout) => {
                checker.check_projects(&moment, &changed);
                changed.clear();
                next = moments.recv().ok();
            }
        }
    }
}

/// What the whole project has said of a document beyond what its note says by itself.
struct Rest {
    text: Arc<str>,
    diagnostics: Vec<Diagnostic>,
}

struct Checker<'c> {
    bench: &'c Bench,
    report: &'c Report,
    rest: BTreeMap<String, Rest>,
    /// What was made of each project.
    memos: BTreeMap<PathBuf, Memo>,
}

impl Checker<'_> {
    fn check_note(&self, moment: &Moment, open: &Open) {
        let Some(book) = moment.book(&open.home) else { return };
        let mut diagnostics = self.of_note(moment, open, book);
        if let Some(rest) = self.rest.get(open.uri.as_str()) {
            diagnostics.extend(rest.diagnostics.iter().filter_map(|d| moved(d, &rest.text, &open.text.text)));
        }
        (self.report)(open, book, &diagnostics);
    }

    fn of_note(&self, moment: &Moment, open: &Open, book: &Book) -> Vec<Diagnostic> {
        let (overlay, limits) = (moment.overlay(&open.home), book.project.settings.limits);
        let analysis = || Analysis::of(&open.home.path, book, &overlay, self.bench, limits);
        let found = catch_unwind(AssertUnwindSafe(analysis)).unwrap_or_default().diagnostics;
        found.into_iter().filter(|diagnostic| is_told(diagnostic, &open.home)).collect()
    }

    /// Compiles the projects of what has changed, and tells of all their open documents.
    fn check_projects(&mut self, moment: &Moment, changed: &BTreeSet<String>) {
        let touched = moment.documents.iter().filter(|(uri, _)| changed.contains(*uri));
        let homes: BTreeMap<PathBuf, Arc<Home>> =
            touched.map(|(_, open)| (key(&open.home), Arc::clone(&open.home))).collect();
        for (book_key, home) in homes {
            let Some(book) = moment.books.get(&book_key) else { continue };
            let project = book.overlaid(&moment.overlay(&home));
            let memo = self.memos.remove(&book_key).unwrap_or_else(Memo::keeping);
            let Ok((all, memo)) = catch_unwind(AssertUnwindSafe(|| mistakes(book, &project, memo))) else { continue };
            self.memos.insert(book_key.clone(), memo);
            for open in moment.documents.values().filter(|open| key(&open.home) == book_key) {
                let is_its = |d: &&Diagnostic| d.file.as_deref() == Some(&open.home.path) && is_told(d, &open.home);
                let own = self.of_note(moment, open, book);
                let others = all.iter().filter(is_its).filter(|diagnostic| !own.contains(diagnostic)).cloned();
                let rest = Rest { text: Arc::clone(&open.text.text), diagnostics: others.collect() };
                let told: Vec<Diagnostic> = own.into_iter().chain(rest.diagnostics.iter().cloned()).collect();
                self.rest.insert(open.uri.to_string(), rest);
                (self.report)(open, book, &told);
            }
        }
        self.rest.retain(|uri, _| moment.documents.contains_key(uri));
        self.memos.retain(|key, _| moment.books.contains_key(key));
    }
}

/// All that is wrong with a project, and what was made to find out.
fn mistakes(book: &Book, project: &Project, mut memo: Memo) -> (Vec<Diagnostic>, Memo) {
    let mut log = Log::default();
    log.extend(book.loaded.iter().cloned());
    let edition = log.take(edit(project, &mut memo));
    log.take(publish_ready(project, &edition, &Unwatched));
    (log.finish(()).diagnostics, memo)
}

/// Whether an author is told: a note that stands alone has no other files that could be missing.
fn is_told(diagnostic: &Diagnostic, home: &Home) -> bool {
    const ABOUT_OTHERS: [&str; 6] =
        ["dead-link", "missing-file", "no-file", "broken-picture", "outside-project", "unknown-term"];
    home.is_project || !ABOUT_OTHERS.contains(&diagnostic.code)
}

/// A diagnostic about a text at its place in a later one; none if what it is about has changed.
fn moved(diagnostic: &Diagnostic, old: &str, new: &str) -> Option<Diagnostic> {
    let same_start = old.bytes().zip(new.bytes()).take_while(|(a, b)| a == b).count();
    let most = old.len().min(new.len()) - same_start;
    let same_end = old.bytes().rev().zip(new.bytes().rev()).take(most).take_while(|(a, b)| a == b).count();
    let place = |range: &Range<usize>| -> Option<Range<usize>> {
        let behind = old.len() - same_end;
        match range {
            range if range.end <= same_start => Some(range.clone()),
            range if range.start >= behind => {
                Some(range.start + new.len() - old.len()..range.end.min(old.len()) + new.len() - old.len())
            }
            _ => None,
        }
    };
    let label = |label: &Label| match label.file {
        Some(_) => Some(label.clone()),
        None => Some(Label { range: place(&label.range)?, ..label.clone() }),
    };
    Some(Diagnostic {
        range: place(&diagnostic.range)?,
        labels: diagnostic.labels.iter().filter_map(label).collect(),
        ..diagnostic.clone()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lang::text;

    #[test]
    fn what_was_said_moves_with_the_text() {
        let old = "가나 다라 마바";
        let at = |text: &str, part: &str| text.find(part).map(|start| start..start + part.len());
        let said = |part: &str| Diagnostic::error("x", at(old, part).expect("there"), text("", ""));
        for (part, new, expected) in [
            ("가나", "가나 다 마바", Some("가나")),
            ("마바", "가나 다 마바", Some("마바")),
            ("마바", "새 가나 다라 마바", Some("마바")),
            ("다라", "가나 다 마바", None),
            ("가나", "", None),
            ("마바", "가나 다라 마바", Some("마바")),
        ] {
            let found = moved(&said(part), old, new).map(|diagnostic| diagnostic.range);
            assert_eq!(found, expected.and_then(|part| at(new, part)), "{part} in {new}");
        }
    }
}
