//! A graph in the forms of other tools: what must stand in each, and what text must not do there.

use bpdoc::block::{DisplaySize, Show};
use bpdoc::emit;
use bpdoc::figure::place::{Engine, Flow};
use bpdoc::figure::{self, Drawing, Opening, View};
use bpdoc::graph::Run;
use bpdoc::lang::Tongue;
use bpdoc::settings::Limits;
use std::process::{Command, Stdio};

fn drawn(block: &str, flow: Flow) -> (Run, Vec<Drawing>) {
    let run = bpdoc::run_block(block, Limits::default()).value;
    let view = View {
        flow,
        show: Show::default(),
        precision: 4,
        language: 0,
        tongue: Tongue::En,
        engine: Engine::Bpdoc,
        opening: Opening::All,
        size: DisplaySize::Natural,
        quiz: None,
    };
    let drawings = run.backward.iter().map(|backward| figure::draw(&run, backward, view)).collect();
    (run, drawings)
}

fn mermaid(block: &str) -> String {
    let (run, drawings) = drawn(block, Flow::Right);
    emit::mermaid(&run, &drawings, 0)
}

fn tikz(block: &str) -> String {
    emit::tikz(&drawn(block, Flow::Right).1)
}

/// A form, a block, and what must stand in the text.
type Row = (fn(&str) -> String, &'static str, &'static [&'static str]);

const UNIT: &str = "param w_1 = -2 # weight\ninput x = 5\ngroup layer {\ng = w_1 * x\n}\nf = 3 + g\n";

#[test]
fn forms_say_what_the_figure_says() {
    let rows: &[Row] = &[
        (
            mermaid,
            UNIT,
            &[
                "flowchart LR\n  accTitle: Computational graph of f\n",
                "  subgraph g0[\"layer\"]\n  direction LR\n  n2(\"×<br/>g = −10<br/>∂f/∂g = 1\"):::op\n  end\n",
                "  n0[\"weight<br/>w₁ = −2<br/>∂f/∂w₁ = 5\"]:::leaf-param\n",
                "  n3([\"3\"]):::literal\n",
                "  n0 -->|\"∂g/∂w₁ = 5\"| n2\n",
                "  n3 --> n4\n",
                "  linkStyle 2 stroke:",
                "  class g0 frame\n",
            ],
        ),
        // Words of Mermaid's as names, and a graph with two outputs.
        (
            mermaid,
            "end = 2\ngraph_ = end^2\nsubgraph = 3*end\noutput graph_, subgraph\n",
            &[
                "  subgraph g0[\"Computational graph of graph#95;\"]\n",
                "  subgraph g1[\"Computational graph of subgraph\"]\n",
                "[\"end = 2<br/>",
            ],
        ),
        (
            mermaid,
            "x = 1 # 1. \"a\"] --> {b}\ny = x + x\n",
            &["[\"1#46; #34;a#34;] #45;#45;#62; #123;b#125;<br/>x = 1<br/>"],
        ),
        (
            tikz,
            UNIT,
            &[
                "% A computational graph drawn by bpdoc. It needs \\usepackage{tikz} and nothing else.\n\\begin{tikzpicture}",
                "  \\path[bp frame] (",
                "  \\path[bp leaf param] (",
                "{$w_{1} = -2$}};\n",
                "{$\\partial f/\\partial w_{1} = 5$}};\n",
                "{\\bpfit{",
                "{weight}};\n",
                "  \\path[bp edge quiet] (",
                "\\end{tikzpicture}\n",
            ],
        ),
        (
            tikz,
            "가중치 = 1 # 50% & \\x{}\nθ = 가중치 * 2e-9\n",
            &[
                "% It holds Hangul: use XeLaTeX or LuaLaTeX with \\usepackage{kotex}",
                "{50\\% \\& \\textbackslash{}x\\{\\}}};\n",
                "{$\\mbox{가중치} = 1$}};\n",
                "{$\\theta = 2 \\times 10^{-9}$}};\n",
            ],
        ),
        (tikz, "W = [[1, -2], [3, 4]]\ny = sum(W)\n", &["[bp value, anchor=base east] at (", "{$-2$}};\n"]),
    ];
    for (form, block, parts) in rows {
        let text = form(block);
        for part in *parts {
            assert!(text.contains(part), "{part}\nin\n{text}");
        }
    }
}

#[test]
fn plain_letters_need_no_other_tex() {
    assert!(tikz(UNIT).is_ascii());
    let two = tikz("x = 2\na = x^2\nb = 3*x\noutput a, b\n");
    assert_eq!(two.matches("\\begin{tikzpicture}").count(), 2);
}

#[test]
fn braces_stay_balanced_whatever_the_author_writes() {
    let text = tikz("x = 1 # }{ \\ % } {{ $ } \\} \ny = x * x # }\ngroup } | } {\nz = y + 1\n}\n");
    let depth = text.replace("\\{", "").replace("\\}", "").chars().fold(0, |depth: i32, c| match c {
        '{' => depth + 1,
        '}' => depth - 1,
        _ => depth,
    });
    assert_eq!(depth, 0, "{text}");
}

/// Width and height, where a PNG states them.
fn size_of(png: &[u8]) -> (u32, u32) {
    assert_eq!(&png[..8], b"\x89PNG\r\n\x1a\n");
    let number = |at: usize| u32::from_be_bytes(png[at..at + 4].try_into().expect("four bytes"));
    (number(16), number(20))
}

#[test]
fn pixels_are_twice_the_figure_and_the_same_each_time() {
    let (_, drawings) = drawn(UNIT, Flow::Down);
    let svg = figure::svg_file(&drawings);
    let png = emit::png(&svg, 2).expect("small enough");
    let twice = |x: f64| (2.0 * x).ceil() as u32;
    let ((w, h), size) = (size_of(&png), drawings[0].size);
    assert!(w.abs_diff(twice(size.w)) <= 2 && h.abs_diff(twice(size.h)) <= 2, "{w} x {h}, {size:?}");
    assert_eq!(emit::png(&svg, 2), Some(png));
    let huge = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"20000\" height=\"20000\"/>";
    assert_eq!(emit::png(huge, 1), None);
}

#[test]
fn a_file_with_two_outputs_is_one_picture() {
    let (_, drawings) = drawn("x = 2\na = x^2\nb = 3*x\noutput a, b\n", Flow::Right);
    let svg = figure::svg_file(&drawings);
    assert_eq!((svg.matches("<svg").count(), svg.matches("class=\"bpgraph\"").count()), (3, 2), "{svg}");
    assert!(svg.trim_end().ends_with("</svg>\n</svg>") && svg.contains("data-graph=\"graph-2\""), "{svg}");
    assert!(emit::png(&svg, 1).is_some());
}

#[test]
fn the_command_writes_bytes() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("graph.txt");
    std::fs::write(&file, UNIT).expect("written");
    let run = |form: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_bpdoc"));
        let output = command.arg("graph").arg(&file).args(["--emit", form]).stderr(Stdio::inherit()).output();
        output.expect("the program runs").stdout
    };
    assert!(size_of(&run("png")).0 > 100);
    assert!(run("mermaid").starts_with(b"flowchart LR\n"));
    assert!(run("tikz").starts_with(b"% A computational graph"));
}

/// A picture in pixels has no other fonts to fall back on.
#[test]
fn the_shipped_fonts_have_the_sign_of_every_op() {
    use skrifa::{FontRef, MetadataProvider};
    let fonts = [bpdoc::fonts::SANS_REGULAR, bpdoc::fonts::SIGNS].map(|font| FontRef::new(font).expect("a font"));
    for op in bpdoc::ops::table() {
        for c in op.glyph.chars() {
            assert!(fonts.iter().any(|font| font.charmap().map(c).is_some()), "{c} of {}", op.glyph);
        }
    }
}

/// What draws a file and is no browser knows attributes only.
#[test]
fn a_file_of_its_own_needs_nothing_else() {
    let (_, drawings) = drawn(UNIT, Flow::Right);
    let file = figure::svg_file(&drawings);
    let page = figure::svg(&drawings[0], "graph");
    let (before, rest) = file.split_once("<style>@media (prefers-color-scheme: dark) {").expect("a style");
    let (rules, after) = rest.split_once("}</style>\n").expect("an end");
    assert_eq!(format!("{before}{after}"), page);
    assert!(rules.contains(":is(.bpgraph .value) { fill: #"), "{rules}");
    for foreign in ["var(", "url(", "foreignObject", "<style", "href", "@import"] {
        assert!(!page.contains(foreign) && !rules.contains(foreign), "{foreign}");
    }
    for shape in
        page.split('<').filter(|tag| ["text ", "rect ", "path ", "ellipse "].iter().any(|name| tag.starts_with(name)))
    {
        assert!(shape.contains(" fill=\"#") || shape.contains(" stroke=\"#"), "{shape}");
    }
}
