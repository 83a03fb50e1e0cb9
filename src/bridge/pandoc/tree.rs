//! Pandoc's tree, as JSON. In: a document; out: its code blocks and formulas in the order of the text, and elements for it. Elements
//! are told by their tags alone; what else an element holds is left as it is.

use crate::num::coordinate;
use serde_json::{Value, json};

/// The elements with one of these tags, in the order of the document. Nothing is looked for inside of them.
pub fn elements<'d>(document: &'d mut Value, tags: &[&str]) -> Vec<&'d mut Value> {
    let mut found = Vec::new();
    let mut open = vec![document];
    while let Some(value) = open.pop() {
        if tag(value).is_some_and(|tag| tags.contains(&tag)) {
            found.push(value);
            continue;
        }
        match value {
            Value::Array(items) => open.extend(items.iter_mut().rev()),
            Value::Object(fields) => open.extend(fields.values_mut().rev()),
            _ => {}
        }
    }
    found
}

/// What kind of element it is.
pub fn tag(element: &Value) -> Option<&str> {
    element.get("t")?.as_str()
}

/// A code block or a piece of code.
pub struct Code<'d> {
    /// Its id, or nothing.
    pub id: &'d str,
    /// Its classes.
    pub classes: Vec<&'d str>,
    /// Its further attributes.
    pub attributes: Vec<(&'d str, &'d str)>,
    /// Its text.
    pub text: &'d str,
}

/// Reads `{"t": "CodeBlock", "c": [[id, [class], [[key, value]]], text]}`.
pub fn code(element: &Value) -> Option<Code<'_>> {
    let (attr, text) = (&element["c"][0], element["c"][1].as_str()?);
    let pairs = attr[2].as_array().into_iter().flatten();
    Some(Code {
        id: attr[0].as_str()?,
        classes: attr[1].as_array()?.iter().filter_map(Value::as_str).collect(),
        attributes: pairs.filter_map(|pair| Some((pair[0].as_str()?, pair[1].as_str()?))).collect(),
        text,
    })
}

/// The text of plain metadata as plain JSON: maps, lists, truth values and text.
pub fn plain(meta: &Value) -> Value {
    match (tag(meta), &meta["c"]) {
        (Some("MetaMap"), Value::Object(fields)) => {
            fields.iter().map(|(key, value)| (key.clone(), plain(value))).collect()
        }
        (Some("MetaList"), Value::Array(items)) => items.iter().map(plain).collect(),
        (Some("MetaBool" | "MetaString"), value) => value.clone(),
        (Some("MetaInlines" | "MetaBlocks"), content) => Value::String(text_of(content)),
        _ => Value::Null,
    }
}

/// The words of inlines.
fn text_of(content: &Value) -> String {
    let mut text = String::new();
    let mut open = vec![content];
    while let Some(value) = open.pop() {
        match (tag(value), value) {
            (Some("Str"), _) => text.push_str(value["c"].as_str().unwrap_or_default()),
            (Some("Space" | "SoftBreak"), _) => text.push(' '),
            (Some("Code"), _) => text.push_str(value["c"][1].as_str().unwrap_or_default()),
            (_, Value::Array(items)) => open.extend(items.iter().rev()),
            (Some(_), value) => open.push(&value["c"]),
            _ => {}
        }
    }
    text
}

/// Words as inlines, which may be broken between them.
pub fn inlines(text: &str) -> Vec<Value> {
    let words = text.split_whitespace().map(|word| json!({"t": "Str", "c": word}));
    let spaced = words.flat_map(|word| [json!({"t": "Space"}), word]);
    spaced.skip(1).collect()
}

/// A block of a format's own.
pub fn raw(format: &str, text: &str) -> Value {
    json!({"t": "RawBlock", "c": [format, text]})
}

/// Several blocks in the place of one.
pub fn division(id: &str, class: &str, blocks: &[Value]) -> Value {
    json!({"t": "Div", "c": [[id, [class], []], blocks]})
}

/// A paragraph.
pub fn paragraph(text: &str) -> Value {
    json!({"t": "Para", "c": inlines(text)})
}

/// How wide a picture is.
#[derive(Clone, Copy, Debug)]
pub enum Width {
    /// In pixels.
    Pixels(f64),
    /// As the text.
    OfText,
}

/// A picture.
pub struct Image<'a> {
    /// Its id.
    pub id: &'a str,
    /// Where its file is.
    pub source: &'a str,
    /// How wide it is.
    pub width: Width,
    /// What it shows, for those who do not see it.
    pub description: &'a str,
    /// The caption; none if empty.
    pub caption: &'a str,
}

/// A picture with a caption. Since version 1.23 of Pandoc's types a figure is an element; before, it was a picture alone in its paragraph
/// whose title begins with `fig:`.
pub fn figure(image: &Image<'_>, has_figures: bool) -> Value {
    let Image { id, source, width, description, caption } = image;
    let width = match width {
        Width::Pixels(pixels) => format!("{}px", coordinate(*pixels)),
        Width::OfText => "100%".to_owned(),
    };
    let attr = |id: &str| json!([id, [], [["width", width]]]);
    if caption.is_empty() || has_figures {
        let picture = |id: &str| json!({"t": "Image", "c": [attr(id), inlines(description), [source, ""]]});
        if caption.is_empty() {
            return json!({"t": "Para", "c": [picture(id)]});
        }
        let caption = json!([null, [{"t": "Plain", "c": inlines(caption)}]]);
        let body = json!([{"t": "Plain", "c": [picture("")]}]);
        return json!({"t": "Figure", "c": [[id, [], []], caption, body]});
    }
    let title = format!("fig:{description}");
    json!({"t": "Para", "c": [{"t": "Image", "c": [attr(id), inlines(caption), [source, title]]}]})
}

/// A table with a head; its cells are text.
pub fn table(id: &str, caption: &str, head: &[String], rows: &[Vec<String>]) -> Value {
    let no_attr = || json!(["", [], []]);
    let cell = |text: &String| json!([no_attr(), {"t": "AlignDefault"}, 1, 1, [{"t": "Plain", "c": inlines(text)}]]);
    let row = |cells: &[String]| json!([no_attr(), cells.iter().map(cell).collect::<Vec<_>>()]);
    let columns = vec![json!([{"t": "AlignDefault"}, {"t": "ColWidthDefault"}]); head.len()];
    let caption = if caption.is_empty() { json!([]) } else { json!([{"t": "Plain", "c": inlines(caption)}]) };
    let body: Vec<Value> = rows.iter().map(|cells| row(cells)).collect();
    json!({"t": "Table", "c": [
        [id, [], []],
        [null, caption],
        columns,
        [no_attr(), [row(head)]],
        [[no_attr(), 0, [], body]],
        [no_attr(), []],
    ]})
}

/// Adds something to what is in front of the document's body.
pub fn add_to_header(document: &mut Value, block: &Value) {
    let added = json!({"t": "MetaBlocks", "c": [block]});
    let header = &mut document["meta"]["header-includes"];
    match header.take() {
        Value::Null => *header = json!({"t": "MetaList", "c": [added]}),
        mut list if tag(&list) == Some("MetaList") => {
            if let Some(items) = list["c"].as_array_mut() {
                items.push(added);
            }
            *header = list;
        }
        other => *header = json!({"t": "MetaList", "c": [other, added]}),
    }
}
