//! A formula in one line of plain text, as a reader would type it. In: MathML of our own; out: `∂f/∂w=5`.

use crate::markup::unescaped;

/// An element that is open, with the texts of its children so far.
#[derive(Default)]
struct Open<'m> {
    name: &'m str,
    children: Vec<String>,
}

/// The formula in one line.
pub fn one_line(mathml: &str) -> String {
    let mut outer: Vec<Open<'_>> = Vec::new();
    let mut here = Open::default();
    for piece in mathml.split('<') {
        let (tag, text) = piece.split_once('>').unwrap_or(("", piece));
        let name = tag.split([' ', '/']).next().unwrap_or_default();
        if tag.starts_with('/') {
            let done = std::mem::replace(&mut here, outer.pop().unwrap_or_default());
            here.children.push(joined(&done));
        } else if !name.is_empty() && !tag.ends_with('/') {
            outer.push(std::mem::replace(&mut here, Open { name, children: Vec::new() }));
        }
        let text = unescaped(text);
        here.children.extend(Some(text.replace(is_invisible, "")).filter(|text| !text.is_empty()));
    }
    here.children.concat()
}

/// Function application, invisible times and their like.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{2061}'..='\u{2064}')
}

fn joined(element: &Open<'_>) -> String {
    let sign = match element.name {
        "mfrac" => "/",
        // A prime stands behind what it belongs to.
        "msup" if element.children.get(1).is_some_and(|exponent| exponent.starts_with('′')) => "",
        "msup" => "^",
        "msub" => "_",
        "mtd" | "mtr" => return format!("{} ", element.children.concat()),
        _ => return element.children.concat(),
    };
    element.children.iter().map(|part| in_parentheses(part)).collect::<Vec<_>>().join(sign)
}

/// A part of a fraction or a power, in parentheses if it would fall apart without them.
fn in_parentheses(part: &str) -> String {
    if part.trim_start_matches(['-', '−']).contains(['+', '-', '−', '/', ' ']) {
        format!("({part})")
    } else {
        part.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::note::math::MathWriter;
    use std::collections::BTreeMap;

    #[test]
    fn formulas_are_written_in_a_line() {
        let (writer, _) = MathWriter::new(&BTreeMap::new());
        for (tex, expected) in [
            (r"\frac{\partial f}{\partial w} = 5", "∂f/∂w=5"),
            (r"\sigma(z) = \frac{1}{1 + e^{-z}}", "σ(z)=1/(1+e^−z)"),
            (r"w_0 x^2 < \log a", "w_0x^2<loga"),
            ("f'(x) = (uv)'", "f′(x)=(uv)′"),
            (r"\begin{pmatrix} a & b \\ c & d \end{pmatrix}", "(a b  c d  )"),
        ] {
            let mathml = writer.mathml(tex, false).expect("it is a formula");
            assert_eq!(one_line(&mathml), expected, "{mathml}");
        }
    }
}
