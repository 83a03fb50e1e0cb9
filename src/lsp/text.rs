//! A text and the places in it, as the protocol counts them: lines, and units of UTF-16 or bytes within a line.

use lsp_types::{Position, PositionEncodingKind, Range, TextDocumentContentChangeEvent};
use std::sync::Arc;

/// What a position counts within a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// Bytes.
    Utf8,
    /// What every client can count.
    Utf16,
}

impl Encoding {
    /// Bytes where the client offers them.
    pub fn agreed(offered: Option<&[PositionEncodingKind]>) -> Self {
        let has_bytes = offered.is_some_and(|offered| offered.contains(&PositionEncodingKind::UTF8));
        if has_bytes { Self::Utf8 } else { Self::Utf16 }
    }

    /// Its name in the protocol.
    pub fn kind(self) -> PositionEncodingKind {
        match self {
            Self::Utf8 => PositionEncodingKind::UTF8,
            Self::Utf16 => PositionEncodingKind::UTF16,
        }
    }

    fn units(self, c: char) -> usize {
        match self {
            Self::Utf8 => c.len_utf8(),
            Self::Utf16 => c.len_utf16(),
        }
    }
}

/// A text with the places where its lines begin.
#[derive(Clone, Debug)]
pub struct Text {
    /// The text.
    pub text: Arc<str>,
    starts: Vec<usize>,
    encoding: Encoding,
}

impl Text {
    /// A text whose places are counted in this way.
    pub fn new(text: &str, encoding: Encoding) -> Self {
        let bytes = text.as_bytes();
        // A carriage return ends a line, too, unless a line feed follows.
        let ends = |at: &usize| bytes[*at] == b'\n' || bytes[*at] == b'\r' && bytes.get(at + 1) != Some(&b'\n');
        let starts = std::iter::once(0).chain((0..bytes.len()).filter(ends).map(|at| at + 1)).collect();
        Self { text: text.into(), starts, encoding }
    }

    /// Another text, whose places are counted in the same way.
    pub fn another(&self, text: &str) -> Self {
        Self::new(text, self.encoding)
    }

    /// The place of a byte; of one behind the end, the end.
    pub fn position(&self, byte: usize) -> Position {
        let byte = self.text.floor_char_boundary(byte.min(self.text.len()));
        let line = self.starts.partition_point(|start| *start <= byte) - 1;
        let units: usize = self.text[self.starts[line]..byte].chars().map(|c| self.encoding.units(c)).sum();
        Position::new(saturated(line), saturated(units))
    }

    /// The places of a range of bytes.
    pub fn range(&self, bytes: &std::ops::Range<usize>) -> Range {
        Range::new(self.position(bytes.start), self.position(bytes.end.max(bytes.start)))
    }

    /// The byte at a place: a column behind the end of its line is that end, a line behind the last the end of the text.
    pub fn byte(&self, position: Position) -> usize {
        let line = position.line as usize;
        let Some(&start) = self.starts.get(line) else { return self.text.len() };
        let end = self.starts.get(line + 1).copied().unwrap_or(self.text.len());
        let words = self.text[start..end].trim_end_matches(['\n', '\r']);
        let mut left = position.character as usize;
        for (at, c) in words.char_indices() {
            let units = self.encoding.units(c);
            if left < units {
                return start + at;
            }
            left -= units;
        }
        start + words.len()
    }

    /// The bytes between two places.
    pub fn bytes(&self, range: Range) -> std::ops::Range<usize> {
        let start = self.byte(range.start);
        start..self.byte(range.end).max(start)
    }

    /// The text after a change.
    pub fn changed(&self, change: &TextDocumentContentChangeEvent) -> Self {
        let Some(range) = change.range else { return self.another(&change.text) };
        let mut text = String::from(&*self.text);
        text.replace_range(self.bytes(range), &change.text);
        self.another(&text)
    }
}

fn saturated(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOTE: &str = "가중치\r\nw = 𝑤\rb\n";

    #[track_caller]
    fn check(encoding: Encoding, byte: usize, line: u32, character: u32) {
        let text = Text::new(NOTE, encoding);
        let position = Position::new(line, character);
        assert_eq!((text.position(byte), text.byte(position)), (position, byte), "{encoding:?}");
    }

    #[test]
    fn places_are_counted_as_agreed() {
        for (byte, line, utf16, utf8) in [
            (0, 0, 0, 0),
            (3, 0, 1, 3),
            (9, 0, 3, 9),
            (11, 1, 0, 0),
            (15, 1, 4, 4),
            (19, 1, 6, 8),
            (20, 2, 0, 0),
            (22, 3, 0, 0),
        ] {
            check(Encoding::Utf16, byte, line, utf16);
            check(Encoding::Utf8, byte, line, utf8);
        }
    }

    #[test]
    fn places_that_are_none_are_moved_to_the_text() {
        let text = Text::new(NOTE, Encoding::Utf16);
        let byte = |line, character| text.byte(Position::new(line, character));
        assert_eq!([byte(0, 99), byte(99, 0), byte(1, 5), byte(u32::MAX, u32::MAX)], [9, 22, 15, 22]);
        assert_eq!((text.position(1), text.position(99)), (Position::new(0, 0), Position::new(3, 0)));
        assert_eq!(text.bytes(Range::new(Position::new(2, 0), Position::new(0, 1))), 20..20);
    }

    #[test]
    fn changes_are_put_in() {
        let text = Text::new(NOTE, Encoding::Utf16);
        let range = Some(Range::new(Position::new(1, 4), Position::new(1, 6)));
        let changed =
            text.changed(&TextDocumentContentChangeEvent { range, range_length: None, text: "엑\n스".into() });
        assert_eq!(&*changed.text, "가중치\r\nw = 엑\n스\rb\n");
        assert_eq!(changed.position(23), Position::new(3, 0));
        let whole = TextDocumentContentChangeEvent { range: None, range_length: None, text: "x".into() };
        assert_eq!(&*changed.changed(&whole).text, "x");
    }
}
