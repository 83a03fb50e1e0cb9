//! Pages. In: lessons whose prose and figures are HTML already; out: the files of a site.
//! This room alone knows tera; it does not know the graph language, Markdown or the disk.

mod addresses;
mod answer;
mod around;
mod calendar;
mod card;
mod context;
mod facts;
pub mod figure;
pub mod font;
mod glossary;
mod imprint;
pub mod links;
mod listing;
mod moving;
mod nav;
mod outlines;
mod plan;
mod players;
mod print;
mod search;
mod style;
mod template;
mod web;
mod words;

pub use answer::with_answers;
pub use around::font_paths;
pub use facts::{Census, Facts, Ledger, Seen};
pub use imprint::Imprint;
pub use listing::Index;
pub use nav::{Map, Slot};
pub use outlines::Outlines;
pub use plan::{Leaf, Plan};
pub use players::{entries, stem};
pub use print::is_gathered;
pub use search::{entry as search_entry, is_data as is_search_data};
pub use template::{Templates, own_words};
pub use words::Words;

use crate::archive::Packed;
use crate::diag::{Checked, Diagnostic, Log};
use crate::glossary::Glossary;
use crate::key::Key;
use crate::note::{Address, FrontMatter, Heading};
use crate::project::Asset;
use crate::settings::Settings;
use crate::stage::{Progress, Stage};
use context::{Alternate, Image, Link, NoteEntry, PageContext, Series, SiteContext};
use links::{address_in_html, relative};
use rayon::prelude::*;
use std::collections::BTreeSet;
use std::sync::Arc;

/// A note on its way to a page.
#[derive(Clone, Debug)]
pub struct Lesson {
    /// The file it was read from.
    pub source: String,
    /// Where it belongs.
    pub address: Address,
    /// Its title.
    pub title: String,
    /// Its front matter.
    pub front: FrontMatter,
    /// Its headings.
    pub headings: Vec<Heading>,
    /// The language of its original, where that has changed since it was translated.
    pub newer_original: Option<String>,
    /// Its prose with its figures, as HTML.
    pub body: Packed<String>,
    /// What its figures are played with, as the script of its page holds it.
    pub figures: Packed<String>,
    /// Their graphs in the forms of other tools, likewise.
    pub forms: Packed<String>,
    /// Whether there are any.
    pub is_played: bool,
    /// Its words, section by section, as the search wants them.
    pub words: Packed<String>,
    /// A sentence or two about it, as text.
    pub summary: String,
    /// The files of the site that its body links to, by their paths.
    pub targets: BTreeSet<String>,
    /// Stands for all that it was made from.
    pub key: Key,
    /// Stands for all that other pages say of it.
    pub outline: Key,
    /// Stands for what of that decides which pages there are, and which of them say something of which.
    pub frame: Key,
}

/// What a reader's browser needs to play with a figure.
#[derive(Clone, Debug)]
pub struct Player {
    /// The id of the figure.
    pub id: String,
    /// The rest, as JSON.
    pub json: Arc<str>,
    /// The graph in the forms of other tools, with what they are called, as JSON; empty where it has none.
    pub forms: Arc<str>,
}

/// Where the page of all terms is.
pub fn glossary_path(language: &str) -> String {
    format!("{language}/glossary/index.html")
}

/// What pages are made of.
#[derive(Clone, Copy)]
pub struct Press<'a> {
    /// The site's settings.
    pub settings: &'a Settings,
    /// Templates and words.
    pub templates: &'a Templates,
    /// All pages.
    pub map: &'a Map,
    /// The terms.
    pub glossary: &'a Glossary,
    /// The lessons, by their positions on the map.
    pub lessons: &'a [Arc<Lesson>],
    /// What they have to do with each other.
    pub index: &'a Index,
    /// What is said of them where they are listed.
    pub outlines: &'a Outlines,
    /// What stands beside the notes.
    pub assets: &'a [Asset],
}

/// What takes the files of a site as they are made: path, bytes.
pub type Keep<'k> = &'k (dyn Fn(&str, Vec<u8>) + Sync);

/// Makes every file of the site, in any order, and hands it over; what must be known of all of them stays.
pub fn print_all(press: &Press<'_>, keep: Keep<'_>, progress: &dyn Progress) -> Checked<Ledger> {
    let mut log = Log::default();
    let plan = log.take(press.plan());
    let mut ledger = log.take(print_some(press, plan.iter().collect(), keep, progress));
    let seen = ledger.values().fold(Seen::default(), |seen, facts| seen.merged(&facts.seen));
    add_fonts_to(&mut ledger);
    press.fonts_for(seen).into_iter().for_each(|(path, bytes)| keep(&path, bytes));
    log.finish(ledger)
}

/// Makes some files of the site and hands them over.
pub fn print_some(
    press: &Press<'_>,
    leaves: Vec<(&String, &Leaf)>,
    keep: Keep<'_>,
    progress: &dyn Progress,
) -> Checked<Ledger> {
    progress.begin(Stage::Pages, 0);
    let print = |(path, leaf): (&String, &Leaf)| {
        let Checked { value: bytes, diagnostics } = press.print(path, leaf);
        let facts = Facts::of(path, &bytes);
        keep(path, bytes);
        (path.clone(), Checked { value: facts, diagnostics })
    };
    let printed: Vec<(String, Checked<Facts>)> = Stage::Pages.each(progress, leaves.into_par_iter(), print);
    let mut log = Log::default();
    let ledger = printed.into_iter().map(|(path, facts)| (path, log.take(facts))).collect();
    log.finish(ledger)
}

/// Adds the fonts to the files that a site has.
pub fn add_fonts_to(ledger: &mut Ledger) {
    let has_formulas = ledger.values().any(|facts| facts.seen.has_formulas);
    let paths = font_paths(has_formulas).map(|path| (path.to_owned(), Facts::default()));
    ledger.extend(paths);
}

impl Press<'_> {
    /// The page of a slot in one language; where the note is not translated, with the text of another.
    fn page(&self, slot: &Slot, language: &str) -> Result<String, Diagnostic> {
        let own = slot.lesson(language);
        let lesson = own
            .or_else(|| self.settings.languages.iter().find_map(|other| slot.lesson(other)))
            .map(|i| &self.lessons[i]);
        let path = slot.path(language);
        let words = self.templates.words(language);
        let is_foreign = own.is_none() && lesson.is_some();
        let title = lesson.map_or_else(|| self.untitled(slot, language), |lesson| lesson.title.clone());
        let alternates = self.alternates(slot, language, &path);
        let own_tags: &[String] = lesson.filter(|_| !is_foreign).map_or(&[], |lesson| &lesson.front.tags);
        let kind = match (&slot.slug, slot.series.is_empty()) {
            (Some(_), _) => "note",
            (None, false) => "series",
            (None, true) => "front",
        };
        let front = lesson.map(|lesson| &lesson.front);
        let body = lesson.map(|lesson| lesson.body.open()).unwrap_or_default();
        let outside = links::outside_links(&body);
        let body_lang = lesson.filter(|_| is_foreign).map(|lesson| lesson.address.lang.as_str());
        let date = |iso: Option<&String>| iso.map(|iso| words.date(iso));
        // Where the text is another language's, that page is the one that counts.
        let canonical_language = body_lang.unwrap_or(language);
        let page = PageContext {
            kind,
            title: &title,
            heading_lang: body_lang,
            lang: language,
            locale: web::locale(language),
            description: lesson.map_or("", |lesson| &lesson.summary),
            date: date(front.and_then(|front| front.date.as_ref())),
            date_iso: front.and_then(|front| front.date.as_deref()),
            updated: date(front.and_then(|front| front.updated.as_ref())),
            updated_iso: front.and_then(|front| front.updated.as_deref()),
            tags: front.map_or(&[], |front| &front.tags),
            authors: front.map_or(&[], |front| &front.authors),
            headings: lesson.map_or(&[], |lesson| &lesson.headings),
            body: &body,
            body_lang,
            body_lang_name: body_lang.map(|tag| words.name_of(tag, self.templates.words(tag))).unwrap_or_default(),
            newer_original: lesson.filter(|_| !is_foreign).and_then(|lesson| lesson.newer_original.as_deref()),
            canonical: self.absolute(&slot.path(canonical_language)),
            noindex: is_foreign,
            players: lesson
                .filter(|lesson| lesson.is_played)
                .map(|_| address_in_html(&relative(&path, stem(&slot.path(canonical_language))))),
            structured: lesson.map(|lesson| self.structured(lesson, slot, language)).unwrap_or_default(),
            image: self.image(slot, canonical_language),
            outside: &outside,
        };
        let mut context = tera::Context::new();
        context.insert("site", &self.site_context(language, &path));
        context.insert("page", &page);
        context.insert_value("words", words.value());
        context.insert("alternates", &alternates);
        context.insert("crumbs", &self.crumbs(slot, language, &path));
        let series = || self.series(slot, language, &path);
        context.insert_value("series", self.templates.told(self.series_key(slot, language, &path), series));
        let (previous, next) = self.map.neighbours(slot);
        context.insert("previous", &previous.map(|slot| self.link(slot, language, &path)));
        context.insert("next", &next.map(|slot| self.link(slot, language, &path)));
        context.insert("tags", &self.tag_links(own_tags, language, &path));
        context.insert("referrers", &self.links(self.index.referrers(slot, language), language, &path));
        context
            .insert("related", &self.links(&self.index.related(self.map, slot, language, own_tags), language, &path));
        self.templates.render("page.html", &context)
    }

    fn site_context(&self, language: &str, path: &str) -> SiteContext<'_> {
        let here = |target: &str| address_in_html(&relative(path, target));
        SiteContext {
            title: self.site_title(language),
            description: self.settings.description.get(language).unwrap_or_default().to_owned(),
            base_url: &self.settings.base_url,
            home: here(&format!("{language}/index.html")),
            root: "../".repeat(path.matches('/').count()),
            tags: self.index.has_tags(language).then(|| here(&listing::tags_path(language))),
            archive: self.index.has_dates(language).then(|| here(&listing::archive_path(language))),
            glossary: glossary::has_terms(self.glossary, language).then(|| here(&glossary_path(language))),
            feed: (!self.settings.base_url.is_empty()).then(|| here(&web::feed_path(language))),
            manifest: (!self.settings.base_url.is_empty()).then(|| here(&web::manifest_path(language))),
            has_custom_css: self.templates.asset("custom.css").is_some(),
            params: &self.settings.params,
        }
    }

    fn absolute(&self, path: &str) -> String {
        if self.settings.base_url.is_empty() {
            String::new()
        } else {
            format!("{}{}", self.settings.base_url, address_in_html(path))
        }
    }

    fn alternates(&self, slot: &Slot, language: &str, path: &str) -> Vec<Alternate> {
        let is_translated = |tag: &str| slot.lesson(tag).is_some() || slot.slug.is_none();
        let mut alternates = self.alternates_at(language, path, |tag| (slot.path(tag), is_translated(tag)));
        for alternate in alternates.iter_mut().filter(|alternate| !alternate.is_current) {
            let headings = slot.lesson(&alternate.tag).map_or(&[][..], |i| &self.lessons[i].headings);
            let sections = headings.iter().filter(|heading| heading.level > 1).map(|heading| heading.id.as_str());
            alternate.sections = sections.collect::<Vec<_>>().join(" ");
        }
        alternates
    }

    /// The page at other paths, one for each language, and whether it is the same page there.
    fn alternates_at(&self, language: &str, path: &str, other: impl Fn(&str) -> (String, bool)) -> Vec<Alternate> {
        self.settings
            .languages
            .iter()
            .map(|tag| {
                let (other, is_translated) = other(tag);
                Alternate {
                    tag: tag.clone(),
                    name: self.templates.words(tag).name(),
                    site_title: self.site_title(tag),
                    href: address_in_html(&relative(path, &other)),
                    absolute: self.absolute(&other),
                    is_current: tag == language,
                    is_translated,
                    sections: String::new(),
                }
            })
            .collect()
    }

    fn link(&self, slot: &Slot, language: &str, path: &str) -> Link {
        let (title, lang) = self.title_of(slot, language);
        Link { title, href: address_in_html(&relative(path, &slot.path(language))), lang }
    }

    fn links(&self, slots: &[usize], language: &str, path: &str) -> Vec<Link> {
        slots.iter().map(|slot| self.link(&self.map.slots()[*slot], language, path)).collect()
    }

    /// The title of a slot and, where it is another language's, that language.
    fn title_of(&self, slot: &Slot, language: &str) -> (String, Option<String>) {
        if let Some(own) = slot.lesson(language) {
            return (self.lessons[own].title.clone(), None);
        }
        let other = self.settings.languages.iter().find_map(|tag| Some((tag, slot.lesson(tag)?)));
        match other {
            Some((tag, lesson)) => (self.lessons[lesson].title.clone(), Some(tag.clone())),
            None => (self.untitled(slot, language), None),
        }
    }

    fn untitled(&self, slot: &Slot, language: &str) -> String {
        match slot.series.rsplit('/').next().filter(|name| !name.is_empty()) {
            Some(name) => name.to_owned(),
            None => self.site_title(language),
        }
    }

    fn site_title(&self, language: &str) -> String {
        let own = self.settings.title.get(language);
        own.unwrap_or_else(|| self.templates.words(language).get("site_title")).to_owned()
    }

    fn crumbs(&self, slot: &Slot, language: &str, path: &str) -> Vec<Link> {
        let mut crumbs = Vec::new();
        if !slot.series.is_empty() || slot.slug.is_some() {
            crumbs.push(Link {
                title: self.templates.words(language).get("home").to_owned(),
                href: address_in_html(&relative(path, &format!("{language}/index.html"))),
                lang: None,
            });
        }
        let parents = slot
            .series
            .match_indices('/')
            .map(|(at, _)| &slot.series[..at])
            .chain(Some(slot.series.as_str()).filter(|series| !series.is_empty() && slot.slug.is_some()));
        crumbs.extend(
            parents.filter_map(|series| self.map.front_of(series)).map(|front| self.link(front, language, path)),
        );
        crumbs
    }

    /// The front pages of the series that a page lists: of all on the site's front page, of its own on all others.
    fn listed(&self, slot: &Slot) -> Vec<&Slot> {
        match slot.series.is_empty() && slot.slug.is_none() {
            true => self.map.fronts().collect(),
            false => self.map.front_of(&slot.series).into_iter().collect(),
        }
    }

    /// The series that a page lists, with their notes.
    fn series(&self, slot: &Slot, language: &str, path: &str) -> Vec<Series> {
        self.listed(slot)
            .into_iter()
            .filter_map(|front| {
                let notes: Vec<NoteEntry> =
                    self.map.notes_of(&front.series).map(|note| self.entry(note, language, path)).collect();
                let Link { title, href, .. } = self.link(front, language, path);
                let summary = front.lesson(language).map(|i| self.lessons[i].summary.clone()).unwrap_or_default();
                let print = (!front.series.is_empty())
                    .then(|| address_in_html(&relative(path, &print::print_path(&front.series, language))));
                (!notes.is_empty()).then_some(Series { title, href, summary, notes, print })
            })
            .collect()
    }

    /// Stands for all that a page says of the series that it lists: for a note, what is said on the other pages in its folder.
    fn series_key(&self, slot: &Slot, language: &str, path: &str) -> Key {
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let mut parts: Vec<&[u8]> = vec![language.as_bytes(), folder.as_bytes()];
        for front in self.listed(slot) {
            let outlines = self.outlines.of(&front.series, language).map(Key::bytes);
            parts.extend([front.series.as_bytes(), outlines.unwrap_or_default()]);
        }
        Key::of(parts)
    }

    fn entry(&self, note: &Slot, language: &str, path: &str) -> NoteEntry {
        let (title, lang) = self.title_of(note, language);
        let lesson = note
            .lesson(language)
            .or_else(|| self.settings.languages.iter().find_map(|tag| note.lesson(tag)))
            .map(|i| &self.lessons[i]);
        NoteEntry {
            title,
            href: address_in_html(&relative(path, &note.path(language))),
            summary: lesson.map(|lesson| lesson.summary.clone()).unwrap_or_default(),
            number: lesson.and_then(|lesson| lesson.address.number),
            lang,
            date: lesson.and_then(|lesson| Some(self.templates.words(language).date(lesson.front.date.as_ref()?))),
            date_iso: lesson.and_then(|lesson| lesson.front.date.clone()),
            anchor: None,
        }
    }
}
