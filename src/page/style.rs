//! Variables of the style sheet. In: the sheet, and what the author sets; out: rules that stand after the sheet's own.

use crate::diag::{Checked, Diagnostic};
use crate::expr::closest;
use crate::lang::text;
use crate::settings::StyleValue;
use std::fmt::Write;
use std::sync::Arc;

const DARK: &str = "@media (prefers-color-scheme: dark)";

/// The value of a variable on light paper.
pub(super) fn value<'s>(sheet: &'s str, name: &str) -> Option<&'s str> {
    variables(sheet).find(|(known, _)| *known == name).map(|(_, value)| value)
}

/// The rules for what the author sets. Variables that have a value of their own on dark paper keep it there, unless the
/// author sets that one; paper itself stays as it is.
pub(super) fn rules(sheet: &str, style: &[StyleValue]) -> Checked<String> {
    let dark = sheet.split_once(DARK).map_or("", |(_, rest)| rest);
    let has_dark = |name: &str| variables(dark).any(|(known, _)| known == name);
    let mut rules = String::new();
    let mut diagnostics = Vec::new();
    for StyleValue { name, value, range, is_dark } in style {
        if !variables(sheet).any(|(known, _)| known == name) {
            let file: Arc<str> = "bpdoc.toml".into();
            diagnostics.push(Diagnostic { range: range.clone(), ..unknown(sheet, name) }.in_file(&file));
            continue;
        }
        let scheme = match (is_dark, has_dark(name)) {
            (true, _) => " and (prefers-color-scheme: dark)",
            (false, true) => " and (prefers-color-scheme: light)",
            (false, false) => "",
        };
        let _ = writeln!(rules, "@media screen{scheme} {{ :root {{ --{name}: {value}; }} }}");
    }
    Checked { value: rules, diagnostics }
}

/// The variables of the first rule for the root.
fn variables(sheet: &str) -> impl Iterator<Item = (&str, &str)> {
    let rule = sheet.split_once(":root {").and_then(|(_, rest)| rest.split('}').next()).unwrap_or_default();
    rule.split(';').filter_map(|line| line.trim().strip_prefix("--")?.split_once(": "))
}

fn unknown(sheet: &str, name: &str) -> Diagnostic {
    let diagnostic = Diagnostic::error(
        "unknown-variable",
        0..0,
        text(format!("`{name}`라는 스타일 변수는 없습니다"), format!("the style sheet has no variable `{name}`")),
    );
    let known = || variables(sheet).map(|(known, _)| known);
    let help = match closest(name, known()) {
        Some(near) => text(format!("`{near}`인가요?"), format!("did you mean `{near}`?")),
        None => {
            let list = known().collect::<Vec<_>>().join(", ");
            text(format!("쓸 수 있는 것: {list}"), format!("there are: {list}"))
        }
    };
    diagnostic.help(help)
}
