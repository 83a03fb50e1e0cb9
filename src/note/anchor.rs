//! Anchors of headings. In: a heading's text or the id that the author gave it; out: an id that no other
//! heading of the note has. This file does not know HTML.

use std::collections::{BTreeMap, BTreeSet};
use unicode_normalization::UnicodeNormalization;

/// What the ids of footnotes and answers begin with.
const OWN: [&str; 5] = ["fn:", "fnref:", "answer:", "question:", "print:"];

/// The anchors given so far.
#[derive(Debug, Default)]
pub struct Anchors {
    taken: BTreeSet<String>,
    /// The last number behind a text's anchor.
    counts: BTreeMap<String, usize>,
}

impl Anchors {
    /// Keeps anchors for ids that the author chose, so that a made one never takes their place.
    /// Tells whether it was still free.
    pub fn reserve(&mut self, id: &str) -> bool {
        self.taken.insert(id.to_owned())
    }

    /// A new anchor for a heading's text: `연쇄 법칙 (chain rule)` becomes `연쇄-법칙-chain-rule`.
    pub fn of_text(&mut self, text: &str) -> String {
        let slug = slug(text);
        let mut id = slug.clone();
        let count = self.counts.entry(slug.clone()).or_insert(1);
        while !self.taken.insert(id.clone()) {
            *count += 1;
            id = format!("{slug}-{count}");
        }
        id
    }
}

/// Whether an author may use it as an id: letters of any script, digits and `-_.:`.
/// A colon after one of bpdoc's own words does not.
pub fn is_valid(id: &str) -> bool {
    let allowed = |c: char| c.is_alphanumeric() || "-_.:".contains(c);
    !id.is_empty() && id.chars().all(allowed) && !OWN.iter().any(|own| id.starts_with(own))
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
        for (text, expected) in [
            ("연쇄 법칙 (chain rule)", "연쇄-법칙-chain-rule"),
            ("Rule", "rule"),
            ("rule!", "rule-2"),
            ("RULE", "rule-4"),
            ("\u{1100}\u{1161}", "가"),
            ("∂f/∂w", "f-w"),
            ("w_1", "w_1"),
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
        ] {
            assert_eq!(is_valid(id), valid, "{id}");
        }
    }
}
