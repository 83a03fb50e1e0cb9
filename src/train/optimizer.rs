//! Optimizers, as PyTorch defines them (torch.optim of PyTorch 2: SGD, RMSprop, Adam).

use crate::ops::{Attr, Attrs, NOT_NEGATIVE, SHARE, number};

/// How the parameters follow their gradients.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Optimizer {
    /// p ← p − rate · g.
    Sgd,
    /// v ← momentum · v + g, p ← p − rate · v; the first v is g.
    Momentum {
        /// How much of the velocity is kept.
        momentum: f64,
    },
    /// As `Momentum`, with p ← p − rate · (g + momentum · v).
    Nesterov {
        /// How much of the velocity is kept.
        momentum: f64,
    },
    /// v ← alpha · v + (1 − alpha) · g², p ← p − rate · g / (√v + eps).
    Rmsprop {
        /// How much of the mean square is kept.
        alpha: f64,
        /// Keeps the divisor from 0.
        eps: f64,
    },
    /// Means of g and g² with their bias corrected (Kingma & Ba 2015, algorithm 1).
    Adam {
        /// How much of the mean is kept.
        beta1: f64,
        /// How much of the mean square is kept.
        beta2: f64,
        /// Keeps the divisor from 0.
        eps: f64,
    },
}

/// An optimizer's row: its name and its settings with their defaults.
pub struct OptimizerKind {
    /// Its name in a train block.
    pub name: &'static str,
    /// Its settings, with PyTorch's defaults (for momentum, which has none there, 0.9).
    pub settings: &'static [Attr],
    /// The optimizer with its settings in that order.
    pub make: fn(&Attrs) -> Optimizer,
}

/// All optimizers.
pub const OPTIMIZERS: &[OptimizerKind] = &[
    OptimizerKind { name: "sgd", settings: &[], make: |_| Optimizer::Sgd },
    OptimizerKind {
        name: "momentum",
        settings: &[number("momentum", 0.9, SHARE)],
        make: |settings| Optimizer::Momentum { momentum: settings.number(0) },
    },
    OptimizerKind {
        name: "nesterov",
        settings: &[number("momentum", 0.9, SHARE)],
        make: |settings| Optimizer::Nesterov { momentum: settings.number(0) },
    },
    OptimizerKind {
        name: "rmsprop",
        settings: &[number("alpha", 0.99, SHARE), number("eps", 1e-8, NOT_NEGATIVE)],
        make: |settings| Optimizer::Rmsprop { alpha: settings.number(0), eps: settings.number(1) },
    },
    OptimizerKind {
        name: "adam",
        settings: &[number("beta1", 0.9, SHARE), number("beta2", 0.999, SHARE), number("eps", 1e-8, NOT_NEGATIVE)],
        make: |settings| Optimizer::Adam {
            beta1: settings.number(0),
            beta2: settings.number(1),
            eps: settings.number(2),
        },
    },
];

/// What an optimizer remembers of one parameter.
#[derive(Clone, Debug)]
pub struct Memory {
    first: Vec<f64>,
    second: Vec<f64>,
}

impl Memory {
    /// For a parameter of so many numbers.
    pub fn new(numbers: usize) -> Self {
        Self { first: vec![0.0; numbers], second: vec![0.0; numbers] }
    }
}

impl Optimizer {
    /// Makes update number `step` (from 0) of one parameter.
    pub fn update(&self, step: u64, rate: f64, parameter: &mut [f64], gradient: &[f64], memory: &mut Memory) {
        let pairs = parameter.iter_mut().zip(gradient);
        match *self {
            Self::Sgd => pairs.for_each(|(p, g)| *p -= rate * g),
            Self::Momentum { momentum } => pairs.zip(&mut memory.first).for_each(|((p, g), v)| {
                *v = momentum * *v + g;
                *p -= rate * *v;
            }),
            Self::Nesterov { momentum } => pairs.zip(&mut memory.first).for_each(|((p, g), v)| {
                *v = momentum * *v + g;
                *p -= rate * (g + momentum * *v);
            }),
            Self::Rmsprop { alpha, eps } => pairs.zip(&mut memory.second).for_each(|((p, g), v)| {
                *v = alpha * *v + (1.0 - alpha) * g * g;
                *p -= rate * g / (v.sqrt() + eps);
            }),
            Self::Adam { beta1, beta2, eps } => {
                let updates = step as f64 + 1.0;
                let (unbias1, unbias2) = (1.0 - libm::pow(beta1, updates), 1.0 - libm::pow(beta2, updates));
                let (size, root) = (rate / unbias1, unbias2.sqrt());
                pairs.zip(&mut memory.first).zip(&mut memory.second).for_each(|(((p, g), m), v)| {
                    *m += (g - *m) * (1.0 - beta1);
                    *v = beta2 * *v + (1.0 - beta2) * g * g;
                    *p -= size * *m / (v.sqrt() / root + eps);
                });
            }
        }
    }
}
