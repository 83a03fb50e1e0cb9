//! Writes a project of any size, for measuring builds and rebuilds: `cargo run --example corpus -- FOLDER 1000` writes
//! a thousand notes in two languages each. The same number gives the same bytes.

mod lectures;

use std::error::Error;
use std::path::Path;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [folder, notes] = arguments.as_slice() else { return Err("usage: corpus FOLDER NOTES".into()) };
    lectures::write(Path::new(folder), notes.parse()?)?;
    Ok(())
}
