//! The house rules that a program can check.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// The outside crates that have one room each, and that room. What is not listed may be used anywhere.
const ROOMS: &[(&str, &[&str])] = &[
    ("ammonia", &["note"]),
    ("annotate_snippets", &["report"]),
    ("base64", &["bridge/pandoc"]),
    ("clap", &["cli"]),
    ("clap_complete", &["cli"]),
    ("clap_mangen", &["cli"]),
    ("html5ever", &["migrate"]),
    ("httparse", &["serve"]),
    ("imagesize", &["image"]),
    ("jiff", &["note", "page/calendar"]),
    ("layout", &["figure/place/layout_rs"]),
    ("lsp_server", &["lsp"]),
    ("lz4_flex", &["archive"]),
    ("lsp_types", &["lsp"]),
    ("math_core", &["note"]),
    ("notify", &["watch"]),
    ("petgraph", &["graph", "train", "figure", "play", "emit"]),
    ("pulldown_cmark", &["note", "check"]),
    ("png", &["raster"]),
    ("postcard", &["archive"]),
    ("prost", &["import/onnx"]),
    ("resvg", &["image", "raster"]),
    ("roxmltree", &["image", "migrate"]),
    ("rustix", &["main", "output", "project/disk", "serve/gate"]),
    ("serde_saphyr", &["note", "migrate"]),
    ("signal_hook", &["cli"]),
    ("skera", &["page/font"]),
    ("skrifa", &["figure/measure", "page/font"]),
    ("syntect", &["note"]),
    ("tera", &["page"]),
    ("tokio", &["serve"]),
    ("ttf2woff2", &["page/font"]),
    ("two_face", &["note"]),
    ("ureq", &["external"]),
    ("walkdir", &["project", "output", "page/template"]),
];

fn sources() -> BTreeMap<String, String> {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let files = walkdir::WalkDir::new(&src)
        .into_iter()
        .flatten()
        .filter(|entry| entry.path().extension().is_some_and(|end| end == "rs"));
    files
        .map(|entry| {
            let name =
                entry.path().strip_prefix(&src).expect("below src").with_extension("").to_string_lossy().into_owned();
            (name, std::fs::read_to_string(entry.path()).expect("readable"))
        })
        .collect()
}

#[test]
fn every_outside_crate_has_its_room() {
    for (file, text) in sources() {
        for (name, rooms) in ROOMS {
            let is_used = text.lines().filter(|line| !line.trim_start().starts_with("//")).any(|line| {
                line.contains(&format!("{name}::"))
                    && !line.contains(&format!("crate::{name}::"))
                    && !line.contains(&format!("super::{name}::"))
                    && !line.contains(&format!("_{name}::"))
            });
            let is_at_home = rooms.iter().any(|room| file == *room || file.starts_with(&format!("{room}/")));
            assert!(!is_used || is_at_home, "`{name}` is used in {file}.rs; its rooms are {rooms:?}");
        }
    }
}

#[test]
fn every_dependency_is_used() {
    let manifest: toml::Table = include_str!("../../Cargo.toml").parse().expect("TOML");
    let sources = sources();
    let all: String = sources.values().map(String::as_str).collect();
    let names: BTreeSet<String> =
        manifest["dependencies"].as_table().expect("a table").keys().map(|name| name.replace('-', "_")).collect();
    for name in names {
        let name = if name == "layout_rs" { "layout" } else { &name };
        assert!(all.contains(&format!("{name}::")), "`{name}` is not used");
    }
}

/// `unwrap` has no place where input can be wrong; `expect` says why it cannot fail.
#[test]
fn nothing_is_unwrapped() {
    for (file, text) in sources() {
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        assert!(!code.contains(".unwrap()"), "{file}.rs unwraps");
    }
}

#[test]
fn every_room_says_what_it_is() {
    for (file, text) in sources() {
        assert!(text.starts_with("//!") || file.ends_with("tests"), "{file}.rs does not say what it is");
    }
}
