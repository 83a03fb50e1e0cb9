//! What stands before a brace, and what is wrong with braces.

use super::line::Piece;
use crate::diag::Diagnostic;
use crate::expr::{Cursor, PartKind, Token, lex, parse as parse_expr};
use crate::graph::{Caption, Statement, StatementKind};
use crate::lang::text;
use std::ops::Range;

/// Groups and loops may be nested this deep.
pub(in crate::graph) const MOST_NESTED: usize = 32;

/// `group LABEL` or `for NAME in FROM..TO`, before a brace. Anything else is reported and stands as a group.
pub(super) fn header(piece: &Piece<'_>, brace: &Range<usize>, log: &mut Vec<Diagnostic>) -> Statement {
    let trimmed = piece.code.trim();
    let start = piece.start + piece.code.len() - piece.code.trim_start().len();
    let span = start..brace.end;
    let word_len = trimmed.find(char::is_whitespace).unwrap_or(trimmed.len());
    let (word, rest) = trimmed.split_at(word_len);
    let kind = match word {
        "for" => loop_header(rest, start + word_len, log),
        "group" => Some(StatementKind::OpenGroup { label: Caption::of_comment(rest) }),
        _ => {
            log.push(
                Diagnostic::error(
                    "unexpected-token",
                    brace.clone(),
                    text("`{` 앞에는 `group`이나 `for`가 있어야 합니다", "only `group` and `for` open a `{`"),
                )
                .help(text(
                    "`group 은닉층 {`이나 `for t in 1..4 {`처럼 씁니다",
                    "write `group hidden layer {` or `for t in 1..4 {`",
                )),
            );
            None
        }
    };
    Statement { kind: kind.unwrap_or(StatementKind::OpenGroup { label: Caption::default() }), span }
}

pub(super) fn loop_header(rest: &str, start: usize, log: &mut Vec<Diagnostic>) -> Option<StatementKind> {
    let lexemes = lex(rest, start, log);
    let mut cursor = Cursor::new(&lexemes, start + rest.trim_end().len());
    let variable = match (cursor.peek(), cursor.peek_at(1)) {
        (Some(Token::Name(variable)), Some(Token::Name(word))) if &**word == "in" => variable.clone(),
        _ => {
            log.push(bad_loop(start..start + rest.trim_end().len()));
            return None;
        }
    };
    cursor.advance();
    cursor.advance();
    let from = parse_expr(&mut cursor, log);
    if !cursor.eat("..") {
        if from.root().is_some_and(|root| root.kind != PartKind::Unknown) {
            log.push(bad_loop(cursor.span()));
        }
        return None;
    }
    let to = parse_expr(&mut cursor, log);
    if cursor.peek().is_some() {
        log.push(bad_loop(cursor.span()));
    }
    Some(StatementKind::OpenLoop { variable, from, to })
}

pub(super) fn bad_loop(span: Range<usize>) -> Diagnostic {
    Diagnostic::error("bad-loop", span, text("반복으로 읽을 수 없습니다", "this is not a loop")).help(text(
        "`for t in 1..4 { ... }`처럼 씁니다. t는 1부터 4까지 바뀝니다",
        "write `for t in 1..4 { ... }`; t goes from 1 to 4",
    ))
}

pub(super) fn nested_too_deeply(span: Range<usize>) -> Diagnostic {
    Diagnostic::error(
        "nested-too-deeply",
        span,
        text(
            format!("`group`과 `for`는 {MOST_NESTED}겹까지만 쓸 수 있습니다"),
            format!("`group` and `for` may be nested {MOST_NESTED} deep at most"),
        ),
    )
}

pub(super) fn unopened_brace(span: Range<usize>) -> Diagnostic {
    Diagnostic::error(
        "unopened-bracket",
        span,
        text("`}`에 맞는 `{`가 없습니다", "no `{` is open that this `}` could close"),
    )
}

pub(super) fn unclosed_brace(span: Range<usize>) -> Diagnostic {
    Diagnostic::error("unclosed-bracket", span, text("`{`가 닫히지 않았습니다", "this `{` is never closed"))
        .help(text("블록이 끝나는 곳에 `}`를 쓰세요", "write `}` where the block ends"))
}

/// Claims, outputs and functions speak of the whole graph and stand outside loops.
pub(super) fn misplaced(statement: &Statement, in_loop: bool) -> Option<Diagnostic> {
    let word = match statement.kind {
        StatementKind::Expect { .. } => "expect",
        StatementKind::Output { .. } => "output",
        StatementKind::Function { .. } => "def",
        _ => return None,
    };
    in_loop.then(|| {
        Diagnostic::error(
            "not-in-a-loop",
            statement.span.clone(),
            text(format!("`{word}`는 `for` 안에 쓸 수 없습니다"), format!("`{word}` cannot stand in a `for`")),
        )
        .help(text("`}` 뒤로 옮기세요", "move it behind the `}`"))
    })
}
