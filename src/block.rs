//! The words in a fence after `graph`. In: `#linear dir=down show=values,grads`; out: options.
//! This room does not know the block's text, nor what the options do.

use crate::diag::{Checked, Diagnostic};
use crate::expr::closest;
use crate::figure::place::Engine;
use crate::lang::{Text, text};
use std::ops::Range;

/// What the author asks of a graph block.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BlockOptions {
    /// `#id`.
    pub id: Option<Spanned>,
    /// `src=NOTE#ID` or `src=#ID`: the block whose graph is reused.
    pub src: Option<Spanned>,
    /// `of=#ID` or `of=NOTE#ID`: the block whose graph a train block trains.
    pub of: Option<Spanned>,
    /// Which way the figure flows; right unless the author says otherwise.
    pub flows_down: bool,
    /// Which graph is drawn.
    pub view: GraphView,
    /// What is written at nodes and edges.
    pub show: Show,
    /// Significant digits of numbers in the figure.
    pub precision: Precision,
    /// Who places the figure; the site's engine unless the author says otherwise.
    pub engine: Option<Engine>,
    /// How large the figure is shown.
    pub size: DisplaySize,
    /// What a reader is to find.
    pub quiz: Option<Quiz>,
}

/// What the reader of a figure is to find.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quiz {
    /// The gradients.
    Grads,
    /// The forward values.
    Values,
}

impl Quiz {
    /// The word of the fence.
    pub fn word(self) -> &'static str {
        match self {
            Self::Grads => "grads",
            Self::Values => "values",
        }
    }
}

/// How large a figure is shown; its parts keep their proportions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DisplaySize {
    /// As it is drawn.
    #[default]
    Natural,
    /// So many pixels wide.
    Width(u16),
    /// So many hundredths of what it is.
    Percent(u16),
}

impl DisplaySize {
    fn parse(text: &str) -> Option<Self> {
        match text.strip_suffix('%') {
            Some(percent) => percent.parse().ok().filter(|n| (10..=400).contains(n)).map(Self::Percent),
            None => text.parse().ok().filter(|n| (50..=10_000).contains(n)).map(Self::Width),
        }
    }

    /// What a drawing of a width in pixels is multiplied by.
    pub fn scale(self, width: f64) -> f64 {
        match self {
            Self::Natural => 1.0,
            Self::Width(pixels) => f64::from(pixels) / width.max(1.0),
            Self::Percent(percent) => f64::from(percent) / 100.0,
        }
    }
}

/// A word with its place in the info string.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spanned {
    /// The word.
    pub text: String,
    /// Its bytes.
    pub span: Range<usize>,
}

/// Which graph a figure shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum GraphView {
    /// The author's graph, with the numbers of both passes unless told otherwise.
    #[default]
    Author,
    /// The gradient graph itself.
    Gradient,
    /// The author's graph, with forward mode beside reverse mode.
    ForwardMode,
}

/// What a figure shows beside the structure of the graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Show {
    /// Forward values at nodes.
    pub values: bool,
    /// Gradients at nodes.
    pub grads: bool,
    /// Local partials at edges.
    pub locals: bool,
}

impl Default for Show {
    fn default() -> Self {
        Self { values: true, grads: true, locals: true }
    }
}

/// Significant digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Precision(pub usize);

impl Default for Precision {
    fn default() -> Self {
        Self(4)
    }
}

/// What a fence may say behind its id: each key with the values that it takes, where these can be listed.
pub const OPTIONS: [(&str, &[&str]); 9] = [
    ("dir", &["right", "down"]),
    ("show", &["values", "grads", "locals"]),
    ("view", &["both", "forward", "backward", "forward-mode"]),
    ("precision", &[]),
    ("engine", &["bpdoc", "layout-rs"]),
    ("size", &[]),
    ("quiz", &["grads", "values"]),
    ("src", &[]),
    ("of", &[]),
];

/// Reads the words of a fence; places are bytes of `info`.
pub fn read_options(info: &str) -> Checked<BlockOptions> {
    read_over(BlockOptions::default(), info)
}

/// Reads the words of a fence that stands for another's block: it is drawn like that one, unless the words say otherwise.
pub fn read_over_twin(twin: &BlockOptions, info: &str) -> BlockOptions {
    let drawn_alike = BlockOptions { id: None, src: None, of: None, ..twin.clone() };
    read_over(drawn_alike, info).value
}

fn read_over(mut options: BlockOptions, info: &str) -> Checked<BlockOptions> {
    let mut diagnostics = Vec::new();
    for (span, word) in words(info) {
        if let Err(diagnostic) = apply(&mut options, word, span) {
            diagnostics.push(diagnostic);
        }
    }
    Checked { value: options, diagnostics }
}

fn words(info: &str) -> impl Iterator<Item = (Range<usize>, &str)> {
    info.split_whitespace().map(move |word| {
        let start = word.as_ptr() as usize - info.as_ptr() as usize;
        (start..start + word.len(), word)
    })
}

fn apply(options: &mut BlockOptions, word: &str, span: Range<usize>) -> Result<(), Diagnostic> {
    if let Some(id) = word.strip_prefix('#') {
        if id.is_empty() || !id.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_')) {
            return Err(Diagnostic::error(
                "bad-id",
                span,
                text("id에는 글자, 숫자, `-`, `_`만 쓸 수 있습니다", "an id is made of letters, digits, `-` and `_`"),
            ));
        }
        if options.id.is_some() {
            return Err(Diagnostic::error(
                "double-option",
                span,
                text("id가 두 번 주어졌습니다", "the id is given twice"),
            ));
        }
        options.id = Some(Spanned { text: id.to_owned(), span });
        return Ok(());
    }
    let (key, value) = word.split_once('=').unwrap_or((word, ""));
    let value_span = span.end - value.len()..span.end;
    let wrong = |help: Text| {
        Diagnostic::error(
            "bad-option",
            value_span.clone(),
            text(format!("`{key}`에 `{value}`를 쓸 수 없습니다"), format!("`{key}` does not take `{value}`")),
        )
        .help(help)
    };
    match key {
        "dir" => match value {
            "right" | "down" => options.flows_down = value == "down",
            _ => return Err(wrong(one_of("`right`", "`down`"))),
        },
        "view" => match value {
            "both" => options.view = GraphView::Author,
            "forward" => options.show = Show { grads: false, locals: false, ..options.show },
            "backward" => options.view = GraphView::Gradient,
            "forward-mode" => options.view = GraphView::ForwardMode,
            _ => {
                return Err(wrong(text(
                    "`both`, `forward`, `backward`, `forward-mode` 가운데 하나를 씁니다",
                    "it takes `both`, `forward`, `backward` or `forward-mode`",
                )));
            }
        },
        "show" => {
            let mut show = Show { values: false, grads: false, locals: false };
            for item in value.split(',') {
                match item {
                    "values" => show.values = true,
                    "grads" => show.grads = true,
                    "locals" => show.locals = true,
                    _ => {
                        return Err(wrong(text(
                            "`values`, `grads`, `locals`를 쉼표로 이어 씁니다",
                            "it takes `values`, `grads` and `locals`, with commas between",
                        )));
                    }
                }
            }
            options.show = show;
        }
        "precision" => match value.parse() {
            Ok(digits @ 1..=17) => options.precision = Precision(digits),
            _ => return Err(wrong(text("1부터 17까지의 정수를 씁니다", "it takes a whole number from 1 to 17"))),
        },
        "engine" => match Engine::named(value) {
            Some(engine) => options.engine = Some(engine),
            None => return Err(wrong(one_of("`bpdoc`", "`layout-rs`"))),
        },
        "size" => match DisplaySize::parse(value) {
            Some(size) => options.size = size,
            None => {
                return Err(wrong(text(
                    "`size=600`처럼 너비를 픽셀로(50부터 10000까지), 또는 `size=80%`처럼 비율로(10%부터 400%까지) 씁니다",
                    "it takes a width in pixels (50 to 10000), as in `size=600`, or a share (10% to 400%), as in `size=80%`",
                )));
            }
        },
        "quiz" => match [Quiz::Grads, Quiz::Values].into_iter().find(|quiz| quiz.word() == value) {
            Some(quiz) => options.quiz = Some(quiz),
            None => return Err(wrong(one_of("`grads`", "`values`"))),
        },
        "src" if value.contains('#') => options.src = Some(Spanned { text: value.to_owned(), span: value_span }),
        "src" => {
            return Err(wrong(text(
                "`src=27-backprop#linear`처럼 노트와 id를 씁니다",
                "it names a note and an id, as in `src=27-backprop#linear`",
            )));
        }
        "of" if value.contains('#') => options.of = Some(Spanned { text: value.to_owned(), span: value_span }),
        "of" => {
            return Err(wrong(text(
                "`of=#xor`처럼 학습할 그래프 블록의 id를 씁니다",
                "it names the id of the graph block to train, as in `of=#xor`",
            )));
        }
        _ => return Err(unknown_option(key, span)),
    }
    Ok(())
}

fn one_of(a: &str, b: &str) -> Text {
    text(format!("{a} 또는 {b}를 씁니다"), format!("it takes {a} or {b}"))
}

fn unknown_option(key: &str, span: Range<usize>) -> Diagnostic {
    let diagnostic = Diagnostic::error(
        "unknown-option",
        span,
        text(format!("`{key}`라는 선택지는 없습니다"), format!("there is no option `{key}`")),
    );
    let keys = OPTIONS.map(|(key, _)| key);
    match closest(key, keys.into_iter()) {
        Some(near) => diagnostic.help(text(format!("`{near}`인가요?"), format!("did you mean `{near}`?"))),
        None => diagnostic.help(text(
            format!("쓸 수 있는 것: #id, {}", keys.join(", ")),
            format!("there are: #id, {}", keys.join(", ")),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_mistake(info: &str, code: &str, place: &str) {
        let found = read_options(info).diagnostics;
        assert_eq!(
            found.iter().map(|d| (d.code, &info[d.range.clone()])).collect::<Vec<_>>(),
            [(code, place)],
            "{info}"
        );
    }

    #[test]
    fn options() {
        let options = read_options("#linear dir=down show=values,grads precision=6 src=27-backprop#x").value;
        assert_eq!(options.id.map(|id| (id.text, id.span)), Some(("linear".into(), 0..7)));
        assert!(options.flows_down);
        assert_eq!(options.show, Show { values: true, grads: true, locals: false });
        assert_eq!(options.precision, Precision(6));
        let twin = read_options("#a src=x#y dir=down show=values precision=6").value;
        let own = read_over_twin(&twin, "#b precision=3");
        assert_eq!((own.flows_down, own.show, own.precision), (true, twin.show, Precision(3)));
        assert_eq!((own.id.map(|id| id.text), own.src), (Some("b".into()), None));
        assert_eq!(read_options("size=80%").value.size.scale(500.0), 0.8);
        assert_eq!(read_options("quiz=values").value.quiz, Some(Quiz::Values));
        assert_eq!(read_options("size=250").value.size.scale(500.0), 0.5);
        assert_eq!(options.src.map(|src| src.text).as_deref(), Some("27-backprop#x"));
    }

    #[test]
    fn listed_values_are_taken() {
        for (key, values) in OPTIONS {
            for value in values {
                assert!(read_options(&format!("{key}={value}")).diagnostics.is_empty(), "{key}={value}");
            }
            assert_ne!(read_options(&format!("{key}=?")).diagnostics[0].code, "unknown-option", "{key}");
        }
    }

    #[test]
    fn mistakes() {
        check_mistake("#a dri=down", "unknown-option", "dri=down");
        check_mistake("dir=up", "bad-option", "up");
        check_mistake("show=values,all", "bad-option", "values,all");
        check_mistake("precision=0", "bad-option", "0");
        check_mistake("engine=dot", "bad-option", "dot");
        check_mistake("size=wide", "bad-option", "wide");
        check_mistake("size=5%", "bad-option", "5%");
        check_mistake("src=27-backprop", "bad-option", "27-backprop");
        check_mistake("#<b>", "bad-id", "#<b>");
        check_mistake("#a #b", "double-option", "#b");
        check_mistake("quiz=all", "bad-option", "all");
    }
}
