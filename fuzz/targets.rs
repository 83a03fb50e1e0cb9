//! What is fuzzed: functions from bytes to nothing, which panic where bpdoc is wrong. The fuzzers of this folder and
//! `examples/fuzz` call them.

use bpdoc::block::{DisplaySize, Show};
use bpdoc::emit::{self, Extras, Framework};
use bpdoc::expr::{Cursor, lex, parse};
use bpdoc::figure::place::{Engine, Flow};
use bpdoc::figure::{self, Opening, View};
use bpdoc::import::{self, Choices, Format};
use bpdoc::lang::{Tongue, text};
use bpdoc::note::{self, Manuscript, Policy};
use bpdoc::project::Project;
use bpdoc::report::{self, report};
use bpdoc::settings::{self, Limits};
use bpdoc::source::SourceFile;
use bpdoc::{block, compile, graph, run_block, train};

/// A target: its name, what becomes of bytes, and the kind of file that its inputs resemble.
pub type Target = (&'static str, fn(&[u8]), Kind);

/// What inputs of a target are made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The text of a graph block.
    Block,
    /// A note.
    Note,
    /// A settings file.
    Settings,
    /// An ONNX model.
    Onnx,
}

/// All targets.
pub const TARGETS: [Target; 7] = [
    ("block", parse_block, Kind::Block),
    ("expression", parse_expression, Kind::Block),
    ("front_matter", read_note, Kind::Note),
    ("page", compile_note, Kind::Note),
    ("figure", draw_figure, Kind::Block),
    ("settings", read_settings, Kind::Settings),
    ("onnx", import_onnx, Kind::Onnx),
];

/// Bounds that keep one input short.
fn limits() -> Limits {
    Limits { nodes: 300, elements: 20_000, training: 100_000, drawn_nodes: 200, ..Limits::default() }
}

/// The graph language, the words of a fence, and the plan of a training.
pub fn parse_block(bytes: &[u8]) {
    let source = String::from_utf8_lossy(bytes);
    let sheet = graph::parse(&source);
    let built = graph::build(&sheet.value, limits());
    let ranges = sheet.diagnostics.iter().chain(&built.diagnostics).map(|diagnostic| &diagnostic.range);
    assert!(ranges.into_iter().all(|range| range.start <= range.end && range.end <= source.len()), "a place outside");
    let _ = block::read_options(source.lines().next().unwrap_or_default());
    let _ = train::plan::parse(&source);
}

/// An expression.
pub fn parse_expression(bytes: &[u8]) {
    let source = String::from_utf8_lossy(bytes);
    let mut log = Vec::new();
    let lexemes = lex(&source, 0, &mut log);
    let _ = parse(&mut Cursor::new(&lexemes, source.len()), &mut log);
}

/// Front matter and Markdown.
pub fn read_note(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes).into_owned();
    let manuscript = Manuscript::from(SourceFile::new("content/a/01-n.ko.md", text));
    let _ = note::read(&manuscript, &Policy::default());
}

/// A note up to its pages, and what its author is told.
pub fn compile_note(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes).into_owned();
    let mut project = Project {
        notes: vec![std::sync::Arc::new(SourceFile::new("content/a/01-n.ko.md", text))],
        ..Project::default()
    };
    project.settings.limits = limits();
    let checked = compile(&project);
    for format in [report::Format::Human { colour: false }, report::Format::Json, report::Format::Github] {
        let _ = report(&checked.diagnostics, format, Tongue::Ko, |path| project.source(path));
    }
    for (path, page) in checked.value.files.iter().filter(|(path, _)| path.ends_with(".html")) {
        let page = std::str::from_utf8(page).expect("pages are text");
        let is_whole = page.is_empty() || page.trim_end().ends_with("</html>");
        assert!(is_whole && !page.contains("<script>"), "{path} is broken");
    }
}

/// A block up to its figures, in all forms.
pub fn draw_figure(bytes: &[u8]) {
    let source = String::from_utf8_lossy(bytes);
    let checked = run_block(&source, limits());
    if checked.has_errors() || checked.value.graph.author_nodes > limits().drawn_nodes {
        return;
    }
    let run = checked.value;
    let first = bytes.first().copied().unwrap_or_default();
    let view = View {
        flow: if first & 1 == 0 { Flow::Right } else { Flow::Down },
        engine: if first & 2 == 0 { Engine::Bpdoc } else { Engine::LayoutRs },
        opening: if first & 4 == 0 { Opening::All } else { Opening::Nothing },
        show: Show::default(),
        precision: 4,
        language: 0,
        tongue: Tongue::Ko,
        size: DisplaySize::Natural,
        quiz: None,
    };
    let drawings: Vec<_> = run.backward.iter().map(|backward| figure::draw(&run, backward, view)).collect();
    let svg = figure::svg_file(&drawings);
    assert!(!svg.contains("\"NaN") && !svg.contains("inf\""), "a number that is none in {svg}");
    let _ = (emit::drawing(&drawings), emit::tikz(&drawings), emit::mermaid(&run, &drawings, 0));
    let _ = emit::json(&run, 0, Extras { tangents: true, hessian: false });
    let _ = (emit::table(&run, Tongue::Ko, 0, 4), emit::latex(&run, 4), emit::dot(&run, 0, 4));
    for framework in [Framework::Torch, Framework::Jax, Framework::TensorFlow, Framework::NumPy] {
        let _ = emit::code(&run, framework, Tongue::En, 1);
    }
    for backward in &run.backward {
        let _ = (figure::table(&run, backward, 0, 4), figure::derive(&run, backward, 4));
    }
}

/// A settings file.
pub fn read_settings(bytes: &[u8]) {
    let _ = settings::read(&String::from_utf8_lossy(bytes));
}

/// A model, and the block that it becomes.
pub fn import_onnx(bytes: &[u8]) {
    let beside = |_: &str, _: u64, _: usize| Err(text("없음", "none"));
    let imported = import::import(Format::Onnx, bytes.to_vec(), &Choices::default(), limits(), &beside);
    if imported.diagnostics.is_empty() {
        parse_block(imported.value.as_bytes());
    }
}
