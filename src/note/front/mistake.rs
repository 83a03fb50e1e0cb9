//! What the parser of YAML says of a mistake. In: its error; out: the words, without places, which are told as all places are.

use serde_saphyr::{Error, Localizer, Location, MessageFormatter, UserMessageFormatter};
use std::borrow::Cow;

/// The words of an error.
pub(super) fn words(error: &Error) -> String {
    let words = error.render_with_formatter(&Words);
    words.lines().next().unwrap_or_default().to_owned()
}

struct Words;

impl MessageFormatter for Words {
    fn localizer(&self) -> &dyn Localizer {
        &Placeless
    }

    fn format_message<'a>(&self, error: &'a Error) -> Cow<'a, str> {
        match error {
            // Its own words are the parser's inner ones.
            Error::Budget { .. } => "nested too deeply, or too long".into(),
            error => UserMessageFormatter.format_message(error),
        }
    }
}

/// The parser counts lines from where the front matter begins.
struct Placeless;

impl Localizer for Placeless {
    fn attach_location<'a>(&self, base: Cow<'a, str>, _: Location) -> Cow<'a, str> {
        base
    }

    fn alias_used_at(&self, _: Location) -> String {
        String::new()
    }

    fn alias_defined_at(&self, _: Location) -> String {
        String::new()
    }
}
