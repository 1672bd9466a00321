//! Asking: every probe a real connection, many at once, until nothing moves any more.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream, UdpSocket};
use std::os::fd::AsFd;

use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags, EpollTimeout};
use socket2::{Domain, Protocol, SockRef, Socket, Type};

use super::build::{Built, enter};
use super::serve::{Server, answer_datagrams, answer_stream, servers};
use super::silence::Marker;
use super::watch::{Watch, Whose, answered, ask, asked, watches};
use super::{Arrival, Heard, Kind, Lab, Probe};

/// How many probes may be under way at once.
const UNDER_WAY: usize = 256;

/// Source ports of probes that do not ask for one.
const SOURCES: std::ops::Range<u16> = 10_000..32_000;

/// What an event belongs to.
#[derive(Debug)]
enum Owner {
    Server(u32, Server),
    Served(u32, TcpStream),
    Watch(u32, Watch),
    Asker(u32, Socket),
}

/// Some probes that are asked together: no two with one protocol and source port.
#[derive(Debug)]
pub(super) struct Round<'a> {
    built: &'a Built,
    lab: &'a Lab,
    probes: &'a [Probe],
    heard: Vec<Heard>,
    poll: Epoll,
    owners: Vec<Option<Owner>>,
    free: Vec<usize>,
    by_source: BTreeMap<u16, u32>,
    live: BTreeMap<u32, usize>,
    marker: Marker,
}

fn io(what: &str) -> impl Fn(std::io::Error) -> String {
    move |e| format!("{what}: {e}")
}

impl<'a> Round<'a> {
    /// Asks all probes, in as many rounds as their source ports demand.
    pub(super) fn all(built: &'a Built, lab: &'a Lab, probes: &'a [Probe]) -> Result<Vec<Heard>, String> {
        enter(&built.fabric)?;
        let marker = Marker::new().map_err(io("marker"))?;
        let poll = Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC).map_err(|e| format!("epoll: {e}"))?;
        let heard = vec![Heard::default(); probes.len()];
        let mut round = Round {
            built,
            lab,
            probes,
            heard,
            poll,
            owners: Vec::new(),
            free: Vec::new(),
            by_source: BTreeMap::new(),
            live: BTreeMap::new(),
            marker,
        };
        for (i, node) in lab.nodes.iter().enumerate().filter(|(_, n)| n.watched) {
            enter(&built.nodes[i])?;
            for watch in watches(node).map_err(io("watch"))? {
                round.add(Owner::Watch(i as u32, watch))?;
            }
        }
        let listened: BTreeSet<u16> = lab.nodes.iter().flat_map(|n| n.listens.iter().map(|l| l.port)).collect();
        for part in parts(probes, &listened) {
            round.listen()?;
            round.run(&part)?;
        }
        Ok(round.heard)
    }

    /// Opens all servers, and closes those of the part before. A connection that stayed half open would answer a packet of
    /// this part in its own way, if a translation gave the two the same addresses and ports.
    fn listen(&mut self) -> Result<(), String> {
        for (at, owner) in self.owners.iter_mut().enumerate() {
            match owner {
                Some(Owner::Server(..)) => {}
                Some(Owner::Served(_, stream)) => reset(&SockRef::from(&*stream)),
                _ => continue,
            }
            *owner = None;
            self.free.push(at);
        }
        for (i, node) in self.lab.nodes.iter().enumerate().filter(|(_, n)| n.watched) {
            enter(&self.built.nodes[i])?;
            for server in servers(node).map_err(io("listen"))? {
                self.add(Owner::Server(i as u32, server))?;
            }
        }
        Ok(())
    }

    fn add(&mut self, owner: Owner) -> Result<usize, String> {
        let at = self.free.pop().unwrap_or(self.owners.len());
        let flags = match &owner {
            // A connection is open when it can be written to.
            Owner::Asker(i, _) if self.probes[*i as usize].kind == Kind::Tcp => EpollFlags::EPOLLOUT,
            _ => EpollFlags::EPOLLIN,
        };
        let event = EpollEvent::new(flags, at as u64);
        match &owner {
            Owner::Server(_, Server::Tcp(s)) => self.poll.add(s.as_fd(), event),
            Owner::Server(_, Server::Udp(s)) => self.poll.add(s.as_fd(), event),
            Owner::Served(_, s) => self.poll.add(s.as_fd(), event),
            Owner::Watch(_, w) => self.poll.add(w.socket.as_fd(), event),
            Owner::Asker(_, s) => self.poll.add(s.as_fd(), event),
        }
        .map_err(|e| format!("epoll: {e}"))?;
        if at == self.owners.len() {
            self.owners.push(Some(owner));
        } else {
            self.owners[at] = Some(owner);
        }
        Ok(at)
    }

    fn run(&mut self, part: &[(u32, u16)]) -> Result<(), String> {
        self.by_source = part
            .iter()
            .filter(|(i, _)| self.probes[*i as usize].kind == Kind::Tcp)
            .map(|&(i, source)| (source, i))
            .collect();
        let mut waiting = part.iter().copied().peekable();
        let mut still = 0;
        loop {
            let mut at = None;
            while self.live.len() < UNDER_WAY {
                let Some((i, source)) = waiting.next() else { break };
                let node = self.probes[i as usize].node;
                if at != Some(node) {
                    enter(&self.built.nodes[node as usize])?;
                    at = Some(node);
                }
                self.open(i, source)?;
                still = 0;
            }
            if self.pump()? {
                still = 0;
                continue;
            }
            if self.live.is_empty() && waiting.peek().is_some() {
                continue;
            }
            // Nothing to do: let everything under way come to rest, and look again; twice, and it is silent.
            self.marker.rest().map_err(io("marker"))?;
            still += 1;
            if still > 2 {
                for (_, at) in std::mem::take(&mut self.live) {
                    self.drop_asker(at);
                }
                if waiting.peek().is_none() {
                    return Ok(());
                }
                still = 0;
            }
        }
    }

    fn open(&mut self, i: u32, source: u16) -> Result<(), String> {
        self.heard[i as usize].source_port = source;
        match asker(&self.probes[i as usize], i, source) {
            Ok(socket) => {
                let at = self.add(Owner::Asker(i, socket))?;
                self.live.insert(i, at);
            }
            Err(e) => self.heard[i as usize].told = Some(e.to_string()),
        }
        Ok(())
    }

    /// Serves everything that has something to say. Whether anything had.
    fn pump(&mut self) -> Result<bool, String> {
        let mut events = [EpollEvent::empty(); 512];
        let n = match self.poll.wait(&mut events, EpollTimeout::ZERO) {
            Err(nix::errno::Errno::EINTR) => 0,
            other => other.map_err(|e| format!("epoll: {e}"))?,
        };
        for event in &events[..n] {
            self.serve(event.data() as usize)?;
        }
        Ok(n > 0)
    }

    fn serve(&mut self, at: usize) -> Result<(), String> {
        // Taken out while it is served; an event of something that ended in this batch finds nothing.
        let Some(mut owner) = self.owners.get_mut(at).and_then(Option::take) else { return Ok(()) };
        let mut keep = true;
        match &mut owner {
            Owner::Server(node, Server::Tcp(listener)) => {
                while let Ok((stream, _)) = listener.accept() {
                    stream.set_nonblocking(true).map_err(io("accept"))?;
                    self.add(Owner::Served(*node, stream))?;
                }
            }
            Owner::Server(node, Server::Udp(socket)) => answer_datagrams(socket, *node),
            Owner::Served(node, stream) => {
                let (done, probe) = answer_stream(stream, *node);
                keep = !done;
                // A translation that had to change the source port, too, has hidden the first packet from the watches.
                let heard = probe.and_then(|i| self.heard.get_mut(i as usize)).filter(|h| h.arrived.is_empty());
                if let (Some(heard), Ok(from), Ok(to)) = (heard, stream.peer_addr(), stream.local_addr()) {
                    heard.arrived.push(Arrival {
                        node: *node,
                        source: from.ip(),
                        source_port: from.port(),
                        destination: to.ip(),
                        port: to.port(),
                    });
                }
            }
            Owner::Watch(node, watch) => {
                let (heard, by_source, probes, live) = (&mut self.heard, &self.by_source, self.probes, &self.live);
                watch.take(*node, |whose, arrival| {
                    let i = match whose {
                        Whose::Number(i) => Some(i),
                        // A translation has to take another source port if the one that was stated is in use for the same
                        // destination; then it is the only such probe under way, or nobody knows whose it is.
                        Whose::SourcePort(p) => by_source.get(&p).copied().or_else(|| {
                            let fixed = |i: &&u32| {
                                let probe = &probes[**i as usize];
                                probe.kind == Kind::Tcp
                                    && probe.source_port != 0
                                    && heard[**i as usize].arrived.is_empty()
                            };
                            let mut candidates = live.keys().filter(fixed);
                            candidates.next().copied().filter(|_| candidates.next().is_none())
                        }),
                    };
                    if let Some(one) = i.and_then(|i| heard.get_mut(i as usize))
                        && !one.arrived.contains(&arrival)
                    {
                        one.arrived.push(arrival);
                    }
                });
            }
            Owner::Asker(i, socket) => {
                let i = *i;
                keep = !self.hear(i, socket, at)?;
                if !keep {
                    self.live.remove(&i);
                }
            }
        }
        if keep {
            self.owners[at] = Some(owner);
        } else {
            if let Owner::Asker(i, socket) = &owner {
                hang_up(self.probes[*i as usize].kind, socket);
            }
            self.free.push(at);
        }
        Ok(())
    }

    /// Looks what an asker was told. Whether it has its answer.
    fn hear(&mut self, i: u32, socket: &mut Socket, at: usize) -> Result<bool, String> {
        let heard = &mut self.heard[i as usize];
        let probe = &self.probes[i as usize];
        match socket.take_error() {
            Ok(None) => {}
            Ok(Some(e)) | Err(e) => {
                heard.told = Some(e.to_string());
                return Ok(true);
            }
        }
        let mut buffer = [0; 128];
        // The system hands a ping every reply with its number, whoever sent it.
        let read = match probe.kind {
            Kind::Echo => socket.try_clone().and_then(|s| UdpSocket::from(s).recv_from(&mut buffer)),
            _ => socket.read(&mut buffer).map(|n| (n, SocketAddr::new(probe.destination, probe.port))),
        };
        let (n, from) = match read {
            Ok((0, _)) => return Ok(probe.kind == Kind::Tcp),
            Ok((n, from)) => (n, from.ip()),
            Err(e) if e.kind() == std::io::ErrorKind::WouldBlock => {
                if probe.kind == Kind::Tcp {
                    // Open: ask, and from now on wait for the answer.
                    if let Err(e) = socket.write(&ask(i)) {
                        heard.told = Some(e.to_string());
                        return Ok(true);
                    }
                    let mut event = EpollEvent::new(EpollFlags::EPOLLIN, at as u64);
                    self.poll.modify(socket.as_fd(), &mut event).map_err(|e| format!("epoll: {e}"))?;
                }
                return Ok(false);
            }
            Err(e) => {
                heard.told = Some(e.to_string());
                return Ok(true);
            }
        };
        match probe.kind {
            Kind::Echo => heard.reached = from == probe.destination && asked(&buffer[..n][8.min(n)..]) == Some(i),
            _ => {
                heard.answered = answered(&buffer[..n], i);
                heard.reached = heard.answered.is_some();
            }
        }
        Ok(heard.reached)
    }

    fn drop_asker(&mut self, at: usize) {
        if let Some(Owner::Asker(i, socket)) = self.owners[at].take() {
            hang_up(self.probes[i as usize].kind, &socket);
            self.free.push(at);
        }
    }
}

/// Ends a connection at once, so that its port is free for the next.
fn hang_up(kind: Kind, socket: &Socket) {
    if kind == Kind::Tcp {
        reset(&SockRef::from(socket));
    }
}

fn reset(socket: &SockRef<'_>) {
    // Where that cannot be set, the connection ends in the ordinary way, only later.
    let _ = socket.set_linger(Some(std::time::Duration::ZERO));
}

/// Opens the connection of a probe, or sends its one packet.
fn asker(probe: &Probe, i: u32, source: u16) -> std::io::Result<Socket> {
    let from = SocketAddr::new(probe.source, source);
    let six = from.is_ipv6();
    let (kind, protocol) = match probe.kind {
        Kind::Tcp => (Type::STREAM, Protocol::TCP),
        Kind::Udp => (Type::DGRAM, Protocol::UDP),
        Kind::Echo if six => (Type::DGRAM, Protocol::ICMPV6),
        Kind::Echo => (Type::DGRAM, Protocol::ICMPV4),
    };
    let socket = Socket::new(Domain::for_address(from), kind, Some(protocol))?;
    socket.set_nonblocking(true)?;
    if probe.kind == Kind::Tcp {
        socket.set_reuse_address(true)?;
    }
    if probe.source_port != 0 {
        socket.set_reuse_port(true)?;
    }
    socket.bind(&from.into())?;
    let to = SocketAddr::new(probe.destination, probe.port);
    match socket.connect(&to.into()) {
        Err(e) if e.raw_os_error() != Some(nix::errno::Errno::EINPROGRESS as i32) => return Err(e),
        _ => {}
    }
    match probe.kind {
        Kind::Tcp => {}
        Kind::Udp => {
            socket.send(&ask(i))?;
        }
        Kind::Echo => {
            // The system fills in the sum and its own number for the socket.
            let mut packet = vec![if six { 128 } else { 8 }, 0, 0, 0, 0, 0, 0, 1];
            packet.extend(ask(i));
            socket.send(&packet)?;
        }
    }
    Ok(socket)
}

/// Probes with their source ports.
type Part = Vec<(u32, u16)>;

/// Rounds: each probe with its source port, none twice for one protocol in a round.
fn parts(probes: &[Probe], listened: &BTreeSet<u16>) -> Vec<Vec<(u32, u16)>> {
    let mut parts: Vec<(BTreeSet<(Kind, u16)>, Part)> = Vec::new();
    let asked: BTreeSet<u16> = probes.iter().map(|p| p.source_port).filter(|&p| p != 0).collect();
    let free: Vec<u16> = SOURCES.filter(|p| !asked.contains(p) && !listened.contains(p)).collect();
    let mut next: BTreeMap<Kind, usize> = BTreeMap::new();
    let mut order: Vec<u32> = (0..probes.len() as u32).collect();
    order.sort_by_key(|&i| probes[i as usize].node);
    for i in order {
        let p = &probes[i as usize];
        let turn = next.entry(p.kind).or_default();
        let (part, source) = if p.source_port == 0 {
            let at = *turn;
            *turn += 1;
            (at / free.len(), free[at % free.len()])
        } else {
            let fits = |(used, _): &(BTreeSet<_>, Vec<_>)| !used.contains(&(p.kind, p.source_port));
            (parts.iter().position(fits).unwrap_or(parts.len()), p.source_port)
        };
        while parts.len() <= part {
            parts.push(Default::default());
        }
        parts[part].0.insert((p.kind, source));
        parts[part].1.push((i, source));
    }
    parts.into_iter().map(|(_, list)| list).collect()
}
