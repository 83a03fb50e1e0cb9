//! What has been made before. In: a key of all that a thing is made from; out: the thing, which is made again only if
//! the memo lacks it. This room does not know what it keeps.
//!
//! Nothing here is ever out of date: another text is another key. What the last round did not ask for is forgotten.

use crate::archive::{Archive, Packed};
use crate::diag::Checked;
use crate::drawers::{Drawers, FEW};
use crate::graph::{Run, Sheet};
use crate::key::Key;
use crate::lesson::{Figure, Wordless, Written};
use crate::note::{Listing, Note};
use crate::outfit::Outfit;
use crate::project::Project;
use crate::train::Training;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// All that is kept from one compilation for the next.
#[derive(Debug, Default)]
pub struct Memo {
    /// What builds before have left.
    pub archive: Arc<Archive>,
    /// What all of it was made with: a project without notes.
    world: Option<Project>,
    outfit: OnceLock<Arc<Outfit>>,
    /// Notes by their texts.
    pub notes: Shelf<Checked<Arc<Note>>>,
    /// The statements of blocks.
    pub sheets: Shelf<Checked<Arc<Sheet>>>,
    /// Graphs that have run.
    pub runs: Shelf<Checked<Option<Run>>>,
    /// Trainings that have run.
    pub trainings: Shelf<Checked<Option<Training>>>,
    /// Figures as they stand in a language.
    pub figures: Shelf<Figure>,
    /// Code blocks as HTML.
    pub listings: Shelf<String>,
    /// Those of them that have been asked for in this round: a note in two languages has most of its code twice.
    recent_listings: Drawers<String>,
    /// What figures say in no language: a note in two languages has its graphs twice.
    pub recent_wordless: Drawers<Wordless, FEW>,
    /// Lessons.
    pub lessons: Shelf<Written>,
}

impl Memo {
    /// A memo for a single compilation, which has what builds before have left.
    pub fn with_archive(archive: Arc<Archive>) -> Self {
        Self { archive, ..Self::default() }
    }

    /// A memo that keeps what it is given.
    pub fn keeping() -> Self {
        Self {
            archive: Arc::default(),
            world: None,
            outfit: OnceLock::new(),
            notes: Shelf::keeping(),
            sheets: Shelf::keeping(),
            runs: Shelf::keeping(),
            trainings: Shelf::keeping(),
            figures: Shelf::keeping(),
            listings: Shelf::keeping(),
            recent_listings: Drawers::default(),
            recent_wordless: Drawers::default(),
            lessons: Shelf::keeping(),
        }
    }

    /// Whether it keeps what it is given.
    pub fn keeps(&self) -> bool {
        self.notes.keeps
    }

    /// A round begins. Where anything but the notes is new, all that was made is forgotten.
    pub fn begin(&mut self, project: &Project) {
        if self.keeps() && !self.world.as_ref().is_some_and(|world| world.has_same_world(project)) {
            let world = Project { notes: Vec::new(), ..project.clone() };
            *self = Self { world: Some(world), ..Self::keeping() };
        }
    }

    /// What the notes of the project are made with.
    pub fn outfit(&self, project: &Project) -> Arc<Outfit> {
        Arc::clone(self.outfit.get_or_init(|| Arc::new(Outfit::of(project))))
    }

    /// A code block as HTML. Its grammar takes long to be read, which the one note that has changed need not wait for.
    pub fn listing(&self, listing: &Listing) -> Arc<String> {
        let key = listing.key();
        let kept = self.archive.key("listing", key);
        let make = || {
            self.archive.get(kept).unwrap_or_else(|| {
                let html = listing.html();
                self.archive.put(kept, || Packed::new(&html));
                html
            })
        };
        self.listings.recall_shared(key, || self.recent_listings.recall(key, || Arc::new(make())))
    }

    /// What was made since the last round is not kept: whoever has asked for it has it.
    pub fn stay(&mut self) {
        self.notes.stay();
        self.sheets.stay();
        self.runs.stay();
        self.trainings.stay();
        self.figures.stay();
        self.listings.stay();
        self.lessons.stay();
    }

    /// A round is over: what was not asked for in it is forgotten.
    pub fn turn(&mut self) {
        self.notes.turn();
        self.sheets.turn();
        self.runs.turn();
        self.trainings.turn();
        self.figures.turn();
        self.listings.turn();
        self.lessons.turn();
    }
}

/// Things of one kind.
#[derive(Debug)]
pub struct Shelf<T> {
    keeps: bool,
    /// What the round before has left. It does not change within a round, so that nobody waits for it.
    old: HashMap<Key, Arc<T>>,
    /// What this round has asked for.
    asked: Mutex<Vec<(Key, Arc<T>)>>,
}

impl<T> Default for Shelf<T> {
    /// A shelf that forgets at once, for a single compilation.
    fn default() -> Self {
        Self { keeps: false, old: HashMap::new(), asked: Mutex::new(Vec::new()) }
    }
}

impl<T> Shelf<T> {
    fn keeping() -> Self {
        Self { keeps: true, ..Self::default() }
    }

    /// The thing of a key: the one from the round before, or a new one.
    pub fn recall(&self, key: Key, make: impl FnOnce() -> T) -> Arc<T> {
        self.recall_shared(key, || Arc::new(make()))
    }

    /// As [`Shelf::recall`], of a thing that others have, too.
    pub fn recall_shared(&self, key: Key, make: impl FnOnce() -> Arc<T>) -> Arc<T> {
        let found = self.old.get(&key).cloned();
        let thing = found.unwrap_or_else(make);
        if self.keeps {
            self.asked.lock().unwrap_or_else(PoisonError::into_inner).push((key, Arc::clone(&thing)));
        }
        thing
    }

    /// Keeps what it has of these for the next round.
    pub fn keep(&self, keys: &[Key]) {
        let found = keys.iter().filter_map(|key| Some((*key, Arc::clone(self.old.get(key)?))));
        if self.keeps {
            self.asked.lock().unwrap_or_else(PoisonError::into_inner).extend(found);
        }
    }

    fn stay(&mut self) {
        self.asked.get_mut().unwrap_or_else(PoisonError::into_inner).clear();
    }

    fn turn(&mut self) {
        let asked = self.asked.get_mut().unwrap_or_else(PoisonError::into_inner);
        self.old.clear();
        self.old.extend(asked.drain(..));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_for_again_is_not_made_again() {
        let mut shelf = Shelf::keeping();
        let [a, b] = ["a", "b"].map(|text| Key::of([text.as_bytes()]));
        assert_eq!((*shelf.recall(a, || 1), *shelf.recall(b, || 2)), (1, 2));
        shelf.turn();
        assert_eq!(*shelf.recall(a, || 3), 1);
        shelf.turn();
        assert_eq!((*shelf.recall(a, || 4), *shelf.recall(b, || 5)), (1, 5));
    }

    #[test]
    fn a_single_compilation_keeps_nothing() {
        let mut shelf = Shelf::default();
        let key = Key::of([&b"a"[..]]);
        assert_eq!(*shelf.recall(key, || 1), 1);
        shelf.turn();
        assert_eq!(*shelf.recall(key, || 2), 2);
    }
}
