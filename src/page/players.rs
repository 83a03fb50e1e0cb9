//! The scripts with what the figures of a page need to be played with, and with their graphs in the forms of other tools. Each
//! is fetched when a reader asks for it first; scripts, since a page from a folder may fetch nothing else.

use super::{Player, Words};
use serde_json::{Map, Value};

/// The words of the interface that the player shows begin with this, those beside a graph to take away with the next.
const PLAYER_WORDS: &str = "play_";
const TAKE_WORDS: &str = "take_";
const PLAYERS: &str = ".figures.js";
const FORMS: &str = ".forms.js";

/// What the addresses of the scripts of a page begin with.
pub fn stem(page: &str) -> &str {
    page.strip_suffix(".html").unwrap_or(page)
}

/// Whether a path is that of a script whose words are shown in the fonts of the site.
pub fn is_script(path: &str) -> bool {
    path.ends_with(PLAYERS) || path.ends_with(FORMS)
}

/// Where the scripts of a page are.
pub fn paths(page: &str) -> [String; 2] {
    [PLAYERS, FORMS].map(|ending| format!("{}{ending}", stem(page)))
}

/// What the two scripts hold of these figures: what they are played with, and their graphs in the forms of other tools.
pub fn entries(players: &[Player]) -> [String; 2] {
    let entry = |id: &str, json: &str| format!("\n{}:{json},", Value::from(id));
    let shown = players.iter().filter(|player| !player.forms.is_empty());
    [
        players.iter().map(|player| entry(&player.id, &player.json)).collect(),
        shown.map(|player| entry(&player.id, &player.forms)).collect(),
    ]
}

/// The script with what the figures are played with.
pub fn figures(entries: &str, words: &Words) -> String {
    script("words", PLAYER_WORDS, words, "figures", entries)
}

/// The script with the graphs in the forms of other tools.
pub fn forms(entries: &str, words: &Words) -> String {
    script("takeWords", TAKE_WORDS, words, "forms", entries)
}

/// A script that gives the player words, and something for each figure.
fn script(words_name: &str, prefix: &str, words: &Words, name: &str, entries: &str) -> String {
    let own = words
        .table()
        .iter()
        .filter_map(|(key, word)| Some((key.strip_prefix(prefix)?.to_owned(), word.as_str().into())));
    let own: Map<String, Value> = own.collect();
    let words = Value::Object(own);
    format!("(globalThis.bpdoc??={{}}).{words_name}={words};\nbpdoc.{name}={{{entries}\n}};\n")
}
