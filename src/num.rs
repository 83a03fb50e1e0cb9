//! Numbers as text: one rounding for SVG, HTML, reports and listings, and the elementary functions that give
//! the same bits on every machine. This room does not know where a number is printed.

use std::fmt::{Display, Formatter};

/// A number as readers see it: at most `precision` significant digits, no trailing zeros, a true minus sign
/// (U+2212), `×10` powers only for very large and very small numbers, `∞` and `NaN` as such.
pub fn display(x: f64, precision: usize) -> String {
    plain(x, precision).replace('-', "\u{2212}")
}

/// The digits of a number that tell it from every other: what `precision` of this size stands for.
pub const EXACT: usize = 17;

/// As [`display`], with an ASCII hyphen for the minus sign: for the terminal, listings and TeX.
pub fn plain(x: f64, precision: usize) -> String {
    if x.is_nan() {
        return "NaN".into();
    }
    if x.is_infinite() {
        return if x > 0.0 { "∞".into() } else { "-∞".into() };
    }
    if x == 0.0 {
        return "0".into();
    }
    // Most numbers of lectures are small and whole.
    if x.fract() == 0.0 && x.abs() < 1e8 {
        return (x as i64).to_string();
    }
    // Rust's own formatting is the shortest text that reads back as the same number.
    let scientific = if precision >= EXACT { format!("{x:e}") } else { format!("{:.*e}", precision.max(1) - 1, x) };
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let integer_digits = 9;
    if (-5..integer_digits.max(precision as i32)).contains(&exponent) {
        let decimals = (precision as i32 - 1 - exponent).max(0) as usize;
        // An integer is never rounded to fewer digits than it has.
        let is_whole = x.fract() == 0.0 && x.abs() < 1e9;
        let text = match () {
            () if precision >= EXACT => format!("{x}"),
            () if is_whole => format!("{x:.0}"),
            () => format!("{x:.decimals$}"),
        };
        trim_zeros(&text).to_owned()
    } else {
        format!("{}e{exponent}", trim_zeros(mantissa))
    }
}

/// The number, if it is a whole one that float64 tells from its neighbours.
pub fn whole(x: f64) -> Option<i64> {
    const LARGEST: f64 = 9_007_199_254_740_992.0;
    (x.fract() == 0.0 && x.abs() <= LARGEST).then_some(x as i64)
}

/// A coordinate as [`coordinate`] writes it.
pub fn rounded_coordinate(x: f64) -> f64 {
    (x * 10.0).round() / 10.0
}

/// A coordinate or a length in an SVG: one decimal at the most, which is less than what can be seen, never `-0`.
pub fn coordinate(x: f64) -> Coordinate {
    Coordinate((x * 10.0).round())
}

/// A number that is written with one decimal at the most.
#[derive(Clone, Copy, Debug)]
pub struct Coordinate(f64);

impl Display for Coordinate {
    /// An SVG has thousands of them: as a whole number of tenths, each is written without looking for its digits.
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        let Self(tenths) = *self;
        if tenths.abs() >= 1e15 {
            return f.write_str(trim_zeros(&format!("{:.1}", tenths / 10.0)));
        }
        let mut digits = [0; 20];
        let mut at = digits.len();
        let mut put = |digit: u8| {
            at -= 1;
            digits[at] = digit;
        };
        let n = tenths.abs() as u64;
        let (mut whole, tenth) = (n / 10, n % 10);
        if tenth != 0 {
            put(b'0' + tenth as u8);
            put(b'.');
        }
        loop {
            put(b'0' + (whole % 10) as u8);
            whole /= 10;
            if whole == 0 {
                break;
            }
        }
        if tenths < 0.0 {
            put(b'-');
        }
        f.write_str(std::str::from_utf8(&digits[at..]).unwrap_or_default())
    }
}

fn trim_zeros(text: &str) -> &str {
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_as_a_person_writes_them() {
        for (x, precision, expected) in [
            (-7.0, 4, "-7"),
            (0.1 + 0.2, 4, "0.3"),
            (0.731_058_578_630_004_9, 4, "0.7311"),
            (123_456.0, 4, "123456"),
            (123_456.7, 4, "123457"),
            (1.5e-7, 4, "1.5e-7"),
            (-2.5e12, 4, "-2.5e12"),
            (0.000_123_456, 4, "0.0001235"),
            (-0.0, 4, "0"),
            (f64::NAN, 4, "NaN"),
            (f64::NEG_INFINITY, 4, "-∞"),
            (1e9, 4, "1e9"),
            (0.99999, 4, "1"),
            (99_999_999.0, 1, "99999999"),
            (999_999_999.0, 4, "1e9"),
            (0.1, EXACT, "0.1"),
            (-1.0 / 3.0, EXACT, "-0.3333333333333333"),
            (2.5e-7, EXACT, "2.5e-7"),
        ] {
            assert_eq!(plain(x, precision), expected, "{x}");
        }
        assert_eq!(display(-2.0, 4), "\u{2212}2");
    }

    #[test]
    fn coordinates_are_short() {
        for (x, expected) in [
            (1.0, "1"),
            (-0.01, "0"),
            (12.345_6, "12.3"),
            (-3.10, "-3.1"),
            (-0.1, "-0.1"),
            (1e17, "100000000000000000"),
        ] {
            assert_eq!(coordinate(x).to_string(), expected);
        }
    }
}
