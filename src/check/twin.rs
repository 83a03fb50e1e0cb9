//! Twins that differ in what no translation changes. In: a note and its twin; out: diagnostics for headings, figures,
//! formulas, links and exercises that only one of them has.

use crate::diag::Diagnostic;
use crate::lang::{Particle, Text, text, with_particle};
use crate::lesson::Workshop;
use crate::note::{Block, BlockKind, Note};
use crate::page::Slot;
use crate::source::beside;
use std::collections::BTreeMap;
use std::ops::Range;

/// The twin of a note in the first of the site's languages that has one.
pub fn of(workshop: &Workshop<'_>, index: usize) -> Option<usize> {
    let others = family(workshop, index).into_iter().filter(|other| *other != index);
    others.min_by_key(|other| order(workshop, *other))
}

/// A note and its twins.
pub fn family(workshop: &Workshop<'_>, index: usize) -> Vec<usize> {
    let address = &workshop.notes[index].address;
    let slot = workshop.map.find(&address.series, address.slug.as_deref());
    slot.into_iter().flat_map(Slot::lessons).collect()
}

/// The place of a note's language among those of the site.
fn order(workshop: &Workshop<'_>, note: usize) -> Option<usize> {
    let lang = &workshop.notes[note].address.lang;
    workshop.settings.languages.iter().position(|tag| tag == lang)
}

/// Something that twins should share.
struct Feature {
    code: &'static str,
    /// What it is called.
    name: Text,
    of: fn(&Note) -> Vec<Item>,
    /// Whether the order matters.
    is_ordered: bool,
}

/// One of them.
struct Item {
    /// What of it is the same in every language.
    key: String,
    /// Where it stands.
    range: Range<usize>,
}

static FEATURES: [Feature; 5] = [
    Feature { code: "twin-headings", name: Text::fixed("제목", "headings"), of: headings, is_ordered: true },
    Feature { code: "twin-figures", name: Text::fixed("그림", "figures"), of: figures, is_ordered: true },
    Feature {
        code: "twin-formulas",
        name: Text::fixed("따로 세운 수식", "displayed formulas"),
        of: formulas,
        is_ordered: true,
    },
    Feature { code: "twin-links", name: Text::fixed("링크", "links"), of: links, is_ordered: false },
    Feature { code: "twin-exercises", name: Text::fixed("풀이", "answers"), of: answers, is_ordered: true },
];

/// What a note has otherwise than its twin in an earlier language of the site.
pub fn differing(workshop: &Workshop<'_>, index: usize, twin: usize) -> Vec<Diagnostic> {
    // A translation that is behind is reported as that.
    let is_behind = workshop.outdated[index].is_some() || workshop.outdated[twin].is_some();
    if is_behind || order(workshop, twin) >= order(workshop, index) {
        return Vec::new();
    }
    let (note, twin) = (&workshop.notes[index], &workshop.notes[twin]);
    let features = FEATURES.iter().filter_map(|feature| feature.difference(note, twin));
    features.chain(differing_blocks(note, twin)).collect()
}

/// Blocks that both notes write out under the same id, and not alike: the pages would print different numbers.
fn differing_blocks<'n>(note: &'n Note, twin: &'n Note) -> impl Iterator<Item = Diagnostic> {
    let written = |note: &'n Note| note.blocks.iter().filter(|block| !block.text.trim().is_empty());
    let others: BTreeMap<(&str, &str), &Block> =
        written(twin).filter_map(|block| Some(((kind_of(block), id_of(block)?), block))).collect();
    written(note).filter_map(move |block| {
        let id = id_of(block)?;
        let other = others.get(&(kind_of(block), id))?;
        let file = &twin.source.path;
        let warning = || {
            Diagnostic::warning(
                "twin-graph",
                first_line(block),
                text(
                    format!("`{id}` 블록의 내용이 짝 노트의 것과 다릅니다"),
                    format!("the block `{id}` does not say what that of the twin note says"),
                ),
            )
            .help(text(
                format!("`{file}`의 것과 같게 고치거나, 한쪽 블록을 비워 두면 다른 쪽의 그래프를 보입니다"),
                format!("write what `{file}` has, or leave one of the two empty: it shows the other one's graph"),
            ))
        };
        (statements(&block.text) != statements(&other.text)).then(warning)
    })
}

/// The lines of a block without comments, labels and blanks.
fn statements(text: &str) -> Vec<String> {
    let line = |line: &str| {
        let code = line.split('#').next().unwrap_or_default();
        let outside_labels = code.split('"').step_by(2).collect::<String>();
        outside_labels.chars().filter(|c| !c.is_whitespace()).collect::<String>()
    };
    text.lines().map(line).filter(|line| !line.is_empty()).collect()
}

fn kind_of(block: &Block) -> &'static str {
    if block.kind == BlockKind::Graph { "graph" } else { "train" }
}

fn id_of(block: &Block) -> Option<&str> {
    block.info.split_whitespace().find(|word| word.starts_with('#'))
}

fn first_line(block: &Block) -> Range<usize> {
    block.range.start..block.info_start + block.info.len()
}

impl Feature {
    fn difference(&self, note: &Note, twin: &Note) -> Option<Diagnostic> {
        let (own, others) = ((self.of)(note), (self.of)(twin));
        let (ko, en, range) = if self.is_ordered { first_difference(&own, &others) } else { odd_one(&own, &others) }?;
        let (counts, name, file) = ((own.len(), others.len()), &self.name, &twin.source.path);
        let end = note.source.text.trim_end().len();
        let message = text(format!("{}: {ko}", name.ko), format!("{}: {en}", name.en));
        Some(Diagnostic::warning(self.code, range.unwrap_or(end..end), message).help(text(
            format!("여기에는 {}개, `{file}`에는 {}개 있습니다", counts.0, counts.1),
            format!("{} here, {} in `{file}`", counts.0, counts.1),
        )))
    }
}

/// What differs, in Korean and in English, and where.
type Difference = (String, String, Option<Range<usize>>);

fn first_difference(own: &[Item], others: &[Item]) -> Option<Difference> {
    let key = |items: &[Item], at: usize| items.get(at).map(|item| item.key.clone());
    let at = (0..own.len().max(others.len())).find(|at| key(own, *at) != key(others, *at))?;
    let number = at + 1;
    let (ko, en) = match (key(own, at), key(others, at)) {
        (Some(own), Some(other)) => (
            format!("{number}번째가 여기서는 `{own}`, 짝 노트에서는 `{other}`입니다"),
            format!("number {number} is `{own}` here and `{other}` in the twin note"),
        ),
        (Some(own), None) => (
            format!("{number}번째 `{own}`에 해당하는 것이 짝 노트에 없습니다"),
            format!("the twin note has nothing for number {number}, `{own}`"),
        ),
        (None, other) => {
            let other = other.unwrap_or_default();
            (
                format!("짝 노트의 {number}번째 `{other}`에 해당하는 것이 여기 없습니다"),
                format!("there is nothing here for number {number} of the twin note, `{other}`"),
            )
        }
    };
    Some((ko, en, own.get(at).map(|item| item.range.clone())))
}

/// What only one of two sets holds. What is missing has no place; the title has to stand for it.
fn odd_one(own: &[Item], others: &[Item]) -> Option<Difference> {
    let lacks = |items: &[Item], key: &str| !items.iter().any(|item| item.key == key);
    let extra = own.iter().find(|item| lacks(others, &item.key)).map(|item| {
        let key = &item.key;
        let message = (
            format!("{} 짝 노트에는 없습니다", with_particle(&format!("`{key}`"), Particle::Subject)),
            format!("`{key}` is not in the twin note"),
        );
        (message.0, message.1, Some(item.range.clone()))
    });
    extra.or_else(|| {
        let key = &others.iter().find(|item| lacks(own, &item.key))?.key;
        let message = (
            format!("짝 노트의 {} 여기 없습니다", with_particle(&format!("`{key}`"), Particle::Subject)),
            format!("`{key}` of the twin note is missing here"),
        );
        Some((message.0, message.1, Some(0..0)))
    })
}

/// The levels of the headings.
fn headings(note: &Note) -> Vec<Item> {
    let levels = note.headings.iter().zip(&note.outline.headings);
    levels.map(|(heading, place)| Item { key: "#".repeat(heading.level.into()), range: place.clone() }).collect()
}

/// Graphs and trainings by their ids, and pictures.
fn figures(note: &Note) -> Vec<Item> {
    let mut found: Vec<Item> = note
        .blocks
        .iter()
        .map(|block| {
            let (kind, id) = (kind_of(block), id_of(block).unwrap_or_default());
            Item { key: format!("{kind} {id}").trim_end().to_owned(), range: first_line(block) }
        })
        .collect();
    let pictures = note.links.iter().filter(|link| link.image);
    found.extend(pictures.map(|picture| Item { key: "![ ]".to_owned(), range: picture.range.clone() }));
    found.sort_by_key(|item| item.range.start);
    found
}

/// Displayed formulas, without what is words in them.
fn formulas(note: &Note) -> Vec<Item> {
    let displayed = note.formulas.iter().filter(|formula| formula.display);
    displayed.map(|formula| Item { key: without_words(&formula.tex), range: formula.range.clone() }).collect()
}

fn without_words(tex: &str) -> String {
    let mut plain = String::new();
    let mut rest = tex;
    while let Some((before, after)) = rest.split_once(r"\text{") {
        plain.push_str(before);
        rest = after.split_once('}').map_or("", |(_, rest)| rest);
    }
    plain.push_str(rest);
    plain.retain(|c| !c.is_whitespace());
    plain
}

/// Where links inside the site lead, each place once, in the order of their addresses.
fn links(note: &Note) -> Vec<Item> {
    let mut found: BTreeMap<String, Range<usize>> = BTreeMap::new();
    for link in note.links.iter().filter(|link| !link.image && !link.dest.contains(':') && !link.dest.starts_with('#'))
    {
        let path = link.dest.split(['#', '?']).next().unwrap_or_default();
        let path = beside(&note.source.path, path).unwrap_or_default();
        let neutral = path.replace(&format!(".{}.md", note.address.lang), ".md");
        found.entry(neutral).or_insert_with(|| link.range.clone());
    }
    found.into_iter().map(|(key, range)| Item { key, range }).collect()
}

/// Answers to exercises.
fn answers(note: &Note) -> Vec<Item> {
    let answers = note.outline.answers.iter();
    answers.map(|place| Item { key: "[!ANSWER]".to_owned(), range: place.clone() }).collect()
}
