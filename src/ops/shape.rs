//! Shapes: reshaping, broadcasting, joining, and picking elements, and what their rules need.

use super::level::CALL;
use super::reduce::no_axis;
use super::{
    Attr, AttrDefault, AttrKind, Attrs, BLANK, Family, Forward, Op, POSITIVE, Rule, Spelling, Variant, Why, call,
    helpers, phrase, spelled_by_rules, tight,
};
use crate::lang::{Text, counted, text};
use crate::tensor::{Shape, View, ViewMut, position};

/// What the rows of this file have in common.
const TENSOR: Op = Op { family: Family::Tensor, ..BLANK };

const SHAPE: Attr = Attr { name: "shape", kind: AttrKind::Integers, default: AttrDefault::Required, needs: None };
const FIRST_AXIS: Attr = Attr { name: "axis", kind: AttrKind::Integer, default: AttrDefault::Number(0.0), needs: None };
const PLACE: Attr = Attr { name: "place", kind: AttrKind::Integer, default: AttrDefault::Required, needs: None };
const IDS: Attr = Attr { name: "ids", kind: AttrKind::Integers, default: AttrDefault::Required, needs: None };
const CLASSES: Attr = Attr { name: "n", kind: AttrKind::Integer, default: AttrDefault::Required, needs: POSITIVE };

pub const OPS: &[Op] = &[
    Op {
        name: "reshape",
        title: phrase("형상 바꾸기", "reshape"),
        glyph: "reshape",
        attrs: &[SHAPE],
        forward: Forward::Structural {
            shape: reshaped,
            kernel: |x, _, out| out.elements.copy_from_slice(x[0].elements),
        },
        rule: Rule::Vjp(|_| &["reshape_as(g, a)"]),
        spelling: Spelling {
            latex: call(r"\operatorname{reshape}_{#shape}\!\left(#1\right)"),
            js: call("bp.copy(#0, #1)"),
            torch: call("torch.reshape(#1, #out)"),
            jax: call("jnp.reshape(#1, #out)"),
            tensorflow: call("tf.reshape(#1, #out)"),
            numpy: call("np.reshape(#1, #out)"),
        },
        about: phrase(
            "원소의 순서는 그대로 두고 형상만 바꾼다. 길이 하나는 −1로 두어 나머지에서 정하게 할 수 있다. 역전파에서는 기울기의 형상을 되돌린다.",
            "Gives the same elements another shape. One extent may be −1 and follows from the others. In the backward pass the gradient gets the old shape back.",
        ),
        examples: &[
            "a = [1, 2, 3, 4]\nM = reshape(a, [2, -1])\ny = sum(M * [[1, 2], [3, 4]])\nexpect y = 30\nexpect dy/da[2] = 3",
        ],
        ..TENSOR
    },
    Op {
        name: "broadcast_to",
        title: phrase("브로드캐스팅", "broadcasting"),
        glyph: "copy",
        attrs: &[SHAPE],
        forward: Forward::Structural {
            shape: |shapes, attrs| {
                let extent = |n: &i64| usize::try_from(*n).ok().filter(|n| *n > 0);
                let target = attrs.integers(0).iter().map(extent).collect::<Option<_>>().map(Shape);
                match target.as_ref().and_then(|target| shapes[0].broadcast(target)) {
                    Some(shape) if target.as_ref() == Some(&shape) => Ok(shape),
                    _ => {
                        let list = listed(attrs.integers(0));
                        Err(text(
                            format!("#1의 형상 {}은(는) [{list}](으)로 늘릴 수 없습니다", shapes[0]),
                            format!("#1 has the shape {}, which does not broadcast to [{list}]", shapes[0]),
                        ))
                    }
                }
            },
            kernel: |x, _, out| x[0].stretch_to(out),
        },
        rule: Rule::Vjp(|_| &["sum_to(g, a)"]),
        spelling: Spelling {
            latex: call(r"\operatorname{broadcast}_{#shape}\!\left(#1\right)"),
            js: call("bp.stretch(#0, #1)"),
            torch: call("torch.broadcast_to(#1, #out)"),
            jax: call("jnp.broadcast_to(#1, #out)"),
            tensorflow: call("tf.broadcast_to(#1, #out)"),
            numpy: call("np.broadcast_to(#1, #out)"),
        },
        about: phrase(
            "길이가 1이거나 없는 축을 따라 복사하여 형상을 늘린다. 원소 하나가 여러 곳에 쓰이므로 역전파에서는 늘어난 축을 따라 기울기를 더해 원래 형상으로 되돌린다.",
            "Copies along axes that are missing or have the extent 1. Since one element is used in several places, the backward pass sums the gradient along those axes, back to the old shape.",
        ),
        examples: &["b = [1, 2]\nB = broadcast_to(b, [3, 2])\ny = sum(B)\nexpect y = 9\nexpect dy/db[0] = 3"],
        ..TENSOR
    },
    Op {
        name: "concat",
        title: phrase("이어 붙이기", "concatenation"),
        glyph: "concat",
        is_variadic: true,
        attrs: &[FIRST_AXIS],
        forward: Forward::Structural {
            shape: |shapes, attrs| if_few(shapes).and_then(|()| joined(shapes, attrs)),
            kernel: |x, attrs, out| {
                join(x, attrs, out.extents, |piece, whole| out.elements[whole] = x[piece.0].elements[piece.1]);
            },
        },
        rule: Rule::Vjp(|_| &["part(g, a, axis=axis, place=place)"]),
        spelling: Spelling {
            latex: call(r"[#all]"),
            js: call("bp.concat(#0, #all, #axis)"),
            torch: call("torch.cat([#all], dim=#axis)"),
            jax: call("jnp.concatenate([#all], axis=#axis)"),
            tensorflow: call("tf.concat([#all], axis=#axis)"),
            numpy: call("np.concatenate([#all], axis=#axis)"),
        },
        about: phrase(
            "텐서를 축을 따라 이어 붙인다. 다른 축의 길이는 같아야 한다. 역전파에서는 기울기를 붙이기 전의 조각으로 다시 나눈다.",
            "Joins tensors along an axis; the other extents must agree. In the backward pass the gradient is cut into the same pieces again.",
        ),
        examples: &[
            "a = [1, 2]\nb = [3]\ny = sum(concat([a, b]) * [1, 10, 100])\nexpect y = 321\nexpect dy/da[1] = 10\nexpect dy/db[0] = 100",
            "a = [[1], [2]]\nb = [[3, 4], [5, 6]]\ny = sum(concat([a, b, a], axis=1) * [[1, 2, 3, 4], [5, 6, 7, 8]])\nexpect y = 121\nexpect dy/da[0,0] = 5\nexpect dy/db[1,0] = 6",
        ],
        ..TENSOR
    },
    Op {
        name: "stack",
        title: phrase("쌓기", "stacking"),
        glyph: "stack",
        is_variadic: true,
        attrs: &[FIRST_AXIS],
        forward: Forward::Structural {
            shape: |shapes, attrs| {
                if let Some(other) = shapes.iter().position(|shape| *shape != shapes[0]) {
                    let n = other + 1;
                    return Err(text(
                        format!("쌓으려면 형상이 같아야 하는데 #1은 {}, #{n}은 {}입니다", shapes[0], shapes[other]),
                        format!(
                            "what is stacked must have one shape: #1 has {}, #{n} has {}",
                            shapes[0], shapes[other]
                        ),
                    ));
                }
                let mut extents = shapes[0].0.clone();
                let axis = new_axis(attrs, extents.len()).ok_or_else(|| no_such_axis(attrs, shapes[0]))?;
                extents.insert(axis, shapes.len());
                Ok(Shape(extents))
            },
            kernel: |x, attrs, out| {
                let axis = new_axis(attrs, x[0].extents.len()).unwrap_or(0);
                let inner: usize = x[0].extents[axis..].iter().product();
                for (place, piece) in x.iter().enumerate() {
                    for (i, row) in piece.elements.chunks_exact(inner.max(1)).enumerate() {
                        out.elements[(i * x.len() + place) * inner..][..inner].copy_from_slice(row);
                    }
                }
            },
        },
        rule: Rule::Vjp(|_| &["layer(g, axis=axis, place=place)"]),
        spelling: Spelling {
            latex: call(r"[#all]"),
            js: call("bp.stack(#0, #all, #axis)"),
            torch: call("torch.stack([#all], dim=#axis)"),
            jax: call("jnp.stack([#all], axis=#axis)"),
            tensorflow: call("tf.stack([#all], axis=#axis)"),
            numpy: call("np.stack([#all], axis=#axis)"),
        },
        about: phrase(
            "형상이 같은 텐서를 새 축을 따라 쌓는다. `[a, b]`처럼 이름이나 식을 목록에 쓰는 것과 같다. 역전파에서는 기울기를 층마다 나누어 돌려준다.",
            "Stacks tensors of one shape along a new axis; a list of names or expressions such as `[a, b]` means the same. In the backward pass each gets its layer of the gradient.",
        ),
        examples: &[
            "a = 2\nb = 5\nv = [a, b, a * b]\ny = sum(v * [1, 10, 100])\nexpect y = 1052\nexpect dy/da = 501\nexpect dy/db = 210",
            "a = [1, 2]\nb = [3, 4]\ny = sum(stack([a, b], axis=1) * [[1, 2], [3, 4]])\nexpect y = 29\nexpect dy/da[1] = 3\nexpect dy/db[0] = 2",
        ],
        ..TENSOR
    },
    Op {
        name: "index",
        title: phrase("골라 모으기", "gathering"),
        glyph: "gather",
        attrs: &[IDS, FIRST_AXIS],
        forward: Forward::Structural {
            shape: |shapes, attrs| {
                let axis = axis_of(attrs, 1, shapes[0])?;
                let n = shapes[0].0[axis];
                if let Some(id) = attrs.integers(0).iter().find(|id| position(**id, n).is_none()) {
                    return Err(text(
                        format!("#1의 축 {axis}에는 {n}개뿐이어서 {id}번이 없습니다"),
                        format!("axis {axis} of #1 has {}, and none is number {id}", counted(n, "place")),
                    ));
                }
                if attrs.integers(0).is_empty() {
                    return Err(text("`ids`에 번호가 하나도 없습니다", "`ids` lists no number"));
                }
                let mut extents = shapes[0].0.clone();
                extents[axis] = attrs.integers(0).len();
                Ok(Shape(extents))
            },
            kernel: |x, attrs, out| {
                gather(attrs, x[0].extents, |from, to, len| {
                    out.elements[to..to + len].copy_from_slice(&x[0].elements[from..from + len]);
                });
            },
        },
        rule: Rule::Vjp(|_| &["scatter(g, a, ids=ids, axis=axis)"]),
        spelling: Spelling {
            latex: call(r"{#1}_{[#ids]}"),
            js: call("bp.index(#0, #1, #ids, #axis)"),
            torch: call("torch.index_select(#1, #axis, torch.tensor([#ids]))"),
            jax: call("jnp.take(#1, jnp.array([#ids]), axis=#axis)"),
            tensorflow: call("tf.gather(#1, [#ids], axis=#axis)"),
            numpy: call("np.take(#1, [#ids], axis=#axis)"),
        },
        variants: &[Variant {
            torch: Some(call("torch.index_select(#1, #axis, torch.tensor([#ids]) % #1.shape[#axis])")),
            tensorflow: Some(call("tf.gather(#1, [i % #1.shape[#axis] for i in [#ids]], axis=#axis)")),
            ..Variant::when(Why::Shape, |_, attrs| attrs.integers(0).iter().any(|id| *id < 0))
        }],
        about: phrase(
            "축을 따라 번호로 골라 모은다. 같은 번호를 여러 번 쓸 수 있고, 음수는 끝에서부터 센다. 역전파에서는 고른 자리마다 기울기를 더한다. 여러 번 고른 자리는 그만큼 여러 번 받는다.",
            "Picks slices along an axis by number; a number may be repeated, and negative ones count from the end. In the backward pass the gradient is added at each place picked, as often as it was picked.",
        ),
        examples: &[
            "a = [[1, 2], [3, 4], [5, 6]]\nb = index(a, [2, 0, 2])\ny = sum(b * [[1, 1], [10, 10], [100, 100]])\nexpect y = 1141\nexpect dy/da[2,0] = 101\nexpect dy/da[1,0] = 0",
            "a = [[1, 2, 3]]\ny = sum(index(a, [-1, 0], axis=1) * [[1, 10]])\nexpect y = 13\nexpect dy/da[0,0] = 10",
        ],
        ..TENSOR
    },
    Op {
        name: "one_hot",
        title: phrase("원-핫", "one-hot"),
        glyph: "one-hot",
        attrs: &[CLASSES],
        forward: Forward::Structural {
            shape: |shapes, attrs| {
                let classes = attrs.integer(0).and_then(|n| usize::try_from(n).ok());
                Ok(Shape(shapes[0].0.iter().copied().chain(classes).collect()))
            },
            kernel: |x, _, out| one_hot(x[0].elements, out),
        },
        rule: Rule::Flat,
        refuses: Some(|x, attrs| {
            let n = attrs.integer(0).unwrap_or(0);
            let wrong = x[0].elements.iter().find(|id| id.fract() != 0.0 || **id < 0.0 || **id >= n as f64)?;
            Some(text(
                format!("클래스의 번호는 0부터 {}까지의 정수여야 하는데 {wrong}입니다", n - 1),
                format!("a class must be a whole number from 0 to {}, this is {wrong}", n - 1),
            ))
        }),
        spelling: Spelling {
            latex: call(r"\mathbf{1}_{#1}"),
            js: call("bp.oneHot(#0, #1)"),
            torch: tight("torch.nn.functional.one_hot(#1.long(), #n).double()", CALL, CALL),
            jax: call("jax.nn.one_hot(#1, #n)"),
            tensorflow: call("tf.one_hot(tf.cast(#1, tf.int64), #n, dtype=tf.float64)"),
            numpy: call("np.eye(#n)[np.int64(#1)]"),
        },
        about: phrase(
            "클래스의 번호를 그 자리만 1이고 나머지는 0인 벡터로 바꾼다. 번호는 데이터이므로 기울기가 가지 않는다.",
            "Turns class numbers into vectors that are 1 at that place and 0 elsewhere. The numbers are data, so no gradient passes.",
        ),
        examples: &["c = [2, 0]\ny = sum(one_hot(c, 3) * [[1, 2, 3], [4, 5, 6]])\nexpect y = 7\nexpect dy/dc[0] = 0"],
        ..TENSOR
    },
    Op {
        // The elements in the shape of another tensor that has as many.
        name: "reshape_as",
        glyph: "□",
        inputs: &["a", "like"],
        spelling: Spelling {
            torch: call("torch.reshape(#1, #out)"),
            jax: call("jnp.reshape(#1, #out)"),
            tensorflow: call("tf.reshape(#1, #out)"),
            numpy: call("np.reshape(#1, #out)"),
            ..spelled_by_rules(r"\operatorname{reshape}\!\left(#1\right)", "bp.copy(#0, #1)")
        },
        forward: Forward::Structural {
            shape: |shapes, _| Ok(shapes[1].clone()),
            kernel: |x, _, out| out.elements.copy_from_slice(x[0].elements),
        },
        rule: Rule::Vjp(|_| &["reshape_as(g, a)", ""]),
        ..BLANK
    },
    Op {
        // What one of several joined tensors is of the whole.
        name: "part",
        glyph: "part",
        inputs: &["a", "like"],
        is_variadic: true,
        attrs: &[FIRST_AXIS, PLACE],
        spelling: Spelling {
            torch: call("part(#1, #likes, axis=#axis, place=#place)").with(helpers::TORCH_PART),
            jax: call("part(#1, #likes, axis=#axis, place=#place)").with(helpers::JAX_PART),
            tensorflow: call("part(#1, #likes, axis=#axis, place=#place)").with(helpers::TENSORFLOW_PART),
            numpy: call("part(#1, #likes, axis=#axis, place=#place)").with(helpers::NUMPY_PART),
            ..spelled_by_rules(r"\operatorname{part}_{#place}\!\left(#1\right)", "bp.part(#0, #all, #axis, #place)")
        },
        forward: Forward::Structural {
            shape: |shapes, attrs| Ok(shapes[1 + own_place(attrs)].clone()),
            kernel: |x, attrs, out| {
                let place = own_place(attrs);
                join(&x[1..], attrs, x[0].extents, |piece, whole| {
                    if piece.0 == place {
                        out.elements[piece.1] = x[0].elements[whole];
                    }
                });
            },
        },
        rule: Rule::Vjp(|_| &["whole(g, like, axis=axis, place=place)", ""]),
        ..BLANK
    },
    Op {
        // One part in its place, zeros for the others.
        name: "whole",
        glyph: "part",
        inputs: &["a", "like"],
        is_variadic: true,
        attrs: &[FIRST_AXIS, PLACE],
        spelling: Spelling {
            torch: call("whole(#1, #likes, axis=#axis, place=#place)").with(helpers::TORCH_WHOLE),
            jax: call("whole(#1, #likes, axis=#axis, place=#place)").with(helpers::JAX_WHOLE),
            tensorflow: call("whole(#1, #likes, axis=#axis, place=#place)").with(helpers::TENSORFLOW_WHOLE),
            numpy: call("whole(#1, #likes, axis=#axis, place=#place)").with(helpers::NUMPY_WHOLE),
            ..spelled_by_rules(r"\operatorname{place}_{#place}\!\left(#1\right)", "bp.whole(#0, #all, #axis, #place)")
        },
        forward: Forward::Structural {
            shape: |shapes, attrs| joined(&shapes[1..], attrs),
            kernel: |x, attrs, out| {
                let place = own_place(attrs);
                out.elements.fill(0.0);
                join(&x[1..], attrs, out.extents, |piece, whole| {
                    if piece.0 == place {
                        out.elements[whole] = x[0].elements[piece.1];
                    }
                });
            },
        },
        rule: Rule::Vjp(|_| &["part(g, like, axis=axis, place=place)", ""]),
        ..BLANK
    },
    Op {
        // One layer of a stack.
        name: "layer",
        glyph: "layer",
        attrs: &[FIRST_AXIS, PLACE],
        spelling: Spelling {
            torch: call("torch.select(#1, #axis, #place)"),
            jax: call("jnp.take(#1, #place, axis=#axis)"),
            tensorflow: call("tf.gather(#1, #place, axis=#axis)"),
            numpy: call("np.take(#1, #place, axis=#axis)"),
            ..spelled_by_rules(r"{#1}_{#place}", "bp.layer(#0, #1, #axis, #place)")
        },
        variants: &[Variant::in_code(|_, attrs| attrs.number(0) == 0.0, tight("#1[#place]", CALL, CALL))],
        forward: Forward::Structural {
            shape: |shapes, attrs| {
                let mut extents = shapes[0].0.clone();
                extents.remove(axis_of(attrs, 0, shapes[0])?);
                Ok(Shape(extents))
            },
            kernel: |x, attrs, out| {
                layers(attrs, x[0].extents, |stacked, single, len| {
                    out.elements[single..single + len].copy_from_slice(&x[0].elements[stacked..stacked + len]);
                });
            },
        },
        rule: Rule::Vjp(|_| &["unlayer(g, a, axis=axis, place=place)"]),
        ..BLANK
    },
    Op {
        // One layer in its place in a stack of zeros.
        name: "unlayer",
        glyph: "layer",
        inputs: &["a", "like"],
        attrs: &[FIRST_AXIS, PLACE],
        spelling: Spelling {
            torch: call("put_back(#1, (slice(None),) * (#axis % len(#out)) + (#place,), #out)")
                .with(helpers::TORCH_PUT_BACK),
            jax: call("put_back(#1, (slice(None),) * (#axis % len(#out)) + (#place,), #out)")
                .with(helpers::JAX_PUT_BACK),
            tensorflow: call("put_back(#1, (slice(None),) * (#axis % len(#out)) + (#place,), #out)")
                .with(helpers::TENSORFLOW_PUT_BACK),
            numpy: call("put_back(#1, (slice(None),) * (#axis % len(#out)) + (#place,), #out)")
                .with(helpers::NUMPY_PUT_BACK),
            ..spelled_by_rules(r"\operatorname{place}_{#place}\!\left(#1\right)", "bp.unlayer(#0, #1, #axis, #place)")
        },
        variants: &[Variant {
            torch: Some(call("put_back(#1, #place, #out)").with(helpers::TORCH_PUT_BACK)),
            jax: Some(call("put_back(#1, #place, #out)").with(helpers::JAX_PUT_BACK)),
            tensorflow: Some(call("put_back(#1, #place, #out)").with(helpers::TENSORFLOW_PUT_BACK)),
            numpy: Some(call("put_back(#1, #place, #out)").with(helpers::NUMPY_PUT_BACK)),
            ..Variant::when(Why::Shape, |_, attrs| attrs.number(0) == 0.0)
        }],
        forward: Forward::Structural {
            shape: |shapes, _| Ok(shapes[1].clone()),
            kernel: |x, attrs, out| {
                out.elements.fill(0.0);
                layers(attrs, x[1].extents, |stacked, single, len| {
                    out.elements[stacked..stacked + len].copy_from_slice(&x[0].elements[single..single + len]);
                });
            },
        },
        rule: Rule::Vjp(|_| &["layer(g, axis=axis, place=place)", ""]),
        ..BLANK
    },
    Op {
        // The opposite of `index`: what was gathered is added up where it came from.
        name: "scatter",
        glyph: "scatter",
        inputs: &["a", "like"],
        attrs: &[IDS, FIRST_AXIS],
        spelling: Spelling {
            torch: call("put_back(#1, (slice(None),) * (#axis % len(#out)) + ([#ids],), #out)")
                .with(helpers::TORCH_PUT_BACK),
            jax: call("put_back(#1, (slice(None),) * (#axis % len(#out)) + (np.array([#ids]),), #out)")
                .with(helpers::JAX_PUT_BACK),
            tensorflow: call("put_back(#1, (slice(None),) * (#axis % len(#out)) + ([#ids],), #out)")
                .with(helpers::TENSORFLOW_PUT_BACK),
            numpy: call("put_back(#1, (slice(None),) * (#axis % len(#out)) + ([#ids],), #out)")
                .with(helpers::NUMPY_PUT_BACK),
            ..spelled_by_rules(r"\operatorname{scatter}_{[#ids]}\!\left(#1\right)", "bp.scatter(#0, #1, #ids, #axis)")
        },
        variants: &[Variant {
            torch: Some(call("put_back(#1, [#ids], #out)").with(helpers::TORCH_PUT_BACK)),
            jax: Some(call("put_back(#1, np.array([#ids]), #out)").with(helpers::JAX_PUT_BACK)),
            tensorflow: Some(call("put_back(#1, [#ids], #out)").with(helpers::TENSORFLOW_PUT_BACK)),
            numpy: Some(call("put_back(#1, [#ids], #out)").with(helpers::NUMPY_PUT_BACK)),
            ..Variant::when(Why::Shape, |_, attrs| attrs.number(1) == 0.0)
        }],
        forward: Forward::Structural {
            shape: |shapes, _| Ok(shapes[1].clone()),
            kernel: |x, attrs, out| {
                out.elements.fill(0.0);
                gather(attrs, x[1].extents, |from, to, len| {
                    let gathered = &x[0].elements[to..to + len];
                    out.elements[from..from + len].iter_mut().zip(gathered).for_each(|(sum, x)| *sum += x);
                });
            },
        },
        rule: Rule::Vjp(|_| &["index(g, ids=ids, axis=axis)", ""]),
        ..BLANK
    },
];

/// Rows along the last axis that are 1 at the number of their class.
pub(super) fn one_hot(classes: &[f64], out: &mut ViewMut<'_>) {
    let n = out.extents.last().copied().unwrap_or(1).max(1);
    for (row, class) in out.elements.chunks_exact_mut(n).zip(classes) {
        row.fill(0.0);
        row.get_mut(*class as usize).into_iter().for_each(|y| *y = 1.0);
    }
}

fn reshaped(shapes: &[&Shape], attrs: &Attrs) -> Result<Shape, Text> {
    let (given, count) = (attrs.integers(0), shapes[0].len());
    let known = given.iter().filter_map(|n| usize::try_from(*n).ok()).fold(1, usize::saturating_mul);
    let open = given.iter().filter(|n| **n == -1).count();
    let inferred = if known > 0 && count.is_multiple_of(known) { count / known } else { 0 };
    let fits = given.iter().all(|n| *n >= -1) && (open == 0 && known == count || open == 1 && inferred > 0);
    if fits {
        return Ok(Shape(given.iter().map(|n| usize::try_from(*n).unwrap_or(inferred)).collect()));
    }
    let list = listed(given);
    Err(text(
        format!("#1의 형상 {}에는 원소가 {count}개 있어 [{list}](으)로 바꿀 수 없습니다", shapes[0]),
        format!("#1 with the shape {} and {} does not fit [{list}]", shapes[0], counted(count, "element")),
    ))
}

fn listed(numbers: &[i64]) -> String {
    numbers.iter().map(i64::to_string).collect::<Vec<_>>().join(", ")
}

/// The axis that the attribute at `at` names.
fn axis_of(attrs: &Attrs, at: usize, shape: &Shape) -> Result<usize, Text> {
    let axis = attrs.integer(at).unwrap_or(0);
    position(axis, shape.rank()).ok_or_else(|| no_axis(axis, shape))
}

fn no_such_axis(attrs: &Attrs, shape: &Shape) -> Text {
    no_axis(attrs.integer(0).unwrap_or(0), shape)
}

/// Where `stack` puts its new axis among `rank` others.
fn new_axis(attrs: &Attrs, rank: usize) -> Option<usize> {
    position(attrs.integer(0).unwrap_or(0), rank + 1)
}

fn own_place(attrs: &Attrs) -> usize {
    attrs.integer(1).and_then(|place| usize::try_from(place).ok()).unwrap_or(0)
}

/// So many tensors are joined at most: the gradient of each is cut out of the whole by the extents of all.
const MOST_JOINED: usize = 400;

fn if_few(shapes: &[&Shape]) -> Result<(), Text> {
    let n = shapes.len();
    if n <= MOST_JOINED {
        return Ok(());
    }
    Err(text(
        format!("텐서 {n}개를 한 번에 이을 수 없습니다(한도 {MOST_JOINED})"),
        format!("{n} tensors are too many to join at once (the limit is {MOST_JOINED})"),
    ))
}

fn joined(shapes: &[&Shape], attrs: &Attrs) -> Result<Shape, Text> {
    let axis = axis_of(attrs, 0, shapes[0])?;
    let mut extents = shapes[0].0.clone();
    for (place, shape) in shapes.iter().enumerate().skip(1) {
        let agrees = shape.rank() == extents.len()
            && shape.0.iter().zip(&extents).enumerate().all(|(i, (a, b))| i == axis || a == b);
        if !agrees {
            let n = place + 1;
            return Err(text(
                format!(
                    "축 {axis}를 따라 이을 수 없습니다. #1은 {}, #{n}은 {shape}입니다. 다른 축의 길이가 같아야 합니다",
                    shapes[0]
                ),
                format!(
                    "these do not join along axis {axis}: #1 is {}, #{n} is {shape}. The other extents must agree",
                    shapes[0]
                ),
            ));
        }
        extents[axis] += shape.0[axis];
    }
    Ok(Shape(extents))
}

/// Visits the elements of joined tensors: (which tensor, the place in it) and the place in the whole.
fn join(x: &[View<'_>], attrs: &Attrs, whole: &[usize], mut visit: impl FnMut((usize, usize), usize)) {
    let Some(axis) = position(attrs.integer(0).unwrap_or(0), whole.len()) else { return };
    let inner: usize = whole[axis + 1..].iter().product();
    let row = whole[axis] * inner;
    let mut start = 0;
    for (which, piece) in x.iter().enumerate() {
        let own_row = piece.extents[axis] * inner;
        for at in 0..piece.elements.len() {
            visit((which, at), at / own_row * row + start + at % own_row);
        }
        start += own_row;
    }
}

/// Visits the rows that `index` copies: from where, to where, and how many elements.
fn gather(attrs: &Attrs, extents: &[usize], mut visit: impl FnMut(usize, usize, usize)) {
    let Some(axis) = position(attrs.integer(1).unwrap_or(0), extents.len()) else { return };
    let (before, n) = (extents[..axis].iter().product::<usize>(), extents[axis]);
    let inner: usize = extents[axis + 1..].iter().product();
    let ids = attrs.integers(0);
    for outer in 0..before {
        for (place, id) in ids.iter().enumerate() {
            let Some(id) = position(*id, n) else { continue };
            visit((outer * n + id) * inner, (outer * ids.len() + place) * inner, inner);
        }
    }
}

/// Visits the rows of one layer of a stack: where in the stack, where in the layer, and how many elements.
fn layers(attrs: &Attrs, stacked: &[usize], mut visit: impl FnMut(usize, usize, usize)) {
    let Some(axis) = position(attrs.integer(0).unwrap_or(0), stacked.len()) else { return };
    let (before, n) = (stacked[..axis].iter().product::<usize>(), stacked[axis]);
    let inner: usize = stacked[axis + 1..].iter().product();
    for outer in 0..before {
        visit((outer * n + own_place(attrs)) * inner, outer * inner, inner);
    }
}
