//! What models are made of, in bpdoc's ops, whichever tool the model comes from.

mod image;
mod select;

pub(super) use image::Windows;

use super::draft::{Draft, Term};
use super::model::Kind;
use crate::lang::{Text, text};
use crate::ops::AttrValue;
use crate::tensor::position;

/// A list of axes as an attribute; all of them where there are as many.
fn axes_attribute(axes: &[usize], rank: usize) -> AttrValue {
    if axes.len() == rank { AttrValue::Absent } else { AttrValue::Integers(axes.iter().map(|a| *a as i64).collect()) }
}

/// A whole number as an attribute.
pub(super) fn whole(n: usize) -> AttrValue {
    AttrValue::Number(n as f64)
}

/// The axis of a tensor that a number names, which may count from the end.
pub(super) fn axis_of(axis: i64, rank: usize) -> Result<usize, Text> {
    position(axis, rank).ok_or_else(|| {
        text(
            format!("축이 {rank}개인데 축 {axis}를 씁니다"),
            format!("there are {rank} axes, but it names axis {axis}"),
        )
    })
}

/// As [`axis_of`], for several: each once, in their order.
pub(super) fn axes_of(axes: &[i64], rank: usize) -> Result<Vec<usize>, Text> {
    let mut found = axes.iter().map(|axis| axis_of(*axis, rank)).collect::<Result<Vec<_>, _>>()?;
    found.sort_unstable();
    found.dedup();
    Ok(found)
}

impl Draft {
    /// `a` and `b` with an operator between.
    pub fn with(&mut self, a: &Term, operator: &str, b: &Term) -> Result<Term, Text> {
        self.binary(operator, a, b)
    }

    /// An operator between a term and a number.
    pub fn with_number(&mut self, a: &Term, operator: &str, x: f64) -> Result<Term, Text> {
        self.binary(operator, a, &Term::number(x))
    }

    /// `1 - a`, for what is 0 or 1.
    pub fn not(&mut self, a: &Term) -> Result<Term, Text> {
        Ok(self.binary("-", &Term::number(1.0), a)?.of(Kind::Flag))
    }

    /// The same numbers in another shape.
    pub fn reshape(&mut self, x: &Term, extents: &[usize]) -> Result<Term, Text> {
        if x.extents() == extents {
            return Ok(x.clone());
        }
        let extents = extents.iter().map(|n| *n as i64).collect();
        Ok(self.apply("reshape", std::slice::from_ref(x), &[("shape", AttrValue::Integers(extents))])?.of(x.kind))
    }

    /// A vector along the channels of images, the second of `rank` axes.
    pub fn along_channels(&mut self, x: &Term, rank: usize) -> Result<Term, Text> {
        if rank <= 2 || x.rank() != 1 {
            return Ok(x.clone());
        }
        let mut extents = vec![1; rank - 1];
        extents[0] = x.extents()[0];
        self.reshape(x, &extents)
    }

    /// The axes in another order.
    pub fn transpose(&mut self, x: &Term, order: &[usize]) -> Result<Term, Text> {
        if order.iter().copied().eq(0..x.rank()) {
            return Ok(x.clone());
        }
        let is_reversed = order.iter().copied().eq((0..x.rank()).rev());
        let axes = AttrValue::Integers(order.iter().map(|axis| *axis as i64).collect());
        let attrs = [("axes", axes)];
        Ok(self.apply("transpose", std::slice::from_ref(x), if is_reversed { &[] } else { &attrs })?.of(x.kind))
    }

    /// Two axes exchanged.
    pub fn swap(&mut self, x: &Term, a: usize, b: usize) -> Result<Term, Text> {
        let mut order: Vec<usize> = (0..x.rank()).collect();
        order.swap(a, b);
        self.transpose(x, &order)
    }

    /// Broadcast to the shape that its own and another make together.
    pub fn expand(&mut self, x: &Term, extents: &[usize]) -> Result<Term, Text> {
        let target = x.shape.broadcast(&extents.into()).ok_or_else(|| {
            let target = crate::tensor::Shape::from(extents);
            text(
                format!("형상 {}는 {target}로 늘릴 수 없습니다", x.shape),
                format!("the shape {} does not broadcast to {target}", x.shape),
            )
        })?;
        if target == x.shape {
            return Ok(x.clone());
        }
        let extents = AttrValue::Integers(target.0.iter().map(|n| *n as i64).collect());
        Ok(self.apply("broadcast_to", std::slice::from_ref(x), &[("shape", extents)])?.of(x.kind))
    }

    /// `sum`, `mean`, `max_axis` and their kin along some axes.
    pub fn reduce(&mut self, name: &str, x: &Term, axes: &[usize], keepdims: bool) -> Result<Term, Text> {
        if x.rank() == 0 {
            return Ok(x.clone());
        }
        let attrs = [("axis", axes_attribute(axes, x.rank())), ("keepdims", AttrValue::Flag(keepdims))];
        self.apply(name, std::slice::from_ref(x), &attrs)
    }

    /// An op along a single axis, such as `softmax`.
    pub fn along(&mut self, name: &str, x: &Term, axis: usize) -> Result<Term, Text> {
        let is_last = axis + 1 == x.rank();
        let axis = AttrValue::Number(if is_last && name != "cumsum" { -1.0 } else { axis as f64 });
        self.apply(name, std::slice::from_ref(x), &[("axis", axis)])
    }

    /// Less its mean, over its standard deviation, along some axes.
    pub fn standardized(&mut self, x: &Term, axes: &[usize], eps: f64) -> Result<Term, Text> {
        let mean = self.reduce("mean", x, axes, true)?;
        let centred = self.with(x, "-", &mean)?;
        let centred = self.bind(centred, "centred");
        let squares = self.unary("square", &centred)?;
        let variance = self.reduce("mean", &squares, axes, true)?;
        let variance = self.with_number(&variance, "+", eps)?;
        let deviation = self.unary("sqrt", &variance)?;
        self.with(&centred, "/", &deviation)
    }

    /// Layer normalisation over the axes from `first` on.
    pub fn layer_norm(
        &mut self,
        x: &Term,
        gain: Option<&Term>,
        bias: Option<&Term>,
        first: usize,
        eps: f64,
    ) -> Result<Term, Text> {
        if let (Some(gain), true) = (gain, first + 1 == x.rank()) {
            let bias = bias.cloned().unwrap_or_else(|| Term::number(0.0));
            return self.apply("layernorm", &[x.clone(), gain.clone(), bias], &[("eps", AttrValue::Number(eps))]);
        }
        let axes: Vec<usize> = (first..x.rank()).collect();
        let normal = self.standardized(x, &axes, eps)?;
        self.scaled(normal, gain, bias)
    }

    /// Times a gain, plus a bias, where there are such.
    pub fn scaled(&mut self, mut x: Term, gain: Option<&Term>, bias: Option<&Term>) -> Result<Term, Text> {
        if let Some(gain) = gain {
            x = self.with(&x, "*", gain)?;
        }
        match bias {
            Some(bias) => self.with(&x, "+", bias),
            None => Ok(x),
        }
    }

    /// Normalisation with a mean and a variance per channel that are known beforehand.
    pub fn batch_norm(&mut self, x: &Term, [mean, variance]: [&Term; 2], eps: f64) -> Result<Term, Text> {
        let mean = self.along_channels(mean, x.rank())?;
        let variance = self.along_channels(variance, x.rank())?;
        let centred = self.with(x, "-", &mean)?;
        let variance = self.with_number(&variance, "+", eps)?;
        let deviation = self.unary("sqrt", &variance)?;
        self.with(&centred, "/", &deviation)
    }

    /// `x` between two bounds, either of which may be missing.
    pub fn clip(&mut self, x: &Term, low: Option<&Term>, high: Option<&Term>) -> Result<Term, Text> {
        let scalar =
            |bound: Option<&Term>| bound.and_then(Term::value).and_then(|value| value.elements().first().copied());
        if let (Some(lo), Some(hi)) = (scalar(low), scalar(high))
            && lo.is_finite()
            && hi.is_finite()
        {
            let attrs = [("lo", AttrValue::Number(lo)), ("hi", AttrValue::Number(hi.max(lo)))];
            // Where the bounds cross, all becomes the upper one.
            if lo <= hi {
                return self.apply("clip", std::slice::from_ref(x), &attrs);
            }
        }
        let mut x = x.clone();
        if let Some(low) = low.filter(|_| scalar(low) != Some(f64::NEG_INFINITY)) {
            x = self.binary("max", &x, low)?;
        }
        match high.filter(|_| scalar(high) != Some(f64::INFINITY)) {
            Some(high) => self.binary("min", &x, high),
            None => Ok(x),
        }
    }

    /// `a @ b`, with the other ways to write a linear layer around it.
    pub fn linear(&mut self, x: &Term, weight: &Term, bias: Option<&Term>) -> Result<Term, Text> {
        let order: Vec<usize> = (0..weight.rank()).rev().collect();
        let weight = self.transpose(weight, &order)?;
        let product = self.with(x, "@", &weight)?;
        self.scaled(product, None, bias)
    }

    /// The mean over the rows of the loss of scores (rows, classes) with the classes' numbers; or their sum, or each.
    pub fn cross_entropy(&mut self, scores: &Term, labels: &Term, reduction: &str) -> Result<Term, Text> {
        let [rows, classes] = *scores.extents() else {
            return Err(text(
                format!("점수의 형상은 (행, 클래스)여야 하는데 {}입니다", scores.shape),
                format!("the scores must be (rows, classes); they are {}", scores.shape),
            ));
        };
        match reduction {
            "mean" => self.binary("cross_entropy", scores, labels),
            "sum" => {
                let mean = self.binary("cross_entropy", scores, labels)?;
                self.with_number(&mean, "*", rows as f64)
            }
            _ => {
                let logs = self.along("log_softmax", scores, 1)?;
                let picked = self.of_classes(&logs, labels, classes)?;
                self.unary("neg", &picked)
            }
        }
    }

    /// Minus what stands at the class of each row: the loss of logarithms of probabilities.
    pub fn nll(&mut self, logs: &Term, labels: &Term, reduction: &str) -> Result<Term, Text> {
        let [_, classes] = *logs.extents() else {
            return Err(text(
                format!("로그 확률의 형상은 (행, 클래스)여야 하는데 {}입니다", logs.shape),
                format!("the logarithms must be (rows, classes); they are {}", logs.shape),
            ));
        };
        let picked = self.of_classes(logs, labels, classes)?;
        let loss = self.unary("neg", &picked)?;
        self.reduced(&loss, reduction)
    }

    /// For each row what stands at its class.
    fn of_classes(&mut self, x: &Term, labels: &Term, classes: usize) -> Result<Term, Text> {
        let hot = self.apply("one_hot", std::slice::from_ref(labels), &[("n", whole(classes))])?;
        let chosen = self.with(&hot, "*", x)?;
        self.reduce("sum", &chosen, &[1], false)
    }

    /// The mean or the sum of all elements, or the elements themselves.
    pub fn reduced(&mut self, x: &Term, reduction: &str) -> Result<Term, Text> {
        let axes: Vec<usize> = (0..x.rank()).collect();
        match reduction {
            "mean" | "sum" => self.reduce(reduction, x, &axes, false),
            _ => Ok(x.clone()),
        }
    }

    /// Cut off below the decimal point.
    pub fn truncated(&mut self, x: &Term) -> Result<Term, Text> {
        let sign = self.unary("sign", x)?;
        let size = self.unary("abs", x)?;
        let whole = self.unary("floor", &size)?;
        Ok(self.with(&sign, "*", &whole)?.of(Kind::Integer))
    }

    /// What is left of a division by `b` that is rounded down, or (`is_truncated`) towards 0.
    pub fn remainder(&mut self, a: &Term, b: &Term, is_truncated: bool) -> Result<Term, Text> {
        let ratio = self.binary("/", a, b)?;
        let times = if is_truncated { self.truncated(&ratio)? } else { self.unary("floor", &ratio)? };
        let whole = self.binary("*", b, &times)?;
        self.binary("-", a, &whole)
    }

    /// As numbers of another kind.
    pub fn cast(&mut self, x: &Term, kind: Kind) -> Result<Term, Text> {
        match (x.kind, kind) {
            (Kind::Float, Kind::Integer) => self.truncated(x),
            (Kind::Float | Kind::Integer, Kind::Flag) => {
                let is_zero = self.with_number(x, "==", 0.0)?;
                self.not(&is_zero)
            }
            _ => Ok(x.clone().of(kind)),
        }
    }
}
