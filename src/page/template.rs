//! Templates, words and style sheets: bpdoc's own, with the author's in their places.

use super::context::Series;
use super::style;
use super::words::Words;
use crate::diag::{Checked, Diagnostic, Log};
use crate::drawers::{Drawers, FEW};
use crate::figure;
use crate::key::Key;
use crate::lang::{Tongue, text};
use crate::note::math::MATH_CSS;
use crate::project::Project;
use crate::settings::syntax_error;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;
use tera::{ErrorKind, Tera};

macro_rules! embedded {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("../../templates/", $name)))),*]
    };
}

/// bpdoc's own files below `templates/`, by name.
pub const BUILT_IN: &[(&str, &str)] = embedded![
    "404.html",
    "base.html",
    "code.css",
    "favicon.svg",
    "feed.xml",
    "figure.html",
    "figure.js",
    "glossary.html",
    "i18n/en.toml",
    "i18n/ko.toml",
    "list.html",
    "online.js",
    "page.html",
    "page.js",
    "partials/contents.html",
    "partials/crumbs.html",
    "partials/footer.html",
    "partials/header.html",
    "partials/neighbours.html",
    "partials/outside.html",
    "partials/search.html",
    "player-stage.js",
    "player-text.js",
    "player.js",
    "print.html",
    "progress.js",
    "quiz.js",
    "redirect.html",
    "replay.js",
    "robots.txt",
    "root.html",
    "search-open.js",
    "search.js",
    "site.css",
    "sitemap.xml",
    "take.js",
    "training.html",
];

/// What `site.css` goes on with, so that a page waits for one style sheet.
const PARTS_OF_SHEET: [&str; 3] = ["code.css", "math.css", FIGURES];

/// The rules for figures, which are made of what all their forms share. They stand aside for any rule of the author's.
const FIGURES: &str = "figures.css";

/// Everything that gives pages their form.
#[derive(Debug)]
pub struct Templates {
    tera: Tera,
    words: BTreeMap<String, Words>,
    assets: BTreeMap<String, Vec<u8>>,
    /// Where the project's own files and the theme's stand, by their names.
    paths: BTreeMap<String, String>,
    /// Whether the author or the theme has style sheets that are not bpdoc's.
    pub(super) has_own_styles: bool,
    /// What templates have been told of series.
    series: Drawers<tera::Value, FEW>,
}

/// bpdoc's own words in one of its tongues.
pub fn own_words(tongue: Tongue) -> Words {
    let name = format!("i18n/{}.toml", tongue.tag());
    let source = BUILT_IN.iter().find(|(known, _)| *known == name).map_or("", |(_, source)| source);
    Words::parse(source).unwrap_or_default()
}

/// A file that takes the place of one of bpdoc's, or stands beside them.
struct OwnFile<'a> {
    name: &'a str,
    path: String,
    bytes: &'a [u8],
}

impl Templates {
    /// bpdoc's own templates, the theme's over them, and the project's own over both. What they replace is still there
    /// to be extended, as `bpdoc/page.html`. What is wrong is reported.
    pub fn of(project: &Project) -> Checked<Self> {
        let theme =
            project.theme.iter().map(|(name, file)| OwnFile { name, path: file.path.clone(), bytes: &file.bytes });
        let own =
            project.templates.iter().map(|(name, bytes)| OwnFile { name, path: format!("templates/{name}"), bytes });
        let mut log = Log::default();
        let mut sources: BTreeMap<String, String> = BTreeMap::new();
        let mut templates = Self {
            tera: Tera::default(),
            words: BTreeMap::new(),
            assets: BTreeMap::new(),
            paths: BTreeMap::new(),
            has_own_styles: false,
            series: Drawers::default(),
        };
        for (name, source) in BUILT_IN {
            match name.split_once('.') {
                Some((language, "toml")) => {
                    let language = language.trim_start_matches("i18n/");
                    templates.words.insert(language.to_owned(), Words::parse(source).unwrap_or_default());
                }
                Some((_, "css" | "js" | "svg")) => {
                    templates.assets.insert((*name).to_owned(), source.as_bytes().to_vec());
                }
                _ => {
                    sources.insert((*name).to_owned(), (*source).to_owned());
                    sources.insert(format!("bpdoc/{name}"), (*source).to_owned());
                }
            }
        }
        let built_in = sources.clone();
        templates.assets.insert("math.css".to_owned(), MATH_CSS.as_bytes().to_vec());
        templates.assets.insert(FIGURES.to_owned(), figure::style_sheet().into_bytes());
        templates.assets.insert("looks.js".to_owned(), figure::looks_script().into_bytes());
        for file in theme.chain(own) {
            if let Err(diagnostic) = templates.add(&file, &mut sources) {
                log.push(diagnostic);
            }
        }
        for language in &project.settings.languages {
            if !templates.words.contains_key(language) {
                templates.words.insert(language.clone(), templates.lent_to(language));
            }
        }
        let parts: Vec<u8> =
            PARTS_OF_SHEET.iter().filter_map(|name| templates.assets.remove(*name)).flatten().collect();
        let sheet = templates.assets.get_mut("site.css");
        if let Some(sheet) = sheet {
            sheet.extend(parts);
            let rules = log.take(style::rules(&String::from_utf8_lossy(sheet), &project.settings.style));
            sheet.extend(rules.bytes());
        }
        let mistakes = templates.load(&sources);
        if !mistakes.is_empty() {
            log.extend(mistakes);
            // Nothing is published, but the notes are looked through all the same.
            templates.load(&built_in);
        }
        templates.tera.global_context().insert("params", &project.settings.params);
        log.finish(templates)
    }

    /// Puts a file in the place that its name says.
    fn add(&mut self, file: &OwnFile<'_>, sources: &mut BTreeMap<String, String>) -> Result<(), Diagnostic> {
        let OwnFile { name, path, bytes } = file;
        let place: Arc<str> = path.as_str().into();
        self.paths.insert((*name).to_owned(), path.clone());
        let text = || std::str::from_utf8(bytes).map_err(|_| not_utf8(&place));
        if let Some(language) = name.strip_prefix("i18n/").and_then(|name| name.strip_suffix(".toml")) {
            let own = Words::parse(text()?).map_err(|error| syntax_error(&error).in_file(&place))?;
            let base = self.words.remove(language).unwrap_or_else(|| self.lent_to(language));
            self.words.insert(language.to_owned(), base.overridden_by(own));
        } else if is_template(name) {
            sources.insert((*name).to_owned(), text()?.to_owned());
        } else {
            let is_known = || self.assets.get(*name).is_some_and(|known| known == bytes);
            self.has_own_styles |= name.ends_with(".css") && !is_known();
            self.assets.insert((*name).to_owned(), bytes.to_vec());
        }
        Ok(())
    }

    /// Reads templates; the mistakes of all of them are the result.
    fn load(&mut self, sources: &BTreeMap<String, String>) -> Vec<Diagnostic> {
        self.tera = Tera::default();
        let all = sources.iter().map(|(name, source)| (name.as_str(), source.as_str()));
        let Err(error) = self.tera.add_raw_templates(all.clone()) else { return Vec::new() };
        // The first mistake has ended the reading: each template that cannot be read alone has one.
        let alone = all.filter_map(|(name, source)| Tera::default().add_raw_template(name, source).err());
        let broken: Vec<Diagnostic> = alone
            .filter(|error| matches!(error.kind(), ErrorKind::SyntaxError(_)))
            .map(|error| self.diagnostic(&error))
            .collect();
        match (broken.is_empty(), error.kind()) {
            (false, _) => broken,
            (true, ErrorKind::Msg(reports)) => {
                let told = reports.split("error: ").filter(|report| !report.trim().is_empty());
                told.map(|report| self.of_report(report, sources)).collect()
            }
            (true, _) => vec![self.diagnostic(&error)],
        }
    }

    /// Renders a template.
    ///
    /// # Errors
    /// If the template is wrong; the place is in the template.
    pub fn render(&self, name: &str, context: &tera::Context) -> Result<String, Diagnostic> {
        self.tera.render(name, context).map_err(|error| self.diagnostic(&error))
    }

    /// What templates are told of series, with a key of all that it says: the pages of a series are told the same.
    pub(super) fn told(&self, key: Key, series: impl FnOnce() -> Vec<Series>) -> tera::Value {
        let told = self.series.recall(key, || Arc::new(tera::Value::from_serializable(&series())));
        tera::Value::clone(&told)
    }

    /// The words for a language: its own, else those of its tongue.
    pub fn words(&self, language: &str) -> &Words {
        static NONE: Words = Words::new();
        self.words.get(language).or_else(|| self.words.get(Tongue::of_tag(language).tag())).unwrap_or(&NONE)
    }

    /// The words of a language's tongue, for the language itself.
    fn lent_to(&self, language: &str) -> Words {
        self.words(Tongue::of_tag(language).tag()).lent_to(language)
    }

    /// Files for `assets/`.
    pub fn assets(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.assets.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice()))
    }

    /// A file for `assets/`.
    pub(super) fn asset_bytes(&self, name: &str) -> Option<&[u8]> {
        self.assets.get(name).map(Vec::as_slice)
    }

    /// A file for `assets/`, as text.
    pub(super) fn asset(&self, name: &str) -> Option<&str> {
        std::str::from_utf8(self.assets.get(name)?).ok()
    }

    /// Where the file of a name stands, for messages.
    pub(super) fn place(&self, name: &str) -> Arc<str> {
        let own = self.paths.get(name).map(String::as_str);
        own.map_or_else(|| format!("templates/{name}").trim_end_matches('/').into(), Into::into)
    }

    /// A mistake that Tera tells as text: `what`, then ` --> template:line:column` and a picture of the line.
    fn of_report(&self, report: &str, sources: &BTreeMap<String, String>) -> Diagnostic {
        let (what, picture) = report.split_once('\n').unwrap_or((report, ""));
        let place = picture.split_once("--> ").and_then(|(_, rest)| rest.lines().next()).unwrap_or_default();
        let mut parts = place.rsplitn(3, ':');
        let mut number = || parts.next().and_then(|number| number.parse::<usize>().ok()).unwrap_or(1) - 1;
        let (column, line) = (number(), number());
        let name = parts.next().unwrap_or_default();
        let source = sources.get(name).map_or("", String::as_str);
        let before: usize = source.split_inclusive('\n').take(line).map(str::len).sum();
        let rest = &source[before..];
        let byte_of = |chars: usize| rest.char_indices().nth(chars).map_or(rest.len(), |(at, _)| at);
        let end = column + picture.matches('^').count();
        bad_template(before + byte_of(column)..before + byte_of(end), what).in_file(&self.place(name))
    }

    fn diagnostic(&self, error: &tera::Error) -> Diagnostic {
        let (name, range, message) = match error.kind() {
            ErrorKind::SyntaxError(report) | ErrorKind::RenderingError(report) => {
                (report.filename(), report.span().range.clone(), report.message().to_owned())
            }
            ErrorKind::MissingParent { current, .. } => (current.as_str(), 0..0, error.to_string()),
            ErrorKind::CircularExtend { tpl, .. } | ErrorKind::CircularInclude { tpl, .. } => {
                (tpl.as_str(), 0..0, error.to_string())
            }
            _ => ("", 0..0, error.to_string()),
        };
        let file = self.place(name);
        bad_template(range, &message).in_file(&file)
    }
}

fn bad_template(range: Range<usize>, message: &str) -> Diagnostic {
    let message = message.trim_end();
    Diagnostic::error(
        "bad-template",
        range,
        text(format!("템플릿 오류: {message}"), format!("template error: {message}")),
    )
}

/// Whether a file of the author's is a template: pages are, and what takes the place of one of ours.
fn is_template(name: &str) -> bool {
    let is_ours = || BUILT_IN.iter().any(|(known, _)| *known == name);
    name.ends_with(".html") || (name.ends_with(".xml") || name.ends_with(".txt")) && is_ours()
}

fn not_utf8(file: &Arc<str>) -> Diagnostic {
    Diagnostic::error("not-utf8", 0..0, text("UTF-8이 아닙니다", "this is not UTF-8")).in_file(file)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Settings;
    use std::collections::BTreeSet;

    #[test]
    fn every_template_is_embedded() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("templates");
        let files: BTreeSet<String> = walkdir::WalkDir::new(&folder)
            .into_iter()
            .flatten()
            .filter(|entry| entry.file_type().is_file())
            .filter_map(|entry| Some(entry.path().strip_prefix(&folder).ok()?.to_string_lossy().into_owned()))
            .collect();
        assert_eq!(files, BUILT_IN.iter().map(|(name, _)| (*name).to_owned()).collect());
    }

    #[test]
    fn both_languages_have_the_same_words() {
        let templates = Templates::of(&Project::default()).value;
        let keys = |language: &str| templates.words(language).table().keys().cloned().collect::<Vec<_>>();
        assert_eq!(keys("ko"), keys("en"));
        assert_eq!(templates.words("ko").date("2026-01-05"), "2026년 1월 5일");
        assert_eq!(templates.words("en").date("2026-01-05"), "January 5, 2026");
    }

    /// A language without words of its own gets English ones, but goes by its own name.
    #[test]
    fn other_languages_keep_their_names() {
        let settings = Settings {
            languages: ["ko", "fr", "en-GB", "tlh", "ja"].map(str::to_owned).to_vec(),
            ..Settings::default()
        };
        let own = BTreeMap::from([("i18n/ja.toml".to_owned(), "next = \"次\"".as_bytes().to_vec())]);
        let templates = Templates::of(&Project { settings, templates: own, ..Project::default() }).value;
        for (tag, name, next) in [
            ("ko", "한국어", "다음"),
            ("fr", "Français", "Next"),
            ("en-GB", "English", "Next"),
            ("tlh", "tlh", "Next"),
            ("ja", "日本語", "次"),
        ] {
            let words = templates.words(tag);
            assert_eq!((words.name().as_str(), words.get("next")), (name, next));
        }
    }

    #[test]
    fn the_authors_own_files_win() {
        let own = BTreeMap::from([
            ("root.html".to_owned(), b"mine {{ lang }}".to_vec()),
            ("i18n/ko.toml".to_owned(), "home = \"집\"".as_bytes().to_vec()),
            ("extra.js".to_owned(), b"1".to_vec()),
        ]);
        let Checked { value: templates, diagnostics } =
            Templates::of(&Project { templates: own, ..Project::default() });
        assert_eq!(diagnostics, []);
        let mut context = tera::Context::new();
        context.insert("lang", "<ko>");
        assert_eq!(templates.render("root.html", &context).expect("rendered"), "mine &lt;ko&gt;");
        assert_eq!(templates.words("ko").get("home"), "집");
        assert_ne!(templates.words("ko").get("next"), "next");
        assert!(templates.assets().any(|(name, _)| name == "extra.js"));
    }

    #[test]
    fn a_wrong_template_has_a_place() {
        let own = BTreeMap::from([("page.html".to_owned(), b"a\n{{ page.".to_vec())]);
        let found = Templates::of(&Project { templates: own, ..Project::default() }).diagnostics;
        assert_eq!(
            found.iter().map(|d| (d.code, d.file.as_deref())).collect::<Vec<_>>(),
            [("bad-template", Some("templates/page.html"))]
        );
    }
}
