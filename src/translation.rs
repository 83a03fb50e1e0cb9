//! Translations that are behind their originals. In: notes, of which some say which state of their original they were
//! translated from; out: those whose original has changed since. This room does not know how a reader is told.

use crate::diag::{Checked, Diagnostic, Log};
use crate::lang::{Particle, text, with_particle};
use crate::note::{Note, Translated};
use std::collections::HashMap;
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
            Some((translated, Some(at))) if notes[at].state != translated.state => {
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
        format!("번역을 원문에 맞춘 다음 `translated = \"{state}\"`로 바꾸십시오"),
        format!("bring the translation up to date, then write `translated = \"{state}\"`"),
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
