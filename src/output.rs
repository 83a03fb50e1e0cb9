//! Publishing. In: the files of a site; out: a directory that holds them. This room alone writes the disk; it does
//! not know what is in a file.
//!
//! A build is staged beside the output and then exchanged with it in one step, so that a reader, a crash or a
//! power cut meets the whole old site or the whole new one. Only what bpdoc wrote is ever replaced: a manifest in
//! the output lists it, and every other file is carried over.

use crate::failure::Failure;
use crate::lang::{Text, text};
use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::Write;
use std::path::{Component, Path, PathBuf};

/// The files of a site: path below its root, with `/` between the parts → bytes.
pub type Files = BTreeMap<String, Vec<u8>>;

/// The file in an output folder that says which files are bpdoc's.
pub const MANIFEST: &str = ".bpdoc";
const MANIFEST_HEAD: &str = "bpdoc 1: the files below are written by bpdoc and replaced by the next build\n";

/// What publishing has done.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Published {
    /// How many files have other bytes than before, or are new.
    pub written: usize,
    /// How many files of the last build are gone.
    pub removed: usize,
    /// Files in the output folder that are not bpdoc's; they were kept.
    pub foreign: Vec<String>,
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
/// If `out` is not bpdoc's to write, or the machine fails. Then `out` is what it was.
pub fn publish(site: &Files, out: &Path) -> Result<Published, Failure> {
    check_paths(site)?;
    let place = Place::of(out)?;
    let _lock = place.lock()?;
    place.clean_up()?;
    let old = place.survey(site)?;
    let mut published = Published {
        written: site.iter().filter(|(path, bytes)| old.bytes_differ(path, bytes)).count(),
        removed: old.ours.iter().filter(|path| !site.contains_key(*path)).count(),
        foreign: old.foreign.iter().cloned().collect(),
    };
    published.foreign.sort();
    if published.written + published.removed > 0 || !old.has_manifest {
        let stage = place.stage(site, &old)?;
        place.exchange(&stage)?;
        place.retire(&stage, &old);
    }
    Ok(published)
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
        match fs::read(out.join(path)) {
            Ok(found) if found == *bytes => {}
            Ok(_) => differences.push(Difference::Changed(path.clone())),
            Err(_) => differences.push(Difference::Missing(path.clone())),
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
    let writing = || text("쓸 수 없습니다", "cannot write");
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

/// Every path must stay inside the output folder, on every system.
fn check_paths(site: &Files) -> Result<(), Failure> {
    for path in site.keys() {
        let is_plain = Path::new(path).components().all(|part| matches!(part, Component::Normal(_)));
        if path.is_empty() || !is_plain || path.contains(['\\', '\0']) || path == MANIFEST {
            return Err(Failure::Refused(text(
                format!("`{path}`에는 쓸 수 없습니다"),
                format!("`{path}` is not a path to write to"),
            )));
        }
    }
    Ok(())
}

/// Where the output is, and what stands beside it.
struct Place {
    parent: PathBuf,
    name: String,
}

/// What the output folder holds before.
struct Old {
    path: PathBuf,
    exists: bool,
    has_manifest: bool,
    ours: BTreeSet<String>,
    foreign: BTreeSet<String>,
    /// Folders that hold nothing of ours, empty ones included.
    foreign_folders: BTreeSet<String>,
}

impl Old {
    fn bytes_differ(&self, path: &str, bytes: &[u8]) -> bool {
        let disk = self.path.join(path);
        !self.ours.contains(path)
            || !fs::symlink_metadata(&disk).is_ok_and(|m| m.is_file() && m.len() == bytes.len() as u64)
            || fs::read(disk).map_or(true, |old| old != bytes)
    }
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
        Ok(Self { parent, name: name.to_string_lossy().into_owned() })
    }

    fn out(&self) -> PathBuf {
        self.parent.join(&self.name)
    }

    fn stage_prefix(&self) -> String {
        format!(".{}.bpdoc-stage-", self.name)
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

    /// Removes what a build that was killed has left behind. A stage that was exchanged already holds the old
    /// site; whatever in it is not bpdoc's stands in the new site, too.
    fn clean_up(&self) -> Result<(), Failure> {
        let reading = || text("폴더를 읽을 수 없습니다", "cannot read the folder");
        for entry in fs::read_dir(&self.parent).map_err(Failure::machine(reading(), &self.parent))? {
            let entry = entry.map_err(Failure::machine(reading(), &self.parent))?;
            if entry.file_name().to_string_lossy().starts_with(&self.stage_prefix()) {
                let path = entry.path();
                if !self.out().exists() && path.join(MANIFEST).is_file() {
                    // The two renames of a system without an exchange were interrupted between them.
                    fs::rename(&path, self.out())
                        .map_err(Failure::machine(text("되돌릴 수 없습니다", "cannot restore"), &path))?;
                } else {
                    fs::remove_dir_all(&path).map_err(Failure::machine(
                        text(
                            "이전 빌드의 찌꺼기를 지울 수 없습니다",
                            "cannot remove what an interrupted build has left",
                        ),
                        &path,
                    ))?;
                }
            }
        }
        Ok(())
    }

    fn survey(&self, site: &Files) -> Result<Old, Failure> {
        let path = self.out();
        let reading = || text("출력 폴더를 읽을 수 없습니다", "cannot read the output folder");
        let mut old = Old {
            exists: path.exists(),
            has_manifest: false,
            ours: BTreeSet::new(),
            foreign: BTreeSet::new(),
            foreign_folders: BTreeSet::new(),
            path,
        };
        if !old.exists {
            return Ok(old);
        }
        let manifest = read_manifest(&old.path).map_err(Failure::machine(reading(), &old.path))?;
        old.has_manifest = manifest.is_some();
        old.ours = manifest.unwrap_or_default();
        for entry in walkdir::WalkDir::new(&old.path).min_depth(1) {
            let entry = entry.map_err(|error| Failure::machine(reading(), &old.path)(error.into()))?;
            let relative = relative(&old.path, entry.path());
            if entry.file_type().is_dir() {
                let inside = format!("{relative}/");
                if !old.ours.iter().any(|ours| ours.starts_with(&inside)) {
                    old.foreign_folders.insert(relative);
                }
            } else if relative != MANIFEST && !old.ours.contains(&relative) {
                old.foreign.insert(relative);
            }
        }
        let holds_foreign = !old.foreign.is_empty() || !old.foreign_folders.is_empty();
        if !old.has_manifest && holds_foreign {
            let shown = old.path.display();
            return Err(Failure::Refused(text(
                format!(
                    "출력 폴더 `{shown}`에 bpdoc이 만들지 않은 파일이 있습니다. 비어 있는 폴더를 고르거나 `-o`로 다른 곳을 정하세요"
                ),
                format!(
                    "the output folder `{shown}` holds files that bpdoc did not write; choose an empty folder, or another one with `-o`"
                ),
            )));
        }
        if let Some(path) = old
            .foreign
            .iter()
            .find(|path| site.contains_key(*path) || site.keys().any(|ours| ours.starts_with(&format!("{path}/"))))
        {
            return Err(Failure::Refused(text(
                format!("`{path}`는 bpdoc이 만들지 않은 파일이어서 덮어쓰지 않습니다. 옮긴 뒤 다시 빌드하세요"),
                format!("`{path}` was not written by bpdoc and is not overwritten; move it away and build again"),
            )));
        }
        Ok(old)
    }

    /// Writes the new site beside the old one. What has not changed shares its bytes with the old site.
    fn stage(&self, site: &Files, old: &Old) -> Result<PathBuf, Failure> {
        let stage = self.parent.join(format!("{}{}", self.stage_prefix(), std::process::id()));
        let result = self.fill(&stage, site, old);
        if result.is_err() {
            // The next run cleans up if this fails as well.
            let _ = fs::remove_dir_all(&stage);
        }
        result.map(|()| stage)
    }

    fn fill(&self, stage: &Path, site: &Files, old: &Old) -> Result<(), Failure> {
        let writing = || text("쓸 수 없습니다", "cannot write");
        let make_folder = |path: &Path| {
            fs::create_dir_all(path)
                .map_err(Failure::machine(text("폴더를 만들 수 없습니다", "cannot make the folder"), path))
        };
        make_folder(stage)?;
        let mut folder = stage.to_owned();
        for (path, bytes) in site {
            let target = stage.join(path);
            if let Some(parent) = target.parent().filter(|parent| *parent != folder) {
                make_folder(parent)?;
                parent.clone_into(&mut folder);
            }
            if old.bytes_differ(path, bytes) || fs::hard_link(old.path.join(path), &target).is_err() {
                write_new(&target, bytes).map_err(Failure::machine(writing(), &target))?;
            }
        }
        for path in &old.foreign_folders {
            make_folder(&stage.join(path))?;
        }
        for path in &old.foreign {
            let target = stage.join(path);
            make_folder(target.parent().unwrap_or(stage))?;
            keep(&old.path.join(path), &target).map_err(Failure::machine(
                text("파일을 옮겨 담을 수 없습니다", "cannot carry the file over"),
                &target,
            ))?;
        }
        let manifest = stage.join(MANIFEST);
        write_new(&manifest, manifest_text(site).as_bytes()).map_err(Failure::machine(writing(), &manifest))?;
        sync_all(stage).map_err(Failure::machine(writing(), stage))
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
            let _ = fs::remove_dir_all(stage);
        }
        result.map_err(Failure::machine(publishing(), &out))?;
        // The site is the new one; that the folder's entry reaches the disk is the last step.
        let _ = File::open(&self.parent).and_then(|folder| folder.sync_all());
        Ok(())
    }

    /// For file systems without an exchange. If it is interrupted between its steps, the next run goes back.
    fn rename_twice(&self, stage: &Path, out: &Path) -> std::io::Result<()> {
        let aside = self.parent.join(format!("{}old", self.stage_prefix()));
        fs::rename(out, &aside)?;
        if let Err(error) = fs::rename(stage, out) {
            fs::rename(&aside, out)?;
            return Err(error);
        }
        fs::rename(&aside, stage)
    }

    /// Removes the old site, which now stands where the stage was. A file that has come into it since the survey
    /// moves to the new site.
    fn retire(&self, retired: &Path, old: &Old) {
        if !old.exists {
            return;
        }
        for entry in walkdir::WalkDir::new(retired)
            .min_depth(1)
            .into_iter()
            .flatten()
            .filter(|entry| !entry.file_type().is_dir())
        {
            let path = relative(retired, entry.path());
            if path != MANIFEST && !old.ours.contains(&path) && !old.foreign.contains(&path) {
                let target = self.out().join(&path);
                let _ = target.parent().map(fs::create_dir_all);
                let _ = fs::rename(entry.path(), target);
            }
        }
        // What cannot be removed now is removed by the next run.
        let _ = fs::remove_dir_all(retired);
    }
}

fn relative(root: &Path, path: &Path) -> String {
    let relative = path.strip_prefix(root).unwrap_or(path);
    relative.iter().map(|part| part.to_string_lossy()).collect::<Vec<_>>().join("/")
}

fn manifest_text(site: &Files) -> String {
    site.keys().fold(String::from(MANIFEST_HEAD), |text, path| text + path + "\n")
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

fn write_new(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    File::create_new(path)?.write_all(bytes)
}

/// Carries a file over that is not ours: the same file under a second name, or a copy where that cannot be.
fn keep(from: &Path, to: &Path) -> std::io::Result<()> {
    if fs::hard_link(from, to).is_ok() {
        return Ok(());
    }
    let metadata = fs::symlink_metadata(from)?;
    if metadata.is_symlink() {
        return std::os::unix::fs::symlink(fs::read_link(from)?, to);
    }
    fs::copy(from, to).map(|_| ())
}

/// Everything written so far reaches the disk before the exchange.
fn sync_all(stage: &Path) -> std::io::Result<()> {
    let folder = File::open(stage)?;
    #[cfg(target_os = "linux")]
    rustix::fs::syncfs(&folder)?;
    folder.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site(files: &[(&str, &str)]) -> Files {
        files.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())).collect()
    }

    #[track_caller]
    fn check_tree(root: &Path, expected: &[&str]) {
        let mut found: Vec<String> = walkdir::WalkDir::new(root)
            .into_iter()
            .flatten()
            .filter(|e| !e.file_type().is_dir())
            .map(|e| relative(root, e.path()))
            .collect();
        found.sort();
        assert_eq!(found, expected);
    }

    #[test]
    fn a_site_replaces_the_one_before_and_nothing_else() {
        let folder = tempfile::tempdir().expect("a folder");
        let out = folder.path().join("site");
        let first =
            publish(&site(&[("index.html", "1"), ("ko/a.html", "a"), ("ko/b.html", "b")]), &out).expect("published");
        assert_eq!((first.written, first.removed), (3, 0));
        fs::write(out.join("CNAME"), "example.org").expect("written");
        fs::create_dir(out.join(".git")).expect("made");
        fs::write(out.join(".git/HEAD"), "ref").expect("written");
        let second = publish(&site(&[("index.html", "2"), ("ko/a.html", "a")]), &out).expect("published");
        assert_eq!(
            (second.written, second.removed, second.foreign),
            (1, 1, vec![".git/HEAD".to_owned(), "CNAME".to_owned()])
        );
        check_tree(
            folder.path(),
            &["site/.bpdoc", "site/.git/HEAD", "site/CNAME", "site/index.html", "site/ko/a.html"],
        );
        assert_eq!(fs::read_to_string(out.join("index.html")).expect("read"), "2");
        let third = publish(&site(&[("index.html", "2"), ("ko/a.html", "a")]), &out).expect("published");
        assert_eq!((third.written, third.removed), (0, 0));
    }

    #[test]
    fn a_folder_that_is_not_ours_is_refused() {
        let folder = tempfile::tempdir().expect("a folder");
        fs::write(folder.path().join("thesis.txt"), "years of work").expect("written");
        let refused = publish(&site(&[("index.html", "1")]), folder.path());
        assert!(matches!(refused, Err(Failure::Refused(_))), "{refused:?}");
        check_tree(folder.path(), &["thesis.txt"]);
    }

    #[test]
    fn files_and_links_are_refused_as_output() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("file");
        fs::write(&file, "x").expect("written");
        let link = folder.path().join("link");
        std::os::unix::fs::symlink(folder.path(), &link).expect("linked");
        for out in [&file, &link] {
            assert!(matches!(publish(&site(&[("a", "1")]), out), Err(Failure::Refused(_))), "{out:?}");
        }
    }

    #[test]
    fn paths_stay_inside() {
        let folder = tempfile::tempdir().expect("a folder");
        for path in ["../a", "/etc/a", "a/../../b", "", "a\\b", ".bpdoc"] {
            assert!(publish(&site(&[(path, "1")]), &folder.path().join("out")).is_err(), "{path}");
        }
        check_tree(folder.path(), &[]);
    }

    #[test]
    fn what_a_killed_build_left_is_removed() {
        let folder = tempfile::tempdir().expect("a folder");
        let out = folder.path().join("site");
        publish(&site(&[("a", "1")]), &out).expect("published");
        fs::create_dir(folder.path().join(".site.bpdoc-stage-1")).expect("made");
        publish(&site(&[("a", "2")]), &out).expect("published");
        check_tree(folder.path(), &["site/.bpdoc", "site/a"]);
    }

    #[test]
    fn differences_are_told() {
        let folder = tempfile::tempdir().expect("a folder");
        let out = folder.path().join("site");
        publish(&site(&[("a", "1"), ("b", "2"), ("c", "3")]), &out).expect("published");
        let found = compare(&site(&[("a", "1"), ("b", "x"), ("d", "4")]), &out).expect("compared");
        assert_eq!(
            found,
            [Difference::Changed("b".into()), Difference::Missing("d".into()), Difference::Stale("c".into())]
        );
    }
}
