//! Tensors that are written as a call: `zeros(2, 3)`, `eye(3)`, `normal(2, 3, seed=777)`. They are literals: their
//! numbers are the same on every machine and in every build.

use crate::lang::{Text, text};
use crate::ops::random::{Random, SEED};
use crate::ops::{Attr, Attrs, NOT_NEGATIVE, Needs, number, phrase};
use crate::tensor::{MAX_RANK, MOST_ELEMENTS, Shape, Tensor};

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

const MEAN: Attr = number("mean", 0.0, None);
const STD: Attr = number("std", 1.0, NOT_NEGATIVE);
const LOW: Attr = number("low", 0.0, None);
const HIGH: Attr = number(
    "high",
    1.0,
    Some(Needs {
        holds: |high, settings| high >= settings.number(1),
        words: phrase("`low`보다 작을 수 없습니다", "must not be less than `low`"),
    }),
);

/// What is said where the extents make no sense.
pub(super) fn not_made() -> Text {
    text("이렇게는 텐서를 만들 수 없습니다", "no tensor can be made like this")
}

/// The creator of a name.
pub(super) fn find(name: &str) -> Option<Creator> {
    CREATORS.iter().find(|(known, ..)| *known == name).map(|(_, creator, _)| *creator)
}

/// How each tensor of a call is written, behind its name.
pub fn signatures() -> impl Iterator<Item = (&'static str, &'static str)> {
    CREATORS.iter().map(|(name, _, signature)| (*name, *signature))
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
    pub fn settings(self) -> &'static [Attr] {
        match self {
            Self::Zeros | Self::Ones | Self::Eye => &[],
            Self::Normal => &[SEED, MEAN, STD],
            Self::Uniform => &[SEED, LOW, HIGH],
        }
    }

    /// The tensor for the extents and settings (in the order of [`Creator::settings`]) given, or why there is none.
    pub fn create(self, extents: &[f64], settings: &Attrs) -> Result<Tensor, Text> {
        let whole = |x: &f64| (x.fract() == 0.0 && *x >= 1.0).then_some(*x as usize);
        let mut extents = extents.iter().map(whole).collect::<Option<Vec<usize>>>().ok_or_else(not_made)?;
        match (self, extents.as_slice()) {
            (Self::Eye, [n]) => extents = vec![*n, *n],
            (Self::Eye, [_, _]) => {}
            (Self::Eye, _) => return Err(not_made()),
            _ => {}
        }
        let shape = Shape::from(extents);
        let count = shape.len();
        if shape.rank() > MAX_RANK || count > MOST_ELEMENTS {
            return Err(text(
                format!("축은 {MAX_RANK}개, 원소는 {MOST_ELEMENTS}개까지 만들 수 있습니다"),
                format!("a tensor may have {MAX_RANK} axes and {MOST_ELEMENTS} elements at most"),
            ));
        }
        let setting = |position| settings.number(position);
        Ok(match self {
            Self::Zeros => Tensor::filled(&shape, 0.0),
            Self::Ones => Tensor::filled(&shape, 1.0),
            Self::Eye => {
                let columns = shape.0[1];
                Tensor::new(&shape, (0..count).map(|i| f64::from(i / columns == i % columns)).collect())
            }
            Self::Normal => {
                let mut random = Random::seeded(setting(0));
                Tensor::new(&shape, (0..count).map(|_| setting(1) + setting(2) * random.normal()).collect())
            }
            Self::Uniform => {
                let mut random = Random::seeded(setting(0));
                let width = setting(2) - setting(1);
                Tensor::new(&shape, (0..count).map(|_| setting(1) + width * random.uniform()).collect())
            }
        })
    }
}
