//! The author's own look: templates, themes, words and variables of the style sheet, and what is said about them.

use super::site::{page, project};
use bpdoc::project::{Project, ThemeFile};
use bpdoc::settings;
use bpdoc::source::SourceFile;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

const NOTES: [(&str, &str); 6] = [
    (
        "s/01-a.ko.md",
        "+++\ntitle = \"가\"\ndate = 2026-01-02\nupdated = 2026-01-03\ntags = [\"태그\"]\nauthors = [\"하나\"]\naliases = [\"/old/\"]\n+++\n\n## 절\n\n[나](02-b.ko.md) [밖](https://e.org/)\n\n```graph #g view=forward-mode\n# 그림\nparam w = [1, 2]\nf = sum(w * w)\n```\n\n```train #t of=#g\nminimize f\nrate 0.1\nsteps 2\nreport 0, 1\n```\n",
    ),
    ("s/01-a.en.md", "# A\n\n```graph #g\n```\n\n```train #t\n```\n"),
    (
        "s/02-b.ko.md",
        "+++\ntitle = \"나\"\ndate = 2026-01-02\ntags = [\"태그\"]\n+++\n\n[가](01-a.ko.md)\n\n> [!ANSWER]\n> 답\n",
    ),
    ("s/03-c.ko.md", "+++\ntitle = \"다\"\ntags = [\"태그\"]\n+++\n\n[가](01-a.ko.md)\n"),
    ("s/_index.ko.md", "# 시리즈\n"),
    ("s/_index.en.md", "# Series\n"),
];

const CONFIG: &str = "glossary = \"terms.tsv\"\nbase_url = \"https://example.org/\"\n[params]\nmotto = \"느리게\"\n";

fn own(files: &[(&str, &str)]) -> Project {
    let mut own = project(CONFIG, &NOTES);
    let terms = "en\tko\tko_variants\tko_definition\nchain rule\t연쇄 법칙\t연쇄 규칙\t국소적 미분을 곱한다.\n";
    own.glossary = Some(SourceFile::new("terms.tsv", terms));
    own.templates = files.iter().map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec())).collect();
    own
}

/// The names of bpdoc's templates that are rendered: partials are told what the templates that hold them are.
const RENDERED: [&str; 12] = [
    "404.html",
    "feed.xml",
    "figure.html",
    "glossary.html",
    "list.html",
    "page.html",
    "print.html",
    "redirect.html",
    "robots.txt",
    "root.html",
    "sitemap.xml",
    "training.html",
];

/// What a value holds, as `series[].notes[].title`; words and parameters are the author's.
fn paths(name: &str, value: &Value, found: &mut BTreeSet<String>) {
    match value {
        _ if matches!(name, "words" | "params" | "site.params") => {
            found.insert(name.to_owned());
        }
        Value::Object(fields) if !fields.is_empty() => {
            fields.iter().for_each(|(key, value)| paths(&format!("{name}.{key}"), value, found));
        }
        Value::Array(items) if items.iter().any(|item| item.is_object() || item.is_array()) => {
            items.iter().for_each(|item| paths(&format!("{name}[]"), item, found));
        }
        _ => {
            found.insert(name.to_owned());
        }
    }
}

/// What each template is told, over all pages of a site.
fn told() -> BTreeMap<&'static str, BTreeSet<String>> {
    let mut told = BTreeMap::new();
    for name in RENDERED {
        let dump = "«{{ __tera_context | safe }}»".to_owned();
        let mut look = own(&[(name, &dump)]);
        // Cards take their time, and one template alone is told of them.
        look.settings.social_cards = name == "page.html";
        let site = bpdoc::compile(&look).value;
        let mut found = BTreeSet::new();
        for bytes in site.files.values() {
            let Ok(text) = std::str::from_utf8(bytes) else { continue };
            for context in text.split('«').skip(1).filter_map(|rest| rest.split('»').next()) {
                // Tera writes nothing for what is not there.
                let context = context.replace(": ,", ": null,").replace(": }", ": null}").replace("\\u{a0}", "\u{a0}");
                let context: Value =
                    serde_json::from_str(&context).unwrap_or_else(|error| panic!("{name}: {error}: {context}"));
                for (key, value) in context.as_object().expect("variables") {
                    paths(key, value, &mut found);
                }
            }
        }
        assert!(!found.is_empty(), "{name} is not rendered");
        told.insert(name, found);
    }
    told
}

/// `docs/templates.md` names every variable of every template, and no other.
#[test]
fn every_variable_is_documented() {
    let manual = include_str!("../../docs/templates.md");
    let ticked = |line: &str| line.split('`').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>();
    let described: BTreeSet<String> = manual
        .lines()
        .filter(|line| {
            line.starts_with("| `")
                && !line.contains(".html` |")
                && !line.contains(".xml` |")
                && !line.contains(".txt` |")
        })
        .flat_map(|line| ticked(line.split(" | ").next().unwrap_or_default()))
        .collect();
    let told = told();
    let all: BTreeSet<String> = told.values().flatten().cloned().collect();
    // A list that is empty on one page, or a value that is missing there, is known from another.
    let is_more =
        |path: &String, other: &String| other.strip_prefix(path).is_some_and(|rest| rest.starts_with(['.', '[']));
    let all: BTreeSet<String> =
        all.iter().filter(|path| !all.iter().any(|other| is_more(path, other))).cloned().collect();
    assert_eq!(described, all);
    for (template, variables) in told {
        let row = manual.lines().find(|line| line.starts_with(&format!("| `{template}` |"))).unwrap_or_default();
        let listed: BTreeSet<String> = ticked(row.rsplit(" | ").next().unwrap_or_default()).into_iter().collect();
        let names: BTreeSet<String> =
            variables.iter().map(|path| path.split(['.', '[']).next().unwrap_or_default().to_owned()).collect();
        assert_eq!(listed, names, "{template}");
    }
}

#[test]
fn parameters_reach_every_template() {
    for name in RENDERED {
        let site = bpdoc::compile(&own(&[(name, "motto: {{ params.motto }}.")])).value;
        let is_told = |bytes: &Vec<u8>| String::from_utf8_lossy(bytes).contains("motto: 느리게.");
        assert!(site.files.values().any(is_told), "{name}");
    }
}

/// The project's own file wins over the theme's, the theme's over bpdoc's; what is replaced can be extended.
#[test]
fn a_look_is_laid_over_another() {
    let mut look = own(&[
        ("partials/footer.html", "<footer class=\"site-footer\">own {{ words.skip }}</footer>"),
        ("i18n/ko.toml", "home = \"집\""),
        ("custom.css", "body { margin: 1px; }"),
    ]);
    let theme = [
        ("partials/footer.html", "templates/partials/footer.html", "theme"),
        (
            "page.html",
            "templates/page.html",
            "{% extends \"bpdoc/page.html\" %}{% block head %}<meta name=\"motto\" content=\"{{ params.motto }}\">{% endblock %}",
        ),
        ("i18n/ko.toml", "i18n/ko.toml", "home = \"문\"\nskip = \"건너뛰기\""),
        ("logo.svg", "static/logo.svg", "<svg/>"),
    ];
    look.theme = theme
        .iter()
        .map(|(name, path, text)| {
            let file = ThemeFile { path: format!("themes/paper/{path}"), bytes: text.as_bytes().to_vec() };
            ((*name).to_owned(), file)
        })
        .collect();
    let found = bpdoc::compile(&look);
    assert_eq!(found.diagnostics, []);
    let html = page(&found.value, "ko/s/a.html");
    assert!(html.contains("<footer class=\"site-footer\">own 건너뛰기</footer>") && html.contains(">집</a>"), "{html}");
    assert!(html.contains("<meta name=\"motto\" content=\"느리게\">") && html.contains("assets/custom.css"));
    assert_eq!(found.value.files["assets/logo.svg"], b"<svg/>");
    assert!(!page(&found.value, "ko/tags/index.html").contains("motto"), "a list is no page.html");
}

/// The bold font holds what bpdoc's own style sheets show bold; what an author's do is not known.
#[test]
fn with_an_own_style_sheet_the_bold_font_is_whole() {
    let sheet = include_str!("../../templates/site.css");
    let weight = |files: &[(&str, &str)]| bpdoc::compile(&own(files)).value.files["assets/bpdoc-sans-700.woff2"].len();
    let cut = weight(&[]);
    assert_eq!(weight(&[("site.css", sheet)]), cut, "a copy of bpdoc's own is no other");
    assert!(weight(&[("custom.css", "em { font-weight: 700; }")]) > cut);
}

/// The code, the file, and what a mistake points at.
#[track_caller]
fn check_mistakes(files: &[(&str, &str)], expected: &[(&str, &str, &str, &str)]) {
    let look = own(files);
    let found = bpdoc::compile(&look).diagnostics;
    let found: Vec<_> = found
        .iter()
        .map(|d| {
            let file = d.file.as_deref().unwrap_or_default();
            (d.code, file, &look.source(file).unwrap_or_default()[d.range.clone()], d.message.en.as_ref())
        })
        .collect();
    assert_eq!(found, expected);
}

#[test]
fn broken_templates_are_told_all_at_once() {
    let end = "template error: Unexpected end of input";
    check_mistakes(
        &[("page.html", "<p>\n{{ page.title"), ("list.html", "{% if x %}"), ("i18n/ko.toml", "home = ")],
        &[
            (
                "bad-toml",
                "templates/i18n/ko.toml",
                "",
                "this is not TOML: string values must be quoted, expected literal string",
            ),
            ("bad-template", "templates/list.html", "%}", end),
            ("bad-template", "templates/page.html", "title", end),
        ],
    );
    check_mistakes(
        &[("page.html", "{{ page.titel }}")],
        &[(
            "bad-template",
            "templates/page.html",
            "titel",
            "template error: Field `titel` is not defined. Available fields: authors, body, body_lang, body_lang_name, canonical, date, date_iso, description, heading_lang, headings, image, kind, lang, locale, newer_original, noindex, outside, players, structured, tags, title, updated, updated_iso",
        )],
    );
    check_mistakes(
        &[("page.html", "가{% include \"nowhere.html\" %}"), ("list.html", "\n{{ x | nothing }}")],
        &[
            ("bad-template", "templates/list.html", "nothing", "template error: Unknown filter `nothing`"),
            (
                "bad-template",
                "templates/page.html",
                "\"nowhere.html\"",
                "template error: Unknown template `nowhere.html`",
            ),
        ],
    );
    check_mistakes(
        &[("page.html", "{% extends \"nowhere.html\" %}")],
        &[(
            "bad-template",
            "templates/page.html",
            "",
            "template error: Template 'page.html' is inheriting from 'nowhere.html', which doesn't exist or isn't loaded.",
        )],
    );
    check_mistakes(
        &[("a.html", "{% include \"b.html\" %}"), ("b.html", "{% include \"a.html\" %}")],
        &[(
            "bad-template",
            "templates/a.html",
            "",
            "template error: Circular include detected for template 'a.html'. Include chain: `[\"a.html\", \"b.html\", \"a.html\"]`",
        )],
    );
}

#[test]
fn variables_of_the_style_sheet_are_set_in_one_place() {
    let config = "[style]\nlink = \"#123456\"\nmeasure = \"36rem\"\n[style.dark]\nlink = \"#abcdef\"\n";
    let found = bpdoc::compile(&project(config, &NOTES));
    assert_eq!(found.diagnostics, []);
    let sheet = page(&found.value, "assets/site.css");
    for rule in [
        "@media screen and (prefers-color-scheme: light) { :root { --link: #123456; } }",
        "@media screen and (prefers-color-scheme: dark) { :root { --link: #abcdef; } }",
        "@media screen { :root { --measure: 36rem; } }",
    ] {
        assert!(sheet.contains(rule), "{rule}");
    }
    let config = "theme = \"../x\"\n[style]\nlnik = \"red\"\nink = \"red; }\"\nrule = 3\n";
    let mistakes =
        settings::read(config).diagnostics.into_iter().chain(bpdoc::compile(&project(config, &NOTES)).diagnostics);
    let found: Vec<_> = mistakes
        .map(|d| {
            (
                d.code,
                config[d.range.clone()].to_owned(),
                d.message.en.to_string(),
                d.help.map_or_else(String::new, |help| help.en.to_string()),
            )
        })
        .collect();
    let found: Vec<[&str; 4]> =
        found.iter().map(|(code, place, message, help)| [*code, place, message, help]).collect();
    assert_eq!(
        found,
        [
            ["wrong-type", "\"red; }\"", "this value is of the wrong kind", "it must be a single CSS value"],
            ["wrong-type", "3", "this value is of the wrong kind", "it must be text in quotes"],
            [
                "wrong-type",
                "\"../x\"",
                "this value is of the wrong kind",
                "it must be a folder of this project, such as `themes/paper`"
            ],
            ["unknown-variable", "lnik", "the style sheet has no variable `lnik`", "did you mean `link`?"],
        ]
    );
}
