//! The text of a figure in TeX. In: characters; out: what plain LaTeX sets, without any package. This file does not
//! know where the text stands.

use crate::expr::greek_command;
use crate::figure::draw::TextRun;

/// Parts of a line as one formula, without the dollar signs.
pub fn formula(runs: &[TextRun]) -> String {
    let mut out = String::new();
    let mut is_low = false;
    for run in runs {
        match (run.is_sub, is_low) {
            (true, false) => out.push_str(&format!("_{{{}}}", mathematics(&run.text, true))),
            // TeX allows one subscript to a base.
            (true, true) => out.push_str(&format!("{{}}_{{{}}}", mathematics(&run.text, true))),
            (false, _) => push(&mut out, &mathematics(&run.text, false)),
        }
        is_low = run.is_sub;
    }
    out
}

/// Text as text.
pub fn prose(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match (escape(c), symbol(c)) {
            (Some(escaped), _) => out.push_str(escaped),
            (None, Some(symbol)) => out.push_str(&format!("${symbol}$")),
            (None, None) => out.push(c),
        }
    }
    out
}

/// What has a meaning in TeX, or another look in its oldest fonts.
fn escape(c: char) -> Option<&'static str> {
    Some(match c {
        '\\' => r"\textbackslash{}",
        '{' => r"\{",
        '}' => r"\}",
        '$' => r"\$",
        '&' => r"\&",
        '#' => r"\#",
        '%' => r"\%",
        '_' => r"\_",
        '^' => r"\textasciicircum{}",
        '~' => r"\textasciitilde{}",
        '<' => r"\textless{}",
        '>' => r"\textgreater{}",
        '|' => r"\textbar{}",
        '"' => "''",
        // Two hyphens in a row would become a dash.
        '-' => "-{}",
        '—' => "---",
        '–' => "--",
        _ => return None,
    })
}

/// Names and numbers as mathematics.
fn mathematics(text: &str, is_sub: bool) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let is_word = |c: char| (c.is_alphanumeric() || c == '_') && symbol(c).is_none();
        let length = match c {
            '0'..='9' => number(rest, &mut out),
            c if is_word(c) => {
                let end = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
                push(&mut out, &word(&rest[..end], is_sub));
                end
            }
            ' ' => {
                let is_spaced = out.ends_with([',', '=']) || rest[1..].starts_with('=');
                out.push_str(if is_spaced { " " } else { r"\ " });
                1
            }
            c => {
                sign(c, &mut out);
                c.len_utf8()
            }
        };
        rest = &rest[length..];
    }
    out
}

/// `1.5e−7` as a product with a power of ten; the length of what was read.
fn number(text: &str, out: &mut String) -> usize {
    let digits = |text: &str| text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let mantissa = digits(text);
    out.push_str(&text[..mantissa]);
    let Some(exponent) = text[mantissa..].strip_prefix('e') else { return mantissa };
    let (sign, power) = exponent.strip_prefix('\u{2212}').map_or(("", exponent), |power| ("-", power));
    let length = digits(power);
    if length == 0 {
        return mantissa;
    }
    out.push_str(&format!(r" \times 10^{{{sign}{}}}", &power[..length]));
    text.len() - power.len() + length
}

/// One letter is a variable, several are a word; what is not ASCII is text.
fn word(word: &str, is_sub: bool) -> String {
    match () {
        () if word.len() == 1 && word != "_" => word.to_owned(),
        () if word.is_ascii() => format!(r"\mathrm{{{}}}", word.replace('_', r"\_")),
        () if is_sub => format!(r"\mbox{{\scriptsize {}}}", prose(word)),
        () => format!(r"\mbox{{{}}}", prose(word)),
    }
}

/// A letter would go on with the command before it.
fn push(out: &mut String, piece: &str) {
    let is_letter = |c: char| c.is_ascii_alphabetic();
    let is_command = out.rsplit_once('\\').is_some_and(|(_, word)| !word.is_empty() && word.chars().all(is_letter));
    if is_command && piece.starts_with(is_letter) {
        out.push(' ');
    }
    out.push_str(piece);
}

fn sign(c: char, out: &mut String) {
    match (c, symbol(c), escape(c)) {
        (_, Some(symbol), _) => out.push_str(&symbol),
        ('<' | '>' | '|', ..) => out.push(c),
        (_, _, Some(escaped)) => out.push_str(&format!(r"\mbox{{{escaped}}}")),
        ('\'' | '`', ..) => out.push_str(&format!(r"\mbox{{{c}}}")),
        (c, ..) if c.is_ascii() => out.push(c),
        (c, ..) => out.push_str(&format!(r"\mbox{{{c}}}")),
    }
}

/// A sign of mathematics that has a command in plain LaTeX.
fn symbol(c: char) -> Option<String> {
    if let Some(word) = greek_command(c) {
        return Some(format!(r"\{word}"));
    }
    if let Some((_, raised)) = RAISED.iter().find(|(raised, _)| *raised == c) {
        return Some(format!("{{}}^{{{raised}}}"));
    }
    SYMBOLS.iter().find(|(symbol, _)| *symbol == c).map(|(_, command)| (*command).to_owned())
}

const RAISED: &[(char, &str)] = &[
    ('⁰', "0"),
    ('¹', "1"),
    ('²', "2"),
    ('³', "3"),
    ('⁴', "4"),
    ('⁵', "5"),
    ('⁶', "6"),
    ('⁷', "7"),
    ('⁸', "8"),
    ('⁹', "9"),
    ('⁺', "+"),
    ('⁻', "-"),
    ('⁽', "("),
    ('⁾', ")"),
    ('ˣ', "x"),
    ('ⁿ', "n"),
    ('ᵀ', r"\mathsf{T}"),
    ('′', r"\prime"),
    ('°', r"\circ"),
];

const SYMBOLS: &[(char, &str)] = &[
    ('\u{2212}', "-"),
    ('∂', r"\partial"),
    ('∇', r"\nabla"),
    ('×', r"\times"),
    ('÷', r"\div"),
    ('·', r"\cdot"),
    ('⋅', r"\cdot"),
    ('±', r"\pm"),
    ('∞', r"\infty"),
    ('∑', r"\Sigma"),
    ('∏', r"\Pi"),
    ('√', r"\surd"),
    ('∛', r"{}^{3}\!\surd"),
    ('≤', r"\leq"),
    ('≥', r"\geq"),
    ('≠', r"\neq"),
    ('≈', r"\approx"),
    ('∈', r"\in"),
    ('⊗', r"\otimes"),
    ('⊙', r"\odot"),
    ('⊕', r"\oplus"),
    ('∘', r"\circ"),
    ('•', r"\bullet"),
    ('‖', r"\|"),
    ('⌊', r"\lfloor"),
    ('⌋', r"\rfloor"),
    ('⌈', r"\lceil"),
    ('⌉', r"\rceil"),
    ('⟨', r"\langle"),
    ('⟩', r"\rangle"),
    ('↑', r"\uparrow"),
    ('↓', r"\downarrow"),
    ('→', r"\rightarrow"),
    ('←', r"\leftarrow"),
    ('↔', r"\leftrightarrow"),
    ('⇒', r"\Rightarrow"),
    ('…', r"\ldots"),
    ('⋯', r"\cdots"),
    ('□', r"\mbox{\fboxsep=0pt\fbox{\rule{0pt}{1ex}\rule{1ex}{0pt}}}"),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn low(text: &str) -> TextRun {
        TextRun { text: text.to_owned(), is_sub: true }
    }

    fn high(text: &str) -> TextRun {
        TextRun { text: text.to_owned(), is_sub: false }
    }

    #[test]
    fn lines_become_formulas() {
        for (runs, expected) in [
            (vec![high("w"), low("1"), high(" = −2")], "w_{1} = -2"),
            (
                vec![high("∂"), high("L"), high("/∂"), high("θ"), low("max")],
                r"\partial L/\partial\theta_{\mathrm{max}}",
            ),
            (vec![high("∂x/∂y"), low("1"), low("(2)")], r"\partial x/\partial y_{1}{}_{(2)}"),
            (vec![high("x = 1.5e−7")], r"x = 1.5 \times 10^{-7}"),
            (vec![high("x = 2.5e12")], r"x = 2.5 \times 10^{12}"),
            (vec![high("x1e5 = 3")], r"\mathrm{x1e5} = 3"),
            (vec![high("[1, −2]")], "[1, -2]"),
            (vec![high("가중치 = ∞")], r"\mbox{가중치} = \infty"),
            (vec![high("W"), low("가")], r"W_{\mbox{\scriptsize 가}}"),
            (vec![high("_x")], r"\mathrm{\_x}"),
            (vec![high("log Σ exp")], r"\mathrm{log}\ \Sigma\ \mathrm{exp}"),
            (vec![high("eˣ−1")], "e{}^{x}-1"),
            (vec![high("^")], r"\mbox{\textasciicircum{}}"),
            (vec![high("one-hot")], r"\mathrm{one}\mbox{-{}}\mathrm{hot}"),
            (vec![high("f (2, 3)")], r"f\ (2, 3)"),
        ] {
            assert_eq!(formula(&runs), expected, "{runs:?}");
        }
    }

    #[test]
    fn captions_stay_text() {
        for (text, expected) in [
            (
                r"100% of $x_1 & {y}#~^\",
                r"100\% of \$x\_1 \& \{y\}\#\textasciitilde{}\textasciicircum{}\textbackslash{}",
            ),
            ("η → 0", r"$\eta$ $\rightarrow$ 0"),
            ("가중치 <b>", r"가중치 \textless{}b\textgreater{}"),
            ("a--b", "a-{}-{}b"),
        ] {
            assert_eq!(prose(text), expected, "{text}");
        }
    }
}
