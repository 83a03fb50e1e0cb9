//! Where the links of a note lead, and how references read. In: destinations as notes write them; out: addresses,
//! texts, and diagnostics for what leads nowhere.

use super::Workshop;
use crate::diag::Diagnostic;
use crate::expr::closest;
use crate::lang::text;
use crate::markup::unescaped;
use crate::note::html::escape_address;
use crate::note::{Naming, Note};
use crate::numbering::Number;
use crate::page::links::{BrokenLink, address_in_html, relative};
use crate::page::{Map, Slot, is_gathered};
use crate::settings::Settings;
use crate::source::beside;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

/// Why a reference has no text.
#[derive(Debug)]
pub(super) enum Unknown {
    /// There is no such note.
    Note,
    /// Nothing in the note has the id; the closest one that something has.
    Id(Option<String>),
    /// What has the id has no caption, and so no number.
    Number,
    /// It leads to what has no name that could be its text.
    Text,
}

impl Unknown {
    fn diagnostic(self, name: &str, range: Range<usize>) -> Diagnostic {
        let unknown = |message| Diagnostic::error("unknown-reference", range.clone(), message);
        match self {
            Self::Note => {
                unknown(text(format!("`{name}`: 그런 노트가 없습니다"), format!("`{name}`: there is no such note")))
            }
            Self::Id(near) => {
                let diagnostic = unknown(text(
                    format!("`{name}`: 그런 id가 없습니다"),
                    format!("`{name}`: nothing has this id"),
                ));
                match near {
                    Some(near) => diagnostic.help(text(format!("`{near}`인가요?"), format!("did you mean `{near}`?"))),
                    None => diagnostic,
                }
            }
            Self::Number => unknown(text(
                format!("`{name}`: 이 그림에는 설명이 없어 번호가 없습니다"),
                format!("`{name}`: this figure has no caption and so no number"),
            ))
            .help(text(
                "블록의 첫 줄에 `# 설명 | caption`을 쓰세요",
                "write `# 설명 | caption` as the first line of the block",
            )),
            Self::Text => Diagnostic::error(
                "empty-link",
                range,
                text("링크에 글이 없습니다", "the link has no text"),
            )
            .help(text(
                "`[` 와 `]` 사이에 글을 쓰세요. 비워 둘 수 있는 것은 노트, 제목, 번호가 있는 것을 가리킬 때뿐입니다",
                "write a text between `[` and `]`; only a link to a note, a heading or something with a number may be empty",
            )),
        }
    }
}

/// A destination's path and anchor.
fn in_two(destination: &str) -> (&str, &str) {
    destination.split_once('#').unwrap_or((destination, ""))
}

impl Workshop<'_> {
    /// Where a link of a note leads: a note's file to the page of that note in the same language.
    pub(super) fn link(&self, note: &Note, destination: &str) -> Option<String> {
        page_address(self.map, self.notes, |path| self.places.get(path).copied(), note, destination)
    }

    /// The note that a destination leads to.
    pub(super) fn linked_note(&self, note: &Note, destination: &str) -> Option<usize> {
        let (path, _) = in_two(destination);
        if path.ends_with(".md") { self.find_note(note, path) } else { None }
    }

    /// The note that a file's path, seen from another note, names.
    fn find_note(&self, note: &Note, path: &str) -> Option<usize> {
        self.places.get(beside(&note.source.path, path)?.as_str()).copied()
    }

    /// What a number is called in a note's language: `그림 3`, `Equation (4)`.
    pub(super) fn label(&self, note: &Note, number: &Number) -> String {
        self.templates.words(&note.address.lang).get(number.kind.word()).replace("{number}", &number.text)
    }

    /// What a link without a text reads as: the number of what it leads to, the heading, or the title of the note.
    pub(super) fn reference(&self, index: usize, destination: &str) -> Result<String, Unknown> {
        let note = &self.notes[index];
        let (path, anchor) = in_two(destination);
        let target = match path {
            "" => index,
            path if path.ends_with(".md") => self.shown_note(note, path).ok_or(Unknown::Note)?,
            _ => return Err(Unknown::Text),
        };
        if anchor.is_empty() {
            return if path.is_empty() { Err(Unknown::Text) } else { Ok(self.notes[target].title.clone()) };
        }
        if let Some(number) = self.numbering.of_id(target, anchor) {
            return Ok(self.label(note, number));
        }
        if let Some(heading) = self.notes[target].heading(anchor) {
            return Ok(heading.text.clone());
        }
        if self.catalogue.blocks[target].iter().any(|entry| entry.id == anchor) {
            return Err(Unknown::Number);
        }
        let headings = self.notes[target].headings.iter().map(|heading| heading.id.as_str());
        Err(Unknown::Id(nearest(anchor, self.numbering.ids(target).chain(headings))))
    }

    /// The note whose page a path leads to: in the language of the note that holds the link, if there is one.
    fn shown_note(&self, note: &Note, path: &str) -> Option<usize> {
        let found = self.find_note(note, path)?;
        let address = &self.notes[found].address;
        let slot = self.map.find(&address.series, address.slug.as_deref())?;
        Some(slot.lesson(&note.address.lang).unwrap_or(found))
    }

    /// Diagnostics for the references of a note that name nothing.
    pub(super) fn unknown_references(&self, index: usize) -> Vec<Diagnostic> {
        let note = &self.notes[index];
        let file: Arc<str> = note.source.path.as_str().into();
        let of_links = note.links.iter().filter(|link| link.is_reference).filter_map(|link| {
            let unknown = self.reference(index, &link.dest).err()?;
            Some(unknown.diagnostic(&link.dest, link.range.clone()))
        });
        let names = note.formulas.iter().flat_map(|formula| &formula.names);
        let referring = names.filter(|name| !matches!(name.does, Naming::Labels { .. }));
        let of_formulas = referring.filter(|name| self.numbering.of_id(index, &name.name).is_none()).map(|name| {
            let near = nearest(&name.name, self.numbering.ids(index));
            Unknown::Id(near).diagnostic(&name.name, name.range.clone())
        });
        of_links.chain(of_formulas).map(|diagnostic| diagnostic.in_file(&file)).collect()
    }
}

/// Where more names than these are known, none is looked for that an unknown one could be a slip of.
const MOST_SEARCHED: usize = 1_000;

/// The name that another is most likely a slip of.
fn nearest<'n>(name: &str, known: impl Iterator<Item = &'n str>) -> Option<String> {
    let known: Vec<&str> = known.take(MOST_SEARCHED + 1).collect();
    if known.len() > MOST_SEARCHED { None } else { closest(name, known.into_iter()).map(str::to_owned) }
}

/// Finds the notes that links of pages come from.
pub struct DeadLinks<'a> {
    /// The site's settings.
    pub settings: &'a Settings,
    /// All pages.
    pub map: &'a Map,
    /// All notes.
    pub notes: &'a [Arc<Note>],
}

/// The page that links stand on: the note that it shows, if any, and where on the page each link of the note leads.
struct Referrer<'a> {
    note: Option<&'a Note>,
    written: HashMap<String, Range<usize>>,
}

impl<'a> DeadLinks<'a> {
    /// The diagnostics for links of pages that lead nowhere, each at its place in the note if it is the note's. None for
    /// a page that shows another page's text: the link is reported where it is written. Those of a page stand together.
    pub fn report(&self, broken: &[BrokenLink]) -> Vec<Diagnostic> {
        if broken.is_empty() {
            return Vec::new();
        }
        let languages = &self.settings.languages;
        let slots = self.map.slots().iter();
        let pages: HashMap<String, (&Slot, &str)> =
            slots.flat_map(|slot| languages.iter().map(move |tag| (slot.path(tag), (slot, tag.as_str())))).collect();
        let notes = self.notes.iter().enumerate();
        let places: HashMap<&str, usize> = notes.map(|(at, note)| (note.source.path.as_str(), at)).collect();
        let of_page = |links: &[BrokenLink]| {
            let referrer = self.referrer(&links[0].page, &pages, &places);
            referrer.map(|referrer| links.iter().map(|link| referrer.report(link)).collect::<Vec<_>>())
        };
        broken.chunk_by(|a, b| a.page == b.page).filter_map(of_page).flatten().collect()
    }

    fn referrer(
        &self,
        page: &str,
        pages: &HashMap<String, (&Slot, &str)>,
        places: &HashMap<&str, usize>,
    ) -> Option<Referrer<'a>> {
        let Some((slot, language)) = pages.get(page) else {
            // What is dead there is dead where it comes from.
            return (!is_gathered(page)).then(|| Referrer { note: None, written: HashMap::new() });
        };
        let note: &Note = &self.notes[slot.lesson(language)?];
        let mut written = HashMap::new();
        for link in &note.links {
            let address = page_address(self.map, self.notes, |path| places.get(path).copied(), note, &link.dest);
            let shown = as_on_page(address.as_deref().unwrap_or(&link.dest));
            written.entry(shown).or_insert_with(|| link.range.clone());
        }
        Some(Referrer { note: Some(note), written })
    }
}

impl Referrer<'_> {
    fn report(&self, BrokenLink { page, href, is_anchor }: &BrokenLink) -> Diagnostic {
        let message = if *is_anchor {
            text(format!("`{href}`: 그런 자리가 없습니다"), format!("`{href}`: there is no such place on that page"))
        } else {
            text(format!("`{href}`: 그런 파일이 없습니다"), format!("`{href}`: there is no such file"))
        };
        let file = self.note.map_or_else(|| format!("site/{page}"), |note| note.source.path.clone());
        let in_html = || self.note.and_then(|note| place_in_html(&note.source.text, href));
        let range = self.written.get(href).cloned().or_else(in_html).unwrap_or(0..0);
        Diagnostic::error("dead-link", range, message).in_file(&file.as_str().into())
    }
}

/// Where the first attribute of a note's raw HTML stands that has this value.
fn place_in_html(text: &str, address: &str) -> Option<Range<usize>> {
    let is_value = |at: &usize| text[..*at].trim_end_matches(['"', '\'']).ends_with('=');
    let start = text.match_indices(address).map(|(at, _)| at).find(is_value)?;
    Some(start..start + address.len())
}

/// An address as it is found on a page.
fn as_on_page(address: &str) -> String {
    let mut written = String::new();
    escape_address(address, &mut written);
    unescaped(&written)
}

/// Where a link of a note leads: a note's file to the page of that note in the same language.
fn page_address(
    map: &Map,
    notes: &[Arc<Note>],
    place: impl Fn(&str) -> Option<usize>,
    note: &Note,
    destination: &str,
) -> Option<String> {
    let (path, anchor) = in_two(destination);
    if !path.ends_with(".md") || path.contains(':') {
        return None;
    }
    let address = &notes[place(&beside(&note.source.path, path)?)?].address;
    let slot = map.find(&address.series, address.slug.as_deref())?;
    let here = map.find(&note.address.series, note.address.slug.as_deref())?;
    let href = address_in_html(&relative(&here.path(&note.address.lang), &slot.path(&note.address.lang)));
    Some(if anchor.is_empty() { href } else { format!("{href}#{anchor}") })
}
