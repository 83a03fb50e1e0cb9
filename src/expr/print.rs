//! Expressions as TeX mathematics and as text of the notes' language.

use super::{DisplayName, Expr, IndexPart, PartId, PartKind};
use crate::num;
use crate::ops::{AttrValue, Attrs, Form, Level, Notation, Op, Pick, Rule, level};
use crate::tensor::{Shape, Tensor};

/// A piece of notation and how tightly it binds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// The notation.
    pub text: String,
    /// How tightly it binds.
    pub level: Level,
}

impl Piece {
    /// A piece that never needs parentheses.
    pub fn atom(text: impl Into<String>) -> Self {
        Self { text: text.into(), level: level::ATOM }
    }

    /// The piece where something must stand that binds at least as tightly as `needed`.
    pub(crate) fn bracketed(&self, needed: Level, (open, close): (&str, &str)) -> String {
        if self.level < needed { format!("{open}{}{close}", self.text) } else { self.text.clone() }
    }
}

/// What a reader of an expression knows about its names.
pub trait Reader {
    /// The TeX for a name.
    fn name(&self, name: &str) -> Piece {
        Piece::atom(DisplayName::of(name).latex())
    }

    /// The value of an attribute of the op whose rule is read, where it is known.
    fn attribute(&self, _name: &str) -> Option<AttrValue> {
        None
    }

    /// What is known of the condition of a `where`.
    fn condition(&self, _condition: PartId) -> Condition {
        Condition::Unknown
    }

    /// What stands around an operand that binds too loosely.
    fn brackets(&self) -> (&'static str, &'static str) {
        (r"\left(", r"\right)")
    }
}

/// What is known of the condition of a `where`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Condition {
    /// Nothing: the whole is shown.
    Unknown,
    /// Whether it holds: only the branch that applies is shown.
    Known(bool),
    /// Who reads the formula will know: what stands before the first branch, between the two, and after them.
    Open([String; 3]),
}

/// A number in TeX mathematics, to `precision` significant digits.
pub fn latex_number(x: f64, precision: usize) -> Piece {
    let text = num::plain(x, precision);
    let level = if text.starts_with('-') { level::SIGNED } else { level::ATOM };
    let text = match text.as_str() {
        "NaN" => r"\mathrm{NaN}".to_owned(),
        "∞" => r"\infty".to_owned(),
        "-∞" => r"-\infty".to_owned(),
        _ => match text.split_once('e') {
            Some((mantissa, exponent)) => {
                return Piece {
                    text: format!(r"{mantissa} \times 10^{{{exponent}}}"),
                    level: level.min(level::PRODUCT),
                };
            }
            None => text,
        },
    };
    Piece { text, level }
}

/// The expression in TeX mathematics.
pub fn latex(expr: &Expr, reader: &impl Reader, precision: usize) -> Piece {
    print(expr, |id, done| match &expr.parts[id].kind {
        PartKind::Literal(value) => latex_literal(value, precision),
        PartKind::Name(name) => reader.name(name),
        PartKind::Apply { op, operands, attrs, forwarded } => {
            if let Rule::Select(_) = op.rule {
                match reader.condition(operands[0]) {
                    Condition::Unknown => {}
                    Condition::Known(holds) => return done[operands[if holds { 1 } else { 2 }]].clone(),
                    Condition::Open([before, between, after]) => {
                        let [a, b] = [1, 2].map(|place| &done[operands[place]]);
                        let text = format!("{before}{}{between}{}{after}", a.text, b.text);
                        return Piece { text, level: a.level.min(b.level) };
                    }
                }
            }
            let dots = Piece::atom(r"\ldots");
            let pieces: Vec<&Piece> = in_brief(operands, |o| done[*o].text.len()).map_or_else(
                || operands.iter().map(|o| &done[*o]).collect(),
                |(first, last)| {
                    let first = first.iter().map(|o| &done[*o]);
                    first.chain([&dots, &done[*last]]).collect()
                },
            );
            let value = |position: usize| match forwarded.iter().find(|(place, _)| *place == position) {
                Some((_, name)) => reader.attribute(name).ok_or(name),
                None => Ok(attrs.0.get(position).cloned().unwrap_or(AttrValue::Absent)),
            };
            let written = |key: &str, is_listed: bool| {
                let position = op.attrs.iter().position(|attr| attr.name == key)?;
                let written =
                    |value: AttrValue| attribute_with(&value, is_listed, |items| joined(items, ", ", r"\ldots"));
                Some(value(position).map_or_else(ToString::to_string, written))
            };
            let form = &op.spelling.latex;
            fill(form.template, form, &pieces, written, reader.brackets())
        }
        PartKind::Call { callee, operands, .. } => {
            let name = DisplayName::of(callee).latex();
            Piece { text: format!("{name}({})", listed(operands, done)), level: level::CALL }
        }
        PartKind::Index { of, picks } => {
            let of = done[*of].bracketed(level::CALL, (r"\left(", r"\right)"));
            Piece { text: format!("{of}[{}]", indexed(picks, done)), level: level::CALL }
        }
        PartKind::Grad { of_and_by: [of, by] } => Piece {
            text: format!(r"\frac{{\partial {}}}{{\partial {}}}", done[*of].text, done[*by].text),
            level: level::UNARY,
        },
        PartKind::Unknown => Piece::atom("?"),
    })
}

/// The expression in the notes' own language.
pub fn plain(expr: &Expr) -> String {
    print(expr, |id, done| match &expr.parts[id].kind {
        PartKind::Literal(value) => plain_literal(value),
        PartKind::Name(name) => Piece::atom(&**name),
        PartKind::Apply { op, operands, attrs, .. } => {
            plain_apply(op, &operands.iter().map(|o| &done[*o]).collect::<Vec<_>>(), attrs)
        }
        PartKind::Call { callee, operands, .. } => {
            Piece { text: format!("{callee}({})", listed(operands, done)), level: level::CALL }
        }
        PartKind::Index { of, picks } => {
            let of = done[*of].bracketed(level::CALL, ("(", ")"));
            Piece { text: format!("{of}[{}]", indexed(picks, done)), level: level::CALL }
        }
        PartKind::Grad { of_and_by: [of, by] } => {
            Piece { text: format!("grad({}, {})", done[*of].text, done[*by].text), level: level::CALL }
        }
        PartKind::Unknown => Piece::atom("?"),
    })
    .text
}

/// A sum or a list of more terms than this is written in brief.
const MOST_TERMS: usize = 12;
/// So is one of more bytes.
const LONGEST: usize = 4_000;
/// What it begins with then.
const FIRST_TERMS: usize = 3;

/// Of many terms the first ones and the last one, between which a textbook writes dots; none of a few.
fn in_brief<T>(terms: &[T], length: impl Fn(&T) -> usize) -> Option<(&[T], &T)> {
    let is_long = || terms.len() > FIRST_TERMS + 1 && terms.iter().map(length).sum::<usize>() > LONGEST;
    let last = terms.last().filter(|_| terms.len() > MOST_TERMS || is_long())?;
    Some((&terms[..FIRST_TERMS], last))
}

/// Terms with a sign between them, many of them in brief.
pub(crate) fn joined(terms: &[String], sign: &str, dots: &str) -> String {
    match in_brief(terms, String::len) {
        None => terms.join(sign),
        Some((first, last)) => [&first.join(sign), dots, last].join(sign),
    }
}

fn listed(operands: &[PartId], done: &[Piece]) -> String {
    operands.iter().map(|o| done[*o].text.as_str()).collect::<Vec<_>>().join(", ")
}

fn indexed(picks: &[IndexPart], done: &[Piece]) -> String {
    let shown = |part: &Option<PartId>| part.map_or("", |part| &done[part].text);
    let entry = |pick: &IndexPart| match pick {
        IndexPart::At(at) => done[*at].text.clone(),
        IndexPart::Range(from, to) => format!("{}:{}", shown(from), shown(to)),
    };
    picks.iter().map(entry).collect::<Vec<_>>().join(", ")
}

fn print(expr: &Expr, piece_of: impl Fn(PartId, &[Piece]) -> Piece) -> Piece {
    let mut done: Vec<Piece> = Vec::with_capacity(expr.parts.len());
    for id in 0..expr.parts.len() {
        let piece = piece_of(id, &done);
        done.push(piece);
    }
    done.pop().unwrap_or_else(|| Piece::atom(""))
}

fn plain_apply(op: &Op, operands: &[&Piece], attrs: &Attrs) -> Piece {
    let parens = ("(", ")");
    let (text, level) = match (op.notation, operands) {
        (Notation::Infix { level, right }, [a, b]) => {
            let (first, rest) = match () {
                () if right => (level + 1, level.min(level::UNARY)),
                // Comparisons are not chained.
                () if level == level::COMPARISON => (level + 1, level + 1),
                () => (level, level + 1),
            };
            (format!("{} {} {}", a.bracketed(first, parens), op.name, b.bracketed(rest, parens)), level)
        }
        (Notation::Index, [a]) => (
            format!(
                "{}[{}]",
                a.bracketed(level::CALL, parens),
                attribute(attrs.0.first().unwrap_or(&AttrValue::Absent), false)
            ),
            level::CALL,
        ),
        (Notation::Prefix { token, level }, [a]) => (format!("{token}{}", a.bracketed(level, parens)), level),
        (Notation::Postfix { token }, [a]) if *attrs == Attrs::defaults(op) => {
            (format!("{}.{token}", a.bracketed(level::CALL, parens)), level::CALL)
        }
        _ => {
            let listed = operands.iter().map(|piece| piece.text.as_str()).collect::<Vec<_>>().join(", ");
            let inputs = std::iter::once(if op.is_variadic { format!("[{listed}]") } else { listed });
            let given = (0..op.attrs.len()).filter(|&i| attrs.0.get(i) != Attrs::defaults(op).0.get(i)).map(|i| {
                format!("{}={}", op.attrs[i].name, attribute(attrs.0.get(i).unwrap_or(&AttrValue::Absent), false))
            });
            (format!("{}({})", op.name, inputs.chain(given).collect::<Vec<_>>().join(", ")), level::CALL)
        }
    };
    Piece { text, level }
}

/// Fills a template in one pass: `#1` is an operand (in brackets where it binds too loosely), `#all` all of them with
/// commas between, `#name` what `other` writes for that name, in most cases an attribute. It is told whether the name stands
/// alone between brackets, where the parentheses of a list would be too much.
pub(crate) fn fill(
    template: &str,
    form: &Form,
    operands: &[&Piece],
    other: impl Fn(&str, bool) -> Option<String>,
    brackets: (&str, &str),
) -> Piece {
    let mut text = String::new();
    let mut rest = template;
    while let Some(at) = rest.find('#') {
        text.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        let key_len = rest.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(rest.len());
        let (key, behind) = rest.split_at(key_len);
        match key.parse::<usize>() {
            Ok(n) => {
                let needed = if n == 1 { form.first } else { form.rest };
                text.extend(operands.get(n.wrapping_sub(1)).map(|piece| piece.bracketed(needed, brackets)));
            }
            Err(_) if key == "all" => {
                text.push_str(&operands.iter().map(|piece| piece.text.as_str()).collect::<Vec<_>>().join(", "));
            }
            Err(_) => match other(key, text.ends_with('[') && behind.starts_with(']')) {
                Some(written) => text.push_str(&written),
                None => {
                    text.push('#');
                    text.push_str(key);
                }
            },
        }
        rest = behind;
    }
    text.push_str(rest);
    Piece { text, level: form.level }
}

/// The value of an attribute as Python writes it; the items of a list without parentheses if they stand in brackets.
pub(crate) fn attribute(value: &AttrValue, is_listed: bool) -> String {
    attribute_with(value, is_listed, |items| items.join(", "))
}

/// As [`attribute`], with another way to write the items of a list one after the other.
fn attribute_with(value: &AttrValue, is_listed: bool, joined: impl Fn(&[String]) -> String) -> String {
    match value {
        AttrValue::Number(x) => num::plain(*x, num::EXACT),
        AttrValue::Flag(b) => if *b { "True" } else { "False" }.to_owned(),
        AttrValue::Integers(list) => match list.as_slice() {
            [n] => n.to_string(),
            list => {
                let items = joined(&list.iter().map(i64::to_string).collect::<Vec<_>>());
                if is_listed { items } else { format!("({items})") }
            }
        },
        AttrValue::Picks(picks) => {
            let bound = |bound: &Option<i64>| bound.map_or_else(String::new, |i| i.to_string());
            let entry = |pick: &Pick| match pick {
                Pick::At(at) => at.to_string(),
                Pick::Range(from, to) => format!("{}:{}", bound(from), bound(to)),
            };
            joined(&picks.iter().map(entry).collect::<Vec<_>>())
        }
        AttrValue::Absent => "None".to_owned(),
    }
}

fn plain_literal(value: &Tensor) -> Piece {
    match value.as_scalar() {
        Some(x) => {
            let text = num::plain(x, num::EXACT);
            let level = if text.starts_with('-') { level::UNARY } else { level::ATOM };
            Piece { text, level }
        }
        None => Piece::atom(in_full(value, num::EXACT)),
    }
}

/// All numbers of a tensor as a nested list, each with so many significant digits at most.
pub fn in_full(value: &Tensor, digits: usize) -> String {
    nested(&value.shape(), &mut value.elements().iter().copied(), &|x| num::plain(x, digits))
}

fn nested(shape: &Shape, elements: &mut impl Iterator<Item = f64>, show: &impl Fn(f64) -> String) -> String {
    match shape.0.split_first() {
        None => elements.next().map(show).unwrap_or_default(),
        Some((&n, rest)) => {
            let inner = Shape::from(rest);
            let items: Vec<String> = (0..n).map(|_| nested(&inner, elements, show)).collect();
            format!("[{}]", items.join(", "))
        }
    }
}

/// Whether a tensor of this shape is shown by its shape alone where there is little room.
pub fn is_large(shape: &Shape) -> bool {
    match shape.0.as_slice() {
        [] => false,
        [n] => *n > 8,
        [m, n] => *m > 6 || *n > 6,
        _ => true,
    }
}

/// A scalar, a column of a vector, a matrix; tensors of higher rank by their shape.
fn latex_literal(value: &Tensor, precision: usize) -> Piece {
    let shape = value.shape();
    let numbers: Vec<String> = value.elements().iter().map(|x| latex_number(*x, precision).text).collect();
    match shape.0.as_slice() {
        [] => latex_number(value.as_scalar().unwrap_or(f64::NAN), precision),
        [_] if !is_large(&shape) => Piece::atom(format!(r"\begin{{bmatrix}} {} \end{{bmatrix}}", numbers.join(" & "))),
        [_, n] if !is_large(&shape) => {
            let rows: Vec<String> = numbers.chunks(*n).map(|row| row.join(" & ")).collect();
            Piece::atom(format!(r"\begin{{bmatrix}} {} \end{{bmatrix}}", rows.join(r" \\ ")))
        }
        extents => {
            let extents: Vec<String> = extents.iter().map(usize::to_string).collect();
            Piece::atom(format!(r"[\,{}\,]", extents.join(r" \times ")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::expr::{Cursor, lex, parse};

    struct Plain;
    impl Reader for Plain {}

    #[track_caller]
    fn check(input: &str, expected: &str) {
        let mut log = Vec::new();
        let lexemes = lex(input, 0, &mut log);
        let expr = parse(&mut Cursor::new(&lexemes, input.len()), &mut log);
        assert_eq!(latex(&expr, &Plain, 4).text, expected, "{input}");
    }

    #[test]
    fn mathematics() {
        check("w * x + b", r"w \cdot x + b");
        check("w * (x + b)", r"w \cdot \left(x + b\right)");
        check("1 / (1 + x)", r"\frac{1}{1 + x}");
        check("(a / b)^2", r"{\left(\frac{a}{b}\right)}^{2}");
        check("a - (b - c)", r"a - \left(b - c\right)");
        check("-x^2", "-{x}^{2}");
        check("a * -2", r"a \cdot \left(-2\right)");
        check("sigmoid(w_1)", r"\sigma(w_{1})");
        check("[[1, 2], [3, 4]]", r"\begin{bmatrix} 1 & 2 \\ 3 & 4 \end{bmatrix}");
        check("1.5e-9 * x", r"1.5 \times 10^{-9} \cdot x");
    }
}
