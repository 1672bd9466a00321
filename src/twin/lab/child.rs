//! The process in which labs stand, from inside: its own namespaces first, then one lab after another.
//!
//! Started twice. The first process makes new namespaces and starts the second as number one of its process namespace,
//! so that whoever is killed takes everything else along.

use std::io::{BufRead, Write};
use std::process::{Command, Stdio};

use nix::mount::{MsFlags, mount};
use nix::sched::{CloneFlags, unshare};
use nix::sys::prctl::set_pdeathsig;
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use nix::sys::signal::Signal;
use nix::unistd::{getegid, geteuid, getppid};

use super::build::Built;
use super::probe::Round;
use super::world::{Ask, ENTRY, INSIDE, Told};

const NONE: Option<&str> = None;

/// Runs as a world until the questions end.
pub(super) fn run(second: &str) -> u8 {
    let end = if second == INSIDE { inside() } else { outside(second) };
    match end {
        Ok(code) => code,
        Err(why) => {
            say(&Told::Failed(why));
            2
        }
    }
}

fn say(told: &Told) {
    let mut out = std::io::stdout().lock();
    if let Ok(line) = serde_json::to_string(told) {
        // Whoever asked may be gone; then there is nobody to tell.
        let _ = writeln!(out, "{line}").and_then(|()| out.flush());
    }
}

fn words<E: std::fmt::Display>(what: &'static str) -> impl Fn(E) -> String {
    move |e| format!("{what}: {e}")
}

/// Makes the namespaces and starts the second process in them.
fn outside(parent: &str) -> Result<u8, String> {
    set_pdeathsig(Signal::SIGKILL).map_err(words("prctl"))?;
    // The parent may have ended before the line above.
    if getppid().to_string() != parent {
        return Ok(2);
    }
    let (user, group) = (geteuid(), getegid());
    let own = if user.is_root() { CloneFlags::empty() } else { CloneFlags::CLONE_NEWUSER };
    let all = own | CloneFlags::CLONE_NEWNS | CloneFlags::CLONE_NEWNET | CloneFlags::CLONE_NEWPID;
    unshare(all).map_err(words("unshare"))?;
    if !user.is_root() {
        for (file, text) in
            [("setgroups", "deny".to_owned()), ("uid_map", format!("0 {user} 1")), ("gid_map", format!("0 {group} 1"))]
        {
            std::fs::write(format!("/proc/self/{file}"), text).map_err(words("user namespace"))?;
        }
    }
    let program = std::env::current_exe().map_err(words("program"))?;
    let status = Command::new(program).args([ENTRY, INSIDE]).status().map_err(words("world"))?;
    Ok(status.code().and_then(|c| u8::try_from(c).ok()).unwrap_or(2))
}

/// Number one of the new process namespace.
fn inside() -> Result<u8, String> {
    set_pdeathsig(Signal::SIGKILL).map_err(words("prctl"))?;
    mount(NONE, "/", NONE, MsFlags::MS_REC | MsFlags::MS_PRIVATE, NONE).map_err(words("mount /"))?;
    // The settings of a namespace are reached through a /proc of its own; where that is refused, the old one may do.
    let _ = mount(Some("proc"), "/proc", Some("proc"), MsFlags::empty(), NONE);
    mount(Some("tmpfs"), "/run", Some("tmpfs"), MsFlags::empty(), NONE).map_err(words("mount /run"))?;
    std::fs::create_dir("/run/netns").map_err(words("/run/netns"))?;
    if let Ok((_, hard)) = getrlimit(Resource::RLIMIT_NOFILE) {
        let _ = setrlimit(Resource::RLIMIT_NOFILE, hard, hard);
    }
    super::silence::one_cpu()?;
    trial()?;
    say(&Told::Ready);
    for line in std::io::stdin().lock().lines() {
        let line = line.map_err(words("input"))?;
        let told = match serde_json::from_str::<Ask>(&line) {
            Err(e) => Told::Failed(e.to_string()),
            Ok(ask) => match answer(&ask) {
                Ok(heard) => Told::Heard(heard),
                Err(why) => Told::Failed(why),
            },
        };
        say(&told);
    }
    Ok(0)
}

fn answer(ask: &Ask) -> Result<Vec<super::Heard>, String> {
    let built = Built::new(&ask.lab)?;
    Round::all(&built, &ask.lab, &ask.probes)
}

/// The least that every lab needs; what is refused here is the reason to tell.
fn trial() -> Result<(), String> {
    super::build::tool("ip", &["link", "add", "v0", "type", "veth", "peer", "name", "v1"], "")?;
    super::build::tool("ip", &["link", "add", "b0", "type", "bridge"], "")?;
    let rules = "table inet t {\n chain c {\n type filter hook forward priority 0\n ct state established accept\n }\n}\n\
                 table ip n {\n chain p {\n type nat hook postrouting priority 100\n masquerade\n }\n}\n";
    super::build::tool("nft", &["-f", "-"], rules)?;
    super::build::tool("nft", &["flush", "ruleset"], "")?;
    super::build::tool("ip", &["link", "del", "v0"], "")?;
    super::build::tool("ip", &["link", "del", "b0"], "").map(drop)
}

/// A command without input whose output nobody reads.
pub(super) fn quiet(command: &mut Command) -> &mut Command {
    command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped())
}
