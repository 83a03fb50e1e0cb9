//! Notes from text to HTML.

use super::html::{Parts, Words, body_html};
use super::math::MathWriter;
use super::*;
use crate::image::Size;
use proptest::prelude::*;
use std::collections::BTreeMap;

/// What the page room would take from the words of the interface.
const WORDS: Words<'static> = Words {
    table: "Table",
    formula: "Formula",
    glossary: "Glossary",
    footnote: "Footnote",
    footnotes: "Footnotes",
    back: "Back to the text: footnote",
    section: "Link to this section:",
    answer: "Answer {number}",
    answer_place: "See answer {number}",
    done: "Done",
    open: "To do",
    alerts: ["Note", "Tip", "Important", "Warning", "Caution"],
};

fn source(text: &str) -> Manuscript {
    SourceFile::new("content/dl/27-backprop.ko.md", text).into()
}

fn body(text: &str, raw_html: RawHtml) -> (String, Vec<Diagnostic>) {
    let source = source(text);
    let checked = read(&source, &Policy { raw_html, ..Policy::default() });
    let blocks = checked.value.note.blocks.iter().map(|block| format!("[{}]", block.text.trim()));
    let blocks: Vec<String> = blocks.collect();
    let blocks: Vec<&str> = blocks.iter().map(String::as_str).collect();
    let value = |value: &ValueUse| Value::Number(format!("-{}", value.target.len()));
    let values: Vec<Value> = checked.value.note.values.iter().map(value).collect();
    let (math, _) = MathWriter::new(&BTreeMap::new());
    let link = |dest: &str| dest.ends_with(".md").then(|| dest.replace(".md", ".html"));
    let reference = |dest: &str| dest.starts_with('#').then(|| "Figure 7".to_owned());
    let labels: Vec<_> = (1..=checked.value.note.marks.len()).map(|n| Some(format!("Label {n}"))).collect();
    let term = |key: &str| {
        let (name, english) = ("연쇄 법칙".to_owned(), Some("chain rule".to_owned()));
        let definition = (key == "chain-rule").then(|| "곱한다.".to_owned());
        (key != "unknown").then(|| html::TermParts { name, english, definition, href: "g.html#k".to_owned() })
    };
    let picture_size = |dest: &str| (dest == "d.png").then_some(Size { width: 4, height: 2 });
    let number = |name: &str| name.starts_with("eq:").then(|| "4".to_owned());
    let parts = Parts {
        blocks: &blocks,
        values: &values,
        math: &math,
        listing: &|listing| Arc::new(listing.html()),
        link: &link,
        reference: &reference,
        term: &term,
        picture_size: &picture_size,
        labels: &labels,
        number: &number,
        words: WORDS,
    };
    let html = body_html(&checked.value, &parts);
    (html.value, checked.diagnostics.into_iter().chain(html.diagnostics).collect())
}

#[track_caller]
fn check(text: &str, expected: &str) {
    assert_eq!(body(text, RawHtml::Escape).0.trim_end(), expected, "{text}");
}

#[track_caller]
fn check_codes(text: &str, expected: &[(&str, &str)]) {
    let (_, diagnostics) = body(text, RawHtml::Escape);
    let found: Vec<_> = diagnostics.iter().map(|d| (d.code, &text[d.range.clone()])).collect();
    assert_eq!(found, expected, "{text}");
    assert!(diagnostics.iter().all(|d| d.file.as_deref() == Some("content/dl/27-backprop.ko.md")));
}

#[test]
fn prose_becomes_html() {
    check(
        "a *b* **c** `d<` ~~e~~\\\nf",
        "<p>a <em>b</em> <strong>c</strong> <code>d&lt;</code> <del>e</del><br>\nf</p>",
    );
    check("1. a\n2. b", "<ol>\n<li>a</li>\n<li>b</li>\n</ol>");
    check("3. a", "<ol start=\"3\">\n<li>a</li>\n</ol>");
    check("[a](28-x.ko.md \"t\\\"\")", "<p><a href=\"28-x.ko.html\" title=\"t&quot;\">a</a></p>");
    check("<me@example.org>", "<p><a href=\"mailto:me@example.org\">me@example.org</a></p>");
    check("![a *b*](c d.png)", "<p>![a <em>b</em>](c d.png)</p>");
    check("![a *b* $x$](<c d.png>)", "<p><img src=\"c%20d.png\" alt=\"a b x\"></p>");
    check("$x$", "<p><math><mi>x</mi></math></p>");
    check(
        "$$x$$",
        "<p><span class=\"math-block\" tabindex=\"0\" role=\"group\" aria-label=\"Formula\"><math display=\"block\"><mi>x</mi></math></span></p>",
    );
    check("a\n: b", "<dl>\n<dt>a</dt>\n<dd>b</dd>\n</dl>");
    check("---", "<hr>");
    check("\"a\" -- b...", "<p>&quot;a&quot; -- b...</p>");
}

#[test]
fn tasks_tables_and_alerts_have_names() {
    check(
        "- [x] a",
        "<ul>\n<li class=\"task\"><input type=\"checkbox\" disabled aria-label=\"Done\" checked> a</li>\n</ul>",
    );
    check(
        "| a | |\n|--:|-|\n| 1 | 2 |",
        "<div class=\"table-wrap\" tabindex=\"0\" role=\"group\" aria-label=\"Table\"><table>\n<thead>\n<tr><th scope=\"col\" class=\"align-right\">a</th><td></td></tr>\n</thead>\n<tbody>\n<tr><td class=\"align-right\">1</td><td>2</td></tr>\n</tbody>\n</table></div>",
    );
    check(
        "| $x_1$ |\n|---|\n| $y$ |\n",
        "<div class=\"table-wrap\" tabindex=\"0\" role=\"group\" aria-label=\"Table\"><table>\n<thead>\n<tr><th scope=\"col\"><math aria-label=\"x1\"><msub><mi>x</mi><mn>1</mn></msub></math></th></tr>\n</thead>\n<tbody>\n<tr><td><math><mi>y</mi></math></td></tr>\n</tbody>\n</table></div>",
    );
    check(
        "> [!TIP]\n> a",
        "<div class=\"alert alert-tip\" role=\"note\">\n<p class=\"alert-title\">Tip</p>\n<p>a</p>\n</div>",
    );
}

#[test]
fn options_stay_on_one_line() {
    let long = format!("--{}", "x".repeat(40));
    let html = body(&format!("`graph --from onnx` `a -- b` `--a<b` `{long}`\n"), RawHtml::Escape).0;
    let joined = |option: &str| format!("<span class=\"joined\">{option}</span>");
    for code in [format!("graph {} onnx", joined("--from")), "a -- b".to_owned(), joined("--a&lt;b"), long.clone()] {
        assert!(html.contains(&format!("<code>{code}</code>")), "{code} in {html}");
    }
}

#[test]
fn footnotes_are_numbered_in_order_of_use() {
    let html = body("a[^y] b[^x] c[^y]\n\n[^x]: X\n[^y]: Y[^z]\n[^z]: Z\n", RawHtml::Escape).0;
    let items: Vec<_> = html.lines().filter(|line| line.starts_with("<li")).collect();
    assert!(items[0].starts_with("<li id=\"fn:1\"><p>Y<sup class=\"footnote-ref\"><a id=\"fnref:3\" href=\"#fn:3\""));
    assert!(items[0].contains("href=\"#fnref:1\"") && items[0].contains("href=\"#fnref:1:2\""));
    assert!(
        items[1].starts_with("<li id=\"fn:2\" class=\"aside\"><p>X") && items[2].starts_with("<li id=\"fn:3\"><p>Z")
    );
    assert!(
        html.contains(
            "aria-label=\"Footnote 2\">2</a></sup><span class=\"sidenote\" hidden><sup>2</sup> X</span> c<sup"
        )
    );
    assert_eq!(html.matches("sidenote").count(), 1, "what refers to others stays in the list");
    let boxed = body("## a[^x]\n\n|b[^x]|\n|-|\n\n[^x]: X\n", RawHtml::Escape).0;
    assert!(!boxed.contains("sidenote") && !boxed.contains('\u{1}'), "{boxed}");
    check_codes("[^x]: X", &[("unused-footnote", "[^x]")]);
}

#[test]
fn the_first_heading_is_the_title() {
    for (text, title, expected) in [
        ("# A `b`\n\n# C\n", "A b", "<h2 id=\"c\">C"),
        ("+++\ntitle = \"T\"\n+++\n# A\n", "T", "<h2 id=\"a\">A"),
        ("+++\ntitle = \"T\"\n+++\n# T\n\nx\n", "T", "<p>x</p>"),
        ("+++\ntitle = \"\u{200b}\"\n+++\n# A\n\nx\n", "A", "<p>x</p>"),
        ("# \u{2060}\u{fe0f}\n\nx\n", "backprop", "<p>x</p>"),
        ("> # Q\n\n# T\n", "T", "<blockquote>"),
        ("## S\n", "backprop", "<h2 id=\"s\">S"),
    ] {
        let source = source(text);
        assert_eq!(read(&source, &Policy::default()).value.note.title, title);
        let html = body(text, RawHtml::Escape).0;
        assert!(html.starts_with(expected) && !html.contains("<h1"), "{html}");
    }
}

#[test]
fn headings_have_anchors() {
    let text = "## 연쇄 법칙\n## 연쇄 법칙\n### B {#b .c d=e}\n## C {#b}\n## D {#a\"b}\n";
    let source = source(text);
    let note = read(&source, &Policy::default());
    let ids: Vec<_> = note.value.note.headings.iter().map(|heading| (heading.level, heading.id.as_str())).collect();
    assert_eq!(ids, [(2, "연쇄-법칙"), (2, "연쇄-법칙-2"), (3, "b"), (2, "c"), (2, "d")]);
    check_codes(text, &[("duplicate-anchor", "b"), ("bad-anchor", "a\"b")]);
    check(
        "## 가 *나*",
        "<h2 id=\"가-나\">가 <em>나</em> <a class=\"heading-link\" href=\"#가-나\" aria-label=\"Link to this section: 가 나\">#</a></h2>",
    );
}

#[test]
fn blocks_know_their_places() {
    for (text, block_text, info) in [
        ("```graph #a x=1\nf = 1\n가 = f\n```\n", "f = 1\n가 = f\n", "#a x=1"),
        ("> ~~~~ graph  #a  \n> f = 1\n> 가 = f\n> ~~~~\n", "f = 1\n가 = f\n", "#a"),
        ("- x\n\n  ```train\n  f = 1\n\n   가 = f\n  ```\n", "f = 1\n\n 가 = f\n", ""),
        ("- x\n\n\t```graph\n\tf = 1\n\t```\n", "f = 1\n", ""),
        ("```graph #a\r\nf = 1\r\n가 = f\r\n```\r\n", "f = 1\n가 = f\n", "#a"),
        ("```graph #a\n```\n", "", "#a"),
        ("\u{feff}```graph\nf = 1\n```\n", "f = 1\n", ""),
    ] {
        let source = source(text);
        let note = read(&source, &Policy::default());
        assert_eq!(note.diagnostics, [], "{text}");
        let block = &note.value.note.blocks[0];
        assert_eq!((block.text.as_str(), block.info.as_str()), (block_text, info), "{text}");
        assert!(text[block.info_start..].starts_with(info));
        for (i, c) in block.text.char_indices().filter(|(_, c)| *c != '\n') {
            assert_eq!(&text[block.map.to_file(i..i + c.len_utf8())], c.to_string(), "{text}");
        }
    }
    check_codes("```graph\nf = 1\n", &[("unclosed-fence", "```")]);
}

#[test]
fn formulas_print_values() {
    let text = "> $f = \\val{f}\n> = \\val{가}$ and $\\foo$\n";
    let source = source(text);
    let note = read(&source, &Policy::default()).value.note;
    let places: Vec<_> = note.values.iter().map(|value| &text[value.range.clone()]).collect();
    assert_eq!(places, ["f", "가"]);
    assert!(body(text, RawHtml::Escape).0.contains("<mn>3</mn>"));
    check_codes(text, &[("bad-formula", "\\foo")]);
    check_codes("$\\val{f$", &[("value-outside-formula", "\\val{")]);
}

#[test]
fn raw_html_follows_the_policy() {
    let text = "a <b onclick=x>b</b> <script>c</script> <!-- d -->\n\n<div onclick=x>e</div>\n\n<!-- f -->\n";
    for (policy, expected) in [
        (
            RawHtml::Escape,
            "<p>a &lt;b onclick=x&gt;b&lt;/b&gt; &lt;script&gt;c&lt;/script&gt; </p>\n<p>&lt;div onclick=x&gt;e&lt;/div&gt;</p>\n",
        ),
        (RawHtml::Sanitize, "<p>a <b>b</b> c </p>\n<div>e</div>\n"),
        (RawHtml::Allow, "<p>a <b onclick=x>b</b> <script>c</script> </p>\n<div onclick=x>e</div>\n"),
    ] {
        assert_eq!(body(text, policy).0, expected);
    }
    assert_eq!(body("a <b>b\n\nc", RawHtml::Sanitize).0, "<p>a <b>b</b></p>\n<p>c</p>\n");
}

#[test]
fn links_are_safe() {
    check("[a](javascript:x) [b](java&Tab;script:x) <vbscript:x>", "<p>a b vbscript:x</p>");
    check("![a](data:image/png,x)", "<p>a</p>");
    check("![a](https://example.org/a.png)", "<p><a href=\"https://example.org/a.png\">a</a></p>");
    check("[![a](https://example.org/a.png)](b.html)", "<p><a href=\"b.html\">a</a></p>");
    check("[x][y]\n\n[y]: javascript:x", "<p>x</p>");
    check_codes("[a](javascript:x)", &[("unsafe-link", "javascript:x")]);
    check_codes("![](a.png)", &[("missing-alt", "![](a.png)")]);
    check_codes("![a](https://example.org/a.png)", &[("external-image", "https://example.org/a.png")]);
    let source = source("[a](b.md) ![c](d.png) [e](javascript:x)");
    let note = read(&source, &Policy::default()).value.note;
    let links: Vec<_> = note
        .links
        .iter()
        .map(|link| (link.dest.as_str(), &source.source.text[link.range.clone()], link.image))
        .collect();
    assert_eq!(links, [("b.md", "b.md", false), ("d.png", "d.png", true)]);
}

#[test]
fn every_mistake_is_told_in_one_reading() {
    check_codes(
        "+++\ntitel = \"x\"\ndate = 3\n+++\n[a](javascript:x)\n\n![](a.png)\n\n$\\foo$\n",
        &[
            ("unknown-key", "titel"),
            ("wrong-type", "3"),
            ("unsafe-link", "javascript:x"),
            ("missing-alt", "![](a.png)"),
            ("bad-formula", "\\foo"),
        ],
    );
}

#[test]
fn hostile_notes_end_quickly() {
    let many = 20_000;
    for part in
        ["~~a )**가 ", "**가(a ", "![", "[", "> ", "- ", "# a\n", "$x$ ", "<b>", "`", "[^1]", "\\", "|", "*_", "```\n"]
    {
        body(&part.repeat(many), RawHtml::Sanitize);
    }
    for (open, close) in [("![", "](a)"), ("**가(", ")**를"), ("> - ", "")] {
        body(&format!("{}{}", open.repeat(many), close.repeat(many)), RawHtml::Escape);
    }
}

/// Text in which Markdown finds much to do.
fn markdown() -> impl Strategy<Value = String> {
    let words = prop::sample::select(vec![
        "a",
        "가",
        "각**",
        "**",
        "*",
        "_",
        "~~",
        "`",
        "```",
        "```graph\n",
        "~~~train",
        "$",
        "$$",
        "\\val{",
        "}",
        "\\foo",
        "{",
        "\n",
        "\n\n",
        "\r\n",
        "> ",
        "- ",
        "  ",
        "    ",
        "\t",
        "1. ",
        "# ",
        "## ",
        " {#a}",
        "[",
        "]",
        "(",
        ")",
        "![",
        "](b)",
        "](https://x)",
        "](javascript:x)",
        "[^1]",
        "[^1]: ",
        "|",
        "|-|-|\n",
        "<b>",
        "</b>",
        "<!--",
        "-->",
        "<div>\n",
        "&amp;",
        "&#0;",
        "\0",
        "\u{feff}",
        "\u{202e}",
        "+++\n",
        "---\n",
        "title = 1\n",
        "- [ ] ",
        "\n: ",
        "> [!NOTE]\n",
        "(",
        ".",
        "!",
        "을",
        "\\",
        "<a@b.c>",
    ]);
    prop::collection::vec(words, 0..40).prop_map(|words| words.concat())
}

proptest! {
    #[test]
    fn any_text_is_read(text in prop_oneof![markdown(), any::<String>()]) {
        for raw_html in [RawHtml::Escape, RawHtml::Sanitize] {
            let (html, diagnostics) = body(&text, raw_html);
            for diagnostic in diagnostics {
                prop_assert!(text.get(diagnostic.range.clone()).is_some(), "{diagnostic:?}");
            }
            prop_assert!(!html.contains("<script") && !html.contains("href=\"javascript"));
        }
        let source = source(&text);
        let note = read(&source, &Policy::default()).value.note;
        let mut last = 0;
        for block in &note.blocks {
            prop_assert!(block.range.start >= last);
            last = block.range.start;
            prop_assert_eq!(&text[block.info_start..block.info_start + block.info.len()], &block.info);
            for (i, c) in block.text.char_indices() {
                let place = block.map.to_file(i..i + c.len_utf8());
                prop_assert!(text.get(place.clone()).is_some());
                prop_assert!(c == '\n' || text[place].starts_with(c));
            }
        }
        for place in note.values.iter().map(|value| &value.range).chain(note.links.iter().map(|link| &link.range)) {
            prop_assert!(text.get(place.clone()).is_some());
        }
    }
}

#[test]
fn dollars_that_are_no_formula_are_told() {
    check_codes("$$a_{b$$", &[("bad-formula", "{")]);
    check_codes("*$$a}$$* and $x_{1}}$", &[("bad-formula", "}"), ("bad-formula", "}")]);
    check_codes("| a |\n| --- |\n| $$x |\n\n- y$$\n- $$ z", &[("unclosed-formula", "$$"), ("unclosed-formula", "$$")]);
    for fine in [
        "costs $5 {a} and $6",
        r"\$\$ and \$x_{a\$",
        "`$$` and `$x_{a$`",
        "    $$\n\n```\n$$\n```",
        "$ x_{a $",
        "$$$ a",
        r"$x_\{$",
        r"$$x_\{$$",
        "US$ and A$",
    ] {
        check_codes(fine, &[]);
    }
}

/// Lists of headings, tabs and addresses show text: a formula is the same on one line there.
#[test]
fn formulas_of_headings_are_text() {
    let (math, _) = MathWriter::new(&BTreeMap::new());
    let source = source("# 기울기 $\\frac{1}{2}\\sigma'$\n\n## 값 $\\val{f}$과 $x^2$\n");
    let note = read(&source, &Policy { math: Some(&math), ..Policy::default() }).value.note;
    assert_eq!(note.title, "기울기 1/2σ′");
    assert_eq!(note.headings[0].text, "값 \\val{f}과 x^2");
    assert_eq!(note.headings[0].id, "값-val-f-과-x-2");
}
