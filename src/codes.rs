//! The table of diagnostics. In: nothing; out: for each stable code how much it matters, what it means and what would
//! help. This room does not know where a mistake is noticed.

use crate::expr::closest;
use crate::lang::{Text, text};
use std::sync::OnceLock;

/// A kind of diagnostic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Code {
    /// Its stable name.
    pub name: &'static str,
    /// How much it matters if the author says nothing else.
    pub level: Level,
    /// What it means, in a sentence.
    pub meaning: Text,
    /// What would help.
    pub help: Text,
}

/// How much a kind of diagnostic matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// An error; nothing is published.
    Error,
    /// A warning.
    Warning,
    /// An error in `bpdoc.toml`, a warning in a note.
    ByPlace,
    /// Said only where the author asks for it.
    Off,
}

impl Level {
    const ALL: [Self; 4] = [Self::Error, Self::Warning, Self::ByPlace, Self::Off];

    /// Its name in the table.
    pub fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::ByPlace => "error or warning",
            Self::Off => "off",
        }
    }

    /// Its name for people.
    pub fn words(self) -> Text {
        match self {
            Self::Error => Text::fixed("오류", "error"),
            Self::Warning => Text::fixed("경고", "warning"),
            Self::ByPlace => Text::fixed("오류 또는 경고", "error or warning"),
            Self::Off => Text::fixed("꺼짐", "off"),
        }
    }
}

/// The only error that may be silenced: what a link leads to may be put beside the site by somebody else.
const SILENCEABLE_ERROR: &str = "dead-link";

impl Code {
    /// Whether the author may silence it. The other errors leave a hole in the page that no wish can close.
    pub fn may_be_silenced(&self) -> bool {
        self.level != Level::Error || self.name == SILENCEABLE_ERROR
    }
}

/// All codes, by name. The table is text with tabs between: name, level, meaning and help, each in Korean and English.
pub fn table() -> &'static [Code] {
    static TABLE: OnceLock<Vec<Code>> = OnceLock::new();
    TABLE.get_or_init(|| include_str!("codes.tsv").lines().skip(1).filter_map(code).collect())
}

fn code(line: &'static str) -> Option<Code> {
    let mut cells = line.split('\t');
    let mut cell = || cells.next();
    let (name, level) = (cell()?, cell()?);
    let level = Level::ALL.into_iter().find(|known| known.name() == level)?;
    let meaning = text(cell()?, cell()?);
    Some(Code { name, level, meaning, help: text(cell()?, cell()?) })
}

/// The code of a name.
pub fn find(name: &str) -> Option<&'static Code> {
    let table = table();
    table.binary_search_by(|code| code.name.cmp(name)).ok().map(|at| &table[at])
}

/// The name that somebody may have meant.
pub fn nearest(name: &str) -> Option<&'static str> {
    closest(name, table().iter().map(|code| code.name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_table_is_a_code_and_they_are_sorted() {
        let lines = include_str!("codes.tsv").lines().skip(1).count();
        assert_eq!(table().len(), lines);
        assert!(table().is_sorted_by(|a, b| a.name < b.name), "sort src/codes.tsv by name");
        assert_eq!(find("failed-claim").map(|code| code.level), Some(Level::Error));
        assert_eq!(nearest("faild-claim"), Some("failed-claim"));
    }
}
