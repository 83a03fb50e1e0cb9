//! Where programs write an op in another way than usual: shapes that a framework's function does not take, kinks at which it
//! has another derivative, digits that it loses.

use super::{AttrValue, Attrs, Form, Phrase, phrase};
use crate::tensor::{Shape, View, broadcast_strides, offset_at, walk};

/// Another way to write an op in programs, for where the usual one is refused or gives other numbers than bpdoc.
#[derive(Clone, Copy, Debug)]
pub struct Variant {
    /// Where it applies, by the values of the inputs.
    pub when: fn(&[View<'_>], &Attrs) -> bool,
    /// What makes it necessary.
    pub why: Why,
    /// PyTorch, where it needs another form here.
    pub torch: Option<Form>,
    /// JAX, likewise.
    pub jax: Option<Form>,
    /// TensorFlow, likewise.
    pub tensorflow: Option<Form>,
    /// NumPy, likewise.
    pub numpy: Option<Form>,
}

impl Variant {
    /// A variant in no language; those that need it are named.
    pub(super) const fn when(why: Why, when: fn(&[View<'_>], &Attrs) -> bool) -> Self {
        Self { when, why, torch: None, jax: None, tensorflow: None, numpy: None }
    }

    /// The same form in all languages.
    pub(super) const fn in_code(when: fn(&[View<'_>], &Attrs) -> bool, code: Form) -> Self {
        let code = Some(code);
        Self { when, why: Why::Shape, torch: code, jax: code, tensorflow: code, numpy: code }
    }
}

/// What makes another way of writing an op necessary.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// Shapes or attributes that the usual function does not take.
    Shape,
    /// A kink or an edge where the usual function has another derivative.
    Kink,
    /// The usual function loses digits here.
    Digits,
    /// The derivatives for the operands at these places are others than bpdoc's, and no form mends that.
    Differs(&'static [usize]),
}

impl Why {
    /// What a comment says, with `#` for the framework; nothing where a reader would not wonder.
    pub const fn words(self) -> Option<Phrase> {
        Some(match self {
            Self::Shape => return None,
            Self::Kink => phrase(
                "#의 함수는 이 점에서 기울기가 달라 풀어 쓴다",
                "#'s own function has another derivative at this point",
            ),
            Self::Digits => phrase("#의 함수는 여기서 자릿수를 잃어 풀어 쓴다", "#'s own function loses digits here"),
            Self::Differs(_) => phrase(
                "이 점에서 #의 기울기는 이 페이지와 다르다",
                "at this point # has another gradient than the page",
            ),
        })
    }
}

/// Whether `holds` for any element.
pub(super) fn any(x: View<'_>, holds: impl Fn(f64) -> bool) -> bool {
    x.elements.iter().any(|x| holds(*x))
}

/// Whether `holds` for any pair of elements, after broadcasting.
pub(super) fn any_pair(x: &[View<'_>], holds: impl Fn(f64, f64) -> bool) -> bool {
    let [a, b] = [x[0], x[1]];
    let Some(Shape(extents)) = Shape::from(a.extents).broadcast(&Shape::from(b.extents)) else { return false };
    let of_b = broadcast_strides(b.extents, &extents);
    let mut is_found = false;
    walk(&extents, &broadcast_strides(a.extents, &extents), |place, at| {
        is_found |= holds(a.elements[at], b.elements[offset_at(place, &extents, &of_b)]);
    });
    is_found
}

/// Whether the first attribute, an axis, is left out.
pub(super) fn is_absent(attrs: &Attrs) -> bool {
    attrs.0.first() == Some(&AttrValue::Absent)
}

/// The ranks of two inputs.
pub(super) fn ranks(x: &[View<'_>]) -> (usize, usize) {
    (x[0].extents.len(), x[1].extents.len())
}

/// Whether the rows along the last axis add up to 1, as probabilities do.
pub(super) fn adds_up_to_one(x: View<'_>) -> bool {
    let n = x.extents.last().copied().unwrap_or(1).max(1);
    x.elements.chunks_exact(n).all(|row| (row.iter().sum::<f64>() - 1.0).abs() < 1e-12)
}
