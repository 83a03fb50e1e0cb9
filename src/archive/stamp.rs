//! What the system says of a file. In: where it is; out: whether it may have changed since it was looked at. This file
//! does not know what is in it.

use serde::{Deserialize, Serialize};
use std::fs::{self, Metadata};
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

/// What the system says of a file. One that is written, replaced or moved has another stamp afterwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    mode: u32,
    device: u64,
    inode: u64,
    len: u64,
    modified: Instant,
    changed: Instant,
}

/// Seconds and nanoseconds since 1970.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Instant(i64, i64);

/// The clock of a file system may stand still for a tick of the kernel, which is 10 ms at most.
const TICK: i64 = 50_000_000;
/// Where it knows no parts of seconds, it may stand still for two of them.
const COARSE_TICK: i64 = 2;

impl Instant {
    /// This moment.
    pub fn now() -> Self {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self(i64::try_from(since.as_secs()).unwrap_or(i64::MAX), i64::from(since.subsec_nanos()))
    }

    /// Whether a file of which this is told may have been written again after it was looked at, in the same tick.
    fn is_close_to(self, look: Self) -> bool {
        let Self(seconds, nanoseconds) = self;
        let end = if nanoseconds == 0 {
            Self(seconds.saturating_add(COARSE_TICK), 0)
        } else {
            Self(seconds.saturating_add((nanoseconds + TICK) / 1_000_000_000), (nanoseconds + TICK) % 1_000_000_000)
        };
        end >= look
    }
}

impl Stamp {
    /// The stamp of what stands at a path, be it a file, a folder or a link.
    pub fn at(path: &Path) -> Option<Self> {
        fs::symlink_metadata(path).ok().map(|metadata| Self::of(&metadata))
    }

    /// The stamp of what the system says this of.
    pub fn of(metadata: &Metadata) -> Self {
        Self {
            mode: metadata.mode(),
            device: metadata.dev(),
            inode: metadata.ino(),
            len: metadata.len(),
            modified: Instant(metadata.mtime(), metadata.mtime_nsec()),
            changed: Instant(metadata.ctime(), metadata.ctime_nsec()),
        }
    }

    /// Whether the file may have been changed at the look itself without another stamp. After a copy of a clock that runs
    /// ahead it always may.
    pub fn is_doubtful(&self, look: Instant) -> bool {
        self.modified.is_close_to(look) || self.changed.is_close_to(look)
    }

    /// Whether another stamp is that of the same file with the same bytes. Names that it has won or lost do not count.
    pub fn is_same_file(&self, other: &Self) -> bool {
        Self { changed: other.changed, ..*self } == *other
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_at_the_look_is_doubtful() {
        for (written, look, expected) in [
            (Instant(10, 5), Instant(20, 0), false),
            (Instant(10, 5), Instant(10, 6), true),
            (Instant(10, 5), Instant(10, 60_000_000), false),
            (Instant(10, 990_000_000), Instant(11, 30_000_000), true),
            (Instant(10, 0), Instant(11, 500_000_000), true),
            (Instant(10, 0), Instant(13, 0), false),
            (Instant(99, 7), Instant(10, 0), true),
        ] {
            assert_eq!(written.is_close_to(look), expected, "{written:?} {look:?}");
        }
    }
}
