//! Names of terms that the site has not chosen. In: the words of a note and the names that the settings prefer; out:
//! diagnostics for the other names of those terms.

use super::Review;
use super::prose::{Paragraph, TokenKind};
use crate::diag::Diagnostic;
use crate::glossary::Glossary;
use crate::lang::{Particle, Tongue, text, with_particle};
use std::ops::Range;

/// A name of a term, in small letters.
struct Name<'g> {
    lower: String,
    /// What the site prints instead; none for a name that it prints itself.
    chosen: Option<&'g str>,
}

/// The names in a note's words for whose terms `[terms]` in the settings prefers another one.
pub fn inconsistent(review: &Review<'_>) -> Vec<Diagnostic> {
    let (workshop, note) = (review.workshop, review.note());
    if workshop.settings.terms.is_empty() {
        return Vec::new();
    }
    let lang = &note.address.lang;
    let chosen: Vec<&str> = workshop.settings.terms.iter().map(|term| term.name.as_str()).collect();
    let names = names(workshop.glossary, lang, &chosen);
    review.paragraphs.iter().flat_map(|paragraph| in_paragraph(paragraph, &names, Tongue::of_tag(lang))).collect()
}

/// All names of all terms in a language, the longest first.
fn names<'g>(glossary: &'g Glossary, lang: &str, chosen: &[&str]) -> Vec<Name<'g>> {
    let mut names = Vec::new();
    for term in &glossary.terms {
        let printed = term.name(lang).filter(|name| chosen.contains(name));
        let all = term.names(lang).iter();
        names.extend(
            all.map(|name| Name { lower: name.to_lowercase(), chosen: printed.filter(|printed| printed != name) }),
        );
    }
    // A name that another term prints is not wrong.
    let own: Vec<String> = names.iter().filter(|name| name.chosen.is_none()).map(|name| name.lower.clone()).collect();
    names.retain(|name| name.chosen.is_none() || !own.contains(&name.lower));
    names.sort_by_key(|name| std::cmp::Reverse(name.lower.len()));
    names
}

fn in_paragraph(paragraph: &Paragraph, names: &[Name<'_>], tongue: Tongue) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for token in paragraph.tokens.iter().filter(|token| token.kind == TokenKind::Words) {
        let words = paragraph.text[token.range.clone()].to_lowercase();
        // Where small letters take other room, places would be wrong.
        if words.len() != token.range.len() {
            continue;
        }
        let mut at = 0;
        while let Some(c) = words[at..].chars().next() {
            let begins = !words[..at].ends_with(char::is_alphanumeric);
            let name = names.iter().filter(|_| begins).find(|name| is_at(&words[at..], &name.lower, tongue));
            match name {
                Some(name) => {
                    let start = token.range.start + at;
                    let range = start..start + name.lower.len();
                    found.extend(name.chosen.map(|chosen| {
                        diagnostic(&paragraph.text[range.clone()], chosen, paragraph.place(range.clone()))
                    }));
                    at += name.lower.len();
                }
                None => at += c.len_utf8(),
            }
        }
    }
    found
}

/// Whether a name stands at the start of a text as a word: in Korean with nothing but a particle behind it.
fn is_at(text: &str, name: &str, tongue: Tongue) -> bool {
    const PARTICLES: [&str; 26] = [
        "은",
        "는",
        "이",
        "가",
        "을",
        "를",
        "과",
        "와",
        "의",
        "에",
        "로",
        "으로",
        "에서",
        "에는",
        "도",
        "만",
        "이다",
        "입니다",
        "라고",
        "이라고",
        "이란",
        "란",
        "부터",
        "까지",
        "마다",
        "이고",
    ];
    let Some(behind) = text.strip_prefix(name) else { return false };
    let rest = behind.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
    match tongue {
        Tongue::Ko => rest.is_empty() || PARTICLES.contains(&rest),
        Tongue::En => matches!(rest, "" | "s"),
    }
}

fn diagnostic(written: &str, chosen: &str, range: Range<usize>) -> Diagnostic {
    Diagnostic::warning(
        "inconsistent-term",
        range,
        text(
            format!(
                "이 사이트는 `{written}` 대신 {} 씁니다",
                with_particle(&format!("`{chosen}`"), Particle::Quotation)
            ),
            format!("this site says `{chosen}`, not `{written}`"),
        ),
    )
    .help(text("`bpdoc.toml`의 `[terms]`가 정합니다", "`[terms]` in `bpdoc.toml` chooses the name"))
}
