//! A graph for the tools of its reader: the same run as programs and drawings of other kinds.

use super::PlayerParts;
use crate::emit::{self, Extras, Framework};
use crate::figure::View;

/// The forms that a reader may take away, each with what it is called, as JSON. They are those of `bpdoc graph --emit`.
pub fn forms(parts: &PlayerParts<'_>) -> String {
    let PlayerParts { run, drawing, view: View { tongue, language, precision, .. }, .. } = *parts;
    let drawings = std::slice::from_ref(drawing);
    let program = |framework: Framework| (framework.title(), emit::code(run, framework, tongue, language));
    let others = [
        ("DOT", emit::dot(run, language, precision)),
        ("Mermaid", emit::mermaid(run, drawings, language)),
        ("TikZ", emit::tikz(drawings)),
        ("JSON", emit::json(run, language, Extras::default())),
    ];
    let forms: Vec<(&str, String)> = Framework::ALL.into_iter().map(program).chain(others).collect();
    // Text has no form that JSON lacks.
    serde_json::to_string(&forms).unwrap_or_default()
}
