//! What pages say of the notes of a series where they list them. In: the lessons; out: a key for each series and language, made
//! once, since each page of a series asks for it.

use super::Lesson;
use super::nav::{Map, Slot};
use crate::key::Key;
use crate::settings::Settings;
use std::collections::HashMap;
use std::sync::Arc;

/// For each series, by its front page, a key in each language.
#[derive(Debug, Default)]
pub struct Outlines(HashMap<String, HashMap<String, Key>>);

impl Outlines {
    /// The keys of all series.
    pub fn new(settings: &Settings, map: &Map, lessons: &[Arc<Lesson>]) -> Self {
        let key = |front: &Slot, language: &String| {
            let mut parts: Vec<&[u8]> = Vec::new();
            for slot in std::iter::once(front).chain(map.notes_of(&front.series)) {
                let others = || settings.languages.iter().find_map(|tag| slot.lesson(tag));
                let lesson = slot.lesson(language).or_else(others).map(|lesson| lessons[lesson].outline.bytes());
                parts.extend([slot.series.as_bytes(), lesson.unwrap_or_default()]);
            }
            (language.clone(), Key::of(parts))
        };
        let keys = |front: &Slot| settings.languages.iter().map(|language| key(front, language)).collect();
        Self(map.fronts().map(|front| (front.series.clone(), keys(front))).collect())
    }

    /// The key of a series.
    pub(super) fn of(&self, series: &str, language: &str) -> Option<&Key> {
        self.0.get(series)?.get(language)
    }
}
