//! Writing answers: whole or not at all, colour or not, and a quiet end when nobody reads any more.

use std::io::{IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};

use anstream::ColorChoice;

use crate::args::{Args, ColorArg};

/// Why an answer could not be written.
pub(crate) struct Unwritten {
    path: String,
    reason: String,
}

impl Unwritten {
    /// In the language of the user.
    pub(crate) fn say(&self, args: &Args) {
        let (path, reason) = (sekisho::report::clean(&self.path), sekisho::report::clean(&self.reason));
        match args.lang() {
            sekisho::diagnostic::Lang::Ja => say(&format!("エラー: `{path}` に書き込めません: {reason}")),
            sekisho::diagnostic::Lang::En => say(&format!("error: cannot write `{path}`: {reason}")),
        }
    }
}

/// Whether standard output gets colours: the flag, else the terminal and NO_COLOR.
pub(crate) fn color_out(args: &Args, file: Option<&Path>) -> bool {
    match (args.color, file) {
        (ColorArg::Always, _) => true,
        (ColorArg::Never, _) | (_, Some(_)) => false,
        (ColorArg::Auto, None) => anstream::AutoStream::choice(&std::io::stdout()) != ColorChoice::Never,
    }
}

/// Whether standard error gets colours.
pub(crate) fn color_err(args: &Args) -> bool {
    match args.color {
        ColorArg::Always => true,
        ColorArg::Never => false,
        ColorArg::Auto => anstream::AutoStream::choice(&std::io::stderr()) != ColorChoice::Never,
    }
}

/// Writes an answer to a file, or to standard output if there is none or it is `-`.
pub(crate) fn write(file: Option<&Path>, text: &[u8]) -> Result<(), Unwritten> {
    match file.filter(|f| *f != Path::new("-")) {
        Some(path) => {
            whole(path, text).map_err(|e| Unwritten { path: path.display().to_string(), reason: e.to_string() })
        }
        None => {
            let mut out = std::io::stdout().lock();
            match out.write_all(text).and_then(|()| out.flush()) {
                // Whoever closed the pipe has read enough.
                Err(e) if e.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
                Err(e) => Err(Unwritten { path: "stdout".to_owned(), reason: e.to_string() }),
                Ok(()) => Ok(()),
            }
        }
    }
}

/// A line on standard error; nobody can be told if even that is closed.
pub(crate) fn say(text: &str) {
    note(&format!("{text}\n"));
}

/// Text on standard error as it is.
pub(crate) fn note(text: &str) {
    let _ = std::io::stderr().lock().write_all(text.as_bytes());
}

/// An answer that must not be shown: said loudly, and no more than that.
pub(crate) fn internal(args: &Args, fault: &str) -> crate::Outcome {
    let fault = sekisho::report::clean(fault);
    match args.lang() {
        sekisho::diagnostic::Lang::Ja => {
            say(&format!("内部エラー: {fault}\nこの答えは使えません。図面と一緒に開発者に知らせてください"))
        }
        sekisho::diagnostic::Lang::En => {
            say(&format!("internal error: {fault}\nthis answer cannot be used; please report it with the drawing"))
        }
    }
    crate::Outcome::Wrong
}

/// A file beside the target is filled and then renamed, so that a half-written answer is never taken for a whole one.
fn whole(path: &Path, text: &[u8]) -> std::io::Result<()> {
    // A device or pipe cannot be replaced by a file.
    if path.metadata().is_ok_and(|m| !m.is_file() && !m.is_dir()) {
        return std::fs::write(path, text);
    }
    let name = path.file_name().ok_or_else(|| std::io::Error::other("not a file name"))?;
    let mut beside = std::ffi::OsString::from(".");
    beside.push(name);
    beside.push(format!(".{}.tmp", std::process::id()));
    let beside = path.parent().map_or_else(|| PathBuf::from(&beside), |p| p.join(&beside));
    let filled = fill(&beside, text).and_then(|()| std::fs::rename(&beside, path));
    if filled.is_err() {
        // Nothing more can be done if this fails, too; the first error is the one to tell.
        let _ = std::fs::remove_file(&beside);
    }
    filled
}

fn fill(path: &Path, text: &[u8]) -> std::io::Result<()> {
    let mut file = std::fs::OpenOptions::new().write(true).create_new(true).open(path)?;
    file.write_all(text)?;
    file.sync_all()
}

/// Says on a terminal what is going on, once it takes longer than a second; silent otherwise.
pub(crate) struct Progress {
    done: Option<std::sync::mpsc::Sender<()>>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Progress {
    pub(crate) fn new(text: &'static str) -> Self {
        if !std::io::stderr().is_terminal() {
            return Self { done: None, thread: None };
        }
        let (done, wait) = std::sync::mpsc::channel::<()>();
        let thread = std::thread::spawn(move || {
            if wait.recv_timeout(std::time::Duration::from_secs(1)) == Err(std::sync::mpsc::RecvTimeoutError::Timeout) {
                say(text);
            }
        });
        Self { done: Some(done), thread: Some(thread) }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        drop(self.done.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
