//! What editors know of the notes' language, held to the tables.

use bpdoc::block::OPTIONS;
use bpdoc::expr::{creators, is_name};
use bpdoc::ops::{self, Family};
use bpdoc::train::optimizer::OPTIMIZERS;
use bpdoc::{graph, train};
use std::collections::BTreeSet;

const GRAPH: &str = include_str!("../../editors/vscode/syntaxes/bpdoc-graph.tmLanguage.json");
const TRAIN: &str = include_str!("../../editors/vscode/syntaxes/bpdoc-train.tmLanguage.json");
const SNIPPETS: &str = include_str!("../../editors/vscode/snippets/bpdoc.json");

/// All patterns of a grammar that give a scope of this name.
fn patterns(grammar: &str, scope: &str) -> Vec<String> {
    let mut open = vec![serde_json::from_str::<serde_json::Value>(grammar).expect("JSON")];
    let mut found = Vec::new();
    while let Some(value) = open.pop() {
        if value.to_string().contains(scope)
            && let Some(pattern) = value.get("match").or(value.get("begin")).and_then(serde_json::Value::as_str)
        {
            found.push(pattern.to_owned());
        }
        match value {
            serde_json::Value::Array(list) => open.extend(list),
            serde_json::Value::Object(map) => open.extend(map.into_iter().map(|(_, value)| value)),
            _ => {}
        }
    }
    found
}

/// The words between the bars of all groups of patterns.
fn words(patterns: &[String]) -> BTreeSet<String> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    patterns
        .iter()
        .flat_map(|pattern| pattern.split(['(', ')', '|', ':']))
        .filter(|word| !word.is_empty() && word.chars().all(is_part))
        .map(str::to_owned)
        .collect()
}

#[test]
fn the_grammar_knows_every_op() {
    let names = ops::table().filter(|op| op.family != Family::Rule).flat_map(|op| op.aliases.iter().chain([&op.name]));
    let expected: BTreeSet<String> = names.filter(|name| is_name(name)).map(|name| (*name).to_owned()).collect();
    assert_eq!(words(&patterns(GRAPH, "\"support.function.op.bpdoc\"")), expected, "editors/vscode/syntaxes");
    let makers: BTreeSet<String> = creators().map(|(name, _)| name.to_owned()).collect();
    assert_eq!(words(&patterns(GRAPH, "\"support.function.tensor.bpdoc\"")), makers);
}

#[test]
fn the_grammars_know_every_statement() {
    let of_graphs = words(&patterns(GRAPH, "\"keyword.control.bpdoc\""));
    let roles = words(&patterns(GRAPH, "\"storage.modifier.bpdoc\""));
    for keyword in graph::KEYWORDS {
        assert!(of_graphs.contains(keyword) || roles.contains(keyword), "{keyword}");
    }
    let of_trainings = words(&patterns(TRAIN, "\"keyword.control.bpdoc\""));
    for word in train::plan::WORDS {
        assert!(of_trainings.contains(word), "{word}");
    }
    let optimizers: BTreeSet<String> = OPTIMIZERS.iter().map(|row| row.name.to_owned()).collect();
    assert_eq!(words(&patterns(TRAIN, "\"support.function.optimizer.bpdoc\"")), optimizers);
}

/// The text of a snippet once nothing has been changed in it.
fn filled_in(body: &str) -> String {
    let mut text = body.replace("\\$", "\u{0}").replace("$0", "");
    let mut defaults: Vec<(String, String)> = Vec::new();
    while let Some(at) = text.find("${") {
        let end = at + text[at..].find('}').expect("a closed place");
        let inside = text[at + 2..end].to_owned();
        let (number, value) = match inside.split_once([':', '|']) {
            Some((number, value)) => {
                (number.to_owned(), value.split(',').next().unwrap_or_default().trim_end_matches('|').to_owned())
            }
            None => (inside.clone(), String::new()),
        };
        let value = if inside.contains(':') {
            inside.split_once(':').map_or(value, |(_, value)| value.to_owned())
        } else {
            value
        };
        let known = defaults.iter().find(|(its, _)| *its == number).map(|(_, value)| value.clone());
        let value = known.unwrap_or(value);
        defaults.push((number, value.clone()));
        text.replace_range(at..=end, &value);
    }
    text.replace('\u{0}', "$")
}

#[test]
fn snippets_are_blocks_without_mistakes() {
    let all: serde_json::Map<String, serde_json::Value> = serde_json::from_str(SNIPPETS).expect("JSON");
    for (name, snippet) in all {
        let lines: Vec<&str> =
            snippet["body"].as_array().expect("lines").iter().filter_map(serde_json::Value::as_str).collect();
        let text = filled_in(&lines.join("\n"));
        assert!(!text.contains("${"), "{name}: {text}");
        let Some((fence, rest)) = text.strip_prefix("```").and_then(|text| text.split_once('\n')) else { continue };
        let block = rest.split("```").next().unwrap_or_default();
        let (kind, info) = fence.split_once(' ').unwrap_or((fence, ""));
        assert_eq!(bpdoc::block::read_options(info).diagnostics, [], "{name}");
        let tidy = if kind == "train" { train::format(block) } else { graph::format(block) };
        assert_eq!(tidy, Some(block.lines().map(str::to_owned).collect()), "{name}");
    }
}

/// The options that a fence takes are those that the documentation tells of.
#[test]
fn the_readme_tells_of_every_option() {
    let readme = include_str!("../../README.md");
    for (key, _) in OPTIONS {
        assert!(readme.contains(&format!("{key}=")), "{key}");
    }
}
