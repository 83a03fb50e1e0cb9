//! Sums of many numbers: in one fixed order, with errors that do not grow with the number of terms, and without an
//! allocation. What is summed comes as a walk that hands its numbers over one by one.

/// A walk over some numbers.
pub(super) trait Walk: Fn(&mut dyn FnMut(f64)) {}

impl<W: Fn(&mut dyn FnMut(f64))> Walk for W {}

/// So many numbers are added one after the other; longer sums are made of such blocks, two by two.
/// (Higham 1993, "The Accuracy of Floating Point Summation", SIAM J. Sci. Comput. 14(4), pp. 783–799.)
pub(super) const BLOCK: usize = 8;

/// A sum in progress.
struct Pairwise {
    block: f64,
    in_block: usize,
    /// How many blocks are complete; each bit that is set has the sum of that many of them in `sums`.
    blocks: usize,
    sums: [f64; usize::BITS as usize],
}

impl Pairwise {
    const fn new() -> Self {
        Self { block: 0.0, in_block: 0, blocks: 0, sums: [0.0; usize::BITS as usize] }
    }

    fn add(&mut self, x: f64) {
        self.block += x;
        self.in_block += 1;
        if self.in_block == BLOCK {
            let full = self.blocks.trailing_ones() as usize;
            self.sums[full] = self.sums[..full].iter().fold(self.block, |sum, before| before + sum);
            self.blocks += 1;
            (self.block, self.in_block) = (0.0, 0);
        }
    }

    fn total(&self) -> f64 {
        let is_used = |level: &usize| self.blocks >> level & 1 == 1;
        (0..self.sums.len()).filter(is_used).fold(self.block, |sum, level| self.sums[level] + sum)
    }
}

/// The sum of all numbers.
pub(super) fn total(numbers: impl Walk) -> f64 {
    let mut sum = Pairwise::new();
    numbers(&mut |x| sum.add(x));
    sum.total()
}

/// The mean of `n` numbers. It is corrected once by the mean of what is left, so that the mean of equal numbers is that
/// number and their distances from it are 0.
pub(super) fn mean(n: usize, numbers: impl Walk) -> f64 {
    let rough = total(&numbers) / n as f64;
    if !rough.is_finite() {
        return rough;
    }
    rough + total(|visit: &mut dyn FnMut(f64)| numbers(&mut |x| visit(x - rough))) / n as f64
}

/// The mean of `n` numbers and that of their squared distances from it. Two passes keep the digits where the mean is
/// large beside the distances, and what the mean itself lacks to be exact is taken off again.
/// (Chan, Golub & LeVeque 1983, "Algorithms for Computing the Sample Variance", The American Statistician 37(3).)
pub(super) fn moments(n: usize, numbers: impl Walk) -> (f64, f64) {
    let (mean, count) = (mean(n, &numbers), n as f64);
    let lacking = total(|visit: &mut dyn FnMut(f64)| numbers(&mut |x| visit(x - mean))) / count;
    let squares = total(|visit: &mut dyn FnMut(f64)| numbers(&mut |x| visit((x - mean) * (x - mean)))) / count;
    let variance = squares - lacking * lacking;
    (mean, if variance < 0.0 { 0.0 } else { variance })
}

/// Squares in this range have lost no digits.
const SAFE: std::ops::Range<f64> = 1e-280..1e280;

/// The root of the variance of `n` numbers, also where the variance itself is too large or too small a number.
pub(super) fn deviation(n: usize, numbers: impl Walk) -> f64 {
    let (mean, variance) = moments(n, &numbers);
    let mut largest = 0.0_f64;
    numbers(&mut |x| largest = largest.max((x - mean).abs()));
    if SAFE.contains(&variance) || !largest.is_finite() || largest == 0.0 || variance.is_nan() {
        return variance.sqrt();
    }
    let share = |x: f64| (x - mean) / largest;
    let squares = total(|visit: &mut dyn FnMut(f64)| numbers(&mut |x| visit(share(x) * share(x))));
    largest * (squares / n as f64).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_sums_keep_their_digits() {
        for n in [1, 7, 8, 9, 100, 1_000, 1_000_000_usize] {
            let same = |visit: &mut dyn FnMut(f64)| (0..n).for_each(|_| visit(0.1));
            let (sum, exact) = (total(same), n as f64 / 10.0);
            assert!((sum - exact).abs() <= 1e-15 * exact, "{n} × 0.1 = {sum}");
            assert_eq!(moments(n, same), (0.1, 0.0), "{n}");
        }
    }

    #[test]
    fn what_is_infinite_or_no_number_stays_so() {
        let of = |x: [f64; 2]| move |visit: &mut dyn FnMut(f64)| x.iter().for_each(|x| visit(*x));
        assert_eq!(mean(2, of([f64::INFINITY, 1.0])), f64::INFINITY);
        assert!(mean(2, of([f64::INFINITY, f64::NEG_INFINITY])).is_nan());
        assert!(mean(2, of([1.0, f64::NAN])).is_nan());
    }
}
