//! Exports of blogs in one file: WordPress' (WXR) and Blogger's (Atom). In: XML; out: its posts, their HTML as Markdown. This file
//! alone knows XML.

use super::front::{Front, day};
use super::html::{Writer, pieces};
use super::{Desk, Piece};
use crate::diag::Diagnostic;
use crate::lang::text;
use crate::source::SourceFile;
use roxmltree::{Document, Node};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What an XML file is an export of.
pub(crate) fn is_export(source: &str) -> bool {
    let head: String = source.chars().take(4_000).collect();
    head.contains("wordpress.org/export") || head.contains("<feed") && head.contains("http://www.w3.org/2005/Atom")
}

/// The posts of an export.
pub(crate) fn read(file: &SourceFile, desk: &mut Desk) -> Vec<Piece> {
    let name: Arc<str> = file.path.as_str().into();
    let document = match Document::parse(&file.text) {
        Ok(document) => document,
        Err(error) => {
            let at: usize =
                file.text.split_inclusive('\n').take(error.pos().row.saturating_sub(1) as usize).map(str::len).sum();
            desk.log.push(
                Diagnostic::error(
                    "bad-xml",
                    at..at,
                    text(format!("XML을 읽을 수 없습니다: {error}"), format!("this XML cannot be read: {error}")),
                )
                .in_file(&name),
            );
            return Vec::new();
        }
    };
    let mut others: BTreeMap<String, usize> = BTreeMap::new();
    let items = document.descendants().filter(|node| matches!(node.tag_name().name(), "item" | "entry"));
    let found: Vec<Piece> = items.filter_map(|item| post(item, file, &mut others, desk)).collect();
    if !others.is_empty() {
        let list = others.iter().map(|(kind, count)| format!("{kind} ({count})")).collect::<Vec<_>>().join(", ");
        desk.log.push(
            Diagnostic::warning(
                "left-out",
                0..0,
                text(
                    format!("글이 아닌 것은 옮기지 않았습니다: {list}"),
                    format!("what is no post was left out: {list}"),
                ),
            )
            .in_file(&name),
        );
    }
    found
}

/// The host and the posts' own addresses.
pub(crate) fn host(source: &str) -> Option<String> {
    let document = Document::parse(source).ok()?;
    let link = document.descendants().find(|node| node.tag_name().name() == "link")?;
    let address = link.attribute("href").or_else(|| link.text())?;
    Some(address.split_once("//")?.1.split('/').next()?.to_owned())
}

fn child<'a>(item: Node<'a, 'a>, name: &str) -> Option<String> {
    let found = item.children().find(|node| node.tag_name().name() == name)?;
    let words: String = found.descendants().filter(Node::is_text).filter_map(|node| node.text()).collect();
    Some(words.trim().to_owned()).filter(|text| !text.is_empty())
}

fn post(item: Node<'_, '_>, file: &SourceFile, others: &mut BTreeMap<String, usize>, desk: &mut Desk) -> Option<Piece> {
    let get = |name: &str| {
        let found = item.children().find(|node| node.tag_name().name() == name)?;
        let words: String = found.descendants().filter(Node::is_text).filter_map(|node| node.text()).collect();
        Some(words.trim().to_owned()).filter(|text| !text.is_empty())
    };
    let categories = || item.children().filter(|node| node.tag_name().name() == "category");
    let is_atom = item.tag_name().name() == "entry";
    let kind = if is_atom {
        let kind = categories().filter_map(|node| node.attribute("term")).find_map(|term| term.split_once("kind#"));
        kind.map_or("post", |(_, kind)| kind).to_owned()
    } else {
        get("post_type").unwrap_or_else(|| "post".to_owned())
    };
    if !matches!(kind.as_str(), "post" | "page") {
        *others.entry(kind).or_default() += 1;
        return None;
    }
    let link = if is_atom {
        let links = || item.children().filter(|node| node.tag_name().name() == "link");
        links()
            .find(|node| node.attribute("rel") == Some("alternate"))
            .and_then(|node| node.attribute("href"))
            .map(str::to_owned)
    } else {
        get("link")
    };
    let address =
        link.as_deref().and_then(|link| link.split_once("//")?.1.split_once('/')).map(|(_, path)| format!("/{path}"));
    let content = item.children().find(|node| {
        node.tag_name().name() == "encoded"
            && node.tag_name().namespace().is_some_and(|space| space.contains("content"))
    });
    let content = content.or_else(|| item.children().find(|node| node.tag_name().name() == "content"));
    let html: String = content
        .map(|node| node.descendants().filter(Node::is_text).filter_map(|node| node.text()).collect())
        .unwrap_or_default();
    let start = content.map_or(0, |node| node.range().start);
    let title = get("title");
    let slug = get("post_name").map(|name| super::link::decoded(&name)).or_else(|| {
        let last = address.as_deref()?.trim_end_matches('/').rsplit('/').next()?;
        Some(super::link::decoded(last.trim_end_matches(".html"))).filter(|slug| !slug.contains('?'))
    });
    let slug = slug.filter(|slug| !slug.is_empty()).or_else(|| title.clone()).unwrap_or_else(|| kind.clone());
    let is_marked = address.as_deref().is_some_and(|address| address.contains('?'));
    if is_marked {
        let address = address.clone().unwrap_or_default();
        desk.log.push(
            Diagnostic::warning(
                "old-address",
                item.range().start..item.range().start + 1,
                text(
                    format!("옛 주소 `{address}`는 물음표 뒤에 글 번호가 있어 별칭으로 남길 수 없습니다"),
                    format!(
                        "the old address `{address}` cannot be an alias: it tells posts apart behind a question mark"
                    ),
                ),
            )
            .in_file(&file.path.as_str().into()),
        );
    }
    let status = get("status").unwrap_or_default();
    let front = Front {
        title: title.clone(),
        date: get("post_date").or_else(|| get("published")).or_else(|| get("pubDate")).and_then(|date| day(&date)),
        updated: get("updated").or_else(|| get("post_modified")).and_then(|date| day(&date)),
        tags: categories()
            .filter(|node| {
                node.attribute("term")
                    .is_none_or(|_| node.attribute("scheme").is_some_and(|scheme| scheme.contains("/ns#")))
            })
            .filter_map(|node| node.attribute("term").or_else(|| node.text()).map(|tag| tag.trim().to_owned()))
            .filter(|tag| !tag.is_empty() && tag != "Uncategorized")
            .collect(),
        draft: matches!(status.as_str(), "draft" | "pending" | "private" | "trash") || child_of_control(item),
        authors: get("creator")
            .or_else(|| child(item.children().find(|node| node.tag_name().name() == "author")?, "name"))
            .into_iter()
            .collect(),
        aliases: address.filter(|_| !is_marked).into_iter().collect(),
        ..Front::default()
    };
    let mut writer = Writer {
        file: file.path.as_str().into(),
        place: (&file.text, start),
        has_lines: !is_atom && !html.contains("<p"),
        has_dollars: html.contains("MathJax"),
        desk,
    };
    let words = writer.markdown(&pieces(&html));
    let folder = if kind == "page" { "pages" } else { "posts" };
    Some(Piece {
        source: file.path.clone(),
        place: format!("{folder}/{}", super::read::slug(&slug)),
        names: vec![slug],
        front,
        text: words,
        ..Piece::default()
    })
}

/// Blogger marks drafts in an element of its own.
fn child_of_control(item: Node<'_, '_>) -> bool {
    item.descendants().any(|node| node.tag_name().name() == "draft" && node.text() == Some("yes"))
}
