//! HTML of ours in another place. In: a part of a page, how its names and addresses change, and whether its headings sink;
//! out: the same for paper. Nothing is rendered twice.

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

impl Moving<'_> {
    /// The part in its new place.
    pub(super) fn moved(&self, body: &str) -> String {
        let mut out = String::with_capacity(body.len() + body.len() / 16);
        let mut rest = body;
        let mut is_in_fold = false;
        while let Some(at) = rest.find('<') {
            out.push_str(&rest[..at]);
            rest = &rest[at..];
            let (tag, after) = rest.split_at(tag_end(rest));
            rest = after;
            match tag {
                tag if tag.starts_with("<!--") => out.push_str(tag),
                // Of a figure's states paper shows the one where all is open; nothing leads to the others.
                tag if tag.starts_with("<details name=") && !tag.contains(WHOLE) => {
                    rest = after.split_once("</details>").map_or("", |(_, after)| after.trim_start());
                }
                // What has been moved before is open already.
                tag if tag.contains(WHOLE) && !tag.ends_with(OPEN) => {
                    self.tag(&tag.replacen(&format!("{WHOLE}>"), &format!("{WHOLE}{OPEN}"), 1), &mut out);
                }
                tag if tag.starts_with("<a class=\"fold\"") => {
                    is_in_fold = true;
                    out.push_str("<g>");
                }
                "</a>" if is_in_fold => {
                    is_in_fold = false;
                    out.push_str("</g>");
                }
                tag => self.tag(tag, &mut out),
            }
        }
        out.push_str(rest);
        out
    }

    fn tag(&self, tag: &str, out: &mut String) {
        let name_end = tag.find(|c: char| c.is_whitespace() || c == '>').unwrap_or(tag.len());
        let (name, attributes) = tag.split_at(name_end);
        if self.lowers {
            out.push_str(&lowered(name));
        } else {
            out.push_str(name);
        }
        let mut rest = attributes;
        while let Some((before, value, after)) = next_value(rest) {
            out.push_str(before);
            let attribute = before.trim_end_matches(['=', '"', '\'']).rsplit(char::is_whitespace).next();
            self.value(attribute.unwrap_or_default(), value, out);
            // The quote that ends it.
            out.push_str(&after[..1]);
            rest = &after[1..];
        }
        out.push_str(rest);
    }

    /// The value of an attribute.
    fn value(&self, attribute: &str, value: &str, out: &mut String) {
        match attribute {
            "id" | "name" => out.push_str(&(self.name)(value)),
            "for" | "headers" | "aria-labelledby" | "aria-describedby" | "aria-controls" | "aria-details" => {
                for (at, id) in value.split(' ').enumerate() {
                    out.push_str(if at > 0 { " " } else { "" });
                    out.push_str(&(self.name)(id));
                }
            }
            // Tables are numbered note by note, and each note has its footnotes: their names would not tell them apart as landmarks.
            "role" if matches!(value, "region" | "doc-endnotes") => out.push_str("group"),
            "href" | "src" => out.push_str(&(self.address)(value)),
            _ => self.references(value, out),
        }
    }

    /// A value with the ids in it that `url(#…)` names.
    fn references(&self, value: &str, out: &mut String) {
        const OPEN: &str = "url(#";
        let mut rest = value;
        while let Some((before, after)) = rest.split_once(OPEN) {
            let (id, behind) = after.split_at(after.find(')').unwrap_or(after.len()));
            out.extend([before, OPEN, &(self.name)(id)]);
            rest = behind;
        }
        out.push_str(rest);
    }
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
    let mut quote = None;
    for (at, c) in text.char_indices() {
        match (quote, c) {
            (None, '>') => return at + 1,
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), c) if c == open => quote = None,
            _ => {}
        }
    }
    text.len()
}

/// The next quoted value of a tag: what is before it, itself, and what comes after it.
fn next_value(tag: &str) -> Option<(&str, &str, &str)> {
    let start = tag.find(['"', '\''])? + 1;
    let quote = &tag[start - 1..start];
    let end = start + tag[start..].find(quote)?;
    Some((&tag[..start], &tag[start..end], &tag[end..]))
}

/// The start of a tag; a heading's, one level lower.
fn lowered(start: &str) -> String {
    match start.trim_start_matches(['<', '/']).as_bytes() {
        [b'h', level @ b'1'..=b'5'] => format!("{}{}", &start[..start.len() - 1], char::from(level + 1)),
        _ => start.to_owned(),
    }
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
