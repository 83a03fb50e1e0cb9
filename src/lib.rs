//! bpdoc turns Markdown lecture notes with computational-graph blocks into a bilingual study site.
//!
//! *Text comes in at the left, is turned into better and better nouns, and leaves as bytes at the right; nothing flows
//! back:* [`project`] → [`note`] → [`blocks`] → [`graph`] → [`figure`] → [`lesson`] → [`edition`] → [`page`] → [`output`].
//! [`compile`] tells that story; ARCHITECTURE.md tells who may know what.

pub mod archive;
pub mod asset;
pub mod block;
pub mod blocks;
pub mod bridge;
pub mod check;
pub mod cli;
pub mod codes;
pub mod diag;
pub mod drawers;
pub mod edition;
pub mod emit;
pub mod expr;
pub mod external;
pub mod failure;
pub mod figure;
pub mod fonts;
pub mod format;
pub mod glossary;
pub mod graph;
pub mod image;
pub mod import;
pub mod key;
pub mod lang;
mod lazy;
pub mod lesson;
pub mod lsp;
pub mod markup;
pub mod memo;
pub mod migrate;
pub mod note;
pub mod num;
pub mod numbering;
pub mod ops;
pub mod outfit;
pub mod output;
pub mod page;
pub mod play;
pub mod project;
pub mod raster;
pub mod record;
pub mod reference;
pub mod report;
pub mod serve;
pub mod settings;
pub mod silence;
pub mod source;
pub mod stage;
pub mod studio;
pub mod tensor;
pub mod train;
pub mod translation;
pub mod watch;

use archive::Packed;
use blocks::{Catalogue, GraphSource, TrainSource};
use diag::{Checked, Diagnostic, Log, has_errors};
use edition::Edition;
use graph::Run;
use key::Key;
use lang::text;
use lazy::Lazy;
use lesson::DeadLinks;
use memo::Memo;
use note::{KeptNote, Manuscript, Note};
use numbering::Numbering;
use outfit::Outfit;
use page::Map;
use page::links::BrokenLink;
use project::Project;
use rayon::prelude::*;
use settings::Limits;
use stage::{Progress, Stage, Unwatched};
use std::sync::{Arc, Mutex, PoisonError};
use train::Training;

/// A site, ready to be published.
#[derive(Clone, Debug, Default)]
pub struct Site {
    /// Path below the site's root → bytes.
    pub files: output::Files,
    /// How many notes it holds.
    pub notes: usize,
    /// How many figures it shows.
    pub figures: usize,
}

/// A project to its site, with everything that should be said about it. Pure: the same project gives the same bytes.
pub fn compile(project: &Project) -> Checked<Site> {
    compile_watched(project, &Unwatched)
}

/// As [`compile`], while somebody watches.
pub fn compile_watched(project: &Project, progress: &dyn Progress) -> Checked<Site> {
    let mut log = Log::default();
    let edition = log.take(edit_watched(project, &mut Memo::default(), progress));
    let files: Mutex<output::Files> = Mutex::default();
    let keep = |path: &str, bytes: Vec<u8>| {
        files.lock().unwrap_or_else(PoisonError::into_inner).insert(path.to_owned(), bytes);
    };
    log.take(print(project, &edition, &keep, progress));
    let files = files.into_inner().unwrap_or_else(PoisonError::into_inner);
    log.finish(Site { files, notes: edition.notes(), figures: edition.figures() })
}

/// Makes the files of an edition and hands them over one by one, in any order; says what is wrong with them.
pub fn print(project: &Project, edition: &Edition, keep: page::Keep<'_>, progress: &dyn Progress) -> Checked<()> {
    let mut log = Log::default();
    let ledger = log.take(page::print_all(&edition.press(project), keep, progress));
    progress.begin(Stage::Links, 0);
    log.extend(dead_links(project, edition, &page::links::broken(&ledger)));
    log.finish(())
}

/// The links of pages that lead nowhere.
fn dead_links(project: &Project, edition: &Edition, broken: &[BrokenLink]) -> Vec<Diagnostic> {
    let desk = DeadLinks { settings: &project.settings, map: &edition.map, notes: &edition.notes };
    let mut log = Log::default();
    log.extend(desk.report(broken));
    let found = note::placed(&edition.manuscripts, log.finish(()));
    let allowances = note::allowances(&edition.manuscripts, |code| code == silence::DEAD_LINK);
    silence::apply(&project.settings.check, &allowances, found).diagnostics
}

/// A project to all that its pages are made of. What the memo has from the last time is not made again.
pub fn edit(project: &Project, memo: &mut Memo) -> Checked<Edition> {
    edit_watched(project, memo, &Unwatched)
}

/// As [`edit`], while somebody watches.
pub fn edit_watched(project: &Project, memo: &mut Memo, progress: &dyn Progress) -> Checked<Edition> {
    memo.begin(project);
    let edition = edit_with(project, memo, progress);
    memo.turn();
    edition
}

fn edit_with(project: &Project, memo: &Memo, progress: &dyn Progress) -> Checked<Edition> {
    progress.begin(Stage::Notes, 0);
    let mut log = Log::default();
    let limits = project.settings.limits;
    let outfit = memo.outfit(project);
    log.extend(outfit.diagnostics.iter().cloned());
    let policy = policy_of(project, &outfit);
    let manuscripts = log.take(note::manuscripts(&project.notes, &outfit.reference, &policy));
    let readings = read_all(&manuscripts, &policy, memo, progress);
    let (sources, notes) = shown_of(&readings, project.drafts);
    let catalogue = log.take(blocks::catalogue(&notes, &memo.sheets));
    let outdated = log.take(translation::outdated(&notes));
    let numbering = log.take(Numbering::new(&notes, &catalogue));
    let runs = log.take(run_all(&notes, &catalogue, limits, memo, progress));
    let trainings = log.take(train_all(&notes, &catalogue, &runs, limits, memo, progress));
    log.extend(asset::active(&project.assets, project.settings.raw_html));
    let map = Map::new(notes.iter().map(|note| (&note.address, note.front.order)));
    let mut edition = Edition {
        places: Arc::new(notes.iter().enumerate().map(|(at, note)| (note.source.path.clone(), at)).collect()),
        outfit: Arc::clone(&outfit),
        readings,
        sources: sources.into(),
        notes,
        catalogue: Arc::new(catalogue),
        outdated: outdated.into(),
        numbering: Arc::new(numbering),
        runs: runs.into(),
        trainings: trainings.into(),
        map: Arc::new(map),
        lessons: Vec::new(),
        written: Vec::new(),
        index: Arc::default(),
        outlines: Arc::default(),
        found: log.finish(()).diagnostics.into(),
        compared: Arc::new([]),
        strictness: project.settings.check.clone(),
        manuscripts,
    };
    edition.written = edition.workshop(project, &policy, memo).write_all(progress);
    progress.begin(Stage::Twins, 0);
    edition.compared = check::between_notes(&edition.workshop(project, &policy, memo)).into();
    if !memo.keeps() {
        edition.let_go();
    }
    edition.lessons = edition.written.iter().map(|written| Arc::clone(&written.lesson)).collect();
    edition.index = Arc::new(page::Index::new(&project.settings, &edition.map, &edition.lessons));
    edition.outlines = Arc::new(page::Outlines::new(&project.settings, &edition.map, &edition.lessons));
    let diagnostics = edition.diagnostics();
    Checked { value: edition, diagnostics }
}

/// Compares the partials of every gate of every graph of a project, found in three ways. The value is how many were
/// compared; a graph that is broken otherwise is left out, since [`compile`] reports it.
pub fn verify_gradients(project: &Project, progress: &dyn Progress) -> Checked<usize> {
    progress.begin(Stage::Gradients, 0);
    let memo = Memo::default();
    let outfit = memo.outfit(project);
    let policy = policy_of(project, &outfit);
    let manuscripts = note::manuscripts(&project.notes, &[], &policy).value;
    let (_, notes) = shown_of(&read_all(&manuscripts, &policy, &memo, &Unwatched), project.drafts);
    let catalogue = blocks::catalogue(&notes, &memo.sheets).value;
    let runs = run_all(&notes, &catalogue, project.settings.limits, &memo, &Unwatched).value;
    let verify_one = |(source, run): (&GraphSource, &GraphRun)| {
        let note = &notes[source.note];
        let file: Arc<str> = note.source.path.as_str().into();
        let run = run.get(|| run_one(source, project.settings.limits, &memo));
        let Checked { value, diagnostics } = run.value.as_ref().map(graph::verify).unwrap_or_default();
        let map = &note.blocks[source.block].map;
        Checked { value, diagnostics: diagnostics.into_iter().map(|d| d.placed(&file, map)).collect() }
    };
    let mut log = Log::default();
    let graphs = catalogue.graphs.par_iter().zip(&runs);
    let found: Vec<Checked<usize>> = Stage::Gradients.each(progress, graphs, verify_one);
    let compared = found.into_iter().map(|found| log.take(found)).sum();
    note::placed(&manuscripts, log.finish(compared))
}

/// Every graph of a project that runs without a mistake, with the note that it stands in.
pub fn graphs_of(project: &Project) -> Vec<(String, Run)> {
    let memo = Memo::default();
    let outfit = memo.outfit(project);
    let policy = policy_of(project, &outfit);
    let manuscripts = note::manuscripts(&project.notes, &[], &policy).value;
    let (_, notes) = shown_of(&read_all(&manuscripts, &policy, &memo, &Unwatched), project.drafts);
    let catalogue = blocks::catalogue(&notes, &memo.sheets).value;
    let named = |source: &GraphSource| {
        let run = Arc::into_inner(run_one(source, project.settings.limits, &memo))?.value?;
        Some((format!("{}, graph {}", notes[source.note].source.path, source.block + 1), run))
    };
    catalogue.graphs.iter().filter_map(named).collect()
}

/// Asks other sites whether the links of a project open. The value is how many addresses were asked for.
pub fn check_external(project: &Project, progress: &dyn Progress) -> Checked<usize> {
    progress.begin(Stage::Addresses, 0);
    let memo = Memo::default();
    let outfit = memo.outfit(project);
    let policy = policy_of(project, &outfit);
    let manuscripts = note::manuscripts(&project.notes, &[], &policy).value;
    let (_, notes) = shown_of(&read_all(&manuscripts, &policy, &memo, &Unwatched), project.drafts);
    let links = || notes.iter().flat_map(|note| note.links.iter().map(move |link| (note, link)));
    let addresses = links().filter_map(|(_, link)| external::address(&link.dest)).map(str::to_owned);
    let answers = external::ask(addresses.collect(), progress);
    let mut log = Log::default();
    log.extend(links().filter_map(|(note, link)| {
        let address = external::address(&link.dest)?;
        let told = external::diagnostic(address, answers.get(address)?, link.range.clone())?;
        Some(told.in_file(&note.source.path.as_str().into()))
    }));
    let allowances = note::allowances(&manuscripts, |code| external::CODES.contains(&code));
    silence::apply(&project.settings.check, &allowances, note::placed(&manuscripts, log.finish(answers.len())))
}

/// Every note of a project in every language, with how it stands to its original. Drafts are among them.
pub fn translations(project: &Project) -> Vec<translation::Translation> {
    let memo = Memo::default();
    let outfit = memo.outfit(project);
    let policy = policy_of(project, &outfit);
    let manuscripts = note::manuscripts(&project.notes, &[], &policy).value;
    let read = manuscripts.par_iter().map(|manuscript| (manuscript, note::read(manuscript, &policy).value.note));
    let pairs: Vec<(&Manuscript, Note)> = read.collect();
    translation::translations(&pairs, &project.settings.languages)
}

/// One block's text to a graph that has run: parse, build, differentiate, run, check the claims.
pub fn run_block(text: &str, limits: Limits) -> Checked<Run> {
    let mut log = Log::default();
    let sheet = log.take(graph::parse(text));
    let run = log.take(run_sheet(&sheet, limits));
    log.finish(run)
}

fn run_sheet(sheet: &graph::Sheet, limits: Limits) -> Checked<Run> {
    let mut log = Log::default();
    let graph = log.take(graph::build(sheet, limits));
    let run = log.take(graph::run(graph));
    log.finish(run)
}

fn policy_of<'p>(project: &'p Project, outfit: &'p Outfit) -> note::Policy<'p> {
    note::Policy {
        languages: project.settings.languages.clone(),
        raw_html: project.settings.raw_html,
        files: &project.assets,
        note_bytes: project.settings.limits.note_bytes,
        included_bytes: project.settings.limits.included_bytes,
        glossary: Some(&outfit.glossary),
        math: Some(&outfit.math),
    }
}

/// What the reading of a manuscript has brought.
type NoteReading = Arc<Checked<Arc<Note>>>;

/// A graph that has run, or what is wrong with it.
pub(crate) type GraphRun = Lazy<Checked<Option<Run>>>;

/// A training that has run, or what is wrong with it.
pub(crate) type TrainingRun = Lazy<Checked<Option<Training>>>;

fn read_all(
    manuscripts: &[Manuscript],
    policy: &note::Policy<'_>,
    memo: &Memo,
    progress: &dyn Progress,
) -> Vec<NoteReading> {
    Stage::Notes.each(progress, manuscripts.par_iter(), |manuscript| read_one(manuscript, policy, memo))
}

fn read_one(manuscript: &Manuscript, policy: &note::Policy<'_>, memo: &Memo) -> NoteReading {
    memo.notes.recall(manuscript.key(), || {
        let key = memo.archive.key("note", manuscript.key());
        let kept = || memo.archive.get::<KeptNote>(key)?.read_from(manuscript);
        kept().unwrap_or_else(|| {
            let Checked { value, diagnostics } = note::read(manuscript, policy);
            let reading = Checked { value: Arc::new(value.note), diagnostics };
            memo.archive.put(key, || Packed::new(&KeptNote::new(&reading)));
            reading
        })
    })
}

/// All notes that are pages, drafts only where they are wanted, with the positions of their manuscripts.
fn shown_of(readings: &[NoteReading], drafts: bool) -> (Vec<usize>, Vec<Arc<Note>>) {
    let notes = readings.iter().enumerate().map(|(at, reading)| (at, Arc::clone(&reading.value)));
    notes.filter(|(_, note)| drafts || !note.front.draft).unzip()
}

/// Trains what the train blocks ask for. A training with a mistake is left out; the mistake is placed in its note.
pub(crate) fn train_all(
    notes: &[Arc<Note>],
    catalogue: &Catalogue,
    runs: &[GraphRun],
    limits: Limits,
    memo: &Memo,
    progress: &dyn Progress,
) -> Checked<Vec<TrainingRun>> {
    let train = |source: &TrainSource| {
        let graph = &catalogue.graphs[source.graph];
        unless_sound(memo.archive.key("sound training", source.key), memo, || {
            train_one(source, runs[source.graph].get(|| run_one(graph, limits, memo)), limits, memo)
        })
    };
    let trained: Vec<(TrainingRun, Vec<Diagnostic>)> =
        Stage::Trainings.each(progress, catalogue.trainings.par_iter(), train);
    let mut log = Log::default();
    let mut all = Vec::with_capacity(trained.len());
    for (source, (training, found)) in catalogue.trainings.iter().zip(trained) {
        log.extend(in_block(&found, &notes[source.note], source.block));
        all.push(training);
    }
    log.finish(all)
}

fn train_one(
    source: &TrainSource,
    run: &Checked<Option<Run>>,
    limits: Limits,
    memo: &Memo,
) -> Arc<Checked<Option<Training>>> {
    memo.trainings.recall(source.key, || {
        // A broken graph has been reported where it stands.
        let Some(run) = &run.value else { return Checked::default() };
        let Checked { value, diagnostics } = train::train(&source.plan, run, limits);
        Checked { value: value.filter(|_| !has_errors(&diagnostics)), diagnostics }
    })
}

/// What is wrong with a block, at its place in the note.
fn in_block(diagnostics: &[Diagnostic], note: &Note, block: usize) -> Vec<Diagnostic> {
    let file: Arc<str> = note.source.path.as_str().into();
    diagnostics.iter().map(|diagnostic| diagnostic.clone().placed(&file, &note.blocks[block].map)).collect()
}

/// Runs every graph once. A graph with a mistake is left out; the mistake is placed in its note.
pub(crate) fn run_all(
    notes: &[Arc<Note>],
    catalogue: &Catalogue,
    limits: Limits,
    memo: &Memo,
    progress: &dyn Progress,
) -> Checked<Vec<GraphRun>> {
    let run = |source: &GraphSource| {
        unless_sound(memo.archive.key("sound graph", source.key), memo, || run_one(source, limits, memo))
    };
    let runs: Vec<(GraphRun, Vec<Diagnostic>)> = Stage::Graphs.each(progress, catalogue.graphs.par_iter(), run);
    let mut log = Log::default();
    let mut all = Vec::with_capacity(runs.len());
    for (source, (run, found)) in catalogue.graphs.iter().zip(runs) {
        log.extend(in_block(&found, &notes[source.note], source.block));
        all.push(run);
    }
    log.finish(all)
}

/// What was sound when an earlier build made it is made only when somebody asks for it; else it is made, with what is
/// wrong with it.
fn unless_sound<T>(
    key: Key,
    memo: &Memo,
    make: impl FnOnce() -> Arc<Checked<Option<T>>>,
) -> (Lazy<Checked<Option<T>>>, Vec<Diagnostic>) {
    if memo.archive.has(key) {
        return (Lazy::default(), Vec::new());
    }
    let made = make();
    if made.value.is_some() && made.diagnostics.is_empty() {
        memo.archive.put(key, || Packed::new(&()));
    }
    let found = made.diagnostics.clone();
    (Lazy::made(made), found)
}

pub(crate) fn run_one(source: &GraphSource, limits: Limits, memo: &Memo) -> Arc<Checked<Option<Run>>> {
    memo.runs.recall(source.key, || run_to_draw(&source.sheet, limits))
}

/// A graph that is small enough to be drawn, and has run.
fn run_to_draw(sheet: &graph::Sheet, limits: Limits) -> Checked<Option<Run>> {
    let mut log = Log::default();
    let graph = log.take(graph::build_to_draw(sheet, limits, |graph| too_large_to_draw(graph, limits)));
    let run = graph.map(|graph| log.take(graph::run(graph)));
    let Checked { value, diagnostics } = log.finish(run);
    Checked { value: value.filter(|_| !has_errors(&diagnostics)), diagnostics }
}

/// A figure shows all nodes of its graph, and each output has a figure of its own.
fn too_large_to_draw(graph: &graph::Graph, limits: Limits) -> Option<Diagnostic> {
    let (nodes, outputs) = (graph.author_nodes, graph.outputs.len());
    let error = |message| Diagnostic::error("too-large-to-draw", 0..0, message);
    let most = limits.drawn_outputs;
    if outputs > most {
        let message = text(
            format!("`output`마다 그림이 하나씩인데 `output`이 {outputs}개입니다(한도 {most})"),
            format!("each `output` has a figure of its own: {outputs} are too many (the limit is {most})"),
        );
        return Some(error(message).help(text(
            "`output`을 줄이거나, `bpdoc.toml`의 `limits.drawn_outputs`를 올리세요",
            "name fewer outputs, or raise `limits.drawn_outputs` in `bpdoc.toml`",
        )));
    }
    let (drawn, most) = (nodes.saturating_mul(outputs), limits.drawn_nodes);
    if drawn > most {
        let message = text(
            format!(
                "`output`마다 그림이 하나씩이어서 노드 {nodes}개를 {outputs}번, 모두 {drawn}개를 그려야 합니다(한도 {most})"
            ),
            format!(
                "each `output` has a figure of its own: {nodes} nodes drawn {outputs} times are {drawn}, which are too \
                 many (the limit is {most})"
            ),
        );
        return Some(error(message).help(text(
            "`output`을 줄이거나, `bpdoc.toml`의 `limits.drawn_nodes`를 올리세요",
            "name fewer outputs, or raise `limits.drawn_nodes` in `bpdoc.toml`",
        )));
    }
    let elements = graph.dag.node_weights().take(graph.author_nodes).map(|node| node.shape.len()).sum::<usize>();
    let (listed, most) = (elements.saturating_mul(outputs), limits.drawn_elements);
    if listed > most {
        let message = text(
            format!("`output`마다 값들의 원소를 모두 보여야 하는데 {listed}개나 됩니다(한도 {most})"),
            format!(
                "a figure lists all elements of the values for each `output`: {listed} are too many (the limit is {most})"
            ),
        );
        return Some(error(message).help(text(
            "텐서를 줄이거나, `bpdoc.toml`의 `limits.drawn_elements`를 올리세요",
            "take smaller tensors, or raise `limits.drawn_elements` in `bpdoc.toml`",
        )));
    }
    let (passed, most) = (figure::rows_passed(graph), nodes.saturating_mul(limits.drawn_rows));
    let message = text(
        format!("그래프의 선들이 너무 길어서 그릴 수 없습니다: 모두 {passed}줄을 지납니다(한도 {most})"),
        format!("the lines of this graph are too long to draw: they pass {passed} rows in all (the limit is {most})"),
    );
    (passed > most).then(|| {
        error(message).help(text(
            format!(
                "긴 합이나 반복을 줄이거나, `bpdoc.toml`의 `limits.drawn_rows`(노드 하나에 {}줄)를 올리세요",
                limits.drawn_rows
            ),
            format!(
                "shorten long sums and loops, or raise `limits.drawn_rows` in `bpdoc.toml`, now {} for each node",
                limits.drawn_rows
            ),
        ))
    })
}
