//! Layers of networks: normalisation, dropout, embedding, attention.

use super::exponential::exp;
use super::level::{CALL, PRODUCT, SUM};
use super::random::{Random, SEED};
use super::reduce::AXIS;
use super::summation;
use super::{
    Attr, AttrValue, Attrs, BLANK, Family, Forward, NOT_NEGATIVE, Op, Rule, SHARE, Spelling, Variant, Why, call,
    helpers, number, phrase, spelled_by_rules, tight,
};
use crate::lang::{Text, text};
use crate::tensor::{MAX_RANK, MOST_ELEMENTS, Shape, View, broadcast_strides, offset_at, position, strides_of, walk};

/// What the rows of this file have in common.
const NETWORK: Op = Op { family: Family::Network, ..BLANK };

const EPS: Attr = number("eps", 1e-5, NOT_NEGATIVE);
const CHANCE: Attr = number("p", 0.5, SHARE);

/// The vector–Jacobian products of a normalisation over some axes, with a gain and a bias that fit as they are.
macro_rules! normalisation_rules {
    ($axes:literal) => {
        &[
            concat!(
                "(g * gain - mean(g * gain, axis=",
                $axes,
                ", keepdims=true) - standardized(a, axis=",
                $axes,
                ", eps=eps) * mean(g * gain * standardized(a, axis=",
                $axes,
                ", eps=eps), axis=",
                $axes,
                ", keepdims=true)) / deviation(a, axis=",
                $axes,
                ", eps=eps)"
            ),
            concat!("g * standardized(a, axis=", $axes, ", eps=eps)"),
            "g",
        ]
    };
}

/// As above, for images, whose gain and bias have one number per channel.
const CHANNEL_RULES: &[&str] = &[
    "(g * per_channel(gain, a) - mean(g * per_channel(gain, a), axis=[0, 2, 3], keepdims=true) - standardized(a, axis=[0, 2, 3], eps=eps) * mean(g * per_channel(gain, a) * standardized(a, axis=[0, 2, 3], eps=eps), axis=[0, 2, 3], keepdims=true)) / deviation(a, axis=[0, 2, 3], eps=eps)",
    "sum(g * standardized(a, axis=[0, 2, 3], eps=eps), axis=[0, 2, 3])",
    "sum(g, axis=[0, 2, 3])",
];

pub const OPS: &[Op] = &[
    Op {
        name: "layernorm",
        title: phrase("층 정규화", "layer normalisation"),
        glyph: "LayerNorm",
        inputs: &["a", "gain", "bias"],
        attrs: &[EPS],
        forward: Forward::Structural {
            shape: |shapes, _| {
                let fits = |i: usize| shapes[0].broadcast(shapes[i]).as_ref() == Some(shapes[0]);
                if shapes[0].rank() > 0 && fits(1) && fits(2) {
                    return Ok(shapes[0].clone());
                }
                Err(text(
                    format!(
                        "#1 {}에 이득 #2 {}와 편향 #3 {}를 맞출 수 없습니다. 마지막 축의 길이가 같아야 합니다",
                        shapes[0], shapes[1], shapes[2]
                    ),
                    format!(
                        "the gain #2 {} and the bias #3 {} do not fit #1 {}: the last extents must agree",
                        shapes[1], shapes[2], shapes[0]
                    ),
                ))
            },
            kernel: |x, attrs, out| {
                let n = x[0].extents.last().copied().unwrap_or(1).max(1);
                for (row, out) in x[0].elements.chunks_exact(n).zip(out.elements.chunks_exact_mut(n)) {
                    let (mean, deviation) = moments(n, attrs.number(0), |i| row[i]);
                    out.iter_mut().zip(row).for_each(|(y, x)| *y = (x - mean) / deviation);
                }
                let gain = broadcast_strides(x[1].extents, out.extents);
                walk(out.extents, &gain, |place, offset| out.elements[place] *= x[1].elements[offset]);
                let bias = broadcast_strides(x[2].extents, out.extents);
                walk(out.extents, &bias, |place, offset| out.elements[place] += x[2].elements[offset]);
            },
        },
        rule: Rule::Vjp(|_| normalisation_rules!("-1")),
        spelling: Spelling {
            latex: call(r"\operatorname{LayerNorm}\!\left(#1; #2, #3\right)"),
            js: call("bp.layernorm(#0, #1, #2, #3, #eps)"),
            torch: tight("torch.nn.functional.layer_norm(#1, #1.shape[-1:], eps=#eps) * #2 + #3", SUM, CALL),
            jax: tight(
                "(#1 - jnp.mean(#1, -1, keepdims=True)) / jnp.sqrt(jnp.var(#1, -1, keepdims=True) + #eps) * #2 + #3",
                SUM,
                CALL,
            ),
            tensorflow: call("tf.nn.batch_normalization(#1, *tf.nn.moments(#1, [-1], keepdims=True), #3, #2, #eps)"),
            numpy: tight(
                "(#1 - np.mean(#1, -1, keepdims=True)) / np.sqrt(np.var(#1, -1, keepdims=True) + #eps) * #2 + #3",
                SUM,
                CALL,
            ),
        },
        about: phrase(
            "마지막 축을 따라 평균을 빼고 표준편차로 나눈 뒤 이득을 곱하고 편향을 더한다. 분산은 N으로 나누고 0으로 나누지 않도록 eps를 더한다. 한 원소가 평균과 분산을 거쳐 같은 행의 모든 출력에 영향을 주므로, 역전파에서는 기울기의 평균과 정규화한 값 방향의 성분을 뺀다. PyTorch, JAX, TensorFlow도 같다.",
            "Subtracts the mean along the last axis, divides by the standard deviation, multiplies by the gain and adds the bias. The variance divides by N, and eps keeps the divisor from 0. Since one element reaches all outputs of its row through mean and variance, the backward pass removes from the gradient its mean and its part along the normalised values; PyTorch, JAX and TensorFlow do the same.",
        ),
        examples: &[
            "a = [[1, 2, 6]]\ngain = [1, 2, 1]\nbias = [0, 0, 1]\ny = sum(layernorm(a, gain, bias, eps=0) * [[1, 0, 2]])\nexpect y = 3.852\nexpect dy/dgain[2] = 2.7775\nexpect dy/dbias[0] = 1",
            "a = [[1, 3], [2, -2]]\ngain = [1, 1]\nbias = [0, 0]\ny = sum(layernorm(a, gain, bias) * [[1, 0], [0, 3]])\nexpect y = -4",
        ],
        ..NETWORK
    },
    Op {
        name: "batchnorm",
        title: phrase("배치 정규화", "batch normalisation"),
        glyph: "BatchNorm",
        inputs: &["a", "gain", "bias"],
        attrs: &[EPS],
        forward: Forward::Structural {
            shape: |shapes, _| {
                let channels = shapes[0].0.get(1).copied();
                let fits = |i: usize| shapes[i].0.as_slice() == channels.as_slice();
                if matches!(shapes[0].rank(), 2 | 4) && fits(1) && fits(2) {
                    return Ok(shapes[0].clone());
                }
                Err(text(
                    format!(
                        "#1은 (N, C)나 (N, C, H, W)이고 #2와 #3은 (C,)여야 하는데 {}, {}, {}입니다",
                        shapes[0], shapes[1], shapes[2]
                    ),
                    format!(
                        "#1 must be (N, C) or (N, C, H, W), #2 and #3 (C,); they are {}, {} and {}",
                        shapes[0], shapes[1], shapes[2]
                    ),
                ))
            },
            kernel: |x, attrs, out| {
                let (n, channels) = (x[0].extents[0], x[0].extents[1]);
                let inner: usize = x[0].extents[2..].iter().product();
                for c in 0..channels {
                    let at = |i: usize| (i / inner * channels + c) * inner + i % inner;
                    let (mean, deviation) = moments(n * inner, attrs.number(0), |i| x[0].elements[at(i)]);
                    for place in (0..n * inner).map(at) {
                        out.elements[place] =
                            (x[0].elements[place] - mean) / deviation * x[1].elements[c] + x[2].elements[c];
                    }
                }
            },
        },
        rule: Rule::Vjp(|shapes| if shapes[0].rank() == 2 { normalisation_rules!("0") } else { CHANNEL_RULES }),
        spelling: Spelling {
            latex: call(r"\operatorname{BatchNorm}\!\left(#1; #2, #3\right)"),
            js: call("bp.batchnorm(#0, #1, #2, #3, #eps)"),
            torch: call("torch.nn.functional.batch_norm(#1, None, None, #2, #3, training=True, eps=#eps)"),
            jax: tight("(#1 - jnp.mean(#1, 0)) / jnp.sqrt(jnp.var(#1, 0) + #eps) * #2 + #3", SUM, CALL),
            tensorflow: call("tf.nn.batch_normalization(#1, *tf.nn.moments(#1, [0]), #3, #2, #eps)"),
            numpy: tight("(#1 - np.mean(#1, 0)) / np.sqrt(np.var(#1, 0) + #eps) * #2 + #3", SUM, CALL),
        },
        variants: &[
            Variant {
                torch: Some(tight(
                    "(#1 - torch.mean(#1, 0)) / torch.sqrt(torch.var(#1, 0, correction=0) + #eps) * #2 + #3",
                    SUM,
                    CALL,
                )),
                ..Variant::when(Why::Shape, |x, attrs| x[0].extents.len() == 2 && is_refused(x[0], attrs))
            },
            Variant {
                torch: Some(tight(
                    "(#1 - torch.mean(#1, (0, 2, 3), keepdim=True)) / torch.sqrt(torch.var(#1, (0, 2, 3), correction=0, keepdim=True) + #eps) * #2[:, None, None] + #3[:, None, None]",
                    SUM,
                    CALL,
                )),
                ..Variant::when(Why::Shape, |x, attrs| is_refused(x[0], attrs))
            },
            Variant {
                jax: Some(tight(
                    "(#1 - jnp.mean(#1, (0, 2, 3), keepdims=True)) / jnp.sqrt(jnp.var(#1, (0, 2, 3), keepdims=True) + #eps) * #2[:, None, None] + #3[:, None, None]",
                    SUM,
                    CALL,
                )),
                numpy: Some(tight(
                    "(#1 - np.mean(#1, (0, 2, 3), keepdims=True)) / np.sqrt(np.var(#1, (0, 2, 3), keepdims=True) + #eps) * #2[:, None, None] + #3[:, None, None]",
                    SUM,
                    CALL,
                )),
                tensorflow: Some(tight(
                    "tf.nn.batch_normalization(#1, *tf.nn.moments(#1, [0, 2, 3], keepdims=True), #3[:, None, None], #2[:, None, None], #eps)",
                    CALL,
                    CALL,
                )),
                ..Variant::when(Why::Shape, |x, _| x[0].extents.len() == 4)
            },
        ],
        about: phrase(
            "특성마다 배치의 평균을 빼고 표준편차로 나눈 뒤 이득을 곱하고 편향을 더한다. 그림(N, C, H, W)에서는 채널마다 한다. 학습할 때와 같이 이 배치의 평균과 분산을 쓰며 분산은 N으로 나눈다. 역전파는 층 정규화와 같되 배치를 따라 평균을 뺀다. PyTorch, JAX, TensorFlow도 같다.",
            "Subtracts each feature's mean over the batch, divides by the standard deviation, multiplies by the gain and adds the bias; for images (N, C, H, W) per channel. It uses this batch's own mean and variance, as in training, and the variance divides by N. The backward pass is that of layer normalisation with means over the batch; PyTorch, JAX and TensorFlow do the same.",
        ),
        examples: &[
            "a = [[1, 10], [3, 10], [8, 40]]\ngain = [1, 2]\nbias = [0, 5]\ny = sum(batchnorm(a, gain, bias, eps=0) * [[1, 0], [0, 0], [0, 1]])\nexpect y = 6.8094\nexpect dy/dbias[1] = 1\nexpect dy/dgain[1] = 1.4142",
            "a = [[[[1, 2], [3, 5]]], [[[0, 1], [1, 7]]]]\ngain = [2]\nbias = [1]\ny = sum(batchnorm(a, gain, bias) * a)\nexpect y = 55.777\nexpect dy/dbias[0] = 20",
        ],
        ..NETWORK
    },
    Op {
        name: "dropout",
        title: phrase("드롭아웃", "dropout"),
        glyph: "dropout",
        attrs: &[CHANCE, SEED],
        forward: Forward::Structural {
            shape: |shapes, _| Ok(shapes[0].clone()),
            kernel: |x, attrs, out| {
                drop_out(attrs, out.elements);
                out.elements.iter_mut().zip(x[0].elements).for_each(|(y, x)| *y = if *y == 0.0 { 0.0 } else { *y * x });
            },
        },
        rule: Rule::Vjp(|_| &["g * dropout_mask(a, p=p, seed=seed)"]),
        spelling: Spelling {
            latex: call(r"\operatorname{dropout}\!\left(#1\right)"),
            js: call("bp.dropout(#0, #1, #p, #seed)"),
            torch: tight("#1 * #mask", PRODUCT, PRODUCT),
            jax: tight("#1 * #mask", PRODUCT, PRODUCT),
            tensorflow: tight("#1 * #mask", PRODUCT, PRODUCT),
            numpy: tight("#1 * #mask", PRODUCT, PRODUCT),
        },
        about: phrase(
            "원소마다 확률 p로 0을 만들고 나머지는 1/(1 − p)배 하여 기댓값을 지킨다. 무엇을 지울지는 seed와 자리만으로 정해져 어느 컴퓨터에서나 같다. 기울기는 남은 원소에만 같은 배율로 간다. 프레임워크마다 난수가 다르므로 지워지는 자리는 다르다.",
            "Sets each element to 0 with probability p and scales the others by 1/(1 − p), which keeps the expectation. What is dropped depends on the seed and the place alone, so it is the same on every machine. The gradient goes to the kept elements with the same factor. Frameworks draw other random numbers and drop other places.",
        ),
        examples: &[
            "a = [1, 1, 1, 1, 1, 1, 1, 1]\nd = dropout(a, p=0.5, seed=1)\ny = sum(d * d)\nexpect y >= 0\nexpect y <= 32",
            "a = [3, 4]\ny = sum(dropout(a, p=0))\nexpect y = 7\nexpect dy/da[0] = 1",
        ],
        ..NETWORK
    },
    Op {
        name: "embedding",
        title: phrase("임베딩", "embedding"),
        glyph: "embed",
        inputs: &["w", "ids"],
        forward: Forward::Structural {
            shape: |shapes, _| match shapes[0].0.as_slice() {
                [_, width] => Ok(Shape(shapes[1].0.iter().copied().chain([*width]).collect())),
                _ => Err(text(
                    format!("#1은 행렬이어야 하는데 형상이 {}입니다", shapes[0]),
                    format!("#1 must be a matrix; its shape is {}", shapes[0]),
                )),
            },
            kernel: |x, _, out| {
                let width = x[0].extents.last().copied().unwrap_or(1).max(1);
                for (row, id) in out.elements.chunks_exact_mut(width).zip(x[1].elements) {
                    match row_of(*id, x[0].extents[0]) {
                        Some(id) => row.copy_from_slice(&x[0].elements[id * width..(id + 1) * width]),
                        None => row.fill(f64::NAN),
                    }
                }
            },
        },
        rule: Rule::Vjp(|_| &["embedding_back(g, ids, w)", ""]),
        refuses: Some(|x, _| {
            let rows = x[0].extents.first().copied().unwrap_or(0);
            let wrong = x[1].elements.iter().find(|id| row_of(**id, rows).is_none())?;
            Some(text(
                format!("번호는 0부터 {}까지의 정수여야 하는데 {wrong}입니다", rows.saturating_sub(1)),
                format!("an id must be a whole number from 0 to {}, this is {wrong}", rows.saturating_sub(1)),
            ))
        }),
        spelling: Spelling {
            latex: call(r"{#1}_{#2}"),
            js: call("bp.embedding(#0, #1, #2)"),
            torch: tight("torch.nn.functional.embedding(#2.long(), #1)", CALL, CALL),
            jax: call("jnp.take(#1, jnp.asarray(#2, int), axis=0)"),
            tensorflow: call("tf.gather(#1, tf.cast(#2, tf.int64))"),
            numpy: call("np.take(#1, np.int64(#2), axis=0)"),
        },
        about: phrase(
            "번호마다 행렬의 행 하나를 꺼낸다. 원-핫 벡터와의 행렬곱과 같지만 곱하지 않는다. 역전파에서는 꺼낸 행에 기울기를 더하고, 여러 번 꺼낸 행은 그만큼 더해 받는다. 꺼내지 않은 행의 기울기는 0이다.",
            "Looks up one row of a matrix per id: the matrix product with one-hot vectors, without the multiplications. In the backward pass the gradient is added to the rows looked up, as often as they were; all other rows get 0.",
        ),
        examples: &[
            "w = [[1, 2], [3, 4], [5, 6]]\ny = sum(embedding(w, [2, 0, 2]) * [[1, 1], [10, 10], [100, 100]])\nexpect y = 1141\nexpect dy/dw[2,0] = 101\nexpect dy/dw[1,0] = 0",
        ],
        ..NETWORK
    },
    Op {
        name: "attention",
        title: phrase("어텐션", "attention"),
        glyph: "attention",
        inputs: &["q", "k", "v"],
        forward: Forward::Structural {
            shape: |shapes, _| {
                let weights = weights_shape(shapes)?;
                let value = shapes[2];
                let rows = value.0.len().checked_sub(2).map(|axis| value.0[axis]);
                let before = |shape: &Shape| Shape::from(&shape.0[..shape.rank().saturating_sub(2)]);
                match (rows == weights.0.last().copied(), before(&weights).broadcast(&before(value))) {
                    (true, Some(before)) => {
                        let last = [weights.0[weights.rank() - 2], value.0[value.rank() - 1]];
                        Ok(Shape(before.0.into_iter().chain(last).collect()))
                    }
                    _ => Err(text(
                        format!("키 #2 {}와 값 #3 {}의 행 수가 같아야 합니다", shapes[1], value),
                        format!("the keys #2 {} and the values #3 {} must have as many rows", shapes[1], value),
                    )),
                }
            },
            kernel: |x, _, out| {
                let (d, width) = (last(x[0]), last(x[2]));
                each_query(x, out.extents, |query, keys, values, row| {
                    let (max, sum) = softmax_of_scores(query, keys, d);
                    let out = &mut out.elements[row * width..(row + 1) * width];
                    out.fill(0.0);
                    for (key, value) in keys.chunks_exact(d).zip(values.chunks_exact(width)) {
                        let weight = exp(score(query, key) - max) / sum;
                        out.iter_mut().zip(value).for_each(|(y, v)| *y += weight * v);
                    }
                });
            },
        },
        rule: Rule::Vjp(|_| {
            &[
                "attention_weights(q, k) * (g @ swapped(v) - sum((g @ swapped(v)) * attention_weights(q, k), axis=-1, keepdims=true)) @ k / sqrt(count(q, axis=-1))",
                "swapped(attention_weights(q, k) * (g @ swapped(v) - sum((g @ swapped(v)) * attention_weights(q, k), axis=-1, keepdims=true))) @ q / sqrt(count(q, axis=-1))",
                "swapped(attention_weights(q, k)) @ g",
            ]
        }),
        spelling: Spelling {
            latex: call(r"\operatorname{softmax}\!\left(\frac{#1 {#2}^{\mathsf{T}}}{\sqrt{d}}\right) #3"),
            js: call("bp.attention(#0, #1, #2, #3)"),
            torch: call("torch.nn.functional.scaled_dot_product_attention(#1, #2, #3)"),
            jax: tight(
                "jax.nn.softmax(#1 @ jnp.swapaxes(#2, -1, -2) / #1.shape[-1] ** 0.5, axis=-1) @ #3",
                PRODUCT,
                CALL,
            ),
            tensorflow: tight(
                "tf.nn.softmax(tf.matmul(#1, #2, transpose_b=True) / #1.shape[-1] ** 0.5) @ #3",
                PRODUCT,
                CALL,
            ),
            numpy: tight("softmax(#1 @ np.swapaxes(#2, -1, -2) / #1.shape[-1] ** 0.5, axis=-1) @ #3", PRODUCT, CALL)
                .with(helpers::NUMPY_SOFTMAX),
        },
        variants: &[Variant {
            torch: Some(tight("torch.softmax(#1 @ #2.mT / #1.shape[-1] ** 0.5, dim=-1) @ #3", PRODUCT, CALL)),
            ..Variant::when(Why::Shape, |x, _| !x.iter().all(|x| x.extents.len() == 2))
        }],
        about: phrase(
            "질의 q와 키 k의 내적을 √d로 나누어 소프트맥스를 취하고, 그 가중치로 값 v를 평균한다. 점수를 √d로 나누는 것은 차원이 커져도 소프트맥스가 포화하지 않게 하려는 것이다. 역전파는 행렬곱 두 개와 소프트맥스 하나의 규칙을 이은 것이다. 마지막 두 축이 행렬이고 그 앞의 축은 브로드캐스팅한다.",
            "The dot products of queries q and keys k, divided by √d, go through a softmax, and the values v are averaged with these weights. The division by √d keeps the softmax from saturating in many dimensions. The backward pass strings together the rules of two matrix products and a softmax. The last two axes are the matrices; those before them broadcast.",
        ),
        examples: &[
            "q = [[1, 0]]\nk = [[1, 0], [0, 1]]\nv = [[1, 2], [3, 5]]\ny = sum(attention(q, k, v) * [[1, 10]])\nexpect y = 31.568\nexpect dy/dv[0,1] = 6.698",
            "q = [[[1, 2], [0, 1]], [[1, 1], [2, 0]]]\nk = [[0.5, 1], [1, 0], [0, -1]]\nv = [[1], [2], [3]]\ny = sum(attention(q, k, v) * [[1], [2]])\nexpect y = 9.7067",
        ],
        ..NETWORK
    },
    Op {
        // (a − mean) / deviation along axes.
        name: "standardized",
        glyph: "z",
        attrs: &[AXIS, EPS],
        spelling: Spelling {
            torch: tight(
                "(#1 - torch.mean(#1, dim=#axis, keepdim=True)) / torch.sqrt(torch.var(#1, dim=#axis, correction=0, keepdim=True) + #eps)",
                PRODUCT,
                SUM,
            ),
            jax: tight(
                "(#1 - jnp.mean(#1, axis=#axis, keepdims=True)) / jnp.sqrt(jnp.var(#1, axis=#axis, keepdims=True) + #eps)",
                PRODUCT,
                SUM,
            ),
            tensorflow: tight(
                "(#1 - tf.reduce_mean(#1, axis=#axis, keepdims=True)) / tf.sqrt(tf.math.reduce_variance(#1, axis=#axis, keepdims=True) + #eps)",
                PRODUCT,
                SUM,
            ),
            numpy: tight(
                "(#1 - np.mean(#1, axis=#axis, keepdims=True)) / np.sqrt(np.var(#1, axis=#axis, keepdims=True) + #eps)",
                PRODUCT,
                SUM,
            ),
            ..spelled_by_rules(r"\operatorname{z}\!\left(#1\right)", "bp.standardized(#0, #1, #axis, #eps)")
        },
        forward: Forward::Structural {
            shape: |shapes, _| Ok(shapes[0].clone()),
            kernel: |x, attrs, out| {
                each_group(x[0].extents, attrs, |n, at| {
                    let (mean, deviation) = moments(n, attrs.number(1), |i| x[0].elements[at(i)]);
                    (0..n).map(at).for_each(|place| out.elements[place] = (x[0].elements[place] - mean) / deviation);
                });
            },
        },
        rule: Rule::Vjp(|_| {
            &[
                "(g - mean(g, axis=axis, keepdims=true) - y * mean(g * y, axis=axis, keepdims=true)) / deviation(a, axis=axis, eps=eps)",
            ]
        }),
        ..BLANK
    },
    Op {
        // √(variance + eps) along axes, which stay with the extent 1.
        name: "deviation",
        glyph: "σ",
        attrs: &[AXIS, EPS],
        spelling: Spelling {
            torch: call("torch.sqrt(torch.var(#1, dim=#axis, correction=0, keepdim=True) + #eps)"),
            jax: call("jnp.sqrt(jnp.var(#1, axis=#axis, keepdims=True) + #eps)"),
            tensorflow: call("tf.sqrt(tf.math.reduce_variance(#1, axis=#axis, keepdims=True) + #eps)"),
            numpy: call("np.sqrt(np.var(#1, axis=#axis, keepdims=True) + #eps)"),
            ..spelled_by_rules(r"\operatorname{std}\!\left(#1\right)", "bp.deviation(#0, #1, #axis, #eps)")
        },
        forward: Forward::Structural {
            shape: |shapes, attrs| {
                let is_grouped = grouped_axes(attrs, shapes[0].rank());
                Ok(Shape(shapes[0].0.iter().zip(is_grouped).map(|(n, is)| if is { 1 } else { *n }).collect()))
            },
            kernel: |x, attrs, out| {
                let mut group = 0;
                each_group(x[0].extents, attrs, |n, at| {
                    out.elements[group] = moments(n, attrs.number(1), |i| x[0].elements[at(i)]).1;
                    group += 1;
                });
            },
        },
        rule: Rule::Vjp(|_| &["g * (a - mean(a, axis=axis, keepdims=true)) / (count(a, axis=axis) * y)"]),
        ..BLANK
    },
    Op {
        // One number per channel, in a shape that broadcasts over images.
        name: "per_channel",
        glyph: "C",
        inputs: &["a", "like"],
        spelling: spelled_by_rules("#1", "bp.copy(#0, #1)").in_code(tight("#1[:, None, None]", CALL, CALL)),
        forward: Forward::Structural {
            shape: |shapes, _| Ok(Shape::from([shapes[0].len(), 1, 1])),
            kernel: |x, _, out| out.elements.copy_from_slice(x[0].elements),
        },
        rule: Rule::Vjp(|_| &["reshape_as(g, a)", ""]),
        ..BLANK
    },
    Op {
        // What dropout multiplies by: 0 or 1/(1 − p).
        name: "dropout_mask",
        glyph: "mask",
        inputs: &["like"],
        attrs: &[CHANCE, SEED],
        spelling: spelled_by_rules(r"\operatorname{mask}", "bp.dropoutMask(#0, #p, #seed)"),
        forward: Forward::Structural {
            shape: |shapes, _| Ok(shapes[0].clone()),
            kernel: |_, attrs, out| drop_out(attrs, out.elements),
        },
        ..BLANK
    },
    Op {
        name: "embedding_back",
        glyph: "scatter",
        inputs: &["a", "ids", "like"],
        spelling: Spelling {
            torch: tight("put_back(#1, #2.long(), #out)", CALL, CALL).with(helpers::TORCH_PUT_BACK),
            jax: call("put_back(#1, jnp.asarray(#2, int), #out)").with(helpers::JAX_PUT_BACK),
            tensorflow: call("put_back(#1, np.int64(#2), #out)").with(helpers::TENSORFLOW_PUT_BACK),
            numpy: call("put_back(#1, np.int64(#2), #out)").with(helpers::NUMPY_PUT_BACK),
            ..spelled_by_rules(r"\operatorname{scatter}_{#2}\!\left(#1\right)", "bp.embeddingBack(#0, #1, #2)")
        },
        forward: Forward::Structural {
            shape: |shapes, _| Ok(shapes[2].clone()),
            kernel: |x, _, out| {
                let width = out.extents.last().copied().unwrap_or(1).max(1);
                let rows = out.extents.first().copied().unwrap_or(0);
                out.elements.fill(0.0);
                for (gradient, id) in x[0].elements.chunks_exact(width).zip(x[1].elements) {
                    let Some(id) = row_of(*id, rows) else { continue };
                    let row = &mut out.elements[id * width..(id + 1) * width];
                    row.iter_mut().zip(gradient).for_each(|(sum, g)| *sum += g);
                }
            },
        },
        rule: Rule::Vjp(|_| &["embedding(g, ids)", "", ""]),
        ..BLANK
    },
    Op {
        // softmax(q kᵀ / √d).
        name: "attention_weights",
        glyph: "softmax",
        inputs: &["q", "k"],
        spelling: Spelling {
            torch: tight("torch.softmax(#1 @ #2.mT / #1.shape[-1] ** 0.5, dim=-1)", CALL, CALL),
            jax: tight("jax.nn.softmax(#1 @ jnp.swapaxes(#2, -1, -2) / #1.shape[-1] ** 0.5, axis=-1)", CALL, CALL),
            tensorflow: tight("tf.nn.softmax(tf.matmul(#1, #2, transpose_b=True) / #1.shape[-1] ** 0.5)", CALL, CALL),
            numpy: tight("softmax(#1 @ np.swapaxes(#2, -1, -2) / #1.shape[-1] ** 0.5, axis=-1)", CALL, CALL)
                .with(helpers::NUMPY_SOFTMAX),
            ..spelled_by_rules(
                r"\operatorname{softmax}\!\left(\frac{#1 {#2}^{\mathsf{T}}}{\sqrt{d}}\right)",
                "bp.attentionWeights(#0, #1, #2)",
            )
        },
        forward: Forward::Structural {
            shape: |shapes, _| weights_shape(shapes),
            kernel: |x, _, out| {
                let (d, keys_in_all) = (last(x[0]), out.extents.last().copied().unwrap_or(1));
                each_query(&[x[0], x[1], x[1]], out.extents, |query, keys, _, row| {
                    let (max, sum) = softmax_of_scores(query, keys, d);
                    let out = &mut out.elements[row * keys_in_all..(row + 1) * keys_in_all];
                    out.iter_mut()
                        .zip(keys.chunks_exact(d))
                        .for_each(|(y, key)| *y = exp(score(query, key) - max) / sum);
                });
            },
        },
        rule: Rule::Vjp(|_| {
            &[
                "(y * (g - sum(g * y, axis=-1, keepdims=true))) @ k / sqrt(count(q, axis=-1))",
                "swapped(y * (g - sum(g * y, axis=-1, keepdims=true))) @ q / sqrt(count(q, axis=-1))",
            ]
        }),
        ..BLANK
    },
];

/// The mean of `n` numbers and √(variance + eps).
fn moments(n: usize, eps: f64, x: impl Fn(usize) -> f64) -> (f64, f64) {
    let (mean, variance) = summation::moments(n, |visit: &mut dyn FnMut(f64)| (0..n).for_each(|i| visit(x(i))));
    (mean, (variance + eps).sqrt())
}

/// Whether PyTorch refuses to normalise a batch: without `eps`, or with a single number for each feature.
fn is_refused(x: View<'_>, attrs: &Attrs) -> bool {
    attrs.number(0) == 0.0 || x.elements.len() == x.extents[1]
}

fn drop_out(attrs: &Attrs, mask: &mut [f64]) {
    let (chance, mut random) = (attrs.number(0), Random::seeded(attrs.number(1)));
    mask.iter_mut().for_each(|y| *y = if random.uniform() < chance { 0.0 } else { 1.0 / (1.0 - chance) });
}

fn row_of(id: f64, rows: usize) -> Option<usize> {
    (id.fract() == 0.0 && id >= 0.0 && id < rows as f64).then_some(id as usize)
}

/// Which axes a normalisation runs over.
fn grouped_axes(attrs: &Attrs, rank: usize) -> [bool; MAX_RANK] {
    let mut is_grouped = [false; MAX_RANK];
    if let Some(AttrValue::Integers(axes)) = attrs.0.first() {
        axes.iter().filter_map(|axis| position(*axis, rank)).for_each(|axis| is_grouped[axis] = true);
    }
    is_grouped
}

/// Calls `f` for each group of elements that are normalised together, with their number and where the i-th lies.
fn each_group(extents: &[usize], attrs: &Attrs, mut f: impl FnMut(usize, &dyn Fn(usize) -> usize)) {
    let is_grouped = grouped_axes(attrs, extents.len());
    let own = strides_of(extents);
    let mut kept = [1; MAX_RANK];
    (0..extents.len()).filter(|axis| !is_grouped[*axis]).for_each(|axis| kept[axis] = extents[axis]);
    let n = extents.iter().zip(is_grouped).filter(|(_, is)| *is).map(|(n, _)| n).product();
    walk(&kept[..extents.len()], &own, |_, start| {
        let at = |mut i: usize| {
            let mut place = start;
            for axis in (0..extents.len()).rev().filter(|axis| is_grouped[*axis]) {
                place += i % extents[axis] * own[axis];
                i /= extents[axis];
            }
            place
        };
        f(n, &at);
    });
}

fn last(x: View<'_>) -> usize {
    x.extents.last().copied().unwrap_or(1).max(1)
}

fn weights_shape(shapes: &[&Shape]) -> Result<Shape, Text> {
    if let ([before_q @ .., n, d], [before_k @ .., m, e]) = (shapes[0].0.as_slice(), shapes[1].0.as_slice())
        && d == e
        && let Some(before) = Shape::from(before_q).broadcast(&Shape::from(before_k))
    {
        let weights = Shape(before.0.into_iter().chain([*n, *m]).collect());
        if weights.len() > MOST_ELEMENTS {
            return Err(text(
                format!("#1 {}과 #2 {}의 가중치가 {weights}이어서 너무 큽니다", shapes[0], shapes[1]),
                format!("the weights of #1 {} and #2 {} are {weights}, which is too large", shapes[0], shapes[1]),
            ));
        }
        return Ok(weights);
    }
    Err(text(
        format!("질의 #1 {}와 키 #2 {}는 열 수가 같은 행렬이어야 합니다", shapes[0], shapes[1]),
        format!("the queries #1 {} and the keys #2 {} must be matrices with as many columns", shapes[0], shapes[1]),
    ))
}

fn score(query: &[f64], key: &[f64]) -> f64 {
    query.iter().zip(key).map(|(q, k)| q * k).sum::<f64>() / (query.len() as f64).sqrt()
}

/// The largest score of a query, and the sum of the exponentials of the distances to it.
fn softmax_of_scores(query: &[f64], keys: &[f64], d: usize) -> (f64, f64) {
    let scores = || keys.chunks_exact(d).map(|key| score(query, key));
    let max = scores().fold(f64::NEG_INFINITY, |max, s| if s.is_nan() || s > max { s } else { max });
    (max, scores().map(|s| exp(s - max)).sum())
}

/// Calls `f` for each query with its keys and values and the number of its row.
fn each_query(x: &[View<'_>], out: &[usize], mut f: impl FnMut(&[f64], &[f64], &[f64], usize)) {
    let rank = out.len();
    let (before, n) = (&out[..rank - 2], out[rank - 2]);
    let strides = |view: &View<'_>| broadcast_strides(&view.extents[..view.extents.len() - 2], before);
    let size = |view: &View<'_>| view.extents[view.extents.len() - 2..].iter().product::<usize>();
    let (of_keys, of_values) = (strides(&x[1]), strides(&x[2]));
    let d = last(x[0]);
    walk(before, &strides(&x[0]), |batch, at| {
        let keys = &x[1].elements[offset_at(batch, before, &of_keys) * size(&x[1])..][..size(&x[1])];
        let values = &x[2].elements[offset_at(batch, before, &of_values) * size(&x[2])..][..size(&x[2])];
        let queries = &x[0].elements[at * size(&x[0])..][..size(&x[0])];
        for (i, query) in queries.chunks_exact(d).enumerate() {
            f(query, keys, values, batch * n + i);
        }
    });
}
