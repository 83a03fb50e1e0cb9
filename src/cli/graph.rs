//! `bpdoc graph`: one block, without a project.

use super::{NOTES_HAVE_ERRORS, Terminal, print};
use crate::block::{DisplaySize, Show};
use crate::diag::{Checked, has_errors};
use crate::emit::{self, Extras};
use crate::failure::Failure;
use crate::figure::place::{Engine, Flow};
use crate::figure::{self, Drawing, Opening, View};
use crate::graph::Run;
use crate::lang::{Tongue, text};
use crate::report::Format;
use crate::settings::Limits;
use std::io::{IsTerminal, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Arguments of `graph`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// A file with the text of a graph block, or `-` for standard input
    file: PathBuf,
    /// What to print
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    emit: Emit,
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

/// Prints one form of a graph; with mistakes in the block, only the mistakes.
pub fn run(arguments: &Arguments, terminal: Terminal) -> Result<u8, Failure> {
    if arguments.emit == Emit::Png && std::io::stdout().is_terminal() {
        return Err(Failure::Refused(text(
            "PNG는 터미널에 쓸 수 없습니다. `> figure.png`처럼 파일로 보내세요",
            "a PNG is not for a terminal: send it to a file, as in `> figure.png`",
        )));
    }
    let block = read(&arguments.file)?;
    let Checked { value: run, diagnostics } = crate::run_block(&block, Limits::default());
    let file: Arc<str> = arguments.file.to_string_lossy().into();
    let diagnostics: Vec<_> = diagnostics.into_iter().map(|d| d.in_file(&file)).collect();
    terminal.report_as(&diagnostics, Format::Human { colour: terminal.colour }, |_| Some(block.as_str()));
    if has_errors(&diagnostics) {
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
    let drawings: Vec<Drawing> = match arguments.emit {
        Emit::Json | Emit::Table | Emit::Latex | Emit::Dot => Vec::new(),
        _ => run.backward.iter().map(|backward| draw(run, backward, view)).collect(),
    };
    let text = match arguments.emit {
        Emit::Svg => figure::svg_file(&drawings),
        Emit::Png => return png(&drawings, arguments.scale),
        Emit::Drawing => emit::drawing(&drawings),
        Emit::Tikz => emit::tikz(&drawings),
        Emit::Mermaid => emit::mermaid(run, &drawings, language),
        Emit::Json => emit::json(run, language, Extras { tangents: arguments.tangents, hessian: arguments.hessian }),
        Emit::Table => emit::table(run, tongue, language, precision),
        Emit::Latex => emit::latex(run, precision),
        Emit::Dot => emit::dot(run, language, precision),
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
    let reading = || text("읽을 수 없습니다", "cannot read");
    let bytes = if file.as_os_str() == "-" {
        let mut bytes = Vec::new();
        std::io::stdin().lock().read_to_end(&mut bytes).map(|_| bytes)
    } else {
        std::fs::read(file)
    };
    let bytes = bytes.map_err(Failure::machine(reading(), file))?;
    String::from_utf8(bytes).map_err(|_| {
        let shown = file.display();
        Failure::Refused(text(format!("`{shown}`: UTF-8이 아닙니다"), format!("`{shown}`: not UTF-8")))
    })
}
