//! The loss of a training over its steps, as SVG: axes with round numbers, the curve, a mark at each reported step.
//! A loss that falls over more than two decades is drawn on a logarithmic axis.

use crate::figure::look::{FONTS, Looks};
use crate::figure::measure::{self, Weight};
use crate::figure::place::Point;
use crate::figure::svg::Dress;
use crate::markup::escaped;
use crate::num::{self, coordinate as n};
use std::fmt::Write;

/// What is drawn.
#[derive(Clone, Copy, Debug)]
pub struct Curve<'a> {
    /// Steps and losses, in the order of the steps.
    pub points: &'a [(u64, f64)],
    /// The steps that are marked.
    pub marked: &'a [u64],
    /// What the loss is called.
    pub loss: &'a str,
    /// The word for a step.
    pub step: &'a str,
    /// One line that names the picture.
    pub title: &'a str,
    /// What it shows, for those who do not see it.
    pub description: &'a str,
}

const WIDTH: f64 = 600.0;
const HEIGHT: f64 = 260.0;
const TOP: f64 = 30.0;
const BOTTOM: f64 = 46.0;
const RIGHT: f64 = 24.0;
const FONT: f64 = 12.0;
/// A text's cap height is centred on a line this far above its baseline, in ems.
const HALF_CAP: f64 = measure::CAP_HEIGHT / 2.0;
/// Beyond this ratio of the largest loss to the smallest the axis is logarithmic.
const TWO_DECADES: f64 = 100.0;

/// The looks of the parts by their classes, what is general first.
pub(super) fn by_class() -> Vec<(&'static str, Looks)> {
    let look =
        |looks: &[(&'static str, &str)]| looks.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
    vec![
        ("text", look(&[("fill", "#1f2630")])),
        (".grid", look(&[("stroke", "#d9d6cf")])),
        (".axis", look(&[("fill", "none"), ("stroke", "#5b6472")])),
        (
            ".curve",
            look(&[("fill", "none"), ("stroke", "#0b57a4"), ("stroke-width", "2"), ("stroke-linejoin", "round")]),
        ),
        (".mark", look(&[("fill", "#a8321a")])),
    ]
}

/// The fonts of the picture.
pub(super) fn picture() -> Looks {
    vec![("font-family", FONTS.to_owned()), ("font-size", FONT.to_string())]
}

/// What writes the parts in a dress.
struct Writer {
    out: String,
    dress: Dress,
    looks: Vec<(&'static str, Looks)>,
}

impl Writer {
    /// The attributes of parts of a class.
    fn looks(&self, class: &str) -> String {
        let looks = self.looks.iter().find(|(known, _)| *known == class).map(|(_, looks)| looks);
        looks.map_or_else(String::new, |looks| self.dress.attributes(|| looks.clone()))
    }

    fn path(&mut self, class: &str, d: &str) {
        let looks = self.looks(&format!(".{class}"));
        let _ = write!(self.out, "<path class=\"{class}\" d=\"{d}\"{looks}/>");
    }

    fn mark(&mut self, at: Point) {
        let looks = self.looks(".mark");
        let _ = write!(self.out, "<circle class=\"mark\" cx=\"{}\" cy=\"{}\" r=\"4\"{looks}/>", n(at.x), n(at.y));
    }

    fn text(&mut self, text: &str, x: f64, baseline: f64) {
        let (looks, length) = (self.looks("text"), self.dress.length(text, width(text)));
        let _ = write!(self.out, "<text x=\"{}\" y=\"{}\"{looks}{length}>{}</text>", n(x), n(baseline), escaped(text));
    }
}

fn width(text: &str) -> f64 {
    measure::width(text, FONT, Weight::Regular)
}

/// The SVG in a dress; `id` must be unique on its page.
pub fn curve(curve: &Curve<'_>, id: &str, dress: Dress) -> String {
    let losses = Axis::of_losses(curve.points.iter().map(|(_, loss)| *loss));
    let steps = Axis::of_steps(curve.points.last().map_or(1.0, |(step, _)| *step as f64).max(1.0));
    let widest = losses.ticks.iter().map(|(_, text)| width(text)).fold(0.0, f64::max);
    let (left, bottom, right) = (widest + 16.0, HEIGHT - BOTTOM, WIDTH - RIGHT);
    let x = |step: f64| left + steps.place(step) * (right - left);
    let y = |loss: f64| bottom - losses.place(loss) * (bottom - TOP);
    let id = escaped(id);
    let mut writer = Writer { out: String::new(), dress, looks: by_class() };
    let _ = writeln!(
        writer.out,
        "<svg {} class=\"bpcurve\" data-axis=\"{} {} {}\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" width=\"{WIDTH}\" height=\"{HEIGHT}\" role=\"img\" aria-labelledby=\"{id}-title {id}-desc\"{}>\n<title id=\"{id}-title\">{}</title>\n<desc id=\"{id}-desc\">{}</desc>",
        dress.name(&id),
        n(left),
        n(right),
        n(steps.to),
        dress.attributes(picture),
        escaped(curve.title),
        escaped(curve.description)
    );
    for (loss, text) in &losses.ticks {
        let at = y(*loss);
        writer.path("grid", &format!("M{} {}H{}", n(left), n(at), n(right)));
        writer.text(text, left - 8.0 - width(text), at + HALF_CAP * FONT);
    }
    for (step, text) in &steps.ticks {
        let at = x(*step);
        writer.path("axis", &format!("M{} {}v5", n(at), n(bottom)));
        let start = (at - width(text) / 2.0).min(WIDTH - 2.0 - width(text));
        writer.text(text, start, bottom + 18.0);
    }
    writer.path("axis", &format!("M{} {}V{}H{}", n(left), n(TOP - 8.0), n(bottom), n(right)));
    writer.text(curve.loss, left - 4.0, TOP - 14.0);
    writer.text(curve.step, right - width(curve.step), HEIGHT - 8.0);
    let point = |(step, loss): &(u64, f64)| Point { x: x(*step as f64), y: y(*loss) };
    let points: Vec<Point> = curve.points.iter().map(point).collect();
    let path: Vec<String> = thinned(&points).iter().map(|point| format!("{} {}", n(point.x), n(point.y))).collect();
    writer.path("curve", &format!("M{}", path.join("L")));
    for marked in curve.points.iter().filter(|(step, _)| curve.marked.contains(step)) {
        writer.mark(point(marked));
    }
    writer.out + "</svg>\n"
}

/// How far a line may be from a point that it leaves out, in pixels: less than can be seen.
const UNSEEN: f64 = 0.1;

/// The points that a line needs to pass as near to all others. Between two that are kept, the one furthest away is kept, too, if it
/// is too far (Ramer, Douglas and Peucker).
fn thinned(points: &[Point]) -> Vec<Point> {
    let mut is_kept = vec![false; points.len()];
    let mut stretches = vec![(0, points.len().saturating_sub(1))];
    while let Some((first, last)) = stretches.pop() {
        for end in [first, last] {
            is_kept.get_mut(end).into_iter().for_each(|kept| *kept = true);
        }
        let between = (first + 1..last).map(|i| (i, distance(points[i], points[first], points[last])));
        match between.max_by(|a, b| a.1.total_cmp(&b.1)) {
            Some((i, distance)) if distance > UNSEEN => stretches.extend([(first, i), (i, last)]),
            _ => {}
        }
    }
    points.iter().zip(is_kept).filter(|(_, is_kept)| *is_kept).map(|(point, _)| *point).collect()
}

/// From a point to the line through two others.
fn distance(point: Point, from: Point, to: Point) -> f64 {
    let (dx, dy) = (to.x - from.x, to.y - from.y);
    ((point.x - from.x) * dy - (point.y - from.y) * dx).abs() / dx.hypot(dy).max(f64::MIN_POSITIVE)
}

/// One axis: from where to where, and the round numbers on it.
struct Axis {
    from: f64,
    to: f64,
    is_logarithmic: bool,
    ticks: Vec<(f64, String)>,
}

impl Axis {
    fn of_losses(losses: impl Iterator<Item = f64>) -> Self {
        let (low, high) = losses.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), x| (low.min(x), high.max(x)));
        if low > 0.0 && high / low > TWO_DECADES {
            Self::logarithmic(low, high)
        } else if low >= 0.0 {
            Self::linear(0.0, high)
        } else {
            Self::linear(low, high)
        }
    }

    /// Round numbers up to the last step, where the axis ends.
    fn of_steps(last: f64) -> Self {
        let mut axis = Self::linear(0.0, last);
        axis.ticks.retain(|(tick, _)| *tick <= last && tick.fract() == 0.0);
        Self { to: last, ..axis }
    }

    /// About five round numbers, from one at or below `low` to one at or above `high`.
    fn linear(low: f64, high: f64) -> Self {
        let high = if high > low { high } else { low + low.abs().max(1.0) };
        let step = round_up((high - low) / 5.0);
        let (first, last) = ((low / step).floor(), (high / step).ceil());
        let ticks: Vec<(f64, String)> = (0..=(last - first) as usize)
            .map(|i| (first + i as f64) * step)
            .map(|tick| (tick, num::display(tick, 6)))
            .collect();
        Self { from: first * step, to: last * step, is_logarithmic: false, ticks }
    }

    /// Powers of ten, of which every other is left out where they are many.
    fn logarithmic(low: f64, high: f64) -> Self {
        let (first, last) = (libm::log10(low).floor() as i32, libm::log10(high).ceil() as i32);
        let stride = ((last - first) / 6 + 1) as usize;
        let ticks = (first..=last)
            .step_by(stride)
            .map(|exponent| libm::exp10(f64::from(exponent)))
            .map(|tick| (tick, num::display(tick, 3)))
            .collect();
        Self { from: libm::exp10(f64::from(first)), to: libm::exp10(f64::from(last)), is_logarithmic: true, ticks }
    }

    /// How far along the axis a number lies, from 0 to 1.
    fn place(&self, x: f64) -> f64 {
        if self.is_logarithmic {
            libm::log(x / self.from) / libm::log(self.to / self.from)
        } else {
            (x - self.from) / (self.to - self.from)
        }
    }
}

/// The next of 1, 2 or 5 times a power of ten.
fn round_up(x: f64) -> f64 {
    let power = libm::exp10(libm::log10(x).floor());
    [1.0, 2.0, 5.0, 10.0].into_iter().map(|digit| digit * power).find(|step| *step >= x * 0.999).unwrap_or(x)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(axis: &Axis, expected: &str) {
        assert_eq!(axis.ticks.iter().map(|(_, text)| text.as_str()).collect::<Vec<_>>().join(" "), expected);
    }

    #[test]
    fn axes_bear_round_numbers() {
        check(&Axis::of_steps(10001.0), "0 2000 4000 6000 8000 10000");
        check(&Axis::of_steps(3.0), "0 1 2 3");
        check(&Axis::of_losses([0.7, 0.2].into_iter()), "0 0.2 0.4 0.6 0.8");
        check(&Axis::of_losses([0.7, 0.0013].into_iter()), "0.001 0.01 0.1 1");
        check(&Axis::of_losses([-3.0, 5.0].into_iter()), "−4 −2 0 2 4 6");
        check(&Axis::of_losses([2.0, 2.0].into_iter()), "0 0.5 1 1.5 2");
        check(&Axis::of_losses([0.0].into_iter()), "0 0.2 0.4 0.6 0.8 1");
    }

    #[test]
    fn a_line_needs_no_point_that_nobody_sees() {
        let points =
            |ys: &[f64]| -> Vec<Point> { (0..).map(f64::from).zip(ys).map(|(x, y)| Point { x, y: *y }).collect() };
        let kept = |ys: &[f64]| thinned(&points(ys)).iter().map(|point| point.y).collect::<Vec<f64>>();
        assert_eq!(kept(&[1.0, 2.05, 3.0, 4.02, 5.0]), [1.0, 5.0]);
        assert_eq!(kept(&[1.0, 2.0, 9.0, 2.0, 1.0]), [1.0, 2.0, 9.0, 2.0, 1.0]);
        assert_eq!(kept(&[1.0, 1.0, 1.0, 4.0]), [1.0, 1.0, 4.0]);
        assert_eq!((kept(&[]), kept(&[7.0])), (vec![], vec![7.0]));
    }

    #[test]
    fn the_curve_stays_inside() {
        let svg = curve(
            &Curve {
                points: &[(0, 0.7), (50, 0.1), (101, 0.0001)],
                marked: &[0, 101],
                loss: "cost",
                step: "step",
                title: "<loss>",
                description: "",
            },
            "c",
            Dress::Attributes,
        );
        assert_eq!(svg.matches("<circle").count(), 2);
        assert!(svg.contains("&lt;loss&gt;") && !svg.contains("NaN"), "{svg}");
    }
}
