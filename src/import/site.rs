//! One node at work: what it is given, and the draft that its results are added to.

use super::draft::{Draft, Term};
use super::model::{Argument, Constant, Kind, Node};
use super::name;
use crate::graph::Role;
use crate::lang::{Text, text};
use crate::tensor::Tensor;
use std::collections::{HashMap, HashSet};

/// The values of a model that have been drawn up so far; none for what has been reported as broken.
#[derive(Debug, Default)]
pub(super) struct Values {
    pub terms: HashMap<String, Option<Term>>,
    pub tensors: HashMap<String, Constant>,
    pub buffers: HashSet<String>,
}

/// A node with its surroundings.
pub(super) struct Site<'s> {
    pub draft: &'s mut Draft,
    pub values: &'s mut Values,
    pub node: &'s Node,
    /// The version of the set of ops.
    pub opset: i64,
    /// The names of what is given by position, where the set of ops has such names.
    pub parameters: &'static [&'static str],
}

/// Why a node has no result.
pub(super) enum Refusal {
    /// It cannot be drawn up.
    Because(Text),
    /// What it needs has been reported as broken.
    Silent,
}

impl From<Text> for Refusal {
    fn from(why: Text) -> Self {
        Self::Because(why)
    }
}

/// What a node gives: one term for each of its results.
pub(super) type Given = Result<Vec<Term>, Refusal>;

/// A refusal with its words.
pub(super) fn refuse<T>(ko: impl Into<String>, en: impl Into<String>) -> Result<T, Refusal> {
    Err(Refusal::Because(text(ko.into(), en.into())))
}

impl Site<'_> {
    /// What stands at a position, or is given by that position's name.
    fn argument(&self, place: usize) -> &Argument {
        let by_name = self.parameters.get(place).and_then(|name| self.node.keyword(name));
        self.node.arguments.get(place).or(by_name).unwrap_or(&Argument::Missing)
    }

    /// What is given by a name, be it by the position that has this name.
    pub fn named(&self, name: &str) -> &Argument {
        let by_place = || self.parameters.iter().position(|known| *known == name).map(|place| self.argument(place));
        self.node.keyword(name).or_else(by_place).unwrap_or(&Argument::Missing)
    }

    /// How much is given by position.
    pub fn count(&self) -> usize {
        self.node.arguments.len()
    }

    /// Whether something is given at a position.
    pub fn has(&self, place: usize) -> bool {
        !matches!(self.argument(place), Argument::Missing)
    }

    /// The operand at a position.
    pub fn operand(&mut self, place: usize) -> Result<Term, Refusal> {
        match self.optional(place)? {
            Some(term) => Ok(term),
            None => refuse(
                format!("{}번째 입력이 없습니다", place + 1),
                format!("its input number {} is missing", place + 1),
            ),
        }
    }

    /// The operand at a position, if one is given there.
    pub fn optional(&mut self, place: usize) -> Result<Option<Term>, Refusal> {
        let argument = self.argument(place).clone();
        self.term_of(&argument)
    }

    /// All operands.
    pub fn operands(&mut self) -> Result<Vec<Term>, Refusal> {
        (0..self.count()).map(|place| self.operand(place)).collect()
    }

    /// What is given as a term.
    pub fn term_of(&mut self, argument: &Argument) -> Result<Option<Term>, Refusal> {
        let flagged = |x: f64, kind| Term::known(Constant { value: Tensor::Scalar(x), kind }, None);
        Ok(match argument {
            Argument::Missing => None,
            Argument::Value(name) => Some(self.value(name)?),
            Argument::Number(x) => Some(Term::number(*x)),
            Argument::Flag(flag) => Some(flagged(f64::from(*flag), Kind::Flag)),
            Argument::Tensor(constant) => Some(Term::known(constant.clone(), None)),
            Argument::List(_) | Argument::Word(_) | Argument::Range(_) | Argument::Ellipsis => {
                return refuse("텐서가 와야 할 곳에 다른 것이 있습니다", "something else stands where a tensor is due");
            }
        })
    }

    /// A value of the model. A stored tensor of a telling name becomes a parameter.
    fn value(&mut self, name: &str) -> Result<Term, Refusal> {
        if let Some(term) = self.values.terms.get(name) {
            return term.clone().ok_or(Refusal::Silent);
        }
        let Some(constant) = self.values.tensors.get(name) else {
            return refuse(
                format!("`{name}` 값이 모델에 없습니다"),
                format!("the model has no value `{name}`: neither an input, nor a stored tensor, nor a result"),
            );
        };
        // Exporters that change a weight give it a name of their own; it is one if it is no single number.
        let is_parameter = constant.kind == Kind::Float
            && !constant.value.elements().is_empty()
            && !self.values.buffers.contains(name)
            && (name::is_telling(name) || name::is_changed_weight(name) && constant.value.elements().len() > 1);
        let term = if is_parameter {
            let path = match name::is_telling(name) {
                true => name::path(name),
                false => self.draft.path_within(if constant.value.shape().rank() > 1 { "weight" } else { "bias" }),
            };
            // Where modules stand before the name, it is shortened; the caption keeps it whole.
            let caption = if path.len() > 1 { name.to_owned() } else { String::new() };
            self.draft.leaf(Role::Param, constant, path, caption)
        } else {
            Term::known(constant.clone(), Some(name))
        };
        self.values.terms.insert(name.to_owned(), Some(term.clone()));
        Ok(term)
    }

    /// The numbers at a position, which the model must state; none if nothing is given there.
    pub fn constant(&mut self, place: usize) -> Result<Option<Constant>, Refusal> {
        let argument = self.argument(place).clone();
        if let Argument::Value(name) = &argument
            && let Some(constant) = self.values.tensors.get(name)
        {
            return Ok(Some(constant.clone()));
        }
        let Some(term) = self.term_of(&argument)? else { return Ok(None) };
        match term.value() {
            Some(value) => Ok(Some(Constant { value: value.clone(), kind: term.kind })),
            None => refuse(
                format!("{}번째 입력은 상수여야 하는데 모델이 그때그때 계산합니다", place + 1),
                format!("its input number {} must be constant, but the model computes it", place + 1),
            ),
        }
    }

    /// As [`Site::constant`], as whole numbers.
    pub fn constant_integers(&mut self, place: usize) -> Result<Option<Vec<i64>>, Refusal> {
        let constant = self.constant(place)?;
        Ok(constant.map(|constant| constant.value.elements().iter().map(|x| *x as i64).collect()))
    }

    /// Whole numbers by name, or by position where later versions have made an input of them.
    pub fn integers_or(&mut self, name: &str, place: usize) -> Result<Option<Vec<i64>>, Refusal> {
        match self.integers(name) {
            Some(list) => Ok(Some(list)),
            None => self.constant_integers(place),
        }
    }

    /// A list of whole numbers by name.
    pub fn integers(&self, name: &str) -> Option<Vec<i64>> {
        self.named(name).integers()
    }

    /// A whole number by name.
    pub fn integer(&self, name: &str) -> Option<i64> {
        self.named(name).number().map(|x| x as i64)
    }

    /// A number by name.
    pub fn real(&self, name: &str, default: f64) -> f64 {
        self.named(name).number().unwrap_or(default)
    }

    /// Whether something is set by name.
    pub fn flag(&self, name: &str, default: bool) -> bool {
        self.named(name).number().map_or(default, |x| x != 0.0)
    }

    /// A word by name.
    pub fn word(&self, name: &str) -> Option<&str> {
        match self.named(name) {
            Argument::Word(word) => Some(word),
            _ => None,
        }
    }

    /// Whether the result at a position is wanted.
    pub fn wants(&self, place: usize) -> bool {
        self.node.outputs.get(place).is_some_and(|name| !name.is_empty())
    }

    /// Refuses a node whose setting is none of those that a block can express.
    pub fn only(&self, name: &str, is_fine: bool) -> Result<(), Refusal> {
        if is_fine {
            return Ok(());
        }
        refuse(
            format!("`{name}` 값이 이러면 블록으로 나타낼 수 없습니다"),
            format!("with this value of `{name}` it cannot be expressed in a block"),
        )
    }
}
