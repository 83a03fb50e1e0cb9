//! Whether MathML is fit for a page. In: what the converter has written; out: whether it is nothing but formulas. The
//! converter escapes what an author writes, but not everywhere: the name of an operator goes through it as it stands. So
//! what it writes is not trusted, but read.

/// The elements that formulas are made of; small capitals are a `span` in a text.
const ELEMENTS: [&str; 28] = [
    "math",
    "menclose",
    "merror",
    "mfrac",
    "mi",
    "mmultiscripts",
    "mn",
    "mo",
    "mover",
    "mpadded",
    "mphantom",
    "mprescripts",
    "mroot",
    "mrow",
    "mspace",
    "msqrt",
    "mstyle",
    "msub",
    "msubsup",
    "msup",
    "mtable",
    "mtd",
    "mtext",
    "mtr",
    "munder",
    "munderover",
    "none",
    "span",
];

/// The attributes that say how they look.
const ATTRIBUTES: [&str; 26] = [
    "accent",
    "accentunder",
    "class",
    "columnalign",
    "columnlines",
    "columnspan",
    "depth",
    "display",
    "displaystyle",
    "form",
    "height",
    "largeop",
    "linethickness",
    "lspace",
    "mathcolor",
    "mathvariant",
    "maxsize",
    "minsize",
    "movablelimits",
    "notation",
    "rspace",
    "scriptlevel",
    "stretchy",
    "symmetric",
    "voffset",
    "width",
];

/// Whether a text is one element of MathML with all that is in it, every part closed and every character written as XML
/// asks for.
pub fn is_sound(mathml: &str) -> bool {
    let mut open: Vec<&str> = Vec::new();
    let mut rest = mathml;
    loop {
        let Some(tag) = rest.strip_prefix('<') else { return false };
        let Some((tag, after)) = tag.split_once('>') else { return false };
        match tag.strip_prefix('/') {
            Some(name) if open.pop() != Some(name) => return false,
            Some(_) => {}
            None => match opened(tag) {
                Some((name, false)) => open.push(name),
                Some((_, true)) => {}
                None => return false,
            },
        }
        let (text, next) = after.split_at(after.find('<').unwrap_or(after.len()));
        if open.is_empty() {
            return after.is_empty();
        }
        if !is_text(text) {
            return false;
        }
        rest = next;
    }
}

/// The name of an element that a tag opens, and whether the tag closes it, too; none where it is not fit for a formula.
fn opened(tag: &str) -> Option<(&str, bool)> {
    let (tag, is_closed) = tag.strip_suffix('/').map_or((tag, false), |tag| (tag, true));
    let (name, mut rest) = tag.split_at(tag.find(' ').unwrap_or(tag.len()));
    while let Some(attribute) = rest.strip_prefix(' ') {
        if attribute.is_empty() && is_closed {
            rest = attribute;
            break;
        }
        let (key, value) = attribute.split_once("=\"")?;
        let (value, after) = value.split_once('"')?;
        if !ATTRIBUTES.contains(&key) || !is_text(value) {
            return None;
        }
        rest = after;
    }
    (rest.is_empty() && ELEMENTS.contains(&name)).then_some((name, is_closed))
}

/// Whether each character stands for itself or is written as an entity that XML knows.
fn is_text(text: &str) -> bool {
    const ENTITIES: [&str; 5] = ["lt;", "gt;", "amp;", "quot;", "apos;"];
    let is_entity = |after: &str| {
        let number = || after.strip_prefix('#')?.split_once(';').filter(|(digits, _)| !digits.is_empty());
        let is_number = |digits: &str| digits.trim_start_matches('x').bytes().all(|byte| byte.is_ascii_hexdigit());
        ENTITIES.iter().any(|entity| after.starts_with(entity)) || number().is_some_and(|(digits, _)| is_number(digits))
    };
    text.split('&').skip(1).all(is_entity)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_formulas_are_sound() {
        for (mathml, expected) in [
            ("<math><mi>x</mi></math>", true),
            ("<math display=\"block\"><mrow><mo lspace=\"0\">&lt;</mo><mspace width=\"1em\"/></mrow></math>", true),
            ("<math><mtext>A&#x26;B 가</mtext></math>", true),
            ("", false),
            ("x", false),
            ("<math><mi>x</math>", false),
            ("<math></math><math></math>", false),
            ("<math><mi>x</mi></math>y", false),
            ("<math><mo><svg/onload=alert(1)></mo></math>", false),
            ("<math><mo><img src=\"x\"></mo></math>", false),
            ("<math><mo onclick=\"x()\">a</mo></math>", false),
            ("<math><mtext><a href=\"x\">a</a></mtext></math>", false),
            ("<math><mo>a&b</mo></math>", false),
            ("<math><mo>a&#;</mo></math>", false),
            ("<math><mo>a></mo></math>", true),
            ("<math><mo lspace=\"a>b\">a</mo></math>", false),
            ("<math><mo></math><script></mo></math>", false),
            ("<math><!-- --></math>", false),
        ] {
            assert_eq!(is_sound(mathml), expected, "{mathml}");
        }
    }
}
