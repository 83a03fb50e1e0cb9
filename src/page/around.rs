//! What a site has besides its pages: the way in at the root, the page for what is not found, and fonts. In: what pages
//! are made of; out: files.

use super::links::address_in_html;
use super::{Press, Slot, font, players};
use crate::diag::Diagnostic;
use crate::fonts;
use crate::output::Files;
use std::collections::{BTreeMap, BTreeSet};

impl Press<'_> {
    /// The page at the root leads to a language.
    pub(super) fn root(&self) -> Result<String, Diagnostic> {
        let default = &self.settings.languages[0];
        let front = Slot::front("");
        let slot = self.map.front_of("").unwrap_or(&front);
        let mut context = tera::Context::new();
        context.insert("site", &self.site_context(default, "index.html"));
        context.insert("words", self.templates.words(default).table());
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
        context.insert("words", self.templates.words(default).table());
        context.insert("languages", &words);
        context.insert("lang", default);
        self.templates.render("404.html", &context)
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
