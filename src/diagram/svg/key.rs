//! The legend box: samples drawn by the same code as the picture.

use super::line;
use super::shape::{outline, size};
use super::thing::{draw_badge, draw_outline};
use super::xml::{Font, Point, Rect, Writer};
use crate::diagram::kinds::{Arrows, Emphasis, Line, Mark, Shape};
use crate::diagram::legend::{self, LegendEntry, LegendKey};
use crate::diagram::picture::Picture;
use crate::diagram::text;

const ROW: f64 = 38.0;
const SAMPLE: f64 = 74.0;
const SIZE: f64 = 16.0;
const GAP: f64 = 22.0;

/// The legend, set in so many columns.
pub(super) struct Key {
    entries: Vec<LegendEntry>,
    heading: &'static str,
    columns: usize,
    cell: f64,
    below: bool,
}

impl Key {
    /// The legend below or beside a body of `w` by `h`, whichever wastes less of a sheet.
    pub(super) fn best(picture: &Picture, (w, h): (f64, f64), ratio: f64) -> Option<Self> {
        let entries = picture.legend();
        let widest = entries.iter().map(|e| text::width(e.text, SIZE, false)).fold(0.0, f64::max);
        if entries.is_empty() {
            return None;
        }
        let make = |columns: usize, below: bool| Self {
            entries: entries.clone(),
            heading: legend::heading(picture.lang),
            columns: columns.clamp(1, entries.len()),
            cell: SAMPLE + 10.0 + widest + GAP,
            below,
        };
        let across = ((w - 30.0) / make(1, true).cell).floor().max(1.0) as usize;
        let choices = [make(across, true), make(1, false), make(2, false), make(3, false)];
        // How much of the sheet is needed: the side that binds decides, then the area.
        let need = |key: &Self| {
            let ((kw, kh), (more_w, more_h)) = (key.size(), key.takes());
            let (w, h) = if key.below { (w.max(kw), h + more_h) } else { (w + more_w, h.max(kh)) };
            (w.max(h * ratio).round(), kw * kh)
        };
        choices.into_iter().min_by(|a, b| {
            let (a, b) = (need(a), need(b));
            a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1))
        })
    }

    /// Its width and height.
    pub(super) fn size(&self) -> (f64, f64) {
        let rows = self.entries.len().div_ceil(self.columns);
        (self.cell * self.columns as f64 + 16.0, rows as f64 * ROW + 46.0)
    }

    /// What it adds to the width and the height of the picture.
    pub(super) fn takes(&self) -> (f64, f64) {
        let (w, h) = self.size();
        if self.below { (0.0, h + GAP) } else { (w + GAP, 0.0) }
    }

    pub(super) fn draw(&self, w: &mut Writer) {
        let (width, height) = self.size();
        w.open("class=\"legend\"");
        let frame = Rect::new(0.0, 0.0, width, height);
        w.rect(frame, 8.0, "fill=\"#ffffff\" stroke=\"#333333\" stroke-width=\"1.2\"");
        let head = Point::new(16.0, 27.0);
        w.text(head, self.heading, Font::new(19.0, "start").bold());
        let rows = self.entries.len().div_ceil(self.columns);
        for (at, entry) in self.entries.iter().enumerate() {
            let (column, row) = ((at / rows) as f64, (at % rows) as f64);
            let x = 16.0 + column * self.cell;
            let y = 40.0 + row * ROW;
            sample(w, entry.key, Rect::new(x, y, SAMPLE, ROW - 7.0));
            let at = Point::new(x + SAMPLE + 10.0, y + ROW / 2.0 + 2.0);
            w.text(at, entry.text, Font::new(SIZE, "start"));
        }
        w.close();
    }
}

fn sample(w: &mut Writer, key: LegendKey, r: Rect) {
    let middle = r.y + r.h / 2.0;
    let ends = [Point::new(r.x, middle), Point::new(r.right(), middle)];
    let arrows = |line| {
        if line == Line::Cable { Arrows::None } else { Arrows::Forward }
    };
    match key {
        LegendKey::Line(kind) => line::draw(w, &ends, kind, arrows(kind), Mark::None),
        LegendKey::Forbidden | LegendKey::Possible => {
            let forbidden = key == LegendKey::Forbidden;
            let mark = if forbidden { Mark::Forbidden } else { Mark::Possible };
            line::draw(w, &ends, Line::Session, Arrows::Forward, mark);
            super::thing::draw_step(w, Point::new(r.x + r.w * 0.4, middle), "1", mark);
        }
        LegendKey::ChangedLine(mark) => line::draw(w, &ends, Line::Session, Arrows::Forward, mark),
        LegendKey::ChangedThing(emphasis) => {
            let rect = Rect::around(r.centre(), (58.0, r.h - 4.0));
            draw_outline(w, &outline(Shape::Other, rect), emphasis);
        }
        LegendKey::Shape(shape) => {
            // The smallest true shape would be too tall for a row: the outline is drawn flatter.
            let (_, h) = size(shape, 20.0, 0.0);
            let rect = Rect::around(r.centre(), (62.0, h.clamp(20.0, r.h)));
            draw_outline(w, &outline(shape, rect), Emphasis::None);
        }
        LegendKey::OnPath => {
            let rect = Rect::around(r.centre(), (58.0, r.h - 4.0));
            draw_outline(w, &outline(Shape::Other, rect), Emphasis::OnPath);
        }
        LegendKey::Count => draw_badge(w, Point::new(r.centre().x, middle), "×n"),
    }
}
