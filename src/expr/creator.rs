//! Tensors that are written as a call: `zeros(2, 3)`, `eye(3)`, `normal(2, 3, seed=777)`. They are literals: their
//! numbers are the same on every machine and in every build.

use crate::lang::{Text, text};
use crate::ops::random::Random;
use crate::tensor::{MAX_RANK, Shape, Tensor};

/// What writes a tensor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Creator {
    /// All 0.
    Zeros,
    /// All 1.
    Ones,
    /// The unit matrix.
    Eye,
    /// Normally distributed numbers.
    Normal,
    /// Numbers spread evenly over a range.
    Uniform,
}

/// The names, with how they are written.
const CREATORS: [(&str, Creator, &str); 5] = [
    ("zeros", Creator::Zeros, "zeros(2, 3)"),
    ("ones", Creator::Ones, "ones(2, 3)"),
    ("eye", Creator::Eye, "eye(3)"),
    ("normal", Creator::Normal, "normal(2, 3, seed=777, mean=0, std=1)"),
    ("uniform", Creator::Uniform, "uniform(2, 3, seed=777, low=0, high=1)"),
];

/// A tensor that is written out may have this many elements.
const MOST_ELEMENTS: usize = 10_000_000;

/// The creator of a name.
pub(super) fn find(name: &str) -> Option<Creator> {
    CREATORS.iter().find(|(known, ..)| *known == name).map(|(_, creator, _)| *creator)
}

/// The names of all creators.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    CREATORS.iter().map(|(name, ..)| *name)
}

impl Creator {
    /// How it is written, as help.
    pub fn as_written(self) -> Text {
        let example = CREATORS.iter().find(|(_, creator, _)| *creator == self).map_or("", |(.., example)| example);
        text(format!("`{example}`처럼 씁니다"), format!("it is written `{example}`"))
    }

    /// The keywords that it takes, with what they are by default.
    pub fn settings(self) -> &'static [(&'static str, f64)] {
        match self {
            Self::Zeros | Self::Ones | Self::Eye => &[],
            Self::Normal => &[("seed", 0.0), ("mean", 0.0), ("std", 1.0)],
            Self::Uniform => &[("seed", 0.0), ("low", 0.0), ("high", 1.0)],
        }
    }

    /// The tensor for the extents and settings (in the order of [`Creator::settings`]) given; none if they make no
    /// sense.
    pub fn create(self, extents: &[f64], settings: &[f64]) -> Option<Tensor> {
        let whole = |x: &f64| (x.fract() == 0.0 && (1.0..1e9).contains(x)).then_some(*x as usize);
        let mut extents = extents.iter().map(whole).collect::<Option<Vec<usize>>>()?;
        match (self, extents.as_slice()) {
            (Self::Eye, [n]) => extents = vec![*n, *n],
            (Self::Eye, [_, _]) => {}
            (Self::Eye, _) => return None,
            _ => {}
        }
        let count = extents.iter().try_fold(1_usize, |count, n| count.checked_mul(*n))?;
        if extents.len() > MAX_RANK || count > MOST_ELEMENTS {
            return None;
        }
        let shape = Shape::from(extents);
        Some(match self {
            Self::Zeros => Tensor::filled(&shape, 0.0),
            Self::Ones => Tensor::filled(&shape, 1.0),
            Self::Eye => {
                let columns = shape.0[1];
                Tensor::new(&shape, (0..count).map(|i| f64::from(i / columns == i % columns)).collect())
            }
            Self::Normal => {
                let mut random = Random::seeded(settings[0]);
                Tensor::new(&shape, (0..count).map(|_| settings[1] + settings[2] * random.normal()).collect())
            }
            Self::Uniform => {
                let mut random = Random::seeded(settings[0]);
                let width = settings[2] - settings[1];
                Tensor::new(&shape, (0..count).map(|_| settings[1] + width * random.uniform()).collect())
            }
        })
    }
}
