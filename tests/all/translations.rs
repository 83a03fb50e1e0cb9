//! Translations: what a page says whose original has changed, or that has none.

use crate::site::{page, project, told};
use bpdoc::lang::Tongue;
use bpdoc::project::Project;

fn translated(state: &str) -> Project {
    let en = format!("+++\ntitle = \"One\"\ntranslated = \"{state}\"\n+++\n\nText\n");
    project("base_url = \"https://example.org/\"", &[("s/01-one.ko.md", "# 하나\n\n글\n"), ("s/01-one.en.md", &en)])
}

/// FNV-1a of the title and the lines of the original, computed elsewhere.
const STATE: &str = "5f4eeef4abc6ec10";

#[test]
fn an_outdated_translation_says_so() {
    let old = translated("0123456789abcdef");
    assert_eq!(
        told(&old, Tongue::En).trim_end(),
        r##"
warning[outdated-translation]: the original `content/s/01-one.ko.md` has changed since this was translated
 --> content/s/01-one.en.md:3:14
  |
3 | translated = "0123456789abcdef"
  |              ^^^^^^^^^^^^^^^^^^
  |
  = help: bring the translation up to date, then use `bpdoc translate mark` or write `translated = "5f4eeef4abc6ec10"`
"##
        .trim()
    );
    let site = bpdoc::compile(&old).value;
    let (ko, en) = (page(&site, "ko/s/one.html"), page(&site, "en/s/one.html"));
    let notice = "<p class=\"notice\" role=\"note\">The original has changed since this was translated.\n<a href=\"../../ko/s/one.html\" hreflang=\"ko\">Go to the original page</a></p>";
    assert!(en.contains(notice), "{en}");
    assert!(!ko.contains("class=\"notice\""));
    assert!(!en.contains("noindex"), "it is a page of its own");
    let fresh = translated(STATE);
    assert_eq!(told(&fresh, Tongue::En), "");
    assert!(!page(&bpdoc::compile(&fresh).value, "en/s/one.html").contains("class=\"notice\""));
}

#[test]
fn a_translation_has_an_original() {
    let note = "+++\ntitle = \"One\"\ntranslated = \"0123456789abcdef\"\n+++\n";
    assert_eq!(
        told(&project("", &[("s/01-one.en.md", note), ("s/01-one.ko.md", note)]), Tongue::Ko).trim_end(),
        r##"
경고[no-original]: 이 번역의 원문이 없습니다
 --> content/s/01-one.en.md:3:14
  |
3 | translated = "0123456789abcdef"
  |              ^^^^^^^^^^^^^^^^^^
  |
  = 도움말: 원문은 `translated`가 없는 짝 노트입니다

경고[no-original]: 이 번역의 원문이 없습니다
 --> content/s/01-one.ko.md:3:14
  |
3 | translated = "0123456789abcdef"
  |              ^^^^^^^^^^^^^^^^^^
  |
  = 도움말: 원문은 `translated`가 없는 짝 노트입니다
"##
        .trim()
    );
}

#[test]
fn a_missing_translation_leads_to_the_original() {
    let site = bpdoc::compile(&project("base_url = \"https://example.org/\"", &[("s/01-one.ko.md", "# 하나\n")])).value;
    let en = page(&site, "en/s/one.html");
    for part in [
        "<meta name=\"robots\" content=\"noindex\">",
        "<link rel=\"canonical\" href=\"https://example.org/ko/s/one.html\">",
        "This note has not been translated into English yet. Below is the text in Korean.",
    ] {
        assert!(en.contains(part), "{part} in {en}");
    }
}
