//! How the parts of a drawing look on light paper. In: roles; out: classes, colours and measures, the same in every
//! form of a picture. On a page the style sheet has the last word on colours.

use crate::figure::draw::{LineRole, NodeRole};
use crate::figure::measure::Weight;
use crate::figure::place::Point;
use crate::graph::Role;
use crate::num::coordinate;

/// The fonts of a figure: that of the page, then those that are about as wide. Some systems' own is wider.
pub const FONTS: &str = "'bpdoc Sans', Pretendard, 'Apple SD Gothic Neo', 'Noto Sans KR', Arial, sans-serif";

/// Presentation attributes of an SVG, which are properties of a style sheet as well.
pub type Looks = Vec<(&'static str, String)>;

/// The outline of a node.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NodeLook {
    /// Its classes in an SVG.
    pub class: &'static str,
    /// The colour of the area, as in `#ffffff`.
    pub fill: &'static str,
    /// The colour of the line.
    pub stroke: &'static str,
    /// The radius of the corners of a box.
    pub radius: f64,
    /// The width of the line.
    pub width: f64,
    /// Whether the line is dashed.
    pub is_dashed: bool,
}

/// Parameters, inputs and ops differ in shape, not in colour alone.
pub fn node(role: NodeRole) -> NodeLook {
    let look = |class, fill, stroke, radius| NodeLook { class, fill, stroke, radius, width: 1.5, is_dashed: false };
    match role {
        NodeRole::Leaf(Role::Param) => look("leaf param", "#fff5dc", "#8a6100", 0.0),
        NodeRole::Leaf(Role::Input) => look("leaf input", "#eaf2ff", "#2f5d9b", 0.0),
        NodeRole::Leaf(Role::Const) => look("leaf const", "#f4f5f7", "#8a929d", 0.0),
        NodeRole::Leaf(Role::Plain) => look("leaf", "#f4f5f7", "#5b6472", 0.0),
        NodeRole::Literal => NodeLook { width: 1.0, is_dashed: true, ..look("literal", "#ffffff", "#8a929d", 12.0) },
        NodeRole::Op => look("op", "#ffffff", "#5b6472", 12.0),
        NodeRole::Backward => look("op backward", "#ffffff", "#a8321a", 12.0),
        NodeRole::Group => NodeLook { is_dashed: true, ..look("folded", "#eceef1", "#5b6472", 8.0) },
        NodeRole::Output => NodeLook { width: 2.5, ..look("op output", "#ffffff", "#1f2630", 12.0) },
    }
}

impl NodeLook {
    /// How the outline is painted.
    pub fn paint(&self) -> Looks {
        let mut looks = vec![
            ("fill", self.fill.to_owned()),
            ("stroke", self.stroke.to_owned()),
            ("stroke-width", self.width.to_string()),
        ];
        if self.is_dashed {
            looks.push(("stroke-dasharray", "3 2".to_owned()));
        }
        looks
    }
}

/// The class and the colour of a line of text.
pub fn text(role: LineRole) -> (&'static str, &'static str) {
    match role {
        LineRole::Caption => ("caption", "#545d6a"),
        LineRole::Glyph => ("glyph", "#1f2630"),
        LineRole::Value => ("value", "#0b57a4"),
        LineRole::Grad => ("grad", "#a8321a"),
        LineRole::Share => ("share", "#a8321a"),
        LineRole::Group => ("group-name", "#1f2630"),
        LineRole::Local => ("local", "#7a2e86"),
    }
}

/// The classes and the colour of an edge.
pub fn edge(is_quiet: bool) -> (&'static str, &'static str) {
    if is_quiet { ("edge quiet", "#8a929d") } else { ("edge", "#5b6472") }
}

/// How a line of text is set.
pub fn type_of(role: LineRole) -> Looks {
    let mut looks = vec![("font-size", coordinate(role.font_size()).to_string())];
    if role.weight() == Weight::Bold {
        looks.push(("font-weight", "700".to_owned()));
    }
    looks.push(("fill", text(role).1.to_owned()));
    looks
}

/// How the line of an edge is painted.
pub fn line(is_quiet: bool) -> Looks {
    let colour = edge(is_quiet).1;
    vec![("fill", "none".to_owned()), ("stroke", colour.to_owned()), ("stroke-width", EDGE_WIDTH.to_string())]
}

/// How the head of an edge is painted.
pub fn head(is_quiet: bool) -> Looks {
    vec![("fill", edge(is_quiet).1.to_owned())]
}

/// How the frame of a group is painted.
pub fn frame() -> Looks {
    vec![
        ("fill", FRAME_FILL.to_owned()),
        ("fill-opacity", FRAME_OPACITY.to_string()),
        ("stroke", FRAME_STROKE.to_owned()),
        ("stroke-dasharray", "5 3".to_owned()),
    ]
}

/// How the line within a node is painted.
pub fn divider() -> Looks {
    let [width, dashes] = ["0.75", "2 2"].map(str::to_owned);
    vec![("stroke", DIVIDER_STROKE.to_owned()), ("stroke-width", width), ("stroke-dasharray", dashes)]
}

/// Where in a text its place is; a whole picture says so for most.
pub fn anchor(place: &str) -> Looks {
    vec![("text-anchor", place.to_owned())]
}

/// The fonts and the anchor of a picture.
pub fn picture() -> Looks {
    std::iter::once(("font-family", FONTS.to_owned())).chain(anchor("middle")).collect()
}

/// The class of a row of a matrix, and of a line in parts, in a picture whose looks are in a style sheet.
pub const ROW: &str = "row";
/// See [`ROW`].
pub const PARTS: &str = "parts";

/// The looks of all parts by the classes that they have below the picture's own, what is general first.
pub fn by_class() -> Vec<(String, Looks)> {
    let node = |role: &NodeRole| (format!(".{} .outline", node(*role).class.replace(' ', ".")), node(*role).paint());
    let text = |role: LineRole| (format!(".{}", text(role).0), type_of(role));
    let edge = |is_quiet: bool| {
        let class = edge(is_quiet).0.replace(' ', ".");
        [(format!(".{class} .line"), line(is_quiet)), (format!(".{class} .arrow"), head(is_quiet))]
    };
    let own = [(".frame", frame()), (".divider", divider())].map(|(class, looks)| (class.to_owned(), looks));
    let anchors = [(ROW, "end"), (PARTS, "start")].map(|(class, place)| (format!(".{class}"), anchor(place)));
    let parts = own.into_iter().chain([false, true].into_iter().flat_map(edge));
    parts.chain(NodeRole::ALL.iter().map(node)).chain(LineRole::ALL.map(text)).chain(anchors).collect()
}

/// The width of an edge's line.
pub const EDGE_WIDTH: f64 = 1.5;
/// The area of a frame.
pub const FRAME_FILL: &str = "#5b6472";
/// How much of that colour covers what lies behind.
pub const FRAME_OPACITY: f64 = 0.06;
/// The line of a frame.
pub const FRAME_STROKE: &str = "#8a929d";
/// The radius of a frame's corners.
pub const FRAME_RADIUS: f64 = 8.0;
/// The line between the forward and the backward part of a node.
pub const DIVIDER_STROKE: &str = "#8a929d";
/// It ends this far from the outline.
pub const DIVIDER_INSET: f64 = 6.0;

const ARROW_LENGTH: f64 = 9.0;
const ARROW_HALF_WIDTH: f64 = 4.0;

/// The head of an edge: a triangle, its tip first, where the line ends.
pub fn arrow(curve: &[Point]) -> Option<[Point; 3]> {
    let (&tip, before) = curve.split_last()?;
    let from = before.iter().rev().find(|p| (p.x - tip.x).hypot(p.y - tip.y) > 0.5)?;
    let length = (tip.x - from.x).hypot(tip.y - from.y);
    let (dx, dy) = ((tip.x - from.x) / length, (tip.y - from.y) / length);
    let base = Point { x: tip.x - dx * ARROW_LENGTH, y: tip.y - dy * ARROW_LENGTH };
    let side = |sign: f64| Point { x: base.x - sign * dy * ARROW_HALF_WIDTH, y: base.y + sign * dx * ARROW_HALF_WIDTH };
    Some([tip, side(1.0), side(-1.0)])
}
