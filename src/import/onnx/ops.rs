//! What each of ONNX's ops is in bpdoc's: a table of rows. Layers and losses are in `layer_ops`, and what chooses, joins or
//! counts elements in `shape_ops`.

use super::{layer_ops, shape_ops};
use crate::import::draft::Term;
use crate::import::layers::{axes_of, axis_of};
use crate::import::model::Kind;
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
    ("Identity", Other(|site| Ok(vec![site.operand(0)?]))),
];

fn rows() -> impl Iterator<Item = &'static (&'static str, Meaning)> {
    ROWS.iter().chain(layer_ops::ROWS).chain(shape_ops::ROWS)
}

/// What an op means, if that can be expressed.
pub(in crate::import) fn find(op: &str) -> Option<impl Fn(&mut Site<'_>) -> Given> {
    let known = rows().find(|(name, _)| *name == op);
    known.map(|(_, meaning)| move |site: &mut Site<'_>| apply(*meaning, site))
}

/// The names of all ops that can be expressed.
pub(in crate::import) fn names() -> impl Iterator<Item = &'static str> {
    rows().map(|(name, _)| *name)
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
