//! Losses: one number that says how wrong a prediction is.

use super::exponential::exp;
use super::level::{CALL, PRODUCT, UNARY};
use super::shape::one_hot;
use super::softmax::max_and_sum;
use super::variant::{adds_up_to_one, any, any_pair};
use super::{
    Attr, Attrs, BLANK, Domain, Family, Forward, Op, POSITIVE, Rule, Spelling, Variant, Why, call, enclosing, helpers,
    number, phrase, spelled_by_rules, tight,
};
use crate::lang::{Text, text};
use crate::tensor::{MOST_ELEMENTS, Shape, View, broadcast_strides, offset_at, walk};

/// What the rows of this file have in common.
const LOSS: Op = Op { family: Family::Loss, inputs: &["a", "b"], ..BLANK };

const DELTA: Attr = number("delta", 1.0, None);
const POSITIVE_DELTA: Attr = Attr { needs: POSITIVE, ..DELTA };

pub const OPS: &[Op] = &[
    Op {
        name: "mse",
        title: phrase("평균 제곱 오차", "mean squared error"),
        glyph: "MSE",
        forward: Forward::Structural {
            shape: pairs_to_scalar,
            kernel: |x, _, out| out.elements[0] = mean_of_pairs(x, |a, b| (a - b) * (a - b)),
        },
        rule: Rule::Vjp(|_| &["g * 2 * (a - b) / count(a - b)", "g * 2 * (b - a) / count(a - b)"]),
        spelling: Spelling {
            latex: call(r"\operatorname{MSE}\!\left(#1, #2\right)"),
            js: call("bp.mse(#0, #1, #2)"),
            torch: call("torch.nn.functional.mse_loss(#1, #2)"),
            jax: tight("jnp.mean(jnp.square(#1 - #2))", CALL, CALL),
            tensorflow: call("tf.reduce_mean(tf.math.squared_difference(#1, #2))"),
            numpy: tight("np.mean(np.square(#1 - #2))", CALL, CALL),
        },
        variants: &[Variant {
            torch: Some(tight("torch.mean(torch.square(#1 - #2))", CALL, CALL)),
            ..Variant::when(Why::Shape, |x, _| x[0].extents != x[1].extents)
        }],
        about: phrase(
            "두 값의 차를 제곱하여 평균한다. 기울기는 차에 비례하므로 많이 틀릴수록 크게 고친다. PyTorch의 기본값과 같이 모든 원소의 수로 나눈다.",
            "The mean of the squared differences. The gradient grows with the difference, so large errors are corrected strongly. It divides by the number of all elements, as PyTorch does by default.",
        ),
        examples: &[
            "a = [1, 2]\nb = [3, 2]\ny = mse(a, b)\nexpect y = 2\nexpect dy/da[0] = -2\nexpect dy/db[0] = 2\nexpect dy/da[1] = 0",
            "a = [[1, 2], [3, 4]]\nb = 1\ny = mse(a, b)\nexpect y = 3.5\nexpect dy/db = -3",
        ],
        ..LOSS
    },
    Op {
        name: "mae",
        title: phrase("평균 절대 오차", "mean absolute error"),
        glyph: "MAE",
        forward: Forward::Structural {
            shape: pairs_to_scalar,
            kernel: |x, _, out| out.elements[0] = mean_of_pairs(x, |a, b| (a - b).abs()),
        },
        rule: Rule::Vjp(|_| &["g * sign(a - b) / count(a - b)", "g * sign(b - a) / count(a - b)"]),
        spelling: Spelling {
            latex: call(r"\operatorname{MAE}\!\left(#1, #2\right)"),
            js: call("bp.mae(#0, #1, #2)"),
            torch: call("torch.nn.functional.l1_loss(#1, #2)"),
            jax: tight("jnp.mean(jnp.abs(#1 - #2))", CALL, CALL),
            tensorflow: tight("tf.reduce_mean(tf.abs(#1 - #2))", CALL, CALL),
            numpy: tight("np.mean(np.abs(#1 - #2))", CALL, CALL),
        },
        variants: &[
            Variant {
                jax: Some(tight("jnp.mean(jnp.where(#1 == #2, 0.0, jnp.abs(#1 - #2)))", CALL, CALL)),
                ..Variant::when(Why::Kink, |x, _| any_pair(x, |a, b| a == b))
            },
            Variant {
                torch: Some(tight("torch.mean(torch.abs(#1 - #2))", CALL, CALL)),
                ..Variant::when(Why::Shape, |x, _| x[0].extents != x[1].extents)
            },
        ],
        about: phrase(
            "두 값의 차의 절댓값을 평균한다. 기울기의 크기가 차에 관계없이 같아서 이상치에 덜 흔들린다. 차가 0이면 기울기는 0이며 PyTorch와 TensorFlow도 같다. JAX는 0에서 abs의 기울기를 1로 한다.",
            "The mean of the absolute differences. The gradient has the same size however large the difference, so outliers count less. Where the difference is 0 so is the gradient, as in PyTorch and TensorFlow; JAX gives `abs` the slope 1 there.",
        ),
        examples: &["a = [1, 2]\nb = [3, 2]\ny = mae(a, b)\nexpect y = 1\nexpect dy/da[0] = -0.5\nexpect dy/da[1] = 0"],
        ..LOSS
    },
    Op {
        name: "huber",
        title: phrase("후버 손실", "Huber loss"),
        glyph: "Huber",
        attrs: &[POSITIVE_DELTA],
        forward: Forward::Structural {
            shape: pairs_to_scalar,
            kernel: |x, attrs, out| {
                let delta = attrs.number(0);
                out.elements[0] = mean_of_pairs(x, |a, b| match (a - b).abs() {
                    d if d <= delta => 0.5 * d * d,
                    d => delta * (d - 0.5 * delta),
                });
            },
        },
        rule: Rule::Vjp(|_| {
            &["g * max(min(a - b, delta), -delta) / count(a - b)", "g * max(min(b - a, delta), -delta) / count(a - b)"]
        }),
        spelling: Spelling {
            latex: call(r"\operatorname{Huber}_{#delta}\!\left(#1, #2\right)"),
            js: call("bp.huber(#0, #1, #2, #delta)"),
            torch: call("torch.nn.functional.huber_loss(#1, #2, delta=#delta)"),
            jax: tight(
                "jnp.mean(jnp.where(jnp.abs(#1 - #2) <= #delta, 0.5 * jnp.square(#1 - #2), #delta * (jnp.abs(#1 - #2) - 0.5 * #delta)))",
                CALL,
                CALL,
            ),
            tensorflow: tight(
                "tf.reduce_mean(tf.where(tf.abs(#1 - #2) <= #delta, 0.5 * tf.square(#1 - #2), #delta * (tf.abs(#1 - #2) - 0.5 * #delta)))",
                CALL,
                CALL,
            ),
            numpy: tight(
                "np.mean(np.where(np.abs(#1 - #2) <= #delta, 0.5 * np.square(#1 - #2), #delta * (np.abs(#1 - #2) - 0.5 * #delta)))",
                CALL,
                CALL,
            ),
        },
        variants: &[Variant {
            torch: Some(tight(
                "torch.mean(torch.where(torch.abs(#1 - #2) <= #delta, 0.5 * torch.square(#1 - #2), #delta * (torch.abs(#1 - #2) - 0.5 * #delta)))",
                CALL,
                CALL,
            )),
            ..Variant::when(Why::Shape, |x, _| x[0].extents != x[1].extents)
        }],
        about: phrase(
            "차가 delta 이하이면 제곱 오차의 절반, 그보다 크면 절대 오차처럼 직선으로 커진다. 기울기는 차를 −delta와 delta 사이로 자른 것이다. 두 식의 기울기가 경계에서 같아 꺾이지 않는다. PyTorch, optax, Keras의 정의와 같다.",
            "Half the squared error up to `delta`, and a straight line like the absolute error beyond it. The gradient is the difference cut to between −delta and delta; both pieces agree at the border, so there is no kink. The definition is that of PyTorch, optax and Keras.",
        ),
        examples: &[
            "a = [0.5, 3]\nb = [0, 0]\ny = huber(a, b)\nexpect y = 1.3125\nexpect dy/da[0] = 0.25\nexpect dy/da[1] = 0.5",
        ],
        ..LOSS
    },
    Op {
        name: "cross_entropy",
        title: phrase("교차 엔트로피", "cross-entropy"),
        glyph: "CE",
        inputs: &["z", "labels"],
        forward: Forward::Structural {
            shape: labelled_rows,
            kernel: |x, _, out| {
                out.elements[0] = mean_over_labelled_rows(x, |row, label| {
                    let (max, sum) = max_and_sum(row, 0, row.len(), 1);
                    max - row[label] + libm::log(sum)
                });
            },
        },
        rule: Rule::Vjp(|_| &["g * (softmax(z) - one_hot_like(labels, z)) / rows(z)", ""]),
        refuses: Some(wrong_label),
        spelling: Spelling {
            latex: call(r"\operatorname{CE}\!\left(#1, #2\right)"),
            js: call("bp.crossEntropy(#0, #1, #2)"),
            torch: tight("torch.nn.functional.cross_entropy(#1, #2.long())", CALL, CALL),
            jax: enclosing(
                "-jnp.mean(jnp.take_along_axis(jax.nn.log_softmax(#1), jnp.asarray(#2, int)[..., None], axis=-1))",
                UNARY,
            ),
            tensorflow: call(
                "tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=tf.cast(#2, tf.int64), logits=#1))",
            ),
            numpy: enclosing(
                "-np.mean(np.take_along_axis(log_softmax(#1, axis=-1), np.int64(#2)[..., None], axis=-1))",
                UNARY,
            )
            .with(helpers::NUMPY_LOG_SOFTMAX),
        },
        variants: &[Variant {
            torch: Some(tight("torch.nn.functional.cross_entropy(#1.flatten(0, -2), #2.long().flatten())", CALL, CALL)),
            ..Variant::when(Why::Shape, |x, _| x[0].extents.len() > 2)
        }],
        about: phrase(
            "점수(로짓)와 정답의 번호로 소프트맥스 교차 엔트로피를 구해 행마다 평균한다. 기울기는 확률에서 정답 자리의 1을 빼서 행의 수로 나눈 것이다. 소프트맥스와 로그를 함께 계산하므로 넘치지 않는다. 번호는 0부터 센다.",
            "The softmax cross-entropy of scores (logits) with the numbers of the right classes, averaged over the rows. The gradient is the probabilities minus 1 at the right class, divided by the number of rows. Softmax and logarithm are computed together, so nothing overflows. Classes count from 0.",
        ),
        examples: &[
            "z = [[2, 1, 0], [0, 0, 0]]\ny = cross_entropy(z, [0, 2])\nexpect y = 0.7531\nexpect dy/dz[0,0] = -0.1674\nexpect dy/dz[1,2] = -0.3333",
            "z = [1000, 0]\ny = cross_entropy(z, 1)\nexpect y = 1000\nexpect dy/dz[0] = 1",
        ],
        ..LOSS
    },
    Op {
        name: "softmax_cross_entropy",
        title: phrase("소프트맥스 교차 엔트로피", "softmax cross-entropy"),
        glyph: "softmax CE",
        inputs: &["z", "onehot"],
        forward: Forward::Structural {
            shape: |shapes, _| {
                if shapes[0] == shapes[1] && shapes[0].rank() > 0 {
                    Ok(Shape::SCALAR)
                } else {
                    Err(text(
                        format!("#1의 형상 {}과 #2의 형상 {}이 같은 벡터나 행렬이어야 합니다", shapes[0], shapes[1]),
                        format!("#1 {} and #2 {} must be vectors or matrices of the same shape", shapes[0], shapes[1]),
                    ))
                }
            },
            kernel: |x, _, out| {
                let classes = x[0].extents.last().copied().unwrap_or(1).max(1);
                let rows = x[0].elements.chunks_exact(classes).zip(x[1].elements.chunks_exact(classes));
                let total: f64 = rows
                    .map(|(row, target)| {
                        let (max, sum) = max_and_sum(row, 0, classes, 1);
                        let log_sum = max + libm::log(sum);
                        row.iter()
                            .zip(target)
                            .map(|(z, t)| if *t == 0.0 { 0.0 } else { t * (log_sum - z) })
                            .sum::<f64>()
                    })
                    .sum();
                out.elements[0] = total / (x[0].elements.len() / classes) as f64;
            },
        },
        rule: Rule::Vjp(|_| {
            &[
                "g * (softmax(z) * sum(onehot, axis=-1, keepdims=true) - onehot) / rows(z)",
                "-g * log_softmax(z) / rows(z)",
            ]
        }),
        spelling: Spelling {
            latex: call(r"\operatorname{CE}(\operatorname{softmax}(#1), #2)"),
            js: call("bp.softmaxCrossEntropy(#0, #1, #2)"),
            torch: call("torch.nn.functional.cross_entropy(#1, #2)"),
            jax: tight("-jnp.mean(jnp.sum(#2 * jax.nn.log_softmax(#1), axis=-1))", UNARY, PRODUCT),
            tensorflow: call("tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(labels=#2, logits=#1))"),
            numpy: tight("-np.mean(np.sum(#2 * log_softmax(#1, axis=-1), axis=-1))", UNARY, PRODUCT)
                .with(helpers::NUMPY_LOG_SOFTMAX),
        },
        variants: &[
            Variant {
                torch: Some(tight(
                    "torch.nn.functional.cross_entropy(#1.flatten(0, -2), #2.flatten(0, -2))",
                    CALL,
                    CALL,
                )),
                ..Variant::when(Why::Shape, |x, _| x[0].extents.len() > 2)
            },
            Variant {
                tensorflow: Some(tight(
                    "-tf.reduce_mean(tf.reduce_sum(#2 * tf.nn.log_softmax(#1), axis=-1))",
                    UNARY,
                    PRODUCT,
                )),
                ..Variant::when(Why::Kink, |x, _| !adds_up_to_one(x[1]))
            },
        ],
        about: phrase(
            "점수(로짓)와 원-핫 벡터로 교차 엔트로피를 구해 행마다 평균한다. 정답의 합이 1이면 기울기는 확률에서 정답을 뺀 것, 곧 y − t를 행의 수로 나눈 것이다. 소프트맥스와 로그를 함께 계산하므로 넘치지 않는다.",
            "The cross-entropy of scores (logits) with one-hot rows, averaged over the rows. Where the target adds up to 1 the gradient is the probabilities minus the target, y − t, divided by the number of rows. Softmax and logarithm are computed together, so nothing overflows.",
        ),
        examples: &[
            "z = [0.3, 2.9, 4.0]\nt = [0, 0, 1]\ny = softmax_cross_entropy(z, t)\nexpect y = 0.3057\nexpect dy/dz[2] = -0.2634\nexpect dy/dz[0] = 0.0182",
        ],
        ..LOSS
    },
    Op {
        name: "bce",
        title: phrase("이진 교차 엔트로피", "binary cross-entropy"),
        glyph: "BCE",
        inputs: &["p", "t"],
        forward: Forward::Structural {
            shape: pairs_to_scalar,
            kernel: |x, _, out| {
                let term = |t: f64, p: f64| if t == 0.0 { 0.0 } else { t * libm::log(p) };
                out.elements[0] = mean_of_pairs(x, |p, t| 0.0 - term(t, p) - term(1.0 - t, 1.0 - p));
            },
        },
        rule: Rule::Vjp(|shapes| {
            if is_whole(shapes) {
                &[
                    "g * (where(t == 1, 0, (1 - t) / (1 - p)) - where(t == 0, 0, t / p)) / count(p - t)",
                    "g * (log(1 - p) - log(p)) / count(p - t)",
                ]
            } else {
                &[
                    "g * (where(t == 1, 0, (1 - t) / (1 - p)) - where(t == 0, 0, t / p)) / count(p - t)",
                    "stretch(g * (log(1 - p) - log(p)) / count(p - t), p - t)",
                ]
            }
        }),
        domain: Some(Domain {
            holds: |x, _| (0.0..=1.0).contains(&x[0]),
            needs: phrase("확률은 0 이상 1 이하여야 합니다", "a probability must lie between 0 and 1"),
        }),
        replaces: &["-mean(t * log(p) + (1 - t) * log(1 - p))", "-(t * log(p) + (1 - t) * log(1 - p))"],
        spelling: Spelling {
            latex: call(r"\operatorname{BCE}\!\left(#1, #2\right)"),
            js: call("bp.bce(#0, #1, #2)"),
            torch: call("torch.nn.functional.binary_cross_entropy(#1, #2)"),
            jax: tight(
                "-jnp.mean(jax.scipy.special.xlogy(#2, #1) + jax.scipy.special.xlog1py(1 - #2, -#1))",
                UNARY,
                CALL,
            ),
            tensorflow: tight("-tf.reduce_mean(#2 * tf.math.log(#1) + (1 - #2) * tf.math.log1p(-#1))", UNARY, CALL),
            numpy: tight("-np.mean(#2 * np.log(#1) + (1 - #2) * np.log1p(-#1))", UNARY, CALL),
        },
        variants: &[
            Variant {
                torch: Some(tight(
                    "-torch.mean(torch.xlogy(#2, torch.where(#2 == 0, 1.0, #1)) + torch.xlogy(1 - #2, torch.where(#2 == 1, 1.0, 1 - #1)))",
                    UNARY,
                    CALL,
                )),
                jax: Some(tight(
                    "-jnp.mean(jax.scipy.special.xlogy(#2, jnp.where(#2 == 0, 1.0, #1)) + jax.scipy.special.xlogy(1 - #2, jnp.where(#2 == 1, 1.0, 1 - #1)))",
                    UNARY,
                    CALL,
                )),
                tensorflow: Some(tight(
                    "-tf.reduce_mean(tf.math.xlogy(#2, tf.where(#2 == 0, 1.0, #1)) + tf.math.xlogy(1 - #2, tf.where(#2 == 1, 1.0, 1 - #1)))",
                    UNARY,
                    CALL,
                )),
                ..Variant::when(Why::Differs(&[1]), |x, _| any(x[0], |p| p == 0.0 || p == 1.0))
            },
            Variant {
                numpy: Some(
                    tight("-np.mean(xlogy(#2, #1) + xlogy(1 - #2, 1 - #1))", UNARY, CALL).with(helpers::NUMPY_XLOGY),
                ),
                ..Variant::when(Why::Shape, |x, _| any(x[0], |p| p == 0.0 || p == 1.0))
            },
            Variant {
                torch: Some(tight(
                    "-torch.mean(torch.xlogy(#2, #1) + torch.special.xlog1py(1 - #2, -#1))",
                    UNARY,
                    CALL,
                )),
                ..Variant::when(Why::Shape, |x, _| x[0].extents != x[1].extents)
            },
        ],
        about: phrase(
            "확률 p와 정답 t의 이진 교차 엔트로피를 평균한다. t가 0이거나 1일 때 쓰이지 않는 항은 0으로 두므로 p = t = 0에서도 값은 0이고 p의 기울기는 유한하다. 손으로 쓴 식은 여기서 PyTorch, JAX, TensorFlow 모두 NaN이고, PyTorch의 BCELoss는 로그를 −100에서 자른다. 시그모이드 뒤에는 bce_with_logits가 안전하다.",
            "The mean binary cross-entropy of probabilities p and targets t. The term that a target of 0 or 1 does not use counts as 0, so at p = t = 0 the value is 0 and the gradient for p finite. Written out by hand it is NaN there in PyTorch, JAX and TensorFlow, and PyTorch's BCELoss cuts the logarithm at −100. After a sigmoid `bce_with_logits` is safer.",
        ),
        examples: &[
            "p = [0.9, 0.2]\nt = [1, 0]\ny = bce(p, t)\nexpect y = 0.1643\nexpect dy/dp[0] = -0.5556\nexpect dy/dp[1] = 0.625",
            "p = 0\nt = 0\ny = bce(p, t)\nexpect y = 0\nexpect dy/dp = 1",
        ],
        ..LOSS
    },
    Op {
        name: "bce_with_logits",
        title: phrase("로짓 이진 교차 엔트로피", "binary cross-entropy with logits"),
        glyph: "σ BCE",
        inputs: &["z", "t"],
        forward: Forward::Structural {
            shape: pairs_to_scalar,
            kernel: |x, _, out| {
                out.elements[0] = mean_of_pairs(x, |z, t| z.max(0.0) - z * t + libm::log1p(exp(-z.abs())));
            },
        },
        rule: Rule::Vjp(|shapes| {
            if is_whole(shapes) {
                &["g * (sigmoid(z) - t) / count(z - t)", "-g * z / count(z - t)"]
            } else {
                &["g * (sigmoid(z) - t) / count(z - t)", "stretch(-g * z / count(z - t), z - t)"]
            }
        }),
        replaces: &["-mean(t * log(sigmoid(z)) + (1 - t) * log(1 - sigmoid(z)))"],
        spelling: Spelling {
            latex: call(r"\operatorname{BCE}(\sigma(#1), #2)"),
            js: call("bp.bceWithLogits(#0, #1, #2)"),
            torch: call("torch.nn.functional.binary_cross_entropy_with_logits(#1, #2)"),
            jax: tight("-jnp.mean(#2 * jax.nn.log_sigmoid(#1) + (1 - #2) * jax.nn.log_sigmoid(-#1))", UNARY, CALL),
            tensorflow: call("tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels=#2, logits=#1))"),
            numpy: tight("np.mean(#2 * np.logaddexp(0, -#1) + (1 - #2) * np.logaddexp(0, #1))", CALL, CALL),
        },
        variants: &[Variant {
            torch: Some(tight(
                "-torch.mean(#2 * torch.nn.functional.logsigmoid(#1) + (1 - #2) * torch.nn.functional.logsigmoid(-#1))",
                UNARY,
                CALL,
            )),
            tensorflow: Some(tight(
                "-tf.reduce_mean(#2 * tf.math.log_sigmoid(#1) + (1 - #2) * tf.math.log_sigmoid(-#1))",
                UNARY,
                CALL,
            )),
            ..Variant::when(Why::Shape, |x, _| x[0].extents != x[1].extents)
        }],
        about: phrase(
            "시그모이드와 이진 교차 엔트로피를 한 연산으로 묶어 점수 z에서 바로 구한다. z가 아무리 커도 넘치지 않는다. 기울기는 σ(z) − t를 원소의 수로 나눈 것이며 PyTorch, JAX, TensorFlow도 같다.",
            "Sigmoid and binary cross-entropy as one op, straight from the score z; no z is too large for it. The gradient is σ(z) − t divided by the number of elements, as in PyTorch, JAX and TensorFlow.",
        ),
        examples: &[
            "z = 0\nt = 1\ny = bce_with_logits(z, t)\nexpect y = 0.6931\nexpect dy/dz = -0.5",
            "z = 1000\nt = 0\ny = bce_with_logits(z, t)\nexpect y = 1000\nexpect dy/dz = 1\nexpect dy/dt = -1000",
        ],
        ..LOSS
    },
    Op {
        name: "svm_loss",
        title: phrase("다중 클래스 SVM 손실", "multiclass SVM loss"),
        glyph: "hinge",
        inputs: &["s", "label"],
        attrs: &[DELTA],
        forward: Forward::Structural {
            shape: labelled_rows,
            kernel: |x, attrs, out| {
                let delta = attrs.number(0);
                out.elements[0] = mean_over_labelled_rows(x, |row, label| {
                    let others = row.iter().enumerate().filter(|(class, _)| *class != label);
                    // Asked this way round a NaN stays, which `f64::max` would drop.
                    let missing = others.map(|(_, s)| s - row[label] + delta);
                    missing.map(|m| if m <= 0.0 { 0.0 } else { m }).fold(0.0, |sum, m| sum + m)
                });
            },
        },
        rule: Rule::Vjp(|_| &["g * violations(s, label, delta=delta) / rows(s)", ""]),
        refuses: Some(wrong_label),
        spelling: Spelling {
            latex: call(r"\operatorname{SVM}\!\left(#1, #2\right)"),
            js: call("bp.svmLoss(#0, #1, #2, #delta)"),
            torch: tight(
                "torch.nn.functional.multi_margin_loss(#1, #2.long(), margin=#delta) * #1.shape[-1]",
                PRODUCT,
                CALL,
            ),
            jax: call("svm_loss(#1, #2, #delta)").with(helpers::JAX_SVM_LOSS),
            tensorflow: call("svm_loss(#1, #2, #delta)").with(helpers::TENSORFLOW_SVM_LOSS),
            numpy: call("svm_loss(#1, #2, #delta)").with(helpers::NUMPY_SVM_LOSS),
        },
        variants: &[Variant {
            torch: Some(tight(
                "torch.nn.functional.multi_margin_loss(#1.flatten(0, -2), #2.long().flatten(), margin=#delta) * #1.shape[-1]",
                PRODUCT,
                CALL,
            )),
            ..Variant::when(Why::Shape, |x, _| x[0].extents.len() > 2)
        }],
        about: phrase(
            "정답의 점수가 다른 점수보다 delta 이상 크지 않으면 모자란 만큼을 더하고 행마다 평균한다. 모자란 클래스마다 기울기 1을 받고, 정답은 그 수만큼 빼서 받는다. 꼭 delta만큼 크면 기울기는 0이다. PyTorch의 multi_margin_loss는 클래스의 수로 나눈 값이다.",
            "Wherever the right score does not exceed another by delta, what is missing is added; rows are averaged. Each class that comes too near gets the gradient 1, and the right one minus their number. At exactly delta the gradient is 0. PyTorch's multi_margin_loss divides by the number of classes as well.",
        ),
        examples: &[
            "s = [3.2, 5.1, -1.7]\ny = svm_loss(s, 0)\nexpect y = 2.9\nexpect dy/ds[1] = 1\nexpect dy/ds[0] = -1\nexpect dy/ds[2] = 0",
            "s = [[1.3, 4.9, 2.0], [2.2, 2.5, -3.1]]\ny = svm_loss(s, [1, 2])\nexpect y = 6.45\nexpect dy/ds[1,2] = -1",
        ],
        ..LOSS
    },
    Op {
        // 1 at the class of each label, in the shape of the scores.
        name: "one_hot_like",
        glyph: "1",
        inputs: &["labels", "like"],
        spelling: Spelling {
            torch: tight("torch.nn.functional.one_hot(#1.long(), #out[-1]).double()", CALL, CALL),
            jax: call("jax.nn.one_hot(#1, #out[-1])"),
            tensorflow: call("tf.one_hot(tf.cast(#1, tf.int64), #out[-1], dtype=tf.float64)"),
            numpy: call("np.eye(#out[-1])[np.int64(#1)]"),
            ..spelled_by_rules(r"\mathbf{1}_{#1}", "bp.oneHot(#0, #1)")
        },
        forward: Forward::Structural {
            shape: |shapes, _| Ok(shapes[1].clone()),
            kernel: |x, _, out| one_hot(x[0].elements, out),
        },
        ..BLANK
    },
    Op {
        // The number of rows that class losses average over.
        name: "rows",
        glyph: "N",
        inputs: &["like"],
        spelling: spelled_by_rules("N", "bp.rows(#0, #1)"),
        forward: Forward::Structural {
            shape: |_, _| Ok(Shape::SCALAR),
            kernel: |x, _, out| {
                out.elements[0] = x[0].extents.iter().rev().skip(1).map(|n| *n as f64).product();
            },
        },
        ..BLANK
    },
    Op {
        // 1 for each class that comes too near to the right one, and minus their number at the right one.
        name: "violations",
        glyph: "1",
        inputs: &["s", "label"],
        attrs: &[DELTA],
        spelling: Spelling {
            torch: call("violations(#1, #2, #delta)").with(helpers::TORCH_VIOLATIONS),
            jax: call("violations(#1, #2, #delta)").with(helpers::JAX_VIOLATIONS),
            tensorflow: call("violations(#1, #2, #delta)").with(helpers::TENSORFLOW_VIOLATIONS),
            numpy: call("violations(#1, #2, #delta)").with(helpers::NUMPY_VIOLATIONS),
            ..spelled_by_rules(r"\mathbf{1}[#1 - {#1}_{#2} + #delta > 0]", "bp.violations(#0, #1, #2, #delta)")
        },
        forward: Forward::Structural {
            shape: |shapes, _| Ok(shapes[0].clone()),
            kernel: |x, attrs, out| {
                let classes = out.extents.last().copied().unwrap_or(1).max(1);
                let rows = out.elements.chunks_exact_mut(classes).zip(x[0].elements.chunks_exact(classes));
                for ((out, row), label) in rows.zip(x[1].elements) {
                    let Some(label) = class(*label, classes) else {
                        out.fill(f64::NAN);
                        continue;
                    };
                    let right = row[label];
                    out.iter_mut().zip(row).for_each(|(y, s)| *y = f64::from(s - right + attrs.number(0) > 0.0));
                    out[label] = 0.0;
                    let missed: f64 = out.iter().sum();
                    out[label] = -missed;
                }
            },
        },
        ..BLANK
    },
];

fn pairs_to_scalar(shapes: &[&Shape], _: &Attrs) -> Result<Shape, Text> {
    match shapes[0].broadcast(shapes[1]) {
        Some(whole) if whole.len() <= MOST_ELEMENTS => Ok(Shape::SCALAR),
        Some(whole) => Err(text(
            format!("#1 {}과 #2 {}을 브로드캐스팅하면 {whole}이 되어 너무 큽니다", shapes[0], shapes[1]),
            format!("#1 {} and #2 {} broadcast to {whole}, which is too large", shapes[0], shapes[1]),
        )),
        None => Err(text(
            format!("#1의 형상 {}과 #2의 형상 {}을 브로드캐스팅으로 맞출 수 없습니다", shapes[0], shapes[1]),
            format!("#1 {} and #2 {} cannot be broadcast together", shapes[0], shapes[1]),
        )),
    }
}

/// Whether the first of two operands has the shape that both broadcast to. If not, a gradient that does not depend on the
/// second has too few elements until it is stretched.
fn is_whole(shapes: &[&Shape]) -> bool {
    shapes[0].broadcast(shapes[1]).as_ref() == Some(shapes[0])
}

/// The mean of `f` over the pairs of two tensors, after broadcasting.
fn mean_of_pairs(x: &[View<'_>], f: impl Fn(f64, f64) -> f64) -> f64 {
    if x[0].extents == x[1].extents {
        let pairs = x[0].elements.iter().zip(x[1].elements);
        return pairs.map(|(a, b)| f(*a, *b)).sum::<f64>() / x[0].elements.len() as f64;
    }
    // Both are walked in step; the broadcast shape is at most the longer one's where the other is stretched along it.
    let rank = x[0].extents.len().max(x[1].extents.len());
    let mut extents = [1; crate::tensor::MAX_RANK];
    for view in x {
        let missing = rank - view.extents.len();
        view.extents.iter().enumerate().for_each(|(axis, n)| extents[missing + axis] = extents[missing + axis].max(*n));
    }
    let extents = &extents[..rank];
    let second = broadcast_strides(x[1].extents, extents);
    let (mut sum, mut count) = (0.0, 0);
    walk(extents, &broadcast_strides(x[0].extents, extents), |place, offset| {
        sum += f(x[0].elements[offset], x[1].elements[offset_at(place, extents, &second)]);
        count += 1;
    });
    sum / f64::from(count)
}

fn labelled_rows(shapes: &[&Shape], _: &Attrs) -> Result<Shape, Text> {
    match shapes[0].0.split_last() {
        Some((_, rows)) if rows == shapes[1].0.as_slice() => Ok(Shape::SCALAR),
        Some((_, rows)) => {
            let expected = Shape::from(rows);
            Err(text(
                format!("#1의 형상이 {}이므로 #2의 형상은 {expected}여야 하는데 {}입니다", shapes[0], shapes[1]),
                format!("#1 has the shape {}, so #2 must have {expected}; it has {}", shapes[0], shapes[1]),
            ))
        }
        None => Err(text(
            "#1은 클래스마다 점수가 있는 벡터나 행렬이어야 합니다",
            "#1 must be a vector or matrix with a score for each class",
        )),
    }
}

/// The mean of `f` over the rows of scores with their labels.
fn mean_over_labelled_rows(x: &[View<'_>], f: impl Fn(&[f64], usize) -> f64) -> f64 {
    let classes = x[0].extents.last().copied().unwrap_or(1).max(1);
    let rows = x[0].elements.chunks_exact(classes).zip(x[1].elements);
    let total: f64 = rows
        .map(|(row, label)| if class(*label, classes).is_some() { f(row, *label as usize) } else { f64::NAN })
        .sum();
    total / x[1].elements.len() as f64
}

fn class(label: f64, classes: usize) -> Option<usize> {
    (label.fract() == 0.0 && label >= 0.0 && label < classes as f64).then_some(label as usize)
}

fn wrong_label(x: &[View<'_>], _: &Attrs) -> Option<Text> {
    let classes = x[0].extents.last().copied().unwrap_or(1);
    let wrong = x[1].elements.iter().find(|label| class(**label, classes).is_none())?;
    Some(text(
        format!("정답의 번호는 0부터 {}까지의 정수여야 하는데 {wrong}입니다", classes.saturating_sub(1)),
        format!("a label must be a whole number from 0 to {}, this is {wrong}", classes.saturating_sub(1)),
    ))
}
