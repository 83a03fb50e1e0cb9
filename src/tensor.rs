//! Values. In: numbers and arrays; out: tensors of float64 in row-major order, where a scalar is a tensor of
//! rank 0 that costs no allocation, and the one way of walking them that broadcasting, reductions and
//! transposes share. This room does not know any op.

use std::fmt;
use std::sync::Arc;
use thin_vec::ThinVec;

/// No tensor has more axes than this, so that walking one needs no allocation.
pub const MAX_RANK: usize = 8;

/// No tensor has more elements than this, whatever the limits of a project say: what is computed on the way to a result
/// is held to it, too.
pub const MOST_ELEMENTS: usize = 10_000_000;

/// The extent along each axis; empty for a scalar. As thin as a pointer, since a graph has one for each node.
#[derive(Clone, Default, Eq)]
pub struct Shape(pub ThinVec<usize>);

/// By hand, since scalars are compared at every edge of a graph, and comparing two empty lists as memory reads (masked
/// out, but slowly) where they point: at nothing.
impl PartialEq for Shape {
    fn eq(&self, other: &Self) -> bool {
        self.rank() == other.rank() && self.0.iter().zip(&other.0).all(|(a, b)| a == b)
    }
}

impl From<&[usize]> for Shape {
    fn from(extents: &[usize]) -> Self {
        Self(extents.into())
    }
}

impl From<Vec<usize>> for Shape {
    fn from(extents: Vec<usize>) -> Self {
        extents.as_slice().into()
    }
}

impl<const RANK: usize> From<[usize; RANK]> for Shape {
    fn from(extents: [usize; RANK]) -> Self {
        extents.as_slice().into()
    }
}

impl Shape {
    /// The shape of a scalar.
    pub const SCALAR: Self = Self(ThinVec::new());

    /// The number of axes.
    pub fn rank(&self) -> usize {
        self.0.len()
    }

    /// The number of elements; the largest number there is where it is larger, which no limit allows.
    pub fn len(&self) -> usize {
        self.0.iter().fold(1, |count, n| count.saturating_mul(*n))
    }

    /// Whether there is no element.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The shape that both broadcast to by NumPy's rule (axes are aligned from the last; an extent of 1
    /// stretches), or `None` where they disagree.
    pub fn broadcast(&self, other: &Self) -> Option<Self> {
        let rank = self.rank().max(other.rank());
        let extent = |shape: &Self, axis: usize| (axis + shape.rank()).checked_sub(rank).map_or(1, |i| shape.0[i]);
        (0..rank)
            .map(|axis| match (extent(self, axis), extent(other, axis)) {
                (a, b) if a == b => Some(a),
                (1, b) => Some(b),
                (a, 1) => Some(a),
                _ => None,
            })
            .collect::<Option<ThinVec<_>>>()
            .map(Self)
    }
}

/// As Python writes a shape: `()`, `(3,)`, `(4, 2)`.
impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.as_slice() {
            [n] => write!(f, "({n},)"),
            extents => write!(f, "({})", extents.iter().map(usize::to_string).collect::<Vec<_>>().join(", ")),
        }
    }
}

impl fmt::Debug for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// A tensor of float64.
#[derive(Clone, Debug, PartialEq)]
pub enum Tensor {
    /// Rank 0.
    Scalar(f64),
    /// Rank 1 or more.
    Array(Arc<Array>),
}

/// The elements of a tensor of rank 1 or more.
#[derive(Debug, PartialEq)]
pub struct Array {
    shape: Shape,
    elements: Vec<f64>,
}

/// A tensor as a kernel sees it: elements in row-major order with the extents of their axes.
#[derive(Clone, Copy, Debug)]
pub struct View<'a> {
    /// The extent along each axis.
    pub extents: &'a [usize],
    /// The elements.
    pub elements: &'a [f64],
}

/// Where a kernel writes its result.
#[derive(Debug)]
pub struct ViewMut<'a> {
    /// The extent along each axis.
    pub extents: &'a [usize],
    /// The elements, of no particular value before the kernel has run.
    pub elements: &'a mut [f64],
}

impl From<f64> for Tensor {
    fn from(x: f64) -> Self {
        Self::Scalar(x)
    }
}

impl Tensor {
    /// A tensor of `shape` from its elements in row-major order.
    ///
    /// # Panics
    /// If the number of elements does not fit the shape.
    pub fn new(shape: &Shape, elements: Vec<f64>) -> Self {
        assert_eq!(elements.len(), shape.len(), "as many elements as the shape {shape} holds");
        match elements.as_slice() {
            [x] if shape.rank() == 0 => Self::Scalar(*x),
            _ => Self::Array(Arc::new(Array { shape: shape.clone(), elements })),
        }
    }

    /// A tensor of `shape` with the same number everywhere.
    pub fn filled(shape: &Shape, x: f64) -> Self {
        if shape.rank() == 0 { Self::Scalar(x) } else { Self::new(shape, vec![x; shape.len()]) }
    }

    /// Its shape.
    pub fn shape(&self) -> Shape {
        Shape(self.view().extents.into())
    }

    /// The only element of a scalar, or `None`.
    pub fn as_scalar(&self) -> Option<f64> {
        match self {
            Self::Scalar(x) => Some(*x),
            Self::Array(_) => None,
        }
    }

    /// The elements in row-major order.
    pub fn elements(&self) -> &[f64] {
        self.view().elements
    }

    /// The tensor as kernels see it.
    pub fn view(&self) -> View<'_> {
        match self {
            Self::Scalar(x) => View { extents: &[], elements: std::slice::from_ref(x) },
            Self::Array(array) => View { extents: &array.shape.0, elements: &array.elements },
        }
    }

    /// The element at an index with one entry per axis; a negative entry counts from the end.
    pub fn at(&self, index: &[i64]) -> Option<f64> {
        let View { extents, elements } = self.view();
        if index.len() != extents.len() {
            return None;
        }
        let mut offset = 0;
        for (&i, &n) in index.iter().zip(extents) {
            offset = offset * n + position(i, n)?;
        }
        elements.get(offset).copied()
    }

    /// Whether every element is finite.
    pub fn is_finite(&self) -> bool {
        self.elements().iter().all(|x| x.is_finite())
    }
}

/// The place that `index` names among `n`; a negative index counts from the end.
pub fn position(index: i64, n: usize) -> Option<usize> {
    let from_start = if index < 0 { index + n as i64 } else { index };
    usize::try_from(from_start).ok().filter(|i| *i < n)
}

/// How far apart neighbours along each axis lie in memory.
pub type Strides = [usize; MAX_RANK];

/// The strides of a tensor in row-major order.
pub fn strides_of(extents: &[usize]) -> Strides {
    let mut strides = [0; MAX_RANK];
    let mut step = 1;
    for axis in (0..extents.len()).rev() {
        strides[axis] = step;
        step *= extents[axis];
    }
    strides
}

/// The strides with which a tensor of the extents `small` is walked as one of the extents `large`, to which it
/// broadcasts: 0 along every axis that is stretched.
pub fn broadcast_strides(small: &[usize], large: &[usize]) -> Strides {
    let own = strides_of(small);
    let mut strides = [0; MAX_RANK];
    let missing = large.len() - small.len();
    for (axis, &n) in small.iter().enumerate() {
        strides[missing + axis] = if n == large[missing + axis] { own[axis] } else { 0 };
    }
    strides
}

/// The offset that `strides` give for the index at a place in row-major order.
pub fn offset_at(mut place: usize, extents: &[usize], strides: &Strides) -> usize {
    let mut offset = 0;
    for (axis, &n) in extents.iter().enumerate().rev() {
        offset += place % n * strides[axis];
        place /= n;
    }
    offset
}

/// Visits every index of `extents` in row-major order: `visit` gets the place in that order and the offset that
/// `strides` give.
pub fn walk(extents: &[usize], strides: &Strides, mut visit: impl FnMut(usize, usize)) {
    let Some((&last, outer)) = extents.split_last() else { return visit(0, 0) };
    let step = strides[outer.len()];
    let rows: usize = outer.iter().product();
    let mut index = [0; MAX_RANK];
    let mut start = 0;
    let mut place = 0;
    for _ in 0..rows {
        for i in 0..last {
            visit(place, start + i * step);
            place += 1;
        }
        for axis in (0..outer.len()).rev() {
            index[axis] += 1;
            start += strides[axis];
            if index[axis] < outer[axis] {
                break;
            }
            start -= strides[axis] * outer[axis];
            index[axis] = 0;
        }
    }
}

impl View<'_> {
    /// Copies the elements to `out`, to whose extents the tensor broadcasts.
    pub fn stretch_to(self, out: &mut ViewMut<'_>) {
        if let [x] = self.elements {
            return out.elements.fill(*x);
        }
        // Only axes in front are missing: the same elements again and again.
        if out.extents.ends_with(self.extents) {
            let copies = out.elements.chunks_exact_mut(self.elements.len().max(1));
            return copies.for_each(|copy| copy.copy_from_slice(self.elements));
        }
        let strides = broadcast_strides(self.extents, out.extents);
        walk(out.extents, &strides, |place, offset| out.elements[place] = self.elements[offset]);
    }

    /// The opposite of broadcasting: sums the elements into `out`, which broadcasts to this tensor's extents.
    pub fn sum_to(self, out: &mut ViewMut<'_>) {
        out.elements.fill(0.0);
        if self.extents.ends_with(out.extents) {
            for part in self.elements.chunks_exact(out.elements.len().max(1)) {
                out.elements.iter_mut().zip(part).for_each(|(sum, x)| *sum += x);
            }
            return;
        }
        let strides = broadcast_strides(out.extents, self.extents);
        walk(self.extents, &strides, |place, offset| out.elements[offset] += self.elements[place]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_broadcast_as_in_numpy() {
        let shape = |s: &[usize]| Shape(s.into());
        for (a, b, expected) in [
            (&[][..], &[][..], Some(&[][..])),
            (&[], &[3], Some(&[3])),
            (&[4, 1], &[3], Some(&[4, 3])),
            (&[2, 1, 3], &[5, 1], Some(&[2, 5, 3])),
            (&[2], &[3], None),
            (&[0], &[1], Some(&[0])),
        ] {
            assert_eq!(shape(a).broadcast(&shape(b)), expected.map(shape), "{a:?} {b:?}");
        }
    }
}
