//! Removing folders. In: a folder; out: nothing where it was. Neither what links lead to nor what is on another device is touched.
//! This file does not know what the folder was for.

use rayon::prelude::*;
use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

/// What the owner of a folder must be allowed to change what is in it.
const OWNERS: u32 = 0o700;

/// Removes a folder; the folders in it, of which each language has one, at the same time.
pub fn remove(folder: &Path) -> io::Result<()> {
    let device = fs::symlink_metadata(folder)?.dev();
    let inner = empty(folder, device)?;
    inner.into_par_iter().try_for_each(|folder| remove_one_by_one(folder, device))?;
    fs::remove_dir(folder)
}

/// Depth costs no stack: all folders are emptied, then removed, the inner ones first.
fn remove_one_by_one(folder: PathBuf, device: u64) -> io::Result<()> {
    let mut folders = vec![folder];
    let mut emptied = 0;
    while let Some(folder) = folders.get(emptied) {
        let inner = empty(folder, device)?;
        folders.extend(inner);
        emptied += 1;
    }
    folders.iter().rev().try_for_each(fs::remove_dir)
}

/// Removes the files of a folder. The result are its folders.
fn empty(folder: &Path, device: u64) -> io::Result<Vec<PathBuf>> {
    if fs::symlink_metadata(folder)?.dev() != device {
        return Err(io::ErrorKind::CrossesDevices.into());
    }
    make_writable(folder);
    let mut inner = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        match entry.file_type()?.is_dir() {
            true => inner.push(entry.path()),
            false => fs::remove_file(entry.path())?,
        }
    }
    Ok(inner)
}

/// Lets its owner change what is in a folder that is about to go. Where that cannot be, the change itself tells.
pub fn make_writable(folder: &Path) {
    let Ok(found) = fs::symlink_metadata(folder) else { return };
    let mode = found.permissions().mode();
    if found.is_dir() && mode & OWNERS != OWNERS {
        let _ = fs::set_permissions(folder, Permissions::from_mode(mode | OWNERS));
    }
}
