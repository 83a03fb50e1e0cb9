//! The project's own notes and papers: they build without a warning, and the committed site is what they build to.

use bpdoc::output;
use std::path::Path;

#[test]
fn the_committed_site_is_fresh() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let project = bpdoc::project::load(root).expect("the project is readable");
    let site = bpdoc::compile(&project.value);
    let said: Vec<_> = project.diagnostics.iter().chain(&site.diagnostics).map(|d| &d.message.en).collect();
    assert!(said.is_empty(), "{said:?}");
    let differences = output::compare(&site.value.files, &root.join("site")).expect("the site is readable");
    assert!(differences.is_empty(), "run `cargo run --release -- build`: {differences:?}");
}

/// The settings that the README shows are settings that there are, and their values are the defaults.
#[test]
fn the_readme_tells_the_settings_as_they_are() {
    let readme = include_str!("../../README.md");
    let shown = readme.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next()).expect("a TOML block");
    let read = bpdoc::settings::read(shown);
    let said: Vec<_> = read.diagnostics.iter().map(|d| &d.message.en).collect();
    assert!(said.is_empty(), "{said:?}");
    let defaults = bpdoc::settings::Settings::default();
    assert_eq!(
        (read.value.limits, read.value.languages, read.value.raw_html, read.value.op_reference),
        (defaults.limits, defaults.languages, defaults.raw_html, defaults.op_reference)
    );
}

/// The author's guide shows every setting that the README shows, and no other.
#[test]
fn the_guide_shows_the_settings_of_the_readme() {
    let keys = |text: &str| -> Vec<String> {
        let block = text.split("```toml").find(|part| part.contains("\nlanguages = ")).expect("a block of settings");
        let lines = block.split("```").next().unwrap_or_default().lines().skip(1);
        let key = |line: &str| line.split([' ', '#']).next().unwrap_or_default().to_owned();
        lines.map(key).filter(|key| !key.is_empty()).collect()
    };
    let shown = keys(include_str!("../../README.md"));
    for guide in [
        include_str!("../../content/authors-guide/10-commands.ko.md"),
        include_str!("../../content/authors-guide/10-commands.en.md"),
    ] {
        assert_eq!(keys(guide), shown);
    }
}
