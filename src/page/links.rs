//! Addresses: relative links, and links that lead nowhere.

use super::facts::{Facts, Ledger};
use super::moving::element_end;
use crate::markup::unescaped;
use crate::note::address;
use crate::note::html::ANSWER;
use crate::source::beside;
pub use crate::source::relative;
use memchr::memchr;
use memchr::memmem::{self, Finder};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeSet, HashSet};

/// A path as an address: Hangul stays, what has a meaning in addresses is percent-encoded.
pub fn address_in_html(path: &str) -> String {
    let mut address = String::with_capacity(path.len());
    for c in path.chars() {
        match c {
            'a'..='z' | 'A'..='Z' | '0'..='9' | '-' | '.' | '_' | '~' | '/' => address.push(c),
            c if c.is_ascii() => address.push_str(&format!("%{:02X}", u32::from(c))),
            c => address.push(c),
        }
    }
    address
}

/// The file that an alias asks for: `/old/page/` → `old/page/index.html`; `None` if it leads out of the site.
pub fn alias_path(alias: &str) -> Option<String> {
    let path = alias.trim_start_matches('/');
    let is_inside = !path.is_empty()
        && address::fault_of_file(path.trim_end_matches('/')).is_none()
        && !path.contains(['?', '#', '%'])
        && !path.to_ascii_lowercase().starts_with("assets/");
    let path = match path {
        folder if folder.ends_with('/') => format!("{folder}index.html"),
        file if file.ends_with(".html") || file.ends_with(".htm") => file.to_owned(),
        folder => format!("{folder}/index.html"),
    };
    (is_inside && !path.contains("//")).then_some(path)
}

/// A link of a page that leads nowhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BrokenLink {
    /// The page.
    pub page: String,
    /// The link as it stands there.
    pub href: String,
    /// Whether the file is there and only the anchor is missing.
    pub is_anchor: bool,
}

/// The files of the site that a page's HTML links to, by their paths.
pub fn targets(page: &str, html: &str) -> BTreeSet<String> {
    let inside = attributes(html, "href").map(unescaped).filter(|href| !leads_out(href));
    let paths = inside.filter_map(|href| {
        let path = href.split('#').next().unwrap_or_default();
        if path.is_empty() { None } else { resolve(page, path) }
    });
    paths.collect()
}

pub(super) fn leads_out(href: &str) -> bool {
    let has_scheme = href.split(['/', '?', '#']).next().is_some_and(|start| start.contains(':'));
    has_scheme || href.starts_with("//")
}

/// What paper shows in another place: notes beside the text, and answers at their questions.
const NOT_ON_PAPER: [&str; 2] = ["<span class=\"sidenote\"", ANSWER];

/// Where the next thing begins that paper shows in another place.
fn hidden_on_paper(html: &str) -> Option<usize> {
    NOT_ON_PAPER.iter().filter_map(|start| memmem::find(html.as_bytes(), start.as_bytes())).min()
}

/// The addresses outside the site that HTML of ours links to, in their order on paper, where the style sheet numbers them.
pub fn outside_links(html: &str) -> Vec<String> {
    let mut addresses = Vec::new();
    let mut rest = html;
    // Most notes lead nowhere else.
    if memmem::find(html.as_bytes(), b" href=\"http").is_none() {
        return addresses;
    }
    loop {
        let hidden = hidden_on_paper(rest);
        let shown = &rest[..hidden.unwrap_or(rest.len())];
        addresses.extend(attributes(shown, "href").map(unescaped).filter(|href| href.starts_with("http")));
        let Some(hidden) = hidden else { return addresses };
        rest = &rest[hidden..];
        rest = &rest[element_end(rest)..];
    }
}

/// What a page has to do with addresses.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Links {
    anchors: HashSet<Box<str>>,
    /// The addresses inside the site that it asks for, as they stand there.
    inside: Vec<Box<str>>,
}

impl Links {
    /// What HTML of ours has to do with addresses.
    pub fn of(html: &str) -> Self {
        let addresses = attributes(html, "href").chain(attributes(html, "src")).map(unescaped);
        let inside = addresses.filter(|address| !leads_out(address)).map(Into::into).collect();
        let anchors = attributes(html, "id").map(|id| unescaped(id).into()).collect();
        Self { anchors, inside }
    }
}

/// The links inside the site that do not resolve.
pub fn broken(ledger: &Ledger) -> Vec<BrokenLink> {
    let has = |target: &str, anchor: &str| ledger.get(target).map(|facts| facts.has(anchor));
    ledger.par_iter().flat_map_iter(|(page, facts)| faults_of(page, facts, &has)).collect()
}

/// The links of a page that do not resolve. `has` says whether a file of the site has an anchor, of which the empty one is
/// everywhere; none where there is no such file.
pub fn faults_of(page: &str, facts: &Facts, has: &dyn Fn(&str, &str) -> Option<bool>) -> Vec<BrokenLink> {
    let links = facts.links.iter().flat_map(|links| &links.inside);
    let fault = |href: &str| {
        let (path, anchor) = href.split_once('#').unwrap_or((href, ""));
        let target = if path.is_empty() { Some(page.to_owned()) } else { resolve(page, path) };
        let found = target.and_then(|target| has(&target, anchor));
        let link = || BrokenLink { page: page.to_owned(), href: href.to_owned(), is_anchor: found.is_some() };
        (found != Some(true)).then(link)
    };
    links.filter_map(|href| fault(href)).collect()
}

impl Facts {
    /// Whether it has an anchor, as it stands in an address. Of what is no page, nothing is known.
    pub fn has(&self, anchor: &str) -> bool {
        let is_there = |links: &Links| links.anchors.contains(percent_decode(anchor).as_str());
        anchor.is_empty() || self.links.as_ref().is_none_or(is_there)
    }

    /// Whether it has the same anchors as another.
    pub fn has_anchors_of(&self, other: &Self) -> bool {
        self.links.as_ref().map(|links| &links.anchors) == other.links.as_ref().map(|links| &links.anchors)
    }
}

/// The path that an address on a page leads to; none if it leads out of the site.
pub fn resolve(page: &str, href: &str) -> Option<String> {
    let path = beside(page, &percent_decode(href.split('?').next().unwrap_or_default()))?;
    Some(if path.is_empty() || path.ends_with('/') { format!("{path}index.html") } else { path })
}

/// The values of an attribute in HTML that we have written ourselves: always in double quotes.
pub(super) fn attributes<'h>(html: &'h str, name: &str) -> impl Iterator<Item = &'h str> {
    let finder = Finder::new(&format!(" {name}=\"")).into_owned();
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = at + finder.find(&html.as_bytes()[at..])? + finder.needle().len();
        let end = start + memchr(b'"', &html.as_bytes()[start..])?;
        at = end;
        Some(&html[start..end])
    })
}

pub(super) fn percent_decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        let hex = after
            .get(..2)
            .filter(|_| byte == b'%')
            .and_then(|two| u8::from_str_radix(std::str::from_utf8(two).ok()?, 16).ok());
        bytes.push(hex.unwrap_or(byte));
        rest = if hex.is_some() { &after[2..] } else { after };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_relative() {
        for (from, to, expected) in [
            ("ko/dl/a.html", "ko/dl/b.html", "b.html"),
            ("ko/dl/a.html", "en/dl/a.html", "../../en/dl/a.html"),
            ("index.html", "ko/index.html", "ko/index.html"),
            ("ko/index.html", "ko/dl/a.html", "dl/a.html"),
            ("ko/a/b/c.html", "assets/site.css", "../../../assets/site.css"),
        ] {
            assert_eq!(relative(from, to), expected);
        }
        assert_eq!(address_in_html("ko/역전파 1?#.html"), "ko/역전파%201%3F%23.html");
    }

    #[test]
    fn aliases_stay_inside() {
        for (alias, expected) in [
            ("/old/page/", Some("old/page/index.html")),
            ("old.html", Some("old.html")),
            ("a/b", Some("a/b/index.html")),
            ("../x", None),
            ("a/../../x", None),
            ("https://x", None),
            ("", None),
            ("a//b", None),
            (".git/x", None),
            ("con/x", None),
            ("a\u{202e}b", None),
            ("Assets/site.css", None),
        ] {
            assert_eq!(alias_path(alias).as_deref(), expected, "{alias}");
        }
    }

    #[test]
    fn dead_links_are_found() {
        let files = [
            (
                "a.html",
                r##"<p id="here"><a href="b.html#x">1</a><a href="#here">2</a><a href="c.html">3</a><a href="d/#y">4</a><a href="https://e.org/">5</a><a href="b.html#fn:1">6</a><img src="p%20q.png">"##,
            ),
            ("b.html", r#"<h2 id="y">"#),
            ("d/index.html", r#"<h2 id="y"><a href="../../out.html">"#),
            ("p q.png", ""),
        ];
        let files = files.map(|(path, text)| (path.to_owned(), Facts::of(path, text.as_bytes())));
        let files = Ledger::from(files);
        let found: Vec<(String, bool)> = broken(&files).into_iter().map(|link| (link.href, link.is_anchor)).collect();
        assert_eq!(
            found,
            [
                ("b.html#x".to_owned(), true),
                ("c.html".to_owned(), false),
                ("b.html#fn:1".to_owned(), true),
                ("../../out.html".to_owned(), false)
            ]
        );
    }
}
