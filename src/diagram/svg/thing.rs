//! Things and what is written on lines: measured before the layout, drawn after it.

use std::fmt::Write as _;

use super::curve::leave;
use super::shape::{Outline, outline, size};
use super::xml::{Font, Point, Rect, Writer, escape, num};
use crate::diagnostic::Lang;
use crate::diagram::kinds::{Arrows, Emphasis, Mark, Shape};
use crate::diagram::legend;
use crate::diagram::palette::{ALARM, DOUBT, GONE, INK, NEW, OTHER};
use crate::diagram::parts::{Edge, Node};
use crate::diagram::picture::{NodeId, Picture};
use crate::diagram::text;

const NAME: f64 = 18.0;
const SMALL: f64 = 15.0;
const BADGE: f64 = 14.0;
const LINE: f64 = 1.3;

/// The lines of a thing and the size of its outline.
pub(super) struct NodeText {
    lines: Vec<(String, bool)>,
    height: f64,
    pub(super) size: (f64, f64),
}

impl NodeText {
    pub(super) fn new(node: &Node) -> Self {
        let mut lines = Vec::new();
        for (at, label) in node.label.iter().enumerate() {
            let limit = if at == 0 { 20 } else { 24 };
            lines.extend(text::wrap(label, limit, 4).into_iter().map(|line| (line, at == 0)));
        }
        let tall = |name: bool| LINE * if name { NAME } else { SMALL };
        let height = lines.iter().map(|(_, name)| tall(*name)).sum();
        let width = lines
            .iter()
            .map(|(line, name)| if *name { text::width(line, NAME, true) } else { text::width(line, SMALL, false) });
        let badge = node.count.map_or(0.0, |n| text::width(&badge(n), BADGE, true) - 8.0);
        let size = size(node.shape, width.fold(badge, f64::max), height);
        Self { lines, height, size }
    }
}

fn badge(count: u64) -> String {
    format!("×{count}")
}

/// What is written on a line, and how much room it takes.
pub(super) struct EdgeText {
    steps: Vec<String>,
    lines: Vec<(String, bool)>,
    pub(super) size: (f64, f64),
}

impl EdgeText {
    pub(super) fn new(edge: &Edge, lang: Lang) -> Self {
        let steps: Vec<_> = match edge.mark {
            Mark::None => Vec::new(),
            _ => edge.steps.iter().map(u32::to_string).collect(),
        };
        let mut lines: Vec<_> = legend::mark(edge.mark, lang).map(|m| (m.to_owned(), true)).into_iter().collect();
        let label = edge.label.iter().flat_map(|l| text::wrap(l, 22, 3));
        lines.extend(label.map(|line| (line, false)));
        lines.retain(|(line, _)| !line.is_empty());
        let wide = lines.iter().map(|(line, bold)| text::width(line, SMALL, *bold));
        let wide = wide.fold(0.0, f64::max);
        let size = match (lines.is_empty(), steps.is_empty()) {
            (true, true) => (0.0, 0.0),
            (_, none) => {
                let steps = if none { 0.0 } else { steps.len() as f64 * 29.0 };
                let tall = (lines.len() as f64 * SMALL * LINE).max(if none { 0.0 } else { 29.0 });
                (wide + steps + 14.0, tall + 5.0)
            }
        };
        Self { steps, lines, size }
    }
}

/// The polygon on which lines to a thing end.
pub(super) fn border(shape: Shape, rect: Rect) -> Vec<Point> {
    outline(shape, rect).border
}

/// A line: as it was laid, or straight from outline to outline, or a loop.
pub(super) fn way(edge: &Edge, bends: &[Point], rects: &[Rect], picture: &Picture) -> Vec<Point> {
    let (a, b) = (rects[edge.from.0], rects[edge.to.0]);
    if edge.from == edge.to {
        let (x, y) = (a.right(), a.centre().y);
        let point = |dx: f64, dy: f64| Point::new(x + dx, y + dy);
        return vec![point(0.0, -6.0), point(20.0, -12.0), point(20.0, 12.0), point(0.0, 6.0)];
    }
    if bends.len() > 1 {
        return bends.to_vec();
    }
    let end = |node: NodeId, rect: Rect, other: Rect| {
        leave(&border(picture.nodes[node.0].shape, rect), rect.centre(), other.centre())
    };
    vec![end(edge.from, a, b), end(edge.to, b, a)]
}

pub(super) fn draw_node(w: &mut Writer, picture: &Picture, id: NodeId, rect: Rect, text: &NodeText, pointers: bool) {
    let node = &picture.nodes[id.0];
    let shape = outline(node.shape, rect);
    let mut group = "class=\"node\"".to_owned();
    if pointers {
        // A tab parts the names: no name has one after it was brought to one line.
        let names: Vec<String> = node.names.iter().map(|n| escape(n)).collect();
        let _ = write!(group, " data-thing=\"{}\" data-node=\"{}\"", id.0, names.join("&#9;"));
    }
    w.open(&group);
    let mut tip = vec![legend::shape(node.shape, picture.lang).to_owned()];
    tip.extend(node.label.iter().chain(&node.note).cloned());
    tip.extend(node.count.map(|n| format!("×{n}")));
    w.title(&tip.join(" / "));
    draw_outline(w, &shape, node.emphasis);
    let mut y = shape.text.y - text.height / 2.0;
    for (line, name) in &text.lines {
        let size = if *name { NAME } else { SMALL };
        let font = Font::new(size, "middle").color(if *name { "#000000" } else { "#222222" });
        y += size * LINE;
        let at = Point::new(shape.text.x, y - size * 0.32);
        w.text(at, line, if *name { font.bold() } else { font });
    }
    if let Some(count) = node.count {
        // In the lower right corner: the middle of an edge belongs to the arrowheads.
        let corner = Point::new(rect.right(), rect.bottom());
        let on = leave(&shape.border, rect.centre(), corner);
        let text = badge(count);
        let wide = text::width(&text, BADGE, true) + 14.0;
        draw_badge(w, Point::new(on.x + 10.0 - wide / 2.0, on.y), &text);
    }
    if let Some(role) = legend::role(node.emphasis, picture.lang) {
        let wide = text::width(role, 16.0, true) + 16.0;
        let flag = Rect::new(rect.x - 12.0, rect.y - 15.0, wide, 25.0);
        w.rect(flag, 3.0, "fill=\"#000000\" stroke=\"#ffffff\" stroke-width=\"1.5\"");
        let at = Point::new(flag.centre().x, rect.y + 3.2);
        w.text(at, role, Font::new(16.0, "middle").bold().color("#ffffff"));
    }
    w.close();
}

/// Several alike look like a pile; this is what lies under the first, and under the lines.
pub(super) fn draw_pile(w: &mut Writer, node: &Node, rect: Rect) {
    if node.count.is_some_and(|count| count > 1) {
        let path = outline(node.shape, rect).path;
        for shift in ["7 -7", "3.5 -3.5"] {
            let look = "fill=\"#ffffff\" stroke=\"#333333\" stroke-width=\"1\"";
            w.path(&path, &format!("{look} transform=\"translate({shift})\""));
        }
    }
}

/// The outline of a thing.
pub(super) fn draw_outline(w: &mut Writer, shape: &Outline, emphasis: Emphasis) {
    let (color, width) = match emphasis {
        Emphasis::None => (INK, 1.3 * shape.weight),
        Emphasis::OnPath => (ALARM, 3.6),
        Emphasis::Source | Emphasis::Target => (ALARM, 4.6),
        Emphasis::Added => (NEW, 4.0),
        Emphasis::Removed => (GONE, 2.8),
        Emphasis::Changed => (OTHER, 3.4),
    };
    let dash = match emphasis {
        Emphasis::Removed => " stroke-dasharray=\"10 8\"",
        Emphasis::Changed => " stroke-dasharray=\"18 6 4 6\"",
        _ if shape.dashed => " stroke-dasharray=\"6 4\"",
        _ => "",
    };
    let pen = format!("stroke=\"{color}\" stroke-width=\"{}\"{dash}", num(width));
    w.path(&shape.path, &format!("fill=\"#ffffff\" {pen} stroke-linejoin=\"round\""));
    if !shape.inner.is_empty() {
        let thin = num(width.min(1.6));
        let look = format!("fill=\"none\" stroke=\"{color}\" stroke-width=\"{thin}\"");
        w.path(&shape.inner, &look);
    }
}

/// How many alike, on the lower edge.
pub(super) fn draw_badge(w: &mut Writer, middle: Point, text: &str) {
    let size = (text::width(text, BADGE, true) + 14.0, 20.0);
    let look = "fill=\"#ffffff\" stroke=\"#333333\" stroke-width=\"1.2\"";
    w.rect(Rect::around(middle, size), 10.0, look);
    let at = Point::new(middle.x, middle.y + 5.0);
    w.text(at, text, Font::new(BADGE, "middle").bold());
}

/// The number of a step: white on black for a forbidden path, black on white else.
pub(super) fn draw_step(w: &mut Writer, middle: Point, number: &str, mark: Mark) {
    let (fill, ink) = match mark {
        Mark::Forbidden => ("#000000", "#ffffff"),
        _ => ("#ffffff", "#000000"),
    };
    let (x, y) = (num(middle.x), num(middle.y));
    let look = format!("cx=\"{x}\" cy=\"{y}\" r=\"13\" fill=\"{fill}\" stroke=\"#000000\"");
    w.element("circle", &format!("{look} stroke-width=\"1.6\""));
    let size = if number.len() > 2 { 11.0 } else { 17.0 };
    let at = Point::new(middle.x, middle.y + size * 0.35);
    w.text(at, number, Font::new(size, "middle").bold().color(ink));
}

pub(super) fn draw_label(w: &mut Writer, middle: Point, text: &EdgeText, mark: Mark) {
    let rect = Rect::around(middle, text.size);
    let look = match mark {
        Mark::None => "fill=\"#ffffff\" fill-opacity=\"0.88\"".to_owned(),
        Mark::Possible => format!("fill=\"#ffffff\" stroke=\"{DOUBT}\" stroke-width=\"1.4\""),
        Mark::Forbidden => format!("fill=\"#ffffff\" stroke=\"{ALARM}\" stroke-width=\"2.2\""),
        Mark::Added | Mark::Removed | Mark::Changed => {
            format!("fill=\"#ffffff\" stroke=\"{}\" stroke-width=\"1.2\"", change_colour(mark))
        }
    };
    w.rect(rect, 4.0, &look);
    for (at, step) in text.steps.iter().enumerate() {
        let x = rect.x + 19.0 + at as f64 * 29.0;
        draw_step(w, Point::new(x, middle.y), step, mark);
    }
    let left = rect.x + text.steps.len() as f64 * 29.0 + if text.steps.is_empty() { 0.0 } else { 5.0 };
    let centre = (left + rect.right()) / 2.0;
    let top = middle.y - text.lines.len() as f64 * SMALL * LINE / 2.0;
    for (at, (line, bold)) in text.lines.iter().enumerate() {
        let y = top + (at as f64 + 1.0) * SMALL * LINE - SMALL * 0.24;
        let font = Font::new(SMALL, "middle");
        w.text(Point::new(centre, y), line, if *bold { font.bold().color(change_colour(mark)) } else { font });
    }
}

/// The colour of the words on a marked line.
fn change_colour(mark: Mark) -> &'static str {
    match mark {
        Mark::Added => NEW,
        Mark::Removed => GONE,
        Mark::Changed => OTHER,
        Mark::None | Mark::Possible | Mark::Forbidden => ALARM,
    }
}

/// What is shown when the pointer rests on a line.
pub(super) fn edge_tip(picture: &Picture, edge: &Edge) -> String {
    let name = |id: NodeId| picture.nodes[id.0].label.first().map_or_else(String::new, |name| text::one_line(name));
    let way = match edge.arrows {
        Arrows::None => "―",
        Arrows::Forward => "→",
        Arrows::Backward => "←",
        Arrows::Both => "↔",
    };
    let mut tip = format!("{} {way} {}", name(edge.from), name(edge.to));
    for line in &edge.label {
        tip.push_str(" / ");
        tip.push_str(line);
    }
    tip
}
