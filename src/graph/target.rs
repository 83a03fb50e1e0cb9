//! What a claim or `\val` is about: a value, a derivative of any order, or an element of one.

use crate::diag::Diagnostic;
use crate::lang::text;
use foldhash::HashSet;
use std::ops::Range;
use unicode_normalization::UnicodeNormalization;

/// `f`, `df/dw`, `∂²f/∂x∂y`, `dL/dW[0,1]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// The value or derivative.
    pub quantity: Quantity,
    /// The element of it, if one is named; a negative index counts from the end.
    pub element: Option<Vec<i64>>,
}

/// A value or a derivative.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Quantity {
    /// The value of a node.
    Value(Box<str>),
    /// The derivative of a node, by one node after the other.
    Derivative {
        /// What is differentiated.
        of: Box<str>,
        /// By what, one name per order.
        by: Vec<Box<str>>,
    },
}

/// What a target needs to know about the graph.
pub(crate) struct Names<'n> {
    /// Whether a name is known.
    pub is_known: &'n dyn Fn(&str) -> bool,
    /// The name that one which is not known is most likely a slip of.
    pub nearest: &'n dyn Fn(&str) -> Option<String>,
}

impl Target {
    /// Reads a target that stands at `span`.
    pub(crate) fn parse(written: &str, span: Range<usize>, names: &Names<'_>) -> Result<Self, Diagnostic> {
        let normal = without_spaces_in_brackets(&written.trim().nfc().collect::<String>());
        // A name may have an index of its own, as in `h[1]`; only what is no name is an element.
        let whole = quantity(&normal, &span, names);
        match (whole, normal.rsplit_once('[')) {
            (Ok(quantity), _) => Ok(Self { quantity, element: None }),
            (Err(_), Some((before, index))) => {
                let element = element(index, &span)?;
                Ok(Self { quantity: quantity(before, &span, names)?, element: Some(element) })
            }
            (Err(diagnostic), None) => Err(diagnostic),
        }
    }
}

fn without_spaces_in_brackets(text: &str) -> String {
    let mut depth = 0;
    text.chars()
        .filter(|c| {
            depth += i32::from(*c == '[') - i32::from(*c == ']');
            depth <= 0 || !c.is_whitespace()
        })
        .collect()
}

fn quantity(written: &str, span: &Range<usize>, names: &Names<'_>) -> Result<Quantity, Diagnostic> {
    match written.split_once('/') {
        None => Ok(Quantity::Value(known(written.trim(), span, names)?)),
        Some((above, below)) => derivative(above.trim(), below.trim(), span, names),
    }
}

fn element(index: &str, span: &Range<usize>) -> Result<Vec<i64>, Diagnostic> {
    let inner = index.trim().strip_suffix(']');
    inner.and_then(|list| list.split(',').map(|i| i.trim().parse().ok()).collect()).ok_or_else(|| {
        Diagnostic::error(
            "bad-target",
            span.clone(),
            text("원소의 번호를 읽을 수 없습니다", "the element's index cannot be read"),
        )
        .help(text("`W[0,1]`처럼 축마다 정수 하나를 씁니다", "write one whole number per axis, as in `W[0,1]`"))
    })
}

fn known(name: &str, span: &Range<usize>, names: &Names<'_>) -> Result<Box<str>, Diagnostic> {
    if (names.is_known)(name) {
        return Ok(name.into());
    }
    let diagnostic = Diagnostic::error(
        "unknown-name",
        span.clone(),
        text(format!("`{name}`라는 이름은 이 그래프에 없습니다"), format!("this graph has no name `{name}`")),
    );
    Err(match (names.nearest)(name) {
        Some(near) => diagnostic.help(text(format!("`{near}`인가요?"), format!("did you mean `{near}`?"))),
        None => diagnostic,
    })
}

fn derivative(above: &str, below: &str, span: &Range<usize>, names: &Names<'_>) -> Result<Quantity, Diagnostic> {
    let malformed = || {
        Diagnostic::error("bad-target", span.clone(), text("미분으로 읽을 수 없습니다", "this is not a derivative"))
            .help(text(
                "`df/dw`, `∂f/∂w`, `d²f/dx²`, `d²f/dxdy`처럼 씁니다",
                "write `df/dw`, `∂f/∂w`, `d²f/dx²` or `d²f/dxdy`",
            ))
    };
    let rest = strip_d(above).ok_or_else(malformed)?;
    let (order, of) = order_before(rest);
    let of = known(of.trim(), span, names)?;
    let by = match variables(below, names, MAX_ORDER, &mut Failed::default()) {
        Some(by) => by,
        // The whole denominator does not read as known names: say which name is not known.
        None => {
            return Err(strip_d(below).map_or_else(malformed, |name| {
                known(order_after(name).0.trim(), span, names).err().unwrap_or_else(malformed)
            }));
        }
    };
    if by.len() != order {
        return Err(Diagnostic::error(
            "bad-target",
            span.clone(),
            text(
                format!("분자는 {order}번 미분한다고 하는데 분모는 {}번입니다", by.len()),
                format!("the numerator says order {order}, the denominator order {}", by.len()),
            ),
        ));
    }
    Ok(Quantity::Derivative { of, by })
}

fn strip_d(text: &str) -> Option<&str> {
    text.strip_prefix('∂').or_else(|| text.strip_prefix('d'))
}

/// Derivatives of higher order than this are not a reader's question; the bound keeps the search short.
const MAX_ORDER: usize = 9;

const SUPERSCRIPTS: [(char, usize); 8] =
    [('²', 2), ('³', 3), ('⁴', 4), ('⁵', 5), ('⁶', 6), ('⁷', 7), ('⁸', 8), ('⁹', 9)];

/// `²f`, `^2 f`, `2f` → (2, `f`); no order means 1.
fn order_before(text: &str) -> (usize, &str) {
    if let Some((sign, n)) = SUPERSCRIPTS.iter().find(|(sign, _)| text.starts_with(*sign)) {
        return (*n, &text[sign.len_utf8()..]);
    }
    let digits = text.strip_prefix('^').unwrap_or(text);
    match digits.chars().next().and_then(|c| c.to_digit(10)) {
        Some(n) if n > 0 => (n as usize, &digits[1..]),
        _ => (1, text),
    }
}

/// `x²`, `x^2` → (`x`, 2).
fn order_after(text: &str) -> (&str, usize) {
    if let Some((sign, n)) = SUPERSCRIPTS.iter().find(|(sign, _)| text.ends_with(*sign)) {
        return (&text[..text.len() - sign.len_utf8()], *n);
    }
    match text.rsplit_once('^').and_then(|(name, n)| Some((name, n.trim().parse().ok()?))) {
        Some((name, n)) if (1..10).contains(&n) => (name, n),
        _ => (text, 1),
    }
}

/// A denominator of more bytes than this is one name, if any: each split of it would be looked up.
const LONGEST_SPLIT: usize = 500;

/// `dxdy`, `∂x∂y`, `dx²` as known names, one per order. Where `d` could be part of a name the longest known
/// name wins that lets the rest be read, too.
fn variables(below: &str, names: &Names<'_>, orders_left: usize, failed: &mut Failed) -> Option<Vec<Box<str>>> {
    let below = below.trim();
    let rest = strip_d(below)?.trim_start();
    let splits = rest.char_indices().map(|(i, _)| i).skip(1).filter(|_| below.len() <= LONGEST_SPLIT);
    let ends: Vec<usize> = splits.chain([rest.len()]).collect();
    for &end in ends.iter().rev() {
        let (name, order) = order_after(rest[..end].trim());
        if !(names.is_known)(name.trim()) || order > orders_left {
            continue;
        }
        let first = std::iter::repeat_n(Box::from(name.trim()), order);
        let (further, left) = (rest[end..].trim(), orders_left - order);
        if further.is_empty() {
            return Some(first.collect());
        }
        if failed.contains(&(further.len(), left)) {
            continue;
        }
        match variables(further, names, left, failed) {
            Some(others) => return Some(first.chain(others).collect()),
            None => failed.insert((further.len(), left)),
        };
    }
    None
}

/// The ends of a denominator that do not read as known names, by their lengths and the orders that were left: names that begin
/// alike lead to the same end in many ways.
type Failed = HashSet<(usize, usize)>;

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(written: &str, expected: &str) {
        let all = ["f", "x", "y", "w_1", "가중치", "loss", "xdy", "x2", "h[1]", "h[2]"];
        let names = Names { is_known: &|name| all.contains(&name), nearest: &|_| None };
        let shown = match Target::parse(written, 0..1, &names) {
            Ok(Target { quantity: Quantity::Value(name), element }) => format!("{name} {element:?}"),
            Ok(Target { quantity: Quantity::Derivative { of, by }, element }) => {
                format!("{of} by {} {element:?}", by.join(","))
            }
            Err(d) => d.code.to_owned(),
        };
        assert_eq!(shown.trim_end_matches(" None"), expected, "{written}");
    }

    #[test]
    fn all_forms() {
        check("f", "f");
        check("df/dx", "f by x");
        check("∂f/∂w_1", "f by w_1");
        check("dloss/d가중치", "loss by 가중치");
        check("d²f/dx²", "f by x,x");
        check("d^2f/dx^2", "f by x,x");
        check("d2f/dxdx", "f by x,x");
        check("∂²f/∂x∂y", "f by x,y");
        check("d²f/dx dy", "f by x,y");
        check("df/dxdy", "f by xdy");
        check("df/dx2", "f by x2");
        check("d³f/dx²dy", "f by x,x,y");
        check("df/dx[0, -1]", "f by x Some([0, -1])");
        check("f[2]", "f Some([2])");
        check("h[1]", "h[1]");
        check("h[ 1 ][0, 2]", "h[1] Some([0, 2])");
        check("dh[2]/dx", "h[2] by x");
        check("df/dh[1]", "f by h[1]");
        check("df/dh[1][0]", "f by h[1] Some([0])");
        check("d²f/dh[1]dh[2]", "f by h[1],h[2]");
        check("h[3]", "unknown-name");
        check("q", "unknown-name");
        check("df/dq", "unknown-name");
        check("dq/dx", "unknown-name");
        check("f/x", "bad-target");
        check("d²f/dx", "bad-target");
        check("f[a]", "bad-target");
        check("f[0", "bad-target");
    }

    /// How names that begin alike could follow each other grows without bounds; how often one is looked up must not.
    #[test]
    fn a_long_denominator_is_given_up_soon() {
        let all: Vec<String> = (0..20).map(|n| format!("x{}", "dx".repeat(n))).collect();
        let long = "x".repeat(LONGEST_SPLIT);
        let lookups = |below: &str| {
            let asked = std::cell::Cell::new(0);
            let is_known = |name: &str| {
                asked.set(asked.get() + 1);
                name == "f" || name == long || all.iter().any(|known| known == name)
            };
            let names = Names { is_known: &is_known, nearest: &|_| None };
            let found = Target::parse(&format!("df/{below}"), 0..1, &names);
            (found.is_ok(), asked.get())
        };
        for below in ["dx".repeat(100) + "q", "dx ".repeat(100) + "q", "dx ".repeat(10_000) + "q"] {
            let (is_read, asked) = lookups(&below);
            assert!(!is_read && asked < 100_000, "{asked} lookups");
        }
        assert!(lookups(&format!("d{long}")).0);
    }
}
