//! Places in text. In: byte ranges of a piece of text; out: byte ranges of the file that it was cut from.
//! This room does not know what the text means, nor how a place is shown (that is `report`).

use crate::key::Key;
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// Characters that cannot be seen, or that change the order in which others are seen.
pub fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}')
        || matches!(c, '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{ffa0}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
        || matches!(c, '\u{115f}' | '\u{1160}' | '\u{e0000}'..='\u{e007f}')
}

/// A name as it is printed, within one line: characters that nobody sees, line ends among them, become code points.
pub fn printable(name: &str) -> String {
    spelled_out(name, is_hidden)
}

/// A text with code points in the places of such characters.
pub fn spelled_out(text: &str, is_odd: impl Fn(char) -> bool) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut out, c| {
        if is_odd(c) {
            out.push_str(&format!("<U+{:04X}>", u32::from(c)));
        } else {
            out.push(c);
        }
        out
    })
}

/// As [`is_hidden`], with what has no look of its own: it chooses a form of the character before it, an emoji's colours, say. A text
/// may hold it; a name with it would look like the name without.
pub fn is_unseen(c: char) -> bool {
    is_hidden(c)
        || matches!(c, '\u{34f}' | '\u{17b4}'..='\u{17b5}' | '\u{180b}'..='\u{180f}' | '\u{fe00}'..='\u{fe0f}')
        || matches!(c, '\u{fff0}'..='\u{fff8}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}')
        || matches!(c, '\u{e0000}'..='\u{e0fff}')
}

/// A text in which letters that differ in case alone are one letter, also where a script has three of them, as `S`, `s` and
/// `ſ`. The dotless `ı` of Turkish is another letter than `i`.
pub fn caseless(text: &str) -> String {
    let folded = |c: char| {
        let upper = if c == 'ı' { c } else { sole(c.to_uppercase()).unwrap_or(c) };
        upper.to_lowercase()
    };
    text.chars().flat_map(folded).collect()
}

fn sole(mut letters: impl Iterator<Item = char>) -> Option<char> {
    letters.next().filter(|_| letters.next().is_none())
}

/// The path that another path means when it stands in a file: `a/b.md` and `../c.md` give `c.md`. None where it leads
/// out of the folder that all paths start from.
pub fn beside(file: &str, path: &str) -> Option<String> {
    let mut parts: Vec<&str> = file.split('/').collect();
    parts.pop();
    for part in path.split('/') {
        match part {
            ".." => {
                parts.pop()?;
            }
            "." => {}
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// The path from one file to another, both given below the same folder.
pub fn relative(from: &str, to: &str) -> String {
    let from: Vec<&str> = from.split('/').collect();
    let to: Vec<&str> = to.split('/').collect();
    let shared = from[..from.len() - 1].iter().zip(&to[..to.len() - 1]).take_while(|(a, b)| a == b).count();
    let up = "../".repeat(from.len() - 1 - shared);
    format!("{up}{}", to[shared..].join("/"))
}

/// A text file of the project, held in memory.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SourceFile {
    /// Path below the project's root, with `/` between its parts (`content/dl/27-backprop.ko.md`).
    pub path: String,
    /// The whole text, as it stands in the file.
    pub text: String,
    key: Key,
    may_allow: bool,
}

impl SourceFile {
    /// The file with a path and a text.
    pub fn new(path: impl Into<String>, text: impl Into<String>) -> Self {
        let (path, text) = (path.into(), text.into());
        let key = Key::of([path.as_bytes(), text.as_bytes()]);
        let may_allow = text.contains("allow");
        Self { path, text, key, may_allow }
    }

    /// Whether the word `allow` is in it: in most texts there is no need to look for allowances.
    pub fn may_allow(&self) -> bool {
        self.may_allow
    }

    /// Stands for its path and its text.
    pub fn key(&self) -> Key {
        self.key
    }
}

/// Where the bytes of a block stand in its file.
///
/// A block inside a list or a quote is not contiguous in its file: each line is a piece of its own.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RangeMap {
    pieces: Vec<Piece>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Piece {
    block: usize,
    file: usize,
    len: usize,
}

impl RangeMap {
    /// The map of a text that is the whole of its file.
    pub fn identity(len: usize) -> Self {
        Self { pieces: vec![Piece { block: 0, file: 0, len }] }
    }

    /// Adds the next `len` bytes of the block, which stand at `file` in the file.
    pub fn push(&mut self, file: usize, len: usize) {
        let block = self.block_len();
        self.pieces.push(Piece { block, file, len });
    }

    /// The number of bytes mapped so far.
    pub fn block_len(&self) -> usize {
        self.pieces.last().map_or(0, |p| p.block + p.len)
    }

    /// The range of the file that a range of the block stands for. It spans the gaps between pieces.
    pub fn to_file(&self, range: Range<usize>) -> Range<usize> {
        let start = self.position(range.start, false);
        let end = if range.is_empty() { start } else { self.position(range.end, true) };
        start..end.max(start)
    }

    /// The byte of the block that a byte of the file is; none outside the block and in the gaps between pieces. The end
    /// of a piece belongs to it.
    pub fn to_block(&self, at: usize) -> Option<usize> {
        let after = self.pieces.partition_point(|piece| piece.file <= at);
        let piece = self.pieces[..after].last()?;
        let inside = at - piece.file;
        (inside <= piece.len).then_some(piece.block + inside)
    }

    /// At the border of two pieces an end belongs to the earlier one, a start to the later one.
    fn position(&self, at: usize, is_end: bool) -> usize {
        let after = self.pieces.partition_point(|p| if is_end { p.block < at } else { p.block <= at });
        match self.pieces.get(after.saturating_sub(1)) {
            Some(piece) => piece.file + at.saturating_sub(piece.block).min(piece.len),
            None => at,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_in_a_quote_maps_line_by_line() {
        // "> ab\n> cd\n": the block is "ab\ncd\n".
        let mut map = RangeMap::default();
        map.push(2, 3);
        map.push(7, 3);
        assert_eq!(map.to_file(0..2), 2..4);
        assert_eq!(map.to_file(3..5), 7..9);
        assert_eq!(map.to_file(0..5), 2..9);
        assert_eq!(map.to_file(3..3), 7..7);
        assert_eq!(map.to_file(6..6), 10..10);
        assert_eq!(
            [1, 2, 4, 5, 6, 7, 9, 10, 11].map(|at| map.to_block(at)),
            [None, Some(0), Some(2), Some(3), None, Some(3), Some(5), Some(6), None]
        );
        assert_eq!(RangeMap::identity(9).to_file(4..9), 4..9);
    }

    #[test]
    fn case_is_no_difference() {
        for (one, other, expected) in [
            ("s", "ſ", true),
            ("Σας", "ΣΑΣ", true),
            ("K", "k", true),
            ("ı", "i", false),
            ("Maße", "Masse", false),
            ("가", "나", false),
        ] {
            assert_eq!(caseless(one) == caseless(other), expected, "{one} {other}");
        }
    }
}
