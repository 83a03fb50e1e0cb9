//! Labels: where each one stands beside its own line.

use super::layer::{Kind, LABEL_PAD, Layers};
use super::part::Part;
use super::route::{Columns, Spot};

/// Places that a rounded corner is looked at.
const SAMPLES: usize = 16;
/// How much each control point counts where the corner starts, and at each sample.
const WEIGHTS: [[f64; 4]; SAMPLES + 1] = {
    let (mut all, mut sample) = ([[0.0; 4]; SAMPLES + 1], 0);
    while sample <= SAMPLES {
        all[sample] = weights(sample as f64 / SAMPLES as f64);
        sample += 1;
    }
    all
};

/// Puts each label into its column, right beside its line. After it, labels stay in their lanes, so they touch no
/// node, no other label and no line.
pub(super) fn label(part: &Part, layers: &Layers, columns: &Columns, curves: &[Vec<Spot>]) -> Vec<Option<Spot>> {
    let place = |l: usize| {
        let extent = part.links[l].label?;
        let item = layers.chains[l].iter().map(|&i| &layers.items[i as usize]).find(|item| item.kind == Kind::Label)?;
        let middle = columns.middle(item.rank);
        let (low, high) = bounds(&curves[l], middle - extent.along / 2.0, middle + extent.along / 2.0)?;
        let beside = LABEL_PAD + extent.across / 2.0;
        Some(Spot { along: middle, across: if part.label_after { high + beside } else { low - beside } })
    };
    (0..part.links.len()).map(place).collect()
}

/// The least and the greatest coordinate across the flow of a curve between two coordinates along it.
fn bounds(curve: &[Spot], start: f64, end: f64) -> Option<(f64, f64)> {
    let mut bounds: Option<(f64, f64)> = None;
    let mut note = |across: f64| {
        let (low, high) = bounds.unwrap_or((across, across));
        bounds = Some((low.min(across), high.max(across)));
    };
    for (index, segment) in curve.windows(4).step_by(3).enumerate() {
        if segment[3].along < start || segment[0].along > end {
            continue;
        }
        // Straight pieces and corners take turns.
        let samples = if index.is_multiple_of(2) { &WEIGHTS[SAMPLES..] } else { &WEIGHTS[1..] };
        let mut last = segment[0];
        for &weights in samples {
            let next = mix(segment, weights);
            if next.along >= start && last.along <= end {
                let run = (next.along - last.along).max(1e-9);
                for along in [start.max(last.along), end.min(next.along)] {
                    note(last.across + (next.across - last.across) * (along - last.along) / run);
                }
            }
            last = next;
        }
    }
    bounds
}

/// The place of a cubic Bézier segment at a parameter.
pub(super) fn at(segment: &[Spot], t: f64) -> Spot {
    mix(segment, weights(t))
}

/// How much each control point counts at a parameter.
const fn weights(t: f64) -> [f64; 4] {
    let s = 1.0 - t;
    [s * s * s, 3.0 * s * s * t, 3.0 * s * t * t, t * t * t]
}

/// The mean of the control points with these weights.
fn mix(segment: &[Spot], weights: [f64; 4]) -> Spot {
    let mut spot = Spot::default();
    for (point, weight) in segment.iter().zip(weights) {
        spot.along += point.along * weight;
        spot.across += point.across * weight;
    }
    spot
}
