//! What pages offer a reader besides their text: ways through the site, and what the web is told.

use super::site::{LISTED, page, project, site};
use bpdoc::settings;

/// The rows of the first calendar of a page, cell by cell; what is linked stands before its address.
fn calendar(html: &str) -> Vec<String> {
    let table = html.split("<div class=\"months\">").nth(1).and_then(|rest| rest.split("</table>").next());
    let rows = table.expect("a calendar").split("<tr>").skip(1);
    let text = |cell: &str| {
        let link = cell.split("href=\"").nth(1).and_then(|rest| rest.split('"').next());
        let label = cell.split("aria-label=\"").nth(1).and_then(|rest| rest.split('"').next());
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
    assert!(note.contains("<p class=\"read-mark\" hidden><label><input type=\"checkbox\""));
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
