//! A drawing as SVG. In a file of its own, and on the pages of other tools, its looks are presentation attributes, which every
//! program understands; in a file a style element overrides the colours on dark paper. On a page of ours they are classes, for
//! which the page's style sheet has rules (`sheet.rs`): attributes would be half of what a page with many figures weighs.

mod part;
mod path;

use crate::figure::dark;
use crate::figure::draw::Drawing;
use crate::figure::look::{self, Looks};
use crate::figure::place::Flow;
use crate::markup::escaped;
use crate::num::coordinate as n;
use part::{Address, Part};
use std::ops::Range;

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
        return Picture::of(drawing, figure_id(0)).written(Dress::Attributes, "").whole(&style);
    }
    let w = drawings.iter().map(|drawing| drawing.size.w).fold(0.0, f64::max);
    let mut parts = String::new();
    let mut top = 0.0;
    for (i, drawing) in drawings.iter().enumerate() {
        let place = format!(" y=\"{}\"", n(top));
        parts.push_str(&Picture::of(drawing, figure_id(i)).written(Dress::Attributes, &place).whole(""));
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

/// Where the looks of a picture are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dress {
    /// In the picture.
    Attributes,
    /// In the style sheet of a page.
    Classes,
}

impl Dress {
    pub(super) fn attributes(self, looks: impl FnOnce() -> Looks) -> String {
        match self {
            Self::Attributes => looks().iter().map(|(name, value)| format!(" {name}=\"{value}\"")).collect(),
            Self::Classes => String::new(),
        }
    }

    /// What a picture is told apart by: HTML knows what an SVG is, and copies of answers refer to the pictures of a page by ids.
    pub(super) fn name(self, id: &str) -> String {
        match self {
            Self::Attributes => "xmlns=\"http://www.w3.org/2000/svg\"".to_owned(),
            Self::Classes => format!("id=\"{id}\""),
        }
    }

    /// The class of a text that starts or ends at its places, and the attribute that says so.
    fn anchored(self, class: &str, own: &str, place: &str) -> (String, String) {
        match self {
            Self::Attributes => (class.to_owned(), self.attributes(|| look::anchor(place))),
            Self::Classes => (format!("{class} {own}"), String::new()),
        }
    }

    /// A coordinate, which a page leaves out where it is what it is without being said.
    fn unless_zero(self, name: &str, x: f64) -> String {
        let x = n(x).to_string();
        if self == Self::Classes && x == "0" { String::new() } else { format!(" {name}=\"{x}\"") }
    }

    /// The measured width of a text, which is stated so that it fits its box in any font. A page has the font that has been
    /// measured, or for the first visit that of a system, about as wide: a character more or less has room, and longer texts
    /// are set closer.
    pub(super) fn length(self, text: &str, width: f64) -> String {
        match self {
            Self::Attributes => format!(" textLength=\"{}\" lengthAdjust=\"spacingAndGlyphs\"", n(width)),
            Self::Classes if text.chars().nth(1).is_none() => String::new(),
            Self::Classes => format!(" textLength=\"{}\"", n(width)),
        }
    }
}

/// A drawing with what is to be known of its place.
#[derive(Clone)]
pub struct Picture<'a> {
    /// What is drawn.
    pub drawing: &'a Drawing,
    /// An id, unique on its page, with which those of its parts begin.
    pub id: String,
    /// The address of a state of the figure, if it has several: closed groups and the labels of open ones lead to the states where
    /// they are open, or closed.
    pub address: Option<Address<'a>>,
}

impl<'a> Picture<'a> {
    /// A picture of a figure that has no other state.
    pub fn of(drawing: &'a Drawing, id: String) -> Self {
        Self { drawing, id, address: None }
    }

    /// The picture in a dress; `place` has attributes that say where it stands in a larger one.
    fn written(&self, dress: Dress, place: &str) -> Written {
        let Drawing { frames, edges, nodes, labels, .. } = self.drawing;
        let part = || Part { out: String::new(), dress, address: self.address };
        let frames = frames.iter().map(|frame| part().frame(frame));
        let edges = edges.iter().map(|edge| part().edge(edge));
        let nodes = nodes.iter().map(|node| part().node(node));
        let labels = labels.iter().map(|label| part().label(label));
        let parts = frames.chain(edges).chain(nodes).chain(labels).collect();
        Written { id: escaped(&self.id), head: self.head(dress, place), parts }
    }

    /// What stands in front of the parts.
    fn head(&self, dress: Dress, place: &str) -> String {
        let drawing = self.drawing;
        // What can be followed is no part of a mere picture.
        let role = if self.address.is_some() { "group" } else { "img" };
        let id = escaped(&self.id);
        let rankdir = match drawing.flow {
            Flow::Right => "LR",
            Flow::Down => "TB",
        };
        let (w, h) = (n(drawing.size.w), n(drawing.size.h));
        let (width, height) = (n(drawing.size.w * drawing.scale), n(drawing.size.h * drawing.scale));
        let name = dress.name(&id);
        let looks = dress.attributes(look::picture);
        format!(
            "<svg {name} class=\"bpgraph\" data-graph=\"{id}\" data-rankdir=\"{rankdir}\"{place} viewBox=\"0 0 {w} {h}\" width=\"{width}\" height=\"{height}\" role=\"{role}\" aria-labelledby=\"{id}-title {id}-desc\"{looks}>\n<title id=\"{id}-title\">{}</title>\n<desc id=\"{id}-desc\">{}</desc>\n",
            escaped(&drawing.title),
            escaped(&drawing.description)
        )
    }
}

/// A picture, part by part.
struct Written {
    id: String,
    head: String,
    parts: Vec<String>,
}

impl Written {
    /// The picture with a style element.
    fn whole(&self, style: &str) -> String {
        let body = self.parts.concat();
        format!("{}{style}{body}</svg>\n", self.head)
    }
}

/// The SVG of a drawing that needs no style sheet.
pub fn svg(drawing: &Drawing, id: &str) -> String {
    Picture::of(drawing, id.to_owned()).written(Dress::Attributes, "").whole("")
}

/// The SVGs of pictures on one page that show the same graph with different numbers. What they have in common, most of all their
/// lines, stands in the last of them alone, and the others show it from there.
pub fn svgs(pictures: &[Picture<'_>], dress: Dress) -> Vec<String> {
    let mut written: Vec<Written> = pictures.iter().map(|picture| picture.written(dress, "")).collect();
    if dress == Dress::Classes {
        share(&mut written);
    }
    written.iter().map(|picture| picture.whole("")).collect()
}

/// A shorter stretch of a picture is not worth a reference.
const SHORTEST: usize = 200;

/// Leaves stretches that all pictures have in common to the last one.
fn share(pictures: &mut [Written]) {
    let Some((last, others)) = pictures.split_last_mut() else { return };
    if others.is_empty() {
        return;
    }
    for stretch in common_stretches(last, others) {
        let id = format!("{}-{}", last.id, stretch.start);
        // What is shown elsewhere has no parents there by which rules could select it: it has the class of the picture itself.
        last.parts[stretch.start].insert_str(0, &format!("<g class=\"bpgraph\" id=\"{id}\">\n"));
        last.parts[stretch.end - 1].push_str("</g>\n");
        for other in &mut *others {
            other.parts[stretch.clone()].fill(String::new());
            other.parts[stretch.start] = format!("<use href=\"#{id}\"/>\n");
        }
    }
}

/// Which parts that follow each other are the same in all pictures.
fn common_stretches(last: &Written, others: &[Written]) -> Vec<Range<usize>> {
    let is_common = |part: &usize| others.iter().all(|other| other.parts.get(*part) == last.parts.get(*part));
    let places: Vec<usize> = (0..last.parts.len()).collect();
    let alike = places.chunk_by(|before, after| is_common(before) == is_common(after));
    let common = alike.filter(|stretch| stretch.first().is_some_and(is_common));
    let ranges = common.filter_map(|stretch| Some(*stretch.first()?..stretch.last()? + 1));
    ranges.filter(|range| last.parts[range.clone()].iter().map(String::len).sum::<usize>() >= SHORTEST).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figure::{View, draw, draw_alike};
    use crate::settings::Limits;

    /// The same graph with two values of a leaf.
    fn alike(dress: Dress) -> Vec<String> {
        let runs = ["2", "-0.125"].map(|w| {
            let block = format!("param w = {w}\ninput x = 3\nk = x * x * x\nj = tanh(k) + x\nf = w * j");
            crate::run_block(&block, Limits::default()).value
        });
        let passes: Vec<_> = runs.iter().map(|run| (run, &run.backward[0])).collect();
        let drawings = draw_alike(&passes, View::for_tests());
        let pictures: Vec<_> =
            drawings.iter().zip(["a", "b"]).map(|(drawing, id)| Picture::of(drawing, id.to_owned())).collect();
        svgs(&pictures, dress)
    }

    #[test]
    fn what_pictures_have_in_common_stands_in_the_last() {
        let [first, last] = &alike(Dress::Classes)[..] else { panic!("two pictures") };
        let used: Vec<&str> = first.split("<use href=\"#").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        assert!(!used.is_empty() && first.len() < last.len(), "{first}");
        for id in used {
            assert!(last.contains(&format!("<g class=\"bpgraph\" id=\"{id}\">")), "{id} in {last}");
        }
        assert!(first.contains("w = 2<") && last.contains("w = −0.125<"));
        assert!(!last.contains("<use") && !alike(Dress::Attributes).concat().contains("<use"));
        let head =
            |svg: &str| svg.split(" viewBox=").nth(1).and_then(|rest| rest.split(" role").next().map(str::to_owned));
        assert_eq!(head(first), head(last));
    }

    /// Every class that a page's picture has a look for in a file has a rule.
    #[test]
    fn a_page_has_rules_for_what_it_does_not_say() {
        let run = crate::run_block("param w = 2\ninput X = [[1, 2], [3, 4]]\nf = sum(w * X)", Limits::default()).value;
        let drawing = draw(&run, &run.backward[0], View::for_tests());
        let [page, file] = [Dress::Classes, Dress::Attributes]
            .map(|dress| svgs(&[Picture::of(&drawing, "a".to_owned())], dress).concat());
        for look in ["fill", "stroke", "font-size=\"14", "text-anchor", "lengthAdjust"] {
            assert!(file.contains(&format!(" {look}")) && !page.contains(&format!(" {look}")), "{look}: {page}");
        }
        let sheet = crate::figure::style_sheet();
        for class in ["outline", "line", "arrow", "divider", "value", "row", "glyph"] {
            let is_there = page.contains(&format!("{class}\""));
            assert!(is_there && sheet.contains(&format!(".{class}) {{")), "{class}: {page}");
        }
    }
}
