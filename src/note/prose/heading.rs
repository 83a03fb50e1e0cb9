//! Headings: what they read as, and their ids. In: events and what a note gives ids to; out: an id for each heading.

use super::{Placed, Reader, TERM_SCHEME, mistake, place_of};
use crate::diag::{Checked, Log};
use crate::glossary::Glossary;
use crate::lang::{Tongue, fitting_particle};
use crate::note::anchor::{self, Anchors};
use crate::note::math::MathWriter;
use crate::note::one_line::one_line;
use crate::note::{Block, Piece, events, unnamed_figure};
use pulldown_cmark::{Event, Tag, TagEnd};

/// The text of the heading that has just begun.
pub fn text_of(after_start: &[Placed<'_>]) -> String {
    let inside = after_start.iter().map(|(event, _)| event);
    events::text_of(inside.take_while(|event| !matches!(event, Event::End(TagEnd::Heading(_)))))
}

/// The text of the heading that has just begun as a reader sees it where headings are listed: its formulas are text, too,
/// but for those that print values, which nobody knows yet.
pub fn shown_text_of(after_start: &[Placed<'_>], math: Option<&MathWriter>) -> String {
    let inside = after_start.iter().map(|(event, _)| event);
    let shown = |event: &Event<'_>| match event {
        Event::InlineMath(tex) | Event::DisplayMath(tex) => {
            let mathml = math.and_then(|math| math.mathml(tex, false).ok());
            Event::Text(mathml.map_or_else(|| tex.to_string(), |mathml| one_line(&mathml)).into())
        }
        event => event.clone().into_static(),
    };
    let inside = inside.take_while(|event| !matches!(event, Event::End(TagEnd::Heading(_))));
    events::text_of(&inside.map(shown).collect::<Vec<_>>())
}

/// For each heading the id that the author has chosen for it. One that cannot be an id, or is there twice, is none.
pub fn chosen(source: &str, events: &[Placed<'_>]) -> Checked<Vec<Option<String>>> {
    let mut log = Log::default();
    let mut anchors = Anchors::default();
    let headings = events.iter().filter_map(|(event, range)| match event {
        Event::Start(Tag::Heading { id, .. }) => Some((id.as_deref(), range)),
        _ => None,
    });
    let chosen = headings.map(|(id, range)| {
        let id = id?;
        if !anchor::is_valid(id) {
            log.push(mistake::bad_anchor(id, place_of(source, range, id)));
        } else if anchors.reserve(id) {
            return Some(id.to_owned());
        } else {
            log.push(mistake::duplicate_anchor(id, place_of(source, range, id)));
        }
        None
    });
    let chosen = chosen.collect();
    log.finish(chosen)
}

/// An id for each heading, given those that are chosen and its text. What an author has chosen, for a heading, a figure or
/// something else, never changes: the other headings give way.
pub fn ids<'t>(
    chosen: Vec<Option<String>>,
    figures: impl Iterator<Item = (String, usize)>,
    others: impl Iterator<Item = &'t str>,
    texts: impl Iterator<Item = &'t str>,
) -> Vec<String> {
    let mut anchors = Anchors::default();
    figures.for_each(|(id, outputs)| anchors.reserve_figure(&id, outputs));
    for id in others {
        anchors.reserve(id);
    }
    for id in chosen.iter().flatten() {
        anchors.reserve(id);
    }
    chosen.into_iter().zip(texts).map(|(id, text)| id.unwrap_or_else(|| anchors.of_text(text))).collect()
}

/// The id of the figure of the block at a position, and how many outputs the block names.
fn figure(at: usize, block: &Block) -> (String, usize) {
    let named = block.info.split_whitespace().find_map(|word| word.strip_prefix('#'));
    let outputs = block.text.lines().filter(|line| line.trim_start().starts_with("output"));
    let count = outputs.map(|line| 1 + line.matches(',').count()).sum();
    (named.map_or_else(|| unnamed_figure(at), str::to_owned), count)
}

impl Reader<'_, '_> {
    /// Gives the headings that have been read their ids.
    pub(super) fn name_headings(&mut self, chosen: Vec<Option<String>>) {
        let of_blocks = self.prose.blocks.iter().enumerate().map(|(at, block)| figure(at, block));
        let of_marks = self.prose.marks.iter().filter_map(|mark| mark.id.as_ref()).map(|id| id.text.as_str());
        let texts = self.headings.iter().map(|heading| heading.text.as_str());
        let ids = ids(chosen, of_blocks, of_marks, texts);
        let shown = self.headings.iter().zip(ids).filter(|(heading, _)| heading.is_shown).map(|(_, id)| id);
        let starts = self.prose.body.iter_mut().filter_map(|piece| match piece {
            Piece::Markdown(Event::Start(Tag::Heading { id, .. })) => Some(id),
            _ => None,
        });
        for ((heading, start), id) in self.prose.headings.iter_mut().zip(starts).zip(shown) {
            *start = Some(id.clone().into());
            heading.id = id;
        }
    }
}

/// The events with the names of terms in headings that give none: a heading is also a line of the contents, and an address.
pub fn with_names_of_terms<'p>(
    events: Vec<Placed<'p>>,
    language: &str,
    glossary: Option<&Glossary>,
) -> Vec<Placed<'p>> {
    let is_term = |event: &Event<'_>| match event {
        Event::Start(Tag::Link { dest_url, .. }) => dest_url.starts_with(TERM_SCHEME),
        _ => false,
    };
    // Most notes have none, and long ones are not copied.
    if !events.iter().any(|(event, _)| is_term(event)) {
        return events;
    }
    let name_of = |key: &str| glossary?.find(key)?.name(language).map(str::to_owned);
    let mut done: Vec<Placed<'p>> = Vec::with_capacity(events.len());
    let mut in_heading = false;
    let mut printed: Option<String> = None;
    for (mut event, place) in events {
        let before = printed.take();
        match &mut event {
            Event::Start(Tag::Heading { .. }) => in_heading = true,
            Event::End(TagEnd::Heading(_)) => in_heading = false,
            Event::End(TagEnd::Link) if in_heading => {
                if let Some((Event::Start(Tag::Link { dest_url, .. }), _)) = done.last()
                    && let Some(name) = dest_url.strip_prefix(TERM_SCHEME).and_then(name_of)
                {
                    done.push((Event::Text(name.clone().into()), place.clone()));
                    printed = Some(name).filter(|_| Tongue::of_tag(language) == Tongue::Ko);
                }
            }
            Event::Text(text) => {
                if let Some((particle, rest)) = before.as_deref().and_then(|name| fitting_particle(name, text)) {
                    *text = format!("{particle}{rest}").into();
                }
            }
            _ => {}
        }
        done.push((event, place));
    }
    done
}
