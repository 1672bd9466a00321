//! Where things stand: the door behind which the layout engines are, and the layered one.
//!
//! The layered layout is the crate dagre, which no other file knows. It takes quadratic
//! time, so larger pictures go to [`bands`](super::bands).

use dagre::graph::{Graph, GraphOptions};
use dagre::{EdgeLabel, LayoutOptions, NodeLabel, RankDir};

use super::xml::{Point, Rect};
use crate::diagram::kinds::{Flow, Mark};
use crate::diagram::order::{hinges, runs_up};
use crate::diagram::parts::Edge;
use crate::diagram::picture::{ClusterId, NodeId, Picture};

/// What is to be placed.
pub(super) struct Job<'a> {
    pub(super) picture: &'a Picture,
    pub(super) flow: Flow,
    /// Width over height the result should have.
    pub(super) ratio: f64,
    /// Size of every thing.
    pub(super) nodes: Vec<(f64, f64)>,
    /// Size of what is written on every line; zero if nothing is.
    pub(super) labels: Vec<(f64, f64)>,
}

/// Where everything stands.
pub(super) struct Placed {
    /// The middle of every thing.
    pub(super) nodes: Vec<Point>,
    /// The box of every zone that is not empty.
    pub(super) clusters: Vec<Option<Rect>>,
    /// Where every line bends; its ends are on its things.
    pub(super) bends: Vec<Vec<Point>>,
    /// The middle of what is written on every line.
    pub(super) labels: Vec<Option<Point>>,
}

/// A way to place things.
pub(super) trait Layout {
    /// Places everything; equal jobs give equal places.
    fn place(&self, job: &Job<'_>) -> Placed;
}

/// Height of the strip with the label of a zone, if the zone is so wide.
pub(super) type StripHeight<'a> = &'a dyn Fn(ClusterId, f64) -> f64;

/// Layers from the most to the least trusted zone, lines round the things.
pub(super) struct Layered;

impl Layout for Layered {
    fn place(&self, job: &Job<'_>) -> Placed {
        let mut graph = build(job);
        let down = job.flow == Flow::Down;
        dagre::layout(
            &mut graph,
            Some(LayoutOptions {
                rankdir: if down { RankDir::TB } else { RankDir::LR },
                nodesep: 30.0,
                edgesep: 16.0,
                ranksep: if down { 40.0 } else { 60.0 },
                ..LayoutOptions::default()
            }),
        );
        let point = |x: Option<f64>, y: Option<f64>| Point::new(x.unwrap_or_default(), y.unwrap_or_default());
        let picture = job.picture;
        let nodes = (0..job.nodes.len())
            .map(|n| graph.node(&node_name(NodeId(n))).map_or(Point::default(), |l| point(l.x, l.y)))
            .collect();
        let clusters = (0..picture.clusters.len())
            .map(|c| {
                let label = graph.node(&cluster_name(ClusterId(c)))?;
                Some(Rect::around(point(label.x, label.y), (label.width, label.height)))
            })
            .collect();
        let (mut bends, mut labels) = (Vec::new(), Vec::new());
        for (at, edge) in picture.edges.iter().enumerate() {
            let (from, to, turned) = written(picture, edge);
            let name = format!("e{at}");
            let Some(laid) = graph.edge(&node_name(from), &node_name(to), Some(&name)) else {
                bends.push(Vec::new());
                labels.push(None);
                continue;
            };
            let mut way: Vec<_> = laid.points.iter().map(|p| Point::new(p.x, p.y)).collect();
            if way.len() > 2 {
                way.remove(0);
                way.pop();
            }
            if turned {
                way.reverse();
            }
            bends.push(way);
            let written = job.labels[at].0 > 0.0;
            labels.push(written.then(|| point(laid.x, laid.y)));
        }
        Placed { nodes, clusters, bends, labels }
    }
}

fn build(job: &Job<'_>) -> Graph<NodeLabel, EdgeLabel> {
    let picture = job.picture;
    let mut graph = Graph::with_options(GraphOptions { directed: true, multigraph: true, compound: true });
    for tone in 0..=u8::MAX {
        // In order of trust, so that ties are broken that way.
        for (at, cluster) in picture.clusters.iter().enumerate().filter(|(_, c)| c.tone == tone) {
            let id = ClusterId(at);
            if picture.occupied(id) {
                graph.set_node(cluster_name(id), Some(NodeLabel::default()));
                if let Some(parent) = cluster.parent {
                    graph.set_parent(&cluster_name(id), Some(&cluster_name(parent)));
                }
            }
        }
    }
    for (at, node) in picture.nodes.iter().enumerate() {
        let (width, height) = job.nodes[at];
        let name = node_name(NodeId(at));
        graph.set_node(name.clone(), Some(NodeLabel { width, height, ..NodeLabel::default() }));
        if let Some(cluster) = node.cluster {
            graph.set_parent(&name, Some(&cluster_name(cluster)));
        }
    }
    for (at, edge) in picture.edges.iter().enumerate() {
        let (from, to, _) = written(picture, edge);
        let (width, height) = job.labels[at];
        let label = EdgeLabel {
            width,
            height,
            labelpos: dagre::layout::types::LabelPos::Center,
            weight: if edge.mark == Mark::None { 1 } else { 3 },
            ..EdgeLabel::default()
        };
        let name = format!("e{at}");
        graph.set_edge(node_name(from), node_name(to), Some(label), Some(&name));
    }
    for (at, (above, below)) in hinges(picture).into_iter().enumerate() {
        let hinge = format!("b{at}");
        let free = || Some(EdgeLabel { weight: 0, ..EdgeLabel::default() });
        graph.set_node(hinge.clone(), Some(NodeLabel::default()));
        for node in above {
            graph.set_edge(node_name(node), hinge.clone(), free(), None);
        }
        for node in below {
            graph.set_edge(hinge.clone(), node_name(node), free(), None);
        }
    }
    graph
}

/// An edge in the direction in which trust falls, and whether it was turned for that.
fn written(picture: &Picture, edge: &Edge) -> (NodeId, NodeId, bool) {
    match runs_up(picture, edge) {
        true => (edge.to, edge.from, true),
        false => (edge.from, edge.to, false),
    }
}

fn node_name(node: NodeId) -> String {
    format!("n{}", node.0)
}

fn cluster_name(cluster: ClusterId) -> String {
    format!("c{}", cluster.0)
}

/// Moves things down to make room for the label of every zone, and returns the strips' heights.
///
/// Whatever lies lower moves at least as far, so no two things come nearer to each other.
pub(super) fn make_room(placed: &mut Placed, strip: StripHeight<'_>) -> Vec<f64> {
    let heights: Vec<f64> =
        (0..placed.clusters.len()).map(|c| placed.clusters[c].map_or(0.0, |r| strip(ClusterId(c), r.w))).collect();
    let mut tops: Vec<(f64, f64)> = Vec::new();
    for (rect, height) in placed.clusters.iter().zip(&heights) {
        if let Some(rect) = rect {
            match tops.iter_mut().find(|(y, _)| (*y - rect.y).abs() < 1.0) {
                Some((_, old)) => *old = old.max(*height),
                None => tops.push((rect.y, *height)),
            }
        }
    }
    let lower = |y: f64, itself: bool| -> f64 {
        let above = tops.iter().filter(|(top, _)| *top < y - 1.0 || (itself && *top < y + 1.0));
        y + above.map(|(_, height)| height).sum::<f64>()
    };
    for node in &mut placed.nodes {
        node.y = lower(node.y, true);
    }
    for point in placed.bends.iter_mut().flatten().chain(placed.labels.iter_mut().flatten()) {
        point.y = lower(point.y, true);
    }
    for rect in placed.clusters.iter_mut().flatten() {
        let (top, bottom) = (lower(rect.y, false), lower(rect.bottom(), true));
        (rect.y, rect.h) = (top, bottom - top);
    }
    heights
}
