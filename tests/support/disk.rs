//! The drawings of this repository, read from disk: what several tests go through.
//!
//! A file that another file includes is a part, not a drawing. Nothing is judged here.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Component, Path, PathBuf};

use sekisho::diagnostic::Lang;
use sekisho::document::{Failed, LoadError, Loaded, Loader, load};

/// Files below the folder of a drawing.
struct Disk {
    folder: PathBuf,
    file: PathBuf,
}

impl Disk {
    fn of(path: &Path) -> Self {
        let folder = path.parent().expect("a drawing lies in a folder").to_owned();
        let file = path.file_name().expect("a drawing is a file").into();
        Self { folder, file }
    }

    fn text(&self, path: &Path) -> Result<(String, String), LoadError> {
        let bytes = fs::read(self.folder.join(path)).map_err(|_| LoadError::NotFound)?;
        let text = String::from_utf8(bytes).map_err(|e| LoadError::NotUtf8(e.utf8_error().valid_up_to()))?;
        Ok((path.to_string_lossy().into_owned(), text))
    }
}

impl Loader for Disk {
    fn root(&mut self) -> Result<(String, String), LoadError> {
        self.text(&self.file)
    }

    fn include(&mut self, from: &str, path: &str) -> Result<(String, String), LoadError> {
        let mut inside = PathBuf::from(from);
        inside.pop();
        for part in Path::new(path).components() {
            match part {
                Component::Normal(name) => inside.push(name),
                Component::CurDir => {}
                Component::ParentDir if inside.pop() => {}
                _ => return Err(LoadError::Outside),
            }
        }
        self.text(&inside)
    }
}

/// Whether a file is a migration plan or a region: neither is a drawing.
fn is_plan_or_region(path: &Path) -> bool {
    let text = fs::read_to_string(path).unwrap_or_default();
    let first = text.lines().find(|l| !l.trim().is_empty() && !l.starts_with("//"));
    first.is_some_and(|l| l.starts_with("Plan(") || l.starts_with("Region("))
}

/// All `*.ron` files under a folder that are neither plans nor regions, sorted.
fn ron_files(folder: &Path, found: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap_or_else(|e| panic!("{}: {e}", folder.display()))
        .map(|entry| entry.expect("a readable folder").path())
        .collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            ron_files(&path, found);
        } else if path.extension().is_some_and(|e| e == "ron") && !is_plan_or_region(&path) {
            found.push(path);
        }
    }
}

/// A path as it is written in pages.
pub(crate) fn shown(path: &Path) -> String {
    path.strip_prefix(env!("CARGO_MANIFEST_DIR")).unwrap_or(path).display().to_string()
}

/// Every drawing of some folders with what loading it gave. Parts, the data of the rule book, inventories and templates
/// are left out.
pub(crate) fn drawings(folders: &[&str]) -> BTreeMap<PathBuf, Result<Loaded, Failed>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    for folder in folders {
        ron_files(&root.join(folder), &mut files);
    }
    let others = ["models/policies", "models/inventories", "models/templates"].map(|folder| root.join(folder));
    files.retain(|f| !others.iter().any(|folder| f.starts_with(folder)));
    let mut parts = BTreeSet::new();
    let mut loaded = BTreeMap::new();
    for path in files {
        let mut disk = Disk::of(&path);
        let result = load(&mut disk);
        let sources = match &result {
            Ok(l) => &l.sources,
            Err(f) => &f.sources,
        };
        parts.extend(sources.iter().map(|(_, s)| disk.folder.join(s.name())).filter(|p| *p != path));
        loaded.insert(path, result);
    }
    loaded.retain(|path, _| !parts.contains(path));
    loaded
}

/// Every drawing that loads; what is wrong with the others is said line by line.
pub(crate) fn readable(folders: &[&str], wrong: &mut Vec<String>) -> BTreeMap<PathBuf, Loaded> {
    let mut readable = BTreeMap::new();
    for (path, result) in drawings(folders) {
        match result {
            Ok(loaded) => {
                readable.insert(path, loaded);
            }
            Err(failed) => wrong.extend(failed.diagnostics.iter().map(|d| {
                let place = d.span().map(|s| failed.sources.place(s)).unwrap_or_default();
                format!("{}: {} {place} {}", shown(&path), d.code.as_str(), d.message.get(Lang::En))
            })),
        }
    }
    readable
}
