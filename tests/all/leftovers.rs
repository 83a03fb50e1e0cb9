//! What builds leave behind for the next one: whatever has changed since, the site is what a clean build makes.

use crate::studio::{EDITS, course, edit, edit_at_random};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A project with its site, and the user's folder for what programs leave behind.
struct Desk {
    folder: tempfile::TempDir,
}

impl Desk {
    fn new() -> Self {
        let desk = Self { folder: tempfile::tempdir().expect("a folder") };
        course(&desk.root());
        desk
    }

    fn root(&self) -> PathBuf {
        self.folder.path().join("project")
    }

    fn caches(&self) -> PathBuf {
        self.folder.path().join("caches")
    }

    /// What the build of a site says, but for how long it took and how many files it has written.
    fn build(&self, site: &str, more: &[&str]) -> (i32, Vec<String>) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_bpdoc"));
        command.arg("build").arg(self.root()).arg("-o").arg(self.folder.path().join(site)).args(more);
        let ended = command.env("XDG_CACHE_HOME", self.caches()).env("LANG", "C").output().expect("the program starts");
        let said = String::from_utf8(ended.stderr).expect("text");
        let lines = said.lines().filter(|line| !line.ends_with(" ms)")).map(str::to_owned).collect();
        (ended.status.code().expect("it ends by itself"), lines)
    }

    fn site(&self, name: &str) -> BTreeMap<PathBuf, Vec<u8>> {
        files(&self.folder.path().join(name))
    }

    /// Builds with what is there, and anew, and compares.
    #[track_caller]
    fn check(&self, what: &str) {
        let (again, anew) = (self.build("again", &[]), self.build("anew", &["--no-cache"]));
        assert_eq!(again, anew, "{what}");
        let (again, anew) = (self.site("again"), self.site("anew"));
        for (path, bytes) in &anew {
            assert!(again.get(path) == Some(bytes), "{what}: {} is not what a clean build writes", path.display());
        }
        assert_eq!(again.len(), anew.len(), "{what}");
    }
}

fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let found = walkdir::WalkDir::new(folder).into_iter().flatten().filter(|entry| entry.file_type().is_file());
    let found = found.map(|entry| {
        let path = entry.path().strip_prefix(folder).expect("below").to_owned();
        (path, fs::read(entry.path()).expect("read"))
    });
    found.collect()
}

#[test]
fn each_edit_gives_what_a_clean_build_writes() {
    let desk = Desk::new();
    desk.check("first");
    desk.check("again");
    for what in EDITS {
        edit(&desk.root(), *what);
        desk.check(&format!("{what:?}"));
    }
}

/// More of them: `BPDOC_ROUNDS=2000 cargo test --release leftovers`.
#[test]
fn edits_at_random_give_what_a_clean_build_writes() {
    let desk = Desk::new();
    let rounds = std::env::var("BPDOC_ROUNDS").ok().and_then(|n| n.parse().ok()).unwrap_or(8);
    let mut random = 11;
    for round in 0..rounds {
        let paths = edit_at_random(&desk.root(), &mut random);
        desk.check(&format!("round {round}, {paths:?}"));
    }
}

/// After a small change few files are made, and without one none.
#[test]
fn what_has_not_changed_is_not_made_again() {
    let desk = Desk::new();
    let made = || {
        let (_, said) = desk.build("again", &["-v"]);
        let pages = said.iter().find_map(|line| line.trim().strip_prefix("pages "));
        pages.and_then(|line| line.split_whitespace().last()?.parse::<usize>().ok())
    };
    let all = made().expect("a number");
    assert!(all > 40, "{all}");
    // A file that was written just now may be written again before the clock of its file system moves.
    let comes_to_rest = || (0..100).any(|_| made().is_none());
    assert!(comes_to_rest(), "something is made although nothing has changed");
    edit(&desk.root(), ("content/s/01-a.en.md", "A sentence", "One sentence"));
    // The page, the series on one page, and the search.
    assert!(made().is_some_and(|some| some <= 5), "{:?}", made());
    edit(&desk.root(), ("content/s/01-a.en.md", "## First", "## Beginning {#first}"));
    assert!(made().is_some_and(|some| some < all / 2));
    // What another program has left, or what is damaged, gives way to what this one leaves.
    for part in 1..=2 {
        fs::write(&left(&desk)[part], "something else").expect("written");
        made();
        assert!(comes_to_rest(), "what cannot be read stays in the way");
    }
}

/// The files that builds have left behind.
fn left(desk: &Desk) -> Vec<PathBuf> {
    files(&desk.caches()).into_keys().map(|path| desk.caches().join(path)).collect()
}

/// What is left behind may be lost, cut short, changed, or another project's; the site may be changed by hand.
#[test]
fn what_is_damaged_is_made_again() {
    let desk = Desk::new();
    desk.check("first");
    let left = || left(&desk);
    let names = |paths: Vec<PathBuf>| {
        let names = paths.iter().map(|path| path.file_name().expect("a name").to_string_lossy().into_owned());
        names.collect::<Vec<_>>()
    };
    assert_eq!(names(left()), ["CACHEDIR.TAG", "index", "pack-0", "project", "world"]);
    let change = || {
        let note = desk.root().join("content/s/02-b.ko.md");
        let text = fs::read_to_string(&note).expect("read");
        fs::write(note, format!("{text}\n한 문장 더.\n")).expect("written");
    };
    let damages: [fn(&mut Vec<u8>); 3] =
        [Vec::clear, |bytes| bytes.truncate(bytes.len() / 2), |bytes| bytes.iter_mut().for_each(|byte| *byte ^= 1)];
    for damage in damages {
        for part in 1..=2 {
            let path = &left()[part];
            let mut bytes = fs::read(path).expect("read");
            damage(&mut bytes);
            fs::write(path, bytes).expect("written");
            change();
            desk.check(&format!("{} is damaged", path.display()));
        }
    }
    for at in [2, 1] {
        fs::remove_file(&left()[at]).expect("removed");
        change();
        desk.check("a part of it is lost");
    }
    let again = desk.folder.path().join("again");
    let page = again.join("ko/s/b.html");
    fs::write(&page, "mine").expect("written");
    desk.check("a page is changed");
    fs::remove_file(&page).expect("removed");
    desk.check("a page is lost");
    fs::remove_dir_all(&again).expect("removed");
    desk.check("the site is lost");
}

/// A site that another project has written meanwhile is not taken for one's own.
#[test]
fn two_projects_may_share_a_folder() {
    let (one, other) = (Desk::new(), Desk::new());
    edit(&other.root(), ("content/s/01-a.en.md", "A sentence", "Another sentence"));
    let into = one.folder.path().join("again").to_string_lossy().into_owned();
    for _ in 0..3 {
        one.check("one's own");
        let mut command = Command::new(env!("CARGO_BIN_EXE_bpdoc"));
        command.arg("build").arg(other.root()).args(["-o", &into]).env("XDG_CACHE_HOME", one.caches());
        assert!(command.output().expect("the program starts").status.success());
        let page = fs::read_to_string(one.folder.path().join("again/en/s/a.html")).expect("read");
        assert!(page.contains("Another sentence"));
    }
}

/// A copy of a project reads what was left for the first one, leaves that as it is, and does not trust it blindly.
#[test]
fn a_copy_borrows_what_was_left() {
    let desk = Desk::new();
    desk.check("first");
    let lent = left(&desk);
    let contents = |paths: &[PathBuf]| paths.iter().map(|path| fs::read(path).ok()).collect::<Vec<_>>();
    let before = contents(&lent);
    let copy = |to: &str| {
        let root = desk.folder.path().join(to);
        course(&root);
        edit(&root, ("content/s/01-a.en.md", "A sentence", "Another sentence"));
        let build = |site: &str, more: &[&str]| {
            let mut command = Command::new(env!("CARGO_BIN_EXE_bpdoc"));
            let out = desk.folder.path().join(site);
            command.arg("build").arg(&root).arg("-o").arg(&out).args(more).env("XDG_CACHE_HOME", desk.caches());
            assert!(command.output().expect("the program starts").status.success());
            files(&out)
        };
        let (again, anew) = (build("again", &[]), build("anew", &["--no-cache"]));
        assert!(again == anew, "{to}");
    };
    copy("second");
    assert_eq!(contents(&lent), before, "another project's leftovers are changed");
    for path in left(&desk).iter().filter(|path| path.ends_with("pack-0")) {
        let mut bytes = fs::read(path).expect("read");
        bytes.iter_mut().for_each(|byte| *byte ^= 1);
        fs::write(path, bytes).expect("written");
    }
    copy("third");
    let indices = left(&desk).iter().filter(|path| path.ends_with("index")).count();
    assert_eq!(indices, 1, "what is damaged has not been read, or stays where the next copy finds it");
}

/// What was left for projects that are gone goes when another project is built first.
#[test]
fn what_is_left_for_nobody_goes() {
    let (gone, desk) = (Desk::new(), Desk::new());
    let caches = desk.caches();
    let build = |desk: &Desk| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_bpdoc"));
        command.arg("build").arg(desk.root()).env("XDG_CACHE_HOME", &caches).output().expect("the program starts")
    };
    let left = || fs::read_dir(caches.join("bpdoc")).expect("there").count();
    build(&gone);
    fs::create_dir(caches.join("bpdoc/mine")).expect("made");
    assert_eq!(left(), 2);
    drop(gone);
    build(&desk);
    assert_eq!(left(), 2);
    assert!(caches.join("bpdoc/mine").exists());
}

#[test]
fn nothing_is_left_where_nobody_wants_it() {
    let desk = Desk::new();
    assert_eq!(desk.build("site", &["--no-cache"]).0, 0);
    assert!(!desk.caches().exists());
    fs::write(desk.caches(), "a file").expect("written");
    assert_eq!(desk.build("site", &[]).0, 0);
    assert_eq!(fs::read(desk.caches()).expect("read"), b"a file");
}

/// A folder that has become a link is read by no build, though all files are what they were.
#[test]
fn what_has_become_a_link_is_noticed() {
    let desk = Desk::new();
    let root = desk.root();
    let write = |path: &str, text: &str| {
        fs::create_dir_all(root.join(path).parent().expect("a folder")).expect("made");
        fs::write(root.join(path), text).expect("written");
    };
    write("themes/a/static/a.txt", "a");
    write("words/terms.tsv", "");
    let config = fs::read_to_string(root.join("bpdoc.toml")).expect("read");
    write("bpdoc.toml", &format!("theme = \"themes/a\"\nglossary = \"words/terms.tsv\"\n{config}"));
    let elsewhere = desk.folder.path().join("elsewhere");
    for (folder, code) in [("content", 2), ("templates", 2), ("themes/a", 1), ("themes", 1), ("words", 1)] {
        fs::create_dir_all(root.join(folder)).expect("made");
        desk.check("a folder");
        // What was written just now is read again in any case.
        std::thread::sleep(std::time::Duration::from_millis(100));
        desk.check("a folder");
        fs::rename(root.join(folder), &elsewhere).expect("moved");
        std::os::unix::fs::symlink(&elsewhere, root.join(folder)).expect("linked");
        assert_eq!(desk.build("again", &[]).0, code, "{folder}");
        desk.check(folder);
        fs::remove_file(root.join(folder)).expect("removed");
        fs::rename(&elsewhere, root.join(folder)).expect("moved back");
    }
}

/// Pipes that nobody writes to and files without an end, in the places of what was left: no build waits for them.
#[test]
fn what_is_no_file_is_not_waited_for() {
    let desk = Desk::new();
    desk.check("first");
    let ends = |root: &Path, what: &str| {
        // Should it be read after all, it has an end, and so has the waiting.
        let run = "ulimit -v 8000000; exec timeout 60 \"$0\" build \"$1\" -o \"$2\"";
        let mut command = Command::new("sh");
        command.args(["-c", run, env!("CARGO_BIN_EXE_bpdoc")]).arg(root).arg(root.join("site"));
        let ended = command.env("XDG_CACHE_HOME", desk.caches()).output().expect("a shell");
        assert!(ended.status.success(), "{what}: {}", String::from_utf8_lossy(&ended.stderr));
    };
    let pipe = |part: &Path| assert!(Command::new("mkfifo").arg(part).status().expect("mkfifo").success());
    let endless = |part: &Path| {
        std::os::unix::fs::symlink("/dev/zero", part).expect("linked");
    };
    let replaced: [&dyn Fn(&Path); 2] = [&pipe, &endless];
    let kept = desk.folder.path().join("kept");
    for (at, part) in left(&desk).iter().enumerate() {
        for (kind, replace) in replaced.iter().enumerate() {
            let what = format!("{} ({kind})", part.display());
            fs::rename(part, &kept).expect("moved");
            replace(part);
            // A copy, which looks for what was left for others.
            let copy = desk.folder.path().join(format!("copy-{at}-{kind}"));
            course(&copy);
            ends(&copy, &what);
            ends(&desk.root(), &what);
            fs::rename(&kept, part).expect("moved back");
        }
    }
    desk.check("last");
}
