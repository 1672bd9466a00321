//! What a change does to a drawing: text in, text out, nothing resolved.
//!
//! A change that finds nothing to change is returned to the caller, who knows whether that is a slip of the pen
//! (`check`) or a stage that cannot be (`stage`).

use super::super::shape::{ControlDoc, Municipality, NodeDoc, RequireDoc};
use super::super::value::{Map, Name, Names};
use super::parts;
use super::shape::{ControlsDoc, EditDoc, ListDoc, MoveDoc, RemoveDoc, RoutesDoc, RulesDoc, TypesDoc};
use crate::document::resolve::normal;

/// What a change did not find, or cannot do.
#[derive(Debug, Clone)]
pub(super) struct Misfit {
    /// What it names.
    pub(super) name: Name,
    /// Why it does not fit.
    pub(super) why: Why,
}

/// Why a change does not fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Why {
    /// Nothing has the name.
    Missing,
    /// Something has the name already.
    There,
    /// A machine of that kind has nothing of the sort.
    NotOfKind(&'static str),
    /// The list does not have it.
    NotListed,
}

/// Carries out a change.
pub(super) fn apply(whole: &mut Municipality, edit: &EditDoc, misfits: &mut Vec<Misfit>) {
    match edit {
        EditDoc::Add(more) => merge(whole, more, false, misfits),
        EditDoc::Replace(more) => merge(whole, more, true, misfits),
        EditDoc::Remove(gone) => remove(whole, gone, misfits),
        EditDoc::Move(to) => move_to(whole, to, misfits),
        EditDoc::Rules(doc) => rules(whole, doc, misfits),
        EditDoc::Routes(doc) => routes(whole, doc, misfits),
        EditDoc::Joins(doc) => list(whole, doc, "joins", |n| parts::joins(n).map(|l| &mut l.0), misfits),
        EditDoc::Clients(doc) => list(whole, doc, "clients", |n| parts::clients(n).map(listed), misfits),
        EditDoc::Servers(doc) => list(whole, doc, "servers", |n| parts::servers(n).map(listed), misfits),
        EditDoc::Functions(doc) => list(whole, doc, "functions", |n| parts::functions(n).map(listed), misfits),
        EditDoc::Controls(doc) => controls(whole, doc, misfits),
        EditDoc::Redirect(doc) => {
            with(whole, &doc.of, "redirect", misfits, |n| parts::redirect(n).map(|r| *r = doc.redirect.clone()))
        }
        EditDoc::Types(doc) => types(whole, doc, misfits),
        EditDoc::Default(doc) => {
            with(whole, &doc.of, "default", misfits, |n| parts::transit(n).map(|d| d.default = Some(doc.action)))
        }
        EditDoc::Count(doc) => {
            with(whole, &doc.of, "count", misfits, |n| parts::endpoint(n).map(|d| d.count = Some(doc.count)))
        }
        EditDoc::Model(model) => whole.model = Some(*model),
        EditDoc::Edition(edition) => whole.edition = Some(edition.clone()),
    }
}

/// The names of a list that need not be written; a change makes it be written.
fn listed(names: &mut Option<Names>) -> &mut Vec<Name> {
    &mut names.get_or_insert_with(Names::default).0
}

fn same(a: &Name, b: &Name) -> bool {
    normal(&a.text) == normal(&b.text)
}

fn find<'w>(whole: &'w mut Municipality, name: &Name) -> Option<&'w mut NodeDoc> {
    whole.nodes.entries.iter_mut().find(|(n, _)| same(n, name)).map(|(_, doc)| doc)
}

/// Changes a machine; `part` is what machines of its kind must have.
fn with(
    whole: &mut Municipality,
    name: &Name,
    part: &'static str,
    misfits: &mut Vec<Misfit>,
    change: impl FnOnce(&mut NodeDoc) -> Option<()>,
) {
    let why = match find(whole, name) {
        None => Some(Why::Missing),
        Some(node) => change(node).is_none().then_some(Why::NotOfKind(part)),
    };
    misfits.extend(why.map(|why| Misfit { name: name.clone(), why }));
}

/// Joins entries by name: new ones, or such as take the place of others.
fn entries<T: Clone>(into: &mut Map<T>, from: &Map<T>, replace: bool, misfits: &mut Vec<Misfit>) {
    for (name, doc) in &from.entries {
        match (into.entries.iter_mut().find(|(n, _)| same(n, name)), replace) {
            (Some(old), true) => *old = (name.clone(), doc.clone()),
            (None, false) => into.entries.push((name.clone(), doc.clone())),
            (Some(_), false) => misfits.push(Misfit { name: name.clone(), why: Why::There }),
            (None, true) => misfits.push(Misfit { name: name.clone(), why: Why::Missing }),
        }
    }
}

fn merge(whole: &mut Municipality, more: &Municipality, replace: bool, misfits: &mut Vec<Misfit>) {
    // One name space of segments, networks, nodes and addresses; the resolver reports what is there twice.
    entries(&mut whole.segments, &more.segments, replace, misfits);
    entries(&mut whole.networks, &more.networks, replace, misfits);
    entries(&mut whole.nodes, &more.nodes, replace, misfits);
    entries(&mut whole.addresses, &more.addresses, replace, misfits);
    entries(&mut whole.services, &more.services, replace, misfits);
    entries(&mut whole.file_types, &more.file_types, replace, misfits);
    entries(&mut whole.communications, &more.communications, replace, misfits);
    entries(&mut whole.measures, &more.measures, replace, misfits);
    entries(&mut whole.exceptions, &more.exceptions, replace, misfits);
    entries(&mut whole.groups, &more.groups, replace, misfits);
    entries(&mut whole.media, &more.media, replace, misfits);
    whole.carry.extend(more.carry.iter().cloned());
    whole.permits.extend(more.permits.iter().cloned());
    whole.forbid.extend(more.forbid.iter().cloned());
    whole.require.extend(more.require.iter().cloned());
    whole.assumptions.extend(more.assumptions.iter().cloned());
    if let Some(switches) = &more.switches {
        whole.switches = Some(switches.clone());
    }
}

fn remove(whole: &mut Municipality, gone: &RemoveDoc, misfits: &mut Vec<Misfit>) {
    fn take<T>(map: &mut Map<T>, names: &Names, misfits: &mut Vec<Misfit>) {
        for name in &names.0 {
            let before = map.entries.len();
            map.entries.retain(|(n, _)| !same(n, name));
            if map.entries.len() == before {
                misfits.push(Misfit { name: name.clone(), why: Why::Missing });
            }
        }
    }
    take(&mut whole.nodes, &gone.nodes, misfits);
    take(&mut whole.networks, &gone.networks, misfits);
    take(&mut whole.segments, &gone.segments, misfits);
    take(&mut whole.communications, &gone.communications, misfits);
    take(&mut whole.measures, &gone.measures, misfits);
    take(&mut whole.media, &gone.media, misfits);
    take(&mut whole.groups, &gone.groups, misfits);
    take(&mut whole.exceptions, &gone.exceptions, misfits);
    for name in &gone.require.0 {
        let before = whole.require.len();
        whole.require.retain(|RequireDoc::Flow { name: own, .. }| !own.as_ref().is_some_and(|own| same(own, name)));
        if whole.require.len() == before {
            misfits.push(Misfit { name: name.clone(), why: Why::Missing });
        }
    }
    for name in &gone.forbid.0 {
        use super::super::shape::ForbidDoc as F;
        let before = whole.forbid.len();
        whole.forbid.retain(|(F::Attack { name: own, .. } | F::Leak { name: own, .. })| {
            !own.as_ref().is_some_and(|own| same(own, name))
        });
        if whole.forbid.len() == before {
            misfits.push(Misfit { name: name.clone(), why: Why::Missing });
        }
    }
}

fn move_to(whole: &mut Municipality, to: &MoveDoc, misfits: &mut Vec<Misfit>) {
    with(whole, &to.node, "at", misfits, |n| {
        parts::endpoint(n).map(|d| {
            d.at = Some(to.to.clone());
            d.faces.clear();
            d.address = to.address.clone();
        })
    });
}

fn rules(whole: &mut Municipality, doc: &RulesDoc, misfits: &mut Vec<Misfit>) {
    let mut unlisted = Vec::new();
    with(whole, &doc.of, "rules", misfits, |n| {
        parts::transit(n).map(|d| {
            let rules = d.rules.get_or_insert_with(Vec::new);
            for gone in &doc.remove.0 {
                let text = |r: &super::super::shape::RuleDoc| {
                    r.permit.iter().chain(&r.deny).any(|t| squeezed(&t.text) == squeezed(&gone.text))
                };
                match rules.iter().position(text) {
                    Some(at) => drop(rules.remove(at)),
                    None => unlisted.push(Misfit { name: gone.clone(), why: Why::NotListed }),
                }
            }
            rules.extend(doc.add.iter().cloned());
            rules.splice(0..0, doc.first.iter().cloned());
        })
    });
    misfits.append(&mut unlisted);
}

/// A rule without what its spelling leaves free: blanks.
pub(super) fn squeezed(text: &str) -> String {
    normal(text).split_whitespace().collect::<Vec<_>>().join(" ").replace(" ,", ",").replace(", ", ",")
}

fn routes(whole: &mut Municipality, doc: &RoutesDoc, misfits: &mut Vec<Misfit>) {
    let mut unlisted = Vec::new();
    with(whole, &doc.of, "routes", misfits, |n| {
        parts::transit(n).map(|d| {
            let routes = d.routes.get_or_insert_with(Vec::new);
            for gone in &doc.remove.0 {
                match routes.iter().position(|r| same(&r.to, gone)) {
                    Some(at) => drop(routes.remove(at)),
                    None => unlisted.push(Misfit { name: gone.clone(), why: Why::NotListed }),
                }
            }
            routes.extend(doc.add.iter().cloned());
        })
    });
    misfits.append(&mut unlisted);
}

fn list(
    whole: &mut Municipality,
    doc: &ListDoc,
    part: &'static str,
    names: impl Fn(&mut NodeDoc) -> Option<&mut Vec<Name>>,
    misfits: &mut Vec<Misfit>,
) {
    let mut unlisted = Vec::new();
    with(whole, &doc.of, part, misfits, |n| {
        names(n).map(|names| {
            for gone in &doc.remove.0 {
                let before = names.len();
                names.retain(|n| !same(n, gone));
                if names.len() == before {
                    unlisted.push(Misfit { name: gone.clone(), why: Why::NotListed });
                }
            }
            for new in &doc.add.0 {
                match names.iter().any(|n| same(n, new)) {
                    true => unlisted.push(Misfit { name: new.clone(), why: Why::There }),
                    false => names.push(new.clone()),
                }
            }
        })
    });
    misfits.append(&mut unlisted);
}

fn controls(whole: &mut Municipality, doc: &ControlsDoc, misfits: &mut Vec<Misfit>) {
    let word = |c: &ControlDoc| parts::control_word(c);
    for of in &doc.of.0 {
        let mut unlisted = Vec::new();
        with(whole, of, "controls", misfits, |n| {
            parts::controls(n).map(|controls| {
                let controls = controls.get_or_insert_with(Vec::new);
                for gone in &doc.remove {
                    match controls.iter().position(|c| word(c) == word(gone)) {
                        Some(at) => drop(controls.remove(at)),
                        None => {
                            let name = Name { text: word(gone), span: of.span };
                            unlisted.push(Misfit { name, why: Why::NotListed });
                        }
                    }
                }
                for new in doc.add.iter().filter(|new| !controls_has(controls, new)).collect::<Vec<_>>() {
                    controls.push(new.clone());
                }
            })
        });
        misfits.append(&mut unlisted);
    }
}

fn controls_has(controls: &[ControlDoc], control: &ControlDoc) -> bool {
    controls.iter().any(|c| parts::control_word(c) == parts::control_word(control))
}

fn types(whole: &mut Municipality, doc: &TypesDoc, misfits: &mut Vec<Misfit>) {
    with(whole, &doc.of, "types", misfits, |n| {
        parts::types(n).map(|types| {
            for (name, action) in &doc.types.entries {
                match types.entries.iter_mut().find(|(n, _)| same(n, name)) {
                    Some(old) => *old = (name.clone(), *action),
                    None => types.entries.push((name.clone(), *action)),
                }
            }
        })
    });
}
