//! Indexing: `a[0]`, `a[:, 1:3]`.

use super::level::CALL;
use super::{
    Attr, AttrDefault, AttrKind, Attrs, BLANK, Family, Forward, Notation, Op, Pick, Rule, Spelling, phrase,
    spelled_by_rules, tight,
};
use crate::lang::{Text, text};
use crate::tensor::{MAX_RANK, Shape, Strides, position, strides_of, walk};

const PICKS: Attr = Attr { name: "picks", kind: AttrKind::Picks, default: AttrDefault::Required };

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
                js: super::call("bp.pick(#1, '#picks')"),
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
            "W = [[1, 2, 3], [4, 5, 6]]\nr = W[1, :2] * W[:, 0]\ny = sum(r)\nexpect y = 24\nexpect dy/dW[1,0] = 9\nexpect dy/dW[1,1] = 4\nexpect dy/dW[0,0] = 4\nexpect dy/dW[0,2] = 0",
        ],
        ..BLANK
    },
    Op {
        // The upstream gradient of what was picked, at its place in a tensor of zeros.
        name: "put_back",
        glyph: "[ ]",
        inputs: &["a", "like"],
        attrs: &[PICKS],
        spelling: spelled_by_rules(r"\operatorname{put}_{[#picks]}(#1)"),
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
];

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
                    format!("axis {axis} of #1 has {n} places, and none is number {at}"),
                ));
            }
            Some(Pick::Range(from, to)) => match range(*from, *to, n) {
                (_, 0) => {
                    return Err(text(
                        format!("#1의 축 {axis}에는 {n}개뿐이어서 이 범위에 아무것도 없습니다"),
                        format!("axis {axis} of #1 has {n} places, and none of them is in this range"),
                    ));
                }
                (_, len) => extents.push(len),
            },
        }
    }
    Ok(Shape(extents))
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
