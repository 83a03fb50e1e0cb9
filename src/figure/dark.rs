//! The colours of a figure on dark paper, for a file that no page's style sheet reaches. In: the site's style sheet;
//! out: rules with the colours written out. Programs that draw but do not browse know neither variables nor media
//! queries: they pass over these rules and keep the colours of the shapes' own attributes.

use std::fmt::Write;

const SITE: &str = include_str!("../../templates/site.css");
const QUERY: &str = "@media (prefers-color-scheme: dark)";

/// A `style` element.
pub fn style() -> String {
    let colours: Vec<(&str, &str)> = SITE
        .split_once(QUERY)
        .map_or("", |(_, rest)| rest.split('}').next().unwrap_or_default())
        .lines()
        .filter_map(|line| line.trim().strip_suffix(';')?.split_once(": "))
        .filter(|(name, _)| name.starts_with("--"))
        .collect();
    let paper = colours.iter().find(|(name, _)| *name == "--raised").map_or("", |(_, colour)| colour);
    let mut out = format!("<style>{QUERY} {{\n:root {{ background: {paper}; color-scheme: dark; }}\n");
    let rules = SITE.lines().filter(|line| line.starts_with(".bpgraph ."));
    for (selector, looks) in rules.filter_map(|rule| rule.split_once(" {")) {
        let looks = colours
            .iter()
            .fold(looks.to_owned(), |looks, (name, colour)| looks.replace(&format!("var({name})"), colour));
        // LibreOffice reads the rules of a media query as its own, but does not know this way to select.
        let _ = writeln!(out, ":is({selector}) {{{looks}");
    }
    out + "}</style>\n"
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figure::draw::{LineRole, NodeRole};
    use crate::figure::look;
    use crate::graph::Role;

    #[test]
    fn every_colour_is_written_out() {
        let style = style();
        assert!(style.contains(":is(.bpgraph .value) { fill: #7db7f0; }"), "{style}");
        assert!(style.contains(":root { background: #1b2027;"), "{style}");
        assert!(!style.contains("var("), "{style}");
    }

    /// What the site's style sheet says of a class on light paper.
    fn on_the_site(selector: &str, property: &str) -> String {
        let rules = SITE.lines().filter(|line| line.starts_with(".bpgraph ") && line.contains(&format!("{selector} ")));
        let variable = rules.filter_map(|rule| rule.split(&format!("{property}: var(")).nth(1)).next();
        let variable = variable.and_then(|rest| rest.split(')').next()).expect("a rule");
        let value = SITE.split(&format!("{variable}: ")).nth(1).and_then(|rest| rest.split(';').next());
        value.expect("a variable").to_owned()
    }

    /// A figure has the same colours in a file of its own as on a page.
    #[test]
    fn attributes_and_style_sheet_agree() {
        for role in LineRole::ALL {
            let (class, colour) = look::text(role);
            assert_eq!(colour, on_the_site(&format!(".{class}"), "fill"), "{class}");
        }
        for (role, fill, stroke) in [
            (NodeRole::Leaf(Role::Param), ".param .outline", ".param .outline"),
            (NodeRole::Leaf(Role::Input), ".input .outline", ".input .outline"),
            (NodeRole::Leaf(Role::Const), ".leaf .outline", ".const .outline,"),
            (NodeRole::Leaf(Role::Plain), ".leaf .outline", ".bpgraph .outline"),
            (NodeRole::Literal, ".bpgraph .outline", ".literal .outline"),
            (NodeRole::Op, ".bpgraph .outline", ".bpgraph .outline"),
            (NodeRole::Group, ".folded .outline", ".bpgraph .outline"),
            (NodeRole::Backward, ".bpgraph .outline", ".backward .outline"),
            (NodeRole::Output, ".bpgraph .outline", ".output .outline"),
        ] {
            let look = look::node(role);
            assert_eq!(
                [look.fill, look.stroke],
                [on_the_site(fill, "fill"), on_the_site(stroke, "stroke")],
                "{role:?}"
            );
        }
        assert_eq!(look::edge(false).1, on_the_site(".bpgraph .line", "stroke"));
        assert_eq!(look::edge(true).1, on_the_site(".quiet .line", "stroke"));
        assert_eq!(look::FRAME_FILL, on_the_site(".frame", "fill"));
        assert_eq!(look::FRAME_STROKE, on_the_site(".frame", "stroke"));
        assert_eq!(look::DIVIDER_STROKE, on_the_site(".divider", "stroke"));
    }
}
