//! Figures. In: a graph that has run; out: a drawing (shapes with places), its SVG, its table and its derivation.
//! This room does not know notes, pages, HTML or MathML.

pub mod curve;
mod dark;
pub mod derivation;
pub mod draw;
pub mod frame;
pub mod gradient;
pub mod look;
pub mod measure;
pub mod number;
pub mod place;
mod reach;
pub mod scene;
mod sheet;
pub mod svg;
pub mod template;

pub use curve::{Curve, curve};
pub use derivation::{Derivation, Heading, TableRow, TangentTable, derive, table, tangent_table};
pub use draw::{Drawing, View, draw, draw_alike};
pub use gradient::draw_gradient;
pub use number::{Number, Shown};
pub use reach::rows_passed;
pub use scene::{Opening, openings};
pub use sheet::{looks_script, plain_style_sheet, style_sheet};
pub use svg::{Dress, Picture, figure_id, svg, svg_file, svgs, width_of};
