//! Addresses. In: the path of a note below the project's root; out: series, order, slug and language. This
//! file does not know what addresses look like on the site.

use super::Address;
use crate::diag::{Checked, Diagnostic};
use crate::lang::{Particle, text, with_particle};
use crate::source::is_hidden;
use unicode_normalization::UnicodeNormalization;

/// Names that Windows gives to devices, whatever stands after a dot.
const DEVICES: [&str; 4] = ["con", "prn", "aux", "nul"];

/// Reads `content/SERIES/NN-slug.LANG.md`. A name without a language belongs to the first of `languages`.
pub fn read(path: &str, languages: &[String]) -> Checked<Address> {
    let path: String = path.nfc().collect();
    let below = path.strip_prefix("content/").unwrap_or(&path);
    let (series, file) = below.rsplit_once('/').unwrap_or(("", below));
    let name = file.strip_suffix(".md").unwrap_or(file);

    let (stem, lang, mut diagnostics) = split_language(name, languages);
    let (number, slug) = split_number(stem);
    let parts = series.split('/').filter(|part| !part.is_empty());
    diagnostics.extend(parts.chain([slug]).filter_map(|part| fault(part).map(|why| bad_name(part, why))));
    if slug == "index" {
        diagnostics.push(bad_name(slug, Fault::Index));
    }

    let slug = (slug != "_index").then(|| slug.to_owned());
    Checked { value: Address { series: series.to_owned(), number, slug, lang }, diagnostics }
}

/// `27-backprop.ko` → `27-backprop` and `ko`.
fn split_language<'a>(name: &'a str, languages: &[String]) -> (&'a str, String, Vec<Diagnostic>) {
    let default = languages.first().cloned().unwrap_or_default();
    let Some((stem, tag)) = name.rsplit_once('.') else { return (name, default, Vec::new()) };
    if let Some(known) = languages.iter().find(|known| known.eq_ignore_ascii_case(tag)) {
        return (stem, known.clone(), Vec::new());
    }
    if !looks_like_language(tag) {
        return (name, default, Vec::new());
    }
    let list = languages.join(", ");
    let unknown = Diagnostic::error(
        "unknown-language",
        0..0,
        text(
            format!(
                "파일 이름의 언어 {} 이 사이트의 언어가 아닙니다",
                with_particle(&format!("`{tag}`"), Particle::Topic)
            ),
            format!("the language `{tag}` of the file's name is not a language of this site"),
        ),
    )
    .help(text(
        format!("이 사이트의 언어: {list}. bpdoc.toml의 `languages`에서 정합니다"),
        format!("languages of this site: {list}; `languages` in bpdoc.toml sets them"),
    ));
    (stem, tag.to_owned(), vec![unknown])
}

/// Whether it has the form of a language tag such as `de`, `pt-BR` or `zh-Hant`.
fn looks_like_language(tag: &str) -> bool {
    let mut parts = tag.split('-');
    let primary = parts.next().unwrap_or_default();
    matches!(primary.len(), 2 | 3)
        && primary.bytes().all(|b| b.is_ascii_lowercase())
        && parts.all(|part| (2..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric()))
}

/// `27-backprop` → 27 and `backprop`; a name that is only a number is slug and number at once.
fn split_number(stem: &str) -> (Option<u32>, &str) {
    let digits = stem.bytes().take_while(u8::is_ascii_digit).count();
    let number = stem[..digits].parse().ok();
    match &stem[digits..] {
        "" => (number, stem),
        rest => match rest.strip_prefix('-') {
            Some(slug) if number.is_some() => (number, slug),
            _ => (None, stem),
        },
    }
}

#[derive(Clone, Copy)]
enum Fault {
    Empty,
    Hidden(char),
    Forbidden(char),
    Device,
    Edge,
    Index,
}

/// What keeps a name from being a part of an address on every system and in every browser.
fn fault(name: &str) -> Option<Fault> {
    if name.is_empty() {
        return Some(Fault::Empty);
    }
    for c in name.chars() {
        if is_hidden(c) {
            return Some(Fault::Hidden(c));
        }
        if r#"\/:*?"<>|#%"#.contains(c) {
            return Some(Fault::Forbidden(c));
        }
    }
    if name.starts_with(['.', ' ']) || name.ends_with(['.', ' ']) {
        return Some(Fault::Edge);
    }
    is_device(name).then_some(Fault::Device)
}

/// What keeps a file that is copied beside the pages from being there on every system.
pub fn fault_of_file(path: &str) -> Option<Diagnostic> {
    // In an address these can be written as numbers.
    let part_fault = |part: &str| fault(&part.replace(['#', '?', '%'], "-"));
    let (part, fault) = path.split('/').find_map(|part| Some((part, part_fault(part)?)))?;
    Some(Diagnostic { help: None, ..bad_name(part, fault) }.help(text("파일 이름을 바꾸세요", "rename the file")))
}

/// Whether Windows takes a file of this name for a device, whatever it ends in.
pub fn is_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default().to_ascii_lowercase();
    let numbered = stem.strip_prefix("com").or_else(|| stem.strip_prefix("lpt"));
    DEVICES.contains(&stem.as_str()) || numbered.is_some_and(|n| n.len() == 1 && n.as_bytes()[0].is_ascii_digit())
}

fn bad_name(name: &str, fault: Fault) -> Diagnostic {
    let shown: String = name.chars().flat_map(visible).collect();
    let topic = with_particle(&format!("`{shown}`"), Particle::Topic);
    let message = match fault {
        Fault::Empty => {
            text("파일 이름에 주소가 될 부분이 없습니다", "the file's name has no part that could be an address")
        }
        Fault::Hidden(c) => text(
            format!("이름 `{shown}`에 보이지 않는 문자 U+{:04X}가 있습니다", u32::from(c)),
            format!("the name `{shown}` holds the invisible character U+{:04X}", u32::from(c)),
        ),
        Fault::Forbidden(c) => text(
            format!("이름 `{shown}`에 주소에 쓸 수 없는 문자 `{c}`가 있습니다"),
            format!("the name `{shown}` holds `{c}`, which cannot stand in an address"),
        ),
        Fault::Device => text(
            format!("{topic} Windows가 장치 이름으로 쓰므로 파일 이름이 될 수 없습니다"),
            format!("`{shown}` is a device's name on Windows and cannot be a file's name"),
        ),
        Fault::Edge => text(
            format!("이름 `{shown}`의 처음이나 끝에 점이나 빈칸이 있습니다"),
            format!("the name `{shown}` begins or ends with a dot or a space"),
        ),
        Fault::Index => text(
            "`index`는 첫 페이지의 주소라서 글의 이름이 될 수 없습니다",
            "`index` is the address of the front page and cannot be a note's name",
        ),
    };
    let help = match fault {
        Fault::Index => text("첫 페이지는 `_index.LANG.md`에 씁니다", "a front page is written in `_index.LANG.md`"),
        _ => text("`NN-slug.LANG.md` 꼴로 이름을 바꾸세요", "rename it to the form `NN-slug.LANG.md`"),
    };
    Diagnostic::error("bad-file-name", 0..0, message).help(help)
}

/// A character as it may be printed in a message.
fn visible(c: char) -> Vec<char> {
    if is_hidden(c) { format!("<U+{:04X}>", u32::from(c)).chars().collect() } else { vec![c] }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn languages() -> Vec<String> {
        vec!["ko".into(), "en".into()]
    }

    fn check(path: &str, expected: (&str, Option<u32>, Option<&str>, &str)) {
        let checked = read(path, &languages());
        let address = &checked.value;
        let found = (address.series.as_str(), address.number, address.slug.as_deref(), address.lang.as_str());
        assert_eq!(found, expected, "{path}");
        assert!(checked.diagnostics.is_empty(), "{path}: {:?}", checked.diagnostics);
    }

    #[test]
    fn paths_become_addresses() {
        check("content/dl/27-backprop.ko.md", ("dl", Some(27), Some("backprop"), "ko"));
        check("content/dl/27-backprop.EN.md", ("dl", Some(27), Some("backprop"), "en"));
        check("content/dl/a/backprop.en.md", ("dl/a", None, Some("backprop"), "en"));
        check("content/_index.en.md", ("", None, None, "en"));
        check("content/dl/_index.ko.md", ("dl", None, None, "ko"));
        check("content/about.md", ("", None, Some("about"), "ko"));
        check("content/딥러닝/01-역전파.ko.md", ("딥러닝", Some(1), Some("역전파"), "ko"));
        check("content/v1.2.md", ("", None, Some("v1.2"), "ko"));
        check("content/2024.en.md", ("", Some(2024), Some("2024"), "en"));
        check("content/3d-plots.en.md", ("", None, Some("3d-plots"), "en"));
        check("content/99999999999-x.en.md", ("", None, Some("99999999999-x"), "en"));
        // Decomposed jamo, as some systems give them, are the same name.
        check("content/1-\u{1100}\u{1161}.ko.md", ("", Some(1), Some("가"), "ko"));
    }

    #[test]
    fn bad_names_are_told() {
        for (path, code) in [
            ("content/01-.ko.md", "bad-file-name"),
            ("content/.ko.md", "bad-file-name"),
            ("content/a\u{202e}b.ko.md", "bad-file-name"),
            ("content/a\u{200b}b.ko.md", "bad-file-name"),
            ("content/a\u{7}b.ko.md", "bad-file-name"),
            ("content/con.ko.md", "bad-file-name"),
            ("content/LPT1.ko.md", "bad-file-name"),
            ("content/nul/x.ko.md", "bad-file-name"),
            ("content/a#b.ko.md", "bad-file-name"),
            ("content/../x.ko.md", "bad-file-name"),
            ("content/x .ko.md", "bad-file-name"),
            ("content/index.ko.md", "bad-file-name"),
            ("content/backprop.jp.md", "unknown-language"),
        ] {
            let codes: Vec<_> = read(path, &languages()).diagnostics.iter().map(|d| d.code).collect();
            assert_eq!(codes, [code], "{path:?}");
        }
    }
}
