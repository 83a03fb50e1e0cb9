//! Random numbers that are the same on every machine: SplitMix64 (Steele, Lea & Flood 2014, "Fast splittable
//! pseudorandom number generators", OOPSLA).

use super::{Attr, AttrDefault, AttrKind, NOT_NEGATIVE};

/// What decides the numbers.
pub(crate) const SEED: Attr =
    Attr { name: "seed", kind: AttrKind::Integer, default: AttrDefault::Number(0.0), needs: NOT_NEGATIVE };

/// A stream of numbers.
#[derive(Clone, Debug)]
pub(crate) struct Random(u64);

impl Random {
    /// The stream of a seed.
    pub fn seeded(seed: f64) -> Self {
        Self(seed.to_bits())
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number from 0 up to, not including, 1.
    pub fn uniform(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// A number of the standard normal distribution (Box & Muller 1958).
    pub fn normal(&mut self) -> f64 {
        let (u, v) = (1.0 - self.uniform(), self.uniform());
        (-2.0 * libm::log(u)).sqrt() * libm::cos(2.0 * std::f64::consts::PI * v)
    }
}

#[cfg(test)]
mod tests {
    use super::Random;

    /// The first numbers of the stream of seed 1234567 in the reference implementation.
    #[test]
    fn the_stream_is_that_of_the_paper() {
        let mut random = Random(1_234_567);
        assert_eq!([random.next(), random.next()], [6_457_827_717_110_365_317, 3_203_168_211_198_807_973]);
    }

    #[test]
    fn the_distributions_have_their_moments() {
        let mut random = Random::seeded(777.0);
        let n = 100_000;
        let moments = |numbers: Vec<f64>| {
            let mean = numbers.iter().sum::<f64>() / numbers.len() as f64;
            (mean, numbers.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / numbers.len() as f64)
        };
        let (mean, variance) = moments((0..n).map(|_| random.normal()).collect());
        assert!(mean.abs() < 0.01 && (variance - 1.0).abs() < 0.02, "{mean} {variance}");
        let (mean, variance) = moments((0..n).map(|_| random.uniform()).collect());
        assert!((mean - 0.5).abs() < 0.005 && (variance - 1.0 / 12.0).abs() < 0.002, "{mean} {variance}");
    }
}
