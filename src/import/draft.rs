//! The graph as it is being drawn up: terms of bpdoc's ops over nodes that have no final names yet. What depends on
//! constants alone is computed at once, by the ops' own kernels; so the chains of shape arithmetic that exporters
//! leave in a model vanish.

use super::model::{Constant, Kind};
use super::name;
use crate::expr::unmet_needs;
use crate::graph::{Role, compute, inferred};
use crate::lang::{Text, text};
use crate::ops::{self, AttrValue, Attrs, Op};
use crate::settings::Limits;
use crate::tensor::{MAX_RANK, Shape, Tensor};
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

/// The nodes of the graph, operands before what is made of them.
#[derive(Debug)]
pub(super) struct Draft {
    /// The nodes.
    pub nodes: Vec<Drafted>,
    /// Constants that have a node of their own, by where their numbers lie in memory.
    constants: HashMap<usize, usize>,
    /// How many numbers have been computed from constants.
    folded: usize,
    /// How many numbers have been read for that.
    read: usize,
    /// The name and the modules of the node that is being drawn up.
    here: (Vec<String>, Vec<String>),
    limits: Limits,
}

/// A node.
#[derive(Debug)]
pub(super) struct Drafted {
    /// The words that its name is made of, the most telling ones last.
    pub path: Vec<String>,
    /// The modules that it stands in.
    pub scope: Vec<String>,
    /// What is said beside it; `한국어 | English`, or one text for both.
    pub caption: String,
    /// What it is.
    pub content: Content,
}

/// What a node is.
#[derive(Debug)]
pub(super) enum Content {
    /// A leaf and its numbers.
    Leaf(Role, Tensor),
    /// A leaf and how its numbers are written.
    Written(Role, String),
    /// Made of others.
    Gate(Term),
}

/// A value on the way to a statement.
#[derive(Clone, Debug)]
pub(super) struct Term {
    /// Its shape.
    pub shape: Shape,
    /// What its numbers are.
    pub kind: Kind,
    /// What it is.
    pub what: What,
}

/// What a term is.
#[derive(Clone, Debug)]
pub(super) enum What {
    /// Numbers that are known, and what the model calls them.
    Known(Tensor, Option<Rc<str>>),
    /// A node.
    Node(usize),
    /// An op at work.
    Gate(&'static Op, Attrs, Rc<[Term]>),
}

/// Constants may be read so often, had each of them as many numbers as a graph may have.
const MOST_READINGS: usize = 50;

/// A constant with more numbers than this is a node of its own.
const MOST_INLINE: usize = 6;

impl Term {
    /// Numbers.
    pub fn known(constant: Constant, name: Option<&str>) -> Self {
        let Constant { value, kind } = constant;
        Self { shape: value.shape(), kind, what: What::Known(value, name.map(Rc::from)) }
    }

    /// One number.
    pub fn number(x: f64) -> Self {
        Self::known(Constant { value: Tensor::Scalar(x), kind: Kind::Float }, None)
    }

    /// A list of whole numbers.
    pub fn integers(list: &[i64]) -> Self {
        let value = Tensor::new(&Shape::from([list.len()]), list.iter().map(|i| *i as f64).collect());
        Self::known(Constant { value, kind: Kind::Integer }, None)
    }

    /// A tensor of one number.
    pub fn filled(extents: &[usize], x: f64) -> Self {
        Self::known(Constant { value: Tensor::filled(&Shape::from(extents), x), kind: Kind::Float }, None)
    }

    /// The same numbers, taken as of another kind.
    pub fn of(self, kind: Kind) -> Self {
        Self { kind, ..self }
    }

    /// Its numbers, if the model states them.
    pub fn value(&self) -> Option<&Tensor> {
        match &self.what {
            What::Known(value, _) => Some(value),
            _ => None,
        }
    }

    /// Its numbers as whole ones, if the model states them.
    pub fn as_integers(&self) -> Option<Vec<i64>> {
        self.value().map(|value| value.elements().iter().map(|x| *x as i64).collect())
    }

    /// The extent along each axis.
    pub fn extents(&self) -> &[usize] {
        &self.shape.0
    }

    /// The number of axes.
    pub fn rank(&self) -> usize {
        self.shape.rank()
    }
}

impl Draft {
    /// An empty one.
    pub fn new(limits: Limits) -> Self {
        Self { nodes: Vec::new(), constants: HashMap::new(), folded: 0, read: 0, here: Default::default(), limits }
    }

    /// An op applied to terms: its value where all of them are known, else a term.
    pub fn apply(&mut self, name: &str, operands: &[Term], attrs: &[(&str, AttrValue)]) -> Result<Term, Text> {
        let op = ops::find(name, false).expect("the table has a row for every op that models are made of");
        let attrs = attributes(op, attrs);
        if let Some(unmet) = unmet_needs(op.attrs, &attrs, |_| 0..0).first() {
            return Err((*unmet.message).clone());
        }
        let shapes: Vec<&Shape> = operands.iter().map(|operand| &operand.shape).collect();
        let shape = inferred(op, &attrs, &shapes).map_err(|why| self.named(&why, operands))?;
        self.affordable(&shape)?;
        let kind = kind_of(op, operands);
        let values: Option<Vec<&Tensor>> = operands.iter().map(Term::value).collect();
        // Products of large constants are left to the graph, which states them to the reader.
        let Some(values) = values.filter(|_| !is_costly(op)) else {
            if shape.is_empty() {
                return Err(text("결과에 원소가 하나도 없습니다", "the result has no element"));
            }
            return Ok(Term { shape, kind, what: What::Gate(op, attrs, operands.into()) });
        };
        let most = self.limits.elements;
        let read: usize = operands.iter().map(|operand| operand.shape.len()).sum();
        self.read = self.read.saturating_add(read);
        self.folded = self.folded.saturating_add(shape.len());
        if self.folded > most || self.read > most.saturating_mul(MOST_READINGS) {
            return Err(text(
                format!("모델이 상수로 계산하는 수가 {most}개를 넘습니다"),
                format!("the model computes more than {most} numbers from constants"),
            ));
        }
        let value = compute(op, &attrs, &values, &shape);
        Ok(Term { shape, kind, what: What::Known(value, None) })
    }

    /// An op of one input without attributes.
    pub fn unary(&mut self, name: &str, a: &Term) -> Result<Term, Text> {
        self.apply(name, std::slice::from_ref(a), &[])
    }

    /// An op of two inputs without attributes.
    pub fn binary(&mut self, name: &str, a: &Term, b: &Term) -> Result<Term, Text> {
        self.apply(name, &[a.clone(), b.clone()], &[])
    }

    /// Refuses what would have more numbers than a graph may have.
    pub fn affordable(&self, shape: &Shape) -> Result<(), Text> {
        let most = self.limits.elements;
        if shape.rank() > MAX_RANK {
            let rank = shape.rank();
            return Err(text(
                format!("축이 {rank}개입니다. 텐서의 축은 {MAX_RANK}개까지입니다"),
                format!("it has {rank} axes; a tensor has {MAX_RANK} at most"),
            ));
        }
        if room_of(shape) <= most {
            return Ok(());
        }
        Err(text(
            format!("형상이 {shape}로 너무 큽니다(원소 {most}개까지)"),
            format!("the shape {shape} is too large: a graph may have {most} numbers"),
        ))
    }

    /// A tensor of one number, if a graph may have so many.
    pub fn filled(&mut self, extents: &[usize], x: f64) -> Result<Term, Text> {
        self.affordable(&Shape::from(extents))?;
        self.folded = self.folded.saturating_add(Shape::from(extents).len());
        Ok(Term::filled(extents, x))
    }

    /// Says which node of the model is drawn up from now on.
    pub fn begin(&mut self, path: Vec<String>, scope: Vec<String>) {
        self.here = (path, scope);
    }

    /// The words for something that belongs to the node that is drawn up.
    pub fn path_within(&self, word: &str) -> Vec<String> {
        [self.here.0.as_slice(), &[word.to_owned()]].concat()
    }

    /// A node for what the model's node is made of on the way, where it is used more than once.
    pub fn bind(&mut self, term: Term, word: &str) -> Term {
        let scope = self.here.1.clone();
        self.define(term, &self.path_within(word), &scope, "")
    }

    /// A new leaf.
    pub fn leaf(&mut self, role: Role, value: &Constant, path: Vec<String>, caption: String) -> Term {
        let shape = value.value.shape();
        let kind = value.kind;
        let content = Content::Leaf(role, value.value.clone());
        Term { shape, kind, what: What::Node(self.push(path, Vec::new(), caption, content)) }
    }

    /// A new node for a term; the term itself if it is a node already or is known.
    pub fn define(&mut self, term: Term, path: &[String], scope: &[String], caption: &str) -> Term {
        if !matches!(term.what, What::Gate(..)) {
            return term;
        }
        let (shape, kind) = (term.shape.clone(), term.kind);
        let settled = self.settled(term, path, scope);
        let node = self.push(path.to_vec(), scope.to_vec(), caption.to_owned(), Content::Gate(settled));
        Term { shape, kind, what: What::Node(node) }
    }

    /// A node for a result of the model, also where it is known or is a node that something else is called after.
    pub fn result(&mut self, term: &Term, path: &[String], scope: &[String]) -> usize {
        let is_gate = |node: usize| matches!(self.nodes[node].content, Content::Gate(_));
        match term.what {
            What::Node(node) if is_gate(node) => node,
            _ => {
                let op = ops::find("identity", true).expect("the table has a row for passing a value on");
                let passed = Term {
                    what: What::Gate(op, Attrs::defaults(op), [term.clone()].into()),
                    shape: term.shape.clone(),
                    kind: term.kind,
                };
                let settled = self.settled(passed, path, scope);
                self.push(path.to_vec(), scope.to_vec(), String::new(), Content::Gate(settled))
            }
        }
    }

    /// Adds a node.
    pub fn push(&mut self, path: Vec<String>, scope: Vec<String>, caption: String, content: Content) -> usize {
        self.nodes.push(Drafted { path, scope, caption, content });
        self.nodes.len() - 1
    }

    /// The term with its larger constants as nodes.
    fn settled(&mut self, term: Term, path: &[String], scope: &[String]) -> Term {
        match term.what {
            What::Known(value, name) if value.elements().len() > MOST_INLINE => {
                let telling = name.filter(|name| name::is_telling(name));
                let path = telling.map_or_else(|| [path, &["const".to_owned()]].concat(), |name| name::path(&name));
                let node = self.constant(value, path, scope);
                Term { what: What::Node(node), ..term }
            }
            What::Gate(op, attrs, operands) => {
                let operands = operands.iter().map(|operand| self.settled(operand.clone(), path, scope)).collect();
                Term { what: What::Gate(op, attrs, operands), ..term }
            }
            _ => term,
        }
    }

    /// A node of its own for numbers that are known, be they few or many.
    pub fn constant_leaf(&mut self, term: Term, name: &str) -> Term {
        let What::Known(value, _) = term.what else { return term };
        let scope = self.here.1.clone();
        let node = self.constant(value, name::path(name), &scope);
        Term { what: What::Node(node), ..term }
    }

    /// The node of a constant, one for all of its uses.
    fn constant(&mut self, value: Tensor, path: Vec<String>, scope: &[String]) -> usize {
        let place = match &value {
            Tensor::Array(array) => Some(Arc::as_ptr(array) as usize),
            Tensor::Scalar(_) => None,
        };
        if let Some(&node) = place.and_then(|place| self.constants.get(&place)) {
            return node;
        }
        // The node keeps the numbers, so that nothing else comes to lie where they are.
        let node = self.push(path, scope.to_vec(), String::new(), Content::Leaf(Role::Const, value));
        place.into_iter().for_each(|place| {
            self.constants.insert(place, node);
        });
        node
    }

    /// A message about shapes with the operands as the model calls them.
    fn named(&self, why: &Text, operands: &[Term]) -> Text {
        let fill = |why: &str| {
            operands.iter().enumerate().rev().fold(why.to_owned(), |why, (place, operand)| {
                let name = match &operand.what {
                    What::Node(node) => self.nodes[*node].path.join("."),
                    What::Known(_, Some(name)) => name.to_string(),
                    What::Known(_, None) => "[…]".to_owned(),
                    What::Gate(op, ..) => format!("{}(…)", op.name),
                };
                why.replace(&format!("#{}", place + 1), &name)
            })
        };
        text(fill(&why.ko), fill(&why.en))
    }
}

/// The number of elements, had an axis without any one: also then the extents must be such that one can reckon with them.
pub(super) fn room_of(shape: &Shape) -> usize {
    shape.0.iter().fold(1, |count: usize, n| count.saturating_mul((*n).max(1)))
}

/// The attributes of a row, those given and the defaults of the others.
fn attributes(op: &Op, given: &[(&str, AttrValue)]) -> Attrs {
    let mut attrs = Attrs::defaults(op);
    for (name, value) in given {
        let place = op.attrs.iter().position(|attr| attr.name == *name).expect("an attribute of the row");
        attrs.0[place] = value.clone();
    }
    attrs
}

/// Whether an op takes more steps than it has operands' and result's numbers.
fn is_costly(op: &Op) -> bool {
    matches!(op.name, "@" | "conv2d" | "maxpool2d" | "avgpool2d" | "attention" | "embedding")
}

/// What the numbers of a result are.
fn kind_of(op: &Op, operands: &[Term]) -> Kind {
    let is_comparison = matches!(op.name, ">" | ">=" | "<" | "<=" | "==");
    match () {
        () if is_comparison => Kind::Flag,
        () if operands.iter().all(|operand| operand.kind == Kind::Flag) && op.name != "+" => Kind::Flag,
        () if operands.iter().all(|operand| operand.kind != Kind::Float) => Kind::Integer,
        () => Kind::Float,
    }
}
