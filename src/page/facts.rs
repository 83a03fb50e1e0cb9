//! What must be known of the files of a site when their bytes are gone. In: a file; out: its anchors and links, and which
//! characters it needs from fonts.

use super::links::Links;
use super::moving::element_end;
use super::players;
use memchr::{memchr, memmem};
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
        Self { links, seen: Seen::of(text) }
    }
}

/// In how many files of a site each character stands, so that one file can be taken away and put in again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Census {
    shown: Tally,
    bold: Tally,
    with_formulas: u32,
}

impl Census {
    /// With one file more.
    pub fn add(&mut self, seen: &Seen) {
        self.with_formulas += u32::from(seen.has_formulas);
        self.shown.add(&seen.shown);
        self.bold.add(&seen.bold);
    }

    /// With one file less.
    pub fn remove(&mut self, seen: &Seen) {
        self.with_formulas = self.with_formulas.saturating_sub(u32::from(seen.has_formulas));
        self.shown.remove(&seen.shown);
        self.bold.remove(&seen.bold);
    }

    /// What is seen in any file.
    pub fn seen(&self) -> Seen {
        Seen { shown: self.shown.characters(), bold: self.bold.characters(), has_formulas: self.with_formulas > 0 }
    }
}

/// In how many files each character stands.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Tally(BTreeMap<char, u32>);

impl Tally {
    fn add(&mut self, characters: &Characters) {
        characters.iter().for_each(|c| *self.0.entry(c).or_default() += 1);
    }

    fn remove(&mut self, characters: &Characters) {
        for c in characters.iter() {
            let Some(count) = self.0.get_mut(&c) else { continue };
            *count -= 1;
            if *count == 0 {
                self.0.remove(&c);
            }
        }
    }

    fn characters(&self) -> Characters {
        Characters::of(&self.0.keys().collect::<String>())
    }
}

/// What fonts must have.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// What is shown at all.
    pub shown: Characters,
    /// What is shown bold, about half of it.
    pub bold: Characters,
    /// Whether there is a formula.
    pub has_formulas: bool,
}

impl Seen {
    /// What is seen of HTML of ours, or of a script.
    pub fn of(text: &str) -> Self {
        let bold = bold_parts(text).map(Characters::of).reduce(|all, part| all.merged(&part)).unwrap_or_default();
        let has_formulas = memmem::find(text.as_bytes(), b"<math").is_some();
        Self { shown: Characters::of(text), bold, has_formulas }
    }

    /// What is seen of a text that may stand anywhere.
    pub fn anywhere(text: &str) -> Self {
        let shown = Characters::of(text);
        Self { bold: shown.clone(), shown, has_formulas: false }
    }

    /// With all that the other has.
    pub fn merged(self, other: &Self) -> Self {
        Self {
            shown: self.shown.merged(&other.shown),
            bold: self.bold.merged(&other.bold),
            has_formulas: self.has_formulas || other.has_formulas,
        }
    }
}

/// How the tags begin whose elements browsers and `site.css` show bold, wherever they stand.
const BOLD: [&str; 20] = [
    "<h1",
    "<h2",
    "<h3",
    "<h4",
    "<h5",
    "<h6",
    "<strong",
    "<b>",
    "<dfn",
    "<summary",
    "<caption",
    "<th>",
    "<th ",
    "<span class=\"number\"",
    "<span class=\"s-markup s-bold",
    "<a class=\"site-title\"",
    "<p class=\"alert-title\"",
    "<p class=\"answer-title\"",
    "<text class=\"glyph\"",
    "<text class=\"group-name\"",
];

/// The elements of a text that are shown bold, with all that is in them.
fn bold_parts(html: &str) -> impl Iterator<Item = &str> {
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            at += memchr(b'<', &html.as_bytes()[at..])?;
            let rest = &html[at..];
            if BOLD.iter().any(|tag| rest.starts_with(tag)) {
                let end = element_end(rest);
                at += end;
                return Some(&rest[..end]);
            }
            at += 1;
        }
    })
}

/// Most of a page is markup, which is passed over in pieces of so many bytes.
const PIECE: usize = 64;

/// Characters beyond ASCII, which fonts have anyway. A site is millions of characters, of which few are different: those
/// of a block of 64 are bits.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Characters {
    /// The blocks that have any, in their order: most of a page's are far apart, and a site has thousands of pages.
    blocks: Box<[(u32, u64)]>,
}

impl Characters {
    /// Those of a text.
    pub fn of(text: &str) -> Self {
        let mut blocks: Vec<u64> = Vec::new();
        let mut rest = text;
        while !rest.is_empty() {
            let (piece, after) = rest.split_at(rest.floor_char_boundary(PIECE));
            if !piece.is_ascii() {
                piece.chars().filter(|c| !c.is_ascii()).for_each(|c| mark(&mut blocks, c));
            }
            rest = after;
        }
        Self { blocks: (0..).zip(blocks).filter(|(_, bits)| *bits != 0).collect() }
    }

    /// With all those of the other.
    fn merged(self, other: &Self) -> Self {
        let mut blocks = Vec::with_capacity(self.blocks.len().max(other.blocks.len()));
        let (mut own, mut its) = (self.blocks.iter().peekable(), other.blocks.iter().peekable());
        while let Some(&&(block, _)) = [own.peek(), its.peek()].into_iter().flatten().min() {
            let bits =
                [&mut own, &mut its].map(|list| list.next_if(|(at, _)| *at == block).map_or(0, |(_, bits)| *bits));
            blocks.push((block, bits[0] | bits[1]));
        }
        Self { blocks: blocks.into() }
    }

    /// The characters, in their order.
    pub fn iter(&self) -> impl Iterator<Item = char> {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_bold() {
        for (html, shown, bold) in [
            ("<p>가<strong>나</strong>다</p>", "가나다", "나"),
            ("<thead><tr><th>가</th><td>나</td></tr></thead>", "가나", "가"),
            ("<header>가<h2 id=\"x\">나<a href=\"#x\">다</a></h2>라</header>", "가나다라", "나다"),
            ("<summary>가<b>나</b>다</summary>라", "가나다라", "가나다"),
            ("<text class=\"value\">가</text><text class=\"glyph\" x=\"1\"><tspan>나</tspan></text>", "가나", "나"),
            ("<span class=\"numbers\">가</span><span class=\"number\">나</span>", "가나", "나"),
            ("<br>가 < 나 <", "가나", ""),
        ] {
            let seen = Seen::of(html);
            assert_eq!(seen.shown.iter().collect::<String>(), shown, "{html}");
            assert_eq!(seen.bold.iter().collect::<String>(), bold, "{html}");
        }
    }

    #[test]
    fn a_census_forgets_what_has_gone() {
        let mut census = Census::default();
        let [one, two] = ["<b>가</b>나", "가<b>나</b><math>"].map(Seen::of);
        census.add(&one);
        census.add(&two);
        assert_eq!(census.seen(), one.clone().merged(&two));
        census.remove(&two);
        assert_eq!(census.seen(), one);
    }
}
