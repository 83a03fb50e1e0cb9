//! `bpdoc graph`: one block, without a project.

use super::{NOTES_HAVE_ERRORS, Terminal, print};
use crate::block::Show;
use crate::diag::{Checked, has_errors};
use crate::emit::{self, Extras};
use crate::failure::Failure;
use crate::figure::place::Flow;
use crate::figure::{self, View};
use crate::graph::Run;
use crate::lang::{Tongue, text};
use crate::report::Format;
use crate::settings::Limits;
use std::io::Read;
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
    /// Significant digits (JSON always has all)
    #[arg(long, value_name = "DIGITS", default_value = "4", value_parser = clap::value_parser!(u8).range(1..=17))]
    precision: u8,
    /// Add derivatives by forward mode to the JSON
    #[arg(long)]
    tangents: bool,
    /// Add second derivatives to the JSON
    #[arg(long)]
    hessian: bool,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Emit {
    Svg,
    Json,
    Drawing,
    Table,
    Latex,
    Dot,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Picture {
    Both,
    Forward,
    Backward,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Way {
    Right,
    Down,
}

/// Prints one form of a graph; with mistakes in the block, only the mistakes.
pub fn run(arguments: &Arguments, terminal: Terminal) -> Result<u8, Failure> {
    let block = read(&arguments.file)?;
    let Checked { value: run, diagnostics } = crate::run_block(&block, Limits::default());
    let file: Arc<str> = arguments.file.to_string_lossy().into();
    let diagnostics: Vec<_> = diagnostics.into_iter().map(|d| d.in_file(&file)).collect();
    terminal.report_as(&diagnostics, Format::Human { colour: terminal.colour }, |_| Some(block.as_str()));
    if has_errors(&diagnostics) {
        return Ok(NOTES_HAVE_ERRORS);
    }
    print(form(arguments, &run, terminal.tongue).as_bytes())
}

fn form(arguments: &Arguments, run: &Run, tongue: Tongue) -> String {
    let precision = usize::from(arguments.precision);
    // A bare block has no site around it: captions are Korean, then English, as in a site with no settings.
    let language = if tongue == Tongue::Ko { 0 } else { 1 };
    let flow = if arguments.dir == Way::Right { Flow::Right } else { Flow::Down };
    let has_both = arguments.view != Picture::Forward;
    let show = Show { grads: has_both, locals: has_both, ..Show::default() };
    let view = View { flow, show, precision, language, tongue };
    let draw = if arguments.view == Picture::Backward { figure::draw_gradient } else { figure::draw };
    let drawings = || run.backward.iter().map(move |backward| draw(run, backward, view));
    let name = |i: usize| if i == 0 { "graph".to_owned() } else { format!("graph-{}", i + 1) };
    match arguments.emit {
        Emit::Svg => drawings().enumerate().map(|(i, drawing)| figure::svg(&drawing, &name(i))).collect(),
        Emit::Drawing => drawings().enumerate().map(|(i, drawing)| emit::drawing(&drawing, &name(i))).collect(),
        Emit::Json => emit::json(run, language, Extras { tangents: arguments.tangents, hessian: arguments.hessian }),
        Emit::Table => emit::table(run, tongue, language, precision),
        Emit::Latex => emit::latex(run, precision),
        Emit::Dot => emit::dot(run, language, precision),
    }
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
