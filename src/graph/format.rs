//! A block written tidily: captions in one column, one blank where blanks stand, lines indented by their braces. In: the text
//! of a block; out: its lines. What the block says stays what it is; what cannot be understood stays as it is written.

mod captions;
mod code;

pub(crate) use captions::{Line, aligned, caption, one_blank};
pub(crate) use code::tidy_claim;

use super::parse::line::{LogicalLine, logical_lines};
use super::parse::parse;
use code::tidy_code;

/// Blanks for each brace that is open.
const INDENT: usize = 2;

/// The lines of a graph block, tidied, as many as it has; none if the block cannot be read, or would read differently.
pub fn format(block: &str) -> Option<Vec<String>> {
    if !parse(block).diagnostics.is_empty() {
        return None;
    }
    let written: Vec<&str> = block.lines().collect();
    let mut lines = Vec::with_capacity(written.len());
    let mut depth = 0;
    let mut has_statement = false;
    for logical in logical_lines(block) {
        let count = block[logical.start..logical.start + logical.code.len()].lines().count();
        let own = &written[lines.len()..lines.len() + count];
        let is_comment = logical.code.trim().is_empty();
        let indent = INDENT * depth_at_start(&logical.code, depth);
        match own {
            [line] if is_comment => lines.push(comment_line(line, indent, !has_statement)),
            [line] => lines.push(statement_line(line, &logical, indent)),
            several => lines.extend(moved(several, indent)),
        }
        has_statement |= !is_comment;
        depth = depth_after(&logical.code, depth);
    }
    Some(aligned(lines))
}

/// How many braces are open where a line begins: those that it closes first count no more.
fn depth_at_start(code: &str, depth: usize) -> usize {
    let closing =
        code.trim_start().chars().take_while(|c| *c == '}' || c.is_whitespace()).filter(|c| *c == '}').count();
    depth.saturating_sub(closing)
}

fn depth_after(code: &str, depth: usize) -> usize {
    code.chars().fold(depth, |depth, c| match c {
        '{' => depth + 1,
        '}' => depth.saturating_sub(1),
        _ => depth,
    })
}

fn comment_line(line: &str, indent: usize, is_caption: bool) -> Line {
    let comment = line.trim().strip_prefix('#').map(|comment| match is_caption {
        true => caption(comment),
        false => one_blank(comment),
    });
    let text = comment.map_or_else(String::new, |comment| format!("{}{comment}", " ".repeat(indent)));
    Line::Apart(text)
}

fn statement_line(line: &str, logical: &LogicalLine, indent: usize) -> Line {
    let code = format!("{}{}", " ".repeat(indent), tidy_code(logical.code.trim(), logical.start));
    let turns = logical.code.contains(['{', '}']);
    match line.split_once('#') {
        Some((before, comment)) => {
            Line::Statement { code, column: Line::width(before), comment: Some(caption(comment)), turns }
        }
        None => Line::Statement { code, column: 0, comment: None, turns },
    }
}

/// The lines of a statement that goes over several, all moved alike: their blanks may put numbers into columns.
fn moved(lines: &[&str], indent: usize) -> Vec<Line> {
    let blanks = |line: &str| line.len() - line.trim_start_matches(' ').len();
    let first = blanks(lines[0]);
    let fits = |line: &&str| line.trim().is_empty() || blanks(line) + indent >= first;
    let is_movable = lines.iter().all(fits);
    let place = |line: &&str| match line.trim_end() {
        "" => String::new(),
        text if is_movable => format!("{}{}", " ".repeat(blanks(text) + indent - first), text.trim_start_matches(' ')),
        text => text.to_owned(),
    };
    lines.iter().map(|line| Line::Apart(place(line))).collect()
}

#[cfg(test)]
mod tests;
