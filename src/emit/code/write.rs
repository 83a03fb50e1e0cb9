//! The parts that programs of all frameworks have: a head, the leaves, the gates in their order, and what is printed.

use super::expression::{self, Operand, expression};
use super::flow::Stop;
use super::framework::Manner;
use super::literal::{self, enclosed};
use super::names::Names;
use crate::expr::Piece;
use crate::graph::{Kind, Role, Run};
use crate::lang::Tongue;
use crate::ops::{self, Rule, Why};
use crate::source::is_hidden;
use crate::tensor::Tensor;
use petgraph::graph::NodeIndex;
use std::collections::{HashMap, HashSet};
use unicode_width::UnicodeWidthStr;

/// Lines end here where they can.
const WIDTH: usize = 100;
/// A list within an expression that is longer gets a name.
const LONG_LIST: usize = 40;

/// A program in the making.
pub(super) struct Writer<'r> {
    pub run: &'r Run,
    pub manner: &'static Manner,
    pub indent: usize,
    language: usize,
    tongue: Tongue,
    pub names: HashMap<NodeIndex, String>,
    pub fresh: Names<'static>,
    body: String,
    helpers: Vec<&'static str>,
    /// Expressions that have got a name of their own, and the name.
    pub parts: HashMap<String, String>,
    /// For each of the author's nodes whether the framework follows gradients through it.
    pub flows: Vec<bool>,
    /// Nodes at which gradients begin to flow that the framework would not follow back.
    pub watched: Vec<bool>,
    /// Operands of gates, by gate and place, through which no gradient may flow.
    pub stops: HashMap<(NodeIndex, usize), Stop>,
}

impl<'r> Writer<'r> {
    pub fn new(run: &'r Run, manner: &'static Manner, tongue: Tongue, language: usize) -> Self {
        let mut writer = Self {
            run,
            manner,
            indent: 0,
            language,
            tongue,
            names: HashMap::new(),
            fresh: Names::besides(manner.taken.get_or_init(|| own_names(manner))),
            body: String::new(),
            helpers: Vec::new(),
            parts: HashMap::new(),
            flows: Vec::new(),
            watched: Vec::new(),
            stops: HashMap::new(),
        };
        for node in run.graph.named() {
            let name = writer.fresh.fresh(run.graph.name(node));
            writer.names.insert(node, name);
        }
        writer.find_stops();
        writer.follow();
        writer
    }

    pub fn say(&self, ko: &'static str, en: &'static str) -> &'static str {
        match self.tongue {
            Tongue::Ko => ko,
            Tongue::En => en,
        }
    }

    pub fn line(&mut self, text: &str) {
        if !text.is_empty() {
            self.body.push_str(&" ".repeat(self.indent));
            self.body.push_str(text);
        }
        self.body.push('\n');
    }

    /// An empty line, unless there is one.
    pub fn blank(&mut self) {
        if !self.body.is_empty() && !self.body.ends_with("\n\n") && !self.body.ends_with(":\n") {
            self.body.push('\n');
        }
    }

    pub fn heading(&mut self, ko: &'static str, en: &'static str) {
        self.blank();
        let text = self.say(ko, en);
        self.line(&format!("# {text}"));
    }

    /// A comment in as many lines as it takes.
    pub fn comment(&mut self, text: &str) {
        for line in comment_lines(text, WIDTH - self.indent) {
            self.line(&line);
        }
    }

    /// `name = value`, with a comment behind it, or above it where there is no room.
    pub fn statement(&mut self, name: &str, value: &str, comments: &[String]) {
        let comment = comments.iter().filter(|c| !c.is_empty()).cloned().collect::<Vec<_>>().join(" · ");
        let statement = format!("{name} = {value}");
        let has_room = !statement.contains('\n') && self.indent + statement.width() + comment.width() + 4 <= WIDTH;
        match comment.as_str() {
            "" => self.line(&statement),
            comment if has_room => self.line(&format!("{statement}  # {comment}")),
            comment => {
                self.comment(comment);
                self.line(&statement);
            }
        }
    }

    pub fn caption(&self, node: NodeIndex) -> String {
        self.run.graph.caption_of(node, self.language).chars().filter(|c| !c.is_control() && !is_hidden(*c)).collect()
    }

    /// The author's leaves, and the long lists within expressions.
    pub fn write_leaves(&mut self) {
        let graph = &self.run.graph;
        let needed = self.needed_gates();
        let mut lists = HashSet::new();
        for gate in &needed {
            for (_, operand) in expression::needed(graph, *gate) {
                let is_list = matches!(graph.dag[operand].kind, Kind::Literal(Tensor::Array(_)));
                if is_list && self.manner.constant(self.run.value(operand), 0).len() > LONG_LIST {
                    lists.insert(operand);
                }
            }
        }
        for node in graph.dag.node_indices().take(graph.author_nodes) {
            match &graph.dag[node].kind {
                Kind::Leaf(role, value) => {
                    let value = self.leaf(*role, value);
                    let name = self.names[&node].clone();
                    self.statement(&name, &value, &[self.caption(node)]);
                }
                Kind::Literal(value) if lists.contains(&node) && !self.names.contains_key(&node) => {
                    let name = self.fresh.numbered("c");
                    self.statement(&name, &self.manner.constant(value, self.indent), &[]);
                    self.names.insert(node, name);
                }
                _ => {}
            }
        }
    }

    fn leaf(&self, role: Role, value: &Tensor) -> String {
        match value.as_scalar() {
            _ if role == Role::Const => self.manner.constant(value, self.indent),
            Some(x) if self.manner.watch.is_none() => self.manner.scalar.replace('#', &literal::float(x)),
            _ => self.manner.variable.replace('#', &literal::array(value, self.indent)),
        }
    }

    /// The author's gates, in an order in which operands come first; whether there is one.
    pub fn write_gates(&mut self) -> bool {
        let gates = self.needed_gates();
        if self.indent == 0 && !gates.is_empty() {
            self.heading("순전파", "Forward pass");
        }
        let (mut group, mut is_by_rule) = (None, false);
        for gate in &gates {
            let own = self.run.graph.group(*gate);
            if own != group {
                self.blank();
                group = own;
                if let Some(group) = own {
                    let label = self.group_label(group);
                    self.comment(&label);
                }
            }
            let was_by_rule = std::mem::replace(&mut is_by_rule, self.run.graph.span(*gate).is_none());
            if is_by_rule && !was_by_rule {
                self.comment(self.say(
                    "grad()의 도함수도 같은 연산으로 이루어진 그래프이다.",
                    "The derivative that grad() asks for is a graph of the same operations.",
                ));
            }
            self.write_gate(*gate);
        }
        !gates.is_empty()
    }

    fn group_label(&self, group: usize) -> String {
        let groups = &self.run.graph.groups;
        let mut labels: Vec<&str> = std::iter::successors(Some(group), |group| groups[*group].parent)
            .map(|group| groups[group].label.in_language(self.language))
            .collect();
        labels.reverse();
        let label = labels.join(" / ");
        label.chars().filter(|c| !c.is_control() && !is_hidden(*c)).collect()
    }

    fn write_gate(&mut self, gate: NodeIndex) {
        let operands = self.operands(gate, &HashMap::new());
        let Some(written) = expression(self.run, self.manner, gate, operands, self.indent) else { return };
        let name = self.names[&gate].clone();
        let stopped =
            (0..).take(self.run.graph.operands(gate).len()).any(|place| self.stops.contains_key(&(gate, place)));
        let stop = if stopped && self.manner.stopped != "#" {
            self.say("고르지 않은 쪽으로는 기울기를 보내지 않는다", "no gradient for what is not chosen")
        } else {
            ""
        };
        let comments = [self.caption(gate), self.reason(gate, written.why), stop.to_owned()];
        self.statement(&name, &written.piece.text, &comments);
        self.use_helper(written.helper);
        if let Some(watch) = self.manner.watch.filter(|_| self.watched[gate.index()]) {
            self.line(&watch.replace('#', &name));
        }
    }

    /// Why a gate is not spelled as usual, where a reader would wonder.
    fn reason(&self, gate: NodeIndex, why: Option<Why>) -> String {
        let operands = self.run.graph.operands(gate);
        let matters = match why {
            Some(Why::Differs(places)) => places.iter().any(|place| self.run.graph.is_variable(operands[*place])),
            _ => true,
        };
        let words = why.filter(|_| matters).and_then(Why::words);
        words.map_or_else(String::new, |words| words.text_in(self.tongue).replace('#', self.manner.title))
    }

    pub fn use_helper(&mut self, helper: &'static str) {
        if !helper.is_empty() && !self.helpers.contains(&helper) {
            self.helpers.push(helper);
        }
    }

    /// The operands of a gate; what has no name is among `pieces` or a literal.
    pub fn operands(&self, gate: NodeIndex, pieces: &HashMap<NodeIndex, Piece>) -> Vec<Operand> {
        let needed = expression::needed(&self.run.graph, gate);
        let operand = |(place, operand): (usize, NodeIndex)| {
            if !needed.contains(&(place, operand)) {
                return Operand::Unused;
            }
            match self.operand(self.resolved(operand), pieces) {
                Operand::Piece(piece) => Operand::Piece(self.stopped(gate, place, piece)),
                other => other,
            }
        };
        self.run.graph.operands(gate).into_iter().enumerate().map(operand).collect()
    }

    /// The branch that a `where` of a rule chooses whatever the leaves are, or else the node itself.
    pub fn resolved(&self, node: NodeIndex) -> NodeIndex {
        let graph = &self.run.graph;
        let mut node = node;
        while let Kind::Apply(op, _) = &graph.dag[node].kind {
            let operands = graph.operands(node);
            if self.names.contains_key(&node) || !matches!(op.rule, Rule::Select(_)) || !self.is_number(operands[0]) {
                break;
            }
            let is_chosen = self.run.value(operands[0]).as_scalar().is_some_and(|x| x != 0.0);
            let branch = operands[if is_chosen { 1 } else { 2 }];
            if graph.dag[branch].shape != graph.dag[node].shape {
                break;
            }
            node = branch;
        }
        node
    }

    /// Whether a node is written as a number: a scalar that has no name and depends on no leaf, if it is a short one.
    pub fn is_number(&self, node: NodeIndex) -> bool {
        let graph = &self.run.graph;
        let Some(x) = self.run.value(node).as_scalar().filter(|_| !self.names.contains_key(&node)) else {
            return false;
        };
        match &graph.dag[node].kind {
            Kind::Literal(_) => true,
            Kind::Leaf(..) => false,
            Kind::Apply(op, _) => {
                let is_constant = expression::is_constant(op) || graph.span(node).is_none() && !graph.is_variable(node);
                is_constant && x.is_finite() && literal::number(x).len() <= 6
            }
        }
    }

    pub fn operand(&self, node: NodeIndex, pieces: &HashMap<NodeIndex, Piece>) -> Operand {
        match (self.names.get(&node), pieces.get(&node)) {
            (Some(name), _) => Operand::Piece(Piece::atom(name.as_str())),
            (None, Some(piece)) => Operand::Piece(piece.clone()),
            (None, None) if self.is_number(node) => {
                Operand::Number(self.run.value(node).as_scalar().unwrap_or(f64::NAN))
            }
            (None, None) => Operand::Piece(Piece {
                text: self.manner.constant(self.run.value(node), self.indent),
                level: ops::level::CALL,
            }),
        }
    }

    fn stopped(&self, gate: NodeIndex, place: usize, piece: Piece) -> Piece {
        let text = match self.stops.get(&(gate, place)) {
            None => return piece,
            Some(Stop::All) => self.manner.stopped.replace('#', &piece.text),
            Some(Stop::Partly(mask)) => self.manner.partly_stopped.replace("#mask", mask).replace('#', &piece.text),
        };
        Piece { text, level: ops::level::CALL }
    }

    fn needed_gates(&self) -> Vec<NodeIndex> {
        let graph = &self.run.graph;
        graph.named().filter(|node| matches!(graph.dag[*node].kind, Kind::Apply(..))).collect()
    }

    pub fn leaves(&self) -> Vec<NodeIndex> {
        let graph = &self.run.graph;
        graph.named().filter(|node| matches!(graph.dag[*node].kind, Kind::Leaf(..))).collect()
    }

    pub fn variable_leaves(&self) -> Vec<NodeIndex> {
        self.leaves().into_iter().filter(|leaf| self.run.graph.is_variable(*leaf)).collect()
    }

    /// The gates, and outputs that are leaves.
    pub fn gates_and_outputs(&self) -> Vec<NodeIndex> {
        let is_leaf = |node: &NodeIndex| matches!(self.run.graph.dag[*node].kind, Kind::Leaf(..));
        self.needed_gates().into_iter().chain(self.outputs().into_iter().filter(is_leaf)).collect()
    }

    /// The outputs that can be differentiated.
    pub fn outputs(&self) -> Vec<NodeIndex> {
        let outputs = self.run.backward.iter().map(|backward| backward.output);
        outputs.filter(|output| self.run.graph.is_variable(*output)).collect()
    }

    /// The nodes that the framework has gradients for: the leaves, and what an output depends on.
    pub fn differentiable(&self) -> Vec<NodeIndex> {
        let is_reached = |node: NodeIndex| self.run.backward.iter().any(|b| is_reached_in(b, node));
        let has_one = |node: &NodeIndex| {
            let is_leaf = matches!(self.run.graph.dag[*node].kind, Kind::Leaf(..));
            self.run.graph.is_variable(*node)
                && (is_leaf || self.flows.get(node.index()) == Some(&true) && is_reached(*node))
        };
        self.run.graph.named().filter(has_one).collect()
    }

    /// The gates among them that PyTorch must be told of, by name.
    pub fn kept_gates(&self) -> Vec<String> {
        let is_gate = |node: &NodeIndex| matches!(self.run.graph.dag[*node].kind, Kind::Apply(..));
        let gates: Vec<NodeIndex> = self.differentiable().into_iter().filter(is_gate).collect();
        self.names_of(&gates)
    }

    pub fn name(&self, node: NodeIndex) -> &str {
        self.names.get(&node).map_or("", String::as_str)
    }

    pub fn names_of(&self, nodes: &[NodeIndex]) -> Vec<String> {
        nodes.iter().map(|node| self.name(*node).to_owned()).collect()
    }

    /// The author's name of a node in quotation marks.
    pub fn key(&self, node: NodeIndex) -> String {
        format!("\"{}\"", self.run.graph.name(node))
    }

    /// What stands before a node's name where its gradient is printed.
    pub fn label(&self, output: impl std::borrow::Borrow<NodeIndex>) -> String {
        format!("d{}/d", self.run.graph.name(*output.borrow()))
    }

    /// The nodes by the author's names.
    pub fn dictionary(&self, nodes: &[NodeIndex]) -> String {
        self.dictionary_and(nodes, "")
    }

    /// As [`Self::dictionary`], with one entry more.
    pub fn dictionary_and(&self, nodes: &[NodeIndex], more: &str) -> String {
        let entry = |node: &NodeIndex| format!("{}: {}", self.key(*node), self.name(*node));
        let more = Some(more.to_owned()).filter(|more| !more.is_empty());
        let entries: Vec<String> = nodes.iter().map(entry).chain(more).collect();
        enclosed(("{", "}"), &entries, self.indent)
    }

    /// An output as a scalar, seeded with ones, and what a comment says of that.
    pub fn seeded(&self, output: &NodeIndex, sum: &str) -> (String, String) {
        self.seeded_text(*output, self.name(*output), sum)
    }

    pub fn seeded_text(&self, output: NodeIndex, text: &str, sum: &str) -> (String, String) {
        let is_scalar = self.run.graph.dag[output].shape.rank() == 0;
        let text = if is_scalar { text.to_owned() } else { sum.replace('#', text) };
        (text, self.seed_note(output))
    }

    /// What is said where an output is no scalar.
    pub fn seed_note(&self, output: NodeIndex) -> String {
        if self.run.graph.dag[output].shape.rank() == 0 {
            return String::new();
        }
        format!("  # {}", self.say("원소의 합을 미분한다", "the sum of the elements is differentiated"))
    }

    pub fn print_values(&mut self, value: &str) {
        let nodes: Vec<NodeIndex> = self.run.graph.named().collect();
        self.blank();
        self.print_each("value", &self.dictionary(&nodes), "", value);
    }

    /// Prints the entries of a dictionary, a line each.
    pub fn print_each(&mut self, item: &str, dictionary: &str, label: &str, value: &str) {
        self.line(&format!("for name, {item} in {dictionary}.items():"));
        self.line(&format!("    print(f\"{label}{{name}} = {{{value}}}\")"));
    }

    /// The whole program.
    pub fn finish(self) -> String {
        let caption =
            self.run.graph.caption.in_language(self.language).replace(|c: char| c.is_control() || is_hidden(c), " ");
        let helpers: String = self.helpers.iter().map(|helper| format!("\n\n{helper}")).collect();
        let code = format!("{helpers}{}", self.body);
        let imports = self.manner.imports.iter().filter(|(needle, _)| has_word(&code, needle));
        let mut text: String = comment_lines(caption.trim(), WIDTH).iter().map(|line| format!("{line}\n")).collect();
        imports.for_each(|(_, import)| text.push_str(&format!("{import}\n")));
        if !self.manner.set_up.is_empty() {
            text.push_str(&format!("\n{}\n", self.manner.set_up));
        }
        let gap = if helpers.is_empty() { "\n" } else { "\n\n" };
        format!("{text}{helpers}{gap}{}", self.body)
    }
}

pub(super) fn is_reached_in(backward: &crate::graph::Backward, node: NodeIndex) -> bool {
    backward.adjoints.get(node.index()).is_some_and(Option::is_some)
}

/// Names that no node may have: the modules and the functions that programs bring along.
fn own_names(manner: &Manner) -> HashSet<String> {
    let modules = ["np", "jnp", "jax", "torch", "tf", "values", "nodes"].map(str::to_owned);
    let forms = ops::table().flat_map(|op| {
        let variants = op.variants.iter().filter_map(|variant| (manner.variant)(variant));
        std::iter::once((manner.form)(&op.spelling)).chain(variants)
    });
    let defined = |helper: &'static str| helper.lines().filter_map(|line| line.strip_prefix("def ")?.split('(').next());
    let helpers = forms.flat_map(|form| defined(form.helper)).map(str::to_owned);
    modules.into_iter().chain(helpers).collect()
}

/// Whether a module's name stands in the code, and not at the end of another.
fn has_word(code: &str, needle: &str) -> bool {
    code.match_indices(needle)
        .any(|(at, _)| !code[..at].chars().next_back().is_some_and(|c| c.is_alphanumeric() || c == '_' || c == '.'))
}

/// A comment, broken between words.
fn comment_lines(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.width() + word.width() < width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(format!("# {word}")),
        }
    }
    lines
}
