//! Diagnostics that an author silences or is strict about, and the forms that tools read.

use crate::site::{project, told};
use bpdoc::lang::Tongue;
use bpdoc::project::Project;
use bpdoc::report::{Format, report};

const RAW: &str = "# 제목\n\n";

fn codes(project: &Project) -> Vec<(&'static str, bool)> {
    let found = bpdoc::compile(project).diagnostics;
    found.iter().map(|d| (d.code, d.severity == bpdoc::diag::Severity::Error)).collect()
}

#[track_caller]
fn check(config: &str, note: &str, expected: &[(&str, bool)]) {
    assert_eq!(codes(&project(config, &[("s/01-a.ko.md", note)])), expected, "{config}\n{note}");
}

#[test]
fn a_comment_silences_what_follows() {
    let body = |text: &str| format!("{RAW}{text}");
    let allow = "<!-- bpdoc: allow raw-html -->";
    check("", &body("<b>a</b>\n"), &[("raw-html", false)]);
    // The block that follows, whatever it is, and nothing behind it.
    check("", &body(&format!("{allow}\n<b>a</b>\n\n글 <i>b</i>\n")), &[("raw-html", false)]);
    check("", &body(&format!("{allow}\n글\n글 <i>b</i>\n")), &[]);
    check("", &body(&format!("- {allow}\n  글 <i>b</i>\n")), &[]);
    check("", &body(&format!("{allow}\n\n| a | b |\n| - | - |\n| c | <i>b</i> |\n")), &[]);
    // In a line, the rest of it.
    check("", &body(&format!("글 {allow} <i>b</i>\n글 <i>c</i>\n")), &[("raw-html", false)]);
    // Several codes; what silences nothing is said.
    let two = "<!-- bpdoc: allow raw-html, missing-alt -->\n글 <i>b</i>\n";
    check("", &body(two), &[("unused-allow", false)]);
    check("", &body(&format!("{allow}\n\n{allow}\n")), &[("unused-allow", false), ("unused-allow", false)]);
}

#[test]
fn comments_do_not_show() {
    for policy in ["escape", "sanitize", "allow"] {
        let config = format!("[markdown]\nraw_html = \"{policy}\"");
        let note = format!(
            "{RAW}<!-- bpdoc: allow external-image -->\n![점](https://example.org/a.png)\n\n글 <!-- bpdoc: allow unsafe-link --> 글\n"
        );
        let checked = bpdoc::compile(&project(&config, &[("s/01-a.ko.md", &note)]));
        let page = crate::site::page(&checked.value, "ko/s/a.html");
        assert!(!page.contains("bpdoc:"), "{policy}");
        assert_eq!(checked.diagnostics.iter().map(|d| d.code).collect::<Vec<_>>(), ["not-silenceable"], "{policy}");
    }
}

#[test]
fn front_matter_silences_a_file() {
    check("", "+++\ntitle = \"제목\"\nallow = [\"raw-html\"]\n+++\n\n<b>a</b>\n\n<i>b</i>\n", &[]);
    check("", "---\ntitle: 제목\nallow: [raw-html]\n---\n\n<b>a</b>\n", &[]);
    check("", "+++\nallow = [\"raw-html\"]\n+++\n\n글\n", &[("unused-allow", false)]);
}

#[test]
fn settings_silence_a_project_or_make_it_strict() {
    let note = format!("{RAW}<b>a</b>\n");
    check("[check]\nallow = [\"raw-html\"]", &note, &[]);
    check("[check]\nallow = [\"missing-alt\"]", &format!("{RAW}글\n"), &[]);
    check("[check]\ndeny = [\"raw-html\"]", &note, &[("raw-html", true)]);
    check("[check]\nwarn = [\"missing-summary\"]", &note, &[("missing-summary", false), ("raw-html", false)]);
    check("[check]\ndeny = [\"missing-summary\", \"unused-allow\"]", RAW, &[("missing-summary", true)]);
    // The place knows better than the project.
    check("[check]\ndeny = [\"raw-html\"]", &format!("{RAW}<!-- bpdoc: allow raw-html -->\n<b>a</b>\n"), &[]);
    let dead = format!("{RAW}[x](y.pdf)\n");
    check("", &dead, &[("dead-link", true)]);
    check("[check]\nallow = [\"dead-link\"]", &dead, &[]);
    let failed = format!("{RAW}```graph\nf = 1\nexpect f = 2\n```\n");
    check("[check]\nallow = [\"failed-claim\"]", &failed, &[("failed-claim", true)]);
}

/// A part that two notes include: its comment is needed in one of them only.
#[test]
fn a_comment_of_a_part_is_used_if_one_note_needs_it() {
    let part = "<!-- bpdoc: allow wrong-particle -->\n5은 글\n";
    let project = project(
        "",
        &[("s/_p.md", part), ("s/01-a.ko.md", "# 제목\n\n![](_p.md)\n"), ("s/01-a.en.md", "# Title\n\n![](_p.md)\n")],
    );
    assert_eq!(told(&project, Tongue::En), "");
}

/// Laid beside the schema of the standard by hand: <https://docs.oasis-open.org/sarif/sarif/v2.1.0/>.
#[test]
fn sarif_names_rules_and_places() {
    let project = project(
        "",
        &[(
            "s/01-a b.ko.md",
            "# 제목\n\n𝑥 글 <b>a</b>\n\n<b>a</b>\n\n```graph #g\nf = 1\n```\n\n```graph #g\nf = 2\n```\n",
        )],
    );
    let found = bpdoc::compile(&project).diagnostics;
    let written = report(&found, Format::Sarif, Tongue::En, |path| project.source(path));
    let document: serde_json::Value = serde_json::from_str(&written).expect("SARIF is JSON");
    let run = &document["runs"][0];
    assert_eq!((&document["version"], &run["columnKind"]), (&"2.1.0".into(), &"utf16CodeUnits".into()));
    let rules: Vec<_> =
        run["tool"]["driver"]["rules"].as_array().expect("rules").iter().map(|rule| &rule["id"]).collect();
    assert_eq!(rules, ["duplicate-id", "raw-html"]);
    let results = run["results"].as_array().expect("results");
    let mut prints = std::collections::BTreeSet::new();
    for result in results {
        let index = usize::try_from(result["ruleIndex"].as_u64().expect("an index")).expect("small");
        assert_eq!(&result["ruleId"], rules[index]);
        let place = &result["locations"][0]["physicalLocation"];
        assert_eq!(place["artifactLocation"]["uri"], "content/s/01-a%20b.ko.md");
        assert!(prints.insert(result["partialFingerprints"]["bpdoc/v1"].to_string()), "{result}");
    }
    // The letter 𝑥 has two UTF-16 code units, and Hangul has one.
    let first = results.iter().find(|result| result["ruleId"] == "raw-html").expect("found");
    let region = &first["locations"][0]["physicalLocation"]["region"];
    let place = ["startLine", "startColumn", "endLine", "endColumn"].map(|key| region[key].as_u64());
    assert_eq!(place, [Some(3), Some(6), Some(3), Some(9)]);
    let related = results.iter().find(|result| result["ruleId"] == "duplicate-id").expect("found");
    assert_eq!(related["relatedLocations"][0]["message"]["text"], "it is here first");
}

#[test]
fn gitlab_reads_a_list() {
    let project = project("", &[("s/01-a.ko.md", "# 제목\n\n<b>a</b>\n")]);
    let found = bpdoc::compile(&project).diagnostics;
    let written = report(&found, Format::Gitlab, Tongue::En, |path| project.source(path));
    let list: serde_json::Value = serde_json::from_str(&written).expect("a list");
    assert_eq!(list[0]["check_name"], "raw-html");
    assert_eq!(list[0]["location"], serde_json::json!({ "path": "content/s/01-a.ko.md", "lines": { "begin": 3 } }));
    assert_eq!(list[0]["severity"], "minor");
}
