//! What must be known of the files of a site when their bytes are gone. In: a file; out: its anchors and links, and which
//! characters it needs from fonts.

use super::links::Links;
use super::moving::element_end;
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
        let text = (is_page || players::is_script(path)).then(|| simdutf8::basic::from_utf8(bytes).ok()).flatten();
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
        let mut bold = Marks::default();
        each_bold_part(text, |part| bold.add(part));
        let has_formulas = memmem::find(text.as_bytes(), b"<math").is_some();
        Self { shown: Characters::of(text), bold: bold.finish(), has_formulas }
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

/// Tells each element of HTML of ours that is shown bold, with all that is in it. A page has many thousands of tags, mostly of
/// figures and formulas: their beginnings are looked for in eight bytes at once.
fn each_bold_part<'h>(html: &'h str, mut tell: impl FnMut(&'h str)) {
    const ONES: u64 = u64::from_ne_bytes([1; 8]);
    const OPENINGS: u64 = u64::from_ne_bytes([b'<'; 8]);
    let mut look_at = |at: usize| {
        if is_bold(&html.as_bytes()[at..]) {
            tell(&html[at..at + element_end(&html[at..])]);
        }
    };
    let (words, rest) = html.as_bytes().as_chunks::<8>();
    for (word, at) in words.iter().zip((0..).step_by(8)) {
        let differing = u64::from_le_bytes(*word) ^ OPENINGS;
        // The high bit of each byte that is zero, and perhaps of bytes above one that is (Hacker's Delight, 2nd ed., 6-1).
        let mut found = differing.wrapping_sub(ONES) & !differing & (ONES << 7);
        while found != 0 {
            look_at(at + found.trailing_zeros() as usize / 8);
            found &= found - 1;
        }
    }
    (html.len() - rest.len()..html.len()).for_each(look_at);
}

/// Whether HTML of ours begins with an element that browsers or `site.css` show bold, wherever it stands; captions are bold
/// where a search has found them.
fn is_bold(html: &[u8]) -> bool {
    let begins = |tags: [&str; 2]| tags.iter().any(|tag| html.starts_with(tag.as_bytes()));
    match html {
        [b'<', b'h', b'1'..=b'6', ..] | [b'<', b'b', b'>', ..] | [b'<', b't', b'h', b'>' | b' ', ..] => true,
        [b'<', b's', b't' | b'u', ..] => begins(["<strong", "<summary"]),
        [b'<', b'f', b'i', b'g', b'c', ..] => true,
        [b'<', b'd', b'f', ..] | [b'<', b'c', b'a', ..] => begins(["<dfn", "<caption"]),
        [b'<', b's', b'p', ..] => begins(["<span class=\"number\"", "<span class=\"s-markup s-bold"]),
        [b'<', b't', b'e', ..] => begins(["<text class=\"glyph\"", "<text class=\"group-name\""]),
        [b'<', b'p', b' ', ..] => begins(["<p class=\"alert-title\"", "<p class=\"answer-title\""]),
        [b'<', b'a', b' ', ..] => html.starts_with(b"<a class=\"site-title\""),
        _ => false,
    }
}

/// Most of a page is markup, which is passed over in pieces of so many bytes.
const PIECE: usize = 64;

/// Characters beyond ASCII, which fonts have anyway, in their order. A site has thousands of pages of some hundred different
/// characters each, most of them syllables: each is kept as its distance from the one before, which is mostly a byte.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Characters {
    /// Seven bits a byte, the lowest first; the eighth says that another byte follows.
    distances: Box<[u8]>,
}

impl Characters {
    /// Those of a text.
    pub fn of(text: &str) -> Self {
        let mut marks = Marks::default();
        marks.add(text);
        marks.finish()
    }

    /// With all those of the other.
    fn merged(self, other: &Self) -> Self {
        let mut both: Vec<u32> = self.numbers().chain(other.numbers()).collect();
        both.sort_unstable();
        both.dedup();
        Self::of_numbers(both)
    }

    /// The characters, in their order.
    pub fn iter(&self) -> impl Iterator<Item = char> {
        self.numbers().filter_map(char::from_u32)
    }

    fn of_numbers(numbers: impl IntoIterator<Item = u32>) -> Self {
        let (mut distances, mut last) = (Vec::new(), 0);
        for number in numbers {
            let mut rest = number - last;
            while rest >= 0x80 {
                distances.push(rest as u8 | 0x80);
                rest >>= 7;
            }
            distances.push(rest as u8);
            last = number;
        }
        Self { distances: distances.into() }
    }

    fn numbers(&self) -> impl Iterator<Item = u32> {
        let (mut bytes, mut last) = (self.distances.iter(), 0_u32);
        std::iter::from_fn(move || {
            let (mut distance, mut shift) = (0_u32, 0);
            loop {
                let byte = *bytes.next()?;
                distance |= u32::from(byte & 0x7f).checked_shl(shift)?;
                if byte < 0x80 {
                    break;
                }
                shift += 7;
            }
            last = last.checked_add(distance)?;
            Some(last)
        })
    }
}

/// Characters while they are gathered: those of each block of 64 are bits.
#[derive(Default)]
struct Marks {
    blocks: Vec<u64>,
}

impl Marks {
    fn add(&mut self, text: &str) {
        let mut rest = text;
        while !rest.is_empty() {
            let (piece, after) = rest.split_at(rest.floor_char_boundary(PIECE));
            if !piece.is_ascii() {
                piece.chars().filter(|c| !c.is_ascii()).for_each(|c| self.mark(c));
            }
            rest = after;
        }
    }

    fn mark(&mut self, c: char) {
        let (block, bit) = ((u32::from(c) / 64) as usize, u32::from(c) % 64);
        if block >= self.blocks.len() {
            self.blocks.resize(block + 1, 0);
        }
        self.blocks[block] |= 1 << bit;
    }

    fn finish(self) -> Characters {
        let of_block =
            |(start, bits): (u32, u64)| (0..64).filter(move |bit| bits >> bit & 1 == 1).map(move |bit| start + bit);
        Characters::of_numbers((0..).step_by(64).zip(self.blocks).filter(|(_, bits)| *bits != 0).flat_map(of_block))
    }
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
            ("<figure>가<figcaption id=\"x\">나</figcaption></figure>", "가나", "나"),
            ("<br>가 < 나 <", "가나", ""),
        ] {
            let seen = Seen::of(html);
            assert_eq!(seen.shown.iter().collect::<String>(), shown, "{html}");
            assert_eq!(seen.bold.iter().collect::<String>(), bold, "{html}");
        }
    }

    #[test]
    fn characters_are_kept_in_their_order() {
        for (text, expected) in
            [("", ""), ("abc", ""), ("가é나가", "é가나"), ("\u{10ffff}힣\u{80}", "\u{80}힣\u{10ffff}"), ("⊙ÿĀ", "ÿĀ⊙")]
        {
            assert_eq!(Characters::of(text).iter().collect::<String>(), expected, "{text}");
        }
        let both = Characters::of("가다é").merged(&Characters::of("나다"));
        assert_eq!(both.iter().collect::<String>(), "é가나다");
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
