//! How the prose says that something has a number. In: words; out: whether they state a fact about the figure as it is.

use std::ops::Range;

/// Words of sentences about another state of a figure than the one that is drawn.
const KOREAN_ELSEWHERE: [&str; 38] = [
    "면",
    "때",
    "만약",
    "가정",
    "바꾸",
    "바꿔",
    "바뀌",
    "대신",
    "뒤",
    "후",
    "하자",
    "두자",
    "놓",
    "틀",
    "잘못",
    "라고",
    "새",
    "이전",
    "처음",
    "되도록",
    "만들",
    "걸음",
    "단계",
    "갱신",
    "학습",
    "움직",
    "옮기",
    "옮겨",
    "늘",
    "줄",
    "커",
    "작아",
    "더하",
    "빼",
    "된다",
    "되어",
    "다시",
    "아니",
];
const ENGLISH_ELSEWHERE: [&str; 39] = [
    "if", "when", "were", "would", "suppose", "let", "set", "instead", "after", "before", "step", "steps", "change",
    "changes", "becomes", "became", "say", "says", "claim", "wrong", "mistake", "move", "moves", "moved", "raise",
    "raised", "lower", "had", "without", "new", "now", "next", "again", "until", "not", "another", "other", "starts",
    "update",
];

/// The sentences of a text.
pub struct Sentences<'t> {
    text: &'t str,
    /// What ends sentences, in its order.
    ends: Vec<Range<usize>>,
    /// The sentence that was asked for last, and whether it is plain: a long one may state many numbers.
    last: Option<(Range<usize>, bool)>,
}

impl<'t> Sentences<'t> {
    /// The sentences of a text.
    pub fn of(text: &'t str) -> Self {
        let marks = text.match_indices(['?', '!', '\n', '.']);
        let ends = marks.filter(|(at, mark)| *mark != "." || text[at + 1..].starts_with(' '));
        let ends = ends.map(|(at, mark)| at..at + if mark == "." { 2 } else { 1 }).collect();
        Self { text, ends, last: None }
    }

    /// Whether the sentence around a range is about the figure as it is drawn.
    pub fn is_plain(&mut self, range: &Range<usize>) -> bool {
        let before = self.ends.partition_point(|end| end.end <= range.start);
        let start = self.ends[..before].last().map_or(0, |end| end.end);
        let behind = self.ends.partition_point(|end| end.start < range.end);
        let sentence = start..self.ends.get(behind).map_or(self.text.len(), |end| end.start);
        if let Some((_, known)) = self.last.as_ref().filter(|(last, _)| *last == sentence) {
            return *known;
        }
        let found = says_what_is(&self.text[sentence.clone()]);
        self.last = Some((sentence, found));
        found
    }
}

fn says_what_is(sentence: &str) -> bool {
    let is_elsewhere = KOREAN_ELSEWHERE.iter().any(|word| sentence.contains(word))
        || sentence.split(|c: char| !c.is_alphabetic()).any(|word| ENGLISH_ELSEWHERE.contains(&&*word.to_lowercase()));
    !is_elsewhere
}

/// The length of what says that the thing before has a number, as ` is ` does.
pub fn copula(text: &str) -> Option<usize> {
    const WORDS: [&str; 9] = [" is ", " equals ", " = ", "는 ", "은 ", "가 ", "이 ", "의 값은 ", "="];
    WORDS.iter().find(|words| text.starts_with(**words)).map(|words| words.len())
}

/// The length of the number at the start.
pub fn digits(text: &str) -> usize {
    let sign = text.chars().next().filter(|c| matches!(c, '-' | '\u{2212}')).map_or(0, char::len_utf8);
    let rest = &text[sign..];
    let length = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
    sign + rest[..length].trim_end_matches('.').len()
}

/// Whether a number is followed by what ends a statement, and not by a unit or by more of a phrase.
pub fn ends_statement(behind: &str) -> bool {
    const ENDINGS: [&str; 9] = ["이다", "다.", "입니다", "이고", "이며", "였다", "이었다", "이지만", "이므로"];
    let is_punctuation = |c: char| matches!(c, '.' | ',' | ';' | ':' | ')');
    behind.is_empty() || behind.starts_with(is_punctuation) || ENDINGS.iter().any(|ending| behind.starts_with(ending))
}
