//! What a build says of itself, so that the next one makes only what has changed. In: an edition, and what the last build has
//! left; out: the files that are not as they were, and the next record. What is not certain is made again.

use crate::archive::{Archive, Packed, Stamp};
use crate::diag::{Checked, Diagnostic, Log};
use crate::edition::Edition;
use crate::key::Key;
use crate::output::Publication;
use crate::page::links::{self, BrokenLink};
use crate::page::{self, Census, Facts, Imprint, Leaf, Ledger, Plan, Press};
use crate::project::{Look, Project};
use crate::stage::{Progress, Stage};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// What a build says of itself.
#[derive(Default, Serialize, Deserialize)]
pub struct Record {
    /// Where the site is.
    out: Vec<u8>,
    /// What it was made of, as the system tells it.
    pub look: Look,
    /// Stands for all but the notes.
    world: Key,
    imprint: Imprint,
    plan: Plan,
    /// What the system says of its files.
    pub stamps: BTreeMap<String, Stamp>,
    /// The keys of what must be known of them, where anything must.
    facts: BTreeMap<String, Key>,
    census: Census,
    broken: Vec<BrokenLink>,
    /// How many notes it holds.
    pub notes: usize,
    /// How many figures it shows.
    pub figures: usize,
    /// What was said about the notes.
    pub diagnostics: Vec<Diagnostic>,
}

/// With more files than these it is quicker to go through all than to follow each.
const MOST_FOLLOWED: usize = 400;

impl Record {
    /// What the last build of a site in this folder has said.
    pub fn last(archive: &Archive, out: &Path) -> Option<Self> {
        archive.record().filter(|record: &Self| record.out == address(out))
    }

    /// Whether a project is certainly the one that the site was made of.
    pub fn is_of(&self, look: &Look) -> bool {
        self.look.is_certain() && self.look.is_same(look)
    }

    /// The next record, but for what is known only when the site stands.
    pub fn new(out: &Path, look: Look, project: &Project, edition: &Edition) -> Self {
        let (notes, figures) = (edition.notes(), edition.figures());
        Self { out: address(out), look, world: project.world(), notes, figures, ..Self::default() }
    }

    /// Hands over the files of an edition, those that stand already by their names alone, and says what is wrong with them.
    pub fn print(
        &mut self,
        last: Option<&Self>,
        (project, edition): (&Project, &Edition),
        (archive, publication): (&Archive, &Publication),
        progress: &dyn Progress,
    ) -> Checked<()> {
        let mut log = Log::default();
        let press = edition.press(project);
        self.plan = log.take(press.plan());
        self.imprint = press.imprint();
        let last = last.filter(|last| last.world == self.world);
        let kept = last.map(|last| self.kept(last, &press, archive, publication)).unwrap_or_default();
        let leaves: Vec<(&String, &Leaf)> = self.plan.iter().filter(|(path, _)| !kept.contains(*path)).collect();
        let keep = |path: &str, bytes: Vec<u8>| publication.put(path, &bytes);
        let printed = log.take(page::print_some(&press, leaves, &keep, progress));
        self.facts.extend(kept.iter().filter_map(|path| Some((path.clone(), *last?.facts.get(path)?))));
        self.facts.extend(printed.iter().filter_map(|(path, facts)| Some((path.clone(), put(facts, archive)?))));
        progress.begin(Stage::Links, 0);
        if last.and_then(|last| self.follow(last, &printed, archive)).is_none() {
            self.go_through(printed, archive);
        }
        self.print_fonts(last, &press, publication);
        log.extend(crate::dead_links(project, edition, &self.broken));
        log.finish(())
    }

    /// The files that have the same bytes as before, and stand where they stood.
    fn kept(&self, last: &Self, press: &Press<'_>, archive: &Archive, publication: &Publication) -> BTreeSet<String> {
        let changed = press.changed_since((&last.imprint, &last.plan), (&self.imprint, &self.plan));
        let is_known = |path: &str| last.facts.get(path).is_none_or(|key| archive.has(*key));
        let same = self.plan.keys().filter(|path| !changed.contains(*path) && is_known(path));
        let files: Vec<(&String, Stamp)> = same.filter_map(|path| Some((path, *last.stamps.get(path)?))).collect();
        publication.keep(&files).into_iter().cloned().collect()
    }

    /// What follows from few files being new, where their anchors are the old ones and no address has come or gone.
    fn follow(&mut self, last: &Self, printed: &Ledger, archive: &Archive) -> Option<()> {
        if printed.len() > MOST_FOLLOWED || !self.plan.keys().eq(last.plan.keys()) {
            return None;
        }
        let of_last = |path: &str| match last.facts.get(path) {
            Some(key) => archive.get::<Facts>(*key),
            None => Some(Facts::default()),
        };
        let mut census = last.census.clone();
        for (path, facts) in printed {
            let before = of_last(path)?;
            if !facts.has_anchors_of(&before) {
                return None;
            }
            census.remove(&before.seen);
            census.add(&facts.seen);
        }
        let fonts: BTreeSet<&str> = page::font_paths(census.seen().has_formulas).collect();
        let has = |path: &str, anchor: &str| match printed.get(path) {
            Some(facts) => Some(facts.has(anchor)),
            None if self.plan.contains_key(path) => Some(anchor.is_empty() || of_last(path)?.has(anchor)),
            None => fonts.contains(path).then_some(true),
        };
        let new = printed.iter().flat_map(|(page, facts)| links::faults_of(page, facts, &has));
        let old = last.broken.iter().filter(|link| !printed.contains_key(&link.page)).cloned();
        self.broken = old.chain(new).collect();
        self.broken.sort_by(|a, b| a.page.cmp(&b.page));
        self.census = census;
        Some(())
    }

    /// What follows from all files.
    fn go_through(&mut self, printed: Ledger, archive: &Archive) {
        let mut ledger = printed;
        for path in self.plan.keys() {
            let kept = || self.facts.get(path).and_then(|key| archive.get(*key)).unwrap_or_default();
            ledger.entry(path.clone()).or_insert_with(kept);
        }
        let mut census = Census::default();
        ledger.values().for_each(|facts| census.add(&facts.seen));
        page::add_fonts_to(&mut ledger);
        self.broken = links::broken(&ledger);
        self.census = census;
    }

    fn print_fonts(&self, last: Option<&Self>, press: &Press<'_>, publication: &Publication) {
        let seen = self.census.seen();
        let stand = |last: &Self| {
            let fonts: BTreeSet<&str> = page::font_paths(seen.has_formulas).collect();
            let files = last.stamps.iter().filter(|(path, _)| fonts.contains(path.as_str()));
            let files: Vec<(&String, Stamp)> = files.map(|(path, stamp)| (path, *stamp)).collect();
            last.census.seen() == seen && publication.keep(&files).len() == fonts.len()
        };
        if !last.is_some_and(stand) {
            press.fonts_for(seen).iter().for_each(|(path, bytes)| publication.put(path, bytes));
        }
    }
}

fn address(out: &Path) -> Vec<u8> {
    let absolute = std::path::absolute(out).unwrap_or_else(|_| out.to_owned());
    absolute.as_os_str().as_encoded_bytes().to_vec()
}

/// Puts what must be known of a file in the archive, if anything must.
fn put(facts: &Facts, archive: &Archive) -> Option<Key> {
    (facts.links.is_some() || facts.seen != page::Seen::default()).then(|| {
        let packed = Packed::new(facts);
        let key = packed.key();
        archive.put(key, || packed);
        key
    })
}
