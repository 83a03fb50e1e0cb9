//! What is shown of the word under the pointer, in Markdown.

use super::analysis::NoteBlock;
use super::reading::{Reading, Spot, mention_at};
use super::words;
use crate::emit::short;
use crate::expr::creators;
use crate::graph::{Run, StatementKind, What, mentions, parse};
use crate::lang::Tongue;
use crate::lesson::value::in_two;
use crate::note::BlockKind;
use crate::ops::{self, Family, Op};
use crate::settings::Limits;
use crate::train;
use std::fmt::Write;
use std::ops::Range;
use std::sync::Arc;

/// What is shown, and of which bytes.
pub struct Shown {
    /// The bytes of the note.
    pub range: Range<usize>,
    /// Markdown.
    pub markdown: String,
}

/// An answer, or what makes it where that takes longer than a reader waits.
pub enum Answer {
    /// The answer.
    Now(Option<Shown>),
    /// How to find it.
    Later(Box<dyn FnOnce() -> Option<Shown> + Send>),
}

/// So many members of a family such as `h[1]`, `h[2]` are listed.
const MOST_MEMBERS: usize = 8;

impl Reading<'_> {
    /// What is shown of the word at a byte.
    pub fn hover(&self, byte: usize) -> Answer {
        let shown = match self.spot(byte) {
            Spot::Block(block, at) => self.in_block(block, at),
            Spot::Value(value) => {
                let Some(block) = self.analysis.block_of(value) else { return Answer::Now(None) };
                let (target, range) = (in_two(&value.target).1.to_owned(), value.range.clone());
                if block.plan.is_some() {
                    return self.of_training(block, target, range);
                }
                block.run().and_then(|run| found(run, &target, range, block.options.precision.0))
            }
            Spot::Link(link) => {
                let (path, id) = link.dest.split_once('#').unwrap_or((&link.dest, ""));
                let anchor = self.anchors(path).and_then(|(_, all)| all.into_iter().find(|anchor| anchor.id == id));
                anchor
                    .filter(|anchor| !anchor.text.is_empty())
                    .map(|anchor| Shown { range: link.range.clone(), markdown: anchor.text })
            }
            Spot::Term(term) => self.book.outfit.glossary.find(&term.key).map(|found| {
                let tag = &self.analysis.tag;
                let names = found.names(tag).join(", ");
                let markdown = format!("**{names}**\n\n{}", found.definition(tag).unwrap_or_default());
                Shown { range: term.range.clone(), markdown }
            }),
            Spot::Fence(_) | Spot::Prose => None,
        };
        Answer::Now(shown)
    }

    fn in_block(&self, block: &NoteBlock, at: usize) -> Option<Shown> {
        let text = &block.block.text;
        if block.block.kind == BlockKind::Train {
            return self.in_training(block, at);
        }
        if let Some(shown) = claim_at(block, at) {
            return Some(shown);
        }
        let mention = mention_at(text, at)?;
        let word = &*mention.word;
        let markdown = match mention.what {
            What::Node => self.node(block, &with_index(text, word, mention.range.end), word)?,
            What::Call => match mentions(text).into_iter().find(|other| other.defines && other.is_same(&mention)) {
                Some(definition) => line_of(text, definition.range.start),
                None => self.callee(word)?,
            },
            What::Local(scope) => line_of(text, scope),
            What::Keyword => words::about(word, self.tongue, &words::OF_GRAPHS)?.to_owned(),
            What::Operator => op_page(ops::find(word, false).or_else(|| ops::find_postfix(word))?, self.tongue),
            What::Attribute => return None,
        };
        Some(Shown { range: block.block.map.to_file(mention.range), markdown })
    }

    fn in_training(&self, block: &NoteBlock, at: usize) -> Option<Shown> {
        let text = &block.block.text;
        let comment = text[..at].rfind('\n').map_or(0, |at| at + 1);
        if text[comment..at].contains('#') {
            return None;
        }
        let is_part = |c: char| c.is_alphanumeric() || c == '_';
        let start = at - text[..at].chars().rev().take_while(|c| is_part(*c)).map(char::len_utf8).sum::<usize>();
        let end = at + text[at..].find(|c| !is_part(c)).unwrap_or(text.len() - at);
        let word = &text[start..end];
        let about = words::about(word, self.tongue, &words::OF_TRAININGS).map(str::to_owned);
        let markdown = about.or_else(|| self.node(block, word, word))?;
        Some(Shown { range: block.block.map.to_file(start..end), markdown })
    }

    /// A value of a training, which has to be run.
    fn of_training(&self, block: &NoteBlock, target: String, range: Range<usize>) -> Answer {
        let (Some(plan), Some(work)) = (block.plan.clone(), block.work.clone()) else { return Answer::Now(None) };
        let (limits, precision): (Limits, usize) = (self.book.project.settings.limits, block.options.precision.0);
        Answer::Later(Box::new(move || {
            let training = train::train(&plan, work.run.as_ref()?, limits).value?;
            let (target, step) = target.split_once('@').unwrap_or((&target, ""));
            let snapshot = match step.trim().parse::<u64>() {
                Ok(step) => training.reported.iter().find(|snapshot| snapshot.step == step),
                Err(_) => training.reported.last().filter(|_| step.is_empty()),
            };
            found(&snapshot?.run, target.trim(), range, precision)
        }))
    }

    /// A node, or all nodes of a family.
    fn node(&self, block: &NoteBlock, name: &str, family: &str) -> Option<String> {
        let run = block.run()?;
        let precision = block.options.precision.0;
        if let Some(node) = run.graph.find(name).or_else(|| run.graph.find(family)) {
            return Some(self.card(run, run.graph.name(node), precision));
        }
        let members: Vec<_> = run.members(family).collect();
        let mut list = members.iter().take(MOST_MEMBERS).fold(String::new(), |mut list, node| {
            let _ = write!(list, "- **{}** = {}", run.graph.name(*node), short(run.value(*node), precision));
            if let Some(grad) = run.grad(*node) {
                let _ = write!(list, ", {} = {}", partial(run, run.graph.name(*node)), short(&grad, precision));
            }
            list.push('\n');
            list
        });
        if members.len() > MOST_MEMBERS {
            list.push_str("- …\n");
        }
        (!list.is_empty()).then_some(list)
    }

    fn card(&self, run: &Run, name: &str, precision: usize) -> String {
        let Some(node) = run.graph.find(name) else { return String::new() };
        let (op, shape, value) = match self.tongue {
            Tongue::Ko => ("연산", "형상", "값"),
            Tongue::En => ("op", "shape", "value"),
        };
        let graph = &run.graph;
        let caption = graph.caption_of(node, self.analysis.language);
        let mut card = format!("**{}**", graph.name(node));
        if !caption.is_empty() {
            let _ = write!(card, " — {caption}");
        }
        let _ = write!(card, "\n\n- {op}: `{}`\n- {shape}: {}", graph.dag[node].op_word(), graph.dag[node].shape);
        let _ = write!(card, "\n- {value}: {}", short(run.value(node), precision));
        for backward in &run.backward {
            if let Some(grad) = run.grad_in(backward, node) {
                let (output, name) = (graph.name(backward.output), graph.name(node));
                let _ = write!(card, "\n- ∂{output}/∂{name}: {}", short(&grad, precision));
            }
        }
        card
    }

    fn callee(&self, word: &str) -> Option<String> {
        if let Some(op) = ops::find(word, false) {
            return Some(op_page(op, self.tongue));
        }
        if let Some((_, signature)) = creators().find(|(name, _)| *name == word) {
            return Some(format!("```text\n{signature}\n```"));
        }
        let about = match self.tongue {
            Tongue::Ko => "`f`를 `x`로 미분한 것. 그래프의 노드가 됩니다",
            Tongue::En => "the derivative of `f` by `x`, as nodes of the graph",
        };
        (word == "grad").then(|| format!("```text\ngrad(f, x)\n```\n\n{about}"))
    }
}

/// `∂f/∂w`, for the first output.
pub fn partial(run: &Run, name: &str) -> String {
    let output = run.graph.outputs.first().map_or("", |output| run.graph.name(*output));
    format!("∂{output}/∂{name}")
}

/// An op for a reader of the terminal or of an editor: how it is written, what it is, its rules.
pub fn op_page(op: &'static Op, tongue: Tongue) -> String {
    let mut page = format!("```text\n{}\n```\n\n**{}**", op.signature(), op.title.text_in(tongue));
    let _ = write!(page, "\n\n{}", op.about.text_in(tongue));
    if op.family != Family::Rule {
        let _ = write!(page, "\n\n{}:\n", op.kind_of_rules().text_in(tongue));
        for (input, rule) in op.inputs.iter().zip(op.shown_rules()) {
            let _ = write!(page, "\n- `{input}`: `{rule}`");
        }
    }
    page
}

/// What a claim is about, where the byte is in its target and that is more than a name.
fn claim_at(block: &NoteBlock, at: usize) -> Option<Shown> {
    let sheet = parse(&block.block.text).value;
    let (target, span) = sheet.statements.into_iter().find_map(|statement| match statement.kind {
        StatementKind::Expect { target, target_span, .. } if target_span.start <= at && at <= target_span.end => {
            Some((target, target_span))
        }
        _ => None,
    })?;
    let is_name = crate::expr::is_name(&target);
    (!is_name).then(|| found(block.run()?, &target, block.block.map.to_file(span), block.options.precision.0)).flatten()
}

fn found(run: &Run, target: &str, range: Range<usize>, precision: usize) -> Option<Shown> {
    let value = run.found(target, range.clone()).ok()?;
    Some(Shown { range, markdown: format!("**{target}** = {}", short(&value, precision)) })
}

/// A name with the index behind it, blanks left out, as a member of a family is called.
fn with_index(block: &str, name: &str, end: usize) -> String {
    let rest = block[end..].trim_start();
    match rest.strip_prefix('[').and_then(|index| index.split_once(']')) {
        Some((index, _)) => format!("{name}[{}]", index.split_whitespace().collect::<String>()),
        None => name.to_owned(),
    }
}

/// The line of a block around a byte, as code.
fn line_of(block: &str, at: usize) -> String {
    let start = block[..at].rfind('\n').map_or(0, |found| found + 1);
    let line = block[start..].lines().next().unwrap_or_default();
    format!("```text\n{}\n```", line.trim())
}

impl NoteBlock {
    /// The run of its graph.
    pub fn run(&self) -> Option<&Run> {
        let work: &Arc<_> = self.work.as_ref()?;
        work.run.as_ref()
    }
}
