//! Names of the notes as names of Python.

use std::collections::{HashMap, HashSet};
use unicode_normalization::UnicodeNormalization;

/// Words of Python's that are no names, or that the programs use themselves.
const RESERVED: &[&str] = &[
    "False",
    "None",
    "True",
    "and",
    "as",
    "assert",
    "async",
    "await",
    "break",
    "class",
    "continue",
    "def",
    "del",
    "elif",
    "else",
    "except",
    "finally",
    "for",
    "from",
    "global",
    "if",
    "import",
    "in",
    "is",
    "lambda",
    "nonlocal",
    "not",
    "or",
    "pass",
    "raise",
    "return",
    "try",
    "while",
    "with",
    "yield",
    "__debug__",
    "abs",
    "enumerate",
    "float",
    "int",
    "len",
    "list",
    "print",
    "range",
    "slice",
    "sorted",
    "tuple",
    "zip",
    "gradient",
    "gradients",
    "graph",
    "leaves",
    "math",
    "name",
    "node",
    "tape",
    "value",
];

/// The names that a program has used so far.
pub(super) struct Names<'t> {
    /// Those that the program brings along.
    taken: &'t HashSet<String>,
    used: HashSet<String>,
    /// How many of `t_1`, `t_2` … there are, by the letter.
    counts: HashMap<&'static str, usize>,
}

impl<'t> Names<'t> {
    /// No name but those that the program needs itself.
    pub fn besides(taken: &'t HashSet<String>) -> Self {
        Self { taken, used: HashSet::new(), counts: HashMap::new() }
    }

    /// Whether a name is free; then it is not any more.
    fn take(&mut self, name: &str) -> bool {
        !RESERVED.contains(&name) && !self.taken.contains(name) && self.used.insert(name.to_owned())
    }

    /// A name that looks like `wanted` and has not been used. Python compares names in NFKC.
    pub fn fresh(&mut self, wanted: &str) -> String {
        let letter = |c: char| match c {
            '-' => 'm',
            c if c == '_' || unicode_ident::is_xid_continue(c) => c,
            _ => '_',
        };
        let mut name: String = match wanted.is_ascii() {
            true => wanted.chars().map(letter).collect(),
            false => wanted.nfkc().map(letter).collect(),
        };
        while name.ends_with('_') && !wanted.ends_with('_') {
            name.pop();
        }
        if !name.starts_with(|c: char| c == '_' || unicode_ident::is_xid_start(c)) {
            name.insert(0, '_');
        }
        while !self.take(&name) {
            name.push('_');
        }
        name
    }
}

impl Names<'_> {
    /// The next of `t_1`, `t_2` … that has not been used.
    pub fn numbered(&mut self, letter: &'static str) -> String {
        loop {
            let count = self.counts.entry(letter).or_default();
            *count += 1;
            let name = format!("{letter}_{count}");
            if self.take(&name) {
                return name;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_python_names() {
        let taken = HashSet::from(["np".to_owned()]);
        let mut names = Names::besides(&taken);
        for (wanted, expected) in [
            ("w", "w"),
            ("w", "w_"),
            ("가중치", "가중치"),
            ("h[2]", "h_2"),
            ("h[-1]", "h_m1"),
            ("W[1, 0]", "W_1__0"),
            ("lambda", "lambda_"),
            ("np", "np_"),
            ("x_", "x_"),
            ("aₓ", "ax"),
            ("ax", "ax_"),
            ("_1", "_1"),
        ] {
            assert_eq!(names.fresh(wanted), expected, "{wanted}");
        }
    }
}
