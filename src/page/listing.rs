//! Lists of notes: by tag, by date, and beside a note those that refer to it or share its tags.

use super::links::{address_in_html, relative};
use super::{Lesson, Link, Map, NoteEntry, PageContext, Press, Slot, calendar};
use crate::diag::Diagnostic;
use crate::note::address::is_device;
use crate::note::anchor::slug;
use crate::settings::Settings;
use crate::source::caseless;
use serde::Serialize;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

/// Notes that are named as related at most.
const MOST_RELATED: usize = 3;
/// A tag of more notes than this says little about any two of them.
const TELLING_TAG: usize = 50;

/// Where the page of all tags is.
pub(super) fn tags_path(language: &str) -> String {
    format!("{language}/tags/index.html")
}

pub(super) fn tag_path(language: &str, slug: &str) -> String {
    // `index` is the page of all tags, and files cannot have the names of devices on Windows.
    let end = if slug == "index" || is_device(slug) { "-" } else { "" };
    format!("{language}/tags/{slug}{end}.html")
}

/// A tag as it stands in addresses: tags that differ in letters' size alone are one.
pub(super) fn tag_slug(name: &str) -> String {
    caseless(&slug(name))
}

/// Where the page of all notes by date is.
pub(super) fn archive_path(language: &str) -> String {
    format!("{language}/archive.html")
}

/// A tag with the notes that have it, by their position on the map.
#[derive(Debug)]
struct Tag {
    name: String,
    notes: Vec<usize>,
}

/// What notes have to do with each other, language by language.
#[derive(Debug, Default)]
pub struct Index {
    /// The tags by their part of an address: tags that differ in letters' size alone are one.
    tags: BTreeMap<String, BTreeMap<String, Tag>>,
    /// The languages in which notes have dates.
    dated: BTreeSet<String>,
    /// For each page of a note the notes that link to it.
    referrers: HashMap<String, Vec<usize>>,
}

impl Index {
    /// What the lessons say of each other.
    pub fn new(settings: &Settings, map: &Map, lessons: &[Arc<Lesson>]) -> Self {
        let mut index = Self { tags: BTreeMap::new(), dated: BTreeSet::new(), referrers: HashMap::new() };
        for language in &settings.languages {
            let notes = map.slots().iter().enumerate().filter(|(_, slot)| slot.slug.is_some());
            for (at, slot, lesson) in notes.filter_map(|(at, slot)| Some((at, slot, &lessons[slot.lesson(language)?])))
            {
                if lesson.front.date.is_some() {
                    index.dated.insert(language.clone());
                }
                for name in &lesson.front.tags {
                    let tags = index.tags.entry(language.clone()).or_default();
                    let tag =
                        tags.entry(tag_slug(name)).or_insert_with(|| Tag { name: name.clone(), notes: Vec::new() });
                    if tag.notes.last() != Some(&at) {
                        tag.notes.push(at);
                    }
                }
                let page = slot.path(language);
                for target in lesson.targets.iter().filter(|target| **target != page) {
                    index.referrers.entry(target.clone()).or_default().push(at);
                }
            }
        }
        index
    }

    /// The tags of a language as they stand in addresses.
    pub(super) fn tags(&self, language: &str) -> impl Iterator<Item = &str> {
        self.tags.get(language).into_iter().flat_map(|tags| tags.keys().map(String::as_str))
    }

    pub(super) fn has_tags(&self, language: &str) -> bool {
        self.tags.contains_key(language)
    }

    pub(super) fn has_dates(&self, language: &str) -> bool {
        self.dated.contains(language)
    }

    /// The notes that link to a note.
    pub fn referrers(&self, slot: &Slot, language: &str) -> &[usize] {
        let is_note = slot.slug.is_some();
        self.referrers.get(&slot.path(language)).filter(|_| is_note).map_or(&[], Vec::as_slice)
    }

    /// The notes of a language that share tags with a note which say something about them, once for each of the tags.
    pub(super) fn related_by(&self, language: &str, tags: &[String]) -> impl Iterator<Item = usize> {
        let known = self.tags.get(language);
        let distinct: BTreeSet<String> = tags.iter().map(|tag| tag_slug(tag)).collect();
        let shared = distinct.into_iter().filter_map(move |tag| known?.get(&tag));
        shared.filter(|tag| tag.notes.len() <= TELLING_TAG).flat_map(|tag| tag.notes.iter().copied())
    }

    /// The notes that share the most tags with a note, but for its neighbours, which are linked anyway.
    pub(super) fn related(&self, map: &Map, slot: &Slot, language: &str, tags: &[String]) -> Vec<usize> {
        let mut shared: BTreeMap<usize, usize> = BTreeMap::new();
        for note in self.related_by(language, tags) {
            *shared.entry(note).or_default() += 1;
        }
        let (previous, next) = map.neighbours(slot);
        let is_other = |note: &usize| {
            let other = &map.slots()[*note];
            other != slot && Some(other) != previous && Some(other) != next
        };
        let mut related: Vec<(Reverse<usize>, usize)> =
            shared.into_iter().filter(|(note, _)| is_other(note)).map(|(note, count)| (Reverse(count), note)).collect();
        related.sort_unstable();
        related.into_iter().take(MOST_RELATED).map(|(_, note)| note).collect()
    }
}

fn has_tags(site: &Press<'_>, language: &str) -> bool {
    site.index.has_tags(language)
}

/// Notes under one heading.
#[derive(Serialize)]
struct Group {
    title: String,
    href: Option<String>,
    notes: Vec<NoteEntry>,
}

/// A tag in a list of tags.
#[derive(Serialize)]
pub(super) struct TagLink {
    name: String,
    href: String,
    count: usize,
}

impl Press<'_> {
    /// Links to the pages of tags.
    pub(super) fn tag_links(&self, tags: &[String], language: &str, path: &str) -> Vec<TagLink> {
        let link = |name: &String| {
            let slug = tag_slug(name);
            let count = self.index.tags.get(language)?.get(&slug)?.notes.len();
            let href = address_in_html(&relative(path, &tag_path(language, &slug)));
            Some(TagLink { name: name.clone(), href, count })
        };
        tags.iter().filter_map(link).collect()
    }

    /// The page of all tags.
    pub(super) fn tags_page(&self, language: &str, path: &str) -> Result<String, Diagnostic> {
        let names: Vec<String> = self.index.tags[language].values().map(|tag| tag.name.clone()).collect();
        let title = self.templates.words(language).get("tags").to_owned();
        let context = self.listing_context(("tags", &title), language, path, tags_path, has_tags);
        self.list(context, &self.tag_links(&names, language, path), &[])
    }

    /// The page of the notes with a tag.
    pub(super) fn tag_page(&self, language: &str, slug: &str, path: &str) -> Result<String, Diagnostic> {
        let tag = &self.index.tags[language][slug];
        let group = Group { title: String::new(), href: None, notes: self.entries(&tag.notes, language, path) };
        let mut context = self.listing_context(("tag", &tag.name), language, path, tags_path, has_tags);
        let all = Link {
            title: self.templates.words(language).get("tags").to_owned(),
            href: address_in_html(&relative(path, &tags_path(language))),
            lang: None,
        };
        context.insert("crumbs", &[self.home_link(language, path), all]);
        self.list(context, &[], &[group])
    }

    /// All dated notes, the latest first, under their months, and calendars that lead to them.
    pub(super) fn archive(&self, language: &str, path: &str) -> Result<String, Diagnostic> {
        let words = self.templates.words(language);
        let mut days: BTreeMap<String, Vec<NoteEntry>> = BTreeMap::new();
        for slot in self.map.slots().iter().filter(|slot| slot.slug.is_some()) {
            let Some(date) = slot.lesson(language).and_then(|i| self.lessons[i].front.date.as_ref()) else { continue };
            days.entry(date.clone()).or_default().push(self.entry(slot, language, path));
        }
        let title = words.get("archive").to_owned();
        let mut context = self
            .listing_context(("archive", &title), language, path, archive_path, |site, tag| site.index.has_dates(tag));
        context.insert("years", &calendar::years(&days, words));
        let mut groups: Vec<Group> = Vec::new();
        for (day, mut notes) in days.into_iter().rev() {
            notes[0].anchor = Some(calendar::anchor(&day));
            let title = words.month(&day[..7]);
            match groups.last_mut().filter(|group| group.title == title) {
                Some(group) => group.notes.extend(notes),
                None => groups.push(Group { title, href: None, notes }),
            }
        }
        self.list(context, &[], &groups)
    }

    fn entries(&self, notes: &[usize], language: &str, path: &str) -> Vec<NoteEntry> {
        notes.iter().map(|at| self.entry(&self.map.slots()[*at], language, path)).collect()
    }

    fn home_link(&self, language: &str, path: &str) -> Link {
        let title = self.templates.words(language).get("home").to_owned();
        Link { title, href: address_in_html(&relative(path, &format!("{language}/index.html"))), lang: None }
    }

    /// What every list is told; in other languages the list is at `other`, where `is_there`.
    pub(super) fn listing_context(
        &self,
        (kind, title): (&'static str, &str),
        language: &str,
        path: &str,
        other: fn(&str) -> String,
        is_there: fn(&Self, &str) -> bool,
    ) -> tera::Context {
        let is_same = kind != "tag";
        let alternates = self.alternates_at(language, path, |tag| match tag {
            own if own == language => (path.to_owned(), true),
            tag if is_there(self, tag) => (other(tag), is_same),
            tag => (format!("{tag}/index.html"), false),
        });
        let mut context = tera::Context::new();
        context.insert("site", &self.site_context(language, path));
        let page = PageContext { canonical: self.absolute(path), ..PageContext::plain(kind, title, language) };
        context.insert("page", &page);
        context.insert_value("words", self.templates.words(language).value());
        context.insert("alternates", &alternates);
        context.insert("crumbs", &[self.home_link(language, path)]);
        context.insert("weekdays", &calendar::weekdays(self.templates.words(language)));
        context.insert("years", &Vec::<calendar::Year>::new());
        context
    }

    fn list(&self, mut context: tera::Context, tags: &[TagLink], groups: &[Group]) -> Result<String, Diagnostic> {
        context.insert("tags", tags);
        context.insert("groups", groups);
        self.templates.render("list.html", &context)
    }
}
