//! Anchors of headings. In: a heading's text or the id that the author gave it; out: an id that no other
//! heading of the note has. This file does not know HTML.

use std::collections::{BTreeMap, BTreeSet};
use unicode_normalization::UnicodeNormalization;

/// What the ids of footnotes, answers, terms and the search begin with.
const OWN: [&str; 8] = ["fn:", "fnref:", "answer:", "question:", "print:", "term:", "initial:", "search:"];
/// The id of what a page is about.
const MAIN: &str = "main";
/// What stands behind the id of a figure, and a hyphen, in the ids of its parts: beside numbers, which count its outputs.
const PARTS: [&str; 6] = ["svg", "curve", "step", "open", "closed", "group"];

/// The anchors given so far.
#[derive(Debug, Default)]
pub struct Anchors {
    taken: BTreeSet<String>,
    /// Figures with their outputs.
    figures: BTreeMap<String, usize>,
    /// The last number behind a text's anchor.
    counts: BTreeMap<String, usize>,
}

impl Anchors {
    /// Keeps anchors for ids that the author chose, so that a made one never takes their place.
    /// Tells whether it was still free.
    pub fn reserve(&mut self, id: &str) -> bool {
        self.taken.insert(id.to_owned())
    }

    /// Keeps the id of a figure with so many outputs, and those of all its parts.
    pub fn reserve_figure(&mut self, id: &str, outputs: usize) {
        self.figures.insert(id.to_owned(), outputs);
        self.reserve(id);
    }

    /// A new anchor for a heading's text: `연쇄 법칙 (chain rule)` becomes `연쇄-법칙-chain-rule`.
    pub fn of_text(&mut self, text: &str) -> String {
        let is_part = |id: &str| is_part_of_figure(id, |figure| self.figures.get(figure).copied());
        let mut slug = slug(text);
        while is_part(&slug) {
            slug = format!("section-{slug}");
        }
        let mut id = slug.clone();
        let count = self.counts.entry(slug.clone()).or_insert(1);
        while id == MAIN || is_part(&id) || !self.taken.insert(id.clone()) {
            *count += 1;
            id = format!("{slug}-{count}");
        }
        id
    }
}

/// Whether it is the id of a part of a figure; `outputs` tells how many outputs the figure of an id has, if there is one.
pub fn is_part_of_figure(id: &str, outputs: impl Fn(&str) -> Option<usize>) -> bool {
    // The least number of outputs that a figure has of which this is a part.
    let least = |part: &str| match part.parse::<usize>() {
        Ok(number) => (number >= 2 && !part.starts_with(['0', '+'])).then_some(number),
        Err(_) => PARTS.contains(&part.split('-').next().unwrap_or_default()).then_some(0),
    };
    let mut parts = id.match_indices('-').filter_map(|(at, _)| Some((&id[..at], least(&id[at + 1..])?)));
    parts.any(|(figure, least)| outputs(figure).is_some_and(|outputs| outputs >= least))
}

/// Whether an author may use it as an id: letters of any script, digits and `-_.:`. What bpdoc's own ids are, or begin with,
/// is not for authors.
pub fn is_valid(id: &str) -> bool {
    let allowed = |c: char| c.is_alphanumeric() || "-_.:".contains(c);
    !id.is_empty() && id.chars().all(allowed) && id != MAIN && !OWN.iter().any(|own| id.starts_with(own))
}

/// A text as a part of an address: small letters and digits of any script, joined by hyphens.
pub fn slug(text: &str) -> String {
    let mut slug = String::new();
    for c in text.nfc().flat_map(char::to_lowercase) {
        if c.is_alphanumeric() || c == '_' {
            slug.push(c);
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    let slug = slug.trim_end_matches('-');
    if slug.is_empty() { "section".to_owned() } else { slug.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn anchors_keep_hangul_and_are_unique() {
        let mut anchors = Anchors::default();
        assert!(anchors.reserve("rule-3"));
        assert!(!anchors.reserve("rule-3"));
        anchors.reserve_figure("g", 2);
        for (text, expected) in [
            ("연쇄 법칙 (chain rule)", "연쇄-법칙-chain-rule"),
            ("Rule", "rule"),
            ("rule!", "rule-2"),
            ("RULE", "rule-4"),
            ("\u{1100}\u{1161}", "가"),
            ("∂f/∂w", "f-w"),
            ("w_1", "w_1"),
            ("Main", "main-2"),
            ("G", "g-3"),
            ("G", "g-4"),
            ("g 2", "section-g-2"),
            ("g 5", "g-5"),
            ("g svg title", "section-g-svg-title"),
            ("g svgs", "g-svgs"),
            ("?!", "section"),
            ("", "section-2"),
        ] {
            assert_eq!(anchors.of_text(text), expected, "{text}");
        }
    }

    #[test]
    fn ids_hold_no_markup() {
        for (id, valid) in [
            ("a-b_c.d:1", true),
            ("가중치", true),
            ("", false),
            ("a\"b", false),
            ("a b", false),
            ("<x>", false),
            ("fn:1", false),
            ("main", false),
            ("main-1", true),
            ("search:results", false),
        ] {
            assert_eq!(is_valid(id), valid, "{id}");
        }
    }
}
