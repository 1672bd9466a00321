//! What crosses, and what is known about it where: carriers, facts, lenses.
//!
//! This is the vocabulary of the semantics (`docs/semantics.md`). No rule of
//! the semantics is applied here.

use std::fmt;

use serde::Deserialize;

use super::ids::FaceId;
use crate::diagnostic::Text;

/// The ten carriers: the form in which something is present at a node.
///
/// They are pairwise distinct and have no order: a policy is an allow-list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
pub enum Carrier {
    /// The analysed party controls the node, or the information is there in re-usable form.
    #[serde(rename = "Control")]
    Own,
    /// Bytes chosen by the initiator of a live session.
    #[serde(rename = "Request")]
    Req,
    /// Bytes returned on a session that the node itself opened.
    #[serde(rename = "Response")]
    Rsp,
    /// Pixels and sound.
    #[serde(rename = "Screen")]
    Scr,
    /// Keystrokes and pointer.
    #[serde(rename = "Keys")]
    Key,
    /// A file as received.
    #[serde(rename = "RawFile")]
    Raw,
    /// A file that passed inspection but was not rebuilt.
    #[serde(rename = "CheckedFile")]
    Chk,
    /// A file rebuilt by a sanitiser.
    #[serde(rename = "CleanFile")]
    San,
    /// Plain text, such as a mail body.
    #[serde(rename = "Text")]
    Txt,
    /// Administrative control or credentials.
    #[serde(rename = "Admin")]
    Ctl,
}

impl Carrier {
    /// All ten, in their canonical order.
    pub const ALL: [Self; 10] =
        [Self::Own, Self::Req, Self::Rsp, Self::Scr, Self::Key, Self::Raw, Self::Chk, Self::San, Self::Txt, Self::Ctl];

    /// The word used in files and in machine output.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Own => "own",
            Self::Req => "req",
            Self::Rsp => "rsp",
            Self::Scr => "scr",
            Self::Key => "key",
            Self::Raw => "raw",
            Self::Chk => "chk",
            Self::San => "san",
            Self::Txt => "txt",
            Self::Ctl => "ctl",
        }
    }
}

impl Carrier {
    /// What people call it.
    #[must_use]
    pub fn name(self) -> Text {
        let (ja, en) = match self {
            Self::Own => ("乗っ取り", "control"),
            Self::Req => ("要求", "requests"),
            Self::Rsp => ("応答", "responses"),
            Self::Scr => ("画面", "screen pictures"),
            Self::Key => ("キー操作", "keystrokes"),
            Self::Raw => ("生のファイル", "raw files"),
            Self::Chk => ("検査済みファイル", "inspected files"),
            Self::San => ("無害化済みファイル", "sanitised files"),
            Self::Txt => ("テキスト", "text"),
            Self::Ctl => ("管理操作", "administration"),
        };
        Text::new(ja, en)
    }

    /// What people call it where it crosses: `own` is a machine in use from both sides.
    #[must_use]
    pub fn crossing_name(self) -> Text {
        match self {
            Self::Own => Text::new("機器そのものの共用", "use of one shared machine"),
            _ => self.name(),
        }
    }
}

impl fmt::Display for Carrier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// In which session something leaves a mediator's side.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Way {
    /// Not stated: in both.
    Both,
    /// Only in sessions that the mediator opens (`>`).
    Opens,
    /// Only in answers to whoever connected (`<`).
    Answers,
}

/// What is the case at a face.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// The carrier has arrived.
    Arrives(Carrier),
    /// An endpoint holds it: `Own` is control or re-usable information; `Raw`,
    /// `Chk`, `San`, `Txt` are files kept in a store in that form.
    Holds(Carrier),
    /// It is about to leave a mediator's side.
    Leaves(Carrier, Way),
}

/// A fact of the semantics: a state at a face.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fact {
    /// Where.
    pub face: FaceId,
    /// What.
    pub state: State,
}

impl Fact {
    /// `carrier` has arrived at `face`.
    #[must_use]
    pub fn arrives(face: FaceId, carrier: Carrier) -> Self {
        Self { face, state: State::Arrives(carrier) }
    }

    /// `face` holds `carrier`.
    #[must_use]
    pub fn holds(face: FaceId, carrier: Carrier) -> Self {
        Self { face, state: State::Holds(carrier) }
    }

    /// `carrier` is about to leave the mediator side `face`.
    #[must_use]
    pub fn leaves(face: FaceId, carrier: Carrier, way: Way) -> Self {
        Self { face, state: State::Leaves(carrier, way) }
    }
}

/// The three questions. They differ only in which arriving carriers give `own` at an endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Lens {
    /// What crosses between two segments? Endpoints absorb; only mediators relay.
    Direct,
    /// Can whoever controls the source come to control the target?
    Attack,
    /// Can information of the source arrive at the target in re-usable form?
    Leak,
}

impl Lens {
    /// All three.
    pub const ALL: [Self; 3] = [Self::Direct, Self::Attack, Self::Leak];

    /// Whether a carrier arriving at a host gives `own` there.
    ///
    /// `eyes` counts what a person can copy off a screen (leak only).
    #[must_use]
    pub fn pivots(self, carrier: Carrier, eyes: bool) -> bool {
        match (self, carrier) {
            (Self::Direct, _) => false,
            (_, Carrier::Req | Carrier::Key | Carrier::Ctl | Carrier::Own | Carrier::Rsp | Carrier::Raw) => true,
            (Self::Leak, Carrier::Chk | Carrier::San | Carrier::Txt) => true,
            (Self::Leak, Carrier::Scr) => eyes,
            (Self::Attack, _) => false,
        }
    }

    /// Whether endpoint detection (EDR) on the host stands between the arrival and `own`.
    #[must_use]
    pub fn pivot_is_guarded_by_edr(self, carrier: Carrier) -> bool {
        self == Self::Attack && matches!(carrier, Carrier::Rsp | Carrier::Raw)
    }

    /// The word used in files and in machine output.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Direct => "direct",
            Self::Attack => "attack",
            Self::Leak => "leak",
        }
    }
}
