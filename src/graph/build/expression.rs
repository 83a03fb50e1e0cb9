//! Expressions to nodes.

use super::function::{Arguments, PARTS_PER_NODE};
use super::names::constant;
use super::{Builder, Room};
use crate::diag::Diagnostic;
use crate::expr::{Expr, IndexPart, PartId, PartKind};
use crate::graph::differentiate::{depends_on, gradient};
use crate::graph::expand::{name_of_member, picks_of};
use crate::graph::{Kind, Operands, Role};
use crate::lang::text;
use crate::num;
use crate::num::whole;
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
    /// The values of the loop variables around it, the innermost last. They hide names of nodes. The body of a function
    /// does not see those around its call.
    pub loops: &'a [(Box<str>, i64)],
    /// In the body of a function, what it has been given; it hides all other names.
    pub arguments: Arguments<'a>,
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
        let expansion = self.expansion;
        let loops = &expansion.definitions[position].loops;
        let node = self.expression(value, Scope { position, loops, arguments: Arguments::default() })?;
        let group = self.expansion.definitions[position].group;
        // Also what `grad` has made for it, so that nothing outside comes between two nodes of a group.
        for node in (before..self.graph.dag.node_count()).map(NodeIndex::new).filter(|_| group.is_some()) {
            self.graph.written_mut(node).group = group;
        }
        let is_taken = node.index() < before
            || !self.graph.name(node).is_empty()
            || self.graph.span(node).is_none()
            || matches!(self.graph.dag[node].kind, Kind::Literal(_));
        // `b = a`, and `d = grad(f, w)` where that is a node already: a node of its own that passes the value on.
        if is_taken {
            self.graph.apply(ops::find("identity", true)?, Attrs::default(), &[node], Some(span)).ok()
        } else {
            Some(node)
        }
    }

    /// The node of an expression's value, with the nodes that it is made of added to the graph.
    pub(super) fn expression(&mut self, expr: &Expr, scope: Scope<'_>) -> Option<NodeIndex> {
        let is_family = |family: &str| self.is_family(family, scope);
        let is_left_out = left_out(expr, &is_family);
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
                PartKind::Name(name) => scope.arguments.get(name).or_else(|| self.name(scope, name, &part.span)),
                PartKind::Apply { op, operands, attrs, .. } => {
                    nodes_of(operands, &nodes).and_then(|nodes| self.apply(op, attrs.clone(), &nodes, &part.span))
                }
                PartKind::Call { callee, callee_span, operands, keyword } => {
                    let arguments: Option<Vec<NodeIndex>> = operands.iter().map(|o| nodes[*o]).collect();
                    self.call(callee, callee_span, arguments, operands.len(), keyword.as_ref(), &part.span, scope)
                }
                PartKind::Index { of, picks } => self.index(expr, *of, picks, nodes[*of], &part.span, scope),
                PartKind::Grad { of_and_by: [of, by] } => self.grad(expr, *by, &nodes, nodes[*of], scope),
                PartKind::Unknown => None,
            };
            nodes.push(node);
            if self.is_full() {
                self.report_no_room(&part.span);
                return None;
            }
        }
        nodes.pop().flatten()
    }

    /// Whether a name is known only with an index: `h[1]`, `h[2]`, but no `h`.
    fn is_family(&self, name: &str, scope: Scope<'_>) -> bool {
        self.families.contains_key(name) && !self.is_defined(name) && scope.arguments.get(name).is_none()
    }

    /// The whole number that a name stands for in an index.
    fn number(&self, name: &str, scope: Scope<'_>) -> Option<i64> {
        match scope.arguments.get(name) {
            Some(argument) => match &self.graph.dag[argument].kind {
                Kind::Leaf(_, value) | Kind::Literal(value) => value.as_scalar().and_then(whole),
                Kind::Apply(..) => None,
            },
            None => self.expansion.number(scope.loops, name),
        }
    }

    /// `grad(f, x)`, and `grad(f, x[0])`: those elements of the derivative by the whole of `x`.
    fn grad(
        &mut self,
        expr: &Expr,
        by: PartId,
        nodes: &[Option<NodeIndex>],
        of: Option<NodeIndex>,
        scope: Scope<'_>,
    ) -> Option<NodeIndex> {
        let (base, indices) = indices_behind(expr, by, &|family| self.is_family(family, scope));
        let span = &expr.parts[by].span;
        let is_name = matches!(&expr.parts[base].kind, PartKind::Name(_) | PartKind::Index { .. });
        if !is_name {
            self.report(not_a_name(span.clone()));
            return None;
        }
        let (of, source) = (of?, nodes[base]?);
        // A loop variable or a constant, or something computed on the way into a function: nothing can depend on it.
        if !self.graph.is_named_by_author(source) && !depends_on(&self.graph, source, of)[of.index()] {
            self.report(not_a_name(span.clone()));
            return None;
        }
        let mut node = gradient(&mut self.graph, of, source);
        for index in indices.into_iter().rev() {
            if let PartKind::Index { of, picks } = &expr.parts[index].kind {
                node = self.index(expr, *of, picks, Some(node), span, scope)?;
            }
        }
        Some(node)
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
        let picks: Vec<Pick> = match picks_of(expr, picks, &|name| self.number(name, scope)) {
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
                Some(name) => self.name(scope, &name, span),
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
        if self.is_full() {
            self.report_no_room(span);
        }
        !self.is_full()
    }

    /// Whether no node may be added any more. That stays so when the last node, which was one too many, has been taken away.
    pub(super) fn is_full(&self) -> bool {
        self.has_run_out
            || self.graph.dag.node_count() > self.room.nodes
            || self.elements > self.limits.elements
            || self.followed > self.most_followed()
    }

    pub(super) fn report_no_room(&mut self, span: &Range<usize>) {
        if std::mem::replace(&mut self.has_run_out, true) {
            return;
        }
        let (Room { nodes, is_drawn }, elements) = (self.room, self.limits.elements);
        let nodes_key = if is_drawn { "drawn_nodes" } else { "nodes" };
        let (code, ko, en, key) = if self.followed > self.most_followed() {
            (
                "too-many-nodes",
                format!("함수가 함수를 너무 많이 부릅니다(한도는 `limits.{nodes_key}`의 {PARTS_PER_NODE}배)"),
                format!(
                    "functions call functions too often (the limit is {PARTS_PER_NODE} times `limits.{nodes_key}`)"
                ),
                nodes_key,
            )
        } else if self.elements > elements {
            (
                "too-many-elements",
                format!("값들의 원소가 모두 {elements}개를 넘습니다"),
                format!("the values have more than {elements} elements in all"),
                "elements",
            )
        } else if is_drawn {
            (
                "too-large-to-draw",
                format!("노드가 {nodes}개를 넘어서 그릴 수 없습니다"),
                format!("more than {nodes} nodes are too many to draw"),
                nodes_key,
            )
        } else {
            (
                "too-many-nodes",
                format!("노드가 {nodes}개를 넘습니다"),
                format!("the graph has more than {nodes} nodes"),
                nodes_key,
            )
        };
        self.report(Diagnostic::error(code, span.clone(), text(ko, en)).help(text(
            format!("`bpdoc.toml`의 `limits.{key}`로 한도를 정할 수 있습니다"),
            format!("`limits.{key}` in `bpdoc.toml` sets the limit"),
        )));
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
            Ok(_) => {
                // Not even its value must be computed.
                self.graph.remove_last();
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
        match &self.graph.dag[node].kind {
            _ if !self.graph.name(node).is_empty() => self.graph.name(node).to_owned(),
            Kind::Apply(op, _) => {
                let name = |operand: &NodeIndex| match self.graph.name(*operand) {
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
        let shape = &self.graph.dag[node].shape;
        match self.graph.comment(node).as_str() {
            "" => format!("{name} {shape}"),
            caption => format!("{name} {shape} — {caption}"),
        }
    }
}

/// The nodes of some parts; none if one of them is broken.
fn nodes_of(parts: &[PartId], nodes: &[Option<NodeIndex>]) -> Option<Operands<NodeIndex>> {
    let mut found = Operands::new();
    for part in parts {
        found.push(nodes[*part]?);
    }
    Some(found)
}

fn not_a_name(span: Range<usize>) -> Diagnostic {
    Diagnostic::error(
        "grad-needs-name",
        span,
        text("이것으로는 미분할 수 없습니다", "there is no derivative with respect to this"),
    )
    .help(text(
        "`grad(f, x)`의 x는 f를 계산하는 데 쓰인 이름이거나 `x[0]`처럼 그 원소입니다. 식에는 먼저 이름을 붙이세요",
        "the x of `grad(f, x)` is a name that f is computed from, or an element of one, such as `x[0]`; give an expression a name first",
    ))
}

/// What stands before the indices of `x[1:][0]`, and those indices, the outermost first. A name that is known only with
/// its index, such as `h[1]`, is one name.
fn indices_behind(expr: &Expr, part: PartId, is_family: &dyn Fn(&str) -> bool) -> (PartId, Vec<PartId>) {
    let (mut base, mut indices) = (part, Vec::new());
    while let PartKind::Index { of, .. } = &expr.parts[base].kind {
        if matches!(&expr.parts[*of].kind, PartKind::Name(name) if is_family(name)) {
            break;
        }
        indices.push(base);
        base = *of;
    }
    (base, indices)
}

/// Which parts of an expression are no nodes: what stands between the brackets of an index, the name before them if it
/// is only known together with its index, and the elements by which `grad` differentiates.
fn left_out(expr: &Expr, is_family: &dyn Fn(&str) -> bool) -> Vec<bool> {
    if !expr.parts.iter().any(|part| matches!(part.kind, PartKind::Index { .. })) {
        return Vec::new();
    }
    let mut is_left_out = vec![false; expr.parts.len()];
    // Left out without what they are made of.
    let mut differentiated: Vec<PartId> = Vec::new();
    for (id, part) in expr.parts.iter().enumerate().rev() {
        if let PartKind::Grad { of_and_by: [_, by] } = &part.kind {
            differentiated.extend(indices_behind(expr, *by, is_family).1);
        }
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
    differentiated.into_iter().for_each(|part| is_left_out[part] = true);
    is_left_out
}
