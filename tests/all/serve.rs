//! What a browser, and whoever pretends to be one, gets from `bpdoc serve`.

use bpdoc::failure::Failure;
use bpdoc::lang::Tongue;
use bpdoc::serve::{Desk, Port, Server};
use bpdoc::studio::Studio;
use std::fs;
use std::io::{Read, Write};
use std::net::{IpAddr, Ipv4Addr, Shutdown, SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;

const NOTE: &str = "# Sums\n\nA sum is *linear*.\n\n```graph #sum\nx = 1\ny = x + 2\nexpect y = 3\n```\n";
const SECRET: &str = "the secret of this test";

/// A project that is being served.
struct Served {
    folder: TempDir,
    desk: Arc<Desk>,
    address: SocketAddr,
}

/// An answer, taken apart.
#[derive(Debug)]
struct Answer {
    status: u16,
    head: String,
    body: String,
}

impl Answer {
    fn field(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines.into_iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }
}

fn write(folder: &TempDir, path: &str, text: &str) {
    let path = folder.path().join(path);
    fs::create_dir_all(path.parent().expect("a folder")).expect("made");
    fs::write(path, text).expect("written");
}

impl Served {
    /// Serves a small project. Beside its notes lies what nobody may get.
    fn start() -> Self {
        let served = Self::start_silent();
        served.desk.refresh(None).expect("refreshed");
        served
    }

    /// A server that has not looked at the notes yet.
    fn start_silent() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        write(&folder, "bpdoc.toml", &format!("# {SECRET}\nlanguages = [\"en\", \"ko\"]\n"));
        write(&folder, "content/course/01-sums.en.md", NOTE);
        write(&folder, "content/course/역전파.en.md", "# Back\n");
        write(&folder, "content/course/dot.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\"/>");
        write(&folder, "content/course/.hidden", SECRET);
        write(&folder, "secret.txt", SECRET);
        write(&folder, "templates/custom.css", "main { color: red }");
        Self::serve(folder, |studio| studio)
    }

    fn serve(folder: TempDir, with: impl FnOnce(Studio) -> Studio) -> Self {
        let studio = with(Studio::open(folder.path()));
        let server = Server::bind(IpAddr::V4(Ipv4Addr::LOCALHOST), Port::Only(0)).expect("a port");
        let address = server.address();
        let desk = Arc::new(Desk::new(studio, Tongue::En));
        let shared = Arc::clone(&desk);
        std::thread::spawn(move || server.run(&shared));
        Self { folder, desk, address }
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).expect("connected");
        stream.set_read_timeout(Some(Duration::from_secs(30))).expect("set");
        stream
    }

    /// The answer to bytes that are sent as they are; `{host}` in them is where the server is.
    fn send(&self, request: &str) -> Answer {
        let request = request.replace("{host}", &self.address.to_string());
        let mut stream = self.connect();
        stream.write_all(request.as_bytes()).expect("sent");
        let _ = stream.shutdown(Shutdown::Write);
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        let text = String::from_utf8_lossy(&answer).into_owned();
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
        Answer { status, head: head.to_owned(), body: body.to_owned() }
    }

    fn get(&self, target: &str) -> Answer {
        self.send(&format!("GET {target} HTTP/1.1\r\nHost: {{host}}\r\nConnection: close\r\n\r\n"))
    }

    /// A page that listens for changes.
    fn listen(&self, page: &str) -> Listener {
        let mut stream = self.connect();
        let host = self.address;
        write!(stream, "GET /_bpdoc/events?page={page} HTTP/1.1\r\nHost: {host}\r\n\r\n").expect("sent");
        Listener { stream, read: String::new() }
    }
}

struct Listener {
    stream: TcpStream,
    read: String,
}

impl Listener {
    /// The next message.
    fn next(&mut self) -> serde_json::Value {
        loop {
            if let Some((before, rest)) = self.read.split_once("\n\n") {
                let message = before.lines().find_map(|line| line.strip_prefix("data: ")).map(serde_json::from_str);
                self.read = rest.to_owned();
                match message {
                    Some(message) => return message.expect("JSON"),
                    None => continue,
                }
            }
            let mut bytes = [0; 4096];
            let count = self.stream.read(&mut bytes).expect("a message");
            assert!(count > 0, "the channel has ended: {}", self.read);
            self.read.push_str(std::str::from_utf8(&bytes[..count]).expect("UTF-8"));
        }
    }
}

#[test]
fn files_are_served_as_what_they_are() {
    let served = Served::start();
    for (target, status, kind, says) in [
        ("/", 200, "text/html; charset=utf-8", "hreflang"),
        ("/index.html", 200, "text/html; charset=utf-8", "hreflang"),
        ("/en/", 200, "text/html; charset=utf-8", "<title>"),
        ("/en/course/sums.html", 200, "text/html; charset=utf-8", "<em>linear</em>"),
        ("/en/course/sums.html?play=sum&step=1", 200, "text/html; charset=utf-8", "<em>linear</em>"),
        ("/en/course/%EC%97%AD%EC%A0%84%ED%8C%8C.html", 200, "text/html; charset=utf-8", "Back"),
        ("/en/course/dot.svg", 200, "image/svg+xml; charset=utf-8", "<svg"),
        ("/assets/site.css", 200, "text/css; charset=utf-8", ":root"),
        ("/assets/custom.css", 200, "text/css; charset=utf-8", "red"),
        ("/assets/page.js", 200, "text/javascript; charset=utf-8", "const"),
        ("/_bpdoc/serve.js", 200, "text/javascript; charset=utf-8", "EventSource"),
        ("/_bpdoc/serve.css", 200, "text/css; charset=utf-8", ":host"),
        ("/_bpdoc/overlay.json", 200, "application/json; charset=utf-8", "\"items\":[]"),
        ("/en/course/nothing.html", 404, "text/html; charset=utf-8", "404"),
        ("/en", 308, "text/plain; charset=utf-8", ""),
    ] {
        let answer = served.get(target);
        assert_eq!((answer.status, answer.field("Content-Type")), (status, Some(kind)), "{target}");
        assert!(answer.body.contains(says), "{target}: {}", answer.body);
        let head = served.send(&format!("HEAD {target} HTTP/1.1\r\nHost: {{host}}\r\nConnection: close\r\n\r\n"));
        assert_eq!((head.status, head.body.as_str()), (status, ""), "HEAD {target}");
        assert_eq!(head.field("Content-Length"), answer.field("Content-Length"), "HEAD {target}");
        assert_eq!(answer.field("Content-Length"), Some(answer.body.len().to_string().as_str()), "{target}");
    }
    assert_eq!(served.get("/en?x=1").field("Location"), Some("/en/?x=1"));
}

#[test]
fn every_answer_keeps_other_sites_out() {
    let served = Served::start();
    let options = "OPTIONS / HTTP/1.1\r\nHost: {host}\r\nOrigin: http://evil.example\r\nAccess-Control-Request-Method: GET\r\nAccess-Control-Request-Private-Network: true\r\n\r\n";
    let answers = [
        served.get("/"),
        served.get("/nothing"),
        served.get("/en"),
        served.get("/%"),
        served.get("/en/course/dot.svg"),
        served.get("/_bpdoc/overlay.json"),
        served.send(options),
        served.send("GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n"),
        served.send("nonsense\r\n\r\n"),
    ];
    for answer in answers {
        let head = answer.head.to_lowercase();
        assert!(!head.contains("access-control-"), "{head}");
        for (name, value) in [
            ("X-Content-Type-Options", "nosniff"),
            ("X-Frame-Options", "DENY"),
            ("Cross-Origin-Resource-Policy", "same-origin"),
            ("Cache-Control", "no-cache"),
        ] {
            assert_eq!(answer.field(name), Some(value), "{head}");
        }
        let policy = answer.field("Content-Security-Policy").unwrap_or_default();
        assert!(policy.contains("frame-ancestors 'none'"), "{head}");
        assert!(policy.starts_with("default-src 'self';") || policy.starts_with("default-src 'none';"), "{head}");
    }
}

#[test]
fn what_is_no_file_of_the_site_is_not_served() {
    let served = Served::start();
    let targets = [
        "/../secret.txt",
        "/../../../../etc/passwd",
        "/en/../../secret.txt",
        "/en/..%2f..%2fsecret.txt",
        "/..%2fsecret.txt",
        "/%2e%2e/secret.txt",
        "/%2e%2e%2fsecret.txt",
        "/.%2e/secret.txt",
        "/%2E%2E/%2E%2E/etc/passwd",
        "/%252e%252e/secret.txt",
        "/%25252e%25252e/secret.txt",
        "/..%5csecret.txt",
        "/..\\secret.txt",
        "/..%c0%afsecret.txt",
        "/%c0%ae%c0%ae/secret.txt",
        "/%e0%80%ae%e0%80%ae/secret.txt",
        "/..%ef%bc%8fsecret.txt",
        "/%uff0e%uff0e/secret.txt",
        "/....//secret.txt",
        "/..;/secret.txt",
        "/./secret.txt",
        "/en/./index.html",
        "/en//index.html",
        "//secret.txt",
        "///etc/passwd",
        "//evil.example/",
        "//evil.example/%2e%2e",
        "/\\evil.example/",
        "/%5cevil.example/",
        "/secret.txt",
        "/secret.txt%00.html",
        "/en/index.html%00",
        "/en/index.html%0d%0aSet-Cookie:%20a=1",
        "/bpdoc.toml",
        "/bpdoc.toml?raw",
        "/bpdoc.toml?raw??",
        "/bpdoc.toml?import&raw",
        "/content/course/01-sums.en.md",
        "/en/course/01-sums.en.md",
        "/templates/custom.css",
        "/.git/HEAD",
        "/.bpdoc",
        "/en/course/.hidden",
        "/course/.hidden",
        "/%2ehidden",
        "/@fs/etc/passwd",
        "/@fs/etc/passwd?raw??",
        "/@fs/x/x/x/vite/?/../../../../../etc/passwd",
        "/@id/secret.txt",
        "/file:///etc/passwd",
        "/etc/passwd",
        "/C:/Windows/win.ini",
        "/proc/self/environ",
        "/_bpdoc/",
        "/_bpdoc/../secret.txt",
        "/_bpdoc/%2e%2e/secret.txt",
        "/_bpdoc/nothing.js",
        "/en/index.html/",
        "/en/index.html/..",
        "/EN/index.html",
        "/en/index.html ",
        "/en/<script>alert(1)</script>",
        "/en/%3Cscript%3Ealert(1)%3C/script%3E",
        "/en/index.html#/../../secret.txt",
        "/#/../../etc/passwd",
        "/?/../../secret.txt#x",
        "#/secret.txt",
        "*",
        "secret.txt",
        "../secret.txt",
        "en/index.html",
        "?x",
        "http://{host}/en/index.html",
        "http://evil.example/",
        "file:///etc/passwd",
        "evil.example:80",
        "/%",
        "/%2",
        "/%zz",
        "/%-1",
        "/ko%80",
        "/\u{7f}",
        "/en/index.html\u{0}",
        "/역전파",
    ];
    for target in targets {
        let answer = served.get(target);
        assert!(matches!(answer.status, 400 | 404), "{target}: {}", answer.head);
        for leak in [SECRET, "root:", "alert(1)", "evil.example", "Set-Cookie"] {
            assert!(!answer.head.contains(leak) && !answer.body.contains(leak), "{target}: {answer:?}");
        }
    }
    let deep = format!("/{}secret.txt", "%2e%2e/".repeat(500));
    assert!(matches!(served.get(&deep).status, 400 | 404));
}

#[test]
fn requests_that_are_not_understood_are_refused() {
    let served = Served::start();
    let many = "X-A: 1\r\n".repeat(100);
    let long = "a".repeat(20_000);
    for (request, expected) in [
        ("POST / HTTP/1.1\r\nHost: {host}\r\nContent-Length: 3\r\n\r\nabc", 405),
        ("PUT /x HTTP/1.1\r\nHost: {host}\r\n\r\n", 405),
        ("DELETE / HTTP/1.1\r\nHost: {host}\r\n\r\n", 405),
        ("PATCH / HTTP/1.1\r\nHost: {host}\r\n\r\n", 405),
        ("TRACE / HTTP/1.1\r\nHost: {host}\r\n\r\n", 405),
        ("OPTIONS * HTTP/1.1\r\nHost: {host}\r\n\r\n", 405),
        ("CONNECT evil.example:443 HTTP/1.1\r\nHost: {host}\r\n\r\n", 405),
        ("get / HTTP/1.1\r\nHost: {host}\r\n\r\n", 405),
        ("GET / HTTP/1.1\r\n\r\n", 400),
        ("GET / HTTP/1.0\r\n\r\n", 400),
        ("GET /\r\n\r\n", 400),
        ("GET / HTTP/2.0\r\nHost: {host}\r\n\r\n", 400),
        ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: {host}\r\nHost: evil.example\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: {host}\r\nHost: {host}\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost : {host}\r\n\r\n", 400),
        ("GET / HTTP/1.1\nHost: {host}\n\n", 400),
        ("GET / HTTP/1.1\r\nHost: {host}\r\nX: a\n b\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: {host}\r\n folded\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: {host}\r\nX: a\u{0}b\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: {host}\r\nContent-Length: 5\r\n\r\nhello", 413),
        ("GET / HTTP/1.1\r\nHost: {host}\r\nContent-Length: -1\r\n\r\n", 413),
        ("GET / HTTP/1.1\r\nHost: {host}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 413),
        (
            "GET / HTTP/1.1\r\nHost: {host}\r\nContent-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /x HTTP/1.1\r\n\r\n",
            413,
        ),
        ("GET / HTTP/1.1\r\nHost: {host}\r\nExpect: 100-continue\r\n\r\n", 417),
        ("\u{16}\u{3}\u{1}\u{2}", 400),
        ("GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n", 421),
        ("GET http://{host}/ HTTP/1.1\r\nHost: {host}\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: {host}\r\nOrigin: http://evil.example\r\n\r\n", 403),
        ("GET / HTTP/1.1\r\nHost: {host}\r\nOrigin: null\r\n\r\n", 403),
        ("GET / HTTP/1.1\r\nHost: {host}\r\nSec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: no-cors\r\n\r\n", 403),
        ("GET /_bpdoc/events HTTP/1.1\r\nHost: {host}\r\nOrigin: http://evil.example\r\n\r\n", 403),
        ("GET /_bpdoc/events HTTP/1.1\r\nHost: {host}\r\nSec-Fetch-Site: cross-site\r\n\r\n", 403),
        ("GET /_bpdoc/events HTTP/1.1\r\nHost: {host}\r\nSec-Fetch-Site: same-site\r\n\r\n", 403),
        ("GET /_bpdoc/events HTTP/1.1\r\nHost: evil.example\r\n\r\n", 421),
        ("POST /_bpdoc/events HTTP/1.1\r\nHost: {host}\r\n\r\n", 405),
        ("", 0),
        ("GET / HT", 0),
        ("\r\n\r\n\r\n", 0),
    ] {
        let answer = served.send(request);
        // A head that has not come to its end when the other side has is not answered.
        assert_eq!(answer.status, expected, "{request:?}: {}", answer.head);
        if expected != 0 {
            assert_eq!(
                answer.field("Connection"),
                Some(if matches!(expected, 403 | 421) { "keep-alive" } else { "close" })
            );
        }
        if expected == 405 {
            assert_eq!(answer.field("Allow"), Some("GET, HEAD"));
        }
    }
    for request in [
        format!("GET / HTTP/1.1\r\nHost: {{host}}\r\n{many}\r\n"),
        format!("GET / HTTP/1.1\r\nHost: {{host}}\r\nX: {long}\r\n\r\n"),
        format!("GET /{long} HTTP/1.1\r\nHost: {{host}}\r\n\r\n"),
    ] {
        assert_eq!(served.send(&request).status, 431);
    }
    // All of that did it no harm.
    assert_eq!(served.get("/").status, 200);
}

#[test]
fn a_connection_serves_many_requests() {
    let served = Served::start();
    let one = format!("GET /en/ HTTP/1.1\r\nHost: {}\r\n\r\n", served.address);
    let last = one.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n");
    let mut stream = served.connect();
    stream.write_all(format!("{one}{one}{last}").as_bytes()).expect("sent");
    let mut answers = String::new();
    stream.read_to_string(&mut answers).expect("answered");
    assert_eq!(answers.matches("HTTP/1.1 200 OK").count(), 3);
    // Byte by byte it is the same request.
    let mut stream = served.connect();
    for byte in last.bytes() {
        stream.write_all(&[byte]).expect("sent");
    }
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("answered");
    assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
}

#[test]
fn what_a_browser_has_is_not_sent_again() {
    let served = Served::start();
    let first = served.get("/assets/site.css");
    let tag = first.field("ETag").expect("a tag").to_owned();
    let again = |known: &str| {
        served.send(&format!(
            "GET /assets/site.css HTTP/1.1\r\nHost: {{host}}\r\nIf-None-Match: {known}\r\nConnection: close\r\n\r\n"
        ))
    };
    for known in [tag.as_str(), &format!("W/{tag}"), &format!("\"x\", {tag}"), "*"] {
        let answer = again(known);
        assert_eq!(
            (answer.status, answer.body.as_str(), answer.field("ETag")),
            (304, "", Some(tag.as_str())),
            "{known}"
        );
    }
    assert_eq!(again("\"x\"").status, 200);
}

#[test]
fn only_pages_get_the_script_and_only_here() {
    let served = Served::start();
    for (target, count) in
        [("/", 1), ("/en/course/sums.html", 1), ("/nothing", 1), ("/assets/site.css", 0), ("/en/course/dot.svg", 0)]
    {
        assert_eq!(served.get(target).body.matches("/_bpdoc/serve.js").count(), count, "{target}");
    }
    let project = bpdoc::project::load(served.folder.path()).expect("read").value;
    let site = bpdoc::compile(&project).value;
    assert!(site.files.values().all(|bytes| !String::from_utf8_lossy(bytes).contains("_bpdoc/")));
}

#[test]
fn a_page_hears_of_what_concerns_it() {
    let served = Served::start();
    let mut sums = served.listen("/en/course/sums.html");
    let mut front = served.listen("/en/");
    let first = sums.next();
    assert_eq!((&first["page"], &first["errors"], &first["ready"]), (&0.into(), &0.into(), &true.into()));
    front.next();

    write(&served.folder, "content/course/01-sums.en.md", &NOTE.replace("linear", "additive"));
    served.desk.refresh(None).expect("refreshed");
    let version = first["version"].as_u64().expect("a number") + 1;
    assert_eq!(sums.next()["page"], version);
    assert!(served.get("/en/course/sums.html").body.contains("additive"));

    // With an error the last page stays, and everybody is told.
    write(&served.folder, "content/course/01-sums.en.md", &NOTE.replace("y = 3", "y = 4"));
    served.desk.refresh(None).expect("refreshed");
    let message = sums.next();
    assert_eq!((&message["page"], &message["errors"]), (&version.into(), &1.into()));
    assert!(served.get("/en/course/sums.html").body.contains("additive"));
    let overlay = served.get("/_bpdoc/overlay.json").body;
    assert!(overlay.contains("01-sums.en.md:8:") && overlay.contains("^"), "{overlay}");
    while front.next()["errors"] != 1 {}

    write(&served.folder, "content/course/01-sums.en.md", NOTE);
    served.desk.refresh(None).expect("refreshed");
    let message = sums.next();
    assert_eq!((&message["page"], &message["errors"]), (&(version + 2).into(), &0.into()));

    write(&served.folder, "templates/custom.css", "main { color: blue }");
    served.desk.refresh(None).expect("refreshed");
    let message = sums.next();
    // A style sheet that was not there before is linked to.
    assert_eq!((&message["styles"], &message["page"]), (&(version + 3).into(), &(version + 3).into()));

    write(&served.folder, "content/course/dot.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\"><g/></svg>");
    served.desk.refresh(None).expect("refreshed");
    assert_eq!(sums.next()["pictures"]["/en/course/dot.svg"], version + 4);

    // What is touched without a change is no news: the next message is about the next change.
    write(&served.folder, "content/course/01-sums.en.md", NOTE);
    served.desk.refresh(None).expect("refreshed");
    write(&served.folder, "templates/page.js", "// other");
    served.desk.refresh(None).expect("refreshed");
    assert_eq!(sums.next()["scripts"], version + 5);
}

#[test]
fn drafts_are_shown_on_request() {
    for (drafts, status) in [(false, 404), (true, 200)] {
        let folder = tempfile::tempdir().expect("a folder");
        write(&folder, "bpdoc.toml", "languages = [\"en\"]\n");
        write(&folder, "content/course/01-draft.en.md", "+++\ndraft = true\n+++\n# Draft\n");
        let served = Served::serve(folder, |studio| if drafts { studio.with_drafts() } else { studio });
        served.desk.refresh(None).expect("refreshed");
        assert_eq!(served.get("/en/course/draft.html").status, status);
    }
}

/// What is wrong with pages is found after they are shown.
#[test]
fn links_that_lead_nowhere_are_told_later() {
    let served = Served::start();
    let mut page = served.listen("/en/");
    assert_eq!(page.next()["errors"], 0);
    write(&served.folder, "content/course/01-sums.en.md", "# Sums\n\nSee [it](nothing.html).\n");
    served.desk.refresh(None).expect("refreshed");
    assert_eq!(page.next()["warnings"], 0);
    assert!(!served.desk.proof(&|| true));
    assert!(served.desk.proof(&|| false));
    let message = page.next();
    assert!(message["errors"] == 1 || message["warnings"] == 1, "{message}");
}

#[test]
fn a_project_that_goes_away_is_told_and_comes_back() {
    let served = Served::start();
    let mut page = served.listen("/en/");
    page.next();
    let (content, aside) = (served.folder.path().join("content"), served.folder.path().join("aside"));
    fs::rename(&content, &aside).expect("moved");
    assert!(served.desk.refresh(None).is_err());
    assert_eq!(page.next()["errors"], 1);
    assert_eq!(served.get("/en/").status, 200);
    fs::rename(&aside, &content).expect("moved");
    served.desk.refresh(None).expect("refreshed");
    assert_eq!(page.next()["errors"], 0);
}

#[test]
fn before_the_first_site_a_page_waits() {
    let served = Served::start_silent();
    let waiting = served.get("/en/course/sums.html");
    assert_eq!(waiting.status, 503);
    assert!(waiting.body.contains("data-waiting") && waiting.body.contains("/_bpdoc/serve.js"), "{}", waiting.body);
    let mut page = served.listen("/en/course/sums.html");
    assert_eq!(page.next()["ready"], false);
    write(&served.folder, "content/course/01-sums.en.md", &NOTE.replace("y = 3", "y = 4"));
    served.desk.refresh(None).expect("refreshed");
    let message = page.next();
    assert_eq!((&message["ready"], &message["errors"]), (&false.into(), &1.into()));
    assert_eq!(served.get("/en/").status, 500);
    write(&served.folder, "content/course/01-sums.en.md", NOTE);
    served.desk.refresh(None).expect("refreshed");
    assert_eq!(page.next()["ready"], true);
    assert_eq!(served.get("/en/course/sums.html").status, 200);
}

/// Many who say nothing, or half of something, keep nobody else from being served, and what they held comes back.
#[test]
fn who_keeps_us_waiting_makes_room_for_others() {
    let served = Served::start();
    let mut slow = Vec::new();
    for i in 0..200 {
        let mut stream = served.connect();
        match i % 4 {
            0 => {}
            1 => stream.write_all(b"GET / HT").expect("sent"),
            2 => write!(stream, "GET / HTTP/1.1\r\nHost: {}\r\nX", served.address).expect("sent"),
            _ => write!(stream, "GET /assets/site.css HTTP/1.1\r\nHost: {}\r\n\r\n", served.address).expect("sent"),
        }
        slow.push(stream);
    }
    assert_eq!(served.get("/en/").status, 200);
    let listeners: Vec<Listener> = (0..150).map(|_| served.listen("/en/")).collect();
    assert_eq!(served.get("/en/").status, 200);
    drop(listeners);
    drop(slow);
    for _ in 0..500 {
        assert_eq!(served.get("/en/").status, 200);
    }
    let mut page = served.listen("/en/");
    page.next();
}

/// What has ended in its middle is told to open pages, which stay as they are until the next look makes everything anew.
#[test]
fn a_mistake_of_bpdoc_is_told_to_open_pages() {
    let served = Served::start();
    let mut listener = served.listen("/en/course/sums.html");
    assert_eq!(listener.next()["errors"], 0);
    let failure = Failure::Bug { what: "a corner".to_owned(), place: "x.rs:1".to_owned() };
    served.desk.begin_anew(&failure);
    assert_eq!(listener.next()["errors"], 1);
    assert!(served.get("/_bpdoc/overlay.json").body.contains("this is a bug in bpdoc: a corner (x.rs:1)"));
    assert_eq!(served.get("/en/course/sums.html").status, 200);
    write(&served.folder, "content/course/01-sums.en.md", &NOTE.replace("linear", "straight"));
    assert!(served.desk.refresh(Some(&[])).expect("refreshed").is_new);
    let message = listener.next();
    assert!(message["errors"] == 0 && message["page"] == message["version"], "{message}");
    assert!(served.get("/en/course/sums.html").body.contains("<em>straight</em>"));
}
