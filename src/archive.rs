//! What builds leave behind for the next one. In: things by keys, and a record of the build; out: the same, as long as the
//! same program asks. It stands in the user's own folder for such things, since what comes with a project may come from a
//! stranger. Nothing depends on it: what is lost, or does not fit, is made again. This room does not know what
//! is in it.

mod pack;
mod stamp;

pub use pack::{Contents, Pack};
pub use stamp::{Instant, Stamp};

use crate::key::Key;
use crate::project::open_regular;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::env;
use std::ffi::OsStr;
use std::fmt::Debug;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::marker::PhantomData;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What this program is made of. Another one may mean other things by the same bytes.
const MADE_OF: &str = env!("BPDOC_MADE_OF");
const INDEX: &str = "index";
/// The key of what all things are made with beside what their own keys say.
const WORLD: &str = "world";
/// Where the project is.
const PROJECT: &str = "project";
/// What builds leave behind below the user's folder of caches.
const FOLDER: &str = "bpdoc";
/// Tells programs that make backups what the folder is (bford.info/cachedir).
const TAG: (&str, &str) = ("CACHEDIR.TAG", "Signature: 8a477f597d28d172789f06886806bc55\n");

/// What is known of the last build, and things by their keys.
#[derive(Debug, Default)]
pub struct Archive {
    /// None where there is no place for one.
    folder: Option<Folder>,
    /// What the index was when it was opened.
    seen: Option<Key>,
    pack: Arc<Pack>,
    /// Whose pack it is, if it is another project's.
    lender: Option<PathBuf>,
    record: Vec<u8>,
    /// Stands for all that things are made with beside what their own keys say.
    world: Key,
}

/// Where builds of a project leave what they leave.
#[derive(Clone, Debug)]
pub struct Folder {
    path: PathBuf,
    /// The project's own folder.
    root: PathBuf,
}

/// What stands in the index.
#[derive(Serialize, Deserialize)]
struct Index {
    contents: Contents,
    record: Vec<u8>,
}

impl Archive {
    /// What earlier builds of a project have left in a folder; nothing where it cannot be read.
    pub fn open(folder: Option<Folder>) -> Self {
        let Some(place) = folder.as_ref().map(|folder| folder.path.clone()) else { return Self::default() };
        let bytes = read(&place.join(INDEX));
        // Another program's index is of no use, and gives way to this one's.
        let seen = bytes.as_deref().map(|bytes| Key::of([bytes]));
        match bytes.as_deref().and_then(read_index) {
            Some(Index { contents, record }) => {
                let pack = Arc::new(Pack::open(&place, contents));
                Self { folder, seen, pack, record, ..Self::default() }
            }
            None => Self { folder, seen, ..Self::default() },
        }
    }

    /// Whether anything will be kept.
    pub fn is_kept(&self) -> bool {
        self.folder.is_some()
    }

    /// The same archive, for things that are made with other things beside those in their keys. A project without one, such
    /// as one that has been moved, or copied for another branch, reads what was left for another in the same world.
    #[must_use]
    pub fn in_world(self, world: Key) -> Self {
        let lent = self.folder.as_ref().filter(|_| !self.pack.is_there()).and_then(|folder| lent_beside(folder, world));
        match lent {
            Some((lender, pack)) => Self { world, pack: Arc::new(pack), lender: Some(lender), ..self },
            None => Self { world, ..self },
        }
    }

    /// The key of a part of a thing.
    pub fn key(&self, part: &str, key: Key) -> Key {
        Key::of([self.world.bytes(), part.as_bytes(), key.bytes()])
    }

    /// What the last build has said of itself.
    pub fn record<T: DeserializeOwned>(&self) -> Option<T> {
        postcard::from_bytes(&self.record).ok()
    }

    /// The thing of a key, left where it is until it is asked for.
    pub fn find<T>(&self, key: Key) -> Option<Packed<T>> {
        self.pack.has(key).then(|| Packed { place: Place::Pack(Arc::clone(&self.pack), key), kind: PhantomData })
    }

    /// Whether there is a thing for a key.
    pub fn has(&self, key: Key) -> bool {
        self.pack.has(key)
    }

    /// The thing of a key.
    pub fn get<T: DeserializeOwned + Default>(&self, key: Key) -> Option<T> {
        self.find(key).map(|packed: Packed<T>| packed.open())
    }

    /// Keeps a thing for the next build. The result is the thing, which need not be in memory any more.
    pub fn keep<T>(&self, key: Key, thing: Packed<T>) -> Packed<T> {
        match (&self.folder, thing.place) {
            (Some(folder), Place::Memory(bytes)) => {
                self.pack.put(key, bytes, || folder.make());
                Packed { place: Place::Pack(Arc::clone(&self.pack), key), kind: PhantomData }
            }
            (_, place) => Packed { place, kind: PhantomData },
        }
    }

    /// Keeps what is made only if anything is kept.
    pub fn put<T>(&self, key: Key, thing: impl FnOnce() -> Packed<T>) {
        if self.is_kept() {
            self.keep(key, thing());
        }
    }

    /// Whether something could not be read that ought to be there. Whatever has been made with it is to be made again
    /// without.
    pub fn is_spoilt(&self) -> bool {
        self.pack.is_spoilt()
    }

    /// Writes what is new, with what this build says of itself. If that fails, the next build has what it would have had.
    pub fn save(&self, record: &impl Serialize) {
        if let Some(folder) = &self.folder {
            // Nothing is lost but time.
            let _ = folder.make().and_then(|folder| self.write(&folder, record));
        }
    }

    fn write(&self, folder: &Path, record: &impl Serialize) -> io::Result<()> {
        let Some(_lock) = lock(folder) else { return Ok(()) };
        // Where another build has written meanwhile, the pack may hold more than this one knows of.
        let seen = read(&folder.join(INDEX)).map(|bytes| Key::of([bytes.as_slice()]));
        if seen != self.seen && seen.is_some() {
            return Ok(());
        }
        let contents = self.pack.save(folder)?;
        let record = postcard::to_stdvec(record).map_err(io::Error::other)?;
        let name = contents.file.clone();
        let index = Index { contents, record };
        write(folder, INDEX, &written_index(&index)?)?;
        write(folder, WORLD, self.world.bytes())?;
        clear(folder, &name);
        Ok(())
    }

    /// Lets the next build begin anew. What the index has named is cleared away then.
    pub fn discard(&self) {
        for folder in self.folder.iter().map(|folder| &folder.path).chain(&self.lender) {
            let _ = fs::remove_file(folder.join(INDEX));
        }
    }
}

/// The bytes of a file of an archive. Nothing else is read: a pipe would be waited for, and a device may have no end.
fn read(path: &Path) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    open_regular(path).ok()??.read_to_end(&mut bytes).ok()?;
    Some(bytes)
}

/// Writes a file of an archive in one step, whatever stands in its place.
fn write(folder: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
    let fresh = folder.join(format!("{name}-{}", std::process::id()));
    // What a process of the same number has left, which was killed.
    let _ = fs::remove_file(&fresh);
    File::create_new(&fresh)?.write_all(bytes)?;
    fs::rename(&fresh, folder.join(name))
}

fn read_index(bytes: &[u8]) -> Option<Index> {
    let (sum, rest) = bytes.split_at_checked(Key::LEN)?;
    (sum == sum_of(rest).bytes()).then(|| postcard::from_bytes(rest).ok()).flatten()
}

fn written_index(index: &Index) -> io::Result<Vec<u8>> {
    let rest = postcard::to_stdvec(index).map_err(io::Error::other)?;
    Ok([sum_of(&rest).bytes(), &rest].concat())
}

/// Another program's index has another sum.
fn sum_of(index: &[u8]) -> Key {
    Key::of([MADE_OF.as_bytes(), index])
}

impl Folder {
    /// Makes the folder, which nobody else may look into, with those above it.
    fn make(&self) -> io::Result<PathBuf> {
        let Self { path, root } = self;
        if !path.is_dir() {
            fs::DirBuilder::new().recursive(true).mode(0o700).create(path)?;
            write(path, TAG.0, TAG.1.as_bytes())?;
            write(path, PROJECT, root.as_os_str().as_encoded_bytes())?;
            sweep(path);
        }
        Ok(path.clone())
    }
}

/// Removes what was left for projects that are gone, beside the folder of another.
fn sweep(folder: &Path) {
    for entry in folder.parent().and_then(|above| fs::read_dir(above).ok()).into_iter().flatten().flatten() {
        let Some(root) = read(&entry.path().join(PROJECT)) else { continue };
        if !Path::new(OsStr::from_bytes(&root)).is_dir() {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

/// What the newest of the builds of other projects in a world has left.
fn lent_beside(folder: &Folder, world: Key) -> Option<(PathBuf, Pack)> {
    let beside = fs::read_dir(folder.path.parent()?).ok()?.flatten().map(|entry| entry.path());
    let of_world = beside.filter(|path| read(&path.join(WORLD)).is_some_and(|key| key == world.bytes()));
    let lender = of_world.max_by_key(|path| fs::metadata(path.join(INDEX)).and_then(|index| index.modified()).ok())?;
    let index = read_index(&read(&lender.join(INDEX))?)?;
    let pack = Pack::lent(&lender, index.contents);
    Some((lender, pack))
}

/// One build writes at a time; who comes second leaves it be.
fn lock(folder: &Path) -> Option<File> {
    let file = File::open(folder).ok()?;
    file.try_lock().is_ok().then_some(file)
}

/// Removes what no index names any more.
fn clear(folder: &Path, kept: &str) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name();
        if name != kept && ![INDEX, PROJECT, WORLD, TAG.0].iter().any(|own| name == *own) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// Where builds of a project leave what they leave: a folder of its own below the user's.
pub fn folder_of(root: &Path) -> Option<Folder> {
    let absolute = |path: PathBuf| Some(path).filter(|path| path.is_absolute());
    let caches = env::var_os("XDG_CACHE_HOME").map(PathBuf::from).and_then(absolute).or_else(|| {
        let home = absolute(PathBuf::from(env::var_os("HOME")?)).filter(|home| home.is_dir())?;
        Some(home.join(if cfg!(target_os = "macos") { "Library/Caches" } else { ".cache" }))
    })?;
    let root = fs::canonicalize(root).ok()?;
    let name: String =
        Key::of([root.as_os_str().as_encoded_bytes()]).bytes().iter().map(|b| format!("{b:02x}")).collect();
    Some(Folder { path: caches.join(FOLDER).join(name), root })
}

/// A thing that is seldom looked at: small as long as nobody does.
pub struct Packed<T> {
    place: Place,
    kind: PhantomData<fn() -> T>,
}

#[derive(Clone)]
enum Place {
    Memory(Arc<[u8]>),
    Pack(Arc<Pack>, Key),
}

impl<T: Serialize> Packed<T> {
    /// The thing, packed.
    pub fn new(thing: &T) -> Self {
        let bytes = postcard::to_stdvec(thing).expect("plain data can be written");
        Self { place: Place::Memory(lz4_flex::compress_prepend_size(&bytes).into()), kind: PhantomData }
    }
}

impl<T> Packed<T> {
    /// Stands for what it holds, for which it must be in memory; two that are packed alike are one.
    pub fn key(&self) -> Key {
        match &self.place {
            Place::Memory(bytes) => Key::of([&bytes[..]]),
            Place::Pack(_, key) => *key,
        }
    }
}

impl<T: DeserializeOwned + Default> Packed<T> {
    /// The thing. One that cannot be read any more is empty, and spoils the archive.
    pub fn open(&self) -> T {
        let unpacked = |bytes: &[u8]| {
            let bytes = lz4_flex::decompress_size_prepended(bytes).ok()?;
            postcard::from_bytes(&bytes).ok()
        };
        match &self.place {
            Place::Memory(bytes) => unpacked(bytes).unwrap_or_default(),
            Place::Pack(pack, key) => pack.get(*key).and_then(|bytes| unpacked(&bytes)).unwrap_or_else(|| {
                pack.spoil();
                T::default()
            }),
        }
    }
}

impl<T> Clone for Packed<T> {
    fn clone(&self) -> Self {
        Self { place: self.place.clone(), kind: PhantomData }
    }
}

impl<T> Debug for Packed<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Packed")
    }
}
