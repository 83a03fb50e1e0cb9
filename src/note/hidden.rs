//! Characters that deceive. In: a text; out: where it has some that cannot be shown, or that change the order in which a
//! reader sees others (the “Trojan Source” of Boucher and Anderson, 2021). This file does not know what the text means.

use super::events::Placed;
use crate::diag::Diagnostic;
use crate::lang::text;
use pulldown_cmark::{CodeBlockKind, Event, Tag};
use std::ops::Range;

/// How far before the end of a link such characters are looked for, in bytes.
const FARTHEST: usize = 10_000;

/// How many places of one text are told.
const MOST: usize = 100;

/// What no note may hold.
pub fn found(source: &str) -> Vec<Diagnostic> {
    let mut runs: Vec<(char, Range<usize>)> = Vec::new();
    // Most texts have none of these bytes: control characters, and those that others begin with.
    let may_hold = |byte: u8| {
        (byte < b' ' && !matches!(byte, b'\t' | b'\n' | b'\r')) || matches!(byte, 0x7f | 0xc2 | 0xe2 | 0xef | 0xf0..)
    };
    if !source.bytes().any(may_hold) {
        return Vec::new();
    }
    for (at, c) in source.char_indices().filter(|(_, c)| is_forbidden(*c)) {
        let end = at + c.len_utf8();
        if let Some((_, run)) = runs.last_mut().filter(|(_, run)| run.end == at) {
            run.end = end;
        } else if runs.len() < MOST {
            runs.push((c, at..end));
        } else {
            break;
        }
    }
    runs.into_iter().map(|(c, range)| forbidden(c, range)).collect()
}

/// The first such character of a value whose own characters may be written by numbers.
pub fn first_in(value: &str, range: Range<usize>) -> Option<Diagnostic> {
    value.chars().find(|c| is_forbidden(*c)).map(|c| forbidden(c, range))
}

/// Such characters that entities stand for (`&#8238;`), which Markdown has read already.
pub fn behind_entities(source: &str, events: &[Placed<'_>]) -> Vec<Diagnostic> {
    let first_in_any = |texts: &[&str], range: &Range<usize>| {
        let found = texts.iter().find_map(|text| first_in(text, range.clone()))?;
        // What stands there itself has been told. Links may stand in links: only the end of each is looked at.
        let near = source.floor_char_boundary(range.end.saturating_sub(FARTHEST).max(range.start));
        self::found(&source[near..range.end]).is_empty().then_some(found)
    };
    let told = events.iter().filter_map(|(event, range)| match event {
        Event::Text(text) if source.get(range.clone()) == Some(text) => None,
        Event::Text(text) => first_in_any(&[text], range),
        Event::Start(Tag::Link { dest_url, title, .. } | Tag::Image { dest_url, title, .. }) => {
            first_in_any(&[dest_url, title], range)
        }
        Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))) => {
            let fence = range.start..range.start + source[range.clone()].lines().next().unwrap_or_default().len();
            first_in_any(&[info], &fence)
        }
        _ => None,
    });
    told.take(MOST).collect()
}

fn is_forbidden(c: char) -> bool {
    let is_control = c.is_control() && !matches!(c, '\t' | '\n' | '\r');
    // Embeddings, overrides and isolates.
    let reorders = matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let is_none = matches!(c, '\u{fdd0}'..='\u{fdef}') || u32::from(c) & 0xfffe == 0xfffe;
    is_control || reorders || is_none
}

fn forbidden(c: char, range: Range<usize>) -> Diagnostic {
    let code = u32::from(c);
    let message = if matches!(c, '\u{202a}'..='\u{2069}') {
        text(
            format!("U+{code:04X}는 글자가 보이는 순서를 바꾸므로 쓸 수 없습니다"),
            format!("U+{code:04X} changes the order in which text is seen and cannot be used"),
        )
    } else {
        text(
            format!("U+{code:04X}는 보일 수 없는 문자여서 쓸 수 없습니다"),
            format!("U+{code:04X} is a character that cannot be shown, and cannot be used"),
        )
    };
    Diagnostic::error("hidden-character", range, message).help(text("지우세요", "remove it"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_deceives_is_found() {
        let many = "\u{1}a".repeat(2 * MOST);
        let each: Vec<(usize, usize)> = (0..MOST).map(|i| (2 * i, 2 * i + 1)).collect();
        for (source, expected) in [
            ("가나다 abc\r\n\t✓ 👩‍👩‍👧 a\u{301} \u{ad} é", &[] as &[(usize, usize)]),
            ("a\u{0}\u{1b}b\u{7f}", &[(1, 3), (4, 5)]),
            ("\u{85}", &[(0, 2)]),
            ("x\u{202e}y\u{202c}\u{2066}", &[(1, 4), (5, 11)]),
            ("\u{fffe}\u{1ffff}\u{fdd0}", &[(0, 10)]),
            (&many, &each),
        ] {
            let ranges = found(source).into_iter().map(|diagnostic| (diagnostic.range.start, diagnostic.range.end));
            let ranges: Vec<(usize, usize)> = ranges.collect();
            assert_eq!(ranges, expected, "{source:?}");
        }
        assert!(first_in("a\u{202e}", 0..1).is_some() && first_in("a\u{200d}", 0..1).is_none());
    }
}
