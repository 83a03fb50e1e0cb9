//! What stops a command, as opposed to what is wrong with the notes: a request that is refused, a machine that fails,
//! or a mistake of bpdoc itself. This room does not know how it is printed.

use crate::lang::{Text, said, text};
use crate::source::printable;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

/// Why a command cannot go on.
#[derive(Debug)]
pub enum Failure {
    /// The request cannot be granted as it stands (exit code 2).
    Refused(Text),
    /// The machine failed: disk, permission (exit code 3).
    Machine {
        /// What was being done.
        doing: Text,
        /// To what.
        path: PathBuf,
        /// What the system says.
        cause: io::Error,
    },
    /// bpdoc is wrong (exit code 3).
    Bug {
        /// What it says.
        what: String,
        /// Where in its source.
        place: String,
    },
}

impl Failure {
    /// The failure of a step on a path, for `map_err`.
    pub fn machine(doing: Text, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |cause| Self::Machine { doing, path, cause }
    }

    /// The failure of reading what the request names, for `map_err`. That it is not there is no fault of the machine.
    pub fn reading(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let fails = Self::machine(text("읽을 수 없습니다", "cannot read"), path);
        move |cause| match cause.kind() {
            ErrorKind::NotFound | ErrorKind::NotADirectory | ErrorKind::IsADirectory | ErrorKind::InvalidFilename => {
                Self::Refused(fails(cause).message())
            }
            _ => fails(cause),
        }
    }

    /// What to tell.
    pub fn message(&self) -> Text {
        match self {
            Self::Refused(message) => message.clone(),
            Self::Machine { doing, path, cause } => {
                let path = printable(&path.to_string_lossy());
                let cause = said(&cause.to_string());
                text(format!("{}: `{path}`: {}", doing.ko, cause.ko), format!("{}: `{path}`: {}", doing.en, cause.en))
            }
            Self::Bug { what, place } => text(
                format!(
                    "bpdoc의 버그입니다: {what} ({place}). 출간된 사이트는 온전합니다. 이 메시지를 노트와 함께 알려 주시면 고치겠습니다"
                ),
                format!(
                    "this is a bug in bpdoc: {what} ({place}); the published site is whole. Please report this message with the notes that led to it"
                ),
            ),
        }
    }

    /// The exit code that tells it to other programs.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Refused(_) => 2,
            Self::Machine { .. } | Self::Bug { .. } => 3,
        }
    }
}
