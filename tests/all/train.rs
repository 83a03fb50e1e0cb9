//! Training: published runs to their digits, every optimizer against its definition, and what is said when a
//! training cannot be done.

use bpdoc::diag::Checked;
use bpdoc::settings::Limits;
use bpdoc::train::{self, Training};

/// Trains the graph of a block.
fn train(block: &str, plan: &str) -> Checked<Option<Training>> {
    let run = bpdoc::run_block(block, Limits::default());
    assert!(!run.has_errors(), "{:?}", run.diagnostics);
    let plan = train::plan::parse(plan);
    match plan.value {
        Some(read) if plan.diagnostics.is_empty() => train::train(&read, &run.value, Limits::default()),
        _ => Checked { value: None, diagnostics: plan.diagnostics },
    }
}

#[track_caller]
fn trained(block: &str, plan: &str) -> Training {
    let Checked { value, diagnostics } = train(block, plan);
    let said: Vec<_> = diagnostics.iter().map(|d| &d.message.en).collect();
    assert!(diagnostics.is_empty(), "{said:?}");
    value.expect("a training")
}

fn element(training: &Training, name: &str, index: &[i64]) -> f64 {
    let run = &training.reported.last().expect("the last step is reported").run;
    run.value(run.graph.find(name).expect("a node")).at(index).expect("an element")
}

/// Sung Kim's labs 9-1 to 9-3, with the initial values of TensorFlow 1 for seed 777: what the course prints after
/// 10,001 updates, and float64 numbers of the same runs made elsewhere.
#[test]
fn xor_is_learned_as_the_course_prints_it() {
    let small = trained(
        include_str!("../notes/training/xor-2-2-1.txt"),
        "minimize cost over W1, b1, W2, b2\nrate 0.1\nsteps 10001\nreport 0, 10001\nexpect hyp[0,0]@10001 = 0.013382\nexpect hyp[1,0]@10001 = 0.981664\nexpect hyp[2,0]@10001 = 0.988094\nexpect hyp[3,0]@10001 = 0.011358",
    );
    for (name, index, exact) in [
        ("hyp", [0, 0], 0.013382125032670385),
        ("hyp", [3, 0], 0.011357969294479882),
        ("W1", [0, 0], 6.2634701301505515),
        ("W2", [1, 0], -9.598667915561187),
    ] {
        let found = element(&small, name, &index);
        assert!((found - exact).abs() <= 1e-11 * exact.abs(), "{name}{index:?} = {found}, not {exact}");
    }
    let logistic = trained(
        include_str!("../notes/training/xor-logistic.txt"),
        "minimize cost over W, b\nrate 0.1\nsteps 10001\nexpect hyp[2,0]@10001 = 0.5000000 within 1e-12",
    );
    assert_eq!(logistic.reported.iter().map(|snapshot| snapshot.step).collect::<Vec<_>>(), [0, 10001]);
}

#[test]
fn a_deep_network_learns_it_faster() {
    let parameters = "W1, b1, W2, b2, W3, b3, W4, b4";
    let deep = trained(
        include_str!("../notes/training/xor-2-10-10-10-1.txt"),
        &format!("minimize cost over {parameters}\nrate 0.1\nsteps 10001\nexpect cost@10001 < 0.002"),
    );
    for (name, index, exact) in [
        ("hyp", &[0, 0][..], 0.0007805207447420931),
        ("hyp", &[2, 0], 0.998379284623856),
        ("cost", &[], 0.001180709884786496),
        ("W1", &[0, 0], 2.218369889314793),
        ("b4", &[0], -0.03952653444667904),
    ] {
        let found = element(&deep, name, index);
        assert!((found - exact).abs() <= 1e-11 * exact.abs(), "{name}{index:?} = {found}, not {exact}");
    }
    let (first, last) = (deep.curve[0], deep.curve[deep.curve.len() - 1]);
    assert_eq!((first.0, last.0), (0, 10001));
    assert!(first.1 > 0.6 && last.1 < 0.002, "{first:?} {last:?}");
}

/// On w²/2 the gradient is w, so every optimizer can be followed by hand: three updates from w = 1 at rate 0.1.
#[test]
fn optimizers_do_what_pytorch_defines() {
    let adam = |w: f64, m: f64, v: f64, t: i32| {
        let (m, v) = (0.9 * m + 0.1 * w, 0.999 * v + 0.001 * w * w);
        let step = 0.1 / (1.0 - 0.9_f64.powi(t)) * m / ((v / (1.0 - 0.999_f64.powi(t))).sqrt() + 1e-8);
        (w - step, m, v)
    };
    let (w1, m, v) = adam(1.0, 0.0, 0.0, 1);
    let (w2, m, v) = adam(w1, m, v, 2);
    let (adam_at_3, ..) = adam(w2, m, v, 3);
    let rmsprop = |w: f64, v: f64| {
        let v = 0.99 * v + 0.01 * w * w;
        (w - 0.1 * w / (v.sqrt() + 1e-8), v)
    };
    let (w, v) = rmsprop(1.0, 0.0);
    let (w, v) = rmsprop(w, v);
    let (rmsprop_at_3, _) = rmsprop(w, v);
    for (optimizer, expected) in [
        ("sgd", 0.9 * 0.9 * 0.9),
        // v: 1, 1.8, 2.34; w: 0.9, 0.72, 0.486.
        ("momentum", 0.486),
        // v: 1, 1.71, 2.1249 …; w: 0.81, 0.5751, and so on by the definition.
        ("nesterov", {
            let (mut w, mut v) = (1.0_f64, 0.0_f64);
            for _ in 0..3 {
                v = 0.9 * v + w;
                w -= 0.1 * (w + 0.9 * v);
            }
            w
        }),
        ("rmsprop", rmsprop_at_3),
        ("adam", adam_at_3),
        ("momentum momentum=0", 0.9 * 0.9 * 0.9),
    ] {
        let plan = format!("minimize f over w\nrate 0.1\nsteps 3\noptimizer {optimizer}\nreport 3");
        let found = element(&trained("w = 1\nf = w^2 / 2", &plan), "w", &[]);
        assert!((found - expected).abs() < 1e-12, "{optimizer}: {found}, not {expected}");
    }
}

#[track_caller]
fn refuses(block: &str, plan: &str, code: &str, place: &str) {
    let found = train(block, plan).diagnostics;
    let shown: Vec<_> = found.iter().map(|d| (d.code, &plan[d.range.clone()])).collect();
    assert_eq!(shown, [(code, place)], "{plan}\n{:?}", found.iter().map(|d| &d.message.en).collect::<Vec<_>>());
}

#[test]
fn mistakes_are_told_where_they_stand() {
    let block = "x = 2\nconst k = 3\nparam w = 1\nf = (w * x - k)^2\nv = [1, 2] * w";
    let rest = "\nrate 0.1\nsteps 5";
    refuses(block, &format!("minimize g over w{rest}"), "unknown-name", "g");
    refuses(block, &format!("minimize v over w{rest}"), "not-a-number", "v");
    refuses(block, &format!("minimize f over k{rest}"), "not-a-leaf", "k");
    refuses(block, &format!("minimize f over v{rest}"), "not-a-leaf", "v");
    refuses("w = 1\nz = 2\nf = z * 3", &format!("minimize f over w{rest}"), "no-gradient", "w");
    refuses("w = 1\nf = w", &format!("minimize f{rest}"), "no-parameters", "f");
    refuses(block, &format!("minimize f over w, w{rest}"), "double-definition", "w");
    refuses(block, "minimize f over w\nrate -1\nsteps 5", "bad-number", "-1");
    refuses(block, "minimize f over w\nrate 0.1\nsteps 0.5", "bad-number", "0.5");
    refuses(block, "minimize f over w\nrate 0.1", "missing-statement", "");
    refuses(block, &format!("minimize f over w{rest}\nreport 6"), "no-such-step", "6");
    refuses(block, &format!("minimize f over w{rest}\nexpect f@7 < 1"), "no-such-step", "7");
    refuses(block, &format!("minimize f over w{rest}\nexpect f < 1"), "bad-claim", "expect f < 1");
    refuses(block, &format!("minimize f over w{rest}\nexpect g@1 < 1"), "unknown-name", "g");
    refuses(block, &format!("minimize f over w{rest}\noptimizer adm"), "unknown-optimizer", "adm");
    refuses(block, &format!("minimize f over w{rest}\noptimizer sgd beta=1"), "unknown-attribute", "beta=1");
    for (optimizer, place) in [
        ("momentum momentum=1", "1"),
        ("nesterov momentum=-0.1", "-0.1"),
        ("rmsprop alpha=1.5", "1.5"),
        ("adam beta1=0.9 beta2=1", "1"),
        ("adam eps=-1e-8", "-1e-8"),
    ] {
        refuses(
            block,
            &format!("minimize f over w\nrate 0.3\nsteps 5\noptimizer {optimizer}"),
            "wrong-attribute",
            place,
        );
    }
    refuses(block, &format!("minimise f over w{rest}\nminimize f over w"), "unknown-statement", "minimise");
    refuses(block, &format!("minimize f over w{rest}\nrate 1"), "double-statement", "rate");
    refuses(block, &format!("minimize f over w{rest}\nexpect f@5 = 7"), "failed-claim", "expect f@5 = 7");
    refuses(block, "minimize f over w\nrate 0.1\nsteps 1e14", "training-too-long", "f");
}

#[test]
fn a_training_that_diverges_says_at_which_step() {
    let found = train("w = 1\nf = w^4", "minimize f over w\nrate 1\nsteps 100").diagnostics;
    assert_eq!(found.iter().map(|d| d.code).collect::<Vec<_>>(), ["training-diverged"]);
    // −3, 105, −4630395, 4·10²⁰, −2.5·10⁶², 6·10¹⁸⁷: the fourth power of w at step 6 is too large.
    assert!(found[0].message.en.contains("at step 6 the value at gate `f` becomes ∞"), "{}", found[0].message.en);
}
