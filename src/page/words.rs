//! Words of the interface, from `templates/i18n/*.toml`.

use crate::lang::endonym;
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// The words of one language.
#[derive(Clone, Debug, Default)]
pub struct Words {
    table: BTreeMap<String, String>,
    /// The table as templates are given it, made once for all pages.
    value: OnceLock<tera::Value>,
}

impl Words {
    /// No words.
    pub const fn new() -> Self {
        Self { table: BTreeMap::new(), value: OnceLock::new() }
    }

    /// The words in a TOML file of `key = "text"` lines.
    ///
    /// # Errors
    /// If it is no such file.
    pub fn parse(source: &str) -> Result<Self, toml::de::Error> {
        Ok(Self { table: toml::from_str(source)?, value: OnceLock::new() })
    }

    /// These words, with those of `own` in their places.
    #[must_use]
    pub fn overridden_by(mut self, own: Self) -> Self {
        self.table.extend(own.table);
        Self { table: self.table, value: OnceLock::new() }
    }

    /// These words for another language that has none of its own, which goes by its own name; by its tag where that is not
    /// known.
    #[must_use]
    pub fn lent_to(&self, tag: &str) -> Self {
        let mut table = self.table.clone();
        table.insert("language".to_owned(), endonym(tag).unwrap_or(tag).to_owned());
        Self { table, value: OnceLock::new() }
    }

    /// The text of a key; the key itself if it has none.
    pub fn get<'w>(&'w self, key: &'w str) -> &'w str {
        self.table.get(key).map_or(key, String::as_str)
    }

    /// The language's own name for itself.
    pub fn name(&self) -> String {
        self.get("language").to_owned()
    }

    /// What this language calls another one; where it has no word for it, what the other calls itself.
    pub fn name_of(&self, other: &str, itself: &Self) -> String {
        self.table.get(&format!("name_of_{other}")).cloned().unwrap_or_else(|| itself.name())
    }

    /// All of them, for templates.
    pub(super) fn value(&self) -> tera::Value {
        self.value.get_or_init(|| tera::Value::from_serializable(&self.table)).clone()
    }

    /// All of them.
    pub fn table(&self) -> &BTreeMap<String, String> {
        &self.table
    }

    /// A month, given as `YYYY-MM`, in the language's form: 2026년 11월; November 2026.
    pub fn month(&self, iso: &str) -> String {
        let (year, month) = iso.split_once('-').unwrap_or((iso, ""));
        let name = self.month_name(month);
        self.get("month").replace("{year}", year).replace("{month_name}", &name)
    }

    /// A year in the language's form: 2026년; 2026.
    pub fn year(&self, year: &str) -> String {
        self.get("year").replace("{year}", year)
    }

    /// The days of the week, short and in full, in the order of the language's calendars.
    pub fn weekdays(&self) -> Vec<(&str, &str)> {
        let short = self.get("weekdays").split(' ');
        let mut days: Vec<(&str, &str)> = short.zip(self.get("weekdays_long").split(' ')).collect();
        let start = self.week_start().min(days.len());
        days.rotate_left(start);
        days
    }

    /// The day with which a week begins, counted from Sunday.
    pub fn week_start(&self) -> usize {
        self.get("week_start").parse::<usize>().map_or(0, |day| day % 7)
    }

    fn month_name(&self, month: &str) -> String {
        let at = month.parse::<usize>().unwrap_or(0).saturating_sub(1);
        self.get("months").split(' ').nth(at).unwrap_or_default().to_owned()
    }

    /// An ISO date in the language's form: 2026년 11월 23일; November 23, 2026.
    pub fn date(&self, iso: &str) -> String {
        let parts: Vec<&str> = iso.split('-').collect();
        let [year, month, day] = parts.as_slice() else { return iso.to_owned() };
        let plain = |number: &str| number.trim_start_matches('0').to_owned();
        self.get("date")
            .replace("{year}", year)
            .replace("{month}", &plain(month))
            .replace("{month_name}", &self.month_name(month))
            .replace("{day}", &plain(day))
    }
}
