//! Files of a project that commands write. In: paths and texts; out: files, none of which takes the place of another
//! unless it was asked for.

use crate::failure::Failure;
use crate::lang::text;
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Writes files that do not exist yet, or none of them.
pub fn create(files: &[(PathBuf, String)]) -> Result<(), Failure> {
    if let Some((path, _)) = files.iter().find(|(path, _)| fs::symlink_metadata(path).is_ok()) {
        let shown = path.display();
        return Err(Failure::Refused(text(
            format!("`{shown}` 파일이 이미 있습니다"),
            format!("`{shown}` is there already"),
        )));
    }
    for (i, (path, content)) in files.iter().enumerate() {
        if let Err(error) = create_one(path, content) {
            for (written, _) in &files[..i] {
                let _ = fs::remove_file(written);
            }
            return Err(Failure::machine(text("쓸 수 없습니다", "cannot write"), path)(error));
        }
    }
    Ok(())
}

fn create_one(path: &Path, content: &str) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    OpenOptions::new().write(true).create_new(true).open(path)?.write_all(content.as_bytes())
}

/// Puts a text in the place of that of a file, in one step.
pub fn replace(path: &Path, content: &str) -> Result<(), Failure> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let beside = path.with_file_name(format!(".{name}.{}", std::process::id()));
    let written = || -> io::Result<()> {
        let mut file = OpenOptions::new().write(true).create_new(true).open(&beside)?;
        file.write_all(content.as_bytes())?;
        file.set_permissions(fs::metadata(path)?.permissions())?;
        file.sync_all()?;
        fs::rename(&beside, path)
    };
    written().map_err(|error| {
        let _ = fs::remove_file(&beside);
        Failure::machine(text("쓸 수 없습니다", "cannot write"), path)(error)
    })
}
