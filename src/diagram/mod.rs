//! Pictures of a network: one description, several renderings.
//!
//! A [`Picture`] says what to draw: zones in order of trust, things, lines and which of
//! them lie on a forbidden path. The renderings are DOT text ([`dot`]), an SVG that needs
//! nothing installed ([`svg`]), SVG, PNG or PDF by an installed Graphviz ([`graphviz`]),
//! and Mermaid text ([`mermaid`]).
//!
//! The renderings do not know the model, the rules or the verdicts: [`build`] has them and
//! makes the [`Picture`]. Everything is readable in black and white: shape, line style and words
//! carry the meaning, colour only helps. Text of a drawing never reaches a rendering
//! unescaped, and equal pictures give equal bytes.
//!
//! ```
//! use sekisho::diagnostic::Lang;
//! use sekisho::diagram::{Cluster, Edge, Line, Node, Picture, Shape, svg};
//!
//! let mut picture = Picture::new(Lang::Ja, "○○市");
//! let office = picture.cluster(Cluster::new("LGWAN接続系", 1));
//! let clerk = picture.node(Node::new(Shape::Terminal, "職員端末").count(800).within(office));
//! let files = picture.node(Node::new(Shape::Store, "共有フォルダ").within(office));
//! picture.edge(Edge::new(clerk, files, Line::Session).label("SMB"));
//! assert!(svg::render(&picture, &svg::Options::default()).starts_with("<svg "));
//! ```

pub mod build;
pub mod dot;
pub mod graphviz;
mod kinds;
mod legend;
pub mod mermaid;
mod order;
mod palette;
mod parts;
mod picture;
pub mod svg;
mod text;

#[cfg(test)]
mod sample;
#[cfg(test)]
mod tests;

pub use kinds::{Arrows, Emphasis, Flow, Line, Mark, Page, Shape};
pub use legend::{LegendEntry, LegendKey};
pub use parts::{Cluster, Edge, Node};
pub use picture::{ClusterId, NodeId, Picture};
