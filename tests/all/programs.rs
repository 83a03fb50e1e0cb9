//! Graphs as programs of frameworks: how they read, and that nothing of a spelling is left unfilled. What they print is
//! compared with bpdoc's numbers by `tests/frameworks/`, which runs them.

use bpdoc::emit::{Framework, code};
use bpdoc::lang::Tongue;
use bpdoc::ops;
use bpdoc::settings::Limits;

fn program(block: &str, framework: Framework) -> String {
    let checked = bpdoc::run_block(block, Limits::default());
    assert!(!checked.has_errors(), "{block}");
    code(&checked.value, framework, Tongue::En, 1)
}

const UNIT: &str = "# 뉴런 | A unit\nparam w = -2 # 가중치 | weight\ninput x = 5\nconst k = 3\ngroup 층 | layer {\ng = w * x\n}\nf = sigmoid(g + k)\n";

#[test]
fn programs_read_as_people_write_them() {
    let rows: &[(Framework, &[&str])] = &[
        (
            Framework::Torch,
            &[
                "# A unit\nimport torch\n\ntorch.set_default_dtype(torch.float64)\n\n",
                "w = torch.tensor(-2.0, requires_grad=True)  # weight\n",
                "k = torch.tensor(3.0)\n",
                "# layer\ng = w * x\n\nu_1 = g + k\nf = torch.sigmoid(u_1)\n",
                "for node in (g, u_1, f):\n    node.retain_grad()\nf.backward()\n",
                "    print(f\"df/d{name} = {node.grad.tolist()}\")\n",
            ],
        ),
        (
            Framework::Jax,
            &[
                "jax.config.update(\"jax_enable_x64\", True)\n",
                "def graph(w, x):\n    # layer\n    g = w * x\n",
                "jax.grad(lambda *leaves: graph(*leaves)[\"f\"], argnums=(0, 1))(w, x)\n",
            ],
        ),
        (
            Framework::TensorFlow,
            &[
                "w = tf.Variable(-2.0, dtype=tf.float64)  # weight\n",
                "k = tf.constant(3.0, dtype=tf.float64)\n",
                "with tf.GradientTape() as tape:\n    # layer\n    g = w * x\n",
                "tape.gradient(f, nodes, unconnected_gradients=\"zero\")\n",
            ],
        ),
        (
            Framework::NumPy,
            &[
                "def sigmoid(x):\n    \"\"\"1 / (1 + e^-x), without overflow on either side.\"\"\"\n",
                "\n\nw = np.float64(-2.0)  # weight\n",
                "df_df = np.float64(1.0)\n",
                "df_dg = df_du_1\ndf_dx = df_dg * w\ndf_dw = df_dg * x  # weight\n",
            ],
        ),
    ];
    for (framework, expected) in rows {
        let text = program(UNIT, *framework);
        for part in *expected {
            assert!(text.contains(part), "{}: no {part:?} in\n{text}", framework.title());
        }
    }
    let run = bpdoc::run_block(UNIT, Limits::default()).value;
    let korean = code(&run, Framework::NumPy, Tongue::Ko, 0);
    for part in ["# 뉴런\n", "# 순전파\n", "# 층\n", "  # 가중치\n", "# 역전파: "] {
        assert!(korean.contains(part), "no {part:?} in\n{korean}");
    }
}

/// A block, a framework, and what stands in the program there.
type Row = (&'static str, Framework, &'static str);

#[test]
fn what_needs_care_is_written_with_care() {
    let rows: &[Row] = &[
        // The page's derivative at a kink, and why it is not the framework's function.
        (
            "a = 0\ny = abs(a)",
            Framework::Jax,
            "# JAX's own function has another derivative at this point\n    y = jnp.where(a == 0, 0.0, jnp.abs(a))\n",
        ),
        ("a = 1\ny = abs(a)", Framework::Jax, "y = jnp.abs(a)\n"),
        (
            "a = 0\nb = 0\ny = xlogy(a, b)",
            Framework::Torch,
            "# at this point PyTorch has another gradient than the page\ny = ",
        ),
        ("const a = 0\nb = 0\ny = xlogy(a, b)", Framework::Torch, "\n# Forward pass\ny = "),
        (
            "a = -2\nb = 2\ny = a^b",
            Framework::TensorFlow,
            "y = a ** b  # at this point TensorFlow has another gradient",
        ),
        ("a = -2\ny = a^2", Framework::TensorFlow, "y = a ** 2\n"),
        // 0 · ∞ behind what is not chosen.
        ("x = 0\ny = where(x > 0, sqrt(x), 0)", Framework::Torch, "u_2 = torch.sqrt(x.detach())  # no gradient for"),
        (
            "x = [0, 4]\ny = where(x > 0, sqrt(x), 0)",
            Framework::Jax,
            "jnp.sqrt(jnp.where(jnp.array([False, True]), x, jax.lax.stop_gradient(x)))",
        ),
        // Names that Python has itself, in its own way of comparing them.
        ("lambda = 2\nnp = 3\nf = lambda * np", Framework::NumPy, "f = lambda_ * np_\n"),
        ("aₓ = 2\nax = 3\nf = aₓ * ax", Framework::NumPy, "f = ax * ax_\n"),
        ("h[0] = 1\nfor t in 1..2 { h[t] = h[t-1]^2 }\nf = h[2]", Framework::Torch, "h_2 = h_1 ** 2\n"),
        // A path that does not exist, and one that begins at a comparison.
        ("x = 2\nz = 3\nf = x^2", Framework::NumPy, "df_dz = np.float64(0.0)  # no gradient reaches it from f\n"),
        ("x = 2\nm = x > 1\nf = m * x", Framework::Torch, "m = (x > 1) * 1.0\nm.requires_grad_()\n"),
        // Outputs that are vectors, and several.
        (
            "x = [1, 2]\nf = x * x",
            Framework::Torch,
            "f.sum().backward()  # the sum of the elements is differentiated\n",
        ),
        ("x = 2\nf = x^2\ng = x^3\noutput f, g", Framework::Torch, "f.backward(retain_graph=True)\n"),
        // Arguments that say nothing are left out, lists stand without parentheses.
        ("x = [[1, 2], [3, 4]]\nf = sum(x)", Framework::Torch, "f = torch.sum(x)\n"),
        ("x = [1, 2]\nf = sum(index(x, [1, 0, 1]))", Framework::TensorFlow, "tf.gather(x, [1, 0, 1], axis=0)\n"),
        ("x = [1, 2]\nf = sum(x[1:] * 2)", Framework::NumPy, "np.s_[1:]"),
        // A derivative as a part of the graph.
        (
            "x = 2\nf = x^3\ns = grad(f, x)",
            Framework::Jax,
            "# The derivative that grad() asks for is a graph of the same",
        ),
    ];
    for (block, framework, expected) in rows {
        let text = program(block, *framework);
        assert!(text.contains(expected), "{}: no {expected:?} in\n{text}", framework.title());
    }
}

#[test]
fn spellings_are_filled_and_lines_end() {
    let mut programs = 0;
    for (op, block) in ops::table().flat_map(|op| op.examples.iter().map(move |block| (op, block))) {
        for framework in Framework::ALL {
            let text = program(block, framework);
            for line in text.lines() {
                let code = line.split("# ").next().unwrap_or_default();
                assert!(!code.contains('#'), "`{}`, {}: {line}", op.name, framework.title());
            }
            programs += 1;
        }
    }
    assert!(programs > 600, "only {programs} programs");
    let long = "X = normal(40, 30, seed=3)  # a caption\nf = sum(X * X)";
    for framework in Framework::ALL {
        let text = program(long, framework);
        assert!(text.lines().all(|line| line.chars().count() <= 100), "{text}");
    }
}

/// Nothing that an author writes ends a comment.
#[test]
fn captions_stay_comments() {
    let text = program("# a\u{b}import os\nx = 2 # b\u{85}import os\u{2028}exit()\nf = x", Framework::NumPy);
    for line in text.lines().filter(|line| line.contains("import os")) {
        let comment = line.find('#').expect("a comment");
        assert!(comment < line.find("import os").expect("what the author wrote"), "{line}");
    }
    assert!(!text.contains(['\u{b}', '\u{85}', '\u{2028}']), "{text}");
}
