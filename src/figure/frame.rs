//! Frames around groups: in, the groups of a run; out, their frames with the labels set in them.

use crate::figure::draw::{Line, LineRole, line, plain};
use crate::figure::measure;
use crate::figure::place::{PlacedFrame, Point, Size, SizedGroup};
use crate::graph::Run;

/// The frame of a group.
#[derive(Clone, Debug)]
pub struct Frame {
    /// The author's group.
    pub group: usize,
    /// The group that it stands in.
    pub parent: Option<usize>,
    /// Its top left corner.
    pub corner: Point,
    /// Its size.
    pub size: Size,
    /// The group's label, none where the author gives none.
    pub label: Option<FrameLabel>,
}

/// The label of a frame.
#[derive(Clone, Debug)]
pub struct FrameLabel {
    /// Its centre.
    pub centre: Point,
    /// Its text, the baseline relative to the centre.
    pub line: Line,
}

/// The height of a label.
const LABEL: f64 = 15.0;

/// The label of each group in the language at a position of the site's list.
pub(super) fn labels(run: &Run, language: usize) -> Vec<Option<Line>> {
    let label = |text: &str| {
        let mut line = line(LineRole::Caption, vec![plain(text)]);
        line.baseline = measure::CAP_HEIGHT * LineRole::Caption.font_size() / 2.0;
        line
    };
    let texts = run.graph.groups.iter().map(|group| group.label.in_language(language));
    texts.map(|text| (!text.is_empty()).then(|| label(text))).collect()
}

/// The groups as the placement takes them.
pub(super) fn sized(run: &Run, labels: &[Option<Line>]) -> Vec<SizedGroup> {
    let size = |line: &Line| Size { w: line.width, h: LABEL };
    let groups = run.graph.groups.iter().zip(labels);
    groups.map(|(group, label)| SizedGroup { parent: group.parent, label: label.as_ref().map(size) }).collect()
}

/// The frames in their places, outer ones before inner ones, moved by the drawing's margin.
pub(super) fn frames(run: &Run, labels: Vec<Option<Line>>, placed: &[Option<PlacedFrame>], margin: f64) -> Vec<Frame> {
    let shifted = |point: Point| Point { x: point.x + margin, y: point.y + margin };
    let frame = |(group, (line, placed)): (usize, (Option<Line>, &Option<PlacedFrame>))| {
        let placed = (*placed)?;
        let parent = run.graph.groups[group].parent;
        let label = line.zip(placed.label).map(|(line, centre)| FrameLabel { centre: shifted(centre), line });
        Some(Frame { group, parent, corner: shifted(placed.corner), size: placed.size, label })
    };
    labels.into_iter().zip(placed).enumerate().filter_map(frame).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figure::{View, draw};
    use crate::settings::Limits;

    fn frames(block: &str) -> Vec<(String, bool)> {
        let run = crate::run_block(block, Limits::default()).value;
        let view = View::for_tests();
        let drawing = draw(&run, &run.backward[0], view);
        let is_inside = |frame: &Frame| {
            let (right, bottom) = (frame.corner.x + frame.size.w, frame.corner.y + frame.size.h);
            frame.corner.x >= 0.0 && frame.corner.y >= 0.0 && right <= drawing.size.w && bottom <= drawing.size.h
        };
        let text =
            |frame: &Frame| frame.label.as_ref().map_or_else(String::new, |label| label.line.runs[0].text.clone());
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
}
