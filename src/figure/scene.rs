//! What a figure of the author's graph shows: nodes, and groups that are closed to one box, with the edges between them.

use crate::figure::draw::{
    LABEL_PADDING, Line, LineRole, NodeRole, NodeShape, View, WIDEST_LABEL, line, name_runs, node_shape, partial_runs,
    plain, stack, tensor_lines,
};
use crate::figure::measure;
use crate::figure::place::Size;
use crate::graph::{Backward, Graph, Group, Kind, Role, Run};
use crate::num;
use petgraph::graph::{EdgeIndex, NodeIndex};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Which groups a figure shows with what is in them; the others are closed to a box each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Opening {
    /// Every group.
    #[default]
    All,
    /// None.
    Nothing,
    /// One group and those around it.
    To(usize),
}

impl Opening {
    fn opens(self, groups: &[Group], group: usize) -> bool {
        match self {
            Self::All => true,
            Self::Nothing => false,
            Self::To(inner) => around(groups, Some(inner)).any(|open| open == group),
        }
    }
}

/// The values of a closed group that its box shows at most.
const MOST_VALUES: usize = 5;

/// The groups around a place, the innermost first.
fn around(groups: &[Group], group: Option<usize>) -> impl Iterator<Item = usize> {
    std::iter::successors(group, |group| groups[*group].parent)
}

/// Something that is drawn as one box.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Item {
    Node(NodeIndex),
    Group(usize),
}

/// An edge between two of the items that are drawn.
pub(super) struct ShownEdge {
    pub edge: EdgeIndex,
    pub from: usize,
    pub to: usize,
    pub operand: NodeIndex,
    pub gate: NodeIndex,
    pub place: usize,
    pub is_quiet: bool,
}

/// The items of a figure and the edges between them.
pub(super) struct Scene {
    pub items: Vec<Item>,
    pub edges: Vec<ShownEdge>,
    /// For each of the author's groups whether it is drawn with what is in it.
    pub is_open: Vec<bool>,
}

impl Scene {
    /// The author's nodes: what has a name, and the numbers that something with a name is made of. A group that other
    /// nodes lead into and out of at once, so that arrows would point back if it were closed, stays open.
    pub fn new(run: &Run, opening: Opening) -> Scene {
        let groups = &run.graph.groups;
        let nodes = shown_nodes(run);
        let mut is_open: Vec<bool> = (0..groups.len()).map(|group| opening.opens(groups, group)).collect();
        loop {
            let scene = Scene::with_open(run, &nodes, is_open);
            let turning = scene.groups_on_cycles();
            if turning.is_empty() {
                return scene;
            }
            is_open = scene.is_open;
            turning.into_iter().for_each(|group| is_open[group] = true);
        }
    }

    fn with_open(run: &Run, nodes: &[NodeIndex], is_open: Vec<bool>) -> Scene {
        let item_of = |node: NodeIndex| {
            let outermost = around(&run.graph.groups, run.graph.dag[node].group()).filter(|group| !is_open[*group]);
            outermost.last().map_or(Item::Node(node), Item::Group)
        };
        let mut items = Vec::new();
        let mut position = HashMap::new();
        for &node in nodes {
            position.entry(item_of(node)).or_insert_with_key(|item| {
                items.push(*item);
                items.len() - 1
            });
        }
        let is_shown: BTreeSet<NodeIndex> = nodes.iter().copied().collect();
        let mut edges: Vec<ShownEdge> = Vec::new();
        // Into a closed group, an operand has one edge.
        let mut entering: HashMap<(NodeIndex, usize), usize> = HashMap::new();
        for &gate in nodes {
            let to = position[&item_of(gate)];
            for (place, (edge, operand)) in run.graph.operand_edges(gate).into_iter().enumerate() {
                let is_quiet = !run.graph.dag[operand].is_variable;
                if !is_shown.contains(&operand) {
                    continue;
                }
                let from = position[&item_of(operand)];
                let is_closed = matches!(items[to], Item::Group(_));
                if from != to && !(is_closed && entering.contains_key(&(operand, to))) {
                    entering.insert((operand, to), edges.len());
                    edges.push(ShownEdge { edge, from, to, operand, gate, place, is_quiet });
                }
            }
        }
        Scene { items, edges, is_open }
    }

    /// The closed groups that stand on cycles, or between two of them.
    fn groups_on_cycles(&self) -> Vec<usize> {
        let ends: Vec<(usize, usize)> = self.edges.iter().map(|edge| (edge.from, edge.to)).collect();
        let forward = left_over(self.items.len(), ends.iter().copied());
        let backward = left_over(self.items.len(), ends.iter().map(|(from, to)| (*to, *from)));
        let turning = self.items.iter().zip(forward.iter().zip(&backward));
        turning
            .filter_map(|(item, (forward, backward))| match item {
                Item::Group(group) if *forward && *backward => Some(*group),
                _ => None,
            })
            .collect()
    }

    /// The boxes of the items.
    pub fn shapes(&self, run: &Run, backward: &Backward, view: View) -> Vec<NodeShape> {
        let shape = |item: &Item| match item {
            Item::Node(node) => node_shape(run, backward, *node, view),
            Item::Group(group) => group_shape(run, backward, *group, view),
        };
        self.items.iter().map(shape).collect()
    }

    /// What is written at the edges.
    pub fn labels(&self, run: &Run, backward: &Backward, view: View) -> Vec<Option<(Line, Size)>> {
        let label = |edge: &ShownEdge| {
            let mut line = match self.items[edge.to] {
                Item::Node(_) => local_label(run, edge, view),
                Item::Group(group) => share_label(run, backward, edge.operand, group, view),
            }?;
            let (height, role) = (line.role.height(), line.role);
            line.baseline = LABEL_PADDING.h + (height + measure::CAP_HEIGHT * role.font_size()) / 2.0;
            let size = Size { w: line.width + 2.0 * LABEL_PADDING.w, h: height + 2.0 * LABEL_PADDING.h };
            Some((line, size))
        };
        self.edges.iter().map(label).collect()
    }
}

/// What is on a cycle or behind one: what is left of a graph when nodes without arrows to them are taken away.
fn left_over(count: usize, ends: impl Iterator<Item = (usize, usize)>) -> Vec<bool> {
    let mut heads = vec![Vec::new(); count];
    let mut waits = vec![0_usize; count];
    for (from, to) in ends {
        heads[from].push(to);
        waits[to] += 1;
    }
    let mut ready: Vec<usize> = (0..count).filter(|item| waits[*item] == 0).collect();
    let mut is_left = vec![true; count];
    while let Some(item) = ready.pop() {
        is_left[item] = false;
        for &head in &heads[item] {
            waits[head] -= 1;
            if waits[head] == 0 {
                ready.push(head);
            }
        }
    }
    is_left
}

fn shown_nodes(run: &Run) -> Vec<NodeIndex> {
    let dag = &run.graph.dag;
    // A constant that only an index names, such as the end of a loop, is no part of the graph.
    let is_loose = |node: &NodeIndex| {
        matches!(dag[*node].kind, Kind::Leaf(Role::Const, _)) && dag.neighbors(*node).next().is_none()
    };
    let is_shown = |node: &NodeIndex| {
        !dag[*node].name().is_empty() && !is_loose(node)
            || dag.neighbors(*node).any(|child| child.index() < run.graph.author_nodes && !dag[child].name().is_empty())
    };
    (0..run.graph.author_nodes).map(NodeIndex::new).filter(is_shown).collect()
}

/// Whether a node stands in a group, directly or in a group within it.
fn is_within(graph: &Graph, node: NodeIndex, group: usize) -> bool {
    around(&graph.groups, graph.dag[node].group()).any(|outer| outer == group)
}

/// A closed group: its label, and the values that leave it with their gradients.
fn group_shape(run: &Run, backward: &Backward, group: usize, view: View) -> NodeShape {
    let graph = &run.graph;
    let mut lines = Vec::new();
    let label = graph.groups[group].label.in_language(view.language);
    lines.push(line(LineRole::Group, vec![plain(if label.is_empty() { "⋯" } else { label })]));
    let is_author = |node: &NodeIndex| node.index() < graph.author_nodes;
    let leaves = |node: &NodeIndex| {
        let mut consumers = graph.dag.neighbors(*node).filter(is_author);
        *node == backward.output || consumers.any(|consumer| !is_within(graph, consumer, group))
    };
    let members = (0..graph.author_nodes).map(NodeIndex::new).filter(|node| is_within(graph, *node, group));
    let leaving: Vec<NodeIndex> = members.filter(|node| !graph.dag[*node].name().is_empty()).filter(leaves).collect();
    for &node in leaving.iter().take(MOST_VALUES) {
        let name = name_runs(graph.dag[node].name());
        if view.show.values {
            lines.extend(tensor_lines(LineRole::Value, &name, run.value(node), view.precision));
        } else {
            lines.push(line(LineRole::Value, name));
        }
    }
    if leaving.len() > MOST_VALUES {
        lines.push(line(LineRole::Value, vec![plain("⋯")]));
    }
    let forward_lines = lines.len();
    for &node in leaving.iter().take(MOST_VALUES).filter(|_| view.show.grads) {
        if let Some(grad) = run.grad_in(backward, node) {
            let partial = partial_runs(graph.dag[backward.output].name(), graph.dag[node].name());
            lines.extend(tensor_lines(LineRole::Grad, &partial, &grad, view.precision));
        }
    }
    let shape = stack(format!("group.{group}"), NodeRole::Group, lines, forward_lines);
    NodeShape { group: graph.groups[group].parent, closed: Some(group), ..shape }
}

/// The local partial of a gate.
fn local_label(run: &Run, edge: &ShownEdge, view: View) -> Option<Line> {
    let local = run.locals[edge.edge.index()].filter(|_| view.show.locals)?;
    let value = run.value(local).as_scalar().filter(|_| run.graph.dag[edge.operand].is_variable)?;
    let number = num::display(value, view.precision);
    let mut runs = partial_runs(run.graph.dag[edge.gate].name(), run.graph.dag[edge.operand].name());
    if run.graph.is_repeated(edge.gate, edge.operand) {
        runs.push(crate::figure::draw::TextRun { text: format!("({})", edge.place + 1), is_sub: true });
    }
    runs.push(plain(format!(" = {number}")));
    Some(at_most(WIDEST_LABEL, line(LineRole::Local, runs), || line(LineRole::Local, vec![plain(number.clone())])))
}

/// The gradient on a closed group's border: what comes back to an operand through the group.
fn share_label(run: &Run, backward: &Backward, operand: NodeIndex, group: usize, view: View) -> Option<Line> {
    let ways = || backward.steps.iter().filter(|step| step.operand == operand);
    let shares = ways().filter(|step| is_within(&run.graph, step.gate, group));
    let numbers: Option<Vec<f64>> = shares.map(|step| run.value(step.product).as_scalar()).collect();
    let numbers = numbers.filter(|numbers| view.show.grads && !numbers.is_empty())?;
    let number = num::display(numbers.iter().sum(), view.precision);
    let sign = if numbers.len() == ways().count() { "=" } else { "+=" };
    let mut runs = partial_runs(run.graph.dag[backward.output].name(), run.graph.dag[operand].name());
    runs.push(plain(format!(" {sign} {number}")));
    let short = || line(LineRole::Share, vec![plain(format!("{sign} {number}"))]);
    Some(at_most(WIDEST_LABEL, line(LineRole::Share, runs), short))
}

/// The line, or a shorter one where it is too wide.
fn at_most(widest: f64, line: Line, shorter: impl Fn() -> Line) -> Line {
    if line.width > widest { shorter() } else { line }
}

/// The states in which a figure can be looked at, the first one first; none where it has no groups to close, or is small
/// enough to be read at once.
pub fn openings(run: &Run) -> Vec<Opening> {
    let groups = &run.graph.groups;
    let closed = Scene::new(run, Opening::Nothing);
    let is_closed = closed.items.iter().any(|item| matches!(item, Item::Group(_)));
    if !is_closed || shown_nodes(run).len() <= READ_AT_ONCE {
        return Vec::new();
    }
    let mut openings = vec![Opening::Nothing];
    // Opening a group that another state shows in the same way would change nothing.
    let mut seen: BTreeMap<Vec<bool>, Opening> = BTreeMap::from([(closed.is_open, Opening::Nothing)]);
    let all = Scene::new(run, Opening::All);
    seen.insert(all.is_open, Opening::All);
    for opening in (0..groups.len()).map(Opening::To) {
        let has_nodes =
            |group| all.items.iter().any(|item| matches!(item, Item::Node(n) if is_within(&run.graph, *n, group)));
        let Opening::To(group) = opening else { continue };
        if openings.len() > MOST_STATES || !has_nodes(group) {
            continue;
        }
        seen.entry(Scene::new(run, opening).is_open).or_insert_with(|| {
            openings.push(opening);
            opening
        });
    }
    if openings.len() > MOST_STATES {
        openings.truncate(1);
    }
    openings.push(Opening::All);
    openings
}

/// Figures of up to this many nodes are shown whole.
const READ_AT_ONCE: usize = 24;
/// With more groups than this, a figure is shown with all of them closed or all of them open.
const MOST_STATES: usize = 16;
