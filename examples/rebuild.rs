//! How long it takes from a saved note to pages that show it: `cargo run --release --example rebuild -- FOLDER` edits
//! notes of a project again and again and prints the milliseconds. The folder is left as it was.

use bpdoc::studio::Studio;
use std::error::Error;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Instant;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args().nth(1).ok_or("usage: rebuild FOLDER")?;
    let mut studio = Studio::open(Path::new(&folder));
    let first = Instant::now();
    let update = studio.refresh(None).map_err(|failure| failure.message().en)?;
    let mut out = std::io::stdout().lock();
    writeln!(out, "first: {:.0} ms, {} notes", first.elapsed().as_secs_f64() * 1e3, update.notes)?;
    let notes: Vec<PathBuf> = walkdir::WalkDir::new(Path::new(&folder).join("content"))
        .sort_by_file_name()
        .into_iter()
        .filter_map(|entry| Some(entry.ok()?.into_path()))
        .filter(|path| path.to_string_lossy().ends_with(".ko.md") && !path.ends_with("_index.ko.md"))
        .collect();
    for kind in ["a sentence", "a title", "a value", "a tag"] {
        let mut times = Vec::new();
        for i in 0..21 {
            let path = &notes[i * notes.len() / 21];
            let text = std::fs::read_to_string(path)?;
            let edited = match kind {
                "a sentence" => format!("{text}\n\nOne more sentence, number {i}.\n"),
                "a title" => text.replacen("title = \"", "title = \"New ", 1),
                "a value" => text.replacen("W = [[", "W = [[9 * ", 1),
                _ => text.replacen("tags = [", "tags = [\"new\", ", 1),
            };
            assert!(edited != text, "{}: nothing to edit", path.display());
            std::fs::write(path, edited)?;
            let start = Instant::now();
            let update = studio.refresh(Some(std::slice::from_ref(path))).map_err(|failure| failure.message().en)?;
            times.push((start.elapsed().as_secs_f64() * 1e3, update.changed.len()));
            std::fs::write(path, &text)?;
            studio.refresh(Some(std::slice::from_ref(path))).map_err(|failure| failure.message().en)?;
        }
        times.sort_by(|a, b| a.0.total_cmp(&b.0));
        let (median, files) = times[times.len() / 2];
        writeln!(out, "{kind}: median {median:.2} ms, fastest {:.2} ms, {files} files", times[0].0)?;
    }
    Ok(())
}
