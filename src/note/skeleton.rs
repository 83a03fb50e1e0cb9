//! The beginning of a translation. In: the text of a note; out: that of its twin with everything that stays the same in
//! every language, and with the words to be translated in comments.

use super::events;
use super::front;
use pulldown_cmark::{CodeBlockKind, Event, Tag};
use std::fmt::Write;

/// A twin of a note, which is a draft until its words are translated. Blocks with ids stand for those of the note.
pub fn skeleton(source: &str, record: &str) -> String {
    let body = front::read(source).value.body_start;
    let mut twin = front::with_translated(&as_draft(source[..body].trim_start_matches('\u{feff}')), record);
    let mut depth = 0_usize;
    for (event, range) in events::read(source, body..source.len()) {
        if depth == 0 {
            let written = source[range].trim_end();
            if !written.is_empty() {
                twin.push('\n');
                twin.push_str(&kept(&event, written));
                twin.push('\n');
            }
        }
        match event {
            Event::Start(_) => depth += 1,
            Event::End(_) => depth -= 1,
            _ => {}
        }
    }
    twin
}

/// Front matter that says that the note is a draft.
fn as_draft(front: &str) -> String {
    let has_draft = front.lines().any(|line| line.starts_with("draft"));
    match front.lines().next() {
        Some("---") if !has_draft => front.replacen("---", "---\ndraft: true", 1),
        Some("+++") if !has_draft => front.replacen("+++", "+++\ndraft = true", 1),
        Some(_) => front.to_owned(),
        None => "+++\ndraft = true\n+++\n".to_owned(),
    }
}

/// What a translation keeps of a block of the text.
fn kept(event: &Event<'_>, written: &str) -> String {
    match event {
        Event::Start(Tag::Heading { .. } | Tag::HtmlBlock) | Event::Rule => written.to_owned(),
        Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))) => {
            let id = info.split_whitespace().find(|word| word.starts_with('#'));
            match (info.split_whitespace().next(), id) {
                (Some(kind @ ("graph" | "train")), Some(id)) => format!("```{kind} {id}\n```"),
                _ => written.to_owned(),
            }
        }
        Event::Start(Tag::CodeBlock(_)) => written.to_owned(),
        Event::Start(Tag::Paragraph) if written.starts_with("$$") || written.starts_with("![") => written.to_owned(),
        _ => commented(written),
    }
}

/// Words in a comment, which ends where it should.
fn commented(words: &str) -> String {
    let mut comment = String::from("<!--\n");
    for line in words.lines() {
        // A blank line ends no comment, but `-->` does.
        let _ = writeln!(comment, "{}", line.replace("-->", "-- >"));
    }
    comment + "-->"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stays_the_same_is_there_already() {
        let note = "+++\ntitle = \"하나\"\n+++\n\n글과 $x$.\n\n## 둘 {#two}\n\n```graph #g dir=down\nx = 1\n```\n\n```graph\ny = 1\n```\n\n$$\nx = 1\n$$\n\n- 가\n- 나 -->\n";
        assert_eq!(
            skeleton(note, "ab"),
            "+++\ntranslated = \"ab\"\ndraft = true\ntitle = \"하나\"\n+++\n\n<!--\n글과 $x$.\n-->\n\n## 둘 {#two}\n\n```graph #g\n```\n\n```graph\ny = 1\n```\n\n$$\nx = 1\n$$\n\n<!--\n- 가\n- 나 -- >\n-->\n"
        );
        assert!(skeleton("글\n", "ab").starts_with("+++\ntranslated = \"ab\"\ndraft = true\n+++\n\n<!--\n글\n"));
    }
}
