//! What of a difference was expected, what was not, and what was expected and did not happen.
//!
//! A row of a difference is expected if every part of it is: each of its ends with each other, in each form or service.

use std::collections::BTreeMap;

use super::difference::{CarrierChange, CrossingRow, Difference, End, FlowRow, Mark, Outcome, Sort};
use crate::model::{ExpectedChange, ExpectedEnds, ExpectedWay, ExpectedWhat, PortRange, Protocol, Service};

/// How a difference compares with what was expected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judged {
    /// The part of the difference that nobody expected.
    pub unexpected: Difference,
    /// Expected changes that did not happen: positions in the file's list, without the optional ones.
    pub missing: Vec<ExpectedChange>,
    /// How many rows of the difference were expected.
    pub met: usize,
}

impl Judged {
    /// How the comparison ends.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        if !self.missing.is_empty() {
            return Outcome::Changed;
        }
        self.unexpected.outcome()
    }
}

/// Compares a difference with what was expected.
#[must_use]
pub fn judge(difference: &Difference, expected: &[ExpectedChange]) -> Judged {
    let mut judge = Judge {
        expected,
        used: vec![false; expected.len()],
        renamed: difference.renamed.iter().map(|r| ((r.sort, r.before.as_str()), r.after.as_str())).collect(),
    };
    let mut rest = difference.clone();
    // Pairs of segments say in other words what crossings and sessions say.
    rest.pairs.clear();
    let before = rows(&rest);
    rest.crossings.retain(|r| !judge.crossing(r));
    rest.flows.retain(|r| !judge.session(r));
    rest.things.retain(|t| {
        let name = if t.sort == Sort::Drawing { "drawing" } else { &t.called.name };
        !judge.named(
            t.mark,
            |w| match w {
                ExpectedWhat::Thing(list) => Some(list),
                _ => None,
            },
            name,
            t.sort,
        )
    });
    rest.controls.retain(|c| !judge.control(c));
    let finding = |w: &ExpectedWhat| matches!(w, ExpectedWhat::Finding(_));
    rest.checks.retain(|c| !judge.listed(finding, &c.name));
    rest.rules.retain(|r| !judge.listed(finding, &r.id));
    rest.depths.retain(|d| !judge.listed(|w| matches!(w, ExpectedWhat::Depth(_)), &d.name));
    rest.demands.retain(|d| !judge.listed(|w| matches!(w, ExpectedWhat::Demand(_)), &d.id));
    let met = before - rows(&rest);
    let missing =
        expected.iter().zip(&judge.used).filter(|(e, used)| !**used && !e.optional).map(|(e, _)| e.clone()).collect();
    Judged { unexpected: rest, missing, met }
}

fn rows(d: &Difference) -> usize {
    d.crossings.len()
        + d.flows.len()
        + d.things.len()
        + d.controls.len()
        + d.checks.len()
        + d.rules.len()
        + d.depths.len()
        + d.demands.len()
}

struct Judge<'a> {
    expected: &'a [ExpectedChange],
    used: Vec<bool>,
    renamed: BTreeMap<(Sort, &'a str), &'a str>,
}

fn way_fits(way: Option<ExpectedWay>, mark: Mark) -> bool {
    way.is_none_or(|w| {
        w == match mark {
            Mark::Added => ExpectedWay::Added,
            Mark::Removed => ExpectedWay::Removed,
            Mark::Changed => ExpectedWay::Changed,
        }
    })
}

impl<'a> Judge<'a> {
    /// The name after of something that may be written by its name before.
    fn after(&self, sort: Sort, name: &'a str) -> &'a str {
        self.renamed.get(&(sort, name)).copied().unwrap_or(name)
    }

    fn end_fits(&self, ends: &'a Option<ExpectedEnds>, end: &End) -> bool {
        let Some(ends) = ends else { return true };
        let segment = |s: &Option<String>| {
            s.as_ref().is_some_and(|s| ends.segments.iter().any(|x| x == s || self.after(Sort::Segment, x) == s))
        };
        ends.machines.iter().any(|m| *m == end.machine || self.after(Sort::Machine, m) == end.machine)
            || segment(&end.after)
            || segment(&end.before)
    }

    /// Whether each pair of ends is covered in each of some parts; what covered something was used.
    fn covered<P>(
        &mut self,
        (from, to): (&[End], &[End]),
        parts: &[P],
        fits: impl Fn(&Self, &'a ExpectedChange, &End, &End, &P) -> bool,
        whole: impl Fn(&[&'a ExpectedChange], &P) -> bool,
    ) -> bool {
        let mut used = Vec::new();
        for x in from {
            for y in to {
                for part in parts {
                    let found: Vec<usize> =
                        (0..self.expected.len()).filter(|&i| fits(self, &self.expected[i], x, y, part)).collect();
                    let list: Vec<&ExpectedChange> = found.iter().map(|&i| &self.expected[i]).collect();
                    if list.is_empty() || !whole(&list, part) {
                        return false;
                    }
                    used.extend(found);
                }
            }
        }
        for i in used {
            self.used[i] = true;
        }
        true
    }

    fn crossing(&mut self, r: &CrossingRow) -> bool {
        let fits = |j: &Self, e: &'a ExpectedChange, x: &End, y: &End, c: &CarrierChange| {
            let ExpectedWhat::Crossing { from, to, carries } = &e.what else { return false };
            let mark = match (c.before.is_empty(), c.after.is_empty()) {
                (true, _) => Mark::Added,
                (_, true) => Mark::Removed,
                _ => Mark::Changed,
            };
            // One form instead of another is a change as well as a gain and a loss.
            (way_fits(e.way, mark) || way_fits(e.way, r.mark))
                && (carries.is_empty() || carries.contains(&c.carrier))
                && j.end_fits(from, x)
                && j.end_fits(to, y)
        };
        self.covered((&r.from, &r.to), &r.carriers, fits, |_, _| true)
    }

    fn session(&mut self, r: &FlowRow) -> bool {
        let fits = |j: &Self, e: &'a ExpectedChange, x: &End, y: &End, (): &()| {
            let ExpectedWhat::Session { from, to, .. } = &e.what else { return false };
            way_fits(e.way, r.mark) && j.end_fits(from, x) && j.end_fits(to, y)
        };
        let whole = |list: &[&'a ExpectedChange], (): &()| {
            let mut allowed: Vec<Service> = Vec::new();
            for e in list {
                match &e.what {
                    ExpectedWhat::Session { services: Some(s), .. } => allowed.extend(s),
                    _ => return true,
                }
            }
            allowed.contains(&Service::ANY)
                || !r.other_protocols && r.services.iter().all(|s| service_covered(s, &allowed))
        };
        self.covered((&r.from, &r.to), &[()], fits, whole)
    }

    fn control(&mut self, c: &super::difference::ControlChange) -> bool {
        let mut found = false;
        for (i, e) in self.expected.iter().enumerate() {
            let ExpectedWhat::Control { controls, at } = &e.what else { continue };
            let there = at.as_ref().is_none_or(|at| {
                at.machines.iter().any(|m| *m == c.at.name || self.after(Sort::Machine, m) == c.at.name)
            });
            if way_fits(e.way, c.mark) && there && (controls.is_empty() || controls.contains(&c.control)) {
                self.used[i] = true;
                found = true;
            }
        }
        found
    }

    fn named(
        &mut self,
        mark: Mark,
        list: impl Fn(&'a ExpectedWhat) -> Option<&'a Vec<String>>,
        name: &str,
        sort: Sort,
    ) -> bool {
        let mut found = false;
        for (i, e) in self.expected.iter().enumerate() {
            let Some(names) = list(&e.what) else { continue };
            if way_fits(e.way, mark) && names.iter().any(|n| n == name || self.after(sort, n) == name) {
                self.used[i] = true;
                found = true;
            }
        }
        found
    }

    fn listed(&mut self, kind: impl Fn(&ExpectedWhat) -> bool, name: &str) -> bool {
        let mut found = false;
        for (i, e) in self.expected.iter().enumerate().filter(|(_, e)| kind(&e.what)) {
            let names = match &e.what {
                ExpectedWhat::Finding(n) | ExpectedWhat::Depth(n) | ExpectedWhat::Demand(n) => n,
                _ => continue,
            };
            if names.iter().any(|n| n == name) {
                self.used[i] = true;
                found = true;
            }
        }
        found
    }
}

/// Whether a rectangle of ports lies in the union of some others.
fn service_covered(s: &Service, allowed: &[Service]) -> bool {
    let protocols: Vec<Protocol> = match s.protocol {
        Some(p) => vec![p],
        None => return allowed.contains(&Service::ANY),
    };
    protocols.iter().all(|&p| {
        let fitting: Vec<&Service> = allowed.iter().filter(|a| a.protocol.is_none_or(|q| q == p)).collect();
        let cuts = |own: PortRange, of: fn(&Service) -> PortRange| -> Vec<u16> {
            let mut all = vec![own.first];
            for r in fitting.iter().map(|a| of(a)) {
                all.push(r.first);
                all.extend(r.last.checked_add(1));
            }
            all.retain(|&x| own.contains(x));
            all.sort_unstable();
            all.dedup();
            all
        };
        let (sources, destinations) = (cuts(s.source, |a| a.source), cuts(s.destination, |a| a.destination));
        sources.iter().all(|&x| destinations.iter().all(|&y| fitting.iter().any(|a| a.contains(p, x, y))))
    })
}
