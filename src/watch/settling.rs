//! When a change is over. In: what the system says about paths, piece by piece; out: the paths whose writers are done.
//!
//! Editors write in many ways: in place (the file is empty for a moment), beside it with a change of names, or after moving
//! the old file away (there is none for a moment). A file that has been closed, or that has got its name, is done at
//! once. Nothing else is sure, and is waited for a little.

use super::News;
use notify::event::{AccessKind, AccessMode, CreateKind, MetadataKind, ModifyKind, RenameMode};
use notify::{Event, EventKind};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// A file that is gone may be about to come back.
const COMES_BACK: Duration = Duration::from_millis(50);
/// A file that is being written is closed at some time.
const CLOSES: Duration = Duration::from_millis(100);
/// Where the system does not say what has happened.
const UNCLEAR: Duration = Duration::from_millis(20);
/// What is in a new folder may have been there before anyone could watch it.
const FOLDER: Duration = Duration::from_millis(30);
/// Time enough to begin to watch a folder.
const SECOND_LOOK: Duration = Duration::from_millis(200);
/// Polling compares whole seconds: of what is written twice in one, the second time goes unnoticed.
const SECOND_IS_OVER: Duration = Duration::from_millis(1_100);

/// Changes that are not over yet.
#[derive(Debug, Default)]
pub(super) struct Settling {
    paths: BTreeMap<PathBuf, Pending>,
    /// When everything is to be looked at.
    everything: Vec<Instant>,
    /// When paths are to be looked at once more.
    again: Vec<(Instant, PathBuf)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Pending {
    due: Instant,
    is_gone: bool,
}

/// Whether an event is about reading only.
pub(super) fn says_nothing(event: &Event) -> bool {
    matches!(event.kind, EventKind::Access(kind) if kind != AccessKind::Close(AccessMode::Write))
}

impl Settling {
    /// Takes note of what the system says; `ours` are those of the paths that count.
    pub(super) fn note(&mut self, event: &Event, ours: &[PathBuf], now: Instant) {
        match event.kind {
            EventKind::Access(_) => self.put(ours, now, Duration::ZERO, false),
            EventKind::Modify(ModifyKind::Name(RenameMode::Both)) => {
                // Where a file is only moved, the old name is gone for good; where it is moved out of the way, a new one
                // is about to come.
                if let ([from, to], [first, ..]) = (event.paths.as_slice(), ours)
                    && from == first
                    && ours.contains(to)
                {
                    // A folder takes along what is in it.
                    self.put(&ours[..1], now, Duration::ZERO, to.is_dir());
                }
            }
            EventKind::Modify(ModifyKind::Name(RenameMode::To)) => {
                self.put(ours, now, Duration::ZERO, false);
                if ours.iter().any(|path| path.is_dir()) {
                    self.look_twice(now);
                }
            }
            EventKind::Modify(ModifyKind::Name(RenameMode::From)) | EventKind::Remove(_) => {
                self.put(ours, now, COMES_BACK, true);
            }
            EventKind::Create(CreateKind::Folder) if !ours.is_empty() => self.look_twice(now),
            EventKind::Create(CreateKind::File) | EventKind::Modify(ModifyKind::Data(_)) => {
                for path in ours {
                    // Who writes on and on is not waited for for ever.
                    if self.paths.get(path).is_none_or(|pending| pending.is_gone) {
                        self.paths.insert(path.clone(), Pending { due: now + CLOSES, is_gone: false });
                    }
                }
            }
            // Only polling speaks like this.
            EventKind::Modify(ModifyKind::Metadata(MetadataKind::WriteTime)) | EventKind::Create(CreateKind::Any) => {
                self.put(ours, now, UNCLEAR, false);
                self.again.extend(ours.iter().map(|path| (now + SECOND_IS_OVER, path.clone())));
            }
            _ => {
                for path in ours {
                    self.paths.entry(path.clone()).or_insert(Pending { due: now + UNCLEAR, is_gone: false });
                }
            }
        }
    }

    fn put(&mut self, paths: &[PathBuf], now: Instant, wait: Duration, is_gone: bool) {
        self.paths.extend(paths.iter().map(|path| (path.clone(), Pending { due: now + wait, is_gone })));
    }

    /// Anything may have changed.
    pub(super) fn everything(&mut self, now: Instant) {
        self.everything.push(now + UNCLEAR);
    }

    /// Polling begins: what is written within this second goes unnoticed.
    pub(super) fn polling_begins(&mut self, now: Instant) {
        self.everything.push(now + SECOND_IS_OVER);
    }

    fn look_twice(&mut self, now: Instant) {
        self.everything.extend([now + FOLDER, now + SECOND_LOOK]);
    }

    /// When something will be over.
    pub(super) fn due(&self) -> Option<Instant> {
        let again = self.again.iter().map(|(due, _)| *due);
        self.paths.values().map(|pending| pending.due).chain(self.everything.iter().copied()).chain(again).min()
    }

    /// What is over by now. A name without a file may have been that of a folder, of whose files nothing is said.
    pub(super) fn settled(&mut self, now: Instant) -> Option<News> {
        let mut looks_at_everything = self.everything.iter().any(|due| *due <= now);
        self.everything.retain(|due| *due > now);
        let mut over = Vec::new();
        self.paths.retain(|path, pending| {
            let is_over = pending.due <= now;
            if is_over {
                looks_at_everything |= pending.is_gone && !path.exists();
                over.push(path.clone());
            }
            !is_over
        });
        over.extend(self.again.extract_if(.., |(due, _)| *due <= now).map(|(_, path)| path));
        over.dedup();
        if looks_at_everything { Some(News::Everything) } else { (!over.is_empty()).then_some(News::Changed(over)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use notify::event::{DataChange, RemoveKind};

    const NOTE: &str = "/p/content/a.md";

    /// What is told at which millisecond, after what the system says at which millisecond.
    #[track_caller]
    fn check(said: &[(u64, EventKind, &[&str])], expected: &[(u64, News)]) {
        let start = Instant::now();
        let mut settling = Settling::default();
        let mut told = Vec::new();
        let mut said = said.iter().peekable();
        for millisecond in 0..=1_300 {
            let now = start + Duration::from_millis(millisecond);
            while let Some((_, kind, paths)) = said.next_if(|(at, ..)| *at == millisecond) {
                let paths: Vec<PathBuf> = paths.iter().map(PathBuf::from).collect();
                let ours: Vec<PathBuf> = paths.iter().filter(|path| !path.ends_with("a.md~")).cloned().collect();
                settling.note(&Event { kind: *kind, paths, ..Event::default() }, &ours, now);
            }
            told.extend(settling.settled(now).map(|news| (millisecond, news)));
        }
        assert_eq!(told, expected);
    }

    fn changed(path: &str) -> News {
        News::Changed(vec![path.into()])
    }

    const CREATED: EventKind = EventKind::Create(CreateKind::File);
    const WRITTEN: EventKind = EventKind::Modify(ModifyKind::Data(DataChange::Any));
    const CLOSED: EventKind = EventKind::Access(AccessKind::Close(AccessMode::Write));
    const FROM: EventKind = EventKind::Modify(ModifyKind::Name(RenameMode::From));
    const TO: EventKind = EventKind::Modify(ModifyKind::Name(RenameMode::To));
    const BOTH: EventKind = EventKind::Modify(ModifyKind::Name(RenameMode::Both));
    const REMOVED: EventKind = EventKind::Remove(RemoveKind::File);

    #[test]
    fn a_file_is_done_when_it_is_closed_or_gets_its_name() {
        check(&[(0, WRITTEN, &[NOTE]), (3, WRITTEN, &[NOTE]), (7, CLOSED, &[NOTE])], &[(7, changed(NOTE))]);
        check(&[(2, TO, &[NOTE])], &[(2, changed(NOTE))]);
    }

    #[test]
    fn a_file_that_is_moved_out_of_the_way_is_not_gone() {
        let vim: [(u64, EventKind, &[&str]); 7] = [
            (0, FROM, &[NOTE]),
            (0, TO, &["/p/content/a.md~"]),
            (0, BOTH, &[NOTE, "/p/content/a.md~"]),
            (1, CREATED, &[NOTE]),
            (1, WRITTEN, &[NOTE]),
            (30, CLOSED, &[NOTE]),
            (31, REMOVED, &["/p/content/a.md~"]),
        ];
        check(&vim, &[(30, changed(NOTE))]);
    }

    #[test]
    fn what_stays_away_is_gone() {
        check(&[(0, REMOVED, &[NOTE])], &[(50, News::Everything)]);
    }

    #[test]
    fn a_file_that_is_never_closed_is_read_all_the_same() {
        let writes: Vec<(u64, EventKind, &[&str])> = (0..150).map(|at| (at, WRITTEN, &[NOTE][..])).collect();
        check(&writes, &[(100, changed(NOTE)), (201, changed(NOTE))]);
    }

    #[test]
    fn what_polling_notices_is_looked_at_again_when_its_second_is_over() {
        let polled = EventKind::Modify(ModifyKind::Metadata(MetadataKind::WriteTime));
        check(&[(5, polled, &[NOTE])], &[(25, changed(NOTE)), (1_105, changed(NOTE))]);
    }

    #[test]
    fn a_new_folder_is_looked_at_twice() {
        let made = EventKind::Create(CreateKind::Folder);
        check(&[(0, made, &["/p/content/new"])], &[(30, News::Everything), (200, News::Everything)]);
    }
}
