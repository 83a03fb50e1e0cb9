//! Parts of tensors: slices, elements by number, pieces put together.

use super::{axis_of, whole};
use crate::import::draft::{Draft, Term};
use crate::import::model::{Constant, Kind};
use crate::lang::{Text, counted, text};
use crate::ops::{AttrValue, Pick};
use crate::tensor::{Shape, Tensor, position};

/// So many copies of a tensor may be put side by side.
const MOST_COPIES: usize = 1_000;

impl Draft {
    /// From `start` up to, not including, `stop`, both counted from the front.
    pub fn slice(&mut self, x: &Term, axis: usize, start: usize, stop: usize) -> Result<Term, Text> {
        if start == 0 && stop == x.extents()[axis] {
            return Ok(x.clone());
        }
        let attrs = [("start", whole(start)), ("stop", whole(stop)), ("axis", whole(axis))];
        Ok(self.apply("slice", std::slice::from_ref(x), &attrs)?.of(x.kind))
    }

    /// As Python slices: bounds may be missing, count from the end, or lie outside; the step may be any but 0.
    pub fn stepped(&mut self, x: &Term, axis: usize, [start, stop, step]: [Option<i64>; 3]) -> Result<Term, Text> {
        let extent = x.extents()[axis];
        let n = i64::try_from(extent).unwrap_or(i64::MAX);
        let step = step.unwrap_or(1);
        if step == 0 {
            return Err(text("자르는 간격이 0입니다", "the step of a slice is 0"));
        }
        let clamped =
            |bound: i64, low: i64, high: i64| if bound < 0 { bound.saturating_add(n) } else { bound }.clamp(low, high);
        if step == 1 {
            let start = clamped(start.unwrap_or(0), 0, n);
            let stop = clamped(stop.unwrap_or(n), start, n);
            if start < stop || x.value().is_none() {
                return self.slice(x, axis, start as usize, stop as usize);
            }
        }
        let (first, last) = if step > 0 {
            (clamped(start.unwrap_or(0), 0, n), clamped(stop.unwrap_or(n), 0, n))
        } else {
            (clamped(start.unwrap_or(n - 1), -1, n - 1), stop.map_or(-1, |stop| clamped(stop, -1, n - 1)))
        };
        let mut ids = Vec::new();
        let mut at = first;
        while if step > 0 { at < last } else { at > last } {
            ids.push(at);
            at = at.saturating_add(step);
        }
        self.take(x, axis, &ids)
    }

    /// What stands at some places along an axis.
    pub fn take(&mut self, x: &Term, axis: usize, ids: &[i64]) -> Result<Term, Text> {
        if ids.is_empty() && x.value().is_some() {
            let mut extents = x.extents().to_vec();
            extents[axis] = 0;
            return Ok(Term::filled(&extents, 0.0).of(x.kind));
        }
        let n = x.extents()[axis];
        if ids.iter().copied().eq(0..n as i64) {
            return Ok(x.clone());
        }
        let attrs = [("ids", AttrValue::Integers(ids.to_vec())), ("axis", whole(axis))];
        Ok(self.apply("index", std::slice::from_ref(x), &attrs)?.of(x.kind))
    }

    /// What stands at one place along an axis, which is gone then.
    pub fn pick(&mut self, x: &Term, axis: usize, id: i64) -> Result<Term, Text> {
        let n = x.extents()[axis];
        if position(id, n).is_none() {
            return Err(text(
                format!("축 {axis}에는 {n}개뿐이어서 {id}번이 없습니다"),
                format!("axis {axis} has {}, and none is number {id}", counted(n, "place")),
            ));
        }
        let mut picks = vec![Pick::Range(None, None); axis];
        picks.push(Pick::At(id));
        Ok(self.apply("[]", std::slice::from_ref(x), &[("picks", AttrValue::Picks(picks))])?.of(x.kind))
    }

    /// What stands at the places that another tensor names: its shape takes the place of the axis.
    pub fn gather(&mut self, x: &Term, axis: i64, ids: &Term) -> Result<Term, Text> {
        let axis = axis_of(axis, x.rank())?;
        let n = x.extents()[axis];
        if let Some(list) = ids.as_integers() {
            if ids.rank() == 0 {
                return self.pick(x, axis, list[0]);
            }
            let taken = self.take(x, axis, &list)?;
            let extents = [&x.extents()[..axis], ids.extents(), &x.extents()[axis + 1..]].concat();
            return self.reshape(&taken, &extents);
        }
        if axis != 0 {
            return Err(text(
                format!("축 {axis}를 따라 계산된 번호로 고를 수는 없습니다. 첫 축만 됩니다"),
                format!("numbers that are computed can pick along the first axis only, not along axis {axis}"),
            ));
        }
        let width: usize = x.extents()[1..].iter().product();
        let table = self.reshape(x, &[n, width])?;
        let rows = self.binary("embedding", &table, ids)?;
        self.reshape(&rows, &[ids.extents(), &x.extents()[1..]].concat())
    }

    /// Pieces joined along an axis.
    pub fn concat(&mut self, pieces: &[Term], axis: usize) -> Result<Term, Text> {
        let kind = pieces.first().map_or(Kind::Float, |piece| piece.kind);
        let pieces: Vec<Term> = pieces.iter().filter(|piece| !piece.shape.is_empty()).cloned().collect();
        match pieces.as_slice() {
            [] => Ok(Term::integers(&[]).of(kind)),
            [piece] => Ok(piece.clone()),
            _ => Ok(self.apply("concat", &pieces, &[("axis", whole(axis))])?.of(kind)),
        }
    }

    /// The same number around a tensor: how often before it and behind it, for each axis. Less than none cuts off.
    pub fn pad(&mut self, x: &Term, amounts: &[(i64, i64)], value: f64) -> Result<Term, Text> {
        let mut padded = x.clone();
        for (axis, &(before, after)) in amounts.iter().enumerate() {
            let n = padded.extents()[axis];
            let cut = |amount: i64| usize::try_from(-amount.min(0)).unwrap_or(usize::MAX);
            let (from, to) = (cut(before), n.saturating_sub(cut(after)));
            padded = self.slice(&padded, axis, from.min(to), to)?;
            let filled = |amount: i64| -> Result<Option<Term>, Text> {
                let Some(amount) = usize::try_from(amount).ok().filter(|amount| *amount > 0) else { return Ok(None) };
                let mut extents = padded.extents().to_vec();
                extents[axis] = amount;
                self.affordable(&Shape::from(extents.as_slice()))?;
                Ok(Some(Term::filled(&extents, value).of(x.kind)))
            };
            // The same numbers on both sides are one constant.
            let front = filled(before)?;
            let back = if after == before { front.clone() } else { filled(after)? };
            let pieces: Vec<Term> = front.into_iter().chain([padded.clone()]).chain(back).collect();
            padded = self.concat(&pieces, axis)?;
        }
        Ok(padded)
    }

    /// Copies side by side, as often as it says for each axis.
    pub fn tile(&mut self, x: &Term, times: &[i64]) -> Result<Term, Text> {
        let mut tiled = x.clone();
        for (axis, &times) in times.iter().enumerate() {
            let Some(copies) = usize::try_from(times).ok().filter(|times| (1..=MOST_COPIES).contains(times)) else {
                return Err(text(
                    format!("{times}번 되풀이할 수 없습니다(1번에서 {MOST_COPIES}번까지)"),
                    format!("{times} copies cannot be made: it may be 1 to {MOST_COPIES}"),
                ));
            };
            tiled = self.concat(&vec![tiled.clone(); copies], axis)?;
        }
        Ok(tiled)
    }

    /// The upper or the lower triangle of matrices, from some diagonal on, and zeros elsewhere.
    pub fn triangle(&mut self, x: &Term, shift: i64, is_upper: bool) -> Result<Term, Text> {
        let &[.., rows, columns] = x.extents() else {
            return Err(text("행렬이 아닙니다", "its input is no matrix"));
        };
        let is_kept = |place: usize| {
            let diagonal = (place % columns) as i64 - (place / columns) as i64;
            if is_upper { diagonal >= shift } else { diagonal <= shift }
        };
        let flags = (0..rows * columns).map(|place| f64::from(is_kept(place))).collect();
        let mask = Constant { value: Tensor::new(&Shape::from([rows, columns]), flags), kind: Kind::Flag };
        let operands = [Term::known(mask, None), x.clone(), Term::number(0.0)];
        Ok(self.apply("where", &operands, &[])?.of(x.kind))
    }
}
