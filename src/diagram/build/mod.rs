//! From a model and its verdicts to a [`Picture`]: which boxes, things, lines and paths there are.
//!
//! Zones are segments in the order of trust, with what joins them at the borders between. Lines follow the
//! sessions of the direct lens from thing to thing through every device. It decides no verdict, and where things
//! stand on the sheet is the business of the renderings.

pub mod changes;
mod home;
mod legs;
mod line;
mod paths;
mod things;
mod traffic;
mod wires;
mod words;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::diagnostic::{Lang, Text};
use crate::diagram::picture::{NodeId as Thing, Picture};
use crate::model::{Model, NodeId, Role, SegmentId, ZoneId};
use crate::network::Network;
use crate::report::groups;
use crate::verify::Verdict;
use paths::Shown;
use traffic::{Traffic, direct_steps};
use wires::Wires;
use words::pick;

/// Above so many things the whole drawing is aggregated.
pub const WHOLE_MOST: usize = 150;

/// Which part of a drawing a picture shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum View {
    /// All of it.
    #[default]
    Whole,
    /// One thing per segment and kind; mediators each for themselves.
    Aggregate,
    /// What lies on some way between two segments.
    Between(SegmentId, SegmentId),
    /// The path of one finding, by its number in the report: element `n - 1` of [`groups`].
    Finding(usize),
}

/// There is no finding of that number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoSuchFinding {
    /// What was asked for.
    pub number: usize,
    /// How many there are.
    pub all: usize,
}

impl NoSuchFinding {
    /// In words.
    #[must_use]
    pub fn text(&self) -> Text {
        let Self { number, all } = self;
        match all {
            0 => Text::new(
                format!("指摘 {number} はありません。この図に指摘はありません"),
                format!("there is no finding {number}: the drawing has none"),
            ),
            _ => Text::new(
                format!("指摘 {number} はありません。1 から {all} までです"),
                format!("there is no finding {number}: they run from 1 to {all}"),
            ),
        }
    }
}

impl fmt::Display for NoSuchFinding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text().en)
    }
}

impl std::error::Error for NoSuchFinding {}

/// The view that is drawn when this one is asked for: a large drawing is not drawn whole.
#[must_use]
pub fn fitting(model: &Model, view: View) -> View {
    match view {
        View::Whole if model.nodes.len() > WHOLE_MOST => View::Aggregate,
        other => other,
    }
}

/// The picture of a model. Paths of the verdicts are marked: one finding where the view asks for it, else the
/// first of up to three checks; the heading says what is left out.
///
/// # Errors
/// If the view is of a finding that does not exist.
pub fn picture(
    model: &Model,
    network: &Network,
    verdicts: &[Verdict],
    view: View,
    lang: Lang,
) -> Result<Picture, NoSuchFinding> {
    let shown = match view {
        View::Finding(number) => {
            let all = groups(model, verdicts);
            let found = number.checked_sub(1).and_then(|at| all.get(at));
            vec![Shown::new(model, verdicts, number, found.ok_or(NoSuchFinding { number, all: all.len() })?)]
        }
        _ => paths::first_of_each(model, verdicts),
    };
    let traffic = match view {
        View::Whole | View::Aggregate => Traffic::new(model, network, &direct_steps(model, network, None)),
        View::Between(from, to) => Traffic::new(model, network, &direct_steps(model, network, Some((from, to)))),
        View::Finding(_) => Traffic::default(),
    };
    let mut nodes: BTreeSet<NodeId> = match view {
        View::Whole | View::Aggregate => model.nodes.ids().collect(),
        View::Between(..) => traffic.nodes(model),
        View::Finding(_) => BTreeSet::new(),
    };
    let shown: Vec<Shown> = match view {
        // A path that leaves the part shown is not shown in pieces.
        View::Between(..) => shown.into_iter().filter(|s| s.nodes().all(|n| nodes.contains(&n))).collect(),
        _ => shown,
    };
    nodes.extend(shown.iter().flat_map(Shown::nodes));

    let name = if model.name.is_empty() {
        pick(lang, "（名前のない図）", "(drawing without a name)")
    } else {
        &model.name
    };
    let mut picture = Picture::new(lang, name);
    let (things, boxes) = things::place(model, &mut picture, &nodes, view == View::Aggregate);
    let mut wires = Wires::new(model, &things);
    wires.traffic(&traffic);
    let mut hubs = Hubs { model, boxes: &boxes, of: BTreeMap::new() };
    if matches!(view, View::Whole | View::Aggregate) {
        cables(model, &things, &mut hubs, &mut wires, &mut picture);
    }
    if view == View::Whole {
        gather(model, &things, &mut hubs, &mut wires, &mut picture);
    }
    let told = paths::lay(model, &shown, &things, &mut wires, &mut picture);
    wires.draw(&mut picture, lang);
    for line in heading(model, verdicts, view, &shown, told, lang) {
        picture.subtitle(line);
    }
    Ok(picture)
}

/// Things that stand for a whole network, made when one is needed.
struct Hubs<'a> {
    model: &'a Model,
    boxes: &'a home::Boxes,
    of: BTreeMap<ZoneId, Thing>,
}

impl Hubs<'_> {
    fn get(&mut self, zone: ZoneId, picture: &mut Picture) -> Thing {
        *self.of.entry(zone).or_insert_with(|| things::hub(self.model, picture, self.boxes, zone))
    }
}

/// Leads the lines between a mediator, or a device that forwards everything, and all things of a network to the
/// network itself.
fn gather(
    model: &Model,
    things: &BTreeMap<NodeId, Thing>,
    hubs: &mut Hubs<'_>,
    wires: &mut Wires<'_>,
    picture: &mut Picture,
) {
    let open: BTreeSet<NodeId> = model.transits.values().filter(|t| t.rules.is_none()).map(|t| t.node).collect();
    let joins = |id: &NodeId| open.contains(id) || matches!(model.nodes[*id].role, Role::Mediator(_));
    for (node, &device) in things.iter().filter(|(id, _)| joins(id)) {
        for zone in home::zones_of(model, *node) {
            let attached = || model.faces.iter().filter(|(_, f)| f.zone == Some(zone) && f.node != *node);
            let things_of = |endpoints: bool| -> BTreeSet<Thing> {
                let faces = attached().filter(|(id, _)| !endpoints || model.endpoint_of(*id).is_some());
                faces.filter_map(|(_, f)| things.get(&f.node).copied()).collect()
            };
            let joined: BTreeSet<Thing> = wires.neighbours(device).intersection(&things_of(false)).copied().collect();
            if joined.len() > 2 && things_of(true).is_subset(&joined) {
                wires.gather(device, &joined, hubs.get(zone, picture));
            }
        }
    }
}

/// Joins things to their networks where no session does: a device nothing passes, a thing with several feet.
fn cables(
    model: &Model,
    things: &BTreeMap<NodeId, Thing>,
    hubs: &mut Hubs<'_>,
    wires: &mut Wires<'_>,
    picture: &mut Picture,
) {
    let touching: BTreeMap<NodeId, Vec<ZoneId>> = model.nodes.ids().map(|n| (n, home::zones_of(model, n))).collect();
    for (node, zones) in touching.iter().filter(|(_, zones)| zones.len() > 1) {
        let Some(&own) = things.get(node) else { continue };
        for zone in zones {
            let there = |endpoints: bool| -> BTreeSet<Thing> {
                let fits = |n: &NodeId| !endpoints || matches!(model.nodes[*n].role, Role::Endpoint(_));
                let others = touching.iter().filter(|(other, z)| *other != node && z.contains(zone) && fits(other));
                others.filter_map(|(other, _)| things.get(other).copied()).collect()
            };
            let others = there(false);
            if others.contains(&own) || others.iter().any(|o| wires.joined(own, *o)) {
                continue;
            }
            // One endpoint stands for its network, several are stood for by a thing of their own.
            let endpoints = there(true);
            match (endpoints.first(), endpoints.len(), others.first()) {
                (Some(&only), 1, _) | (None, _, Some(&only)) => wires.cable(own, only),
                (Some(_), ..) => wires.cable(own, hubs.get(*zone, picture)),
                (None, _, None) => {}
            }
        }
    }
}

fn heading(
    model: &Model,
    verdicts: &[Verdict],
    view: View,
    shown: &[Shown],
    told: Vec<String>,
    lang: Lang,
) -> Vec<String> {
    let mut first: Vec<String> = Vec::new();
    match view {
        View::Whole => {}
        View::Aggregate => first.push(
            pick(lang, "集約図（セグメントと種類ごとに一つ）", "aggregated (one thing per segment and kind)")
                .to_owned(),
        ),
        View::Between(from, to) => {
            let (from, to) = (&model.segments[from].label, &model.segments[to].label);
            first.push(format!("{}{from} → {to}", pick(lang, "部分図 ", "part: ")));
        }
        View::Finding(_) => first.push(pick(lang, "部分図（一つの指摘）", "part: one finding").to_owned()),
    }
    first.extend(model.declared.map(|m| words::declared(m, lang).to_owned()));
    first.extend(model.edition.map(|e| words::edition(e, lang).to_owned()));
    let mut lines = Vec::new();
    if !first.is_empty() {
        lines.push(first.join(pick(lang, "　｜　", " | ")));
    }
    if !verdicts.is_empty() {
        let mut counts = paths::counts(model, verdicts, shown, lang).into_iter();
        lines.extend(counts.next());
        lines.extend(told);
        lines.extend(counts);
    }
    lines
}
