//! Text to tokens.

use crate::diag::Diagnostic;
use crate::lang::text;
use crate::source::is_unseen;
use std::ops::Range;
use unicode_normalization::UnicodeNormalization;

/// A token and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Lexeme {
    /// What it is.
    pub token: Token,
    /// Where it stands, in bytes.
    pub span: Range<usize>,
}

/// The smallest unit of an expression.
#[derive(Clone, Debug, PartialEq)]
pub enum Token {
    /// A number.
    Number(f64),
    /// A name, in NFC.
    Name(Box<str>),
    /// Punctuation, the longest that fits: `**` is one.
    Mark(&'static str),
    /// Text that has been reported as wrong.
    Wrong,
}

/// Punctuation, longer marks before their prefixes.
const MARKS: &[&str] = &[
    "**", ">=", "<=", "==", "..", "+", "-", "*", "/", "^", "@", ">", "<", "=", "(", ")", "[", "]", "{", "}", ",", ".",
    ":",
];

/// Signs that people type for an operator, and what the notes' language writes.
const LOOKALIKES: &[(char, &str)] = &[
    ('−', "-"),
    ('–', "-"),
    ('×', "*"),
    ('·', "*"),
    ('⋅', "*"),
    ('÷', "/"),
    ('≥', ">="),
    ('≤', "<="),
    ('＝', "="),
    ('，', ","),
    ('（', "("),
    ('）', ")"),
    ('²', "^2"),
    ('³', "^3"),
    ('√', "sqrt(...)"),
];

/// The tokens of `text`, whose first byte is at `start`. Each mistake is reported and leaves a `Wrong` token.
pub fn lex(line: &str, start: usize, log: &mut Vec<Diagnostic>) -> Vec<Lexeme> {
    let mut lexemes = Vec::new();
    let mut at = 0;
    while let Some(first) = line[at..].chars().next() {
        if first.is_whitespace() {
            at += first.len_utf8();
            continue;
        }
        let (token, len) = next_token(&line[at..], start + at, log);
        lexemes.push(Lexeme { token, span: start + at..start + at + len });
        at += len;
    }
    lexemes
}

fn next_token(rest: &str, at: usize, log: &mut Vec<Diagnostic>) -> (Token, usize) {
    let first = rest.chars().next().unwrap_or(' ');
    let digit_after_point = first == '.' && rest[1..].starts_with(|c: char| c.is_ascii_digit());
    if first.is_ascii_digit() || digit_after_point {
        return number(rest, at, log);
    }
    if is_name_start(first) {
        let len = rest.find(|c| !is_name_continue(c)).unwrap_or(rest.len());
        return (Token::Name(rest[..len].nfc().collect::<String>().into()), len);
    }
    if let Some(mark) = MARKS.iter().find(|mark| rest.starts_with(**mark)) {
        return (Token::Mark(mark), mark.len());
    }
    log.push(unexpected_character(first, at));
    (Token::Wrong, first.len_utf8())
}

/// A number with all that touches it, so that `1.2.3`, `3x` and `1e` are one mistake each.
fn number(rest: &str, at: usize, log: &mut Vec<Diagnostic>) -> (Token, usize) {
    let mut len = 0;
    let mut previous = ' ';
    for c in rest.chars() {
        let exponent_sign = matches!(c, '+' | '-')
            && matches!(previous, 'e' | 'E')
            && rest[..len].starts_with(|c: char| c.is_ascii_digit() || c == '.')
            && !rest[..len - 1].contains(['e', 'E']);
        let is_range = c == '.' && rest[len..].starts_with("..");
        if is_range || !(is_name_continue(c) || c == '.' || exponent_sign) {
            break;
        }
        len += c.len_utf8();
        previous = c;
    }
    let text_of_it = &rest[..len];
    match text_of_it.parse::<f64>() {
        Ok(0.0) if has_digit_beside_zero(text_of_it) => {
            log.push(too_small(text_of_it, at..at + len));
            (Token::Wrong, len)
        }
        Ok(x) if x.is_finite() => (Token::Number(x), len),
        parsed => {
            log.push(bad_number(text_of_it, at..at + len, parsed.is_ok()));
            (Token::Wrong, len)
        }
    }
}

fn has_digit_beside_zero(number: &str) -> bool {
    number.chars().take_while(|c| !matches!(c, 'e' | 'E')).any(|c| matches!(c, '1'..='9'))
}

fn too_small(written: &str, range: Range<usize>) -> Diagnostic {
    Diagnostic::error(
        "bad-number",
        range,
        text(format!("`{written}`: 너무 작은 수입니다"), format!("`{written}` is too small for a number")),
    )
    .help(text(
        "0이 아니면 절댓값이 4.9e-324보다 큰 수만 쓸 수 있습니다",
        "numbers are float64: unless they are 0 their size must be above 4.9e-324",
    ))
}

fn bad_number(written: &str, range: Range<usize>, too_large: bool) -> Diagnostic {
    if too_large {
        return Diagnostic::error(
            "bad-number",
            range,
            text(format!("`{written}`: 너무 큰 수입니다"), format!("`{written}` is too large for a number")),
        )
        .help(text(
            "절댓값이 1.8e308보다 작은 수만 쓸 수 있습니다",
            "numbers are float64: their size must be below 1.8e308",
        ));
    }
    let diagnostic = Diagnostic::error(
        "bad-number",
        range,
        text(format!("`{written}`: 수로 읽을 수 없습니다"), format!("`{written}` is not a number")),
    );
    let digits = written.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(written.len());
    match (written[..digits].parse::<f64>(), &written[digits..]) {
        (Ok(_), name) if is_name(name) && !name.starts_with(['e', 'E']) => {
            let product = format!("{} * {name}", &written[..digits]);
            diagnostic
                .help(text(format!("곱셈이라면 `{product}`라고 쓰세요"), format!("for a product write `{product}`")))
        }
        _ => diagnostic
            .help(text("수는 `3`, `0.25`, `-1.5e-3`처럼 씁니다", "numbers look like `3`, `0.25` or `-1.5e-3`")),
    }
}

fn unexpected_character(c: char, at: usize) -> Diagnostic {
    let shown = if is_unseen(c) { format!("U+{:04X}", u32::from(c)) } else { format!("`{c}`") };
    let diagnostic = Diagnostic::error(
        "unexpected-character",
        at..at + c.len_utf8(),
        text(format!("여기에 {shown} 문자를 쓸 수 없습니다"), format!("unexpected character {shown}")),
    );
    match LOOKALIKES.iter().find(|(sign, _)| *sign == c) {
        Some((_, ours)) => diagnostic.help(text(format!("`{ours}`로 쓰세요"), format!("write `{ours}`"))),
        None => diagnostic,
    }
}

fn is_name_start(c: char) -> bool {
    (c == '_' || unicode_ident::is_xid_start(c)) && !is_unseen(c)
}

fn is_name_continue(c: char) -> bool {
    unicode_ident::is_xid_continue(c) && !is_unseen(c)
}

/// Whether all of `text` is one name.
pub fn is_name(text: &str) -> bool {
    text.starts_with(is_name_start) && text.chars().all(is_name_continue)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        let mut log = Vec::new();
        let shown: Vec<String> = lex(text, 0, &mut log)
            .into_iter()
            .map(|l| match l.token {
                Token::Number(x) => format!("{x:?}"),
                Token::Name(name) => name.to_string(),
                Token::Mark(mark) => mark.to_owned(),
                Token::Wrong => format!("wrong({})", &text[l.span]),
            })
            .collect();
        assert_eq!(shown.join(" "), expected, "{text}");
    }

    #[test]
    fn tokens() {
        check("w*x+b", "w * x + b");
        check("가중치 ** -2", "가중치 ** - 2.0");
        check("1.5e-3 - .5", "0.0015 - 0.5");
        check("1..4", "1.0 .. 4.0");
        check("1.2.3 3x 1e 1e999", "wrong(1.2.3) wrong(3x) wrong(1e) wrong(1e999)");
        check("1e-400 .01e-400 0e-400 0.0e5 5e-324", "wrong(1e-400) wrong(.01e-400) 0.0 0.0 5e-324");
        check("a − b", "a wrong(−) b");
        check("θ_1 >= x.T", "θ_1 >= x . T");
        check("2e3-1", "2000.0 - 1.0");
        check("a\u{202E}b", "a wrong(\u{202E}) b");
    }

    #[test]
    fn names_are_compared_in_nfc() {
        let mut log = Vec::new();
        assert_eq!(lex("\u{1100}\u{1161}", 0, &mut log)[0].token, Token::Name("가".into()));
    }
}
