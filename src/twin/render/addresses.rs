//! The addresses of all machines: those of the drawing, and for what it leaves open, one that nobody else has.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::diagnostic::Text;
use crate::model::{
    Addr, AddrMatch, AddrRange, FaceAddress, FaceId, Id, Model, NodeId, PacketAddr, Role, TransitId, ZoneId,
};

/// An address as the system writes it.
pub(in crate::twin) fn ip(a: Addr) -> IpAddr {
    if a.is_v4() { IpAddr::V4(Ipv4Addr::from_bits(a.bits() as u32)) } else { IpAddr::V6(Ipv6Addr::from_bits(a.bits())) }
}

/// Who has which address.
#[derive(Debug, Clone)]
pub(super) struct Addresses {
    /// For each node, how many machines of it stand.
    pub(super) machines: BTreeMap<NodeId, usize>,
    /// For each face and machine, its addresses.
    pub(super) of: BTreeMap<(FaceId, usize), Vec<Addr>>,
    /// Of each zone, the first of those with which it is one wire.
    wires: Vec<ZoneId>,
    /// Where each address is: the wire, the face, the machine.
    pub(super) at: BTreeMap<Addr, Vec<(ZoneId, FaceId, usize)>>,
    /// Ranges that the drawing gives to somebody.
    taken: Vec<AddrRange>,
    /// Addresses chosen so far.
    given: BTreeSet<Addr>,
}

/// Addresses for machines of which nothing is known, and names for devices as next hops: set aside for providers' own use.
const OPEN_V4: u32 = 0x647f_0001;
const HOP_V4: u32 = 0x647e_0001;
const HOP_V6: u128 = 0xfd7e_0000_0000_0000_0000_0000_0000_0001;

impl Addresses {
    pub(super) fn of(model: &Model, told: &mut Vec<Text>) -> Self {
        let mut taken: Vec<AddrRange> = model
            .faces
            .values()
            .flat_map(|f| match &f.address {
                FaceAddress::Known(ranges) => ranges.clone(),
                _ => Vec::new(),
            })
            .collect();
        for t in model.transits.values() {
            taken.extend(t.dnat.iter().map(|n| AddrRange::single(n.outside)));
            taken.extend(t.snat.iter().map(|n| AddrRange::single(n.source)));
        }
        taken.sort_unstable();
        let zones: Vec<ZoneId> = model.zones.ids().collect();
        let first = |z: ZoneId| zones.iter().copied().find(|&o| model.one_wire(o, z)).unwrap_or(z);
        let mut all = Self {
            wires: zones.iter().map(|&z| first(z)).collect(),
            machines: BTreeMap::new(),
            of: BTreeMap::new(),
            at: BTreeMap::new(),
            taken,
            given: BTreeSet::new(),
        };
        for (id, node) in model.nodes.iter() {
            if matches!(node.role, Role::Transit(_)) {
                continue;
            }
            let attached: Vec<FaceId> = node.faces.iter().copied().filter(|&f| model.faces[f].zone.is_some()).collect();
            if attached.is_empty() {
                continue;
            }
            let several = attached.iter().any(|&f| match &model.faces[f].address {
                FaceAddress::Known(ranges) => ends(ranges).iter().any(|(first, last)| first != last),
                _ => false,
            });
            let count = if several { 2 } else { 1 };
            all.machines.insert(id, count);
            if node.count > 1 || several {
                told.push(Text::new(
                    format!("`{}` は {} 台だけ建てました (範囲の端)", node.name, count),
                    format!("`{}` stands as {count} machine(s): the ends of its addresses", node.name),
                ));
            }
            for face in attached {
                for machine in 0..count {
                    all.attach(model, face, machine, told);
                }
            }
        }
        all
    }

    fn attach(&mut self, model: &Model, face: FaceId, machine: usize, told: &mut Vec<Text>) {
        let Some(zone) = model.faces[face].zone else { return };
        let list = match &model.faces[face].address {
            FaceAddress::Known(ranges) => {
                ends(ranges).into_iter().map(|(first, last)| if machine == 0 { first } else { last }).collect()
            }
            open => {
                let list = match open {
                    FaceAddress::Within(ranges) => self.within(ranges),
                    _ => Vec::new(),
                };
                let list = if list.is_empty() { vec![self.open()] } else { list };
                self.given.extend(&list);
                let shown = list.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
                told.push(Text::new(
                    format!("`{}` のアドレスは図面にないので {shown} を選びました", model.face_name(face)),
                    format!("`{}` has no stated address: {shown} was chosen", model.face_name(face)),
                ));
                list
            }
        };
        let wire = self.wire(zone);
        for &a in &list {
            self.at.entry(a).or_default().push((wire, face, machine));
        }
        self.of.insert((face, machine), list);
    }

    /// One free address of each family in these ranges.
    fn within(&self, ranges: &[AddrRange]) -> Vec<Addr> {
        [true, false]
            .into_iter()
            .filter_map(|v4| {
                let mut family = ranges.iter().filter(|r| r.first.is_v4() == v4);
                family.find_map(|r| {
                    // The first address of a network is not a machine's.
                    let start = if r.first == r.last { Some(r.first) } else { r.first.next() };
                    self.free(start?, r.last).filter(|&a| !usable(AddrRange::single(a)).is_empty())
                })
            })
            .collect()
    }

    fn free(&self, start: Addr, last: Addr) -> Option<Addr> {
        let mut a = start;
        loop {
            if a > last {
                return None;
            }
            a = match self.taken.iter().filter(|r| r.contains(a)).map(|r| r.last).max() {
                Some(end) => end.next()?,
                None if self.given.contains(&a) => a.next()?,
                None => return Some(a),
            };
        }
    }

    fn open(&self) -> Addr {
        let start = IpAddr::V4(Ipv4Addr::from_bits(OPEN_V4)).into();
        let last = IpAddr::V4(Ipv4Addr::BROADCAST).into();
        self.free(start, last).unwrap_or(start)
    }

    /// The wire of a zone: zones that are patched together have one.
    pub(super) fn wire(&self, zone: ZoneId) -> ZoneId {
        self.wires.get(zone.index()).copied().unwrap_or(zone)
    }

    /// Those of some zones that are on a wire.
    pub(super) fn on_wire<'t>(&'t self, zones: &'t [ZoneId], wire: ZoneId) -> impl Iterator<Item = ZoneId> + 't {
        zones.iter().copied().filter(move |&z| self.wire(z) == wire)
    }

    /// The name of a device as a next hop in a zone; it stands in no packet, only in tables of neighbours.
    pub(super) fn hop(&self, device: TransitId, zone: ZoneId, v4: bool) -> IpAddr {
        let number = (device.index() as u32) << 8 | zone.index() as u32 & 255;
        let number = number & 0xffff;
        if v4 {
            IpAddr::V4(Ipv4Addr::from_bits(HOP_V4.wrapping_add(number)))
        } else {
            IpAddr::V6(Ipv6Addr::from_bits(HOP_V6 + u128::from(number)))
        }
    }

    /// Addresses that more than one machine has.
    pub(super) fn shared(&self) -> Vec<Addr> {
        self.at.iter().filter(|(_, at)| at.len() > 1).map(|(&a, _)| a).collect()
    }

    /// The number behind the address of a packet.
    pub(super) fn literal(&self, a: PacketAddr) -> Vec<Addr> {
        match a {
            PacketAddr::Literal(a) => vec![a],
            PacketAddr::Of(face) => self.of.get(&(face, 0)).cloned().unwrap_or_default(),
        }
    }

    /// The ranges of a set of addresses; `None` is everything.
    pub(super) fn ranges(&self, set: &AddrMatch) -> Option<Vec<AddrRange>> {
        if set.any {
            return None;
        }
        let mut all: Vec<AddrRange> = set.literal.iter().chain(&set.named).copied().collect();
        for &face in &set.faces {
            let machines = self.of.range((face, 0)..=(face, usize::MAX));
            all.extend(machines.flat_map(|(_, list)| list.iter().map(|&a| AddrRange::single(a))));
        }
        Some(super::prefix::joined(all))
    }

    /// Whether an address is in a set.
    pub(super) fn contains(&self, set: &AddrMatch, a: Addr) -> bool {
        self.ranges(set).is_none_or(|ranges| ranges.iter().any(|r| r.contains(a)))
    }
}

/// The first and the last address of each family that a machine can have.
fn ends(ranges: &[AddrRange]) -> Vec<(Addr, Addr)> {
    [true, false]
        .into_iter()
        .filter_map(|v4| {
            let all: Vec<AddrRange> =
                ranges.iter().filter(|r| r.first.is_v4() == v4).flat_map(|&r| usable(r)).collect();
            Some((all.first()?.first, all.last()?.last))
        })
        .collect()
}

/// What is left of a range without the addresses that mean something else than a machine: this network, loopback, groups.
fn usable(r: AddrRange) -> Vec<AddrRange> {
    let four = |first: [u8; 4], last: [u8; 4]| (IpAddr::from(first).into(), IpAddr::from(last).into());
    let six = |first: u16, last: u16| {
        let [mut a, mut b] = [[0; 8], [u16::MAX; 8]];
        (a[0], b[0]) = (first, last);
        (IpAddr::from(a).into(), IpAddr::from(b).into())
    };
    let spans: [(Addr, Addr); 3] =
        [four([1, 0, 0, 0], [126, 255, 255, 255]), four([128, 0, 0, 0], [223, 255, 255, 255]), six(0x100, 0xfdff)];
    let part = |(first, last): (Addr, Addr)| {
        let both = AddrRange { first: r.first.max(first), last: r.last.min(last) };
        (both.first <= both.last && both.first.is_v4() == r.first.is_v4()).then_some(both)
    };
    spans.into_iter().filter_map(part).collect()
}
