//! Answers to exercises, for paper. In: the body of a lesson, in which each answer is folded at its question; out: the body
//! with a list of all answers behind it, which only paper shows: there it stands in the place of the folded ones.

use super::links::{attributes, percent_decode};
use super::moving::{Moving, element_end};
use crate::markup::{escaped, unescaped};
use crate::note::html::{ANSWER, ANSWER_ID};
use memchr::memmem;
use std::collections::BTreeSet;

/// What the list begins and ends with.
const OPEN: &str = "<section class=\"answers\" hidden>\n";
const CLOSE: &str = "</section>\n";

/// In front of the names of what the list repeats.
const COPY: &str = "print:";

/// Adds the list of answers to a body that has some.
pub fn with_answers(body: String, heading: &str) -> String {
    let list = copies(&body);
    if list.is_empty() { body } else { format!("{body}{OPEN}<h2>{}</h2>\n{list}{CLOSE}", escaped(heading)) }
}

/// A body without its list of answers, and what stands in that below its heading.
pub(super) fn parted(body: &str) -> (&str, &str) {
    // It stands behind all else: nothing in it looks like its beginning.
    let Some(at) = memmem::find(body.as_bytes(), OPEN.as_bytes()) else { return (body, "") };
    let (body, list) = (&body[..at], &body[at + OPEN.len()..]);
    let list = list.strip_suffix(CLOSE).unwrap_or(list);
    (body, list.split_once("</h2>\n").map_or(list, |(_, list)| list))
}

/// The answers of a body, as the list shows them.
fn copies(body: &str) -> String {
    let mut list = String::new();
    let mut rest = body;
    while let Some(at) = memmem::find(rest.as_bytes(), ANSWER.as_bytes()) {
        let (answer, after) = rest[at..].split_at(element_end(&rest[at..]));
        list.push_str(&copy(answer));
        rest = after;
    }
    list
}

/// What a picture begins with; its id follows.
const PICTURE: &str = "<svg id=\"";

/// An answer that shows its pictures from where they stand at the question: they are most of what it weighs.
fn with_references(answer: &str) -> String {
    let mut out = String::new();
    let mut rest = answer;
    while let Some(at) = memmem::find(rest.as_bytes(), PICTURE.as_bytes()) {
        let (picture, after) = rest[at..].split_at(element_end(&rest[at..]));
        out.push_str(&rest[..at]);
        out.push_str(&reference(picture).unwrap_or_else(|| picture.to_owned()));
        rest = after;
    }
    out + rest
}

/// A reference to a picture of ours.
fn reference(picture: &str) -> Option<String> {
    let value = |name: &str| attributes(picture, name).next();
    value("class").filter(|class| matches!(*class, "bpgraph" | "bpcurve"))?;
    let (id, extent, width, height) = (value("id")?, value("viewBox")?, value("width")?, value("height")?);
    let mut sides = extent.split(' ').skip(2);
    let (w, h) = (sides.next()?, sides.next()?);
    Some(format!(
        "<svg viewBox=\"{extent}\" width=\"{width}\" height=\"{height}\" role=\"img\" aria-labelledby=\"{id}-title {id}-desc\"><use href=\"#{id}\" width=\"{w}\" height=\"{h}\"/></svg>"
    ))
}

/// An answer as the list shows it: its title leads back to the question, and its ids are its own.
fn copy(answer: &str) -> String {
    let answer = with_references(answer);
    let answer = answer.as_str();
    let ids: BTreeSet<String> = attributes(answer, "id").chain(attributes(answer, "name")).map(unescaped).collect();
    let is_inside = |id: &str| ids.contains(&unescaped(id));
    let leads_inside =
        |address: &str| address.strip_prefix('#').is_some_and(|id| ids.contains(&percent_decode(&unescaped(id))));
    let moving = Moving {
        name: &|name| if is_inside(name) { format!("{COPY}{name}") } else { name.to_owned() },
        address: &|address| {
            if leads_inside(address) { format!("#{COPY}{}", &address[1..]) } else { address.to_owned() }
        },
        lowers: false,
    };
    let inside = answer.strip_prefix(ANSWER).and_then(|answer| answer.strip_suffix("</details>"));
    let numbered = inside.and_then(|inside| inside.strip_prefix(ANSWER_ID));
    let opened = numbered.and_then(|inside| inside.split_once("\">\n<summary>"));
    let Some((number, (title, text))) =
        opened.and_then(|(number, inside)| Some((number, inside.split_once("</summary>\n")?)))
    else {
        return String::new();
    };
    let text = moving.moved(text);
    format!(
        "<div class=\"answer-copy\" id=\"{COPY}{ANSWER_ID}{number}\">\n<p class=\"answer-title\"><a href=\"#question:{number}\">{title}</a></p>\n{text}</div>\n"
    )
}
