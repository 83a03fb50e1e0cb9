//! Pictures in notes.

use crate::site::{PNG, page, project, told};
use bpdoc::lang::Tongue;
use bpdoc::project::{Asset, Project};

fn with_pictures(note: &str) -> Project {
    let mut project = project("", &[("a/01-n.en.md", note)]);
    let files: [(&str, &[u8]); 3] =
        [("a/p.png", PNG), ("a/sub/가 나.svg", b"<svg xmlns='x' viewBox='0 0 40 20'/>"), ("a/text.png", b"text")];
    project.assets = files.map(|(path, bytes)| Asset { path: path.into(), bytes: bytes.to_vec().into() }).to_vec();
    project
}

#[test]
fn pictures_keep_their_room_and_wait_their_turn() {
    let note = "# N\n\n![one](p.png \"First\")\n\nText ![two](<sub/가 나.svg> \"title\") and ![three](p.png).\n";
    let project = with_pictures(note);
    assert_eq!(told(&project, Tongue::En), "");
    let site = bpdoc::compile(&project).value;
    let html = page(&site, "en/a/n.html");
    for part in [
        "<figure class=\"picture\">\n<img src=\"p.png\" width=\"4\" height=\"2\" alt=\"one\"><figcaption><span class=\"number\">Figure\u{a0}1</span> First</figcaption>",
        "<img src=\"sub/가%20나.svg\" title=\"title\" width=\"40\" height=\"20\" loading=\"lazy\" decoding=\"async\" alt=\"two\">",
        "<img src=\"p.png\" width=\"4\" height=\"2\" loading=\"lazy\" decoding=\"async\" alt=\"three\">",
    ] {
        assert!(html.contains(part), "{part} in {html}");
    }
}

#[test]
fn broken_pictures_are_told() {
    let told = told(&with_pictures("# N\n\n![a](text.png) ![b](q.png) ![](p.png)\n"), Tongue::En);
    assert_eq!(
        told.trim_end(),
        r##"
warning[broken-picture]: `a/text.png` is not a picture that browsers can show
 --> content/a/01-n.en.md:3:6
  |
3 | ![a](text.png) ![b](q.png) ![](p.png)
  |      ^^^^^^^^
  |
  = help: save it again as PNG, JPEG, GIF, WebP, AVIF or SVG

error[dead-link]: `q.png`: there is no such file
 --> content/a/01-n.en.md:3:21
  |
3 | ![a](text.png) ![b](q.png) ![](p.png)
  |                     ^^^^^

warning[missing-alt]: the image has no alternative text
 --> content/a/01-n.en.md:3:28
  |
3 | ![a](text.png) ![b](q.png) ![](p.png)
  |                            ^^^^^^^^^^
  |
  = help: say between `![` and `]` what the image shows
"##
        .trim()
    );
}
