//! What each framework does in its own way: imports, leaves, and how gradients are taken.

use super::literal::enclosed;
use super::write::Writer;
use crate::ops::{Form, Spelling, Variant};
use std::collections::HashSet;
use std::sync::OnceLock;

/// How programs of a framework are written.
pub(super) struct Manner {
    pub title: &'static str,
    /// Import lines, each with what a program holds that needs it.
    pub imports: &'static [(&'static str, &'static str)],
    /// What makes the framework compute in float64.
    pub set_up: &'static str,
    /// A leaf that a gradient is wanted for, of the text of its value.
    pub variable: &'static str,
    /// A number that is no variable, as a tensor.
    pub scalar: &'static str,
    /// A list that is no variable, as a tensor.
    pub array: &'static str,
    /// A tensor of equal numbers.
    pub full: &'static str,
    /// Where plain numbers may stand in place of tensors.
    pub numbers: Numbers,
    /// A value through which no gradient flows back.
    pub stopped: &'static str,
    /// The same for the elements where a list of truth values says no.
    pub partly_stopped: &'static str,
    /// Makes the framework keep a gradient for a value that no gradient flows back from.
    pub watch: Option<&'static str>,
    pub form: fn(&Spelling) -> Form,
    pub variant: fn(&Variant) -> Option<Form>,
    pub write: fn(&mut Writer<'_>),
    /// Names that no node may have, once they have been gathered.
    pub taken: OnceLock<HashSet<String>>,
}

/// Where a framework takes plain numbers in place of tensors, besides operators.
pub(super) enum Numbers {
    Anywhere,
    /// In calls that get a tensor, too.
    BesideTensors,
    /// In calls that begin so.
    InCallsOf(&'static [&'static str]),
}

pub(super) static TORCH: Manner = Manner {
    title: "PyTorch",
    imports: &[("math.", "import math"), ("np.", "import numpy as np"), ("", "import torch")],
    set_up: "torch.set_default_dtype(torch.float64)",
    variable: "torch.tensor(#, requires_grad=True)",
    scalar: "torch.tensor(#)",
    array: "torch.tensor(#)",
    full: "torch.full(#shape, #value)",
    numbers: Numbers::InCallsOf(&["torch.where("]),
    stopped: "#.detach()",
    partly_stopped: "torch.where(torch.tensor(#mask), #, #.detach())",
    watch: Some("#.requires_grad_()"),
    form: |spelling| spelling.torch,
    variant: |variant| variant.torch,
    write: write_torch,
    taken: OnceLock::new(),
};

pub(super) static JAX: Manner = Manner {
    title: "JAX",
    imports: &[("", "import jax"), ("", "import jax.numpy as jnp"), ("np.", "import numpy as np")],
    set_up: "jax.config.update(\"jax_enable_x64\", True)",
    variable: "jnp.array(#)",
    scalar: "jnp.array(#)",
    array: "jnp.array(#)",
    full: "jnp.full(#shape, #value)",
    numbers: Numbers::Anywhere,
    stopped: "jax.lax.stop_gradient(#)",
    partly_stopped: "jnp.where(jnp.array(#mask), #, jax.lax.stop_gradient(#))",
    watch: None,
    form: |spelling| spelling.jax,
    variant: |variant| variant.jax,
    write: write_jax,
    taken: OnceLock::new(),
};

pub(super) static TENSORFLOW: Manner = Manner {
    title: "TensorFlow",
    imports: &[("math.", "import math"), ("np.", "import numpy as np"), ("", "import tensorflow as tf")],
    set_up: "",
    variable: "tf.Variable(#, dtype=tf.float64)",
    scalar: "tf.constant(#, dtype=tf.float64)",
    array: "tf.constant(#, dtype=tf.float64)",
    full: "tf.constant(#value, dtype=tf.float64, shape=#shape)",
    numbers: Numbers::BesideTensors,
    stopped: "tf.stop_gradient(#)",
    partly_stopped: "tf.where(tf.constant(#mask), #, tf.stop_gradient(#))",
    watch: Some("tape.watch(#)"),
    form: |spelling| spelling.tensorflow,
    variant: |variant| variant.tensorflow,
    write: write_tensorflow,
    taken: OnceLock::new(),
};

pub(super) static NUMPY: Manner = Manner {
    title: "NumPy",
    imports: &[("math.", "import math"), ("", "import numpy as np")],
    set_up: "",
    variable: "np.array(#)",
    scalar: "np.float64(#)",
    array: "np.array(#)",
    full: "np.full(#shape, #value)",
    numbers: Numbers::Anywhere,
    stopped: "#",
    partly_stopped: "#",
    watch: None,
    form: |spelling| spelling.numpy,
    variant: |variant| variant.numpy,
    write: write_numpy,
    taken: OnceLock::new(),
};

/// Every tensor keeps its gradient, and each output is followed back by itself.
fn write_torch(w: &mut Writer<'_>) {
    w.write_leaves();
    w.write_gates();
    w.print_values("value.tolist()");
    let gates = w.kept_gates();
    let outputs = w.outputs();
    for (i, output) in outputs.iter().enumerate() {
        w.heading("역전파", "Backward pass");
        if i == 0 && !gates.is_empty() {
            w.line(&format!("for node in {}:", tuple(&gates)));
            w.line("    node.retain_grad()");
        }
        if i > 0 {
            w.line(&format!("for node in {}:", tuple(&w.names_of(&w.differentiable()))));
            w.line("    node.grad = None");
        }
        let (seeded, note) = w.seeded(output, "#.sum()");
        let keep = if i + 1 < outputs.len() { "retain_graph=True" } else { "" };
        w.line(&format!("{seeded}.backward({keep}){note}"));
        let nodes = w.differentiable();
        let value = if w.reaches_all(*output, &nodes) {
            "node.grad.tolist()"
        } else {
            "(torch.zeros_like(node) if node.grad is None else node.grad).tolist()"
        };
        w.print_each("node", &w.dictionary(&nodes), &w.label(output), value);
    }
}

/// The gates are a function of the leaves.
fn write_jax(w: &mut Writer<'_>) {
    w.write_leaves();
    let leaves = w.variable_leaves();
    let arguments = w.names_of(&leaves);
    w.blank();
    w.line("");
    w.line(&enclosed(("def graph(", "):"), &arguments, 0));
    w.indent += 4;
    w.write_gates();
    let results = w.dictionary(&w.gates_and_outputs());
    w.line(&format!("return {results}"));
    w.indent -= 4;
    w.blank();
    w.line("");
    let call = enclosed(("graph(", ")"), &arguments, 0);
    w.line(&format!("values = {call}"));
    w.print_each("value", &w.dictionary_and(&w.leaves(), "**values"), "", "value.tolist()");
    for output in w.outputs() {
        if leaves.is_empty() {
            continue;
        }
        w.heading("기울기", "Gradients");
        let key = w.key(output);
        let (seeded, note) = w.seeded_text(output, &format!("graph(*leaves)[{key}]"), "#.sum()");
        let places = tuple(&(0..leaves.len()).map(|i| i.to_string()).collect::<Vec<_>>());
        let places = if leaves.len() > 3 { format!("tuple(range({}))", leaves.len()) } else { places };
        let argument = enclosed(("", ""), &arguments, 0);
        w.line(&format!("gradients = jax.grad(lambda *leaves: {seeded}, argnums={places})({argument}){note}"));
        let keys: Vec<String> = leaves.iter().map(|leaf| w.key(*leaf)).collect();
        let label = w.label(output);
        w.line(&format!("for name, gradient in zip({}, gradients):", enclosed(("[", "]"), &keys, 0)));
        w.line(&format!("    print(f\"{label}{{name}} = {{gradient.tolist()}}\")"));
    }
}

/// The gates stand in a tape.
fn write_tensorflow(w: &mut Writer<'_>) {
    w.write_leaves();
    w.blank();
    let outputs = w.outputs();
    let kept = if outputs.len() > 1 { "persistent=True" } else { "" };
    w.line(&format!("with tf.GradientTape({kept}) as tape:"));
    w.indent += 4;
    if !w.write_gates() {
        w.line("pass");
    }
    w.indent -= 4;
    w.print_values("value.numpy().tolist()");
    for output in outputs {
        w.heading("역전파", "Backward pass");
        let name = w.name(output).to_owned();
        let nodes = w.dictionary(&w.differentiable());
        let note = w.seed_note(output);
        w.line(&format!("nodes = {nodes}"));
        w.line(&format!("gradients = tape.gradient({name}, nodes, unconnected_gradients=\"zero\"){note}"));
        w.print_each("gradient", "gradients", &w.label(output), "tf.convert_to_tensor(gradient).numpy().tolist()");
    }
}

/// The backward pass is written out.
fn write_numpy(w: &mut Writer<'_>) {
    w.write_leaves();
    w.write_gates();
    w.print_values("value.tolist()");
    for backward in 0..w.run.backward.len() {
        w.write_backward(backward);
    }
}

fn tuple(items: &[String]) -> String {
    match items {
        [item] => format!("({item},)"),
        items => enclosed(("(", ")"), items, 0),
    }
}
