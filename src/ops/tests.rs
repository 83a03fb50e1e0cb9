//! Kernels against numbers computed with 60 digits, and spellings against the rules of precedence.

use super::{Attrs, Family, Form, Forward, Op, find, level, table};
use crate::tensor::{Shape, Tensor, ViewMut};

fn value(name: &str, x: &[f64]) -> f64 {
    let op = find(name, false).unwrap_or_else(|| panic!("no op `{name}`"));
    match op.forward {
        Forward::Elementwise(kernel) => (kernel.one)(x, &Attrs::defaults(op)),
        Forward::Structural { .. } => panic!("`{name}` is not element-wise"),
    }
}

/// The result of an op that looks at whole tensors, with its default attributes.
fn values(name: &str, x: &[&Tensor]) -> Vec<f64> {
    let op = find(name, false).unwrap_or_else(|| panic!("no op `{name}`"));
    let Forward::Structural { shape, kernel } = op.forward else { panic!("`{name}` is element-wise") };
    let attrs = Attrs::defaults(op);
    let shapes: Vec<_> = x.iter().map(|x| x.shape()).collect();
    let Ok(Shape(extents)) = shape(&shapes.iter().collect::<Vec<_>>(), &attrs) else {
        panic!("`{name}` refuses {shapes:?}")
    };
    let mut elements = vec![0.0; extents.iter().product()];
    let views: Vec<_> = x.iter().map(|x| x.view()).collect();
    kernel(&views, &attrs, &mut ViewMut { extents: &extents, elements: &mut elements });
    elements
}

fn vector(x: &[f64]) -> Tensor {
    Tensor::new(&Shape::from([x.len()]), x.to_vec())
}

/// Where digits are easily lost: near zeros, in tails, close to overflow.
#[test]
fn kernels_keep_their_digits() {
    let cases: &[(&str, &[f64], f64)] = &[
        ("cbrt", &[-2.0], -1.2599210498948732),
        ("exp", &[-700.0], 9.85967654375977e-305),
        ("expm1", &[1e-10], 1.00000000005e-10),
        ("expm1", &[-30.0], -0.9999999999999064),
        ("log", &[1e-300], -690.7755278982137),
        ("log1p", &[1e-10], 9.999999999500001e-11),
        ("log1p", &[-0.75], -1.3862943611198906),
        ("sin", &[1e22], -0.8522008497671888),
        ("cos", &[1e22], 0.523214785395139),
        ("tan", &[std::f64::consts::FRAC_PI_2], 1.633123935319537e16),
        ("asin", &[0.999], 1.526071239626163),
        ("acos", &[0.999], 0.044725087168733454),
        ("atan", &[-3.0], -1.2490457723982544),
        ("atan2", &[1.0, -3.0], 2.819842099193151),
        ("sinh", &[1e-5], 1.0000000000166668e-5),
        ("sinh", &[20.0], 242582597.70489514),
        ("cosh", &[20.0], 242582597.70489514),
        ("tanh", &[1e-5], 9.999999999666668e-6),
        ("tanh", &[3.0], 0.9950547536867305),
        ("hypot", &[3e200, 4e200], 5e200),
        ("erf", &[0.3], 0.3286267594591274),
        ("erfc", &[10.0], 2.088487583762545e-45),
        ("xlogy", &[2.0, 3.0], 2.1972245773362196),
        ("sigmoid", &[-40.0], 4.248354255291589e-18),
        ("sigmoid", &[3.0], 0.9525741268224333),
        ("log_sigmoid", &[-1000.0], -1000.0),
        ("log_sigmoid", &[40.0], -4.248354255291589e-18),
        ("hard_sigmoid", &[1.0], 0.6666666666666666),
        ("elu", &[-0.5], -0.3934693402873666),
        ("selu", &[-0.5], -0.6917581878028713),
        ("softplus", &[-40.0], 4.248354255291589e-18),
        ("softplus", &[2.0], 2.1269280110429727),
        ("softsign", &[-3.0], -0.75),
        ("silu", &[-40.0], -1.6993417021166355e-16),
        ("silu", &[2.0], 1.7615941559557649),
        ("mish", &[-40.0], -1.6993417021166355e-16),
        ("mish", &[2.0], 1.9439589595339946),
        ("gelu", &[-6.0], -5.9195258702261885e-9),
        ("gelu", &[0.5], 0.34573123063700656),
        ("gelu_tanh", &[-6.0], -8.439646700762297e-11),
        ("gelu_tanh", &[0.5], 0.34571400982514394),
    ];
    for (name, x, expected) in cases {
        let found = value(name, x);
        assert!((found - expected).abs() <= 1e-14 * expected.abs(), "{name}{x:?} = {found:e}, not {expected:e}");
    }
}

/// As [`kernels_keep_their_digits`], of reductions and of softmax and its kin.
#[test]
fn structural_kernels_keep_their_digits() {
    let cases: &[(&str, &[f64], &[f64])] = &[
        ("var", &[1e8, 1e8 + 1.0, 1e8 + 2.0], &[2.0 / 3.0]),
        ("std", &[1e8, 1e8 + 1.0, 1e8 + 2.0], &[0.816496580927726]),
        ("var", &[1e16, 1e16 + 2.0], &[1.0]),
        ("std", &[1e200, 3e200], &[1e200]),
        ("std", &[1e-200, 3e-200], &[1e-200]),
        ("norm", &[3e200, 4e200], &[5e200]),
        ("norm", &[3e-200, 4e-200], &[5e-200]),
        ("softmax", &[1000.0, 0.0], &[1.0, 0.0]),
        ("softmax", &[0.0, -40.0], &[1.0, 4.248354255291589e-18]),
        ("log_softmax", &[0.0, -1000.0], &[0.0, -1000.0]),
        ("log_softmax", &[1000.0, 1000.0], &[-std::f64::consts::LN_2; 2]),
        ("logsumexp", &[1000.0, 1000.0], &[1000.6931471805599]),
        ("logsumexp", &[-1000.0, -1000.0], &[-999.3068528194401]),
    ];
    for (name, x, expected) in cases {
        let found = values(name, &[&vector(x)]);
        let is_close = |(found, expected): (&f64, &f64)| (found - expected).abs() <= 1e-14 * expected.abs();
        assert!(found.iter().zip(*expected).all(is_close), "{name}{x:?} = {found:?}, not {expected:?}");
    }
}

/// Infinite scores, as PyTorch, JAX and TensorFlow have them.
#[test]
fn infinite_scores_give_what_the_frameworks_give() {
    const INF: f64 = f64::INFINITY;
    const NAN: f64 = f64::NAN;
    let cases: &[(&str, &[f64], &[f64])] = &[
        ("softmax", &[0.0, -INF], &[1.0, 0.0]),
        ("softmax", &[-INF, -INF], &[NAN, NAN]),
        ("softmax", &[INF, 0.0], &[NAN, NAN]),
        ("log_softmax", &[0.0, -INF], &[0.0, -INF]),
        ("log_softmax", &[-INF, -INF], &[NAN, NAN]),
        ("log_softmax", &[INF, 0.0], &[NAN, NAN]),
        ("logsumexp", &[0.0, -INF], &[0.0]),
        ("logsumexp", &[-INF, -INF], &[-INF]),
        ("logsumexp", &[INF, 0.0], &[INF]),
        ("logsumexp", &[INF, -INF], &[INF]),
        ("logsumexp", &[INF, NAN], &[NAN]),
    ];
    for (name, x, expected) in cases {
        let found = values(name, &[&vector(x)]);
        let is_same = |(found, expected): (&f64, &f64)| found == expected || found.is_nan() && expected.is_nan();
        assert!(found.iter().zip(*expected).all(is_same), "{name}{x:?} = {found:?}, not {expected:?}");
    }
}

#[test]
fn zeros_have_an_order() {
    for (a, b) in [(0.0, -0.0), (-0.0, 0.0)] {
        assert!(value("max", &[a, b]).is_sign_positive() && value("min", &[a, b]).is_sign_negative(), "{a:?}, {b:?}");
    }
}

#[test]
fn what_is_not_a_number_stays_so() {
    let is_meant = |op: &&Op| {
        matches!(op.family, Family::Elementary | Family::Activation) && matches!(op.forward, Forward::Elementwise(_))
    };
    for op in table().filter(is_meant) {
        let x = vec![f64::NAN; op.arity()];
        assert!(value(op.name, &x).is_nan(), "`{}` hides a NaN", op.name);
    }
    // A NaN in either place, beside a number.
    for x in [vector(&[f64::NAN, 1.0]), vector(&[1.0, f64::NAN])] {
        for name in ["sum", "mean", "var", "std", "norm", "max_axis", "min_axis", "softmax", "log_softmax", "logsumexp"]
        {
            assert!(values(name, &[&x]).iter().all(|y| y.is_nan()), "`{name}` hides a NaN");
        }
        for name in ["mse", "mae", "huber", "softmax_cross_entropy", "bce", "bce_with_logits"] {
            assert!(values(name, &[&x, &vector(&[0.5, 0.25])])[0].is_nan(), "`{name}` hides a NaN");
        }
        for (name, label) in ["cross_entropy", "svm_loss"].into_iter().flat_map(|name| [(name, 0.0), (name, 1.0)]) {
            assert!(values(name, &[&x, &Tensor::from(label)])[0].is_nan(), "`{name}` hides a NaN beside {label}");
        }
    }
}

/// The spellings of an op in programming languages, those that it has at kinks and for some shapes among them.
fn code(op: &Op) -> Vec<&Form> {
    let s = &op.spelling;
    let variants = op.variants.iter().flat_map(|v| [&v.torch, &v.jax, &v.tensorflow, &v.numpy]).flatten();
    [&s.js, &s.torch, &s.jax, &s.tensorflow, &s.numpy].into_iter().chain(variants).collect()
}

/// Programs hold ops of the rules as well.
#[test]
fn every_op_is_spelled_in_every_framework() {
    // Its value follows from shapes alone and is written as a number.
    let is_constant = |op: &&Op| op.inputs.iter().all(|input| *input == "like");
    for op in table().filter(|op| !is_constant(op)) {
        let s = &op.spelling;
        for form in [s.torch, s.jax, s.tensorflow, s.numpy] {
            assert!(form.template.contains('#'), "`{}`: {form:?}", op.name);
        }
    }
}

/// What stands in no bracket.
fn outside_brackets(template: &str) -> String {
    let mut depth = 0;
    template
        .chars()
        .filter(|c| {
            depth += i32::from(matches!(c, '(' | '['));
            let outside = depth == 0;
            depth -= i32::from(matches!(c, ')' | ']'));
            outside
        })
        .collect()
}

/// `2 * y` and `y ** 2` must not be torn apart: a template with an operator in the open says how tightly it
/// binds, and asks as much of the operands next to an operator.
#[test]
fn spellings_say_how_tightly_they_bind() {
    let operators = [
        (" + ", level::SUM),
        (" - ", level::SUM),
        (" * ", level::PRODUCT),
        (" / ", level::PRODUCT),
        (" ** ", level::POWER),
    ];
    for op in table() {
        for form in code(op) {
            let (name, template) = (op.name, form.template);
            let open = outside_brackets(template);
            for (operator, level) in operators {
                assert!(!open.contains(operator) || form.level <= level, "`{name}`: `{template}` binds less tightly");
                for place in 1..=op.arity() {
                    let needed = if place == 1 { form.first } else { form.rest };
                    let is_beside = template.contains(&format!("#{place}{operator}"))
                        || template.contains(&format!("{operator}#{place}"));
                    assert!(!is_beside || needed >= level, "`{name}`: `{template}` tears #{place} apart");
                }
            }
            assert!(!open.starts_with('-') || form.level <= level::UNARY, "`{name}`: `{template}` binds less tightly");
        }
    }
}
