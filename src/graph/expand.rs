//! Loops unrolled and groups numbered: from statements as written to definitions as they are made, one after the
//! other. A stack of our own walks the blocks, so nesting costs no recursion.

use crate::diag::{Checked, Diagnostic};
use crate::expr::{Expr, IndexPart, PartId, PartKind};
use crate::graph::parse::MOST_NESTED;
use crate::graph::{Group, Sheet, StatementKind};
use crate::lang::text;
use crate::num::whole;
use crate::ops::Pick;
use foldhash::{HashMap, HashSet};
use std::borrow::Cow;
use std::cell::OnceCell;
use std::ops::Range;
use std::rc::Rc;
use std::sync::Arc;

/// The values of the loop variables around a statement, the innermost last.
pub(super) type LoopValues = Rc<Vec<(Box<str>, i64)>>;

/// The sheet with its loops unrolled.
#[derive(Debug)]
pub(super) struct Expansion<'s> {
    /// The definitions, in the order in which they are made.
    pub definitions: Vec<Definition<'s>>,
    /// The groups; a group in a loop is one group per pass.
    pub groups: Vec<Group>,
    numbers: Numbers<'s>,
}

/// Names that are given as a whole number, which may stand in an index; found when first asked for.
#[derive(Debug)]
struct Numbers<'s> {
    sheet: &'s Sheet,
    found: OnceCell<HashMap<&'s str, i64>>,
}

/// A definition as it is made.
#[derive(Debug)]
pub(super) struct Definition<'s> {
    /// The position of its statement in the sheet.
    pub statement: usize,
    /// The statement's own name, or one with its index, made for this definition: `h[2]`.
    pub name: Cow<'s, Arc<str>>,
    /// The values of the loop variables around it.
    pub loops: LoopValues,
    /// The innermost group that it stands in.
    pub group: Option<u32>,
}

impl Definition<'_> {
    /// The name before the brackets of one such as `h[2]`.
    pub fn family(&self) -> Option<&str> {
        match &self.name {
            Cow::Borrowed(_) => None,
            Cow::Owned(member) => member.split('[').next(),
        }
    }
}

/// A block that is open while the statements are walked.
enum Open<'s> {
    Group { before: Option<u32> },
    Loop { variable: &'s str, at: i64, last: i64, first_statement: usize, made_before: usize },
}

/// Unrolls the loops of a sheet, up to `limit` statements in all.
pub(super) fn expand(sheet: &Sheet, limit: usize) -> Checked<Expansion<'_>> {
    let numbers = Numbers { sheet, found: OnceCell::new() };
    let mut definitions: Vec<Definition<'_>> = Vec::with_capacity(sheet.statements.len());
    let mut groups = Vec::new();
    let mut told = Told::default();
    let mut open: Vec<Open<'_>> = Vec::new();
    let mut loops = LoopValues::default();
    let mut group = None;
    let mut steps = 0;
    let mut here = 0;
    while let Some(statement) = sheet.statements.get(here) {
        steps += 1;
        if steps > limit.max(sheet.statements.len()) {
            // The outermost loop is left out, and all goes on behind it.
            steps = 0;
            let Some(at) = open.iter().position(|open| matches!(open, Open::Loop { .. })) else { break };
            if let Open::Loop { first_statement, made_before, .. } = open[at] {
                told.once(runaway_loop(sheet.statements[first_statement - 1].span.clone(), limit));
                definitions.truncate(made_before);
                here = after_block(sheet, first_statement);
            }
            open.truncate(at);
            loops = values_of(&open);
            continue;
        }
        here += 1;
        match &statement.kind {
            StatementKind::Define { name, indexed, .. } => {
                let resolved = match indexed {
                    None => Some(Cow::Borrowed(name)),
                    Some(indexed) => match indexed_name(indexed, &|name| number(&loops, &numbers, name)) {
                        Ok(resolved) => resolved.map(|member| Cow::Owned(member.into())),
                        Err(diagnostic) => {
                            told.once(diagnostic);
                            None
                        }
                    },
                };
                definitions.extend(resolved.map(|name| Definition {
                    statement: here - 1,
                    name,
                    loops: Rc::clone(&loops),
                    group,
                }));
            }
            StatementKind::OpenGroup { label } => {
                open.push(Open::Group { before: group });
                // What is nested too deeply has been reported.
                if open.len() <= MOST_NESTED {
                    groups.push(Group { label: label.clone(), parent: group.map(|group| group as usize) });
                    group = Some(groups.len() as u32 - 1);
                }
            }
            StatementKind::OpenLoop { variable, from, to } => {
                let value = |expr: &Expr| constant(expr, &|name| number(&loops, &numbers, name));
                let (first, last) = match (value(from), value(to)) {
                    (Ok(first), Ok(last)) if first <= last => (first, last),
                    (Ok(first), Ok(last)) => {
                        told.once(empty_loop(statement.span.clone(), first, last));
                        here = after_block(sheet, here);
                        continue;
                    }
                    (first, last) => {
                        first.err().into_iter().chain(last.err()).for_each(|d| told.once(d));
                        here = after_block(sheet, here);
                        continue;
                    }
                };
                let made_before = definitions.len();
                open.push(Open::Loop { variable, at: first, last, first_statement: here, made_before });
                loops = values_of(&open);
            }
            StatementKind::Close => match open.pop() {
                Some(Open::Loop { variable, at, last, first_statement, made_before }) => {
                    if at < last {
                        open.push(Open::Loop { variable, at: at + 1, last, first_statement, made_before });
                        here = first_statement;
                    }
                    loops = values_of(&open);
                }
                Some(Open::Group { before }) => group = before,
                None => {}
            },
            StatementKind::Function { .. } | StatementKind::Output { .. } | StatementKind::Expect { .. } => {}
        }
    }
    Checked { value: Expansion { definitions, groups, numbers }, diagnostics: told.log }
}

/// What is nested too deeply has been reported; its variables are left out, since to list them again in each of n blocks
/// would take n² steps.
fn values_of(open: &[Open<'_>]) -> LoopValues {
    let values = open.iter().take(MOST_NESTED).filter_map(|open| match open {
        Open::Loop { variable, at, .. } => Some(((*variable).into(), *at)),
        Open::Group { .. } => None,
    });
    Rc::new(values.collect())
}

/// The first statement behind the block whose first statement is at `here`.
fn after_block(sheet: &Sheet, mut here: usize) -> usize {
    let mut depth = 1;
    while depth > 0 {
        match sheet.statements.get(here).map(|s| &s.kind) {
            Some(StatementKind::OpenGroup { .. } | StatementKind::OpenLoop { .. }) => depth += 1,
            Some(StatementKind::Close) => depth -= 1,
            Some(_) => {}
            None => break,
        }
        here += 1;
    }
    here
}

/// Within a loop the same mistake is made in every pass; it is told once.
#[derive(Default)]
struct Told {
    log: Vec<Diagnostic>,
    known: HashSet<(&'static str, Range<usize>)>,
}

impl Told {
    fn once(&mut self, diagnostic: Diagnostic) {
        if self.known.insert((diagnostic.code, diagnostic.range.clone())) {
            self.log.push(diagnostic);
        }
    }
}

impl Numbers<'_> {
    fn get(&self, name: &str) -> Option<i64> {
        self.found.get_or_init(|| whole_numbers(self.sheet)).get(name).copied()
    }
}

/// The names that are given as a whole number.
fn whole_numbers(sheet: &Sheet) -> HashMap<&str, i64> {
    let number = |kind: &'_ StatementKind| match kind {
        StatementKind::Define { indexed: None, value, .. } => value.as_literal()?.as_scalar().and_then(whole),
        _ => None,
    };
    let mut numbers = HashMap::default();
    for statement in &sheet.statements {
        if let (StatementKind::Define { name, .. }, Some(x)) = (&statement.kind, number(&statement.kind)) {
            // A second definition is an error, and the first counts.
            numbers.entry(&**name).or_insert(x);
        }
    }
    numbers
}

/// What a name stands for in an index: a loop variable, the innermost first, or a name given as a whole number.
fn number(loops: &[(Box<str>, i64)], numbers: &Numbers<'_>, name: &str) -> Option<i64> {
    let in_loop = loops.iter().rev().find(|(variable, _)| **variable == *name).map(|(_, value)| *value);
    in_loop.or_else(|| numbers.get(name))
}

impl Expansion<'_> {
    /// What a name stands for in an index.
    pub fn number(&self, loops: &[(Box<str>, i64)], name: &str) -> Option<i64> {
        number(loops, &self.numbers, name)
    }
}

/// The whole number that an expression stands for before the graph runs.
fn constant(expr: &Expr, number: &dyn Fn(&str) -> Option<i64>) -> Result<i64, Diagnostic> {
    constant_part(expr, expr.parts.len().saturating_sub(1), number)
}

/// As [`constant`], for a part of an expression.
pub(super) fn constant_part(
    expr: &Expr,
    part: PartId,
    number: &dyn Fn(&str) -> Option<i64>,
) -> Result<i64, Diagnostic> {
    // Operands stand right before what is made of them, so one pass from the first of them on will do.
    let mut first = part;
    while let Some(operand) = expr.parts.get(first).and_then(|part| part.kind.operands().first()) {
        first = *operand;
    }
    let mut values: Vec<Option<i64>> = Vec::with_capacity(part + 1 - first);
    for part in expr.parts.iter().take(part + 1).skip(first) {
        let value = match &part.kind {
            PartKind::Literal(value) => value.as_scalar().and_then(whole),
            PartKind::Name(name) => number(name),
            PartKind::Apply { op, operands, .. } => {
                let operands: Option<Vec<i64>> = operands.iter().map(|o| values[*o - first]).collect();
                match (op.name, operands.as_deref()) {
                    ("+", Some([a, b])) => a.checked_add(*b),
                    ("-", Some([a, b])) => a.checked_sub(*b),
                    ("*", Some([a, b])) => a.checked_mul(*b),
                    ("neg", Some([a])) => a.checked_neg(),
                    _ => None,
                }
            }
            _ => None,
        };
        values.push(value);
    }
    match (values.last().copied().flatten(), expr.parts.get(part)) {
        (Some(value), _) => Ok(value),
        // It could not be understood, which has been reported.
        (None, Some(part)) if part.kind == PartKind::Unknown => Err(not_constant(part.span.clone())),
        (None, part) => Err(not_constant(part.map_or(0..0, |part| part.span.clone()))),
    }
}

fn not_constant(span: Range<usize>) -> Diagnostic {
    Diagnostic::error(
        "index-not-constant",
        span,
        text(
            "여기에는 그래프를 계산하기 전에 정해지는 정수가 있어야 합니다",
            "this must be a whole number that is known before the graph runs",
        ),
    )
    .help(text(
        "정수, 반복 변수, 정수로 정의한 이름과 그것들의 `+`, `-`, `*`를 쓸 수 있습니다",
        "whole numbers, loop variables, names given as whole numbers, and their `+`, `-` and `*` may be used",
    ))
}

/// The entries between the brackets of an index.
pub(super) fn picks_of(
    expr: &Expr,
    picks: &[IndexPart],
    number: &dyn Fn(&str) -> Option<i64>,
) -> Result<Vec<Pick>, Diagnostic> {
    let value = |part: Option<PartId>| part.map(|part| constant_part(expr, part, number)).transpose();
    picks
        .iter()
        .map(|pick| match *pick {
            IndexPart::At(at) => constant_part(expr, at, number).map(Pick::At),
            IndexPart::Range(from, to) => Ok(Pick::Range(value(from)?, value(to)?)),
        })
        .collect()
}

/// The name that `h[t - 1]` is for given loop variables: `h[0]`; none if it is no such name.
pub(super) fn indexed_name(expr: &Expr, number: &dyn Fn(&str) -> Option<i64>) -> Result<Option<String>, Diagnostic> {
    let Some(PartKind::Index { of, picks }) = expr.root().map(|root| &root.kind) else { return Ok(None) };
    let PartKind::Name(family) = &expr.parts[*of].kind else { return Ok(None) };
    let picks = picks_of(expr, picks, number)?;
    Ok(name_of_member(family, &picks))
}

/// `h` and 1 as `h[1]`; none where a range is picked.
pub(super) fn name_of_member(family: &str, picks: &[Pick]) -> Option<String> {
    let index = picks.iter().map(|pick| match pick {
        Pick::At(at) => Some(at.to_string()),
        Pick::Range(..) => None,
    });
    Some(format!("{family}[{}]", index.collect::<Option<Vec<_>>>()?.join(",")))
}

fn empty_loop(span: Range<usize>, first: i64, last: i64) -> Diagnostic {
    Diagnostic::error(
        "bad-loop",
        span,
        text(
            format!("{first}부터 {last}까지는 한 번도 반복하지 않습니다"),
            format!("a loop from {first} to {last} never runs"),
        ),
    )
    .help(text(
        "작은 수를 앞에 씁니다. 끝의 수도 포함합니다",
        "the smaller number comes first; the last one is included",
    ))
}

fn runaway_loop(span: Range<usize>, limit: usize) -> Diagnostic {
    Diagnostic::error(
        "runaway-loop",
        span,
        text(
            format!("반복을 펼치면 문장이 {limit}개를 넘습니다"),
            format!("unrolled, this loop has more than {limit} statements"),
        ),
    )
    .help(text(
        "반복 횟수를 줄이거나 `bpdoc.toml`의 `limits.nodes`로 한도를 늘리세요",
        "repeat it less often, or raise `limits.nodes` in `bpdoc.toml`",
    ))
}
