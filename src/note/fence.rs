//! Fenced blocks. In: the pieces of a code block as Markdown cut them; out: its text and info string, each
//! with their places. This file does not know the languages inside the blocks.

use super::{Block, BlockKind};
use crate::diag::Diagnostic;
use crate::key::Key;
use crate::lang::text;
use crate::source::RangeMap;
use std::ops::Range;

/// The kind of block that a fence opens, if a figure will stand for it.
pub fn kind(info: &str) -> Option<BlockKind> {
    match info.split_whitespace().next() {
        Some("graph") => Some(BlockKind::Graph),
        Some("train") => Some(BlockKind::Train),
        _ => None,
    }
}

/// A warning if a fence almost opens such a block, which is shown as code then, and nothing of it checked.
pub fn misspelt(source: &str, range: &Range<usize>, info: &str) -> Option<Diagnostic> {
    let first = info.split_whitespace().next()?;
    let word = first.trim_start_matches(['{', '.', '=']);
    let end = word.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(word.len());
    let (word, rest) = word.split_at(end);
    let word = word.to_ascii_lowercase();
    kind(&word).filter(|_| rest.is_empty() || rest.starts_with(['#', '}', '{', ',']))?;
    let line = first_line(source, range);
    let start = line.start + source[line.clone()].find(first)?;
    let id = rest.strip_prefix('#').map(|id| format!(" #{}", id.trim_end_matches('}'))).unwrap_or_default();
    Some(
        Diagnostic::warning(
            "misspelt-fence",
            start..start + first.len(),
            text(
                format!("`{first}` 블록은 그림이 되지 않고 코드로 보입니다"),
                format!("a block `{first}` is shown as code, not as a figure"),
            ),
        )
        .help(text(format!("여는 줄을 `{word}{id}`처럼 쓰세요"), format!("write `{word}{id}`"))),
    )
}

/// Puts a block together from its pieces. The text is taken from the file, piece by piece, so that each
/// byte of it has a place there.
pub fn block(source: &str, kind: BlockKind, range: Range<usize>, pieces: &[(&str, Range<usize>)]) -> Block {
    let mut text = String::new();
    let mut map = RangeMap::default();
    for (piece, place) in pieces {
        let in_file = &source[place.clone()];
        // A line end in the file may be two bytes long; in the block it is one.
        let piece = if *piece == "\n" && in_file.starts_with('\r') { "\n" } else { in_file };
        text.push_str(piece);
        map.push(place.start, piece.len());
    }
    if pieces.is_empty() {
        map.push(first_line(source, &range).end, 0);
    }
    let info = info(source, &range);
    let key = Key::of([text.as_bytes()]);
    Block { kind, info: source[info.clone()].to_owned(), info_start: info.start, text, key, map, range }
}

/// Where the fence's words after the kind stand.
fn info(source: &str, range: &Range<usize>) -> Range<usize> {
    let line = first_line(source, range);
    let after = |at: usize, skip: fn(char) -> bool| line.end - source[at..line.end].trim_start_matches(skip).len();
    let fence = after(line.start, char::is_whitespace);
    let words = after(after(fence, |c| c == '`' || c == '~'), char::is_whitespace);
    let rest = after(after(words, |c| !c.is_whitespace()), char::is_whitespace);
    rest..rest + source[rest..line.end].trim_end().len()
}

fn first_line(source: &str, range: &Range<usize>) -> Range<usize> {
    let len = source[range.clone()].find(['\n', '\r']).unwrap_or(range.len());
    range.start..range.start + len
}

/// A warning if the block runs on to the end of what it stands in because its closing fence is missing.
pub fn unclosed(source: &str, range: &Range<usize>) -> Option<Diagnostic> {
    let written = &source[range.clone()];
    let opening = written.trim_start();
    let mark = opening.chars().next().filter(|c| matches!(c, '`' | '~'))?;
    let len = opening.chars().take_while(|c| *c == mark).count();
    let last = written.trim_end().lines().skip(1).last().unwrap_or_default();
    let last = last.trim_start_matches([' ', '\t', '>']);
    if last.chars().all(|c| c == mark) && last.len() >= len {
        return None;
    }
    let start = range.start + (written.len() - opening.len());
    let fence = mark.to_string().repeat(len);
    Some(
        Diagnostic::warning(
            "unclosed-fence",
            start..start + len,
            text("이 블록을 닫는 울타리가 없습니다", "this block has no closing fence"),
        )
        .help(text(
            format!("블록 끝에 \"{fence}\"만 있는 줄을 쓰세요"),
            format!("write a line \"{fence}\" after the block"),
        )),
    )
}
