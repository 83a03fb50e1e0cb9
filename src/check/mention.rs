//! Numbers that the prose states. In: a paragraph; out: the names and derivatives in it that are said to have a number.
//!
//! A mention is an equation (`$f = -7$`, `$\frac{\partial f}{\partial w} = g = 5$`) or a name with its number behind it
//! (`` `df/dw` is 5``, `$f$는 $-7$이다`). What is said under a condition or of another state is left out.

use super::prose::{Paragraph, Token, TokenKind};
use super::sentence::{self, Sentences};
use std::ops::Range;

/// A number that is said of a name or a derivative.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mention {
    /// What it is said of, as a claim would name it: `f`, `∂f/∂w`.
    pub target: String,
    /// The digits, in ASCII.
    pub digits: String,
    /// Where the digits stand in the paragraph.
    pub range: Range<usize>,
}

/// The mentions of a paragraph.
pub fn mentions(paragraph: &Paragraph) -> Vec<Mention> {
    let mut found = Vec::new();
    let mut sentences = Sentences::of(&paragraph.text);
    for (i, token) in paragraph.tokens.iter().enumerate() {
        let text = &paragraph.text[token.range.clone()];
        let more = match token.kind {
            TokenKind::Formula { .. } => {
                let mut equations = equations(text, token.range.start);
                equations
                    .extend(target_of_tex(text).and_then(|target| said_behind(paragraph, i, token.range.end, target)));
                equations
            }
            TokenKind::Code => target_of_code(text)
                .and_then(|target| said_behind(paragraph, i, token.range.end, target))
                .into_iter()
                .collect(),
            TokenKind::Words => derivatives_in_words(paragraph, i, token),
            TokenKind::Printed => Vec::new(),
        };
        found.extend(more.into_iter().filter(|mention| sentences.is_plain(&mention.range)));
    }
    found
}

/// The equations of a formula whose left side is a name or a derivative and whose right side ends in a number.
fn equations(tex: &str, start: usize) -> Vec<Mention> {
    const OTHER_RELATIONS: [&str; 12] =
        [r"\begin", r"\to", r"\ne", r"\le", r"\ge", "<", ">", r"\leftarrow", r"\gets", r"\mapsto", r"\pm", r"\in "];
    if OTHER_RELATIONS.iter().any(|relation| tex.contains(relation)) {
        return Vec::new();
    }
    let parts = split(tex, &[",", r"\quad", r"\qquad", ";"]);
    parts.into_iter().filter_map(|part| equation(&tex[part.clone()], start + part.start)).collect()
}

fn equation(tex: &str, start: usize) -> Option<Mention> {
    let sides = split(tex, &["=", r"\approx"]);
    let (first, last) = (sides.first()?, sides.last()?);
    let (digits, within) = number(&tex[last.clone()])?;
    if sides.len() < 2 {
        return None;
    }
    let at = start + last.start;
    Some(Mention { target: target_of_tex(&tex[first.clone()])?, digits, range: at + within.start..at + within.end })
}

/// The parts of a formula between separators that stand in no braces.
fn split(tex: &str, separators: &[&str]) -> Vec<Range<usize>> {
    let (mut parts, mut depth, mut start, mut at) = (Vec::new(), 0_i32, 0, 0);
    while at < tex.len() {
        let rest = &tex[at..];
        let separator = separators.iter().filter(|_| depth == 0).find(|separator| rest.starts_with(**separator));
        if let Some(separator) = separator {
            parts.push(start..at);
            at += separator.len();
            start = at;
            continue;
        }
        let next = rest.chars().next().map_or(1, char::len_utf8);
        depth += match &rest[..next] {
            "{" | "(" | "[" => 1,
            "}" | ")" | "]" => -1,
            _ => 0,
        };
        at += next;
    }
    parts.push(start..tex.len());
    parts
}

/// A text that is a number, with its digits in ASCII and their place.
fn number(text: &str) -> Option<(String, Range<usize>)> {
    let trimmed = text.trim().trim_end_matches('.').trim_end();
    let start = text.len() - text.trim_start().len();
    let ascii = trimmed.replace('\u{2212}', "-").replace(' ', "");
    let unsigned = ascii.strip_prefix('-').unwrap_or(&ascii);
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, "0"));
    let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    (is_digits(whole) && is_digits(fraction)).then(|| (ascii, start..start + trimmed.len()))
}

/// A name or a derivative as a formula writes it.
fn target_of_tex(tex: &str) -> Option<String> {
    let plain = tex
        .replace(r"\dfrac", r"\frac")
        .replace(r"\tfrac", r"\frac")
        .replace(r"\mathrm{d}", "d")
        .replace(r"\partial", "∂");
    let plain = plain.trim();
    if let Some(fraction) = plain.strip_prefix(r"\frac") {
        let (above, below) = fraction.trim().strip_prefix('{')?.strip_suffix('}')?.split_once('}')?;
        return derivative(above, below.trim().strip_prefix('{')?);
    }
    match plain.split_once('/') {
        Some((above, below)) => derivative(above, below),
        None => name_of_tex(plain),
    }
}

fn derivative(above: &str, below: &str) -> Option<String> {
    let name = |side: &str| name_of_tex(side.trim().strip_prefix(['∂', 'd'])?.trim());
    Some(format!("∂{}/∂{}", name(above)?, name(below)?))
}

/// `w_{1}` is the name `w_1`, `\mathrm{loss}` the name `loss`, `\eta` the name `η`.
fn name_of_tex(tex: &str) -> Option<String> {
    let (base, below) = match tex.trim().split_once('_') {
        Some((base, below)) => (base.trim(), Some(unbraced(below.trim()))),
        None => (tex.trim(), None),
    };
    let upright =
        [r"\mathrm", r"\text", r"\mathit", r"\operatorname"].iter().find_map(|command| base.strip_prefix(command));
    let base = match (upright, base.strip_prefix('\\')) {
        (Some(word), _) => unbraced(word.trim()).to_owned(),
        (None, Some(greek)) => greek_letter(greek)?.to_string(),
        // Letters side by side are a product.
        (None, None) => Some(base).filter(|base| base.chars().count() == 1)?.to_owned(),
    };
    let name = below.map_or_else(|| base.clone(), |below| format!("{base}_{below}"));
    is_name(&name).then_some(name)
}

fn unbraced(tex: &str) -> &str {
    tex.strip_prefix('{').and_then(|tex| tex.strip_suffix('}')).unwrap_or(tex)
}

fn is_name(text: &str) -> bool {
    text.chars().all(|c| c.is_alphanumeric() || c == '_') && text.starts_with(char::is_alphabetic)
}

/// The Greek letter of a TeX command.
fn greek_letter(command: &str) -> Option<char> {
    const LETTERS: [(&str, char); 20] = [
        ("alpha", 'α'),
        ("beta", 'β'),
        ("gamma", 'γ'),
        ("delta", 'δ'),
        ("epsilon", 'ε'),
        ("zeta", 'ζ'),
        ("eta", 'η'),
        ("theta", 'θ'),
        ("kappa", 'κ'),
        ("lambda", 'λ'),
        ("mu", 'μ'),
        ("nu", 'ν'),
        ("xi", 'ξ'),
        ("rho", 'ρ'),
        ("sigma", 'σ'),
        ("tau", 'τ'),
        ("phi", 'φ'),
        ("chi", 'χ'),
        ("psi", 'ψ'),
        ("omega", 'ω'),
    ];
    LETTERS.iter().find(|(name, _)| *name == command).map(|(_, letter)| *letter)
}

/// A name or a derivative between backticks.
fn target_of_code(code: &str) -> Option<String> {
    match code.split_once('/') {
        Some((above, below)) => {
            let name = |side: &str| Some(side.trim().strip_prefix(['∂', 'd'])?.to_owned()).filter(|name| is_name(name));
            Some(format!("∂{}/∂{}", name(above)?, name(below)?))
        }
        None => is_name(code).then(|| code.to_owned()),
    }
}

/// `df/dw` in the words themselves, with its number behind it.
fn derivatives_in_words(paragraph: &Paragraph, index: usize, token: &Token) -> Vec<Mention> {
    let words = &paragraph.text[token.range.clone()];
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '∂';
    let mut found = Vec::new();
    for (slash, _) in words.match_indices('/') {
        let start = words[..slash]
            .rfind(|c| !is_part(c))
            .map_or(0, |at| at + words[at..].chars().next().map_or(1, char::len_utf8));
        let end = words[slash + 1..].find(|c| !is_part(c)).map_or(words.len(), |at| slash + 1 + at);
        if let Some(target) = target_of_code(&words[start..end]) {
            found.extend(said_behind(paragraph, index, token.range.start + end, target));
        }
    }
    found
}

/// The number that is said of what ends at `end`, inside or behind the token with that index.
fn said_behind(paragraph: &Paragraph, index: usize, end: usize, target: String) -> Option<Mention> {
    let text = &paragraph.text;
    let digits_at = end + sentence::copula(&text[end..])?;
    let mut near = paragraph.tokens[index..].iter().take_while(|token| token.range.start <= digits_at);
    let next = near.find(|token| token.range.contains(&digits_at))?;
    let digits_end = match next.kind {
        TokenKind::Formula { .. } if next.range.start == digits_at => next.range.end,
        TokenKind::Words => digits_at + sentence::digits(&text[digits_at..next.range.end]),
        _ => return None,
    };
    let (digits, within) = number(&text[digits_at..digits_end])?;
    let is_whole = sentence::ends_statement(&text[digits_end..]);
    is_whole.then(|| Mention { target, digits, range: digits_at + within.start..digits_at + within.end })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_derivatives_of_formulas() {
        for (tex, expected) in [
            ("f", Some("f")),
            ("w_{1}", Some("w_1")),
            (r"\eta", Some("η")),
            (r"\mathrm{loss}", Some("loss")),
            (r"\frac{\partial f}{\partial w}", Some("∂f/∂w")),
            (r"\dfrac{df}{dw_1}", Some("∂f/∂w_1")),
            ("df/dw", Some("∂f/∂w")),
            (r"\partial L / \partial b", Some("∂L/∂b")),
            ("wx", None),
            ("f(2)", None),
            (r"\frac{1}{2}", None),
            (r"\hat{y}", None),
        ] {
            assert_eq!(target_of_tex(tex).as_deref(), expected, "{tex}");
        }
    }

    #[test]
    fn equations_end_in_a_number() {
        for (tex, expected) in [
            ("f = -7", vec![("f", "-7")]),
            ("f = wx + b = (-2)(5) + 3 = -7", vec![("f", "-7")]),
            (r"\frac{\partial f}{\partial w} = x = 5.0", vec![("∂f/∂w", "5.0")]),
            (r"w = -2,\; x = 5", vec![("w", "-2"), ("x", "5")]),
            (r"a \approx 0.62", vec![("a", "0.62")]),
            ("f = 2x", vec![]),
            (r"f \ge g = 5", vec![]),
            ("f(2) = 4", vec![]),
        ] {
            let found = equations(tex, 0);
            let found: Vec<_> = found.iter().map(|m| (m.target.as_str(), m.digits.as_str())).collect();
            assert_eq!(found, expected, "{tex}");
        }
    }
}
