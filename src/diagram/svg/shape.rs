//! The outlines of things: how large, which path, where lines end, where the text goes.
//!
//! One shape per kind, chosen so that mediators differ in black and white.

use std::fmt::Write as _;

use super::curve::{cloud, edge, ellipse, rounded, smooth_ellipse};
use super::xml::{Point, Rect, num, path_of};
use crate::diagram::kinds::Shape;

/// A shape made to measure.
pub(super) struct Outline {
    /// The filled outline.
    pub(super) path: String,
    /// Lines inside it, not filled.
    pub(super) inner: String,
    /// A polygon on which lines end.
    pub(super) border: Vec<Point>,
    /// Where the middle of the text goes.
    pub(super) text: Point,
    /// Whether the outline is dashed.
    pub(super) dashed: bool,
    /// How much heavier than usual the outline is.
    pub(super) weight: f64,
}

/// The size of a shape around text of `w` by `h`.
pub(super) fn size(shape: Shape, w: f64, h: f64) -> (f64, f64) {
    let (w, h) = ((w + 24.0).max(56.0), h + 22.0);
    match shape {
        Shape::Terminal | Shape::Desktop | Shape::Other => (w, h),
        Shape::Server => (w + 8.0, h + 8.0),
        Shape::Store => (w, h + 18.0),
        Shape::Firewall => (w + 8.0, h + 8.0),
        Shape::Router => (w * 1.26, h * 1.3),
        Shape::Cloud => (w * 1.3 + 18.0, h * 1.34 + 16.0),
        Shape::Internet => (w * 1.3 + 30.0, h * 1.34 + 26.0),
        Shape::Diode => (w + 30.0, h + 18.0),
        Shape::ScreenGateway | Shape::Proxy | Shape::Relay | Shape::Sanitiser => (w + 34.0, h),
        Shape::Transfer => (w + 16.0, h),
        Shape::MailConverter => (w + 14.0, h + 2.0),
        Shape::Medium => (w, h + 10.0),
        Shape::Printer => (w, h + 14.0),
        Shape::Hypervisor => (w + 20.0, h + 6.0),
        Shape::Person => (w + 20.0, h + 20.0),
        Shape::Network => (w.max(190.0) + 10.0, h),
    }
}

/// The outline of a shape that fills `r`.
pub(super) fn outline(shape: Shape, r: Rect) -> Outline {
    let p = |x: f64, y: f64| Point::new(r.x + x, r.y + y);
    let (w, h, c) = (r.w, r.h, r.centre());
    let box_of = |r: Rect| {
        let (x, y) = (r.right(), r.bottom());
        vec![Point::new(r.x, r.y), Point::new(x, r.y), Point::new(x, y), Point::new(r.x, y)]
    };
    let polygon = |points: Vec<Point>, text: Point| Outline {
        path: path_of(&points, true),
        inner: String::new(),
        border: points,
        text,
        dashed: false,
        weight: 1.0,
    };
    // Bumps of a cloud reach a little over the ellipse.
    let grown = Rect::new(r.x - 3.0, r.y - 3.0, w + 6.0, h + 6.0);
    match shape {
        Shape::Other => polygon(box_of(r), c),
        Shape::Terminal | Shape::Desktop => Outline {
            path: rounded(r, 11.0),
            dashed: shape == Shape::Desktop,
            border: box_of(r),
            ..polygon(Vec::new(), c)
        },
        Shape::Network => {
            // A bus: a bar with its two rails.
            let rail = |y: f64| edge(p(0.0, y), p(w, y));
            Outline { inner: format!("{} {}", rail(5.0), rail(h - 5.0)), ..polygon(box_of(r), c) }
        }
        Shape::Person => {
            // A head over shoulders.
            let (head, t) = ((h * 0.2).min(10.0), (h * 0.34).min(17.0));
            let k = ((h - t) * 0.6).min(w / 3.0);
            let at = |q: Point| format!("{} {}", num(q.x), num(q.y));
            let arc = |k: f64, q: Point| format!("A{} {} 0 0 1 {}", num(k), num(k), at(q));
            let (left, right) = (p(w / 2.0 - head, head), p(w / 2.0 + head, head));
            let shoulders = [
                format!("M{} L{} {}", at(p(0.0, h)), at(p(0.0, t + k)), arc(k, p(k, t))),
                format!("L{} {} L{} Z", at(p(w - k, t)), arc(k, p(w, t + k)), at(p(w, h))),
                format!("M{} {} {} Z", at(left), arc(head, right), arc(head, left)),
            ];
            Outline {
                path: shoulders.join(" "),
                border: vec![p(0.0, t), left, right, p(w, t), p(w, h), p(0.0, h)],
                ..polygon(Vec::new(), p(w / 2.0, (h + t) / 2.0))
            }
        }
        Shape::Server => {
            let d = 8.0;
            let points = vec![p(0.0, d), p(d, 0.0), p(w, 0.0), p(w, h - d), p(w - d, h), p(0.0, h)];
            let front = [p(0.0, d), p(w - d, d), p(w - d, h)];
            let inner = format!("{} {}", path_of(&front, false), edge(p(w - d, d), p(w, 0.0)));
            Outline { inner, ..polygon(points, p((w - d) / 2.0, (h + d) / 2.0)) }
        }
        Shape::Store => {
            let cap = 9.0;
            let (l, t, x, b) = (num(r.x), num(r.y + cap), num(r.right()), num(r.bottom() - cap));
            let arc = format!("{} {cap} 0 0", num(w / 2.0));
            Outline {
                path: format!("M{l} {t} A{arc} 1 {x} {t} L{x} {b} A{arc} 1 {l} {b} Z"),
                inner: format!("M{l} {t} A{arc} 0 {x} {t}"),
                border: box_of(r),
                ..polygon(Vec::new(), p(w / 2.0, h / 2.0 + 6.0))
            }
        }
        Shape::Firewall => {
            let k = (h * 0.29).min(17.0);
            let points =
                vec![p(k, 0.0), p(w - k, 0.0), p(w, k), p(w, h - k), p(w - k, h), p(k, h), p(0.0, h - k), p(0.0, k)];
            Outline { weight: 2.0, ..polygon(points, c) }
        }
        Shape::Router => {
            let border = ellipse(r);
            Outline { path: smooth_ellipse(r), border, ..polygon(Vec::new(), c) }
        }
        Shape::Cloud => Outline { path: cloud(r), ..polygon(ellipse(grown), c) },
        Shape::Internet => {
            let inside = Rect::new(r.x + 6.0, r.y + 6.0, w - 12.0, h - 12.0);
            let inner = cloud(inside);
            Outline { path: cloud(r), inner, ..polygon(ellipse(grown), c) }
        }
        Shape::Diode => {
            let (s, k) = (9.0, 24.0);
            let points =
                vec![p(0.0, s), p(w - k, s), p(w - k, 0.0), p(w, h / 2.0), p(w - k, h), p(w - k, h - s), p(0.0, h - s)];
            Outline { weight: 1.6, ..polygon(points, p((w - 10.0) / 2.0, h / 2.0)) }
        }
        Shape::ScreenGateway => polygon(vec![p(17.0, 0.0), p(w, 0.0), p(w - 17.0, h), p(0.0, h)], c),
        Shape::Sanitiser => {
            let (k, m) = (17.0, h / 2.0);
            polygon(vec![p(k, 0.0), p(w - k, 0.0), p(w, m), p(w - k, h), p(k, h), p(0.0, m)], c)
        }
        Shape::Proxy => polygon(vec![p(17.0, 0.0), p(w - 17.0, 0.0), p(w, h), p(0.0, h)], c),
        Shape::Relay => polygon(vec![p(0.0, 0.0), p(w, 0.0), p(w - 17.0, h), p(17.0, h)], c),
        Shape::Transfer => polygon(
            vec![p(0.0, 0.0), p(w - 18.0, 0.0), p(w, h / 2.0), p(w - 18.0, h), p(0.0, h)],
            p((w - 12.0) / 2.0, h / 2.0),
        ),
        Shape::MailConverter => {
            let k = 14.0;
            let points = vec![p(0.0, 0.0), p(w - k, 0.0), p(w, k), p(w, h), p(0.0, h)];
            let inner = path_of(&[p(w - k, 0.0), p(w - k, k), p(w, k)], false);
            Outline { inner, ..polygon(points, p((w - 6.0) / 2.0, h / 2.0 + 2.0)) }
        }
        Shape::Medium => {
            let (t, k) = (10.0, (w * 0.4).min(46.0));
            let points = vec![p(0.0, 0.0), p(k, 0.0), p(k, t), p(w, t), p(w, h), p(0.0, h)];
            let inner = edge(p(0.0, t), p(k, t));
            Outline { inner, ..polygon(points, p(w / 2.0, (h + t) / 2.0)) }
        }
        Shape::Printer => {
            let b = h - 14.0;
            let points = vec![p(0.0, 0.0), p(w, 0.0), p(w, b), p(w / 2.0, h), p(0.0, b)];
            polygon(points, p(w / 2.0, b / 2.0))
        }
        Shape::Hypervisor => {
            let body = Rect::new(r.x + 6.0, r.y, w - 6.0, h);
            let mut inner = String::new();
            for y in [h * 0.28, h * 0.72] {
                let lug = Rect::around(p(6.0, y), (12.0, 8.0));
                let _ = write!(inner, "{} ", path_of(&box_of(lug), true));
            }
            let text = p(w / 2.0 + 6.0, h / 2.0);
            Outline { inner: inner.trim_end().to_owned(), ..polygon(box_of(body), text) }
        }
    }
}
