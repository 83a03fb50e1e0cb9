//! What libraries and the system say, which is English. In: their words; out: the same in both tongues, by a table. What the
//! table lacks stays as it is.

use super::{Text, fitting_particle, text};
use std::collections::HashMap;
use std::sync::LazyLock;

const TABLE: &str = include_str!("others.tsv");

/// What stands in the table for a part that is quoted.
const QUOTED: &str = "{}";

/// Words of a library or of the system in both tongues.
pub fn said(english: &str) -> Text {
    text(korean(english).unwrap_or_else(|| english.to_owned()), english.to_owned())
}

/// The rows of the table.
struct Rows {
    /// Those that quote nothing, by their words.
    fixed: HashMap<&'static str, &'static str>,
    /// Those that do, in their order.
    quoting: Vec<(&'static str, &'static str)>,
}

static ROWS: LazyLock<Rows> = LazyLock::new(|| {
    let rows = TABLE.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once('\t'));
    let (quoting, fixed): (Vec<_>, Vec<_>) = rows.partition(|(english, _)| english.contains(QUOTED));
    Rows { fixed: fixed.into_iter().collect(), quoting }
});

fn korean(english: &str) -> Option<String> {
    if let Some(korean) = ROWS.fixed.get(english) {
        return Some((*korean).to_owned());
    }
    if let Some((what, wanted)) = english.split_once(", expected ") {
        return Some(format!("{}. {}", korean(what)?, expectation(wanted)));
    }
    ROWS.quoting.iter().find_map(|(row, korean)| Some(filled(korean, &quoted(row, english)?)))
}

/// What TOML expects: words and literals in backticks, with commas between them.
fn expectation(wanted: &str) -> String {
    if wanted == "nothing" {
        return "여기에는 아무것도 올 수 없습니다".to_owned();
    }
    let wanted: Vec<String> = wanted.split(", ").map(|one| korean(one).unwrap_or_else(|| one.to_owned())).collect();
    filled("{}이 와야 합니다", &[&wanted.join(", ")])
}

/// What words quote, if they are those of a row.
fn quoted<'w>(row: &str, words: &'w str) -> Option<Vec<&'w str>> {
    let mut parts = row.split(QUOTED).peekable();
    let mut rest = words.strip_prefix(parts.next()?)?;
    let mut found = Vec::new();
    while let Some(part) = parts.next() {
        let at = if parts.peek().is_none() { rest.len().checked_sub(part.len())? } else { rest.find(part)? };
        let (one, after) = rest.split_at_checked(at)?;
        rest = after.strip_prefix(part)?;
        found.push(one);
    }
    Some(found)
}

/// A row with what is quoted, itself in Korean if it can be.
fn filled(row: &str, quoted: &[&str]) -> String {
    let mut parts = row.split(QUOTED);
    let mut out = parts.next().unwrap_or_default().to_owned();
    for (one, part) in quoted.iter().zip(parts) {
        let one = korean(one).unwrap_or_else(|| (*one).to_owned());
        out.push_str(&one);
        let (mark, rest) = part.strip_prefix('`').map_or(("", part), |rest| ("`", rest));
        let (particle, rest) = fitting_particle(&one, rest).unwrap_or(("", rest));
        out.extend([mark, particle, rest]);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_others() {
        for (english, expected) in [
            ("Unknown command \"\\foo\"", "모르는 명령입니다: `\\foo`"),
            ("Expected \"\\end{a}\", but found \"\\end{b}\"", "`\\end{a}`가 올 자리에 `\\end{b}`가 왔습니다"),
            ("invalid basic string, expected `\"`", "큰따옴표 문자열이 올바르지 않습니다. `\"`가 와야 합니다"),
            ("extra comma in array, expected `]`, value", "배열에 쉼표가 더 있습니다. `]`, 값이 와야 합니다"),
            ("unexpected content, expected nothing", "올 수 없는 것이 왔습니다. 여기에는 아무것도 올 수 없습니다"),
            ("No space left on device (os error 28)", "디스크가 가득 찼습니다 (os error 28)"),
            ("something new", "something new"),
        ] {
            assert_eq!(said(english).ko, expected);
            assert_eq!(said(english).en, english);
        }
    }

    #[test]
    fn every_row_has_two_columns_and_quotes_as_much() {
        let rows: Vec<&str> = TABLE.lines().filter(|line| !line.starts_with('#')).collect();
        for row in &rows {
            let (english, korean) = row.split_once('\t').unwrap_or_else(|| panic!("{row} has one column"));
            assert!(korean.matches(QUOTED).count() <= english.matches(QUOTED).count(), "{row}");
            assert_eq!(rows.iter().filter(|other| other.starts_with(&format!("{english}\t"))).count(), 1, "{english}");
        }
    }
}
