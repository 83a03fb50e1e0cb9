//! Frames around groups. In: a drawing whose nodes have places, and the group of each; out: the same with a frame
//! around each group that stands together. A group among which another node has come to stand gets no frame: it would
//! say that the node belongs to it.

use crate::figure::draw::{Drawing, Line, LineRole, NodeShape, line, plain};
use crate::figure::place::{Point, Size};
use crate::graph::Run;
use petgraph::graph::NodeIndex;

/// The frame of a group.
#[derive(Clone, Debug)]
pub struct Frame {
    /// Its top left corner.
    pub corner: Point,
    /// Its size.
    pub size: Size,
    /// The group's label, the baseline below the corner; none where the author gives none.
    pub label: Option<Line>,
}

const PADDING: f64 = 9.0;
/// The room of a label above what a frame encloses.
const LABEL: f64 = 17.0;

#[derive(Clone, Copy)]
struct Area {
    left: f64,
    top: f64,
    right: f64,
    bottom: f64,
}

impl Area {
    fn around(centre: Point, size: Size) -> Self {
        let (w, h) = (size.w / 2.0, size.h / 2.0);
        Self { left: centre.x - w, top: centre.y - h, right: centre.x + w, bottom: centre.y + h }
    }

    fn union(self, other: Self) -> Self {
        Self {
            left: self.left.min(other.left),
            top: self.top.min(other.top),
            right: self.right.max(other.right),
            bottom: self.bottom.max(other.bottom),
        }
    }

    fn meets(self, other: Self) -> bool {
        self.left < other.right && other.left < self.right && self.top < other.bottom && other.top < self.bottom
    }
}

/// Adds the frames; `nodes` are those of the drawing, in its order.
pub(super) fn framed(mut drawing: Drawing, run: &Run, nodes: &[NodeIndex], language: usize) -> Drawing {
    let groups = &run.graph.groups;
    let mut areas: Vec<Option<Area>> = vec![None; groups.len()];
    let mut frames = Vec::new();
    // A group comes after the one that it stands in, so from the last on the inner areas are known.
    for group in (0..groups.len()).rev() {
        let is_member = |node: &NodeIndex| stands_in(run, run.graph.dag[*node].group(), group);
        let (inside, outside): (Vec<_>, Vec<_>) =
            nodes.iter().zip(&drawing.nodes).partition(|(node, _)| is_member(node));
        let area = |(_, shape): &(&NodeIndex, &NodeShape)| Area::around(shape.centre, shape.size);
        let children = (group + 1..groups.len()).filter(|child| groups[*child].parent == Some(group));
        let is_inside = |id: &str| inside.iter().any(|(_, shape)| shape.id == id);
        let edges = drawing.edges.iter().filter(|edge| is_inside(&edge.from) && is_inside(&edge.to));
        let edges: Vec<&str> = edges.map(|edge| edge.id.as_str()).collect();
        let labels = drawing.labels.iter().filter(|label| edges.contains(&label.edge.as_str()));
        let labels = labels.map(|label| Area::around(label.centre, label.size));
        let nested = children.filter_map(|child| areas[child]);
        let inner = inside.iter().map(area).chain(labels).chain(nested).reduce(Area::union);
        let Some(inner) = inner else { continue };
        let text = groups[group].label.in_language(language);
        let label = (!text.is_empty()).then(|| line(LineRole::Caption, vec![plain(text)]));
        let width = label.as_ref().map_or(0.0, |label| label.width + 2.0 * PADDING);
        let frame = Area {
            left: inner.left - PADDING,
            top: inner.top - if label.is_some() { LABEL } else { PADDING },
            right: (inner.right + PADDING).max(inner.left - PADDING + width),
            bottom: inner.bottom + PADDING,
        };
        areas[group] = Some(frame);
        if !outside.iter().map(area).any(|other| frame.meets(other)) {
            let size = Size { w: frame.right - frame.left, h: frame.bottom - frame.top };
            frames.push(Frame { corner: Point { x: frame.left, y: frame.top }, size, label });
        }
    }
    // Outer frames lie behind inner ones.
    frames.reverse();
    drawing.frames = frames;
    make_room(&mut drawing);
    drawing
}

/// Whether a node of the group `own` stands in `group`, directly or in a group within it.
fn stands_in(run: &Run, own: Option<usize>, group: usize) -> bool {
    std::iter::successors(own, |group| run.graph.groups[*group].parent).any(|around| around == group)
}

/// Frames may reach beyond the nodes: moves the drawing and widens it.
fn make_room(drawing: &mut Drawing) {
    let least = |get: fn(&Frame) -> f64| drawing.frames.iter().map(get).fold(f64::INFINITY, f64::min);
    let most = |get: fn(&Frame) -> f64| drawing.frames.iter().map(get).fold(0.0, f64::max);
    const EDGE: f64 = 1.0;
    let shift = Point {
        x: (EDGE - least(|frame| frame.corner.x)).max(0.0),
        y: (EDGE - least(|frame| frame.corner.y)).max(0.0),
    };
    drawing.size.w = drawing.size.w.max(most(|frame| frame.corner.x + frame.size.w) + EDGE) + shift.x;
    drawing.size.h = drawing.size.h.max(most(|frame| frame.corner.y + frame.size.h) + EDGE) + shift.y;
    let points = drawing
        .nodes
        .iter_mut()
        .map(|node| &mut node.centre)
        .chain(drawing.labels.iter_mut().map(|label| &mut label.centre))
        .chain(drawing.frames.iter_mut().map(|frame| &mut frame.corner))
        .chain(drawing.edges.iter_mut().flat_map(|edge| &mut edge.curve));
    for point in points {
        point.x += shift.x;
        point.y += shift.y;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::block::Show;
    use crate::figure::place::{Engine, Flow};
    use crate::figure::{View, draw};
    use crate::lang::Tongue;
    use crate::settings::Limits;

    fn frames(block: &str) -> Vec<(String, bool)> {
        let run = crate::run_block(block, Limits::default()).value;
        let view = View {
            flow: Flow::Right,
            show: Show::default(),
            precision: 4,
            language: 1,
            tongue: Tongue::En,
            engine: Engine::Bpdoc,
        };
        let drawing = draw(&run, &run.backward[0], view);
        let is_inside = |frame: &Frame| {
            let (right, bottom) = (frame.corner.x + frame.size.w, frame.corner.y + frame.size.h);
            frame.corner.x >= 0.0 && frame.corner.y >= 0.0 && right <= drawing.size.w && bottom <= drawing.size.h
        };
        let text = |frame: &Frame| frame.label.as_ref().map_or_else(String::new, |label| label.runs[0].text.clone());
        drawing.frames.iter().map(|frame| (text(frame), is_inside(frame))).collect()
    }

    #[test]
    fn groups_are_framed_the_outer_behind_the_inner() {
        assert_eq!(
            frames("x = 1\ngroup 밖 | outer {\na = x * 2\ngroup 안 | inner {\nb = a + 1\nc = b^2\n}\n}\nd = c * 3"),
            [("outer".to_owned(), true), ("inner".to_owned(), true)]
        );
        assert_eq!(frames("x = 1\ny = x"), []);
    }

    /// A node lies in a frame if, and only if, it is of the group.
    #[test]
    fn a_frame_encloses_its_group_alone() {
        let block =
            "x = 1\ny = 2\ngroup 층 | layer {\na = 0.5 * x + y\nb = sigmoid(a)\nc = x - 0.3 * y\n}\nz = b * c + y";
        let run = crate::run_block(block, Limits::default()).value;
        for flow in [Flow::Right, Flow::Down] {
            let view = View {
                flow,
                show: Show::default(),
                precision: 4,
                language: 1,
                tongue: Tongue::En,
                engine: Engine::Bpdoc,
            };
            let drawing = draw(&run, &run.backward[0], view);
            for frame in &drawing.frames {
                let end = Point { x: frame.corner.x + frame.size.w, y: frame.corner.y + frame.size.h };
                for shape in &drawing.nodes {
                    let Some(node) = run.graph.find(&shape.id) else { continue };
                    let area = Area::around(shape.centre, shape.size);
                    let frame = Area { left: frame.corner.x, top: frame.corner.y, right: end.x, bottom: end.y };
                    assert_eq!(frame.meets(area), run.graph.dag[node].group().is_some(), "{}", shape.id);
                }
            }
        }
    }
}
