//! Numbers of the prose that contradict a figure. In: what the prose says; out: diagnostics where the figure beside it
//! says something else, and no figure of the note says the same.

use super::Review;
use super::mention::{Mention, mentions};
use super::prose::Paragraph;
use crate::diag::Diagnostic;
use crate::graph::{PrintedNumber, Run};
use crate::lang::{Particle, text, with_particle};
use crate::note::Piece;
use crate::num;
use pulldown_cmark::{Event, Tag};

/// The numbers of a note that contradict its figures.
pub fn contradicted(review: &Review<'_>) -> Vec<Diagnostic> {
    if review.note().blocks.is_empty() {
        return Vec::new();
    }
    let sections = sections_of_blocks(&review.reading.body);
    let of_paragraph = |paragraph: &Paragraph| -> Vec<Diagnostic> {
        let beside = beside(review, paragraph, &sections);
        mentions(paragraph).iter().filter_map(|mention| contradiction(review, paragraph, mention, &beside)).collect()
    };
    review.paragraphs.iter().flat_map(of_paragraph).collect()
}

/// How many headings stand before each block.
fn sections_of_blocks(body: &[Piece<'_>]) -> Vec<usize> {
    let mut section = 0;
    let mut sections = Vec::new();
    for piece in body {
        match piece {
            Piece::Markdown(Event::Start(Tag::Heading { .. })) => section += 1,
            Piece::Block(_) => sections.push(section),
            _ => {}
        }
    }
    sections
}

/// The blocks that a paragraph is about: those of its section, and the last one before it.
fn beside(review: &Review<'_>, paragraph: &Paragraph, sections: &[usize]) -> Vec<usize> {
    let last = paragraph.blocks_before.checked_sub(1);
    let is_graph = |block: &usize| review.workshop.catalogue.blocks[review.index][*block].training.is_none();
    let is_beside = |block: &usize| sections[*block] == paragraph.section || Some(*block) == last;
    (0..sections.len()).filter(is_beside).filter(is_graph).collect()
}

fn contradiction(
    review: &Review<'_>,
    paragraph: &Paragraph,
    mention: &Mention,
    beside: &[usize],
) -> Option<Diagnostic> {
    let workshop = review.workshop;
    let entries = &workshop.catalogue.blocks[review.index];
    let run = |block: usize| workshop.run(entries[block].graph?);
    let (block, found) = beside.iter().rev().find_map(|block| Some((*block, value(run(*block)?, &mention.target)?)))?;
    let printed = PrintedNumber::parse(&mention.digits, 0, &mut Vec::new())?;
    let agrees = |found: f64| printed.disagreement(&mention.target, found).is_none();
    let in_graphs = (0..entries.len()).filter_map(|block| value(run(block)?, &mention.target));
    let trained = entries.iter().filter_map(|entry| workshop.trained(entry.training?));
    let in_steps = trained.flat_map(|training| &training.reported).filter_map(|step| value(&step.run, &mention.target));
    if in_graphs.chain(in_steps).any(agrees) {
        return None;
    }
    let (target, digits, id) = (&mention.target, &mention.digits, &entries[block].id);
    let exact = num::plain(found, num::EXACT);
    let said = with_particle(digits, Particle::Quotation);
    Some(
        Diagnostic::warning(
            "contradicted-number",
            paragraph.place(mention.range.clone()),
            text(
                format!("글은 `{target}` 값을 {said} 하지만, 그림 `{id}`에서는 {exact}입니다"),
                format!("the text says that `{target}` is {digits}; in the figure `{id}` it is {exact}"),
            ),
        )
        .help(text(
            format!("`\\val{{{id}:{target}}}`로 쓰면 언제나 맞습니다"),
            format!("`\\val{{{id}:{target}}}` is always right"),
        )),
    )
}

/// The number that a graph gives a name or a derivative.
fn value(run: &Run, target: &str) -> Option<f64> {
    run.found(target, 0..0).ok()?.as_scalar()
}
