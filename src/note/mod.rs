//! A note. In: the text of a Markdown file, and of those that it includes; out: its front matter, headings, prose and blocks.
//! This room alone knows Markdown, front matter and TeX; it does not know the graph language, other notes'
//! pages or templates.

pub mod address;
mod allow;
pub mod anchor;
mod chapter;
pub mod code;
mod emphasis;
mod events;
mod fence;
mod formula;
mod front;
pub mod hidden;
pub mod html;
mod include;
mod joined;
mod kept;
mod manuscript;
pub mod math;
mod one_line;
mod outline;
mod plain;
mod printed;
mod prose;
mod raw;
mod section;
mod skeleton;
pub mod url;

pub use allow::allowances;
pub use chapter::{assembled, chapter};
pub use events::is_inline;
pub use formula::Value;
pub use front::with_translated;
pub use kept::KeptNote;
pub use manuscript::{Manuscript, manuscripts, placed};
pub use outline::{Outline, place_of};
pub use plain::plain_text;
pub use section::{Section, sections};
pub use skeleton::skeleton;

use crate::diag::{Checked, Diagnostic, Log};
use crate::glossary::Glossary;
use crate::key::Key;
use crate::project::Asset;
use crate::settings::RawHtml;
use crate::source::{RangeMap, SourceFile, is_unseen};
use crate::translation;
use pulldown_cmark::Event;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

/// Reads one note. Every manuscript gives a note, and every mistake in it is noticed in one reading.
pub fn read<'p>(manuscript: &'p Manuscript, policy: &Policy<'_>) -> Checked<Reading<'p>> {
    let source = &manuscript.source;
    let mut log = Log::default();
    let address = log.take(address::read(&source.path, &policy.languages));
    let front = log.take(front::read(manuscript.own_text()));
    log.extend(hidden::found(&source.text));
    // Marks that nobody sees are no title.
    let is_seen = |title: &String| title.chars().any(|c| !c.is_whitespace() && !is_unseen(c));
    let own_title = front.matter.title.clone().filter(is_seen);
    let prose = log.take(prose::read(manuscript, front.body_start, own_title.as_deref(), &address.lang, policy));
    let written = own_title.or_else(|| prose.title.filter(is_seen));
    let title = written.or_else(|| address.slug.clone()).unwrap_or_default();

    let note = Note {
        source: Arc::clone(source),
        key: manuscript.key(),
        address,
        front: front.matter,
        body_start: front.body_start,
        state: translation::state(&title, &manuscript.words(front.body_start)),
        title,
        outline: outline::outline(&source.text, &prose.body, &prose.formulas, &prose.blocks),
        headings: prose.headings,
        blocks: prose.blocks,
        formulas: prose.formulas,
        values: prose.values,
        links: prose.links,
        marks: prose.marks,
        terms: prose.terms,
        heading_of_id: OnceLock::new(),
    };
    in_file(&source.path, log.finish(Reading { note, body: prose.body }))
}

fn in_file<T>(path: &str, checked: Checked<T>) -> Checked<T> {
    let file = Arc::from(path);
    let diagnostics = checked.diagnostics.into_iter().map(|diagnostic: Diagnostic| diagnostic.in_file(&file)).collect();
    Checked { value: checked.value, diagnostics }
}

/// What of the site's configuration matters to the reading of a note.
#[derive(Clone, Debug)]
pub struct Policy<'p> {
    /// The tags of the site's languages; the first is the default one.
    pub languages: Vec<String>,
    /// What becomes of raw HTML.
    pub raw_html: RawHtml,
    /// The files that notes may include, sorted by path.
    pub files: &'p [Asset],
    /// How many bytes a note may have, with what it includes.
    pub note_bytes: usize,
    /// How many bytes all notes together may include.
    pub included_bytes: usize,
    /// What writes the formulas of headings as text.
    pub math: Option<&'p math::MathWriter>,
    /// The terms that headings may name.
    pub glossary: Option<&'p Glossary>,
}

impl Default for Policy<'_> {
    fn default() -> Self {
        Self {
            languages: vec!["ko".into(), "en".into()],
            raw_html: RawHtml::Escape,
            files: &[],
            note_bytes: usize::MAX,
            included_bytes: usize::MAX,
            math: None,
            glossary: None,
        }
    }
}

/// A note with its prose, which is as long as the text and is kept no longer than it takes to write it.
#[derive(Clone, Debug)]
pub struct Reading<'p> {
    /// What the rest of the site may know of it.
    pub note: Note,
    /// The prose.
    pub body: Vec<Piece<'p>>,
}

/// One lesson (or front page) in one language, without its prose.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Note {
    /// The file it was read from; its text goes on with what it includes.
    #[serde(skip)]
    pub source: Arc<SourceFile>,
    /// Stands for all that it was read from.
    pub key: Key,
    /// Where it belongs.
    pub address: Address,
    /// What its front matter says.
    pub front: FrontMatter,
    /// The first byte after the front matter.
    pub body_start: usize,
    /// The front matter's title, else the first heading, else the slug.
    pub title: String,
    /// The state of its words: another one for every change.
    pub state: String,
    /// Where its headings and answers stand.
    pub outline: Outline,
    /// Headings in the order of the text.
    pub headings: Vec<Heading>,
    /// Graph and train blocks in the order of the text.
    pub blocks: Vec<Block>,
    /// Formulas in the order of the text.
    pub formulas: Vec<Formula>,
    /// `\val{…}` uses in the order of the text.
    pub values: Vec<ValueUse>,
    /// Destinations of links and images in the order of the text; unsafe ones are left out.
    pub links: Vec<Link>,
    /// What may have a number, in the order of the text.
    pub marks: Vec<Mark>,
    /// Uses of terms of the glossary in the order of the text.
    pub terms: Vec<TermUse>,
    /// The position of each heading, by its id; found when first asked for.
    #[serde(skip)]
    heading_of_id: OnceLock<HashMap<String, usize>>,
}

impl Note {
    /// The heading that has an id.
    pub fn heading(&self, id: &str) -> Option<&Heading> {
        let ids = || self.headings.iter().enumerate().rev().map(|(at, heading)| (heading.id.clone(), at)).collect();
        self.heading_of_id.get_or_init(ids).get(id).map(|at| &self.headings[*at])
    }
}

/// A use of a term of the glossary: `[연쇄 법칙](term:chain-rule)`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TermUse {
    /// The term.
    pub key: String,
    /// Where the key stands in the file.
    pub range: Range<usize>,
    /// Whether the site's own name for it is printed, since the note gives none.
    pub is_unnamed: bool,
}

/// Something that may have a number by which the text refers to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// What it is.
    pub kind: MarkKind,
    /// The author's id for it; that of a block is among the words of its fence.
    pub id: Option<MarkId>,
}

/// The author's id for a mark.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MarkId {
    /// The id.
    pub text: String,
    /// Where it stands in the file.
    pub range: Range<usize>,
}

/// What a mark is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum MarkKind {
    /// `blocks[i]`, whose figure has a number if it has a caption.
    Block(usize),
    /// An image with a caption or an id.
    Picture,
    /// A code block with a title or an id.
    Listing,
    /// A table with a caption.
    Table,
    /// A line of a displayed formula, with the `\tag` that the author gives it instead of a number.
    Equation {
        /// The `\tag`.
        tag: Option<String>,
        /// Whether it stands on lines of its own, as only a formula with a number may.
        display: bool,
    },
}

/// Where a note belongs: `content/SERIES/NN-slug.LANG.md`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Address {
    /// The folder below `content/`, with `/` between its parts; empty for the site's own pages.
    pub series: String,
    /// The number `NN` in front of the slug.
    pub number: Option<u32>,
    /// The slug without number and language; `None` for `_index`.
    pub slug: Option<String>,
    /// The language tag.
    pub lang: String,
}

/// What the front matter of a note may say.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FrontMatter {
    /// The title.
    pub title: Option<String>,
    /// Day of first publication, `YYYY-MM-DD`.
    pub date: Option<String>,
    /// Day of the last change, `YYYY-MM-DD`.
    pub updated: Option<String>,
    /// Tags.
    pub tags: Vec<String>,
    /// Left out of the site unless drafts are asked for.
    pub draft: bool,
    /// One or two sentences for lists and search engines.
    pub summary: Option<String>,
    /// The place in the series, if not the number in the file's name.
    pub order: Option<i64>,
    /// Who wrote it.
    pub authors: Vec<String>,
    /// Former addresses, below the site's root.
    pub aliases: Vec<Alias>,
    /// Which state of its original it was translated from.
    pub translated: Option<Translated>,
    /// Diagnostics that its author does not want to hear, each with its place in the file.
    pub allow: Vec<(String, Range<usize>)>,
}

/// A former address of a note.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alias {
    /// The address below the site's root.
    pub path: String,
    /// Where it stands in the file.
    pub range: Range<usize>,
}

/// The state that the original of a translation had.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Translated {
    /// The state, as `translation::state` gives it.
    pub state: String,
    /// Where it stands in the file.
    pub range: Range<usize>,
}

/// A heading.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heading {
    /// 1 to 6.
    pub level: u8,
    /// Its anchor, unique in the note; Hangul is kept.
    pub id: String,
    /// Its text without markup.
    pub text: String,
    /// Where it stands in the file.
    #[serde(skip)]
    pub range: Range<usize>,
}

/// A fenced block that a figure will stand for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Block {
    /// `graph` or `train`.
    pub kind: BlockKind,
    /// The fence's words after the kind, as they stand there.
    pub info: String,
    /// Where `info` stands in the file.
    pub info_start: usize,
    /// The block's text, without the fence and without the indentation or quote marks of what it stands in.
    pub text: String,
    /// Stands for `text`.
    pub key: Key,
    /// From positions in `text` to positions in the file.
    pub map: RangeMap,
    /// The whole block in the file, fences included.
    pub range: Range<usize>,
}

/// The id of the figure of a block that has none of its own, by the block's position in its note.
pub fn unnamed_figure(at: usize) -> String {
    format!("figure-{}", at + 1)
}

/// The kinds of blocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum BlockKind {
    /// A computational graph.
    Graph,
    /// A training run.
    Train,
}

/// A formula of the prose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Formula {
    /// The TeX source between the dollars.
    pub tex: String,
    /// Whether it stands on lines of its own.
    pub display: bool,
    /// Where `tex` stands in the file; a formula in a quote may span gaps.
    pub range: Range<usize>,
    /// From positions in `tex` to positions in the file.
    pub map: RangeMap,
    /// Which of the note's `values` it prints.
    pub values: Range<usize>,
    /// Its `\label`s, and the `\ref`s and `\eqref`s in it.
    pub names: Vec<EquationName>,
}

/// A `\label{name}`, `\ref{name}` or `\eqref{name}` in a formula.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EquationName {
    /// What is between the braces.
    pub name: String,
    /// Where the name stands in the file.
    pub range: Range<usize>,
    /// The whole command in the formula's `tex`.
    pub in_tex: Range<usize>,
    /// What it does with the name.
    pub does: Naming,
}

/// What a command of a formula does with a name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Naming {
    /// `\label` names the line, which has a `\tag` of its own or not.
    Labels {
        /// The `\tag` of the line.
        tag: Option<String>,
    },
    /// `\ref` prints the number of what has the name.
    Refers,
    /// `\eqref` prints it in parentheses.
    RefersInParentheses,
}

/// `\val{target}` in a formula.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ValueUse {
    /// For `\claim{…}{5}` the digits that the author prints, with their place in the file.
    pub claimed: Option<(String, Range<usize>)>,
    /// What is between the braces: `f`, `df/dw`, `linear:df/dw`.
    pub target: String,
    /// Where the target stands in the file.
    pub range: Range<usize>,
    /// The whole `\val{…}` in the formula's `tex`.
    pub in_tex: Range<usize>,
    /// How many blocks the reader has seen before it.
    pub blocks_before: usize,
}

/// A link or an image.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// The destination as the note gives it.
    pub dest: String,
    /// Where the destination stands in the file, or the whole link where that cannot be told.
    pub range: Range<usize>,
    /// Whether it is an image.
    pub image: bool,
    /// Whether it is a link without a text of its own: a reference, whose text is what it leads to.
    pub is_reference: bool,
}

/// A piece of a note's prose.
#[derive(Clone, Debug)]
pub enum Piece<'p> {
    /// Markdown as pulldown-cmark understood it; raw HTML is treated by the site's policy already.
    Markdown(Event<'p>),
    /// A code block.
    Listing(Box<Listing>),
    /// The figure of `blocks[i]` goes here.
    Block(usize),
    /// The formula `formulas[i]` goes here.
    Formula(usize),
    /// The text of the reference `links[i]` goes here.
    Reference(usize),
    /// The term `terms[i]` begins; what it reads as comes next, unless that is the site's own name for it.
    Term(usize),
    /// The term ends.
    EndTerm,
    /// What has a number and a caption begins or ends here.
    Figure(FigurePart),
    /// The answer to an exercise begins, counted from 0.
    Answer(usize),
    /// It ends.
    EndAnswer(usize),
}

/// A code block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listing {
    /// The code.
    pub text: String,
    /// How it is shown.
    pub options: code::Options,
}

impl Listing {
    /// As HTML, in colours.
    pub fn html(&self) -> String {
        code::html(&self.text, &self.options)
    }

    /// Stands for all that its HTML is made from.
    pub fn key(&self) -> Key {
        Key::of([self.text.as_bytes(), format!("{:?}", self.options).as_bytes()])
    }
}

/// The parts of what has a number and a caption. Both stand between these as other pieces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FigurePart {
    /// `marks[i]` begins.
    Open(usize),
    /// Its caption begins.
    Caption(usize),
    /// Its caption ends.
    EndCaption,
    /// It ends.
    Close,
}

#[cfg(test)]
mod tests;
