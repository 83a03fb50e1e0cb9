//! What stands between the brackets behind an operand: `a[t - 1]`, `a[:, 1:3]`.

use super::{After, Bracket, BracketKind, Parser, Pending};
use crate::expr::{IndexPart, PartKind};
use std::ops::Range;

impl Parser<'_, '_, '_> {
    pub(super) fn in_index(&self) -> bool {
        matches!(self.pending.last(), Some(Pending::Open(Bracket { kind: BracketKind::Index { from: None, .. }, .. })))
    }

    /// Whether a `:` here stands in an index; the operators before it get their operands.
    pub(super) fn reduces_to_index(&mut self) -> bool {
        let innermost = self.pending.iter().rev().find_map(|pending| match pending {
            Pending::Open(bracket) => Some(&bracket.kind),
            _ => None,
        });
        let is_first = matches!(innermost, Some(BracketKind::Index { from: None, .. }));
        if is_first {
            self.reduce_to_bracket();
        }
        is_first
    }

    /// Goes on after the `:` of an index; what has been read before it is where the range starts.
    pub(super) fn colon(&mut self) {
        self.cursor.advance();
        if let Some(Pending::Open(Bracket { kind: BracketKind::Index { from, .. }, operands_before, .. })) =
            self.pending.last_mut()
        {
            let has_start = self.operands.len() > *operands_before;
            *from = Some(if has_start { self.operands.pop() } else { None });
        }
    }

    pub(super) fn after_colon(&self) -> After {
        if self.cursor.at_mark(",") || self.cursor.at_mark("]") { After::Operator } else { After::Operand }
    }

    /// What has been read between the brackets of an index since the last comma is one entry of it.
    pub(super) fn finish_pick(&mut self) {
        if let Some(Pending::Open(Bracket { kind: BracketKind::Index { picks, from, .. }, operands_before, .. })) =
            self.pending.last_mut()
        {
            let operand = if self.operands.len() > *operands_before { self.operands.pop() } else { None };
            match (from.take(), operand) {
                (Some(start), end) => picks.push(IndexPart::Range(start, end)),
                (None, Some(at)) => picks.push(IndexPart::At(at)),
                (None, None) => {}
            }
        }
    }

    pub(super) fn close_index(&mut self, closing: &Range<usize>) {
        self.finish_pick();
        let Some(Pending::Open(Bracket { kind: BracketKind::Index { of, picks, .. }, .. })) = self.pending.pop() else {
            return;
        };
        let start = self.expr.parts[of].span.start;
        let id = self.expr.push(PartKind::Index { of, picks }, start..closing.end);
        self.operands.push(id);
    }
}
