//! Formulas that Markdown does not see. In: a text and its events; out: what is said of dollars that begin or end nothing,
//! because braces between them do not match, or because a block ends first. The page shows them as they are written.

use super::mistake;
use crate::diag::Diagnostic;
use crate::note::events::{Placed, is_inline};
use pulldown_cmark::{Event, Tag};
use std::ops::Range;

/// What is said of the dollars that were left in the text.
pub fn left_over(source: &str, events: &[Placed<'_>]) -> Vec<Diagnostic> {
    let (mut found, mut dollars) = (Vec::new(), Vec::new());
    let mut is_code = false;
    // A formula that an empty line tears apart leaves one half to each of two blocks: only the first is told.
    let mut is_torn = false;
    for (event, range) in events {
        match event {
            Event::Text(text) if !is_code && source.get(range.clone()) == Some(text) => {
                dollars.extend(dollars_in(source, range));
            }
            Event::Start(_) | Event::End(_) if !is_inline(event) => {
                is_code = matches!(event, Event::Start(Tag::CodeBlock(_) | Tag::HtmlBlock));
                said_of_block(source, &dollars, &mut is_torn, &mut found);
                dollars.clear();
            }
            _ => {}
        }
    }
    found
}

/// One dollar or two in a part of the text; a backslash before a part makes its first one a plain character.
fn dollars_in(source: &str, part: &Range<usize>) -> Vec<Range<usize>> {
    let bytes = source.as_bytes();
    let mut at = part.start + usize::from(part.start > 0 && bytes[part.start - 1] == b'\\');
    let mut dollars = Vec::new();
    while let Some(next) = bytes[at.min(part.end)..part.end].iter().position(|byte| *byte == b'$') {
        let start = at + next;
        let length = bytes[start..part.end].iter().take_while(|byte| **byte == b'$').count();
        at = start + length;
        if length <= 2 {
            dollars.push(start..at);
        }
    }
    dollars
}

fn said_of_block(source: &str, dollars: &[Range<usize>], is_torn: &mut bool, found: &mut Vec<Diagnostic>) {
    let mut rest = dollars;
    while let [open, after @ ..] = rest {
        rest = after;
        let close = after.iter().position(|close| close.len() == open.len());
        let Some(close) = close.filter(|close| open.len() == 2 || is_formula(source, open, &after[*close])) else {
            if open.len() == 2 && !std::mem::replace(is_torn, !*is_torn) {
                found.push(mistake::unclosed_formula(open.clone()));
            }
            continue;
        };
        let inside = open.end..after[close].start;
        let is_said = !mistake::commands_outside_formula(&source[inside.clone()], &inside).is_empty();
        if let Some(brace) = stray_brace(source, inside).filter(|_| !is_said) {
            found.push(mistake::stray_brace(&source[brace..=brace], brace..brace + 1));
        }
        rest = &after[close + 1..];
    }
}

/// Whether single dollars could stand around a formula, and not before amounts of money.
fn is_formula(source: &str, open: &Range<usize>, close: &Range<usize>) -> bool {
    let inside = &source[open.end..close.start];
    let is_close = !inside.starts_with(char::is_whitespace) && !inside.ends_with(char::is_whitespace);
    is_close && inside.contains(['\\', '_', '^']) && inside.contains(['{', '}'])
}

/// The first closing brace that nothing opens, or else the last opening one that nothing closes.
fn stray_brace(source: &str, part: Range<usize>) -> Option<usize> {
    let mut open = Vec::new();
    let mut is_escaped = false;
    for at in part {
        match source.as_bytes()[at] {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = true,
            b'{' => open.push(at),
            b'}' if open.pop().is_none() => return Some(at),
            _ => {}
        }
    }
    open.pop()
}
