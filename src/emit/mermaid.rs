//! The drawing as a Mermaid flowchart, which places it anew: its nodes with their numbers, its edges with the local
//! partials, the author's groups.

use crate::figure::Drawing;
use crate::figure::draw::{EdgeShape, Line, LineRole, NodeShape};
use crate::figure::look::{self, NodeLook};
use crate::figure::place::{Flow, Outline};
use crate::graph::Run;
use crate::source::is_hidden;
use std::collections::{BTreeMap, HashMap};
use std::fmt::Write;

/// The drawings of a run as one flowchart, each of several in a frame of its own; the labels of groups are in the
/// language at position `language`.
pub fn mermaid(run: &Run, drawings: &[Drawing], language: usize) -> String {
    // A chart and a frame have different words for the way down.
    let is_down = drawings.first().is_some_and(|drawing| drawing.flow == Flow::Down);
    let (chart, way) = if is_down { ("TD", "TB") } else { ("LR", "LR") };
    let mut chart = Chart {
        run,
        language,
        way,
        out: format!("flowchart {chart}\n"),
        nodes: 0,
        frames: 0,
        edges: 0,
        quiet: Vec::new(),
    };
    for drawing in drawings {
        if let [_] = drawings {
            let _ = writeln!(chart.out, "  accTitle: {}", escaped(&drawing.title));
            chart.draw(drawing);
        } else {
            chart.open(&drawing.title);
            chart.draw(drawing);
            chart.close();
        }
    }
    chart.write_looks(drawings);
    chart.out
}

/// A flowchart as far as it is written. Names could be words of Mermaid's, so nodes and frames go by numbers.
struct Chart<'r> {
    run: &'r Run,
    way: &'static str,
    language: usize,
    out: String,
    nodes: usize,
    frames: usize,
    edges: usize,
    quiet: Vec<String>,
}

/// What stands in a frame, in the order in which it is written.
enum Part<'d> {
    Node(usize, &'d NodeShape),
    Group(usize),
    End,
}

impl Chart<'_> {
    fn open(&mut self, label: &str) {
        let label = if label.is_empty() { " ".to_owned() } else { escaped(label) };
        let _ = writeln!(self.out, "  subgraph g{}[\"{label}\"]", self.frames);
        // Else Mermaid turns a frame that no edge enters.
        let _ = writeln!(self.out, "  direction {}", self.way);
        self.frames += 1;
    }

    fn close(&mut self) {
        self.out.push_str("  end\n");
    }

    fn draw(&mut self, drawing: &Drawing) {
        let first = self.nodes;
        self.nodes += drawing.nodes.len();
        let mut parts = self.parts(drawing, first);
        let mut stack = parts.remove(&None).unwrap_or_default();
        while let Some(part) = stack.pop() {
            match part {
                Part::Node(number, node) => self.write_node(number, node),
                Part::Group(group) => {
                    self.open(self.run.graph.groups[group].label.in_language(self.language));
                    stack.push(Part::End);
                    stack.extend(parts.remove(&Some(group)).unwrap_or_default());
                }
                Part::End => self.close(),
            }
        }
        let numbers: HashMap<&str, usize> =
            drawing.nodes.iter().zip(first..).map(|(node, i)| (node.id.as_str(), i)).collect();
        let labels: HashMap<&str, &Line> =
            drawing.labels.iter().map(|label| (label.edge.as_str(), &label.line)).collect();
        for edge in &drawing.edges {
            self.write_edge(
                edge,
                [numbers[edge.from.as_str()], numbers[edge.to.as_str()]],
                labels.get(edge.id.as_str()).copied(),
            );
        }
    }

    /// What stands in each group and outside of all, the last first.
    fn parts<'d>(&self, drawing: &'d Drawing, first: usize) -> BTreeMap<Option<usize>, Vec<Part<'d>>> {
        let mut parts: BTreeMap<Option<usize>, Vec<Part<'d>>> = BTreeMap::new();
        for (i, node) in drawing.nodes.iter().enumerate().rev() {
            parts.entry(node.group).or_default().push(Part::Node(first + i, node));
        }
        // A group comes after the one that it stands in.
        for group in (0..self.run.graph.groups.len()).rev() {
            if parts.contains_key(&Some(group)) {
                parts.entry(self.run.graph.groups[group].parent).or_default().push(Part::Group(group));
            }
        }
        parts
    }

    fn write_node(&mut self, number: usize, node: &NodeShape) {
        let lines: Vec<String> = node.lines.iter().map(flat).collect();
        let (open, close) = match node.outline {
            Outline::Ellipse => ("([", "])"),
            Outline::Box if look::node(node.role).radius > 0.0 => ("(", ")"),
            Outline::Box => ("[", "]"),
        };
        let class = class(&look::node(node.role));
        let _ = writeln!(self.out, "  n{number}{open}\"{}\"{close}:::{class}", lines.join("<br/>"));
    }

    fn write_edge(&mut self, edge: &EdgeShape, [from, to]: [usize; 2], label: Option<&Line>) {
        let label = label.map_or_else(String::new, |line| format!("|\"{}\"|", flat(line)));
        let _ = writeln!(self.out, "  n{from} -->{label} n{to}");
        if edge.is_quiet {
            self.quiet.push(self.edges.to_string());
        }
        self.edges += 1;
    }

    fn write_looks(&mut self, drawings: &[Drawing]) {
        let looks = drawings.iter().flat_map(|drawing| &drawing.nodes).map(|node| look::node(node.role));
        let looks: BTreeMap<String, NodeLook> = looks.map(|look| (class(&look), look)).collect();
        let ink = look::text(LineRole::Glyph).1;
        for (class, NodeLook { fill, stroke, width, is_dashed, .. }) in looks {
            let dashes = if is_dashed { ",stroke-dasharray:3 2" } else { "" };
            let _ = writeln!(
                self.out,
                "  classDef {class} fill:{fill},stroke:{stroke},stroke-width:{width}px,color:{ink}{dashes}"
            );
        }
        if self.edges > 0 {
            let _ = writeln!(
                self.out,
                "  linkStyle default stroke:{},color:{}",
                look::edge(false).1,
                look::text(LineRole::Local).1
            );
        }
        if self.frames > 0 {
            let (fill, stroke) = (look::FRAME_FILL, look::FRAME_STROKE);
            let alpha = (look::FRAME_OPACITY * 255.0).round() as u8;
            let frames: Vec<String> = (0..self.frames).map(|frame| format!("g{frame}")).collect();
            let _ = writeln!(self.out, "  classDef frame fill:{fill}{alpha:02x},stroke:{stroke},stroke-dasharray:5 3");
            let _ = writeln!(self.out, "  class {} frame", frames.join(","));
        }
        if !self.quiet.is_empty() {
            let _ = writeln!(self.out, "  linkStyle {} stroke:{}", self.quiet.join(","), look::edge(true).1);
        }
    }
}

fn class(look: &NodeLook) -> String {
    look.class.replace(' ', "-")
}

/// A line without subscripts and columns.
fn flat(line: &Line) -> String {
    let cells = line.cells.iter().map(|cell| escaped(&cell.text)).collect::<Vec<_>>().join(" ");
    let runs = line.runs.iter().map(|run| escaped(&if run.is_sub { lowered(&run.text) } else { run.text.clone() }));
    runs.collect::<String>() + &cells
}

/// Numbers below the line; what has no such characters follows an underscore.
fn lowered(text: &str) -> String {
    let low = |c: char| "0123456789()".find(c).and_then(|i| "₀₁₂₃₄₅₆₇₈₉₍₎".chars().nth(i));
    text.chars().map(low).collect::<Option<String>>().unwrap_or_else(|| format!("_{text}"))
}

/// Text that Mermaid reads neither as its own language nor as Markdown or HTML: other punctuation goes by number.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text.chars().filter(|c| !is_hidden(*c)).peekable();
    let mut before = ' ';
    while let Some(c) = rest.next() {
        let is_decimal = c == '.' && before.is_ascii_digit() && rest.peek().is_some_and(char::is_ascii_digit);
        match c {
            // Two dollar signs are a formula even by number, and with these two Mermaid marks its own numbers.
            '$' | '¶' => out.push_str(&format!("#{};{JOINER}", u32::from(c))),
            'ﬂ' => out.push_str("fl"),
            c if is_decimal || c.is_alphanumeric() || !c.is_ascii() || " =/,()[]".contains(c) => out.push(c),
            c => out.push_str(&format!("#{};", u32::from(c))),
        }
        before = c;
    }
    out
}

/// Invisible, and keeps two characters from being read as one sign.
const JOINER: char = '\u{2060}';

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_not_read_as_mermaid() {
        for (text, expected) in [
            ("g = −0.5", "g = −0.5"),
            ("1. first", "1#46; first"),
            ("\"<b>`a`;\\|{x}", "#34;#60;b#62;#96;a#96;#59;#92;#124;#123;x#125;"),
            ("style:#fff;", "style#58;#35;fff#59;"),
            ("# - _x_ *y* $$z$$", "#35; #45; #95;x#95; #42;y#42; #36;\u{2060}#36;\u{2060}z#36;\u{2060}#36;\u{2060}"),
            ("가중치 (η) → ∞", "가중치 (η) → ∞"),
            ("¶ß ﬂ°\n", "#182;\u{2060}ß fl°"),
        ] {
            assert_eq!(escaped(text), expected, "{text}");
        }
        assert_eq!(["1", "(2)", "max"].map(lowered), ["₁", "₍₂₎", "_max"]);
    }
}
