//! Text inside markup. In: any text; out: text that HTML and XML read as text. This room does not know elements.

/// Writes text so that it is read as text, in an attribute too. Control characters, which neither language allows,
/// become U+FFFD.
pub fn escape(text: &str, out: &mut String) {
    let mut copied = 0;
    for (at, byte) in text.bytes().enumerate() {
        if !MAY_CHANGE[usize::from(byte)] {
            continue;
        }
        let Some(c) = text[at..].chars().next() else { break };
        let Some(new) = read_as(c) else { continue };
        out.extend([&text[copied..at], new]);
        copied = at + c.len_utf8();
    }
    out.push_str(&text[copied..]);
}

/// The bytes with which characters begin that may have to be written otherwise.
const MAY_CHANGE: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = byte < 0x20 || matches!(byte as u8, b'&' | b'<' | b'>' | b'"' | b'\'' | 0x7f | 0xc2 | 0xef);
        byte += 1;
    }
    table
};

/// What is written for a character that cannot stand for itself.
fn read_as(c: char) -> Option<&'static str> {
    match c {
        '&' => Some("&amp;"),
        '<' => Some("&lt;"),
        '>' => Some("&gt;"),
        '"' => Some("&quot;"),
        '\'' => Some("&#39;"),
        '\u{FFFE}' | '\u{FFFF}' => Some("\u{FFFD}"),
        c if c.is_control() && !matches!(c, '\n' | '\t') => Some("\u{FFFD}"),
        _ => None,
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
        assert_eq!(
            escaped("<a b='c'>\"&\u{1b}\u{FFFE}\u{85}£\n가"),
            "&lt;a b=&#39;c&#39;&gt;&quot;&amp;\u{FFFD}\u{FFFD}\u{FFFD}£\n가"
        );
    }
}
