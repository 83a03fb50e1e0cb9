//! Tokens to expressions, by operator precedence with a stack of our own: nesting costs no recursion.
//! (Pratt 1973, "Top down operator precedence"; the stack is Dijkstra's shunting yard.)

mod attribute;
mod call;
mod index;

use super::creator::Creator;
use super::lex::{Lexeme, Token, lex};
use super::{Expr, IndexPart, PartId, PartKind};
use crate::diag::Diagnostic;
use crate::expr::mistake::as_written;
use crate::lang::{Text, text};
use crate::ops::level::COMPARISON;
use crate::ops::{self, Attr, Attrs, Level, Notation, Op};
use crate::tensor::{MAX_RANK, Shape, Tensor};
use std::ops::Range;

/// A place in a line's tokens.
pub struct Cursor<'t> {
    lexemes: &'t [Lexeme],
    at: usize,
    end: usize,
}

impl<'t> Cursor<'t> {
    /// The start of `lexemes`, whose text ends at byte `end`.
    pub fn new(lexemes: &'t [Lexeme], end: usize) -> Self {
        Self { lexemes, at: 0, end }
    }

    /// The token here, if there is one.
    pub fn peek(&self) -> Option<&'t Token> {
        self.peek_at(0)
    }

    /// The token `ahead` places further.
    pub fn peek_at(&self, ahead: usize) -> Option<&'t Token> {
        self.lexemes.get(self.at + ahead).map(|l| &l.token)
    }

    /// Where the token here stands; at the end, the empty range there.
    pub fn span(&self) -> Range<usize> {
        self.lexemes.get(self.at).map_or(self.end..self.end, |l| l.span.clone())
    }

    /// Where the token before stands.
    pub fn last_span(&self) -> Range<usize> {
        self.at.checked_sub(1).and_then(|i| self.lexemes.get(i)).map_or(0..0, |l| l.span.clone())
    }

    /// The token here with its place, going on to the next.
    pub fn advance(&mut self) -> Option<&'t Lexeme> {
        let lexeme = self.lexemes.get(self.at)?;
        self.at += 1;
        Some(lexeme)
    }

    /// Goes on if the token here is `mark`.
    pub fn eat(&mut self, mark: &str) -> bool {
        let here = matches!(self.peek(), Some(Token::Mark(m)) if *m == mark);
        self.at += usize::from(here);
        here
    }

    fn at_mark(&self, mark: &str) -> bool {
        matches!(self.peek(), Some(Token::Mark(m)) if *m == mark)
    }
}

/// Reads an expression as far as it goes. What cannot be understood is reported, and the whole is `Unknown`.
pub fn parse(cursor: &mut Cursor<'_>, log: &mut Vec<Diagnostic>) -> Expr {
    Parser { cursor, log, for_rules: false, expr: Expr::default(), operands: Vec::new(), pending: Vec::new() }.run()
}

/// Reads the text of a derivative rule. Attributes may be given by the name of an attribute of the rule's op.
///
/// # Panics
/// If the text is not an expression: the table is wrong, which the test over the table finds.
pub fn parse_rule(rule: &str) -> Expr {
    let mut log = Vec::new();
    let lexemes = lex(rule, 0, &mut log);
    let mut cursor = Cursor::new(&lexemes, rule.len());
    let parser = Parser {
        cursor: &mut cursor,
        log: &mut log,
        for_rules: true,
        expr: Expr::default(),
        operands: Vec::new(),
        pending: Vec::new(),
    };
    let expr = parser.run();
    assert!(log.is_empty() && cursor.peek().is_none(), "the rule `{rule}` does not parse: {log:?}");
    expr
}

struct Parser<'c, 't, 'l> {
    cursor: &'c mut Cursor<'t>,
    log: &'l mut Vec<Diagnostic>,
    for_rules: bool,
    expr: Expr,
    operands: Vec<PartId>,
    pending: Vec<Pending>,
}

/// What waits for its operands or for its closing bracket.
enum Pending {
    Infix { op: &'static Op, level: Level },
    Prefix { op: &'static Op, level: Level },
    Open(Bracket),
}

struct Bracket {
    kind: BracketKind,
    /// The opening bracket; for a call, the name with it.
    span: Range<usize>,
    /// How many operands stood before it.
    operands_before: usize,
}

enum BracketKind {
    Group,
    List,
    /// After an operand: `a[`. What has been read of the axis at hand is an operand on the stack, or `from`.
    Index {
        of: PartId,
        picks: Vec<IndexPart>,
        /// Where a `:` has been read: what stood before it.
        from: Option<Option<PartId>>,
    },
    Call {
        callee: Callee,
        /// The name of what is called, with its place.
        name: (Box<str>, Range<usize>),
        attrs: Option<Attrs>,
        /// Which attributes have been given, and where.
        given: Vec<(usize, Range<usize>)>,
        forwarded: Vec<(usize, Box<str>)>,
        /// Whether the operands of a variadic op have been given as a list.
        is_listed: bool,
        /// The first argument given by keyword to what is not in the table.
        keyword: Option<Range<usize>>,
    },
}

impl BracketKind {
    /// What closes it.
    fn closing(&self) -> &'static str {
        match self {
            Self::List | Self::Index { .. } => "]",
            Self::Group | Self::Call { .. } => ")",
        }
    }
}

#[derive(Clone, Copy)]
enum Callee {
    Op(&'static Op),
    Grad,
    /// Writes a tensor.
    Create(Creator),
    /// Not in the table.
    Named,
}

impl Callee {
    /// The rows of its attributes; none for what takes no attribute.
    fn attrs(self) -> Option<&'static [Attr]> {
        match self {
            Self::Op(op) => Some(op.attrs),
            Self::Create(creator) => Some(creator.settings()),
            Self::Grad | Self::Named => None,
        }
    }

    /// How it is written, as help; none for what is not in a table.
    fn as_written(self) -> Option<Text> {
        match self {
            Self::Op(op) => Some(as_written(op)),
            Self::Create(creator) => Some(creator.as_written()),
            Self::Grad | Self::Named => None,
        }
    }
}

/// The expression cannot be understood; the reason has been reported.
struct Stop;

impl Parser<'_, '_, '_> {
    fn run(mut self) -> Expr {
        let start = self.cursor.span().start;
        match self.expression() {
            Ok(()) => self.expr,
            Err(Stop) => {
                let mut unknown = Expr::default();
                unknown.push(PartKind::Unknown, start..self.cursor.last_span().end.max(start));
                unknown
            }
        }
    }

    fn expression(&mut self) -> Result<(), Stop> {
        loop {
            if self.operand()? {
                continue;
            }
            loop {
                match self.after_operand()? {
                    After::Operand => break,
                    After::Operator => {}
                    After::End => {
                        self.reduce_to_bracket();
                        return match self.pending.pop() {
                            Some(Pending::Open(bracket)) => self.unclosed(&bracket),
                            _ => Ok(()),
                        };
                    }
                }
            }
        }
    }

    /// Reads what may stand where an operand is due. `true`: an operand is still due.
    fn operand(&mut self) -> Result<bool, Stop> {
        if self.attribute_due() {
            self.attribute()?;
            return self.after_attribute();
        }
        let span = self.cursor.span();
        match self.cursor.peek() {
            Some(Token::Number(x)) => {
                let value = Tensor::Scalar(*x);
                self.cursor.advance();
                self.literal(value, span);
                Ok(false)
            }
            Some(Token::Name(_)) if matches!(self.cursor.peek_at(1), Some(Token::Mark("("))) => {
                self.open_call();
                let closing = self.cursor.span();
                if self.cursor.eat(")") {
                    self.close_call(closing)?;
                    return Ok(false);
                }
                Ok(true)
            }
            Some(Token::Name(name)) => {
                self.cursor.advance();
                let id = self.expr.push(PartKind::Name(name.clone()), span);
                self.operands.push(id);
                Ok(false)
            }
            Some(Token::Mark("(")) => {
                self.cursor.advance();
                self.open(BracketKind::Group, span);
                Ok(true)
            }
            Some(Token::Mark("[")) => {
                self.cursor.advance();
                self.open(BracketKind::List, span);
                Ok(true)
            }
            Some(Token::Mark(":")) if self.in_index() => {
                self.colon();
                Ok(matches!(self.after_colon(), After::Operand))
            }
            Some(Token::Mark(mark)) if ops::find_prefix(mark).is_some() => {
                self.cursor.advance();
                if let Some(op @ Op { notation: Notation::Prefix { level, .. }, .. }) = ops::find_prefix(mark) {
                    self.pending.push(Pending::Prefix { op, level: *level });
                }
                Ok(true)
            }
            Some(Token::Mark("+")) => {
                self.cursor.advance();
                Ok(true)
            }
            Some(Token::Wrong) => Err(Stop),
            _ => Err(self.expected_operand(span)),
        }
    }

    fn expected_operand(&mut self, span: Range<usize>) -> Stop {
        let found = match self.cursor.peek() {
            Some(Token::Mark(mark)) => text(format!("`{mark}`가 있습니다"), format!("found `{mark}`")),
            _ => text("식이 끝났습니다", "the expression ends here"),
        };
        let innermost = self.pending.iter().rev().find_map(|p| match p {
            Pending::Open(bracket) => Some(bracket.span.clone()),
            _ => None,
        });
        let mut diagnostic = Diagnostic::error(
            "missing-operand",
            span,
            text(
                format!("이름이나 수가 있어야 할 자리인데 {}", found.ko),
                format!("expected a name or a number, {}", found.en),
            ),
        );
        if let (Some(bracket), None) = (innermost, self.cursor.peek()) {
            diagnostic =
                diagnostic.label(bracket, text("여기서 연 괄호가 닫히지 않았습니다", "this bracket is not closed"));
        }
        self.log.push(diagnostic);
        Stop
    }

    /// Reads what may stand after an operand.
    fn after_operand(&mut self) -> Result<After, Stop> {
        let span = self.cursor.span();
        let Some(Token::Mark(mark)) = self.cursor.peek() else { return self.end_or_stop() };
        match *mark {
            "," => {
                self.reduce_to_bracket();
                match self.pending.last() {
                    Some(Pending::Open(Bracket { kind: BracketKind::Index { .. }, .. })) => {
                        self.finish_pick();
                        self.cursor.advance();
                        Ok(if self.cursor.at_mark("]") { After::Operator } else { After::Operand })
                    }
                    Some(Pending::Open(Bracket { kind: BracketKind::List | BracketKind::Call { .. }, .. })) => {
                        self.cursor.advance();
                        let closing = if self.in_call() { ")" } else { "]" };
                        // A comma may stand before the closing bracket.
                        Ok(if self.cursor.at_mark(closing) { After::Operator } else { After::Operand })
                    }
                    _ => Ok(After::End),
                }
            }
            ")" | "]" => {
                self.reduce_to_bracket();
                if !matches!(self.pending.last(), Some(Pending::Open(_))) {
                    self.log.push(Diagnostic::error(
                        "unopened-bracket",
                        span,
                        text(
                            format!("`{mark}`에 맞는 여는 괄호가 없습니다"),
                            format!("no bracket is open that this `{mark}` could close"),
                        ),
                    ));
                    return Err(Stop);
                }
                self.cursor.advance();
                self.close(mark, span)?;
                Ok(After::Operator)
            }
            "." => {
                self.cursor.advance();
                self.postfix(&span)?;
                Ok(After::Operator)
            }
            "[" => {
                // It belongs to the operand just read, which all waiting operators bind less tightly than.
                let Some(of) = self.operands.pop() else { return Err(Stop) };
                self.cursor.advance();
                self.open(BracketKind::Index { of, picks: Vec::new(), from: None }, span);
                Ok(After::Operand)
            }
            ":" if self.reduces_to_index() => {
                self.colon();
                Ok(self.after_colon())
            }
            _ => match ops::find(mark, true) {
                Some(op @ Op { notation: Notation::Infix { level, right }, .. }) => {
                    if *level == COMPARISON && self.is_in_comparison() {
                        self.log.push(chained_comparison(span));
                        return Err(Stop);
                    }
                    self.cursor.advance();
                    self.reduce_above(if *right { *level + 1 } else { *level });
                    self.pending.push(Pending::Infix { op, level: *level });
                    Ok(After::Operand)
                }
                _ => self.end_or_stop(),
            },
        }
    }

    fn end_or_stop(&mut self) -> Result<After, Stop> {
        if matches!(self.cursor.peek(), Some(Token::Wrong)) { Err(Stop) } else { Ok(After::End) }
    }

    /// Whether a comparison waits for its right operand.
    fn is_in_comparison(&self) -> bool {
        let mut in_bracket = self.pending.iter().rev().take_while(|pending| !matches!(pending, Pending::Open(_)));
        in_bracket.any(|pending| matches!(pending, Pending::Infix { level: COMPARISON, .. }))
    }

    fn in_call(&self) -> bool {
        matches!(self.pending.last(), Some(Pending::Open(Bracket { kind: BracketKind::Call { .. }, .. })))
    }

    fn literal(&mut self, value: Tensor, span: Range<usize>) {
        let id = self.expr.push(PartKind::Literal(value), span);
        self.operands.push(id);
    }

    fn open(&mut self, kind: BracketKind, span: Range<usize>) {
        self.pending.push(Pending::Open(Bracket { kind, span, operands_before: self.operands.len() }));
    }

    fn close(&mut self, mark: &str, span: Range<usize>) -> Result<(), Stop> {
        let Some(Pending::Open(bracket)) = self.pending.last() else { return Err(Stop) };
        let expected = bracket.kind.closing();
        if mark != expected {
            let opening = bracket.span.clone();
            self.log.push(
                Diagnostic::error(
                    "mismatched-bracket",
                    span,
                    text(
                        format!("`{expected}`로 닫아야 하는데 `{mark}`가 있습니다"),
                        format!("expected `{expected}`, found `{mark}`"),
                    ),
                )
                .label(opening, text("여기서 연 괄호입니다", "the bracket that is open")),
            );
            return Err(Stop);
        }
        match &bracket.kind {
            BracketKind::Group => {
                self.pending.pop();
                Ok(())
            }
            BracketKind::List => self.close_list(span),
            BracketKind::Index { .. } => {
                self.close_index(&span);
                Ok(())
            }
            BracketKind::Call { .. } => self.close_call(span),
        }
    }

    /// A list of numbers is a literal; a list of anything else stacks its items along a new first axis. The list
    /// that a variadic op starts with gives the op its operands.
    fn close_list(&mut self, closing: Range<usize>) -> Result<(), Stop> {
        let Some(Pending::Open(bracket)) = self.pending.pop() else { return Err(Stop) };
        let span = bracket.span.start..closing.end;
        if let Some(Pending::Open(Bracket {
            kind: BracketKind::Call { callee, is_listed, .. }, operands_before, ..
        })) = self.pending.last_mut()
            && matches!(callee, Callee::Op(op) if op.is_variadic)
            && *operands_before == bracket.operands_before
            && self.operands.len() > bracket.operands_before
        {
            *is_listed = true;
            return Ok(());
        }
        let items = self.operands.split_off(bracket.operands_before);
        let is_literal = |item: &PartId| matches!(self.expr.parts[*item].kind, PartKind::Literal(_));
        if !items.iter().all(is_literal)
            && let Some(stack) = ops::find("stack", false)
        {
            let attrs = Attrs::defaults(stack);
            let id = self.expr.push(PartKind::Apply { op: stack, operands: items, attrs, forwarded: Vec::new() }, span);
            self.operands.push(id);
            return Ok(());
        }
        self.close_literal_list(&items, span)
    }

    fn close_literal_list(&mut self, items: &[PartId], span: Range<usize>) -> Result<(), Stop> {
        let mut elements = Vec::new();
        let mut item_shape: Option<Shape> = None;
        for &item in items {
            let part = &self.expr.parts[item];
            let PartKind::Literal(value) = &part.kind else { continue };
            let shape = value.shape();
            if shape.rank() + 1 > MAX_RANK {
                self.log.push(Diagnostic::error(
                    "too-many-axes",
                    part.span.clone(),
                    text(
                        format!("목록은 {MAX_RANK}겹까지 쓸 수 있습니다"),
                        format!("lists may be nested {MAX_RANK} deep"),
                    ),
                ));
                return Err(Stop);
            }
            if item_shape.as_ref().is_some_and(|first| *first != shape) {
                self.log.push(Diagnostic::error(
                    "ragged-list",
                    part.span.clone(),
                    text("앞의 항목과 길이가 다릅니다", "this item has another length than the ones before"),
                ));
                return Err(Stop);
            }
            item_shape = Some(shape);
            elements.extend_from_slice(value.elements());
        }
        // An empty list has been reported already: an operand is missing.
        let Some(item_shape) = item_shape else { return Err(Stop) };
        // Each item is a literal of one part, so the items are the end of the list of parts.
        self.expr.parts.truncate(self.expr.parts.len() - items.len());
        let mut extents = vec![items.len()];
        extents.extend(item_shape.0);
        self.literal(Tensor::new(&Shape::from(extents), elements), span);
        Ok(())
    }

    fn postfix(&mut self, dot: &Range<usize>) -> Result<(), Stop> {
        let span = self.cursor.span();
        let op = match self.cursor.advance().map(|l| &l.token) {
            Some(Token::Name(token)) => ops::find_postfix(token),
            _ => None,
        };
        match (op, self.operands.pop()) {
            (Some(op), Some(operand)) => {
                let start = self.expr.parts[operand].span.start;
                let kind =
                    PartKind::Apply { op, operands: vec![operand], attrs: Attrs::defaults(op), forwarded: Vec::new() };
                let id = self.expr.push(kind, start..span.end);
                self.operands.push(id);
                Ok(())
            }
            _ => {
                self.log.push(Diagnostic::error(
                    "unexpected-token",
                    dot.start..span.end,
                    text("점 뒤에는 `T`(전치)만 올 수 있습니다", "only `T` (the transpose) may follow a dot"),
                ));
                Err(Stop)
            }
        }
    }

    fn unclosed(&mut self, bracket: &Bracket) -> Result<(), Stop> {
        let closing = bracket.kind.closing();
        let here = self.cursor.span();
        let opening = bracket.span.end - 1..bracket.span.end;
        self.log.push(
            Diagnostic::error(
                "unclosed-bracket",
                opening,
                text("괄호가 닫히지 않았습니다", "this bracket is never closed"),
            )
            .label(
                here.clone(),
                text(format!("여기에 `{closing}`가 있어야 합니다"), format!("`{closing}` is missing here")),
            ),
        );
        Err(Stop)
    }

    fn reduce_to_bracket(&mut self) {
        self.reduce_above(ops::level::LOWEST);
    }

    /// Gives their operands to all waiting operators that bind at least as tightly as `level`.
    fn reduce_above(&mut self, level: Level) {
        loop {
            match self.pending.last() {
                Some(Pending::Infix { op, level: its }) if *its >= level => {
                    let op = *op;
                    self.pending.pop();
                    let (Some(right), Some(left)) = (self.operands.pop(), self.operands.pop()) else { return };
                    self.apply(op, vec![left, right]);
                }
                Some(Pending::Prefix { op, level: its }) if *its >= level => {
                    let op = *op;
                    self.pending.pop();
                    let Some(operand) = self.operands.pop() else { return };
                    self.apply_prefix(op, operand);
                }
                _ => return,
            }
        }
    }

    /// A sign before a number belongs to the number.
    fn apply_prefix(&mut self, op: &'static Op, operand: PartId) {
        let is_last = operand + 1 == self.expr.parts.len();
        match &mut self.expr.parts[operand] {
            super::Part { kind: PartKind::Literal(Tensor::Scalar(x)), span } if is_last => {
                *x = -*x;
                span.start = span.start.saturating_sub(1);
                self.operands.push(operand);
            }
            _ => self.apply(op, vec![operand]),
        }
    }

    fn apply(&mut self, op: &'static Op, operands: Vec<PartId>) {
        let span_of = |id: &PartId| self.expr.parts[*id].span.clone();
        let start = operands.first().map(span_of).map_or(0, |s| s.start);
        let end = operands.last().map(span_of).map_or(0, |s| s.end);
        let id = self
            .expr
            .push(PartKind::Apply { op, operands, attrs: Attrs::defaults(op), forwarded: Vec::new() }, start..end);
        self.operands.push(id);
    }
}

fn chained_comparison(span: Range<usize>) -> Diagnostic {
    Diagnostic::error("chained-comparison", span, text("비교는 잇달아 쓸 수 없습니다", "comparisons cannot be chained"))
        .help(text(
            "`1 < x < 2`는 `(1 < x) * (x < 2)`로 씁니다. 비교의 결과를 비교하려면 괄호로 묶으세요",
            "write `1 < x < 2` as `(1 < x) * (x < 2)`; to compare the result of a comparison put it in parentheses",
        ))
}

enum After {
    /// An operand is due.
    Operand,
    /// An operator or the end may follow.
    Operator,
    /// The expression ends before this token.
    End,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::expr::plain;

    #[track_caller]
    fn check(input: &str, expected: &str) {
        let mut log = Vec::new();
        let lexemes = lex(input, 0, &mut log);
        let expr = parse(&mut Cursor::new(&lexemes, input.len()), &mut log);
        let shown = match log.first() {
            Some(d) => format!("{} at {}..{}", d.code, d.range.start, d.range.end),
            None => plain(&expr),
        };
        assert_eq!(shown, expected, "{input}");
    }

    #[test]
    fn precedence() {
        check("w * x + b", "w * x + b");
        check("w * (x + b)", "w * (x + b)");
        check("a - (b - c)", "a - (b - c)");
        check("a - b - c", "a - b - c");
        check("-x^2", "-x ^ 2");
        check("(-x)^2", "(-x) ^ 2");
        check("2^-1", "2 ^ -1");
        check("2^3^2", "2 ^ 3 ^ 2");
        check("(2^3)^2", "(2 ^ 3) ^ 2");
        check("2 ^ -x * 3", "2 ^ -x * 3");
        check("-2 * 3", "-2 * 3");
        check("(a > b * 2) == c", "(a > b * 2) == c");
        check("sigmoid(w @ x.T)", "sigmoid(w @ x.T)");
        check("((((x))))", "x");
        check("grad(grad(f, x), x)", "grad(grad(f, x), x)");
        check("[[1, -2], [3, 4]]", "[[1, -2], [3, 4]]");
        check("max(a, b)", "max(a, b)");
        check("+x", "x");
        check("zeros(2) + ones(1, 2) @ eye(2)", "[0, 0] + [[1, 1]] @ [[1, 0], [0, 1]]");
        check("uniform(1, seed=3, low=2, high=2)", "[2]");
        check("neuron(x, 2) + 1", "neuron(x, 2) + 1");
        check("a[0]", "a[0]");
        check("-a.T[0, 1:3] * 2", "-a.T[0, 1:3] * 2");
        check("a[:, 1][t - 1:][:2 * n]", "a[:, 1][t - 1:][:2 * n]");
        check("(a + b)[0][:]", "(a + b)[0][:]");
        check("h[t - 1]^2", "h[t - 1] ^ 2");
        check("f(a[0], [b[1], 2])", "f(a[0], stack([b[1], 2]))");
    }

    #[test]
    fn mistakes() {
        check("w * ", "missing-operand at 4..4");
        check("(w + b", "unclosed-bracket at 0..1");
        check("sigmoid(w", "unclosed-bracket at 7..8");
        check("w + b)", "unopened-bracket at 5..6");
        check("[1, 2)", "mismatched-bracket at 5..6");
        check("sigmoid(x, y)", "wrong-arity at 0..13");
        check("max(x)", "wrong-arity at 0..6");
        check("sigmoid()", "wrong-arity at 0..9");
        check("[1, [2]]", "ragged-list at 4..7");
        check("[]", "missing-operand at 1..2");
        check("a[0", "unclosed-bracket at 1..2");
        check("zeros(0)", "bad-tensor at 0..8");
        check("zeros(n)", "bad-tensor at 0..8");
        check("zeros(100000, 100000)", "bad-tensor at 0..21");
        check("normal(2, sed=3)", "unknown-attribute at 10..15");
        check("a[]", "missing-operand at 2..3");
        check("a[0)", "mismatched-bracket at 3..4");
        check("sum(a, axs=1)", "unknown-attribute at 7..12");
        check("sum(a, axis=true)", "wrong-attribute at 12..16");
        check("2x", "bad-number at 0..2");
        check("1 < x < 2", "chained-comparison at 6..7");
        check("f(a == b + 1 >= c)", "chained-comparison at 13..15");
    }

    #[test]
    fn depth_costs_no_stack() {
        let n = 100_000;
        check(&format!("{}x{}", "(".repeat(n), ")".repeat(n)), "x");
        let mut log = Vec::new();
        let deep = format!("{}x", "-".repeat(n));
        let lexemes = lex(&deep, 0, &mut log);
        assert_eq!(parse(&mut Cursor::new(&lexemes, deep.len()), &mut log).parts.len(), n + 1);
    }
}
