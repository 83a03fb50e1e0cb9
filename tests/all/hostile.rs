//! Notes of strangers. Whatever a note holds, wherever it holds it: no page runs it, fetches it, or is broken by it.

use crate::site::project;
use bpdoc::diag::Checked;
use bpdoc::project::Asset;
use bpdoc::{Site, asset, settings};

/// Texts that would do something on a page that took them as they are.
const PAYLOADS: [&str; 27] = [
    "<script>x()</script>",
    "\"><script>x()</script>",
    "'><img src=x onerror=x()>",
    "\" onload=\"x()",
    "' onclick='x()",
    "</title><script>x()</script>",
    "</script><script>x()</script>",
    "</text></svg><script>x()</script>",
    "--><script>x()</script>",
    "]]><script>x()</script>",
    "&lt;script&gt;x()&lt;/script&gt;",
    "&#60;script&#62;",
    "{{ site }} {% raw %} {# x #}",
    "<svg onload=x()>",
    "<iframe src=javascript:x()>",
    "<base href=//e.org/>",
    "<!--",
    "<![CDATA[",
    "<a href=\"java&#10;script:x()\">a</a>",
    "javascript:x()",
    "\u{2028}alert(1)//",
    "\\",
    "`",
    "$\\href{javascript:x()}{y}$",
    "__proto__",
    "constructor",
    "*/ @import url(//e.org/x.css); /*",
];

/// Where a note may hold a text: what stands around it.
const PLACES: [(&str, &str); 25] = [
    ("prose", "# N\n\n@\n"),
    ("title", "+++\ntitle = '''@'''\n+++\n\nx\n"),
    ("summary", "+++\ntitle = 'N'\nsummary = '''@'''\n+++\n\nx\n"),
    ("tags", "+++\ntitle = 'N'\ntags = ['''@''']\n+++\n\nx\n"),
    ("authors", "+++\ntitle = 'N'\ndate = 2026-01-02\nauthors = ['''@''']\n+++\n\nx\n"),
    ("aliases", "+++\ntitle = 'N'\naliases = ['''@''']\n+++\n\nx\n"),
    ("heading", "# N\n\n## @\n\n[](#@)\n"),
    ("heading id", "# N\n\n## H {#@}\n\n## I {.@ @=@}\n"),
    ("link", "# N\n\n[@](<@>) [b][r]\n\n[r]: <@> \"@\"\n"),
    ("picture", "# N\n\n![@](<@> \"@\"){#@}\n"),
    ("code", "# N\n\n`@`\n\n```@\n@\n```\n\n    @\n"),
    ("code block", "# N\n\n```python #@ title=\"@\" linenos {1-@}\n@\n```\n\n```python src=@\n```\n"),
    ("footnote", "# N\n\na[^@]\n\n[^@]: @\n"),
    ("table", "# N\n\nTable: @ {#@}\n\n| @ | b |\n|--|--|\n| @ | @ |\n"),
    ("list", "# N\n\n- [ ] @\n- [x] @\n\n> [!NOTE] @\n> @\n\n> [!ANSWER] @\n> @\n"),
    ("formula", "# N\n\n$@$ and\n\n$$\n@ \\label{@} \\tag{@} \\text{@} \\href{@}{@} \\color{@}{x} \\ref{@}\n$$\n"),
    ("term", "# N\n\n[@](term:@)\n"),
    ("part", "# N\n\n![](_p.md#@)\n\n<!-- ANCHOR: @ -->\n\na\n\n<!-- ANCHOR_END: @ -->\n"),
    ("graph captions", "# N\n\n```graph #g quiz=values\n# @ | @\nw = 2 # @ | @\nx = 3\nf = w * x # @\n```\n"),
    ("graph names", "# N\n\n```graph #g\n@ = 2\nf = @ * 3\ngroup @ | @ {\nh = f + 1\n}\n```\n\n$\\val{g:@}$\n"),
    ("graph fence", "# N\n\n```graph #@ dir=@ size=@ src=@ @=@\nw = 2\nf = w * w\n```\n"),
    ("claim", "# N\n\n```graph #g\nw = 2\nf = w * w\nexpect f = @\nexpect @ = 4\n```\n\n$\\claim{g:f}{@}$\n"),
    (
        "training",
        "# N\n\n```graph #g\nparam w = 2\nf = w * w\n```\n\n```train #@ of=#g\n# @ | @\nminimize f\nrate 0.1\nsteps 2\n```\n",
    ),
    ("sole text", "@"),
    ("yaml", "---\ntitle: \"@\"\nsummary: |\n  @\n---\n\n@\n"),
];

/// Elements that no page of ours has.
const NEVER: [&str; 11] = [
    "iframe",
    "object",
    "embed",
    "base",
    "applet",
    "frame",
    "frameset",
    "foreignobject",
    "portal",
    "handler",
    "template",
];

const ADDRESSES: [&str; 12] = [
    "href",
    "src",
    "action",
    "formaction",
    "xlink:href",
    "data",
    "poster",
    "background",
    "srcset",
    "ping",
    "cite",
    "to",
];

/// A start tag with its attributes, and for a script what stands in it.
struct Tag<'h> {
    name: String,
    attributes: Vec<(String, &'h str)>,
    script: &'h str,
}

/// The start tags of a page, as a browser would see them.
fn tags(html: &str) -> Vec<Tag<'_>> {
    let mut tags = Vec::new();
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        rest = &rest[at + 1..];
        if let Some(comment) = rest.strip_prefix("!--") {
            rest = comment.split_once("-->").map_or("", |(_, after)| after);
            continue;
        }
        if !rest.starts_with(|c: char| c.is_ascii_alphabetic()) {
            continue;
        }
        let is_end = |c: char| c.is_whitespace() || matches!(c, '/' | '>');
        let (name, mut inside) = rest.split_at(rest.find(is_end).unwrap_or(rest.len()));
        let mut tag = Tag { name: name.to_ascii_lowercase(), attributes: Vec::new(), script: "" };
        loop {
            inside = inside.trim_start_matches(|c: char| c.is_whitespace() || c == '/');
            if inside.is_empty() || inside.starts_with('>') {
                break;
            }
            let end = inside[1..].find(|c: char| is_end(c) || c == '=').map_or(inside.len(), |at| at + 1);
            let (key, after) = inside.split_at(end);
            let after = after.trim_start();
            let (value, after) = match after.strip_prefix('=').map(str::trim_start) {
                None => ("", after),
                Some(quoted) if quoted.starts_with(['"', '\'']) => {
                    let (quote, quoted) = quoted.split_at(1);
                    quoted.split_once(quote).unwrap_or((quoted, ""))
                }
                Some(bare) => bare.split_at(bare.find(|c: char| c.is_whitespace() || c == '>').unwrap_or(bare.len())),
            };
            tag.attributes.push((key.to_ascii_lowercase(), value));
            inside = after;
        }
        rest = inside;
        if tag.name == "script" {
            let (script, after) = rest.split_once("</script").unwrap_or((rest, ""));
            (tag.script, rest) = (script.trim_start_matches('>'), after);
        }
        tags.push(tag);
    }
    tags
}

/// What is wrong with a tag.
fn fault(tag: &Tag<'_>) -> Option<String> {
    let attribute = |name: &str| tag.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| *value);
    if NEVER.contains(&tag.name.as_str()) {
        return Some(format!("<{}>", tag.name));
    }
    if tag.name == "script" && !tag.script.is_empty() && attribute("type") != Some("application/ld+json") {
        return Some(format!("a script: {}", tag.script));
    }
    for (i, (key, value)) in tag.attributes.iter().enumerate() {
        let is_odd = key.starts_with("on") || key.contains(['"', '\'', '<', '=', '&']);
        let is_double = tag.attributes[..i].iter().any(|(other, _)| other == key);
        if is_odd || is_double {
            return Some(format!("the attribute {key} of <{}>", tag.name));
        }
        if ADDRESSES.contains(&key.as_str()) {
            // Ours are the only references: any other would be the note's, and could spell a scheme.
            let named = value.replace("&#39;", "'").replace("&quot;", "\"").replace("&lt;", "<").replace("&gt;", ">");
            let has_others = named.replace("&amp;", "").contains('&');
            let seen: String =
                named.replace("&amp;", "&").chars().filter(|c| !c.is_control() && !c.is_whitespace()).collect();
            let scheme =
                seen.split(['/', '?', '#']).next().and_then(|start| start.split_once(':')).map(|(name, _)| name);
            let is_scheme = |name: &&str| name.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c));
            let scheme = scheme.filter(is_scheme).map(str::to_lowercase);
            let leads_out = matches!(tag.name.as_str(), "a" | "link");
            let is_fine = match scheme.as_deref() {
                None => !seen.starts_with("//") && !has_others,
                Some("http" | "https") => leads_out,
                Some("mailto") => tag.name == "a",
                Some(_) => false,
            };
            if !is_fine {
                return Some(format!("{key}={value} of <{}>", tag.name));
            }
        }
        if key == "style" && (value.contains("url(") || value.contains('@')) {
            return Some(format!("style={value}"));
        }
    }
    None
}

fn is_shown(c: char) -> bool {
    !c.is_control() || matches!(c, '\n' | '\t' | '\r')
}

#[track_caller]
fn check(site: &Site, least: usize) {
    let pages: Vec<_> = site.files.iter().filter(|(path, _)| path.ends_with(".html")).collect();
    assert!(pages.len() >= least, "only {} pages", pages.len());
    for (path, bytes) in pages {
        let html = std::str::from_utf8(bytes).expect("pages are text");
        let wrong: Vec<String> = tags(html).iter().filter_map(fault).collect();
        assert!(wrong.is_empty(), "{path}: {wrong:?}");
        assert!(html.chars().all(is_shown), "{path} holds a control character");
    }
}

/// Each payload at each place, in one project.
fn notes(payloads: &[&str]) -> Vec<(String, String)> {
    let of_place = |(i, (_, around)): (usize, &(&str, &str))| {
        let with = |(j, payload): (usize, &&str)| (format!("s{i}/n{j}.ko.md"), around.replace('@', payload));
        payloads.iter().enumerate().map(with).collect::<Vec<_>>()
    };
    PLACES.iter().enumerate().flat_map(of_place).collect()
}

fn compile(config: &str, notes: &[(String, String)]) -> Checked<Site> {
    let notes: Vec<_> = notes.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    bpdoc::compile(&project(config, &notes))
}

#[test]
fn no_page_runs_what_a_note_holds() {
    let notes = notes(&PAYLOADS);
    // Pages that have mistakes are written, too, though they are not published.
    for raw_html in ["escape", "sanitize"] {
        let config = format!("base_url = \"https://e.org/\"\n[markdown]\nraw_html = \"{raw_html}\"\n");
        check(&compile(&config, &notes).value, 2 * notes.len());
    }
}

/// Control characters and those that change the order of others are refused, wherever they stand.
#[test]
fn what_cannot_be_seen_is_refused() {
    for payload in
        ["\u{0}", "\u{1}", "\u{8}", "\u{b}", "\u{1b}[2J", "\u{7f}", "\u{9b}", "\u{202e}", "\u{2067}", "\u{fffe}"]
    {
        for (path, text) in notes(&[payload]) {
            let found = compile("", &[(path, text.clone())]).diagnostics;
            assert!(
                found.iter().any(|d| d.code == "hidden-character" || d.code == "broken-front-matter"),
                "{text:?}: {found:?}"
            );
        }
    }
    let written = "+++\ntitle = \"a\\u0001b\"\n+++\n\nx\n";
    let found = compile("", &[("a/n.ko.md".into(), written.into())]).diagnostics;
    assert_eq!(
        found.iter().map(|d| (d.code, &written[d.range.clone()])).collect::<Vec<_>>(),
        [("hidden-character", "\"a\\u0001b\"")]
    );
}

#[test]
fn names_of_files_do_no_harm() {
    let names = [
        "a b",
        "a#b",
        "a?b",
        "a%41b",
        "a&b",
        "a'b",
        "a\"b",
        "<b>",
        "a:b",
        "con",
        "LPT1",
        "a\u{202e}b",
        "a\u{200b}b",
        "-x",
        "..",
        "a\nb",
        "x.",
        "constructor",
    ];
    for name in names {
        let path = format!("s/{name}.ko.md");
        let checked =
            compile("", &[(path.clone(), "# N\n\n[a](#a)\n\n## A\n".into()), ("s/ok.ko.md".into(), "# O\n".into())]);
        check(&checked.value, 1);
        let is_told = checked.diagnostics.iter().any(|d| d.file.as_deref() == Some(&*format!("content/{path}")));
        let is_plain = matches!(name, "a b" | "a&b" | "a'b" | "-x" | "constructor");
        assert_eq!(is_told, !is_plain, "{name:?}: {:?}", checked.diagnostics);
    }
}

/// What stands beside notes is copied as it is, and is opened in a browser.
#[test]
fn files_that_run_are_refused() {
    let allow = settings::read("[markdown]\nraw_html = \"allow\"\n").value.raw_html;
    for (path, bytes, expected) in [
        ("a.png", &b"<script>"[..], None),
        ("a.csv", b"<script>", None),
        ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><path d='M0 0'/></svg>", None),
        ("a.html", b"plain", Some(0..0)),
        ("a.XHTML", b"plain", Some(0..0)),
        ("a.svg", b"<svg><script/></svg>", Some(5..14)),
        ("a.SVG", b"<svg onload='x()'/>", Some(5..17)),
        ("a.svg", b"<svg", Some(0..0)),
        ("a.svg", b"\xff", Some(0..0)),
        ("a.xml", b"<a><b xmlns='http://www.w3.org/1999/xhtml' onclick='x()'/></a>", Some(43..56)),
        ("a.shtm", b"plain", Some(0..0)),
        ("a.ehtml", b"plain", Some(0..0)),
        ("a.svgz", b"<svg><script/></svg>", Some(5..14)),
        ("a.svgz", b"\x1f\x8b\x08", Some(0..0)),
        ("a.rss", b" \n<rss><script/></rss>", Some(7..16)),
        ("a.any", b"\xef\xbb\xbf<a><script/></a>", Some(6..15)),
        ("a", b"<p>one<p onclick='x()'>", Some(0..0)),
        ("a.any", b"\xff\xfe<\0s\0c\0r\0i\0p\0t\0/\0>\0", Some(0..0)),
        ("a.any", b"\xff\xfe<\0s\0/\0>\0", None),
        ("a.any", b"\0<\0s\0c\0r\0i\0p\0t\0/\0>", Some(0..0)),
        ("a.drawio", b"<mxfile><diagram id='a'/></mxfile>", None),
        ("a.org", b"<2024-01-01> first", None),
        ("a.py", b"print('<script>')", None),
    ] {
        let assets = [Asset { path: path.into(), bytes: bytes.into() }];
        let found: Vec<_> = asset::active(&assets, settings::RawHtml::Escape).into_iter().map(|d| d.range).collect();
        assert_eq!(found, expected.into_iter().collect::<Vec<_>>(), "{path} {}", String::from_utf8_lossy(bytes));
        assert!(asset::active(&assets, allow).is_empty());
    }
}

/// Addresses that former addresses cannot have, each told at its place.
#[test]
fn former_addresses_stay_in_their_place() {
    for alias in [
        "../x",
        "/etc/../x",
        "..\\\\x",
        "%2e%2e/x",
        "javascript:x",
        "a?b",
        "ko/a/n.html",
        "KO/A/N.html",
        "ko/a/n.html/x.html",
        "ko/a",
        "index.html",
        "404.html",
        "assets/x",
        ".git/config",
        ".bpdoc",
        "nul/x",
        "a\\u202eb",
    ] {
        let text = format!("+++\ntitle = \"N\"\naliases = [\"old.html\", \"{alias}\"]\n+++\n\nx\n");
        let Checked { value, diagnostics } = compile("", &[("a/n.ko.md".into(), text.clone())]);
        check(&value, 5);
        let [told] = diagnostics.as_slice() else { panic!("{alias}: {diagnostics:?}") };
        assert_eq!(text[told.range.clone()].trim_matches('"'), alias, "{told:?}");
        assert!(matches!(told.code, "bad-alias" | "address-taken" | "hidden-character"), "{told:?}");
    }
}
