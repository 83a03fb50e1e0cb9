//! Whole projects in memory: which pages there are, and what a reader finds in them.

use bpdoc::diag::Checked;
use bpdoc::lang::Tongue;
use bpdoc::project::{Asset, Project};
use bpdoc::report::{Format, report};
use bpdoc::settings::NamedCode;
use bpdoc::source::SourceFile;
use bpdoc::{Site, settings};
use std::sync::Arc;

/// The beginning of a PNG file, 4 by 2 pixels.
pub const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x04\0\0\0\x02\x08\x02\0\0\0";

/// The notes of these tests are twins in name only.
const LOOSE: [&str; 5] = ["twin-headings", "twin-figures", "twin-formulas", "twin-links", "unused-id"];

/// A project of notes given by path and text.
pub fn project(config: &str, notes: &[(&str, &str)]) -> Project {
    let mut notes: Vec<Arc<SourceFile>> =
        notes.iter().map(|(path, text)| Arc::new(SourceFile::new(format!("content/{path}"), *text))).collect();
    notes.sort_by(|a, b| a.path.cmp(&b.path));
    let mut settings = settings::read(config).value;
    settings.check.allow.extend(LOOSE.map(|code| NamedCode { code: code.to_owned(), range: 0..0 }));
    Project { settings, notes, ..Project::default() }
}

pub(super) fn compile(notes: &[(&str, &str)]) -> Checked<Site> {
    bpdoc::compile(&project("", notes))
}

#[track_caller]
pub fn site(notes: &[(&str, &str)]) -> Site {
    let Checked { value, diagnostics } = compile(notes);
    let found: Vec<_> = diagnostics.iter().map(|d| format!("{}: {}", d.code, d.message.en)).collect();
    assert_eq!(found, Vec::<String>::new());
    value
}

pub fn page<'s>(site: &'s Site, path: &str) -> &'s str {
    let bytes = site
        .files
        .get(path)
        .unwrap_or_else(|| panic!("there is no {path}; there are {:?}", site.files.keys().collect::<Vec<_>>()));
    std::str::from_utf8(bytes).expect("pages are text")
}

/// What the author of a project is told, as on a terminal.
pub fn told(project: &Project, tongue: Tongue) -> String {
    let diagnostics = bpdoc::compile(project).diagnostics;
    report(&diagnostics, Format::Human { colour: false }, tongue, |path| project.source(path))
}

/// The project has exactly these mistakes: code, and the text of the note that each points at.
#[track_caller]
fn check_mistakes(notes: &[(&str, &str)], expected: &[(&str, &str)]) {
    let project = project("", notes);
    let found = bpdoc::compile(&project).diagnostics;
    let found: Vec<(&str, &str)> = found
        .iter()
        .map(|d| (d.code, &project.source(d.file.as_deref().unwrap_or_default()).unwrap_or_default()[d.range.clone()]))
        .collect();
    assert_eq!(found, expected);
}

const GRAPH: &str = "# 선형 | linear\nw = -2 # 가중치 | weight\nx = 5\nb = 3\nf = w * x + b\nexpect df/dw = 5\n";

#[test]
fn the_tree_of_a_two_language_site() {
    let ko = format!("# 하나\n\n```graph #g\n{GRAPH}```\n\n$\\val{{g:df/dw}}$\n");
    let site = site(&[
        ("dl/_index.ko.md", "# 딥러닝\n"),
        ("dl/_index.en.md", "# Deep learning\n"),
        ("dl/02-two.ko.md", "# 둘\n\n[앞](01-one.ko.md#하나-더)\n"),
        ("dl/02-two.en.md", "# Two\n\n[before](01-one.en.md)\n"),
        ("dl/01-one.ko.md", &format!("{ko}\n## 하나 더\n")),
        ("dl/01-one.en.md", "# One\n\n```graph #g\n```\n"),
    ]);
    let html: Vec<&str> = site.files.keys().map(String::as_str).filter(|path| path.ends_with(".html")).collect();
    assert_eq!(
        html,
        [
            "404.html",
            "en/dl/index.html",
            "en/dl/one.html",
            "en/dl/print/index.html",
            "en/dl/two.html",
            "en/index.html",
            "index.html",
            "ko/dl/index.html",
            "ko/dl/one.html",
            "ko/dl/print/index.html",
            "ko/dl/two.html",
            "ko/index.html"
        ]
    );
    let one = page(&site, "ko/dl/one.html");
    assert!(one.contains("<html lang=\"ko\">") && one.contains("<h1>하나</h1>"));
    assert!(one.contains("href=\"../../en/dl/one.html\" lang=\"en\" hreflang=\"en\""));
    assert!(one.contains("rel=\"next\" href=\"two.html\"") && !one.contains("rel=\"prev\""));
    assert!(page(&site, "ko/dl/two.html").contains("href=\"one.html#하나-더\""));
    assert!(page(&site, "en/index.html").contains(">Deep learning</a>"));
}

#[test]
fn a_figure_speaks_the_language_of_its_page() {
    let ko = format!("# 하나\n\n```graph #g\n{GRAPH}```\n");
    let site = site(&[("dl/01-one.ko.md", &ko), ("dl/01-one.en.md", "# One\n\n```graph #g\n```\n")]);
    let (ko, en) = (page(&site, "ko/dl/one.html"), page(&site, "en/dl/one.html"));
    assert!(
        ko.contains(">가중치</text>")
            && ko.contains("<figcaption><span class=\"number\">그림\u{a0}1</span> 선형</figcaption>")
            && ko.contains("국소적 미분")
    );
    assert!(
        en.contains(">weight</text>")
            && en.contains("<figcaption><span class=\"number\">Figure\u{a0}1</span> linear</figcaption>")
            && en.contains("local partial")
    );
    assert!(!en.contains("가중치"));
    for page in [ko, en] {
        assert!(
            page.contains("class=\"bpgraph\"")
                && page.contains("data-id=\"w\"")
                && page.contains("data-from=\"w\" data-to=\"u_1\"")
        );
        assert!(page.contains("<desc id=\"g-svg-desc\">") && page.contains("<th scope=\"row\">"));
    }
}

#[test]
fn a_missing_twin_has_a_page_that_says_so() {
    let site = site(&[("dl/01-one.ko.md", "# 하나\n\n본문\n")]);
    let en = page(&site, "en/dl/one.html");
    assert!(en.contains("<html lang=\"en\">") && en.contains("not been translated into English"));
    assert!(en.contains("<div class=\"prose\" lang=\"ko\">") && en.contains("<h1 lang=\"ko\">하나</h1>"));
    assert!(en.contains("content=\"noindex\"") && en.contains("href=\"../../ko/dl/one.html\" hreflang=\"ko\""));
    assert!(en.contains("the text in Korean."));
    assert!(!page(&site, "ko/dl/one.html").contains("noindex"));
}

#[test]
fn prose_prints_computed_values() {
    let note = |formula: &str| format!("# N\n\n```graph #g precision=3\nx = 2\ny = x / 3\n```\n\n{formula}\n");
    let site = site(&[("a/01-n.ko.md", &note("$\\val{y}$ $\\val{g:dy/dx}$")), ("a/01-n.en.md", &note("$-\\val{y}$"))]);
    let ko = page(&site, "ko/a/n.html");
    assert!(ko.contains("<mn>0.667</mn>") && ko.contains("<mn>0.333</mn>"));
}

#[test]
fn a_block_is_reused_with_other_values() {
    let site = site(&[
        (
            "a/01-n.ko.md",
            &format!(
                "# N\n\n```graph #g\n{GRAPH}```\n\n```graph #h src=01-n#g\nw = -1.9\nexpect f = -6.5\n```\n\n$\\val{{h:f}}$"
            ),
        ),
        ("a/01-n.en.md", "# N\n\n```graph #g\n```\n\n```graph #h\n```\n\n$\\val{h:df/dx}$"),
    ]);
    assert!(page(&site, "ko/a/n.html").contains("w = −1.9"));
    assert!(page(&site, "en/a/n.html").contains("<mn>1.9</mn>"));
}

/// Reverse mode finds all partials in one pass; forward mode needs one for each input, and finds the same numbers.
#[test]
fn forward_mode_stands_beside_reverse_mode() {
    let note = "# N\n\n```graph #g view=forward-mode\nw = -2\nx = 5\nb = 3\nf = w * x + b\n```\n\n```graph #h view=backward\nw = 3\nf = w^2\n```\n";
    let site =
        site(&[("a/01-n.ko.md", note), ("a/01-n.en.md", "# N\n\n```graph #g view=both\n```\n\n```graph #h\n```\n")]);
    let html = page(&site, "ko/a/n.html");
    assert!(html.contains("순방향 모드는 3번에 모두 5개의 연산이, 역방향 모드는 한 번에 4개의 연산이 든다."), "{html}");
    assert!(html.contains("class=\"node op backward\"") && html.contains("f의 기울기 그래프"));
    let twin = page(&site, "en/a/n.html");
    assert!(!twin.contains("By forward mode"), "the fence says otherwise");
    assert!(twin.contains("Gradient graph of f"), "the figure is drawn like the original");
}

/// A train block becomes a curve, a table of the reported steps and the graph at each, in both languages.
#[test]
fn a_training_is_shown() {
    let ko = "# 학습\n\n```graph #g\nparam w = 1\nf = w^2 / 2\n```\n\n```train #t of=#g\n# 줄어든다 | it falls\nminimize f\nrate 0.1\nsteps 3\nreport 0, 3\n```\n\n$\\val{t:w@3}$ $\\claim{t:f@3}{0.2657}$\n";
    let site = site(&[("a/01-n.ko.md", ko), ("a/01-n.en.md", "# Training\n\n```train #t\n```\n")]);
    for (path, caption, step) in
        [("ko/a/n.html", "줄어든다", "3단계의 그래프"), ("en/a/n.html", "it falls", "The graph at step 3")]
    {
        let html = page(&site, path);
        assert!(html.contains("class=\"bpcurve\"") && html.contains(caption) && html.contains(step), "{html}");
        assert_eq!(html.matches("<details class=\"bp-snapshot\"").count(), 2);
    }
    let html = page(&site, "ko/a/n.html");
    assert!(html.contains("<mn>0.729</mn>") && html.contains("<mn>0.2657</mn>"));
}

/// Text of raw HTML is no attribute, whatever it looks like, and a dead link in raw HTML has its place.
#[test]
fn links_of_raw_html() {
    let text = "# N\n\n<p> id=\"w\" </p>\n\n[y](#w)\n\n<p>Write &lt;a href=\"nowhere.html\"&gt;</p>\n\n<p><a href='gone.html'>x</a></p>\n\n<b>b</b> <a href=\"lost.html\">z</a>\n";
    let project = project("[markdown]\nraw_html = \"sanitize\"\n", &[("a/01-n.ko.md", text)]);
    let found = bpdoc::compile(&project).diagnostics;
    let found: Vec<_> = found.iter().map(|d| (d.code, &text[d.range.clone()])).collect();
    assert_eq!(found, [("dead-link", "#w"), ("dead-link", "gone.html"), ("dead-link", "lost.html")]);
}

#[test]
fn mistakes_of_notes() {
    let graph = |fence: &str, body: &str| format!("# N\n\n```graph {fence}\n{body}```\n");
    let both = |text: &str| {
        vec![("a/01-n.ko.md".to_owned(), text.to_owned()), ("a/01-n.en.md".to_owned(), "# N\n".to_owned())]
    };
    let check = |text: &str, expected: &[(&str, &str)]| {
        let notes = both(text);
        check_mistakes(&notes.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect::<Vec<_>>(), expected);
    };
    let train = |options: &str, body: &str| {
        format!("{}\n```train {options}\n{body}```\n", graph("#g", "param w = 2\nf = w^2\n"))
    };
    let plan = "minimize f\nrate 0.1\nsteps 3\n";
    check(&graph("#g", "f = 2\nexpect f = 3\n"), &[("failed-claim", "expect f = 3")]);
    check(&graph("#g dri=down", "f = 2\n"), &[("unknown-option", "dri=down")]);
    check(&graph("#g", "f = w\n"), &[("unknown-name", "w")]);
    check("# N\n\n> ```graph\n> f = w\n> g = q\n> ```\n", &[("unknown-name", "w"), ("unknown-name", "q")]);
    check("# N\n\n```graph #g\nf = 1\n```\n\n```graph #g\nf = 2\n```\n", &[("duplicate-id", "#g")]);
    check("# N\n\n```graph #g\n```\n", &[("unknown-block", "#g")]);
    check("# N\n\n```graph src=x#y\n```\n", &[("unknown-block", "x#y")]);
    check(
        &format!("{}\n$\\val{{h:f}}$ $\\val{{q}}$ $\\val{{g:df/dq}}$\n", graph("#g", "f = 2\n")),
        &[("unknown-val", "h:f"), ("unknown-val", "q"), ("unknown-val", "g:df/dq")],
    );
    check(
        &format!(
            "{}\n$\\claim{{df/dw}}{{4}} + \\claim{{df/dw}}{{4.5}} \\claim{{df/dw}}{{x}}$\n",
            graph("#g", "w = 2\nf = w^2\n")
        ),
        &[("failed-claim", "4.5"), ("bad-number", "x")],
    );
    check(&format!("{}\n$\\val{{t:f@7}}$\n", train("#t of=#g", plan)), &[("unknown-val", "t:f@7")]);
    check(
        "# N\n\n[x](nowhere.ko.md) [y](nowhere.html)\n",
        &[("dead-link", "nowhere.ko.md"), ("dead-link", "nowhere.html")],
    );
    // What stands on the page is not what the note has.
    for dead in [
        "<b c.png>",
        "b^c.png",
        "{a}|b",
        "%zz",
        "a\u{a0}b",
        "a\u{3000}b",
        "a&b'c",
        "<#x y>",
        "n.ko.md#b^c",
        "<a\"b\\c>",
    ] {
        check(&format!("# N\n\n[x]({dead})\n"), &[("dead-link", dead.trim_matches(['<', '>']))]);
    }
    check("# N\n\n$1 + \\fracc{1}$\n", &[("bad-formula", "\\fracc")]);
    check("+++\ntitle = 3\n+++\n", &[("wrong-type", "3")]);
    check(&train("#t of=#g", "minimize f\nrate 0.1\n"), &[("missing-statement", "")]);
    check(&train("#t of=#h", plan), &[("unknown-block", "#h")]);
    check(&train("of=#g", &format!("{plan}expect f@3 = 2\n")), &[("failed-claim", "expect f@3 = 2")]);
    check(&train("#t", plan), &[("missing-option", &format!("```train #t\n{plan}```"))]);
    check(&graph("of=#g", "f = 2\n"), &[("bad-option", "#g")]);
    check(&train("#t of=#g src=#g", plan), &[("bad-option", "#g")]);
}

#[test]
fn hostile_text_stays_text() {
    let evil = "<script>alert(1)</script>\"'{{ site }}";
    let note = format!(
        "+++\ntitle = '''{evil}'''\nsummary = '''{evil}'''\n+++\n\n```graph #g\n# {evil} | {evil}\nx = 2 # {evil}\ny = x * x\n```\n"
    );
    let Checked { value: site, .. } = compile(&[("a/01-n.ko.md", &note)]);
    for (path, html) in site.files.iter().filter(|(path, _)| path.ends_with(".html")) {
        let html = std::str::from_utf8(html).expect("pages are text");
        let is_ours = |script: &str| {
            let is_file =
                script.split_once("assets/").is_some_and(|(root, _)| root.trim_end_matches("../") == " src=\"");
            is_file || script.starts_with(" type=\"application/ld+json\">{")
        };
        assert!(html.split("<script").skip(1).all(is_ours), "{path}");
        assert!(!html.contains("alert(1)</script"), "{path}");
        if path == "ko/a/n.html" {
            assert!(html.contains("&lt;script&gt;") && html.contains("{{ site }}"), "{path}");
        }
    }
}

/// The search of each language knows the words of its own notes: titles, headings, captions and formulas.
#[test]
fn the_search_knows_the_notes_of_its_language() {
    let ko = format!(
        "+++\ntitle = \"하나\"\ntags = [\"선형\"]\n+++\n\n처음  글 $\\val{{g:f}}$.\n\n```graph #g\n{GRAPH}```\n\n## \"절\" a < b\n\n끝\n"
    );
    let notes = [("dl/01-one.ko.md", ko.as_str()), ("dl/01-one.en.md", "# One\n\nBegin\n\n```graph #g\n```\n")];
    let site = site(&notes);
    let known = |language: &str| {
        let script = page(&site, &format!("assets/search-{language}.js"));
        let start = format!("(globalThis.bpdocNotes ??= {{}})[\"{language}\"] = ");
        let json = script.strip_prefix(&start).and_then(|rest| rest.strip_suffix(";\n")).expect("a list of pages");
        serde_json::from_str::<serde_json::Value>(json).expect("JSON")
    };
    let ko = serde_json::json!([[
        "ko/dl/one.html",
        "하나",
        "선형",
        [["", "", "처음 글 −7.", 0], ["g", "선형", "가중치", 1], ["절-a-b", "\"절\" a < b", "끝", 0]]
    ]]);
    let en = serde_json::json!([["en/dl/one.html", "One", "", [["", "", "Begin", 0], ["g", "linear", "weight", 1]]]]);
    assert_eq!((known("ko"), known("en")), (ko, en));
    assert!(page(&site, "en/dl/one.html").contains("data-languages=\"en ko\""));
}

#[test]
fn the_bytes_do_not_depend_on_threads() {
    let ko = format!("# 하나\n\n```graph #g\n{GRAPH}```\n");
    let notes = [
        ("dl/01-one.ko.md", ko.as_str()),
        ("dl/01-one.en.md", "# One\n\n```graph #g\n```\n"),
        ("dl/02-two.ko.md", "# 둘\n"),
    ];
    let build = |threads: usize| {
        rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .expect("a pool")
            .install(|| compile(&notes).value.files)
    };
    let one = build(1);
    assert!(one == build(4));
}

#[test]
fn what_stands_beside_a_note_is_beside_its_page() {
    let mut project = project("", &[("a/01-n.ko.md", "# N\n\n![점](p.png)\n")]);
    project.assets.push(Asset { path: "a/p.png".into(), bytes: PNG.into() });
    let Checked { value: site, diagnostics } = bpdoc::compile(&project);
    assert_eq!(diagnostics, []);
    assert_eq!((&site.files["ko/a/p.png"], &site.files["en/a/p.png"]), (&PNG.to_vec(), &PNG.to_vec()));
}

#[test]
fn an_engine_that_cannot_place_a_graph_gives_way() {
    let codes = |nodes: usize| {
        let chain: String = (1..nodes).map(|i| format!("a_{i} = a_{} + 1\n", i - 1)).collect();
        let note = format!("# A\n\n```graph #g engine=layout-rs show=values\na_0 = 1\n{chain}```\n");
        let Checked { value, diagnostics } = compile(&[("dl/01-a.ko.md", &note)]);
        assert!(page(&value, "ko/dl/a.html").contains("class=\"bpgraph\""));
        diagnostics.iter().map(|d| d.code).collect::<Vec<_>>()
    };
    assert_eq!(codes(10), Vec::<&str>::new());
    assert_eq!(codes(300), ["engine-gave-up"]);
}

pub(super) const LISTED: [(&str, &str); 4] = [
    (
        "s/01-a.ko.md",
        "+++\ntitle = \"가 & <b>\"\ndate = 2026-01-02\nupdated = 2026-03-04\ntags = [\"연쇄 법칙\", \"AI\"]\nsummary = \"</script>\"\n+++\n[다음](02-b.ko.md)\n",
    ),
    ("s/01-a.en.md", "+++\ntitle = \"A\"\ndate = 2026-01-02\ntags = [\"chain rule\"]\n+++\n[here](01-a.en.md)\n"),
    ("s/02-b.ko.md", "+++\ntitle = \"나\"\ndate = 2026-02-02\ntags = [\"ai\"]\n+++\n글\n"),
    ("s/03-c.ko.md", "+++\ntitle = \"다\"\ntags = [\"Ai\"]\n+++\n[가](01-a.ko.md) [또](01-a.ko.md)\n"),
];

/// The addresses and texts of the links of a page from `part` to the next `end`.
fn links<'p>(page: &'p str, part: &str, end: &str) -> Vec<(&'p str, &'p str)> {
    let start = page.find(part).unwrap_or_else(|| panic!("no {part} in {page}"));
    let part = &page[start..];
    let part = &part[..part.find(end).unwrap_or(part.len())];
    let link = |link: &'p str| {
        let (href, rest) = link.split_once('"')?;
        Some((href, rest.split_once('>')?.1.split_once("</a>")?.0))
    };
    part.split("<a href=\"").skip(1).filter_map(link).collect()
}

/// Files of tags can stand side by side on every system.
#[test]
fn tags_have_names_of_their_own() {
    let site =
        site(&[("s/01-a.ko.md", "+++\ntags = [\"s\", \"ſ\", \"con\", \"Index\", \"LPT1\", \"conx\"]\n+++\n# 하나\n")]);
    let named: Vec<&str> = site.files.keys().filter_map(|path| path.strip_prefix("ko/tags/")).collect();
    assert_eq!(named, ["con-.html", "conx.html", "index-.html", "index.html", "lpt1-.html", "s.html"]);
    assert_eq!(
        links(page(&site, "ko/s/a.html"), "class=\"tags\"", "</p>").iter().map(|(href, _)| *href).collect::<Vec<_>>(),
        ["s", "s", "con-", "index-", "lpt1-", "conx"].map(|name| format!("../tags/{name}.html"))
    );
}

#[test]
fn notes_are_listed_by_tag_and_by_date() {
    let site = site(&LISTED);
    let tagged = page(&site, "ko/tags/ai.html");
    assert_eq!(
        links(tagged, "note-list", "</ul>"),
        [("../s/a.html", "가 &amp; &lt;b&gt;"), ("../s/b.html", "나"), ("../s/c.html", "다")]
    );
    assert!(!site.files.contains_key("en/tags/ai.html"));
    assert_eq!(
        links(page(&site, "ko/tags/index.html"), "tag-cloud", "</ul>"),
        [("ai.html", "AI"), ("연쇄-법칙.html", "연쇄 법칙")]
    );
    let archive = page(&site, "ko/archive.html");
    let months: Vec<&str> = archive.split("<h2>").skip(1).filter_map(|part| part.split('<').next()).collect();
    assert_eq!(months, ["2026년 2월", "2026년 1월"]);
    assert!(page(&site, "en/archive.html").contains("<h2>January 2026</h2>"));
    assert_eq!(
        links(page(&site, "ko/s/b.html"), "class=\"tags\"", "</p>"),
        [("../tags/ai.html", "ai")],
        "a tag has the address of its first spelling"
    );
}

#[test]
fn a_note_names_those_that_refer_to_it_and_those_that_share_its_tags() {
    let site = site(&LISTED);
    let beside = |path: &str| {
        let page = page(&site, path);
        let part = |words: &str| if page.contains(words) { links(page, words, "</ul>") } else { Vec::new() };
        [part("이 노트를 가리키는 노트"), part("함께 볼 노트")]
    };
    // `나` comes next, so that it is linked anyway.
    assert_eq!(beside("ko/s/a.html"), [vec![("c.html", "다")], vec![("c.html", "다")]]);
    assert_eq!(beside("ko/s/b.html"), [vec![("a.html", "가 &amp; &lt;b&gt;")], vec![]]);
    assert_eq!(beside("ko/s/c.html"), [vec![], vec![("a.html", "가 &amp; &lt;b&gt;")]]);
    assert!(!page(&site, "en/s/a.html").contains("Referred to by"), "a note does not refer to itself");
}

#[test]
fn a_site_with_an_address_is_ready_for_the_web() {
    let plain = site(&LISTED);
    assert!(plain.files.keys().all(|path| !path.ends_with(".xml") && path != "robots.txt"));
    let site = bpdoc::compile(&project("base_url = \"https://example.org/n\"", &LISTED)).value;
    let feed = page(&site, "ko/feed.xml");
    let titles: Vec<&str> =
        feed.split("<entry>\n<title>").skip(1).filter_map(|entry| entry.split('<').next()).collect();
    assert_eq!(titles, ["가 &amp; &lt;b&gt;", "나"], "the one changed last comes first");
    assert!(feed.contains("<summary>&lt;/script&gt;</summary>"));
    let sitemap = page(&site, "sitemap.xml");
    assert!(sitemap.contains("<loc>https://example.org/n/en/s/a.html</loc>\n<lastmod>2026-01-02</lastmod>"));
    assert!(sitemap.contains("hreflang=\"x-default\" href=\"https://example.org/n/ko/s/a.html\"/>"));
    assert!(!sitemap.contains("en/s/b.html"), "what is not translated is no page of its own");
    assert!(page(&site, "robots.txt").ends_with("Sitemap: https://example.org/n/sitemap.xml\n"));
    let note = page(&site, "ko/s/a.html");
    let structured =
        note.split("<script type=\"application/ld+json\">").nth(1).and_then(|rest| rest.split("</script>").next());
    let structured: serde_json::Value = serde_json::from_str(structured.expect("it is there")).expect("JSON");
    assert_eq!(structured["description"], "</script>");
    assert_eq!(structured["url"], "https://example.org/n/ko/s/a.html");
    assert!(note.contains("<link rel=\"alternate\" type=\"application/atom+xml\""));
}
