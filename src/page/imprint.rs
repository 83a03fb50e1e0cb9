//! What the pages of a site were made from. In: the lessons of a site, and those of the same site before; out: which files
//! may have other bytes than before. This file does not know where the site before is.

use super::{Leaf, Plan, Press};
use crate::key::Key;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeSet, HashMap};

/// What the pages of a site were made from, beside what all lessons are made with.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Imprint(Vec<Trace>);

/// What a lesson was.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Trace {
    source: String,
    lesson: Key,
    outline: Key,
    frame: Key,
}

/// Where more lessons than these are called something else, following each of them takes longer than making all pages.
const MOST_RENAMED: usize = 50;

impl Press<'_> {
    /// What the pages are made from.
    pub fn imprint(&self) -> Imprint {
        let traces = self.lessons.iter().map(|lesson| Trace {
            source: lesson.source.clone(),
            lesson: lesson.key,
            outline: lesson.outline,
            frame: lesson.frame,
        });
        Imprint(traces.collect())
    }

    /// The files that may have other bytes than those of a site made with the same settings, templates, terms and other files.
    pub fn changed_since(&self, (before, old): (&Imprint, &Plan), (now, new): (&Imprint, &Plan)) -> BTreeSet<String> {
        let is_framed_alike = before.frames().eq(now.frames());
        let renamed: Vec<usize> = if is_framed_alike { now.others(before, |trace| trace.outline) } else { Vec::new() };
        if !is_framed_alike || renamed.len() > MOST_RENAMED {
            let known: HashMap<&str, Key> =
                before.0.iter().map(|trace| (trace.source.as_str(), trace.lesson)).collect();
            let is_same = |(path, leaf): &(&String, &Leaf)| old.contains_key(*path) && self.is_alone(leaf, &known);
            return new.iter().filter(|file| !is_same(file)).map(|(path, _)| path.clone()).collect();
        }
        let rewritten = now.others(before, |trace| trace.lesson);
        let files = rewritten.into_iter().flat_map(|lesson| self.files_of(lesson));
        let files = files.chain(renamed.into_iter().flat_map(|lesson| self.files_about(lesson)));
        let others = new.iter().filter(|(path, leaf)| old.get(*path) != Some(leaf)).map(|(path, _)| path.clone());
        files.filter(|path| new.contains_key(path)).chain(others).collect()
    }

    /// Whether a file says nothing of any lesson but one, which is as it was.
    fn is_alone(&self, leaf: &Leaf, known: &HashMap<&str, Key>) -> bool {
        match leaf {
            Leaf::Template(_) | Leaf::Kernels | Leaf::Icon(_) | Leaf::Asset(_) => true,
            Leaf::Players(at, language) | Leaf::Forms(at, language) => {
                let lesson = self.map.slots()[*at].lesson(language).map(|lesson| &self.lessons[lesson]);
                lesson.is_some_and(|lesson| known.get(lesson.source.as_str()) == Some(&lesson.key))
            }
            _ => false,
        }
    }
}

impl Imprint {
    fn frames(&self) -> impl Iterator<Item = (&str, Key)> {
        self.0.iter().map(|trace| (trace.source.as_str(), trace.frame))
    }

    /// The lessons of which something is not as it was. Both have the same lessons.
    fn others(&self, before: &Self, of: fn(&Trace) -> Key) -> Vec<usize> {
        let pairs = self.0.iter().zip(&before.0).enumerate();
        pairs.filter(|(_, (now, before))| of(now) != of(before)).map(|(at, _)| at).collect()
    }
}
