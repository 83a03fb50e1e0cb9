//! Formulas. In: TeX; out: MathML without inline styles, links or state. This file alone knows the
//! converter from TeX to MathML.

mod sound;

use crate::drawers::Drawers;
use crate::key::Key;
use crate::lang::{Particle, Text, said, text, with_particle};
use crate::source::RangeMap;
use math_core::{LatexToMathML, MathCoreConfig, MathDisplay};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::ops::Range;
use std::sync::Arc;

/// The longest formula, in characters.
const LONGEST: usize = 20_000;

/// The deepest nesting of groups.
const DEEPEST: usize = 200;

/// The most commands in one formula. Commands nest without groups, too (`\sqrt\sqrt x`), and the converter
/// goes one call deeper for each.
const MOST_COMMANDS: usize = 800;

/// Macros that every note may use; the site's own of the same name win.
const MACROS: [(&str, &str); 16] = [
    ("R", r"\mathbb{R}"),
    ("N", r"\mathbb{N}"),
    ("Z", r"\mathbb{Z}"),
    ("E", r"\mathbb{E}"),
    ("argmax", r"\operatorname*{arg\,max}"),
    ("argmin", r"\operatorname*{arg\,min}"),
    ("softmax", r"\operatorname{softmax}"),
    ("sigmoid", r"\operatorname{sigmoid}"),
    ("relu", r"\operatorname{ReLU}"),
    ("diag", r"\operatorname{diag}"),
    ("tr", r"\operatorname{tr}"),
    ("boxed", r"\begin{array}{|c|}\hline #1 \\ \hline\end{array}"),
    ("substack", r"\begin{subarray}{c}#1\end{subarray}"),
    ("smash", r"{#1}"),
    ("hdots", r"\ldots"),
    ("pd", r"\frac{\partial #1}{\partial #2}"),
];

/// Commands that make links or anchors, which a formula must not bring into a page.
const FORBIDDEN: [&str; 12] = [
    "href",
    "url",
    // What is left of these has no name in braces.
    "label",
    "ref",
    "eqref",
    "includegraphics",
    "htmlId",
    "htmlClass",
    "htmlData",
    "htmlStyle",
    "input",
    "require",
];

/// The environments that may hold a `\tag`.
const TAGGING: [&str; 4] = [r"\begin{align", r"\begin{equation", r"\begin{gather", r"\begin{multline"];

/// What is wrong with a formula, and where in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TexError {
    /// Bytes in the formula, on character boundaries.
    pub range: Range<usize>,
    /// What is wrong.
    pub message: Text,
}

/// A macro that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MacroError {
    /// Its name, without the backslash.
    pub name: String,
    /// What is wrong with its definition.
    pub message: Text,
}

/// Writes formulas as MathML. Formulas share nothing but the macros.
#[derive(Debug)]
pub struct MathWriter {
    converter: LatexToMathML,
    /// Short formulas that have been written already: the same come again and again, in figures, their tables and steps, and
    /// in the note in the other language.
    known: Drawers<str>,
}

/// Longer formulas seldom come twice.
const LONGEST_KNOWN: usize = 512;

impl MathWriter {
    /// A writer that knows the site's macros (name without backslash to definition). Macros that cannot be
    /// used are left out and told.
    pub fn new(macros: &BTreeMap<String, String>) -> (Self, Vec<MacroError>) {
        let mut all: BTreeMap<String, String> =
            MACROS.iter().map(|(name, tex)| ((*name).into(), (*tex).into())).collect();
        let mut errors = Vec::new();
        for (name, tex) in macros {
            let name = name.trim_start_matches('\\').to_owned();
            match rewrite(tex, false) {
                Ok((tex, _)) => {
                    all.insert(name, tex);
                }
                Err(error) => errors.push(MacroError { name, message: error.message }),
            }
        }
        let mut all: Vec<(String, String)> = all.into_iter().collect();
        loop {
            let config = MathCoreConfig { macros: all.clone(), ..MathCoreConfig::default() };
            match LatexToMathML::new(config) {
                Ok(converter) => return (Self { converter, known: Drawers::default() }, errors),
                Err((error, index, _)) => {
                    let (name, _) = all.remove(index);
                    errors.push(MacroError { name, message: message(&error.error_message()) });
                }
            }
        }
    }

    /// The formula as MathML.
    pub fn mathml(&self, tex: &str, display: bool) -> Result<Arc<str>, TexError> {
        let written = || self.written(tex, display).map(Into::into);
        if tex.len() > LONGEST_KNOWN {
            return written();
        }
        self.known.try_recall(Key::of([&[u8::from(display)], tex.as_bytes()]), written)
    }

    fn written(&self, tex: &str, display: bool) -> Result<String, TexError> {
        check_size(tex)?;
        let (rewritten, map) = rewrite(tex, display)?;
        let display = if display { MathDisplay::Block } else { MathDisplay::Inline };
        match self.converter.convert_with_local_state(&rewritten, display) {
            Ok(result) => {
                let mathml = with_own_lines(with_plain_signs(&without_styles(&result.mathml)));
                if sound::is_sound(&mathml) { Ok(mathml) } else { Err(no_name(tex)) }
            }
            Err(error) => {
                let range = map.to_file(error.0.clone());
                let start = tex.floor_char_boundary(range.start);
                let end = tex.ceil_char_boundary(range.end).max(start);
                Err(TexError { range: start..end, message: message(&error.error_message()) })
            }
        }
    }
}

/// What the converter says.
fn message(error: &str) -> Text {
    let Text { ko, en } = said(error.trim_end_matches('.'));
    text(format!("수식을 읽을 수 없습니다: {ko}"), format!("the formula cannot be read: {en}"))
}

/// Whether a formula is longer than one that is set.
pub fn is_too_long(tex: &str) -> bool {
    tex.chars().count() > LONGEST
}

fn check_size(tex: &str) -> Result<(), TexError> {
    if is_too_long(tex) {
        let ko = format!("수식이 {LONGEST}자보다 깁니다");
        return Err(TexError {
            range: 0..tex.len(),
            message: text(ko, format!("the formula is longer than {LONGEST} characters")),
        });
    }
    if let Some((at, _)) = tex.match_indices('\\').nth(MOST_COMMANDS) {
        let ko = format!("수식에 명령이 {MOST_COMMANDS}개보다 많습니다");
        return Err(TexError {
            range: at..at + 1,
            message: text(ko, format!("the formula has more than {MOST_COMMANDS} commands")),
        });
    }
    let mut depth = 0_usize;
    for (at, c) in tex.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > DEEPEST {
            return Err(too_deep(at..at + 1));
        }
    }
    Ok(())
}

fn too_deep(range: Range<usize>) -> TexError {
    let ko = format!("수식이 {DEEPEST}겹보다 깊습니다");
    TexError { range, message: text(ko, format!("the formula is nested deeper than {DEEPEST} levels")) }
}

/// That there are characters where only the letters of a name may stand.
fn no_name(tex: &str) -> TexError {
    const OPERATOR: &str = r"\operatorname";
    let range = tex.find(OPERATOR).map_or(0..tex.len(), |at| at..at + OPERATOR.len());
    let message = text(
        r"수식을 읽을 수 없습니다: `\operatorname`의 이름에는 `<`, `>`, `&`를 쓸 수 없습니다",
        r"the formula cannot be read: the name in `\operatorname` cannot hold `<`, `>` or `&`",
    );
    TexError { range, message }
}

/// A comment that ends with the formula, so that it hides what the author has meant to show.
fn hides_the_rest(range: Range<usize>) -> TexError {
    let message = text(
        r"수식을 읽을 수 없습니다: `%`부터 줄 끝까지는 주석입니다. 백분율 기호는 `\%`로 씁니다",
        r"the formula cannot be read: `%` begins a comment that hides the rest; write `\%` for per cent",
    );
    TexError { range, message }
}

/// What the converter does not know in words that it knows, with a map back.
fn rewrite(tex: &str, display: bool) -> Result<(String, RangeMap), TexError> {
    let mut out = String::new();
    let mut map = RangeMap::default();
    let mut at = 0;
    // A tag needs an environment around it.
    let is_tagged = display && tex.contains(r"\tag") && !TAGGING.iter().any(|name| tex.contains(name));
    if is_tagged {
        out.push_str(r"\begin{equation*}");
        map.push(0, out.len());
    }
    while at < tex.len() {
        let rest = &tex[at..];
        let len = match rest.strip_prefix('\\') {
            Some(after) => 1 + command_len(after),
            None => rest.find('\\').unwrap_or(rest.len()),
        };
        let word = &rest[..len];
        if word.strip_prefix('\\').is_some_and(|name| FORBIDDEN.contains(&name)) {
            let message = text(
                format!("{} 수식에 쓸 수 없습니다", with_particle(&format!("`{word}`"), Particle::Topic)),
                format!("`{word}` is not allowed in a formula"),
            );
            return Err(TexError { range: at..at + len, message });
        }
        if let Some(comment) = word.find('%').filter(|_| !word.starts_with('\\')).map(|found| at + found)
            && !tex[comment..].contains('\n')
        {
            return Err(hides_the_rest(comment..comment + 1));
        }
        let (old, new) = replacement(rest, word);
        map.push(at, new.len());
        out.push_str(&new);
        at += old;
    }
    if is_tagged {
        out.push_str(r"\end{equation*}");
    }
    Ok((out, map))
}

fn command_len(after: &str) -> usize {
    match after.bytes().take_while(u8::is_ascii_alphabetic).count() {
        0 => after.chars().next().map_or(0, char::len_utf8),
        letters => letters,
    }
}

/// How much of `rest` is replaced by what.
fn replacement<'r>(rest: &'r str, word: &'r str) -> (usize, Cow<'r, str>) {
    let next = &rest[word.len()..];
    if matches!(word, r"\begin" | r"\end") {
        for (name, known) in [
            ("{split}", "{aligned}"),
            ("{align}", "{align*}"),
            ("{equation}", "{equation*}"),
            ("{gather}", "{gather*}"),
            ("{smallmatrix}", "{matrix}"),
        ] {
            // Numbers count within one formula only: each would be 1, so there are none.
            if next.starts_with(name) {
                return (word.len() + name.len(), format!("{word}{known}").into());
            }
        }
    }
    if matches!(word, r"\color" | r"\textcolor")
        && let Some((spec, after)) = next.strip_prefix('{').and_then(|next| next.split_once('}'))
    {
        let written = word.len() + spec.len() + 2;
        match word {
            r"\color" => return (written, colour(spec).into()),
            // The group that follows is what the colour is for.
            _ if after.starts_with('{') => return (written + 1, format!("{{{} ", colour(spec)).into()),
            _ => {}
        }
    }
    (word.len(), word.into())
}

/// The colours of figures by what they are for. The converter knows only colours, so each passes through it as one that
/// nobody would choose, and leaves it as a class, whose colour is that of the figures, light and dark.
const ROLES: [(&str, &str); 5] =
    [("forward", "#010203"), ("backward", "#010204"), ("local", "#010205"), ("param", "#010206"), ("input", "#010207")];

/// A switch of colour, by name, by what it is for in figures, or by `#` and six digits.
fn colour(spec: &str) -> String {
    let spec = ROLES.iter().find(|(role, _)| *role == spec).map_or(spec, |(_, colour)| *colour);
    match spec.strip_prefix('#') {
        Some(digits) => format!(r"\color[HTML]{{{}}}", digits.to_ascii_uppercase()),
        None => format!(r"\color{{{spec}}}"),
    }
}

/// The style sheet for the classes that formulas carry instead of inline styles.
pub const MATH_CSS: &str = include_str!("math.css");

/// The MathML without the spaces of a sign in front of a number in a table, where it stands first in its cell and so has none: the
/// numbers of a page are mostly there.
fn with_plain_signs(mathml: &str) -> String {
    mathml.replace("<mtd><mo lspace=\"0\" rspace=\"0\">−</mo><mn>", "<mtd><mo>−</mo><mn>")
}

/// The MathML with lines over and under it that are characters of their own. The converter takes one that joins the character
/// before it, of which there is none.
fn with_own_lines(mathml: String) -> String {
    if !mathml.contains('\u{332}') {
        return mathml;
    }
    mathml
        .replace(">\u{332}</mo></munder>", ">_</mo></munder>")
        .replace(">\u{332}</mo></mover>", ">\u{203e}</mo></mover>")
}

/// The MathML with classes for inline styles, and without ids.
fn without_styles(mathml: &str) -> String {
    let mut out = String::with_capacity(mathml.len());
    let mut rest = mathml;
    // For each fraction that is open whether a style is around it.
    let mut fractions: Vec<bool> = Vec::new();
    while let Some(open) = rest.find('<') {
        let (text, tag) = rest.split_at(open);
        out.push_str(text);
        let end = tag.find('>').map_or(tag.len(), |end| end + 1);
        let (tag, after) = tag.split_at(end);
        if let Some(style) = tag.strip_prefix("<mfrac displaystyle=") {
            // Not all readers take the attribute at a fraction.
            let _ = write!(out, "<mstyle displaystyle={style}<mfrac>");
            fractions.push(true);
        } else {
            if tag == "<mfrac>" || tag.starts_with("<mfrac ") {
                fractions.push(false);
            }
            write_tag(tag, &mut out);
            if tag == "</mfrac>" && fractions.pop() == Some(true) {
                out.push_str("</mstyle>");
            }
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

fn write_tag(tag: &str, out: &mut String) {
    // MathML Core knows no such level on tables, and outside scripts and fractions it says what holds anyway; the style is what a
    // table has by itself.
    let plain;
    let tag = if tag.starts_with("<mtable ") {
        plain = tag.replace(" scriptlevel=\"0\"", "").replace(" displaystyle=\"false\"", "");
        plain.as_str()
    } else {
        tag
    };
    // Most have no attribute at all.
    if !tag.contains('"') {
        return out.push_str(tag);
    }
    let Some((before, style)) = tag.split_once(" style=\"") else { return out.push_str(tag) };
    let Some((style, after)) = style.split_once('"') else { return out.push_str(tag) };
    let mut classes = Vec::new();
    let mut attributes = String::new();
    for (property, value) in style.split(';').filter_map(|declaration| declaration.split_once(':')) {
        match (property.trim(), value.trim()) {
            ("color", colour) if let Some(class) = role_class(colour) => classes.push(class),
            ("color", colour) => {
                let _ = write!(attributes, " mathcolor=\"{colour}\"");
            }
            (property, value) => classes.extend(class(property, value)),
        }
    }
    out.push_str(before);
    if !classes.is_empty() {
        let _ = write!(out, " class=\"{}\"", classes.join(" "));
    }
    out.push_str(&attributes);
    out.push_str(after);
}

/// The class for a colour that stands for what it is for.
fn role_class(colour: &str) -> Option<String> {
    let (role, _) = ROLES.iter().find(|(_, stand_in)| stand_in.eq_ignore_ascii_case(colour))?;
    Some(format!("m-{role}"))
}

/// The class for a declaration; `math.css` has a rule for each.
fn class(property: &str, value: &str) -> Option<String> {
    let class = match (property, value) {
        ("text-align", side) => format!("m-{side}"),
        ("border-left" | "border-right" | "border-top", line) => {
            let side = property.trim_start_matches("border-");
            format!("m-{side}-{}", if line.contains("dashed") { "dashed" } else { "solid" })
        }
        ("padding-left" | "padding-right" | "padding-top" | "padding-bottom", length) => {
            let side = property.trim_start_matches("padding-");
            format!("m-pad-{side}-{}", thousandths(length)?)
        }
        ("width", "7.5%") => "m-narrow".to_owned(),
        ("width", "50%") => "m-half".to_owned(),
        ("width", "100%") => "m-full".to_owned(),
        ("font-size", size) => format!("m-size-{}", size.trim_end_matches('%')),
        ("font-variant-caps", _) => "m-small-caps".to_owned(),
        ("margin-left", length) => format!("m-back-{}", eighteenths(length)?),
        _ => return None,
    };
    Some(class)
}

fn thousandths(length: &str) -> Option<i64> {
    let ems: f64 = length.trim_end_matches("em").parse().ok()?;
    Some((ems * 1000.0).round() as i64)
}

/// A negative space in eighteenths of an em, which is TeX's own smallest step; at most two ems.
fn eighteenths(length: &str) -> Option<i64> {
    let number = length.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let ems = match &length[number.len()..] {
        "ex" => 0.45,
        _ => 1.0,
    } * number.parse::<f64>().ok()?;
    Some((-ems * 18.0).round().clamp(1.0, 36.0) as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn writer() -> MathWriter {
        let (writer, errors) = MathWriter::new(&BTreeMap::new());
        assert_eq!(errors, []);
        writer
    }

    #[test]
    fn formulas_become_mathml() {
        let writer = writer();
        for (tex, expected) in [
            ("x", "<math><mi>x</mi></math>"),
            (r"\text{가중치}", "<math><mtext>가중치</mtext></math>"),
            (r"a<b", "<math><mi>a</mi><mo>&lt;</mo><mi>b</mi></math>"),
            (
                r"\tfrac{\frac{a}{b}}{c}",
                "<math><mstyle displaystyle=\"false\"><mfrac><mfrac><mi>a</mi><mi>b</mi></mfrac><mi>c</mi></mfrac></mstyle></math>",
            ),
        ] {
            assert_eq!(writer.mathml(tex, false).as_deref(), Ok(expected));
        }
    }

    /// A character that joins the one before it would stand first in its element.
    #[test]
    fn lines_are_characters_of_their_own() {
        let writer = writer();
        for (tex, line) in [(r"\underline{xy}", "_"), (r"\overline{xy}", "\u{203e}")] {
            let mathml = writer.mathml(tex, false).unwrap_or_else(|error| panic!("{tex}: {error:?}"));
            assert!(mathml.contains(&format!("<mo stretchy=\"true\">{line}</mo></m")), "{mathml}");
        }
    }

    #[test]
    fn nothing_carries_a_style() {
        let writer = writer();
        for tex in [
            r"\begin{split} a &= b \\ c &= d \end{split}",
            r"\begin{align} a &= b \\ &= d \end{align}",
            r"\begin{cases} a & b \\ c & d \end{cases}",
            r"\begin{array}{l|c:r} \hline a & b & c \\ \hdashline d & e & f \end{array}",
            r"\color{#ff0000} x",
            r"\textcolor{#00ff00}{x} a\!b \hspace{-1.5em} c",
            r"a = \boxed{b} \tag{1}",
            r"\sum_{\substack{i \\ j}} \begin{smallmatrix} a & b \end{smallmatrix}",
            r"\textsc{x} \cancel{x} 가중치 = \text{편향}",
            r"\R \argmax_x \pd{f}{w} \operatorname*{lim\,sup}_x",
            r#"\text{ style="x" <b>}"#,
        ] {
            let mathml = writer.mathml(tex, true).unwrap_or_else(|error| panic!("{tex}: {error:?}"));
            assert!(!mathml.contains(" style=\"") && !mathml.contains("href") && !mathml.contains(" id="), "{mathml}");
            for class in
                mathml.split("class=\"").skip(1).flat_map(|rest| rest.split('"').next().unwrap_or_default().split(' '))
            {
                assert!(MATH_CSS.contains(&format!(".{class}")), "{class} has no rule");
            }
        }
    }

    #[test]
    fn colours_are_those_of_figures() {
        let macros = BTreeMap::from([
            ("up".to_owned(), r"\textcolor{backward}{#1}".to_owned()),
            ("link".to_owned(), r"\href{x}{y}".to_owned()),
        ]);
        let (writer, errors) = MathWriter::new(&macros);
        assert_eq!(errors.iter().map(|error| error.name.as_str()).collect::<Vec<_>>(), ["link"]);
        for (tex, expected) in [
            (r"\textcolor{forward}{x}", "m-forward"),
            (r"\color{local} x", "m-local"),
            (r"\up{x}", "m-backward"),
            (r"\textcolor{param}{w} + \textcolor{input}{\text{입력}}", "m-input"),
        ] {
            let mathml = writer.mathml(tex, false).unwrap_or_else(|error| panic!("{tex}: {error:?}"));
            assert!(mathml.contains(&format!("class=\"{expected}\"")) && !mathml.contains("color="), "{mathml}");
            assert!(MATH_CSS.contains(&format!("math .{expected} {{ color: var(--bp-")));
        }
        assert!(writer.mathml(r"\textcolor{nosuch}{x}", false).is_err());
    }

    #[test]
    fn mistakes_have_places() {
        let writer = writer();
        for (tex, place) in [
            (r"a + \foo b", r"\foo"),
            (r"\href{javascript:x}{y}", r"\href"),
            (r"a \label{x}", r"\label"),
            (r"\begin{split} a \foo \end{split}", r"\foo"),
            (r"가중치 + \foo", r"\foo"),
            (r"x = \operatorname{<svg/onload=alert(1)>}", r"\operatorname"),
            (r"\frac{a}{\operatorname*{\text{<b>}}}", r"\operatorname"),
            (r"\operatorname{a\&b}", r"\operatorname"),
            (r"\operatorname{</mo></math><script>x()</script>}", r"\operatorname"),
            ("p = 95% \\pm 2", "%"),
        ] {
            let error = writer.mathml(tex, false).expect_err(tex);
            assert_eq!(&tex[error.range], place, "{tex}");
        }
        for tex in [r"95\%", "\na % a comment\n= b\n"] {
            assert!(writer.mathml(tex, true).is_ok(), "{tex}");
        }
        for tex in [r"\frac{a", "}", r"\begin{x}", &"{".repeat(300), &"x".repeat(20_001)] {
            assert!(writer.mathml(tex, false).is_err(), "{tex:.30}");
        }
    }

    #[test]
    fn deep_formulas_do_not_crash() {
        let writer = writer();
        for part in [
            r"\sqrt",
            r"\frac a",
            r"\left(",
            r"\begin{matrix}",
            "^",
            "_",
            r"\hat",
            r"x^\sqrt",
            r"\overset{a}",
            r"\sqrt[3]",
            r"\frac{a}",
            r"\sqrt{",
            r"\left(\sqrt{",
            r"\text{\textbf{",
            r"\not",
            r"\text",
            "{",
            "'",
            "&",
            r"\\",
            r"\begin{array}{c}",
        ] {
            for count in [190, 500, 800, 2_000, 19_000] {
                let tex: String = part.repeat(count.min(19_999 / part.len()));
                let _ = writer.mathml(&tex, true);
            }
        }
    }

    #[test]
    fn bad_macros_are_told() {
        let macros = BTreeMap::from([("ok".into(), r"\mathrm{ok}".into()), ("bad".into(), r"\nosuch{".into())]);
        let (writer, errors) = MathWriter::new(&macros);
        assert_eq!(errors.iter().map(|error| error.name.as_str()).collect::<Vec<_>>(), ["bad"]);
        assert!(writer.mathml(r"\ok", false).is_ok());
    }
}
