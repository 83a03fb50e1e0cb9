//! Writing with bpdoc beside: new notes and series, translations and what has become of their originals, explanations of
//! codes, and links to other sites.

use crate::cli::{BpDoc, new_project, path};
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::path::Path;

fn read(folder: &Path, name: &str) -> String {
    fs::read_to_string(folder.join(name)).expect("readable")
}

#[test]
fn a_note_is_made_in_every_language() {
    let folder = new_project();
    let root = path(folder.path(), "p");
    let here = |arguments: &[&str]| BpDoc::with(&[arguments, &["--root", &root]].concat());
    here(&["new", "series", "calculus", "--title", "en=Calculus", "--title", "ko=미적분"]).ends(0);
    assert!(read(folder.path(), "p/content/calculus/_index.ko.md").starts_with("+++\ntitle = \"미적분\"\n+++\n"));
    here(&["new", "note", "calculus/chain-rule", "--title", "en=The \"chain\" rule"]).ends(0);
    here(&["new", "note", "first/second-note"]).ends(0);
    let en = read(folder.path(), "p/content/calculus/01-chain-rule.en.md");
    assert!(en.contains("title = 'The \"chain\" rule'") && en.contains("```graph #chain-rule\n```"), "{en}");
    assert!(read(folder.path(), "p/content/first/02-second-note.ko.md").contains("expect dy/dx = 6"));
    let checked = BpDoc::with(&["check", &root]).ends(0);
    assert_eq!(checked.stderr, "0 errors, 0 warnings\n");

    for (arguments, why) in [
        (vec!["new", "note", "calculus/chain-rule"], "has a note `chain-rule` already"),
        (vec!["new", "note", "nothing/a"], "there is no series `nothing`"),
        (vec!["new", "note", "a"], "a note is named by its series and a slug"),
        (vec!["new", "note", "calculus/.."], "cannot be used as a name"),
        (vec!["new", "note", "calculus/a b "], "cannot be used as a name"),
        (vec!["new", "series", "first"], "is there already"),
        (vec!["new", "series", "../x"], "cannot be used as a name"),
        (vec!["new", "series", "x", "--title", "fr=Un"], "the languages of the site are ko, en"),
    ] {
        let ended = here(&arguments).ends(2);
        assert!(ended.stderr.contains(why), "{arguments:?}: {}", ended.stderr);
    }
}

#[test]
fn a_translation_knows_what_has_changed() {
    let folder = new_project();
    let root = path(folder.path(), "p");
    let note = |lang: &str| format!("content/first/02-two.{lang}.md");
    let write = |lang: &str, text: &str| fs::write(folder.path().join("p").join(note(lang)), text).expect("written");
    let translate = |arguments: &[&str]| BpDoc::with(&[&["translate"], arguments, &["--root", &root]].concat());
    let status = || BpDoc::with(&["translate", &root]).ends(0);

    let original = "+++\ntitle = \"둘\"\n+++\n\n머리\n\n## 하나\n\n글\n\n```py\n# 제목이 아니다\n```\n\n## 둘\n\n글\n";
    write("ko", original);
    let table = status();
    assert!(table.stdout.contains("first/two     original  missing\n"), "{}", table.stdout);
    assert!(table.stderr.contains("en: 3 fine, 0 outdated, 1 missing"), "{}", table.stderr);

    translate(&["new", &note("ko")]).ends(0);
    let skeleton = read(folder.path(), "p/content/first/02-two.en.md");
    assert!(skeleton.contains("draft = true") && skeleton.contains("## 하나\n\n<!--\n글\n-->"), "{skeleton}");
    assert!(status().stdout.contains("first/two     original  draft\n"));
    assert!(translate(&["new", &note("ko")]).ends(2).stderr.contains("no language is missing"));

    // All of the file but `translated` stays as it is.
    let translation =
        "---\r\ntitle: Two   # a remark\r\n---\r\nHead\r\n\r\n## One\r\n\r\ntext\r\n\r\n## Two\r\n\r\ntext\r\n";
    write("en", translation);
    translate(&["mark", &note("en")]).ends(0);
    let marked = read(folder.path(), "p/content/first/02-two.en.md");
    let (before, rest) = marked.split_once("translated: ").expect("recorded");
    let (record, after) = rest.split_once("\r\n").expect("a line");
    assert_eq!(format!("{before}{after}"), translation);
    assert_eq!(record.split(' ').count(), 4, "the whole and three passages: {record}");
    translate(&["mark", &note("en")]).ends(0);
    assert_eq!(read(folder.path(), "p/content/first/02-two.en.md"), marked);
    assert!(status().stdout.contains("up to date"));
    assert!(translate(&["changes", &note("en")]).ends(0).stdout.contains("nothing has changed"));

    write("ko", &original.replace("## 둘\n\n글", "## 둘\n\n다른 글\n\n## 셋\n\n글"));
    let checked = BpDoc::with(&["check", &root]).ends(0);
    assert!(checked.stderr.contains("warning[outdated-translation]"), "{}", checked.stderr);
    let changes = translate(&["changes", &note("en")]).ends(0);
    assert_eq!(changes.stdout, format!("{0}: changed:\n  {1}:15: 둘\n  {1}:19: 셋\n", note("en"), note("ko")));
    let json = BpDoc::with(&["translate", "status", &root, "--format", "json"]).ends(0).stdout;
    let line: serde_json::Value = json
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).expect("JSON"))
        .find(|line| line["file"] == note("en").as_str())
        .expect("a line");
    assert_eq!((&line["state"], &line["changed"][1]["line"]), (&"outdated".into(), &19.into()));
    assert!(translate(&["mark", "content/nothing.ko.md"]).ends(2).stderr.contains("there is no note"));
}

#[test]
fn codes_are_explained() {
    let list = BpDoc::with(&["check", "--list"]).ends(0).stdout;
    assert!(list.lines().count() > 100 && list.contains("\nfailed-claim "), "{list}");
    let explained = BpDoc::with(&["check", "--explain", "missing-alt", "--lang", "ko"]).ends(0).stdout;
    assert!(explained.starts_with("missing-alt (경고)\n\n그림에 대체 글이 없습니다.\n"), "{explained}");
    let wrong = BpDoc::with(&["check", "--explain", "missing-alts"]).ends(2);
    assert!(wrong.stderr.contains("did you mean `missing-alt`?"), "{}", wrong.stderr);
}

/// A server that answers each path in its own way, and counts what it is asked.
fn server() -> (String, std::sync::mpsc::Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = format!("http://{}", listener.local_addr().expect("bound"));
    let (sender, asked) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let mut lines = BufReader::new(&stream).lines();
            let request = lines.next().and_then(Result::ok).unwrap_or_default();
            lines.take_while(|line| line.as_ref().is_ok_and(|line| !line.is_empty())).for_each(drop);
            let answer = match request.split(' ').collect::<Vec<_>>()[..] {
                [_, "/fine" | "/new", _] | ["GET", "/get-only", _] => "200 OK",
                [_, "/get-only", _] => "405 Method Not Allowed",
                [_, "/moved", _] => "301 Moved Permanently\r\nlocation: /new",
                [_, "/for-now", _] => "302 Found\r\nlocation: new",
                [_, "/circle", _] => "302 Found\r\nlocation: /circle",
                [_, "/busy", _] => "429 Too Many Requests",
                [_, "/members", _] => "403 Forbidden",
                _ => "404 Not Found",
            };
            let _ = sender.send(request);
            let _ = write!(&stream, "HTTP/1.1 {answer}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
        }
    });
    (address, asked)
}

#[test]
fn other_sites_are_asked_when_wanted() {
    let (address, asked) = server();
    let folder = tempfile::tempdir().expect("a folder");
    let root = path(folder.path(), "");
    fs::create_dir_all(folder.path().join("content")).expect("made");
    let paths = ["fine", "fine#part", "get-only", "moved", "for-now", "circle", "busy", "members", "gone", "gone"];
    let links: String = paths.iter().map(|path| format!("[x]({address}/{path})\n\n")).collect();
    let note = format!("# Title\n\n{links}<!-- bpdoc: allow dead-external-link -->\n[x]({address}/gone-too)\n");
    fs::write(folder.path().join("content/_index.en.md"), note).expect("written");
    let quiet = BpDoc::with(&["check", &root]).ends(0);
    assert_eq!(quiet.stderr, "0 errors, 0 warnings\n");
    assert!(asked.try_recv().is_err(), "nobody was to be asked");

    let checked = BpDoc::with(&["check", &root, "--external", "--format", "json"]).ends(0);
    let found: Vec<(String, u64, String)> = checked
        .stdout
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).expect("JSON"))
        .map(|line| {
            let text = |key: &str| line[key].as_str().unwrap_or_default().replace(&address, "");
            (text("code"), line["line"].as_u64().unwrap_or_default(), text("message") + &text("help"))
        })
        .collect();
    let dead = "dead-external-link".to_owned();
    let gone = |line| {
        (
            dead.clone(),
            line,
            "`/gone` does not open (404 Not Found)put the address right, or remove the link".to_owned(),
        )
    };
    assert_eq!(
        found,
        [
            ("moved-external-link".to_owned(), 9, "`/moved` has moved for goodthe new address: /new".to_owned()),
            (
                dead.clone(),
                13,
                "`/circle` does not open (6 redirects)put the address right, or remove the link".to_owned()
            ),
            gone(19),
            gone(21),
        ]
    );
    let requests: Vec<String> = asked.try_iter().collect();
    assert_eq!(requests.iter().filter(|request| request.starts_with("HEAD /gone ")).count(), 1, "each is asked once");
    assert!(checked.stderr.contains("asked other sites for 9 of their pages"), "{}", checked.stderr);
}
