//! What the author does not want to hear, or wants to be strict about. In: diagnostics at their places, the settings, and
//! the allowances that notes hold; out: the diagnostics that are left, with those for allowances that name nothing or
//! silence nothing. This room does not know how an allowance is written, nor how a mistake is found.

use crate::codes::{self, Code, Level};
use crate::diag::{Checked, Diagnostic, Log, Severity};
use crate::lang::{Particle, text, with_particle};
use crate::settings::{NamedCode, Strictness};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

/// The code of links that lead nowhere, which are found when all pages are there.
pub const DEAD_LINK: &str = "dead-link";

/// A code that a note allows in a part of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Allowance {
    /// The file.
    pub file: Arc<str>,
    /// The code.
    pub code: String,
    /// Where the code is named.
    pub range: Range<usize>,
    /// Where it is allowed.
    pub scope: Range<usize>,
}

impl Allowance {
    /// The end of where it is allowed, which is never nowhere.
    fn end(&self) -> usize {
        self.scope.end.max(self.scope.start + 1)
    }
}

/// Leaves out what is allowed, and makes errors of what is denied.
pub fn apply<T>(strictness: &Strictness, allowances: &[Allowance], checked: Checked<T>) -> Checked<T> {
    let (mut usable, mut log) = (BTreeMap::new(), Log::default());
    for allowance in allowances {
        match refused(&allowance.code, &allowance.range) {
            Some(diagnostic) => log.push(diagnostic.in_file(&allowance.file)),
            None => usable.entry((&*allowance.file, &*allowance.code)).or_insert_with(Vec::new).push(allowance),
        }
    }
    let usable: BTreeMap<_, Shelf<'_>> = usable.into_iter().map(|(key, all)| (key, Shelf::new(all))).collect();
    let mut used = BTreeSet::new();
    for diagnostic in checked.diagnostics {
        let here = diagnostic.file.as_deref().and_then(|file| usable.get(&(file, diagnostic.code)));
        let covering = here.map(|shelf| shelf.covering(&diagnostic)).unwrap_or_default();
        if covering.is_empty() || !is_silenceable(&diagnostic) {
            log.extend(strictness.weighed(diagnostic));
        }
        used.extend(covering.iter().map(|allowance| (&allowance.file, allowance.range.start)));
    }
    // A part that several notes include may be in need of its allowance in one of them.
    let is_unused = |allowance: &&&Allowance| !used.contains(&(&allowance.file, allowance.range.start));
    let unused = usable.values().flat_map(|shelf| &shelf.allowances).filter(is_unused);
    log.extend(unused.filter_map(|allowance| strictness.weighed(unused_allowance(allowance))));
    log.finish(checked.value)
}

/// The allowances of one code in one file, by where they begin. A file may have thousands, and as many that they are for.
struct Shelf<'a> {
    allowances: Vec<&'a Allowance>,
    /// For each the farthest end of those up to it.
    ends: Vec<usize>,
    /// Those that hold for all of the file, which are first.
    whole: usize,
}

impl<'a> Shelf<'a> {
    fn new(mut allowances: Vec<&'a Allowance>) -> Self {
        let is_part = |allowance: &Allowance| allowance.scope.end < usize::MAX;
        allowances.sort_by_key(|allowance| (is_part(allowance), allowance.scope.start));
        let whole = allowances.partition_point(|allowance| !is_part(allowance));
        let farthest = |end: &mut usize, allowance: &&Allowance| {
            *end = if is_part(allowance) { allowance.end().max(*end) } else { 0 };
            Some(*end)
        };
        let ends = allowances.iter().scan(0, farthest).collect();
        Self { allowances, ends, whole }
    }

    fn covering(&self, diagnostic: &Diagnostic) -> Vec<&'a Allowance> {
        let at = diagnostic.range.start;
        let (whole, parts) = self.allowances.split_at(self.whole);
        let begun = self.whole + parts.partition_point(|allowance| allowance.scope.start <= at);
        let near = (self.whole..begun).rev().take_while(|place| self.ends[*place] > at);
        let near = near.map(|place| self.allowances[place]).filter(|allowance| at < allowance.end());
        whole.iter().copied().chain(near).collect()
    }
}

impl Strictness {
    /// A diagnostic as the settings want it: left out, as it is, or as an error.
    pub fn weighed(&self, diagnostic: Diagnostic) -> Option<Diagnostic> {
        let names = |list: &[NamedCode]| list.iter().any(|named| named.code == diagnostic.code);
        if names(&self.deny) {
            return Some(Diagnostic { severity: Severity::Error, ..diagnostic });
        }
        let is_off = codes::find(diagnostic.code).is_some_and(|code| code.level == Level::Off);
        let is_unwanted = if is_off { !names(&self.warn) } else { names(&self.allow) && is_silenceable(&diagnostic) };
        (!is_unwanted).then_some(diagnostic)
    }

    /// What is wrong with the codes that the settings name.
    pub fn mistakes(&self) -> Vec<Diagnostic> {
        let unknown = self.warn.iter().chain(&self.deny).filter_map(|named| unknown(&named.code, &named.range));
        unknown.chain(self.allow.iter().filter_map(|named| refused(&named.code, &named.range))).collect()
    }
}

fn is_silenceable(diagnostic: &Diagnostic) -> bool {
    diagnostic.severity == Severity::Warning
        || codes::find(diagnostic.code).is_some_and(|code| code.level == Level::Error && code.may_be_silenced())
}

/// Why a code cannot be allowed, if it cannot.
fn refused(code: &str, range: &Range<usize>) -> Option<Diagnostic> {
    match codes::find(code) {
        Some(code) => (!code.may_be_silenced()).then(|| not_silenceable(code, range.clone())),
        None => unknown(code, range),
    }
}

fn unknown(code: &str, range: &Range<usize>) -> Option<Diagnostic> {
    if codes::find(code).is_some() {
        return None;
    }
    let diagnostic = Diagnostic::warning(
        "unknown-code",
        range.clone(),
        text(format!("`{code}`라는 진단은 없습니다"), format!("there is no diagnostic `{code}`")),
    );
    Some(match codes::nearest(code) {
        Some(near) => diagnostic.help(text(format!("`{near}`인가요?"), format!("did you mean `{near}`?"))),
        None => {
            diagnostic.help(text("`bpdoc check --list`에 모두 있습니다", "`bpdoc check --list` prints all of them"))
        }
    })
}

fn not_silenceable(code: &Code, range: Range<usize>) -> Diagnostic {
    let name = code.name;
    Diagnostic::warning(
        "not-silenceable",
        range,
        text(
            format!("{} 오류라서 끌 수 없습니다", with_particle(&format!("`{name}`"), Particle::Topic)),
            format!("`{name}` is an error and cannot be silenced"),
        ),
    )
    .help(text(
        "경고와 `dead-link`만 끌 수 있습니다. 다른 오류는 고쳐야 합니다",
        "only warnings and `dead-link` can be; other errors have to be put right",
    ))
}

fn unused_allowance(allowance: &Allowance) -> Diagnostic {
    let code = &allowance.code;
    Diagnostic::warning(
        "unused-allow",
        allowance.range.clone(),
        text(
            format!("여기에는 `{code}` 진단이 없어서 끌 것이 없습니다"),
            format!("there is no `{code}` here for this to silence"),
        ),
    )
    .help(text("지우세요", "remove it"))
    .in_file(&allowance.file)
}
