//! What a reader would not get to see. In: a text and its events; out: what is said of footnotes and cells of tables that are on
//! no page, although nothing else is wrong with them.

use crate::diag::Diagnostic;
use crate::lang::{Particle, text, with_particle};
use crate::note::events::Placed;
use crate::note::manuscript::written_label;
use pulldown_cmark::{Event, Tag};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// Footnotes that nothing refers to, and those whose label another one has.
pub fn footnotes(events: &[Placed<'_>]) -> Vec<Diagnostic> {
    let used: BTreeSet<&str> = events
        .iter()
        .filter_map(|(event, _)| match event {
            Event::FootnoteReference(label) => Some(label.as_ref()),
            _ => None,
        })
        .collect();
    let mut defined = BTreeSet::new();
    let mut found = Vec::new();
    for (event, range) in events {
        let Event::Start(Tag::FootnoteDefinition(label)) = event else { continue };
        let place = range.start..(range.start + written_label(label).len() + 3).min(range.end);
        if !defined.insert(label.as_ref()) {
            found.push(second_footnote(written_label(label), place));
        } else if !used.contains(label.as_ref()) {
            found.push(unused_footnote(written_label(label), place));
        }
    }
    found
}

fn unused_footnote(label: &str, place: Range<usize>) -> Diagnostic {
    let label = format!("`{label}`");
    Diagnostic::warning(
        "unused-footnote",
        place,
        text(
            format!("각주 {} 가리키는 곳이 없습니다", with_particle(&label, Particle::Object)),
            format!("nothing refers to the footnote {label}"),
        ),
    )
}

fn second_footnote(label: &str, place: Range<usize>) -> Diagnostic {
    Diagnostic::warning(
        "lost-footnote",
        place,
        text(
            format!("각주 `{label}`의 내용이 이미 있어서 이 내용은 보이지 않습니다"),
            format!("there is a footnote `{label}` already; the text of this one is not shown"),
        ),
    )
    .help(text("다른 이름을 쓰세요", "give it another label"))
}

/// A footnote of the note's title, which stands in lists, in the window's bar and in search results.
pub fn footnote_of_title(label: &str, place: Range<usize>) -> Diagnostic {
    let label = written_label(label);
    Diagnostic::warning(
        "lost-footnote",
        place,
        text(
            format!("글의 제목에는 각주를 달 수 없어서 `{label}` 각주는 보이지 않습니다"),
            format!("the title of a note has no footnotes: `{label}` is not shown"),
        ),
    )
    .help(text("본문의 첫 문장에 다세요", "refer to it from the first sentence of the text"))
}

/// The cells of tables that are behind the last column: most are a formula that a `|` in it has torn apart.
pub fn cells(source: &str, events: &[Placed<'_>]) -> Vec<Diagnostic> {
    let mut columns = 0;
    let mut found = BTreeMap::new();
    for (event, range) in events {
        match event {
            Event::Start(Tag::Table(alignments)) => columns = alignments.len(),
            Event::Start(Tag::TableRow | Tag::TableHead) => {
                let surplus = surplus_cells(&source[range.clone()], columns);
                let moved = surplus.map(|surplus| range.start + surplus.start..range.start + surplus.end);
                found.extend(moved.map(|place| (place.start, lost_cell(columns, place))));
            }
            _ => {}
        }
    }
    found.into_values().collect()
}

/// What is in a row behind so many cells. A backslash makes a `|` a character of its cell, wherever it stands.
fn surplus_cells(row: &str, columns: usize) -> Option<Range<usize>> {
    let row = row.trim_end();
    let first = row.len() - row.trim_start().len();
    let mut bars =
        row.bytes().enumerate().filter(|(at, byte)| *byte == b'|' && !is_escaped(row, *at)).map(|(at, _)| at);
    let is_edged = row[first..].starts_with('|');
    let last = bars.nth(columns.checked_sub(usize::from(!is_edged))?)?;
    let rest = &row[last + 1..];
    let surplus = rest.strip_suffix('|').filter(|rest| !is_escaped(rest, rest.len())).unwrap_or(rest);
    let start = last + 1 + surplus.len() - surplus.trim_start().len();
    (!surplus.trim().is_empty()).then(|| start..last + 1 + surplus.trim_end().len())
}

fn is_escaped(text: &str, at: usize) -> bool {
    text[..at].bytes().rev().take_while(|byte| *byte == b'\\').count() % 2 == 1
}

fn lost_cell(columns: usize, place: Range<usize>) -> Diagnostic {
    Diagnostic::warning(
        "lost-cell",
        place,
        text(
            format!("표의 열은 {columns}개여서 그 뒤의 칸은 보이지 않습니다"),
            format!("the table has {columns} columns: what is behind them is not shown"),
        ),
    )
    .help(text(
        r"칸 안의 `|`는 `\|`로 씁니다. 수식의 절댓값과 조건은 `\lvert x \rvert`, `\mid`로 쓸 수 있습니다",
        r"write a `|` within a cell as `\|`; in formulas there are `\lvert x \rvert` and `\mid`",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_behind_the_last_column_are_found() {
        for (row, columns, expected) in [
            ("| a | b |", 2, None),
            ("a | b", 2, None),
            ("| a | b |  ", 2, None),
            ("| a |", 2, None),
            ("| a | b | c |", 2, Some("c")),
            ("a | b | c | d", 2, Some("c | d")),
            ("| a | $|x|$ |", 2, Some("x|$")),
            (r"| a | \|x\| |", 2, None),
            (r"| a | b | c\| |", 2, Some(r"c\|")),
            ("| 가 | 나 | 다 |\n", 2, Some("다")),
            ("| a | b | |", 2, None),
        ] {
            let found = surplus_cells(row, columns).map(|range| &row[range]);
            assert_eq!(found, expected, "{row}");
        }
    }
}
