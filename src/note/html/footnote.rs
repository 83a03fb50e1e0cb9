//! Footnotes: numbered in the order in which the text refers to them, listed behind it. Where a screen is wide, one that
//! is a single paragraph stands beside the text instead: it is written in both places, and the style sheet shows one.

use super::Writer;
use crate::note::Piece;
use pulldown_cmark::{Event, Tag, TagEnd};
use std::collections::BTreeMap;
use std::fmt::Write;

/// The footnotes in order of use.
#[derive(Default)]
pub(super) struct Footnotes<'n> {
    numbers: BTreeMap<&'n str, usize>,
    /// The HTML of each footnote, by number from 0.
    texts: Vec<Option<String>>,
    /// Whether each has a place beside the text.
    has_place: Vec<bool>,
    /// How often each was referred to so far.
    uses: Vec<usize>,
}

impl<'n> Footnotes<'n> {
    /// Numbers those that the text refers to, then those that these refer to.
    pub(super) fn numbered(body: &'n [Piece<'_>]) -> Self {
        let mut in_text = Vec::new();
        let mut inside: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        let mut definition: Option<&str> = None;
        for piece in body {
            match piece {
                Piece::Markdown(Event::Start(Tag::FootnoteDefinition(label))) => {
                    inside.entry(label).or_default();
                    definition = Some(label);
                }
                Piece::Markdown(Event::End(TagEnd::FootnoteDefinition)) => definition = None,
                Piece::Markdown(Event::FootnoteReference(label)) => match definition {
                    Some(outer) => inside.entry(outer).or_default().push(label),
                    None => in_text.push(label.as_ref()),
                },
                _ => {}
            }
        }
        let mut footnotes = Self::default();
        let mut waiting: std::collections::VecDeque<&str> = in_text.into();
        while let Some(label) = waiting.pop_front() {
            let count = footnotes.numbers.len();
            if inside.contains_key(label) && !footnotes.numbers.contains_key(label) {
                footnotes.numbers.insert(label, count);
                waiting.extend(&inside[label]);
            }
        }
        footnotes.texts = vec![None; footnotes.numbers.len()];
        footnotes.has_place = vec![false; footnotes.numbers.len()];
        footnotes.uses = vec![0; footnotes.numbers.len()];
        footnotes
    }
}

impl Writer<'_> {
    pub(super) fn footnote_reference(&mut self, label: &str) {
        let Some(&index) = self.footnotes.numbers.get(label) else {
            return self.text(&format!("[^{label}]"));
        };
        self.footnotes.uses[index] += 1;
        let number = index + 1;
        let id = reference_id(number, self.footnotes.uses[index]);
        let _ =
            write!(self.out, "<sup class=\"footnote-ref\"><a id=\"{id}\" href=\"#fn:{number}\" role=\"doc-noteref\"");
        self.attribute("aria-label", &format!("{} {number}", self.parts.words.footnote));
        let _ = write!(self.out, ">{number}</a></sup>");
        // A table, a heading and a caption have no room beside them that is theirs.
        if self.footnotes.uses[index] == 1 && self.boxes == 0 && self.outer.is_empty() {
            self.footnotes.has_place[index] = true;
            let _ = write!(self.out, "{PLACE}{index}{PLACE}");
        }
    }

    /// Writes the texts that may stand beside the text into their places. Tells which do.
    fn put_beside(&mut self, texts: &[Option<String>]) -> Vec<bool> {
        let beside: Vec<Option<&str>> = texts
            .iter()
            .zip(&self.footnotes.has_place)
            .map(|(text, has_place)| text.as_deref().and_then(single_paragraph).filter(|_| *has_place))
            .collect();
        let written = std::mem::take(&mut self.out);
        for (i, piece) in written.split(PLACE).enumerate() {
            let place = if i % 2 == 1 { piece.parse::<usize>().ok() } else { None };
            match place {
                Some(index) => {
                    if let Some(text) = beside.get(index).copied().flatten() {
                        let number = index + 1;
                        let _ = write!(self.out, "<span class=\"sidenote\" hidden><sup>{number}</sup> {text}</span>");
                    }
                }
                None => self.out.push_str(piece),
            }
        }
        beside.iter().map(Option::is_some).collect()
    }

    pub(super) fn end_footnote(&mut self) {
        let Some((outer, label)) = self.outer.pop() else { return };
        let text = std::mem::replace(&mut self.out, outer);
        if let Some(&index) = self.footnotes.numbers.get(label) {
            self.footnotes.texts[index].get_or_insert(text);
        }
    }

    pub(super) fn footnote_list(&mut self) {
        let texts = std::mem::take(&mut self.footnotes.texts);
        if texts.is_empty() {
            return;
        }
        let is_beside = self.put_beside(&texts);
        self.out.push_str("<section class=\"footnotes\" role=\"doc-endnotes\"");
        self.attribute("aria-label", self.parts.words.footnotes);
        self.out.push_str(">\n<ol>\n");
        for (index, text) in texts.into_iter().enumerate() {
            let number = index + 1;
            let text = text.unwrap_or_default();
            let class = if is_beside[index] { " class=\"aside\"" } else { "" };
            let _ = write!(self.out, "<li id=\"fn:{number}\"{class}>");
            match text.trim_end().strip_suffix("</p>") {
                Some(inside) => {
                    self.out.push_str(inside);
                    self.back_references(number);
                    self.out.push_str("</p>");
                }
                None => {
                    self.out.push_str(&text);
                    self.out.push_str("<p>");
                    self.back_references(number);
                    self.out.push_str("</p>");
                }
            }
            self.out.push_str("</li>\n");
        }
        self.out.push_str("</ol>\n</section>\n");
    }

    pub(super) fn back_references(&mut self, number: usize) {
        for count in 1..=self.footnotes.uses[number - 1] {
            let id = reference_id(number, count);
            let _ = write!(self.out, " <a class=\"footnote-back\" href=\"#{id}\" role=\"doc-backlink\"");
            let label = match count {
                1 => format!("{} {number}", self.parts.words.back),
                _ => format!("{} {number}-{count}", self.parts.words.back),
            };
            self.attribute("aria-label", &label);
            self.out.push_str(">↩</a>");
        }
    }
}

/// Around the number of a footnote that may stand here; no text has this character, since it is escaped.
const PLACE: char = '\u{1}';

/// The inside of a text that is one paragraph, without anything that other places refer to.
fn single_paragraph(text: &str) -> Option<&str> {
    let inside = text.trim().strip_prefix("<p>")?.strip_suffix("</p>")?;
    let is_alone =
        ["<p>", "<pre", "<div", "<figure", "<ul", "<ol", "<table", " id="].iter().all(|tag| !inside.contains(tag));
    is_alone.then_some(inside)
}

fn reference_id(number: usize, count: usize) -> String {
    if count == 1 { format!("fnref:{number}") } else { format!("fnref:{number}:{count}") }
}
