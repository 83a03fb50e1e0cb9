//! Frames: the borders of each group made straight, and the frame's label put where no line passes.

use super::join::PartFrame;
use super::label::at;
use super::layer::Layers;
use super::nest::LABEL_INSET;
use super::part::{Extent, Part};
use super::route::{Columns, Spot};

/// How far below its frame's border a label stands.
const LABEL_DEPTH: f64 = 4.0;
/// How far lines keep from a frame's label.
const LABEL_CLEARANCE: f64 = 4.0;
/// How often a frame is given more room for its label.
const MOST_WIDENINGS: u8 = 3;
/// Places that a curve segment is looked at.
const SAMPLES: usize = 16;

/// A place that waits for a greater one: what `end` gets is at least `distance` more than what `start` gets.
#[derive(Clone, Copy)]
struct Wait {
    start: usize,
    end: usize,
    distance: f64,
}

/// Gives each border one coordinate at all its ranks. Before: `offsets` are the least distances within each row. After:
/// neighbours in a row keep them.
///
/// The distances are a system of difference constraints. Pushing everything up from where it wants to be gives a
/// solution, pushing everything down gives another, and the middle between two solutions is a solution.
pub(super) fn align(layers: &Layers, offsets: &[f64], across: &mut [f64]) {
    let count = layers.items.len();
    let groups = &layers.nests.groups;
    // A border's items stand for one place.
    let mut place_of: Vec<usize> = (0..count).collect();
    let mut wanted = across.to_vec();
    for nest in groups {
        let (first_low, first_high) = nest.borders(nest.first);
        for (low, high) in nest.ranks() {
            (place_of[low as usize], place_of[high as usize]) = (first_low as usize, first_high as usize);
            wanted[first_low as usize] = wanted[first_low as usize].min(across[low as usize]);
            wanted[first_high as usize] = wanted[first_high as usize].max(across[high as usize]);
        }
    }
    let mut waits: Vec<Wait> = Vec::with_capacity(count);
    for (r, row) in layers.rows.iter().enumerate() {
        let offsets = &offsets[layers.rows.range(r)];
        for (pair, offset) in row.windows(2).zip(offsets.windows(2)) {
            let (start, end) = (place_of[pair[0] as usize], place_of[pair[1] as usize]);
            waits.push(Wait { start, end, distance: offset[1] - offset[0] });
        }
    }
    for nest in groups {
        let (low, high) = nest.borders(nest.first);
        waits.push(Wait { start: low as usize, end: high as usize, distance: nest.least.across });
    }
    let waits = in_order(count, waits);
    let (mut pushed_up, mut pushed_down) = (wanted.clone(), wanted);
    for &Wait { start, end, distance } in &waits {
        pushed_up[end] = pushed_up[end].max(pushed_up[start] + distance);
    }
    for &Wait { start, end, distance } in waits.iter().rev() {
        pushed_down[start] = pushed_down[start].min(pushed_down[end] - distance);
    }
    for (across, place) in across.iter_mut().zip(place_of) {
        *across = (pushed_up[place] + pushed_down[place]) / 2.0;
    }
}

/// The waits in a topological order of their starts (Kahn 1962).
fn in_order(count: usize, waits: Vec<Wait>) -> Vec<Wait> {
    let mut waiting = vec![0_usize; count];
    let mut leaving = vec![Vec::new(); count];
    for wait in waits {
        waiting[wait.end] += 1;
        leaving[wait.start].push(wait);
    }
    let mut ready: Vec<usize> = (0..count).filter(|place| waiting[*place] == 0).collect();
    let mut order = Vec::new();
    while let Some(place) = ready.pop() {
        for wait in &leaving[place] {
            order.push(*wait);
            waiting[wait.end] -= 1;
            if waiting[wait.end] == 0 {
                ready.push(wait.end);
            }
        }
    }
    order
}

/// Moves the borders of each group to what it holds, the inner groups' first. After it, no frame is wider than what it
/// holds and its label need.
pub(super) fn tighten(layers: &Layers, offsets: &[f64], across: &mut [f64]) {
    let places = layers.places();
    for nest in layers.nests.groups.iter().rev() {
        let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
        for (rank, (first, last)) in (nest.first..).zip(nest.ranks()) {
            let (start, end) = (places[first as usize] as usize, places[last as usize] as usize);
            if end > start + 1 {
                let (row, offsets) = (&layers.rows[rank], &offsets[layers.rows.range(rank)]);
                low = low.min(across[row[start + 1] as usize] - (offsets[start + 1] - offsets[start]));
                high = high.max(across[row[end - 1] as usize] + (offsets[end] - offsets[end - 1]));
            }
        }
        let (first, last) = nest.borders(nest.first);
        let (least, most) = (across[first as usize], across[last as usize]);
        (low, high) = (low.max(least), high.min(most));
        high = high.max(low + nest.least.across).min(most);
        low = low.min(high - nest.least.across).max(least);
        for (first, last) in nest.ranks() {
            (across[first as usize], across[last as usize]) = (low, high);
        }
    }
}

/// The frames of a part's groups, with their labels.
pub(super) fn frames(
    part: &Part,
    layers: &Layers,
    columns: &Columns,
    across: &[f64],
    curves: &[Vec<Spot>],
) -> Vec<PartFrame> {
    let segments = if part.groups.is_empty() { Vec::new() } else { segments(part, curves) };
    let nests = layers.nests.groups.iter().zip(&part.groups).zip(&columns.frames);
    nests
        .map(|((nest, group), &(start, end))| {
            let (low, high) = nest.borders(nest.first);
            let start = Spot { along: start, across: across[low as usize] };
            let end = Spot { along: end, across: across[high as usize] };
            let label = group.label.map(|label| label_spot(part, start, end, label, &segments));
            let (label, lacking) = label.map_or((None, 0.0), |(spot, lacking)| (Some(spot), lacking));
            PartFrame { start, end, label, lacking }
        })
        .collect()
}

/// Gives frames whose labels are struck more room, each a few times; whether there are any. Where lines enter along the
/// label's side, that is room beside what the frame holds; elsewhere it is behind it, where no line enters any more.
pub(super) fn widen(part: &Part, layers: &mut Layers, frames: &[PartFrame]) -> bool {
    let mut is_widened = false;
    for ((group, frame), nest) in part.groups.iter().zip(frames).zip(&mut layers.nests.groups) {
        let Some(label) = group.label.filter(|_| frame.lacking > 0.0 && nest.widenings < MOST_WIDENINGS) else {
            continue;
        };
        nest.widenings += 1;
        is_widened = true;
        if part.label_after {
            for (_, high) in nest.ranks() {
                layers.items[high as usize].before += label.across + LABEL_CLEARANCE;
            }
        } else {
            nest.least.along = frame.end.along - frame.start.along + frame.lacking;
        }
    }
    is_widened
}

/// A segment of a curve beside a frame: `run` grows along the side where labels stand, `depth` from it into the frame.
struct Segment<'c> {
    controls: &'c [Spot],
    end_of_run: f64,
    depths: (f64, f64),
}

/// `run` and `depth` of a spot.
fn turned(part: &Part, spot: &Spot) -> (f64, f64) {
    if part.label_after { (spot.across, spot.along) } else { (spot.along, spot.across) }
}

/// The segments of all curves, those first that reach farthest along the sides of frames.
fn segments<'c>(part: &Part, curves: &'c [Vec<Spot>]) -> Vec<Segment<'c>> {
    let controls = curves.iter().flat_map(|curve| curve.windows(4).step_by(3));
    // A Bézier curve stays within the hull of its control points.
    let segment = |controls: &'c [Spot]| {
        let mut segment =
            Segment { controls, end_of_run: f64::NEG_INFINITY, depths: (f64::INFINITY, f64::NEG_INFINITY) };
        for (run, depth) in controls.iter().map(|spot| turned(part, spot)) {
            segment.end_of_run = segment.end_of_run.max(run);
            segment.depths = (segment.depths.0.min(depth), segment.depths.1.max(depth));
        }
        segment
    };
    let mut segments: Vec<Segment<'c>> = controls.map(segment).collect();
    segments.sort_by(|a, b| b.end_of_run.total_cmp(&a.end_of_run));
    segments
}

/// The middle of a label that stands along the first side of its frame, as near to the corner as lines allow, and by how
/// much that side is too short for the room that they leave.
fn label_spot(part: &Part, start: Spot, end: Spot, label: Extent, segments: &[Segment<'_>]) -> (Spot, f64) {
    let (length, height) = if part.label_after { (label.across, label.along) } else { (label.along, label.across) };
    let ((first, top), (last, _)) = (turned(part, &start), turned(part, &end));
    let depths = (top + LABEL_DEPTH, top + LABEL_DEPTH + height);
    let corner = first + LABEL_INSET;
    // What ends before the corner takes no room from the label.
    let beside = segments.iter().take_while(|segment| segment.end_of_run + LABEL_CLEARANCE > corner);
    let crossing = beside.filter(|segment| segment.depths.1 >= depths.0 && segment.depths.0 <= depths.1);
    let mut taken: Vec<(f64, f64)> = crossing.flat_map(|segment| passages(part, segment.controls, depths)).collect();
    taken.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut place = corner;
    for (from, to) in taken {
        if from - LABEL_CLEARANCE >= place + length {
            break;
        }
        place = place.max(to + LABEL_CLEARANCE);
    }
    let mut lacking = place + length - (last - LABEL_INSET);
    if lacking > 0.01 {
        place = corner;
    } else {
        lacking = 0.0;
    }
    let (run, depth) = (place + length / 2.0, (depths.0 + depths.1) / 2.0);
    let spot = if part.label_after { Spot { along: depth, across: run } } else { Spot { along: run, across: depth } };
    (spot, lacking)
}

/// Where a segment of a curve passes between two depths.
fn passages(part: &Part, segment: &[Spot], depths: (f64, f64)) -> Vec<(f64, f64)> {
    let mut passages = Vec::new();
    let mut last = turned(part, &segment[0]);
    for sample in 1..=SAMPLES {
        let next = turned(part, &at(segment, sample as f64 / SAMPLES as f64));
        if last.1.max(next.1) >= depths.0 && last.1.min(next.1) <= depths.1 {
            passages.push((last.0.min(next.0), last.0.max(next.0)));
        }
        last = next;
    }
    passages
}
