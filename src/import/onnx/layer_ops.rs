//! ONNX's layers and losses.

use super::ops::Meaning::{self, Other};
use crate::import::draft::Term;
use crate::import::layers::{Windows, axis_of};
use crate::import::model::Argument;
use crate::import::site::{Given, Refusal, Site, refuse};
use crate::ops::AttrValue;

/// The rows, by ONNX's name.
pub(super) const ROWS: &[(&str, Meaning)] = &[
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
    ("Dropout", Other(dropout)),
];

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
