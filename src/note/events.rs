//! Markdown events. In: a text and where prose stands in it; out: what pulldown-cmark reads there, with
//! places in the file. This file alone chooses the dialect of Markdown.

use pulldown_cmark::{Event, Options, Parser, TagEnd};
use std::ops::Range;

/// An event and its place in the file.
pub type Placed<'p> = (Event<'p>, Range<usize>);

/// How many events a note may have: each takes many times the room of the few bytes that make one.
pub const MOST: usize = 2_000_000;

/// Reads the prose that stands in a part of a text.
pub fn read(source: &str, part: Range<usize>) -> Vec<Placed<'_>> {
    placed(source, part).collect()
}

/// As [`read`], but no further than to see that there are too many events.
pub fn read_bounded(source: &str, part: Range<usize>) -> Vec<Placed<'_>> {
    placed(source, part).take(MOST + 1).collect()
}

fn placed(source: &str, part: Range<usize>) -> impl Iterator<Item = Placed<'_>> {
    let start = part.start;
    let parser = Parser::new_ext(&source[part], dialect());
    parser.into_offset_iter().map(move |(event, range)| (event, range.start + start..range.end + start))
}

/// Whether this begins or ends what stands within a paragraph, perhaps in the middle of a word.
pub fn is_inline(event: &Event<'_>) -> bool {
    let end = match event {
        Event::Start(tag) => tag.to_end(),
        Event::End(end) => *end,
        _ => return false,
    };
    matches!(
        end,
        TagEnd::Emphasis
            | TagEnd::Strong
            | TagEnd::Strikethrough
            | TagEnd::Superscript
            | TagEnd::Subscript
            | TagEnd::Link
            | TagEnd::Image
    )
}

/// Takes away what is too much, and all of the block in which the bound is reached; the place where it is.
pub fn cut(events: &mut Vec<Placed<'_>>, most: usize) -> Option<Range<usize>> {
    let place = events.get(most)?.1.clone();
    let (mut depth, mut whole) = (0_usize, 0);
    for (at, (event, _)) in events[..most].iter().enumerate() {
        match event {
            Event::Start(_) => depth += 1,
            Event::End(_) => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            whole = at + 1;
        }
    }
    events.truncate(whole);
    Some(place)
}

fn dialect() -> Options {
    Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_MATH
        | Options::ENABLE_HEADING_ATTRIBUTES
        | Options::ENABLE_DEFINITION_LIST
        | Options::ENABLE_GFM
}

/// The text of events without their markup, such as a heading's for the list of contents.
pub fn text_of<'e, 'p: 'e>(events: impl IntoIterator<Item = &'e Event<'p>>) -> String {
    let mut text = String::new();
    for event in events {
        match event {
            Event::Text(part) | Event::Code(part) | Event::InlineMath(part) | Event::DisplayMath(part) => {
                text.push_str(part);
            }
            Event::SoftBreak | Event::HardBreak => text.push(' '),
            _ => {}
        }
    }
    text.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_cut_is_whole_blocks() {
        let source = "a\n\n- b\n- c\n\nd\n";
        for (most, expected, place) in
            [(0, 0, Some(0)), (3, 3, Some(3)), (10, 3, Some(3)), (11, 11, Some(12)), (13, 11, Some(12)), (14, 14, None)]
        {
            let mut events = read(source, 0..source.len());
            assert_eq!(cut(&mut events, most).map(|place| place.start), place, "{most}");
            assert_eq!(events.len(), expected, "{most}");
        }
    }
}
