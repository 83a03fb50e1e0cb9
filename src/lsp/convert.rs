//! Our nouns as the protocol's.

use super::book::Book;
use super::checker::Open;
use super::completion::{Candidate, CandidateKind, Candidates};
use super::outline::{Entry, EntryKind};
use super::place::uri_of;
use super::text::Text;
use crate::diag::{Diagnostic, Label, Severity};
use crate::lang::Tongue;
use lsp_types::{
    CompletionItem, CompletionItemKind, CompletionTextEdit, DiagnosticRelatedInformation, DiagnosticSeverity,
    Documentation, InsertTextFormat, Location, MarkupContent, MarkupKind, NumberOrString, PublishDiagnosticsParams,
    SymbolKind, TextEdit,
};
use serde_json::{Value, json};

/// What a client can show.
#[derive(Clone, Copy, Debug, Default)]
pub struct Abilities {
    /// Places beside that of a diagnostic.
    pub related: bool,
    /// Text with places to fill in.
    pub snippets: bool,
}

/// The mistakes of a document.
pub fn published(
    open: &Open,
    book: &Book,
    diagnostics: &[Diagnostic],
    tongue: Tongue,
    abilities: Abilities,
) -> PublishDiagnosticsParams {
    let of = |diagnostic: &Diagnostic| lsp_types::Diagnostic {
        range: open.text.range(&diagnostic.range),
        severity: Some(match diagnostic.severity {
            Severity::Error => DiagnosticSeverity::ERROR,
            Severity::Warning => DiagnosticSeverity::WARNING,
        }),
        code: Some(NumberOrString::String(diagnostic.code.to_owned())),
        source: Some("bpdoc".to_owned()),
        message: message(diagnostic, tongue, abilities),
        related_information: (abilities.related && !diagnostic.labels.is_empty())
            .then(|| diagnostic.labels.iter().filter_map(|label| related(label, open, book, tongue)).collect()),
        ..lsp_types::Diagnostic::default()
    };
    PublishDiagnosticsParams {
        uri: open.uri.clone(),
        diagnostics: diagnostics.iter().map(of).collect(),
        version: Some(open.version),
    }
}

/// What is wrong and what would help; what stands beside it, where the client cannot show that in its place.
fn message(diagnostic: &Diagnostic, tongue: Tongue, abilities: Abilities) -> String {
    let mut lines = vec![diagnostic.message.in_tongue(tongue).to_owned()];
    if !abilities.related {
        lines.extend(diagnostic.labels.iter().map(|label| label.text.in_tongue(tongue).to_owned()));
    }
    let word = if tongue == Tongue::Ko { "도움말" } else { "help" };
    lines.extend(diagnostic.help.as_ref().map(|help| format!("{word}: {}", help.in_tongue(tongue))));
    lines.join("\n")
}

fn related(label: &Label, open: &Open, book: &Book, tongue: Tongue) -> Option<DiagnosticRelatedInformation> {
    let location = match label.file.as_deref().filter(|file| **file != open.home.path) {
        None => Location::new(open.uri.clone(), open.text.range(&label.range)),
        Some(file) => {
            let text = open.text.another(book.project.source(file)?);
            Location::new(uri_of(&open.home.on_disk(file))?, text.range(&label.range))
        }
    };
    Some(DiagnosticRelatedInformation { location, message: label.text.in_tongue(tongue).to_owned() })
}

/// The outline of a document.
pub fn symbols(entries: &[Entry], text: &Text) -> Value {
    // Sections are nested six deep at most, and blocks and names stand in them.
    let of = |entry: &Entry| {
        let kind = match entry.kind {
            EntryKind::Section => SymbolKind::STRING,
            EntryKind::Block => SymbolKind::NAMESPACE,
            EntryKind::Node => SymbolKind::VARIABLE,
            EntryKind::Function => SymbolKind::FUNCTION,
        };
        json!({
            "name": entry.name,
            "detail": entry.detail,
            "kind": kind,
            "range": text.range(&entry.range),
            "selectionRange": text.range(&entry.selection),
            "children": symbols(&entry.children, text),
        })
    };
    entries.iter().map(of).collect()
}

/// What may be typed.
pub fn completions(candidates: &Candidates, text: &Text, abilities: Abilities) -> Vec<CompletionItem> {
    let range = text.range(&candidates.range);
    let of = |(at, candidate): (usize, &Candidate)| {
        let kind = match candidate.kind {
            CandidateKind::Name => CompletionItemKind::VARIABLE,
            CandidateKind::Function => CompletionItemKind::FUNCTION,
            CandidateKind::Keyword => CompletionItemKind::KEYWORD,
            CandidateKind::Option => CompletionItemKind::PROPERTY,
            CandidateKind::Reference => CompletionItemKind::REFERENCE,
        };
        let snippet = candidate.snippet.as_ref().filter(|_| abilities.snippets);
        CompletionItem {
            label: candidate.label.clone(),
            kind: Some(kind),
            detail: Some(candidate.detail.clone()).filter(|detail| !detail.is_empty()),
            documentation: Some(candidate.about.clone()).filter(|about| !about.is_empty()).map(markdown),
            // The order is ours: the names of the block before the ops.
            sort_text: Some(format!("{at:04}")),
            insert_text_format: Some(if snippet.is_some() {
                InsertTextFormat::SNIPPET
            } else {
                InsertTextFormat::PLAIN_TEXT
            }),
            filter_text: Some(candidate.label.clone()),
            text_edit: Some(CompletionTextEdit::Edit(TextEdit {
                range,
                new_text: snippet.unwrap_or(&candidate.text).clone(),
            })),
            ..CompletionItem::default()
        }
    };
    candidates.list.iter().enumerate().map(of).collect()
}

fn markdown(value: String) -> Documentation {
    Documentation::MarkupContent(MarkupContent { kind: MarkupKind::Markdown, value })
}
