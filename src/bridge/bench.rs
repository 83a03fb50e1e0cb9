//! The bench on which the figures of a book are made. In: its chapters as notes; out: for each block HTML or drawings, and for each
//! formula that prints values its TeX. It is what [`crate::compile`] does with notes, without pages.

use super::Wishes;
use crate::blocks::{self, Catalogue};
use crate::diag::{Checked, Diagnostic, Log};
use crate::glossary::Glossary;
use crate::lesson::{Drawn, Workshop};
use crate::memo::Memo;
use crate::note::math::MathWriter;
use crate::note::{BlockKind, Note, Policy};
use crate::numbering::Numbering;
use crate::page::{Map, Templates};
use crate::project::Project;
use crate::settings::Settings;
use crate::stage::Unwatched;
use crate::{GraphRun, TrainingRun, run_all, train_all};
use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::sync::Arc;

/// Everything that the figures of a book are made of.
pub struct Bench {
    settings: Settings,
    templates: Templates,
    math: MathWriter,
    glossary: Glossary,
    notes: Vec<Arc<Note>>,
    catalogue: Catalogue,
    numbering: Numbering,
    outdated: Vec<Option<usize>>,
    runs: Vec<GraphRun>,
    trainings: Vec<TrainingRun>,
    map: Map,
    policy: Policy<'static>,
    places: HashMap<String, usize>,
    memo: Memo,
}

/// A number in a formula of a chapter.
pub struct Printed {
    /// The formula.
    pub formula: usize,
    /// The bytes of a `\val{…}` in the formula's TeX.
    pub in_tex: Range<usize>,
    /// What it prints, as TeX.
    pub tex: String,
}

impl Bench {
    /// Runs what the chapters' blocks ask for. The ids of figures without one of their own begin with what `stem` gives for the
    /// chapter, so that chapters can stand on one page.
    pub fn new(notes: Vec<Note>, wishes: &Wishes, stem: impl Fn(&Note) -> String) -> Checked<Self> {
        let project = Project {
            settings: Settings { languages: wishes.languages.clone(), ..Settings::default() },
            ..Project::default()
        };
        let memo = Memo::default();
        let notes: Vec<Arc<Note>> = notes.into_iter().map(Arc::new).collect();
        let mut log = Log::default();
        let templates = log.take(Templates::of(&project));
        let (math, _) = MathWriter::new(&BTreeMap::new());
        let settings = project.settings;
        let mut catalogue = log.take(blocks::catalogue(&notes, &memo.sheets));
        let Checked { value: numbering, diagnostics } = Numbering::new(&notes, &catalogue);
        // What else has numbers is the tool's own business.
        let in_block = |diagnostic: &Diagnostic| {
            let note = notes.iter().find(|note| Some(note.source.path.as_str()) == diagnostic.file.as_deref());
            note.is_some_and(|note| note.blocks.iter().any(|block| block.range.contains(&diagnostic.range.start)))
        };
        log.extend(diagnostics.into_iter().filter(in_block));
        let runs = log.take(run_all(&notes, &catalogue, settings.limits, &memo, &Unwatched));
        let trainings = log.take(train_all(&notes, &catalogue, &runs, settings.limits, &memo, &Unwatched));
        for (note, entries) in notes.iter().zip(Arc::make_mut(&mut catalogue.blocks)) {
            let stem = stem(note);
            for entry in entries.iter_mut().filter(|entry| entry.options.id.is_none()) {
                entry.id = format!("{stem}{}", entry.id);
            }
        }
        let map = Map::new(notes.iter().map(|note| (&note.address, None)));
        let outdated = vec![None; notes.len()];
        let glossary = Glossary::default();
        log.finish(Self {
            settings,
            templates,
            math,
            glossary,
            notes,
            catalogue,
            numbering,
            outdated,
            runs,
            trainings,
            map,
            policy: Policy::default(),
            places: HashMap::new(),
            memo,
        })
    }

    fn workshop(&self) -> Workshop<'_> {
        Workshop {
            settings: &self.settings,
            templates: &self.templates,
            math: &self.math,
            notes: &self.notes,
            catalogue: &self.catalogue,
            numbering: &self.numbering,
            outdated: &self.outdated,
            glossary: &self.glossary,
            assets: &[],
            runs: &self.runs,
            trainings: &self.trainings,
            map: &self.map,
            manuscripts: &[],
            sources: &[],
            policy: &self.policy,
            places: &self.places,
            memo: &self.memo,
            on_own_pages: false,
        }
    }

    /// The chapters.
    pub fn notes(&self) -> &[Arc<Note>] {
        &self.notes
    }

    /// Whether a block has a figure.
    pub fn is_usable(&self, note: usize, block: usize) -> bool {
        let entry = &self.catalogue.blocks[note][block];
        match entry.training {
            Some(training) => self.workshop().trained(training).is_some(),
            None => {
                let is_graph = self.notes[note].blocks[block].kind == BlockKind::Graph;
                is_graph && entry.graph.is_some_and(|graph| self.workshop().run(graph).is_some())
            }
        }
    }

    /// What the interface calls a figure that could not be made.
    pub fn word<'s>(&'s self, note: usize, key: &'s str) -> &'s str {
        self.templates.words(&self.notes[note].address.lang).get(key)
    }

    /// The figures of a chapter as HTML.
    pub fn fragments(&self, note: usize) -> Checked<Vec<String>> {
        self.workshop().fragments(note)
    }

    /// The figures of a block.
    pub fn drawn(&self, note: usize, block: usize) -> Vec<Drawn> {
        self.workshop().drawn(note, block)
    }

    /// The numbers of a block as a table.
    pub fn numbers(&self, note: usize, block: usize) -> Vec<Vec<String>> {
        self.workshop().numbers(note, block)
    }

    /// What the formulas of a chapter print.
    pub fn printed(&self, note: usize) -> Checked<Vec<Printed>> {
        let Checked { value: values, diagnostics } = self.workshop().printed(note);
        let source = &self.notes[note];
        let printed = source.formulas.iter().enumerate().flat_map(|(at, formula)| {
            let uses = formula.values.clone().map(|value| (&source.values[value], &values[value]));
            uses.map(move |(asked, value)| Printed {
                formula: at,
                in_tex: asked.in_tex.clone(),
                tex: format!("{{{}}}", value.tex()),
            })
        });
        Checked { value: printed.collect(), diagnostics }
    }
}
