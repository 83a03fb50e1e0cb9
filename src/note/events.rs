//! Markdown events. In: a text and where prose stands in it; out: what pulldown-cmark reads there, with
//! places in the file. This file alone chooses the dialect of Markdown.

use pulldown_cmark::{Event, Options, Parser};
use std::ops::Range;

/// An event and its place in the file.
pub type Placed<'p> = (Event<'p>, Range<usize>);

/// Reads the prose that stands in a part of a text.
pub fn read(source: &str, part: Range<usize>) -> Vec<Placed<'_>> {
    let start = part.start;
    let parser = Parser::new_ext(&source[part], dialect());
    parser.into_offset_iter().map(|(event, range)| (event, range.start + start..range.end + start)).collect()
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
