//! The blanks of a statement: one where blanks stand, none inside brackets, one around what compares and what defines.

use crate::expr::{Lexeme, Token, lex};
use crate::graph::claim::Relation;
use crate::graph::parse::line::{End, pieces_of};

/// A line without its comment, tidied.
pub(super) fn tidy_code(code: &str, start: usize) -> String {
    let mut tidy = String::new();
    for piece in pieces_of(code, start) {
        let statement = tidy_statement(piece.code.trim());
        let mark = match piece.end {
            End::Open => " {",
            End::Close => "}",
            End::Line if piece.start + piece.code.len() < start + code.len() => ";",
            End::Line => "",
        };
        let follows = !statement.is_empty() || matches!(piece.end, End::Close);
        if follows && !tidy.is_empty() {
            tidy.push(' ');
        }
        tidy.push_str(&statement);
        if matches!(piece.end, End::Close) && !statement.is_empty() {
            tidy.push(' ');
        }
        tidy.push_str(mark);
    }
    tidy
}

fn tidy_statement(statement: &str) -> String {
    let (word, rest) = statement.split_at(statement.find(char::is_whitespace).unwrap_or(statement.len()));
    let defines = rest.trim_start().starts_with('=') && !rest.trim_start().starts_with("==");
    match word {
        "expect" if !defines => tidy_claim(rest),
        "group" if !defines => {
            let label: Vec<&str> = rest.split('|').map(str::trim).collect();
            format!("group {}", label.join(" | ")).trim_end().to_owned()
        }
        _ => tidy_tokens(statement),
    }
}

/// What is claimed, and of what, stays as it is written.
pub(crate) fn tidy_claim(rest: &str) -> String {
    let Some((at, relation)) = Relation::find(rest) else { return format!("expect {}", rest.trim()) };
    let number = &rest[at + relation.token().len()..];
    let number = match number.split_once("within") {
        Some((number, tolerance)) => format!("{} within {}", number.trim(), tolerance.trim()),
        None => number.trim().to_owned(),
    };
    format!("expect {} {} {number}", rest[..at].trim(), relation.token())
}

/// Blanks between two tokens.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Gap {
    None,
    One,
    /// One where there are some.
    Kept,
}

/// The tokens with other blanks between them; as they stand if they would not be the same tokens any more.
fn tidy_tokens(code: &str) -> String {
    let lexemes = lex(code, 0, &mut Vec::new());
    let mut tidy = String::new();
    let mut depth = 0_usize;
    for (i, lexeme) in lexemes.iter().enumerate() {
        if i > 0 {
            let is_apart = lexemes[i - 1].span.end < lexeme.span.start;
            match gap(&lexemes, i, depth) {
                Gap::One => tidy.push(' '),
                Gap::Kept if is_apart => tidy.push(' '),
                Gap::Kept | Gap::None => {}
            }
        }
        match lexeme.token {
            Token::Mark("(" | "[") => depth += 1,
            Token::Mark(")" | "]") => depth = depth.saturating_sub(1),
            _ => {}
        }
        tidy.push_str(&code[lexeme.span.clone()]);
    }
    let same = lex(&tidy, 0, &mut Vec::new());
    let is_same = same.len() == lexemes.len() && same.iter().zip(&lexemes).all(|(a, b)| a.token == b.token);
    if is_same { tidy } else { code.to_owned() }
}

fn gap(lexemes: &[Lexeme], at: usize, depth: usize) -> Gap {
    let mark = |i: usize| match lexemes.get(i).map(|lexeme| &lexeme.token) {
        Some(Token::Mark(mark)) => Some(*mark),
        _ => None,
    };
    let is_operand_end = |i: usize| !matches!(mark(i), Some(m) if !matches!(m, ")" | "]"));
    let is_sign = |i: usize| mark(i) == Some("-") && (i == 0 || !is_operand_end(i - 1));
    match (mark(at - 1), mark(at)) {
        (_, Some("(" | "[")) if is_operand_end(at - 1) => Gap::None,
        (Some("(" | "["), _) | (_, Some(")" | "]" | ",")) => Gap::None,
        (Some(","), _) => Gap::One,
        (Some(":"), _) | (_, Some(":")) => Gap::None,
        (Some("="), _) | (_, Some("=")) if depth > 0 => Gap::None,
        (Some("=" | "==" | ">=" | "<=" | ">" | "<"), _) | (_, Some("=" | "==" | ">=" | "<=" | ">" | "<")) => Gap::One,
        (Some("-"), _) if is_sign(at - 1) => Gap::None,
        (Some(m), _) if is_operator(m) => loose(lexemes, at - 1),
        (_, Some(m)) if is_operator(m) => loose(lexemes, at),
        _ => Gap::Kept,
    }
}

fn is_operator(mark: &str) -> bool {
    matches!(mark, "+" | "-" | "*" | "/" | "@" | "^" | "**" | "..")
}

/// An operator has a blank on both sides or on none: authors show by it what belongs together, as in `a*b + c`.
fn loose(lexemes: &[Lexeme], operator: usize) -> Gap {
    let ends = |i: usize| lexemes.get(i).map(|lexeme| lexeme.span.end);
    let starts = |i: usize| lexemes.get(i).map(|lexeme| lexeme.span.start);
    let before = operator.checked_sub(1).and_then(ends) != starts(operator);
    let behind = ends(operator) != starts(operator + 1);
    if before || behind { Gap::One } else { Gap::None }
}
