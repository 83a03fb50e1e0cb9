//! `bpdoc man`: a manual page for the program and for each of its commands, for those who package it.

use super::Terminal;
use crate::failure::Failure;
use crate::lang::text;
use std::fs;
use std::path::PathBuf;

/// Arguments of `man`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The folder that the pages are written into
    #[arg(value_hint = clap::ValueHint::DirPath)]
    dir: PathBuf,
}

/// Writes the pages.
pub fn run(arguments: &Arguments, command: clap::Command, terminal: Terminal) -> Result<u8, Failure> {
    let dir = &arguments.dir;
    let writing = || text("쓸 수 없습니다", "cannot write");
    fs::create_dir_all(dir).map_err(Failure::machine(writing(), dir))?;
    clap_mangen::generate_to(command, dir).map_err(Failure::machine(writing(), dir))?;
    let shown = dir.display();
    terminal.say(&text(format!("설명서를 `{shown}`에 썼습니다"), format!("the manual pages are in `{shown}`")));
    Ok(0)
}
