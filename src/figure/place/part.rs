//! Parts: the connected parts of a graph, each turned so that it flows along.

use super::lists::Lists;
use super::{Flow, Outline, Size, SizedGraph};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// The size of a thing in the flow frame.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Extent {
    pub along: f64,
    pub across: f64,
}

/// A node of a part.
#[derive(Clone, Copy, Debug)]
pub(super) struct Body {
    pub id: usize,
    pub extent: Extent,
    pub outline: Outline,
    /// The innermost group that it stands in.
    pub group: Option<usize>,
}

/// A group of a part; some body stands in it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Group {
    pub id: usize,
    /// The group that it stands in, which comes before it.
    pub parent: Option<usize>,
    pub label: Option<Extent>,
}

/// An edge of a part; it always points with the flow.
#[derive(Clone, Copy, Debug)]
pub(super) struct Link {
    pub id: usize,
    pub from: usize,
    pub to: usize,
    pub label: Option<Extent>,
    /// The edge closed a cycle and is drawn from head to tail.
    pub reversed: bool,
}

/// A connected part of the graph, in its flow frame. The nodes of a group are connected through it.
#[derive(Clone, Debug, Default)]
pub(super) struct Part {
    /// The nodes in a topological order.
    pub bodies: Vec<Body>,
    pub links: Vec<Link>,
    pub groups: Vec<Group>,
    /// Whether labels sit after their line (right of it) instead of before it (above it).
    pub label_after: bool,
}

impl Part {
    /// The number of ranks that a link must span: its label takes one.
    pub fn span(&self, link: usize) -> usize {
        if self.links[link].label.is_some() { 2 } else { 1 }
    }
}

/// Cuts the graph into connected parts, in the order of their first nodes. After it, every link of a part points from
/// an earlier body to a later one.
pub(super) fn split(graph: &SizedGraph) -> Vec<Part> {
    let count = graph.nodes.len();
    let drawn: Vec<usize> = (0..graph.edges.len())
        .filter(|&e| {
            let edge = &graph.edges[e];
            edge.from < count && edge.to < count && edge.from != edge.to
        })
        .collect();
    let owner = owners(graph, &drawn);
    let mut parts: Vec<Part> = Vec::new();
    let mut place_of = vec![0; count];
    let mut part_of_root = vec![usize::MAX; count];
    for node in topological_order(graph, &drawn) {
        let root = owner[node];
        if part_of_root[root] == usize::MAX {
            part_of_root[root] = parts.len();
            parts.push(Part { label_after: graph.flow == Flow::Down, ..Part::default() });
        }
        let part = &mut parts[part_of_root[root]];
        place_of[node] = part.bodies.len();
        let sized = graph.nodes[node];
        let extent = extent(graph.flow, sized.size);
        part.bodies.push(Body { id: node, extent, outline: sized.outline, group: group_of(graph, node) });
    }
    for e in drawn {
        let edge = &graph.edges[e];
        let (tail, head) = (place_of[edge.from], place_of[edge.to]);
        parts[part_of_root[owner[edge.from]]].links.push(Link {
            id: e,
            from: tail.min(head),
            to: tail.max(head),
            label: edge.label.map(|size| extent(graph.flow, size)),
            reversed: tail > head,
        });
    }
    if !graph.groups.is_empty() {
        parts.iter_mut().for_each(|part| find_groups(graph, part));
    }
    parts
}

/// The innermost group of a node, if the graph has it.
fn group_of(graph: &SizedGraph, node: usize) -> Option<usize> {
    graph.nodes[node].group.filter(|group| *group < graph.groups.len())
}

/// The groups around a place, the innermost first.
fn around(graph: &SizedGraph, group: Option<usize>) -> impl Iterator<Item = usize> {
    std::iter::successors(group, |&group| graph.groups[group].parent.filter(|parent| *parent < group))
}

/// Collects the groups that the bodies of a part stand in, and numbers them anew.
fn find_groups(graph: &SizedGraph, part: &mut Part) {
    let mut is_here = vec![false; graph.groups.len()];
    for body in &part.bodies {
        for group in around(graph, body.group) {
            if std::mem::replace(&mut is_here[group], true) {
                break;
            }
        }
    }
    let here: Vec<usize> = (0..is_here.len()).filter(|group| is_here[*group]).collect();
    let number = |group: usize| here.binary_search(&group).ok();
    let group = |&id: &usize| Group {
        id,
        parent: around(graph, Some(id)).nth(1).and_then(number),
        label: graph.groups[id].label.map(|size| extent(graph.flow, size)),
    };
    part.groups = here.iter().map(group).collect();
    for body in &mut part.bodies {
        body.group = body.group.and_then(number);
    }
}

fn extent(flow: Flow, size: Size) -> Extent {
    let sane = |length: f64| if length.is_finite() && length > 0.0 { length } else { 1.0 };
    let (w, h) = (sane(size.w), sane(size.h));
    match flow {
        Flow::Right => Extent { along: w, across: h },
        Flow::Down => Extent { along: h, across: w },
    }
}

/// The representative of each node's connected part: the first of its nodes.
fn owners(graph: &SizedGraph, drawn: &[usize]) -> Vec<usize> {
    let mut union = Union::new(graph.nodes.len());
    for &e in drawn {
        union.join(graph.edges[e].from, graph.edges[e].to);
    }
    let mut first_in = vec![usize::MAX; graph.groups.len()];
    for node in 0..graph.nodes.len() {
        let Some(outermost) = around(graph, group_of(graph, node)).last() else { continue };
        if first_in[outermost] == usize::MAX {
            first_in[outermost] = node;
        }
        union.join(first_in[outermost], node);
    }
    (0..graph.nodes.len()).map(|node| union.first(node)).collect()
}

/// Disjoint sets of nodes (union–find with path halving).
struct Union {
    owner: Vec<usize>,
}

impl Union {
    fn new(count: usize) -> Self {
        Union { owner: (0..count).collect() }
    }

    /// The first node of a node's set.
    fn first(&mut self, mut node: usize) -> usize {
        while self.owner[node] != node {
            self.owner[node] = self.owner[self.owner[node]];
            node = self.owner[node];
        }
        node
    }

    fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.first(a), self.first(b));
        self.owner[a.max(b)] = a.min(b);
    }
}

/// The nodes in a topological order (Kahn 1962), smallest index first where there is a choice. A graph with a cycle
/// is no graph of ours, but must not hang us: there the first waiting node goes ahead.
fn topological_order(graph: &SizedGraph, drawn: &[usize]) -> Vec<usize> {
    let count = graph.nodes.len();
    let mut waits = vec![0_usize; count];
    drawn.iter().for_each(|&e| waits[graph.edges[e].to] += 1);
    let heads = Lists::grouped(count, drawn.iter().map(|&e| (graph.edges[e].from, graph.edges[e].to)));
    let mut done = vec![false; count];
    let mut order = Vec::with_capacity(count);
    let mut ready: BinaryHeap<Reverse<usize>> = (0..count).filter(|&node| waits[node] == 0).map(Reverse).collect();
    let mut next_waiting = 0;
    while order.len() < count {
        let node = ready.pop().map_or_else(
            || {
                while done[next_waiting] {
                    next_waiting += 1;
                }
                next_waiting
            },
            |Reverse(node)| node,
        );
        done[node] = true;
        order.push(node);
        for &head in &heads[node] {
            waits[head] -= 1;
            if waits[head] == 0 && !done[head] {
                ready.push(Reverse(head));
            }
        }
    }
    order
}
