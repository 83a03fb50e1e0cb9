//! A train block written tidily, as graph blocks are. In: its text; out: its lines.

use super::plan::parse;
use crate::graph::{Line, aligned, caption, one_blank, tidy_claim};

/// The lines of a train block, tidied, as many as it has; none if the block cannot be read.
pub fn format(block: &str) -> Option<Vec<String>> {
    if !parse(block).diagnostics.is_empty() {
        return None;
    }
    let mut has_statement = false;
    let lines = block.lines().map(|line| {
        let (code, comment) = line.split_once('#').map_or((line, None), |(code, comment)| (code, Some(comment)));
        if code.trim().is_empty() {
            let tidy = if has_statement { one_blank } else { caption };
            return Line::Apart(comment.map(tidy).unwrap_or_default());
        }
        has_statement = true;
        let (column, comment) = (Line::width(code), comment.map(caption));
        Line::Statement { code: statement(code.trim()), column, comment, turns: false }
    });
    Some(aligned(lines.collect()))
}

fn statement(written: &str) -> String {
    match written.strip_prefix("expect").filter(|rest| rest.starts_with(char::is_whitespace)) {
        Some(rest) => tidy_claim(rest),
        None => with_commas(&written.split_whitespace().collect::<Vec<_>>().join(" ")),
    }
}

/// One blank behind each comma, none before.
fn with_commas(written: &str) -> String {
    written.split(',').map(str::trim).collect::<Vec<_>>().join(", ").trim_end().to_owned()
}
