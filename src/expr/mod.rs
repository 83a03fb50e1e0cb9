//! Expressions of the notes' language. In: text; out: a tree of names, numbers and ops, and the same tree
//! written as TeX or text. This room knows the op table; it does not know graphs.

mod creator;
mod lex;
mod mistake;
mod name;
mod parse;
mod print;

pub use creator::signatures as creators;
pub use lex::{Lexeme, Token, is_name, lex};
pub use mistake::closest;
pub(crate) use mistake::{MOST_SUGGESTIONS, unknown_op, unmet_needs};
pub use name::{DisplayName, greek_command};
pub use parse::{Cursor, parse, parse_rule};
pub use print::{Condition, Piece, Reader, in_full, is_large, latex, latex_number, plain};
pub(crate) use print::{attribute, fill, joined};

use crate::ops::{Attrs, Op};
use crate::tensor::Tensor;
use std::ops::Range;

/// An expression as a list in post-order: operands stand before what is made of them, the whole is the last.
///
/// A list needs no recursion to be built, walked or dropped, however deep the expression is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Expr {
    /// The parts, operands first.
    pub parts: Vec<Part>,
}

/// The position of a part in its expression.
pub type PartId = usize;

/// A part of an expression.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    /// What it is.
    pub kind: PartKind,
    /// Where it stands in the text, in bytes.
    pub span: Range<usize>,
}

/// What a part of an expression is.
#[derive(Clone, Debug, PartialEq)]
pub enum PartKind {
    /// A number, or a list of numbers of any depth.
    Literal(Tensor),
    /// A name, in NFC.
    Name(Box<str>),
    /// An op of the table.
    Apply {
        /// Its row.
        op: &'static Op,
        /// Its operands.
        operands: Vec<PartId>,
        /// Its attributes.
        attrs: Attrs,
        /// Attributes that are given by the name of an attribute of the op whose rule this is.
        forwarded: Vec<(usize, Box<str>)>,
    },
    /// A call of something that is not in the table: a function that the author has defined, or a slip.
    Call {
        /// The name of what is called.
        callee: Box<str>,
        /// Where that name stands.
        callee_span: Range<usize>,
        /// What it is given.
        operands: Vec<PartId>,
        /// The first argument given by keyword, which such a call does not take.
        keyword: Option<Range<usize>>,
    },
    /// `of[0, 1:3]`: elements of a tensor, or one of the names `h[1]`, `h[2]` …
    Index {
        /// What is indexed.
        of: PartId,
        /// One entry per axis.
        picks: Vec<IndexPart>,
    },
    /// `grad(of, with_respect_to)`.
    Grad {
        /// What is differentiated, and by what.
        of_and_by: [PartId; 2],
    },
    /// Something that could not be understood and has been reported.
    Unknown,
}

/// What stands for one axis between the brackets of an index.
#[derive(Clone, Debug, PartialEq)]
pub enum IndexPart {
    /// `t - 1`.
    At(PartId),
    /// `1:3`, `:3`, `1:`, `:`.
    Range(Option<PartId>, Option<PartId>),
}

impl IndexPart {
    /// The parts that it is made of.
    pub fn parts(&self) -> impl Iterator<Item = PartId> {
        let (a, b) = match *self {
            Self::At(at) => (Some(at), None),
            Self::Range(from, to) => (from, to),
        };
        a.into_iter().chain(b)
    }
}

impl PartKind {
    /// The parts that this part is made of, those between the brackets of an index left out.
    pub fn operands(&self) -> &[PartId] {
        match self {
            Self::Apply { operands, .. } | Self::Call { operands, .. } => operands,
            Self::Index { of, .. } => std::slice::from_ref(of),
            Self::Grad { of_and_by } => of_and_by,
            Self::Literal(_) | Self::Name(_) | Self::Unknown => &[],
        }
    }
}

impl Expr {
    /// The part that stands for the whole.
    pub fn root(&self) -> Option<&Part> {
        self.parts.last()
    }

    /// The value, if the whole is a literal.
    pub fn as_literal(&self) -> Option<&Tensor> {
        match self.parts.as_slice() {
            [Part { kind: PartKind::Literal(value), .. }] => Some(value),
            _ => None,
        }
    }

    pub(crate) fn push(&mut self, kind: PartKind, span: Range<usize>) -> PartId {
        self.parts.push(Part { kind, span });
        self.parts.len() - 1
    }
}
