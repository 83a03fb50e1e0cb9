//! What the search knows. In: lessons; out: a script for each language that hands the words of its lessons to
//! `templates/search.js`. It is a script because a page that was opened from a folder may not read other files.
//!
//! The words themselves are the index. Any list of where each word stands would be larger than the words, which the
//! excerpts need anyway, and a browser looks through all of a course's notes between two key strokes.

use super::links::address_in_html;
use super::nav::Map;
use super::{Lesson, glossary_path};
use crate::glossary::Glossary;
use crate::note::Section;
use serde::Serialize;
use std::borrow::Cow;
use std::fmt::Write;
use std::sync::Arc;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

/// About as many bytes are known of a page. Where there are less, what is left over costs nothing.
const TYPICAL: usize = 4096;

/// A page: its address below the site's root, its title, its tags and its sections. Written as a list, since the names
/// would be repeated for every page.
#[derive(Serialize)]
struct Page<'a>(String, Cow<'a, str>, Cow<'a, str>, Vec<Place<'a>>);

/// A place of a page: its anchor, its heading, its words, and 1 for a figure.
#[derive(Serialize)]
struct Place<'a>(&'a str, Cow<'a, str>, Cow<'a, str>, u8);

/// The script for the lessons of a language, in the order of the pages, then the terms of the glossary. Behind them the
/// names of each term: who looks for one of them finds the others, too.
pub fn script(language: &str, map: &Map, lessons: &[Arc<Lesson>], (glossary, title): (&Glossary, &str)) -> String {
    let names: Vec<&[String]> = glossary.terms.iter().map(|term| term.names(language)).collect();
    let has_terms = names.iter().any(|names| !names.is_empty());
    let lessons = map.slots().iter().filter_map(|slot| Some(&lessons[slot.lesson(language)?]));
    let terms = has_terms.then(|| json(&glossary_page(language, glossary, title)));
    // The words of a site are long: they are unpacked one by one, and written once.
    let mut script = String::with_capacity(TYPICAL * map.slots().len());
    assign("bpdocNotes", language, &mut script);
    script.push('[');
    for (at, page) in lessons.map(|lesson| lesson.words.open()).chain(terms).enumerate() {
        script.push_str(if at > 0 { "," } else { "" });
        script.push_str(&page);
    }
    script.push_str("];\n");
    if has_terms {
        assign("bpdocTerms", language, &mut script);
        script.push_str(&json(&names));
        script.push_str(";\n");
    }
    script
}

fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("text can be written as JSON")
}

/// Begins a statement that hands JSON over for a language.
fn assign(name: &str, language: &str, script: &mut String) {
    let _ = write!(script, "(globalThis.{name} ??= {{}})[\"{}\"] = ", language.escape_default());
}

/// What the search knows of a lesson: where its page is, what it is called, its tags and its sections.
pub fn entry(path: &str, title: &str, tags: &[String], sections: &[Section]) -> String {
    let places = sections
        .iter()
        .map(|section| Place(&section.id, tidy(&section.heading), tidy(&section.text), u8::from(section.is_figure)));
    json(&Page(address_in_html(path), tidy(title), tidy(&tags.join(" · ")), places.collect()))
}

/// Whether a file of the assets is such a script.
pub fn is_data(asset: &str) -> bool {
    asset.starts_with("search-") && asset != "search-open.js"
}

/// The terms, each a place of the page of all terms.
fn glossary_page<'a>(language: &str, glossary: &'a Glossary, title: &'a str) -> Page<'a> {
    let places = glossary.terms.iter().filter_map(|term| {
        let definition = term.definition(language).unwrap_or_default();
        Some(Place(&term.key, tidy(term.name(language)?), tidy(definition), 0))
    });
    let first = Place("", "".into(), "".into(), 0);
    let places = std::iter::once(first).chain(places).collect();
    Page(address_in_html(&glossary_path(language)), tidy(title), "".into(), places)
}

/// Composed characters, and single blanks.
fn tidy(text: &str) -> Cow<'_, str> {
    let spaced = if is_spaced(text) { Cow::from(text) } else { spaced(text).into() };
    if is_composed(&spaced) { spaced } else { spaced.nfc().collect::<String>().into() }
}

/// Whether there are only single blanks, between words.
fn is_spaced(text: &str) -> bool {
    let mut before = ' ';
    let is_spaced = text.chars().all(|c| {
        let stays = !c.is_whitespace() || (c == ' ' && before != ' ');
        before = c;
        stays
    });
    is_spaced && (before != ' ' || text.is_empty())
}

fn spaced(text: &str) -> String {
    let mut spaced = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        spaced.push_str(if spaced.is_empty() { "" } else { " " });
        spaced.push_str(word);
    }
    spaced
}

/// Whether a text surely is composed, as most are: the characters that are asked for first compose with nothing.
fn is_composed(text: &str) -> bool {
    let composes_with_nothing =
        |c: char| matches!(c, ' '..='~' | '\u{a1}'..='\u{2ff}' | '가'..='힣' | '\u{2010}'..='\u{2027}');
    text.chars().all(composes_with_nothing) || is_nfc_quick(text.chars()) == IsNormalized::Yes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_composed_and_one_blank_apart() {
        for (text, expected) in [
            ("", ""),
            ("역전파 of “é”", "역전파 of “é”"),
            (" a  b\n", "a b"),
            ("a\u{a0}b", "a b"),
            ("e\u{301} 가\u{11a8}", "é 각"),
            ("∂y/∂w =\n\u{212b}", "∂y/∂w = \u{c5}"),
            (" ", ""),
        ] {
            assert_eq!(tidy(text), expected);
        }
    }
}
