//! `bpdoc man`: a manual page for the program and for each of its commands, for those who package it.

use super::{Terminal, korean};
use crate::failure::Failure;
use crate::lang::{Tongue, text};
use clap_mangen::Man;
use std::fs;
use std::io;
use std::path::PathBuf;

/// Arguments of `man`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The folder that the pages are written into
    #[arg(value_hint = clap::ValueHint::DirPath)]
    dir: PathBuf,
}

/// The headings of a page, as they are written and in Korean.
const HEADINGS: &[(&str, &str)] = &[
    (".SH NAME\n", ".SH 이름\n"),
    (".SH SYNOPSIS\n", ".SH 사용법\n"),
    (".SH DESCRIPTION\n", ".SH 설명\n"),
    (".SH SUBCOMMANDS\n", ".SH 명령\n"),
    (".SH EXTRA\n", ".SH 더보기\n"),
    (".SH VERSION\n", ".SH 버전\n"),
];

/// Writes the pages in the language of messages.
pub fn run(arguments: &Arguments, command: clap::Command, terminal: Terminal) -> Result<u8, Failure> {
    let dir = &arguments.dir;
    let writing = || text("쓸 수 없습니다", "cannot write");
    fs::create_dir_all(dir).map_err(Failure::machine(writing(), dir))?;
    // A page about `help` would say nothing.
    let mut command = command.disable_help_subcommand(true);
    command.build();
    let command = if terminal.tongue == Tongue::Ko { korean::described(command) } else { command };
    let mut pages = Vec::new();
    add_pages(&command, &mut pages).map_err(Failure::machine(writing(), dir))?;
    for (name, page) in pages {
        let page = if terminal.tongue == Tongue::Ko { in_korean(page) } else { page };
        let path = dir.join(name);
        fs::write(&path, page).map_err(Failure::machine(writing(), &path))?;
    }
    let shown = dir.display();
    terminal.say(&text(format!("설명서를 `{shown}`에 썼습니다"), format!("the manual pages are in `{shown}`")));
    Ok(0)
}

/// The names and texts of the pages of a command and of those below it.
fn add_pages(command: &clap::Command, pages: &mut Vec<(String, String)>) -> io::Result<()> {
    for below in command.get_subcommands().filter(|command| !command.is_hide_set()) {
        add_pages(below, pages)?;
    }
    let page = Man::new(command.clone());
    let mut written = Vec::new();
    page.render(&mut written)?;
    pages.push((page.get_filename(), String::from_utf8_lossy(&written).into_owned()));
    Ok(())
}

fn in_korean(page: String) -> String {
    HEADINGS.iter().fold(page, |page, (english, korean)| page.replace(english, korean))
}
