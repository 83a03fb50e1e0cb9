//! Random graphs are placed, and the placement looked at for what a reader would stumble over.

mod framed;

use super::label::at;
use super::route::Spot;
use super::*;
use proptest::prelude::*;

/// An axis-parallel box by its centre.
#[derive(Clone, Copy, Debug)]
struct Area {
    middle: Point,
    size: Size,
}

impl Area {
    fn overlaps(&self, other: &Area) -> bool {
        (self.middle.x - other.middle.x).abs() < (self.size.w + other.size.w) / 2.0 - 0.5
            && (self.middle.y - other.middle.y).abs() < (self.size.h + other.size.h) / 2.0 - 0.5
    }

    fn holds(&self, point: Point, margin: f64) -> bool {
        (self.middle.x - point.x).abs() < self.size.w / 2.0 - margin
            && (self.middle.y - point.y).abs() < self.size.h / 2.0 - margin
    }
}

/// How far a curve keeps from an area.
fn distance(line: &[Point], area: &Area) -> f64 {
    let beyond = |at: f64, middle: f64, size: f64| ((at - middle).abs() - size / 2.0).max(0.0);
    let to_point =
        |point: &Point| beyond(point.x, area.middle.x, area.size.w).hypot(beyond(point.y, area.middle.y, area.size.h));
    line.iter().map(to_point).fold(f64::INFINITY, f64::min)
}

/// The curve as many points.
fn points(line: &[Point]) -> Vec<Point> {
    let spots: Vec<Spot> = line.iter().map(|point| Spot { along: point.x, across: point.y }).collect();
    let segments = spots.windows(4).step_by(3);
    segments
        .flat_map(|segment| (0..=60).map(move |i| at(segment, f64::from(i) / 60.0)))
        .map(|spot| Point { x: spot.along, y: spot.across })
        .collect()
}

/// Everything that is wrong with a placement.
fn defects(graph: &SizedGraph, placement: &Placement) -> Vec<String> {
    let mut found = Vec::new();
    let nodes: Vec<Area> =
        graph.nodes.iter().zip(&placement.nodes).map(|(node, &middle)| Area { middle, size: node.size }).collect();
    let labels: Vec<Option<Area>> = (graph.edges.iter().zip(&placement.labels))
        .map(|(edge, at)| Some(Area { middle: (*at)?, size: edge.label? }))
        .collect();
    let areas: Vec<Area> = nodes.iter().chain(labels.iter().flatten()).copied().collect();
    let drawing = Area {
        middle: Point { x: placement.size.w / 2.0, y: placement.size.h / 2.0 },
        size: Size { w: placement.size.w + 0.01, h: placement.size.h + 0.01 },
    };
    for (i, area) in areas.iter().enumerate() {
        if areas[i + 1..].iter().any(|other| area.overlaps(other)) {
            found.push(format!("box {i} overlaps another"));
        }
        let (w, h) = (area.size.w / 2.0, area.size.h / 2.0);
        for (x, y) in [(-w, -h), (w, h)] {
            if !drawing.holds(Point { x: area.middle.x + x, y: area.middle.y + y }, 0.0) {
                found.push(format!("box {i} is not inside the drawing"));
            }
        }
    }
    for (e, edge) in graph.edges.iter().enumerate() {
        if edge.label.is_some() != placement.labels[e].is_some() {
            found.push(format!("edge {e} has lost its label"));
        }
        let line = points(&placement.edges[e]);
        let along = |point: &Point| if graph.flow == Flow::Right { point.x } else { point.y };
        if line.windows(2).any(|pair| along(&pair[1]) < along(&pair[0]) - 1e-6) {
            found.push(format!("edge {e} runs against the flow"));
        }
        for (end, body) in [(line.first(), edge.from), (line.last(), edge.to)] {
            if !end.is_some_and(|&end| touches(graph.nodes[body].outline, &nodes[body], end)) {
                found.push(format!("edge {e} does not touch its node {body}"));
            }
        }
        for point in &line {
            if !drawing.holds(*point, 0.0) {
                found.push(format!("edge {e} leaves the drawing"));
            }
            let foreign = |&(n, _): &(usize, &Area)| n != edge.from && n != edge.to;
            if nodes.iter().enumerate().filter(foreign).any(|(_, node)| node.holds(*point, -3.0)) {
                found.push(format!("edge {e} runs through a node"));
            }
            if labels.iter().flatten().any(|label| label.holds(*point, 1.0)) {
                found.push(format!("edge {e} strikes a label"));
            }
        }
    }
    let lines: Vec<Vec<Point>> = placement.edges.iter().map(|line| points(line)).collect();
    for (e, label) in labels.iter().enumerate() {
        let Some(label) = label else { continue };
        let own = distance(&lines[e], label);
        let has_other_ends = |other: usize| {
            let (a, b) = (&graph.edges[e], &graph.edges[other]);
            (a.from, a.to) != (b.from, b.to)
        };
        if (0..lines.len()).any(|other| has_other_ends(other) && distance(&lines[other], label) < own - 0.5) {
            found.push(format!("the label of edge {e} is nearer to another edge"));
        }
    }
    found.dedup();
    found
}

fn touches(outline: Outline, node: &Area, end: Point) -> bool {
    let (x, y) = ((end.x - node.middle.x) * 2.0 / node.size.w, (end.y - node.middle.y) * 2.0 / node.size.h);
    let reach = match outline {
        Outline::Box => x.abs().max(y.abs()),
        Outline::Ellipse => (x * x + y * y).sqrt(),
    };
    (reach - 1.0).abs() < 1e-6
}

fn graphs() -> impl Strategy<Value = SizedGraph> {
    let node = (20.0..120.0, 16.0..90.0, any::<bool>()).prop_map(|(w, h, ellipse)| SizedNode {
        size: Size { w, h },
        outline: if ellipse { Outline::Ellipse } else { Outline::Box },
        group: None,
    });
    let nodes = prop::collection::vec(node, 0..14);
    let edge = (any::<prop::sample::Index>(), any::<prop::sample::Index>(), prop::option::of((10.0..90.0, 10.0..30.0)));
    (nodes, prop::collection::vec(edge, 0..24), any::<bool>()).prop_map(|(nodes, picks, down)| {
        let count = nodes.len();
        let edges = picks.into_iter().filter(|_| count > 1).filter_map(|(a, b, label)| {
            let (a, b) = (a.index(count), b.index(count));
            let label = label.map(|(w, h)| Size { w, h });
            (a != b).then_some(SizedEdge { from: a.min(b), to: a.max(b), label })
        });
        let flow = if down { Flow::Down } else { Flow::Right };
        SizedGraph { flow, edges: edges.collect(), nodes, groups: Vec::new() }
    })
}

fn boxes(count: usize, edges: &[(usize, usize)]) -> SizedGraph {
    SizedGraph {
        flow: Flow::Right,
        nodes: vec![SizedNode { size: Size { w: 50.0, h: 40.0 }, ..SizedNode::default() }; count],
        edges: edges.iter().map(|&(from, to)| SizedEdge { from, to, label: None }).collect(),
        groups: Vec::new(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_graphs_have_no_defects(graph in graphs()) {
        for engine in [Engine::Bpdoc, Engine::LayoutRs] {
            let placement = place(&graph, engine);
            prop_assert_eq!(defects(&graph, &placement), Vec::<String>::new());
            prop_assert_eq!(place(&graph, engine), placement);
        }
    }
}

#[test]
fn the_defects_are_seen() {
    let graph = boxes(3, &[(0, 1), (1, 2)]);
    let good = place(&graph, Engine::Bpdoc);
    assert_eq!(defects(&graph, &good), Vec::<String>::new());
    let mut on_top = good.clone();
    on_top.nodes[0] = on_top.nodes[1];
    assert!(!defects(&graph, &on_top).is_empty());
    let mut backward = good.clone();
    backward.edges[0].reverse();
    assert!(!defects(&graph, &backward).is_empty());
    let mut through = good;
    through.edges[0] = through.edges[1].clone();
    assert!(!defects(&graph, &through).is_empty());
}

#[test]
fn the_smallest_graphs_have_a_place() {
    assert_eq!(place(&SizedGraph::default(), Engine::Bpdoc), Placement::default());
    let one = place(&boxes(1, &[]), Engine::Bpdoc);
    assert_eq!((one.size, one.nodes), (Size { w: 50.0, h: 40.0 }, vec![Point { x: 25.0, y: 20.0 }]));
}

#[test]
fn parallel_edges_are_two_lines() {
    let graph = boxes(2, &[(0, 1), (0, 1)]);
    let placement = place(&graph, Engine::Bpdoc);
    let pairs = points(&placement.edges[0]).into_iter().zip(points(&placement.edges[1]));
    assert!(pairs.into_iter().all(|(a, b)| b.y - a.y > 8.0));
}

/// How long a line is nearer to another than so much, but for its ends.
fn length_beside(line: &[Point], other: &[Point], near: f64) -> f64 {
    let length = |pair: &[Point]| (pair[1].x - pair[0].x).hypot(pair[1].y - pair[0].y);
    let to_piece = |at: &Point, piece: &[Point]| {
        let (dx, dy) = (piece[1].x - piece[0].x, piece[1].y - piece[0].y);
        let share = ((at.x - piece[0].x) * dx + (at.y - piece[0].y) * dy) / (dx * dx + dy * dy).max(1e-9);
        let share = share.clamp(0.0, 1.0);
        (at.x - piece[0].x - share * dx).hypot(at.y - piece[0].y - share * dy)
    };
    let is_near = |at: &Point| other.windows(2).any(|piece| to_piece(at, piece) < near);
    line.windows(2).filter(|pair| pair.iter().all(is_near)).map(length).sum()
}

/// Lines that lead from one node to the same other one far to the side are near each other where they climb.
#[test]
fn steep_parallel_edges_are_two_lines() {
    let mut edges: Vec<(usize, usize)> = (1..9).map(|head| (0, head)).collect();
    edges.extend([(0, 8), (8, 9)]);
    for flow in [Flow::Right, Flow::Down] {
        let graph = SizedGraph { flow, ..boxes(10, &edges) };
        let placement = place(&graph, Engine::Bpdoc);
        let [a, b] = [7, 8].map(|edge| points(&placement.edges[edge]));
        assert!(length_beside(&a, &b, 1.5) < 15.0, "{flow:?}: {}", length_beside(&a, &b, 1.5));
    }
}

#[test]
fn what_is_no_graph_of_ours_does_not_stop_us() {
    let mut graph = boxes(3, &[(0, 1), (1, 2), (2, 0), (1, 1), (0, 7)]);
    graph.nodes[1].size = Size { w: f64::NAN, h: -3.0 };
    let placement = place(&graph, Engine::Bpdoc);
    assert!(placement.edges[..3].iter().all(|line| line.len() >= 4));
    assert!(placement.edges[3].is_empty() && placement.edges[4].is_empty());
    assert!(placement.size.w.is_finite() && placement.size.h.is_finite());
}

/// Operands stand in their order where no crossing forbids it, whichever way the drawing flows.
#[test]
fn operands_stand_in_their_order() {
    for flow in [Flow::Right, Flow::Down] {
        let mut graph = SizedGraph {
            flow,
            nodes: vec![SizedNode { size: Size { w: 60.0, h: 50.0 }, ..SizedNode::default() }; 5],
            ..SizedGraph::default()
        };
        for (from, to) in [(1, 3), (0, 3), (3, 4), (2, 4)] {
            graph.edges.push(SizedEdge { from, to, label: Some(Size { w: 40.0, h: 16.0 }) });
        }
        let placed = place(&graph, Engine::Bpdoc);
        let across = |node: usize| if flow == Flow::Right { placed.nodes[node].y } else { placed.nodes[node].x };
        assert!(across(1) < across(0) && across(3) < across(2), "{flow:?}: {:?}", placed.nodes);
    }
}
