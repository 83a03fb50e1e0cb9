//! Numbers by which the text refers to figures, listings, tables and equations. In: notes and their blocks; out: the
//! number of each, counted note by note and kind by kind in the order of the text. This room does not know the words
//! around a number, nor how either is shown.

use crate::blocks::{Catalogue, Entry};
use crate::diag::{Checked, Diagnostic, Log};
use crate::lang::text;
use crate::note::{MarkId, MarkKind, Note, anchor};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Range;
use std::sync::Arc;

/// The numbers of all notes.
#[derive(Clone, Debug, Default)]
pub struct Numbering {
    /// For each note.
    notes: Vec<NoteNumbers>,
}

/// The numbers of a note.
#[derive(Clone, Debug, Default)]
struct NoteNumbers {
    /// For each of its marks.
    marks: Vec<Option<Number>>,
    /// The mark of each id.
    by_id: BTreeMap<String, usize>,
    /// The mark of each block.
    of_blocks: Vec<usize>,
}

/// A number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Number {
    /// What is counted.
    pub kind: Kind,
    /// The number, or what the author prints instead.
    pub text: String,
}

/// What is counted, each by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Graphs, trainings and pictures.
    Figure,
    /// Code.
    Listing,
    /// Tables.
    Table,
    /// Lines of displayed formulas.
    Equation,
}

impl Kind {
    /// The word of the interface for a number of this kind.
    pub fn word(self) -> &'static str {
        match self {
            Self::Figure => "numbered_figure",
            Self::Listing => "numbered_listing",
            Self::Table => "numbered_table",
            Self::Equation => "numbered_equation",
        }
    }
}

impl Numbering {
    /// Numbers what has a caption or is named. An id that is given twice or cannot be one is reported, and so are twins
    /// that count differently.
    pub fn new(notes: &[Arc<Note>], catalogue: &Catalogue) -> Checked<Self> {
        let mut log = Log::default();
        let numbers = (0..notes.len()).map(|note| log.take(number(note, notes, catalogue))).collect();
        let numbering = Self { notes: numbers };
        log.extend(numbering.differing_twins(notes, catalogue));
        log.finish(numbering)
    }

    /// The number of each mark of a note.
    pub fn of_marks(&self, note: usize) -> &[Option<Number>] {
        &self.notes[note].marks
    }

    /// The mark of the figure that stands for a block.
    pub fn mark_of_block(&self, note: usize, block: usize) -> usize {
        self.notes[note].of_blocks[block]
    }

    /// The number of what has an id in a note.
    pub fn of_id(&self, note: usize, id: &str) -> Option<&Number> {
        let numbers = &self.notes[note];
        numbers.marks[*numbers.by_id.get(id)?].as_ref()
    }

    /// The ids of a note that have numbers.
    pub fn ids(&self, note: usize) -> impl Iterator<Item = &str> {
        let numbers = &self.notes[note];
        numbers.by_id.iter().filter(|(_, mark)| numbers.marks[**mark].is_some()).map(|(id, _)| id.as_str())
    }

    /// A warning for each id that has another number in the note's twin: readers of one language tell those of the
    /// other to look at figure 3.
    fn differing_twins(&self, notes: &[Arc<Note>], catalogue: &Catalogue) -> Vec<Diagnostic> {
        let mut first: HashMap<(&str, Option<&str>), usize> = HashMap::new();
        let mut found = Vec::new();
        for (at, note) in notes.iter().enumerate() {
            let key = (note.address.series.as_str(), note.address.slug.as_deref());
            let twin = *first.entry(key).or_insert(at);
            if twin == at {
                continue;
            }
            let shared = self.ids(at).filter_map(|id| Some((id, self.of_id(at, id)?, self.of_id(twin, id)?)));
            let differing = shared.filter(|(_, own, other)| own != other && own.kind == other.kind);
            // Where one is missing, all behind it differ: the first says enough.
            let place =
                |id: &str| id_of(&notes[at], at, catalogue, self.notes[at].by_id[id]).map_or(0, |id| id.range.start);
            if let Some((id, own, other)) = differing.min_by_key(|(id, ..)| place(id)) {
                let range = id_of(note, at, catalogue, self.notes[at].by_id[id]).map_or(0..0, |id| id.range);
                let (own, other, file) = (&own.text, &other.text, &notes[twin].source.path);
                let warning = Diagnostic::warning(
                    "twin-number",
                    range,
                    text(
                        format!("`{id}`의 번호가 여기서는 {own}, 짝 노트에서는 {other}입니다"),
                        format!("`{id}` has the number {own} here and {other} in the twin note"),
                    ),
                );
                let help = text(
                    format!("`{file}`에도 같은 것이 같은 차례로 있어야 합니다"),
                    format!("`{file}` should have the same things in the same order"),
                );
                found.push(warning.help(help).in_file(&note.source.path.as_str().into()));
            }
        }
        found
    }
}

/// The id of a mark with its place in the file.
fn id_of(note: &Note, at: usize, catalogue: &Catalogue, mark: usize) -> Option<MarkId> {
    let mark = &note.marks[mark];
    match mark.kind {
        MarkKind::Block(block) => {
            let id = catalogue.blocks[at][block].options.id.as_ref()?;
            let start = note.blocks[block].info_start;
            Some(MarkId { text: id.text.clone(), range: start + id.span.start..start + id.span.end })
        }
        _ => mark.id.clone(),
    }
}

fn number(at: usize, notes: &[Arc<Note>], catalogue: &Catalogue) -> Checked<NoteNumbers> {
    let note = &notes[at];
    let mut log = Log::default();
    let mut numbers = NoteNumbers::default();
    let mut counts: BTreeMap<Kind, usize> = BTreeMap::new();
    let mut seen: BTreeMap<String, Range<usize>> = BTreeMap::new();
    let headings: BTreeSet<&str> = note.headings.iter().map(|heading| heading.id.as_str()).collect();
    let outputs = |entry: &Entry| entry.graph.map_or(1, |graph| catalogue.graphs[graph].sheet.outputs());
    let figures: BTreeMap<&str, usize> =
        catalogue.blocks[at].iter().map(|entry| (entry.id.as_str(), outputs(entry))).collect();
    let is_part_of_figure = |id: &str| anchor::is_part_of_figure(id, |figure| figures.get(figure).copied());
    for heading in note.headings.iter().filter(|heading| is_part_of_figure(&heading.id)) {
        log.push(id_of_part(&MarkId { text: heading.id.clone(), range: heading.range.clone() }));
    }
    for (i, mark) in note.marks.iter().enumerate() {
        let (kind, is_numbered, own) = match &mark.kind {
            MarkKind::Block(block) => {
                numbers.of_blocks.push(i);
                let caption = catalogue.caption(&catalogue.blocks[at][*block]);
                (Kind::Figure, caption.is_some_and(|caption| !caption.is_empty()), None)
            }
            MarkKind::Picture => (Kind::Figure, true, None),
            MarkKind::Listing => (Kind::Listing, true, None),
            MarkKind::Table => (Kind::Table, true, None),
            MarkKind::Equation { tag, display } => (Kind::Equation, *display, tag.clone()),
        };
        let mut next = || {
            let count = counts.entry(kind).or_default();
            *count += 1;
            count.to_string()
        };
        numbers.marks.push(is_numbered.then(|| Number { kind, text: own.unwrap_or_else(&mut next) }));
        if let MarkKind::Equation { display: false, .. } = mark.kind {
            log.extend(mark.id.as_ref().map(label_in_line));
        }
        let Some(id) = id_of(note, at, catalogue, i) else { continue };
        if !anchor::is_valid(&id.text) {
            log.push(bad_id(&id));
        } else if is_part_of_figure(&id.text) {
            log.push(id_of_part(&id));
        } else if let Some(first) = seen.get(&id.text) {
            log.push(duplicate_id(&id, first));
        } else if headings.contains(id.text.as_str()) {
            log.push(id_of_heading(&id));
        }
        numbers.by_id.entry(id.text.clone()).or_insert(i);
        seen.entry(id.text).or_insert(id.range);
    }
    let file: Arc<str> = note.source.path.as_str().into();
    let Checked { value, diagnostics } = log.finish(numbers);
    Checked { value, diagnostics: diagnostics.into_iter().map(|diagnostic| diagnostic.in_file(&file)).collect() }
}

fn bad_id(id: &MarkId) -> Diagnostic {
    Diagnostic::error(
        "bad-id",
        id.range.clone(),
        text("id에는 글자, 숫자, `-_.:`만 쓸 수 있습니다", "an id is made of letters, digits and `-_.:`"),
    )
    .help(text(
        "`main`과 `fn:`처럼 bpdoc이 쓰는 id는 쓸 수 없습니다",
        "bpdoc's own ids, such as `main` and those that begin with `fn:`, are taken",
    ))
}

fn id_of_part(id: &MarkId) -> Diagnostic {
    let id_text = &id.text;
    Diagnostic::error(
        "duplicate-id",
        id.range.clone(),
        text(
            format!("id `{id_text}`는 그림의 한 부분이 이미 쓰고 있습니다"),
            format!("a part of a figure has the id `{id_text}` already"),
        ),
    )
    .help(text("다른 id를 쓰세요", "choose another id"))
}

fn duplicate_id(id: &MarkId, first: &Range<usize>) -> Diagnostic {
    let id_text = &id.text;
    Diagnostic::error(
        "duplicate-id",
        id.range.clone(),
        text(format!("id `{id_text}`가 이 노트에 두 번 있습니다"), format!("the id `{id_text}` is in this note twice")),
    )
    .label(first.clone(), text("처음 나온 곳입니다", "it is here first"))
}

fn id_of_heading(id: &MarkId) -> Diagnostic {
    let id_text = &id.text;
    Diagnostic::error(
        "duplicate-id",
        id.range.clone(),
        text(
            format!("id `{id_text}`는 제목이 이미 쓰고 있습니다"),
            format!("a heading has the id `{id_text}` already"),
        ),
    )
    .help(text("다른 id를 쓰세요", "choose another id"))
}

fn label_in_line(id: &MarkId) -> Diagnostic {
    Diagnostic::error(
        "label-in-line",
        id.range.clone(),
        text("글줄 안의 수식에는 번호를 붙일 수 없습니다", "a formula inside a line cannot have a number"),
    )
    .help(text("`$$ … $$`로 따로 세우세요", "put it on lines of its own, between `$$`"))
}
