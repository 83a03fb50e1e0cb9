//! Curves as the data of paths.

use crate::figure::place::Point;
use crate::num::{coordinate as n, rounded_coordinate as rounded};
use std::fmt::Write;

/// Where a path has come to, as a reader of its coordinates finds it. Most of a page's figures are paths: relative
/// coordinates are shorter, and alike from one edge to the next.
#[derive(Default)]
pub(super) struct Pen {
    at: Point,
}

impl Pen {
    /// The way to a point, without going there.
    fn way(&self, to: Point) -> String {
        format!("{} {}", n(rounded(to.x) - self.at.x), n(rounded(to.y) - self.at.y))
    }

    /// The way to a point, where the pen then is.
    pub fn to(&mut self, to: Point) -> String {
        let way = self.way(to);
        self.at = Point { x: rounded(to.x), y: rounded(to.y) };
        way
    }
}

pub(super) fn path(curve: &[Point]) -> String {
    let Some((start, segments)) = curve.split_first() else { return String::new() };
    let mut pen = Pen::default();
    let mut d = format!("M{}", pen.to(*start));
    for segment in segments.chunks(3) {
        match segment {
            [first, second, end] if !is_straight(pen.at, *first, *second, *end) => {
                let _ = write!(d, "c{} {} {}", pen.way(*first), pen.way(*second), pen.to(*end));
            }
            _ => segment.last().into_iter().for_each(|end| d += &format!("l{}", pen.to(*end))),
        }
    }
    d
}

/// Whether a curve is a straight line, as far as its coordinates tell.
fn is_straight(start: Point, first: Point, second: Point, end: Point) -> bool {
    let (dx, dy) = (end.x - start.x, end.y - start.y);
    let aside = |p: Point| ((p.x - start.x) * dy - (p.y - start.y) * dx).abs() <= 0.1 * dx.hypot(dy);
    let along = |p: Point| (0.0..=dx * dx + dy * dy).contains(&((p.x - start.x) * dx + (p.y - start.y) * dy));
    [first, second].into_iter().all(|p| aside(p) && along(p))
}
