//! What a name stands for, and what is said where it stands for nothing.

use super::dependency::Circles;
use super::expression::Scope;
use super::{Builder, first_positions};
use crate::diag::Diagnostic;
use crate::expr::{MOST_SUGGESTIONS, closest};
use crate::lang::{Particle, text, with_particle};
use crate::tensor::Tensor;
use petgraph::graph::NodeIndex;
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
        let first_definitions = self
            .first_definitions
            .get_or_init(|| first_positions(self.expansion.definitions.iter().map(|made| Some(&**made.name))));
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

    fn circles(&self) -> &Circles {
        self.circles.get_or_init(|| self.find_circles())
    }

    fn report_wrong_order(
        &mut self,
        position: usize,
        defined: usize,
        name: &str,
        span: &Range<usize>,
        its_span: Range<usize>,
    ) {
        let is_cycle = self.circles().join(position, defined);
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
}
