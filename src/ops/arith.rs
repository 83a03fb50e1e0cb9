//! Arithmetic, comparisons and choices.

use super::level::{CALL, COMPARISON, POWER, PRODUCT, SIGNED, SUM, UNARY};
use super::variant::{any, any_pair};
use super::{
    BLANK, Domain, Family, Form, Notation, Op, Rule, Spelling, Variant, Why, call, enclosing, form, helpers, infix,
    phrase, tight,
};

/// The same template in every programming language.
const fn everywhere(latex: Form, code: Form) -> Spelling {
    Spelling { latex, js: code, torch: code, jax: code, tensorflow: code, numpy: code }
}

/// What the rows of this file have in common.
const BINARY: Op = Op { family: Family::Arithmetic, inputs: &["a", "b"], ..BLANK };

/// A comparison gives 1 where it holds and 0 where it does not.
const COMPARE: Op = Op { notation: Notation::Infix { level: COMPARISON, right: false }, rule: Rule::Flat, ..BINARY };

const fn truth(holds: bool) -> f64 {
    if holds { 1.0 } else { 0.0 }
}

const fn comparison(latex: &'static str, js: &'static str, python: &'static str, tensorflow: &'static str) -> Spelling {
    Spelling {
        latex: enclosing(latex, CALL),
        js: call(js),
        torch: tight(python, PRODUCT, SUM),
        jax: tight(python, PRODUCT, SUM),
        tensorflow: tight(tensorflow, CALL, SUM),
        numpy: tight(python, PRODUCT, SUM),
    }
}

/// The larger of two numbers; 0 of 0 and -0, where `f64::max` gives either, as the machine likes.
fn larger(a: f64, b: f64) -> f64 {
    match () {
        () if a.is_nan() || b.is_nan() => f64::NAN,
        () if a > b || a == b && a.is_sign_positive() => a,
        () => b,
    }
}

pub const OPS: &[Op] = &[
    Op {
        name: "+",
        title: phrase("덧셈", "addition"),
        glyph: "+",
        notation: Notation::Infix { level: SUM, right: false },
        forward: elementwise!(|x, _| x[0] + x[1]),
        rule: Rule::Local(&["1", "1"]),
        spelling: everywhere(form("#1 + #2", SUM, SUM, SIGNED + 1), infix("#1 + #2", SUM)),
        about: phrase(
            "두 수를 더한다. 역전파에서는 상류에서 온 기울기를 두 입력에 그대로 나누어 보낸다. 브로드캐스팅으로 늘어난 입력의 기울기는 늘어난 축을 따라 더해서 원래 형상으로 되돌린다.",
            "Adds two numbers. In the backward pass it hands the upstream gradient to both inputs unchanged. The gradient of an input that was broadcast is summed back to that input's shape.",
        ),
        examples: &[
            "a = 3\nb = -4\ny = a + b\nexpect y = -1\nexpect dy/da = 1\nexpect dy/db = 1",
            "a = 1.5\ny = a + a\nexpect dy/da = 2",
        ],
        ..BINARY
    },
    Op {
        name: "-",
        title: phrase("뺄셈", "subtraction"),
        glyph: "−",
        notation: Notation::Infix { level: SUM, right: false },
        forward: elementwise!(|x, _| x[0] - x[1]),
        rule: Rule::Local(&["1", "-1"]),
        spelling: everywhere(form("#1 - #2", SUM, SUM, SIGNED + 1), infix("#1 - #2", SUM)),
        about: phrase(
            "앞의 수에서 뒤의 수를 뺀다. 역전파에서 앞 입력은 기울기를 그대로 받고, 뒤 입력은 부호가 바뀐 기울기를 받는다.",
            "Subtracts the second number from the first. In the backward pass the first input gets the upstream gradient as it is, the second gets it with its sign changed.",
        ),
        examples: &["a = 3\nb = 5\ny = a - b\nexpect y = -2\nexpect dy/da = 1\nexpect dy/db = -1"],
        ..BINARY
    },
    Op {
        name: "*",
        title: phrase("곱셈", "multiplication"),
        glyph: "×",
        notation: Notation::Infix { level: PRODUCT, right: false },
        forward: elementwise!(|x, _| x[0] * x[1]),
        rule: Rule::Local(&["b", "a"]),
        spelling: everywhere(form(r"#1 \cdot #2", PRODUCT, SIGNED, PRODUCT + 1), infix("#1 * #2", PRODUCT)),
        about: phrase(
            "두 수를 곱한다. 한 입력에 대한 국소적 미분은 다른 입력의 값이므로, 역전파에서는 입력을 서로 바꾸어 곱한다. 텐서에서는 원소별 곱이다.",
            "Multiplies two numbers. The local partial for one input is the value of the other, so the backward pass multiplies by the inputs swapped. On tensors it is the element-wise product.",
        ),
        examples: &[
            "a = -2\nb = 5\ny = a * b\nexpect y = -10\nexpect dy/da = 5\nexpect dy/db = -2",
            "a = 3\ny = a * a\nexpect dy/da = 6",
        ],
        ..BINARY
    },
    Op {
        name: "/",
        title: phrase("나눗셈", "division"),
        glyph: "÷",
        notation: Notation::Infix { level: PRODUCT, right: false },
        forward: elementwise!(|x, _| x[0] / x[1]),
        // Not -a / b^2: the square would leave the range of the numbers long before the quotient does.
        rule: Rule::Local(&["1 / b", "-y / b"]),
        spelling: everywhere(enclosing(r"\frac{#1}{#2}", UNARY), infix("#1 / #2", PRODUCT)),
        about: phrase(
            "앞의 수를 뒤의 수로 나눈다. 뒤 입력에 대한 국소적 미분 −a/b²은 몫 y를 써서 −y/b로 계산하므로 b²이 넘치지 않는다. 0으로 나누면 값과 기울기가 무한대가 되거나(a ≠ 0) 정해지지 않으며(a = 0), PyTorch, JAX, TensorFlow도 같다. 이때는 어느 게이트에서 처음 그렇게 되었는지 경고한다.",
            "Divides the first number by the second. The local partial for the divisor, −a/b², is computed from the quotient y as −y/b, in which no square overflows. Division by zero gives infinite values and gradients (a ≠ 0) or undefined ones (a = 0), as in PyTorch, JAX and TensorFlow; a warning names the first gate where that happens.",
        ),
        examples: &["a = 1\nb = 4\ny = a / b\nexpect y = 0.25\nexpect dy/da = 0.25\nexpect dy/db = -0.0625"],
        ..BINARY
    },
    Op {
        name: "^",
        aliases: &["**", "pow"],
        title: phrase("거듭제곱", "power"),
        glyph: "^",
        notation: Notation::Infix { level: POWER, right: true },
        forward: elementwise!(|x, _| libm::pow(x[0], x[1])),
        // At a zero base the product rule would give 0 · ∞; the limits are 0 (d/da at b = 0, and d/db at b ≥ 0).
        rule: Rule::Local(&["where(b == 0, 0, b * a^(b - 1))", "where((a == 0) * (b >= 0), 0, y * log(a))"]),
        domain: Some(Domain {
            holds: |x, _| x[0] >= 0.0 || x[1].fract() == 0.0 || x[1].is_infinite(),
            needs: phrase(
                "밑이 음수이면 지수가 정수여야 합니다. 세제곱근은 `cbrt(x)`로 씁니다",
                "a negative base takes a whole exponent; a cube root is written `cbrt(x)`",
            ),
        }),
        spelling: Spelling {
            latex: form("{#1}^{#2}", POWER, super::level::ATOM, super::level::LOWEST),
            js: call("bp.pow(#1, #2)"),
            torch: form("#1 ** #2", POWER, CALL, POWER),
            jax: form("#1 ** #2", POWER, CALL, POWER),
            tensorflow: form("#1 ** #2", POWER, CALL, POWER),
            numpy: form("#1 ** #2", POWER, CALL, POWER),
        },
        variants: &[
            Variant {
                jax: Some(call("power(#1, #2)").with(helpers::JAX_POWER)),
                tensorflow: Some(call("power(#1, #2)").with(helpers::TENSORFLOW_POWER)),
                ..Variant::when(Why::Kink, |x, _| any_pair(x, |a, b| a == 0.0 && b == 0.0))
            },
            Variant {
                tensorflow: Some(form("#1 ** #2", POWER, CALL, POWER)),
                ..Variant::when(Why::Differs(&[1]), |x, _| any(x[0], |a| a < 0.0))
            },
        ],
        about: phrase(
            "a를 b번 거듭제곱한다. 오른쪽부터 묶고 단항 부호보다 먼저 계산하므로 -x^2는 -(x^2)이다. 지수가 상수면 밑으로만 기울기가 흐른다. 0^0 = 1로 두고 밑과 지수의 기울기를 모두 0으로 둔다. 0^0에서 PyTorch는 0, JAX와 TensorFlow는 지수가 변수일 때 밑의 기울기로 NaN을 낸다. 밑이 음수면 지수가 정수일 때만 값이 있고, 지수에 대한 미분은 정의되지 않는다(NaN). TensorFlow는 0을 낸다.",
            "Raises a to the power b. It groups from the right and binds tighter than a sign, so -x^2 is -(x^2). With a constant exponent only the base gets a gradient. 0^0 is 1 and both gradients there are 0: PyTorch agrees, JAX and TensorFlow give NaN for the base when the exponent is a variable. A negative base takes a whole exponent only, and the derivative with respect to the exponent does not exist there (NaN; TensorFlow gives 0).",
        ),
        examples: &[
            "a = -3\ny = a^2\nexpect y = 9\nexpect dy/da = -6",
            "a = 2\nb = 3\ny = a ** b\nexpect y = 8\nexpect dy/da = 12\nexpect dy/db = 5.545",
            "a = 0\nb = 0\ny = a^b\nexpect y = 1\nexpect dy/da = 0\nexpect dy/db = 0",
            "a = 0\ny = a^1\nexpect dy/da = 1",
        ],
        ..BINARY
    },
    Op {
        name: "neg",
        title: phrase("부호 바꾸기", "negation"),
        glyph: "−",
        notation: Notation::Prefix { token: "-", level: UNARY },
        inputs: &["a"],
        forward: elementwise!(|x, _| -x[0]),
        rule: Rule::Local(&["-1"]),
        spelling: everywhere(tight("-#1", SIGNED, PRODUCT), tight("-#1", UNARY, POWER)),
        about: phrase(
            "부호를 바꾼다. 역전파에서도 기울기의 부호가 바뀐다.",
            "Changes the sign; in the backward pass the gradient's sign changes, too.",
        ),
        examples: &["a = 2\ny = -a\nexpect y = -2\nexpect dy/da = -1"],
        ..BINARY
    },
    Op {
        name: "max",
        aliases: &["maximum"],
        title: phrase("큰 쪽 고르기", "maximum"),
        glyph: "max",
        forward: elementwise!(|x, _| larger(x[0], x[1])),
        rule: Rule::Local(&["(a > b) + 0.5 * (a == b)", "(b > a) + 0.5 * (a == b)"]),
        spelling: Spelling {
            latex: call(r"\max(#1, #2)"),
            js: call("Math.max(#1, #2)"),
            torch: call("torch.maximum(#1, #2)"),
            jax: call("jnp.maximum(#1, #2)"),
            tensorflow: call("tf.maximum(#1, #2)"),
            numpy: call("np.maximum(#1, #2)"),
        },
        variants: &[Variant {
            tensorflow: Some(tight("tf.where(#1 == #2, 0.5 * (#1 + #2), tf.maximum(#1, #2))", CALL, SUM)),
            ..Variant::when(Why::Kink, |x, _| any_pair(x, |a, b| a == b))
        }],
        about: phrase(
            "둘 가운데 큰 수를 고른다. 역전파에서는 고른 쪽으로만 기울기가 흐른다. 두 수가 같으면 반씩 나눈다. PyTorch와 JAX도 그렇게 하고, TensorFlow는 첫 입력에 모두 준다.",
            "Picks the larger of two numbers; the gradient flows to the one picked. At a tie it is split evenly, as in PyTorch and JAX; TensorFlow gives all of it to the first input.",
        ),
        examples: &[
            "a = 4\nb = 2\ny = max(a, b)\nexpect y = 4\nexpect dy/da = 1\nexpect dy/db = 0",
            "a = 1\nb = 1\ny = max(a, b)\nexpect dy/da = 0.5\nexpect dy/db = 0.5",
        ],
        ..BINARY
    },
    Op {
        name: "min",
        aliases: &["minimum"],
        title: phrase("작은 쪽 고르기", "minimum"),
        glyph: "min",
        forward: elementwise!(|x, _| -larger(-x[0], -x[1])),
        rule: Rule::Local(&["(a < b) + 0.5 * (a == b)", "(b < a) + 0.5 * (a == b)"]),
        spelling: Spelling {
            latex: call(r"\min(#1, #2)"),
            js: call("Math.min(#1, #2)"),
            torch: call("torch.minimum(#1, #2)"),
            jax: call("jnp.minimum(#1, #2)"),
            tensorflow: call("tf.minimum(#1, #2)"),
            numpy: call("np.minimum(#1, #2)"),
        },
        variants: &[Variant {
            tensorflow: Some(tight("tf.where(#1 == #2, 0.5 * (#1 + #2), tf.minimum(#1, #2))", CALL, SUM)),
            ..Variant::when(Why::Kink, |x, _| any_pair(x, |a, b| a == b))
        }],
        about: phrase(
            "둘 가운데 작은 수를 고른다. 역전파에서는 고른 쪽으로만 기울기가 흐르고, 같으면 반씩 나눈다(PyTorch, JAX와 같고 TensorFlow는 첫 입력에 모두 준다).",
            "Picks the smaller of two numbers; the gradient flows to the one picked, split evenly at a tie as in PyTorch and JAX (TensorFlow gives all of it to the first input).",
        ),
        examples: &[
            "a = 4\nb = 2\ny = min(a, b)\nexpect y = 2\nexpect dy/da = 0\nexpect dy/db = 1",
            "a = 1\nb = 1\ny = min(a, b)\nexpect dy/da = 0.5\nexpect dy/db = 0.5",
        ],
        ..BINARY
    },
    Op {
        name: "where",
        title: phrase("조건에 따라 고르기", "choice"),
        glyph: "?:",
        inputs: &["c", "a", "b"],
        forward: elementwise!(|x, _| if x[0] != 0.0 { x[1] } else { x[2] }),
        rule: Rule::Select(&["0", "where(c, 1, 0)", "where(c, 0, 1)"]),
        spelling: Spelling {
            latex: call(r"\begin{cases} #2 & \text{if } #1 \text{} \\ #3 & \text{otherwise} \end{cases}"),
            js: tight("(#1 !== 0 ? #2 : #3)", CALL, SUM),
            torch: call("torch.where(#1 != 0, #2, #3)"),
            jax: call("jnp.where(#1 != 0, #2, #3)"),
            tensorflow: call("tf.where(#1 != 0, #2, #3)"),
            numpy: call("np.where(#1 != 0, #2, #3)"),
        },
        about: phrase(
            "조건 c가 참(0이 아님)이면 a를, 아니면 b를 고른다. 고르지 않은 쪽의 기울기는 그 뒤에 무한대가 있어도 정확히 0이다. TensorFlow도 그렇고, PyTorch와 JAX는 0 · ∞ = NaN을 낼 수 있다.",
            "Gives a where the condition c holds (is not 0) and b elsewhere. The side that is not chosen gets a gradient of exactly 0 even if something infinite lies behind it. TensorFlow agrees; PyTorch and JAX can give 0 · ∞ = NaN.",
        ),
        examples: &[
            "x = 2\ny = where(x > 0, x^2, 0)\nexpect y = 4\nexpect dy/dx = 4",
            "x = 0\ny = where(x > 0, sqrt(x), 0)\nexpect y = 0\nexpect dy/dx = 0",
        ],
        ..BINARY
    },
    Op {
        name: ">",
        title: phrase("초과", "greater than"),
        glyph: ">",
        forward: elementwise!(|x, _| truth(x[0] > x[1])),
        spelling: comparison(r"[#1 > #2]", "Number(#1 > #2)", "(#1 > #2) * 1.0", "tf.cast(#1 > #2, tf.float64)"),
        about: phrase(
            "a가 b보다 크면 1, 아니면 0이다. 계단 모양이라 기울기는 어디서나 0이다.",
            "1 where a is greater than b, else 0. It is a step, so no gradient passes.",
        ),
        examples: &["a = 2\nb = 1\ny = a > b\nexpect y = 1\nexpect dy/da = 0"],
        ..COMPARE
    },
    Op {
        name: ">=",
        title: phrase("이상", "greater than or equal to"),
        glyph: "≥",
        forward: elementwise!(|x, _| truth(x[0] >= x[1])),
        spelling: comparison(r"[#1 \ge #2]", "Number(#1 >= #2)", "(#1 >= #2) * 1.0", "tf.cast(#1 >= #2, tf.float64)"),
        about: phrase(
            "a가 b보다 크거나 같으면 1, 아니면 0이다. 기울기는 0이다.",
            "1 where a is at least b, else 0. No gradient passes.",
        ),
        examples: &["a = 1\nb = 1\ny = a >= b\nexpect y = 1\nexpect dy/da = 0"],
        ..COMPARE
    },
    Op {
        name: "<",
        title: phrase("미만", "less than"),
        glyph: "<",
        forward: elementwise!(|x, _| truth(x[0] < x[1])),
        spelling: comparison(r"[#1 < #2]", "Number(#1 < #2)", "(#1 < #2) * 1.0", "tf.cast(#1 < #2, tf.float64)"),
        about: phrase(
            "a가 b보다 작으면 1, 아니면 0이다. 기울기는 0이다.",
            "1 where a is less than b, else 0. No gradient passes.",
        ),
        examples: &["a = 2\nb = 1\ny = a < b\nexpect y = 0\nexpect dy/db = 0"],
        ..COMPARE
    },
    Op {
        name: "<=",
        title: phrase("이하", "less than or equal to"),
        glyph: "≤",
        forward: elementwise!(|x, _| truth(x[0] <= x[1])),
        spelling: comparison(r"[#1 \le #2]", "Number(#1 <= #2)", "(#1 <= #2) * 1.0", "tf.cast(#1 <= #2, tf.float64)"),
        about: phrase(
            "a가 b보다 작거나 같으면 1, 아니면 0이다. 기울기는 0이다.",
            "1 where a is at most b, else 0. No gradient passes.",
        ),
        examples: &["a = 2\nb = 2\ny = a <= b\nexpect y = 1\nexpect dy/da = 0"],
        ..COMPARE
    },
    Op {
        name: "==",
        title: phrase("같음", "equality"),
        glyph: "=",
        forward: elementwise!(|x, _| truth(x[0] == x[1])),
        spelling: comparison(r"[#1 = #2]", "Number(#1 === #2)", "(#1 == #2) * 1.0", "tf.cast(#1 == #2, tf.float64)"),
        about: phrase(
            "두 수가 같으면 1, 아니면 0이다. 기울기는 0이다.",
            "1 where the two are equal, else 0. No gradient passes.",
        ),
        examples: &["a = 2\nb = 2\ny = a == b\nexpect y = 1\nexpect dy/da = 0"],
        ..COMPARE
    },
    Op {
        name: "identity",
        glyph: "=",
        forward: elementwise!(|x, _| x[0]),
        rule: Rule::Local(&["1"]),
        spelling: Spelling {
            latex: infix("#1", PRODUCT),
            js: infix("#1", PRODUCT),
            torch: tight("#1.clone()", CALL, CALL),
            jax: infix("#1", PRODUCT),
            tensorflow: call("tf.identity(#1)"),
            numpy: infix("#1", PRODUCT),
        },
        ..BLANK
    },
];
