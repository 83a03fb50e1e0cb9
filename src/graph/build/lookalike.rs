//! Names of a graph that a reader cannot tell apart. In: the statements; out: a warning for each name that looks like
//! another one.

use crate::diag::Diagnostic;
use crate::graph::{Sheet, StatementKind};
use crate::lang::{Particle, text, with_particle};
use foldhash::HashMap;
use std::collections::hash_map::Entry;
use std::ops::Range;
use unicode_normalization::UnicodeNormalization;

/// Greek and Cyrillic letters with the Latin ones that have the same shape.
const SHAPES: [(&str, &str); 4] = [
    ("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABEZHIKMNOPTYX"),
    ("ον", "ov"),
    ("АВЕКМНОРСТУХІЈЅ", "ABEKMHOPCTYXIJS"),
    ("аеорсхуіјѕ", "aeopcxyijs"),
];

/// The warnings for names that look like one before them.
pub(super) fn lookalikes(sheet: &Sheet) -> Vec<Diagnostic> {
    let names = || {
        sheet.statements.iter().filter_map(|statement| match &statement.kind {
            StatementKind::Define { name, name_span, .. } => Some((&**name, name_span)),
            _ => None,
        })
    };
    // Those of ASCII alone are what they look like.
    if names().all(|(name, _)| name.is_ascii()) {
        return Vec::new();
    }
    let mut seen: HashMap<String, (&str, &Range<usize>)> = HashMap::default();
    let mut found = Vec::new();
    for (name, place) in names() {
        match seen.entry(shape(name)) {
            Entry::Vacant(first) => {
                first.insert((name, place));
            }
            Entry::Occupied(first) => found.extend(warning((name, place), *first.get())),
        }
    }
    found
}

/// What a name looks like.
fn shape(name: &str) -> String {
    let latin = |c: char| {
        SHAPES.iter().find_map(|(others, latin)| others.chars().zip(latin.chars()).find(|(other, _)| *other == c))
    };
    name.nfkc().map(|c| latin(c).map_or(c, |(_, latin)| latin)).collect()
}

fn warning((name, place): (&str, &Range<usize>), (other, its_place): (&str, &Range<usize>)) -> Option<Diagnostic> {
    let (here, there) = name.chars().zip(other.chars()).find(|(a, b)| a != b)?;
    let (here, there) = (u32::from(here), u32::from(there));
    let diagnostic = Diagnostic::warning(
        "lookalike-name",
        place.clone(),
        text(
            format!(
                "{} `{other}`처럼 보이지만 다른 이름입니다(여기는 U+{here:04X}, 거기는 U+{there:04X})",
                with_particle(&format!("`{name}`"), Particle::Topic)
            ),
            format!("`{name}` looks like `{other}`, but is another name (U+{here:04X} here, U+{there:04X} there)"),
        ),
    );
    Some(
        diagnostic
            .label(its_place.clone(), text("다른 이름은 여기에 있습니다", "the other name is here"))
            .help(text("한쪽의 이름을 바꾸세요", "rename one of them")),
    )
}
