//! Formulas of the prose. In: a formula as Markdown found it, and the values that it prints; out: its TeX
//! with places in the file, and the TeX with the values and numbers put in. This file does not know what a value is,
//! nor how equations are numbered.

use super::{EquationName, Formula, Naming, ValueUse, math};
use crate::source::RangeMap;
use std::ops::Range;

/// What `\\val` prints.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// A number.
    Number(String),
    /// The rows of a matrix.
    Matrix(Vec<Vec<String>>),
}

impl Value {
    /// The value as TeX.
    pub fn tex(&self) -> String {
        match self {
            Self::Number(number) => value_tex(number),
            Self::Matrix(rows) => {
                let row = |row: &Vec<String>| row.iter().map(|x| value_tex(x)).collect::<Vec<_>>().join(" & ");
                let rows: Vec<String> = rows.iter().map(row).collect();
                format!(r"\begin{{bmatrix}} {} \end{{bmatrix}}", rows.join(r" \\ "))
            }
        }
    }
}

/// What the note has before a formula.
#[derive(Clone, Copy, Debug, Default)]
pub struct Before {
    pub values: usize,
    pub blocks: usize,
}

/// A formula and its `\val` uses.
pub fn read(source: &str, tex: &str, display: bool, place: Range<usize>, before: Before) -> (Formula, Vec<ValueUse>) {
    let dollars = if display { 2 } else { 1 };
    let inner = if place.len() >= 2 * dollars { place.start + dollars..place.end - dollars } else { place };
    read_inside(source, tex, display, inner, before)
}

/// As [`read`]; `inner` is where the TeX stands, without what is around it.
pub fn read_inside(
    source: &str,
    tex: &str,
    display: bool,
    inner: Range<usize>,
    before: Before,
) -> (Formula, Vec<ValueUse>) {
    let map = align(source, inner.clone(), tex);
    let values: Vec<_> = uses(tex)
        .into_iter()
        .map(|in_tex| {
            let (in_tex, claimed) = in_tex;
            let target = inside_braces(tex, &in_tex);
            let claimed = claimed.map(|braces| {
                let digits = inside_braces(tex, &braces);
                (tex[digits.clone()].to_owned(), map.to_file(digits))
            });
            let whole = in_tex.start..closing_brace_or(tex, &in_tex, claimed.is_some());
            ValueUse {
                target: tex[target.clone()].to_owned(),
                claimed,
                range: map.to_file(target),
                in_tex: whole,
                blocks_before: before.blocks,
            }
        })
        .collect();
    let range = before.values..before.values + values.len();
    let names = names(tex, &map);
    (Formula { tex: tex.to_owned(), display, range: inner, map, values: range, names }, values)
}

impl Formula {
    /// The reference that is all of the formula.
    pub fn only_reference(&self) -> Option<&EquationName> {
        let whole = self.tex.len() - self.tex.trim_start().len()..self.tex.trim_end().len();
        self.names.iter().find(|name| name.in_tex == whole && !matches!(name.does, Naming::Labels { .. }))
    }
}

/// The labels and references of a formula.
fn names(tex: &str, map: &RangeMap) -> Vec<EquationName> {
    let named = |(command, in_tex): (&str, Range<usize>)| {
        let does = match command {
            "label" => Naming::Labels { tag: tag_of_line(tex, in_tex.start) },
            "ref" => Naming::Refers,
            "eqref" => Naming::RefersInParentheses,
            _ => return None,
        };
        let inside = inside_braces(tex, &in_tex);
        Some(EquationName { name: tex[inside.clone()].to_owned(), range: map.to_file(inside), in_tex, does })
    };
    // What is too long is refused when it is set.
    if math::is_too_long(tex) { Vec::new() } else { commands(tex).into_iter().filter_map(named).collect() }
}

/// The `\tag` of the line of an aligned formula around a place.
fn tag_of_line(tex: &str, at: usize) -> Option<String> {
    const BREAK: &str = r"\\";
    let start = tex[..at].rfind(BREAK).map_or(0, |found| found + BREAK.len());
    let end = tex[at..].find(BREAK).map_or(tex.len(), |found| at + found);
    let line = &tex[start..end];
    let (_, tag) = commands(line).into_iter().find(|(name, _)| *name == "tag")?;
    Some(line[inside_braces(line, &tag)].to_owned())
}

/// The commands for numbers, each with its name and where it stands, braces included.
fn commands(tex: &str) -> Vec<(&str, Range<usize>)> {
    let mut commands = Vec::new();
    let mut at = 0;
    while let Some(found) = tex[at..].find('\\') {
        let start = at + found;
        let name = tex[start + 1..].bytes().take_while(u8::is_ascii_alphabetic).count();
        at = start + 1 + name;
        let name = &tex[start + 1..at];
        if name.is_empty() {
            // A command of one character, such as `\\` or `\{`.
            at += tex[at..].chars().next().map_or(0, char::len_utf8);
        } else if matches!(name, "label" | "ref" | "eqref" | "tag") {
            // Where a brace is not closed, nothing behind it is told apart.
            let Some(end) = closing_brace(tex, at) else { break };
            commands.push((name, start..end));
            at = end;
        }
    }
    commands
}

/// Where the characters of `tex` stand in the file. They are the file's own, but for the marks of a quote
/// or the indentation of a list between two lines, which are skipped.
fn align(source: &str, place: Range<usize>, tex: &str) -> RangeMap {
    let mut map = RangeMap::default();
    let mut at = place.start;
    for line in tex.split_inclusive('\n') {
        let rest = &source[at..place.end];
        let words = line.trim_end_matches('\n');
        match rest.find(words) {
            Some(skipped) => {
                at += skipped;
                map.push(at, words.len());
                at += words.len();
            }
            None => {
                for c in words.chars() {
                    at += source[at..place.end].find(c).unwrap_or(0);
                    let len = c.len_utf8().min(place.end - at);
                    map.push(at, c.len_utf8());
                    at = source.ceil_char_boundary(at + len).min(place.end);
                }
            }
        }
        if line.len() > words.len() {
            map.push(at, 1);
            let next = source[at..place.end].find('\n').map_or(0, |end| end + 1);
            at += next;
        }
    }
    map
}

/// The ranges of the `\val{…}` and `\claim{…}` whose braces are closed; of a claim also the range of the braces
/// behind, which hold what is claimed.
fn uses(tex: &str) -> Vec<(Range<usize>, Option<Range<usize>>)> {
    let mut uses = Vec::new();
    let mut at = 0;
    while let Some(found) = tex[at..].find('\\') {
        let start = at + found;
        let name = tex[start + 1..].bytes().take_while(u8::is_ascii_alphabetic).count();
        at = start + 1 + name;
        if name == 0 {
            // A command of one character, such as `\\` or `\{`.
            at += tex[at..].chars().next().map_or(0, char::len_utf8);
        } else if matches!(&tex[start + 1..at], "val" | "claim")
            && let Some(end) = closing_brace(tex, at)
        {
            let claims = &tex[start + 1..at] == "claim";
            match closing_brace(tex, end).filter(|_| claims) {
                Some(behind) => {
                    uses.push((start..end, Some(end..behind)));
                    at = behind;
                }
                None if claims => at = end,
                None => {
                    uses.push((start..end, None));
                    at = end;
                }
            }
        }
    }
    uses
}

/// The end of the group that opens at `at` or after blanks there.
fn closing_brace(tex: &str, at: usize) -> Option<usize> {
    let open = at + (tex[at..].len() - tex[at..].trim_start().len());
    if !tex[open..].starts_with('{') {
        return None;
    }
    let mut depth = 0_usize;
    for (i, c) in tex[open..].char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some(open + i + 1);
        }
    }
    None
}

/// Where a use ends: behind its braces, or behind those that hold what is claimed.
fn closing_brace_or(tex: &str, in_tex: &Range<usize>, claims: bool) -> usize {
    let behind = if claims { closing_brace(tex, in_tex.end) } else { None };
    behind.unwrap_or(in_tex.end)
}

/// What stands between the braces of a `\val{…}`, without blanks around it.
fn inside_braces(tex: &str, whole: &Range<usize>) -> Range<usize> {
    let open = tex[whole.clone()].find('{').map_or(whole.end, |brace| whole.start + brace + 1);
    let written = &tex[open..whole.end - 1];
    let start = open + (written.len() - written.trim_start().len());
    start..start + written.trim().len()
}

/// The formula's TeX with each `\val{…}` replaced by its value and each name by its number (`numbers` tells the number
/// of what has a name), and from positions in that to the file.
pub fn with_values(
    formula: &Formula,
    uses: &[ValueUse],
    values: &[Value],
    numbers: &dyn Fn(&str) -> Option<String>,
) -> (String, RangeMap) {
    let values = uses
        .iter()
        .zip(values)
        .map(|(value_use, value)| (value_use.in_tex.clone(), value_use.range.start, format!("{{{}}}", value.tex())));
    let names = formula.names.iter().map(|name| {
        let number = numbers(&name.name).unwrap_or_else(|| "?".to_owned());
        let tex = match &name.does {
            // A label in a line of text is reported by who gives numbers.
            Naming::Labels { tag } if tag.is_some() || !formula.display => String::new(),
            Naming::Labels { .. } => format!(r"\tag{{{number}}}"),
            Naming::Refers => format!(r"\text{{{number}}}"),
            Naming::RefersInParentheses => format!(r"\text{{({number})}}"),
        };
        (name.in_tex.clone(), name.range.start, tex)
    });
    let mut replaced: Vec<_> = values.chain(names).collect();
    replaced.sort_by_key(|(in_tex, ..)| in_tex.start);
    let mut tex = String::new();
    let mut map = RangeMap::default();
    let mut at = 0;
    for (in_tex, place, new) in replaced.into_iter() {
        // What stands in another's braces has gone with it.
        if in_tex.start < at {
            continue;
        }
        keep(formula, at..in_tex.start, &mut tex, &mut map);
        map.push(place, new.len());
        tex.push_str(&new);
        at = in_tex.end;
    }
    keep(formula, at..formula.tex.len(), &mut tex, &mut map);
    (tex, map)
}

fn keep(formula: &Formula, range: Range<usize>, tex: &mut String, map: &mut RangeMap) {
    for (i, c) in formula.tex[range.clone()].char_indices() {
        let at = range.start + i;
        map.push(formula.map.to_file(at..at + c.len_utf8()).start, c.len_utf8());
    }
    tex.push_str(&formula.tex[range]);
}

/// A value's text as TeX: `1.5e-7` becomes `1.5\times10^{-7}`, and characters that TeX would act on are
/// shown as they are.
fn value_tex(value: &str) -> String {
    if let Some((mantissa, exponent)) = value.split_once(['e', 'E'])
        && mantissa.parse::<f64>().is_ok()
        && exponent.parse::<i32>().is_ok()
    {
        return format!(r"{mantissa}\times10^{{{}}}", exponent.trim_start_matches('+'));
    }
    let mut tex = String::new();
    for c in value.chars() {
        match c {
            '{' | '}' | '$' | '&' | '#' | '_' | '%' => tex.extend(['\\', c]),
            '\\' => tex.push_str(r"\backslash "),
            // Neither stands in a number; only what an author has written in the place of one has them.
            '^' => tex.push_str(r"\wedge "),
            '~' => tex.push_str(r"\sim "),
            _ => tex.push(c),
        }
    }
    tex
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(source: &str, tex: &str, expected: &[&str]) {
        let (formula, values) = read(source, tex, false, 0..source.len(), Before { values: 3, blocks: 0 });
        assert_eq!(formula.values, 3..3 + expected.len());
        let targets: Vec<_> = values.iter().map(|value| value.target.as_str()).collect();
        let places: Vec<_> = values.iter().map(|value| &source[value.range.clone()]).collect();
        assert_eq!((targets.as_slice(), places.as_slice()), (expected, expected), "{tex}");
    }

    #[test]
    fn values_are_found_with_their_places() {
        check(r"$f = \val{f}$", r"f = \val{f}", &["f"]);
        check(
            r"$\val{ linear:df/dw } + \val {h_{1}}$",
            r"\val{ linear:df/dw } + \val {h_{1}}",
            &["linear:df/dw", "h_{1}"],
        );
        check(r"$\valx{f} \\val{f} \val{g$", r"\valx{f} \\val{f} \val{g", &[]);
        check(r"$가중치 = \val{가중치}$", r"가중치 = \val{가중치}", &["가중치"]);
        check("$x\n> + \\val{f}$", "x\n+ \\val{f}", &["f"]);
        check(r"$\claim{df/dw}{5} + \val{f}$", r"\claim{df/dw}{5} + \val{f}", &["df/dw", "f"]);
        check("$x\r\n> + \\val{f}$", "x\n+ \\val{f}", &["f"]);
    }

    #[test]
    fn claims_keep_what_is_claimed() {
        let source = r"$g = \claim{df/dw}{ 5.0 } \cdot 2$";
        let (formula, uses) = read(source, &source[1..source.len() - 1], false, 0..source.len(), Before::default());
        let (claimed, place) = uses[0].claimed.clone().expect("a claim");
        assert_eq!((claimed.as_str(), &source[place]), ("5.0", "5.0"));
        assert_eq!(with_values(&formula, &uses, &[Value::Number(claimed)], &|_| None).0, r"g = {5.0} \cdot 2");
    }

    #[test]
    fn values_are_put_in() {
        let source = r"$f = \val{f} + \foo$";
        let (formula, uses) = read(source, &source[1..source.len() - 1], false, 0..source.len(), Before::default());
        for (value, expected) in [
            ("-2", r"f = {-2} + \foo"),
            ("1.5e-7", r"f = {1.5\times10^{-7}} + \foo"),
            (r"a_b}\x", r"f = {a\_b\}\backslash x} + \foo"),
            ("∞", r"f = {∞} + \foo"),
        ] {
            let (tex, map) = with_values(&formula, &uses, &[Value::Number(value.to_owned())], &|_| None);
            assert_eq!(tex, expected);
            let foo = tex.find("\\foo").expect("it is there");
            assert_eq!(&source[map.to_file(foo..foo + 4)], "\\foo");
        }
        let matrix = Value::Matrix(vec![vec!["1".into(), "-2".into()], vec!["1e-7".into(), "∞".into()]]);
        let (tex, _) = with_values(&formula, &uses, &[matrix], &|_| None);
        assert_eq!(tex, r"f = {\begin{bmatrix} 1 & -2 \\ 1\times10^{-7} & ∞ \end{bmatrix}} + \foo");
    }
}
