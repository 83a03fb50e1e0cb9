//! Diagnostics as SARIF 2.1.0 (<https://docs.oasis-open.org/sarif/sarif/v2.1.0/>). In: diagnostics and the files they are
//! about; out: one JSON document with a rule for each code that occurs.

use super::{floor_char, line_and_units};
use crate::codes::{self, Level};
use crate::diag::{Diagnostic, Label, Severity};
use crate::lang::{Text, Tongue};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::ops::Range;

/// The document.
pub fn sarif<'s>(diagnostics: &[Diagnostic], tongue: Tongue, source: &impl Fn(&str) -> Option<&'s str>) -> String {
    let mut rules: BTreeMap<&str, usize> = diagnostics.iter().map(|diagnostic| (diagnostic.code, 0)).collect();
    rules.values_mut().enumerate().for_each(|(at, index)| *index = at);
    let mut seen = BTreeMap::new();
    let mut result = |diagnostic: &Diagnostic| {
        let print = fingerprint(diagnostic, source);
        let count = seen.entry(print.clone()).and_modify(|count| *count += 1).or_insert(1_usize);
        result(diagnostic, rules[diagnostic.code], &format!("{print}:{count}"), tongue, source)
    };
    let results: Vec<Value> = diagnostics.iter().map(&mut result).collect();
    let descriptions: Vec<Value> = rules.keys().map(|code| rule(code, tongue)).collect();
    let document = json!({
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "bpdoc",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "language": tongue.tag(),
                "rules": descriptions,
            }},
            "columnKind": "utf16CodeUnits",
            "originalUriBaseIds": { "ROOT": { "description": { "text": "The project's folder" } } },
            "results": results,
        }],
    });
    format!("{document:#}")
}

fn rule(code: &str, tongue: Tongue) -> Value {
    let Some(code) = codes::find(code) else { return json!({ "id": code }) };
    let level = if code.level == Level::Error { "error" } else { "warning" };
    let words = |text: &Text| json!({ "text": text.in_tongue(tongue) });
    json!({
        "id": code.name,
        "shortDescription": words(&code.meaning),
        "help": words(&code.help),
        "defaultConfiguration": { "level": level, "enabled": code.level != Level::Off },
    })
}

fn result<'s>(
    diagnostic: &Diagnostic,
    rule: usize,
    fingerprint: &str,
    tongue: Tongue,
    source: &impl Fn(&str) -> Option<&'s str>,
) -> Value {
    let level = if diagnostic.severity == Severity::Error { "error" } else { "warning" };
    let help = diagnostic.help.as_ref().map_or_else(String::new, |help| format!("\n{}", help.in_tongue(tongue)));
    let mut result = json!({
        "ruleId": diagnostic.code,
        "ruleIndex": rule,
        "level": level,
        "message": { "text": format!("{}{help}", diagnostic.message.in_tongue(tongue)) },
        "partialFingerprints": { "bpdoc/v1": fingerprint },
    });
    if let Some(file) = &diagnostic.file {
        result["locations"] = json!([location(file, &diagnostic.range, source(file))]);
    }
    let related: Vec<Value> =
        diagnostic.labels.iter().filter_map(|label| related(label, diagnostic, tongue, source)).collect();
    if !related.is_empty() {
        result["relatedLocations"] = related.into();
    }
    result
}

fn related<'s>(
    label: &Label,
    diagnostic: &Diagnostic,
    tongue: Tongue,
    source: &impl Fn(&str) -> Option<&'s str>,
) -> Option<Value> {
    let file = label.file.as_ref().or(diagnostic.file.as_ref())?;
    let mut place = location(file, &label.range, source(file));
    place["message"] = json!({ "text": label.text.in_tongue(tongue) });
    Some(place)
}

fn location(file: &str, range: &Range<usize>, text: Option<&str>) -> Value {
    let mut place = json!({ "artifactLocation": { "uri": uri(file), "uriBaseId": "ROOT" } });
    if let Some(text) = text {
        let (start, end) = (line_and_units(text, range.start), line_and_units(text, range.end.max(range.start)));
        place["region"] = json!({ "startLine": start.0, "startColumn": start.1, "endLine": end.0, "endColumn": end.1 });
    }
    json!({ "physicalLocation": place })
}

/// A path as a relative reference: what is no letter, digit or `-._~/` is percent-encoded (RFC 3986).
fn uri(path: &str) -> String {
    path.bytes().fold(String::new(), |mut out, byte| {
        match byte {
            b'-' | b'.' | b'_' | b'~' | b'/' => out.push(char::from(byte)),
            byte if byte.is_ascii_alphanumeric() => out.push(char::from(byte)),
            byte => out.push_str(&format!("%{byte:02X}")),
        }
        out
    })
}

/// What stays when lines are added above: the code, the file and the words of the line (FNV-1a).
pub(super) fn fingerprint<'s>(diagnostic: &Diagnostic, source: &impl Fn(&str) -> Option<&'s str>) -> String {
    let file = diagnostic.file.as_deref().unwrap_or_default();
    let text = source(file).unwrap_or_default();
    let at = floor_char(text, diagnostic.range.start);
    let start = text[..at].rfind('\n').map_or(0, |newline| newline + 1);
    let line = text[start..].lines().next().unwrap_or_default();
    crate::translation::state(&format!("{} {file}", diagnostic.code), line)
}
