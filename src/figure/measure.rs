//! How wide a text is, from the metrics of the font that the page ships. In: text and a size; out: pixels.
//! Kerning and ligatures are off in figures, so that the sum of the advances is exact.

use crate::fonts;
use skrifa::instance::{LocationRef, Size};
use skrifa::{FontRef, MetadataProvider};
use std::collections::HashMap;
use std::sync::{OnceLock, RwLock};

/// The weight of a text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Weight {
    /// 400.
    #[default]
    Regular,
    /// 700.
    Bold,
}

/// The width of `text` in pixels at `size` pixels per em.
pub fn width(text: &str, size: f64, weight: Weight) -> f64 {
    let face = face(weight);
    let advance = |c: char| face.ascii.get(c as usize).copied().unwrap_or_else(|| face.advance(c));
    text.chars().map(advance).sum::<f64>() * size
}

/// Capital letters reach this far above the baseline, in ems.
pub const CAP_HEIGHT: f64 = 1448.0 / 2048.0;

struct Face {
    font: FontRef<'static>,
    /// Advances in ems of the characters that nearly all texts are made of.
    ascii: [f64; 128],
    /// Those of the others that have been seen so far.
    advances: RwLock<HashMap<char, f64>>,
}

impl Face {
    fn advance(&self, c: char) -> f64 {
        if let Some(&advance) = self.advances.read().unwrap_or_else(std::sync::PoisonError::into_inner).get(&c) {
            return advance;
        }
        let advance = advance_in(&self.font, c);
        self.advances.write().unwrap_or_else(std::sync::PoisonError::into_inner).insert(c, advance);
        advance
    }
}

fn advance_in(font: &FontRef<'static>, c: char) -> f64 {
    let glyph = font.charmap().map(c);
    let metrics = font.glyph_metrics(Size::new(1.0), LocationRef::default());
    // A character that the font lacks comes from another font: one em is enough for all of them.
    glyph.and_then(|glyph| metrics.advance_width(glyph)).map_or(1.0, f64::from)
}

fn face(weight: Weight) -> &'static Face {
    static REGULAR: OnceLock<Face> = OnceLock::new();
    static BOLD: OnceLock<Face> = OnceLock::new();
    let (cell, bytes) = match weight {
        Weight::Regular => (&REGULAR, fonts::SANS_REGULAR),
        Weight::Bold => (&BOLD, fonts::SANS_BOLD),
    };
    cell.get_or_init(|| {
        let font = FontRef::new(bytes).expect("the shipped font is a font");
        let ascii = std::array::from_fn(|c| advance_in(&font, char::from(c as u8)));
        Face { font, ascii, advances: RwLock::default() }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn widths_follow_the_font() {
        // Advances of Pretendard 1.3 in units of 2048 per em, read with another tool.
        for (text, units) in [("가", 1770.0), ("w", 1592.0), ("∂", 1228.0), ("×", 1284.0), ("가w", 1770.0 + 1592.0)]
        {
            let found = width(text, 2048.0, Weight::Regular);
            assert!((found - units).abs() < 1.0, "{text}: {found}");
        }
        assert!(width("w", 14.0, Weight::Bold) > width("w", 14.0, Weight::Regular));
        assert_eq!(width("", 14.0, Weight::Regular), 0.0);
    }
}
