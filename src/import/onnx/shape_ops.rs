//! ONNX's ops that choose, join, count and rearrange elements.

use super::ops::Meaning::{self, Other};
use crate::import::draft::Term;
use crate::import::layers::{axes_of, axis_of, whole};
use crate::import::model::{Argument, Constant, Kind};
use crate::import::onnx::tensor::kind_of;
use crate::import::site::{Given, Refusal, Site, refuse};
use crate::ops::AttrValue;
use crate::tensor::{Shape, Tensor};

/// A list of numbers that a model counts up may be so long.
const LONGEST_RANGE: f64 = 100_000.0;

/// The rows, by ONNX's name.
pub(super) const ROWS: &[(&str, Meaning)] = &[
    ("Reshape", Other(reshape)),
    ("Flatten", Other(flatten)),
    ("Transpose", Other(transpose)),
    ("Squeeze", Other(squeeze)),
    ("Unsqueeze", Other(unsqueeze)),
    ("Concat", Other(concat)),
    ("Split", Other(split)),
    ("Slice", Other(slice)),
    ("Gather", Other(gather)),
    ("Expand", Other(expand)),
    ("Tile", Other(tile)),
    ("Pad", Other(pad)),
    ("Trilu", Other(triangle)),
    ("ArgMax", Other(|site| argmax(site, false))),
    ("ArgMin", Other(|site| argmax(site, true))),
    ("CumSum", Other(cumsum)),
    ("OneHot", Other(one_hot)),
    ("Shape", Other(shape)),
    ("Size", Other(size)),
    ("Range", Other(range)),
    ("Constant", Other(constant)),
    ("ConstantOfShape", Other(constant_of_shape)),
    ("Cast", Other(cast)),
    ("CastLike", Other(cast_like)),
];

fn required<T>(found: Option<T>, name: &str) -> Result<T, Refusal> {
    match found {
        Some(found) => Ok(found),
        None => refuse(format!("`{name}` 값이 없습니다"), format!("its `{name}` is missing")),
    }
}

fn reshape(site: &mut Site<'_>) -> Given {
    let x = site.operand(0)?;
    let target = required(site.integers_or("shape", 1)?, "shape")?;
    let keeps_zeros = site.flag("allowzero", false);
    let mut extents: Vec<i64> = target;
    for (axis, extent) in extents.iter_mut().enumerate() {
        if *extent == 0 && !keeps_zeros {
            *extent = x.extents().get(axis).copied().unwrap_or(0) as i64;
        }
    }
    let known: usize = extents.iter().filter_map(|n| usize::try_from(*n).ok()).fold(1, usize::saturating_mul);
    let count = x.shape.len();
    let inferred = if known > 0 && count.is_multiple_of(known) { count / known } else { 0 };
    let open = extents.iter().filter(|n| **n == -1).count();
    let fits = extents.iter().all(|n| *n >= -1) && open <= 1 && if open == 1 { inferred > 0 } else { known == count };
    if !fits {
        return refuse(
            format!("형상 {}에서 {extents:?}(으)로 바꿀 수 없습니다", x.shape),
            format!("the shape {} cannot become {extents:?}", x.shape),
        );
    }
    let extents: Vec<usize> = extents.iter().map(|n| usize::try_from(*n).unwrap_or(inferred)).collect();
    Ok(vec![site.draft.reshape(&x, &extents)?])
}

fn flatten(site: &mut Site<'_>) -> Given {
    let x = site.operand(0)?;
    let axis = site.integer("axis").unwrap_or(1);
    let axis = if axis == x.rank() as i64 { x.rank() } else { axis_of(axis, x.rank())? };
    let extents = [x.extents()[..axis].iter().product(), x.extents()[axis..].iter().product()];
    Ok(vec![site.draft.reshape(&x, &extents)?])
}

fn transpose(site: &mut Site<'_>) -> Given {
    let x = site.operand(0)?;
    let order = match site.integers("perm") {
        None => (0..x.rank()).rev().collect(),
        Some(order) => order.iter().map(|axis| axis_of(*axis, x.rank())).collect::<Result<Vec<_>, _>>()?,
    };
    Ok(vec![site.draft.transpose(&x, &order)?])
}

fn squeeze(site: &mut Site<'_>) -> Given {
    let x = site.operand(0)?;
    let axes = match site.integers_or("axes", 1)? {
        Some(axes) => axes_of(&axes, x.rank())?,
        None => (0..x.rank()).filter(|axis| x.extents()[*axis] == 1).collect(),
    };
    if axes.iter().any(|axis| x.extents()[*axis] != 1) {
        return refuse("길이가 1이 아닌 축을 없애려고 합니다", "it takes away an axis that is longer than 1");
    }
    let kept: Vec<usize> = (0..x.rank()).filter(|axis| !axes.contains(axis)).map(|axis| x.extents()[axis]).collect();
    Ok(vec![site.draft.reshape(&x, &kept)?])
}

fn unsqueeze(site: &mut Site<'_>) -> Given {
    let x = site.operand(0)?;
    let axes = required(site.integers_or("axes", 1)?, "axes")?;
    let axes = axes_of(&axes, x.rank() + axes.len())?;
    let mut extents = x.extents().to_vec();
    for axis in axes {
        extents.insert(axis.min(extents.len()), 1);
    }
    Ok(vec![site.draft.reshape(&x, &extents)?])
}

fn concat(site: &mut Site<'_>) -> Given {
    let pieces = site.operands()?;
    let rank = pieces.first().map_or(0, Term::rank);
    let axis = axis_of(site.integer("axis").unwrap_or(1), rank)?;
    Ok(vec![site.draft.concat(&pieces, axis)?])
}

fn split(site: &mut Site<'_>) -> Given {
    let x = site.operand(0)?;
    let axis = axis_of(site.integer("axis").unwrap_or(0), x.rank())?;
    let (n, outputs) = (x.extents()[axis], site.node.outputs.len().max(1));
    let sizes = match site.integers_or("split", 1)? {
        Some(sizes) => sizes.iter().map(|size| usize::try_from(*size).unwrap_or(usize::MAX)).collect(),
        None => {
            let each = n.div_ceil(outputs);
            (0..outputs).map(|place| each.min(n.saturating_sub(place * each))).collect::<Vec<_>>()
        }
    };
    let all = sizes.iter().fold(0, |sum: usize, size| sum.saturating_add(*size));
    if all != n || sizes.contains(&0) {
        return refuse(
            format!("길이 {n}인 축을 {sizes:?}로 나눌 수 없습니다"),
            format!("an axis of {n} cannot be split into {sizes:?}"),
        );
    }
    let mut start = 0;
    let mut pieces = Vec::with_capacity(sizes.len());
    for size in sizes {
        pieces.push(site.draft.slice(&x, axis, start, start + size)?);
        start += size;
    }
    Ok(pieces)
}

fn slice(site: &mut Site<'_>) -> Given {
    let mut x = site.operand(0)?;
    let starts = required(site.integers_or("starts", 1)?, "starts")?;
    let ends = required(site.integers_or("ends", 2)?, "ends")?;
    let axes = site.integers_or("axes", 3)?.unwrap_or_else(|| (0..starts.len() as i64).collect());
    let steps = site.constant_integers(4)?.unwrap_or_else(|| vec![1; starts.len()]);
    if ends.len() != starts.len() || axes.len() != starts.len() || steps.len() != starts.len() {
        return refuse("자를 자리의 수가 서로 다릅니다", "its lists of starts, ends, axes and steps differ in length");
    }
    for (place, axis) in axes.iter().enumerate() {
        let axis = axis_of(*axis, x.rank())?;
        // Exporters write the end of a backward slice as the least number there is.
        let end = Some(ends[place]).filter(|end| !(steps[place] < 0 && *end < -(x.extents()[axis] as i64)));
        x = site.draft.stepped(&x, axis, [Some(starts[place]), end, Some(steps[place])])?;
    }
    Ok(vec![x])
}

fn gather(site: &mut Site<'_>) -> Given {
    let (x, ids) = (site.operand(0)?, site.operand(1)?);
    let axis = site.integer("axis").unwrap_or(0);
    Ok(vec![site.draft.gather(&x, axis, &ids)?])
}

fn expand(site: &mut Site<'_>) -> Given {
    let x = site.operand(0)?;
    let extents = required(site.constant_integers(1)?, "shape")?;
    let extents: Vec<usize> = extents.iter().map(|n| usize::try_from(*n).unwrap_or(0)).collect();
    Ok(vec![site.draft.expand(&x, &extents)?])
}

fn tile(site: &mut Site<'_>) -> Given {
    let x = site.operand(0)?;
    let times = required(site.constant_integers(1)?, "repeats")?;
    if times.len() != x.rank() {
        return refuse("되풀이할 횟수가 축마다 있어야 합니다", "it must say for each axis how often to repeat");
    }
    Ok(vec![site.draft.tile(&x, &times)?])
}

fn pad(site: &mut Site<'_>) -> Given {
    let x = site.operand(0)?;
    site.only("mode", matches!(site.word("mode"), None | Some("constant")))?;
    let pads = required(site.integers_or("pads", 1)?, "pads")?;
    let value = match site.named("value").number() {
        Some(value) => value,
        None => site.constant(2)?.and_then(|constant| constant.value.elements().first().copied()).unwrap_or(0.0),
    };
    let axes = match site.constant_integers(3)? {
        Some(axes) => axes.iter().map(|axis| axis_of(*axis, x.rank())).collect::<Result<Vec<_>, _>>()?,
        None => (0..x.rank()).collect(),
    };
    if pads.len() != 2 * axes.len() {
        return refuse(
            "여백이 축마다 둘씩 있어야 합니다",
            "it must say for each axis how much is before and behind it",
        );
    }
    let mut amounts = vec![(0, 0); x.rank()];
    for (place, axis) in axes.iter().enumerate() {
        amounts[*axis] = (pads[place], pads[axes.len() + place]);
    }
    Ok(vec![site.draft.pad(&x, &amounts, value)?])
}

/// The upper or the lower triangle of matrices, zeros elsewhere.
fn triangle(site: &mut Site<'_>) -> Given {
    let x = site.operand(0)?;
    let shift = site.constant_integers(1)?.and_then(|shift| shift.first().copied()).unwrap_or(0);
    let is_upper = site.flag("upper", true);
    Ok(vec![site.draft.triangle(&x, shift, is_upper)?])
}

fn argmax(site: &mut Site<'_>, is_least: bool) -> Given {
    let mut x = site.operand(0)?;
    site.only("select_last_index", !site.flag("select_last_index", false))?;
    if is_least {
        x = site.draft.unary("neg", &x)?;
    }
    let axis = axis_of(site.integer("axis").unwrap_or(0), x.rank())?;
    let keepdims = AttrValue::Flag(site.flag("keepdims", true));
    let attrs = [("axis", AttrValue::Integers(vec![axis as i64])), ("keepdims", keepdims)];
    Ok(vec![site.draft.apply("argmax", &[x], &attrs)?.of(Kind::Integer)])
}

fn cumsum(site: &mut Site<'_>) -> Given {
    let x = site.operand(0)?;
    site.only("exclusive", !site.flag("exclusive", false))?;
    site.only("reverse", !site.flag("reverse", false))?;
    let axis = required(site.constant_integers(1)?, "axis")?.first().copied().unwrap_or(0);
    let axis = axis_of(axis, x.rank())?;
    Ok(vec![site.draft.along("cumsum", &x, axis)?])
}

fn one_hot(site: &mut Site<'_>) -> Given {
    let ids = site.operand(0)?;
    let depth = required(site.constant_integers(1)?, "depth")?.first().copied().unwrap_or(0);
    let values = required(site.constant(2)?, "values")?;
    let (Some(depth), &[off, on]) = (usize::try_from(depth).ok().filter(|n| *n > 0), values.value.elements()) else {
        return refuse("클래스의 수나 두 값이 맞지 않습니다", "its depth or its two values make no sense");
    };
    let axis = axis_of(site.integer("axis").unwrap_or(-1), ids.rank() + 1)?;
    let hot = site.draft.apply("one_hot", &[ids], &[("n", whole(depth))])?;
    let mut order: Vec<usize> = (0..hot.rank() - 1).collect();
    order.insert(axis, hot.rank() - 1);
    let hot = site.draft.transpose(&hot, &order)?;
    let hot = if on - off == 1.0 { hot } else { site.draft.binary("*", &Term::number(on - off), &hot)? };
    Ok(vec![if off == 0.0 { hot } else { site.draft.with_number(&hot, "+", off)? }.of(values.kind)])
}

fn shape(site: &mut Site<'_>) -> Given {
    let x = site.operand(0)?;
    let rank = x.rank() as i64;
    let place = |at: i64| if at < 0 { at.saturating_add(rank) } else { at }.clamp(0, rank) as usize;
    let start = place(site.integer("start").unwrap_or(0));
    let end = place(site.integer("end").unwrap_or(rank)).max(start);
    Ok(vec![Term::integers(&x.extents()[start..end].iter().map(|n| *n as i64).collect::<Vec<_>>())])
}

fn size(site: &mut Site<'_>) -> Given {
    let x = site.operand(0)?;
    Ok(vec![Term::number(x.shape.len() as f64).of(Kind::Integer)])
}

fn range(site: &mut Site<'_>) -> Given {
    let mut bounds = [0.0; 3];
    let mut kind = Kind::Integer;
    for (place, name) in ["start", "limit", "delta"].into_iter().enumerate() {
        let constant = required(site.constant(place)?, name)?;
        bounds[place] = constant.value.elements().first().copied().unwrap_or(f64::NAN);
        kind = constant.kind;
    }
    let [start, limit, delta] = bounds;
    let count = ((limit - start) / delta).ceil().max(0.0);
    if count > LONGEST_RANGE {
        return refuse("셀 수 없는 범위입니다", "this range cannot be counted through");
    }
    let list: Vec<f64> = (0..count as usize).map(|i| start + i as f64 * delta).collect();
    let value = Tensor::new(&Shape::from([list.len()]), list);
    Ok(vec![Term::known(Constant { value, kind }, None)])
}

fn constant(site: &mut Site<'_>) -> Given {
    let found = site.node.keywords.first();
    let Some((name, value)) = found else { return refuse("값이 없습니다", "it holds no value") };
    let kind = if name.contains("int") { Kind::Integer } else { Kind::Float };
    let name = site.node.outputs.first().map(String::as_str);
    let constant = match value {
        Argument::Tensor(constant) => constant.clone(),
        Argument::Number(x) => Constant { value: Tensor::Scalar(*x), kind },
        Argument::List(list) => {
            let numbers: Vec<f64> = list.iter().filter_map(Argument::number).collect();
            Constant { value: Tensor::new(&Shape::from([numbers.len()]), numbers), kind }
        }
        _ => return refuse("수가 아닌 상수입니다", "it is a constant that is no number"),
    };
    Ok(vec![Term::known(constant, name)])
}

fn constant_of_shape(site: &mut Site<'_>) -> Given {
    let extents = required(site.constant_integers(0)?, "shape")?;
    let Ok(extents) = extents.iter().map(|n| usize::try_from(*n)).collect::<Result<Vec<usize>, _>>() else {
        return refuse("형상에 음수가 있습니다", "its shape holds a negative extent");
    };
    let (x, kind) = match site.named("value") {
        Argument::Tensor(constant) => (constant.value.elements().first().copied().unwrap_or(0.0), constant.kind),
        _ => (0.0, Kind::Float),
    };
    let filled = Term::number(x).of(kind);
    Ok(vec![if extents.is_empty() { filled } else { site.draft.filled(&extents, x)?.of(kind) }])
}

fn cast(site: &mut Site<'_>) -> Given {
    let x = site.operand(0)?;
    let kind = kind_of(site.integer("to").and_then(|kind| i32::try_from(kind).ok()).unwrap_or(0))?;
    Ok(vec![site.draft.cast(&x, kind)?])
}

fn cast_like(site: &mut Site<'_>) -> Given {
    let (x, like) = (site.operand(0)?, site.operand(1)?);
    Ok(vec![site.draft.cast(&x, like.kind)?])
}
