//! A whole series on one page, for paper. In: the bodies of its notes; out: a page on which they stand below each other,
//! their headings a level lower, their ids apart, and links between them leading to places of the same page.

use super::links::{address_in_html, leads_out, outside_links, percent_decode, relative, resolve};
use super::moving::Moving;
use super::{PageContext, Press, Slot, answer};
use crate::diag::Diagnostic;
use crate::markup::{escaped, unescaped};
use serde::Serialize;
use std::collections::HashMap;

/// Where a series stands on one page.
pub(super) fn print_path(series: &str, language: &str) -> String {
    format!("{language}/{series}/print/index.html")
}

/// Whether a page repeats what other pages say.
pub fn is_gathered(path: &str) -> bool {
    path.ends_with("/print/index.html")
}

/// A note on the page of its series.
#[derive(Serialize)]
struct Part {
    id: String,
    title: String,
    /// The language of its title and body, where it is not the page's.
    lang: Option<String>,
    body: String,
    /// The answers to its exercises.
    answers: String,
}

/// A page that bodies are moved to.
struct Gathering<'a> {
    /// Its path.
    path: &'a str,
    /// The pages that stand on it, with the ids of their places.
    places: HashMap<String, String>,
}

impl Press<'_> {
    /// A series on one page.
    pub(super) fn gathered(&self, front: &Slot, language: &str, path: &str) -> Result<String, Diagnostic> {
        let slots: Vec<&Slot> = Some(front).into_iter().chain(self.map.notes_of(&front.series)).collect();
        let place_of = |(i, slot): (usize, &&Slot)| (slot.path(language), format!("n{i}"));
        let gathering = Gathering { path, places: slots.iter().enumerate().map(place_of).collect() };
        let parts: Vec<Part> = slots.iter().map(|slot| self.part(slot, language, &gathering)).collect();
        let bodies = || parts.iter().map(|part| part.body.as_str());
        let answers = || parts.iter().map(|part| part.answers.as_str());
        let outside: Vec<String> = bodies().chain(answers()).flat_map(outside_links).collect();
        let body: String = bodies().collect();
        let (title, heading_lang) = self.title_of(front, language);
        let page = PageContext {
            heading_lang: heading_lang.as_deref(),
            canonical: self.absolute(&front.path(language)),
            noindex: true,
            // The page's head looks here for what the page needs.
            body: &body,
            outside: &outside,
            ..PageContext::plain("print", &title, language)
        };
        let mut crumbs = self.crumbs(front, language, path);
        crumbs.push(self.link(front, language, path));
        let mut context = tera::Context::new();
        context.insert("site", &self.site_context(language, path));
        context.insert_value("words", self.templates.words(language).value());
        context.insert("page", &page);
        context.insert("crumbs", &crumbs);
        context.insert("alternates", &self.alternates_at(language, path, |tag| (print_path(&front.series, tag), true)));
        context.insert("intro", &parts[0].body);
        context.insert("parts", &parts[1..]);
        let with_answers: Vec<&Part> = parts.iter().filter(|part| !part.answers.is_empty()).collect();
        context.insert("with_answers", &with_answers);
        self.templates.render("print.html", &context)
    }

    fn part(&self, slot: &Slot, language: &str, gathering: &Gathering<'_>) -> Part {
        let page = slot.path(language);
        let id = gathering.places[&page].clone();
        let (title, lang) = self.title_of(slot, language);
        let shown = slot.lesson(lang.as_deref().unwrap_or(language)).map(|i| &self.lessons[i]);
        let whole = shown.map(|lesson| lesson.body.open()).unwrap_or_default();
        let (body, answers) = answer::parted(&whole);
        let (body, answers) = (gathering.moved(body, &page, &id), gathering.moved(answers, &page, &id));
        Part { id, title, lang, body, answers }
    }
}

impl Gathering<'_> {
    /// The body of a page as a part of this one.
    fn moved(&self, body: &str, page: &str, place: &str) -> String {
        let moving = Moving {
            name: &|name| format!("{place}:{name}"),
            address: &|address| self.address(address, page, place),
            lowers: true,
        };
        moving.moved(body)
    }

    fn address(&self, value: &str, page: &str, place: &str) -> String {
        let plain = unescaped(value);
        if leads_out(&plain) {
            return value.to_owned();
        }
        let (path, anchor) = plain.split_once('#').unwrap_or((&plain, ""));
        let target = if path.is_empty() { Some(page.to_owned()) } else { resolve(page, &percent_decode(path)) };
        let Some(target) = target else { return value.to_owned() };
        let moved = match (self.places.get(&target), anchor) {
            (Some(_), anchor) if path.is_empty() => format!("#{place}:{anchor}"),
            (Some(there), "") => format!("#{there}"),
            (Some(there), anchor) => format!("#{there}:{anchor}"),
            (None, "") => address_in_html(&relative(self.path, &target)),
            (None, anchor) => format!("{}#{anchor}", address_in_html(&relative(self.path, &target))),
        };
        escaped(&moved)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_are_moved() {
        let places = [("ko/s/a.html".to_owned(), "n1".to_owned()), ("ko/s/b.html".to_owned(), "n2".to_owned())];
        let gathering = Gathering { path: "ko/s/print/index.html", places: places.into() };
        let check = |body: &str, expected: &str| assert_eq!(gathering.moved(body, "ko/s/a.html", "n1"), expected);
        check("<h2 id=\"x\">a &lt; b</h2><h6>c</h6>", "<h3 id=\"n1:x\">a &lt; b</h3><h6>c</h6>");
        check("<a href=\"#x\">", "<a href=\"#n1:x\">");
        check("<a href=\"b.html\"><a href='b.html#y'>", "<a href=\"#n2\"><a href='#n2:y'>");
        check("<a href=\"a.html#fn:1\">", "<a href=\"#n1:fn:1\">");
        check("<a href=\"../t/c.html?q#z\">", "<a href=\"../../t/c.html#z\">");
        check("<img src=\"p%201.png\" alt=\"a > b\">", "<img src=\"../p%201.png\" alt=\"a > b\">");
        check("<a href=\"https://e.org/#x\">", "<a href=\"https://e.org/#x\">");
        check(
            "<svg aria-labelledby=\"t d\"><path fill=\"url(#g)\"/>",
            "<svg aria-labelledby=\"n1:t n1:d\"><path fill=\"url(#n1:g)\"/>",
        );
        check(
            "<details name=\"g-s\" open><summary>b</summary></details>\n<details name=\"g-s\" class=\"bp-whole\"><a class=\"fold\" href=\"#g-closed\"><text>c</text></a></details>",
            "<details name=\"n1:g-s\" class=\"bp-whole\" open><g><text>c</text></g></details>",
        );
        check("<details name=\"s\" class=\"bp-whole\" open>", "<details name=\"n1:s\" class=\"bp-whole\" open>");
        check("<!-- <a href=\"x\"> --><p data-n='1'>", "<!-- <a href=\"x\"> --><p data-n='1'>");
        check("<section role=\"doc-endnotes\">", "<section role=\"group\">");
        check("<div role=\"region\" aria-label=\"a\">", "<div role=\"group\" aria-label=\"a\">");
        check("a <", "a <");
    }
}
