//! Reads the values of `bpdoc.toml` key by key. In: a table of TOML; out: settings, and what is wrong with values and keys.

use super::{FileName, Limits, Localized, NamedCode, PreferredName, RawHtml, Settings, StyleValue, Theme};
use crate::diag::Diagnostic;
use crate::expr::closest;
use crate::figure::place::Engine;
use crate::lang::{Text, text};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

pub(super) struct Reader {
    pub settings: Settings,
    pub log: Vec<Diagnostic>,
    /// Where cards are asked for.
    pub cards: Option<Range<usize>>,
}

type Value<'a> = Spanned<DeValue<'a>>;

/// A key with how its value is read: the table that says which keys there are.
type Key = (&'static str, fn(&mut Reader, &Value<'_>));

const KEYS: &[Key] = &[
    ("title", |r, v| {
        if let Some(texts) = r.localized(v) {
            r.settings.title = texts;
        }
    }),
    ("description", |r, v| {
        if let Some(texts) = r.localized(v) {
            r.settings.description = texts;
        }
    }),
    ("languages", Reader::languages),
    ("base_url", Reader::base_url),
    ("engine", |r, v| {
        let Some(name) = r.text(v) else { return };
        match Engine::named(name) {
            Some(engine) => r.settings.engine = engine,
            None => {
                r.wrong(v.span(), text("`bpdoc` 또는 `layout-rs`여야 합니다", "it must be `bpdoc` or `layout-rs`"));
            }
        }
    }),
    ("op_reference", |r, v| {
        if let Some(wanted) = r.boolean(v) {
            r.settings.op_reference = wanted;
        }
    }),
    ("social_cards", |r, v| {
        if let Some(wanted) = r.boolean(v) {
            r.settings.social_cards = wanted;
            r.cards = Some(v.span()).filter(|_| wanted);
        }
    }),
    ("theme", Reader::theme),
    ("style", |r, v| r.style(v, false)),
    ("markdown", |r, v| r.section("markdown", v)),
    ("markdown.raw_html", Reader::raw_html),
    ("math", |r, v| r.section("math", v)),
    ("math.macros", |r, v| {
        if let Some(macros) = r.texts(v) {
            r.settings.macros = macros;
        }
    }),
    ("glossary", |r, v| {
        r.settings.glossary =
            r.text(v).filter(|path| !path.is_empty()).map(|path| FileName { path: path.to_owned(), range: v.span() });
    }),
    ("terms", Reader::terms),
    ("limits", |r, v| r.section("limits", v)),
    ("limits.nodes", |r, v| r.limit(v, |limits| &mut limits.nodes)),
    ("limits.elements", |r, v| r.limit(v, |limits| &mut limits.elements)),
    ("limits.training", |r, v| {
        if let Some(n) = r.count(v) {
            r.settings.limits.training = n as u64;
        }
    }),
    ("limits.note_bytes", |r, v| r.limit(v, |limits| &mut limits.note_bytes)),
    ("limits.included_bytes", |r, v| r.limit(v, |limits| &mut limits.included_bytes)),
    ("limits.file_bytes", |r, v| r.limit(v, |limits| &mut limits.file_bytes)),
    ("limits.drawn_nodes", |r, v| r.limit(v, |limits| &mut limits.drawn_nodes)),
    ("limits.drawn_outputs", |r, v| r.limit(v, |limits| &mut limits.drawn_outputs)),
    ("limits.drawn_rows", |r, v| r.limit(v, |limits| &mut limits.drawn_rows)),
    ("limits.drawn_elements", |r, v| r.limit(v, |limits| &mut limits.drawn_elements)),
    ("limits.image_bytes", |r, v| r.limit(v, |limits| &mut limits.image_bytes)),
    ("limits.image_pixels", |r, v| r.limit(v, |limits| &mut limits.image_pixels)),
    ("check", |r, v| r.section("check", v)),
    ("check.allow", |r, v| r.settings.check.allow = r.codes(v)),
    ("check.warn", |r, v| r.settings.check.warn = r.codes(v)),
    ("check.deny", |r, v| r.settings.check.deny = r.codes(v)),
    ("params", Reader::params),
];

impl Reader {
    pub fn table(&mut self, prefix: &str, table: &DeTable<'_>) {
        for (key, value) in table {
            let path =
                if prefix.is_empty() { key.get_ref().to_string() } else { format!("{prefix}.{}", key.get_ref()) };
            match KEYS.iter().find(|(name, _)| *name == path) {
                Some((_, read)) => read(self, value),
                None => self.log.push(unknown_key(&path, prefix, key.span())),
            }
        }
    }

    fn section(&mut self, path: &str, value: &Value<'_>) {
        match value.get_ref() {
            DeValue::Table(table) => self.table(path, table),
            _ => self.wrong(value.span(), text("`[절]`이어야 합니다", "it must be a section")),
        }
    }

    fn wrong(&mut self, span: Range<usize>, expected: Text) {
        self.log.push(
            Diagnostic::error("wrong-type", span, text("값의 종류가 다릅니다", "this value is of the wrong kind"))
                .help(expected),
        );
    }

    fn text<'a>(&mut self, value: &'a Value<'_>) -> Option<&'a str> {
        match value.get_ref() {
            DeValue::String(s) => Some(s),
            _ => {
                self.wrong(value.span(), text("따옴표로 묶은 문자열이어야 합니다", "it must be text in quotes"));
                None
            }
        }
    }

    fn texts(&mut self, value: &Value<'_>) -> Option<BTreeMap<String, String>> {
        let DeValue::Table(table) = value.get_ref() else {
            self.wrong(
                value.span(),
                text("`이름 = \"문자열\"`의 표여야 합니다", "it must be a table of `name = \"text\"`"),
            );
            return None;
        };
        Some(
            table
                .iter()
                .filter_map(|(key, value)| Some((key.get_ref().to_string(), self.text(value)?.to_owned())))
                .collect(),
        )
    }

    fn terms(&mut self, value: &Value<'_>) {
        let DeValue::Table(table) = value.get_ref() else {
            return self.wrong(
                value.span(),
                text("`용어 = \"이름\"`의 표여야 합니다", "it must be a table of `term = \"name\"`"),
            );
        };
        for (key, name) in table {
            if let Some(chosen) = self.text(name) {
                let term =
                    PreferredName { key: key.get_ref().to_string(), name: chosen.to_owned(), range: name.span() };
                self.settings.terms.push(term);
            }
        }
    }

    fn localized(&mut self, value: &Value<'_>) -> Option<Localized> {
        match value.get_ref() {
            DeValue::Table(_) => self.texts(value).map(Localized),
            _ => self.text(value).map(|text| Localized(BTreeMap::from([(String::new(), text.to_owned())]))),
        }
    }

    fn boolean(&mut self, value: &Value<'_>) -> Option<bool> {
        match value.get_ref() {
            DeValue::Boolean(wanted) => Some(*wanted),
            _ => {
                self.wrong(value.span(), text("`true` 또는 `false`여야 합니다", "this must be `true` or `false`"));
                None
            }
        }
    }

    fn codes(&mut self, value: &Value<'_>) -> Vec<NamedCode> {
        let DeValue::Array(list) = value.get_ref() else {
            self.wrong(
                value.span(),
                text("`[\"missing-alt\"]` 같은 목록이어야 합니다", "it must be a list such as `[\"missing-alt\"]`"),
            );
            return Vec::new();
        };
        let named = |item| Some(NamedCode { code: self.text(item)?.to_owned(), range: item.span() });
        list.iter().filter_map(named).collect()
    }

    fn theme(&mut self, value: &Value<'_>) {
        let Some(folder) = self.text(value) else { return };
        let folder = folder.trim_end_matches('/');
        if folder.is_empty() {
            return;
        }
        let is_part = |part: &str| !part.is_empty() && part != "." && part != "..";
        if folder.contains(['\\', ':']) || !folder.split('/').all(is_part) {
            self.wrong(
                value.span(),
                text(
                    "`themes/paper`처럼 이 프로젝트 안의 폴더여야 합니다",
                    "it must be a folder of this project, such as `themes/paper`",
                ),
            );
        } else {
            self.settings.theme = Some(Theme { folder: folder.to_owned(), range: value.span() });
        }
    }

    /// Variables of the style sheet. Whether there are such variables, the style sheet knows.
    fn style(&mut self, value: &Value<'_>, is_dark: bool) {
        let DeValue::Table(table) = value.get_ref() else {
            self.wrong(
                value.span(),
                text("`이름 = \"값\"`의 표여야 합니다", "it must be a table of `name = \"value\"`"),
            );
            return;
        };
        for (key, value) in table {
            if key.get_ref() == "dark" && !is_dark {
                self.style(value, true);
                continue;
            }
            let Some(css) = self.text(value) else { continue };
            if css.trim().is_empty() || css.contains([';', '{', '}', '<', '\\']) || css.chars().any(char::is_control) {
                self.wrong(value.span(), text("CSS 값 하나여야 합니다", "it must be a single CSS value"));
                continue;
            }
            let (name, value) = (key.get_ref().to_string(), css.trim().to_owned());
            self.settings.style.push(StyleValue { name, value, range: key.span(), is_dark });
        }
    }

    fn limit(&mut self, value: &Value<'_>, which: fn(&mut Limits) -> &mut usize) {
        if let Some(number) = self.count(value) {
            *which(&mut self.settings.limits) = number;
        }
    }

    fn count(&mut self, value: &Value<'_>) -> Option<usize> {
        let number = match value.get_ref() {
            DeValue::Integer(n) => {
                usize::from_str_radix(&n.as_str().replace('_', ""), n.radix()).ok().filter(|n| *n > 0)
            }
            _ => None,
        };
        if number.is_none() {
            self.wrong(value.span(), text("1 이상의 정수여야 합니다", "it must be a whole number of at least 1"));
        }
        number
    }

    fn languages(&mut self, value: &Value<'_>) {
        let DeValue::Array(list) = value.get_ref() else {
            return self.wrong(
                value.span(),
                text("`[\"ko\", \"en\"]` 같은 목록이어야 합니다", "it must be a list such as `[\"ko\", \"en\"]`"),
            );
        };
        let mut languages: Vec<String> = Vec::new();
        for item in list {
            let Some(tag) = self.text(item) else { continue };
            if !is_language_tag(tag) || languages.iter().any(|other| other == tag) {
                self.log.push(
                    Diagnostic::error(
                        "bad-language",
                        item.span(),
                        text(
                            format!("`{tag}`는 언어 태그로 쓸 수 없습니다"),
                            format!("`{tag}` cannot be used as a language tag"),
                        ),
                    )
                    .help(text(
                        "`ko`, `en`, `pt-BR`처럼 한 번씩만 씁니다",
                        "write each tag once, such as `ko`, `en` or `pt-BR`",
                    )),
                );
            } else {
                languages.push(tag.to_owned());
            }
        }
        if languages.is_empty() {
            self.wrong(value.span(), text("언어가 적어도 하나 있어야 합니다", "there must be at least one language"));
        } else {
            self.settings.languages = languages;
        }
    }

    fn base_url(&mut self, value: &Value<'_>) {
        let Some(url) = self.text(value) else { return };
        if url.is_empty() || url.starts_with("https://") || url.starts_with("http://") {
            let slash = if url.is_empty() || url.ends_with('/') { "" } else { "/" };
            self.settings.base_url = format!("{url}{slash}");
        } else {
            self.wrong(
                value.span(),
                text("`https://`로 시작하는 주소여야 합니다", "it must be an address that starts with `https://`"),
            );
        }
    }

    fn raw_html(&mut self, value: &Value<'_>) {
        match self.text(value) {
            Some("escape") => self.settings.raw_html = RawHtml::Escape,
            Some("sanitize") => self.settings.raw_html = RawHtml::Sanitize,
            Some("allow") => self.settings.raw_html = RawHtml::Allow,
            Some(_) => self.wrong(
                value.span(),
                text(
                    "`escape`, `sanitize`, `allow` 가운데 하나여야 합니다",
                    "it must be `escape`, `sanitize` or `allow`",
                ),
            ),
            None => {}
        }
    }

    fn params(&mut self, value: &Value<'_>) {
        match toml::Table::deserialize(toml::de::ValueDeserializer::from(value.clone())) {
            Ok(table) => self.settings.params = table,
            Err(_) => self.wrong(value.span(), text("`[params]` 표여야 합니다", "it must be a table `[params]`")),
        }
    }
}

/// Letters and digits with hyphens between (BCP 47): a tag is also the name of a folder.
fn is_language_tag(tag: &str) -> bool {
    tag.len() <= 35
        && tag.split('-').all(|part| (1..=8).contains(&part.len()) && part.chars().all(|c| c.is_ascii_alphanumeric()))
        && tag.starts_with(|c: char| c.is_ascii_alphabetic())
}

fn unknown_key(path: &str, prefix: &str, span: Range<usize>) -> Diagnostic {
    let diagnostic = Diagnostic::error(
        "unknown-key",
        span,
        text(format!("`{path}`라는 설정은 없습니다"), format!("there is no setting `{path}`")),
    );
    let siblings = KEYS
        .iter()
        .map(|(name, _)| *name)
        .filter(|name| name.rsplit_once('.').map_or("", |(section, _)| section) == prefix);
    match closest(path, siblings.clone()) {
        Some(near) => diagnostic.help(text(format!("`{near}`인가요?"), format!("did you mean `{near}`?"))),
        None => {
            let list = siblings.collect::<Vec<_>>().join(", ");
            diagnostic.help(text(format!("쓸 수 있는 것: {list}"), format!("there are: {list}")))
        }
    }
}
