//! The one file that knows the crate layout-rs, the second engine: its ranks, its order within the ranks and its
//! coordinates across the flow. Sizes, routes and labels are ours, and so is the room that lines need.
//!
//! Its optimisers take more than quadratic time, and it asserts what it cannot always keep: it is asked for parts of up
//! to `MOST_ITEMS` items, and what it gives up on, our own engine places.

use super::layer::{Kind, Layers};
use super::part::Part;
use layout::adt::dag::{DAG, NodeHandle};
use layout::core::base::Orientation;
use layout::core::geometry::Point;
use layout::core::style::StyleAttr;
use layout::std_shapes::shapes::{Element, ShapeKind};
use layout::topo::layout::VisualGraph;
use layout::topo::optimizer::{EdgeCrossOptimizer, RankOptimizer};
use layout::topo::placer::Placer;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// The largest number of nodes, labels and lanes that it is asked to place.
const MOST_ITEMS: usize = 500;

/// The size of a lane: it panics on what has none.
const LANE: f64 = 1.0;

/// The ranks of the bodies, or `None` if the part is too large. A label is a node of its own there.
pub(super) fn rank(part: &Part) -> Option<Vec<usize>> {
    let count = part.bodies.len();
    let labels = (0..part.links.len()).filter(|&l| part.span(l) == 2).count();
    if count + labels > MOST_ITEMS {
        return None;
    }
    let mut dag = new_dag(count + labels);
    let mut label = count;
    for (l, link) in part.links.iter().enumerate() {
        let (tail, head) = (NodeHandle::from(link.from), NodeHandle::from(link.to));
        if part.span(l) == 2 {
            dag.add_edge(tail, NodeHandle::from(label));
            dag.add_edge(NodeHandle::from(label), head);
            label += 1;
        } else {
            dag.add_edge(tail, head);
        }
    }
    dag.recompute_node_ranks();
    RankOptimizer::new(&mut dag).optimize();
    Some((0..count).map(|body| dag.level(NodeHandle::from(body))).collect())
}

/// Orders the rows, and gives each item a coordinate across the flow; `None` if there are too many items, or if it gives
/// up. The coordinates may be too near to each other for lines to pass.
pub(super) fn order_and_place(layers: &mut Layers) -> Option<Vec<f64>> {
    if layers.items.len() > MOST_ITEMS {
        return None;
    }
    let placed = catch_unwind(AssertUnwindSafe(|| {
        let mut graph = visual_graph(layers);
        EdgeCrossOptimizer::new(&mut graph.dag).optimize();
        let order: Vec<u32> = graph.dag.ranks().iter().flatten().map(|node| node.get_index() as u32).collect();
        Placer::new(&mut graph).layout(false);
        let across = (0..layers.items.len()).map(|item| graph.pos(NodeHandle::from(item)).center().x).collect();
        (order, across)
    }));
    let (order, across): (Vec<u32>, Vec<f64>) = placed.ok()?;
    layers.rows.members_mut().copy_from_slice(&order);
    Some(across)
}

fn visual_graph(layers: &Layers) -> VisualGraph {
    let mut graph = VisualGraph::new(Orientation::TopToBottom);
    graph.dag.set_validate(false);
    for item in &layers.items {
        let size = match item.kind {
            Kind::Lane | Kind::Border => Point::new(LANE, LANE),
            Kind::Node | Kind::Label => Point::new(item.before + item.after, item.along),
        };
        graph.add_node(Element::create(ShapeKind::new_box(""), StyleAttr::simple(), Orientation::TopToBottom, size));
    }
    for pair in layers.chains.iter().flat_map(|chain| chain.windows(2)) {
        graph.dag.add_edge(NodeHandle::from(pair[0] as usize), NodeHandle::from(pair[1] as usize));
    }
    let rows = layers.rows.iter().map(|row| row.iter().map(|&item| NodeHandle::from(item as usize)).collect());
    *graph.dag.ranks_mut() = rows.collect();
    graph
}

fn new_dag(count: usize) -> DAG {
    let mut dag = DAG::new();
    // Its validation walks every path of the graph.
    dag.set_validate(false);
    dag.new_nodes(count);
    dag
}
