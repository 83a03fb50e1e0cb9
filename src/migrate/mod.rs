//! Notes from elsewhere. In: the files of a folder: Markdown of Jekyll, Hugo or Obsidian, pages of HTML, exports of WordPress or
//! Blogger; out: the files of a project, with everything that could not be carried over told at its place. This room knows what
//! other tools write; it does not know the disk, nor how notes become pages.

mod export;
mod front;
mod html;
mod index;
mod link;
mod markdown;
mod read;

use crate::diag::{Diagnostic, Log};
use crate::lang::text;
use crate::output::Files;
use crate::project::Asset;
use crate::source::SourceFile;
use front::Front;
use index::Index;
use std::collections::{BTreeMap, BTreeSet};

/// A project that has been made of other notes.
#[derive(Clone, Debug, Default)]
pub struct Moved {
    /// Path below the project's folder → bytes.
    pub files: Files,
    /// How many notes there are.
    pub notes: usize,
    /// How many other files have come along.
    pub assets: usize,
    /// What could not be carried over.
    pub diagnostics: Vec<Diagnostic>,
    /// The texts that the diagnostics are about.
    pub sources: Vec<SourceFile>,
}

/// A note on its way: its words are Markdown already, its links still lead to where it was.
#[derive(Clone, Debug, Default)]
pub(crate) struct Piece {
    /// The file that it was read from.
    pub source: String,
    /// Where it goes: folder and slug, without language.
    pub place: String,
    /// Its language.
    pub language: String,
    /// Its front matter; the aliases are its old addresses.
    pub front: Front,
    /// What other notes call it.
    pub names: Vec<String>,
    /// Its words.
    pub text: String,
    /// Where the words begin in the file, if they stand there as they are.
    pub start: Option<usize>,
}

impl Piece {
    /// The path of the note in the project.
    pub fn path(&self) -> String {
        format!("content/{}.{}.md", self.place, self.language)
    }
}

/// What all readers share.
#[derive(Debug, Default)]
pub(crate) struct Desk {
    /// What could not be carried over.
    pub log: Log,
    /// Keys of front matter that notes have no place for, and how often they were met.
    pub keys: BTreeMap<String, usize>,
    /// Whether a note holds raw HTML.
    pub has_html: bool,
}

/// Makes a project of the files of a folder; `language` is that of notes which do not say.
pub fn bring(files: &[Asset], language: Option<&str>) -> Moved {
    let mut desk = Desk::default();
    let (mut pieces, assets, sources) = read::all(files, language, &mut desk);
    settle(&mut pieces, &mut desk);
    let index = Index::new(&pieces, &assets, files);
    let mut moved = Moved { notes: pieces.len(), assets: assets.len(), sources, ..Moved::default() };
    for piece in &pieces {
        let body = markdown::with_links(piece, &index, &mut desk);
        desk.has_html |= markdown::has_html(&body);
        moved.files.insert(piece.path(), format!("{}{}\n", piece.front.written(), body.trim()).into_bytes());
    }
    for (from, to) in &assets {
        let bytes = files.binary_search_by(|file| file.path.cmp(from)).map(|at| files[at].bytes.to_vec());
        moved.files.insert(format!("content/{to}"), bytes.unwrap_or_default());
    }
    moved.files.insert("bpdoc.toml".to_owned(), config(&pieces, desk.has_html).into_bytes());
    if !desk.keys.is_empty() {
        desk.log.push(left_out_keys(&desk.keys));
    }
    moved.diagnostics = desk.log.finish(()).diagnostics;
    moved
}

/// Two notes cannot have one address: later ones get a number.
fn settle(pieces: &mut [Piece], desk: &mut Desk) {
    let mut taken = BTreeSet::new();
    for piece in pieces {
        let wanted = piece.place.clone();
        let mut number = 2;
        while !taken.insert(piece.path().to_lowercase()) {
            piece.place = format!("{wanted}-{number}");
            number += 1;
        }
        if piece.place != wanted {
            let place = &piece.place;
            desk.log.push(
                Diagnostic::warning(
                    "address-taken",
                    0..0,
                    text(
                        format!("`{wanted}` 자리를 다른 노트가 쓰고 있어 `{place}`로 옮겼습니다"),
                        format!("another note has the place `{wanted}`, so this one goes to `{place}`"),
                    ),
                )
                .in_file(&piece.source.as_str().into()),
            );
        }
    }
}

/// `bpdoc.toml`: the languages, the most frequent one first.
fn config(pieces: &[Piece], has_html: bool) -> String {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for piece in pieces {
        *counts.entry(&piece.language).or_default() += 1;
    }
    let mut languages: Vec<(&str, usize)> = counts.into_iter().collect();
    languages.sort_by_key(|(tag, count)| (std::cmp::Reverse(*count), *tag));
    let list = languages.iter().map(|(tag, _)| format!("\"{tag}\"")).collect::<Vec<_>>().join(", ");
    let list = if list.is_empty() { "\"ko\"".to_owned() } else { list };
    let html = if has_html { "\n[markdown]\nraw_html = \"sanitize\"\n" } else { "" };
    format!("languages = [{list}]\n{html}")
}

fn left_out_keys(keys: &BTreeMap<String, usize>) -> Diagnostic {
    let list = keys.iter().map(|(key, count)| format!("`{key}` ({count})")).collect::<Vec<_>>().join(", ");
    Diagnostic::warning(
        "front-matter-left-out",
        0..0,
        text(
            format!("노트에 자리가 없는 머리말 항목을 옮기지 않았습니다: {list}"),
            format!("front matter that notes have no place for was left out: {list}"),
        ),
    )
    .in_file(&"*".into())
}
