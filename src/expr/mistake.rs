//! What is said about mistakes in expressions.

use super::creator;
use crate::diag::Diagnostic;
use crate::lang::{Text, counted, text};
use crate::num;
use crate::ops::{self, Attr, AttrKind, AttrValue, Attrs, Op};
use std::ops::Range;

/// How an op is written, as help.
pub(super) fn as_written(op: &Op) -> Text {
    let call = op.signature();
    text(format!("`{call}`처럼 씁니다"), format!("it is written `{call}`"))
}

pub(super) fn wrong_arity(op: &Op, given: usize, span: Range<usize>) -> Diagnostic {
    let n = op.arity();
    Diagnostic::error(
        "wrong-arity",
        span,
        text(
            format!("`{}`에는 입력이 {n}개 필요한데 {given}개가 있습니다", op.name),
            format!("`{}` takes {}, {given} given", op.name, counted(n, "input")),
        ),
    )
    .help(as_written(op))
}

/// `help` says how what is `called` is written.
pub(super) fn unknown_attribute(
    called: &str,
    help: Option<Text>,
    keyword: Option<&str>,
    span: Range<usize>,
) -> Diagnostic {
    let diagnostic = match keyword {
        Some(keyword) => Diagnostic::error(
            "unknown-attribute",
            span,
            text(
                format!("`{called}`에는 `{keyword}` 속성이 없습니다"),
                format!("`{called}` has no attribute `{keyword}`"),
            ),
        ),
        None => Diagnostic::error(
            "wrong-arity",
            span,
            text(format!("`{called}`에 준 값이 너무 많습니다"), format!("too many arguments for `{called}`")),
        ),
    };
    match help {
        Some(help) => diagnostic.help(help),
        None => diagnostic,
    }
}

pub(super) fn wrong_attribute(name: &str, kind: AttrKind, span: Range<usize>) -> Diagnostic {
    let (ko, en) = match kind {
        AttrKind::Number => ("수", "a number"),
        AttrKind::Integer => ("정수", "a whole number"),
        AttrKind::Flag => ("true 또는 false", "true or false"),
        AttrKind::Picks | AttrKind::Integers => ("[0, 1] 같은 정수 목록", "a list of whole numbers such as [0, 1]"),
    };
    Diagnostic::error(
        "wrong-attribute",
        span,
        text(format!("`{name}` 속성의 값은 {ko}여야 합니다"), format!("the attribute `{name}` takes {en}")),
    )
}

/// What is said of the attributes that are not what they need to be; `place` says where each was given.
pub(crate) fn unmet_needs(rows: &[Attr], values: &Attrs, place: impl Fn(usize) -> Range<usize>) -> Vec<Diagnostic> {
    let unmet = |(position, row): (usize, &Attr)| {
        let AttrValue::Number(x) = values.0[position] else { return None };
        let needs = row.needs.filter(|needs| !(needs.holds)(x, values))?;
        let (name, x) = (row.name, num::plain(x, num::EXACT));
        let said = text(
            format!("`{name}` 속성은 {}. 지금은 {x}입니다", needs.words.ko),
            format!("the attribute `{name}` {}; it is {x}", needs.words.en),
        );
        Some(Diagnostic::error("wrong-attribute", place(position), said))
    };
    rows.iter().enumerate().filter_map(unmet).collect()
}

/// `name` is no op, nor a function that the author has defined.
pub(crate) fn unknown_op<'c>(name: &str, span: Range<usize>, functions: impl Iterator<Item = &'c str>) -> Diagnostic {
    let diagnostic = Diagnostic::error(
        "unknown-op",
        span,
        text(format!("`{name}`라는 연산은 없습니다"), format!("there is no op `{name}`")),
    );
    let ops = ops::table()
        .filter(|op| op.family != ops::Family::Rule)
        .flat_map(|op| std::iter::once(op.name).chain(op.aliases.iter().copied()));
    let mut known: Vec<&str> = ops.chain(["grad"]).chain(creator::names()).collect();
    known.extend(functions);
    match closest(name, known.into_iter()) {
        Some(near) => diagnostic.help(text(format!("`{near}`인가요?"), format!("did you mean `{near}`?"))),
        None => diagnostic.help(text("`bpdoc ops`가 모든 연산을 보여 줍니다", "`bpdoc ops` lists all ops")),
    }
}

/// The candidate that `name` is most likely a slip of, if any is near enough.
pub fn closest<'c>(name: &str, candidates: impl Iterator<Item = &'c str>) -> Option<&'c str> {
    let length = name.chars().count();
    let is_near = |candidate: &&str| {
        let other = candidate.chars().count();
        other <= LONGEST_SLIP && length.abs_diff(other) <= most_slips(length.max(other))
    };
    if length > LONGEST_SLIP {
        return None;
    }
    let name = name.to_lowercase();
    candidates
        .take(MOST_CANDIDATES)
        .filter(is_near)
        .map(|candidate| (strsim::damerau_levenshtein(&name, &candidate.to_lowercase()), candidate))
        .filter(|(distance, candidate)| {
            let longer = length.max(candidate.chars().count());
            // Another name of one letter is not a slip of this one.
            *distance <= most_slips(longer) && *distance < longer
        })
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// What is longer is not compared, nor are more names: comparing takes the square of the length.
const LONGEST_SLIP: usize = 60;
const MOST_CANDIDATES: usize = 1_000;
/// Of so many mistyped names in a block one looks for what was meant; behind more of them lies another mistake.
pub(crate) const MOST_SUGGESTIONS: usize = 100;

/// How many letters may be wrong in a name that was mistyped.
fn most_slips(length: usize) -> usize {
    1 + length / 4
}
