//! A drawing as SVG. Colours are presentation attributes, which a page's style sheet overrides; a standalone
//! file looks right without one.

use crate::figure::draw::{Drawing, EdgeShape, LabelShape, Line, LineRole, NodeRole, NodeShape, SUB_DROP, SUB_SCALE};
use crate::figure::frame::Frame;
use crate::figure::measure::Weight;
use crate::figure::place::{Flow, Outline, Point};
use crate::graph::Role;
use crate::markup::escaped;
use crate::num::coordinate as n;
use std::fmt::Write;

const ARROW_LENGTH: f64 = 9.0;
const ARROW_HALF_WIDTH: f64 = 4.0;

/// The SVG of a drawing; `id` must be unique on its page, since the parts that need ids start with it.
pub fn svg(drawing: &Drawing, id: &str) -> String {
    let id = escaped(id);
    let rankdir = match drawing.flow {
        Flow::Right => "LR",
        Flow::Down => "TB",
    };
    let (w, h) = (n(drawing.size.w), n(drawing.size.h));
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"bpgraph\" data-graph=\"{id}\" data-rankdir=\"{rankdir}\" viewBox=\"0 0 {w} {h}\" width=\"{w}\" height=\"{h}\" role=\"img\" aria-labelledby=\"{id}-title {id}-desc\" font-family=\"'bpdoc Sans', Pretendard, 'Apple SD Gothic Neo', 'Noto Sans KR', sans-serif\" text-anchor=\"middle\">\n<title id=\"{id}-title\">{}</title>\n<desc id=\"{id}-desc\">{}</desc>\n",
        escaped(&drawing.title),
        escaped(&drawing.description)
    );
    for frame in &drawing.frames {
        write_frame(&mut out, frame);
    }
    for edge in &drawing.edges {
        write_edge(&mut out, edge);
    }
    for node in &drawing.nodes {
        write_node(&mut out, node);
    }
    for label in &drawing.labels {
        write_label(&mut out, label);
    }
    out.push_str("</svg>\n");
    out
}

fn write_frame(out: &mut String, frame: &Frame) {
    let Frame { corner, size, label } = frame;
    let _ = write!(
        out,
        "<g class=\"group\"><rect class=\"frame\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"8\" fill=\"#5b6472\" fill-opacity=\"0.06\" stroke=\"#9aa1ab\" stroke-dasharray=\"5 3\"/>",
        n(corner.x),
        n(corner.y),
        n(size.w),
        n(size.h)
    );
    if let Some(label) = label {
        let placed = Line { baseline: 12.5, ..label.clone() };
        write_line(out, &placed, corner.x + 9.0 + label.width / 2.0, corner.y);
    }
    out.push_str("</g>\n");
}

fn write_edge(out: &mut String, edge: &EdgeShape) {
    let (class, colour) = if edge.is_quiet { ("edge quiet", "#9aa1ab") } else { ("edge", "#5b6472") };
    let _ = write!(
        out,
        "<g class=\"{class}\" data-from=\"{}\" data-to=\"{}\" data-id=\"{}\"><path class=\"line\" d=\"{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"1.5\"/>",
        escaped(&edge.from),
        escaped(&edge.to),
        escaped(&edge.id),
        path(&edge.curve)
    );
    if let Some(arrow) = arrow(&edge.curve) {
        let _ = write!(out, "<path class=\"arrow\" d=\"{arrow}\" fill=\"{colour}\"/>");
    }
    out.push_str("</g>\n");
}

fn path(curve: &[Point]) -> String {
    let point = |p: &Point| format!("{} {}", n(p.x), n(p.y));
    let Some((start, segments)) = curve.split_first() else { return String::new() };
    let mut d = format!("M{}", point(start));
    for segment in segments.chunks(3) {
        let points: Vec<String> = segment.iter().map(point).collect();
        let _ = write!(d, "C{}", points.join(" "));
    }
    d
}

/// A triangle whose tip is the end of the line.
fn arrow(curve: &[Point]) -> Option<String> {
    let (&tip, before) = curve.split_last()?;
    let from = before.iter().rev().find(|p| (p.x - tip.x).hypot(p.y - tip.y) > 0.5)?;
    let length = (tip.x - from.x).hypot(tip.y - from.y);
    let (dx, dy) = ((tip.x - from.x) / length, (tip.y - from.y) / length);
    let base = Point { x: tip.x - dx * ARROW_LENGTH, y: tip.y - dy * ARROW_LENGTH };
    let side = |sign: f64| {
        format!("{} {}", n(base.x - sign * dy * ARROW_HALF_WIDTH), n(base.y + sign * dx * ARROW_HALF_WIDTH))
    };
    Some(format!("M{} {}L{}L{}Z", n(tip.x), n(tip.y), side(1.0), side(-1.0)))
}

fn write_node(out: &mut String, node: &NodeShape) {
    let (left, top) = (node.centre.x - node.size.w / 2.0, node.centre.y - node.size.h / 2.0);
    let (role, fill, stroke, radius) = look(node.role);
    let _ = write!(out, "<g class=\"node {role}\" data-id=\"{}\">", escaped(&node.id));
    let _ = match node.outline {
        Outline::Box => write!(
            out,
            "<rect class=\"outline\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"{radius}\" fill=\"{fill}\" stroke=\"{stroke}\" stroke-width=\"{}\"/>",
            n(left),
            n(top),
            n(node.size.w),
            n(node.size.h),
            if node.role == NodeRole::Output { "2.5" } else { "1.5" }
        ),
        Outline::Ellipse => write!(
            out,
            "<ellipse class=\"outline\" cx=\"{}\" cy=\"{}\" rx=\"{}\" ry=\"{}\" fill=\"{fill}\" stroke=\"{stroke}\" stroke-dasharray=\"3 2\"/>",
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
            "<path class=\"divider\" d=\"M{} {y}H{}\" stroke=\"{stroke}\" stroke-width=\"0.75\" stroke-dasharray=\"2 2\"/>",
            n(left + 6.0),
            n(left + node.size.w - 6.0)
        );
    }
    for line in &node.lines {
        write_line(out, line, node.centre.x, top);
    }
    out.push_str("</g>\n");
}

/// Class, fill, stroke and corner radius: parameters, inputs and ops differ in shape, not in colour alone.
fn look(role: NodeRole) -> (&'static str, &'static str, &'static str, &'static str) {
    match role {
        NodeRole::Leaf(Role::Param) => ("leaf param", "#fff8e6", "#8a6100", "0"),
        NodeRole::Leaf(Role::Input) => ("leaf input", "#eef4ff", "#2f5d9b", "0"),
        NodeRole::Leaf(Role::Const) => ("leaf const", "#f4f5f7", "#7a828e", "0"),
        NodeRole::Leaf(Role::Plain) => ("leaf", "#f7f8fa", "#5b6472", "0"),
        NodeRole::Literal => ("literal", "#ffffff", "#7a828e", "0"),
        NodeRole::Op => ("op", "#ffffff", "#5b6472", "12"),
        NodeRole::Backward => ("op backward", "#ffffff", "#a8321a", "12"),
        NodeRole::Output => ("op output", "#ffffff", "#1f2630", "12"),
    }
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
    let (class, colour) = match line.role {
        LineRole::Caption => ("caption", "#4a525e"),
        LineRole::Glyph => ("glyph", "#1f2630"),
        LineRole::Value => ("value", "#0b57a4"),
        LineRole::Grad => ("grad", "#a8321a"),
        LineRole::Local => ("local", "#7a2e86"),
    };
    let size = line.role.font_size();
    if !line.cells.is_empty() {
        return write_row(out, line, (class, colour), x - line.width / 2.0, top + line.baseline);
    }
    let weight = if line.role.weight() == Weight::Bold { " font-weight=\"700\"" } else { "" };
    // The measured width is stated, so that the text fits its box in any font.
    let _ = write!(
        out,
        "<text class=\"{class}\" x=\"{}\" y=\"{}\" font-size=\"{}\"{weight} fill=\"{colour}\" textLength=\"{}\" lengthAdjust=\"spacingAndGlyphs\">",
        n(x),
        n(top + line.baseline),
        n(size),
        n(line.width)
    );
    let mut is_low = false;
    for run in &line.runs {
        let drop = match (is_low, run.is_sub) {
            (false, true) => SUB_DROP * size,
            (true, false) => -SUB_DROP * size,
            _ => 0.0,
        };
        is_low = run.is_sub;
        let shift = if drop == 0.0 { String::new() } else { format!(" dy=\"{}\"", n(drop)) };
        let font = if run.is_sub { format!(" font-size=\"{}\"", n(size * SUB_SCALE)) } else { String::new() };
        if shift.is_empty() && font.is_empty() {
            out.push_str(&escaped(&run.text));
        } else {
            let _ = write!(out, "<tspan{shift}{font}>{}</tspan>", escaped(&run.text));
        }
    }
    out.push_str("</text>");
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
