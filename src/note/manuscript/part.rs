//! Parts of files. In: the events of a file and the name of a part; out: where the part stands, and the events that show it.

use super::super::emphasis;
use super::super::events::Placed;
use super::super::prose::heading;
use super::mistake;
use crate::diag::Diagnostic;
use crate::expr::closest;
use pulldown_cmark::{Event, Tag, TagEnd};
use std::collections::BTreeSet;
use std::ops::Range;

/// Between the label of a footnote and what tells it from those of other files; no label holds it.
const APART: char = '\u{2}';

/// The label of a footnote as its file writes it.
pub fn written_label(label: &str) -> &str {
    label.split(APART).next().unwrap_or(label)
}

/// Gives the footnotes of an included text labels that no other text has.
pub fn named_apart(mut events: Vec<Placed<'_>>, number: usize) -> Vec<Placed<'_>> {
    for (event, _) in &mut events {
        if let Event::FootnoteReference(label) | Event::Start(Tag::FootnoteDefinition(label)) = event {
            *label = format!("{label}{APART}{number}").into();
        }
    }
    events
}

/// Of the events of a file those of the blocks that begin in a part, and of the footnotes that these refer to.
pub fn only<'p>(events: Vec<Placed<'p>>, shown: &Range<usize>) -> Vec<Placed<'p>> {
    let mut blocks: Vec<(Vec<Placed<'p>>, Option<String>)> = Vec::new();
    let mut depth = 0_usize;
    for (event, place) in events {
        if depth == 0 {
            let label = match &event {
                Event::Start(Tag::FootnoteDefinition(label)) => Some(label.to_string()),
                _ => None,
            };
            blocks.push((Vec::new(), label));
        }
        match &event {
            Event::Start(_) => depth += 1,
            Event::End(_) => depth -= 1,
            _ => {}
        }
        if let Some((block, _)) = blocks.last_mut() {
            block.push((event, place));
        }
    }
    let mut used: BTreeSet<String> = BTreeSet::new();
    let begins_inside = |block: &[Placed<'_>]| block.first().is_some_and(|(_, place)| shown.contains(&place.start));
    for (block, _) in blocks.iter().filter(|(block, label)| label.is_none() && begins_inside(block)) {
        used.extend(references(block));
    }
    // Footnotes may refer to footnotes.
    while let Some(more) = blocks.iter().find_map(|(block, label)| {
        let is_used = label.as_ref().is_some_and(|label| used.contains(label));
        references(block).find(|label| is_used && !used.contains(label))
    }) {
        used.insert(more);
    }
    // What the rest of the file refers to is no loose end of the part.
    let of_rest: BTreeSet<String> = blocks.iter().flat_map(|(block, _)| references(block)).collect();
    let is_shown = |block: &[Placed<'_>], label: &Option<String>| match label {
        Some(label) if of_rest.contains(label) => used.contains(label),
        _ => begins_inside(block),
    };
    blocks.into_iter().filter(|(block, label)| is_shown(block, label)).flat_map(|(block, _)| block).collect()
}

fn references<'b>(block: &'b [Placed<'_>]) -> impl Iterator<Item = String> + 'b {
    block.iter().filter_map(|(event, _)| match event {
        Event::FootnoteReference(label) => Some(label.to_string()),
        _ => None,
    })
}

/// A part that a file lacks, as the one who asks for it is told, or one whose mistake is in that file.
pub enum Misnamed {
    Here(Diagnostic),
    InFile(Diagnostic),
}

/// Where the part of a file with a name stands: between comments `ANCHOR: name` and `ANCHOR_END: name`, or from the
/// heading with that id to the next one that is not below it. `range` is where it is asked for.
pub fn find(source: &str, events: &[Placed<'_>], name: &str, range: &Range<usize>) -> Result<Range<usize>, Misnamed> {
    let marks: Vec<(Mark<'_>, &Range<usize>)> = events.iter().filter_map(mark).collect();
    let opening = marks.iter().find(|(mark, _)| *mark == Mark::Start(name));
    if let Some((_, start)) = opening {
        let end = marks.iter().find(|(mark, place)| *mark == Mark::End(name) && place.start >= start.end);
        return match end {
            Some((_, end)) => Ok(start.end..end.start),
            None => Err(Misnamed::InFile(mistake::unclosed(name, (*start).clone()))),
        };
    }
    let headings = headings(source, events);
    let Some(at) = headings.iter().position(|heading| heading.id == name) else {
        let marked = marks.iter().filter_map(|(mark, _)| match mark {
            Mark::Start(name) => Some(*name),
            Mark::End(_) => None,
        });
        let near = closest(name, headings.iter().map(|heading| heading.id.as_str()).chain(marked));
        return Err(Misnamed::Here(mistake::no_part(name, near, range.clone())));
    };
    let Heading { level, start, .. } = headings[at];
    let end = headings[at + 1..].iter().find(|next| next.level <= level);
    Ok(start..end.map_or(source.len(), |next| next.start))
}

#[derive(PartialEq, Eq)]
enum Mark<'e> {
    Start(&'e str),
    End(&'e str),
}

fn mark<'e>((event, place): &'e Placed<'_>) -> Option<(Mark<'e>, &'e Range<usize>)> {
    let (Event::Html(html) | Event::InlineHtml(html)) = event else { return None };
    let inside = html.trim().strip_prefix("<!--")?.strip_suffix("-->")?.trim();
    let named = |word: &str| inside.strip_prefix(word).map(str::trim);
    let mark = named("ANCHOR:").map(Mark::Start).or_else(|| named("ANCHOR_END:").map(Mark::End))?;
    Some((mark, place))
}

struct Heading {
    id: String,
    level: u8,
    start: usize,
}

/// The headings of a file that stand in no quote and no list.
fn headings(source: &str, events: &[Placed<'_>]) -> Vec<Heading> {
    let events = emphasis::repaired(source, events.to_vec());
    let chosen = heading::chosen(source, &events).value;
    let texts: Vec<String> = events
        .iter()
        .enumerate()
        .filter(|(_, (event, _))| matches!(event, Event::Start(Tag::Heading { .. })))
        .map(|(at, _)| heading::text_of(&events[at + 1..]))
        .collect();
    let mut ids =
        heading::ids(chosen, std::iter::empty(), std::iter::empty(), texts.iter().map(String::as_str)).into_iter();
    let mut depth = 0_usize;
    let mut found = Vec::new();
    for (event, place) in &events {
        match event {
            Event::Start(Tag::Heading { level, .. }) => {
                let id = ids.next().unwrap_or_default();
                if depth == 0 {
                    found.push(Heading { id, level: *level as u8, start: place.start });
                }
                depth += 1;
            }
            Event::Start(_) => depth += 1,
            Event::End(TagEnd::Heading(_)) | Event::End(_) => depth -= 1,
            _ => {}
        }
    }
    found
}
