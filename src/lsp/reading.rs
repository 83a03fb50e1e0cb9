//! A note at the moment of a request, and what stands at a byte of it.

use super::analysis::{Analysis, NoteBlock};
use super::book::{Book, Overlay};
use super::place::Home;
use super::text::Text;
use crate::graph::{Mention, mentions};
use crate::lang::Tongue;
use crate::note::{self, Block, Heading, Link, Manuscript, Mark, MarkKind, TermUse, ValueUse};
use crate::source::{SourceFile, beside};
use std::ops::Range;

/// All that an answer is made of.
pub struct Reading<'r> {
    /// The text of the document.
    pub text: &'r Text,
    /// What is known of it.
    pub analysis: &'r Analysis,
    /// Where it belongs.
    pub home: &'r Home,
    /// Its project.
    pub book: &'r Book,
    /// The texts of open documents.
    pub overlay: &'r Overlay,
    /// The language of the answer.
    pub tongue: Tongue,
}

/// What stands at a byte of a note.
pub enum Spot<'r> {
    /// Among the words of a block's fence.
    Fence(&'r NoteBlock),
    /// In the text of a block, at a byte of it.
    Block(&'r NoteBlock, usize),
    /// In a `\val{…}`.
    Value(&'r ValueUse),
    /// In a link.
    Link(&'r Link),
    /// In a term.
    Term(&'r TermUse),
    /// In other prose.
    Prose,
}

/// What can be referred to in a note.
#[derive(Clone, Debug)]
pub struct Anchor {
    /// Its id.
    pub id: String,
    /// What it reads as: a heading, the caption of a figure.
    pub text: String,
    /// Where it stands in its file.
    pub range: Range<usize>,
}

impl<'r> Reading<'r> {
    /// What stands at a byte.
    pub fn spot(&self, byte: usize) -> Spot<'r> {
        if let Some(found) = self.analysis.block_at(byte) {
            let line_end = self.text.text[found.block.range.start..].find(['\n', '\r']);
            let is_first = byte <= found.block.range.start + line_end.unwrap_or(found.block.range.len());
            return match found.block.map.to_block(byte) {
                Some(at) if !is_first => Spot::Block(found, at),
                _ if is_first => Spot::Fence(found),
                _ => Spot::Prose,
            };
        }
        let holds = |range: &Range<usize>| range.start <= byte && byte <= range.end;
        if let Some(value) = self.analysis.values.iter().find(|value| holds(&value.range)) {
            return Spot::Value(value);
        }
        if let Some(term) = self.analysis.terms.iter().find(|term| holds(&term.range)) {
            return Spot::Term(term);
        }
        self.analysis.links.iter().find(|link| holds(&link.range)).map_or(Spot::Prose, Spot::Link)
    }

    /// What can be referred to in this note or, given a path as the note writes it, in another.
    pub fn anchors(&self, path: &str) -> Option<(String, Vec<Anchor>)> {
        if path.is_empty() {
            let Analysis { headings, marks, blocks, own_len, language, .. } = self.analysis;
            let blocks: Vec<&Block> = blocks.iter().map(|block| &block.block).collect();
            return Some((self.home.path.clone(), anchors(headings, marks, &blocks, *own_len, *language)));
        }
        let path = beside(&self.home.path, path)?;
        let text = self.book.text(&path, self.overlay)?;
        let own_len = text.len();
        let manuscript = Manuscript::from(SourceFile::new(path.as_str(), text));
        let policy = crate::policy_of(&self.book.project, &self.book.outfit);
        let note = note::read(&manuscript, &policy).value.note;
        let blocks: Vec<&Block> = note.blocks.iter().collect();
        let found = anchors(&note.headings, &note.marks, &blocks, own_len, self.analysis.language);
        let whole = Anchor { id: String::new(), text: note.title.clone(), range: 0..0 };
        Some((path, std::iter::once(whole).chain(found).collect()))
    }
}

fn anchors(headings: &[Heading], marks: &[Mark], blocks: &[&Block], own_len: usize, language: usize) -> Vec<Anchor> {
    let of_heading =
        |heading: &Heading| Anchor { id: heading.id.clone(), text: heading.text.clone(), range: heading.range.clone() };
    let of_mark = |mark: &Mark| match mark.kind {
        MarkKind::Block(at) => {
            let block = blocks.get(at)?;
            let id = crate::block::read_options(&block.info).value.id?;
            let range = block.info_start + id.span.start..block.info_start + id.span.end;
            let caption = crate::graph::parse(&block.text).value.caption;
            Some(Anchor { id: id.text, text: caption.in_language(language).to_owned(), range })
        }
        _ => mark.id.as_ref().map(|id| Anchor { id: id.text.clone(), text: String::new(), range: id.range.clone() }),
    };
    let found = headings.iter().map(of_heading).chain(marks.iter().filter_map(of_mark));
    found.filter(|anchor| anchor.range.start < own_len).collect()
}

/// The word of a block at a byte of it; at the border of two, the one that begins there.
pub fn mention_at(block: &str, at: usize) -> Option<Mention> {
    let mut found: Option<Mention> = None;
    for mention in mentions(block) {
        if mention.range.contains(&at) || (mention.range.end == at && found.is_none()) {
            found = Some(mention);
        }
    }
    found
}
