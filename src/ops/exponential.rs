//! e^x by table, which training spends most of its time on: the same bits on every machine, as with libm, in half
//! the time. (Tang 1989, "Table-Driven Implementation of the Exponential Function in IEEE Floating-Point Arithmetic",
//! ACM TOMS 15(2), pp. 144–157.)

/// The intervals into which the table divides a factor of two.
const STEPS: usize = 128;

/// 2^(1/128), and what the nearest float64 lacks of it.
const ROOT: (f64, f64) = (1.005_429_901_112_802_7, 9.499_186_535_455_032e-17);

/// 128 / ln 2.
const STEPS_PER_UNIT: f64 = 184.664_965_233_787_3;

/// ln 2 / 128 in two parts; the first ends in so many zeros that its product with a number of steps is exact.
const STEP: (f64, f64) = (0.005_415_212_347_543_274_5, 5.812_982_117_197_185e-13);

/// Added and taken away again, it leaves the nearest whole number; its last bits then count the steps.
const ROUNDER: f64 = 6_755_399_441_055_744.0;

/// 2^(i/128) for each i, and what the nearest float64 lacks of it, as a share of it.
static POWERS: [(f64, f64); STEPS] = powers();

/// e^x, less than 0.51 units in the last place off where the result is a normal number.
pub(super) fn exp(x: f64) -> f64 {
    // Beyond, the result or its power of two leaves the range of normal numbers; NaN goes there, too.
    if !(-708.0..=709.0).contains(&x) {
        return libm::exp(x);
    }
    let shifted = x * STEPS_PER_UNIT + ROUNDER;
    let steps = shifted.to_bits();
    let whole = shifted - ROUNDER;
    // |r| ≤ ln 2 / 256, so what Taylor's series leaves out is below 2^-60.
    let r = x - whole * STEP.0 - whole * STEP.1;
    let square = r * r;
    let (power, lacking) = POWERS[steps as usize % STEPS];
    let more = lacking + r + square * (0.5 + r * (1.0 / 6.0)) + square * square * (1.0 / 24.0 + r * (1.0 / 120.0));
    // The steps without those of the table, put into the exponent's place.
    let scale = f64::from_bits(power.to_bits().wrapping_add((steps / STEPS as u64) << 52));
    scale + scale * more
}

/// The table, by multiplying in double-double arithmetic (Dekker 1971, "A Floating-Point Technique for Extending the
/// Available Precision", Numerische Mathematik 18, pp. 224–242).
const fn powers() -> [(f64, f64); STEPS] {
    let mut table = [(1.0, 0.0); STEPS];
    let (mut high, mut low) = (1.0, 0.0);
    let mut i = 1;
    while i < STEPS {
        let product = high * ROOT.0;
        let (a, b) = (halves(high), halves(ROOT.0));
        let lost = a.1 * b.1 - (((product - a.0 * b.0) - a.1 * b.0) - a.0 * b.1);
        let rest = lost + (high * ROOT.1 + low * ROOT.0);
        high = product + rest;
        low = rest - (high - product);
        table[i] = (high, low / high);
        i += 1;
    }
    table
}

/// A number as the sum of two whose products with each other's kind are exact.
const fn halves(x: f64) -> (f64, f64) {
    let scaled = x * 134_217_729.0;
    let high = scaled - (scaled - x);
    (high, x - high)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(x: f64, expected: f64) {
        assert_eq!(exp(x).to_bits(), expected.to_bits(), "e^{x} = {}", exp(x));
    }

    #[test]
    fn exact_and_extreme_values() {
        check(0.0, 1.0);
        check(-0.0, 1.0);
        check(1.0, std::f64::consts::E);
        check(1e-300, 1.0);
        check(f64::INFINITY, f64::INFINITY);
        check(f64::NEG_INFINITY, 0.0);
        check(710.0, f64::INFINITY);
        check(-746.0, 0.0);
        assert!(exp(f64::NAN).is_nan());
    }

    #[test]
    fn within_a_unit_in_the_last_place_of_libm() {
        let apart = |a: f64, b: f64| a.to_bits().abs_diff(b.to_bits());
        for i in -1_420_000..=1_420_000 {
            let x = f64::from(i) / 2_000.123_456_789;
            assert!(apart(exp(x), libm::exp(x)) <= 1, "e^{x}: {} and {}", exp(x), libm::exp(x));
        }
    }
}
