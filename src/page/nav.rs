//! Which pages there are, and in which order.

use crate::note::Address;
use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

/// A page in all its languages: a note, or the front page of a series (or of the site).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slot {
    /// The folder, with `/` between its parts; empty for the site's own pages.
    pub series: String,
    /// The note; `None` for a front page.
    pub slug: Option<String>,
    lessons: BTreeMap<String, usize>,
    order: (i64, String),
}

impl Slot {
    /// The front page of a series that has no text of its own.
    pub fn front(series: &str) -> Self {
        Self { series: series.to_owned(), slug: None, lessons: BTreeMap::new(), order: (i64::MAX, String::new()) }
    }

    /// The lesson in a language, if there is one.
    pub fn lesson(&self, language: &str) -> Option<usize> {
        self.lessons.get(language).copied()
    }

    /// Its lessons in all languages.
    pub fn lessons(&self) -> impl Iterator<Item = usize> {
        self.lessons.values().copied()
    }

    /// Its path in a language, below the site's root.
    pub fn path(&self, language: &str) -> String {
        let slug = self.slug.as_deref().unwrap_or("index");
        let between = if self.series.is_empty() { "" } else { "/" };
        [language, between, &self.series, "/", slug, ".html"].concat()
    }
}

/// All pages: front pages first, then the notes of each series in their order.
#[derive(Clone, Debug, Default)]
pub struct Map {
    slots: Vec<Slot>,
    series: HashMap<String, Series>,
}

/// Where a series stands among the pages: its front page, then its notes.
#[derive(Clone, Debug, Default)]
struct Series {
    pages: Range<usize>,
    notes: HashMap<String, usize>,
}

impl Map {
    /// The map of the notes with these addresses and orders; a note's number is its position here.
    pub fn new<'a>(notes: impl Iterator<Item = (&'a Address, Option<i64>)>) -> Self {
        let mut slots: BTreeMap<(String, Option<String>), Slot> = BTreeMap::new();
        slots.insert((String::new(), None), Slot::front(""));
        for (i, (address, order)) in notes.enumerate() {
            // Every folder on the way has a front page.
            let parents =
                address.series.match_indices('/').map(|(at, _)| &address.series[..at]).chain([address.series.as_str()]);
            for series in parents {
                slots.entry((series.to_owned(), None)).or_insert_with(|| Slot::front(series));
            }
            let slot = slots
                .entry((address.series.clone(), address.slug.clone()))
                .or_insert_with(|| Slot { slug: address.slug.clone(), ..Slot::front(&address.series) });
            slot.lessons.entry(address.lang.clone()).or_insert(i);
            let number = order.or(address.number.map(i64::from)).unwrap_or(i64::MAX);
            // Twins may disagree; the smaller number decides, so that the order does not hang on theirs.
            slot.order = (number.min(slot.order.0), address.slug.clone().unwrap_or_default());
        }
        let mut slots: Vec<Slot> = slots.into_values().collect();
        let fronts = slots.iter().filter(|slot| slot.slug.is_none());
        let number_of: BTreeMap<String, i64> = fronts.map(|front| (front.series.clone(), front.order.0)).collect();
        // A series stands where the front pages on the way to it say; of several of one number, in the order of names.
        let place = |series: &str| -> Vec<(i64, String)> {
            let ends = series.match_indices('/').map(|(at, _)| at).chain([series.len()]).filter(|end| *end > 0);
            ends.map(|end| (number_of[&series[..end]], series[..end].to_owned())).collect()
        };
        slots.sort_by_cached_key(|slot| (place(&slot.series), slot.slug.is_some(), slot.order.clone()));
        let mut series: HashMap<String, Series> = HashMap::new();
        for (at, slot) in slots.iter().enumerate() {
            let own =
                series.entry(slot.series.clone()).or_insert_with(|| Series { pages: at..at, ..Series::default() });
            own.pages.end = at + 1;
            own.notes.extend(slot.slug.clone().map(|slug| (slug, at)));
        }
        Self { slots, series }
    }

    /// All pages.
    pub fn slots(&self) -> &[Slot] {
        &self.slots
    }

    /// The page of a note.
    pub fn find(&self, series: &str, slug: Option<&str>) -> Option<&Slot> {
        let own = self.series.get(series)?;
        let at = slug.map_or(Some(own.pages.start), |slug| own.notes.get(slug).copied());
        Some(&self.slots[at?])
    }

    /// The front pages of the series that hold notes, in order.
    pub fn fronts(&self) -> impl Iterator<Item = &Slot> {
        self.slots.iter().filter(|slot| slot.slug.is_none())
    }

    /// The front page of a series.
    pub fn front_of(&self, series: &str) -> Option<&Slot> {
        self.find(series, None)
    }

    /// The notes of a series in their order.
    pub fn notes_of(&self, series: &str) -> impl Iterator<Item = &Slot> {
        self.series.get(series).into_iter().flat_map(|own| &self.slots[own.pages.start + 1..own.pages.end])
    }

    /// The notes before and after one.
    pub fn neighbours<'a>(&'a self, slot: &'a Slot) -> (Option<&'a Slot>, Option<&'a Slot>) {
        let place = || {
            let own = self.series.get(&slot.series)?;
            Some((own.pages.start + 1..own.pages.end, *own.notes.get(slot.slug.as_ref()?)?))
        };
        let Some((notes, at)) = place() else { return (None, None) };
        let note = |at: usize| notes.contains(&at).then(|| &self.slots[at]);
        (note(at - 1), note(at + 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(series: &str, number: Option<u32>, slug: Option<&str>, lang: &str) -> Address {
        Address { series: series.into(), number, slug: slug.map(str::to_owned), lang: lang.into() }
    }

    #[test]
    fn notes_stand_in_their_order() {
        let addresses = [
            address("dl", Some(10), Some("xor"), "ko"),
            address("dl", Some(2), Some("tensor"), "ko"),
            address("dl", Some(2), Some("tensor"), "en"),
            address("dl", None, Some("extra"), "en"),
            address("a/b", Some(1), Some("deep"), "ko"),
        ];
        let map = Map::new(addresses.iter().map(|a| (a, None)));
        let second = address("z", None, None, "en");
        let first = [(&second, Some(1)), (&addresses[0], None)];
        assert_eq!(
            Map::new(first.into_iter()).fronts().map(|front| &*front.series).collect::<Vec<_>>(),
            ["", "z", "dl"]
        );
        let paths: Vec<String> = map.slots().iter().map(|slot| slot.path("ko")).collect();
        assert_eq!(
            paths,
            [
                "ko/index.html",
                "ko/a/index.html",
                "ko/a/b/index.html",
                "ko/a/b/deep.html",
                "ko/dl/index.html",
                "ko/dl/tensor.html",
                "ko/dl/xor.html",
                "ko/dl/extra.html"
            ]
        );
        let xor = map.find("dl", Some("xor")).expect("it is there");
        let (before, after) = map.neighbours(xor);
        assert_eq!(
            (before.and_then(|s| s.slug.as_deref()), after.and_then(|s| s.slug.as_deref())),
            (Some("tensor"), Some("extra"))
        );
        assert_eq!((xor.lesson("ko"), xor.lesson("en")), (Some(0), None));
    }
}
