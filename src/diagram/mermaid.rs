//! A picture as Mermaid flowchart text, for places that render Mermaid themselves.
//!
//! It is the plainest rendering: no counts drawn as badges, no legend, fewer line styles.

use std::fmt::Write as _;

use super::kinds::{Arrows, Emphasis, Line, Mark, Shape};
use super::legend;
use super::picture::{ClusterId, NodeId, Picture};
use super::text;

/// The Mermaid text of a picture.
#[must_use]
pub fn render(picture: &Picture) -> String {
    let mut out = String::from("flowchart TB\n");
    let roots = picture.inside(None);
    picture.members(None).for_each(|node| write_node(picture, node, 1, &mut out));
    roots.into_iter().for_each(|cluster| write_cluster(picture, cluster, 1, &mut out));
    let mut marked = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for (at, edge) in picture.edges.iter().enumerate() {
        let [none, one, both] = match edge.line {
            Line::Cable | Line::Session | Line::Control => ["---", "-->", "<-->"],
            Line::RawFile => ["===", "==>", "<==>"],
            _ => ["-.-", "-.->", "<-.->"],
        };
        let bond = match edge.arrows {
            Arrows::None => none,
            Arrows::Both => both,
            Arrows::Forward | Arrows::Backward => one,
        };
        let (from, to) = match edge.arrows {
            Arrows::Backward => (edge.to, edge.from),
            _ => (edge.from, edge.to),
        };
        let mut words = vec![text::step_signs(&edge.steps, edge.mark)];
        words.extend(legend::mark(edge.mark, picture.lang).map(str::to_owned));
        words.extend(edge.label.iter().cloned());
        words.retain(|w| !w.is_empty());
        let label = match words.is_empty() {
            true => String::new(),
            false => format!("|{}|", quote(&words)),
        };
        let _ = writeln!(out, "  n{} {bond}{label} n{}", from.0, to.0);
        match edge.mark {
            Mark::None => {}
            Mark::Possible => marked.0.push(at.to_string()),
            Mark::Forbidden => marked.1.push(at.to_string()),
            Mark::Added | Mark::Changed => marked.2.push(at.to_string()),
            Mark::Removed => marked.3.push(at.to_string()),
        }
    }
    for (list, style) in [
        (marked.0, "stroke:#8a5a00,stroke-width:3px"),
        (marked.1, "stroke:#b00000,stroke-width:6px"),
        (marked.2, "stroke:#00695c,stroke-width:4px"),
        (marked.3, "stroke:#7b1fa2,stroke-width:3px,stroke-dasharray:8 6"),
    ] {
        if !list.is_empty() {
            let _ = writeln!(out, "  linkStyle {} {style}", list.join(","));
        }
    }
    out
}

fn write_cluster(picture: &Picture, id: ClusterId, depth: usize, out: &mut String) {
    if !picture.occupied(id) {
        return;
    }
    let (pad, cluster) = ("  ".repeat(depth), &picture.clusters[id.0]);
    let label: Vec<_> = std::iter::once(&cluster.label).chain(&cluster.sub_label).collect();
    let _ = writeln!(out, "{pad}subgraph c{}[{}]", id.0, quote(&label));
    picture.members(Some(id)).for_each(|node| write_node(picture, node, depth + 1, out));
    for inner in picture.inside(Some(id)) {
        write_cluster(picture, inner, depth + 1, out);
    }
    let _ = writeln!(out, "{pad}end");
}

fn write_node(picture: &Picture, id: NodeId, depth: usize, out: &mut String) {
    let node = &picture.nodes[id.0];
    let (open, close) = match node.shape {
        Shape::Store => ("[(", ")]"),
        Shape::Cloud | Shape::Internet => ("((", "))"),
        Shape::Terminal | Shape::Desktop | Shape::Person => ("(", ")"),
        Shape::Sanitiser | Shape::Firewall => ("{{", "}}"),
        Shape::Network => ("([", "])"),
        Shape::ScreenGateway => ("[/", "/]"),
        Shape::Proxy | Shape::Relay => ("[/", "\\]"),
        Shape::Transfer | Shape::Diode => (">", "]"),
        _ => ("[", "]"),
    };
    let role = legend::role(node.emphasis, picture.lang).map(str::to_owned);
    let count = node.count.map(|n| format!("×{n}"));
    let words: Vec<_> = role.into_iter().chain(node.label.iter().cloned()).chain(count).collect();
    let pad = "  ".repeat(depth);
    let _ = writeln!(out, "{pad}n{}{open}{}{close}", id.0, quote(&words));
    if node.emphasis != Emphasis::None {
        let _ = writeln!(out, "{pad}style n{} stroke:#b00000,stroke-width:4px", id.0);
    }
}

/// Quoted text in which nothing is Mermaid, Markdown or HTML any more.
fn quote<T: AsRef<str>>(words: &[T]) -> String {
    let mut out = String::from("\"");
    for (at, line) in words.iter().flat_map(|w| text::lines(w.as_ref())).enumerate() {
        out.push_str(if at > 0 { "<br/>" } else { "" });
        for c in line.chars() {
            match c {
                '"' | '#' | '&' | '<' | '>' | '`' | '*' | '_' | '\\' | '%' | ';' | '$' | '~' => {
                    let _ = write!(out, "#{};", c as u32);
                }
                c => out.push(c),
            }
        }
    }
    out.push('"');
    out
}
