//! Where a note includes Markdown: images whose address ends in `.md`. In: events; out: what they ask for.

use super::super::events::Placed;
use super::super::url::{Target, target};
use pulldown_cmark::{Event, Tag, TagEnd};
use std::ops::Range;

/// An image that stands for Markdown: `![](_part.ko.md#name){shift=1}`.
#[derive(Debug)]
pub struct Directive {
    /// The events that it replaces.
    pub events: Range<usize>,
    /// The image's bytes.
    pub image: Range<usize>,
    /// The path of the file.
    pub path: String,
    /// The name of a part of it.
    pub part: Option<String>,
    /// What stands in braces behind the image.
    pub option: Option<(String, Range<usize>)>,
    /// Whether nothing else stands in its paragraph.
    pub is_alone: bool,
}

/// The directives among the events of a file, in their order.
pub fn directives(events: &[Placed<'_>]) -> Vec<Directive> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < events.len() {
        match &events[at] {
            (Event::Start(Tag::Image { dest_url, .. }), place) if is_markdown(dest_url) => {
                let directive = directive(events, at, dest_url, place);
                at = directive.events.end;
                found.push(directive);
            }
            _ => at += 1,
        }
    }
    found
}

fn is_markdown(destination: &str) -> bool {
    let path = destination.split_once('#').map_or(destination, |(path, _)| path);
    path.ends_with(".md") && target(destination) == Target::Inside
}

fn directive(events: &[Placed<'_>], at: usize, destination: &str, place: &Range<usize>) -> Directive {
    let end = end_of_image(events, at);
    let text_end = end + events[end..].iter().take_while(|(event, _)| matches!(event, Event::Text(_))).count();
    let texts = &events[end..text_end];
    let option = texts.first().zip(texts.last()).map(|((_, first), (_, last))| {
        let text: String = texts.iter().filter_map(|(event, _)| text_of(event)).collect();
        (text, first.start..last.end)
    });
    let option = option.filter(|(text, _)| text.starts_with('{') && text.ends_with('}'));
    let last = if option.is_some() { text_end } else { end };
    let before = at.checked_sub(1).map(|before| &events[before].0);
    let in_paragraph = matches!(before, Some(Event::Start(Tag::Paragraph)))
        && matches!(events.get(last), Some((Event::End(TagEnd::Paragraph), _)));
    // An item of a list without blank lines has no paragraph.
    let in_item = matches!(before, Some(Event::Start(Tag::Item)))
        && matches!(events.get(last), Some((Event::End(TagEnd::Item) | Event::Start(Tag::List(_)), _)));
    let (path, part) = destination.split_once('#').map_or((destination, None), |(path, part)| (path, Some(part)));
    Directive {
        events: if in_paragraph { at - 1..last + 1 } else { at..last },
        image: place.clone(),
        path: path.to_owned(),
        part: part.map(str::to_owned),
        option,
        is_alone: in_paragraph || in_item,
    }
}

fn text_of<'e>(event: &'e Event<'_>) -> Option<&'e str> {
    match event {
        Event::Text(text) => Some(text),
        _ => None,
    }
}

/// The first event behind an image.
fn end_of_image(events: &[Placed<'_>], at: usize) -> usize {
    let mut depth = 0_usize;
    let end = events[at..].iter().position(|(event, _)| {
        match event {
            Event::Start(Tag::Image { .. }) => depth += 1,
            Event::End(TagEnd::Image) => depth -= 1,
            _ => {}
        }
        depth == 0
    });
    end.map_or(events.len(), |end| at + end + 1)
}
