//! Synthetic populations: one municipality, a prefecture or the country, drawn from the weights of a survey and written as
//! the text of a region.
//!
//! Nothing here describes a real body. The same seed gives the same bytes.

mod seed;
mod template;

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
