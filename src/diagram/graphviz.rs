//! Finding an installed Graphviz and having it draw: DOT in by pipe, bytes out by pipe.
//!
//! Nothing is installed, downloaded or written to disk, and a `dot` that does not come to
//! an end is stopped. Whoever has no Graphviz uses [`svg`](super::svg).

use std::ffi::OsStr;
use std::fmt;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

use super::dot;
use super::picture::Picture;

/// Above so many things `dot` needs minutes and nobody can read the result.
pub const MOST_NODES: usize = 500;

/// What to produce.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// Scalable, for documents and browsers.
    Svg,
    /// Pixels, 150 to the inch.
    Png,
    /// For printing.
    Pdf,
}

/// Why there is no picture.
#[derive(Debug)]
pub enum Error {
    /// There is no `dot` at the place given, or on the search path.
    NotInstalled {
        /// What was looked for.
        looked_for: PathBuf,
    },
    /// More things than `dot` can lay out: an aggregated view is needed.
    TooLarge {
        /// How many there are.
        nodes: usize,
        /// How many there may be.
        most: usize,
    },
    /// `dot` did not finish in time and was stopped.
    TimedOut {
        /// How long it was given.
        after: Duration,
    },
    /// `dot` ran and failed.
    Failed {
        /// How it ended.
        status: ExitStatus,
        /// What it said.
        stderr: String,
    },
    /// `dot` could not be started or talked to.
    Io(io::Error),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotInstalled { looked_for } => {
                write!(f, "Graphviz is not installed: no `{}`", looked_for.display())
            }
            Self::TooLarge { nodes, most } => {
                write!(f, "{nodes} things are too many for Graphviz (at most {most}): use an aggregated view")
            }
            Self::TimedOut { after } => {
                write!(f, "Graphviz did not finish within {} s", after.as_secs_f64())
            }
            Self::Failed { status, stderr } => write!(f, "Graphviz failed ({status}): {stderr}"),
            Self::Io(error) => write!(f, "Graphviz could not be run: {error}"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io(error) => Some(error),
            _ => None,
        }
    }
}

/// An installed `dot`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Graphviz {
    program: PathBuf,
    timeout: Duration,
}

impl Graphviz {
    /// The `dot` at `path`, or the first on the search path.
    ///
    /// # Errors
    /// [`Error::NotInstalled`].
    pub fn find(path: Option<&Path>) -> Result<Self, Error> {
        let name = if cfg!(windows) { "dot.exe" } else { "dot" };
        let timeout = Duration::from_secs(60);
        if let Some(path) = path {
            return match path.is_file() {
                true => Ok(Self { program: path.to_owned(), timeout }),
                false => Err(Error::NotInstalled { looked_for: path.to_owned() }),
            };
        }
        // Only absolute folders: a `dot` in the current folder is not an installed one.
        let folders = std::env::var_os("PATH").unwrap_or_default();
        std::env::split_paths(&folders)
            .filter(|folder| folder.is_absolute())
            .map(|folder| folder.join(name))
            .find(|program| program.is_file())
            .map(|program| Self { program, timeout })
            .ok_or_else(|| Error::NotInstalled { looked_for: name.into() })
    }

    /// With another limit than 60 seconds.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Where it is.
    #[must_use]
    pub fn program(&self) -> &Path {
        &self.program
    }

    /// Draws a picture.
    ///
    /// # Errors
    /// Any [`Error`] but [`Error::NotInstalled`]; that too if it was removed meanwhile.
    pub fn render(&self, picture: &Picture, options: &dot::Options, format: Format) -> Result<Vec<u8>, Error> {
        let nodes = picture.node_count();
        if nodes > MOST_NODES {
            return Err(Error::TooLarge { nodes, most: MOST_NODES });
        }
        let args: &[&str] = match format {
            Format::Svg => &["-Tsvg"],
            Format::Png => &["-Tpng", "-Gdpi=150"],
            Format::Pdf => &["-Tpdf"],
        };
        self.run(args, dot::render(picture, options))
    }

    pub(super) fn run<A: AsRef<OsStr>>(&self, args: &[A], input: String) -> Result<Vec<u8>, Error> {
        let until = Instant::now() + self.timeout;
        let mut child = Command::new(&self.program)
            .args(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| match error.kind() {
                io::ErrorKind::NotFound => Error::NotInstalled { looked_for: self.program.clone() },
                _ => Error::Io(error),
            })?;
        if let Some(mut stdin) = child.stdin.take() {
            // A `dot` that stops reading says why on its error stream.
            thread::spawn(move || stdin.write_all(input.as_bytes()));
        }
        let stdout = gather(child.stdout.take());
        let stderr = gather(child.stderr.take());
        let outcome = self.wait(&mut child, until, &stdout, &stderr);
        if outcome.is_err() {
            // It may have ended by itself meanwhile: then there is nothing to stop.
            let _ = child.kill();
            let _ = child.wait();
        }
        outcome
    }

    fn wait(
        &self,
        child: &mut Child,
        until: Instant,
        stdout: &Receiver<io::Result<Vec<u8>>>,
        stderr: &Receiver<io::Result<Vec<u8>>>,
    ) -> Result<Vec<u8>, Error> {
        let status = loop {
            match child.try_wait().map_err(Error::Io)? {
                Some(status) => break status,
                None if Instant::now() >= until => {
                    return Err(Error::TimedOut { after: self.timeout });
                }
                None => thread::sleep(Duration::from_millis(5)),
            }
        };
        // Its children may hold the pipes open longer than it lived: wait no longer than said.
        let taken = |from: &Receiver<io::Result<Vec<u8>>>| {
            let left = until.saturating_duration_since(Instant::now());
            match from.recv_timeout(left.max(Duration::from_millis(50))) {
                Ok(bytes) => bytes.map_err(Error::Io),
                Err(RecvTimeoutError::Timeout) => Err(Error::TimedOut { after: self.timeout }),
                Err(RecvTimeoutError::Disconnected) => Ok(Vec::new()),
            }
        };
        let bytes = taken(stdout)?;
        if status.success() && !bytes.is_empty() {
            return Ok(bytes);
        }
        let stderr = String::from_utf8_lossy(&taken(stderr)?).trim().to_owned();
        Err(Error::Failed { status, stderr })
    }
}

/// Reads a pipe to its end on a thread of its own, so that no pipe can fill up.
fn gather(pipe: Option<impl Read + Send + 'static>) -> Receiver<io::Result<Vec<u8>>> {
    let (sender, receiver) = channel();
    if let Some(mut pipe) = pipe {
        thread::spawn(move || {
            let mut bytes = Vec::new();
            let result = pipe.read_to_end(&mut bytes).map(|_| bytes);
            // Nobody listens any more after a timeout.
            let _ = sender.send(result);
        });
    }
    receiver
}
