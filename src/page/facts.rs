//! What must be known of the files of a site when their bytes are gone. In: a file; out: its anchors and links, and which
//! characters it needs from fonts.

use super::links::Links;
use super::players;
use memchr::memmem;
use std::collections::BTreeMap;

/// The files of a site by their paths, with what must be known of them.
pub type Ledger = BTreeMap<String, Facts>;

/// What must be known of a file.
#[derive(Clone, Debug, Default)]
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

/// Most of a page is markup, which is passed over in pieces of so many bytes.
const PIECE: usize = 64;

/// What fonts must have. A site is millions of characters, of which few are different: those of a block of 64 are bits.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    blocks: Vec<u64>,
    /// Whether there is a formula.
    pub has_formulas: bool,
}

impl Seen {
    /// With the characters of a text beyond ASCII, which is always there.
    pub fn and(mut self, text: &str) -> Self {
        let mut rest = text;
        while !rest.is_empty() {
            let (piece, after) = rest.split_at(rest.floor_char_boundary(PIECE));
            if !piece.is_ascii() {
                piece.chars().filter(|c| !c.is_ascii()).for_each(|c| self.add(c));
            }
            rest = after;
        }
        self.has_formulas |= memmem::find(text.as_bytes(), b"<math").is_some();
        self
    }

    fn add(&mut self, c: char) {
        let (block, bit) = ((u32::from(c) / 64) as usize, u32::from(c) % 64);
        if block >= self.blocks.len() {
            self.blocks.resize(block + 1, 0);
        }
        self.blocks[block] |= 1 << bit;
    }

    /// With all that the other has.
    pub fn merged(self, other: &Self) -> Self {
        let is_longer = self.blocks.len() >= other.blocks.len();
        let (mut longer, shorter) =
            if is_longer { (self.blocks, &other.blocks) } else { (other.blocks.clone(), &self.blocks) };
        longer.iter_mut().zip(shorter).for_each(|(own, its)| *own |= its);
        Self { blocks: longer, has_formulas: self.has_formulas || other.has_formulas }
    }

    /// The characters, in their order.
    pub fn characters(&self) -> impl Iterator<Item = char> {
        let blocks = self.blocks.iter().enumerate();
        let numbers = blocks.flat_map(|(block, bits)| {
            (0..64).filter(move |bit| bits & (1 << bit) != 0).map(move |bit| block as u32 * 64 + bit)
        });
        numbers.filter_map(char::from_u32)
    }
}
