//! What each of ONNX's ops is in bpdoc's: a table of rows. Those that choose, join or count elements are in `shape_ops`.

use super::shape_ops;
use crate::import::draft::Term;
use crate::import::layers::{Windows, axes_of, axis_of};
use crate::import::model::{Argument, Kind};
use crate::import::site::{Given, Refusal, Site, refuse};
use crate::ops::AttrValue;

/// What an op of ONNX is.
#[derive(Clone, Copy)]
pub(super) enum Meaning {
    /// One of ours, element by element, of one input.
    Unary(&'static str),
    /// One of ours between two inputs.
    Binary(&'static str),
    /// One of ours between as many inputs as there are, from the left.
    Chain(&'static str),
    /// One of ours along the axis that ONNX's rules name.
    Soft(&'static str),
    /// One of ours along the axes that ONNX's rules name.
    Reduce(&'static str),
    /// Anything else.
    Other(fn(&mut Site<'_>) -> Given),
}

use Meaning::{Binary, Chain, Other, Reduce, Soft, Unary};

/// The rows, by ONNX's name.
const ROWS: &[(&str, Meaning)] = &[
    ("Neg", Unary("neg")),
    ("Reciprocal", Unary("reciprocal")),
    ("Sqrt", Unary("sqrt")),
    ("Exp", Unary("exp")),
    ("Log", Unary("log")),
    ("Erf", Unary("erf")),
    ("Abs", Unary("abs")),
    ("Sign", Unary("sign")),
    ("Floor", Unary("floor")),
    ("Round", Unary("round")),
    ("Sin", Unary("sin")),
    ("Cos", Unary("cos")),
    ("Tan", Unary("tan")),
    ("Asin", Unary("asin")),
    ("Acos", Unary("acos")),
    ("Atan", Unary("atan")),
    ("Sinh", Unary("sinh")),
    ("Cosh", Unary("cosh")),
    ("Tanh", Unary("tanh")),
    ("Sigmoid", Unary("sigmoid")),
    ("Relu", Unary("relu")),
    ("Softplus", Unary("softplus")),
    ("Softsign", Unary("softsign")),
    ("Mish", Unary("mish")),
    ("Add", Binary("+")),
    ("Sub", Binary("-")),
    ("Mul", Binary("*")),
    ("Pow", Binary("^")),
    ("MatMul", Binary("@")),
    ("Greater", Binary(">")),
    ("GreaterOrEqual", Binary(">=")),
    ("Less", Binary("<")),
    ("LessOrEqual", Binary("<=")),
    ("Equal", Binary("==")),
    ("And", Binary("min")),
    ("Or", Binary("max")),
    ("Sum", Chain("+")),
    ("Max", Chain("max")),
    ("Min", Chain("min")),
    ("Softmax", Soft("softmax")),
    ("LogSoftmax", Soft("log_softmax")),
    ("ReduceSum", Reduce("sum")),
    ("ReduceMean", Reduce("mean")),
    ("ReduceMax", Reduce("max_axis")),
    ("ReduceMin", Reduce("min_axis")),
    ("ReduceL2", Reduce("norm")),
    ("ReduceL1", Other(|site| reduce_of(site, "abs", "sum", ""))),
    ("ReduceSumSquare", Other(|site| reduce_of(site, "square", "sum", ""))),
    ("ReduceLogSum", Other(|site| reduce_of(site, "identity", "sum", "log"))),
    ("ReduceLogSumExp", Other(log_sum_exp)),
    ("Div", Other(div)),
    ("Mod", Other(modulo)),
    ("Mean", Other(mean)),
    ("Not", Other(not)),
    ("Ceil", Other(ceil)),
    ("Clip", Other(clip)),
    ("LeakyRelu", Other(|site| with_alpha(site, "leaky_relu", 0.01f32))),
    ("Elu", Other(|site| with_alpha(site, "elu", 1.0))),
    ("Celu", Other(celu)),
    ("Selu", Other(selu)),
    ("PRelu", Other(prelu)),
    ("ThresholdedRelu", Other(thresholded_relu)),
    ("HardSigmoid", Other(|site| hard_sigmoid(site, 0.2f32, 0.5, false))),
    ("HardSwish", Other(|site| hard_sigmoid(site, 1.0f32 / 6.0, 0.5, true))),
    ("Gelu", Other(gelu)),
    ("Where", Other(choose)),
    ("Gemm", Other(gemm)),
    ("Conv", Other(conv)),
    ("MaxPool", Other(max_pool)),
    ("AveragePool", Other(average_pool)),
    ("GlobalAveragePool", Other(|site| global_pool(site, "mean"))),
    ("GlobalMaxPool", Other(|site| global_pool(site, "max_axis"))),
    ("BatchNormalization", Other(batch_normalization)),
    ("InstanceNormalization", Other(instance_normalization)),
    ("LayerNormalization", Other(layer_normalization)),
    ("RMSNormalization", Other(rms_normalization)),
    ("SoftmaxCrossEntropyLoss", Other(cross_entropy)),
    ("NegativeLogLikelihoodLoss", Other(nll)),
    ("Identity", Other(|site| Ok(vec![site.operand(0)?]))),
    ("Dropout", Other(dropout)),
];

/// What an op means, if that can be expressed.
pub(in crate::import) fn find(op: &str) -> Option<impl Fn(&mut Site<'_>) -> Given> {
    let known = ROWS.iter().chain(shape_ops::ROWS).find(|(name, _)| *name == op);
    known.map(|(_, meaning)| move |site: &mut Site<'_>| apply(*meaning, site))
}

/// The names of all ops that can be expressed.
pub(in crate::import) fn names() -> impl Iterator<Item = &'static str> {
    ROWS.iter().chain(shape_ops::ROWS).map(|(name, _)| *name)
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
        Chain(name) => Ok(vec![chain(site, name)?]),
        Soft(name) => soft(site, name),
        Reduce(name) => {
            let x = site.operand(0)?;
            Ok(vec![reduce(site, &x, name)?])
        }
        Other(draw_up) => draw_up(site),
    }
}

/// A sum or the like of more inputs than this is no expression that anyone reads.
const MOST_TERMS: usize = 64;

fn chain(site: &mut Site<'_>, name: &str) -> Result<Term, Refusal> {
    let terms = site.operands()?;
    let Some((first, rest)) = terms.split_first().filter(|(_, rest)| rest.len() < MOST_TERMS) else {
        return refuse(
            format!("입력이 1개에서 {MOST_TERMS}개 사이여야 합니다"),
            format!("it must have 1 to {MOST_TERMS} inputs"),
        );
    };
    let mut whole = first.clone();
    for term in rest {
        whole = site.draft.binary(name, &whole, term)?;
    }
    Ok(whole)
}

fn mean(site: &mut Site<'_>) -> Given {
    let sum = chain(site, "+")?;
    let n = site.count() as f64;
    Ok(vec![site.draft.with_number(&sum, "/", n)?])
}

/// Whole numbers are divided without a rest.
fn div(site: &mut Site<'_>) -> Given {
    let (a, b) = (site.operand(0)?, site.operand(1)?);
    let ratio = site.draft.binary("/", &a, &b)?;
    let is_whole = a.kind == Kind::Integer && b.kind == Kind::Integer;
    Ok(vec![if is_whole { site.draft.truncated(&ratio)? } else { ratio }])
}

fn modulo(site: &mut Site<'_>) -> Given {
    let (a, b) = (site.operand(0)?, site.operand(1)?);
    let is_truncated = site.flag("fmod", false);
    Ok(vec![site.draft.remainder(&a, &b, is_truncated)?])
}

fn not(site: &mut Site<'_>) -> Given {
    let x = site.operand(0)?;
    Ok(vec![site.draft.not(&x)?])
}

fn ceil(site: &mut Site<'_>) -> Given {
    let x = site.operand(0)?;
    let below = site.draft.unary("neg", &x)?;
    let below = site.draft.unary("floor", &below)?;
    Ok(vec![site.draft.unary("neg", &below)?])
}

fn clip(site: &mut Site<'_>) -> Given {
    let x = site.operand(0)?;
    let attribute = |site: &Site<'_>, name| site.named(name).number().map(Term::number);
    let (low, high) = (attribute(site, "min"), attribute(site, "max"));
    let low = if low.is_some() { low } else { site.optional(1)? };
    let high = if high.is_some() { high } else { site.optional(2)? };
    Ok(vec![site.draft.clip(&x, low.as_ref(), high.as_ref())?])
}

/// ONNX states its defaults as numbers of 32 bits.
fn with_alpha(site: &mut Site<'_>, name: &str, default: f32) -> Given {
    let x = site.operand(0)?;
    let alpha = AttrValue::Number(site.real("alpha", default.into()));
    Ok(vec![site.draft.apply(name, &[x], &[("alpha", alpha)])?])
}

fn celu(site: &mut Site<'_>) -> Given {
    let x = site.operand(0)?;
    let alpha = site.real("alpha", 1.0);
    let inner = site.draft.with_number(&x, "/", alpha)?;
    let elu = site.draft.unary("elu", &inner)?;
    Ok(vec![site.draft.binary("*", &Term::number(alpha), &elu)?])
}

fn selu(site: &mut Site<'_>) -> Given {
    let x = site.operand(0)?;
    // The two numbers of the definition in 32 bits.
    let (alpha, gamma) = (site.real("alpha", f64::from(1.673_263_2_f32)), site.real("gamma", f64::from(1.050_701_f32)));
    let elu = site.draft.apply("elu", &[x], &[("alpha", AttrValue::Number(alpha))])?;
    Ok(vec![site.draft.binary("*", &Term::number(gamma), &elu)?])
}

fn prelu(site: &mut Site<'_>) -> Given {
    let (x, slope) = (site.operand(0)?, site.operand(1)?);
    let is_positive = site.draft.with_number(&x, ">", 0.0)?;
    let sloping = site.draft.binary("*", &slope, &x)?;
    Ok(vec![site.draft.apply("where", &[is_positive, x, sloping], &[])?])
}

fn thresholded_relu(site: &mut Site<'_>) -> Given {
    let x = site.operand(0)?;
    let is_above = site.draft.with_number(&x, ">", site.real("alpha", 1.0))?;
    Ok(vec![site.draft.apply("where", &[is_above, x, Term::number(0.0)], &[])?])
}

fn hard_sigmoid(site: &mut Site<'_>, alpha: f32, beta: f32, times_input: bool) -> Given {
    let x = site.operand(0)?;
    let (alpha, beta) = (site.real("alpha", alpha.into()), site.real("beta", beta.into()));
    let line = site.draft.binary("*", &Term::number(alpha), &x)?;
    let line = site.draft.with_number(&line, "+", beta)?;
    let clipped = site.draft.clip(&line, Some(&Term::number(0.0)), Some(&Term::number(1.0)))?;
    Ok(vec![if times_input { site.draft.binary("*", &x, &clipped)? } else { clipped }])
}

fn gelu(site: &mut Site<'_>) -> Given {
    let x = site.operand(0)?;
    let name = if site.word("approximate") == Some("tanh") { "gelu_tanh" } else { "gelu" };
    Ok(vec![site.draft.unary(name, &x)?])
}

fn choose(site: &mut Site<'_>) -> Given {
    let [condition, yes, no] = [site.operand(0)?, site.operand(1)?, site.operand(2)?];
    let kind = yes.kind;
    Ok(vec![site.draft.apply("where", &[condition, yes, no], &[])?.of(kind)])
}

/// `alpha * A @ B + beta * C`.
fn gemm(site: &mut Site<'_>) -> Given {
    let [mut a, mut b] = [site.operand(0)?, site.operand(1)?];
    if site.flag("transA", false) {
        a = site.draft.transpose(&a, &[1, 0])?;
    }
    if site.flag("transB", false) {
        b = site.draft.transpose(&b, &[1, 0])?;
    }
    let product = site.draft.with(&a, "@", &b)?;
    let product = scaled(site, "alpha", product)?;
    let Some(c) = site.optional(2)? else { return Ok(vec![product]) };
    let c = scaled(site, "beta", c)?;
    Ok(vec![site.draft.with(&product, "+", &c)?])
}

fn scaled(site: &mut Site<'_>, name: &str, x: Term) -> Result<Term, Refusal> {
    match site.real(name, 1.0) {
        1.0 => Ok(x),
        factor => Ok(site.draft.binary("*", &Term::number(factor), &x)?),
    }
}

/// Since opset 13 along one axis; before, over all axes from one on, as if they were one.
fn soft(site: &mut Site<'_>, name: &str) -> Given {
    let x = site.operand(0)?;
    if x.rank() == 0 {
        return refuse("축이 없는 수입니다", "its input is a single number without an axis");
    }
    let axis = axis_of(site.integer("axis").unwrap_or(if site.opset >= 13 { -1 } else { 1 }), x.rank())?;
    if site.opset >= 13 || axis + 1 == x.rank() {
        return Ok(vec![site.draft.along(name, &x, axis)?]);
    }
    let (rows, columns) = (x.extents()[..axis].iter().product(), x.extents()[axis..].iter().product());
    let flat = site.draft.reshape(&x, &[rows, columns])?;
    let soft = site.draft.along(name, &flat, 1)?;
    Ok(vec![site.draft.reshape(&soft, x.extents())?])
}

/// The axes that a reduction names: by attribute, in later versions as an input; all where it names none.
fn reduced_axes(site: &mut Site<'_>, rank: usize) -> Result<Option<Vec<usize>>, Refusal> {
    match site.integers_or("axes", 1)? {
        Some(axes) if !axes.is_empty() => Ok(Some(axes_of(&axes, rank)?)),
        _ if site.flag("noop_with_empty_axes", false) => Ok(None),
        _ => Ok(Some((0..rank).collect())),
    }
}

fn reduce(site: &mut Site<'_>, x: &Term, name: &str) -> Result<Term, Refusal> {
    let Some(axes) = reduced_axes(site, x.rank())? else { return Ok(x.clone()) };
    let keepdims = site.flag("keepdims", true);
    Ok(site.draft.reduce(name, x, &axes, keepdims)?)
}

/// A reduction of what another op makes of each element, and a third op behind it.
fn reduce_of(site: &mut Site<'_>, before: &str, name: &str, behind: &str) -> Given {
    let x = site.operand(0)?;
    let each = if before == "identity" { x } else { site.draft.unary(before, &x)? };
    let whole = reduce(site, &each, name)?;
    Ok(vec![if behind.is_empty() { whole } else { site.draft.unary(behind, &whole)? }])
}

fn log_sum_exp(site: &mut Site<'_>) -> Given {
    let x = site.operand(0)?;
    let Some(axes) = reduced_axes(site, x.rank())? else { return Ok(vec![x]) };
    let keepdims = site.flag("keepdims", true);
    if let [axis] = *axes {
        let attrs = [("axis", AttrValue::Number(axis as f64)), ("keepdims", AttrValue::Flag(keepdims))];
        return Ok(vec![site.draft.apply("logsumexp", &[x], &attrs)?]);
    }
    reduce_of(site, "exp", "sum", "log")
}

/// The windows of a convolution or a pooling.
fn windows(site: &Site<'_>, x: &Term, size: &[i64]) -> Result<Windows, Refusal> {
    let axes = size.len();
    if !(1..=2).contains(&axes) || x.rank() != axes + 2 {
        return refuse(
            format!("2차원(과 1차원)만 나타낼 수 있는데 형상이 {}입니다", x.shape),
            format!("only 2-D (and 1-D) can be expressed; the shape is {}", x.shape),
        );
    }
    let ones = || vec![1; axes];
    site.only("dilations", site.integers("dilations").unwrap_or_else(ones).iter().all(|d| *d == 1))?;
    let stride = site.integers("strides").unwrap_or_else(ones);
    let pads = site.integers("pads").unwrap_or_else(|| vec![0; 2 * axes]);
    let whole = |list: &[i64], least: i64| list.iter().all(|n| (least..1_000_000).contains(n));
    let fits = stride.len() == axes && pads.len() == 2 * axes;
    if !(fits && whole(size, 1) && whole(&stride, 1) && whole(&pads, 0)) {
        return refuse(
            "창의 크기, 간격, 여백이 맞지 않습니다",
            "the windows' sizes, strides and pads do not fit together",
        );
    }
    let mut found =
        Windows { size: [1; 2], stride: [1; 2], around: [(0, 0); 2], stands_out: site.flag("ceil_mode", false) };
    for axis in 0..axes {
        let to = 2 - axes + axis;
        let (image, size, stride) = (x.extents()[2 + axis], size[axis] as usize, stride[axis] as usize);
        found.size[to] = size;
        found.stride[to] = stride;
        found.around[to] = match site.word("auto_pad") {
            Some(same @ ("SAME_UPPER" | "SAME_LOWER")) => {
                let covered = image.div_ceil(stride).saturating_sub(1) * stride + size;
                let all = covered.saturating_sub(image);
                let (less, more) = (all / 2, all - all / 2);
                if same == "SAME_UPPER" { (less, more) } else { (more, less) }
            }
            Some("VALID") => (0, 0),
            _ => (pads[axis] as usize, pads[axes + axis] as usize),
        };
    }
    Ok(found)
}

fn conv(site: &mut Site<'_>) -> Given {
    let (x, weight, bias) = (site.operand(0)?, site.operand(1)?, site.optional(2)?);
    let size: Vec<i64> = weight.extents().iter().skip(2).map(|n| *n as i64).collect();
    let windows = windows(site, &x, &size)?;
    let groups = site.integer("group").and_then(|n| usize::try_from(n).ok()).unwrap_or(1);
    Ok(vec![site.draft.convolution(&x, &weight, bias.as_ref(), &windows, groups)?])
}

fn max_pool(site: &mut Site<'_>) -> Given {
    let x = site.operand(0)?;
    if site.wants(1) {
        return refuse(
            "최댓값의 자리를 내는 것은 나타낼 수 없습니다",
            "its second result, the places of the maxima, cannot be expressed",
        );
    }
    let windows = windows(site, &x, &site.integers("kernel_shape").unwrap_or_default())?;
    Ok(vec![site.draft.max_pool(&x, &windows)?])
}

fn average_pool(site: &mut Site<'_>) -> Given {
    let x = site.operand(0)?;
    let windows = windows(site, &x, &site.integers("kernel_shape").unwrap_or_default())?;
    let counts_around = site.flag("count_include_pad", false);
    Ok(vec![site.draft.mean_pool(&x, &windows, counts_around)?])
}

fn global_pool(site: &mut Site<'_>, name: &str) -> Given {
    let x = site.operand(0)?;
    let axes: Vec<usize> = (2..x.rank()).collect();
    if axes.is_empty() {
        return refuse("그림이 아닙니다", "its input is no image");
    }
    Ok(vec![site.draft.reduce(name, &x, &axes, true)?])
}

/// Numbers that are no parameters: what running statistics have come to, for each channel of `x`.
fn statistics(site: &mut Site<'_>, place: usize, x: &Term) -> Result<Term, Refusal> {
    let Ok(Some(constant)) = site.constant(place) else {
        let given = site.operand(place)?;
        return Ok(site.draft.along_channels(&given, x.rank())?);
    };
    let name = match site.node.arguments.get(place) {
        Some(Argument::Value(name)) => name.clone(),
        _ => "const".to_owned(),
    };
    let known = site.draft.along_channels(&Term::known(constant, None), x.rank())?;
    Ok(site.draft.constant_leaf(known, &name))
}

/// As it is used after training, with the statistics that training has left; or, where the file says so, with the
/// batch's own.
fn batch_normalization(site: &mut Site<'_>) -> Given {
    let [x, gain, bias] = [site.operand(0)?, site.operand(1)?, site.operand(2)?];
    let eps = site.real("epsilon", f64::from(1e-5f32));
    if site.flag("training_mode", false) {
        let attrs = [("eps", AttrValue::Number(eps))];
        return Ok(vec![site.draft.apply("batchnorm", &[x, gain, bias], &attrs)?]);
    }
    let (mean, variance) = (statistics(site, 3, &x)?, statistics(site, 4, &x)?);
    let normal = site.draft.batch_norm(&x, [&mean, &variance], eps)?;
    let gain = site.draft.along_channels(&gain, x.rank())?;
    let bias = site.draft.along_channels(&bias, x.rank())?;
    Ok(vec![site.draft.scaled(normal, Some(&gain), Some(&bias))?])
}

fn instance_normalization(site: &mut Site<'_>) -> Given {
    let [x, gain, bias] = [site.operand(0)?, site.operand(1)?, site.operand(2)?];
    let axes: Vec<usize> = (2..x.rank()).collect();
    let normal = site.draft.standardized(&x, &axes, site.real("epsilon", f64::from(1e-5f32)))?;
    let gain = site.draft.along_channels(&gain, x.rank())?;
    let bias = site.draft.along_channels(&bias, x.rank())?;
    Ok(vec![site.draft.scaled(normal, Some(&gain), Some(&bias))?])
}

fn layer_normalization(site: &mut Site<'_>) -> Given {
    let (x, gain, bias) = (site.operand(0)?, site.operand(1)?, site.optional(2)?);
    if site.wants(1) || site.wants(2) {
        return refuse(
            "평균과 분산을 내는 것은 나타낼 수 없습니다",
            "its further results, mean and deviation, cannot be expressed",
        );
    }
    let first = axis_of(site.integer("axis").unwrap_or(-1), x.rank())?;
    let eps = site.real("epsilon", f64::from(1e-5f32));
    Ok(vec![site.draft.layer_norm(&x, Some(&gain), bias.as_ref(), first, eps)?])
}

fn rms_normalization(site: &mut Site<'_>) -> Given {
    let (x, gain) = (site.operand(0)?, site.operand(1)?);
    let first = axis_of(site.integer("axis").unwrap_or(-1), x.rank())?;
    let axes: Vec<usize> = (first..x.rank()).collect();
    let eps = site.real("epsilon", f64::from(1e-5f32));
    let squares = site.draft.unary("square", &x)?;
    let size = site.draft.reduce("mean", &squares, &axes, true)?;
    let size = site.draft.with_number(&size, "+", eps)?;
    let size = site.draft.unary("sqrt", &size)?;
    let normal = site.draft.with(&x, "/", &size)?;
    Ok(vec![site.draft.with(&normal, "*", &gain)?])
}

/// What a loss refuses: weights of the classes, and a class that is left out.
fn plain_loss(site: &Site<'_>, classes: usize) -> Result<(), Refusal> {
    if site.has(2) {
        return refuse("클래스마다 다른 가중치는 나타낼 수 없습니다", "weights of the classes cannot be expressed");
    }
    let ignored = site.integer("ignore_index").and_then(|class| usize::try_from(class).ok());
    site.only("ignore_index", ignored.is_none_or(|class| class >= classes))
}

fn cross_entropy(site: &mut Site<'_>) -> Given {
    let (scores, labels) = (site.operand(0)?, site.operand(1)?);
    plain_loss(site, scores.extents().get(1).copied().unwrap_or(0))?;
    let reduction = site.word("reduction").unwrap_or("mean").to_owned();
    let loss = site.draft.cross_entropy(&scores, &labels, &reduction)?;
    if !site.wants(1) {
        return Ok(vec![loss]);
    }
    Ok(vec![loss, site.draft.along("log_softmax", &scores, 1)?])
}

fn nll(site: &mut Site<'_>) -> Given {
    let (logs, labels) = (site.operand(0)?, site.operand(1)?);
    plain_loss(site, logs.extents().get(1).copied().unwrap_or(0))?;
    let reduction = site.word("reduction").unwrap_or("mean").to_owned();
    Ok(vec![site.draft.nll(&logs, &labels, &reduction)?])
}

/// As it is used after training: it passes everything on.
fn dropout(site: &mut Site<'_>) -> Given {
    let x = site.operand(0)?;
    let trains = site.constant(2)?.is_some_and(|constant| constant.value.elements().iter().any(|x| *x != 0.0));
    site.only("training_mode", !trains)?;
    if site.wants(1) {
        return refuse("마스크를 내는 것은 나타낼 수 없습니다", "its second result, the mask, cannot be expressed");
    }
    Ok(vec![x])
}
