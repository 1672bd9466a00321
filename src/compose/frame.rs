//! Names seen from a body: what is its own, and what belongs to the bodies above it.
//!
//! Two bodies that are alike have the same relative names. A way through one of them is a way through the other once its
//! names are made absolute again.

use crate::document::Region;

/// Begins a relative name; no name in a drawing can contain it.
const MARK: char = '\u{1}';

/// A body and what is above it, as prefixes of names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Frame {
    /// From the top: of what all share (empty), …, of the body itself; each with a slash at its end.
    paths: Vec<String>,
}

impl Frame {
    /// The frame of a body of a region.
    pub(crate) fn new(region: &Region, body: usize) -> Self {
        let mut chain = region.above(body);
        chain.push(body);
        let prefix = |b: &usize| match region.bodies[*b].path.as_str() {
            "" => String::new(),
            path => format!("{path}/"),
        };
        Self { paths: chain.iter().map(prefix).collect() }
    }

    /// How far from the top the body is.
    pub(crate) fn level(&self) -> usize {
        self.paths.len() - 1
    }

    /// The level at which a name stands, and the rest of it. Nothing of another body is ever asked for.
    fn placed<'n>(&self, name: &'n str) -> (usize, &'n str) {
        for (level, path) in self.paths.iter().enumerate().skip(1).rev() {
            if let Some(rest) = name.strip_prefix(path.as_str()) {
                return (level, rest);
            }
        }
        (0, name)
    }

    /// At which level from the top a name stands.
    pub(crate) fn level_of(&self, name: &str) -> usize {
        self.placed(name).0
    }

    /// Whether a name is of the body itself, or of one below it.
    pub(crate) fn is_own(&self, name: &str) -> bool {
        self.placed(name).0 == self.level()
    }

    /// A name as the body sees it.
    pub(crate) fn relative(&self, name: &str) -> String {
        match self.placed(name) {
            (0, name) => name.to_owned(),
            (level, rest) => format!("{MARK}{level}:{rest}"),
        }
    }

    /// The name that a relative one stands for here.
    pub(crate) fn absolute(&self, name: &str) -> String {
        let Some((level, rest)) = name.strip_prefix(MARK).and_then(|n| n.split_once(':')) else {
            return name.to_owned();
        };
        let path = level.parse().ok().and_then(|l: usize| self.paths.get(l)).map_or("", String::as_str);
        format!("{path}{rest}")
    }

    /// As [`Self::relative`], for the name of a control: `edr@osaka/sakai/in-pc`.
    pub(crate) fn relative_control(&self, name: &str) -> String {
        match name.split_once('@') {
            Some((kind, of)) => format!("{kind}@{}", self.relative(of)),
            None => name.to_owned(),
        }
    }

    /// As [`Self::absolute`], for the name of a control.
    pub(crate) fn absolute_control(&self, name: &str) -> String {
        match name.split_once('@') {
            Some((kind, of)) => format!("{kind}@{}", self.absolute(of)),
            None => name.to_owned(),
        }
    }

    /// A text in which all absolute names are made relative.
    pub(crate) fn relative_text(&self, mut text: String) -> String {
        for (level, path) in self.paths.iter().enumerate().skip(1).rev() {
            text = text.replace(path.as_str(), &format!("{MARK}{level}:"));
        }
        text
    }
}
