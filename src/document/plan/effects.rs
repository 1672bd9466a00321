//! What each step makes, takes away, changes and needs: the items by which steps depend on each other.
//!
//! It reads the text of a step only; whether the items exist is decided in `check`.

use std::collections::{BTreeMap, BTreeSet};

use super::super::shape::{Municipality, NodeDoc, RuleDoc};
use super::super::value::{Map, Name, Names};
use super::apply::{flow_name, path_name, squeezed};
use super::parts;
use super::shape::{EditDoc, StepDoc, WayDoc};
use crate::document::resolve::normal;
use crate::source::Span;

/// Which name space a name belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Sort {
    /// Segments, networks, nodes and address definitions share one.
    Thing,
    Service,
    FileTypes,
    Communication,
    Measure,
    Medium,
    Group,
    Exception,
    Require,
    Forbid,
    /// A row without a name, by its ends: what is carried by hand, a permit of the designer.
    Row,
    /// What there is once: the model, the edition, the switches.
    Whole,
}

/// Something of a drawing that a step can change.
pub(super) type Item = (Sort, String);

/// What a step does, with the place where it says so.
#[derive(Debug, Clone)]
pub(super) struct Effects {
    /// Where the step is named.
    at: Span,
    pub(super) makes: BTreeMap<Item, Span>,
    pub(super) takes: BTreeMap<Item, Span>,
    /// An item and the part of it; an empty part is all of it.
    pub(super) changes: BTreeMap<(Item, String), Span>,
    /// Those of the changes that put something into a list.
    pub(super) puts: BTreeSet<(Item, String)>,
    /// Those of the changes that take something out of a list.
    pub(super) drops: BTreeSet<(Item, String)>,
    /// What has to be there.
    pub(super) needs: BTreeMap<Item, Span>,
}

/// The effects of a step.
pub(super) fn effects(at: Span, step: &StepDoc) -> Effects {
    let mut e = Effects {
        at,
        makes: BTreeMap::new(),
        takes: BTreeMap::new(),
        changes: BTreeMap::new(),
        puts: BTreeSet::new(),
        drops: BTreeSet::new(),
        needs: BTreeMap::new(),
    };
    for edit in &step.change {
        e.edit(edit);
    }
    // What a step makes itself it need not find.
    let made: Vec<Item> = e.makes.keys().cloned().collect();
    for item in made {
        e.needs.remove(&item);
        e.puts.retain(|(of, _)| *of != item);
        e.drops.retain(|(of, _)| *of != item);
        e.changes.retain(|(of, _), _| *of != item);
    }
    e
}

fn thing(name: &Name) -> Item {
    (Sort::Thing, normal(&name.text))
}

/// Every name of a drawing that has a name space, with what it is.
pub(super) fn items(doc: &Municipality) -> Vec<(Item, Span)> {
    fn of<T>(sort: Sort, map: &Map<T>, all: &mut Vec<(Item, Span)>) {
        all.extend(map.entries.iter().map(|(n, _)| ((sort, normal(&n.text)), n.span)));
    }
    let mut all = Vec::new();
    of(Sort::Thing, &doc.segments, &mut all);
    of(Sort::Thing, &doc.networks, &mut all);
    of(Sort::Thing, &doc.nodes, &mut all);
    of(Sort::Thing, &doc.addresses, &mut all);
    of(Sort::Service, &doc.services, &mut all);
    of(Sort::FileTypes, &doc.file_types, &mut all);
    of(Sort::Communication, &doc.communications, &mut all);
    of(Sort::Measure, &doc.measures, &mut all);
    of(Sort::Medium, &doc.media, &mut all);
    of(Sort::Group, &doc.groups, &mut all);
    of(Sort::Exception, &doc.exceptions, &mut all);
    let named = |n: &Name, sort| ((sort, normal(&n.text)), n.span);
    all.extend(doc.require.iter().filter_map(flow_name).map(|n| named(n, Sort::Require)));
    all.extend(doc.forbid.iter().filter_map(path_name).map(|n| named(n, Sort::Forbid)));
    let carried = doc.carry.iter().filter_map(|c| Some(("carry", c.from.as_ref()?, c.to.as_ref()?)));
    let permits = doc.permits.iter().filter_map(|p| Some(("permit", p.from.as_ref()?, p.to.as_ref()?)));
    all.extend(carried.chain(permits).map(|(what, from, to)| (row(what, from, to), from.span)));
    all
}

fn row(what: &str, from: &Name, to: &Name) -> Item {
    (Sort::Row, format!("{what} {} -> {}", normal(&from.text), normal(&to.text)))
}

/// The media of what is carried by hand.
pub(super) fn media(doc: &Municipality) -> Vec<(Item, Span)> {
    doc.carry.iter().filter_map(|c| c.medium.as_ref()).map(|m| ((Sort::Medium, normal(&m.text)), m.span)).collect()
}

/// The networks and segments that some nodes and networks of a drawing are attached to.
pub(super) fn attached(doc: &Municipality) -> Vec<(Item, Span)> {
    let nodes = doc.nodes.entries.iter().flat_map(|(_, node)| parts::attachments(node));
    let networks = doc.networks.entries.iter().filter_map(|(_, n)| n.segment.as_ref());
    nodes.chain(networks).map(|n| (thing(n), n.span)).collect()
}

impl Effects {
    fn change(&mut self, item: Item, part: String, span: Span) {
        self.changes.entry((item, part)).or_insert(span);
    }

    fn edit(&mut self, edit: &EditDoc) {
        match edit {
            EditDoc::Add(doc) => {
                self.makes.extend(items(doc));
                self.beside_names(doc);
            }
            EditDoc::Replace(doc) => {
                for (item, span) in items(doc) {
                    self.change(item, String::new(), span);
                }
                self.beside_names(doc);
            }
            EditDoc::Remove(doc) => {
                for (sort, names) in [
                    (Sort::Thing, &doc.nodes),
                    (Sort::Thing, &doc.networks),
                    (Sort::Thing, &doc.segments),
                    (Sort::Thing, &doc.addresses),
                    (Sort::Service, &doc.services),
                    (Sort::FileTypes, &doc.file_types),
                    (Sort::Communication, &doc.communications),
                    (Sort::Measure, &doc.measures),
                    (Sort::Medium, &doc.media),
                    (Sort::Group, &doc.groups),
                    (Sort::Exception, &doc.exceptions),
                    (Sort::Require, &doc.require),
                    (Sort::Forbid, &doc.forbid),
                ] {
                    self.takes.extend(names.0.iter().map(|n| ((sort, normal(&n.text)), n.span)));
                }
                let rows = |what, ways: &[WayDoc]| -> Vec<(Item, Span)> {
                    ways.iter().map(|w| (row(what, &w.from, &w.to), w.from.span)).collect()
                };
                self.takes.extend(rows("carry", &doc.carry));
                self.takes.extend(rows("permit", &doc.permits));
            }
            EditDoc::Move(doc) => {
                self.change(thing(&doc.node), "place".to_owned(), doc.node.span);
                self.needs.insert(thing(&doc.to), doc.to.span);
            }
            EditDoc::Rules(doc) => {
                self.rules(&doc.of, &doc.add, false);
                self.rules(&doc.of, &doc.first, true);
                for text in &doc.remove.0 {
                    self.drop(&doc.of, format!("rule {}", squeezed(&text.text)), text.span);
                }
            }
            EditDoc::Routes(doc) => {
                for route in &doc.add {
                    self.put(&doc.of, format!("route {}", squeezed(&route.to.text)), route.to.span);
                    self.needs.extend(route.via.iter().map(|via| (thing(via), via.span)));
                }
                self.list(&doc.of, "route", &Names::default(), &doc.remove);
            }
            EditDoc::Joins(doc) => {
                self.list(&doc.of, "joins", &doc.add, &doc.remove);
                self.needs.extend(doc.add.0.iter().map(|n| (thing(n), n.span)));
            }
            EditDoc::Clients(doc) => {
                self.list(&doc.of, "clients", &doc.add, &doc.remove);
            }
            EditDoc::Servers(doc) => {
                self.list(&doc.of, "servers", &doc.add, &doc.remove);
            }
            EditDoc::Functions(doc) => {
                self.list(&doc.of, "functions", &doc.add, &doc.remove);
            }
            EditDoc::Tenants(doc) => {
                self.list(&doc.of, "tenants", &doc.add, &doc.remove);
            }
            EditDoc::Controls(doc) => {
                for of in &doc.of.0 {
                    for control in &doc.add {
                        self.put(of, format!("control {}", parts::control_word(control)), of.span);
                    }
                    for control in &doc.remove {
                        self.drop(of, format!("control {}", parts::control_word(control)), of.span);
                    }
                }
            }
            EditDoc::Redirect(doc) => self.change(thing(&doc.of), "redirect".to_owned(), doc.of.span),
            EditDoc::Types(doc) => {
                for (name, _) in &doc.types.entries {
                    self.change(thing(&doc.of), format!("type {}", normal(&name.text)), name.span);
                }
            }
            EditDoc::Default(doc) => self.change(thing(&doc.of), "default".to_owned(), doc.of.span),
            EditDoc::Count(doc) => self.change(thing(&doc.of), "count".to_owned(), doc.of.span),
            EditDoc::Model(_) => self.whole("model", self.at),
            EditDoc::Edition(doc) => self.whole("edition", doc.0.span),
        }
    }

    /// What has to be there for what is written, and what there is once.
    fn beside_names(&mut self, doc: &Municipality) {
        self.needs.extend(attached(doc));
        self.needs.extend(media(doc));
        if doc.switches.is_some() {
            self.whole("switches", self.at);
        }
    }

    fn whole(&mut self, what: &str, span: Span) {
        self.change((Sort::Whole, what.to_owned()), String::new(), span);
    }

    fn put(&mut self, of: &Name, part: String, span: Span) {
        self.puts.insert((thing(of), part.clone()));
        self.change(thing(of), part, span);
    }

    fn drop(&mut self, of: &Name, part: String, span: Span) {
        self.drops.insert((thing(of), part.clone()));
        self.change(thing(of), part, span);
    }

    fn list(&mut self, of: &Name, part: &str, add: &Names, remove: &Names) {
        for name in &add.0 {
            self.put(of, format!("{part} {}", squeezed(&name.text)), name.span);
        }
        for name in &remove.0 {
            self.drop(of, format!("{part} {}", squeezed(&name.text)), name.span);
        }
    }

    fn rules(&mut self, of: &Name, rules: &[RuleDoc], first: bool) {
        for rule in rules {
            let Some(text) = rule.permit.as_ref().or(rule.deny.as_ref()) else { continue };
            self.put(of, format!("rule {}", squeezed(&text.text)), text.span);
            // Permits behind one another can be written in any order; what goes first or denies cannot.
            if first || rule.deny.is_some() {
                self.change(thing(of), "the order of the rules".to_owned(), text.span);
            }
        }
    }
}

/// What a machine of a drawing has in its lists, in the words of [`Effects::changes`].
pub(super) fn listed(node: &NodeDoc) -> BTreeSet<String> {
    let mut node = node.clone();
    let mut all = BTreeSet::new();
    let mut add =
        |part: &str, names: &[Name]| all.extend(names.iter().map(|n| format!("{part} {}", squeezed(&n.text))));
    if let Some(d) = parts::transit(&mut node) {
        let texts = d.rules.iter().flatten().flat_map(|r| r.permit.iter().chain(&r.deny)).cloned();
        add("rule", &texts.collect::<Vec<_>>());
        add("route", &d.routes.iter().flatten().map(|r| r.to.clone()).collect::<Vec<_>>());
    }
    if let Some(joins) = parts::joins(&mut node) {
        add("joins", &joins.0);
    }
    for (part, names) in [
        ("clients", parts::clients(&mut node).cloned()),
        ("servers", parts::servers(&mut node).cloned()),
        ("functions", parts::functions(&mut node).cloned()),
        ("tenants", parts::tenants(&mut node).cloned()),
    ] {
        add(part, names.flatten().as_ref().map_or(&[], |n| &n.0));
    }
    let controls = parts::controls(&mut node).cloned().flatten().unwrap_or_default();
    all.extend(controls.iter().map(|c| format!("control {}", parts::control_word(c))));
    all
}

/// Whether a step changes more than machines and networks.
pub(super) fn is_global(e: &Effects, doc: &StepDoc) -> bool {
    let items = e.makes.keys().chain(e.takes.keys()).chain(e.changes.keys().map(|(i, _)| i));
    // Requirements and measures are asked about by name; they open and close no path.
    let more = items.into_iter().any(|i| !matches!(i.0, Sort::Thing | Sort::Require | Sort::Forbid | Sort::Measure));
    let rows = |d: &Municipality| {
        !d.permits.is_empty()
            || !d.carry.is_empty()
            || !d.addresses.entries.is_empty()
            || !d.segments.entries.is_empty()
    };
    more || doc.change.iter().any(|e| matches!(e, EditDoc::Add(d) | EditDoc::Replace(d) if rows(d)))
}
