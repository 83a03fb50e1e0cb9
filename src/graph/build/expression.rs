//! Expressions to nodes.

use super::Builder;
use super::names::constant;
use crate::diag::Diagnostic;
use crate::expr::{Expr, IndexPart, PartKind};
use crate::graph::differentiate::gradient;
use crate::graph::expand::{name_of_member, picks_of};
use crate::graph::{Kind, Operands, Role};
use crate::lang::text;
use crate::num;
use crate::ops::{self, AttrValue, Attrs, Pick};
use crate::tensor::Tensor;
use petgraph::graph::NodeIndex;
use smallvec::SmallVec;
use std::ops::Range;

/// What the names in an expression stand for.
#[derive(Clone, Copy)]
pub(super) struct Scope<'a> {
    /// The position of the definition that the expression stands in.
    pub position: usize,
    /// In the body of a function, what it has been given.
    pub arguments: &'a [(Box<str>, NodeIndex)],
}

impl Builder<'_> {
    /// A new node for the value of a definition.
    pub(super) fn value_of(
        &mut self,
        position: usize,
        value: &Expr,
        name_span: &Range<usize>,
        role: Role,
    ) -> Option<NodeIndex> {
        let span = value.root()?.span.clone();
        if let Some(literal) = value.as_literal() {
            if !self.has_room(literal.elements().len(), &span) {
                return None;
            }
            return Some(self.graph.add_leaf(role, literal.clone(), name_span.start..span.end));
        }
        if let [part] = value.parts.as_slice()
            && let PartKind::Name(name) = &part.kind
            && let Some(x) = constant(name).filter(|_| !self.is_defined(name))
        {
            return Some(self.graph.add_leaf(role, Tensor::Scalar(x), name_span.start..span.end));
        }
        let before = self.graph.dag.node_count();
        let node = self.expression(value, Scope { position, arguments: &[] })?;
        let group = self.expansion.definitions[position].group;
        if group.is_some() {
            for node in (before..self.graph.dag.node_count()).map(NodeIndex::new) {
                if self.graph.dag[node].span().is_some() {
                    self.graph.dag[node].written().group = group;
                }
            }
        }
        let is_taken = node.index() < before
            || !self.graph.dag[node].name().is_empty()
            || self.graph.dag[node].span().is_none()
            || matches!(self.graph.dag[node].kind, Kind::Literal(_));
        // `b = a`, and `d = grad(f, w)` where that is a node already: a node of its own that passes the value on.
        if is_taken {
            let copy = self.graph.apply(ops::find("identity", true)?, Attrs::default(), &[node], Some(span)).ok()?;
            self.graph.dag[copy].written().group = group;
            Some(copy)
        } else {
            Some(node)
        }
    }

    /// The node of an expression's value, with the nodes that it is made of added to the graph.
    pub(super) fn expression(&mut self, expr: &Expr, scope: Scope<'_>) -> Option<NodeIndex> {
        let is_left_out = left_out(expr, |family| self.is_family(family, scope));
        let mut nodes: SmallVec<[Option<NodeIndex>; 8]> = SmallVec::with_capacity(expr.parts.len());
        for (id, part) in expr.parts.iter().enumerate() {
            if is_left_out.get(id) == Some(&true) {
                nodes.push(None);
                continue;
            }
            let node = match &part.kind {
                PartKind::Literal(value) => self
                    .has_room(value.elements().len(), &part.span)
                    .then(|| self.graph.add_literal(value.clone(), Some(part.span.clone()))),
                PartKind::Name(name) => match scope.arguments.iter().find(|(parameter, _)| parameter == name) {
                    Some((_, argument)) => Some(*argument),
                    None => self.name(scope.position, name, &part.span),
                },
                PartKind::Apply { op, operands, attrs, .. } => {
                    let operands: Option<Operands<NodeIndex>> = operands.iter().map(|o| nodes[*o]).collect();
                    operands.and_then(|operands| self.apply(op, attrs.clone(), &operands, &part.span))
                }
                PartKind::Call { callee, callee_span, operands, keyword } => {
                    let arguments: Option<Vec<NodeIndex>> = operands.iter().map(|o| nodes[*o]).collect();
                    self.call(callee, callee_span, arguments, operands.len(), keyword.as_ref(), &part.span, scope)
                }
                PartKind::Index { of, picks } => self.index(expr, *of, picks, nodes[*of], &part.span, scope),
                PartKind::Grad { of_and_by: [of, by] } => match (nodes[*of], nodes[*by]) {
                    (Some(of), Some(by)) => Some(gradient(&mut self.graph, of, by)),
                    _ => None,
                },
                PartKind::Unknown => None,
            };
            nodes.push(node);
            if !self.has_room(0, &part.span) {
                return None;
            }
        }
        nodes.pop().flatten()
    }

    /// Whether a name is known only with an index: `h[1]`, `h[2]`, but no `h`.
    fn is_family(&self, name: &str, scope: Scope<'_>) -> bool {
        self.families.contains(name)
            && !self.is_defined(name)
            && !scope.arguments.iter().any(|(parameter, _)| **parameter == *name)
    }

    /// `h[t - 1]`: a name, or elements of a tensor.
    fn index(
        &mut self,
        expr: &Expr,
        of: usize,
        picks: &[IndexPart],
        node: Option<NodeIndex>,
        span: &Range<usize>,
        scope: Scope<'_>,
    ) -> Option<NodeIndex> {
        let expansion = self.expansion;
        let loops = &expansion.definitions[scope.position].loops;
        let picks: Vec<Pick> = match picks_of(expr, picks, &|name| expansion.number(loops, name)) {
            Ok(picks) => picks,
            Err(diagnostic) => {
                self.report(diagnostic);
                return None;
            }
        };
        if let PartKind::Name(family) = &expr.parts[of].kind
            && self.is_family(family, scope)
        {
            return match name_of_member(family, &picks) {
                Some(name) => self.name(scope.position, &name, span),
                None => {
                    self.report(
                        Diagnostic::error(
                            "wrong-index",
                            span.clone(),
                            text(
                                format!("`{family}`는 이름의 묶음이어서 범위로 가리킬 수 없습니다"),
                                format!("`{family}` is a family of names, of which a range cannot be taken"),
                            ),
                        )
                        .help(text(
                            format!("`{family}[1]`처럼 하나씩 가리키세요"),
                            format!("name one of them, as in `{family}[1]`"),
                        )),
                    );
                    None
                }
            };
        }
        let op = ops::find("[]", false)?;
        self.apply(op, Attrs([AttrValue::Picks(picks)].into()), &[node?], span)
    }

    /// Whether the limits allow so many elements more; if not, that is reported.
    fn has_room(&mut self, more: usize, span: &Range<usize>) -> bool {
        self.elements = self.elements.saturating_add(more);
        let (nodes, elements) = (self.limits.nodes, self.limits.elements);
        let (code, ko, en, key) = if self.graph.dag.node_count() > nodes {
            (
                "too-many-nodes",
                format!("노드가 {nodes}개를 넘습니다"),
                format!("the graph has more than {nodes} nodes"),
                "nodes",
            )
        } else if self.elements > elements {
            (
                "too-many-elements",
                format!("값들의 원소가 모두 {elements}개를 넘습니다"),
                format!("the values have more than {elements} elements in all"),
                "elements",
            )
        } else {
            return true;
        };
        if !self.log.iter().any(|d| d.code == code) {
            self.report(Diagnostic::error(code, span.clone(), text(ko, en)).help(text(
                format!("`bpdoc.toml`의 `limits.{key}`로 한도를 정할 수 있습니다"),
                format!("`limits.{key}` in `bpdoc.toml` sets the limit"),
            )));
        }
        false
    }

    fn apply(
        &mut self,
        op: &'static ops::Op,
        attrs: Attrs,
        operands: &[NodeIndex],
        span: &Range<usize>,
    ) -> Option<NodeIndex> {
        match self.graph.apply(op, attrs, operands, Some(span.clone())) {
            Ok(node) if self.has_room(self.graph.dag[node].shape.len(), span) => Some(node),
            Ok(node) => {
                // Not even its value must be computed.
                self.graph.dag.remove_node(node);
                None
            }
            Err(why) => {
                let named = |why: &str| {
                    operands.iter().enumerate().rev().fold(why.to_owned(), |why, (i, operand)| {
                        why.replace(&format!("#{}", i + 1), &self.shown_name(*operand))
                    })
                };
                let message = text(named(&why.ko), named(&why.en));
                let shown = operands.iter().map(|o| self.describe(*o)).collect::<Vec<_>>().join(", ");
                self.report(
                    Diagnostic::error("shape-mismatch", span.clone(), message)
                        .help(text(format!("입력: {shown}"), format!("the inputs: {shown}"))),
                );
                None
            }
        }
    }

    /// The name of a node; for what has none, the op and the names of its operands.
    fn shown_name(&self, node: NodeIndex) -> String {
        let entry = &self.graph.dag[node];
        match &entry.kind {
            _ if !entry.name().is_empty() => entry.name().to_string(),
            Kind::Apply(op, _) => {
                let name = |operand: &NodeIndex| match self.graph.dag[*operand].name() {
                    "" => "…".to_owned(),
                    name => name.to_owned(),
                };
                let operands: Vec<String> = self.graph.operands(node).iter().map(name).collect();
                match operands.as_slice() {
                    [a, b] if !op.name.starts_with(char::is_alphabetic) => format!("{a} {} {b}", op.name),
                    _ => format!("{}({})", op.name, operands.join(", ")),
                }
            }
            Kind::Leaf(_, value) | Kind::Literal(value) => {
                value.as_scalar().map_or_else(|| "[…]".to_owned(), |x| num::plain(x, num::EXACT))
            }
        }
    }

    /// An operand as an error message names it: `W (3, 2), weight`.
    fn describe(&self, node: NodeIndex) -> String {
        let name = self.shown_name(node);
        let node = &self.graph.dag[node];
        let caption = node.caption(0);
        if caption.is_empty() {
            format!("{name} {}", node.shape)
        } else {
            format!("{name} {} — {caption}", node.shape)
        }
    }
}

/// Which parts of an expression are no nodes: what stands between the brackets of an index, and the name before them
/// if it is only known together with its index.
fn left_out(expr: &Expr, is_family: impl Fn(&str) -> bool) -> Vec<bool> {
    if !expr.parts.iter().any(|part| matches!(part.kind, PartKind::Index { .. })) {
        return Vec::new();
    }
    let mut is_left_out = vec![false; expr.parts.len()];
    for (id, part) in expr.parts.iter().enumerate().rev() {
        if let PartKind::Index { of, picks } = &part.kind {
            picks.iter().flat_map(IndexPart::parts).for_each(|inner| is_left_out[inner] = true);
            if matches!(&expr.parts[*of].kind, PartKind::Name(name) if is_family(name)) {
                is_left_out[*of] = true;
            }
        }
        if is_left_out[id] {
            part.kind.operands().iter().for_each(|operand| is_left_out[*operand] = true);
        }
    }
    is_left_out
}
