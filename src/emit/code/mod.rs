//! The graph as a program of a framework, which prints the page's numbers. Ops are written as their rows of the op table
//! spell them; a framework is a `Manner`: how it writes leaves, and a function that writes how it takes gradients.

mod backward;
mod expression;
mod flow;
mod framework;
mod literal;
mod names;
mod write;

use crate::graph::Run;
use crate::lang::Tongue;
use framework::{JAX, Manner, NUMPY, TENSORFLOW, TORCH};
use write::Writer;

/// A framework that programs are written for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Framework {
    /// PyTorch.
    Torch,
    /// JAX.
    Jax,
    /// TensorFlow.
    TensorFlow,
    /// NumPy, which takes no gradients: the program holds the backward pass.
    NumPy,
}

impl Framework {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Torch, Self::Jax, Self::TensorFlow, Self::NumPy];

    /// What it is called.
    pub const fn title(self) -> &'static str {
        self.manner().title
    }

    /// Its name in small letters, as the command line has it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Torch => "torch",
            Self::Jax => "jax",
            Self::TensorFlow => "tensorflow",
            Self::NumPy => "numpy",
        }
    }

    const fn manner(self) -> &'static Manner {
        match self {
            Self::Torch => &TORCH,
            Self::Jax => &JAX,
            Self::TensorFlow => &TENSORFLOW,
            Self::NumPy => &NUMPY,
        }
    }
}

/// The run as a Python program of `framework` that prints every named value and the gradients of the outputs, in float64.
/// Comments are in `tongue`, the author's captions in the language at position `language`.
pub fn code(run: &Run, framework: Framework, tongue: Tongue, language: usize) -> String {
    let manner = framework.manner();
    let mut writer = Writer::new(run, manner, tongue, language);
    (manner.write)(&mut writer);
    writer.finish()
}
