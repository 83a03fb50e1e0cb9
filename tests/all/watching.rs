//! Changes on the disk as `serve` hears of them, in all the ways in which editors write.

use bpdoc::project::Places;
use bpdoc::watch::{Manner, News, Watch};
use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// What is waited for comes long before this.
const LONG: Duration = Duration::from_secs(60);

struct Watched {
    folder: TempDir,
    news: Receiver<News>,
}

impl Watched {
    fn start(manner: Manner) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let root = folder.path().canonicalize().expect("a path");
        fs::create_dir_all(root.join("content/course")).expect("made");
        fs::write(root.join("content/course/a.en.md"), "# A\n").expect("written");
        let places = Places {
            folders: vec!["content".into(), "templates".into(), "themes/paper".into()],
            files: vec!["bpdoc.toml".into(), "words/glossary.tsv".into()],
        };
        let mut watch = Watch::on(&root, places, manner);
        let (sender, news) = channel();
        std::thread::spawn(move || while watch.next(None).is_some_and(|news| sender.send(news).is_ok()) {});
        Self { folder, news }
    }

    fn path(&self, path: &str) -> PathBuf {
        self.folder.path().canonicalize().expect("a path").join(path)
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        fs::write(path, text).expect("written");
    }

    /// Waits for word of a path, or of everything.
    #[track_caller]
    fn hears_of(&self, path: &str) {
        let path = self.path(path);
        loop {
            match self.news.recv_timeout(LONG).expect("news") {
                News::Changed(paths) if paths.contains(&path) => return,
                News::Everything => return,
                _ => {}
            }
        }
    }
}

const NOTE: &str = "content/course/a.en.md";

#[test]
fn editors_are_heard_however_they_write() {
    let watched = Watched::start(Manner::Told);
    let note = watched.path(NOTE);
    let next_to = |name: &str| note.with_file_name(name);
    // In place, as VS Code does.
    watched.write(NOTE, "# B\n");
    watched.hears_of(NOTE);
    // Beside it, and a change of names over it (JetBrains, Emacs, Sublime Text).
    fs::write(next_to("a.en.md___jb_tmp___"), "# C\n").expect("written");
    fs::rename(&note, next_to("a.en.md___jb_old___")).expect("renamed");
    fs::rename(next_to("a.en.md___jb_tmp___"), &note).expect("renamed");
    watched.hears_of(NOTE);
    // The old file moved away first (Vim).
    fs::rename(&note, next_to("a.en.md~")).expect("renamed");
    fs::write(&note, "# D\n").expect("written");
    fs::remove_file(next_to("a.en.md~")).expect("removed");
    watched.hears_of(NOTE);
    fs::remove_file(&note).expect("removed");
    watched.hears_of(NOTE);
}

#[test]
fn files_and_folders_that_come_and_go_are_heard() {
    for manner in [Manner::Told, Manner::Polled] {
        let watched = Watched::start(manner);
        for path in [
            "bpdoc.toml",
            "content/course/b.en.md",
            "content/new/deep/c.en.md",
            "templates/page.html",
            "templates/partials/header.html",
            "themes/paper/templates/page.html",
            "words/glossary.tsv",
        ] {
            watched.write(path, "one");
            watched.hears_of(path);
        }
        fs::remove_dir_all(watched.path("content")).expect("removed");
        watched.hears_of("content/course/b.en.md");
        watched.write("content/course/b.en.md", "again");
        watched.hears_of("content/course/b.en.md");
    }
}

/// A project that is moved away and back again is watched as before, however long it was away.
#[test]
fn a_project_that_was_away_is_watched_again() {
    for manner in [Manner::Told, Manner::Polled] {
        let watched = Watched::start(manner);
        let (root, away) = (watched.path(""), watched.path("").with_extension("away"));
        fs::rename(&root, &away).expect("moved");
        while watched.news.recv_timeout(LONG).expect("news") != News::Everything {}
        std::thread::sleep(Duration::from_millis(1_500));
        fs::rename(&away, &root).expect("moved back");
        while watched.news.recv_timeout(LONG).expect("news") != News::Everything {}
        let new = watched.path("content/course/b.en.md");
        // What is written while everything is looked at may be told with the rest.
        let hears = |time: u32| {
            watched.write("content/course/b.en.md", &"# B\n".repeat(time as usize));
            let until = Instant::now() + Duration::from_secs(3);
            let left = || until.saturating_duration_since(Instant::now());
            std::iter::from_fn(|| watched.news.recv_timeout(left()).ok())
                .any(|news| matches!(news, News::Changed(paths) if paths.contains(&new)))
        };
        assert!((1..20).any(hears), "{manner:?}");
    }
}

#[test]
fn litter_and_what_is_written_elsewhere_is_no_news() {
    let watched = Watched::start(Manner::Told);
    for path in [
        "content/course/.a.en.md.swp",
        "content/course/a.en.md~",
        "content/course/#a.en.md#",
        "content/course/.git/index",
        "site/en/index.html",
        ".git/HEAD",
        "notes.txt",
    ] {
        watched.write(path, "litter");
    }
    watched.write(NOTE, "# B\n");
    let mut heard = Vec::new();
    while !heard.contains(&watched.path(NOTE)) {
        match watched.news.recv_timeout(LONG).expect("news") {
            News::Changed(paths) => heard.extend(paths),
            // The folder `.git`, which is not looked into.
            News::Everything => {}
            News::Polling(cause) => panic!("{cause:?}"),
        }
    }
    assert_eq!(heard, [watched.path(NOTE)]);
}

/// The program, which is ended with the test.
struct Program(Child);

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn get(address: &str, path: &str) -> String {
    use std::io::Write;
    let host = address.trim_start_matches("http://").trim_end_matches('/');
    let mut stream = std::net::TcpStream::connect(host).expect("connected");
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n").expect("sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    answer
}

fn serve(root: &Path, arguments: &[&str]) -> (Program, String, BufReader<std::process::ChildStderr>) {
    serve_with(root, arguments, &std::env::var("PATH").unwrap_or_default())
}

/// As [`serve`]; `path` is where programs are looked for.
fn serve_with(root: &Path, arguments: &[&str], path: &str) -> (Program, String, BufReader<std::process::ChildStderr>) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_bpdoc"));
    command.args(["serve", "--lang", "en", "--color", "never"]).args(arguments).arg(root).env("PATH", path);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts");
    let mut address = String::new();
    BufReader::new(child.stdout.take().expect("piped")).read_line(&mut address).expect("an address");
    let said = BufReader::new(child.stderr.take().expect("piped"));
    (Program(child), address.trim().to_owned(), said)
}

/// Reads what the program says up to a line that holds `words`.
fn said_until(said: &mut impl BufRead, words: &str) -> String {
    let mut all = String::new();
    while !all.lines().next_back().is_some_and(|line| line.contains(words)) {
        assert!(said.read_line(&mut all).expect("text") > 0, "it never said {words:?}: {all}");
    }
    all
}

/// What keeps the project from being read is said once, however often it is looked at.
#[cfg(unix)]
#[test]
fn a_failure_that_stays_is_said_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let (root, elsewhere) = (folder.path().join("p"), folder.path().join("elsewhere"));
    let content = root.join("content");
    fs::create_dir_all(content.join("a")).expect("made");
    fs::write(root.join("bpdoc.toml"), "languages = [\"en\"]\n").expect("written");
    fs::write(content.join("a/01-n.en.md"), "# N\n\nold\n").expect("written");
    let (_program, _, mut said) = serve(&root, &["--port", "0"]);
    said_until(&mut said, "0 errors, 0 warnings");
    fs::rename(&content, &elsewhere).expect("moved");
    std::os::unix::fs::symlink(&elsewhere, &content).expect("a link");
    said_until(&mut said, "is a symbolic link");
    for look in 1..4 {
        fs::write(root.join("bpdoc.toml"), format!("languages = [\"en\"]\ntitle = \"{look}\"\n")).expect("written");
        std::thread::sleep(Duration::from_millis(500));
    }
    fs::remove_file(&content).expect("removed");
    fs::rename(&elsewhere, &content).expect("moved back");
    let rest = said_until(&mut said, "0 errors, 0 warnings");
    assert!(!rest.contains("symbolic link"), "{rest}");
}

#[test]
fn the_program_follows_an_author() {
    let folder = tempfile::tempdir().expect("a folder");
    let note = folder.path().join("content/course/01-sums.en.md");
    fs::create_dir_all(note.parent().expect("a folder")).expect("made");
    fs::write(folder.path().join("bpdoc.toml"), "languages = [\"en\"]\n").expect("written");
    fs::write(&note, "# Sums\n\nold words\n").expect("written");
    let (mut program, address, mut said) = serve(folder.path(), &["--port", "0"]);
    let first = said_until(&mut said, "0 errors, 0 warnings");
    assert!(first.contains("1 note, 0 figures"), "{first}");
    assert!(get(&address, "/en/course/sums.html").contains("old words"));

    fs::write(&note, "# Sums\n\nnew words\n").expect("written");
    let line = said_until(&mut said, "0 errors, 0 warnings");
    assert!(line.starts_with("content/course/01-sums.en.md: ") && line.contains("changed"), "{line}");
    assert!(get(&address, "/en/course/sums.html").contains("new words"));

    fs::write(&note, "# Sums\n\n```graph #g\ny = z\n```\n").expect("written");
    let report = said_until(&mut said, "1 error, 0 warnings");
    assert!(report.contains("error[unknown-name]") && report.contains("the last pages stay"), "{report}");
    assert!(get(&address, "/en/course/sums.html").contains("new words"));
    assert!(get(&address, "/_bpdoc/overlay.json").contains("error[unknown-name]"));

    // The port is taken now: asked for, it is refused.
    let port = address.trim_end_matches('/').rsplit(':').next().expect("a port").to_owned();
    let second = Command::new(env!("CARGO_BIN_EXE_bpdoc"))
        .args(["serve", "--lang", "en", "--port", &port])
        .arg(folder.path())
        .output()
        .expect("the program starts");
    assert_eq!(second.status.code(), Some(3), "{}", String::from_utf8_lossy(&second.stderr));
    let refused = String::from_utf8_lossy(&second.stderr).into_owned();
    assert!(refused.starts_with("error: another program has this port; choose another `--port`"), "{refused}");

    let pid = program.0.id().to_string();
    assert!(Command::new("sh").args(["-c", &format!("kill -INT {pid}")]).status().expect("a shell").success());
    assert_eq!(program.0.wait().expect("ended").code(), Some(0));
    let mut rest = String::new();
    said.read_to_string(&mut rest).expect("text");
    assert!(rest.contains("ended"), "{rest}");
}

/// A project of one note.
fn one_note() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    fs::create_dir_all(folder.path().join("content/course")).expect("made");
    fs::write(folder.path().join("bpdoc.toml"), "languages = [\"en\"]\n").expect("written");
    fs::write(folder.path().join("content/course/01-sums.en.md"), "# Sums\n\nold words\n").expect("written");
    folder
}

#[test]
fn the_next_port_is_taken_where_no_port_is_asked_for() {
    let folder = one_note();
    // Whether or not this succeeds, the port is taken now.
    let _taken = std::net::TcpListener::bind("127.0.0.1:2718");
    let (_program, address, mut said) = serve(folder.path(), &[]);
    assert!(address.starts_with("http://127.0.0.1:27") && !address.ends_with(":2718/"), "{address}");
    said_until(&mut said, "port 2718 is taken by another program");
}

#[cfg(unix)]
#[test]
fn other_machines_are_let_in_with_a_warning_and_the_browser_is_sent_to_this_one() {
    use std::os::unix::fs::PermissionsExt;
    let folder = one_note();
    let (browser, opened) = (folder.path().join("xdg-open"), folder.path().join("opened"));
    // A name without a file until all is written.
    let script = format!("#!/bin/sh\necho \"$1\" > '{0}.new' && mv '{0}.new' '{0}'\n", opened.display());
    fs::write(&browser, script).expect("written");
    fs::set_permissions(&browser, fs::Permissions::from_mode(0o755)).expect("set");
    let path = format!("{}:{}", folder.path().display(), std::env::var("PATH").unwrap_or_default());
    let arguments = ["--host", "0.0.0.0", "--port", "0", "--open", "--poll"];
    let (_program, address, mut said) = serve_with(folder.path(), &arguments, &path);
    assert!(address.starts_with("http://127.0.0.1:"), "{address}");
    let port = address.trim_end_matches('/').rsplit(':').next().expect("a port");
    said_until(&mut said, &format!("warning: whoever can reach this machine can read the notes, at port {port}"));
    said_until(&mut said, "0 errors, 0 warnings");
    assert!(get(&address, "/en/course/sums.html").contains("old words"));
    let note = folder.path().join("content/course/01-sums.en.md");
    fs::write(&note, "# Sums\n\nnew words\n").expect("written");
    // Polling compares whole seconds.
    let later = std::time::SystemTime::now() + Duration::from_secs(2);
    fs::File::options().write(true).open(&note).and_then(|file| file.set_modified(later)).expect("set");
    said_until(&mut said, "0 errors, 0 warnings");
    assert!(get(&address, "/en/course/sums.html").contains("new words"));
    if cfg!(target_os = "linux") {
        while !opened.exists() {
            std::thread::sleep(Duration::from_millis(10));
        }
        assert_eq!(fs::read_to_string(&opened).expect("the browser was started"), format!("{address}\n"));
    }
}

#[test]
fn a_folder_that_is_no_project_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let refused =
        Command::new(env!("CARGO_BIN_EXE_bpdoc")).args(["serve"]).arg(folder.path()).output().expect("starts");
    assert_eq!(refused.status.code(), Some(2));
    assert!(refused.stdout.is_empty());
}

/// Whoever is to read what the program says may have stopped reading: it ends all the same when it is asked to.
#[test]
fn a_pipe_that_nobody_reads_keeps_nobody() {
    let folder = one_note();
    let note = folder.path().join("content/course/01-sums.en.md");
    // More than a pipe holds.
    let mistakes: String = (0..1_000).map(|i| format!("[a link](nowhere-{i}.en.md)\n\n")).collect();
    fs::write(note, format!("# Sums\n\n{mistakes}")).expect("written");
    let (mut program, address, _said) = serve(folder.path(), &["--port", "0"]);
    while !get(&address, "/_bpdoc/overlay.json").contains("dead-link") {
        std::thread::sleep(Duration::from_millis(50));
    }
    std::thread::sleep(Duration::from_millis(1_000));
    let pid = program.0.id().to_string();
    assert!(Command::new("sh").args(["-c", &format!("kill -TERM {pid}")]).status().expect("a shell").success());
    let until = Instant::now() + LONG;
    let ended = loop {
        match program.0.try_wait().expect("a program") {
            None if Instant::now() < until => std::thread::sleep(Duration::from_millis(50)),
            ended => break ended,
        }
    };
    assert_eq!(ended.and_then(|ended| ended.code()), Some(0));
}
