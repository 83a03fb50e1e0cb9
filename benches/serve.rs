//! How long it takes from saving a note until its open page is told: `cargo bench --bench serve -- [NOTES] [EDITS]`. It
//! runs the program as an author does, on a project of made-up notes, and makes sure that what a page is told is true.

#[path = "../examples/lectures/mod.rs"]
mod lectures;

use std::error::Error;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Between two edits an author breathes; so does the program.
const PAUSE: Duration = Duration::from_millis(60);

/// The program, which ends with the measurement.
struct Program(Child);

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let numbers: Vec<usize> = std::env::args().skip(1).filter_map(|argument| argument.parse().ok()).collect();
    let (notes, edits) = (*numbers.first().unwrap_or(&1_000), *numbers.get(1).unwrap_or(&50));
    let folder = tempfile::tempdir()?;
    lectures::write(folder.path(), notes)?;

    let started = Instant::now();
    let mut program = Command::new(env!("CARGO_BIN_EXE_bpdoc"));
    program.args(["serve", "--port", "0", "--quiet"]).arg(folder.path()).stdout(Stdio::piped());
    let mut program = Program(program.spawn()?);
    let mut address = String::new();
    BufReader::new(program.0.stdout.take().ok_or("no output")?).read_line(&mut address)?;
    let host = address.trim().trim_start_matches("http://").trim_end_matches('/').to_owned();

    let note = lectures::path_of(notes / 2, "en");
    let page = page_of(&note);
    let mut listener = Listener::open(&host, &page)?;
    while !listener.next()?.contains("\"ready\":true") {}
    let mut out = std::io::stdout().lock();
    writeln!(out, "{notes} notes in two languages: first site after {} ms", started.elapsed().as_millis())?;

    let mut times = Vec::new();
    let original = fs::read_to_string(folder.path().join(&note))?;
    for edit in 0..edits {
        std::thread::sleep(PAUSE);
        let sentence = format!("This is edit number {edit}.");
        let saved = save(&folder.path().join(&note), &format!("{original}\n{sentence}\n"))?;
        listener.next()?;
        times.push(saved.elapsed());
        if !get(&host, &page)?.contains(&sentence) {
            return Err(format!("the page does not show edit {edit}").into());
        }
    }
    times.sort_unstable();
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize].as_secs_f64() * 1e3;
    writeln!(
        out,
        "{edits} edits, saved to told: median {:.2} ms, 90 % {:.2} ms, longest {:.2} ms",
        at(0.5),
        at(0.9),
        at(1.0)
    )?;
    Ok(())
}

/// `content/course-001/01-x.en.md` → `/en/course-001/x.html`.
fn page_of(note: &str) -> String {
    let (series, file) = note.trim_start_matches("content/").split_once('/').unwrap_or_default();
    let slug = file.split_once('-').map_or(file, |(_, slug)| slug).trim_end_matches(".en.md");
    format!("/en/{series}/{slug}.html")
}

/// Writes beside the note and changes names, as most editors do. When the new note was there.
fn save(note: &Path, text: &str) -> std::io::Result<Instant> {
    let beside = note.with_extension("md~");
    fs::write(&beside, text)?;
    let now = Instant::now();
    fs::rename(beside, note)?;
    Ok(now)
}

fn get(host: &str, page: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(host)?;
    write!(stream, "GET {page} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}

/// An open page.
struct Listener(BufReader<TcpStream>);

impl Listener {
    fn open(host: &str, page: &str) -> std::io::Result<Self> {
        let mut stream = TcpStream::connect(host)?;
        write!(stream, "GET /_bpdoc/events?page={page} HTTP/1.1\r\nHost: {host}\r\n\r\n")?;
        Ok(Self(BufReader::new(stream)))
    }

    /// Waits for the next message.
    fn next(&mut self) -> Result<String, Box<dyn Error>> {
        loop {
            let mut line = String::new();
            if self.0.read_line(&mut line)? == 0 {
                return Err("the program has ended".into());
            }
            if line.starts_with("data: ") {
                return Ok(line);
            }
        }
    }
}
