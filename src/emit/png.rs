//! The figure in pixels, on white paper, with the fonts that bpdoc ships: the same bytes on every machine.

use crate::fonts;
use resvg::tiny_skia::{Color, Pixmap, Transform};
use resvg::usvg::{Options, Tree};
use std::sync::Arc;

/// A larger picture would take more than 256 MiB.
const MOST_PIXELS: f64 = 67_108_864.0;

/// An SVG as PNG, `scale` pixels for each of its own; none if the picture is too large, or has no size at all.
pub fn png(svg: &str, scale: u8) -> Option<Vec<u8>> {
    let mut options = Options { font_family: "Pretendard".to_owned(), ..Options::default() };
    let known = Arc::make_mut(&mut options.fontdb);
    for font in [fonts::SANS_REGULAR, fonts::SANS_BOLD, fonts::SIGNS] {
        known.load_font_data(font.to_vec());
    }
    let tree = Tree::from_str(svg, &options).ok()?;
    let size = tree.size().to_int_size().scale_by(f32::from(scale))?;
    if f64::from(size.width()) * f64::from(size.height()) > MOST_PIXELS {
        return None;
    }
    let mut picture = Pixmap::new(size.width(), size.height())?;
    picture.fill(Color::WHITE);
    resvg::render(&tree, Transform::from_scale(f32::from(scale), f32::from(scale)), &mut picture.as_mut());
    picture.encode_png().ok()
}
