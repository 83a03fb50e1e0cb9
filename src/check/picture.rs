//! Pictures that are too large to be looked at with pleasure. In: the pictures of a note; out: diagnostics.

use super::Review;
use crate::diag::Diagnostic;
use crate::lang::text;
use crate::settings::Limits;

/// The pictures of a note that have more bytes or pixels than the settings allow.
pub fn large(review: &Review<'_>) -> Vec<Diagnostic> {
    let (workshop, note) = (review.workshop, review.note());
    let Limits { image_bytes, image_pixels, .. } = workshop.settings.limits;
    let pictures = note.links.iter().filter(|link| link.image);
    let large = pictures.filter_map(|link| {
        let asset = workshop.asset(note, &link.dest)?;
        let (path, bytes) = (&asset.path, asset.bytes.len());
        let size = workshop.picture_size(note, &link.dest).filter(|_| !path.ends_with(".svg"));
        let pixels = size.map_or(0, |size| size.width as usize * size.height as usize);
        let warning = |key: &str, ko: String, en: String| {
            Diagnostic::warning("large-image", link.range.clone(), text(ko, en)).help(text(
                format!("줄여서 저장하세요. `bpdoc.toml`의 `limits.{key}`로 한도를 정할 수 있습니다"),
                format!("save it smaller; `limits.{key}` in `bpdoc.toml` sets the limit"),
            ))
        };
        if bytes > image_bytes {
            let (ko, en) = (
                format!("`{path}`: {bytes}바이트입니다(한도 {image_bytes})"),
                format!("`{path}` has {bytes} bytes (the limit is {image_bytes})"),
            );
            return Some(warning("image_bytes", ko, en));
        }
        (pixels > image_pixels).then(|| {
            warning(
                "image_pixels",
                format!("`{path}`: {pixels}화소입니다(한도 {image_pixels})"),
                format!("`{path}` has {pixels} pixels (the limit is {image_pixels})"),
            )
        })
    });
    large.collect()
}
