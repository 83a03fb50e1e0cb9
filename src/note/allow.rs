//! Allowances: the codes that a note does not want to hear. In: a manuscript; out: which codes it allows where.
//!
//! `<!-- bpdoc: allow CODE, CODE -->` holds for the rest of its line or, on a line of its own, for the block that
//! follows; `allow` in the front matter holds for the file.

use super::front;
use super::manuscript::Manuscript;
use super::raw;
use crate::silence::Allowance;
use pulldown_cmark::{Event, Tag, TagEnd};
use rayon::prelude::*;
use std::ops::Range;

/// The allowances of all manuscripts for some codes, in the order of the manuscripts and their texts.
pub fn allowances(manuscripts: &[Manuscript], is_wanted: impl Fn(&str) -> bool + Sync) -> Vec<Allowance> {
    let all = manuscripts.par_iter().filter(|manuscript| manuscript.source.may_allow()).flat_map_iter(of_manuscript);
    all.filter(|allowance| is_wanted(&allowance.code)).collect()
}

fn of_manuscript(manuscript: &Manuscript) -> Vec<Allowance> {
    let source = &manuscript.source.text;
    let front = front::read(manuscript.own_text()).value;
    let of_file = front.matter.allow.into_iter().map(|(code, range)| Allowance {
        file: manuscript.source.path.as_str().into(),
        code,
        range,
        scope: 0..usize::MAX,
    });
    let mut found: Vec<Allowance> = of_file.collect();
    if !source.contains("bpdoc:") {
        return found;
    }
    let events = manuscript.events(front.body_start);
    for (i, (event, range)) in events.iter().enumerate() {
        let (Event::Html(html) | Event::InlineHtml(html)) = event else { continue };
        let Some(codes) = raw::comment(html).and_then(codes) else { continue };
        let scope = match event {
            Event::InlineHtml(_) => {
                let line = source[range.end..].find('\n').map_or(source.len(), |end| range.end + end);
                range.end..line
            }
            _ => block_after(&events[i + 1..]).unwrap_or(range.end..range.end),
        };
        let comment = &source[range.clone()];
        found.extend(codes.filter_map(|code| {
            let at = range.start + comment.find(code)?;
            let (file, range) = manuscript.place(&(at..at + code.len()));
            let (_, scope) = manuscript.place(&scope);
            Some(Allowance { file, code: code.to_owned(), range, scope })
        }));
    }
    found
}

/// The codes of `bpdoc: allow …`.
fn codes(comment: &str) -> Option<impl Iterator<Item = &str>> {
    let list = comment.trim().strip_prefix("bpdoc:")?.trim_start().strip_prefix("allow")?;
    list.starts_with(char::is_whitespace).then(|| list.split([',', ' ', '\t', '\n']).filter(|code| !code.is_empty()))
}

/// Where the next block of the same list, quote or text stands.
fn block_after(events: &[(Event<'_>, Range<usize>)]) -> Option<Range<usize>> {
    let is_comment = |event: &Event<'_>| {
        matches!(event, Event::Html(_) | Event::Start(Tag::HtmlBlock) | Event::End(TagEnd::HtmlBlock))
    };
    let mut behind = events.iter().skip_while(|(event, _)| is_comment(event));
    match behind.next()? {
        (Event::End(_), _) => None,
        (Event::Start(tag), range) if !is_inline(tag) => Some(range.clone()),
        // An item without blank lines has no paragraph: its words go on until something else begins or it ends.
        (_, first) => {
            let mut last = first;
            let mut depth = 0_usize;
            for (event, range) in behind {
                match event {
                    Event::Start(tag) if is_inline(tag) => depth += 1,
                    Event::End(_) if depth > 0 => depth -= 1,
                    Event::Start(_) | Event::End(_) => break,
                    _ => {}
                }
                last = range;
            }
            Some(first.start..last.end)
        }
    }
}

fn is_inline(tag: &Tag<'_>) -> bool {
    matches!(
        tag,
        Tag::Emphasis
            | Tag::Strong
            | Tag::Strikethrough
            | Tag::Superscript
            | Tag::Subscript
            | Tag::Link { .. }
            | Tag::Image { .. }
    )
}
