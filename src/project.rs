//! A project in memory. In: a directory; out: settings, notes, templates and other files. This room alone reads
//! the disk; it does not know what the texts mean.

mod disk;
mod look;

pub use disk::open_regular;
pub use look::{Look, look};

use crate::diag::{Checked, Diagnostic, Log};
use crate::failure::Failure;
use crate::key::Key;
use crate::lang::text;
use crate::note::address;
use crate::settings::{self, FileName, Limits, Settings};
use crate::silence;
use crate::source::{SourceFile, caseless, printable};
use disk::{about_file, as_text, not_regular, regular, unreadable};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use unicode_normalization::UnicodeNormalization;
use walkdir::WalkDir;

/// All that a build reads.
#[derive(Clone, Debug, Default)]
pub struct Project {
    /// What `bpdoc.toml` says.
    pub settings: Settings,
    /// `bpdoc.toml`, if there is one.
    pub config: Option<SourceFile>,
    /// `content/**/*.md`, sorted by path.
    pub notes: Vec<Arc<SourceFile>>,
    /// Everything else below `content/`, sorted by path.
    pub assets: Vec<Asset>,
    /// The table of terms, if the settings name one.
    pub glossary: Option<SourceFile>,
    /// The author's own templates: path below `templates/` → bytes.
    pub templates: BTreeMap<String, Vec<u8>>,
    /// What the theme puts in the places of bpdoc's own templates, under the same names.
    pub theme: BTreeMap<String, ThemeFile>,
    /// Whether drafts are pages, too.
    pub drafts: bool,
    /// Texts that are not UTF-8, as far as they can be read, by path: for showing where that is.
    pub illegible: BTreeMap<String, String>,
}

/// Where a project is read from, below its root.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Places {
    /// Folders, with all that is below them.
    pub folders: Vec<String>,
    /// Files.
    pub files: Vec<String>,
}

/// A file of a theme.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ThemeFile {
    /// Path below the project's root.
    pub path: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// A file that is copied beside the pages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asset {
    /// Path below `content/`, with `/` between its parts, in NFC.
    pub path: String,
    /// Its bytes.
    pub bytes: Arc<[u8]>,
}

impl Project {
    /// Where it is read from: where something may change that changes the site.
    pub fn places(&self) -> Places {
        let Settings { theme, glossary, .. } = &self.settings;
        let folders = ["content", "templates"].into_iter().map(str::to_owned);
        let files = std::iter::once("bpdoc.toml".to_owned());
        Places {
            folders: folders.chain(theme.iter().map(|theme| theme.folder.clone())).collect(),
            files: files.chain(glossary.iter().map(|glossary| glossary.path.clone())).collect(),
        }
    }

    /// Stands for all but its notes.
    pub fn world(&self) -> Key {
        let text = |file: &Option<SourceFile>| file.as_ref().map(SourceFile::key).unwrap_or_default();
        let [config, glossary] = [&self.config, &self.glossary].map(text);
        let assets = self.assets.iter().flat_map(|asset| [asset.path.as_bytes(), &asset.bytes]);
        let templates = self.templates.iter().flat_map(|(path, bytes)| [path.as_bytes(), bytes]);
        let theme = self.theme.iter().flat_map(|(name, file)| [name.as_bytes(), file.path.as_bytes(), &file.bytes]);
        let parts: [Key; 3] =
            [Key::of(assets), Key::of(templates), Key::of(theme.chain([&[u8::from(self.drafts)][..]]))];
        Key::of([config, glossary].iter().chain(&parts).map(Key::bytes))
    }

    /// Whether another project has all but its notes in common with this one.
    pub fn has_same_world(&self, other: &Self) -> bool {
        let is_same = |(own, its): (&Asset, &Asset)| {
            own.path == its.path && (Arc::ptr_eq(&own.bytes, &its.bytes) || own.bytes == its.bytes)
        };
        (&self.config, &self.glossary, &self.templates, &self.theme)
            == (&other.config, &other.glossary, &other.templates, &other.theme)
            && self.assets.len() == other.assets.len()
            && self.assets.iter().zip(&other.assets).all(is_same)
    }

    /// Whether another project is read from the same bytes.
    pub fn has_same_sources(&self, other: &Self) -> bool {
        let is_same = |(own, its): (&Arc<SourceFile>, &Arc<SourceFile>)| Arc::ptr_eq(own, its) || own == its;
        self.has_same_world(other)
            && self.notes.len() == other.notes.len()
            && self.notes.iter().zip(&other.notes).all(is_same)
    }

    /// The text of a file of the project, for showing a diagnostic's place.
    pub fn source(&self, path: &str) -> Option<&str> {
        let in_notes =
            self.notes.binary_search_by(|note| note.path.as_str().cmp(path)).ok().map(|i| self.notes[i].text.as_str());
        let in_config = || self.config.as_ref().filter(|config| config.path == path).map(|config| config.text.as_str());
        let in_templates =
            || path.strip_prefix("templates/").and_then(|name| std::str::from_utf8(self.templates.get(name)?).ok());
        let in_glossary = || self.glossary.as_ref().filter(|table| table.path == path).map(|table| table.text.as_str());
        let in_assets = || {
            let path = path.strip_prefix("content/")?;
            let found = self.assets.binary_search_by(|asset| asset.path.as_str().cmp(path)).ok()?;
            std::str::from_utf8(&self.assets[found].bytes).ok()
        };
        let in_theme = || self.theme.values().find(|file| file.path == path).map(|file| &file.bytes);
        let in_theme = || in_theme().and_then(|bytes| std::str::from_utf8(bytes).ok());
        let in_illegible = || self.illegible.get(path).map(String::as_str);
        in_notes
            .or_else(in_config)
            .or_else(in_glossary)
            .or_else(in_assets)
            .or_else(in_templates)
            .or_else(in_theme)
            .or_else(in_illegible)
    }
}

/// Makes sure that a folder is one that a project can be read from.
///
/// # Errors
/// If it is not.
pub fn require(root: &Path) -> Result<(), Failure> {
    if !root.is_dir() {
        let shown = root.display();
        return Err(Failure::Refused(text(
            format!("`{shown}` 폴더가 없습니다"),
            format!("there is no folder `{shown}`"),
        )));
    }
    if !root.join("content").is_dir() {
        let shown = root.display();
        return Err(Failure::Refused(text(
            format!(
                "`{shown}`에 `content` 폴더가 없습니다. 노트는 `content/시리즈/NN-이름.ko.md`에 두며, `bpdoc new 폴더`로 새로 시작할 수 있습니다"
            ),
            format!(
                "`{shown}` has no folder `content`; notes are `content/SERIES/NN-slug.en.md`, and `bpdoc new DIR` makes a project to start from"
            ),
        )));
    }
    Ok(())
}

/// Reads a project.
///
/// # Errors
/// If the directory is no project, or the machine fails on the way. A file that cannot be used is a diagnostic.
pub fn load(root: &Path) -> Result<Checked<Project>, Failure> {
    require(root)?;
    for folder in ["content", "templates"] {
        refuse_link(root, folder)?;
    }
    let mut log = Log::default();
    let mut project = Project::default();
    if let Some(config) = read_config(root, &mut project, &mut log) {
        let file: Arc<str> = config.path.as_str().into();
        let Checked { value, diagnostics } = settings::read(&config.text);
        log.extend(diagnostics.into_iter().map(|d| d.in_file(&file)));
        project.settings = value;
        project.config = Some(config);
    }
    project.glossary = read_glossary(root, &mut project, &mut log);
    read_content(root, &mut project, &mut log)?;
    read_templates(root, &mut project, &mut log)?;
    read_theme(root, &mut project, &mut log)?;
    let loaded = log.finish(project);
    let strictness = loaded.value.settings.check.clone();
    Ok(silence::apply(&strictness, &[], loaded))
}

/// Reads again what has changed on the disk since a project was read. `changed` are places there; where one of them is
/// anything but a note that the project has already, everything is read.
///
/// # Errors
/// As those of [`load`].
pub fn reload(root: &Path, before: Checked<Project>, changed: &[PathBuf]) -> Result<Checked<Project>, Failure> {
    let place_of = |path: &Path| {
        let name = shown(root, path);
        let at = before.value.notes.binary_search_by(|note| note.path.as_str().cmp(&name)).ok()?;
        fs::symlink_metadata(path).ok().filter(fs::Metadata::is_file).map(|_| at)
    };
    let places: Option<Vec<usize>> = changed.iter().map(|path| place_of(path)).collect();
    let Some(places) = places else { return load(root) };
    let Checked { value: mut project, mut diagnostics } = before;
    let mut log = Log::default();
    for (at, disk_path) in places.into_iter().zip(changed) {
        let path = project.notes[at].path.clone();
        diagnostics.retain(|diagnostic| diagnostic.file.as_deref() != Some(&path));
        let bytes = regular(disk_path, &path, project.settings.limits.note(), &mut log);
        match bytes.and_then(|bytes| as_text(&bytes, &path, &mut project.illegible, &mut log)) {
            Some(file) if file.key() == project.notes[at].key() => {}
            Some(file) => project.notes[at] = Arc::new(file),
            // What cannot be read is no note; which notes there are is found out anew.
            None => return load(root),
        }
    }
    log.extend(diagnostics);
    Ok(log.finish(project))
}

fn read_config(root: &Path, project: &mut Project, log: &mut Log) -> Option<SourceFile> {
    let path = root.join("bpdoc.toml");
    if fs::symlink_metadata(&path).is_err() {
        return None;
    }
    let bytes = regular(&path, "bpdoc.toml", project.settings.limits.file(), log)?;
    as_text(&bytes, "bpdoc.toml", &mut project.illegible, log)
}

fn read_glossary(root: &Path, project: &mut Project, log: &mut Log) -> Option<SourceFile> {
    let FileName { path, range } = &project.settings.glossary.clone()?;
    let at_setting =
        |diagnostic: Diagnostic| about_file("bpdoc.toml", Diagnostic { range: range.clone(), ..diagnostic });
    let Some(disk_path) = inside(root, path) else {
        log.push(at_setting(not_inside(path)));
        return None;
    };
    if fs::symlink_metadata(&disk_path).is_err() {
        log.push(at_setting(no_such_file(path)));
        return None;
    }
    let bytes = regular(&disk_path, path, project.settings.limits.note(), log)?;
    as_text(&bytes, path, &mut project.illegible, log)
}

/// What a folder of the project holds stands in the project, and not where a link leads to.
fn refuse_link(root: &Path, folder: &str) -> Result<(), Failure> {
    if !fs::symlink_metadata(root.join(folder)).is_ok_and(|found| found.is_symlink()) {
        return Ok(());
    }
    let shown = root.join(folder);
    let shown = shown.display();
    Err(Failure::Refused(text(
        format!("`{shown}`는 심볼릭 링크입니다. 프로젝트 밖의 파일은 읽지 않으므로 폴더를 이 자리로 옮기세요"),
        format!("`{shown}` is a symbolic link; nothing outside the project is read, so move the folder here"),
    )))
}

/// Where a file of the project is: its path has nothing but names of folders, none of which is a symbolic link.
fn inside(root: &Path, path: &str) -> Option<PathBuf> {
    let is_name = |part: &str| !matches!(part, "" | "." | "..") && !part.contains(['\\', ':', '\0']);
    if !path.split('/').all(is_name) {
        return None;
    }
    let mut disk_path = root.to_owned();
    for part in path.split('/') {
        disk_path.push(part);
        if fs::symlink_metadata(&disk_path).is_ok_and(|metadata| metadata.is_symlink()) {
            return None;
        }
    }
    Some(disk_path)
}

fn not_inside(path: &str) -> Diagnostic {
    Diagnostic::error(
        "outside-project",
        0..0,
        text(
            format!("`{path}`: 프로젝트 폴더 안의 파일이 아닙니다"),
            format!("`{path}` is not a file inside the project's folder"),
        ),
    )
    .help(text(
        "프로젝트 폴더부터 쓰며, `..`와 심볼릭 링크는 쓸 수 없습니다",
        "write the path from the project's folder on; `..` and symbolic links are not allowed",
    ))
}

fn no_such_file(path: &str) -> Diagnostic {
    Diagnostic::error(
        "missing-file",
        0..0,
        text(format!("`{path}` 파일이 없습니다"), format!("there is no file `{path}`")),
    )
}

/// What a file below `content/` has turned out to be.
#[derive(Default)]
struct ContentFile {
    note: Option<Arc<SourceFile>>,
    asset: Option<Asset>,
    illegible: BTreeMap<String, String>,
    log: Log,
}

impl ContentFile {
    fn read(disk_path: &Path, path: &str, limits: Limits) -> Self {
        let mut file = Self::default();
        let is_note = path.ends_with(".md");
        let limit = if is_note { limits.note() } else { limits.file() };
        let Some(bytes) = regular(disk_path, path, limit, &mut file.log) else { return file };
        if is_note {
            file.note = as_text(&bytes, path, &mut file.illegible, &mut file.log).map(Arc::new);
        } else if let Some(path) = path.strip_prefix("content/") {
            file.asset = Some(Asset { path: path.to_owned(), bytes: bytes.into() });
        }
        file
    }
}

fn read_content(root: &Path, project: &mut Project, log: &mut Log) -> Result<(), Failure> {
    let mut seen: BTreeMap<String, String> = BTreeMap::new();
    let mut files = Vec::new();
    for (disk_path, path) in files_below(root, "content", log)? {
        let folded = caseless(&path);
        if let Some(other) = seen.insert(folded, path.clone()) {
            let (name, other) = (printable(&path), printable(&other));
            log.push(about_file(
                &path,
                Diagnostic::error(
                    "name-collision",
                    0..0,
                    text(
                        format!("`{name}`와 `{other}`는 이름이 겹칩니다"),
                        format!("`{name}` and `{other}` have the same name"),
                    ),
                )
                .help(text(
                    "대소문자나 유니코드 정규형만 다른 이름은 함께 쓸 수 없습니다",
                    "names that differ only in case or in Unicode normal form cannot stand side by side",
                )),
            ));
            continue;
        }
        files.push((disk_path, path));
    }
    let limits = project.settings.limits;
    let read = |(disk_path, path): &(PathBuf, String)| ContentFile::read(disk_path, path, limits);
    for ContentFile { note, asset, illegible, log: found } in files.par_iter().map(read).collect::<Vec<_>>() {
        project.notes.extend(note);
        project.assets.extend(asset);
        project.illegible.extend(illegible);
        log.extend(found.finish(()).diagnostics);
    }
    project.notes.sort_by(|a, b| a.path.cmp(&b.path));
    project.assets.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(())
}

fn read_templates(root: &Path, project: &mut Project, log: &mut Log) -> Result<(), Failure> {
    if !root.join("templates").is_dir() {
        return Ok(());
    }
    for (disk_path, path) in files_below(root, "templates", log)? {
        let limit = project.settings.limits.file();
        if let (Some(name), Some(bytes)) = (path.strip_prefix("templates/"), regular(&disk_path, &path, limit, log)) {
            project.templates.insert(name.to_owned(), bytes);
        }
    }
    Ok(())
}

/// A theme: `templates/` and `static/` are what the project's own `templates/` is, `i18n/` is its folder of words.
fn read_theme(root: &Path, project: &mut Project, log: &mut Log) -> Result<(), Failure> {
    let Some(theme) = &project.settings.theme else { return Ok(()) };
    let folder = &theme.folder;
    if !inside(root, folder).is_some_and(|folder| folder.is_dir()) {
        let missing = text(format!("`{folder}` 폴더가 없습니다"), format!("there is no folder `{folder}`"));
        let file: Arc<str> = "bpdoc.toml".into();
        log.push(Diagnostic::error("no-theme", theme.range.clone(), missing).in_file(&file));
        return Ok(());
    }
    for (disk_path, path) in files_below(root, folder, log)? {
        let Some(name) = path.strip_prefix(&format!("{folder}/")) else { continue };
        let name = match name.split_once('/') {
            Some(("templates" | "static", name)) => name,
            Some(("i18n", _)) => name,
            // A licence, a description.
            _ => continue,
        };
        if let Some(bytes) = regular(&disk_path, &path, project.settings.limits.file(), log) {
            project.theme.insert(name.to_owned(), ThemeFile { path: path.clone(), bytes });
        }
    }
    Ok(())
}

/// The Markdown files that a path stands for: the file itself, or all below a folder but those that are hidden, those of
/// editors and links; of a project those below its `content`.
///
/// # Errors
/// If there is no such path, or the machine fails on the way.
pub fn markdown_at(path: &Path) -> Result<Vec<PathBuf>, Failure> {
    let reading = || text("읽을 수 없습니다", "cannot read");
    let metadata = fs::metadata(path).map_err(Failure::reading(path))?;
    if !metadata.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let content = path.join("content");
    let folder = if content.is_dir() { content } else { path.to_owned() };
    let entries = WalkDir::new(&folder)
        .sort_by_file_name()
        .into_iter()
        .filter_entry(|entry| entry.depth() == 0 || !is_litter(&entry.file_name().to_string_lossy()));
    let mut found = Vec::new();
    for entry in entries {
        let entry = entry.map_err(|error| Failure::machine(reading(), &folder)(error.into()))?;
        if entry.file_type().is_file() && entry.path().extension().is_some_and(|end| end == "md") {
            found.push(entry.into_path());
        }
    }
    Ok(found)
}

/// The regular files below a folder that is no project. What cannot be read is told; symbolic links are not followed.
///
/// # Errors
/// If there is no such folder.
pub fn files_of(root: &Path) -> Result<Checked<Vec<Asset>>, Failure> {
    if !root.is_dir() {
        let shown = root.display();
        return Err(Failure::Refused(text(
            format!("`{shown}` 폴더가 없습니다"),
            format!("there is no folder `{shown}`"),
        )));
    }
    let mut log = Log::default();
    let mut files = Vec::new();
    for (disk_path, path) in files_below(root, "", &mut log)? {
        if let Some(bytes) = regular(&disk_path, &path, Limits::default().file(), &mut log) {
            files.push(Asset { path, bytes: bytes.into() });
        }
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(log.finish(files))
}

/// The regular files below a folder of the project: where they are, and their paths below the root in NFC.
fn files_below(root: &Path, folder: &str, log: &mut Log) -> Result<Vec<(PathBuf, String)>, Failure> {
    let mut files = Vec::new();
    let walk = WalkDir::new(root.join(folder))
        .sort_by_file_name()
        .into_iter()
        .filter_entry(|entry| entry.depth() == 0 || !is_litter(&entry.file_name().to_string_lossy()));
    for entry in walk {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                let path = error.path().map_or_else(|| folder.to_owned(), |path| shown(root, path));
                let cause = error.io_error().map_or_else(|| error.to_string(), ToString::to_string);
                log.push(unreadable(&path, &cause));
                continue;
            }
        };
        if entry.file_type().is_dir() {
            continue;
        }
        let path = shown(root, entry.path());
        if !entry.file_type().is_file() {
            log.push(not_regular(&path));
        } else if entry.path().strip_prefix(root).ok().and_then(Path::to_str).is_none() {
            log.push(about_file(&path, not_utf8_name()));
        } else if let Some(fault) = address::fault_of_file(&path).filter(|_| !path.ends_with(".md")) {
            // The name of a note is looked at where it becomes an address.
            log.push(about_file(&path, fault));
        } else {
            files.push((entry.path().to_owned(), path));
        }
    }
    Ok(files)
}

fn not_utf8_name() -> Diagnostic {
    Diagnostic::error("bad-file-name", 0..0, text("파일 이름이 UTF-8이 아닙니다", "the file's name is not UTF-8"))
        .help(text("파일 이름을 바꾸세요", "rename the file"))
}

/// Hidden files and what editors leave behind, for a moment or for good.
pub fn is_litter(name: &str) -> bool {
    name.starts_with('.')
        || name.ends_with('~')
        || (name.starts_with('#') && name.ends_with('#'))
        || [".swp", ".swx", "___jb_tmp___", "___jb_old___"].iter().any(|end| name.ends_with(end))
        || name == "Thumbs.db"
}

fn shown(root: &Path, path: &Path) -> String {
    let relative = path.strip_prefix(root).unwrap_or(path);
    relative.iter().map(|part| part.to_string_lossy().nfc().collect::<String>()).collect::<Vec<_>>().join("/")
}
