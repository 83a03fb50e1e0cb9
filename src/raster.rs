//! Pictures in pixels. In: SVG; out: PNG, drawn with the fonts that bpdoc ships, so that it has the same bytes on every
//! machine. This room does not know what a picture shows, and reads no file that an SVG names.

use crate::fonts;
use foldhash::HashMap;
use resvg::tiny_skia::{Color, ColorU8, Pixmap, PremultipliedColorU8, Transform};
use resvg::usvg::fontdb::Database;
use resvg::usvg::{ImageHrefResolver, Options, Tree};
use std::cmp::Reverse;
use std::sync::{Arc, OnceLock};

/// A larger picture would take more than 256 MiB.
const MOST_PIXELS: f64 = 67_108_864.0;

/// Colours of a picture with a palette.
const PALETTE: usize = 256;

/// An SVG on white paper, `scale` pixels for each of its own; none if the picture is too large, or has no size at all.
pub fn png(svg: &str, scale: u8) -> Option<Vec<u8>> {
    let tree = Tree::from_str(svg, &options()).ok()?;
    let size = tree.size().to_int_size().scale_by(f32::from(scale))?;
    if f64::from(size.width()) * f64::from(size.height()) > MOST_PIXELS {
        return None;
    }
    let mut picture = Pixmap::new(size.width(), size.height())?;
    picture.fill(Color::WHITE);
    resvg::render(&tree, Transform::from_scale(f32::from(scale), f32::from(scale)), &mut picture.as_mut());
    picture.encode_png().ok()
}

/// An SVG as a picture of this width for a web page: it has a palette of the colours that most of it shows, which makes
/// it small. None if the SVG cannot be read.
pub fn small_png(svg: &str, width: u16) -> Option<Vec<u8>> {
    let tree = Tree::from_str(svg, &options()).ok()?;
    let size = tree.size().to_int_size().scale_to_width(u32::from(width))?;
    let scale = f32::from(width) / tree.size().width();
    let mut picture = Pixmap::new(size.width(), size.height())?;
    resvg::render(&tree, Transform::from_scale(scale, scale), &mut picture.as_mut());
    let pixels: Vec<ColorU8> = picture.pixels().iter().map(PremultipliedColorU8::demultiply).collect();
    let (palette, indices) = indexed(&pixels);
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, size.width(), size.height());
    encoder.set_color(png::ColorType::Indexed);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_palette(palette.iter().flat_map(|c| [c.red(), c.green(), c.blue()]).collect::<Vec<u8>>());
    if palette.iter().any(|colour| colour.alpha() < u8::MAX) {
        encoder.set_trns(palette.iter().map(|colour| colour.alpha()).collect::<Vec<u8>>());
    }
    encoder.set_compression(png::Compression::High);
    // Neighbours in a palette have nothing to do with each other.
    encoder.set_filter(png::Filter::NoFilter);
    let mut writer = encoder.write_header().ok()?;
    writer.write_image_data(&indices).ok()?;
    writer.finish().ok()?;
    Some(bytes)
}

/// The most frequent colours, and for each pixel the nearest of them.
fn indexed(pixels: &[ColorU8]) -> (Vec<ColorU8>, Vec<u8>) {
    let key = |c: ColorU8| [c.red(), c.green(), c.blue(), c.alpha()];
    let mut counts: HashMap<[u8; 4], usize> = HashMap::default();
    for pixel in pixels {
        *counts.entry(key(*pixel)).or_default() += 1;
    }
    let mut colours: Vec<([u8; 4], usize)> = counts.into_iter().collect();
    colours.sort_unstable_by_key(|(colour, count)| (Reverse(*count), *colour));
    let palette: Vec<[u8; 4]> = colours.iter().take(PALETTE).map(|(colour, _)| *colour).collect();
    let distance =
        |a: &[u8; 4], b: &[u8; 4]| -> u32 { a.iter().zip(b).map(|(a, b)| u32::from(a.abs_diff(*b)).pow(2)).sum() };
    let nearest = |colour: &[u8; 4]| {
        let by_distance = palette.iter().zip(0_u8..=u8::MAX).min_by_key(|(candidate, _)| distance(candidate, colour));
        by_distance.map_or(0, |(_, at)| at)
    };
    let places: HashMap<[u8; 4], u8> = colours.iter().map(|(colour, _)| (*colour, nearest(colour))).collect();
    let indices = pixels.iter().map(|pixel| places[&key(*pixel)]).collect();
    (palette.iter().map(|[r, g, b, a]| ColorU8::from_rgba(*r, *g, *b, *a)).collect(), indices)
}

/// How every picture is drawn; the fonts are read once.
fn options() -> Options<'static> {
    static FONTS: OnceLock<Arc<Database>> = OnceLock::new();
    let fontdb = FONTS.get_or_init(|| {
        let mut known = Database::new();
        for font in [fonts::SANS_REGULAR, fonts::SANS_BOLD, fonts::SIGNS] {
            known.load_font_data(font.to_vec());
        }
        Arc::new(known)
    });
    let no_files = ImageHrefResolver { resolve_data: Box::new(|_, _, _| None), resolve_string: Box::new(|_, _| None) };
    Options {
        font_family: "Pretendard".to_owned(),
        fontdb: Arc::clone(fontdb),
        image_href_resolver: no_files,
        ..Options::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_palette_keeps_the_colours_that_most_of_a_picture_shows() {
        let [red, almost, blue] =
            [[255, 0, 0, 255], [250, 5, 0, 255], [0, 0, 255, 255]].map(|[r, g, b, a]| ColorU8::from_rgba(r, g, b, a));
        assert_eq!(indexed(&[blue, red, red]), (vec![red, blue], vec![1, 0, 0]));
        // All greys twice, and red three times: the frequent red stays, and what is seen once is not among the 256.
        let greys = (0..=255_u8).flat_map(|n| [ColorU8::from_rgba(n, n, n, 255); 2]);
        let pixels: Vec<ColorU8> = greys.chain([red, red, red, almost]).collect();
        let (palette, indices) = indexed(&pixels);
        assert_eq!((palette.len(), palette[0]), (256, red));
        assert_eq!(indices[512..], [0, 0, 0, 0], "what is almost red is red");
    }
}
