//! Korean spelling behind formulas and numbers, where it is certain. In: the words of a Korean note; out: diagnostics for
//! particles that stand apart, and for particles that do not fit the sound before them.

use super::Review;
use super::prose::{Paragraph, Token, TokenKind};
use crate::diag::Diagnostic;
use crate::lang::{Particle, Tongue, fitting_particle, text, with_particle};
use std::ops::Range;

/// Particles and endings that are no words by themselves: 이 and 가 may be a pronoun and a verb, 만 a number.
const NEVER_APART: [&str; 17] = [
    "은",
    "는",
    "을",
    "를",
    "의",
    "에",
    "로",
    "으로",
    "에서",
    "에는",
    "에서는",
    "으로는",
    "로는",
    "이다",
    "이며",
    "입니다",
    "이라고",
];

/// The misspelt particles of a note.
pub fn misspelt(review: &Review<'_>) -> Vec<Diagnostic> {
    if Tongue::of_tag(&review.note().address.lang) != Tongue::Ko {
        return Vec::new();
    }
    review.paragraphs.iter().flat_map(in_paragraph).collect()
}

fn in_paragraph(paragraph: &Paragraph) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for pair in paragraph.tokens.windows(2) {
        let [before, words] = pair else { continue };
        let is_symbol = matches!(before.kind, TokenKind::Code | TokenKind::Formula { display: false });
        if is_symbol && words.kind == TokenKind::Words {
            found.extend(behind_symbol(paragraph, before, words));
        }
    }
    for words in paragraph.tokens.iter().filter(|token| token.kind == TokenKind::Words) {
        found.extend(behind_digits(paragraph, words));
    }
    found
}

fn behind_symbol(paragraph: &Paragraph, symbol: &Token, words: &Token) -> Option<Diagnostic> {
    let rest = &paragraph.text[words.range.clone()];
    if let Some(apart) = rest.strip_prefix(' ') {
        let word = apart.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
        let start = words.range.start;
        return NEVER_APART
            .contains(&word)
            .then(|| apart_particle(word, paragraph.place(start..start + 1 + word.len())));
    }
    let last = last_sound(&paragraph.text[symbol.range.clone()])?;
    unfitting(&last, rest, |range| paragraph.place(words.range.start + range.start..words.range.start + range.end))
}

/// What the reading of a formula or of code ends with, where there is only one reading.
fn last_sound(symbol: &str) -> Option<String> {
    const OPEN_GREEK: [&str; 16] = [
        "alpha", "beta", "gamma", "delta", "eta", "theta", "lambda", "mu", "nu", "pi", "rho", "sigma", "tau", "phi",
        "psi", "omega",
    ];
    let symbol = symbol.trim();
    let (base, below) = symbol.split_once('_').map_or((symbol, None), |(base, below)| (base, Some(below)));
    let last =
        below.map_or(base, |below| below.strip_prefix('{').and_then(|below| below.strip_suffix('}')).unwrap_or(below));
    let is_letter = |text: &str| text.len() == 1 && text.chars().all(|c| c.is_ascii_alphanumeric());
    let is_greek = |text: &str| text.strip_prefix('\\').is_some_and(|name| OPEN_GREEK.contains(&name));
    let is_base = is_letter(base) || is_greek(base);
    if below.is_some() || !is_number(base) {
        return (is_base && is_letter(last) || below.is_none() && is_greek(base))
            .then(|| if is_letter(last) { last.to_owned() } else { "a".to_owned() });
    }
    Some(base.to_owned())
}

fn is_number(text: &str) -> bool {
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    unsigned.starts_with(|c: char| c.is_ascii_digit())
        && unsigned.ends_with(|c: char| c.is_ascii_digit())
        && unsigned.chars().all(|c| c.is_ascii_digit() || c == '.')
}

/// Particles behind digits of the words themselves. Behind Latin letters a digit may be read in English.
fn behind_digits(paragraph: &Paragraph, words: &Token) -> Vec<Diagnostic> {
    let text = &paragraph.text[words.range.clone()];
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(start) = text[at..].find(|c: char| c.is_ascii_digit()).map(|next| at + next) {
        let end =
            text[start..].find(|c: char| !c.is_ascii_digit() && c != '.').map_or(text.len(), |length| start + length);
        at = end;
        let before = text[..start].trim_end_matches([' ', '-']).chars().next_back();
        let digits = &text[start..end];
        if before.is_some_and(|c| c.is_ascii_alphabetic())
            || text[..start].ends_with(char::is_alphabetic)
            || !is_number(digits)
        {
            continue;
        }
        let place = |range: Range<usize>| {
            paragraph.place(words.range.start + end + range.start..words.range.start + end + range.end)
        };
        found.extend(unfitting(digits, &text[end..], place));
    }
    found
}

/// The diagnostic for a particle at the start of `rest` that does not fit the word before. 과 may be a lesson: 2과.
fn unfitting(word: &str, rest: &str, place: impl Fn(Range<usize>) -> Range<usize>) -> Option<Diagnostic> {
    let (fitting, behind) = fitting_particle(word, rest)?;
    let written = &rest[..rest.len() - behind.len()];
    if written == fitting || written == "과" {
        return None;
    }
    Some(Diagnostic::warning(
        "wrong-particle",
        place(0..written.len()),
        text(
            format!(
                "`{word}` 뒤에는 `{written}` 대신 {} 씁니다",
                with_particle(&format!("`{fitting}`"), Particle::Object)
            ),
            format!("the Korean particle behind `{word}` is `{fitting}`, not `{written}`"),
        ),
    ))
}

fn apart_particle(particle: &str, range: Range<usize>) -> Diagnostic {
    Diagnostic::warning(
        "particle-apart",
        range,
        text(
            format!("조사 {} 앞의 말에 붙여 씁니다", with_particle(&format!("`{particle}`"), Particle::Topic)),
            format!("the Korean particle `{particle}` is written without a blank before it"),
        ),
    )
}
