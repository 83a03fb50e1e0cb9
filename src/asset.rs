//! What stands beside the notes. In: files that are copied as they are; out: which of them would run in a reader's browser,
//! since a note, and what comes with it, may be a stranger's. This room does not know how files are copied.

use crate::diag::Diagnostic;
use crate::image::{self, Active};
use crate::lang::text;
use crate::project::Asset;
use crate::settings::RawHtml;
use rayon::prelude::*;
use std::ops::Range;

/// The endings of pages, which do as they like.
const PAGES: [&str; 12] =
    ["html", "htm", "xhtml", "xht", "xhtm", "shtml", "shtm", "ehtml", "xsl", "xslt", "mhtml", "mht"];
/// The endings of files of XML that browsers show, and that may hold parts of pages. One that is packed cannot be read, here.
const DRAWINGS: [&str; 4] = ["svg", "svgz", "xml", "mml"];
/// The endings of what browsers show without running it, or not at all, whatever is in it. What else begins like a page may
/// be shown as one: browsers look into files of kinds that they do not know, and take many kinds for XML.
const INERT: [&str; 62] = [
    "png", "apng", "jpg", "jpeg", "jfif", "gif", "webp", "avif", "bmp", "ico", "tif", "tiff", "heic", "jxl", "woff",
    "woff2", "ttf", "otf", "ttc", "mp3", "m4a", "aac", "ogg", "oga", "opus", "flac", "wav", "weba", "mp4", "m4v",
    "webm", "ogv", "mov", "mkv", "vtt", "pdf", "zip", "gz", "tgz", "bz2", "xz", "zst", "7z", "tar", "rar", "epub",
    "docx", "pptx", "xlsx", "odt", "odp", "ods", "txt", "text", "csv", "json", "ics", "css", "js", "mjs", "wasm",
    "bin",
];

/// The files that would run something. Where raw HTML is allowed, so are these.
pub fn active(assets: &[Asset], raw_html: RawHtml) -> Vec<Diagnostic> {
    if raw_html == RawHtml::Allow {
        return Vec::new();
    }
    assets.par_iter().filter_map(|asset| Some(refused(asset, fault(asset)?))).collect()
}

enum Fault {
    Page,
    Drawing(Active),
}

fn fault(asset: &Asset) -> Option<Fault> {
    let ending = asset.path.rsplit_once('.').map_or("", |(_, ending)| ending).to_ascii_lowercase();
    let ending = ending.as_str();
    if PAGES.contains(&ending) {
        return Some(Fault::Page);
    }
    let is_read = DRAWINGS.contains(&ending) || (!INERT.contains(&ending) && begins_like_a_page(&asset.bytes));
    if is_read { active_part(&asset.bytes).map(Fault::Drawing) } else { None }
}

/// Whether the first thing in a file is a tag, in any of the encodings that browsers guess.
fn begins_like_a_page(bytes: &[u8]) -> bool {
    // Of UTF-16 no byte but the zeros, and the mark in front, differs from ASCII here.
    let skipped = |byte: &u8| matches!(byte, 0 | 0xef | 0xbb | 0xbf | 0xfe | 0xff) || byte.is_ascii_whitespace();
    let mut first = bytes.iter().filter(|byte| **byte != 0).skip_while(|byte| skipped(byte));
    first.next() == Some(&b'<')
        && first
            .next()
            .is_some_and(|byte| matches!(byte, b'!' | b'?' | b'_' | b':' | 0x80..) || byte.is_ascii_alphabetic())
}

fn active_part(bytes: &[u8]) -> Option<Active> {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return image::active_part(text);
    }
    let Some(text) = of_utf16(bytes) else { return Some(Active::Unreadable) };
    // Places of the text are none of the file.
    image::active_part(&text).map(|active| match active {
        Active::Part(_) => Active::Part(0..0),
        Active::Unreadable => Active::Unreadable,
    })
}

fn of_utf16(bytes: &[u8]) -> Option<String> {
    let (pairs, odd) = bytes.as_chunks::<2>();
    let number = match (pairs.first()?, odd) {
        ([0xff, 0xfe], []) => u16::from_le_bytes,
        ([0xfe, 0xff], []) => u16::from_be_bytes,
        _ => return None,
    };
    let text = char::decode_utf16(pairs[1..].iter().map(|pair| number(*pair)));
    text.collect::<Result<_, _>>().ok()
}

fn refused(asset: &Asset, fault: Fault) -> Diagnostic {
    let (range, message): (Range<usize>, _) = match fault {
        Fault::Page => (
            0..0,
            text(
                "이것은 HTML 페이지이고, 페이지는 스크립트를 실행할 수 있습니다",
                "this is an HTML page, which may run scripts",
            ),
        ),
        Fault::Drawing(Active::Part(range)) => (
            range,
            text(
                "파일을 여는 독자의 브라우저에서 실행되거나 다른 곳에서 가져오는 부분입니다",
                "this runs, or is fetched from elsewhere, in the browser of a reader who opens the file",
            ),
        ),
        Fault::Drawing(Active::Unreadable) => (
            0..0,
            text(
                "XML로 읽을 수 없어서 안전한지 알 수 없습니다",
                "this cannot be read as XML, so that nobody can tell whether it is safe",
            ),
        ),
    };
    Diagnostic::error("active-file", range, message)
        .help(text(
            "그 부분을 빼세요. `bpdoc.toml`에 `markdown.raw_html = \"allow\"`가 있으면 그대로 복사합니다",
            "leave that out; with `markdown.raw_html = \"allow\"` in `bpdoc.toml` such files are copied as they are",
        ))
        .in_file(&format!("content/{}", asset.path).into())
}
