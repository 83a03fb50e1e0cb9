//! What a block says, statement by statement, and the same with leaves given other values.

use crate::diag::{Checked, Diagnostic};
use crate::expr::{Expr, plain};
use crate::graph::Role;
use crate::graph::claim::{PrintedNumber, Relation};
use crate::lang::text;
use std::ops::Range;
use std::sync::Arc;
use thin_vec::ThinVec;

/// The statements of a block.
#[derive(Clone, Debug, Default)]
pub struct Sheet {
    /// The comment before the first statement.
    pub caption: Caption,
    /// The statements, in the order of the text.
    pub statements: Vec<Statement>,
}

/// A line of a block that says something.
#[derive(Clone, Debug)]
pub struct Statement {
    /// What it says.
    pub kind: StatementKind,
    /// Where it stands, without its comment. Empty for a statement that was taken over from another block.
    pub span: Range<usize>,
}

/// What a line says.
#[derive(Clone, Debug)]
pub enum StatementKind {
    /// `param w = -2  # weight`
    Define {
        /// The name, in NFC.
        name: Arc<str>,
        /// Where the name stands.
        name_span: Range<usize>,
        /// For `h[t] = ...` all that stands before the equals sign.
        indexed: Option<Expr>,
        /// The role, if the author says one.
        role: Role,
        /// What the name stands for.
        value: Expr,
        /// The comment.
        caption: Caption,
    },
    /// `def neuron(x, w, b) = sigmoid(w @ x + b)`
    Function {
        /// The name, in NFC.
        name: Box<str>,
        /// Where the name stands.
        name_span: Range<usize>,
        /// The names of what it is given, with their places.
        parameters: Vec<(Box<str>, Range<usize>)>,
        /// What a call stands for.
        body: Expr,
    },
    /// `group hidden layer {`
    OpenGroup {
        /// The label of its frame.
        label: Caption,
    },
    /// `for t in 1..4 {`
    OpenLoop {
        /// The loop variable.
        variable: Box<str>,
        /// Its first value.
        from: Expr,
        /// Its last value.
        to: Expr,
    },
    /// `}`
    Close,
    /// `output f, g`
    Output {
        /// The names with their places.
        names: Vec<(Box<str>, Range<usize>)>,
    },
    /// `expect df/dw = 5`
    Expect {
        /// The target as written.
        target: String,
        /// Where the target stands.
        target_span: Range<usize>,
        /// How the two sides are compared.
        relation: Relation,
        /// What is claimed.
        number: PrintedNumber,
    },
}

/// One text per language of the site, or one text for all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Caption(pub(super) ThinVec<String>);

impl Caption {
    /// The caption of a comment: `가중치 | weight`.
    pub fn of_comment(comment: &str) -> Self {
        Self(comment.split('|').map(|text| text.trim().to_owned()).collect())
    }

    /// The text for the language at `position` in the site's list; empty if there is none.
    pub fn in_language(&self, position: usize) -> &str {
        self.0.get(position).or_else(|| self.0.first()).map_or("", String::as_str)
    }

    /// Whether there is no text.
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(String::is_empty)
    }

    /// Adds the next line of a comment.
    pub(crate) fn join(&mut self, further: Self) {
        if self.0.is_empty() {
            *self = further;
            return;
        }
        for (text, more) in self.0.iter_mut().zip(further.0) {
            text.push(' ');
            text.push_str(&more);
        }
    }
}

impl Sheet {
    /// How many outputs it names.
    pub fn outputs(&self) -> usize {
        let named = |statement: &Statement| match &statement.kind {
            StatementKind::Output { names } => names.len(),
            _ => 0,
        };
        self.statements.iter().map(named).sum()
    }

    /// The definitions of `base` with the leaves that `changes` defines replaced: the same graph with other
    /// initial values. Claims and captions are those of `changes`; what is taken over has empty spans.
    pub fn with_changes(base: &Self, changes: Self) -> Checked<Self> {
        let mut diagnostics = Vec::new();
        let mut statements: Vec<Statement> = base
            .statements
            .iter()
            .filter(|s| !matches!(s.kind, StatementKind::Expect { .. }))
            .map(Statement::taken_over)
            .collect();
        let chooses_outputs = changes.statements.iter().any(|s| matches!(s.kind, StatementKind::Output { .. }));
        if chooses_outputs {
            statements.retain(|s| !matches!(s.kind, StatementKind::Output { .. }));
        }
        for change in changes.statements {
            let StatementKind::Define { name, indexed, name_span, value, caption, .. } = &change.kind else {
                statements.push(change);
                continue;
            };
            let written = |indexed: &Option<Expr>| indexed.as_ref().map(plain);
            let replaced =
                statements.iter_mut().find_map(|s| match &mut s.kind {
                    StatementKind::Define {
                        name: its, indexed: its_index, value: old, caption: old_caption, ..
                    } if its == name && written(its_index) == written(indexed) => Some((old, old_caption, &mut s.span)),
                    _ => None,
                });
            match replaced {
                Some((old, old_caption, span)) if old.as_literal().is_some() && value.as_literal().is_some() => {
                    *old = value.clone();
                    *span = change.span.clone();
                    if !caption.is_empty() {
                        *old_caption = caption.clone();
                    }
                }
                Some(_) => diagnostics.push(Diagnostic::error(
                    "not-a-leaf",
                    name_span.clone(),
                    text(
                        format!("`{name}`의 값은 바꿀 수 없습니다. 수로 정해진 이름만 다른 수로 바꿀 수 있습니다"),
                        format!("`{name}` cannot be replaced: only a name given as a number can get another number"),
                    ),
                )),
                None => diagnostics.push(Diagnostic::error(
                    "unknown-name",
                    name_span.clone(),
                    text(
                        format!("가져온 그래프에 `{name}`라는 이름이 없습니다"),
                        format!("the graph that is reused has no name `{name}`"),
                    ),
                )),
            }
        }
        let caption = if changes.caption.is_empty() { base.caption.clone() } else { changes.caption };
        Checked { value: Self { caption, statements }, diagnostics }
    }
}

impl Statement {
    /// The statement as part of another block, where its own places mean nothing.
    fn taken_over(&self) -> Self {
        let mut taken = self.clone();
        taken.span = 0..0;
        match &mut taken.kind {
            StatementKind::Define { name_span, indexed, value, .. } => {
                *name_span = 0..0;
                forget_places(value);
                indexed.iter_mut().for_each(forget_places);
            }
            StatementKind::Function { name_span, parameters, body, .. } => {
                *name_span = 0..0;
                parameters.iter_mut().for_each(|(_, span)| *span = 0..0);
                forget_places(body);
            }
            StatementKind::OpenLoop { from, to, .. } => {
                forget_places(from);
                forget_places(to);
            }
            StatementKind::OpenGroup { .. } | StatementKind::Close => {}
            StatementKind::Output { names } => names.iter_mut().for_each(|(_, span)| *span = 0..0),
            StatementKind::Expect { target_span, .. } => *target_span = 0..0,
        }
        taken
    }
}

fn forget_places(expr: &mut Expr) {
    expr.parts.iter_mut().for_each(|part| part.span = 0..0);
}
