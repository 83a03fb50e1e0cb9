//! What all notes of a project are made with. In: a project's settings, templates and glossary; out: templates, the writer
//! of formulas, terms, and the notes of the op reference. None of it depends on the notes.

use crate::diag::{Checked, Diagnostic, Log};
use crate::glossary::{self, Glossary};
use crate::lang::text;
use crate::note::math::MathWriter;
use crate::page::Templates;
use crate::project::Project;
use crate::reference;
use crate::source::SourceFile;
use std::sync::Arc;

/// What all notes are made with.
#[derive(Debug)]
pub struct Outfit {
    /// Templates and words.
    pub templates: Templates,
    /// The writer of formulas.
    pub math: MathWriter,
    /// The terms.
    pub glossary: Glossary,
    /// The notes of the op reference, if the site has it.
    pub reference: Vec<Arc<SourceFile>>,
    /// What is wrong with any of it.
    pub diagnostics: Vec<Diagnostic>,
}

impl Outfit {
    /// The outfit of a project.
    pub fn of(project: &Project) -> Self {
        let mut log = Log::default();
        let templates = log.take(Templates::of(project));
        let math = log.take(math_writer(project));
        let glossary = log.take(glossary_of(project));
        let has_reference = project.settings.op_reference;
        let reference = if has_reference { reference::notes(&project.settings.languages) } else { Vec::new() };
        Self { templates, math, glossary, reference, diagnostics: log.finish(()).diagnostics }
    }
}

fn math_writer(project: &Project) -> Checked<MathWriter> {
    let (math, errors) = MathWriter::new(&project.settings.macros);
    let file: Arc<str> = "bpdoc.toml".into();
    let diagnostics = errors
        .into_iter()
        .map(|error| {
            let (name, why) = (error.name, error.message);
            Diagnostic::error(
                "bad-macro",
                0..0,
                text(format!("매크로 `{name}`: {}", why.ko), format!("the macro `{name}`: {}", why.en)),
            )
            .in_file(&file)
        })
        .collect();
    Checked { value: math, diagnostics }
}

fn glossary_of(project: &Project) -> Checked<Glossary> {
    let mut log = Log::default();
    let mut glossary = Glossary::default();
    if let Some(table) = &project.glossary {
        let file: Arc<str> = table.path.as_str().into();
        let Checked { value, diagnostics } = glossary::read(&table.text, &project.settings.languages);
        log.extend(diagnostics.into_iter().map(|diagnostic| diagnostic.in_file(&file)));
        glossary = value;
    }
    let config: Arc<str> = "bpdoc.toml".into();
    let wrong = glossary::prefer(&mut glossary, &project.settings.terms);
    log.extend(wrong.into_iter().map(|diagnostic| diagnostic.in_file(&config)));
    log.finish(glossary)
}
