//! Moving things along a line as little as possible so that they keep their order and their distances.

/// Memory for the steps of a separation.
#[derive(Debug, Default)]
pub(super) struct Separator {
    pools: Vec<Pool>,
}

/// Neighbours that stand as close as they may.
#[derive(Debug)]
struct Pool {
    mean: f64,
    weight: f64,
    count: usize,
}

impl Separator {
    /// Moves `places` to the nearest ones (least weighted squares) with
    /// `places[i + 1] - places[i] >= offsets[i + 1] - offsets[i]`: isotonic regression by pooling adjacent violators
    /// (Ayer et al. 1955), after subtracting the offsets. The weights are positive.
    pub fn separate(&mut self, places: &mut [f64], weights: &[f64], offsets: &[f64]) {
        self.pools.clear();
        for ((&place, &weight), &offset) in places.iter().zip(weights).zip(offsets) {
            let mut pool = Pool { mean: place - offset, weight, count: 1 };
            while let Some(last) = self.pools.pop_if(|last| last.mean > pool.mean) {
                let weight = last.weight + pool.weight;
                pool.mean = (last.mean * last.weight + pool.mean * pool.weight) / weight;
                pool.weight = weight;
                pool.count += last.count;
            }
            self.pools.push(pool);
        }
        let mut at = 0;
        for pool in &self.pools {
            for (place, offset) in places[at..at + pool.count].iter_mut().zip(&offsets[at..]) {
                *place = pool.mean + offset;
            }
            at += pool.count;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Separator;

    /// What is wanted, the weights, the offsets, and the places.
    type Case = [&'static [f64]; 4];

    #[test]
    fn things_move_only_as_far_as_they_must() {
        let cases: [Case; 4] = [
            [&[0.0, 10.0], &[1.0, 1.0], &[0.0, 4.0], &[0.0, 10.0]],
            [&[0.0, 0.0], &[1.0, 1.0], &[0.0, 4.0], &[-2.0, 2.0]],
            [&[0.0, 0.0], &[3.0, 1.0], &[0.0, 4.0], &[-1.0, 3.0]],
            [&[], &[], &[], &[]],
        ];
        for [wanted, weights, offsets, places] in cases {
            let mut moved = wanted.to_vec();
            Separator::default().separate(&mut moved, weights, offsets);
            assert_eq!(moved, places);
        }
    }
}
