//! What has a number, and what refers to it: captions, formulas and references.

use super::{Writer, escape_address};
use crate::diag::Diagnostic;
use crate::note::{FigurePart, Formula, MarkKind, Naming, formula};
use std::fmt::Write;

impl Writer<'_> {
    /// The text of a reference, as a link to what it names. One that names nothing has been reported.
    pub(super) fn reference(&mut self, index: usize) {
        let dest = &self.note.links[index].dest;
        match (self.parts.reference)(dest) {
            Some(text) if self.alt_depth == 0 => {
                self.out.push_str("<a class=\"reference\"");
                self.address("href", dest);
                self.out.push('>');
                self.text(&text);
                self.out.push_str("</a>");
                self.printed.push(&text);
            }
            Some(text) => self.text(&text),
            None => self.out.push('?'),
        }
    }

    pub(super) fn figure(&mut self, part: FigurePart) {
        match part {
            FigurePart::Open(i) => {
                let mark = &self.note.marks[i];
                let class = match mark.kind {
                    MarkKind::Listing => "listing",
                    MarkKind::Table => "table",
                    _ => "picture",
                };
                let _ = write!(self.out, "<figure class=\"{class}\"");
                if let Some(id) = &mark.id {
                    self.attribute("id", &id.text);
                }
                self.out.push_str(">\n");
                self.table.label = self.parts.labels.get(i).cloned().flatten();
            }
            FigurePart::Caption(i) => {
                self.boxes += 1;
                self.out.push_str("<figcaption>");
                if let Some(label) = self.parts.labels.get(i).cloned().flatten() {
                    self.out.push_str("<span class=\"number\">");
                    self.text(&label);
                    self.out.push_str("</span> ");
                }
            }
            FigurePart::EndCaption => {
                self.boxes -= 1;
                self.out.push_str("</figcaption>\n");
            }
            FigurePart::Close => {
                self.table.label = None;
                self.out.push_str("</figure>\n");
            }
        }
    }

    pub(super) fn formula(&mut self, index: usize) {
        let formula = &self.note.formulas[index];
        let uses = self.note.values.get(formula.values.clone()).unwrap_or_default();
        let values = self.parts.values.get(formula.values.clone()).unwrap_or_default();
        let (tex, map) = formula::with_values(formula, uses, values, self.parts.number);
        if self.alt_depth > 0 {
            return self.text(&tex);
        }
        if let Some(name) = formula.only_reference()
            && let Some(number) = (self.parts.number)(&name.name)
        {
            let shown = if name.does == Naming::Refers { number } else { format!("({number})") };
            self.out.push_str("<a class=\"reference\" href=\"#");
            escape_address(&name.name, &mut self.out);
            self.out.push_str("\">");
            self.text(&shown);
            self.printed.push(&shown);
            return self.out.push_str("</a>");
        }
        match self.parts.math.mathml(&tex, formula.display) {
            Ok(mathml) if formula.display => {
                let anchors: Vec<&str> = labels(formula).collect();
                // Of several labels the lines are one thing that is scrolled to.
                for anchor in anchors.iter().skip(1) {
                    self.out.push_str("<span");
                    self.attribute("id", anchor);
                    self.out.push_str("></span>");
                }
                self.out.push_str("<span class=\"math-block\"");
                if let Some(anchor) = anchors.first() {
                    self.attribute("id", anchor);
                }
                self.out.push_str(" tabindex=\"0\" role=\"group\"");
                self.attribute("aria-label", self.parts.words.formula);
                let _ = write!(self.out, ">{mathml}</span>");
            }
            Ok(mathml) => self.out.push_str(&mathml),
            Err(error) => {
                let place = map.to_file(error.range);
                // A value that is printed may be longer than what is written for it.
                let place = place.start.min(formula.range.end)..place.end.min(formula.range.end);
                self.log.push(Diagnostic::error("bad-formula", place, error.message).in_file(&self.file));
                self.out.push_str("<code class=\"math-error\">");
                self.text(&formula.tex);
                self.out.push_str("</code>");
            }
        }
    }
}

/// The names that a formula gives to its lines.
fn labels(formula: &Formula) -> impl Iterator<Item = &str> {
    let labels = formula.names.iter().filter(|name| matches!(name.does, Naming::Labels { .. }));
    labels.map(|name| name.name.as_str())
}
