//! Where files are: the addresses that clients give documents, and the project that a file belongs to.

use lsp_types::Uri;
use std::path::{Component, Path, PathBuf};
use std::str::FromStr;
use unicode_normalization::UnicodeNormalization;

/// The file of an address; none for a document that is no file.
pub fn path_of(uri: &Uri) -> Option<PathBuf> {
    if !uri.scheme()?.as_str().eq_ignore_ascii_case("file") {
        return None;
    }
    let path = uri.path().as_estr().decode().into_string().ok()?;
    // A drive of Windows stands behind a slash.
    let is_drive = matches!(path.as_bytes(), [b'/', letter, b':', ..] if letter.is_ascii_alphabetic());
    Some(PathBuf::from(if is_drive { &path[1..] } else { &path }))
}

/// The address of a file.
pub fn uri_of(path: &Path) -> Option<Uri> {
    let mut address = String::from("file://");
    for part in path.components() {
        match part {
            Component::Prefix(prefix) => address.push_str(&format!("/{}", encoded(prefix.as_os_str().to_str()?))),
            Component::RootDir => {}
            part => address.push_str(&format!("/{}", encoded(part.as_os_str().to_str()?))),
        }
    }
    Uri::from_str(&address).ok()
}

fn encoded(part: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~');
    part.bytes().fold(String::new(), |mut out, byte| {
        if plain(byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
        out
    })
}

/// Where a document belongs.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Home {
    /// The project's folder; for a note outside of projects, the folder that it stands in.
    pub root: PathBuf,
    /// The path below it, as projects write it.
    pub path: String,
    /// Whether there is a project.
    pub is_project: bool,
}

impl Home {
    /// Where a Markdown file belongs: to the nearest project whose `content` it stands in, or to none.
    pub fn of(file: &Path) -> Self {
        let content = file.ancestors().skip(1).find(|folder| folder.ends_with("content") && folder.is_dir());
        let in_project =
            content.and_then(|content| Some((content.parent()?, file.strip_prefix(content.parent()?).ok()?)));
        match in_project {
            Some((root, below)) => Self { root: root.to_owned(), path: written(below), is_project: true },
            None => {
                let name = file.file_name().map_or(file, Path::new);
                let root = file.parent().unwrap_or(file).to_owned();
                Self { root, path: format!("content/{}", written(name)), is_project: false }
            }
        }
    }

    /// The file on the disk that a path of this place means.
    pub fn on_disk(&self, path: &str) -> PathBuf {
        if self.is_project { self.root.join(path) } else { self.root.join(path.trim_start_matches("content/")) }
    }
}

fn written(path: &Path) -> String {
    path.iter().map(|part| part.to_string_lossy().nfc().collect::<String>()).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_lead_to_files_and_back() {
        for (address, path) in [
            ("file:///home/a%20b/%EA%B0%80.ko.md", "/home/a b/가.ko.md"),
            ("file:///home/a-b_c~d/1%2B1.md", "/home/a-b_c~d/1+1.md"),
        ] {
            let uri = Uri::from_str(address).expect("an address");
            assert_eq!(path_of(&uri), Some(path.into()));
            assert_eq!(uri_of(path.as_ref()), Some(uri));
        }
        let drive = Uri::from_str("file:///c%3A/notes/a.md").expect("an address");
        assert_eq!(path_of(&drive), Some("c:/notes/a.md".into()));
        for other in ["untitled:Untitled-1", "https://example.org/a.md", "file:///%FF.md"] {
            assert_eq!(path_of(&Uri::from_str(other).expect("an address")), None);
        }
    }

    #[test]
    fn a_note_belongs_to_the_nearest_content() {
        let folder = tempfile::tempdir().expect("a folder");
        let content = folder.path().join("book/content/dl");
        std::fs::create_dir_all(&content).expect("made");
        let home = Home::of(&content.join("01-가.ko.md"));
        assert_eq!(
            (home.root, home.path.as_str(), home.is_project),
            (folder.path().join("book"), "content/dl/01-가.ko.md", true)
        );
        let alone = Home::of(&folder.path().join("a.md"));
        assert_eq!((alone.path.as_str(), alone.is_project), ("content/a.md", false));
        assert_eq!(alone.on_disk("content/a.md"), folder.path().join("a.md"));
    }
}
