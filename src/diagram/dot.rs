//! A picture as DOT text: laid out by Graphviz, here or elsewhere.
//!
//! The syntax tree and the printer are graphviz-rust's; they escape nothing, so all text
//! goes through the quoting of this room, and identifiers are generated (`n0`, `cluster_0`),
//! never taken from a drawing. Running `dot` is the business of [`graphviz`](super::graphviz).

mod legend_box;
mod quote;
mod style;

use graphviz_rust::dot_structures::{
    Attribute, Edge as DotEdge, EdgeTy, Graph, GraphAttributes, Node as DotNode, NodeId as Nid, Stmt, Subgraph, Vertex,
};
use graphviz_rust::printer::{DotPrinter, PrinterContext};

use super::kinds::{Arrows, Flow, Page};
use super::legend;
use super::order::{hinges, runs_up};
use super::palette::{INK, tone};
use super::parts::Edge;
use super::picture::{ClusterId, NodeId, Picture};
use super::text;
use quote::{aside, attr, left, plain, word};

/// The fonts asked for, the first that is installed wins.
pub(super) const FONTS: &str = "Noto Sans CJK JP,Hiragino Sans,Yu Gothic,Meiryo,sans-serif";

/// How to write DOT.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// The direction in which trust falls.
    pub flow: Flow,
    /// The sheet the picture is scaled to.
    pub page: Page,
    /// Whether the legend is drawn.
    pub legend: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { flow: Flow::Down, page: Page::A3, legend: true }
    }
}

/// The DOT text of a picture.
#[must_use]
pub fn render(picture: &Picture, options: &Options) -> String {
    let mut stmts = head(picture, options);
    for node in picture.members(None) {
        stmts.push(node_stmt(picture, node));
    }
    for cluster in picture.inside(None) {
        stmts.extend(cluster_stmt(picture, cluster, 0));
    }
    stmts.extend(bands(picture));
    stmts.extend(picture.edges.iter().map(|edge| edge_stmt(picture, edge)));
    if options.legend {
        stmts.extend(legend_box::stmts(picture));
    }
    let graph = Graph::DiGraph { id: plain("sekisho"), strict: false, stmts };
    let mut text = graph.print(&mut PrinterContext::default());
    text.push('\n');
    text
}

fn head(picture: &Picture, options: &Options) -> Vec<Stmt> {
    let mut title = vec![picture.title.as_str()];
    title.extend(picture.subtitle.iter().map(String::as_str));
    let title: Vec<_> = title.into_iter().flat_map(|t| text::wrap(t, 110, 3)).collect();
    let mut graph = vec![
        left("label", &title),
        word("labelloc", "t"),
        word("labeljust", "l"),
        word("fontname", FONTS),
        word("fontsize", "22"),
        word("rankdir", if options.flow == Flow::Down { "TB" } else { "LR" }),
        word("newrank", "true"),
        word("compound", "true"),
        word("nodesep", "0.3"),
        word("ranksep", "0.32"),
        word("bgcolor", "white"),
        word("pad", "0.3"),
        word("charset", "UTF-8"),
        word("outputorder", "edgesfirst"),
    ];
    if let Some((width, height)) = options.page.millimetres() {
        // Ten millimetres of margin on each side; the mark scales up as well as down.
        let inch = |mm: f64| format!("{:.2}", (mm - 20.0) / 25.4);
        graph.push(word("size", &format!("{},{}!", inch(width), inch(height))));
    }
    let small = |size: &str, rest: &[(&str, &str)]| {
        let mut list = vec![word("fontname", FONTS), word("fontsize", size)];
        list.extend(rest.iter().map(|(k, v)| word(k, v)));
        list
    };
    vec![
        Stmt::GAttribute(GraphAttributes::Graph(graph)),
        Stmt::GAttribute(GraphAttributes::Node(small(
            "13",
            &[("style", "filled"), ("fillcolor", "white"), ("margin", "0.14,0.08")],
        ))),
        Stmt::GAttribute(GraphAttributes::Edge(small("11", &[("color", INK)]))),
    ]
}

fn cluster_stmt(picture: &Picture, id: ClusterId, depth: usize) -> Option<Stmt> {
    if !picture.occupied(id) {
        return None;
    }
    let cluster = &picture.clusters[id.0];
    let lines: Vec<_> =
        std::iter::once(&cluster.label).chain(&cluster.sub_label).flat_map(|t| text::wrap(t, 60, 3)).collect();
    let tone = tone(cluster.shade);
    let mut stmts = vec![
        Stmt::Attribute(left("label", &lines)),
        Stmt::Attribute(word("style", "rounded,filled")),
        Stmt::Attribute(word("labeljust", "l")),
        Stmt::Attribute(word("margin", "14")),
        Stmt::Attribute(word("fontsize", if depth == 0 { "16" } else { "13" })),
        Stmt::Attribute(word("fillcolor", if depth.is_multiple_of(2) { tone.fill } else { "#ffffff" })),
        Stmt::Attribute(word("color", tone.strip)),
        Stmt::Attribute(word("fontcolor", tone.strip)),
        Stmt::Attribute(word("penwidth", if depth == 0 { "2" } else { "1" })),
    ];
    stmts.extend(picture.members(Some(id)).map(|node| node_stmt(picture, node)));
    for inner in picture.inside(Some(id)) {
        stmts.extend(cluster_stmt(picture, inner, depth + 1));
    }
    Some(Stmt::Subgraph(Subgraph { id: plain(&format!("cluster_{}", id.0)), stmts }))
}

fn node_stmt(picture: &Picture, id: NodeId) -> Stmt {
    let node = &picture.nodes[id.0];
    let mut lines = Vec::new();
    lines.extend(legend::role(node.emphasis, picture.lang).map(|r| format!("【{r}】")));
    lines.extend(node.label.iter().flat_map(|t| text::wrap(t, 22, 4)));
    lines.extend(node.count.map(|n| format!("×{n}")));
    let mut tip = vec![legend::shape(node.shape, picture.lang).to_owned()];
    tip.extend(node.label.iter().chain(&node.note).map(|t| text::one_line(t)));
    let mut list = vec![attr("label", &lines), attr("tooltip", &tip)];
    list.extend(style::node(node).into_iter().map(|(k, v)| word(k, &v)));
    stmt_node(&format!("n{}", id.0), list)
}

fn edge_stmt(picture: &Picture, edge: &Edge) -> Stmt {
    // Graphviz ranks by the direction an edge is written in: always down the order of trust.
    let turned = runs_up(picture, edge);
    let (tail, head) = if turned { (edge.to, edge.from) } else { (edge.from, edge.to) };
    let dir = match (edge.arrows, turned) {
        (Arrows::None, _) => "none",
        (Arrows::Both, _) => "both",
        (Arrows::Forward, false) | (Arrows::Backward, true) => "forward",
        (Arrows::Forward, true) | (Arrows::Backward, false) => "back",
    };
    let mut lines = Vec::new();
    let signs = text::step_signs(&edge.steps, edge.mark);
    let marked = legend::mark(edge.mark, picture.lang).unwrap_or_default();
    if !signs.is_empty() || !marked.is_empty() {
        lines.push(format!("{signs} {marked}").trim().to_owned());
    }
    lines.extend(edge.label.iter().flat_map(|t| text::wrap(t, 24, 3)));
    let mut list = vec![word("dir", dir)];
    if !lines.is_empty() {
        let lines: Vec<_> = lines.iter().map(|line| aside(line)).collect();
        list.push(attr("label", &lines));
    }
    list.extend(style::line(edge.line, edge.mark).into_iter().map(|(k, v)| word(k, &v)));
    stmt_edge(&format!("n{}", tail.0), &format!("n{}", head.0), list)
}

/// Keeps zones in their order: an invisible point between every two neighbouring tones.
fn bands(picture: &Picture) -> Vec<Stmt> {
    let mut stmts = Vec::new();
    let hidden = || vec![word("style", "invis"), word("weight", "0")];
    for (at, (above, below)) in hinges(picture).into_iter().enumerate() {
        let hinge = format!("b{at}");
        let point = [("shape", "point"), ("style", "invis"), ("width", "0"), ("label", "")];
        stmts.push(stmt_node(&hinge, point.iter().map(|(k, v)| word(k, v)).collect()));
        for node in above {
            stmts.push(stmt_edge(&format!("n{}", node.0), &hinge, hidden()));
        }
        for node in below {
            stmts.push(stmt_edge(&hinge, &format!("n{}", node.0), hidden()));
        }
    }
    stmts
}

fn stmt_node(id: &str, attributes: Vec<Attribute>) -> Stmt {
    Stmt::Node(DotNode { id: Nid(plain(id), None), attributes })
}

fn stmt_edge(from: &str, to: &str, attributes: Vec<Attribute>) -> Stmt {
    let end = |id: &str| Vertex::N(Nid(plain(id), None));
    Stmt::Edge(DotEdge { ty: EdgeTy::Pair(end(from), end(to)), attributes })
}
