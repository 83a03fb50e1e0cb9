//! What has a caption: a picture that is a paragraph of its own, a table under a line `Table: …`, a code block with a
//! title. In: events; out: pieces between the parts of a figure, and a mark for each.

use super::super::{FigurePart, Listing, Mark, MarkId, MarkKind, Piece, include};
use super::{Placed, Reader, Shelf, code, place_of};
use crate::note::manuscript::too_long;
use pulldown_cmark::{CowStr, Event, Tag, TagEnd};
use std::ops::Range;

/// What a paragraph begins with that is the caption of the table behind it.
const TABLE_WORDS: [&str; 2] = ["Table:", "표:"];

impl<'p> Reader<'p, '_> {
    /// Reads a paragraph, whose events are next, if it is a picture or the caption of a table. Tells whether it was.
    pub(super) fn captioned(&mut self, paragraph: &Range<usize>) -> bool {
        let id = trailing_id(self.source, paragraph);
        let events = self.events.as_slice();
        if let Some(caption) = lone_picture(events, id.as_ref()) {
            self.picture(caption, id);
        } else if is_table_caption(events) {
            self.table(id);
        } else {
            return false;
        }
        true
    }

    /// Adds something that may have a number.
    pub(super) fn mark(&mut self, kind: MarkKind, id: Option<MarkId>) -> usize {
        self.prose.marks.push(Mark { kind, id });
        self.prose.marks.len() - 1
    }

    fn figure(&mut self, part: FigurePart) {
        self.prose.body.push(Piece::Figure(part));
    }

    fn caption(&mut self, mark: usize, text: CowStr<'p>) {
        self.figure(FigurePart::Caption(mark));
        self.push(Event::Text(text));
        self.figure(FigurePart::EndCaption);
    }

    fn picture(&mut self, caption: CowStr<'p>, id: Option<MarkId>) {
        let mark = self.mark(MarkKind::Picture, id);
        self.figure(FigurePart::Open(mark));
        let mut depth = 0_usize;
        while let Some((event, place)) = self.events.next() {
            match event {
                Event::Start(Tag::Image { link_type, dest_url, id, .. }) if depth == 0 => {
                    depth = 1;
                    self.image(link_type, dest_url, "".into(), id, place);
                    continue;
                }
                Event::Start(Tag::Image { .. }) => depth += 1,
                Event::End(TagEnd::Image) => depth -= 1,
                _ => {}
            }
            self.event(event, place);
            if depth == 0 {
                break;
            }
        }
        self.caption(mark, caption);
        self.figure(FigurePart::Close);
        self.events.by_ref().find(|(event, _)| matches!(event, Event::End(TagEnd::Paragraph)));
    }

    fn table(&mut self, id: Option<MarkId>) {
        let end = id.as_ref().map_or(usize::MAX, |id| id.range.start - "{#".len());
        let mark = self.mark(MarkKind::Table, id);
        self.figure(FigurePart::Open(mark));
        self.figure(FigurePart::Caption(mark));
        let mut is_first = true;
        while let Some((event, place)) = self.events.next() {
            match event {
                Event::End(TagEnd::Paragraph) => break,
                // The id, which may come in several pieces.
                Event::Text(_) if place.start >= end => {}
                Event::Text(text) => {
                    let own = if place.end > end && text.len() == place.len() { end - place.start } else { text.len() };
                    let text = &text[..own];
                    let word = TABLE_WORDS.iter().find_map(|word| text.strip_prefix(word));
                    let text = word.filter(|_| is_first).map_or(text, str::trim_start).to_owned();
                    self.event(Event::Text(text.into()), place);
                }
                event => self.event(event, place),
            }
            is_first = false;
        }
        self.figure(FigurePart::EndCaption);
        while let Some((event, place)) = self.events.next() {
            let is_end = matches!(event, Event::End(TagEnd::Table));
            self.event(event, place);
            if is_end {
                break;
            }
        }
        self.figure(FigurePart::Close);
    }

    /// A code block that has been read, in a figure if it has a title or an id.
    pub(super) fn listing(&mut self, text: &str, info: &str, range: &Range<usize>) {
        let mut options = code::Options::read(info);
        let line = range.start..self.source[range.clone()].find('\n').map_or(range.end, |end| range.start + end);
        let included = options.src.as_ref().and_then(|src| {
            let place = place_of(self.source, &line, src);
            if !text.trim().is_empty() {
                self.log.push(include::both(place));
                return None;
            }
            let shelf = Shelf { note: self.manuscript.file_at(place.start), files: self.policy.files };
            let included = shelf.read(src, place.clone()).map_err(|diagnostic| self.log.push(diagnostic)).ok()?;
            self.included += included.text.len();
            let longest = self.policy.note_bytes;
            if self.source.len() + self.included > longest {
                self.log.push(too_long(longest, place));
                return None;
            }
            Some(included)
        });
        if let Some(included) = &included {
            options.number_from(included.first_line);
        }
        let text = included.map_or_else(|| text.to_owned(), |included| included.text);
        let id = options.id.clone().map(|id| {
            let word = place_of(self.source, &line, &format!("#{id}"));
            MarkId { text: id, range: word }
        });
        let title = options.title.clone();
        let listing = Piece::Listing(Box::new(Listing { text, options }));
        if title.is_none() && id.is_none() {
            return self.prose.body.push(listing);
        }
        let mark = self.mark(MarkKind::Listing, id);
        self.figure(FigurePart::Open(mark));
        self.caption(mark, title.unwrap_or_default().into());
        self.prose.body.push(listing);
        self.figure(FigurePart::Close);
    }
}

/// The `{#id}` that a paragraph ends with.
fn trailing_id(source: &str, paragraph: &Range<usize>) -> Option<MarkId> {
    let inside = source[paragraph.clone()].trim_end().strip_suffix('}')?;
    let open = inside.rfind("{#")? + "{#".len();
    let id = &inside[open..];
    let is_word = !id.is_empty() && !id.contains(|c: char| c.is_whitespace() || c == '}');
    let start = paragraph.start + open;
    is_word.then(|| MarkId { text: id.to_owned(), range: start..start + id.len() })
}

/// The caption of the picture that is all of the paragraph whose events come next, if it has a caption or an id.
fn lone_picture<'p>(events: &[Placed<'p>], id: Option<&MarkId>) -> Option<CowStr<'p>> {
    let Some((Event::Start(Tag::Image { title, .. }), _)) = events.first() else { return None };
    if title.is_empty() && id.is_none() {
        return None;
    }
    let mut depth = 0_usize;
    let end = events.iter().position(|(event, _)| {
        match event {
            Event::Start(Tag::Image { .. }) => depth += 1,
            Event::End(TagEnd::Image) => depth -= 1,
            _ => {}
        }
        depth == 0
    })?;
    let behind = events[end + 1..].iter().take_while(|(event, _)| !matches!(event, Event::End(TagEnd::Paragraph)));
    let is_id = |(event, place): &Placed<'_>| {
        matches!(event, Event::Text(_)) && id.is_some_and(|id| place.start + "{#".len() >= id.range.start)
    };
    behind.into_iter().all(is_id).then(|| title.clone())
}

/// Whether the paragraph whose events come next is the caption of a table.
fn is_table_caption(events: &[Placed<'_>]) -> bool {
    let Some((Event::Text(text), _)) = events.first() else { return false };
    if !TABLE_WORDS.iter().any(|word| text.starts_with(word)) {
        return false;
    }
    let end = events.iter().position(|(event, _)| matches!(event, Event::End(TagEnd::Paragraph)));
    end.is_some_and(|end| matches!(events.get(end + 1), Some((Event::Start(Tag::Table(_)), _))))
}
