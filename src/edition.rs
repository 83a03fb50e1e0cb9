//! Everything that the pages of a site are made of. In: what the stages before have made; out: what makes pages, what is
//! wrong with the notes, and the next edition where little follows from a change. This room does not know how
//! any of the stages work.

use crate::blocks::{Catalogue, Entry};
use crate::check;
use crate::diag::{Diagnostic, Log};
use crate::external;
use crate::lazy::Lazy;
use crate::lesson::{Workshop, Written};
use crate::memo::Memo;
use crate::note::{self, FrontMatter, Manuscript, Note};
use crate::numbering::Numbering;
use crate::outfit::Outfit;
use crate::page::{self, Lesson, Map, Press, Slot};
use crate::project::Project;
use crate::settings::Strictness;
use crate::silence;
use crate::source::SourceFile;
use crate::{GraphRun, NoteReading, TrainingRun, policy_of, read_one, run_one};
use rayon::prelude::*;
use std::collections::{BTreeSet, HashMap};
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
    pub(crate) outlines: Arc<page::Outlines>,
    /// What is wrong besides what readings and lessons say.
    pub(crate) found: Arc<[Diagnostic]>,
    /// What an editor finds in comparing notes.
    pub(crate) compared: Arc<[Diagnostic]>,
    /// What its author wants to hear.
    pub(crate) strictness: Strictness,
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
            outlines: &self.outlines,
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
            on_own_pages: true,
        }
    }

    /// Forgets what pages are not made of.
    pub(crate) fn let_go(&mut self) {
        self.runs = self.runs.iter().map(|_| Lazy::default()).collect();
        self.trainings = self.trainings.iter().map(|_| Lazy::default()).collect();
        let blocks = Arc::clone(&self.catalogue.blocks);
        self.catalogue = Arc::new(Catalogue { blocks, ..Catalogue::default() });
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
        log.extend(self.found.iter().chain(self.compared.iter()).cloned());
        log.extend(self.readings.iter().flat_map(|reading| reading.diagnostics.iter().cloned()));
        log.extend(self.written.iter().flat_map(|written| written.diagnostics.iter().cloned()));
        let found = note::placed(&self.manuscripts, log.finish(()));
        // Dead links and other sites are looked for elsewhere.
        let is_elsewhere = |code: &str| code == silence::DEAD_LINK || external::CODES.contains(&code);
        let allowances = note::allowances(&self.manuscripts, |code| !is_elsewhere(code));
        silence::apply(&self.strictness, &allowances, found).diagnostics
    }

    /// The edition after some notes have changed; none where more follows from the changes than can be told here. `changed`
    /// are the positions among the project's notes.
    pub fn revised(&self, project: &Project, memo: &Memo, changed: &[usize]) -> Option<Revision> {
        let outfit = memo.outfit(project);
        let policy = policy_of(project, &outfit);
        let mut next = self.clone();
        let mut lessons = BTreeSet::new();
        for file in changed.iter().map(|at| &project.notes[*at]) {
            let lesson = *self.places.get(&file.path)?;
            next.replace(lesson, file, &policy, memo)?;
            next.retell(lesson, &self.notes[lesson], project, memo, &mut lessons)?;
            lessons.insert(lesson);
        }
        let changed: Vec<usize> = lessons.iter().copied().collect();
        let refers_alike = changed.iter().all(|at| refers_alike(&self.notes[*at], &next.notes[*at]));
        let (written, compared): (Vec<(usize, Arc<Written>)>, Vec<Diagnostic>) = {
            let workshop = next.workshop(project, &policy, memo);
            let written = lessons.into_par_iter().map(|lesson| (lesson, workshop.write(lesson))).collect();
            let compared = match refers_alike {
                true => check::between_notes_again(&workshop, &self.compared, &changed),
                false => check::between_notes(&workshop),
            };
            (written, compared)
        };
        next.compared = compared.into();
        let mut revision = Revision { edition: next, lessons: Vec::new(), outlines: Vec::new() };
        for (at, written) in written {
            let (old, new) = (&self.lessons[at], &written.lesson);
            if old.targets != new.targets || old.is_played != new.is_played {
                return None;
            }
            revision.outlines.extend((old.outline != new.outline).then_some(at));
            revision.lessons.push(at);
            revision.edition.lessons[at] = Arc::clone(new);
            revision.edition.written[at] = written;
        }
        if !revision.outlines.is_empty() {
            let outlines = page::Outlines::new(&project.settings, &self.map, &revision.edition.lessons);
            revision.edition.outlines = Arc::new(outlines);
        }
        Some(revision)
    }

    /// Puts a note in the place of an older one; none where it is not alike for those around it.
    fn replace(&mut self, at: usize, file: &Arc<SourceFile>, policy: &note::Policy<'_>, memo: &Memo) -> Option<()> {
        let source = self.sources[at];
        let manuscript = Manuscript::alone(file).filter(|_| self.manuscripts[source].is_alone())?;
        let reading = read_one(&manuscript, policy, memo);
        if !is_alike(&self.notes[at], &reading.value) || self.is_spoken_of(at) {
            return None;
        }
        self.manuscripts[source] = manuscript;
        self.notes[at] = Arc::clone(&reading.value);
        self.readings[source] = reading;
        Some(())
    }

    /// Runs the graphs of a note that have changed, and adds the lessons that are written anew besides its own.
    fn retell(
        &mut self,
        at: usize,
        before: &Note,
        project: &Project,
        memo: &Memo,
        lessons: &mut BTreeSet<usize>,
    ) -> Option<()> {
        let note = Arc::clone(&self.notes[at]);
        if (&note.title, &note.headings) != (&before.title, &before.headings) {
            let slot = self.map.find(&note.address.series, note.address.slug.as_deref())?;
            let languages = project.settings.languages.iter();
            let referrers = languages.flat_map(|tag| self.index.referrers(slot, tag));
            lessons.extend(referrers.flat_map(|slot| self.map.slots()[*slot].lessons()));
        }
        let blocks = note.blocks.iter().zip(&before.blocks).enumerate();
        let blocks: Vec<usize> = blocks.filter(|(_, (new, old))| new.key != old.key).map(|(at, _)| at).collect();
        if blocks.is_empty() {
            return Some(());
        }
        let (catalogue, graphs) = self.catalogue.retold(at, &note, &blocks, &memo.sheets)?;
        let mut runs = self.runs.to_vec();
        for graph in graphs {
            let limits = project.settings.limits;
            let before = self.runs[graph].get(|| run_one(&self.catalogue.graphs[graph], limits, memo));
            let now = run_one(&catalogue.graphs[graph], limits, memo);
            if !now.diagnostics.is_empty() || !before.diagnostics.is_empty() {
                return None;
            }
            runs[graph] = Lazy::made(now);
            let shows = |entries: &Vec<Entry>| entries.iter().any(|entry| entry.graph == Some(graph));
            let notes = catalogue.blocks.iter().enumerate().filter(|(_, entries)| shows(entries));
            lessons.extend(notes.map(|(at, _)| at));
        }
        self.runs = runs.into();
        self.catalogue = Arc::new(catalogue);
        Some(())
    }

    /// Whether something has been found out about a note by comparing it with others.
    fn is_spoken_of(&self, lesson: usize) -> bool {
        let note = &self.notes[lesson];
        let slot = self.map.find(&note.address.series, note.address.slug.as_deref());
        let mut twins = slot.into_iter().flat_map(Slot::lessons);
        let path = Some(note.source.path.as_str());
        twins.any(|twin| self.notes[twin].front.translated.is_some())
            || self.found.iter().any(|found| found.file.as_deref() == path)
    }
}

/// An edition after some notes have changed.
#[derive(Debug)]
pub struct Revision {
    /// The edition.
    pub edition: Edition,
    /// The lessons that are new.
    pub lessons: Vec<usize>,
    /// Those of them of which other pages may say something else now.
    pub outlines: Vec<usize>,
}

/// Whether two notes refer to the same things.
fn refers_alike(note: &Note, other: &Note) -> bool {
    let links = |note: &Note| note.links.iter().map(|link| link.dest.clone()).collect::<Vec<_>>();
    let values = |note: &Note| note.values.iter().map(|value| value.target.clone()).collect::<Vec<_>>();
    let names = |note: &Note| {
        let names = note.formulas.iter().flat_map(|formula| &formula.names);
        names.map(|name| (name.name.clone(), name.does.clone())).collect::<Vec<_>>()
    };
    (links(note), values(note), names(note)) == (links(other), values(other), names(other))
}

/// Whether two notes differ only in their titles, their summaries, their prose and the texts of their blocks.
fn is_alike(note: &Note, other: &Note) -> bool {
    let front = |note: &Note| FrontMatter { title: None, summary: None, ..note.front.clone() };
    let blocks = |note: &Note| note.blocks.iter().map(|block| (block.kind, block.info.clone())).collect::<Vec<_>>();
    let marks = |note: &Note| {
        let ids = note.marks.iter().map(|mark| (mark.kind.clone(), mark.id.as_ref().map(|id| id.text.clone())));
        ids.collect::<Vec<_>>()
    };
    note.address == other.address
        && front(note) == front(other)
        && blocks(note) == blocks(other)
        && marks(note) == marks(other)
}
