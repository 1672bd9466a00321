//! People and media as edges: files carried by hand, KVM switches with USB.
//!
//! A medium is a mediator whose slots are attached to nodes by relations
//! instead of networks. What is on a medium that is not wiped reaches everyone
//! who reads it.

use std::collections::BTreeMap;

use super::super::shape::{CarryDoc, MediumDoc, OnOffDoc};
use super::super::value::{Map, Name, Names};
use super::endpoints::Head;
use super::{KioskTypes, Named, Pending, PendingDoc, Resolver};
use crate::diagnostic::{Code, Text};
use crate::model::{
    AssumptionId, Carrier, Declared, FaceId, Fact, GuardId, Id, Kind, LabelId, Mediator, NodeId, Relation, Role,
    Transform, Way,
};
use crate::source::Span;

/// The most carries of one medium: all that was ever written to it reaches all who read it.
const MAX_LEGS: usize = 500;

/// One carry with its ends resolved.
struct Leg {
    /// Its position in `carry`.
    index: usize,
    from: Vec<FaceId>,
    to: Vec<FaceId>,
    medium: Option<String>,
    kiosk: Option<(String, KioskTypes)>,
    span: Span,
    by: String,
}

impl Resolver<'_> {
    /// Media, what is carried on them, and KVM switches.
    pub(super) fn media(&mut self, media: &Map<MediumDoc>, carry: &[CarryDoc], pending: &[Pending]) {
        let mut media_names: BTreeMap<String, Span> = BTreeMap::new();
        for (name, _) in &media.entries {
            let key = self.own(name);
            // A medium is a node and earns its name as a label, so no other node may have it.
            let first = media_names.get(&key).copied().or_else(|| self.names.get(&key).map(|(_, place)| *place));
            match first {
                Some(first) => self.twice(name, first),
                None => {
                    self.check_name(name);
                    media_names.insert(key, name.span);
                }
            }
        }
        let legs: Vec<Leg> =
            carry.iter().enumerate().filter_map(|(i, c)| self.leg(i, c, &media_names, pending)).collect();
        let mut by_medium: BTreeMap<&str, Vec<&Leg>> = BTreeMap::new();
        for leg in &legs {
            if let Some(medium) = &leg.medium {
                by_medium.entry(medium).or_default().push(leg);
            }
        }
        self.keep(media, carry, &legs);
        for (name, doc) in &media.entries {
            let own = by_medium.get(self.own(name).as_str()).map_or(&[][..], Vec::as_slice);
            if own.len() > MAX_LEGS {
                self.error(
                    Code::TOO_MANY,
                    name.span,
                    Text::new(
                        format!("一つの媒体で運ぶ回数が多すぎます(上限 {MAX_LEGS})"),
                        format!("one medium is carried too often (limit {MAX_LEGS})"),
                    ),
                    Text::new("媒体を分けて書いてください", "write several media"),
                );
                continue;
            }
            self.medium(name, doc, own);
        }
        for leg in legs.iter().filter(|l| l.medium.is_none()) {
            let name = Name { text: format!("媒体:{}", leg.by), span: leg.span };
            self.medium(&name, &MediumDoc::default(), &[leg]);
        }
        for p in pending {
            if let PendingDoc::Kvm { connects, usb } = &p.doc {
                self.kvm_switch(p, connects, *usb);
            }
        }
    }

    fn leg(
        &mut self,
        index: usize,
        doc: &CarryDoc,
        media: &BTreeMap<String, Span>,
        pending: &[Pending],
    ) -> Option<Leg> {
        let (Some(from), Some(to)) = (&doc.from, &doc.to) else {
            let place = self.line_place("carry", index);
            for (field, given) in [("from", doc.from.is_some()), ("to", doc.to.is_some())] {
                if !given {
                    self.missing(place, field, "carry");
                }
            }
            return None;
        };
        if let Some(medium) = &doc.medium
            && !media.contains_key(&self.key_in(media, &medium.text, medium.span))
            && !self.damage.hides(&medium.text)
        {
            let known: Vec<String> = media.keys().cloned().collect();
            self.unknown_word(
                Code::UNKNOWN_NAME,
                &medium.text,
                medium.span,
                &known,
                Text::new(
                    format!("媒体 `{}` は定義されていません", medium.text),
                    format!("medium `{}` is not defined", medium.text),
                ),
                Text::new("media にこの名前はありません", "media has no such name"),
            );
        }
        let kiosk = doc.through.as_ref().and_then(|k| {
            let id = self.node(k)?;
            let found = pending.get(id.index()).and_then(|p| match &p.doc {
                PendingDoc::Kiosk(types) => Some(types.clone()),
                _ => None,
            });
            if found.is_none() {
                self.error(
                    Code::WRONG_REFERENCE,
                    k.span,
                    Text::new("through には Kiosk の名前が必要です", "through names a Kiosk"),
                    Text::new("Kiosk ではありません", "not a Kiosk"),
                );
            }
            found.map(|types| (self.key(&k.text, k.span), types))
        });
        if let Some(medium) = &doc.medium {
            self.used.insert(format!("medium:{}", self.key_in(media, &medium.text, medium.span)));
        }
        let from_faces = self.faces(&from.text, from.span)?;
        let to_faces = self.faces(&to.text, to.span)?;
        Some(Leg {
            index,
            from: from_faces,
            to: to_faces,
            medium: doc.medium.as_ref().map(|m| self.key_in(media, &m.text, m.span)),
            kiosk,
            span: from.span,
            by: doc.by.clone().unwrap_or_else(|| format!("{}→{}", from.text, to.text)),
        })
    }

    /// Media and carries as they are declared, for the rules.
    fn keep(&mut self, media: &Map<MediumDoc>, carry: &[CarryDoc], legs: &[Leg]) {
        let mut index: BTreeMap<String, usize> = BTreeMap::new();
        for (name, doc) in &media.entries {
            index.entry(self.own(name)).or_insert(self.model.media.len());
            self.model.media.push(crate::model::Medium {
                name: Some(self.own(name)),
                registered: doc.registered,
                encrypted: doc.encrypted,
                wiped: doc.wiped,
                span: name.span,
            });
        }
        for leg in legs {
            let known = leg.medium.as_ref().and_then(|m| index.get(m).copied());
            let medium = known.unwrap_or_else(|| {
                self.model.media.push(crate::model::Medium {
                    name: None,
                    registered: false,
                    encrypted: false,
                    wiped: false,
                    span: leg.span,
                });
                self.model.media.len() - 1
            });
            let through = leg.kiosk.as_ref().and_then(|(name, _)| match self.names.get(name) {
                Some((Named::Node(n), _)) => Some(*n),
                _ => None,
            });
            let by = carry.get(leg.index).and_then(|c| c.by.clone()).filter(|b| !b.trim().is_empty());
            let sorted = |faces: &[FaceId]| {
                let mut faces = faces.to_vec();
                faces.sort_unstable();
                faces.dedup();
                faces
            };
            self.model.carries.push(crate::model::Carry {
                from: sorted(&leg.from),
                to: sorted(&leg.to),
                medium,
                through,
                by,
                span: leg.span,
            });
        }
    }

    fn medium(&mut self, name: &Name, doc: &MediumDoc, legs: &[&Leg]) {
        let mut words = self.own_label(name);
        words.push("media".to_owned());
        if doc.registered && doc.encrypted {
            words.push("registered-media".to_owned());
        }
        let node = self.slotted(name, doc.label.clone(), Kind::Medium, &words);
        // One slot to write and one to read per leg: what is read through a kiosk is not what was written.
        let mut writers: Vec<(FaceId, usize)> = Vec::new();
        let mut readers: Vec<(FaceId, usize)> = Vec::new();
        for (i, leg) in legs.iter().enumerate() {
            let slot = self.slot(node, format!("in{}", i + 1));
            writers.push((slot, i));
            for &face in &leg.from {
                let reason =
                    Text::new(format!("{} が媒体に書き込む", leg.by), format!("{} writes it to the medium", leg.by));
                self.plug(
                    Fact::holds(face, Carrier::Own),
                    Fact::arrives(slot, Carrier::Raw),
                    &[],
                    &[],
                    leg.span,
                    reason,
                );
            }
            let slot = self.slot(node, format!("out{}", i + 1));
            readers.push((slot, i));
            self.read_slot(slot, leg);
        }
        let plugged = if doc.wiped { Vec::new() } else { self.plugged_in(node, legs) };
        for &(from, w) in &writers {
            for &(to, r) in &readers {
                if w != r && (doc.wiped || legs[w].from == legs[r].to) {
                    continue;
                }
                self.slot_steps(node, from, to, legs[r].kiosk.as_ref(), legs[r].span);
            }
            for &(to, r) in plugged.iter().filter(|(_, r)| legs[*r].from != legs[w].from) {
                self.slot_steps(node, from, to, None, legs[r].span);
            }
        }
    }

    /// Whoever plugs in a medium to write can read what is left on it from others, past any kiosk.
    fn plugged_in(&mut self, node: NodeId, legs: &[&Leg]) -> Vec<(FaceId, usize)> {
        let mut slots = Vec::new();
        for (i, leg) in legs.iter().enumerate() {
            if legs.iter().all(|other| other.from == leg.from) {
                continue;
            }
            let slot = self.slot(node, format!("left{}", i + 1));
            slots.push((slot, i));
            for &face in &leg.from {
                let reason = Text::new(
                    format!("{} が消去していない媒体を差し込む", leg.by),
                    format!("{} plugs in the medium, which was not wiped", leg.by),
                );
                self.plug(
                    Fact::leaves(slot, Carrier::Raw, Way::Both),
                    Fact::arrives(face, Carrier::Raw),
                    &[],
                    &[],
                    leg.span,
                    reason,
                );
            }
        }
        slots
    }

    fn read_slot(&mut self, slot: FaceId, leg: &Leg) {
        for &face in &leg.to {
            for carrier in [Carrier::Raw, Carrier::Chk, Carrier::San] {
                let mut words = Vec::new();
                if let Some((kiosk, _)) = &leg.kiosk {
                    // The kiosk's own name is its label, too, unless the catalogue means something else by it.
                    words.extend(self.label_of(kiosk, leg.span));
                    words.push("kiosk".to_owned());
                    if carrier == Carrier::San {
                        words.push("cdr".to_owned());
                    }
                } else if carrier != Carrier::Raw {
                    continue;
                }
                let labels = self.label_list(&words);
                let reason =
                    Text::new(format!("{} が媒体から読み込む", leg.by), format!("{} reads it from the medium", leg.by));
                self.plug(
                    Fact::leaves(slot, carrier, Way::Both),
                    Fact::arrives(face, carrier),
                    &[],
                    &labels,
                    leg.span,
                    reason,
                );
            }
        }
    }

    fn slot_steps(&mut self, node: NodeId, from: FaceId, to: FaceId, kiosk: Option<&(String, KioskTypes)>, span: Span) {
        let plain = |gives, reason: Text, guards: Vec<GuardId>, assumption: Option<AssumptionId>| Transform {
            takes: (from, Carrier::Raw),
            gives: (to, gives, Way::Both),
            guards,
            assumption,
            reason,
        };
        let mut steps = Vec::new();
        match kiosk {
            None => steps.push(plain(Carrier::Raw, Text::new("媒体で運ぶ", "carried on the medium"), Vec::new(), None)),
            Some((name, types)) => {
                let guard = self.guard(&format!("cdr@{name}"), span);
                if types.rebuilds {
                    steps.push(plain(
                        Carrier::San,
                        Text::new(format!("`{name}` で無害化する"), format!("rebuilt at `{name}`")),
                        Vec::new(),
                        None,
                    ));
                }
                if types.inspects {
                    steps.push(plain(
                        Carrier::Chk,
                        Text::new(format!("`{name}` で検査する"), format!("inspected at `{name}`")),
                        Vec::new(),
                        None,
                    ));
                }
                if types.rebuilds || types.inspects {
                    steps.push(plain(Carrier::Raw, Text::new("処理の失敗", "failed processing"), vec![guard], None));
                }
                for passed in &types.passes {
                    let reason = Text::new(
                        format!("形式 `{passed}` をそのまま通す"),
                        format!("passes type `{passed}` unchanged"),
                    );
                    steps.push(plain(Carrier::Raw, reason, Vec::new(), None));
                }
                if types.open.is_some() {
                    steps.push(plain(
                        Carrier::Raw,
                        Text::new("その他の形式の扱いが不明", "other types not stated"),
                        Vec::new(),
                        types.open,
                    ));
                }
            }
        }
        if let Role::Mediator(m) = &mut self.model.nodes[node].role {
            m.transforms.append(&mut steps);
        }
    }

    fn kvm_switch(&mut self, p: &Pending, connects: &Names, usb: Option<OnOffDoc>) {
        let open = self.kvm_open(p, usb);
        let mut slots = Vec::new();
        for (i, peer) in connects.0.iter().enumerate() {
            let faces = self.faces(&peer.text, peer.span).unwrap_or_default();
            let slot = self.slot(p.id, format!("port{}", i + 1));
            slots.push(slot);
            for face in faces {
                let reason = Text::new("KVM 切替器の USB", "USB of the KVM switch");
                self.plug(
                    Fact::holds(face, Carrier::Own),
                    Fact::arrives(slot, Carrier::Raw),
                    &[],
                    &[],
                    peer.span,
                    reason.clone(),
                );
                self.plug(
                    Fact::leaves(slot, Carrier::Raw, Way::Both),
                    Fact::arrives(face, Carrier::Raw),
                    &[],
                    &[],
                    peer.span,
                    reason,
                );
            }
        }
        if usb == Some(OnOffDoc::Off) {
            return;
        }
        let mut steps = Vec::new();
        for &from in &slots {
            for &to in slots.iter().filter(|&&to| to != from) {
                steps.push(Transform {
                    takes: (from, Carrier::Raw),
                    gives: (to, Carrier::Raw, Way::Both),
                    guards: Vec::new(),
                    assumption: open,
                    reason: Text::new("USB 機器を切り替えて使う", "a USB device is switched over"),
                });
            }
        }
        if let Role::Mediator(m) = &mut self.model.nodes[p.id].role {
            m.transforms.append(&mut steps);
        }
    }

    fn slotted(&mut self, name: &Name, label: Option<String>, kind: Kind, words: &[String]) -> NodeId {
        let labels = self.label_list(words);
        let id = NodeId::new(self.model.nodes.len());
        self.names.entry(self.own(name)).or_insert((Named::Node(id), name.span));
        let head = Head { label, kind, count: 1, controls: Vec::new(), declared: Declared::default(), part_of: None };
        let mediator =
            Mediator { sides: Vec::new(), transforms: Vec::new(), labels, listens: None, clients: None, servers: None };
        self.push_node(name, head, Role::Mediator(mediator))
    }

    fn slot(&mut self, node: NodeId, side: String) -> FaceId {
        if let Role::Mediator(m) = &mut self.model.nodes[node].role {
            m.sides.push(side);
        }
        self.push_face(node, None, false, &Names::default())
    }

    fn plug(&mut self, from: Fact, to: Fact, guards: &[GuardId], labels: &[LabelId], span: Span, reason: Text) {
        self.model.relations.push(Relation {
            from,
            to,
            guards: guards.to_vec(),
            labels: labels.to_vec(),
            assumption: None,
            reason,
            span,
            detour: None,
        });
    }
}
