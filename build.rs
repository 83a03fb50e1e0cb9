//! Names the program by what it is made of, so that nothing that another one has left behind is taken for its own work.

use std::collections::hash_map::DefaultHasher;
use std::fs;
use std::hash::{Hash, Hasher};
use std::path::Path;

/// All that the program is made of.
const PARTS: [&str; 4] = ["Cargo.lock", "Cargo.toml", "src", "templates"];

fn main() {
    let mut hasher = DefaultHasher::new();
    for part in PARTS {
        println!("cargo::rerun-if-changed={part}");
        add(Path::new(part), &mut hasher);
    }
    println!("cargo::rustc-env=BPDOC_MADE_OF={:016x}", hasher.finish());
}

/// Adds a file, or all that a folder holds, in the order of names. A source package may lack a part.
fn add(path: &Path, hasher: &mut DefaultHasher) {
    let mut inside: Vec<_> = fs::read_dir(path).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    inside.sort();
    path.to_string_lossy().hash(hasher);
    if path.is_file() {
        fs::read(path).unwrap_or_default().hash(hasher);
    }
    inside.iter().for_each(|path| add(path, hasher));
}
