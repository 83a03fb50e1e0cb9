//! Lessons that an earlier build has written. In: the key of a lesson; out: the lesson, out of the archive if it is there.
//! What its note says of it anyway is not kept a second time.

use super::{Workshop, Written};
use crate::archive::Packed;
use crate::diag::Diagnostic;
use crate::key::Key;
use crate::page::Lesson;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::sync::Arc;

/// What must be at hand of a lesson that has been written.
#[derive(Default, Serialize, Deserialize)]
pub(super) struct WrittenFacts {
    pub summary: String,
    pub targets: BTreeSet<String>,
    pub outline: Key,
    pub frame: Key,
    pub is_played: bool,
    pub listings: Vec<Key>,
    pub diagnostics: Vec<Diagnostic>,
}

/// What is needed only when the pages are made on which it stands.
pub(super) struct Parcel {
    pub body: Packed<String>,
    pub figures: Packed<String>,
    pub forms: Packed<String>,
    pub words: Packed<String>,
}

/// The parts of a lesson in the archive.
const PARTS: [&str; 5] = ["lesson", "body", "figures", "forms", "words"];

impl Workshop<'_> {
    /// The lesson of a key, which is written only if the archive lacks it.
    pub(super) fn unpack(&self, index: usize, key: Key, write: impl FnOnce() -> (WrittenFacts, Parcel)) -> Written {
        let archive = &self.memo.archive;
        let [facts, body, figures, forms, words] = PARTS.map(|part| archive.key(part, key));
        let kept = || {
            let parcel = Parcel {
                body: archive.find(body)?,
                figures: archive.find(figures)?,
                forms: archive.find(forms)?,
                words: archive.find(words)?,
            };
            Some((archive.get(facts)?, parcel))
        };
        let (written, parcel) = kept().unwrap_or_else(|| {
            let (written, parcel) = write();
            archive.put(facts, || Packed::new(&written));
            let parcel = Parcel {
                body: archive.keep(body, parcel.body),
                figures: archive.keep(figures, parcel.figures),
                forms: archive.keep(forms, parcel.forms),
                words: archive.keep(words, parcel.words),
            };
            (written, parcel)
        });
        self.put_together(index, key, written, parcel)
    }

    fn put_together(
        &self,
        index: usize,
        key: Key,
        written: WrittenFacts,
        Parcel { body, figures, forms, words }: Parcel,
    ) -> Written {
        let WrittenFacts { summary, targets, outline, frame, is_played, listings, diagnostics } = written;
        let note = &self.notes[index];
        let lesson = Lesson {
            source: note.source.path.clone(),
            address: note.address.clone(),
            title: note.title.clone(),
            front: note.front.clone(),
            headings: note.headings.clone(),
            newer_original: self.outdated[index].map(|original| self.notes[original].address.lang.clone()),
            body,
            figures,
            forms,
            is_played,
            words,
            summary,
            targets,
            key,
            outline,
            frame,
        };
        Written { lesson: Arc::new(lesson), diagnostics, listings }
    }
}
