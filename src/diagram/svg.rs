//! A picture as SVG, drawn here: nothing has to be installed.
//!
//! One file without scripts, styles or references. Up to [`LAYERED_MOST`] things stand in
//! layers with lines led round them; above it, in plain bands, one for each zone.

mod bands;
mod compact;
mod curve;
mod key;
mod layout;
mod line;
mod relax;
mod route;
mod shape;
mod strip;
mod thing;
mod xml;
mod zone;

use std::fmt::Write as _;

use super::kinds::{Flow, Mark, Page};
use super::parts::Edge;
use super::picture::{ClusterId, NodeId, Picture};
use super::text;
use bands::Bands;
use layout::{Job, Layered, Layout, Placed, make_room};
pub use strip::{Panel, strip};
use thing::{EdgeText, NodeText};
use xml::{Font, Point, Rect, Writer, num};

/// Up to so many things the layered layout is used, above it plain bands.
pub const LAYERED_MOST: usize = 200;

const FAMILY: &str = "Noto Sans CJK JP, Hiragino Sans, Yu Gothic, Meiryo, sans-serif";
const MARGIN: f64 = 28.0;

/// How to draw.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// The direction in which trust falls.
    pub flow: Flow,
    /// The sheet; the picture is scaled to it.
    pub page: Page,
    /// Whether the legend is drawn.
    pub legend: bool,
    /// Whether name and verdict are drawn above the picture; without them the name is only its title.
    pub heading: bool,
    /// Whether things and lines say which nodes they stand for (`data-node`, `data-thing`, `data-ends`), so that a
    /// page around the picture can point at them.
    pub pointers: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { flow: Flow::Down, page: Page::A3, legend: true, heading: true, pointers: false }
    }
}

/// The SVG text of a picture.
#[must_use]
pub fn render(picture: &Picture, options: &Options) -> String {
    drawn(picture, options).0
}

/// The sheet on which [`render`] draws a picture: [`Page::A3`] turned as it is best.
#[must_use]
pub fn page(picture: &Picture, options: &Options) -> Page {
    drawn(picture, options).1
}

fn drawn(picture: &Picture, options: &Options) -> (String, Page) {
    let ratio = options.page.millimetres().map_or(1.4, |(w, h)| w / h);
    let nodes: Vec<_> = picture.nodes.iter().map(NodeText::new).collect();
    let edges: Vec<_> = picture.edges.iter().map(|e| EdgeText::new(e, picture.lang)).collect();
    let job = job(picture, options.flow, ratio, &nodes, &edges);
    let placed = place(&job);
    let mut w = Writer::default();
    let bounds = body(&mut w, picture, &job, &placed, (&nodes, &edges), options.pointers);
    let on = |page: Page| {
        let (wide, high) = page.millimetres().unwrap_or((1.4, 1.0));
        let options = Options { page, ..*options };
        let (text, units) = sheet(picture, &options, wide / high, bounds, &w.out);
        (text, page, wide / units)
    };
    let (text, page, _) = match options.page {
        Page::A3 => {
            let (lying, standing) = (on(Page::A3Landscape), on(Page::A3Portrait));
            if standing.2 > lying.2 { standing } else { lying }
        }
        page => on(page),
    };
    (text, page)
}

fn job<'a>(picture: &'a Picture, flow: Flow, ratio: f64, nodes: &[NodeText], edges: &[EdgeText]) -> Job<'a> {
    let nodes = nodes.iter().map(|n| n.size).collect();
    Job { picture, flow, ratio, nodes, labels: edges.iter().map(|e| e.size).collect() }
}

fn place(job: &Job<'_>) -> Placed {
    let strip = |id: ClusterId, width: f64| zone::strip_height(job.picture, id, width);
    if job.picture.nodes.len() > LAYERED_MOST {
        return Bands { strip: &strip }.place(job);
    }
    let mut placed = Layered.place(job);
    route::squeeze(job, &mut placed);
    relax::relax(job, &mut placed);
    compact::compact(job, &mut placed);
    relax::relax(job, &mut placed);
    route::squeeze_across(job, &mut placed);
    make_room(&mut placed, &strip);
    route::straighten(job, &mut placed);
    placed
}

/// Draws everything but heading and legend, from the back to the front.
fn body(
    w: &mut Writer,
    picture: &Picture,
    job: &Job<'_>,
    placed: &Placed,
    (nodes, edges): (&[NodeText], &[EdgeText]),
    pointers: bool,
) -> Rect {
    let rects = placed.nodes.iter().zip(&job.nodes);
    let rects: Vec<_> = rects.map(|(at, size)| Rect::around(*at, *size)).collect();
    let ways: Vec<_> =
        (0..picture.edges.len()).map(|at| thing::way(&picture.edges[at], &placed.bends[at], &rects, picture)).collect();
    let ends = |edge: &Edge| match pointers {
        true => format!(" data-ends=\"{} {}\"", edge.from.0, edge.to.0),
        false => String::new(),
    };
    for id in picture.inside(None) {
        zone::draw_box(w, picture, id, placed, 0);
    }
    for (at, (node, rect)) in picture.nodes.iter().zip(&rects).enumerate() {
        if pointers {
            w.open(&format!("class=\"pile\" data-pile=\"{at}\""));
        }
        thing::draw_pile(w, node, *rect);
        if pointers {
            w.close();
        }
    }
    for mark in [Mark::None, Mark::Changed, Mark::Removed, Mark::Added, Mark::Possible, Mark::Forbidden] {
        for (edge, way) in picture.edges.iter().zip(&ways).filter(|(e, _)| e.mark == mark) {
            w.open(&format!("class=\"edge\"{}", ends(edge)));
            w.title(&thing::edge_tip(picture, edge));
            line::draw(w, way, edge.line, edge.arrows, edge.mark);
            w.close();
        }
    }
    for id in picture.inside(None) {
        zone::draw_label(w, picture, id, placed, 0);
    }
    for (at, text) in nodes.iter().enumerate() {
        thing::draw_node(w, picture, NodeId(at), rects[at], text, pointers);
    }
    let mut bounds = placed.clusters.iter().flatten().chain(&rects).copied().reduce(Rect::union);
    let marked = |at: &usize| picture.edges[*at].mark != Mark::None;
    let order = (0..edges.len()).filter(|at| !marked(at)).chain((0..edges.len()).filter(marked));
    for at in order {
        if let Some(middle) = placed.labels[at] {
            let edge = &picture.edges[at];
            if pointers {
                w.open(&format!("class=\"label\"{}", ends(edge)));
            }
            thing::draw_label(w, middle, &edges[at], edge.mark);
            if pointers {
                w.close();
            }
            let rect = Rect::around(middle, edges[at].size);
            bounds = bounds.map(|b| b.union(rect));
        }
    }
    for p in ways.iter().flatten() {
        bounds = bounds.map(|b| b.union(Rect::new(p.x - 4.0, p.y - 4.0, 8.0, 8.0)));
    }
    bounds.unwrap_or_default()
}

/// Puts the body on a sheet with heading and legend, and closes the file. Also says how wide the sheet is in the
/// units of the body.
fn sheet(picture: &Picture, options: &Options, ratio: f64, body: Rect, drawn: &str) -> (String, f64) {
    // On a large sheet heading and legend grow, since it is printed smaller.
    let k = (body.w.max(body.h * ratio) / 2800.0).clamp(1.0, 4.0);
    let (mut title, mut subs) = (Vec::new(), Vec::new());
    if options.heading {
        title = text::wrap(&picture.title, 90, 2);
        subs = picture.subtitle.iter().flat_map(|s| text::wrap(s, 130, 3)).collect();
    }
    let gap = if options.heading { 14.0 } else { 0.0 };
    let head = k * (46.0 * title.len() as f64 + 28.0 * subs.len() as f64 + gap);
    let wide = title.iter().map(|t| text::width(t, 34.0 * k, true));
    let wide = wide.chain(subs.iter().map(|s| text::width(s, 20.0 * k, false)));
    let inner = wide.fold(body.w, f64::max);
    let room = (inner / k, (head + body.h) / k);
    let key = options.legend.then(|| key::Key::best(picture, room, ratio)).flatten();
    let scaled = |(w, h): (f64, f64)| (w * k, h * k);
    let (kw, kh) = scaled(key.as_ref().map_or((0.0, 0.0), key::Key::size));
    let (more_w, more_h) = scaled(key.as_ref().map_or((0.0, 0.0), key::Key::takes));
    let width = inner.max(kw) + more_w + 2.0 * MARGIN;
    let height = (head + body.h + more_h).max(kh) + 2.0 * MARGIN;
    let (page_w, page_h) = match options.page {
        Page::Fit => (width, height),
        _ => (width.max(height * ratio), height.max(width / ratio)),
    };
    let mut w = Writer::default();
    let unit = options
        .page
        .millimetres()
        .map_or_else(|| (num(page_w), num(page_h)), |(w, h)| (format!("{}mm", num(w)), format!("{}mm", num(h))));
    let (vw, vh) = (num(page_w), num(page_h));
    let _ = writeln!(
        w.out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{}\" height=\"{}\" \
         viewBox=\"0 0 {vw} {vh}\" role=\"img\" font-family=\"{FAMILY}\">",
        unit.0, unit.1
    );
    w.title(&picture.title);
    w.rect(Rect::new(0.0, 0.0, page_w, page_h), 0.0, "fill=\"#ffffff\"");
    let mut at = Point::new(MARGIN, MARGIN + 32.0 * k);
    for line in &title {
        w.text(at, line, Font::new(34.0 * k, "start").bold());
        at.y += 46.0 * k;
    }
    at.y -= 10.0 * k;
    for line in &subs {
        w.text(at, line, Font::new(20.0 * k, "start").color("#222222"));
        at.y += 28.0 * k;
    }
    let (spare_x, spare_y) = (page_w - width, page_h - height);
    let x = MARGIN + spare_x / 2.0 + (inner - body.w) / 2.0 - body.x;
    let y = MARGIN + head + spare_y / 2.0 - body.y;
    w.open(&format!("transform=\"translate({} {})\"", num(x), num(y)));
    w.out.push_str(drawn);
    w.close();
    if let Some(key) = key {
        let (x, y) = (page_w - MARGIN - kw, page_h - MARGIN - kh);
        let scale = num((k * 10.0).floor() / 10.0);
        w.open(&format!("transform=\"translate({} {}) scale({scale})\"", num(x), num(y)));
        key.draw(&mut w);
        w.close();
    }
    w.out.push_str("</svg>\n");
    (w.out, page_w)
}

/// What stands on something else: for tests.
#[cfg(test)]
pub(super) fn clashes(picture: &Picture, options: &Options) -> Vec<String> {
    let nodes: Vec<_> = picture.nodes.iter().map(NodeText::new).collect();
    let edges: Vec<_> = picture.edges.iter().map(|e| EdgeText::new(e, picture.lang)).collect();
    let job = job(picture, options.flow, 1.4, &nodes, &edges);
    let placed = place(&job);
    let mut boxes = Vec::new();
    for (at, size) in placed.nodes.iter().zip(&job.nodes) {
        boxes.push((format!("node {}", boxes.len()), Rect::around(*at, *size)));
    }
    for (edge, at) in placed.labels.iter().enumerate() {
        boxes.extend(at.map(|at| (format!("label {edge}"), Rect::around(at, job.labels[edge]))));
    }
    let mut found = Vec::new();
    for (at, (a, one)) in boxes.iter().enumerate() {
        for (b, other) in boxes[at + 1..].iter().filter(|(_, other)| one.meets(*other)) {
            let _ = other;
            found.push(format!("{a} meets {b}"));
        }
    }
    for (at, node) in picture.nodes.iter().enumerate() {
        let zone = node.cluster.and_then(|c| placed.clusters[c.0]);
        let out = zone.map_or(0.0, |zone| zone.union(boxes[at].1).w + zone.union(boxes[at].1).h - zone.w - zone.h);
        if out > 0.1 {
            found.push(format!("node {at} leaves its zone"));
        }
    }
    found
}
