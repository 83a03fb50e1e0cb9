//! The backward pass written out, for a framework that takes no gradients: one statement for each node that a gradient
//! reaches, from the output back, as the chain rule tells it.

use super::expression::{self, Operand, bare, expression, form_of, occurrences};
use super::literal;
use super::write::Writer;
use crate::expr::Piece;
use crate::graph::{Kind, Step};
use crate::ops::{Rule, level};
use crate::tensor::Tensor;
use petgraph::graph::NodeIndex;
use std::collections::HashMap;

/// An expression within another that is longer gets a name.
const LONG: usize = 64;
/// Sums of shares that are longer are written share by share.
const LONG_SUM: usize = 84;

impl Writer<'_> {
    /// The backward pass of an output, and what it has found.
    pub fn write_backward(&mut self, which: usize) {
        let run = self.run;
        let backward = &run.backward[which];
        if !run.graph.is_variable(backward.output) {
            return;
        }
        self.heading(
            "역전파: 출력에서 거꾸로 연쇄 법칙을 따라간다",
            "Backward pass: the chain rule from the output back",
        );
        let mut shares: HashMap<NodeIndex, Vec<&Step>> = HashMap::new();
        backward.steps.iter().for_each(|step| shares.entry(step.operand).or_default().push(step));
        let nodes: Vec<NodeIndex> = run.graph.named().filter(|node| run.graph.is_variable(*node)).collect();
        let mut entries: HashMap<NodeIndex, String> = HashMap::new();
        for &node in nodes.iter().rev() {
            let wanted = format!("d{}_d{}", run.graph.name(backward.output), run.graph.name(node));
            let name = self.fresh.fresh(&wanted);
            let steps = shares.remove(&node).unwrap_or_default();
            self.write_gradient(node, backward.output, &name, &steps, &entries);
            if let Some(adjoint) = backward.adjoints.get(node.index()).copied().flatten() {
                self.names.entry(adjoint).or_insert_with(|| name.clone());
            }
            entries.insert(node, name);
        }
        self.blank();
        let items: Vec<String> = nodes.iter().map(|node| format!("{}: {}", self.key(*node), entries[node])).collect();
        let dictionary = literal::enclosed(("{", "}"), &items, 0);
        self.print_each("gradient", &dictionary, &self.label(backward.output), "gradient.tolist()");
    }

    fn write_gradient(
        &mut self,
        node: NodeIndex,
        output: NodeIndex,
        name: &str,
        steps: &[&Step],
        gradients: &HashMap<NodeIndex, String>,
    ) {
        let shape = &self.run.graph.dag[node].shape;
        let caption = self.caption(node);
        if node == output {
            let note = if shape.rank() == 0 {
                ""
            } else {
                self.say("원소마다 1에서 시작한다", "ones to begin with")
            };
            return self.statement(name, &self.manner.constant(&Tensor::filled(shape, 1.0), 0), &[note.to_owned()]);
        }
        if steps.is_empty() {
            let output = self.run.graph.name(output);
            let note = match self.say("ko", "en") {
                "ko" => format!("{output}에 이르는 길이 없다"),
                _ => format!("no gradient reaches it from {output}"),
            };
            return self.statement(name, &self.manner.constant(&Tensor::filled(shape, 0.0), 0), &[caption, note]);
        }
        let mut pieces: Vec<Piece> = Vec::new();
        for step in steps {
            let share = self.share(step, gradients);
            pieces.push(share);
        }
        let bracketed =
            |(i, piece): (usize, &Piece)| piece.bracketed(level::SUM + usize::from(i > 0) as u8, ("(", ")"));
        let terms: Vec<String> = pieces.iter().enumerate().map(bracketed).collect();
        if terms.len() == 1 || terms.iter().map(|term| term.chars().count() + 3).sum::<usize>() <= LONG_SUM {
            return self.statement(name, &terms.join(" + "), &[caption]);
        }
        self.statement(name, &terms[0], &[caption]);
        for term in &terms[1..] {
            self.statement(name, &format!("{name} + {term}"), &[]);
        }
    }

    /// What one path brings back: upstream · local, also where one of them is 1 and the graph does without it.
    fn share(&mut self, step: &Step, gradients: &HashMap<NodeIndex, String>) -> Piece {
        let graph = &self.run.graph;
        let upstream = gradients.get(&step.gate).map_or("", String::as_str);
        if step.product == step.upstream {
            return Piece::atom(upstream);
        }
        let is_product = |local: &NodeIndex| {
            let same_shape = graph.dag[step.product].shape == graph.dag[step.upstream].shape;
            graph.operands(step.product)[..] == [step.upstream, *local] || step.product == *local && same_shape
        };
        let is_local = matches!(&graph.dag[step.gate].kind, Kind::Apply(op, _) if matches!(op.rule, Rule::Local(_)));
        match step.local.filter(|local| is_local && is_product(local)) {
            Some(local) => {
                let local = match self.piece(local) {
                    Operand::Number(x) => bare(literal::number(x)),
                    Operand::Piece(piece) => piece,
                    Operand::Unused => return Piece::atom(upstream),
                };
                let text = format!("{upstream} * {}", local.bracketed(level::PRODUCT + 1, ("(", ")")));
                Piece { text, level: level::PRODUCT }
            }
            None => self.product(step, upstream),
        }
    }

    /// The product as the rule gives it, with the upstream gradient under the name that the gate's has.
    fn product(&mut self, step: &Step, upstream: &str) -> Piece {
        // What stands in the author's part of the graph has that name as a value, too.
        let is_gradient = step.upstream.index() >= self.run.graph.author_nodes;
        let before = self.names.get(&step.upstream).cloned().filter(|_| is_gradient);
        if before.is_some() {
            self.names.insert(step.upstream, upstream.to_owned());
        }
        let product = self.piece(step.product);
        if let Some(before) = before {
            self.names.insert(step.upstream, before);
        }
        match product {
            Operand::Piece(piece) => piece,
            _ => Piece { text: self.manner.constant(self.run.value(step.product), self.indent), level: level::CALL },
        }
    }

    /// A node as an expression. What it is made of is written out within it, unless it is long or used twice.
    fn piece(&mut self, root: NodeIndex) -> Operand {
        let root = self.resolved(root);
        let mut pieces: HashMap<NodeIndex, Piece> = HashMap::new();
        for node in self.unwritten_below(root) {
            self.name_what_repeats(node, &mut pieces);
            let operands = self.operands(node, &pieces);
            let Some(written) = expression(self.run, self.manner, node, operands, self.indent) else { continue };
            self.use_helper(written.helper);
            let is_shared = self.run.graph.dag.neighbors(node).nth(1).is_some();
            if node != root && (is_shared || written.piece.text.chars().count() > LONG) {
                self.give_name(node, &written.piece);
            } else {
                pieces.insert(node, written.piece);
            }
        }
        self.operand(root, &pieces)
    }

    /// An operand that a spelling needs more than once is computed once.
    fn name_what_repeats(&mut self, gate: NodeIndex, pieces: &mut HashMap<NodeIndex, Piece>) {
        let Some((form, _)) = form_of(self.run, self.manner, gate) else { return };
        for (place, operand) in expression::needed(&self.run.graph, gate) {
            let operand = self.resolved(operand);
            let is_simple = |piece: &Piece| piece.level == level::ATOM;
            if occurrences(&form, place) > 1 && pieces.get(&operand).is_some_and(|piece| !is_simple(piece)) {
                let piece = pieces.remove(&operand).unwrap_or_else(|| Piece::atom(""));
                self.give_name(operand, &piece);
            }
        }
    }

    fn give_name(&mut self, node: NodeIndex, piece: &Piece) {
        let known = self.parts.get(&piece.text).cloned();
        let name = known.unwrap_or_else(|| {
            let name = self.fresh.numbered("t");
            self.statement(&name, &piece.text, &[]);
            self.parts.insert(piece.text.clone(), name.clone());
            name
        });
        self.names.insert(node, name);
    }

    /// The nodes that an expression is made of and that have no name, operands first.
    fn unwritten_below(&self, root: NodeIndex) -> Vec<NodeIndex> {
        let graph = &self.run.graph;
        let is_gate = |node: &NodeIndex| matches!(graph.dag[*node].kind, Kind::Apply(..));
        let is_open = |node: &NodeIndex| is_gate(node) && !self.names.contains_key(node) && !self.is_number(*node);
        let (mut found, mut stack) = (Vec::new(), vec![root]);
        while let Some(node) = stack.pop() {
            if !is_open(&node) || found.contains(&node) {
                continue;
            }
            found.push(node);
            stack.extend(expression::needed(graph, node).into_iter().map(|(_, operand)| self.resolved(operand)));
        }
        found.sort_unstable();
        found
    }
}
