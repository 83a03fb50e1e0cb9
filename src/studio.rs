//! A project held in memory with its site. In: a folder that is looked at again and again; out: the files of the last
//! site without errors, and what should be said about the notes as they are now. This room does not know who asks, nor
//! how it is found out that a file has changed.
//!
//! A look at the disk makes lessons and no pages: a page is made when it is asked for. What is wrong with pages, such as
//! links that lead nowhere, is found by a proof of them all, for which there is time when the readers have been told.

use crate::diag::{Checked, Diagnostic, Log, has_errors};
use crate::edit;
use crate::edition::{Edition, Revision};
use crate::failure::Failure;
use crate::memo::Memo;
use crate::output::Files;
use crate::page::{self, Facts, Leaf, Ledger, Plan};
use crate::project::{self, Places, Project};
use crate::source::SourceFile;
use rayon::prelude::*;
use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

/// A project held in memory with its site.
#[derive(Debug)]
pub struct Studio {
    root: PathBuf,
    drafts: bool,
    memo: Memo,
    /// Where the project was read from last.
    places: Places,
    /// What the disk held, and what was said about that, when it was looked at last.
    read: Option<Checked<Arc<Project>>>,
    diagnostics: Vec<Diagnostic>,
    /// The last site without errors.
    shown: Option<Shown>,
    /// What the disk held last, where it has errors.
    failing: Option<Shown>,
}

/// More notes than this are not revised one by one.
const MOST_REVISED: usize = 8;

/// A site whose pages are made when they are asked for.
#[derive(Debug)]
struct Shown {
    project: Arc<Project>,
    edition: Edition,
    plan: Arc<Plan>,
    /// The bytes of files that have been asked for.
    printed: Kept<Arc<[u8]>>,
    /// What proofs have found out about files.
    known: Kept<Known>,
    fonts: OnceLock<Files>,
}

/// What is known of a file, with what is wrong with it.
type Known = Arc<Checked<Facts>>;

/// Things that files of the site, by their paths, have been made into.
#[derive(Debug)]
struct Kept<T>(Mutex<HashMap<String, T>>);

impl<T: Clone> Kept<T> {
    fn find(&self, path: &str) -> Option<T> {
        self.open().get(path).cloned()
    }

    fn keep(&self, path: &str, thing: T) -> T {
        self.open().insert(path.to_owned(), thing.clone());
        thing
    }

    /// Adds what stands on an older shelf, but for some files.
    fn take_over(&self, before: Self, but: &BTreeSet<String>) {
        let before = before.0.into_inner().unwrap_or_else(PoisonError::into_inner);
        self.open().extend(before.into_iter().filter(|(path, _)| !but.contains(path)));
    }

    fn open(&self) -> MutexGuard<'_, HashMap<String, T>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> Default for Kept<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

/// What a look at the disk has brought.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Update {
    /// Whether the disk holds anything else than at the last look. If not, nothing else is said here.
    pub is_new: bool,
    /// The paths of the site's files that are new, may have other bytes, or are gone. None where the notes have errors,
    /// since the site is then still the last one without.
    pub changed: BTreeSet<String>,
    /// How many notes there are.
    pub notes: usize,
    /// How many figures they show.
    pub figures: usize,
}

impl Studio {
    /// A studio for a project. It has no site before it has looked at the disk.
    pub fn open(root: &Path) -> Self {
        Self {
            root: root.to_owned(),
            drafts: false,
            memo: Memo::keeping(),
            places: Project::default().places(),
            read: None,
            diagnostics: Vec::new(),
            shown: None,
            failing: None,
        }
    }

    /// The same studio, for which drafts are pages, too.
    #[must_use]
    pub fn with_drafts(self) -> Self {
        Self { drafts: true, ..self }
    }

    /// Looks at the disk, and writes the lessons anew that are. `changed` are the paths that may have changed; a folder
    /// stands for all below it. None means that anything may have.
    ///
    /// # Errors
    /// If the folder is no project any more, or the machine fails.
    pub fn refresh(&mut self, changed: Option<&[PathBuf]>) -> Result<Update, Failure> {
        let read = self.read_again(changed)?;
        Ok(self.take(read))
    }

    /// Takes a project as it is now in place of what the disk holds.
    pub fn take(&mut self, read: Checked<Arc<Project>>) -> Update {
        self.places = read.value.places();
        let is_known = |before: &Checked<Arc<Project>>| {
            before.value.has_same_sources(&read.value) && before.diagnostics == read.diagnostics
        };
        if self.read.as_ref().is_some_and(is_known) {
            return Update::default();
        }
        let update = self.revise(&read).unwrap_or_else(|| self.compile(&read));
        self.read = Some(read);
        update
    }

    /// Forgets all but the last site, which is whole: making the next one has ended in its middle. The next look at the disk
    /// makes everything.
    pub fn begin_anew(&mut self) {
        self.memo = Memo::keeping();
        self.read = None;
        self.failing = None;
    }

    /// Makes everything anew that is not as it was.
    fn compile(&mut self, read: &Checked<Arc<Project>>) -> Update {
        let mut log = Log::default();
        log.extend(read.diagnostics.iter().cloned());
        let edition = log.take(edit(&read.value, &mut self.memo));
        let plan = log.take(edition.press(&read.value).plan());
        let (notes, figures) = (edition.notes(), edition.figures());
        self.diagnostics = log.finish(()).diagnostics;
        let mut changed = BTreeSet::new();
        let made = Shown::new(Arc::clone(&read.value), edition, Arc::new(plan));
        if has_errors(&self.diagnostics) {
            self.failing = Some(made);
        } else {
            changed = made.changed_since(self.shown.as_ref());
            if let Some(before) = self.shown.take() {
                made.keep_files(before, &changed);
            }
            self.shown = Some(made);
            self.failing = None;
        }
        Update { is_new: true, changed, notes, figures }
    }

    /// Makes only the lessons anew that have changed inside; none if that is not enough.
    fn revise(&mut self, read: &Checked<Arc<Project>>) -> Option<Update> {
        let shown = self.shown.as_ref().filter(|_| self.failing.is_none() && self.read.is_some())?;
        let before = &shown.project;
        if !read.diagnostics.is_empty() || !read.value.has_same_world(before) {
            return None;
        }
        let notes = || read.value.notes.iter().zip(&before.notes);
        let is_same_list = read.value.notes.len() == before.notes.len()
            && notes().all(|(new, old)| Arc::ptr_eq(new, old) || new.path == old.path);
        if !is_same_list {
            return None;
        }
        let is_changed = |(_, (new, old)): &(usize, (&Arc<SourceFile>, &Arc<SourceFile>))| !Arc::ptr_eq(new, old);
        let changed: Vec<usize> = notes().enumerate().filter(is_changed).map(|(at, _)| at).collect();
        if changed.len() > MOST_REVISED {
            return None;
        }
        let Revision { edition, lessons, outlines } = shown.edition.revised(&read.value, &self.memo, &changed)?;
        let diagnostics = edition.diagnostics();
        if has_errors(&diagnostics) {
            return None;
        }
        self.memo.stay();
        self.diagnostics = diagnostics;
        let (notes, figures) = (edition.notes(), edition.figures());
        let next = Shown::new(Arc::clone(&read.value), edition, Arc::clone(&shown.plan));
        let changed = next.files_of(&lessons, &outlines);
        if let Some(shown) = self.shown.take() {
            next.keep_files(shown, &changed);
        }
        self.shown = Some(next);
        Some(Update { is_new: true, changed, notes, figures })
    }

    fn read_again(&self, changed: Option<&[PathBuf]>) -> Result<Checked<Arc<Project>>, Failure> {
        let Checked { mut value, diagnostics } = match (&self.read, changed) {
            (Some(Checked { value, diagnostics }), Some(changed)) => {
                let before = Checked { value: Project::clone(value), diagnostics: diagnostics.clone() };
                project::reload(&self.root, before, changed)?
            }
            _ => project::load(&self.root)?,
        };
        value.drafts = self.drafts;
        Ok(Checked { value: Arc::new(value), diagnostics })
    }

    /// Makes every page of the site as it is, and finds what is wrong with them: links that lead nowhere,
    /// templates that cannot be filled. Hand it to [`Studio::take_proof`]. None if it is interrupted.
    pub fn proof(&self, is_interrupted: &(dyn Fn() -> bool + Sync)) -> Option<Vec<Diagnostic>> {
        if self.read.is_none() {
            // How it is now is not known.
            return Some(Vec::new());
        }
        self.failing.as_ref().or(self.shown.as_ref())?.proof(is_interrupted)
    }

    /// What a proof of the site as it is has found.
    pub fn take_proof(&mut self, found: Vec<Diagnostic>) {
        let mut log = Log::default();
        log.extend(found);
        log.extend(std::mem::take(&mut self.diagnostics));
        self.diagnostics = log.finish(()).diagnostics;
    }

    /// The bytes of a file of the last site without errors.
    pub fn file(&self, path: &str) -> Option<Arc<[u8]>> {
        self.shown.as_ref()?.file(path)
    }

    /// Whether there has been a site without errors yet.
    pub fn has_site(&self) -> bool {
        self.shown.is_some()
    }

    /// What should be said about the notes as they are now.
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.diagnostics
    }

    /// Where the project is read from.
    pub fn places(&self) -> Places {
        self.places.clone()
    }

    /// The text of a file of the project as it is now.
    pub fn source(&self, path: &str) -> Option<&str> {
        self.read.as_ref()?.value.source(path)
    }
}

impl Shown {
    fn new(project: Arc<Project>, edition: Edition, plan: Arc<Plan>) -> Self {
        Self { project, edition, plan, printed: Kept::default(), known: Kept::default(), fonts: OnceLock::new() }
    }

    fn proof(&self, is_interrupted: &(dyn Fn() -> bool + Sync)) -> Option<Vec<Diagnostic>> {
        let press = self.edition.press(&self.project);
        let know = |(path, leaf): (&String, &Leaf)| -> Option<(String, Known)> {
            let known = self.known.find(path).or_else(|| {
                (!is_interrupted()).then(|| {
                    let Checked { value: bytes, diagnostics } = press.print(path, leaf);
                    self.known.keep(path, Arc::new(Checked { value: Facts::of(path, &bytes), diagnostics }))
                })
            });
            Some((path.clone(), known?))
        };
        let known: Vec<(String, Known)> = self.plan.par_iter().map(know).collect::<Option<_>>()?;
        let mut log = Log::default();
        log.extend(known.iter().flat_map(|(_, facts)| facts.diagnostics.iter().cloned()));
        let mut ledger: Ledger = known.into_iter().map(|(path, facts)| (path, facts.value.clone())).collect();
        page::add_fonts_to(&mut ledger);
        log.extend(crate::dead_links(&self.project, &self.edition, &page::links::broken(&ledger)));
        Some(log.finish(()).diagnostics)
    }

    fn file(&self, path: &str) -> Option<Arc<[u8]>> {
        if let Some(bytes) = self.printed.find(path) {
            return Some(bytes);
        }
        let press = self.edition.press(&self.project);
        let bytes: Arc<[u8]> = match self.plan.get(path) {
            Some(leaf) => press.print(path, leaf).value.into(),
            None => self.fonts.get_or_init(|| press.fonts()).get(path)?.as_slice().into(),
        };
        Some(self.printed.keep(path, bytes))
    }

    /// The paths of what has changed since the site before.
    fn changed_since(&self, before: Option<&Self>) -> BTreeSet<String> {
        let Some(before) = before else { return self.plan.keys().cloned().collect() };
        let is_alike = self.is_like(before);
        let gone = before.plan.keys().filter(|path| !self.plan.contains_key(*path));
        let changed = self.plan.iter().filter(|(path, leaf)| !self.has_same(path, leaf, before, is_alike));
        gone.chain(changed.map(|(path, _)| path)).cloned().collect()
    }

    /// Keeps what has been made of the files that have not changed.
    fn keep_files(&self, before: Self, changed: &BTreeSet<String>) {
        self.printed.take_over(before.printed, changed);
        self.known.take_over(before.known, changed);
    }

    /// The files that show some lessons, and those that may say something of others.
    fn files_of(&self, lessons: &[usize], outlines: &[usize]) -> BTreeSet<String> {
        let press = self.edition.press(&self.project);
        let files = lessons.iter().flat_map(|lesson| press.files_of(*lesson));
        let files = files.chain(outlines.iter().flat_map(|lesson| press.files_about(*lesson)));
        files.filter(|path| self.plan.contains_key(path)).collect()
    }

    /// Whether all that pages say beside their own lessons is as it was.
    fn is_like(&self, before: &Self) -> bool {
        let outlines = |shown: &Self| shown.edition.lessons.iter().map(|lesson| lesson.outline).collect::<Vec<_>>();
        Arc::ptr_eq(&self.edition.outfit, &before.edition.outfit) && outlines(self) == outlines(before)
    }

    /// Whether a file has the same bytes as before, as far as that is known without making it.
    fn has_same(&self, path: &str, leaf: &Leaf, before: &Self, is_alike: bool) -> bool {
        if before.plan.get(path) != Some(leaf) && !matches!(leaf, Leaf::Asset(_)) {
            return false;
        }
        let is_same = |lesson: Option<usize>| {
            lesson.is_none_or(|at| Arc::ptr_eq(&self.edition.lessons[at], &before.edition.lessons[at]))
        };
        let slot = |at: &usize| &self.edition.map.slots()[*at];
        match leaf {
            Leaf::Template(_) | Leaf::Kernels | Leaf::Icon(_) | Leaf::Asset(_) => {
                let print =
                    |shown: &Self| Some(shown.edition.press(&shown.project).print(path, shown.plan.get(path)?).value);
                Arc::ptr_eq(&self.edition.outfit, &before.edition.outfit) || print(self) == print(before)
            }
            _ if !is_alike => false,
            Leaf::Page(at, _) => self.project.settings.languages.iter().all(|tag| is_same(slot(at).lesson(tag))),
            Leaf::Players(at, language) | Leaf::Forms(at, language) | Leaf::Card(at, language) => {
                is_same(slot(at).lesson(language))
            }
            Leaf::Print(at, _) => {
                let series = &slot(at).series;
                let slots = self.edition.map.notes_of(series).chain([slot(at)]);
                let languages = &self.project.settings.languages;
                slots.into_iter().all(|slot| languages.iter().all(|tag| is_same(slot.lesson(tag))))
            }
            Leaf::Search(_) => false,
            _ => true,
        }
    }
}
