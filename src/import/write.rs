//! A draft as the text of a block.

use super::Weights;
use super::draft::{Content, Draft, Term, What};
use super::name;
use super::order::{self, Item, Line};
use crate::expr::{Expr, PartKind, plain};
use crate::graph::Role;
use crate::lang::{Text, text};
use crate::num;
use crate::ops::{AttrValue, Attrs};
use crate::source::is_hidden;
use crate::tensor::{Shape, Tensor};
use std::fmt::Write;

/// A block with more numbers than this is no text that anyone reads, or that an editor likes to hold.
const MOST_NUMBERS: usize = 20_000;

/// A tensor of one number only is written as a call if it has more than this.
const MOST_ALIKE: usize = 4;

/// Random numbers stand for tensors with more numbers than this, where they are to.
const MOST_LISTED: usize = 16;

/// The text of the block, or why it cannot be written.
pub(super) fn block(draft: &Draft, outputs: &[usize], caption: &str, weights: Weights) -> Result<String, Text> {
    let used = used(draft, outputs);
    let kept: Vec<usize> = (0..draft.nodes.len()).filter(|node| used[*node]).collect();
    let paths: Vec<&[String]> = kept.iter().map(|node| draft.nodes[*node].path.as_slice()).collect();
    let mut names = vec![String::new(); draft.nodes.len()];
    kept.iter().zip(name::names(&paths)).for_each(|(node, name)| names[*node] = name);
    let lines = order::lines(&items(draft, &kept));
    let mut writer = Writer { draft, names: &names, weights, numbers: 0, random: 0, out: String::new() };
    writer.out = format!("# {}\n", comment(caption));
    let mut depth = 0;
    for line in lines {
        match line {
            Line::Open(label) => {
                writer.line(depth, &format!("group {} {{", group_label(&label)), "");
                depth += 1;
            }
            Line::Close => {
                depth -= 1;
                writer.line(depth, "}", "");
            }
            Line::Node(place) => writer.statement(depth, kept[place])?,
        }
    }
    let outputs: Vec<&str> = outputs.iter().map(|output| names[*output].as_str()).collect();
    writer.line(0, &format!("output {}", outputs.join(", ")), "");
    Ok(writer.out)
}

/// For each node whether an output is made of it.
fn used(draft: &Draft, outputs: &[usize]) -> Vec<bool> {
    let mut used = vec![false; draft.nodes.len()];
    outputs.iter().for_each(|output| used[*output] = true);
    for node in (0..used.len()).rev() {
        if used[node] {
            needs(&draft.nodes[node].content).into_iter().for_each(|need| used[need] = true);
        }
    }
    used
}

/// The nodes that a node is made of.
fn needs(content: &Content) -> Vec<usize> {
    let Content::Gate(term) = content else { return Vec::new() };
    let mut needs = Vec::new();
    let mut open = vec![term];
    while let Some(term) = open.pop() {
        match &term.what {
            What::Node(node) => needs.push(*node),
            What::Gate(_, _, operands) => open.extend(operands.iter()),
            What::Known(..) => {}
        }
    }
    needs
}

/// The nodes that are kept as the order sees them. A leaf stands in the innermost module that has all of its uses; an
/// input stands outside, since it comes from there.
fn items(draft: &Draft, kept: &[usize]) -> Vec<Item> {
    let mut place = vec![usize::MAX; draft.nodes.len()];
    kept.iter().enumerate().for_each(|(at, node)| place[*node] = at);
    let mut items: Vec<Item> = Vec::with_capacity(kept.len());
    let mut homes: Vec<Option<&[String]>> = vec![None; kept.len()];
    for &node in kept {
        let Content::Gate(_) = &draft.nodes[node].content else { continue };
        let scope = draft.nodes[node].scope.as_slice();
        for need in needs(&draft.nodes[node].content) {
            let home = &mut homes[place[need]];
            *home = Some(home.map_or(scope, |home| &home[..shared(home, scope)]));
        }
    }
    let outside = common_scope(draft, kept);
    for (at, &node) in kept.iter().enumerate() {
        let drafted = &draft.nodes[node];
        let scope = match &drafted.content {
            Content::Gate(_) => &drafted.scope[outside..],
            Content::Leaf(Role::Input, _) | Content::Written(Role::Input, _) => &[],
            Content::Leaf(..) | Content::Written(..) => {
                homes[at].map_or(&[][..], |home| &home[outside.min(home.len())..])
            }
        };
        let needs = needs(&drafted.content).into_iter().map(|need| place[need]).collect();
        let is_leaf = !matches!(drafted.content, Content::Gate(_));
        items.push(Item { scope: scope.to_vec(), is_leaf, needs });
    }
    items
}

/// How many modules all gates stand in: a frame around everything says nothing.
fn common_scope(draft: &Draft, kept: &[usize]) -> usize {
    let gates = kept.iter().map(|node| &draft.nodes[*node]).filter(|node| matches!(node.content, Content::Gate(_)));
    let scopes: Vec<&[String]> = gates.map(|gate| gate.scope.as_slice()).collect();
    let first = scopes.first().copied().unwrap_or_default();
    if scopes.len() < 2 {
        return 0;
    }
    scopes.iter().fold(first.len(), |least, scope| least.min(shared(first, scope)))
}

fn shared(a: &[String], b: &[String]) -> usize {
    a.iter().zip(b).take_while(|(a, b)| a == b).count()
}

struct Writer<'d> {
    draft: &'d Draft,
    names: &'d [String],
    weights: Weights,
    /// How many numbers have been written.
    numbers: usize,
    /// How many tensors random numbers stand for.
    random: u64,
    out: String,
}

impl Writer<'_> {
    fn statement(&mut self, depth: usize, node: usize) -> Result<(), Text> {
        let drafted = &self.draft.nodes[node];
        let (role, value) = match &drafted.content {
            Content::Leaf(role, value) => (Some(role), self.tensor(*role, value, &drafted.path)?),
            Content::Written(role, value) => (Some(role), value.clone()),
            Content::Gate(term) => (None, self.term(term, &drafted.path)?),
        };
        let role = role.filter(|role| **role != Role::Plain).map_or(String::new(), |role| format!("{} ", role.word()));
        self.line(depth, &format!("{role}{} = {value}", self.names[node]), &drafted.caption);
        Ok(())
    }

    fn line(&mut self, depth: usize, code: &str, caption: &str) {
        let caption = comment(caption);
        let caption = if caption.is_empty() { caption } else { format!("  # {caption}") };
        let _ = writeln!(self.out, "{}{code}{caption}", "  ".repeat(depth));
    }

    /// A tensor as text: its numbers, or a call that makes them.
    fn tensor(&mut self, role: Role, value: &Tensor, path: &[String]) -> Result<String, Text> {
        let elements = value.elements();
        let extents = listed(&value.shape());
        if let Some(&x) = elements.first().filter(|first| elements.iter().all(|x| x == *first))
            && elements.len() > MOST_ALIKE
        {
            return Ok(match x {
                0.0 => format!("zeros({extents})"),
                1.0 => format!("ones({extents})"),
                x => format!("uniform({extents}, low={x}, high={x})", x = self.number(x, path)?),
            });
        }
        if elements.len() > MOST_LISTED && self.weights == Weights::Random && role == Role::Param {
            return Ok(self.random_like(elements, &extents));
        }
        self.count(elements.len(), path, &value.shape())?;
        Ok(super::as_literal(&finite(value, path)?))
    }

    /// Counts numbers that are about to be written.
    fn count(&mut self, more: usize, path: &[String], shape: &Shape) -> Result<(), Text> {
        self.numbers += more;
        let (all, name) = (self.numbers, path.join("."));
        if all <= MOST_NUMBERS {
            return Ok(());
        }
        Err(text(
            format!(
                "`{name}`의 형상은 {shape}입니다. 블록에 쓸 수는 모두 {MOST_NUMBERS}개까지인데 이것까지 {all}개입니다. `--weights random`을 주면 파라미터 대신 평균과 표준편차가 같은 난수를 씁니다"
            ),
            format!(
                "`{name}` has the shape {shape}: with it the block would hold {all} numbers, of which it takes {MOST_NUMBERS}. `--weights random` writes random numbers of the same mean and deviation for the parameters"
            ),
        ))
    }

    /// Random numbers with the mean and the deviation of those given.
    fn random_like(&mut self, elements: &[f64], extents: &str) -> String {
        self.random += 1;
        let n = elements.len() as f64;
        let mean = elements.iter().sum::<f64>() / n;
        let std = (elements.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / n).sqrt();
        let [mean, std] = [mean, std].map(|x| num::plain(if x.is_finite() { x } else { 0.0 }, 4));
        format!("normal({extents}, seed={}, mean={mean}, std={std})", self.random)
    }

    fn number(&self, x: f64, path: &[String]) -> Result<String, Text> {
        finite(&Tensor::Scalar(x), path).map(|value| num::plain(value.elements()[0], num::EXACT))
    }

    /// A term as text.
    fn term(&mut self, term: &Term, path: &[String]) -> Result<String, Text> {
        let mut expr = Expr::default();
        self.push(term, path, &mut expr)?;
        Ok(plain(&expr))
    }

    fn push(&mut self, term: &Term, path: &[String], expr: &mut Expr) -> Result<usize, Text> {
        let kind = match &term.what {
            What::Known(value, _) => PartKind::Literal(finite(value, path)?),
            What::Node(node) => PartKind::Name(self.names[*node].as_str().into()),
            // `y = x` passes the value on.
            What::Gate(op, _, operands) if op.name == "identity" => return self.push(&operands[0], path, expr),
            What::Gate(op, attrs, operands) => {
                check_attributes(attrs, path)?;
                let listed =
                    attrs.0.iter().map(|value| if let AttrValue::Integers(list) = value { list.len() } else { 0 });
                self.count(listed.sum(), path, &term.shape)?;
                let mut ids = Vec::with_capacity(operands.len());
                for operand in operands.iter() {
                    ids.push(self.push(operand, path, expr)?);
                }
                PartKind::Apply { op, operands: ids, attrs: attrs.clone(), forwarded: Vec::new() }
            }
        };
        Ok(expr.push(kind, 0..0))
    }
}

/// The numbers as a block can state them: it has no sign for an infinity, for which the largest number stands.
fn finite(value: &Tensor, path: &[String]) -> Result<Tensor, Text> {
    if value.is_finite() && !value.shape().is_empty() {
        return Ok(value.clone());
    }
    let name = path.join(".");
    if value.shape().is_empty() {
        return Err(text(format!("`{name}`에 원소가 하나도 없습니다"), format!("`{name}` has no element")));
    }
    if value.elements().iter().any(|x| x.is_nan()) {
        return Err(text(format!("`{name}`에 NaN이 있습니다"), format!("`{name}` holds a NaN")));
    }
    Ok(Tensor::new(&value.shape(), value.elements().iter().map(|x| x.clamp(f64::MIN, f64::MAX)).collect()))
}

fn check_attributes(attrs: &Attrs, path: &[String]) -> Result<(), Text> {
    let is_wrong = |value: &AttrValue| matches!(value, AttrValue::Number(x) if !x.is_finite());
    if attrs.0.iter().any(is_wrong) {
        let name = path.join(".");
        return Err(text(
            format!("`{name}`의 속성이 유한한 수가 아닙니다"),
            format!("an attribute of `{name}` is no finite number"),
        ));
    }
    Ok(())
}

/// A text as a comment: on one line, with nothing that hides.
fn comment(caption: &str) -> String {
    caption.chars().map(|c| if is_hidden(c) { ' ' } else { c }).collect::<String>().trim().to_owned()
}

/// A text as the label of a group, without what ends it.
fn group_label(label: &str) -> String {
    let fits = |c: char| !is_hidden(c) && !matches!(c, '{' | '}' | ';' | '#' | '|' | '(' | '[' | ')' | ']');
    let label: String = label.chars().map(|c| if fits(c) { c } else { '_' }).collect();
    if label.trim().is_empty() { "_".to_owned() } else { label.trim().to_owned() }
}

/// A shape as it stands in a call that makes a tensor.
pub(super) fn listed(shape: &Shape) -> String {
    shape.0.iter().map(usize::to_string).collect::<Vec<_>>().join(", ")
}
