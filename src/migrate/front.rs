//! Front matter of other tools. In: YAML or TOML; out: what notes have a place for, written as a note writes it.

use super::Desk;
use serde_json::Value;

/// What of a note's front matter is carried over.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Front {
    pub title: Option<String>,
    pub date: Option<String>,
    pub updated: Option<String>,
    pub tags: Vec<String>,
    pub draft: bool,
    pub summary: Option<String>,
    pub order: Option<i64>,
    pub authors: Vec<String>,
    /// Old addresses, from the root of the old site.
    pub aliases: Vec<String>,
    /// What is no front matter of notes, but tells where the note was.
    pub former: Former,
}

/// What front matter says about the old site.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Former {
    pub permalink: Option<String>,
    pub slug: Option<String>,
    pub categories: Vec<String>,
    pub language: Option<String>,
    pub names: Vec<String>,
}

/// What says how a page looked on the old site, and nothing about the note.
const LOOKS: [&str; 12] = [
    "layout",
    "comments",
    "toc",
    "math",
    "mathjax",
    "katex",
    "type",
    "published",
    "cssclass",
    "cssclasses",
    "id",
    "publish",
];

/// Splits a text into its front matter and its words.
pub(crate) fn split(source: &str) -> Option<(&str, bool, usize)> {
    let text = source.trim_start_matches('\u{feff}');
    let skipped = source.len() - text.len();
    let (fence, is_yaml) = match text.lines().next()?.trim_end() {
        "---" => ("---", true),
        "+++" => ("+++", false),
        _ => return None,
    };
    let start = text.find('\n')? + 1;
    let mut at = start;
    for line in text[start..].split_inclusive('\n') {
        if line.trim_end() == fence {
            return Some((&text[start..at], is_yaml, skipped + at + line.len()));
        }
        at += line.len();
    }
    None
}

/// The front matter as JSON; none where it cannot be read.
pub(crate) fn parse(matter: &str, is_yaml: bool) -> Option<Value> {
    if is_yaml {
        return serde_saphyr::from_str(matter).ok();
    }
    let table: toml::Table = matter.parse().ok()?;
    serde_json::to_value(table).ok()
}

/// Reads front matter; keys that notes have no place for are counted.
pub(crate) fn read(matter: &Value, desk: &mut Desk) -> Front {
    let mut front = Front::default();
    for (key, value) in matter.as_object().into_iter().flatten() {
        let text = || text_of(value);
        match key.to_lowercase().as_str() {
            "title" => front.title = text(),
            "date" | "created" | "pubdate" => front.date = front.date.take().or_else(|| day(&text()?)),
            "updated" | "lastmod" | "last_modified_at" | "modified" => {
                front.updated = text().and_then(|text| day(&text));
            }
            "tags" | "tag" | "keywords" => add(&mut front.tags, words_of(value)),
            "categories" | "category" => {
                let categories = words_of(value);
                front.former.categories.clone_from(&categories);
                add(&mut front.tags, categories);
            }
            "draft" => front.draft = value.as_bool().unwrap_or(false),
            "published" => front.draft |= value.as_bool() == Some(false),
            "summary" | "description" | "excerpt" => front.summary = front.summary.take().or_else(text),
            "order" | "weight" | "nav_order" => front.order = value.as_i64(),
            "author" | "authors" => add(&mut front.authors, authors_of(value)),
            "aliases" | "alias" | "redirect_from" => {
                let (addresses, names): (Vec<String>, Vec<String>) =
                    list_of(value).into_iter().partition(|alias| alias.contains('/') || alias.ends_with(".html"));
                add(&mut front.aliases, addresses);
                front.former.names = names;
            }
            "permalink" | "url" => front.former.permalink = text(),
            "slug" => front.former.slug = text(),
            "lang" | "language" | "locale" => front.former.language = text(),
            key if LOOKS.contains(&key) => {}
            key => *desk.keys.entry(key.to_owned()).or_default() += 1,
        }
    }
    front
}

fn add(list: &mut Vec<String>, more: Vec<String>) {
    for item in more {
        if !item.is_empty() && !list.contains(&item) {
            list.push(item);
        }
    }
}

fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
        Value::Number(number) => Some(number.to_string()),
        // A date as TOML has it.
        Value::Object(only) if only.len() == 1 => only.values().next().and_then(Value::as_str).map(str::to_owned),
        _ => None,
    }
}

fn list_of(value: &Value) -> Vec<String> {
    match value {
        Value::Array(items) => items.iter().filter_map(text_of).collect(),
        value => text_of(value).into_iter().collect(),
    }
}

/// Tags: a list, or words with commas between them, else with blanks; `#` in front is Obsidian's.
fn words_of(value: &Value) -> Vec<String> {
    let words: Vec<String> = match value {
        Value::String(text) if text.contains(',') => text.split(',').map(str::to_owned).collect(),
        Value::String(text) => text.split_whitespace().map(str::to_owned).collect(),
        value => list_of(value),
    };
    words.iter().map(|word| word.trim().trim_start_matches('#').to_owned()).filter(|word| !word.is_empty()).collect()
}

fn authors_of(value: &Value) -> Vec<String> {
    match value {
        Value::Object(author) => author.get("name").and_then(text_of).into_iter().collect(),
        Value::Array(authors) => authors.iter().flat_map(authors_of_one).collect(),
        value => list_of(value),
    }
}

fn authors_of_one(author: &Value) -> Option<String> {
    text_of(author).or_else(|| author.get("name").and_then(text_of))
}

/// The day of a date, however it is written: `2020-01-02 10:00:00 +0900`, `2020. 1. 2.`, `2020년 1월 2일`, `Thu, 02 Jan 2020 …`.
pub(crate) fn day(text: &str) -> Option<String> {
    const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let words: Vec<&str> = text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let number = |word: &str| {
        let digits: String = word.chars().take_while(char::is_ascii_digit).collect();
        digits.parse::<u32>().ok()
    };
    let named = words.iter().position(|word| {
        let word = word.to_lowercase();
        word.len() >= 3 && word.chars().all(char::is_alphabetic) && MONTHS.iter().any(|month| word.starts_with(month))
    });
    let (year, month, date) = match named {
        Some(at) => {
            let word = words[at].to_lowercase();
            let month = MONTHS.iter().position(|month| word.starts_with(month))? as u32 + 1;
            let numbers: Vec<u32> = words.iter().filter_map(|word| number(word)).take(2).collect();
            let (date, year) = (*numbers.first()?, *numbers.get(1)?);
            (year, month, date)
        }
        None => {
            let numbers: Vec<u32> = words.iter().filter_map(|word| number(word)).collect();
            (*numbers.first()?, *numbers.get(1)?, *numbers.get(2)?)
        }
    };
    let is_day = (1000..10_000).contains(&year) && (1..=12).contains(&month) && (1..=31).contains(&date);
    is_day.then(|| format!("{year:04}-{month:02}-{date:02}"))
}

impl Front {
    /// The front matter of a note.
    pub fn written(&self) -> String {
        let mut lines = String::new();
        let mut line = |key: &str, value: Option<toml::Value>| {
            if let Some(value) = value {
                lines.push_str(&format!("{key} = {value}\n"));
            }
        };
        let text = |text: &Option<String>| text.clone().map(toml::Value::String);
        let list = |list: &[String]| (!list.is_empty()).then(|| list.to_vec().into());
        line("title", text(&self.title));
        line("date", text(&self.date));
        line("updated", text(&self.updated));
        line("tags", list(&self.tags));
        line("draft", self.draft.then_some(true.into()));
        line("summary", text(&self.summary));
        line("order", self.order.map(Into::into));
        line("authors", list(&self.authors));
        line("aliases", list(&self.aliases));
        if lines.is_empty() { lines } else { format!("+++\n{lines}+++\n\n") }
    }
}
