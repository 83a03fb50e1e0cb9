//! Puts manuscripts together. In: the Markdown files of a project; out: for each note its own text and, behind it, those of
//! the files that it includes, that these include, and so on; what cannot be included is reported where it is asked for.

use super::super::{Policy, events, front};
use super::directive::{Directive, directives};
use super::library::{Found, Library, is_part};
use super::part::{self, Misnamed};
use super::{Insert, Manuscript, mistake};
use crate::diag::{Checked, Diagnostic, Log};
use crate::note::address;
use crate::source::SourceFile;
use rayon::prelude::*;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// How deep files may include each other.
const DEEPEST: usize = 8;

/// A manuscript for each of the files that is a note, and for those of `generated`, which include nothing.
pub fn manuscripts(
    files: &[Arc<SourceFile>],
    generated: &[Arc<SourceFile>],
    policy: &Policy<'_>,
) -> Checked<Vec<Manuscript>> {
    let library = Library::new(files, &policy.languages);
    let notes: Vec<&Arc<SourceFile>> = files.iter().filter(|file| !is_part(&file.path)).chain(generated).collect();
    let woven = woven(&notes, &library, policy);
    let mut log = Log::default();
    let manuscripts: Vec<Manuscript> = woven.into_iter().map(|manuscript| log.take(manuscript)).collect();
    let used: BTreeSet<&str> =
        manuscripts.iter().flat_map(|manuscript| &manuscript.inserts).map(|insert| insert.file.as_ref()).collect();
    let unused = files.iter().filter(|file| is_part(&file.path) && !used.contains(file.path.as_str()));
    let warnings: Vec<Diagnostic> = unused.map(|file| mistake::unused().in_file(&file.path.as_str().into())).collect();
    let mut checked = log.finish(manuscripts);
    // What a broken include would have brought is not unused.
    if !checked.has_errors() {
        checked.diagnostics.extend(warnings);
    }
    checked
}

/// Where the notes include more than they may together, they are woven one after the other, so that it is always the same
/// ones that go without.
fn woven(notes: &[&Arc<SourceFile>], library: &Library<'_>, policy: &Policy<'_>) -> Vec<Checked<Manuscript>> {
    let included = AtomicUsize::new(0);
    let woven = notes.par_iter().map(|file| weave(file, library, policy, &included)).collect();
    if included.into_inner() <= policy.included_bytes {
        return woven;
    }
    drop(woven);
    let included = AtomicUsize::new(0);
    notes.iter().map(|file| weave(file, library, policy, &included)).collect()
}

fn weave(
    file: &Arc<SourceFile>,
    library: &Library<'_>,
    policy: &Policy<'_>,
    included: &AtomicUsize,
) -> Checked<Manuscript> {
    let own = file.text.len();
    // No file without an image that leads to Markdown is read twice.
    if let Some(manuscript) = Manuscript::alone(file) {
        return Checked::fine(manuscript);
    }
    let mut weaver = Weaver {
        library,
        longest: policy.note_bytes,
        most: policy.included_bytes,
        included,
        is_full: false,
        language: address::read(&file.path, &policy.languages).value.lang,
        text: Cow::Borrowed(&file.text),
        inserts: Vec::new(),
        at: BTreeMap::new(),
        chain: Vec::new(),
        log: Log::default(),
    };
    weaver.file(file, 0, 0..own);
    let source = match weaver.text {
        Cow::Borrowed(_) => Arc::clone(file),
        Cow::Owned(text) => Arc::new(SourceFile::new(file.path.as_str(), text)),
    };
    weaver.log.finish(Manuscript { source, own, inserts: weaver.inserts, at: weaver.at })
}

struct Weaver<'l, 'f> {
    library: &'l Library<'f>,
    longest: usize,
    /// What all notes together may include, and do include.
    most: usize,
    included: &'l AtomicUsize,
    /// Whether that is used up.
    is_full: bool,
    language: String,
    text: Cow<'f, str>,
    inserts: Vec<Insert>,
    at: BTreeMap<usize, usize>,
    /// The files that led here.
    chain: Vec<&'f str>,
    log: Log,
}

impl<'f> Weaver<'_, 'f> {
    /// Includes what a part of a file asks for; the file begins at `start` in the text.
    fn file(&mut self, file: &'f SourceFile, start: usize, shown: Range<usize>) {
        self.chain.push(&file.path);
        let body = front::read(&file.text).value.body_start;
        let events = part::only(events::read_bounded(&file.text, body..file.text.len()), &shown);
        let here: Arc<str> = file.path.as_str().into();
        for directive in directives(&events) {
            if self.is_full {
                break;
            }
            if let Err(diagnostic) = self.insert(file, start, &directive) {
                self.log.push(diagnostic.in_file(&here));
            }
        }
        self.chain.pop();
    }

    fn insert(&mut self, file: &'f SourceFile, start: usize, directive: &Directive) -> Result<(), Diagnostic> {
        let place = || directive.image.clone();
        if !directive.is_alone {
            return Err(mistake::in_line(place()));
        }
        let shift = shift(directive)?;
        let path = place_of(&file.text, &directive.image, &directive.path);
        let Found { file: found, foreign } =
            self.library.find(&file.path, &directive.path, &self.language, &path).map_err(|d| self.with_chain(d))?;
        if self.chain.contains(&found.path.as_str()) {
            let chain = self.chain.iter().copied().chain([found.path.as_str()]);
            return Err(mistake::cycle(place()).help(mistake::chain(chain)));
        }
        if self.chain.len() > DEEPEST {
            return Err(mistake::too_deep(DEEPEST, place()).help(mistake::chain(self.chain.iter().copied())));
        }
        if self.text.len() + found.text.len() >= self.longest {
            return Err(mistake::too_long(self.longest, place()));
        }
        let length = found.text.len();
        if self.included.fetch_add(length, Ordering::Relaxed) + length > self.most {
            self.is_full = true;
            return Err(mistake::too_much(self.most, place()));
        }
        if foreign.is_some() {
            self.log.push(mistake::foreign(&self.language, path.clone()).in_file(&file.path.as_str().into()));
        }
        let body = front::read(&found.text).value.body_start;
        let shown = match &directive.part {
            None => body..found.text.len(),
            Some(name) => self.part(found, body, name, place_of(&file.text, &directive.image, name))?,
        };
        let text = self.text.to_mut();
        // Between two files, so that the end of one is not the start of the next.
        text.push('\n');
        let begins = text.len();
        text.push_str(&found.text);
        self.at.insert(start + directive.image.start, self.inserts.len());
        self.inserts.push(Insert {
            file: found.path.as_str().into(),
            place: begins..begins + found.text.len(),
            body: begins + body,
            shown: begins + shown.start..begins + shown.end,
            shift,
            foreign,
        });
        self.file(found, begins, shown);
        Ok(())
    }

    fn part(
        &self,
        file: &SourceFile,
        body: usize,
        name: &str,
        place: Range<usize>,
    ) -> Result<Range<usize>, Diagnostic> {
        let events = events::read_bounded(&file.text, body..file.text.len());
        let shown = part::find(&file.text, &events, name, &place).map_err(|misnamed| match misnamed {
            Misnamed::Here(diagnostic) => self.with_chain(diagnostic),
            Misnamed::InFile(diagnostic) => diagnostic.in_file(&file.path.as_str().into()),
        })?;
        if part::only(events, &shown).is_empty() { Err(mistake::empty(name, place)) } else { Ok(shown) }
    }

    /// Says which files led to a mistake, where that is not plain and nothing else would help more.
    fn with_chain(&self, diagnostic: Diagnostic) -> Diagnostic {
        if self.chain.len() > 1 && diagnostic.help.is_none() {
            diagnostic.help(mistake::chain(self.chain.iter().copied()))
        } else {
            diagnostic
        }
    }
}

/// How many levels headings go down: `{shift=1}`.
fn shift(directive: &Directive) -> Result<i8, Diagnostic> {
    let Some((option, place)) = &directive.option else { return Ok(0) };
    let levels = option.trim_matches(['{', '}']).trim().strip_prefix("shift=").and_then(|levels| levels.parse().ok());
    levels.filter(|levels| (-5..=5).contains(levels)).ok_or_else(|| mistake::bad_option(option, place.clone()))
}

/// Where an image writes a part of its address.
fn place_of(source: &str, image: &Range<usize>, part: &str) -> Range<usize> {
    match source[image.clone()].rfind(part) {
        Some(at) if !part.is_empty() => image.start + at..image.start + at + part.len(),
        _ => image.clone(),
    }
}
