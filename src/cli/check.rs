//! `bpdoc check`: what `build` would say, without writing anything.

use super::{NOTES_HAVE_ERRORS, Terminal, complete, print};
use crate::codes::{self, Code, Level};
use crate::diag::Log;
use crate::failure::Failure;
use crate::lang::{counted, text};
use crate::output::{self, Difference};
use crate::report::{Format, counts, report};
use crate::stage::{Progress, Stage};
use crate::{check_external, compile_watched, project, verify_gradients};
use std::path::PathBuf;

/// Arguments of `check`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The project's folder
    #[arg(default_value = ".", value_hint = clap::ValueHint::DirPath)]
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
    /// Also ask other sites whether the pages that notes link to are there
    #[arg(long)]
    external: bool,
    /// Where the published site is; by default `site` in the project's folder
    #[arg(long, short, value_name = "DIR", value_hint = clap::ValueHint::DirPath)]
    out: Option<PathBuf>,
    /// Print all codes with what they mean
    #[arg(long, conflicts_with = "explain")]
    list: bool,
    /// Print what a code means and what would help
    #[arg(long, value_name = "CODE", add = complete::codes())]
    explain: Option<String>,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum FormatArgument {
    Human,
    Json,
    Sarif,
    Github,
    Gitlab,
}

impl FormatArgument {
    /// The form for tools, if it is one.
    fn for_tools(self) -> Option<Format> {
        match self {
            Self::Human => None,
            Self::Json => Some(Format::Json),
            Self::Sarif => Some(Format::Sarif),
            Self::Github => Some(Format::Github),
            Self::Gitlab => Some(Format::Gitlab),
        }
    }
}

/// Checks the notes. People read mistakes on stderr, tools on stdout.
pub fn run(arguments: &Arguments, terminal: Terminal) -> Result<u8, Failure> {
    if arguments.list {
        return list(terminal);
    }
    if let Some(code) = &arguments.explain {
        return explain(code, terminal);
    }
    let progress = terminal.progress();
    progress.begin(Stage::Files, 0);
    let mut log = Log::default();
    let project = log.take(project::load(&arguments.root)?);
    let site = log.take(compile_watched(&project, progress));
    let compared = arguments.gradients.then(|| log.take(verify_gradients(&project, progress)));
    let asked = arguments.external.then(|| log.take(check_external(&project, progress)));
    let checked = log.finish(site);
    let mut code = if checked.has_errors() { NOTES_HAVE_ERRORS } else { 0 };
    match arguments.format.for_tools() {
        Some(format) => {
            print(report(&checked.diagnostics, format, terminal.tongue, |path| project.source(path)).as_bytes())?;
        }
        None => {
            terminal.report(&checked.diagnostics, &project);
        }
    }
    if let Some(compared) = compared {
        terminal.say(&text(
            format!("편미분 {compared}개를 세 가지 방법으로 비교했습니다"),
            format!("{} compared in three ways", counted(compared, "partial")),
        ));
    }
    if let Some(asked) = asked {
        terminal.say(&text(
            format!("다른 사이트의 주소 {asked}개를 열어 보았습니다"),
            format!("asked other sites for {asked} of their pages"),
        ));
    }
    if arguments.fresh && code == 0 {
        progress.begin(Stage::Comparison, 0);
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
    terminal.tell_stages(progress);
    Ok(code)
}

/// All codes, a line each.
fn list(terminal: Terminal) -> Result<u8, Failure> {
    let tongue = terminal.tongue;
    let name = codes::table().iter().map(|code| code.name.len()).max().unwrap_or_default();
    let level = codes::table().iter().map(|code| width(code.level.words().in_tongue(tongue))).max().unwrap_or_default();
    let line = |code: &Code| {
        let words = code.level.words();
        let words = words.in_tongue(tongue);
        let blanks = " ".repeat(level - width(words));
        format!("{:name$}  {words}{blanks}  {}\n", code.name, code.meaning.in_tongue(tongue))
    };
    print(codes::table().iter().map(line).collect::<String>().as_bytes())
}

/// What a code means.
fn explain(name: &str, terminal: Terminal) -> Result<u8, Failure> {
    let Some(code) = codes::find(name) else {
        let near = codes::nearest(name);
        let (ko, en) = near
            .map_or_else(Default::default, |near| (format!(". `{near}`인가요?"), format!("; did you mean `{near}`?")));
        return Err(Failure::Refused(text(
            format!("`{name}`라는 진단은 없습니다{ko}"),
            format!("there is no diagnostic `{name}`{en}"),
        )));
    };
    let words = code.level.words();
    let silence = match (code.may_be_silenced(), code.level) {
        (false, _) => text("끌 수 없습니다.", "It cannot be silenced."),
        (true, Level::Off) => text(
            format!("`bpdoc.toml`의 `[check]`에 `warn = [\"{name}\"]`로 켭니다."),
            format!("`warn = [\"{name}\"]` under `[check]` in `bpdoc.toml` turns it on."),
        ),
        (true, _) => text(
            format!(
                "`bpdoc.toml`의 `[check]`에 `allow = [\"{name}\"]`, 머리말에 `allow = [\"{name}\"]`, 또는 앞줄에 `<!-- bpdoc: allow {name} -->`로 끕니다."
            ),
            format!(
                "`allow = [\"{name}\"]` under `[check]` in `bpdoc.toml` silences it, the same in the front matter of a note, or `<!-- bpdoc: allow {name} -->` on the line before."
            ),
        ),
    };
    let tongue = terminal.tongue;
    let lines = [&code.meaning, &code.help, &silence].map(|text| text.in_tongue(tongue)).join("\n");
    print(format!("{name} ({})\n\n{lines}\n", words.in_tongue(tongue)).as_bytes())
}

/// How many columns a word takes on a terminal.
fn width(word: &str) -> usize {
    unicode_width::UnicodeWidthStr::width(word)
}
