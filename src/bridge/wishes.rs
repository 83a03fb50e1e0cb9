//! What the author of a book asks for. In: the tool's configuration as JSON; out: wishes. An option that is misspelt is told, since
//! neither tool does that.

use crate::diag::Diagnostic;
use crate::expr::closest;
use crate::lang::{Tongue, text};
use serde_json::Value;

/// What becomes of a book with mistakes in its blocks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnError {
    /// It is not built.
    #[default]
    Fail,
    /// It is built, with a note in the place of each broken figure.
    Warn,
}

/// The options of a book.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wishes {
    /// The language of the book, one of `languages`.
    pub lang: String,
    /// The languages of captions, in their order.
    pub languages: Vec<String>,
    /// What becomes of a book with mistakes.
    pub on_error: OnError,
    /// The folder for pictures, where the document names files.
    pub media: String,
    /// Whether the style sheet is written into the document.
    pub has_style: bool,
}

const KEYS: [&str; 5] = ["lang", "languages", "on-error", "media", "css"];
/// What mdBook itself reads in a preprocessor's section.
const OF_MDBOOK: [&str; 6] = ["command", "renderers", "renderer", "before", "after", "optional"];

impl Default for Wishes {
    fn default() -> Self {
        Self {
            lang: "ko".to_owned(),
            languages: vec!["ko".to_owned(), "en".to_owned()],
            on_error: OnError::Fail,
            media: "bpdoc-figures".to_owned(),
            has_style: true,
        }
    }
}

impl Wishes {
    /// Reads options from plain JSON; `book_language` is what the book says of itself.
    pub fn read(options: &Value, book_language: Option<&str>) -> (Self, Vec<Diagnostic>) {
        let mut wishes = Self::default();
        let mut wrong = Vec::new();
        let mut wanted = book_language.map(str::to_owned);
        for (key, value) in options.as_object().into_iter().flatten() {
            let is_fine = match key.as_str() {
                "lang" => value.as_str().map(|lang| wanted = Some(lang.to_owned())).is_some(),
                "languages" => tags(value).map(|tags| wishes.languages = tags).is_some(),
                "on-error" => match value.as_str() {
                    Some("fail") => true,
                    Some("warn") => {
                        wishes.on_error = OnError::Warn;
                        true
                    }
                    _ => false,
                },
                "media" => folder(value).map(|folder| wishes.media = folder).is_some(),
                "css" => truth(value).map(|is_on| wishes.has_style = is_on).is_some(),
                key if OF_MDBOOK.contains(&key) => true,
                key => {
                    wrong.push(unknown_option(key));
                    true
                }
            };
            if !is_fine {
                wrong.push(bad_option(key, value));
            }
        }
        wishes.lang = chosen(wanted.as_deref().unwrap_or("en"), &wishes.languages);
        (wishes, wrong)
    }
}

/// The language of captions that fits a tag: that one, else one of the same tongue, else English, else the first.
fn chosen(wanted: &str, languages: &[String]) -> String {
    let primary = |tag: &str| tag.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
    let same = languages.iter().find(|tag| tag.eq_ignore_ascii_case(wanted));
    let fitting = same.or_else(|| languages.iter().find(|tag| primary(tag) == primary(wanted)));
    let own = fitting.or_else(|| languages.iter().find(|tag| primary(tag) == Tongue::of_tag(wanted).tag()));
    own.or_else(|| languages.first()).map_or_else(|| wanted.to_owned(), Clone::clone)
}

/// A list of language tags, or one text with commas between them.
fn tags(value: &Value) -> Option<Vec<String>> {
    let tags: Vec<String> = match value {
        Value::String(list) => list.split(',').map(|tag| tag.trim().to_owned()).collect(),
        Value::Array(tags) => tags.iter().map(|tag| Some(tag.as_str()?.to_owned())).collect::<Option<_>>()?,
        _ => return None,
    };
    let is_tag = |tag: &String| !tag.is_empty() && tag.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    (!tags.is_empty() && tags.iter().all(is_tag)).then_some(tags)
}

/// A folder below the one that the tool works in.
fn folder(value: &Value) -> Option<String> {
    let path = value.as_str()?.trim_end_matches('/');
    let is_name = |part: &str| !matches!(part, "" | "." | "..") && !part.contains(['\\', ':', '\0']);
    path.split('/').all(is_name).then(|| path.to_owned())
}

fn truth(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(truth) => Some(*truth),
        Value::String(word) => word.parse().ok(),
        _ => None,
    }
}

fn unknown_option(key: &str) -> Diagnostic {
    let diagnostic = Diagnostic::error(
        "unknown-option",
        0..0,
        text(format!("`{key}`라는 bpdoc 옵션은 없습니다"), format!("bpdoc has no option `{key}`")),
    );
    let list = KEYS.join(", ");
    diagnostic.help(match closest(key, KEYS.into_iter()) {
        Some(near) => text(format!("`{near}`인가요?"), format!("did you mean `{near}`?")),
        None => text(format!("옵션: {list}"), format!("the options are {list}")),
    })
}

fn bad_option(key: &str, value: &Value) -> Diagnostic {
    let (ko, en) = match key {
        "lang" => ("`ko`나 `en` 같은 언어 태그로 씁니다", "write a language tag such as `ko` or `en`"),
        "languages" => ("`[\"ko\", \"en\"]`처럼 씁니다", "write it as `[\"ko\", \"en\"]`"),
        "on-error" => ("`fail`이나 `warn`으로 씁니다", "write `fail` or `warn`"),
        "media" => (
            "책 폴더 안의 폴더 이름을 씁니다. `..`는 쓸 수 없습니다",
            "name a folder inside the book's; `..` is not allowed",
        ),
        _ => ("`true`나 `false`로 씁니다", "write `true` or `false`"),
    };
    Diagnostic::error(
        "bad-option",
        0..0,
        text(
            format!("bpdoc 옵션 `{key}`의 값 `{value}`를 알 수 없습니다"),
            format!("the value `{value}` of bpdoc's option `{key}` cannot be understood"),
        ),
    )
    .help(text(ko, en))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_language_is_the_books_unless_told_otherwise() {
        for (options, book, expected) in [
            (json!({}), None, "en"),
            (json!({}), Some("ko"), "ko"),
            (json!({}), Some("ko-KR"), "ko"),
            (json!({}), Some("de"), "en"),
            (json!({"lang": "ko"}), Some("en"), "ko"),
            (json!({"languages": ["de", "en"]}), Some("de-CH"), "de"),
            (json!({"languages": "ko"}), Some("de"), "ko"),
        ] {
            assert_eq!(Wishes::read(&options, book).0.lang, expected, "{options} {book:?}");
        }
    }

    #[test]
    fn options_that_cannot_be_are_told() {
        let (wishes, wrong) = Wishes::read(
            &json!({"command": "bpdoc mdbook", "langs": "ko", "media": "../x", "on-error": "ignore", "css": "false"}),
            None,
        );
        let said: Vec<&str> = wrong.iter().map(|diagnostic| diagnostic.message.en.as_ref()).collect();
        assert_eq!(
            said,
            [
                "bpdoc has no option `langs`",
                "the value `\"../x\"` of bpdoc's option `media` cannot be understood",
                "the value `\"ignore\"` of bpdoc's option `on-error` cannot be understood",
            ]
        );
        assert!(!wishes.has_style);
    }
}
