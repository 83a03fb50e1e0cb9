//! Computed values in the text. In: what `\\val{…}` and `\\claim{…}{…}` ask for, and the graphs that have run; out: what is
//! printed, and diagnostics for what has no value or another one.

use super::Workshop;
use crate::blocks::Entry;
use crate::diag::{Diagnostic, Log};
use crate::expr::{closest, is_large};
use crate::graph::{PrintedNumber, Run};
use crate::lang::text;
use crate::note::{Value, ValueUse};
use crate::num;
use crate::tensor::{Shape, Tensor};
use std::ops::Range;
use std::sync::Arc;

impl Workshop<'_> {
    /// The computed value that `\val{…}` prints.
    pub(super) fn value(&self, index: usize, value: usize, log: &mut Log) -> Value {
        let note = &self.notes[index];
        let value = &note.values[value];
        let file: Arc<str> = note.source.path.as_str().into();
        let entries = &self.catalogue.blocks[index];
        let (id, target) = in_two(&value.target);
        let Some(entry) = block_of(value, entries.iter().map(|entry| entry.id.as_str())).map(|at| &entries[at]) else {
            let diagnostic = match id {
                Some(id) => {
                    let diagnostic = Diagnostic::error(
                        "unknown-val",
                        value.range.clone(),
                        text(
                            format!("이 노트에 `{id}`라는 그래프 블록이 없습니다"),
                            format!("this note has no graph block `{id}`"),
                        ),
                    );
                    match closest(id, entries.iter().map(|entry| entry.id.as_str())) {
                        Some(near) => {
                            diagnostic.help(text(format!("`{near}`인가요?"), format!("did you mean `{near}`?")))
                        }
                        None => diagnostic,
                    }
                }
                None => Diagnostic::error(
                    "unknown-val",
                    value.range.clone(),
                    text("이 노트에는 그래프 블록이 없습니다", "this note has no graph block"),
                ),
            };
            log.push(diagnostic.in_file(&file));
            return unknown();
        };
        // A broken graph has been reported where it stands.
        let (run, target) = match self.state(entry, target) {
            Some(Ok(found)) => found,
            Some(Err(steps)) => {
                let diagnostic = Diagnostic::error(
                    "unknown-val",
                    value.range.clone(),
                    text("이 단계는 보고하지 않았습니다", "this step is not reported"),
                )
                .help(text(format!("보고한 단계: {steps}"), format!("the reported steps: {steps}")));
                log.push(diagnostic.in_file(&file));
                return unknown();
            }
            None => return unknown(),
        };
        let found = match run.found(target, value.range.clone()) {
            Ok(found) => found,
            Err(diagnostic) => {
                log.push(Diagnostic { code: "unknown-val", ..diagnostic }.in_file(&file));
                return unknown();
            }
        };
        let precision = entry.options.precision.0;
        match (found.as_scalar(), &value.claimed) {
            (Some(x), None) => Value::Number(num::plain(x, precision)),
            (Some(x), Some((digits, place))) => {
                let mut wrong = Vec::new();
                let number = PrintedNumber::parse(digits, place.start, &mut wrong);
                wrong.extend(number.and_then(|number| number.disagreement(&value.target, x)));
                log.extend(wrong.into_iter().map(|d| d.in_file(&file)));
                Value::Number(digits.clone())
            }
            (None, None) if !is_large(&found.shape()) => Value::Matrix(rows(&found, precision)),
            (None, _) => {
                log.push(no_number(target, &found.shape(), value.range.clone()).in_file(&file));
                unknown()
            }
        }
    }

    /// The graph that a target of the prose is about, and the target in it: of a training the graph at the step that
    /// stands behind `@`, or the reported steps if it is none of them. None where the block is broken.
    fn state<'t>(&self, entry: &Entry, target: &'t str) -> Option<Result<(&Run, &'t str), String>> {
        let Some(training) = entry.training else {
            let run = entry.graph.and_then(|graph| self.run(graph))?;
            return Some(Ok((run, target)));
        };
        let reported = &self.trained(training)?.reported;
        let (target, step) = target.split_once('@').unwrap_or((target, ""));
        let snapshot = match step.trim().parse::<u64>() {
            Ok(step) => reported.iter().find(|snapshot| snapshot.step == step),
            Err(_) => reported.last().filter(|_| step.is_empty()),
        };
        let steps = || reported.iter().map(|snapshot| snapshot.step.to_string()).collect::<Vec<_>>().join(", ");
        Some(snapshot.map(|snapshot| (&snapshot.run, target.trim())).ok_or_else(steps))
    }
}

/// The id that a target names, if it names one, and the target in that block.
pub fn in_two(target: &str) -> (Option<&str>, &str) {
    target.split_once(':').map_or((None, target), |(id, target)| (Some(id.trim()), target.trim()))
}

/// The position of the block that a value comes from, given the ids of the note's blocks: without an id in its target, the
/// block that the reader has seen last.
pub fn block_of<'i>(value: &ValueUse, mut ids: impl ExactSizeIterator<Item = &'i str>) -> Option<usize> {
    match in_two(&value.target).0 {
        Some(id) => ids.position(|its| its == id),
        None => Some(value.blocks_before.saturating_sub(1)).filter(|at| *at < ids.len()),
    }
}

/// Stands where a value cannot be printed.
fn unknown() -> Value {
    Value::Number("?".to_owned())
}

/// A vector as a row, a matrix as its rows.
fn rows(value: &Tensor, precision: usize) -> Vec<Vec<String>> {
    let numbers: Vec<String> = value.elements().iter().map(|x| num::plain(*x, precision)).collect();
    let width = value.shape().0.last().copied().unwrap_or(1).max(1);
    numbers.chunks(width).map(<[String]>::to_vec).collect()
}

fn no_number(target: &str, shape: &Shape, range: Range<usize>) -> Diagnostic {
    Diagnostic::error(
        "unknown-val",
        range,
        text(
            format!("`{target}`의 형상은 {shape}이어서 글에 적을 수 없습니다"),
            format!("`{target}` has the shape {shape}, which cannot be printed in the text"),
        ),
    )
    .help(text("`W[0,1]`처럼 원소를 가리키세요", "name an element, as in `W[0,1]`"))
}
