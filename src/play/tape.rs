//! stub
use crate::graph::Run;
use petgraph::graph::NodeIndex;
use serde::Serialize;
/// stub
#[derive(Serialize)]
pub struct Tape {}
/// stub
pub fn tape(_run: &Run, _leaves: &[NodeIndex], wanted: &[NodeIndex]) -> (Tape, Vec<usize>) { (Tape {}, (0..wanted.len()).collect()) }
