//! What a site has besides its pages: the way in at the root, the page for what is not found, and fonts. In: what pages
//! are made of; out: files.

use super::links::address_in_html;
use super::{Press, Slot, font, players};
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
    let looked = texts.fold(Seen::default, |seen, text| seen.and(text)).reduce(Seen::default, Seen::merged);
    let used: BTreeSet<char> = (' '..='~').chain(looked.characters()).collect();
    let has_formulas = looked.has_formulas;
    let cut = [fonts::SANS_REGULAR, fonts::SANS_BOLD].into_par_iter().map(|font| font::subset(font, &used));
    let cut: Vec<Vec<u8>> = cut.collect();
    for (name, font) in ["bpdoc-sans-400", "bpdoc-sans-700"].into_iter().zip(cut) {
        files.insert(format!("assets/{name}.woff2"), font);
    }
    files.insert("assets/bpdoc-sans-licence.txt".to_owned(), fonts::SANS_LICENCE.as_bytes().to_vec());
    if has_formulas {
        files.insert("assets/stix-two-math.woff2".to_owned(), fonts::MATH.to_vec());
        files.insert("assets/stix-two-math-licence.txt".to_owned(), fonts::MATH_LICENCE.as_bytes().to_vec());
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
        let (mut longer, shorter) =
            if self.blocks.len() < other.blocks.len() { (other.blocks, self.blocks) } else { (self.blocks, other.blocks) };
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
