//! Shapes: reshaping, broadcasting, joining, and picking elements, and what their rules need.

use super::{BLANK, Forward, Op, Rule, spelled_by_rules};

pub const OPS: &[Op] = &[Op {
    // The elements in the shape of another tensor that has as many.
    name: "reshape_as",
    glyph: "□",
    inputs: &["a", "like"],
    spelling: spelled_by_rules(r"\operatorname{reshape}(#1)"),
    forward: Forward::Structural {
        shape: |shapes, _| Ok(shapes[1].clone()),
        kernel: |x, _, out| out.elements.copy_from_slice(x[0].elements),
    },
    rule: Rule::Vjp(|_| &["reshape_as(g, a)", ""]),
    ..BLANK
}];
