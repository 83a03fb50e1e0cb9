//! Words that stay on one line. In: HTML; out: the same with joiners where a line must not break.
//!
//! Lines of Korean break between words (`word-break: keep-all`), but browsers also break behind what closes a bracket or a
//! quotation, behind `%` and behind a formula, and so tear particles off: 연쇄 법칙(chain rule) | 을. (Rule LB30 of UAX #14
//! keeps letters and digits behind a bracket, but not Hangul.)

use memchr::{memchr, memmem};

/// Forbids a break where it stands, and is not seen.
const WORD_JOINER: &str = "\u{2060}";

/// Elements whose text is not read as words of the sentence, and how they end.
const PASSED_OVER: [(&str, &str); 5] =
    [("math", "</math>"), ("svg", "</svg>"), ("pre", "</pre>"), ("script", "</script>"), ("style", "</style>")];

/// What a term means, which stands apart from the line.
const HINT: &str = "<span class=\"hint\"";
const HINT_END: &str = "</span>";

/// What holds a formula and its joiner.
const OPEN: &str = "<span class=\"joined\">";

/// Elements within a word or a sentence; all others end it.
const INLINE: [&str; 22] = [
    "a", "abbr", "b", "bdi", "cite", "code", "del", "dfn", "em", "i", "ins", "kbd", "mark", "q", "s", "small", "span",
    "strong", "sub", "sup", "u", "var",
];

/// HTML in which a particle stays with the bracket, the quotation or the formula before it.
pub(super) fn joined(html: &str) -> String {
    let mut out = String::with_capacity(html.len() + html.len() / 64);
    // What stays is copied in one stretch, up to here.
    let mut copied = 0;
    let mut at = 0;
    // Whether what was read last may tear off the Hangul behind it.
    let mut tears = false;
    while at < html.len() {
        let (piece, after) = html[at..].split_at(piece_length(&html[at..]));
        let end = at + piece.len();
        if piece.starts_with("<math") && after.starts_with(is_hangul) {
            // Browsers break behind a formula even at a joiner, unless both stand where no line breaks.
            out.extend([&html[copied..at], OPEN, piece, WORD_JOINER, "</span>"]);
            copied = end;
            tears = false;
        } else if piece.starts_with('<') {
            tears = tears && (piece.starts_with(HINT) || INLINE.contains(&tag_name(piece)));
        } else {
            for (inside, c) in piece.char_indices() {
                if tears && is_hangul(c) {
                    out.extend([&html[copied..at + inside], WORD_JOINER]);
                    copied = at + inside;
                }
                tears = closes(c) || (c == ';' && ["&quot;", "&#39;"].iter().any(|e| piece[..=inside].ends_with(e)));
            }
        }
        at = end;
    }
    out.push_str(&html[copied..]);
    out
}

/// The length of the text up to the next tag, of a tag, or of an element that is passed over.
fn piece_length(html: &str) -> usize {
    let bytes = html.as_bytes();
    if bytes[0] != b'<' {
        return memchr(b'<', bytes).unwrap_or(html.len());
    }
    let name = tag_name(html);
    let whole = PASSED_OVER.iter().find(|(passed_over, _)| *passed_over == name && bytes.get(1) != Some(&b'/'));
    let whole = whole.map(|(_, end)| *end).or_else(|| html.starts_with(HINT).then_some(HINT_END));
    match whole {
        Some(end) => memmem::find(bytes, end.as_bytes()).map_or(html.len(), |at| at + end.len()),
        None => memchr(b'>', bytes).map_or(html.len(), |at| at + 1),
    }
}

fn tag_name(tag: &str) -> &str {
    let name = tag.trim_start_matches(['<', '/']);
    &name[..name.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(name.len())]
}

fn is_hangul(c: char) -> bool {
    ('가'..='힣').contains(&c)
}

fn closes(c: char) -> bool {
    matches!(c, ')' | ']' | '}' | '%' | '’' | '”' | '〉' | '》' | '」' | '』' | '】' | '°' | '′' | '″')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn particles_stay_with_what_closes_before_them() {
        for (html, expected) in [
            ("법칙(chain rule)을 쓴다", "법칙(chain rule)~을 쓴다"),
            ("<p>법칙(<span lang=\"en\">rule</span>)이다", "<p>법칙(<span lang=\"en\">rule</span>)~이다"),
            ("<math><mi>x</mi></math>를 본다", "<span class=\"joined\"><math><mi>x</mi></math>~</span>를 본다"),
            ("<math><mtext>가)나</mtext></math> 를 <b>5%</b>로", "<math><mtext>가)나</mtext></math> 를 <b>5%</b>~로"),
            ("&quot;값&quot;이라 ‘값’을", "&quot;~값&quot;~이라 ‘값’~을"),
            ("<code>exp(x)</code>를 (가) 나", "<code>exp(x)</code>~를 (가) 나"),
            ("(rule)<span class=\"hint\">뜻</span>을", "(rule)<span class=\"hint\">뜻</span>~을"),
            ("<td>5%</td><td>가</td>", "<td>5%</td><td>가</td>"),
            ("<pre>(x)를</pre><svg><text>(y)를</text></svg>를", "<pre>(x)를</pre><svg><text>(y)를</text></svg>를"),
            ("a < b", "a < b"),
            ("", ""),
        ] {
            assert_eq!(joined(html), expected.replace('~', "\u{2060}"), "{html}");
        }
    }
}
