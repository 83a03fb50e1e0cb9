//! Graph and train blocks of a note, written tidily. In: the text of a Markdown file; out: what to write in which places.
//! All outside the lines of these blocks stays as it is, as do the marks of the lists and quotes that blocks stand in.

use crate::graph;
use crate::note::{self, Block, BlockKind, Manuscript, Policy};
use crate::source::SourceFile;
use crate::train;
use std::ops::Range;

/// Text that takes the place of other text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replacement {
    /// The bytes that go.
    pub range: Range<usize>,
    /// What comes.
    pub text: String,
}

/// A note with its blocks tidied.
pub fn note(text: &str) -> String {
    let manuscript = Manuscript::from(SourceFile::new("note.md", text));
    let blocks = note::read(&manuscript, &Policy::default()).value.note.blocks;
    let mut tidy = String::with_capacity(text.len());
    let mut done = 0;
    for Replacement { range, text: new } in blocks.iter().flat_map(|block| replacements(text, block)) {
        tidy.push_str(&text[done..range.start]);
        tidy.push_str(&new);
        done = range.end;
    }
    tidy.push_str(&text[done..]);
    tidy
}

/// What makes a block of a note tidy, in the order of its lines: nothing where it is tidy, or cannot be read.
pub fn replacements(note: &str, block: &Block) -> Vec<Replacement> {
    let lines = match block.kind {
        BlockKind::Graph => graph::format(&block.text),
        BlockKind::Train => train::format(&block.text),
    };
    let places = || -> Option<Vec<(Range<usize>, &str)>> { places(note, block).collect() };
    let (Some(lines), Some(places)) = (lines, places()) else { return Vec::new() };
    let changed = places.into_iter().zip(lines).filter(|((_, old), new)| old != new);
    changed.map(|((range, _), text)| Replacement { range, text }).collect()
}

/// Where the lines of a block stand in its note; none for a line that is not of one piece there.
fn places<'b>(note: &'b str, block: &'b Block) -> impl Iterator<Item = Option<(Range<usize>, &'b str)>> {
    let mut start = 0;
    block.text.split_inclusive('\n').map(move |line| {
        let words = line.strip_suffix('\n').unwrap_or(line);
        let in_note = block.map.to_file(start..start + words.len());
        start += line.len();
        let is_whole = note.get(in_note.clone()) == Some(words);
        is_whole.then_some((in_note, words))
    })
}
