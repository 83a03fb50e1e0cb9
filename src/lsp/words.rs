//! The words that statements begin with: what each means, and how it goes on.

use crate::lang::{Text, Tongue};

/// A word of the notes' language.
pub struct Word {
    /// The word.
    pub word: &'static str,
    /// How the statement goes on, with places to fill in as editors mark them.
    pub snippet: &'static str,
    /// What it means.
    pub about: Text,
}

const fn word(word: &'static str, snippet: &'static str, ko: &'static str, en: &'static str) -> Word {
    Word { word, snippet, about: Text::fixed(ko, en) }
}

/// Those of graph blocks.
pub static OF_GRAPHS: [Word; 8] = [
    word(
        "expect",
        "expect ${1:f} = ${2:0}",
        "값이나 미분이 이 수와 같다는 주장. 적은 자리까지 비교합니다",
        "a claim about a value or a derivative, checked to the digits written",
    ),
    word(
        "output",
        "output ${1:f}",
        "미분할 노드. 쓰지 않으면 마지막에 정의한 노드입니다",
        "what is differentiated; by default the node defined last",
    ),
    word("param", "param ${1:w} = ${2:0}", "학습으로 바뀌는 값", "a value that training changes"),
    word("input", "input ${1:x} = ${2:0}", "데이터가 주는 값", "a value that the data give"),
    word("const", "const ${1:k} = ${2:0}", "기울기를 구하지 않는 값", "a value that gets no gradient"),
    word(
        "def",
        "def ${1:f}(${2:x}) = ${3:x}",
        "함수의 정의. 부르는 곳마다 그 노드들이 생깁니다",
        "a function; each call stands for its nodes",
    ),
    word("group", "group ${1:설명} | ${2:label} {\n  $0\n}", "틀 하나로 묶는 노드들", "nodes that one frame encloses"),
    word(
        "for",
        "for ${1:t} in ${2:1}..${3:4} {\n  $0\n}",
        "반복. 마지막 번호까지 펼칩니다",
        "a loop, unrolled up to and with its last number",
    ),
];

/// Those of train blocks.
pub static OF_TRAININGS: [Word; 6] = [
    word(
        "minimize",
        "minimize ${1:cost} over ${2:W}",
        "줄일 것과 바꿀 것",
        "what becomes small, and what is changed for that",
    ),
    word("rate", "rate ${1:0.1}", "학습률", "the learning rate"),
    word("steps", "steps ${1:1000}", "갱신 횟수", "the number of updates"),
    word("optimizer", "optimizer ${1:sgd}", "최적화 방법", "how parameters follow their gradients"),
    word("report", "report ${1:0}, ${2:1000}", "보여 줄 단계", "the steps that are shown"),
    word("expect", "expect ${1:cost}@${2:1000} < ${3:0.1}", "어느 단계의 값에 대한 주장", "a claim about a step"),
];

/// What a word means.
pub fn about(word: &str, tongue: Tongue, words: &'static [Word]) -> Option<&'static str> {
    words.iter().find(|known| known.word == word).map(|known| known.about.in_tongue(tongue))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_of_the_language_is_there() {
        assert_eq!(OF_GRAPHS.each_ref().map(|word| word.word), crate::graph::KEYWORDS);
        assert_eq!(OF_TRAININGS.each_ref().map(|word| word.word), crate::train::plan::WORDS);
    }
}
