//! Computational graphs. In: the text of a block; out: the graph, its forward values, its backward partials
//! and the claims about them. This room is pure: it knows no files, languages, looks or pages.

mod build;
mod claim;
mod differentiate;
mod expand;
mod format;
mod mentions;
mod parse;
pub mod program;
pub(crate) mod rule;
mod run;
mod sheet;
mod stable;
mod tangent;
mod target;
mod verify;

pub use build::{build, build_to_draw};
pub use claim::{Claim, PrintedNumber, Relation};
pub use differentiate::{Backward, Step, differentiate};
pub use format::format;
pub(crate) use format::{Line, aligned, caption, one_blank, tidy_claim};
pub use mentions::{Mention, What, mentions, names_in_target};
pub use parse::{KEYWORDS, parse};
pub(crate) use run::apply as compute;
pub use run::{NotFinite, Run, run};
pub use sheet::{Caption, Sheet, Statement, StatementKind};
pub use tangent::{ForwardMode, forward_mode, hessian, tangents};
pub use target::{Quantity, Target};
pub use verify::verify;

use crate::lang::{Text, text};
use crate::ops::{Attrs, Forward, Op};
use crate::tensor::{MAX_RANK, Shape, Tensor};
use foldhash::fast::RandomState;
use foldhash::{HashMap, HashSet};
use hashbrown::HashTable;
use petgraph::Direction::Incoming;
use petgraph::graph::{DiGraph, Edge, EdgeIndex, NodeIndex};
use smallvec::SmallVec;
use std::hash::BuildHasher;
use std::ops::Range;
use std::sync::Arc;

/// A computational graph: operands point to what is made of them, and every operand's index is smaller.
///
/// The author's nodes come first; differentiation adds more nodes of the same kinds behind them.
#[derive(Clone, Debug, Default)]
pub struct Graph {
    /// Nodes and edges. The edges that enter a node lie side by side, in the order of its operands.
    pub dag: DiGraph<Node, ()>,
    /// The figure's caption.
    pub caption: Caption,
    /// What is differentiated.
    pub outputs: Vec<NodeIndex>,
    /// The author's claims, their targets resolved.
    pub claims: Vec<Claim>,
    /// The author's groups, each after the one that it stands in.
    pub groups: Vec<Group>,
    /// How many nodes the author's text has made; the backward nodes stand behind them.
    pub author_nodes: usize,
    names: Names,
    /// What the author's text says of each node, up to the last of which it says something. A list of its own: most nodes
    /// are made by derivative rules, and the time to build a large graph is that of writing its memory.
    written: Vec<Written>,
    /// Differentiation stops where there are more nodes than this, if it is limited; whoever asked for it reports that.
    most_nodes: Option<usize>,
    /// For each node whether a gradient is kept for it. A list of its own: in a node the flag would take eight bytes.
    variables: Vec<bool>,
    literals: HashMap<u64, NodeIndex>,
}

/// The nodes that have a name, found by it. The names stand in the nodes alone: most of the table's memory is spared.
#[derive(Clone, Debug, Default)]
struct Names {
    nodes: HashTable<NodeIndex>,
    hasher: RandomState,
}

/// Nodes that the author has put into one frame.
#[derive(Clone, Debug)]
pub struct Group {
    /// The frame's label.
    pub label: Caption,
    /// The group that it stands in.
    pub parent: Option<usize>,
}

/// A short list with one entry per operand: most ops have one or two.
pub type Operands<T> = SmallVec<[T; 3]>;

/// A node of the graph.
#[derive(Clone, Debug)]
pub struct Node {
    /// What it is.
    pub kind: Kind,
    /// The shape of its value.
    pub shape: Shape,
}

/// What the author's text says of a node, or bpdoc of one that stands in it.
#[derive(Clone, Debug, Default)]
struct Written {
    name: Option<Arc<str>>,
    /// Empty for what a derivative rule has made.
    span: Range<usize>,
    caption: Caption,
    is_named_by_author: bool,
    group: Option<u32>,
}

/// What a node is.
#[derive(Clone, Debug)]
pub enum Kind {
    /// A value that the author gave a name.
    Leaf(Role, Tensor),
    /// A number within an expression.
    Literal(Tensor),
    /// An op applied to the nodes that point here.
    Apply(&'static Op, Attrs),
}

/// What a leaf is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Role {
    /// The author does not say.
    #[default]
    Plain,
    /// A parameter, which training changes.
    Param,
    /// An input, which the data give.
    Input,
    /// A constant, which gets no gradient.
    Const,
}

impl Role {
    /// Its keyword; `leaf` where the author does not say.
    pub fn word(self) -> &'static str {
        match self {
            Self::Plain => "leaf",
            Self::Param => "param",
            Self::Input => "input",
            Self::Const => "const",
        }
    }
}

impl Node {
    /// The word for what it is: a role, `const` for a literal, or the op's name.
    pub fn op_word(&self) -> &'static str {
        match &self.kind {
            Kind::Leaf(role, _) => role.word(),
            Kind::Literal(_) => Role::Const.word(),
            Kind::Apply(op, _) => op.name,
        }
    }
}

impl Graph {
    /// An empty graph with room for so many definitions.
    fn with_capacity(definitions: usize) -> Self {
        Self {
            dag: DiGraph::with_capacity(definitions, 2 * definitions),
            names: Names { nodes: HashTable::with_capacity(definitions), ..Names::default() },
            written: Vec::with_capacity(definitions),
            variables: Vec::with_capacity(definitions),
            ..Self::default()
        }
    }

    /// The node of a name.
    pub fn find(&self, name: &str) -> Option<NodeIndex> {
        let is_named = |node: &NodeIndex| self.name(*node) == name;
        self.names.nodes.find(self.names.hasher.hash_one(name), is_named).copied()
    }

    /// Gives a node a name that no other has.
    fn give_name(&mut self, node: NodeIndex, name: Arc<str>) {
        let hash = self.names.hasher.hash_one(&*name);
        self.written_mut(node).name = Some(name);
        let (Names { nodes, hasher }, written) = (&mut self.names, &self.written);
        nodes.insert_unique(hash, node, |node| hasher.hash_one(name_in(written, *node)));
    }

    /// Whether differentiation has stopped.
    fn is_overfull(&self) -> bool {
        self.most_nodes.is_some_and(|most| self.dag.node_count() > most)
    }

    fn written(&self, node: NodeIndex) -> Option<&Written> {
        self.written.get(node.index())
    }

    /// What the author's text says of a node, to be changed.
    fn written_mut(&mut self, node: NodeIndex) -> &mut Written {
        if self.written.len() <= node.index() {
            self.written.resize_with(node.index() + 1, Written::default);
        }
        &mut self.written[node.index()]
    }

    /// The name of a node; unnamed intermediate nodes of the author get one when the graph is complete, nodes of the
    /// backward pass have none.
    pub fn name(&self, node: NodeIndex) -> &str {
        name_in(&self.written, node)
    }

    /// Where the author wrote a node, in bytes of the block; `None` for what a derivative rule has made.
    pub fn span(&self, node: NodeIndex) -> Option<Range<usize>> {
        self.written(node).map(|written| written.span.clone()).filter(|span| !span.is_empty())
    }

    /// The author's caption of a node in the language at a position of the site's list; empty if there is none.
    pub fn caption_of(&self, node: NodeIndex, language: usize) -> &str {
        self.written(node).map_or("", |written| written.caption.in_language(language))
    }

    /// The author's caption of a node in all languages, as it is written: `가중치 | weight`.
    fn comment(&self, node: NodeIndex) -> String {
        self.written(node).map_or_else(String::new, |written| written.caption.0.join(" | "))
    }

    /// Whether the author named a node (`g = w * x`), rather than bpdoc.
    pub fn is_named_by_author(&self, node: NodeIndex) -> bool {
        self.written(node).is_some_and(|written| written.is_named_by_author)
    }

    /// The innermost group that a node stands in.
    pub fn group(&self, node: NodeIndex) -> Option<usize> {
        self.written(node).and_then(|written| written.group).map(|group| group as usize)
    }

    /// Whether a gradient is kept for a node: constants and what depends on constants alone have none.
    pub fn is_variable(&self, node: NodeIndex) -> bool {
        self.variables[node.index()]
    }

    /// The operands of a node, in their order.
    pub fn operands(&self, node: NodeIndex) -> Operands<NodeIndex> {
        self.dag.raw_edges()[self.edges_into(node)].iter().map(Edge::source).collect()
    }

    /// The edges that enter a node with the operands they come from, in the operands' order.
    pub fn operand_edges(&self, node: NodeIndex) -> Operands<(EdgeIndex, NodeIndex)> {
        self.edges_into(node).map(EdgeIndex::new).zip(self.operands(node)).collect()
    }

    /// Where the edges that enter a node lie: side by side, since a node is added with all of them.
    fn edges_into(&self, node: NodeIndex) -> Range<usize> {
        let Some(last) = self.dag.first_edge(node, Incoming) else { return 0..0 };
        let up_to_last = &self.dag.raw_edges()[..=last.index()];
        let before = up_to_last.iter().rposition(|edge| edge.target() != node);
        before.map_or(0, |before| before + 1)..up_to_last.len()
    }

    /// Whether a gate takes an operand more than once, as in `x * x`.
    pub fn is_repeated(&self, gate: NodeIndex, operand: NodeIndex) -> bool {
        let edges = &self.dag.raw_edges()[self.edges_into(gate)];
        edges.iter().filter(|edge| edge.source() == operand).nth(1).is_some()
    }

    /// The operands that a gate takes more than once.
    pub fn repeated(&self, gate: NodeIndex) -> HashSet<NodeIndex> {
        let mut met = HashSet::default();
        self.operands(gate).into_iter().filter(|operand| !met.insert(*operand)).collect()
    }

    /// The author's nodes that have a name, in the order of the text.
    pub fn named(&self) -> impl Iterator<Item = NodeIndex> {
        self.dag.node_indices().filter(|node| !self.name(*node).is_empty())
    }

    /// What a message calls a node: its name, or the op's if it has none.
    pub fn called(&self, node: NodeIndex) -> &str {
        match self.name(node) {
            "" => self.dag[node].op_word(),
            name => name,
        }
    }

    /// A node for a value that the author gave a name.
    pub(crate) fn add_leaf(&mut self, role: Role, value: Tensor, span: Range<usize>) -> NodeIndex {
        let shape = value.shape();
        self.add_node(Kind::Leaf(role, value), shape, Some(span), role != Role::Const)
    }

    /// A node for a number; the backward pass shares one node per number.
    pub(crate) fn literal(&mut self, value: Tensor) -> NodeIndex {
        let Some(x) = value.as_scalar() else { return self.add_literal(value, None) };
        if let Some(&node) = self.literals.get(&x.to_bits()) {
            return node;
        }
        let node = self.add_literal(value, None);
        self.literals.insert(x.to_bits(), node);
        node
    }

    pub(crate) fn add_literal(&mut self, value: Tensor, span: Option<Range<usize>>) -> NodeIndex {
        let shape = value.shape();
        self.add_node(Kind::Literal(value), shape, span, false)
    }

    /// A node for an op, or why the operands' shapes do not fit.
    pub(crate) fn apply(
        &mut self,
        op: &'static Op,
        attrs: Attrs,
        operands: &[NodeIndex],
        span: Option<Range<usize>>,
    ) -> Result<NodeIndex, Text> {
        let (mut is_scalar, mut is_variable) = (matches!(op.forward, Forward::Elementwise(_)), false);
        for &operand in operands {
            is_scalar &= self.dag[operand].shape.rank() == 0;
            is_variable |= self.is_variable(operand);
        }
        let shape = if is_scalar { Shape::SCALAR } else { self.infer(op, &attrs, operands)? };
        let node = self.add_node(Kind::Apply(op, attrs), shape, span, is_variable);
        for &operand in operands {
            self.dag.add_edge(operand, node, ());
        }
        Ok(node)
    }

    fn infer(&self, op: &Op, attrs: &Attrs, operands: &[NodeIndex]) -> Result<Shape, Text> {
        let shapes: Operands<&Shape> = operands.iter().map(|o| &self.dag[*o].shape).collect();
        inferred(op, attrs, &shapes)
    }

    fn add_node(&mut self, kind: Kind, shape: Shape, span: Option<Range<usize>>, is_variable: bool) -> NodeIndex {
        self.variables.push(is_variable);
        let node = self.dag.add_node(Node { kind, shape });
        if let Some(span) = span {
            self.written_mut(node).span = span;
        }
        node
    }

    /// Takes away the node that was added last.
    fn remove_last(&mut self) {
        self.variables.pop();
        self.dag.remove_node(NodeIndex::new(self.variables.len()));
        self.written.truncate(self.variables.len());
    }
}

/// The shape of what an op makes of operands of these shapes, or why they do not fit; `#1`, `#2` … stand for them there.
pub(crate) fn inferred(op: &Op, attrs: &Attrs, shapes: &[&Shape]) -> Result<Shape, Text> {
    let shape = match op.forward {
        Forward::Structural { shape, .. } => shape(shapes, attrs)?,
        Forward::Elementwise(_) => {
            let mut result = Shape::SCALAR;
            for shape in shapes {
                result = result.broadcast(shape).ok_or_else(|| {
                    let list = shapes.iter().map(ToString::to_string).collect::<Vec<_>>().join(" · ");
                    let operands = (1..=shapes.len()).map(|i| format!("#{i}")).collect::<Vec<_>>();
                    let operation = match operands.as_slice() {
                        [a, b] if !op.name.starts_with(char::is_alphabetic) => format!("{a} {} {b}", op.name),
                        _ => format!("{}({})", op.name, operands.join(", ")),
                    };
                    text(
                        format!("{operation}: {list}. 두 형상을 브로드캐스팅으로 맞출 수 없습니다. 뒤에서부터 견주어 축의 길이가 같거나 한쪽이 1이어야 합니다"),
                        format!("{operation}: {list}. These shapes cannot be broadcast together: from the last axis on, extents must be equal or one of them 1"),
                    )
                })?;
            }
            result
        }
    };
    match shape.rank() {
        0..=MAX_RANK => Ok(shape),
        rank => Err(text(
            format!("결과의 축이 {rank}개가 됩니다. 텐서의 축은 {MAX_RANK}개까지입니다"),
            format!("the result would have {rank} axes; a tensor has {MAX_RANK} at most"),
        )),
    }
}

fn name_in(written: &[Written], node: NodeIndex) -> &str {
    written.get(node.index()).and_then(|written| written.name.as_deref()).unwrap_or_default()
}
