//! The style sheet of figures on the pages of other tools. In: the site's; out: the rules for figures, with the variables that
//! they use, under the selectors by which a tool's pages say that they are dark.

use crate::note::math::MATH_CSS;

const SITE: &str = include_str!("../../templates/site.css");
/// What the pages of other tools need beside it.
const OWN: &str = include_str!("host.css");
const DARK: &str = "@media (prefers-color-scheme: dark)";

/// Whose pages the figures stand on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Host {
    /// mdBook: the reader chooses among themes; without JavaScript the system does.
    MdBook,
    /// Pandoc, whose pages are light, and Quarto, whose reader may choose.
    Pandoc,
}

/// The classes whose rules are for figures.
const CLASSES: [&str; 13] = [
    ".bp-block",
    ".bp-figure",
    ".bp-canvas",
    ".bp-states",
    ".bp-training",
    ".bp-snapshot",
    ".bp-table",
    ".bp-steps",
    ".bp-all",
    ".bp-scroll",
    ".bp-equation",
    ".bpgraph",
    ".bpcurve",
];
/// What has the variables: they are no one else's.
const SCOPE: &str = ".bp-block";

/// The sheet.
pub fn style_sheet(host: Host) -> String {
    let (light, dark) = (variables(":root {"), variables(DARK));
    let is_dark = |selector: &str| format!("{selector} {SCOPE} {{\n{dark}}}\n");
    let mut sheet = format!("{SCOPE} {{\n{light}}}\n");
    match host {
        Host::MdBook => {
            sheet.push_str(&is_dark(":is(.ayu, .coal, .navy)"));
            sheet.push_str(&format!("{DARK} {{\n{}}}\n", is_dark("html:not(.js)")));
        }
        Host::Pandoc => sheet.push_str(&is_dark(":is(.quarto-dark, [data-bs-theme=\"dark\"])")),
    }
    let rules = SITE.lines().filter(|line| CLASSES.iter().any(|class| first_class(line) == *class));
    for rule in rules.chain(OWN.lines()).chain(MATH_CSS.lines()) {
        // What the root's size of text is, is the tool's own choice.
        sheet.push_str(&rule.replace("rem", "em"));
        sheet.push('\n');
    }
    sheet
}

fn first_class(rule: &str) -> &str {
    let end = rule.char_indices().skip(1).find(|(_, c)| !c.is_ascii_alphanumeric() && *c != '-');
    end.map_or(rule, |(end, _)| &rule[..end])
}

/// The colours of the first block behind a mark.
fn variables(mark: &str) -> String {
    let block = SITE.split_once(mark).map_or("", |(_, rest)| rest.split('}').next().unwrap_or_default());
    let lines = block.lines().map(str::trim).filter(|line| line.starts_with("--") && line.contains('#'));
    lines.map(|line| format!("  {line}\n")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_variable_in_use_is_set_for_both_papers() {
        for host in [Host::MdBook, Host::Pandoc] {
            let sheet = style_sheet(host);
            for used in sheet.split("var(").skip(1).filter_map(|rest| rest.split([')', ',']).next()) {
                let times = sheet.matches(&format!("  {used}: #")).count();
                assert!(times >= 2, "{used} is set {times} times");
            }
            assert!(!sheet.contains(".bp-player") && !sheet.contains("url(") && !sheet.contains("rem;"), "{sheet}");
            assert_eq!(sheet.matches('{').count(), sheet.matches('}').count());
        }
    }
}
