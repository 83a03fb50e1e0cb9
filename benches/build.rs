//! What a build costs: `cargo bench --bench build -- [NOTES]`. It runs the program as an author does, on a project of made-up
//! notes: for the first time, when nothing has changed, when a sentence, a title or a value has, and when the site is lost but
//! not what builds leave behind. The times are CPU seconds, the fastest of some rounds, and ratios to the first build.

#[path = "../examples/lectures/mod.rs"]
mod lectures;

use std::error::Error;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Other programs disturb; the fastest round is disturbed least.
const ROUNDS: usize = 3;

/// A project, its site, and what builds leave behind.
struct Desk {
    folder: tempfile::TempDir,
    note: PathBuf,
    original: String,
}

impl Desk {
    fn new(notes: usize) -> Result<Self, Box<dyn Error>> {
        let memory = Path::new("/dev/shm");
        let folder = if memory.is_dir() { tempfile::tempdir_in(memory)? } else { tempfile::tempdir()? };
        lectures::write(&folder.path().join("project"), notes)?;
        let note = folder.path().join("project").join(lectures::path_of(notes / 2, "en"));
        let original = fs::read_to_string(&note)?;
        Ok(Self { folder, note, original })
    }

    /// Builds; the CPU seconds, user's and system's.
    fn build(&self) -> Result<f64, Box<dyn Error>> {
        let before = children_seconds()?;
        let mut program = Command::new(env!("CARGO_BIN_EXE_bpdoc"));
        program.args(["build", "--quiet"]).arg(self.folder.path().join("project"));
        program
            .arg("--out")
            .arg(self.site())
            .env("XDG_CACHE_HOME", self.left())
            .stdin(Stdio::null())
            .stderr(Stdio::null());
        if !program.status()?.success() {
            return Err("the build has failed".into());
        }
        Ok(children_seconds()? - before)
    }

    fn site(&self) -> PathBuf {
        self.folder.path().join("site")
    }

    fn left(&self) -> PathBuf {
        self.folder.path().join("left")
    }

    fn forget(&self) -> Result<(), Box<dyn Error>> {
        for folder in [self.site(), self.left()] {
            if folder.exists() {
                fs::remove_dir_all(folder)?;
            }
        }
        Ok(())
    }

    /// Writes the note anew, with something else in the place of something.
    fn edit(&self, old: &str, new: &str) -> Result<(), Box<dyn Error>> {
        if !self.original.contains(old) {
            return Err(format!("the note has no {old:?}").into());
        }
        Ok(fs::write(&self.note, self.original.replacen(old, new, 1))?)
    }
}

/// The CPU seconds of all children that have ended (proc(5), `cutime` and `cstime`).
fn children_seconds() -> Result<f64, Box<dyn Error>> {
    /// The kernel counts for programs in these parts of a second, on every machine (`USER_HZ`).
    const TICKS: f64 = 100.0;
    let stat = fs::read_to_string("/proc/self/stat")?;
    let after_name = stat.rsplit_once(") ").ok_or("no name in /proc/self/stat")?.1;
    let numbers: Vec<&str> = after_name.split(' ').collect();
    Ok((numbers[13].parse::<f64>()? + numbers[14].parse::<f64>()?) / TICKS)
}

fn main() -> Result<(), Box<dyn Error>> {
    let notes = std::env::args().skip(1).find_map(|argument| argument.parse().ok()).unwrap_or(1_000);
    let desk = Desk::new(notes)?;
    let mut out = std::io::stdout().lock();
    writeln!(out, "{notes} notes in two languages, CPU seconds, the fastest of {ROUNDS} rounds")?;
    let mut first = None;
    let mut tell = |name: &str, prepare: &dyn Fn(usize) -> Result<(), Box<dyn Error>>| -> Result<(), Box<dyn Error>> {
        let mut best = f64::INFINITY;
        for round in 0..ROUNDS {
            prepare(round)?;
            best = best.min(desk.build()?);
        }
        let cold = *first.get_or_insert(best);
        Ok(writeln!(out, "{name:24} {best:7.2}   {:6.3} of the first build", best / cold)?)
    };
    tell("the first time", &|_| desk.forget())?;
    tell("nothing has changed", &|_| Ok(()))?;
    tell("a sentence", &|round| desk.edit("\n## ", &format!("\nSentence {round}.\n\n## ")))?;
    tell("a title", &|round| desk.edit("title = \"", &format!("title = \"{round} ")))?;
    tell("a figure", &|round| {
        desk.edit("\n```graph #", &format!("\n```graph #again\nx = {round}\ny = x * x\n```\n\n```graph #"))
    })?;
    tell("the site is lost", &|_| Ok(fs::remove_dir_all(desk.site())?))
}
