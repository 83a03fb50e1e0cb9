//! Terms of the glossary in notes. In: keys as notes write them; out: what is shown of them, and diagnostics.

use super::Workshop;
use crate::diag::Diagnostic;
use crate::glossary::unknown_term;
use crate::lang::text;
use crate::note::Note;
use crate::note::html::TermParts;
use crate::page::glossary_path;
use crate::page::links::{address_in_html, relative};
use std::sync::Arc;

/// The language whose names stand behind those of others at their first use.
const ENGLISH: &str = "en";

impl Workshop<'_> {
    /// What is shown of a term in a note; none where the glossary has no such term, or no name for it in the note's
    /// language.
    pub(super) fn term(&self, note: &Note, key: &str) -> Option<TermParts> {
        let term = self.glossary.find(key)?;
        let language = note.address.lang.as_str();
        let name = term.name(language)?;
        let here = self.map.find(&note.address.series, note.address.slug.as_deref())?.path(language);
        let english = term.name(ENGLISH).filter(|english| language != ENGLISH && *english != name);
        Some(TermParts {
            name: name.to_owned(),
            english: english.map(str::to_owned),
            definition: term.definition(language).map(str::to_owned),
            href: format!("{}#{key}", address_in_html(&relative(&here, &glossary_path(language)))),
        })
    }

    /// Diagnostics for the terms of a note that the glossary lacks.
    pub(super) fn unknown_terms(&self, note: &Note) -> Vec<Diagnostic> {
        let file: Arc<str> = note.source.path.as_str().into();
        let unknown = note.terms.iter().filter(|used| self.term(note, &used.key).is_none());
        let diagnostics = unknown.map(|used| {
            if self.glossary.terms.is_empty() {
                return no_glossary(used.range.clone());
            }
            let known = self.glossary.terms.iter().map(|term| term.key.as_str());
            unknown_term(&used.key, known.filter(|key| *key != used.key), used.range.clone())
        });
        diagnostics.map(|diagnostic| diagnostic.in_file(&file)).collect()
    }
}

fn no_glossary(range: std::ops::Range<usize>) -> Diagnostic {
    Diagnostic::error("unknown-term", range, text("이 사이트에는 용어집이 없습니다", "this site has no glossary")).help(
        text(
            "`bpdoc.toml`에 `glossary = \"glossary.tsv\"`를 쓰고 그 파일에 용어를 적으세요",
            "write `glossary = \"glossary.tsv\"` in `bpdoc.toml` and the terms in that file",
        ),
    )
}
