//! The scripts with what the figures of a page need to be played with, and with their graphs in the forms of other tools. Each
//! is fetched when a reader asks for it first; scripts, since a page from a folder may fetch nothing else.

use super::{Player, Words};
use serde_json::{Map, Value};
use std::fmt::Write;

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

/// The script with what the figures are played with.
pub fn figures(players: &[Player], words: &Words) -> String {
    let figures = players.iter().map(|player| (player.id.as_str(), &*player.json));
    script("words", PLAYER_WORDS, words, "figures", figures)
}

/// The script with the graphs in the forms of other tools.
pub fn forms(players: &[Player], words: &Words) -> String {
    let shown = players.iter().filter(|player| !player.forms.is_empty());
    script("takeWords", TAKE_WORDS, words, "forms", shown.map(|player| (player.id.as_str(), &*player.forms)))
}

/// A script that gives the player words, and something for each figure.
fn script<'p>(
    words_name: &str,
    prefix: &str,
    words: &Words,
    name: &str,
    figures: impl Iterator<Item = (&'p str, &'p str)>,
) -> String {
    let own = words
        .table()
        .iter()
        .filter_map(|(key, word)| Some((key.strip_prefix(prefix)?.to_owned(), word.as_str().into())));
    let own: Map<String, Value> = own.collect();
    let mut script = format!("(globalThis.bpdoc??={{}}).{words_name}={};\nbpdoc.{name}={{", Value::Object(own));
    for (id, json) in figures {
        let _ = write!(script, "\n{}:{json},", Value::from(id));
    }
    script.push_str("\n};\n");
    script
}
