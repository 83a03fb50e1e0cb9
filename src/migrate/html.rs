//! HTML to Markdown. In: a page, or the words of an export; out: the part of it that is the note, as Markdown, and what the page says
//! of itself. Tokens are html5ever's; elements are kept on a list, so that depth costs no stack. What Markdown has no form for stays HTML
//! or text, and is told with its line.

use super::Desk;
use crate::diag::Diagnostic;
use crate::lang::{Text, text};
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{BufferQueue, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts};
use std::cell::RefCell;
use std::sync::Arc;

/// A piece of HTML.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Piece {
    Start { name: String, attributes: Vec<(String, String)>, line: usize },
    End(String),
    Text(String),
}

#[derive(Default)]
struct Sink {
    pieces: RefCell<Vec<Piece>>,
}

impl TokenSink for Sink {
    type Handle = ();

    fn process_token(&self, token: Token, line: u64) -> TokenSinkResult<()> {
        let mut pieces = self.pieces.borrow_mut();
        match token {
            Token::TagToken(tag) => {
                let name = tag.name.to_string();
                if tag.kind == TagKind::EndTag {
                    pieces.push(Piece::End(name));
                    return TokenSinkResult::Continue;
                }
                let attributes =
                    tag.attrs.iter().map(|attr| (attr.name.local.to_string(), attr.value.to_string())).collect();
                let kind = match name.as_str() {
                    "script" => Some(RawKind::ScriptData),
                    "style" | "xmp" | "noframes" => Some(RawKind::Rawtext),
                    "title" | "textarea" => Some(RawKind::Rcdata),
                    _ => None,
                };
                let is_empty = tag.self_closing || is_void(&name);
                pieces.push(Piece::Start { name: name.clone(), attributes, line: line as usize });
                if is_empty {
                    pieces.push(Piece::End(name));
                } else if let Some(kind) = kind {
                    return TokenSinkResult::RawData(kind);
                }
            }
            Token::CharacterTokens(text) => match pieces.last_mut() {
                Some(Piece::Text(before)) => before.push_str(&text),
                _ => pieces.push(Piece::Text(text.to_string())),
            },
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

fn is_void(name: &str) -> bool {
    matches!(
        name,
        "img" | "br" | "hr" | "meta" | "link" | "input" | "source" | "wbr" | "col" | "area" | "base" | "embed"
    )
}

/// The pieces of HTML.
pub(crate) fn pieces(html: &str) -> Vec<Piece> {
    let tokenizer = Tokenizer::new(Sink::default(), TokenizerOpts::default());
    let input = BufferQueue::default();
    input.push_back(html.into());
    while !input.is_empty() {
        let _ = tokenizer.feed(&input);
    }
    tokenizer.end();
    tokenizer.sink.pieces.take()
}

impl Piece {
    /// An attribute of an element that begins.
    pub fn attribute(&self, key: &str) -> Option<&str> {
        match self {
            Self::Start { attributes, .. } => {
                attributes.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str())
            }
            _ => None,
        }
    }

    /// The name of an element that begins.
    pub fn name(&self) -> &str {
        match self {
            Self::Start { name, .. } => name,
            _ => "",
        }
    }

    /// Whether an element that begins has one of these classes.
    pub fn has_class(&self, classes: &[&str]) -> bool {
        self.attribute("class").is_some_and(|own| own.split_whitespace().any(|class| classes.contains(&class)))
    }
}

/// Where the element that begins at `start` ends.
pub(crate) fn end_of(pieces: &[Piece], start: usize) -> usize {
    let own = pieces[start].name();
    let mut depth = 0_usize;
    for (at, piece) in pieces.iter().enumerate().skip(start) {
        match piece {
            Piece::Start { name, .. } if name == own => depth += 1,
            Piece::End(name) if name == own => {
                depth -= 1;
                if depth == 0 {
                    return at;
                }
            }
            _ => {}
        }
    }
    pieces.len()
}

/// The words of some pieces.
pub(crate) fn words(pieces: &[Piece]) -> String {
    let text: String = pieces
        .iter()
        .filter_map(|piece| if let Piece::Text(text) = piece { Some(text.as_str()) } else { None })
        .collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Of elements that are nested deeper, only the text is carried over.
const DEEPEST: usize = 500;

/// An element that is open.
struct Open<'p> {
    name: &'p str,
    piece: Option<&'p Piece>,
    out: String,
    /// Items that an ordered list has had.
    items: usize,
    caption: String,
}

/// Writes Markdown.
pub(crate) struct Writer<'d> {
    /// The file, for messages.
    pub file: Arc<str>,
    /// The text of that file and where the HTML begins in it.
    pub place: (&'d str, usize),
    /// Whether blank lines begin paragraphs, as in WordPress.
    pub has_lines: bool,
    /// Whether `$` begins a formula.
    pub has_dollars: bool,
    pub desk: &'d mut Desk,
}

impl Writer<'_> {
    /// The Markdown of some pieces.
    pub fn markdown(&mut self, pieces: &[Piece]) -> String {
        let root = Open { name: "", piece: None, out: String::new(), items: 0, caption: String::new() };
        let mut open = vec![root];
        for piece in pieces {
            match piece {
                Piece::Start { name, .. } => {
                    // These end where the next begins.
                    let ends: &[&str] = match name.as_str() {
                        "li" => &["li", "p"],
                        "td" | "th" => &["td", "th", "p"],
                        "tr" => &["tr", "td", "th"],
                        "p" | "div" | "ul" | "ol" | "table" | "blockquote" | "pre" | "h1" | "h2" | "h3" | "h4" => {
                            &["p"]
                        }
                        _ => &[],
                    };
                    while open.last().is_some_and(|last| ends.contains(&last.name)) && open.len() > 1 {
                        self.close(&mut open);
                    }
                    if open.len() < DEEPEST {
                        open.push(Open {
                            name,
                            piece: Some(piece),
                            out: String::new(),
                            items: 0,
                            caption: String::new(),
                        });
                    }
                }
                Piece::End(name) => {
                    if open.iter().skip(1).any(|element| element.name == name) {
                        while open.last().is_some_and(|last| last.name != name) {
                            self.close(&mut open);
                        }
                        self.close(&mut open);
                    }
                }
                Piece::Text(text) => {
                    let is_raw = open
                        .iter()
                        .any(|element| matches!(element.name, "pre" | "code" | "script" | "style" | "textarea"));
                    let text = if is_raw { text.clone() } else { self.prose(text) };
                    if let Some(last) = open.last_mut() {
                        last.out.push_str(&text);
                    }
                }
            }
        }
        while open.len() > 1 {
            self.close(&mut open);
        }
        let out = open.pop().map(|root| root.out).unwrap_or_default();
        squeezed(&out)
    }

    /// Writes the last open element into the one around it.
    fn close(&mut self, open: &mut Vec<Open<'_>>) {
        let Some(element) = open.pop() else { return };
        let in_pre = open.iter().any(|outer| outer.name == "pre");
        let Some(around) = open.last_mut() else { return };
        let get = |key: &str| element.piece.and_then(|piece| piece.attribute(key)).unwrap_or_default();
        let inside = element.out.trim();
        let wrapped = |mark: &str| {
            if inside.is_empty() {
                return element.out.clone();
            }
            let lead = &element.out[..element.out.len() - element.out.trim_start().len()];
            let trail = &element.out[element.out.trim_end().len()..];
            format!("{lead}{mark}{inside}{mark}{trail}")
        };
        let block = |text: &str| if text.is_empty() { String::new() } else { format!("\n\n{text}\n\n") };
        let written = match element.name {
            "p" | "div" | "section" | "article" | "main" | "header" | "footer" | "center" | "dl" | "dt" | "tbody"
            | "thead" | "tfoot" => block(inside),
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
                let level = usize::from(element.name.as_bytes()[1] - b'0');
                if inside.is_empty() {
                    String::new()
                } else {
                    block(&format!("{} {}", "#".repeat(level), one_line(inside)))
                }
            }
            "strong" | "b" => wrapped("**"),
            "em" | "i" => wrapped("*"),
            "del" | "s" | "strike" => wrapped("~~"),
            "code" | "tt" if !in_pre => format!("`{}`", element.out.replace('`', "'")),
            "code" | "tt" if in_pre => {
                around.caption = language(get("class")).unwrap_or(std::mem::take(&mut around.caption));
                element.out.clone()
            }
            "pre" => {
                let named = language(get("class"))
                    .or_else(|| Some(get("data-language").to_owned()).filter(|name| !name.is_empty()));
                let info = named.unwrap_or_else(|| element.caption.clone());
                let longest = element.out.split(|c| c != '`').map(str::len).max().unwrap_or(0);
                let fence = "`".repeat(longest.max(2) + 1);
                format!("\n\n{fence}{info}\n{}\n{fence}\n\n", element.out.trim_matches('\n'))
            }
            "blockquote" => block(&prefixed(&squeezed(inside), "> ", "> ")),
            "ul" | "ol" => {
                let list = squeezed(inside);
                if matches!(around.name, "li") { format!("\n{list}\n") } else { block(&list) }
            }
            "li" => {
                around.items += 1;
                let mark = if around.name == "ol" { format!("{}. ", around.items) } else { "- ".to_owned() };
                format!("\n{}", prefixed(&squeezed(inside), &mark, &" ".repeat(mark.len())))
            }
            "dd" => format!("\n: {}\n\n", prefixed(&squeezed(inside), "", "  ")),
            "a" => {
                let href = get("href");
                if href.is_empty() || inside.is_empty() {
                    element.out.clone()
                } else {
                    format!("[{}]({})", one_line(inside), destination(href))
                }
            }
            "img" => {
                let source =
                    [get("src"), get("data-src"), get("data-original")].into_iter().find(|source| !source.is_empty());
                if !get("width").is_empty() && source.is_some() {
                    self.warn(
                        element.piece,
                        "image-width",
                        text(
                            "그림에 정한 크기는 옮기지 않았습니다",
                            "the size that this picture was given is not carried over",
                        ),
                    );
                }
                let title = if get("title").is_empty() {
                    String::new()
                } else {
                    format!(" \"{}\"", get("title").replace('"', "'"))
                };
                source
                    .map(|source| format!("![{}]({}{title})", escaped(get("alt")), destination(source)))
                    .unwrap_or_default()
            }
            "figcaption" => {
                around.caption = one_line(inside);
                String::new()
            }
            "figure" => {
                let caption = element.caption.replace('"', "'");
                let is_picture = inside.starts_with("![") && inside.ends_with(')') && !inside.contains('\n');
                match (caption.is_empty(), is_picture && !inside.ends_with("\")")) {
                    (true, _) => block(inside),
                    (false, true) => block(&format!("{} \"{caption}\")", &inside[..inside.len() - 1])),
                    (false, false) => block(&format!("{inside}\n\n*{caption}*")),
                }
            }
            "br" => {
                if around.name == "td" || around.name == "th" {
                    " ".to_owned()
                } else {
                    "\\\n".to_owned()
                }
            }
            "hr" => block("---"),
            "table" => block(&table(inside)),
            "tr" => format!("\n| {}", element.out.trim_start()),
            "td" | "th" => {
                if get("colspan").parse::<u32>().is_ok_and(|n| n > 1)
                    || get("rowspan").parse::<u32>().is_ok_and(|n| n > 1)
                {
                    self.warn(
                        element.piece,
                        "table-span",
                        text("합친 칸을 한 칸으로 옮겼습니다", "a cell that spans others is one cell now"),
                    );
                }
                format!(" {} |", one_line(inside).replace('|', "\\|"))
            }
            "script" => match get("type") {
                "math/tex" => format!("${inside}$"),
                "math/tex; mode=display" => block(&format!("$$\n{inside}\n$$")),
                _ => {
                    self.warn(
                        element.piece,
                        "script",
                        text("스크립트는 옮기지 않았습니다", "a script is not carried over"),
                    );
                    String::new()
                }
            },
            "style" | "link" | "meta" | "noscript" | "title" => String::new(),
            "iframe" | "embed" | "object" | "video" | "audio" => {
                self.warn(
                    element.piece,
                    "embedded",
                    text("끼워 넣은 내용은 링크로 옮겼습니다", "what was embedded is a link now"),
                );
                let source = [get("src"), get("data"), get("data-src")].into_iter().find(|source| !source.is_empty());
                source.map(|source| block(&format!("[{source}]({})", destination(source)))).unwrap_or_default()
            }
            "sup" | "sub" | "kbd" | "u" | "mark" | "details" | "summary" | "ruby" | "rt" | "rp" => {
                self.desk.has_html = true;
                format!("<{0}>{1}</{0}>", element.name, element.out)
            }
            "form" | "input" | "button" | "select" | "textarea" | "canvas" | "svg" => {
                self.warn(
                    element.piece,
                    "left-out",
                    text(
                        format!("`<{}>`는 글만 옮겼습니다", element.name),
                        format!("of `<{}>` only the text is carried over", element.name),
                    ),
                );
                element.out.clone()
            }
            _ => element.out.clone(),
        };
        around.out.push_str(&written);
    }

    /// Text with formulas, as Markdown.
    fn prose(&mut self, text: &str) -> String {
        let mut out = String::new();
        let mut rest = text;
        while let Some((at, open, close, mark)) = formula(rest, self.has_dollars) {
            let inside = at + open.len();
            let Some(length) = rest[inside..].find(close) else { break };
            out.push_str(&self.plain(&rest[..at]));
            out.push_str(&format!("{mark}{}{mark}", rest[inside..inside + length].trim()));
            rest = &rest[inside + length + close.len()..];
        }
        out + &self.plain(rest)
    }

    fn plain(&mut self, text: &str) -> String {
        let escape = |text: &str| {
            let lead = if text.starts_with(char::is_whitespace) { " " } else { "" };
            let trail = if text.len() > 1 && text.ends_with(char::is_whitespace) { " " } else { "" };
            let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
            if words.is_empty() { lead.to_owned() } else { format!("{lead}{}{trail}", escaped(&words)) }
        };
        if !self.has_lines {
            return escape(text);
        }
        let paragraphs = text.split("\n\n").map(|part| part.split('\n').map(escape).collect::<Vec<_>>().join("\\\n"));
        paragraphs.collect::<Vec<_>>().join("\n\n").replace("\n\n\\\n", "\n\n")
    }

    fn warn(&mut self, piece: Option<&Piece>, code: &'static str, message: Text) {
        let Some(Piece::Start { line, .. }) = piece else { return };
        let (source, start) = self.place;
        let at: usize = source[start..].split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
        let at = (start + at).min(source.len());
        let end = source[at..].find('\n').map_or(source.len(), |end| at + end);
        self.desk.log.push(Diagnostic::warning(code, at..end, message).in_file(&self.file));
    }
}

/// The next formula: where it opens, its marks, and those of Markdown.
fn formula(text: &str, has_dollars: bool) -> Option<(usize, &'static str, &'static str, &'static str)> {
    let mut marks = vec![("\\(", "\\)", "$"), ("\\[", "\\]", "$$")];
    if has_dollars {
        marks.extend([("$$", "$$", "$$"), ("$", "$", "$")]);
    }
    let found = marks.into_iter().filter_map(|(open, close, mark)| Some((text.find(open)?, open, close, mark)));
    found.min_by_key(|(at, open, ..)| (*at, std::cmp::Reverse(open.len())))
}

/// Text that Markdown reads as text.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        let is_special = matches!(c, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '$' | '~')
            || (at == 0 && matches!(c, '#' | '>' | '+' | '-'));
        if is_special {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

fn destination(address: &str) -> String {
    let address = address.trim();
    if address.contains([' ', '(', ')']) {
        format!("<{}>", address.replace(['<', '>'], ""))
    } else {
        address.to_owned()
    }
}

fn one_line(text: &str) -> String {
    text.replace("\\\n", " ").split_whitespace().collect::<Vec<_>>().join(" ")
}

fn prefixed(text: &str, first: &str, next: &str) -> String {
    let lines = text.lines().enumerate().map(|(at, line)| {
        let prefix = if at == 0 { first } else { next };
        format!("{prefix}{line}").trim_end().to_owned()
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// Blank lines are single, and none stands at the edges; code is left as it is.
fn squeezed(text: &str) -> String {
    let mut out: Vec<&str> = Vec::new();
    let mut fence: Option<&str> = None;
    for line in text.trim().split('\n') {
        let mark = line.trim_start();
        match fence {
            None if mark.starts_with("```") => fence = Some(&mark[..mark.len() - mark.trim_start_matches('`').len()]),
            Some(open) if mark.trim_end() == open => fence = None,
            _ => {}
        }
        let line = if fence.is_some() {
            line
        } else if line.trim() == "\\" {
            ""
        } else {
            line.trim_end_matches([' ', '\t'])
        };
        if !(fence.is_none() && line.is_empty() && out.last().is_some_and(|last| last.is_empty())) {
            out.push(line);
        }
    }
    out.join("\n").trim_matches('\n').to_owned()
}

/// Rows as a table of Markdown, whose first row is its head.
fn table(rows: &str) -> String {
    let mut rows: Vec<&str> = rows.lines().map(str::trim).filter(|row| row.starts_with('|')).collect();
    let Some(head) = rows.first() else { return rows.join("\n") };
    let columns = head.replace("\\|", "").matches('|').count().saturating_sub(1);
    let rule = format!("|{}", " --- |".repeat(columns));
    rows.insert(1, &rule);
    rows.join("\n")
}

/// The language of code that a class names.
fn language(class: &str) -> Option<String> {
    let words: Vec<&str> = class.split_whitespace().collect();
    let marked = words.iter().find_map(|word| word.strip_prefix("language-").or_else(|| word.strip_prefix("lang-")));
    let brush = || {
        words.iter().find_map(|word| {
            word.strip_prefix("brush:").filter(|name| !name.is_empty()).map(|name| name.trim_end_matches(';'))
        })
    };
    marked.or_else(brush).map(str::to_owned)
}
