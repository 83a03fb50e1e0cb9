//! A note as plain text. In: a note; out: its prose without markup, for summaries. This file does not know HTML.

use super::html::Parts;
use super::printed::Printed;
use super::section::formula_text;
use super::{FigurePart, Piece, Reading};
use pulldown_cmark::{Event, Tag, TagEnd};

/// The prose without markup, a line for each paragraph, heading, item or row. Footnotes, answers, blocks
/// and code blocks are left out, and so are captions; formulas are text, their values in their places.
pub fn plain_text(reading: &Reading<'_>, parts: &Parts<'_>) -> String {
    let Reading { note, body } = reading;
    let mut text = String::new();
    let mut printed = Printed::in_note(note);
    let (mut footnote, mut caption, mut answer) = (false, false, false);
    for piece in body {
        match piece {
            Piece::Markdown(Event::Start(Tag::FootnoteDefinition(_))) => footnote = true,
            Piece::Markdown(Event::End(TagEnd::FootnoteDefinition)) => footnote = false,
            Piece::Figure(FigurePart::Caption(_)) => caption = true,
            Piece::Figure(FigurePart::EndCaption) => caption = false,
            Piece::Answer(_) => answer = true,
            Piece::EndAnswer(_) => answer = false,
            _ if footnote || caption || answer => {}
            Piece::Markdown(event @ Event::Text(part)) => match printed.pass(event) {
                Some((particle, rest)) => text.extend([particle, rest]),
                None => text.push_str(part),
            },
            Piece::Markdown(Event::Code(part)) => text.push_str(part),
            Piece::Markdown(Event::SoftBreak | Event::HardBreak | Event::End(TagEnd::TableCell)) => text.push(' '),
            Piece::Markdown(Event::End(end)) if ends_line(end) => end_line(&mut text),
            Piece::Formula(i) => text.push_str(&formula_text(note, *i, parts)),
            Piece::Reference(_) | Piece::Term(_) => {
                let own = parts.printed(note, piece);
                text.push_str(&own);
                printed.push(&own);
            }
            Piece::Markdown(_) | Piece::Listing(_) | Piece::Block(_) | Piece::Figure(_) | Piece::EndTerm => {}
        }
    }
    end_line(&mut text);
    text
}

fn ends_line(end: &TagEnd) -> bool {
    matches!(
        end,
        TagEnd::Paragraph
            | TagEnd::Heading(_)
            | TagEnd::Item
            | TagEnd::TableRow
            | TagEnd::TableHead
            | TagEnd::DefinitionListTitle
            | TagEnd::DefinitionListDefinition
    )
}

fn end_line(text: &mut String) {
    text.truncate(text.trim_end().len());
    if !text.is_empty() {
        text.push('\n');
    }
}

#[cfg(test)]
mod tests {
    use crate::note::html::Parts;
    use crate::note::math::MathWriter;
    use crate::note::{Manuscript, Policy, plain_text, read};
    use crate::source::SourceFile;
    use std::collections::BTreeMap;

    #[test]
    fn markup_is_left_out() {
        let text = "# 제목\n\n**굵은** 글[^1]과 `code`,\n$x^2$.\n\n- a\n- [b](c.md)\n\n|h|i|\n|-|-|\n|1|2|\n\n```graph\nx = 1\n```\n\n[^1]: 각주\n";
        let source = Manuscript::from(SourceFile::new("content/a.ko.md", text));
        let note = read(&source, &Policy::default()).value;
        assert_eq!(
            plain_text(&note, &Parts::bare(&MathWriter::new(&BTreeMap::new()).0)),
            "굵은 글과 code, x^2.\na\nb\nh i\n1 2\n"
        );
    }
}
