//! What is mounted in a folder. In: the folder; out: a refusal where that must stay where it is. This file does not know
//! what is about to be done to the folder.

use crate::failure::Failure;
use crate::lang::text;
use crate::source::printable;
use std::ffi::OsString;
use std::fs;
use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};

/// Where the system lists what is mounted: a mount a line, its place in the fifth column. A part of the same file system has
/// the same device, and is told by this list alone.
const LIST: &str = "/proc/self/mountinfo";
const PLACE: usize = 4;

/// Refuses a folder at or below which something else is mounted. Where the system has no list, devices must do.
pub fn refuse_in(folder: &Path) -> Result<(), Failure> {
    let places = places(&fs::read(LIST).unwrap_or_default());
    places.into_iter().filter(|place| place.starts_with(folder)).min().map_or(Ok(()), |place| Err(refused(&place)))
}

/// The refusal of a folder because of what is mounted in it.
pub fn refused(place: &Path) -> Failure {
    let place = printable(&place.to_string_lossy());
    Failure::Refused(text(
        format!(
            "`{place}`에 다른 폴더나 파일 시스템이 마운트되어 있습니다. 출력 폴더는 통째로 바뀌므로, 마운트를 풀거나 `-o`로 다른 곳을 정하세요"
        ),
        format!(
            "something else is mounted at `{place}`; the output folder is exchanged as a whole, so unmount it, or choose another folder with `-o`"
        ),
    ))
}

fn places(list: &[u8]) -> Vec<PathBuf> {
    let lines = list.split(|byte| *byte == b'\n');
    lines.filter_map(|line| line.split(|byte| *byte == b' ').nth(PLACE)).map(spelled_out).collect()
}

/// A path in the list has blanks, line ends and backslashes as octal numbers.
fn spelled_out(path: &[u8]) -> PathBuf {
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path;
    while let Some((first, after)) = rest.split_first() {
        let number = || u8::from_str_radix(std::str::from_utf8(after.get(..3)?).ok()?, 8).ok();
        (rest, _) = match number().filter(|_| *first == b'\\') {
            Some(byte) => (&after[3..], bytes.push(byte)),
            None => (after, bytes.push(*first)),
        };
    }
    OsString::from_vec(bytes).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_read_as_the_system_writes_them() {
        let list = "21 1 254:0 / / rw - ext4 /dev/vda rw\n36 21 254:0 /a\\040b /s/ite/a\\040b\\134c rw shared:1 - ext4 /dev/vda rw\n37 21 0:5 / /한글 rw - tmpfs none rw\n";
        assert_eq!(places(list.as_bytes()), ["/", "/s/ite/a b\\c", "/한글"].map(PathBuf::from));
        assert_eq!(spelled_out(b"\\1\\9990\\"), Path::new("\\1\\9990\\"));
        assert!(places(b"\nodd\n").is_empty());
    }
}
