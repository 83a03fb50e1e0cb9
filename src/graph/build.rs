//! Statements to a graph: names are resolved, ops applied, shapes inferred, claims tied to their nodes.

use crate::diag::{Checked, Diagnostic};
use crate::expr::{Expr, PartKind, closest};
use crate::graph::claim::Claim;
use crate::graph::differentiate::gradient;
use crate::graph::target::Names;
use crate::graph::{Caption, Graph, Kind, Quantity, Role, Sheet, StatementKind, Target};
use crate::lang::{Particle, text, with_particle};
use crate::num;
use crate::ops::{self, Attrs};
use crate::tensor::Tensor;
use petgraph::algo::has_path_connecting;
use petgraph::graph::{DiGraph, NodeIndex};
use std::collections::HashMap;
use std::ops::Range;

/// Builds the graph of a sheet. What cannot be built is reported and left out; a name whose definition is
/// broken breaks what uses it without a further message.
///
/// `max_nodes` bounds the author's nodes.
pub fn build(sheet: &Sheet, max_nodes: usize) -> Checked<Graph> {
    let mut builder = Builder::new(sheet, max_nodes);
    for (position, statement) in sheet.statements.iter().enumerate() {
        if let StatementKind::Define { name, name_span, role, value, caption } = &statement.kind {
            builder.define(position, name, name_span, *role, value, caption);
        }
    }
    builder.choose_outputs(sheet);
    builder.name_intermediate_nodes();
    builder.graph.author_nodes = builder.graph.dag.node_count();
    builder.resolve_claims(sheet);
    builder.graph.caption = sheet.caption.clone();
    Checked { value: builder.graph, diagnostics: builder.log }
}

struct Builder<'s> {
    graph: Graph,
    log: Vec<Diagnostic>,
    /// Where each name is defined first: the position of the statement and the place of the name.
    definitions: HashMap<&'s str, (usize, Range<usize>)>,
    /// Which statement needs which, for telling a cycle from a wrong order; made when first asked for.
    dependencies: Option<DiGraph<(), ()>>,
    sheet: &'s Sheet,
    last: Option<NodeIndex>,
    is_broken: bool,
    max_nodes: usize,
}

impl<'s> Builder<'s> {
    fn new(sheet: &'s Sheet, max_nodes: usize) -> Self {
        let mut definitions = HashMap::new();
        for (position, statement) in sheet.statements.iter().enumerate() {
            if let StatementKind::Define { name, name_span, .. } = &statement.kind {
                definitions.entry(&**name).or_insert((position, name_span.clone()));
            }
        }
        Self {
            graph: Graph::default(),
            log: Vec::new(),
            definitions,
            dependencies: None,
            sheet,
            last: None,
            is_broken: false,
            max_nodes,
        }
    }

    fn define(
        &mut self,
        position: usize,
        name: &str,
        name_span: &Range<usize>,
        role: Role,
        value: &Expr,
        caption: &Caption,
    ) {
        let first = self.definitions.get(name).cloned();
        if let Some((_, first_span)) = first.filter(|(first, _)| *first != position) {
            self.log.push(
                Diagnostic::error(
                    "double-definition",
                    name_span.clone(),
                    text(
                        format!("{} 이미 정의했습니다", with_particle(&format!("`{name}`"), Particle::Topic)),
                        format!("`{name}` is defined already"),
                    ),
                )
                .label(first_span, text("처음 정의한 곳입니다", "the first definition"))
                .help(text(
                    "이름은 한 번만 정의합니다. 다른 이름을 쓰세요",
                    "a name is defined once; use another name",
                )),
            );
            return;
        }
        let Some(node) = self.value_of(position, value, name_span, role) else {
            self.is_broken = true;
            return;
        };
        if role != Role::Plain && !matches!(self.graph.dag[node].kind, Kind::Leaf(..)) {
            self.log.push(
                Diagnostic::error(
                    "role-needs-value",
                    name_span.clone(),
                    text(
                        format!("`{}`는 값을 가진 이름에만 붙일 수 있습니다", role.word()),
                        format!("`{}` goes with a name that is given as a value", role.word()),
                    ),
                )
                .help(text("식으로 계산하는 이름에는 역할을 붙이지 않습니다", "a name that is computed has no role")),
            );
        }
        let entry = &mut self.graph.dag[node];
        entry.name = name.into();
        entry.caption = caption.clone();
        entry.is_named_by_author = true;
        if role != Role::Const {
            entry.is_variable = true;
        }
        self.graph.names.insert(name.into(), node);
        self.last = Some(node);
    }

    /// A new node for the value of a definition.
    fn value_of(&mut self, position: usize, value: &Expr, name_span: &Range<usize>, role: Role) -> Option<NodeIndex> {
        let span = value.root()?.span.clone();
        if let Some(literal) = value.as_literal() {
            return Some(self.graph.add_leaf(role, literal.clone(), name_span.start..span.end));
        }
        if let [part] = value.parts.as_slice()
            && let PartKind::Name(name) = &part.kind
            && let Some(x) = constant(name).filter(|_| !self.definitions.contains_key(&**name))
        {
            return Some(self.graph.add_leaf(role, Tensor::Scalar(x), name_span.start..span.end));
        }
        let node = self.expression(position, value)?;
        let is_taken = !self.graph.dag[node].name.is_empty()
            || self.graph.dag[node].span.is_none()
            || matches!(self.graph.dag[node].kind, Kind::Literal(_));
        // `b = a`, and `d = grad(f, w)` where that is a node already: a node of its own that passes the value on.
        if is_taken {
            self.graph.apply(ops::find("identity", true)?, Attrs::default(), &[node], Some(span)).ok()
        } else {
            Some(node)
        }
    }

    fn expression(&mut self, position: usize, expr: &Expr) -> Option<NodeIndex> {
        let mut nodes: Vec<Option<NodeIndex>> = Vec::with_capacity(expr.parts.len());
        for part in &expr.parts {
            let node = match &part.kind {
                PartKind::Literal(value) => Some(self.graph.add_literal(value.clone(), Some(part.span.clone()))),
                PartKind::Name(name) => self.name(position, name, &part.span),
                PartKind::Apply { op, operands, attrs, .. } => {
                    let operands: Option<Vec<NodeIndex>> = operands.iter().map(|o| nodes[*o]).collect();
                    operands.and_then(|operands| self.apply(op, attrs, &operands, &part.span))
                }
                PartKind::Grad { of, by } => match (nodes[*of], nodes[*by]) {
                    (Some(of), Some(by)) => Some(gradient(&mut self.graph, of, by)),
                    _ => None,
                },
                PartKind::Unknown => None,
            };
            nodes.push(node);
            if self.graph.dag.node_count() > self.max_nodes {
                self.too_many_nodes(part.span.clone());
                return None;
            }
        }
        nodes.pop().flatten()
    }

    fn too_many_nodes(&mut self, span: Range<usize>) {
        if !self.log.iter().any(|d| d.code == "too-many-nodes") {
            let max = self.max_nodes;
            self.log.push(
                Diagnostic::error(
                    "too-many-nodes",
                    span,
                    text(format!("노드가 {max}개를 넘습니다"), format!("the graph has more than {max} nodes")),
                )
                .help(text(
                    "`bpdoc.toml`의 `limits.nodes`로 한도를 정할 수 있습니다",
                    "`limits.nodes` in `bpdoc.toml` sets the limit",
                )),
            );
        }
    }

    fn apply(
        &mut self,
        op: &'static ops::Op,
        attrs: &Attrs,
        operands: &[NodeIndex],
        span: &Range<usize>,
    ) -> Option<NodeIndex> {
        match self.graph.apply(op, attrs.clone(), operands, Some(span.clone())) {
            Ok(node) => Some(node),
            Err(why) => {
                let shown: Vec<String> = operands.iter().map(|o| self.describe(*o)).collect();
                let named = |why: &str| {
                    operands.iter().enumerate().rev().fold(why.to_owned(), |why, (i, operand)| {
                        why.replace(&format!("#{}", i + 1), &format!("`{}`", self.shown_name(*operand)))
                    })
                };
                let message = text(named(&why.ko), named(&why.en));
                let shown = shown.join(", ");
                self.log.push(
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
            _ if !entry.name.is_empty() => entry.name.to_string(),
            Kind::Apply(op, _) => {
                let name = |operand: &NodeIndex| match &*self.graph.dag[*operand].name {
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
                value.as_scalar().map_or_else(|| entry.op_word().to_owned(), |x| num::plain(x, num::EXACT))
            }
        }
    }

    /// An operand as an error message names it: `W (3, 2), weight`.
    fn describe(&self, node: NodeIndex) -> String {
        let name = self.shown_name(node);
        let node = &self.graph.dag[node];
        let caption = node.caption.in_language(0);
        if caption.is_empty() {
            format!("{name} {}", node.shape)
        } else {
            format!("{name} {} — {caption}", node.shape)
        }
    }

    fn name(&mut self, position: usize, name: &str, span: &Range<usize>) -> Option<NodeIndex> {
        if let Some(node) = self.graph.find(name) {
            return Some(node);
        }
        match self.definitions.get(name).cloned() {
            Some((defined, its_span)) if defined >= position => {
                self.report_wrong_order(position, defined, name, span, its_span);
                None
            }
            // Its definition was reported as broken.
            Some(_) => None,
            None => match constant(name) {
                Some(x) => Some(self.graph.add_literal(Tensor::Scalar(x), Some(span.clone()))),
                None => {
                    self.report_unknown(name, span);
                    None
                }
            },
        }
    }

    fn report_unknown(&mut self, name: &str, span: &Range<usize>) {
        let diagnostic = Diagnostic::error(
            "unknown-name",
            span.clone(),
            text(format!("`{name}`라는 이름이 없습니다"), format!("unknown name `{name}`")),
        );
        let mut known: Vec<&str> = self.definitions.keys().copied().collect();
        known.sort_unstable();
        self.log.push(match closest(name, known.into_iter()) {
            Some(near) => diagnostic.help(text(format!("`{near}`인가요?"), format!("did you mean `{near}`?"))),
            None => diagnostic.help(text(
                format!("쓰기 전에 `{name} = ...`로 정의하세요"),
                format!("define it first: `{name} = ...`"),
            )),
        });
    }

    fn report_wrong_order(
        &mut self,
        position: usize,
        defined: usize,
        name: &str,
        span: &Range<usize>,
        its_span: Range<usize>,
    ) {
        let is_cycle = defined == position || self.needs(defined, position);
        let quoted = format!("`{name}`");
        self.log.push(if is_cycle {
            Diagnostic::error(
                "cycle",
                span.clone(),
                text(
                    format!("{} 자기 자신에서 계산됩니다", with_particle(&quoted, Particle::Subject)),
                    format!("`{name}` is computed from itself"),
                ),
            )
            .label(its_span, text("이 정의로 순환이 생깁니다", "this definition closes the cycle"))
            .help(text("계산 그래프에는 순환이 없어야 합니다", "a computational graph has no cycles"))
        } else {
            Diagnostic::error(
                "used-before-definition",
                span.clone(),
                text(
                    format!("{} 정의하기 전에 썼습니다", with_particle(&quoted, Particle::Object)),
                    format!("`{name}` is used before its definition"),
                ),
            )
            .label(its_span, text("여기에서 정의합니다", "it is defined here"))
            .help(text("정의를 쓰는 곳보다 위로 옮기세요", "move the definition above its first use"))
        });
    }

    /// Whether the statement `from` needs what the statement `to` defines, directly or through others.
    fn needs(&mut self, from: usize, to: usize) -> bool {
        let definitions = &self.definitions;
        let sheet = self.sheet;
        let dependencies = self.dependencies.get_or_insert_with(|| {
            let mut dag = DiGraph::new();
            let nodes: Vec<_> = sheet.statements.iter().map(|_| dag.add_node(())).collect();
            for (position, statement) in sheet.statements.iter().enumerate() {
                let StatementKind::Define { value, .. } = &statement.kind else { continue };
                for part in &value.parts {
                    if let PartKind::Name(name) = &part.kind
                        && let Some((needed, _)) = definitions.get(&**name)
                    {
                        dag.add_edge(nodes[position], nodes[*needed], ());
                    }
                }
            }
            dag
        });
        has_path_connecting(&*dependencies, NodeIndex::new(from), NodeIndex::new(to), None)
    }

    fn choose_outputs(&mut self, sheet: &Sheet) {
        for statement in &sheet.statements {
            let StatementKind::Output { names } = &statement.kind else { continue };
            for (name, span) in names {
                match self.graph.find(name) {
                    Some(node) if !self.graph.outputs.contains(&node) => self.graph.outputs.push(node),
                    Some(_) => {}
                    None if self.definitions.contains_key(&**name) => {}
                    None => self.report_unknown(name, span),
                }
            }
        }
        if self.graph.outputs.is_empty() {
            self.graph.outputs.extend(self.last);
        }
        if self.last.is_none() && !self.is_broken {
            self.log.push(
                Diagnostic::error(
                    "empty-graph",
                    0..0,
                    text("이 블록에는 아무 것도 정의되어 있지 않습니다", "this block defines nothing"),
                )
                .help(text("`w = 2`처럼 적어도 한 이름을 정의하세요", "define at least one name, such as `w = 2`")),
            );
        }
    }

    /// Names what lies between the author's nodes `u_1`, `u_2` … in the order of the text, with the first letter
    /// that no name of the author's looks like.
    fn name_intermediate_nodes(&mut self) {
        let graph = &mut self.graph;
        let mut is_shown = vec![false; graph.dag.node_count()];
        for node in graph.dag.node_indices().rev() {
            if is_shown[node.index()] || graph.dag[node].is_named_by_author {
                is_shown[node.index()] = true;
                for operand in graph.operands(node) {
                    is_shown[operand.index()] = true;
                }
            }
        }
        let looks_like = |letter: char| {
            self.definitions
                .keys()
                .any(|name| name.strip_prefix(letter).is_some_and(|rest| rest.chars().all(|c| c.is_ascii_digit())))
        };
        let letter = ['u', 'v', 't', 'q', 's', 'r'].into_iter().find(|letter| !looks_like(*letter));
        let mut count = 0;
        for node in graph.dag.node_indices().filter(|node| is_shown[node.index()]).collect::<Vec<_>>() {
            if graph.dag[node].name.is_empty() && matches!(graph.dag[node].kind, Kind::Apply(..)) {
                let name = loop {
                    count += 1;
                    let name: Box<str> =
                        letter.map_or_else(|| format!("_{count}"), |letter| format!("{letter}_{count}")).into();
                    if !self.definitions.contains_key(&*name) {
                        break name;
                    }
                };
                graph.names.insert(name.clone(), node);
                graph.dag[node].name = name;
            }
        }
    }

    fn resolve_claims(&mut self, sheet: &Sheet) {
        for statement in &sheet.statements {
            let StatementKind::Expect { target: written, target_span, relation, number } = &statement.kind else {
                continue;
            };
            match self.graph.target(written, target_span.clone()) {
                Ok((target, node)) => {
                    let gate = target.gate().into();
                    self.graph.claims.push(Claim {
                        written: written.clone(),
                        target,
                        node,
                        gate,
                        relation: *relation,
                        number: number.clone(),
                        span: statement.span.clone(),
                    });
                }
                // A name whose definition is broken has been reported there.
                Err(_) if self.mentions_broken_name(written) => {}
                Err(diagnostic) => self.log.push(diagnostic),
            }
        }
    }

    fn mentions_broken_name(&self, written: &str) -> bool {
        let all: Vec<&str> = self.definitions.keys().copied().collect();
        let names = Names { is_known: &|name| self.definitions.contains_key(name), all };
        self.is_broken && Target::parse(written, 0..0, &names).is_ok()
    }
}

impl Graph {
    /// The target that `written` names and the node that holds it; a derivative that the graph does not hold
    /// yet is added to it. The place of a mistake is `span`.
    pub fn target(&mut self, written: &str, span: Range<usize>) -> Result<(Target, NodeIndex), Diagnostic> {
        let target = {
            let mut all: Vec<&str> = self.names.keys().map(|name| &**name).collect();
            all.sort_unstable();
            Target::parse(written, span, &Names { is_known: &|name| self.names.contains_key(name), all })?
        };
        let node_of = |graph: &Self, name: &str| graph.find(name).unwrap_or_default();
        let node = match &target.quantity {
            Quantity::Value(name) => node_of(self, name),
            Quantity::Derivative { of, by } => {
                let mut node = node_of(self, of);
                for name in by {
                    let variable = node_of(self, name);
                    node = gradient(self, node, variable);
                }
                node
            }
        };
        Ok((target, node))
    }
}

impl Target {
    /// The name of the gate that the target is about: the node itself, or the one by which is differentiated last.
    pub fn gate(&self) -> &str {
        match &self.quantity {
            Quantity::Value(name) => name,
            Quantity::Derivative { of, by } => by.last().unwrap_or(of),
        }
    }
}

fn constant(name: &str) -> Option<f64> {
    match name {
        "pi" => Some(std::f64::consts::PI),
        "e" => Some(std::f64::consts::E),
        _ => None,
    }
}
