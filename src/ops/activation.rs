//! Activation functions.

use super::exponential::exp;
use super::level::{CALL, PRODUCT, SUM, UNARY};
use super::variant::any;
use super::{Attr, BLANK, Family, Op, Rule, Spelling, Variant, Why, call, calls, helpers, number, phrase, tight};

/// What the rows of this file have in common.
const UNARY_OP: Op = Op { family: Family::Activation, ..BLANK };

/// 1 / (1 + e^-x) without overflow on either side.
fn sigmoid(x: f64) -> f64 {
    let t = exp(-x.abs());
    if x >= 0.0 { 1.0 / (1.0 + t) } else { t / (1.0 + t) }
}

/// σ′ from x and σ(x). Far out 1 − σ(x) loses its digits, and e^−x, which it comes to, does not.
fn sigmoid_slope(x: f64, y: f64) -> f64 {
    if x > 4.0 { y * y * exp(-x) } else { y * (1.0 - y) }
}

/// log(1 + e^x) without overflow.
fn softplus(x: f64) -> f64 {
    x.max(0.0) + libm::log1p(exp(-x.abs()))
}

/// x · Φ(x) through erfc, which keeps its digits where Φ nears 0.
fn gelu(x: f64) -> f64 {
    0.5 * x * libm::erfc(-x / std::f64::consts::SQRT_2)
}

/// The cubic inside the tanh form of GELU (Hendrycks & Gimpel 2016, §2).
fn gelu_tanh(x: f64) -> f64 {
    let inner = (2.0 / std::f64::consts::PI).sqrt() * (x + 0.044715 * x * x * x);
    // 0.5 · (1 + tanh z) is sigmoid(2z), which does not cancel for negative z.
    x * sigmoid(2.0 * inner)
}

/// The two constants of SELU (Klambauer et al. 2017, §2), as PyTorch prints them.
const SELU_ALPHA: f64 = 1.673_263_242_354_377_2;
const SELU_SCALE: f64 = 1.050_700_987_355_480_5;

const fn alpha(default: f64) -> Attr {
    number("alpha", default, None)
}

pub const OPS: &[Op] = &[
    Op {
        name: "sigmoid",
        title: phrase("시그모이드", "sigmoid"),
        glyph: "σ",
        forward: elementwise!(|x, _| sigmoid(x[0])),
        // y(1 - y), with 1 - y computed as sigmoid(-a): it keeps its digits where y nears 1.
        rule: Rule::Local(&["where(a > 4, y * sigmoid(-a), y * (1 - y))"]),
        slope: Some(kernel!(|x, _| sigmoid_slope(x[0], x[1]))),
        replaces: &["1 / (1 + exp(-a))", "1 / (exp(-a) + 1)", "exp(a) / (1 + exp(a))", "exp(a) / (exp(a) + 1)"],
        spelling: Spelling {
            latex: call(r"\sigma(#1)"),
            js: call("bp.sigmoid(#1)"),
            torch: call("torch.sigmoid(#1)"),
            jax: call("jax.nn.sigmoid(#1)"),
            tensorflow: call("tf.sigmoid(#1)"),
            numpy: call("sigmoid(#1)").with(helpers::NUMPY_SIGMOID),
        },
        about: phrase(
            "모든 실수를 0과 1 사이로 옮긴다. 미분은 출력만으로 y(1 − y)이며 가장 커도 0.25이다. 입력의 절댓값이 커지면 미분이 0에 가까워져 기울기가 사라진다(포화). 넘침 없이 계산하므로 a = −1000에서도 기울기가 NaN이 아니라 0이며, PyTorch, JAX, TensorFlow도 같다.",
            "Maps every real number to between 0 and 1. Its derivative follows from the output alone, y(1 − y), and is at most 0.25; for inputs of large size it nears 0 and the gradient vanishes (saturation). It is computed without overflow, so at a = −1000 the gradient is 0, not NaN, as in PyTorch, JAX and TensorFlow.",
        ),
        examples: &[
            "a = 0\ny = sigmoid(a)\nexpect y = 0.5\nexpect dy/da = 0.25",
            "a = -1000\ny = sigmoid(a)\nexpect dy/da = 0",
            "a = 5\ny = sigmoid(a)\nexpect dy/da = 0.006648",
            "a = 1000\ny = sigmoid(a)\nexpect y = 1\nexpect dy/da = 0",
        ],
        ..UNARY_OP
    },
    Op {
        name: "log_sigmoid",
        title: phrase("로그 시그모이드", "log-sigmoid"),
        glyph: "log σ",
        forward: elementwise!(|x, _| -softplus(-x[0])),
        rule: Rule::Local(&["sigmoid(-a)"]),
        replaces: &["log(sigmoid(a))"],
        spelling: Spelling {
            latex: call(r"\ln \sigma(#1)"),
            js: tight("-bp.softplus(-#1)", UNARY, CALL),
            torch: call("torch.nn.functional.logsigmoid(#1)"),
            jax: call("jax.nn.log_sigmoid(#1)"),
            tensorflow: call("tf.math.log_sigmoid(#1)"),
            numpy: tight("-np.logaddexp(0, -#1)", UNARY, UNARY),
        },
        about: phrase(
            "시그모이드의 로그를 한 번에 구한다. log(sigmoid(a))로 나누어 쓰면 a = −1000에서 log 0이 되어 기울기가 NaN이지만, 이 연산의 기울기는 1이다. PyTorch, JAX, TensorFlow의 같은 함수도 그렇다.",
            "The logarithm of the sigmoid as one gate. Written as log(sigmoid(a)) it becomes log 0 at a = −1000 and its gradient NaN; this gate's gradient is 1 there, as in PyTorch, JAX and TensorFlow.",
        ),
        examples: &[
            "a = 0\ny = log_sigmoid(a)\nexpect y = -0.6931\nexpect dy/da = 0.5",
            "a = -1000\ny = log_sigmoid(a)\nexpect y = -1000\nexpect dy/da = 1",
            "a = 1000\ny = log_sigmoid(a)\nexpect y = 0\nexpect dy/da = 0",
        ],
        ..UNARY_OP
    },
    Op {
        name: "hard_sigmoid",
        title: phrase("하드 시그모이드", "hard sigmoid"),
        glyph: "hard σ",
        forward: elementwise!(|x, _| if x[0].is_nan() { x[0] } else { (x[0] / 6.0 + 0.5).clamp(0.0, 1.0) }),
        rule: Rule::Local(&["where((a > -3) * (a < 3), 1 / 6, 0)"]),
        spelling: Spelling {
            latex: call(r"\operatorname{hardsigmoid}\!\left(#1\right)"),
            js: call("bp.hardSigmoid(#1)"),
            torch: tight("torch.nn.functional.relu6(#1 + 3) / 6", PRODUCT, SUM),
            jax: call("jax.nn.hard_sigmoid(#1)"),
            tensorflow: tight("tf.nn.relu6(#1 + 3) / 6", PRODUCT, SUM),
            numpy: tight("np.clip(#1 / 6 + 0.5, 0, 1)", CALL, PRODUCT),
        },
        about: phrase(
            "시그모이드를 세 토막의 직선으로 흉내 낸다: a/6 + 0.5를 0과 1 사이로 자른다. 구간 안에서 미분은 1/6이고, 꺾이는 점 ±3과 그 밖에서는 0이다. JAX의 같은 함수도, PyTorch와 TensorFlow에서 relu6(a + 3)/6으로 쓴 것도 그렇다. PyTorch의 hardsigmoid는 1/6을 단정밀도로 반올림한다.",
            "Imitates the sigmoid with three straight pieces: a/6 + 0.5, clipped to between 0 and 1. Between the kinks the derivative is 1/6, at the kinks ±3 and beyond it is 0. So it is for the same function of JAX, and in PyTorch and TensorFlow written as relu6(a + 3)/6; PyTorch's hardsigmoid rounds 1/6 to single precision.",
        ),
        examples: &[
            "a = 0\ny = hard_sigmoid(a)\nexpect y = 0.5\nexpect dy/da = 0.1667",
            "a = 3\ny = hard_sigmoid(a)\nexpect y = 1\nexpect dy/da = 0",
            "a = -7\ny = hard_sigmoid(a)\nexpect y = 0\nexpect dy/da = 0",
            "a = -3\ny = hard_sigmoid(a)\nexpect y = 0\nexpect dy/da = 0",
        ],
        ..UNARY_OP
    },
    Op {
        name: "relu",
        title: phrase("렐루", "ReLU"),
        glyph: "ReLU",
        forward: elementwise!(|x, _| if x[0] > 0.0 || x[0].is_nan() { x[0] } else { 0.0 }),
        rule: Rule::Local(&["where(a > 0, 1, 0)"]),
        spelling: calls(
            r"\operatorname{ReLU}\!\left(#1\right)",
            "bp.relu(#1)",
            "torch.relu(#1)",
            "jax.nn.relu(#1)",
            "tf.nn.relu(#1)",
            "np.maximum(0, #1)",
        ),
        about: phrase(
            "음수는 0으로, 양수는 그대로 내보낸다. 양수에서는 기울기가 그대로 흐르고 음수에서는 끊긴다. 꺾이는 점 0에서는 0이며 PyTorch, JAX, TensorFlow가 모두 같다. 교재에 따라서는 그곳의 미분을 1로 적기도 한다.",
            "Gives 0 for negative inputs and passes positive ones. The gradient flows for positive inputs and stops for negative ones; at the kink, 0, it is 0, as in PyTorch, JAX and TensorFlow. Some textbooks give 1 there.",
        ),
        examples: &[
            "a = 2\ny = relu(a)\nexpect y = 2\nexpect dy/da = 1",
            "a = -2\ny = relu(a)\nexpect y = 0\nexpect dy/da = 0",
            "a = 0\ny = relu(a)\nexpect dy/da = 0",
        ],
        ..UNARY_OP
    },
    Op {
        name: "leaky_relu",
        title: phrase("리키 렐루", "leaky ReLU"),
        glyph: "LReLU",
        attrs: &[alpha(0.01)],
        forward: elementwise!(|x, attrs| if x[0] > 0.0 { x[0] } else { attrs.number(0) * x[0] }),
        rule: Rule::Local(&["where(a > 0, 1, alpha)"]),
        spelling: Spelling {
            latex: call(r"\operatorname{LReLU}\!\left(#1\right)"),
            js: call("bp.leakyRelu(#1, #alpha)"),
            torch: call("torch.nn.functional.leaky_relu(#1, #alpha)"),
            jax: call("jax.nn.leaky_relu(#1, #alpha)"),
            // tf.nn.leaky_relu keeps alpha in single precision.
            tensorflow: tight("tf.where(#1 > 0, #1, #alpha * #1)", CALL, UNARY),
            numpy: tight("np.where(#1 > 0, #1, #alpha * #1)", CALL, UNARY),
        },
        variants: &[Variant {
            jax: Some(tight("jnp.where(#1 > 0, #1, #alpha * #1)", CALL, UNARY)),
            ..Variant::when(Why::Kink, |x, _| any(x[0], |a| a == 0.0))
        }],
        about: phrase(
            "음수에서도 기울기가 완전히 끊기지 않도록 alpha배를 내보낸다. 꺾이는 점 0에서는 alpha를 쓴다. PyTorch와 TensorFlow도 그렇고, JAX는 1을 쓴다. TensorFlow의 기본 alpha는 0.2이다.",
            "Passes alpha times a negative input, so that the gradient never stops. At the kink, 0, the derivative is alpha, as in PyTorch and TensorFlow; JAX gives 1. TensorFlow's default alpha is 0.2.",
        ),
        examples: &[
            "a = -2\ny = leaky_relu(a)\nexpect y = -0.02\nexpect dy/da = 0.01",
            "a = 0\ny = leaky_relu(a, alpha=0.1)\nexpect dy/da = 0.1",
            "a = 3\ny = leaky_relu(a)\nexpect dy/da = 1",
        ],
        ..UNARY_OP
    },
    Op {
        name: "elu",
        title: phrase("ELU(엘루)", "ELU"),
        glyph: "ELU",
        attrs: &[alpha(1.0)],
        forward: elementwise!(|x, attrs| if x[0] > 0.0 { x[0] } else { attrs.number(0) * libm::expm1(x[0]) }),
        rule: Rule::Local(&["where(a > 0, 1, alpha * exp(a))"]),
        spelling: Spelling {
            latex: call(r"\operatorname{ELU}\!\left(#1\right)"),
            js: call("bp.elu(#1, #alpha)"),
            torch: call("torch.nn.functional.elu(#1, #alpha)"),
            jax: call("jax.nn.elu(#1, #alpha)"),
            tensorflow: tight("tf.where(#1 > 0, #1, #alpha * tf.math.expm1(tf.minimum(#1, 0.0)))", CALL, SUM),
            numpy: tight("np.where(#1 > 0, #1, #alpha * np.expm1(np.minimum(#1, 0)))", CALL, SUM),
        },
        about: phrase(
            "음수에서 −alpha로 매끄럽게 다가간다. alpha = 1이면 0에서도 미분할 수 있고 그 값은 1이며, PyTorch, JAX, TensorFlow도 같다. alpha가 1이 아니면 0에서 꺾이고, 왼쪽 미분 alpha를 쓴다. PyTorch와 JAX도 그렇고, TensorFlow의 elu는 alpha = 1뿐이다.",
            "Nears −alpha smoothly for negative inputs. With alpha = 1 it is differentiable at 0, too, with the derivative 1; PyTorch, JAX and TensorFlow agree. With any other alpha it has a kink at 0, where the derivative from the left, alpha, is used, as in PyTorch and JAX; TensorFlow's elu knows alpha = 1 only.",
        ),
        examples: &[
            "a = -1\ny = elu(a)\nexpect y = -0.6321\nexpect dy/da = 0.3679",
            "a = 0\ny = elu(a)\nexpect dy/da = 1",
            "a = 2\ny = elu(a, alpha=0.5)\nexpect dy/da = 1",
            "a = 0\ny = elu(a, alpha=0.5)\nexpect dy/da = 0.5",
        ],
        ..UNARY_OP
    },
    Op {
        name: "selu",
        title: phrase("SELU(셀루)", "SELU"),
        glyph: "SELU",
        forward: elementwise!(|x, _| { SELU_SCALE * if x[0] > 0.0 { x[0] } else { SELU_ALPHA * libm::expm1(x[0]) } }),
        rule: Rule::Local(&["where(a >= 0, 1.0507009873554805, 1.7580993408473766 * exp(a))"]),
        spelling: Spelling {
            latex: call(r"\operatorname{SELU}\!\left(#1\right)"),
            js: call("bp.selu(#1)"),
            torch: call("torch.selu(#1)"),
            jax: call("jax.nn.selu(#1)"),
            tensorflow: call("tf.nn.selu(#1)"),
            numpy: tight(
                "1.0507009873554805 * np.where(#1 > 0, #1, 1.6732632423543772 * np.expm1(np.minimum(#1, 0)))",
                PRODUCT,
                SUM,
            ),
        },
        variants: &[Variant {
            torch: Some(tight("torch.where(#1 >= 0, 1.0507009873554805 * #1, torch.selu(#1))", CALL, PRODUCT)),
            jax: Some(tight("jnp.where(#1 >= 0, 1.0507009873554805 * #1, jax.nn.selu(#1))", CALL, PRODUCT)),
            ..Variant::when(Why::Kink, |x, _| any(x[0], |a| a == 0.0))
        }],
        about: phrase(
            "층을 지날 때 평균 0, 분산 1이 유지되도록 상수 두 개를 정한 ELU이다(Klambauer 외 2017). 꺾이는 점 0에서는 왼쪽 미분 1.758과 오른쪽 미분 1.051 가운데 절댓값이 작은 1.051을 쓴다. TensorFlow도 그렇고, PyTorch와 JAX는 1.758을 쓴다.",
            "ELU with two constants chosen so that layers keep mean 0 and variance 1 (Klambauer et al. 2017). At the kink, 0, the derivative is 1.051, the smaller of the slopes on the right (1.051) and on the left (1.758); TensorFlow agrees, PyTorch and JAX give 1.758.",
        ),
        examples: &[
            "a = 1\ny = selu(a)\nexpect y = 1.0507\nexpect dy/da = 1.0507",
            "a = -1\ny = selu(a)\nexpect y = -1.1113\nexpect dy/da = 0.6468",
            "a = 0\ny = selu(a)\nexpect dy/da = 1.0507",
        ],
        ..UNARY_OP
    },
    Op {
        name: "softplus",
        title: phrase("소프트플러스", "softplus"),
        glyph: "softplus",
        forward: elementwise!(|x, _| softplus(x[0])),
        rule: Rule::Local(&["sigmoid(a)"]),
        replaces: &["log(1 + exp(a))", "log(exp(a) + 1)"],
        spelling: Spelling {
            latex: call(r"\operatorname{softplus}\!\left(#1\right)"),
            js: call("bp.softplus(#1)"),
            torch: call("torch.nn.functional.softplus(#1, threshold=700)"),
            jax: call("jax.nn.softplus(#1)"),
            tensorflow: call("tf.math.softplus(#1)"),
            numpy: call("np.logaddexp(0, #1)"),
        },
        about: phrase(
            "log(1 + e^a), 곧 매끄러운 ReLU이다. 미분은 시그모이드이다. 식 그대로 log(1 + exp(a))로 쓰면 a = 1000에서 기울기가 NaN이 되지만 이 연산은 1이고, PyTorch, JAX, TensorFlow의 같은 함수도 그렇다. PyTorch는 20을 넘는 입력을 그대로 내보내므로 그곳에서 e^−20(약 2 × 10⁻⁹)까지 차이가 난다.",
            "log(1 + e^a), a smooth ReLU. Its derivative is the sigmoid. Written out as log(1 + exp(a)) the gradient is NaN at a = 1000; this gate gives 1, as do those of PyTorch, JAX and TensorFlow. PyTorch passes inputs above 20 unchanged and is off there by up to e^−20, about 2 × 10⁻⁹.",
        ),
        examples: &[
            "a = 0\ny = softplus(a)\nexpect y = 0.6931\nexpect dy/da = 0.5",
            "a = 1000\ny = softplus(a)\nexpect y = 1000\nexpect dy/da = 1",
            "a = -1000\ny = softplus(a)\nexpect y = 0\nexpect dy/da = 0",
        ],
        ..UNARY_OP
    },
    Op {
        name: "softsign",
        title: phrase("소프트사인", "softsign"),
        glyph: "softsign",
        forward: elementwise!(|x, _| x[0] / (1.0 + x[0].abs())),
        rule: Rule::Local(&["1 / (1 + abs(a))^2"]),
        spelling: Spelling {
            latex: call(r"\operatorname{softsign}\!\left(#1\right)"),
            js: call("bp.softsign(#1)"),
            torch: call("torch.nn.functional.softsign(#1)"),
            jax: call("jax.nn.soft_sign(#1)"),
            tensorflow: call("tf.nn.softsign(#1)"),
            numpy: tight("#1 / (1 + np.abs(#1))", PRODUCT, PRODUCT),
        },
        about: phrase(
            "a/(1 + |a|). tanh처럼 −1과 1 사이로 옮기지만 더 천천히 포화한다. 절댓값이 들어 있지만 0에서도 미분할 수 있고 그 값은 1이며, PyTorch, JAX, TensorFlow도 같다.",
            "a/(1 + |a|). Like tanh it maps to between −1 and 1, but saturates more slowly. In spite of the absolute value it has a derivative at 0, 1, and PyTorch, JAX and TensorFlow agree.",
        ),
        examples: &[
            "a = -1\ny = softsign(a)\nexpect y = -0.5\nexpect dy/da = 0.25",
            "a = 0\ny = softsign(a)\nexpect dy/da = 1",
            "a = 1e200\ny = softsign(a)\nexpect y = 1\nexpect dy/da = 0",
        ],
        ..UNARY_OP
    },
    Op {
        name: "silu",
        aliases: &["swish"],
        title: phrase("SiLU(스위시)", "SiLU (swish)"),
        glyph: "SiLU",
        forward: elementwise!(|x, _| x[0] * sigmoid(x[0])),
        rule: Rule::Local(&["sigmoid(a) * (1 + a * sigmoid(-a))"]),
        spelling: Spelling {
            latex: call(r"\operatorname{SiLU}\!\left(#1\right)"),
            js: tight("#1 * bp.sigmoid(#1)", PRODUCT, UNARY),
            torch: call("torch.nn.functional.silu(#1)"),
            jax: call("jax.nn.silu(#1)"),
            tensorflow: call("tf.nn.silu(#1)"),
            numpy: tight("#1 * sigmoid(#1)", PRODUCT, PRODUCT).with(helpers::NUMPY_SIGMOID),
        },
        about: phrase(
            "a · σ(a)이며 스위시(swish)라고도 한다. 매끄럽고, 음수 쪽에 얕은 골이 있어 그곳(a ≈ −1.278)에서 미분의 부호가 바뀐다. 꺾이는 점이 없어 PyTorch, JAX, TensorFlow도 같다.",
            "a · σ(a), also known as swish. It is smooth, with a shallow dip on the negative side (a ≈ −1.278) where the derivative changes its sign. It has no kink, and PyTorch, JAX and TensorFlow agree.",
        ),
        examples: &[
            "a = 1\ny = silu(a)\nexpect y = 0.7311\nexpect dy/da = 0.9277",
            "a = 0\ny = silu(a)\nexpect dy/da = 0.5",
            "a = -1000\ny = silu(a)\nexpect y = 0\nexpect dy/da = 0",
        ],
        ..UNARY_OP
    },
    Op {
        name: "mish",
        title: phrase("Mish(미시)", "Mish"),
        glyph: "Mish",
        forward: elementwise!(|x, _| x[0] * libm::tanh(softplus(x[0]))),
        // With s = softplus(a): tanh(s) + a σ(a) (1 - tanh²(s)), the last factor as 4 σ(2s) σ(-2s), as for tanh.
        rule: Rule::Local(&[
            "tanh(softplus(a)) + 4 * a * sigmoid(a) * sigmoid(2 * softplus(a)) * sigmoid(-2 * softplus(a))",
        ]),
        spelling: Spelling {
            latex: call(r"\operatorname{Mish}\!\left(#1\right)"),
            js: call("bp.mish(#1)"),
            torch: call("torch.nn.functional.mish(#1)"),
            jax: call("jax.nn.mish(#1)"),
            tensorflow: tight("#1 * tf.tanh(tf.math.softplus(#1))", PRODUCT, PRODUCT),
            numpy: tight("#1 * np.tanh(np.logaddexp(0, #1))", PRODUCT, PRODUCT),
        },
        about: phrase(
            "a · tanh(softplus(a))이다. SiLU와 닮은 매끄러운 활성화 함수로, 음수 쪽에 얕은 골(a ≈ −1.192)이 있다. 어디서나 미분할 수 있고 PyTorch와 JAX의 같은 함수와 값이 같다. TensorFlow에서는 식을 풀어서 쓴다.",
            "a · tanh(softplus(a)), a smooth activation function much like SiLU, with a shallow dip on the negative side (a ≈ −1.192). It is differentiable everywhere and agrees with the functions of PyTorch and JAX; in TensorFlow it is written out.",
        ),
        examples: &[
            "a = 1\ny = mish(a)\nexpect y = 0.8651\nexpect dy/da = 1.0490",
            "a = 0\ny = mish(a)\nexpect y = 0\nexpect dy/da = 0.6",
            "a = 1000\ny = mish(a)\nexpect dy/da = 1",
            "a = -1000\ny = mish(a)\nexpect y = 0\nexpect dy/da = 0",
        ],
        ..UNARY_OP
    },
    Op {
        name: "gelu",
        title: phrase("GELU(겔루)", "GELU"),
        glyph: "GELU",
        forward: elementwise!(|x, _| gelu(x[0])),
        rule: Rule::Local(&["0.5 * erfc(-a / sqrt(2)) + a * exp(-0.5 * a^2) / sqrt(2 * pi)"]),
        spelling: Spelling {
            latex: call(r"\operatorname{GELU}\!\left(#1\right)"),
            js: call("bp.gelu(#1)"),
            torch: call("torch.nn.functional.gelu(#1)"),
            jax: call("jax.nn.gelu(#1, approximate=False)"),
            tensorflow: tight("0.5 * #1 * tf.math.erfc(-#1 / 2**0.5)", PRODUCT, UNARY),
            numpy: tight("0.5 * #1 * np.vectorize(math.erfc)(-#1 / 2**0.5)", PRODUCT, UNARY),
        },
        variants: &[Variant {
            torch: Some(tight("0.5 * #1 * torch.erfc(-#1 / 2**0.5)", PRODUCT, UNARY)),
            ..Variant::when(Why::Digits, |x, _| any(x[0], |a| a < -2.0))
        }],
        about: phrase(
            "a · Φ(a)이며 Φ는 표준 정규 분포의 누적 확률이다(erf 꼴). 매끄러워서 꺾이는 점이 없다. PyTorch와 TensorFlow의 기본값도 이 꼴이고, JAX의 기본값은 tanh 근사이므로 approximate=False를 주어야 같은 수가 나온다. TensorFlow의 함수는 상수를 단정밀도로 반올림하므로 8자리쯤까지만 맞아서, 코드에서는 erfc로 풀어 쓴다.",
            "a · Φ(a) with the standard normal's cumulative probability Φ (the erf form), smooth and without a kink. It is the default of PyTorch and TensorFlow; JAX approximates it with tanh unless told approximate=False. TensorFlow's function rounds a constant to single precision and is right to about 8 digits only, so listings spell it out with erfc.",
        ),
        examples: &[
            "a = 1\ny = gelu(a)\nexpect y = 0.8413\nexpect dy/da = 1.0833",
            "a = 0\ny = gelu(a)\nexpect dy/da = 0.5",
            "a = -6\ny = gelu(a)\nexpect y = -5.9195e-9\nexpect dy/da = -3.5469e-8",
            "a = 1000\ny = gelu(a)\nexpect y = 1000\nexpect dy/da = 1",
        ],
        ..UNARY_OP
    },
    Op {
        name: "gelu_tanh",
        title: phrase("GELU의 tanh 근사", "GELU, tanh form"),
        glyph: "GELU≈",
        forward: elementwise!(|x, _| gelu_tanh(x[0])),
        // With s = √(8/π) (a + 0.044715 a³): y = a σ(s), so y' = σ(s) + y σ(-s) s'. From |a| = 22 on that is 0 or 1
        // to the last digit of a double; a² would overflow later.
        rule: Rule::Local(&[
            "where(abs(a) > 40, a > 0, sigmoid(sqrt(8 / pi) * (a + 0.044715 * a^3)) + y * sigmoid(-sqrt(8 / pi) * (a + 0.044715 * a^3)) * sqrt(8 / pi) * (1 + 0.134145 * a^2))",
        ]),
        spelling: Spelling {
            latex: call(r"\operatorname{GELU}_{\tanh}\!\left(#1\right)"),
            js: call("bp.geluTanh(#1)"),
            torch: call("torch.nn.functional.gelu(#1, approximate='tanh')"),
            jax: call("jax.nn.gelu(#1, approximate=True)"),
            tensorflow: tight("#1 * tf.sigmoid(1.5957691216057308 * (#1 + 0.044715 * #1**3))", PRODUCT, CALL),
            numpy: tight("#1 * sigmoid(np.sqrt(8 / np.pi) * (#1 + 0.044715 * #1**3))", PRODUCT, CALL)
                .with(helpers::NUMPY_SIGMOID),
        },
        variants: &[
            Variant {
                torch: Some(call(
                    "torch.where(torch.abs(#1) > 40, torch.relu(#1), torch.nn.functional.gelu(torch.where(torch.abs(#1) > 40, 0.0, #1), approximate='tanh'))",
                )),
                jax: Some(call(
                    "jnp.where(jnp.abs(#1) > 40, jax.nn.relu(#1), jax.nn.gelu(jnp.where(jnp.abs(#1) > 40, 0.0, #1), approximate=True))",
                )),
                tensorflow: Some(tight(
                    "tf.where(tf.abs(#1) > 40, tf.nn.relu(#1), #1 * tf.sigmoid(1.5957691216057308 * (#1 + 0.044715 * tf.where(tf.abs(#1) > 40, 0.0, #1) ** 3)))",
                    CALL,
                    CALL,
                )),
                ..Variant::when(Why::Digits, |x, _| any(x[0], |a| a.abs() > 40.0))
            },
            Variant {
                torch: Some(tight("#1 * torch.sigmoid(1.5957691216057308 * (#1 + 0.044715 * #1**3))", PRODUCT, CALL)),
                jax: Some(tight("#1 * jax.nn.sigmoid(1.5957691216057308 * (#1 + 0.044715 * #1**3))", PRODUCT, CALL)),
                ..Variant::when(Why::Digits, |x, _| any(x[0], |a| a < -2.0))
            },
        ],
        about: phrase(
            "GELU를 tanh와 3차식으로 근사한 것으로, GPT-2 등이 쓴다. erf 꼴과의 차이는 0.0005 이하이다. 매끄러워서 꺾이는 점이 없고 PyTorch와 JAX의 tanh 꼴과 같다. TensorFlow의 함수는 상수를 단정밀도로 반올림하므로 코드에서는 풀어 쓴다.",
            "GELU approximated with tanh and a cubic, as used by GPT-2 and others; it differs from the erf form by at most 0.0005. It has no kink and agrees with the tanh forms of PyTorch and JAX; TensorFlow's function rounds a constant to single precision, so listings spell it out.",
        ),
        examples: &[
            "a = 1\ny = gelu_tanh(a)\nexpect y = 0.8412\nexpect dy/da = 1.0830",
            "a = 0\ny = gelu_tanh(a)\nexpect dy/da = 0.5",
            "a = -1000\ny = gelu_tanh(a)\nexpect y = 0\nexpect dy/da = 0",
            "a = 1e200\ny = gelu_tanh(a)\nexpect dy/da = 1",
        ],
        ..UNARY_OP
    },
];
