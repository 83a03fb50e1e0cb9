//! Answers to exercises: quotes that begin with `[!ANSWER]` or `[!풀이]`. In: events; out: pieces around what they hold.

use super::{Placed, Reader};
use crate::note::Piece;
use pulldown_cmark::{Event, Tag, TagEnd};

/// What the quote of an answer begins with, alone in its line.
const MARKS: [&str; 2] = ["[!ANSWER]", "[!풀이]"];

impl Reader<'_, '_> {
    /// Reads the beginning of a quote, whose events are next, if it is an answer. Tells whether it was. An answer holds
    /// no other.
    pub(super) fn answer(&mut self) -> bool {
        if self.is_in_answer {
            return false;
        }
        let Some(is_alone) = mark(self.events.as_slice()) else { return false };
        let paragraph = self.events.next();
        self.events.next();
        let end_of_line = self.events.next();
        self.depth += 1;
        self.is_in_answer = true;
        self.quotes.push(Some(self.answers));
        self.prose.body.push(Piece::Answer(self.answers));
        self.answers += 1;
        // The text may go on in the next line of the same paragraph.
        if let (false, Some((event, start)), Some((_, line))) = (is_alone, paragraph, end_of_line) {
            self.event(event, line.end.min(start.end)..start.end);
        }
        true
    }

    /// Ends a quote. Tells whether it was an answer.
    pub(super) fn end_answer(&mut self) -> bool {
        let Some(Some(number)) = self.quotes.pop() else { return false };
        self.is_in_answer = false;
        self.depth -= 1;
        self.prose.body.push(Piece::EndAnswer(number));
        true
    }
}

/// Whether a quote begins with the mark of an answer, and whether that is all of its first paragraph.
fn mark(events: &[Placed<'_>]) -> Option<bool> {
    let [(Event::Start(Tag::Paragraph), _), (Event::Text(text), _), (after, _), ..] = events else { return None };
    if !MARKS.iter().any(|mark| mark.eq_ignore_ascii_case(text.trim())) {
        return None;
    }
    match after {
        Event::End(TagEnd::Paragraph) => Some(true),
        Event::SoftBreak => Some(false),
        _ => None,
    }
}
