//! Which numbers of a run the lines of a drawing show, so that a reader's browser can put others there.

use crate::block::Quiz;
use crate::figure::draw::{Drawing, Line, width_of};
use crate::figure::measure;
use crate::graph::{Backward, Kind, Run};
use petgraph::graph::{EdgeIndex, NodeIndex};

/// A number of a run, as a figure speaks of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Number {
    /// The value of a node.
    Value(NodeIndex),
    /// The gradient of the output with respect to a node.
    Grad(NodeIndex),
    /// The local partial of an edge.
    Local(EdgeIndex),
    /// What comes back to an operand over some of its edges, added.
    Share(Vec<EdgeIndex>),
}

/// What a line shows of a number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// The number.
    pub number: Number,
    /// The row, where the line is one of a matrix.
    pub row: Option<usize>,
}

impl Quiz {
    /// Whether a number is one that the reader is to find.
    pub(super) fn asks(self, number: &Number, run: &Run, backward: &Backward) -> bool {
        match (self, number) {
            // The derivative of the output by itself is where one starts.
            (Self::Grads, Number::Grad(node)) => *node != backward.output,
            (Self::Grads, Number::Share(_)) => true,
            (Self::Values, Number::Value(node)) => matches!(run.graph.dag[*node].kind, Kind::Apply(..)),
            _ => false,
        }
    }
}

/// What stands where a number is to be found.
const BLANK: &str = "?";

impl Line {
    /// The line with a blank for its number.
    pub(super) fn blank(mut self) -> Self {
        if let Some(last) = self.runs.last_mut()
            && let Some(sign) = last.text.find("= ")
        {
            last.text.truncate(sign + 2);
            last.text.push_str(BLANK);
            self.width = width_of(self.role, &self.runs);
        }
        let brackets = [0, self.cells.len().saturating_sub(1)];
        for (_, cell) in self.cells.iter_mut().enumerate().filter(|(place, _)| !brackets.contains(place)) {
            BLANK.clone_into(&mut cell.text);
            cell.width = measure::width(BLANK, self.role.font_size(), self.role.weight());
        }
        self
    }
}

impl Drawing {
    /// All lines of text, in the order in which the SVG has them.
    pub fn lines(&self) -> impl Iterator<Item = &Line> {
        let frames = self.frames.iter().filter_map(|frame| frame.label.as_ref()).map(|label| &label.line);
        let nodes = self.nodes.iter().flat_map(|node| &node.lines);
        frames.chain(nodes).chain(self.labels.iter().map(|label| &label.line))
    }

    /// What each of the lines shows.
    pub fn shown(&self) -> Vec<Option<Shown>> {
        self.lines().map(|line| line.shown.clone()).collect()
    }
}
