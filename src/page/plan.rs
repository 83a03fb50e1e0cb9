//! Which files a site has, and how each of them is made. In: lessons and all that stands beside them; out: a plan, and the
//! bytes of any file of it. Files are made one by one, from the same things, in any order.

use super::addresses::{Addresses, Fault};
use super::links::{address_in_html, alias_path, relative};
use super::{Lesson, Press, Slot, Words, glossary, glossary_path, listing, players, print, search, web};
use crate::archive::Packed;
use crate::diag::{Checked, Diagnostic, Log};
use crate::lang::text;
use crate::note::Alias;
use crate::play;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// The files of a site by their paths, but for the fonts, which hold what all others need.
pub type Plan = BTreeMap<String, Leaf>;

/// How a file is made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Leaf {
    /// The page of a slot of the map in a language.
    Page(usize, String),
    /// What the figures of such a page are played with.
    Players(usize, String),
    /// The forms of other tools of its figures.
    Forms(usize, String),
    /// The social card of such a page.
    Card(usize, String),
    /// The series of a slot on one page.
    Print(usize, String),
    /// All tags of a language.
    Tags(String),
    /// The notes of a tag: the language, and the tag in addresses.
    Tag(String, String),
    /// The notes of a language by date.
    Archive(String),
    /// The terms of the glossary.
    Glossary(String),
    /// The way in.
    Root,
    /// What is shown for what is not there.
    NotFound,
    /// A former address of the page of a slot.
    Redirect(usize, String),
    /// A language's feed.
    Feed(String),
    /// A language's manifest.
    Manifest(String),
    /// The icon of a width.
    Icon(u16),
    /// The sitemap.
    Sitemap,
    /// Rules for robots.
    Robots,
    /// What the search of a language knows.
    Search(String),
    /// A style sheet or a script among the templates.
    Template(String),
    /// The script that computes.
    Kernels,
    /// A file beside the notes.
    Asset(usize),
}

/// The plan while it is made.
#[derive(Default)]
struct Planner {
    plan: Plan,
    addresses: Addresses,
    log: Log,
}

impl Planner {
    fn put(&mut self, path: String, leaf: Leaf, source: &str) {
        self.put_for(path, leaf, (source, 0..0));
    }

    /// A file that a place in another asks for. Two files cannot have the same address.
    fn put_for(&mut self, path: String, leaf: Leaf, (source, range): (&str, Range<usize>)) {
        match self.addresses.take(&path) {
            Ok(()) => {
                self.plan.insert(path, leaf);
            }
            Err(fault) => self.log.push(no_address(&path, fault, range).in_file(&source.into())),
        }
    }
}

impl Press<'_> {
    /// Which files there are.
    pub fn plan(&self) -> Checked<Plan> {
        let mut planner = Planner::default();
        let languages = &self.settings.languages;
        let slots = self.map.slots().iter().enumerate();
        let pages = || slots.clone().flat_map(|(at, slot)| languages.iter().map(move |tag| (at, slot, tag.as_str())));
        // Where two want one address, the page has it.
        for (at, slot, language) in pages() {
            self.plan_page(at, slot, language, &mut planner);
        }
        for language in languages {
            self.plan_language(language, &mut planner);
        }
        self.plan_site(&mut planner);
        for language in languages {
            self.plan_assets(language, &mut planner);
        }
        // A former address gives way to everything that is there.
        for (at, slot, language) in pages() {
            self.plan_former(at, slot, language, &mut planner);
        }
        planner.log.finish(planner.plan)
    }

    fn own_lesson(&self, slot: &Slot, language: &str) -> Option<&Lesson> {
        slot.lesson(language).map(|own| self.lessons[own].as_ref())
    }

    /// The page of a slot with what belongs to it.
    fn plan_page(&self, at: usize, slot: &Slot, language: &str, planner: &mut Planner) {
        let path = slot.path(language);
        let lesson = self.own_lesson(slot, language);
        let source = lesson.map_or_else(|| format!("content/{}", slot.series), |lesson| lesson.source.clone());
        if lesson.is_some_and(|lesson| lesson.is_played) {
            let [figures, forms] = players::paths(&path);
            planner.put(figures, Leaf::Players(at, language.to_owned()), &source);
            planner.put(forms, Leaf::Forms(at, language.to_owned()), &source);
        }
        planner.put(path, Leaf::Page(at, language.to_owned()), &source);
        let is_series = slot.slug.is_none() && !slot.series.is_empty();
        if is_series && self.map.notes_of(&slot.series).next().is_some() {
            planner.put(print::print_path(&slot.series, language), Leaf::Print(at, language.to_owned()), &source);
        }
        if self.has_cards() && (lesson.is_some() || slot.slug.is_none()) {
            planner.put(web::card_path(slot, language), Leaf::Card(at, language.to_owned()), "templates");
        }
    }

    /// The former addresses of a page.
    fn plan_former(&self, at: usize, slot: &Slot, language: &str, planner: &mut Planner) {
        let Some(lesson) = self.own_lesson(slot, language) else { return };
        for alias in &lesson.front.aliases {
            match alias_path(&alias.path) {
                Some(path) => {
                    let place = (lesson.source.as_str(), alias.range.clone());
                    planner.put_for(path, Leaf::Redirect(at, language.to_owned()), place);
                }
                None => planner.log.push(bad_alias(alias).in_file(&lesson.source.as_str().into())),
            }
        }
    }

    fn plan_assets(&self, language: &str, planner: &mut Planner) {
        for (at, asset) in self.assets.iter().enumerate() {
            planner.put(format!("{language}/{}", asset.path), Leaf::Asset(at), &format!("content/{}", asset.path));
        }
    }

    fn plan_language(&self, language: &str, planner: &mut Planner) {
        if self.index.has_tags(language) {
            planner.put(listing::tags_path(language), Leaf::Tags(language.to_owned()), "content");
            for slug in self.index.tags(language) {
                let leaf = Leaf::Tag(language.to_owned(), slug.to_owned());
                planner.put(listing::tag_path(language, slug), leaf, "content");
            }
        }
        if self.index.has_dates(language) {
            planner.put(listing::archive_path(language), Leaf::Archive(language.to_owned()), "content");
        }
        if glossary::has_terms(self.glossary, language) {
            planner.put(glossary_path(language), Leaf::Glossary(language.to_owned()), "glossary");
        }
        planner.put(format!("assets/search-{language}.js"), Leaf::Search(language.to_owned()), "templates");
        if !self.settings.base_url.is_empty() {
            planner.put(web::feed_path(language), Leaf::Feed(language.to_owned()), "templates");
            planner.put(web::manifest_path(language), Leaf::Manifest(language.to_owned()), "bpdoc.toml");
        }
    }

    fn plan_site(&self, planner: &mut Planner) {
        planner.put("index.html".to_owned(), Leaf::Root, "content");
        planner.put("404.html".to_owned(), Leaf::NotFound, "content");
        if !self.settings.base_url.is_empty() {
            for (width, path) in web::ICONS {
                planner.put(path.to_owned(), Leaf::Icon(width), "templates");
            }
            planner.put("sitemap.xml".to_owned(), Leaf::Sitemap, "templates");
            planner.put("robots.txt".to_owned(), Leaf::Robots, "templates");
        }
        for (name, _) in self.templates.assets() {
            planner.put(format!("assets/{name}"), Leaf::Template(name.to_owned()), "templates");
        }
        planner.put("assets/kernels.js".to_owned(), Leaf::Kernels, "templates");
    }

    /// The paths of the files in which a lesson stands.
    pub fn files_of(&self, lesson: usize) -> Vec<String> {
        let Lesson { address, .. } = self.lessons[lesson].as_ref();
        let Some(slot) = self.map.find(&address.series, address.slug.as_deref()) else { return Vec::new() };
        let mut files = vec![format!("assets/search-{}.js", address.lang), web::card_path(slot, &address.lang)];
        files.extend(players::paths(&slot.path(&address.lang)));
        // A page that has no note of its own shows this one.
        let shown = self.settings.languages.iter().filter(|tag| **tag == address.lang || slot.lesson(tag).is_none());
        files.extend(shown.flat_map(|tag| [slot.path(tag), print::print_path(&slot.series, tag)]));
        files
    }

    /// The paths of the files that may say something of a lesson: its title, what it is about.
    pub fn files_about(&self, lesson: usize) -> Vec<String> {
        let Lesson { address, front, targets, .. } = self.lessons[lesson].as_ref();
        let Some(slot) = self.map.find(&address.series, address.slug.as_deref()) else { return Vec::new() };
        let languages = &self.settings.languages;
        let below = format!("{}/", slot.series);
        let mut about: BTreeSet<usize> =
            languages.iter().flat_map(|tag| self.index.referrers(slot, tag)).copied().collect();
        about.extend(languages.iter().flat_map(|tag| self.index.related_by(tag, &front.tags)));
        let mut files = Vec::new();
        for (at, other) in self.map.slots().iter().enumerate() {
            let is_near = other.series == slot.series || slot.slug.is_none() && other.series.starts_with(&below);
            let is_linked = || languages.iter().any(|tag| targets.contains(&other.path(tag)));
            if other.slug.is_none() || is_near || is_linked() {
                about.insert(at);
            }
            // On one page with others a series says nothing of what stands elsewhere, but in the texts of its own lessons.
            if other.slug.is_none() && is_near {
                files.extend(languages.iter().map(|tag| print::print_path(&other.series, tag)));
            }
        }
        let pages = about.into_iter().flat_map(|at| languages.iter().map(move |tag| self.map.slots()[at].path(tag)));
        files.extend(pages);
        for language in languages {
            files.extend([listing::tags_path(language), listing::archive_path(language), web::feed_path(language)]);
            files.extend(front.tags.iter().map(|tag| listing::tag_path(language, &listing::tag_slug(tag))));
            files.push(format!("assets/search-{language}.js"));
        }
        files.extend(front.aliases.iter().filter_map(|alias| alias_path(&alias.path)));
        files
    }

    /// The bytes of a file; none, and why, where a template is wrong.
    pub fn print(&self, path: &str, leaf: &Leaf) -> Checked<Vec<u8>> {
        match self.text_of(path, leaf) {
            Ok(bytes) => Checked::fine(bytes),
            Err(diagnostic) => Checked { value: Vec::new(), diagnostics: vec![diagnostic] },
        }
    }

    fn text_of(&self, path: &str, leaf: &Leaf) -> Result<Vec<u8>, Diagnostic> {
        let slot = |at: &usize| &self.map.slots()[*at];
        let text = match leaf {
            Leaf::Page(at, language) => self.page(slot(at), language)?,
            Leaf::Players(at, language) => self.script(slot(at), language, |lesson| &lesson.figures, players::figures),
            Leaf::Forms(at, language) => self.script(slot(at), language, |lesson| &lesson.forms, players::forms),
            Leaf::Card(at, language) => return Ok(self.card_png(slot(at), language)),
            Leaf::Print(at, language) => self.gathered(slot(at), language, path)?,
            Leaf::Tags(language) => self.tags_page(language, path)?,
            Leaf::Tag(language, slug) => self.tag_page(language, slug, path)?,
            Leaf::Archive(language) => self.archive(language, path)?,
            Leaf::Glossary(language) => self.glossary_page(language, path)?,
            Leaf::Root => self.root()?,
            Leaf::NotFound => self.not_found()?,
            Leaf::Redirect(at, language) => self.redirect(slot(at), language, path)?,
            Leaf::Feed(language) => self.feed(language, path)?,
            Leaf::Manifest(language) => self.manifest(language),
            Leaf::Icon(width) => return self.icon(*width),
            Leaf::Sitemap => self.sitemap()?,
            Leaf::Robots => self.robots()?,
            Leaf::Search(language) => {
                let title = self.templates.words(language).get("glossary");
                search::script(language, self.map, self.lessons, (self.glossary, title))
            }
            Leaf::Template(name) => return Ok(self.templates.asset_bytes(name).unwrap_or_default().to_vec()),
            Leaf::Kernels => play::script(),
            Leaf::Asset(at) => return Ok(self.assets[*at].bytes.to_vec()),
        };
        Ok(text.into_bytes())
    }

    fn script(
        &self,
        slot: &Slot,
        language: &str,
        entries: fn(&Lesson) -> &Packed<String>,
        script: fn(&str, &Words) -> String,
    ) -> String {
        let entries = self.own_lesson(slot, language).map(|lesson| entries(lesson).open()).unwrap_or_default();
        script(&entries, self.templates.words(language))
    }

    /// A former address leads to the present one.
    fn redirect(&self, slot: &Slot, language: &str, path: &str) -> Result<String, Diagnostic> {
        let mut context = tera::Context::new();
        context.insert_value("words", self.templates.words(language).value());
        context.insert("lang", language);
        context.insert("title", &self.title_of(slot, language).0);
        context.insert("target", &address_in_html(&relative(path, &slot.path(language))));
        self.templates.render("redirect.html", &context)
    }
}

fn bad_alias(Alias { path, range }: &Alias) -> Diagnostic {
    Diagnostic::error(
        "bad-alias",
        range.clone(),
        text(
            format!("별칭 `{path}`는 사이트 안의 주소가 아닙니다"),
            format!("the alias `{path}` is not an address inside the site"),
        ),
    )
    .help(text(
        "`old/page.html`처럼 사이트의 처음부터 쓰세요",
        "write it from the site's root on, such as `old/page.html`",
    ))
}

fn no_address(path: &str, fault: Fault, range: Range<usize>) -> Diagnostic {
    let (code, message) = match fault {
        Fault::Taken => (
            "address-taken",
            text(
                format!("`{path}` 주소를 다른 파일이 이미 쓰고 있습니다"),
                format!("another file has the address `{path}` already"),
            ),
        ),
        Fault::TooLong => (
            "address-too-long",
            text(
                format!("`{path}` 주소는 파일 이름으로 쓰기에 너무 깁니다"),
                format!("the address `{path}` is too long for the name of a file"),
            ),
        ),
    };
    Diagnostic::error(code, range, message)
        .help(text("파일 이름이나 별칭을 바꾸세요", "rename the file or change the alias"))
}
