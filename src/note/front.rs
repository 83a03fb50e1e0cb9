//! Front matter. In: the text of a note; out: what stands between its first `+++` or `---` lines, and where
//! the prose begins. This file alone knows TOML and YAML in notes.

mod mistake;

use super::hidden;
use super::{Alias, FrontMatter, Translated};
use crate::diag::{Checked, Diagnostic};
use crate::lang::{Particle, said, text, with_particle};
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use std::fmt;
use std::ops::Range;
use toml::de::{DeTable, DeValue};

/// The keys that front matter may hold.
const KEYS: [&str; 11] =
    ["title", "date", "updated", "tags", "draft", "summary", "order", "authors", "aliases", "translated", "allow"];

/// The longest YAML front matter that is read: its parser's own budget does not count bytes of a string.
const LONGEST: usize = 64 * 1024;

/// Front matter, and where the prose begins.
#[derive(Debug, Default)]
pub struct Front {
    /// What it says.
    pub matter: FrontMatter,
    /// The first byte after it.
    pub body_start: usize,
}

/// Reads the front matter, if there is one.
pub fn read(source: &str) -> Checked<Front> {
    let start = if source.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let none = Front { matter: FrontMatter::default(), body_start: start };
    match find(source, start) {
        Found::None => Checked::fine(none),
        Found::Unclosed { fence } => Checked { value: none, diagnostics: vec![unclosed(source, fence)] },
        Found::Closed { kind, inner, body_start } => {
            let (entries, mut diagnostics) = match kind {
                Kind::Toml => toml_entries(&source[inner.clone()], inner.start),
                Kind::Yaml => yaml_entries(&source[inner.clone()], inner.start),
            };
            let matter = fill(entries, &mut diagnostics);
            Checked { value: Front { matter, body_start }, diagnostics }
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Toml,
    Yaml,
}

enum Found {
    None,
    Unclosed { fence: Range<usize> },
    Closed { kind: Kind, inner: Range<usize>, body_start: usize },
}

fn find(source: &str, start: usize) -> Found {
    let mut lines = lines_from(source, start);
    let Some(first) = lines.next() else { return Found::None };
    let kind = match source[first.clone()].trim_end() {
        "+++" => Kind::Toml,
        "---" => Kind::Yaml,
        _ => return Found::None,
    };
    for line in lines {
        let closes = match (kind, source[line.clone()].trim_end()) {
            (Kind::Toml, "+++") | (Kind::Yaml, "---" | "...") => true,
            // A rule between paragraphs, not front matter.
            (Kind::Yaml, "") if line.start == first.end => return Found::None,
            _ => false,
        };
        if closes {
            return Found::Closed { kind, inner: first.end..line.start, body_start: line.end };
        }
    }
    Found::Unclosed { fence: first.start..first.start + 3 }
}

/// The ranges of the lines, line ends included.
fn lines_from(source: &str, start: usize) -> impl Iterator<Item = Range<usize>> {
    source[start..].split_inclusive('\n').scan(start, |at, line| {
        let begin = *at;
        *at += line.len();
        Some(begin..*at)
    })
}

/// A note's text with another `translated` in its front matter; all else stays as it is.
pub fn with_translated(source: &str, record: &str) -> String {
    let mut text = source.to_owned();
    let ending = if source.contains("\r\n") { "\r\n" } else { "\n" };
    let start = if source.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    if let Some(translated) = read(source).value.matter.translated {
        text.replace_range(translated.range, &format!("\"{record}\""));
        return text;
    }
    match find(source, start) {
        Found::Closed { kind: Kind::Yaml, inner, .. } => {
            text.insert_str(inner.end, &format!("translated: \"{record}\"{ending}"));
        }
        Found::Closed { kind: Kind::Toml, inner, .. } => {
            text.insert_str(inner.start, &format!("translated = \"{record}\"{ending}"));
        }
        Found::None | Found::Unclosed { .. } => {
            text.insert_str(start, &format!("+++{ending}translated = \"{record}\"{ending}+++{ending}{ending}"));
        }
    }
    text
}

fn unclosed(source: &str, fence: Range<usize>) -> Diagnostic {
    let mark = &source[fence.clone()];
    Diagnostic::error(
        "unclosed-front-matter",
        fence.clone(),
        text(format!("머리말을 닫는 `{mark}` 줄이 없습니다"), format!("the front matter has no closing `{mark}` line")),
    )
    .help(text(
        format!("머리말 다음 줄에 `{mark}`만 쓰세요"),
        format!("write a line with nothing but `{mark}` after the front matter"),
    ))
}

/// A key with its value, both with their places in the file.
struct Entry {
    key: String,
    key_range: Range<usize>,
    value: Spot,
}

struct Spot {
    range: Range<usize>,
    value: Value,
}

enum Value {
    Text(String),
    Day(String),
    Whole(i64),
    Truth(bool),
    List(Vec<Spot>),
    Nothing,
    Other,
}

fn toml_entries(source: &str, offset: usize) -> (Vec<Entry>, Vec<Diagnostic>) {
    let (table, errors) = DeTable::parse_recoverable(source);
    let diagnostics = errors
        .iter()
        .map(|error| {
            let range = error.span().unwrap_or(0..source.len());
            broken("TOML", error.message(), moved(range, offset))
        })
        .collect();
    let entries = table.into_inner().into_iter().map(|(key, value)| Entry {
        key_range: moved(key.span(), offset),
        key: key.into_inner().into_owned(),
        value: toml_spot(value, offset),
    });
    let mut entries: Vec<_> = entries.collect();
    entries.sort_by_key(|entry| entry.key_range.start);
    (entries, diagnostics)
}

fn toml_spot(value: toml::Spanned<DeValue<'_>>, offset: usize) -> Spot {
    let range = moved(value.span(), offset);
    let value = match value.into_inner() {
        DeValue::String(text) => Value::Text(text.into_owned()),
        DeValue::Integer(whole) => {
            i64::from_str_radix(whole.as_str(), whole.radix()).map_or(Value::Other, Value::Whole)
        }
        DeValue::Boolean(truth) => Value::Truth(truth),
        DeValue::Datetime(day) => day.date.map_or(Value::Other, |date| Value::Day(date.to_string())),
        DeValue::Array(items) => Value::List(items.into_iter().map(|item| toml_spot(item, offset)).collect()),
        DeValue::Float(_) | DeValue::Table(_) => Value::Other,
    };
    Spot { range, value }
}

fn yaml_entries(source: &str, offset: usize) -> (Vec<Entry>, Vec<Diagnostic>) {
    if source.trim().is_empty() {
        return (Vec::new(), Vec::new());
    }
    if source.len() > LONGEST {
        return (Vec::new(), vec![broken("YAML", "too long", offset..offset + source.len())]);
    }
    let options = serde_saphyr::options! { with_snippet: false };
    match serde_saphyr::from_str_with_options::<YamlMap>(source, options) {
        Ok(YamlMap(pairs)) => {
            let entries = pairs.into_iter().map(|(key, value)| Entry {
                key_range: yaml_range(source, offset, key.referenced),
                key: key.value,
                value: yaml_spot(source, offset, value),
            });
            (entries.collect(), Vec::new())
        }
        Err(error) => {
            let range =
                error.location().map_or(offset..offset + source.len(), |place| yaml_range(source, offset, place));
            (Vec::new(), vec![broken("YAML", &mistake::words(&error), range)])
        }
    }
}

fn yaml_spot(source: &str, offset: usize, spot: serde_saphyr::Spanned<YamlValue>) -> Spot {
    let range = yaml_range(source, offset, spot.referenced);
    let value = match spot.value {
        YamlValue::Plain(value) => value,
        YamlValue::List(items) => Value::List(items.into_iter().map(|item| yaml_spot(source, offset, item)).collect()),
    };
    Spot { range, value }
}

/// A place in the file; the parser's own numbers are kept inside the text and on character boundaries.
fn yaml_range(source: &str, offset: usize, place: serde_saphyr::Location) -> Range<usize> {
    let span = place.span();
    let start = span.byte_offset().and_then(|at| usize::try_from(at).ok());
    let start = start.unwrap_or_else(|| at_column(source, place)).min(source.trim_end().len());
    let len = span.byte_len().and_then(|len| usize::try_from(len).ok()).unwrap_or(0);
    let start = source.floor_char_boundary(start);
    let end = source.floor_char_boundary(start.saturating_add(len)).max(start);
    moved(start..start + source[start..end].trim_end().len(), offset)
}

/// The byte at a line and a column, which the parser counts in characters. Not all places of mistakes have bytes.
fn at_column(source: &str, place: serde_saphyr::Location) -> usize {
    let before = |number: u64| usize::try_from(number.saturating_sub(1)).unwrap_or(usize::MAX);
    let mut lines = source.split_inclusive('\n');
    let start: usize = lines.by_ref().take(before(place.line())).map(str::len).sum();
    let line = lines.next().unwrap_or_default();
    start + line.char_indices().nth(before(place.column())).map_or(line.trim_end().len(), |(at, _)| at)
}

struct YamlMap(Vec<(serde_saphyr::Spanned<String>, serde_saphyr::Spanned<YamlValue>)>);

impl<'de> Deserialize<'de> for YamlMap {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Pairs;
        impl<'de> Visitor<'de> for Pairs {
            type Value = YamlMap;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("keys with values")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<YamlMap, A::Error> {
                let mut pairs = Vec::new();
                while let Some(pair) = map.next_entry()? {
                    pairs.push(pair);
                }
                Ok(YamlMap(pairs))
            }
        }
        deserializer.deserialize_map(Pairs)
    }
}

enum YamlValue {
    Plain(Value),
    List(Vec<serde_saphyr::Spanned<Self>>),
}

impl<'de> Deserialize<'de> for YamlValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any;
        impl<'de> Visitor<'de> for Any {
            type Value = YamlValue;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a value")
            }

            fn visit_str<E>(self, text: &str) -> Result<YamlValue, E> {
                Ok(YamlValue::Plain(Value::Text(text.to_owned())))
            }

            fn visit_bool<E>(self, truth: bool) -> Result<YamlValue, E> {
                Ok(YamlValue::Plain(Value::Truth(truth)))
            }

            fn visit_i64<E>(self, whole: i64) -> Result<YamlValue, E> {
                Ok(YamlValue::Plain(Value::Whole(whole)))
            }

            fn visit_u64<E>(self, whole: u64) -> Result<YamlValue, E> {
                Ok(YamlValue::Plain(i64::try_from(whole).map_or(Value::Other, Value::Whole)))
            }

            fn visit_f64<E>(self, _: f64) -> Result<YamlValue, E> {
                Ok(YamlValue::Plain(Value::Other))
            }

            fn visit_unit<E>(self) -> Result<YamlValue, E> {
                Ok(YamlValue::Plain(Value::Nothing))
            }

            fn visit_none<E>(self) -> Result<YamlValue, E> {
                Ok(YamlValue::Plain(Value::Nothing))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<YamlValue, A::Error> {
                let mut items = Vec::new();
                while let Some(item) = list.next_element()? {
                    items.push(item);
                }
                Ok(YamlValue::List(items))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<YamlValue, A::Error> {
                while map.next_entry::<serde::de::IgnoredAny, serde::de::IgnoredAny>()?.is_some() {}
                Ok(YamlValue::Plain(Value::Other))
            }
        }
        deserializer.deserialize_any(Any)
    }
}

fn moved(range: Range<usize>, offset: usize) -> Range<usize> {
    range.start + offset..range.end + offset
}

fn broken(format: &str, message: &str, range: Range<usize>) -> Diagnostic {
    let why = said(message);
    Diagnostic::error(
        "broken-front-matter",
        range,
        text(
            format!("머리말을 {format}로 읽을 수 없습니다: {}", why.ko),
            format!("the front matter cannot be read as {format}: {}", why.en),
        ),
    )
}

/// Puts each entry where it belongs and tells what does not belong anywhere.
fn fill(entries: Vec<Entry>, diagnostics: &mut Vec<Diagnostic>) -> FrontMatter {
    let mut matter = FrontMatter::default();
    for Entry { key, key_range, value } in entries {
        let wrong = match key.as_str() {
            "title" => set(&mut matter.title, text_of(value)),
            "summary" => set(&mut matter.summary, text_of(value)),
            "date" => set(&mut matter.date, day_of(value)),
            "updated" => set(&mut matter.updated, day_of(value)),
            "draft" => set(&mut matter.draft, truth_of(value)),
            "order" => set(&mut matter.order, whole_of(value)),
            "tags" => set(&mut matter.tags, texts_of(value)),
            "authors" => set(&mut matter.authors, texts_of(value)),
            "aliases" => set(&mut matter.aliases, aliases_of(value)),
            "translated" => set(&mut matter.translated, translated_of(value)),
            "allow" => set(&mut matter.allow, codes_of(value)),
            _ => Some(unknown(&key, key_range)),
        };
        diagnostics.extend(wrong);
    }
    matter
}

fn set<T, V: Into<T>>(place: &mut T, value: Result<V, Box<Diagnostic>>) -> Option<Diagnostic> {
    match value {
        Ok(value) => {
            *place = value.into();
            None
        }
        Err(diagnostic) => Some(*diagnostic),
    }
}

fn unknown(key: &str, range: Range<usize>) -> Diagnostic {
    let nearest = KEYS.iter().max_by(|a, b| strsim::jaro_winkler(key, a).total_cmp(&strsim::jaro_winkler(key, b)));
    let help = match nearest.filter(|known| strsim::jaro_winkler(key, known) > 0.8) {
        Some(known) => text(
            format!("{} 쓰려고 했습니까?", with_particle(&format!("`{known}`"), Particle::Object)),
            format!("did you mean `{known}`?"),
        ),
        None => {
            let list = KEYS.join(", ");
            text(format!("쓸 수 있는 이름: {list}"), format!("known keys: {list}"))
        }
    };
    Diagnostic::warning(
        "unknown-key",
        range,
        text(
            format!("머리말의 {} 알 수 없는 이름입니다", with_particle(&format!("`{key}`"), Particle::Topic)),
            format!("unknown key `{key}` in the front matter"),
        ),
    )
    .help(help)
}

fn wrong_type(range: Range<usize>, ko: &'static str, en: &'static str) -> Box<Diagnostic> {
    Box::new(Diagnostic::error(
        "wrong-type",
        range,
        text(format!("여기에는 {ko} 와야 합니다"), format!("{en} is expected here")),
    ))
}

fn text_of(spot: Spot) -> Result<Option<String>, Box<Diagnostic>> {
    match spot.value {
        Value::Text(text) => match hidden::first_in(&text, spot.range) {
            Some(hidden) => Err(Box::new(hidden)),
            None => Ok(Some(text.trim().to_owned()).filter(|text| !text.is_empty())),
        },
        Value::Nothing => Ok(None),
        _ => Err(wrong_type(spot.range, "따옴표로 묶은 글이", "a text in quotes")),
    }
}

fn translated_of(spot: Spot) -> Result<Option<Translated>, Box<Diagnostic>> {
    let range = spot.range.clone();
    Ok(text_of(spot)?.map(|state| Translated { state, range }))
}

fn texts_of(spot: Spot) -> Result<Vec<String>, Box<Diagnostic>> {
    match spot.value {
        Value::List(items) => {
            let texts: Result<Vec<_>, _> = items.into_iter().map(text_of).collect();
            Ok(texts?.into_iter().flatten().collect())
        }
        Value::Nothing => Ok(Vec::new()),
        _ => Err(wrong_type(spot.range, "글의 목록이", "a list of texts")),
    }
}

fn aliases_of(spot: Spot) -> Result<Vec<Alias>, Box<Diagnostic>> {
    let Value::List(items) = spot.value else {
        return texts_of(spot).map(|_| Vec::new());
    };
    let alias = |item: Spot| {
        let range = item.range.clone();
        // An empty text is no address, which is said where it is used.
        Ok(Alias { path: text_of(item)?.unwrap_or_default(), range })
    };
    items.into_iter().map(alias).collect()
}

/// Texts with their places.
fn codes_of(spot: Spot) -> Result<Vec<(String, Range<usize>)>, Box<Diagnostic>> {
    let items = match spot.value {
        Value::List(items) => items,
        Value::Nothing => Vec::new(),
        _ => return Err(wrong_type(spot.range, "글의 목록이", "a list of texts")),
    };
    let placed = |item: Spot| {
        let range = item.range.clone();
        Ok(text_of(item)?.map(|code| (code, range)))
    };
    items.into_iter().filter_map(|item| placed(item).transpose()).collect()
}

fn truth_of(spot: Spot) -> Result<bool, Box<Diagnostic>> {
    match spot.value {
        Value::Truth(truth) => Ok(truth),
        Value::Nothing => Ok(false),
        _ => Err(wrong_type(spot.range, "`true`나 `false`가", "`true` or `false`")),
    }
}

fn whole_of(spot: Spot) -> Result<Option<i64>, Box<Diagnostic>> {
    match spot.value {
        Value::Whole(whole) => Ok(Some(whole)),
        Value::Nothing => Ok(None),
        _ => Err(wrong_type(spot.range, "정수가", "a whole number")),
    }
}

/// A day as `YYYY-MM-DD`; a time of day behind it is left out.
fn day_of(spot: Spot) -> Result<Option<String>, Box<Diagnostic>> {
    let written = match spot.value {
        Value::Day(day) | Value::Text(day) => day,
        Value::Nothing => return Ok(None),
        _ => return Err(wrong_type(spot.range, "`2026-08-15` 꼴의 날짜가", "a date such as `2026-08-15`")),
    };
    let day = written.trim().split(['T', 't', ' ']).next().unwrap_or_default();
    let has_shape = day.len() == 10
        && day.bytes().enumerate().all(|(i, b)| if matches!(i, 4 | 7) { b == b'-' } else { b.is_ascii_digit() });
    if has_shape && day.parse::<jiff::civil::Date>().is_ok() {
        return Ok(Some(day.to_owned()));
    }
    let error = Diagnostic::error(
        "bad-date",
        spot.range,
        text("달력에 없는 날짜이거나 날짜의 꼴이 아닙니다", "this is not a day of the calendar in the form of a date"),
    );
    Err(Box::new(error.help(text("`2026-08-15`처럼 쓰세요", "write it like `2026-08-15`"))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(source: &str) -> Vec<(&'static str, &str)> {
        let checked = read(source);
        checked.diagnostics.iter().map(|d| (d.code, &source[d.range.clone()])).collect()
    }

    #[test]
    fn both_forms_say_the_same() {
        let toml = "+++\ntitle = \"역전파\"\ndate = 2026-08-15\nupdated = \"2026-08-16\"\ntags = [\"a\", \"나\"]\ndraft = true\nsummary = \"s\"\norder = 3\nauthors = [\"b\"]\naliases = [\"c.html\"]\ntranslated = \"0a\"\n+++\nprose\n";
        let yaml = "---\ntitle: 역전파\ndate: 2026-08-15\nupdated: \"2026-08-16\"\ntags: [a, 나]\ndraft: true\nsummary: s\norder: 3\nauthors:\n  - b\naliases:\n  - c.html\ntranslated: 0a\n---\nprose\n";
        let expected = FrontMatter {
            title: Some("역전파".into()),
            date: Some("2026-08-15".into()),
            updated: Some("2026-08-16".into()),
            tags: vec!["a".into(), "나".into()],
            draft: true,
            summary: Some("s".into()),
            order: Some(3),
            authors: vec!["b".into()],
            aliases: Vec::new(),
            translated: None,
            allow: Vec::new(),
        };
        for source in [toml, yaml] {
            for source in [source.to_owned(), source.replace('\n', "\r\n"), format!("\u{feff}{source}")] {
                let mut checked = read(&source);
                assert_eq!(checked.diagnostics, [], "{source}");
                let translated = checked.value.matter.translated.take().expect("it is there");
                assert_eq!((translated.state.as_str(), source[translated.range].trim_matches('"')), ("0a", "0a"));
                let alias = checked.value.matter.aliases.pop().expect("it is there");
                assert_eq!((alias.path.as_str(), source[alias.range].trim_matches('"')), ("c.html", "c.html"));
                assert_eq!(checked.value.matter, expected, "{source}");
                assert_eq!(source[checked.value.body_start..].trim_end(), "prose");
            }
        }
    }

    #[test]
    fn no_front_matter_is_fine() {
        for source in ["", "\u{feff}", "prose", "---\n\nprose\n\n---\n", "++++\n", "---\n---\n", "+++\n+++\n"] {
            assert_eq!(codes(source), [], "{source:?}");
        }
    }

    #[test]
    fn mistakes_have_places() {
        for (source, expected) in [
            ("+++\ntitle = \"x\"\n", vec![("unclosed-front-matter", "+++")]),
            ("---\ntitle: x\n", vec![("unclosed-front-matter", "---")]),
            ("+++\ntitel = \"x\"\n+++\n", vec![("unknown-key", "titel")]),
            ("---\n제목: x\n---\n", vec![("unknown-key", "제목")]),
            ("+++\ntitle = 3\n+++\n", vec![("wrong-type", "3")]),
            ("---\ntitle: 3\n---\n", vec![("wrong-type", "3")]),
            ("+++\ntags = \"x\"\n+++\n", vec![("wrong-type", "\"x\"")]),
            ("+++\ntags = [\"가\", 3]\n+++\n", vec![("wrong-type", "3")]),
            ("---\ntags: [가, 3]\n---\n", vec![("wrong-type", "3")]),
            ("+++\ndraft = \"yes\"\norder = 1.5\n+++\n", vec![("wrong-type", "\"yes\""), ("wrong-type", "1.5")]),
            ("+++\ndate = \"2026-02-30\"\n+++\n", vec![("bad-date", "\"2026-02-30\"")]),
            ("---\ndate: soon\n---\n", vec![("bad-date", "soon")]),
            ("+++\ndate = 3\n+++\n", vec![("wrong-type", "3")]),
        ] {
            assert_eq!(codes(source), expected, "{source}");
        }
    }

    #[test]
    fn broken_syntax_is_told_at_its_line() {
        let deep = format!("---\ntitle: x\nb: {}\n---\n", "[".repeat(5_000));
        let many = format!("---\ntitle: x\na: &a [1]\nb: [{}]\n---\n", "*a, ".repeat(10_000));
        for (source, rest, words) in [
            ("+++\ntitle = \"x\"\ntags = [\n+++\n", "\n+++\n", "unclosed array"),
            ("+++\n가 = 1\n+++\n", "가", "invalid unquoted key"),
            ("---\ntitle: [x\n---\n", "[x", "unclosed bracket '['"),
            ("---\ntitle: x\n\nfoo: [a\n---\n", "[a", "unclosed bracket '['"),
            ("---\r\ntitle: 가\r\n제목: [가\r\n---\r\n", "[가", "unclosed bracket '['"),
            ("\u{feff}---\ntitle: \"x\nfoo: a\n---\n", "\"x", "unclosed quote"),
            ("---\ntitle: x\n  bad: y\n---\n", ": y", "mapping values are not allowed"),
            ("---\ntitle: x\nfoo: *none\n---\n", "*none", "unknown value"),
            ("---\ntitle: x\ntitle: y\n---\n", "title: y", "duplicate mapping key"),
            ("---\n- x\n---\n", "- x", "expected mapping start"),
            (&deep, "[", "recursion limit exceeded"),
            (&many, "", "nested too deeply, or too long"),
        ] {
            let checked = read(source);
            let first = checked.diagnostics.first().expect("a diagnostic");
            assert_eq!(first.code, "broken-front-matter", "{source}");
            assert!(source[first.range.start..].starts_with(rest), "{source}: {first:?}");
            let said = &first.message.en;
            assert!(said.contains(words) && !said.contains(" line ") && !said.contains('{'), "{said}");
        }
    }

    #[test]
    fn hostile_yaml_ends_quickly() {
        let bomb = format!(
            "---\na: &a [x,x,x]\n{}title: x\n---\n",
            ('b'..'j')
                .map(|c| format!("{c}: &{c} [*{p},*{p},*{p}]\n", p = char::from(c as u8 - 1)))
                .collect::<String>()
        );
        let deep = format!("---\ntitle: {}\n---\n", "[".repeat(5_000));
        let wide = format!("+++\ntags = {}\n+++\n", "[".repeat(5_000));
        for source in [bomb, deep, wide] {
            assert!(!read(&source).diagnostics.is_empty());
        }
    }
}
