//! The words of a block and what each stands for, for editors. In: the text of a block, which may be broken anywhere; out: its
//! keywords, names, calls and operators with their places. Names are told by tokens alone, so that a mistake in one
//! place hides nothing in another.

use super::parse::KEYWORDS;
use super::parse::line::{End, Piece, logical_lines, pieces};
use crate::expr::{Lexeme, Token, lex};
use crate::graph::claim::Relation;
use std::collections::BTreeSet;
use std::ops::Range;

/// A word of a block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mention {
    /// Where it stands in the block.
    pub range: Range<usize>,
    /// The word; a name is in NFC.
    pub word: Box<str>,
    /// What it stands for.
    pub what: What,
    /// Whether it is defined here.
    pub defines: bool,
}

/// What a word stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum What {
    /// A node, or nodes such as `h[1]` and `h[2]`.
    Node,
    /// A function of the author's, or an op where there is none.
    Call,
    /// A parameter of the function, or a variable of the loop, that begins at a byte.
    Local(usize),
    /// A word that a statement begins with.
    Keyword,
    /// What sets an attribute: `axis=1`.
    Attribute,
    /// An operator.
    Operator,
}

impl Mention {
    /// Whether two words stand for the same.
    pub fn is_same(&self, other: &Self) -> bool {
        self.what == other.what && self.word == other.word
    }
}

/// The words of a graph block in the order of the text, comments and the labels of groups left out.
pub fn mentions(block: &str) -> Vec<Mention> {
    let mut reader = Reader::default();
    for line in logical_lines(block) {
        for piece in pieces(&line) {
            reader.piece(&piece);
        }
    }
    let defined = |what| move |mention: &&Mention| mention.defines && mention.what == what;
    let nodes: BTreeSet<Box<str>> = reader.found.iter().filter(defined(What::Node)).map(|m| m.word.clone()).collect();
    for (target, start) in std::mem::take(&mut reader.targets) {
        let names = names_in_target(&target, |name| nodes.contains(name));
        reader.found.extend(names.into_iter().map(|(range, word)| Mention {
            range: start + range.start..start + range.end,
            word,
            what: What::Node,
            defines: false,
        }));
    }
    reader.found.sort_by_key(|mention| mention.range.start);
    reader.found
}

#[derive(Default)]
struct Reader {
    found: Vec<Mention>,
    /// The targets of claims and where they stand, for when all names are known.
    targets: Vec<(String, usize)>,
    /// For each open brace the variable of its loop, if it has one, with the byte at which the loop begins.
    open: Vec<Option<(Box<str>, usize)>>,
}

impl Reader {
    fn piece(&mut self, piece: &Piece<'_>) {
        let variable = self.statement(piece.code, piece.start);
        match piece.end {
            End::Open => self.open.push(variable),
            End::Close => drop(self.open.pop()),
            End::Line => {}
        }
    }

    /// Reads a statement; the variable of the loop that it begins.
    fn statement(&mut self, code: &str, start: usize) -> Option<(Box<str>, usize)> {
        let tokens = lex(code, start, &mut Vec::new());
        let keyword = tokens.first().and_then(|first| name(&first.token)).filter(|word| KEYWORDS.contains(word));
        let defines = matches!(tokens.get(1).map(|second| &second.token), Some(Token::Mark("=" | "[")));
        let Some(keyword) = keyword.filter(|_| !defines) else {
            self.definition(&tokens);
            return None;
        };
        self.push(&tokens[0], What::Keyword, false);
        let rest = &tokens[1..];
        match keyword {
            "expect" => self.claim(code, start, tokens[0].span.end),
            "group" => {}
            "output" => self.expression(rest, &[]),
            "def" => self.function(rest),
            "for" => return self.loop_header(rest),
            _ => self.definition(rest),
        }
        None
    }

    fn definition(&mut self, tokens: &[Lexeme]) {
        let equals = tokens.iter().position(|lexeme| lexeme.token == Token::Mark("="));
        match (tokens.first(), equals) {
            (Some(first), Some(_)) if name(&first.token).is_some() => {
                self.push(first, What::Node, true);
                self.expression(&tokens[1..], &[]);
            }
            _ => self.expression(tokens, &[]),
        }
    }

    fn function(&mut self, tokens: &[Lexeme]) {
        let Some(first) = tokens.first().filter(|first| name(&first.token).is_some()) else { return };
        self.push(first, What::Call, true);
        let end = tokens.iter().position(|lexeme| lexeme.token == Token::Mark(")")).unwrap_or(tokens.len());
        let scope = first.span.start;
        let mut parameters: Vec<(Box<str>, usize)> = Vec::new();
        for lexeme in &tokens[1..end] {
            if let Some(parameter) = name(&lexeme.token) {
                self.push(lexeme, What::Local(scope), true);
                parameters.push((parameter.into(), scope));
            }
        }
        // A function sees no loops around it.
        let open = std::mem::take(&mut self.open);
        self.expression(&tokens[end..], &parameters);
        self.open = open;
    }

    fn loop_header(&mut self, tokens: &[Lexeme]) -> Option<(Box<str>, usize)> {
        let first = tokens.first()?;
        let variable = name(&first.token)?;
        self.push(first, What::Local(first.span.start), true);
        let rest = tokens.get(1..)?;
        let rest = match rest.first() {
            Some(word) if name(&word.token) == Some("in") => {
                self.push(word, What::Keyword, false);
                &rest[1..]
            }
            _ => rest,
        };
        self.expression(rest, &[]);
        Some((variable.into(), first.span.start))
    }

    fn claim(&mut self, code: &str, start: usize, from: usize) {
        let rest = &code[from - start..];
        let end = Relation::find(rest).map_or(rest.len(), |(at, _)| at);
        self.targets.push((rest[..end].to_owned(), from));
        if let Some(at) = rest[end..].find("within") {
            let at = from + end + at;
            let range = at..at + "within".len();
            self.found.push(Mention { range, word: "within".into(), what: What::Keyword, defines: false });
        }
    }

    fn expression(&mut self, tokens: &[Lexeme], parameters: &[(Box<str>, usize)]) {
        let mut depth = 0_usize;
        for (i, lexeme) in tokens.iter().enumerate() {
            let next = tokens.get(i + 1).map(|next| &next.token);
            let after_dot = i > 0 && tokens[i - 1].token == Token::Mark(".");
            match &lexeme.token {
                Token::Mark("(" | "[") => depth += 1,
                Token::Mark(")" | "]") => depth = depth.saturating_sub(1),
                Token::Mark(mark) if !matches!(*mark, "=" | "," | ":" | "." | ".." | "{" | "}") => {
                    self.push_word(lexeme.span.clone(), mark, What::Operator, false);
                }
                Token::Name(_) if after_dot => self.push(lexeme, What::Operator, false),
                Token::Name(_) if matches!(next, Some(Token::Mark("("))) => self.push(lexeme, What::Call, false),
                Token::Name(_) if depth > 0 && matches!(next, Some(Token::Mark("="))) => {
                    self.push(lexeme, What::Attribute, false);
                }
                Token::Name(word) => {
                    let what = self.local(word, parameters).map_or(What::Node, What::Local);
                    self.push(lexeme, what, false);
                }
                Token::Number(_) | Token::Mark(_) | Token::Wrong => {}
            }
        }
    }

    fn local(&self, word: &str, parameters: &[(Box<str>, usize)]) -> Option<usize> {
        let mut visible = parameters.iter().chain(self.open.iter().rev().flatten());
        visible.find(|(name, _)| **name == *word).map(|(_, scope)| *scope)
    }

    fn push(&mut self, lexeme: &Lexeme, what: What, defines: bool) {
        if let Some(word) = name(&lexeme.token) {
            self.push_word(lexeme.span.clone(), word, what, defines);
        }
    }

    fn push_word(&mut self, range: Range<usize>, word: &str, what: What, defines: bool) {
        self.found.push(Mention { range, word: word.into(), what, defines });
    }
}

fn name(token: &Token) -> Option<&str> {
    match token {
        Token::Name(name) => Some(name),
        _ => None,
    }
}

/// The names in a target such as `f`, `df/dw` or `∂²f/∂x∂y`, with their places in it.
pub fn names_in_target(target: &str, is_known: impl Fn(&str) -> bool) -> Vec<(Range<usize>, Box<str>)> {
    let mut found = Vec::new();
    let start_of = |part: &str| part.as_ptr() as usize - target.as_ptr() as usize;
    let mut keep = |part: &str| {
        let tokens = lex(part, start_of(part), &mut Vec::new());
        found.extend(tokens.first().and_then(|first| Some((first.span.clone(), name(&first.token)?.into()))));
    };
    let Some((above, below)) = target.split_once('/') else {
        keep(target);
        return found;
    };
    if let Some(above) = without_d(above) {
        keep(above.trim_start_matches(|c: char| c.is_numeric() || c == '^' || c.is_whitespace()));
    }
    let mut rest = below;
    while let Some(variable) = without_d(rest) {
        let word = &variable[..variable.find(|c: char| !(c == '_' || c.is_alphanumeric())).unwrap_or(variable.len())];
        // In `dxdy` the name ends where another `d` begins; the longest that is known wins.
        let ends = word.char_indices().map(|(at, c)| at + c.len_utf8()).rev();
        let fits = |end: &usize| {
            let left = &word[*end..];
            is_known(&word[..*end]) && (left.is_empty() || left.starts_with('d') || left.chars().all(char::is_numeric))
        };
        let end = ends.into_iter().find(fits).unwrap_or(word.len());
        keep(&word[..end]);
        let behind = variable[end..].trim_start();
        let behind = match behind.strip_prefix('[') {
            Some(index) => index.split_once(']').map_or("", |(_, behind)| behind),
            None => behind,
        };
        rest = behind.trim_start_matches(|c: char| c.is_numeric() || c == '^' || c.is_whitespace());
    }
    found
}

fn without_d(text: &str) -> Option<&str> {
    let text = text.trim_start();
    text.strip_prefix('∂').or_else(|| text.strip_prefix('d')).map(str::trim_start)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The words of a block, each with a letter for what it stands for, a capital where it is defined.
    fn shown(block: &str) -> String {
        let one = |mention: Mention| {
            let letter = match mention.what {
                What::Node => 'n',
                What::Call => 'c',
                What::Local(_) => 'l',
                What::Keyword => 'k',
                What::Attribute => 'a',
                What::Operator => 'o',
            };
            let letter = if mention.defines { letter.to_ascii_uppercase() } else { letter };
            assert_eq!(&block[mention.range.clone()], &*mention.word, "{block}");
            format!("{}:{letter}", mention.word)
        };
        mentions(block).into_iter().map(one).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn each_word_stands_for_something() {
        for (block, expected) in [
            ("param 가중치 = -2 # w", "param:k 가중치:N -:o"),
            ("y = sum(X, axis=1).T", "y:N sum:c X:n axis:a T:o"),
            ("def f(x, w) = x * w + k", "def:k f:C x:L w:L x:l *:o w:l +:o k:n"),
            ("for t in 1..n { h[t] = h[t-1] * x }", "for:k t:L in:k n:n h:N t:l h:n t:l -:o *:o x:n"),
            ("group 은닉 | x {\n h = 1\n}\noutput h", "group:k h:N output:k h:n"),
            ("w = 1\nxdy = 2\nexpect d²f/dwdxdy = 3 within 1", "w:N xdy:N expect:k f:n w:n xdy:n within:k"),
            ("h[1] = 1\nexpect dh[1]/dh[1] = 1", "h:N expect:k h:n h:n"),
            ("expect f = 2", "expect:k f:n"),
            ("expect = 2\ny = expect", "expect:N y:N expect:n"),
            ("w = (2\nx = w *", "w:N x:N w:n *:o"),
            ("3 = y\nw w w\n} }\ndef\nfor\nexpect", "y:n w:n w:n w:n def:k for:k expect:k"),
        ] {
            assert_eq!(shown(block), expected, "{block}");
        }
    }

    #[test]
    fn a_parameter_is_another_than_the_node_of_its_name() {
        let block = "x = 1\ndef f(x) = x\ny = f(x)";
        let found = mentions(block);
        let of_x: Vec<&Mention> = found.iter().filter(|mention| &*mention.word == "x").collect();
        assert_eq!(of_x.len(), 4);
        assert!(of_x[0].is_same(of_x[3]) && of_x[1].is_same(of_x[2]) && !of_x[0].is_same(of_x[1]));
    }
}
