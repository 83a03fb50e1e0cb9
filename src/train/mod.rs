//! Training. In: a train block and the graph that it names, run; out: the loss at many steps and the graph at the
//! reported ones, with the claims checked. This room does not know figures, pages or files.

mod format;
pub mod optimizer;
pub mod plan;
pub mod tape;

pub use format::format;

use crate::diag::{Checked, Diagnostic};
use crate::graph::{Backward, Claim, Kind, Role, Run, differentiate};
use crate::lang::{Particle, text, with_particle};
use crate::num;
use crate::settings::Limits;
use crate::tensor::{Shape, Tensor};
use optimizer::Memory;
use petgraph::graph::NodeIndex;
use plan::{Plan, StepClaim};
use std::collections::{BTreeMap, BTreeSet};
use tape::Tape;

/// The curve is drawn through about this many points.
const CURVE_POINTS: u64 = 400;
/// A reader can go back to this many moments of a training at most,
const MOST_MOMENTS: u64 = 100;
/// which together keep about this many numbers.
const MOST_KEPT: u64 = 16_384;
/// A note shows the graph at this many steps at most.
const MOST_REPORTED: usize = 24;

/// A training that has run.
#[derive(Clone, Debug)]
pub struct Training {
    /// What became small.
    pub minimized: NodeIndex,
    /// What was changed.
    pub parameters: Vec<NodeIndex>,
    /// Steps and the loss there, in order.
    pub curve: Vec<(u64, f64)>,
    /// The graph at the reported steps, in order.
    pub reported: Vec<Snapshot>,
    /// Moments of the training from its start to its end.
    pub moments: Vec<Moment>,
}

/// The parameters as they are before an update.
#[derive(Clone, Debug)]
pub struct Moment {
    /// The number of the update.
    pub step: u64,
    /// The loss.
    pub loss: f64,
    /// The numbers of the parameters, one after the other.
    pub numbers: Vec<f64>,
}

/// A graph as it is before an update.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// The number of the update.
    pub step: u64,
    /// The graph with the parameters of that time.
    pub run: Run,
}

/// Trains the graph of `run` as `plan` says; none if it cannot be trained, which is reported.
pub fn train(plan: &Plan, run: &Run, limits: Limits) -> Checked<Option<Training>> {
    let mut log = Vec::new();
    let value = prepare(plan, run, &mut log).and_then(|mut trainer| {
        if trainer.is_too_long(limits, &mut log) {
            return None;
        }
        let states = trainer.run_all(&mut log)?;
        trainer.finish(states, &mut log)
    });
    Checked { value, diagnostics: log }
}

/// What a step costs besides its gates, counted as numbers.
const STEP: u64 = 20;

/// A training about to run.
pub struct Trainer<'p> {
    plan: &'p Plan,
    run: Run,
    minimized: NodeIndex,
    parameters: Vec<NodeIndex>,
    claims: Vec<(&'p StepClaim, Claim)>,
    /// Computes the gradients.
    gradients: Tape,
    /// Computes the loss.
    loss: Tape,
    lengths: Vec<usize>,
    memories: Vec<Memory>,
    step: u64,
}

/// Finds what the plan names and compiles the graph; none if something is missing, which is reported.
pub fn prepare<'p>(plan: &'p Plan, run: &Run, log: &mut Vec<Diagnostic>) -> Option<Trainer<'p>> {
    let minimized = loss_node(plan, run, log)?;
    let parameters = parameter_nodes(plan, run, log)?;
    let mut graph = run.graph.clone();
    let mut backward = run.backward.clone();
    if !backward.iter().any(|backward| backward.output == minimized) {
        backward.push(differentiate(&mut graph, minimized));
    }
    let adjoints = backward.iter().find(|backward| backward.output == minimized).map(|b| b.adjoints.as_slice());
    let gradients = gradient_nodes(plan, run, &parameters, adjoints?, log)?;
    let mut claims = Vec::new();
    for claim in &plan.claims {
        match graph.target(&claim.target, claim.target_span.clone()) {
            Ok((target, node)) => {
                let gate = target.gate().into();
                let written = format!("{}@{}", claim.target, claim.step);
                let (number, span) = (claim.number.clone(), claim.span.clone());
                claims.push((claim, Claim { written, target, node, gate, relation: claim.relation, number, span }));
            }
            Err(diagnostic) => log.push(diagnostic),
        }
    }
    if plan.report.len() > MOST_REPORTED {
        log.push(too_many_reported(plan));
        return None;
    }
    let run = Run { graph, backward, ..run.clone() }.again();
    let lengths: Vec<usize> = parameters.iter().map(|parameter| run.graph.dag[*parameter].shape.len()).collect();
    Some(Trainer {
        plan,
        gradients: Tape::compile(&run, &parameters, &gradients),
        loss: Tape::compile(&run, &parameters, &[minimized]),
        memories: lengths.iter().map(|length| Memory::new(*length)).collect(),
        lengths,
        run,
        minimized,
        parameters,
        claims,
        step: 0,
    })
}

/// The parameters and the loss at the steps that are wanted.
struct States {
    losses: BTreeMap<u64, f64>,
    parameters: BTreeMap<u64, Vec<f64>>,
    moments: Vec<Moment>,
}

impl Trainer<'_> {
    /// Makes one update. No memory is allocated.
    pub fn update(&mut self) {
        self.gradients.run();
        let Self { plan, memories, lengths, step, .. } = self;
        self.gradients.update(
            |place, parameter, gradient| {
                plan.optimizer.update(*step, plan.rate, parameter, gradient, &mut memories[place]);
            },
            lengths,
        );
        self.step += 1;
    }

    /// The numbers of the parameters, one after the other.
    pub fn numbers(&self) -> &[f64] {
        self.gradients.parameters()
    }

    /// The loss for the parameters as they are.
    pub fn loss(&mut self) -> f64 {
        self.loss.parameters_mut().copy_from_slice(self.gradients.parameters());
        self.loss.run();
        self.loss.wanted(0)[0]
    }

    fn is_too_long(&self, limits: Limits, log: &mut Vec<Diagnostic>) -> bool {
        let work = self.gradients.work() as u64 + STEP;
        let most = limits.training / work;
        if self.plan.steps <= most {
            return false;
        }
        log.push(
            Diagnostic::error(
                "training-too-long",
                self.plan.minimize.1.clone(),
                text(
                    format!("한 단계에 수 {work}개를 계산하는 만큼 걸리므로 {most}단계까지만 할 수 있습니다"),
                    format!("each step takes as long as computing {work} numbers, so {most} steps are the most"),
                ),
            )
            .help(text(
                "`bpdoc.toml`의 `limits.training`으로 한도를 정할 수 있습니다",
                "`limits.training` in `bpdoc.toml` sets the limit",
            )),
        );
        true
    }

    fn run_all(&mut self, log: &mut Vec<Diagnostic>) -> Option<States> {
        let steps = self.plan.steps;
        let kept: BTreeSet<u64> =
            self.plan.report.iter().copied().chain(self.claims.iter().map(|(claim, _)| claim.step)).collect();
        let stride = steps.div_ceil(CURVE_POINTS).max(1);
        let moments = (MOST_KEPT / self.numbers().len().max(1) as u64).clamp(2, MOST_MOMENTS);
        let moment_stride = stride * CURVE_POINTS.div_ceil(moments);
        let mut states = States { losses: BTreeMap::new(), parameters: BTreeMap::new(), moments: Vec::new() };
        let mut before = self.numbers().to_vec();
        loop {
            let step = self.step;
            if step.is_multiple_of(stride) || step == steps || kept.contains(&step) {
                let loss = self.loss();
                if !loss.is_finite() {
                    log.push(self.diverged(step, self.numbers()));
                    return None;
                }
                states.losses.insert(step, loss);
                if step.is_multiple_of(moment_stride) || step == steps || self.plan.report.contains(&step) {
                    states.moments.push(Moment { step, loss, numbers: self.numbers().to_vec() });
                }
            }
            if kept.contains(&step) {
                states.parameters.insert(step, self.numbers().to_vec());
            }
            if step == steps {
                return Some(states);
            }
            before.copy_from_slice(self.numbers());
            self.update();
            if !self.numbers().iter().all(|x| x.is_finite()) {
                log.push(self.diverged(step, &before));
                return None;
            }
        }
    }

    /// What became infinite, and where: `numbers` are the last parameters that were finite.
    fn diverged(&self, step: u64, numbers: &[f64]) -> Diagnostic {
        let run = self.snapshot(numbers);
        let span = self.plan.minimize.1.clone();
        let help =
            text("`rate`를 줄이거나, 넘치지 않는 연산을 쓰세요", "lower the `rate`, or use ops that do not overflow");
        let diagnostic = match run.first_not_finite() {
            Some(found) => {
                let (gate, number) = (found.gate, num::plain(found.number, 3));
                let (ko, en) = if found.is_gradient { ("기울기", "gradient") } else { ("값", "value") };
                text(
                    format!(
                        "학습이 발산합니다. {step}단계에서 게이트 `{gate}`의 {} {} 됩니다",
                        with_particle(ko, Particle::Subject),
                        with_particle(&number, Particle::Subject)
                    ),
                    format!("the training diverges: at step {step} the {en} at gate `{gate}` becomes {number}"),
                )
            }
            None => {
                let names: Vec<&str> = self.parameters.iter().map(|p| self.run.graph.name(*p)).collect();
                let names = names.join(", ");
                text(
                    format!("학습이 발산합니다. {step}단계의 갱신에서 매개변수({names})가 넘칩니다"),
                    format!("the training diverges: update {step} overflows a parameter ({names})"),
                )
            }
        };
        Diagnostic::error("training-diverged", span, diagnostic).help(help)
    }

    /// The graph with these numbers in place of the parameters.
    fn snapshot(&self, numbers: &[f64]) -> Run {
        let mut run = self.run.clone();
        let mut rest = numbers;
        for (&parameter, &length) in self.parameters.iter().zip(&self.lengths) {
            let (own, further) = rest.split_at(length);
            let shape: Shape = run.graph.dag[parameter].shape.clone();
            if let Kind::Leaf(_, value) = &mut run.graph.dag[parameter].kind {
                *value = Tensor::new(&shape, own.to_vec());
            }
            rest = further;
        }
        run.again()
    }

    fn finish(self, states: States, log: &mut Vec<Diagnostic>) -> Option<Training> {
        let mut reported = Vec::new();
        for (&step, numbers) in &states.parameters {
            let run = self.snapshot(numbers);
            let claims = self.claims.iter().filter(|(claim, _)| claim.step == step);
            log.extend(claims.filter_map(|(_, claim)| claim.check(run.value(claim.node))));
            if self.plan.report.contains(&step) {
                reported.push(Snapshot { step, run });
            }
        }
        Some(Training {
            minimized: self.minimized,
            parameters: self.parameters,
            curve: states.losses.iter().map(|(step, loss)| (*step, *loss)).collect(),
            reported,
            moments: states.moments,
        })
    }
}

fn loss_node(plan: &Plan, run: &Run, log: &mut Vec<Diagnostic>) -> Option<NodeIndex> {
    let (name, span) = &plan.minimize;
    let node = find(name, span, run, log)?;
    let shape = &run.graph.dag[node].shape;
    if shape.rank() == 0 {
        return Some(node);
    }
    log.push(
        Diagnostic::error(
            "not-a-number",
            span.clone(),
            text(
                format!("`{name}`의 형상은 {shape}이어서 작게 만들 수 없습니다"),
                format!("`{name}` has the shape {shape} and cannot be minimized"),
            ),
        )
        .help(text("`mean`이나 `sum`으로 수 하나로 만드세요", "make it one number with `mean` or `sum`")),
    );
    None
}

fn find(name: &str, span: &std::ops::Range<usize>, run: &Run, log: &mut Vec<Diagnostic>) -> Option<NodeIndex> {
    let found = run.graph.find(name);
    if found.is_none() {
        let mut known: Vec<&str> = run.graph.named().map(|node| run.graph.name(node)).collect();
        known.sort_unstable();
        let diagnostic = Diagnostic::error(
            "unknown-name",
            span.clone(),
            text(format!("`{name}`라는 이름은 이 그래프에 없습니다"), format!("this graph has no name `{name}`")),
        );
        log.push(match crate::expr::closest(name, known.into_iter()) {
            Some(near) => diagnostic.help(text(format!("`{near}`인가요?"), format!("did you mean `{near}`?"))),
            None => diagnostic,
        });
    }
    found
}

fn parameter_nodes(plan: &Plan, run: &Run, log: &mut Vec<Diagnostic>) -> Option<Vec<NodeIndex>> {
    if plan.parameters.is_empty() {
        let is_parameter = |node: &NodeIndex| matches!(run.graph.dag[*node].kind, Kind::Leaf(Role::Param, _));
        let nodes: Vec<NodeIndex> = run.graph.named().filter(is_parameter).collect();
        if nodes.is_empty() {
            log.push(
                Diagnostic::error(
                    "no-parameters",
                    plan.minimize.1.clone(),
                    text("무엇을 바꾸어 가며 줄일지 없습니다", "there is nothing to change"),
                )
                .help(text(
                    "`minimize cost over W, b`라고 쓰거나, 그래프에서 `param W = ...`로 정의하세요",
                    "write `minimize cost over W, b`, or define `param W = ...` in the graph",
                )),
            );
            return None;
        }
        return Some(nodes);
    }
    let mut nodes = Vec::new();
    for (name, span) in &plan.parameters {
        let Some(node) = find(name, span, run, log) else { continue };
        if !matches!(run.graph.dag[node].kind, Kind::Leaf(role, _) if role != Role::Const) {
            log.push(Diagnostic::error(
                "not-a-leaf",
                span.clone(),
                text(
                    format!(
                        "{} 바꿀 수 없습니다. 수로 정해진 이름만 학습할 수 있습니다",
                        with_particle(&format!("`{name}`"), Particle::Topic)
                    ),
                    format!("`{name}` cannot be trained: only a name given as a number, and no constant, can"),
                ),
            ));
        } else if nodes.contains(&node) {
            log.push(Diagnostic::error(
                "double-definition",
                span.clone(),
                text(format!("`{name}`가 두 번 나옵니다"), format!("`{name}` is there twice")),
            ));
        } else {
            nodes.push(node);
        }
    }
    (nodes.len() == plan.parameters.len()).then_some(nodes)
}

fn gradient_nodes(
    plan: &Plan,
    run: &Run,
    parameters: &[NodeIndex],
    adjoints: &[Option<NodeIndex>],
    log: &mut Vec<Diagnostic>,
) -> Option<Vec<NodeIndex>> {
    let gradient = |parameter: &NodeIndex| adjoints.get(parameter.index()).copied().flatten();
    for parameter in parameters.iter().filter(|parameter| gradient(parameter).is_none()) {
        let name = run.graph.name(*parameter);
        let cost = &plan.minimize.0;
        let span =
            plan.parameters.iter().find(|(written, _)| **written == *name).map_or(&plan.minimize.1, |(_, span)| span);
        log.push(Diagnostic::error(
            "no-gradient",
            span.clone(),
            text(
                format!("{} `{name}`에 따라 달라지지 않습니다", with_particle(&format!("`{cost}`"), Particle::Topic)),
                format!("`{cost}` does not depend on `{name}`"),
            ),
        ));
    }
    parameters.iter().map(gradient).collect()
}

fn too_many_reported(plan: &Plan) -> Diagnostic {
    let n = plan.report.len();
    Diagnostic::error(
        "too-many-reported",
        plan.minimize.1.clone(),
        text(
            format!("`report`의 단계가 {n}개입니다. {MOST_REPORTED}개까지 보여 줄 수 있습니다"),
            format!("{n} steps are reported; {MOST_REPORTED} can be shown"),
        ),
    )
}

/// A parameter of at most this many numbers is shown in the table of the reported steps.
const MOST_SHOWN: usize = 4;

impl Training {
    /// What the table of the reported steps shows: the loss, and the parameters that are small.
    pub fn table_columns(&self) -> Vec<NodeIndex> {
        let is_small = |node: &NodeIndex| {
            self.reported.first().is_some_and(|snapshot| snapshot.run.value(*node).elements().len() <= MOST_SHOWN)
        };
        std::iter::once(self.minimized).chain(self.parameters.iter().copied().filter(is_small)).collect()
    }

    /// The backward pass of what became small, in the graph at a reported step.
    pub fn backward<'r>(&self, run: &'r Run) -> Option<&'r Backward> {
        run.backward.iter().find(|backward| backward.output == self.minimized).or(run.backward.first())
    }
}
