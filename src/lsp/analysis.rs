//! What is known of a note while it is written. In: its text, and the files that it needs; out: its blocks with the graphs
//! that they stand for, run, its headings, links and values, and its mistakes. Only what has changed is run again.

use super::book::{Book, Overlay};
use crate::block::{BlockOptions, read_options};
use crate::blocks::{Catalogue, Entry, GraphSource, catalogue};
use crate::diag::{Checked, Diagnostic, Log};
use crate::graph::Run;
use crate::key::Key;
use crate::memo::Shelf;
use crate::note::{self, Block, BlockKind, Heading, Link, Manuscript, Mark, Note, TermUse, ValueUse};
use crate::run_sheet;
use crate::settings::Limits;
use crate::source::SourceFile;
use crate::train::plan::Plan;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A note, read and run.
#[derive(Debug, Default)]
pub struct Analysis {
    /// Graph and train blocks of the file itself.
    pub blocks: Vec<NoteBlock>,
    /// Headings.
    pub headings: Vec<Heading>,
    /// `\val{…}` uses.
    pub values: Vec<ValueUse>,
    /// Links.
    pub links: Vec<Link>,
    /// Terms.
    pub terms: Vec<TermUse>,
    /// What may have a number.
    pub marks: Vec<Mark>,
    /// The position of its language among those of the site.
    pub language: usize,
    /// The tag of that language.
    pub tag: String,
    /// How long the file is: what lies behind comes from files that it includes.
    pub own_len: usize,
    /// Its own mistakes, those of its blocks included.
    pub diagnostics: Vec<Diagnostic>,
}

/// A block of a note and what it stands for.
#[derive(Debug)]
pub struct NoteBlock {
    /// The block.
    pub block: Block,
    /// The id of its figure.
    pub id: String,
    /// What its fence asks for.
    pub options: BlockOptions,
    /// What its graph, or that of its training, has come to.
    pub work: Option<Arc<Work>>,
    /// What it trains, if it is a train block.
    pub plan: Option<Plan>,
    /// The block that it stands for, reuses or trains: its file and place there.
    pub origin: Option<(String, Range<usize>)>,
    /// Whether its own text is the graph.
    pub is_own: bool,
}

/// A graph that was run.
#[derive(Debug)]
pub struct Work {
    /// The run; none where the graph is broken or too large for a glance.
    pub run: Option<Run>,
    /// What was noticed.
    pub diagnostics: Vec<Diagnostic>,
}

/// The graphs that have been run.
#[derive(Debug, Default)]
pub struct Bench {
    done: Mutex<Done>,
}

#[derive(Debug, Default)]
struct Done {
    works: HashMap<Key, Arc<Work>>,
    /// Blocks that were too large for a glance, and have not been run since.
    waiting: HashSet<Key>,
    /// How many of those have been run since.
    arrived: usize,
}

/// What an answer may take: larger graphs wait for those who check the whole project.
pub fn at_a_glance() -> Limits {
    Limits { nodes: 20_000, elements: 400_000, training: 0, drawn_nodes: usize::MAX, ..Limits::default() }
}

/// So many graphs are remembered.
const MOST_REMEMBERED: usize = 4_096;

impl Bench {
    /// Runs a graph, unless that has been done.
    fn run(&self, source: &GraphSource, limits: Limits) -> Arc<Work> {
        let nothing_yet = || Arc::new(Work { run: None, diagnostics: Vec::new() });
        let is_glance = limits == at_a_glance();
        let done = self.lock();
        if let Some(work) = done.works.get(&source.key) {
            return Arc::clone(work);
        }
        if is_glance && done.waiting.contains(&source.key) {
            return nothing_yet();
        }
        drop(done);
        let Checked { value, diagnostics } = run_sheet(&source.sheet, limits);
        let is_too_large = is_glance && diagnostics.iter().any(|d| matches!(d.code, "too-large" | "runaway-loop"));
        let work = if is_too_large { nothing_yet() } else { Arc::new(Work { run: Some(value), diagnostics }) };
        self.lock().keep(source.key, &work, is_too_large);
        work
    }

    /// Another number whenever a graph that was too large for a glance has been run.
    pub fn arrived(&self) -> usize {
        self.lock().arrived
    }

    fn lock(&self) -> MutexGuard<'_, Done> {
        self.done.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Done {
    fn keep(&mut self, key: Key, work: &Arc<Work>, is_too_large: bool) {
        if self.works.len() + self.waiting.len() >= MOST_REMEMBERED {
            self.works.clear();
            self.waiting.clear();
        }
        if is_too_large {
            self.waiting.insert(key);
        } else {
            self.arrived += usize::from(self.waiting.remove(&key));
            self.works.insert(key, Arc::clone(work));
        }
    }
}

impl Analysis {
    /// Reads a file and runs its graphs.
    pub fn of(path: &str, book: &Book, overlay: &Overlay, bench: &Bench, limits: Limits) -> Self {
        let mut wanted = book.included(path, overlay);
        for _ in 0..MOST_STEPS {
            let desk = Desk { path, book, overlay, bench, limits, wanted: &wanted };
            match desk.analysis() {
                Ok(analysis) => return analysis,
                Err(others) => {
                    let included = others.iter().flat_map(|other| book.included(other, overlay)).collect::<Vec<_>>();
                    wanted.extend(included);
                    wanted.extend(others);
                }
            }
        }
        Self::default()
    }

    /// The blocks that stand in the file itself.
    pub fn own_blocks(&self) -> impl Iterator<Item = &NoteBlock> {
        self.blocks.iter().filter(|block| block.block.range.start < self.own_len)
    }

    /// The block that a byte of the file stands in, fences included.
    pub fn block_at(&self, byte: usize) -> Option<&NoteBlock> {
        self.blocks.iter().find(|block| block.block.range.contains(&byte) || block.block.range.end == byte)
    }

    /// The block that a value comes from.
    pub fn block_of(&self, value: &ValueUse) -> Option<&NoteBlock> {
        let ids = self.blocks.iter().map(|block| block.id.as_str());
        self.blocks.get(crate::lesson::value::block_of(value, ids)?)
    }
}

/// A graph may reuse one that reuses another, and so on: this far, and then once more to see that nothing is missing.
const MOST_STEPS: usize = 10;

/// What a note is analysed with.
struct Desk<'d> {
    path: &'d str,
    book: &'d Book,
    overlay: &'d Overlay,
    bench: &'d Bench,
    limits: Limits,
    /// The other files that it needs.
    wanted: &'d BTreeSet<String>,
}

impl Desk<'_> {
    /// The analysis, or the files that it needs besides.
    fn analysis(&self) -> Result<Analysis, BTreeSet<String>> {
        let files = self.files();
        let policy = crate::policy_of(&self.book.project, &self.book.outfit);
        let mut log = Log::default();
        let mut manuscripts = log.take(note::manuscripts(&files, &[], &policy));
        let is_part = !manuscripts.iter().any(|manuscript| manuscript.source.path == self.path);
        if is_part {
            let own = files.iter().filter(|file| file.path == self.path);
            manuscripts.extend(own.map(|file| Manuscript::from(SourceFile::clone(file))));
        }
        let notes: Vec<Arc<Note>> =
            manuscripts.iter().map(|manuscript| Arc::new(log.take(note::read(manuscript, &policy)).note)).collect();
        let others: BTreeSet<String> = notes.iter().flat_map(|note| self.needed(note)).collect();
        if !others.is_subset(self.wanted) {
            return Err(others);
        }
        let Some(at) = notes.iter().position(|note| note.source.path == self.path) else {
            return Ok(Analysis::default());
        };
        let catalogue = log.take(catalogue(&notes, &Shelf::default()));
        let blocks: Vec<NoteBlock> =
            (0..notes[at].blocks.len()).map(|block| self.block(&notes, &catalogue, (at, block), &mut log)).collect();
        let diagnostics = note::placed(&manuscripts, log.finish(())).diagnostics;
        let is_own = |diagnostic: &Diagnostic| !is_part && diagnostic.file.as_deref() == Some(self.path);
        let own_len = self.book.text(self.path, self.overlay).map_or(0, str::len);
        let mut analysis = Analysis::of_note(&notes[at], own_len, &policy.languages);
        analysis.blocks = blocks;
        analysis.diagnostics = diagnostics.into_iter().filter(is_own).collect();
        Ok(analysis)
    }

    /// The files to read, sorted by path.
    fn files(&self) -> Vec<Arc<SourceFile>> {
        let paths: BTreeSet<&str> = self.wanted.iter().map(String::as_str).chain([self.path]).collect();
        paths.into_iter().filter_map(|path| self.book.file(path, self.overlay)).collect()
    }

    /// The files of the notes whose blocks a note's blocks stand for, reuse or train.
    fn needed(&self, note: &Note) -> Vec<String> {
        let address = &note.address;
        let of_block = |block: &Block| {
            let options = read_options(&block.info).value;
            match options.src.or(options.of) {
                Some(named) => match named.text.split_once('#') {
                    Some((name, _)) if !name.is_empty() => self.book.files_named(&address.series, name),
                    _ => self.book.files_of(&address.series, address.slug.as_deref()),
                },
                None if options.id.is_some() && block.text.trim().is_empty() => {
                    self.book.files_of(&address.series, address.slug.as_deref())
                }
                None => &[],
            }
        };
        note.blocks.iter().flat_map(of_block).filter(|path| *path != self.path).cloned().collect()
    }

    fn block(&self, notes: &[Arc<Note>], catalogue: &Catalogue, place: (usize, usize), log: &mut Log) -> NoteBlock {
        let block = notes[place.0].blocks[place.1].clone();
        let entry: &Entry = &catalogue.blocks[place.0][place.1];
        let work = entry.graph.map(|graph| self.bench.run(&catalogue.graphs[graph], self.limits));
        let graph = entry.graph.map(|graph| &catalogue.graphs[graph]);
        let is_own = block.kind == BlockKind::Graph && graph.is_some_and(|graph| (graph.note, graph.block) == place);
        if let Some(work) = work.as_ref().filter(|_| is_own) {
            let file: Arc<str> = notes[place.0].source.path.as_str().into();
            log.extend(work.diagnostics.iter().map(|diagnostic| diagnostic.clone().placed(&file, &block.map)));
        }
        let origin = entry
            .origin
            .map(|(note, block)| (notes[note].source.path.clone(), notes[note].blocks[block].range.clone()));
        let plan = entry.training.map(|training| catalogue.trainings[training].plan.clone());
        NoteBlock { id: entry.id.clone(), options: entry.options.clone(), block, work, plan, origin, is_own }
    }
}

impl Analysis {
    /// What the note's own file says, without its blocks.
    fn of_note(note: &Note, own_len: usize, languages: &[String]) -> Self {
        Self {
            headings: note.headings.iter().filter(|heading| heading.range.start < own_len).cloned().collect(),
            values: note.values.iter().filter(|value| value.range.start < own_len).cloned().collect(),
            links: note.links.iter().filter(|link| link.range.start < own_len).cloned().collect(),
            terms: note.terms.iter().filter(|term| term.range.start < own_len).cloned().collect(),
            marks: note.marks.clone(),
            language: languages.iter().position(|tag| *tag == note.address.lang).unwrap_or(0),
            tag: note.address.lang.clone(),
            own_len,
            ..Self::default()
        }
    }
}
