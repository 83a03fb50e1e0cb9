//! A project that is kept in memory while it is written: whatever is changed, it is what a clean build makes of it.

use bpdoc::diag::{Diagnostic, has_errors};
use bpdoc::project;
use bpdoc::studio::Studio;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

const CONFIG: &str = "languages = [\"ko\", \"en\"]\nbase_url = \"https://example.org/\"\nglossary = \"terms.tsv\"\n";

/// A small course in two languages, with all that makes one note a part of another's page.
pub fn course(root: &Path) {
    let write = |path: &str, text: &str| {
        let path = root.join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        fs::write(path, text).expect("written");
    };
    write("bpdoc.toml", CONFIG);
    write("terms.tsv", "id\tko\ten\nchain-rule\t연쇄 법칙\tchain rule\n");
    write("content/s/_index.ko.md", "+++\ntitle = \"강의\"\n+++\n\n시작.\n");
    write("content/s/_index.en.md", "+++\ntitle = \"Course\"\n+++\n\nStart.\n");
    let graph = "```graph #g\n# 그림 | figure\nx = 2\nf = x * x\nexpect df/dx = 4\n```\n";
    write(
        "content/s/01-a.ko.md",
        &format!(
            "+++\ntitle = \"가\"\ntags = [\"미분\"]\ndate = 2026-01-02\n+++\n\n## 처음\n\n문장. $\\val{{f}}$\n\n{graph}"
        ),
    );
    write(
        "content/s/01-a.en.md",
        "+++\ntitle = \"A\"\nsummary = \"About it.\"\ntags = [\"calculus\"]\n+++\n\n## First\n\nA sentence, see [](#g).\n\n```graph #g\n```\n",
    );
    write(
        "content/s/02-b.ko.md",
        "# 나\n\n앞 글 [](01-a.ko.md)의 [](01-a.ko.md#처음)을 본다. [](term:chain-rule)\n\n```python\nprint(1)\n```\n",
    );
    write("content/s/02-b.en.md", "# B\n\nSee [the first](01-a.en.md#first).\n\n```graph src=01-a#g\nx = 3\n```\n");
    write("content/t/01-c.en.md", "# C\n\n![](_part.en.md)\n");
    let chain = "```graph #h\n# 사슬 | chain\na = 1\nb = a + 2\nc = b * a\n```\n";
    write("content/t/02-f.ko.md", &format!("# 바\n\n## 절\n\n{chain}\n$\\val{{dc/da}}$\n"));
    write("content/t/02-f.en.md", "# F\n\n## Part\n\nSee [](#h), [](01-c.en.md) and $\\val{c}$.\n\n```graph #h\n```\n");
    write("content/t/_part.en.md", "A part, see [B](../s/02-b.en.md).\n");
}

/// An edit: a file, what of it, and what instead. An empty text to be replaced stands for the whole file; an empty text
/// instead of a whole file removes it.
pub const EDITS: &[(&str, &str, &str)] = &[
    ("content/s/01-a.ko.md", "문장.", "다른 문장."),
    ("content/s/01-a.en.md", "A sentence", "Another sentence"),
    ("content/s/01-a.ko.md", "x = 2\nf = x * x\nexpect df/dx = 4", "x = 5\nf = x * x\nexpect df/dx = 10"),
    ("content/s/01-a.ko.md", "title = \"가\"", "title = \"다른 이름\""),
    ("content/s/01-a.en.md", "## First", "## Beginning {#first}"),
    ("content/s/02-b.ko.md", "print(1)", "print(2)"),
    ("content/s/02-b.en.md", "x = 3", "x = 4"),
    ("content/s/02-b.en.md", "See", "Do see"),
    ("content/t/_part.en.md", "A part", "The same part"),
    ("content/s/03-d.ko.md", "", "# 라\n\n새 글. [](01-a.ko.md)\n"),
    ("content/s/01-a.ko.md", "tags = [\"미분\"]", "tags = [\"미분\", \"새것\"]"),
    ("content/s/03-d.ko.md", "새 글", "아주 새 글"),
    ("content/s/01-a.ko.md", "expect df/dx = 10", "expect df/dx = 11"),
    ("content/s/02-b.ko.md", "앞 글", "앞의 글"),
    ("content/s/01-a.ko.md", "expect df/dx = 11", "expect df/dx = 10"),
    ("content/s/02-b.ko.md", "앞의 글", "앞선 글"),
    ("terms.tsv", "연쇄 법칙", "사슬 규칙"),
    ("content/s/02-b.ko.md", "본다", "보자"),
    ("bpdoc.toml", "https://example.org/", "https://example.com/"),
    ("content/s/p.svg", "", "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"4\" height=\"2\"/>"),
    ("content/s/02-b.en.md", "Do see", "![A line](p.svg)\n\nSee"),
    ("content/s/p.svg", "", "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"8\" height=\"2\"/>"),
    ("templates/404.html", "", "{% extends \"bpdoc/404.html\" %}"),
    ("content/s/01-a.en.md", "date", "date"),
    ("content/s/01-a.en.md", "tags =", "translated = \"0\"\ntags ="),
    ("content/s/01-a.ko.md", "다른 문장", "또 다른 문장"),
    ("content/s/03-d.ko.md", "", ""),
    ("content/s/01-a.en.md", "Another sentence", "A sentence with ★"),
];

/// What may be written in one way or in another: a file, and the two ways.
const CHOICES: &[(&str, &str, &str)] = &[
    ("content/t/02-f.ko.md", "a = 1", "a = 3"),
    ("content/t/02-f.ko.md", "# 사슬 | chain", "# 긴 사슬 | long chain"),
    ("content/t/02-f.ko.md", "# 바", "# 바다"),
    ("content/t/02-f.ko.md", "## 절", "## 마디"),
    ("content/t/02-f.ko.md", "b = a + 2", "b = a +"),
    ("content/t/02-f.en.md", "# F", "# Forward"),
    ("content/t/02-f.en.md", "and $", "or $"),
    ("content/t/02-f.en.md", "[](#h)", "[](#nothing)"),
    ("content/t/01-c.en.md", "# C", "# Chain"),
    ("content/s/01-a.ko.md", "문장", "글월"),
    ("content/s/01-a.ko.md", "## 처음", "## 머리 {#처음}"),
    ("content/s/02-b.ko.md", "print(1)", "print(2)"),
    ("content/s/02-b.ko.md", "# 나", "# 나무"),
    ("content/s/02-b.en.md", "x = 3", "x = 4"),
    ("content/s/_index.en.md", "Course", "Lectures"),
    ("content/t/_part.en.md", "A part", "One part"),
];

pub fn edit(root: &Path, (file, old, new): (&str, &str, &str)) -> PathBuf {
    let path = root.join(file);
    if old.is_empty() && new.is_empty() {
        fs::remove_file(&path).expect("removed");
        return path;
    }
    let text = if old.is_empty() {
        new.to_owned()
    } else {
        let text = fs::read_to_string(&path).expect("read");
        assert!(text.contains(old) || old == new, "{file} has no {old}");
        text.replace(old, new)
    };
    fs::create_dir_all(path.parent().expect("a folder")).expect("made");
    fs::write(&path, text).expect("written");
    path
}

/// What a clean build makes of a folder: its files but the fonts, which a studio cuts more generously, and what it says.
fn clean(root: &Path) -> (bpdoc::output::Files, Vec<Diagnostic>) {
    let project = project::load(root).expect("a project");
    let mut site = bpdoc::compile(&project.value);
    let is_font = |path: &str| path.starts_with("assets/bpdoc-sans") || path.starts_with("assets/stix");
    site.value.files.retain(|path, _| !is_font(path));
    (site.value.files, project.diagnostics.into_iter().chain(site.diagnostics).collect())
}

/// Makes an edit or two, wrong ones among them; the files that have changed.
pub fn edit_at_random(root: &Path, random: &mut u64) -> Vec<PathBuf> {
    let mut choose = |n: usize| {
        // The generator of Knuth's MMIX (The Art of Computer Programming 2, 3.3.4).
        *random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (*random >> 33) as usize % n
    };
    let edits = (0..=choose(2)).map(|_| {
        let (file, one, other) = CHOICES[choose(CHOICES.len())];
        let text = fs::read_to_string(root.join(file)).expect("read");
        let (old, new) = if text.contains(other) { (other, one) } else { (one, other) };
        edit(root, (file, old, new))
    });
    edits.collect()
}

#[track_caller]
fn check_same(root: &Path, studio: &mut Studio, before: &bpdoc::output::Files, changed: &BTreeSet<String>, what: &str) {
    let (files, told) = clean(root);
    if let Some(found) = studio.proof(&|| false) {
        studio.take_proof(found);
    }
    let codes =
        |found: &[Diagnostic]| found.iter().map(|d| (d.code, d.file.clone(), d.range.clone())).collect::<Vec<_>>();
    assert_eq!(codes(studio.diagnostics()), codes(&told), "{what}");
    if has_errors(&told) {
        return;
    }
    for (path, bytes) in &files {
        let found = studio.file(path).unwrap_or_else(|| panic!("{what}: there is no {path}"));
        assert!(*found == **bytes, "{what}: {path} is not what a clean build writes");
        let is_new = before.get(path) != Some(bytes);
        assert!(!is_new || changed.contains(path), "{what}: {path} has changed, and is not said to have");
    }
    for path in before.keys().filter(|path| !files.contains_key(*path)) {
        assert!(studio.file(path).is_none() && changed.contains(path), "{what}: {path} is gone");
    }
}

#[test]
fn a_studio_shows_what_a_clean_build_writes() {
    let folder = tempfile::tempdir().expect("a folder");
    course(folder.path());
    let mut studio = Studio::open(folder.path());
    let update = studio.refresh(None).expect("read");
    check_same(folder.path(), &mut studio, &bpdoc::output::Files::new(), &update.changed, "first");
    // What was changed while there were errors comes with the next site without.
    let mut shown = clean(folder.path()).0;
    for what in EDITS {
        let path = edit(folder.path(), *what);
        let update = studio.refresh(Some(&[path])).expect("read");
        check_same(folder.path(), &mut studio, &shown, &update.changed, &format!("{what:?}"));
        if !has_errors(studio.diagnostics()) {
            shown = clean(folder.path()).0;
        }
    }
}

/// Whatever is edited in whatever order, some of it wrong for a while.
#[test]
fn a_studio_is_never_wrong() {
    let folder = tempfile::tempdir().expect("a folder");
    course(folder.path());
    let mut studio = Studio::open(folder.path());
    studio.refresh(None).expect("read");
    let mut shown = clean(folder.path()).0;
    let mut random = 7;
    for round in 0..25 {
        let paths = edit_at_random(folder.path(), &mut random);
        let update = studio.refresh(Some(&paths)).expect("read");
        check_same(folder.path(), &mut studio, &shown, &update.changed, &format!("round {round}, {paths:?}"));
        if !has_errors(studio.diagnostics()) {
            shown = clean(folder.path()).0;
        }
    }
}

#[test]
fn what_has_not_changed_is_not_new() {
    let folder = tempfile::tempdir().expect("a folder");
    course(folder.path());
    let mut studio = Studio::open(folder.path());
    assert!(studio.refresh(None).expect("read").is_new);
    let note = folder.path().join("content/s/01-a.en.md");
    let text = fs::read(&note).expect("read");
    fs::write(&note, &text).expect("written");
    assert!(!studio.refresh(Some(std::slice::from_ref(&note))).expect("read").is_new);
    assert!(!studio.refresh(None).expect("read").is_new);
    edit(folder.path(), ("content/s/01-a.en.md", "A sentence", "One sentence"));
    let changed = studio.refresh(Some(&[note])).expect("read").changed;
    let pages: Vec<&str> = changed.iter().map(String::as_str).filter(|path| path.ends_with(".html")).collect();
    assert_eq!(pages, ["en/s/a.html", "en/s/print/index.html"]);
}
