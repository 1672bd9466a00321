//! RON in: from the text of a drawing, with its includes, to the model.
//!
//! Every mistake of a user ends here, with its place and a suggestion; all of
//! them are reported in one run. This room knows no graphs and no verdicts.

mod damage;
mod expected;
mod format;
mod inventory;
mod load;
mod pack;
mod plan;
mod read;
mod region;
mod resolve;
mod scanned;
mod shape;
mod suggest;
mod value;

pub use expected::{Expected, expected};
pub use format::{Unformattable, format};
pub use inventory::{
    ControlState, Cost, Inventory, Kind, Link, LoadedInventory, Office, Place, SecurityCloud, Service, ServiceKind,
    StateLink, System, Telework, TeleworkKind, Terminals, Users, Work, drawing, load_inventory,
};
pub use load::{Failed, LoadError, Loaded, Loader, ReadAs, load, load_as, load_watched};
pub use plan::{Change, Drawn, Edited, Ground, LoadedPlan, NoDrawing, Wish, load_edited, load_plan};
pub use region::{Body, DrawnBody, Region, is_region, load_region};
pub use resolve::{MatrixCommunication, MatrixKind, MatrixRow, matrix_kinds, matrix_rows};

/// The rule book that the program ships with.
#[must_use]
pub fn shipped_rulebook() -> std::sync::Arc<crate::model::rulebook::Rulebook> {
    pack::BOOK.clone()
}

/// Services as a person types them outside a drawing, such as `tcp 443`; names defined in a drawing are not known.
///
/// # Errors
/// What is wrong with the text.
pub fn parse_services(text: &str) -> Result<Vec<crate::model::Service>, crate::diagnostic::Text> {
    resolve::service::parse(text)
}

/// What looks odd about services that can be read, such as `tcp+udp 53`. The text stands at `span`.
#[must_use]
pub fn doubtful_services(text: &str, span: crate::source::Span) -> Option<crate::diagnostic::Diagnostic> {
    resolve::bare_protocol(text, span)
}

/// How a drawing is read: fields may be left out, and `Terminal(at: …)` needs no second pair of brackets.
fn options() -> ron::Options {
    ron::Options::default()
        .with_default_extension(ron::extensions::Extensions::IMPLICIT_SOME)
        .with_default_extension(ron::extensions::Extensions::UNWRAP_VARIANT_NEWTYPES)
}
