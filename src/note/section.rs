//! A note for the search. In: a note and what stands in the places of its blocks and values; out: its words, section
//! by section. This file does not know how they are looked for.

use super::events::is_inline;
use super::html::Parts;
use super::one_line::one_line;
use super::printed::Printed;
use super::{Note, Piece, Reading, formula};
use pulldown_cmark::{Event, Tag, TagEnd};

/// A place of a page that can be found, with its words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Section {
    /// Its anchor; empty for what stands before the first heading.
    pub id: String,
    /// Its heading, or the caption of a figure.
    pub heading: String,
    /// Its words.
    pub text: String,
    /// Whether it is a figure.
    pub is_figure: bool,
}

/// The sections of a note in the order of the text, each followed by its figures (`figures[i]` is that of block `i`,
/// where there is something to find). Footnotes are left out; formulas are given as a reader would type them.
pub fn sections(reading: &Reading<'_>, parts: &Parts<'_>, figures: &[Option<Section>]) -> Vec<Section> {
    let Reading { note, body } = reading;
    let mut headings = note.headings.iter();
    let mut done = Vec::new();
    let mut section = Section::default();
    let mut its_figures = Vec::new();
    let mut printed = Printed::in_note(note);
    let (mut in_heading, mut in_footnote) = (false, false);
    for piece in body {
        match piece {
            Piece::Markdown(Event::Start(Tag::Heading { .. })) => {
                let heading = headings.next().cloned();
                let next =
                    heading.map(|heading| Section { id: heading.id, heading: heading.text, ..Section::default() });
                done.push(std::mem::replace(&mut section, next.unwrap_or_default()));
                done.append(&mut its_figures);
                in_heading = true;
            }
            Piece::Markdown(Event::End(TagEnd::Heading(_))) => in_heading = false,
            Piece::Markdown(Event::Start(Tag::FootnoteDefinition(_))) => in_footnote = true,
            Piece::Markdown(Event::End(TagEnd::FootnoteDefinition)) => in_footnote = false,
            _ if in_heading || in_footnote => {}
            Piece::Markdown(event) => match printed.pass(event) {
                Some((particle, rest)) => section.text.extend([particle, rest]),
                None => add_words(event, &mut section.text),
            },
            Piece::Formula(i) => section.text.push_str(&formula_text(note, *i, parts)),
            Piece::Reference(_) | Piece::Term(_) => {
                let own = parts.printed(note, piece);
                section.text.push_str(&own);
                printed.push(&own);
            }
            Piece::Listing(listing) => {
                printed.end();
                section.text.push_str(&listing.text);
            }
            Piece::EndTerm => {}
            Piece::Figure(_) | Piece::Answer(_) | Piece::EndAnswer(_) => section.text.push(' '),
            Piece::Block(i) => its_figures.extend(figures.get(*i).cloned().flatten()),
        }
    }
    done.push(section);
    done.append(&mut its_figures);
    done
}

fn add_words(event: &Event<'_>, text: &mut String) {
    match event {
        Event::Text(part) | Event::Code(part) => text.push_str(part),
        Event::SoftBreak | Event::HardBreak => text.push(' '),
        Event::End(_) if !is_inline(event) => text.push(' '),
        _ => {}
    }
}

/// A formula as plain text, its values in their places; a formula with a mistake, which is reported elsewhere, has none.
pub fn formula_text(note: &Note, index: usize, parts: &Parts<'_>) -> String {
    let formula = &note.formulas[index];
    let uses = note.values.get(formula.values.clone()).unwrap_or_default();
    let values = parts.values.get(formula.values.clone()).unwrap_or_default();
    let (tex, _) = formula::with_values(formula, uses, values, parts.number);
    parts.math.mathml(&tex, false).map(|mathml| one_line(&mathml)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::note::math::MathWriter;
    use crate::note::{Manuscript, Policy, Value, read};
    use crate::source::SourceFile;
    use std::collections::BTreeMap;

    #[test]
    fn each_section_has_its_words_and_its_figures() {
        let text = "+++\ntitle = \"제목\"\n+++\n\n**역전**파는[^1] $\\frac{\\partial f}{\\partial w} = \\val{w}$이다.\n\n```graph #g\nw = 1\n```\n\n## 둘째 $x$\n\n- `a`\n- b\n\n```py\nprint(1 < 2)\n```\n\n[^1]: 각주\n";
        let source = Manuscript::from(SourceFile::new("content/a.ko.md", text));
        let note = read(&source, &Policy::default()).value;
        let (math, _) = MathWriter::new(&BTreeMap::new());
        let values = [Value::Number("5".to_owned())];
        let parts = Parts { values: &values, ..Parts::bare(&math) };
        let figure = Section { id: "g".into(), heading: "그림".into(), is_figure: true, ..Section::default() };
        let found = sections(&note, &parts, &[Some(figure)]);
        let found: Vec<[&str; 3]> = found.iter().map(|s| [s.id.as_str(), s.heading.as_str(), s.text.trim()]).collect();
        assert_eq!(
            found,
            [["", "", "역전파는 ∂f/∂w=5이다."], ["g", "그림", ""], ["둘째-x", "둘째 x", "a b  print(1 < 2)"]]
        );
    }
}
