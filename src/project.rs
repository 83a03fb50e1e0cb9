//! A project in memory. In: a directory; out: settings, notes, templates and other files. This room alone reads
//! the disk; it does not know what the texts mean.

use crate::diag::{Checked, Diagnostic, Log};
use crate::failure::Failure;
use crate::lang::text;
use crate::settings::{self, FileName, Settings};
use crate::silence;
use crate::source::SourceFile;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use unicode_normalization::UnicodeNormalization;
use walkdir::{DirEntry, WalkDir};

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
        in_notes.or_else(in_config).or_else(in_glossary).or_else(in_assets).or_else(in_templates).or_else(in_theme)
    }
}

/// Reads a project.
///
/// # Errors
/// If the directory is no project, or the machine fails on the way. A file that cannot be used is a diagnostic.
pub fn load(root: &Path) -> Result<Checked<Project>, Failure> {
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
    let mut log = Log::default();
    let mut project = Project::default();
    if let Some(config) = read_config(root, &mut log) {
        let file: Arc<str> = config.path.as_str().into();
        let Checked { value, diagnostics } = settings::read(&config.text);
        log.extend(diagnostics.into_iter().map(|d| d.in_file(&file)));
        project.settings = value;
        project.config = Some(config);
    }
    project.glossary = read_glossary(root, &project.settings, &mut log);
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
        let bytes = read_regular(disk_path, &path, project.settings.limits.note_bytes, &mut log);
        match bytes.and_then(|bytes| as_text(bytes, &path, &mut log)) {
            Some(file) if file.key() == project.notes[at].key() => {}
            Some(file) => project.notes[at] = Arc::new(file),
            // What cannot be read is no note; which notes there are is found out anew.
            None => return load(root),
        }
    }
    log.extend(diagnostics);
    Ok(log.finish(project))
}

fn read_config(root: &Path, log: &mut Log) -> Option<SourceFile> {
    let path = root.join("bpdoc.toml");
    if fs::symlink_metadata(&path).is_err() {
        return None;
    }
    read_regular(&path, "bpdoc.toml", usize::MAX, log).and_then(|bytes| as_text(bytes, "bpdoc.toml", log))
}

fn read_glossary(root: &Path, settings: &Settings, log: &mut Log) -> Option<SourceFile> {
    let FileName { path, range } = settings.glossary.as_ref()?;
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
    let bytes = read_regular(&disk_path, path, settings.limits.note_bytes, log)?;
    as_text(bytes, path, log)
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

fn read_content(root: &Path, project: &mut Project, log: &mut Log) -> Result<(), Failure> {
    let mut seen: BTreeMap<String, String> = BTreeMap::new();
    for (disk_path, path) in files_below(root, "content", log)? {
        let folded = path.to_lowercase();
        if let Some(other) = seen.insert(folded, path.clone()) {
            log.push(about_file(
                &path,
                Diagnostic::error(
                    "name-collision",
                    0..0,
                    text(
                        format!("`{path}`와 `{other}`는 이름이 겹칩니다"),
                        format!("`{path}` and `{other}` have the same name"),
                    ),
                )
                .help(text(
                    "대소문자나 유니코드 정규형만 다른 이름은 함께 쓸 수 없습니다",
                    "names that differ only in case or in Unicode normal form cannot stand side by side",
                )),
            ));
            continue;
        }
        let limit = project.settings.limits.note_bytes;
        let is_note = path.ends_with(".md");
        let Some(bytes) = read_regular(&disk_path, &path, if is_note { limit } else { usize::MAX }, log) else {
            continue;
        };
        if is_note {
            project.notes.extend(as_text(bytes, &path, log).map(Arc::new));
        } else if let Some(path) = path.strip_prefix("content/") {
            project.assets.push(Asset { path: path.to_owned(), bytes: bytes.into() });
        }
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
        if let (Some(name), Some(bytes)) =
            (path.strip_prefix("templates/"), read_regular(&disk_path, &path, usize::MAX, log))
        {
            project.templates.insert(name.to_owned(), bytes);
        }
    }
    Ok(())
}

/// A theme: `templates/` and `static/` are what the project's own `templates/` is, `i18n/` is its folder of words.
fn read_theme(root: &Path, project: &mut Project, log: &mut Log) -> Result<(), Failure> {
    let Some(theme) = &project.settings.theme else { return Ok(()) };
    let folder = &theme.folder;
    if !root.join(folder).is_dir() {
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
        if let Some(bytes) = read_regular(&disk_path, &path, usize::MAX, log) {
            project.theme.insert(name.to_owned(), ThemeFile { path: path.clone(), bytes });
        }
    }
    Ok(())
}

/// The regular files below a folder of the project: where they are, and their paths below the root in NFC.
fn files_below(root: &Path, folder: &str, log: &mut Log) -> Result<Vec<(PathBuf, String)>, Failure> {
    let mut files = Vec::new();
    let walk = WalkDir::new(root.join(folder))
        .sort_by_file_name()
        .into_iter()
        .filter_entry(|entry| entry.depth() == 0 || !is_litter(entry));
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
            log.push(about_file(
                &path,
                Diagnostic::error(
                    "not-a-regular-file",
                    0..0,
                    text("심볼릭 링크나 장치 파일은 읽지 않습니다", "symbolic links and device files are not read"),
                )
                .help(text("파일을 이 폴더에 복사하세요", "copy the file into this folder")),
            ));
        } else if entry.path().strip_prefix(root).ok().and_then(Path::to_str).is_none() {
            log.push(about_file(
                &path,
                Diagnostic::error(
                    "bad-file-name",
                    0..0,
                    text("파일 이름이 UTF-8이 아닙니다", "the file's name is not UTF-8"),
                ),
            ));
        } else {
            files.push((entry.path().to_owned(), path));
        }
    }
    Ok(files)
}

/// Hidden files and what editors leave behind.
fn is_litter(entry: &DirEntry) -> bool {
    let name = entry.file_name().to_string_lossy();
    name.starts_with('.')
        || name.ends_with('~')
        || (name.starts_with('#') && name.ends_with('#'))
        || name.ends_with(".swp")
        || name == "Thumbs.db"
}

fn shown(root: &Path, path: &Path) -> String {
    let relative = path.strip_prefix(root).unwrap_or(path);
    relative.iter().map(|part| part.to_string_lossy().nfc().collect::<String>()).collect::<Vec<_>>().join("/")
}

fn read_regular(disk_path: &Path, path: &str, limit: usize, log: &mut Log) -> Option<Vec<u8>> {
    let metadata = match fs::symlink_metadata(disk_path) {
        Ok(metadata) => metadata,
        Err(error) => {
            log.push(unreadable(path, &error.to_string()));
            return None;
        }
    };
    if !metadata.is_file() {
        log.push(about_file(
            path,
            Diagnostic::error("not-a-regular-file", 0..0, text("보통 파일이 아닙니다", "this is not a regular file")),
        ));
        return None;
    }
    if metadata.len() > limit as u64 {
        let size = metadata.len();
        log.push(about_file(
            path,
            Diagnostic::error(
                "too-large",
                0..0,
                text(
                    format!("파일이 너무 큽니다({size}바이트, 한도 {limit})"),
                    format!("the file is too large ({size} bytes, the limit is {limit})"),
                ),
            )
            .help(text(
                "`bpdoc.toml`의 `limits.note_bytes`로 한도를 정할 수 있습니다",
                "`limits.note_bytes` in `bpdoc.toml` sets the limit",
            )),
        ));
        return None;
    }
    fs::read(disk_path).map_err(|error| log.push(unreadable(path, &error.to_string()))).ok()
}

fn as_text(bytes: Vec<u8>, path: &str, log: &mut Log) -> Option<SourceFile> {
    match String::from_utf8(bytes) {
        Ok(text) => Some(SourceFile::new(path, text)),
        Err(error) => {
            let good = &error.as_bytes()[..error.utf8_error().valid_up_to()];
            let line = 1 + good.iter().filter(|byte| **byte == b'\n').count();
            let column = 1 + String::from_utf8_lossy(good).rsplit('\n').next().map_or(0, |last| last.chars().count());
            log.push(about_file(
                path,
                Diagnostic::error(
                    "not-utf8",
                    0..0,
                    text(
                        format!("{line}행 {column}열부터 UTF-8이 아닙니다"),
                        format!("not UTF-8 from line {line}, column {column} on"),
                    ),
                )
                .help(text("편집기에서 인코딩을 UTF-8로 바꾸어 저장하세요", "save the file as UTF-8 in your editor")),
            ));
            None
        }
    }
}

fn unreadable(path: &str, cause: &str) -> Diagnostic {
    about_file(
        path,
        Diagnostic::error(
            "unreadable-file",
            0..0,
            text(format!("파일을 읽을 수 없습니다: {cause}"), format!("the file cannot be read: {cause}")),
        ),
    )
}

fn about_file(path: &str, diagnostic: Diagnostic) -> Diagnostic {
    diagnostic.in_file(&path.into())
}
