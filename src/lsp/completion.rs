//! What may stand at a byte of a note. In: the text before it; out: candidates. What is before the byte counts alone, since what
//! is being typed cannot be read yet.

use super::analysis::NoteBlock;
use super::reading::{Reading, Spot};
use super::words::{OF_GRAPHS, OF_TRAININGS, Word};
use crate::block::OPTIONS;
use crate::emit::short;
use crate::expr::creators;
use crate::graph::{What, mentions};
use crate::note::BlockKind;
use crate::ops::{self, Family, Notation, Op};
use crate::source::relative;
use crate::train::optimizer::OPTIMIZERS;
use std::collections::BTreeMap;
use std::ops::Range;

/// Something that may stand at a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// What it is called in the list.
    pub label: String,
    /// What it is.
    pub kind: CandidateKind,
    /// What is said beside its name.
    pub detail: String,
    /// Markdown about it.
    pub about: String,
    /// What is written.
    pub text: String,
    /// The same with places to fill in as editors mark them, where there are some.
    pub snippet: Option<String>,
}

/// What can be offered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CandidateKind {
    /// A name of the block.
    Name,
    /// A function of the author's, or an op.
    Function,
    /// A word that a statement begins with.
    Keyword,
    /// An option, or a value for one.
    Option,
    /// An id, a note, a term.
    Reference,
}

/// What may be typed, and which bytes it takes the place of.
pub struct Candidates {
    /// The bytes.
    pub range: Range<usize>,
    /// What may be typed.
    pub list: Vec<Candidate>,
}

fn candidate(kind: CandidateKind, label: &str, detail: impl Into<String>) -> Candidate {
    let (label, text) = (label.to_owned(), label.to_owned());
    Candidate { label, kind, detail: detail.into(), about: String::new(), text, snippet: None }
}

impl Reading<'_> {
    /// What may stand at a byte.
    pub fn candidates(&self, byte: usize) -> Candidates {
        let line_start = self.text.text[..byte].rfind(['\n', '\r']).map_or(0, |at| at + 1);
        let before = &self.text.text[line_start..byte];
        match self.spot(byte) {
            Spot::Block(block, at) => self.candidates_in_block(block, at, byte),
            Spot::Fence(block) if byte >= block.block.info_start => self.in_fence(block, before, byte),
            _ => self.in_prose(before, byte),
        }
    }

    fn candidates_in_block(&self, block: &NoteBlock, at: usize, byte: usize) -> Candidates {
        let text = &block.block.text;
        let line = &text[text[..at].rfind('\n').map_or(0, |found| found + 1)..at];
        let start = word_start(line);
        let range = byte - (line.len() - start)..byte;
        let list = match block.block.kind {
            _ if line.contains('#') => Vec::new(),
            BlockKind::Train => self.for_training(block, line[..start].trim()),
            BlockKind::Graph => self.of_graph(block, &line[..start], &line[start..]),
        };
        Candidates { range, list }
    }

    fn of_graph(&self, block: &NoteBlock, before: &str, typed: &str) -> Vec<Candidate> {
        let statement = before.rsplit(['{', '}', ';']).next().unwrap_or_default().trim_start();
        let first = statement.split_whitespace().next().unwrap_or_default();
        match first {
            "" => self.statements(&OF_GRAPHS).into_iter().chain(self.names(block)).collect(),
            "expect" if !statement.contains(['=', '<', '>']) => self.targets(block, typed),
            "expect" | "group" => Vec::new(),
            "output" => self.names(block).filter(|name| name.kind == CandidateKind::Name).collect(),
            "param" | "input" | "const" | "def" | "for" if !statement.contains('=') => Vec::new(),
            _ => self.names(block).chain(self.callees()).collect(),
        }
    }

    fn for_training(&self, block: &NoteBlock, before: &str) -> Vec<Candidate> {
        match before.split_whitespace().next() {
            None => self.statements(&OF_TRAININGS),
            Some("optimizer") if before == "optimizer" => {
                let names = OPTIMIZERS.iter().map(|row| {
                    let settings: Vec<&str> = row.settings.iter().map(|setting| setting.name).collect();
                    candidate(CandidateKind::Option, row.name, settings.join(" "))
                });
                names.collect()
            }
            Some("minimize" | "expect") => self.nodes(block).collect(),
            Some(_) => Vec::new(),
        }
    }

    fn statements(&self, words: &'static [Word]) -> Vec<Candidate> {
        let of_word = |word: &'static Word| Candidate {
            snippet: Some(word.snippet.to_owned()),
            ..candidate(CandidateKind::Keyword, word.word, word.about.in_tongue(self.tongue))
        };
        words.iter().map(of_word).collect()
    }

    /// The names that a block defines, and those of the graph that it reuses.
    fn names<'n>(&'n self, block: &'n NoteBlock) -> impl Iterator<Item = Candidate> + 'n {
        let mut found: BTreeMap<Box<str>, Candidate> = BTreeMap::new();
        for mention in mentions(&block.block.text).into_iter().filter(|mention| mention.defines) {
            let kind = match mention.what {
                What::Call => CandidateKind::Function,
                What::Node | What::Local(_) => CandidateKind::Name,
                _ => continue,
            };
            let mut named = candidate(kind, &mention.word, self.value_of(block, &mention.word));
            if kind == CandidateKind::Function {
                named.snippet = Some(format!("{}($0)", mention.word));
            }
            found.entry(mention.word).or_insert(named);
        }
        let reused = self.nodes(block).filter(|_| !block.is_own || block.options.src.is_some());
        for named in reused {
            found.entry(named.label.as_str().into()).or_insert(named);
        }
        found.into_values()
    }

    /// The nodes of a block's graph that the author has named.
    fn nodes<'n>(&'n self, block: &'n NoteBlock) -> impl Iterator<Item = Candidate> + 'n {
        let run = block.run().into_iter();
        let named = run.flat_map(|run| {
            run.graph.named().filter(|node| run.graph.is_named_by_author(*node)).map(|node| run.graph.name(node))
        });
        named.map(|name| candidate(CandidateKind::Name, name, self.value_of(block, name)))
    }

    fn value_of(&self, block: &NoteBlock, name: &str) -> String {
        let node = block.run().and_then(|run| Some((run, run.graph.find(name)?)));
        node.map_or_else(String::new, |(run, node)| short(run.value(node), block.options.precision.0))
    }

    /// Names and derivatives of the output, for claims and values.
    fn targets(&self, block: &NoteBlock, typed: &str) -> Vec<Candidate> {
        let Some(run) = block.run() else { return self.names(block).collect() };
        let Some(output) = run.graph.outputs.first().map(|output| run.graph.name(*output)) else { return Vec::new() };
        let d = if typed.starts_with('∂') { '∂' } else { 'd' };
        let by = run.graph.named().filter(|node| run.graph.is_named_by_author(*node) && run.graph.is_variable(*node));
        let derivative = |name: &str| {
            let label = format!("{d}{output}/{d}{name}");
            let value = run.found(&label, 0..0).map(|value| short(&value, block.options.precision.0));
            candidate(CandidateKind::Name, &label, value.unwrap_or_default())
        };
        let derivatives = by.map(|node| run.graph.name(node)).filter(|name| *name != output).map(derivative);
        self.nodes(block).chain(derivatives.take(MOST_DERIVATIVES)).collect()
    }

    /// Ops, and what makes tensors.
    fn callees(&self) -> impl Iterator<Item = Candidate> {
        let tongue = self.tongue;
        let is_called = |op: &&'static Op| op.family != Family::Rule && op.notation == Notation::Call;
        let of_op = move |op: &'static Op| Candidate {
            detail: op.signature(),
            about: format!("**{}**\n\n{}", op.title.text_in(tongue), op.about.text_in(tongue)),
            snippet: Some(call_snippet(op.name, &op.signature())),
            ..candidate(CandidateKind::Function, op.name, "")
        };
        let of_maker = |(name, signature): (&'static str, &'static str)| Candidate {
            snippet: Some(format!("{name}($0)")),
            ..candidate(CandidateKind::Function, name, signature)
        };
        let grad = ("grad", "grad(f, x)");
        ops::table().filter(is_called).map(of_op).chain(creators().chain([grad]).map(of_maker))
    }

    fn in_fence(&self, block: &NoteBlock, before: &str, byte: usize) -> Candidates {
        let typed = before.rsplit(char::is_whitespace).next().unwrap_or_default();
        let (key, value) = typed.split_once('=').map_or((typed, None), |(key, value)| (key, Some(value)));
        if let Some(id) = typed.strip_prefix('#') {
            let list = self.ids_of_twins().into_iter().map(|id| candidate(CandidateKind::Reference, &id, "")).collect();
            return Candidates { range: byte - id.len()..byte, list };
        }
        let Some(value) = value else {
            let fits = |key: &str| match block.block.kind {
                BlockKind::Graph => key != "of",
                BlockKind::Train => key != "src",
            };
            let keys = OPTIONS.iter().filter(|(key, _)| fits(key));
            let list = keys.map(|(key, values)| Candidate {
                text: format!("{key}="),
                ..candidate(CandidateKind::Option, key, values.join(", "))
            });
            return Candidates { range: byte - typed.len()..byte, list: list.collect() };
        };
        if matches!(key, "src" | "of") {
            return Candidates { range: byte - value.len()..byte, list: self.graphs(block, value) };
        }
        let last = value.rsplit(',').next().unwrap_or_default();
        let values = OPTIONS.iter().find(|(known, _)| *known == key).map_or(&[][..], |(_, values)| values);
        let list = values.iter().map(|value| candidate(CandidateKind::Option, value, "")).collect();
        Candidates { range: byte - last.len()..byte, list }
    }

    /// The ids of the twins' graphs, for which an empty block may stand.
    fn ids_of_twins(&self) -> Vec<String> {
        let twins = self.book.twins_of(&self.home.path);
        twins.filter_map(|path| self.book.text(path, self.overlay)).flat_map(super::book::ids_of_graphs).collect()
    }

    /// The graph blocks that a fence may name.
    fn graphs(&self, block: &NoteBlock, typed: &str) -> Vec<Candidate> {
        let (note, _) = typed.split_once('#').unwrap_or((typed, ""));
        let series = self.book.series_of(&self.home.path);
        if typed.contains('#') && !note.is_empty() {
            let files = self.book.files_named(&series, note);
            let path = files.iter().find(|path| path.contains(&format!(".{}.", self.analysis.tag))).or(files.first());
            let text = path.and_then(|path| self.book.text(path, self.overlay)).unwrap_or_default();
            let ids = super::book::ids_of_graphs(text).into_iter();
            return ids.map(|id| candidate(CandidateKind::Reference, &format!("{note}#{id}"), "")).collect();
        }
        let own = self.analysis.blocks.iter().filter(|other| {
            other.block.kind == BlockKind::Graph && other.options.id.is_some() && !std::ptr::eq(*other, block)
        });
        let own = own.map(|other| candidate(CandidateKind::Reference, &format!("#{}", other.id), ""));
        let others = self.book.names_of_notes(&series).into_iter();
        own.chain(others.map(|name| candidate(CandidateKind::Reference, &format!("{name}#"), ""))).collect()
    }

    fn in_prose(&self, before: &str, byte: usize) -> Candidates {
        let none = Candidates { range: byte..byte, list: Vec::new() };
        if let Some((_, typed)) = before.rsplit_once("](").filter(|(_, typed)| !typed.contains([')', ' '])) {
            return self.destinations(typed, byte);
        }
        if let Some((_, typed)) = before.rsplit_once("\\val{").filter(|(_, typed)| !typed.contains('}')) {
            return self.values(typed, byte);
        }
        let fence = before.trim_start_matches([' ', '>', '-', '*']);
        let is_fence = fence.starts_with("```") && fence.trim_start_matches('`').chars().all(char::is_alphabetic);
        if is_fence {
            let typed = fence.trim_start_matches('`');
            let list = ["graph", "train"].map(|word| candidate(CandidateKind::Keyword, word, ""));
            return Candidates { range: byte - typed.len()..byte, list: list.into() };
        }
        none
    }

    fn destinations(&self, typed: &str, byte: usize) -> Candidates {
        let range = |len: usize| byte - len..byte;
        if let Some(key) = typed.strip_prefix("term:") {
            let (tag, terms) = (&self.analysis.tag, &self.book.outfit.glossary.terms);
            let list = terms.iter().map(|term| Candidate {
                about: term.definition(tag).unwrap_or_default().to_owned(),
                ..candidate(CandidateKind::Reference, &term.key, term.name(tag).unwrap_or_default())
            });
            return Candidates { range: range(key.len()), list: list.collect() };
        }
        if let Some((path, id)) = typed.split_once('#') {
            let anchors = self.anchors(path).map_or_else(Vec::new, |(_, anchors)| anchors);
            let list = anchors.iter().filter(|anchor| !anchor.id.is_empty());
            let list = list.map(|anchor| candidate(CandidateKind::Reference, &anchor.id, anchor.text.as_str()));
            return Candidates { range: range(id.len()), list: list.collect() };
        }
        let same_language = format!(".{}.md", self.analysis.tag);
        let notes = self.book.project.notes.iter().filter(|note| note.path.ends_with(&same_language));
        let notes = notes.map(|note| candidate(CandidateKind::Reference, &relative(&self.home.path, &note.path), ""));
        let list = notes.chain(["#", "term:"].map(|start| candidate(CandidateKind::Reference, start, "")));
        Candidates { range: range(typed.len()), list: list.collect() }
    }

    fn values(&self, typed: &str, byte: usize) -> Candidates {
        let named = typed.split_once(':');
        let block = match named {
            Some((id, _)) => self.analysis.blocks.iter().find(|block| block.id == id.trim()),
            None => self.analysis.own_blocks().take_while(|block| block.block.range.end <= byte).last(),
        };
        let typed = named.map_or(typed, |(_, target)| target);
        let mut list = block.map_or_else(Vec::new, |block| self.targets(block, typed));
        if named.is_none() {
            let with_id = self.analysis.blocks.iter().filter(|block| block.options.id.is_some());
            list.extend(with_id.map(|block| candidate(CandidateKind::Reference, &format!("{}:", block.id), "")));
        }
        Candidates { range: byte - typed.len()..byte, list }
    }
}

/// A list of derivatives is for choosing from.
const MOST_DERIVATIVES: usize = 200;

/// Where the word at the end of a line begins; in a claim that may be `df/dw`.
fn word_start(line: &str) -> usize {
    let in_claim = line.trim_start().starts_with("expect ");
    let is_part = |c: char| c.is_alphanumeric() || c == '_' || in_claim && matches!(c, '/' | '∂' | '²' | '[' | ']');
    line.len() - line.chars().rev().take_while(|c| is_part(*c)).map(char::len_utf8).sum::<usize>()
}

/// `clip(a, lo, hi)` as `clip(${1:a}, ${2:lo}, ${3:hi})`; what has a default is left out.
fn call_snippet(name: &str, signature: &str) -> String {
    let inside = signature.strip_prefix(name).and_then(|rest| rest.strip_prefix('(')?.strip_suffix(')'));
    let inside = inside.unwrap_or_default().replace(", ...]", "]");
    let needed = inside.split(", ").filter(|part| !part.contains('='));
    let places: Vec<String> = needed.enumerate().map(|(i, part)| format!("${{{}:{part}}}", i + 1)).collect();
    format!("{name}({})", places.join(", "))
}
