//! What lessons and figures are made from. In: a note and what it takes from the rest of the site; out: keys, so that
//! nothing is written twice. Settings, templates, the glossary and pictures are in no key: where they change, the memo
//! starts anew.

use super::Workshop;
use crate::blocks::Entry;
use crate::key::Key;
use crate::note::{FrontMatter, Note};
use std::collections::BTreeSet;

impl Workshop<'_> {
    /// What each mark of a note is called, where it has a number.
    pub(super) fn labels(&self, index: usize) -> Vec<Option<String>> {
        let note = &self.notes[index];
        self.numbering.of_marks(index).iter().map(|number| Some(self.label(note, number.as_ref()?))).collect()
    }

    /// What the figure of each block of a note is made from.
    pub(super) fn figure_keys(&self, index: usize, labels: &[Option<String>]) -> Vec<Key> {
        let language = self.notes[index].address.lang.as_bytes();
        let entries = self.catalogue.blocks[index].iter().enumerate();
        let key = |(at, entry): (usize, &Entry)| {
            let of_graph = || Some(self.catalogue.graphs[entry.graph?].key);
            let of_training = || Some(self.catalogue.trainings[entry.training?].key);
            let shown = of_training().or_else(of_graph);
            let label = labels[self.numbering.mark_of_block(index, at)].as_deref().unwrap_or_default();
            Key::of([entry.key.bytes(), shown.as_ref().map_or(&[], Key::bytes), label.as_bytes(), language])
        };
        entries.map(key).collect()
    }

    /// All that the lesson of a note is made from: its text, its figures, its numbers, and what it refers to in others.
    pub(super) fn lesson_key(&self, index: usize, figures: &[Key], labels: &[Option<String>]) -> Key {
        let note = &self.notes[index];
        let links = note.links.iter().map(|link| {
            let target = self.linked_note(note, &link.dest).map(|at| &self.notes[at].address);
            let read = link.is_reference.then(|| self.reference(index, &link.dest));
            let path = target.map(|address| format!("{}/{:?}", address.series, address.slug));
            format!("{path:?}{read:?}")
        });
        let links: Vec<String> = links.collect();
        let newer = self.outdated[index].map(|original| self.notes[original].address.lang.as_str());
        let labels = labels.iter().map(|label| label.as_deref().unwrap_or_default().as_bytes());
        let parts = [note.key.bytes(), newer.unwrap_or_default().as_bytes()].into_iter();
        let parts = parts.chain(figures.iter().map(Key::bytes)).chain(labels);
        Key::of(parts.chain(links.iter().map(String::as_bytes)))
    }
}

/// Stands for what decides which pages there are, and which of them say something of which.
pub(super) fn frame(note: &Note, targets: &BTreeSet<String>, is_still: bool) -> Key {
    let front = FrontMatter { title: None, summary: None, ..note.front.clone() };
    Key::of([format!("{:?}{front:?}{targets:?}{is_still}", note.address).as_bytes()])
}

/// Stands for what other pages say of a lesson: its title, its sections, where it leads.
pub(super) fn outline(note: &Note, summary: &str, targets: &BTreeSet<String>, is_still: bool) -> Key {
    let Note { address, front, title, headings, .. } = note;
    let FrontMatter { date, updated, tags, draft, order, authors, aliases, translated, allow, title: _, summary: _ } =
        front;
    let rest = format!(
        "{address:?}{date:?}{updated:?}{draft}{order:?}{authors:?}{aliases:?}{translated:?}{allow:?}{is_still}"
    );
    // So that none of the lists can be taken for a part of another.
    let lengths = [tags.len(), headings.len(), targets.len()].map(|length| length.to_string());
    let said = [rest.as_str(), title, summary].into_iter().chain(lengths.iter().chain(tags).map(String::as_str));
    let levels: Vec<u8> = headings.iter().map(|heading| heading.level).collect();
    let sections = headings.iter().flat_map(|heading| [heading.id.as_str(), &heading.text]);
    let said = said.chain(sections).chain(targets.iter().map(String::as_str)).map(str::as_bytes);
    Key::of(said.chain([levels.as_slice()]))
}
