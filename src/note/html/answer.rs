//! Answers to exercises: each folded at its question. On paper they stand behind the text instead, where the page puts them;
//! what is printed at the question says where.

use super::Writer;
use std::fmt::Write;

/// What the id of an answer begins with; its number follows.
pub const ANSWER_ID: &str = "answer:";

/// What an answer begins with; its id follows.
pub const ANSWER: &str = "<details class=\"answer\" id=\"";

impl Writer<'_> {
    pub(super) fn start_answer(&mut self, index: usize) {
        let title = numbered(self.parts.words.answer, index + 1);
        let _ = write!(self.out, "{ANSWER}{ANSWER_ID}{}\">\n<summary>", index + 1);
        self.text(&title);
        self.out.push_str("</summary>\n");
    }

    pub(super) fn end_answer(&mut self, index: usize) {
        let number = index + 1;
        let place = numbered(self.parts.words.answer_place, number);
        let _ = write!(
            self.out,
            "</details>\n<p class=\"answer-place\" id=\"question:{number}\" hidden><a href=\"#print:{ANSWER_ID}{number}\">"
        );
        self.text(&place);
        self.out.push_str("</a></p>\n");
    }
}

fn numbered(words: &str, number: usize) -> String {
    words.replace("{number}", &number.to_string())
}
