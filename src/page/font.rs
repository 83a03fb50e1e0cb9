//! Fonts cut down to the characters in use.

use skera::{Plan, SubsetFlags, subset_font};
use skrifa::FontRef;
use skrifa::raw::collections::IntSet;
use skrifa::raw::types::Tag;
use std::collections::BTreeSet;

/// How hard the compressor tries. From 7 on its tables take tens of megabytes, more than anything else in a build, for files
/// that are smaller by less than a hundredth; from 10 on, a second.
const QUALITY: u8 = 6;

/// The part of a TrueType font that holds `characters`, compressed as WOFF2. Its names are left out: the licence
/// reserves them for the whole font. Kerning and ligatures are left out, too, since figures are measured without.
///
/// # Panics
/// If `font` is not one of the fonts that bpdoc ships.
pub fn subset(font: &[u8], characters: &BTreeSet<char>) -> Vec<u8> {
    let whole = FontRef::new(font).expect("the shipped font is a font");
    let unicodes: IntSet<u32> = characters.iter().map(|c| u32::from(*c)).collect();
    let dropped: IntSet<Tag> =
        [b"GPOS", b"GSUB", b"GDEF", b"kern", b"DSIG", b"BASE"].into_iter().map(Tag::new).collect();
    let plan = Plan::new(
        &IntSet::empty(),
        &unicodes,
        &whole,
        SubsetFlags::default(),
        &dropped,
        &IntSet::empty(),
        &IntSet::empty(),
        &IntSet::empty(),
        &IntSet::empty(),
    );
    let part = subset_font(&whole, &plan).expect("the shipped font can be cut down");
    ttf2woff2::encode(&part, ttf2woff2::BrotliQuality::from(QUALITY)).expect("the shipped font can be compressed")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subset_is_small_and_complete() {
        let woff2 = subset(crate::fonts::SANS_REGULAR, &"역전파는 f(x)를 ∂로 미분한다".chars().collect());
        assert_eq!(&woff2[..4], b"wOF2");
        assert!(woff2.len() < 12_000, "{} bytes", woff2.len());
    }
}
