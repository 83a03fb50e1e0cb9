//! The prose of a note. In: its text and where the prose begins; out: headings, blocks, formulas, links and
//! the pieces of the body, in the order of the text. This file does not know HTML, but for raw HTML's policy.

mod answer;
mod captioned;
mod dollars;
pub mod heading;
mod lost;
mod mistake;

pub use mistake::VALUE_OUTSIDE_FORMULA;

use super::events::{self, Placed};
use super::hidden;
use super::include::Shelf;
use super::manuscript::Manuscript;
use super::raw::{self, InlineTags};
use super::url::{Target, target};
use super::{
    Block, BlockKind, Formula, Heading, Link, Mark, MarkId, MarkKind, Naming, Piece, Policy, RawHtml, TermUse,
    ValueUse, code, emphasis, fence, formula,
};
use crate::diag::{Checked, Log};
use pulldown_cmark::{CodeBlockKind, CowStr, Event, HeadingLevel, LinkType, Tag, TagEnd};
use std::ops::Range;

/// What the prose of a note consists of; the fields are those of the note.
#[derive(Debug, Default)]
pub struct Prose<'p> {
    /// The first heading of level 1, which is the page's title and not part of the body.
    pub title: Option<String>,
    /// Headings.
    pub headings: Vec<Heading>,
    /// Graph and train blocks.
    pub blocks: Vec<Block>,
    /// Formulas.
    pub formulas: Vec<Formula>,
    /// `\val{…}` uses.
    pub values: Vec<ValueUse>,
    /// Links and images.
    pub links: Vec<Link>,
    /// What may have a number.
    pub marks: Vec<Mark>,
    /// Uses of terms.
    pub terms: Vec<TermUse>,
    /// The pieces of the body.
    pub body: Vec<Piece<'p>>,
}

/// Reads the prose that begins at `start`. `title` is what the front matter gives, if it does.
pub fn read<'p>(
    manuscript: &'p Manuscript,
    start: usize,
    title: Option<&str>,
    language: &str,
    policy: &Policy<'_>,
) -> Checked<Prose<'p>> {
    let source = manuscript.source.text.as_str();
    let mut log = Log::default();
    let mut events = manuscript.events(start);
    if let Some(place) = events::cut(&mut events, events::MOST) {
        log.push(mistake::too_much(events::MOST, place));
    }
    let events = emphasis::repaired(source, events);
    let events = heading::with_names_of_terms(events, language, policy.glossary);
    let chosen = log.take(heading::chosen(source, &events));
    log.extend(hidden::behind_entities(source, &events));
    log.extend(lost::footnotes(&events));
    log.extend(lost::cells(source, &events));
    log.extend(dollars::left_over(source, &events));
    let mut reader = Reader {
        manuscript,
        source,
        front_title: title,
        policy,
        headings: Vec::new(),
        events: events.into_iter(),
        prose: Prose::default(),
        log,
        depth: 0,
        level_1_seen: false,
        heading_level: HeadingLevel::H2,
        in_heading: false,
        opened: Vec::new(),
        links_open: 0,
        quotes: Vec::new(),
        is_in_answer: false,
        answers: 0,
        included: 0,
        tags: InlineTags::default(),
    };
    reader.read_all();
    reader.name_headings(chosen);
    reader.log.finish(reader.prose)
}

/// How far before the end of a link its destination is looked for: links may stand in links.
const FARTHEST_DESTINATION: usize = 10_000;

/// Where `part` stands in `range`, from its end; the whole range if it is written differently there.
fn place_of(source: &str, range: &Range<usize>, part: &str) -> Range<usize> {
    let near = range.end.saturating_sub(part.len() + FARTHEST_DESTINATION).max(range.start);
    let near = source.floor_char_boundary(near);
    match source[near..range.end].rfind(part) {
        Some(at) if !part.is_empty() => near + at..near + at + part.len(),
        _ => range.clone(),
    }
}

/// What the address of a term of the glossary begins with.
const TERM_SCHEME: &str = "term:";

/// What became of a link or an image that is still open.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Opened {
    Link,
    Image,
    Term,
    /// Only its text is shown.
    Text,
}

impl Opened {
    fn is_link(self) -> bool {
        matches!(self, Self::Link | Self::Term)
    }
}

/// A heading that waits for its id.
struct HeadingText {
    text: String,
    /// Whether it is in the body: the title is not.
    is_shown: bool,
}

struct Reader<'p, 't> {
    manuscript: &'p Manuscript,
    source: &'p str,
    front_title: Option<&'t str>,
    policy: &'t Policy<'t>,
    headings: Vec<HeadingText>,
    events: std::vec::IntoIter<Placed<'p>>,
    prose: Prose<'p>,
    log: Log,
    /// How many quotes, lists and the like are open.
    depth: usize,
    level_1_seen: bool,
    /// The level of the heading that is open, as it is shown.
    heading_level: HeadingLevel,
    in_heading: bool,
    opened: Vec<Opened>,
    /// How many of them are links.
    links_open: usize,
    /// The quotes that are open; of an answer its number.
    quotes: Vec<Option<usize>>,
    /// Whether one of them is an answer.
    is_in_answer: bool,
    answers: usize,
    /// Bytes of code that is kept in files of its own.
    included: usize,
    tags: InlineTags,
}

impl<'p> Reader<'p, '_> {
    fn read_all(&mut self) {
        while let Some((event, range)) = self.events.next() {
            self.event(event, range);
        }
    }

    fn event(&mut self, event: Event<'p>, range: Range<usize>) {
        match event {
            Event::Start(tag) => self.start(tag, range),
            Event::End(end) => self.end(end),
            Event::InlineMath(tex) => self.formula(&tex, false, range),
            Event::DisplayMath(tex) => self.formula(&tex, true, range),
            // What stands nowhere in the text is the manuscript's own.
            Event::Html(html) if range.is_empty() => self.push(Event::Html(html)),
            Event::InlineHtml(html) | Event::Html(html) => self.inline_html(html, range),
            Event::Text(text) => {
                self.log.extend(mistake::commands_outside_formula(&text, &range));
                self.push(Event::Text(text));
            }
            other => self.push(other),
        }
    }

    fn push(&mut self, event: Event<'p>) {
        self.prose.body.push(Piece::Markdown(event));
    }

    fn start(&mut self, tag: Tag<'p>, range: Range<usize>) {
        match tag {
            Tag::Heading { level, .. } => self.heading(level, range),
            Tag::Paragraph if self.captioned(&range) => {}
            Tag::BlockQuote(None) if self.answer() => {}
            Tag::CodeBlock(kind) => self.code_block(&kind, range),
            Tag::HtmlBlock => self.html_block(range),
            Tag::Link { link_type, dest_url, title, id } => self.link(link_type, dest_url, title, id, range),
            Tag::Image { link_type, dest_url, title, id } => self.image(link_type, dest_url, title, id, range),
            tag => {
                self.depth += usize::from(is_container(&tag.to_end()));
                if matches!(tag, Tag::BlockQuote(_)) {
                    self.quotes.push(None);
                }
                self.push(Event::Start(tag));
            }
        }
    }

    fn end(&mut self, end: TagEnd) {
        match end {
            TagEnd::Link | TagEnd::Image => match self.close() {
                Some(Opened::Link) => self.push(Event::End(TagEnd::Link)),
                Some(Opened::Image) => self.push(Event::End(TagEnd::Image)),
                Some(Opened::Term) => self.prose.body.push(Piece::EndTerm),
                Some(Opened::Text) | None => {}
            },
            TagEnd::Heading(_) => {
                self.close_inline_html();
                self.in_heading = false;
                self.push(Event::End(TagEnd::Heading(self.heading_level)));
            }
            TagEnd::BlockQuote(_) if self.end_answer() => {}
            end => {
                self.depth -= usize::from(is_container(&end));
                if is_block(&end) {
                    self.close_inline_html();
                }
                self.push(Event::End(end));
            }
        }
    }

    /// A heading. The first of level 1 is the title of the page, which the page shows by itself; what is
    /// left of that level goes one down, so that a page has one heading of level 1.
    fn heading(&mut self, level: HeadingLevel, range: Range<usize>) {
        let text = heading::text_of(self.events.as_slice());
        let shown = heading::shown_text_of(self.events.as_slice(), self.policy.math);
        if level == HeadingLevel::H1 && self.depth == 0 && !std::mem::replace(&mut self.level_1_seen, true) {
            let is_title = self.front_title.is_none_or(|title| title == text || title == shown);
            if is_title && !text.is_empty() {
                self.headings.push(HeadingText { text: text.clone(), is_shown: false });
                self.prose.title = Some(shown);
                self.skip_heading();
                return;
            }
        }
        let level = level.max(HeadingLevel::H2);
        self.headings.push(HeadingText { text: text.clone(), is_shown: true });
        self.prose.headings.push(Heading { level: level as u8, id: String::new(), text: shown, range });
        self.push(Event::Start(Tag::Heading { level, id: None, classes: Vec::new(), attrs: Vec::new() }));
        self.heading_level = level;
        self.in_heading = true;
    }

    fn skip_heading(&mut self) {
        for (event, range) in self.events.by_ref() {
            match event {
                Event::FootnoteReference(label) => self.log.push(lost::footnote_of_title(&label, range)),
                Event::End(TagEnd::Heading(_)) => break,
                _ => {}
            }
        }
    }

    fn code_block(&mut self, kind: &CodeBlockKind<'p>, range: Range<usize>) {
        let mut pieces: Vec<(CowStr<'p>, Range<usize>)> = Vec::new();
        for (event, place) in self.events.by_ref() {
            match event {
                Event::Text(piece) => pieces.push((piece, place)),
                _ => break,
            }
        }
        let info = match kind {
            CodeBlockKind::Fenced(info) => info.as_ref(),
            CodeBlockKind::Indented => "",
        };
        if matches!(kind, CodeBlockKind::Fenced(_)) {
            self.log.extend(fence::unclosed(self.source, &range));
        }
        match fence::kind(info) {
            Some(kind) => self.block(kind, range, &pieces),
            None => {
                self.log.extend(fence::misspelt(self.source, &range, info));
                let text: String = pieces.iter().map(|(piece, _)| piece.as_ref()).collect();
                self.listing(&text, info, &range);
            }
        }
    }

    fn block(&mut self, kind: BlockKind, range: Range<usize>, pieces: &[(CowStr<'p>, Range<usize>)]) {
        let pieces: Vec<_> = pieces.iter().map(|(piece, place)| (piece.as_ref(), place.clone())).collect();
        self.mark(MarkKind::Block(self.prose.blocks.len()), None);
        self.prose.body.push(Piece::Block(self.prose.blocks.len()));
        self.prose.blocks.push(fence::block(self.source, kind, range, &pieces));
    }

    fn formula(&mut self, tex: &str, display: bool, range: Range<usize>) {
        let before = formula::Before { values: self.prose.values.len(), blocks: self.prose.blocks.len() };
        let (formula, values) = formula::read(self.source, tex, display, range, before);
        for name in &formula.names {
            if let Naming::Labels { tag } = &name.does {
                let id = MarkId { text: name.name.clone(), range: name.range.clone() };
                self.mark(MarkKind::Equation { tag: tag.clone(), display }, Some(id));
            }
        }
        self.prose.body.push(Piece::Formula(self.prose.formulas.len()));
        self.prose.formulas.push(formula);
        self.prose.values.extend(values);
    }

    fn html_block(&mut self, range: Range<usize>) {
        let mut html = String::new();
        for (event, _) in self.events.by_ref() {
            match event {
                Event::Html(part) | Event::Text(part) => html.push_str(&part),
                _ => break,
            }
        }
        if raw::is_comment(&html) {
            return;
        }
        match self.policy.raw_html {
            RawHtml::Escape => {
                self.log.push(mistake::raw_html_shown(range));
                self.push(Event::Start(Tag::Paragraph));
                self.push(Event::Text(html.trim_end().to_owned().into()));
                self.push(Event::End(TagEnd::Paragraph));
            }
            RawHtml::Sanitize => self.push(Event::Html(raw::sanitize(&html).into())),
            RawHtml::Allow => self.push(Event::Html(html.into())),
        }
    }

    fn inline_html(&mut self, html: CowStr<'p>, range: Range<usize>) {
        if raw::is_comment(&html) {
            return;
        }
        match self.policy.raw_html {
            RawHtml::Escape => {
                if !html.starts_with("</") {
                    self.log.push(mistake::raw_html_shown(range));
                }
                self.push(Event::Text(html));
            }
            RawHtml::Sanitize => {
                let clean = self.tags.sanitize(&html);
                self.push(Event::InlineHtml(clean.into()));
            }
            RawHtml::Allow => self.push(Event::InlineHtml(html)),
        }
    }

    fn close_inline_html(&mut self) {
        let closing = self.tags.finish();
        if !closing.is_empty() {
            self.push(Event::InlineHtml(closing.into()));
        }
    }

    fn open(&mut self, opened: Opened) {
        self.links_open += usize::from(opened.is_link());
        self.opened.push(opened);
    }

    fn close(&mut self) -> Option<Opened> {
        let closed = self.opened.pop()?;
        self.links_open -= usize::from(closed.is_link());
        Some(closed)
    }

    fn link(
        &mut self,
        link_type: LinkType,
        dest_url: CowStr<'p>,
        title: CowStr<'p>,
        id: CowStr<'p>,
        range: Range<usize>,
    ) {
        let place = place_of(self.source, &range, &dest_url);
        let dest_url = if link_type == LinkType::Email { format!("mailto:{dest_url}").into() } else { dest_url };
        let dest_url = self.seen_from_note(dest_url, range.start);
        let is_empty = matches!(self.events.as_slice().first(), Some((Event::End(TagEnd::Link), _)));
        let is_inside = self.links_open > 0;
        if let Some(key) = dest_url.strip_prefix(TERM_SCHEME).filter(|_| !is_inside) {
            let is_exact = place.len() == dest_url.len();
            let range = if is_exact { place.end - key.len()..place.end } else { place };
            // A heading is short, and the list of contents repeats it: only the name is shown.
            if self.in_heading {
                self.open(Opened::Text);
            } else {
                self.prose.body.push(Piece::Term(self.prose.terms.len()));
                self.open(Opened::Term);
            }
            self.prose.terms.push(TermUse { key: key.to_owned(), range, is_unnamed: is_empty });
        } else if is_empty && self.in_heading {
            self.log.push(mistake::nameless_in_heading(range));
            self.open(Opened::Text);
        } else if target(&dest_url) == Target::Unsafe {
            self.log.push(mistake::unsafe_link(&dest_url, place));
            self.open(Opened::Text);
        } else if is_inside {
            // A link inside a link can only come from a picture's alternative text.
            self.open(Opened::Text);
        } else if is_empty {
            self.prose.body.push(Piece::Reference(self.prose.links.len()));
            self.prose.links.push(Link { dest: dest_url.to_string(), range: place, image: false, is_reference: true });
            self.open(Opened::Text);
        } else {
            self.prose.links.push(Link { dest: dest_url.to_string(), range: place, image: false, is_reference: false });
            self.push(Event::Start(Tag::Link { link_type, dest_url, title, id }));
            self.open(Opened::Link);
        }
    }

    /// A destination that is written at a byte of the text, as the note itself would write it.
    fn seen_from_note(&self, destination: CowStr<'p>, at: usize) -> CowStr<'p> {
        self.manuscript.seen_from_note(&destination, at).map_or(destination, Into::into)
    }

    fn image(
        &mut self,
        link_type: LinkType,
        dest_url: CowStr<'p>,
        title: CowStr<'p>,
        id: CowStr<'p>,
        range: Range<usize>,
    ) {
        let place = place_of(self.source, &range, &dest_url);
        let dest_url = self.seen_from_note(dest_url, range.start);
        let has_alt = has_alt(self.events.as_slice());
        if !has_alt {
            self.log.push(mistake::missing_alt(range.clone()));
        }
        match target(&dest_url) {
            Target::Inside => {
                let link = Link { dest: dest_url.to_string(), range: place, image: true, is_reference: false };
                self.prose.links.push(link);
                self.push(Event::Start(Tag::Image { link_type, dest_url, title, id }));
                self.open(Opened::Image);
            }
            Target::Outside => {
                self.log.push(mistake::external_image(place));
                let shown = dest_url.clone();
                self.link(LinkType::Inline, dest_url, title, id, range);
                if !has_alt {
                    self.push(Event::Text(shown));
                }
            }
            Target::Mail | Target::Unsafe => {
                self.log.push(mistake::unsafe_link(&dest_url, place));
                self.open(Opened::Text);
            }
        }
    }
}

/// What the page's own levels are counted by: a heading inside these is never the title.
fn is_container(end: &TagEnd) -> bool {
    matches!(end, TagEnd::BlockQuote(_) | TagEnd::List(_) | TagEnd::FootnoteDefinition | TagEnd::DefinitionList)
}

fn is_block(end: &TagEnd) -> bool {
    !matches!(end, TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough | TagEnd::Superscript | TagEnd::Subscript)
}

/// How far the alternative text of an image may begin behind it, in events: images may stand in images.
const FARTHEST_ALT: usize = 1_000;

/// Whether the image that was just opened has an alternative text.
fn has_alt(after_start: &[Placed<'_>]) -> bool {
    let mut depth = 1_usize;
    for (event, _) in after_start.iter().take(FARTHEST_ALT) {
        match event {
            Event::Start(Tag::Image { .. }) => depth += 1,
            Event::End(TagEnd::Image) => depth -= 1,
            event if !events::text_of([event]).is_empty() => return true,
            _ => {}
        }
        if depth == 0 {
            break;
        }
    }
    false
}
