//! Projects on the disk whose files are wrong in every way that files can be: each is named, with the place in it.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::{Command, Output, Stdio};

fn bpdoc(arguments: &[&str], root: &Path) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_bpdoc"));
    command.args(arguments).arg(root).args(["--lang", "en"]).env_clear().stdin(Stdio::null());
    command.output().expect("the program starts")
}

fn write(root: &Path, path: &str, bytes: impl AsRef<[u8]>) {
    let path = root.join(path);
    fs::create_dir_all(path.parent().expect("a folder")).expect("made");
    fs::write(path, bytes).expect("written");
}

/// A mistake in a note: its code, its line and the note.
const MISTAKES: &[(&str, usize, &str)] = &[
    ("unclosed-front-matter", 1, "+++\ntitle = \"x\"\n"),
    ("unclosed-front-matter", 1, "---\ntitle: x\n"),
    ("broken-front-matter", 3, "+++\ntitle = \"x\"\ntags = [1,\n+++\n"),
    ("broken-front-matter", 2, "---\ntitle: [x\n---\n"),
    ("wrong-type", 2, "+++\ntitle = 3\n+++\n"),
    ("wrong-type", 3, "+++\ntitle = \"x\"\norder = 1.5\n+++\n"),
    ("wrong-type", 2, "---\ndraft: maybe\n---\n"),
    ("bad-date", 2, "+++\ndate = \"2026-02-30\"\n+++\n"),
    ("bad-date", 3, "---\ntitle: x\ndate: soon\n---\n"),
    ("bad-alias", 3, "+++\naliases = [\n\"../x\",\n]\n+++\n"),
    ("address-taken", 2, "+++\naliases = [\"index.html\"]\n+++\n"),
    ("hidden-character", 3, "# N\n\na\u{202e}b\n"),
    ("hidden-character", 4, "# N\n\na\n\u{0}\n"),
    ("dead-link", 3, "# N\n\n[x](nowhere.ko.md)\n"),
    ("dead-link", 4, "# N\n\na\n[x](#nowhere)\n"),
    ("unsafe-link", 3, "# N\n\n[x](javascript:x)\n"),
    ("missing-file", 3, "# N\n\n```python src=no.py\n```\n"),
    ("missing-file", 3, "# N\n\n![](_no.md)\n"),
    ("bad-formula", 3, "# N\n\n$\\fracc{1}$\n"),
    ("unknown-val", 3, "# N\n\n$\\val{q}$\n"),
    ("unknown-term", 3, "# N\n\n[](term:x)\n"),
    ("duplicate-id", 7, "# N\n\n```py #a title=\"x\"\nx\n```\n\n```py #a title=\"y\"\ny\n```\n"),
    ("unknown-block", 3, "# N\n\n```graph #g\n```\n"),
    ("unknown-block", 3, "# N\n\n```graph src=x#y\n```\n"),
    ("unknown-option", 3, "# N\n\n```graph #g dri=down\nf = 2\n```\n"),
    ("missing-option", 3, "# N\n\n```train #t\nminimize f\n```\n"),
    ("unknown-name", 4, "# N\n\n```graph\nf = q\n```\n"),
    ("double-definition", 5, "# N\n\n```graph\nf = 1\nf = 2\n```\n"),
    ("failed-claim", 5, "# N\n\n```graph\nf = 1\nexpect f = 2\n```\n"),
    ("shape-mismatch", 6, "# N\n\n```graph\na = [1, 2]\nb = [1, 2, 3]\nf = a + b\n```\n"),
    ("domain-error", 5, "# N\n\n```graph\nx = -1\ny = sqrt(x)\n```\n"),
    ("bad-tensor", 4, "# N\n\n```graph\nx = zeros(99999999, 99999999)\n```\n"),
];

/// A site of 132 bad files. One look names each file, and in it the line.
#[test]
fn every_bad_file_is_named_with_its_line() {
    let folder = tempfile::tempdir().expect("a folder");
    let root = folder.path();
    let mut expected: BTreeSet<(String, String, usize)> = BTreeSet::new();
    for copy in 0..4 {
        for (i, (code, line, text)) in MISTAKES.iter().enumerate() {
            let path = format!("content/s{copy}/n{i}.ko.md");
            // However its lines end, and whatever stands before the first.
            let text = match copy {
                1 => text.replace('\n', "\r\n"),
                2 => format!("\u{feff}{text}"),
                3 => text.trim_end().to_owned(),
                _ => (*text).to_owned(),
            };
            write(root, &path, text);
            expected.insert((path, (*code).to_owned(), *line));
        }
    }
    for (path, bytes, line) in [
        ("content/utf16.ko.md", &b"\xff\xfe#\0 \0N\0"[..], 1),
        ("content/cp949.ko.md", b"# N\n\n\xb0\xa1\n", 3),
        ("content/broken.ko.md", b"# N\n\na\xf0\x9f\n", 3),
        ("content/surrogate.ko.md", b"\xed\xa0\x80", 1),
    ] {
        write(root, path, bytes);
        expected.insert((path.to_owned(), "not-utf8".to_owned(), line));
    }
    assert_eq!(expected.len(), 132);
    let checked = bpdoc(&["check", "--format", "json"], root);
    let told: Vec<serde_json::Value> = String::from_utf8(checked.stdout)
        .expect("text")
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    let told: BTreeSet<(String, String, usize)> = told
        .iter()
        .map(|told| {
            let text = |key: &str| told[key].as_str().unwrap_or_default().to_owned();
            (text("file"), text("code"), told["line"].as_u64().unwrap_or_default() as usize)
        })
        .collect();
    let missing: Vec<_> = expected.difference(&told).collect();
    assert!(missing.is_empty(), "{missing:?} are not among {told:?}");
    assert_eq!(checked.status.code(), Some(1));
    let human = String::from_utf8(bpdoc(&["check"], root).stderr).expect("text");
    for (path, _, line) in &expected {
        assert!(human.contains(&format!("--> {path}:{line}:")), "{path}:{line}");
    }
}

/// Files that must not be read, or cannot be: none keeps bpdoc waiting, and each is named.
#[test]
fn files_that_are_no_files_are_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let root = folder.path();
    let content = root.join("content");
    write(root, "content/ok.ko.md", "# N\n");
    write(root, "outside/secret.txt", "a secret");
    write(root, "content/locked.ko.md", "# N\n");
    symlink("../outside/secret.txt", content.join("secret.txt")).expect("linked");
    symlink("../outside", content.join("folder")).expect("linked");
    symlink(".", content.join("loop")).expect("linked");
    symlink("nowhere", content.join("dangling.ko.md")).expect("linked");
    symlink("/dev/zero", content.join("zero.ko.md")).expect("linked");
    let pipe = |name: &str| Command::new("mkfifo").arg(content.join(name)).status().expect("mkfifo").success();
    assert!(pipe("pipe.ko.md") && pipe("pipe.png"));
    std::os::unix::net::UnixListener::bind(content.join("socket")).expect("a socket");
    let huge = fs::File::create(content.join("huge.bin")).expect("made");
    huge.set_len(600_000_000_000).expect("a file with nothing in it");
    fs::File::create(content.join("huge.ko.md")).and_then(|file| file.set_len(10_000_001)).expect("made");
    fs::write(content.join(std::ffi::OsStr::from_bytes(b"odd\xff.ko.md")), "# N\n").expect("written");
    write(root, "content/a/Same.ko.md", "# N\n");
    write(root, "content/a/same.ko.md", "# N\n");
    write(root, "content/b/\u{ac00}.ko.md", "# N\n");
    write(root, "content/b/\u{1100}\u{1161}.ko.md", "# N\n");
    write(root, "content/con.png", "x");
    write(root, "content/c:d.png", "x");
    fs::set_permissions(content.join("locked.ko.md"), fs::Permissions::from_mode(0o0)).expect("allowed");
    // Who may do everything may read that, too.
    let can_read = fs::read(content.join("locked.ko.md")).is_ok();
    let checked = bpdoc(&["build"], root);
    let said = String::from_utf8(checked.stderr).expect("text");
    assert_eq!(checked.status.code(), Some(1), "{said}");
    for (code, name) in [
        ("not-a-regular-file", "secret.txt"),
        ("not-a-regular-file", "folder"),
        ("not-a-regular-file", "loop"),
        ("not-a-regular-file", "dangling.ko.md"),
        ("not-a-regular-file", "zero.ko.md"),
        ("not-a-regular-file", "pipe.ko.md"),
        ("not-a-regular-file", "pipe.png"),
        ("not-a-regular-file", "socket"),
        ("too-large", "huge.bin"),
        ("too-large", "huge.ko.md"),
        ("bad-file-name", "odd\u{fffd}.ko.md"),
        ("name-collision", "a/same.ko.md"),
        ("name-collision", "b/\u{ac00}.ko.md"),
        ("bad-file-name", "con.png"),
        ("bad-file-name", "c:d.png"),
        ("unreadable-file", "locked.ko.md"),
    ] {
        let is_told = said
            .split("\n\n")
            .any(|told| told.contains(&format!("[{code}]")) && told.contains(&format!("--> content/{name}")));
        assert!(is_told || (can_read && code == "unreadable-file"), "{code} {name} in {said}");
    }
    assert!(!said.contains("a secret") && !root.join("site").exists());
}

/// What the project's folders and settings lead to stands in the project.
#[test]
fn links_lead_out_of_no_project() {
    let folder = tempfile::tempdir().expect("a folder");
    write(folder.path(), "real/a.ko.md", "# N\n");
    write(folder.path(), "theme/templates/page.html", "x");
    for (name, target, config, code, part) in [
        ("content", "../real", "", 2, "is a symbolic link"),
        ("templates", "../theme", "", 2, "is a symbolic link"),
        ("themes", "../theme", "theme = \"themes\"\n", 1, "error[no-theme]"),
        ("terms.tsv", "../real/a.ko.md", "glossary = \"terms.tsv\"\n", 1, "error[outside-project]"),
        ("bpdoc.toml", "../real/a.ko.md", "", 1, "error[not-a-regular-file]"),
    ] {
        let root = folder.path().join(format!("p-{name}"));
        fs::create_dir(&root).expect("made");
        if name != "content" {
            write(&root, "content/a.ko.md", "# N\n");
        }
        if !config.is_empty() {
            write(&root, "bpdoc.toml", config);
        }
        symlink(target, root.join(name)).expect("linked");
        let checked = bpdoc(&["check"], &root);
        let said = String::from_utf8(checked.stderr).expect("text");
        assert!(checked.status.code() == Some(code) && said.contains(part), "{name}: {said}");
    }
}

/// The same text, however its bytes are written, gives the same page.
#[test]
fn lines_and_marks_of_all_systems_are_read() {
    let folder = tempfile::tempdir().expect("a folder");
    let text = "+++\ntitle = \"하나\"\n+++\n\n본문 $x$\n\n```graph #g\nw = 2 # 가중치\nf = w * w\nexpect f = 4\n```\n\n- a\n- b\n";
    let mut pages = BTreeSet::new();
    for (i, text) in
        [text.to_owned(), text.replace('\n', "\r\n"), format!("\u{feff}{text}"), text.trim_end().to_owned()]
            .into_iter()
            .enumerate()
    {
        let root = folder.path().join(i.to_string());
        write(&root, "content/a.ko.md", text);
        let built = bpdoc(&["build"], &root);
        assert_eq!(built.status.code(), Some(0), "{}", String::from_utf8_lossy(&built.stderr));
        pages.insert(fs::read_to_string(root.join("site/ko/a.html")).expect("a page"));
    }
    assert_eq!(pages.len(), 1);
}

/// What is mounted in the output folder, be it another file system or a part of the same one, stays where it is, and so does all else.
/// (Where nothing may be mounted, there is nothing to be seen.)
#[test]
fn what_is_mounted_in_the_output_is_not_touched() {
    let may_mount = Command::new("unshare").args(["-rm", "true"]).stderr(Stdio::null()).status();
    if !may_mount.is_ok_and(|ended| ended.success()) {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let root = folder.path().join("p");
    write(&root, "content/a.ko.md", "# N\n");
    write(folder.path(), "vol/mine.txt", "mine");
    assert_eq!(bpdoc(&["build"], &root).status.code(), Some(0));
    write(&root, "site/file", "");
    let page = fs::read(root.join("site/ko/a.html")).expect("a page");
    write(&root, "content/a.ko.md", "# M\n");
    let in_namespace = |mount: &str, place: &str| {
        let _ = fs::create_dir(root.join("site").join(place));
        let run = format!("{mount} 'site/{place}' && exec \"$0\" build . --lang en");
        let mut command = Command::new("unshare");
        command.args(["-rm", "sh", "-c", &run, env!("CARGO_BIN_EXE_bpdoc")]).current_dir(&root);
        command.output().expect("a shell")
    };
    for (mount, place) in [
        ("mount --bind ../vol", "vol"),
        ("mount -t tmpfs none", "a folder"),
        ("mount --bind ../vol/mine.txt", "file"),
        ("mount --bind ../vol", "ko"),
        ("mount -t tmpfs none", "."),
    ] {
        let built = in_namespace(mount, place);
        let said = String::from_utf8(built.stderr).expect("text");
        assert_eq!(built.status.code(), Some(2), "{mount} {place}: {said}");
        let whole = root.join("site").join(place).canonicalize().expect("there");
        assert!(said.contains(&format!("something else is mounted at `{}`", whole.display())), "{place}: {said}");
        assert_eq!(fs::read_to_string(folder.path().join("vol/mine.txt")).expect("there"), "mine");
        assert_eq!(fs::read(root.join("site/ko/a.html")).expect("a page"), page, "the site has changed");
        assert_eq!(fs::read_dir(&root).expect("there").count(), 2, "something is left beside the site");
    }
    assert_eq!(bpdoc(&["build"], &root).status.code(), Some(0));
}

/// A name that holds a line end is no message.
#[test]
fn names_stay_in_their_lines() {
    let folder = tempfile::tempdir().expect("a folder");
    let root = folder.path();
    write(root, "content/a.ko.md", "# N\n");
    assert_eq!(bpdoc(&["build"], root).status.code(), Some(0));
    write(root, "site/x\nerror: fake", "mine");
    write(root, "content/first\nerror[x]: fake.ko.md", "# N\n");
    write(root, "content/b\nerror[x]: fake.ko.md", [0xff]);
    let checked = bpdoc(&["check"], root);
    let said = String::from_utf8(checked.stderr).expect("text");
    assert!(said.contains("--> content/b<U+000A>error[x]: fake.ko.md:1:1"), "{said}");
    assert!(said.contains("--> content/first<U+000A>error[x]: fake.ko.md"), "{said}");
    assert!(!said.lines().any(|line| line.starts_with("error[x]")), "{said}");
    for name in ["first", "b"] {
        fs::remove_file(root.join(format!("content/{name}\nerror[x]: fake.ko.md"))).expect("removed");
    }
    let built = bpdoc(&["build"], root);
    let said = String::from_utf8(built.stderr).expect("text");
    assert!(said.contains("kept 1 file that bpdoc did not write: `x<U+000A>error: fake`"), "{said}");
}
