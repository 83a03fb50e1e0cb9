//! What a site has besides its pages: the way in at the root, the page for what is not found, and fonts. In: what pages
//! are made of; out: files.

use super::facts::{Characters, Seen};
use super::links::address_in_html;
use super::{Lesson, Press, Slot, font};
use crate::diag::Diagnostic;
use crate::fonts;
use crate::output::Files;
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

impl Press<'_> {
    /// The page at the root leads to a language.
    pub(super) fn root(&self) -> Result<String, Diagnostic> {
        let default = &self.settings.languages[0];
        let front = Slot::front("");
        let slot = self.map.front_of("").unwrap_or(&front);
        let mut context = tera::Context::new();
        context.insert("site", &self.site_context(default, "index.html"));
        context.insert_value("words", self.templates.words(default).value());
        context.insert("alternates", &self.alternates(slot, default, "index.html"));
        context.insert("target", &address_in_html(&format!("{default}/index.html")));
        context.insert("lang", default);
        self.templates.render("root.html", &context)
    }

    /// The page for what is not there.
    pub(super) fn not_found(&self) -> Result<String, Diagnostic> {
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
        context.insert_value("words", self.templates.words(default).value());
        context.insert("languages", &words);
        context.insert("lang", default);
        self.templates.render("404.html", &context)
    }
}

const REGULAR: &str = "assets/bpdoc-sans-400.woff2";
const BOLD: &str = "assets/bpdoc-sans-700.woff2";
const SANS_LICENCE: &str = "assets/bpdoc-sans-licence.txt";
const MATH: &str = "assets/stix-two-math.woff2";
const MATH_LICENCE: &str = "assets/stix-two-math-licence.txt";

/// Where fonts and their licences are.
pub fn font_paths(has_formulas: bool) -> impl Iterator<Item = &'static str> {
    let formulas = [MATH, MATH_LICENCE].into_iter().filter(move |_| has_formulas);
    [REGULAR, BOLD, SANS_LICENCE].into_iter().chain(formulas)
}

impl Press<'_> {
    /// The text fonts, cut down to the characters in use, and the font of formulas where there are any.
    pub fn fonts_for(&self, seen: Seen) -> Files {
        let seen = seen.merged(&self.said_by_scripts());
        // What a style sheet of the author's shows bold is not known.
        let bold = if self.templates.has_own_styles { &seen.shown } else { &seen.bold };
        let bytes = |path: &str| match path {
            REGULAR => font::subset(fonts::SANS_REGULAR, &with_ascii(&seen.shown)),
            BOLD => font::subset(fonts::SANS_BOLD, &with_ascii(bold)),
            SANS_LICENCE => fonts::SANS_LICENCE.as_bytes().to_vec(),
            MATH => fonts::MATH.to_vec(),
            _ => fonts::MATH_LICENCE.as_bytes().to_vec(),
        };
        let paths: Vec<&str> = font_paths(seen.has_formulas).collect();
        // One after the other: a font takes little time to compress, and more memory than anything else in a build.
        paths.into_iter().map(|path| (path.to_owned(), bytes(path))).collect()
    }

    /// What scripts may show in either weight: words, and the names of languages.
    fn said_by_scripts(&self) -> Seen {
        let languages = self.settings.languages.iter();
        let words = languages.flat_map(|tag| self.templates.words(tag).table().values());
        words.fold(Seen::default(), |seen, word| seen.merged(&Seen::anywhere(word)))
    }

    /// The fonts for the site as it is while it is written: for what lessons say, and for what pages say around them.
    pub fn fonts(&self) -> Files {
        let bodies = self.lessons.par_iter().map(|lesson| {
            let Lesson { body, title, summary, front, figures, .. } = lesson.as_ref();
            let texts = [body.open(), figures.open(), summary.clone()];
            let texts = texts.into_iter().chain(front.tags.iter().cloned());
            texts.fold(Seen::anywhere(title), |seen, text| seen.merged(&Seen::of(&text)))
        });
        let languages = self.settings.languages.par_iter();
        let around = languages.flat_map_iter(|tag| {
            let terms = self.glossary.terms.iter().flat_map(|term| term.names(tag).iter().map(String::as_str));
            let said = self.glossary.terms.iter().filter_map(|term| term.definition(tag));
            let titles =
                [&self.settings.title, &self.settings.description].map(|text| text.get(tag).unwrap_or_default());
            terms.chain(said).chain(titles).map(Seen::anywhere)
        });
        self.fonts_for(bodies.chain(around).reduce(Seen::default, |seen, other| seen.merged(&other)))
    }
}

/// The characters, with ASCII.
fn with_ascii(characters: &Characters) -> BTreeSet<char> {
    (' '..='~').chain(characters.iter()).collect()
}
