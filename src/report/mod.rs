//! Diagnostics as text. In: diagnostics and the files they are about; out: text for people, JSON, SARIF, or the
//! annotations of a CI service. This room alone knows annotate-snippets; it does not know how mistakes are found.

mod sarif;

use crate::diag::{Diagnostic, Label, Severity};
use crate::lang::{Text, Tongue, counted, text};
use crate::source::{is_hidden, printable, spelled_out};
use annotate_snippets::{Annotation, AnnotationKind, Level, Renderer, Snippet};
use std::collections::BTreeMap;
use std::ops::Range;

/// How diagnostics are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// With the lines of the file, for people.
    Human {
        /// Whether to use colours.
        colour: bool,
    },
    /// A JSON object a line.
    Json,
    /// GitHub's workflow commands.
    Github,
    /// A document for tools that collect findings.
    Sarif,
    /// GitLab's report of code quality.
    Gitlab,
}

/// Writes diagnostics; `source` gives the text of a file of the project.
pub fn report<'s>(
    diagnostics: &[Diagnostic],
    format: Format,
    tongue: Tongue,
    source: impl Fn(&str) -> Option<&'s str>,
) -> String {
    match format {
        Format::Sarif => return sarif::sarif(diagnostics, tongue, &source) + "\n",
        Format::Gitlab => return gitlab(diagnostics, tongue, &source) + "\n",
        Format::Human { .. } | Format::Json | Format::Github => {}
    }
    let mut out = String::new();
    let mut lines = Lines { source, counters: BTreeMap::new() };
    for diagnostic in diagnostics {
        match format {
            Format::Human { colour } => out.push_str(&human(diagnostic, colour, tongue, &mut lines)),
            Format::Github => out.push_str(&github(diagnostic, tongue, &mut lines)),
            _ => out.push_str(&json(diagnostic, tongue, &mut lines)),
        }
        out.push('\n');
    }
    out
}

/// How many errors and warnings there are, as a clause.
pub fn counts(diagnostics: &[Diagnostic]) -> Text {
    let errors = diagnostics.iter().filter(|d| d.severity == Severity::Error).count();
    let warnings = diagnostics.len() - errors;
    text(
        format!("오류 {errors}개, 경고 {warnings}개"),
        format!("{}, {}", counted(errors, "error"), counted(warnings, "warning")),
    )
}

/// The lines of the files, each file's counted once as long as places in it come in order.
struct Lines<'d, S> {
    source: S,
    counters: BTreeMap<&'d str, Counter>,
}

impl<'d, 's, S: Fn(&str) -> Option<&'s str>> Lines<'d, S> {
    fn text(&self, path: &str) -> Option<&'s str> {
        (self.source)(path)
    }

    /// Line and column of a byte, counted from 1; columns count characters.
    fn place(&mut self, path: &'d str, text: &str, at: usize) -> (usize, usize) {
        self.counters.entry(path).or_default().place(text, at)
    }
}

/// How far the lines of a text have been counted.
struct Counter {
    at: usize,
    line: usize,
    column: usize,
}

impl Default for Counter {
    fn default() -> Self {
        Self { at: 0, line: 1, column: 1 }
    }
}

impl Counter {
    fn place(&mut self, text: &str, at: usize) -> (usize, usize) {
        let at = floor_char(text, at);
        if at < self.at {
            *self = Self::default();
        }
        let passed = &text[self.at..at];
        self.line += passed.bytes().filter(|byte| *byte == b'\n').count();
        self.column = match passed.rfind('\n') {
            Some(newline) => 1 + passed[newline + 1..].chars().count(),
            None => self.column + passed.chars().count(),
        };
        self.at = at;
        (self.line, self.column)
    }
}

/// Text that is safe on a terminal: control characters and characters that hide or reorder text become code points.
pub fn visible(text: &str) -> String {
    spelled_out(text, is_dangerous)
}

/// Whether a character is shown as its code point: line ends and tabs are what a terminal expects.
fn is_dangerous(c: char) -> bool {
    is_hidden(c) && !matches!(c, '\n' | '\t')
}

fn words(severity: Severity, tongue: Tongue) -> &'static str {
    match (severity, tongue) {
        (Severity::Error, Tongue::Ko) => "오류",
        (Severity::Error, Tongue::En) => "error",
        (Severity::Warning, Tongue::Ko) => "경고",
        (Severity::Warning, Tongue::En) => "warning",
    }
}

fn human<'d, 's>(
    diagnostic: &'d Diagnostic,
    colour: bool,
    tongue: Tongue,
    lines: &mut Lines<'d, impl Fn(&str) -> Option<&'s str>>,
) -> String {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let title = level
        .with_name(words(diagnostic.severity, tongue))
        .primary_title(visible(diagnostic.message.in_tongue(tongue)))
        .id(diagnostic.code);
    let file = diagnostic.file.as_deref();
    let path = printable(file.unwrap_or("-"));
    let is_near = |label: &Label| label.file.is_none() && label.range.start.abs_diff(diagnostic.range.start) < LONGEST;
    let (here, elsewhere): (Vec<&Label>, Vec<&Label>) = diagnostic.labels.iter().partition(|label| is_near(label));
    let excerpt = file.and_then(|file| {
        let ranges = std::iter::once(&diagnostic.range).chain(here.iter().map(|label| &label.range));
        Some(Excerpt::of(lines.text(file)?, ranges, |text, at| lines.place(file, text, at).0))
    });
    let mut group = match &excerpt {
        Some(excerpt) => title.element(
            Snippet::source(excerpt.text.clone())
                .path(path.clone())
                .line_start(excerpt.first_line)
                .annotation(AnnotationKind::Primary.span(excerpt.place(&diagnostic.range)))
                .annotations(here.iter().map(|label| annotation(excerpt, label, tongue))),
        ),
        None => title.element(annotate_snippets::Origin::path(path.clone())),
    };
    for label in elsewhere {
        let Some(path) = label.file.as_deref().or(file) else { continue };
        let Some(text) = lines.text(path) else { continue };
        let excerpt = Excerpt::of(text, std::iter::once(&label.range), |text, at| Counter::default().place(text, at).0);
        let annotation = annotation(&excerpt, label, tongue);
        group = group.element(
            Snippet::source(excerpt.text).path(printable(path)).line_start(excerpt.first_line).annotation(annotation),
        );
    }
    if let Some(help) = &diagnostic.help {
        let name = if tongue == Tongue::Ko { "도움말" } else { "help" };
        group = group.element(Level::HELP.with_name(name).message(visible(help.in_tongue(tongue))));
    }
    let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
    format!("{}\n", renderer.term_width(160).render(&[group]))
}

fn annotation<'a>(excerpt: &Excerpt, label: &Label, tongue: Tongue) -> Annotation<'a> {
    AnnotationKind::Context.span(excerpt.place(&label.range)).label(visible(label.text.in_tongue(tongue)))
}

/// The lines of a file that a diagnostic is about, fit for a terminal, with the places moved accordingly.
struct Excerpt {
    text: String,
    first_line: usize,
    /// For each byte of the file from `start` on, where it stands in `text`.
    moved: Vec<usize>,
    start: usize,
}

/// A line longer than this is cut, and what is farther away is shown by itself.
const LONGEST: usize = 1_000;

impl Excerpt {
    /// `line` tells in which line of the file a byte is.
    fn of<'r>(
        file: &str,
        ranges: impl Iterator<Item = &'r Range<usize>> + Clone,
        line: impl FnOnce(&str, usize) -> usize,
    ) -> Self {
        let clamp = |at: usize| floor_char(file, at.min(file.len()));
        let first = ranges.clone().map(|r| clamp(r.start)).min().unwrap_or(0);
        let last = ranges.map(|r| clamp(r.end.min(first + LONGEST))).max().unwrap_or(0).max(first);
        // No more is looked through than is shown.
        let earliest = floor_char(file, first.saturating_sub(LONGEST));
        let latest = floor_char(file, last + LONGEST);
        let start = file[earliest..first].rfind('\n').map_or(earliest, |at| earliest + at + 1);
        let end = file[last..latest].find('\n').map_or(latest, |at| last + at);
        let mut text = String::new();
        let mut moved = Vec::with_capacity(end - start + 1);
        for c in file[start..end].chars() {
            moved.extend(std::iter::repeat_n(text.len(), c.len_utf8()));
            match c {
                '\r' => {}
                c if is_dangerous(c) => text.push_str(&format!("<U+{:04X}>", u32::from(c))),
                c => text.push(c),
            }
        }
        moved.push(text.len());
        Self { text, first_line: line(file, start), moved, start }
    }

    fn place(&self, range: &Range<usize>) -> Range<usize> {
        let at = |byte: usize| self.moved.get(byte.saturating_sub(self.start)).copied().unwrap_or(self.text.len());
        at(range.start)..at(range.end).max(at(range.start))
    }
}

fn floor_char(text: &str, mut at: usize) -> usize {
    at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// Line and column, counted from 1; columns count characters.
fn line_and_column(text: &str, at: usize) -> (usize, usize) {
    let before = &text[..floor_char(text, at)];
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    (1 + before.bytes().filter(|b| *b == b'\n').count(), 1 + before[line_start..].chars().count())
}

/// Line and column, counted from 1; columns count UTF-16 code units.
fn line_and_units(text: &str, at: usize) -> (usize, usize) {
    let at = floor_char(text, at);
    let line_start = text[..at].rfind('\n').map_or(0, |newline| newline + 1);
    (line_and_column(text, at).0, 1 + text[line_start..at].encode_utf16().count())
}

/// A list of findings as GitLab reads it.
fn gitlab<'s>(diagnostics: &[Diagnostic], tongue: Tongue, source: &impl Fn(&str) -> Option<&'s str>) -> String {
    let finding = |diagnostic: &Diagnostic| {
        let file = diagnostic.file.as_deref().unwrap_or("-");
        let place = source(file).map_or((1, 1), |text| line_and_column(text, diagnostic.range.start));
        let print = sarif::fingerprint(diagnostic, source);
        serde_json::json!({
            "description": diagnostic.message.in_tongue(tongue),
            "check_name": diagnostic.code,
            "fingerprint": format!("{print}:{}:{}", place.0, place.1),
            "severity": if diagnostic.severity == Severity::Error { "major" } else { "minor" },
            "location": { "path": file, "lines": { "begin": place.0 } },
        })
    };
    format!("{:#}", diagnostics.iter().map(finding).collect::<serde_json::Value>())
}

fn json<'d, 's>(
    diagnostic: &'d Diagnostic,
    tongue: Tongue,
    lines: &mut Lines<'d, impl Fn(&str) -> Option<&'s str>>,
) -> String {
    let places = diagnostic.file.as_deref().and_then(|file| {
        let text = lines.text(file)?;
        let start = lines.place(file, text, diagnostic.range.start);
        Some((start, lines.place(file, text, diagnostic.range.end)))
    });
    let (start, end) = (places.map(|places| places.0), places.map(|places| places.1));
    serde_json::json!({
        "severity": words(diagnostic.severity, Tongue::En),
        "code": diagnostic.code,
        "file": diagnostic.file.as_deref(),
        "line": start.map(|s| s.0),
        "column": start.map(|s| s.1),
        "endLine": end.map(|e| e.0),
        "endColumn": end.map(|e| e.1),
        "message": diagnostic.message.in_tongue(tongue),
        "help": diagnostic.help.as_ref().map(|help| help.in_tongue(tongue)),
    })
    .to_string()
}

fn github<'d, 's>(
    diagnostic: &'d Diagnostic,
    tongue: Tongue,
    lines: &mut Lines<'d, impl Fn(&str) -> Option<&'s str>>,
) -> String {
    let escape = |text: &str| text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A");
    let property = |text: &str| escape(text).replace(':', "%3A").replace(',', "%2C");
    let place = diagnostic.file.as_deref().and_then(|file| {
        let text = lines.text(file)?;
        Some(lines.place(file, text, diagnostic.range.start))
    });
    let (line, column) = place.unwrap_or((1, 1));
    let help = diagnostic.help.as_ref().map_or_else(String::new, |help| format!("\n{}", help.in_tongue(tongue)));
    format!(
        "::{} file={},line={line},col={column},title={}::{}",
        words(diagnostic.severity, Tongue::En),
        property(&printable(diagnostic.file.as_deref().unwrap_or("-"))),
        property(diagnostic.code),
        escape(&visible(&format!("{}{help}", diagnostic.message.in_tongue(tongue))))
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lang::text;

    const FILE: &str = "# 제목\r\n가중치 = 2 * 엑스\nx = \u{202E}3\n";

    fn sample() -> Diagnostic {
        let start = FILE.find("엑스").expect("it is there");
        Diagnostic::error("unknown-name", start..start + 6, text("`엑스`라는 이름이 없습니다", "unknown name `엑스`"))
            .help(text("정의하세요", "define it"))
            .in_file(&"a.md".into())
    }

    #[track_caller]
    fn check(diagnostic: &Diagnostic, format: Format, tongue: Tongue, expected: &str) {
        assert_eq!(report(std::slice::from_ref(diagnostic), format, tongue, |_| Some(FILE)).trim_end(), expected);
    }

    #[test]
    fn the_caret_stands_under_hangul() {
        check(
            &sample(),
            Format::Human { colour: false },
            Tongue::En,
            "error[unknown-name]: unknown name `엑스`\n --> a.md:2:11\n  |\n2 | 가중치 = 2 * 엑스\n  |              ^^^^\n  |\n  = help: define it",
        );
        check(
            &sample(),
            Format::Human { colour: false },
            Tongue::Ko,
            "오류[unknown-name]: `엑스`라는 이름이 없습니다\n --> a.md:2:11\n  |\n2 | 가중치 = 2 * 엑스\n  |              ^^^^\n  |\n  = 도움말: 정의하세요",
        );
    }

    #[test]
    fn hidden_characters_are_shown() {
        let at = FILE.find('\u{202E}').expect("it is there");
        let diagnostic = Diagnostic::warning("odd", at..at + 3, text("\u{1b}[2J", "\u{1b}[2J")).in_file(&"a.md".into());
        check(
            &diagnostic,
            Format::Human { colour: false },
            Tongue::En,
            "warning[odd]: <U+001B>[2J\n --> a.md:3:5\n  |\n3 | x = <U+202E>3\n  |     ^^^^^^^^",
        );
    }

    /// What a file is called cannot pass for another message.
    #[test]
    fn a_name_stays_in_its_line() {
        let name = "a\nerror[x]: fake.md:1:1\t\u{85}.md";
        let shown = "a<U+000A>error[x]: fake.md:1:1<U+0009><U+0085>.md";
        let place = Label { range: 0..1, text: text("여기", "here"), file: Some("b\n.md".into()) };
        let diagnostic = Diagnostic::warning("odd", 2..3, text("이상함", "odd")).in_file(&name.into());
        let told = report(std::slice::from_ref(&diagnostic), Format::Human { colour: false }, Tongue::En, |_| None);
        assert_eq!(told.trim_end(), format!("warning[odd]: odd\n--> {shown}"));
        let diagnostic = Diagnostic { labels: vec![place], ..diagnostic };
        let told = report(&[diagnostic], Format::Human { colour: false }, Tongue::En, |_| Some(FILE));
        assert!(told.contains(&format!("\n --> {shown}:1:3\n")) && told.contains("b<U+000A>.md:1:1\n"), "{told}");
    }

    #[test]
    fn formats_for_tools() {
        check(
            &sample(),
            Format::Github,
            Tongue::En,
            "::error file=a.md,line=2,col=11,title=unknown-name::unknown name `엑스`%0Adefine it",
        );
        check(
            &sample(),
            Format::Json,
            Tongue::En,
            r#"{"severity":"error","code":"unknown-name","file":"a.md","line":2,"column":11,"endLine":2,"endColumn":13,"message":"unknown name `엑스`","help":"define it"}"#,
        );
    }

    #[test]
    fn a_place_beyond_the_end_does_no_harm() {
        let diagnostic =
            Diagnostic::error("end", FILE.len()..FILE.len() + 9, text("끝", "end")).in_file(&"a.md".into());
        assert!(
            report(&[diagnostic], Format::Human { colour: false }, Tongue::En, |_| Some(FILE)).contains("a.md:4:1")
        );
        let nowhere = Diagnostic::error("no-file", 0..0, text("없음", "none")).in_file(&"b.md".into());
        assert_eq!(
            report(&[nowhere], Format::Human { colour: false }, Tongue::En, |_| None).trim_end(),
            "error[no-file]: none\n--> b.md"
        );
    }
}
