//! The parts of a drawing as elements of an SVG.

use super::Dress;
use super::path::{Pen, path};
use crate::figure::draw::{EdgeShape, LabelShape, Line, LineRole, NodeShape, SUB_DROP, SUB_SCALE, TextRun};
use crate::figure::frame::{Frame, FrameLabel};
use crate::figure::look::{self, DIVIDER_INSET, FRAME_RADIUS, Looks};
use crate::figure::measure;
use crate::figure::place::{Outline, Point};
use crate::figure::scene::Opening;
use crate::markup::escaped;
use crate::num::coordinate as n;
use std::fmt::Write;

/// The address of the state of a figure in which so much is open.
pub(super) type Address<'a> = &'a dyn Fn(Opening) -> String;

/// Writes a part of a drawing.
pub(super) struct Part<'a> {
    pub out: String,
    pub dress: Dress,
    /// The addresses of the figure's other states.
    pub address: Option<Address<'a>>,
}

impl Part<'_> {
    pub fn frame(mut self, frame: &Frame) -> String {
        let Frame { corner, size, label, parent, .. } = frame;
        let looks = self.looks(look::frame);
        let _ = write!(
            self.out,
            "<g class=\"group\"><rect class=\"frame\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"{FRAME_RADIUS}\"{looks}/>",
            n(corner.x),
            n(corner.y),
            n(size.w),
            n(size.h)
        );
        if let Some(FrameLabel { centre, line }) = label {
            let around = parent.map_or(Opening::Nothing, Opening::To);
            self.link(Some(around), |part| part.line(line, *centre, false));
        }
        self.end()
    }

    pub fn edge(mut self, edge: &EdgeShape) -> String {
        let (class, _) = look::edge(edge.is_quiet);
        let looks = self.looks(|| look::line(edge.is_quiet));
        let _ = write!(
            self.out,
            "<g class=\"{class}\" data-from=\"{}\" data-to=\"{}\" data-id=\"{}\"><path class=\"line\" d=\"{}\"{looks}/>",
            escaped(&edge.from),
            escaped(&edge.to),
            escaped(&edge.id),
            path(&edge.curve)
        );
        if let Some(corners) = look::arrow(&edge.curve) {
            let mut pen = Pen::default();
            let [tip, left, right] = corners.map(|corner| pen.to(corner));
            let looks = self.looks(|| look::head(edge.is_quiet));
            let _ = write!(self.out, "<path class=\"arrow\" d=\"M{tip}l{left}l{right}z\"{looks}/>");
        }
        self.end()
    }

    pub fn node(mut self, node: &NodeShape) -> String {
        self.link(node.closed.map(Opening::To), |part| part.box_of(node));
        self.out
    }

    pub fn label(mut self, label: &LabelShape) -> String {
        let (left, top) = (label.centre.x - label.size.w / 2.0, label.centre.y - label.size.h / 2.0);
        let _ = write!(
            self.out,
            "<g class=\"label\" data-edge=\"{}\" data-box=\"{} {} {} {}\">",
            escaped(&label.edge),
            n(left),
            n(top),
            n(label.size.w),
            n(label.size.h)
        );
        self.line(&label.line, Point { x: label.centre.x, y: top }, false);
        self.end()
    }

    fn end(mut self) -> String {
        self.out.push_str("</g>\n");
        self.out
    }

    /// Attributes that a style sheet does not stand in for.
    fn looks(&self, looks: impl FnOnce() -> Looks) -> String {
        self.dress.attributes(looks)
    }

    /// Writes what leads to another state of the figure, where it has states.
    fn link(&mut self, opening: Option<Opening>, content: impl FnOnce(&mut Self)) {
        let address = opening.and_then(|opening| Some(self.address?(opening)));
        if let Some(address) = &address {
            let _ = write!(self.out, "<a class=\"fold\" href=\"{}\">", escaped(address));
        }
        content(self);
        if address.is_some() {
            self.out.push_str("</a>");
        }
    }

    fn box_of(&mut self, node: &NodeShape) {
        let look = look::node(node.role);
        let top = Point { x: node.centre.x, y: node.centre.y - node.size.h / 2.0 };
        // On a page a node has coordinates of its own, so that nodes that are alike are written alike.
        let (place, top) = match self.dress {
            Dress::Attributes => (String::new(), top),
            Dress::Classes => (format!(" transform=\"translate({} {})\"", n(top.x), n(top.y)), Point::default()),
        };
        let _ = write!(self.out, "<g class=\"node {}\" data-id=\"{}\"{place}>", look.class, escaped(&node.id));
        let paint = self.looks(|| look.paint());
        let _ = match node.outline {
            Outline::Box => {
                let corners = self.dress.unless_zero("rx", look.radius);
                let y = self.dress.unless_zero("y", top.y);
                let (x, w, h) = (n(top.x - node.size.w / 2.0), n(node.size.w), n(node.size.h));
                write!(self.out, "<rect class=\"outline\" x=\"{x}\"{y} width=\"{w}\" height=\"{h}\"{corners}{paint}/>")
            }
            Outline::Ellipse => {
                let x = self.dress.unless_zero("cx", top.x);
                let (w, h) = (node.size.w / 2.0, node.size.h / 2.0);
                let (y, w, h) = (n(top.y + h), n(w), n(h));
                write!(self.out, "<ellipse class=\"outline\"{x} cy=\"{y}\" rx=\"{w}\" ry=\"{h}\"{paint}/>")
            }
        };
        if let Some(divider) = node.divider {
            let (y, reach) = (n(top.y + divider), node.size.w / 2.0 - DIVIDER_INSET);
            let looks = self.looks(look::divider);
            let (left, right) = (n(top.x - reach), n(top.x + reach));
            let _ = write!(self.out, "<path class=\"divider\" d=\"M{left} {y}H{right}\"{looks}/>");
        }
        for lines in node.lines.chunk_by(|a, b| a.role == b.role && !a.cells.is_empty() && !b.cells.is_empty()) {
            self.lines(lines, top);
        }
        self.out.push_str("</g>\n");
    }

    /// Lines that are one alone, or the rows of a matrix, which on a page share their class.
    fn lines(&mut self, lines: &[Line], top: Point) {
        let matrix = lines.first().filter(|_| self.dress == Dress::Classes && lines.len() > 1);
        if let Some(row) = matrix {
            let (class, _) = self.dress.anchored(look::text(row.role).0, look::ROW, "end");
            let _ = write!(self.out, "<g class=\"{class}\">");
        }
        for line in lines {
            self.line(line, top, matrix.is_some());
        }
        if matrix.is_some() {
            self.out.push_str("</g>");
        }
    }

    /// A line of text below the middle of the upper edge of its shape; `has_class` says whether what is around it has its class.
    fn line(&mut self, line: &Line, top: Point, has_class: bool) {
        let start = Point { x: top.x - line.width / 2.0, y: top.y + line.baseline };
        if !line.cells.is_empty() {
            return self.row(line, start, has_class);
        }
        let class = look::text(line.role).0;
        let looks = self.looks(|| look::type_of(line.role));
        let y = n(start.y);
        let pieces = pieces(&line.runs);
        if let [TextRun { text, is_sub: false }] = pieces.as_slice() {
            let x = self.dress.unless_zero("x", top.x);
            let length = self.dress.length(text, line.width);
            let _ = write!(self.out, "<text class=\"{class}\"{looks}{x} y=\"{y}\"{length}>{}</text>", escaped(text));
            return;
        }
        let (class, anchor) = self.dress.anchored(class, look::PARTS, "start");
        let _ = write!(self.out, "<text class=\"{class}\"{looks} y=\"{y}\"{anchor}>");
        self.pieces(&pieces, line.role, start);
        self.out.push_str("</text>");
    }

    /// Each piece has its place: word processors and drawing programs do not agree on what follows a shift, nor on a
    /// space at the start of a piece.
    fn pieces(&mut self, pieces: &[TextRun], role: LineRole, start: Point) {
        let mut x = start.x;
        for (i, TextRun { text, is_sub }) in pieces.iter().enumerate() {
            let (scale, drop) = if *is_sub { (SUB_SCALE, SUB_DROP) } else { (1.0, 0.0) };
            let size = role.font_size() * scale;
            let shown = text.trim_start_matches(' ');
            let space = &text[..text.len() - shown.len()];
            let width = |text: &str| measure::width(text, size, role.weight());
            x += width(space);
            let y = n(start.y + drop * role.font_size());
            // The text is where its first piece is.
            let is_there = self.dress == Dress::Classes && i == 0 && !is_sub;
            let y = if is_there { String::new() } else { format!(" y=\"{y}\"") };
            let font = if *is_sub { format!(" font-size=\"{}\"", n(size)) } else { String::new() };
            let _ = write!(
                self.out,
                "{space}<tspan x=\"{}\"{y}{font}{}>{}</tspan>",
                n(x),
                self.dress.length(shown, width(shown)),
                escaped(shown)
            );
            x += width(shown);
        }
    }

    /// A row of a matrix: each entry ends where its column ends.
    fn row(&mut self, line: &Line, start: Point, has_class: bool) {
        let (class, anchor) = self.dress.anchored(look::text(line.role).0, look::ROW, "end");
        let class = if has_class { String::new() } else { format!(" class=\"{class}\"") };
        let looks = self.looks(|| look::type_of(line.role));
        // On a page the opening bracket needs no element of its own.
        let (opening, cells) = match (self.dress, line.cells.as_slice()) {
            (Dress::Classes, [opening, cells @ ..]) => (Some(opening), cells),
            (_, cells) => (None, cells),
        };
        let x = opening.map_or_else(String::new, |cell| format!(" x=\"{}\"", n(start.x + cell.end)));
        let bracket = opening.map_or_else(String::new, |cell| escaped(&cell.text));
        let _ = write!(self.out, "<text{class}{x} y=\"{}\"{looks}{anchor}>{bracket}", n(start.y));
        for cell in cells {
            let length = self.dress.length(&cell.text, cell.width);
            let _ = write!(self.out, "<tspan x=\"{}\"{length}>{}</tspan>", n(start.x + cell.end), escaped(&cell.text));
        }
        self.out.push_str("</text>");
    }
}

/// The parts of a line that are on one level each.
fn pieces(runs: &[TextRun]) -> Vec<TextRun> {
    let mut pieces: Vec<TextRun> = Vec::new();
    for run in runs {
        match pieces.last_mut() {
            Some(last) if last.is_sub == run.is_sub => last.text.push_str(&run.text),
            _ => pieces.push(run.clone()),
        }
    }
    pieces
}
