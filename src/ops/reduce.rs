//! Reductions along axes, and what their rules need: the copies of a gradient that go back to what was reduced.

use super::level::CALL;
use super::summation::{self, BLOCK};
use super::variant::is_absent;
use super::{
    Attr, AttrDefault, AttrKind, AttrValue, Attrs, BLANK, Family, Forward, Op, Rule, Spelling, Variant, Why, call,
    helpers, phrase, spelled_by_rules, tight,
};
use crate::lang::{Text, text};
use crate::tensor::{MAX_RANK, Shape, Strides, View, ViewMut, position, strides_of, walk};
use std::collections::BTreeMap;

/// What the rows of this file have in common.
const TENSOR: Op = Op { family: Family::Tensor, ..BLANK };

pub(super) const AXIS: Attr =
    Attr { name: "axis", kind: AttrKind::Integers, default: AttrDefault::Absent, needs: None };
pub(super) const KEEPDIMS: Attr =
    Attr { name: "keepdims", kind: AttrKind::Flag, default: AttrDefault::Flag(false), needs: None };

/// An axis, or all elements in one row.
pub(super) const ONE_AXIS: Attr =
    Attr { name: "axis", kind: AttrKind::Integer, default: AttrDefault::Absent, needs: None };

/// What reductions have in common.
const REDUCTION: Op = Op { attrs: &[AXIS, KEEPDIMS], ..TENSOR };

/// The gradient goes to the elements that are the result, in equal shares.
const EXTREME: Rule = Rule::Vjp(|_| {
    &[
        "where(a == spread(y, a, axis=axis, keepdims=keepdims), spread(g / sum(a == spread(y, a, axis=axis, keepdims=keepdims), axis=axis, keepdims=keepdims), a, axis=axis, keepdims=keepdims), 0)",
    ]
});

pub const OPS: &[Op] = &[
    Op {
        name: "sum",
        title: phrase("합", "sum"),
        glyph: "Σ",
        attrs: &[AXIS, KEEPDIMS],
        forward: Forward::Structural {
            shape: reduced_shape,
            kernel: |x, attrs, out| {
                // Short sums are added up as the elements lie in memory, which gives the same bits.
                if x[0].elements.len() <= BLOCK * out.elements.len() {
                    reduce(x[0], attrs, out, 0.0, |sum, x| sum + x);
                } else {
                    each_lane(x[0], attrs, out, |_, lane| summation::total(lane));
                }
            },
        },
        rule: Rule::Vjp(|_| &["spread(g, a, axis=axis, keepdims=keepdims)"]),
        spelling: Spelling {
            latex: call(r"\sum #1"),
            js: call("bp.sum(#0, #1, #axis)"),
            torch: call("torch.sum(#1, dim=#axis, keepdim=#keepdims)"),
            jax: call("jnp.sum(#1, axis=#axis, keepdims=#keepdims)"),
            tensorflow: call("tf.reduce_sum(#1, axis=#axis, keepdims=#keepdims)"),
            numpy: call("np.sum(#1, axis=#axis, keepdims=#keepdims)"),
        },
        variants: &[Variant {
            torch: Some(call("torch.sum(#1, dim=None, keepdim=True)")),
            ..Variant::when(Why::Shape, |_, attrs| is_absent(attrs) && attrs.flag(1))
        }],
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
            kernel: |x, attrs, out| each_lane(x[0], attrs, out, |n, lane| summation::mean(n, lane)),
        },
        rule: Rule::Vjp(|_| &["spread(g / count(a, axis=axis), a, axis=axis, keepdims=keepdims)"]),
        spelling: Spelling {
            latex: call(r"\operatorname{mean}\!\left(#1\right)"),
            js: call("bp.mean(#0, #1, #axis)"),
            torch: call("torch.mean(#1, dim=#axis, keepdim=#keepdims)"),
            jax: call("jnp.mean(#1, axis=#axis, keepdims=#keepdims)"),
            tensorflow: call("tf.reduce_mean(#1, axis=#axis, keepdims=#keepdims)"),
            numpy: call("np.mean(#1, axis=#axis, keepdims=#keepdims)"),
        },
        variants: &[Variant {
            torch: Some(call("torch.mean(#1, dim=None, keepdim=True)")),
            ..Variant::when(Why::Shape, |_, attrs| is_absent(attrs) && attrs.flag(1))
        }],
        about: phrase(
            "원소의 평균이다. axis를 주면 그 축을 따라서만 평균한다. 역전파에서는 상류에서 온 기울기를 원소 수로 나누어 고르게 나누어 준다.",
            "The mean of all elements, or along `axis`. In the backward pass the upstream gradient is divided by the number of elements and handed to each.",
        ),
        examples: &["a = [1, 2, 6]\ny = mean(a)\nexpect y = 3\nexpect dy/da[2] = 0.3333"],
        ..TENSOR
    },
    Op {
        name: "var",
        title: phrase("분산", "variance"),
        glyph: "var",
        forward: Forward::Structural {
            shape: reduced_shape,
            kernel: |x, attrs, out| each_lane(x[0], attrs, out, |n, lane| summation::moments(n, lane).1),
        },
        rule: Rule::Vjp(|_| {
            &[
                "spread(2 * g / count(a, axis=axis), a, axis=axis, keepdims=keepdims) * (a - mean(a, axis=axis, keepdims=true))",
            ]
        }),
        spelling: Spelling {
            latex: call(r"\operatorname{var}\!\left(#1\right)"),
            js: call("bp.variance(#0, #1, #axis)"),
            torch: call("torch.var(#1, dim=#axis, correction=0, keepdim=#keepdims)"),
            jax: call("jnp.var(#1, axis=#axis, keepdims=#keepdims)"),
            tensorflow: call("tf.math.reduce_variance(#1, axis=#axis, keepdims=#keepdims)"),
            numpy: call("np.var(#1, axis=#axis, keepdims=#keepdims)"),
        },
        about: phrase(
            "평균에서 떨어진 거리의 제곱을 평균한다. N으로 나누므로 NumPy, JAX, TensorFlow와 같고, N − 1로 나누는 PyTorch의 기본값과는 다르다. 역전파에서는 원소마다 평균과의 차에 2/N을 곱해 보낸다.",
            "The mean of the squared distances from the mean. It divides by N, as NumPy, JAX and TensorFlow do; PyTorch divides by N − 1 unless told otherwise. In the backward pass each element gets its distance from the mean times 2/N.",
        ),
        examples: &[
            "a = [1, 2, 6]\ny = var(a)\nexpect y = 4.6667\nexpect dy/da[2] = 2",
            "a = [[1, 3], [2, 8]]\ny = sum(var(a, axis=1) * [1, 10])\nexpect y = 91\nexpect dy/da[0,0] = -1\nexpect dy/da[1,1] = 30",
        ],
        ..REDUCTION
    },
    Op {
        name: "std",
        title: phrase("표준편차", "standard deviation"),
        glyph: "std",
        forward: Forward::Structural {
            shape: reduced_shape,
            kernel: |x, attrs, out| each_lane(x[0], attrs, out, |n, lane| summation::deviation(n, lane)),
        },
        rule: Rule::Vjp(|_| {
            &[
                "spread(g / (where(y == 0, 1, y) * count(a, axis=axis)), a, axis=axis, keepdims=keepdims) * (a - mean(a, axis=axis, keepdims=true))",
            ]
        }),
        spelling: Spelling {
            latex: call(r"\operatorname{std}\!\left(#1\right)"),
            js: call("bp.std(#0, #1, #axis)"),
            torch: call("torch.std(#1, dim=#axis, correction=0, keepdim=#keepdims)"),
            jax: call("jnp.std(#1, axis=#axis, keepdims=#keepdims)"),
            tensorflow: call("tf.math.reduce_std(#1, axis=#axis, keepdims=#keepdims)"),
            numpy: call("np.std(#1, axis=#axis, keepdims=#keepdims)"),
        },
        variants: &[Variant {
            jax: Some(call("root(jnp.var(#1, axis=#axis, keepdims=#keepdims))").with(helpers::JAX_ROOT)),
            tensorflow: Some(
                call("root(tf.math.reduce_variance(#1, axis=#axis, keepdims=#keepdims))")
                    .with(helpers::TENSORFLOW_ROOT),
            ),
            ..Variant::when(Why::Kink, |x, attrs| has_flat_lane(x[0], attrs, |_| true))
        }],
        about: phrase(
            "분산의 제곱근이다. N으로 나눈다. 모든 원소가 같으면 미분할 수 없으며, 여기서는 최소 노름 열미분인 0을 쓴다. PyTorch도 0이고, JAX와 TensorFlow는 NaN이다.",
            "The square root of the variance, which divides by N. Where all elements are equal it has no derivative; bpdoc uses the minimum-norm subgradient 0. PyTorch gives 0, too; JAX and TensorFlow give NaN.",
        ),
        examples: &[
            "a = [1, 3]\ny = std(a)\nexpect y = 1\nexpect dy/da[0] = -0.5\nexpect dy/da[1] = 0.5",
            "a = [1, 1]\ny = std(a)\nexpect y = 0\nexpect dy/da[0] = 0",
        ],
        ..REDUCTION
    },
    Op {
        name: "norm",
        title: phrase("노름", "norm"),
        glyph: "‖·‖",
        forward: Forward::Structural {
            shape: reduced_shape,
            // One hypotenuse after the other: no square can overflow.
            kernel: |x, attrs, out| reduce(x[0], attrs, out, 0.0, libm::hypot),
        },
        rule: Rule::Vjp(|_| {
            &[
                "spread(g, a, axis=axis, keepdims=keepdims) * (a / spread(where(y == 0, 1, y), a, axis=axis, keepdims=keepdims))",
            ]
        }),
        replaces: &["sqrt(sum(a^2))", "sqrt(sum(a * a))", "sqrt(sum(square(a)))"],
        spelling: Spelling {
            latex: call(r"\left\lVert #1 \right\rVert"),
            js: call("bp.norm(#0, #1, #axis)"),
            torch: call("torch.linalg.vector_norm(#1, dim=#axis, keepdim=#keepdims)"),
            jax: call("jnp.sqrt(jnp.sum(jnp.square(#1), axis=#axis, keepdims=#keepdims))"),
            tensorflow: call("tf.sqrt(tf.reduce_sum(tf.square(#1), axis=#axis, keepdims=#keepdims))"),
            numpy: call("np.sqrt(np.sum(np.square(#1), axis=#axis, keepdims=#keepdims))"),
        },
        variants: &[Variant {
            jax: Some(call("root(jnp.sum(jnp.square(#1), axis=#axis, keepdims=#keepdims))").with(helpers::JAX_ROOT)),
            tensorflow: Some(
                call("root(tf.reduce_sum(tf.square(#1), axis=#axis, keepdims=#keepdims))")
                    .with(helpers::TENSORFLOW_ROOT),
            ),
            ..Variant::when(Why::Kink, |x, attrs| has_flat_lane(x[0], attrs, |a| a == 0.0))
        }],
        about: phrase(
            "유클리드 노름, 곧 원소 제곱의 합의 제곱근이다. 기울기는 같은 방향의 단위 벡터이다. 영벡터에서는 미분할 수 없으며, 여기서는 최소 노름 열미분인 0을 쓴다. PyTorch도 0이고, JAX와 TensorFlow는 NaN이다.",
            "The Euclidean norm: the square root of the sum of squares. Its gradient is the unit vector in the same direction. At the zero vector it has no derivative; bpdoc uses the minimum-norm subgradient 0. PyTorch gives 0, too; JAX and TensorFlow give NaN.",
        ),
        examples: &[
            "a = [3, -4]\ny = norm(a)\nexpect y = 5\nexpect dy/da[0] = 0.6\nexpect dy/da[1] = -0.8",
            "a = [0, 0]\ny = norm(a)\nexpect y = 0\nexpect dy/da[0] = 0",
            "a = [[3, 4], [5, 12]]\ny = sum(norm(a, axis=1, keepdims=true) * [[1], [2]])\nexpect y = 31\nexpect dy/da[1,0] = 0.769",
        ],
        ..REDUCTION
    },
    Op {
        name: "max_axis",
        title: phrase("축을 따른 최댓값", "maximum along an axis"),
        glyph: "max",
        forward: Forward::Structural {
            shape: reduced_shape,
            kernel: |x, attrs, out| reduce(x[0], attrs, out, f64::NEG_INFINITY, |best, x| choose(best, x, x > best)),
        },
        rule: EXTREME,
        spelling: Spelling {
            latex: call(r"\max #1"),
            js: call("bp.maxAxis(#0, #1, #axis)"),
            torch: call("torch.amax(#1, dim=#axis, keepdim=#keepdims)"),
            jax: call("jnp.max(#1, axis=#axis, keepdims=#keepdims)"),
            tensorflow: call("tf.reduce_max(#1, axis=#axis, keepdims=#keepdims)"),
            numpy: call("np.max(#1, axis=#axis, keepdims=#keepdims)"),
        },
        about: phrase(
            "가장 큰 원소이다. 기울기는 그 원소에만 간다. 가장 큰 원소가 여럿이면 고르게 나누며, PyTorch의 amax, JAX, TensorFlow도 같다. 한 자리만 고르는 torch.max(dim)과는 다르다.",
            "The largest element. The gradient goes to that element alone. Several largest ones share it evenly, as in PyTorch's amax, JAX and TensorFlow; torch.max(dim) picks one place instead.",
        ),
        examples: &[
            "a = [1, 5, 2]\ny = max_axis(a)\nexpect y = 5\nexpect dy/da[1] = 1\nexpect dy/da[0] = 0",
            "a = [3, 3]\ny = max_axis(a)\nexpect dy/da[0] = 0.5\nexpect dy/da[1] = 0.5",
            "a = [[1, 4], [6, 2]]\ny = sum(max_axis(a, axis=-1) * [1, 10])\nexpect y = 64\nexpect dy/da[1,0] = 10",
        ],
        ..REDUCTION
    },
    Op {
        name: "min_axis",
        title: phrase("축을 따른 최솟값", "minimum along an axis"),
        glyph: "min",
        forward: Forward::Structural {
            shape: reduced_shape,
            kernel: |x, attrs, out| reduce(x[0], attrs, out, f64::INFINITY, |best, x| choose(best, x, x < best)),
        },
        rule: EXTREME,
        spelling: Spelling {
            latex: call(r"\min #1"),
            js: call("bp.minAxis(#0, #1, #axis)"),
            torch: call("torch.amin(#1, dim=#axis, keepdim=#keepdims)"),
            jax: call("jnp.min(#1, axis=#axis, keepdims=#keepdims)"),
            tensorflow: call("tf.reduce_min(#1, axis=#axis, keepdims=#keepdims)"),
            numpy: call("np.min(#1, axis=#axis, keepdims=#keepdims)"),
        },
        about: phrase(
            "가장 작은 원소이다. 기울기는 그 원소에만 가고, 여럿이면 고르게 나눈다. PyTorch의 amin, JAX, TensorFlow도 같다.",
            "The smallest element. The gradient goes to that element alone; several smallest ones share it evenly, as in PyTorch's amin, JAX and TensorFlow.",
        ),
        examples: &["a = [4, 1, 1]\ny = min_axis(a)\nexpect y = 1\nexpect dy/da[1] = 0.5\nexpect dy/da[0] = 0"],
        ..REDUCTION
    },
    Op {
        name: "argmax",
        title: phrase("최댓값의 자리", "place of the maximum"),
        glyph: "argmax",
        forward: Forward::Structural { shape: argmax_shape, kernel: argmax },
        rule: Rule::Flat,
        spelling: Spelling {
            latex: call(r"\operatorname{argmax} #1"),
            js: call("bp.argmax(#0, #1, #axis)"),
            torch: call("torch.argmax(#1, dim=#axis, keepdim=#keepdims).double()"),
            jax: call("jnp.argmax(#1, axis=#axis, keepdims=#keepdims).astype(float)"),
            tensorflow: call("tf.cast(tf.argmax(#1, axis=#axis), tf.float64)"),
            numpy: call("np.argmax(#1, axis=#axis, keepdims=#keepdims).astype(float)"),
        },
        variants: &[
            Variant {
                tensorflow: Some(call("tf.reshape(tf.cast(tf.argmax(tf.reshape(#1, [-1])), tf.float64), #out)")),
                ..Variant::when(Why::Shape, |_, attrs| is_absent(attrs))
            },
            Variant {
                tensorflow: Some(call("tf.reshape(tf.cast(tf.argmax(#1, axis=#axis), tf.float64), #out)")),
                ..Variant::when(Why::Shape, |_, attrs| attrs.flag(1))
            },
        ],
        about: phrase(
            "가장 큰 원소가 몇 번째인지를 0부터 센 번호로 나타낸다. 여럿이면 첫 번째이다. axis가 없으면 한 줄로 펴서 센다. 값이 계단처럼 바뀌므로 기울기는 0이다.",
            "The place of the largest element, counted from 0; of several the first. Without `axis` the elements are counted in one row. It changes in steps, so no gradient passes.",
        ),
        examples: &[
            "a = [1, 7, 7]\ny = argmax(a)\nexpect y = 1\nexpect dy/da[1] = 0",
            "a = [[1, 9], [8, 2]]\ny = sum(argmax(a, axis=0) * [1, 10])\nexpect y = 1",
        ],
        ..REDUCTION
    },
    Op {
        name: "cumsum",
        title: phrase("누적합", "cumulative sum"),
        glyph: "Σ↓",
        attrs: &[ONE_AXIS],
        forward: Forward::Structural {
            shape: |shapes, attrs| {
                let _ = lanes_of(shapes[0], attrs)?;
                let is_flat = attrs.0.first() == Some(&AttrValue::Absent);
                Ok(if is_flat { Shape::from([shapes[0].len()]) } else { shapes[0].clone() })
            },
            kernel: |x, attrs, out| accumulate(x[0].extents, attrs, x[0].elements, out.elements, false),
        },
        rule: Rule::Vjp(|_| &["cumsum_back(g, a, axis=axis)"]),
        spelling: Spelling {
            latex: call(r"\operatorname{cumsum}\!\left(#1\right)"),
            js: call("bp.cumsum(#0, #1, #axis)"),
            torch: call("torch.cumsum(#1, dim=#axis)"),
            jax: call("jnp.cumsum(#1, axis=#axis)"),
            tensorflow: call("tf.cumsum(#1, axis=#axis)"),
            numpy: call("np.cumsum(#1, axis=#axis)"),
        },
        variants: &[Variant {
            torch: Some(call("torch.cumsum(torch.flatten(#1), dim=0)")),
            tensorflow: Some(call("tf.cumsum(tf.reshape(#1, [-1]))")),
            ..Variant::when(Why::Shape, |_, attrs| is_absent(attrs))
        }],
        about: phrase(
            "축을 따라 앞에서부터 더해 간다. axis가 없으면 한 줄로 펴서 더한다. 역전파에서는 뒤에서부터 더해 온다. 앞의 원소는 뒤의 모든 합에 들어 있기 때문이다.",
            "Adds up along an axis; without `axis`, along all elements in one row. In the backward pass the gradient is added up from the end, since an element is part of every sum behind it.",
        ),
        examples: &[
            "a = [1, 2, 3]\ny = sum(cumsum(a) * [1, 10, 100])\nexpect y = 631\nexpect dy/da[0] = 111\nexpect dy/da[2] = 100",
            "a = [[1, 2], [3, 4]]\ny = sum(cumsum(a, axis=0) * [[1, 1], [10, 100]])\nexpect y = 643\nexpect dy/da[0,1] = 101",
        ],
        ..TENSOR
    },
    Op {
        name: "cumsum_back",
        glyph: "Σ↑",
        inputs: &["a", "like"],
        attrs: &[ONE_AXIS],
        spelling: Spelling {
            torch: call("torch.flip(torch.cumsum(torch.flip(#1, [#axis]), dim=#axis), [#axis])"),
            jax: call("jnp.flip(jnp.cumsum(jnp.flip(#1, #axis), axis=#axis), #axis)"),
            tensorflow: call("tf.cumsum(#1, axis=#axis, reverse=True)"),
            numpy: call("np.flip(np.cumsum(np.flip(#1, #axis), axis=#axis), #axis)"),
            ..spelled_by_rules(r"\operatorname{cumsum}^{\leftarrow}\!\left(#1\right)", "bp.cumsumBack(#0, #1, #axis)")
        },
        variants: &[Variant {
            torch: Some(call("torch.reshape(torch.flip(torch.cumsum(torch.flip(#1, [0]), dim=0), [0]), #out)")),
            jax: Some(call("jnp.reshape(jnp.cumsum(#1[::-1])[::-1], #out)")),
            tensorflow: Some(call("tf.reshape(tf.cumsum(#1, reverse=True), #out)")),
            numpy: Some(call("np.reshape(np.cumsum(#1[::-1])[::-1], #out)")),
            ..Variant::when(Why::Shape, |_, attrs| is_absent(attrs))
        }],
        forward: Forward::Structural {
            shape: |shapes, _| Ok(shapes[1].clone()),
            kernel: |x, attrs, out| accumulate(x[1].extents, attrs, x[0].elements, out.elements, true),
        },
        rule: Rule::Vjp(|_| &["cumsum(g, axis=axis)", ""]),
        ..BLANK
    },
    Op {
        // The upstream gradient of a reduction, copied to every element that was reduced.
        name: "spread",
        glyph: "copy",
        spelling: Spelling {
            torch: call("spread(#1, [#axis], #out)").with(helpers::TORCH_SPREAD),
            jax: call("jnp.broadcast_to(jnp.expand_dims(#1, #axis), #out)"),
            tensorflow: call("spread(#1, [#axis], #out)").with(helpers::TENSORFLOW_SPREAD),
            numpy: call("np.broadcast_to(np.expand_dims(#1, #axis), #out)"),
            ..spelled_by_rules(r"\operatorname{copy}\!\left(#1\right)", "bp.spread(#0, #1, #axis)")
        },
        variants: &[Variant {
            torch: Some(call("torch.broadcast_to(#1, #out)")),
            jax: Some(call("jnp.broadcast_to(#1, #out)")),
            tensorflow: Some(call("tf.broadcast_to(#1, #out)")),
            numpy: Some(call("np.broadcast_to(#1, #out)")),
            ..Variant::when(Why::Shape, |_, attrs| is_absent(attrs) || attrs.flag(1))
        }],
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
        spelling: Spelling {
            torch: tight("#1.sum_to_size(#out)", CALL, CALL),
            jax: call("sum_to(#1, #out)").with(helpers::JAX_SUM_TO),
            tensorflow: call("sum_to(#1, #out)").with(helpers::TENSORFLOW_SUM_TO),
            numpy: call("sum_to(#1, #out)").with(helpers::NUMPY_SUM_TO),
            ..spelled_by_rules(r"\operatorname{sum}\!\left(#1\right)", "bp.sumTo(#0, #1)")
        },
        variants: &[
            Variant {
                torch: Some(call("torch.sum(#1)")),
                jax: Some(call("jnp.sum(#1)")),
                tensorflow: Some(call("tf.reduce_sum(#1)")),
                numpy: Some(call("np.sum(#1)")),
                ..Variant::when(Why::Shape, |x, _| x[1].extents.is_empty())
            },
            Variant {
                torch: Some(call("torch.sum(#1, dim=0)")),
                jax: Some(call("jnp.sum(#1, axis=0)")),
                tensorflow: Some(call("tf.reduce_sum(#1, axis=0)")),
                numpy: Some(call("np.sum(#1, axis=0)")),
                ..Variant::when(Why::Shape, |x, _| x[0].extents.get(1..) == Some(x[1].extents))
            },
        ],
        inputs: &["a", "like"],
        forward: Forward::Structural { shape: |shapes, _| Ok(shapes[1].clone()), kernel: |x, _, out| x[0].sum_to(out) },
        rule: Rule::Vjp(|_| &["stretch(g, a)", ""]),
        ..BLANK
    },
    Op {
        name: "stretch",
        glyph: "copy",
        spelling: Spelling {
            torch: call("torch.broadcast_to(#1, #out)"),
            jax: call("jnp.broadcast_to(#1, #out)"),
            tensorflow: call("tf.broadcast_to(#1, #out)"),
            numpy: call("np.broadcast_to(#1, #out)"),
            ..spelled_by_rules(r"\operatorname{copy}\!\left(#1\right)", "bp.stretch(#0, #1)")
        },
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
        spelling: spelled_by_rules("n", "bp.count(#0, #1, #axis)"),
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
        Some(AttrValue::Number(axis)) => {
            position(*axis as i64, extents.len()).into_iter().for_each(|axis| is_reduced[axis] = true);
        }
        _ => is_reduced[..extents.len()].fill(true),
    }
    is_reduced
}

/// The shape of a reduction along `axis`, the first attribute, with or without `keepdims`, the second.
pub(super) fn reduced_shape(shapes: &[&Shape], attrs: &Attrs) -> Result<Shape, Text> {
    let shape = shapes[0];
    let mut seen = [false; MAX_RANK];
    let one;
    let given: &[i64] = match attrs.0.first() {
        Some(AttrValue::Integers(given)) => given,
        Some(AttrValue::Number(axis)) => {
            one = [*axis as i64];
            &one
        }
        _ => &[],
    };
    {
        for &axis in given {
            match position(axis, shape.rank()) {
                Some(axis) if !seen[axis] => seen[axis] = true,
                Some(_) => {
                    return Err(text(format!("축 {axis}가 두 번 나옵니다"), format!("axis {axis} is named twice")));
                }
                None => return Err(no_axis(axis, shape)),
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

/// Whether among the numbers that are reduced to one entry all are equal, and `may_be` that number.
fn has_flat_lane(x: View<'_>, attrs: &Attrs, may_be: impl Fn(f64) -> bool) -> bool {
    let strides = reduced_strides(attrs, x.extents);
    let mut lanes: BTreeMap<usize, (f64, bool)> = BTreeMap::new();
    walk(x.extents, &strides, |place, lane| {
        let number = x.elements[place];
        let (first, is_flat) = lanes.entry(lane).or_insert((number, may_be(number)));
        *is_flat &= number == *first;
    });
    lanes.values().any(|(_, is_flat)| *is_flat)
}

/// The better of two numbers; a NaN stays.
fn choose(best: f64, x: f64, is_better: bool) -> f64 {
    if best.is_nan() || !(is_better || x.is_nan()) { best } else { x }
}

/// Writes `f` of the numbers that are reduced to each entry of the result, and of how many they are.
fn each_lane(
    x: View<'_>,
    attrs: &Attrs,
    out: &mut ViewMut<'_>,
    f: impl Fn(usize, &dyn Fn(&mut dyn FnMut(f64))) -> f64,
) {
    let strides = reduced_strides(attrs, x.extents);
    let is_reduced = reduced_axes(attrs, x.extents);
    let n = x.elements.len() / out.elements.len().max(1);
    for (at, y) in out.elements.iter_mut().enumerate() {
        *y = f(n, &|visit| walk_lane(x.extents, &strides, &is_reduced, at, |place| visit(x.elements[place])));
    }
}

/// Visits the places of a tensor that are reduced to the entry `at` of the result.
fn walk_lane(
    extents: &[usize],
    kept: &Strides,
    is_reduced: &[bool; MAX_RANK],
    at: usize,
    mut visit: impl FnMut(usize),
) {
    let own = strides_of(extents);
    let mut start = 0;
    let (mut inner, mut inner_strides, mut rank) = ([0; MAX_RANK], [0; MAX_RANK], 0);
    for (axis, &n) in extents.iter().enumerate() {
        if is_reduced[axis] {
            inner[rank] = n;
            inner_strides[rank] = own[axis];
            rank += 1;
        } else {
            start += at / kept[axis].max(1) % n * own[axis];
        }
    }
    walk(&inner[..rank], &inner_strides, |_, offset| visit(start + offset));
}

/// A tensor as lanes along the attribute `axis`, the first: (lanes before, length of a lane, step within a lane). Without
/// an axis all elements are one lane.
pub(super) fn lanes(extents: &[usize], attrs: &Attrs) -> Option<(usize, usize, usize)> {
    match attrs.integer(0) {
        None => Some((1, extents.iter().product(), 1)),
        Some(axis) => position(axis, extents.len())
            .map(|axis| (extents[..axis].iter().product(), extents[axis], extents[axis + 1..].iter().product())),
    }
}

/// As [`lanes`], or why there is no such axis.
pub(super) fn lanes_of(shape: &Shape, attrs: &Attrs) -> Result<(usize, usize, usize), Text> {
    lanes(&shape.0, attrs).ok_or_else(|| no_axis(attrs.integer(0).unwrap_or_default(), shape))
}

/// What is said where a shape has no such axis.
pub(super) fn no_axis(axis: i64, shape: &Shape) -> Text {
    if shape.rank() == 0 {
        return text(
            "#1은 수 하나여서 축이 없습니다. 벡터나 행렬을 주세요",
            "#1 is a single number and has no axis; give a vector or a matrix",
        );
    }
    text(
        format!("#1의 형상 {shape}에는 축 {axis}를 쓸 수 없습니다"),
        format!("axis {axis} does not fit #1, whose shape is {shape}"),
    )
}

fn argmax_shape(shapes: &[&Shape], attrs: &Attrs) -> Result<Shape, Text> {
    if matches!(attrs.0.first(), Some(AttrValue::Integers(axes)) if axes.len() != 1) {
        return Err(text("`argmax`의 `axis`는 축 하나입니다", "`argmax` takes one axis"));
    }
    reduced_shape(shapes, attrs)
}

fn argmax(x: &[View<'_>], attrs: &Attrs, out: &mut ViewMut<'_>) {
    let strides = reduced_strides(attrs, x[0].extents);
    let is_reduced = reduced_axes(attrs, x[0].extents);
    for at in 0..out.elements.len() {
        let (mut best, mut place_of_best, mut place) = (f64::NAN, 0, 0);
        walk_lane(x[0].extents, &strides, &is_reduced, at, |i| {
            let candidate = x[0].elements[i];
            if place == 0 || candidate > best || candidate.is_nan() && !best.is_nan() {
                (best, place_of_best) = (candidate, place);
            }
            place += 1;
        });
        out.elements[at] = place_of_best as f64;
    }
}

/// Adds up along lanes, from the start or from the end.
fn accumulate(extents: &[usize], attrs: &Attrs, x: &[f64], out: &mut [f64], from_the_end: bool) {
    let Some((before, n, step)) = lanes(extents, attrs) else { return out.fill(f64::NAN) };
    for lane in 0..before * step {
        let first = lane / step * n * step + lane % step;
        let mut sum = 0.0;
        for i in 0..n {
            let at = first + if from_the_end { n - 1 - i } else { i } * step;
            sum += x[at];
            out[at] = sum;
        }
    }
}
