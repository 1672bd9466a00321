//! One line of a picture: its style, its arrowheads and its words, from all that passes between two things.
//!
//! It knows nothing of the other lines.

use std::collections::{BTreeMap, BTreeSet};

use super::words::{carrier as carrier_word, pick, style};
use crate::diagnostic::Lang;
use crate::diagram::kinds::{Arrows, Line, Mark};
use crate::diagram::parts::Edge;
use crate::diagram::picture::NodeId as Thing;
use crate::model::{Carrier, CommunicationId, Model};

/// A piece of a path laid over a line.
#[derive(Debug, Clone)]
pub(super) struct Stroke {
    pub(super) mark: Mark,
    pub(super) step: u32,
    /// Whether it runs from the first thing to the second.
    pub(super) ahead: bool,
    pub(super) carrier: Carrier,
    pub(super) style: Line,
}

/// All that passes between two things.
#[derive(Debug, Default)]
pub(super) struct Wire {
    /// Opened by the first, by the second.
    pub(super) opened: [bool; 2],
    /// Sessions that carry nothing but requests and responses.
    pub(super) plain: bool,
    /// What else passes, and whether from the second thing to the first.
    pub(super) special: BTreeSet<(Carrier, bool)>,
    pub(super) media: bool,
    pub(super) communications: BTreeSet<CommunicationId>,
    pub(super) services: BTreeSet<String>,
    pub(super) strokes: Vec<Stroke>,
}

impl Wire {
    /// The line as it is when no path is laid over it.
    pub(super) fn ordinary(&self, model: &Model, (a, b): (Thing, Thing), beside_mediator: bool, lang: Lang) -> Edge {
        let line = self.line();
        let (from, to, arrows) = match self.directions(line) {
            [true, true] => (a, b, Arrows::Both),
            [false, true] => (b, a, Arrows::Forward),
            [true, false] => (a, b, Arrows::Forward),
            [false, false] => (a, b, Arrows::None),
        };
        let mut edge = Edge::new(from, to, line).arrows(arrows);
        if beside_mediator {
            let mut words: Vec<&str> = self.special.iter().map(|(k, _)| special_word(*k, lang)).collect();
            words.dedup();
            if !words.is_empty() {
                edge = edge.label(words.join(pick(lang, "・", ", ")));
            }
        }
        for c in &self.communications {
            let row = &model.communications[*c];
            let word = match row.limits.complete() && row.purpose.is_some() {
                true => pick(lang, "特定通信", "specific"),
                false => pick(lang, "通信", "declared"),
            };
            edge = edge.label(format!("{word} {}", row.label));
        }
        if !self.services.is_empty() {
            edge = edge.label(services(&self.services, lang));
        }
        edge
    }

    /// Whether arrows point to the second thing, to the first: where files and pictures go, else who opens sessions.
    fn directions(&self, line: Line) -> [bool; 2] {
        let mut way = [false, false];
        if line == Line::Cable {
            return way;
        }
        let screen = self.special.iter().any(|(k, _)| *k == Carrier::Scr);
        for (k, back) in &self.special {
            let told = self.media || style(*k) == line;
            if told && !(screen && *k == Carrier::Key) {
                way[usize::from(*back)] = true;
            }
        }
        if line == Line::Session || way == [false, false] { self.opened } else { way }
    }

    /// The style: the one special thing that passes, else a plain session.
    fn line(&self) -> Line {
        if self.media {
            return Line::Media;
        }
        let mut styles: Vec<Line> = self.special.iter().map(|(k, _)| style(*k)).collect();
        styles.sort_unstable();
        styles.dedup();
        match (&styles[..], self.plain) {
            ([], false) => Line::Cable,
            ([], true) => Line::Session,
            ([one], false) => *one,
            (_, true) => Line::Session,
            // The form that carries most decides.
            (many, false) => [Line::RawFile, Line::Control, Line::Text, Line::Sanitised]
                .into_iter()
                .find(|l| many.contains(l))
                .unwrap_or(Line::Session),
        }
    }

    /// The line under a path: its direction is that of what it carries.
    pub(super) fn marked(&self, (a, b): (Thing, Thing), lang: Lang) -> Edge {
        let ahead = self.strokes.iter().any(|s| s.ahead);
        let back = self.strokes.iter().any(|s| !s.ahead);
        let (from, to) = if ahead { (a, b) } else { (b, a) };
        let styles: BTreeSet<Line> = self.strokes.iter().map(|s| s.style).collect();
        let line = [Line::Media, Line::RawFile, Line::Control, Line::Text, Line::Sanitised, Line::Screen]
            .into_iter()
            .find(|l| styles.contains(l))
            .unwrap_or(Line::Session);
        let mut edge = Edge::new(from, to, line).arrows(if ahead && back { Arrows::Both } else { Arrows::Forward });
        let mut words: Vec<&str> = Vec::new();
        for stroke in &self.strokes {
            edge.mark = edge.mark.max(stroke.mark);
            if !edge.steps.contains(&stroke.step) {
                edge.steps.push(stroke.step);
            }
            let word = carrier_word(stroke.carrier, lang);
            if !words.contains(&word) {
                words.push(word);
            }
        }
        edge.steps.sort_unstable();
        edge.label(words.join(pick(lang, "・", ", ")))
    }
}

/// Screen and keys are one thing to a reader.
fn special_word(carrier: Carrier, lang: Lang) -> &'static str {
    match carrier {
        Carrier::Scr | Carrier::Key => pick(lang, "画面転送", "screen transfer"),
        other => carrier_word(other, lang),
    }
}

/// Services in short: `tcp 80, 443`.
fn services(list: &BTreeSet<String>, lang: Lang) -> String {
    if list.contains("any") {
        return pick(lang, "すべての通信", "any service").to_owned();
    }
    let mut ports: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let mut more = false;
    for name in list {
        match name.split_once(' ') {
            Some((protocol, port)) => ports.entry(protocol).or_default().push(port),
            None if name == "…" => more = true,
            None => _ = ports.entry(name).or_default(),
        }
    }
    let mut words: Vec<String> = Vec::new();
    for (protocol, mut list) in ports {
        list.sort_by_key(|p| (p.len(), *p));
        more |= list.len() > 3;
        list.truncate(3);
        words.push(format!("{protocol} {}", list.join(",")).trim_end().to_owned());
    }
    if more {
        words.push(pick(lang, "ほか", "…").to_owned());
    }
    words.join(" ")
}
