//! A whole series on one page, for paper. In: the bodies of its notes; out: a page on which they stand below each other,
//! their headings a level lower, their ids apart, and links between them leading to places of the same page.

use super::links::{address_in_html, leads_out, outside_links, percent_decode, relative, resolve};
use super::{PageContext, Slot, Writer};
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

/// What `figure.html` says of the state of a figure where all is open.
const WHOLE: &str = " class=\"bp-whole\"";

/// A note on the page of its series.
#[derive(Serialize)]
struct Part {
    id: String,
    title: String,
    /// The language of its title and body, where it is not the page's.
    lang: Option<String>,
    body: String,
}

/// A page that bodies are moved to.
struct Gathering<'a> {
    /// Its path.
    path: &'a str,
    /// The pages that stand on it, with the ids of their places.
    places: HashMap<String, String>,
}

impl Writer<'_> {
    /// Each series on one page, in every language.
    pub(super) fn prints(&mut self) {
        for front in self.map.fronts().filter(|front| !front.series.is_empty()) {
            for language in &self.settings.languages {
                if self.map.notes_of(&front.series).next().is_some() {
                    self.print(front, language);
                }
            }
        }
    }

    fn print(&mut self, front: &Slot, language: &str) {
        let path = print_path(&front.series, language);
        let slots: Vec<&Slot> = Some(front).into_iter().chain(self.map.notes_of(&front.series)).collect();
        let place_of = |(i, slot): (usize, &&Slot)| (slot.path(language), format!("n{i}"));
        let gathering = Gathering { path: &path, places: slots.iter().enumerate().map(place_of).collect() };
        let parts: Vec<Part> = slots.iter().map(|slot| self.part(slot, language, &gathering)).collect();
        let outside: Vec<String> = parts.iter().flat_map(|part| outside_links(&part.body)).collect();
        let body: String = parts.iter().map(|part| part.body.as_str()).collect();
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
        let mut crumbs = self.crumbs(front, language, &path);
        crumbs.push(self.link(front, language, &path));
        let mut context = tera::Context::new();
        context.insert("site", &self.site_context(language, &path));
        context.insert("words", self.templates.words(language).table());
        context.insert("page", &page);
        context.insert("crumbs", &crumbs);
        context
            .insert("alternates", &self.alternates_at(language, &path, |tag| (print_path(&front.series, tag), true)));
        context.insert("intro", &parts[0].body);
        context.insert("parts", &parts[1..]);
        self.render("print.html", &context, path.clone(), &format!("content/{}", front.series));
    }

    fn part(&self, slot: &Slot, language: &str, gathering: &Gathering<'_>) -> Part {
        let page = slot.path(language);
        let id = gathering.places[&page].clone();
        let (title, lang) = self.title_of(slot, language);
        let shown = slot.lesson(lang.as_deref().unwrap_or(language)).map(|i| &self.lessons[i]);
        let body = shown.map(|lesson| gathering.moved(&lesson.body, &page, &id)).unwrap_or_default();
        Part { id, title, lang, body }
    }
}

impl Gathering<'_> {
    /// The body of a page as a part of this one.
    fn moved(&self, body: &str, page: &str, place: &str) -> String {
        let mut out = String::with_capacity(body.len() + body.len() / 16);
        let mut rest = body;
        let mut is_in_fold = false;
        while let Some(at) = rest.find('<') {
            out.push_str(&rest[..at]);
            rest = &rest[at..];
            let (tag, after) = rest.split_at(tag_end(rest));
            rest = after;
            match tag {
                tag if tag.starts_with("<!--") => out.push_str(tag),
                // Of a figure's states paper shows the one where all is open; nothing leads to the others.
                tag if tag.starts_with("<details name=") && !tag.contains(WHOLE) => {
                    rest = after.split_once("</details>").map_or("", |(_, after)| after.trim_start());
                }
                tag if tag.contains(WHOLE) => {
                    self.tag(&tag.replacen(WHOLE, &format!("{WHOLE} open"), 1), page, place, &mut out);
                }
                tag if tag.starts_with("<a class=\"fold\"") => {
                    is_in_fold = true;
                    out.push_str("<g>");
                }
                "</a>" if is_in_fold => {
                    is_in_fold = false;
                    out.push_str("</g>");
                }
                tag => self.tag(tag, page, place, &mut out),
            }
        }
        out.push_str(rest);
        out
    }

    fn tag(&self, tag: &str, page: &str, place: &str, out: &mut String) {
        let name_end = tag.find(|c: char| c.is_whitespace() || c == '>').unwrap_or(tag.len());
        let (name, attributes) = tag.split_at(name_end);
        out.push_str(&lowered(name));
        let mut rest = attributes;
        while let Some((before, value, after)) = next_value(rest) {
            out.push_str(before);
            let attribute = before.trim_end_matches(['=', '"', '\'']).rsplit(char::is_whitespace).next();
            out.push_str(&self.value(attribute.unwrap_or_default(), value, page, place));
            // The quote that ends it.
            out.push_str(&after[..1]);
            rest = &after[1..];
        }
        out.push_str(rest);
    }

    /// The value of an attribute.
    fn value(&self, attribute: &str, value: &str, page: &str, place: &str) -> String {
        match attribute {
            "id" | "name" => format!("{place}:{value}"),
            "for" | "headers" | "aria-labelledby" | "aria-describedby" | "aria-controls" | "aria-details" => {
                value.split(' ').map(|id| format!("{place}:{id}")).collect::<Vec<_>>().join(" ")
            }
            // Tables are numbered note by note: here their names would not tell them apart as landmarks.
            "role" if value == "region" => "group".to_owned(),
            "href" | "src" => self.address(value, page, place),
            _ => value.replace("url(#", &format!("url(#{place}:")),
        }
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

/// The bytes of a tag or a comment at the start of a text.
fn tag_end(text: &str) -> usize {
    if text.starts_with("<!--") {
        return text.find("-->").map_or(text.len(), |at| at + "-->".len());
    }
    let mut quote = None;
    for (at, c) in text.char_indices() {
        match (quote, c) {
            (None, '>') => return at + 1,
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), c) if c == open => quote = None,
            _ => {}
        }
    }
    text.len()
}

/// The next quoted value of a tag: what is before it, itself, and what comes after it.
fn next_value(tag: &str) -> Option<(&str, &str, &str)> {
    let start = tag.find(['"', '\''])? + 1;
    let quote = &tag[start - 1..start];
    let end = start + tag[start..].find(quote)?;
    Some((&tag[..start], &tag[start..end], &tag[end..]))
}

/// The start of a tag; a heading's, one level lower.
fn lowered(start: &str) -> String {
    match start.trim_start_matches(['<', '/']).as_bytes() {
        [b'h', level @ b'1'..=b'5'] => format!("{}{}", &start[..start.len() - 1], char::from(level + 1)),
        _ => start.to_owned(),
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
        check("<!-- <a href=\"x\"> --><p data-n='1'>", "<!-- <a href=\"x\"> --><p data-n='1'>");
        check("<div role=\"region\" aria-label=\"a\">", "<div role=\"group\" aria-label=\"a\">");
        check("a <", "a <");
    }
}
