//! The script that keeps an open page up to date, put into pages on their way out. In: a page of the site; out: the same
//! page in pieces, with one element more.

use super::answer::Piece;
use crate::markup::escaped;
use std::sync::Arc;

/// The head of a page begins within so many bytes.
const REACH: usize = 4_096;

/// The element that loads the script.
///
/// `version` says what the page is a page of, `words` is what the script may have to say, as JSON.
pub(super) fn element(version: &str, words: &str) -> String {
    let words = escaped(words);
    format!("\n<script src=\"/_bpdoc/serve.js\" defer data-version=\"{version}\" data-words=\"{words}\"></script>")
}

/// A page with an element at the start of its head, before all scripts; where it has no head, at its end.
pub(super) fn into_head(page: Arc<[u8]>, element: String) -> Vec<Piece> {
    let at = start_of_head(&page).unwrap_or(page.len());
    let (first, second) = (0..at, at..page.len());
    vec![Piece::Shared(Arc::clone(&page), first), Piece::Own(element.into_bytes()), Piece::Shared(page, second)]
}

/// Where the content of the head begins.
fn start_of_head(page: &[u8]) -> Option<usize> {
    let start = &page[..page.len().min(REACH)];
    let is_head = |window: &[u8]| {
        window[..5].eq_ignore_ascii_case(b"<head") && (window[5] == b'>' || window[5].is_ascii_whitespace())
    };
    let at = start.windows(6).position(is_head)?;
    start[at..].iter().position(|byte| *byte == b'>').map(|end| at + end + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_element_stands_first_in_the_head() {
        for (page, expected) in [
            (
                "<!DOCTYPE html>\n<html lang=\"ko\">\n<head>\n<meta>",
                "<!DOCTYPE html>\n<html lang=\"ko\">\n<head>X\n<meta>",
            ),
            ("<HEAD class=a><title>", "<HEAD class=a>X<title>"),
            ("<header><head>", "<header><head>X"),
            ("<header>no head", "<header>no headX"),
            ("<head", "<headX"),
            ("", "X"),
        ] {
            let pieces = into_head(page.as_bytes().into(), "X".to_owned());
            let found: Vec<u8> = pieces.iter().flat_map(|piece| piece.bytes().to_vec()).collect();
            assert_eq!(String::from_utf8_lossy(&found), expected);
        }
    }
}
