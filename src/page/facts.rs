//! What must be known of the files of a site when their bytes are gone. In: a file; out: its anchors and links, and which
//! characters it needs from fonts.

use super::links::Links;
use super::players;
use memchr::memmem;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The files of a site by their paths, with what must be known of them.
pub type Ledger = BTreeMap<String, Facts>;

/// What must be known of a file.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Facts {
    /// Its anchors and links, if it is a page.
    pub links: Option<Links>,
    /// Its characters, if it is read in a browser.
    pub seen: Seen,
}

impl Facts {
    /// What must be known of a file.
    pub fn of(path: &str, bytes: &[u8]) -> Self {
        let is_page = path.ends_with(".html");
        let text = (is_page || players::is_script(path)).then(|| std::str::from_utf8(bytes).ok()).flatten();
        let Some(text) = text else { return Self::default() };
        // A page that could not be written is empty; what it would have held is not known.
        let links = (is_page && !text.is_empty()).then(|| Links::of(text));
        Self { links, seen: Seen::default().and(text) }
    }
}

/// In how many files of a site each character stands, so that one file can be taken away and put in again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Census {
    characters: BTreeMap<char, u32>,
    with_formulas: u32,
}

impl Census {
    /// With one file more.
    pub fn add(&mut self, seen: &Seen) {
        self.with_formulas += u32::from(seen.has_formulas);
        for c in seen.characters() {
            *self.characters.entry(c).or_default() += 1;
        }
    }

    /// With one file less.
    pub fn remove(&mut self, seen: &Seen) {
        self.with_formulas = self.with_formulas.saturating_sub(u32::from(seen.has_formulas));
        for c in seen.characters() {
            let Some(count) = self.characters.get_mut(&c) else { continue };
            *count -= 1;
            if *count == 0 {
                self.characters.remove(&c);
            }
        }
    }

    /// What is seen in any file.
    pub fn seen(&self) -> Seen {
        let characters: String = self.characters.keys().collect();
        Seen { has_formulas: self.with_formulas > 0, ..Seen::default().and(&characters) }
    }
}

/// Most of a page is markup, which is passed over in pieces of so many bytes.
const PIECE: usize = 64;

/// What fonts must have. A site is millions of characters, of which few are different: those of a block of 64 are bits.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// The blocks that have any, in their order: most of a page's are far apart, and a site has thousands of pages.
    blocks: Box<[(u32, u64)]>,
    /// Whether there is a formula.
    pub has_formulas: bool,
}

impl Seen {
    /// With the characters of a text beyond ASCII, which is always there.
    pub fn and(self, text: &str) -> Self {
        let mut blocks: Vec<u64> = Vec::new();
        let mut rest = text;
        while !rest.is_empty() {
            let (piece, after) = rest.split_at(rest.floor_char_boundary(PIECE));
            if !piece.is_ascii() {
                piece.chars().filter(|c| !c.is_ascii()).for_each(|c| mark(&mut blocks, c));
            }
            rest = after;
        }
        let blocks = (0..).zip(blocks).filter(|(_, bits)| *bits != 0).collect();
        self.merged(&Self { blocks, has_formulas: memmem::find(text.as_bytes(), b"<math").is_some() })
    }

    /// With all that the other has.
    pub fn merged(self, other: &Self) -> Self {
        let mut blocks = Vec::with_capacity(self.blocks.len().max(other.blocks.len()));
        let (mut own, mut its) = (self.blocks.iter().peekable(), other.blocks.iter().peekable());
        while let Some(&&(block, _)) = [own.peek(), its.peek()].into_iter().flatten().min() {
            let bits =
                [&mut own, &mut its].map(|list| list.next_if(|(at, _)| *at == block).map_or(0, |(_, bits)| *bits));
            blocks.push((block, bits[0] | bits[1]));
        }
        Self { blocks: blocks.into(), has_formulas: self.has_formulas || other.has_formulas }
    }

    /// The characters, in their order.
    pub fn characters(&self) -> impl Iterator<Item = char> {
        let numbers = self.blocks.iter().flat_map(|(block, bits)| {
            (0..64).filter(move |bit| bits & (1 << bit) != 0).map(move |bit| block * 64 + bit)
        });
        numbers.filter_map(char::from_u32)
    }
}

fn mark(blocks: &mut Vec<u64>, c: char) {
    let (block, bit) = ((u32::from(c) / 64) as usize, u32::from(c) % 64);
    if block >= blocks.len() {
        blocks.resize(block + 1, 0);
    }
    blocks[block] |= 1 << bit;
}
