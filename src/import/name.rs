//! Names of models as names of a block: `/layer1/conv/Conv_output_0` and `layer1.conv.weight` become `conv` and
//! `conv_weight`, with as many of the modules before them as it takes to tell them apart.

use crate::expr::is_name;
use std::collections::{HashMap, HashSet};
use unicode_normalization::UnicodeNormalization;

/// Of a longer path only the last words count: no name that people read has more.
const MOST_WORDS: usize = 12;
const LONGEST_WORD: usize = 60;

/// The words that a name of a model is made of.
pub(super) fn path(name: &str) -> Vec<String> {
    let name = name.rsplit_once("_output_").filter(|(_, n)| is_number(n)).map_or(name, |(before, _)| before);
    let mut words: Vec<String> = Vec::new();
    for word in name.split(['/', '.', ':']).map(word).filter(|word| !word.is_empty()) {
        // The parts of `layers.0.weight` are `layers_0` and `weight`.
        match words.last_mut() {
            Some(before) if is_number(&word) => *before = format!("{before}_{word}"),
            None if is_number(&word) => words.push(format!("layer{word}")),
            _ => words.push(word),
        }
    }
    words.split_off(words.len().saturating_sub(MOST_WORDS))
}

/// The modules that a path of a model such as `/layer1/layer1.0/conv` leads through.
pub(super) fn scope<'p>(parts: impl Iterator<Item = &'p str>) -> Vec<String> {
    let mut scope: Vec<String> = Vec::new();
    let mut whole = String::new();
    for part in parts.map(str::trim).filter(|part| !part.is_empty()) {
        // Exporters repeat the modules around: `layer1`, `layer1.0`.
        let own = part.strip_prefix(whole.as_str()).and_then(|rest| rest.strip_prefix('.')).unwrap_or(part);
        part.clone_into(&mut whole);
        scope.extend(own.split('.').filter(|word| !word.is_empty()).map(str::to_owned));
    }
    scope.truncate(MOST_WORDS);
    scope
}

/// Whether a name says something to a reader: not `12`, `onnx::MatMul_33`, `val_7` and what else exporters make up.
pub(super) fn is_telling(name: &str) -> bool {
    let made_up = ["onnx::", "val_", "_val_", "Constant", "const_", "scalar_tensor", "node_"];
    let last = name.rsplit('/').next().unwrap_or(name);
    !last.is_empty() && !is_number(last) && !made_up.iter().any(|start| last.starts_with(start))
}

/// Whether a name is one that exporters give to a weight that they have transposed or merged with another.
pub(super) fn is_changed_weight(name: &str) -> bool {
    name.starts_with("onnx::") || name.starts_with("val_") || is_number(name)
}

fn is_number(word: &str) -> bool {
    !word.is_empty() && word.chars().all(|c| c.is_ascii_digit())
}

/// The characters of a word that a name may have, the others as `_`.
fn word(text: &str) -> String {
    let mut word = String::new();
    for c in text.nfc().take(LONGEST_WORD) {
        let fits = is_name(&format!("x{c}"));
        if fits || !word.ends_with('_') {
            word.push(if fits { c } else { '_' });
        }
    }
    word.trim_matches('_').to_owned()
}

/// A name for each path: the fewest of its last words that no other path ends in, joined by `_`; where a path is there
/// twice, with a number.
pub(super) fn names(paths: &[&[String]]) -> Vec<String> {
    let mut endings: HashMap<String, usize> = HashMap::new();
    for path in paths {
        let own: HashSet<String> = endings_of(path).collect();
        own.into_iter().for_each(|ending| *endings.entry(ending).or_default() += 1);
    }
    let mut taken: HashSet<String> = HashSet::new();
    let mut counters: HashMap<String, usize> = HashMap::new();
    let mut names = Vec::with_capacity(paths.len());
    for path in paths {
        let shortest = endings_of(path).find(|ending| endings[ending] == 1 && !is_reserved(ending));
        let name = shortest.unwrap_or_else(|| {
            let whole = endings_of(path).last().unwrap_or_else(|| "v".to_owned());
            let n = counters.entry(whole.clone()).or_default();
            loop {
                *n += 1;
                let numbered = if *n == 1 { whole.clone() } else { format!("{whole}_{n}") };
                let is_free = !taken.contains(&numbered) && (*n == 1 || !endings.contains_key(&numbered));
                if is_free && !is_reserved(&numbered) {
                    return numbered;
                }
            }
        });
        taken.insert(name.clone());
        names.push(name);
    }
    names
}

/// What a path ends in, the shortest first, as far as it is a name.
fn endings_of(path: &[String]) -> impl Iterator<Item = String> {
    (0..path.len()).rev().filter_map(|start| {
        let joined = path[start..].join("_");
        match is_name(&joined) {
            true => Some(joined),
            false => (start == 0).then(|| format!("v_{joined}")),
        }
    })
}

/// Words that begin a statement or stand for a constant.
fn is_reserved(name: &str) -> bool {
    matches!(name, "expect" | "def" | "group" | "for" | "in" | "grad" | "param" | "const" | "pi" | "e" | "none" | "_")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_lose_what_exporters_add() {
        for (name, expected) in [
            ("/layer1/conv/Conv_output_0", "layer1 conv Conv"),
            ("layer1.0.bn1.weight", "layer1_0 bn1 weight"),
            ("0.weight", "layer0 weight"),
            ("onnx::MatMul_33", "onnx MatMul_33"),
            ("가중치/W 1", "가중치 W_1"),
            ("///", ""),
            ("a\u{202e}b", "a_b"),
        ] {
            assert_eq!(path(name).join(" "), expected, "{name}");
        }
    }

    #[test]
    fn scopes_do_not_repeat_the_modules_around() {
        for (parts, expected) in [
            (vec!["layer1", "layer1.0", "layer1.0.conv"], "layer1 0 conv"),
            (vec!["", "encoder", "self_attn"], "encoder self_attn"),
            (vec![], ""),
        ] {
            assert_eq!(scope(parts.into_iter()).join(" "), expected);
        }
    }

    #[test]
    fn names_are_short_and_differ() {
        for (paths, expected) in [
            ("fc1.weight fc1.bias fc2.weight", "fc1_weight bias fc2_weight"),
            ("a.conv a.conv b.relu", "a_conv a_conv_2 relu"),
            ("conv a.conv conv_2", "conv a_conv conv_2"),
            ("conv conv conv_2 conv", "conv conv_3 conv_2 conv_4"),
            ("for x.for grad", "for_2 x_for grad_2"),
            ("9.x 9", "x layer9"),
            ("split.1x split.2x", "split_1x split_2x"),
        ] {
            let paths: Vec<Vec<String>> = paths.split(' ').map(path).collect();
            let found = names(&paths.iter().map(Vec::as_slice).collect::<Vec<_>>());
            assert_eq!(found.join(" "), expected);
            assert_eq!(found.iter().collect::<HashSet<_>>().len(), found.len());
        }
    }
}
