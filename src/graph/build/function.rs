//! Functions of the author's: `def neuron(x, w, b) = sigmoid(w @ x + b)`. A call stands for the nodes of the body.

use super::dependency::Circles;
use super::expression::Scope;
use super::names::constant;
use super::{Builder, StatementKind};
use crate::diag::Diagnostic;
use crate::expr::{Expr, MOST_SUGGESTIONS, PartKind, unknown_op};
use crate::lang::{Particle, text, with_particle};
use crate::ops;
use foldhash::HashMap;
use petgraph::graph::{DiGraph, NodeIndex};
use std::ops::Range;
use std::rc::Rc;

/// Functions may call each other this deep.
const MOST_CALLS: usize = 64;

/// Parts of bodies that calls may follow, for each node that a graph may have: functions that call others twice would
/// be followed for ever, also where they add no node.
pub(super) const PARTS_PER_NODE: usize = 16;

/// A function as written.
#[derive(Clone)]
pub(super) struct Function<'s> {
    /// The position of its statement in the sheet.
    statement: usize,
    name_span: &'s Range<usize>,
    parameters: &'s [(Box<str>, Range<usize>)],
    /// The place of each parameter.
    places: Rc<HashMap<&'s str, usize>>,
    body: &'s Expr,
}

impl<'s> Function<'s> {
    pub fn has_parameter(&self, name: &str) -> bool {
        self.places.contains_key(name)
    }

    pub fn body(&self) -> &'s Expr {
        self.body
    }
}

/// What a function has been given.
#[derive(Clone, Copy, Default)]
pub(super) struct Arguments<'a> {
    /// None outside functions.
    places: Option<&'a HashMap<&'a str, usize>>,
    nodes: &'a [NodeIndex],
}

impl Arguments<'_> {
    /// The node of a parameter.
    pub fn get(&self, parameter: &str) -> Option<NodeIndex> {
        self.places?.get(parameter).map(|place| self.nodes[*place])
    }
}

impl<'s> Builder<'s> {
    /// Collects the functions and checks them, also those that are never called.
    pub(super) fn check_functions(&mut self) {
        let sheet = self.sheet;
        for (statement, found) in sheet.statements.iter().enumerate() {
            let StatementKind::Function { name, name_span, parameters, body } = &found.kind else { continue };
            let first = self.functions.get(&**name).map(|first| first.name_span.clone());
            let is_op = ops::find(name, false).is_some() || &**name == "grad";
            if let Some(first) = first {
                self.report_double_definition(name, name_span, first);
            } else if is_op {
                self.report(
                    Diagnostic::error(
                        "double-definition",
                        name_span.clone(),
                        text(format!("`{name}`라는 연산이 이미 있습니다"), format!("there is an op `{name}` already")),
                    )
                    .help(text("다른 이름을 쓰세요", "use another name")),
                );
            } else {
                let mut places = HashMap::default();
                for (place, (parameter, _)) in parameters.iter().enumerate() {
                    places.entry(&**parameter).or_insert(place);
                }
                let places = Rc::new(places);
                self.functions.insert(name, Function { statement, name_span, parameters, places, body });
            }
        }
        let calls = self.calls_between_functions();
        let functions: Vec<Function<'s>> = calls.node_weights().cloned().collect();
        let circles = Circles::of(&calls);
        for (caller, function) in functions.iter().enumerate() {
            self.check_body(function, |called| {
                let called = functions.binary_search_by_key(&called.statement, |function| function.statement);
                called.is_ok_and(|called| circles.join(caller, called))
            });
        }
    }

    /// The functions in the order of the text, with an edge from each to those that it calls.
    fn calls_between_functions(&self) -> DiGraph<Function<'s>, ()> {
        let mut functions: Vec<Function<'s>> = self.functions.values().cloned().collect();
        functions.sort_unstable_by_key(|function| function.statement);
        let mut calls = DiGraph::new();
        let nodes: Vec<NodeIndex> = functions.iter().map(|function| calls.add_node(function.clone())).collect();
        for (caller, function) in functions.iter().enumerate() {
            for part in &function.body.parts {
                if let PartKind::Call { callee, .. } = &part.kind
                    && let Some(called) = self.functions.get(&**callee)
                    && let Ok(called) = functions.binary_search_by_key(&called.statement, |f| f.statement)
                {
                    calls.add_edge(nodes[caller], nodes[called], ());
                }
            }
        }
        calls
    }

    fn check_body(&mut self, function: &Function<'s>, leads_back: impl Fn(&Function<'s>) -> bool) {
        for part in &function.body.parts {
            match &part.kind {
                PartKind::Name(name) => {
                    let is_known = function.has_parameter(name)
                        || self.is_defined(name)
                        || self.families.contains_key(&**name)
                        || constant(name).is_some();
                    if !is_known {
                        self.broken_functions.insert(function.statement);
                        self.report_unknown(name, &part.span);
                    }
                }
                PartKind::Call { callee, callee_span, .. } => match self.functions.get(&**callee).cloned() {
                    None => {
                        self.broken_functions.insert(function.statement);
                        self.report_unknown_function(callee, callee_span);
                    }
                    Some(called) if called.statement >= function.statement => {
                        let recurs = leads_back(&called);
                        self.broken_functions.insert(function.statement);
                        self.report_wrong_call(callee, callee_span, called.name_span.clone(), recurs);
                    }
                    Some(_) => {}
                },
                _ => {}
            }
        }
    }

    fn report_unknown_function(&mut self, name: &str, span: &Range<usize>) {
        self.unknown_names += 1;
        let is_searched = self.unknown_names <= MOST_SUGGESTIONS;
        let mut functions: Vec<&str> = self.functions.keys().copied().filter(|_| is_searched).collect();
        functions.sort_unstable();
        let diagnostic = unknown_op(name, span.clone(), functions.into_iter());
        self.report(diagnostic);
    }

    fn report_wrong_call(&mut self, name: &str, span: &Range<usize>, its_span: Range<usize>, recurs: bool) {
        let quoted = format!("`{name}`");
        self.report(if recurs {
            Diagnostic::error(
                "recursion",
                span.clone(),
                text(
                    format!(
                        "{} 자기 자신을 부릅니다. 그래프가 끝나지 않습니다",
                        with_particle(&quoted, Particle::Subject)
                    ),
                    format!("`{name}` calls itself: its graph would have no end"),
                ),
            )
            .label(its_span, text("여기에서 정의합니다", "it is defined here"))
            .help(text(
                "되풀이되는 계산은 `for t in 1..4 { h[t] = ... }`로 펼칩니다",
                "a computation that repeats is unrolled with `for t in 1..4 { h[t] = ... }`",
            ))
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

    /// The node of a call's value. `arguments` is none where one of the `given` arguments is broken.
    #[expect(clippy::too_many_arguments, reason = "a call is as much as all this")]
    pub(super) fn call(
        &mut self,
        name: &str,
        name_span: &Range<usize>,
        arguments: Option<Vec<NodeIndex>>,
        given: usize,
        keyword: Option<&Range<usize>>,
        span: &Range<usize>,
        scope: Scope<'_>,
    ) -> Option<NodeIndex> {
        let Some(function) = self.functions.get(name).cloned() else {
            self.report_unknown_function(name, name_span);
            return None;
        };
        if self.broken_functions.contains(&function.statement) {
            return None;
        }
        let caller = self.expansion.definitions[scope.position].statement;
        if self.calls.is_empty() && function.statement > caller {
            self.report_wrong_call(name, name_span, function.name_span.clone(), false);
            return None;
        }
        if let Some(keyword) = keyword {
            self.report(
                Diagnostic::error(
                    "unknown-attribute",
                    keyword.clone(),
                    text(
                        format!("`{name}`에는 값을 차례대로 줍니다"),
                        format!("`{name}` takes its values by position"),
                    ),
                )
                .help(signature(name, &function)),
            );
            return None;
        }
        if given != function.parameters.len() {
            let n = function.parameters.len();
            self.report(
                Diagnostic::error(
                    "wrong-arity",
                    span.clone(),
                    text(
                        format!("`{name}`에는 입력이 {n}개 필요한데 {given}개가 있습니다"),
                        format!("`{name}` takes {n} input{}, {given} given", if n == 1 { "" } else { "s" }),
                    ),
                )
                .help(signature(name, &function)),
            );
            return None;
        }
        if self.calls.len() >= MOST_CALLS {
            self.report(Diagnostic::error(
                "nested-too-deeply",
                span.clone(),
                text(
                    format!("함수가 함수를 부르는 일은 {MOST_CALLS}겹까지만 할 수 있습니다"),
                    format!("functions may call each other {MOST_CALLS} deep at most"),
                ),
            ));
            return None;
        }
        self.followed = self.followed.saturating_add(function.body.parts.len());
        let nodes = arguments?;
        let arguments = Arguments { places: Some(&function.places), nodes: &nodes };
        self.calls.push(span.clone());
        let node = self.expression(function.body, Scope { position: scope.position, loops: &[], arguments });
        self.calls.pop();
        node
    }
}

impl Builder<'_> {
    /// How many parts of functions' bodies all calls together may follow.
    pub(super) fn most_followed(&self) -> usize {
        self.room.nodes.saturating_mul(PARTS_PER_NODE)
    }
}

fn signature(name: &str, function: &Function<'_>) -> crate::lang::Text {
    let parameters: Vec<&str> = function.parameters.iter().map(|(parameter, _)| &**parameter).collect();
    let call = format!("{name}({})", parameters.join(", "));
    text(format!("`{call}`로 정의했습니다"), format!("it is defined as `{call}`"))
}
