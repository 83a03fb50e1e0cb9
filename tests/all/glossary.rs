//! The glossary of a site, as readers and authors see it.

use crate::site::{page, project, told};
use bpdoc::lang::Tongue;
use bpdoc::project::Project;
use bpdoc::source::SourceFile;

const TABLE: &str = "en\tko\tko_variants\ten_definition\tko_definition\tnote\n\
    chain rule\t연쇄 법칙\t연쇄 규칙, 체인 룰 (D)\tMultiply & add.\t곱하고 <더한다>.\tx\n\
    gradient\t기울기\t그래디언트\tThe steepest way.\t가장 가파른 쪽이다.\n\
    weight\t가중치\n";

/// A project with a glossary and one note, `s/01-n`, in each language.
fn with_glossary(config: &str, table: &str, ko: &str, en: &str) -> Project {
    let mut project = project(
        &format!("glossary = \"terms.tsv\"\n{config}"),
        &[("s/01-n.ko.md", &format!("# 가\n\n{ko}\n")), ("s/01-n.en.md", &format!("# A\n\n{en}\n"))],
    );
    project.config = Some(SourceFile::new("bpdoc.toml", format!("glossary = \"terms.tsv\"\n{config}")));
    project.glossary = Some(SourceFile::new("terms.tsv", table));
    project
}

#[test]
fn a_term_says_what_it_means() {
    let ko = "[](term:chain-rule)로, [](term:chain-rule)를, [연쇄 법칙이란](term:chain-rule) [](term:weight)을 **[](term:gradient)**을.";
    let project = with_glossary("", TABLE, ko, "The [](term:chain-rule), and [weights](term:weight).");
    assert_eq!(told(&project, Tongue::En), "");
    let site = bpdoc::compile(&project).value;
    let html = page(&site, "ko/s/n.html");
    let hint = |n: usize| {
        format!(
            "<span class=\"hint\" id=\"term:{n}\" hidden>곱하고 &lt;더한다&gt;. <a class=\"to-term\" href=\"../glossary/index.html#chain-rule\">용어집</a></span></span>"
        )
    };
    let dfn = |n: usize, text: &str| {
        format!("<span class=\"term\"><dfn tabindex=\"0\" aria-describedby=\"term:{n}\">{text}</dfn>")
    };
    let expected = format!(
        "{}(<span lang=\"en\">chain rule</span>){}\u{2060}으로, {}{}을, {}{} <a class=\"to-term\" href=\"../glossary/index.html#weight\">가중치</a>(<span lang=\"en\">weight</span>)\u{2060}를",
        dfn(1, "연쇄 법칙"),
        hint(1),
        dfn(2, "연쇄 법칙"),
        hint(2),
        dfn(3, "연쇄 법칙이란"),
        hint(3)
    );
    assert!(html.contains(&expected), "{expected} in {html}");
    let english = page(&site, "en/s/n.html");
    assert!(english.contains(
        "The <span class=\"term\"><dfn tabindex=\"0\" aria-describedby=\"term:1\">chain rule</dfn><span class=\"hint\""
    ));
    assert!(english.contains("<a class=\"to-term\" href=\"../glossary/index.html#weight\">weights</a>."));
    assert!(
        html.contains("content=\"연쇄 법칙으로, 연쇄 법칙을, 연쇄 법칙이란 가중치를 기울기를.\""),
        "the summary has the names"
    );
}

#[test]
fn the_page_of_terms_is_in_the_order_of_its_language() {
    let site = bpdoc::compile(&with_glossary("", TABLE, "글", "Text")).value;
    let order = |path: &str| -> Vec<String> {
        let parts = page(&site, path).split("<dfn>").skip(1);
        parts.map(|part| part.split("</dfn>").next().unwrap_or_default().to_owned()).collect()
    };
    assert_eq!(order("ko/glossary/index.html"), ["가중치", "기울기", "연쇄 법칙"]);
    assert_eq!(order("en/glossary/index.html"), ["chain rule", "gradient", "weight"]);
    let ko = page(&site, "ko/glossary/index.html");
    for part in [
        "<h2 id=\"initial:ㄱ\">ㄱ</h2>",
        "<a href=\"#initial:ㅇ\">ㅇ</a>",
        "<div id=\"chain-rule\">\n<dt><dfn>연쇄 법칙</dfn> <a href=\"../../en/glossary/index.html#chain-rule\" lang=\"en\" hreflang=\"en\">chain rule</a></dt>",
        "<dd>곱하고 &lt;더한다&gt;.</dd>\n<dd class=\"variants\">다른 이름: 연쇄 규칙, 체인 룰</dd>",
        "aria-current=\"page\">용어집</a>",
    ] {
        assert!(ko.contains(part), "{part} in {ko}");
    }
    assert!(page(&site, "ko/s/n.html").contains("<li><a href=\"../glossary/index.html\">용어집</a></li>"));
}

#[test]
fn the_author_chooses_the_name_and_the_search_knows_the_others() {
    let config = "[terms]\ngradient = \"그래디언트\"\n";
    let site = bpdoc::compile(&with_glossary(config, TABLE, "[](term:gradient)을", "x")).value;
    assert!(page(&site, "ko/s/n.html").contains(">그래디언트</dfn>(<span lang=\"en\">gradient</span>)"));
    let search = page(&site, "assets/search-ko.js");
    let names = "(globalThis.bpdocTerms ??= {})[\"ko\"] = [[\"연쇄 법칙\",\"연쇄 규칙\",\"체인 룰\"],[\"그래디언트\",\"기울기\"],[\"가중치\"]];\n";
    assert!(search.ends_with(names), "{search}");
    assert!(search.contains("[\"gradient\",\"그래디언트\",\"가장 가파른 쪽이다.\",0]"));
}

#[test]
fn a_site_without_a_glossary_has_no_page_of_terms() {
    let site = crate::site::site(&[("s/01-n.ko.md", "# N\n")]);
    assert!(site.files.keys().all(|path| !path.contains("glossary")));
    assert!(!page(&site, "assets/search-ko.js").contains("bpdocTerms"));
}

#[track_caller]
fn check(project: &Project, expected: &str) {
    assert_eq!(told(project, Tongue::En).trim_end(), expected.trim());
}

#[test]
fn unknown_terms_are_told() {
    let config = "[terms]\ngradint = \"x\"\ngradient = \"경사\"\n";
    let ko = "[](term:chian-rule)\n\n## [](term:wieght)\n\n## [](#x)\n";
    check(
        &with_glossary(config, TABLE, ko, "[x](term:chain-rule)"),
        r##"
error[unknown-term]: the glossary has no term `gradint`
 --> bpdoc.toml:3:11
  |
3 | gradint = "x"
  |           ^^^
  |
  = help: did you mean `gradient`?

error[unknown-name-of-term]: the term `gradient` has no name `경사`
 --> bpdoc.toml:4:12
  |
4 | gradient = "경사"
  |            ^^^^^^
  |
  = help: its names in the glossary: `gradient`, `기울기`, `그래디언트`

error[unknown-term]: the glossary has no term `chian-rule`
 --> content/s/01-n.ko.md:3:9
  |
3 | [](term:chian-rule)
  |         ^^^^^^^^^^
  |
  = help: did you mean `chain-rule`?

error[unknown-term]: the glossary has no term `wieght`
 --> content/s/01-n.ko.md:5:12
  |
5 | ## [](term:wieght)
  |            ^^^^^^
  |
  = help: did you mean `weight`?

error[empty-link]: a link in a heading has no text
 --> content/s/01-n.ko.md:7:4
  |
7 | ## [](#x)
  |    ^^^^^^
  |
  = help: write a text between `[` and `]`
"##,
    );
}

#[test]
fn terms_need_a_glossary() {
    check(
        &project("", &[("s/01-n.ko.md", "# N\n\n[](term:x)\n")]),
        r##"
error[unknown-term]: this site has no glossary
 --> content/s/01-n.ko.md:3:9
  |
3 | [](term:x)
  |         ^
  |
  = help: write `glossary = "glossary.tsv"` in `bpdoc.toml` and the terms in that file
"##,
    );
}

#[test]
fn mistakes_of_the_table_are_told() {
    let table = "# x\nen\tko\n\t\nweight\t가중치\nweight\t무게\nbias\t\n";
    check(
        &with_glossary("", table, "x", "x"),
        r##"
error[duplicate-term]: the term `weight` is here twice
 --> terms.tsv:5:1
  |
4 | weight    가중치
  | ---------------- it is here first
5 | weight    무게
  | ^^^^^^^^^^^^^^
  |
  = help: a column `key` can give it another name

warning[untranslated-term]: the term `bias` has no name in `ko`
 --> terms.tsv:6:1
  |
6 | bias    
  | ^^^^^^^^
"##,
    );
}

#[test]
fn the_first_line_names_the_columns() {
    check(
        &with_glossary("", "weight\t가중치\n", "x", "x"),
        r##"
error[bad-glossary]: the glossary's first line does not name its columns
 --> terms.tsv:1:1
  |
1 | weight    가중치
  | ^^^^^^^^^^^^^^^^
  |
  = help: name the site's languages (`ko`, `en`) with tabs between; columns such as `ko_variants` and `ko_definition` may follow
"##,
    );
}

/// A heading that names a term reads so in the text, in the contents, in addresses and in the search.
#[test]
fn headings_name_terms() {
    let ko = "## [](term:gradient)를 재기\n\na\n\n## **[](term:chain-rule)**\n\nb\n\n## [가중치란](term:weight)\n\nc\n\n[](#연쇄-법칙)\n";
    let config = "[terms]\ngradient = \"그래디언트\"\n";
    let site = bpdoc::compile(&with_glossary(config, TABLE, ko, "## The [](term:weight)\n"));
    assert!(!site.has_errors(), "{:?}", site.diagnostics);
    let html = page(&site.value, "ko/s/n.html");
    for expected in [
        "<h2 id=\"그래디언트를-재기\">그래디언트를 재기 <a",
        "<h2 id=\"연쇄-법칙\"><strong>연쇄 법칙</strong> <a",
        "<h2 id=\"가중치란\">가중치란 <a",
        "<a href=\"#그래디언트를-재기\">그래디언트를 재기</a>",
        "<a class=\"reference\" href=\"#연쇄-법칙\">연쇄 법칙</a>",
    ] {
        assert!(html.contains(expected), "{expected} is not in {html}");
    }
    let search = std::str::from_utf8(&site.value.files["assets/search-ko.js"]).expect("text");
    assert!(search.contains("그래디언트를 재기"));
    assert!(page(&site.value, "en/s/n.html").contains("<h2 id=\"the-weight\">The weight <a"));
}

#[test]
fn the_sitemap_holds_the_glossary() {
    let only_korean = "en\tko\tkey\n\t가\ta\n";
    for (table, expected) in [(TABLE, 2), (only_korean, 1)] {
        let mut project = with_glossary("", table, "가", "a");
        project.settings.base_url = "https://e.org/n/".into();
        let site = bpdoc::compile(&project).value;
        let sitemap = page(&site, "sitemap.xml");
        assert_eq!(sitemap.matches("/glossary/index.html</loc>").count(), expected);
        let entry = sitemap.split("ko/glossary/index.html</loc>").nth(1).expect("the Korean one");
        let entry = entry.split("</url>").next().unwrap_or_default();
        assert_eq!(entry.matches("<xhtml:link rel=\"alternate\" hreflang=").count(), expected + 1, "{entry}");
    }
}
