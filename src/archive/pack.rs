//! Things by their keys, in a file. In: keys and bytes; out: these bytes again, or nothing. What the file holds is only
//! added to: whoever has opened it earlier reads on undisturbed. This file does not know what the bytes mean.

use crate::key::Key;
use crate::project::open_regular;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Seek, SeekFrom, Write};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Where the bytes of a key stand, and what they must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extent {
    at: u64,
    len: u32,
    sum: Key,
}

/// Where everything stands.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contents {
    /// The name of the file.
    pub file: String,
    /// Where the next bytes go.
    pub end: u64,
    /// The things by their keys, in the order of these: a build looks for all of them, and makes a list faster than a tree.
    extents: Vec<(Key, Extent)>,
}

impl Contents {
    fn position(&self, key: Key) -> Option<usize> {
        self.extents.binary_search_by_key(&key, |(key, _)| *key).ok()
    }

    fn extent(&self, key: Key) -> Option<Extent> {
        self.position(key).map(|at| self.extents[at].1)
    }

    /// Puts what has been added into its place.
    fn sort(&mut self) {
        self.extents.sort_by_key(|(key, _)| *key);
        self.extents.dedup_by_key(|(key, _)| *key);
    }
}

/// Things by their keys.
#[derive(Debug, Default)]
pub struct Pack {
    contents: Contents,
    file: Option<File>,
    /// Whether the file is another's, and nothing may be added to it.
    is_lent: bool,
    new: Mutex<New>,
    /// Which of the contents have been asked for, and are kept when the file is written anew.
    used: Vec<AtomicBool>,
    /// Whether something could not be read that ought to be there.
    is_spoilt: AtomicBool,
}

/// What has been put in since the pack was opened.
#[derive(Debug, Default)]
struct New {
    waiting: BTreeMap<Key, Arc<[u8]>>,
    /// How many bytes these are.
    len: usize,
    /// What was too much to wait has a file of its own already.
    written: Option<Written>,
}

/// A file that no index names yet.
#[derive(Debug)]
struct Written {
    contents: Contents,
    file: Arc<File>,
}

/// Where something is that has been put in.
enum Found {
    Waiting(Arc<[u8]>),
    Written(Arc<File>, Extent),
}

/// A file is written anew when less than this part of it is still used.
const LEAST_USED: f64 = 0.5;
/// No more bytes than these wait in memory.
const MOST_WAITING: usize = 1 << 22;

impl Pack {
    /// The things in a folder that stand where the contents say. Without the file there are none.
    pub fn open(folder: &Path, contents: Contents) -> Self {
        let file = open_regular(&folder.join(&contents.file)).ok().flatten();
        match file {
            Some(_) => {
                let used = contents.extents.iter().map(|_| AtomicBool::new(false)).collect();
                Self { contents, file, used, ..Self::default() }
            }
            None => Self::default(),
        }
    }

    /// As [`Pack::open`], in a folder of which nothing may be changed.
    pub fn lent(folder: &Path, contents: Contents) -> Self {
        Self { is_lent: true, ..Self::open(folder, contents) }
    }

    /// Whether there was a file.
    pub fn is_there(&self) -> bool {
        self.file.is_some()
    }

    /// Whether there is something for a key.
    pub fn has(&self, key: Key) -> bool {
        self.ask_for(key).is_some()
    }

    fn ask_for(&self, key: Key) -> Option<Extent> {
        let at = self.contents.position(key)?;
        self.used[at].store(true, Ordering::Relaxed);
        Some(self.contents.extents[at].1)
    }

    /// The bytes of a key, if there are any.
    pub fn get(&self, key: Key) -> Option<Arc<[u8]>> {
        let new = open(&self.new).find(key);
        match new {
            Some(Found::Waiting(bytes)) => return Some(bytes),
            // Others go on while this is read.
            Some(Found::Written(file, extent)) => return read(&file, extent).or_else(|| self.spoilt()),
            None => {}
        }
        let extent = self.ask_for(key)?;
        read(self.file.as_ref()?, extent).or_else(|| self.spoilt())
    }

    /// Puts something in. `folder` makes the folder and says where it is; if there is none, it waits in memory.
    pub fn put(&self, key: Key, bytes: Arc<[u8]>, folder: impl FnOnce() -> io::Result<PathBuf>) {
        let mut new = open(&self.new);
        new.len += bytes.len();
        new.waiting.insert(key, bytes);
        if new.len > MOST_WAITING {
            // What cannot be written waits on.
            new.len = 0;
            let _ = folder().and_then(|folder| new.write(&folder));
        }
    }

    /// Whether something could not be read that ought to be there. Whatever was made of it is wrong.
    pub fn is_spoilt(&self) -> bool {
        self.is_spoilt.load(Ordering::Relaxed)
    }

    /// That something which was read could not be understood.
    pub fn spoil(&self) {
        self.is_spoilt.store(true, Ordering::Relaxed);
    }

    fn spoilt<T>(&self) -> Option<T> {
        self.spoil();
        None
    }

    /// Writes what is new into the folder, behind the rest, or with all that is still used into a file of its own.
    ///
    /// # Errors
    /// If the machine fails. What has been in the folder is still there then.
    pub fn save(&self, folder: &Path) -> io::Result<Contents> {
        let mut new = open(&self.new);
        let asked = self.contents.extents.iter().zip(&self.used).filter(|(_, used)| used.load(Ordering::Relaxed));
        let used: Vec<(Key, Extent)> = asked.map(|(thing, _)| *thing).collect();
        let live: u64 = used.iter().map(|(_, extent)| u64::from(extent.len)).sum();
        let is_worth_keeping =
            self.file.is_some() && !self.is_lent && live as f64 >= LEAST_USED * self.contents.end as f64;
        if is_worth_keeping && new.written.is_none() {
            return self.append(folder, &new.waiting);
        }
        new.write(folder)?;
        let Some(Written { mut contents, file }) = new.written.take() else { return Ok(Contents::default()) };
        let old = self.file.as_ref();
        let kept: Vec<&(Key, Extent)> = used.iter().filter(|(key, _)| contents.position(*key).is_none()).collect();
        let kept = kept.into_iter().filter_map(|(key, extent)| Some((*key, read(old?, *extent)?)));
        write_all(&file, &mut contents, kept)?;
        // Another build may have cleared it away.
        fs::symlink_metadata(folder.join(&contents.file))?;
        Ok(contents)
    }

    fn append(&self, folder: &Path, new: &BTreeMap<Key, Arc<[u8]>>) -> io::Result<Contents> {
        let mut contents = self.contents.clone();
        if new.is_empty() {
            return Ok(contents);
        }
        let mut file = File::options().write(true).open(folder.join(&contents.file))?;
        file.seek(SeekFrom::Start(contents.end))?;
        write_all(&file, &mut contents, new.iter().map(|(key, bytes)| (*key, Arc::clone(bytes))))?;
        Ok(contents)
    }
}

impl New {
    /// Where the bytes of a key are that has been put in.
    fn find(&self, key: Key) -> Option<Found> {
        if let Some(bytes) = self.waiting.get(&key) {
            return Some(Found::Waiting(Arc::clone(bytes)));
        }
        let Written { contents, file } = self.written.as_ref()?;
        Some(Found::Written(Arc::clone(file), contents.extent(key)?))
    }

    /// Writes all that waits.
    fn write(&mut self, folder: &Path) -> io::Result<()> {
        if self.written.is_none() {
            self.written = Some(Written::new(folder)?);
        }
        let Some(Written { contents, file }) = &mut self.written else { return Ok(()) };
        let mut place = file.as_ref();
        place.seek(SeekFrom::Start(contents.end))?;
        let waiting = self.waiting.iter().map(|(key, bytes)| (*key, Arc::clone(bytes)));
        let mut longer = contents.clone();
        write_all(file, &mut longer, waiting)?;
        *contents = longer;
        self.waiting.clear();
        Ok(())
    }
}

impl Written {
    fn new(folder: &Path) -> io::Result<Self> {
        let is_free = |name: &String| fs::symlink_metadata(folder.join(name)).is_err();
        let name = (0_u32..).map(|n| format!("pack-{n}")).find(is_free).unwrap_or_default();
        let file = File::options().read(true).write(true).create_new(true).open(folder.join(&name))?;
        Ok(Self { contents: Contents { file: name, ..Contents::default() }, file: Arc::new(file) })
    }
}

fn read(file: &File, extent: Extent) -> Option<Arc<[u8]>> {
    let mut bytes = vec![0; extent.len as usize];
    file.read_exact_at(&mut bytes, extent.at).ok()?;
    (Key::of([bytes.as_slice()]) == extent.sum).then(|| bytes.into())
}

fn write_all(file: &File, contents: &mut Contents, things: impl Iterator<Item = (Key, Arc<[u8]>)>) -> io::Result<()> {
    let mut out = io::BufWriter::with_capacity(1 << 18, file);
    for (key, bytes) in things {
        // What is as long as this is made again.
        let Ok(len) = u32::try_from(bytes.len()) else { continue };
        out.write_all(&bytes)?;
        let sum = Key::of([&bytes[..]]);
        contents.extents.push((key, Extent { at: contents.end, len, sum }));
        contents.end += u64::from(len);
    }
    contents.sort();
    out.flush()
}

fn open<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(n: usize) -> Key {
        Key::of([n.to_string().as_bytes()])
    }

    fn bytes(n: usize) -> Arc<[u8]> {
        vec![n as u8; MOST_WAITING / 8].into()
    }

    /// Few things wait in memory, many go to a file at once; either way they are there, now and for the next build.
    #[test]
    fn what_is_put_in_comes_out() {
        let folder = tempfile::tempdir().expect("a folder");
        let place = || Ok(folder.path().to_owned());
        let mut contents = Contents::default();
        let mut all = 0;
        for many in [3, 20, 2, 50, 1] {
            let pack = Pack::open(folder.path(), contents);
            for n in all..all + many {
                pack.put(key(n), bytes(n), place);
            }
            all += many;
            for n in 0..all {
                assert_eq!(pack.get(key(n)), Some(bytes(n)), "{n} of {all}");
            }
            assert_eq!(pack.get(key(all)), None);
            contents = pack.save(folder.path()).expect("saved");
            assert_eq!(contents.extents.len(), all);
        }
    }

    #[test]
    fn what_nobody_asks_for_is_left_out_of_a_new_file() {
        let folder = tempfile::tempdir().expect("a folder");
        let pack = Pack::default();
        (0..6).for_each(|n| pack.put(key(n), bytes(n), || Ok(folder.path().to_owned())));
        let contents = pack.save(folder.path()).expect("saved");
        let next = Pack::open(folder.path(), contents);
        assert!(next.has(key(1)));
        let contents = next.save(folder.path()).expect("saved");
        assert_eq!(contents.extents.iter().map(|(key, _)| *key).collect::<Vec<_>>(), [key(1)]);
        assert_eq!(Pack::open(folder.path(), contents).get(key(1)), Some(bytes(1)));
    }

    #[test]
    fn other_bytes_are_not_taken_for_the_right_ones() {
        let folder = tempfile::tempdir().expect("a folder");
        let pack = Pack::default();
        pack.put(key(1), bytes(1), || Ok(folder.path().to_owned()));
        let contents = pack.save(folder.path()).expect("saved");
        let file = folder.path().join(&contents.file);
        let mut damaged = fs::read(&file).expect("read");
        damaged[7] ^= 1;
        fs::write(&file, damaged).expect("written");
        let next = Pack::open(folder.path(), contents);
        assert!(next.has(key(1)) && next.get(key(1)).is_none() && next.is_spoilt());
    }

    /// Where nothing can be written, nothing is lost but the next build's time.
    #[test]
    fn what_cannot_be_written_waits() {
        let pack = Pack::default();
        let nowhere = || Err(io::Error::other("no folder"));
        (0..20).for_each(|n| pack.put(key(n), bytes(n), nowhere));
        assert!((0..20).all(|n| pack.get(key(n)) == Some(bytes(n))));
        assert!(!pack.is_spoilt());
        assert!(pack.save(Path::new("/nonexistent")).is_err());
    }
}
