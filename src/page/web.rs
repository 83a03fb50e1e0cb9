//! What the web wants to know of a site: feeds, a sitemap, rules for robots, structured data. Feeds and sitemaps hold
//! whole addresses, so they are made where the site's own is known.

use super::{Lesson, Slot, Writer};
use serde::Serialize;
use serde_json::json;

/// Notes in a feed, the latest ones.
const FEED_LENGTH: usize = 30;

/// Where a language's feed is.
pub(super) fn feed_path(language: &str) -> String {
    format!("{language}/feed.xml")
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

impl Writer<'_> {
    /// Feeds, the sitemap, and rules for robots.
    pub(super) fn web_files(&mut self) {
        if self.settings.base_url.is_empty() {
            return;
        }
        for language in &self.settings.languages.clone() {
            self.feed(language);
        }
        self.sitemap();
        let mut context = tera::Context::new();
        context.insert("sitemap", &self.absolute("sitemap.xml"));
        self.render("robots.txt", &context, "robots.txt".to_owned(), "templates");
    }

    /// A language's dated notes, the ones changed last first (Atom, RFC 4287).
    fn feed(&mut self, language: &str) {
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
        let path = feed_path(language);
        let mut context = tera::Context::new();
        context.insert("site", &self.site_context(language, &path));
        context.insert("lang", language);
        context.insert("address", &self.absolute(&path));
        context.insert("home", &self.absolute(&format!("{language}/index.html")));
        context.insert("updated", entries.first().map_or("1970-01-01", |entry| entry.updated));
        context.insert("entries", &entries);
        self.render("feed.xml", &context, path, "templates");
    }

    /// Every page that counts, with the same page in the other languages.
    fn sitemap(&mut self) {
        let site = &*self;
        let languages = &site.settings.languages;
        let entries = site.map.slots().iter().flat_map(|slot| {
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
        let mut context = tera::Context::new();
        context.insert("entries", &entries.collect::<Vec<_>>());
        context.insert("default", &languages[0]);
        self.render("sitemap.xml", &context, "sitemap.xml".to_owned(), "templates");
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
        put("url", self.absolute(&slot.path(language)).into());
        if slot.slug.is_none() {
            put("provider", json!({ "@type": "Organization", "name": self.site_title(language) }));
        }
        // What could end the script element is written by its number.
        data.to_string().replace('<', "\\u003c")
    }
}
