//! Publishing into real folders.

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
        .map(|e| e.path().strip_prefix(root).expect("below").to_string_lossy().into_owned())
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
    check_tree(folder.path(), &["site/.bpdoc", "site/.git/HEAD", "site/CNAME", "site/index.html", "site/ko/a.html"]);
    assert_eq!(fs::read_to_string(out.join("index.html")).expect("read"), "2");
    let third = publish(&site(&[("index.html", "2"), ("ko/a.html", "a")]), &out).expect("published");
    assert_eq!((third.written, third.removed), (0, 0));
}

#[test]
fn what_is_not_finished_leaves_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("site");
    publish(&site(&[("a.html", "1")]), &out).expect("published");
    let publication = Publication::begin(&out).expect("begun");
    publication.put("a.html", b"2");
    publication.put("ko/b.html", b"2");
    assert_eq!(fs::read_dir(folder.path()).expect("readable").count(), 2, "the site and the stage");
    drop(publication);
    check_tree(folder.path(), &["site/.bpdoc", "site/a.html"]);
    assert_eq!(fs::read_dir(folder.path()).expect("readable").count(), 1);
    assert_eq!(fs::read_to_string(out.join("a.html")).expect("read"), "1");
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
    for path in ["../a", "/etc/a", "a/../../b", "", "a\\b", ".bpdoc", "a//b", "a/./b", "a\nb", "a\0"] {
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

/// What is not ours has names of all kinds, and kinds of all names.
#[test]
fn all_that_is_not_ours_is_carried_over() {
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join(OsStr::from_bytes(b"site\xff"));
    publish(&site(&[("a/b.html", "1")]), &out).expect("published");
    fs::set_permissions(&out, fs::Permissions::from_mode(0o711)).expect("allowed");
    fs::create_dir_all(out.join("empty/folder")).expect("made");
    let odd = out.join(OsStr::from_bytes(b"a/\xfe\n.txt"));
    fs::write(&odd, "odd").expect("written");
    std::os::unix::fs::symlink("nowhere", out.join("dangling")).expect("linked");
    let published = publish(&site(&[("a/b.html", "2")]), &out).expect("published");
    assert_eq!((published.written, published.foreign.len()), (1, 2));
    assert_eq!(fs::read_to_string(&odd).expect("there"), "odd");
    assert!(out.join("empty/folder").is_dir());
    assert_eq!(fs::read_link(out.join("dangling")).expect("a link"), Path::new("nowhere"));
    assert_eq!(fs::metadata(&out).expect("there").permissions().mode() & 0o777, 0o711);
    assert_eq!(fs::read_dir(folder.path()).expect("readable").count(), 1);
}

#[test]
fn what_stands_in_the_way_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("site");
    publish(&site(&[("a.html", "1")]), &out).expect("published");
    fs::write(out.join("b"), "mine").expect("written");
    fs::create_dir(out.join("c.html")).expect("made");
    for path in ["b", "b/x.html", "c.html"] {
        let Err(Failure::Refused(message)) = publish(&site(&[("a.html", "2"), (path, "2")]), &out) else {
            panic!("{path} is not refused")
        };
        assert!(message.en.contains("was not written by bpdoc"), "{}", message.en);
        assert_eq!(fs::read_to_string(out.join("a.html")).expect("there"), "1");
    }
}

/// A build was killed after the exchange: beside the new site stands the old one, with what came into it meanwhile.
#[test]
fn what_came_while_a_build_was_killed_is_not_lost() {
    let folder = tempfile::tempdir().expect("a folder");
    let (out, retired) = (folder.path().join("site"), folder.path().join("retired"));
    publish(&site(&[("a", "1"), ("gone", "1")]), &retired).expect("published");
    publish(&site(&[("a", "2"), ("new.txt", "2")]), &out).expect("published");
    fs::write(out.join("CNAME"), "old").expect("written");
    fs::hard_link(out.join("CNAME"), retired.join("CNAME")).expect("linked");
    std::thread::sleep(std::time::Duration::from_millis(20));
    for (path, text) in [("late.txt", "late"), ("new.txt", "mine"), ("more/x", "x"), ("edited", "edited")] {
        fs::create_dir_all(retired.join(path).parent().expect("a folder")).expect("made");
        fs::write(retired.join(path), text).expect("written");
    }
    fs::rename(&retired, folder.path().join(".site.bpdoc-stage-7")).expect("renamed");
    let published = publish(&site(&[("a", "3"), ("new.txt", "2")]), &out).expect("published");
    assert_eq!(published.foreign, ["CNAME", "edited", "late.txt", "more/x", "new.txt.kept"]);
    check_tree(
        folder.path(),
        &[
            "site/.bpdoc",
            "site/CNAME",
            "site/a",
            "site/edited",
            "site/late.txt",
            "site/more/x",
            "site/new.txt",
            "site/new.txt.kept",
        ],
    );
    assert_eq!(fs::read_to_string(out.join("new.txt")).expect("there"), "2");
}

/// A file that is replaced between the survey and the exchange is carried over as it is then.
#[test]
fn what_is_edited_while_a_build_works_stays_edited() {
    let folder = tempfile::tempdir().expect("a folder");
    let (out, retired) = (folder.path().join("site"), folder.path().join("retired"));
    for root in [&out, &retired] {
        publish(&site(&[("a", "1")]), root).expect("published");
    }
    fs::write(out.join("CNAME"), "before").expect("written");
    std::thread::sleep(std::time::Duration::from_millis(20));
    fs::write(retired.join("CNAME"), "after").expect("written");
    rescue(&retired, &out).expect("moved");
    assert_eq!(fs::read_to_string(out.join("CNAME")).expect("there"), "after");
}

#[test]
fn only_what_builds_leave_is_cleaned_up() {
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("site");
    for name in [
        ".site.bpdoc-stage-12",
        ".site.bpdoc-stage-old",
        ".site.bpdoc-stage-x",
        ".other.bpdoc-stage-1",
        "site.bpdoc-stage-1",
    ] {
        fs::create_dir(folder.path().join(name)).expect("made");
        fs::write(folder.path().join(name).join("f"), "f").expect("written");
    }
    fs::write(folder.path().join(".site.bpdoc-stage-3"), "a file").expect("written");
    publish(&site(&[("a", "1")]), &out).expect("published");
    check_tree(
        folder.path(),
        &[
            ".other.bpdoc-stage-1/f",
            ".site.bpdoc-stage-3",
            ".site.bpdoc-stage-x/f",
            "site.bpdoc-stage-1/f",
            "site/.bpdoc",
            "site/a",
        ],
    );
}

fn may_do(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("allowed");
}

#[track_caller]
fn check_mode(path: &Path, expected: u32) {
    use std::os::unix::fs::PermissionsExt;
    assert_eq!(fs::metadata(path).expect("there").permissions().mode() & 0o777, expected, "{}", path.display());
}

/// Folders that are read-only are published to, carried over and removed like others. (Who may do everything is kept out of
/// none of them: as such a user this sees only that they stay what they are.)
#[test]
fn what_is_read_only_is_in_nobodys_way() {
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("site");
    publish(&site(&[("ko/a.html", "1")]), &out).expect("published");
    fs::create_dir_all(out.join("ro/inner")).expect("made");
    fs::write(out.join("ro/mine"), "mine").expect("written");
    fs::write(out.join("ro/inner/mine"), "mine").expect("written");
    for (path, mode) in [("ro/inner", 0o555), ("ro", 0o500), ("", 0o555)] {
        may_do(&out.join(path), mode);
    }
    for text in ["2", "3"] {
        let published = publish(&site(&[("ko/a.html", text)]), &out).expect("published");
        assert_eq!((published.written, published.foreign.len()), (1, 2));
        for (path, mode) in [("ro/inner", 0o555), ("ro", 0o500), ("", 0o555)] {
            check_mode(&out.join(path), mode);
        }
        assert_eq!(fs::read_dir(folder.path()).expect("readable").count(), 1, "something is left beside the site");
    }
    for path in ["", "ro", "ro/inner"] {
        may_do(&out.join(path), 0o755);
    }
    check_tree(folder.path(), &["site/.bpdoc", "site/ko/a.html", "site/ro/inner/mine", "site/ro/mine"]);
}

/// What a build has left that could not end is cleaned up, whatever it may be done to; what links lead to stays as it is.
#[test]
fn what_is_left_and_read_only_is_removed() {
    let folder = tempfile::tempdir().expect("a folder");
    let elsewhere = tempfile::tempdir().expect("a folder");
    let stage = folder.path().join(".site.bpdoc-stage-5");
    fs::create_dir_all(stage.join("ko/deep")).expect("made");
    fs::write(stage.join("ko/deep/f"), "f").expect("written");
    fs::write(elsewhere.path().join("f"), "f").expect("written");
    std::os::unix::fs::symlink(elsewhere.path(), stage.join("ko/link")).expect("linked");
    for (path, mode) in [("ko/deep", 0o500), ("ko", 0o000), ("", 0o555)] {
        may_do(&stage.join(path), mode);
    }
    may_do(elsewhere.path(), 0o555);
    publish(&site(&[("a", "1")]), &folder.path().join("site")).expect("published");
    check_tree(folder.path(), &["site/.bpdoc", "site/a"]);
    check_mode(elsewhere.path(), 0o555);
    may_do(elsewhere.path(), 0o755);
    check_tree(elsewhere.path(), &["f"]);
}
