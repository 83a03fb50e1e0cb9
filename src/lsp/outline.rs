//! What an editor lists of a note, and what it shows behind the lines of its blocks.

use super::hover::partial;
use super::reading::Reading;
use crate::emit::short;
use crate::graph::{Mention, Run, StatementKind, What, mentions, parse};
use crate::note::BlockKind;
use std::ops::Range;

/// Something that is listed, with what stands in it.
#[derive(Debug)]
pub struct Entry {
    /// What it is called.
    pub name: String,
    /// What is said beside its name.
    pub detail: String,
    /// What it is.
    pub kind: EntryKind,
    /// All of it.
    pub range: Range<usize>,
    /// Its name.
    pub selection: Range<usize>,
    /// What stands in it.
    pub children: Vec<Entry>,
}

/// What can be listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryKind {
    /// A heading with its section.
    Section,
    /// A block.
    Block,
    /// A node.
    Node,
    /// A function.
    Function,
}

/// What stands behind a line.
#[derive(Debug)]
pub struct Hint {
    /// Where.
    pub at: usize,
    /// The text.
    pub label: String,
}

impl Reading<'_> {
    /// Headings, the blocks below them, and the names in these.
    pub fn outline(&self) -> Vec<Entry> {
        let end = self.text.text.len();
        let mut items: Vec<(u8, Entry)> =
            self.analysis.headings.iter().map(|heading| (heading.level, section(heading, end))).collect();
        items.extend(self.analysis.own_blocks().map(|block| (u8::MAX, self.block_entry(block))));
        items.sort_by_key(|(_, entry)| entry.range.start);
        // The sections that are open, each with its level; the last ends where one of its level or above begins.
        let mut open: Vec<(u8, Entry)> = Vec::new();
        let mut done: Vec<Entry> = Vec::new();
        for (level, entry) in items {
            close(&mut open, &mut done, level, entry.range.start);
            open.push((level, entry));
        }
        close(&mut open, &mut done, 0, end);
        done
    }

    fn block_entry(&self, block: &super::analysis::NoteBlock) -> Entry {
        let source = &block.block;
        let line_end = self.text.text[source.range.start..].find(['\n', '\r']).unwrap_or(source.range.len());
        let word = if source.kind == BlockKind::Graph { "graph" } else { "train" };
        let caption = parse(&source.text).value.caption;
        let defined = mentions(&source.text).into_iter().filter(|mention| mention.defines);
        let listed = defined.filter_map(|mention| self.name_entry(block, &mention));
        Entry {
            name: block.options.id.as_ref().map_or_else(|| word.to_owned(), |id| format!("{word} #{}", id.text)),
            detail: caption.in_language(self.analysis.language).to_owned(),
            kind: EntryKind::Block,
            range: source.range.clone(),
            selection: source.range.start..(source.range.start + line_end).min(source.range.end),
            children: if source.kind == BlockKind::Graph { listed.collect() } else { Vec::new() },
        }
    }

    fn name_entry(&self, block: &super::analysis::NoteBlock, mention: &Mention) -> Option<Entry> {
        let kind = match mention.what {
            What::Node => EntryKind::Node,
            What::Call => EntryKind::Function,
            _ => return None,
        };
        let run = block.run();
        let node = run.and_then(|run| Some((run, run.graph.find(&mention.word)?)));
        let detail = node.map_or_else(String::new, |(run, node)| short(run.value(node), block.options.precision.0));
        let range = block.block.map.to_file(mention.range.clone());
        Some(Entry {
            name: mention.word.to_string(),
            detail,
            kind,
            selection: range.clone(),
            range,
            children: Vec::new(),
        })
    }

    /// The values and gradients behind the lines of graph blocks that lie in a range.
    pub fn hints(&self, within: &Range<usize>) -> Vec<Hint> {
        let is_visible = |range: &Range<usize>| range.start <= within.end && range.end >= within.start;
        let blocks = self.analysis.own_blocks().filter(|block| block.block.kind == BlockKind::Graph);
        let mut hints = Vec::new();
        for block in blocks.filter(|block| is_visible(&block.block.range)) {
            let Some(run) = block.run() else { continue };
            let precision = block.options.precision.0;
            for statement in parse(&block.block.text).value.statements {
                let StatementKind::Define { name, indexed, value, .. } = statement.kind else { continue };
                let at = block.block.map.to_file(statement.span).end;
                if !is_visible(&(at..at)) {
                    continue;
                }
                let written = indexed.as_ref().map(crate::expr::plain);
                let told = written.as_deref().unwrap_or(&name);
                let label = hint(run, told, &name, value.as_literal().is_some(), precision);
                hints.extend(label.map(|label| Hint { at, label }));
            }
        }
        hints
    }
}

/// What is said of a definition: its value, unless that is what is written, and its gradient. Of several nodes the last is shown.
fn hint(run: &Run, name: &str, family: &str, is_literal: bool, precision: usize) -> Option<String> {
    let (node, is_one) = match run.graph.find(name) {
        Some(node) => (node, true),
        None => (run.members(family).last()?, false),
    };
    let mut label = String::new();
    if !is_literal {
        let name = if is_one { String::new() } else { format!("{} ", run.graph.name(node)) };
        label = format!("{name}= {}", short(run.value(node), precision));
    }
    let is_output = run.graph.outputs.first() == Some(&node);
    if let Some(grad) = run.grad(node).filter(|_| !is_output) {
        let space = if label.is_empty() { "" } else { "  " };
        label.push_str(&format!("{space}{} = {}", partial(run, run.graph.name(node)), short(&grad, precision)));
    }
    (!label.is_empty()).then_some(label)
}

fn section(heading: &crate::note::Heading, end: usize) -> Entry {
    let range = heading.range.clone();
    Entry {
        name: if heading.text.is_empty() { heading.id.clone() } else { heading.text.clone() },
        detail: String::new(),
        kind: EntryKind::Section,
        selection: range.clone(),
        range: range.start..end,
        children: Vec::new(),
    }
}

/// Ends what is open at a level and below.
fn close(open: &mut Vec<(u8, Entry)>, done: &mut Vec<Entry>, level: u8, at: usize) {
    while open.last().is_some_and(|(its, _)| *its >= level) {
        let Some((_, mut entry)) = open.pop() else { break };
        if entry.kind == EntryKind::Section {
            entry.range.end = at.max(entry.selection.end);
        }
        match open.last_mut() {
            Some((_, parent)) => parent.children.push(entry),
            None => done.push(entry),
        }
    }
}
