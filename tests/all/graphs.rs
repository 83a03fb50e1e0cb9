//! Graph blocks from text to numbers and messages.

use bpdoc::block::{DisplaySize, Show};
use bpdoc::diag::Diagnostic;
use bpdoc::figure::place::{Engine, Flow};
use bpdoc::figure::{self, Opening, View};
use bpdoc::graph::Run;
use bpdoc::lang::Tongue;
use bpdoc::settings::Limits;
use bpdoc::tensor::Tensor;
use proptest::prelude::*;

pub fn diagnostics(block: &str) -> Vec<Diagnostic> {
    bpdoc::run_block(block, Limits::default()).diagnostics
}

pub fn run(block: &str) -> Run {
    let checked = bpdoc::run_block(block, Limits::default());
    assert_eq!(checked.diagnostics, [], "{block}");
    checked.value
}

/// Every claim of the block holds, and nothing else is to be said about it.
#[track_caller]
pub fn check(block: &str) {
    let found: Vec<_> = diagnostics(block).into_iter().map(|d| d.message.en).collect();
    assert_eq!(found, Vec::<String>::new(), "{block}");
}

/// The block has exactly these mistakes: code, and the text that it points at.
#[track_caller]
pub fn check_mistakes(block: &str, expected: &[(&str, &str)]) {
    let found = diagnostics(block);
    let found: Vec<(&str, &str)> = found.iter().map(|d| (d.code, &block[d.range.clone()])).collect();
    assert_eq!(found, expected, "{block}");
}

/// Names that look the same are not taken for different ones.
#[test]
fn names_are_what_they_look_like() {
    for hidden in ["\u{fe0f}", "\u{fe00}", "\u{e0100}", "\u{34f}", "\u{180b}", "\u{17b4}", "\u{200b}"] {
        let found = diagnostics(&format!("x = 1\nf = x{hidden} * 2"));
        let code = format!("U+{:04X}", hidden.chars().next().map_or(0, u32::from));
        assert!(found[0].code == "unexpected-character" && found[0].message.en.contains(&code), "{code}: {found:?}");
    }
    for (name, other) in [("x", "х"), ("ﬁ", "fi"), ("ν", "v"), ("μ", "µ"), ("loss_A", "loss_Α"), ("Т", "Τ")] {
        check_mistakes(&format!("{name} = 1\n{other} = 2\nf = {name} * {other}"), &[("lookalike-name", other)]);
    }
    for (name, other) in [("x", "y"), ("α", "a"), ("η", "n"), ("사과", "귤"), ("x", "X"), ("é", "e")] {
        check_mistakes(&format!("{name} = 1\n{other} = 2\nf = {name} * {other}"), &[]);
    }
    check_mistakes("х = 1\nу = х * 2", &[]);
}

#[test]
fn the_lecture_example() {
    check(
        "w = -2\nx = 5\nb = 3\ng = w * x\nf = g + b\nexpect g = -10\nexpect f = -7\nexpect df/dw = 5\nexpect df/dx = -2\nexpect df/db = 1\nexpect df/dg = 1",
    );
}

#[test]
fn published_examples() {
    // Olah 2015, "Calculus on Computational Graphs": e = (a + b)(b + 1).
    check(
        "a = 2\nb = 1\nc = a + b\nd = b + 1\ne = c * d\nexpect e = 6\nexpect de/da = 2\nexpect de/db = 5\nexpect dc/db = 1",
    );
    // CS231n, "Backpropagation, Intuitions": the sigmoid neuron gate by gate.
    check(
        "w_0 = 2\nx_0 = -1\nw_1 = -3\nx_1 = -2\nw_2 = -3\nf = 1 / (1 + exp(-(w_0*x_0 + w_1*x_1 + w_2)))\nexpect f = 0.73\nexpect df/dw_0 = -0.20\nexpect df/dx_0 = 0.39\nexpect df/dw_1 = -0.39\nexpect df/dx_1 = -0.59\nexpect df/dw_2 = 0.20",
    );
    // Saito 2016, ch. 5: apples and oranges.
    check(
        "사과 = 100\n사과개수 = 2\n귤 = 150\n귤개수 = 3\n소비세 = 1.1\n총금액 = (사과 * 사과개수 + 귤 * 귤개수) * 소비세\nexpect 총금액 = 715\nexpect d총금액/d사과 = 2.2\nexpect d총금액/d귤개수 = 165\nexpect d총금액/d소비세 = 650",
    );
}

#[test]
fn paths_are_added() {
    check("x = 3\ny = x * x\nexpect dy/dx = 6\nexpect d²y/dx² = 2");
    check("x = 2\na = x * 3\nb = x^2\ny = a * b + a\nexpect dy/dx = 39");
}

#[test]
fn names_and_constants() {
    check("가중치 = 2\nθ_1 = 3\ny = 가중치 * θ_1\nexpect ∂y/∂가중치 = 3\nexpect ∂y/∂θ_1 = 2");
    check("r = 2\ny = pi * r^2\nexpect dy/dr = 12.566");
    check("pi = 3\nr = 2\ny = pi * r^2\nexpect y = 12\nexpect dy/dpi = 4");
    check("exp = 2\ny = exp(exp)\nexpect dy/dexp = 7.389");
    // A name is the same whether its syllables are composed or not.
    check("\u{1100}\u{1161} = 2\ny = 가 * 3\nexpect y = 6");
}

#[test]
fn roles_and_outputs() {
    check("param w = 2\ninput x = 3\nconst k = 4\na = w * x\nb = a * k\noutput a\nexpect da/dw = 3\nexpect b = 24");
    let run = run("const k = 4\nx = 2\ny = k * x\nz = 3");
    let grad = |name: &str| run.grad(run.graph.find(name).expect("it is there")).and_then(|g| g.as_scalar());
    assert_eq!((grad("k"), grad("x"), grad("z")), (None, Some(0.0), Some(1.0)));
}

#[test]
fn gradients_are_expressions() {
    check("x = 2\nf = x^3\nd = grad(f, x)\ns = grad(grad(f, x), x)\nexpect d = 12\nexpect s = 12\nexpect ds/dx = 6");
    check("w = 3\nx = 5\nf = w * x\nd = grad(f, w)\nexpect d = 5");
    check("x = 2\ny = 3\nf = x^2 * y\nexpect d²f/dxdy = 4\nexpect d²f/dx² = 6\nexpect df/dy = 4");
    check("x = 2\ny = 3\nf = x^2\nd = grad(f, y)\nexpect d = 0");
}

#[test]
fn tensors() {
    check(
        "X = [[1, 2], [3, 4]]\nw = [1, -1]\nb = 0.5\ns = mean(X @ w + b)\nexpect s = -0.5\nexpect ds/dw[0] = 2\nexpect ds/db = 1\nexpect ds/dX[1,0] = 0.5",
    );
    check("B = [[1, 2, 3]]\nC = [[10], [20]]\ns = sum(B * C)\nexpect ds/dB[0,1] = 30\nexpect ds/dC[1,0] = 6");
}

#[test]
fn what_is_not_chosen_gets_an_exact_zero() {
    let x = |block: &str| {
        let run = bpdoc::run_block(block, Limits::default()).value;
        run.grad(run.graph.find("x").expect("x")).and_then(|g| g.as_scalar()).expect("a number")
    };
    assert_eq!(x("x = 0\ny = where(x > 0, sqrt(x), 0)"), 0.0);
    assert_eq!(x("x = 0\ny = where(x > 0, 3 * sqrt(x) + 1, x)"), 1.0);
    assert!(x("x = 0\ny = x * log(x)").is_nan());
    assert!(x("x = 1000\ny = log(1 + exp(x))").is_nan());
}

#[test]
fn mistakes_point_at_the_text() {
    check_mistakes("f = w + 1", &[("unknown-name", "w")]);
    check_mistakes("a = 1\na = 2", &[("double-definition", "a")]);
    check_mistakes("f = g + 1\ng = 2", &[("used-before-definition", "g")]);
    check_mistakes("f = g + 1\ng = f + 1", &[("cycle", "g")]);
    check_mistakes("f = f + 1", &[("cycle", "f")]);
    check_mistakes("def f(a) = a + b\nb = d\nd = f(1)", &[("cycle", "d")]);
    check_mistakes("def f(a) = g(a)\ndef g(a) = f(a)\ny = 1", &[("recursion", "g")]);
    check_mistakes("x = -1\ny = sqrt(x)", &[("domain-error", "sqrt(x)")]);
    check_mistakes("x = -1\ny = 2 * log(x)", &[("domain-error", "log(x)")]);
    check_mistakes("x = 2\ny = asin(x)", &[("domain-error", "asin(x)")]);
    check_mistakes("f = 2\nexpect f = 3", &[("failed-claim", "expect f = 3")]);
    check_mistakes("f = 2\nexpect g = 3\nexpect df/dx = 1", &[("unknown-name", "g"), ("unknown-name", "df/dx")]);
    check_mistakes("", &[("empty-graph", "")]);
    check_mistakes("X = [1, 2]\nY = [1, 2, 3]\nZ = X + Y", &[("shape-mismatch", "X + Y")]);
    check_mistakes("X = [[1, 2]]\nZ = X @ X", &[("shape-mismatch", "X @ X")]);
    check_mistakes(
        "X = [1, 2]\nexpect X = 1\nexpect X[5] = 1",
        &[("claim-needs-element", "expect X = 1"), ("no-such-element", "expect X[5] = 1")],
    );
    check_mistakes("param f = 2 * 3", &[("role-needs-value", "f")]);
    check_mistakes("x = 1\noutput y", &[("unknown-name", "y")]);
}

#[test]
fn one_mistake_is_said_once() {
    // What uses a broken definition is not blamed for it.
    check_mistakes("a = q + 1\nb = a * 2\nc = b + a\nexpect c = 3\nexpect dc/da = 1", &[("unknown-name", "q")]);
}

#[test]
fn suggestions() {
    let help = |block: &str| diagnostics(block)[0].help.as_ref().map(|h| h.en.to_string()).unwrap_or_default();
    assert_eq!(help("weight = 2\ny = wieght * 3"), "did you mean `weight`?");
    assert_eq!(help("x = 1\ny = sigmod(x)"), "did you mean `sigmoid`?");
    assert_eq!(help("f = 0.731\nexpect f = 0.74"), "to these digits it is `expect f = 0.73`");
    assert_eq!(help("f = -0.3337\nexpect f = 1"), "to these digits it is `expect f = -0.3337`");
}

#[test]
fn infinities_are_warned_about_at_the_first_gate() {
    let found = diagnostics("x = 1000\na = exp(x)\nb = 1 + a\ny = log(b)");
    let shown: Vec<_> = found.iter().map(|d| (d.code, d.message.en.as_ref())).collect();
    assert_eq!(shown[0], ("not-finite", "the value first becomes ∞ at gate `a`"));
    assert_eq!(shown.len(), 2, "{shown:?}");
}

#[test]
fn large_graphs_cost_no_stack() {
    let chain: String = (1..20_000).map(|i| format!("x{i} = x{} + 1\n", i - 1)).collect();
    check(&format!("x0 = 0\n{chain}expect x19999 = 19999\nexpect dx19999/dx0 = 1"));
    let sum = vec!["x"; 20_000].join(" + ");
    check(&format!("x = 1\ny = {sum}\nexpect dy/dx = 20000"));
}

#[test]
fn a_graph_over_the_limit_is_a_mistake() {
    let limits = Limits { nodes: 10, ..Limits::default() };
    let block = format!("x = 1\ny = {}", vec!["x"; 50].join(" + "));
    let codes: Vec<_> = bpdoc::run_block(&block, limits).diagnostics.iter().map(|d| d.code).collect();
    assert_eq!(codes, ["too-many-nodes"]);
}

/// Pieces of the language and of what people type by mistake.
fn any_block() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "a",
        "b",
        "가중치",
        "θ_1",
        "f",
        " = ",
        "=",
        "+",
        "-",
        "*",
        "/",
        "^",
        "**",
        "@",
        "(",
        ")",
        "[",
        "]",
        ",",
        ".T",
        ".",
        "\n",
        "\n",
        " ",
        "#",
        "|",
        "1",
        "0",
        "-2.5",
        "1e300",
        "3x",
        "expect ",
        "output ",
        "param ",
        "const ",
        "grad(",
        "sigmoid(",
        "log(",
        "sqrt(",
        "where(",
        "sum(",
        "axis=0",
        "df/da",
        "d²f/da²",
        "∂f/∂b",
        "within",
        "×",
        "\u{202E}",
        "\u{1100}",
        "a = 1\n",
        "b = 2\n",
        "f = a * b\n",
        "X = [1, 2]\n",
        "X",
        "== ",
        "> ",
        "pi",
        "e",
    ]);
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn any_text_is_a_graph_or_a_mistake_with_a_place(block in any_block()) {
        let checked = bpdoc::run_block(&block, Limits::default());
        for diagnostic in &checked.diagnostics {
            let places = std::iter::once(&diagnostic.range).chain(diagnostic.labels.iter().map(|label| &label.range));
            for place in places {
                prop_assert!(block.get(place.clone()).is_some(), "{} at {place:?}", diagnostic.code);
            }
        }
        if !checked.has_errors() {
            let run = checked.value;
            for backward in &run.backward {
                for flow in [Flow::Right, Flow::Down] {
                    let view = View { flow, show: Show::default(), precision: 4, language: 0, tongue: Tongue::Ko, engine: Engine::Bpdoc, opening: Opening::All, size: DisplaySize::Natural, quiz: None };
                    let svg = figure::svg(&figure::draw(&run, backward, view), "x");
                    prop_assert!(!svg.contains("NaN\"") && !svg.contains("inf\""), "{svg}");
                }
                figure::derive(&run, backward, 4);
            }
        }
    }
}

/// A random graph of smooth ops: three leaves, then gates that take any of the values before them.
fn any_graph() -> impl Strategy<Value = String> {
    let leaf = (-2.0..2.0_f64).prop_map(|x| (x * 100.0).round() / 100.0);
    let gate = (0..9_usize, any::<prop::sample::Index>(), any::<prop::sample::Index>());
    (prop::collection::vec(leaf, 3), prop::collection::vec(gate, 1..12)).prop_map(|(leaves, gates)| {
        let mut names: Vec<String> = (0..leaves.len()).map(|i| format!("x{i}")).collect();
        let mut block: String = leaves.iter().zip(&names).map(|(x, name)| format!("{name} = {x}\n")).collect();
        for (i, (op, a, b)) in gates.into_iter().enumerate() {
            let (a, b) = (a.get(&names).clone(), b.get(&names).clone());
            let expression = match op {
                0 => format!("{a} + {b}"),
                1 => format!("{a} * {b}"),
                2 => format!("{a} - 2 * {b}"),
                3 => format!("tanh({a})"),
                4 => format!("sigmoid({a}) * {b}"),
                5 => format!("sin({a} + {b})"),
                6 => format!("{a} / (1 + {b}^2)"),
                7 => format!("softplus({a} * {b})"),
                _ => format!("gelu({a}) - {b}"),
            };
            block.push_str(&format!("v{i} = {expression}\n"));
            names.push(format!("v{i}"));
        }
        block
    })
}

proptest! {
    /// Reverse mode, forward mode and central differences agree on every leaf of every graph.
    #[test]
    fn three_ways_to_the_same_derivative(block in any_graph()) {
        let base = run(&block);
        let output = base.graph.outputs[0];
        for i in 0..3 {
            let leaf = base.graph.find(&format!("x{i}")).expect("a leaf");
            let x = base.value(leaf).as_scalar().expect("a scalar");
            let reverse = base.grad(leaf).and_then(|g| g.as_scalar()).expect("a gradient");
            let tangents = bpdoc::graph::tangents(&base, leaf, &Tensor::Scalar(1.0));
            let forward = tangents.iter().find(|(node, _)| *node == output).and_then(|(_, t)| t.as_scalar()).expect("a tangent");
            let scale = reverse.abs().max(1.0);
            prop_assert!((forward - reverse).abs() <= 1e-9 * scale, "forward {forward}, reverse {reverse} for x{i} in\n{block}");
            let at = |x: f64| {
                let moved: Vec<String> = block.lines().map(|line| if line.starts_with(&format!("x{i} ")) { format!("x{i} = {x:?}") } else { line.to_owned() }).collect();
                run(&moved.join("\n")).value(output).as_scalar().expect("a scalar")
            };
            // Richardson's extrapolation takes the error of central differences to the fourth order.
            let central = |h: f64| (at(x + h) - at(x - h)) / (2.0 * h);
            let (coarse, fine) = (central(2e-3), central(1e-3));
            let numeric = (4.0 * fine - coarse) / 3.0;
            let is_smooth = (coarse - fine).abs() <= 1e-3 * scale;
            prop_assert!(!is_smooth || (numeric - reverse).abs() <= 1e-4 * scale, "central {numeric}, reverse {reverse} for x{i} in\n{block}");
        }
    }
}

#[test]
fn functions_groups_and_loops() {
    check(
        "def neuron(x, w, b) = sigmoid(w * x + b)\ndef layers(x) = neuron(neuron(x, 2, 0), v, 1)\nv = -1\nx = 0.5\ny = layers(x)\nexpect y = 0.5668\nexpect dy/dv = 0.1795",
    );
    check(
        "group 은닉층 | hidden layer {\n  a = 2 # 값 | value\n  group inner { b = a * 3 }\n}\nc = b * a\nexpect dc/da = 12",
    );
    // Backpropagation through time: h_2 = w(w·h_0 + x_1) + x_2.
    check(
        "const n = 2\nw = 0.5\nx[1] = 1\nx[2] = -1\nh[0] = 4\nfor t in 1..n { h[t] = w * h[t - 1] + x[t] }\ny = h[n]^2\nexpect h[2] = 0.5\nexpect y = 0.25\nexpect dy/dw = 5\nexpect dy/dh[1] = 0.5\nexpect d²y/dh[1]dw = 6",
    );
    check(
        "for i in 0..1 { for j in i..i + 1 { a[i, j] = 10 * i + j } }\ny = a[1,2] * a[0, 0]\nexpect y = 0\nexpect dy/da[0,0] = 12",
    );
    check("for t in 1..3 { a[t] = t; b[t] = a[t]^2 }\noutput b[3]\nexpect b[3] = 9\nexpect b[2] = 4");
    check(
        "W = [[1, 2], [3, 4]]\nfor t in 0..1 { r[t] = sum(W[t] * W[:, t]) }\ny = r[0] + r[1]\nexpect y = 29\nexpect dy/dW[0,1] = 6",
    );
}

#[test]
fn mistakes_of_functions_and_loops() {
    check_mistakes("def f(x) = f(x)\na = 1", &[("recursion", "f")]);
    check_mistakes("def f(x) = g(x)\ndef g(x) = f(x)\na = f(1)", &[("recursion", "g")]);
    check_mistakes("def f(x) = g(x)\ndef g(x) = x\na = f(1)", &[("used-before-definition", "g")]);
    check_mistakes("a = f(1)\ndef f(x) = x", &[("used-before-definition", "f")]);
    check_mistakes(
        "def f(x, x) = x\ndef sin(x) = x\ndef f(x) = q",
        &[("double-definition", "x"), ("double-definition", "sin"), ("double-definition", "f")],
    );
    check_mistakes("def f(x) = x\na = f(1, 2) + f(x=1)", &[("wrong-arity", "f(1, 2)"), ("unknown-attribute", "x=1")]);
    check_mistakes("def f(x) = log(x)\na = f(-1)", &[("domain-error", "log(x)")]);
    check_mistakes(
        "for t in 1..1000000000 { a[t] = 1 }\nb = q",
        &[("runaway-loop", "for t in 1..1000000000 {"), ("unknown-name", "q")],
    );
    check_mistakes("for t in 3..1 { a[t] = 1 }\nb = 1", &[("bad-loop", "for t in 3..1 {")]);
    check_mistakes("x = 0.5\nfor t in 1..x { a[t] = 1 }\nb = 1", &[("index-not-constant", "x")]);
    check_mistakes("for t in 1..3 { a = t }", &[("double-definition", "a")]);
    check_mistakes(
        "for t in 1..3 { a[t] = a[t + 1] }",
        &[("unknown-name", "a[t + 1]"), ("used-before-definition", "a[t + 1]")],
    );
    check_mistakes("for t in 1..2 {\na[t] = 1", &[("unclosed-bracket", "{")]);
    check_mistakes("a = 1 }", &[("unopened-bracket", "}")]);
    check_mistakes("for t in 1..2 { a[t] = 1\nexpect a[1] = 1 }", &[("not-in-a-loop", "expect a[1] = 1")]);
    check_mistakes(
        "a = [1, 2]\nb = a[2] + a[0, 0]\nc = a[0.5]",
        &[("shape-mismatch", "a[2]"), ("shape-mismatch", "a[0, 0]"), ("index-not-constant", "0.5")],
    );
    let deep = format!("{}a = 1{}", "group x {".repeat(40), "}".repeat(40));
    check_mistakes(&deep, &[("nested-too-deeply", "{")]);
    let graph = bpdoc::graph::build(&bpdoc::graph::parse(&deep).value, Limits::default()).value;
    assert_eq!(graph.groups.len(), 32, "what is nested too deeply is no group");
    let loops: String = (0..40).map(|i| format!("for t{i} in 1..1 {{")).collect();
    check_mistakes(&format!("{loops}a = t0 + t31{}", "}".repeat(40)), &[("nested-too-deeply", "{")]);
}

/// What would take too much memory is refused before it is computed.
#[test]
fn limits_are_clear_errors() {
    check_mistakes("a = ones(100000)\nb = outer(a, a)\ny = sum(b)", &[("too-many-elements", "outer(a, a)")]);
    check_mistakes("a = ones(2000, 2000)\ny = 1", &[("too-many-elements", "ones(2000, 2000)")]);
    let doubling: String = (1..40).map(|i| format!("def f{i}(x) = f{}(f{}(x))\n", i - 1, i - 1)).collect();
    let found = diagnostics(&format!("def f0(x) = x * 0.5\n{doubling}y = f39(1)"));
    assert_eq!(found.iter().map(|d| d.code).collect::<Vec<_>>(), ["too-many-nodes"]);
    let joined = vec!["a"; 401].join(", ");
    check_mistakes(&format!("a = [1]\ny = concat([{joined}])"), &[("shape-mismatch", &format!("concat([{joined}])"))]);
}

/// Functions that call another twice would be followed for ever, whether they add nodes or not.
#[test]
fn calls_that_double_come_to_an_end() {
    for (first, call) in [("x * 0.5", "f#(x) + f#(x)"), ("x", "f#(f#(x))")] {
        let doubling: String =
            (1..60).map(|i| format!("def f{i}(x) = {}\n", call.replace('#', &(i - 1).to_string()))).collect();
        let block = format!("def f0(x) = {first}\n{doubling}y = f59(1)\nz = y + 1");
        let found = bpdoc::run_block(&block, Limits { nodes: 1_000, ..Limits::default() }).diagnostics;
        assert_eq!(found.iter().map(|d| d.code).collect::<Vec<_>>(), ["too-many-nodes"], "{call}");
    }
}

/// Derivatives that are claimed, or derivatives of derivatives, are many before anybody sees it.
#[test]
fn derivatives_have_limits() {
    let limits = Limits { nodes: 300, ..Limits::default() };
    let leaves: String = (0..20).map(|i| format!("x{i} = 1\n")).collect();
    let product = (0..20).map(|i| format!("x{i}")).collect::<Vec<_>>().join(" * ");
    let claims: String = (0..20).map(|i| format!("expect d²y/dx{i}² = 6\n")).collect();
    let codes =
        |block: &str| bpdoc::run_block(block, limits).diagnostics.iter().map(|found| found.code).collect::<Vec<_>>();
    assert_eq!(codes(&format!("{leaves}y = ({product})^3\n{claims}")), ["too-many-nodes"]);
    assert_eq!(codes(&format!("{leaves}y = {product}\n{}", claims.replace('6', "0"))), Vec::<&str>::new());
    let sheet = bpdoc::graph::parse(&format!("{leaves}y = {product}\n{}", claims.replace('6', "0"))).value;
    assert!(bpdoc::graph::build(&sheet, limits).value.dag.node_count() < 200);
    let nested = (0..10).fold("y".to_owned(), |inner, _| format!("grad({inner}, x)"));
    let sheet = bpdoc::graph::parse(&format!("x = 1\ny = sigmoid(x) * tanh(x) * exp(x)\nz = {nested}")).value;
    let graph = bpdoc::graph::build(&sheet, limits);
    assert_eq!(graph.diagnostics.iter().map(|found| found.code).collect::<Vec<_>>(), ["too-many-nodes"]);
    assert!(graph.value.dag.node_count() < 2 * limits.nodes, "{}", graph.value.dag.node_count());
}

/// Claims about one output share its backward pass, and hold as if each had its own.
#[test]
fn claims_share_a_pass() {
    check(
        "x = 2\ny = 3\nconst c = 5\nf = x * x * y * c\nexpect df/dx = 60\nexpect df/dy = 20\nexpect df/dc = 12\n\
         expect df/dx = 60\nexpect d²f/dx² = 30\nexpect d²f/dxdy = 20\nexpect d²f/dxdc = 12\nexpect d²f/dy² = 0",
    );
}

/// Behind many unknown names lies another mistake than a slip of the finger in each.
#[test]
fn suggestions_are_made_for_the_first_mistakes() {
    let helped = |block: &str| {
        let help = |found: &Diagnostic| found.help.as_ref().is_some_and(|help| help.en.contains("did you mean"));
        diagnostics(block).iter().map(help).collect::<Vec<_>>()
    };
    let uses: String = (0..110).map(|i| format!("y{i} = vakue\n")).collect();
    let claims: String = (0..110).map(|_| "expect vakue = 1\n").collect();
    for block in [format!("value = 1\n{uses}"), format!("value = 1\n{claims}")] {
        let helped = helped(&block);
        assert!(
            helped.len() == 110 && helped[..100].iter().all(|is| *is) && !helped[100..].contains(&true),
            "{helped:?}"
        );
    }
}

/// A shape error shows both shapes and what is different.
#[test]
fn shape_errors_say_which_extents_differ() {
    let found = diagnostics("X = [[1, 2], [3, 4], [5, 6], [7, 8]] # 입력 | input\nW = ones(3, 2)\nY = X @ W");
    assert_eq!(found[0].message.en, "X @ W: (4, 2) · (3, 2). The columns of X (2) and the rows of W (3) differ");
    let help = found[0].help.as_ref().expect("help");
    assert_eq!(help.en, "the inputs: X (4, 2) — 입력 | input, W (3, 2)");
}

/// A number that stops being finite is told with its gate, and with the op that would have computed it.
#[test]
fn infinities_name_the_gate_and_the_stable_op() {
    let help = |block: &str| {
        let found = diagnostics(block);
        let help = found.first().and_then(|d| d.help.as_ref()).map(|help| help.en.to_string());
        (found.first().map_or("", |d| d.code), help.unwrap_or_default())
    };
    for (block, stable) in [
        ("x = 1000\ny = log(1 + exp(x))", "write `softplus(x)` instead of `log(1 + exp(x))`"),
        ("x = -1000\ny = log(sigmoid(x))", "write `log_sigmoid(x)` instead of `log(sigmoid(x))`"),
        ("x = 0\ny = x * log(x)", "write `xlogy(x, x)` instead of `x * log(x)`"),
        ("x = -1000\ny = 1 / (1 + exp(-x))", "write `sigmoid(x)` instead of `1 / (1 + exp(-x))`"),
        ("x = 0\ny = 0\nr = sqrt(x^2 + y^2)", "write `hypot(x, y)` instead of `sqrt(x^2 + y^2)`"),
        ("z = [1000, 0]\np = exp(z) / sum(exp(z))\ny = sum(p)", "write `softmax(z)` instead of `exp(z) / sum(exp(z))`"),
        ("x = 1000\nm = exp(x)\ny = log(1 + m)", "write `softplus(x)` instead of `log(1 + exp(x))`"),
    ] {
        let (code, found) = help(block);
        assert_eq!(code, "not-finite", "{block}");
        assert!(found.starts_with(stable), "{block}: {found}");
    }
    assert_eq!(help("x = 1000\ny = exp(x)"), ("not-finite", String::new()));
}
