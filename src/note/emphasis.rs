//! Emphasis beside Hangul. In: Markdown events; out: the same, with the emphasis that the author meant.
//! This file does not know anything but text and emphasis.
//!
//! A mark closes emphasis by CommonMark's rules only if what follows a punctuation is a blank or another
//! punctuation. Korean puts its particles right behind: in `**연쇄 법칙(chain rule)**을` the second `**`
//! would stay text. Marks that are left as text are therefore tried again, with Hangul beside them read as
//! punctuation. Marks that CommonMark pairs are never touched.

use super::events::Placed;
use pulldown_cmark::{CowStr, Event, Tag, TagEnd};
use std::collections::BTreeMap;
use std::ops::Range;

/// How many opening marks before a closing one are looked at, so that no text takes quadratic time.
const FARTHEST: usize = 100;

/// The events with emphasis repaired.
pub fn repaired<'p>(source: &'p str, events: Vec<Placed<'p>>) -> Vec<Placed<'p>> {
    let events = joined(source, events);
    let marks = pairs(source, &events);
    if marks.is_empty() { events } else { rewritten(source, events, &marks) }
}

/// Neighbouring texts that also follow each other in the file as one, so that a mark is in one piece.
fn joined<'p>(source: &'p str, mut events: Vec<Placed<'p>>) -> Vec<Placed<'p>> {
    events.dedup_by(|(event, range), (before, place)| {
        let (Event::Text(text), Event::Text(before)) = (event, before) else { return false };
        let follows = place.end == range.start
            && is_written(&source[place.clone()], before)
            && is_written(&source[range.clone()], text);
        if follows {
            place.end = range.end;
            *before = CowStr::Borrowed(&source[place.clone()]);
        }
        follows
    });
    events
}

/// Whether a text stands in the file as it is. What has been joined is a piece of the file, and is not compared with it again.
fn is_written(place: &str, text: &str) -> bool {
    std::ptr::eq(place, text) || place == text
}

/// A run of `*`, `_` or `~` that was left as text.
struct Run {
    event: usize,
    place: Range<usize>,
    mark: char,
    /// Which emphasis or link it stands in.
    parent: usize,
    opens: Side,
    closes: Side,
}

/// Whether a run may open or close emphasis.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    No,
    Plainly,
    BesideHangul,
}

/// A run that opens or closes emphasis after all.
#[derive(Clone, Copy)]
struct Mark {
    opens: bool,
    mark: char,
}

/// The repaired marks: event, start in the file → mark and length.
type Marks = BTreeMap<usize, BTreeMap<usize, (Mark, usize)>>;

fn pairs(source: &str, events: &[Placed<'_>]) -> Marks {
    let mut marks = Marks::new();
    let mut runs: Vec<Run> = Vec::new();
    let mut parents = vec![0];
    for (i, (event, range)) in events.iter().enumerate() {
        match event {
            Event::Start(tag) if is_inline(&tag.to_end()) => parents.push(i),
            Event::End(end) if is_inline(end) => {
                parents.pop();
            }
            Event::Start(_) | Event::End(_) => {
                pair(&runs, &mut marks);
                runs.clear();
                parents.truncate(1);
            }
            Event::Text(text) if source[range.clone()] == **text => {
                runs.extend(runs_in(source, range, i, parents.last().copied().unwrap_or_default()));
            }
            _ => {}
        }
    }
    pair(&runs, &mut marks);
    marks
}

fn is_inline(end: &TagEnd) -> bool {
    matches!(end, TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough | TagEnd::Link | TagEnd::Image)
}

fn runs_in(source: &str, range: &Range<usize>, event: usize, parent: usize) -> Vec<Run> {
    let mut runs = Vec::new();
    let mut at = range.start;
    while let Some(found) = source[at..range.end].find(['*', '_', '~']) {
        let start = at + found;
        let mark = char::from(source.as_bytes()[start]);
        let len = source[start..range.end].chars().take_while(|c| *c == mark).count();
        at = start + len;
        let backslashes = source[..start].bytes().rev().take_while(|b| *b == b'\\').count();
        if backslashes % 2 == 1 || len > 3 || (mark == '~' && len > 2) {
            continue;
        }
        let before = source[..start].chars().next_back().unwrap_or('\n');
        let after = source[at..].chars().next().unwrap_or('\n');
        let (opens, closes) = sides(before, after, mark);
        runs.push(Run { event, place: start..at, mark, parent, opens, closes });
    }
    runs
}

/// Whether a run between two characters may open and close emphasis.
fn sides(before: char, after: char, mark: char) -> (Side, Side) {
    let side = |inner: char, outer: char| {
        if inner.is_whitespace() {
            Side::No
        } else if !is_punctuation(inner) || outer.is_whitespace() || is_punctuation(outer) {
            Side::Plainly
        } else if is_hangul(outer) {
            Side::BesideHangul
        } else {
            Side::No
        }
    };
    let (opens, closes) = (side(after, before), side(before, after));
    if mark != '_' {
        return (opens, closes);
    }
    // `_` inside a word is part of it: it opens only after a blank or punctuation.
    let is_edge = |c: char| c.is_whitespace() || is_punctuation(c);
    let opens = if is_edge(before) { opens } else { Side::No };
    let closes = if is_edge(after) || closes == Side::BesideHangul { closes } else { Side::No };
    (opens, closes)
}

fn is_punctuation(c: char) -> bool {
    !c.is_alphanumeric() && !c.is_whitespace() && !c.is_control()
}

fn is_hangul(c: char) -> bool {
    matches!(c, '가'..='힣' | '\u{1100}'..='\u{11ff}' | '\u{3130}'..='\u{318f}' | '\u{a960}'..='\u{a97f}' | '\u{d7b0}'..='\u{d7ff}')
}

fn pair(runs: &[Run], marks: &mut Marks) {
    let mut openers: Vec<&Run> = Vec::new();
    for run in runs {
        let opener = match run.closes {
            Side::No => None,
            _ => {
                let first = openers.len().saturating_sub(FARTHEST);
                openers[first..].iter().rposition(|opener| belong_together(opener, run)).map(|i| first + i)
            }
        };
        if let Some(opener) = opener {
            let first = openers[opener];
            openers.truncate(opener);
            for (run, opens) in [(first, true), (run, false)] {
                let mark = Mark { opens, mark: run.mark };
                marks.entry(run.event).or_default().insert(run.place.start, (mark, run.place.len()));
            }
        } else if run.opens != Side::No {
            openers.push(run);
        }
    }
}

/// A pair that CommonMark did not make only because of Hangul. A single `*` may stand for a product in the
/// middle of a word, so Hangul may excuse only one of the two.
fn belong_together(opener: &Run, closer: &Run) -> bool {
    let excused = usize::from(opener.opens == Side::BesideHangul) + usize::from(closer.closes == Side::BesideHangul);
    let most = if opener.place.len() == 1 { 1 } else { 2 };
    opener.mark == closer.mark
        && opener.place.len() == closer.place.len()
        && opener.parent == closer.parent
        && opener.place.end < closer.place.start
        && (1..=most).contains(&excused)
}

fn rewritten<'p>(source: &'p str, events: Vec<Placed<'p>>, marks: &Marks) -> Vec<Placed<'p>> {
    let mut out = Vec::with_capacity(events.len() + 2 * marks.len());
    for (i, (event, range)) in events.into_iter().enumerate() {
        let Some(marks) = marks.get(&i) else {
            out.push((event, range));
            continue;
        };
        let mut at = range.start;
        for (&start, &(mark, len)) in marks {
            push_text(source, at..start, &mut out);
            push_mark(mark, len, start..start + len, &mut out);
            at = start + len;
        }
        push_text(source, at..range.end, &mut out);
    }
    out
}

fn push_text<'p>(source: &'p str, range: Range<usize>, out: &mut Vec<Placed<'p>>) {
    if !range.is_empty() {
        out.push((Event::Text(CowStr::Borrowed(&source[range.clone()])), range));
    }
}

fn push_mark<'p>(mark: Mark, len: usize, range: Range<usize>, out: &mut Vec<Placed<'p>>) {
    let mut tags = match (mark.mark, len) {
        ('~', _) => vec![Tag::Strikethrough],
        (_, 1) => vec![Tag::Emphasis],
        (_, 2) => vec![Tag::Strong],
        _ => vec![Tag::Emphasis, Tag::Strong],
    };
    if !mark.opens {
        tags.reverse();
    }
    out.extend(tags.into_iter().map(|tag| {
        let event = if mark.opens { Event::Start(tag) } else { Event::End(tag.to_end()) };
        (event, range.clone())
    }));
}

#[cfg(test)]
mod tests {
    use super::super::events;
    use super::*;

    fn html(events: Vec<Placed<'_>>) -> String {
        let mut html = String::new();
        pulldown_cmark::html::push_html(&mut html, events.into_iter().map(|(event, _)| event));
        html.trim().to_owned()
    }

    #[test]
    fn emphasis_may_touch_hangul() {
        for (text, expected) in [
            ("**연쇄 법칙(chain rule)**을", "<strong>연쇄 법칙(chain rule)</strong>을"),
            ("**가(a)**를 **나(b)**와 **다**", "<strong>가(a)</strong>를 <strong>나(b)</strong>와 <strong>다</strong>"),
            ("그는 **\"안녕\"**이라고", "그는 <strong>\"안녕\"</strong>이라고"),
            ("말**\"안녕\"**이라고", "말<strong>\"안녕\"</strong>이라고"),
            ("**`x`**를 본다", "<strong><code>x</code></strong>를 본다"),
            ("**[a](b)**를", "<strong><a href=\"b\">a</a></strong>를"),
            ("**100%**로", "<strong>100%</strong>로"),
            ("*가(a)*는", "<em>가(a)</em>는"),
            ("***가(a)***는", "<em><strong>가(a)</strong></em>는"),
            ("~~가(a)~~는", "<del>가(a)</del>는"),
            ("_가(a)_는", "<em>가(a)</em>는"),
            ("__가(a)__는", "<strong>가(a)</strong>는"),
            ("**가 *나* (a)**는", "<strong>가 <em>나</em> (a)</strong>는"),
            ("[**가(a)**는](b)", "<a href=\"b\"><strong>가(a)</strong>는</a>"),
            ("**가\n나(a)**는", "<strong>가\n나(a)</strong>는"),
        ] {
            assert_eq!(html(repaired(text, events::read(text, 0..text.len()))), format!("<p>{expected}</p>"), "{text}");
        }
    }

    #[test]
    fn everything_else_stays_as_commonmark_says() {
        for text in [
            "**a(b)**c",
            "2**(n)**k",
            "가*(나)*다",
            "\\*\\*가(a)\\*\\*는",
            "\\**가(a)**는",
            "**가(a)",
            "가(a)**는",
            "** 가(a)**는",
            "**가(a) **는",
            "가_(나)_다",
            "**[가**(a)](b)는",
            "`**가(a)**는`",
            "**가(a)\n\n나(b)**는",
            "&#42;&#42;가(a)**는",
            "**굵게** *기울임* ~~지움~~",
            "- **가\n- (a)**는",
            "a * b(c)* 가",
        ] {
            assert_eq!(
                html(repaired(text, events::read(text, 0..text.len()))),
                html(events::read(text, 0..text.len())),
                "{text}"
            );
        }
    }
}
