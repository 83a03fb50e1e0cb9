//! The body of a note as HTML. In: a note, and what stands in the places of its blocks and values; out: HTML,
//! and the formulas that are wrong. This file does not know the page around the body.

mod answer;
mod footnote;
mod number;
mod term;

pub use answer::{ANSWER, ANSWER_ID};
pub use term::TermParts;

use super::math::MathWriter;
use super::printed::Printed;
use super::{Listing, Note, Piece, Reading, Value};

use crate::diag::{Checked, Log};
use crate::image::Size;
use crate::markup::{escape, without_tags};
use crate::note::joined::joined;
use footnote::Footnotes;
use pulldown_cmark::{Alignment, BlockQuoteKind, Event, Tag, TagEnd};
use std::collections::BTreeSet;
use std::fmt::Write;
use std::sync::Arc;

/// What fits on a line of the narrowest screen, in bytes.
const LONGEST_OPTION: usize = 24;

/// What the body needs from the rest of the site.
pub struct Parts<'a> {
    /// The HTML of each of the note's blocks.
    pub blocks: &'a [&'a str],
    /// What each of the note's values reads as.
    pub values: &'a [Value],
    /// The writer of formulas.
    pub math: &'a MathWriter,
    /// A code block as HTML.
    pub listing: &'a dyn Fn(&Listing) -> Arc<String>,
    /// The address to write for a destination of a link or an image; `None` leaves it as it is.
    pub link: &'a dyn Fn(&str) -> Option<String>,
    /// What a reference to a destination reads as: `Figure 3`. `None` where there is no such thing.
    pub reference: &'a dyn Fn(&str) -> Option<String>,
    /// What is shown of the term with a key, if the glossary has it.
    pub term: &'a dyn Fn(&str) -> Option<TermParts>,
    /// The size of the picture at a destination.
    pub picture_size: &'a dyn Fn(&str) -> Option<Size>,
    /// What each of the note's marks is called, where it has a number.
    pub labels: &'a [Option<String>],
    /// The number alone of what has an id in the note.
    pub number: &'a dyn Fn(&str) -> Option<String>,
    /// Words that the body adds to the note's own.
    pub words: Words<'a>,
}

impl Parts<'_> {
    /// What is printed for a reference or a term of which the note gives no text.
    pub fn printed(&self, note: &Note, piece: &Piece<'_>) -> String {
        let printed = match piece {
            Piece::Reference(i) => (self.reference)(&note.links[*i].dest),
            Piece::Term(i) if note.terms[*i].is_unnamed => (self.term)(&note.terms[*i].key).map(|term| term.name),
            _ => None,
        };
        printed.unwrap_or_default()
    }
}

#[cfg(test)]
impl<'a> Parts<'a> {
    /// Nothing from the rest of a site.
    pub fn bare(math: &'a MathWriter) -> Self {
        Self {
            blocks: &[],
            values: &[],
            math,
            listing: &|listing| Arc::new(listing.html()),
            link: &|_| None,
            reference: &|_| None,
            term: &|_| None,
            picture_size: &|_| None,
            labels: &[],
            number: &|_| None,
            words: Words::default(),
        }
    }
}

/// Words that the body adds to the note's own.
#[derive(Clone, Copy, Debug, Default)]
pub struct Words<'a> {
    /// In front of a table's number.
    pub table: &'a str,
    /// What a formula on lines of its own is called: it can be scrolled where it is too wide.
    pub formula: &'a str,
    /// Leads from what a term means to all terms.
    pub glossary: &'a str,
    /// In front of a footnote's number.
    pub footnote: &'a str,
    /// The name of the list of footnotes.
    pub footnotes: &'a str,
    /// Says where a footnote's back reference leads, in front of its number.
    pub back: &'a str,
    /// Says what a heading's own link is, in front of the heading's text.
    pub section: &'a str,
    /// The title of the answer to an exercise, with its `{number}`.
    pub answer: &'a str,
    /// Says on paper where that answer is.
    pub answer_place: &'a str,
    /// A task that is done.
    pub done: &'a str,
    /// A task that is not done yet.
    pub open: &'a str,
    /// The titles of alerts: note, tip, important, warning, caution.
    pub alerts: [&'a str; 5],
}

/// Writes the body.
pub fn body_html(reading: &Reading<'_>, parts: &Parts<'_>) -> Checked<String> {
    let Reading { note, body } = reading;
    let mut writer = Writer {
        note,
        parts,
        file: Arc::from(note.source.path.as_str()),
        log: Log::default(),
        out: String::new(),
        footnotes: Footnotes::numbered(body),
        outer: Vec::new(),
        headings: 0,
        alt_depth: 0,
        has_pictures: false,
        boxes: 0,
        term: None,
        seen_terms: BTreeSet::new(),
        printed: Printed::in_note(note),
        table: Table::default(),
    };
    for (i, piece) in body.iter().enumerate() {
        writer.piece(piece, &body[i + 1..]);
    }
    writer.footnote_list();
    let html = joined(&writer.out);
    writer.log.finish(html)
}

/// Writes an address into an attribute: what an address may not hold is percent-encoded, letters of any
/// script stay.
pub fn escape_address(address: &str, out: &mut String) {
    for (i, c) in address.char_indices() {
        match c {
            '&' => out.push_str("&amp;"),
            '\'' => out.push_str("&#39;"),
            '%' if !is_escape(&address[i + 1..]) => out.push_str("%25"),
            ' ' | '"' | '<' | '>' | '\\' | '^' | '`' | '{' | '|' | '}' | '[' | ']' => {
                let _ = write!(out, "%{:02X}", u32::from(c));
            }
            c if c.is_control() || c.is_whitespace() => {
                let mut bytes = [0; 4];
                for byte in c.encode_utf8(&mut bytes).bytes() {
                    let _ = write!(out, "%{byte:02X}");
                }
            }
            c => out.push(c),
        }
    }
}

fn is_escape(after_percent: &str) -> bool {
    let digits = after_percent.as_bytes();
    digits.len() >= 2 && digits[..2].iter().all(u8::is_ascii_hexdigit)
}

#[derive(Default)]
struct Table {
    /// What the table is called that has a number.
    label: Option<String>,
    alignments: Vec<Alignment>,
    column: usize,
    in_head: bool,
    cell: &'static str,
    /// Where the content of the cell starts in what is written.
    start: usize,
}

struct Writer<'w> {
    note: &'w Note,
    parts: &'w Parts<'w>,
    file: Arc<str>,
    log: Log,
    out: String,
    footnotes: Footnotes<'w>,
    /// What was being written when a footnote's definition began, with its label.
    outer: Vec<(String, &'w str)>,
    /// How many headings were begun.
    headings: usize,
    /// How many images are open; inside them everything is alternative text.
    alt_depth: usize,
    /// How many headings, tables and captions are open.
    boxes: usize,
    /// Whether there was a picture.
    has_pictures: bool,
    /// The term that is open.
    term: Option<(usize, TermParts)>,
    /// The terms that have been used.
    seen_terms: BTreeSet<&'w str>,
    printed: Printed,
    table: Table,
}

impl<'w> Writer<'w> {
    fn piece(&mut self, piece: &'w Piece<'w>, after: &'w [Piece<'w>]) {
        match piece {
            Piece::Markdown(event) if self.alt_depth > 0 => self.alt(event),
            Piece::Markdown(event) => match self.printed.pass(event) {
                Some((particle, rest)) => {
                    self.out.push_str(particle);
                    self.text(rest);
                }
                None => self.event(event, after),
            },
            Piece::Listing(listing) => {
                self.printed.end();
                self.out.push_str(&(self.parts.listing)(listing));
            }
            Piece::Block(i) => {
                let html = self.parts.blocks.get(*i).copied().unwrap_or_default();
                self.out.push_str(html);
                self.out.push('\n');
            }
            Piece::Formula(i) => self.formula(*i),
            Piece::Reference(i) => self.reference(*i),
            Piece::Term(i) => self.start_term(*i),
            Piece::EndTerm => self.end_term(),
            Piece::Figure(part) => self.figure(*part),
            Piece::Answer(i) => self.start_answer(*i),
            Piece::EndAnswer(i) => self.end_answer(*i),
        }
    }

    fn event(&mut self, event: &'w Event<'w>, after: &'w [Piece<'w>]) {
        match event {
            Event::Start(tag) => self.start(tag, after),
            Event::End(end) => self.end(*end),
            Event::Text(text) => self.text(text),
            Event::Code(code) => self.code(code),
            Event::Html(html) | Event::InlineHtml(html) => self.out.push_str(html),
            Event::InlineMath(tex) | Event::DisplayMath(tex) => self.text(tex),
            Event::FootnoteReference(label) => self.footnote_reference(label),
            Event::SoftBreak => self.out.push('\n'),
            Event::HardBreak => self.out.push_str("<br>\n"),
            Event::Rule => self.out.push_str("<hr>\n"),
            Event::TaskListMarker(done) => self.task(*done),
        }
    }

    fn text(&mut self, text: &str) {
        escape(text, &mut self.out);
    }

    /// An attribute with a text as its value.
    fn attribute(&mut self, name: &str, value: &str) {
        let _ = write!(self.out, " {name}=\"");
        self.text(value);
        self.out.push('"');
    }

    fn address(&mut self, name: &str, dest: &str) {
        let address = (self.parts.link)(dest);
        let _ = write!(self.out, " {name}=\"");
        escape_address(address.as_deref().unwrap_or(dest), &mut self.out);
        self.out.push('"');
    }

    fn start(&mut self, tag: &'w Tag<'w>, after: &'w [Piece<'w>]) {
        match tag {
            Tag::Paragraph => self.out.push_str("<p>"),
            Tag::Heading { level, id, .. } => {
                self.headings += 1;
                self.boxes += 1;
                let _ = write!(self.out, "<{level}");
                self.attribute("id", id.as_deref().unwrap_or_default());
                self.out.push('>');
            }
            Tag::BlockQuote(None) => self.out.push_str("<blockquote>\n"),
            Tag::BlockQuote(Some(kind)) => self.alert(*kind),
            Tag::List(None) => self.out.push_str("<ul>\n"),
            Tag::List(Some(1)) => self.out.push_str("<ol>\n"),
            Tag::List(Some(first)) => {
                let _ = writeln!(self.out, "<ol start=\"{first}\">");
            }
            Tag::Item => self.out.push_str(if is_task(after) { "<li class=\"task\">" } else { "<li>" }),
            Tag::FootnoteDefinition(label) => self.outer.push((std::mem::take(&mut self.out), label)),
            Tag::DefinitionList => self.out.push_str("<dl>\n"),
            Tag::DefinitionListTitle => self.out.push_str("<dt>"),
            Tag::DefinitionListDefinition => self.out.push_str("<dd>"),
            Tag::Table(alignments) => self.start_table(alignments),
            Tag::TableHead => {
                self.table.in_head = true;
                self.table.column = 0;
                self.out.push_str("<thead>\n<tr>");
            }
            Tag::TableRow => {
                self.table.column = 0;
                self.out.push_str("<tr>");
            }
            Tag::TableCell => self.start_cell(after),
            Tag::Emphasis => self.out.push_str("<em>"),
            Tag::Strong => self.out.push_str("<strong>"),
            Tag::Strikethrough => self.out.push_str("<del>"),
            Tag::Superscript => self.out.push_str("<sup>"),
            Tag::Subscript => self.out.push_str("<sub>"),
            Tag::Link { dest_url, title, .. } => {
                self.out.push_str("<a");
                self.address("href", dest_url);
                if !title.is_empty() {
                    self.attribute("title", title);
                }
                self.out.push('>');
            }
            Tag::Image { dest_url, title, .. } => {
                self.out.push_str("<img");
                self.address("src", dest_url);
                if !title.is_empty() {
                    self.attribute("title", title);
                }
                self.picture_attributes(dest_url);
                self.out.push_str(" alt=\"");
                self.alt_depth = 1;
            }
            Tag::CodeBlock(_) | Tag::HtmlBlock | Tag::MetadataBlock(_) => {}
        }
    }

    fn end(&mut self, end: TagEnd) {
        match end {
            TagEnd::Paragraph => self.out.push_str("</p>\n"),
            TagEnd::Heading(level) => {
                self.boxes -= 1;
                self.heading_link();
                let _ = writeln!(self.out, "</{level}>");
            }
            TagEnd::BlockQuote(None) => self.out.push_str("</blockquote>\n"),
            TagEnd::BlockQuote(Some(_)) => self.out.push_str("</div>\n"),
            TagEnd::List(true) => self.out.push_str("</ol>\n"),
            TagEnd::List(false) => self.out.push_str("</ul>\n"),
            TagEnd::Item => self.out.push_str("</li>\n"),
            TagEnd::FootnoteDefinition => self.end_footnote(),
            TagEnd::DefinitionList => self.out.push_str("</dl>\n"),
            TagEnd::DefinitionListTitle => self.out.push_str("</dt>\n"),
            TagEnd::DefinitionListDefinition => self.out.push_str("</dd>\n"),
            TagEnd::Table => {
                self.boxes -= 1;
                self.out.push_str("</tbody>\n</table></div>\n");
            }
            TagEnd::TableHead => {
                self.table.in_head = false;
                self.out.push_str("</tr>\n</thead>\n<tbody>\n");
            }
            TagEnd::TableRow => self.out.push_str("</tr>\n"),
            TagEnd::TableCell => self.end_cell(),
            TagEnd::Emphasis => self.out.push_str("</em>"),
            TagEnd::Strong => self.out.push_str("</strong>"),
            TagEnd::Strikethrough => self.out.push_str("</del>"),
            TagEnd::Superscript => self.out.push_str("</sup>"),
            TagEnd::Subscript => self.out.push_str("</sub>"),
            TagEnd::Link => self.out.push_str("</a>"),
            TagEnd::Image | TagEnd::CodeBlock | TagEnd::HtmlBlock | TagEnd::MetadataBlock(_) => {}
        }
    }

    /// The room that a picture takes before it is loaded. The first one may be seen at once; the others wait until they
    /// are near.
    fn picture_attributes(&mut self, dest: &str) {
        if let Some(Size { width, height }) = (self.parts.picture_size)(dest) {
            let _ = write!(self.out, " width=\"{width}\" height=\"{height}\"");
        }
        if std::mem::replace(&mut self.has_pictures, true) {
            self.out.push_str(" loading=\"lazy\" decoding=\"async\"");
        }
    }

    /// Inside an image: its alternative text.
    fn alt(&mut self, event: &Event<'_>) {
        match event {
            Event::Start(Tag::Image { .. }) => self.alt_depth += 1,
            Event::End(TagEnd::Image) => {
                self.alt_depth -= 1;
                if self.alt_depth == 0 {
                    self.out.push_str("\">");
                }
            }
            Event::Text(text) | Event::Code(text) => self.text(text),
            Event::SoftBreak | Event::HardBreak => self.out.push(' '),
            _ => {}
        }
    }

    /// Lines would break behind the hyphens of an option, which then looks like another one.
    fn code(&mut self, code: &str) {
        self.out.push_str("<code>");
        for word in code.split_inclusive(' ') {
            let option = word.trim_end();
            if !(option.starts_with("--") && (3..=LONGEST_OPTION).contains(&option.len())) {
                self.text(word);
                continue;
            }
            self.out.push_str("<span class=\"joined\">");
            self.text(option);
            self.out.push_str("</span>");
            self.text(&word[option.len()..]);
        }
        self.out.push_str("</code>");
    }

    fn heading_link(&mut self) {
        let Some(heading) = self.note.headings.get(self.headings - 1) else { return };
        let label = format!("{} {}", self.parts.words.section, heading.text);
        self.out.push_str(" <a class=\"heading-link\" href=\"#");
        escape_address(&heading.id, &mut self.out);
        self.out.push('"');
        self.attribute("aria-label", &label);
        self.out.push_str(">#</a>");
    }

    fn alert(&mut self, kind: BlockQuoteKind) {
        let (class, title) = match kind {
            BlockQuoteKind::Note => ("note", 0),
            BlockQuoteKind::Tip => ("tip", 1),
            BlockQuoteKind::Important => ("important", 2),
            BlockQuoteKind::Warning => ("warning", 3),
            BlockQuoteKind::Caution => ("caution", 4),
        };
        let _ = write!(self.out, "<div class=\"alert alert-{class}\" role=\"note\">\n<p class=\"alert-title\">");
        self.text(self.parts.words.alerts[title]);
        self.out.push_str("</p>\n");
    }

    fn task(&mut self, done: bool) {
        let words = self.parts.words;
        self.out.push_str("<input type=\"checkbox\" disabled");
        self.attribute("aria-label", if done { words.done } else { words.open });
        self.out.push_str(if done { " checked> " } else { "> " });
    }

    /// A table scrolls by itself where the page is too narrow.
    fn start_table(&mut self, alignments: &[Alignment]) {
        self.boxes += 1;
        self.table.alignments = alignments.to_vec();
        let label = self.table.label.clone().unwrap_or_else(|| self.parts.words.table.to_owned());
        self.out.push_str("<div class=\"table-wrap\" tabindex=\"0\" role=\"group\"");
        self.attribute("aria-label", &label);
        self.out.push_str("><table>\n");
    }

    fn start_cell(&mut self, after: &[Piece<'_>]) {
        // A heading of a column that says nothing is no heading.
        let is_empty = matches!(after.first(), Some(Piece::Markdown(Event::End(TagEnd::TableCell))));
        self.table.cell = if self.table.in_head && !is_empty { "th" } else { "td" };
        let _ = write!(self.out, "<{}", self.table.cell);
        if self.table.cell == "th" {
            self.out.push_str(" scope=\"col\"");
        }
        self.out.push_str(match self.table.alignments.get(self.table.column) {
            Some(Alignment::Left) => " class=\"align-left\"",
            Some(Alignment::Center) => " class=\"align-center\"",
            Some(Alignment::Right) => " class=\"align-right\"",
            Some(Alignment::None) | None => "",
        });
        self.out.push('>');
        self.table.start = self.out.len();
        self.table.column += 1;
    }

    /// A heading that is a formula alone also has the formula's text for a name: not every screen reader finds it there.
    fn end_cell(&mut self) {
        let content = self.out.split_off(self.table.start);
        let is_formula = content.starts_with("<math>") && content.ends_with("</math>");
        if self.table.cell == "th" && is_formula && content.matches("<math>").count() == 1 {
            self.out.push_str("<math");
            self.attribute("aria-label", without_tags(&content).trim());
            self.out.push_str(&content["<math".len()..]);
        } else {
            self.out.push_str(&content);
        }
        let _ = write!(self.out, "</{}>", self.table.cell);
    }
}

/// Whether the item that was just opened is a task.
fn is_task(after: &[Piece<'_>]) -> bool {
    let mut events = after.iter().filter(|piece| !matches!(piece, Piece::Markdown(Event::Start(Tag::Paragraph))));
    matches!(events.next(), Some(Piece::Markdown(Event::TaskListMarker(_))))
}
