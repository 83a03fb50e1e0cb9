//! `bpdoc.toml`. In: its text; out: settings. Every key is optional, and so is the file.
//! This room does not know the disk, nor what the settings do.

mod reader;

use crate::diag::{Checked, Diagnostic};
use crate::figure::place::Engine;
use crate::lang::{Text, said, text};
use reader::Reader;
use std::collections::BTreeMap;
use std::ops::Range;
use toml::de::DeTable;

/// What the author has set.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The site's title, for one language or for all (key `""`).
    pub title: Localized,
    /// A sentence about the site.
    pub description: Localized,
    /// Language tags in the order of captions; the first is the default language.
    pub languages: Vec<String>,
    /// Where the site will be, with a final `/`; empty if that is not known.
    pub base_url: String,
    /// Whether the site has a reference of all ops, as a series `ops`.
    pub op_reference: bool,
    /// What becomes of raw HTML in notes.
    pub raw_html: RawHtml,
    /// Who places the figures.
    pub engine: Engine,
    /// TeX macros for every formula.
    pub macros: BTreeMap<String, String>,
    /// Bounds on what a project may ask for.
    pub limits: Limits,
    /// The file of the glossary, below the project's folder.
    pub glossary: Option<FileName>,
    /// The names of terms that the site prints.
    pub terms: Vec<PreferredName>,
    /// Values for the author's own templates.
    pub params: toml::Table,
    /// A folder of templates, files and words that the author's own are laid over.
    pub theme: Option<Theme>,
    /// Variables of the style sheet.
    pub style: Vec<StyleValue>,
    /// Whether each page gets a picture that goes with links to it.
    pub social_cards: bool,
    /// Which diagnostics are wanted, and how much they matter.
    pub check: Strictness,
}

/// Which diagnostics the author wants, and how much they matter; what is in no list is as the table of codes says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Strictness {
    /// Not wanted.
    pub allow: Vec<NamedCode>,
    /// Wanted although they are off by themselves.
    pub warn: Vec<NamedCode>,
    /// Wanted, as errors.
    pub deny: Vec<NamedCode>,
}

/// The code of a diagnostic that `bpdoc.toml` names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedCode {
    /// The code.
    pub code: String,
    /// Where it is named.
    pub range: Range<usize>,
}

/// A folder that gives pages their form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Theme {
    /// Its path below the project's root.
    pub folder: String,
    /// Where `bpdoc.toml` names it.
    pub range: Range<usize>,
}

/// A variable of the style sheet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StyleValue {
    /// Its name, without the hyphens in front.
    pub name: String,
    /// Its value.
    pub value: String,
    /// Where `bpdoc.toml` names it.
    pub range: Range<usize>,
    /// Whether it is meant for dark paper.
    pub is_dark: bool,
}

/// A file that a setting names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileName {
    /// Its path below the project's folder.
    pub path: String,
    /// Where it is named in `bpdoc.toml`.
    pub range: Range<usize>,
}

/// The name that the site prints for a term of the glossary.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PreferredName {
    /// The term.
    pub key: String,
    /// One of its names.
    pub name: String,
    /// Where the name stands in `bpdoc.toml`.
    pub range: Range<usize>,
}

/// A text per language; the key `""` holds for every language that has none of its own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Localized(pub BTreeMap<String, String>);

impl Localized {
    /// The text for a language.
    pub fn get(&self, language: &str) -> Option<&str> {
        self.0.get(language).or_else(|| self.0.get("")).map(String::as_str)
    }
}

/// What becomes of raw HTML in notes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RawHtml {
    /// It is shown as text.
    #[default]
    Escape,
    /// What is harmless is kept.
    Sanitize,
    /// All of it is kept.
    Allow,
}

/// Bounds on what a project may ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Nodes of one graph.
    pub nodes: usize,
    /// Elements of all values of one graph.
    pub elements: usize,
    /// Numbers computed by one training.
    pub training: u64,
    /// Bytes of one note.
    pub note_bytes: usize,
    /// Bytes that all notes together include, each as often as it is included.
    pub included_bytes: usize,
    /// Bytes of one other file.
    pub file_bytes: usize,
    /// Nodes of a graph that is still drawn, for each output.
    pub drawn_nodes: usize,
    /// Outputs of such a graph.
    pub drawn_outputs: usize,
    /// Rows that its lines pass, for each of its nodes.
    pub drawn_rows: usize,
    /// Elements of all values of such a graph, for each output: its page lists each of them many times.
    pub drawn_elements: usize,
    /// Bytes of a picture that is shown without a warning.
    pub image_bytes: usize,
    /// Pixels of such a picture.
    pub image_pixels: usize,
}

/// How long a file may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// In bytes.
    pub bytes: u64,
    /// The setting.
    pub name: &'static str,
}

impl Limits {
    /// The limit for a note, and for what is read like one.
    pub fn note(&self) -> Limit {
        Limit { bytes: self.note_bytes as u64, name: "limits.note_bytes" }
    }

    /// The limit for any other file.
    pub fn file(&self) -> Limit {
        Limit { bytes: self.file_bytes as u64, name: "limits.file_bytes" }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            nodes: 1_000_000,
            elements: 2_000_000,
            training: 2_000_000_000,
            note_bytes: 10_000_000,
            included_bytes: 20_000_000,
            file_bytes: 500_000_000,
            drawn_nodes: 5_000,
            drawn_outputs: 20,
            drawn_rows: 100,
            drawn_elements: 100_000,
            image_bytes: 2_000_000,
            image_pixels: 16_000_000,
        }
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            title: Localized::default(),
            description: Localized::default(),
            languages: vec!["ko".into(), "en".into()],
            base_url: String::new(),
            op_reference: false,
            raw_html: RawHtml::default(),
            engine: Engine::default(),
            macros: BTreeMap::new(),
            limits: Limits::default(),
            glossary: None,
            terms: Vec::new(),
            params: toml::Table::new(),
            theme: None,
            style: Vec::new(),
            social_cards: false,
            check: Strictness::default(),
        }
    }
}

/// Reads `bpdoc.toml`. What is wrong is reported and keeps its default.
pub fn read(source: &str) -> Checked<Settings> {
    let mut reader = Reader { settings: Settings::default(), log: Vec::new(), cards: None };
    match DeTable::parse(source) {
        Ok(table) => reader.table("", table.get_ref()),
        Err(error) => reader.log.push(syntax_error(&error)),
    }
    if let Some(range) = reader.cards.filter(|_| reader.settings.base_url.is_empty()) {
        reader.log.push(
            Diagnostic::warning(
                "needs-base-url",
                range,
                text("`base_url`이 없어서 그림 카드를 만들지 않습니다", "without `base_url` no cards are made"),
            )
            .help(text(
                "`base_url`에 사이트가 놓일 주소를 쓰세요",
                "set `base_url` to the address where the site will be",
            )),
        );
    }
    reader.log.extend(reader.settings.check.mistakes());
    Checked { value: reader.settings, diagnostics: reader.log }
}

/// A mistake in TOML with its place.
pub fn syntax_error(error: &toml::de::Error) -> Diagnostic {
    let Text { ko, en } = said(error.message());
    Diagnostic::error(
        "bad-toml",
        error.span().unwrap_or(0..0),
        text(format!("TOML로 읽을 수 없습니다: {ko}"), format!("this is not TOML: {en}")),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_keys() {
        let source = "title = { ko = \"제목\", en = \"Title\" }\nlanguages = [\"en\", \"ko\"]\nbase_url = \"https://a.example\"\nengine = \"layout-rs\"\nglossary = \"g.tsv\"\n[markdown]\nraw_html = \"allow\"\n[terms]\ngradient = \"그래디언트\"\n[math.macros]\nR = \"\\\\mathbb{R}\"\n[limits]\nnodes = 1_000\n[params]\nx = 1\n";
        let Checked { value, diagnostics } = read(source);
        assert_eq!(diagnostics, []);
        assert_eq!((value.title.get("ko"), value.title.get("fr")), (Some("제목"), None));
        assert_eq!(value.languages, ["en", "ko"]);
        assert_eq!(value.base_url, "https://a.example/");
        assert_eq!(value.raw_html, RawHtml::Allow);
        assert_eq!(value.engine, Engine::LayoutRs);
        assert_eq!(value.macros["R"], "\\mathbb{R}");
        assert_eq!(
            value.glossary.map(|file| (file.path, source[file.range].to_owned())),
            Some(("g.tsv".into(), "\"g.tsv\"".into()))
        );
        let term = &value.terms[0];
        assert_eq!((term.key.as_str(), &source[term.range.clone()]), ("gradient", "\"그래디언트\""));
        assert_eq!(value.limits.nodes, 1000);
        assert_eq!(value.params["x"].as_integer(), Some(1));
    }

    #[test]
    fn mistakes_have_places() {
        let source = "titel = \"x\"\nlanguages = [\"../x\", 3]\n[limits]\nnodes = 0\n[markdown]\nraw_html = \"no\"\n";
        let found: Vec<(&str, &str)> =
            read(source).diagnostics.iter().map(|d| (d.code, &source[d.range.clone()])).collect();
        let expected = [
            ("bad-language", "\"../x\""),
            ("wrong-type", "3"),
            ("wrong-type", "[\"../x\", 3]"),
            ("wrong-type", "0"),
            ("wrong-type", "\"no\""),
            ("unknown-key", "titel"),
        ];
        assert_eq!(found, expected);
        assert_eq!(read("a = ").diagnostics[0].code, "bad-toml");
    }
}
