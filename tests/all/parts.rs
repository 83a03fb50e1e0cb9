//! Markdown that notes include.

use crate::site::{page, project, told};
use bpdoc::lang::Tongue;
use bpdoc::project::{Asset, Project};

/// A project in English, whose notes may be incomplete in Korean.
fn notes(notes: &[(&str, &str)]) -> Project {
    let mut project = project("languages = [\"en\", \"ko\"]\n", notes);
    project.assets = vec![Asset {
        path: "shared/a.svg".into(),
        bytes: b"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"4\" height=\"2\"/>".as_slice().into(),
    }];
    project
}

/// What a page shows of a note, without the tags.
#[track_caller]
fn words(project: &Project, path: &str) -> String {
    assert_eq!(told(project, Tongue::En), "");
    let site = bpdoc::compile(project).value;
    let prose =
        page(&site, path).split("<div class=\"prose\">").nth(1).expect("prose").split("<p class=\"read-mark\"").next();
    let mut out = String::new();
    for piece in prose.expect("an end").split('<') {
        let text = piece.split_once('>').map_or(piece, |(_, text)| text);
        out.push_str(text.trim());
        out.push(' ');
    }
    out.split_whitespace().filter(|word| *word != "#").collect::<Vec<_>>().join(" ")
}

#[test]
fn a_file_or_a_part_of_it_stands_in_the_place_of_the_image() {
    let part = "+++\ntitle = \"ignored\"\n+++\n# Whole\n\none\n\n## Chain\n\ntwo[^n]\n\n### Deep\n\nthree\n\n## Last\n\nfour\n\n<!-- ANCHOR: five -->\n\n- five\n\n<!-- ANCHOR_END: five -->\n\n[^n]: note\n";
    for (include, expected) in [
        ("![](../shared/_part.md)", "before Whole one Chain two 1 1 note Deep three Last four five after note ↩"),
        ("![](../shared/_part.md#chain)", "before Chain two 1 1 note Deep three after note ↩"),
        ("![](../shared/_part.md#last)", "before Last four five after"),
        ("![what it says](../shared/_part.md#five)", "before five after"),
        ("> - ![](../shared/_part.md#deep)", "before Deep three after"),
        ("```\n![](../shared/_part.md)\n```", "before ![](../shared/_part.md) after"),
    ] {
        let note = format!("# N\n\nbefore\n\n{include}\n\nafter\n");
        // A note of its own keeps the part in use, whatever the first includes.
        let project = notes(&[
            ("a/n.en.md", &note),
            ("a/o.en.md", "# O\n\n![](../shared/_part.md)\n"),
            ("shared/_part.md", part),
        ]);
        assert_eq!(words(&project, "en/a/n.html"), expected, "{include}");
    }
}

#[test]
fn what_is_included_is_no_page() {
    let project = notes(&[
        ("a/_index.en.md", "# A\n"),
        ("a/n.en.md", "# N\n\n![](_p.md)\n\n![](_more/q.md)\n\n![](o.en.md)\n"),
        ("a/o.en.md", "# O\n\nthe other\n"),
        ("a/_p.md", "one\n"),
        ("a/_more/q.md", "two\n"),
    ]);
    assert_eq!(words(&project, "en/a/n.html"), "one two O the other");
    let site = bpdoc::compile(&project).value;
    let pages: Vec<_> = site.files.keys().filter(|path| path.starts_with("en/a/") && path.ends_with(".html")).collect();
    assert_eq!(pages, ["en/a/index.html", "en/a/n.html", "en/a/o.html", "en/a/print/index.html"]);
    assert!(!site.files.keys().any(|path| path.contains("_p") || path.contains("_more")));
}

#[test]
fn a_twin_includes_the_twin_of_the_part() {
    let project = notes(&[
        ("a/n.en.md", "# N\n\n![](_p.en.md)\n"),
        ("a/n.ko.md", "# 엔\n\n![](_p.en.md)\n"),
        ("a/o.en.md", "# O\n\n![](_p.md)\n\n![](_all.md)\n"),
        ("a/o.ko.md", "# 오\n\n![](_p.md)\n\n![](_all.md)\n"),
        ("a/_p.en.md", "English\n"),
        ("a/_p.ko.md", "한국어\n"),
        ("a/_all.md", "1 + 1\n"),
    ]);
    for (path, expected) in [
        ("en/a/n.html", "English"),
        ("ko/a/n.html", "한국어"),
        ("en/a/o.html", "English 1 + 1"),
        ("ko/a/o.html", "한국어 1 + 1"),
    ] {
        assert_eq!(words(&project, path), expected, "{path}");
    }
}

#[test]
fn another_language_is_shown_as_what_it_is() {
    let project = notes(&[
        ("a/n.en.md", "# N\n\n![](_p.en.md)\n"),
        ("a/n.ko.md", "# 엔\n\n![](_p.en.md)\n\n끝\n"),
        ("a/_p.en.md", "English\n"),
    ]);
    assert_eq!(
        told(&project, Tongue::En).trim_end(),
        r"
warning[untranslated-part]: this file has no twin in the language of this note
 --> content/a/n.ko.md:3:5
  |
3 | ![](_p.en.md)
  |     ^^^^^^^^
  |
  = help: write a twin whose name ends in `.ko.md`; a file without a language in its name is for all languages
"
        .trim()
    );
    let site = bpdoc::compile(&project).value;
    assert!(page(&site, "ko/a/n.html").contains("<div lang=\"en\">\n<p>English</p>\n</div>\n<p>끝</p>"));
    assert!(page(&site, "en/a/n.html").contains("<div class=\"prose\">\n<p>English</p>"));
}

#[test]
fn links_and_pictures_are_seen_from_the_included_file() {
    let project = notes(&[
        ("a/n.en.md", "# N\n\n## Here\n\n![](../shared/_p.md)\n"),
        ("a/o.en.md", "# O\n\n## There\n"),
        (
            "shared/_p.md",
            "![alt](a.svg) [o](../a/o.en.md#there) [n](../a/n.en.md) [h](#here) [x](https://e.org/x.md) [](../a/o.en.md#there)\n\n![](_q/r.md)\n",
        ),
        ("shared/_q/r.md", "![again](../a.svg)\n"),
    ]);
    let site = bpdoc::compile(&project);
    assert_eq!(told(&project, Tongue::En), "");
    let html = page(&site.value, "en/a/n.html");
    for expected in [
        "<img src=\"../shared/a.svg\" width=\"4\" height=\"2\" alt=\"alt\">",
        "<a href=\"o.html#there\">o</a>",
        "<a href=\"n.html\">n</a>",
        "<a href=\"#here\">h</a>",
        "<a href=\"https://e.org/x.md\">x</a>",
        "<a class=\"reference\" href=\"o.html#there\">There</a>",
        "<img src=\"../shared/a.svg\" width=\"4\" height=\"2\" loading=\"lazy\" decoding=\"async\" alt=\"again\">",
    ] {
        assert!(html.contains(expected), "{expected} is not in {html}");
    }
}

#[test]
fn headings_go_down() {
    let part = "# One\n\n## Two\n\n###### Six\n";
    for (option, levels) in
        [("", [2, 2, 6]), ("{shift=1}", [2, 3, 6]), ("{shift=-1}", [2, 2, 5]), ("{shift=2}", [3, 4, 6])]
    {
        let project = notes(&[("a/n.en.md", &format!("# N\n\n![](_p.md){option}\n")), ("a/_p.md", part)]);
        let site = bpdoc::compile(&project);
        let html = page(&site.value, "en/a/n.html");
        for (id, level) in ["one", "two", "six"].iter().zip(levels) {
            assert!(html.contains(&format!("<h{level} id=\"{id}\">")), "{option}: {id} is not at {level}");
        }
    }
}

/// Footnotes of the same label are told apart, ids of headings give way, graphs and their values work, and a value without
/// an id is that of the block that the reader has seen last.
#[test]
fn names_do_not_meet() {
    let project = notes(&[
        (
            "a/n.en.md",
            "# N\n\n## Same\n\nown[^1]\n\n```graph #g\nx = 1\n```\n\n$\\val{x}$\n\n![](_p.md)\n\n$\\val{x}$ $\\val{g:x}$\n\n[^1]: mine\n",
        ),
        ("a/_p.md", "## Same\n\n$\\val{x}$\n\nits[^1]\n\n```graph #h\nx = 2\n```\n\n[^1]: its own\n"),
    ]);
    let site = bpdoc::compile(&project);
    assert_eq!(told(&project, Tongue::En), "");
    let html = page(&site.value, "en/a/n.html");
    let numbers: Vec<&str> = html.split("<p><math><mn>").skip(1).filter_map(|rest| rest.get(..1)).collect();
    assert_eq!(numbers, ["1", "1", "2"]);
    assert!(html.contains("<math><mn>2</mn></math> <math><mn>1</mn></math>"), "{html}");
    for expected in ["<h2 id=\"same\">", "<h2 id=\"same-2\">", "mine <a", "its own <a"] {
        assert!(html.contains(expected), "{expected}");
    }
    assert_eq!(html.matches("role=\"doc-noteref\"").count(), 2);
}

#[test]
fn mistakes_in_what_is_included_are_told_there() {
    let project = notes(&[
        ("a/n.en.md", "# N\n\n```graph #g\nx = 1\n```\n\n![](_p.md)\n"),
        ("a/o.en.md", "# O\n\n![](_p.md)\n"),
        ("a/_p.md", "가나\n\n```graph #h\nw = 2\nexpect w = 3\n```\n\n[x](nowhere.md) $\\nosuch{1}$\n"),
    ]);
    assert_eq!(
        told(&project, Tongue::En).trim_end(),
        r#"
error[failed-claim]: gate `w`: claimed w = 3, found 2
 --> content/a/_p.md:5:1
  |
5 | expect w = 3
  | ^^^^^^^^^^^^
  |
  = help: to these digits it is `expect w = 2`

error[dead-link]: `nowhere.md`: there is no such file
 --> content/a/_p.md:8:5
  |
8 | [x](nowhere.md) $\nosuch{1}$
  |     ^^^^^^^^^^

error[bad-formula]: the formula cannot be read: Unknown command "\nosuch"
 --> content/a/_p.md:8:18
  |
8 | [x](nowhere.md) $\nosuch{1}$
  |                  ^^^^^^^
"#
        .trim()
    );
}

#[test]
fn includes_that_cannot_be_are_told() {
    let deep: Vec<(String, String)> =
        (0..12).map(|i| (format!("deep/_d{i}.md"), format!("![](_d{}.md)\n", i + 1))).collect();
    let mut all = vec![
        (
            "a/n.en.md",
            "# N\n\n![](_p.md) in a line\n\n![](_pp.md)\n\n![](../../bpdoc.md)\n\n![](/etc/_p.md)\n\n![](_p.md#chian)\n\n![](_p.md#open)\n\n![](_p.md#empty)\n\n![](_p.md){up=1}\n\n![](_loop.md)\n\n![](n.en.md)\n\n![](../deep/_d0.md)\n",
        ),
        (
            "a/_p.md",
            "## Chain\n\n- one\n  <!-- ANCHOR: empty -->\n  <!-- ANCHOR_END: empty -->\n\n<!-- ANCHOR: open -->\n",
        ),
        ("a/_loop.md", "![](_pool.md)\n"),
        ("a/_pool.md", "round\n\n![](_loop.md)\n"),
    ];
    all.extend(deep.iter().map(|(path, text)| (path.as_str(), text.as_str())));
    let told = told(&notes(&all), Tongue::En);
    assert_eq!(told.trim_end(), r##"
error[unclosed-part]: the part `open` does not end
 --> content/a/_p.md:7:1
  |
7 | <!-- ANCHOR: open -->
  | ^^^^^^^^^^^^^^^^^^^^^
  |
  = help: write `<!-- ANCHOR_END: open -->` behind it

error[include-cycle]: this file includes itself without end
 --> content/a/_pool.md:3:1
  |
3 | ![](_loop.md)
  | ^^^^^^^^^^^^^
  |
  = help: the files on the way: `content/a/n.en.md` → `content/a/_loop.md` → `content/a/_pool.md` → `content/a/_loop.md`

error[include-in-line]: a Markdown file cannot be included in a line of text
 --> content/a/n.en.md:3:1
  |
3 | ![](_p.md) in a line
  | ^^^^^^^^^^
  |
  = help: let it stand alone, between blank lines

error[missing-file]: `_pp.md`: there is no such file
 --> content/a/n.en.md:5:5
  |
5 | ![](_pp.md)
  |     ^^^^^^
  |
  = help: did you mean `_p.md`?

error[outside-project]: `../../bpdoc.md` is not a file inside the folder `content`
 --> content/a/n.en.md:7:5
  |
7 | ![](../../bpdoc.md)
  |     ^^^^^^^^^^^^^^
  |
  = help: write the path as it is seen from this file

error[outside-project]: `/etc/_p.md` is not a file inside the folder `content`
 --> content/a/n.en.md:9:5
  |
9 | ![](/etc/_p.md)
  |     ^^^^^^^^^^
  |
  = help: write the path as it is seen from this file

error[unknown-part]: that file has no heading with the id `chian`, and no line `<!-- ANCHOR: chian -->`
  --> content/a/n.en.md:11:11
   |
11 | ![](_p.md#chian)
   |           ^^^^^
   |
   = help: did you mean `chain`?

error[empty-part]: there is nothing in the part `empty`
  --> content/a/n.en.md:15:11
   |
15 | ![](_p.md#empty)
   |           ^^^^^
   |
   = help: put the `ANCHOR` lines outside of paragraphs, lists and quotes

error[bad-include-option]: `{up=1}` means nothing here
  --> content/a/n.en.md:17:11
   |
17 | ![](_p.md){up=1}
   |           ^^^^^^
   |
   = help: `{shift=1}` moves headings one level down; it goes from -5 to 5

error[include-cycle]: this file includes itself without end
  --> content/a/n.en.md:21:1
   |
21 | ![](n.en.md)
   | ^^^^^^^^^^^^
   |
   = help: the files on the way: `content/a/n.en.md` → `content/a/n.en.md`

error[include-too-deep]: files include each other more than 8 deep
 --> content/deep/_d7.md:1:1
  |
1 | ![](_d8.md)
  | ^^^^^^^^^^^
  |
  = help: the files on the way: `content/a/n.en.md` → `content/deep/_d0.md` → `content/deep/_d1.md` → `content/deep/_d2.md` → `content/deep/_d3.md` → `content/deep/_d4.md` → `content/deep/_d5.md` → `content/deep/_d6.md` → `content/deep/_d7.md`
"##
.trim());
}

/// A file that includes another twice, which does the same, and so on, does not fill the memory.
#[test]
fn what_doubles_is_cut_off() {
    let doubling: Vec<(String, String)> = (0..7)
        .map(|i| (format!("a/_d{i}.md"), format!("{}\n", format!("![](_d{}.md)\n\n", i + 1).repeat(60))))
        .collect();
    let mut all = vec![("a/n.en.md", "# N\n\n![](_d0.md)\n"), ("a/_d7.md", "end\n")];
    all.extend(doubling.iter().map(|(path, text)| (path.as_str(), text.as_str())));
    let mut project = notes(&all);
    project.settings.limits.note_bytes = 100_000;
    let found = bpdoc::compile(&project).diagnostics;
    assert!(found.iter().any(|d| d.code == "too-large"), "{:?}", found.iter().map(|d| d.code).collect::<Vec<_>>());
}

/// What each note may include, all of them together may not; which ones go without does not depend on threads.
#[test]
fn many_notes_that_include_much_are_cut_off() {
    let names: Vec<String> = (0..9).map(|i| format!("a/n{i}.en.md")).collect();
    let part = "word ".repeat(200);
    let mut all: Vec<(&str, &str)> =
        names.iter().map(|name| (name.as_str(), "# N\n\n![](_p.md)\n\n![](_p.md)\n")).collect();
    all.push(("a/_p.md", &part));
    for (most, cut) in [(18_000, 0..0), (17_999, 8..9), (5_000, 2..9)] {
        let mut project = notes(&all);
        project.settings.limits.included_bytes = most;
        let found = bpdoc::compile(&project).diagnostics;
        let found: Vec<_> = found.iter().map(|d| (d.code, d.file.as_deref().unwrap_or_default())).collect();
        let paths: Vec<String> = names[cut].iter().map(|name| format!("content/{name}")).collect();
        assert_eq!(found, paths.iter().map(|path| ("too-large", path.as_str())).collect::<Vec<_>>(), "{most}");
    }
}

/// Two places of one mistake may stand in two files.
#[test]
fn an_id_that_is_there_twice_is_shown_in_both_files() {
    let project = notes(&[
        ("a/n.en.md", "# N\n\n```graph #g\n# a\nx = 1\n```\n\n![](_p.md)\n"),
        ("a/_p.md", "```graph #g\n# b\nx = 1\n```\n"),
    ]);
    assert_eq!(
        told(&project, Tongue::En).trim_end(),
        r##"
error[duplicate-id]: the id `g` is in this note twice
 --> content/a/_p.md:1:10
  |
1 | ```graph #g
  |          ^^
  |
 ::: content/a/n.en.md:3:10
  |
3 | ```graph #g
  |          -- it is here first
"##
        .trim()
    );
}

#[test]
fn a_file_that_nobody_includes_is_told() {
    let project = notes(&[("a/n.en.md", "# N\n"), ("a/_unused.ko.md", "nobody\n")]);
    assert_eq!(
        told(&project, Tongue::Ko).trim_end(),
        r##"
경고[unused-part]: 이 파일을 넣는 노트가 없습니다
 --> content/a/_unused.ko.md:1:1
  |
1 | nobody
  | ^
  |
  = 도움말: 이름이 `_`로 시작하는 파일은 페이지가 되지 않습니다. `![](파일)`로 넣으세요
"##
        .trim()
    );
}
