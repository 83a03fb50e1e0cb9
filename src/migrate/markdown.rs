//! Markdown of other tools. In: a note's words; out: the same words as notes are written: links to where things are now, wiki links,
//! callouts and formulas in our forms. Templates and shortcodes that cannot be carried over stay as text, and are told.

use super::index::Index;
use super::link::{destinations, outside_code};
use super::{Desk, Piece};
use crate::diag::Diagnostic;
use crate::lang::{Text, text};
use crate::source::relative;
use std::ops::Range;

/// Something that stands in the place of something else.
type Edit = (Range<usize>, String);

/// The words of a note with links to where things are now.
pub(crate) fn with_links(piece: &Piece, index: &Index<'_>, desk: &mut Desk) -> String {
    let mut edits: Vec<Edit> = Vec::new();
    let source = piece.text.as_str();
    edits.extend(highlights(source));
    let code: Vec<Range<usize>> = edits.iter().map(|(range, _)| range.clone()).collect();
    for part in outside_code(source).into_iter().flat_map(|part| without(part, &code)) {
        for found in destinations(source, &part) {
            let written = &source[found.range.clone()];
            match moved(written, piece, index) {
                Some(new) => edits.push((found.range, new)),
                None if found.is_image && is_inside(written) => desk.warn(
                    piece,
                    &found.range,
                    "missing-picture",
                    text("그림 파일이 없습니다", "there is no such picture"),
                ),
                None => {}
            }
        }
        edits.extend(wiki_links(source, &part, piece, index, desk));
        edits.extend(callouts(source, &part));
        edits.extend(formulas(source, &part));
        edits.extend(comments(source, &part));
        templates(source, &part, &edits, piece, desk);
    }
    edits.sort_by_key(|(range, _)| range.start);
    let mut out = String::new();
    let mut done = 0;
    for (range, new) in edits {
        // What stands in another's place has gone with it.
        if range.start >= done {
            out.push_str(&source[done..range.start]);
            out.push_str(&new);
            done = range.end;
        }
    }
    out + &source[done..]
}

/// What is left of a part without others, which are in order.
fn without(part: Range<usize>, others: &[Range<usize>]) -> Vec<Range<usize>> {
    let mut left = Vec::new();
    let mut start = part.start;
    for other in others.iter().filter(|other| other.start < part.end && part.start < other.end) {
        left.push(start..other.start.max(start));
        start = other.end;
    }
    left.push(start..part.end.max(start));
    left
}

/// Whether a text holds HTML that is no comment.
pub(crate) fn has_html(body: &str) -> bool {
    outside_code(body).into_iter().any(|part| {
        let part = &body[part];
        part.match_indices('<').any(|(at, _)| {
            let rest = part[at + 1..].trim_start_matches('/');
            let name = rest.chars().take_while(char::is_ascii_alphanumeric).count();
            name > 0 && rest[name..].starts_with(['>', ' ', '/', '\n'])
        })
    })
}

impl Desk {
    /// Says something about a part of a note's words.
    fn warn(&mut self, piece: &Piece, range: &Range<usize>, code: &'static str, message: Text) {
        let range = piece.start.map_or(0..0, |start| start + range.start..start + range.end);
        self.log.push(Diagnostic::warning(code, range, message).in_file(&piece.source.as_str().into()));
    }
}

fn is_inside(destination: &str) -> bool {
    !destination.contains(':') && !destination.starts_with("//") && !destination.is_empty()
}

/// A destination as it is seen from the note's new place; none if it stays as it is.
fn moved(written: &str, piece: &Piece, index: &Index<'_>) -> Option<String> {
    if written.is_empty() || written.starts_with('#') {
        return None;
    }
    let bare = without_templates(written);
    let end = bare.find(['#', '?']).unwrap_or(bare.len());
    let (path, rest) = bare.split_at(end);
    let rest = rest.find('#').map_or("", |at| &rest[at..]);
    let target = match referred(written) {
        Some(name) => index.note_named(name, piece)?,
        // Behind a question mark old sites tell posts apart, which the new one does not.
        None if bare[end..].starts_with('?') => return None,
        None => index.target(path, piece)?,
    };
    Some(format!("{}{rest}", address(&relative(&piece.path(), &target))))
}

/// A path as a destination of Markdown.
fn address(path: &str) -> String {
    path.replace(' ', "%20").replace('(', "%28").replace(')', "%29")
}

/// A destination without what Jekyll and Hugo put in front of addresses of their own site.
fn without_templates(written: &str) -> String {
    let mut out = written.to_owned();
    for name in ["site.baseurl", "site.url", ".Site.BaseURL"] {
        for mark in [format!("{{{{ {name} }}}}"), format!("{{{{{name}}}}}")] {
            out = out.replace(&mark, "");
        }
    }
    let inner = out.strip_prefix("{{").and_then(|rest| rest.split_once("}}"));
    let filtered = inner.filter(|(inner, _)| inner.contains("relative_url") || inner.contains("absolute_url"));
    match filtered {
        Some((inner, rest)) => {
            let path = inner.split('|').next().unwrap_or_default().trim().trim_matches(['"', '\'']);
            format!("{path}{rest}")
        }
        None => out,
    }
}

/// The note that `{% post_url NAME %}`, `{% link PATH %}` or `{{< ref "PATH" >}}` refers to.
fn referred(written: &str) -> Option<&str> {
    let inner =
        written.strip_prefix("{%").or_else(|| written.strip_prefix("{{<")).or_else(|| written.strip_prefix("{{%"))?;
    let inner = inner.split(['%', '>']).next()?.trim();
    let (word, name) = inner.split_once(char::is_whitespace)?;
    matches!(word, "post_url" | "link" | "ref" | "relref").then(|| name.trim().trim_matches('"'))
}

/// Obsidian's links: `[[Note#Heading|text]]`, and what it embeds: `![[picture.png|300]]`.
fn wiki_links(source: &str, part: &Range<usize>, piece: &Piece, index: &Index<'_>, desk: &mut Desk) -> Vec<Edit> {
    let mut edits = Vec::new();
    for (at, _) in source[part.clone()].match_indices("[[") {
        let open = part.start + at;
        let Some(length) =
            source[open..part.end].find("]]").filter(|length| !source[open..open + length].contains('\n'))
        else {
            continue;
        };
        let inside = &source[open + 2..open + length];
        let is_embedded = source[..open].ends_with('!');
        let whole = open - usize::from(is_embedded)..open + length + 2;
        let (target, shown) = inside.split_once('|').map_or((inside, None), |(target, shown)| (target, Some(shown)));
        let (name, heading) = target.split_once('#').unwrap_or((target, ""));
        let note = if name.is_empty() { Some(String::new()) } else { index.note_named(name, piece) };
        let file = || index.asset_named(name);
        let to = |path: &str| if path.is_empty() { String::new() } else { address(&relative(&piece.path(), path)) };
        let fragment = if heading.is_empty() || heading.starts_with('^') {
            String::new()
        } else {
            format!("#{}", crate::note::anchor::slug(heading.rsplit('#').next().unwrap_or(heading)))
        };
        match (note, is_embedded) {
            (Some(path), true) => edits.push((whole, format!("![]({}{fragment})", to(&path)))),
            (Some(path), false) => {
                let words = shown.unwrap_or(if name.is_empty() { heading } else { target });
                edits.push((whole, format!("[{words}]({}{fragment})", to(&path))));
            }
            (None, _) => match file() {
                Some(path) if is_embedded => {
                    let is_size = shown.is_some_and(|shown| shown.chars().all(|c| c.is_ascii_digit() || c == 'x'));
                    if is_size {
                        desk.warn(
                            piece,
                            &whole,
                            "image-width",
                            text(
                                "그림에 정한 크기는 옮기지 않았습니다",
                                "the size that this picture was given is not carried over",
                            ),
                        );
                    }
                    let alt = shown.filter(|_| !is_size).unwrap_or_default();
                    edits.push((whole, format!("![{alt}]({})", to(&path))));
                }
                Some(path) => edits.push((whole, format!("[{}]({})", shown.unwrap_or(name), to(&path)))),
                None => {
                    desk.warn(
                        piece,
                        &whole,
                        "unknown-note",
                        text(
                            format!("`{name}`라는 노트나 파일이 없어 글만 남겼습니다"),
                            format!("there is no note or file `{name}`: only the text is kept"),
                        ),
                    );
                    edits.push((whole, shown.unwrap_or(target).to_owned()));
                }
            },
        }
    }
    edits
}

/// Obsidian's callouts, whose kinds are more than ours and may have titles.
fn callouts(source: &str, part: &Range<usize>) -> Vec<Edit> {
    let mut edits = Vec::new();
    for (at, _) in source[part.clone()].match_indices("[!") {
        let open = part.start + at;
        let line = source[..open].rfind('\n').map_or(0, |end| end + 1);
        let Some(close) = source[open..part.end].find(']').map(|close| open + close) else { continue };
        if !source[line..open].contains('>') || !source[line..open].trim_matches(['>', ' ']).is_empty() {
            continue;
        }
        let kind = match source[open + 2..close].to_lowercase().as_str() {
            "tip" | "hint" | "success" | "check" | "done" => "TIP",
            "important" => "IMPORTANT",
            "warning" | "attention" => "WARNING",
            "caution" | "danger" | "error" | "bug" | "failure" | "fail" | "missing" => "CAUTION",
            _ => "NOTE",
        };
        let end = source[close..part.end].find('\n').map_or(part.end, |end| close + end);
        let title = source[close + 1..end].trim_start_matches(['+', '-']).trim();
        let quote = &source[line..open];
        let title =
            if title.is_empty() { String::new() } else { format!("\n{quote}**{title}**\n{}", quote.trim_end()) };
        edits.push((open..end, format!("[!{kind}]{title}")));
    }
    edits
}

/// `\\( … \\)` and `\\[ … \\]`, as Jekyll's notes write formulas.
fn formulas(source: &str, part: &Range<usize>) -> Vec<Edit> {
    let mut edits = Vec::new();
    for (open, close, mark) in [(r"\\(", r"\\)", "$"), (r"\\[", r"\\]", "$$")] {
        let mut at = part.start;
        while let Some(start) = source[at..part.end].find(open).map(|found| at + found) {
            let inside = start + open.len();
            let Some(length) = source[inside..part.end].find(close) else { break };
            let end = inside + length;
            edits.push((start..end + close.len(), format!("{mark}{}{mark}", source[inside..end].trim())));
            at = end + close.len();
        }
    }
    edits
}

/// Obsidian's comments.
fn comments(source: &str, part: &Range<usize>) -> Vec<Edit> {
    let marks: Vec<usize> = source[part.clone()].match_indices("%%").map(|(at, _)| part.start + at).collect();
    marks
        .chunks_exact(2)
        .map(|pair| (pair[0]..pair[1] + 2, format!("<!--{}-->", source[pair[0] + 2..pair[1]].replace("--", "- -"))))
        .collect()
}

/// Jekyll's highlighted code, as a fence.
fn highlights(source: &str) -> Vec<Edit> {
    const CLOSE: &str = "{% endhighlight %}";
    let mut edits = Vec::new();
    for (start, _) in source.match_indices("{% highlight ") {
        let Some(head) = source[start..].find("%}").map(|end| start + end + 2) else { continue };
        let Some(end) = source[head..].find(CLOSE).map(|end| head + end) else { continue };
        let language = source[start..head].split_whitespace().nth(2).unwrap_or_default();
        let code = source[head..end].trim_matches('\n');
        edits.push((start..end + CLOSE.len(), format!("```{language}\n{code}\n```")));
    }
    edits
}

/// What is left of templates stays as text, and is told.
fn templates(source: &str, part: &Range<usize>, edits: &[Edit], piece: &Piece, desk: &mut Desk) {
    for (open, close) in [("{%", "%}"), ("{{", "}}")] {
        for (at, _) in source[part.clone()].match_indices(open) {
            let start = part.start + at;
            let Some(end) = source[start..part.end].find(close).map(|end| start + end + 2) else { continue };
            if edits.iter().any(|(range, _)| range.start <= start && start < range.end) {
                continue;
            }
            desk.warn(
                piece,
                &(start..end),
                "template",
                text("서식 언어나 단축 코드를 글로 남겼습니다", "a template or shortcode is kept as text"),
            );
        }
    }
}
