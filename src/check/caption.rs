//! Words that help a reader to find and to follow. In: a note; out: diagnostics for figures without captions and notes
//! without summaries. Both are off unless the author asks for them.

use super::Review;
use crate::diag::Diagnostic;
use crate::graph::Caption;
use crate::lang::text;

/// The captions and the summary that a note lacks.
pub fn missing(review: &Review<'_>) -> Vec<Diagnostic> {
    let (workshop, note) = (review.workshop, review.note());
    let without = note.blocks.iter().zip(&workshop.catalogue.blocks[review.index]).filter(|(_, entry)| {
        let caption = workshop.catalogue.caption(entry);
        caption.is_some_and(Caption::is_empty)
    });
    let captions = without.map(|(block, _)| {
        let line = block.range.start..block.info_start + block.info.len();
        Diagnostic::warning("missing-caption", line, text("그림에 설명이 없습니다", "the figure has no caption")).help(
            text(
                "블록의 첫 줄에 `# 설명 | caption`을 쓰세요",
                "write `# 설명 | caption` as the first line of the block",
            ),
        )
    });
    let is_unsummed = note.front.summary.is_none() && note.address.slug.is_some();
    let summary = is_unsummed.then(|| {
        Diagnostic::warning("missing-summary", 0..0, text("노트에 요약이 없습니다", "the note has no summary"))
            .help(text("머리말에 `summary = \"…\"`를 쓰세요", "write `summary = \"…\"` in the front matter"))
    });
    captions.chain(summary).collect()
}
