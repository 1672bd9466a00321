//! The kinds of things, lines and marks a picture can have, and the sheets it fits.
//!
//! Only names: how each is drawn is the business of the renderings.

/// What a thing is; decides its outline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "the names say it; the legend words are in legend.rs")]
pub enum Shape {
    Terminal,
    Server,
    Desktop,
    Store,
    Printer,
    Cloud,
    Internet,
    Firewall,
    Router,
    Diode,
    ScreenGateway,
    Sanitiser,
    MailConverter,
    Proxy,
    Relay,
    Transfer,
    Medium,
    Hypervisor,
    Person,
    Network,
    Other,
}

/// The part a thing plays in the path that is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Emphasis {
    /// None.
    #[default]
    None,
    /// It lies on the path.
    OnPath,
    /// The path begins here.
    Source,
    /// The path ends here.
    Target,
    /// It is new: in a picture of a difference.
    Added,
    /// It is gone.
    Removed,
    /// It is another than before.
    Changed,
}

/// What passes along a line; decides its style.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Line {
    /// A wire or a line: things are joined, nothing is said about what passes.
    Cable,
    /// Packets, in the direction in which sessions are opened.
    Session,
    /// Pictures out, keys and mouse in.
    Screen,
    /// Files made harmless.
    Sanitised,
    /// Files as they are.
    RawFile,
    /// Text only.
    Text,
    /// Administration, control, remote maintenance.
    Control,
    /// Carried by hand on a medium.
    Media,
}

/// Which way the arrowheads of a line point.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Arrows {
    /// No arrowhead.
    None,
    /// At the far end.
    #[default]
    Forward,
    /// At the near end.
    Backward,
    /// At both ends.
    Both,
}

/// Whether a line lies on a path the picture is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Mark {
    /// It does not.
    #[default]
    None,
    /// On a path that may exist: shown, not proven, or only under an assumption.
    Possible,
    /// On a forbidden path.
    Forbidden,
    /// It is new: in a picture of a difference.
    Added,
    /// It is gone.
    Removed,
    /// Something else passes.
    Changed,
}

/// The direction in which trust falls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Flow {
    /// The most trusted zone on top.
    #[default]
    Down,
    /// The most trusted zone on the left.
    Right,
}

/// The sheet a picture is made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Page {
    /// A3, lying or standing, whichever shows the picture larger.
    #[default]
    A3,
    /// A3, lying.
    A3Landscape,
    /// A3, standing.
    A3Portrait,
    /// A4, lying.
    A4Landscape,
    /// As large as the picture is.
    Fit,
}

impl Page {
    /// Width and height in millimetres; those of the lying sheet where it may be turned.
    #[must_use]
    pub fn millimetres(self) -> Option<(f64, f64)> {
        match self {
            Self::A3 | Self::A3Landscape => Some((420.0, 297.0)),
            Self::A3Portrait => Some((297.0, 420.0)),
            Self::A4Landscape => Some((297.0, 210.0)),
            Self::Fit => None,
        }
    }
}
