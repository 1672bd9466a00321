//! The process in which a twin stands ends with whoever started it, however that ends, and leaves nothing behind.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::support::twin::world;

/// All running processes of worlds, with their parents. Only those of this test's own program are counted.
fn worlds() -> Vec<(u32, u32)> {
    let entries = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    let numbers = entries.filter_map(|e| e.file_name().to_str()?.parse::<u32>().ok());
    let of = |pid: u32| {
        let call = std::fs::read(format!("/proc/{pid}/cmdline")).ok()?;
        let call = String::from_utf8_lossy(&call).into_owned();
        let mut words = call.split('\0');
        let ours = words.next() == Some(env!("CARGO_BIN_EXE_sekisho")) && words.next() == Some("twin-world");
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        let mut rest = stat.rsplit_once(')')?.1.split_whitespace();
        let (state, parent) = (rest.next()?, rest.next()?.parse().ok()?);
        (ours && state != "Z").then_some((pid, parent))
    };
    numbers.filter_map(of).collect()
}

/// A process and everything started by it.
fn family(root: u32) -> Vec<u32> {
    let all = worlds();
    let mut found = vec![root];
    for _ in 0..4 {
        let more: Vec<u32> =
            all.iter().filter(|(p, parent)| found.contains(parent) && !found.contains(p)).map(|(p, _)| *p).collect();
        found.extend(more);
    }
    found.retain(|p| Path::new(&format!("/proc/{p}")).exists());
    found
}

fn gone(pids: &[u32]) -> bool {
    let alive = || worlds().iter().any(|(p, _)| pids.contains(p));
    let end = Instant::now() + Duration::from_secs(10);
    while alive() && Instant::now() < end {
        std::thread::sleep(Duration::from_millis(10));
    }
    !alive()
}

fn kill(signal: &str, pid: u32) {
    let status = Command::new("kill").args([signal, &pid.to_string()]).status().expect("kill runs");
    assert!(status.success(), "{signal} {pid}");
}

#[test]
fn a_killed_world_leaves_nothing() {
    for signal in ["-TERM", "-INT", "-HUP", "-KILL"] {
        let Some(world) = world() else { return };
        let all = family(world.process());
        assert!(all.len() >= 2, "the outer process and the one inside: {all:?}");
        kill(signal, world.process());
        assert!(gone(&all), "{signal} to the outer process leaves {:?} of {all:?}", worlds());
        drop(world);
    }
    // And the one inside.
    let Some(world) = world() else { return };
    let all = family(world.process());
    kill("-KILL", all[1]);
    assert!(gone(&all[1..]), "{:?} of {all:?}", worlds());
}

#[test]
fn a_dropped_world_is_gone() {
    let Some(world) = world() else { return };
    let all = family(world.process());
    drop(world);
    assert!(gone(&all), "{:?} of {all:?}", worlds());
}

/// The program that started the world is killed while the world is at work.
#[test]
fn nothing_outlives_a_killed_program() {
    if world().is_none() {
        return;
    }
    for (signal, wait) in [("-TERM", 60), ("-KILL", 20), ("-KILL", 120), ("-KILL", 300)] {
        let mut program = Command::new(env!("CARGO_BIN_EXE_sekisho"))
            .args(["twin", "models/alpha.ron"])
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program starts");
        std::thread::sleep(Duration::from_millis(wait));
        let all = family(program.id());
        kill(signal, program.id());
        program.wait().expect("it ends");
        assert!(gone(&all), "{signal} after {wait} ms leaves {:?} of {all:?}", worlds());
    }
}
