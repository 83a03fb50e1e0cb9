//! Raw HTML. In: HTML as it stands in a note; out: what the site's policy leaves of it. This file alone
//! knows the sanitizer.

use super::url::{Target, target};
use ammonia::Builder;
use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::OnceLock;

/// Whether it is nothing but a comment, which no reader should see.
pub fn is_comment(html: &str) -> bool {
    comment(html).is_some()
}

/// What a comment says, if it is nothing but one.
pub fn comment(html: &str) -> Option<&str> {
    let inside = html.trim().strip_prefix("<!--")?;
    inside.strip_suffix("-->").filter(|inside| !inside.contains("-->"))
}

/// Leaves what cannot do harm of a block of HTML. Quotes stand around attributes alone, as in all HTML of ours, so that
/// text is never taken for one.
pub fn sanitize(html: &str) -> String {
    let clean = cleaner().clean(html).to_string();
    let mut out = String::with_capacity(clean.len());
    let (mut in_tag, mut is_quoted) = (false, false);
    for piece in clean.split_inclusive(['<', '>', '"']) {
        match piece.as_bytes().last() {
            Some(b'<') => in_tag = true,
            Some(b'>') => in_tag = is_quoted,
            Some(b'"') if in_tag => is_quoted = !is_quoted,
            Some(b'"') => {
                out.extend([&piece[..piece.len() - 1], "&quot;"]);
                continue;
            }
            _ => {}
        }
        out.push_str(piece);
    }
    out
}

/// Sanitizes the tags inside a paragraph, which come one by one, and keeps them balanced.
#[derive(Debug, Default)]
pub struct InlineTags {
    open: Vec<String>,
}

impl InlineTags {
    /// What is left of one tag.
    pub fn sanitize(&mut self, tag: &str) -> String {
        match tag.strip_prefix("</") {
            Some(name) => self.close(name.trim_end_matches('>').trim()),
            None => self.open(tag),
        }
    }

    fn open(&mut self, tag: &str) -> String {
        let clean = sanitize(tag);
        // The sanitizer closes what it opened; the text in between comes later.
        match clean.rfind("</") {
            Some(end) if clean.ends_with('>') => {
                self.open.push(clean[end + 2..clean.len() - 1].to_owned());
                clean[..end].to_owned()
            }
            _ => clean,
        }
    }

    fn close(&mut self, name: &str) -> String {
        match self.open.pop_if(|open| open.eq_ignore_ascii_case(name)) {
            Some(open) => format!("</{open}>"),
            None => String::new(),
        }
    }

    /// The closing tags of what is still open at the end of the paragraph.
    pub fn finish(&mut self) -> String {
        self.open.drain(..).rev().map(|name| format!("</{name}>")).collect()
    }
}

fn cleaner() -> &'static Builder<'static> {
    static CLEANER: OnceLock<Builder<'static>> = OnceLock::new();
    CLEANER.get_or_init(|| {
        let mut builder = Builder::default();
        builder
            .url_schemes(HashSet::from(["http", "https", "mailto"]))
            .add_generic_attributes(["dir"])
            .rm_tags(["article", "aside", "footer", "header", "nav", "map", "area"])
            .attribute_filter(|_, attribute, value| keep_attribute(attribute, value).then_some(Cow::Borrowed(value)));
        builder
    })
}

/// No picture comes from another site, and no link leads to a script.
fn keep_attribute(attribute: &str, value: &str) -> bool {
    match attribute {
        "src" => target(value) == Target::Inside,
        "href" | "cite" => target(value) != Target::Unsafe,
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn harmless_blocks_stay() {
        for (html, expected) in [
            ("<b>x</b>", "<b>x</b>"),
            ("<p onclick=\"x()\">a</p>", "<p>a</p>"),
            ("<script>x()</script>", ""),
            ("<svg><a>", ""),
            ("<img src=\"a.png\" alt=\"a\">", "<img src=\"a.png\" alt=\"a\">"),
            ("<img src=\"https://example.org/a.png\" alt=\"a\">", "<img alt=\"a\">"),
            ("<a href=\"java\tscript:x()\">a</a>", "<a rel=\"noopener noreferrer\">a</a>"),
            (
                "<p> id=\"w\" <b title='>\"'>&quot;</b></p>",
                "<p> id=&quot;w&quot; <b title=\"&gt;&quot;\">&quot;</b></p>",
            ),
            ("<p style=\"color:red\" id=\"x\" class=\"y\">a", "<p>a</p>"),
        ] {
            let clean = sanitize(html);
            if html.starts_with("<svg") {
                assert!(!clean.contains("<svg"), "{clean}");
            } else {
                assert_eq!(clean, expected, "{html}");
            }
        }
    }

    #[test]
    fn inline_tags_stay_balanced() {
        let mut tags = InlineTags::default();
        for (tag, expected) in [
            ("<b>", "<b>"),
            ("<i class=x>", "<i>"),
            ("</b>", ""),
            ("</i>", "</i>"),
            ("<br>", "<br>"),
            ("<script>", ""),
            ("</script>", ""),
        ] {
            assert_eq!(tags.sanitize(tag), expected, "{tag}");
        }
        assert_eq!(tags.finish(), "</b>");
        assert_eq!(tags.finish(), "");
    }

    #[test]
    fn comments_are_known() {
        for (html, expected) in [
            ("<!-- a -->", true),
            ("<!-- a --> <b>", false),
            ("<!-- a --><script>x</script><!-- b -->", false),
            ("<b>", false),
        ] {
            assert_eq!(is_comment(html), expected, "{html}");
        }
    }
}
