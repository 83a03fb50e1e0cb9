//! What an output folder holds before a build. In: the folder; out: which of its files
//! are bpdoc's, which are not, and these carried over to where the new site stands. This file does not know how one folder
//! takes the place of the other.

use super::removal::make_writable;
use super::{MANIFEST, mounts, read_manifest, same_bytes};
use crate::archive::Stamp;
use crate::failure::Failure;
use crate::lang::text;
use crate::source::printable;
use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// What the output folder holds before.
pub struct Old {
    /// The folder.
    pub path: PathBuf,
    /// Whether it is there.
    pub exists: bool,
    /// Whether bpdoc has written it.
    pub has_manifest: bool,
    /// The files that bpdoc has written.
    pub ours: BTreeSet<String>,
    /// All other files.
    pub foreign: BTreeSet<PathBuf>,
    /// Folders that hold nothing of ours, empty ones included.
    pub foreign_folders: BTreeSet<PathBuf>,
}

impl Old {
    /// Looks through the folder; refuses one that the site must not be written to.
    pub fn survey(path: PathBuf) -> Result<Self, Failure> {
        let reading = || text("출력 폴더를 읽을 수 없습니다", "cannot read the output folder");
        let mut old = Self {
            exists: path.try_exists().map_err(Failure::machine(reading(), &path))?,
            has_manifest: false,
            ours: BTreeSet::new(),
            foreign: BTreeSet::new(),
            foreign_folders: BTreeSet::new(),
            path,
        };
        if !old.exists {
            return Ok(old);
        }
        mounts::refuse_in(&old.path)?;
        let manifest = read_manifest(&old.path).map_err(Failure::machine(reading(), &old.path))?;
        old.has_manifest = manifest.is_some();
        old.ours = manifest.unwrap_or_default();
        let device_of = |folder: &Path| fs::metadata(folder).map(|found| found.dev());
        let device = device_of(&old.path).map_err(Failure::machine(reading(), &old.path))?;
        for entry in walkdir::WalkDir::new(&old.path).min_depth(1) {
            let entry = entry.map_err(|error| Failure::machine(reading(), &old.path)(error.into()))?;
            let relative = relative(&old.path, entry.path());
            if entry.file_type().is_dir() {
                if device_of(entry.path()).is_ok_and(|other| other != device) {
                    return Err(mounts::refused(entry.path()));
                }
                if !is_folder_of(&old.ours, &relative) {
                    old.foreign_folders.insert(relative);
                }
            } else if !is_ours(&old.ours, &relative) {
                old.foreign.insert(relative);
            }
        }
        old.refusal().map_or(Ok(old), Err)
    }

    fn refusal(&self) -> Option<Failure> {
        let holds_foreign = !self.foreign.is_empty() || !self.foreign_folders.is_empty();
        if !self.has_manifest && holds_foreign {
            let shown = self.path.display();
            return Some(Failure::Refused(text(
                format!(
                    "출력 폴더 `{shown}`에 bpdoc이 만들지 않은 파일이 있습니다. 비어 있는 폴더를 고르거나 `-o`로 다른 곳을 정하세요"
                ),
                format!(
                    "the output folder `{shown}` holds files that bpdoc did not write; choose an empty folder, or another one with `-o`"
                ),
            )));
        }
        None
    }

    /// Refuses a site some of whose files are to stand where others are.
    pub fn leaves_room_for(&self, site: &BTreeSet<String>) -> Result<(), Failure> {
        let is_planned = |path: &Path| path.to_str().is_some_and(|path| site.contains(path));
        let is_in_the_way = |path: &Path| is_planned(path) || is_folder_of(site, path);
        let taken = self.foreign.iter().find(|path| is_in_the_way(path));
        let taken = taken.or_else(|| self.foreign_folders.iter().find(|path| is_planned(path)));
        let Some(path) = taken.map(|path| printable(&path.to_string_lossy())) else { return Ok(()) };
        Err(Failure::Refused(text(
            format!("`{path}`는 bpdoc이 만들지 않은 파일이어서 덮어쓰지 않습니다. 옮긴 뒤 다시 빌드하세요"),
            format!("`{path}` was not written by bpdoc and is not overwritten; move it away and build again"),
        )))
    }

    /// What the system says of a file of the site that the folder has with these bytes.
    pub fn stamp_of_same(&self, path: &str, bytes: &[u8]) -> Option<Stamp> {
        if self.ours.contains(path) { same_bytes(&self.path.join(path), bytes) } else { None }
    }

    /// Puts all that is not ours into the folder that will take this one's place.
    pub fn carry_over(&self, stage: &Path) -> Result<(), Failure> {
        let carrying = || text("파일을 옮겨 담을 수 없습니다", "cannot carry the file over");
        for path in &self.foreign_folders {
            let target = stage.join(path);
            fs::create_dir_all(&target).map_err(Failure::machine(carrying(), &target))?;
        }
        for path in &self.foreign {
            let target = stage.join(path);
            fs::create_dir_all(target.parent().unwrap_or(stage))
                .and_then(|()| link_or_copy(&self.path.join(path), &target))
                .map_err(Failure::machine(carrying(), &target))?;
        }
        // Folders that are read-only are full by now, and so are those in them.
        for path in self.foreign_folders.iter().rev() {
            let target = stage.join(path);
            same_permissions(&self.path.join(path), &target).map_err(Failure::machine(carrying(), &target))?;
        }
        Ok(())
    }

    /// Gives the folder that will take this one's place the permissions of this one.
    pub fn lend_permissions(&self, stage: &Path) -> io::Result<()> {
        if self.exists { same_permissions(&self.path, stage) } else { Ok(()) }
    }
}

/// Moves what is not bpdoc's out of a folder that `out` has taken the place of: files that came into it, or were replaced
/// there, after the survey. What has its own place in `out` already stays.
pub fn rescue(retired: &Path, out: &Path) -> io::Result<()> {
    let before = read_manifest(retired)?.unwrap_or_default();
    let now = read_manifest(out)?.unwrap_or_default();
    for entry in walkdir::WalkDir::new(retired).min_depth(1) {
        let entry = entry?;
        let path = relative(retired, entry.path());
        if entry.file_type().is_dir() || is_ours(&before, &path) {
            continue;
        }
        let mut target = out.join(&path);
        if is_ours(&now, &path) {
            target.as_mut_os_string().push(".kept");
        }
        if is_newer(entry.path(), &target)? {
            target.parent().map_or(Ok(()), fs::create_dir_all)?;
            entry.path().parent().into_iter().for_each(make_writable);
            fs::rename(entry.path(), target)?;
        }
    }
    Ok(())
}

/// Whether a file has changed since the one at `target` was made of it, or there is none.
fn is_newer(file: &Path, target: &Path) -> io::Result<bool> {
    let file = fs::symlink_metadata(file)?;
    let target = match fs::symlink_metadata(target) {
        Ok(target) => target,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(true),
        Err(error) => return Err(error),
    };
    let is_same = (file.dev(), file.ino()) == (target.dev(), target.ino());
    Ok(!is_same && file.modified()? > target.modified()?)
}

fn relative(root: &Path, path: &Path) -> PathBuf {
    path.strip_prefix(root).unwrap_or(path).to_owned()
}

fn is_ours(ours: &BTreeSet<String>, path: &Path) -> bool {
    path.to_str().is_some_and(|path| path == MANIFEST || ours.contains(path))
}

fn is_folder_of(ours: &BTreeSet<String>, folder: &Path) -> bool {
    let Some(inside) = folder.to_str().map(|folder| format!("{folder}/")) else { return false };
    ours.range(inside.clone()..).next().is_some_and(|path| path.starts_with(&inside))
}

fn same_permissions(from: &Path, to: &Path) -> io::Result<()> {
    fs::set_permissions(to, fs::metadata(from)?.permissions())
}

/// The same file under a second name, or a copy where that cannot be.
pub fn link_or_copy(from: &Path, to: &Path) -> io::Result<()> {
    let Err(cause) = fs::hard_link(from, to) else { return Ok(()) };
    let kind = fs::symlink_metadata(from)?.file_type();
    if kind.is_symlink() {
        return std::os::unix::fs::symlink(fs::read_link(from)?, to);
    }
    // What is read from a device or a pipe is not the file.
    if kind.is_file() { fs::copy(from, to).map(|_| ()) } else { Err(cause) }
}
