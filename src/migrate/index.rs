//! Where things were and where they are. In: notes and files with their old places; out: the new path of what an old address, a file's
//! path or a name means.

use super::Piece;
use super::link::decoded;
use crate::project::Asset;
use crate::source::beside;
use std::collections::BTreeMap;

/// The new places of everything.
pub(crate) struct Index<'a> {
    pieces: &'a [Piece],
    /// Old address, without slashes around it → notes.
    addresses: BTreeMap<String, Vec<usize>>,
    /// Path of a file → notes.
    sources: BTreeMap<&'a str, Vec<usize>>,
    /// Name, in small letters → notes.
    names: BTreeMap<String, Vec<usize>>,
    /// Path of a file → its new path below `content/`.
    assets: &'a BTreeMap<String, String>,
    /// Name of a file without its folder, in small letters → its path.
    asset_names: BTreeMap<String, &'a str>,
    /// The hosts of the old site.
    hosts: Vec<String>,
}

impl<'a> Index<'a> {
    /// Looks through everything.
    pub fn new(pieces: &'a [Piece], assets: &'a BTreeMap<String, String>, files: &[Asset]) -> Self {
        let mut index = Self {
            pieces,
            addresses: BTreeMap::new(),
            sources: BTreeMap::new(),
            names: BTreeMap::new(),
            assets,
            asset_names: BTreeMap::new(),
            hosts: super::read::hosts(files),
        };
        for (at, piece) in pieces.iter().enumerate() {
            for address in &piece.front.aliases {
                index.addresses.entry(plain(address)).or_default().push(at);
            }
            index.sources.entry(&piece.source).or_default().push(at);
            for name in &piece.names {
                index.names.entry(name.to_lowercase()).or_default().push(at);
            }
        }
        for path in assets.keys() {
            let name = path.rsplit('/').next().unwrap_or(path);
            index.asset_names.entry(name.to_lowercase()).or_insert(path);
        }
        index
    }

    /// The new path of a note that is called by a name, by its path from the root of all notes, or by the end of that path.
    pub fn note_named(&self, name: &str, from: &Piece) -> Option<String> {
        let name = name.trim().trim_end_matches(".md").to_lowercase();
        self.pick(self.names.get(&name)?, from)
    }

    /// The new path of a file that is called by its path or its name alone.
    pub fn asset_named(&self, name: &str) -> Option<String> {
        let path = if self.assets.contains_key(name) {
            name
        } else {
            self.asset_names.get(&name.rsplit('/').next()?.to_lowercase())?
        };
        Some(format!("content/{}", self.assets.get(path)?))
    }

    /// The new path of what a link leads to; none where it leads elsewhere, or nowhere.
    pub fn target(&self, path: &str, from: &Piece) -> Option<String> {
        let path = decoded(path);
        let inside = match path.split_once("//") {
            Some(("http:" | "https:" | "", rest)) => {
                let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
                let is_own = self.hosts.iter().any(|own| own.eq_ignore_ascii_case(host));
                if !is_own {
                    return None;
                }
                format!("/{path}")
            }
            _ if path.contains(':') => return None,
            _ => path,
        };
        if let Some(found) = self.addresses.get(&plain(&inside)).filter(|_| inside.starts_with('/')) {
            return self.pick(found, from);
        }
        let candidates = match inside.strip_prefix('/') {
            Some(rooted) => vec![rooted.to_owned(), format!("static/{rooted}"), format!("content/{rooted}")],
            None => beside(&from.source, &inside).into_iter().collect(),
        };
        candidates.iter().find_map(|path| self.at(path, from)).or_else(|| {
            // Relative to the old address, as pages of HTML say it.
            let own = from.front.aliases.first()?.trim_start_matches('/');
            let path = beside(own, &inside)?;
            let found = self.addresses.get(&plain(&path)).and_then(|found| self.pick(found, from));
            found.or_else(|| self.at(&path, from))
        })
    }

    fn at(&self, path: &str, from: &Piece) -> Option<String> {
        let note = ["", ".md", "/index.md", "/_index.md"]
            .iter()
            .find_map(|end| self.sources.get(format!("{path}{end}").as_str()));
        match note {
            Some(found) => self.pick(found, from),
            None => Some(format!("content/{}", self.assets.get(path)?)),
        }
    }

    /// Of several notes the one in the same language.
    fn pick(&self, found: &[usize], from: &Piece) -> Option<String> {
        let same = found.iter().find(|at| self.pieces[**at].language == from.language);
        Some(self.pieces[*same.or_else(|| found.first())?].path())
    }
}

/// An address without what servers add or leave out.
fn plain(address: &str) -> String {
    let path = address.trim_matches('/');
    path.strip_suffix("/index.html").or_else(|| path.strip_suffix(".html")).unwrap_or(path).to_lowercase()
}
