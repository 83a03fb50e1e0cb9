//! Joining: the places of every part, moved beside each other and turned into one drawing.

use super::layer::Layers;
use super::part::{Extent, Part};
use super::route::{Columns, Spot};
use super::{Engine, Flow, PlacedFrame, Placement, Point, Size, SizedGraph};

/// Free space between two parts.
const PART_GAP: f64 = 24.0;

/// A part with a place for everything, by the part's own indices, in its flow frame.
pub(super) struct PlacedPart {
    size: Extent,
    bodies: Vec<Spot>,
    curves: Vec<Vec<Spot>>,
    labels: Vec<Option<Spot>>,
    frames: Vec<PartFrame>,
    engine: Engine,
}

/// The frame of a group: two opposite corners, and the middle of its label.
pub(super) struct PartFrame {
    pub start: Spot,
    pub end: Spot,
    pub label: Option<Spot>,
    /// By how much it is too short for its label to stand where no line passes.
    pub lacking: f64,
}

/// The lines of a part's links, where their labels stand, and the frames around its groups.
pub(super) struct Lines {
    pub curves: Vec<Vec<Spot>>,
    pub labels: Vec<Option<Spot>>,
    pub frames: Vec<PartFrame>,
}

impl PlacedPart {
    /// Collects the places and moves the part to the origin.
    pub fn new(
        part: &Part,
        layers: &Layers,
        columns: &Columns,
        across: &[f64],
        lines: Lines,
        engine: Engine,
    ) -> PlacedPart {
        let bodies =
            (0..part.bodies.len()).map(|i| Spot { along: columns.middle(layers.items[i].rank), across: across[i] });
        let Lines { curves, labels, frames } = lines;
        let bodies = bodies.collect();
        let mut placed = PlacedPart { size: Extent::default(), bodies, curves, labels, frames, engine };
        placed.move_to_origin(part);
        placed
    }

    fn move_to_origin(&mut self, part: &Part) {
        let mut low = Spot { along: f64::INFINITY, across: f64::INFINITY };
        let mut high = Spot { along: f64::NEG_INFINITY, across: f64::NEG_INFINITY };
        let mut cover = |at: &Spot, extent: Extent| {
            low.along = low.along.min(at.along - extent.along / 2.0);
            low.across = low.across.min(at.across - extent.across / 2.0);
            high.along = high.along.max(at.along + extent.along / 2.0);
            high.across = high.across.max(at.across + extent.across / 2.0);
        };
        for (at, body) in self.bodies.iter().zip(&part.bodies) {
            cover(at, body.extent);
        }
        for (at, link) in self.labels.iter().zip(&part.links) {
            if let (Some(at), Some(extent)) = (at, link.label) {
                cover(at, extent);
            }
        }
        self.curves.iter().for_each(|curve| curve.iter().for_each(|at| cover(at, Extent::default())));
        self.frames.iter().flat_map(|frame| [&frame.start, &frame.end]).for_each(|at| cover(at, Extent::default()));
        self.size = Extent { along: high.along - low.along, across: high.across - low.across };
        self.shift(-low.along, -low.across);
    }

    fn shift(&mut self, along: f64, across: f64) {
        let shift = |spot: &mut Spot| {
            spot.along += along;
            spot.across += across;
        };
        self.bodies.iter_mut().for_each(shift);
        self.curves.iter_mut().for_each(|curve| curve.iter_mut().for_each(shift));
        self.labels.iter_mut().flatten().for_each(shift);
        for frame in &mut self.frames {
            shift(&mut frame.start);
            shift(&mut frame.end);
            frame.label.iter_mut().for_each(shift);
        }
    }
}

/// Joins the placed parts: side by side along the flow while they fit beside the longest, then below each other.
pub(super) fn join(graph: &SizedGraph, parts: &[Part], placed: Vec<PlacedPart>) -> Placement {
    let mut placement = Placement {
        size: Size::default(),
        nodes: vec![Point::default(); graph.nodes.len()],
        edges: vec![Vec::new(); graph.edges.len()],
        labels: vec![None; graph.edges.len()],
        frames: vec![None; graph.groups.len()],
        engine: placed
            .iter()
            .map(|part| part.engine)
            .reduce(|a, b| if a == b { a } else { Engine::Bpdoc })
            .unwrap_or_default(),
    };
    let longest = placed.iter().map(|part| part.size.along).fold(0.0, f64::max);
    let (mut along, mut across, mut shelf, mut size) = (0.0, 0.0, 0.0_f64, Extent::default());
    for (part, mut spots) in parts.iter().zip(placed) {
        if along > 0.0 && along + spots.size.along > longest {
            (along, across, shelf) = (0.0, across + shelf + PART_GAP, 0.0);
        }
        if (along, across) != (0.0, 0.0) {
            spots.shift(along, across);
        }
        size.along = size.along.max(along + spots.size.along);
        size.across = size.across.max(across + spots.size.across);
        along += spots.size.along + PART_GAP;
        shelf = shelf.max(spots.size.across);
        turn(graph.flow, part, spots, &mut placement);
    }
    let corner = point(graph.flow, Spot { along: size.along, across: size.across });
    placement.size = Size { w: corner.x, h: corner.y };
    placement
}

/// Turns a part's places out of the flow frame into the drawing.
fn turn(flow: Flow, part: &Part, spots: PlacedPart, placement: &mut Placement) {
    for (body, spot) in part.bodies.iter().zip(spots.bodies) {
        placement.nodes[body.id] = point(flow, spot);
    }
    for ((link, curve), label) in part.links.iter().zip(spots.curves).zip(spots.labels) {
        let mut line: Vec<Point> = curve.into_iter().map(|spot| point(flow, spot)).collect();
        if link.reversed {
            line.reverse();
        }
        placement.edges[link.id] = line;
        placement.labels[link.id] = label.map(|spot| point(flow, spot));
    }
    for (group, frame) in part.groups.iter().zip(spots.frames) {
        let (corner, end) = (point(flow, frame.start), point(flow, frame.end));
        let size = Size { w: end.x - corner.x, h: end.y - corner.y };
        let label = frame.label.map(|spot| point(flow, spot));
        placement.frames[group.id] = Some(PlacedFrame { corner, size, label });
    }
}

fn point(flow: Flow, spot: Spot) -> Point {
    match flow {
        Flow::Right => Point { x: spot.along, y: spot.across },
        Flow::Down => Point { x: spot.across, y: spot.along },
    }
}
