//! Placing a graph. In: a directed acyclic graph whose nodes and labels have sizes in pixels; out: where every
//! node, edge and label goes. This room does not know what the nodes mean, nor how they are drawn.
//!
//! The method is the layered one (Sugiyama, Tagawa, Toda 1981), a file per phase. Inside, every graph is spoken of in
//! its *flow frame*: `along` grows with the flow and `across` is perpendicular to it, so no phase knows which way the
//! drawing will be turned.

mod bond;
mod bound;
mod coordinate;
mod crossing;
mod descent;
mod frame;
mod gap;
mod hang;
mod hub;
mod isotonic;
mod join;
mod label;
mod layer;
mod layout_rs;
mod lists;
mod nest;
mod operand;
mod order;
mod part;
mod passage;
mod port;
mod rank;
mod reinsert;
mod relax;
mod route;
mod side;
mod spacing;
#[cfg(test)]
mod tests;

use join::{Lines, PlacedPart};
use layer::Layers;
use part::Part;
use route::{Columns, Router, Spot};
use spacing::{Change, Spacing};

/// The way the drawing flows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Flow {
    /// From left to right.
    #[default]
    Right,
    /// From top to bottom.
    Down,
}

/// The outline of a node.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Outline {
    /// A rectangle.
    #[default]
    Box,
    /// An ellipse that touches the four sides of its box.
    Ellipse,
}

/// Width and height in pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Size {
    /// Width.
    pub w: f64,
    /// Height.
    pub h: f64,
}

/// A point in pixels; y grows downward.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Point {
    /// From the left.
    pub x: f64,
    /// From the top.
    pub y: f64,
}

/// A graph to be placed.
#[derive(Clone, Debug, Default)]
pub struct SizedGraph {
    /// Which way it flows.
    pub flow: Flow,
    /// Its nodes.
    pub nodes: Vec<SizedNode>,
    /// Its edges; several edges may join the same two nodes.
    pub edges: Vec<SizedEdge>,
    /// Its groups, each after the one that it stands in.
    pub groups: Vec<SizedGroup>,
}

/// A node with its size.
#[derive(Clone, Copy, Debug, Default)]
pub struct SizedNode {
    /// Its size; positive and finite.
    pub size: Size,
    /// Its outline.
    pub outline: Outline,
    /// The innermost group that it stands in.
    pub group: Option<usize>,
}

/// Nodes that are to stand together in a frame.
#[derive(Clone, Copy, Debug, Default)]
pub struct SizedGroup {
    /// The group that it stands in.
    pub parent: Option<usize>,
    /// The size of its label, if it has one.
    pub label: Option<Size>,
}

/// An edge between two nodes.
#[derive(Clone, Copy, Debug, Default)]
pub struct SizedEdge {
    /// Index of the tail.
    pub from: usize,
    /// Index of the head. The order of the edges that enter a node is the order of its operands.
    pub to: usize,
    /// The size of its label, if it has one.
    pub label: Option<Size>,
}

/// Who places a graph.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Engine {
    /// Our own phases.
    #[default]
    Bpdoc,
    /// The ranks, the order and the coordinates of the crate layout-rs; routes and labels are ours.
    LayoutRs,
}

impl Engine {
    /// Both, by their names.
    pub const ALL: [(&'static str, Self); 2] = [("bpdoc", Self::Bpdoc), ("layout-rs", Self::LayoutRs)];

    /// The engine of a name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(known, _)| *known == name).map(|(_, engine)| engine)
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        if self == Self::Bpdoc { "bpdoc" } else { "layout-rs" }
    }
}

/// A graph with a place for everything; the drawing starts at (0, 0).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Placement {
    /// The extent of the drawing.
    pub size: Size,
    /// The centre of each node.
    pub nodes: Vec<Point>,
    /// The line of each edge from tail to head: a start, then for each cubic Bézier segment two control
    /// points and an end.
    pub edges: Vec<Vec<Point>>,
    /// The centre of each edge's label.
    pub labels: Vec<Option<Point>>,
    /// The frame of each group; none for a group without nodes.
    pub frames: Vec<Option<PlacedFrame>>,
    /// Who has placed it: our own engine also where the one asked for could not.
    pub engine: Engine,
}

/// The frame of a group. No node, line or label of others stands in it, unless the line leads to a node of the group.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct PlacedFrame {
    /// Its top left corner.
    pub corner: Point,
    /// Its extent.
    pub size: Size,
    /// The centre of its label.
    pub label: Option<Point>,
}

/// Places a graph. Total: any graph gets a placement, also the empty one; sizes that are no positive numbers count as
/// one pixel, and an edge that does not join two different nodes of the graph gets no line.
pub fn place(graph: &SizedGraph, engine: Engine) -> Placement {
    let parts = part::split(graph);
    let placed = parts.iter().map(|part| place_part(part, engine)).collect();
    join::join(graph, &parts, placed)
}

fn place_part(part: &Part, engine: Engine) -> PlacedPart {
    let mut ranked = rank_and_order(part, engine);
    let mut spacing = Spacing::new(&ranked.layers);
    loop {
        let Laid { across, columns, strings, .. } = lay(part, &ranked, &mut spacing);
        let layers = &ranked.layers;
        let curves: Vec<_> = strings.iter().map(|string| route::round(string)).collect();
        let labels = label::label(part, layers, &columns, &curves);
        let frames = frame::frames(part, layers, &columns, &across, &curves);
        if !frame::widen(part, &mut ranked.layers, &frames) {
            let lines = Lines { curves, labels, frames };
            return PlacedPart::new(part, &ranked.layers, &columns, &across, lines, ranked.engine);
        }
    }
}

/// Coordinates and lines.
#[derive(Default)]
struct Laid {
    across: Vec<f64>,
    columns: Columns,
    strings: Vec<Vec<Spot>>,
    /// How many pairs of lines run together.
    together: usize,
}

/// Gives everything coordinates and each link a line, again and again with more room where lines run together. After it,
/// as few do so as ever.
fn lay(part: &Part, ranked: &Ranked, spacing: &mut Spacing) -> Laid {
    let layers = &ranked.layers;
    let mut best = Laid { together: usize::MAX, ..Laid::default() };
    let mut change = Change::Places;
    while change == Change::Places {
        let mut ports = port::spread(part, layers);
        let across = match &ranked.across {
            None => coordinate::coordinate(layers, &ports, spacing),
            Some(wanted) => coordinate::keep_apart(layers, spacing, wanted),
        };
        port::straighten(part, layers, &across, &mut ports);
        let mut router = Router::new(part, layers, &across, &ports);
        change = Change::Columns;
        while matches!(change, Change::Routes | Change::Columns) {
            router.route(route::columns(layers, &across, spacing), spacing);
            let together;
            (change, together) = spacing.adjust(part, layers, &router.columns, &router.strings);
            if together < best.together {
                let is_last = change == Change::Nothing;
                let strings = if is_last { std::mem::take(&mut router.strings) } else { router.strings.clone() };
                best = Laid { across: across.clone(), columns: router.columns.clone(), strings, together };
            }
        }
    }
    best
}

/// A part cut into layers, with its rows in order.
struct Ranked {
    layers: Layers,
    /// The coordinates across the flow, where the engine has given them.
    across: Option<Vec<f64>>,
    engine: Engine,
}

fn rank_and_order(part: &Part, engine: Engine) -> Ranked {
    // layout-rs knows no groups.
    if engine == Engine::LayoutRs
        && part.groups.is_empty()
        && let Some(ranks) = layout_rs::rank(part)
    {
        let mut layers = layer::layer(part, &ranks);
        if let Some(across) = layout_rs::order_and_place(&mut layers) {
            return Ranked { layers, across: Some(across), engine };
        }
    }
    let mut layers = layer::layer(part, &rank::rank(part));
    order::order(&mut layers);
    nest::nest(part, &mut layers);
    operand::settle(&mut layers);
    Ranked { layers, across: None, engine: Engine::Bpdoc }
}
