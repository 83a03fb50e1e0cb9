//! Pictures in notes. In: the addresses that notes write; out: their sizes, and diagnostics for what is no picture.

use super::Workshop;
use crate::diag::Diagnostic;
use crate::image::{self, Size};
use crate::lang::text;
use crate::note::Note;
use crate::page::links::resolve;
use crate::project::Asset;
use std::sync::Arc;

impl Workshop<'_> {
    /// The size of a picture beside a note.
    pub(crate) fn picture_size(&self, note: &Note, destination: &str) -> Option<Size> {
        let asset = self.asset(note, destination)?;
        image::size(&asset.path, &asset.bytes)
    }

    /// The file beside a note that an address names. One that is not there is reported with the dead links.
    pub(crate) fn asset(&self, note: &Note, destination: &str) -> Option<&Asset> {
        let path = resolve(note.source.path.strip_prefix("content/")?, destination)?;
        self.assets.binary_search_by(|asset| asset.path.as_str().cmp(&path)).ok().map(|found| &self.assets[found])
    }

    /// Warnings for files that a note shows as pictures, but no browser can.
    pub(super) fn broken_pictures(&self, note: &Note) -> Vec<Diagnostic> {
        let file: Arc<str> = note.source.path.as_str().into();
        let pictures = note.links.iter().filter(|link| link.image);
        let found = pictures.filter_map(|link| Some((link, self.asset(note, &link.dest)?)));
        let broken =
            found.filter(|(_, asset)| !image::is_picture(&asset.path) || !image::is_sound(&asset.path, &asset.bytes));
        let warnings = broken.map(|(link, asset)| {
            let path = &asset.path;
            Diagnostic::warning(
                "broken-picture",
                link.range.clone(),
                text(
                    format!("`{path}`: 브라우저가 보여 줄 수 있는 그림 파일이 아닙니다"),
                    format!("`{path}` is not a picture that browsers can show"),
                ),
            )
            .help(text(
                "PNG, JPEG, GIF, WebP, AVIF, SVG로 다시 저장하세요",
                "save it again as PNG, JPEG, GIF, WebP, AVIF or SVG",
            ))
        });
        warnings.map(|warning| warning.in_file(&file)).collect()
    }
}
