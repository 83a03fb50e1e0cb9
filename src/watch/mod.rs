//! Waiting for changes on the disk. In: the folders and files of a project; out: the paths that have changed, as soon as
//! whoever writes them is done. This room alone knows notify; it does not know what the files mean.

mod settling;

use crate::lang::{Text, said, text};
use crate::project::{Places, is_litter};
use notify::event::ModifyKind;
use notify::{Config, ErrorKind, Event, EventKind, PollWatcher, RecommendedWatcher, RecursiveMode, Watcher};
use settling::Settling;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

/// How changes are noticed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    /// The system tells of them.
    Told,
    /// The times of all files are looked at again and again, where the system tells of nothing.
    Polled,
}

/// What has happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum News {
    /// Files may have changed. A path may be that of a folder.
    Changed(Vec<PathBuf>),
    /// Anything may have changed.
    Everything,
    /// The system has stopped telling of changes, for this reason; from now on files are polled.
    Polling(Text),
}

/// Someone who waits for changes of a project.
pub struct Watch {
    root: PathBuf,
    places: Places,
    watcher: Box<dyn Watcher + Send>,
    manner: Manner,
    /// What is being watched, and whether with all below it.
    points: BTreeMap<PathBuf, RecursiveMode>,
    sender: Sender<notify::Result<Event>>,
    events: Receiver<notify::Result<Event>>,
    stirring: Arc<AtomicBool>,
    settling: Settling,
    /// Why the system does not tell of changes, if that is still to be said.
    trouble: Option<Text>,
}

/// How often the times of files are looked at.
const POLL: Duration = Duration::from_millis(500);

impl Watch {
    /// Begins to watch. Whatever changes from now on is told by [`Watch::next`].
    pub fn on(root: &Path, places: Places, manner: Manner) -> Self {
        let (sender, events) = channel();
        let stirring = Arc::new(AtomicBool::new(false));
        let tell = || teller(sender.clone(), Arc::clone(&stirring));
        let told = (manner == Manner::Told).then(|| system_watcher(tell()));
        let (watcher, manner, trouble) = match told {
            Some(Ok(watcher)) => (watcher, Manner::Told, None),
            Some(Err(error)) => (polling_watcher(tell()), Manner::Polled, Some(reason(&error))),
            None => (polling_watcher(tell()), Manner::Polled, None),
        };
        let (points, settling, root) = (BTreeMap::new(), Settling::default(), root.to_owned());
        let mut watch = Self { root, places, watcher, manner, points, sender, events, stirring, settling, trouble };
        watch.aim(None);
        if manner == Manner::Polled {
            watch.settling.polling_begins(Instant::now());
        }
        watch
    }

    /// Watches other places, if they are others. They may have changed since they were read, without being watched.
    pub fn look_at(&mut self, places: Places) {
        if places != self.places {
            self.places = places;
            self.aim(None);
            self.settling.everything(Instant::now());
        }
    }

    /// True as long as something may be about to happen: for work that can wait.
    pub fn stirring(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.stirring)
    }

    /// Waits for what happens next, no longer than `limit`, if there is one.
    pub fn next(&mut self, limit: Option<Duration>) -> Option<News> {
        let end = limit.map(|limit| Instant::now() + limit);
        loop {
            if let Some(trouble) = self.trouble.take() {
                return Some(News::Polling(trouble));
            }
            let now = Instant::now();
            if end.is_some_and(|end| end <= now) {
                return None;
            }
            self.look_for_root();
            let search = self.is_lost().then(|| now + POLL);
            let found = match self.settling.due().into_iter().chain(end).chain(search).min() {
                // `sender` lives as long as `self`: somebody can always send.
                None => self.events.recv().map_err(|_| RecvTimeoutError::Disconnected),
                Some(due) => self.events.recv_timeout(due.saturating_duration_since(now)),
            };
            self.stirring.store(false, Ordering::Relaxed);
            for event in found.ok().into_iter().chain(self.events.try_iter().collect::<Vec<_>>()) {
                match event {
                    Ok(event) => self.take(&event),
                    Err(error) => self.give_up(&error),
                }
            }
            if let Some(news) = self.settling.settled(Instant::now()) {
                if news == News::Everything {
                    // A folder may have been made before the one above it was watched.
                    self.aim(None);
                }
                return Some(news);
            }
        }
    }

    /// Whether the project's folder is gone, whose files nobody tells of any more.
    fn is_lost(&self) -> bool {
        !self.points.contains_key(&self.root)
    }

    /// Begins to watch anew when a project that was gone is back.
    fn look_for_root(&mut self) {
        if self.is_lost() && self.root.is_dir() {
            self.aim(None);
            self.settling.everything(Instant::now());
        }
    }

    fn take(&mut self, event: &Event) {
        if event.need_rescan() {
            self.settling.everything(Instant::now());
        }
        // A folder that is made anew under its old name is another one.
        let is_other = !matches!(event.kind, EventKind::Modify(ModifyKind::Metadata(_)));
        if let Some(point) = event.paths.iter().find(|path| is_other && self.is_on_the_way(path)) {
            self.aim(Some(point));
            self.settling.everything(Instant::now());
        }
        let ours: Vec<PathBuf> = event.paths.iter().filter(|path| self.is_ours(path)).cloned().collect();
        self.settling.note(event, &ours, Instant::now());
    }

    /// Whether the project is read from a path: what editors leave behind is not.
    fn is_ours(&self, path: &Path) -> bool {
        let Ok(below) = path.strip_prefix(&self.root) else { return false };
        if self.places.files.iter().any(|file| below == Path::new(file)) {
            return true;
        }
        self.places.folders.iter().any(|folder| {
            below.strip_prefix(folder).is_ok_and(|rest| !rest.iter().any(|part| is_litter(&part.to_string_lossy())))
        })
    }

    /// Whether a path is that of a folder of the project, or of one on the way to what the project is read from.
    fn is_on_the_way(&self, path: &Path) -> bool {
        let Ok(below) = path.strip_prefix(&self.root) else { return false };
        let leads_to = |place: &String| Path::new(place).starts_with(below);
        self.places.folders.iter().any(leads_to)
            || self.places.files.iter().any(|file| leads_to(file) && below != Path::new(file))
    }

    /// Watches what is to be watched, and `anew` again although it is watched already.
    fn aim(&mut self, anew: Option<&Path>) {
        let wanted = self.wanted();
        let old: Vec<PathBuf> = self.points.keys().cloned().collect();
        for point in old {
            if wanted.get(&point) != self.points.get(&point) || anew.is_some_and(|anew| point.starts_with(anew)) {
                // What is gone is not watched any more.
                let _ = self.watcher.unwatch(&point);
                self.points.remove(&point);
            }
        }
        for (point, mode) in wanted {
            if self.points.contains_key(&point) {
                continue;
            }
            match self.watcher.watch(&point, mode) {
                Ok(()) => drop(self.points.insert(point, mode)),
                Err(error) if matches!(error.kind, ErrorKind::PathNotFound) => {}
                Err(error) => return self.give_up(&error),
            }
        }
    }

    /// The folders of the project with all below them, and the folders on the way to them and to its files.
    fn wanted(&self) -> BTreeMap<PathBuf, RecursiveMode> {
        if !self.root.is_dir() {
            return BTreeMap::new();
        }
        let mut wanted = BTreeMap::from([(self.root.clone(), RecursiveMode::NonRecursive)]);
        for place in self.places.folders.iter().chain(&self.places.files) {
            let way = Path::new(place).ancestors().skip(1).map(|above| self.root.join(above));
            for folder in way.filter(|folder| folder.is_dir()) {
                wanted.entry(folder).or_insert(RecursiveMode::NonRecursive);
            }
        }
        for folder in self.places.folders.iter().map(|folder| self.root.join(folder)).filter(|folder| folder.is_dir()) {
            wanted.insert(folder, RecursiveMode::Recursive);
        }
        wanted
    }

    /// The system does not tell of all changes: files are polled from now on.
    fn give_up(&mut self, error: &notify::Error) {
        if self.manner == Manner::Polled {
            return;
        }
        self.manner = Manner::Polled;
        self.watcher = polling_watcher(teller(self.sender.clone(), Arc::clone(&self.stirring)));
        self.points.clear();
        self.trouble = Some(reason(error));
        self.settling.everything(Instant::now());
        self.settling.polling_begins(Instant::now());
        self.aim(None);
    }
}

/// Hands on what is noticed. That a file has been opened is no news, and there would be much of it, since we open them, too.
fn teller(
    sender: Sender<notify::Result<Event>>,
    stirring: Arc<AtomicBool>,
) -> impl Fn(notify::Result<Event>) + Send + 'static {
    move |event| {
        if event.as_ref().is_ok_and(settling::says_nothing) {
            return;
        }
        stirring.store(true, Ordering::Relaxed);
        // Nobody listens any more.
        let _ = sender.send(event);
    }
}

fn system_watcher(tell: impl Fn(notify::Result<Event>) + Send + 'static) -> notify::Result<Box<dyn Watcher + Send>> {
    Ok(Box::new(RecommendedWatcher::new(tell, Config::default())?))
}

fn polling_watcher(tell: impl Fn(notify::Result<Event>) + Send + 'static) -> Box<dyn Watcher + Send> {
    let config = Config::default().with_poll_interval(POLL);
    Box::new(PollWatcher::new(tell, config).expect("a thread can be started"))
}

fn reason(error: &notify::Error) -> Text {
    match &error.kind {
        ErrorKind::MaxFilesWatch => text(
            "시스템이 지켜볼 수 있는 폴더 수를 넘었습니다(Linux에서는 `fs.inotify.max_user_watches`)",
            "there are more folders than the system can watch (on Linux, see `fs.inotify.max_user_watches`)",
        ),
        ErrorKind::Io(error) => said(&error.to_string()),
        _ => said(&error.to_string()),
    }
}
