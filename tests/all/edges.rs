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
