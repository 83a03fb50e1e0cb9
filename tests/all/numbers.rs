//! Numbers of figures, listings, tables and equations, and references to them, as readers and authors see them.

use crate::site::{PNG, page, project, site, told};
use bpdoc::lang::Tongue;

const KO: &str = r#"# 하나

```graph #plain
x = 1
```

```graph #chain
# 선형 | linear
w = 2
f = w * 3
```

```python #train title="train.py"
a = 1
```

```python
b = 2
```

표: 손실 $L$ {#losses}

| a |
|---|
| 1 |

![점](p.png "점 하나"){#dot}

$$ L = y \label{eq:loss} $$

$$ \begin{align} a &= b \label{eq:a} \\ c &= d \tag{A} \label{eq:c} \\ e &= f \label{eq:e} \end{align} $$

[](#chain)을 [](#train), [](#losses), [](#dot), [](#eq:e), [](#eq:c), [](#끝), [](02-two.ko.md), [](02-two.ko.md#dot).
$\eqref{eq:a}$ $\ref{eq:a}$ $x \overset{\eqref{eq:e}}{=} y$

## 끝
"#;

/// The text of a reference that leads to an address.
fn reading<'p>(html: &'p str, href: &str) -> &'p str {
    let start = format!("<a class=\"reference\" href=\"{href}\">");
    html.split(&start)
        .nth(1)
        .and_then(|rest| rest.split("</a>").next())
        .unwrap_or_else(|| panic!("no {href} in {html}"))
}

fn two(lang: &str) -> (String, String) {
    (format!("s/02-two.{lang}.md"), "# 2\n\n![x](p.png \"x\")\n\n![x](p.png \"y\"){#dot}\n".to_owned())
}

#[test]
fn references_read_as_what_they_name() {
    let en = KO
        .replace("ko.md", "en.md")
        .replace("표:", "Table:")
        .replace("w = 2\nf = w * 3\n", "")
        .replace("# 선형 | linear\n", "");
    let en = en.replace("x = 1\n", "").replace("#끝", "#the-end").replace("## 끝", "## The end");
    let (ko_two, en_two) = (two("ko"), two("en"));
    let mut project =
        project("", &[("s/01-one.ko.md", KO), ("s/01-one.en.md", &en), (&ko_two.0, &ko_two.1), (&en_two.0, &en_two.1)]);
    project.assets.push(bpdoc::project::Asset { path: "s/p.png".into(), bytes: PNG.into() });
    assert_eq!(told(&project, Tongue::En), "");
    let site = bpdoc::compile(&project).value;
    let (ko, en) = (page(&site, "ko/s/one.html"), page(&site, "en/s/one.html"));
    for (href, in_ko, in_en) in [
        ("#chain", "그림\u{a0}1", "Figure\u{a0}1"),
        ("#dot", "그림\u{a0}2", "Figure\u{a0}2"),
        ("two.html#dot", "그림\u{a0}2", "Figure\u{a0}2"),
        ("two.html", "2", "2"),
        ("#train", "코드\u{a0}1", "Listing\u{a0}1"),
        ("#losses", "표\u{a0}1", "Table\u{a0}1"),
        ("#eq:e", "식\u{a0}(3)", "Equation\u{a0}(3)"),
        ("#eq:c", "식\u{a0}(A)", "Equation\u{a0}(A)"),
        ("#eq:a", "(2)", "(2)"),
    ] {
        assert_eq!((reading(ko, href), reading(en, href)), (in_ko, in_en), "{href}");
    }
    assert_eq!((reading(ko, "#끝"), reading(en, "#the-end")), ("끝", "The end"));
    assert!(ko.contains(">2</a> <math>"), "a `\\ref` prints the number alone");
    for (html, caption) in [
        (
            ko,
            "<figure class=\"listing\" id=\"train\">\n<figcaption><span class=\"number\">코드\u{a0}1</span> train.py</figcaption>",
        ),
        (
            en,
            "<figure class=\"table\" id=\"losses\">\n<figcaption><span class=\"number\">Table\u{a0}1</span> 손실 <math>",
        ),
        (ko, "<figcaption><span class=\"number\">그림\u{a0}2</span> 점 하나</figcaption>"),
        (ko, "<mtext>(2)</mtext></mtd></mtr><mtr>"),
        (ko, "<mover><mo>=</mo><mtext>(3)</mtext></mover>"),
        (ko, "<span id=\"eq:c\"></span><span id=\"eq:e\"></span><span class=\"math-block\" id=\"eq:a\""),
    ] {
        assert!(html.contains(caption), "{caption} in {html}");
    }
    let search = page(&site, "assets/search-ko.js");
    assert!(search.contains("그림 1을 코드 1, 표 1"), "{search}");
}

#[test]
fn what_is_named_alone_has_a_number() {
    let site = site(&[("s/01-n.ko.md", "# N\n\n```py #a\nx\n```\n\n[](#a)\n")]);
    assert!(page(&site, "ko/s/n.html").contains("<figcaption><span class=\"number\">코드\u{a0}1</span> </figcaption>"));
    assert_eq!(reading(page(&site, "en/s/n.html"), "#a"), "코드\u{a0}1", "a page without a twin shows the original");
}

#[track_caller]
fn check(notes: &[(&str, &str)], tongue: Tongue, expected: &str) {
    assert_eq!(told(&project("", notes), tongue).trim_end(), expected.trim());
}

#[test]
fn unknown_references_are_told() {
    check(
        &[(
            "s/01-n.en.md",
            "# N\n\n[](#chian) [](02-x.en.md#a) [](https://example.org) [](#bare)\n\n```graph #chain\n# C\nx = 1\n```\n\n```graph #bare\nx = 1\n```\n\n$\\eqref{eq:lss}$ \\eqref{eq:loss}\n\n$$ L \\label{eq:loss} $$\n",
        )],
        Tongue::En,
        r##"
error[unknown-reference]: `#chian`: nothing has this id
 --> content/s/01-n.en.md:3:4
  |
3 | [](#chian) [](02-x.en.md#a) [](https://example.org) [](#bare)
  |    ^^^^^^
  |
  = help: did you mean `chain`?

error[unknown-reference]: `02-x.en.md#a`: there is no such note
 --> content/s/01-n.en.md:3:15
  |
3 | [](#chian) [](02-x.en.md#a) [](https://example.org) [](#bare)
  |               ^^^^^^^^^^^^

error[empty-link]: the link has no text
 --> content/s/01-n.en.md:3:32
  |
3 | [](#chian) [](02-x.en.md#a) [](https://example.org) [](#bare)
  |                                ^^^^^^^^^^^^^^^^^^^
  |
  = help: write a text between `[` and `]`; only a link to a note, a heading or something with a number may be empty

error[unknown-reference]: `#bare`: this figure has no caption and so no number
 --> content/s/01-n.en.md:3:56
  |
3 | [](#chian) [](02-x.en.md#a) [](https://example.org) [](#bare)
  |                                                        ^^^^^
  |
  = help: write `# 설명 | caption` as the first line of the block

error[unknown-reference]: `eq:lss`: nothing has this id
  --> content/s/01-n.en.md:14:9
   |
14 | $\eqref{eq:lss}$ \eqref{eq:loss}
   |         ^^^^^^
   |
   = help: did you mean `eq:loss`?

error[reference-outside-formula]: this `\eqref{…}` is not inside a formula
  --> content/s/01-n.en.md:14:18
   |
14 | $\eqref{eq:lss}$ \eqref{eq:loss}
   |                  ^^^^^^^
   |
   = help: put it between dollars, as in `$\eqref{eq:loss}$`, or write `[](#eq:loss)`
"##,
    );
}

#[test]
fn ids_name_one_thing() {
    check(
        &[(
            "s/01-n.ko.md",
            "# N\n\n## 절 {#c}\n\n```py #a\nx\n```\n\n```py #a\ny\n```\n\n표: x {#c}\n\n|a|\n|-|\n|1|\n\n$a \\label{eq:x}$\n\n$$ a \\label{<b>} $$\n",
        )],
        Tongue::Ko,
        r##"
오류[duplicate-id]: id `a`가 이 노트에 두 번 있습니다
 --> content/s/01-n.ko.md:9:7
  |
5 | ```py #a
  |       -- 처음 나온 곳입니다
...
9 | ```py #a
  |       ^^

오류[duplicate-id]: id `c`는 제목이 이미 쓰고 있습니다
  --> content/s/01-n.ko.md:13:8
   |
13 | 표: x {#c}
   |         ^
   |
   = 도움말: 다른 id를 쓰세요

오류[label-in-line]: 글줄 안의 수식에는 번호를 붙일 수 없습니다
  --> content/s/01-n.ko.md:19:11
   |
19 | $a \label{eq:x}$
   |           ^^^^
   |
   = 도움말: `$$ … $$`로 따로 세우세요

오류[bad-id]: id에는 글자, 숫자, `-_.:`만 쓸 수 있습니다
  --> content/s/01-n.ko.md:21:13
   |
21 | $$ a \label{<b>} $$
   |             ^^^
   |
   = 도움말: `main`과 `fn:`처럼 bpdoc이 쓰는 id는 쓸 수 없습니다
"##,
    );
}

#[test]
fn twins_count_alike() {
    let note = |first: &str| format!("# N\n\n{first}```py #a\nx\n```\n");
    check(
        &[("s/01-n.ko.md", &note("")), ("s/01-n.en.md", &note("```py title=\"b\"\nx\n```\n\n"))],
        Tongue::En,
        r##"
warning[twin-number]: `a` has the number 1 here and 2 in the twin note
 --> content/s/01-n.ko.md:3:7
  |
3 | ```py #a
  |       ^^
  |
  = help: `content/s/01-n.en.md` should have the same things in the same order
"##,
    );
}

/// What an author names keeps its id; a heading that would take it by itself gives way.
#[test]
fn headings_give_way_to_ids() {
    let note = "# N\n\n## Chain\n\n## Loss\n\n## Code\n\n## Code\n\n```graph #chain\n# a | b\nx = 1\n```\n\n$$a \\label{loss}$$\n\n```py #code\nx\n```\n\n[](#chain) [](#loss) [](#code) [](#chain-2)\n";
    let site = site(&[("s/01-n.en.md", note)]);
    let html = page(&site, "en/s/n.html");
    for expected in [
        "<h2 id=\"chain-2\">",
        "<h2 id=\"loss-2\">",
        "<h2 id=\"code-2\">",
        "<h2 id=\"code-3\">",
        "<a href=\"#chain-2\">Chain</a>",
        "href=\"#chain\">Figure\u{a0}1</a>",
        "href=\"#loss\">Equation\u{a0}(1)</a>",
        "href=\"#code\">Listing\u{a0}1</a>",
        "href=\"#chain-2\">Chain</a>",
    ] {
        assert!(html.contains(expected), "{expected} is not in {html}");
    }
}

#[test]
fn values_that_are_no_numbers_are_matrices() {
    let block = "```graph #g\nW = [[1, -2], [3, 4]]\nv = [1, 2, 3]\nT = zeros(2, 2, 2)\nL = sum(W * W)\n```\n";
    let site = site(&[(
        "s/01-n.en.md",
        &format!("# N\n\n{block}\n$\\val{{W}}$ $\\val{{dL/dW}}$ $\\val{{v}}$ $\\val{{W[1,0]}}$\n"),
    )]);
    let html = page(&site, "en/s/n.html");
    let prose = html.rsplit("</figure>").next().unwrap_or_default();
    let matrices: Vec<Vec<String>> = prose
        .split("<mtable")
        .skip(1)
        .filter_map(|rest| rest.split("</mtable>").next())
        .map(|table| {
            let cells = table.split("<mtd").skip(1).filter_map(|cell| cell.split("</mtd>").next());
            let text =
                |cell: &str| cell.split('<').filter_map(|piece| piece.split_once('>')).map(|(_, text)| text).collect();
            cells.map(|cell| text(&format!("<x{cell}"))).collect()
        })
        .collect();
    let of_text = &matrices[matrices.len() - 3..];
    assert_eq!(of_text, [vec!["1", "−2", "3", "4"], vec!["2", "−4", "6", "8"], vec!["1", "2", "3"]]);
    check(
        &[("s/01-n.en.md", &format!("# N\n\n{block}\n$\\val{{T}}$ $\\claim{{v}}{{1}}$\n"))],
        Tongue::En,
        r"
error[unknown-val]: `T` has the shape (2, 2, 2), which cannot be printed in the text
  --> content/s/01-n.en.md:10:7
   |
10 | $\val{T}$ $\claim{v}{1}$
   |       ^
   |
   = help: name an element, as in `W[0,1]`

error[unknown-val]: `v` has the shape (3,), which cannot be printed in the text
  --> content/s/01-n.en.md:10:19
   |
10 | $\val{T}$ $\claim{v}{1}$
   |                   ^
   |
   = help: name an element, as in `W[0,1]`
",
    );
}

/// Cases read as textbooks of the language write them.
#[test]
fn cases_are_in_the_language_of_the_page() {
    let block = "```graph #g\nx = 2\ny = where(x > 0, x * x, 0)\n```\n";
    let site = site(&[("s/01-n.en.md", &format!("# N\n\n{block}")), ("s/01-n.ko.md", "# N\n\n```graph #g\n```\n")]);
    for (path, there, absent) in [
        ("en/s/n.html", vec!["<mtext>if\u{a0}</mtext>", "<mtext>otherwise</mtext>"], "일 때"),
        ("ko/s/n.html", vec!["<mtext>일\u{a0}때</mtext>", "<mtext>그\u{a0}밖의\u{a0}경우</mtext>"], "otherwise"),
    ] {
        let html = page(&site, path);
        for text in there {
            assert!(html.contains(text), "{text} is not in {html}");
        }
        assert!(!html.contains(absent) && !html.contains("<mtext></mtext>"), "{path}");
    }
}
