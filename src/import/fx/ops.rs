//! What each of PyTorch's functions and methods is in bpdoc's ops: a table of rows with the names of what is given by
//! position. Those that choose, join or count elements are in `shape_ops`.

use super::shape_ops;
use crate::import::draft::Term;
use crate::import::layers::{Windows, axes_of, axis_of};
use crate::import::model::Argument;
use crate::import::site::{Given, Refusal, Site, refuse};
use crate::ops::AttrValue;

/// What a function of PyTorch is.
#[derive(Clone, Copy)]
pub(super) enum Meaning {
    /// One of ours, element by element, of one input.
    Unary(&'static str),
    /// One of ours between two inputs.
    Binary(&'static str),
    /// One of ours along the axis `dim`.
    Along(&'static str),
    /// One of ours along the axes `dim`, or along all.
    Reduce(&'static str),
    /// Anything else.
    Other(fn(&mut Site<'_>) -> Given),
}

use Meaning::{Along, Binary, Other, Reduce, Unary};

/// A row: the function's names, those of its parameters, and what it is.
pub(super) type Row = (&'static [&'static str], &'static [&'static str], Meaning);

const ONE: &[&str] = &["input"];
const TWO: &[&str] = &["input", "other", "alpha"];
const DIM: &[&str] = &["input", "dim", "keepdim"];
const LOSS: &[&str] = &["input", "target", "size_average", "reduce", "reduction"];
const CONV: &[&str] = &["input", "weight", "bias", "stride", "padding", "dilation", "groups"];

const ROWS: &[Row] = &[
    (&["neg", "negative"], ONE, Unary("neg")),
    (&["reciprocal"], ONE, Unary("reciprocal")),
    (&["square"], ONE, Unary("square")),
    (&["sqrt"], ONE, Unary("sqrt")),
    (&["exp"], ONE, Unary("exp")),
    (&["expm1"], ONE, Unary("expm1")),
    (&["log"], ONE, Unary("log")),
    (&["log1p"], ONE, Unary("log1p")),
    (&["sin"], ONE, Unary("sin")),
    (&["cos"], ONE, Unary("cos")),
    (&["tan"], ONE, Unary("tan")),
    (&["tanh"], ONE, Unary("tanh")),
    (&["erf"], ONE, Unary("erf")),
    (&["abs"], ONE, Unary("abs")),
    (&["sign"], ONE, Unary("sign")),
    (&["floor"], ONE, Unary("floor")),
    (&["round"], ONE, Unary("round")),
    (&["sigmoid"], ONE, Unary("sigmoid")),
    (&["logsigmoid", "log_sigmoid"], ONE, Unary("log_sigmoid")),
    (&["hardsigmoid"], ONE, Unary("hard_sigmoid")),
    (&["relu"], ONE, Unary("relu")),
    (&["selu"], ONE, Unary("selu")),
    (&["silu"], ONE, Unary("silu")),
    (&["mish"], ONE, Unary("mish")),
    (&["softsign"], ONE, Unary("softsign")),
    (&["mul", "multiply"], TWO, Binary("*")),
    (&["truediv"], TWO, Binary("/")),
    (&["pow"], TWO, Binary("^")),
    (&["matmul", "mm", "bmm"], TWO, Binary("@")),
    (&["maximum"], TWO, Binary("max")),
    (&["minimum"], TWO, Binary("min")),
    (&["gt"], TWO, Binary(">")),
    (&["ge"], TWO, Binary(">=")),
    (&["lt"], TWO, Binary("<")),
    (&["le"], TWO, Binary("<=")),
    (&["eq"], TWO, Binary("==")),
    (&["softmax"], DIM, Along("softmax")),
    (&["log_softmax"], DIM, Along("log_softmax")),
    (&["cumsum"], DIM, Along("cumsum")),
    (&["sum"], DIM, Reduce("sum")),
    (&["mean"], DIM, Reduce("mean")),
    (&["amax"], DIM, Reduce("max_axis")),
    (&["amin"], DIM, Reduce("min_axis")),
    (&["logsumexp"], DIM, Other(log_sum_exp)),
    (&["add"], TWO, Other(|site| plus(site, "+"))),
    (&["sub", "subtract"], TWO, Other(|site| plus(site, "-"))),
    (&["div", "divide"], TWO, Other(div)),
    (&["floordiv", "floor_divide"], TWO, Other(floor_div)),
    (&["mod", "remainder"], TWO, Other(remainder)),
    (&["rsqrt"], ONE, Other(rsqrt)),
    (&["softplus"], &["input", "beta", "threshold"], Other(softplus)),
    (&["gelu"], &["input", "approximate"], Other(gelu)),
    (
        &["leaky_relu"],
        &["input", "negative_slope"],
        Other(|site| with_alpha(site, "leaky_relu", "negative_slope", 0.01)),
    ),
    (&["elu"], &["input", "alpha"], Other(|site| with_alpha(site, "elu", "alpha", 1.0))),
    (&["relu6"], ONE, Other(|site| between(site, 0.0, 6.0))),
    (&["hardtanh"], &["input", "min_val", "max_val"], Other(|site| between(site, -1.0, 1.0))),
    (&["hardswish"], ONE, Other(hardswish)),
    (&["clamp", "clip"], &["input", "min", "max"], Other(clamp)),
    (&["where"], &["condition", "input", "other"], Other(choose)),
    (&["masked_fill"], &["input", "mask", "value"], Other(masked_fill)),
    (&["linear"], &["input", "weight", "bias"], Other(linear)),
    (&["addmm"], &["input", "mat1", "mat2"], Other(addmm)),
    (&["conv1d", "conv2d"], CONV, Other(conv)),
    (
        &["max_pool1d", "max_pool2d"],
        &["input", "kernel_size", "stride", "padding", "dilation", "ceil_mode"],
        Other(max_pool),
    ),
    (
        &["avg_pool1d", "avg_pool2d"],
        &["input", "kernel_size", "stride", "padding", "ceil_mode", "count_include_pad", "divisor_override"],
        Other(mean_pool),
    ),
    (&["adaptive_avg_pool1d", "adaptive_avg_pool2d"], &["input", "output_size"], Other(adaptive_mean_pool)),
    (
        &["batch_norm"],
        &["input", "running_mean", "running_var", "weight", "bias", "training", "momentum", "eps"],
        Other(batch_norm),
    ),
    (&["layer_norm"], &["input", "normalized_shape", "weight", "bias", "eps"], Other(layer_norm)),
    (&["dropout"], &["input", "p", "training"], Other(dropout)),
    (&["identity", "contiguous", "detach", "clone", "float", "double"], ONE, Other(|site| Ok(vec![site.operand(0)?]))),
    (&["mse_loss"], LOSS, Other(|site| loss(site, "mse"))),
    (&["l1_loss"], LOSS, Other(|site| loss(site, "mae"))),
    (&["binary_cross_entropy"], LOSS, Other(|site| loss(site, "bce"))),
    (&["binary_cross_entropy_with_logits"], LOSS, Other(|site| loss(site, "bce_with_logits"))),
    (
        &["cross_entropy"],
        &["input", "target", "weight", "size_average", "ignore_index", "reduce", "reduction", "label_smoothing"],
        Other(cross_entropy),
    ),
    (
        &["nll_loss"],
        &["input", "target", "weight", "size_average", "ignore_index", "reduce", "reduction"],
        Other(nll_loss),
    ),
    (
        &["scaled_dot_product_attention"],
        &["query", "key", "value", "attn_mask", "dropout_p", "is_causal", "scale"],
        Other(attention),
    ),
];

fn rows() -> impl Iterator<Item = &'static Row> {
    ROWS.iter().chain(shape_ops::ROWS)
}

/// What a function means, if that can be expressed, and the names of its parameters.
pub(in crate::import) fn find(op: &str) -> Option<(&'static [&'static str], impl Fn(&mut Site<'_>) -> Given)> {
    let (_, parameters, meaning) = rows().find(|(names, ..)| names.contains(&op))?;
    Some((parameters, move |site: &mut Site<'_>| apply(*meaning, site)))
}

/// The names of all functions that can be expressed.
pub(in crate::import) fn names() -> impl Iterator<Item = &'static str> {
    rows().flat_map(|(names, ..)| names.iter().copied())
}

fn apply(meaning: Meaning, site: &mut Site<'_>) -> Given {
    match meaning {
        Unary(name) => {
            let x = site.operand(0)?;
            Ok(vec![site.draft.unary(name, &x)?])
        }
        Binary(name) => {
            let (a, b) = (site.operand(0)?, site.operand(1)?);
            Ok(vec![site.draft.binary(name, &a, &b)?])
        }
        Along(name) => {
            let x = site.operand(0)?;
            let Some(axis) = site.integer("dim") else {
                return refuse("`dim`이 없습니다", "its `dim` is missing");
            };
            let axis = axis_of(axis, x.rank())?;
            Ok(vec![site.draft.along(name, &x, axis)?])
        }
        Reduce(name) => {
            let x = site.operand(0)?;
            let axes = match site.integers("dim") {
                Some(axes) if !axes.is_empty() => axes_of(&axes, x.rank())?,
                _ => (0..x.rank()).collect(),
            };
            let keepdims = site.flag("keepdim", false);
            Ok(vec![site.draft.reduce(name, &x, &axes, keepdims)?])
        }
        Other(draw_up) => draw_up(site),
    }
}

/// `a + alpha * b`
fn plus(site: &mut Site<'_>, operator: &str) -> Given {
    let (a, mut b) = (site.operand(0)?, site.operand(1)?);
    let alpha = site.real("alpha", 1.0);
    if alpha != 1.0 {
        b = site.draft.binary("*", &Term::number(alpha), &b)?;
    }
    Ok(vec![site.draft.binary(operator, &a, &b)?])
}

fn div(site: &mut Site<'_>) -> Given {
    let (a, b) = (site.operand(0)?, site.operand(1)?);
    let ratio = site.draft.binary("/", &a, &b)?;
    Ok(vec![match site.word("rounding_mode") {
        Some("floor") => site.draft.unary("floor", &ratio)?,
        Some("trunc") => site.draft.truncated(&ratio)?,
        _ => ratio,
    }])
}

fn floor_div(site: &mut Site<'_>) -> Given {
    let (a, b) = (site.operand(0)?, site.operand(1)?);
    let ratio = site.draft.binary("/", &a, &b)?;
    Ok(vec![site.draft.unary("floor", &ratio)?])
}

fn remainder(site: &mut Site<'_>) -> Given {
    let (a, b) = (site.operand(0)?, site.operand(1)?);
    Ok(vec![site.draft.remainder(&a, &b, false)?])
}

fn rsqrt(site: &mut Site<'_>) -> Given {
    let x = site.operand(0)?;
    let root = site.draft.unary("sqrt", &x)?;
    Ok(vec![site.draft.unary("reciprocal", &root)?])
}

fn softplus(site: &mut Site<'_>) -> Given {
    let x = site.operand(0)?;
    let beta = site.real("beta", 1.0);
    if beta == 1.0 {
        return Ok(vec![site.draft.unary("softplus", &x)?]);
    }
    let scaled = site.draft.binary("*", &Term::number(beta), &x)?;
    let soft = site.draft.unary("softplus", &scaled)?;
    Ok(vec![site.draft.with_number(&soft, "/", beta)?])
}

fn gelu(site: &mut Site<'_>) -> Given {
    let x = site.operand(0)?;
    let name = if site.word("approximate") == Some("tanh") { "gelu_tanh" } else { "gelu" };
    Ok(vec![site.draft.unary(name, &x)?])
}

fn with_alpha(site: &mut Site<'_>, name: &str, parameter: &str, default: f64) -> Given {
    let x = site.operand(0)?;
    let alpha = AttrValue::Number(site.real(parameter, default));
    Ok(vec![site.draft.apply(name, &[x], &[("alpha", alpha)])?])
}

fn between(site: &mut Site<'_>, low: f64, high: f64) -> Given {
    let x = site.operand(0)?;
    let (low, high) = (site.real("min_val", low), site.real("max_val", high));
    Ok(vec![site.draft.clip(&x, Some(&Term::number(low)), Some(&Term::number(high)))?])
}

fn hardswish(site: &mut Site<'_>) -> Given {
    let x = site.operand(0)?;
    let hard = site.draft.unary("hard_sigmoid", &x)?;
    Ok(vec![site.draft.binary("*", &x, &hard)?])
}

fn clamp(site: &mut Site<'_>) -> Given {
    let (x, low, high) = (site.operand(0)?, site.optional(1)?, site.optional(2)?);
    Ok(vec![site.draft.clip(&x, low.as_ref(), high.as_ref())?])
}

fn choose(site: &mut Site<'_>) -> Given {
    let operands = [site.operand(0)?, site.operand(1)?, site.operand(2)?];
    Ok(vec![site.draft.apply("where", &operands, &[])?])
}

fn masked_fill(site: &mut Site<'_>) -> Given {
    let [x, mask, value] = [site.operand(0)?, site.operand(1)?, site.operand(2)?];
    Ok(vec![site.draft.apply("where", &[mask, value, x], &[])?])
}

fn linear(site: &mut Site<'_>) -> Given {
    let (x, weight, bias) = (site.operand(0)?, site.operand(1)?, site.optional(2)?);
    Ok(vec![site.draft.linear(&x, &weight, bias.as_ref())?])
}

fn addmm(site: &mut Site<'_>) -> Given {
    let [bias, a, b] = [site.operand(0)?, site.operand(1)?, site.operand(2)?];
    let product = site.draft.with(&a, "@", &b)?;
    Ok(vec![site.draft.with(&bias, "+", &product)?])
}

/// One or two whole numbers by name, for the height and the width; a sequence has the height 1.
fn pair(site: &Site<'_>, name: &str, default: [usize; 2], axes: usize, flat: usize) -> Result<[usize; 2], Refusal> {
    let Some(list) = site.integers(name).filter(|list| !list.is_empty()) else { return Ok(default) };
    let list: Option<Vec<usize>> = list.iter().map(|n| usize::try_from(*n).ok().filter(|n| *n < 1_000_000)).collect();
    match (list.as_deref(), axes) {
        (Some([n]), 1) => Ok([flat, *n]),
        (Some([n]), _) => Ok([*n, *n]),
        (Some([height, width]), 2) => Ok([*height, *width]),
        _ => refuse(format!("`{name}` 값이 맞지 않습니다"), format!("its `{name}` makes no sense")),
    }
}

fn windows(site: &Site<'_>, x: &Term, size: Option<[usize; 2]>) -> Result<Windows, Refusal> {
    let axes = x.rank().saturating_sub(2);
    site.only("dilation", site.integers("dilation").is_none_or(|list| list.iter().all(|n| *n == 1)))?;
    if let Argument::Word(_) = site.named("padding") {
        site.only("padding", site.word("padding") == Some("valid"))?;
    }
    let is_conv = size.is_some();
    let size = match size {
        Some(size) => size,
        None => pair(site, "kernel_size", [0, 0], axes, 1)?,
    };
    let stride = pair(site, "stride", if is_conv { [1, 1] } else { size }, axes, 1)?;
    let around = pair(site, "padding", [0, 0], axes, 0)?;
    if size.contains(&0) || stride.contains(&0) {
        return refuse("창의 크기나 간격이 0입니다", "its windows have no size or do not move");
    }
    let around = around.map(|n| (n, n));
    Ok(Windows { size, stride, around, stands_out: site.flag("ceil_mode", false) })
}

fn conv(site: &mut Site<'_>) -> Given {
    let (x, weight, bias) = (site.operand(0)?, site.operand(1)?, site.optional(2)?);
    let size = match weight.extents() {
        [_, _, k] => [1, *k],
        [_, _, height, width] => [*height, *width],
        _ => return refuse("필터의 형상이 맞지 않습니다", "the shape of its filters makes no sense"),
    };
    let windows = windows(site, &x, Some(size))?;
    let groups = site.integer("groups").and_then(|n| usize::try_from(n).ok()).unwrap_or(1);
    Ok(vec![site.draft.convolution(&x, &weight, bias.as_ref(), &windows, groups)?])
}

fn max_pool(site: &mut Site<'_>) -> Given {
    let x = site.operand(0)?;
    site.only("return_indices", !site.flag("return_indices", false))?;
    let windows = windows(site, &x, None)?;
    Ok(vec![site.draft.max_pool(&x, &windows)?])
}

fn mean_pool(site: &mut Site<'_>) -> Given {
    let x = site.operand(0)?;
    site.only("divisor_override", site.integer("divisor_override").is_none())?;
    let windows = windows(site, &x, None)?;
    let counts_around = site.flag("count_include_pad", true);
    Ok(vec![site.draft.mean_pool(&x, &windows, counts_around)?])
}

fn adaptive_mean_pool(site: &mut Site<'_>) -> Given {
    let x = site.operand(0)?;
    site.only("output_size", site.integers("output_size").is_some_and(|list| list.iter().all(|n| *n == 1)))?;
    let axes: Vec<usize> = (2.min(x.rank())..x.rank()).collect();
    Ok(vec![site.draft.reduce("mean", &x, &axes, true)?])
}

/// Running statistics: numbers that are no parameters, which get a node of their own.
fn statistics(site: &mut Site<'_>, place: usize) -> Result<Term, Refusal> {
    let term = site.operand(place)?;
    match site.node.arguments.get(place) {
        Some(Argument::Value(name)) => Ok(site.draft.constant_leaf(term, name)),
        _ => Ok(term),
    }
}

fn batch_norm(site: &mut Site<'_>) -> Given {
    let (x, gain, bias) = (site.operand(0)?, site.optional(3)?, site.optional(4)?);
    let eps = site.real("eps", 1e-5);
    let along = |site: &mut Site<'_>, term: Option<Term>| {
        term.map(|term| site.draft.along_channels(&term, x.rank())).transpose()
    };
    if site.flag("training", false) {
        let (Some(gain), Some(bias)) = (gain, bias) else {
            return refuse("이득과 편향이 없습니다", "its gain and bias are missing");
        };
        return Ok(vec![site.draft.apply("batchnorm", &[x, gain, bias], &[("eps", AttrValue::Number(eps))])?]);
    }
    let (mean, variance) = (statistics(site, 1)?, statistics(site, 2)?);
    let normal = site.draft.batch_norm(&x, [&mean, &variance], eps)?;
    let (gain, bias) = (along(site, gain)?, along(site, bias)?);
    Ok(vec![site.draft.scaled(normal, gain.as_ref(), bias.as_ref())?])
}

fn layer_norm(site: &mut Site<'_>) -> Given {
    let (x, gain, bias) = (site.operand(0)?, site.optional(2)?, site.optional(3)?);
    let axes = site.integers("normalized_shape").map_or(1, |shape| shape.len());
    let Some(first) = x.rank().checked_sub(axes) else {
        return refuse("`normalized_shape`의 축이 너무 많습니다", "its `normalized_shape` has too many axes");
    };
    let eps = site.real("eps", 1e-5);
    Ok(vec![site.draft.layer_norm(&x, gain.as_ref(), bias.as_ref(), first, eps)?])
}

fn dropout(site: &mut Site<'_>) -> Given {
    let x = site.operand(0)?;
    let is_idle = !site.flag("training", true) || site.real("p", 0.5) == 0.0;
    site.only("training", is_idle)?;
    Ok(vec![x])
}

fn log_sum_exp(site: &mut Site<'_>) -> Given {
    let x = site.operand(0)?;
    let [axis] = *axes_of(&site.integers("dim").unwrap_or_default(), x.rank())? else {
        return refuse("한 축을 따라서만 나타낼 수 있습니다", "it can be expressed along one axis only");
    };
    let attrs = [("axis", AttrValue::Number(axis as f64)), ("keepdims", AttrValue::Flag(site.flag("keepdim", false)))];
    Ok(vec![site.draft.apply("logsumexp", &[x], &attrs)?])
}

fn loss(site: &mut Site<'_>, name: &str) -> Given {
    let (x, target) = (site.operand(0)?, site.operand(1)?);
    site.only("weight", matches!(site.named("weight"), Argument::Missing))?;
    site.only("reduction", matches!(site.word("reduction"), None | Some("mean")))?;
    Ok(vec![site.draft.binary(name, &x, &target)?])
}

/// What the losses of classes refuse.
fn plain_classes(site: &Site<'_>, x: &Term) -> Result<String, Refusal> {
    site.only("weight", matches!(site.named("weight"), Argument::Missing))?;
    site.only("label_smoothing", site.real("label_smoothing", 0.0) == 0.0)?;
    let classes = x.extents().get(1).copied().unwrap_or(0);
    let ignored = site.integer("ignore_index").and_then(|class| usize::try_from(class).ok());
    site.only("ignore_index", ignored.is_none_or(|class| class >= classes))?;
    Ok(site.word("reduction").unwrap_or("mean").to_owned())
}

fn cross_entropy(site: &mut Site<'_>) -> Given {
    let (scores, labels) = (site.operand(0)?, site.operand(1)?);
    let reduction = plain_classes(site, &scores)?;
    if labels.shape == scores.shape && reduction == "mean" {
        return Ok(vec![site.draft.binary("softmax_cross_entropy", &scores, &labels)?]);
    }
    Ok(vec![site.draft.cross_entropy(&scores, &labels, &reduction)?])
}

fn nll_loss(site: &mut Site<'_>) -> Given {
    let (logs, labels) = (site.operand(0)?, site.operand(1)?);
    let reduction = plain_classes(site, &logs)?;
    Ok(vec![site.draft.nll(&logs, &labels, &reduction)?])
}

fn attention(site: &mut Site<'_>) -> Given {
    let [query, key, value] = [site.operand(0)?, site.operand(1)?, site.operand(2)?];
    site.only("attn_mask", !site.has(3))?;
    site.only("dropout_p", site.real("dropout_p", 0.0) == 0.0)?;
    site.only("is_causal", !site.flag("is_causal", false))?;
    site.only("scale", matches!(site.named("scale"), Argument::Missing))?;
    Ok(vec![site.draft.apply("attention", &[query, key, value], &[])?])
}
