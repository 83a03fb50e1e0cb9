//! PyTorch's functions that choose, join, count and rearrange elements.

use super::ops::Meaning::Other;
use super::ops::Row;
use crate::import::draft::Term;
use crate::import::layers::{axis_of, whole};
use crate::import::model::{Argument, Kind};
use crate::import::site::{Given, Refusal, Site, refuse};
use crate::ops::AttrValue;
use crate::tensor::Shape;

/// The rows.
pub(super) const ROWS: &[Row] = &[
    (&["reshape", "view"], &["input"], Other(reshape)),
    (&["flatten"], &["input", "start_dim", "end_dim"], Other(flatten)),
    (&["squeeze"], &["input", "dim"], Other(squeeze)),
    (&["unsqueeze"], &["input", "dim"], Other(unsqueeze)),
    (&["transpose", "swapaxes"], &["input", "dim0", "dim1"], Other(transpose)),
    (&["permute"], &["input"], Other(permute)),
    (&["t"], &["input"], Other(matrix_transpose)),
    (&["expand"], &["input"], Other(expand)),
    (&["repeat"], &["input"], Other(repeat)),
    (&["cat", "concat"], &["tensors", "dim"], Other(cat)),
    (&["stack"], &["tensors", "dim"], Other(stack)),
    (&["chunk"], &["input", "chunks", "dim"], Other(chunk)),
    (&["split"], &["tensor", "split_size_or_sections", "dim"], Other(split)),
    (&["select"], &["input", "dim", "index"], Other(select)),
    (&["narrow"], &["input", "dim", "start", "length"], Other(narrow)),
    (&["getitem"], &["input"], Other(get_item)),
    (&["getattr"], &["input", "name"], Other(get_attribute)),
    (&["size"], &["input", "dim"], Other(size)),
    (&["embedding"], &["input", "weight"], Other(embedding)),
    (&["one_hot"], &["tensor", "num_classes"], Other(one_hot)),
    (&["argmax"], &["input", "dim", "keepdim"], Other(argmax)),
    (&["tril"], &["input", "diagonal"], Other(|site| triangle(site, false))),
    (&["triu"], &["input", "diagonal"], Other(|site| triangle(site, true))),
];

/// Whole numbers from a position on: one by one or as a list, stated or known by now.
fn integers_from(site: &mut Site<'_>, first: usize) -> Result<Vec<i64>, Refusal> {
    let given: Vec<Argument> = match &site.node.arguments[first.min(site.count())..] {
        [Argument::List(list)] => list.clone(),
        several => several.to_vec(),
    };
    let mut list = Vec::with_capacity(given.len());
    for argument in given {
        let term = site.term_of(&argument)?;
        let Some(numbers) = term.as_ref().and_then(Term::as_integers) else {
            return refuse("정해진 정수가 와야 합니다", "whole numbers that are known beforehand are due here");
        };
        list.extend(numbers);
    }
    Ok(list)
}

fn reshape(site: &mut Site<'_>) -> Given {
    let x = site.operand(0)?;
    let extents = integers_from(site, 1)?;
    let known: usize = extents.iter().filter_map(|n| usize::try_from(*n).ok()).fold(1, usize::saturating_mul);
    let inferred = x.shape.len() / known.max(1);
    let extents: Vec<usize> = extents.iter().map(|n| usize::try_from(*n).unwrap_or(inferred)).collect();
    if Shape::from(extents.as_slice()).len() != x.shape.len() {
        return refuse(
            format!("형상 {}에서 {extents:?}(으)로 바꿀 수 없습니다", x.shape),
            format!("the shape {} cannot become {extents:?}", x.shape),
        );
    }
    Ok(vec![site.draft.reshape(&x, &extents)?])
}

fn flatten(site: &mut Site<'_>) -> Given {
    let x = site.operand(0)?;
    let from = axis_of(site.integer("start_dim").unwrap_or(0), x.rank())?;
    let to = axis_of(site.integer("end_dim").unwrap_or(-1), x.rank())?;
    if from > to {
        return refuse("축의 순서가 거꾸로입니다", "its axes are in the wrong order");
    }
    let flat = x.extents()[from..=to].iter().product();
    let extents = [&x.extents()[..from], &[flat], &x.extents()[to + 1..]].concat();
    Ok(vec![site.draft.reshape(&x, &extents)?])
}

fn squeeze(site: &mut Site<'_>) -> Given {
    let x = site.operand(0)?;
    let one = match site.integer("dim") {
        Some(axis) => Some(axis_of(axis, x.rank())?),
        None => None,
    };
    let is_kept = |axis: &usize| x.extents()[*axis] != 1 || one.is_some_and(|one| one != *axis);
    let extents: Vec<usize> = (0..x.rank()).filter(is_kept).map(|axis| x.extents()[axis]).collect();
    Ok(vec![site.draft.reshape(&x, &extents)?])
}

fn unsqueeze(site: &mut Site<'_>) -> Given {
    let x = site.operand(0)?;
    let axis = axis_of(site.integer("dim").unwrap_or(0), x.rank() + 1)?;
    let mut extents = x.extents().to_vec();
    extents.insert(axis, 1);
    Ok(vec![site.draft.reshape(&x, &extents)?])
}

fn transpose(site: &mut Site<'_>) -> Given {
    let x = site.operand(0)?;
    let [a, b] = ["dim0", "dim1"].map(|name| site.integer(name).unwrap_or(0));
    let (a, b) = (axis_of(a, x.rank())?, axis_of(b, x.rank())?);
    Ok(vec![site.draft.swap(&x, a, b)?])
}

fn permute(site: &mut Site<'_>) -> Given {
    let x = site.operand(0)?;
    let order = integers_from(site, 1)?;
    let order = order.iter().map(|axis| axis_of(*axis, x.rank())).collect::<Result<Vec<_>, _>>()?;
    Ok(vec![site.draft.transpose(&x, &order)?])
}

fn matrix_transpose(site: &mut Site<'_>) -> Given {
    let x = site.operand(0)?;
    let order: Vec<usize> = (0..x.rank()).rev().collect();
    Ok(vec![site.draft.transpose(&x, &order)?])
}

fn expand(site: &mut Site<'_>) -> Given {
    let x = site.operand(0)?;
    let wanted = integers_from(site, 1)?;
    let missing = wanted.len().saturating_sub(x.rank());
    // -1 keeps an extent.
    let extent = |(axis, n): (usize, &i64)| match usize::try_from(*n) {
        Ok(n) => n,
        Err(_) => axis.checked_sub(missing).and_then(|axis| x.extents().get(axis)).copied().unwrap_or(1),
    };
    let extents: Vec<usize> = wanted.iter().enumerate().map(extent).collect();
    Ok(vec![site.draft.expand(&x, &extents)?])
}

fn repeat(site: &mut Site<'_>) -> Given {
    let x = site.operand(0)?;
    let times = integers_from(site, 1)?;
    let Some(missing) = times.len().checked_sub(x.rank()) else {
        return refuse("되풀이할 횟수가 축마다 있어야 합니다", "it must say for each axis how often to repeat");
    };
    let x = site.draft.reshape(&x, &[vec![1; missing].as_slice(), x.extents()].concat())?;
    Ok(vec![site.draft.tile(&x, &times)?])
}

/// The tensors of the list that is given first.
fn pieces(site: &mut Site<'_>) -> Result<Vec<Term>, Refusal> {
    let Some(Argument::List(list)) = site.node.arguments.first().cloned() else {
        return refuse("텐서의 목록이 와야 합니다", "a list of tensors is due here");
    };
    let mut pieces = Vec::with_capacity(list.len());
    for argument in &list {
        pieces.extend(site.term_of(argument)?);
    }
    Ok(pieces)
}

fn cat(site: &mut Site<'_>) -> Given {
    let pieces = pieces(site)?;
    let axis = axis_of(site.integer("dim").unwrap_or(0), pieces.first().map_or(0, Term::rank))?;
    Ok(vec![site.draft.concat(&pieces, axis)?])
}

fn stack(site: &mut Site<'_>) -> Given {
    let pieces = pieces(site)?;
    let Some(first) = pieces.first() else { return refuse("목록이 비어 있습니다", "its list is empty") };
    let axis = axis_of(site.integer("dim").unwrap_or(0), first.rank() + 1)?;
    Ok(vec![site.draft.apply("stack", &pieces, &[("axis", whole(axis))])?])
}

/// The parts of an axis, each of them a result.
fn parts(site: &mut Site<'_>, x: &Term, axis: usize, sizes: impl Iterator<Item = usize>) -> Given {
    let (n, mut start) = (x.extents()[axis], 0);
    let mut found = Vec::new();
    for size in sizes {
        let stop = (start + size).min(n);
        if start < stop {
            found.push(site.draft.slice(x, axis, start, stop)?);
        }
        start = stop;
    }
    Ok(found)
}

fn chunk(site: &mut Site<'_>) -> Given {
    let x = site.operand(0)?;
    let axis = axis_of(site.integer("dim").unwrap_or(0), x.rank())?;
    let n = x.extents()[axis];
    let chunks = site.integer("chunks").and_then(|n| usize::try_from(n).ok()).filter(|chunks| (1..=n).contains(chunks));
    let Some(chunks) = chunks else {
        return refuse("조각의 수가 맞지 않습니다", "the number of its chunks makes no sense");
    };
    parts(site, &x, axis, std::iter::repeat_n(n.div_ceil(chunks), chunks))
}

fn split(site: &mut Site<'_>) -> Given {
    let x = site.operand(0)?;
    let axis = axis_of(site.integer("dim").unwrap_or(0), x.rank())?;
    let n = x.extents()[axis];
    let is_list = matches!(site.named("split_size_or_sections"), Argument::List(_));
    let sizes = site.integers("split_size_or_sections").unwrap_or_default();
    let sizes: Vec<usize> = sizes.iter().map(|size| usize::try_from(*size).unwrap_or(0).min(n)).collect();
    match sizes.as_slice() {
        sizes if sizes.is_empty() || sizes.contains(&0) => {
            refuse("조각의 크기가 맞지 않습니다", "the sizes of its parts make no sense")
        }
        [size] if !is_list => parts(site, &x, axis, std::iter::repeat_n(*size, n.div_ceil(*size))),
        _ => parts(site, &x, axis, sizes.into_iter()),
    }
}

fn select(site: &mut Site<'_>) -> Given {
    let x = site.operand(0)?;
    let axis = axis_of(site.integer("dim").unwrap_or(0), x.rank())?;
    Ok(vec![site.draft.pick(&x, axis, site.integer("index").unwrap_or(0))?])
}

fn narrow(site: &mut Site<'_>) -> Given {
    let x = site.operand(0)?;
    let axis = axis_of(site.integer("dim").unwrap_or(0), x.rank())?;
    let [start, length] = ["start", "length"].map(|name| site.integer(name).unwrap_or(0));
    Ok(vec![site.draft.stepped(&x, axis, [Some(start), Some(start.saturating_add(length)), None])?])
}

/// A bound of a range, if it has one.
fn place_of(site: &mut Site<'_>, bound: &Argument) -> Result<Option<i64>, Refusal> {
    let Some(term) = site.term_of(bound)? else { return Ok(None) };
    match term.as_integers().as_deref() {
        Some(&[place]) => Ok(Some(place)),
        _ => refuse("범위의 끝은 정해진 정수여야 합니다", "the bounds of a range must be whole numbers that are known"),
    }
}

/// `x[0]`, `x[:, 1:3]`, `x[..., None]`, and one of the results of a function that has several.
fn get_item(site: &mut Site<'_>) -> Given {
    if let (Some(Argument::Value(name)), Some(Argument::Number(place))) =
        (site.node.arguments.first(), site.node.arguments.get(1))
        && site.values.terms.contains_key(&format!("{name}#0"))
    {
        let count = (0..).take_while(|n| site.values.terms.contains_key(&format!("{name}#{n}"))).count() as i64;
        let place = if *place < 0.0 { *place as i64 + count } else { *place as i64 };
        let name = Argument::Value(format!("{name}#{place}"));
        return Ok(site.term_of(&name)?.into_iter().collect());
    }
    let mut x = site.operand(0)?;
    let index = match site.node.arguments.get(1).cloned() {
        Some(Argument::List(list)) => list,
        Some(one) => vec![one],
        None => return refuse("번호가 없습니다", "its index is missing"),
    };
    let used = index.iter().filter(|entry| !matches!(entry, Argument::Missing | Argument::Ellipsis)).count();
    let rest = x.rank().saturating_sub(used);
    let mut axis = 0;
    for entry in index {
        match entry {
            Argument::Ellipsis => axis += rest,
            Argument::Missing => {
                let mut extents = x.extents().to_vec();
                extents.insert(axis.min(extents.len()), 1);
                x = site.draft.reshape(&x, &extents)?;
                axis += 1;
            }
            _ if axis >= x.rank() => {
                return refuse("번호가 축보다 많습니다", "it has more indices than there are axes");
            }
            Argument::Range(bounds) => {
                let mut places = [None; 3];
                for (bound, place) in bounds.iter().zip(&mut places) {
                    *place = place_of(site, bound)?;
                }
                x = site.draft.stepped(&x, axis, places)?;
                axis += 1;
            }
            entry => match site.term_of(&entry)?.as_ref().map(|term| (term.rank(), term.as_integers())) {
                Some((0, Some(at))) => x = site.draft.pick(&x, axis, at[0])?,
                _ => return refuse("수와 범위로만 고를 수 있습니다", "only numbers and ranges can be chosen by"),
            },
        }
    }
    Ok(vec![x])
}

fn get_attribute(site: &mut Site<'_>) -> Given {
    match site.word("name") {
        Some("shape") => size(site),
        Some("T") => matrix_transpose(site),
        Some("mT") => {
            let x = site.operand(0)?;
            let last = axis_of(-1, x.rank())?;
            Ok(vec![site.draft.swap(&x, last.saturating_sub(1), last)?])
        }
        _ => refuse("이 속성은 나타낼 수 없습니다", "this attribute of a tensor cannot be expressed"),
    }
}

fn size(site: &mut Site<'_>) -> Given {
    let x = site.operand(0)?;
    let extents: Vec<i64> = x.extents().iter().map(|n| *n as i64).collect();
    Ok(vec![match site.integer("dim") {
        Some(axis) => Term::number(extents[axis_of(axis, x.rank())?] as f64).of(Kind::Integer),
        None => Term::integers(&extents),
    }])
}

fn embedding(site: &mut Site<'_>) -> Given {
    let (ids, table) = (site.operand(0)?, site.operand(1)?);
    Ok(vec![site.draft.gather(&table, 0, &ids)?])
}

fn one_hot(site: &mut Site<'_>) -> Given {
    let ids = site.operand(0)?;
    let Some(classes) = site.integer("num_classes").and_then(|n| usize::try_from(n).ok()).filter(|n| *n > 0) else {
        return refuse("`num_classes`가 필요합니다", "it needs `num_classes`");
    };
    Ok(vec![site.draft.apply("one_hot", &[ids], &[("n", whole(classes))])?])
}

fn argmax(site: &mut Site<'_>) -> Given {
    let x = site.operand(0)?;
    let axis = match site.integer("dim") {
        Some(axis) => AttrValue::Integers(vec![axis_of(axis, x.rank())? as i64]),
        None => AttrValue::Absent,
    };
    let attrs = [("axis", axis), ("keepdims", AttrValue::Flag(site.flag("keepdim", false)))];
    Ok(vec![site.draft.apply("argmax", &[x], &attrs)?.of(Kind::Integer)])
}

fn triangle(site: &mut Site<'_>, is_upper: bool) -> Given {
    let x = site.operand(0)?;
    let shift = site.integer("diagonal").unwrap_or(0);
    Ok(vec![site.draft.triangle(&x, shift, is_upper)?])
}
