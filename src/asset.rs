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
const PAGES: [&str; 8] = ["html", "htm", "xhtml", "xht", "shtml", "xsl", "xslt", "mhtml"];
/// The endings of files of XML that browsers show, and that may hold parts of pages.
const DRAWINGS: [&str; 3] = ["svg", "xml", "mml"];

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
    if PAGES.contains(&ending.as_str()) {
        return Some(Fault::Page);
    }
    if !DRAWINGS.contains(&ending.as_str()) {
        return None;
    }
    let active = std::str::from_utf8(&asset.bytes).map_or(Some(Active::Unreadable), image::active_part);
    active.map(Fault::Drawing)
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
                "그림을 여는 독자의 브라우저에서 실행되거나 다른 곳에서 가져오는 부분입니다",
                "this runs, or is fetched from elsewhere, in the browser of a reader who opens the picture",
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
