//! A drawing as SVG. Colours are presentation attributes, which every program understands; a page's style sheet
//! overrides them, and in a file of its own a style element does so on dark paper.

use crate::figure::dark;
use crate::figure::draw::{Drawing, EdgeShape, LabelShape, Line, LineRole, NodeShape, SUB_DROP, SUB_SCALE, TextRun};
use crate::figure::frame::{Frame, FrameLabel};
use crate::figure::look::{
    self, DIVIDER_INSET, DIVIDER_STROKE, EDGE_WIDTH, FONTS, FRAME_FILL, FRAME_OPACITY, FRAME_RADIUS, FRAME_STROKE,
    NodeLook,
};
use crate::figure::measure::{self, Weight};
use crate::figure::place::{Flow, Outline, Point};
use crate::figure::scene::Opening;
use crate::markup::escaped;
use crate::num::{coordinate as n, rounded_coordinate as rounded};
use std::fmt::Write;

/// The id of a drawing in a file of its own, by its place in the file.
pub fn figure_id(i: usize) -> String {
    if i == 0 { "graph".to_owned() } else { format!("graph-{}", i + 1) }
}

/// Between two drawings in one file.
const GAP: f64 = 24.0;

/// A file of its own; several drawings stand below each other.
pub fn svg_file(drawings: &[Drawing]) -> String {
    let style = dark::style();
    if let [drawing] = drawings {
        let mut out = String::new();
        write_svg(&mut out, drawing, &figure_id(0), Around { style: &style, ..Around::default() });
        return out;
    }
    let w = drawings.iter().map(|drawing| drawing.size.w).fold(0.0, f64::max);
    let mut parts = String::new();
    let mut top = 0.0;
    for (i, drawing) in drawings.iter().enumerate() {
        let place = format!(" y=\"{}\"", n(top));
        write_svg(&mut parts, drawing, &figure_id(i), Around { place: &place, ..Around::default() });
        top += drawing.size.h + GAP;
    }
    let (w, h) = (n(w), n((top - GAP).max(0.0)));
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {w} {h}\" width=\"{w}\" height=\"{h}\">\n{style}{parts}</svg>\n"
    )
}

/// How wide an SVG of ours is shown, in pixels.
pub fn width_of(svg: &str) -> Option<f64> {
    let (_, rest) = svg.split_once(" width=\"")?;
    rest.split_once('"')?.0.parse().ok()
}

/// The SVG of a drawing; `id` must be unique on its page, since the parts that need ids start with it.
pub fn svg(drawing: &Drawing, id: &str) -> String {
    let mut out = String::new();
    write_svg(&mut out, drawing, id, Around::default());
    out
}

/// The SVG of a drawing that is one of several states of a figure: closed groups and the labels of open ones lead to the
/// states where they are open, or closed. `address` gives the address of a state.
pub fn svg_of_state(drawing: &Drawing, id: &str, address: &dyn Fn(Opening) -> String) -> String {
    let mut out = String::new();
    write_svg(&mut out, drawing, id, Around { address: Some(address), ..Around::default() });
    out
}

/// What surrounds a drawing.
#[derive(Clone, Copy, Default)]
struct Around<'a> {
    /// Attributes that say where it stands in a larger picture.
    place: &'a str,
    /// A style element.
    style: &'a str,
    /// The addresses of a figure's other states.
    address: Option<&'a dyn Fn(Opening) -> String>,
}

/// Writes what leads somewhere else.
fn write_link(out: &mut String, address: Option<&str>, content: impl FnOnce(&mut String)) {
    if let Some(address) = address {
        let _ = write!(out, "<a class=\"fold\" href=\"{}\">", escaped(address));
    }
    content(out);
    if address.is_some() {
        out.push_str("</a>");
    }
}

fn write_svg(out: &mut String, drawing: &Drawing, id: &str, around: Around<'_>) {
    let Around { place, style, address } = around;
    // What can be followed is no part of a mere picture.
    let role = if address.is_some() { "group" } else { "img" };
    let id = escaped(id);
    let rankdir = match drawing.flow {
        Flow::Right => "LR",
        Flow::Down => "TB",
    };
    let (w, h) = (n(drawing.size.w), n(drawing.size.h));
    let (width, height) = (n(drawing.size.w * drawing.scale), n(drawing.size.h * drawing.scale));
    let _ = writeln!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"bpgraph\" data-graph=\"{id}\" data-rankdir=\"{rankdir}\"{place} viewBox=\"0 0 {w} {h}\" width=\"{width}\" height=\"{height}\" role=\"{role}\" aria-labelledby=\"{id}-title {id}-desc\" font-family=\"{FONTS}\" text-anchor=\"middle\">\n<title id=\"{id}-title\">{}</title>\n<desc id=\"{id}-desc\">{}</desc>",
        escaped(&drawing.title),
        escaped(&drawing.description)
    );
    out.push_str(style);
    for frame in &drawing.frames {
        write_frame(out, frame, address);
    }
    for edge in &drawing.edges {
        write_edge(out, edge);
    }
    for node in &drawing.nodes {
        let closed = node.closed.and_then(|group| Some(address?(Opening::To(group))));
        write_link(out, closed.as_deref(), |out| write_node(out, node));
    }
    for label in &drawing.labels {
        write_label(out, label);
    }
    out.push_str("</svg>\n");
}

fn write_frame(out: &mut String, frame: &Frame, address: Option<&dyn Fn(Opening) -> String>) {
    let Frame { corner, size, label, parent, .. } = frame;
    let _ = write!(
        out,
        "<g class=\"group\"><rect class=\"frame\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"{FRAME_RADIUS}\" fill=\"{FRAME_FILL}\" fill-opacity=\"{FRAME_OPACITY}\" stroke=\"{FRAME_STROKE}\" stroke-dasharray=\"5 3\"/>",
        n(corner.x),
        n(corner.y),
        n(size.w),
        n(size.h)
    );
    if let Some(FrameLabel { centre, line }) = label {
        let around = parent.map_or(Opening::Nothing, Opening::To);
        let closing = address.map(|address| address(around));
        write_link(out, closing.as_deref(), |out| write_line(out, line, centre.x, centre.y));
    }
    out.push_str("</g>\n");
}

fn write_edge(out: &mut String, edge: &EdgeShape) {
    let (class, colour) = look::edge(edge.is_quiet);
    let _ = write!(
        out,
        "<g class=\"{class}\" data-from=\"{}\" data-to=\"{}\" data-id=\"{}\"><path class=\"line\" d=\"{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"{EDGE_WIDTH}\"/>",
        escaped(&edge.from),
        escaped(&edge.to),
        escaped(&edge.id),
        path(&edge.curve)
    );
    if let Some(corners) = look::arrow(&edge.curve) {
        let mut pen = Pen::default();
        let [tip, left, right] = corners.map(|corner| pen.to(corner));
        let _ = write!(out, "<path class=\"arrow\" d=\"M{tip}l{left}l{right}z\" fill=\"{colour}\"/>");
    }
    out.push_str("</g>\n");
}

/// Where a path has come to, as a reader of its coordinates finds it. Most of a page's figures are paths: relative
/// coordinates are shorter, and alike from one edge to the next.
#[derive(Default)]
struct Pen {
    at: Point,
}

impl Pen {
    /// The way to a point, without going there.
    fn way(&self, to: Point) -> String {
        format!("{} {}", n(rounded(to.x) - self.at.x), n(rounded(to.y) - self.at.y))
    }

    /// The way to a point, where the pen then is.
    fn to(&mut self, to: Point) -> String {
        let way = self.way(to);
        self.at = Point { x: rounded(to.x), y: rounded(to.y) };
        way
    }
}

fn path(curve: &[Point]) -> String {
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

fn write_node(out: &mut String, node: &NodeShape) {
    let (left, top) = (node.centre.x - node.size.w / 2.0, node.centre.y - node.size.h / 2.0);
    let NodeLook { class, fill, stroke, radius, width, is_dashed } = look::node(node.role);
    let dashes = if is_dashed { " stroke-dasharray=\"3 2\"" } else { "" };
    let paint = format!("fill=\"{fill}\" stroke=\"{stroke}\" stroke-width=\"{width}\"{dashes}");
    let _ = write!(out, "<g class=\"node {class}\" data-id=\"{}\">", escaped(&node.id));
    let _ = match node.outline {
        Outline::Box => write!(
            out,
            "<rect class=\"outline\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"{radius}\" {paint}/>",
            n(left),
            n(top),
            n(node.size.w),
            n(node.size.h)
        ),
        Outline::Ellipse => write!(
            out,
            "<ellipse class=\"outline\" cx=\"{}\" cy=\"{}\" rx=\"{}\" ry=\"{}\" {paint}/>",
            n(node.centre.x),
            n(node.centre.y),
            n(node.size.w / 2.0),
            n(node.size.h / 2.0)
        ),
    };
    if let Some(divider) = node.divider {
        let y = n(top + divider);
        let _ = write!(
            out,
            "<path class=\"divider\" d=\"M{} {y}H{}\" stroke=\"{DIVIDER_STROKE}\" stroke-width=\"0.75\" stroke-dasharray=\"2 2\"/>",
            n(left + DIVIDER_INSET),
            n(left + node.size.w - DIVIDER_INSET)
        );
    }
    for line in &node.lines {
        write_line(out, line, node.centre.x, top);
    }
    out.push_str("</g>\n");
}

fn write_label(out: &mut String, label: &LabelShape) {
    let (left, top) = (label.centre.x - label.size.w / 2.0, label.centre.y - label.size.h / 2.0);
    let _ = write!(
        out,
        "<g class=\"label\" data-edge=\"{}\" data-box=\"{} {} {} {}\">",
        escaped(&label.edge),
        n(left),
        n(top),
        n(label.size.w),
        n(label.size.h)
    );
    write_line(out, &label.line, label.centre.x, top);
    out.push_str("</g>\n");
}

fn write_line(out: &mut String, line: &Line, x: f64, top: f64) {
    let (class, colour) = look::text(line.role);
    let size = line.role.font_size();
    if !line.cells.is_empty() {
        return write_row(out, line, (class, colour), x - line.width / 2.0, top + line.baseline);
    }
    let weight = if line.role.weight() == Weight::Bold { " font-weight=\"700\"" } else { "" };
    let baseline = top + line.baseline;
    let pieces = pieces(&line.runs);
    let start = format!("<text class=\"{class}\" font-size=\"{}\"{weight} fill=\"{colour}\"", n(size));
    if let [TextRun { text, is_sub: false }] = pieces.as_slice() {
        // The measured width is stated, so that the text fits its box in any font.
        let _ = write!(
            out,
            "{start} x=\"{}\" y=\"{}\" textLength=\"{}\" lengthAdjust=\"spacingAndGlyphs\">{}</text>",
            n(x),
            n(baseline),
            n(line.width),
            escaped(text)
        );
        return;
    }
    let _ = write!(out, "{start} y=\"{}\" text-anchor=\"start\">", n(baseline));
    write_pieces(out, &pieces, line.role, Point { x: x - line.width / 2.0, y: baseline });
    out.push_str("</text>");
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

/// Each piece has its place: word processors and drawing programs do not agree on what follows a shift, nor on a
/// space at the start of a piece.
fn write_pieces(out: &mut String, pieces: &[TextRun], role: LineRole, start: Point) {
    let mut x = start.x;
    for TextRun { text, is_sub } in pieces {
        let (scale, drop) = if *is_sub { (SUB_SCALE, SUB_DROP) } else { (1.0, 0.0) };
        let size = role.font_size() * scale;
        let shown = text.trim_start_matches(' ');
        let space = &text[..text.len() - shown.len()];
        let width = |text: &str| measure::width(text, size, role.weight());
        x += width(space);
        let font = if *is_sub { format!(" font-size=\"{}\"", n(size)) } else { String::new() };
        let _ = write!(
            out,
            "{space}<tspan x=\"{}\" y=\"{}\"{font} textLength=\"{}\" lengthAdjust=\"spacingAndGlyphs\">{}</tspan>",
            n(x),
            n(start.y + drop * role.font_size()),
            n(width(shown)),
            escaped(shown)
        );
        x += width(shown);
    }
}

/// A row of a matrix: each entry ends where its column ends.
fn write_row(out: &mut String, line: &Line, (class, colour): (&str, &str), start: f64, baseline: f64) {
    let size = n(line.role.font_size());
    let _ = write!(
        out,
        "<text class=\"{class}\" y=\"{}\" font-size=\"{size}\" fill=\"{colour}\" text-anchor=\"end\">",
        n(baseline)
    );
    for cell in &line.cells {
        let _ = write!(
            out,
            "<tspan x=\"{}\" textLength=\"{}\" lengthAdjust=\"spacingAndGlyphs\">{}</tspan>",
            n(start + cell.end),
            n(cell.width),
            escaped(&cell.text)
        );
    }
    out.push_str("</text>");
}
