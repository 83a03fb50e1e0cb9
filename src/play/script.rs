//! The script that runs tapes: the functions of `ops/kernels.js` with what they share, the table of kernels as the op table
//! spells them, and `tape.js`.

use crate::ops::{self, Forward, Op};
use std::fmt::Write;

const SHARED: &str = include_str!("../ops/tensors.js");
const FUNCTIONS: &str = include_str!("../ops/kernels.js");
const RUNTIME: &str = include_str!("tape.js");

/// The script, for `assets/kernels.js`.
pub fn script() -> String {
    let mut script = String::from("\"use strict\";\n(() => {\n");
    script.push_str(&without_comments(SHARED));
    script.push_str(&without_comments(FUNCTIONS));
    for (table, is_meant) in [("each", true), ("whole", false)] {
        let _ = writeln!(script, "const {table} = {{");
        for op in ops::table().filter(|op| matches!(op.forward, Forward::Elementwise(_)) == is_meant) {
            let _ = writeln!(script, "{:?}: {},", op.name, kernel(op));
        }
        script.push_str("};\n");
    }
    script.push_str(&without_comments(RUNTIME));
    script.push_str("})();\n");
    script
}

/// The kernel of an op from its spelling: for an element-wise op what its attributes make of numbers, for any other what
/// makes the computation from the result, the list of operands and the attributes.
fn kernel(op: &Op) -> String {
    let is_elementwise = matches!(op.forward, Forward::Elementwise(_));
    let operand = |place: usize| match (is_elementwise, place) {
        (true, _) => ["y", "a", "b", "c"][place].to_owned(),
        (false, 0) => "y".to_owned(),
        (false, _) => format!("x[{}]", place - 1),
    };
    let template = op.spelling.js.template;
    let mut parts = template.split('#');
    let mut body = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let end = part.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(part.len());
        let (key, rest) = part.split_at(end);
        body += &match (key.parse(), op.attrs.iter().position(|attr| attr.name == key)) {
            (Ok(place), _) => operand(place),
            (_, Some(position)) => format!("p[{position}]"),
            _ => "x".to_owned(),
        };
        body += rest;
    }
    match (is_elementwise, op.arity()) {
        (false, _) => format!("(y, x, p) => {body}"),
        (true, arity) => format!("(p) => ({}) => {body}", ["a", "b", "c"][..arity].join(", ")),
    }
}

/// A script without the lines that are comments, and without indentation: what readers load.
fn without_comments(script: &str) -> String {
    let lines = script.lines().map(str::trim_start);
    lines.filter(|line| !line.is_empty() && !line.starts_with("//")).flat_map(|line| [line, "\n"]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_op_has_a_kernel_of_functions_that_are_there() {
        let is_name = |c: char| c.is_ascii_alphanumeric();
        let defined: BTreeSet<&str> = FUNCTIONS
            .lines()
            .filter_map(|line| line.strip_prefix("  ")?.split(['(', ':']).next())
            .filter(|name| !name.is_empty() && name.chars().all(is_name))
            .collect();
        let mut used = BTreeSet::new();
        for op in ops::table() {
            let template = op.spelling.js.template;
            assert!(!template.is_empty(), "`{}` has no spelling in JavaScript", op.name);
            assert!(!kernel(op).contains('#'), "`{}`: {}", op.name, kernel(op));
            for part in template.split("bp.").skip(1) {
                let name = part.split(|c| !is_name(c)).next().unwrap_or_default();
                assert!(defined.contains(name), "`{}`: kernels.js has no `{name}`", op.name);
                used.insert(name);
            }
            let is_whole = matches!(op.forward, Forward::Structural { .. });
            assert_eq!(is_whole, template.contains("#0"), "`{}`: #0 is where a tensor is written", op.name);
        }
        let is_called = |name: &&&str| FUNCTIONS.contains(&format!("bp.{name}(")) || used.contains(*name);
        assert_eq!(defined.iter().find(|name| !is_called(name)), None, "a function that nothing calls");
    }

    #[test]
    fn a_spelling_becomes_a_function() {
        let of = |name| kernel(ops::find(name, true).expect("an op"));
        assert_eq!(of("+"), "(p) => (a, b) => a + b");
        assert_eq!(of("leaky_relu"), "(p) => (a) => bp.leakyRelu(a, p[0])");
        assert_eq!(of("@"), "(y, x, p) => bp.matmul(y, x[0], x[1])");
        assert_eq!(of("concat"), "(y, x, p) => bp.concat(y, x, p[0])");
    }
}
