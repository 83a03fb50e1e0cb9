//! What the browser computes. In: a run and the leaves that a reader changes; out: a tape, and the script that runs tapes.
//! The tape is the gradient graph made at build time and the script's kernels are spelled by the op table: there is no
//! second set of derivative rules. This room does not know figures, pages or files.

mod script;
mod tape;

pub use script::script;
pub use tape::{Step, Tape, Value, tape};
