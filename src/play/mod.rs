//! Figures that a reader can play with. In: a graph that has run, and how its figure is drawn; out: the tape that a browser
//! runs, with what the player shows of it, and the script that runs tapes. The tape is the gradient graph made at build time
//! and the script's kernels are spelled by the op table: there is no second set of derivative rules. This room does not know
//! the page around a figure.

mod player;
mod replay;
mod script;
mod take;
mod tape;

pub use player::{Played, PlayerParts, played};
pub use replay::replay;
pub use script::script;
pub use take::forms;
pub use tape::{Step, Tape, Value, tape};
