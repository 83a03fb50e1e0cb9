//! What an author is told, word for word: a file in `tests/diagnostics` for each code holds a small project with the
//! mistake and all that is said about it, in both languages.
//!
//! With `BLESS=1` the files are written anew.

use bpdoc::codes;
use bpdoc::diag::{Diagnostic, Log, has_errors};
use bpdoc::external::{self, Answer};
use bpdoc::import::{self, Choices, Format as Model};
use bpdoc::lang::{Tongue, text};
use bpdoc::migrate;
use bpdoc::project::{self, Asset, Project};
use bpdoc::report::{Format, report};
use bpdoc::settings::{self, Limits};
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

fn cases() -> BTreeMap<String, String> {
    let read = |entry: fs::DirEntry| {
        let code = entry.path().file_stem().expect("a name").to_string_lossy().into_owned();
        (code, fs::read_to_string(entry.path()).expect("readable"))
    };
    fs::read_dir(folder()).expect("readable").flatten().map(read).collect()
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/diagnostics")
}

/// The parts of a case: what stands behind `===`, and the lines below it.
fn parts(case: &str) -> Vec<(&str, String)> {
    let mut parts: Vec<(&str, String)> = Vec::new();
    for line in case.split_inclusive('\n') {
        match line.strip_prefix("=== ") {
            Some(head) => parts.push((head.trim_end(), String::new())),
            None => parts.last_mut().expect("a case begins with `===`").1.push_str(line),
        }
    }
    parts
}

/// What is said of the project of a case, in English and in Korean. Files below `import` are notes from elsewhere; those
/// called `answers.tsv` hold what other sites answer: address, `moved` or `dead`, where to or why.
fn said(case: &str) -> [String; 2] {
    let root = tempfile::tempdir().expect("a folder");
    let mut model = None;
    let mut elsewhere = Vec::new();
    let mut answers = Vec::new();
    for (head, text) in parts(case) {
        let words: Vec<&str> = head.splitn(2, ' ').collect();
        let [kind, path] = words[..] else { continue };
        let (path, rest) = if kind == "FILE" { (path, "") } else { path.rsplit_once(' ').expect("two words") };
        if let Some(path) = path.strip_prefix("import/") {
            elsewhere.push(Asset { path: path.to_owned(), bytes: text.into_bytes().into() });
            continue;
        }
        if path == "answers.tsv" {
            answers.extend(text.lines().map(str::to_owned));
            continue;
        }
        let place = root.path().join(path);
        fs::create_dir_all(place.parent().expect("a folder")).expect("made");
        match kind {
            "FILE" => fs::write(&place, &text).expect("written"),
            "LINK" => std::os::unix::fs::symlink(rest, &place).expect("linked"),
            _ => {
                let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).expect("hex"), 16).expect("hex");
                fs::write(&place, rest.as_bytes().chunks(2).map(byte).collect::<Vec<u8>>()).expect("written");
            }
        }
        model = model.or(path.ends_with(".fx.json").then_some(text));
    }
    if !elsewhere.is_empty() {
        let moved = migrate::bring(&elsewhere, None);
        let source = |path: &str| moved.sources.iter().find(|file| file.path == path).map(|file| file.text.as_str());
        return in_both_languages(&moved.diagnostics, source);
    }
    let mut log = Log::default();
    let project = log.take(project::load(root.path()).expect("a project"));
    log.take(bpdoc::compile(&project));
    let mut found = log.finish(()).diagnostics;
    if let Some(model) = &model {
        let beside = |_: &str, _: u64, _: usize| Err(text("없음", "none"));
        let imported =
            import::import(Model::TorchFx, model.clone().into(), &Choices::default(), Limits::default(), &beside);
        found.extend(imported.diagnostics.into_iter().map(|d: Diagnostic| d.in_file(&"model.fx.json".into())));
    }
    found.extend(answers.iter().flat_map(|line| answered(line, &project)));
    in_both_languages(&found, |path| project.source(path))
}

fn in_both_languages<'s>(found: &[Diagnostic], source: impl Fn(&str) -> Option<&'s str>) -> [String; 2] {
    let say = |tongue| report(found, Format::Human { colour: false }, tongue, &source);
    [Tongue::En, Tongue::Ko].map(|tongue| say(tongue).trim_end().to_owned())
}

/// What is said of the links whose address another site has answered for.
fn answered(line: &str, project: &Project) -> Vec<Diagnostic> {
    let [address, kind, rest] = line.split('\t').collect::<Vec<_>>()[..] else { panic!("three columns: {line}") };
    let answer = match kind {
        "moved" => Answer::Moved(rest.to_owned()),
        _ => Answer::Dead(rest.to_owned()),
    };
    let found = project.notes.iter().flat_map(|note| note.text.match_indices(address).map(move |(at, _)| (note, at)));
    let told = found.filter_map(|(note, at)| {
        let told = external::diagnostic(address, &answer, at..at + address.len())?;
        Some(told.in_file(&note.path.as_str().into()))
    });
    told.collect()
}

#[test]
fn every_code_is_said_as_it_is_written_down() {
    let wrong: Vec<String> = cases()
        .par_iter()
        .filter_map(|(code, case)| {
            let [en, ko] = said(case);
            let given: String = parts(case)
                .into_iter()
                .filter(|(head, _)| head.contains(' '))
                .map(|(head, text)| format!("=== {head}\n{text}"))
                .collect();
            let now = format!("{given}=== ENGLISH\n{en}\n=== KOREAN\n{ko}\n");
            if std::env::var_os("BLESS").is_some() {
                fs::write(folder().join(format!("{code}.txt")), &now).expect("written");
                return None;
            }
            (now != *case).then(|| format!("{code}:\n{now}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Where codes are tested that no project of files can bring about.
const ELSEWHERE: [&str; 3] = [
    // An op whose rule is wrong: `graph::verify` makes one.
    "gradient-mismatch",
    // The administrator can read every file: `project/disk.rs`.
    "unreadable-file",
    // A document of Pandoc: `bridges.rs`.
    "misread-fence",
];

#[test]
fn every_code_has_a_case() {
    let cases = cases();
    let without: Vec<_> = codes::table()
        .iter()
        .filter(|code| !ELSEWHERE.contains(&code.name))
        .filter(|code| !cases.get(code.name).is_some_and(|case| case.contains(&format!("[{}]", code.name))))
        .map(|code| code.name)
        .collect();
    assert!(without.is_empty(), "no case in tests/diagnostics says {without:?}");
}

/// The codes that the source names are those of the table.
#[test]
fn the_table_has_the_codes_of_the_source() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut named = BTreeSet::new();
    let mut quoted = BTreeSet::new();
    for entry in walkdir::WalkDir::new(src).into_iter().flatten() {
        if entry.path().extension().is_none_or(|end| end != "rs") {
            continue;
        }
        let text = fs::read_to_string(entry.path()).expect("readable");
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        let pieces: Vec<&str> = code.split('"').collect();
        quoted.extend(pieces.iter().skip(1).step_by(2).map(|piece| (*piece).to_owned()));
        for part in code.split("Diagnostic::").skip(1) {
            let is_made = part.starts_with("error(") || part.starts_with("warning(");
            let first = part.split_once('(').map_or("", |(_, rest)| rest.trim_start());
            if let Some(name) = first.strip_prefix('"').filter(|_| is_made) {
                named.insert(name.split('"').next().unwrap_or_default().to_owned());
            }
        }
    }
    let unknown: Vec<_> = named.iter().filter(|name| codes::find(name).is_none()).collect();
    assert!(unknown.is_empty(), "src/codes.tsv lacks {unknown:?}");
    let unused: Vec<_> =
        codes::table().iter().filter(|code| !quoted.contains(code.name)).map(|code| code.name).collect();
    assert!(unused.is_empty(), "src/codes.tsv has {unused:?}, which nothing says");
}

/// `docs/diagnostics.md` is the table.
#[test]
fn the_reference_page_is_the_table() {
    let rows: String = codes::table()
        .iter()
        .map(|code| {
            format!("| `{}` | {} | {} | {} |\n", code.name, code.level.words().en, code.meaning.en, code.help.en)
        })
        .collect();
    let page = folder().join("../../docs/diagnostics.md");
    let text = fs::read_to_string(&page).expect("readable");
    let head = "| code | level | what it means | what helps |\n| --- | --- | --- | --- |\n";
    let (before, table) = text.split_once(head).expect("a table of codes");
    if std::env::var_os("BLESS").is_some() {
        fs::write(&page, format!("{before}{head}{rows}")).expect("written");
        return;
    }
    assert_eq!(table, rows, "write docs/diagnostics.md anew with `BLESS=1 cargo test said::`");
}

/// Libraries and the system speak English; what the table of their words lacks would stay so in a Korean message.
#[test]
fn what_others_say_is_told_in_korean() {
    let front = |fence: &str, matter: &str| (format!("{fence}\n{matter}\n{fence}\n\n# 가\n"), String::new());
    let formula = |tex: &str| (format!("# 가\n\n$${tex}$$\n"), String::new());
    let settings = |toml: &str| ("# 가\n".to_owned(), toml.to_owned());
    let toml = [
        "title = \"가",
        "title = 가",
        "foo 3",
        "a = [1, 2",
        "a = [1,, 2]",
        "a = {b = 1, b = 2}",
        "a = 1\na = 2",
        "a =",
        "= 3",
        "a = 1__2",
        "a = 01",
        "a = +-1",
        "a = \"\\q\"",
        "a = '가",
        "a = \"\"\"가",
        "[a",
        "[[a]",
        "a = {b = 1",
        "a = 2026-13-01",
        "a = tru",
        "a = 1 b = 2",
        "a.b = 1\na = 2",
        "a = 0xZZ",
        "a = 1.2.3",
        "a = [1 2]",
        "가 = 1",
        "a = \"\\u12\"",
    ];
    let yaml = [
        "title: [a",
        "title: \"a",
        "title: a\n  b: c",
        "- a",
        "a: *b",
        "a: 1\na: 2",
        "a: {b: 1",
        "a: b: c",
        "a\nb: 1",
        "a: 'b",
        "a: |\n  x\n y",
        "a: @b",
        "a: %b",
        "a: \"\\q\"",
        "a: \"\\u12\"",
        "a: [1, 2}",
        "a: - b",
    ];
    let tex = [
        "\\frac{1}",
        "\\foo",
        "\\left( x",
        "a_b_c",
        "\\begin{aligned} x",
        "x^",
        "{a",
        "a}",
        "\\color{nocolor}x",
        "\\begin{no}x\\end{no}",
        "\\begin{aligned}x\\end{matrix}",
        "a & b",
        "\\not",
        "\\right)",
        "x^^y",
        "\\left",
        "\\sqrt",
        "\\end{aligned}",
        "\\text{a}_",
        "\\hline",
        "\\hspace{3}",
        "\\hspace{3mu}",
        "\\limits",
        "\\mathbb",
        "\\begin{array}{q}x\\end{array}",
        "a \\over b \\over c",
        "\\operatorname",
        "\\big",
        "#1",
        "\\genfrac",
        "x''^2^3",
    ];
    let cases = toml.iter().map(|toml| front("+++", toml)).chain(yaml.iter().map(|yaml| front("---", yaml)));
    let cases = cases.chain(tex.iter().map(|tex| formula(tex))).chain(toml.iter().map(|toml| settings(toml)));
    let (mut english, mut unseen) = (BTreeSet::new(), Vec::new());
    for (note, config) in cases {
        let project = super::site::project(&config, &[("a.ko.md", &note)]);
        let mut found = settings::read(&config).diagnostics;
        found.extend(bpdoc::compile(&project).diagnostics);
        if !has_errors(&found) {
            unseen.push((note, config));
        }
        for said in found {
            let plain: String = said.message.ko.split('`').step_by(2).collect::<Vec<_>>().join(" ");
            let words = plain.split(|c: char| !c.is_ascii_alphabetic());
            let known = ["TOML", "YAML", "ASCII", "UTF", "CR", "LF"];
            if words.filter(|word| word.len() > 1).any(|word| !known.contains(&word)) {
                english.insert(said.message.ko.to_string());
            }
        }
    }
    assert_eq!(english, BTreeSet::new());
    assert_eq!(unseen, Vec::new(), "a mistake that nothing is said of");
}
