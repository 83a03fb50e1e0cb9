//! Attributes of a call: `axis=1`, or by their position after the inputs.

use super::{Bracket, BracketKind, Callee, Parser, Pending, Stop};
use crate::diag::Diagnostic;
use crate::expr::lex::Token;
use crate::expr::mistake::{unknown_attribute, wrong_attribute};
use crate::lang::text;
use crate::num::whole;
use crate::ops::{AttrKind, AttrValue, Op};

impl Parser<'_, '_, '_> {
    /// Whether the next argument of the innermost call is an attribute: by keyword, or by its position.
    pub(super) fn attribute_due(&self) -> bool {
        let Some(Pending::Open(Bracket { kind: BracketKind::Call { callee, is_listed, .. }, operands_before, .. })) =
            self.pending.last()
        else {
            return false;
        };
        let keyword =
            matches!((self.cursor.peek(), self.cursor.peek_at(1)), (Some(Token::Name(_)), Some(Token::Mark("="))));
        let operands = self.operands.len() - operands_before;
        let has_all = |op: &Op| if op.is_variadic { *is_listed } else { operands >= op.arity() };
        keyword || matches!(callee, Callee::Op(op) if !op.attrs.is_empty() && has_all(op))
    }

    pub(super) fn attribute(&mut self) -> Result<(), Stop> {
        let start = self.cursor.span();
        let keyword = match (self.cursor.peek(), self.cursor.peek_at(1)) {
            (Some(Token::Name(name)), Some(Token::Mark("="))) => {
                self.cursor.advance();
                self.cursor.advance();
                Some(name.clone())
            }
            _ => None,
        };
        let value_start = self.cursor.span();
        let (value, name) = self.attribute_value()?;
        let value_span = value_start.start..self.cursor.last_span().end;
        let Some(Pending::Open(Bracket {
            kind: BracketKind::Call { callee, name: called, attrs, given, forwarded, keyword: keyword_of_other, .. },
            ..
        })) = self.pending.last_mut()
        else {
            return Err(Stop);
        };
        let (Some(rows), Some(attrs)) = (callee.attrs(), attrs.as_mut()) else {
            let _ = keyword_of_other.get_or_insert(start.start..value_span.end);
            return Ok(());
        };
        let is_given = |position: usize| given.iter().any(|(given, _)| *given == position);
        let position = match &keyword {
            Some(keyword) => rows.iter().position(|attr| attr.name == &**keyword),
            None => (0..rows.len()).find(|i| !is_given(*i)),
        };
        let Some(position) = position else {
            let help = callee.as_written();
            self.log.push(unknown_attribute(&called.0, help, keyword.as_deref(), start.start..value_span.end));
            return Ok(());
        };
        let row = &rows[position];
        if is_given(position) {
            let name = row.name;
            self.log.push(Diagnostic::error(
                "double-attribute",
                start.start..value_span.end,
                text(format!("`{name}` 속성이 두 번 주어졌습니다"), format!("the attribute `{name}` is given twice")),
            ));
            return Ok(());
        }
        given.push((position, value_span.clone()));
        if let (true, Some(name)) = (self.for_rules, name) {
            forwarded.push((position, name));
            return Ok(());
        }
        match fitting(row.kind, value) {
            Some(value) => attrs.0[position] = value,
            None => self.log.push(wrong_attribute(row.name, row.kind, value_span)),
        }
        Ok(())
    }

    /// A number, a flag, a list of numbers or `none`. A name is handed on as such, for rules.
    fn attribute_value(&mut self) -> Result<(AttrValue, Option<Box<str>>), Stop> {
        if self.cursor.eat("[") || self.cursor.eat("(") {
            let mut list = Vec::new();
            loop {
                if self.cursor.eat("]") || self.cursor.eat(")") {
                    return Ok((AttrValue::Integers(list), None));
                }
                match self.attribute_value()?.0 {
                    AttrValue::Number(x) if whole(x).is_some() => list.extend(whole(x)),
                    _ => {
                        let span = self.cursor.last_span();
                        self.log.push(Diagnostic::error(
                            "wrong-attribute",
                            span,
                            text(
                                "이 목록에는 절댓값이 2^53 이하인 정수만 쓸 수 있습니다",
                                "this list takes whole numbers up to 2^53",
                            ),
                        ));
                        return Err(Stop);
                    }
                }
                self.cursor.eat(",");
            }
        }
        let negative = self.cursor.eat("-");
        let span = self.cursor.span();
        match self.cursor.advance().map(|l| &l.token) {
            Some(Token::Number(x)) => Ok((AttrValue::Number(if negative { -x } else { *x }), None)),
            Some(Token::Name(name)) => Ok(match &**name {
                "true" | "True" => (AttrValue::Flag(true), None),
                "false" | "False" => (AttrValue::Flag(false), None),
                "none" | "None" => (AttrValue::Absent, None),
                _ if self.for_rules => (AttrValue::Absent, Some(name.clone())),
                _ => {
                    self.log.push(Diagnostic::error(
                        "wrong-attribute",
                        span,
                        text(
                            format!("속성에는 이름(`{name}`)이 아니라 값을 써야 합니다"),
                            format!("an attribute takes a value, not a name (`{name}`)"),
                        ),
                    ));
                    return Err(Stop);
                }
            }),
            Some(Token::Wrong) => Err(Stop),
            _ => {
                self.log.push(Diagnostic::error(
                    "missing-operand",
                    span,
                    text("속성의 값이 없습니다", "the attribute has no value"),
                ));
                Err(Stop)
            }
        }
    }

    /// After an attribute only `,` or `)` may follow. `true`: another argument is due.
    pub(super) fn after_attribute(&mut self) -> Result<bool, Stop> {
        let span = self.cursor.span();
        if self.cursor.eat(",") && !self.cursor.at_mark(")") {
            return Ok(true);
        }
        if self.cursor.at_mark(")") {
            let span = self.cursor.span();
            self.cursor.advance();
            self.close_call(span)?;
            return Ok(false);
        }
        if self.cursor.peek().is_none()
            && let Some(Pending::Open(bracket)) = self.pending.pop()
        {
            return self.unclosed(&bracket).map(|()| false);
        }
        self.log.push(Diagnostic::error(
            "unexpected-token",
            span,
            text("속성 뒤에는 `,`나 `)`가 와야 합니다", "`,` or `)` must follow an attribute"),
        ));
        Err(Stop)
    }
}

fn fitting(kind: AttrKind, value: AttrValue) -> Option<AttrValue> {
    match (kind, value) {
        (_, AttrValue::Absent) => Some(AttrValue::Absent),
        (AttrKind::Number, value @ AttrValue::Number(_))
        | (AttrKind::Flag, value @ AttrValue::Flag(_))
        | (AttrKind::Integers, value @ AttrValue::Integers(_)) => Some(value),
        (AttrKind::Integer, AttrValue::Number(x)) => whole(x).map(|_| AttrValue::Number(x)),
        (AttrKind::Integers, AttrValue::Number(x)) => whole(x).map(|x| AttrValue::Integers(vec![x])),
        _ => None,
    }
}
