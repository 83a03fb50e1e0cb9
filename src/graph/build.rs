//! Statements to a graph: loops are unrolled, names resolved, ops applied, shapes inferred, claims tied to their nodes.

mod dependency;
mod expression;
mod function;
mod lookalike;
mod names;
mod resolver;

use crate::diag::{Checked, Diagnostic};
use crate::graph::claim::Claim;
use crate::graph::expand::{self, Expansion, expand};
use crate::graph::target::Names;
use crate::graph::{Caption, Graph, Kind, Quantity, Role, Sheet, StatementKind, Target};
use crate::lang::{Particle, text, with_particle};
use crate::settings::Limits;
use dependency::Circles;
use foldhash::{HashMap, HashSet};
use function::Function;
use lookalike::lookalikes;
use petgraph::graph::NodeIndex;
use resolver::Resolver;
use std::cell::OnceCell;
use std::ops::Range;
use std::sync::Arc;

/// Builds the graph of a sheet. What cannot be built is reported and left out; a name whose definition is
/// broken breaks what uses it without a further message.
///
/// `limits` bound the author's nodes and the elements of all their values.
pub fn build(sheet: &Sheet, limits: Limits) -> Checked<Graph> {
    let Checked { value, diagnostics } = build_within(sheet, limits, Room::of(limits), |_| None);
    Checked { value: value.unwrap_or_default(), diagnostics }
}

/// As [`build`], for a graph that is drawn, which may have fewer nodes. There may be a reason to refuse it, which is asked for
/// before claims are differentiated.
pub fn build_to_draw(
    sheet: &Sheet,
    limits: Limits,
    refusal: impl FnOnce(&Graph) -> Option<Diagnostic>,
) -> Checked<Option<Graph>> {
    let room = Room::of(limits);
    let room = if limits.drawn_nodes < room.nodes { Room { nodes: limits.drawn_nodes, is_drawn: true } } else { room };
    build_within(sheet, limits, room, refusal)
}

fn build_within(
    sheet: &Sheet,
    limits: Limits,
    room: Room,
    refusal: impl FnOnce(&Graph) -> Option<Diagnostic>,
) -> Checked<Option<Graph>> {
    let Checked { value: expansion, diagnostics } = expand(sheet, limits.nodes);
    let mut builder = Builder::new(sheet, &expansion, limits, room);
    builder.reported.extend(diagnostics.iter().map(|known| (known.code, known.range.clone())));
    builder.log = diagnostics;
    builder.log.extend(lookalikes(sheet));
    builder.check_functions();
    for position in 0..expansion.definitions.len() {
        builder.define(position);
    }
    if builder.is_full() {
        builder.report_no_room(&(0..0));
        if room.is_drawn {
            return Checked { value: None, diagnostics: builder.log };
        }
    }
    builder.choose_outputs();
    builder.name_intermediate_nodes();
    builder.graph.author_nodes = builder.graph.dag.node_count();
    if let Some(refusal) = refusal(&builder.graph) {
        builder.log.push(refusal);
        return Checked { value: None, diagnostics: builder.log };
    }
    builder.resolve_claims(sheet);
    builder.graph.most_nodes = None;
    builder.graph.caption = sheet.caption.clone();
    builder.graph.groups.clone_from(&expansion.groups);
    Checked { value: Some(builder.graph), diagnostics: builder.log }
}

/// How many nodes a graph may have.
#[derive(Clone, Copy)]
struct Room {
    nodes: usize,
    /// Whether a drawing has no room for more.
    is_drawn: bool,
}

impl Room {
    fn of(limits: Limits) -> Self {
        Self { nodes: limits.nodes, is_drawn: false }
    }
}

struct Builder<'s> {
    graph: Graph,
    log: Vec<Diagnostic>,
    /// What has been reported: code and place.
    reported: HashSet<(&'static str, Range<usize>)>,
    sheet: &'s Sheet,
    expansion: &'s Expansion<'s>,
    /// The position of the first definition of each name, made when first asked for: while all goes well the names
    /// of the graph are enough.
    first_definitions: OnceCell<HashMap<&'s str, usize>>,
    /// The names before the brackets of names such as `h[1]`, with the position of the first definition of each.
    families: HashMap<&'s str, usize>,
    functions: HashMap<&'s str, Function<'s>>,
    /// The statements of functions whose bodies have been reported as broken.
    broken_functions: HashSet<usize>,
    /// The calls of functions that are being followed, the outermost first.
    calls: Vec<Range<usize>>,
    /// Which definitions need each other, for telling a cycle from a wrong order; found when first asked for.
    circles: OnceCell<Circles>,
    last: Option<NodeIndex>,
    is_broken: bool,
    limits: Limits,
    room: Room,
    /// The elements of all values so far.
    elements: usize,
    /// The parts of functions' bodies that calls have followed.
    followed: usize,
    /// Whether a limit has been passed.
    has_run_out: bool,
    /// All names that definitions give, sorted; made when first asked for.
    defined_names: OnceCell<Vec<&'s str>>,
    /// How many names were met that are not known.
    unknown_names: usize,
}

/// The position of the first of each name; some positions have none.
fn first_positions<'n>(names: impl Iterator<Item = Option<&'n str>>) -> HashMap<&'n str, usize> {
    let mut positions = HashMap::default();
    for (position, name) in names.enumerate() {
        if let Some(name) = name {
            positions.entry(name).or_insert(position);
        }
    }
    positions
}

/// A definition with what its statement says.
#[derive(Clone, Copy)]
struct Definition<'s> {
    name: &'s Arc<str>,
    name_span: &'s Range<usize>,
    role: Role,
    value: &'s crate::expr::Expr,
    caption: &'s Caption,
}

impl<'s> Builder<'s> {
    fn new(sheet: &'s Sheet, expansion: &'s Expansion<'s>, limits: Limits, room: Room) -> Self {
        Self {
            graph: Graph { most_nodes: Some(room.nodes), ..Graph::with_capacity(expansion.definitions.len()) },
            log: Vec::new(),
            reported: HashSet::default(),
            sheet,
            expansion,
            first_definitions: OnceCell::new(),
            families: first_positions(expansion.definitions.iter().map(expand::Definition::family)),
            functions: HashMap::default(),
            broken_functions: HashSet::default(),
            calls: Vec::new(),
            circles: OnceCell::new(),
            last: None,
            is_broken: false,
            limits,
            room,
            elements: 0,
            followed: 0,
            has_run_out: false,
            defined_names: OnceCell::new(),
            unknown_names: 0,
        }
    }

    /// The definition at a position of the expansion.
    fn definition(&self, position: usize) -> Option<Definition<'s>> {
        let expansion = self.expansion;
        let made = &expansion.definitions[position];
        match &self.sheet.statements[made.statement].kind {
            StatementKind::Define { name_span, role, value, caption, .. } => {
                Some(Definition { name: &made.name, name_span, role: *role, value, caption })
            }
            _ => None,
        }
    }

    /// Reports a mistake once, although a loop may make it in every pass, and says which call led to it.
    fn report(&mut self, diagnostic: Diagnostic) {
        if diagnostic.range.is_empty() || self.reported.insert((diagnostic.code, diagnostic.range.clone())) {
            self.log.push(match self.calls.first() {
                Some(call) => diagnostic.label(call.clone(), text("이 호출에서 생긴 일입니다", "in this call")),
                None => diagnostic,
            });
        }
    }

    fn define(&mut self, position: usize) {
        let Some(definition) = self.definition(position) else { return };
        let Definition { name, name_span, role, value, caption } = definition;
        // What is broken has a name, too, but no node.
        if (self.is_broken || self.graph.find(name).is_some())
            && let Some(first) = self.first_definition(name).filter(|first| *first < position)
        {
            self.report_double_definition(name, name_span, self.place_of_name(first));
            return;
        }
        if let Some(first) = self.clash(&self.expansion.definitions[position]).filter(|first| *first < position) {
            self.report_clash(name, name_span, first);
            return;
        }
        let Some(node) = self.value_of(position, value, name_span, role) else {
            self.is_broken = true;
            return;
        };
        if role != Role::Plain && !matches!(self.graph.dag[node].kind, Kind::Leaf(..)) {
            self.report(
                Diagnostic::error(
                    "role-needs-value",
                    name_span.clone(),
                    text(
                        format!("`{}`는 값을 가진 이름에만 붙일 수 있습니다", role.word()),
                        format!("`{}` goes with a name that is given as a value", role.word()),
                    ),
                )
                .help(text("식으로 계산하는 이름에는 역할을 붙이지 않습니다", "a name that is computed has no role")),
            );
        }
        self.graph.give_name(node, Arc::clone(name));
        let group = self.expansion.definitions[position].group;
        let written = self.graph.written_mut(node);
        written.group = group;
        written.caption = caption.clone();
        written.is_named_by_author = true;
        self.graph.variables[node.index()] |= role != Role::Const;
        self.last = Some(node);
    }

    fn report_double_definition(&mut self, name: &str, name_span: &Range<usize>, first: Range<usize>) {
        let in_a_loop = first == *name_span;
        let diagnostic = Diagnostic::error(
            "double-definition",
            name_span.clone(),
            text(
                format!("{} 이미 정의했습니다", with_particle(&format!("`{name}`"), Particle::Topic)),
                format!("`{name}` is defined already"),
            ),
        );
        self.report(if in_a_loop {
            diagnostic.help(text(
                format!("반복 안에서는 `{name}[t]`처럼 번호가 붙은 이름을 쓰세요"),
                format!("in a loop give it a number, as in `{name}[t]`"),
            ))
        } else {
            diagnostic
                .label(first, text("처음 정의한 곳입니다", "the first definition"))
                .help(text("이름은 한 번만 정의합니다. 다른 이름을 쓰세요", "a name is defined once; use another name"))
        });
    }

    /// The first definition of `h[…]` for `h`, and that of `h` for `h[0]`, which would be an element of it as well.
    fn clash(&self, made: &expand::Definition<'_>) -> Option<usize> {
        let name = &**made.name;
        if let Some(family) = made.family() {
            return self.first_definition(family);
        }
        self.families.get(name).copied()
    }

    fn report_clash(&mut self, name: &str, name_span: &Range<usize>, first: usize) {
        let other = &self.expansion.definitions[first].name;
        let (quoted, other) = (format!("`{name}`"), format!("`{other}`"));
        let diagnostic = Diagnostic::error(
            "double-definition",
            name_span.clone(),
            text(
                format!("{other}에 더해 {} 따로 정의할 수 없습니다", with_particle(&quoted, Particle::Object)),
                format!("{quoted} cannot be defined beside {other}"),
            ),
        );
        self.report(
            diagnostic.label(self.place_of_name(first), text("먼저 정의한 곳입니다", "the first definition")).help(
                text(
                    "한 이름은 통째로 정의하거나 번호마다 따로 정의합니다. 하나에는 다른 이름을 쓰세요",
                    "a name is defined either as a whole or number by number; use another name for one of them",
                ),
            ),
        );
    }

    fn choose_outputs(&mut self) {
        let sheet = self.sheet;
        let mut chosen = HashSet::default();
        for statement in &sheet.statements {
            let StatementKind::Output { names } = &statement.kind else { continue };
            for (name, span) in names {
                match self.graph.find(name) {
                    Some(node) if chosen.insert(node) => self.graph.outputs.push(node),
                    Some(_) => {}
                    None if self.is_defined(name) => {}
                    None => self.report_unknown(name, span),
                }
            }
        }
        if self.graph.outputs.is_empty() {
            self.graph.outputs.extend(self.last);
        }
        if self.last.is_none() && !self.is_broken && self.log.is_empty() {
            self.report(
                Diagnostic::error(
                    "empty-graph",
                    0..0,
                    text("이 블록에는 아무 것도 정의되어 있지 않습니다", "this block defines nothing"),
                )
                .help(text("`w = 2`처럼 적어도 한 이름을 정의하세요", "define at least one name, such as `w = 2`")),
            );
        }
    }

    /// Names what lies between the author's nodes `u_1`, `u_2` … in the order of the text, with the first letter
    /// that no name of the author's looks like.
    fn name_intermediate_nodes(&mut self) {
        let graph = &self.graph;
        let may_be_named =
            |node: NodeIndex| graph.name(node).is_empty() && matches!(graph.dag[node].kind, Kind::Apply(..));
        if !graph.dag.node_indices().any(may_be_named) {
            return;
        }
        let mut is_shown = vec![false; graph.dag.node_count()];
        for node in graph.dag.node_indices().rev() {
            if is_shown[node.index()] || graph.is_named_by_author(node) {
                is_shown[node.index()] = true;
                for operand in graph.operands(node) {
                    is_shown[operand.index()] = true;
                }
            }
        }
        let is_unnamed = |node: &NodeIndex| is_shown[node.index()] && may_be_named(*node);
        let unnamed: Vec<NodeIndex> = graph.dag.node_indices().filter(is_unnamed).collect();
        let looks_like = |name: &str, letter: char| {
            name.strip_prefix(letter).is_some_and(|rest| rest.chars().all(|c| c.is_ascii_digit()))
        };
        let is_free = |letter: &char| !self.expansion.definitions.iter().any(|made| looks_like(&made.name, *letter));
        let letter = ['u', 'v', 't', 'q', 's', 'r'].into_iter().find(is_free);
        let mut count = 0;
        for node in unnamed {
            let name: Arc<str> = loop {
                count += 1;
                let name = letter.map_or_else(|| format!("_{count}"), |letter| format!("{letter}_{count}"));
                if !self.is_defined(&name) {
                    break name.into();
                }
            };
            self.graph.give_name(node, name);
        }
    }

    fn resolve_claims(&mut self, sheet: &Sheet) {
        let mut resolver = Resolver::default();
        // A derivative takes several times the nodes of what is differentiated.
        let most = self.limits.nodes.saturating_add(self.graph.author_nodes.saturating_mul(8));
        self.graph.most_nodes = Some(most);
        for statement in &sheet.statements {
            let StatementKind::Expect { target: written, target_span, relation, number } = &statement.kind else {
                continue;
            };
            match resolver.target(&mut self.graph, written, target_span.clone()) {
                Ok(_) if self.graph.is_overfull() => {
                    self.log.push(too_many_derivatives(statement.span.clone(), most));
                    break;
                }
                Ok((target, node)) => {
                    let gate = target.gate().into();
                    self.graph.claims.push(Claim {
                        written: written.clone(),
                        target,
                        node,
                        gate,
                        relation: *relation,
                        number: number.clone(),
                        span: statement.span.clone(),
                    });
                }
                // A name whose definition is broken has been reported there.
                Err(_) if self.mentions_broken_name(written) => {}
                Err(diagnostic) => self.log.push(diagnostic),
            }
        }
    }

    fn mentions_broken_name(&self, written: &str) -> bool {
        if !self.is_broken {
            return false;
        }
        let names = Names { is_known: &|name| self.is_defined(name), nearest: &|_| None };
        Target::parse(written, 0..0, &names).is_ok()
    }
}

fn too_many_derivatives(claim: Range<usize>, most: usize) -> Diagnostic {
    Diagnostic::error(
        "too-many-nodes",
        claim,
        text(
            format!("여기까지 주장한 미분을 구하면 노드가 {most}개를 넘습니다"),
            format!("with the derivatives claimed so far, the graph has more than {most} nodes"),
        ),
    )
    .help(text(
        "`expect`로 확인할 미분을 줄이거나, `bpdoc.toml`의 `limits.nodes`를 올리세요",
        "claim fewer derivatives, or raise `limits.nodes` in `bpdoc.toml`",
    ))
}

impl Graph {
    /// The target that `written` names and the node that holds it; a derivative that the graph does not hold
    /// yet is added to it. The place of a mistake is `span`.
    pub fn target(&mut self, written: &str, span: Range<usize>) -> Result<(Target, NodeIndex), Diagnostic> {
        Resolver::default().target(self, written, span)
    }

    /// The target that `written` names; nothing is added to the graph.
    pub fn read_target(&self, written: &str, span: Range<usize>) -> Result<Target, Diagnostic> {
        Resolver::default().read(self, written, span)
    }
}

impl Target {
    /// The name of the gate that the target is about: the node itself, or the one by which is differentiated last.
    pub fn gate(&self) -> &str {
        match &self.quantity {
            Quantity::Value(name) => name,
            Quantity::Derivative { of, by } => by.last().unwrap_or(of),
        }
    }
}
