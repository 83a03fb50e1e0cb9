//! The neutral model: what a file of another tool says, before any of its ops is understood.

use crate::tensor::Tensor;
use std::collections::{HashMap, HashSet};

/// A model as its file states it.
#[derive(Clone, Debug, Default)]
pub(super) struct Model {
    /// What it is called, if it is called anything.
    pub name: String,
    /// Where it comes from: `ONNX, opset 17`.
    pub origin: String,
    /// The version of the set of ops that the nodes are of.
    pub opset: i64,
    /// What it is fed with.
    pub inputs: Vec<Input>,
    /// The tensors that it stores, by name.
    pub tensors: HashMap<String, Constant>,
    /// Those of them that are no parameters, such as running means.
    pub buffers: HashSet<String>,
    /// Its nodes, in the order of the file.
    pub nodes: Vec<Node>,
    /// The names of its results.
    pub outputs: Vec<String>,
}

/// Something that a model is fed with.
#[derive(Clone, Debug)]
pub(super) struct Input {
    /// Its name.
    pub name: String,
    /// The extent along each axis.
    pub extents: Vec<Extent>,
    /// What its numbers are.
    pub kind: Kind,
}

/// The extent of an input along an axis.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Extent {
    /// As the model says.
    Fixed(usize),
    /// Open; the name is empty where the model gives none.
    Open(String),
}

/// What the numbers of a value are. A graph block computes all of them in float64.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Numbers of any size.
    Float,
    /// Whole numbers.
    Integer,
    /// 0 and 1.
    Flag,
}

/// Numbers that a model states.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Constant {
    /// The numbers; there may be none at all.
    pub value: Tensor,
    /// What they are.
    pub kind: Kind,
}

/// An op at work in a model.
#[derive(Clone, Debug, Default)]
pub(super) struct Node {
    /// Its name in the file; may be empty.
    pub name: String,
    /// The op, as the file calls it.
    pub op: String,
    /// The modules that it stands in, the outermost first.
    pub scope: Vec<String>,
    /// What it is given by position.
    pub arguments: Vec<Argument>,
    /// What it is given by name.
    pub keywords: Vec<(String, Argument)>,
    /// The names of its results; an empty one is not wanted.
    pub outputs: Vec<String>,
}

/// Something that a node is given.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Argument {
    /// Left out.
    Missing,
    /// A value of the model, by its name.
    Value(String),
    /// A number.
    Number(f64),
    /// `true` or `false`.
    Flag(bool),
    /// A word.
    Word(String),
    /// Several of these.
    List(Vec<Argument>),
    /// A tensor that stands in the node itself.
    Tensor(Constant),
    /// `start:stop:step` of an index, any of which may be missing.
    Range(Box<[Argument; 3]>),
    /// The `...` of an index.
    Ellipsis,
}

impl Argument {
    /// The names of the model's values in it.
    pub fn values(&self) -> Vec<&str> {
        match self {
            Self::Value(name) => vec![name],
            Self::List(list) => list.iter().flat_map(Self::values).collect(),
            Self::Range(bounds) => bounds.iter().flat_map(Self::values).collect(),
            _ => Vec::new(),
        }
    }

    /// The whole numbers that it holds, if it holds nothing else.
    pub fn integers(&self) -> Option<Vec<i64>> {
        match self {
            Self::Number(x) if x.fract() == 0.0 => Some(vec![*x as i64]),
            Self::List(list) => list.iter().map(|entry| entry.number().map(|x| x as i64)).collect(),
            Self::Tensor(constant) => Some(constant.value.elements().iter().map(|x| *x as i64).collect()),
            _ => None,
        }
    }

    /// The number that it is.
    pub fn number(&self) -> Option<f64> {
        match self {
            Self::Number(x) => Some(*x),
            Self::Flag(flag) => Some(f64::from(*flag)),
            _ => None,
        }
    }
}

impl Node {
    /// The names of all values that it needs.
    pub fn needs(&self) -> impl Iterator<Item = &str> {
        self.arguments.iter().chain(self.keywords.iter().map(|(_, argument)| argument)).flat_map(Argument::values)
    }

    /// What it is given by a name.
    pub fn keyword(&self, name: &str) -> Option<&Argument> {
        self.keywords.iter().find(|(keyword, _)| keyword == name).map(|(_, argument)| argument)
    }

    /// What a message calls it.
    pub fn called(&self) -> String {
        match (self.name.as_str(), self.outputs.first()) {
            ("", Some(output)) if !output.is_empty() => format!("{} → {output}", self.op),
            ("", _) => self.op.clone(),
            (name, _) => format!("{name} ({})", self.op),
        }
    }
}
