//! Writing SVG elements: escaped text, short numbers. It knows no picture.

use std::fmt::Write as _;

use crate::diagram::text;

/// A place on the sheet, y downwards.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Point {
    pub(super) x: f64,
    pub(super) y: f64,
}

impl Point {
    pub(super) fn new(x: f64, y: f64) -> Self {
        Self { x, y }
    }

    /// The point a share `t` of the way to `other`.
    pub(super) fn towards(self, other: Self, t: f64) -> Self {
        Self::new(self.x + (other.x - self.x) * t, self.y + (other.y - self.y) * t)
    }

    pub(super) fn distance(self, other: Self) -> f64 {
        (self.x - other.x).hypot(self.y - other.y)
    }
}

/// An upright rectangle.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Rect {
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) w: f64,
    pub(super) h: f64,
}

impl Rect {
    pub(super) fn new(x: f64, y: f64, w: f64, h: f64) -> Self {
        Self { x, y, w, h }
    }

    pub(super) fn around(centre: Point, (w, h): (f64, f64)) -> Self {
        Self::new(centre.x - w / 2.0, centre.y - h / 2.0, w, h)
    }

    pub(super) fn centre(self) -> Point {
        Point::new(self.x + self.w / 2.0, self.y + self.h / 2.0)
    }

    pub(super) fn right(self) -> f64 {
        self.x + self.w
    }

    pub(super) fn bottom(self) -> f64 {
        self.y + self.h
    }

    pub(super) fn meets(self, other: Self) -> bool {
        self.x < other.right() && other.x < self.right() && self.y < other.bottom() && other.y < self.bottom()
    }

    pub(super) fn union(self, other: Self) -> Self {
        let (x, y) = (self.x.min(other.x), self.y.min(other.y));
        let (right, bottom) = (self.right().max(other.right()), self.bottom().max(other.bottom()));
        Self::new(x, y, right - x, bottom - y)
    }

    pub(super) fn moved(self, x: f64, y: f64) -> Self {
        Self::new(self.x + x, self.y + y, self.w, self.h)
    }
}

/// A number with at most one decimal, the same on every machine.
pub(super) fn num(value: f64) -> String {
    let tenths = (value * 10.0).round();
    let text = format!("{:.1}", if tenths == 0.0 { 0.0 } else { tenths / 10.0 });
    text.strip_suffix(".0").map(str::to_owned).unwrap_or(text)
}

/// Text with nothing left that means anything to XML.
pub(super) fn escape(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len());
    for c in text::one_line(raw).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

/// Attributes of a piece of text.
#[derive(Clone, Copy)]
pub(super) struct Font {
    pub(super) size: f64,
    pub(super) bold: bool,
    pub(super) color: &'static str,
    /// `start` or `middle`.
    pub(super) anchor: &'static str,
}

impl Font {
    pub(super) const fn new(size: f64, anchor: &'static str) -> Self {
        Self { size, bold: false, color: "#000000", anchor }
    }

    pub(super) const fn bold(mut self) -> Self {
        self.bold = true;
        self
    }

    pub(super) const fn color(mut self, color: &'static str) -> Self {
        self.color = color;
        self
    }
}

/// SVG being written.
#[derive(Default)]
pub(super) struct Writer {
    pub(super) out: String,
}

impl Writer {
    /// An element without content; `attributes` are ours, never text of a drawing.
    pub(super) fn element(&mut self, name: &str, attributes: &str) {
        let _ = writeln!(self.out, "<{name} {attributes}/>");
    }

    pub(super) fn open(&mut self, attributes: &str) {
        let _ = writeln!(self.out, "<g {attributes}>");
    }

    pub(super) fn close(&mut self) {
        self.out.push_str("</g>\n");
    }

    /// What is shown when the pointer rests on the group just opened.
    pub(super) fn title(&mut self, text: &str) {
        let _ = writeln!(self.out, "<title>{}</title>", escape(text));
    }

    pub(super) fn path(&mut self, d: &str, attributes: &str) {
        let _ = writeln!(self.out, "<path d=\"{d}\" {attributes}/>");
    }

    pub(super) fn rect(&mut self, r: Rect, round: f64, attributes: &str) {
        let (x, y, w, h) = (num(r.x), num(r.y), num(r.w), num(r.h));
        let rx = num(round);
        let _ = writeln!(self.out, "<rect x=\"{x}\" y=\"{y}\" width=\"{w}\" height=\"{h}\" rx=\"{rx}\" {attributes}/>");
    }

    pub(super) fn text(&mut self, at: Point, text: &str, font: Font) {
        let (x, y, size) = (num(at.x), num(at.y), num(font.size));
        let weight = if font.bold { " font-weight=\"bold\"" } else { "" };
        let (anchor, color, text) = (font.anchor, font.color, escape(text));
        let _ = writeln!(
            self.out,
            "<text x=\"{x}\" y=\"{y}\" font-size=\"{size}\"{weight} text-anchor=\"{anchor}\" \
             fill=\"{color}\">{text}</text>"
        );
    }
}

/// The path through `points`, closed or open.
pub(super) fn path_of(points: &[Point], closed: bool) -> String {
    let mut d = String::new();
    for (at, p) in points.iter().enumerate() {
        let _ = write!(d, "{}{} {}", if at == 0 { "M" } else { " L" }, num(p.x), num(p.y));
    }
    d.push_str(if closed { " Z" } else { "" });
    d
}
