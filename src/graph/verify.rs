//! Three ways to the same derivative, compared at every gate: reverse mode (from the op's rule), forward mode (from the
//! rule's own derivative) and central differences (from the kernel alone).

use crate::diag::{Checked, Diagnostic};
use crate::graph::{Graph, Kind, Role, Run, run, tangents};
use crate::lang::text;
use crate::num;
use crate::ops::random::Random;
use crate::ops::{Attrs, Op};
use crate::tensor::{Shape, Tensor};
use petgraph::graph::NodeIndex;
use std::ops::Range;

/// Central differences are off by the third derivative and by rounding; a wrong rule is off by far more.
const NEAR_DIFFERENCE: f64 = 1e-5;
/// Reverse and forward mode differ by rounding alone.
const NEAR: f64 = 1e-9;
/// Where slopes that should be alike differ by more than this there is no derivative to compare.
const KINK: f64 = 1e-3;

/// Compares the partials of every gate of a graph; the value is how many were compared.
pub fn verify(run: &Run) -> Checked<usize> {
    let mut checked = Checked { value: 0, diagnostics: Vec::new() };
    for gate in (0..run.graph.author_nodes).map(NodeIndex::new) {
        let (Kind::Apply(op, attrs), Some(span)) = (&run.graph.dag[gate].kind, run.graph.span(gate)) else {
            continue;
        };
        let operands = run.graph.operands(gate);
        let values: Vec<&Tensor> = operands.iter().map(|operand| run.value(*operand)).collect();
        for place in 0..operands.len() {
            let trial = Trial { op, attrs, values: &values, place };
            let Some(found) = trial.compare().filter(|_| run.graph.is_variable(operands[place])) else { continue };
            checked.value += 1;
            if found.agree() {
                continue;
            }
            checked.diagnostics.push(found.disagreement(run.graph.called(gate), op.name, place, span.clone()));
        }
    }
    checked
}

/// One gate by itself, its result weighed to one number, in one direction of one operand.
struct Trial<'a> {
    op: &'static Op,
    attrs: &'a Attrs,
    values: &'a [&'a Tensor],
    place: usize,
}

struct Comparison {
    reverse: f64,
    forward: f64,
    central: f64,
}

impl Comparison {
    fn agree(&self) -> bool {
        let size = self.reverse.abs().max(self.forward.abs()).max(1.0);
        (self.reverse - self.forward).abs() <= NEAR * size
            && (self.reverse - self.central).abs() <= NEAR_DIFFERENCE * size
    }
}

impl Comparison {
    /// What is said where they do not agree.
    fn disagreement(&self, gate: &str, op: &str, place: usize, span: Range<usize>) -> Diagnostic {
        let [reverse, forward, central] = [self.reverse, self.forward, self.central].map(|x| num::plain(x, 10));
        let n = place + 1;
        Diagnostic::error(
            "gradient-mismatch",
            span,
            text(
                format!(
                    "게이트 `{gate}`(`{op}`)의 {n}번째 입력에 대한 미분이 서로 다릅니다: 역방향 {reverse}, 순방향 {forward}, 중앙 차분 {central}"
                ),
                format!(
                    "gate `{gate}` (`{op}`): the derivatives by operand {n} disagree: reverse mode {reverse}, forward mode {forward}, central differences {central}"
                ),
            ),
        )
    }
}

impl Trial<'_> {
    /// The three derivatives; none where there is no derivative: at a kink, an edge or beyond the finite numbers.
    fn compare(&self) -> Option<Comparison> {
        let value = self.values[self.place];
        let direction = random_tensor(&value.shape(), 1.0);
        let (here, source, weighed) = self.run(value)?;
        let size = value.elements().iter().fold(1.0_f64, |size, x| size.max(x.abs()));
        let h = 1e-5 * size;
        let at = |h: f64| {
            let moved = value.elements().iter().zip(direction.elements()).map(|(x, d)| x + h * d).collect();
            let (run, _, weighed) = self.run(&Tensor::new(&value.shape(), moved))?;
            run.value(weighed).as_scalar().filter(|x| x.is_finite())
        };
        let (above, middle, below) = (at(h)?, at(0.0)?, at(-h)?);
        let (left, right) = ((middle - below) / h, (above - middle) / h);
        let (central, closer) = ((above - below) / (2.0 * h), (at(h / 2.0)? - at(-h / 2.0)?) / h);
        let differ = |a: f64, b: f64| (a - b).abs() > KINK * a.abs().max(1.0);
        // At a kink the slopes of the two sides differ; at a jump, those over steps of different lengths.
        if differ(left, right) || differ(central, closer) {
            return None;
        }
        let dot = |a: &Tensor, b: &Tensor| a.elements().iter().zip(b.elements()).map(|(a, b)| a * b).sum::<f64>();
        let reverse = here.grad(source).map(|gradient| dot(&gradient, &direction)).filter(|x| x.is_finite())?;
        let tangents = tangents(&here, source, &direction);
        let forward = tangents.iter().find(|(node, _)| *node == weighed)?.1.as_scalar()?;
        Some(Comparison { reverse, forward, central })
    }

    /// The gate applied to its operands, the one in question being `value`: the run, that operand, and the result.
    fn run(&self, value: &Tensor) -> Option<(Run, NodeIndex, NodeIndex)> {
        let mut graph = Graph::default();
        let operands: Vec<NodeIndex> = (0..self.values.len())
            .map(|place| {
                let is_source = place == self.place;
                let role = if is_source { Role::Plain } else { Role::Const };
                graph.add_leaf(role, if is_source { value.clone() } else { self.values[place].clone() }, 0..0)
            })
            .collect();
        let result = graph.apply(self.op, self.attrs.clone(), &operands, Some(0..0)).ok()?;
        let weights = random_tensor(&graph.dag[result].shape, 2.0);
        let weights = graph.add_literal(weights, Some(0..0));
        let product = graph.rule_op("*", &[result, weights]);
        let weighed = graph.rule_op("sum", &[product]);
        graph.author_nodes = graph.dag.node_count();
        graph.outputs.push(weighed);
        graph.written_mut(weighed).name = Some("weighed".into());
        let Checked { value: run, diagnostics } = run(graph);
        let is_defined = diagnostics.iter().all(|d| !matches!(d.code, "domain-error" | "wrong-value"));
        is_defined.then_some((run, operands[self.place], weighed))
    }
}

/// Numbers between 0.5 and 1.5, the same in every run: none is small beside the others.
fn random_tensor(shape: &Shape, seed: f64) -> Tensor {
    let mut random = Random::seeded(seed);
    Tensor::new(shape, (0..shape.len()).map(|_| 0.5 + random.uniform()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::{Rule, find};

    fn compare(op: &'static Op, x: f64) -> Option<Comparison> {
        let value = Tensor::Scalar(x);
        Trial { op, attrs: &Attrs::defaults(op), values: &[&value], place: 0 }.compare()
    }

    #[test]
    fn a_wrong_rule_is_found() {
        let sine = find("sin", false).expect("an op");
        assert!(compare(sine, 0.7).expect("a derivative").agree());
        let wrong: &'static Op = Box::leak(Box::new(Op { rule: Rule::Local(&["cos(a) + a / 1000"]), ..*sine }));
        let found = compare(wrong, 0.7).expect("a derivative");
        assert!(!found.agree());
        let said = found.disagreement("y", "sin", 0, 0..1).message;
        let [en, ko] = [
            "gate `y` (`sin`): the derivatives by operand 1 disagree: reverse mode ",
            "게이트 `y`(`sin`)의 1번째 입력에 대한 미분이 서로 다릅니다: 역방향 ",
        ];
        assert!(said.en.starts_with(en) && said.ko.starts_with(ko), "{said:?}");
        assert!(said.en.contains(", central differences 0.3976") && said.ko.contains(", 중앙 차분 0.3976"), "{said:?}");
    }

    #[test]
    fn kinks_and_edges_are_left_out() {
        assert!(compare(find("relu", false).expect("an op"), 0.0).is_none());
        assert!(compare(find("sqrt", false).expect("an op"), 0.0).is_none());
        assert!(compare(find("exp", false).expect("an op"), 1000.0).is_none());
    }
}
