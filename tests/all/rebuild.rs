//! A project built again: nothing changes, in the same folder and in another.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::SystemTime;

/// What stands at a path.
#[derive(PartialEq, Eq, Debug)]
struct Found {
    bytes: Vec<u8>,
    changed: SystemTime,
}

fn files(folder: &Path) -> BTreeMap<String, Found> {
    let found = walkdir::WalkDir::new(folder).into_iter().map(|entry| entry.expect("readable"));
    let found = found.filter(|entry| entry.file_type().is_file()).map(|entry| {
        let path = entry.path();
        let changed = entry.metadata().expect("there").modified().expect("a time");
        let name = path.strip_prefix(folder).expect("below").to_string_lossy().into_owned();
        (name, Found { bytes: fs::read(path).expect("read"), changed })
    });
    found.collect()
}

/// Copies a project that is in the repository, and lets it have an address, for which feeds and the like are written.
fn copy_project(to: &Path) {
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browser/search");
    for entry in walkdir::WalkDir::new(&from) {
        let entry = entry.expect("readable");
        let place = to.join(entry.path().strip_prefix(&from).expect("below"));
        if entry.file_type().is_dir() {
            fs::create_dir_all(place).expect("made");
        } else {
            fs::copy(entry.path(), place).expect("copied");
        }
    }
    let config = fs::read_to_string(from.join("bpdoc.toml")).expect("text");
    fs::write(to.join("bpdoc.toml"), format!("base_url = \"https://example.org/\"\n{config}")).expect("written");
    fs::write(to.join("content/course/beside.txt"), "beside").expect("written");
}

fn build(root: &Path) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_bpdoc"));
    let built = command.arg("build").arg(root).env("XDG_CACHE_HOME", root.join("caches")).output();
    let built = built.expect("the program starts");
    String::from_utf8_lossy(&built.stderr).into_owned()
}

#[test]
fn a_second_build_changes_no_byte() {
    let (here, there) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    copy_project(here.path());
    copy_project(there.path());
    let said = build(here.path());
    let first = files(&here.path().join("site"));
    assert!(first.keys().filter(|name| name.ends_with(".html")).count() > 20, "{said}");
    build(here.path());
    let second = files(&here.path().join("site"));
    let differing: Vec<&String> =
        first.keys().chain(second.keys()).filter(|name| first.get(*name) != second.get(*name)).collect();
    assert!(differing.is_empty(), "{differing:?}");
    build(there.path());
    let other = files(&there.path().join("site"));
    let bytes = |files: &BTreeMap<String, Found>| -> BTreeMap<String, Vec<u8>> {
        files.iter().map(|(name, found)| (name.clone(), found.bytes.clone())).collect()
    };
    assert!(bytes(&first) == bytes(&other), "another folder gives other bytes");
}

/// Neither the number of threads, nor locale, zone, date or user, nor where and in which order files were made, nor when,
/// leaves a trace. Each run has hash seeds of its own.
#[test]
fn nothing_but_the_project_counts() {
    let reference = tempfile::tempdir().expect("a folder");
    copy_project(reference.path());
    build(reference.path());
    let bytes_below = |root: &Path| -> BTreeMap<String, Vec<u8>> {
        files(&root.join("site")).into_iter().map(|(name, found)| (name, found.bytes)).collect()
    };
    let expected = bytes_below(reference.path());
    let worlds: [&[(&str, &str)]; 6] = [
        &[("RAYON_NUM_THREADS", "1"), ("LC_ALL", "C"), ("TZ", "Asia/Seoul")],
        &[("RAYON_NUM_THREADS", "2"), ("LC_ALL", "ko_KR.UTF-8"), ("TZ", "America/St_Johns")],
        &[("RAYON_NUM_THREADS", "7"), ("LANG", "tr_TR.UTF-8"), ("SOURCE_DATE_EPOCH", "0")],
        &[("RAYON_NUM_THREADS", "64"), ("LANG", "ko_KR.EUC-KR"), ("SOURCE_DATE_EPOCH", "4102444800")],
        &[("HOME", "/nonexistent"), ("USER", "누구"), ("COLUMNS", "7"), ("TERM", "dumb")],
        &[("CLICOLOR_FORCE", "1"), ("CI", "true"), ("RUST_BACKTRACE", "full")],
    ];
    for (i, world) in worlds.iter().enumerate() {
        let folder = tempfile::tempdir().expect("a folder");
        let root = folder.path().join("deep er/사이트").join(i.to_string());
        copy_backwards(reference.path(), &root);
        let mut command = Command::new(env!("CARGO_BIN_EXE_bpdoc"));
        let ended = command.arg("build").arg(&root).env_clear().envs(world.iter().copied()).output();
        assert!(ended.expect("the program starts").status.success(), "{world:?}");
        let found = bytes_below(&root);
        let differing: Vec<_> = expected.keys().filter(|name| expected.get(*name) != found.get(*name)).collect();
        assert!(differing.is_empty() && found.len() == expected.len(), "{world:?}: {differing:?}");
    }
}

/// The sources of a project, the last file first, and as old as the epoch.
fn copy_backwards(from: &Path, to: &Path) {
    let entries: Vec<_> = walkdir::WalkDir::new(from).sort_by_file_name().into_iter().flatten().collect();
    let sources = entries.iter().rev().filter(|entry| entry.file_type().is_file());
    for entry in sources {
        let path = entry.path().strip_prefix(from).expect("below");
        if path.starts_with("site") {
            continue;
        }
        let place = to.join(path);
        fs::create_dir_all(place.parent().expect("a folder")).expect("made");
        fs::copy(entry.path(), &place).expect("copied");
        let file = fs::File::options().write(true).open(&place).expect("there");
        file.set_modified(SystemTime::UNIX_EPOCH).expect("allowed");
    }
}
