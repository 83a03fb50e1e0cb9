//! What the web wants to know of a site: feeds, a sitemap, rules for robots, structured data. Feeds and sitemaps hold
//! whole addresses, so they are made where the site's own is known.

use super::card::{self, Card};
use super::{Image, Lesson, Press, Slot, glossary, glossary_path, style};
use crate::diag::Diagnostic;
use crate::lang::text;
use crate::raster::small_png;
use serde::Serialize;
use serde_json::json;

/// Notes in a feed, the latest ones.
const FEED_LENGTH: usize = 30;

/// Where a language's feed is.
pub(super) fn feed_path(language: &str) -> String {
    format!("{language}/feed.xml")
}

/// Where a language's manifest is.
pub(super) fn manifest_path(language: &str) -> String {
    format!("{language}/manifest.webmanifest")
}

/// A language tag as Open Graph writes it, with a country.
pub(super) fn locale(tag: &str) -> String {
    match tag {
        "ko" => "ko_KR".to_owned(),
        "en" => "en_US".to_owned(),
        tag => tag.replace('-', "_"),
    }
}

/// The icons made of `favicon.svg`, by their widths in pixels.
pub(super) const ICONS: [(u16, &str); 3] =
    [(180, "assets/icon-180.png"), (192, "assets/icon-192.png"), (512, "assets/icon-512.png")];

/// Where the card of a page is.
pub(super) fn card_path(slot: &Slot, language: &str) -> String {
    format!("assets/cards/{}.png", slot.path(language).trim_end_matches(".html"))
}

/// A note in a feed.
#[derive(Serialize)]
struct FeedEntry<'a> {
    title: &'a str,
    address: String,
    published: &'a str,
    updated: &'a str,
    summary: &'a str,
    authors: &'a [String],
    tags: &'a [String],
}

/// A page of the sitemap in all its languages.
#[derive(Serialize)]
struct SitemapEntry<'a> {
    address: String,
    updated: Option<&'a str>,
    alternates: Vec<(&'a str, String)>,
}

impl Press<'_> {
    /// Rules for robots.
    pub(super) fn robots(&self) -> Result<String, Diagnostic> {
        let mut context = tera::Context::new();
        context.insert("sitemap", &self.absolute("sitemap.xml"));
        self.templates.render("robots.txt", &context)
    }

    /// A language's dated notes, the ones changed last first (Atom, RFC 4287).
    pub(super) fn feed(&self, language: &str, path: &str) -> Result<String, Diagnostic> {
        let notes = self.map.slots().iter().filter(|slot| slot.slug.is_some());
        let mut entries: Vec<FeedEntry<'_>> = notes
            .filter_map(|slot| {
                let lesson = &self.lessons[slot.lesson(language)?];
                let published = lesson.front.date.as_deref()?;
                Some(FeedEntry {
                    title: &lesson.title,
                    address: self.absolute(&slot.path(language)),
                    published,
                    updated: lesson.front.updated.as_deref().unwrap_or(published),
                    summary: &lesson.summary,
                    authors: &lesson.front.authors,
                    tags: &lesson.front.tags,
                })
            })
            .collect();
        entries.sort_by(|a, b| (b.updated, b.published, &a.address).cmp(&(a.updated, a.published, &b.address)));
        entries.truncate(FEED_LENGTH);
        let mut context = tera::Context::new();
        context.insert("site", &self.site_context(language, path));
        context.insert("lang", language);
        context.insert("address", &self.absolute(path));
        context.insert("home", &self.absolute(&format!("{language}/index.html")));
        context.insert("updated", entries.first().map_or("1970-01-01", |entry| entry.updated));
        context.insert("entries", &entries);
        self.templates.render("feed.xml", &context)
    }

    /// What a browser needs to keep the site at hand like a program.
    pub(super) fn manifest(&self, language: &str) -> String {
        let title = self.site_title(language);
        let paper = style::value(self.templates.asset("site.css").unwrap_or_default(), "paper").unwrap_or_default();
        let to_assets = "../";
        let mut icons =
            vec![json!({ "src": format!("{to_assets}assets/favicon.svg"), "sizes": "any", "type": "image/svg+xml" })];
        icons.extend(ICONS.map(|(width, path)| {
            json!({ "src": format!("{to_assets}{path}"), "sizes": format!("{width}x{width}"), "type": "image/png" })
        }));
        let manifest = json!({
            "name": title,
            "short_name": title,
            "description": self.settings.description.get(language).unwrap_or_default(),
            "lang": language,
            "start_url": "index.html",
            "scope": "../",
            "display": "minimal-ui",
            "background_color": paper,
            "theme_color": paper,
            "icons": icons,
        });
        format!("{manifest:#}\n")
    }

    /// The site's sign in pixels, for programs that draw no SVG.
    pub(super) fn icon(&self, width: u16) -> Result<Vec<u8>, Diagnostic> {
        let svg = self.templates.asset("favicon.svg").unwrap_or_default();
        small_png(svg, width).ok_or_else(|| bad_icon().in_file(&self.templates.place("favicon.svg")))
    }

    /// Whether pages have cards.
    pub(super) fn has_cards(&self) -> bool {
        self.settings.social_cards && !self.settings.base_url.is_empty()
    }

    /// The card of a page, where there are cards; a page that shows another language's text has that one's.
    pub(super) fn image(&self, slot: &Slot, language: &str) -> Option<Image> {
        let (width, height) = (card::WIDTH, card::HEIGHT);
        self.has_cards().then(|| Image {
            address: self.absolute(&card_path(slot, language)),
            width,
            height,
            alternative: card::alternative(&self.card(slot, language)),
        })
    }

    fn card(&self, slot: &Slot, language: &str) -> Card {
        let lesson = slot.lesson(language).map(|i| &self.lessons[i]);
        Card {
            site: self.site_title(language),
            title: self.title_of(slot, language).0,
            summary: lesson.map(|lesson| lesson.summary.clone()).unwrap_or_default(),
            picture: lesson.and_then(|lesson| card::first_picture(&lesson.body.open()).map(str::to_owned)),
        }
    }

    /// The card of a page in pixels.
    pub(super) fn card_png(&self, slot: &Slot, language: &str) -> Vec<u8> {
        small_png(&card::svg(&self.card(slot, language)), card::WIDTH).unwrap_or_default()
    }

    /// Every page that counts, with the same page in the other languages.
    pub(super) fn sitemap(&self) -> Result<String, Diagnostic> {
        let site = self;
        let languages = &site.settings.languages;
        let pages = site.map.slots().iter().flat_map(|slot| {
            // A page that shows another language's text counts as that one.
            let own: Vec<&str> = languages
                .iter()
                .map(String::as_str)
                .filter(|tag| slot.lesson(tag).is_some() || slot.slug.is_none())
                .collect();
            let alternates: Vec<(&str, String)> =
                own.iter().map(|tag| (*tag, site.absolute(&slot.path(tag)))).collect();
            own.into_iter().map(move |tag| {
                let front = slot.lesson(tag).map(|i| &site.lessons[i].front);
                SitemapEntry {
                    address: site.absolute(&slot.path(tag)),
                    updated: front.and_then(|front| front.updated.as_deref().or(front.date.as_deref())),
                    alternates: alternates.clone(),
                }
            })
        });
        let with_terms = || languages.iter().map(String::as_str).filter(|tag| glossary::has_terms(site.glossary, tag));
        let terms = |tag: &str| site.absolute(&glossary_path(tag));
        let glossaries = with_terms().map(|tag| SitemapEntry {
            address: terms(tag),
            updated: None,
            alternates: with_terms().map(|tag| (tag, terms(tag))).collect(),
        });
        let entries = pages.chain(glossaries);
        let mut context = tera::Context::new();
        context.insert("entries", &entries.collect::<Vec<_>>());
        context.insert("default", &languages[0]);
        self.templates.render("sitemap.xml", &context)
    }

    /// The note as a learning resource of schema.org, or the series as a course.
    pub(super) fn structured(&self, lesson: &Lesson, slot: &Slot, language: &str) -> String {
        let front = &lesson.front;
        let authors: Vec<_> = front.authors.iter().map(|name| json!({ "@type": "Person", "name": name })).collect();
        let mut data = json!({
            "@context": "https://schema.org",
            "@type": if slot.slug.is_some() { "Article" } else { "Course" },
            "inLanguage": lesson.address.lang,
            "description": lesson.summary,
        });
        data[if slot.slug.is_some() { "headline" } else { "name" }] = lesson.title.as_str().into();
        let mut put = |key: &str, value: serde_json::Value| {
            let is_empty = value.as_str() == Some("") || value.as_array().is_some_and(Vec::is_empty) || value.is_null();
            if !is_empty {
                data[key] = value;
            }
        };
        put("author", authors.into());
        put("datePublished", front.date.clone().into());
        put("dateModified", front.updated.clone().or_else(|| front.date.clone()).into());
        put("keywords", front.tags.join(", ").into());
        put("image", self.image(slot, language).map(|image| image.address).into());
        put("url", self.absolute(&slot.path(language)).into());
        if slot.slug.is_none() {
            put("provider", json!({ "@type": "Organization", "name": self.site_title(language) }));
        }
        // What could end the script element is written by its number.
        data.to_string().replace('<', "\\u003c")
    }
}

fn bad_icon() -> Diagnostic {
    Diagnostic::error(
        "bad-icon",
        0..0,
        text(
            "SVG로 읽을 수 없어서 아이콘을 만들지 못합니다",
            "this cannot be read as SVG, so that no icons can be made of it",
        ),
    )
}
