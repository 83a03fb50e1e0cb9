//! The picture that goes with a link to a page, 1200 by 630 pixels. In: titles and the page's first picture; out: an SVG.

use crate::figure;
use crate::figure::measure::{self, Weight};
use crate::markup::escape;
use std::fmt::Write;

/// How wide the picture is.
pub(super) const WIDTH: u16 = 1200;
/// How high it is.
pub(super) const HEIGHT: u16 = 630;
/// Around everything.
const MARGIN: f64 = 72.0;
/// What is between the margins.
const ROOM: f64 = 1200.0 - 2.0 * MARGIN;
/// Below the frame of the figure.
const FOOT: f64 = 48.0;
/// Between the frame and the figure.
const PADDING: f64 = 24.0;
/// A small figure is not blown up further.
const MOST_SCALE: f64 = 1.8;
/// Sizes of a title, the first that fits is taken.
const TITLE_SIZES: [f64; 4] = [64.0, 56.0, 48.0, 42.0];
/// The same where the title is all there is to see.
const LARGE_TITLE_SIZES: [f64; 4] = [96.0, 80.0, 64.0, 48.0];
/// From one line to the next, in ems.
const LEADING: f64 = 1.3;

/// What is on the picture.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Card {
    /// The title of the site.
    pub site: String,
    /// The title of the page.
    pub title: String,
    /// A sentence about it, shown where there is no picture.
    pub summary: String,
    /// The page's first picture, as SVG.
    pub picture: Option<String>,
}

/// The first picture of a lesson's body: of a graph or a training.
pub(super) fn first_picture(body: &str) -> Option<&str> {
    let is_ours = |at: &usize| {
        let tag = body[*at..].split('>').next().unwrap_or_default();
        ["bpgraph", "bpcurve"].iter().any(|class| tag.contains(&format!(" class=\"{class}\"")))
    };
    let start = body.match_indices("<svg id=\"").map(|(at, _)| at).find(is_ours)?;
    let end = body[start..].find("</svg>")? + "</svg>".len();
    Some(&body[start..start + end])
}

/// The picture as SVG. Its colours are those of light paper.
pub(super) fn svg(card: &Card) -> String {
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{WIDTH}\" height=\"{HEIGHT}\" font-family=\"Pretendard\">\n<rect width=\"{WIDTH}\" height=\"{HEIGHT}\" fill=\"#fdfcfa\"/>\n<rect width=\"{WIDTH}\" height=\"12\" fill=\"#0b57a4\"/>\n"
    );
    let picture = card.picture.as_deref().and_then(|svg| Some((svg, size_of(svg)?)));
    let site = wrapped(&card.site, 28.0, Weight::Regular, 1);
    text(&mut out, &site, (84.0, 28.0), Weight::Regular, "#545d6a");
    let (above, (size, title)) = match picture {
        Some(_) => (24.0, title(&card.title, &TITLE_SIZES, 2)),
        None => (72.0, title(&card.title, &LARGE_TITLE_SIZES, 3)),
    };
    let first = 84.0 + above + size;
    let below = text(&mut out, &title, (first, size), Weight::Bold, "#1f2630");
    match picture {
        Some((svg, size)) => place(&mut out, svg, size, below + 24.0),
        None => {
            let summary = wrapped(&card.summary, 32.0, Weight::Regular, 3);
            text(&mut out, &summary, (below + 48.0, 32.0), Weight::Regular, "#545d6a");
        }
    }
    out.push_str("</svg>\n");
    out
}

/// Lines of text from a first baseline downward. The result is where they end.
fn text(out: &mut String, lines: &[String], (first, size): (f64, f64), weight: Weight, colour: &str) -> f64 {
    let number = if weight == Weight::Bold { 700 } else { 400 };
    let mut baseline = first;
    for line in lines {
        let _ = write!(
            out,
            "<text x=\"{MARGIN}\" y=\"{baseline:.1}\" font-size=\"{size}\" font-weight=\"{number}\" fill=\"{colour}\">"
        );
        escape(line, out);
        out.push_str("</text>\n");
        baseline += size * LEADING;
    }
    baseline - size
}

/// A figure of a page, whose looks are not its own, in a frame that reaches from `top` to the foot, as large as it fits.
fn place(out: &mut String, svg: &str, (w, h): (f64, f64), top: f64) {
    let frame = f64::from(HEIGHT) - FOOT - top;
    let (room_w, room_h) = (ROOM - 2.0 * PADDING, frame - 2.0 * PADDING);
    let scale = (room_w / w).min(room_h / h).min(MOST_SCALE);
    let (x, y) = (MARGIN + PADDING + (room_w - w * scale) / 2.0, top + PADDING + (room_h - h * scale) / 2.0);
    let _ = write!(
        out,
        "<rect x=\"{MARGIN}\" y=\"{top:.1}\" width=\"{ROOM}\" height=\"{frame:.1}\" rx=\"12\" fill=\"#ffffff\" stroke=\"#d9d6cf\" stroke-width=\"2\"/>\n<style>\n{}</style>\n<g transform=\"translate({x:.2} {y:.2}) scale({scale:.4})\">{svg}</g>\n",
        figure::plain_style_sheet()
    );
}

/// The size at which an SVG of ours is shown.
fn size_of(svg: &str) -> Option<(f64, f64)> {
    let tag = svg.split('>').next()?;
    let number = |name: &str| -> Option<f64> {
        tag.split_once(&format!(" {name}=\""))?.1.split('"').next()?.parse().ok().filter(|n| *n > 0.0)
    };
    Some((number("width")?, number("height")?))
}

/// A title at the largest size at which it takes no more than so many lines.
fn title(text: &str, sizes: &[f64; 4], most_lines: usize) -> (f64, Vec<String>) {
    let fits = |size: &f64| lines_of(text, *size, Weight::Bold).len() <= most_lines;
    let [.., smallest] = *sizes;
    let size = sizes.iter().copied().find(fits).unwrap_or(smallest);
    (size, wrapped(text, size, Weight::Bold, most_lines))
}

/// At most so many lines, the last with an ellipsis where something is left out.
fn wrapped(text: &str, size: f64, weight: Weight, most_lines: usize) -> Vec<String> {
    let mut lines = lines_of(text, size, weight);
    if lines.len() > most_lines {
        lines.truncate(most_lines);
        if let Some(last) = lines.last_mut() {
            while measure::width(&format!("{last}…"), size, weight) > ROOM && last.pop().is_some() {}
            last.truncate(last.trim_end().len());
            last.push('…');
        }
    }
    lines
}

/// A text in lines that fit, broken between words; a word that is longer than a line is broken anywhere.
fn lines_of(text: &str, size: f64, weight: Weight) -> Vec<String> {
    let fits = |line: &str| measure::width(line, size, weight) <= ROOM;
    let mut lines: Vec<String> = Vec::new();
    let mut line = String::new();
    for word in text.split_whitespace() {
        let longer = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
        if fits(&longer) {
            line = longer;
            continue;
        }
        if !line.is_empty() {
            lines.push(std::mem::take(&mut line));
        }
        for c in word.chars() {
            line.push(c);
            if !fits(&line) {
                line.pop();
                lines.push(std::mem::replace(&mut line, c.to_string()));
            }
        }
    }
    lines.extend(Some(line).filter(|line| !line.is_empty()));
    lines
}

/// What the picture says, for those who do not see it.
pub(super) fn alternative(card: &Card) -> String {
    if card.title == card.site { card.title.clone() } else { format!("{} · {}", card.title, card.site) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_break_between_words() {
        let check =
            |text: &str, most: usize, expected: &[&str]| assert_eq!(wrapped(text, 100.0, Weight::Bold, most), expected);
        check("연쇄 법칙을 처음부터 끝까지", 3, &["연쇄 법칙을 처음부터", "끝까지"]);
        check("연쇄 법칙을 처음부터 끝까지 따라가 보기", 1, &["연쇄 법칙을 처음부터…"]);
        check("가나다라마바사아자차카타파하", 3, &["가나다라마바사아자차카타", "파하"]);
        check("", 2, &[]);
        assert_eq!(title("짧은 제목", &TITLE_SIZES, 2).0, 64.0);
        assert_eq!(title(&"긴 제목 ".repeat(16), &TITLE_SIZES, 2).0, 42.0);
    }

    #[test]
    fn a_figure_fits_its_frame() {
        let card = Card {
            site: "<노트>".into(),
            title: "제목".into(),
            summary: "요약".into(),
            picture: Some("<svg id=\"f\" class=\"bpgraph\" width=\"2000\" height=\"100\"></svg>".into()),
        };
        let wide = svg(&card);
        assert!(wide.contains("&lt;노트&gt;") && !wide.contains("요약"), "{wide}");
        assert!(wide.contains("scale(0.5040)"), "{wide}");
        assert!(wide.contains("\n.bpgraph .value { font-size: 14px; fill: #0b57a4; }\n"), "{wide}");
        let text = svg(&Card { picture: None, ..card });
        assert!(text.contains(">요약</text>") && !text.contains("<g "), "{text}");
    }

    #[test]
    fn the_first_picture_of_a_body_is_one_of_ours() {
        let body = "<svg id=\"x\"><g/></svg><p><svg id=\"f\" class=\"bpcurve\" width=\"9\"><path/></svg><svg id=\"g\" class=\"bpgraph\"/>";
        assert_eq!(first_picture(body), Some("<svg id=\"f\" class=\"bpcurve\" width=\"9\"><path/></svg>"));
        assert_eq!(first_picture("<svg id=\"x\"></svg>"), None);
    }
}
