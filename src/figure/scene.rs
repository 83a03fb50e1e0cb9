//! What a figure of the author's graph shows: nodes, and groups that are closed to one box, with the edges between them.

use crate::figure::draw::{
    LABEL_PADDING, Line, LineRole, NodeRole, NodeShape, TextRun, View, WIDEST_LABEL, line, name_runs, node_shape,
    partial_runs, plain, stack, tensor_lines,
};
use crate::figure::measure;
use crate::figure::number::{Number, Shown};
use crate::figure::place::Size;
use crate::graph::{Backward, Graph, Group, Kind, Role, Run};
use crate::num;
use petgraph::graph::{EdgeIndex, NodeIndex};
use std::collections::{HashMap, HashSet};

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
}

impl Scene {
    /// The author's nodes, or the outermost closed groups that they stand in. A group's statements stand together in the
    /// text, so that nothing comes between them: closing it makes no cycle.
    pub fn new(run: &Run, opening: Opening) -> Scene {
        let groups = &run.graph.groups;
        let nodes = shown_nodes(run);
        let is_open: Vec<bool> = (0..groups.len()).map(|group| opening.opens(groups, group)).collect();
        let item_of = |node: NodeIndex| {
            let outermost = around(&run.graph.groups, run.graph.group(node)).filter(|group| !is_open[*group]);
            outermost.last().map_or(Item::Node(node), Item::Group)
        };
        let mut items = Vec::new();
        let mut position = HashMap::new();
        for &node in &nodes {
            position.entry(item_of(node)).or_insert_with_key(|item| {
                items.push(*item);
                items.len() - 1
            });
        }
        let is_shown: HashSet<NodeIndex> = nodes.iter().copied().collect();
        let mut edges: Vec<ShownEdge> = Vec::new();
        let mut entering: HashMap<usize, HashSet<NodeIndex>> = HashMap::new();
        for &gate in &nodes {
            let to = position[&item_of(gate)];
            for (place, (edge, operand)) in run.graph.operand_edges(gate).into_iter().enumerate() {
                if !is_shown.contains(&operand) || position[&item_of(operand)] == to {
                    continue;
                }
                let (from, is_quiet) = (position[&item_of(operand)], !run.graph.is_variable(operand));
                let mut place = place;
                // Into a closed group an operand has one edge, and the edges are numbered as they come.
                if let Item::Group(_) = items[to] {
                    let operands = entering.entry(to).or_default();
                    place = operands.len();
                    if !operands.insert(operand) {
                        continue;
                    }
                }
                edges.push(ShownEdge { edge, from, to, operand, gate, place, is_quiet });
            }
        }
        Scene { items, edges }
    }

    /// The boxes of the items.
    pub fn shapes(&self, run: &Run, backward: &Backward, view: View) -> Vec<NodeShape> {
        let shape = |item: &Item| match item {
            Item::Node(node) => node_shape(run, backward, *node, view),
            Item::Group(group) => group_shape(run, backward, *group, view),
        };
        let mut shapes: Vec<NodeShape> = self.items.iter().map(shape).collect();
        // The boxes keep the size that the numbers need, which a reader will put there.
        for line in shapes.iter_mut().flat_map(|shape| &mut shape.lines) {
            blank_if_asked(line, run, backward, view);
        }
        shapes
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
            blank_if_asked(&mut line, run, backward, view);
            Some((line, size))
        };
        self.edges.iter().map(label).collect()
    }
}

/// Leaves out a number that the reader is to find.
fn blank_if_asked(line: &mut Line, run: &Run, backward: &Backward, view: View) {
    if let (Some(quiz), Some(shown)) = (view.quiz, &line.shown)
        && quiz.asks(&shown.number, run, backward)
    {
        *line = line.clone().blank();
    }
}

/// What has a name, and the numbers that something with a name is made of.
fn shown_nodes(run: &Run) -> Vec<NodeIndex> {
    let dag = &run.graph.dag;
    // A constant that only an index names, such as the end of a loop, is no part of the graph.
    let is_loose = |node: &NodeIndex| {
        matches!(dag[*node].kind, Kind::Leaf(Role::Const, _)) && dag.neighbors(*node).next().is_none()
    };
    let is_shown = |node: &NodeIndex| {
        !run.graph.name(*node).is_empty() && !is_loose(node)
            || dag
                .neighbors(*node)
                .any(|child| child.index() < run.graph.author_nodes && !run.graph.name(child).is_empty())
    };
    (0..run.graph.author_nodes).map(NodeIndex::new).filter(is_shown).collect()
}

/// Whether a node stands in a group, directly or in a group within it.
fn is_within(graph: &Graph, node: NodeIndex, group: usize) -> bool {
    around(&graph.groups, graph.group(node)).any(|outer| outer == group)
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
    let leaving: Vec<NodeIndex> = members.filter(|node| !graph.name(*node).is_empty()).filter(leaves).collect();
    for &node in leaving.iter().take(MOST_VALUES) {
        let name = name_runs(graph.name(node));
        if view.show.values {
            lines.extend(tensor_lines(LineRole::Value, &name, run.value(node), view.precision, &Number::Value(node)));
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
            let partial = partial_runs(graph.name(backward.output), graph.name(node));
            lines.extend(tensor_lines(LineRole::Grad, &partial, &grad, view.precision, &Number::Grad(node)));
        }
    }
    let shape = stack(format!("group.{group}"), NodeRole::Group, lines, forward_lines);
    NodeShape { group: graph.groups[group].parent, closed: Some(group), ..shape }
}

/// The local partial of a gate.
fn local_label(run: &Run, edge: &ShownEdge, view: View) -> Option<Line> {
    let local = run.locals[edge.edge.index()].filter(|_| view.show.locals)?;
    let value = run.value(local).as_scalar().filter(|_| run.graph.is_variable(edge.operand))?;
    let number = num::display(value, view.precision);
    let mut runs = partial_runs(run.graph.name(edge.gate), run.graph.name(edge.operand));
    if run.graph.is_repeated(edge.gate, edge.operand) {
        runs.push(TextRun { text: format!("({})", edge.place + 1), is_sub: true });
    }
    runs.push(plain(format!(" = {number}")));
    let short = || line(LineRole::Local, vec![plain(number.clone())]);
    let shown = Some(Shown { number: Number::Local(edge.edge), row: None });
    Some(Line { shown, ..at_most(WIDEST_LABEL, line(LineRole::Local, runs), short) })
}

/// The gradient on a closed group's border: what comes back to an operand through the group.
fn share_label(run: &Run, backward: &Backward, operand: NodeIndex, group: usize, view: View) -> Option<Line> {
    let ways = || backward.steps.iter().filter(|step| step.operand == operand);
    let shares = || ways().filter(|step| is_within(&run.graph, step.gate, group));
    let numbers: Option<Vec<f64>> = shares().map(|step| run.value(step.product).as_scalar()).collect();
    let numbers = numbers.filter(|numbers| view.show.grads && !numbers.is_empty())?;
    let number = num::display(numbers.iter().sum(), view.precision);
    let sign = if numbers.len() == ways().count() { "=" } else { "+=" };
    let mut runs = partial_runs(run.graph.name(backward.output), run.graph.name(operand));
    runs.push(plain(format!(" {sign} {number}")));
    let short = || line(LineRole::Share, vec![plain(format!("{sign} {number}"))]);
    let shown = Some(Shown { number: Number::Share(shares().map(|step| step.edge).collect()), row: None });
    Some(Line { shown, ..at_most(WIDEST_LABEL, line(LineRole::Share, runs), short) })
}

/// The line, or a shorter one where it is too wide.
fn at_most(widest: f64, line: Line, shorter: impl Fn() -> Line) -> Line {
    if line.width > widest { shorter() } else { line }
}

/// The states in which a figure can be looked at, the first one first; none where it has no groups to close, or is small
/// enough to be read at once.
pub fn openings(run: &Run) -> Vec<Opening> {
    let groups = &run.graph.groups;
    let nodes = shown_nodes(run);
    let mut openings: Vec<Opening> = (0..groups.len())
        .filter(|group| nodes.iter().any(|node| is_within(&run.graph, *node, *group)))
        .map(Opening::To)
        .collect();
    if openings.is_empty() || nodes.len() <= READ_AT_ONCE {
        return Vec::new();
    }
    // One group opened is everything open.
    if openings.len() == 1 || openings.len() > MOST_STATES {
        openings.clear();
    }
    openings.insert(0, Opening::Nothing);
    openings.push(Opening::All);
    openings
}

/// Figures of up to this many nodes are shown whole.
const READ_AT_ONCE: usize = 24;
/// With more groups than this, a figure is shown with all of them closed or all of them open.
const MOST_STATES: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Limits;

    const NEURON: &str =
        "input x = 2\nparam w = 3\ngroup 층 | layer {\nparam b = 1\ns = w * x + b\na = s * x\n}\nf = a + x";

    fn ids(block: &str, opening: Opening) -> Vec<String> {
        let run = crate::run_block(block, Limits::default()).value;
        let name = |node: &NodeIndex| run.graph.name(*node).to_owned();
        let id = |item: &Item| match item {
            Item::Node(node) => name(node),
            Item::Group(group) => format!("[{}]", run.graph.groups[*group].label.in_language(1)),
        };
        Scene::new(&run, opening).items.iter().map(id).collect()
    }

    fn text(line: &Line) -> String {
        line.runs.iter().map(|run| run.text.as_str()).collect()
    }

    #[test]
    fn a_closed_group_is_one_box() {
        assert_eq!(ids(NEURON, Opening::Nothing), ["x", "w", "[layer]", "f"]);
        assert_eq!(ids(NEURON, Opening::All), ["x", "w", "b", "u_1", "s", "a", "f"]);
        let nested =
            "x = 1\ngroup | out {\na = x * 2\ngroup | in {\nb = a + 1\n}\ngroup | on {\nc = b * a\n}\n}\nd = c";
        assert_eq!(ids(nested, Opening::Nothing), ["x", "[out]", "d"]);
        assert_eq!(ids(nested, Opening::To(0)), ["x", "", "a", "[in]", "[on]", "d"]);
        assert_eq!(ids(nested, Opening::To(2)), ["x", "", "a", "[in]", "c", "d"]);
    }

    /// What `grad` makes within a group stands in it: else arrows would lead out of the closed group and back.
    #[test]
    fn a_closed_group_holds_the_gradients_that_it_computes() {
        let block = "x = 2\nw = 3\ngroup | g {\na = tanh(w * x)\nd = grad(a, w) * a\nb = d + a\n}\nf = b * x";
        assert_eq!(ids(block, Opening::Nothing), ["x", "w", "[g]", "f"]);
    }

    #[test]
    fn what_comes_back_stands_on_the_border() {
        let run = crate::run_block(NEURON, Limits::default()).value;
        let view = View { opening: Opening::Nothing, ..View::for_tests() };
        let backward = &run.backward[0];
        let scene = Scene::new(&run, view.opening);
        let labels: Vec<String> =
            scene.labels(&run, backward, view).iter().flatten().map(|(line, _)| text(line)).collect();
        // f = (wx + b)x + x: on the way through the layer comes ∂a/∂x = 2wx + b = 13, and 1 on the other.
        assert_eq!(labels, ["∂f/∂w = 4", "∂f/∂x += 13", "∂f/∂a = 1", "∂f/∂x = 1"]);
        let shapes = scene.shapes(&run, backward, view);
        let layer: Vec<String> = shapes[2].lines.iter().map(text).collect();
        assert_eq!(layer, ["layer", "a = 14", "∂f/∂a = 1"]);
        assert_eq!(shapes[2].closed, Some(0));
    }

    #[test]
    fn small_figures_have_no_states() {
        let openings = |block: &str| openings(&crate::run_block(block, Limits::default()).value);
        assert_eq!(openings(NEURON), []);
        let chain: String = (1..40).map(|i| format!("a{i} = a{} * x\n", i - 1)).collect();
        assert_eq!(openings(&format!("x = 1\na0 = x * x\n{chain}")), []);
        let two = format!("x = 1\na0 = x * x\ngroup | all {{\n{chain}}}\ngroup | end {{\nz = a39 + x\n}}");
        assert_eq!(openings(&two), [Opening::Nothing, Opening::To(0), Opening::To(1), Opening::All]);
        let many: String = (1..40).map(|i| format!("group {{\na{i} = a{} * x\n}}\n", i - 1)).collect();
        assert_eq!(openings(&format!("x = 1\na0 = x * x\n{many}")), [Opening::Nothing, Opening::All]);
    }
}
