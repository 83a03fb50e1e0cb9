//! `bpdoc graph`: one block, without a project; it may be made from a model of another tool.

mod import;

use super::{NOTES_HAVE_ERRORS, Terminal, as_text, print};
use crate::block::{DisplaySize, Show};
use crate::diag::{Checked, has_errors};
use crate::emit::{self, Extras, Framework};
use crate::failure::Failure;
use crate::figure::place::{Engine, Flow};
use crate::figure::{self, Drawing, Opening, View};
use crate::graph::{self, Run};
use crate::lang::{Tongue, text};
use crate::settings::Limits;
use std::io::{IsTerminal, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Arguments of `graph`.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct Arguments {
    /// A file with the text of a graph block or, with `--from`, with a model; `-` for standard input
    file: PathBuf,
    /// Make the block from a model of another tool
    #[arg(long, value_name = "TOOL")]
    from: Option<import::Tool>,
    #[command(flatten)]
    import: import::ModelArguments,
    /// What to print [default: table; with --from the text of the block]
    #[arg(long, value_name = "FORMAT")]
    emit: Option<Emit>,
    /// Which way the figure flows
    #[arg(long, value_name = "WAY", default_value = "right")]
    dir: Way,
    /// Which graph is drawn
    #[arg(long, value_name = "VIEW", default_value = "both")]
    view: Picture,
    /// Who places the figure
    #[arg(long, value_name = "ENGINE", default_value = "bpdoc")]
    engine: Placer,
    /// Whether the figure's groups are open, or closed to a box each
    #[arg(long, value_name = "STATE", default_value = "open")]
    groups: Groups,
    /// Significant digits (JSON always has all)
    #[arg(long, value_name = "DIGITS", default_value = "4", value_parser = clap::value_parser!(u8).range(1..=17))]
    precision: u8,
    /// Pixels of a PNG for each of the figure's
    #[arg(long, value_name = "TIMES", default_value = "2", value_parser = clap::value_parser!(u8).range(1..=8))]
    scale: u8,
    /// Add derivatives by forward mode to the JSON
    #[arg(long)]
    tangents: bool,
    /// Add second derivatives to the JSON
    #[arg(long)]
    hessian: bool,
}

/// Shown below the list of options.
const EXAMPLES: &str = "\
Examples:
  bpdoc graph unit.txt                                      a table of values and gradients
  bpdoc graph unit.txt --emit svg > unit.svg                the figure
  bpdoc graph --from onnx model.onnx > block.txt            a model as the text of a block
  bpdoc graph --from onnx model.onnx --emit json            its numbers
  bpdoc graph --from onnx model.onnx --input 'x=[[1, 2]]'   with values for its input
  bpdoc graph --from onnx model.onnx --dim batch=4          with an extent that it leaves open
  bpdoc graph --from torch-fx model.json --emit svg         a graph that torch.fx has traced";

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Emit {
    Svg,
    Json,
    Drawing,
    Table,
    Latex,
    Dot,
    Tikz,
    Mermaid,
    Png,
    Torch,
    Jax,
    #[value(name = "tensorflow")]
    TensorFlow,
    #[value(name = "numpy")]
    NumPy,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Picture {
    Both,
    Forward,
    Backward,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Placer {
    Bpdoc,
    LayoutRs,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Groups {
    Open,
    Closed,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Way {
    Right,
    Down,
}

/// Prints one form of a graph; with mistakes in the block or in the model, only the mistakes.
pub fn run(arguments: &Arguments, terminal: Terminal) -> Result<u8, Failure> {
    if arguments.emit == Some(Emit::Png) && std::io::stdout().is_terminal() {
        return Err(Failure::Refused(text(
            "PNG는 터미널에 쓸 수 없습니다. `> figure.png`처럼 파일로 보내세요",
            "a PNG is not for a terminal: send it to a file, as in `> figure.png`",
        )));
    }
    let file: Arc<str> = arguments.file.to_string_lossy().into();
    let Some(tool) = arguments.from else {
        arguments.import.refuse_without_model()?;
        return show(arguments, &read(&arguments.file)?, &file, terminal);
    };
    let Checked { value: block, diagnostics } = import::block(tool, &arguments.import, &arguments.file)?;
    if !diagnostics.is_empty() {
        return Ok(terminal.report_placed(diagnostics, &file, None));
    }
    let file: Arc<str> = format!("{file} (--from)").into();
    if arguments.emit.is_some() {
        return show(arguments, &block, &file, terminal);
    }
    // What is printed to be pasted into a note builds there.
    let built = graph::build(&graph::parse(&block).value, Limits::default());
    if built.has_errors() {
        return Ok(terminal.report_placed(built.diagnostics, &file, Some(&block)));
    }
    print(block.as_bytes())
}

/// Prints the form that is asked for of the graph of a block.
fn show(arguments: &Arguments, block: &str, file: &Arc<str>, terminal: Terminal) -> Result<u8, Failure> {
    let Checked { value: run, diagnostics } = crate::run_block(block, Limits::default());
    let is_wrong = has_errors(&diagnostics);
    terminal.report_placed(diagnostics, file, Some(block));
    if is_wrong {
        return Ok(NOTES_HAVE_ERRORS);
    }
    print(&form(arguments, &run, terminal.tongue)?)
}

fn form(arguments: &Arguments, run: &Run, tongue: Tongue) -> Result<Vec<u8>, Failure> {
    let precision = usize::from(arguments.precision);
    // A bare block has no site around it: captions are Korean, then English, as in a site with no settings.
    let language = if tongue == Tongue::Ko { 0 } else { 1 };
    let flow = if arguments.dir == Way::Right { Flow::Right } else { Flow::Down };
    let has_both = arguments.view != Picture::Forward;
    let show = Show { grads: has_both, locals: has_both, ..Show::default() };
    let engine = if arguments.engine == Placer::Bpdoc { Engine::Bpdoc } else { Engine::LayoutRs };
    let opening = if arguments.groups == Groups::Open { Opening::All } else { Opening::Nothing };
    let view =
        View { flow, show, precision, language, tongue, engine, opening, size: DisplaySize::Natural, quiz: None };
    let draw = if arguments.view == Picture::Backward { figure::draw_gradient } else { figure::draw };
    let wanted = arguments.emit.unwrap_or(Emit::Table);
    let drawings: Vec<Drawing> = match wanted {
        Emit::Json | Emit::Table | Emit::Latex | Emit::Dot => Vec::new(),
        Emit::Torch | Emit::Jax | Emit::TensorFlow | Emit::NumPy => Vec::new(),
        _ => run.backward.iter().map(|backward| draw(run, backward, view)).collect(),
    };
    let text = match wanted {
        Emit::Svg => figure::svg_file(&drawings),
        Emit::Png => return png(&drawings, arguments.scale),
        Emit::Drawing => emit::drawing(&drawings),
        Emit::Tikz => emit::tikz(&drawings),
        Emit::Mermaid => emit::mermaid(run, &drawings, language),
        Emit::Json => emit::json(run, language, Extras { tangents: arguments.tangents, hessian: arguments.hessian }),
        Emit::Table => emit::table(run, tongue, language, precision),
        Emit::Latex => emit::latex(run, precision),
        Emit::Dot => emit::dot(run, language, precision),
        Emit::Torch => emit::code(run, Framework::Torch, tongue, language),
        Emit::Jax => emit::code(run, Framework::Jax, tongue, language),
        Emit::TensorFlow => emit::code(run, Framework::TensorFlow, tongue, language),
        Emit::NumPy => emit::code(run, Framework::NumPy, tongue, language),
    };
    Ok(text.into_bytes())
}

fn png(drawings: &[Drawing], scale: u8) -> Result<Vec<u8>, Failure> {
    emit::png(&figure::svg_file(drawings), scale).ok_or_else(|| {
        Failure::Refused(text(
            "그림이 PNG로 쓰기에 너무 큽니다. `--scale`을 줄이거나 `--emit svg`를 쓰세요",
            "the figure is too large for a PNG: lower `--scale`, or use `--emit svg`",
        ))
    })
}

fn read(file: &Path) -> Result<String, Failure> {
    let most = Limits::default().note_bytes;
    let read = |from: &mut dyn Read| {
        let mut bytes = Vec::new();
        from.take(most as u64 + 1).read_to_end(&mut bytes).map(|_| bytes)
    };
    let bytes = if file.as_os_str() == "-" {
        read(&mut std::io::stdin().lock())
    } else {
        std::fs::File::open(file).and_then(|mut file| read(&mut file))
    };
    let bytes = bytes.map_err(Failure::reading(file))?;
    if bytes.len() > most {
        let shown = file.display();
        return Err(Failure::Refused(text(
            format!("`{shown}`: 블록으로 읽기에 너무 깁니다(한도 {most}바이트)"),
            format!("`{shown}`: too long for a block (the limit is {most} bytes)"),
        )));
    }
    as_text(bytes, file)
}
