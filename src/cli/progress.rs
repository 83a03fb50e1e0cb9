//! What is shown of work that takes long. In: what the work says of its stages; out: a line on stderr that is drawn anew
//! and erased, and afterwards how long each stage took. This file does not know what is done in a stage.

use crate::lang::{Text, Tongue, counted, text};
use crate::stage::{Progress, Stage};
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use signal_hook::low_level::emulate_default_handler;
use std::io::Write;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::channel;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};
use unicode_width::UnicodeWidthStr;

/// Work that is over before needs no line.
const PATIENCE: Duration = Duration::from_millis(500);
/// How long a line stays as it is.
const PAUSE: Duration = Duration::from_millis(100);

/// How long the end of the process waits for whoever reads what it writes.
const MOMENT: Duration = Duration::from_secs(1);

/// The terminal has one line that is drawn anew, whoever writes to it.
static LINE: Mutex<Line> = Mutex::new(Line { shown: String::new(), is_over: false });

/// What the process is at.
static BOARD: Board = Board { stages: Mutex::new(Vec::new()), done: AtomicUsize::new(0) };

/// The stages so far.
pub struct Board {
    stages: Mutex<Vec<Begun>>,
    /// How many parts of the last of them are done. Whoever works only adds to it.
    done: AtomicUsize,
}

/// A stage that has begun.
#[derive(Clone, Copy)]
struct Begun {
    stage: Stage,
    parts: usize,
    began: Instant,
}

impl Progress for Board {
    fn begin(&self, stage: Stage, parts: usize) {
        let mut stages = locked(&self.stages);
        self.done.store(0, Ordering::Relaxed);
        stages.push(Begun { stage, parts, began: Instant::now() });
    }

    fn step(&self) {
        self.done.fetch_add(1, Ordering::Relaxed);
    }
}

/// The board of the process; where the line is shown, it is from now on.
pub fn board(shows_line: Option<Tongue>) -> &'static Board {
    if let Some(tongue) = shows_line {
        erase_when_interrupted();
        thread::spawn(move || draw_until_over(tongue));
    }
    &BOARD
}

/// Writes something else to the terminal.
pub fn aside<T>(write: impl FnOnce() -> T) -> T {
    let mut line = locked(&LINE);
    to_stderr(line.erase());
    write()
}

/// Nothing is drawn any more.
pub fn end() {
    at_last(|| {
        let mut line = locked(&LINE);
        line.is_over = true;
        to_stderr(line.erase());
    });
}

/// Writes what comes last. A terminal or a pipe that takes nothing more, for this or for what was to be written before, keeps
/// the process no longer than a moment.
pub fn at_last(write: impl FnOnce() + Send + 'static) {
    let (sender, written) = channel();
    thread::spawn(move || {
        write();
        // Nobody may be waiting any more.
        let _ = sender.send(());
    });
    let _ = written.recv_timeout(MOMENT);
}

fn draw_until_over(tongue: Tongue) {
    thread::sleep(PATIENCE);
    loop {
        let now = BOARD.now(tongue);
        {
            let mut line = locked(&LINE);
            if line.is_over {
                return;
            }
            to_stderr(&line.draw(&now));
        }
        thread::sleep(PAUSE);
    }
}

/// Ctrl-C ends the process as ever, but takes the line along.
fn erase_when_interrupted() {
    let Ok(mut signals) = Signals::new([SIGINT, SIGTERM]) else { return };
    thread::spawn(move || {
        for signal in &mut signals {
            end();
            let _ = emulate_default_handler(signal);
        }
    });
}

fn to_stderr(written: &str) {
    let _ = std::io::stderr().lock().write_all(written.as_bytes());
}

fn locked<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The line that is drawn anew.
#[derive(Default)]
struct Line {
    /// What stands there; empty where nothing does.
    shown: String,
    is_over: bool,
}

impl Line {
    /// What is written to show a text in the place of the one before. It is cut at the edge of the terminal, since what has
    /// gone on to the next line could not be erased.
    fn draw(&mut self, shown: &str) -> String {
        if self.shown == shown {
            return String::new();
        }
        shown.clone_into(&mut self.shown);
        format!("\r\u{1b}[K\u{1b}[?7l{shown}\u{1b}[?7h")
    }

    /// What is written to show nothing.
    fn erase(&mut self) -> &'static str {
        if std::mem::take(&mut self.shown).is_empty() { "" } else { "\r\u{1b}[K" }
    }
}

impl Board {
    /// What is being done, and how far it is.
    fn now(&self, tongue: Tongue) -> String {
        let stages = locked(&self.stages);
        let Some(Begun { stage, parts, .. }) = stages.last() else { return String::new() };
        let (name, done) = (stage.name(), self.done.load(Ordering::Relaxed).min(*parts));
        let name = name.in_tongue(tongue);
        if *parts == 0 { format!("{name} …") } else { format!("{name} {done}/{parts}") }
    }

    /// How long each stage took, a line each.
    pub fn told(&self, tongue: Tongue) -> String {
        table(&spent(&locked(&self.stages), Instant::now()), tongue)
    }
}

/// How long each stage took, in the order in which they began, with its parts. One that begins again goes on.
fn spent(stages: &[Begun], now: Instant) -> Vec<(Stage, usize, Duration)> {
    let ends = stages.iter().skip(1).map(|next| next.began).chain([now]);
    let mut spent: Vec<(Stage, usize, Duration)> = Vec::new();
    for (Begun { stage, parts, began }, end) in stages.iter().zip(ends) {
        let time = end - *began;
        match spent.iter_mut().find(|(known, ..)| known == stage) {
            Some((_, all, before)) => (*all, *before) = (*all + parts, *before + time),
            None => spent.push((*stage, *parts, time)),
        }
    }
    spent
}

fn table(rows: &[(Stage, usize, Duration)], tongue: Tongue) -> String {
    let names: Vec<Text> = rows.iter().map(|(stage, ..)| stage.name()).collect();
    let width = names.iter().map(|name| name.in_tongue(tongue).width()).max().unwrap_or_default();
    let line = |(name, (_, parts, time)): (&Text, &(Stage, usize, Duration))| {
        let name = name.in_tongue(tongue);
        let (blanks, milliseconds) = (" ".repeat(width - name.width()), time.as_millis());
        let parts = if *parts == 0 { String::new() } else { format!("  {parts:>6}") };
        format!("  {name}{blanks}  {milliseconds:>6} ms{parts}\n")
    };
    names.iter().zip(rows).map(line).collect()
}

/// How many threads share the work.
pub fn threads() -> Text {
    let n = rayon::current_num_threads();
    text(format!("  스레드 {n}개"), format!("  {}", counted(n, "thread")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_is_drawn_when_it_is_new_and_erased_once() {
        let mut line = Line::default();
        for (shown, written) in [
            ("", ""),
            ("pages 3/9", "\r\u{1b}[K\u{1b}[?7lpages 3/9\u{1b}[?7h"),
            ("pages 3/9", ""),
            ("pages 4/9", "\r\u{1b}[K\u{1b}[?7lpages 4/9\u{1b}[?7h"),
        ] {
            assert_eq!(line.draw(shown), written, "{shown}");
        }
        assert_eq!([line.erase(), line.erase()], ["\r\u{1b}[K", ""]);
    }

    #[test]
    fn the_board_says_how_far_the_work_is() {
        let board = Board { stages: Mutex::default(), done: AtomicUsize::new(0) };
        let mut said = vec![board.now(Tongue::En)];
        for (stage, parts, steps) in [(Stage::Files, 0, 0), (Stage::Lessons, 2000, 312), (Stage::Links, 0, 3)] {
            board.begin(stage, parts);
            (0..steps).for_each(|_| board.step());
            said.push(board.now(Tongue::En));
        }
        assert_eq!(said, ["", "files …", "lessons and figures 312/2000", "links …"]);
        board.begin(Stage::Graphs, 7);
        assert_eq!(board.now(Tongue::Ko), "그래프 0/7");
    }

    #[test]
    fn a_stage_that_begins_again_goes_on() {
        let start = Instant::now();
        let at = |stage, parts, after| Begun { stage, parts, began: start + Duration::from_millis(after) };
        let stages =
            [at(Stage::Notes, 0, 0), at(Stage::Notes, 12, 5), at(Stage::Graphs, 3, 40), at(Stage::Links, 0, 41)];
        let rows = spent(&stages, start + Duration::from_millis(1241));
        for (tongue, expected) in [
            (Tongue::En, "  notes       40 ms      12\n  graphs       1 ms       3\n  links     1200 ms\n"),
            (Tongue::Ko, "  노트        40 ms      12\n  그래프       1 ms       3\n  링크      1200 ms\n"),
        ] {
            assert_eq!(table(&rows, tongue), expected);
        }
    }
}
