//! Relaxing: a string that has to turn takes the room that its neighbours do not use.
//!
//! At first neighbouring lanes share what is between them, so a string turns at the border of its stretch although the
//! line beyond may be far away. Here each such string is pulled once more, up to where the lines beside it really are.

use super::layer::{Item, Kind};
use super::route::{LANE_CLEARANCE, Router, Spot};
use super::spacing::Spacing;

/// The distance that a relaxed string keeps from the line beside it, and where one of the two has a label there: a label
/// must be nearer to its own line than to others.
const CLEARANCE: f64 = 2.0 * LANE_CLEARANCE;
const LABEL_CLEARANCE: f64 = 8.0;

/// Pulls the strings with corners once more. Before: every string stays in its stretches. After: in every column, lines
/// keep their order and their distance.
pub(super) fn relax(router: &mut Router, strings: &mut [Vec<Spot>], spacing: &Spacing) {
    if strings.iter().all(|string| string.len() < 3) {
        return;
    }
    let items = router.layers.items.len();
    let mut lines = vec![(0.0, 0.0); items];
    (0..strings.len()).for_each(|link| note(router, link, &strings[link], &mut lines));
    let places = router.layers.places();
    for (link, string) in strings.iter_mut().enumerate().filter(|(_, string)| string.len() > 2) {
        let chain = &router.layers.chains[link];
        for &item in chain[1..chain.len() - 1].iter().filter(|item| !spacing.is_pinned[**item as usize]) {
            fit(router, item, &places, &lines);
        }
        router.pull(link, string);
        note(router, link, string, &mut lines);
    }
}

/// Notes the least and the greatest coordinate across the flow of a string in the columns that it passes.
fn note(router: &Router, link: usize, string: &[Spot], lines: &mut [(f64, f64)]) {
    let chain = &router.layers.chains[link];
    let mut piece = 0;
    for &item in &chain[1..chain.len() - 1] {
        let (first, last) = router.columns.gates(router.layers.items[item as usize].rank);
        let mut across = |along: f64| {
            while piece + 2 < string.len() && string[piece + 1].along < along {
                piece += 1;
            }
            string[piece].across_toward(string[piece + 1], along)
        };
        let (first, last) = (across(first), across(last));
        lines[item as usize] = (first.min(last), first.max(last));
    }
}

/// Makes the stretch of an item reach up to the lines beside it, which may have come nearer, and at least its own line.
fn fit(router: &mut Router, item: u32, places: &[u32], lines: &[(f64, f64)]) {
    let Item { kind, rank, before, after, .. } = router.layers.items[item as usize];
    let row = &router.layers.rows[rank];
    let place = places[item as usize] as usize;
    let line_of = |neighbour: Option<&u32>| {
        let neighbour = *neighbour? as usize;
        let beside = &router.layers.items[neighbour];
        matches!(beside.kind, Kind::Lane | Kind::Label).then(|| (beside, lines[neighbour]))
    };
    let clearance = |beside: &Item| {
        if kind == Kind::Lane && beside.kind == Kind::Lane { CLEARANCE } else { LABEL_CLEARANCE }
    };
    let own = lines[item as usize];
    let stretch = &mut router.stretches[item as usize];
    if let Some((beside, line)) = line_of(place.checked_sub(1).and_then(|place| row.get(place))) {
        stretch.0 = own.0.min(line.1 + beside.after + clearance(beside) + before);
    }
    if let Some((beside, line)) = line_of(row.get(place + 1)) {
        stretch.1 = own.1.max(line.0 - beside.before - clearance(beside) - after);
    }
}
