//! Ports: where on a node's side each line leaves and enters.

use super::isotonic::Separator;
use super::layer::Layers;
use super::lists::Lists;
use super::part::Part;

/// The distance between two ports where there is room.
const PORT_GAP: f64 = 12.0;

/// The share of a node's side that may hold ports, the rest being its corners.
const PORT_SHARE: f64 = 0.72;

/// For each link the offsets of its two ports from the middles of its tail and head, across the flow.
pub(super) struct Ports {
    pub tails: Vec<f64>,
    pub heads: Vec<f64>,
    /// The links at one side of each node, in their order across the flow.
    leaving: Lists<u32>,
    entering: Lists<u32>,
}

/// For a link at one side of a node, how many others stand there before it and after it.
pub(super) type Beside = (usize, usize);

impl Ports {
    /// For each link what stands beside it where it leaves its tail, and where it enters its head.
    pub fn beside(&self) -> (Vec<Beside>, Vec<Beside>) {
        let count = |sides: &Lists<u32>| {
            let mut beside = vec![(0, 0); self.tails.len()];
            for links in sides.iter() {
                for (i, &link) in links.iter().enumerate() {
                    beside[link as usize] = (i, links.len() - 1 - i);
                }
            }
            beside
        };
        (count(&self.leaving), count(&self.entering))
    }
}

/// Spreads the ports of each side evenly about its middle. After it, the ports of a side are in the order of what the
/// lines lead to next, so that lines do not cross where they leave or enter; equals keep the order of the operands.
pub(super) fn spread(part: &Part, layers: &Layers) -> Ports {
    let (leaving, entering) = sides(part, layers);
    let mut ports = Ports { tails: vec![0.0; part.links.len()], heads: vec![0.0; part.links.len()], leaving, entering };
    for (offsets, sides) in [(&mut ports.tails, &ports.leaving), (&mut ports.heads, &ports.entering)] {
        for (body, links) in sides.iter().enumerate() {
            let gap = gap(part, body, links.len());
            for (i, &link) in links.iter().enumerate() {
                offsets[link as usize] = (i as f64 - (links.len() - 1) as f64 / 2.0) * gap;
            }
        }
    }
    ports
}

/// Moves the ports along their sides toward where their lines get straight. After it, they keep their order.
pub(super) fn straighten(part: &Part, layers: &Layers, across: &[f64], ports: &mut Ports) {
    let mut fitter = Fitter::default();
    let Ports { tails, heads, leaving, entering } = ports;
    let is_direct = |chain: &[u32]| chain.len() == 2;
    for (body, links) in leaving.iter().enumerate() {
        let next = |l: usize| {
            let chain = &layers.chains[l];
            across[chain[1] as usize] + if is_direct(chain) { heads[l] } else { 0.0 }
        };
        fitter.wanted.clear();
        fitter.wanted.extend(links.iter().map(|&l| next(l as usize) - across[body]));
        for (&l, offset) in links.iter().zip(fitter.fit(part, body)) {
            tails[l as usize] = *offset;
        }
    }
    for (body, links) in entering.iter().enumerate() {
        let last = |l: usize| {
            let chain = &layers.chains[l];
            across[chain[chain.len() - 2] as usize] + if is_direct(chain) { tails[l] } else { 0.0 }
        };
        fitter.wanted.clear();
        fitter.wanted.extend(links.iter().map(|&l| last(l as usize) - across[body]));
        for (&l, offset) in links.iter().zip(fitter.fit(part, body)) {
            heads[l as usize] = *offset;
        }
    }
}

/// Memory for fitting the ports of a side.
#[derive(Default)]
struct Fitter {
    wanted: Vec<f64>,
    weights: Vec<f64>,
    offsets: Vec<f64>,
    separator: Separator,
}

impl Fitter {
    /// The offsets nearest to the wanted ones that stay on the node's side and keep their distance.
    fn fit(&mut self, part: &Part, body: usize) -> &[f64] {
        let count = self.wanted.len();
        let gap = gap(part, body, count);
        let limit = part.bodies[body].extent.across * PORT_SHARE / 2.0;
        self.weights.resize(count, 1.0);
        self.offsets.clear();
        self.offsets.extend((0..count).map(|i| i as f64 * gap));
        self.separator.separate(&mut self.wanted, &self.weights, &self.offsets);
        // Clamping a separated sequence between two equally separated sequences keeps it separated.
        for (i, place) in self.wanted.iter_mut().enumerate() {
            *place = place.min(limit - (count - 1 - i) as f64 * gap).max(i as f64 * gap - limit);
        }
        &self.wanted
    }
}

fn gap(part: &Part, body: usize, count: usize) -> f64 {
    let side = part.bodies[body].extent.across * PORT_SHARE;
    PORT_GAP.min(side / count.saturating_sub(1).max(1) as f64)
}

/// The links that leave each node, and those that enter it, in the order of the items that they lead to or come from.
fn sides(part: &Part, layers: &Layers) -> (Lists<u32>, Lists<u32>) {
    let places = layers.places();
    let ends = |end: fn(&super::part::Link) -> usize| {
        Lists::grouped(part.bodies.len(), part.links.iter().enumerate().map(move |(l, link)| (end(link), l as u32)))
    };
    let (mut leaving, mut entering) = (ends(|link| link.from), ends(|link| link.to));
    for body in 0..part.bodies.len() {
        leaving[body].sort_by_key(|&l| places[layers.chains[l as usize][1] as usize]);
        entering[body].sort_by_key(|&l| {
            let chain = &layers.chains[l as usize];
            places[chain[chain.len() - 2] as usize]
        });
    }
    (leaving, entering)
}
