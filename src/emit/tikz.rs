//! The drawing for LaTeX, as a TikZ picture that needs no other package. Places, shapes and colours are those of the
//! SVG; the text is in the document's own fonts, names and numbers as mathematics.

use super::tex;
use crate::figure::Drawing;
use crate::figure::draw::{EdgeShape, LabelShape, Line, LineRole, NodeShape, TextRun};
use crate::figure::frame::{Frame, FrameLabel};
use crate::figure::look::{self, DIVIDER_INSET, NodeLook};
use crate::figure::measure::Weight;
use crate::figure::place::{Outline, Point};
use crate::num::coordinate as n;
use std::collections::BTreeMap;
use std::fmt::{Display, Write};

/// Points per pixel: numbers of 14 pixels are then set in 10 points, the size of a document's text.
const POINTS: f64 = 10.0 / 14.0;
/// The text of a node keeps this far from its outline, in pixels.
const INSET: f64 = 5.0;

/// Each drawing as a `tikzpicture`.
pub fn tikz(drawings: &[Drawing]) -> String {
    drawings.iter().map(picture).collect::<Vec<_>>().join("\n")
}

fn picture(drawing: &Drawing) -> String {
    let mut body = String::new();
    for frame in &drawing.frames {
        write_frame(&mut body, frame);
    }
    for edge in &drawing.edges {
        write_edge(&mut body, edge);
    }
    for node in &drawing.nodes {
        write_node(&mut body, node);
    }
    for label in &drawing.labels {
        write_label(&mut body, label);
    }
    let mut out = header(&body);
    let unit = format!("{POINTS:.4}pt");
    let _ = writeln!(
        out,
        "\\begin{{tikzpicture}}[x={unit}, y=-{unit}, every node/.style={{inner sep=0pt, outer sep=0pt}}]"
    );
    write_styles(&mut out, drawing);
    // Text wider than its room, in whatever font, is made smaller.
    out.push_str("  \\def\\bpfit#1#2{\\setbox0=\\hbox{#2}\\ifdim\\wd0>#1\\resizebox{#1}{!}{\\box0}\\else\\box0\\fi}\n");
    // The picture is as large as the drawing, and not only as its ink.
    let _ = writeln!(out, "  \\useasboundingbox (0,0) rectangle ({},{});", n(drawing.size.w), n(drawing.size.h));
    out + &body + "\\end{tikzpicture}\n"
}

/// Says what the picture needs.
fn header(body: &str) -> String {
    let is_hangul = |c: char| matches!(c, '\u{1100}'..='\u{11ff}' | '\u{3130}'..='\u{318f}' | '\u{ac00}'..='\u{d7af}');
    let mut out = "% A computational graph drawn by bpdoc. It needs \\usepackage{tikz} and nothing else.\n".to_owned();
    if body.contains(is_hangul) {
        out.push_str(
            "% It holds Hangul: use XeLaTeX or LuaLaTeX with \\usepackage{kotex}, or with a Korean font by fontspec.\n",
        );
    } else if !body.is_ascii() {
        out.push_str("% It holds letters beyond Latin: use XeLaTeX or LuaLaTeX with a font that has them.\n");
    }
    out
}

/// The colours and styles that the picture uses.
fn write_styles(out: &mut String, drawing: &Drawing) {
    let mut styles = String::new();
    for role in LineRole::ALL {
        let (class, colour) = look::text(role);
        define(out, class, colour);
        let (size, skip) = font_size(role);
        let bold = if role.weight() == Weight::Bold { "\\boldmath" } else { "" };
        let font = format!("\\fontsize{{{size}}}{{{skip}}}\\selectfont{bold}");
        let _ = writeln!(styles, "    bp {class}/.style={{anchor=base, text=bp{class}, font={font}}},");
    }
    for is_quiet in [false, true] {
        let (class, colour) = look::edge(is_quiet);
        define(out, class, colour);
        let width = points(look::EDGE_WIDTH);
        let _ = writeln!(styles, "    bp {class}/.style={{draw=bp{}, line width={width}}},", joined(class));
    }
    define(out, "divider", look::DIVIDER_STROKE);
    let (thin, dashed) = (points(0.75), dashes(2.0, 2.0));
    let _ = writeln!(styles, "    bp divider/.style={{draw=bpdivider, line width={thin}, {dashed}}},");
    if !drawing.frames.is_empty() {
        define(out, "frame", look::FRAME_STROKE);
        define(out, "frame area", look::FRAME_FILL);
        let (opacity, width) = (look::FRAME_OPACITY, points(1.0));
        let (dashes, radius) = (dashes(5.0, 3.0), points(look::FRAME_RADIUS));
        let _ = writeln!(
            styles,
            "    bp frame/.style={{fill=bpframearea, fill opacity={opacity}, draw=bpframe, line width={width}, {dashes}, rounded corners={radius}}},"
        );
    }
    let looks: BTreeMap<&str, NodeLook> =
        drawing.nodes.iter().map(|node| look::node(node.role)).map(|look| (look.class, look)).collect();
    for look in looks.values() {
        define(out, look.class, look.stroke);
        define(out, &format!("{} area", look.class), look.fill);
        write_node_styles(&mut styles, look);
    }
    let _ = writeln!(out, "  \\tikzset{{\n{styles}  }}");
}

fn write_node_styles(out: &mut String, look: &NodeLook) {
    let (class, name, width) = (look.class, joined(look.class), points(look.width));
    let corners = if look.radius > 0.0 { format!(", rounded corners={}", points(look.radius)) } else { String::new() };
    let dashed = if look.is_dashed { format!(", {}", dashes(3.0, 2.0)) } else { String::new() };
    let _ = writeln!(
        out,
        "    bp {class}/.style={{fill=bp{name}area, draw=bp{name}, line width={width}{corners}{dashed}}},"
    );
}

fn define(out: &mut String, name: &str, colour: &str) {
    let hex = colour.trim_start_matches('#').to_ascii_uppercase();
    let _ = writeln!(out, "  \\definecolor{{bp{}}}{{HTML}}{{{hex}}}", joined(name));
}

/// Classes as one word, for the name of a colour.
fn joined(classes: &str) -> String {
    classes.replace(' ', "")
}

/// Sizes that TeX's own fonts have, and the distance of lines.
fn font_size(role: LineRole) -> (u8, u8) {
    match role {
        LineRole::Caption | LineRole::Local | LineRole::Share => (9, 11),
        LineRole::Glyph => (12, 14),
        LineRole::Value | LineRole::Grad | LineRole::Group => (10, 12),
    }
}

fn points(pixels: f64) -> impl Display {
    std::fmt::from_fn(move |f| write!(f, "{}pt", n(pixels * POINTS)))
}

fn dashes(on: f64, off: f64) -> String {
    format!("dash pattern=on {} off {}", points(on), points(off))
}

fn at(p: Point) -> impl Display {
    std::fmt::from_fn(move |f| write!(f, "({},{})", n(p.x), n(p.y)))
}

fn write_frame(out: &mut String, frame: &Frame) {
    let Frame { corner, size, label, .. } = frame;
    let end = Point { x: corner.x + size.w, y: corner.y + size.h };
    let _ = writeln!(out, "  \\path[bp frame] {} rectangle {};", at(*corner), at(end));
    if let Some(FrameLabel { centre, line }) = label {
        write_line(out, line, centre.x, centre.y, line.width);
    }
}

fn write_edge(out: &mut String, edge: &EdgeShape) {
    let Some((start, segments)) = edge.curve.split_first() else { return };
    let (class, _) = look::edge(edge.is_quiet);
    let _ = write!(out, "  \\path[bp {class}] {}", at(*start));
    for segment in segments.chunks_exact(3) {
        let _ = write!(out, " .. controls {} and {} .. {}", at(segment[0]), at(segment[1]), at(segment[2]));
    }
    out.push_str(";\n");
    if let Some(corners) = look::arrow(&edge.curve) {
        let [tip, left, right] = corners.map(at);
        let _ = writeln!(out, "  \\fill[bp{}] {tip} -- {left} -- {right} -- cycle;", joined(class));
    }
}

fn write_node(out: &mut String, node: &NodeShape) {
    let class = look::node(node.role).class;
    let (w, h) = (node.size.w / 2.0, node.size.h / 2.0);
    let corner = Point { x: node.centre.x - w, y: node.centre.y - h };
    let end = Point { x: node.centre.x + w, y: node.centre.y + h };
    let outline = match node.outline {
        Outline::Box => format!("{} rectangle {}", at(corner), at(end)),
        Outline::Ellipse => format!("{} ellipse [x radius={}, y radius={}]", at(node.centre), n(w), n(h)),
    };
    let _ = writeln!(out, "  \\path[bp {class}] {outline};");
    if let Some(divider) = node.divider {
        let start = Point { x: corner.x + DIVIDER_INSET, y: corner.y + divider };
        let stop = Point { x: end.x - DIVIDER_INSET, ..start };
        let _ = writeln!(out, "  \\path[bp divider] {} -- {};", at(start), at(stop));
    }
    for line in &node.lines {
        write_line(out, line, node.centre.x, corner.y, node.size.w - 2.0 * INSET);
    }
}

fn write_label(out: &mut String, label: &LabelShape) {
    write_line(out, &label.line, label.centre.x, label.centre.y - label.size.h / 2.0, label.size.w);
}

fn write_line(out: &mut String, line: &Line, x: f64, top: f64, room: f64) {
    let (class, y) = (look::text(line.role).0, top + line.baseline);
    if line.cells.is_empty() {
        write_text(out, class, Point { x, y }, room, &text(line));
    }
    // The entries of a row of a matrix end where their columns end.
    for cell in &line.cells {
        let end = Point { x: x - line.width / 2.0 + cell.end, y };
        let entry = tex::formula(&[TextRun { text: cell.text.clone(), is_sub: false }]);
        write_text(out, &format!("{class}, anchor=base east"), end, cell.width, &format!("${entry}$"));
    }
}

fn write_text(out: &mut String, style: &str, place: Point, room: f64, text: &str) {
    let _ = writeln!(out, "  \\node[bp {style}] at {} {{\\bpfit{{{}}}{{{text}}}}};", at(place), points(room));
}

/// Captions are prose, the rest is mathematics.
fn text(line: &Line) -> String {
    match line.role {
        LineRole::Caption | LineRole::Group => line.runs.iter().map(|run| tex::prose(&run.text)).collect(),
        _ => format!("${}$", tex::formula(&line.runs)),
    }
}
