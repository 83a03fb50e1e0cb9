//! The edges of the numbers and of the language: infinities, shapes of all kinds, names that mean two things, attributes
//! that make no sense.

use crate::graphs::{check, check_mistakes, diagnostics, run};
use bpdoc::diag::Severity;
use bpdoc::graph;
use bpdoc::ops::{self, Family, Notation, Op};
use bpdoc::settings::Limits;

fn codes(block: &str) -> Vec<&'static str> {
    diagnostics(block).iter().filter(|d| d.severity == Severity::Error).map(|d| d.code).collect()
}

#[test]
fn no_claim_of_equality_holds_of_an_infinity() {
    for claim in ["y = 5", "y = -5", "y = 0", "y = 5 within 1e300", "dy/dx = 5", "dy/dx = -5", "z = 5", "v[1] = 5"] {
        let block = format!("x = 0\ny = 1 / x\nz = -1 / x\nv = [1, 2] / [1, 0]\noutput y\nexpect {claim}");
        let found = diagnostics(&block);
        let failed: Vec<_> = found.iter().filter(|d| d.severity == Severity::Error).collect();
        assert_eq!(failed.iter().map(|d| d.code).collect::<Vec<_>>(), ["failed-claim"], "{claim}");
        assert_eq!(failed[0].help, None, "{claim}");
    }
    assert_eq!(codes("x = 0\ny = 1 / x\nexpect y > 1e300\nexpect dy/dx < 0"), [""; 0]);
}

/// Operands of all these shapes together, each being the smaller one in turn.
const SHAPES: [&[usize]; 7] = [&[], &[1], &[3], &[2, 1], &[1, 3], &[2, 3], &[2, 1, 3]];

/// Numbers between 0.15 and 0.85, none twice, so that every op is smooth there.
fn values(extents: &[usize], seed: usize) -> String {
    match extents.split_first() {
        None => format!("{:.5}", 0.15 + 0.7 * ((seed as f64 * 0.618_033_988_75).fract())),
        Some((&n, rest)) => {
            let items: Vec<_> = (0..n).map(|i| values(rest, seed * 3 + i + 1)).collect();
            format!("[{}]", items.join(", "))
        }
    }
}

fn call(op: &Op) -> String {
    let names: Vec<String> = (0..op.arity()).map(|i| format!("x{i}")).collect();
    match op.notation {
        Notation::Infix { .. } => names.join(&format!(" {} ", op.name)),
        _ => format!("{}({})", op.name, names.join(", ")),
    }
}

/// Reverse mode, forward mode and central differences, for all ops of several inputs and all shapes that they take.
#[test]
fn rules_hold_for_operands_of_every_shape() {
    let mut compared = 0;
    for op in ops::table().filter(|op| op.family != Family::Rule && op.arity() > 1) {
        for combination in 0..SHAPES.len().pow(op.arity() as u32) {
            let shape = |i: usize| SHAPES[combination / SHAPES.len().pow(i as u32) % SHAPES.len()];
            let leaves = (0..op.arity()).map(|i| format!("x{i} = {}\n", values(shape(i), 10 * i + 1)));
            let block = format!("{}y = {}", leaves.collect::<String>(), call(op));
            let checked = bpdoc::run_block(&block, Limits::default());
            if checked.has_errors() {
                continue;
            }
            let found = graph::verify(&checked.value);
            let wrong: Vec<_> = found.diagnostics.iter().map(|d| &d.message.en).collect();
            assert!(wrong.is_empty(), "{block}\n{wrong:?}");
            compared += found.value;
        }
    }
    assert!(compared > 1500, "only {compared} partials were compared");
}

/// Worked out by hand: −Σz/9, Σ(σ(1) − t)/9, −Σz/6, Σ log((1 − p)/p)/6.
#[test]
fn losses_of_broadcast_operands() {
    check(
        "z = [0, 1, 2]\nt = [[0], [1], [1]]\ny = bce_with_logits(z, t)\nexpect dy/dt[0,0] = -0.33333\nexpect dy/dz[1] = 0.02146",
    );
    check("z = [[1], [2]]\nt = [0.1, 0.2, 0.3]\ny = bce_with_logits(z, t)\nexpect dy/dt[0] = -0.50000");
    check("p = [[0.5], [0.8]]\nt = [0, 1, 1]\ny = bce(p, t)\nexpect dy/dt[2] = -0.23105");
}

#[test]
fn equal_numbers_have_no_spread() {
    for x in ["[0.1, 0.1, 0.1]", "[0.7, 0.7, 0.7, 0.7, 0.7, 0.7]", "[1e16, 1e16, 1e16]"] {
        check(&format!(
            "x = {x}\ny = std(x)\nv = var(x)\noutput y, v\nexpect y = 0 within 0\nexpect v = 0 within 0\nexpect dy/dx[0] = 0 within 0\nexpect dv/dx[1] = 0 within 0"
        ));
        // 0/0, as in every framework, and not what rounding has left.
        let found = diagnostics(&format!("x = {x}\nd = layernorm(x, 1, 0, eps=0)\ny = sum(d)"));
        assert_eq!(found[0].message.en, "the value first becomes NaN at gate `d`");
    }
    check("x = [[0.1, 0.1, 0.1]]\ny = layernorm(x, 1, 0)\nexpect y[0,2] = 0 within 0");
}

#[test]
fn shapes_have_limits() {
    let nine = "[".repeat(8) + "a" + &"]".repeat(8);
    for (block, place) in [
        (format!("a = [1, 2]\nb = {nine}"), nine.as_str()),
        ("a = ones(1, 1, 1, 1, 1, 1, 1, 1)\nb = stack([a, a])".into(), "stack([a, a])"),
        ("a = ones(1, 1, 1, 1, 1, 1, 1, 1)\nb = one_hot(a, 3)".into(), "one_hot(a, 3)"),
        ("a = ones(1, 1, 1, 1, 1, 1, 1, 2)\nw = ones(3, 2)\nb = embedding(w, a)".into(), "embedding(w, a)"),
        (
            "a = [1]\nb = broadcast_to(a, [1, 1, 1, 1, 1, 1, 1, 1, 1])".into(),
            "broadcast_to(a, [1, 1, 1, 1, 1, 1, 1, 1, 1])",
        ),
        ("a = [1]\nb = reshape(a, [1, 1, 1, 1, 1, 1, 1, 1, 1])".into(), "reshape(a, [1, 1, 1, 1, 1, 1, 1, 1, 1])"),
    ] {
        check_mistakes(&block, &[("shape-mismatch", place)]);
        assert_eq!(diagnostics(&block)[0].message.en, "the result would have 9 axes; a tensor has 8 at most");
    }
    let huge = "4294967296";
    for (code, call) in [
        ("too-many-elements", format!("broadcast_to(a, [{huge}, {huge}])")),
        ("too-many-elements", format!("broadcast_to(a, [{huge}, {huge}, {huge}])")),
        ("shape-mismatch", format!("reshape(a, [{huge}, {huge}])")),
        ("shape-mismatch", format!("reshape(a, [{huge}, -1, {huge}])")),
        ("bad-tensor", format!("zeros({huge}, {huge})")),
        ("bad-tensor", format!("normal({huge}, {huge}, {huge})")),
        ("too-many-elements", format!("one_hot(a, {huge})")),
        ("shape-mismatch", "broadcast_to(a, [-1])".into()),
        ("shape-mismatch", "broadcast_to(a, [0])".into()),
        ("shape-mismatch", "reshape(a, [0])".into()),
        ("shape-mismatch", "index(a, [])".into()),
    ] {
        check_mistakes(&format!("a = [1]\nb = {call}"), &[(code, call.as_str())]);
    }
    check_mistakes("a = ones(100000, 1)\nb = ones(100000)\nc = mse(a, b)", &[("shape-mismatch", "mse(a, b)")]);
}

#[test]
fn windows_of_any_size_are_refused_or_quick() {
    let image = "x = [[[[1, 2], [3, 4]]]]\nw = [[[[1]]]]\n";
    for (call, code) in [
        ("conv2d(x, w, padding=1000)", "too-many-elements"),
        ("conv2d(x, w, padding=9007199254740992)", "shape-mismatch"),
        ("conv2d(x, w, stride=9007199254740992, padding=9007199254740992)", ""),
        ("maxpool2d(x, size=9007199254740992)", "shape-mismatch"),
        ("avgpool2d(x, size=2, stride=9007199254740992)", ""),
        ("maxpool2d(ones(1000, 1000), size=500, stride=1)", "shape-mismatch"),
        ("conv2d(ones(1, 1, 1000, 1000), ones(1, 1, 500, 500))", "shape-mismatch"),
        ("attention(ones(9000, 1), ones(9000, 1), ones(9000, 1))", "shape-mismatch"),
    ] {
        let found = codes(&format!("{image}y = sum({call})"));
        assert_eq!(found.first().copied().unwrap_or_default(), code, "{call}");
    }
}

#[test]
fn an_index_means_what_the_name_means() {
    check("n = 1\nx = [10, 20, 30]\ndef g(n) = x[n] * n\ny = g(2)\nexpect y = 60\nexpect dy/dx[2] = 2");
    check("x = [10, 20, 30]\ndef g(n) = x[n]\ndef h(m) = g(m)\nk = 1\ny = h(k) + h(2)\nexpect y = 50");
    check_mistakes("n = 1\nx = [10, 20]\ndef g(n) = x[n]\ny = g(n * 1)", &[("index-not-constant", "n")]);
}

#[test]
fn the_inner_name_counts() {
    // The loop variable hides the node, in the index and in the expression.
    check("t = 5\nx = [10, 20, 30]\nfor t in 1..2 { y[t] = x[t] * t }\nz = y[1] + y[2] + t\nexpect z = 85");
    check("for i in 2..2 { for i in 3..3 { a[i] = i }\nb[i] = i }\ny = a[3] + b[2]\nexpect y = 5");
    // A parameter hides them both, and a function does not see the loops around its calls.
    check("x = [10, 20]\ndef f(t) = x[t] * t\nfor t in 0..1 { y[t] = f(1) + t }\nz = y[0] + y[1]\nexpect z = 41");
    check("t = 1\nx = [10, 20]\ndef f(a) = a * x[t] * t\nfor t in 0..0 { y[t] = f(2) }\nz = y[0]\nexpect z = 40");
}

#[test]
fn a_name_is_a_whole_or_a_family() {
    check_mistakes("h = [1, 2]\nh[0] = 3", &[("double-definition", "h[0]")]);
    check_mistakes("h[0] = 3\nh = [1, 2]", &[("double-definition", "h")]);
    check_mistakes("h = [1, 2]\nfor t in 0..3 { h[t] = t }", &[("double-definition", "h[t]")]);
    check_mistakes("for t in 0..3 { h[t] = t }\nh = 1", &[("double-definition", "h")]);
    check_mistakes("h = q\nh[0] = 3", &[("unknown-name", "q"), ("double-definition", "h[0]")]);
}

#[test]
fn gradients_by_elements() {
    check("x = [2, 3]\nf = sum(x^2)\nd = grad(f, x[0])\ne = grad(f, x[-1])\nexpect d = 4\nexpect e = 6");
    check(
        "x = [[1, 2], [3, 4]]\nf = sum(x^2)\nd = grad(f, x[1])\nexpect d[1] = 8\nc = grad(f, x[:, 1][0])\nexpect c = 4",
    );
    check("x = [2, 3]\nf = x[0]^3\nd = grad(grad(f, x[0]), x[0])\nexpect d = 12");
    check("h[1] = 2\nf = h[1]^2\nd = grad(f, h[1])\nexpect d = 4");
    check("w = 3\ndef slope(x) = grad(x^2 * w, x)\ny = slope(2)\nexpect y = 12");
    check("x = [1, 2, 3]\nfor t in 0..1 { f[t] = x[t]^2\nd[t] = grad(f[t], x[t]) }\ny = d[1]\nexpect y = 4");
    for by in ["x * 1", "2", "[1, 2]", "sum(x)[0]", "pi", "sum(x)"] {
        check_mistakes(&format!("x = [2, 3]\nf = sum(x^2)\nd = grad(f, {by})"), &[("grad-needs-name", by)]);
    }
    check_mistakes("x = 2\nfor t in 1..2 { d[t] = grad(x * t, t) }", &[("grad-needs-name", "t")]);
    check_mistakes("x = [2, 3]\ndef d(f, a) = grad(f, a)\ny = d(x[0]^2, x[0])", &[("grad-needs-name", "a")]);
    let run = run("x = [2, 3]\nf = sum(x^2)\nd = grad(f, x[0])");
    // No element is taken of `x` itself, which nothing would use.
    assert_eq!(run.graph.named().filter(|node| run.graph.dag[*node].op_word() == "[]").count(), 1);
}

#[test]
fn attributes_have_a_range() {
    for list in ["[1e300]", "[0, -1e16]"] {
        assert_eq!(codes(&format!("x = [1, 2]\ny = index(x, {list})")), ["wrong-attribute"]);
    }
    assert_eq!(codes("x = [1, 2]\ny = sum(x, axis=1e300)"), ["wrong-attribute"]);
    for (call, place) in [
        ("huber(x, x, delta=0)", "0"),
        ("huber(x, x, -1)", "-1"),
        ("clip(x, 2, 1)", "1"),
        ("clip(x, hi=1, lo=2)", "1"),
        ("layernorm(x, 1, 0, eps=-1e-5)", "-1e-5"),
        ("batchnorm([[1], [2]], [1], [0], eps=-1)", "-1"),
        ("normal(2, std=-1)", "-1"),
        ("normal(2, seed=-1)", "-1"),
        ("uniform(2, seed=0.5)", "0.5"),
        ("uniform(2, low=1, high=0)", "0"),
        ("uniform(2, low=3)", "uniform(2, low=3)"),
        ("dropout(x, p=1)", "1"),
        ("dropout(x, p=-0.1)", "-0.1"),
        ("dropout(x, 0.5, seed=1.5)", "1.5"),
        ("one_hot(x, 0)", "0"),
        ("conv2d(x, x, stride=0)", "0"),
        ("conv2d(x, x, padding=-1)", "-1"),
        ("maxpool2d(x, 0)", "0"),
        ("avgpool2d(x, 2, stride=-1)", "-1"),
    ] {
        check_mistakes(&format!("x = [1, 2]\ny = {call}"), &[("wrong-attribute", place)]);
    }
    let said = |call: &str| diagnostics(&format!("x = [1, 2]\ny = {call}"))[0].message.en.to_string();
    assert_eq!(said("conv2d(x, x, stride=0)"), "the attribute `stride` must be greater than 0; it is 0");
    assert_eq!(said("dropout(x, p=1)"), "the attribute `p` must be at least 0 and less than 1; it is 1");
    assert_eq!(said("clip(x, 2, 1)"), "the attribute `hi` must not be less than `lo`; it is 1");
    check("x = [1, 3]\ny = sum(clip(x, 2, 2))\nexpect y = 4\nv = normal(2, std=0, mean=3)\noutput y\nexpect v[0] = 3");
}

/// Where the square of the divisor leaves the range of float64.
#[test]
fn quotients_of_extreme_numbers() {
    for (a, b, slope) in [(1e200, 1e200, -1e-200), (1e-200, 1e-200, -1e200), (1e150, 1e160, -1e-170)] {
        let run = run(&format!("a = {a:e}\nb = {b:e}\ny = a / b"));
        let found = run.grad(run.graph.find("b").expect("b")).and_then(|g| g.as_scalar()).expect("a number");
        assert!((found - slope).abs() <= 1e-15 * f64::abs(slope), "{a:e} / {b:e}: {found:e}");
    }
}

#[test]
fn long_sums_keep_their_digits() {
    check(
        "a = broadcast_to(0.1, [1000, 1000])\ns = sum(a)\nm = mean(a)\nr = sum(a, axis=0)\noutput s\nexpect s = 100000 within 1e-10\nexpect m = 0.1 within 0\nexpect r[7] = 100 within 1e-13",
    );
}

#[test]
fn tiny_numbers_have_a_direction() {
    check("x = [3e-320, 4e-320]\ny = norm(x)\nexpect dy/dx[0] = 0.600\nexpect dy/dx[1] = 0.800");
    for unit in ["1e-200", "1e200"] {
        check(&format!("x = [1, 3]\nz = x * {unit}\ny = std(z)\nexpect dy/dz[0] = -0.500\nexpect dy/dz[1] = 0.500"));
    }
    check_mistakes("x = 1e-400", &[("bad-number", "1e-400")]);
}

#[test]
fn powers_of_negative_numbers() {
    check_mistakes("x = -8\ny = x^(1/3)", &[("domain-error", "x^(1/3")]);
    let said = &diagnostics("x = -8\ny = x^0.5")[0];
    assert_eq!(said.message.en, "`(-8) ^ (0.5)` is not defined");
    assert!(said.help.as_ref().is_some_and(|help| help.en.contains("cbrt(x)")));
    check("x = -8\ny = x^2 + x^-1 + x^3\nexpect y = -448.125");
}

#[test]
fn what_where_does_not_choose_may_be_undefined() {
    check("x = -1\ny = where(x > 0, sqrt(x), 0)\nexpect y = 0\nexpect dy/dx = 0");
    check("x = -1\ny = where(x > 0, 2 * log(x) + 1, x^2)\nexpect y = 1\nexpect dy/dx = -2");
    check("x = [-1, 4]\ny = sum(where(x > 0, sqrt(x), 0))\nexpect y = 2\nexpect dy/dx[0] = 0\nexpect dy/dx[1] = 0.25");
    check("x = -1\ns = sqrt(x)\ny = where(x > 0, where(x > 1, s, s), 3)\nexpect y = 3");
    check("x = 0\ny = where(x > 0, 1 / x, 0)\nd = grad(y, x)\nexpect d = 0");
    for (block, place) in [
        ("x = -1\ny = where(x < 0, sqrt(x), 0)", "sqrt(x)"),
        ("x = [-1, 4]\ny = where(x < 9, sqrt(x), 0)", "sqrt(x)"),
        ("x = -1\ny = where(x > 0, 1, sqrt(x) > 1)", "sqrt(x)"),
        ("x = -1\ny = where(sqrt(x) > 0, 1, 2)", "sqrt(x)"),
        ("x = -1\ns = sqrt(x)\ny = where(x > 0, s, 0)\nz = s + y", "sqrt(x)"),
        ("x = -1\ns = sqrt(x)\ny = where(x > 0, s, 0)\noutput s, y", "sqrt(x)"),
    ] {
        check_mistakes(block, &[("domain-error", place)]);
    }
}

#[test]
fn messages_say_what_is_wrong() {
    for (block, code, said) in [
        ("x = [1, 2]\ny = sum(x, axis=[0, 0])", "shape-mismatch", "axis 0 is named twice"),
        ("x = 2\ny = softmax(x)", "shape-mismatch", "x is a single number and has no axis; give a vector or a matrix"),
        (
            "x = 2\ny = logsumexp(x)",
            "shape-mismatch",
            "x is a single number and has no axis; give a vector or a matrix",
        ),
        (
            "x = [1, 2]\ny = cross_entropy(x, 5)",
            "wrong-value",
            "`cross_entropy`: a label must be a whole number from 0 to 1, this is 5",
        ),
        ("x = 1\ny = 0 < x < 2", "chained-comparison", "comparisons cannot be chained"),
        (
            "a = ones(2, 2)\nb = ones(2, 2, 2)\ny = dot(a, b)",
            "shape-mismatch",
            "dot(a, b): (2, 2) · (2, 2, 2). Of tensors with more axes it has several meanings; matrices are multiplied with `@`",
        ),
    ] {
        let found = diagnostics(block);
        let found: Vec<_> = found.iter().map(|d| (d.code, d.message.en.as_ref())).collect();
        assert_eq!(found, [(code, said)], "{block}");
    }
    check("x = 1\ny = (0 < x) * (x < 2)\nz = (0 < x) == 1\nexpect y = 1\nexpect z = 1\noutput z");
}

#[test]
fn second_derivatives_of_all_pairs() {
    let run = run("x = 2\ny = 3\nconst k = 2\nz = 5\nf = k * x^2 * y + exp(0 * x)");
    let (leaves, rows) = graph::hessian(&run);
    assert_eq!(leaves.iter().map(|leaf| run.graph.name(*leaf)).collect::<Vec<_>>(), ["x", "y", "z"]);
    assert_eq!(rows, [[12.0, 8.0, 0.0], [8.0, 0.0, 0.0], [0.0, 0.0, 0.0]]);
}
