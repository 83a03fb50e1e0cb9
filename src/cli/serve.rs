//! `bpdoc serve`: shows the site while its notes are written.

use super::{Terminal, mishap, print, progress};
use crate::diag::{Diagnostic, Severity, has_errors};
use crate::failure::Failure;
use crate::lang::{Text, counted, text};
use crate::project;
use crate::report::{Format, counts, report, visible};
use crate::serve::{Desk, Port, Server};
use crate::source::printable;
use crate::studio::{Studio, Update};
use crate::watch::{Manner, News, Watch};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread;
use std::time::{Duration, Instant};

/// The port that is tried first: the digits of e.
const PORT: u16 = 2718;
/// How long nothing must happen before there is time for what can wait.
const PAUSE: Duration = Duration::from_millis(200);

/// Arguments of `serve`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The project's folder
    #[arg(default_value = ".", value_hint = clap::ValueHint::DirPath)]
    root: PathBuf,
    /// The port, 0 for any; by default 2718 or the next that is free
    #[arg(long, short, value_name = "N")]
    port: Option<u16>,
    /// The address to listen at; any but that of this machine lets others read the notes
    #[arg(long, value_name = "ADDRESS", default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    host: IpAddr,
    /// Open the site in the browser
    #[arg(long)]
    open: bool,
    /// Show drafts, too
    #[arg(long)]
    drafts: bool,
    /// Look at the files twice a second, where the file system does not tell of changes
    #[arg(long)]
    poll: bool,
}

/// Serves the site until the process is asked to end. Pages are made anew whenever something that they are made of is
/// saved; with an error in the notes, the pages before stay.
pub fn run(arguments: &Arguments, terminal: Terminal) -> Result<u8, Failure> {
    let resolving = || text("경로를 알 수 없습니다", "cannot resolve the path");
    project::require(&arguments.root)?;
    // Changes are told under the whole path.
    let root = std::fs::canonicalize(&arguments.root).map_err(Failure::machine(resolving(), &arguments.root))?;
    let studio = Studio::open(&root);
    let studio = if arguments.drafts { studio.with_drafts() } else { studio };
    let port = arguments.port.map_or(Port::From(PORT), Port::Only);
    let server = Server::bind(arguments.host, port)?;
    let address = format!("http://{}/", from_here(server.address()));
    if arguments.port.is_none() && server.address().port() != PORT {
        terminal.say(&text(
            format!("{PORT}번 포트는 다른 프로그램이 쓰고 있습니다"),
            format!("port {PORT} is taken by another program"),
        ));
    }
    if !arguments.host.is_loopback() {
        let port = server.address().port();
        terminal.warn(&text(
            format!("이 기계에 연결할 수 있는 누구나 {port}번 포트에서 노트를 읽을 수 있습니다"),
            format!("whoever can reach this machine can read the notes, at port {port}"),
        ));
    }
    print(format!("{address}\n").as_bytes())?;
    terminal.say(&text(
        "저장하면 열린 페이지가 바로 바뀝니다. 끝내려면 Ctrl-C를 누르세요",
        "open pages follow whatever is saved; press Ctrl-C to end",
    ));
    let desk = Arc::new(Desk::new(studio, terminal.tongue));
    let refresher = Refresher { desk: Arc::clone(&desk), terminal, told: Vec::new(), failed: None };
    let manner = if arguments.poll { Manner::Polled } else { Manner::Told };
    thread::spawn(move || refresher.run(&root, manner));
    if arguments.open && !open(&address) {
        terminal.warn(&text(
            format!("브라우저를 열지 못했습니다. 직접 `{address}`를 여세요"),
            format!("no browser could be opened; open `{address}` yourself"),
        ));
    }
    let waiting = text("종료 신호를 기다릴 수 없습니다", "cannot wait for the signal to end");
    server.run(&desk).map_err(Failure::machine(waiting, Path::new("-")))?;
    progress::at_last(move || terminal.say(&text("끝냈습니다", "ended")));
    Ok(0)
}

/// Where a browser on this machine finds what listens at an address: the one that means all addresses is none to go to.
fn from_here(address: SocketAddr) -> SocketAddr {
    let host = match address.ip() {
        IpAddr::V4(host) if host.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(host) if host.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        host => host,
    };
    SocketAddr::new(host, address.port())
}

/// Refreshes the site whenever something has changed, and says so.
struct Refresher {
    desk: Arc<Desk>,
    terminal: Terminal,
    /// The warnings of the refresh before, which need not be said again.
    told: Vec<Diagnostic>,
    /// Why the last refresh could not be done, which is looked at again and again, but is said once.
    failed: Option<String>,
}

impl Refresher {
    fn run(mut self, root: &Path, manner: Manner) {
        // What changes while the site is made for the first time is not missed.
        let mut watch = Watch::on(root, self.desk.ask(Studio::places), manner);
        let stirring = watch.stirring();
        let mut needs_proof = self.refresh(None, root);
        loop {
            watch.look_at(self.desk.ask(Studio::places));
            match watch.next(needs_proof.then_some(PAUSE)) {
                Some(News::Changed(paths)) => needs_proof |= self.refresh(Some(&paths), root),
                Some(News::Everything) => needs_proof |= self.refresh(None, root),
                Some(News::Polling(cause)) => self.terminal.warn(&text(
                    format!("{}. 대신 파일을 1초에 두 번 살펴봅니다", cause.ko),
                    format!("{}; looking at the files twice a second instead", cause.en),
                )),
                // What is wrong with pages is found when there is time for it.
                None => needs_proof = !self.proof(&|| stirring.load(Ordering::Relaxed)),
            }
        }
    }

    /// Whether there are new pages.
    fn refresh(&mut self, changed: Option<&[PathBuf]>, root: &Path) -> bool {
        self.attempt(|own| {
            let started = Instant::now();
            let update = own.desk.refresh(changed)?;
            own.failed = None;
            if update.is_new {
                let milliseconds = started.elapsed().as_millis();
                let known = std::mem::take(&mut own.told);
                own.told = own.desk.ask(|studio| studio.diagnostics().to_vec());
                // Errors are said as long as there are any, warnings when they are new.
                own.report(|diagnostic| diagnostic.severity == Severity::Error || !known.contains(diagnostic));
                let said = counts(&own.told);
                let done = summary(&update, has_errors(&own.told));
                let cause = changed.map(|paths| cause(paths, root)).unwrap_or_default();
                own.terminal.say(&text(
                    format!("{cause}{}, {} ({milliseconds} ms)", done.ko, said.ko),
                    format!("{cause}{}, {} ({milliseconds} ms)", done.en, said.en),
                ));
            }
            Ok(update.is_new)
        })
        .unwrap_or(false)
    }

    /// Finds what is wrong with the pages. False if it was interrupted.
    fn proof(&mut self, is_interrupted: &(dyn Fn() -> bool + Sync)) -> bool {
        // What has gone wrong is not tried again before something changes.
        self.attempt(|own| Ok(own.prove(is_interrupted))).unwrap_or(true)
    }

    /// Does work on the site; none if it cannot be done, which is said. A panic in it ends neither the program nor the
    /// following of changes: what it may have left half-made is made anew.
    fn attempt<T>(&mut self, work: impl FnOnce(&mut Self) -> Result<T, Failure>) -> Option<T> {
        let failure = match mishap::caught(|| work(self)) {
            Ok(done) => return Some(done),
            Err(failure) => failure,
        };
        if matches!(failure, Failure::Bug { .. }) {
            self.desk.begin_anew(&failure);
        }
        let word = self.terminal.word(Severity::Error);
        let line = format!("{word}: {}\n", visible(failure.message().in_tongue(self.terminal.tongue)));
        if self.failed.as_ref() != Some(&line) {
            super::tell(&line);
        }
        self.failed = Some(line);
        None
    }

    fn prove(&mut self, is_interrupted: &(dyn Fn() -> bool + Sync)) -> bool {
        let is_done = self.desk.proof(is_interrupted);
        let found = self.desk.ask(|studio| studio.diagnostics().to_vec());
        if is_done && found != self.told {
            let known = std::mem::replace(&mut self.told, found);
            self.report(|diagnostic| !known.contains(diagnostic));
            self.terminal.say(&counts(&self.told));
        }
        is_done
    }

    fn report(&self, is_news: impl Fn(&Diagnostic) -> bool) {
        let news: Vec<Diagnostic> = self.told.iter().filter(|diagnostic| is_news(diagnostic)).cloned().collect();
        let format = Format::Human { colour: self.terminal.colour };
        let text = self.desk.ask(|studio| report(&news, format, self.terminal.tongue, |path| studio.source(path)));
        super::tell(&text);
    }
}

/// What has become of the site.
fn summary(update: &Update, has_errors: bool) -> Text {
    let Update { changed, notes, figures, .. } = update;
    if has_errors {
        return text("마지막 페이지를 그대로 둡니다", "the last pages stay");
    }
    let pages = changed.iter().filter(|path| path.ends_with(".html")).count();
    text(
        format!("노트 {notes}개, 그림 {figures}개, 바뀐 페이지 {pages}개"),
        format!("{}, {}, {} changed", counted(*notes, "note"), counted(*figures, "figure"), counted(pages, "page")),
    )
}

/// The first of the files that have changed, as the start of a line.
fn cause(paths: &[PathBuf], root: &Path) -> String {
    let Some(first) = paths.first() else { return String::new() };
    let shown = printable(&first.strip_prefix(root).unwrap_or(first).to_string_lossy());
    if paths.len() == 1 { format!("{shown}: ") } else { format!("{shown} (+{}): ", paths.len() - 1) }
}

/// Opens an address in the browser. False if no program could be started for that.
fn open(address: &str) -> bool {
    let (program, arguments): (&str, &[&str]) = match std::env::consts::OS {
        "macos" => ("open", &[]),
        "windows" => ("cmd", &["/C", "start", ""]),
        _ => ("xdg-open", &[]),
    };
    let mut command = Command::new(program);
    command.args(arguments).arg(address).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let Ok(mut child) = command.spawn() else { return false };
    // Whoever has been started is waited for, so that nothing is left of it.
    thread::spawn(move || child.wait());
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lang::Tongue;
    use std::fs;

    fn refresher(root: &Path) -> Refresher {
        fs::create_dir_all(root.join("content/course")).expect("made");
        fs::write(root.join("bpdoc.toml"), "languages = [\"en\"]\n").expect("written");
        fs::write(root.join("content/course/01-sums.en.md"), "# Sums\n\nold words\n").expect("written");
        let terminal = Terminal { tongue: Tongue::En, colour: false, quiet: true, verbose: false };
        let desk = Arc::new(Desk::new(Studio::open(root), Tongue::En));
        Refresher { desk, terminal, told: Vec::new(), failed: None }
    }

    /// A mistake of bpdoc while a change is followed is said, and the next change is followed as if there had been none.
    #[test]
    fn a_panic_does_not_end_the_following() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut refresher = refresher(folder.path());
        assert!(refresher.refresh(None, folder.path()));
        let page = "en/course/sums.html";
        let first = refresher.desk.ask(|studio| studio.file(page)).expect("a page");
        let panics = |own: &mut Refresher| own.attempt(|_| -> Result<(), Failure> { panic!("a corner") }).is_none();
        assert!(panics(&mut refresher));
        let line = refresher.failed.clone().expect("it is said");
        assert!(line.starts_with("error: this is a bug in bpdoc: a corner"), "{line}");
        assert_eq!(refresher.desk.ask(|studio| studio.file(page)), Some(first), "the last site has not stayed");
        assert!(refresher.proof(&|| false), "what is not known is not proved");
        assert!(refresher.refresh(Some(&[]), folder.path()), "nothing is made anew");
        assert!(refresher.failed.is_none());
        assert!(panics(&mut refresher));
        let note = folder.path().join("content/course/01-sums.en.md");
        fs::write(&note, "# Sums\n\nnew words\n").expect("written");
        assert!(refresher.refresh(Some(&[note]), folder.path()));
        let last = refresher.desk.ask(|studio| studio.file(page)).expect("a page");
        assert!(String::from_utf8_lossy(&last).contains("new words"));
    }
}
