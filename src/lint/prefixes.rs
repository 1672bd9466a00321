//! Addresses of networks: the same ones twice, and IPv6 of a network whose machines state IPv4 only.
//!
//! What a device makes of its networks when packets come is elsewhere (`packet`): it takes both of two routes for one
//! prefix to be possible. Here is said that a drawing asks for it.

use std::collections::{BTreeMap, BTreeSet};

use petgraph::unionfind::UnionFind;

use crate::diagnostic::{Code, Diagnostic, Text};
use crate::model::{AddrRange, FaceAddress, Id, Layer, Model, NodeId, Role, Transit, Zone, ZoneId};

/// The most machines that are named; how many there are is said.
const MAX_NAMED: usize = 3;
/// The most networks before it with which one network is told.
const MAX_TOLD: usize = 4;

pub(super) fn remarks(model: &Model, remarks: &mut Vec<Diagnostic>) {
    let told = in_one_device(model, remarks);
    equal(model, told, remarks);
    only_v4(model, remarks);
}

/// Networks with common addresses that one device joins in one part: no table can tell them apart. Returns the pairs, the
/// second first.
fn in_one_device(model: &Model, remarks: &mut Vec<Diagnostic>) -> BTreeSet<(ZoneId, ZoneId)> {
    let mut told = BTreeSet::new();
    for t in model.transits.values() {
        for zones in t.by_part().into_values() {
            let known = |z: &&ZoneId| model.zones[**z].broadcast;
            let mut ranges: Vec<(AddrRange, ZoneId)> = zones
                .iter()
                .filter(known)
                .flat_map(|&z| model.zones[z].addresses.iter().map(move |&range| (range, z)))
                .collect();
            ranges.sort_unstable();
            // A range can only overlap those that are still open where it begins.
            let mut open: Vec<(AddrRange, ZoneId)> = Vec::new();
            for (range, zone) in ranges {
                open.retain(|(o, _)| o.last >= range.first);
                let clash = |(_, before): &&(AddrRange, ZoneId)| !model.one_wire(*before, zone);
                for &(other, before) in open.iter().filter(clash).take(MAX_TOLD) {
                    let (first, second) =
                        if before < zone { ((before, other), (zone, range)) } else { ((zone, range), (before, other)) };
                    if told.insert((second.0, first.0)) {
                        remarks.push(joined(model, t, (first.0, second.0), (first.1, second.1)));
                    }
                }
                open.push((range, zone));
            }
        }
    }
    told
}

fn joined(model: &Model, t: &Transit, (a, b): (ZoneId, ZoneId), (one, other): (AddrRange, AddrRange)) -> Diagnostic {
    let device = &model.nodes[t.node].name;
    let common = AddrRange { first: one.first.max(other.first), last: one.last.min(other.last) };
    // The longer prefix wins.
    let narrower = |a: AddrRange, b: AddrRange| a != b && b.covers(a);
    let winner = [(a, one, other), (b, other, one)].into_iter().find(|&(_, own, other)| narrower(own, other));
    let label = match winner.map(|(zone, ..)| &model.zones[zone].name) {
        Some(zone) => Text::new(
            format!("両方をつなぐ `{device}` は、重なる分をすべて `{zone}` へ送ります"),
            format!("`{device}` joins both and sends all that they share to `{zone}`"),
        ),
        None => Text::new(
            format!("両方をつなぐ `{device}` は、宛先がどちらにいるのか決められません"),
            format!("`{device}` joins both and cannot tell in which of them a destination is"),
        ),
    };
    pair(&model.zones[a], &model.zones[b], common, one == other, label)
        .also(t.span, Text::new("この機器です", "this device"))
        .help(Text::new(
            "一つの機器(VRF を分けるなら一つの VRF)の中では、アドレスが重ならないようにしてください",
            "within one device, or one VRF of it, networks must not share addresses",
        ))
}

fn pair(first: &Zone, second: &Zone, common: AddrRange, same: bool, label: Text) -> Diagnostic {
    let (a, b) = (&first.name, &second.name);
    let text = if same {
        Text::new(
            format!("ネットワーク `{a}` と `{b}` のアドレスが同じです({common})"),
            format!("networks `{a}` and `{b}` have the same addresses ({common})"),
        )
    } else {
        Text::new(
            format!("ネットワーク `{a}` と `{b}` のアドレスが重なっています({common})"),
            format!("addresses of the networks `{a}` and `{b}` overlap ({common})"),
        )
    };
    Diagnostic::warning(Code::SAME_PREFIX, second.span, text, label)
        .also(first.span, Text::new("もう一方はここです", "the other is here"))
}

/// Equal prefixes of one owner, wherever they are. Each network is told with the one before it.
fn equal(model: &Model, mut told: BTreeSet<(ZoneId, ZoneId)>, remarks: &mut Vec<Diagnostic>) {
    let mut same: BTreeMap<(AddrRange, Owner<'_>), Vec<ZoneId>> = BTreeMap::new();
    for (id, zone) in model.zones.iter() {
        if let Some(owner) = owner(model, zone) {
            zone.addresses.iter().for_each(|&range| same.entry((range, owner)).or_default().push(id));
        }
    }
    same.retain(|_, zones| zones.len() > 1);
    if same.is_empty() {
        return;
    }
    let joined = Joined::new(model);
    for ((range, _), zones) in same {
        for (i, &zone) in zones.iter().enumerate() {
            let mut before = zones[..i].iter().rev().filter(|&&b| !model.one_wire(b, zone));
            let all = (zone, ZoneId::new(0))..(ZoneId::new(zone.index() + 1), ZoneId::new(0));
            if told.range(all).any(|(_, before)| zones.binary_search(before).is_ok()) {
                continue;
            }
            if let Some(&before) = before.find(|&&b| !joined.only_kept_apart(b, zone)) {
                told.insert((zone, before));
                let label = Text::new(
                    "数字で書いたルールや経路は、どちらの機器にも当てはまります",
                    "rules and routes that name the numbers are about machines of both",
                );
                let help = Text::new(
                    "別々のアドレスにするか、つながる所で変換(nat)するか VRF を分けてください",
                    "give them different addresses, or translate (nat) or separate VRFs where they meet",
                );
                remarks.push(pair(&model.zones[before], &model.zones[zone], range, true, label).help(help));
            }
        }
    }
}

/// Whose network it is: the place of its body, and the body that it names.
type Owner<'m> = (&'m str, Option<&'m str>);

/// Whose network it is. `None` where somebody else hands out addresses.
fn owner<'m>(model: &'m Model, zone: &'m Zone) -> Option<Owner<'m>> {
    let segment = zone.segment.map(|s| &model.segments[s]);
    let own = |layer| match layer {
        Layer::MyNumber
        | Layer::GovCloud
        | Layer::Lgwan
        | Layer::OwnInternal
        | Layer::Internet
        | Layer::Management
        | Layer::Education => true,
        Layer::NationalNet
        | Layer::LgwanBackbone
        | Layer::SecurityCloud
        | Layer::Saas
        | Layer::Remote
        | Layer::Vendor
        | Layer::Outside => false,
    };
    if !zone.broadcast || segment.is_some_and(|s| s.foreign || !own(s.layer)) {
        return None;
    }
    let path = zone.name.rsplit_once('/').map_or("", |(path, _)| path);
    Some((path, segment.and_then(|s| s.body.as_deref())))
}

/// Which networks devices join, and which they join without translation, in one part.
struct Joined {
    any: UnionFind<usize>,
    plain: UnionFind<usize>,
}

impl Joined {
    fn new(model: &Model) -> Self {
        let empty = UnionFind::new(model.zones.len());
        let mut all = Self { any: empty.clone(), plain: empty };
        let join = |sets: &mut UnionFind<usize>, zones: &[ZoneId]| {
            zones.windows(2).for_each(|w| {
                sets.union(w[0].index(), w[1].index());
            });
        };
        for t in model.transits.values() {
            join(&mut all.any, &t.zones);
            if !t.translates() {
                t.by_part().values().for_each(|zones| join(&mut all.plain, zones));
            }
        }
        all
    }

    /// Whether devices join two networks, and each way translates or leads from part to part: their addresses may well be
    /// the same.
    fn only_kept_apart(&self, a: ZoneId, b: ZoneId) -> bool {
        self.any.equiv(a.index(), b.index()) && !self.plain.equiv(a.index(), b.index())
    }
}

/// Networks that have IPv6, with machines that state IPv4 only.
pub(super) fn only_v4(model: &Model, remarks: &mut Vec<Diagnostic>) {
    let is_v6 = |ranges: &[AddrRange]| ranges.iter().any(|r| !r.first.is_v4());
    // What a machine has in a network, over all its attachments there: whether anything may be IPv6.
    let mut machines: BTreeMap<ZoneId, BTreeMap<NodeId, bool>> = BTreeMap::new();
    for face in model.faces.values() {
        let Some(zone) = face.zone.filter(|&z| model.zones[z].broadcast && is_v6(&model.zones[z].addresses)) else {
            continue;
        };
        if matches!(model.nodes[face.node].role, Role::Endpoint(_)) {
            let v6 = match &face.address {
                FaceAddress::Known(ranges) | FaceAddress::Within(ranges) => is_v6(ranges),
                FaceAddress::Unknown => true,
            };
            *machines.entry(zone).or_default().entry(face.node).or_default() |= v6;
        }
    }
    for (zone, machines) in machines {
        let without: Vec<NodeId> = machines.into_iter().filter(|(_, v6)| !v6).map(|(node, _)| node).collect();
        if !without.is_empty() {
            remarks.push(lacking_v6(model, &model.zones[zone], &without));
        }
    }
}

fn lacking_v6(model: &Model, zone: &Zone, without: &[NodeId]) -> Diagnostic {
    let count: u64 = without.iter().map(|&n| u64::from(model.nodes[n].count)).sum();
    let names: Vec<String> = without.iter().take(MAX_NAMED).map(|&n| format!("`{}`", model.nodes[n].name)).collect();
    let names = names.join(", ");
    let (more_ja, more_en) = if without.len() > MAX_NAMED { (" ほか", ", …") } else { ("", "") };
    let (name, are) = (&zone.name, if count == 1 { "machine there states" } else { "machines there state" });
    Diagnostic::warning(
            Code::ONLY_IPV4,
            zone.span,
            Text::new(
                format!("ネットワーク `{name}` には IPv6 のアドレスがありますが、そこの {count} 台には IPv4 しか書かれていません({names}{more_ja})"),
                format!("network `{name}` has IPv6 addresses, but {count} {are} IPv4 only ({names}{more_en})"),
            ),
            Text::new(
                "その機器が IPv6 でできることは検査されません",
                "what these could do over IPv6 is not looked at",
            ),
        )
        .help(Text::new(
            "多くの OS は、何もしなくても IPv6 のアドレスを持ちます。IPv6 のアドレスも書くか、使わないならネットワークの IPv6 を消してください",
            "common systems give themselves IPv6 addresses: state those of the machines, too, or take IPv6 away from the network",
        ))
}
