//! Inputs made from a seed. Synthetic populations: one municipality, a prefecture or the country, drawn from the weights of a survey and written as
//! the text of a region.
//!
//! Nothing here describes a real body. The same order gives the same bytes on every system. `mesh`
//! is a plain graph of any size for measurements.

pub mod mesh;
pub mod population;
mod region;
mod seed;
mod template;

pub use population::Population;
pub use region::{with, write};
pub use seed::Seed;
pub use template::Template;

/// The shipped templates: name and text.
pub const TEMPLATES: [(&str, &str); 7] = [
    ("nation", include_str!("../../models/templates/nation.ron")),
    ("psc", include_str!("../../models/templates/psc.ron")),
    ("physical", include_str!("../../models/templates/physical.ron")),
    ("alpha", include_str!("../../models/templates/alpha.ron")),
    ("alpha-prime", include_str!("../../models/templates/alpha-prime.ron")),
    ("beta", include_str!("../../models/templates/beta.ron")),
    ("beta-prime", include_str!("../../models/templates/beta-prime.ron")),
];

/// What is to be drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// One municipality, below a prefecture's and the nation's part.
    Municipality,
    /// A prefecture with its municipalities.
    Prefecture,
    /// All prefectures.
    Country,
}

impl Kind {
    /// The word of the command line.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Municipality => "municipality",
            Self::Prefecture => "prefecture",
            Self::Country => "country",
        }
    }
}

/// What somebody asks for.
#[derive(Debug, Clone)]
pub struct Order {
    /// What is drawn.
    pub kind: Kind,
    /// Where the numbers start.
    pub seed: u64,
    /// About how many terminals and desktops there are to be; what the staff suggests if not stated.
    pub nodes: Option<u64>,
    /// How many municipalities; 1, 43 or those there are if not stated.
    pub bodies: Option<u32>,
    /// In how many bodies of a million there is a mistake of design.
    pub mistakes: u32,
    /// The most combinations; 60 in a country, else no limit.
    pub shapes: Option<u32>,
    /// No templates: every drawing is written out.
    pub expanded: bool,
}

impl Order {
    /// The command that writes the file.
    #[must_use]
    pub fn command(&self) -> String {
        let mut text = format!("sekisho generate {} --seed {}", self.kind.word(), self.seed);
        let flags = [
            self.nodes.map(|n| format!("--nodes {n}")),
            self.bodies.map(|n| format!("--bodies {n}")),
            (self.mistakes > 0).then(|| format!("--mistakes {}", f64::from(self.mistakes) / 1e6)),
            self.shapes.map(|n| format!("--shapes {n}")),
            self.expanded.then(|| "--expanded".to_owned()),
        ];
        for flag in flags.into_iter().flatten() {
            text.push(' ');
            text.push_str(&flag);
        }
        text
    }
}

/// Why nothing was drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// No body was asked for.
    NoBody,
    /// A municipality is one body.
    OneBody,
    /// More bodies than there are addresses.
    TooManyBodies {
        /// So many are possible.
        most: u32,
    },
    /// More machines than there are addresses.
    TooManyMachines {
        /// So many are possible.
        most: u64,
    },
}
