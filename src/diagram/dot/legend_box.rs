//! The legend as a cluster of samples beside the picture: real shapes, real lines.

use graphviz_rust::dot_structures::{Stmt, Subgraph};

use super::quote::{aside, attr, plain, word};
use super::{stmt_edge, stmt_node, style};
use crate::diagram::kinds::{Emphasis, Line, Mark, Shape};
use crate::diagram::legend::{self, LegendKey};
use crate::diagram::palette::INK;
use crate::diagram::parts::Node;
use crate::diagram::picture::Picture;

/// Samples in one row.
const ROW: usize = 3;

/// The statements of the legend.
pub(super) fn stmts(picture: &Picture) -> Vec<Stmt> {
    let entries = picture.legend();
    if entries.is_empty() {
        return Vec::new();
    }
    let mut inner = vec![
        Stmt::Attribute(attr("label", &[legend::heading(picture.lang)])),
        Stmt::Attribute(word("style", "rounded")),
        Stmt::Attribute(word("labeljust", "l")),
        Stmt::Attribute(word("fontsize", "14")),
        Stmt::Attribute(word("color", INK)),
    ];
    // Every row is a list of (upper, lower) node names; the rows hang under one another.
    let mut rows: Vec<Vec<(String, String)>> = vec![Vec::new()];
    let (lines, shapes): (Vec<_>, Vec<_>) = entries.into_iter().enumerate().partition(|(_, e)| {
        matches!(e.key, LegendKey::Line(_) | LegendKey::Forbidden | LegendKey::Possible | LegendKey::ChangedLine(_))
    });
    for (part, group) in [lines, shapes].into_iter().enumerate() {
        for (place, (at, entry)) in group.into_iter().enumerate() {
            if place % ROW == 0 && (place > 0 || part > 0) {
                rows.push(Vec::new());
            }
            let (upper, lower) = (format!("l{at}"), format!("m{at}"));
            let line = match entry.key {
                LegendKey::Line(line) => Some((line, Mark::None)),
                LegendKey::Forbidden => Some((Line::RawFile, Mark::Forbidden)),
                LegendKey::Possible => Some((Line::Session, Mark::Possible)),
                LegendKey::ChangedLine(mark) => Some((Line::Session, mark)),
                _ => None,
            };
            let pair = if let Some((line, mark)) = line {
                let dot = || ["shape", "width", "label"].iter().zip(["point", "0.04", ""]);
                inner.push(stmt_node(&upper, dot().map(|(k, v)| word(k, v)).collect()));
                inner.push(stmt_node(&lower, dot().map(|(k, v)| word(k, v)).collect()));
                let dir = if line == Line::Cable { "none" } else { "forward" };
                let mut list = vec![word("dir", dir), attr("label", &[aside(entry.text)])];
                list.extend(style::line(line, mark).into_iter().map(|(k, v)| word(k, &v)));
                inner.push(stmt_edge(&upper, &lower, list));
                (upper, lower)
            } else {
                let (shape, emphasis, text) = match entry.key {
                    LegendKey::Shape(shape) => (shape, Emphasis::None, entry.text.to_owned()),
                    LegendKey::ChangedThing(emphasis) => (Shape::Other, emphasis, entry.text.to_owned()),
                    LegendKey::OnPath => (Shape::Other, Emphasis::OnPath, entry.text.to_owned()),
                    _ => (Shape::Other, Emphasis::None, format!("×n {}", entry.text)),
                };
                let mut list = vec![attr("label", &[text]), word("fontsize", "11")];
                let mut sample = Node::new(shape, "");
                sample.emphasis = emphasis;
                list.extend(style::node(&sample).into_iter().map(|(k, v)| word(k, &v)));
                if matches!(entry.key, LegendKey::Count) {
                    list.retain(|a| a.0 != plain("shape"));
                    list.push(word("shape", "plaintext"));
                }
                inner.push(stmt_node(&upper, list));
                (upper.clone(), upper)
            };
            if let Some(row) = rows.last_mut() {
                row.push(pair);
            }
        }
    }
    rows.retain(|row| !row.is_empty());
    let hidden = || vec![word("style", "invis"), word("weight", "0")];
    for pair in rows.windows(2) {
        // All below the first orders the rows.
        for (upper, _) in &pair[1] {
            inner.push(stmt_edge(&pair[0][0].0, upper, hidden()));
        }
    }
    for row in &rows {
        // On one line, from left to right in the order of the entries.
        let mut stmts = vec![Stmt::Attribute(word("rank", "same"))];
        stmts.extend(row.windows(2).map(|two| stmt_edge(&two[0].1, &two[1].0, hidden())));
        let ends = row.iter().flat_map(|(upper, lower)| [upper, lower]);
        stmts.extend(ends.map(|end| stmt_node(end, Vec::new())));
        inner.push(Stmt::Subgraph(Subgraph { id: plain(""), stmts }));
    }
    vec![Stmt::Subgraph(Subgraph { id: plain("cluster_legend"), stmts: inner })]
}
