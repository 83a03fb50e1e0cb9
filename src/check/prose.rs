//! The running text of a note. In: its pieces; out: its paragraphs as strings in which formulas and code stand as they
//! are written, with places in the file.

use crate::note::{Piece, Reading, is_inline, place_of};
use crate::source::RangeMap;
use pulldown_cmark::Event;
use std::ops::Range;

/// A paragraph, heading, item or cell.
#[derive(Clone, Debug, Default)]
pub struct Paragraph {
    /// Its words.
    pub text: String,
    /// What it is made of, one behind the other.
    pub tokens: Vec<Token>,
    /// From positions in `text` to positions in the file.
    map: RangeMap,
    /// How many headings stand before it.
    pub section: usize,
    /// How many blocks stand before it.
    pub blocks_before: usize,
}

/// A part of a paragraph.
#[derive(Clone, Debug)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// Where it stands in the paragraph's text.
    pub range: Range<usize>,
}

/// The kinds of parts of a paragraph.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenKind {
    /// Words.
    Words,
    /// Code between backticks.
    Code,
    /// The TeX of a formula.
    Formula {
        /// Whether it stands on lines of its own.
        display: bool,
    },
    /// What bpdoc itself prints: the text of a reference or of a term.
    Printed,
}

impl Paragraph {
    /// Where a range of the text stands in the file.
    pub fn place(&self, range: Range<usize>) -> Range<usize> {
        self.map.to_file(range)
    }

    fn push(&mut self, kind: TokenKind, text: &str, place: Option<Range<usize>>) {
        let start = self.text.len();
        self.text.push_str(text);
        let behind = self.map.to_file(start..start).start;
        self.map.push(place.map_or(behind, |place| place.start), text.len());
        self.tokens.push(Token { kind, range: start..self.text.len() });
    }
}

/// The paragraphs of a note in the order of the text.
pub fn paragraphs(reading: &Reading<'_>) -> Vec<Paragraph> {
    let note = &reading.note;
    let place = |words: &str| place_of(&note.source.text, words);
    let mut done = Vec::new();
    let mut open = Paragraph::default();
    let (mut section, mut blocks_before) = (0, 0);
    for piece in &reading.body {
        match piece {
            Piece::Markdown(Event::Text(words)) => open.push(TokenKind::Words, words, place(words)),
            Piece::Markdown(Event::Code(code)) => open.push(TokenKind::Code, code, place(code)),
            Piece::Markdown(Event::SoftBreak | Event::HardBreak) => open.push(TokenKind::Words, " ", None),
            Piece::Formula(i) => {
                let formula = &note.formulas[*i];
                let kind = TokenKind::Formula { display: formula.display };
                open.push(kind, &formula.tex, Some(formula.range.clone()));
            }
            Piece::Reference(_) | Piece::Term(_) => open.push(TokenKind::Printed, "", None),
            Piece::Markdown(event) if is_inline(event) => {}
            Piece::EndTerm => {}
            piece => {
                match piece {
                    Piece::Markdown(Event::Start(pulldown_cmark::Tag::Heading { .. })) => section += 1,
                    Piece::Block(_) => blocks_before += 1,
                    _ => {}
                }
                if !open.tokens.is_empty() {
                    done.push(std::mem::take(&mut open));
                }
                (open.section, open.blocks_before) = (section, blocks_before);
            }
        }
    }
    done.extend(Some(open).filter(|open| !open.tokens.is_empty()));
    done
}
