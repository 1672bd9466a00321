//! Knowing that nothing will come any more, without waiting.
//!
//! On one CPU every hop of a frame between namespaces, and every datagram on a loopback device, goes through one queue:
//! first in, first out. A datagram on loopback that comes back therefore proves that all frames sent before it have made a
//! hop or are gone; as many datagrams as a walk can have hops prove that everything has come to rest.

use std::net::UdpSocket;

use nix::sched::{CpuSet, sched_getaffinity, sched_setaffinity};
use nix::unistd::Pid;

/// More hops than any walk has: the kernel drops a packet after 64 routers, and a hop is at most three frames.
const HOPS: u32 = 200;

/// Keeps this process, and those that it starts, on one CPU.
pub(super) fn one_cpu() -> Result<(), String> {
    let mine = Pid::from_raw(0);
    let allowed = sched_getaffinity(mine).map_err(|e| format!("cpu: {e}"))?;
    let able: Vec<usize> = (0..CpuSet::count()).filter(|&c| allowed.is_set(c).unwrap_or(false)).collect();
    // Two worlds of one machine should not share a CPU if they need not.
    let turn = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |d| d.subsec_micros());
    let Some(&cpu) = able.get(turn as usize % able.len().max(1)) else { return Err("cpu: none".to_owned()) };
    let mut one = CpuSet::new();
    one.set(cpu).map_err(|e| format!("cpu: {e}"))?;
    sched_setaffinity(mine, &one).map_err(|e| format!("cpu: {e}"))
}

/// A pair of sockets on the loopback device of the current namespace.
#[derive(Debug)]
pub(super) struct Marker {
    out: UdpSocket,
    back: UdpSocket,
    number: u32,
}

impl Marker {
    pub(super) fn new() -> std::io::Result<Self> {
        let back = UdpSocket::bind("127.0.0.1:0")?;
        let out = UdpSocket::bind("127.0.0.1:0")?;
        out.connect(back.local_addr()?)?;
        back.set_read_timeout(Some(std::time::Duration::from_secs(2)))?;
        Ok(Self { out, back, number: 0 })
    }

    /// Comes back when everything that was under way has come to rest.
    pub(super) fn rest(&mut self) -> std::io::Result<()> {
        let mut buffer = [0; 4];
        for _ in 0..HOPS {
            self.number = self.number.wrapping_add(1);
            let mark = self.number.to_be_bytes();
            self.out.send(&mark)?;
            while self.back.recv(&mut buffer)? != 4 || buffer != mark {}
        }
        Ok(())
    }
}
