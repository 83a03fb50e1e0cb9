//! Which graph each block of each note stands for. In: notes; out: graphs to run, each once, and for every block
//! its options and its graph. This room knows ids, twins and `src=`; it does not know what a graph computes.

use crate::block::{BlockOptions, Spanned, read_options, read_over_twin};
use crate::diag::{Checked, Diagnostic, Log};
use crate::graph::{self, Caption, Sheet};
use crate::key::Key;
use crate::lang::text;
use crate::memo::Shelf;
use crate::note::{Block, BlockKind, Note, unnamed_figure};
use crate::train::{self, plan::Plan};
use rayon::prelude::*;
use std::collections::{BTreeSet, HashMap};
use std::ops::Range;
use std::sync::Arc;

/// The blocks of all notes and the graphs they stand for.
#[derive(Clone, Debug, Default)]
pub struct Catalogue {
    /// For each note, for each of its blocks.
    pub blocks: Arc<Vec<Vec<Entry>>>,
    /// The graphs, each with the block that it is written in.
    pub graphs: Vec<GraphSource>,
    /// The trainings, each with the block that it is written in.
    pub trainings: Vec<TrainSource>,
}

impl Catalogue {
    /// The author's caption of a block's figure; none where the block is broken.
    pub fn caption(&self, entry: &Entry) -> Option<&Caption> {
        match entry.training {
            Some(training) => Some(&self.trainings[training].plan.caption),
            None => Some(&self.graphs[entry.graph?].sheet.caption),
        }
    }

    /// The catalogue after `blocks` of a note have been given other texts, with the graphs that are others now; none where
    /// more may follow from that, or something is wrong.
    pub fn retold(
        &self,
        at: usize,
        note: &Note,
        blocks: &[usize],
        memo: &Shelf<Checked<Arc<Sheet>>>,
    ) -> Option<(Self, Vec<usize>)> {
        let may_be_reused = self.blocks.iter().flatten().filter_map(|entry| entry.options.src.as_ref()).any(|src| {
            let name = src.text.split('#').next().unwrap_or_default();
            name.is_empty() || note.address.slug.as_ref().is_none_or(|slug| name.ends_with(slug))
        });
        let mut next = self.clone();
        let mut graphs = Vec::new();
        for &block in blocks {
            let graph = self.graphs.iter().position(|graph| (graph.note, graph.block) == (at, block))?;
            let is_trained = self.trainings.iter().any(|training| training.graph == graph);
            let parsed = sheet_of(&note.blocks[block], memo);
            let is_fine = parsed.diagnostics.is_empty();
            let is_numbered = |sheet: &Sheet| !sheet.caption.is_empty();
            let is_alike = is_numbered(&parsed.value) == is_numbered(&self.graphs[graph].sheet);
            if is_trained || may_be_reused || !is_fine || !is_alike {
                return None;
            }
            next.graphs[graph].sheet = Arc::clone(&parsed.value);
            next.graphs[graph].key = note.blocks[block].key;
            graphs.push(graph);
        }
        Some((next, graphs))
    }
}

/// A block of a note.
#[derive(Clone, Debug)]
pub struct Entry {
    /// What its fence asks for; what is shown of a twin's graph is asked for by the twin's own fence.
    pub options: BlockOptions,
    /// The id of its figure, unique in the note.
    pub id: String,
    /// The note and the position of the block that it stands for, reuses or trains.
    pub origin: Option<(usize, usize)>,
    /// Its graph, if it has a usable one.
    pub graph: Option<usize>,
    /// Its training, if it is a train block and has a usable one.
    pub training: Option<usize>,
    /// Stands for the options and the id.
    pub key: Key,
}

/// A training to be run.
#[derive(Clone, Debug)]
pub struct TrainSource {
    /// The note whose block it is written in.
    pub note: usize,
    /// The position of the block in that note.
    pub block: usize,
    /// What is to be done.
    pub plan: Plan,
    /// The graph that is trained.
    pub graph: usize,
    /// Stands for the plan and the graph.
    pub key: Key,
}

/// A graph to be run.
#[derive(Clone, Debug)]
pub struct GraphSource {
    /// The note whose block it is written in.
    pub note: usize,
    /// The position of the block in that note.
    pub block: usize,
    /// The statements.
    pub sheet: Arc<Sheet>,
    /// Stands for the statements.
    pub key: Key,
}

/// `src=` of a graph that itself has `src=`, and so on: this far.
const MOST_STEPS: usize = 32;

/// How many bytes of blocks all `src=` of a site may repeat.
const MOST_REPEATED: usize = 50_000_000;

/// Finds the graph of every block.
pub fn catalogue(notes: &[Arc<Note>], memo: &Shelf<Checked<Arc<Sheet>>>) -> Checked<Catalogue> {
    let mut finder = Finder {
        notes,
        sheets: notes.par_iter().map(|note| sheets_of(note, memo)).collect(),
        log: Log::default(),
        options: Vec::new(),
        written: HashMap::new(),
        by_slug: HashMap::new(),
        repeated: 0,
    };
    finder.read_fences();
    let mut catalogue = Catalogue::default();
    let mut graph_of: HashMap<(usize, usize), usize> = HashMap::new();
    // First the graphs that are written out, then the blocks that stand for a twin's.
    for (note, block) in finder.all() {
        if finder.is_written(note, block)
            && let Some((sheet, key)) = finder.sheet(note, block, MOST_STEPS, true)
        {
            graph_of.insert((note, block), catalogue.graphs.len());
            catalogue.graphs.push(GraphSource { note, block, sheet, key });
        }
    }
    let mut training_of: HashMap<(usize, usize), usize> = HashMap::new();
    for (note, block) in finder.all() {
        if let Some((plan, owner)) = finder.training(note, block)
            && let Some(&graph) = graph_of.get(&owner)
        {
            training_of.insert((note, block), catalogue.trainings.len());
            let key = Key::of([finder.block(note, block).key.bytes(), catalogue.graphs[graph].key.bytes()]);
            catalogue.trainings.push(TrainSource { note, block, plan, graph, key });
        }
    }
    let mut blocks: Vec<Vec<Entry>> = notes.iter().map(|_| Vec::new()).collect();
    for (note, block) in finder.all() {
        let has_own = finder.is_written(note, block) || finder.has_plan(note, block);
        let owner = if has_own { Some((note, block)) } else { finder.twin(note, block) };
        let named = finder.options[note][block].src.as_ref().or(finder.options[note][block].of.as_ref());
        let origin = match named {
            Some(named) => finder.source_of(note, &named.text),
            None => owner.filter(|_| !has_own),
        };
        let training = owner.and_then(|owner| training_of.get(&owner).copied());
        let options = match owner.filter(|_| !has_own) {
            Some((twin, other)) => read_over_twin(&finder.options[twin][other], &finder.block(note, block).info),
            None => finder.options[note][block].clone(),
        };
        let twin_info = owner.filter(|_| !has_own).map(|(twin, other)| finder.block(twin, other).info.as_str());
        let id = options.id.as_ref().map_or_else(|| unnamed_figure(block), |id| id.text.clone());
        let info = finder.block(note, block).info.as_str();
        blocks[note].push(Entry {
            options,
            key: Key::of([info, twin_info.unwrap_or_default(), &id].map(str::as_bytes)),
            id,
            origin,
            graph: training
                .map(|training| catalogue.trainings[training].graph)
                .or_else(|| owner.and_then(|owner| graph_of.get(&owner).copied())),
            training,
        });
    }
    catalogue.blocks = Arc::new(blocks);
    finder.log.finish(catalogue)
}

/// The statements of a block, with what is wrong with them.
type BlockSheet = Arc<Checked<Arc<Sheet>>>;

/// The statements of the graph blocks of a note, each at its block's position.
fn sheets_of(note: &Note, memo: &Shelf<Checked<Arc<Sheet>>>) -> Vec<Option<BlockSheet>> {
    note.blocks.iter().map(|block| (block.kind == BlockKind::Graph).then(|| sheet_of(block, memo))).collect()
}

/// The statements of a block.
fn sheet_of(block: &Block, memo: &Shelf<Checked<Arc<Sheet>>>) -> BlockSheet {
    memo.recall(block.key, || {
        let Checked { value, diagnostics } = graph::parse(&block.text);
        Checked { value: Arc::new(value), diagnostics }
    })
}

/// A series, a slug and the id of a block.
type Name<'a> = (&'a str, Option<&'a str>, String);

struct Finder<'a> {
    notes: &'a [Arc<Note>],
    sheets: Vec<Vec<Option<BlockSheet>>>,
    log: Log,
    options: Vec<Vec<BlockOptions>>,
    /// Series, slug and id → the blocks of that id that have a text of their own, or reuse another's.
    written: HashMap<Name<'a>, Vec<(usize, usize)>>,
    /// Series and slug → the notes.
    by_slug: HashMap<(&'a str, &'a str), Vec<usize>>,
    /// Bytes of blocks that `src=` has repeated so far.
    repeated: usize,
}

impl<'a> Finder<'a> {
    fn all(&self) -> Vec<(usize, usize)> {
        self.notes.iter().enumerate().flat_map(|(i, note)| (0..note.blocks.len()).map(move |j| (i, j))).collect()
    }

    fn block(&self, note: usize, block: usize) -> &'a Block {
        &self.notes[note].blocks[block]
    }

    fn file(&self, note: usize) -> Arc<str> {
        self.notes[note].source.path.as_str().into()
    }

    /// A diagnostic about the words of a fence; `range` is in the file.
    fn report(&mut self, note: usize, diagnostic: Diagnostic) {
        let file = self.file(note);
        self.log.push(diagnostic.in_file(&file));
    }

    fn in_fence(&self, note: usize, block: usize, word: &Range<usize>) -> Range<usize> {
        let start = self.block(note, block).info_start;
        start + word.start..start + word.end
    }

    fn read_fences(&mut self) {
        for (i, note) in self.notes.iter().enumerate() {
            let slug = note.address.slug.as_deref().unwrap_or_default();
            self.by_slug.entry((&note.address.series, slug)).or_default().push(i);
            let mut all = Vec::new();
            for (j, block) in note.blocks.iter().enumerate() {
                let Checked { value: options, diagnostics } = read_options(&block.info);
                for mut diagnostic in diagnostics {
                    diagnostic.range = self.in_fence(i, j, &diagnostic.range);
                    self.report(i, diagnostic);
                }
                self.report_misplaced_option(i, j, &options);
                if let Some(Spanned { text: id, .. }) = &options.id
                    && (!block.text.trim().is_empty() || options.src.is_some())
                {
                    self.written
                        .entry((&note.address.series, note.address.slug.as_deref(), id.clone()))
                        .or_default()
                        .push((i, j));
                }
                all.push(options);
            }
            self.options.push(all);
        }
    }

    /// Whether a block has a graph of its own, and does not stand for its twin's.
    fn is_written(&self, note: usize, block: usize) -> bool {
        let options = &self.options[note][block];
        let is_graph = self.block(note, block).kind == BlockKind::Graph;
        is_graph && (!self.block(note, block).text.trim().is_empty() || options.src.is_some() || options.id.is_none())
    }

    /// Whether a train block says itself what is to be done, and does not stand for its twin's.
    fn has_plan(&self, note: usize, block: usize) -> bool {
        let options = &self.options[note][block];
        let source = self.block(note, block);
        source.kind == BlockKind::Train
            && (!source.text.trim().is_empty() || options.of.is_some() || options.id.is_none())
    }

    /// The plan of a train block and the block whose graph it trains.
    fn training(&mut self, note: usize, block: usize) -> Option<(Plan, (usize, usize))> {
        if !self.has_plan(note, block) {
            return None;
        }
        let source = self.block(note, block);
        let file = self.file(note);
        let Checked { value: plan, diagnostics } = train::plan::parse(&source.text);
        self.log.extend(diagnostics.into_iter().map(|d| d.placed(&file, &source.map)));
        let Some(of) = self.options[note][block].of.clone() else {
            let diagnostic = Diagnostic::error(
                "missing-option",
                source.range.clone(),
                text("어느 그래프를 학습할지 없습니다", "this does not say which graph is trained"),
            )
            .help(text("`train #xor-run of=#xor`처럼 씁니다", "write it as `train #xor-run of=#xor`"));
            self.report(note, diagnostic);
            return None;
        };
        let place = self.in_fence(note, block, &of.span);
        match self.source_of(note, &of.text) {
            Some(owner) if self.block(owner.0, owner.1).kind == BlockKind::Graph => plan.map(|plan| (plan, owner)),
            _ => {
                self.report(note, no_graph_block(&of.text, place));
                None
            }
        }
    }

    /// `src=` is for graphs, `of=` for trainings.
    fn report_misplaced_option(&mut self, note: usize, block: usize, options: &BlockOptions) {
        let (key, misplaced) = match self.block(note, block).kind {
            BlockKind::Graph => ("of", &options.of),
            BlockKind::Train => ("src", &options.src),
        };
        if let Some(Spanned { span, .. }) = misplaced {
            let diagnostic = Diagnostic::error(
                "bad-option",
                self.in_fence(note, block, span),
                text(format!("이 블록에는 `{key}`를 쓸 수 없습니다"), format!("`{key}` has no meaning for this block")),
            );
            self.report(note, diagnostic);
        }
    }

    /// The statements of a block, and what stands for them; mistakes are reported where the block stands, and once.
    fn sheet(&mut self, note: usize, block: usize, steps: usize, reports: bool) -> Option<(Arc<Sheet>, Key)> {
        let source = self.block(note, block);
        let file = self.file(note);
        let parsed = self.sheets[note][block].clone()?;
        let Checked { value: own, diagnostics } = parsed.as_ref();
        if reports {
            self.log.extend(diagnostics.iter().cloned().map(|d| d.placed(&file, &source.map)));
        }
        let Some(src) = self.options[note][block].src.clone() else {
            return Some((Arc::clone(own), source.key));
        };
        let place = self.in_fence(note, block, &src.span);
        if self.repeated > MOST_REPEATED {
            self.report(note, repeated_too_much(place));
            return None;
        }
        let Some(base) = self.base_of((note, block)) else {
            if reports {
                self.report(note, no_graph_block(&src.text, place).help(text("`src=노트#id`에서 노트는 `27-backprop`처럼 파일 이름으로, id는 그 노트의 블록 id로 씁니다", "in `src=NOTE#ID` the note is named by its file (`27-backprop`) and the id is that of a block in it")));
            }
            return None;
        };
        if reports && let Some(diagnostic) = self.endless((note, block), place) {
            self.report(note, diagnostic);
            return None;
        }
        self.repeated += self.block(base.0, base.1).text.len();
        let (base, key) = self.sheet(base.0, base.1, steps.checked_sub(1)?, false)?;
        let Checked { value, diagnostics } = Sheet::with_changes(&base, Sheet::clone(own));
        if reports {
            self.log.extend(diagnostics.into_iter().map(|d| d.placed(&file, &source.map)));
        }
        Some((Arc::new(value), Key::of([source.key.bytes(), key.bytes()])))
    }

    /// The graph block that the `src=` of a block names.
    fn base_of(&self, (note, block): (usize, usize)) -> Option<(usize, usize)> {
        let src = self.options[note][block].src.as_ref()?;
        self.source_of(note, &src.text).filter(|(note, block)| self.block(*note, *block).kind == BlockKind::Graph)
    }

    /// What is wrong with where `src=` leads from a block: back to it, or through too many others. A circle that it only
    /// leads to is told where it is.
    fn endless(&self, start: (usize, usize), place: Range<usize>) -> Option<Diagnostic> {
        let trail: Vec<_> =
            std::iter::successors(self.base_of(start), |at| self.base_of(*at)).take(MOST_STEPS + 1).collect();
        if trail.contains(&start) {
            let message = text("`src`가 돌고 돌아 자기 자신을 가리킵니다", "`src` leads back to this block");
            return Some(Diagnostic::error("cycle", place, message));
        }
        let is_circular = trail.iter().collect::<BTreeSet<_>>().len() < trail.len();
        (trail.len() > MOST_STEPS && !is_circular).then(|| too_far(place))
    }

    /// The block that `NOTE#ID` names: in the same language if it is written there, else in a twin.
    fn source_of(&self, note: usize, written: &str) -> Option<(usize, usize)> {
        let (name, id) = written.split_once('#')?;
        let here = &self.notes[note].address;
        let (series, name) =
            name.rsplit_once('/').map_or((here.series.as_str(), name), |(series, name)| (series, name));
        let of_slug = |slug| self.by_slug.get(&(series, slug)).map_or(&[][..], Vec::as_slice).iter().copied();
        let found = if name.is_empty() {
            of_slug(here.slug.as_deref().unwrap_or_default()).next()
        } else {
            let (number, rest) = name.split_once('-').unwrap_or_default();
            let has_number = |at: &usize| self.notes[*at].address.number.is_some_and(|own| number.parse() == Ok(own));
            of_slug(name).chain(of_slug(rest).filter(has_number)).min()
        };
        let slug = self.notes[found?].address.slug.as_deref();
        let blocks = self.written.get(&(series, slug, id.to_owned()))?;
        blocks
            .iter()
            .find(|(other, _)| self.notes[*other].address.lang == here.lang)
            .or_else(|| blocks.first())
            .copied()
    }

    /// The block of the same id in the twin note.
    fn twin(&mut self, note: usize, block: usize) -> Option<(usize, usize)> {
        let kind = self.block(note, block).kind;
        let id = self.options[note][block].id.clone()?;
        let address = &self.notes[note].address;
        let found = self
            .written
            .get(&(address.series.as_str(), address.slug.as_deref(), id.text.clone()))
            .and_then(|blocks| blocks.iter().find(|(other, at)| *other != note && self.block(*other, *at).kind == kind))
            .copied();
        if found.is_none() {
            let place = self.in_fence(note, block, &id.span);
            let id = id.text;
            let diagnostic = Diagnostic::error(
                "unknown-block",
                place,
                text(
                    format!("빈 블록 `#{id}`가 대신할 블록이 짝 노트에 없습니다"),
                    format!("the twin note has no block `#{id}` for this empty one to stand for"),
                ),
            )
            .help(text(
                "짝 노트의 블록과 같은 id를 쓰거나, 여기에 그래프를 쓰세요",
                "use the id of a block in the twin note, or write the graph here",
            ));
            self.report(note, diagnostic);
        }
        found
    }
}

fn no_graph_block(name: &str, place: Range<usize>) -> Diagnostic {
    Diagnostic::error(
        "unknown-block",
        place,
        text(format!("`{name}` 그래프 블록을 찾을 수 없습니다"), format!("there is no graph block `{name}`")),
    )
}

fn too_far(place: Range<usize>) -> Diagnostic {
    Diagnostic::error(
        "repeated-too-much",
        place,
        text(
            format!("`src`가 {MOST_STEPS}개가 넘는 블록을 거칩니다"),
            format!("`src` leads through more than {MOST_STEPS} blocks"),
        ),
    )
    .help(text("앞쪽의 블록을 바로 가리키세요", "name a block that is nearer to the start"))
}

fn repeated_too_much(place: Range<usize>) -> Diagnostic {
    let most = MOST_REPEATED;
    Diagnostic::error(
        "repeated-too-much",
        place,
        text(
            format!("`src`로 되풀이하는 블록이 모두 합해 너무 깁니다(한도 {most}바이트)"),
            format!("the blocks that `src` repeats are too long together (the limit is {most} bytes)"),
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_src_repeats_is_bounded() {
        let said = repeated_too_much(0..1).message;
        assert_eq!(said.en, "the blocks that `src` repeats are too long together (the limit is 50000000 bytes)");
        assert_eq!(said.ko, "`src`로 되풀이하는 블록이 모두 합해 너무 깁니다(한도 50000000바이트)");
    }
}
