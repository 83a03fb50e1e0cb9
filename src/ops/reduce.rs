//! Reductions along axes, and what their rules need: the copies of a gradient that go back to what was reduced.

use super::{
    Attr, AttrDefault, AttrKind, AttrValue, Attrs, BLANK, Family, Forward, Op, Rule, Spelling, call, phrase,
    spelled_by_rules,
};
use crate::lang::{Text, text};
use crate::tensor::{MAX_RANK, Shape, Strides, View, ViewMut, position, strides_of, walk};

/// What the rows of this file have in common.
const TENSOR: Op = Op { family: Family::Tensor, ..BLANK };

pub(super) const AXIS: Attr = Attr { name: "axis", kind: AttrKind::Integers, default: AttrDefault::Absent };
pub(super) const KEEPDIMS: Attr = Attr { name: "keepdims", kind: AttrKind::Flag, default: AttrDefault::Flag(false) };

pub const OPS: &[Op] = &[
    Op {
        name: "sum",
        title: phrase("합", "sum"),
        glyph: "Σ",
        attrs: &[AXIS, KEEPDIMS],
        forward: Forward::Structural {
            shape: reduced_shape,
            kernel: |x, attrs, out| reduce(x[0], attrs, out, 0.0, |sum, x| sum + x),
        },
        rule: Rule::Vjp(|_| &["spread(g, a, axis=axis, keepdims=keepdims)"]),
        spelling: Spelling {
            latex: call(r"\sum #1"),
            js: call("bp.sum(#1, #axis)"),
            torch: call("torch.sum(#1, dim=#axis, keepdim=#keepdims)"),
            jax: call("jnp.sum(#1, axis=#axis, keepdims=#keepdims)"),
            tensorflow: call("tf.reduce_sum(#1, axis=#axis, keepdims=#keepdims)"),
            numpy: call("np.sum(#1, axis=#axis, keepdims=#keepdims)"),
        },
        about: phrase(
            "원소를 모두 더한다. axis를 주면 그 축을 따라서만 더한다. 역전파에서는 상류에서 온 기울기를 더했던 모든 원소에 그대로 복사한다.",
            "Adds all elements, or those along `axis`. In the backward pass every element that was added gets a copy of the upstream gradient.",
        ),
        examples: &[
            "a = [[1, 2], [3, 4]]\ny = sum(a)\nexpect y = 10\nexpect dy/da[1,0] = 1",
            "a = [[1, 2], [3, 4]]\nr = sum(a, axis=1)\ny = sum(r * r)\nexpect y = 58\nexpect dy/da[0,0] = 6\nexpect dy/da[1,1] = 14",
        ],
        ..TENSOR
    },
    Op {
        name: "mean",
        title: phrase("평균", "mean"),
        glyph: "mean",
        attrs: &[AXIS, KEEPDIMS],
        forward: Forward::Structural {
            shape: reduced_shape,
            kernel: |x, attrs, out| {
                let count = (x[0].elements.len() / out.elements.len().max(1)) as f64;
                reduce(x[0], attrs, out, 0.0, |sum, x| sum + x);
                out.elements.iter_mut().for_each(|y| *y /= count);
            },
        },
        rule: Rule::Vjp(|_| &["spread(g / count(a, axis=axis), a, axis=axis, keepdims=keepdims)"]),
        spelling: Spelling {
            latex: call(r"\operatorname{mean}(#1)"),
            js: call("bp.mean(#1, #axis)"),
            torch: call("torch.mean(#1, dim=#axis, keepdim=#keepdims)"),
            jax: call("jnp.mean(#1, axis=#axis, keepdims=#keepdims)"),
            tensorflow: call("tf.reduce_mean(#1, axis=#axis, keepdims=#keepdims)"),
            numpy: call("np.mean(#1, axis=#axis, keepdims=#keepdims)"),
        },
        about: phrase(
            "원소의 평균이다. axis를 주면 그 축을 따라서만 평균한다. 역전파에서는 상류에서 온 기울기를 원소 수로 나누어 고르게 나누어 준다.",
            "The mean of all elements, or along `axis`. In the backward pass the upstream gradient is divided by the number of elements and handed to each.",
        ),
        examples: &["a = [1, 2, 6]\ny = mean(a)\nexpect y = 3\nexpect dy/da[2] = 0.3333"],
        ..TENSOR
    },
    Op {
        // The upstream gradient of a reduction, copied to every element that was reduced.
        name: "spread",
        glyph: "copy",
        spelling: spelled_by_rules(r"\operatorname{copy}(#1)"),
        inputs: &["a", "like"],
        attrs: &[AXIS, KEEPDIMS],
        forward: Forward::Structural {
            shape: |shapes, _| Ok(shapes[1].clone()),
            kernel: |x, attrs, out| {
                let strides = reduced_strides(attrs, out.extents);
                walk(out.extents, &strides, |place, offset| out.elements[place] = x[0].elements[offset]);
            },
        },
        rule: Rule::Vjp(|_| &["sum(g, axis=axis, keepdims=keepdims)", ""]),
        ..BLANK
    },
    Op {
        // The gradient of an operand that was broadcast, summed back to the operand's shape.
        name: "sum_to",
        glyph: "Σ",
        spelling: spelled_by_rules(r"\operatorname{sum}(#1)"),
        inputs: &["a", "like"],
        forward: Forward::Structural { shape: |shapes, _| Ok(shapes[1].clone()), kernel: |x, _, out| x[0].sum_to(out) },
        rule: Rule::Vjp(|_| &["stretch(g, a)", ""]),
        ..BLANK
    },
    Op {
        name: "stretch",
        glyph: "copy",
        spelling: spelled_by_rules(r"\operatorname{copy}(#1)"),
        inputs: &["a", "like"],
        forward: Forward::Structural {
            shape: |shapes, _| Ok(shapes[1].clone()),
            kernel: |x, _, out| x[0].stretch_to(out),
        },
        rule: Rule::Vjp(|_| &["sum_to(g, a)", ""]),
        ..BLANK
    },
    Op {
        // The number of elements that a reduction reduces to one.
        name: "count",
        inputs: &["like"],
        glyph: "n",
        spelling: spelled_by_rules("n"),
        attrs: &[AXIS],
        forward: Forward::Structural {
            shape: |_, _| Ok(Shape::SCALAR),
            kernel: |x, attrs, out| {
                let is_reduced = reduced_axes(attrs, x[0].extents);
                out.elements[0] =
                    x[0].extents.iter().zip(is_reduced).filter(|(_, is)| *is).map(|(n, _)| *n as f64).product();
            },
        },
        ..BLANK
    },
];

/// Which axes the attribute `axis` (the first) names; all where it is absent.
fn reduced_axes(attrs: &Attrs, extents: &[usize]) -> [bool; MAX_RANK] {
    let mut is_reduced = [false; MAX_RANK];
    match attrs.0.first() {
        Some(AttrValue::Integers(given)) => {
            given.iter().filter_map(|axis| position(*axis, extents.len())).for_each(|axis| is_reduced[axis] = true);
        }
        _ => is_reduced[..extents.len()].fill(true),
    }
    is_reduced
}

/// The shape of a reduction along `axis`, the first attribute, with or without `keepdims`, the second.
pub(super) fn reduced_shape(shapes: &[&Shape], attrs: &Attrs) -> Result<Shape, Text> {
    let shape = shapes[0];
    let mut seen = [false; MAX_RANK];
    if let Some(AttrValue::Integers(given)) = attrs.0.first() {
        for &axis in given {
            match position(axis, shape.rank()) {
                Some(axis) if !seen[axis] => seen[axis] = true,
                _ => {
                    return Err(text(
                        format!("#1의 형상 {shape}에는 축 {axis}를 쓸 수 없습니다"),
                        format!("axis {axis} does not fit #1, whose shape is {shape}"),
                    ));
                }
            }
        }
    }
    let is_reduced = reduced_axes(attrs, &shape.0);
    let keepdims = attrs.flag(1);
    let extents = shape.0.iter().zip(is_reduced).filter_map(|(&n, is_reduced)| match (is_reduced, keepdims) {
        (false, _) => Some(n),
        (true, true) => Some(1),
        (true, false) => None,
    });
    Ok(Shape(extents.collect()))
}

/// The strides with which the result of a reduction is walked as the tensor that was reduced.
fn reduced_strides(attrs: &Attrs, extents: &[usize]) -> Strides {
    let is_reduced = reduced_axes(attrs, extents);
    let mut kept = [1; MAX_RANK];
    (0..extents.len()).filter(|axis| !is_reduced[*axis]).for_each(|axis| kept[axis] = extents[axis]);
    let mut strides = strides_of(&kept[..extents.len()]);
    (0..extents.len()).filter(|axis| is_reduced[*axis]).for_each(|axis| strides[axis] = 0);
    strides
}

/// Folds the elements along the reduced axes, in row-major order.
fn reduce(x: View<'_>, attrs: &Attrs, out: &mut ViewMut<'_>, start: f64, fold: impl Fn(f64, f64) -> f64) {
    out.elements.fill(start);
    let strides = reduced_strides(attrs, x.extents);
    walk(x.extents, &strides, |place, offset| out.elements[offset] = fold(out.elements[offset], x.elements[place]));
}
