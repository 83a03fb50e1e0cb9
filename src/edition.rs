//! Everything that the pages of a site are made of. In: what the stages before have made; out: what makes pages, what is
//! wrong with the notes, and the next edition where only the insides of notes have changed. This room does not know how
//! any of the stages work.

use crate::blocks::Catalogue;
use crate::diag::{Diagnostic, Log};
use crate::lesson::{Workshop, Written};
use crate::memo::Memo;
use crate::note::{self, Manuscript, Note};
use crate::numbering::Numbering;
use crate::outfit::Outfit;
use crate::page::{self, Lesson, Map, Press};
use crate::project::Project;
use crate::{GraphRun, NoteReading, TrainingRun, policy_of, read_one};
use std::collections::HashMap;
use std::sync::Arc;

/// Everything that the pages of a site are made of. A copy shares all of it.
#[derive(Clone, Debug)]
pub struct Edition {
    pub(crate) outfit: Arc<Outfit>,
    pub(crate) manuscripts: Vec<Manuscript>,
    /// What each of them was read as.
    pub(crate) readings: Vec<NoteReading>,
    /// All notes but drafts.
    pub(crate) notes: Vec<Arc<Note>>,
    /// The manuscript of each note.
    pub(crate) sources: Arc<[usize]>,
    /// The place of each note among them, by its path.
    pub(crate) places: Arc<HashMap<String, usize>>,
    pub(crate) catalogue: Arc<Catalogue>,
    pub(crate) outdated: Arc<[Option<usize>]>,
    pub(crate) numbering: Arc<Numbering>,
    pub(crate) runs: Arc<[GraphRun]>,
    pub(crate) trainings: Arc<[TrainingRun]>,
    pub(crate) map: Arc<Map>,
    pub(crate) written: Vec<Arc<Written>>,
    pub(crate) lessons: Vec<Arc<Lesson>>,
    pub(crate) index: Arc<page::Index>,
    /// What is wrong besides what readings and lessons say.
    pub(crate) found: Arc<[Diagnostic]>,
}

impl Edition {
    /// What makes its pages; `project` is the one that it comes from.
    pub fn press<'e>(&'e self, project: &'e Project) -> Press<'e> {
        Press {
            settings: &project.settings,
            templates: &self.outfit.templates,
            map: &self.map,
            glossary: &self.outfit.glossary,
            lessons: &self.lessons,
            index: &self.index,
            assets: &project.assets,
        }
    }

    /// What writes its lessons.
    pub(crate) fn workshop<'e>(
        &'e self,
        project: &'e Project,
        policy: &'e note::Policy<'e>,
        memo: &'e Memo,
    ) -> Workshop<'e> {
        Workshop {
            settings: &project.settings,
            templates: &self.outfit.templates,
            math: &self.outfit.math,
            notes: &self.notes,
            manuscripts: &self.manuscripts,
            sources: &self.sources,
            policy,
            catalogue: &self.catalogue,
            numbering: &self.numbering,
            outdated: &self.outdated,
            glossary: &self.outfit.glossary,
            assets: &project.assets,
            runs: &self.runs,
            trainings: &self.trainings,
            map: &self.map,
            places: &self.places,
            memo,
        }
    }

    /// How many figures it shows.
    pub fn figures(&self) -> usize {
        self.catalogue.blocks.iter().map(Vec::len).sum()
    }

    /// How many notes it holds.
    pub fn notes(&self) -> usize {
        self.notes.len()
    }

    /// What is wrong with the notes, at the places in their files.
    pub fn diagnostics(&self) -> Vec<Diagnostic> {
        let mut log = Log::default();
        log.extend(self.found.iter().cloned());
        log.extend(self.readings.iter().flat_map(|reading| reading.diagnostics.iter().cloned()));
        log.extend(self.written.iter().flat_map(|written| written.diagnostics.iter().cloned()));
        note::placed(&self.manuscripts, log.finish(())).diagnostics
    }

    /// The edition after changes inside notes, which nothing else in the site is made from; none where a change reaches
    /// further. `changed` are the positions among the project's notes. With it the positions of the lessons that are new.
    pub fn revised(&self, project: &Project, memo: &Memo, changed: &[usize]) -> Option<(Self, Vec<usize>)> {
        let outfit = memo.outfit(project);
        let policy = policy_of(project, &outfit);
        let mut next = self.clone();
        let mut lessons = Vec::new();
        for file in changed.iter().map(|at| &project.notes[*at]) {
            let lesson = *self.places.get(&file.path)?;
            let (source, before) = (self.sources[lesson], &self.notes[lesson]);
            let manuscript = Manuscript::alone(file).filter(|_| self.manuscripts[source].is_alone())?;
            let reading = read_one(&manuscript, &policy, memo);
            let reaches_further = !is_same_outside(before, &reading.value) || self.is_spoken_of(lesson);
            if reaches_further {
                return None;
            }
            next.manuscripts[source] = manuscript;
            next.notes[lesson] = Arc::clone(&reading.value);
            next.readings[source] = reading;
            lessons.push(lesson);
        }
        let written: Vec<Arc<Written>> = {
            let workshop = next.workshop(project, &policy, memo);
            lessons.iter().map(|lesson| workshop.write(*lesson)).collect()
        };
        for (lesson, written) in lessons.iter().zip(written) {
            if written.lesson.outline != self.lessons[*lesson].outline {
                return None;
            }
            next.lessons[*lesson] = Arc::clone(&written.lesson);
            next.written[*lesson] = written;
        }
        Some((next, lessons))
    }

    /// Whether something has been found out about a note by comparing it with others.
    fn is_spoken_of(&self, lesson: usize) -> bool {
        let note = &self.notes[lesson];
        let slot = self.map.find(&note.address.series, note.address.slug.as_deref());
        let twins = slot.into_iter().flat_map(|slot| slot.lessons());
        let path = Some(note.source.path.as_str());
        twins.into_iter().any(|twin| self.notes[twin].front.translated.is_some())
            || self.found.iter().any(|found| found.file.as_deref() == path)
    }
}

/// Whether two notes are the same for all that is not inside them.
fn is_same_outside(note: &Note, other: &Note) -> bool {
    let blocks = |note: &Note| note.blocks.iter().map(|b| (b.kind, b.info.clone(), b.key)).collect::<Vec<_>>();
    let marks = |note: &Note| {
        let ids = note.marks.iter().map(|mark| (mark.kind.clone(), mark.id.as_ref().map(|id| id.text.clone())));
        ids.collect::<Vec<_>>()
    };
    (&note.address, &note.front, &note.title, &note.headings)
        == (&other.address, &other.front, &other.title, &other.headings)
        && blocks(note) == blocks(other)
        && marks(note) == marks(other)
}
