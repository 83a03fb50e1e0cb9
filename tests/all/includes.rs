//! Code that notes take from files beside them.

use crate::site::{page, project, told};
use bpdoc::lang::Tongue;
use bpdoc::project::{Asset, Project};

const CODE: &str =
    "import math\n\n# ANCHOR: loop\nfor t in range(3):\n    print(t)\n# ANCHOR_END: loop\n# ANCHOR: rest\nx = 1\n";

fn with_code(note: &str) -> Project {
    let mut project = project("", &[("a/01-n.en.md", note)]);
    project.assets = vec![
        Asset { path: "a/train.py".into(), bytes: CODE.as_bytes().into() },
        Asset { path: "data.bin".into(), bytes: vec![0xff].into() },
    ];
    project
}

/// The lines of code that a fence shows, with their numbers.
#[track_caller]
fn check(fence: &str, expected: &[&str]) {
    let project = with_code(&format!("# N\n\n```text {fence}\n```\n"));
    assert_eq!(told(&project, Tongue::En), "");
    let site = bpdoc::compile(&project).value;
    let html = page(&site, "en/a/n.html");
    let code = html.split("<code class=\"language-text\">").nth(1).and_then(|rest| rest.split("</code>").next());
    let lines = code.expect("a code block").replace("<span class=\"line\" data-n=", "").replace("</span>", "");
    assert_eq!(lines.lines().collect::<Vec<_>>(), expected);
}

#[test]
fn a_file_or_a_part_of_it_is_shown() {
    check("src=train.py", &["import math", "", "for t in range(3):", "    print(t)", "x = 1"]);
    check("src=\"../a/train.py#1\"", &["import math"]);
    check("src=train.py#4-5 linenos", &["\"4\">for t in range(3):", "\"5\">    print(t)"]);
    check("linenos=9 src=train.py#loop", &["\"9\">for t in range(3):", "\"10\">    print(t)"]);
}

#[test]
fn mistakes_are_told_where_they_are() {
    let fences = [
        "src=trian.py",
        "src=../../bpdoc.toml",
        "src=../data.bin",
        "src=train.py#7-9",
        "src=train.py#lop",
        "src=train.py#rest",
    ];
    let blocks: String = fences.iter().map(|fence| format!("```text {fence}\n```\n\n")).collect();
    let told = told(&with_code(&format!("# N\n\n{blocks}```text src=train.py\nx\n```\n")), Tongue::En);
    assert_eq!(
        told.trim_end(),
        r##"
error[missing-file]: `trian.py`: there is no such file
 --> content/a/01-n.en.md:3:13
  |
3 | ```text src=trian.py
  |             ^^^^^^^^
  |
  = help: did you mean `train.py`?

error[missing-file]: `../../bpdoc.toml`: there is no such file
 --> content/a/01-n.en.md:6:13
  |
6 | ```text src=../../bpdoc.toml
  |             ^^^^^^^^^^^^^^^^
  |
  = help: the file stands below `content`, and its path is seen from this note

error[not-utf8]: `../data.bin` is not UTF-8
 --> content/a/01-n.en.md:9:13
  |
9 | ```text src=../data.bin
  |             ^^^^^^^^^^^

error[no-such-lines]: `train.py` has only 8 lines
  --> content/a/01-n.en.md:12:13
   |
12 | ```text src=train.py#7-9
   |             ^^^^^^^^^^^^

error[unknown-part]: the file has no line `ANCHOR: lop`
  --> content/a/01-n.en.md:15:13
   |
15 | ```text src=train.py#lop
   |             ^^^^^^^^^^^^
   |
   = help: did you mean `loop`?

error[code-twice]: a block that names a file cannot have lines of its own
  --> content/a/01-n.en.md:21:13
   |
21 | ```text src=train.py
   |             ^^^^^^^^

error[unclosed-part]: the part `rest` does not end
 --> content/a/train.py:7:1
  |
7 | # ANCHOR: rest
  | ^^^^^^^^^^^^^^
  |
  = help: write `ANCHOR_END: rest` behind it
"##
        .trim()
    );
}
