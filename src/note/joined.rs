//! Words that stay on one line. In: HTML; out: the same with joiners where a line must not break.
//!
//! Lines of Korean break between words (`word-break: keep-all`), but browsers also break behind what closes a bracket or a
//! quotation, behind `%` and behind a formula, and so tear particles off: 연쇄 법칙(chain rule) | 을. (Rule LB30 of UAX #14
//! keeps letters and digits behind a bracket, but not Hangul.)

/// Forbids a break where it stands, and is not seen.
const WORD_JOINER: char = '\u{2060}';

/// Elements whose text is not read as words of the sentence.
const PASSED_OVER: [&str; 5] = ["math", "svg", "pre", "script", "style"];

/// What a term means, which stands apart from the line.
const HINT: &str = "<span class=\"hint\"";

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
    let mut rest = html;
    // Whether what was written last may tear off the Hangul behind it.
    let mut tears = false;
    while !rest.is_empty() {
        let (piece, after) = rest.split_at(piece_length(rest));
        if piece.starts_with("<math") && after.starts_with(is_hangul) {
            // Browsers break behind a formula even at a joiner, unless both stand where no line breaks.
            out.extend([OPEN, piece]);
            out.push(WORD_JOINER);
            out.push_str("</span>");
            tears = false;
        } else if piece.starts_with(HINT) {
            out.push_str(piece);
        } else if piece.starts_with('<') {
            let name = tag_name(piece);
            tears &= INLINE.contains(&name);
            out.push_str(piece);
        } else {
            for (at, c) in piece.char_indices() {
                if tears && is_hangul(c) {
                    out.push(WORD_JOINER);
                }
                tears = closes(c) || (c == ';' && ["&quot;", "&#39;"].iter().any(|e| piece[..=at].ends_with(e)));
                out.push(c);
            }
        }
        rest = after;
    }
    out
}

/// The length of the text up to the next tag, of a tag, or of an element that is passed over.
fn piece_length(html: &str) -> usize {
    if !html.starts_with('<') {
        return html.find('<').unwrap_or(html.len());
    }
    let name = tag_name(html);
    let is_whole = html.starts_with(HINT) || (PASSED_OVER.contains(&name) && !html.starts_with("</"));
    if !is_whole {
        return html.find('>').map_or(html.len(), |at| at + 1);
    }
    let end = format!("</{name}>");
    html.find(&end).map_or(html.len(), |at| at + end.len())
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
