//! The program as it is run: arguments, exit codes, messages, and what is on the disk afterwards.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

/// A run of the program.
pub struct BpDoc {
    command: Command,
    input: String,
}

/// How a run ended.
pub struct Ended {
    code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl BpDoc {
    pub fn with(arguments: &[&str]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_bpdoc"));
        command
            .args(arguments)
            .env_clear()
            .env("LANG", "en_US.UTF-8")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        Self { command, input: String::new() }
    }

    fn input(mut self, text: &str) -> Self {
        self.input = text.to_owned();
        self
    }

    fn env(mut self, name: &str, value: &str) -> Self {
        self.command.env(name, value);
        self
    }

    #[track_caller]
    pub fn ends(mut self, code: i32) -> Ended {
        let mut child = self.command.spawn().expect("the program starts");
        child.stdin.take().expect("a pipe").write_all(self.input.as_bytes()).expect("written");
        let output = child.wait_with_output().expect("the program ends");
        let ended = Ended {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout).expect("text"),
            stderr: String::from_utf8(output.stderr).expect("text"),
        };
        assert_eq!(ended.code, code, "{}{}", ended.stdout, ended.stderr);
        ended
    }
}

pub fn new_project() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    BpDoc::with(&["new", &path(folder.path(), "p")]).ends(0);
    folder
}

pub fn path(folder: &Path, name: &str) -> String {
    folder.join(name).to_string_lossy().into_owned()
}

const LINEAR: &str = "w = -2 # 가중치 | weight\nx = 5\nb = 3\ng = w * x\nf = g + b\n";

#[test]
fn a_new_project_builds_and_passes_the_check() {
    let folder = new_project();
    let project = path(folder.path(), "p");
    let built = BpDoc::with(&["build", &project]).ends(0);
    assert!(
        built.stderr.contains("6 notes, 2 figures") && built.stderr.contains("0 errors, 0 warnings"),
        "{}",
        built.stderr
    );
    BpDoc::with(&["check", &project, "--fresh"]).ends(0);
    assert!(folder.path().join("p/site/ko/first/hello.html").is_file());
    BpDoc::with(&["new", &project]).ends(2);
}

#[test]
fn a_wrong_claim_leaves_the_site_as_it_is() {
    let folder = new_project();
    let project = path(folder.path(), "p");
    BpDoc::with(&["build", &project]).ends(0);
    let page = folder.path().join("p/site/ko/first/hello.html");
    let before = fs::read(&page).expect("read");
    let note = folder.path().join("p/content/first/01-hello.ko.md");
    let text = fs::read_to_string(&note).expect("read").replace("expect df/dx = -2", "expect df/dx = -3");
    fs::write(&note, text).expect("written");
    let failed = BpDoc::with(&["build", &project]).ends(1);
    let expected =
        "error[failed-claim]: gate `x`: claimed df/dx = -3, found -2\n  --> content/first/01-hello.ko.md:19:1\n";
    assert!(failed.stderr.starts_with(expected), "{}", failed.stderr);
    assert!(failed.stderr.contains("= help: to these digits it is `expect df/dx = -2`"), "{}", failed.stderr);
    assert_eq!(fs::read(&page).expect("read"), before);
    let korean = BpDoc::with(&["check", &project, "--lang", "ko"]).ends(1);
    assert!(korean.stderr.contains("오류[failed-claim]: 게이트 `x`"), "{}", korean.stderr);
    let json = BpDoc::with(&["check", &project, "--format", "json"]).ends(1);
    assert!(json.stdout.contains("\"line\":19,\"column\":1"), "{}", json.stdout);
}

#[test]
fn a_graph_in_every_form() {
    let emit = |form: &str| BpDoc::with(&["graph", "-", "--emit", form]).input(LINEAR).ends(0).stdout;
    let json = emit("json");
    for part in ["\"output\": \"f\"", "\"value\": -7.0", "\"g/w\": 5.0", "\"g/x\": -2.0", "\"caption\": \"weight\""] {
        assert!(json.contains(part), "{part} in {json}");
    }
    assert!(emit("svg").starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"bpgraph\""));
    assert!(emit("drawing").contains("\"bezier\":[["));
    assert_eq!(
        emit("table"),
        "node  operation  value  ∂f/∂·\nw     leaf       -2     5      weight\nx     leaf       5      -2\nb     leaf       3      1\ng     *          -10    1\nf     +          -7     1\n"
    );
    assert!(emit("latex").contains(r"\frac{\partial f}{\partial w} &= \frac{\partial f}{\partial g} \cdot \frac{\partial g}{\partial w} = 1 \cdot x = 1 \cdot 5 = 5"));
    assert!(emit("dot").starts_with("digraph bpdoc {"));
    for (form, import) in
        [("torch", "torch"), ("jax", "jax"), ("tensorflow", "tensorflow as tf"), ("numpy", "numpy as np")]
    {
        assert!(emit(form).contains(&format!("import {import}\n")), "{form}");
    }
}

#[test]
fn a_graph_with_mistakes_prints_only_the_mistakes() {
    let ended = BpDoc::with(&["graph", "-"]).input("f = 가 + 1\ng = sqrt(-1)\n").ends(1);
    assert_eq!(ended.stdout, "");
    assert_eq!(
        ended.stderr,
        "error[unknown-name]: unknown name `가`\n --> -:1:5\n  |\n1 | f = 가 + 1\n  |     ^^\n  |\n  = help: define it first: `가 = ...`\n\
         \nerror[domain-error]: `sqrt(-1)` is not defined\n --> -:2:5\n  |\n2 | g = sqrt(-1)\n  |     ^^^^^^^^\n  |\n  = help: the input must not be negative\n\n"
    );
}

#[test]
fn wrong_usage() {
    BpDoc::with(&[]).ends(2);
    BpDoc::with(&["bild"]).ends(2);
    BpDoc::with(&["build", "/nowhere/at/all"]).ends(2);
    let folder = tempfile::tempdir().expect("a folder");
    let empty = BpDoc::with(&["build", &path(folder.path(), "")]).ends(2);
    assert!(empty.stderr.contains("has no folder `content`"), "{}", empty.stderr);
    BpDoc::with(&["graph", "/nowhere.txt"]).ends(2);
    BpDoc::with(&["ops", "sigmod"]).ends(2);
}

/// What is asked for and is not there is the request's fault, whatever is asked.
#[test]
fn what_is_not_there_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let nowhere = path(folder.path(), "nowhere");
    for command in ["build", "check", "graph", "fmt", "serve"] {
        let refused = BpDoc::with(&[command, &nowhere]).ends(2);
        assert!(refused.stderr.contains("nowhere"), "{command}: {}", refused.stderr);
    }
    BpDoc::with(&["graph", &path(folder.path(), "")]).ends(2);
    let latin = path(folder.path(), "latin.json");
    fs::write(&latin, b"\xe9").expect("written");
    for arguments in [["filter", "html"].as_slice(), &["mdbook"], &["fmt", "-"], &["graph", "-"]] {
        let program = Command::new(env!("CARGO_BIN_EXE_bpdoc"))
            .args(arguments)
            .env("LANG", "en_US.UTF-8")
            .stdin(fs::File::open(&latin).expect("open"))
            .output()
            .expect("it ends");
        let said = String::from_utf8_lossy(&program.stderr);
        assert!(program.status.code() == Some(2) && said.contains("not UTF-8"), "{arguments:?}: {said}");
    }
}

#[test]
fn the_sources_are_never_the_output() {
    let folder = new_project();
    let project = path(folder.path(), "p");
    for out in ["", "content", "content/first"] {
        let refused = BpDoc::with(&["build", &project, "-o", &path(&folder.path().join("p"), out)]).ends(2);
        assert!(refused.stderr.contains("sources"), "{}", refused.stderr);
    }
    BpDoc::with(&["build", &project, "-o", &path(folder.path(), "")]).ends(2);
    assert!(folder.path().join("p/content/first/01-hello.ko.md").is_file());
}

/// A way over folders that are not there is no way around: what it means is looked at, and none of them is made.
#[test]
fn an_output_is_where_its_path_leads() {
    let folder = new_project();
    let (project, root) = (path(folder.path(), "p"), folder.path().join("p"));
    fs::create_dir_all(root.join("themes/a/static")).expect("made");
    fs::write(root.join("themes/a/static/a.txt"), "a").expect("written");
    let config = fs::read_to_string(root.join("bpdoc.toml")).expect("read");
    fs::write(root.join("bpdoc.toml"), format!("theme = \"themes/a\"\n{config}")).expect("written");
    for out in
        ["nope/../content/y", "nope/a/../../templates/y", "themes/a", "themes/a/static/out", "nope/../themes/a/out"]
    {
        let refused = BpDoc::with(&["build", &project, "-o", &path(&root, out)]).ends(2);
        assert!(refused.stderr.contains("sources"), "{out}: {}", refused.stderr);
    }
    BpDoc::with(&["build", &project, "-o", &path(&root, "nope/../there/../out")]).ends(0);
    assert!(root.join("out/index.html").is_file() && !root.join("nope").exists() && !root.join("there").exists());
    assert_eq!(fs::read_dir(root.join("themes/a")).expect("there").count(), 1);
}

#[test]
fn mistakes_of_files() {
    let folder = new_project();
    let content = folder.path().join("p/content");
    fs::write(content.join("bad.ko.md"), b"# a\n\xFF\xFE").expect("written");
    std::os::unix::fs::symlink("/etc/hostname", content.join("link.ko.md")).expect("linked");
    fs::write(folder.path().join("p/bpdoc.toml"), "titel = \"x\"\nlanguages = [\"ko\", \"en\"]\n").expect("written");
    let ended = BpDoc::with(&["check", &path(folder.path(), "p")]).ends(1);
    for part in [
        "error[unknown-key]: there is no setting `titel`",
        "did you mean `title`?",
        "error[not-utf8]: not UTF-8 from line 2, column 1 on",
        "error[not-a-regular-file]",
    ] {
        assert!(ended.stderr.contains(part), "{part} in {}", ended.stderr);
    }
}

#[test]
fn the_op_table() {
    let list = BpDoc::with(&["ops"]).ends(0).stdout;
    assert!(
        list.lines().count() > 50
            && list.contains("sigmoid(a)")
            && list.contains("a * b")
            && list.contains("clip(a, lo, hi)")
    );
    assert!(BpDoc::with(&["ops", "relu", "--lang", "ko"]).ends(0).stdout.contains("꺾이는 점 0"));
    assert!(!list.contains("spread"));
}

#[test]
fn notes_are_tidied_where_they_stand() {
    let folder = new_project();
    let project = path(folder.path(), "p");
    let fmt = |arguments: &[&str], code| BpDoc::with(&[&["fmt"], arguments].concat()).ends(code);
    assert_eq!(fmt(&["--check", &project], 0).stderr, "0 of 6 notes are not tidy\n");
    let note = folder.path().join("p/content/first/01-hello.ko.md");
    let tidy = fs::read_to_string(&note).expect("read").replace('\n', "\r\n");
    let untidy = tidy.replace("g = w * x", "g   = w * x");
    fs::write(&note, &untidy).expect("written");
    assert_eq!(fmt(&["--check", &project], 1).stdout, format!("{}\n", note.display()));
    assert_eq!(fs::read_to_string(&note).expect("read"), untidy);
    assert_eq!(fmt(&[&project], 0).stderr, "1 of 6 notes tidied\n");
    assert_eq!(fs::read_to_string(&note).expect("read"), tidy);
    let files = fs::read_dir(note.parent().expect("a folder")).expect("read").count();
    assert_eq!(
        (files, fmt(&[&path(folder.path(), "p/content/first/01-hello.ko.md"), "--lang", "ko"], 0).stderr.as_str()),
        (4, "노트 1개 가운데 0개를 정돈했습니다\n")
    );
    assert_eq!(BpDoc::with(&["fmt", "-"]).input(&untidy).ends(0).stdout, tidy);
    assert_eq!(BpDoc::with(&["fmt", "-", "--check"]).input(&untidy).ends(1).stdout, "-\n");
    fs::write(&note, b"\xff").expect("written");
    assert!(fmt(&[&project], 0).stderr.starts_with("warning: "));
    fmt(&["-", &project], 2);
    fmt(&[&path(folder.path(), "nowhere")], 2);
}

#[test]
fn colours_and_languages_are_asked_for() {
    let plain = || BpDoc::with(&["graph", "-"]).input("f = q\n");
    assert!(!plain().ends(1).stderr.contains('\u{1b}'));
    assert!(BpDoc::with(&["graph", "-", "--color", "always"]).input("f = q\n").ends(1).stderr.contains("\u{1b}["));
    assert!(!plain().env("CLICOLOR_FORCE", "1").env("NO_COLOR", "1").ends(1).stderr.contains('\u{1b}'));
    assert!(plain().env("LC_ALL", "ko_KR.UTF-8").ends(1).stderr.starts_with("오류[unknown-name]"));
}

/// What a line may become, as bash is told.
fn completed(folder: &Path, words: &[&str]) -> Vec<String> {
    let program = Path::new(env!("CARGO_BIN_EXE_bpdoc")).parent().expect("a folder");
    let script = r#"source <(bpdoc completions bash)
COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMP_TYPE=9
_clap_complete_bpdoc bpdoc "${@: -1}" "${@: -2:1}"
printf '%s\n' "${COMPREPLY[@]}""#;
    let output = Command::new("bash")
        .args(["-c", script, "bash", "bpdoc"])
        .args(words)
        .current_dir(folder)
        .env("PATH", format!("{}:{}", program.display(), std::env::var("PATH").unwrap_or_default()))
        .output()
        .expect("bash starts");
    String::from_utf8(output.stdout).expect("text").lines().map(str::to_owned).collect()
}

#[test]
fn a_shell_completes_what_is_in_the_project() {
    let folder = new_project();
    let project = folder.path().join("p");
    let check = |words: &[&str], expected: &[&str]| assert_eq!(completed(&project, words), expected, "{words:?}");
    check(&["chec"], &["check"]);
    check(&["check", "--fre"], &["--fresh"]);
    check(&["check", "--format", "s"], &["sarif"]);
    check(&["check", "--explain", "failed-c"], &["failed-claim"]);
    check(&["ops", "sigm"], &["sigmoid"]);
    check(
        &["translate", "mark", "content/first/01"],
        &["content/first/01-hello.en.md", "content/first/01-hello.ko.md"],
    );
    check(&["new", "note", "f"], &["first/"]);
    check(&["build", "con"], &["content/"]);
    check(&["graph", "bp"], &["bpdoc.toml"]);
}

#[test]
fn every_shell_has_a_script() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = BpDoc::with(&["completions", shell]).ends(0).stdout;
        assert!(script.contains("BPDOC_COMPLETE"), "{shell}: {script}");
    }
}

#[test]
fn arguments_are_spoken_of_in_the_language_of_messages() {
    for (arguments, code, expected) in [
        (&["--help"][..], 0, "사용법: bpdoc [선택지] <명령>\n"),
        (&["help", "build"], 0, "사용법: bpdoc build [선택지] [폴더]\n\n인자:\n  [폴더]"),
        (&["new", "--help"], 0, "사용법: bpdoc new [선택지] <폴더>\n        bpdoc new <명령>\n\n명령:\n"),
        (&["check", "-h"], 0, "\n  -o, --out <폴더>      만들어 둔 사이트의 폴더. 정하지 않으면 프로젝트의 `site`\n"),
        (&["translate", "help"], 0, "\n  changes  번역한 뒤에 원문에서 바뀐 곳을 보여 준다\n"),
        (&["graph", "--help"], 0, "가능한 값:\n          - onnx: ONNX 파일\n"),
        (
            &["check", "--frsh"],
            2,
            "오류: '--frsh'라는 인자는 없습니다\n\n  도움말: 비슷한 인자로 '--fresh'가 있습니다\n\n사용법: ",
        ),
        (&["biuld"], 2, "오류: 'biuld'라는 명령은 없습니다\n\n  도움말: 비슷한 명령으로 'build'가 있습니다\n"),
        (&["graph"], 2, "오류: 있어야 할 인자가 없습니다:\n  <파일>\n\n사용법: bpdoc graph [선택지] <파일>\n"),
        (&["check", "-o"], 2, "오류: '--out <폴더>'의 값이 없습니다\n"),
        (&["check", "--format", "x"], 2, "'x'는 '--format <형식>'의 값이 될 수 없습니다\n  [가능한 값: human, json, "),
        (
            &["serve", "--port", "99999"],
            2,
            "'--port <번호>'의 값이 될 수 없습니다: 0부터 65535까지의 정수여야 합니다\n",
        ),
        (&["serve", "--port", "x"], 2, "'x'는 '--port <번호>'의 값이 될 수 없습니다: 정수가 아닙니다\n"),
        (&["serve", "--host", "x"], 2, "'x'는 '--host <주소>'의 값이 될 수 없습니다: IP 주소가 아닙니다\n"),
        (&["new", "note", "a/b", "--title", "x"], 2, "될 수 없습니다: `언어=제목`처럼 씁니다\n"),
        (&["check", "--list", "--explain", "x"], 2, "오류: '--list'는 '--explain <코드>'와 함께 쓸 수 없습니다\n"),
        (&["check", "--list", "--list"], 2, "오류: '--list'는 한 번만 쓸 수 있습니다\n"),
        (&["-q", "build", "-v"], 2, "오류: '--quiet'는 '--verbose'와 함께 쓸 수 없습니다\n"),
    ] {
        let told = |run: BpDoc, code| {
            let ended = run.ends(code);
            ended.stdout + &ended.stderr
        };
        let by_locale = told(BpDoc::with(arguments).env("LC_ALL", "ko_KR.UTF-8"), code);
        assert!(by_locale.contains(expected), "{arguments:?}: {by_locale}");
        if !arguments.contains(&"help") {
            assert_eq!(told(BpDoc::with(&[arguments, &["--lang=ko"]].concat()), code), by_locale, "{arguments:?}");
        }
        let english = told(BpDoc::with(arguments), code);
        assert!(!english.chars().any(|c| ('가'..='힣').contains(&c)), "{english}");
    }
}

#[test]
fn manual_pages_follow_the_language() {
    let folder = tempfile::tempdir().expect("a folder");
    let page = |lang: &str| {
        let dir = path(folder.path(), lang);
        BpDoc::with(&["man", &dir, "--lang", lang]).ends(0);
        assert!(!Path::new(&dir).join("bpdoc-help.1").exists());
        fs::read_to_string(Path::new(&dir).join("bpdoc-translate-mark.1")).expect("a page")
    };
    assert!(page("en").contains("\n.SH SYNOPSIS\n"));
    let korean = page("ko");
    for part in ["\n.SH 이름\n", "\n.SH 사용법\n", "\n.SH 설명\n번역이 최신임을 기록한다\n", "\n.SH 선택지\n"]
    {
        assert!(korean.contains(part), "{part} in {korean}");
    }
}

#[test]
fn the_stages_of_the_work_are_told_when_asked_for() {
    let folder = new_project();
    let project = path(folder.path(), "p");
    let stages = |text: &str| {
        let lines = text.lines().filter_map(|line| line.strip_prefix("  "));
        lines.map(|line| line.split("  ").next().unwrap_or_default().to_owned()).collect::<Vec<_>>()
    };
    let built = BpDoc::with(&["build", &project, "-v"]).ends(0).stderr;
    let told = stages(&built);
    let expected =
        ["files", "notes", "graphs", "trainings", "lessons and figures", "twins", "pages", "links", "writing"];
    assert_eq!(told[..9], expected, "{built}");
    assert!(told[9].ends_with("thread") || told[9].ends_with("threads"), "{built}");
    assert_eq!(told[10], "0 files as before, 0 removed");
    let checked = BpDoc::with(&["check", &project, "--verbose", "--gradients", "--fresh", "--lang", "ko"]).ends(0);
    let told = stages(&checked.stderr);
    assert_eq!(told[8..10], ["미분 비교", "사이트 비교"], "{}", checked.stderr);
    let quiet = BpDoc::with(&["build", &project]).ends(0).stderr;
    assert_eq!(quiet.lines().count(), 1, "{quiet}");
    BpDoc::with(&["build", &project, "-v", "-q"]).ends(2);
}

/// Another site holds its answer back until the line stands on the terminal, so that no clock decides.
#[cfg(target_os = "linux")]
#[test]
fn long_work_shows_how_far_it_is_and_leaves_nothing() {
    use std::io::Read;
    let folder = new_project();
    let project = path(folder.path(), "p");
    let site = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = site.local_addr().expect("an address");
    let note = folder.path().join("p/content/first/01-hello.en.md");
    let text = fs::read_to_string(&note).expect("read");
    fs::write(&note, format!("{text}\n[there](http://{address}/)\n")).expect("written");
    let program = env!("CARGO_BIN_EXE_bpdoc");
    let mut child = Command::new("script")
        .args(["-qefc", &format!("{program} check --external {project}"), "/dev/null"])
        .env("LC_ALL", "C")
        .env("TERM", "xterm")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .expect("script starts");
    let mut shown = String::new();
    let mut terminal = child.stdout.take().expect("a pipe");
    let mut bytes = [0; 4096];
    let mut read_on = |shown: &mut String| {
        let n = terminal.read(&mut bytes).unwrap_or_default();
        shown.push_str(&String::from_utf8_lossy(&bytes[..n]));
        n > 0
    };
    while !shown.contains("other sites 0/1") && read_on(&mut shown) {}
    let (mut request, _) = site.accept().expect("the program asks");
    let _ = request.read(&mut [0; 1024]);
    request.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").expect("answered");
    drop(request);
    while read_on(&mut shown) {}
    assert!(child.wait().expect("it ends").success(), "{shown}");
    assert!(shown.contains("\r\u{1b}[K\u{1b}[?7lother sites 0/1\u{1b}[?7h"), "{shown:?}");
    let after = &shown[shown.rfind("\u{1b}[?7h").expect("a line") + 5..];
    assert!(after.starts_with("\r\u{1b}[Kasked other sites for 1 of their pages\r\n"), "{after:?}");
    assert!(!after[4..].contains('\u{1b}'), "{after:?}");
}

#[test]
fn models_of_other_tools_become_blocks() {
    let models = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/import");
    let folder = tempfile::tempdir().expect("a folder");
    let scalar = format!("{models}/scalar.onnx");
    let value = path(folder.path(), "x.json");
    fs::write(&value, "5\n").expect("written");
    let text = BpDoc::with(&["graph", "--from", "onnx", &scalar]).ends(0).stdout;
    assert!(text.ends_with("param b = 3\nf = g + b\noutput f\n") && text.contains("\nparam w = -2\n"), "{text}");
    // What is printed is a block.
    let table = BpDoc::with(&["graph", "-"]).input(&text).ends(0).stdout;
    assert!(table.contains("∂f/∂"), "{table}");
    for input in ["x=5".to_owned(), format!("x={value}")] {
        let json =
            BpDoc::with(&["graph", "--from", "onnx", &scalar, "--input", &input, "--emit", "json"]).ends(0).stdout;
        let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
        assert_eq!(json["nodes"]["f"]["value"], -7.0);
        assert_eq!(json["nodes"]["w"]["grad"], 5.0);
    }
    let svg =
        BpDoc::with(&["graph", "--from", "onnx", &format!("{models}/mlp.onnx"), "--dim", "batch=2", "--emit", "svg"]);
    assert!(svg.ends(0).stdout.contains("class=\"bpgraph"));
    let traced = fs::read_to_string(format!("{models}/mlp.fx.json")).expect("a graph");
    let text = BpDoc::with(&["graph", "--from", "torch-fx", "-"]).input(&traced).ends(0).stdout;
    assert!(text.contains("mse_loss = mse(mul, target)"), "{text}");
}

#[test]
fn models_are_refused_with_words_and_codes() {
    let models = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/import");
    let scalar = format!("{models}/scalar.onnx");
    let folder = tempfile::tempdir().expect("a folder");
    let huge = path(folder.path(), "huge.onnx");
    fs::File::create(&huge).and_then(|file| file.set_len(17 << 20)).expect("a file with nothing in it");
    let text = path(folder.path(), "text.onnx");
    fs::write(&text, "x = 1\n").expect("written");
    for (arguments, code, part) in [
        (vec!["graph", "--from", "onnx", &text], 1, "error[not-a-model]: this cannot be read as an ONNX model"),
        (vec!["graph", "--from", "torch-fx", &scalar], 1, "error[not-a-model]: this cannot be read as torch-fx JSON"),
        (vec!["graph", "--from", "onnx", "/nowhere.onnx"], 2, "cannot read: `/nowhere.onnx`"),
        (vec!["graph", "--from", "onnx", &huge], 2, "the file is larger than 16 MiB"),
        (vec!["graph", "--from", "onnx", &scalar, "--input", "x"], 2, "`x`: it is written `NAME=VALUE`"),
        (vec!["graph", "--from", "onnx", &scalar, "--input", "x=y + 1"], 2, "`--input x`: it must be a number, a list"),
        (vec!["graph", "--from", "onnx", &scalar, "--input", "z=1"], 1, "the model has no input `z`; it has x"),
        (vec!["graph", "--from", "onnx", &scalar, "--dim", "n=0"], 2, "an extent is a whole number from 1 on"),
        (vec!["graph", &text, "--input", "x=1"], 2, "`--input`, `--dim` and `--weights` go with `--from`"),
    ] {
        let said = BpDoc::with(&arguments).ends(code).stderr;
        assert!(said.contains(part), "{said}");
        let korean = BpDoc::with(&arguments).env("LANG", "ko_KR.UTF-8").ends(code).stderr;
        assert!(korean.chars().any(|c| ('가'..='힣').contains(&c)), "{korean}");
    }
}

/// The weights of a model may lie in a file beside it, but not behind a link that leads out of its folder.
#[cfg(unix)]
#[test]
fn weights_beside_a_model_are_read_from_its_folder_alone() {
    let models = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/import");
    let folder = tempfile::tempdir().expect("a folder");
    let model = path(folder.path(), "aside.onnx");
    fs::copy(format!("{models}/aside.onnx"), &model).expect("copied");
    let said = BpDoc::with(&["graph", "--from", "onnx", &model]).ends(1).stderr;
    assert!(said.contains("the stored tensor `weight`: `aside.data` beside the model cannot be read"), "{said}");
    let data = folder.path().join("aside.data");
    std::os::unix::fs::symlink(format!("{models}/aside.data"), &data).expect("linked");
    let said = BpDoc::with(&["graph", "--from", "onnx", &model]).ends(1).stderr;
    assert!(said.contains("`aside.data`: only files within the model's folder are read"), "{said}");
    fs::remove_file(&data).expect("removed");
    fs::copy(format!("{models}/aside.data"), &data).expect("copied");
    assert!(BpDoc::with(&["graph", "--from", "onnx", &model]).ends(0).stdout.contains("\ny = x @ weight\n"));
    fs::write(&data, [0; 8]).expect("written");
    let said = BpDoc::with(&["graph", "--from", "onnx", &model]).ends(1).stderr;
    assert!(said.contains("cannot be read: unexpected end of file"), "{said}");
}
