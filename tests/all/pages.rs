//! What pages offer a reader besides their text: ways through the site, and what the web is told.

use super::site::{LISTED, PNG, page, project, site, told};
use bpdoc::lang::Tongue;
use bpdoc::page::Facts;
use bpdoc::project::Asset;
use bpdoc::settings;

/// The rows of the first calendar of a page, cell by cell; what is linked stands before its address.
fn calendar(html: &str) -> Vec<String> {
    let table = html.split("<div class=\"months\">").nth(1).and_then(|rest| rest.split("</table>").next());
    let rows = table.expect("a calendar").split("<tr>").skip(1);
    let text = |cell: &str| {
        let link = cell.split("href=\"").nth(1).and_then(|rest| rest.split('"').next());
        let label = link.and_then(|_| cell.split("title=\"").nth(1)).and_then(|rest| rest.split('"').next());
        let plain: String = cell.split('<').map(|part| part.rsplit('>').next().unwrap_or_default()).collect();
        [Some(plain.as_str()), link, label].into_iter().flatten().collect::<Vec<_>>().join(" → ")
    };
    let cells = |row: &str| {
        let cells = row.split("</th>").flat_map(|part| part.split("</td>")).map(text).collect::<Vec<_>>();
        cells.join("|").trim_end_matches('\n').trim_end_matches('|').to_owned()
    };
    rows.map(cells).collect()
}

#[test]
fn a_calendar_leads_to_the_notes_of_each_day() {
    let dated = |date: &str| format!("+++\ntitle = \"N {date}\"\ndate = {date}\n+++\n글\n");
    let (a, b, c) = (dated("2026-02-09"), dated("2026-02-09"), dated("2026-02-28"));
    let notes = [
        ("s/01-a.ko.md", a.as_str()),
        ("s/02-b.ko.md", b.as_str()),
        ("s/03-c.ko.md", c.as_str()),
        ("s/03-c.en.md", c.as_str()),
        ("s/04-d.ko.md", &dated("2024-12-31")),
    ];
    let found = site(&notes);
    let ko = page(&found, "ko/archive.html");
    assert_eq!(
        calendar(ko),
        [
            "일|월|화|수|목|금|토",
            "1|2|3|4|5|6|7",
            "8|9 → #day-2026-02-09 → 2026년 2월 9일: 노트 2개|10|11|12|13|14",
            "15|16|17|18|19|20|21",
            "22|23|24|25|26|27|28 → s/c.html → 2026년 2월 28일: N 2026-02-28",
        ]
    );
    assert_eq!(ko.matches("id=\"day-2026-02-09\"").count(), 1);
    let years: Vec<&str> = ko.split("<summary>").skip(1).filter_map(|part| part.split('<').next()).collect();
    assert_eq!(years, ["2026년 달력", "2024년 달력"], "the latest year first");
    let en = calendar(page(&found, "en/archive.html"));
    assert_eq!(en[0], "Sun|Mon|Tue|Wed|Thu|Fri|Sat");
    assert_eq!(en[4], "22|23|24|25|26|27|28 → s/c.html → February 28, 2026: N 2026-02-28");

    // Where weeks begin on Monday, that is a word of the interface.
    let mut mondays = project("", &notes);
    mondays.templates.insert("i18n/en.toml".to_owned(), b"week_start = \"1\"".to_vec());
    let found = bpdoc::compile(&mondays).value;
    let en = calendar(page(&found, "en/archive.html"));
    assert_eq!(en[..2], ["Mon|Tue|Wed|Thu|Fri|Sat|Sun", "||||||1"]);
}

/// What only a script can do is hidden until the script comes.
#[test]
fn what_has_been_read_shows_with_a_script_only() {
    let found = site(&LISTED);
    let (note, series, archive) =
        (page(&found, "ko/s/a.html"), page(&found, "ko/s/index.html"), page(&found, "ko/archive.html"));
    assert!(note.contains("<p class=\"read-mark\" hidden><label><input type=\"checkbox\">"));
    assert!(
        series.contains("<p class=\"read-count\" hidden data-count=\"노트 {all}개 가운데 {read}개를 읽었습니다.\">")
    );
    for html in [note, series, page(&found, "ko/index.html")] {
        assert!(html.contains("assets/progress.js\" defer data-root="), "{html}");
    }
    assert!(!archive.contains("progress.js"));
}

/// A host shows the page at any address, where relative links would lead astray.
#[test]
fn the_page_for_lost_readers_leads_home_from_anywhere() {
    let home = |config: &str| {
        let project = project(config, &LISTED);
        assert_eq!(settings::read(config).diagnostics, []);
        let found = bpdoc::compile(&project).value;
        page(&found, "404.html")
            .split("<a href=\"")
            .skip(1)
            .map(|rest| rest.split('"').next().unwrap_or_default().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(home(""), ["ko/index.html", "en/index.html"]);
    assert_eq!(
        home("base_url = \"https://example.org/n\""),
        ["https://example.org/n/ko/index.html", "https://example.org/n/en/index.html"]
    );
}

/// Width, height and colour type of a PNG.
fn header_of(png: &[u8]) -> (u32, u32, u8) {
    assert_eq!(&png[..8], b"\x89PNG\r\n\x1a\n");
    let number = |at: usize| u32::from_be_bytes(png[at..at + 4].try_into().expect("four bytes"));
    (number(16), number(20), png[25])
}

const PALETTE: u8 = 3;

#[test]
fn links_to_pages_go_with_a_picture() {
    let graph = "+++\ntitle = \"그림\"\n+++\n\n```graph #g\nw = -2\nf = w^2\n```\n";
    let notes = [("s/01-g.ko.md", graph), ("s/02-t.ko.md", "# 글\n\n글뿐이다.\n"), ("s/02-t.en.md", "# Text\n")];
    let compile = |config: &str| bpdoc::compile(&project(config, &notes)).value;
    let found = compile("base_url = \"https://example.org/n\"\nsocial_cards = true");
    let cards: Vec<&str> = found.files.keys().map(String::as_str).filter(|path| path.contains("/cards/")).collect();
    assert_eq!(
        cards,
        [
            "assets/cards/en/index.png",
            "assets/cards/en/s/index.png",
            "assets/cards/en/s/t.png",
            "assets/cards/ko/index.png",
            "assets/cards/ko/s/g.png",
            "assets/cards/ko/s/index.png",
            "assets/cards/ko/s/t.png",
        ]
    );
    for card in cards {
        let png = &found.files[card];
        assert_eq!(header_of(png), (1200, 630, PALETTE), "{card}");
        assert!(png.len() < 30_000, "{card}: {} bytes", png.len());
    }
    let image = |path: &str| {
        let html = page(&found, path);
        html.split("og:image\" content=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("an image").to_owned()
    };
    assert_eq!(image("ko/s/g.html"), "https://example.org/n/assets/cards/ko/s/g.png");
    assert_eq!(image("en/s/g.html"), "https://example.org/n/assets/cards/ko/s/g.png", "the note is in Korean only");
    assert!(
        page(&found, "ko/s/g.html").contains("<meta property=\"og:image:alt\" content=\"그림 · 계산 그래프 노트\">")
    );
    assert_eq!(found.files, compile("base_url = \"https://example.org/n\"\nsocial_cards = true").files);

    let without = compile("base_url = \"https://example.org/n\"");
    assert!(
        !page(&without, "ko/s/g.html").contains("og:image")
            && without.files.keys().all(|path| !path.contains("/cards/"))
    );
    let unplaced = settings::read("social_cards = true\n").diagnostics;
    assert_eq!(unplaced.iter().map(|d| (d.code, d.range.clone())).collect::<Vec<_>>(), [("needs-base-url", 15..19)]);
}

#[test]
fn a_site_with_an_address_can_be_kept_at_hand() {
    let found = bpdoc::compile(&project("title = \"N\"\nbase_url = \"https://example.org/n\"", &LISTED)).value;
    let manifest: serde_json::Value =
        serde_json::from_str(page(&found, "en/manifest.webmanifest")).expect("a manifest is JSON");
    assert_eq!((&manifest["name"], &manifest["lang"]), (&"N".into(), &"en".into()));
    for icon in manifest["icons"].as_array().expect("a list").iter().filter(|icon| icon["type"] == "image/png") {
        let path = icon["src"].as_str().and_then(|src| src.strip_prefix("../")).expect("beside the languages");
        let (w, h, colours) = header_of(&found.files[path]);
        assert_eq!((format!("{w}x{h}"), colours), (icon["sizes"].as_str().expect("a size").to_owned(), PALETTE));
    }
    assert!(page(&found, "en/s/a.html").contains("<link rel=\"manifest\" href=\"../manifest.webmanifest\">"));
    assert!(!page(&site(&LISTED), "en/s/a.html").contains("manifest"));

    let mut broken = project("base_url = \"https://example.org/n\"", &LISTED);
    broken.templates.insert("favicon.svg".to_owned(), b"a sign".to_vec());
    let mistakes = bpdoc::compile(&broken).diagnostics;
    let found: Vec<_> = mistakes.iter().map(|d| (d.code, d.file.as_deref())).collect();
    assert_eq!(found, [("bad-icon", Some("templates/favicon.svg"))]);
    assert_eq!(mistakes[0].message.en, "this cannot be read as SVG, so that no icons can be made of it");
}

/// A series on one page: every id once, every link leads somewhere, and what is on the page is reached on the page.
#[test]
fn a_series_stands_on_one_page() {
    let graph = "```graph #g\nw = -2\nf = w^2\n```\n";
    let one = format!(
        "# 하나\n\n{graph}\n## 절\n\n[둘](02-b.ko.md#절) [셋](02-b.ko.md) [밖](https://e.org/?a=1&b=2)[^1]\n\n[^1]: 각주 ![점](p.png)\n"
    );
    let two = format!("# 둘\n\n{graph}\n## 절\n\n글[^1] [다른 시리즈](../t/01-c.ko.md)\n\n[^1]: 각주\n");
    let mut notes = project(
        "base_url = \"https://example.org/n\"",
        &[
            ("s/_index.ko.md", "# 시리즈\n\n[하나](01-a.ko.md)\n"),
            ("s/01-a.ko.md", &one),
            ("s/02-b.ko.md", &two),
            ("s/02-b.en.md", "# Two\n\n```graph #g\n```\n"),
            ("t/01-c.ko.md", "# 다른\n"),
        ],
    );
    notes.assets.push(Asset { path: "s/p.png".into(), bytes: PNG.into() });
    let found = bpdoc::compile(&notes);
    let codes: Vec<_> = found.diagnostics.iter().map(|d| (d.code, d.file.as_deref())).collect();
    assert_eq!(codes, []);
    let site = found.value;
    // The English page of the first note shows the Korean text, whose anchors the translation of the second lacks.
    let facts = site.files.iter().map(|(path, bytes)| (path.clone(), Facts::of(path, bytes)));
    let broken = bpdoc::page::links::broken(&facts.collect());
    assert!(broken.iter().all(|link| link.page.starts_with("en/")), "{broken:?}");
    let html = page(&site, "ko/s/print/index.html");
    let ids: Vec<&str> = html.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert_eq!(ids.iter().collect::<std::collections::BTreeSet<_>>().len(), ids.len(), "{ids:?}");
    for part in [
        "<h2 id=\"n1\">하나</h2>",
        "<h3 id=\"n1:절\">절",
        "<a href=\"#n2:절\">둘</a>",
        "<a href=\"#n2\">셋</a>",
        "<a href=\"#n1\">하나</a>",
        "href=\"#n1:fn:1\"",
        "href=\"#n2:fn:1\"",
        "src=\"../p.png\"",
        "<a href=\"../../t/c.html\">다른 시리즈</a>",
        "<li>https://e.org/?a=1&amp;b=2</li>",
        "<meta name=\"robots\" content=\"noindex\">",
        "<link rel=\"canonical\" href=\"https://example.org/n/ko/s/index.html\">",
    ] {
        assert!(html.contains(part), "{part} is not in {html}");
    }
    assert!(!page(&site, "sitemap.xml").contains("print"));
    assert!(page(&site, "ko/s/index.html").contains("<a href=\"print/index.html\">모든 노트를 한 화면에(인쇄용)</a>"));
    let en = page(&site, "en/s/print/index.html");
    assert!(en.contains("<section class=\"part\" lang=\"ko\">\n<h2 id=\"n1\">하나</h2>"), "{en}");
    assert!(en.contains("<section class=\"part\">\n<h2 id=\"n2\">Two</h2>"), "{en}");
}

/// What is wrong in a note is not reported again for the page that repeats it.
#[test]
fn a_dead_link_is_blamed_once() {
    let mistakes = bpdoc::compile(&project("", &[("s/01-a.ko.md", "# 하나\n\n[x](nowhere.html)\n")])).diagnostics;
    assert_eq!(mistakes.iter().map(|d| d.code).collect::<Vec<_>>(), ["dead-link"]);
}

/// However many terms a formula of ours has, it can be set: of many it says the first ones and the last.
#[test]
fn long_formulas_are_written_in_brief() {
    let times = |n: usize, one: &str, between: &str| vec![one; n].join(between);
    let rows = times(6, "[1.5e-9, 2.5e-9, 3.5e-9, 4.5e-9, 5.5e-9, 6.5e-9]", ", ");
    let large: String = (0..12).map(|i| format!("y{i} = A * B{i}\n")).collect();
    let others: String = (0..12).map(|i| format!("B{i} = [{rows}]\n")).collect();
    let added = (0..12).map(|i| format!("y{i}")).collect::<Vec<_>>().join(" + ");
    let blocks = [
        ("param w = 0.5\nh[0] = 1\nfor t in 1..130 {\nh[t] = w * h[t-1]\n}".to_owned(), "⋯"),
        (format!("x = 0.0000123\ny = {}", times(120, "x", " + ")), "⋯"),
        (format!("x = [1, 2]\ny = sum(concat([{}], 0))", times(40, "x", ", ")), ">.</mo>"),
        (format!("x = [1, 2]\ny = sum(index(x, [{}]))", times(8_000, "1", ", ")), ">.</mo>"),
        (format!("A = [{rows}]\n{others}{large}y = sum({added})"), "⋯"),
    ];
    for (block, dots) in &blocks {
        let note = format!("# N\n\n```graph #g\n{block}\n```\n");
        let found = site(&[("s/01-a.ko.md", &note), ("s/01-a.en.md", &note)]);
        for path in ["ko/s/a.html", "en/s/a.html"] {
            assert!(page(&found, path).contains(dots), "{path}: {block:.200}");
        }
    }
}

/// Each output has a figure of its own, in which all nodes are drawn.
#[test]
fn a_graph_has_few_outputs() {
    let graph = |n: usize| {
        let outputs: String = (0..n).map(|i| format!("y{i} = x\noutput y{i}\n")).collect();
        project("", &[("s/01-a.ko.md", &format!("# N\n\n```graph #g\nx = 1\n{outputs}```\n"))])
    };
    assert_eq!(told(&graph(20), Tongue::En), "");
    assert!(told(&graph(21), Tongue::En).contains("each `output` has a figure of its own: 21 are too many"));
}

/// A sum of many times the same number has few nodes and long lines.
#[test]
fn lines_that_are_too_long_to_draw_are_a_mistake() {
    let note = format!("# N\n\n```graph #g\nx = 1\ny = {}\n```\n", vec!["x"; 240].join(" + "));
    let project = project("[limits]\ndrawn_nodes = 250\n", &[("s/01-a.ko.md", &note)]);
    for (tongue, said) in [(Tongue::En, "they pass 28919 rows"), (Tongue::Ko, "모두 28919줄을")] {
        let told = told(&project, tongue);
        assert!(told.contains("too-large-to-draw") && told.contains(said), "{told}");
    }
}
