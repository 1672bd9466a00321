//! Who answers: a TCP listener for each port, and a UDP socket for each address and port.
//!
//! One UDP socket for all addresses would answer from whatever address the system likes; the asker would not know it.

use std::io::{Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, TcpStream, UdpSocket};

use socket2::{Domain, Protocol, Socket, Type};

use super::{Kind, LabNode};

/// A waiting socket of a node.
#[derive(Debug)]
pub(super) enum Server {
    Tcp(TcpListener),
    Udp(UdpSocket),
}

/// All servers of a node; the current namespace is its.
pub(super) fn servers(node: &LabNode) -> std::io::Result<Vec<Server>> {
    let addresses: Vec<IpAddr> = node.ports.iter().flat_map(|p| p.addresses.iter().copied()).collect();
    let mut all = Vec::new();
    for listen in &node.listens {
        match listen.kind() {
            Kind::Tcp => {
                for (six, any) in
                    [(false, IpAddr::V4(Ipv4Addr::UNSPECIFIED)), (true, IpAddr::V6(Ipv6Addr::UNSPECIFIED))]
                {
                    if addresses.iter().any(|a| a.is_ipv6() == six) {
                        all.push(Server::Tcp(tcp(SocketAddr::new(any, listen.port))?));
                    }
                }
            }
            Kind::Udp => {
                for &a in &addresses {
                    all.push(Server::Udp(udp(SocketAddr::new(a, listen.port))?));
                }
            }
            Kind::Echo => {}
        }
    }
    Ok(all)
}

impl super::Listen {
    fn kind(self) -> Kind {
        self.protocol
    }
}

fn udp(at: SocketAddr) -> std::io::Result<UdpSocket> {
    let socket = Socket::new(Domain::for_address(at), Type::DGRAM, Some(Protocol::UDP))?;
    socket.set_reuse_port(true)?;
    socket.bind(&at.into())?;
    socket.set_nonblocking(true)?;
    Ok(socket.into())
}

fn tcp(at: SocketAddr) -> std::io::Result<TcpListener> {
    let socket = Socket::new(Domain::for_address(at), Type::STREAM, Some(Protocol::TCP))?;
    socket.set_reuse_address(true)?;
    // A probe may ask from the very port that is listened to here.
    socket.set_reuse_port(true)?;
    if at.is_ipv6() {
        socket.set_only_v6(true)?;
    }
    socket.bind(&at.into())?;
    socket.listen(4096)?;
    socket.set_nonblocking(true)?;
    Ok(socket.into())
}

/// Answers every datagram with the number of the node and the number of the probe.
pub(super) fn answer_datagrams(socket: &UdpSocket, node: u32) {
    let mut buffer = [0; 64];
    while let Ok((n, from)) = socket.recv_from(&mut buffer) {
        if let Some(probe) = super::watch::asked(&buffer[..n]) {
            // An answer that cannot be sent is an answer that does not come back; the asker will notice.
            let _ = socket.send_to(&super::watch::answer(probe, node), from);
        }
    }
}

/// Answers a request on a connection, once it is there. Whether the connection is done with, and which probe has asked.
pub(super) fn answer_stream(stream: &mut TcpStream, node: u32) -> (bool, Option<u32>) {
    let mut buffer = [0; 64];
    match stream.read(&mut buffer) {
        Ok(0) => (true, None),
        Ok(n) => {
            let probe = super::watch::asked(&buffer[..n]);
            if let Some(probe) = probe {
                let _ = stream.write(&super::watch::answer(probe, node));
            }
            (false, probe)
        }
        Err(e) => (e.kind() != std::io::ErrorKind::WouldBlock, None),
    }
}
