//! From a note to a lesson: figures and computed numbers go into the prose. In: notes, their blocks and the graphs
//! that have run; out: lessons whose bodies are HTML. This room does not know the page around the body.

mod link;
mod picture;
mod term;
mod value;

use crate::block::{GraphView, Quiz, Show};
use crate::blocks::{Catalogue, Entry};
use crate::diag::{Checked, Diagnostic, Log};
use crate::figure::place::{Engine, Flow};
use crate::figure::{self, Curve, Drawing, Heading, Opening, View};
use crate::glossary::Glossary;
use crate::graph::{Backward, Run};
use crate::lang::{Tongue, text};
use crate::markup::escaped;
use crate::note::html::{self, Parts};
use crate::note::math::MathWriter;
use crate::note::{self, Block, BlockKind, Note, Section, Value, plain_text};
use crate::num;
use crate::numbering::Numbering;
use crate::page::figure::{FigureParts, SnapshotParts, StateParts, TrainingParts};
use crate::page::{self, Lesson, Map, Player, Templates, Words};
use crate::play::{self, PlayerParts};
use crate::project::Asset;
use crate::settings::Settings;
use crate::train::{Snapshot, Training};
use rayon::prelude::*;
use std::collections::BTreeSet;
use std::ops::Range;

/// What all lessons share.
pub struct Workshop<'a> {
    /// The site's settings.
    pub settings: &'a Settings,
    /// Templates and words.
    pub templates: &'a Templates,
    /// The writer of formulas.
    pub math: &'a MathWriter,
    /// All notes.
    pub notes: &'a [Note<'a>],
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
    pub runs: &'a [Option<Run>],
    /// The trainings, run; none where one is broken.
    pub trainings: &'a [Option<Training>],
    /// All pages.
    pub map: &'a Map,
}

/// What is gathered while the figures of a note are made.
#[derive(Default)]
struct Desk {
    log: Log,
    players: Vec<Player>,
}

/// Where a figure goes.
struct Place<'a> {
    note: &'a Note<'a>,
    /// The id of the figure on its page.
    id: &'a str,
    /// What the figure is called, where it has a number.
    label: Option<&'a str>,
    /// The bytes of its block in the note.
    range: Range<usize>,
    /// Whether a reader may play with it.
    is_played: bool,
}

fn engine_gave_up(engine: Engine, range: Range<usize>) -> Diagnostic {
    let name = engine.name();
    Diagnostic::warning(
        "engine-gave-up",
        range,
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
    /// Writes all lessons.
    pub fn write_all(&self) -> Checked<Vec<Lesson>> {
        let mut log = Log::default();
        let written: Vec<Checked<Lesson>> =
            (0..self.notes.len()).into_par_iter().map(|note| self.write(note)).collect();
        let lessons = written.into_iter().map(|lesson| log.take(lesson)).collect();
        log.finish(lessons)
    }

    fn write(&self, index: usize) -> Checked<Lesson> {
        let note = &self.notes[index];
        let mut desk = Desk::default();
        let blocks: Vec<String> = note
            .blocks
            .iter()
            .zip(&self.catalogue.blocks[index])
            .enumerate()
            .map(|(at, (block, entry))| {
                let label = self.numbering.of_block(index, at).map(|number| self.label(note, number));
                self.block(note, block, entry, label.as_deref(), &mut desk)
            })
            .collect();
        let Desk { mut log, players } = desk;
        let values: Vec<Value> = (0..note.values.len()).map(|value| self.value(index, value, &mut log)).collect();
        let words = self.templates.words(&note.address.lang);
        let link = |destination: &str| self.link(note, destination);
        let reference = |destination: &str| self.reference(index, destination).ok();
        let labels: Vec<Option<String>> =
            self.numbering.of_marks(index).iter().map(|number| Some(self.label(note, number.as_ref()?))).collect();
        let number = |id: &str| Some(self.numbering.of_id(index, id)?.text.clone());
        let term = |key: &str| self.term(note, key);
        log.extend(self.unknown_references(index));
        log.extend(self.unknown_terms(note));
        log.extend(self.broken_pictures(note));
        let picture_size = |destination: &str| self.picture_size(note, destination);
        let parts = Parts {
            blocks: &blocks,
            values: &values,
            math: self.math,
            link: &link,
            reference: &reference,
            term: &term,
            picture_size: &picture_size,
            labels: &labels,
            number: &number,
            words: body_words(words),
        };
        let body = page::with_answers(log.take(html::body_html(note, &parts)), words.get("answers"));
        let figures: Vec<Option<Section>> =
            self.catalogue.blocks[index].iter().map(|entry| self.captions(note, entry)).collect();
        let sections = note::sections(note, &parts, &figures);
        let summary = note.front.summary.clone().unwrap_or_else(|| beginning(&plain_text(note, &parts)));
        log.finish(Lesson {
            source: note.source.path.clone(),
            address: note.address.clone(),
            title: note.title.clone(),
            front: note.front.clone(),
            headings: note.headings.clone(),
            newer_original: self.outdated[index].map(|original| self.notes[original].address.lang.clone()),
            body,
            players,
            sections,
            summary,
        })
    }

    /// What the search knows of a figure: its caption, and those of its nodes.
    fn captions(&self, note: &Note<'_>, entry: &Entry) -> Option<Section> {
        let language = self.settings.languages.iter().position(|tag| *tag == note.address.lang)?;
        let run = self.runs[entry.graph?].as_ref()?;
        let heading = self.catalogue.caption(entry)?.in_language(language);
        let mut seen = BTreeSet::from([""]);
        let nodes = run.graph.named().map(|node| run.graph.caption_of(node, language));
        let text = nodes.filter(|caption| seen.insert(caption)).collect::<Vec<_>>().join(", ");
        let section = Section { id: entry.id.clone(), heading: heading.to_owned(), text, is_figure: true };
        (!heading.is_empty()).then_some(section)
    }

    /// What stands in the place of a block.
    fn block(&self, note: &Note<'_>, block: &Block, entry: &Entry, label: Option<&str>, desk: &mut Desk) -> String {
        let broken = || {
            let words = self.templates.words(&note.address.lang);
            format!("<p class=\"bp-error\">{}</p>\n", escaped(words.get("figure_broken")))
        };
        match block.kind {
            BlockKind::Graph => match entry.graph.and_then(|graph| self.runs[graph].as_ref()) {
                Some(run) => self.figures((note, block), entry, run, label, desk),
                None => broken(),
            },
            BlockKind::Train => match entry.training {
                Some(at) => match self.trainings[at].as_ref() {
                    Some(training) => self.training((note, block), entry, (at, training), label, desk),
                    None => broken(),
                },
                None => broken(),
            },
        }
    }

    /// The curve of a training, its reported steps as a table, and the graph at each of them.
    fn training(
        &self,
        (note, block): (&Note<'_>, &Block),
        entry: &Entry,
        (at, training): (usize, &Training),
        label: Option<&str>,
        desk: &mut Desk,
    ) -> String {
        let words = self.templates.words(&note.address.lang);
        let view = self.view(note, entry);
        let (points, precision) = (&training.curve, view.precision);
        let (Some((_, first)), Some((steps, last))) = (points.first(), points.last()) else { return String::new() };
        let Some(Snapshot { run: any, .. }) = training.reported.first() else { return String::new() };
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
        let shown = training.table_columns();
        let last_step = training.reported.last().map_or(0, |snapshot| snapshot.step);
        let replayed = format!("{}-step-{last_step}", entry.id);
        if let Some(json) = play::replay(training, &replayed) {
            desk.players.push(Player { id: entry.id.clone(), json, forms: Vec::new() });
        }
        let snapshots: Vec<SnapshotParts> = training
            .reported
            .iter()
            .map(|Snapshot { step, run }| SnapshotParts {
                step: *step,
                values: shown.iter().map(|node| figure::derivation::tensor(run.value(*node), precision).text).collect(),
                figure: training.backward(run).map_or_else(String::new, |backward| {
                    self.figure(
                        Place {
                            note,
                            id: &format!("{}-step-{step}", entry.id),
                            label: None,
                            range: block.range.clone(),
                            is_played: *step == last_step,
                        },
                        run,
                        backward,
                        (entry.options.view, view),
                        desk,
                    )
                }),
            })
            .collect();
        let columns: Vec<Heading> = shown.iter().map(|node| Heading::of(any.graph.name(*node))).collect();
        let parts = TrainingParts {
            id: &entry.id,
            label,
            curve: &figure::curve(&curve, &format!("{}-curve", entry.id)),
            caption: self.catalogue.trainings[at].plan.caption.in_language(view.language),
            columns: &columns,
            snapshots: &snapshots,
        };
        self.placed(note, page::figure::training(&parts, self.templates, words, self.math), desk)
    }

    /// HTML, or nothing where it could not be written, which is reported.
    fn placed(&self, note: &Note<'_>, html: Result<String, Diagnostic>, desk: &mut Desk) -> String {
        html.unwrap_or_else(|diagnostic| {
            desk.log.push(diagnostic.in_file(&note.source.path.as_str().into()));
            String::new()
        })
    }

    /// How a block's figures are drawn.
    fn view(&self, note: &Note<'_>, entry: &Entry) -> View {
        View {
            flow: if entry.options.flows_down { Flow::Down } else { Flow::Right },
            show: shown_in(entry.options.quiz, entry.options.show),
            precision: entry.options.precision.0,
            language: self.settings.languages.iter().position(|tag| *tag == note.address.lang).unwrap_or(0),
            tongue: Tongue::of_tag(&note.address.lang),
            engine: entry.options.engine.unwrap_or(self.settings.engine),
            opening: Opening::All,
            size: entry.options.size,
            quiz: entry.options.quiz,
        }
    }

    /// The figures of a graph block, one for each output.
    fn figures(
        &self,
        (note, block): (&Note<'_>, &Block),
        entry: &Entry,
        run: &Run,
        label: Option<&str>,
        desk: &mut Desk,
    ) -> String {
        let view = self.view(note, entry);
        let id = |i: usize| if i == 0 { entry.id.clone() } else { format!("{}-{}", entry.id, i + 1) };
        let outputs = run.backward.iter().enumerate();
        outputs
            .map(|(i, backward)| {
                let place = Place { note, id: &id(i), label, range: block.range.clone(), is_played: true };
                self.figure(place, run, backward, (entry.options.view, view), desk)
            })
            .collect()
    }

    /// The figure of one output of a graph.
    fn figure(
        &self,
        place: Place<'_>,
        run: &Run,
        backward: &Backward,
        looks: (GraphView, View),
        desk: &mut Desk,
    ) -> String {
        let (Place { note, id, label, range, is_played }, (shown, view)) = (place, looks);
        let words = self.templates.words(&note.address.lang);
        let (states, drawing, engine) = match shown {
            GraphView::Gradient => {
                let drawing = figure::draw_gradient(run, backward, view);
                let state = StateParts::only(figure::svg(&drawing, &format!("{id}-svg")), drawing.shown());
                let engine = drawing.engine;
                (vec![state], drawing, engine)
            }
            GraphView::Author | GraphView::ForwardMode => states(id, run, backward, view, words),
        };
        if engine != view.engine {
            desk.log.push(engine_gave_up(view.engine, range).in_file(&note.source.path.as_str().into()));
        }
        let rows = figure::table(run, backward, view.language, view.precision);
        let derivations = if view.show.grads { figure::derive(run, backward, view.precision) } else { Vec::new() };
        let tangents = match shown {
            GraphView::ForwardMode => figure::tangent_table(run, backward, view.precision),
            GraphView::Author | GraphView::Gradient => None,
        };
        let parts = PlayerParts { run, backward, states: &states, drawing: &drawing, view };
        let is_playable = is_played && self.play(id, &parts, note, desk);
        let parts = FigureParts {
            id,
            label,
            is_playable,
            quiz: view.quiz,
            states: &states,
            caption: run.graph.caption.in_language(view.language),
            rows: &rows,
            derivations: &derivations,
            tangents: tangents.as_ref(),
            is_tensor: run.graph.dag[backward.output].shape.rank() > 0,
        };
        self.placed(note, page::figure::figure(&parts, self.templates, words, self.math), desk)
    }

    /// Lays what a reader's browser needs to play with a figure on the desk; whether it may be played with.
    fn play(&self, id: &str, parts: &PlayerParts<'_>, note: &Note<'_>, desk: &mut Desk) -> bool {
        match play::player(parts, self.math, self.templates.words(&note.address.lang)) {
            Ok(Some(json)) => desk.players.push(Player { id: id.to_owned(), json, forms: play::forms(parts) }),
            Ok(None) => return false,
            Err(diagnostic) => desk.log.push(diagnostic.in_file(&note.source.path.as_str().into())),
        }
        true
    }
}

/// Where forward values are to be found, the numbers that follow from them would give them away.
fn shown_in(quiz: Option<Quiz>, show: Show) -> Show {
    match quiz {
        Some(Quiz::Values) => Show { grads: false, locals: false, ..show },
        Some(Quiz::Grads) | None => show,
    }
}

/// The states of a figure, of which one is shown at a time, the drawing with everything open, and who has placed them all; a
/// figure that is read at once has one.
fn states(id: &str, run: &Run, backward: &Backward, view: View, words: &Words) -> (Vec<StateParts>, Drawing, Engine) {
    let openings = figure::openings(run);
    let whole = figure::draw(run, backward, view);
    if openings.is_empty() {
        let engine = whole.engine;
        return (vec![StateParts::only(figure::svg(&whole, &format!("{id}-svg")), whole.shown())], whole, engine);
    }
    let state_id = |opening: Opening| match opening {
        Opening::Nothing => format!("{id}-closed"),
        Opening::To(group) => format!("{id}-group-{group}"),
        Opening::All => format!("{id}-open"),
    };
    let address = |opening: Opening| {
        let shown = if openings.contains(&opening) { opening } else { Opening::All };
        format!("#{}", state_id(shown))
    };
    let labels = state_labels(&openings, run, view.language, words);
    let mut engine = view.engine;
    let states = openings.iter().zip(labels).map(|(&opening, label)| {
        let folded = (opening != Opening::All).then(|| figure::draw(run, backward, View { opening, ..view }));
        let drawing = folded.as_ref().unwrap_or(&whole);
        engine = if drawing.engine == view.engine { engine } else { drawing.engine };
        let id = state_id(opening);
        let svg = figure::svg_of_state(drawing, &format!("{id}-svg"), &address);
        let lines = drawing.shown();
        StateParts { id, label, svg, lines, is_first: opening == Opening::Nothing, is_whole: opening == Opening::All }
    });
    let states = states.collect();
    (states, whole, engine)
}

/// What the states are called: by the groups that they open, numbered where several have the same label.
fn state_labels(openings: &[Opening], run: &Run, language: usize, words: &Words) -> Vec<String> {
    let label = |opening: &Opening| match *opening {
        Opening::Nothing => words.get("groups_closed").to_owned(),
        Opening::All => words.get("groups_open").to_owned(),
        Opening::To(group) => run.graph.groups[group].label.in_language(language).to_owned(),
    };
    let labels: Vec<String> = openings.iter().map(label).collect();
    let numbered = |(i, label): (usize, &String)| {
        let is_same = |other: &&String| *other == label;
        let number = labels[..i].iter().filter(is_same).count() + 1;
        let is_alone = labels.iter().filter(is_same).count() == 1 && !label.is_empty();
        if is_alone { label.clone() } else { format!("{label} {number}").trim_start().to_owned() }
    };
    labels.iter().enumerate().map(numbered).collect()
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
