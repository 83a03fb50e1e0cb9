//! Indexing and slicing: `a[0]`, `a[:, 1:3]`, and the same as calls.

use super::level::CALL;
use super::reduce::no_axis;
use super::{
    Attr, AttrDefault, AttrKind, Attrs, BLANK, Family, Forward, Notation, Op, Pick, Rule, Spelling, Variant, Why, call,
    helpers, phrase, spelled_by_rules, tight,
};
use crate::lang::{Text, counted, text};
use crate::tensor::{MAX_RANK, Shape, Strides, position, strides_of, walk};

/// What the rows of this file have in common.
const TENSOR: Op = Op { family: Family::Tensor, ..BLANK };

const IDS: Attr = Attr { name: "ids", kind: AttrKind::Integers, default: AttrDefault::Required, needs: None };
const START: Attr = Attr { name: "start", kind: AttrKind::Integer, default: AttrDefault::Required, needs: None };
const STOP: Attr = Attr { name: "stop", kind: AttrKind::Integer, default: AttrDefault::Required, needs: None };
const AXIS: Attr = Attr { name: "axis", kind: AttrKind::Integer, default: AttrDefault::Number(0.0), needs: None };
const PICKS: Attr = Attr { name: "picks", kind: AttrKind::Picks, default: AttrDefault::Required, needs: None };

pub const OPS: &[Op] = &[
    Op {
        name: "[]",
        // For rules; an author writes brackets.
        aliases: &["pick"],
        family: Family::Tensor,
        title: phrase("인덱싱", "indexing"),
        glyph: "[ ]",
        notation: Notation::Index,
        attrs: &[PICKS],
        forward: Forward::Structural {
            shape: picked_shape,
            kernel: |x, attrs, out| {
                let (start, strides) = picked(attrs, x[0].extents);
                walk(out.extents, &strides, |place, offset| out.elements[place] = x[0].elements[start + offset]);
            },
        },
        rule: Rule::Vjp(|_| &["put_back(g, a, picks=picks)"]),
        spelling: {
            let code = tight("#1[#picks]", CALL, CALL);
            Spelling {
                latex: code,
                js: call("bp.pick(#0, #1, #picks)"),
                torch: code,
                jax: code,
                tensorflow: code,
                numpy: code,
            }
        },
        about: phrase(
            "원소나 부분을 골라낸다. 0부터 세고, 음수는 끝에서부터 센다. `1:3`은 1 이상 3 미만이며 `:`는 그 축 전체이다. 역전파에서 골라낸 자리는 상류에서 온 기울기를 그대로 받고 나머지 자리는 0을 받는다.",
            "Picks elements or parts. Counting starts at 0, and negative numbers count from the end. `1:3` is from 1 up to, not including, 3, and `:` the whole axis. In the backward pass what was picked gets the upstream gradient, all else gets 0.",
        ),
        examples: &[
            "a = [3, 5, 8]\ny = a[0] * a[-1]\nexpect y = 24\nexpect dy/da[0] = 8\nexpect dy/da[1] = 0\nexpect dy/da[2] = 3",
            "W = [[1, 2, 3], [4, 5, 6]]\nr = W[1, :2] * W[:, 0]\ny = sum(r)\nexpect y = 24\nexpect dy/dW[1,0] = 6\nexpect dy/dW[1,1] = 4\nexpect dy/dW[0,0] = 4\nexpect dy/dW[0,2] = 0",
        ],
        ..BLANK
    },
    Op {
        // The upstream gradient of what was picked, at its place in a tensor of zeros.
        name: "put_back",
        glyph: "[ ]",
        inputs: &["a", "like"],
        attrs: &[PICKS],
        spelling: Spelling {
            torch: call("put_back(#1, np.s_[#picks], #out)").with(helpers::TORCH_PUT_BACK),
            jax: call("put_back(#1, np.s_[#picks], #out)").with(helpers::JAX_PUT_BACK),
            tensorflow: call("put_back(#1, np.s_[#picks], #out)").with(helpers::TENSORFLOW_PUT_BACK),
            numpy: call("put_back(#1, np.s_[#picks], #out)").with(helpers::NUMPY_PUT_BACK),
            ..spelled_by_rules(r"\operatorname{put}_{[#picks]}\!\left(#1\right)", "bp.putBack(#0, #1, #picks)")
        },
        forward: Forward::Structural {
            shape: |shapes, _| Ok(shapes[1].clone()),
            kernel: |x, attrs, out| {
                out.elements.fill(0.0);
                let (start, strides) = picked(attrs, x[1].extents);
                walk(x[0].extents, &strides, |place, offset| out.elements[start + offset] = x[0].elements[place]);
            },
        },
        rule: Rule::Vjp(|_| &["pick(g, picks=picks)", ""]),
        ..BLANK
    },
    Op {
        name: "elem",
        title: phrase("원소 하나", "one element"),
        glyph: "elem",
        attrs: &[IDS],
        forward: Forward::Structural {
            shape: |shapes, attrs| {
                let (ids, shape) = (attrs.integers(0), shapes[0]);
                let fits =
                    ids.len() == shape.rank() && ids.iter().zip(&shape.0).all(|(id, n)| position(*id, *n).is_some());
                if fits {
                    return Ok(Shape::SCALAR);
                }
                let list = ids.iter().map(i64::to_string).collect::<Vec<_>>().join(", ");
                Err(text(
                    format!("#1의 형상은 {shape}이어서 [{list}] 원소가 없습니다"),
                    format!("#1 has the shape {shape} and no element [{list}]"),
                ))
            },
            kernel: |x, attrs, out| out.elements[0] = x[0].elements[offset_of(attrs.integers(0), x[0].extents)],
        },
        rule: Rule::Vjp(|_| &["elem_back(g, a, ids=ids)"]),
        spelling: Spelling {
            latex: call(r"{#1}_{#ids}"),
            js: call("bp.pick(#0, #1, #ids)"),
            torch: tight("#1[#ids]", CALL, CALL),
            jax: tight("#1[#ids]", CALL, CALL),
            tensorflow: tight("#1[#ids]", CALL, CALL),
            numpy: tight("#1[#ids]", CALL, CALL),
        },
        about: phrase(
            "원소 하나를 수로 꺼낸다. 축마다 번호를 하나씩 쓴다. 역전파에서는 그 자리만 기울기를 받는다. `a[0, 1]`과 같다.",
            "Takes one element as a number, with one index for each axis. In the backward pass that place alone gets the gradient. It means the same as `a[0, 1]`.",
        ),
        examples: &[
            "a = [[1, 2], [3, 4]]\ny = elem(a, [1, 0])^2\nexpect y = 9\nexpect dy/da[1,0] = 6\nexpect dy/da[0,0] = 0",
            "a = [5, 7]\ny = elem(a, -1)\nexpect y = 7\nexpect dy/da[1] = 1",
        ],
        ..TENSOR
    },
    Op {
        name: "slice",
        title: phrase("잘라 내기", "slicing"),
        glyph: "slice",
        attrs: &[START, STOP, AXIS],
        forward: Forward::Structural {
            shape: |shapes, attrs| {
                let shape = shapes[0];
                let axis = attrs.integer(2).unwrap_or(0);
                let axis = position(axis, shape.rank()).ok_or_else(|| no_axis(axis, shape))?;
                let mut extents = shape.0.clone();
                let (_, len) = range(attrs.integer(0), attrs.integer(1), extents[axis]);
                if len == 0 {
                    let n = extents[axis];
                    return Err(text(
                        format!("#1의 축 {axis}에는 {n}개뿐이어서 이 범위에 아무것도 없습니다"),
                        format!("axis {axis} of #1 has {}, none of which is in this range", counted(n, "place")),
                    ));
                }
                extents[axis] = len;
                Ok(Shape(extents))
            },
            kernel: |x, attrs, out| {
                let start = slice_start(attrs, x[0].extents);
                let own = strides_of(x[0].extents);
                walk(out.extents, &own, |place, offset| out.elements[place] = x[0].elements[start + offset]);
            },
        },
        rule: Rule::Vjp(|_| &["slice_back(g, a, start=start, stop=stop, axis=axis)"]),
        spelling: Spelling {
            latex: call(r"{#1}_{[#start:#stop]}"),
            js: call("bp.slice(#0, #1, #start, #stop, #axis)"),
            torch: tight("#1[(slice(None),) * (#axis % len(#1.shape)) + (slice(#start, #stop),)]", CALL, CALL),
            jax: tight("#1[(slice(None),) * (#axis % len(#1.shape)) + (slice(#start, #stop),)]", CALL, CALL),
            tensorflow: tight("#1[(slice(None),) * (#axis % len(#1.shape)) + (slice(#start, #stop),)]", CALL, CALL),
            numpy: tight("#1[(slice(None),) * (#axis % len(#1.shape)) + (slice(#start, #stop),)]", CALL, CALL),
        },
        variants: &[
            Variant::in_code(|_, attrs| attrs.number(2) == 0.0, tight("#1[#start:#stop]", CALL, CALL)),
            Variant::in_code(|_, attrs| attrs.number(2) == 1.0, tight("#1[:, #start:#stop]", CALL, CALL)),
            Variant::in_code(|_, attrs| attrs.number(2) == -1.0, tight("#1[..., #start:#stop]", CALL, CALL)),
        ],
        about: phrase(
            "축을 따라 start부터 stop 앞까지 잘라 낸다. 음수는 끝에서부터 센다. 역전파에서 잘라 낸 자리는 기울기를 그대로 받고 나머지는 0을 받는다.",
            "Cuts out what lies along an axis from start up to, not including, stop; negative numbers count from the end. In the backward pass what was cut out gets the gradient, the rest gets 0.",
        ),
        examples: &[
            "a = [1, 2, 3, 4]\ny = sum(slice(a, 1, 3) * [1, 10])\nexpect y = 32\nexpect dy/da[2] = 10\nexpect dy/da[0] = 0",
            "a = [[1, 2, 3], [4, 5, 6]]\ny = sum(slice(a, start=-2, stop=9, axis=1))\nexpect y = 16\nexpect dy/da[0,1] = 1\nexpect dy/da[0,0] = 0",
        ],
        ..TENSOR
    },
    Op {
        name: "elem_back",
        glyph: "elem",
        inputs: &["a", "like"],
        attrs: &[IDS],
        spelling: Spelling {
            torch: call("put_back(#1, np.s_[#ids], #out)").with(helpers::TORCH_PUT_BACK),
            jax: call("put_back(#1, np.s_[#ids], #out)").with(helpers::JAX_PUT_BACK),
            tensorflow: call("put_back(#1, np.s_[#ids], #out)").with(helpers::TENSORFLOW_PUT_BACK),
            numpy: call("put_back(#1, np.s_[#ids], #out)").with(helpers::NUMPY_PUT_BACK),
            ..spelled_by_rules(r"\operatorname{put}_{#ids}\!\left(#1\right)", "bp.putBack(#0, #1, #ids)")
        },
        forward: Forward::Structural {
            shape: |shapes, _| Ok(shapes[1].clone()),
            kernel: |x, attrs, out| {
                out.elements.fill(0.0);
                out.elements[offset_of(attrs.integers(0), x[1].extents)] = x[0].elements[0];
            },
        },
        rule: Rule::Vjp(|_| &["elem(g, ids=ids)", ""]),
        ..BLANK
    },
    Op {
        name: "slice_back",
        glyph: "slice",
        inputs: &["a", "like"],
        attrs: &[START, STOP, AXIS],
        spelling: Spelling {
            torch: call("put_back(#1, (slice(None),) * (#axis % len(#out)) + (slice(#start, #stop),), #out)")
                .with(helpers::TORCH_PUT_BACK),
            jax: call("put_back(#1, (slice(None),) * (#axis % len(#out)) + (slice(#start, #stop),), #out)")
                .with(helpers::JAX_PUT_BACK),
            tensorflow: call("put_back(#1, (slice(None),) * (#axis % len(#out)) + (slice(#start, #stop),), #out)")
                .with(helpers::TENSORFLOW_PUT_BACK),
            numpy: call("put_back(#1, (slice(None),) * (#axis % len(#out)) + (slice(#start, #stop),), #out)")
                .with(helpers::NUMPY_PUT_BACK),
            ..spelled_by_rules(
                r"\operatorname{put}_{[#start:#stop]}\!\left(#1\right)",
                "bp.sliceBack(#0, #1, #start, #stop, #axis)",
            )
        },
        variants: &[
            Variant {
                torch: Some(call("put_back(#1, np.s_[#start:#stop], #out)").with(helpers::TORCH_PUT_BACK)),
                jax: Some(call("put_back(#1, np.s_[#start:#stop], #out)").with(helpers::JAX_PUT_BACK)),
                tensorflow: Some(call("put_back(#1, np.s_[#start:#stop], #out)").with(helpers::TENSORFLOW_PUT_BACK)),
                numpy: Some(call("put_back(#1, np.s_[#start:#stop], #out)").with(helpers::NUMPY_PUT_BACK)),
                ..Variant::when(Why::Shape, |_, attrs| attrs.number(2) == 0.0)
            },
            Variant {
                torch: Some(call("put_back(#1, np.s_[:, #start:#stop], #out)").with(helpers::TORCH_PUT_BACK)),
                jax: Some(call("put_back(#1, np.s_[:, #start:#stop], #out)").with(helpers::JAX_PUT_BACK)),
                tensorflow: Some(call("put_back(#1, np.s_[:, #start:#stop], #out)").with(helpers::TENSORFLOW_PUT_BACK)),
                numpy: Some(call("put_back(#1, np.s_[:, #start:#stop], #out)").with(helpers::NUMPY_PUT_BACK)),
                ..Variant::when(Why::Shape, |_, attrs| attrs.number(2) == 1.0)
            },
            Variant {
                torch: Some(call("put_back(#1, np.s_[..., #start:#stop], #out)").with(helpers::TORCH_PUT_BACK)),
                jax: Some(call("put_back(#1, np.s_[..., #start:#stop], #out)").with(helpers::JAX_PUT_BACK)),
                tensorflow: Some(
                    call("put_back(#1, np.s_[..., #start:#stop], #out)").with(helpers::TENSORFLOW_PUT_BACK),
                ),
                numpy: Some(call("put_back(#1, np.s_[..., #start:#stop], #out)").with(helpers::NUMPY_PUT_BACK)),
                ..Variant::when(Why::Shape, |_, attrs| attrs.number(2) == -1.0)
            },
        ],
        forward: Forward::Structural {
            shape: |shapes, _| Ok(shapes[1].clone()),
            kernel: |x, attrs, out| {
                out.elements.fill(0.0);
                let start = slice_start(attrs, x[1].extents);
                let own = strides_of(x[1].extents);
                walk(x[0].extents, &own, |place, offset| out.elements[start + offset] = x[0].elements[place]);
            },
        },
        rule: Rule::Vjp(|_| &["slice(g, start=start, stop=stop, axis=axis)", ""]),
        ..BLANK
    },
];

/// Where the element with one index for each axis lies.
fn offset_of(ids: &[i64], extents: &[usize]) -> usize {
    ids.iter().zip(extents).fold(0, |offset, (id, n)| offset * n + position(*id, *n).unwrap_or(0))
}

/// Where a slice begins.
fn slice_start(attrs: &Attrs, extents: &[usize]) -> usize {
    let axis = position(attrs.integer(2).unwrap_or(0), extents.len()).unwrap_or(0);
    range(attrs.integer(0), attrs.integer(1), extents[axis]).0 * strides_of(extents)[axis]
}

/// The start and the length of a range of an axis with `n` places, clamped as in Python.
fn range(from: Option<i64>, to: Option<i64>, n: usize) -> (usize, usize) {
    let bound = |bound: i64| if bound < 0 { bound.saturating_add(n as i64) } else { bound }.clamp(0, n as i64) as usize;
    let start = from.map_or(0, bound);
    (start, to.map_or(n, bound).saturating_sub(start))
}

fn picked_shape(shapes: &[&Shape], attrs: &Attrs) -> Result<Shape, Text> {
    let shape = shapes[0];
    if attrs.picks().len() > shape.rank() {
        return Err(text(
            format!("#1의 형상은 {shape}이어서 대괄호 안에 {}개까지만 쓸 수 있습니다", shape.rank()),
            format!("#1 has the shape {shape}: at most {} may stand between the brackets", shape.rank()),
        ));
    }
    let mut extents = Vec::new();
    for (axis, &n) in shape.0.iter().enumerate() {
        match attrs.picks().get(axis) {
            None => extents.push(n),
            Some(Pick::At(at)) if position(*at, n).is_some() => {}
            Some(Pick::At(at)) => {
                return Err(text(
                    format!("#1의 축 {axis}에는 {n}개뿐이어서 {at}번이 없습니다"),
                    format!("axis {axis} of #1 has {}, and none is number {at}", counted(n, "place")),
                ));
            }
            Some(Pick::Range(from, to)) => match range(*from, *to, n) {
                (_, 0) => {
                    return Err(text(
                        format!("#1의 축 {axis}에는 {n}개뿐이어서 이 범위에 아무것도 없습니다"),
                        format!("axis {axis} of #1 has {}, none of which is in this range", counted(n, "place")),
                    ));
                }
                (_, len) => extents.push(len),
            },
        }
    }
    Ok(Shape::from(extents))
}

/// Where the first picked element lies, and the strides of the picked part.
fn picked(attrs: &Attrs, extents: &[usize]) -> (usize, Strides) {
    let own = strides_of(extents);
    let mut strides = [0; MAX_RANK];
    let (mut start, mut kept) = (0, 0);
    for (axis, &n) in extents.iter().enumerate() {
        match attrs.picks().get(axis) {
            Some(Pick::At(at)) => start += position(*at, n).unwrap_or(0) * own[axis],
            pick => {
                if let Some(Pick::Range(from, to)) = pick {
                    start += range(*from, *to, n).0 * own[axis];
                }
                strides[kept] = own[axis];
                kept += 1;
            }
        }
    }
    (start, strides)
}
