//! Drawings on disk: reading them with their includes, all inside one folder.

use std::io::Read as _;
use std::path::{Component, Path, PathBuf};

use sekisho::document::{LoadError, Loaded, Loader, load};
use sekisho::source::MAX_FILE_BYTES;

use crate::args::Args;
use crate::say;

/// Reads from disk, or the drawing itself from standard input.
pub(crate) struct Disk {
    path: PathBuf,
    /// The folder that includes may not leave.
    folder: Option<PathBuf>,
    /// Standard input, once it has been read: it can be asked for again.
    input: Option<String>,
}

impl Disk {
    pub(crate) fn new(path: &Path) -> Self {
        let parent = if path == Path::new("-") { Path::new(".") } else { path.parent().unwrap_or(Path::new(".")) };
        let parent = if parent.as_os_str().is_empty() { Path::new(".") } else { parent };
        Self { path: path.to_owned(), folder: parent.canonicalize().ok(), input: None }
    }

    /// As [`Disk::new`], for a plan: it may name a drawing that lies beside its folder.
    pub(crate) fn for_plan(path: &Path) -> Self {
        let plain = Self::new(path);
        let folder =
            plain.folder.as_ref().and_then(|f| f.parent()).map(Path::to_owned).or_else(|| plain.folder.clone());
        Self { folder, ..plain }
    }
}

fn text(bytes: Vec<u8>) -> Result<String, LoadError> {
    if bytes.len() > MAX_FILE_BYTES {
        return Err(LoadError::TooLarge);
    }
    String::from_utf8(bytes).map_err(|e| LoadError::NotUtf8(e.utf8_error().valid_up_to()))
}

fn read(path: &Path) -> Result<String, LoadError> {
    let error = |e: std::io::Error| match e.kind() {
        std::io::ErrorKind::NotFound => LoadError::NotFound,
        _ => LoadError::Other(e.to_string()),
    };
    let file = std::fs::File::open(path).map_err(error)?;
    let meta = file.metadata().map_err(error)?;
    if meta.is_dir() {
        return Err(LoadError::Other("is a folder / フォルダです".to_owned()));
    }
    let mut bytes = Vec::new();
    // One byte more than the limit is enough to know that it is over.
    file.take(MAX_FILE_BYTES as u64 + 1).read_to_end(&mut bytes).map_err(error)?;
    text(bytes)
}

impl Loader for Disk {
    fn name(&self) -> String {
        self.path.display().to_string()
    }

    fn root(&mut self) -> Result<(String, String), LoadError> {
        if self.path == Path::new("-") {
            if let Some(text) = &self.input {
                return Ok(("-".to_owned(), text.clone()));
            }
            let mut bytes = Vec::new();
            let mut input = std::io::stdin().lock().take(MAX_FILE_BYTES as u64 + 1);
            input.read_to_end(&mut bytes).map_err(|e| LoadError::Other(e.to_string()))?;
            let text = text(bytes)?;
            self.input = Some(text.clone());
            return Ok(("-".to_owned(), text));
        }
        Ok((self.path.display().to_string(), read(&self.path)?))
    }

    fn include(&mut self, from: &str, path: &str) -> Result<(String, String), LoadError> {
        let base = if from == "-" { Path::new("") } else { Path::new(from).parent().unwrap_or(Path::new("")) };
        let shown = tidy(&base.join(path));
        if Path::new(path).is_absolute() {
            return Err(LoadError::Outside);
        }
        // Links are followed before the folder is compared, so that a link cannot lead out of it.
        let real = shown.canonicalize().map_err(|e| match e.kind() {
            std::io::ErrorKind::NotFound => LoadError::NotFound,
            _ => LoadError::Other(e.to_string()),
        });
        let folder = self.folder.as_ref().ok_or(LoadError::Outside)?;
        match real {
            Ok(real) if !real.starts_with(folder) => Err(LoadError::Outside),
            Ok(_) => Ok((shown.display().to_string(), read(&shown)?)),
            Err(e) => Err(e),
        }
    }
}

/// A path without `.` and, where possible, without `..`, so that one file has one name.
fn tidy(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if matches!(out.components().next_back(), Some(Component::Normal(_))) => {
                out.pop();
            }
            other => out.push(other),
        }
    }
    out
}

/// Reads a drawing; what is wrong with it has been said when nothing comes back.
pub(crate) fn loaded(args: &Args, file: &Path) -> Option<Loaded> {
    match load(&mut Disk::new(file)) {
        Ok(loaded) => {
            say::diagnostics(args, &loaded.warnings, &loaded.sources);
            Some(loaded)
        }
        Err(failed) => {
            say::diagnostics(args, &failed.diagnostics, &failed.sources);
            None
        }
    }
}
