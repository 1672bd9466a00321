//! The process in which a lab stands, seen from outside: started, asked over its pipes, and ended with whoever started it.
//!
//! The program starts *itself* under a hidden name. Every namespace is held by that process alone, and the kernel kills it
//! when its parent ends for any reason; so nothing can be left behind, and nothing has to be cleaned up.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde::{Deserialize, Serialize};

use super::{Heard, Lab, Probe};
use crate::diagnostic::Text;

/// The first argument with which the program is started as a world.
pub const ENTRY: &str = "twin-world";

/// The second argument: already inside the new namespaces.
pub(super) const INSIDE: &str = "inside";

/// A question to a world.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Ask {
    pub(super) lab: Lab,
    pub(super) probes: Vec<Probe>,
}

/// Its answer.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Told {
    Ready,
    Heard(Vec<Heard>),
    Failed(String),
}

/// Why no lab can be built here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unavailable {
    /// Not Linux.
    System,
    /// A program is missing.
    Program(&'static str),
    /// The system refuses namespaces, or something else that a lab needs.
    Refused(String),
}

impl Unavailable {
    /// In words, one line.
    #[must_use]
    pub fn text(&self) -> Text {
        match self {
            Self::System => Text::new("この環境では使えません (Linux だけです)", "not available here (Linux only)"),
            Self::Program(name) => {
                Text::new(format!("プログラム `{name}` がありません"), format!("the program `{name}` is missing"))
            }
            Self::Refused(why) => {
                Text::new(format!("名前空間を作れません: {why}"), format!("no namespaces are to be had: {why}"))
            }
        }
    }
}

/// A running world.
#[derive(Debug)]
pub struct World {
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
    program: PathBuf,
}

impl World {
    /// Starts `program` (this program, or another that calls [`entry`] first) as a world.
    ///
    /// The world ends with the *thread* that calls this.
    ///
    /// # Errors
    /// If no lab can be built on this machine.
    pub fn start(program: &Path) -> Result<Self, Unavailable> {
        if !cfg!(target_os = "linux") {
            return Err(Unavailable::System);
        }
        for tool in ["ip", "nft"] {
            if !PATH.split(':').any(|folder| Path::new(folder).join(tool).exists()) {
                return Err(Unavailable::Program(tool));
            }
        }
        let mut child = Command::new(program)
            .args([ENTRY, &std::process::id().to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|e| Unavailable::Refused(e.to_string()))?;
        let (Some(input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(Unavailable::Refused("no pipe".to_owned()));
        };
        let (input, output) = (Some(input), BufReader::new(output));
        let mut world = Self { child, input, output, program: program.to_owned() };
        match world.hear() {
            Ok(Told::Ready) => Ok(world),
            Ok(Told::Failed(why)) | Err(why) => Err(Unavailable::Refused(why)),
            Ok(Told::Heard(_)) => Err(Unavailable::Refused("an answer without a question".to_owned())),
        }
    }

    /// Builds a lab, asks it, and takes it down.
    ///
    /// # Errors
    /// If the lab could not be built, in the words of the system. The world can be asked again.
    pub fn ask(&mut self, lab: &Lab, probes: &[Probe]) -> Result<Vec<Heard>, String> {
        let ask = Ask { lab: lab.clone(), probes: probes.to_vec() };
        let mut line = serde_json::to_string(&ask).map_err(|e| e.to_string())?;
        line.push('\n');
        let input = self.input.as_mut().ok_or("the world has ended")?;
        input.write_all(line.as_bytes()).and_then(|()| input.flush()).map_err(|e| e.to_string())?;
        match self.hear()? {
            Told::Heard(heard) => Ok(heard),
            Told::Failed(why) => Err(why),
            Told::Ready => Err("no answer".to_owned()),
        }
    }

    /// The process of the world, for those who test what is left when it is killed.
    #[must_use]
    pub fn process(&self) -> u32 {
        self.child.id()
    }

    /// The program that runs as this world.
    #[must_use]
    pub fn program(&self) -> &Path {
        &self.program
    }

    fn hear(&mut self) -> Result<Told, String> {
        let mut line = String::new();
        match self.output.read_line(&mut line) {
            Ok(0) => Err("the world has ended".to_owned()),
            Ok(_) => serde_json::from_str(&line).map_err(|e| e.to_string()),
            Err(e) => Err(e.to_string()),
        }
    }
}

impl Drop for World {
    fn drop(&mut self) {
        // It ends by itself when its input ends; killing it only makes that sooner, and cannot fail in a way that matters.
        self.input.take();
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Where `ip` and `nft` are looked for: both are administrators' programs and often not on the path of a user.
pub(super) const PATH: &str = "/usr/local/sbin:/usr/sbin:/sbin:/usr/bin:/bin";

/// Whether a lab can be built on this machine with `program` as the world.
///
/// # Errors
/// The reason, if not.
pub fn capable(program: &Path) -> Result<(), Unavailable> {
    World::start(program).map(drop)
}

/// What a program has to call before anything else: if it was started as a world it is one, and gets its exit code.
#[must_use]
pub fn entry() -> Option<u8> {
    let mut args = std::env::args().skip(1);
    if args.next()? != ENTRY {
        return None;
    }
    let second = args.next().unwrap_or_default();
    #[cfg(target_os = "linux")]
    return Some(super::child::run(&second));
    #[cfg(not(target_os = "linux"))]
    {
        let _ = (second, INSIDE);
        Some(2)
    }
}
