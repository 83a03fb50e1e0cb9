//! Where the parts of a note begin. In: a note's pieces; out: the places of its headings and answers in the file.

use super::{Block, Formula, Piece};
use pulldown_cmark::{Event, Tag};
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// The places of what has no place of its own among the pieces.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outline {
    /// The first words of each heading.
    pub headings: Vec<Range<usize>>,
    /// The first words of each answer to an exercise.
    pub answers: Vec<Range<usize>>,
}

/// The outline of a note with this text.
pub fn outline(text: &str, body: &[Piece<'_>], formulas: &[Formula], blocks: &[Block]) -> Outline {
    let mut outline = Outline::default();
    let place = |piece: &Piece<'_>| match piece {
        Piece::Markdown(Event::Text(words) | Event::Code(words)) => place_of(text, words),
        Piece::Formula(i) => Some(formulas[*i].range.clone()),
        Piece::Block(i) => Some(blocks[*i].range.clone()),
        _ => None,
    };
    // Backward, since the first words of what has none of its own are the next ones.
    let mut first_words = 0..0;
    for piece in body.iter().rev() {
        if let Some(place) = place(piece) {
            first_words = place;
        }
        match piece {
            Piece::Markdown(Event::Start(Tag::Heading { .. })) => outline.headings.push(first_words.clone()),
            Piece::Answer(_) => outline.answers.push(first_words.clone()),
            _ => {}
        }
    }
    outline.headings.reverse();
    outline.answers.reverse();
    outline
}

/// Where a part of a text stands in it; none for what is not a part of it.
pub fn place_of(text: &str, part: &str) -> Option<Range<usize>> {
    let (text, part) = (text.as_bytes().as_ptr_range(), part.as_bytes().as_ptr_range());
    let is_inside = text.start <= part.start && part.end <= text.end;
    is_inside.then(|| part.start as usize - text.start as usize..part.end as usize - text.start as usize)
}
