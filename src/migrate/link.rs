//! Links in Markdown. In: a text; out: where code stands in it, and where the destinations of its links do.

use std::ops::Range;

/// The parts of a text that are no code: neither fenced nor between backticks.
pub(crate) fn outside_code(text: &str) -> Vec<Range<usize>> {
    let mut parts = Vec::new();
    let mut fence: Option<(char, usize)> = None;
    let mut start = 0;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let end = at + line.len();
        let trimmed = line.trim_start_matches([' ', '\t', '>']);
        let mark = trimmed.chars().next().filter(|c| matches!(c, '`' | '~')).unwrap_or(' ');
        let length = trimmed.chars().take_while(|c| *c == mark).count();
        match fence {
            None if mark != ' ' && length >= 3 && !trimmed[length..].contains('`') => {
                parts.push(start..at);
                fence = Some((mark, length));
            }
            Some((open, least)) if mark == open && length >= least && trimmed[length..].trim().is_empty() => {
                fence = None;
                start = end;
            }
            _ => {}
        }
        at = end;
    }
    if fence.is_none() {
        parts.push(start..text.len());
    }
    parts.into_iter().flat_map(|part| outside_ticks(text, part)).filter(|part| !part.is_empty()).collect()
}

fn outside_ticks(text: &str, part: Range<usize>) -> Vec<Range<usize>> {
    let mut parts = Vec::new();
    let mut start = part.start;
    let mut at = part.start;
    while let Some(found) = text[at..part.end].find('`') {
        let open = at + found;
        let length = text[open..part.end].bytes().take_while(|b| *b == b'`').count();
        let mark = &text[open..open + length];
        // Code does not go beyond its paragraph.
        let rest = &text[open + length..part.end];
        let rest = &rest[..rest.find("\n\n").unwrap_or(rest.len())];
        match closing(rest, mark) {
            Some(close) => {
                parts.push(start..open);
                start = open + length + close + length;
                at = start;
            }
            None => at = open + length,
        }
    }
    parts.push(start..part.end);
    parts
}

/// A run of backticks that is exactly as long.
fn closing(rest: &str, mark: &str) -> Option<usize> {
    let mut at = 0;
    while let Some(found) = rest[at..].find('`') {
        let start = at + found;
        let length = rest[start..].bytes().take_while(|b| *b == b'`').count();
        if length == mark.len() {
            return Some(start);
        }
        at = start + length;
    }
    None
}

/// Where the destination of a link or an image stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Destination {
    pub range: Range<usize>,
    pub is_image: bool,
}

/// The destinations in a part of a text: of Markdown's links, images and definitions, and of HTML's attributes.
pub(crate) fn destinations(text: &str, part: &Range<usize>) -> Vec<Destination> {
    let mut found = Vec::new();
    let inside = &text[part.clone()];
    for (at, _) in inside.match_indices("](") {
        let start = part.start + at + 2;
        let Some(length) = length_of(&text[start..part.end]) else { continue };
        let label = text[part.start..part.start + at].rfind('[').map(|open| part.start + open);
        let is_image = label.is_some_and(|open| text[..open].ends_with('!'));
        found.push(Destination { range: trimmed(text, start..start + length), is_image });
    }
    for (at, mark) in ["src=\"", "href=\""].iter().flat_map(|mark| inside.match_indices(mark)) {
        let start = part.start + at + mark.len();
        let length = text[start..part.end].find('"').unwrap_or(0);
        found.push(Destination { range: start..start + length, is_image: mark.starts_with("src") });
    }
    for (at, _) in inside.match_indices("]: ") {
        let start = part.start + at + 3;
        let line = text[..start].rfind('\n').map_or(0, |end| end + 1);
        if text[line..].starts_with('[') && !text[line..].starts_with("[^") {
            let length = text[start..part.end].find(char::is_whitespace).unwrap_or(part.end - start);
            found.push(Destination { range: start..start + length, is_image: false });
        }
    }
    found.sort_by_key(|found| found.range.start);
    found.dedup_by_key(|found| found.range.start);
    found
}

/// How far a destination goes: to the blank before its title, or to its closing parenthesis. Templates may hold blanks.
fn length_of(rest: &str) -> Option<usize> {
    if rest.starts_with("{{") || rest.starts_with("{%") {
        let close = if rest.starts_with("{{") { "}}" } else { "%}" };
        let template = rest.find(close)? + 2;
        return Some(template + rest[template..].find([')', ' '])?);
    }
    let mut depth = 0_usize;
    for (at, c) in rest.char_indices() {
        match c {
            '(' => depth += 1,
            ')' if depth == 0 => return Some(at),
            ')' => depth -= 1,
            '\n' => return None,
            ' ' if !rest.starts_with('<') => return Some(at),
            _ => {}
        }
    }
    None
}

fn trimmed(text: &str, range: Range<usize>) -> Range<usize> {
    let inside = &text[range.clone()];
    if inside.starts_with('<') && inside.ends_with('>') { range.start + 1..range.end - 1 } else { range }
}

/// `%20` and its like as what they stand for.
pub(crate) fn decoded(path: &str) -> String {
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let [first, behind @ ..] = rest {
        let hex = behind.get(..2).and_then(|hex| std::str::from_utf8(hex).ok());
        match hex.filter(|_| *first == b'%').and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = &behind[2..];
            }
            None => {
                bytes.push(*first);
                rest = behind;
            }
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|_| path.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_is_left_alone() {
        let text = "a `[x](y)` b ``c ` d`` e\n```\n[f](g)\n```\nh `i\n\nj";
        let parts: Vec<&str> = outside_code(text).into_iter().map(|part| &text[part]).collect();
        assert_eq!(parts, ["a ", " b ", " e\n", "h `i\n\nj"]);
    }

    #[test]
    fn destinations_are_found() {
        let text =
            "[a](b.md#c \"t\") ![d](<e f.png>) [g](h(i).md)\n[j]: k.md\n<img src=\"l.png\"> [m]({{ site.baseurl }}/n)";
        let found: Vec<(&str, bool)> = destinations(text, &(0..text.len()))
            .into_iter()
            .map(|found| (&text[found.range], found.is_image))
            .collect();
        let expected = [
            ("b.md#c", false),
            ("e f.png", true),
            ("h(i).md", false),
            ("k.md", false),
            ("l.png", true),
            ("{{ site.baseurl }}/n", false),
        ];
        assert_eq!(found, expected);
        assert_eq!(decoded("%EA%B0%80%20b%zz"), "가 b%zz");
    }
}
