//! The page of all terms of the glossary, in the order of the page's language.

use super::links::{address_in_html, relative};
use super::{Press, glossary_path};
use crate::diag::Diagnostic;
use crate::glossary::{Glossary, Term};
use serde::Serialize;
use std::collections::BTreeMap;
use unicode_normalization::UnicodeNormalization;

/// The terms that begin alike.
#[derive(Serialize)]
struct Group {
    initial: String,
    terms: Vec<Entry>,
}

#[derive(Serialize)]
struct Entry {
    key: String,
    name: String,
    /// Its other names in the page's language.
    variants: Vec<String>,
    /// Its name in each other language.
    others: Vec<Other>,
    definition: String,
}

#[derive(Serialize)]
struct Other {
    lang: String,
    name: String,
    /// The same term on the page of that language.
    href: String,
}

/// Where a name stands in its list: names in the page's own script first, then in the order of their letters.
type Place = (bool, String, String);

impl Press<'_> {
    /// The page of all terms of a language.
    pub(super) fn glossary_page(&self, language: &str, path: &str) -> Result<String, Diagnostic> {
        let mut entries: BTreeMap<(Place, &str), &Term> = BTreeMap::new();
        for term in &self.glossary.terms {
            if let Some(name) = term.name(language) {
                entries.insert((place(name, language), &term.key), term);
            }
        }
        let mut groups: Vec<Group> = Vec::new();
        for (((_, initial, _), _), term) in entries {
            if groups.last().is_none_or(|group| group.initial != initial) {
                groups.push(Group { initial, terms: Vec::new() });
            }
            groups.last_mut().expect("there is one").terms.push(self.term_entry(term, language, path));
        }
        let title = self.templates.words(language).get("glossary").to_owned();
        let mut context = self.listing_context(("glossary", &title), language, path, glossary_path, |site, tag| {
            has_terms(site.glossary, tag)
        });
        context.insert("groups", &groups);
        self.templates.render("glossary.html", &context)
    }

    fn term_entry(&self, term: &Term, language: &str, path: &str) -> Entry {
        let names = term.names(language);
        let others = self.settings.languages.iter().filter(|other| *other != language).filter_map(|other| {
            Some(Other {
                lang: other.clone(),
                name: term.name(other)?.to_owned(),
                href: format!("{}#{}", address_in_html(&relative(path, &glossary_path(other))), term.key),
            })
        });
        Entry {
            key: term.key.clone(),
            name: names[0].clone(),
            variants: names[1..].to_vec(),
            others: others.collect(),
            definition: term.definition(language).unwrap_or_default().to_owned(),
        }
    }
}

/// Whether the glossary has terms in a language.
pub(super) fn has_terms(glossary: &Glossary, language: &str) -> bool {
    glossary.terms.iter().any(|term| term.name(language).is_some())
}

fn place(name: &str, language: &str) -> Place {
    let letters: String = name.nfc().flat_map(char::to_lowercase).collect();
    let initial = initial(letters.chars().next().unwrap_or_default());
    let is_foreign = (language == "ko") != is_hangul(&initial);
    (is_foreign, initial, letters)
}

/// What names that begin with a letter stand under: 가 under ㄱ, a under A.
fn initial(letter: char) -> String {
    const CONSONANTS: [char; 19] = [
        'ㄱ', 'ㄱ', 'ㄴ', 'ㄷ', 'ㄷ', 'ㄹ', 'ㅁ', 'ㅂ', 'ㅂ', 'ㅅ', 'ㅅ', 'ㅇ', 'ㅈ', 'ㅈ', 'ㅊ', 'ㅋ', 'ㅌ', 'ㅍ',
        'ㅎ',
    ];
    const SYLLABLES_OF_ONE: u32 = 588;
    match letter {
        '가'..='힣' => CONSONANTS[((u32::from(letter) - u32::from('가')) / SYLLABLES_OF_ONE) as usize].to_string(),
        letter if letter.is_alphabetic() => letter.to_uppercase().collect(),
        _ => "#".to_owned(),
    }
}

fn is_hangul(initial: &str) -> bool {
    initial.starts_with(|c: char| ('ㄱ'..='ㅎ').contains(&c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms_stand_as_their_language_orders_them() {
        let order = |language: &str, names: &[&str]| {
            let mut places: Vec<(Place, String)> =
                names.iter().map(|name| (place(name, language), (*name).to_owned())).collect();
            places.sort();
            places.into_iter().map(|((_, initial, _), name)| format!("{initial} {name}")).collect::<Vec<_>>()
        };
        assert_eq!(
            order("ko", &["ReLU", "편향", "깊이", "가중치", "기울기", "XOR 게이트"]),
            ["ㄱ 가중치", "ㄱ 기울기", "ㄱ 깊이", "ㅍ 편향", "R ReLU", "X XOR 게이트"]
        );
        assert_eq!(
            order("en", &["weight", "Bias", "편향", "bias unit"]),
            ["B Bias", "B bias unit", "W weight", "ㅍ 편향"]
        );
    }
}
