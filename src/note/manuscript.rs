//! What a note is read from. In: the Markdown files of a project; out: for each note a manuscript, which is its own text
//! with the texts of all that it includes behind it, so that each byte has one place; its events in the order in which a
//! reader meets them; and diagnostics moved to the files that they are about. This file does not know what events mean.

mod directive;
mod library;
mod mistake;
mod part;
mod weave;

pub use mistake::too_long;
pub use part::written_label;
pub use weave::manuscripts;

use super::events::{self, Placed};
use super::url::{Target, target};
use crate::diag::{Checked, Diagnostic, Log};
use crate::key::Key;
use crate::source::{SourceFile, beside, relative};
use directive::{Directive, directives};
use pulldown_cmark::{Event, HeadingLevel, Tag, TagEnd};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

/// The text that a note is read from.
#[derive(Clone, Debug)]
pub struct Manuscript {
    /// The path of the note, and its text with those of the files that it includes behind it.
    pub source: Arc<SourceFile>,
    /// How much of the text is the note's own.
    own: usize,
    /// What it includes, by place in the text.
    inserts: Vec<Insert>,
    /// The insert that stands for an image, by the image's first byte.
    at: BTreeMap<usize, usize>,
}

/// A file, or a part of one, that stands in the place of an image.
#[derive(Clone, Debug)]
struct Insert {
    file: Arc<str>,
    /// Where the whole file stands in the manuscript's text.
    place: Range<usize>,
    /// Where its prose begins there.
    body: usize,
    /// What of it is shown.
    shown: Range<usize>,
    /// How many levels its headings go down.
    shift: i8,
    /// Its language, where that is not the note's.
    foreign: Option<String>,
}

impl From<SourceFile> for Manuscript {
    fn from(file: SourceFile) -> Self {
        Self::of(Arc::new(file))
    }
}

impl Manuscript {
    /// The manuscript of a file that includes nothing.
    fn of(source: Arc<SourceFile>) -> Self {
        Self { own: source.text.len(), source, inserts: Vec::new(), at: BTreeMap::new() }
    }

    /// The manuscript of a file in which nothing asks to be included.
    pub fn alone(file: &Arc<SourceFile>) -> Option<Self> {
        let may_include = file.text.contains("![") && file.text.contains(".md");
        (!may_include).then(|| Self::of(Arc::clone(file)))
    }

    /// Whether it includes nothing.
    pub fn is_alone(&self) -> bool {
        self.inserts.is_empty()
    }
}

impl Manuscript {
    /// The events of the prose that begins at `start`; those of what is included stand where it is included.
    pub fn events(&self, start: usize) -> Vec<Placed<'_>> {
        self.with_inserts(events::read_bounded(&self.source.text, start..self.own))
    }

    fn with_inserts<'p>(&'p self, events: Vec<Placed<'p>>) -> Vec<Placed<'p>> {
        let directives = directives(&events);
        if directives.is_empty() {
            return events;
        }
        let mut done = Vec::with_capacity(events.len());
        let mut taken = 0;
        let mut rest = events.into_iter();
        for Directive { events, image, .. } in directives {
            done.extend(rest.by_ref().take(events.start - taken));
            rest.by_ref().take(events.len()).for_each(drop);
            taken = events.end;
            if done.len() > events::MOST {
                break;
            }
            // What cannot be included has been reported; nothing stands for it.
            done.extend(self.at.get(&image.start).into_iter().flat_map(|insert| self.inserted(*insert)));
        }
        done.extend(rest);
        done
    }

    fn inserted(&self, index: usize) -> Vec<Placed<'_>> {
        let insert = &self.inserts[index];
        let events = events::read_bounded(&self.source.text, insert.body..insert.place.end);
        let events = part::named_apart(part::only(events, &insert.shown), index);
        let mut events = self.with_inserts(events);
        for (event, _) in &mut events {
            shift(event, insert.shift);
        }
        let Some(tag) = &insert.foreign else { return events };
        let edge = |html: String| (Event::Html(html.into()), insert.shown.start..insert.shown.start);
        let open = edge(format!("<div lang=\"{tag}\">\n"));
        std::iter::once(open).chain(events).chain([edge("</div>\n".to_owned())]).collect()
    }

    /// The path of the file that a byte of the text comes from.
    pub fn file_at(&self, at: usize) -> &str {
        self.insert_at(at).map_or(&self.source.path, |insert| &insert.file)
    }

    fn insert_at(&self, at: usize) -> Option<&Insert> {
        let behind = self.inserts.partition_point(|insert| insert.place.start <= at);
        self.inserts.get(behind.checked_sub(1)?)
    }

    /// A destination that is written at a byte of the text, as it is seen from the note.
    pub fn seen_from_note(&self, destination: &str, at: usize) -> Option<String> {
        let file = &self.insert_at(at)?.file;
        let end = destination.find(['#', '?']).unwrap_or(destination.len());
        let (path, rest) = destination.split_at(end);
        if path.is_empty() || path.starts_with('/') || target(destination) != Target::Inside {
            return None;
        }
        Some(format!("{}{rest}", relative(&self.source.path, &beside(file, path)?)))
    }

    /// Stands for all that the manuscript says.
    pub fn key(&self) -> Key {
        self.source.key()
    }

    /// What readers are shown of the text: the note's own from `start` on, and of the included files what is included.
    pub fn words(&self, start: usize) -> Cow<'_, str> {
        let own = &self.source.text[start..self.own];
        if self.inserts.is_empty() {
            return own.into();
        }
        let included = self.inserts.iter().map(|insert| &self.source.text[insert.shown.clone()]);
        std::iter::once(own).chain(included).collect::<Vec<_>>().join("\n").into()
    }

    /// A diagnostic about the text, at its place in the file that the text comes from.
    fn placed(&self, mut diagnostic: Diagnostic) -> Diagnostic {
        let (file, range) = self.place(&diagnostic.range);
        for label in &mut diagnostic.labels {
            let (its_file, its_range) = self.place(&label.range);
            label.range = its_range;
            label.file = Some(its_file).filter(|its| *its != file);
        }
        diagnostic.range = range;
        diagnostic.file = Some(file);
        diagnostic
    }

    /// The note's own text, in front of all that it includes. Its front matter ends there, closed or not.
    pub fn own_text(&self) -> &str {
        &self.source.text[..self.own]
    }

    /// How many lines the note's own text has.
    pub fn own_lines(&self) -> usize {
        self.own_text().lines().count()
    }

    /// A range of the text, at its place in the file that the text comes from.
    pub fn place(&self, range: &Range<usize>) -> (Arc<str>, Range<usize>) {
        let (file, offset) = self.origin(range.start);
        (file, moved(range, offset))
    }

    /// The file of a byte, and where that file begins in the text.
    fn origin(&self, at: usize) -> (Arc<str>, usize) {
        match self.insert_at(at) {
            Some(insert) => (Arc::clone(&insert.file), insert.place.start),
            None => (self.source.path.as_str().into(), 0),
        }
    }
}

fn moved(range: &Range<usize>, offset: usize) -> Range<usize> {
    range.start - offset..range.end.max(range.start) - offset
}

/// What stages say of the texts of manuscripts, at its places in the files.
pub fn placed<T>(manuscripts: &[Manuscript], checked: Checked<T>) -> Checked<T> {
    let with_inserts = manuscripts.iter().filter(|manuscript| !manuscript.inserts.is_empty());
    let by_path: BTreeMap<&str, &Manuscript> =
        with_inserts.map(|manuscript| (manuscript.source.path.as_str(), manuscript)).collect();
    let mut log = Log::default();
    log.extend(checked.diagnostics.into_iter().map(|diagnostic| {
        match diagnostic.file.as_deref().and_then(|file| by_path.get(file)) {
            Some(manuscript) => manuscript.placed(diagnostic),
            None => diagnostic,
        }
    }));
    log.finish(checked.value)
}

/// Moves a heading by some levels. The first level is the page's own.
fn shift(event: &mut Event<'_>, levels: i8) {
    if let Event::Start(Tag::Heading { level, .. }) | Event::End(TagEnd::Heading(level)) = event {
        let moved = (*level as i8).saturating_add(levels).clamp(HeadingLevel::H2 as i8, HeadingLevel::H6 as i8);
        *level = HeadingLevel::try_from(moved.unsigned_abs() as usize).unwrap_or(*level);
    }
}
