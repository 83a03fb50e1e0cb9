//! Translations that are behind their originals. In: notes, of which some say which state of their original they were
//! translated from; out: those whose original has changed since. This room does not know how a reader is told.

use crate::diag::{Checked, Diagnostic, Log};
use crate::lang::{Particle, text, with_particle};
use crate::note::{Manuscript, Note, Translated};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// For each note the original that has changed since the note was translated, by its position among the notes.
pub fn outdated(notes: &[Arc<Note>]) -> Checked<Vec<Option<usize>>> {
    let mut log = Log::default();
    let originals = originals(notes);
    let mut outdated = Vec::new();
    for note in notes {
        let file: Arc<str> = note.source.path.as_str().into();
        let original =
            note.front.translated.as_ref().map(|translated| (translated, originals.get(&twins(note)).copied()));
        outdated.push(match original {
            Some((translated, None)) => {
                log.push(no_original(translated).in_file(&file));
                None
            }
            Some((translated, Some(at))) if notes[at].state != translated.of_whole() => {
                log.push(behind(translated, &notes[at]).in_file(&file));
                Some(at)
            }
            _ => None,
        });
    }
    log.finish(outdated)
}

/// What the notes of one lesson have in common: the series and the slug.
type Twins<'n> = (&'n str, Option<&'n str>);

fn twins(note: &Note) -> Twins<'_> {
    (&note.address.series, note.address.slug.as_deref())
}

/// Of each lesson the first note that is no translation itself.
fn originals(notes: &[Arc<Note>]) -> HashMap<Twins<'_>, usize> {
    let mut originals = HashMap::new();
    for (at, note) in notes.iter().enumerate().filter(|(_, note)| note.front.translated.is_none()) {
        originals.entry(twins(note)).or_insert(at);
    }
    originals
}

/// The state of a text, as 16 digits: FNV-1a over its title and its prose, whatever ends its lines. Two states that the
/// author can tell apart have different digits but for one case in 2⁶⁴.
pub fn state(title: &str, prose: &str) -> String {
    const BASIS: u64 = 0xcbf2_9ce4_8422_2325;
    const PRIME: u64 = 0x0100_0000_01b3;
    let lines = std::iter::once(title).chain(prose.trim().lines().map(str::trim_end));
    let bytes = lines.flat_map(|line| line.bytes().chain([b'\n']));
    format!("{:016x}", bytes.fold(BASIS, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(PRIME)))
}

impl Translated {
    /// The state of the whole original.
    fn of_whole(&self) -> &str {
        self.state.split_whitespace().next().unwrap_or_default()
    }

    /// The states of its passages, if they are recorded.
    fn of_passages(&self) -> Vec<&str> {
        self.state.split_whitespace().skip(1).collect()
    }
}

/// A passage of a note: its text up to the next heading.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Passage {
    /// Its heading; the note's title for what stands before the first one.
    pub heading: String,
    /// The line that it begins in; none for what is included from another file.
    pub line: Option<usize>,
    /// Its state, in 8 digits.
    #[serde(skip)]
    state: String,
}

/// The passages of a note in the order of the text.
pub fn passages(manuscript: &Manuscript, note: &Note) -> Vec<Passage> {
    let words = manuscript.words(note.body_start);
    let before = note.source.text[..note.body_start].lines().count();
    let own = manuscript.own_lines();
    let mut found: Vec<(String, usize, String)> = vec![(note.title.clone(), before, String::new())];
    let mut fence = None;
    for (i, line) in words.lines().enumerate() {
        let mark = line.trim_start().get(..3).filter(|mark| matches!(*mark, "```" | "~~~"));
        match (fence, mark) {
            (None, Some(mark)) => fence = Some(mark),
            (Some(open), Some(mark)) if open == mark => fence = None,
            _ => {}
        }
        let heading = line.trim_start_matches('#');
        let level = line.len() - heading.len();
        if fence.is_none() && (1..=6).contains(&level) && heading.starts_with(' ') {
            found.push((heading.trim().to_owned(), before + i, String::new()));
        }
        if let Some((.., text)) = found.last_mut() {
            text.push_str(line.trim_end());
            text.push('\n');
        }
    }
    let passage = |(heading, line, text): (String, usize, String)| {
        let state = state(&heading, &text)[..8].to_owned();
        Passage { heading, line: Some(line + 1).filter(|line| *line <= own), state }
    };
    let is_said = |(heading, _, text): &(String, usize, String)| !text.trim().is_empty() || *heading == note.title;
    found.into_iter().filter(is_said).map(passage).collect()
}

/// How a translation stands to its original.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum State {
    /// It is no translation of anything, or says nothing about that.
    Original,
    /// It was made from the original as it is.
    UpToDate,
    /// The original has changed since.
    Outdated {
        /// The passages of the original that are new or have changed; none where the translation does not record passages.
        changed: Option<Vec<Passage>>,
        /// How many passages that it was made from are gone or have changed.
        gone: usize,
    },
    /// There is none.
    Missing,
}

/// A note in a language.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Translation {
    /// The note, without number and language: `series/slug`.
    pub note: String,
    /// The language.
    pub language: String,
    /// Its file, if there is one.
    pub file: Option<String>,
    /// Whether it is left out of the site.
    pub draft: bool,
    /// The file that it is a translation of.
    pub original: Option<String>,
    /// How it stands to it.
    #[serde(flatten)]
    pub state: State,
    /// What `translated` says once it is up to date.
    #[serde(skip)]
    pub record: Option<String>,
}

/// Every note in every language, in the order of the notes and the languages.
pub fn translations(pairs: &[(&Manuscript, Note)], languages: &[String]) -> Vec<Translation> {
    let mut families: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (at, (_, note)) in pairs.iter().enumerate() {
        let slug = note.address.slug.as_deref().unwrap_or("_index");
        let name =
            if note.address.series.is_empty() { slug.to_owned() } else { format!("{}/{slug}", note.address.series) };
        families.entry(name).or_default().push(at);
    }
    let of_family = |(name, family): (&String, &Vec<usize>)| -> Vec<Translation> {
        let in_language = |language: &String| {
            let at = family.iter().copied().find(|at| pairs[*at].1.address.lang == *language);
            translation(name, language, at, family, pairs)
        };
        languages.iter().map(in_language).collect()
    };
    families.iter().flat_map(of_family).collect()
}

fn translation(
    name: &str,
    language: &str,
    at: Option<usize>,
    family: &[usize],
    pairs: &[(&Manuscript, Note)],
) -> Translation {
    let note = at.map(|at| &pairs[at].1);
    let others = family.iter().copied().filter(|other| Some(*other) != at);
    let original = others.into_iter().find(|other| pairs[*other].1.front.translated.is_none());
    let state = match (note, original) {
        (None, _) => State::Missing,
        (Some(note), Some(original)) => compared(note, &pairs[original]),
        (Some(_), None) => State::Original,
    };
    Translation {
        note: name.to_owned(),
        language: language.to_owned(),
        file: note.map(|note| note.source.path.clone()),
        draft: note.is_some_and(|note| note.front.draft),
        original: original.filter(|_| state != State::Original).map(|at| pairs[at].1.source.path.clone()),
        record: original.map(|at| record(&pairs[at])),
        state,
    }
}

fn compared(note: &Note, (manuscript, original): &(&Manuscript, Note)) -> State {
    let Some(translated) = &note.front.translated else { return State::Original };
    if translated.of_whole() == original.state {
        return State::UpToDate;
    }
    let recorded = translated.of_passages();
    if recorded.is_empty() {
        return State::Outdated { changed: None, gone: 0 };
    }
    let passages = passages(manuscript, original);
    let is_recorded = |passage: &&Passage| recorded.contains(&passage.state.as_str());
    let gone = recorded.iter().filter(|state| !passages.iter().any(|passage| passage.state == **state)).count();
    let changed = passages.iter().filter(|passage| !is_recorded(passage)).cloned().collect();
    State::Outdated { changed: Some(changed), gone }
}

/// What a translation of a note records: the state of the whole, then those of its passages.
fn record((manuscript, note): &(&Manuscript, Note)) -> String {
    let passages = passages(manuscript, note);
    let states = passages.iter().map(|passage| passage.state.as_str());
    std::iter::once(note.state.as_str()).chain(states).collect::<Vec<_>>().join(" ")
}

fn behind(translated: &Translated, original: &Note) -> Diagnostic {
    let (path, state) = (&original.source.path, &original.state);
    Diagnostic::warning(
        "outdated-translation",
        translated.range.clone(),
        text(
            format!("번역한 뒤에 원문 {} 바뀌었습니다", with_particle(&format!("`{path}`"), Particle::Subject)),
            format!("the original `{path}` has changed since this was translated"),
        ),
    )
    .help(text(
        format!("번역을 원문에 맞춘 다음 `bpdoc translate mark`를 쓰거나 `translated = \"{state}\"`로 바꾸세요"),
        format!(
            "bring the translation up to date, then use `bpdoc translate mark` or write `translated = \"{state}\"`"
        ),
    ))
}

fn no_original(translated: &Translated) -> Diagnostic {
    Diagnostic::warning(
        "no-original",
        translated.range.clone(),
        text("이 번역의 원문이 없습니다", "there is no original of this translation"),
    )
    .help(text("원문은 `translated`가 없는 짝 노트입니다", "the original is the twin note that has no `translated`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_are_those_of_the_words() {
        // The digits are FNV-1a's own: that of "a\nb\n" by an independent implementation.
        assert_eq!(state("a", "b"), "78ed6781f136a14e");
        assert_eq!(state("a", "\r\nb  \r\nc\r\n"), state("a", "b\nc"));
        assert_ne!(state("a", "b"), state("a", "c"));
        assert_ne!(state("a", "b"), state("c", "b"));
    }
}
