//! `bpdoc check`: what `build` would say, without writing anything.

use super::{NOTES_HAVE_ERRORS, Terminal, print};
use crate::diag::Log;
use crate::failure::Failure;
use crate::lang::text;
use crate::output::{self, Difference};
use crate::report::{Format, counts, report};
use crate::{compile, project, verify_gradients};
use std::path::PathBuf;

/// Arguments of `check`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The project's folder
    #[arg(default_value = ".")]
    root: PathBuf,
    /// How mistakes are written
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    format: FormatArgument,
    /// Also compare the published site with what `build` would write
    #[arg(long)]
    fresh: bool,
    /// Also compare reverse mode, forward mode and central differences at every gate of every graph
    #[arg(long)]
    gradients: bool,
    /// Where the published site is; by default `site` in the project's folder
    #[arg(long, short, value_name = "DIR")]
    out: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum FormatArgument {
    Human,
    Json,
    Github,
}

/// Checks the notes. People read mistakes on stderr, tools on stdout.
pub fn run(arguments: &Arguments, terminal: Terminal) -> Result<u8, Failure> {
    let mut log = Log::default();
    let project = log.take(project::load(&arguments.root)?);
    let site = log.take(compile(&project));
    let compared = arguments.gradients.then(|| log.take(verify_gradients(&project)));
    let checked = log.finish(site);
    let mut code = if checked.has_errors() { NOTES_HAVE_ERRORS } else { 0 };
    let source = |path: &str| project.source(path);
    match arguments.format {
        FormatArgument::Human => {
            terminal.report(&checked.diagnostics, &project);
        }
        FormatArgument::Json => {
            print(report(&checked.diagnostics, Format::Json, terminal.tongue, source).as_bytes())?;
        }
        FormatArgument::Github => {
            print(report(&checked.diagnostics, Format::Github, terminal.tongue, source).as_bytes())?;
        }
    }
    if let Some(compared) = compared {
        terminal.say(&text(
            format!("편미분 {compared}개를 세 가지 방법으로 비교했습니다"),
            format!("{compared} partials compared in three ways"),
        ));
    }
    if arguments.fresh && code == 0 {
        let out = arguments.out.clone().unwrap_or_else(|| arguments.root.join("site"));
        let differences = output::compare(&checked.value.files, &out)?;
        for difference in &differences {
            terminal.warn(&match difference {
                Difference::Missing(path) => text(format!("`{path}` 파일이 없습니다"), format!("`{path}` is missing")),
                Difference::Stale(path) => {
                    text(format!("`{path}` 파일이 남아 있습니다"), format!("`{path}` is left over"))
                }
                Difference::Changed(path) => {
                    text(format!("`{path}` 파일의 내용이 다릅니다"), format!("`{path}` has other content"))
                }
            });
        }
        if !differences.is_empty() {
            terminal
                .say(&text("사이트가 낡았습니다. `bpdoc build`를 실행하세요", "the site is stale; run `bpdoc build`"));
            code = NOTES_HAVE_ERRORS;
        }
    }
    terminal.say(&counts(&checked.diagnostics));
    Ok(code)
}
