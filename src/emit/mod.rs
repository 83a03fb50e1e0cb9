//! A graph that has run, for other tools. In: a `Run`, a `Drawing` or its SVG; out: JSON, a table, TeX, TikZ, DOT,
//! Mermaid, PNG, programs. This room does not know notes, pages or the terminal; shapes and their places are made by `figure`.

mod code;
mod dot;
mod drawing;
mod json;
mod latex;
mod mermaid;
mod table;
pub mod tex;
mod tikz;

pub use crate::raster::png;
pub use code::{Framework, code};
pub use dot::dot;
pub use drawing::drawing;
pub use json::{Extras, json};
pub use latex::latex;
pub use mermaid::mermaid;
pub use table::{short, table, table_rows};
pub use tikz::tikz;
