//! What an author should be told. In: mistakes noticed by any stage; out: values that travel beside each
//! stage's result. This room does not know how a diagnostic is printed (that is `report`).

use crate::codes;
use crate::lang::Text;
use crate::source::RangeMap;
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize};
use std::ops::Range;
use std::sync::Arc;

/// How much a diagnostic matters: an error keeps the site from being published, a warning does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Severity {
    /// The notes are wrong; nothing is published.
    Error,
    /// The notes are published, but the author should look.
    Warning,
}

/// A second place that helps to understand a diagnostic.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Label {
    /// Its file, where that is not the diagnostic's own.
    pub file: Option<Arc<str>>,
    /// Bytes in the same text as the diagnostic's own range, or in that file.
    pub range: Range<usize>,
    /// What is there.
    pub text: Text,
}

/// One mistake, with its place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Diagnostic {
    /// Error or warning.
    pub severity: Severity,
    /// A stable name such as `unknown-name`; tools and configuration refer to it.
    pub code: &'static str,
    /// What is wrong, without a final full stop.
    pub message: Box<Text>,
    /// The file, once known; a stage that sees only a block leaves it open.
    pub file: Option<Arc<str>>,
    /// Bytes in the block (while `file` is open) or in the file.
    pub range: Range<usize>,
    /// Further places.
    pub labels: Vec<Label>,
    /// What would help.
    pub help: Option<Box<Text>>,
}

/// A diagnostic as it was written down.
#[derive(Deserialize)]
struct Written {
    severity: Severity,
    code: String,
    message: Box<Text>,
    file: Option<Arc<str>>,
    range: Range<usize>,
    labels: Vec<Label>,
    help: Option<Box<Text>>,
}

impl<'de> Deserialize<'de> for Diagnostic {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let Written { severity, code, message, file, range, labels, help } = Written::deserialize(from)?;
        let known = codes::find(&code).ok_or_else(|| D::Error::custom("there is no such code"))?;
        Ok(Self { severity, code: known.name, message, file, range, labels, help })
    }
}

impl Diagnostic {
    /// An error at `range`.
    pub fn error(code: &'static str, range: Range<usize>, message: Text) -> Self {
        Self {
            severity: Severity::Error,
            code,
            message: Box::new(message),
            file: None,
            range,
            labels: Vec::new(),
            help: None,
        }
    }

    /// A warning at `range`.
    pub fn warning(code: &'static str, range: Range<usize>, message: Text) -> Self {
        Self { severity: Severity::Warning, ..Self::error(code, range, message) }
    }

    /// Adds what would help.
    #[must_use]
    pub fn help(mut self, help: Text) -> Self {
        self.help = Some(Box::new(help));
        self
    }

    /// Adds a second place.
    #[must_use]
    pub fn label(mut self, range: Range<usize>, text: Text) -> Self {
        self.labels.push(Label { file: None, range, text });
        self
    }

    /// Says which file the ranges belong to, if that is still open.
    #[must_use]
    pub fn in_file(mut self, file: &Arc<str>) -> Self {
        self.file.get_or_insert_with(|| Arc::clone(file));
        self
    }

    /// Moves a block's ranges to the file that the block was cut from.
    #[must_use]
    pub fn placed(mut self, file: &Arc<str>, map: &RangeMap) -> Self {
        if self.file.is_none() {
            self.range = map.to_file(self.range);
            for label in &mut self.labels {
                label.range = map.to_file(label.range.clone());
            }
            self.file = Some(Arc::clone(file));
        }
        self
    }
}

/// A stage's result with everything that the stage noticed: the best value it has, and the mistakes.
#[derive(Clone, Debug, Default)]
pub struct Checked<T> {
    /// The best value there is, usable although there are mistakes.
    pub value: T,
    /// What was noticed, in the order of the text.
    pub diagnostics: Vec<Diagnostic>,
}

impl<T> Checked<T> {
    /// A value without mistakes.
    pub fn fine(value: T) -> Self {
        Self { value, diagnostics: Vec::new() }
    }

    /// Whether a diagnostic is an error.
    pub fn has_errors(&self) -> bool {
        has_errors(&self.diagnostics)
    }
}

/// Whether any of them is an error.
pub fn has_errors(diagnostics: &[Diagnostic]) -> bool {
    diagnostics.iter().any(|d| d.severity == Severity::Error)
}

/// Collects the diagnostics of several stages.
#[derive(Debug, Default)]
pub struct Log {
    diagnostics: Vec<Diagnostic>,
}

impl Log {
    /// Keeps a stage's diagnostics and hands on its value.
    pub fn take<T>(&mut self, checked: Checked<T>) -> T {
        self.diagnostics.extend(checked.diagnostics);
        checked.value
    }

    /// Adds one diagnostic.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// Adds several diagnostics.
    pub fn extend(&mut self, diagnostics: impl IntoIterator<Item = Diagnostic>) {
        self.diagnostics.extend(diagnostics);
    }

    /// Whether an error has been noticed so far.
    pub fn has_errors(&self) -> bool {
        has_errors(&self.diagnostics)
    }

    /// Ends the collection: `value` with all that was noticed, sorted by file and place, each said once.
    pub fn finish<T>(mut self, value: T) -> Checked<T> {
        self.diagnostics.sort_by(|a, b| {
            (&a.file, a.range.start, a.range.end, a.code).cmp(&(&b.file, b.range.start, b.range.end, b.code))
        });
        self.diagnostics.dedup();
        Checked { value, diagnostics: self.diagnostics }
    }
}
