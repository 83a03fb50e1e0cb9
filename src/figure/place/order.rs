//! Order: which item of a row stands before which, so that few lines cross.
//!
//! Descents from several starts lead to a good order. Nodes are then taken out and put back where their lines cross the
//! fewest others, and some are displaced to do the same again (iterated local search: Lourenço, Martin, Stützle 2003).

use super::bound;
use super::descent::{Descent, Way};
use super::layer::Layers;
use super::lists::Lists;
use super::passage::Junctions;
use super::reinsert::Reinserter;

/// The links that a search may visit for each link of the graph.
const WORK_PER_LINK: usize = 2_500;
/// The links that any search may visit: large graphs get a short one.
const MOST_WORK: usize = 1_500_000;
/// The links that three descents may have visited for a fourth to follow.
const MOST_WORK_FOR_ANOTHER_START: usize = 200_000;
/// The share of that work which making lines straight may cost on top.
const STRAIGHTENING: usize = 8;
/// The links that a search may visit without a better order, for each link of the graph, and at least.
const IDLE_WORK_PER_LINK: usize = 15;
const LEAST_IDLE_WORK: usize = 2_500;
/// Disturbances without a better order after which a search ends: fewer where there are few crossings to remove.
const FEWEST_ROUNDS_WITHOUT_GAIN: usize = 4;
const ROUNDS_PER_CROSSING: usize = 4;
const MOST_ROUNDS_WITHOUT_GAIN: usize = 24;
/// Nodes that are displaced at most to disturb an order, and how often another one is drawn where nothing crosses it.
const MOST_DISPLACED: usize = 3;
const MOST_DRAWS: usize = 20;

/// Orders the rows. After it, each row holds the same items as before, in the best order found.
pub(super) fn order(layers: &mut Layers) {
    let mut junctions = Junctions::new(layers);
    let links = junctions.after.members().len();
    let mut descent = Descent::new(&junctions);
    let (mut rows, crossings) = descend(&mut descent, &junctions.rows);
    let work = (links * WORK_PER_LINK).min(MOST_WORK).saturating_sub(descent.work);
    if crossings > 0 && work > 0 {
        Search::new(&junctions, work).run(&mut rows);
    }
    junctions.rows = rows;
    junctions.write_back(layers);
}

/// The best order that is met in descents from depth-first walks with the flow and against it, from the author's order,
/// and from a breadth-first walk; and the number of its crossings.
fn descend(descent: &mut Descent, given: &Lists<u32>) -> (Lists<u32>, usize) {
    let (mut best, mut fewest) = (given.clone(), usize::MAX);
    let mut rows = given.clone();
    for start in [Start::Forward, Start::Backward, Start::Given, Start::Broad] {
        match start {
            Start::Forward => descent.walk_depth_first(given, false, &mut rows),
            Start::Backward => descent.walk_depth_first(given, true, &mut rows),
            Start::Broad => descent.walk_breadth_first(given, &mut rows),
            Start::Given => rows.members_mut().copy_from_slice(given.members()),
        }
        let way = Way { median: start == Start::Backward, hanging: start != Start::Forward };
        let crossings = descent.descend(&mut rows, way);
        if crossings < fewest {
            std::mem::swap(&mut best, &mut rows);
            fewest = crossings;
        }
        let is_enough = start == Start::Given && descent.work > MOST_WORK_FOR_ANOTHER_START;
        if fewest == 0 || is_enough || descent.is_tired() {
            break;
        }
    }
    (best, fewest)
}

/// What a descent starts from.
#[derive(Clone, Copy, PartialEq)]
enum Start {
    Forward,
    Backward,
    Given,
    Broad,
}

/// A search from a good order on.
struct Search<'j> {
    reinserter: Reinserter<'j>,
    /// The number of crossings that no order can do without.
    bound: usize,
    /// The links that it may visit in all, and without a better order.
    work: usize,
    idle_work: usize,
    random: Random,
}

impl<'j> Search<'j> {
    fn new(junctions: &'j Junctions, work: usize) -> Self {
        Search {
            reinserter: Reinserter::new(junctions),
            bound: bound::crossings(junctions),
            work,
            idle_work: (junctions.after.members().len() * IDLE_WORK_PER_LINK).max(LEAST_IDLE_WORK),
            random: Random(0x9e37_79b9_7f4a_7c15),
        }
    }

    /// Puts nodes where their lines cross the fewest others, until displacing some does not help any more. The result is
    /// the best order met, its lines made straight.
    fn run(&mut self, rows: &mut Lists<u32>) {
        let work = self.work;
        self.reinserter.start_from(rows);
        self.reinserter.improve(rows, work);
        let (mut best, mut current) = (rows.clone(), rows.clone());
        let (mut fewest, mut idle, mut deadline) = (self.reinserter.crossings(), 0, self.deadline());
        while fewest > self.bound && idle < patience(fewest) && self.reinserter.work < deadline {
            self.displace_some(rows);
            self.reinserter.improve(rows, work);
            let crossings = self.reinserter.crossings();
            idle += 1;
            if crossings < fewest {
                (fewest, idle, deadline) = (crossings, 0, self.deadline());
                best.members_mut().copy_from_slice(rows.members());
            }
            // Orders that are as good lead on, but away from straight lines.
            if crossings <= fewest {
                current.members_mut().copy_from_slice(rows.members());
            } else {
                self.reinserter.return_to(&current, rows);
            }
        }
        self.reinserter.return_to(&best, rows);
        self.reinserter.straighten(rows, work + work / STRAIGHTENING);
    }

    /// The links that may have been visited when the search has to have found a better order than now.
    fn deadline(&self) -> usize {
        self.work.min(self.reinserter.work + self.idle_work)
    }

    /// Displaces a few nodes, if possible those that something crosses: the others would only come back.
    fn displace_some(&mut self, rows: &mut Lists<u32>) {
        for _ in 0..=self.random.below(MOST_DISPLACED) {
            let mut hub = self.random.below(self.reinserter.hubs());
            for _ in 0..MOST_DRAWS {
                if self.reinserter.is_crossed(hub) {
                    break;
                }
                hub = self.random.below(self.reinserter.hubs());
            }
            let anywhere = self.random.below(rows.members().len());
            self.reinserter.displace(rows, hub, anywhere);
        }
    }
}

/// Disturbances without a better order after which a search ends with so many crossings.
fn patience(crossings: usize) -> usize {
    (FEWEST_ROUNDS_WITHOUT_GAIN + ROUNDS_PER_CROSSING * crossings).min(MOST_ROUNDS_WITHOUT_GAIN)
}

/// A fixed pseudo-random sequence (xorshift, Marsaglia 2003): the same on every machine.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        ((self.0 >> 11) % bound.max(1) as u64) as usize
    }
}
