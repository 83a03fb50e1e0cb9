//! Templates, words and style sheets: bpdoc's own, with the author's in their places.

use super::words::Words;
use crate::diag::{Checked, Diagnostic, Log};
use crate::lang::{Tongue, text};
use crate::note::math::MATH_CSS;
use crate::settings::syntax_error;
use std::collections::BTreeMap;
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
    "i18n/en.toml",
    "i18n/ko.toml",
    "list.html",
    "page.html",
    "page.js",
    "progress.js",
    "redirect.html",
    "robots.txt",
    "root.html",
    "search-open.js",
    "search.js",
    "site.css",
    "sitemap.xml",
    "training.html",
];

/// Everything that gives pages their form.
#[derive(Debug)]
pub struct Templates {
    tera: Tera,
    words: BTreeMap<String, Words>,
    assets: BTreeMap<String, Vec<u8>>,
}

impl Templates {
    /// The built-in templates with the author's own in their places. A template that is wrong is reported.
    pub fn new(own: &BTreeMap<String, Vec<u8>>) -> Checked<Self> {
        let mut log = Log::default();
        let mut sources: BTreeMap<String, String> = BTreeMap::new();
        let mut words: BTreeMap<String, Words> = BTreeMap::new();
        let mut assets: BTreeMap<String, Vec<u8>> = BTreeMap::new();
        for (name, source) in BUILT_IN {
            match name.split_once('.') {
                Some((language, "toml")) => {
                    let language = language.trim_start_matches("i18n/");
                    words.insert(language.to_owned(), Words::parse(source).unwrap_or_default());
                }
                Some((_, "css" | "js" | "svg")) => {
                    assets.insert((*name).to_owned(), source.as_bytes().to_vec());
                }
                _ => {
                    sources.insert((*name).to_owned(), (*source).to_owned());
                }
            }
        }
        assets.insert("math.css".to_owned(), MATH_CSS.as_bytes().to_vec());
        for (name, bytes) in own {
            let file: Arc<str> = format!("templates/{name}").into();
            match (name.rsplit_once('.').map_or("", |(_, end)| end), std::str::from_utf8(bytes)) {
                ("html" | "xml" | "txt", Ok(source)) if is_template(name) => {
                    sources.insert(name.clone(), source.to_owned());
                }
                ("toml", Ok(source)) if name.starts_with("i18n/") => match Words::parse(source) {
                    Ok(own) => {
                        let language = name.trim_start_matches("i18n/").trim_end_matches(".toml").to_owned();
                        let base = words.remove(&language).or_else(|| words.get("en").cloned()).unwrap_or_default();
                        words.insert(language, base.overridden_by(own));
                    }
                    Err(error) => log.push(syntax_error(&error).in_file(&file)),
                },
                ("toml", Err(_)) => log.push(not_utf8(&file)),
                ("html" | "xml" | "txt", Err(_)) if is_template(name) => log.push(not_utf8(&file)),
                _ => {
                    assets.insert(name.clone(), bytes.clone());
                }
            }
        }
        let mut tera = Tera::default();
        if let Err(error) =
            tera.add_raw_templates(sources.iter().map(|(name, source)| (name.as_str(), source.as_str())))
        {
            log.push(diagnostic(&error));
        }
        log.finish(Self { tera, words, assets })
    }

    /// Renders a template.
    ///
    /// # Errors
    /// If the template is wrong; the place is in the template.
    pub fn render(&self, name: &str, context: &tera::Context) -> Result<String, Diagnostic> {
        self.tera.render(name, context).map_err(|error| diagnostic(&error))
    }

    /// The words for a language: its own, else those of its tongue.
    pub fn words(&self, language: &str) -> &Words {
        static NONE: Words = Words::new();
        self.words.get(language).or_else(|| self.words.get(Tongue::of_tag(language).tag())).unwrap_or(&NONE)
    }

    /// Files for `assets/`.
    pub fn assets(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.assets.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice()))
    }
}

/// Whether a file of the author's is a template: pages are, and what takes the place of one of ours.
fn is_template(name: &str) -> bool {
    name.ends_with(".html") || BUILT_IN.iter().any(|(known, _)| *known == name)
}

fn not_utf8(file: &Arc<str>) -> Diagnostic {
    Diagnostic::error("not-utf8", 0..0, text("UTF-8이 아닙니다", "this is not UTF-8")).in_file(file)
}

fn diagnostic(error: &tera::Error) -> Diagnostic {
    let (file, range, message) = match error.kind() {
        ErrorKind::SyntaxError(report) | ErrorKind::RenderingError(report) => {
            (format!("templates/{}", report.filename()), report.span().range.clone(), report.message().to_owned())
        }
        _ => ("templates".to_owned(), 0..0, error.to_string()),
    };
    let file: Arc<str> = file.into();
    Diagnostic::error(
        "bad-template",
        range,
        text(format!("템플릿 오류: {message}"), format!("template error: {message}")),
    )
    .in_file(&file)
}

#[cfg(test)]
mod tests {
    use super::*;
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
        let templates = Templates::new(&BTreeMap::new()).value;
        let keys = |language: &str| templates.words(language).table().keys().cloned().collect::<Vec<_>>();
        assert_eq!(keys("ko"), keys("en"));
        assert_eq!(templates.words("ko").date("2026-01-05"), "2026년 1월 5일");
        assert_eq!(templates.words("en").date("2026-01-05"), "January 5, 2026");
        assert_eq!(templates.words("fr").name(), "English");
    }

    #[test]
    fn the_authors_own_files_win() {
        let own = BTreeMap::from([
            ("root.html".to_owned(), b"mine {{ lang }}".to_vec()),
            ("i18n/ko.toml".to_owned(), "home = \"집\"".as_bytes().to_vec()),
            ("extra.js".to_owned(), b"1".to_vec()),
        ]);
        let Checked { value: templates, diagnostics } = Templates::new(&own);
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
        let found = Templates::new(&own).diagnostics;
        assert_eq!(
            found.iter().map(|d| (d.code, d.file.as_deref())).collect::<Vec<_>>(),
            [("bad-template", Some("templates/page.html"))]
        );
    }
}
