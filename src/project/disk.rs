//! Single files. In: where one is, what the project calls it, and how long it may be; out: its bytes or its text, or why
//! they cannot be had. Only regular files are read, as they were when they were opened.

use crate::diag::{Diagnostic, Log};
use crate::lang::{said, text};
use crate::settings::Limit;
use crate::source::SourceFile;
use rustix::fs::{Mode, OFlags};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// The bytes of a regular file that is no longer than the limit.
pub fn regular(disk_path: &Path, path: &str, limit: Limit, log: &mut Log) -> Option<Vec<u8>> {
    let wrong = match open_regular(disk_path).map(|file| file.map(|file| up_to(file, limit.bytes))) {
        Ok(Some(Ok(Some(bytes)))) => return Some(bytes),
        Ok(Some(Ok(None))) => too_large(path, limit),
        Ok(None) => not_regular(path),
        Ok(Some(Err(error))) | Err(error) => unreadable(path, &error.to_string()),
    };
    log.push(wrong);
    None
}

/// Opens a regular file; `None` for all else. What a link leads to is not opened, and a pipe is not waited for.
///
/// # Errors
/// If there is none, or it may not be read.
pub fn open_regular(disk_path: &Path) -> io::Result<Option<File>> {
    let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY;
    let file = match rustix::fs::open(disk_path, flags, Mode::empty()) {
        Ok(file) => File::from(file),
        // A link, and a socket.
        Err(rustix::io::Errno::LOOP | rustix::io::Errno::NXIO) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    Ok(file.metadata()?.is_file().then_some(file))
}

/// The bytes of a file; `None` if it is longer than the limit, or grows beyond it meanwhile.
fn up_to(file: File, limit: u64) -> io::Result<Option<Vec<u8>>> {
    let size = file.metadata()?.len();
    if size > limit {
        return Ok(None);
    }
    let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or_default() + 1);
    file.take(limit.saturating_add(1)).read_to_end(&mut bytes)?;
    Ok((bytes.len() as u64 <= limit).then_some(bytes))
}

/// The text of a file. Of one that is not UTF-8, what can be read is kept for showing where that is.
pub fn as_text(
    bytes: &[u8],
    path: &str,
    illegible: &mut BTreeMap<String, String>,
    log: &mut Log,
) -> Option<SourceFile> {
    // Hangul is no ASCII: the library checks it several times as fast as the standard one.
    let good = match simdutf8::compat::from_utf8(bytes) {
        Ok(text) => return Some(SourceFile::new(path, text)),
        Err(error) => error.valid_up_to(),
    };
    let line = 1 + bytes[..good].iter().filter(|byte| **byte == b'\n').count();
    let start = bytes[..good].iter().rposition(|byte| *byte == b'\n').map_or(0, |newline| newline + 1);
    let column = 1 + String::from_utf8_lossy(&bytes[start..good]).chars().count();
    let message = if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        text("UTF-8이 아니라 UTF-16으로 저장되어 있습니다", "this is saved as UTF-16, not as UTF-8")
    } else {
        text(
            format!("{line}행 {column}열부터 UTF-8이 아닙니다"),
            format!("not UTF-8 from line {line}, column {column} on"),
        )
    };
    let end = good + char::REPLACEMENT_CHARACTER.len_utf8();
    log.push(about_file(
        path,
        Diagnostic::error("not-utf8", good..end, message)
            .help(text("편집기에서 인코딩을 UTF-8로 바꾸어 저장하세요", "save the file as UTF-8 in your editor")),
    ));
    illegible.insert(path.to_owned(), String::from_utf8_lossy(bytes).into_owned());
    None
}

fn too_large(path: &str, limit: Limit) -> Diagnostic {
    let Limit { bytes, name } = limit;
    about_file(
        path,
        Diagnostic::error(
            "too-large",
            0..0,
            text(
                format!("파일이 너무 큽니다(한도 {bytes}바이트)"),
                format!("the file is too large (the limit is {bytes} bytes)"),
            ),
        )
        .help(text(
            format!("`bpdoc.toml`의 `{name}`로 한도를 정할 수 있습니다"),
            format!("`{name}` in `bpdoc.toml` sets the limit"),
        )),
    )
}

/// That something is a link, a pipe or the like.
pub fn not_regular(path: &str) -> Diagnostic {
    about_file(
        path,
        Diagnostic::error(
            "not-a-regular-file",
            0..0,
            text("심볼릭 링크나 장치 파일은 읽지 않습니다", "symbolic links and device files are not read"),
        )
        .help(text("파일을 이 폴더에 복사하세요", "copy the file into this folder")),
    )
}

/// That the system does not let a file be read.
pub fn unreadable(path: &str, cause: &str) -> Diagnostic {
    let why = said(cause);
    about_file(
        path,
        Diagnostic::error(
            "unreadable-file",
            0..0,
            text(format!("파일을 읽을 수 없습니다: {}", why.ko), format!("the file cannot be read: {}", why.en)),
        ),
    )
}

/// A diagnostic about a file as a whole.
pub fn about_file(path: &str, diagnostic: Diagnostic) -> Diagnostic {
    diagnostic.in_file(&path.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lang::Tongue;
    use crate::report::{Format, report};

    #[test]
    fn what_cannot_be_read_is_told_with_its_cause() {
        let found = [unreadable("content/a.md", "Permission denied")];
        for (tongue, expected) in [
            (Tongue::En, "error[unreadable-file]: the file cannot be read: Permission denied\n--> content/a.md"),
            (Tongue::Ko, "오류[unreadable-file]: 파일을 읽을 수 없습니다: 권한이 없습니다\n--> content/a.md"),
        ] {
            assert_eq!(report(&found, Format::Human { colour: false }, tongue, |_| None).trim_end(), expected);
        }
    }
}
