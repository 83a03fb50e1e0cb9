//! `bpdoc new`: a small project to start from, a series, or a note with its twins.

use super::Terminal;
use super::complete;
use super::korean::Refused;
use super::write::create;
use crate::failure::Failure;
use crate::lang::{Tongue, text};
use crate::note::address;
use crate::project;
use crate::settings::Settings;
use std::fs;
use std::path::{Path, PathBuf};

/// Arguments of `new`.
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true, arg_required_else_help = true)]
pub struct Arguments {
    /// The folder to make; it must not exist yet, or be empty
    #[arg(required = true, value_hint = clap::ValueHint::DirPath)]
    dir: Option<PathBuf>,
    #[command(subcommand)]
    part: Option<Part>,
}

#[derive(Debug, clap::Subcommand)]
enum Part {
    /// A note in every language of the site, with the next number of its series
    Note(Named),
    /// A series: a folder with a front page in every language of the site
    Series(Named),
}

#[derive(Debug, clap::Args)]
struct Named {
    /// The series, or for a note the series and its name: `SERIES/slug`
    #[arg(add = complete::series())]
    name: String,
    /// The title in a language, as in `--title en="The chain rule"`; without it, the name
    #[arg(long, value_name = "LANG=TEXT", value_parser = titled)]
    title: Vec<(String, String)>,
    /// The project's folder
    #[arg(long, value_name = "DIR", default_value = ".", value_hint = clap::ValueHint::DirPath)]
    root: PathBuf,
}

fn titled(argument: &str) -> Result<(String, String), Refused> {
    let asked = || Refused(text("`언어=제목`처럼 씁니다", "it is written `LANG=TEXT`"));
    let (language, title) = argument.split_once('=').ok_or_else(asked)?;
    Ok((language.trim().to_owned(), title.trim().to_owned()))
}

/// The files of a new project.
pub const FILES: &[(&str, &str)] = &[
    ("bpdoc.toml", include_str!("new/bpdoc.toml")),
    (".gitignore", "/site/\n"),
    ("content/_index.ko.md", include_str!("new/index.ko.md")),
    ("content/_index.en.md", include_str!("new/index.en.md")),
    ("content/first/_index.ko.md", include_str!("new/series.ko.md")),
    ("content/first/_index.en.md", include_str!("new/series.en.md")),
    ("content/first/01-hello.ko.md", include_str!("new/hello.ko.md")),
    ("content/first/01-hello.en.md", include_str!("new/hello.en.md")),
];

/// Writes what is asked for; nothing that is there is overwritten.
pub fn run(arguments: &Arguments, terminal: Terminal) -> Result<u8, Failure> {
    match (&arguments.part, &arguments.dir) {
        (Some(Part::Note(named)), _) => note(named, terminal),
        (Some(Part::Series(named)), _) => series(named, terminal),
        (None, Some(dir)) => site(dir, terminal),
        (None, None) => Err(Failure::Refused(text("폴더의 이름이 없습니다", "there is no name of a folder"))),
    }
}

fn site(dir: &Path, terminal: Terminal) -> Result<u8, Failure> {
    let shown = dir.display();
    let is_free = !dir.exists() || fs::read_dir(dir).is_ok_and(|mut entries| entries.next().is_none());
    if !is_free {
        return Err(Failure::Refused(text(
            format!("`{shown}`는 비어 있지 않습니다"),
            format!("`{shown}` is not empty"),
        )));
    }
    create(&FILES.iter().map(|(path, content)| (dir.join(path), (*content).to_owned())).collect::<Vec<_>>())?;
    terminal.say(&text(
        format!("`{shown}`에 새 프로젝트를 만들었습니다. `bpdoc build {shown}`로 빌드하고 `{shown}/site/index.html`을 여세요"),
        format!("made a new project in `{shown}`; build it with `bpdoc build {shown}` and open `{shown}/site/index.html`"),
    ));
    Ok(0)
}

fn series(named: &Named, terminal: Terminal) -> Result<u8, Failure> {
    let settings = project::load(&named.root)?.value.settings;
    let files = files(named, &settings, &format!("{}/_index", named.name), |_| String::new())?;
    created(&files, terminal)
}

fn note(named: &Named, terminal: Terminal) -> Result<u8, Failure> {
    let project = project::load(&named.root)?.value;
    let Some((series, slug)) = named.name.rsplit_once('/') else {
        return Err(Failure::Refused(text(
            "노트는 `시리즈/이름`으로 씁니다",
            "a note is named by its series and a slug: `SERIES/slug`",
        )));
    };
    let languages = &project.settings.languages;
    let addresses = project.notes.iter().map(|note| address::read(&note.path, languages).value);
    let siblings: Vec<_> = addresses.filter(|address| address.series == series).collect();
    if siblings.is_empty() {
        return Err(Failure::Refused(text(
            format!("`{series}`라는 시리즈가 없습니다. `bpdoc new series {series}`로 먼저 만드세요"),
            format!("there is no series `{series}`; make it with `bpdoc new series {series}`"),
        )));
    }
    if siblings.iter().any(|address| address.slug.as_deref() == Some(slug)) {
        return Err(Failure::Refused(text(
            format!("시리즈 `{series}`에 `{slug}`가 이미 있습니다"),
            format!("the series `{series}` has a note `{slug}` already"),
        )));
    }
    let number = siblings.iter().filter_map(|address| address.number).max().map_or(1, |last| last.saturating_add(1));
    let first = languages.first();
    let body = |language: &str| {
        if first.is_none_or(|first| first == language) { block(slug) } else { format!("\n```graph #{slug}\n```\n") }
    };
    let files = files(named, &project.settings, &format!("{series}/{number:02}-{slug}"), body)?;
    created(&files, terminal)
}

/// A block to be replaced by the author's own.
fn block(slug: &str) -> String {
    format!(
        "\n```graph #{slug}\n# 제곱 | A square\nx = 3           # 입력 | input\ny = x * x\n\nexpect y = 9\nexpect dy/dx = 6\n```\n"
    )
}

/// A file for each language of the site.
fn files(
    named: &Named,
    settings: &Settings,
    name: &str,
    body: impl Fn(&str) -> String,
) -> Result<Vec<(PathBuf, String)>, Failure> {
    let languages = &settings.languages;
    if let Some((unknown, _)) = named.title.iter().find(|(language, _)| !languages.contains(language)) {
        let list = languages.join(", ");
        return Err(Failure::Refused(text(
            format!("`--title {unknown}=…`: 사이트의 언어는 {list}입니다"),
            format!("`--title {unknown}=…`: the languages of the site are {list}"),
        )));
    }
    let file = |language: &String| {
        let path = format!("content/{name}.{language}.md");
        let read = address::read(&path, languages);
        let is_usable = path.split('/').all(|part| !part.is_empty() && !part.starts_with('.') && part != "..");
        if read.has_errors() || !is_usable || name.contains(['\\', '\0']) {
            return Err(Failure::Refused(text(
                format!("`{name}`라는 이름은 쓸 수 없습니다"),
                format!("`{name}` cannot be used as a name"),
            )));
        }
        let title = named.title.iter().find(|(tag, _)| tag == language).map(|(_, title)| title.clone());
        let title = title.unwrap_or_else(|| named.name.rsplit('/').next().unwrap_or_default().replace('-', " "));
        let comment = match Tongue::of_tag(language) {
            Tongue::Ko => "<!-- 여기에 글을 쓰세요. -->",
            Tongue::En => "<!-- Write your text here. -->",
        };
        let title = toml::Value::String(title);
        Ok((named.root.join(&path), format!("+++\ntitle = {title}\n+++\n\n{comment}\n{}", body(language))))
    };
    languages.iter().map(file).collect()
}

fn created(files: &[(PathBuf, String)], terminal: Terminal) -> Result<u8, Failure> {
    create(files)?;
    let list = files.iter().map(|(path, _)| format!("`{}`", path.display())).collect::<Vec<_>>().join(", ");
    terminal.say(&text(format!("{list}: 만들었습니다"), format!("made {list}")));
    Ok(0)
}
