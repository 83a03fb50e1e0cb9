//! Lines of code → their HTML with colours. A course shows the same program again and again, a little longer each time: a
//! line that a thread has coloured is not parsed again where the grammar stands at the same place.

use foldhash::{HashMap, HashMapExt};
use std::cell::RefCell;
use std::rc::Rc;
use syntect::html::{ClassStyle, line_tokens_to_classed_spans};
use syntect::parsing::{ParseState, ScopeStack, SyntaxReference, SyntaxSet};
use syntect::util::LinesWithEndings;

/// In front of every class, so that no name of the page's own style is met.
const STYLE: ClassStyle = ClassStyle::SpacedPrefixed { prefix: "s-" };

/// So many bytes of HTML a thread keeps, and so many places; then it begins anew.
const MOST_BYTES: usize = 1 << 20;
const MOST_PLACES: usize = 128;

/// Code with colours; nothing if the grammar fails.
pub fn coloured(code: &str, syntax: &SyntaxReference, syntaxes: &SyntaxSet) -> Option<String> {
    thread_local!(static KNOWN: RefCell<Known> = RefCell::default());
    KNOWN.with_borrow_mut(|known| {
        let mut at = known.place_of(Grammar { parser: ParseState::new(syntax), scopes: ScopeStack::new() });
        let (mut html, mut open) = (String::new(), 0);
        for line in LinesWithEndings::from(code) {
            let line = known.line(at, line, syntaxes)?;
            html.push_str(&line.html);
            open += line.opened;
            at = line.next;
        }
        html.extend((0..open).map(|_| "</span>"));
        Some(html)
    })
}

/// Where the grammar stands between two lines.
#[derive(Clone, PartialEq, Eq)]
struct Grammar {
    parser: ParseState,
    scopes: ScopeStack,
}

/// A line as it was coloured at some place.
#[derive(Clone)]
struct Line {
    html: Rc<str>,
    /// How many more elements are open at its end.
    opened: isize,
    /// The place after it.
    next: usize,
}

/// The places that a thread has come to, with the lines that it has met there.
#[derive(Default)]
struct Known {
    places: Vec<(Grammar, HashMap<Box<str>, Line>)>,
    bytes: usize,
}

impl Known {
    fn place_of(&mut self, grammar: Grammar) -> usize {
        let known = self.places.iter().position(|(known, _)| *known == grammar);
        known.unwrap_or_else(|| {
            self.places.push((grammar, HashMap::new()));
            self.places.len() - 1
        })
    }

    fn line(&mut self, at: usize, line: &str, syntaxes: &SyntaxSet) -> Option<Line> {
        let (grammar, lines) = &self.places[at];
        if let Some(known) = lines.get(line) {
            return Some(known.clone());
        }
        let Grammar { mut parser, mut scopes } = grammar.clone();
        let tokens = parser.parse_line(line, syntaxes).ok()?;
        let (html, opened) = line_tokens_to_classed_spans(line, &tokens, STYLE, &mut scopes).ok()?;
        let is_full = self.bytes > MOST_BYTES || self.places.len() > MOST_PLACES;
        if is_full {
            *self = Self::default();
        }
        let made = Line { html: html.into(), opened, next: self.place_of(Grammar { parser, scopes }) };
        if !is_full {
            self.bytes += line.len() + made.html.len();
            self.places[at].1.insert(line.into(), made.clone());
        }
        Some(made)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use syntect::html::ClassedHTMLGenerator;

    /// Whatever a thread has coloured before, and however much, code looks as the highlighter colours it.
    #[test]
    fn what_is_known_has_the_same_colours() {
        let syntaxes = two_face::syntax::extra_newlines();
        let check = |code: &str, token: &str| {
            let syntax = syntaxes.find_syntax_by_token(token).expect("a grammar");
            let mut whole = ClassedHTMLGenerator::new_with_class_style(syntax, &syntaxes, STYLE);
            for line in LinesWithEndings::from(code) {
                whole.parse_html_for_line_which_includes_newline(line).expect("coloured");
            }
            assert_eq!(coloured(code, syntax, &syntaxes).as_deref(), Some(&*whole.finalize()), "{code}");
        };
        let program =
            ["def f(x):\n", "    return x\n", "s = '''\n", "def f(x):\n", "'''\n", "def f(x):\n", "print(f(1))"];
        for n in (1..=program.len()).rev().chain(1..=program.len()) {
            check(&program[..n].concat(), "python");
        }
        check("<<A\nx\nA\nx = 1\n", "sh");
        check("<<B\nA\nB\nx = 1\n", "sh");
        check("def f(x):\n    return x\n", "rs");
        for n in 0..2 * MOST_PLACES {
            check(&format!("cat <<END{n}\ntext\nEND{n}\n"), "sh");
        }
        let long = format!("x = '{}'\n", "é<".repeat(400));
        for n in 0..2 * MOST_BYTES / long.len() / 4 {
            check(&format!("{n}{long}"), "python");
        }
    }
}
