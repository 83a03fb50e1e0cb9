//! Figures in books of other tools: what mdBook and Pandoc are handed back.

use bpdoc::bridge::{Done, mdbook, pandoc};
use bpdoc::lang::Tongue;
use bpdoc::report::{Format, report};
use serde_json::{Value, json};

const CHAPTER: &str = "# Linear\n\n```graph #linear\n# 선형 노드 | One linear unit\nw = -2\nx = 5\nf = w * x\n```\nbehind \\\\(\\val{df/dw}\\\\), $\\val{linear:f}$ and `\\\\(\\val{no}\\\\)`\n";

/// What mdBook says, in the shape of a version: the list of chapters has another name since 0.5.
fn conversation(list: &str, options: &Value, chapters: &[(&str, &str)]) -> String {
    let chapter = |(path, content): &(&str, &str)| {
        json!({"Chapter": {
            "name": path, "content": content, "number": [1], "sub_items": [], "path": path, "source_path": path, "parent_names": []
        }})
    };
    let (first, rest) = chapters.split_first().expect("a chapter");
    let mut first = chapter(first);
    first["Chapter"]["sub_items"] = rest.iter().map(chapter).collect();
    let draft = json!({"Chapter": {"name": "Draft", "content": "", "number": null, "sub_items": [], "path": null, "parent_names": []}});
    let book = json!({list: [{"PartTitle": "Part"}, first, "Separator", draft], "__non_exhaustive": null});
    let config = json!({"book": {"language": "en", "src": "text"}, "preprocessor": {"bpdoc": options}});
    json!([{"root": "/book", "config": config, "renderer": "html", "mdbook_version": "0.0.0"}, book]).to_string()
}

fn book(list: &str, options: &Value, chapters: &[(&str, &str)]) -> (Done, Value) {
    let done = mdbook::preprocess(&conversation(list, options, chapters)).expect("a book");
    let book: Value = serde_json::from_str(&done.json).expect("JSON");
    (done, book)
}

fn said(done: &Done, tongue: Tongue) -> String {
    let source = |path: &str| done.sources.iter().find(|file| file.path == path).map(|file| file.text.as_str());
    report(&done.diagnostics, Format::Human { colour: false }, tongue, source)
}

fn content<'b>(book: &'b Value, pointer: &str) -> &'b str {
    book.pointer(pointer).and_then(Value::as_str).unwrap_or_else(|| panic!("no {pointer} in {book}"))
}

#[test]
fn both_shapes_of_mdbook_are_understood() {
    for list in ["sections", "items"] {
        let (done, book) = book(list, &json!({}), &[("linear.md", CHAPTER), ("deep/plain.md", "no figures here\n")]);
        assert_eq!(said(&done, Tongue::En), "");
        let first = content(&book, &format!("/{list}/1/Chapter/content"));
        assert!(
            first.starts_with("<style>\n.bp-block {") && first.contains("# Linear\n\n<div class=\"bp-block"),
            "{first}"
        );
        assert!(
            first.contains("<figcaption>One linear unit</figcaption>") && !first.contains("data-playable"),
            "{first}"
        );
        assert!(first.ends_with("behind \\\\({5}\\\\), ${-10}$ and `\\\\(\\val{no}\\\\)`\n"), "{first}");
        assert_eq!(content(&book, &format!("/{list}/1/Chapter/sub_items/0/Chapter/content")), "no figures here\n");
        assert_eq!((&book[list][0], &book[list][2]), (&json!({"PartTitle": "Part"}), &json!("Separator")));
        assert_eq!(book["__non_exhaustive"], Value::Null);
    }
}

/// A blank line would end the HTML, and a list would want its lines indented.
#[test]
fn a_figure_is_one_line_of_markdown() {
    let chapter = "> quoted\n> ```graph\n> a = 1\n> ```\n> goes on\n\n- item\n\n  ```graph\n  b = 2\n  ```\n  more\n";
    let (_, book) = book("items", &json!({"css": false}), &[("a/b.md", chapter)]);
    let lines: Vec<&str> = content(&book, "/items/1/Chapter/content").lines().collect();
    assert_eq!((lines[0], lines[2], lines[3]), ("> quoted", ">", "> goes on"));
    assert!(lines[1].starts_with("> <div") && lines[1].ends_with("</div>") && lines[1].contains("id=\"a-b-figure-1\""));
    assert_eq!((lines[5], lines[6], lines[8], lines[9]), ("- item", "", "", "  more"));
    assert!(lines[7].starts_with("  <div") && lines[7].ends_with("</div>") && lines[7].contains("id=\"a-b-figure-2\""));
}

#[test]
fn chapters_refer_to_each_other_and_languages_are_chosen() {
    let other = "```graph src=/linear#linear\nx = 1\n```\n";
    let (done, korean) = book("items", &json!({"lang": "ko"}), &[("linear.md", CHAPTER), ("deep/other.md", other)]);
    assert_eq!(said(&done, Tongue::En), "");
    let content = content(&korean, "/items/1/Chapter/sub_items/0/Chapter/content");
    assert!(content.contains("선형 노드") && content.contains("w = −2") && content.contains("x = 1"), "{content}");
}

#[test]
fn a_mistake_keeps_the_book_from_being_built() {
    let wrong = "# A\n\n```graph\nx = 1\nexpect x = 2\n```\n\n$\\val{y}$\n\n[dead](nowhere.md) <b>\n";
    let (done, _) = book("items", &json!({}), &[("a.md", wrong)]);
    assert!(!done.is_built());
    assert_eq!(
        said(&done, Tongue::En).trim_end(),
        "error[failed-claim]: gate `x`: claimed x = 2, found 1\n --> text/a.md:5:1\n  |\n5 | expect x = 2\n  | ^^^^^^^^^^^^\n  |\n  = help: to these digits it is `expect x = 1`"
    );
    assert_eq!(
        said(&done, Tongue::Ko).trim_end(),
        "오류[failed-claim]: 게이트 `x`: x는 2라고 했지만 계산한 값은 1입니다\n --> text/a.md:5:1\n  |\n5 | expect x = 2\n  | ^^^^^^^^^^^^\n  |\n  = 도움말: 이 자릿수라면 `expect x = 1`이 맞습니다"
    );
    let broken = "```graph\nx = y\n```\n";
    let (done, book) = book("items", &json!({"on-error": "warn", "css": false}), &[("a.md", broken)]);
    assert!(done.is_built());
    assert_eq!(
        content(&book, "/items/1/Chapter/content"),
        "<div class=\"bp-error\"><p>This graph has a mistake and could not be drawn.</p><p>unknown name `y`</p></div>\n"
    );
}

#[test]
fn a_style_sheet_of_the_book_takes_the_place_of_that_in_its_pages() {
    let mut input: Value =
        serde_json::from_str(&conversation("items", &json!({}), &[("a.md", "```graph\na = 1\n```\n")])).expect("JSON");
    for (named, expected) in [("css/bpdoc.css", true), ("./bpdoc.css", true), ("../bpdoc.css", false), ("x.css", false)]
    {
        input[0]["config"]["output"] = json!({"html": {"additional-css": [named]}});
        let done = mdbook::preprocess(&input.to_string()).expect("a book");
        assert_eq!((done.files.len() == 1, done.json.contains("<style>")), (expected, !expected), "{named}");
    }
}

#[test]
fn what_is_no_book_is_refused() {
    for input in ["", "{}", "[1]", "[1,2]", "[{}, {}", "[{}, {}]", "[{}, []]"] {
        assert!(mdbook::preprocess(input).is_err(), "{input}");
        assert!(pandoc::filter(input, "html").is_err(), "{input}");
    }
    let deep = format!("{}{}", "[".repeat(200), "]".repeat(200));
    for refused in [mdbook::preprocess(&deep), pandoc::filter(&deep, "html")] {
        let why = refused.expect_err("too deep").message().en;
        assert!(why.contains("nested too deeply") && !why.contains("not a"), "{why}");
    }
    let (done, _) = book("items", &json!({"langs": "ko"}), &[("a.md", "")]);
    assert!(said(&done, Tongue::En).contains("bpdoc has no option `langs`"));
}

fn code(id: &str, attributes: &Value, text: &str) -> Value {
    json!({"t": "CodeBlock", "c": [[id, ["graph"], attributes], text]})
}

fn document(version: &Value, meta: &Value, blocks: &Value, format: &str) -> (Done, Value) {
    let input = json!({"pandoc-api-version": version, "meta": meta, "blocks": blocks}).to_string();
    let done = pandoc::filter(&input, format).expect("a document");
    let document = serde_json::from_str(&done.json).expect("JSON");
    (done, document)
}

#[test]
fn a_document_gets_figures_in_the_form_that_it_can_show() {
    let blocks = json!([
        code("linear", &json!([["dir", "down"]]), "# 선형 | A unit\nw = -2\nf = w * 5"),
        {"t": "Para", "c": [{"t": "Math", "c": [{"t": "InlineMath"}, "a = \\val{df/dw} + \\val{linear:f}"]}]},
        {"t": "Unknown", "c": {"kept": [1, null]}}
    ]);
    let (new, old) = (json!([1, 23, 1]), json!([1, 22, 2, 1]));
    for (format, version, expected) in [
        ("html5", &new, "RawBlock"),
        ("latex", &new, "RawBlock"),
        ("docx", &new, "Figure"),
        ("docx", &old, "Para"),
        ("typst", &new, "Figure"),
        ("plain", &new, "Table"),
    ] {
        let (done, document) = document(version, &json!({}), &blocks, format);
        assert_eq!(said(&done, Tongue::En), "", "{format}");
        let figure = &document["blocks"][0];
        assert_eq!(figure["t"], expected, "{format}");
        assert_eq!(document["blocks"][1]["c"][0]["c"][1], "a = {5} + {-10}", "{format}");
        assert_eq!(document["blocks"][2], blocks[2]);
        assert_eq!(done.files.len(), usize::from(format == "typst"), "{format}");
        let text = figure.to_string();
        assert_eq!(text.contains("data:image/png;base64,"), format == "docx", "{format}");
        assert!(text.contains("linear"), "{text}");
        let header = &document["meta"]["header-includes"];
        assert_eq!(header.to_string().contains("tikz"), format == "latex", "{header}");
    }
}

#[test]
fn a_mistake_in_a_document_is_shown_in_its_block() {
    let blocks = json!([
        code("", &json!([]), "a = 1"),
        code("w", &json!([["dir", "left"]]), "x = 1\ny = z"),
        {"t": "Para", "c": [{"t": "Str", "c": "```graph"}, {"t": "Space"}, {"t": "Str", "c": "#lost"}]}
    ]);
    let (done, _) = document(&json!([1, 23]), &json!({}), &blocks, "html");
    assert!(!done.is_built());
    assert_eq!(
        said(&done, Tongue::En).trim_end(),
        "error[misread-fence]: Pandoc does not read this as a code block\n --> text:1:1\n  |\n1 | ```graph\n  | ^^^^^^^^\n  |\n  = help: with options write it as ```` ```{.graph #linear dir=down} ````\n\nerror[bad-option]: `dir` does not take `left`\n --> block 2 #w:1:17\n  |\n1 | ```graph #w dir=left\n  |                 ^^^^\n  |\n  = help: it takes `right` or `down`\n\nerror[unknown-name]: unknown name `z`\n --> block 2 #w:3:5\n  |\n3 | y = z\n  |     ^\n  |\n  = help: define it first: `z = ...`"
    );
    let korean = said(&done, Tongue::Ko);
    let first = korean.split("\n\n").next();
    assert_eq!(
        first,
        Some(
            "오류[misread-fence]: Pandoc은 이것을 코드 블록으로 읽지 않습니다\n --> text:1:1\n  |\n1 | ```graph\n  | ^^^^^^^^\n  |\n  = 도움말: 옵션이 있으면 ```` ```{.graph #linear dir=down} ````처럼 쓰세요"
        )
    );
    let warn = json!({"bpdoc-on-error": {"t": "MetaString", "c": "warn"}, "lang": {"t": "MetaInlines", "c": [{"t": "Str", "c": "ko-KR"}]}});
    let (done, document) = document(&json!([1, 23]), &warn, &blocks, "html");
    assert!(done.is_built());
    let notice = document["blocks"][1].to_string();
    assert!(notice.contains("bp-error") && notice.contains("이름이") && notice.contains("y = z"), "{notice}");
}
