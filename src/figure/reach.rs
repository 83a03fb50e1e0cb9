//! How far the lines of a drawing reach, known before it is drawn: long lines cost more than nodes do.

use crate::graph::Graph;
use petgraph::graph::NodeIndex;

/// The rows that the lines between the author's nodes pass, all together, with each node in a row before what is made of it
/// and as near to it as its operands allow.
pub fn rows_passed(graph: &Graph) -> usize {
    let named: Vec<NodeIndex> =
        (0..graph.author_nodes).map(NodeIndex::new).filter(|node| !graph.name(*node).is_empty()).collect();
    let mut rows = vec![0_usize; graph.author_nodes];
    for &node in &named {
        rows[node.index()] = graph.operands(node).iter().map(|operand| rows[operand.index()] + 1).max().unwrap_or(0);
    }
    // For each node the first row in which something is made of it.
    let mut first_uses: Vec<Option<usize>> = vec![None; graph.author_nodes];
    let mut passed = 0;
    for &node in named.iter().rev() {
        let row = first_uses[node.index()].map_or(rows[node.index()], |first| first - 1);
        rows[node.index()] = row;
        for operand in graph.operands(node) {
            let first = &mut first_uses[operand.index()];
            *first = Some(first.map_or(row, |first| first.min(row)));
        }
    }
    for &node in &named {
        let operands = graph.operands(node).into_iter().filter(|operand| !graph.name(*operand).is_empty());
        passed += operands.map(|operand| rows[node.index()] - rows[operand.index()]).sum::<usize>();
    }
    passed
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Limits;

    #[test]
    fn lines_pass_rows() {
        for (block, rows) in [
            ("x = 1", 0),
            ("x = 1\ny = x", 1),
            ("x = 1\ny = x * x", 2),
            ("x = 1\na = x * 2\nb = a * 2\nc = b * x", 1 + 1 + 1 + 3),
            // A leaf stands before what is made of it.
            ("x = 1\nw = 2\na = exp(x)\nb = exp(a)\nc = b * w", 4),
        ] {
            assert_eq!(rows_passed(&crate::run_block(block, Limits::default()).value.graph), rows, "{block}");
        }
    }
}
