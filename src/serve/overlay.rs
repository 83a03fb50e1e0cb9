//! Diagnostics for the browser. In: what the terminal shows; out: the same text as JSON, in pieces that a page can set in
//! columns whatever fonts it has.

use crate::diag::{Diagnostic, Severity};
use crate::lang::{Text, Tongue};
use crate::report::{Format, counts, report, visible};
use serde_json::{Value, json};
use std::sync::Arc;
use unicode_width::UnicodeWidthChar;

/// What open pages are to show of the diagnostics.
#[derive(Clone, Debug)]
pub(super) struct Overlay {
    /// How many are errors.
    pub errors: usize,
    /// How many are warnings.
    pub warnings: usize,
    /// All of it.
    pub json: Arc<[u8]>,
}

/// A page that shows more would be slow to read, too.
const MOST: usize = 50;

impl Overlay {
    /// The diagnostics, errors first.
    pub(super) fn of<'s>(diagnostics: &[Diagnostic], tongue: Tongue, source: impl Fn(&str) -> Option<&'s str>) -> Self {
        let mut sorted: Vec<&Diagnostic> = diagnostics.iter().collect();
        sorted.sort_by_key(|diagnostic| diagnostic.severity);
        let errors = sorted.partition_point(|diagnostic| diagnostic.severity == Severity::Error);
        let items = sorted.iter().take(MOST).map(|diagnostic| {
            let format = Format::Human { colour: false };
            let text = report(std::slice::from_ref(*diagnostic), format, tongue, &source);
            json!({ "isError": diagnostic.severity == Severity::Error, "pieces": pieces(text.trim_end()) })
        });
        let items: Vec<Value> = items.collect();
        let title = counts(diagnostics);
        Self::new(errors, sorted.len() - errors, &title, tongue, &items, sorted.len().saturating_sub(MOST))
    }

    /// Something that keeps bpdoc from looking at the notes at all.
    pub(super) fn of_failure(message: &Text, tongue: Tongue) -> Self {
        let items = vec![json!({ "isError": true, "pieces": pieces(&visible(message.in_tongue(tongue))) })];
        Self::new(1, 0, message, tongue, &items, 0)
    }

    fn new(errors: usize, warnings: usize, title: &Text, tongue: Tongue, items: &[Value], more: usize) -> Self {
        let title = visible(title.in_tongue(tongue));
        let json = json!({ "lang": tongue.tag(), "title": title, "items": items, "more": more });
        Self { errors, warnings, json: json.to_string().into_bytes().into() }
    }
}

/// A text in turns: what takes one column a character, and a list of characters that take two each, as Hangul does.
fn pieces(text: &str) -> Vec<Value> {
    let mut pieces: Vec<Value> = Vec::new();
    for c in text.chars() {
        let is_wide = c.width() == Some(2);
        match pieces.last_mut() {
            Some(Value::String(plain)) if !is_wide => plain.push(c),
            Some(Value::Array(wide)) if is_wide => wide.push(c.to_string().into()),
            _ if is_wide => pieces.push(Value::Array(vec![c.to_string().into()])),
            _ => pieces.push(Value::String(c.into())),
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lang::text;

    #[test]
    fn wide_characters_are_told_apart() {
        assert_eq!(json!(pieces("f = 가중 + 1")), json!(["f = ", ["가", "중"], " + 1"]));
        assert_eq!(json!(pieces("")), json!([]));
    }

    #[test]
    fn errors_come_first_and_the_rest_is_counted() {
        let one = |i: usize| {
            let make = if i == 70 { Diagnostic::error } else { Diagnostic::warning };
            make("odd", 0..1, text(format!("{i}번"), format!("number {i}"))).in_file(&"a.md".into())
        };
        let all: Vec<Diagnostic> = (0..80).map(one).collect();
        let overlay = Overlay::of(&all, Tongue::En, |_| Some("<script>"));
        let value: Value = serde_json::from_slice(&overlay.json).expect("JSON");
        assert_eq!((overlay.errors, overlay.warnings), (1, 79));
        assert_eq!((&value["title"], &value["more"]), (&json!("1 error, 79 warnings"), &json!(30)));
        assert_eq!(value["items"].as_array().map(Vec::len), Some(MOST));
        let first = value["items"][0]["pieces"][0].as_str().unwrap_or_default();
        assert!(first.starts_with("error[odd]: number 70\n --> a.md:1:1\n"), "{first}");
    }
}
