//! What the search knows. In: lessons; out: a script for each language that hands the words of its lessons to
//! `templates/search.js`. It is a script because a page that was opened from a folder may not read other files.
//!
//! The words themselves are the index. Any list of where each word stands would be larger than the words, which the
//! excerpts need anyway, and a browser looks through all of a course's notes between two key strokes.

use super::Lesson;
use super::links::address_in_html;
use super::nav::Map;
use serde::Serialize;
use unicode_normalization::UnicodeNormalization;

/// A page: its address below the site's root, its title, its tags and its sections. Written as a list, since the names
/// would be repeated for every page.
#[derive(Serialize)]
struct Page<'a>(String, String, String, Vec<Place<'a>>);

/// A place of a page: its anchor, its heading, its words, and 1 for a figure.
#[derive(Serialize)]
struct Place<'a>(&'a str, String, String, u8);

/// The script for the lessons of a language, in the order of the pages.
pub fn script(language: &str, map: &Map, lessons: &[Lesson]) -> String {
    let slots = map.slots().iter();
    let pages: Vec<Page<'_>> =
        slots.filter_map(|slot| Some(page(&slot.path(language), &lessons[slot.lesson(language)?]))).collect();
    let json = serde_json::to_string(&pages).expect("text can be written as JSON");
    format!("(globalThis.bpdocNotes ??= {{}})[\"{}\"] = {json};\n", language.escape_default())
}

fn page<'a>(path: &str, lesson: &'a Lesson) -> Page<'a> {
    let places = lesson
        .sections
        .iter()
        .map(|section| Place(&section.id, tidy(&section.heading), tidy(&section.text), u8::from(section.is_figure)));
    Page(address_in_html(path), tidy(&lesson.title), tidy(&lesson.front.tags.join(" · ")), places.collect())
}

/// Composed characters, and single blanks.
fn tidy(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").nfc().collect()
}
