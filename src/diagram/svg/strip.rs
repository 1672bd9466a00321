//! Several pictures on one sheet, one after the other: the stages of a migration.
//!
//! It places finished SVG texts of [`render`](super::render) side by side under captions. It knows no stages.

use std::fmt::Write as _;

use super::FAMILY;
use super::xml::{Font, Point, Rect, Writer, num};
use crate::diagram::text;

/// One picture of a strip.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Panel {
    /// What stands above it; its number and name.
    pub caption: String,
    /// The second line: day and answer.
    pub answer: String,
    /// Whether something is wrong at it: its frame is thick, and the words say so.
    pub is_wrong: bool,
    /// The picture, as [`render`](super::render) gives it.
    pub svg: String,
}

const WIDE: f64 = 1000.0;
/// The room of a picture has the shape of a lying sheet.
const HIGH: f64 = WIDE * 210.0 / 297.0;
const HEAD: f64 = 92.0;
const GAP: f64 = 36.0;

/// All panels on one sheet, in rows of up to three; read from left to right.
#[must_use]
pub fn strip(title: &str, panels: &[Panel]) -> String {
    let columns = if panels.len() > 4 { 3 } else { panels.len().clamp(1, 2) };
    let rows = panels.len().div_ceil(columns).max(1);
    let width = columns as f64 * (WIDE + GAP) + GAP;
    let top = 96.0;
    let height = top + rows as f64 * (HEAD + HIGH + GAP) + GAP;
    let mut w = Writer::default();
    let _ = writeln!(
        w.out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"420mm\" height=\"{}mm\" viewBox=\"0 0 {} {}\" role=\"img\" \
         font-family=\"{FAMILY}\">",
        num(420.0 * height / width),
        num(width),
        num(height)
    );
    w.title(title);
    w.rect(Rect::new(0.0, 0.0, width, height), 0.0, "fill=\"#ffffff\"");
    if let Some(line) = text::wrap(title, 90, 1).first() {
        w.text(Point::new(GAP, 64.0), line, Font::new(40.0, "start").bold());
    }
    for (i, panel) in panels.iter().enumerate() {
        let x = GAP + (i % columns) as f64 * (WIDE + GAP);
        let y = top + (i / columns) as f64 * (HEAD + HIGH + GAP);
        draw(&mut w, panel, x, y);
        if (i + 1) % columns != 0 && i + 1 < panels.len() {
            // The next stage is to the right.
            let at = Point::new(x + WIDE + GAP / 2.0, y + HEAD + HIGH / 2.0);
            w.text(at, "→", Font::new(34.0, "middle").bold());
        }
    }
    w.out.push_str("</svg>\n");
    w.out
}

fn draw(w: &mut Writer, panel: &Panel, x: f64, y: f64) {
    if let Some(line) = text::wrap(&panel.caption, 44, 1).first() {
        w.text(Point::new(x, y + 36.0), line, Font::new(32.0, "start").bold());
    }
    let color = if panel.is_wrong { "#b00020" } else { "#222222" };
    if let Some(line) = text::wrap(&panel.answer, 70, 1).first() {
        w.text(Point::new(x, y + 74.0), line, Font::new(24.0, "start").color(color));
    }
    if let Some((view, inside)) = inner(&panel.svg) {
        let _ = writeln!(
            w.out,
            "<svg x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" viewBox=\"{view}\">{inside}",
            num(x),
            num(y + HEAD),
            num(WIDE),
            num(HIGH)
        );
    }
    let frame = match panel.is_wrong {
        true => "fill=\"none\" stroke=\"#b00020\" stroke-width=\"7\"",
        false => "fill=\"none\" stroke=\"#888888\" stroke-width=\"2\"",
    };
    w.rect(Rect::new(x, y + HEAD, WIDE, HIGH), 0.0, frame);
}

/// The view box of a picture, and all of it behind its first tag.
fn inner(svg: &str) -> Option<(&str, &str)> {
    let end = svg.find('>')?;
    let view = svg[..end].split("viewBox=\"").nth(1)?.split('"').next()?;
    Some((view, &svg[end + 1..]))
}
