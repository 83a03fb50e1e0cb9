//! Terms of the glossary in the text. What a term means is shown while one points at it, has focus on it or has touched
//! it; that takes no script. The hint is hidden by an attribute, so that readers without the style sheet are not told
//! everything twice.

use super::{Writer, escape_address};
use std::fmt::Write;

/// What is shown of a term.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TermParts {
    /// The site's name for it.
    pub name: String,
    /// Its English name, where the page's language is another one.
    pub english: Option<String>,
    /// What it means.
    pub definition: Option<String>,
    /// Its address on the page of all terms.
    pub href: String,
}

impl Writer<'_> {
    /// A term begins; one that the glossary lacks has been reported and is plain text.
    pub(super) fn start_term(&mut self, index: usize) {
        let used = &self.note.terms[index];
        let parts = (self.parts.term)(&used.key);
        let plain = self.alt_depth > 0;
        match &parts {
            Some(TermParts { definition: Some(_), .. }) if !plain => {
                let _ = write!(
                    self.out,
                    "<span class=\"term\"><dfn tabindex=\"0\" aria-describedby=\"term:{}\">",
                    index + 1
                );
            }
            Some(TermParts { href, .. }) if !plain => {
                let href = href.clone();
                self.open_glossary_link(&href);
            }
            _ => {}
        }
        if used.is_unnamed {
            let name = parts.as_ref().map_or(used.key.as_str(), |parts| parts.name.as_str());
            self.text(name);
        }
        self.term = parts.filter(|_| !plain).map(|parts| (index, parts));
    }

    pub(super) fn end_term(&mut self) {
        let Some((index, parts)) = self.term.take() else { return };
        let used = &self.note.terms[index];
        let is_first = self.seen_terms.insert(used.key.as_str());
        self.out.push_str(if parts.definition.is_some() { "</dfn>" } else { "</a>" });
        if let Some(english) = parts.english.as_ref().filter(|_| used.is_unnamed && is_first) {
            self.out.push_str("(<span lang=\"en\">");
            self.text(english);
            self.out.push_str("</span>)");
        }
        if let Some(definition) = &parts.definition {
            let _ = write!(self.out, "<span class=\"hint\" id=\"term:{}\" hidden>", index + 1);
            self.text(definition);
            self.out.push(' ');
            self.open_glossary_link(&parts.href);
            self.text(self.parts.words.glossary);
            self.out.push_str("</a></span></span>");
        }
        if used.is_unnamed {
            self.printed.push(&parts.name);
        }
    }

    fn open_glossary_link(&mut self, href: &str) {
        self.out.push_str("<a class=\"to-term\" href=\"");
        escape_address(href, &mut self.out);
        self.out.push_str("\">");
    }
}
