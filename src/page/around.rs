//! What a site has besides its pages: the way in at the root, former addresses, the page for what is not found, what the search
//! knows, style sheets, files beside the notes and fonts. In: the writer of the site; out: files of it.

use super::links::{self, address_in_html, relative};
use super::{Slot, Writer, font, players, search};
use crate::diag::Diagnostic;
use crate::fonts;
use crate::lang::text;
use crate::output::Files;
use crate::play;
use crate::project::Asset;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

impl Writer<'_> {
    /// The page at the root leads to a language.
    pub(super) fn root(&mut self) {
        let default = &self.settings.languages[0];
        let front = Slot::front("");
        let slot = self.map.front_of("").unwrap_or(&front);
        let mut context = tera::Context::new();
        context.insert("site", &self.site_context(default, "index.html"));
        context.insert("words", self.templates.words(default).table());
        context.insert("alternates", &self.alternates(slot, default, "index.html"));
        context.insert("target", &address_in_html(&format!("{default}/index.html")));
        context.insert("lang", default);
        self.render("root.html", &context, "index.html".to_owned(), "content");
    }

    /// Former addresses lead to the present ones.
    pub(super) fn redirects(&mut self) {
        for slot in self.map.slots() {
            for language in &self.settings.languages {
                let Some(lesson) = slot.lesson(language).map(|i| &self.lessons[i]) else { continue };
                for alias in &lesson.front.aliases {
                    match links::alias_path(alias) {
                        Some(path) => {
                            let mut context = tera::Context::new();
                            context.insert("words", self.templates.words(language).table());
                            context.insert("lang", language);
                            context.insert("title", &lesson.title);
                            context.insert("target", &address_in_html(&relative(&path, &slot.path(language))));
                            self.render("redirect.html", &context, path, &lesson.source);
                        }
                        None => {
                            let file: Arc<str> = lesson.source.as_str().into();
                            self.log.push(
                                Diagnostic::error(
                                    "bad-alias",
                                    0..0,
                                    text(
                                        format!("별칭 `{alias}`는 사이트 안의 주소가 아닙니다"),
                                        format!("the alias `{alias}` is not an address inside the site"),
                                    ),
                                )
                                .in_file(&file),
                            );
                        }
                    }
                }
            }
        }
    }

    pub(super) fn not_found(&mut self) {
        let default = &self.settings.languages[0];
        let front = Slot::front("");
        let mut context = tera::Context::new();
        context.insert("site", &self.site_context(default, "404.html"));
        context.insert("alternates", &self.alternates(self.map.front_of("").unwrap_or(&front), default, "404.html"));
        let words: Vec<BTreeMap<&str, &str>> = self
            .settings
            .languages
            .iter()
            .map(|tag| {
                BTreeMap::from([
                    ("tag", tag.as_str()),
                    ("not_found", self.templates.words(tag).get("not_found")),
                    ("home", self.templates.words(tag).get("home")),
                ])
            })
            .collect();
        context.insert("words", self.templates.words(default).table());
        context.insert("languages", &words);
        context.insert("lang", default);
        self.render("404.html", &context, "404.html".to_owned(), "content");
    }

    /// What the search of each language knows.
    pub(super) fn search(&mut self) {
        for language in &self.settings.languages {
            let title = self.templates.words(language).get("glossary");
            let script = search::script(language, self.map, self.lessons, (self.glossary, title));
            self.put(format!("assets/search-{language}.js"), script.into_bytes(), "templates");
        }
    }

    /// Style sheets, scripts, and what stands beside the notes: each file beside the pages of every language.
    pub(super) fn assets(&mut self, assets: &[Asset]) {
        for (name, bytes) in self.templates.assets() {
            self.put(format!("assets/{name}"), bytes.to_vec(), "templates");
        }
        self.put("assets/kernels.js".to_owned(), play::script().into_bytes(), "templates");
        for asset in assets {
            for language in &self.settings.languages {
                self.put(format!("{language}/{}", asset.path), asset.bytes.clone(), &format!("content/{}", asset.path));
            }
        }
    }
}

/// The text fonts, cut down to the characters in use, and the font of formulas where there are any.
pub(super) fn add_fonts(files: &mut Files) {
    let mut used: BTreeSet<char> = (' '..='~').collect();
    let mut has_formulas = false;
    let is_read = |path: &str| path.ends_with(".html") || players::is_script(path);
    for text in files.iter().filter(|(path, _)| is_read(path)).filter_map(|(_, bytes)| std::str::from_utf8(bytes).ok())
    {
        used.extend(text.chars());
        has_formulas |= text.contains("<math");
    }
    for (name, font) in [("bpdoc-sans-400", fonts::SANS_REGULAR), ("bpdoc-sans-700", fonts::SANS_BOLD)] {
        files.insert(format!("assets/{name}.woff2"), font::subset(font, &used));
    }
    files.insert("assets/bpdoc-sans-licence.txt".to_owned(), fonts::SANS_LICENCE.as_bytes().to_vec());
    if has_formulas {
        files.insert("assets/stix-two-math.woff2".to_owned(), fonts::MATH.to_vec());
        files.insert("assets/stix-two-math-licence.txt".to_owned(), fonts::MATH_LICENCE.as_bytes().to_vec());
    }
}
