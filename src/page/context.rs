//! What templates are told of the site and the page. In: nothing; out: the shapes of it. This file does not know where their
//! contents come from.

use super::web;
use crate::note::Heading;
use serde::Serialize;

/// A link of a page.
#[derive(Serialize)]
pub(super) struct Link {
    pub title: String,
    pub href: String,
    /// The language of the title, where it is not the page's.
    pub lang: Option<String>,
}

/// The same page in another language.
#[derive(Serialize)]
pub(super) struct Alternate {
    pub tag: String,
    pub name: String,
    pub site_title: String,
    pub href: String,
    pub absolute: String,
    pub is_current: bool,
    pub is_translated: bool,
    /// The anchors of its sections, in their order.
    pub sections: String,
}

/// A series with its notes.
#[derive(Serialize)]
pub(super) struct Series {
    pub title: String,
    pub href: String,
    pub summary: String,
    pub notes: Vec<NoteEntry>,
    /// The page that holds all of them.
    pub print: Option<String>,
}

/// A note in a list.
#[derive(Serialize)]
pub(super) struct NoteEntry {
    pub title: String,
    pub href: String,
    pub summary: String,
    pub number: Option<u32>,
    pub lang: Option<String>,
    pub date: Option<String>,
    pub date_iso: Option<String>,
    /// The id of its place, where something of the page leads there.
    pub anchor: Option<String>,
}

/// What a template is told about the site.
#[derive(Serialize)]
pub(super) struct SiteContext<'a> {
    pub title: String,
    pub description: String,
    pub base_url: &'a str,
    pub home: String,
    /// From the page to the site's root: `../../`.
    pub root: String,
    /// The page of all tags, where notes have any.
    pub tags: Option<String>,
    /// The page of all notes by date, where notes have dates.
    pub archive: Option<String>,
    /// The page of all terms, where there are any.
    pub glossary: Option<String>,
    /// The feed, where the site has an address.
    pub feed: Option<String>,
    /// What a browser needs to keep the site at hand like a program, where the site has an address.
    pub manifest: Option<String>,
    /// Whether the author adds rules to the style sheet.
    pub has_custom_css: bool,
    pub params: &'a toml::Table,
}

/// What a template is told about the page.
#[derive(Serialize)]
pub(super) struct PageContext<'a> {
    pub kind: &'static str,
    pub title: &'a str,
    /// Also the document's title, with the site's.
    pub heading_lang: Option<&'a str>,
    pub lang: &'a str,
    /// The language with a country, as Open Graph wants it.
    pub locale: String,
    pub description: &'a str,
    pub date: Option<String>,
    pub date_iso: Option<&'a str>,
    pub updated: Option<String>,
    pub updated_iso: Option<&'a str>,
    pub tags: &'a [String],
    pub authors: &'a [String],
    pub headings: &'a [Heading],
    pub body: &'a str,
    /// The language of the body, where the page's own lacks it.
    pub body_lang: Option<&'a str>,
    pub body_lang_name: String,
    /// The language of the original, where that has changed since the body was translated.
    pub newer_original: Option<&'a str>,
    pub canonical: String,
    pub noindex: bool,
    /// The script that holds what its figures need to be played with.
    pub players: Option<String>,
    /// What search engines are told, as JSON-LD.
    pub structured: String,
    /// The picture that goes with links to the page.
    pub image: Option<Image>,
    /// The addresses of its links to other sites, for paper.
    pub outside: &'a [String],
}

/// The picture that goes with links to a page.
#[derive(Serialize)]
pub(super) struct Image {
    /// Its whole address.
    pub address: String,
    pub width: u16,
    pub height: u16,
    pub alternative: String,
}

impl<'a> PageContext<'a> {
    /// A page that is no note's.
    pub fn plain(kind: &'static str, title: &'a str, lang: &'a str) -> Self {
        Self {
            kind,
            title,
            heading_lang: None,
            lang,
            locale: web::locale(lang),
            description: "",
            date: None,
            date_iso: None,
            updated: None,
            updated_iso: None,
            tags: &[],
            authors: &[],
            headings: &[],
            body: "",
            body_lang: None,
            body_lang_name: String::new(),
            newer_original: None,
            canonical: String::new(),
            noindex: false,
            players: None,
            structured: String::new(),
            image: None,
            outside: &[],
        }
    }
}
