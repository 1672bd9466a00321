//! Where first packets arrive: raw sockets of a machine see what its own filter lets in, before any program does.
//!
//! So an arrival is known also where nobody listens, and where no answer finds its way back.

use std::net::{IpAddr, Ipv4Addr, UdpSocket};

use socket2::{Domain, Protocol, Socket, Type};

use super::{Arrival, Kind, LabNode};

/// A raw socket of a node.
#[derive(Debug)]
pub(super) struct Watch {
    pub(super) socket: UdpSocket,
    kind: Kind,
    /// The address that it is bound to; IPv4 packets bring their own.
    at: Option<IpAddr>,
}

/// Which probe a first packet is of: by its number where it carries one, else by its source port.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Whose {
    Number(u32),
    SourcePort(u16),
}

const ASKED: &[u8; 4] = b"ask ";
const ANSWER: &[u8; 4] = b"ans ";

/// The request of a probe.
pub(super) fn ask(probe: u32) -> [u8; 8] {
    let mut text = [0; 8];
    text[..4].copy_from_slice(ASKED);
    text[4..].copy_from_slice(&probe.to_be_bytes());
    text
}

/// The probe whose request this is.
pub(super) fn asked(bytes: &[u8]) -> Option<u32> {
    let rest = bytes.strip_prefix(ASKED)?;
    Some(u32::from_be_bytes(rest.get(..4)?.try_into().ok()?))
}

/// The answer of a node.
pub(super) fn answer(probe: u32, node: u32) -> [u8; 12] {
    let mut text = [0; 12];
    text[..4].copy_from_slice(ANSWER);
    text[4..8].copy_from_slice(&probe.to_be_bytes());
    text[8..].copy_from_slice(&node.to_be_bytes());
    text
}

/// The node that answered a probe.
pub(super) fn answered(bytes: &[u8], probe: u32) -> Option<u32> {
    let rest = bytes.strip_prefix(ANSWER)?;
    let number = |at: usize| Some(u32::from_be_bytes(rest.get(at..at + 4)?.try_into().ok()?));
    if number(0)? == probe { number(4) } else { None }
}

/// The raw sockets of a node; the current namespace is its.
pub(super) fn watches(node: &LabNode) -> std::io::Result<Vec<Watch>> {
    let addresses = || node.ports.iter().flat_map(|p| p.addresses.iter().copied());
    let mut all = Vec::new();
    for kind in [Kind::Tcp, Kind::Udp, Kind::Echo] {
        if addresses().any(|a| a.is_ipv4()) {
            all.push(Watch { socket: raw(kind, false)?.into(), kind, at: None });
        }
        for a in addresses().filter(IpAddr::is_ipv6) {
            let socket = raw(kind, true)?;
            socket.bind(&std::net::SocketAddr::new(a, 0).into())?;
            all.push(Watch { socket: socket.into(), kind, at: Some(a) });
        }
    }
    Ok(all)
}

fn raw(kind: Kind, six: bool) -> std::io::Result<Socket> {
    let protocol = match kind {
        Kind::Tcp => Protocol::TCP,
        Kind::Udp => Protocol::UDP,
        Kind::Echo if six => Protocol::ICMPV6,
        Kind::Echo => Protocol::ICMPV4,
    };
    let socket = Socket::new(if six { Domain::IPV6 } else { Domain::IPV4 }, Type::RAW, Some(protocol))?;
    // As much as the system gives; a full buffer would lose arrivals.
    let _ = socket.set_recv_buffer_size(1 << 22);
    socket.set_nonblocking(true)?;
    Ok(socket)
}

impl Watch {
    /// All first packets that came since it was last asked.
    pub(super) fn take(&self, node: u32, mut each: impl FnMut(Whose, Arrival)) {
        let mut buffer = [0; 256];
        while let Ok((n, from)) = self.socket.recv_from(&mut buffer) {
            if let Some((whose, arrival)) = self.read(&buffer[..n], from.ip(), node) {
                each(whose, arrival);
            }
        }
    }

    fn read(&self, packet: &[u8], from: IpAddr, node: u32) -> Option<(Whose, Arrival)> {
        let (destination, body) = match self.at {
            Some(a) => (a, packet),
            None => {
                let header = usize::from(packet.first()? & 15) * 4;
                let to: [u8; 4] = packet.get(16..20)?.try_into().ok()?;
                (IpAddr::V4(Ipv4Addr::from(to)), packet.get(header..)?)
            }
        };
        let port = |at: usize| Some(u16::from_be_bytes(body.get(at..at + 2)?.try_into().ok()?));
        let arrival = |source_port, port| Arrival { node, source: from, source_port, destination, port };
        match self.kind {
            Kind::Tcp => {
                const SYN: u8 = 2;
                const ACK: u8 = 16;
                let first = body.get(13)? & (SYN | ACK) == SYN;
                first.then_some((Whose::SourcePort(port(0)?), arrival(port(0)?, port(2)?)))
            }
            Kind::Udp => Some((Whose::Number(asked(body.get(8..)?)?), arrival(port(0)?, port(2)?))),
            Kind::Echo => {
                let request = if from.is_ipv4() { 8 } else { 128 };
                let number = (*body.first()? == request).then(|| asked(body.get(8..)?))??;
                Some((Whose::Number(number), arrival(0, 0)))
            }
        }
    }
}
