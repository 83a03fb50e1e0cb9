//! Random graphs with groups: a frame holds what is of its group, and nothing else.

use super::*;

impl Area {
    fn of_frame(frame: &PlacedFrame) -> Area {
        let (w, h) = (frame.size.w, frame.size.h);
        Area { middle: Point { x: frame.corner.x + w / 2.0, y: frame.corner.y + h / 2.0 }, size: frame.size }
    }

    fn encloses(&self, other: &Area) -> bool {
        (self.middle.x - other.middle.x).abs() <= (self.size.w - other.size.w) / 2.0 + 0.01
            && (self.middle.y - other.middle.y).abs() <= (self.size.h - other.size.h) / 2.0 + 0.01
    }
}

fn is_in(graph: &SizedGraph, node: usize, group: usize) -> bool {
    std::iter::successors(graph.nodes[node].group, |group| graph.groups[*group].parent).any(|around| around == group)
}

fn is_within(graph: &SizedGraph, inner: usize, outer: usize) -> bool {
    std::iter::successors(Some(inner), |group| graph.groups[*group].parent).any(|around| around == outer)
}

/// Everything that is wrong with the frames of a placement.
fn frame_defects(graph: &SizedGraph, placement: &Placement) -> Vec<String> {
    let mut found = Vec::new();
    let frames: Vec<Option<Area>> = placement.frames.iter().map(|f| f.as_ref().map(Area::of_frame)).collect();
    for (g, frame) in frames.iter().enumerate() {
        let has_nodes = (0..graph.nodes.len()).any(|node| is_in(graph, node, g));
        if has_nodes != frame.is_some() {
            found.push(format!("group {g} has nodes: {has_nodes}, but a frame: {}", frame.is_some()));
        }
        let Some(frame) = frame else { continue };
        for (n, node) in graph.nodes.iter().enumerate() {
            let area = Area { middle: placement.nodes[n], size: node.size };
            match is_in(graph, n, g) {
                true if !frame.encloses(&area) => found.push(format!("node {n} sticks out of frame {g}")),
                false if frame.overlaps(&area) => found.push(format!("node {n} stands in frame {g}")),
                _ => {}
            }
        }
        for (other, area) in frames.iter().enumerate().filter_map(|(other, area)| Some((other, area.as_ref()?))) {
            if is_within(graph, other, g) {
                if !frame.encloses(area) {
                    found.push(format!("frame {other} sticks out of frame {g}"));
                }
            } else if !is_within(graph, g, other) && frame.overlaps(area) {
                found.push(format!("frames {g} and {other} overlap"));
            }
        }
        for (e, edge) in graph.edges.iter().enumerate() {
            let ends = [edge.from, edge.to].map(|end| is_in(graph, end, g));
            let line = points(&placement.edges[e]);
            if ends == [true; 2] && !line.iter().all(|point| frame.holds(*point, -0.5)) {
                found.push(format!("edge {e} leaves frame {g}"));
            }
            if let (Some(middle), Some(size)) = (placement.labels[e], edge.label) {
                let area = Area { middle, size };
                if frame.overlaps(&area) && !frame.encloses(&area) {
                    found.push(format!("the label of edge {e} lies on frame {g}"));
                }
            }
        }
        if let (Some(middle), Some(size)) = (placement.frames[g].and_then(|f| f.label), graph.groups[g].label) {
            let label = Area { middle, size };
            let nodes = graph.nodes.iter().zip(&placement.nodes);
            let nodes = nodes.map(|(node, &middle)| Area { middle, size: node.size });
            let labels = graph.edges.iter().zip(&placement.labels);
            let labels = labels.filter_map(|(edge, at)| Some(Area { middle: (*at)?, size: edge.label? }));
            let inner = (g + 1..graph.groups.len()).filter(|inner| is_within(graph, *inner, g));
            let inner = inner.filter_map(|inner| frames[inner]);
            if !frame.encloses(&label) || nodes.chain(labels).chain(inner).any(|area| area.overlaps(&label)) {
                found.push(format!("the label of frame {g} has no room of its own"));
            }
            if placement.edges.iter().any(|edge| points(edge).iter().any(|point| label.holds(*point, 1.0))) {
                found.push(format!("a line strikes the label of frame {g}"));
            }
        }
    }
    found
}

fn grouped() -> impl Strategy<Value = SizedGraph> {
    let group = (prop::option::of(any::<prop::sample::Index>()), prop::option::of(10.0..120.0));
    let member = prop::option::of(any::<prop::sample::Index>());
    (graphs(), prop::collection::vec(group, 1..5), prop::collection::vec(member, 14)).prop_map(
        |(mut graph, groups, members)| {
            for (g, (parent, width)) in groups.iter().enumerate() {
                let parent = parent.filter(|_| g > 0).map(|parent| parent.index(g));
                graph.groups.push(SizedGroup { parent, label: width.map(|w| Size { w, h: 15.0 }) });
            }
            for (node, member) in graph.nodes.iter_mut().zip(members) {
                node.group = member.map(|member| member.index(groups.len()));
            }
            graph
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn frames_hold_their_groups_alone(graph in grouped()) {
        for engine in [Engine::Bpdoc, Engine::LayoutRs] {
            let placement = place(&graph, engine);
            let found = [defects(&graph, &placement), frame_defects(&graph, &placement)].concat();
            prop_assert_eq!(found, Vec::<String>::new());
            prop_assert_eq!(place(&graph, engine), placement);
        }
    }
}

#[test]
fn the_defects_of_frames_are_seen() {
    let mut graph = boxes(4, &[(0, 1), (1, 2), (0, 3)]);
    graph.groups = vec![SizedGroup { parent: None, label: Some(Size { w: 30.0, h: 15.0 }) }];
    (graph.nodes[1].group, graph.nodes[2].group) = (Some(0), Some(0));
    let good = place(&graph, Engine::Bpdoc);
    assert_eq!(frame_defects(&graph, &good), Vec::<String>::new());
    let mut wide = good.clone();
    wide.frames[0] = good.frames[0].map(|frame| PlacedFrame { corner: Point::default(), size: good.size, ..frame });
    assert!(!frame_defects(&graph, &wide).is_empty());
    let mut narrow = good;
    narrow.frames[0] = narrow.frames[0].map(|frame| PlacedFrame { size: Size { w: 40.0, ..frame.size }, ..frame });
    assert!(!frame_defects(&graph, &narrow).is_empty());
}

/// Which edges pass through a frame although neither of their ends stands in it.
fn passing(graph: &SizedGraph, placement: &Placement) -> Vec<usize> {
    let passes = |e: &usize| {
        let edge = &graph.edges[*e];
        let line = points(&placement.edges[*e]);
        placement.frames.iter().enumerate().any(|(g, frame)| {
            let is_foreign = !is_in(graph, edge.from, g) && !is_in(graph, edge.to, g);
            let area = frame.as_ref().map(Area::of_frame);
            is_foreign && area.is_some_and(|area| line.iter().any(|point| area.holds(*point, 0.5)))
        })
    };
    (0..graph.edges.len()).filter(passes).collect()
}

/// The gates of a cell, each with weights of its own for two inputs that all of them share, and what comes of them.
fn cell(flow: Flow) -> SizedGraph {
    let mut graph = boxes(2, &[]);
    graph.flow = flow;
    let add = |graph: &mut SizedGraph, group: Option<usize>, operands: &[usize]| {
        let node = graph.nodes.len();
        graph.nodes.push(SizedNode { size: Size { w: 60.0, h: 50.0 }, group, ..SizedNode::default() });
        let label = Some(Size { w: 50.0, h: 16.0 });
        graph.edges.extend(operands.iter().map(|&from| SizedEdge { from, to: node, label }));
        node
    };
    let mut gates = Vec::new();
    for group in 0..4 {
        graph.groups.push(SizedGroup { parent: None, label: Some(Size { w: 70.0, h: 15.0 }) });
        let (w, u) = (add(&mut graph, Some(group), &[]), add(&mut graph, Some(group), &[]));
        let (wx, uh) = (add(&mut graph, Some(group), &[w, 0]), add(&mut graph, Some(group), &[u, 1]));
        let sum = add(&mut graph, Some(group), &[wx, uh]);
        gates.push(add(&mut graph, Some(group), &[sum]));
    }
    let kept = add(&mut graph, None, &[gates[0], gates[1]]);
    let added = add(&mut graph, None, &[gates[2], kept]);
    add(&mut graph, None, &[added, gates[3]]);
    graph
}

#[test]
fn no_line_passes_through_the_gates_of_a_cell() {
    for flow in [Flow::Right, Flow::Down] {
        let graph = cell(flow);
        let placement = place(&graph, Engine::Bpdoc);
        assert_eq!(passing(&graph, &placement), Vec::<usize>::new(), "{flow:?}");
    }
}

/// What leads from row to row beside a frame stays on one side of it, also where the frame stands in another.
#[test]
fn no_line_changes_sides_through_a_frame() {
    let mut alone = boxes(8, &[(3, 4), (3, 6), (5, 6), (6, 7), (4, 6), (0, 6), (2, 4)]);
    alone.groups = vec![SizedGroup::default()];
    [3, 5, 7].into_iter().for_each(|node| alone.nodes[node].group = Some(0));
    let edges = [(1, 2), (3, 5), (1, 2), (2, 5), (3, 4), (0, 1), (1, 4), (2, 3), (0, 5), (0, 4)];
    let mut nested = boxes(6, &edges);
    nested.groups = [None, Some(0), Some(0)].map(|parent| SizedGroup { parent, label: None }).to_vec();
    [(0, 1), (3, 2), (5, 2)].into_iter().for_each(|(node, group)| nested.nodes[node].group = Some(group));
    for (graph, flow) in [(&alone, Flow::Right), (&alone, Flow::Down), (&nested, Flow::Right), (&nested, Flow::Down)] {
        let graph = SizedGraph { flow, ..graph.clone() };
        let placement = place(&graph, Engine::Bpdoc);
        assert_eq!(passing(&graph, &placement), Vec::<usize>::new(), "{flow:?}");
    }
}

/// What is linked beside a frame and beside the frame around it stands on one side of both; and what leads from outside into a
/// group that has another beside it comes from the side of that group.
#[test]
fn no_line_passes_by_way_of_a_frame_beside() {
    let mut through = boxes(8, &[(2, 5), (5, 7), (4, 7), (0, 1), (1, 6)]);
    through.groups = [None, Some(0), Some(1)].map(|parent| SizedGroup { parent, label: None }).to_vec();
    [(0, 1), (3, 1), (6, 2), (7, 0)].into_iter().for_each(|(node, group)| through.nodes[node].group = Some(group));
    let mut beside = boxes(8, &[(5, 6), (2, 3), (0, 4), (3, 5), (2, 7), (3, 4)]);
    beside.groups = [None, Some(0), Some(0)].map(|parent| SizedGroup { parent, label: None }).to_vec();
    [(2, 2), (3, 1), (4, 1), (6, 2)].into_iter().for_each(|(node, group)| beside.nodes[node].group = Some(group));
    for (graph, flow) in
        [(&through, Flow::Right), (&through, Flow::Down), (&beside, Flow::Right), (&beside, Flow::Down)]
    {
        let graph = SizedGraph { flow, ..graph.clone() };
        let placement = place(&graph, Engine::Bpdoc);
        assert_eq!(passing(&graph, &placement), Vec::<usize>::new(), "{flow:?} {:?}", graph.edges);
    }
}

/// Inputs that hundreds of groups share stand before all of them.
#[test]
fn common_inputs_stand_before_all_groups() {
    const GROUPS: usize = 320;
    let mut graph = boxes(1 + 2 * GROUPS, &[]);
    let edge = |from, to| SizedEdge { from, to, label: None };
    for group in 0..GROUPS {
        let (weight, product) = (1 + 2 * group, 2 + 2 * group);
        graph.groups.push(SizedGroup::default());
        (graph.nodes[weight].group, graph.nodes[product].group) = (Some(group), Some(group));
        graph.edges.extend([edge(0, product), edge(weight, product)]);
    }
    let placement = place(&graph, Engine::Bpdoc);
    assert_eq!(passing(&graph, &placement), Vec::<usize>::new());
}

#[test]
fn a_group_stands_behind_the_group_that_feeds_it() {
    let mut graph = boxes(6, &[(0, 1), (1, 2), (2, 4), (3, 4), (4, 5)]);
    graph.groups = vec![SizedGroup::default(); 2];
    for (node, group) in [(0, 0), (1, 0), (2, 0), (3, 1), (4, 1), (5, 1)] {
        graph.nodes[node].group = Some(group);
    }
    let placement = place(&graph, Engine::Bpdoc);
    let [Some(first), Some(second)] = placement.frames[..] else { panic!("{:?}", placement.frames) };
    assert!(first.corner.x + first.size.w < second.corner.x, "{first:?} {second:?}");
}

/// The label of a narrow frame that lines enter from above stands beside them.
#[test]
fn no_line_strikes_the_label_of_a_narrow_frame() {
    let mut graph = boxes(4, &[(0, 2), (1, 2), (2, 3)]);
    graph.flow = Flow::Down;
    graph.groups = vec![SizedGroup { parent: None, label: Some(Size { w: 50.0, h: 15.0 }) }];
    (graph.nodes[2].group, graph.nodes[3].group) = (Some(0), Some(0));
    let placement = place(&graph, Engine::Bpdoc);
    let label = placement.frames[0].and_then(|frame| frame.label).expect("a label");
    let area = Area { middle: label, size: Size { w: 50.0, h: 15.0 } };
    assert!(placement.edges.iter().all(|edge| !points(edge).iter().any(|point| area.holds(*point, 0.0))));
    assert_eq!(frame_defects(&graph, &placement), Vec::<String>::new());
}
