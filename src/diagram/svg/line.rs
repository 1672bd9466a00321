//! Lines: paths with soft corners, dash patterns, arrowheads and marks of a path.
//!
//! Arrowheads are drawn as paths of their own, not as markers: markers have ids, which
//! collide when several pictures stand in one page.

use std::fmt::Write as _;

use super::xml::{Point, Writer, num, path_of};
use crate::diagram::kinds::{Arrows, Line, Mark};
use crate::diagram::palette::{ALARM, DOUBT, GONE, INK, NEW, OTHER};

/// How a line looks.
#[derive(Clone, Copy)]
struct Pen {
    width: f64,
    dash: &'static str,
    head: Head,
    double: bool,
}

#[derive(Clone, Copy)]
enum Head {
    Full,
    Empty,
    Open,
    Ring,
    Diamond,
    Square,
}

fn pen(line: Line) -> Pen {
    let (width, dash, head) = match line {
        Line::Cable => (1.1, "", Head::Full),
        Line::Session => (1.5, "", Head::Full),
        Line::Screen => (2.4, "0.1 5.5", Head::Open),
        Line::Sanitised => (1.7, "8 5", Head::Empty),
        Line::RawFile => (3.2, "", Head::Full),
        Line::Text => (1.5, "11 4 1.5 4", Head::Ring),
        Line::Control => (4.2, "", Head::Diamond),
        Line::Media => (1.7, "15 5", Head::Square),
    };
    Pen { width, dash, head, double: line == Line::Control }
}

/// Draws a line along `points`, which end on the outlines of its two things.
pub(super) fn draw(w: &mut Writer, points: &[Point], line: Line, arrows: Arrows, mark: Mark) {
    let pen = pen(line);
    let (color, width) = match mark {
        Mark::None => (INK, pen.width),
        Mark::Possible => (DOUBT, pen.width.max(2.6)),
        Mark::Forbidden => (ALARM, 5.0),
        Mark::Added => (NEW, 4.0),
        Mark::Removed => (GONE, 2.8),
        Mark::Changed => (OTHER, 3.2),
    };
    let scale = match mark {
        Mark::None => 1.0 + (pen.width - 1.5).max(0.0) * 0.12,
        Mark::Possible | Mark::Added | Mark::Removed | Mark::Changed => 1.35,
        Mark::Forbidden => 1.6,
    };
    let mut body = points.to_vec();
    let mut heads = Vec::new();
    if matches!(arrows, Arrows::Forward | Arrows::Both) {
        heads.extend(head(&mut body, pen.head, scale));
    }
    body.reverse();
    if matches!(arrows, Arrows::Backward | Arrows::Both) {
        heads.extend(head(&mut body, pen.head, scale));
    }
    body.reverse();
    let d = soft(&body);
    // Behind the line: light enough to be seen on the dark strip of a zone, wide on a path.
    let (tint, width_behind) = match mark {
        Mark::None => ("#ffffff", pen.width + 2.6),
        Mark::Possible => ("#e6cf9a", 9.0),
        Mark::Forbidden => ("#f2a79d", 15.0),
        Mark::Added | Mark::Removed | Mark::Changed => ("#ffffff", width + 2.6),
    };
    w.path(
        &soft(points),
        &format!(
            "fill=\"none\" stroke=\"{tint}\" stroke-width=\"{}\" stroke-linejoin=\"round\"{}",
            num(width_behind),
            if mark == Mark::None { " stroke-opacity=\"0.7\"" } else { " stroke-linecap=\"round\"" },
        ),
    );
    let mut stroke =
        format!("fill=\"none\" stroke=\"{color}\" stroke-width=\"{}\" stroke-linejoin=\"round\"", num(width));
    // What became of a line is told by its pattern, too.
    let pattern = match mark {
        Mark::Added => "",
        Mark::Removed => "10 8",
        Mark::Changed => "18 6 4 6",
        Mark::None | Mark::Possible | Mark::Forbidden => pen.dash,
    };
    let dash: Vec<f64> = pattern.split(' ').filter_map(|d| d.parse().ok()).collect();
    if !dash.is_empty() {
        let longer = if mark == Mark::Forbidden { 1.9 } else { 1.0 };
        let dash: Vec<_> = dash.iter().map(|d| num((d * longer).max(0.1))).collect();
        let _ = write!(stroke, " stroke-dasharray=\"{}\"", dash.join(" "));
    }
    if line == Line::Screen {
        stroke.push_str(" stroke-linecap=\"round\"");
    }
    w.path(&d, &stroke);
    if pen.double {
        let inside = num(if mark == Mark::Forbidden { 1.6 } else { width - 2.2 });
        w.path(&d, &format!("fill=\"none\" stroke=\"#ffffff\" stroke-width=\"{inside}\""));
    }
    for (d, filled) in heads {
        let fill = match filled {
            Some(true) => color,
            Some(false) => "#ffffff",
            None => "none",
        };
        let width = if mark == Mark::Forbidden { 3.0 } else { 1.5 };
        w.path(&d, &format!("fill=\"{fill}\" stroke=\"{color}\" stroke-width=\"{}\"", num(width)));
    }
}

/// The head at the last point; the body is shortened so that it ends inside the head.
fn head(body: &mut [Point], kind: Head, scale: f64) -> Option<(String, Option<bool>)> {
    let (&tip, &before) = (body.last()?, body.get(body.len().checked_sub(2)?)?);
    let long = tip.distance(before);
    if long < 1e-6 {
        return None;
    }
    let (ux, uy) = ((tip.x - before.x) / long, (tip.y - before.y) / long);
    let at = |back: f64, side: f64| {
        let (back, side) = (back * scale, side * scale);
        Point::new(tip.x - ux * back - uy * side, tip.y - uy * back + ux * side)
    };
    let (d, filled, depth) = match kind {
        Head::Full => (path_of(&[at(0.0, 0.0), at(10.0, 4.2), at(10.0, -4.2)], true), Some(true), 8.0),
        Head::Empty => (path_of(&[at(0.0, 0.0), at(11.0, 5.0), at(11.0, -5.0)], true), Some(false), 11.0),
        Head::Open => (path_of(&[at(9.0, 5.5), at(0.0, 0.0), at(9.0, -5.5)], false), None, 1.0),
        Head::Ring => {
            let (c, r) = (at(4.5, 0.0), num(4.5 * scale));
            let (l, x, y) = (num(c.x - 4.5 * scale), num(c.x + 4.5 * scale), num(c.y));
            (format!("M{l} {y} A{r} {r} 0 1 1 {x} {y} A{r} {r} 0 1 1 {l} {y} Z"), Some(false), 9.0)
        }
        Head::Diamond => {
            let points = [at(0.0, 0.0), at(7.0, 4.5), at(14.0, 0.0), at(7.0, -4.5)];
            (path_of(&points, true), Some(true), 12.0)
        }
        Head::Square => {
            let points = [at(0.0, 4.5), at(9.0, 4.5), at(9.0, -4.5), at(0.0, -4.5)];
            (path_of(&points, true), Some(false), 9.0)
        }
    };
    let depth = (depth * scale).min(long * 0.9);
    if let Some(last) = body.last_mut() {
        *last = Point::new(tip.x - ux * depth, tip.y - uy * depth);
    }
    Some((d, filled))
}

/// A path through `points` whose corners are rounded.
fn soft(points: &[Point]) -> String {
    let [first, .., last] = points else {
        return path_of(points, false);
    };
    let mut d = format!("M{} {}", num(first.x), num(first.y));
    for three in points.windows(3) {
        let [a, b, c] = three else { continue };
        let (p, q) = (a.distance(*b), b.distance(*c));
        if p < 1e-6 || q < 1e-6 {
            continue;
        }
        let reach = 46.0_f64.min(p / 2.0).min(q / 2.0);
        let (from, to) = (b.towards(*a, reach / p), b.towards(*c, reach / q));
        let (fx, fy, bx, by) = (num(from.x), num(from.y), num(b.x), num(b.y));
        let _ = write!(d, " L{fx} {fy} Q{bx} {by} {} {}", num(to.x), num(to.y));
    }
    let _ = write!(d, " L{} {}", num(last.x), num(last.y));
    d
}
