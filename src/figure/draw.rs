//! A graph that has run to shapes with places: no colours, no SVG.

use crate::block::{DisplaySize, Quiz, Show};
use crate::expr::DisplayName;
use crate::figure::frame::{self, Frame};
use crate::figure::measure::{self, Weight};
use crate::figure::number::{Number, Shown};
use crate::figure::place::{Engine, Flow, Outline, Placement, Point, Size, SizedEdge, SizedGraph, SizedNode, place};
use crate::figure::scene::{Opening, Scene, ShownEdge};
use crate::graph::{Backward, Kind, Role, Run};
use crate::lang::{Text, Tongue, counted, text};
use crate::num;
use crate::source::is_hidden;
use crate::tensor::Tensor;
use petgraph::graph::NodeIndex;

/// How a graph is to be drawn.
#[derive(Clone, Copy, Debug)]
pub struct View {
    /// Which way it flows.
    pub flow: Flow,
    /// What is written at nodes and edges.
    pub show: Show,
    /// Significant digits of numbers.
    pub precision: usize,
    /// The position of the reader's language among the site's, for captions.
    pub language: usize,
    /// The tongue of the description.
    pub tongue: Tongue,
    /// Who places it.
    pub engine: Engine,
    /// Which groups are shown with what is in them.
    pub opening: Opening,
    /// How large it is shown.
    pub size: DisplaySize,
    /// What the reader is to find.
    pub quiz: Option<Quiz>,
}

#[cfg(test)]
impl View {
    /// Everything shown in English, flowing to the right.
    pub fn for_tests() -> Self {
        Self {
            flow: Flow::Right,
            show: Show::default(),
            precision: 4,
            language: 1,
            tongue: Tongue::En,
            engine: Engine::Bpdoc,
            opening: Opening::All,
            size: DisplaySize::Natural,
            quiz: None,
        }
    }
}

/// A figure: shapes with ids and roles, in pixels from (0, 0).
#[derive(Clone, Debug)]
pub struct Drawing {
    /// Which way it flows.
    pub flow: Flow,
    /// Its extent.
    pub size: Size,
    /// How many pixels of a page one of its own takes.
    pub scale: f64,
    /// Who has placed it.
    pub engine: Engine,
    /// Its nodes.
    pub nodes: Vec<NodeShape>,
    /// Its edges.
    pub edges: Vec<EdgeShape>,
    /// The labels of its edges.
    pub labels: Vec<LabelShape>,
    /// The frames of groups, outer ones before inner ones.
    pub frames: Vec<Frame>,
    /// One line that names it.
    pub title: String,
    /// What it shows, for those who do not see it.
    pub description: String,
}

/// A node as drawn.
#[derive(Clone, Debug)]
pub struct NodeShape {
    /// Unique in the drawing: the node's name, or `const.N` for a number.
    pub id: String,
    /// What it is.
    pub role: NodeRole,
    /// The author's group that it stands in.
    pub group: Option<usize>,
    /// The author's group that it stands for.
    pub closed: Option<usize>,
    /// Its centre.
    pub centre: Point,
    /// Its size.
    pub size: Size,
    /// Its outline.
    pub outline: Outline,
    /// Its text, baselines relative to the top left corner.
    pub lines: Vec<Line>,
    /// Between the forward and the backward part: pixels below the top.
    pub divider: Option<f64>,
}

/// What a node is, for its look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NodeRole {
    /// A leaf with its role.
    Leaf(Role),
    /// A number within an expression.
    Literal,
    /// An op.
    Op,
    /// The op whose result is differentiated.
    Output,
    /// A gate of the backward pass.
    Backward,
    /// A group that is closed to one box.
    Group,
}

impl NodeRole {
    /// All of them, the plain ones first.
    pub const ALL: [Self; 9] = [
        Self::Leaf(Role::Plain),
        Self::Op,
        Self::Literal,
        Self::Group,
        Self::Leaf(Role::Param),
        Self::Leaf(Role::Input),
        Self::Leaf(Role::Const),
        Self::Backward,
        Self::Output,
    ];
}

/// An edge as drawn.
#[derive(Clone, Debug)]
pub struct EdgeShape {
    /// Unique in the drawing.
    pub id: String,
    /// Id of the operand.
    pub from: String,
    /// Id of what is made of it.
    pub to: String,
    /// A start, then two control points and an end for each cubic Bézier segment.
    pub curve: Vec<Point>,
    /// Whether no gradient passes here.
    pub is_quiet: bool,
}

/// A label of an edge.
#[derive(Clone, Debug)]
pub struct LabelShape {
    /// Id of the edge.
    pub edge: String,
    /// Its centre.
    pub centre: Point,
    /// Its size.
    pub size: Size,
    /// Its text, the baseline relative to the top left corner.
    pub line: Line,
}

/// A line of text, centred in its shape.
#[derive(Clone, Debug)]
pub struct Line {
    /// What it says.
    pub role: LineRole,
    /// Its parts, with those below the line marked.
    pub runs: Vec<TextRun>,
    /// The entries of a row of a matrix, which stand in columns; then there are no parts.
    pub cells: Vec<Cell>,
    /// Its measured width in pixels.
    pub width: f64,
    /// The baseline, in pixels below the top of the shape.
    pub baseline: f64,
    /// The number that it ends with, or the row of one.
    pub shown: Option<Shown>,
}

/// An entry of a row of a matrix.
#[derive(Clone, Debug, PartialEq)]
pub struct Cell {
    /// The text.
    pub text: String,
    /// Its measured width in pixels.
    pub width: f64,
    /// Where it ends, in pixels from the start of the line.
    pub end: f64,
}

/// A part of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextRun {
    /// The text.
    pub text: String,
    /// Whether it stands below the line, smaller.
    pub is_sub: bool,
}

/// What a line of text says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineRole {
    /// The author's caption.
    Caption,
    /// The op's sign.
    Glyph,
    /// A forward value.
    Value,
    /// A gradient.
    Grad,
    /// A local partial.
    Local,
    /// What comes back to an operand on one way.
    Share,
    /// The label of a closed group.
    Group,
}

/// Subscripts are this much smaller and this far below the line, in ems.
pub const SUB_SCALE: f64 = 0.72;
/// See [`SUB_SCALE`].
pub const SUB_DROP: f64 = 0.22;

impl LineRole {
    /// All of them.
    pub const ALL: [Self; 7] =
        [Self::Caption, Self::Glyph, Self::Value, Self::Grad, Self::Local, Self::Share, Self::Group];

    /// Pixels per em.
    pub fn font_size(self) -> f64 {
        match self {
            Self::Caption | Self::Local | Self::Share => 12.0,
            Self::Glyph => 18.0,
            Self::Value | Self::Grad | Self::Group => 14.0,
        }
    }

    /// From one line to the next.
    pub(super) fn height(self) -> f64 {
        match self {
            Self::Caption | Self::Local | Self::Share => 17.0,
            Self::Glyph => 22.0,
            Self::Value | Self::Grad | Self::Group => 20.0,
        }
    }

    /// Its weight.
    pub fn weight(self) -> Weight {
        match self {
            Self::Glyph | Self::Group => Weight::Bold,
            _ => Weight::Regular,
        }
    }
}

const PADDING: Size = Size { w: 12.0, h: 6.0 };
pub(super) const LABEL_PADDING: Size = Size { w: 4.0, h: 1.0 };
const LITERAL_PADDING: Size = Size { w: 10.0, h: 5.0 };
/// Around the whole drawing, so that no outline is cut.
const MARGIN: f64 = 4.0;
/// A label wider than this shows its number alone.
pub(super) const WIDEST_LABEL: f64 = 130.0;
/// Matrices up to this many rows and columns are written out.
const SMALL: usize = 4;

/// Draws the backward pass of one output with the forward values it rests on.
pub fn draw(run: &Run, backward: &Backward, view: View) -> Drawing {
    let sketch = Sketch::new(run, backward, view);
    let placement = place(&sketch.sized(), view.engine);
    sketch.drawing(placement)
}

/// Draws the same graph with the numbers of several runs, its parts in the same places: a box is as wide as its widest number.
pub fn draw_alike(passes: &[(&Run, &Backward)], view: View) -> Vec<Drawing> {
    let mut sketches: Vec<Sketch<'_>> = passes.iter().map(|(run, backward)| Sketch::new(run, backward, view)).collect();
    let Some((last, others)) = sketches.split_last_mut() else { return Vec::new() };
    others.iter().for_each(|other| last.widen(other));
    others.iter_mut().for_each(|other| other.widen(last));
    let placement = place(&last.sized(), view.engine);
    sketches.into_iter().map(|sketch| sketch.drawing(placement.clone())).collect()
}

/// What is drawn, before it has its places.
struct Sketch<'r> {
    run: &'r Run,
    backward: &'r Backward,
    view: View,
    shapes: Vec<NodeShape>,
    edges: Vec<ShownEdge>,
    labels: Vec<Option<(Line, Size)>>,
    frame_labels: Vec<Option<Line>>,
}

impl<'r> Sketch<'r> {
    fn new(run: &'r Run, backward: &'r Backward, view: View) -> Self {
        let scene = Scene::new(run, view.opening);
        let shapes = scene.shapes(run, backward, view);
        let labels = scene.labels(run, backward, view);
        let frame_labels = frame::labels(run, view.language);
        Self { run, backward, view, shapes, edges: scene.edges, labels, frame_labels }
    }

    fn sized(&self) -> SizedGraph {
        let graph = sized(&self.shapes, &self.edges, &self.labels, self.view.flow);
        SizedGraph { groups: frame::sized(self.run, &self.frame_labels), ..graph }
    }

    /// Makes boxes as wide as those of the same graph with other numbers.
    fn widen(&mut self, other: &Self) {
        for (shape, theirs) in self.shapes.iter_mut().zip(&other.shapes) {
            shape.size.w = shape.size.w.max(theirs.size.w);
        }
        for (label, theirs) in self.labels.iter_mut().zip(&other.labels) {
            if let (Some((_, size)), Some((_, theirs))) = (label, theirs) {
                size.w = size.w.max(theirs.w);
            }
        }
    }

    fn drawing(self, placement: Placement) -> Drawing {
        let Self { run, backward, view, shapes, edges, labels, frame_labels } = self;
        let frames = frame::frames(run, frame_labels, &placement.frames, MARGIN);
        let closed = shapes.iter().filter(|shape| shape.closed.is_some()).count();
        let description = describe(run, backward, [shapes.len() - closed, closed, edges.len()]);
        let caption = run.graph.caption.in_language(view.language);
        let output = run.graph.name(backward.output);
        let title = if caption.is_empty() {
            text(format!("{output}의 계산 그래프"), format!("Computational graph of {output}"))
        } else {
            text(caption.to_owned(), caption.to_owned())
        };
        Drawing { frames, ..assemble(view, shapes, &edges, labels, placement, [&title, &description]) }
    }
}

pub(super) fn sized(
    shapes: &[NodeShape],
    edges: &[ShownEdge],
    labels: &[Option<(Line, Size)>],
    flow: Flow,
) -> SizedGraph {
    SizedGraph {
        flow,
        nodes: shapes
            .iter()
            .map(|shape| SizedNode { size: shape.size, outline: shape.outline, group: shape.group })
            .collect(),
        edges: edges
            .iter()
            .zip(labels)
            .map(|(edge, label)| SizedEdge {
                from: edge.from,
                to: edge.to,
                label: label.as_ref().map(|(_, size)| *size),
            })
            .collect(),
        groups: Vec::new(),
    }
}

/// Puts the parts of a drawing in their places; `words` are its title and its description.
pub(super) fn assemble(
    view: View,
    mut shapes: Vec<NodeShape>,
    edges: &[ShownEdge],
    labels: Vec<Option<(Line, Size)>>,
    placement: Placement,
    words: [&Text; 2],
) -> Drawing {
    let shifted = |p: Point| Point { x: p.x + MARGIN, y: p.y + MARGIN };
    for (shape, centre) in shapes.iter_mut().zip(placement.nodes) {
        shape.centre = shifted(centre);
    }
    let edge_shapes: Vec<EdgeShape> = edges
        .iter()
        .zip(placement.edges)
        .map(|(edge, curve)| {
            let (from, to) = (shapes[edge.from].id.clone(), shapes[edge.to].id.clone());
            EdgeShape {
                id: format!("{from}->{to}.{}", edge.place),
                from,
                to,
                curve: curve.into_iter().map(shifted).collect(),
                is_quiet: edge.is_quiet,
            }
        })
        .collect();
    let label_shapes = labels
        .into_iter()
        .zip(placement.labels)
        .zip(&edge_shapes)
        .filter_map(|((label, centre), edge)| {
            let ((line, size), centre) = (label?, centre?);
            Some(LabelShape { edge: edge.id.clone(), centre: shifted(centre), size, line })
        })
        .collect();
    let size = Size { w: placement.size.w + 2.0 * MARGIN, h: placement.size.h + 2.0 * MARGIN };
    Drawing {
        flow: view.flow,
        size,
        scale: view.size.scale(size.w),
        engine: placement.engine,
        nodes: shapes,
        edges: edge_shapes,
        labels: label_shapes,
        frames: Vec::new(),
        title: words[0].in_tongue(view.tongue).to_owned(),
        description: words[1].in_tongue(view.tongue).to_owned(),
    }
}

fn describe(run: &Run, backward: &Backward, [nodes, closed, edges]: [usize; 3]) -> Text {
    let output = &run.graph.name(backward.output);
    let value = run.value(backward.output);
    let result = value
        .as_scalar()
        .map_or_else(|| format!("{output} {}", value.shape()), |x| format!("{output} = {}", num::display(x, 6)));
    let [in_nodes, in_groups, in_edges] =
        [(nodes, "node"), (closed, "closed group"), (edges, "edge")].map(|(n, noun)| counted(n, noun));
    if closed > 0 {
        return text(
            format!(
                "노드 {nodes}개와 접힌 그룹 {closed}개가 간선 {edges}개로 이어진 계산 그래프. 출력은 {result}. 접힌 그룹에는 밖으로 나가는 값과 그 편미분이, 그룹으로 들어가는 간선에는 그룹을 거쳐 돌아오는 기울기가 적혀 있으며, 모든 값은 아래 표에 있다."
            ),
            format!(
                "A computational graph of {in_nodes} and {in_groups}, joined by {in_edges}, with the output {result}. A closed group bears the values that leave it with their partial derivatives, an edge into it what comes back through the group; the table below has all values."
            ),
        );
    }
    text(
        format!(
            "노드 {nodes}개와 간선 {edges}개로 이루어진 계산 그래프. 출력은 {result}. 노드마다 순전파 값과 역전파로 구한 편미분이, 간선마다 국소적 미분이 적혀 있으며 같은 내용이 아래 표에 있다."
        ),
        format!(
            "A computational graph of {in_nodes} and {in_edges} with the output {result}. Each node bears its forward value and its partial derivative, each edge its local partial; the table below says the same."
        ),
    )
}

pub(super) fn node_shape(run: &Run, backward: &Backward, node: NodeIndex, view: View) -> NodeShape {
    let entry = &run.graph.dag[node];
    let role = match entry.kind {
        _ if node == backward.output => NodeRole::Output,
        Kind::Leaf(role, _) => NodeRole::Leaf(role),
        Kind::Literal(_) => NodeRole::Literal,
        Kind::Apply(..) => NodeRole::Op,
    };
    let mut lines = Vec::new();
    let caption = run.graph.caption_of(node, view.language);
    if !caption.is_empty() {
        lines.push(line(LineRole::Caption, vec![plain(caption)]));
    }
    if let Kind::Apply(op, _) = &entry.kind {
        lines.push(line(LineRole::Glyph, vec![plain(op.glyph)]));
    }
    let name = name_runs(run.graph.name(node));
    match (role, view.show.values) {
        (NodeRole::Literal, _) => {
            lines.extend(tensor_lines(LineRole::Value, &[], run.value(node), view.precision, &Number::Value(node)));
        }
        (_, true) => {
            lines.extend(tensor_lines(LineRole::Value, &name, run.value(node), view.precision, &Number::Value(node)));
        }
        (_, false) => lines.push(line(LineRole::Value, name)),
    }
    let forward_lines = lines.len();
    if let (true, Some(grad)) = (view.show.grads, run.grad_in(backward, node)) {
        let partial = partial_runs(run.graph.name(backward.output), run.graph.name(node));
        lines.extend(tensor_lines(LineRole::Grad, &partial, &grad, view.precision, &Number::Grad(node)));
    }
    let id = match run.graph.name(node) {
        "" => format!("const.{}", node.index()),
        name => name.to_owned(),
    };
    NodeShape { group: run.graph.group(node), ..stack(id, role, lines, forward_lines) }
}

/// Puts the lines under each other and draws the outline around them.
pub(super) fn stack(id: String, role: NodeRole, mut lines: Vec<Line>, forward_lines: usize) -> NodeShape {
    let padding = if role == NodeRole::Literal { LITERAL_PADDING } else { PADDING };
    let mut top = padding.h;
    let mut divider = None;
    for (i, line) in lines.iter_mut().enumerate() {
        if i == forward_lines {
            divider = Some(top + 2.0);
            top += 4.0;
        }
        let (height, size) = (line.role.height(), line.role.font_size());
        line.baseline = top + (height + measure::CAP_HEIGHT * size) / 2.0;
        top += height;
    }
    let widest = lines.iter().map(|line| line.width).fold(0.0, f64::max);
    let size = Size { w: (widest + 2.0 * padding.w).max(44.0_f64.min(widest + 24.0)), h: top + padding.h };
    // The corners of several lines would stand out of an ellipse.
    let outline = if role == NodeRole::Literal && lines.len() == 1 { Outline::Ellipse } else { Outline::Box };
    NodeShape { id, role, group: None, closed: None, centre: Point::default(), size, outline, lines, divider }
}

pub(super) fn plain(text: impl Into<String>) -> TextRun {
    TextRun { text: text.into(), is_sub: false }
}

pub(super) fn name_runs(name: &str) -> Vec<TextRun> {
    let DisplayName { base, sub } = DisplayName::of(name);
    let sub = sub.map(|text| TextRun { text, is_sub: true });
    std::iter::once(plain(base)).chain(sub).collect()
}

/// `∂f/∂w`.
pub(super) fn partial_runs(of: &str, by: &str) -> Vec<TextRun> {
    let mut runs = vec![plain("∂")];
    runs.extend(name_runs(of));
    runs.push(plain("/∂"));
    runs.extend(name_runs(by));
    runs
}

pub(super) fn line(role: LineRole, runs: Vec<TextRun>) -> Line {
    // Control characters have no width and no place in a figure.
    let runs: Vec<TextRun> = runs
        .into_iter()
        .map(|run| TextRun { text: run.text.chars().filter(|c| !is_hidden(*c)).collect(), ..run })
        .collect();
    let width = width_of(role, &runs);
    Line { role, runs, cells: Vec::new(), width, baseline: 0.0, shown: None }
}

/// Pixels that the parts of a line take together.
pub(super) fn width_of(role: LineRole, runs: &[TextRun]) -> f64 {
    let scale = |run: &TextRun| if run.is_sub { SUB_SCALE } else { 1.0 };
    runs.iter().map(|run| measure::width(&run.text, role.font_size() * scale(run), role.weight())).sum()
}

/// Between the columns of a matrix.
const COLUMN_GAP: f64 = 8.0;

/// The rows of a matrix, their entries in columns that end at the same place.
fn matrix_lines(role: LineRole, elements: &[String], columns: usize) -> Vec<Line> {
    let width = |text: &str| measure::width(text, role.font_size(), role.weight());
    let column_width =
        |column: usize| elements.iter().skip(column).step_by(columns).map(|text| width(text)).fold(0.0, f64::max);
    let bracket = width("[");
    let mut ends = Vec::with_capacity(columns);
    let mut end = bracket + COLUMN_GAP / 4.0;
    for column in 0..columns {
        end += column_width(column);
        ends.push(end);
        end += COLUMN_GAP;
    }
    let whole = end - COLUMN_GAP + COLUMN_GAP / 4.0 + bracket;
    let row = |entries: &[String]| {
        let entries = entries.iter().zip(&ends).map(|(text, end)| (text.as_str(), *end));
        let cells = std::iter::once(("[", bracket)).chain(entries).chain([("]", whole)]);
        let cell = |(text, end): (&str, f64)| Cell { text: text.to_owned(), width: width(text), end };
        let cells = cells.map(cell).collect();
        Line { role, runs: Vec::new(), cells, width: whole, baseline: 0.0, shown: None }
    };
    elements.chunks(columns).map(row).collect()
}

/// `w = −2`; a small vector; a small matrix by its shape and its rows; a large tensor by its shape.
pub(super) fn tensor_lines(
    role: LineRole,
    name: &[TextRun],
    value: &Tensor,
    precision: usize,
    number: &Number,
) -> Vec<Line> {
    let shape = value.shape();
    let elements: Vec<String> =
        value.elements().iter().take(SMALL * SMALL).map(|x| num::display(*x, precision)).collect();
    let row = |cells: &[String]| format!("[{}]", cells.join(", "));
    let with_name = |text: String| {
        let mut runs = name.to_vec();
        runs.push(plain(if name.is_empty() { text } else { format!(" = {text}") }));
        let shown = Some(Shown { number: number.clone(), row: None });
        Line { shown, ..line(role, runs) }
    };
    match shape.0.as_slice() {
        [] => vec![with_name(elements.concat())],
        [n] if *n <= SMALL => vec![with_name(row(&elements))],
        [m, n] if *m <= SMALL && *n <= SMALL => {
            let mut lines = matrix_lines(role, &elements, *n);
            for (row, line) in lines.iter_mut().enumerate() {
                line.shown = Some(Shown { number: number.clone(), row: Some(row) });
            }
            if !name.is_empty() {
                let mut runs = name.to_vec();
                runs.push(plain(format!(" {shape}")));
                lines.insert(0, line(role, runs));
            }
            lines
        }
        _ => {
            let mut runs = name.to_vec();
            runs.push(plain(if name.is_empty() { shape.to_string() } else { format!(" {shape}") }));
            vec![line(role, runs)]
        }
    }
}
