//! Devices without rules: one-way gateways and lines.

use super::super::shape::{DiodeDoc, LineDoc, LineKindDoc};
use super::super::value::Name;
use super::endpoints::{Head, owner, stated};
use super::transits::blank;
use super::{PendingDoc, Resolver};
use crate::diagnostic::{Code, Text};
use crate::model::{Declared, Hairpin, Kind, LineKind, NodeId, Settings, Transit};

impl Resolver<'_> {
    pub(super) fn diode(&mut self, id: NodeId, name: &Name, doc: DiodeDoc) -> PendingDoc {
        let from = doc.from.as_ref().and_then(|n| self.network(n));
        let into = doc.into.as_ref().and_then(|n| self.network(n));
        for (field, given) in [("from", doc.from.is_some()), ("into", doc.into.is_some())] {
            if !given {
                self.missing(name.span, field, &name.text);
            }
        }
        if let (Some(a), Some(b), Some(place)) = (from, into, &doc.into)
            && a == b
        {
            self.error(
                Code::BAD_VALUE,
                place.span,
                Text::new("from と into が同じネットワークです", "from and into are the same network"),
                Text::new("別のネットワークが必要です", "another network is needed"),
            );
        }
        let labels = self.label_list(&[self.own_label(name), vec!["diode".to_owned()]].concat());
        let zones: Vec<_> = from.into_iter().chain(into).collect();
        let one_way = from.zip(into);
        let (controls, controls_stated) = stated(doc.controls.as_deref());
        let head = Head {
            label: doc.label,
            kind: Kind::Diode,
            count: 1,
            controls,
            declared: Declared { controls_stated, owner: doc.owner.map(owner), ..Declared::default() },
            part_of: doc.part_of,
        };
        self.push_transit(id, name, head, Transit { one_way, ..blank(id, zones, labels, name) });
        PendingDoc::Done
    }

    pub(super) fn line(&mut self, id: NodeId, name: &Name, doc: LineDoc) -> PendingDoc {
        let zones = self.joined(name, &doc.joins);
        let mut words = self.own_label(name);
        match doc.line {
            Some(LineKindDoc::Dedicated | LineKindDoc::ClosedMobile) => words.push("dedicated".to_owned()),
            Some(LineKindDoc::InternetVpn) => words.extend(["vpn".to_owned(), "internet-line".to_owned()]),
            Some(LineKindDoc::Internet) => words.push("internet-line".to_owned()),
            Some(LineKindDoc::Lgwan | LineKindDoc::Office) => {}
            None => self.missing(name.span, "line", &name.text),
        }
        let labels = self.label_list(&words);
        let line = doc.line.map(|l| match l {
            LineKindDoc::Dedicated => LineKind::Dedicated,
            LineKindDoc::ClosedMobile => LineKind::ClosedMobile,
            LineKindDoc::InternetVpn => LineKind::InternetVpn,
            LineKindDoc::Lgwan => LineKind::Lgwan,
            LineKindDoc::Internet => LineKind::Internet,
            LineKindDoc::Office => LineKind::Office,
        });
        let declared = Declared { owner: doc.owner.map(owner), settings: Settings::Line(line), ..Declared::default() };
        let head =
            Head { label: doc.label, kind: Kind::Line, count: 1, controls: Vec::new(), declared, part_of: doc.part_of };
        // A line carries; it sends nothing back.
        self.push_transit(id, name, head, Transit { hairpin: Some(Hairpin::Drop), ..blank(id, zones, labels, name) });
        PendingDoc::Done
    }
}
