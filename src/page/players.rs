//! The script with what the figures of a page need to be played with. It is fetched when a reader plays with the first one;
//! a script, since a page from a folder may fetch nothing else.

use super::{Player, Words};
use std::fmt::Write;

const SUFFIX: &str = ".figures.js";
/// The words of the interface that the player shows begin with this.
const PLAYER_WORDS: &str = "play_";

/// Where the script of a page is.
pub fn path(page: &str) -> String {
    format!("{}{SUFFIX}", page.strip_suffix(".html").unwrap_or(page))
}

/// Whether a path is that of such a script.
pub fn is_script(path: &str) -> bool {
    path.ends_with(SUFFIX)
}

/// The script.
pub fn script(players: &[Player], words: &Words) -> String {
    let own: serde_json::Map<String, serde_json::Value> = words
        .table()
        .iter()
        .filter_map(|(key, word)| Some((key.strip_prefix(PLAYER_WORDS)?.to_owned(), word.as_str().into())))
        .collect();
    let mut script = format!("bpdoc.words={};\nbpdoc.figures={{", serde_json::Value::Object(own));
    for Player { id, json } in players {
        let _ = write!(script, "\n{}:{json},", serde_json::Value::from(id.as_str()));
    }
    script.push_str("\n};\n");
    script
}
