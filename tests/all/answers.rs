//! Answers to exercises: folded on the screen, at the end on paper.

use crate::site::{page, project, site};
use bpdoc::lang::Tongue;

const NOTE: &str = "# N\n\nIntro.\n\n1. One?\n\n   > [!ANSWER]\n   > First, [far](https://a.test/), see [](#g).\n   >\n   > ```graph #g\n   > # a | b\n   > x = 2\n   > y = x * x\n   > ```\n\n2. Two?\n\n   > [!answer]\n   >\n   > Second.[^n]\n   >\n   > > [!ANSWER]\n   > > no answer in an answer\n\nOutro [near](https://b.test/).\n\n[^n]: Note, [there](https://c.test/).\n";

/// What stands between two strings.
#[track_caller]
fn between<'h>(html: &'h str, start: &str, end: &str) -> &'h str {
    let (_, rest) = html.split_once(start).unwrap_or_else(|| panic!("no {start} in {html}"));
    rest.split_once(end).unwrap_or_else(|| panic!("no {end} in {rest}")).0
}

#[test]
fn answers_are_folded_at_their_questions_and_listed_for_paper() {
    let site = site(&[("a/n.en.md", NOTE)]);
    let html = page(&site, "en/a/n.html");
    let (text, list) = html.split_once("<section class=\"answers\" hidden>").expect("a list");
    for (number, words) in [("1", "<p>First, <a href=\"https://a.test/\">far</a>"), ("2", "<p>Second.")] {
        let answer =
            between(text, &format!("<details class=\"answer\" id=\"answer:{number}\">"), "<p class=\"answer-place\"");
        assert!(answer.starts_with(&format!("\n<summary>Answer {number}</summary>\n{words}")), "{answer}");
        let place = between(text, &format!("<p class=\"answer-place\" id=\"question:{number}\" hidden>"), "</p>");
        assert_eq!(place, format!("<a href=\"#print:answer:{number}\">Answer {number}, at the end</a>"));
        let copy = between(list, &format!("<div class=\"answer-copy\" id=\"print:answer:{number}\">\n"), "</div>");
        let title = format!("<p class=\"answer-title\"><a href=\"#question:{number}\">Answer {number}</a></p>\n");
        assert!(copy.starts_with(&format!("{title}{words}")), "{copy}");
    }
    assert!(list.starts_with("\n<h2>Answers</h2>\n"));
    // The copy has a figure of its own, and refers to that.
    assert!(text.contains("<figure class=\"bp-figure\" id=\"g\"") && text.contains("href=\"#g\""));
    assert!(list.contains("<figure class=\"bp-figure\" id=\"print:g\"") && list.contains("href=\"#print:g\""));
    // Its picture is the one at the question.
    assert!(text.contains("<svg id=\"g-svg\"") && !list.contains("<text"));
    assert!(list.contains("aria-labelledby=\"g-svg-title g-svg-desc\"><use href=\"#g-svg\" width="));
    assert!(list.contains("href=\"#fn:1\"") && !list.contains("<section class=\"footnotes\""));
    assert_eq!(text.matches("no answer in an answer").count(), 1);
    assert_eq!(html.matches("<details class=\"answer\"").count(), 2);
}

#[test]
fn no_id_is_there_twice() {
    let site =
        site(&[("a/n.en.md", NOTE), ("a/_index.en.md", "# A\n\n> [!ANSWER]\n> Of the series.\n"), ("a/o.en.md", NOTE)]);
    for path in ["en/a/n.html", "en/a/print/index.html"] {
        let html = page(&site, path);
        let mut ids: Vec<&str> = html.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        let count = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), count, "{path}");
    }
}

/// The addresses of other sites are listed in the order in which paper shows them.
#[test]
fn addresses_are_numbered_as_paper_shows_them() {
    let site = site(&[("a/n.en.md", NOTE)]);
    for path in ["en/a/n.html", "en/a/print/index.html"] {
        let list = between(page(&site, path), "<div class=\"outside\">", "</div>");
        let addresses: Vec<&str> = list.split("<li>").skip(1).filter_map(|rest| rest.split('<').next()).collect();
        assert_eq!(addresses, ["https://b.test/", "https://c.test/", "https://a.test/"], "{path}");
    }
}

#[test]
fn a_series_on_one_page_has_its_answers_at_its_end() {
    let site = site(&[
        ("a/_index.en.md", "# A\n\n> [!ANSWER]\n> Of the series.\n"),
        ("a/01-n.en.md", NOTE),
        ("a/02-o.en.md", "# O\n\nNothing to answer.\n"),
        ("a/03-p.en.md", "# P\n\n> [!ANSWER]\n> ### Third\n> words\n"),
    ]);
    let html = page(&site, "en/a/print/index.html");
    let (text, list) = html.split_once("<section class=\"answers\" hidden>").expect("a list");
    assert_eq!(html.matches("<section class=\"answers\"").count(), 1);
    assert!(text.contains("<a href=\"#n1:print:answer:2\">"));
    let heads: Vec<&str> = list.split("<h3>").skip(1).filter_map(|rest| rest.split('<').next()).collect();
    assert_eq!(heads, ["A", "N", "P"]);
    for id in ["n0:print:answer:1", "n1:print:answer:1", "n1:print:answer:2", "n3:print:answer:1"] {
        assert!(list.contains(&format!("id=\"{id}\"")), "{id}");
    }
    assert!(list.contains("<a href=\"#n1:question:2\">Answer 2</a>"));
    assert!(list.contains("<h4 id=\"n3:print:third\">"));
}

#[test]
fn korean_answers_have_korean_words() {
    let site = site(&[("a/n.ko.md", "# N\n\n문제\n\n> [!풀이]\n> 답은 4이다.\n")]);
    let html = page(&site, "ko/a/n.html");
    for expected in ["<summary>풀이 1</summary>\n<p>답은 4이다.</p>", ">끝에 있는 풀이 1</a>", "<h2>풀이</h2>"]
    {
        assert!(html.contains(expected), "{expected}");
    }
    // What is folded is found by the search, but does not give the answer away in the summary.
    let words = std::str::from_utf8(&site.files["assets/search-ko.js"]).expect("text");
    assert!(words.contains("답은 4이다"));
    assert!(!html.contains("content=\"문제 답은"));
}

#[test]
fn a_quote_that_goes_on_in_its_line_is_no_answer() {
    let project = project("", &[("a/n.en.md", "# N\n\n> [!ANSWER] to what?\n\n> [!NOTE]\n> note\n")]);
    assert_eq!(crate::site::told(&project, Tongue::En), "");
    let site = bpdoc::compile(&project).value;
    let html = page(&site, "en/a/n.html");
    assert!(html.contains("<blockquote>\n<p>[!ANSWER] to what?</p>") && !html.contains("class=\"answers\""));
}
