//! What a note is read with: its project as it was loaded, with the texts of open documents in the place of those of the disk.
//! In: a project, and texts by path; out: the files that a note needs.

use crate::block::read_options;
use crate::diag::{Checked, Diagnostic};
use crate::note::{self, BlockKind, Manuscript, Policy, address};
use crate::outfit::Outfit;
use crate::project::{self, Project};
use crate::source::{SourceFile, beside};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use super::place::Home;

/// A project, or a note that stands alone.
#[derive(Debug)]
pub struct Book {
    /// The project as the disk has it; of a note that stands alone, an empty one.
    pub project: Project,
    /// What its notes are read with.
    pub outfit: Arc<Outfit>,
    /// What was wrong with its files.
    pub loaded: Vec<Diagnostic>,
    /// Series and slug → the paths of a note's files in all languages.
    by_address: BTreeMap<(String, Option<String>), Vec<String>>,
}

/// Texts that are newer than the disk's, by path below the project's folder.
pub type Overlay = BTreeMap<String, Arc<str>>;

impl Book {
    /// Reads the project of a place. What cannot be read is an empty one.
    pub fn load(home: &Home) -> Self {
        let read = if home.is_project { project::load(&home.root).unwrap_or_default() } else { Checked::default() };
        let outfit = Arc::new(Outfit::of(&read.value));
        Self::of(read, outfit)
    }

    /// The project after some files of the disk have changed.
    pub fn reloaded(&self, home: &Home, changed: &[PathBuf]) -> Self {
        let before = Checked { value: self.project.clone(), diagnostics: self.loaded.clone() };
        let own: Vec<PathBuf> = changed.iter().filter(|path| path.starts_with(&home.root)).cloned().collect();
        match project::reload(&home.root, before, &own) {
            Ok(read) if read.value.has_same_world(&self.project) => Self::of(read, Arc::clone(&self.outfit)),
            _ => Self::load(home),
        }
    }

    fn of(read: Checked<Project>, outfit: Arc<Outfit>) -> Self {
        let Checked { value: project, diagnostics: loaded } = read;
        let mut by_address: BTreeMap<_, Vec<String>> = BTreeMap::new();
        for note in &project.notes {
            let address = address::read(&note.path, &project.settings.languages).value;
            by_address.entry((address.series, address.slug)).or_default().push(note.path.clone());
        }
        Self { project, outfit, loaded, by_address }
    }

    /// The text of a Markdown file.
    pub fn text<'t>(&'t self, path: &str, overlay: &'t Overlay) -> Option<&'t str> {
        let notes = &self.project.notes;
        let on_disk =
            || notes.binary_search_by(|note| note.path.as_str().cmp(path)).ok().map(|at| notes[at].text.as_str());
        overlay.get(path).map(|text| &**text).or_else(on_disk)
    }

    /// A Markdown file.
    pub fn file(&self, path: &str, overlay: &Overlay) -> Option<Arc<SourceFile>> {
        let notes = &self.project.notes;
        match overlay.get(path) {
            Some(text) => Some(Arc::new(SourceFile::new(path, &**text))),
            None => notes.binary_search_by(|note| note.path.as_str().cmp(path)).ok().map(|at| Arc::clone(&notes[at])),
        }
    }

    /// The project with the texts of open documents.
    pub fn overlaid(&self, overlay: &Overlay) -> Project {
        let mut project = self.project.clone();
        for (path, text) in overlay {
            match project.notes.binary_search_by(|note| note.path.as_str().cmp(path)) {
                Ok(at) => project.notes[at] = Arc::new(SourceFile::new(path, &**text)),
                Err(at) => project.notes.insert(at, Arc::new(SourceFile::new(path, &**text))),
            }
        }
        project
    }

    /// The files of the note of a series and a slug, in all languages.
    pub fn files_of(&self, series: &str, slug: Option<&str>) -> &[String] {
        self.by_address.get(&(series.to_owned(), slug.map(str::to_owned))).map_or(&[], Vec::as_slice)
    }

    /// The files of the note that a fence names: `27-backprop`, `backprop` or `series/backprop`, as seen from a series.
    pub fn files_named(&self, series: &str, name: &str) -> &[String] {
        let (series, name) = name.rsplit_once('/').unwrap_or((series, name));
        let numbered =
            || name.split_once('-').filter(|(number, _)| number.parse::<u32>().is_ok()).map(|(_, slug)| slug);
        match self.files_of(series, Some(name)) {
            [] => numbered().map_or(&[], |slug| self.files_of(series, Some(slug))),
            files => files,
        }
    }

    /// The series that a file belongs to.
    pub fn series_of(&self, path: &str) -> String {
        address::read(path, &self.project.settings.languages).value.series
    }

    /// The files of the same note in other languages.
    pub fn twins_of<'t>(&'t self, path: &'t str) -> impl Iterator<Item = &'t str> {
        let address = address::read(path, &self.project.settings.languages).value;
        let files = self.files_of(&address.series, address.slug.as_deref());
        files.iter().map(String::as_str).filter(move |other| *other != path)
    }

    /// What fences call the notes of a series.
    pub fn names_of_notes(&self, series: &str) -> Vec<&str> {
        let slugs = self.by_address.keys().filter(|(its, _)| its == series).filter_map(|(_, slug)| slug.as_deref());
        slugs.collect()
    }

    /// The paths of all files that a file includes, and of those that they include.
    pub fn included(&self, path: &str, overlay: &Overlay) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        let mut open = vec![path.to_owned()];
        while let Some(here) = open.pop() {
            let Some(text) = self.text(&here, overlay) else { continue };
            for target in images_of_notes(text).filter_map(|target| beside(&here, target)) {
                let stem = target.split('.').next().unwrap_or_default();
                let first = self.project.notes.partition_point(|note| note.path.as_str() < stem);
                let alike = self.project.notes[first..].iter().take_while(|note| note.path.starts_with(stem));
                open.extend(alike.filter(|note| found.insert(note.path.clone())).map(|note| note.path.clone()));
            }
        }
        found.remove(path);
        found
    }
}

/// The ids of the graph blocks of a text.
pub fn ids_of_graphs(text: &str) -> Vec<String> {
    let manuscript = Manuscript::from(SourceFile::new("note.md", text));
    let blocks = note::read(&manuscript, &Policy::default()).value.note.blocks;
    let graphs = blocks.iter().filter(|block| block.kind == BlockKind::Graph);
    graphs.filter_map(|block| Some(read_options(&block.info).value.id?.text)).collect()
}

/// The destinations of what look like images that are Markdown files.
fn images_of_notes(text: &str) -> impl Iterator<Item = &str> {
    let behind = |at: usize| text[at..].find("](").map(|found| &text[at + found + 2..]);
    let images = text.match_indices("![").filter_map(move |(at, _)| behind(at));
    images
        .map(|rest| &rest[..rest.find([')', '#', ' ', '\n']).unwrap_or(rest.len())])
        .filter(|path| path.ends_with(".md"))
}
