//! Block text to statements. Each line is read on its own, so a mistake in one hides none in another.

mod brace;
pub(super) mod line;

use crate::diag::{Checked, Diagnostic};
use crate::expr::{Cursor, Expr, IndexPart, PartKind, Token, closest, lex, parse as parse_expr};
use crate::graph::claim::{PrintedNumber, Relation};
use crate::graph::{Caption, Role, Sheet, Statement, StatementKind};
use crate::lang::text;
pub(super) use brace::MOST_NESTED;
use brace::{header, misplaced, nested_too_deeply, unclosed_brace, unopened_brace};
use foldhash::HashMap;
use line::{End, Piece, logical_lines, pieces};
use std::ops::Range;
use std::sync::Arc;

/// The words that statements begin with.
pub const KEYWORDS: [&str; 8] = ["expect", "output", "param", "input", "const", "def", "group", "for"];

/// Reads a block. Never fails: lines that cannot be understood are reported and left out.
pub fn parse(block: &str) -> Checked<Sheet> {
    let mut sheet = Sheet::default();
    let mut diagnostics = Vec::new();
    // Where each brace that is open stands, and whether it opens a loop.
    let mut open: Vec<(Range<usize>, bool)> = Vec::new();
    let mut open_loops = 0;
    for line in logical_lines(block) {
        let comment = line.comment.as_deref().map(Caption::of_comment);
        if let (true, true, Some(caption)) = (line.code.trim().is_empty(), sheet.statements.is_empty(), &comment) {
            sheet.caption.join(caption.clone());
        }
        let pieces = pieces(&line);
        let commented = pieces.iter().rposition(|piece| !piece.code.trim().is_empty());
        for (i, piece) in pieces.iter().enumerate() {
            let caption = comment.clone().filter(|_| commented == Some(i)).unwrap_or_default();
            let brace = piece.start + piece.code.len()..piece.start + piece.code.len() + 1;
            match piece.end {
                End::Open => {
                    let header = header(piece, &brace, &mut diagnostics);
                    let is_loop = matches!(header.kind, StatementKind::OpenLoop { .. });
                    open_loops += usize::from(is_loop);
                    open.push((brace.clone(), is_loop));
                    sheet.statements.push(header);
                    if open.len() == MOST_NESTED + 1 {
                        diagnostics.push(nested_too_deeply(brace));
                    }
                }
                End::Close | End::Line => {
                    if !piece.code.trim().is_empty() {
                        let found = statement(piece, caption, &mut diagnostics);
                        diagnostics.extend(found.iter().filter_map(|s| misplaced(s, open_loops > 0)));
                        sheet.statements.extend(found);
                    }
                    if matches!(piece.end, End::Close) {
                        match open.pop() {
                            Some((_, is_loop)) => {
                                open_loops -= usize::from(is_loop);
                                sheet.statements.push(Statement { kind: StatementKind::Close, span: brace });
                            }
                            None => diagnostics.push(unopened_brace(brace)),
                        }
                    }
                }
            }
        }
    }
    for (brace, _) in open.into_iter().rev() {
        let end = block.trim_end().len();
        sheet.statements.push(Statement { kind: StatementKind::Close, span: end..end });
        diagnostics.push(unclosed_brace(brace));
    }
    Checked { value: sheet, diagnostics }
}

fn statement(line: &Piece<'_>, caption: Caption, log: &mut Vec<Diagnostic>) -> Option<Statement> {
    let trimmed = line.code.trim();
    let start = line.start + line.code.len() - line.code.trim_start().len();
    let span = start..start + trimmed.len();
    let word_len = trimmed.find(|c: char| c.is_whitespace()).unwrap_or(trimmed.len());
    let (word, rest) = trimmed.split_at(word_len);
    let defines = rest.trim_start().starts_with('=') && !rest.trim_start().starts_with("==");
    let kind = match word {
        "expect" if !defines => expect(rest, start + word_len, log),
        "output" if !defines => output(rest, start + word_len, log),
        "def" if !defines => function(rest, start + word_len, log),
        "group" | "for" if !defines => {
            log.push(
                Diagnostic::error(
                    "missing-brace",
                    span.clone(),
                    text(format!("`{word}` 뒤에 `{{`가 없습니다"), format!("no `{{` follows this `{word}`")),
                )
                .help(text("같은 줄에 `{`를 쓰세요", "write the `{` on the same line")),
            );
            None
        }
        _ => definition(trimmed, start, caption, log),
    };
    kind.map(|kind| Statement { kind, span })
}

fn definition(line: &str, start: usize, caption: Caption, log: &mut Vec<Diagnostic>) -> Option<StatementKind> {
    let lexemes = lex(line, start, log);
    let mut cursor = Cursor::new(&lexemes, start + line.len());
    let role = match (cursor.peek(), cursor.peek_at(1)) {
        (Some(Token::Name(word)), Some(Token::Name(_))) => role_of(word),
        _ => None,
    };
    if role.is_some() {
        cursor.advance();
    }
    let name_span = cursor.span();
    let Some(Token::Name(name)) = cursor.peek() else {
        if !matches!(cursor.peek(), Some(Token::Wrong)) {
            log.push(not_a_statement(start..start + line.len()));
        }
        return None;
    };
    let indexed = if matches!(cursor.peek_at(1), Some(Token::Mark("["))) {
        Some(indexed_name(&mut cursor, log)?)
    } else {
        cursor.advance();
        None
    };
    let name_span = name_span.start..cursor.last_span().end;
    if !cursor.eat("=") {
        if !lexemes.iter().any(|l| l.token == Token::Wrong) {
            log.push(missing_equals(name, name_span, cursor.span(), start..start + line.len(), &lexemes));
        }
        return None;
    }
    let value = parse_expr(&mut cursor, log);
    let is_understood = value.root().is_some_and(|root| root.kind != PartKind::Unknown);
    if cursor.peek().is_some() && is_understood {
        let span = cursor.span();
        log.push(
            Diagnostic::error(
                "unexpected-token",
                span.clone(),
                text(
                    "여기서 식이 끝나야 하는데 무언가가 더 있습니다",
                    "the expression should end here, but more follows",
                ),
            )
            .help(text(
                "곱셈은 `*`를 써서 나타냅니다. 설명은 `#` 뒤에 씁니다",
                "a product is written with `*`; a comment starts with `#`",
            )),
        );
    }
    let role = role.unwrap_or_default();
    Some(StatementKind::Define { name: Arc::from(&**name), name_span, indexed, role, value, caption })
}

/// `h[t]` before an equals sign.
fn indexed_name(cursor: &mut Cursor<'_>, log: &mut Vec<Diagnostic>) -> Option<Expr> {
    let expr = parse_expr(cursor, log);
    match expr.root().map(|root| (&root.kind, root.span.clone())) {
        Some((PartKind::Index { of, picks }, _))
            if matches!(expr.parts[*of].kind, PartKind::Name(_))
                && picks.iter().all(|pick| matches!(pick, IndexPart::At(_))) =>
        {
            Some(expr)
        }
        Some((PartKind::Unknown, _)) | None => None,
        Some((_, span)) => {
            log.push(
                Diagnostic::error(
                    "unexpected-token",
                    span,
                    text("`=` 앞에는 이름 하나만 올 수 있습니다", "only one name may stand before `=`"),
                )
                .help(text("번호가 붙은 이름은 `h[t]`처럼 씁니다", "a numbered name is written `h[t]`")),
            );
            None
        }
    }
}

/// `neuron(x, w, b) = sigmoid(w @ x + b)`
fn function(rest: &str, start: usize, log: &mut Vec<Diagnostic>) -> Option<StatementKind> {
    let lexemes = lex(rest, start, log);
    let mut cursor = Cursor::new(&lexemes, start + rest.len());
    let malformed = |span| {
        Diagnostic::error("bad-function", span, text("함수로 읽을 수 없습니다", "this does not define a function"))
            .help(text(
                "`def neuron(x, w, b) = sigmoid(w @ x + b)`처럼 씁니다",
                "write `def neuron(x, w, b) = sigmoid(w @ x + b)`",
            ))
    };
    let (Some(Token::Name(name)), Some(Token::Mark("("))) = (cursor.peek(), cursor.peek_at(1)) else {
        log.push(malformed(cursor.span()));
        return None;
    };
    let name_span = cursor.span();
    cursor.advance();
    cursor.advance();
    let mut parameters: Vec<(Box<str>, Range<usize>)> = Vec::new();
    let mut firsts: HashMap<&str, Range<usize>> = HashMap::default();
    while let Some(Token::Name(parameter)) = cursor.peek() {
        let span = cursor.span();
        if let Some(first) = firsts.get(&**parameter) {
            log.push(
                Diagnostic::error(
                    "double-definition",
                    span.clone(),
                    text(format!("`{parameter}`가 두 번 나옵니다"), format!("`{parameter}` is there twice")),
                )
                .label(first.clone(), text("처음 나온 곳입니다", "it is here first")),
            );
        }
        firsts.entry(parameter).or_insert_with(|| span.clone());
        parameters.push((parameter.clone(), span));
        cursor.advance();
        if !cursor.eat(",") {
            break;
        }
    }
    if parameters.is_empty() || !cursor.eat(")") || !cursor.eat("=") {
        log.push(malformed(cursor.span()));
        return None;
    }
    let body = parse_expr(&mut cursor, log);
    if cursor.peek().is_some() && body.root().is_some_and(|root| root.kind != PartKind::Unknown) {
        log.push(malformed(cursor.span()));
    }
    Some(StatementKind::Function { name: name.clone(), name_span, parameters, body })
}

fn role_of(word: &str) -> Option<Role> {
    match word {
        "param" => Some(Role::Param),
        "input" => Some(Role::Input),
        "const" => Some(Role::Const),
        _ => None,
    }
}

fn not_a_statement(span: Range<usize>) -> Diagnostic {
    Diagnostic::error("not-a-statement", span, text("문장으로 읽을 수 없는 줄입니다", "this line is not a statement"))
        .help(text(
            "`이름 = 식`, `output 이름`, `expect 대상 = 수`, `def 함수(이름) = 식`, `group 설명 {`, `for t in 1..4 {` 가운데 하나여야 합니다",
            "a line is `name = expression`, `output name`, `expect target = number`, `def f(x) = expression`, `group label {` or `for t in 1..4 {`",
        ))
}

fn missing_equals(
    name: &str,
    name_span: Range<usize>,
    here: Range<usize>,
    line: Range<usize>,
    lexemes: &[crate::expr::Lexeme],
) -> Diagnostic {
    if let (Some(near), true) = (closest(name, KEYWORDS.into_iter()), lexemes.len() > 1) {
        return Diagnostic::error(
            "unknown-statement",
            name_span,
            text(format!("`{name}`(으)로 시작하는 문장은 없습니다"), format!("no statement starts with `{name}`")),
        )
        .help(text(format!("`{near}`인가요?"), format!("did you mean `{near}`?")));
    }
    if lexemes.iter().any(|l| matches!(l.token, Token::Mark("="))) {
        return Diagnostic::error(
            "unexpected-token",
            here,
            text("`=` 앞에는 이름 하나만 올 수 있습니다", "only one name may stand before `=`"),
        );
    }
    not_a_statement(line)
}

fn output(rest: &str, start: usize, log: &mut Vec<Diagnostic>) -> Option<StatementKind> {
    let lexemes = lex(rest, start, log);
    let mut names: Vec<(Box<str>, Range<usize>)> = Vec::new();
    let mut index: Option<String> = None;
    for lexeme in &lexemes {
        match (&lexeme.token, &mut index) {
            (Token::Wrong, _) => return None,
            (Token::Name(name), None) => names.push((name.clone(), lexeme.span.clone())),
            (Token::Mark(","), None) => {}
            (Token::Mark("["), None) if !names.is_empty() => index = Some(String::from("[")),
            (Token::Mark("]"), Some(written)) => {
                written.push(']');
                if let Some((name, span)) = names.last_mut() {
                    *name = format!("{name}{written}").into();
                    span.end = lexeme.span.end;
                }
                index = None;
            }
            (Token::Number(x), Some(written)) => written.push_str(&x.to_string()),
            (Token::Mark(mark @ ("," | "-")), Some(written)) => written.push_str(mark),
            _ => {
                log.push(Diagnostic::error(
                    "unexpected-token",
                    lexeme.span.clone(),
                    text("`output` 뒤에는 이름만 쓸 수 있습니다", "only names may follow `output`"),
                ));
                return None;
            }
        }
    }
    if names.is_empty() {
        log.push(Diagnostic::error(
            "missing-operand",
            start..start,
            text("`output` 뒤에 이름이 없습니다", "`output` names nothing"),
        ));
        return None;
    }
    Some(StatementKind::Output { names })
}

fn expect(rest: &str, start: usize, log: &mut Vec<Diagnostic>) -> Option<StatementKind> {
    let Some((at, relation)) = Relation::find(rest) else {
        log.push(
            Diagnostic::error(
                "bad-claim",
                start..start + rest.trim_end().len(),
                text("무엇이 얼마인지 알 수 없는 주장입니다", "this claim does not say what equals what"),
            )
            .help(text("`expect df/dw = 5`처럼 씁니다", "write it as `expect df/dw = 5`")),
        );
        return None;
    };
    let target = rest[..at].trim();
    let target_start = start + at - rest[..at].trim_start().len();
    let target_span = target_start..target_start + target.len();
    if target.is_empty() {
        log.push(Diagnostic::error(
            "bad-claim",
            start..start + at,
            text("`expect` 뒤에 대상이 없습니다", "`expect` names no target"),
        ));
        return None;
    }
    let value_at = at + relation.token().len();
    let number = PrintedNumber::parse(&rest[value_at..], start + value_at, log)?;
    Some(StatementKind::Expect { target: target.to_owned(), target_span, relation, number })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(block: &str) -> Vec<(String, String)> {
        parse(block).diagnostics.into_iter().map(|d| (d.code.to_owned(), block[d.range].to_owned())).collect()
    }

    #[track_caller]
    fn check_mistakes(block: &str, expected: &[(&str, &str)]) {
        let expected: Vec<(String, String)> =
            expected.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
        assert_eq!(codes(block), expected, "{block}");
    }

    #[test]
    fn captions_and_comments() {
        let sheet =
            parse("# 그림 | Figure\n# 둘째 | second\nw = 2 # 가중치 | weight\n# only a comment\nx = w # both").value;
        assert_eq!(sheet.caption, Caption(["그림 둘째".into(), "Figure second".into()].into()));
        let StatementKind::Define { caption, .. } = &sheet.statements[0].kind else { panic!("a definition") };
        assert_eq!((caption.in_language(0), caption.in_language(1)), ("가중치", "weight"));
        let StatementKind::Define { caption, .. } = &sheet.statements[1].kind else { panic!("a definition") };
        assert_eq!((caption.in_language(0), caption.in_language(1)), ("both", "both"));
    }

    #[test]
    fn keywords_may_be_names() {
        check_mistakes("input = 2\noutput = input * 3\nexpect = output\nparam expect = 2\noutput output", &[]);
    }

    #[test]
    fn a_list_may_go_over_lines() {
        check_mistakes("X = [[1, 2], # rows\n     [3, 4]]\ny = sum(X,\n  axis=1)", &[]);
        assert_eq!(parse("X = [[1, 2],\n     [3, 4]]\ny = X").value.statements.len(), 2);
    }

    #[test]
    fn all_mistakes_in_one_run() {
        check_mistakes(
            "w = (2\nx = 5 *\n3 = y\nexpct f = 2\nz w = 2\nexpect f\nexpect f = two\nhello\ny = 2 3",
            &[
                ("unclosed-bracket", "("),
                ("missing-operand", ""),
                ("not-a-statement", "3 = y"),
                ("unknown-statement", "expct"),
                ("unexpected-token", "w"),
                ("bad-claim", " f"),
                ("bad-number", "two"),
                ("not-a-statement", "hello"),
                ("unexpected-token", "3"),
            ],
        );
    }
}
