//! A look at a project from outside. In: where it is read from; out: what the system says of its files, from which follows
//! whether anything may have changed. Nothing is read.

use super::{Places, is_litter};
use crate::archive::{Instant, Stamp};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use walkdir::WalkDir;

/// What the system says of the files that a project is read from.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Look {
    at: Instant,
    places: Places,
    /// What stands at each name on the way to them.
    ways: Vec<Ground>,
    files: Vec<(PathBuf, Option<Stamp>)>,
}

/// What stands where a folder may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Ground {
    Nothing,
    Folder,
    /// A file, or a link: what it leads to is not read.
    Other,
}

impl Ground {
    fn at(path: &Path) -> Self {
        match path.symlink_metadata() {
            Ok(found) if found.is_dir() => Self::Folder,
            Ok(_) => Self::Other,
            Err(_) => Self::Nothing,
        }
    }
}

/// Looks at the files of a project.
pub fn look(root: &Path, places: Places) -> Look {
    let at = Instant::now();
    let all = places.folders.iter().chain(&places.files);
    let ways = all.flat_map(|place| Path::new(place).ancestors()).map(|part| Ground::at(&root.join(part))).collect();
    let mut files = Vec::new();
    for folder in &places.folders {
        let path = root.join(folder);
        files.push((folder.into(), None));
        if Ground::at(&path) == Ground::Folder {
            files.extend(below(&path));
        }
    }
    files.extend(places.files.iter().map(|file| (file.into(), Stamp::at(&root.join(file)))));
    Look { at, places, ways, files }
}

/// The stamps of all that a folder holds, but for the folders in it; what cannot be looked at has none.
fn below(folder: &Path) -> impl Iterator<Item = (PathBuf, Option<Stamp>)> {
    let walk = WalkDir::new(folder)
        .sort_by_file_name()
        .into_iter()
        .filter_entry(|entry| entry.depth() == 0 || !is_litter(&entry.file_name().to_string_lossy()));
    walk.filter_map(|entry| match entry {
        Ok(entry) if entry.file_type().is_dir() => None,
        Ok(entry) => {
            let stamp = entry.metadata().ok().map(|metadata| Stamp::of(&metadata));
            Some((entry.into_path(), stamp))
        }
        Err(error) => Some((error.path().map(Path::to_owned).unwrap_or_default(), None)),
    })
}

impl Look {
    /// Where it looked.
    pub fn places(&self) -> &Places {
        &self.places
    }

    /// Whether no file can have changed after it without another stamp.
    pub fn is_certain(&self) -> bool {
        self.files.iter().all(|(_, stamp)| stamp.is_none_or(|stamp| !stamp.is_doubtful(self.at)))
    }

    /// Whether another look has met the same.
    pub fn is_same(&self, other: &Self) -> bool {
        (&self.places, &self.ways, &self.files) == (&other.places, &other.ways, &other.files)
    }
}
