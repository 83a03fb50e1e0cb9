//! Help and mistakes of arguments in Korean. In: the program as clap describes it in English, or a mistake that clap has
//! found; out: the same in Korean. This file does not know what any argument does; its words are in `korean.toml`.

use crate::lang::{Particle, Text, with_particle};
use clap::builder::{PossibleValue, StyledStr};
use clap::error::{ContextKind, ContextValue, Error, ErrorFormatter, ErrorKind};
use clap::{Arg, Command};
use std::fmt::{self, Display};
use std::net::AddrParseError;
use std::num::ParseIntError;
use std::sync::OnceLock;

/// What commands and arguments are for: a table for each command, an entry for each of its arguments.
const TEXTS: &str = include_str!("korean.toml");
/// The table of the program itself, and of arguments that several commands have.
const SHARED: &str = "bpdoc";
/// As clap's own.
const TEMPLATE: &str =
    "{before-help}{about-with-newline}\n\u{1b}[1m\u{1b}[4m사용법:\u{1b}[0m {usage}\n\n{all-args}{after-help}";

/// The program described in Korean.
pub fn described(mut command: Command) -> Command {
    command.build();
    in_korean(command, "")
}

fn in_korean(command: Command, path: &str) -> Command {
    let mut command = command.mut_args(|argument| in_korean_with_values(argument, path));
    let usage = usage(&command.render_usage().to_string());
    command = command.help_template(TEMPLATE).override_usage(usage).subcommand_help_heading("명령");
    if let Some(about) = own(path, "about") {
        command = command.about(about);
    }
    if let Some(after) = own(path, "after") {
        command = command.after_long_help(after);
    }
    command.mut_subcommands(|command| {
        let path = path_of(path, command.get_name());
        in_korean(command, &path)
    })
}

/// The path of a command below another. `help` has the commands beside it once more below it.
fn path_of(parent: &str, name: &str) -> String {
    let parent = parent.strip_suffix("help").unwrap_or(parent).trim_end();
    if parent.is_empty() { name.to_owned() } else { format!("{parent} {name}") }
}

/// The table of a command.
fn table_of(path: &str) -> &str {
    match path {
        "" => SHARED,
        _ if path.ends_with(" help") => "help",
        _ => path,
    }
}

fn in_korean_with_values(argument: Arg, path: &str) -> Arg {
    let Some(said) = of_argument(path, argument.get_id().as_str()) else { return argument };
    let heading = if argument.is_positional() { "인자" } else { "선택지" };
    let default = default_of(&argument).map(|default| format!(" [기본값: {default}]")).unwrap_or_default();
    let (names, list) = values_of(&argument, path);
    let names = if names.is_empty() { names } else { format!(" [가능한 값: {names}]") };
    let argument = argument.help(format!("{said}{default}{names}")).help_heading(heading);
    let argument = match value_name(&argument) {
        Some(name) => argument.value_name(name),
        None => argument,
    };
    // clap would say in English what these are.
    let argument = argument.hide_default_value(true).hide_possible_values(true);
    // clap's own help has a longer text, too.
    let longer = if list.is_empty() { said.to_owned() } else { format!("{said}{default}\n\n가능한 값:{list}") };
    let has_longer = !list.is_empty() || argument.get_long_help().is_some();
    if has_longer { argument.long_help(longer) } else { argument }
}

/// What stands for the value of an argument.
fn value_name(argument: &Arg) -> Option<&'static str> {
    let name = argument.get_value_names()?.first()?.as_str();
    own("values", name)
}

fn default_of(argument: &Arg) -> Option<String> {
    let values = argument.get_default_values();
    let is_said = argument.get_action().takes_values() && !argument.is_hide_default_value_set() && !values.is_empty();
    is_said.then(|| values.iter().map(|value| value.to_string_lossy()).collect::<Vec<_>>().join(" "))
}

/// The values that an argument may have; and, where they need explaining, a list of them.
fn values_of(argument: &Arg, path: &str) -> (String, String) {
    let values = argument.get_possible_values();
    let names: Vec<&str> = values.iter().filter(|value| !value.is_hide_set()).map(PossibleValue::get_name).collect();
    let id = argument.get_id().as_str();
    let explained = names.iter().filter_map(|name| Some((name, own(path, &format!("{id}={name}"))?)));
    (names.join(", "), explained.map(|(name, meaning)| format!("\n- {name}: {meaning}")).collect())
}

/// The text of an argument: that of its command, or the one that all commands share.
fn of_argument(path: &str, id: &str) -> Option<&'static str> {
    own(path, id).or_else(|| own(SHARED, id))
}

fn own(path: &str, key: &str) -> Option<&'static str> {
    texts().get(table_of(path))?.get(key)?.as_str()
}

fn texts() -> &'static toml::Table {
    static TABLE: OnceLock<toml::Table> = OnceLock::new();
    TABLE.get_or_init(|| TEXTS.parse().expect("a test has read it"))
}

/// How a command is written, without the word before it.
fn usage(english: &str) -> String {
    let usage = english.strip_prefix("Usage: ").unwrap_or(english);
    let usage = usage.replace("[OPTIONS]", "[선택지]").replace("<COMMAND>", "<명령>").replace("[COMMAND]", "[명령]");
    // Further lines stand below the first, which is one column longer.
    usage.replace("\n       ", "\n        ")
}

/// A value that a parser of ours refuses: said in both tongues, since it does not know which is wanted.
#[derive(Debug)]
pub struct Refused(pub Text);

impl Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.en)
    }
}

impl std::error::Error for Refused {}

/// Says in Korean what is wrong with the arguments.
pub struct Mistakes;

impl ErrorFormatter for Mistakes {
    fn format_error(error: &Error<Self>) -> StyledStr {
        let told = format!("\u{1b}[1m\u{1b}[31m오류:\u{1b}[0m {}{}", mistake(error), hints(error));
        let usage = match error.get(ContextKind::Usage) {
            // That of a command is Korean but for the word before it.
            Some(ContextValue::StyledStr(usage)) => format!("\n\n{}", usage.to_string().replace("Usage:", "사용법:")),
            _ => String::new(),
        };
        StyledStr::from(format!("{told}{usage}\n\n자세한 것은 `--help`로 볼 수 있습니다.\n"))
    }
}

/// What is wrong.
fn mistake(error: &Error<Mistakes>) -> String {
    let argument = quoted(error, ContextKind::InvalidArg);
    let value = quoted(error, ContextKind::InvalidValue);
    let count = |kind| if let Some(ContextValue::Number(n)) = error.get(kind) { *n } else { 0 };
    let topic = |word: &str| with_particle(word, Particle::Topic);
    match error.kind() {
        ErrorKind::ArgumentConflict => conflict(error),
        ErrorKind::NoEquals => format!("{argument}의 값은 `=` 뒤에 씁니다"),
        ErrorKind::InvalidValue if value == "''" => format!("{argument}의 값이 없습니다{}", values(error)),
        ErrorKind::InvalidValue => format!("{} {argument}의 값이 될 수 없습니다{}", topic(&value), values(error)),
        ErrorKind::ValueValidation => format!("{} {argument}의 값이 될 수 없습니다{}", topic(&value), cause(error)),
        ErrorKind::UnknownArgument => format!("{}는 인자는 없습니다", said_to_be(&argument)),
        ErrorKind::InvalidSubcommand => {
            format!("{}는 명령은 없습니다", said_to_be(&quoted(error, ContextKind::InvalidSubcommand)))
        }
        ErrorKind::MissingRequiredArgument => {
            format!("있어야 할 인자가 없습니다:{}", lines(error, ContextKind::InvalidArg))
        }
        ErrorKind::MissingSubcommand => {
            format!("{} 뒤에 명령이 있어야 합니다", quoted(error, ContextKind::InvalidSubcommand))
        }
        ErrorKind::InvalidUtf8 => "인자가 UTF-8이 아닙니다".to_owned(),
        ErrorKind::TooManyValues => format!("{} {argument}에 더 쓸 수 없습니다", topic(&value)),
        ErrorKind::TooFewValues => {
            let (least, found) = (count(ContextKind::MinValues), count(ContextKind::ActualNumValues));
            format!("{argument}에는 값이 {least}개 이상 있어야 하는데 {found}개가 있습니다")
        }
        ErrorKind::WrongNumberOfValues => {
            let (due, found) = (count(ContextKind::ExpectedNumValues), count(ContextKind::ActualNumValues));
            format!("{argument}에는 값이 {due}개 있어야 하는데 {found}개가 있습니다")
        }
        other => other.to_string(),
    }
}

/// `'x'라`, to be followed by 는.
fn said_to_be(word: &str) -> String {
    with_particle(word, Particle::Quotation).trim_end_matches('고').to_owned()
}

fn conflict(error: &Error<Mistakes>) -> String {
    let argument = match error.get(ContextKind::InvalidArg) {
        Some(_) => quoted(error, ContextKind::InvalidArg),
        None => quoted(error, ContextKind::InvalidSubcommand),
    };
    let argument = with_particle(&argument, Particle::Topic);
    match error.get(ContextKind::PriorArg) {
        prior if prior == error.get(ContextKind::InvalidArg) => format!("{argument} 한 번만 쓸 수 있습니다"),
        Some(ContextValue::Strings(_)) => {
            format!("{argument} 다음 인자와 함께 쓸 수 없습니다:{}", lines(error, ContextKind::PriorArg))
        }
        Some(ContextValue::String(prior)) => {
            format!("{argument} {} 함께 쓸 수 없습니다", with_particle(&format!("'{prior}'"), Particle::With))
        }
        _ => format!("{argument} 다른 인자와 함께 쓸 수 없습니다"),
    }
}

/// What the parser of a value says.
fn cause(error: &Error<Mistakes>) -> String {
    let Some(source) = std::error::Error::source(error) else { return String::new() };
    let said = source.to_string();
    if let Some(Refused(text)) = source.downcast_ref() {
        format!(": {}", text.ko)
    } else if source.is::<ParseIntError>() {
        ": 정수가 아닙니다".to_owned()
    } else if source.is::<AddrParseError>() {
        ": IP 주소가 아닙니다".to_owned()
    } else if let Some((least, most)) = said.rsplit_once(" is not in ").and_then(|(_, range)| range.split_once("..=")) {
        format!(": {least}부터 {most}까지의 정수여야 합니다")
    } else {
        format!(": {said}")
    }
}

/// What would help.
fn hints(error: &Error<Mistakes>) -> String {
    let of_kind = |(kind, what): (ContextKind, &str)| {
        let near = strings(error, kind).into_iter().map(|near| format!("'{near}'")).collect::<Vec<_>>().join(", ");
        (!near.is_empty()).then(|| format!("비슷한 {what} {} 있습니다", with_particle(&near, Particle::Subject)))
    };
    let kinds = [
        (ContextKind::SuggestedSubcommand, "명령으로"),
        (ContextKind::SuggestedArg, "인자로"),
        (ContextKind::SuggestedValue, "값으로"),
    ];
    let mut hints: Vec<String> = kinds.into_iter().filter_map(of_kind).collect();
    if let Some(ContextValue::StyledStrs(suggested)) = error.get(ContextKind::Suggested) {
        hints.extend(suggested.iter().map(|suggested| suggestion(&suggested.to_string())));
    }
    let line = |hint: String| format!("\n  \u{1b}[32m도움말:\u{1b}[0m {hint}");
    if hints.is_empty() { String::new() } else { format!("\n{}", hints.into_iter().map(line).collect::<String>()) }
}

/// clap's words about arguments that stand where they cannot.
fn suggestion(english: &str) -> String {
    let quoted: Vec<&str> = english.split('\'').skip(1).step_by(2).collect();
    match quoted[..] {
        [value, written] if english.starts_with("to pass ") => {
            format!("{} 값으로 넘기려면 '{written}'처럼 씁니다", with_particle(&format!("'{value}'"), Particle::Object))
        }
        [command, dashes] if english.starts_with("subcommand ") => {
            format!("'{command}' 명령을 쓰려면 그 앞의 '{dashes}'를 빼세요")
        }
        [there] if english.ends_with(" exists") => format!("'{there}'처럼 쓸 수 있습니다"),
        _ => english.to_owned(),
    }
}

/// The values that would do.
fn values(error: &Error<Mistakes>) -> String {
    let values = strings(error, ContextKind::ValidValue).join(", ");
    if values.is_empty() { values } else { format!("\n  [가능한 값: {values}]") }
}

fn lines(error: &Error<Mistakes>, kind: ContextKind) -> String {
    strings(error, kind).into_iter().map(|line| format!("\n  {line}")).collect()
}

fn strings(error: &Error<Mistakes>, kind: ContextKind) -> Vec<String> {
    match error.get(kind) {
        Some(ContextValue::Strings(strings)) => strings.clone(),
        Some(ContextValue::String(string)) => vec![string.clone()],
        _ => Vec::new(),
    }
}

fn quoted(error: &Error<Mistakes>, kind: ContextKind) -> String {
    format!("'{}'", strings(error, kind).join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;
    use std::collections::BTreeSet;

    type Key = (String, String);

    /// The entries that a command and those below it need.
    fn needed(command: &Command, path: &str, keys: &mut BTreeSet<Key>) {
        let mut need = |key: &str| {
            let is_shared = key != "about" && own(path, key).is_none();
            let table = if is_shared { SHARED } else { table_of(path) };
            keys.insert((table.to_owned(), key.to_owned()));
        };
        need("about");
        if command.get_after_long_help().is_some() {
            need("after");
        }
        for argument in command.get_arguments() {
            let id = argument.get_id().as_str();
            need(id);
            let explained = argument.get_possible_values().into_iter().filter(|value| value.get_help().is_some());
            explained.for_each(|value| need(&format!("{id}={}", value.get_name())));
        }
        for argument in command.get_arguments().filter(|argument| argument.get_action().takes_values()) {
            let names = argument.get_value_names().unwrap_or_default();
            keys.extend(names.iter().map(|name| ("values".to_owned(), name.to_string())));
        }
        for below in command.get_subcommands() {
            needed(below, &path_of(path, below.get_name()), keys);
        }
    }

    #[test]
    fn every_command_and_argument_has_a_korean_text_and_no_text_is_left_over() {
        let mut command = super::super::Arguments::command();
        command.build();
        let mut wanted = BTreeSet::new();
        needed(&command, "", &mut wanted);
        let table: toml::Table = TEXTS.parse().expect("TOML");
        let entries = |(path, table): (&String, &toml::Value)| {
            let keys = table.as_table().expect("a table").keys();
            keys.map(|key| (path.clone(), key.clone())).collect::<Vec<_>>()
        };
        let written: BTreeSet<Key> = table.iter().flat_map(entries).collect();
        let missing: Vec<&Key> = wanted.difference(&written).collect();
        let left_over: Vec<&Key> = written.difference(&wanted).collect();
        assert!(missing.is_empty() && left_over.is_empty(), "missing: {missing:?}; left over: {left_over:?}");
    }

    #[test]
    fn nothing_of_the_help_stays_english() {
        fn look_at(command: &mut Command) {
            let help = command.render_long_help().to_string();
            for english in ["Usage", "Options", "Arguments", "Commands", "Print ", "default:", "possible", "Possible"] {
                assert!(!help.contains(english), "`{english}` in {help}");
            }
            command.get_subcommands_mut().for_each(look_at);
        }
        look_at(&mut described(super::super::Arguments::command()));
    }
}
