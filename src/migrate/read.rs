//! Reading a folder of notes. In: its files; out: notes with their old places, the files that come along, and what is left behind,
//! which is told.

use super::export;
use super::front::{self, Front, day};
use super::html::{self, Piece as Html, Writer};
use super::{Desk, Piece};
use crate::diag::Diagnostic;
use crate::lang::{counted, text};
use crate::project::Asset;
use crate::source::SourceFile;
use serde_json::Value;
use std::collections::BTreeMap;
use unicode_normalization::UnicodeNormalization;

/// Folders that make an old site look as it did, or that it was built into.
const MACHINERY: [&str; 16] = [
    "_layouts",
    "_includes",
    "_sass",
    "_data",
    "_site",
    "_plugins",
    "layouts",
    "themes",
    "archetypes",
    "i18n",
    "resources",
    "node_modules",
    "vendor",
    "public",
    ".obsidian",
    "templates",
];
/// Files of tools.
const TOOLS: [&str; 16] = [
    "_config.yml",
    "_config.yaml",
    "hugo.toml",
    "hugo.yaml",
    "config.toml",
    "config.yaml",
    "config.yml",
    "gemfile",
    "gemfile.lock",
    "package.json",
    "package-lock.json",
    "makefile",
    "rakefile",
    "cname",
    "robots.txt",
    ".gitignore",
];
/// The endings of files that only make pages look as they do.
const LOOKS: [&str; 6] = ["css", "scss", "sass", "less", "js", "map"];

/// Notes, the files that come along with their new paths, and the texts that were read.
pub(crate) fn all(
    files: &[Asset],
    language: Option<&str>,
    desk: &mut Desk,
) -> (Vec<Piece>, BTreeMap<String, String>, Vec<SourceFile>) {
    let mut pieces = Vec::new();
    let mut assets = BTreeMap::new();
    let mut sources = Vec::new();
    let mut left: BTreeMap<&'static str, Vec<&str>> = BTreeMap::new();
    let site = Site::of(files);
    for file in files {
        let path = file.path.as_str();
        let name = path.rsplit('/').next().unwrap_or(path).to_lowercase();
        let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
        if path.split('/').any(|part| MACHINERY.contains(&part))
            || TOOLS.contains(&name.as_str())
            || LOOKS.contains(&ending)
        {
            left.entry("machinery").or_default().push(path);
            continue;
        }
        let is_text = matches!(ending, "md" | "markdown" | "html" | "htm" | "xml");
        let Some(text) = is_text.then(|| String::from_utf8(file.bytes.to_vec()).ok()).flatten() else {
            if is_text {
                left.entry("not-utf8").or_default().push(path);
            } else {
                assets.insert(path.to_owned(), asset_place(path));
            }
            continue;
        };
        let source = SourceFile::new(path.to_owned(), text);
        match ending {
            "md" | "markdown" => pieces.push(markdown(&source, &site, desk)),
            "html" | "htm" => pieces.extend(page(&source, desk)),
            _ if export::is_export(&source.text) => pieces.extend(export::read(&source, desk)),
            _ => left.entry("machinery").or_default().push(path),
        }
        sources.push(source);
    }
    for piece in &mut pieces {
        if piece.language.is_empty() {
            let own = piece.front.former.language.as_deref().map(|tag| tag.replace('_', "-"));
            let short = own.map(|tag| tag.split('-').next().unwrap_or_default().to_lowercase());
            piece.language =
                short.or_else(|| language.map(str::to_owned)).unwrap_or_else(|| spoken(&piece.text).to_owned());
        }
    }
    for (why, paths) in left {
        desk.log.push(left_behind(why, &paths));
    }
    (pieces, assets, sources)
}

fn left_behind(why: &str, paths: &[&str]) -> Diagnostic {
    let list = paths.iter().take(8).map(|path| format!("`{path}`")).collect::<Vec<_>>().join(", ");
    let n = paths.len();
    let rest = if n > 8 { ", …" } else { "" };
    let message = if why == "not-utf8" {
        text(
            format!("UTF-8이 아니어서 옮기지 않은 파일 {n}개: {list}{rest}"),
            format!("left out {} for not being UTF-8: {list}{rest}", counted(n, "file")),
        )
    } else {
        text(
            format!("글이 아니라 옛 사이트를 만드는 파일 {n}개를 옮기지 않았습니다: {list}{rest}"),
            format!("left out {} that made the old site, and no notes: {list}{rest}", counted(n, "file")),
        )
    };
    Diagnostic::warning("left-out", 0..0, message).in_file(&"*".into())
}

/// The language that a text is mostly written in.
fn spoken(text: &str) -> &'static str {
    let hangul = text.chars().filter(|c| matches!(c, '가'..='힣')).count();
    let latin = text.chars().filter(char::is_ascii_alphabetic).count();
    if hangul * 4 > latin { "ko" } else { "en" }
}

/// What the old site's configuration says about addresses.
#[derive(Default)]
struct Site {
    permalink: Option<String>,
    is_jekyll: bool,
    is_hugo: bool,
}

impl Site {
    fn of(files: &[Asset]) -> Self {
        let config = files.iter().find(|file| matches!(file.path.as_str(), "_config.yml" | "_config.yaml"));
        let config = config.and_then(|file| front::parse(std::str::from_utf8(&file.bytes).ok()?, true));
        Self {
            permalink: config.and_then(|config| config["permalink"].as_str().map(str::to_owned)),
            is_jekyll: files.iter().any(|file| file.path.starts_with("_posts/") || file.path.contains("/_posts/")),
            is_hugo: files.iter().any(|file| file.path.starts_with("content/")),
        }
    }
}

/// The hosts of the old site.
pub(crate) fn hosts(files: &[Asset]) -> Vec<String> {
    let host = |address: &str| Some(address.split_once("//")?.1.split('/').next()?.to_owned());
    let of_file = |file: &Asset| {
        let text = std::str::from_utf8(&file.bytes).ok()?;
        let name = file.path.rsplit('/').next()?;
        if name.ends_with(".xml") && export::is_export(text) {
            return export::host(text);
        }
        let is_config = TOOLS.contains(&name) && (name.ends_with("ml"));
        let config = if is_config { front::parse(text, !name.ends_with("toml")) } else { None }?;
        ["url", "baseURL", "baseurl"].iter().find_map(|key| host(config.get(key)?.as_str()?))
    };
    files.iter().filter_map(of_file).collect()
}

/// Where a file goes, below `content/`.
fn asset_place(path: &str) -> String {
    let path = path.strip_prefix("content/").or_else(|| path.strip_prefix("static/")).unwrap_or(path);
    path.split('/').map(|part| part.strip_prefix('_').unwrap_or(part)).collect::<Vec<_>>().join("/")
}

/// A name as a part of an address.
pub(crate) fn slug(name: &str) -> String {
    let kept = name.nfc().map(|c| if c.is_alphanumeric() || matches!(c, '-' | '_' | '.') { c } else { '-' });
    let words: String = kept.collect();
    let words = words.split('-').filter(|word| !word.is_empty()).collect::<Vec<_>>().join("-");
    let words = words.trim_matches(['.', '_']).to_owned();
    match words.to_lowercase().as_str() {
        "" => "note".to_owned(),
        "index" => "index-page".to_owned(),
        _ => words,
    }
}

fn markdown(source: &SourceFile, site: &Site, desk: &mut Desk) -> Piece {
    let (matter, start) = match front::split(&source.text) {
        Some((matter, is_yaml, start)) => match front::parse(matter, is_yaml) {
            Some(matter) => (matter, start),
            None => {
                let end = start.min(source.text.len());
                desk.log.push(
                    Diagnostic::warning(
                        "bad-front-matter",
                        0..end,
                        text(
                            "머리말을 읽을 수 없어 글로 남겼습니다",
                            "the front matter cannot be read and is kept as text",
                        ),
                    )
                    .in_file(&source.path.as_str().into()),
                );
                (Value::Null, 0)
            }
        },
        None => (Value::Null, 0),
    };
    let mut front = front::read(&matter, desk);
    let below = source.path.strip_prefix("content/").unwrap_or(&source.path);
    let (folder, file) = below.rsplit_once('/').unwrap_or(("", below));
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    let (stem, language) = match stem.rsplit_once('.') {
        Some((stem, tag))
            if matches!(tag.len(), 2 | 5) && tag.bytes().all(|b| b.is_ascii_alphabetic() || b == b'-') =>
        {
            (stem, tag.to_lowercase())
        }
        _ => (stem, String::new()),
    };
    let is_post = folder.split('/').any(|part| part == "_posts");
    front.draft |= folder.split('/').any(|part| part == "_drafts");
    let dated =
        stem.get(..10).filter(|date| is_post && day(date).as_deref() == Some(*date) && stem[10..].starts_with('-'));
    let name = dated.map_or(stem, |_| &stem[11..]);
    front.date = front.date.take().or_else(|| dated.map(str::to_owned));
    let folder = folder.split('/').map(|part| part.strip_prefix('_').unwrap_or(part)).collect::<Vec<_>>().join("/");
    // A bundle is a folder of its own.
    let (folder, name) = match (name, folder.rsplit_once('/')) {
        ("index", Some((outer, own))) => (outer.to_owned(), own.to_owned()),
        ("index", None) if !folder.is_empty() => (String::new(), folder),
        ("index", None) => (folder, "_index".to_owned()),
        _ => (folder, name.to_owned()),
    };
    let last = if name == "_index" { name.clone() } else { slug(front.former.slug.as_deref().unwrap_or(&name)) };
    let folders = folder.split('/').filter(|part| !part.is_empty()).map(slug);
    let place = folders.chain([last.clone()]).collect::<Vec<_>>().join("/");
    if site.is_jekyll || site.is_hugo || front.former.permalink.is_some() {
        let own = former_address(&front, site, is_post, &folder, &last, &language);
        front.aliases.splice(0..0, own);
    }
    let title = front.title.clone();
    let mut names = vec![stem.to_owned(), below.trim_end_matches(".md").to_owned(), source.path.clone(), name];
    names.extend(title);
    names.append(&mut front.former.names);
    Piece {
        source: source.path.clone(),
        place,
        language,
        front,
        names,
        text: source.text[start..].to_owned(),
        start: Some(start),
    }
}

/// Where a note was on the site that Jekyll or Hugo made.
fn former_address(
    front: &Front,
    site: &Site,
    is_post: bool,
    folder: &str,
    name: &str,
    language: &str,
) -> Option<String> {
    if let Some(own) = &front.former.permalink {
        return Some(format!("/{}", own.trim_start_matches('/'))).filter(|own| !own.contains(':'));
    }
    if is_post {
        let date = front.date.as_deref()?;
        let mut parts = date.split('-');
        let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
        let categories =
            front.former.categories.iter().map(|category| slug(&category.to_lowercase())).collect::<Vec<_>>().join("/");
        let form = match site.permalink.as_deref() {
            None | Some("date") => "/:categories/:year/:month/:day/:title.html",
            Some("pretty") => "/:categories/:year/:month/:day/:title/",
            Some("none") => "/:categories/:title.html",
            Some(form) => form,
        };
        let filled = [
            (":categories", categories.as_str()),
            (":year", year),
            (":month", month),
            (":day", day),
            (":title", name),
            (":slug", name),
            (":name", name),
        ]
        .iter()
        .fold(form.to_owned(), |form, (key, value)| form.replace(key, value));
        return Some(filled.replace("//", "/")).filter(|address| !address.contains(':'));
    }
    let folder = if folder.is_empty() { String::new() } else { format!("{folder}/") };
    if site.is_hugo {
        let prefix = if language.is_empty() { String::new() } else { format!("{language}/") };
        let name = if name == "_index" { String::new() } else { format!("{name}/") };
        return Some(format!("/{prefix}{folder}{name}").to_lowercase()).filter(|address| address.len() > 1);
    }
    None
}

/// The classes of elements that hold a post's words in the exports and themes of blogs.
const BODIES: [&str; 10] = [
    "article-view",
    "article_view",
    "contents_style",
    "tt_article_useless_p_margin",
    "entry-content",
    "post-content",
    "post-body",
    "se-main-container",
    "post_ct",
    "article-content",
];
const TITLES: [&str; 4] = ["title-article", "entry-title", "post-title", "article-title"];
const DATES: [&str; 4] = ["date", "post-date", "entry-date", "published"];
const TAGS: [&str; 4] = ["tags", "tag-list", "post-tags", "article-tags"];

/// A page of HTML; none if it has no words.
fn page(source: &SourceFile, desk: &mut Desk) -> Option<Piece> {
    let pieces = html::pieces(&source.text);
    let place = |is_it: &dyn Fn(&Html) -> bool| {
        pieces.iter().position(is_it).map(|start| start..html::end_of(&pieces, start).min(pieces.len()))
    };
    let body = place(&|piece| piece.has_class(&BODIES))
        .or_else(|| place(&|piece| piece.name() == "article"))
        .or_else(|| place(&|piece| piece.name() == "main"))
        .or_else(|| place(&|piece| piece.name() == "body"))
        .unwrap_or(0..pieces.len());
    let words = |range: std::ops::Range<usize>| Some(html::words(&pieces[range])).filter(|words| !words.is_empty());
    let meta = |key: &str| {
        let is_it = |piece: &&Html| {
            piece.name() == "meta" && (piece.attribute("property") == Some(key) || piece.attribute("name") == Some(key))
        };
        pieces
            .iter()
            .filter(is_it)
            .filter_map(|piece| Some(piece.attribute("content")?.to_owned()))
            .collect::<Vec<String>>()
    };
    let first = |key: &str| meta(key).into_iter().next().filter(|text| !text.is_empty());
    let titled = place(&|piece| piece.has_class(&TITLES)).and_then(words);
    let title = titled
        .or_else(|| first("og:title"))
        .or_else(|| place(&|piece| piece.name() == "h1").and_then(words))
        .or_else(|| place(&|piece| piece.name() == "title").and_then(words));
    let time = pieces.iter().find_map(|piece| if piece.name() == "time" { piece.attribute("datetime") } else { None });
    let date = first("article:published_time")
        .or_else(|| time.map(str::to_owned))
        .or_else(|| place(&|piece| piece.has_class(&DATES)).and_then(words));
    let mut tags = meta("article:tag");
    let listed = place(&|piece| piece.has_class(&TAGS)).and_then(words).unwrap_or_default();
    tags.extend(listed.split(['#', ',']).map(|tag| tag.trim().to_owned()).filter(|tag| !tag.is_empty()));
    if tags.is_empty() {
        tags.extend(
            first("keywords")
                .iter()
                .flat_map(|list| list.split(','))
                .map(|tag| tag.trim().to_owned())
                .filter(|tag| !tag.is_empty()),
        );
    }
    let language =
        pieces.iter().find(|piece| piece.name() == "html").and_then(|piece| piece.attribute("lang")).map(str::to_owned);
    let has_dollars = source.text.contains("MathJax") || source.text.contains("katex");
    let mut writer =
        Writer { file: source.path.as_str().into(), place: (&source.text, 0), has_lines: false, has_dollars, desk };
    let mut text = writer.markdown(&pieces[body]);
    if let Some(heading) = title.as_deref().and_then(|title| text.strip_prefix(&format!("# {title}"))) {
        text = heading.trim_start().to_owned();
    }
    if text.trim().is_empty() {
        return None;
    }
    let (folder, file) = source.path.rsplit_once('/').unwrap_or(("", &source.path));
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    let name = if stem == "index" {
        folder.rsplit('/').next().filter(|name| !name.is_empty()).unwrap_or("_index")
    } else {
        stem
    };
    let folder = if stem == "index" { folder.rsplit_once('/').map_or("", |(outer, _)| outer) } else { folder };
    let last = if name == "_index" { name.to_owned() } else { slug(name) };
    let folders = folder.split('/').filter(|part| !part.is_empty()).map(slug);
    let front = Front {
        title,
        date: date.and_then(|date| day(&date)),
        updated: first("article:modified_time").and_then(|date| day(&date)),
        tags,
        summary: first("description").or_else(|| first("og:description")),
        authors: first("author").into_iter().collect(),
        aliases: vec![format!("/{}", source.path)],
        former: front::Former { language, ..front::Former::default() },
        ..Front::default()
    };
    Some(Piece {
        source: source.path.clone(),
        place: folders.chain([last]).collect::<Vec<_>>().join("/"),
        names: vec![stem.to_owned()],
        front,
        text,
        ..Piece::default()
    })
}
