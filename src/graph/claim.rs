//! The author's claims: what is claimed, and whether it holds.

use crate::diag::Diagnostic;
use crate::graph::Target;
use crate::lang::{Particle, text, with_particle};
use crate::num;
use crate::tensor::Tensor;
use petgraph::graph::NodeIndex;
use std::ops::Range;

/// A claim with its target resolved.
#[derive(Clone, Debug)]
pub struct Claim {
    /// The target as written.
    pub written: String,
    /// The target.
    pub target: Target,
    /// The node that holds the claimed value or derivative.
    pub node: NodeIndex,
    /// The gate that the claim is about.
    pub gate: Box<str>,
    /// How the two sides are compared.
    pub relation: Relation,
    /// What is claimed.
    pub number: PrintedNumber,
    /// Where the statement stands in the block.
    pub span: Range<usize>,
}

/// How a claim compares what is found with what is claimed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    /// Equal to the printed digits.
    Equal,
    /// Found < claimed.
    Less,
    /// Found ≤ claimed.
    LessOrEqual,
    /// Found > claimed.
    Greater,
    /// Found ≥ claimed.
    GreaterOrEqual,
}

/// Longer tokens before their prefixes.
const RELATIONS: [(&str, Relation); 5] = [
    ("<=", Relation::LessOrEqual),
    (">=", Relation::GreaterOrEqual),
    ("<", Relation::Less),
    (">", Relation::Greater),
    ("=", Relation::Equal),
];

impl Relation {
    /// The first relation in a text and where it stands.
    pub fn find(text: &str) -> Option<(usize, Self)> {
        let at = text.find(['<', '>', '='])?;
        RELATIONS.iter().find(|(token, _)| text[at..].starts_with(token)).map(|(_, relation)| (at, *relation))
    }

    /// How it is written.
    pub fn token(self) -> &'static str {
        RELATIONS.iter().find(|(_, relation)| *relation == self).map_or("", |(token, _)| token)
    }
}

/// A number as it was printed, with the tolerance that its digits (or `within`) imply.
#[derive(Clone, Debug, PartialEq)]
pub struct PrintedNumber {
    /// The number.
    pub value: f64,
    /// Its digits as written.
    pub written: String,
    /// How far the true value may be off: half a unit in the last printed digit, or what `within` says.
    pub tolerance: f64,
    /// Where it stands.
    pub span: Range<usize>,
}

impl PrintedNumber {
    /// Reads `0.59`, `-1.5e-3` or `3 within 1e-6`; `start` is the place of `rest` in the block.
    pub fn parse(rest: &str, start: usize, log: &mut Vec<Diagnostic>) -> Option<Self> {
        let (written, within) = match rest.split_once("within") {
            Some((number, tolerance)) => (number, Some(tolerance)),
            None => (rest, None),
        };
        let (value, span) = read_number(written, start, log)?;
        let tolerance = match within {
            Some(tolerance) => {
                let (tolerance, span) = read_number(tolerance, start + rest.len() - tolerance.len(), log)?;
                if tolerance < 0.0 {
                    log.push(Diagnostic::error(
                        "bad-number",
                        span,
                        text("허용 오차는 음수일 수 없습니다", "a tolerance cannot be negative"),
                    ));
                    return None;
                }
                tolerance
            }
            None => half_unit_in_last_place(written.trim()),
        };
        Some(Self { value, written: written.trim().to_owned(), tolerance, span })
    }
}

fn read_number(written: &str, start: usize, log: &mut Vec<Diagnostic>) -> Option<(f64, Range<usize>)> {
    let trimmed = written.trim();
    let at = start + written.len() - written.trim_start().len();
    let span = at..at + trimmed.len();
    let ascii = trimmed.replace('\u{2212}', "-");
    let unsigned = ascii.strip_prefix(['-', '+']).unwrap_or(&ascii).trim_start();
    let looks_numeric = unsigned.starts_with(|c: char| c.is_ascii_digit() || c == '.');
    let sign = if ascii.starts_with('-') { -1.0 } else { 1.0 };
    match unsigned.parse::<f64>() {
        Ok(x) if looks_numeric && x.is_finite() => Some((sign * x, span)),
        _ => {
            log.push(
                Diagnostic::error(
                    "bad-number",
                    span,
                    text(format!("`{trimmed}`: 수로 읽을 수 없습니다"), format!("`{trimmed}` is not a number")),
                )
                .help(text(
                    "`expect f = -7`이나 `expect f = 0.5 within 1e-6`처럼 씁니다",
                    "write `expect f = -7` or `expect f = 0.5 within 1e-6`",
                )),
            );
            None
        }
    }
}

/// `0.59` → 0.005, `-7` → 0.5, `1.5e-3` → 0.00005.
fn half_unit_in_last_place(written: &str) -> f64 {
    let lower = written.to_ascii_lowercase();
    let (mantissa, exponent) = lower.split_once('e').unwrap_or((&lower, "0"));
    let decimals = mantissa.split_once('.').map_or(0, |(_, digits)| digits.len() as i32);
    let exponent: i32 = exponent.parse().unwrap_or(0);
    format!("5e{}", exponent - decimals - 1).parse().unwrap_or(0.0)
}

impl PrintedNumber {
    /// Whether a number rounds to the printed digits. The printed bound itself is accepted although neither it nor the
    /// number is exact in binary. No printed number stands for an infinite one: the slack of an infinity would let
    /// any number pass.
    fn agrees_with(&self, found: f64) -> bool {
        let slack = 4.0 * f64::EPSILON * found.abs().max(self.value.abs());
        found.is_finite() && (found - self.value).abs() <= self.tolerance + slack
    }

    /// What is wrong with printing this number for `written`, whose value is `found`.
    pub fn disagreement(&self, written: &str, found: f64) -> Option<Diagnostic> {
        if self.agrees_with(found) {
            return None;
        }
        let (claimed, exact) = (&self.written, num::plain(found, num::EXACT));
        let diagnostic = Diagnostic::error(
            "failed-claim",
            self.span.clone(),
            text(
                format!(
                    "{} {} 썼지만 계산한 값은 {exact}입니다",
                    with_particle(&format!("`{written}`"), Particle::Topic),
                    with_particle(claimed, Particle::Quotation)
                ),
                format!("`{written}` is printed as {claimed}, found {exact}"),
            ),
        );
        Some(match correct_to_digits(found, self.tolerance) {
            Some(correct) => diagnostic.help(text(
                format!("이 자릿수라면 {} 맞습니다", with_particle(&correct, Particle::Subject)),
                format!("to these digits it is {correct}"),
            )),
            None => diagnostic,
        })
    }
}

impl Claim {
    /// The number that the claim is about, once the graph has run.
    pub fn found(&self, value: &Tensor) -> Option<f64> {
        match &self.target.element {
            Some(index) => value.at(index),
            None => value.as_scalar(),
        }
    }

    /// Checks the claim against the value of its node.
    pub fn check(&self, value: &Tensor) -> Option<Diagnostic> {
        let Some(found) = self.found(value) else { return Some(self.not_a_number(value)) };
        let claimed = self.number.value;
        let holds = match self.relation {
            Relation::Equal => self.number.agrees_with(found),
            Relation::Less => found < claimed,
            Relation::LessOrEqual => found <= claimed,
            Relation::Greater => found > claimed,
            Relation::GreaterOrEqual => found >= claimed,
        };
        (!holds).then(|| self.failed(found))
    }

    fn failed(&self, found: f64) -> Diagnostic {
        let (gate, written, relation) = (&self.gate, &self.written, self.relation.token());
        let claimed = &self.number.written;
        let exact = num::plain(found, num::EXACT);
        let diagnostic = Diagnostic::error(
            "failed-claim",
            self.span.clone(),
            text(
                format!(
                    "게이트 `{gate}`: {} {} 했지만 계산한 값은 {exact}입니다",
                    with_particle(written, Particle::Topic),
                    said_in_korean(self.relation, claimed)
                ),
                format!("gate `{gate}`: claimed {written} {relation} {claimed}, found {exact}"),
            ),
        );
        match correct_to_digits(found, self.number.tolerance) {
            Some(correct) if self.relation == Relation::Equal => diagnostic.help(text(
                format!(
                    "이 자릿수라면 {} 맞습니다",
                    with_particle(&format!("`expect {written} = {correct}`"), Particle::Subject)
                ),
                format!("to these digits it is `expect {written} = {correct}`"),
            )),
            _ => diagnostic,
        }
    }

    fn not_a_number(&self, value: &Tensor) -> Diagnostic {
        let shape = value.shape();
        let written = &self.written;
        match &self.target.element {
            None => Diagnostic::error(
                "claim-needs-element",
                self.span.clone(),
                text(
                    format!("`{written}`의 형상은 {shape}이어서 수 하나와 비교할 수 없습니다"),
                    format!("`{written}` has the shape {shape} and cannot be compared with one number"),
                ),
            )
            .help(text(
                format!("`{written}[0]`처럼 원소를 가리키세요"),
                format!("name an element, such as `{written}[0]`"),
            )),
            Some(_) => Diagnostic::error(
                "no-such-element",
                self.span.clone(),
                text(
                    format!("`{written}`: 형상이 {shape}인 텐서에 그런 원소가 없습니다"),
                    format!("`{written}`: a tensor of shape {shape} has no such element"),
                ),
            ),
        }
    }
}

/// `5라고`, `5보다 작다고`: what the author says of a value.
fn said_in_korean(relation: Relation, claimed: &str) -> String {
    match relation {
        Relation::Equal => with_particle(claimed, Particle::Quotation),
        Relation::Less => format!("{claimed}보다 작다고"),
        Relation::LessOrEqual => format!("{claimed} 이하라고"),
        Relation::Greater => format!("{claimed}보다 크다고"),
        Relation::GreaterOrEqual => format!("{claimed} 이상이라고"),
    }
}

/// The number printed to the digits that the tolerance stands for, or to four digits where those would say little; none
/// for what is no finite number, which no digits stand for.
fn correct_to_digits(found: f64, tolerance: f64) -> Option<String> {
    let decimals = -(libm::log10(tolerance * 2.0)).round();
    let text = format!("{found:.*}", decimals.clamp(0.0, 17.0) as usize);
    let is_close = text.parse().is_ok_and(|printed: f64| (printed - found).abs() <= 0.05 * found.abs());
    found.is_finite().then(|| if is_close { text } else { num::plain(found, 4) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_digits_stand_for_an_infinity() {
        let number = PrintedNumber::parse("5 within 1e300", 0, &mut Vec::new()).expect("a number");
        for found in [f64::INFINITY, f64::NEG_INFINITY, f64::NAN] {
            assert!(number.disagreement("y", found).is_some_and(|said| said.help.is_none()), "{found}");
        }
        assert!(number.disagreement("y", 6.0).is_none());
    }

    #[test]
    fn the_digits_say_the_tolerance() {
        for (written, value, tolerance) in [
            ("0.59", 0.59, 0.005),
            ("-7", -7.0, 0.5),
            ("1.5e-3", 0.0015, 0.000_05),
            ("2.0", 2.0, 0.05),
            ("3 within 1e-6", 3.0, 1e-6),
            ("−2", -2.0, 0.5),
            ("1e3", 1000.0, 500.0),
        ] {
            let number = PrintedNumber::parse(written, 0, &mut Vec::new()).expect(written);
            assert_eq!((number.value, number.tolerance), (value, tolerance), "{written}");
        }
        for wrong in ["", "two", "1.2.3", "1 2", "inf", "nan", "3 within", "3 within -1"] {
            let mut log = Vec::new();
            assert_eq!(PrintedNumber::parse(wrong, 0, &mut log), None, "{wrong}");
            assert_eq!(log.len(), 1, "{wrong}");
        }
    }
}
