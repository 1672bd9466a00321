//! Zones: boxes with a strip, and their labels, broken to the width of the box.

use super::layout::Placed;
use super::xml::{Font, Point, Rect, Writer, num};
use crate::diagram::palette::tone;
use crate::diagram::picture::{ClusterId, Picture};
use crate::diagram::text;

const STRIP: f64 = 31.0;
const ZONE: f64 = 19.0;
const SUB: f64 = 15.0;

/// How high the strip of a zone is if the zone is so wide.
pub(super) fn strip_height(picture: &Picture, id: ClusterId, width: f64) -> f64 {
    Strip::new(picture, id, width).height
}

/// The boxes of a zone and of those inside it, behind everything else.
pub(super) fn draw_box(w: &mut Writer, picture: &Picture, id: ClusterId, placed: &Placed, depth: usize) {
    if let Some(rect) = placed.clusters[id.0] {
        let cluster = &picture.clusters[id.0];
        let colors = tone(cluster.shade);
        w.open("class=\"zone\"");
        let mut tip = cluster.label.clone();
        if let Some(sub) = &cluster.sub_label {
            tip.push_str(" / ");
            tip.push_str(sub);
        }
        w.title(&tip);
        let fill = if depth.is_multiple_of(2) { colors.fill } else { "#ffffff" };
        let width = num(if depth == 0 { 2.0 } else { 1.2 });
        let look = format!("fill=\"{fill}\" stroke=\"{}\" stroke-width=\"{width}\"", colors.strip);
        w.rect(rect, 10.0, &look);
        Strip::new(picture, id, rect.w).draw_bar(w, rect, depth);
        w.close();
    }
    for inner in picture.inside(Some(id)) {
        draw_box(w, picture, inner, placed, depth + 1);
    }
}

/// The labels of zones, above the lines that cross them.
pub(super) fn draw_label(w: &mut Writer, picture: &Picture, id: ClusterId, placed: &Placed, depth: usize) {
    if let Some(rect) = placed.clusters[id.0] {
        Strip::new(picture, id, rect.w).draw_text(w, rect, depth);
    }
    for inner in picture.inside(Some(id)) {
        draw_label(w, picture, inner, placed, depth + 1);
    }
}

/// The label of a zone, broken to its width.
struct Strip {
    names: Vec<String>,
    subs: Vec<String>,
    beside: bool,
    height: f64,
    dark: &'static str,
    light: &'static str,
}

impl Strip {
    fn new(picture: &Picture, id: ClusterId, width: f64) -> Self {
        let cluster = &picture.clusters[id.0];
        let fit = |size: f64| ((width - 20.0) / (size * 0.545)).max(6.0) as usize;
        let names = text::wrap(&cluster.label, fit(ZONE), 3);
        let subs = cluster.sub_label.as_deref().map(|s| text::wrap(s, fit(SUB), 3));
        let subs = subs.unwrap_or_default();
        let both = names.iter().map(|n| text::width(n, ZONE, true)).sum::<f64>()
            + subs.iter().map(|s| text::width(s, SUB, false)).sum::<f64>();
        let beside = names.len() == 1 && subs.len() <= 1 && both + 44.0 <= width;
        let height = match beside {
            true => STRIP,
            false => 8.0 + 24.0 * names.len() as f64 + 19.0 * subs.len() as f64,
        };
        let colors = tone(cluster.shade);
        Self { names, subs, beside, height, dark: colors.strip, light: colors.fill }
    }

    fn draw_bar(&self, w: &mut Writer, zone: Rect, depth: usize) {
        if depth == 0 {
            let fill = format!("fill=\"{}\"", self.dark);
            w.rect(Rect::new(zone.x, zone.y, zone.w, self.height), 10.0, &fill);
            let foot = zone.y + self.height - 10.0;
            w.rect(Rect::new(zone.x, foot, zone.w, 10.0), 0.0, &fill);
        }
    }

    fn draw_text(&self, w: &mut Writer, zone: Rect, depth: usize) {
        let (ink, behind) = match depth {
            0 => ("#ffffff", self.dark),
            odd if odd % 2 == 1 => (self.dark, "#ffffff"),
            _ => (self.dark, self.light),
        };
        let (name, sub) = (Font::new(ZONE, "start").bold(), Font::new(SUB, "start"));
        let mut write = |at: Point, line: &str, font: Font| {
            let wide = text::width(line, font.size, font.bold);
            let back = Rect::new(at.x - 3.0, at.y - font.size, wide + 6.0, font.size * 1.28);
            w.rect(back, 3.0, &format!("fill=\"{behind}\""));
            w.text(at, line, font.color(ink));
        };
        let mut at = Point::new(zone.x + 12.0, zone.y + 22.5);
        for line in &self.names {
            write(at, line, name);
            at.y += 24.0;
        }
        if self.beside {
            let used = self.names.first().map_or(0.0, |n| text::width(n, ZONE, true));
            at = Point::new(at.x + used + 14.0, at.y - 24.0);
        }
        for line in &self.subs {
            write(at, line, sub);
            at.y += 19.0;
        }
    }
}
