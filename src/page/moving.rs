//! HTML of ours in another place. In: a part of a page, how its names and addresses change, and whether its headings sink;
//! out: the same for paper. Nothing is rendered twice.

use memchr::{memchr, memchr3};
use std::ops::Range;

/// How a part of a page is moved.
pub(super) struct Moving<'a> {
    /// What an id or a name becomes.
    pub name: &'a dyn Fn(&str) -> String,
    /// What an address becomes.
    pub address: &'a dyn Fn(&str) -> String,
    /// Whether headings go one level down.
    pub lowers: bool,
}

/// How a tag ends whose element is open.
const OPEN: &str = " open>";
/// What `figure.html` says of the state of a figure where all is open.
const WHOLE: &str = " class=\"bp-whole\"";

/// A text that is copied with a few changes: what stays between them is copied in one stretch.
struct Copy<'t> {
    text: &'t str,
    /// How much of it has been copied.
    done: usize,
    out: String,
}

impl<'t> Copy<'t> {
    fn of(text: &'t str) -> Self {
        Self { text, done: 0, out: String::with_capacity(text.len() + text.len() / 8) }
    }

    fn replace(&mut self, range: Range<usize>, new: &str) {
        self.out.extend([&self.text[self.done..range.start], new]);
        self.done = range.end;
    }

    fn finish(mut self) -> String {
        self.out.push_str(&self.text[self.done..]);
        self.out
    }
}

impl Moving<'_> {
    /// The part in its new place.
    pub(super) fn moved(&self, body: &str) -> String {
        let mut copy = Copy::of(body);
        let mut at = 0;
        let mut is_in_fold = false;
        while let Some(open) = memchr(b'<', &body.as_bytes()[at..]) {
            let start = at + open;
            let rest = &body[start..];
            at = match rest.as_bytes() {
                [b'<', b'!', b'-', b'-', ..] => start + tag_end(rest),
                [b'<', b'd', ..] if rest.starts_with("<details ") => self.details(start, &mut copy),
                [b'<', b'a', ..] if rest.starts_with("<a class=\"fold\"") => {
                    is_in_fold = true;
                    copy.replace(start..start + tag_end(rest), "<g>");
                    copy.done
                }
                [b'<', b'/', b'a', b'>', ..] if is_in_fold => {
                    is_in_fold = false;
                    copy.replace(start..start + "</a>".len(), "</g>");
                    copy.done
                }
                _ => self.tag(start, &mut copy),
            };
        }
        copy.finish()
    }

    /// Something folded that begins at `start`; where what follows begins. Of a figure's states paper shows the one where all is
    /// open; nothing leads to the others.
    fn details(&self, start: usize, copy: &mut Copy<'_>) -> usize {
        let rest = &copy.text[start..];
        let (tag, after) = rest.split_at(tag_end(rest));
        if tag.starts_with("<details name=") && !tag.contains(WHOLE) {
            let behind = after.split_once("</details>").map_or("", |(_, after)| after.trim_start());
            copy.replace(start..copy.text.len() - behind.len(), "");
            return copy.done;
        }
        let end = self.tag(start, copy);
        // What has been moved before is open already.
        if tag.strip_suffix('>').is_some_and(|tag| tag.ends_with(WHOLE)) {
            copy.replace(end - 1..end, OPEN);
        }
        end
    }

    /// A tag that begins at `start`; where it ends.
    fn tag(&self, start: usize, copy: &mut Copy<'_>) -> usize {
        let text = copy.text;
        let bytes = text.as_bytes();
        if self.lowers
            && let Some((digit, level)) = heading(bytes, start)
        {
            copy.replace(digit..digit + 1, level);
        }
        let (mut at, mut word) = (start + 1, start + 1);
        while let Some(byte) = bytes.get(at) {
            match byte {
                b'>' => return at + 1,
                b'"' | b'\'' => {
                    let Some(length) = memchr(*byte, &bytes[at + 1..]) else { break };
                    let value = at + 1..at + 1 + length;
                    self.value(text[word..at].trim_end_matches('='), value, copy);
                    at += length + 2;
                    word = at;
                }
                b' ' | b'\n' | b'\t' => {
                    at += 1;
                    word = at;
                }
                _ => at += 1,
            }
        }
        text.len()
    }

    /// The value of an attribute.
    fn value(&self, attribute: &str, place: Range<usize>, copy: &mut Copy<'_>) {
        let value = &copy.text[place.clone()];
        match attribute {
            "id" | "name" => copy.replace(place, &(self.name)(value)),
            "for" | "headers" | "aria-labelledby" | "aria-describedby" | "aria-controls" | "aria-details" => {
                let names: Vec<String> = value.split(' ').map(self.name).collect();
                copy.replace(place, &names.join(" "));
            }
            // Tables are numbered note by note, and each note has its footnotes: their names would not tell them apart as landmarks.
            "role" if matches!(value, "region" | "doc-endnotes") => copy.replace(place, "group"),
            "href" | "src" => copy.replace(place, &(self.address)(value)),
            _ if memchr(b'#', value.as_bytes()).is_some() => self.references(place, copy),
            _ => {}
        }
    }

    /// A value with the ids in it that `url(#…)` names.
    fn references(&self, place: Range<usize>, copy: &mut Copy<'_>) {
        const OPEN: &str = "url(#";
        let mut at = place.start;
        while let Some(found) = copy.text[at..place.end].find(OPEN) {
            let start = at + found + OPEN.len();
            let rest = &copy.text[start..place.end];
            let end = start + rest.find(')').unwrap_or(rest.len());
            copy.replace(start..end, &(self.name)(&copy.text[start..end]));
            at = end;
        }
    }
}

/// Where the digit of a heading stands whose tag begins at `start`, and the next one.
fn heading(bytes: &[u8], start: usize) -> Option<(usize, &'static str)> {
    let digit = start + if bytes.get(start + 1) == Some(&b'/') { 3 } else { 2 };
    let [b'h', level @ b'1'..=b'5', b' ' | b'\n' | b'>', ..] = bytes.get(digit - 1..)? else { return None };
    Some((digit, ["2", "3", "4", "5", "6"][usize::from(level - b'1')]))
}

/// The bytes of the element that a text begins with.
pub(super) fn element_end(text: &str) -> usize {
    let name_end = text.find(|c: char| c.is_whitespace() || c == '>').unwrap_or(text.len());
    let name = &text[1..name_end];
    let is_named =
        |tag: &str| tag.strip_prefix(name).is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric()));
    let (mut at, mut depth) = (0, 0_usize);
    while let Some(found) = text[at..].find('<') {
        let start = at + found;
        at = start + tag_end(&text[start..]);
        match text[start + 1..].strip_prefix('/') {
            Some(closing) if is_named(closing) => depth = depth.saturating_sub(1),
            None if is_named(&text[start + 1..]) => depth += 1,
            _ => {}
        }
        if depth == 0 {
            break;
        }
    }
    at
}

/// The bytes of a tag or a comment at the start of a text.
fn tag_end(text: &str) -> usize {
    if text.starts_with("<!--") {
        return text.find("-->").map_or(text.len(), |at| at + "-->".len());
    }
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(found) = memchr3(b'>', b'"', b'\'', &bytes[at..]) {
        at += found + 1;
        match bytes[at - 1] {
            b'>' => return at,
            quote => match memchr(quote, &bytes[at..]) {
                Some(length) => at += length + 1,
                None => break,
            },
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_end_where_they_are_closed() {
        for (html, expected) in [
            ("<b>a</b>c", "<b>a</b>"),
            ("<p><b>a<b>b</b></b></p>", "<p><b>a<b>b</b></b></p>"),
            ("<b title=\"</b>\">a<br>b</b>c</b>", "<b title=\"</b>\">a<br>b</b>"),
            ("<b>a", "<b>"),
        ] {
            assert_eq!(&html[..element_end(html)], expected);
        }
    }
}
