//! Exponential, logarithm, roots, trigonometry and their kin.

use super::exponential::exp;
use super::level::{ATOM, CALL, LOWEST, POWER, PRODUCT, SIGNED, SUM, UNARY};
use super::variant::{any, any_pair};
use super::{
    Attr, AttrDefault, AttrKind, BLANK, Domain, Family, Needs, Op, Rule, Spelling, Variant, Why, call, calls,
    enclosing, form, helpers, phrase, tight,
};

/// What the rows of this file have in common.
const UNARY_OP: Op = Op { family: Family::Elementary, ..BLANK };

const NOT_NEGATIVE: Domain = Domain {
    holds: |x, _| x[0] >= 0.0,
    needs: phrase("입력은 0 이상이어야 합니다", "the input must not be negative"),
};
const FROM_MINUS_ONE_TO_ONE: Domain = Domain {
    holds: |x, _| x[0].abs() <= 1.0,
    needs: phrase("입력은 −1 이상 1 이하여야 합니다", "the input must lie between −1 and 1"),
};

/// Half to even, as NumPy and IEEE 754 round.
fn round_half_even(x: f64) -> f64 {
    libm::rint(x)
}

fn sign(x: f64) -> f64 {
    if x > 0.0 {
        1.0
    } else if x < 0.0 {
        -1.0
    } else if x.is_nan() {
        x
    } else {
        0.0
    }
}

/// a · log(b), 0 where a is 0 (unless b is NaN).
fn xlogy(a: f64, b: f64) -> f64 {
    if a == 0.0 && !b.is_nan() { 0.0 } else { a * libm::log(b) }
}

pub const OPS: &[Op] = &[
    Op {
        name: "reciprocal",
        title: phrase("역수", "reciprocal"),
        glyph: "1/x",
        forward: elementwise!(|x, _| 1.0 / x[0]),
        rule: Rule::Local(&["-1 / a^2"]),
        spelling: Spelling {
            latex: enclosing(r"\frac{1}{#1}", UNARY),
            js: tight("1 / #1", PRODUCT, UNARY),
            torch: call("torch.reciprocal(#1)"),
            jax: call("jnp.reciprocal(#1)"),
            tensorflow: call("tf.math.reciprocal(#1)"),
            numpy: tight("1 / #1", PRODUCT, UNARY),
        },
        about: phrase(
            "역수 1/a를 구한다. 국소적 미분은 −1/a²이므로 a가 0에 가까울수록 기울기가 급격히 커진다. a = 0에서는 값이 무한대이고 기울기는 음의 무한대이며, PyTorch, JAX, TensorFlow도 같다.",
            "Gives 1/a. The local partial is −1/a², so the gradient grows fast as a nears 0. At a = 0 the value is infinite and the gradient −∞, as in PyTorch, JAX and TensorFlow.",
        ),
        examples: &[
            "a = 4\ny = reciprocal(a)\nexpect y = 0.25\nexpect dy/da = -0.0625",
            "a = 0\ny = reciprocal(a)\nexpect y > 1e300\nexpect dy/da < -1e300",
        ],
        ..UNARY_OP
    },
    Op {
        name: "square",
        title: phrase("제곱", "square"),
        glyph: "x²",
        forward: elementwise!(|x, _| x[0] * x[0]),
        rule: Rule::Local(&["2 * a"]),
        spelling: Spelling {
            latex: form("{#1}^{2}", POWER, ATOM, LOWEST),
            js: tight("#1 * #1", PRODUCT, UNARY),
            torch: call("torch.square(#1)"),
            jax: call("jnp.square(#1)"),
            tensorflow: call("tf.square(#1)"),
            numpy: call("np.square(#1)"),
        },
        about: phrase(
            "제곱한다. 국소적 미분은 2a여서 0에서 멀수록 기울기가 커지고, 0에서는 값과 미분이 모두 0이다. 꺾이는 점이 없으므로 PyTorch, JAX, TensorFlow도 모두 같다.",
            "The square. The local partial is 2a: the farther from 0, the larger the gradient, and at 0 value and derivative are both 0. It has no kink, and PyTorch, JAX and TensorFlow agree.",
        ),
        examples: &["a = -3\ny = square(a)\nexpect y = 9\nexpect dy/da = -6", "a = 0\ny = square(a)\nexpect dy/da = 0"],
        ..UNARY_OP
    },
    Op {
        name: "sqrt",
        title: phrase("제곱근", "square root"),
        glyph: "√",
        forward: elementwise!(|x, _| x[0].sqrt()),
        rule: Rule::Local(&["1 / (2 * y)"]),
        domain: Some(NOT_NEGATIVE),
        spelling: calls(r"\sqrt{#1}", "Math.sqrt(#1)", "torch.sqrt(#1)", "jnp.sqrt(#1)", "tf.sqrt(#1)", "np.sqrt(#1)"),
        about: phrase(
            "제곱근을 구한다. 음수의 제곱근은 수가 아니라 오류로 알린다. 0에서 값은 0이지만 미분은 오른쪽 극한인 무한대이며, PyTorch, JAX, TensorFlow도 같다.",
            "The square root. A negative input is reported as an error, not turned into a number. At 0 the value is 0 and the derivative the limit from the right, infinity, as in PyTorch, JAX and TensorFlow.",
        ),
        examples: &[
            "a = 4\ny = sqrt(a)\nexpect y = 2\nexpect dy/da = 0.25",
            "a = 0\ny = sqrt(a)\nexpect y = 0\nexpect dy/da > 1e300",
        ],
        ..UNARY_OP
    },
    Op {
        name: "cbrt",
        title: phrase("세제곱근", "cube root"),
        glyph: "∛",
        forward: elementwise!(|x, _| libm::cbrt(x[0])),
        rule: Rule::Local(&["1 / (3 * y^2)"]),
        spelling: Spelling {
            latex: call(r"\sqrt[3]{#1}"),
            js: call("Math.cbrt(#1)"),
            torch: call("cbrt(#1)").with(helpers::TORCH_CBRT),
            jax: call("jnp.cbrt(#1)"),
            tensorflow: call("cbrt(#1)").with(helpers::TENSORFLOW_CBRT),
            numpy: call("np.cbrt(#1)"),
        },
        about: phrase(
            "세제곱근을 구하며 음수에서도 정의된다. 0에서는 접선이 수직이므로 미분은 무한대이고, JAX의 cbrt도 그렇다. PyTorch와 TensorFlow에는 이 함수가 없어서 부호와 거듭제곱으로 적는데, 그렇게 쓰면 0에서 기울기가 NaN이 된다.",
            "The cube root, defined for negative numbers, too. At 0 the tangent is vertical and the derivative infinite, as for JAX's cbrt. PyTorch and TensorFlow have no such function; written with a sign and a power, the gradient at 0 is NaN.",
        ),
        examples: &[
            "a = -8\ny = cbrt(a)\nexpect y = -2\nexpect dy/da = 0.0833",
            "a = 0\ny = cbrt(a)\nexpect y = 0\nexpect dy/da > 1e300",
        ],
        ..UNARY_OP
    },
    Op {
        name: "exp",
        title: phrase("지수 함수", "exponential"),
        glyph: "exp",
        forward: elementwise!(|x, _| exp(x[0])),
        rule: Rule::Local(&["y"]),
        spelling: Spelling {
            latex: enclosing(r"e^{#1}", POWER),
            js: call("Math.exp(#1)"),
            torch: call("torch.exp(#1)"),
            jax: call("jnp.exp(#1)"),
            tensorflow: call("tf.exp(#1)"),
            numpy: call("np.exp(#1)"),
        },
        about: phrase(
            "e의 거듭제곱이다. 미분이 자기 자신이므로 순전파에서 구한 값을 역전파에서 그대로 쓴다. 입력이 약 709.8을 넘으면 값이 무한대가 되고 그 게이트를 경고한다. 배정밀도에서는 PyTorch, JAX, TensorFlow도 그곳에서 넘친다.",
            "e to the power of the input. It is its own derivative, so the backward pass reuses the forward value. Above about 709.8 the value overflows to infinity, and a warning names the gate; in double precision PyTorch, JAX and TensorFlow overflow there, too.",
        ),
        examples: &[
            "a = 0\ny = exp(a)\nexpect y = 1\nexpect dy/da = 1",
            "a = -1\ny = exp(a)\nexpect y = 0.3679\nexpect dy/da = 0.3679",
        ],
        ..UNARY_OP
    },
    Op {
        name: "expm1",
        title: phrase("지수 함수 빼기 1", "exponential minus one"),
        glyph: "eˣ−1",
        forward: elementwise!(|x, _| libm::expm1(x[0])),
        rule: Rule::Local(&["exp(a)"]),
        replaces: &["exp(a) - 1"],
        spelling: Spelling {
            latex: enclosing(r"e^{#1} - 1", SUM),
            js: call("Math.expm1(#1)"),
            torch: call("torch.expm1(#1)"),
            jax: call("jnp.expm1(#1)"),
            tensorflow: call("tf.math.expm1(#1)"),
            numpy: call("np.expm1(#1)"),
        },
        about: phrase(
            "e^a − 1을 a가 0에 가까울 때도 유효 숫자를 잃지 않고 구한다. exp(a) - 1로 쓰면 비슷한 두 수를 빼면서 자릿수가 사라진다. 국소적 미분은 e^a이며 꺾이는 점이 없어 PyTorch, JAX, TensorFlow도 같다.",
            "Computes e^a − 1 without losing digits where a is near 0; written as exp(a) - 1 the difference of two close numbers would lose them. The local partial is e^a; there is no kink, and PyTorch, JAX and TensorFlow agree.",
        ),
        examples: &[
            "a = 1e-9\ny = expm1(a)\nexpect y = 1e-9 within 1e-17\nexpect dy/da = 1.000",
            "a = 0\ny = expm1(a)\nexpect y = 0\nexpect dy/da = 1",
        ],
        ..UNARY_OP
    },
    Op {
        name: "log",
        aliases: &["ln"],
        title: phrase("자연로그", "natural logarithm"),
        glyph: "log",
        forward: elementwise!(|x, _| libm::log(x[0])),
        rule: Rule::Local(&["1 / a"]),
        domain: Some(NOT_NEGATIVE),
        spelling: calls(r"\ln(#1)", "Math.log(#1)", "torch.log(#1)", "jnp.log(#1)", "tf.math.log(#1)", "np.log(#1)"),
        about: phrase(
            "자연로그를 구한다. 0에서 값은 음의 무한대, 기울기는 무한대이며 이를 경고한다. 음수의 로그는 오류이다. PyTorch, JAX, TensorFlow는 음수에서 값을 NaN으로 두면서도 기울기는 1/a로 낸다.",
            "The natural logarithm. At 0 the value is −∞ and the gradient ∞, with a warning; a negative input is an error. PyTorch, JAX and TensorFlow give NaN for the value there, and yet 1/a for the gradient.",
        ),
        examples: &[
            "a = 1\ny = log(a)\nexpect y = 0\nexpect dy/da = 1",
            "a = 0.5\ny = log(a)\nexpect y = -0.6931\nexpect dy/da = 2",
            "a = 0\ny = log(a)\nexpect y < -1e300\nexpect dy/da > 1e300",
        ],
        ..UNARY_OP
    },
    Op {
        name: "log1p",
        title: phrase("1을 더한 로그", "logarithm of one plus"),
        glyph: "log(1+x)",
        forward: elementwise!(|x, _| libm::log1p(x[0])),
        rule: Rule::Local(&["1 / (1 + a)"]),
        domain: Some(Domain {
            holds: |x, _| x[0] >= -1.0,
            needs: phrase("입력은 −1 이상이어야 합니다", "the input must be at least −1"),
        }),
        replaces: &["log(1 + a)", "log(a + 1)"],
        spelling: Spelling {
            latex: tight(r"\ln(1 + #1)", CALL, SIGNED + 1),
            js: call("Math.log1p(#1)"),
            torch: call("torch.log1p(#1)"),
            jax: call("jnp.log1p(#1)"),
            tensorflow: call("tf.math.log1p(#1)"),
            numpy: call("np.log1p(#1)"),
        },
        about: phrase(
            "log(1 + a)를 a가 0에 가까울 때도 정확하게 구한다. 국소적 미분은 1/(1 + a)이다. a = −1에서 값은 음의 무한대, 기울기는 무한대이고(PyTorch, JAX, TensorFlow도 같다), 그보다 작으면 오류이다.",
            "Computes log(1 + a) exactly also where a is near 0. The local partial is 1/(1 + a). At a = −1 the value is −∞ and the gradient ∞ (as in PyTorch, JAX and TensorFlow); below that it is an error.",
        ),
        examples: &[
            "a = 1e-9\ny = log1p(a)\nexpect y = 1e-9 within 1e-17",
            "a = 1\ny = log1p(a)\nexpect y = 0.6931\nexpect dy/da = 0.5",
            "a = -1\ny = log1p(a)\nexpect y < -1e300\nexpect dy/da > 1e300",
        ],
        ..UNARY_OP
    },
    Op {
        name: "sin",
        title: phrase("사인", "sine"),
        glyph: "sin",
        forward: elementwise!(|x, _| libm::sin(x[0])),
        rule: Rule::Local(&["cos(a)"]),
        spelling: calls(r"\sin(#1)", "Math.sin(#1)", "torch.sin(#1)", "jnp.sin(#1)", "tf.sin(#1)", "np.sin(#1)"),
        about: phrase(
            "사인을 구한다. 각은 라디안이다. 국소적 미분이 코사인이므로 곡선의 꼭대기와 골(±π/2)에서는 기울기가 0이다.",
            "The sine of an angle in radians. The local partial is the cosine, so the gradient is 0 at the crests and troughs of the curve (±π/2).",
        ),
        examples: &["a = 0\ny = sin(a)\nexpect y = 0\nexpect dy/da = 1", "a = pi\ny = sin(a)\nexpect dy/da = -1"],
        ..UNARY_OP
    },
    Op {
        name: "cos",
        title: phrase("코사인", "cosine"),
        glyph: "cos",
        forward: elementwise!(|x, _| libm::cos(x[0])),
        rule: Rule::Local(&["-sin(a)"]),
        spelling: calls(r"\cos(#1)", "Math.cos(#1)", "torch.cos(#1)", "jnp.cos(#1)", "tf.cos(#1)", "np.cos(#1)"),
        about: phrase(
            "코사인을 구한다. 각은 라디안이다. 국소적 미분은 부호를 바꾼 사인이므로 0과 ±π에서 기울기가 0이다.",
            "The cosine of an angle in radians. The local partial is the sine with its sign changed, so the gradient is 0 at 0 and ±π.",
        ),
        examples: &["a = 0\ny = cos(a)\nexpect y = 1\nexpect dy/da = 0", "a = 1\ny = cos(a)\nexpect dy/da = -0.8415"],
        ..UNARY_OP
    },
    Op {
        name: "tan",
        title: phrase("탄젠트", "tangent"),
        glyph: "tan",
        forward: elementwise!(|x, _| libm::tan(x[0])),
        rule: Rule::Local(&["1 + y^2"]),
        spelling: calls(r"\tan(#1)", "Math.tan(#1)", "torch.tan(#1)", "jnp.tan(#1)", "tf.tan(#1)", "np.tan(#1)"),
        about: phrase(
            "탄젠트를 구한다. 국소적 미분은 1 + tan²(a)여서 π/2 근처에서 매우 커진다. 배정밀도의 수 가운데 꼭 π/2인 것은 없으므로 그곳의 값도 무한대가 아니라 약 1.6 × 10¹⁶이며, PyTorch, JAX, TensorFlow도 같다.",
            "The tangent. The local partial is 1 + tan²(a), which grows very large near π/2. No number in double precision is exactly π/2, so the value there is not infinite but about 1.6 × 10¹⁶, as in PyTorch, JAX and TensorFlow.",
        ),
        examples: &[
            "a = 0.785398163397448\ny = tan(a)\nexpect y = 1.000\nexpect dy/da = 2.000",
            "a = 1.5707963267948966\ny = tan(a)\nexpect y = 1.633e16",
        ],
        ..UNARY_OP
    },
    Op {
        name: "asin",
        title: phrase("아크사인", "arcsine"),
        glyph: "asin",
        forward: elementwise!(|x, _| libm::asin(x[0])),
        rule: Rule::Local(&["1 / sqrt((1 - a) * (1 + a))"]),
        domain: Some(FROM_MINUS_ONE_TO_ONE),
        spelling: calls(
            r"\arcsin(#1)",
            "Math.asin(#1)",
            "torch.asin(#1)",
            "jnp.arcsin(#1)",
            "tf.asin(#1)",
            "np.arcsin(#1)",
        ),
        about: phrase(
            "사인의 역함수이다. −1과 1에서 미분은 무한대이고(PyTorch, JAX, TensorFlow도 같다), 그 밖의 구간은 오류이다.",
            "The inverse of the sine. At −1 and 1 the derivative is infinite (as in PyTorch, JAX and TensorFlow); beyond them it is an error.",
        ),
        examples: &[
            "a = 0.5\ny = asin(a)\nexpect y = 0.5236\nexpect dy/da = 1.1547",
            "a = 1\ny = asin(a)\nexpect y = 1.5708\nexpect dy/da > 1e300",
            "a = -1\ny = asin(a)\nexpect dy/da > 1e300",
        ],
        ..UNARY_OP
    },
    Op {
        name: "acos",
        title: phrase("아크코사인", "arccosine"),
        glyph: "acos",
        forward: elementwise!(|x, _| libm::acos(x[0])),
        rule: Rule::Local(&["-1 / sqrt((1 - a) * (1 + a))"]),
        domain: Some(FROM_MINUS_ONE_TO_ONE),
        spelling: calls(
            r"\arccos(#1)",
            "Math.acos(#1)",
            "torch.acos(#1)",
            "jnp.arccos(#1)",
            "tf.acos(#1)",
            "np.arccos(#1)",
        ),
        about: phrase(
            "코사인의 역함수이다. 미분은 아크사인의 미분에서 부호만 다르다. −1과 1에서 미분은 음의 무한대이고(PyTorch, JAX, TensorFlow도 같다), 그 밖의 구간은 오류이다.",
            "The inverse of the cosine. Its derivative is the arcsine's with the other sign: −∞ at −1 and 1 (as in PyTorch, JAX and TensorFlow); beyond them it is an error.",
        ),
        examples: &[
            "a = 0.5\ny = acos(a)\nexpect y = 1.0472\nexpect dy/da = -1.1547",
            "a = 1\ny = acos(a)\nexpect y = 0\nexpect dy/da < -1e300",
        ],
        ..UNARY_OP
    },
    Op {
        name: "atan",
        title: phrase("아크탄젠트", "arctangent"),
        glyph: "atan",
        forward: elementwise!(|x, _| libm::atan(x[0])),
        rule: Rule::Local(&["1 / (1 + a^2)"]),
        spelling: calls(
            r"\arctan(#1)",
            "Math.atan(#1)",
            "torch.atan(#1)",
            "jnp.arctan(#1)",
            "tf.atan(#1)",
            "np.arctan(#1)",
        ),
        about: phrase(
            "탄젠트의 역함수이다. 모든 실수를 −π/2와 π/2 사이로 옮긴다. 미분은 0에서 가장 커서 1이고 입력의 절댓값이 커지면 0에 가까워진다. 꺾이는 점이 없어 PyTorch, JAX, TensorFlow도 같다.",
            "The inverse of the tangent. It maps every real number to between −π/2 and π/2; the derivative is largest at 0, where it is 1, and nears 0 for inputs of large size. It has no kink, and PyTorch, JAX and TensorFlow agree.",
        ),
        examples: &[
            "a = 1\ny = atan(a)\nexpect y = 0.7854\nexpect dy/da = 0.5",
            "a = 0\ny = atan(a)\nexpect y = 0\nexpect dy/da = 1",
        ],
        ..UNARY_OP
    },
    Op {
        name: "atan2",
        title: phrase("두 좌표의 각", "angle of two coordinates"),
        glyph: "atan2",
        inputs: &["a", "b"],
        forward: elementwise!(|x, _| libm::atan2(x[0], x[1])),
        // b / (a² + b²), whose squares would overflow or vanish for very large or small coordinates.
        rule: Rule::Local(&["b / hypot(a, b) / hypot(a, b)", "-a / hypot(a, b) / hypot(a, b)"]),
        spelling: calls(
            r"\operatorname{atan2}(#1, #2)",
            "Math.atan2(#1, #2)",
            "torch.atan2(#1, #2)",
            "jnp.arctan2(#1, #2)",
            "tf.atan2(#1, #2)",
            "np.arctan2(#1, #2)",
        ),
        variants: &[Variant {
            torch: Some(call("torch.atan2(#1, #2)")),
            ..Variant::when(Why::Differs(&[0, 1]), |x, _| any_pair(x, |a, b| a == 0.0 && b == 0.0))
        }],
        about: phrase(
            "점 (b, a)가 가로축과 이루는 각이다. 원점에서는 각이 정해지지 않으므로 기울기가 NaN이며, JAX와 TensorFlow도 같다. PyTorch 2.15에서는 0이다.",
            "The angle of the point (b, a). At the origin there is no angle and the gradient is NaN, as in JAX and TensorFlow; PyTorch 2.15 gives 0.",
        ),
        examples: &[
            "a = 1\nb = 1\ny = atan2(a, b)\nexpect y = 0.7854\nexpect dy/da = 0.5\nexpect dy/db = -0.5",
            "a = 0\nb = -2\ny = atan2(a, b)\nexpect y = 3.1416\nexpect dy/da = -0.5\nexpect dy/db = 0",
        ],
        ..UNARY_OP
    },
    Op {
        name: "sinh",
        title: phrase("쌍곡사인", "hyperbolic sine"),
        glyph: "sinh",
        forward: elementwise!(|x, _| libm::sinh(x[0])),
        rule: Rule::Local(&["cosh(a)"]),
        spelling: calls(r"\sinh(#1)", "Math.sinh(#1)", "torch.sinh(#1)", "jnp.sinh(#1)", "tf.sinh(#1)", "np.sinh(#1)"),
        about: phrase(
            "쌍곡사인 (e^a − e^−a)/2이다. 미분은 쌍곡코사인이다. 입력의 절댓값이 약 710을 넘으면 값과 기울기가 무한대가 된다.",
            "The hyperbolic sine, (e^a − e^−a)/2. Its derivative is the hyperbolic cosine. Beyond about ±710 value and gradient overflow to infinity.",
        ),
        examples: &[
            "a = 1\ny = sinh(a)\nexpect y = 1.1752\nexpect dy/da = 1.5431",
            "a = 0\ny = sinh(a)\nexpect y = 0\nexpect dy/da = 1",
        ],
        ..UNARY_OP
    },
    Op {
        name: "cosh",
        title: phrase("쌍곡코사인", "hyperbolic cosine"),
        glyph: "cosh",
        forward: elementwise!(|x, _| libm::cosh(x[0])),
        rule: Rule::Local(&["sinh(a)"]),
        spelling: calls(r"\cosh(#1)", "Math.cosh(#1)", "torch.cosh(#1)", "jnp.cosh(#1)", "tf.cosh(#1)", "np.cosh(#1)"),
        about: phrase(
            "쌍곡코사인 (e^a + e^−a)/2이다. 미분은 쌍곡사인이며, 코사인과 달리 부호가 바뀌지 않는다.",
            "The hyperbolic cosine, (e^a + e^−a)/2. Its derivative is the hyperbolic sine; unlike for the cosine, the sign does not change.",
        ),
        examples: &[
            "a = 1\ny = cosh(a)\nexpect y = 1.5431\nexpect dy/da = 1.1752",
            "a = 0\ny = cosh(a)\nexpect y = 1\nexpect dy/da = 0",
        ],
        ..UNARY_OP
    },
    Op {
        name: "tanh",
        title: phrase("하이퍼볼릭 탄젠트", "hyperbolic tangent"),
        glyph: "tanh",
        forward: elementwise!(|x, _| libm::tanh(x[0])),
        // 1 - y² loses all digits where y nears ±1; the same as 4 σ(2a) σ(-2a) it does not, and neither do its own
        // derivatives (1 / cosh²(a) has ∞/∞ in its second one).
        rule: Rule::Local(&["where(abs(a) > 2, 4 * sigmoid(2 * a) * sigmoid(-2 * a), 1 - y^2)"]),
        replaces: &["(exp(a) - exp(-a)) / (exp(a) + exp(-a))"],
        spelling: calls(r"\tanh(#1)", "Math.tanh(#1)", "torch.tanh(#1)", "jnp.tanh(#1)", "tf.tanh(#1)", "np.tanh(#1)"),
        about: phrase(
            "모든 실수를 −1과 1 사이로 옮긴다. 미분 1 − y²은 0에서 가장 커서 1이고, 입력의 절댓값이 커지면 0에 가까워져 기울기가 사라진다. |a| > 2이면 자릿수를 잃지 않도록 같은 값을 4σ(2a)σ(−2a)로 계산한다. a = 1000에서 기울기는 0이며 PyTorch, JAX, TensorFlow도 같다.",
            "Maps every real number to between −1 and 1. The derivative 1 − y² is largest at 0, where it is 1, and vanishes for inputs of large size. For |a| > 2 it is computed as 4σ(2a)σ(−2a), which is the same and keeps its digits. At a = 1000 the gradient is 0, as in PyTorch, JAX and TensorFlow.",
        ),
        examples: &[
            "a = 0\ny = tanh(a)\nexpect y = 0\nexpect dy/da = 1",
            "a = 0.5\ny = tanh(a)\nexpect y = 0.4621\nexpect dy/da = 0.7864",
            "a = 1000\ny = tanh(a)\nexpect y = 1\nexpect dy/da = 0",
        ],
        ..UNARY_OP
    },
    Op {
        name: "abs",
        title: phrase("절댓값", "absolute value"),
        glyph: "|x|",
        forward: elementwise!(|x, _| x[0].abs()),
        rule: Rule::Local(&["sign(a)"]),
        spelling: calls(r"\left|#1\right|", "Math.abs(#1)", "torch.abs(#1)", "jnp.abs(#1)", "tf.abs(#1)", "np.abs(#1)"),
        variants: &[Variant {
            jax: Some(tight("jnp.where(#1 == 0, 0.0, jnp.abs(#1))", CALL, SUM)),
            ..Variant::when(Why::Kink, |x, _| any(x[0], |a| a == 0.0))
        }],
        about: phrase(
            "절댓값을 구한다. 꺾이는 점 0에서는 노름이 가장 작은 서브그래디언트인 0을 쓴다. PyTorch와 TensorFlow도 0이고, JAX는 1이다.",
            "The absolute value. At the kink, 0, the derivative is 0, the subgradient of the smallest norm; PyTorch and TensorFlow agree, JAX gives 1.",
        ),
        examples: &["a = -3\ny = abs(a)\nexpect y = 3\nexpect dy/da = -1", "a = 0\ny = abs(a)\nexpect dy/da = 0"],
        ..UNARY_OP
    },
    Op {
        name: "sign",
        title: phrase("부호", "sign"),
        glyph: "sign",
        forward: elementwise!(|x, _| sign(x[0])),
        spelling: calls(
            r"\operatorname{sign}\!\left(#1\right)",
            "bp.sign(#1)",
            "torch.sign(#1)",
            "jnp.sign(#1)",
            "tf.sign(#1)",
            "np.sign(#1)",
        ),
        about: phrase(
            "양수면 1, 음수면 −1, 0이면 0이다. 계단 모양이라 기울기는 어디서나 0이며, PyTorch, JAX, TensorFlow도 같다.",
            "1 for positive, −1 for negative numbers, 0 for 0. It is a step, so no gradient passes; PyTorch, JAX and TensorFlow agree.",
        ),
        examples: &[
            "a = -2.5\ny = sign(a)\nexpect y = -1\nexpect dy/da = 0",
            "a = 0\ny = sign(a)\nexpect y = 0\nexpect dy/da = 0",
        ],
        ..UNARY_OP
    },
    Op {
        name: "floor",
        title: phrase("내림", "floor"),
        glyph: "⌊x⌋",
        forward: elementwise!(|x, _| x[0].floor()),
        spelling: calls(
            r"\lfloor #1 \rfloor",
            "Math.floor(#1)",
            "torch.floor(#1)",
            "jnp.floor(#1)",
            "tf.floor(#1)",
            "np.floor(#1)",
        ),
        about: phrase(
            "넘지 않는 가장 큰 정수로 내린다. 계단 모양이라 기울기는 뛰는 점에서도 0으로 둔다. PyTorch와 JAX도 0이고, TensorFlow는 기울기가 없다는 뜻으로 None을 낸다.",
            "The greatest whole number not above the input. It is a step, so no gradient passes, at the jumps neither. PyTorch and JAX give 0, TensorFlow None, which means no gradient.",
        ),
        examples: &[
            "a = -1.5\ny = floor(a)\nexpect y = -2\nexpect dy/da = 0",
            "a = 2\ny = floor(a)\nexpect y = 2\nexpect dy/da = 0",
        ],
        ..UNARY_OP
    },
    Op {
        name: "round",
        title: phrase("반올림", "rounding"),
        glyph: "round",
        forward: elementwise!(|x, _| round_half_even(x[0])),
        spelling: calls(
            r"\operatorname{round}\!\left(#1\right)",
            "bp.round(#1)",
            "torch.round(#1)",
            "jnp.round(#1)",
            "tf.round(#1)",
            "np.round(#1)",
        ),
        about: phrase(
            "가장 가까운 정수로 반올림하되, 꼭 가운데면 짝수를 고른다(NumPy, PyTorch, JAX, TensorFlow도 그렇다). 계단 모양이라 기울기는 어디서나 0이다. PyTorch와 JAX도 0이고, TensorFlow는 기울기가 없다는 뜻으로 None을 낸다.",
            "The nearest whole number, the even one at a tie (as in NumPy, PyTorch, JAX and TensorFlow). It is a step, so no gradient passes; PyTorch and JAX give 0, TensorFlow None, which means no gradient.",
        ),
        examples: &[
            "a = 2.5\ny = round(a)\nexpect y = 2\nexpect dy/da = 0",
            "a = 3.5\ny = round(a)\nexpect y = 4\nexpect dy/da = 0",
        ],
        ..UNARY_OP
    },
    Op {
        name: "clip",
        title: phrase("구간 자르기", "clipping"),
        glyph: "clip",
        attrs: &[
            Attr { name: "lo", kind: AttrKind::Number, default: AttrDefault::Required, needs: None },
            Attr {
                name: "hi",
                kind: AttrKind::Number,
                default: AttrDefault::Required,
                needs: Some(Needs {
                    holds: |hi, attrs| hi >= attrs.number(0) || attrs.number(0).is_nan(),
                    words: phrase("`lo`보다 작을 수 없습니다", "must not be less than `lo`"),
                }),
            },
        ],
        forward: elementwise!(|x, attrs| {
            // Not max and min: which zero they give for 0 and -0 differs between machines.
            let raised = if x[0] < attrs.number(0) { attrs.number(0) } else { x[0] };
            if raised > attrs.number(1) { attrs.number(1) } else { raised }
        }),
        rule: Rule::Local(&["(a >= lo) * (a <= hi)"]),
        spelling: calls(
            r"\operatorname{clip}\!\left(#1, #lo, #hi\right)",
            "bp.clip(#1, #lo, #hi)",
            "torch.clamp(#1, #lo, #hi)",
            "jnp.clip(#1, #lo, #hi)",
            "tf.clip_by_value(#1, #lo, #hi)",
            "np.clip(#1, #lo, #hi)",
        ),
        variants: &[Variant {
            torch: Some(tight("torch.where(#1 < #lo, #lo, torch.where(#1 > #hi, #hi, #1))", CALL, SUM)),
            jax: Some(tight("jnp.where(#1 < #lo, #lo, jnp.where(#1 > #hi, #hi, #1))", CALL, SUM)),
            ..Variant::when(Why::Kink, |x, attrs| any(x[0], |a| a == attrs.number(0) || a == attrs.number(1)))
        }],
        about: phrase(
            "구간 [lo, hi] 밖의 값을 가까운 끝으로 옮긴다. 기울기는 끝을 포함한 구간 안에서 그대로 흐르고 밖에서는 0이다. 끝에서 TensorFlow는 1, JAX는 0.5이고, PyTorch는 판에 따라 1이거나 0이다(2.15에서는 0).",
            "Moves values outside [lo, hi] to the nearer bound. The gradient passes inside the interval, its bounds included, and is 0 outside. At the bounds TensorFlow gives 1, JAX 0.5, and PyTorch, by its version, 1 or 0 (0 in 2.15).",
        ),
        examples: &[
            "a = 0.3\ny = clip(a, 0, 1)\nexpect y = 0.3\nexpect dy/da = 1",
            "a = 2\ny = clip(a, 0, 1)\nexpect y = 1\nexpect dy/da = 0",
            "a = 0\ny = clip(a, lo=0, hi=1)\nexpect dy/da = 1",
            "a = 1\ny = clip(a, 0, 1)\nexpect dy/da = 1",
        ],
        ..UNARY_OP
    },
    Op {
        name: "hypot",
        title: phrase("빗변", "hypotenuse"),
        glyph: "hypot",
        inputs: &["a", "b"],
        forward: elementwise!(|x, _| libm::hypot(x[0], x[1])),
        rule: Rule::Local(&["where(y == 0, 0, a / y)", "where(y == 0, 0, b / y)"]),
        replaces: &["sqrt(a^2 + b^2)", "sqrt(a * a + b * b)", "sqrt(square(a) + square(b))"],
        spelling: Spelling {
            latex: tight(r"\sqrt{{#1}^{2} + {#2}^{2}}", CALL, ATOM),
            js: call("Math.hypot(#1, #2)"),
            torch: call("torch.hypot(#1, #2)"),
            jax: call("jnp.hypot(#1, #2)"),
            tensorflow: call("hypot(#1, #2)").with(helpers::TENSORFLOW_HYPOT),
            numpy: call("np.hypot(#1, #2)"),
        },
        variants: &[Variant {
            torch: Some(call("hypot(#1, #2)").with(helpers::TORCH_HYPOT)),
            jax: Some(call("hypot(#1, #2)").with(helpers::JAX_HYPOT)),
            ..Variant::when(Why::Kink, |x, _| any_pair(x, |a, b| a.abs().max(b.abs()) > 1e150 || a == 0.0 && b == 0.0))
        }],
        about: phrase(
            "√(a² + b²)을 중간값이 넘치지 않게 구한다. 원점에서는 노름이 가장 작은 서브그래디언트인 (0, 0)을 쓴다. 그곳에서 PyTorch는 NaN, JAX는 0.5를 낸다. TensorFlow에는 이 함수가 없고, 제곱근으로 풀어 쓰면 NaN이 된다.",
            "Computes √(a² + b²) without overflow on the way. At the origin both derivatives are 0, the subgradient of the smallest norm; PyTorch gives NaN there, JAX 0.5. TensorFlow has no such function; written out with a square root it gives NaN.",
        ),
        examples: &[
            "a = 3\nb = 4\ny = hypot(a, b)\nexpect y = 5\nexpect dy/da = 0.6\nexpect dy/db = 0.8",
            "a = 0\nb = 0\ny = hypot(a, b)\nexpect dy/da = 0\nexpect dy/db = 0",
            "a = 3e200\nb = 4e200\ny = hypot(a, b)\nexpect y = 5e200\nexpect dy/da = 0.6",
        ],
        ..UNARY_OP
    },
    Op {
        name: "erf",
        title: phrase("오차 함수", "error function"),
        glyph: "erf",
        forward: elementwise!(|x, _| libm::erf(x[0])),
        rule: Rule::Local(&["2 / sqrt(pi) * exp(-a^2)"]),
        spelling: calls(
            r"\operatorname{erf}\!\left(#1\right)",
            "bp.erf(#1)",
            "torch.erf(#1)",
            "jax.scipy.special.erf(#1)",
            "tf.math.erf(#1)",
            "np.vectorize(math.erf)(#1)",
        ),
        about: phrase(
            "오차 함수로, 정규 분포의 누적 확률과 이어지며 −1과 1 사이의 값을 낸다. 미분 (2/√π)e^(−a²)은 종 모양의 가우스 곡선이어서 입력의 절댓값이 커지면 기울기가 빠르게 사라진다. 꺾이는 점이 없어 PyTorch, JAX, TensorFlow도 같다.",
            "The error function, tied to the normal distribution's cumulative probability; its values lie between −1 and 1. Its derivative, (2/√π)e^(−a²), is the bell curve, so the gradient vanishes fast for inputs of large size. It has no kink, and PyTorch, JAX and TensorFlow agree.",
        ),
        examples: &[
            "a = 0\ny = erf(a)\nexpect y = 0\nexpect dy/da = 1.1284",
            "a = 1\ny = erf(a)\nexpect y = 0.8427\nexpect dy/da = 0.4151",
        ],
        ..UNARY_OP
    },
    Op {
        name: "erfc",
        title: phrase("여오차 함수", "complementary error function"),
        glyph: "erfc",
        forward: elementwise!(|x, _| libm::erfc(x[0])),
        rule: Rule::Local(&["-2 / sqrt(pi) * exp(-a^2)"]),
        spelling: calls(
            r"\operatorname{erfc}\!\left(#1\right)",
            "bp.erfc(#1)",
            "torch.erfc(#1)",
            "jax.scipy.special.erfc(#1)",
            "tf.math.erfc(#1)",
            "np.vectorize(math.erfc)(#1)",
        ),
        about: phrase(
            "1 − erf(a)를 a가 클 때도 자릿수를 잃지 않고 구한다. 정규 분포의 꼬리 확률이 이 함수로 주어지며, GELU가 이것으로 계산된다. 미분은 erf의 미분에서 부호만 바꾼 것이고, PyTorch, JAX, TensorFlow도 같다.",
            "Computes 1 − erf(a) without losing digits where a is large. The tails of the normal distribution are given by it, and GELU is computed with it. Its derivative is that of erf with the other sign; PyTorch, JAX and TensorFlow agree.",
        ),
        examples: &[
            "a = 5\ny = erfc(a)\nexpect y = 1.5375e-12",
            "a = 0\ny = erfc(a)\nexpect y = 1\nexpect dy/da = -1.1284",
        ],
        ..UNARY_OP
    },
    Op {
        name: "xlogy",
        title: phrase("로그와의 곱", "product with a logarithm"),
        glyph: "a·log b",
        inputs: &["a", "b"],
        forward: elementwise!(|x, _| xlogy(x[0], x[1])),
        rule: Rule::Local(&["log(b)", "where(a == 0, 0, a / b)"]),
        domain: Some(Domain {
            holds: |x, _| x[1] >= 0.0,
            needs: phrase("둘째 입력은 0 이상이어야 합니다", "the second input must not be negative"),
        }),
        replaces: &["a * log(b)", "log(b) * a"],
        spelling: Spelling {
            latex: tight(r"#1 \ln(#2)", PRODUCT, PRODUCT),
            js: call("bp.xlogy(#1, #2)"),
            torch: call("torch.xlogy(#1, #2)"),
            jax: call("jax.scipy.special.xlogy(#1, #2)"),
            tensorflow: call("tf.math.xlogy(#1, #2)"),
            numpy: call("xlogy(#1, #2)").with(helpers::NUMPY_XLOGY),
        },
        variants: &[
            Variant {
                torch: Some(tight("torch.xlogy(#1, torch.where(#1 == 0, 1.0, #2))", CALL, SUM)),
                jax: Some(tight("jax.scipy.special.xlogy(#1, jnp.where(#1 == 0, 1.0, #2))", CALL, SUM)),
                tensorflow: Some(call("tf.math.xlogy(#1, #2)")),
                ..Variant::when(Why::Differs(&[0]), |x, _| any_pair(x, |a, b| a == 0.0 && b == 0.0))
            },
            Variant {
                tensorflow: Some(tight("#1 * tf.math.log(#2)", PRODUCT, PRODUCT)),
                ..Variant::when(Why::Kink, |x, _| any(x[0], |a| a == 0.0))
            },
        ],
        about: phrase(
            "a · log(b)이되, a = 0이면 b가 0이어도 0이다. 엔트로피와 교차 엔트로피에 나오는 0 · log 0을 극한값 0으로 다루기 위한 연산이다. (0, 0)에서 b에 대한 미분은 0이고 a에 대한 미분은 log b의 극한인 −∞이다. 이 점의 기울기로 PyTorch는 (0, NaN), JAX는 (−∞, NaN), TensorFlow는 (0, 0)을 낸다. TensorFlow는 b가 무엇이든 a = 0에서 a의 기울기를 0으로 둔다.",
            "a · log(b), but 0 where a is 0, even if b is 0: what entropy and cross-entropy mean by 0 · log 0. At (0, 0) the derivative with respect to b is 0 and the one with respect to a is the limit of log b, −∞. For the gradient at this point PyTorch gives (0, NaN), JAX (−∞, NaN), TensorFlow (0, 0); TensorFlow gives 0 with respect to a at a = 0 for every b.",
        ),
        examples: &[
            "a = 2\nb = 3\ny = xlogy(a, b)\nexpect y = 2.1972\nexpect dy/da = 1.0986\nexpect dy/db = 0.6667",
            "const a = 0\nb = 0\ny = xlogy(a, b)\nexpect y = 0\nexpect dy/db = 0",
            "a = 0\nb = 2\ny = xlogy(a, b)\nexpect y = 0\nexpect dy/da = 0.6931\nexpect dy/db = 0",
            "a = 0\nb = 0\ny = xlogy(a, b)\nexpect y = 0\nexpect dy/da < -1e300\nexpect dy/db = 0",
        ],
        ..UNARY_OP
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edges_of_the_kernels() {
        assert_eq!([0.5, 1.5, 2.5, -0.5].map(round_half_even), [0.0, 2.0, 2.0, -0.0]);
        assert_eq!([-2.0, 0.0, 3.0].map(sign), [-1.0, 0.0, 1.0]);
        assert_eq!(xlogy(0.0, 0.0), 0.0);
        assert!(xlogy(0.0, f64::NAN).is_nan());
    }
}
