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
    let built = Command::new(env!("CARGO_BIN_EXE_bpdoc")).arg("build").arg(root).output().expect("the program starts");
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
