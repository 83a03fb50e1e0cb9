//! The looks of the figures of a page, which their SVGs leave to the page. Out: rules that lose to every other rule, as
//! presentation attributes do, so that no style sheet of an author's notices; and the same for the script that makes a file of
//! a figure, in which they are attributes again.

use crate::figure::curve;
use crate::figure::look::{self, Looks};
use serde_json::{Map, Value};

/// Rules for the end of a page's style sheet.
pub fn style_sheet() -> String {
    rules(|selector| format!(":where({selector})"))
}

/// The same for a program that knows simple selectors alone.
pub fn plain_style_sheet() -> String {
    rules(str::to_owned)
}

fn rules(selector: impl Fn(&str) -> String) -> String {
    let graph = std::iter::once((".bpgraph".to_owned(), look::anchor("middle")));
    let parts = look::by_class().into_iter().map(|(class, looks)| (format!(".bpgraph {class}"), looks));
    let curve = std::iter::once((".bpcurve".to_owned(), curve::picture()));
    let lines = curve::by_class().into_iter().map(|(class, looks)| (format!(".bpcurve {class}"), looks));
    graph.chain(parts).chain(curve).chain(lines).map(|(parts, looks)| rule(&selector(&parts), &looks)).collect()
}

fn rule(selector: &str, looks: &Looks) -> String {
    let looks: Vec<String> = looks.iter().map(|(name, value)| declaration(name, value)).collect();
    format!("{selector} {{ {} }}\n", looks.join(" "))
}

fn declaration(name: &str, value: &str) -> String {
    let unit = if name == "font-size" { "px" } else { "" };
    format!("{name}: {value}{unit};")
}

/// A script that tells the looks: the attributes of the picture, and of its parts by their selectors.
pub fn looks_script() -> String {
    let attributes = |looks: Looks| -> Map<String, Value> {
        looks.into_iter().map(|(name, value)| (name.to_owned(), Value::from(value))).collect()
    };
    let parts: Map<String, Value> =
        look::by_class().into_iter().map(|(class, looks)| (class, attributes(looks).into())).collect();
    let (picture, parts) = (Value::Object(attributes(look::picture())), Value::Object(parts));
    format!("(globalThis.bpdoc??={{}}).looks={{\"picture\":{picture},\"parts\":{parts}}};\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_special_stands_behind_what_is_general() {
        let sheet = style_sheet();
        let at = |rule: &str| sheet.find(rule).unwrap_or_else(|| panic!("no {rule} in {sheet}"));
        assert!(at(":where(.bpgraph .leaf .outline) {") < at(":where(.bpgraph .leaf.param .outline) {"));
        assert!(at(":where(.bpgraph .op .outline) {") < at(":where(.bpgraph .op.output .outline) {"));
        assert!(at(":where(.bpgraph .edge .line) {") < at(":where(.bpgraph .edge.quiet .line) {"));
        assert!(at(":where(.bpgraph .value) {") < at(":where(.bpgraph .row) { text-anchor: end; }"));
        assert!(sheet.contains("font-size: 14px; fill: #0b57a4;"), "{sheet}");
    }
}
