//! Publishing. In: the files of a site; out: a directory that holds them. This room alone writes the disk; it does
//! not know what is in a file.
//!
//! A build is staged beside the output and then exchanged with it in one step, so that a reader, a crash or a
//! power cut meets the whole old site or the whole new one. Only what bpdoc wrote is ever replaced: a manifest in
//! the output lists it, and every other file is carried over. Files come one by one, in any order and from any thread,
//! and are not kept in memory.

mod mounts;
mod old;
mod removal;

use crate::archive::Stamp;
use crate::failure::Failure;
use crate::lang::{Text, text};
use old::{Old, link_or_copy, rescue};
use rayon::prelude::*;
use removal::remove;
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::io::Write;
use std::path::{Component, Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The files of a site: path below its root, with `/` between the parts → bytes.
pub type Files = BTreeMap<String, Vec<u8>>;

/// The file in an output folder that says which files are bpdoc's.
pub const MANIFEST: &str = ".bpdoc";
const MANIFEST_HEAD: &str = "bpdoc 1: the files below are written by bpdoc and replaced by the next build\n";

/// What stands between the output's name and a process in the name of a folder that is being filled.
const STAGE: &str = ".bpdoc-stage-";
/// What stands there in place of a process in the name of the old site, while the new one takes its place in two steps.
const ASIDE: &str = "old";

/// What publishing has done.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Published {
    /// How many files have other bytes than before, or are new.
    pub written: usize,
    /// How many files have the same bytes as before.
    pub same: usize,
    /// How many files of the last build are gone.
    pub removed: usize,
    /// Files in the output folder that are not bpdoc's; they were kept.
    pub foreign: Vec<String>,
    /// What the system says of the site's files.
    pub stamps: BTreeMap<String, Stamp>,
}

/// A file that differs between a site and a folder.
#[derive(Debug, PartialEq, Eq)]
pub enum Difference {
    /// The folder lacks it.
    Missing(String),
    /// The folder has it, the site does not.
    Stale(String),
    /// Its bytes differ.
    Changed(String),
}

/// Makes `out` hold exactly `site`, besides files that are not bpdoc's.
///
/// # Errors
/// As those of [`Publication::finish`].
pub fn publish(site: &Files, out: &Path) -> Result<Published, Failure> {
    let publication = Publication::begin(out)?;
    for (path, bytes) in site {
        publication.put(path, bytes);
    }
    publication.finish()
}

/// A site on its way to an output folder. If it is dropped before it is finished, the folder stays what it is.
pub struct Publication {
    place: Place,
    old: Old,
    stage: PathBuf,
    progress: Mutex<Progress>,
    /// Whether the stage has become the site. What stands in its place now is the old one.
    is_published: bool,
    /// Other builds wait until this one ends.
    _lock: File,
}

/// What has come of the site so far.
#[derive(Default)]
struct Progress {
    files: BTreeMap<String, Stamp>,
    /// Those that have other bytes than before, or are new; they stand in the stage.
    written: BTreeSet<String>,
    /// The folders of the stage.
    folders: BTreeSet<PathBuf>,
    /// The first thing that went wrong.
    failure: Option<Failure>,
}

impl Publication {
    /// Makes ready to publish to a folder; another build that does is waited for.
    ///
    /// # Errors
    /// If `out` is not bpdoc's to write, or the machine fails. Then `out` is what it was.
    pub fn begin(out: &Path) -> Result<Self, Failure> {
        let place = Place::of(out)?;
        let lock = place.lock()?;
        place.clean_up()?;
        let old = Old::survey(place.out())?;
        let stage = place.beside(&std::process::id().to_string());
        Ok(Self { place, old, stage, progress: Mutex::default(), is_published: false, _lock: lock })
    }

    /// Takes a file of the site. What goes wrong is told by [`Publication::finish`].
    pub fn put(&self, path: &str, bytes: &[u8]) {
        let taken = check_path(path).and_then(|()| match self.old.stamp_of_same(path, bytes) {
            Some(stamp) => Ok((stamp, false)),
            None => self.write(path, bytes).map(|stamp| (stamp, true)),
        });
        let mut progress = self.progress();
        match taken {
            Ok((stamp, is_new)) => {
                if is_new {
                    progress.written.insert(path.to_owned());
                }
                progress.files.insert(path.to_owned(), stamp);
            }
            Err(failure) => drop(progress.failure.get_or_insert(failure)),
        }
    }

    /// Takes those of these files of the site that stand where the last build has left them, with the stamps that it has
    /// seen. The result are these.
    pub fn keep<'p>(&self, files: &[(&'p String, Stamp)]) -> Vec<&'p String> {
        let stands = |(path, stamp): &(&String, Stamp)| {
            self.old.ours.contains(*path)
                && Stamp::at(&self.old.path.join(path)).is_some_and(|now| now.is_same_file(stamp))
        };
        let standing: Vec<(&String, Stamp)> = files.par_iter().copied().filter(stands).collect();
        let mut kept = standing.iter().map(|(path, stamp)| ((*path).clone(), *stamp)).collect();
        self.progress().files.append(&mut kept);
        standing.into_iter().map(|(path, _)| path).collect()
    }

    /// Puts the new site in the old one's place.
    ///
    /// # Errors
    /// If `out` holds files that are not bpdoc's where the site's are to stand, or the machine fails. Then `out` is what
    /// it was.
    pub fn finish(mut self) -> Result<Published, Failure> {
        let Progress { files: stamps, written, failure, .. } = std::mem::take(&mut *self.progress());
        failure.map_or(Ok(()), Err)?;
        let files: BTreeSet<String> = stamps.keys().cloned().collect();
        self.old.leaves_room_for(&files)?;
        let published = Published {
            written: written.len(),
            same: files.len() - written.len(),
            removed: self.old.ours.difference(&files).count(),
            foreign: self.old.foreign.iter().map(|path| path.to_string_lossy().into_owned()).collect(),
            stamps,
        };
        if published.written + published.removed > 0 || !self.old.has_manifest {
            self.complete(&files, &written)?;
            self.place.exchange(&self.stage)?;
            self.is_published = true;
            self.place.retire(&self.stage, &self.old);
        }
        Ok(published)
    }

    fn progress(&self) -> MutexGuard<'_, Progress> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self, path: &str, bytes: &[u8]) -> Result<Stamp, Failure> {
        let target = self.stage.join(path);
        self.make_folder_of(&target)?;
        write_new(&target, bytes).map_err(Failure::machine(writing(), &target))
    }

    fn make_folder_of(&self, target: &Path) -> Result<(), Failure> {
        let folder = target.parent().unwrap_or(&self.stage);
        if !self.progress().folders.contains(folder) {
            make_folder(folder)?;
            self.progress().folders.insert(folder.to_owned());
        }
        Ok(())
    }

    /// Adds to the stage what has not changed, which shares its bytes with the old site, and what is not bpdoc's.
    fn complete(&self, files: &BTreeSet<String>, written: &BTreeSet<String>) -> Result<(), Failure> {
        let stage = &self.stage;
        make_folder(stage)?;
        let shared: Vec<&String> = files.difference(written).collect();
        let folders: BTreeSet<PathBuf> =
            shared.iter().filter_map(|path| Some(stage.join(path).parent()?.into())).collect();
        folders.difference(&self.progress().folders).try_for_each(|folder| make_folder(folder))?;
        shared.par_iter().try_for_each(|path| {
            let (old, target) = (self.old.path.join(path), stage.join(path));
            link_or_copy(&old, &target).map_err(Failure::machine(writing(), &target))
        })?;
        self.old.carry_over(stage)?;
        let manifest = stage.join(MANIFEST);
        write_new(&manifest, manifest_text(files).as_bytes()).map_err(Failure::machine(writing(), &manifest))?;
        // A folder that is read-only takes nothing more.
        self.old.lend_permissions(stage).map_err(Failure::machine(writing(), stage))?;
        sync_all(stage).map_err(Failure::machine(writing(), stage))
    }
}

impl Drop for Publication {
    fn drop(&mut self) {
        // An old site that could not be cleared away is the next run's.
        if !self.is_published {
            let _ = remove(&self.stage);
        }
    }
}

fn writing() -> Text {
    text("쓸 수 없습니다", "cannot write")
}

fn make_folder(path: &Path) -> Result<(), Failure> {
    fs::create_dir_all(path).map_err(Failure::machine(text("폴더를 만들 수 없습니다", "cannot make the folder"), path))
}

/// How a folder differs from a site.
///
/// # Errors
/// If the folder cannot be read.
pub fn compare(site: &Files, out: &Path) -> Result<Vec<Difference>, Failure> {
    let reading = || text("출력 폴더를 읽을 수 없습니다", "cannot read the output folder");
    let ours = read_manifest(out).map_err(Failure::machine(reading(), out))?.unwrap_or_default();
    let mut differences = Vec::new();
    for (path, bytes) in site {
        let disk = out.join(path);
        if fs::symlink_metadata(&disk).is_err() {
            differences.push(Difference::Missing(path.clone()));
        } else if same_bytes(&disk, bytes).is_none() {
            differences.push(Difference::Changed(path.clone()));
        }
    }
    differences.extend(ours.into_iter().filter(|path| !site.contains_key(path)).map(Difference::Stale));
    Ok(differences)
}

/// Gives a file other bytes, in one step: whoever reads it meets the old ones or the new ones.
///
/// # Errors
/// If the machine fails. Then the file is what it was.
pub fn replace(file: &Path, bytes: &[u8]) -> Result<(), Failure> {
    // Where a link leads, not the link.
    let file = file.canonicalize().map_err(Failure::machine(writing(), file))?;
    let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let stage = file.with_file_name(format!(".{name}.bpdoc-{}", std::process::id()));
    let written = write_whole(&stage, bytes)
        .and_then(|()| fs::set_permissions(&stage, fs::metadata(&file)?.permissions()))
        .and_then(|()| fs::rename(&stage, &file));
    if written.is_err() {
        let _ = fs::remove_file(&stage);
    }
    written.map_err(Failure::machine(writing(), &file))
}

fn write_whole(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut file = File::create_new(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// Every path must stay inside the output folder, on every system, and be one line of the manifest.
fn check_path(path: &str) -> Result<(), Failure> {
    let is_name =
        |part: &str| !matches!(part, "" | "." | "..") && !part.contains('\\') && !part.contains(char::is_control);
    if path.split('/').all(is_name) && path != MANIFEST {
        return Ok(());
    }
    Err(Failure::Refused(text(format!("`{path}`에는 쓸 수 없습니다"), format!("`{path}` is not a path to write to"))))
}

/// Where the output is, and what stands beside it.
struct Place {
    parent: PathBuf,
    name: OsString,
}

impl Place {
    fn of(out: &Path) -> Result<Self, Failure> {
        let shown = out.display();
        let refuse = |why: Text| {
            Err(Failure::Refused(text(
                format!("출력 폴더 `{shown}`: {}", why.ko),
                format!("output folder `{shown}`: {}", why.en),
            )))
        };
        let absolute = std::path::absolute(out)
            .map_err(Failure::machine(text("경로를 알 수 없습니다", "cannot resolve the path"), out))?;
        let (Some(parent), Some(Component::Normal(name))) = (absolute.parent(), absolute.components().next_back())
        else {
            return refuse(text("폴더의 이름이 아닙니다", "this does not name a folder"));
        };
        match fs::symlink_metadata(&absolute) {
            Ok(metadata) if metadata.is_symlink() => {
                return refuse(text("심볼릭 링크에는 쓰지 않습니다", "bpdoc does not write through a symbolic link"));
            }
            Ok(metadata) if !metadata.is_dir() => {
                return refuse(text("폴더가 아니라 파일입니다", "this is a file, not a folder"));
            }
            _ => {}
        }
        fs::create_dir_all(parent)
            .map_err(Failure::machine(text("폴더를 만들 수 없습니다", "cannot make the folder"), parent))?;
        let parent = fs::canonicalize(parent)
            .map_err(Failure::machine(text("폴더를 읽을 수 없습니다", "cannot read the folder"), parent))?;
        Ok(Self { parent, name: name.to_owned() })
    }

    fn out(&self) -> PathBuf {
        self.parent.join(&self.name)
    }

    /// Where a build of this process, or the folder that an exchange in two steps puts aside, stands beside the output.
    fn beside(&self, suffix: &str) -> PathBuf {
        let mut name = OsString::from(".");
        name.push(&self.name);
        name.push(STAGE);
        name.push(suffix);
        self.parent.join(name)
    }

    /// Whether a name beside the output is one of [`Place::beside`].
    fn is_stage(&self, name: &OsStr) -> bool {
        let suffix = name.as_encoded_bytes().strip_prefix(b".").and_then(|name| {
            name.strip_prefix(self.name.as_encoded_bytes()).and_then(|name| name.strip_prefix(STAGE.as_bytes()))
        });
        suffix.is_some_and(|suffix| {
            suffix == ASIDE.as_bytes() || (!suffix.is_empty() && suffix.iter().all(u8::is_ascii_digit))
        })
    }

    /// One build at a time: the lock is on the parent folder and ends with the process, whatever ends it.
    fn lock(&self) -> Result<File, Failure> {
        let locking = || text("출력 폴더를 잠글 수 없습니다", "cannot lock the output folder");
        let folder = File::open(&self.parent).map_err(Failure::machine(locking(), &self.parent))?;
        loop {
            match rustix::fs::flock(&folder, rustix::fs::FlockOperation::LockExclusive) {
                Ok(()) => return Ok(folder),
                Err(rustix::io::Errno::INTR) => {}
                Err(error) => return Err(Failure::machine(locking(), &self.parent)(error.into())),
            }
        }
    }

    /// Removes what a build that was killed has left behind: a new site that was not put in place, or an old one that
    /// was not removed yet. Whatever in it is not bpdoc's and has no place in the output moves there.
    fn clean_up(&self) -> Result<(), Failure> {
        let reading = || text("폴더를 읽을 수 없습니다", "cannot read the folder");
        let cleaning =
            || text("이전 빌드의 찌꺼기를 지울 수 없습니다", "cannot remove what an interrupted build has left");
        for entry in fs::read_dir(&self.parent).map_err(Failure::machine(reading(), &self.parent))? {
            let entry = entry.map_err(Failure::machine(reading(), &self.parent))?;
            let path = entry.path();
            if !self.is_stage(&entry.file_name()) || !entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                continue;
            }
            mounts::refuse_in(&path)?;
            let manifest = path.join(MANIFEST);
            let is_complete = manifest.try_exists().map_err(Failure::machine(reading(), &manifest))?;
            if is_complete && !self.out().exists() {
                // The two renames of a system without an exchange were interrupted between them.
                fs::rename(&path, self.out())
                    .map_err(Failure::machine(text("되돌릴 수 없습니다", "cannot restore"), &path))?;
                continue;
            }
            // What is not complete has never been in the output's place: all of it is bpdoc's, or has its place there.
            if is_complete {
                rescue(&path, &self.out()).map_err(Failure::machine(cleaning(), &path))?;
            }
            remove(&path).map_err(Failure::machine(cleaning(), &path))?;
        }
        Ok(())
    }

    /// The step at which the site becomes the new one.
    fn exchange(&self, stage: &Path) -> Result<(), Failure> {
        use rustix::fs::{CWD, RenameFlags, renameat_with};
        let out = self.out();
        let publishing = || text("새 사이트로 바꿀 수 없습니다", "cannot put the new site in place");
        let result = if out.exists() {
            match renameat_with(CWD, stage, CWD, &out, RenameFlags::EXCHANGE) {
                Ok(()) => Ok(()),
                Err(rustix::io::Errno::INVAL | rustix::io::Errno::NOSYS | rustix::io::Errno::NOTSUP) => {
                    self.rename_twice(stage, &out)
                }
                Err(error) => Err(error.into()),
            }
        } else {
            fs::rename(stage, &out)
        };
        if result.is_err() {
            let _ = remove(stage);
        }
        result.map_err(Failure::machine(publishing(), &out))?;
        // The site is the new one; that the folder's entry reaches the disk is the last step.
        let _ = File::open(&self.parent).and_then(|folder| folder.sync_all());
        Ok(())
    }

    /// For file systems without an exchange. If it is interrupted between its steps, the next run goes back.
    fn rename_twice(&self, stage: &Path, out: &Path) -> std::io::Result<()> {
        let aside = self.beside(ASIDE);
        fs::rename(out, &aside)?;
        if let Err(error) = fs::rename(stage, out) {
            fs::rename(&aside, out)?;
            return Err(error);
        }
        fs::rename(&aside, stage)
    }

    /// Removes the old site, which now stands where the stage was. What is not bpdoc's and has come into it since the
    /// survey moves to the new site; what cannot be moved or removed now is left to the next run.
    fn retire(&self, retired: &Path, old: &Old) {
        if old.exists && mounts::refuse_in(retired).is_ok() && rescue(retired, &self.out()).is_ok() {
            let _ = remove(retired);
        }
    }
}

fn manifest_text(files: &BTreeSet<String>) -> String {
    files.iter().fold(String::from(MANIFEST_HEAD), |text, path| text + path + "\n")
}

/// The files that the manifest lists; `None` if there is no manifest.
fn read_manifest(out: &Path) -> std::io::Result<Option<BTreeSet<String>>> {
    match fs::read_to_string(out.join(MANIFEST)) {
        Ok(text) => Ok(text.strip_prefix(MANIFEST_HEAD).map(|list| list.lines().map(str::to_owned).collect())),
        Err(error) if matches!(error.kind(), std::io::ErrorKind::NotFound | std::io::ErrorKind::InvalidData) => {
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

/// Whether a regular file holds exactly these bytes; then what the system said of it before it was read.
fn same_bytes(path: &Path, bytes: &[u8]) -> Option<Stamp> {
    let found = fs::symlink_metadata(path).ok()?;
    let is_same =
        found.is_file() && found.len() == bytes.len() as u64 && fs::read(path).is_ok_and(|found| found == bytes);
    is_same.then(|| Stamp::of(&found))
}

fn write_new(path: &Path, bytes: &[u8]) -> std::io::Result<Stamp> {
    let mut file = File::create_new(path)?;
    file.write_all(bytes)?;
    Ok(Stamp::of(&file.metadata()?))
}

/// Everything written so far reaches the disk before the exchange.
fn sync_all(stage: &Path) -> std::io::Result<()> {
    let folder = File::open(stage)?;
    #[cfg(target_os = "linux")]
    rustix::fs::syncfs(&folder)?;
    folder.sync_all()
}

#[cfg(test)]
mod tests;
