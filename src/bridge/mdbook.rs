//! mdBook. In: `[context, book]`, as mdBook hands it to a preprocessor; out: the book, with figures as HTML in the places of its blocks.
//! Versions differ in what they call the list of chapters (`sections` up to 0.4, `items` since 0.5) and in fields that are of no
//! concern here, so that nothing is expected of the JSON but what is used, and all else is handed back as it came.

use super::bench::{Bench, Printed};
use super::{Done, Host, Wishes, style_sheet, unreadable};
use crate::diag::{Checked, Diagnostic, Log};
use crate::failure::Failure;
use crate::lang::{Tongue, text};
use crate::markup::escaped;
use crate::note::{self, Manuscript, Note, Policy, address};
use crate::source::SourceFile;
use serde_json::Value;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

/// The renderers whose books can show our figures.
pub const RENDERERS: [&str; 1] = ["html"];
/// What versions call the list of chapters.
const LISTS: [&str; 2] = ["items", "sections"];
/// A style sheet of this name among the book's own is kept up to date, and stands for the one in the pages.
const SHEET: &str = "bpdoc.css";

/// A chapter of the book.
struct Chapter {
    /// The JSON pointer to its text.
    pointer: String,
    /// Where it stands below the folder of sources.
    path: String,
    file: SourceFile,
}

/// Puts figures into a book.
///
/// # Errors
/// If the JSON is not mdBook's.
pub fn preprocess(input: &str) -> Result<Done, Failure> {
    let (context, mut book): (Value, Value) =
        serde_json::from_str(input).map_err(|error| unreadable(&error, not_a_book))?;
    if LISTS.iter().all(|name| !book[name].is_array()) {
        return Err(not_a_book("no `items`"));
    }
    let config = &context["config"];
    let (wishes, wrong) = Wishes::read(&config["preprocessor"]["bpdoc"], config["book"]["language"].as_str());
    let mut log = Log::default();
    let toml: Arc<str> = "book.toml".into();
    log.extend(wrong.into_iter().map(|diagnostic| diagnostic.in_file(&toml)));

    let chapters = chapters(&book, config["book"]["src"].as_str().unwrap_or("src"));
    let manuscripts: Vec<Manuscript> = chapters.iter().map(|chapter| Manuscript::from(chapter.file.clone())).collect();
    let notes =
        chapters.iter().zip(&manuscripts).map(|(chapter, manuscript)| log.take(read(chapter, manuscript, &wishes)));
    let notes: Vec<Note> = notes.collect();
    let bench = log.take(Bench::new(notes, &wishes, stem));
    let own_sheet = own_sheet(config);
    let has_style = wishes.has_style && own_sheet.is_none();
    let mut contents = Vec::new();
    for at in 0..chapters.len() {
        let fragments = log.take(bench.fragments(at));
        let printed = log.take(bench.printed(at));
        contents.push((fragments, printed));
    }
    let Checked { diagnostics, .. } = log.finish(());
    for (at, (fragments, printed)) in contents.into_iter().enumerate() {
        let note = &bench.notes()[at];
        if note.blocks.is_empty() && printed.is_empty() {
            continue;
        }
        let content = with_figures(&bench, at, &fragments, printed, &diagnostics);
        let style = if has_style && !note.blocks.is_empty() {
            format!("<style>\n{}</style>\n\n", style_sheet(Host::MdBook))
        } else {
            String::new()
        };
        if let Some(place) = book.pointer_mut(&chapters[at].pointer) {
            *place = Value::String(style + &content);
        }
    }
    let sources = chapters.into_iter().map(|chapter| chapter.file).collect();
    let files = own_sheet.map(|path| (path, style_sheet(Host::MdBook).into_bytes())).into_iter().collect();
    let root = PathBuf::from(context["root"].as_str().unwrap_or("."));
    Ok(Done { json: book.to_string(), root, files, diagnostics, sources, on_error: wishes.on_error })
}

fn not_a_book(why: &str) -> Failure {
    Failure::Refused(text(
        format!(
            "표준 입력이 mdBook의 책이 아닙니다: {why}. `book.toml`에 `[preprocessor.bpdoc]`과 `command = \"bpdoc mdbook\"`을 쓰면 mdBook이 실행합니다"
        ),
        format!(
            "standard input is not a book of mdBook's: {why}; mdBook runs this if `book.toml` has `[preprocessor.bpdoc]` with `command = \"bpdoc mdbook\"`"
        ),
    ))
}

/// The chapters in the order of the book. Separators, titles of parts and drafts have no text.
fn chapters(book: &Value, src: &str) -> Vec<Chapter> {
    let mut found = Vec::new();
    let list = LISTS.into_iter().find(|name| book[name].is_array()).unwrap_or_default();
    let mut open: Vec<String> = items(book, &format!("/{list}"));
    while let Some(pointer) = open.pop() {
        let chapter = &book.pointer(&pointer).unwrap_or(&Value::Null)["Chapter"];
        let pointer = format!("{pointer}/Chapter");
        open.extend(items(book, &format!("{pointer}/sub_items")));
        let Some(content) = chapter["content"].as_str() else { continue };
        let names = ["source_path", "path", "name"].into_iter().find_map(|name| chapter[name].as_str());
        let path = names.unwrap_or("-").replace('\\', "/");
        let file = SourceFile::new(format!("{src}/{path}"), content.to_owned());
        found.push(Chapter { pointer: format!("{pointer}/content"), path, file });
    }
    found
}

/// Pointers to the items of a list, the last one first.
fn items(book: &Value, list: &str) -> Vec<String> {
    let count = book.pointer(list).and_then(Value::as_array).map_or(0, Vec::len);
    (0..count).rev().map(|at| format!("{list}/{at}")).collect()
}

fn read(chapter: &Chapter, manuscript: &Manuscript, wishes: &Wishes) -> Checked<Note> {
    // The book's language is that of chapters whose names say no other.
    let own = std::iter::once(&wishes.lang);
    let languages: Vec<String> =
        own.chain(wishes.languages.iter().filter(|tag| **tag != wishes.lang)).cloned().collect();
    let address = address::read(&chapter.path, &languages).value;
    note::chapter(manuscript, address, &Policy { languages, ..Policy::default() })
}

/// All chapters stand on one page for printing.
fn stem(note: &Note) -> String {
    let address = &note.address;
    let parts = address.series.split('/').chain(address.slug.as_deref()).filter(|part| !part.is_empty());
    let words = parts.flat_map(|part| part.split(|c: char| !c.is_alphanumeric())).filter(|word| !word.is_empty());
    words.map(|word| format!("{word}-")).collect()
}

/// The style sheet of ours that the book names as one of its own.
fn own_sheet(config: &Value) -> Option<String> {
    let sheets = config["output"]["html"]["additional-css"].as_array()?;
    let named = sheets.iter().filter_map(Value::as_str).find(|path| path.rsplit('/').next() == Some(SHEET))?;
    let path = named.strip_prefix("./").unwrap_or(named);
    let is_inside = path.split('/').all(|part| !matches!(part, "" | "." | "..") && !part.contains(['\\', ':', '\0']));
    is_inside.then(|| path.to_owned())
}

/// The text of a chapter with figures and numbers in it.
fn with_figures(
    bench: &Bench,
    at: usize,
    fragments: &[String],
    printed: Vec<Printed>,
    diagnostics: &[Diagnostic],
) -> String {
    let note = &bench.notes()[at];
    let source = note.source.text.as_str();
    let blocks = note.blocks.iter().zip(fragments).enumerate().map(|(i, (block, html))| {
        let html = if bench.is_usable(at, i) { html.clone() } else { notice(bench, at, i, diagnostics) };
        (block.range.clone(), html_block(source, &block.range, &html))
    });
    let numbers = printed.into_iter().map(|Printed { formula, in_tex, tex, .. }| {
        let formula = &note.formulas[formula];
        // Where Markdown reads the formula as text, it takes every other backslash.
        let is_text = source[..formula.range.start].ends_with(['(', '[']);
        let tex = if is_text { tex.replace('\\', r"\\") } else { tex };
        (formula.map.to_file(in_tex), tex)
    });
    let mut edits: Vec<(Range<usize>, String)> = blocks.chain(numbers).collect();
    edits.sort_by_key(|(range, _)| range.start);
    let mut out = String::new();
    let mut done = 0;
    for (range, new) in edits {
        out.push_str(&source[done..range.start]);
        out.push_str(&new);
        done = range.end;
    }
    out.push_str(&source[done..]);
    out
}

/// HTML as a block of Markdown: on one line, since a blank line would end it and a list would want each of its lines indented, and
/// with a blank line behind.
fn html_block(source: &str, range: &Range<usize>, html: &str) -> String {
    let line_start = source[..range.start].rfind('\n').map_or(0, |end| end + 1);
    let before = &source[line_start..range.start];
    // A quote goes on.
    let around: String = before.chars().map(|c| if c == '>' { '>' } else { ' ' }).collect();
    let mut out = html.trim_end().replace('\n', " ");
    let behind = &source[range.end..];
    let next = behind.strip_prefix('\n').unwrap_or(behind);
    let is_followed = next.lines().next().is_some_and(|line| !line.trim_matches([' ', '\t', '>', '\r']).is_empty());
    if source[range.clone()].ends_with('\n') {
        out.push('\n');
        out.push_str(&if is_followed { format!("{}\n", around.trim_end()) } else { String::new() });
    } else if is_followed {
        out.push('\n');
        out.push_str(around.trim_end());
    }
    out
}

/// Stands in the place of a figure that could not be made.
fn notice(bench: &Bench, at: usize, block: usize, diagnostics: &[Diagnostic]) -> String {
    let note = &bench.notes()[at];
    let range = &note.blocks[block].range;
    let tongue = Tongue::of_tag(&note.address.lang);
    let is_here = |diagnostic: &&Diagnostic| {
        diagnostic.file.as_deref() == Some(note.source.path.as_str()) && range.contains(&diagnostic.range.start)
    };
    let said = diagnostics.iter().filter(is_here).map(|diagnostic| diagnostic.message.in_tongue(tongue));
    let said: String = said.map(|message| format!("<p>{}</p>", escaped(message))).collect();
    format!("<div class=\"bp-error\"><p>{}</p>{said}</div>", escaped(bench.word(at, "figure_broken")))
}
