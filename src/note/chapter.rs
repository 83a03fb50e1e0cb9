//! A chapter of another tool's book. In: its Markdown, or the blocks and formulas that the tool has found; out: a note, as far
//! as figures and computed numbers are concerned. This file does not know the tools.

use super::formula::{self, Before};
use super::manuscript::Manuscript;
use super::prose::VALUE_OUTSIDE_FORMULA;
use super::{Address, Block, FrontMatter, Mark, MarkKind, Note, Outline, Policy, RawHtml, events, prose};
use crate::diag::{Checked, Diagnostic};
use crate::key::Key;
use crate::source::SourceFile;
use pulldown_cmark::{Event, Tag};
use std::ops::Range;
use std::sync::{Arc, OnceLock};

/// Reads a chapter that has its address from elsewhere, and no front matter. What is said is about blocks, and about formulas that
/// print values: the rest is its own tool's business.
pub fn chapter(manuscript: &Manuscript, address: Address, policy: &Policy<'_>) -> Checked<Note> {
    let source = &manuscript.source;
    // What the tool makes of raw HTML is up to the tool.
    let policy = Policy { raw_html: RawHtml::Allow, ..policy.clone() };
    let Checked { value, diagnostics } = prose::read(manuscript, 0, None, &address.lang, &policy);
    let mut note = Note {
        source: Arc::clone(source),
        key: manuscript.key(),
        address,
        front: FrontMatter::default(),
        body_start: 0,
        outline: Outline::default(),
        state: String::new(),
        title: value.title.unwrap_or_default(),
        headings: value.headings,
        blocks: value.blocks,
        formulas: value.formulas,
        values: value.values,
        links: value.links,
        marks: value.marks,
        terms: value.terms,
        heading_of_id: OnceLock::new(),
    };
    let further = in_backslashes(&source.text);
    let is_inside = |at: usize| further.iter().any(|(range, _)| range.contains(&at));
    let is_ours = |diagnostic: &Diagnostic| {
        concerns(&note, &diagnostic.range)
            || diagnostic.code == VALUE_OUTSIDE_FORMULA && !is_inside(diagnostic.range.start)
    };
    let file = source.path.as_str().into();
    let diagnostics = diagnostics.into_iter().filter(is_ours).map(|diagnostic| diagnostic.in_file(&file)).collect();
    for (range, display) in further {
        add_formula(&mut note, range, display);
    }
    Checked { value: note, diagnostics }
}

/// Whether a place in a note is in a block, or in a formula that prints a value.
fn concerns(note: &Note, range: &Range<usize>) -> bool {
    let holds = |whole: &Range<usize>| whole.start <= range.start && range.end <= whole.end;
    note.blocks.iter().any(|block| holds(&block.range))
        || note.formulas.iter().any(|formula| !formula.values.is_empty() && holds(&formula.range))
}

/// A note that consists of blocks and formulas which another tool has found in its document, in the order of the document:
/// `formulas` are places in the text of `source`.
pub fn assembled(source: &Arc<SourceFile>, address: Address, blocks: Vec<Block>, formulas: &[Range<usize>]) -> Note {
    let mut note = Note {
        source: Arc::clone(source),
        key: Key::of([source.text.as_bytes()]),
        address,
        front: FrontMatter::default(),
        body_start: 0,
        outline: Outline::default(),
        state: String::new(),
        title: String::new(),
        headings: Vec::new(),
        marks: (0..blocks.len()).map(|block| Mark { kind: MarkKind::Block(block), id: None }).collect(),
        blocks,
        formulas: Vec::new(),
        values: Vec::new(),
        links: Vec::new(),
        terms: Vec::new(),
        heading_of_id: OnceLock::new(),
    };
    for range in formulas {
        add_formula(&mut note, range.clone(), false);
    }
    note
}

fn add_formula(note: &mut Note, range: Range<usize>, display: bool) {
    let blocks = note.blocks.partition_point(|block| block.range.end <= range.start);
    let before = Before { values: note.values.len(), blocks };
    let source = Arc::clone(&note.source);
    let text = &source.text;
    let (formula, values) = formula::read_inside(text, &text[range.clone()], display, range, before);
    note.formulas.push(formula);
    note.values.extend(values);
}

/// The insides of `\\( … \\)` and `\\[ … \\]`, as mdBook's readers write formulas, and whether they stand on lines of their own.
fn in_backslashes(source: &str) -> Vec<(Range<usize>, bool)> {
    let code: Vec<Range<usize>> = events::read(source, 0..source.len())
        .into_iter()
        .filter(|(event, _)| matches!(event, Event::Code(_) | Event::Start(Tag::CodeBlock(_))))
        .map(|(_, range)| range)
        .collect();
    let mut found = Vec::new();
    let (last_round, last_square) = (source.rfind(r"\\)").unwrap_or(0), source.rfind(r"\\]").unwrap_or(0));
    let mut at = 0;
    while let Some(open) = source[at..].find(r"\\").map(|open| at + open) {
        let inside = open + 3;
        let close = match source.as_bytes().get(open + 2) {
            Some(b'(') if inside <= last_round => r"\\)",
            Some(b'[') if inside <= last_square => r"\\]",
            _ => {
                at = open + 2;
                continue;
            }
        };
        let end = source[inside..].find(close).map_or(inside, |end| inside + end);
        // Ranges of code are in the order of the text and do not overlap.
        let next = code.partition_point(|range| range.end <= open);
        if code.get(next).is_some_and(|range| range.start < end) {
            at = inside;
            continue;
        }
        found.push((inside..end, close == r"\\]"));
        at = end + close.len();
    }
    found
}
