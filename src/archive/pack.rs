//! Things by their keys, in a file. In: keys and bytes; out: these bytes again, or nothing. What the file holds is only
//! added to: whoever has opened it earlier reads on undisturbed. This file does not know what the bytes mean.

use crate::key::Key;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{self, Seek, SeekFrom, Write};
use std::os::unix::fs::FileExt;
use std::path::Path;
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
    /// The things by their keys.
    pub extents: BTreeMap<Key, Extent>,
}

/// Things by their keys.
#[derive(Debug, Default)]
pub struct Pack {
    contents: Contents,
    file: Option<File>,
    /// What has been put in since it was opened.
    new: Mutex<BTreeMap<Key, Arc<[u8]>>>,
    /// What has been asked for, and is kept when the file is written anew.
    used: Mutex<BTreeSet<Key>>,
    /// Whether something could not be read that ought to be there.
    is_spoilt: AtomicBool,
}

/// A file is written anew when less than this part of it is still used.
const LEAST_USED: f64 = 0.5;

impl Pack {
    /// The things in a folder that stand where the contents say. Without the file there are none.
    pub fn open(folder: &Path, contents: Contents) -> Self {
        match File::open(folder.join(&contents.file)) {
            Ok(file) => Self { contents, file: Some(file), ..Self::default() },
            Err(_) => Self::default(),
        }
    }

    /// Whether there is something for a key.
    pub fn has(&self, key: Key) -> bool {
        let has = self.contents.extents.contains_key(&key);
        if has {
            open(&self.used).insert(key);
        }
        has
    }

    /// The bytes of a key, if there are any.
    pub fn get(&self, key: Key) -> Option<Arc<[u8]>> {
        if let Some(bytes) = open(&self.new).get(&key) {
            return Some(Arc::clone(bytes));
        }
        let extent = self.contents.extents.get(&key)?;
        open(&self.used).insert(key);
        let bytes = self.read(*extent);
        if bytes.is_none() {
            self.is_spoilt.store(true, Ordering::Relaxed);
        }
        bytes
    }

    fn read(&self, extent: Extent) -> Option<Arc<[u8]>> {
        let mut bytes = vec![0; extent.len as usize];
        self.file.as_ref()?.read_exact_at(&mut bytes, extent.at).ok()?;
        (Key::of([bytes.as_slice()]) == extent.sum).then(|| bytes.into())
    }

    /// Puts something in.
    pub fn put(&self, key: Key, bytes: Arc<[u8]>) {
        open(&self.new).insert(key, bytes);
    }

    /// Whether something could not be read that ought to be there. Whatever was made of it is wrong.
    pub fn is_spoilt(&self) -> bool {
        self.is_spoilt.load(Ordering::Relaxed)
    }

    /// That something which was read could not be understood.
    pub fn spoil(&self) {
        self.is_spoilt.store(true, Ordering::Relaxed);
    }

    /// Writes what is new into the folder, behind the rest, or with all that is still used into a file of its own.
    ///
    /// # Errors
    /// If the machine fails. What has been in the folder is still there then.
    pub fn save(&self, folder: &Path) -> io::Result<Contents> {
        let used = open(&self.used);
        let live: u64 = used.iter().filter_map(|key| self.contents.extents.get(key)).map(|it| u64::from(it.len)).sum();
        let is_worth_keeping = self.file.is_some() && live as f64 >= LEAST_USED * self.contents.end as f64;
        if is_worth_keeping { self.append(folder) } else { self.rewrite(folder, &used) }
    }

    fn append(&self, folder: &Path) -> io::Result<Contents> {
        let mut contents = self.contents.clone();
        let new = open(&self.new);
        if new.is_empty() {
            return Ok(contents);
        }
        let mut file = File::options().write(true).open(folder.join(&contents.file))?;
        file.seek(SeekFrom::Start(contents.end))?;
        write_all(&mut file, &mut contents, new.iter().map(|(key, bytes)| (*key, Arc::clone(bytes))))?;
        Ok(contents)
    }

    fn rewrite(&self, folder: &Path, used: &BTreeSet<Key>) -> io::Result<Contents> {
        let name = (0_u32..).map(|n| format!("pack-{n}")).find(|name| fs::symlink_metadata(folder.join(name)).is_err());
        let mut contents = Contents { file: name.unwrap_or_default(), ..Contents::default() };
        let mut file = File::create_new(folder.join(&contents.file))?;
        let kept = used.iter().filter_map(|key| Some((*key, self.read(*self.contents.extents.get(key)?)?)));
        write_all(&mut file, &mut contents, kept)?;
        let new = open(&self.new);
        write_all(&mut file, &mut contents, new.iter().map(|(key, bytes)| (*key, Arc::clone(bytes))))?;
        Ok(contents)
    }
}

fn write_all(
    file: &mut File,
    contents: &mut Contents,
    things: impl Iterator<Item = (Key, Arc<[u8]>)>,
) -> io::Result<()> {
    let mut out = io::BufWriter::with_capacity(1 << 18, file);
    for (key, bytes) in things {
        // What is as long as this is made again.
        let Ok(len) = u32::try_from(bytes.len()) else { continue };
        out.write_all(&bytes)?;
        let sum = Key::of([&bytes[..]]);
        contents.extents.insert(key, Extent { at: contents.end, len, sum });
        contents.end += u64::from(len);
    }
    out.flush()
}

fn open<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
