//! The fonts that bpdoc ships. In: nothing; out: their bytes. This room does not know what is written in them.
//!
//! Both families are under the SIL Open Font License; the licences stand beside them in `src/fonts/`.

/// Pretendard Regular: the text of pages and figures, in Hangul, Latin and Greek.
pub static SANS_REGULAR: &[u8] = include_bytes!("fonts/Pretendard-Regular.ttf");
/// Pretendard Bold: headings and names in figures.
pub static SANS_BOLD: &[u8] = include_bytes!("fonts/Pretendard-Bold.ttf");
/// STIX Two Math, compressed: formulas. Never cut down: its MATH table would break.
pub static MATH: &[u8] = include_bytes!("fonts/STIXTwoMath.woff2");
/// The signs of STIX Two Math that Pretendard lacks, such as ∇ and ⊗, as TrueType and without tables for layout: for
/// pictures in pixels. Cut from the font above with fontTools.
pub static SIGNS: &[u8] = include_bytes!("fonts/STIXTwoMath-Signs.ttf");
/// The licence of both text fonts.
pub static SANS_LICENCE: &str = include_str!("fonts/Pretendard-LICENSE.txt");
/// The licence of the font for formulas.
pub static MATH_LICENCE: &str = include_str!("fonts/STIXTwoMath-LICENSE.txt");
