//! Softmax and its kin.

use super::exponential::exp;
use super::reduce::{KEEPDIMS, lanes, lanes_of};
use super::{Attr, AttrDefault, AttrKind, Attrs, BLANK, Family, Forward, Op, Rule, Spelling, call, helpers, phrase};
use crate::lang::Text;
use crate::tensor::{Shape, View};

const LAST_AXIS: Attr = Attr { name: "axis", kind: AttrKind::Integer, default: AttrDefault::Number(-1.0), needs: None };

/// What the rows of this file have in common.
const SOFT: Op = Op { family: Family::Activation, attrs: &[LAST_AXIS], ..BLANK };

pub const OPS: &[Op] = &[
    Op {
        name: "softmax",
        title: phrase("소프트맥스", "softmax"),
        glyph: "softmax",
        forward: Forward::Structural {
            shape: same_shape,
            kernel: |x, attrs, out| each_lane(x[0], attrs, |max, sum, x| exp(x - max) / sum, out.elements),
        },
        rule: Rule::Vjp(|_| &["y * (g - sum(g * y, axis=axis, keepdims=true))"]),
        replaces: &["exp(a) / sum(exp(a))"],
        spelling: Spelling {
            latex: call(r"\operatorname{softmax}\!\left(#1\right)"),
            js: call("bp.softmax(#0, #1, #axis)"),
            torch: call("torch.softmax(#1, dim=#axis)"),
            jax: call("jax.nn.softmax(#1, axis=#axis)"),
            tensorflow: call("tf.nn.softmax(#1, axis=#axis)"),
            numpy: call("softmax(#1, axis=#axis)").with(helpers::NUMPY_SOFTMAX),
        },
        about: phrase(
            "점수를 합이 1인 확률로 바꾼다. 지수를 취하기 전에 가장 큰 점수를 빼므로 넘치지 않는다. 따로 말하지 않으면 마지막 축을 따라 계산한다. 역전파에서는 상류에서 온 기울기에서 그 확률 가중 평균을 빼고 확률을 곱한다. PyTorch, JAX, TensorFlow도 같다.",
            "Turns scores into probabilities that add up to 1. The largest score is subtracted before the exponential, so nothing overflows. It acts on the last axis unless told. In the backward pass the probability-weighted mean of the upstream gradient is subtracted from it, and the rest is multiplied by the probabilities; PyTorch, JAX and TensorFlow do the same.",
        ),
        examples: &[
            "a = [0.3, 2.9, 4.0]\np = softmax(a)\ny = sum(p * [0, 0, 1])\nexpect y = 0.7366\nexpect dy/da[2] = 0.194\nexpect dy/da[0] = -0.0134",
            "a = [1000, 0]\np = softmax(a)\ny = sum(p * [1, 2])\nexpect y = 1\nexpect dy/da[0] = 0",
            "a = [[1, 2], [1, 5]]\ny = sum(softmax(a, axis=0) * [[1, 2], [3, 4]])\nexpect y = 5.905\nexpect dy/da[0,0] = -0.5",
        ],
        ..SOFT
    },
    Op {
        name: "log_softmax",
        title: phrase("로그 소프트맥스", "log-softmax"),
        glyph: "log softmax",
        forward: Forward::Structural {
            shape: same_shape,
            kernel: |x, attrs, out| each_lane(x[0], attrs, |max, sum, x| x - max - libm::log(sum), out.elements),
        },
        rule: Rule::Vjp(|_| &["g - exp(y) * sum(g, axis=axis, keepdims=true)"]),
        replaces: &["log(softmax(a))"],
        spelling: Spelling {
            latex: call(r"\log\operatorname{softmax}(#1)"),
            js: call("bp.logSoftmax(#0, #1, #axis)"),
            torch: call("torch.log_softmax(#1, dim=#axis)"),
            jax: call("jax.nn.log_softmax(#1, axis=#axis)"),
            tensorflow: call("tf.nn.log_softmax(#1, axis=#axis)"),
            numpy: call("log_softmax(#1, axis=#axis)").with(helpers::NUMPY_LOG_SOFTMAX),
        },
        about: phrase(
            "소프트맥스의 로그를 한 번에 구한다. 따로 구하면 확률이 0으로 반올림되어 log가 −∞가 될 수 있지만 이 연산은 그렇지 않다. 역전파에서는 상류에서 온 기울기의 합에 확률을 곱하여 뺀다. PyTorch, JAX, TensorFlow도 같다.",
            "The logarithm of the softmax in one step. Taken apart, a probability may round to 0 and its logarithm become −∞; here it does not. In the backward pass the probabilities times the sum of the upstream gradient are subtracted from it; PyTorch, JAX and TensorFlow do the same.",
        ),
        examples: &[
            "a = [0, 0]\ny = sum(log_softmax(a) * [1, 0])\nexpect y = -0.6931\nexpect dy/da[0] = 0.5\nexpect dy/da[1] = -0.5",
            "a = [0, -1000]\ny = sum(log_softmax(a) * [0, 1])\nexpect y = -1000\nexpect dy/da[1] = 1\nexpect dy/da[0] = -1",
        ],
        ..SOFT
    },
    Op {
        name: "logsumexp",
        title: phrase("지수합의 로그", "log-sum-exp"),
        glyph: "log Σ exp",
        attrs: &[LAST_AXIS, KEEPDIMS],
        forward: Forward::Structural {
            shape: |shapes, attrs| {
                lanes_of(shapes[0], attrs)?;
                super::reduce::reduced_shape(shapes, attrs)
            },
            kernel: |x, attrs, out| {
                let Some((_, n, step)) = lanes(x[0].extents, attrs) else { return };
                for (lane, y) in out.elements.iter_mut().enumerate() {
                    let (max, sum) = max_and_sum(x[0].elements, lane / step * n * step + lane % step, n, step);
                    // No distance to an infinite number is a number.
                    *y = if max == f64::INFINITY { max } else { max + libm::log(sum) };
                }
            },
        },
        rule: Rule::Vjp(|_| {
            &["spread(g, a, axis=axis, keepdims=keepdims) * exp(a - spread(y, a, axis=axis, keepdims=keepdims))"]
        }),
        replaces: &["log(sum(exp(a)))"],
        spelling: Spelling {
            latex: call(r"\log \sum \exp(#1)"),
            js: call("bp.logsumexp(#0, #1, #axis)"),
            torch: call("torch.logsumexp(#1, dim=#axis, keepdim=#keepdims)"),
            jax: call("jax.nn.logsumexp(#1, axis=#axis, keepdims=#keepdims)"),
            tensorflow: call("tf.reduce_logsumexp(#1, axis=#axis, keepdims=#keepdims)"),
            numpy: call("np.logaddexp.reduce(#1, axis=#axis, keepdims=#keepdims)"),
        },
        about: phrase(
            "지수를 취해 더한 것의 로그로, 최댓값을 매끄럽게 만든 것이다. 가장 큰 값을 먼저 빼므로 넘치지 않는다. 따로 말하지 않으면 마지막 축을 따라 계산한다. 기울기는 소프트맥스이며 PyTorch, JAX, TensorFlow도 같다.",
            "The logarithm of the sum of exponentials, a smooth maximum. The largest value is subtracted first, so nothing overflows. It acts on the last axis unless told. Its gradient is the softmax, as in PyTorch, JAX and TensorFlow.",
        ),
        examples: &[
            "a = [1000, 1000]\ny = logsumexp(a)\nexpect y = 1000.693\nexpect dy/da[0] = 0.5",
            "a = [[0, 1], [2, 3]]\ny = sum(logsumexp(a, axis=0, keepdims=true) * [[1, 10]])\nexpect y = 33.396\nexpect dy/da[0,0] = 0.1192\nexpect dy/da[1,1] = 8.808",
        ],
        ..SOFT
    },
];

fn same_shape(shapes: &[&Shape], attrs: &Attrs) -> Result<Shape, Text> {
    lanes_of(shapes[0], attrs)?;
    Ok(shapes[0].clone())
}

/// The largest number of a lane, and the sum of the exponentials of the distances to it.
pub(super) fn max_and_sum(x: &[f64], first: usize, n: usize, step: usize) -> (f64, f64) {
    let lane = || (0..n).map(|i| x[first + i * step]);
    let max = lane().fold(f64::NEG_INFINITY, |max, x| if x.is_nan() || x > max { x } else { max });
    // Without a finite largest number there is nothing to subtract.
    let max = if max == f64::NEG_INFINITY { 0.0 } else { max };
    (max, lane().map(|x| exp(x - max)).sum())
}

/// Writes `f` of a lane's maximum, of its sum of exponentials and of each number, for every lane.
fn each_lane(x: View<'_>, attrs: &Attrs, f: impl Fn(f64, f64, f64) -> f64, out: &mut [f64]) {
    let Some((before, n, step)) = lanes(x.extents, attrs) else { return out.fill(f64::NAN) };
    for lane in 0..before * step {
        let first = lane / step * n * step + lane % step;
        let (max, sum) = max_and_sum(x.elements, first, n, step);
        (0..n).map(|i| first + i * step).for_each(|at| out[at] = f(max, sum, x.elements[at]));
    }
}
