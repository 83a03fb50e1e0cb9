//! Which addresses are taken. In: the paths of files, one after the other; out: whether each can stand beside those before
//! it on every system, where names may differ in more than the size of letters and are not longer than 255 bytes.

use std::collections::HashSet;

/// The longest name of a file or folder, in bytes, on the systems in use.
const LONGEST_NAME: usize = 255;

/// The addresses given so far, in small letters.
#[derive(Default)]
pub(super) struct Addresses {
    files: HashSet<String>,
    folders: HashSet<String>,
}

/// Why a file cannot have an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// Another file has it, or a folder of that name is needed, or a file stands where a folder is needed.
    Taken,
    /// A name in it is too long.
    TooLong,
}

impl Addresses {
    /// Takes an address for a file.
    pub fn take(&mut self, path: &str) -> Result<(), Fault> {
        if path.split('/').any(|name| name.len() > LONGEST_NAME) {
            return Err(Fault::TooLong);
        }
        let folded = path.to_lowercase();
        let folders = || folded.match_indices('/').map(|(end, _)| &folded[..end]);
        let is_taken = self.files.contains(&folded)
            || self.folders.contains(&folded)
            || folders().any(|folder| self.files.contains(folder));
        if is_taken {
            return Err(Fault::Taken);
        }
        for folder in folders() {
            if !self.folders.contains(folder) {
                self.folders.insert(folder.to_owned());
            }
        }
        self.files.insert(folded);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_taken_once() {
        let mut addresses = Addresses::default();
        let long = format!("ko/{}.html", "가".repeat(84));
        for (path, expected) in [
            ("ko/a.html", Ok(())),
            ("ko/b/a.html", Ok(())),
            ("ko/a.html", Err(Fault::Taken)),
            ("KO/A.html", Err(Fault::Taken)),
            ("ko/b", Err(Fault::Taken)),
            ("ko/a.html/x.html", Err(Fault::Taken)),
            ("ko/a.htm", Ok(())),
            (&long, Err(Fault::TooLong)),
        ] {
            assert_eq!(addresses.take(path), expected, "{path}");
        }
    }
}
