//! Reverse mode: the backward pass is a graph. Differentiation adds nodes made of the same ops, from the ops'
//! own rules; the evaluator then knows only forward.
//! (Linnainmaa 1970; Griewank & Walther 2008, "Evaluating Derivatives", ch. 3.2.)

use crate::graph::rule::{Scene, rule_for, rules_of};
use crate::graph::{Graph, Kind};
use crate::ops::{self, Attrs, Op, Rule};
use crate::tensor::Tensor;
use foldhash::HashMap;
use petgraph::graph::{EdgeIndex, NodeIndex};
use smallvec::SmallVec;
use std::cell::RefCell;

/// The backward pass from one output.
#[derive(Clone, Debug)]
pub struct Backward {
    /// What is differentiated.
    pub output: NodeIndex,
    /// For each node of the forward pass the node that holds its gradient, if one reaches it.
    pub adjoints: Vec<Option<NodeIndex>>,
    /// The chain rule, told edge by edge from the output back.
    pub steps: Vec<Step>,
}

/// One application of the chain rule: an edge of the graph walked backward.
#[derive(Clone, Copy, Debug)]
pub struct Step {
    /// The edge, from an operand to what is made of it.
    pub edge: EdgeIndex,
    /// The operand, which receives the gradient.
    pub operand: NodeIndex,
    /// The gate that the gradient passes.
    pub gate: NodeIndex,
    /// Which operand of the gate it is.
    pub place: u16,
    /// The node that holds the upstream gradient.
    pub upstream: NodeIndex,
    /// The node that holds the local partial; none for structural ops, whose rule gives the product at once.
    pub local: Option<NodeIndex>,
    /// The node that holds upstream · local: this path's share of the operand's gradient.
    pub product: NodeIndex,
    /// Whether the operand was broadcast, so that the share has been summed back to its shape.
    pub is_summed: bool,
}

/// Adds the backward pass from `output` to the graph: a gradient for every node that the output depends on
/// and that is a variable. An output that is no scalar is seeded with ones.
pub fn differentiate(graph: &mut Graph, output: NodeIndex) -> Backward {
    let follow = graph.variables[..=output.index()].to_vec();
    Walk::from(graph, output, follow).run()
}

/// The node that holds the derivative of `of` with respect to `by`, added to the graph where it is missing.
pub(crate) fn gradient(graph: &mut Graph, of: NodeIndex, by: NodeIndex) -> NodeIndex {
    let follow = depends_on(graph, by, of);
    let backward = follow[of.index()].then(|| Walk::from(graph, of, follow).run());
    match backward.and_then(|backward| backward.adjoints.get(by.index()).copied().flatten()) {
        Some(node) => node,
        None => {
            let zeros = Tensor::filled(&graph.dag[by].shape, 0.0);
            graph.literal(zeros)
        }
    }
}

/// For each node up to `last`, whether it depends on `source`.
pub(crate) fn depends_on(graph: &Graph, source: NodeIndex, last: NodeIndex) -> Vec<bool> {
    let mut depends = vec![false; last.index().max(source.index()) + 1];
    depends[source.index()] = true;
    for i in source.index() + 1..=last.index() {
        depends[i] =
            graph.dag.neighbors_directed(NodeIndex::new(i), petgraph::Direction::Incoming).any(|o| depends[o.index()]);
    }
    depends
}

/// A gradient on its way back.
#[derive(Clone, Copy)]
struct Adjoint {
    node: NodeIndex,
    /// Where this is 0 the gradient is an exact zero that no infinity beyond can turn into NaN: a `where` has
    /// not chosen this path.
    mask: Option<NodeIndex>,
}

/// How much a graph grows.
#[derive(Default)]
struct Needs {
    nodes: usize,
    edges: usize,
}

struct Walk<'g> {
    graph: &'g mut Graph,
    output: NodeIndex,
    /// Which nodes a gradient is wanted for.
    follow: Vec<bool>,
    adjoints: Vec<Option<Adjoint>>,
    steps: Vec<Step>,
}

impl<'g> Walk<'g> {
    fn from(graph: &'g mut Graph, output: NodeIndex, follow: Vec<bool>) -> Self {
        let adjoints = vec![None; follow.len()];
        let steps = Vec::with_capacity(graph.dag.edge_count());
        Self { graph, output, follow, adjoints, steps }
    }

    /// Makes room for what the walk will add, which is several times the graph: to grow step by step would be to copy it
    /// again and again. All gates of an op are taken to need as much as the first of them.
    fn reserve(&mut self) {
        let mut needs: HashMap<*const Op, Needs> = HashMap::default();
        let mut room = Needs::default();
        for gate in (0..=self.output.index()).map(NodeIndex::new).filter(|gate| self.follow[gate.index()]) {
            let Kind::Apply(op, _) = &self.graph.dag[gate].kind else { continue };
            let more = needs.entry(std::ptr::from_ref(*op)).or_insert_with(|| self.graph.needs_behind(op, gate));
            room.nodes += more.nodes;
            room.edges += more.edges;
        }
        if self.graph.most_nodes.is_some_and(|most| room.nodes > most) {
            return;
        }
        self.graph.dag.reserve_nodes(room.nodes);
        self.graph.dag.reserve_edges(room.edges);
        self.graph.variables.reserve(room.nodes);
    }

    fn run(mut self) -> Backward {
        self.reserve();
        let seed = Tensor::filled(&self.graph.dag[self.output].shape, 1.0);
        // A node of its own: the seed is not just any 1.
        self.adjoints[self.output.index()] = Some(Adjoint { node: self.graph.add_literal(seed, None), mask: None });
        for gate in (0..=self.output.index()).rev().map(NodeIndex::new) {
            if self.graph.is_overfull() {
                break;
            }
            if let (Some(upstream), true) = (self.adjoints[gate.index()], self.follow[gate.index()]) {
                self.pass(gate, upstream);
            }
        }
        Backward {
            output: self.output,
            adjoints: self.adjoints.into_iter().map(|a| a.map(|a| a.node)).collect(),
            steps: self.steps,
        }
    }

    /// Passes the gradient that has arrived at a gate on to its operands.
    fn pass(&mut self, gate: NodeIndex, upstream: Adjoint) {
        let Kind::Apply(op, attrs) = &self.graph.dag[gate].kind else { return };
        let (op, attrs) = (*op, attrs.clone());
        let edges = self.graph.edges_into(gate);
        let inputs = self.graph.operands(gate);
        if !inputs.iter().any(|operand| self.follow[operand.index()]) {
            return;
        }
        let rules = rules_of(op, self.graph, &inputs);
        for (place, (edge, &operand)) in edges.zip(&inputs).enumerate() {
            let Some(rule) = rule_for(&rules, place).filter(|_| self.follow[operand.index()]) else { continue };
            let scene = Scene { op, attrs: &attrs, inputs: &inputs, place, y: gate, g: upstream.node };
            let (local, product) = match op.rule {
                Rule::Vjp(_) => (None, Adjoint { node: self.graph.instantiate(rule, &scene), mask: None }),
                Rule::Select(_) => {
                    let local = self.graph.instantiate(rule, &scene);
                    (Some(local), self.select(&inputs, place, upstream))
                }
                Rule::Local(_) | Rule::Flat => {
                    let local = self.graph.instantiate(rule, &scene);
                    (Some(local), self.multiply(upstream, local))
                }
            };
            let whole = product.node;
            let product = self.sum_to_operand(product, operand);
            let (upstream, product_node) = (upstream.node, product.node);
            let is_summed =
                whole != product_node && self.graph.dag[whole].shape.len() > self.graph.dag[product_node].shape.len();
            self.steps.push(Step {
                edge: EdgeIndex::new(edge),
                operand,
                gate,
                place: place as u16,
                upstream,
                local,
                product: product_node,
                is_summed,
            });
            self.accumulate(operand, product);
        }
    }

    /// upstream · local, and an exact zero where a `where` downstream has not chosen this path.
    fn multiply(&mut self, upstream: Adjoint, local: NodeIndex) -> Adjoint {
        let product = self.graph.product(upstream.node, local);
        match upstream.mask {
            Some(mask) if product != upstream.node => {
                let zero = self.graph.literal(Tensor::Scalar(0.0));
                Adjoint { node: self.graph.rule_op("where", &[mask, product, zero]), mask: Some(mask) }
            }
            mask => Adjoint { node: product, mask },
        }
    }

    /// The gradient for one branch of a `where`: the upstream gradient where the branch is chosen.
    fn select(&mut self, inputs: &[NodeIndex], place: usize, upstream: Adjoint) -> Adjoint {
        let graph = &mut *self.graph;
        let zero = graph.literal(Tensor::Scalar(0.0));
        let chosen = if place == 1 {
            graph.rule_op("where", &[inputs[0], upstream.node, zero])
        } else {
            graph.rule_op("where", &[inputs[0], zero, upstream.node])
        };
        let mut mask = if place == 1 { inputs[0] } else { graph.rule_op("==", &[inputs[0], zero]) };
        if let Some(outer) = upstream.mask {
            mask = graph.rule_op("where", &[outer, mask, zero]);
        }
        Adjoint { node: chosen, mask: Some(mask) }
    }

    /// The gradient of an operand that was broadcast is summed back to the operand's shape.
    fn sum_to_operand(&mut self, product: Adjoint, operand: NodeIndex) -> Adjoint {
        let (from, to) = (&self.graph.dag[product.node].shape, &self.graph.dag[operand].shape);
        if from == to {
            return product;
        }
        let is_larger = (from.len(), from.rank()) > (to.len(), to.rank());
        let op = if is_larger { "sum_to" } else { "stretch" };
        Adjoint { node: self.graph.rule_op(op, &[product.node, operand]), mask: None }
    }

    /// A node that is used several times gets the sum over its paths.
    fn accumulate(&mut self, operand: NodeIndex, share: Adjoint) {
        let sum = match self.adjoints[operand.index()] {
            None => share,
            Some(before) => {
                let node = self.graph.rule_op("+", &[before.node, share.node]);
                // Zero for certain only where no path was chosen.
                let mask = match (before.mask, share.mask) {
                    (Some(a), Some(b)) => Some(self.graph.rule_op("max", &[a, b])),
                    _ => None,
                };
                Adjoint { node, mask }
            }
        };
        self.adjoints[operand.index()] = Some(sum);
    }
}

/// The nodes of a gate's local partials, one per operand, added to the graph; none for structural ops.
pub(crate) fn local_rules(graph: &mut Graph, gate: NodeIndex) -> Vec<Option<NodeIndex>> {
    let Kind::Apply(op, attrs) = &graph.dag[gate].kind else { return Vec::new() };
    let (op, attrs) = (*op, attrs.clone());
    let inputs = graph.operands(gate);
    if let Rule::Vjp(_) = op.rule {
        return vec![None; inputs.len()];
    }
    let rules = rules_of(op, graph, &inputs);
    (0..inputs.len())
        .map(|place| match rule_for(&rules, place) {
            Some(rule) => {
                Some(graph.instantiate(rule, &Scene { op, attrs: &attrs, inputs: &inputs, place, y: gate, g: gate }))
            }
            None => Some(graph.literal(Tensor::Scalar(0.0))),
        })
        .collect()
}

impl Graph {
    /// What passing a gradient through a gate adds: for each operand its rule, a product and a sum.
    fn needs_behind(&self, op: &'static Op, gate: NodeIndex) -> Needs {
        let inputs = self.operands(gate);
        let rules = rules_of(op, self, &inputs);
        let mut needs = Needs::default();
        for rule in (0..inputs.len()).filter_map(|place| rule_for(&rules, place)) {
            needs.nodes += rule.nodes + 2;
            needs.edges += rule.edges + 4;
        }
        needs
    }

    /// a · b, where a factor 1 costs no node.
    fn product(&mut self, a: NodeIndex, b: NodeIndex) -> NodeIndex {
        let (shape_a, shape_b) = (&self.dag[a].shape, &self.dag[b].shape);
        match () {
            () if self.is_one(b) && shape_b.rank() == 0 => a,
            () if self.is_one(a) && shape_a.rank() <= shape_b.rank() && (shape_a.rank() == 0 || shape_a == shape_b) => {
                b
            }
            () => self.rule_op("*", &[a, b]),
        }
    }

    fn is_one(&self, node: NodeIndex) -> bool {
        matches!(&self.dag[node].kind, Kind::Literal(Tensor::Scalar(x)) if *x == 1.0)
    }

    pub(crate) fn rule_op(&mut self, name: &'static str, operands: &[NodeIndex]) -> NodeIndex {
        thread_local! {
            // The passes ask for the same few ops again and again; their names are told apart by where they lie.
            static FOUND: RefCell<SmallVec<[(*const u8, &'static Op); 8]>> = RefCell::default();
        }
        let op = FOUND.with_borrow_mut(|found| match found.iter().find(|(known, _)| *known == name.as_ptr()) {
            Some((_, op)) => *op,
            None => {
                let op = ops::find(name, true).expect("rules use ops of the table");
                found.push((name.as_ptr(), op));
                op
            }
        });
        self.rule_apply(op, Attrs::defaults(op), operands)
    }

    pub(super) fn rule_apply(&mut self, op: &'static Op, attrs: Attrs, operands: &[NodeIndex]) -> NodeIndex {
        self.apply(op, attrs, operands, None).expect("a rule's shapes fit where the op's own shapes do")
    }
}
