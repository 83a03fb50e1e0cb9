//! What a name stands for, and what is said where it stands for nothing.

use super::expression::Scope;
use super::{Builder, StatementKind};
use crate::diag::Diagnostic;
use crate::expr::{Expr, MOST_SUGGESTIONS, PartKind, closest};
use crate::graph::expand::{name_of_member, picks_of};
use crate::lang::{Particle, text, with_particle};
use crate::tensor::Tensor;
use foldhash::{HashMap, HashMapExt};
use petgraph::algo::has_path_connecting;
use petgraph::graph::{DiGraph, NodeIndex};
use std::ops::Range;

/// The constants that have a name unless the author gives it to something else.
pub(super) fn constant(name: &str) -> Option<f64> {
    match name {
        "pi" => Some(std::f64::consts::PI),
        "e" => Some(std::f64::consts::E),
        _ => None,
    }
}

/// So many names of a family a message lists.
const MOST_MEMBERS: usize = 6;

impl<'s> Builder<'s> {
    /// Whether a definition gives this name, be it broken or behind its use.
    pub(super) fn is_defined(&self, name: &str) -> bool {
        self.graph.find(name).is_some() || self.first_definition(name).is_some()
    }

    /// The position of the first definition of a name.
    pub(super) fn first_definition(&self, name: &str) -> Option<usize> {
        let first_definitions = self.first_definitions.get_or_init(|| {
            let mut positions = HashMap::with_capacity(self.expansion.definitions.len());
            for (position, made) in self.expansion.definitions.iter().enumerate() {
                positions.entry(&**made.name).or_insert(position);
            }
            positions
        });
        first_definitions.get(name).copied()
    }

    /// All names that definitions give, sorted.
    fn defined_names(&self) -> &[&'s str] {
        let expansion = self.expansion;
        self.defined_names.get_or_init(|| {
            let mut names: Vec<&str> = expansion.definitions.iter().map(|made| &**made.name).collect();
            names.sort_unstable();
            names.dedup();
            names
        })
    }

    /// The first names `h` and `h[…]`.
    fn family(&self, family: &str) -> Vec<&'s str> {
        let known = self.defined_names();
        let is_member = |name: &&&str| name.strip_prefix(family).is_some_and(|rest| rest.starts_with('['));
        let whole = known.binary_search(&family).ok().map(|at| known[at]);
        let first = known.partition_point(|name| *name < format!("{family}[").as_str());
        whole.into_iter().chain(known[first..].iter().take_while(is_member).copied()).take(MOST_MEMBERS).collect()
    }

    /// Where the name of the definition at a position stands.
    pub(super) fn place_of_name(&self, position: usize) -> Range<usize> {
        self.definition(position).map_or(0..0, |definition| definition.name_span.clone())
    }

    /// The node of a name that is no argument of a function.
    pub(super) fn name(&mut self, scope: Scope<'_>, name: &str, span: &Range<usize>) -> Option<NodeIndex> {
        if let Some((_, value)) = scope.loops.iter().rev().find(|(variable, _)| **variable == *name) {
            return Some(self.graph.add_literal(Tensor::Scalar(*value as f64), Some(span.clone())));
        }
        if let Some(node) = self.graph.find(name) {
            return Some(node);
        }
        let position = scope.position;
        match self.first_definition(name) {
            Some(defined) if defined >= position => {
                self.report_wrong_order(position, defined, name, span, self.place_of_name(defined));
                None
            }
            // Its definition was reported as broken.
            Some(_) => None,
            None => match constant(name) {
                Some(x) => Some(self.graph.add_literal(Tensor::Scalar(x), Some(span.clone()))),
                None => {
                    self.report_unknown(name, span);
                    None
                }
            },
        }
    }

    pub(super) fn report_unknown(&mut self, name: &str, span: &Range<usize>) {
        let diagnostic = Diagnostic::error(
            "unknown-name",
            span.clone(),
            text(format!("`{name}`라는 이름이 없습니다"), format!("unknown name `{name}`")),
        );
        let members = self.family(name.split('[').next().unwrap_or(name));
        self.unknown_names += 1;
        let is_searched = members.is_empty() && self.unknown_names <= MOST_SUGGESTIONS;
        let near = if is_searched { closest(name, self.defined_names().iter().copied()) } else { None };
        self.report(match near {
            _ if !members.is_empty() => diagnostic.help(text(
                format!("정의된 것: {}", members.join(", ")),
                format!("these are defined: {}", members.join(", ")),
            )),
            Some(near) => diagnostic.help(text(format!("`{near}`인가요?"), format!("did you mean `{near}`?"))),
            None => diagnostic.help(text(
                format!("쓰기 전에 `{name} = ...`로 정의하세요"),
                format!("define it first: `{name} = ...`"),
            )),
        });
    }

    fn report_wrong_order(
        &mut self,
        position: usize,
        defined: usize,
        name: &str,
        span: &Range<usize>,
        its_span: Range<usize>,
    ) {
        let is_cycle = defined == position || self.needs(defined, position);
        let quoted = format!("`{name}`");
        self.report(if is_cycle {
            Diagnostic::error(
                "cycle",
                span.clone(),
                text(
                    format!("{} 자기 자신에서 계산됩니다", with_particle(&quoted, Particle::Subject)),
                    format!("`{name}` is computed from itself"),
                ),
            )
            .label(its_span, text("이 정의로 순환이 생깁니다", "this definition closes the cycle"))
            .help(text("계산 그래프에는 순환이 없어야 합니다", "a computational graph has no cycles"))
        } else {
            Diagnostic::error(
                "used-before-definition",
                span.clone(),
                text(
                    format!("{} 정의하기 전에 썼습니다", with_particle(&quoted, Particle::Object)),
                    format!("`{name}` is used before its definition"),
                ),
            )
            .label(its_span, text("여기에서 정의합니다", "it is defined here"))
            .help(text("정의를 쓰는 곳보다 위로 옮기세요", "move the definition above its first use"))
        });
    }

    /// Whether the definition `from` needs what the definition `to` makes, directly or through others.
    fn needs(&mut self, from: usize, to: usize) -> bool {
        if self.dependencies.is_none() {
            self.dependencies = Some(self.find_dependencies());
        }
        let dependencies = self.dependencies.as_ref();
        dependencies.is_some_and(|dag| has_path_connecting(dag, NodeIndex::new(from), NodeIndex::new(to), None))
    }

    fn find_dependencies(&self) -> DiGraph<(), ()> {
        let mut dag = DiGraph::new();
        let nodes: Vec<_> = self.expansion.definitions.iter().map(|_| dag.add_node(())).collect();
        for (position, made) in self.expansion.definitions.iter().enumerate() {
            let StatementKind::Define { value, .. } = &self.sheet.statements[made.statement].kind else { continue };
            for name in self.names_in(value, position) {
                if let Some(needed) = self.first_definition(&name) {
                    dag.add_edge(nodes[position], nodes[needed], ());
                }
            }
        }
        dag
    }

    /// The names that an expression uses in the definition at `position`, those with an index among them.
    fn names_in(&self, expr: &Expr, position: usize) -> Vec<String> {
        let loops = &self.expansion.definitions[position].loops;
        let name_of = |kind: &PartKind| match kind {
            PartKind::Name(name) if !loops.iter().any(|(variable, _)| variable == name) => Some(name.to_string()),
            PartKind::Index { of, picks } => {
                let PartKind::Name(family) = &expr.parts[*of].kind else { return None };
                let picks = picks_of(expr, picks, &|name| self.expansion.number(loops, name)).ok()?;
                name_of_member(family, &picks)
            }
            _ => None,
        };
        expr.parts.iter().filter_map(|part| name_of(&part.kind)).collect()
    }
}
