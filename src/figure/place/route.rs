//! Routes: the line of each link, as straight as its lane allows.
//!
//! Every row is a column of the drawing, with a gate before it and one after it. In a column each item owns the
//! stretch of the gates between its neighbours, so lines that pass only through their own stretches touch no node, no
//! label and no other lane. A line is the taut string through its gates (the funnel of Lee and Preparata 1984, for
//! gates that are all parallel), relaxed into the room that others leave, its corners then rounded.

use super::Outline;
use super::layer::{Item, Kind, LABEL_PAD, Layers};
use super::nest::Nests;
use super::part::Part;
use super::port::{Beside, Ports};
use super::relax::Relaxer;
use super::spacing::Spacing;

/// How far the gates of a column stand off its widest item.
const STAND_OFF: f64 = 6.0;
/// How far a frame starts before what it holds, and ends behind it.
const FRAME_ROOM: f64 = 9.0;
/// Space between the gates of two neighbouring columns that both hold nodes, and of others.
const NODE_COLUMN_GAP: f64 = 20.0;
const LANE_COLUMN_GAP: f64 = 13.0;
/// How far beside a node its own lines may pass at its gates, and what the line beside it keeps clear of it; and a line's
/// distance to the border of its stretch elsewhere.
const NODE_CLEARANCES: (f64, f64) = (3.0, 6.0);
pub(super) const LANE_CLEARANCE: f64 = 2.3;
/// The same where a label stands between the two: rounded corners come nearer to it, and yet it must be nearest to its own
/// line.
const LABEL_NODE_CLEARANCES: (f64, f64) = (1.0, 8.5);
const LABEL_CLEARANCE: f64 = 3.5;
/// What has moved no farther than this has not.
pub(super) const STILL: f64 = 1e-6;
/// How far a rounded corner may leave the string, and the longest stretch that it may take.
const ROUNDING: f64 = 2.5;
const LONGEST_ROUNDING: f64 = 40.0;

/// A place in the flow frame.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Spot {
    pub along: f64,
    pub across: f64,
}

impl Spot {
    /// The coordinate across the flow of a straight line from here to another place.
    pub fn across_toward(self, to: Spot, along: f64) -> f64 {
        self.across + (to.across - self.across) * (along - self.along) / (to.along - self.along).max(1e-9)
    }
}

/// Where each row's items stand along the flow.
#[derive(Clone, Debug, Default)]
pub(super) struct Columns {
    /// For each rank where its column starts and ends.
    spans: Vec<(f64, f64)>,
    /// For each rank the room of the frames that start right before its column, and of those that end behind it.
    rooms: Vec<(f64, f64)>,
    /// For each rank where its two gates are.
    gates: Vec<(f64, f64)>,
    /// For each group where its frame starts and ends.
    pub frames: Vec<(f64, f64)>,
}

impl Columns {
    /// The middle of a rank's column.
    pub fn middle(&self, rank: usize) -> f64 {
        (self.spans[rank].0 + self.spans[rank].1) / 2.0
    }

    /// The places along the flow of a rank's two gates.
    pub fn gates(&self, rank: usize) -> (f64, f64) {
        self.gates[rank]
    }

    /// Sets up the gates of a rank whose frames are known.
    fn set_up_gates(&mut self, rank: usize) {
        let ((front, back), (start, end)) = (self.rooms[rank], self.spans[rank]);
        self.gates.push((start - front - STAND_OFF, end + back + STAND_OFF));
    }

    /// Ends the frames whose last column is that of a rank, and makes room for them behind it.
    fn end_frames(&mut self, nests: &Nests, rank: usize) {
        let column_end = self.spans[rank].1;
        for (g, nest) in nests.groups.iter().enumerate().rev().filter(|(_, nest)| nest.last == rank) {
            let inner = nests.within(g).map(|inner| self.frames[inner].1);
            let end = inner.fold(column_end, f64::max) + FRAME_ROOM;
            self.frames[g].1 = end.max(self.frames[g].0 + nest.least.along);
            self.rooms[rank].1 = self.rooms[rank].1.max(self.frames[g].1 - column_end);
        }
    }
}

/// A stretch through which a line must pass.
#[derive(Clone, Copy, Debug)]
struct Gate {
    along: f64,
    low: f64,
    high: f64,
}

impl Gate {
    /// The part of a node's gate that is left to one of the lines at that side of the node. Lines that turn here around
    /// the same neighbour would otherwise meet in a corner, and cross there or seem to.
    fn share(self, (before, after): Beside, gap: f64) -> Gate {
        let gap = gap.min((self.high - self.low) / (before + after + 1) as f64);
        Gate { low: self.low + before as f64 * gap, high: self.high - after as f64 * gap, ..self }
    }
}

/// Lays the columns out along the flow. After it, columns follow each other with room for the lines between them: the
/// steeper the lines, the more, because steep lines that are well apart across the flow are still close to each other.
pub(super) fn columns(layers: &Layers, across: &[f64], spacing: &Spacing) -> Columns {
    let mut climbs = vec![0.0_f64; layers.rows.len()];
    for pair in layers.chains.iter().flat_map(|chain| chain.windows(2)) {
        let (tail, head) = (pair[0] as usize, pair[1] as usize);
        let climb = &mut climbs[layers.items[head].rank];
        *climb = climb.max((across[head] - across[tail]).abs());
    }
    let has_nodes = |row: &[u32]| row.iter().any(|&item| layers.items[item as usize].kind == Kind::Node);
    let fronts = fronts(&layers.nests);
    let mut columns = Columns {
        spans: Vec::with_capacity(layers.rows.len()),
        rooms: vec![(0.0, 0.0); layers.rows.len()],
        gates: Vec::with_capacity(layers.rows.len()),
        frames: vec![(0.0, f64::NEG_INFINITY); fronts.len()],
    };
    for (nest, front) in layers.nests.groups.iter().zip(&fronts) {
        let room = &mut columns.rooms[nest.first].0;
        *room = room.max(*front);
    }
    for (r, row) in layers.rows.iter().enumerate() {
        let width = row.iter().map(|&item| layers.items[item as usize].along).fold(0.0, f64::max);
        let start = match r.checked_sub(1) {
            None => 0.0,
            Some(last) => {
                let both = has_nodes(row) && has_nodes(&layers.rows[r - 1]);
                let least = if both { NODE_COLUMN_GAP } else { LANE_COLUMN_GAP };
                let gap = least.max(spacing.advance(r, climbs[r]));
                columns.gates(last).1 + gap + STAND_OFF + columns.rooms[r].0
            }
        };
        columns.spans.push((start, start + width));
        let starting = layers.nests.groups.iter().zip(&fronts).zip(&mut columns.frames);
        starting.filter(|((nest, _), _)| nest.first == r).for_each(|((_, front), frame)| frame.0 = start - front);
        columns.end_frames(&layers.nests, r);
        columns.set_up_gates(r);
    }
    columns
}

/// For each group how far its frame starts before its first column, the frames within it included.
fn fronts(nests: &Nests) -> Vec<f64> {
    let mut fronts = vec![0.0; nests.groups.len()];
    for g in (0..fronts.len()).rev() {
        let nest = &nests.groups[g];
        let inner = nests.within(g).filter(|inner| nests.groups[*inner].first == nest.first);
        fronts[g] = inner.map(|inner| fronts[inner]).fold(0.0, f64::max) + FRAME_ROOM + nest.front;
    }
    fronts
}

/// Where the strings may pass, and the strings. While nothing moves across the flow, they are pulled again and again, each
/// time with other columns or other room; only those for which something has changed are.
pub(super) struct Router<'r> {
    part: &'r Part,
    pub layers: &'r Layers,
    across: &'r [f64],
    ports: &'r Ports,
    beside_tails: Vec<Beside>,
    beside_heads: Vec<Beside>,
    pub columns: Columns,
    /// What the spacing was when the strings were pulled.
    line_gaps: Vec<f64>,
    pub is_pinned: Vec<bool>,
    /// For each item the stretch of its column's gates that its line may use: its own, and with what others leave it.
    own_stretches: Vec<(f64, f64)>,
    pub stretches: Vec<(f64, f64)>,
    gates: Vec<Gate>,
    pub strings: Vec<Vec<Spot>>,
    relaxer: Relaxer,
}

impl<'r> Router<'r> {
    pub fn new(part: &'r Part, layers: &'r Layers, across: &'r [f64], ports: &'r Ports) -> Self {
        let (beside_tails, beside_heads) = ports.beside();
        Router {
            part,
            layers,
            across,
            ports,
            beside_tails,
            beside_heads,
            columns: Columns::default(),
            line_gaps: Vec::new(),
            is_pinned: Vec::new(),
            own_stretches: Vec::new(),
            stretches: Vec::new(),
            gates: Vec::new(),
            strings: part.links.iter().map(|_| Vec::with_capacity(FEW_CORNERS + 2)).collect(),
            relaxer: Relaxer::default(),
        }
    }

    /// Pulls a string for each link. After it, a string starts and ends on its nodes' outlines, advances with the flow all
    /// the way, and stays in its stretch of every column, or beside the strings that leave it some of theirs.
    pub fn route(&mut self, columns: Columns, spacing: &Spacing) {
        let is_stale = self.find_stale(&columns, spacing);
        self.columns = columns;
        if self.is_pinned != spacing.is_pinned {
            self.own_stretches = stretches(self.layers, self.across, spacing);
            self.is_pinned.clone_from(&spacing.is_pinned);
        }
        self.line_gaps.clone_from(&spacing.line_gaps);
        self.stretches.clone_from(&self.own_stretches);
        for link in (0..is_stale.len()).filter(|link| is_stale[*link]) {
            self.pull_anew(link);
        }
        let mut relaxer = std::mem::take(&mut self.relaxer);
        relaxer.relax(self, &is_stale);
        self.relaxer = relaxer;
    }

    /// Finds the links whose strings have to be pulled anew, and moves those of the others along with their columns.
    fn find_stale(&mut self, columns: &Columns, spacing: &Spacing) -> Vec<bool> {
        let mut is_stale = vec![true; self.strings.len()];
        if self.columns.gates.is_empty() {
            return is_stale;
        }
        let gates = self.columns.gates.iter().zip(&columns.gates);
        let shifts: Vec<(f64, f64)> = gates.map(|(old, new)| (new.0 - old.0, new.1 - old.1)).collect();
        for (l, is_stale) in is_stale.iter_mut().enumerate() {
            let ends = [self.part.links[l].from, self.part.links[l].to];
            let [first, last] = ends.map(|end| self.layers.items[end].rank);
            let shift = shifts[first].0;
            let keeps = |at: f64| (at - shift).abs() < STILL;
            let has_as_much_room = ends.iter().all(|end| self.line_gaps[*end] == spacing.line_gaps[*end]);
            let is_as_free = |item: &u32| self.is_pinned[*item as usize] == spacing.is_pinned[*item as usize];
            *is_stale = !(has_as_much_room
                && self.layers.chains[l].iter().all(is_as_free)
                && shifts[first..=last].iter().all(|(front, back)| keeps(*front) && keeps(*back)));
            if !*is_stale && shift != 0.0 {
                self.strings[l].iter_mut().for_each(|spot| spot.along += shift);
            }
        }
        is_stale
    }

    /// Writes the string of a link anew.
    pub fn pull_anew(&mut self, link: usize) {
        let mut string = std::mem::take(&mut self.strings[link]);
        self.pull(link, &mut string);
        self.strings[link] = string;
    }
    /// Writes the taut string of a link.
    fn pull(&mut self, l: usize, string: &mut Vec<Spot>) {
        let link = &self.part.links[l];
        let chain = &self.layers.chains[l];
        let start = self.end(link.from, self.ports.tails[l], 1.0);
        let end = self.end(link.to, self.ports.heads[l], -1.0);
        self.gates.clear();
        let leaving = self.gates_of(link.from)[1].share(self.beside_tails[l], self.line_gaps[link.from]);
        let entering = self.gates_of(link.to)[0].share(self.beside_heads[l], self.line_gaps[link.to]);
        if leaving.along > start.along {
            self.gates.push(leaving);
        }
        for &item in &chain[1..chain.len() - 1] {
            let gates = self.gates_of(item as usize);
            self.gates.extend(gates);
        }
        if entering.along < end.along {
            self.gates.push(entering);
        }
        self.gates.push(Gate { along: end.along, low: end.across, high: end.across });
        pull_taut(start, &self.gates, end, string);
    }

    fn gates_of(&self, item: usize) -> [Gate; 2] {
        let (first, last) = self.columns.gates(self.layers.items[item].rank);
        let (low, high) = self.stretches[item];
        [first, last].map(|along| Gate { along, low, high })
    }

    /// Where a line starts or ends on the outline of a body.
    fn end(&self, body: usize, offset: f64, forward: f64) -> Spot {
        let half = reach(self.part, body, offset);
        let along = self.columns.middle(self.layers.items[body].rank) + forward * half;
        Spot { along, across: self.across[body] + offset }
    }
}

/// How far a body reaches along the flow at an offset from its middle.
fn reach(part: &Part, body: usize, offset: f64) -> f64 {
    let extent = part.bodies[body].extent;
    match part.bodies[body].outline {
        Outline::Box => extent.along / 2.0,
        Outline::Ellipse => {
            let share = 2.0 * offset / extent.across;
            extent.along / 2.0 * (1.0 - share * share).max(0.0).sqrt()
        }
    }
}

/// For each item the stretch of its column's gates that its line may use.
fn stretches(layers: &Layers, across: &[f64], spacing: &Spacing) -> Vec<(f64, f64)> {
    let mut stretches: Vec<(f64, f64)> = vec![(f64::NEG_INFINITY, f64::INFINITY); layers.items.len()];
    for pair in layers.rows.iter().flat_map(|row| row.windows(2)) {
        let (a, b) = (pair[0] as usize, pair[1] as usize);
        let (first, second) = (&layers.items[a], &layers.items[b]);
        let end = across[a] + first.after;
        let start = across[b] - second.before;
        let middle = (start + end) / 2.0;
        // A lane beside a node may use all the room up to it; two lanes share what is between them.
        let has_label = holds_label_between(first, second);
        let (near, far) = if has_label { LABEL_NODE_CLEARANCES } else { NODE_CLEARANCES };
        let (high, low) = match (first.kind == Kind::Node, second.kind == Kind::Node) {
            (true, false) => (end + near, end + far),
            (false, true) => (start - far, start - near),
            _ if has_label => (middle - LABEL_CLEARANCE, middle + LABEL_CLEARANCE),
            _ => (middle - LANE_CLEARANCE, middle + LANE_CLEARANCE),
        };
        stretches[a].1 = high;
        stretches[b].0 = low;
    }
    for (i, item) in layers.items.iter().enumerate() {
        if item.kind == Kind::Label {
            // The line leaves room for the label on its side.
            let (before, after) = (item.before.max(LABEL_PAD) - LABEL_PAD, item.after.max(LABEL_PAD) - LABEL_PAD);
            stretches[i].0 += if item.before > 0.0 { before + LABEL_PAD } else { 0.0 };
            stretches[i].1 -= if item.after > 0.0 { after + LABEL_PAD } else { 0.0 };
        }
        if spacing.is_pinned[i] {
            stretches[i] = (across[i], across[i]);
        }
        // Rounding errors must not turn a tight stretch inside out.
        stretches[i].0 = stretches[i].0.min(across[i]);
        stretches[i].1 = stretches[i].1.max(across[i]);
    }
    stretches
}

/// Whether a label stands between the lines of two neighbours in a row.
fn holds_label_between(first: &Item, second: &Item) -> bool {
    first.kind == Kind::Label && first.after > 0.0 || second.kind == Kind::Label && second.before > 0.0
}

/// A string with so many corners is written without growing.
const FEW_CORNERS: usize = 4;

/// Writes the shortest line from start to end through the gates, which come in order along the flow; the last one is the
/// end.
fn pull_taut(start: Spot, gates: &[Gate], end: Spot, line: &mut Vec<Spot>) {
    line.clear();
    line.push(start);
    if is_free(start, gates, end) {
        line.push(end);
        return;
    }
    let (mut apex, mut next) = (start, 0);
    while next < gates.len() {
        let (mut low, mut high) = ((f64::NEG_INFINITY, next), (f64::INFINITY, next));
        let mut corner = None;
        for (i, gate) in gates.iter().enumerate().skip(next) {
            let run = (gate.along - apex.along).max(1e-9);
            let (gate_low, gate_high) = ((gate.low - apex.across) / run, (gate.high - apex.across) / run);
            if gate_low > high.0 {
                corner = Some((high.1, gates[high.1].high));
                break;
            }
            if gate_high < low.0 {
                corner = Some((low.1, gates[low.1].low));
                break;
            }
            if gate_low >= low.0 {
                low = (gate_low, i);
            }
            if gate_high <= high.0 {
                high = (gate_high, i);
            }
        }
        let Some((i, across)) = corner else { break };
        apex = Spot { along: gates[i].along, across };
        line.push(apex);
        next = i + 1;
    }
    line.push(end);
}

/// Whether the straight line from start to end passes through all gates: then there is nothing to search.
fn is_free(start: Spot, gates: &[Gate], end: Spot) -> bool {
    let slope = (end.across - start.across) / (end.along - start.along).max(1e-9);
    let between = gates.split_last().map_or(gates, |(_, between)| between);
    between.iter().all(|gate| {
        let across = start.across + slope * (gate.along - start.along);
        gate.low <= across && across <= gate.high
    })
}

/// The string as cubic Bézier segments, with its corners rounded. After it, the curve is nowhere farther from the string
/// than the clearances allow.
pub(super) fn round(line: &[Spot]) -> Vec<Spot> {
    let mut curve = Vec::with_capacity(6 * line.len() - 8);
    curve.push(line[0]);
    let mut at = line[0];
    for corner in line.windows(3) {
        let (before, after) = (between(corner[0], corner[1]), between(corner[1], corner[2]));
        let cosine = (before.0 * after.0 + before.1 * after.1).clamp(-1.0, 1.0);
        let half_turn_sine = ((1.0 - cosine) / 2.0).sqrt();
        if half_turn_sine < 1e-6 {
            continue;
        }
        // A quadratic corner that takes `cut` of both legs leaves the corner by cut · sin(turn / 2) / 2.
        let cut = (2.0 * ROUNDING / half_turn_sine).min(LONGEST_ROUNDING).min(before.2 / 2.0).min(after.2 / 2.0);
        let enter = toward(corner[1], corner[0], cut);
        let leave = toward(corner[1], corner[2], cut);
        straight(&mut curve, at, enter);
        curve.extend([mix(enter, corner[1], 2.0 / 3.0), mix(leave, corner[1], 2.0 / 3.0), leave]);
        at = leave;
    }
    straight(&mut curve, at, line[line.len() - 1]);
    curve
}

fn straight(curve: &mut Vec<Spot>, from: Spot, to: Spot) {
    curve.extend([mix(from, to, 1.0 / 3.0), mix(from, to, 2.0 / 3.0), to]);
}

/// The direction from one place to another, and their distance.
fn between(from: Spot, to: Spot) -> (f64, f64, f64) {
    let (along, across) = (to.along - from.along, to.across - from.across);
    let length = (along * along + across * across).sqrt().max(1e-9);
    (along / length, across / length, length)
}

fn toward(from: Spot, to: Spot, length: f64) -> Spot {
    mix(from, to, length / between(from, to).2)
}

fn mix(from: Spot, to: Spot, share: f64) -> Spot {
    Spot {
        along: from.along + (to.along - from.along) * share,
        across: from.across + (to.across - from.across) * share,
    }
}
