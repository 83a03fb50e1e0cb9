//! Convolution and pooling of images (N, C, H, W).

use super::level::PRODUCT;
use super::{
    Attr, AttrDefault, AttrKind, AttrValue, Attrs, BLANK, Family, Forward, NOT_NEGATIVE, Op, POSITIVE, Rule, Spelling,
    Variant, Why, call, enclosing, helpers, phrase, spelled_by_rules,
};
use crate::lang::{Text, counted, text};
use crate::tensor::Shape;

/// What the rows of this file have in common.
const NETWORK: Op = Op { family: Family::Network, ..BLANK };

const STRIDE: Attr =
    Attr { name: "stride", kind: AttrKind::Integer, default: AttrDefault::Number(1.0), needs: POSITIVE };
const PADDING: Attr =
    Attr { name: "padding", kind: AttrKind::Integer, default: AttrDefault::Number(0.0), needs: NOT_NEGATIVE };
const SIZE: Attr = Attr { name: "size", kind: AttrKind::Integer, default: AttrDefault::Number(2.0), needs: POSITIVE };
/// As large as the window unless told.
const WINDOW_STRIDE: Attr =
    Attr { name: "stride", kind: AttrKind::Integer, default: AttrDefault::Absent, needs: POSITIVE };

/// A convolution or pooling looks at so many elements at most, which takes some seconds.
const MOST_STEPS: usize = 2_000_000_000;

pub const OPS: &[Op] = &[
    Op {
        name: "conv2d",
        title: phrase("2차원 합성곱", "2-D convolution"),
        glyph: "conv",
        inputs: &["x", "w"],
        attrs: &[STRIDE, PADDING],
        forward: Forward::Structural {
            shape: convolved,
            kernel: |x, attrs, out| {
                out.elements.fill(0.0);
                convolve(x[0].extents, x[1].extents, out.extents, attrs, |image, weight, result| {
                    out.elements[result] += x[0].elements[image] * x[1].elements[weight];
                });
            },
        },
        rule: Rule::Vjp(|_| {
            &[
                "conv2d_image(g, w, x, stride=stride, padding=padding)",
                "conv2d_weight(g, x, w, stride=stride, padding=padding)",
            ]
        }),
        spelling: Spelling {
            latex: call(r"#1 \star #2"),
            js: call("bp.conv2d(#0, #1, #2, #stride, #padding)"),
            torch: call("torch.nn.functional.conv2d(#1, #2, stride=#stride, padding=#padding)"),
            jax: call("conv2d(#1, #2, #stride, #padding)").with(helpers::JAX_CONV2D),
            tensorflow: call("conv2d(#1, #2, #stride, #padding)").with(helpers::TENSORFLOW_CONV2D),
            numpy: call("conv2d(#1, #2, #stride, #padding)").with(helpers::NUMPY_CONV2D),
        },
        about: phrase(
            "필터를 그림 위에서 옮겨 가며 겹치는 원소끼리 곱해 더한다. 필터를 뒤집지 않으므로 엄밀히는 교차상관이며 PyTorch, JAX, TensorFlow도 같다. 그림은 (N, C, H, W), 필터는 (O, C, KH, KW)이다. 필터의 가중치 하나는 모든 위치에서 쓰이므로 기울기는 위치마다의 몫을 더한 것이다.",
            "Moves filters over images and sums the products of what overlaps. The filters are not flipped, so strictly it is a cross-correlation, as in PyTorch, JAX and TensorFlow. Images are (N, C, H, W), filters (O, C, KH, KW). One weight is used at every position, so its gradient is the sum over the positions.",
        ),
        examples: &[
            "X = [[[[0, 1, 2], [3, 4, 5], [6, 7, 8]]]]\nK = [[[[0, 1], [2, 3]]]]\ny = sum(conv2d(X, K))\nexpect y = 124\nexpect dy/dK[0,0,0,0] = 8\nexpect dy/dX[0,0,1,1] = 6",
            "X = [[[[1, 2], [3, 4]]]]\nK = [[[[1, 0, 0], [0, 1, 0], [0, 0, 2]]]]\ny = sum(conv2d(X, K, stride=1, padding=1) * [[[[1, 2], [3, 4]]]])\nexpect y = 42\nexpect dy/dK[0,0,1,1] = 30",
        ],
        ..NETWORK
    },
    Op {
        name: "maxpool2d",
        title: phrase("최대 풀링", "max pooling"),
        glyph: "maxpool",
        inputs: &["x"],
        attrs: &[SIZE, WINDOW_STRIDE],
        forward: Forward::Structural {
            shape: |shapes, attrs| pooled(shapes[0], attrs),
            kernel: |x, attrs, out| {
                each_window(x[0].extents, out.extents, attrs, |result, window| {
                    out.elements[result] = x[0].elements[largest(x[0].elements, window)];
                });
            },
        },
        rule: Rule::Vjp(|_| &["maxpool_back(g, x, size=size, stride=stride)"]),
        spelling: Spelling {
            latex: call(r"\operatorname{maxpool}\!\left(#1\right)"),
            js: call("bp.maxpool(#0, #1, #1, #size, #stride)"),
            torch: call("torch.nn.functional.max_pool2d(#1, #size, #stride)"),
            jax: call(
                "jax.lax.reduce_window(#1, -jnp.inf, jax.lax.max, (1, 1, #size, #size), (1, 1, #stride, #stride), 'VALID')",
            ),
            tensorflow: call("maxpool2d(#1, #size, #stride)").with(helpers::TENSORFLOW_MAXPOOL),
            numpy: call("windows(#1, #size, #stride).max((-2, -1))").with(helpers::NUMPY_WINDOWS),
        },
        variants: &[Variant {
            torch: Some(call("torch.nn.functional.max_pool2d(#1, #size, #size)")),
            jax: Some(call(
                "jax.lax.reduce_window(#1, -jnp.inf, jax.lax.max, (1, 1, #size, #size), (1, 1, #size, #size), 'VALID')",
            )),
            tensorflow: Some(call("maxpool2d(#1, #size, #size)").with(helpers::TENSORFLOW_MAXPOOL)),
            numpy: Some(call("windows(#1, #size, #size).max((-2, -1))").with(helpers::NUMPY_WINDOWS)),
            ..Variant::when(Why::Shape, |_, attrs| attrs.0.get(1) == Some(&AttrValue::Absent))
        }],
        about: phrase(
            "창마다 가장 큰 원소를 고른다. stride를 주지 않으면 창의 크기만큼 옮긴다. 기울기는 고른 원소에만 가고, 가장 큰 원소가 여럿이면 첫 번째에만 간다. PyTorch, JAX, TensorFlow도 같으며, 고르게 나누는 max_axis와 다르다.",
            "Takes the largest element of each window; without `stride` it moves by the window's size. The gradient goes to that element alone, and of several largest ones to the first, as in PyTorch, JAX and TensorFlow; `max_axis` shares it instead.",
        ),
        examples: &[
            "X = [[[[1, 5], [3, 2]]]]\ny = sum(maxpool2d(X, 2))\nexpect y = 5\nexpect dy/dX[0,0,0,1] = 1\nexpect dy/dX[0,0,1,0] = 0",
            "X = [[[[7, 7, 1], [0, 2, 3]]]]\ny = sum(maxpool2d(X, size=2, stride=1) * [[[[1, 10]]]])\nexpect y = 77\nexpect dy/dX[0,0,0,0] = 1\nexpect dy/dX[0,0,0,1] = 10",
        ],
        ..NETWORK
    },
    Op {
        name: "avgpool2d",
        title: phrase("평균 풀링", "average pooling"),
        glyph: "avgpool",
        inputs: &["x"],
        attrs: &[SIZE, WINDOW_STRIDE],
        forward: Forward::Structural {
            shape: |shapes, attrs| pooled(shapes[0], attrs),
            kernel: |x, attrs, out| {
                each_window(x[0].extents, out.extents, attrs, |result, window| {
                    let sum: f64 = window.places().map(|place| x[0].elements[place]).sum();
                    out.elements[result] = sum / (window.size * window.size) as f64;
                });
            },
        },
        rule: Rule::Vjp(|_| &["avgpool_back(g, x, size=size, stride=stride)"]),
        spelling: Spelling {
            latex: call(r"\operatorname{avgpool}\!\left(#1\right)"),
            js: call("bp.avgpool(#0, #1, #size, #stride)"),
            torch: call("torch.nn.functional.avg_pool2d(#1, #size, #stride)"),
            jax: enclosing(
                "jax.lax.reduce_window(#1, 0.0, jax.lax.add, (1, 1, #size, #size), (1, 1, #stride, #stride), 'VALID') / #size**2",
                PRODUCT,
            ),
            tensorflow: call("avgpool2d(#1, #size, #stride)").with(helpers::TENSORFLOW_AVGPOOL),
            numpy: call("windows(#1, #size, #stride).mean((-2, -1))").with(helpers::NUMPY_WINDOWS),
        },
        variants: &[Variant {
            torch: Some(call("torch.nn.functional.avg_pool2d(#1, #size, #size)")),
            jax: Some(enclosing(
                "jax.lax.reduce_window(#1, 0.0, jax.lax.add, (1, 1, #size, #size), (1, 1, #size, #size), 'VALID') / #size**2",
                PRODUCT,
            )),
            tensorflow: Some(call("avgpool2d(#1, #size, #size)").with(helpers::TENSORFLOW_AVGPOOL)),
            numpy: Some(call("windows(#1, #size, #size).mean((-2, -1))").with(helpers::NUMPY_WINDOWS)),
            ..Variant::when(Why::Shape, |_, attrs| attrs.0.get(1) == Some(&AttrValue::Absent))
        }],
        about: phrase(
            "창마다 평균을 구한다. stride를 주지 않으면 창의 크기만큼 옮긴다. 역전파에서는 기울기를 창의 원소 수로 나누어 고르게 보낸다.",
            "The mean of each window; without `stride` it moves by the window's size. In the backward pass the gradient is divided by the number of elements and handed to each.",
        ),
        examples: &[
            "X = [[[[1, 5], [3, 2]]]]\ny = sum(avgpool2d(X, 2))\nexpect y = 2.75\nexpect dy/dX[0,0,1,0] = 0.25",
        ],
        ..NETWORK
    },
    Op {
        // The gradient of a convolution by its images: linear in the gradient and in the weights.
        name: "conv2d_image",
        glyph: "conv",
        inputs: &["a", "w", "like"],
        attrs: &[STRIDE, PADDING],
        spelling: Spelling {
            torch: call("torch.nn.grad.conv2d_input(#out, #2, #1, stride=#stride, padding=#padding)"),
            jax: call("conv2d_image(#1, #2, #out, #stride, #padding)").with(helpers::JAX_CONV2D_IMAGE),
            tensorflow: call("conv2d_image(#1, #2, #out, #stride, #padding)").with(helpers::TENSORFLOW_CONV2D_IMAGE),
            numpy: call("conv2d_image(#1, #2, #out, #stride, #padding)").with(helpers::NUMPY_CONV2D_IMAGE),
            ..spelled_by_rules(r"#1 \ast #2", "bp.conv2dImage(#0, #1, #2, #stride, #padding)")
        },
        forward: Forward::Structural {
            shape: |shapes, _| Ok(shapes[2].clone()),
            kernel: |x, attrs, out| {
                out.elements.fill(0.0);
                convolve(out.extents, x[1].extents, x[0].extents, attrs, |image, weight, result| {
                    out.elements[image] += x[0].elements[result] * x[1].elements[weight];
                });
            },
        },
        rule: Rule::Vjp(|_| {
            &[
                "conv2d(g, w, stride=stride, padding=padding)",
                "conv2d_weight(a, g, w, stride=stride, padding=padding)",
                "",
            ]
        }),
        ..BLANK
    },
    Op {
        // The gradient of a convolution by its weights: linear in the gradient and in the images.
        name: "conv2d_weight",
        glyph: "conv",
        inputs: &["a", "x", "like"],
        attrs: &[STRIDE, PADDING],
        spelling: Spelling {
            torch: call("torch.nn.grad.conv2d_weight(#2, #out, #1, stride=#stride, padding=#padding)"),
            jax: call("conv2d_weight(#1, #2, #out, #stride, #padding)").with(helpers::JAX_CONV2D_WEIGHT),
            tensorflow: call("conv2d_weight(#1, #2, #out, #stride, #padding)").with(helpers::TENSORFLOW_CONV2D_WEIGHT),
            numpy: call("conv2d_weight(#1, #2, #out, #stride, #padding)").with(helpers::NUMPY_CONV2D_WEIGHT),
            ..spelled_by_rules(r"#2 \star #1", "bp.conv2dWeight(#0, #1, #2, #stride, #padding)")
        },
        forward: Forward::Structural {
            shape: |shapes, _| Ok(shapes[2].clone()),
            kernel: |x, attrs, out| {
                out.elements.fill(0.0);
                convolve(x[1].extents, out.extents, x[0].extents, attrs, |image, weight, result| {
                    out.elements[weight] += x[0].elements[result] * x[1].elements[image];
                });
            },
        },
        rule: Rule::Vjp(|_| {
            &[
                "conv2d(x, g, stride=stride, padding=padding)",
                "conv2d_image(a, g, x, stride=stride, padding=padding)",
                "",
            ]
        }),
        ..BLANK
    },
    Op {
        // Each gradient at the place of its window's first maximum.
        name: "maxpool_back",
        glyph: "maxpool",
        inputs: &["a", "x"],
        attrs: &[SIZE, WINDOW_STRIDE],
        spelling: Spelling {
            torch: call("maxpool_back(#1, #2, #size, #stride)").with(helpers::TORCH_MAXPOOL_BACK),
            jax: call("maxpool_back(#1, #2, #size, #stride)").with(helpers::JAX_MAXPOOL_BACK),
            tensorflow: call("maxpool_back(#1, #2, #size, #stride)").with(helpers::TENSORFLOW_MAXPOOL_BACK),
            numpy: call("maxpool_back(#1, #2, #size, #stride)").with(helpers::NUMPY_MAXPOOL_BACK),
            ..spelled_by_rules(r"\operatorname{unpool}\!\left(#1\right)", "bp.maxpoolBack(#0, #1, #2, #size, #stride)")
        },
        variants: &[Variant {
            torch: Some(call("maxpool_back(#1, #2, #size, #size)").with(helpers::TORCH_MAXPOOL_BACK)),
            jax: Some(call("maxpool_back(#1, #2, #size, #size)").with(helpers::JAX_MAXPOOL_BACK)),
            tensorflow: Some(call("maxpool_back(#1, #2, #size, #size)").with(helpers::TENSORFLOW_MAXPOOL_BACK)),
            numpy: Some(call("maxpool_back(#1, #2, #size, #size)").with(helpers::NUMPY_MAXPOOL_BACK)),
            ..Variant::when(Why::Shape, |_, attrs| attrs.0.get(1) == Some(&AttrValue::Absent))
        }],
        forward: Forward::Structural {
            shape: |shapes, _| Ok(shapes[1].clone()),
            kernel: |x, attrs, out| {
                out.elements.fill(0.0);
                each_window(x[1].extents, x[0].extents, attrs, |result, window| {
                    out.elements[largest(x[1].elements, window)] += x[0].elements[result];
                });
            },
        },
        rule: Rule::Vjp(|_| &["maxpool_take(g, x, size=size, stride=stride)", ""]),
        ..BLANK
    },
    Op {
        // What stands at the places of the windows' first maxima.
        name: "maxpool_take",
        glyph: "maxpool",
        inputs: &["a", "x"],
        attrs: &[SIZE, WINDOW_STRIDE],
        spelling: Spelling {
            torch: call("maxpool_take(#1, #2, #size, #stride)").with(helpers::TORCH_MAXPOOL_TAKE),
            jax: call("maxpool_take(#1, #2, #size, #stride)").with(helpers::JAX_MAXPOOL_TAKE),
            tensorflow: call("maxpool_take(#1, #2, #size, #stride)").with(helpers::TENSORFLOW_MAXPOOL_TAKE),
            numpy: call("maxpool_take(#1, #2, #size, #stride)").with(helpers::NUMPY_MAXPOOL_TAKE),
            ..spelled_by_rules(r"\operatorname{pool}\!\left(#1\right)", "bp.maxpool(#0, #1, #2, #size, #stride)")
        },
        variants: &[Variant {
            torch: Some(call("maxpool_take(#1, #2, #size, #size)").with(helpers::TORCH_MAXPOOL_TAKE)),
            jax: Some(call("maxpool_take(#1, #2, #size, #size)").with(helpers::JAX_MAXPOOL_TAKE)),
            tensorflow: Some(call("maxpool_take(#1, #2, #size, #size)").with(helpers::TENSORFLOW_MAXPOOL_TAKE)),
            numpy: Some(call("maxpool_take(#1, #2, #size, #size)").with(helpers::NUMPY_MAXPOOL_TAKE)),
            ..Variant::when(Why::Shape, |_, attrs| attrs.0.get(1) == Some(&AttrValue::Absent))
        }],
        forward: Forward::Structural {
            shape: |shapes, attrs| pooled(shapes[1], attrs),
            kernel: |x, attrs, out| {
                each_window(x[1].extents, out.extents, attrs, |result, window| {
                    out.elements[result] = x[0].elements[largest(x[1].elements, window)];
                });
            },
        },
        rule: Rule::Vjp(|_| &["maxpool_back(g, x, size=size, stride=stride)", ""]),
        ..BLANK
    },
    Op {
        // Each gradient in equal shares over its window.
        name: "avgpool_back",
        glyph: "avgpool",
        inputs: &["a", "like"],
        attrs: &[SIZE, WINDOW_STRIDE],
        spelling: Spelling {
            torch: call("avgpool_back(#1, #out, #size, #stride)").with(helpers::TORCH_AVGPOOL_BACK),
            jax: call("avgpool_back(#1, #out, #size, #stride)").with(helpers::JAX_AVGPOOL_BACK),
            tensorflow: call("avgpool_back(#1, #out, #size, #stride)").with(helpers::TENSORFLOW_AVGPOOL_BACK),
            numpy: call("avgpool_back(#1, #out, #size, #stride)").with(helpers::NUMPY_AVGPOOL_BACK),
            ..spelled_by_rules(r"\operatorname{unpool}\!\left(#1\right)", "bp.avgpoolBack(#0, #1, #size, #stride)")
        },
        variants: &[Variant {
            torch: Some(call("avgpool_back(#1, #out, #size, #size)").with(helpers::TORCH_AVGPOOL_BACK)),
            jax: Some(call("avgpool_back(#1, #out, #size, #size)").with(helpers::JAX_AVGPOOL_BACK)),
            tensorflow: Some(call("avgpool_back(#1, #out, #size, #size)").with(helpers::TENSORFLOW_AVGPOOL_BACK)),
            numpy: Some(call("avgpool_back(#1, #out, #size, #size)").with(helpers::NUMPY_AVGPOOL_BACK)),
            ..Variant::when(Why::Shape, |_, attrs| attrs.0.get(1) == Some(&AttrValue::Absent))
        }],
        forward: Forward::Structural {
            shape: |shapes, _| Ok(shapes[1].clone()),
            kernel: |x, attrs, out| {
                out.elements.fill(0.0);
                each_window(x[1].extents, x[0].extents, attrs, |result, window| {
                    let share = x[0].elements[result] / (window.size * window.size) as f64;
                    window.places().for_each(|place| out.elements[place] += share);
                });
            },
        },
        rule: Rule::Vjp(|_| &["avgpool2d(g, size=size, stride=stride)", ""]),
        ..BLANK
    },
];

fn convolved(shapes: &[&Shape], attrs: &Attrs) -> Result<Shape, Text> {
    let ([n, c, h, w], [o, kc, kh, kw]) = (shapes[0].0.as_slice(), shapes[1].0.as_slice()) else {
        return Err(text(
            format!("#1은 (N, C, H, W), #2는 (O, C, KH, KW)여야 하는데 {}, {}입니다", shapes[0], shapes[1]),
            format!("#1 must be (N, C, H, W) and #2 (O, C, KH, KW); they are {} and {}", shapes[0], shapes[1]),
        ));
    };
    if c != kc {
        return Err(text(
            format!("#1의 채널은 {c}개, #2의 채널은 {kc}개입니다: {} · {}", shapes[0], shapes[1]),
            format!("#1 has {}, #2 has {kc}: {} · {}", counted(*c, "channel"), shapes[0], shapes[1]),
        ));
    }
    match (positions(*h, *kh, attrs), positions(*w, *kw, attrs)) {
        (Some(height), Some(width)) => within_reach(Shape::from([*n, *o, height, width]), c * kh * kw),
        _ => Err(text(
            format!("필터 #2 {}가 그림 #1 {}보다 큽니다", shapes[1], shapes[0]),
            format!("the filter #2 {} is larger than the image #1 {}", shapes[1], shapes[0]),
        )),
    }
}

/// The shape of a result, unless looking at a window of so many elements for each of its own takes forever.
fn within_reach(shape: Shape, window: usize) -> Result<Shape, Text> {
    let steps = shape.len().saturating_mul(window);
    if steps <= MOST_STEPS {
        return Ok(shape);
    }
    Err(text(
        format!("형상이 {shape}인 결과를 구하려면 {steps}단계가 필요하여 너무 오래 걸립니다"),
        format!("the result of shape {shape} would take {steps} steps, which is too many"),
    ))
}

/// How many positions a filter has along one axis of a padded image.
fn positions(image: usize, filter: usize, attrs: &Attrs) -> Option<usize> {
    let stride = attrs.integer(0).and_then(|stride| usize::try_from(stride).ok()).filter(|stride| *stride > 0)?;
    let padding = attrs.integer(1).and_then(|padding| usize::try_from(padding).ok())?;
    let room = image.checked_add(padding.checked_mul(2)?)?.checked_sub(filter)?;
    Some(room / stride + 1).filter(|_| filter > 0)
}

/// Visits every product of a convolution: the places of the image's element, of the weight and of the result.
fn convolve(
    image: &[usize],
    filter: &[usize],
    result: &[usize],
    attrs: &Attrs,
    mut visit: impl FnMut(usize, usize, usize),
) {
    let (stride, padding) = (attrs.integer(0).unwrap_or(1) as usize, attrs.integer(1).unwrap_or(0) as usize);
    let (&[n, c, h, w], &[o, _, kh, kw], &[_, _, rows, columns]) = (image, filter, result) else { return };
    for (sample, out_channel) in (0..n).flat_map(|sample| (0..o).map(move |out| (sample, out))) {
        for (row, column) in (0..rows).flat_map(|row| (0..columns).map(move |column| (row, column))) {
            let at = ((sample * o + out_channel) * rows + row) * columns + column;
            for channel in 0..c {
                for i in 0..kh {
                    let Some(y) = (row * stride + i).checked_sub(padding).filter(|y| *y < h) else { continue };
                    for j in 0..kw {
                        let Some(x) = (column * stride + j).checked_sub(padding).filter(|x| *x < w) else { continue };
                        let image = ((sample * c + channel) * h + y) * w + x;
                        visit(image, ((out_channel * c + channel) * kh + i) * kw + j, at);
                    }
                }
            }
        }
    }
}

/// The size of a pooling window and how far it moves.
fn window_of(attrs: &Attrs) -> Option<(usize, usize)> {
    let size = attrs.integer(0).and_then(|size| usize::try_from(size).ok()).filter(|size| *size > 0)?;
    let stride = attrs.integer(1).map_or(Some(size), |stride| usize::try_from(stride).ok().filter(|s| *s > 0))?;
    Some((size, stride))
}

fn pooled(shape: &Shape, attrs: &Attrs) -> Result<Shape, Text> {
    if let ([before @ .., h, w], Some((size, stride))) = (shape.0.as_slice(), window_of(attrs))
        && size <= *h
        && size <= *w
    {
        let last = [(h - size) / stride + 1, (w - size) / stride + 1];
        return within_reach(Shape(before.iter().copied().chain(last).collect()), size * size);
    }
    Err(text(
        format!("#1의 형상 {shape}에 이 크기의 창을 놓을 수 없습니다"),
        format!("a window of this size does not fit #1, whose shape is {shape}"),
    ))
}

/// A pooling window: where it starts, how wide a row of the image is, and its size.
#[derive(Clone, Copy)]
struct Window {
    start: usize,
    row: usize,
    size: usize,
}

impl Window {
    fn places(self) -> impl Iterator<Item = usize> {
        (0..self.size).flat_map(move |i| (0..self.size).map(move |j| self.start + i * self.row + j))
    }
}

/// Visits the windows of a pooling with the places of their results.
fn each_window(image: &[usize], result: &[usize], attrs: &Attrs, mut visit: impl FnMut(usize, Window)) {
    let (Some((size, stride)), [before @ .., h, w], [.., rows, columns]) = (window_of(attrs), image, result) else {
        return;
    };
    let mut at = 0;
    for plane in 0..before.iter().product() {
        for (row, column) in (0..*rows).flat_map(|row| (0..*columns).map(move |column| (row, column))) {
            visit(at, Window { start: (plane * h + row * stride) * w + column * stride, row: *w, size });
            at += 1;
        }
    }
}

/// The place of a window's first largest element; of a NaN if there is one.
fn largest(x: &[f64], window: Window) -> usize {
    let better = |best: usize, place: usize| {
        if x[place] > x[best] || x[place].is_nan() && !x[best].is_nan() { place } else { best }
    };
    window.places().fold(window.start, better)
}
