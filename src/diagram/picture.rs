//! The description every rendering starts from: zones, things, lines and marks.
//!
//! It is plain data with small builders. It is not a graph to search in, and it holds no
//! coordinates: where things stand is the business of each rendering.

use super::kinds::{Emphasis, Line, Mark};
use super::parts::{Cluster, Edge, Node};
use crate::diagnostic::Lang;

/// A zone of a [`Picture`]; given out by [`Picture::cluster`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClusterId(pub(super) usize);

/// A thing of a [`Picture`]; given out by [`Picture::node`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(pub(super) usize);

/// What to draw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// The language of the legend and of the words the renderings add.
    pub lang: Lang,
    /// The heading.
    pub title: String,
    /// Smaller lines under the heading, such as the verdict.
    pub subtitle: Vec<String>,
    pub(super) clusters: Vec<Cluster>,
    pub(super) nodes: Vec<Node>,
    pub(super) edges: Vec<Edge>,
}

impl Picture {
    /// An empty picture with a heading.
    pub fn new(lang: Lang, title: impl Into<String>) -> Self {
        let (subtitle, clusters, nodes, edges) = Default::default();
        Self { lang, title: title.into(), subtitle, clusters, nodes, edges }
    }

    /// Adds a line under the heading.
    pub fn subtitle(&mut self, line: impl Into<String>) {
        self.subtitle.push(line.into());
    }

    /// Adds a zone, or a network inside a zone. A zone that stays empty is not drawn.
    ///
    /// # Panics
    /// If its parent is not a zone of this picture.
    pub fn cluster(&mut self, cluster: Cluster) -> ClusterId {
        assert!(cluster.parent.is_none_or(|p| p.0 < self.clusters.len()), "foreign parent");
        self.clusters.push(cluster);
        ClusterId(self.clusters.len() - 1)
    }

    /// Adds a thing.
    ///
    /// # Panics
    /// If its zone is not a zone of this picture.
    pub fn node(&mut self, node: Node) -> NodeId {
        assert!(node.cluster.is_none_or(|c| c.0 < self.clusters.len()), "foreign zone");
        self.nodes.push(node);
        NodeId(self.nodes.len() - 1)
    }

    /// Adds a line between two things.
    ///
    /// # Panics
    /// If one of its ends is not a thing of this picture.
    pub fn edge(&mut self, edge: Edge) {
        assert!(edge.from.0.max(edge.to.0) < self.nodes.len(), "foreign end");
        self.edges.push(edge);
    }

    /// Marks a thing after it was added, for example when a path is laid over the picture.
    ///
    /// # Panics
    /// If it is not a thing of this picture.
    pub fn emphasise(&mut self, node: NodeId, emphasis: Emphasis) {
        self.nodes[node.0].emphasis = emphasis;
    }

    /// Lays a step of a path over every line between two things, in either order, whose style
    /// is `line` (any style if `None`). Says whether there was one.
    pub fn mark(&mut self, ends: (NodeId, NodeId), line: Option<Line>, mark: Mark, step: u32) -> bool {
        let mut found = false;
        for edge in &mut self.edges {
            let same = (edge.from, edge.to) == ends || (edge.to, edge.from) == ends;
            if same && line.is_none_or(|l| l == edge.line) {
                edge.mark = edge.mark.max(mark);
                edge.steps.push(step);
                found = true;
            }
        }
        found
    }

    /// How many things are drawn, the legend not counted.
    #[must_use]
    pub fn node_count(&self) -> usize {
        self.nodes.len()
    }

    /// The outermost zone of a node and its place in the order of trust.
    pub(super) fn band(&self, node: NodeId) -> Option<u8> {
        let mut at = self.nodes[node.0].cluster?;
        while let Some(parent) = self.clusters[at.0].parent {
            at = parent;
        }
        Some(self.clusters[at.0].tone)
    }

    /// Zones directly inside `parent`, the most trusted first.
    pub(super) fn inside(&self, parent: Option<ClusterId>) -> Vec<ClusterId> {
        let mut found: Vec<_> = (0..self.clusters.len()).map(ClusterId).collect();
        found.retain(|c| self.clusters[c.0].parent == parent);
        found.sort_by_key(|c| (self.clusters[c.0].tone, *c));
        found
    }

    /// Things directly inside `cluster`.
    pub(super) fn members(&self, cluster: Option<ClusterId>) -> impl Iterator<Item = NodeId> {
        (0..self.nodes.len()).map(NodeId).filter(move |n| self.nodes[n.0].cluster == cluster)
    }

    /// Whether a zone has a thing in it, at any depth.
    pub(super) fn occupied(&self, cluster: ClusterId) -> bool {
        self.members(Some(cluster)).next().is_some() || self.inside(Some(cluster)).into_iter().any(|c| self.occupied(c))
    }
}
