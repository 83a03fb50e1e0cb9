//! From a word to where it is defined, and to where else it stands.

use super::analysis::NoteBlock;
use super::reading::{Anchor, Reading, Spot, mention_at};
use crate::glossary;
use crate::graph::{Mention, What, mentions, names_in_target};
use crate::lesson::value::in_two;
use crate::note::{BlockKind, ValueUse};
use crate::source::beside;
use std::ops::Range;

/// A place in a file of the project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// The path below the project's folder.
    pub path: String,
    /// The bytes.
    pub range: Range<usize>,
}

impl Reading<'_> {
    /// Where the word at a byte is defined.
    pub fn definitions(&self, byte: usize) -> Vec<Target> {
        match self.spot(byte) {
            Spot::Block(block, at) => self.of_name(block, at),
            Spot::Fence(block) => self.of_fence(block, byte),
            Spot::Value(value) => self.of_value(value, byte),
            Spot::Link(link) => self.of_link(&link.dest),
            Spot::Term(term) => self.of_term(&term.key),
            Spot::Prose => Vec::new(),
        }
    }

    fn of_name(&self, block: &NoteBlock, at: usize) -> Vec<Target> {
        if block.block.kind == BlockKind::Train {
            return block
                .origin
                .iter()
                .map(|(path, range)| Target { path: path.clone(), range: range.clone() })
                .collect();
        }
        let Some(mention) = mention_at(&block.block.text, at) else { return Vec::new() };
        let found = self.defined_in(block, &mention);
        match &block.origin {
            Some((path, range)) if found.is_empty() && mention.what == What::Node => {
                vec![Target { path: path.clone(), range: range.clone() }]
            }
            _ => found,
        }
    }

    fn defined_in(&self, block: &NoteBlock, mention: &Mention) -> Vec<Target> {
        let here = |range: Range<usize>| Target { path: self.home.path.clone(), range: block.block.map.to_file(range) };
        let all = mentions(&block.block.text).into_iter();
        all.filter(|other| other.defines && other.is_same(mention)).map(|other| here(other.range)).collect()
    }

    /// What `src=`, `of=` or the id of an empty block names.
    fn of_fence(&self, block: &NoteBlock, byte: usize) -> Vec<Target> {
        let at = byte.saturating_sub(block.block.info_start);
        let options = [&block.options.src, &block.options.of, &block.options.id];
        let is_on_it = options.into_iter().flatten().any(|word| word.span.start <= at && at <= word.span.end);
        let origin = block.origin.iter().filter(|_| is_on_it);
        origin.map(|(path, range)| Target { path: path.clone(), range: range.clone() }).collect()
    }

    fn of_value(&self, value: &ValueUse, byte: usize) -> Vec<Target> {
        let Some(block) = self.analysis.block_of(value) else { return Vec::new() };
        let start = value.range.start;
        let fence = || vec![Target { path: self.home.path.clone(), range: block.block.range.clone() }];
        let (id, target) = in_two(&value.target);
        let target_start = value.target.len() - target.len();
        if id.is_some() && byte < start + target_start {
            return fence();
        }
        let names = names_in_value(value, block);
        let name = names.into_iter().find(|(range, _)| range.start <= byte && byte <= range.end);
        let Some((_, word)) = name else { return fence() };
        let mention = Mention { range: 0..0, word, what: What::Node, defines: false };
        match self.defined_in(block, &mention) {
            found if found.is_empty() => fence(),
            found => found,
        }
    }

    fn of_link(&self, dest: &str) -> Vec<Target> {
        let (path, id) = dest.split_once('#').unwrap_or((dest, ""));
        if let Some((path, anchors)) = self.anchors(path) {
            let found = anchors.into_iter().find(|Anchor { id: its, .. }| its == id);
            return found.map(|Anchor { range, .. }| Target { path, range }).into_iter().collect();
        }
        let beside = beside(&self.home.path, path).filter(|_| !path.contains(':') && !path.is_empty());
        let is_there = |path: &String| {
            let below = path.strip_prefix("content/").unwrap_or(path);
            self.book.project.assets.binary_search_by(|asset| asset.path.as_str().cmp(below)).is_ok()
        };
        beside.filter(is_there).map(|path| Target { path, range: 0..0 }).into_iter().collect()
    }

    fn of_term(&self, key: &str) -> Vec<Target> {
        let Some(table) = &self.book.project.glossary else { return Vec::new() };
        let is_row = |line: &str| !line.starts_with('#') && !line.trim().is_empty();
        let mut lines = table.text.split_inclusive('\n').filter(|line| is_row(line));
        let header = lines.next().unwrap_or_default();
        let languages = &self.book.project.settings.languages;
        let holds = |line: &&str| glossary::read(&format!("{header}{line}"), languages).value.find(key).is_some();
        let start = |line: &str| line.as_ptr() as usize - table.text.as_ptr() as usize;
        let place = |line: &str| start(line)..start(line) + line.trim_end().len();
        lines.find(holds).map(|line| Target { path: table.path.clone(), range: place(line) }).into_iter().collect()
    }

    /// All places of the name at a byte: in its block, and in the values of the prose that come from there.
    pub fn references(&self, byte: usize) -> Vec<Reference> {
        let (block, mention) = match self.spot(byte) {
            Spot::Block(block, at) if block.block.kind == BlockKind::Graph => {
                let Some(mention) = mention_at(&block.block.text, at) else { return Vec::new() };
                (block, mention)
            }
            Spot::Value(value) => {
                let Some(block) = self.analysis.block_of(value) else { return Vec::new() };
                let names = names_in_value(value, block);
                let Some((_, word)) = names.into_iter().find(|(range, _)| range.start <= byte && byte <= range.end)
                else {
                    return Vec::new();
                };
                (block, Mention { range: 0..0, word, what: What::Node, defines: false })
            }
            _ => return Vec::new(),
        };
        if !matches!(mention.what, What::Node | What::Call | What::Local(_)) {
            return Vec::new();
        }
        let in_block = mentions(&block.block.text).into_iter().filter(|other| other.is_same(&mention));
        let in_block =
            in_block.map(|other| Reference { range: block.block.map.to_file(other.range), defines: other.defines });
        let values = self.analysis.values.iter().filter(|value| {
            mention.what == What::Node && self.analysis.block_of(value).is_some_and(|its| std::ptr::eq(its, block))
        });
        let names = values.flat_map(|value| names_in_value(value, block)).filter(|(_, word)| *word == mention.word);
        let in_prose = names.map(|(range, _)| Reference { range, defines: false });
        in_block.chain(in_prose).collect()
    }

    /// The places of the name at a byte, if all of them can be given another name: what is defined elsewhere cannot.
    pub fn renamed(&self, byte: usize) -> Option<(Range<usize>, Vec<Reference>)> {
        let found = self.references(byte);
        let here = found.iter().find(|place| place.range.start <= byte && byte <= place.range.end)?.range.clone();
        found.iter().any(|place| place.defines).then_some((here, found))
    }
}

/// A place of a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// The bytes.
    pub range: Range<usize>,
    /// Whether it is defined there.
    pub defines: bool,
}

/// The names of a value's target, at their places in the note.
fn names_in_value(value: &ValueUse, block: &NoteBlock) -> Vec<(Range<usize>, Box<str>)> {
    let target = in_two(&value.target).1;
    let target = target.split('@').next().unwrap_or_default();
    let start = value.range.start + (target.as_ptr() as usize - value.target.as_ptr() as usize);
    // A formula in a quote may go over lines, where the bytes are not those of the target.
    if value.range.len() != value.target.len() {
        return Vec::new();
    }
    let is_known = |name: &str| {
        block.run().is_some_and(|run| run.graph.find(name).is_some() || run.members(name).next().is_some())
    };
    let names = names_in_target(target, is_known);
    names.into_iter().map(|(range, word)| (start + range.start..start + range.end, word)).collect()
}
