//! The command line. In: arguments; out: an exit code. This room knows clap and the terminal; compiling is left to
//! the library, and each command is a file of its own.

mod bridge;
mod build;
mod check;
mod complete;
mod fmt;
mod graph;
mod import;
mod korean;
mod lsp;
mod man;
mod mishap;
mod new;
mod ops;
mod progress;
mod serve;
mod translate;
mod write;

use crate::diag::{Diagnostic, Severity, has_errors};
use crate::failure::Failure;
use crate::lang::{Text, Tongue, text};
use crate::project::Project;
use crate::report::{Format, report, visible};
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};
use progress::Board;
use std::ffi::OsString;
use std::io::{ErrorKind, IsTerminal, Write};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

/// Lecture notes with computational graphs, built into a bilingual study site whose numbers are always right.
#[derive(Debug, Parser)]
#[command(name = "bpdoc", version, about, max_term_width = 100)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
    /// Language of messages; by default that of the locale
    #[arg(long, global = true, value_name = "LANG")]
    lang: Option<TongueArgument>,
    /// When to use colours
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    color: When,
    /// Print no summary
    #[arg(long, short, global = true, conflicts_with = "verbose")]
    quiet: bool,
    /// Tell how long each stage of the work took
    #[arg(long, short, global = true)]
    verbose: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Build the site: nothing is published if the notes have errors
    Build(build::Arguments),
    /// Check the notes without writing anything
    Check(check::Arguments),
    /// Show the site in a browser while the notes are written
    Serve(serve::Arguments),
    /// Make a small bilingual project to start from, a series, or a note
    New(new::Arguments),
    /// Translations: which are behind, what has changed, and new ones
    Translate(translate::Arguments),
    /// Tidy the graph and train blocks of notes: captions in columns, one blank where blanks stand
    Fmt(fmt::Arguments),
    /// A language server for editors, on standard input and output
    Lsp,
    /// One graph block: its figure, numbers or formulas
    Graph(graph::Arguments),
    /// Make a project of notes from elsewhere: Jekyll, Hugo, Obsidian, WordPress, Blogger, HTML
    Import(import::Arguments),
    /// Figures in books of mdBook: its preprocessor
    #[command(name = "mdbook")]
    MdBook(bridge::MdBookArguments),
    /// Figures in documents of Pandoc and Quarto: their JSON filter
    Filter(bridge::FilterArguments),
    /// The table of ops
    Ops(ops::Arguments),
    /// Manual pages, a file for each command
    #[command(hide = true)]
    Man(man::Arguments),
    /// Completions for a shell
    Completions {
        /// The shell
        shell: complete::Shell,
    },
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum TongueArgument {
    Ko,
    En,
}

impl TongueArgument {
    fn tongue(self) -> Tongue {
        match self {
            Self::Ko => Tongue::Ko,
            Self::En => Tongue::En,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum When {
    Auto,
    Always,
    Never,
}

/// How a command talks to whoever started it.
#[derive(Clone, Copy, Debug)]
struct Terminal {
    tongue: Tongue,
    colour: bool,
    quiet: bool,
    verbose: bool,
}

/// The notes have errors.
const NOTES_HAVE_ERRORS: u8 = 1;

/// Runs bpdoc with the arguments of the process. Exit codes: 0 fine, 1 the notes have errors, 2 wrong usage,
/// 3 the machine failed, or bpdoc itself.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    mishap::keep_quiet();
    let written: Vec<OsString> = arguments.into_iter().collect();
    let tongue = tongue_asked_for(&written).unwrap_or_else(locale_tongue);
    if complete::has_answered(&written, || command(tongue)) {
        return ExitCode::SUCCESS;
    }
    let arguments = match parse(&written, tongue) {
        Ok(arguments) => arguments,
        Err(code) => return code,
    };
    let terminal = Terminal::new(&arguments);
    let work = || match arguments.command {
        Command::Build(arguments) => build::run(&arguments, terminal),
        Command::Check(arguments) => check::run(&arguments, terminal),
        Command::Serve(arguments) => serve::run(&arguments, terminal),
        Command::New(arguments) => new::run(&arguments, terminal),
        Command::Fmt(arguments) => fmt::run(&arguments, terminal),
        Command::Lsp => lsp::run(arguments.lang.map(TongueArgument::tongue), terminal),
        Command::Translate(arguments) => translate::run(&arguments, terminal),
        Command::Graph(arguments) => graph::run(&arguments, terminal),
        Command::Import(arguments) => import::run(&arguments, terminal),
        Command::MdBook(arguments) => bridge::run_mdbook(&arguments, terminal),
        Command::Filter(arguments) => bridge::run_filter(&arguments, terminal),
        Command::Ops(arguments) => ops::run(&arguments, terminal),
        Command::Man(arguments) => man::run(&arguments, Arguments::command(), terminal),
        Command::Completions { shell } => print(&complete::script(shell)?),
    };
    let code = mishap::caught(work).unwrap_or_else(|failure| {
        let word = terminal.word(Severity::Error);
        tell(&format!("{word}: {}\n", visible(failure.message().in_tongue(terminal.tongue))));
        failure.exit_code()
    });
    progress::end();
    code.into()
}

/// The program with its commands, described in a tongue.
fn command(tongue: Tongue) -> clap::Command {
    match tongue {
        Tongue::Ko => korean::described(Arguments::command()),
        Tongue::En => Arguments::command(),
    }
}

/// The arguments, or the exit code where they ask for help or make no sense.
fn parse(written: &[OsString], tongue: Tongue) -> Result<Arguments, ExitCode> {
    let matches = command(tongue).try_get_matches_from(written);
    let error = match matches.and_then(|matches| Arguments::from_arg_matches(&matches)) {
        Ok(arguments) if !(arguments.quiet && arguments.verbose) => return Ok(arguments),
        // What stands on both sides of the command, clap does not compare.
        Ok(_) => conflict(&mut command(tongue)),
        Err(error) => error,
    };
    // Help and version are no errors; clap knows where each belongs.
    let code = error.exit_code();
    let printed = match tongue {
        Tongue::Ko => error.apply::<korean::Mistakes>().print(),
        Tongue::En => error.print(),
    };
    Err(if printed.is_ok() { u8::try_from(code).unwrap_or(2).into() } else { 3.into() })
}

fn conflict(command: &mut clap::Command) -> clap::Error {
    use clap::error::{ContextKind, ContextValue, ErrorKind};
    let mut error = clap::Error::new(ErrorKind::ArgumentConflict).with_cmd(command);
    error.insert(ContextKind::InvalidArg, ContextValue::String("--quiet".to_owned()));
    error.insert(ContextKind::PriorArg, ContextValue::String("--verbose".to_owned()));
    error
}

/// The tongue that `--lang` asks for, which is needed to say what is wrong with the arguments.
fn tongue_asked_for(written: &[OsString]) -> Option<Tongue> {
    let options = written.iter().take_while(|argument| *argument != "--");
    let values = options.enumerate().filter_map(|(at, argument)| match argument.to_str()?.strip_prefix("--lang")? {
        "" => written.get(at + 1).and_then(|value| value.to_str()),
        rest => rest.strip_prefix('='),
    });
    values.filter_map(|value| TongueArgument::from_str(value, false).ok()).last().map(TongueArgument::tongue)
}

impl Terminal {
    fn new(arguments: &Arguments) -> Self {
        let tongue = arguments.lang.map_or_else(locale_tongue, TongueArgument::tongue);
        Self { tongue, colour: wants_colour(arguments.color), quiet: arguments.quiet, verbose: arguments.verbose }
    }

    fn word(self, severity: Severity) -> String {
        let (word, code) = match (severity, self.tongue) {
            (Severity::Error, Tongue::Ko) => ("오류", 31),
            (Severity::Error, Tongue::En) => ("error", 31),
            (Severity::Warning, Tongue::Ko) => ("경고", 33),
            (Severity::Warning, Tongue::En) => ("warning", 33),
        };
        if self.colour { format!("\u{1b}[1;{code}m{word}\u{1b}[0m") } else { word.to_owned() }
    }

    fn say(self, message: &Text) {
        if !self.quiet {
            tell(&format!("{}\n", visible(message.in_tongue(self.tongue))));
        }
    }

    /// Says something that only those want to know who have asked for it.
    fn detail(self, message: &Text) {
        if self.verbose {
            self.say(message);
        }
    }

    /// Watches work that may take long. People see how far it is, where stderr is their terminal.
    fn progress(self) -> &'static Board {
        let is_shown = !self.quiet && std::io::stderr().is_terminal() && !is_dumb();
        progress::board(is_shown.then_some(self.tongue))
    }

    /// Says how long each stage of the work took.
    fn tell_stages(self, progress: &Board) {
        if self.verbose {
            tell(&progress.told(self.tongue));
            self.say(&progress::threads());
        }
    }

    fn warn(self, message: &Text) {
        tell(&format!("{}: {}\n", self.word(Severity::Warning), visible(message.in_tongue(self.tongue))));
    }

    /// Prints diagnostics for people; the exit code that they call for.
    fn report(self, diagnostics: &[Diagnostic], project: &Project) -> u8 {
        self.report_as(diagnostics, Format::Human { colour: self.colour }, |path| project.source(path))
    }

    /// As [`Terminal::report`], for a file that belongs to no project; `source` is its text, if it is one.
    fn report_placed(self, diagnostics: Vec<Diagnostic>, file: &Arc<str>, source: Option<&str>) -> u8 {
        let placed: Vec<Diagnostic> = diagnostics.into_iter().map(|diagnostic| diagnostic.in_file(file)).collect();
        self.report_as(&placed, Format::Human { colour: self.colour }, |_| source)
    }

    fn report_as<'s>(self, diagnostics: &[Diagnostic], format: Format, source: impl Fn(&str) -> Option<&'s str>) -> u8 {
        tell(&report(diagnostics, format, self.tongue, source));
        if has_errors(diagnostics) { NOTES_HAVE_ERRORS } else { 0 }
    }
}

/// The first of the variables that set the locale of messages, in POSIX's order.
fn locale_tongue() -> Tongue {
    let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].iter().filter_map(std::env::var_os).find(|value| !value.is_empty());
    Tongue::of_tag(&locale.unwrap_or_default().to_string_lossy())
}

/// `--color`, else `NO_COLOR` (no-color.org), else `CLICOLOR_FORCE`, else whether stderr is a terminal.
fn wants_colour(when: When) -> bool {
    let is_set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    match when {
        When::Always => true,
        When::Never => false,
        When::Auto if is_set("NO_COLOR") => false,
        When::Auto => is_set("CLICOLOR_FORCE") || (std::io::stderr().is_terminal() && !is_dumb()),
    }
}

/// Whether the terminal knows nothing but characters.
fn is_dumb() -> bool {
    std::env::var_os("TERM").is_some_and(|term| term == "dumb")
}

/// A message on stderr. If nobody listens any more, there is nobody to tell.
fn tell(message: &str) {
    progress::aside(|| {
        let _ = std::io::stderr().lock().write_all(message.as_bytes());
    });
}

/// A result on stdout. A reader that has gone away (`bpdoc ops | head`) is no failure.
fn print(bytes: &[u8]) -> Result<u8, Failure> {
    let mut out = std::io::stdout().lock();
    match progress::aside(|| out.write_all(bytes).and_then(|()| out.flush())) {
        Ok(()) => Ok(0),
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(0),
        Err(error) => {
            Err(Failure::machine(text("출력할 수 없습니다", "cannot write the output"), "-".as_ref())(error))
        }
    }
}

/// What a file holds that is to be text.
fn as_text(bytes: Vec<u8>, file: &Path) -> Result<String, Failure> {
    String::from_utf8(bytes).map_err(|_| {
        let shown = file.display();
        Failure::Refused(text(format!("`{shown}`: UTF-8이 아닙니다"), format!("`{shown}`: not UTF-8")))
    })
}
