//! Losses.

use super::Op;

pub const OPS: &[Op] = &[];
