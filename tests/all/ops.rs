//! One loop over the op table: a new row is tested without a test of its own.

use bpdoc::graph::{self, Run};
use bpdoc::ops::{self, Family, Op, Rule};
use bpdoc::settings::Limits;
use bpdoc::tensor::{Shape, Tensor};
use std::collections::HashSet;

fn public() -> impl Iterator<Item = &'static Op> {
    ops::table().filter(|op| op.family != Family::Rule)
}

fn run(op: &Op, block: &str) -> Run {
    let checked = bpdoc::run_block(block, Limits::default());
    let errors: Vec<_> = checked
        .diagnostics
        .iter()
        .filter(|d| d.severity == bpdoc::diag::Severity::Error)
        .map(|d| &d.message.en)
        .collect();
    assert!(errors.is_empty(), "`{}`:\n{block}\n{errors:?}", op.name);
    checked.value
}

#[test]
fn rows_are_complete() {
    let mut names = HashSet::new();
    for op in ops::table() {
        let reserved = ["y", "g", "e", "pi"];
        assert!(
            op.inputs.iter().all(|input| !reserved.contains(input)),
            "`{}`: an input hides a name of the rules",
            op.name
        );
        for name in std::iter::once(&op.name).chain(op.aliases) {
            assert!(names.insert(*name), "`{name}` is there twice");
        }
    }
    for op in public() {
        let name = op.name;
        for words in [op.title, op.about] {
            assert!(!words.ko.is_empty() && !words.en.is_empty(), "`{name}` lacks words");
        }
        assert!(op.about.ko.ends_with('.') && op.about.en.ends_with('.'), "`{name}`: its text ends in a full stop");
        assert!(!op.glyph.is_empty() && !op.examples.is_empty(), "`{name}` lacks a glyph or an example");
        let spellings = [
            op.spelling.latex,
            op.spelling.js,
            op.spelling.torch,
            op.spelling.jax,
            op.spelling.tensorflow,
            op.spelling.numpy,
        ];
        for (spelling, place) in spellings.iter().flat_map(|s| (1..=op.arity()).map(move |place| (s, place))) {
            assert!(
                spelling.template.contains(&format!("#{place}"))
                    || op.is_variadic && spelling.template.contains("#all"),
                "`{name}`: `{}` lacks #{place}",
                spelling.template
            );
        }
    }
}

#[test]
fn there_is_a_rule_for_every_input() {
    for op in ops::table() {
        let shapes = [Shape::from([2, 2]), Shape::from([2, 2]), Shape::from([2, 2])];
        let rules = match op.rule {
            Rule::Flat => continue,
            Rule::Local(rules) | Rule::Select(rules) => rules,
            Rule::Vjp(choose) => choose(&shapes.iter().take(op.arity()).collect::<Vec<_>>()),
        };
        assert_eq!(rules.len(), op.arity(), "`{}`", op.name);
    }
}

/// The claims in the examples are checked by running them.
#[test]
fn examples_hold() {
    for op in public() {
        for block in op.examples {
            run(op, block);
        }
    }
}

/// Leaves of a run with the elements of their values.
fn leaves(run: &Run) -> Vec<(petgraph::graph::NodeIndex, Tensor)> {
    let leaves = run.graph.named().filter(|node| matches!(run.graph.dag[*node].kind, graph::Kind::Leaf(..)));
    let variables = leaves.filter(|node| run.graph.is_variable(*node));
    variables.map(|index| (index, run.value(index).clone())).collect()
}

/// Numbers as the notes' language writes a tensor.
fn nested(extents: &[usize], elements: &mut std::slice::Iter<'_, f64>) -> String {
    match extents.split_first() {
        None => format!("{:?}", elements.next().expect("as many elements as the shape holds")),
        Some((&n, rest)) => {
            format!("[{}]", (0..n).map(|_| nested(rest, elements)).collect::<Vec<_>>().join(", "))
        }
    }
}

/// The block with one leaf's value replaced.
fn with_leaf(block: &str, name: &str, value: &Tensor) -> String {
    let text = nested(&value.shape().0, &mut value.elements().iter());
    block
        .lines()
        .filter(|line| !line.starts_with("expect"))
        .map(|line| {
            if line.split('=').next().is_some_and(|left| left.trim() == name) {
                format!("{name} = {text}")
            } else {
                line.to_owned()
            }
        })
        .collect::<Vec<_>>()
        .join("\n")
}

/// Reverse mode against central differences, at every example that does not stand on a kink or an edge.
#[test]
fn rules_agree_with_central_differences() {
    let mut compared = 0;
    for op in public() {
        for block in op.examples {
            let base = run(op, block);
            let output = base.graph.outputs[0];
            for (leaf, value) in leaves(&base) {
                let gradient = base.grad(leaf).expect("a variable has a gradient").elements().to_vec();
                for (i, slope) in gradient.iter().enumerate() {
                    let at = |h: f64| {
                        let mut elements = value.elements().to_vec();
                        elements[i] += h;
                        let moved = Tensor::new(&value.shape(), elements);
                        let block = with_leaf(block, base.graph.name(leaf), &moved);
                        let run = bpdoc::run_block(&block, Limits::default());
                        (!run.has_errors()).then(|| run.value.value(output).as_scalar()).flatten()
                    };
                    let h = 1e-5 * value.elements()[i].abs().max(1.0);
                    let (Some(above), Some(here), Some(below)) = (at(h), at(0.0), at(-h)) else { continue };
                    let (left, right) = ((here - below) / h, (above - here) / h);
                    // On a kink, also of the second derivative, the two sides differ; the examples claim what is
                    // right there.
                    if !(left - right).is_finite()
                        || (left - right).abs() > 1e-3 * left.abs().max(1.0)
                        || value.elements()[i] == 0.0
                    {
                        continue;
                    }
                    let central = (above - below) / (2.0 * h);
                    assert!(
                        (central - slope).abs() <= 2e-6 * slope.abs().max(1.0),
                        "`{}`: {slope} against {central} for {} in\n{block}",
                        op.name,
                        base.graph.name(leaf)
                    );
                    compared += 1;
                }
            }
        }
    }
    assert!(compared > 250, "only {compared} partials were compared");
}

/// Forward mode and reverse mode take different ways through the graph to the same number.
#[test]
fn forward_mode_agrees_with_reverse_mode() {
    for op in public() {
        for block in op.examples {
            let base = run(op, block);
            let output = base.graph.outputs[0];
            for (leaf, value) in leaves(&base) {
                let gradient = base.grad(leaf).expect("a variable has a gradient").elements().to_vec();
                for (i, reverse) in gradient.iter().enumerate() {
                    let mut seed = vec![0.0; gradient.len()];
                    seed[i] = 1.0;
                    let seed = Tensor::new(&value.shape(), seed);
                    let tangents = graph::tangents(&base, leaf, &seed);
                    let forward = tangents
                        .iter()
                        .find(|(node, _)| *node == output)
                        .and_then(|(_, t)| t.as_scalar())
                        .expect("a scalar output");
                    assert!(
                        forward == *reverse || (forward - reverse).abs() <= 1e-12 * reverse.abs().max(1.0),
                        "`{}`: {forward} against {reverse} in\n{block}",
                        op.name
                    );
                }
            }
        }
    }
}

/// Rules where digits are easily lost, against numbers computed with 60 digits.
#[test]
fn rules_keep_their_digits() {
    let cases = [
        ("cbrt(a)", -2.0, 0.20998684164914552),
        ("tan(a)", 1.5, 199.85004452649247),
        ("asin(a)", 0.9999999, 2236.068033989975),
        ("acos(a)", -0.9999999, -2236.068033989975),
        ("atan2(a, a)", 1e200, 0.0),
        ("atan2(a, 1e-200)", 1e-200, 5e199),
        ("hypot(a, 4e200)", 3e200, 0.6),
        ("tanh(a)", 0.5, 0.7864477329659274),
        ("tanh(a)", 5.0, 0.0001815832309438067),
        ("tanh(a)", 300.0, 1.0601586212017243e-260),
        ("erf(a)", 6.0, 2.617301239249265e-16),
        ("erfc(a)", 10.0, -4.197656231354417e-44),
        ("sigmoid(a)", -40.0, 4.248354255291589e-18),
        ("sigmoid(a)", 40.0, 4.248354255291589e-18),
        ("log_sigmoid(a)", 40.0, 4.248354255291589e-18),
        ("softplus(a)", -40.0, 4.248354255291589e-18),
        ("softsign(a)", 1e10, 9.999999998e-21),
        ("silu(a)", -40.0, -1.6568581595637197e-16),
        ("silu(a)", 2.0, 1.0907842487848955),
        ("mish(a)", -40.0, -1.6568581595637197e-16),
        ("mish(a)", 2.0, 1.0693179342794896),
        ("mish(a)", 1e300, 1.0),
        ("gelu(a)", -6.0, -3.5468709453902015e-8),
        ("gelu(a)", -30.0, -4.416031690708495e-195),
        ("gelu(a)", 2.0, 1.085231801078197),
        ("gelu_tanh(a)", -6.0, -7.709973930953696e-10),
        ("gelu_tanh(a)", 2.0, 1.0860992566236183),
        ("gelu_tanh(a)", -1e200, 0.0),
        ("elu(a)", -40.0, 4.248354255291589e-18),
        ("selu(a)", -40.0, 7.469028815914292e-18),
        // Second derivatives.
        ("grad(tanh(a), a)", 0.5, -0.7268619813835873),
        ("grad(tanh(a), a)", 20.0, -3.398683404233271e-17),
        ("grad(tanh(a), a)", 1000.0, 0.0),
        ("grad(sigmoid(a), a)", 40.0, -4.248354255291589e-18),
        ("grad(silu(a), a)", -40.0, -1.6143746170108038e-16),
        ("grad(mish(a), a)", 12.0, -3.3220237634830527e-9),
        ("grad(gelu(a), a)", -6.0, -2.065800168939917e-7),
        ("grad(gelu_tanh(a), a)", 2.0, -0.10787507995107845),
    ];
    for (expression, at, expected) in cases {
        let checked = bpdoc::run_block(&format!("a = {at:?}\ny = {expression}"), Limits::default());
        let run = checked.value;
        let (leaf, _) = leaves(&run)[0];
        let found = run.grad(leaf).and_then(|g| g.as_scalar()).expect("a scalar");
        // Far out an error of the argument's last digit is a relative error of the result: x² · 2⁻⁵³ for e^(-x²).
        assert!(
            (found - expected).abs() <= 2e-13 * f64::abs(expected),
            "d/da {expression} at {at} is {found:e}, not {expected:e}"
        );
    }
}

/// Every gate of every example, by itself: what `bpdoc check --gradients` does to the graphs of a site.
#[test]
fn three_ways_agree_at_every_gate() {
    let mut compared = 0;
    for op in public() {
        for block in op.examples {
            let found = graph::verify(&run(op, block));
            let wrong: Vec<_> = found.diagnostics.iter().map(|d| &d.message.en).collect();
            assert!(wrong.is_empty(), "`{}`:\n{block}\n{wrong:?}", op.name);
            compared += found.value;
        }
    }
    assert!(compared > 150, "only {compared} partials were compared");
}

/// The kernels that training uses in place of rules give the rules' numbers.
#[test]
fn slopes_are_the_rules() {
    for op in ops::table() {
        let Some(slope) = op.slope else { continue };
        for x in [-40.0, -7.5, -1.0, -0.3, 0.0, 0.3, 1.0, 3.9, 4.1, 7.5, 40.0, 700.0] {
            let base = run(op, &format!("a = {x:?}\ny = {}(a)", op.name));
            let leaf = base.graph.find("a").expect("the leaf");
            let rule = base.grad(leaf).and_then(|g| g.as_scalar()).expect("a number");
            let value = base.value(base.graph.outputs[0]).as_scalar().expect("a number");
            let kernel = (slope.one)(&[x, value], &ops::Attrs::defaults(op));
            assert!((kernel - rule).abs() <= 1e-15 * rule.abs(), "`{}` at {x}: {kernel:e} against {rule:e}", op.name);
        }
    }
}
