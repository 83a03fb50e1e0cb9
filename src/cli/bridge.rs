//! `bpdoc mdbook` and `bpdoc filter`: figures in the books of mdBook, and in the documents of Pandoc and Quarto.

use super::{NOTES_HAVE_ERRORS, Terminal, as_text, print, tell};
use crate::bridge::{Done, Host, mdbook, pandoc, style_sheet};
use crate::failure::Failure;
use crate::lang::text;
use crate::report::counts;
use crate::report::{Format, report};
use std::fs;
use std::io::Read;
use std::path::Path;

/// Arguments of `mdbook`.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "\
In book.toml:
  [preprocessor.bpdoc]
  command = \"bpdoc mdbook\"
  after = [\"links\"]        # so that {{#include}} is done before")]
pub struct MdBookArguments {
    #[command(subcommand)]
    question: Option<Question>,
    /// Print the style sheet of figures
    #[arg(long)]
    print_css: bool,
}

#[derive(Debug, clap::Subcommand)]
enum Question {
    /// Whether a renderer can show figures, as mdBook asks it: by the exit code
    Supports {
        /// The renderer
        renderer: String,
    },
}

/// Arguments of `filter`.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "\
Pandoc calls a filter without further words; write a file `bpdoc-filter` with
  #!/bin/sh
  exec bpdoc filter \"$@\"
and use it as `pandoc --filter ./bpdoc-filter` or, in _quarto.yml, `filters: [bpdoc-filter]`.")]
pub struct FilterArguments {
    /// The format that the document is written to, as Pandoc gives it
    #[arg(default_value = "html")]
    format: String,
    /// Print the style sheet of figures
    #[arg(long)]
    print_css: bool,
}

/// Puts figures into a book of mdBook's.
pub fn run_mdbook(arguments: &MdBookArguments, terminal: Terminal) -> Result<u8, Failure> {
    if arguments.print_css {
        return print(style_sheet(Host::MdBook).as_bytes());
    }
    match &arguments.question {
        Some(Question::Supports { renderer }) => Ok(u8::from(!mdbook::RENDERERS.contains(&renderer.as_str()))),
        None => hand_back(&mdbook::preprocess(&input()?)?, terminal),
    }
}

/// Puts figures into a document of Pandoc's.
pub fn run_filter(arguments: &FilterArguments, terminal: Terminal) -> Result<u8, Failure> {
    if arguments.print_css {
        return print(style_sheet(Host::Pandoc).as_bytes());
    }
    hand_back(&pandoc::filter(&input()?, &arguments.format)?, terminal)
}

fn input() -> Result<String, Failure> {
    let mut bytes = Vec::new();
    std::io::stdin().lock().read_to_end(&mut bytes).map_err(Failure::reading(Path::new("-")))?;
    as_text(bytes, Path::new("-"))
}

/// Says what is wrong; hands the book back unless that keeps it from being built.
fn hand_back(done: &Done, terminal: Terminal) -> Result<u8, Failure> {
    let source = |path: &str| done.sources.iter().find(|file| file.path == path).map(|file| file.text.as_str());
    tell(&report(&done.diagnostics, Format::Human { colour: terminal.colour }, terminal.tongue, source));
    if !done.is_built() {
        let found = counts(&done.diagnostics);
        terminal.say(&text(
            format!("bpdoc: 책을 넘기지 않았습니다: {}", found.ko),
            format!("bpdoc: the book was not handed on: {}", found.en),
        ));
        return Ok(NOTES_HAVE_ERRORS);
    }
    for (path, bytes) in &done.files {
        write(&done.root.join(path), bytes)?;
    }
    print(done.json.as_bytes())
}

/// Writes a file, unless it holds that already: tools that watch a folder build again for each change.
fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    if fs::read(path).is_ok_and(|old| old == bytes) {
        return Ok(());
    }
    let writing = || text("쓸 수 없습니다", "cannot write");
    fs::create_dir_all(path.parent().unwrap_or(path)).map_err(Failure::machine(writing(), path))?;
    fs::write(path, bytes).map_err(Failure::machine(writing(), path))
}
