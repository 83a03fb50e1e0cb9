//! Figures that a reader can play with. In: a graph that has run, and how its figure is drawn; out: JSON for the player in
//! the reader's browser. This room does not know the page around the figure.

mod player;
mod replay;
mod tape;

pub use player::{PlayerParts, player};
pub use replay::replay;
pub use tape::{Tape, tape};
