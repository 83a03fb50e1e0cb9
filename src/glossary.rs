//! The glossary. In: a table of terms (tab-separated, with the names of its columns in the first line) and which names
//! the author prefers; out: terms with their names and definitions in the site's languages. This room does not know
//! pages, nor how a term is shown.
//!
//! The columns, in any order: `key` (else made from the English name), and for each language such as `ko` its name `ko`,
//! other names `ko_variants`, and `ko_definition`. What a cell says in parentheses is a remark; names stand between
//! commas or slashes. Other columns are the author's own. A line that begins with `#` is a comment.

use crate::diag::{Checked, Diagnostic, Log};
use crate::lang::text;
use crate::note::anchor::slug;
use crate::note::hidden;
use crate::settings::PreferredName;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// The terms in the order of the table.
#[derive(Clone, Debug, Default)]
pub struct Glossary {
    /// All terms.
    pub terms: Vec<Term>,
}

/// A term.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Term {
    /// What notes call it, in every language; its anchor on the page of all terms.
    pub key: String,
    /// Language → names, the one that the site prints first.
    names: BTreeMap<String, Vec<String>>,
    /// Language → definition.
    definitions: BTreeMap<String, String>,
}

impl Glossary {
    /// The term with a key.
    pub fn find(&self, key: &str) -> Option<&Term> {
        self.terms.iter().find(|term| term.key == key)
    }
}

impl Term {
    /// What the site calls it in a language.
    pub fn name(&self, language: &str) -> Option<&str> {
        self.names(language).first().map(String::as_str)
    }

    /// All its names in a language, the one that the site prints first.
    pub fn names(&self, language: &str) -> &[String] {
        self.names.get(language).map_or(&[], Vec::as_slice)
    }

    /// What it means.
    pub fn definition(&self, language: &str) -> Option<&str> {
        self.definitions.get(language).map(String::as_str)
    }

    /// Puts a name first in the language that has it.
    fn prefer(&mut self, name: &str) -> bool {
        let places = self.names.values_mut().find_map(|names| Some((names.iter().position(|n| n == name)?, names)));
        let Some((at, names)) = places else { return false };
        names[..=at].rotate_right(1);
        true
    }
}

/// Reads the table. A line with a mistake is left out.
pub fn read(table: &str, languages: &[String]) -> Checked<Glossary> {
    let mut log = Log::default();
    log.extend(hidden::found(table));
    let mut glossary = Glossary::default();
    let mut seen: BTreeMap<String, Range<usize>> = BTreeMap::new();
    let mut lines = lines(table);
    let Some((header, header_place)) = lines.next() else { return log.finish(glossary) };
    let columns: Vec<&str> = header.split('\t').map(str::trim).collect();
    if !languages.iter().any(|language| columns.contains(&language.as_str())) {
        log.push(no_columns(languages, header_place));
        return log.finish(glossary);
    }
    for (line, place) in lines {
        let cells: BTreeMap<&str, &str> = columns.iter().copied().zip(line.split('\t').map(str::trim)).collect();
        let term = term(&cells, languages);
        if term.names.is_empty() {
            log.push(no_name(place));
        } else if let Some(first) = seen.get(&term.key) {
            log.push(duplicate(&term.key, place, first));
        } else {
            let missing = languages.iter().filter(|language| term.name(language).is_none());
            log.extend(missing.map(|language| untranslated(&term.key, language, place.clone())));
            seen.insert(term.key.clone(), place);
            glossary.terms.push(term);
        }
    }
    log.finish(glossary)
}

/// Puts the names that the author prefers first. One that no term has is reported where it is written.
pub fn prefer(glossary: &mut Glossary, preferred: &[PreferredName]) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::new();
    for PreferredName { key, name, range } in preferred {
        let known: BTreeSet<String> = glossary.terms.iter().map(|term| term.key.clone()).collect();
        match glossary.terms.iter_mut().find(|term| term.key == *key) {
            None => diagnostics.push(unknown_term(key, known.iter().map(String::as_str), range.clone())),
            Some(term) => {
                if !term.prefer(name) {
                    let names = term.names.values().flatten().map(|name| format!("`{name}`")).collect::<Vec<_>>();
                    diagnostics.push(unknown_name(key, name, &names.join(", "), range.clone()));
                }
            }
        }
    }
    diagnostics
}

/// The diagnostic for a key that no term has.
pub fn unknown_term<'k>(key: &str, known: impl Iterator<Item = &'k str>, range: Range<usize>) -> Diagnostic {
    let diagnostic = Diagnostic::error(
        "unknown-term",
        range,
        text(format!("용어집에 `{key}`가 없습니다"), format!("the glossary has no term `{key}`")),
    );
    match crate::expr::closest(key, known) {
        Some(near) => diagnostic.help(text(format!("`{near}`인가요?"), format!("did you mean `{near}`?"))),
        None => diagnostic,
    }
}

/// The lines that are no comments, with their places.
fn lines(table: &str) -> impl Iterator<Item = (&str, Range<usize>)> {
    let table_start = table.as_ptr() as usize;
    table.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#')).map(move |line| {
        let start = line.as_ptr() as usize - table_start;
        let line = line.trim_start_matches('\u{feff}');
        (line, start..start + line.len())
    })
}

fn term(cells: &BTreeMap<&str, &str>, languages: &[String]) -> Term {
    let mut term = Term::default();
    let cell = |column: &str| cells.get(column).copied().unwrap_or_default();
    for language in languages {
        let own = names(cell(language), '/');
        let others = names(cell(&format!("{language}_variants")), ',');
        let mut all = Vec::new();
        for name in own.into_iter().chain(others) {
            if !all.contains(&name) {
                all.push(name);
            }
        }
        if !all.is_empty() {
            term.names.insert(language.clone(), all);
        }
        let definition = cell(&format!("{language}_definition"));
        if !definition.is_empty() {
            term.definitions.insert(language.clone(), definition.to_owned());
        }
    }
    let english = names(cell("en"), '/').into_iter().next();
    let first = || term.names.values().next().and_then(|names| names.first().cloned());
    term.key = match cell("key") {
        "" => slug(&english.or_else(first).unwrap_or_default()),
        key => key.to_owned(),
    };
    term
}

/// The names of a cell, without the remarks in parentheses.
fn names(cell: &str, between: char) -> Vec<String> {
    let mut depth = 0_usize;
    let mut plain = String::new();
    for c in cell.chars() {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            c if depth == 0 => plain.push(c),
            _ => {}
        }
    }
    plain
        .split(between)
        .map(|name| name.split_whitespace().collect::<Vec<_>>().join(" "))
        .filter(|n| !n.is_empty())
        .collect()
}

fn no_columns(languages: &[String], range: Range<usize>) -> Diagnostic {
    let wanted = languages.iter().map(|tag| format!("`{tag}`")).collect::<Vec<_>>().join(", ");
    Diagnostic::error(
        "bad-glossary",
        range,
        text("용어집의 첫 줄에 열의 이름이 없습니다", "the glossary's first line does not name its columns"),
    )
    .help(text(
        format!("사이트의 언어({wanted})를 탭으로 나누어 쓰고, `ko_variants`, `ko_definition` 같은 열을 더할 수 있습니다"),
        format!(
            "name the site's languages ({wanted}) with tabs between; columns such as `ko_variants` and `ko_definition` may follow"
        ),
    ))
}

fn no_name(range: Range<usize>) -> Diagnostic {
    Diagnostic::error("bad-glossary", range, text("이 줄에는 용어가 없습니다", "there is no term in this line"))
        .help(text("칸은 탭으로 나눕니다", "cells are separated by tabs"))
}

fn duplicate(key: &str, range: Range<usize>, first: &Range<usize>) -> Diagnostic {
    Diagnostic::error(
        "duplicate-term",
        range,
        text(format!("용어 `{key}`가 두 번 있습니다"), format!("the term `{key}` is here twice")),
    )
    .label(first.clone(), text("처음 나온 곳입니다", "it is here first"))
    .help(text("`key` 열로 다른 이름을 줄 수 있습니다", "a column `key` can give it another name"))
}

fn untranslated(key: &str, language: &str, range: Range<usize>) -> Diagnostic {
    Diagnostic::warning(
        "untranslated-term",
        range,
        text(
            format!("용어 `{key}`에 `{language}` 이름이 없습니다"),
            format!("the term `{key}` has no name in `{language}`"),
        ),
    )
}

fn unknown_name(key: &str, name: &str, names: &str, range: Range<usize>) -> Diagnostic {
    Diagnostic::error(
        "unknown-name-of-term",
        range,
        text(
            format!("용어 `{key}`에는 `{name}`라는 이름이 없습니다"),
            format!("the term `{key}` has no name `{name}`"),
        ),
    )
    .help(text(format!("용어집에 있는 이름: {names}"), format!("its names in the glossary: {names}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "# 주석\nen\tko\tko_variants\tsources\tko_definition\n\
        forward propagation / forward pass\t순전파\t순방향 전파 (D 71; T, x), 정방향 패스 (T)\tM1\t값을 앞으로 보낸다.\n\
        directed acyclic graph (DAG)\t방향 비순환 그래프\n";

    fn read_both(table: &str) -> Checked<Glossary> {
        read(table, &["ko".to_owned(), "en".to_owned()])
    }

    #[test]
    fn names_are_read_without_remarks() {
        let Checked { value: mut glossary, diagnostics } = read_both(TABLE);
        assert_eq!(diagnostics, []);
        let keys: Vec<&str> = glossary.terms.iter().map(|term| term.key.as_str()).collect();
        assert_eq!(keys, ["forward-propagation", "directed-acyclic-graph"]);
        let term = &glossary.terms[0];
        assert_eq!(term.names("ko"), ["순전파", "순방향 전파", "정방향 패스"]);
        assert_eq!(term.names("en"), ["forward propagation", "forward pass"]);
        assert_eq!((term.definition("ko"), term.definition("en")), (Some("값을 앞으로 보낸다."), None));
        let preferred =
            |name: &str| PreferredName { key: "forward-propagation".into(), name: name.into(), range: 0..1 };
        assert_eq!(prefer(&mut glossary, &[preferred("정방향 패스"), preferred("forward pass")]), []);
        assert_eq!(glossary.terms[0].names("ko"), ["정방향 패스", "순전파", "순방향 전파"]);
        assert_eq!(glossary.terms[0].name("en"), Some("forward pass"));
    }

    #[test]
    fn mistakes_have_places() {
        for (table, expected) in [
            ("a\tb\nx\ty\n", vec![("bad-glossary", "a\tb")]),
            ("ko\ten\n\t\n \tx\n", vec![("untranslated-term", " \tx")]),
            ("ko\ten\tnote\n\t\tx\n", vec![("bad-glossary", "\t\tx")]),
            ("ko\ten\n가\tx\n나\tX\n", vec![("duplicate-term", "나\tX")]),
            ("key\tko\ten\na\t가\tx\nb\t나\tX\n", vec![]),
        ] {
            let found: Vec<_> =
                read_both(table).diagnostics.iter().map(|d| (d.code, table[d.range.clone()].to_owned())).collect();
            assert_eq!(found, expected.iter().map(|(code, line)| (*code, (*line).to_owned())).collect::<Vec<_>>());
        }
    }
}
