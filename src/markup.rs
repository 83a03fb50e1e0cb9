//! Text inside markup. In: any text; out: text that HTML and XML read as text. This room does not know elements.

/// Writes text so that it is read as text, in an attribute too. Control characters, which neither language allows,
/// become U+FFFD.
pub fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\u{FFFE}' | '\u{FFFF}' => out.push('\u{FFFD}'),
            c if c.is_control() && !matches!(c, '\n' | '\t') => out.push('\u{FFFD}'),
            c => out.push(c),
        }
    }
}

/// The text of HTML or XML that we have written ourselves: without tags, nothing escaped.
pub fn without_tags(markup: &str) -> String {
    let mut text = String::with_capacity(markup.len());
    for piece in markup.split_inclusive('>') {
        text.push_str(piece.split_once('<').map_or(piece, |(before, _)| before));
    }
    unescaped(&text)
}

/// The text that `escape` has written, or a converter that escapes no more than that.
pub fn unescaped(text: &str) -> String {
    if !text.contains('&') {
        return text.to_owned();
    }
    let quotes = text.replace("&quot;", "\"").replace("&#39;", "'").replace("&#x27;", "'");
    quotes.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

/// The text, escaped.
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    escape(text, &mut out);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_stays_text() {
        assert_eq!(without_tags("<b>1 &lt; 2</b> &amp;lt;"), "1 < 2 &lt;");
        assert_eq!(escaped("<a b='c'>\"&\u{1b}\u{FFFE}\n가"), "&lt;a b=&#39;c&#39;&gt;&quot;&amp;\u{FFFD}\u{FFFD}\n가");
    }
}
