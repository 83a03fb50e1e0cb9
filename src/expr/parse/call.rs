//! Calls: of ops, of `grad`, of what writes a tensor, and of what the author may have defined.

use super::{BracketKind, Callee, Parser, Pending, Stop};
use crate::diag::Diagnostic;
use crate::expr::creator::{self, Creator, not_made};
use crate::expr::lex::{Lexeme, Token};
use crate::expr::mistake::{as_written, unmet_needs, wrong_arity};
use crate::expr::{PartId, PartKind};
use crate::lang::text;
use crate::ops::{self, Attrs, Notation, Op};
use std::ops::Range;

impl Parser<'_, '_, '_> {
    pub(super) fn open_call(&mut self) {
        let Some(Lexeme { token: Token::Name(name), span }) = self.cursor.advance() else { return };
        self.cursor.advance();
        let is_callable = |op: &&Op| self.for_rules || op.notation != Notation::Index;
        let callee = match (ops::find(name, self.for_rules).filter(is_callable), &**name) {
            (_, "grad") => Callee::Grad,
            (None, name) if let Some(creator) = creator::find(name) => Callee::Create(creator),
            (Some(op), _) => Callee::Op(op),
            (None, _) => Callee::Named,
        };
        let attrs = callee.attrs().map(Attrs::of);
        let name = (name.clone(), span.clone());
        self.open(
            BracketKind::Call {
                callee,
                name,
                attrs,
                given: Vec::new(),
                forwarded: Vec::new(),
                is_listed: false,
                keyword: None,
            },
            span.start..span.end + 1,
        );
    }

    pub(super) fn close_call(&mut self, closing: Range<usize>) -> Result<(), Stop> {
        let Some(Pending::Open(bracket)) = self.pending.pop() else { return Err(Stop) };
        let BracketKind::Call { callee, name, attrs, given, forwarded, keyword, .. } = bracket.kind else {
            return Err(Stop);
        };
        let operands = self.operands.split_off(bracket.operands_before);
        let span = bracket.span.start..closing.end;
        let attrs = attrs.unwrap_or_default();
        let is_given = |position: usize| given.iter().any(|(given, _)| *given == position);
        let unmet = unmet_needs(callee.attrs().unwrap_or_default(), &attrs, |position| {
            given.iter().find(|(given, _)| *given == position).map_or(span.clone(), |(_, place)| place.clone())
        });
        if !unmet.is_empty() && !self.for_rules {
            self.log.extend(unmet);
            return Err(Stop);
        }
        if let Callee::Create(creator) = callee {
            return self.create(creator, &operands, &attrs, span);
        }
        let kind = match (callee, operands.as_slice()) {
            (Callee::Named | Callee::Create(_), _) => {
                PartKind::Call { callee: name.0, callee_span: name.1, operands, keyword }
            }
            (Callee::Grad, &[of, by]) => PartKind::Grad { of_and_by: [of, by] },
            (Callee::Grad, _) => {
                self.log.push(
                    Diagnostic::error(
                        "wrong-arity",
                        span.clone(),
                        text(
                            format!("`grad`에는 입력이 2개 필요한데 {}개가 있습니다", operands.len()),
                            format!("`grad` takes 2 inputs, {} given", operands.len()),
                        ),
                    )
                    .help(text(
                        "`grad(f, x)`는 f를 x로 미분합니다",
                        "`grad(f, x)` is the derivative of f with respect to x",
                    )),
                );
                PartKind::Unknown
            }
            (Callee::Op(op), _) if !op.takes(operands.len()) => {
                self.log.push(wrong_arity(op, operands.len(), span.clone()));
                PartKind::Unknown
            }
            (Callee::Op(op), _) => {
                let missing = op
                    .attrs
                    .iter()
                    .enumerate()
                    .find(|(i, attr)| attr.default == ops::AttrDefault::Required && !is_given(*i));
                if let Some((_, attr)) = missing {
                    self.log.push(
                        Diagnostic::error(
                            "missing-attribute",
                            span.clone(),
                            text(
                                format!("`{}`에 `{}` 속성이 필요합니다", op.name, attr.name),
                                format!("`{}` needs the attribute `{}`", op.name, attr.name),
                            ),
                        )
                        .help(as_written(op)),
                    );
                }
                PartKind::Apply { op, operands, attrs, forwarded }
            }
        };
        let id = self.expr.push(kind, span);
        self.operands.push(id);
        Ok(())
    }

    /// `zeros(2, 3)`: a literal.
    pub(super) fn create(
        &mut self,
        creator: Creator,
        operands: &[PartId],
        settings: &Attrs,
        span: Range<usize>,
    ) -> Result<(), Stop> {
        let number = |operand: &PartId| match &self.expr.parts[*operand].kind {
            PartKind::Literal(value) => value.as_scalar(),
            _ => None,
        };
        let extents: Option<Vec<f64>> = operands.iter().map(number).collect();
        match extents.ok_or_else(not_made).and_then(|extents| creator.create(&extents, settings)) {
            Ok(value) => {
                // Each extent is a literal of one part, so they are the end of the list of parts.
                self.expr.parts.truncate(self.expr.parts.len() - operands.len());
                self.literal(value, span);
                Ok(())
            }
            Err(why) => {
                self.log.push(Diagnostic::error("bad-tensor", span, why).help(creator.as_written()));
                Err(Stop)
            }
        }
    }
}
