//! The Markdown files of a project, for finding those that others include. In: a path as a file writes it; out: the file,
//! in the language of the note where there is one. Only files that the project has read can be found.

use super::mistake;
use crate::diag::Diagnostic;
use crate::expr::closest;
use crate::source::{SourceFile, beside};
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;
use unicode_normalization::UnicodeNormalization;

/// Whether a Markdown file is no note of its own, but there to be included: its name, or that of a folder around it, begins
/// with `_`. An `_index` is the front page of its folder.
pub fn is_part(path: &str) -> bool {
    let below = path.strip_prefix("content/").unwrap_or(path);
    let (folders, file) = below.rsplit_once('/').unwrap_or(("", below));
    let is_index = matches!(file.split_once('.'), Some(("_index", _)));
    folders.split('/').any(|folder| folder.starts_with('_')) || (file.starts_with('_') && !is_index)
}

/// The files of a project.
pub struct Library<'f> {
    languages: &'f [String],
    /// By path without language and ending: the files with their languages, where their names say one.
    by_stem: BTreeMap<String, Vec<(Option<&'f str>, &'f SourceFile)>>,
}

/// A file that was found.
pub struct Found<'f> {
    pub file: &'f SourceFile,
    /// Its language, where that is not the note's.
    pub foreign: Option<String>,
}

impl<'f> Library<'f> {
    pub fn new(files: &'f [Arc<SourceFile>], languages: &'f [String]) -> Self {
        let mut by_stem: BTreeMap<String, Vec<_>> = BTreeMap::new();
        for file in files {
            let (stem, language) = in_two(&file.path, languages);
            by_stem.entry(stem.to_owned()).or_default().push((language, file.as_ref()));
        }
        Self { languages, by_stem }
    }

    /// The file that `written` means in the file `here`, for a note in a language. `range` is where it is written.
    pub fn find(
        &self,
        here: &str,
        written: &str,
        language: &str,
        range: &Range<usize>,
    ) -> Result<Found<'f>, Diagnostic> {
        let inside = beside(here, written).filter(|path| path.starts_with("content/") && !written.starts_with('/'));
        let Some(path) = inside else { return Err(mistake::outside(written, range.clone())) };
        let path: String = path.nfc().collect();
        let (stem, _) = in_two(&path, self.languages);
        let files = self.by_stem.get(stem).map_or(&[][..], Vec::as_slice);
        let twin = files.iter().find(|(tag, _)| *tag == Some(language));
        match twin.or_else(|| files.iter().find(|(_, file)| file.path == path)) {
            Some((tag, file)) => Ok(Found { file, foreign: tag.filter(|tag| *tag != language).map(str::to_owned) }),
            None => Err(mistake::missing(written, self.nearest(written), range.clone())),
        }
    }

    fn nearest(&self, written: &str) -> Option<&str> {
        let name = written.rsplit('/').next().unwrap_or(written);
        let names = self.by_stem.values().flatten().filter_map(|(_, file)| file.path.rsplit('/').next());
        closest(name, names.filter(|other| *other != name))
    }
}

/// `content/a/_part.ko.md` as `content/a/_part` and `ko`.
fn in_two<'p>(path: &'p str, languages: &'p [String]) -> (&'p str, Option<&'p str>) {
    let stem = path.strip_suffix(".md").unwrap_or(path);
    let split = stem.rsplit_once('.').and_then(|(stem, tag)| {
        let known = languages.iter().find(|known| known.eq_ignore_ascii_case(tag))?;
        Some((stem, Some(known.as_str())))
    });
    split.unwrap_or((stem, None))
}
