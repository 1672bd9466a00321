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
const HEAD: f64 = 132.0;
const GAP: f64 = 36.0;

/// All panels on one sheet, in rows of up to four; read from left to right.
#[must_use]
pub fn strip(title: &str, panels: &[Panel]) -> String {
    let high = WIDE * shape(panels);
    // Standing pictures have room for one more beside each other.
    let most = if high > WIDE { 4 } else { 3 };
    let columns = if panels.len() > 4 { most } else { panels.len().clamp(1, 2) };
    let rows = panels.len().div_ceil(columns).max(1);
    let width = columns as f64 * (WIDE + GAP) + GAP;
    let top = 96.0;
    let height = top + rows as f64 * (HEAD + high + GAP) + GAP;
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
        let y = top + (i / columns) as f64 * (HEAD + high + GAP);
        draw(&mut w, panel, Rect::new(x, y, WIDE, high));
        if (i + 1) % columns != 0 && i + 1 < panels.len() {
            // The next stage is to the right.
            let at = Point::new(x + WIDE + GAP / 2.0, y + HEAD + high / 2.0);
            w.text(at, "→", Font::new(34.0, "middle").bold());
        }
    }
    w.out.push_str("</svg>\n");
    w.out
}

/// How high the room of each picture is for its width: as the pictures mostly are.
fn shape(panels: &[Panel]) -> f64 {
    let mut ratios: Vec<f64> = panels.iter().filter_map(|p| ratio(inner(&p.svg)?.0)).collect();
    ratios.sort_by(f64::total_cmp);
    ratios.get(ratios.len() / 2).copied().unwrap_or(0.7).clamp(0.5, 1.5)
}

/// Height by width of a view box.
fn ratio(view: &str) -> Option<f64> {
    let mut numbers = view.split_whitespace().skip(2).map(str::parse::<f64>);
    let (w, h) = (numbers.next()?.ok()?, numbers.next()?.ok()?);
    (w > 0.0).then_some(h / w)
}

fn draw(w: &mut Writer, panel: &Panel, room: Rect) {
    let (x, y) = (room.x, room.y);
    for (i, line) in text::wrap(&panel.caption, 58, 2).iter().enumerate() {
        w.text(Point::new(x, y + 32.0 + 36.0 * i as f64), line, Font::new(30.0, "start").bold());
    }
    let color = if panel.is_wrong { "#b00020" } else { "#222222" };
    if let Some(line) = text::wrap(&panel.answer, 74, 1).first() {
        w.text(Point::new(x, y + HEAD - 20.0), line, Font::new(24.0, "start").color(color));
    }
    if let Some((view, inside)) = inner(&panel.svg) {
        let _ = writeln!(
            w.out,
            "<svg x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" viewBox=\"{view}\">{inside}",
            num(x),
            num(y + HEAD),
            num(room.w),
            num(room.h)
        );
    }
    let frame = match panel.is_wrong {
        true => "fill=\"none\" stroke=\"#b00020\" stroke-width=\"7\"",
        false => "fill=\"none\" stroke=\"#888888\" stroke-width=\"2\"",
    };
    w.rect(Rect::new(x, y + HEAD, room.w, room.h), 0.0, frame);
}

/// The view box of a picture, and all of it behind its first tag.
fn inner(svg: &str) -> Option<(&str, &str)> {
    let end = svg.find('>')?;
    let view = svg[..end].split("viewBox=\"").nth(1)?.split('"').next()?;
    Some((view, &svg[end + 1..]))
}

#[cfg(test)]
mod tests {
    use super::{Panel, strip};

    fn panel(caption: &str, view: &str) -> Panel {
        Panel {
            caption: caption.to_owned(),
            answer: "○".to_owned(),
            is_wrong: false,
            svg: format!("<svg viewBox=\"{view}\"><title>t</title></svg>\n"),
        }
    }

    #[test]
    fn a_strip_is_one_picture_and_a_caption_stays_text() {
        let panels = vec![panel("a", "0 0 10 20"), panel("<b> & \"c\"", "0 0 10 20"), panel("d", "0 0 10 5")];
        let sheet = strip("<t>", &panels);
        let read = roxmltree::Document::parse(&sheet).expect("well-formed");
        let inside = read.descendants().filter(|n| n.has_tag_name("svg")).count();
        assert_eq!(inside, 4, "the sheet and its three panels");
        let texts: Vec<&str> = read.descendants().filter_map(|n| n.text()).collect();
        assert!(texts.contains(&"<b> & \"c\""), "{texts:?}");
    }
}
