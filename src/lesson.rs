//! From a note to a lesson: figures and computed numbers go into the prose. In: notes, their blocks and the graphs
//! that have run; out: lessons whose bodies are HTML. This room does not know the page around the body.

mod drawn;
mod kept;
mod key;
mod link;
mod picture;
mod states;
mod term;
pub(crate) mod value;

pub use drawn::{Drawn, Picture};
pub use link::DeadLinks;

use crate::archive::Packed;
use crate::block::{GraphView, Quiz, Show};
use crate::blocks::{Catalogue, Entry};
use crate::check;
use crate::diag::{Checked, Diagnostic, Log};
use crate::figure::place::{Engine, Flow};
use crate::figure::{self, Curve, Dress, Heading, Opening, View};
use crate::glossary::Glossary;
use crate::graph::{Backward, Run};
use crate::key::Key;
use crate::lang::{Tongue, text};
use crate::markup::escaped;
use crate::memo::Memo;
use crate::note::html::{self, Parts};
use crate::note::math::MathWriter;
use crate::note::{self, BlockKind, Listing, Manuscript, Note, Section, Value, plain_text};
use crate::num;
use crate::numbering::Numbering;
use crate::page::figure::{FigureParts, SnapshotParts, Steps, TrainingParts};
use crate::page::{self, Lesson, Map, Player, Templates, Words};
use crate::play::{self, Played, PlayerParts};
use crate::project::Asset;
use crate::settings::Settings;
use crate::stage::{Progress, Stage};
use crate::tensor::Tensor;
use crate::train::{Snapshot, Training};
use crate::{GraphRun, TrainingRun, run_one, train_one};
use kept::{Parcel, WrittenFacts};
use rayon::prelude::*;
use states::Pictures;
use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};
use std::ops::Range;
use std::sync::Arc;

/// What all lessons share.
pub struct Workshop<'a> {
    /// The site's settings.
    pub settings: &'a Settings,
    /// Templates and words.
    pub templates: &'a Templates,
    /// The writer of formulas.
    pub math: &'a MathWriter,
    /// All notes.
    pub notes: &'a [Arc<Note>],
    /// What they were read from.
    pub manuscripts: &'a [Manuscript],
    /// The manuscript of each note.
    pub sources: &'a [usize],
    /// How they are read.
    pub policy: &'a note::Policy<'a>,
    /// Their blocks.
    pub catalogue: &'a Catalogue,
    /// The numbers of figures and their like.
    pub numbering: &'a Numbering,
    /// For each note the original that has changed since it was translated.
    pub outdated: &'a [Option<usize>],
    /// The terms that notes may use.
    pub glossary: &'a Glossary,
    /// What stands beside the notes, sorted by path.
    pub assets: &'a [Asset],
    /// The graphs, run; none where a graph is broken.
    pub runs: &'a [GraphRun],
    /// The trainings, run; none where one is broken.
    pub trainings: &'a [TrainingRun],
    /// All pages.
    pub map: &'a Map,
    /// The place of each note among them, by its path.
    pub places: &'a HashMap<String, usize>,
    /// What has been made before.
    pub memo: &'a Memo,
    /// Whether the figures stand on pages of ours, which number them and have the player.
    pub on_own_pages: bool,
}

/// What stands in the place of a block, in a language.
#[derive(Debug, Default)]
pub struct Figure {
    html: String,
    players: Vec<Player>,
    /// What is wrong; what is about the block itself has no place yet.
    diagnostics: Vec<Diagnostic>,
}

/// What a figure says in every language alike, unless a formula has words.
#[derive(Debug)]
pub struct Wordless {
    /// The position of the language in which it was made.
    language: usize,
    steps: Steps,
    player: Option<Played>,
}

/// A lesson with what is wrong in it.
#[derive(Debug)]
pub struct Written {
    /// The lesson.
    pub lesson: Arc<Lesson>,
    /// What is wrong, at its place in the note's manuscript.
    pub diagnostics: Vec<Diagnostic>,
    /// Its code blocks.
    listings: Vec<Key>,
}

/// What is gathered while the figures of a block are made.
#[derive(Default)]
struct Desk {
    diagnostics: Vec<Diagnostic>,
    players: Vec<Player>,
}

/// Where a figure goes.
#[derive(Clone, Copy)]
struct Place<'a> {
    /// The language of the note.
    language: &'a str,
    /// The id of the figure on its page.
    id: &'a str,
    /// What the figure is called, where it has a number.
    label: Option<&'a str>,
    /// Whether a reader may play with it.
    is_played: bool,
    /// Stands for the run and the backward pass that it shows, where others may show them, too.
    key: Option<Key>,
}

/// A warning about a block, which has no place yet.
fn engine_gave_up(engine: Engine) -> Diagnostic {
    let name = engine.name();
    Diagnostic::warning(
        "engine-gave-up",
        0..0,
        text(
            format!("{name} 엔진이 이 그래프를 배치하지 못해 bpdoc이 배치했습니다"),
            format!("the engine {name} cannot place this graph, so bpdoc has placed it"),
        ),
    )
    .help(text("`engine=bpdoc`으로 그리면 이 경고가 사라집니다", "draw it with `engine=bpdoc`"))
}

/// A summary that the author has not written is the start of the text, this many characters of it.
const SUMMARY_LENGTH: usize = 160;

impl Workshop<'_> {
    /// The run of a graph; none where it is broken.
    pub fn run(&self, graph: usize) -> Option<&Run> {
        self.checked_run(graph).value.as_ref()
    }

    fn checked_run(&self, graph: usize) -> &Checked<Option<Run>> {
        self.runs[graph].get(|| run_one(&self.catalogue.graphs[graph], self.settings.limits, self.memo))
    }

    /// A training; none where it is broken.
    pub fn trained(&self, training: usize) -> Option<&Training> {
        let source = &self.catalogue.trainings[training];
        let train = || train_one(source, self.checked_run(source.graph), self.settings.limits, self.memo);
        self.trainings[training].get(train).value.as_ref()
    }

    /// Writes all lessons.
    pub fn write_all(&self, progress: &dyn Progress) -> Vec<Arc<Written>> {
        Stage::Lessons.each(progress, (0..self.notes.len()).into_par_iter(), |note| self.write(note))
    }

    /// Writes a lesson, unless the last one of this note would be the same.
    pub fn write(&self, index: usize) -> Arc<Written> {
        let labels: Vec<Option<String>> = self.labels(index);
        let keys = self.figure_keys(index, &labels);
        self.memo.figures.keep(&keys);
        let key = self.lesson_key(index, &keys, &labels);
        let written = self.memo.lessons.recall(key, || self.unpack(index, key, || self.compose(index, &keys, &labels)));
        self.memo.listings.keep(&written.listings);
        written
    }

    fn compose(&self, index: usize, keys: &[Key], labels: &[Option<String>]) -> (WrittenFacts, Parcel) {
        let reading = note::read(&self.manuscripts[self.sources[index]], self.policy).value;
        let note = &reading.note;
        let mut log = Log::default();
        let mut blocks = Vec::new();
        let mut players = Vec::new();
        for (at, (block, key)) in note.blocks.iter().zip(keys).enumerate() {
            let label = labels[self.numbering.mark_of_block(index, at)].as_deref();
            let figure = self.memo.figures.recall(*key, || self.block(index, at, label));
            let of_figure = figure.diagnostics.iter().cloned();
            log.extend(of_figure.map(|found| about_block(found, &block.range, &note.source.path)));
            players.extend(figure.players.iter().cloned());
            blocks.push(figure);
        }
        let blocks: Vec<&str> = blocks.iter().map(|figure| figure.html.as_str()).collect();
        let values: Vec<Value> = (0..note.values.len()).map(|value| self.value(index, value, &mut log)).collect();
        let words = self.templates.words(&note.address.lang);
        let link = |destination: &str| self.link(note, destination);
        let reference = |destination: &str| self.reference(index, destination).ok();
        let number = |id: &str| Some(self.numbering.of_id(index, id)?.text.clone());
        let term = |key: &str| self.term(note, key);
        log.extend(self.unknown_references(index));
        log.extend(self.unknown_terms(note));
        log.extend(self.broken_pictures(note));
        log.extend(check::in_note(self, index, &reading));
        let picture_size = |destination: &str| self.picture_size(note, destination);
        let listings = RefCell::new(Vec::new());
        let listing = |listing: &Listing| {
            listings.borrow_mut().push(listing.key());
            self.memo.listing(listing)
        };
        let parts = Parts {
            blocks: &blocks,
            values: &values,
            math: self.math,
            listing: &listing,
            link: &link,
            reference: &reference,
            term: &term,
            picture_size: &picture_size,
            labels,
            number: &number,
            words: body_words(words),
        };
        let body = page::with_answers(log.take(html::body_html(&reading, &parts)), words.get("answers"));
        let figures: Vec<Option<Section>> =
            self.catalogue.blocks[index].iter().map(|entry| self.captions(note, entry)).collect();
        let sections = note::sections(&reading, &parts, &figures);
        let summary = note.front.summary.clone().unwrap_or_else(|| beginning(&plain_text(&reading, &parts)));
        let path = self.map.find(&note.address.series, note.address.slug.as_deref());
        let path = path.map(|slot| slot.path(&note.address.lang)).unwrap_or_default();
        let targets = page::links::targets(&path, &body);
        let words = page::search_entry(&path, &note.title, &note.front.tags, &sections);
        let [figures, forms] = page::entries(&players);
        let parcel = Parcel {
            body: Packed::new(&body),
            figures: Packed::new(&figures),
            forms: Packed::new(&forms),
            words: Packed::new(&words),
        };
        let Checked { value: facts, diagnostics } = log.finish(WrittenFacts {
            outline: key::outline(note, &summary, &targets, players.is_empty()),
            frame: key::frame(note, &targets, players.is_empty()),
            targets,
            summary,
            is_played: !players.is_empty(),
            listings: listings.into_inner(),
            diagnostics: Vec::new(),
        });
        (WrittenFacts { diagnostics, ..facts }, parcel)
    }

    /// What the search knows of a figure: its caption, and those of its nodes.
    fn captions(&self, note: &Note, entry: &Entry) -> Option<Section> {
        let language = self.settings.languages.iter().position(|tag| *tag == note.address.lang)?;
        let run = self.run(entry.graph?)?;
        let heading = self.catalogue.caption(entry)?.in_language(language);
        let mut seen = BTreeSet::from([""]);
        let nodes = run.graph.named().map(|node| run.graph.caption_of(node, language));
        let text = nodes.filter(|caption| seen.insert(caption)).collect::<Vec<_>>().join(", ");
        let section = Section { id: entry.id.clone(), heading: heading.to_owned(), text, is_figure: true };
        (!heading.is_empty()).then_some(section)
    }

    /// What stands in the place of a block.
    fn block(&self, index: usize, at: usize, label: Option<&str>) -> Figure {
        let (note, entry) = (&self.notes[index], &self.catalogue.blocks[index][at]);
        let language = note.address.lang.as_str();
        let mut desk = Desk::default();
        let training = || Some((entry.training?, self.trained(entry.training?)?));
        let run = || self.run(entry.graph?);
        let html = match note.blocks[at].kind {
            BlockKind::Graph => run().map(|run| self.figures(language, entry, run, label, &mut desk)),
            BlockKind::Train => training().map(|training| self.training(language, entry, training, label, &mut desk)),
        };
        let broken = || {
            let words = self.templates.words(language);
            // What refers to it is not to blame.
            format!("<p class=\"bp-error\" id=\"{}\">{}</p>\n", escaped(&entry.id), escaped(words.get("figure_broken")))
        };
        let html = html.unwrap_or_else(broken);
        Figure { html, players: desk.players, diagnostics: desk.diagnostics }
    }

    /// The curve of a training, its reported steps as a table, and the graph at each of them.
    fn training(
        &self,
        language: &str,
        entry: &Entry,
        (at, training): (usize, &Training),
        label: Option<&str>,
        desk: &mut Desk,
    ) -> String {
        let words = self.templates.words(language);
        let view = self.view(language, entry);
        let Some(curve) = self.curve(language, entry, training) else { return String::new() };
        let Some(Snapshot { run: any, .. }) = training.reported.first() else { return String::new() };
        let shown = training.table_columns();
        let last_step = training.reported.last().map_or(0, |snapshot| snapshot.step);
        if self.on_own_pages
            && let Some(json) = play::replay(training, &step_id(entry, last_step))
        {
            desk.players.push(Player { id: entry.id.clone(), json: json.into(), forms: "".into() });
        }
        let snapshots = self.snapshots(language, entry, training, desk);
        let columns: Vec<Heading> = shown.iter().map(|node| Heading::of(any.graph.name(*node))).collect();
        let parts = TrainingParts {
            id: &entry.id,
            label,
            curve: &curve,
            caption: self.catalogue.trainings[at].plan.caption.in_language(view.language),
            columns: &columns,
            snapshots: &snapshots,
        };
        written(page::figure::training(&parts, self.templates, words, self.math), desk)
    }

    /// The reported steps of a training.
    fn snapshots(&self, language: &str, entry: &Entry, training: &Training, desk: &mut Desk) -> Vec<SnapshotParts> {
        let view = self.view(language, entry);
        let (looks, reported) = ((entry.options.view, view), &training.reported);
        let shown = training.table_columns();
        let ids: Vec<String> = reported.iter().map(|Snapshot { step, .. }| step_id(entry, *step)).collect();
        let runs = reported.iter().map(|Snapshot { run, .. }| run);
        let passes: Vec<(&Run, &Backward)> = runs.filter_map(|run| Some((run, training.backward(run)?))).collect();
        let mut pictures = self.pictures(&ids, &passes, looks, language).into_iter();
        let mut snapshots = Vec::new();
        for (i, (Snapshot { step, run }, id)) in reported.iter().zip(&ids).enumerate() {
            let place = Place { language, id, label: None, is_played: i + 1 == reported.len(), key: None };
            let figure = match (training.backward(run), pictures.next()) {
                (Some(backward), Some(pictures)) => self.figure(place, (run, backward), pictures, looks, desk),
                _ => String::new(),
            };
            let text = |value: &Tensor| figure::derivation::tensor(value, view.precision).text;
            let values = shown.iter().map(|node| text(run.value(*node))).collect();
            snapshots.push(SnapshotParts { step: *step, values, figure });
        }
        snapshots
    }

    /// The curve of a training as SVG; none of a training without a step.
    fn curve(&self, language: &str, entry: &Entry, training: &Training) -> Option<String> {
        let words = self.templates.words(language);
        let (points, precision) = (&training.curve, self.view(language, entry).precision);
        let ((_, first), (steps, last)) = (points.first()?, points.last()?);
        let any = &training.reported.first()?.run;
        let loss = any.graph.name(training.minimized);
        let fill = |key: &str| {
            words
                .get(key)
                .replace("{loss}", loss)
                .replace("{steps}", &steps.to_string())
                .replace("{first}", &num::display(*first, precision))
                .replace("{last}", &num::display(*last, precision))
        };
        let marked: Vec<u64> = training.reported.iter().map(|snapshot| snapshot.step).collect();
        let (title, description) = (fill("curve_title"), fill("curve_description"));
        let curve = Curve {
            points,
            marked: &marked,
            loss,
            step: words.get("training_step"),
            title: &title,
            description: &description,
        };
        Some(figure::curve(&curve, &format!("{}-curve", entry.id), self.dress()))
    }

    /// How a block's figures are drawn.
    fn view(&self, language: &str, entry: &Entry) -> View {
        View {
            flow: if entry.options.flows_down { Flow::Down } else { Flow::Right },
            show: shown_in(entry.options.quiz, entry.options.show),
            precision: entry.options.precision.0,
            language: self.settings.languages.iter().position(|tag| tag == language).unwrap_or(0),
            tongue: Tongue::of_tag(language),
            engine: entry.options.engine.unwrap_or(self.settings.engine),
            opening: Opening::All,
            size: entry.options.size,
            quiz: entry.options.quiz,
        }
    }

    /// The figures of a graph block, one for each output.
    fn figures(&self, language: &str, entry: &Entry, run: &Run, label: Option<&str>, desk: &mut Desk) -> String {
        let view = self.view(language, entry);
        let id = |i: usize| if i == 0 { entry.id.clone() } else { format!("{}-{}", entry.id, i + 1) };
        let outputs = run.backward.iter().enumerate();
        outputs
            .map(|(i, backward)| {
                let graph = entry.graph.map(|graph| self.catalogue.graphs[graph].key);
                let key = graph.map(|graph| Key::of([graph.bytes(), &i.to_le_bytes()]));
                let looks = (entry.options.view, view);
                let pictures = self.pictures(&[id(i)], &[(run, backward)], looks, language);
                let figure = |pictures| {
                    let place = Place { language, id: &id(i), label, is_played: true, key };
                    self.figure(place, (run, backward), pictures, looks, desk)
                };
                pictures.into_iter().map(figure).collect::<String>()
            })
            .collect()
    }

    /// Pages of other tools have no style sheet that is made for this.
    fn dress(&self) -> Dress {
        if self.on_own_pages { Dress::Classes } else { Dress::Attributes }
    }

    /// The pictures of figures that show the same graph with different numbers, each in all its states.
    fn pictures(
        &self,
        ids: &[String],
        passes: &[(&Run, &Backward)],
        (shown, view): (GraphView, View),
        language: &str,
    ) -> Vec<Pictures> {
        let dress = self.dress();
        match shown {
            // Which gates a gradient graph has may follow from its numbers.
            GraphView::Gradient => {
                let drawn = ids.iter().zip(passes);
                drawn.map(|(id, (run, backward))| Pictures::of_gradient(id, run, backward, view, dress)).collect()
            }
            GraphView::Author | GraphView::ForwardMode => {
                Pictures::of_states(ids, passes, view, dress, self.templates.words(language))
            }
        }
    }

    /// The figure of one output of a graph.
    fn figure(
        &self,
        place: Place<'_>,
        (run, backward): (&Run, &Backward),
        pictures: Pictures,
        (shown, view): (GraphView, View),
        desk: &mut Desk,
    ) -> String {
        let Place { language, id, label, is_played, key } = place;
        let Pictures { states, drawing, engine } = pictures;
        let words = self.templates.words(language);
        if engine != view.engine {
            desk.diagnostics.push(engine_gave_up(view.engine));
        }
        let rows = figure::table(run, backward, view.language, view.precision);
        let tangents = match shown {
            GraphView::ForwardMode => figure::tangent_table(run, backward, view.precision),
            GraphView::Author | GraphView::Gradient => None,
        };
        let parts = PlayerParts { run, backward, states: &states, drawing: &drawing, view };
        let is_played = self.on_own_pages && is_played;
        let wordless = match self.wordless(key, is_played, &parts, words) {
            Ok(wordless) => wordless,
            Err(diagnostic) => {
                desk.diagnostics.push(diagnostic);
                return String::new();
            }
        };
        let player = wordless.player.as_ref().filter(|_| is_played);
        desk.players.extend(player.map(|player| Player {
            id: id.to_owned(),
            json: player.json(&parts).into(),
            forms: play::forms(&parts).into(),
        }));
        let parts = FigureParts {
            id,
            label,
            is_playable: player.is_some(),
            quiz: view.quiz,
            states: &states,
            caption: run.graph.caption.in_language(view.language),
            rows: &rows,
            steps: &wordless.steps,
            tangents: tangents.as_ref(),
        };
        written(page::figure::figure(&parts, self.templates, words, self.math), desk)
    }

    /// What a figure says in every language: from the last one that has said it, or new.
    fn wordless(
        &self,
        key: Option<Key>,
        is_played: bool,
        parts: &PlayerParts<'_>,
        words: &Words,
    ) -> Result<Arc<Wordless>, Diagnostic> {
        let make = || self.new_wordless(is_played, parts, words).map(Arc::new);
        let Some(key) = key else { return make() };
        let View { precision, quiz, show, .. } = parts.view;
        let looks = format!("{is_played} {precision} {} {quiz:?}", show.grads);
        let known = self.memo.recent_wordless.try_recall(Key::of([key.bytes(), looks.as_bytes()]), make)?;
        let has_words = known.steps.has_words || known.player.as_ref().is_some_and(|player| player.has_words);
        let reads_alike = !has_words || known.language == parts.view.language;
        let shows_alike = known.player.as_ref().is_none_or(|player| player.shows(parts.states));
        if reads_alike && shows_alike { Ok(known) } else { make() }
    }

    fn new_wordless(&self, is_played: bool, parts: &PlayerParts<'_>, words: &Words) -> Result<Wordless, Diagnostic> {
        let PlayerParts { run, backward, view, .. } = *parts;
        let derivations = if view.show.grads { figure::derive(run, backward, view.precision) } else { Vec::new() };
        let is_tensor = run.graph.dag[backward.output].shape.rank() > 0;
        Ok(Wordless {
            language: view.language,
            steps: page::figure::steps(&derivations, is_tensor, words, self.math)?,
            player: if is_played { play::played(parts, self.math, words)? } else { None },
        })
    }
}

/// HTML, or nothing where it could not be written, which is reported.
fn written(html: Result<String, Diagnostic>, desk: &mut Desk) -> String {
    html.unwrap_or_else(|diagnostic| {
        desk.diagnostics.push(diagnostic);
        String::new()
    })
}

/// What is wrong with a figure, at the place of its block unless it has one.
fn about_block(found: Diagnostic, block: &Range<usize>, path: &str) -> Diagnostic {
    let range = if found.file.is_none() { block.clone() } else { found.range.clone() };
    Diagnostic { range, ..found }.in_file(&path.into())
}

/// Where forward values are to be found, the numbers that follow from them would give them away.
fn shown_in(quiz: Option<Quiz>, show: Show) -> Show {
    match quiz {
        Some(Quiz::Values) => Show { grads: false, locals: false, ..show },
        Some(Quiz::Grads) | None => show,
    }
}

/// The id of a reported step's figure.
fn step_id(entry: &Entry, step: u64) -> String {
    format!("{}-step-{step}", entry.id)
}

fn body_words(words: &Words) -> html::Words<'_> {
    html::Words {
        table: words.get("table"),
        formula: words.get("formula"),
        glossary: words.get("glossary"),
        footnote: words.get("footnote"),
        footnotes: words.get("footnotes"),
        back: words.get("back_to_text"),
        section: words.get("anchor"),
        answer: words.get("answer"),
        answer_place: words.get("answer_place"),
        done: words.get("task_done"),
        open: words.get("task_open"),
        alerts: ["alert_note", "alert_tip", "alert_important", "alert_warning", "alert_caution"]
            .map(|key| words.get(key)),
    }
}

/// The first words of a text, cut between words.
fn beginning(text: &str) -> String {
    let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if flat.chars().count() <= SUMMARY_LENGTH {
        return flat;
    }
    let cut: String = flat.chars().take(SUMMARY_LENGTH).collect();
    let end = cut.rfind(' ').unwrap_or(cut.len());
    format!("{}…", &cut[..end])
}
