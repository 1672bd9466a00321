//! A drawing and the files it includes, all within one folder.
//!
//! Where bytes come from is the [`Loader`]'s business: a disk in the command
//! line, memory in tests.

use std::collections::BTreeSet;

use super::damage::Damage;
use super::pack::Pack;
use super::read::{Written, read};
use super::resolve::{Resolved, Variation, resolve};
use super::shape::Municipality;
use super::value::Name;
use crate::diagnostic::{Code, Diagnostic, Severity, Text, sort};
use crate::model::{Edition, Model, SeparationModel};
use crate::source::{FileId, MAX_FILE_BYTES, Sources, Span};

/// Why a file could not be had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LoadError {
    /// No such file.
    NotFound,
    /// It lies outside the folder of the drawing.
    Outside,
    /// It is not UTF-8; the offset of the first wrong byte.
    NotUtf8(usize),
    /// Larger than [`MAX_FILE_BYTES`].
    TooLarge,
    /// Anything else, in the words of the system.
    Other(String),
}

/// Where files come from.
pub trait Loader {
    /// The name of the drawing itself, for a message when it cannot be had.
    fn name(&self) -> String {
        String::new()
    }

    /// The text of the drawing itself: its name to show and its content.
    ///
    /// # Errors
    /// As [`LoadError`] says.
    fn root(&mut self) -> Result<(String, String), LoadError>;

    /// The text of an included file, `path` as written, seen from the file called `from`;
    /// with a name to show that is the same whenever the file is the same.
    ///
    /// # Errors
    /// As [`LoadError`] says; in particular [`LoadError::Outside`].
    fn include(&mut self, from: &str, path: &str) -> Result<(String, String), LoadError>;
}

/// A drawing that could be understood.
#[derive(Debug)]
pub struct Loaded {
    /// What it means.
    pub model: Model,
    /// Its files.
    pub sources: Sources,
    /// What its author probably did not mean.
    pub warnings: Vec<Diagnostic>,
    /// Definitions that nothing in the drawing uses. `lint` shows them.
    pub unused: Vec<Diagnostic>,
}

/// A drawing with mistakes: all of them, sorted by place.
#[derive(Debug)]
pub struct Failed {
    /// Its files, as far as they could be had.
    pub sources: Sources,
    /// The mistakes, and the warnings found beside them.
    pub diagnostics: Vec<Diagnostic>,
}

/// The most files that one drawing may include.
const MAX_FILES: usize = 1_000;

/// After so many messages nobody reads on.
const MAX_SHOWN: usize = 500;

/// Reads a drawing with its includes and resolves it.
///
/// # Errors
/// [`Failed`] with every mistake found.
pub fn load(loader: &mut dyn Loader) -> Result<Loaded, Failed> {
    load_as(loader, ReadAs::default())
}

/// What a drawing is read as, instead of what it declares: to see what another model or edition would say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ReadAs {
    /// Another model.
    pub model: Option<SeparationModel>,
    /// Another edition.
    pub edition: Option<Edition>,
}

/// As [`load`], with another model or edition than the drawing declares.
///
/// # Errors
/// [`Failed`] with every mistake found.
pub fn load_as(loader: &mut dyn Loader, read_as: ReadAs) -> Result<Loaded, Failed> {
    load_watched(loader, read_as, &mut || {})
}

/// As [`load_as`]; `read` is called once all texts are read and before names are resolved, for whoever measures.
///
/// # Errors
/// [`Failed`] with every mistake found.
pub fn load_watched(loader: &mut dyn Loader, read_as: ReadAs, read: &mut dyn FnMut()) -> Result<Loaded, Failed> {
    let mut files = Files::default();
    match loader.root() {
        Ok((name, text)) => files.read_all(loader, name, text),
        Err(error) => files.unreadable(None, &loader.name(), &error),
    }
    files.read_packs(loader);
    let Files { sources, documents, packs, mut diagnostics, damage, .. } = files;
    let rulebook = super::pack::book(packs, &damage, &mut diagnostics);
    read();
    let Resolved { model, diagnostics: more, mut unused, .. } =
        resolve(documents, rulebook, read_as, &sources, &damage, &Variation::default());
    diagnostics.extend(more);
    sort(&mut diagnostics);
    sort(&mut unused);
    if diagnostics.iter().any(|d| d.severity == Severity::Error) {
        shorten(&mut diagnostics);
        return Err(Failed { sources, diagnostics });
    }
    Ok(Loaded { model, sources, warnings: diagnostics, unused })
}

/// Keeps the first messages, and says how many there were; errors stay before warnings.
pub(super) fn shorten(diagnostics: &mut Vec<Diagnostic>) {
    let more = diagnostics.len().saturating_sub(MAX_SHOWN);
    if more == 0 {
        return;
    }
    let (mut kept, warnings): (Vec<_>, Vec<_>) = diagnostics.drain(..).partition(|d| d.severity == Severity::Error);
    kept.extend(warnings);
    kept.truncate(MAX_SHOWN);
    sort(&mut kept);
    let message = Text::new(
        format!("ほかに {more} 件あります。上から順に直してください"),
        format!("{more} more; please begin with those above"),
    );
    kept.push(Diagnostic {
        code: Code::TOO_MANY,
        severity: Severity::Error,
        message,
        labels: Vec::new(),
        help: Vec::new(),
        fix: None,
    });
    *diagnostics = kept;
}

/// A file whose includes are being read.
struct Open {
    name: String,
    file: FileId,
    document: Municipality,
    /// The include to read next.
    next: usize,
}

#[derive(Default)]
pub(super) struct Files {
    pub(super) sources: Sources,
    pub(super) documents: Vec<(FileId, Municipality)>,
    pub(super) packs: Vec<(FileId, Pack)>,
    pub(super) diagnostics: Vec<Diagnostic>,
    pub(super) damage: Damage,
    seen: BTreeSet<String>,
}

impl Files {
    /// Reads a file and, before it, what it includes: definitions come before their use.
    pub(super) fn read_all(&mut self, loader: &mut dyn Loader, name: String, text: String) {
        let mut open: Vec<Open> = self.open(name, text).into_iter().collect();
        while let Some(top) = open.last_mut() {
            let Some(include) = top.document.include.get(top.next).cloned() else {
                self.documents.extend(open.pop().map(|done| (done.file, done.document)));
                continue;
            };
            top.next += 1;
            match loader.include(&top.name, &include.text) {
                Err(error) => self.unreadable(Some(include.span), &include.text, &error),
                Ok((path, _)) if open.iter().any(|o| o.name == path) => {
                    self.diagnostics.push(cycle(include.span, &open, &path))
                }
                Ok((path, _)) if self.seen.contains(&path) => {}
                Ok(_) if self.sources.len() >= MAX_FILES => {
                    self.diagnostics.push(too_many_files(include.span));
                    self.damage.whole_file();
                }
                Ok((path, text)) => open.extend(self.open(path, text)),
            }
        }
    }

    /// Reads the rule packs that the files name, each once.
    pub(super) fn read_packs(&mut self, loader: &mut dyn Loader) {
        let wanted: Vec<(String, Name)> = self
            .documents
            .iter()
            .flat_map(|(file, d)| {
                let from = self.sources.get(*file).name().to_owned();
                d.packs.iter().map(move |p| (from.clone(), p.clone()))
            })
            .collect();
        self.read_named_packs(loader, wanted);
    }

    /// Reads rule packs, each with the name of the file that names it.
    pub(super) fn read_named_packs(&mut self, loader: &mut dyn Loader, wanted: Vec<(String, Name)>) {
        // A drawing is no pack: named as one, it is read again as one, and that is the message.
        let mut seen = BTreeSet::new();
        for (from, pack) in wanted {
            match loader.include(&from, &pack.text) {
                Err(error) => self.unreadable(Some(pack.span), &pack.text, &error),
                Ok((path, _)) if seen.contains(&path) => {}
                Ok(_) if self.sources.len() >= MAX_FILES => {
                    self.diagnostics.push(too_many_files(pack.span));
                    self.damage.whole_file();
                    return;
                }
                Ok((path, text)) => {
                    let Ok(file) = self.sources.add(path.clone(), text) else {
                        self.unreadable(Some(pack.span), &path, &LoadError::TooLarge);
                        continue;
                    };
                    seen.insert(path);
                    let read = read(file, self.sources.get(file), Written::Pack);
                    self.diagnostics.extend(read.diagnostics);
                    // What could not be read at all has no name either.
                    if !read.damage.is_whole() {
                        self.packs.push((file, read.document));
                    }
                    self.damage.merge(read.damage);
                }
            }
        }
    }

    fn open(&mut self, name: String, text: String) -> Option<Open> {
        let Ok(file) = self.sources.add(name.clone(), text) else {
            self.unreadable(None, &name, &LoadError::TooLarge);
            return None;
        };
        self.seen.insert(name.clone());
        let read = read(file, self.sources.get(file), Written::Drawing);
        self.diagnostics.extend(read.diagnostics);
        self.damage.merge(read.damage);
        Some(Open { name, file, document: read.document, next: 0 })
    }

    /// Reports a file that cannot be had. What it defines is unknown, so nothing else is called unknown.
    pub(super) fn unreadable(&mut self, span: Option<Span>, path: &str, error: &LoadError) {
        self.diagnostics.push(unreadable(span, path, error));
        self.damage.whole_file();
    }
}

pub(super) fn unreadable(span: Option<Span>, path: &str, error: &LoadError) -> Diagnostic {
    let path = if path.is_empty() { "-" } else { path };
    let (code, ja, en) = match error {
        LoadError::NotFound => (
            Code::INCLUDE_NOT_FOUND,
            format!("ファイル `{path}` が見つかりません"),
            format!("file `{path}` is not found"),
        ),
        LoadError::Outside => (
            Code::INCLUDE_OUTSIDE,
            format!("`{path}` は図面のフォルダの外にあります"),
            format!("`{path}` is outside the folder of the drawing"),
        ),
        LoadError::NotUtf8(at) => (
            Code::NOT_UTF8,
            format!("`{path}` は UTF-8 ではありません({at} バイト目)"),
            format!("`{path}` is not UTF-8 (byte {at})"),
        ),
        LoadError::TooLarge => (
            Code::TOO_MANY,
            format!("`{path}` は大きすぎます(上限 {} MiB)", MAX_FILE_BYTES >> 20),
            format!("`{path}` is too large (limit {} MiB)", MAX_FILE_BYTES >> 20),
        ),
        LoadError::Other(reason) => {
            (Code::FILE_ERROR, format!("`{path}` を読めません: {reason}"), format!("`{path}` cannot be read: {reason}"))
        }
    };
    let message = Text::new(ja, en);
    match span {
        Some(span) => Diagnostic::error(code, span, message, Text::new("ここで読み込んでいます", "included here")),
        None => {
            Diagnostic { code, severity: Severity::Error, message, labels: Vec::new(), help: Vec::new(), fix: None }
        }
    }
}

fn cycle(span: Span, open: &[Open], path: &str) -> Diagnostic {
    let circle = open.iter().skip_while(|o| o.name != path).map(|o| o.name.as_str());
    let way = circle.chain([path]).collect::<Vec<_>>().join(" → ");
    Diagnostic::error(
        Code::INCLUDE_CYCLE,
        span,
        Text::new(
            format!("ファイルの読み込みが循環しています: {way}"),
            format!("files include each other in a circle: {way}"),
        ),
        Text::new("ここで輪が閉じます", "the circle closes here"),
    )
}

fn too_many_files(span: Span) -> Diagnostic {
    Diagnostic::error(
        Code::TOO_MANY,
        span,
        Text::new(
            format!("読み込むファイルが多すぎます(上限 {MAX_FILES})"),
            format!("too many included files (limit {MAX_FILES})"),
        ),
        Text::new("これが上限を超えました", "this one is over the limit"),
    )
}
