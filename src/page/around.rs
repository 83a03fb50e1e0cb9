//! What a site has besides its pages: the way in at the root, the page for what is not found, and fonts. In: what pages
//! are made of; out: files.

use super::links::address_in_html;
use super::{Lesson, Press, Slot, font, players};
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

/// The text fonts, cut down to the characters in use, and the font of formulas where there are any.
pub(super) fn add_fonts(files: &mut Files) {
    let is_read = |path: &str| path.ends_with(".html") || players::is_script(path);
    let texts = files.par_iter().filter(|(path, _)| is_read(path));
    let texts = texts.filter_map(|(_, bytes)| std::str::from_utf8(bytes).ok());
    let fonts = fonts_for(texts);
    files.extend(fonts);
}

/// The fonts that texts need.
fn fonts_for<'t>(texts: impl ParallelIterator<Item = &'t str>) -> Files {
    let seen = texts.fold(Seen::default, Seen::and).reduce(Seen::default, Seen::merged);
    let used: BTreeSet<char> = (' '..='~').chain(seen.characters()).collect();
    let texts = [("400", fonts::SANS_REGULAR), ("700", fonts::SANS_BOLD)].into_par_iter();
    let cut = texts.map(|(weight, font)| (format!("assets/bpdoc-sans-{weight}.woff2"), font::subset(font, &used)));
    let mut files: Files = cut.collect();
    files.insert("assets/bpdoc-sans-licence.txt".to_owned(), fonts::SANS_LICENCE.as_bytes().to_vec());
    if seen.has_formulas {
        files.insert("assets/stix-two-math.woff2".to_owned(), fonts::MATH.to_vec());
        files.insert("assets/stix-two-math-licence.txt".to_owned(), fonts::MATH_LICENCE.as_bytes().to_vec());
    }
    files
}

impl Press<'_> {
    /// The fonts for the site as it is while it is written: for what lessons say, and for what pages say around them.
    pub fn fonts(&self) -> Files {
        let bodies = self.lessons.par_iter().flat_map_iter(|lesson| {
            let Lesson { body, title, summary, front, players, .. } = lesson.as_ref();
            let players = players.iter().map(|player| player.json.as_str());
            [body.as_str(), title, summary].into_iter().chain(front.tags.iter().map(String::as_str)).chain(players)
        });
        let languages = self.settings.languages.par_iter();
        let around = languages.flat_map_iter(|tag| {
            let words = self.templates.words(tag).table().values().map(String::as_str);
            let terms = self.glossary.terms.iter().flat_map(|term| term.names(tag).iter().map(String::as_str));
            let said = self.glossary.terms.iter().filter_map(|term| term.definition(tag));
            let titles =
                [&self.settings.title, &self.settings.description].map(|text| text.get(tag).unwrap_or_default());
            words.chain(terms).chain(said).chain(titles)
        });
        fonts_for(bodies.chain(around))
    }
}

/// What fonts must have. A site is millions of characters, of which few are different: those of a block of 64 are bits.
#[derive(Default)]
struct Seen {
    blocks: Vec<u64>,
    has_formulas: bool,
}

impl Seen {
    /// With the characters of a text beyond ASCII, which is always there.
    fn and(mut self, text: &str) -> Self {
        for c in text.chars().filter(|c| !c.is_ascii()) {
            let (block, bit) = ((u32::from(c) / 64) as usize, u32::from(c) % 64);
            if block >= self.blocks.len() {
                self.blocks.resize(block + 1, 0);
            }
            self.blocks[block] |= 1 << bit;
        }
        self.has_formulas |= text.contains("<math");
        self
    }

    fn merged(self, other: Self) -> Self {
        let (mut longer, shorter) = if self.blocks.len() < other.blocks.len() {
            (other.blocks, self.blocks)
        } else {
            (self.blocks, other.blocks)
        };
        longer.iter_mut().zip(shorter).for_each(|(own, its)| *own |= its);
        Self { blocks: longer, has_formulas: self.has_formulas || other.has_formulas }
    }

    fn characters(&self) -> impl Iterator<Item = char> {
        let blocks = self.blocks.iter().enumerate();
        let numbers = blocks.flat_map(|(block, bits)| {
            (0..64).filter(move |bit| bits & (1 << bit) != 0).map(move |bit| block as u32 * 64 + bit)
        });
        numbers.filter_map(char::from_u32)
    }
}
