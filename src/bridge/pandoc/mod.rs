//! Pandoc and Quarto. In: a document's tree in JSON and the format that it is written to; out: the tree with figures in the places of
//! its blocks, in a form that the format can show. Pandoc tells no places: a mistake is shown in its block, which goes by its number.

mod target;
mod tree;

use super::bench::{Bench, Printed};
use super::{Done, Wishes, style_sheet, unreadable};
use crate::diag::{Checked, Diagnostic, Label, Log};
use crate::emit;
use crate::failure::Failure;
use crate::figure;
use crate::key::Key;
use crate::lang::{Tongue, text};
use crate::lesson::{Drawn, Picture};
use crate::note::{self, Address, Block, BlockKind, Note};
use crate::source::{RangeMap, SourceFile};
use crate::translation::state;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;
use target::Target;
use tree::{Image, Width};

/// Pixels of a PNG for each of the figure's.
const SCALE: u8 = 3;
/// The document for messages that are about no block.
const DOCUMENT: &str = "document";
/// What TikZ pictures need.
const PACKAGES: &str = "\\usepackage{tikz}\n\\usepackage{graphicx}";

/// A part of the document that is a figure, or prints numbers, or was meant to be a figure.
enum Part {
    Block,
    Formula,
    /// A fence that Pandoc does not know as one.
    Misread,
    Other,
}

/// What is found in a document.
#[derive(Default)]
struct Found {
    /// All blocks and formulas as text, one behind the other.
    text: String,
    /// What each is called, and where it stands in the text.
    parts: Vec<(String, Range<usize>)>,
    blocks: Vec<Block>,
    formulas: Vec<Range<usize>>,
    misread: Vec<Range<usize>>,
    formula_count: usize,
}

/// Puts figures into a document.
///
/// # Errors
/// If the JSON is not Pandoc's.
pub fn filter(input: &str, format: &str) -> Result<Done, Failure> {
    let mut document: Value = serde_json::from_str(input).map_err(|error| unreadable(&error, not_a_document))?;
    if !document["blocks"].is_array() {
        return Err(not_a_document("no `blocks`"));
    }
    let (wishes, wrong) = wishes_of(&document["meta"]);
    let mut log = Log::default();
    let metadata: Arc<str> = "metadata".into();
    log.extend(wrong.into_iter().map(|diagnostic| diagnostic.in_file(&metadata)));

    let found = find(&mut document["blocks"]);
    log.extend(found.misread.iter().map(|range| misread(range.clone())));
    let source = Arc::new(SourceFile::new(DOCUMENT.to_owned(), found.text));
    let address =
        Address { series: String::new(), number: None, slug: Some(DOCUMENT.to_owned()), lang: wishes.lang.clone() };
    let note = note::assembled(&source, address, found.blocks, &found.formulas);
    let bench = log.take(Bench::new(vec![note], &wishes, |_| String::new()));
    let target = Target::of(format);
    let fragments = if matches!(target, Target::Html(_)) { log.take(bench.fragments(0)) } else { Vec::new() };
    let printed = log.take(bench.printed(0));
    let Checked { diagnostics, .. } = log.finish(());

    let mut writer =
        Writer { bench: &bench, wishes: &wishes, target, fragments, diagnostics: &diagnostics, files: Vec::new() };
    writer.write(&mut document, &printed);
    let files = writer.files;
    let has_figures = !bench.notes()[0].blocks.is_empty();
    if target == Target::Latex && has_figures {
        tree::add_to_header(&mut document, &tree::raw("latex", PACKAGES));
    }
    let (diagnostics, sources) = apart(diagnostics, &source.text, &found.parts);
    Ok(Done {
        json: document.to_string(),
        root: PathBuf::from("."),
        files,
        diagnostics,
        sources,
        on_error: wishes.on_error,
    })
}

fn not_a_document(why: &str) -> Failure {
    Failure::Refused(text(
        format!("표준 입력이 Pandoc의 문서가 아닙니다: {why}. `pandoc --filter`로 실행합니다"),
        format!("standard input is not a document of Pandoc's: {why}; run this by `pandoc --filter`"),
    ))
}

/// Options are `bpdoc:` in the metadata, or one by one as `bpdoc-lang`, which the command line can give.
fn wishes_of(meta: &Value) -> (Wishes, Vec<Diagnostic>) {
    let mut options = match tree::plain(&meta["bpdoc"]) {
        Value::Object(options) => options,
        _ => serde_json::Map::new(),
    };
    for (key, value) in meta.as_object().into_iter().flatten() {
        if let Some(key) = key.strip_prefix("bpdoc-") {
            options.insert(key.to_owned(), tree::plain(value));
        }
    }
    let language = tree::plain(&meta["lang"]);
    Wishes::read(&Value::Object(options), language.as_str())
}

/// What a piece of the tree is. A fence with words that are no attributes is no fence in Pandoc's Markdown: it begins a paragraph.
fn part(element: &Value) -> Part {
    let text = || element["c"].as_str().unwrap_or_default();
    match tree::tag(element) {
        Some("CodeBlock") if kind(element).is_some() => Part::Block,
        Some("Math") if prints(element["c"][1].as_str().unwrap_or_default()) => Part::Formula,
        Some("Str") if is_fence(text()) => Part::Misread,
        Some("Code") if is_words_of_fence(element["c"][1].as_str().unwrap_or_default()) => Part::Misread,
        _ => Part::Other,
    }
}

fn prints(tex: &str) -> bool {
    tex.contains(r"\val") || tex.contains(r"\claim")
}

fn kind(element: &Value) -> Option<BlockKind> {
    let code = tree::code(element)?;
    code.classes.iter().find_map(|class| match class.trim_matches(['{', '}']) {
        "graph" => Some(BlockKind::Graph),
        "train" => Some(BlockKind::Train),
        _ => None,
    })
}

fn is_fence(word: &str) -> bool {
    let kind = word.trim_start_matches(['`', '~']);
    word.len() - kind.len() >= 3 && matches!(kind, "graph" | "train")
}

fn is_words_of_fence(code: &str) -> bool {
    let mut words = code.split_whitespace();
    matches!(words.next(), Some("graph" | "train")) && words.next().is_some_and(|word| word.starts_with('#'))
}

/// The tags of what is looked at.
const TAGS: [&str; 4] = ["CodeBlock", "Math", "Str", "Code"];

fn find(blocks: &mut Value) -> Found {
    let mut found = Found::default();
    for element in tree::elements(blocks, &TAGS) {
        match part(element) {
            Part::Block => found.add_block(element),
            Part::Formula => {
                found.formula_count += 1;
                let name = format!("formula {}", found.formula_count);
                let range = found.add(name, element["c"][1].as_str().unwrap_or_default());
                found.formulas.push(range);
            }
            Part::Misread => {
                let text = element["c"].as_str().or_else(|| element["c"][1].as_str()).unwrap_or_default().to_owned();
                let range = found.add("text".to_owned(), &text);
                found.misread.push(range);
            }
            Part::Other => {}
        }
    }
    found
}

impl Found {
    /// Writes a part; where it stands.
    fn add(&mut self, name: String, text: &str) -> Range<usize> {
        let start = self.text.len();
        self.text.push_str(text);
        let range = start..self.text.len();
        self.text.push('\n');
        self.parts.push((name, range.clone()));
        range
    }

    /// Writes a block as an author of notes writes it.
    fn add_block(&mut self, element: &Value) {
        let (Some(kind), Some(code)) = (kind(element), tree::code(element)) else { return };
        let word = if kind == BlockKind::Graph { "graph" } else { "train" };
        let id = (!code.id.is_empty()).then(|| format!("#{}", code.id));
        let options = code.attributes.iter().map(|(key, value)| format!("{key}={}", value.replace(' ', "")));
        let info = id.into_iter().chain(options).collect::<Vec<_>>().join(" ");
        let head = format!("```{word} {info}").trim_end().to_owned();
        let body = if code.text.is_empty() { String::new() } else { format!("{}\n", code.text) };
        let name = [format!("block {}", self.blocks.len() + 1)]
            .into_iter()
            .chain((!code.id.is_empty()).then(|| code.id.to_owned()));
        let name = name.collect::<Vec<_>>().join(" #");
        let range = self.add(name, &format!("{head}\n{body}```"));
        let info_start = range.start + "```".len() + word.len() + 1;
        let mut map = RangeMap::default();
        map.push(range.start + head.len() + 1, body.len());
        self.blocks.push(Block { key: Key::of([body.as_bytes()]), kind, info, info_start, text: body, map, range });
    }
}

fn misread(range: Range<usize>) -> Diagnostic {
    Diagnostic::error(
        "misread-fence",
        range,
        text("Pandoc은 이것을 코드 블록으로 읽지 않습니다", "Pandoc does not read this as a code block"),
    )
    .help(text(
        "옵션이 있으면 ```` ```{.graph #linear dir=down} ````처럼 쓰세요",
        "with options write it as ```` ```{.graph #linear dir=down} ````",
    ))
}

/// Diagnostics about a text of parts, moved to the parts, and these as texts of their own.
fn apart(
    diagnostics: Vec<Diagnostic>,
    text: &str,
    parts: &[(String, Range<usize>)],
) -> (Vec<Diagnostic>, Vec<SourceFile>) {
    let origin = |at: usize| -> Option<(Arc<str>, usize)> {
        let behind = parts.partition_point(|(_, range)| range.start <= at);
        parts.get(behind.checked_sub(1)?).map(|(name, range)| (name.as_str().into(), range.start))
    };
    let moved = |range: &Range<usize>, start: usize| range.start - start..range.end.max(range.start) - start;
    let place = |mut diagnostic: Diagnostic| {
        let is_here = diagnostic.file.as_deref().is_none_or(|file| file == DOCUMENT);
        if let Some((file, start)) = origin(diagnostic.range.start).filter(|_| is_here) {
            diagnostic.range = moved(&diagnostic.range, start);
            for label in &mut diagnostic.labels {
                let Some((its, its_start)) = origin(label.range.start) else { continue };
                *label = Label {
                    range: moved(&label.range, its_start),
                    file: Some(its).filter(|its| *its != file),
                    text: label.text.clone(),
                };
            }
            diagnostic.file = Some(file);
        }
        diagnostic
    };
    let diagnostics = diagnostics.into_iter().map(place).collect();
    let source = |(name, range): &(String, Range<usize>)| SourceFile::new(name.clone(), text[range.clone()].to_owned());
    (diagnostics, parts.iter().map(source).collect())
}

/// Writes figures and numbers into the document.
struct Writer<'a> {
    bench: &'a Bench,
    wishes: &'a Wishes,
    target: Target,
    fragments: Vec<String>,
    diagnostics: &'a [Diagnostic],
    files: Vec<(String, Vec<u8>)>,
}

impl Writer<'_> {
    fn write(&mut self, document: &mut Value, printed: &[Printed]) {
        let has_figures = has_figures(&document["pandoc-api-version"]);
        let (mut block, mut formula) = (0, 0);
        for element in tree::elements(&mut document["blocks"], &TAGS) {
            match part(element) {
                Part::Block => {
                    *element = self.block(block, element, has_figures);
                    block += 1;
                }
                Part::Formula => {
                    let tex = element["c"][1].as_str().unwrap_or_default();
                    element["c"][1] = with_values(tex, formula, printed).into();
                    formula += 1;
                }
                Part::Misread | Part::Other => {}
            }
        }
    }

    fn block(&mut self, at: usize, element: &Value, has_figures: bool) -> Value {
        if !self.bench.is_usable(0, at) {
            return self.notice(at, element);
        }
        let mut blocks = match self.target {
            Target::Html(host) => {
                let is_first = at == 0 && self.wishes.has_style;
                let style = is_first.then(|| format!("<style>\n{}</style>\n", style_sheet(host)));
                let html = format!("{}{}", style.unwrap_or_default(), self.fragments[at]);
                vec![tree::raw("html", &html)]
            }
            Target::Table => {
                let drawn = self.bench.drawn(0, at);
                let rows = self.bench.numbers(0, at);
                let Some((head, rows)) = rows.split_first() else { return element.clone() };
                let (id, caption) = drawn.first().map_or(("", ""), |drawn| (&drawn.id, &drawn.caption));
                vec![tree::table(id, caption, head, rows)]
            }
            Target::Latex | Target::Embedded | Target::File(_) => {
                let drawn = self.bench.drawn(0, at);
                drawn.iter().map(|drawn| self.picture(drawn, has_figures)).collect()
            }
        };
        match blocks.pop() {
            Some(only) if blocks.is_empty() => only,
            Some(last) => {
                blocks.push(last);
                tree::division("", "bp-figures", &blocks)
            }
            None => element.clone(),
        }
    }

    fn picture(&mut self, drawn: &Drawn, has_figures: bool) -> Value {
        if let (Target::Latex, Picture::Graph(drawing)) = (self.target, &drawn.picture) {
            return tree::raw("latex", &latex_figure(drawn, &emit::tikz(std::slice::from_ref(drawing))));
        }
        let svg = match &drawn.picture {
            Picture::Graph(drawing) => figure::svg_file(std::slice::from_ref(drawing)),
            Picture::Curve(svg) => svg.clone(),
        };
        let width = figure::width_of(&svg).unwrap_or_default();
        let is_svg = self.target == Target::File(target::Picture::Svg);
        // What is too large in pixels is left as shapes.
        let png = if is_svg { None } else { (1..=SCALE).rev().find_map(|scale| emit::png(&svg, scale)) };
        let (bytes, ending, kind) = match png {
            Some(png) => (png, "png", "image/png"),
            None => (svg.into_bytes(), "svg", "image/svg+xml"),
        };
        let source = if self.target == Target::Embedded {
            format!("data:{kind};base64,{}", STANDARD.encode(&bytes))
        } else {
            self.file(&drawn.id, bytes, ending)
        };
        let Drawn { id, caption, description, .. } = drawn;
        let width = if self.target == Target::Latex { Width::OfText } else { Width::Pixels(width) };
        tree::figure(&Image { id, source: &source, width, description, caption }, has_figures)
    }

    /// A file in the folder of media. Its name tells its content, so that documents in one folder do not take each other's.
    fn file(&mut self, id: &str, bytes: Vec<u8>, ending: &str) -> String {
        let word: String = id.chars().map(|c| if c.is_alphanumeric() { c } else { '-' }).collect();
        let state = state(id, &STANDARD.encode(&bytes));
        let path = format!("{}/{word}-{}.{ending}", self.wishes.media, &state[..8]);
        self.files.push((path.clone(), bytes));
        path
    }

    /// Stands in the place of a figure that could not be made: what is wrong, and the block as it was.
    fn notice(&self, at: usize, element: &Value) -> Value {
        let note: &Note = &self.bench.notes()[0];
        let tongue = Tongue::of_tag(&note.address.lang);
        let range = &note.blocks[at].range;
        let is_here = |diagnostic: &&Diagnostic| {
            diagnostic.file.as_deref() == Some(DOCUMENT) && range.contains(&diagnostic.range.start)
        };
        let said = self.diagnostics.iter().filter(is_here);
        let said = said.map(|diagnostic| tree::paragraph(diagnostic.message.in_tongue(tongue)));
        let head = tree::paragraph(self.bench.word(0, "figure_broken"));
        let mut blocks: Vec<Value> = std::iter::once(head).chain(said).collect();
        blocks.push(element.clone());
        tree::division("", "bp-error", &blocks)
    }
}

/// Whether a version of Pandoc's types has an element for figures: since 1.23.
fn has_figures(version: &Value) -> bool {
    let number = |at: usize| version[at].as_u64().unwrap_or_default();
    (number(0), number(1)) >= (1, 23)
}

/// A picture that is no wider than the text, with its caption.
fn latex_figure(drawn: &Drawn, tikz: &str) -> String {
    let caption = match drawn.caption.as_str() {
        "" => String::new(),
        caption => format!("\\caption{{{}}}\n", emit::tex::prose(caption)),
    };
    let id: String = drawn.id.chars().filter(|c| c.is_alphanumeric() || "-_.:".contains(*c)).collect();
    format!(
        "\\begin{{figure}}\n\\centering\n\\resizebox{{\\ifdim\\width>\\linewidth\\linewidth\\else\\width\\fi}}{{!}}{{%\n{tikz}}}\n{caption}\\label{{{id}}}\n\\end{{figure}}"
    )
}

/// A formula with what it prints.
fn with_values(tex: &str, formula: usize, printed: &[Printed]) -> String {
    let mut out = String::new();
    let mut done = 0;
    for value in printed.iter().filter(|value| value.formula == formula) {
        out.push_str(&tex[done..value.in_tex.start]);
        out.push_str(&value.tex);
        done = value.in_tex.end;
    }
    out + &tex[done..]
}
