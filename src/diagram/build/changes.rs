//! The picture of a difference: machines and lines that are new, gone or another, each told by line, sign and word.
//!
//! What stayed as it was is drawn only where a change ends at it. What changed is known before.

use std::collections::{BTreeMap, BTreeSet};

use super::home::{Boxes, Home, homes, shade, trust};
use super::things;
use super::words::pick;
use crate::change::difference::{CrossingRow, Difference, Drawing, End, Mark as Became, Relation, Sort};
use crate::diagnostic::Lang;
use crate::diagram::kinds::{Arrows, Emphasis, Line, Mark, Shape};
use crate::diagram::parts::{Cluster, Edge, Node};
use crate::diagram::picture::{ClusterId, NodeId as Thing, Picture};
use crate::model::{Id, Model, NodeId, SegmentId};

/// Above so many lines the picture shows segments only.
const MOST: usize = 60;

/// What became of the traffic between two things, and the words on the line.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Traffic {
    mark: Mark,
    words: BTreeSet<String>,
    /// Something passes that no permit allows.
    bare: bool,
}

fn mark(b: Became) -> Mark {
    match b {
        Became::Added => Mark::Added,
        Became::Removed => Mark::Removed,
        Became::Changed => Mark::Changed,
    }
}

fn sign(b: Became, lang: Lang) -> &'static str {
    match b {
        Became::Added => pick(lang, "＋", "+"),
        Became::Removed => "−",
        Became::Changed => pick(lang, "～", "~"),
    }
}

fn words(r: &CrossingRow, lang: Lang) -> BTreeSet<String> {
    let word = |c: &crate::change::difference::CarrierChange| {
        let became = match (c.before.is_empty(), c.after.is_empty()) {
            (true, _) => Became::Added,
            (_, true) => Became::Removed,
            _ => Became::Changed,
        };
        let name = c.carrier.crossing_name();
        // A line that is only new or only gone says so by itself.
        let sign = if r.mark == Became::Changed { sign(became, lang) } else { "" };
        format!("{sign}{}", name.get(lang))
    };
    r.carriers.iter().map(word).collect()
}

fn add<K: Ord>(all: &mut BTreeMap<K, Traffic>, key: K, became: Became, words: BTreeSet<String>, bare: bool) {
    let entry = all.entry(key).or_insert_with(|| Traffic { mark: mark(became), words: BTreeSet::new(), bare });
    entry.bare |= bare;
    if entry.mark != mark(became) {
        entry.mark = Mark::Changed;
    }
    entry.words.extend(words);
}

/// The picture of a difference.
#[must_use]
pub fn picture((before, after): (&Drawing<'_>, &Drawing<'_>), d: &Difference, lang: Lang) -> Picture {
    let (a, b) = (before.model, after.model);
    let title = match lang {
        Lang::Ja => format!("{} → {} の違い", a.name, b.name),
        Lang::En => format!("{} → {}: what changed", a.name, b.name),
    };
    let mut picture = Picture::new(lang, title);
    let mut lines: BTreeMap<(String, String), Traffic> = BTreeMap::new();
    let pairs = |from: &[End], to: &[End]| -> Vec<(String, String)> {
        from.iter().flat_map(|x| to.iter().map(|y| (x.machine.clone(), y.machine.clone()))).collect()
    };
    for r in &d.crossings {
        for pair in pairs(&r.from, &r.to) {
            let bare = r.carriers.iter().any(|c| c.after.iter().any(|w| !w.permitted));
            add(&mut lines, pair, r.mark, words(r, lang), bare);
        }
    }
    let crossed: BTreeSet<(String, String)> = lines.keys().cloned().collect();
    for r in &d.flows {
        let services = crate::report::services_told(&r.services, r.other_protocols, lang);
        // A crossing tells more than the sessions that carry it; what comes with a machine is told by the machine.
        for pair in pairs(&r.from, &r.to)
            .into_iter()
            .filter(|(x, y)| !crossed.contains(&(x.clone(), y.clone())) && !crossed.contains(&(y.clone(), x.clone())))
        {
            let stays = r.from.iter().chain(&r.to).all(|e| e.presence.is_none());
            if stays {
                add(&mut lines, pair, r.mark, BTreeSet::from([services.clone()]), false);
            }
        }
    }
    if d.is_empty() {
        picture.subtitle(pick(lang, "意味の変化はありません", "no change in meaning"));
    }
    if lines.len() > MOST {
        picture.subtitle(pick(lang, "集約図（セグメントごと）", "aggregated (by segment)"));
        segments(&mut picture, d, lang);
        return picture;
    }
    let drawn = Machines::new((a, b), d, &lines, &mut picture);
    let mut done: BTreeSet<(String, String)> = BTreeSet::new();
    for (pair, traffic) in &lines {
        let (Some(x), Some(y)) = (drawn.get(&pair.0), drawn.get(&pair.1)) else { continue };
        if done.contains(pair) {
            continue;
        }
        let mut edge = Edge::new(x, y, Line::Session);
        edge.mark = traffic.mark;
        let told = |t: &Traffic| t.words.iter().cloned().collect::<Vec<_>>().join(pick(lang, "、", ", "));
        edge.label = vec![told(traffic)];
        let mut bare = traffic.bare;
        // What changed alike in both directions is one line with two heads.
        let other = (pair.1.clone(), pair.0.clone());
        if let Some(back) = lines.get(&other).filter(|b| b.mark == traffic.mark && other != *pair) {
            edge = edge.arrows(Arrows::Both);
            if back.words != traffic.words {
                edge.label = vec![format!("{} ／ {}", told(traffic), told(back))];
            }
            bare |= back.bare;
            done.insert(other);
        }
        if bare {
            edge.label.push(pick(lang, "許可なし", "NO PERMIT").to_owned());
        }
        picture.edge(edge);
    }
    picture
}

/// Machines by their names after, else before.
struct Machines {
    things: BTreeMap<String, Thing>,
}

impl Machines {
    fn new(
        (a, b): (&Model, &Model),
        d: &Difference,
        lines: &BTreeMap<(String, String), Traffic>,
        picture: &mut Picture,
    ) -> Self {
        let lang = picture.lang;
        let mut state: BTreeMap<String, Emphasis> = BTreeMap::new();
        for name in lines.keys().flat_map(|(x, y)| [x, y]) {
            state.insert(name.clone(), Emphasis::None);
        }
        for t in d.things.iter().filter(|t| t.sort == Sort::Machine) {
            let emphasis = match t.mark {
                Became::Added => Emphasis::Added,
                Became::Removed => Emphasis::Removed,
                Became::Changed => Emphasis::Changed,
            };
            state.insert(t.called.name.clone(), emphasis);
        }
        for c in &d.controls {
            if b.nodes.values().any(|n| n.name == c.at.name) {
                state
                    .entry(c.at.name.clone())
                    .and_modify(|e| *e = (*e).max(Emphasis::Changed))
                    .or_insert(Emphasis::Changed);
            }
        }
        let gone = |name: &String| state.get(name) == Some(&Emphasis::Removed);
        let find = |m: &Model, name: &str| m.nodes.iter().find(|(_, n)| n.name == name).map(|(id, _)| id);
        let segment_after: BTreeMap<&str, &str> = d
            .renamed
            .iter()
            .filter(|r| r.sort == Sort::Segment)
            .map(|r| (r.before.as_str(), r.after.as_str()))
            .collect();
        let (here, there) = (homes(b), homes(a));
        let place = |name: &String| -> Option<(NodeId, Place)> {
            if !gone(name) {
                let id = find(b, name)?;
                return Some((id, Place::Home(here[id.index()])));
            }
            let id = find(a, name)?;
            let home = there[id.index()];
            let (Home::Segment(s) | Home::Network(s, _)) = home else { return Some((id, Place::Home(home))) };
            let old = a.segments[s].name.as_str();
            let new = segment_after.get(old).copied().unwrap_or(old);
            let partner = b.segments.iter().find(|(_, s)| s.name == new).map(|(id, _)| id);
            Some((id, partner.map_or(Place::Old(s), |p| Place::Home(Home::Segment(p)))))
        };
        let placed: Vec<(String, NodeId, Place)> =
            state.keys().filter_map(|n| place(n).map(|(id, p)| (n.clone(), id, p))).collect();
        let used: BTreeSet<Home> = placed
            .iter()
            .filter_map(|(_, _, p)| match p {
                Place::Home(h) => Some(*h),
                Place::Old(_) => None,
            })
            .collect();
        let boxes = Boxes::new(b, picture, &used, lang);
        let mut old: BTreeMap<SegmentId, ClusterId> = BTreeMap::new();
        let mut things = BTreeMap::new();
        for (name, id, place) in placed {
            let cluster = match place {
                Place::Home(h) => boxes.of(h),
                Place::Old(s) => Some(*old.entry(s).or_insert_with(|| {
                    let row = &a.segments[s];
                    let gone = pick(lang, "− 廃止", "− gone");
                    picture
                        .cluster(Cluster::new(&row.label, 2 * trust(row.layer)).shade(shade(row.layer)).sub_label(gone))
                })),
            };
            let model = if gone(&name) { a } else { b };
            let mut node = things::single(model, id, lang).emphasis(state[&name]);
            node.names = vec![name.clone()];
            if let Some(cluster) = cluster {
                node = node.within(cluster);
            }
            things.insert(name, picture.node(node));
        }
        Self { things }
    }

    fn get(&self, name: &str) -> Option<Thing> {
        self.things.get(name).copied()
    }
}

/// Where a machine stands: at a home of the drawing after, or in a segment that is gone.
enum Place {
    Home(Home),
    Old(SegmentId),
}

/// One thing per segment, one line per pair that compares differently.
fn segments(picture: &mut Picture, d: &Difference, lang: Lang) {
    let mut things: BTreeMap<String, Thing> = BTreeMap::new();
    for p in d.pairs.iter().filter(|p| p.relation != Relation::Equivalent) {
        for c in [&p.from, &p.to] {
            if !things.contains_key(&c.name) {
                let node = Node::new(Shape::Network, &c.label).line(&c.name);
                things.insert(c.name.clone(), picture.node(node));
            }
        }
        let (mark, word) = match p.relation {
            Relation::Looser => (Mark::Added, pick(lang, "緩い", "looser")),
            Relation::Stricter => (Mark::Removed, pick(lang, "厳しい", "stricter")),
            _ => (Mark::Changed, pick(lang, "増減", "more and less")),
        };
        let mut edge = Edge::new(things[&p.from.name], things[&p.to.name], Line::Session).label(word);
        edge.mark = mark;
        picture.edge(edge);
    }
}
