//! Ids that nothing uses. In: the ids of a note; out: diagnostics for those that neither a link nor the twin knows.

use crate::diag::Diagnostic;
use crate::lang::{Particle, text, with_particle};
use crate::lesson::Workshop;
use crate::note::{MarkKind, Naming, Note};
use std::ops::Range;

/// The ids of figures, listings, tables and equations that nothing refers to although the note has a twin, which lacks
/// them. In a note without a twin an id may be for links from elsewhere.
pub fn unused(workshop: &Workshop<'_>, index: usize, twin: usize) -> Vec<Diagnostic> {
    let twins: Vec<String> = ids(workshop, twin).into_iter().map(|(id, _)| id).collect();
    let alone = ids(workshop, index).into_iter().filter(|(id, _)| !twins.contains(id));
    let unused = alone.filter(|(id, _)| !(0..workshop.notes.len()).any(|note| refers_to(workshop, note, id)));
    unused.map(|(id, range)| diagnostic(&id, range)).collect()
}

fn diagnostic(id: &str, range: Range<usize>) -> Diagnostic {
    let shown = with_particle(&format!("`{id}`"), Particle::Object);
    Diagnostic::warning(
        "unused-id",
        range,
        text(format!("id {shown} 쓰는 곳이 없습니다"), format!("nothing uses the id `{id}`")),
    )
    .help(text(
        "짝 노트와 같은 id인지 보고, 필요 없으면 지우세요",
        "see whether the twin note has another id for it, or remove it",
    ))
}

/// The ids of a note that its author has given, with their places.
fn ids(workshop: &Workshop<'_>, index: usize) -> Vec<(String, Range<usize>)> {
    let note = &workshop.notes[index];
    let of_blocks = note.blocks.iter().zip(&workshop.catalogue.blocks[index]).filter_map(|(block, entry)| {
        let own = block.info.split_whitespace().any(|word| word.strip_prefix('#') == Some(&entry.id));
        let id = entry.options.id.as_ref().filter(|_| own)?;
        Some((id.text.clone(), block.info_start + id.span.start..block.info_start + id.span.end))
    });
    let others = note.marks.iter().filter(|mark| !matches!(mark.kind, MarkKind::Block(_)));
    let of_others = others.filter_map(|mark| mark.id.as_ref().map(|id| (id.text.clone(), id.range.clone())));
    of_blocks.chain(of_others).collect()
}

/// Whether anything in a note may mean an id.
fn refers_to(workshop: &Workshop<'_>, index: usize, id: &str) -> bool {
    let note: &Note = &workshop.notes[index];
    let ends_in_id = |destination: &str| destination.rsplit_once('#').is_some_and(|(_, anchor)| anchor == id);
    let in_values =
        || note.values.iter().any(|value| value.target.split_once(':').is_some_and(|(at, _)| at.trim() == id));
    let names = || note.formulas.iter().flat_map(|formula| &formula.names);
    let in_formulas = || names().any(|name| name.name == id && !matches!(name.does, Naming::Labels { .. }));
    let options = || workshop.catalogue.blocks[index].iter().map(|entry| &entry.options);
    let in_fences =
        || options().flat_map(|options| [&options.src, &options.of]).flatten().any(|word| ends_in_id(&word.text));
    note.links.iter().any(|link| ends_in_id(&link.dest)) || in_values() || in_formulas() || in_fences()
}
