//! Code blocks. In: code and the info string of its fence; out: HTML with classes that `templates/code.css`
//! gives colours to. This file and `colour.rs` alone know the highlighter.

mod colour;

use crate::markup::escaped;
use std::sync::OnceLock;
use syntect::parsing::{SyntaxReference, SyntaxSet};

/// The style sheet for the classes.
#[cfg(test)]
const CODE_CSS: &str = include_str!("../../templates/code.css");

/// Longer code, or code with longer lines, is shown without colours: the grammars' patterns take too long.
const LONGEST_CODE: usize = 100_000;
const LONGEST_LINE: usize = 1_000;

/// What the info string of a fence asks for: `python #train title="train.py" linenos=10 {2,4-5}`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Options {
    language: String,
    /// The title.
    pub title: Option<String>,
    /// The id by which the text refers to it.
    pub id: Option<String>,
    /// The file whose code it shows, with the part of it.
    pub src: Option<String>,
    /// The number of the first line, where lines are numbered.
    first_number: Option<usize>,
    /// Whether the author chooses that number.
    has_own_number: bool,
    /// The lines that stand out, counted from 1: first and last of each stretch, in their order and apart.
    marked: Vec<(usize, usize)>,
}

impl Options {
    /// Reads an info string.
    pub fn read(info: &str) -> Self {
        let mut options = Self::default();
        for (i, word) in words(info).into_iter().enumerate() {
            if let Some(lines) = word.strip_prefix('{').and_then(|word| word.strip_suffix('}')) {
                options.marked.extend(lines.split(',').filter_map(stretch));
            } else if let Some(id) = word.strip_prefix('#') {
                options.id = Some(id.to_owned());
            } else if i == 0 {
                word.clone_into(&mut options.language);
            } else if let Some(title) = word.strip_prefix("title=") {
                options.title = Some(title.trim_matches('"').to_owned()).filter(|title| !title.is_empty());
            } else if let Some(file) = word.strip_prefix("src=") {
                options.src = Some(file.trim_matches('"').to_owned());
            } else if let Some(start) = word.strip_prefix("linenos") {
                let own = start.trim_start_matches('=').parse().ok();
                options.has_own_number = own.is_some();
                options.first_number = Some(own.unwrap_or(1));
            }
        }
        options.marked = apart(options.marked);
        options
    }

    /// The code comes from a file, in which its first line has a number.
    pub fn number_from(&mut self, line: usize) {
        if !self.has_own_number {
            self.first_number = self.first_number.map(|_| line);
        }
    }

    fn marks(&self, line: usize) -> bool {
        let begun = self.marked.partition_point(|(first, _)| *first <= line);
        self.marked[..begun].last().is_some_and(|(_, last)| line <= *last)
    }
}

/// The words of an info string; quotes and braces keep theirs together.
fn words(info: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let (mut start, mut quoted, mut braced) = (0, false, false);
    for (at, c) in info.char_indices() {
        quoted ^= c == '"';
        let opens = c == '{' && !quoted;
        let is_between = !quoted && !braced && (c.is_whitespace() || c == ',');
        if opens || is_between {
            words.push(&info[start..at]);
            start = if opens { at } else { at + c.len_utf8() };
        }
        braced = (braced || opens) && c != '}';
    }
    words.push(&info[start..]);
    words.retain(|word| !word.is_empty());
    words
}

/// `4-5`, or `4` alone.
fn stretch(text: &str) -> Option<(usize, usize)> {
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    Some((first.trim().parse().ok()?, last.trim().parse().ok()?))
}

/// The same lines in stretches that do not meet.
fn apart(mut stretches: Vec<(usize, usize)>) -> Vec<(usize, usize)> {
    stretches.retain(|(first, last)| first <= last);
    stretches.sort_unstable();
    stretches.dedup_by(|(first, last), (_, end)| {
        let meets = *first <= *end;
        *end = if meets { *end.max(last) } else { *end };
        meets
    });
    stretches
}

/// A code block as HTML, without its title. A language that is not known, and code that is too long, are plain.
pub fn html(code: &str, options: &Options) -> String {
    let language = &options.language;
    let inside = syntax(language)
        .filter(|_| is_short(code))
        .and_then(|syntax| colour::coloured(code, syntax, syntaxes()))
        .unwrap_or_else(|| escaped(code));
    let inside =
        if options.first_number.is_some() || !options.marked.is_empty() { in_lines(&inside, options) } else { inside };
    let class = if language.is_empty() { String::new() } else { format!(" class=\"language-{}\"", escaped(language)) };
    format!("<pre class=\"code\" tabindex=\"0\"><code{class}>{inside}</code></pre>\n")
}

/// Each line in an element of its own; what is coloured across lines is closed and opened again.
fn in_lines(html: &str, options: &Options) -> String {
    let mut open: Vec<&str> = Vec::new();
    let mut lines = String::new();
    // What closes after the last line closes in it.
    let html = html.trim_end_matches("</span>");
    for (i, line) in html.strip_suffix('\n').unwrap_or(html).split('\n').enumerate() {
        let number = options.first_number.map(|first| format!(" data-n=\"{}\"", first + i)).unwrap_or_default();
        let mark = if options.marks(i + 1) { " marked" } else { "" };
        lines.push_str(&format!("<span class=\"line{mark}\"{number}>"));
        lines.extend(open.iter().copied());
        lines.push_str(line);
        lines.push('\n');
        for (at, _) in line.match_indices('<') {
            if line[at..].starts_with("</") {
                open.pop();
            } else {
                open.push(&line[at..=at + line[at..].find('>').unwrap_or_default()]);
            }
        }
        lines.extend(open.iter().map(|_| "</span>"));
        lines.push_str("</span>");
    }
    lines
}

fn syntaxes() -> &'static SyntaxSet {
    static SYNTAXES: OnceLock<SyntaxSet> = OnceLock::new();
    SYNTAXES.get_or_init(two_face::syntax::extra_newlines)
}

fn syntax(language: &str) -> Option<&'static SyntaxReference> {
    let known = !matches!(language, "" | "text" | "txt" | "plain");
    known.then(|| syntaxes().find_syntax_by_token(language)).flatten()
}

fn is_short(code: &str) -> bool {
    code.len() <= LONGEST_CODE && code.lines().all(|line| line.len() <= LONGEST_LINE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_come_from_the_first_word() {
        for (code, info, expected) in [
            ("a < b\n", "", "<pre class=\"code\" tabindex=\"0\"><code>a &lt; b\n</code></pre>\n"),
            ("x\n", "nosuch", "<pre class=\"code\" tabindex=\"0\"><code class=\"language-nosuch\">x\n</code></pre>\n"),
            (
                "x\n",
                "\"><script>",
                "<pre class=\"code\" tabindex=\"0\"><code class=\"language-&quot;&gt;&lt;script&gt;\">x\n</code></pre>\n",
            ),
        ] {
            assert_eq!(html(code, &Options::read(info)), expected);
        }
        for info in ["python", "python title=\"x\"", "python,linenos", "py", "python{1}"] {
            assert!(html("def f(x): return x\n", &Options::read(info)).contains("s-keyword"), "{info}");
        }
    }

    /// The relative luminance of `#rrggbb`.
    fn luminance(colour: &str) -> f64 {
        let channel = |at: usize| {
            let value = f64::from(u8::from_str_radix(&colour[at..at + 2], 16).expect("a colour")) / 255.0;
            if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
    }

    #[test]
    fn colours_can_be_read() {
        for scope in CODE_CSS.split("@media").skip(1) {
            let colours: Vec<_> = scope.match_indices('#').map(|(at, _)| luminance(&scope[at..at + 7])).collect();
            let background = colours[0];
            for colour in &colours[1..] {
                let (light, dark) = (background.max(*colour), background.min(*colour));
                assert!((light + 0.05) / (dark + 0.05) >= 4.5, "{scope}");
            }
        }
        assert!(!CODE_CSS.contains(".s-invalid {"));
    }

    #[test]
    fn lines_have_numbers_and_marks() {
        assert_eq!(
            html("a\nb\n", &Options::read("text title=\"<a, b>.txt\" linenos=9 {2}")),
            "<pre class=\"code\" tabindex=\"0\"><code class=\"language-text\"><span class=\"line\" data-n=\"9\">a\n</span><span class=\"line marked\" data-n=\"10\">b\n</span></code></pre>\n"
        );
        let options = Options::read("python {1, 3-4} title=\"\" #train");
        for (info, marked) in [("{5, 1-3, 2-9, 4}", vec![(1, 9)]), ("{7-8,3-2} x {1}", vec![(1, 1), (7, 8)])] {
            assert_eq!(Options::read(info).marked, marked, "{info}");
        }
        assert_eq!((options.marked, options.title, options.id.as_deref()), (vec![(1, 1), (3, 4)], None, Some("train")));
    }

    /// A text over several lines is coloured in each of them, and every element that opens in a line is closed in it.
    #[test]
    fn colours_go_on_in_the_next_line() {
        let block = html("x = \"\"\"a\nb\nc\"\"\"\n", &Options::read("python linenos"));
        for line in block.split("<span class=\"line\"").skip(1) {
            let line = line.split("</code>").next().unwrap_or_default();
            assert_eq!(line.matches("<span").count() + 1, line.matches("</span>").count(), "{line}");
            assert!(line.contains("s-string"), "{line}");
        }
    }

    #[test]
    fn long_lines_are_plain() {
        assert!(!html(&format!("x = {}\n", "1+".repeat(1_000)), &Options::read("python")).contains("<span"));
    }
}
