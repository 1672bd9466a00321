//! Curves the outlines are made of, and where a straight line meets one. No shape is decided here.

use std::f64::consts::TAU;
use std::fmt::Write as _;

use super::xml::{Point, Rect, num, path_of};

pub(super) fn edge(from: Point, to: Point) -> String {
    path_of(&[from, to], false)
}

pub(super) fn rounded(r: Rect, round: f64) -> String {
    let k = round.min(r.h / 2.0).min(r.w / 2.0);
    let (l, t, x, b) = (r.x, r.y, r.right(), r.bottom());
    let arc = |x: f64, y: f64| format!("A{} {} 0 0 1 {} {}", num(k), num(k), num(x), num(y));
    format!(
        "M{} {} L{} {} {} L{} {} {} L{} {} {} L{} {} {} Z",
        num(l + k),
        num(t),
        num(x - k),
        num(t),
        arc(x, t + k),
        num(x),
        num(b - k),
        arc(x - k, b),
        num(l + k),
        num(b),
        arc(l, b - k),
        num(l),
        num(t + k),
        arc(l + k, t)
    )
}

pub(super) fn on_ellipse(r: Rect, share: f64) -> Point {
    let (sin, cos) = (share * TAU).sin_cos();
    let c = r.centre();
    Point::new(c.x + r.w / 2.0 * cos, c.y + r.h / 2.0 * sin)
}

pub(super) fn ellipse(r: Rect) -> Vec<Point> {
    (0..32).map(|k| on_ellipse(r, f64::from(k) / 32.0)).collect()
}

pub(super) fn smooth_ellipse(r: Rect) -> String {
    let (a, b) = (on_ellipse(r, 0.5), on_ellipse(r, 0.0));
    let arc = format!("A{} {} 0 1 1", num(r.w / 2.0), num(r.h / 2.0));
    let (ax, ay, bx, by) = (num(a.x), num(a.y), num(b.x), num(b.y));
    format!("M{ax} {ay} {arc} {bx} {by} {arc} {ax} {ay} Z")
}

/// Bumps along an ellipse a little smaller than `r`.
pub(super) fn cloud(r: Rect) -> String {
    let core = Rect::new(r.x + 5.0, r.y + 4.0, r.w - 10.0, r.h - 8.0);
    let bumps = 11;
    let point = |k: u32| on_ellipse(core, (f64::from(k % bumps) + 0.5) / f64::from(bumps));
    let mut path = format!("M{} {}", num(point(0).x), num(point(0).y));
    for k in 1..=bumps {
        let (from, to) = (point(k - 1), point(k));
        let radius = num(from.distance(to) * 0.56);
        let _ = write!(path, " A{radius} {radius} 0 0 1 {} {}", num(to.x), num(to.y));
    }
    path.push_str(" Z");
    path
}

/// The place where the straight line from `inside` to `outside` leaves a polygon.
pub(super) fn leave(border: &[Point], inside: Point, outside: Point) -> Point {
    let (dx, dy) = (outside.x - inside.x, outside.y - inside.y);
    let mut best: Option<f64> = None;
    for (at, a) in border.iter().enumerate() {
        let b = border[(at + 1) % border.len()];
        let (ex, ey) = (b.x - a.x, b.y - a.y);
        let det = dx * ey - dy * ex;
        if det.abs() < 1e-9 {
            continue;
        }
        let t = ((a.x - inside.x) * ey - (a.y - inside.y) * ex) / det;
        let u = ((a.x - inside.x) * dy - (a.y - inside.y) * dx) / det;
        if (0.0..=1.0).contains(&t) && (-1e-9..=1.0 + 1e-9).contains(&u) {
            best = Some(best.map_or(t, |old: f64| old.max(t)));
        }
    }
    best.map_or(inside, |t| inside.towards(outside, t))
}
