//! Block text to statements. Each line is read on its own, so a mistake in one hides none in another.

use crate::diag::{Checked, Diagnostic};
use crate::expr::{Cursor, Expr, IndexPart, PartKind, Token, closest, lex, parse as parse_expr, plain};
use crate::graph::Role;
use crate::graph::claim::{PrintedNumber, Relation};
use crate::lang::text;
use std::ops::Range;

/// The statements of a block.
#[derive(Clone, Debug, Default)]
pub struct Sheet {
    /// The comment before the first statement.
    pub caption: Caption,
    /// The statements, in the order of the text.
    pub statements: Vec<Statement>,
}

/// A line of a block that says something.
#[derive(Clone, Debug)]
pub struct Statement {
    /// What it says.
    pub kind: StatementKind,
    /// Where it stands, without its comment. Empty for a statement that was taken over from another block.
    pub span: Range<usize>,
}

/// What a line says.
#[derive(Clone, Debug)]
pub enum StatementKind {
    /// `param w = -2  # weight`
    Define {
        /// The name, in NFC.
        name: Box<str>,
        /// Where the name stands.
        name_span: Range<usize>,
        /// For `h[t] = ...` all that stands before the equals sign.
        indexed: Option<Expr>,
        /// The role, if the author says one.
        role: Role,
        /// What the name stands for.
        value: Expr,
        /// The comment.
        caption: Caption,
    },
    /// `def neuron(x, w, b) = sigmoid(w @ x + b)`
    Function {
        /// The name, in NFC.
        name: Box<str>,
        /// Where the name stands.
        name_span: Range<usize>,
        /// The names of what it is given, with their places.
        parameters: Vec<(Box<str>, Range<usize>)>,
        /// What a call stands for.
        body: Expr,
    },
    /// `group hidden layer {`
    OpenGroup {
        /// The label of its frame.
        label: Caption,
    },
    /// `for t in 1..4 {`
    OpenLoop {
        /// The loop variable.
        variable: Box<str>,
        /// Its first value.
        from: Expr,
        /// Its last value.
        to: Expr,
    },
    /// `}`
    Close,
    /// `output f, g`
    Output {
        /// The names with their places.
        names: Vec<(Box<str>, Range<usize>)>,
    },
    /// `expect df/dw = 5`
    Expect {
        /// The target as written.
        target: String,
        /// Where the target stands.
        target_span: Range<usize>,
        /// How the two sides are compared.
        relation: Relation,
        /// What is claimed.
        number: PrintedNumber,
    },
}

/// One text per language of the site, or one text for all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Caption(Vec<String>);

impl Caption {
    /// The caption of a comment: `가중치 | weight`.
    pub fn of_comment(comment: &str) -> Self {
        Self(comment.split('|').map(|text| text.trim().to_owned()).collect())
    }

    /// The text for the language at `position` in the site's list; empty if there is none.
    pub fn in_language(&self, position: usize) -> &str {
        self.0.get(position).or_else(|| self.0.first()).map_or("", String::as_str)
    }

    /// Whether there is no text.
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(String::is_empty)
    }

    /// Adds the next line of a comment.
    pub(crate) fn join(&mut self, further: Self) {
        if self.0.is_empty() {
            *self = further;
            return;
        }
        for (text, more) in self.0.iter_mut().zip(further.0) {
            text.push(' ');
            text.push_str(&more);
        }
    }
}

impl Sheet {
    /// The definitions of `base` with the leaves that `changes` defines replaced: the same graph with other
    /// initial values. Claims and captions are those of `changes`; what is taken over has empty spans.
    pub fn with_changes(base: &Self, changes: Self) -> Checked<Self> {
        let mut diagnostics = Vec::new();
        let mut statements: Vec<Statement> = base
            .statements
            .iter()
            .filter(|s| !matches!(s.kind, StatementKind::Expect { .. }))
            .map(Statement::taken_over)
            .collect();
        let chooses_outputs = changes.statements.iter().any(|s| matches!(s.kind, StatementKind::Output { .. }));
        if chooses_outputs {
            statements.retain(|s| !matches!(s.kind, StatementKind::Output { .. }));
        }
        for change in changes.statements {
            let StatementKind::Define { name, indexed, name_span, value, caption, .. } = &change.kind else {
                statements.push(change);
                continue;
            };
            let written = |indexed: &Option<Expr>| indexed.as_ref().map(plain);
            let replaced =
                statements.iter_mut().find_map(|s| match &mut s.kind {
                    StatementKind::Define {
                        name: its, indexed: its_index, value: old, caption: old_caption, ..
                    } if its == name && written(its_index) == written(indexed) => Some((old, old_caption, &mut s.span)),
                    _ => None,
                });
            match replaced {
                Some((old, old_caption, span)) if old.as_literal().is_some() && value.as_literal().is_some() => {
                    *old = value.clone();
                    *span = change.span.clone();
                    if !caption.is_empty() {
                        *old_caption = caption.clone();
                    }
                }
                Some(_) => diagnostics.push(Diagnostic::error(
                    "not-a-leaf",
                    name_span.clone(),
                    text(
                        format!("`{name}`의 값은 바꿀 수 없습니다. 수로 정해진 이름만 다른 수로 바꿀 수 있습니다"),
                        format!("`{name}` cannot be replaced: only a name given as a number can get another number"),
                    ),
                )),
                None => diagnostics.push(Diagnostic::error(
                    "unknown-name",
                    name_span.clone(),
                    text(
                        format!("가져온 그래프에 `{name}`라는 이름이 없습니다"),
                        format!("the graph that is reused has no name `{name}`"),
                    ),
                )),
            }
        }
        let caption = if changes.caption.is_empty() { base.caption.clone() } else { changes.caption };
        Checked { value: Self { caption, statements }, diagnostics }
    }
}

impl Statement {
    /// The statement as part of another block, where its own places mean nothing.
    fn taken_over(&self) -> Self {
        let mut taken = self.clone();
        taken.span = 0..0;
        match &mut taken.kind {
            StatementKind::Define { name_span, indexed, value, .. } => {
                *name_span = 0..0;
                forget_places(value);
                indexed.iter_mut().for_each(forget_places);
            }
            StatementKind::Function { name_span, parameters, body, .. } => {
                *name_span = 0..0;
                parameters.iter_mut().for_each(|(_, span)| *span = 0..0);
                forget_places(body);
            }
            StatementKind::OpenLoop { from, to, .. } => {
                forget_places(from);
                forget_places(to);
            }
            StatementKind::OpenGroup { .. } | StatementKind::Close => {}
            StatementKind::Output { names } => names.iter_mut().for_each(|(_, span)| *span = 0..0),
            StatementKind::Expect { target_span, .. } => *target_span = 0..0,
        }
        taken
    }
}

fn forget_places(expr: &mut Expr) {
    expr.parts.iter_mut().for_each(|part| part.span = 0..0);
}

/// Groups and loops may be nested this deep.
const MOST_NESTED: usize = 32;

/// Reads a block. Never fails: lines that cannot be understood are reported and left out.
pub fn parse(block: &str) -> Checked<Sheet> {
    let mut sheet = Sheet::default();
    let mut diagnostics = Vec::new();
    // Where each brace that is open stands, and whether it opens a loop.
    let mut open: Vec<(Range<usize>, bool)> = Vec::new();
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
                    open.push((brace.clone(), matches!(header.kind, StatementKind::OpenLoop { .. })));
                    sheet.statements.push(header);
                    if open.len() == MOST_NESTED + 1 {
                        diagnostics.push(nested_too_deeply(brace));
                    }
                }
                End::Close | End::Line => {
                    if !piece.code.trim().is_empty() {
                        let found = statement(piece, caption, &mut diagnostics);
                        diagnostics.extend(found.iter().filter_map(|s| misplaced(s, open.iter().any(|(_, l)| *l))));
                        sheet.statements.extend(found);
                    }
                    if matches!(piece.end, End::Close) {
                        match open.pop() {
                            Some(_) => sheet.statements.push(Statement { kind: StatementKind::Close, span: brace }),
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

/// Part of a line: a statement, or what stands before a brace.
struct Piece<'l> {
    code: &'l str,
    start: usize,
    end: End,
}

/// What ends a piece of a line.
#[derive(Clone, Copy)]
enum End {
    /// `{`
    Open,
    /// `}`
    Close,
    /// `;` or the end of the line.
    Line,
}

fn pieces(line: &LogicalLine) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = line.code.as_str();
    let mut start = line.start;
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

/// `group LABEL` or `for NAME in FROM..TO`, before a brace. Anything else is reported and stands as a group.
fn header(piece: &Piece<'_>, brace: &Range<usize>, log: &mut Vec<Diagnostic>) -> Statement {
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

fn loop_header(rest: &str, start: usize, log: &mut Vec<Diagnostic>) -> Option<StatementKind> {
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

fn bad_loop(span: Range<usize>) -> Diagnostic {
    Diagnostic::error("bad-loop", span, text("반복으로 읽을 수 없습니다", "this is not a loop")).help(text(
        "`for t in 1..4 { ... }`처럼 씁니다. t는 1부터 4까지 바뀝니다",
        "write `for t in 1..4 { ... }`; t goes from 1 to 4",
    ))
}

fn nested_too_deeply(span: Range<usize>) -> Diagnostic {
    Diagnostic::error(
        "nested-too-deeply",
        span,
        text(
            format!("`group`과 `for`는 {MOST_NESTED}겹까지만 쓸 수 있습니다"),
            format!("`group` and `for` may be nested {MOST_NESTED} deep at most"),
        ),
    )
}

fn unopened_brace(span: Range<usize>) -> Diagnostic {
    Diagnostic::error(
        "unopened-bracket",
        span,
        text("`}`에 맞는 `{`가 없습니다", "no `{` is open that this `}` could close"),
    )
}

fn unclosed_brace(span: Range<usize>) -> Diagnostic {
    Diagnostic::error("unclosed-bracket", span, text("`{`가 닫히지 않았습니다", "this `{` is never closed"))
        .help(text("블록이 끝나는 곳에 `}`를 쓰세요", "write `}` where the block ends"))
}

/// Claims, outputs and functions speak of the whole graph and stand outside loops.
fn misplaced(statement: &Statement, in_loop: bool) -> Option<Diagnostic> {
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

/// A line of the block, or several where a bracket stays open. Comments are blanked, so that byte positions
/// stay what they are in the block.
struct LogicalLine {
    code: String,
    start: usize,
    comment: Option<String>,
}

fn logical_lines(block: &str) -> Vec<LogicalLine> {
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

fn bracket_balance(code: &str) -> i64 {
    code.chars().map(|c| i64::from(matches!(c, '(' | '[')) - i64::from(matches!(c, ')' | ']'))).sum()
}

/// Whether a line is the start of a statement even if a bracket before it was never closed.
fn starts_statement(code: &str) -> bool {
    let tokens = lex(code, 0, &mut Vec::new());
    let is_name = |i: usize| matches!(tokens.get(i).map(|l| &l.token), Some(Token::Name(_)));
    let is_equals = |i: usize| matches!(tokens.get(i).map(|l| &l.token), Some(Token::Mark("=")));
    let is_keyword = matches!(tokens.first().map(|l| &l.token), Some(Token::Name(word)) if matches!(&**word, "expect" | "output" | "def" | "group" | "for"));
    // `axis=1` on a line of its own continues a call: it ends in a comma or a bracket.
    let continues_call = code.trim_end().ends_with([',', ')']) && !code.contains('(');
    (is_name(0) && (is_equals(1) || is_name(1) && is_equals(2)) && !continues_call) || (is_keyword && is_name(1))
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
    Some(StatementKind::Define { name: name.clone(), name_span, indexed, role, value, caption })
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
    while let Some(Token::Name(parameter)) = cursor.peek() {
        let span = cursor.span();
        if let Some((_, first)) = parameters.iter().find(|(known, _)| known == parameter) {
            log.push(
                Diagnostic::error(
                    "double-definition",
                    span.clone(),
                    text(format!("`{parameter}`가 두 번 나옵니다"), format!("`{parameter}` is there twice")),
                )
                .label(first.clone(), text("처음 나온 곳입니다", "it is here first")),
            );
        }
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
    let keywords = ["expect", "output", "param", "input", "const", "def", "group", "for"];
    if let (Some(near), true) = (closest(name, keywords.into_iter()), lexemes.len() > 1) {
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
        assert_eq!(sheet.caption, Caption(vec!["그림 둘째".into(), "Figure second".into()]));
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
