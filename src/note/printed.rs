//! What is printed in the author's text without being written there: numbers and names. In: events of the prose; out:
//! their texts with particles that fit what stands before. This file does not know where such things come from.

use super::Note;
use crate::lang::{Tongue, fitting_particle};
use pulldown_cmark::{Event, TagEnd};

/// What was printed just before.
#[derive(Debug)]
pub struct Printed {
    is_korean: bool,
    word: Option<String>,
}

impl Printed {
    /// Nothing yet.
    pub fn in_note(note: &Note) -> Self {
        Self { is_korean: Tongue::of_tag(&note.address.lang) == Tongue::Ko, word: None }
    }

    /// Something was printed.
    pub fn push(&mut self, word: &str) {
        self.word = self.is_korean.then(|| word.to_owned());
    }

    /// Something else than text stands here.
    pub fn end(&mut self) {
        self.word = None;
    }

    /// Goes past an event. Of a text that begins with a particle, that particle in the form that fits, and the rest.
    pub fn pass<'e>(&mut self, event: &'e Event<'_>) -> Option<(&'static str, &'e str)> {
        match event {
            Event::Text(text) => fitting_particle(&self.word.take()?, text),
            Event::End(TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough) => None,
            _ => {
                self.word = None;
                None
            }
        }
    }
}
