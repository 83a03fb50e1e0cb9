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
