//! A block to lines and their pieces: a bracket that stays open joins lines, braces and semicolons cut them.

use crate::expr::{Token, lex};

/// A line of the block, or several where a bracket stays open. Comments are blanked, so that byte positions
/// stay what they are in the block.
pub(in crate::graph) struct LogicalLine {
    pub code: String,
    pub start: usize,
    pub comment: Option<String>,
}

pub(in crate::graph) fn logical_lines(block: &str) -> Vec<LogicalLine> {
    let mut lines: Vec<LogicalLine> = Vec::new();
    let mut open = 0_i64;
    let mut start = 0;
    for line in block.split_inclusive('\n') {
        let (code, comment) = match line.find('#') {
            Some(at) => (&line[..at], Some(line[at + 1..].trim().to_owned())),
            None => (line, None),
        };
        let blanked = format!("{code}{}", " ".repeat(line.len() - code.len()));
        match lines.last_mut() {
            Some(last) if open > 0 && !starts_statement(code) => {
                last.code.push_str(&blanked);
                last.comment = comment.or_else(|| last.comment.take());
            }
            _ => {
                open = 0;
                lines.push(LogicalLine { code: blanked, start, comment });
            }
        }
        open += bracket_balance(code);
        start += line.len();
    }
    lines
}

pub(super) fn bracket_balance(code: &str) -> i64 {
    code.chars().map(|c| i64::from(matches!(c, '(' | '[')) - i64::from(matches!(c, ')' | ']'))).sum()
}

/// Whether a line is the start of a statement even if a bracket before it was never closed.
pub(super) fn starts_statement(code: &str) -> bool {
    let tokens = lex(code, 0, &mut Vec::new());
    let is_name = |i: usize| matches!(tokens.get(i).map(|l| &l.token), Some(Token::Name(_)));
    let is_equals = |i: usize| matches!(tokens.get(i).map(|l| &l.token), Some(Token::Mark("=")));
    let is_keyword = matches!(tokens.first().map(|l| &l.token), Some(Token::Name(word)) if matches!(&**word, "expect" | "output" | "def" | "group" | "for"));
    // `axis=1` on a line of its own continues a call: it ends in a comma or a bracket.
    let continues_call = code.trim_end().ends_with([',', ')']) && !code.contains('(');
    (is_name(0) && (is_equals(1) || is_name(1) && is_equals(2)) && !continues_call) || (is_keyword && is_name(1))
}

/// Part of a line: a statement, or what stands before a brace.
pub(in crate::graph) struct Piece<'l> {
    pub code: &'l str,
    pub start: usize,
    pub end: End,
}

/// What ends a piece of a line.
#[derive(Clone, Copy)]
pub(in crate::graph) enum End {
    /// `{`
    Open,
    /// `}`
    Close,
    /// `;` or the end of the line.
    Line,
}

pub(in crate::graph) fn pieces(line: &LogicalLine) -> Vec<Piece<'_>> {
    pieces_of(&line.code, line.start)
}

/// The pieces of code that begins at a byte of the block.
pub(in crate::graph) fn pieces_of(code: &str, mut start: usize) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = code;
    while let Some(at) = rest.find(['{', '}', ';']) {
        let end = match rest.as_bytes()[at] {
            b'{' => End::Open,
            b'}' => End::Close,
            _ => End::Line,
        };
        pieces.push(Piece { code: &rest[..at], start, end });
        rest = &rest[at + 1..];
        start += at + 1;
    }
    pieces.push(Piece { code: rest, start, end: End::Line });
    pieces
}
