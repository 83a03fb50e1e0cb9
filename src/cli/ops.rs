//! `bpdoc ops`: the op table.

use super::{Terminal, complete, print};
use crate::expr::closest;
use crate::failure::Failure;
use crate::lang::{Tongue, text};
use crate::ops::{self, Family, Op};
use std::fmt::Write;
use unicode_width::UnicodeWidthStr;

/// Arguments of `ops`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// One op, with its rule, its conventions and an example
    #[arg(add = complete::ops())]
    name: Option<String>,
}

/// Prints the list, or one op in full.
pub fn run(arguments: &Arguments, terminal: Terminal) -> Result<u8, Failure> {
    match &arguments.name {
        None => print(list(terminal.tongue).as_bytes()),
        Some(name) => match ops::find(name, false).or_else(|| ops::find_prefix(name)) {
            Some(op) => print(page(op, terminal.tongue).as_bytes()),
            None => Err(Failure::Refused(unknown(name))),
        },
    }
}

fn unknown(name: &str) -> crate::lang::Text {
    let near = closest(name, ops::table().filter(|op| op.family != Family::Rule).map(|op| op.name));
    let (ko, en) =
        near.map_or_else(Default::default, |near| (format!(". `{near}`인가요?"), format!("; did you mean `{near}`?")));
    text(format!("`{name}`라는 연산은 없습니다{ko}"), format!("there is no op `{name}`{en}"))
}

fn list(tongue: Tongue) -> String {
    let rows: Vec<(String, &str)> = ops::table()
        .filter(|op| op.family != Family::Rule)
        .map(|op| (op.signature(), op.title.text_in(tongue)))
        .collect();
    let width = rows.iter().map(|(signature, _)| signature.width()).max().unwrap_or(0);
    rows.iter().fold(String::new(), |mut list, (signature, title)| {
        let _ = writeln!(list, "{signature}{}  {title}", " ".repeat(width - signature.width()));
        list
    })
}

fn page(op: &Op, tongue: Tongue) -> String {
    let example = if tongue == Tongue::Ko { "예" } else { "Example" };
    let mut page = format!(
        "{}\n{}\n\n{}\n\n{}:\n",
        op.signature(),
        op.title.text_in(tongue),
        op.about.text_in(tongue),
        op.kind_of_rules().text_in(tongue)
    );
    for (input, rule) in op.inputs.iter().zip(op.shown_rules()) {
        let _ = writeln!(page, "  {input}: {rule}");
    }
    for block in op.examples {
        let _ = write!(page, "\n{example}:\n");
        block.lines().for_each(|line| page.push_str(&format!("  {line}\n")));
    }
    page
}
