//! What the author of a drawing probably did not mean, although it can be checked.
//!
//! Every remark is a warning about the drawing itself: rules, routes and translations
//! that do nothing, declarations that cannot happen, numbers that do not fit. Nothing
//! here says whether a path is forbidden.

mod communications;
mod filter;
mod needs;
mod nodes;
mod prefixes;
mod routes;
mod rules;
mod sides;
mod translation;

#[cfg(test)]
mod tests;

use crate::diagnostic::{Code, Diagnostic, Text, sort};
use crate::model::{Model, Transit};

/// All remarks about a drawing, sorted by place.
#[must_use]
pub fn lint(model: &Model) -> Vec<Diagnostic> {
    let mut remarks = Vec::new();
    let needs = needs::Needs::new(model);
    for (id, transit) in model.transits.iter() {
        rules::remarks(model, transit, &needs, &mut remarks);
        sides::remarks(model, id, &mut remarks);
    }
    translation::remarks(model, &mut remarks);
    routes::remarks(model, &mut remarks);
    prefixes::remarks(model, &mut remarks);
    nodes::remarks(model, &mut remarks);
    communications::remarks(model, &mut remarks);
    sort(&mut remarks);
    remarks
}

/// The remarks without which an answer says less than it seems to: what a drawing lets machines do, and no check looks at.
/// They belong to the answer, so `check` tells them, too.
#[must_use]
pub fn unseen(model: &Model) -> Vec<Diagnostic> {
    let mut remarks = Vec::new();
    prefixes::only_v4(model, &mut remarks);
    model.transits.values().for_each(|t| routes::no_way_in(model, t, &mut remarks));
    sort(&mut remarks);
    remarks
}

/// What of a device could not be settled, because the sets of packets are too large.
fn unsettled(transit: &Transit, text: Text) -> Diagnostic {
    let label = Text::new("検査の結論には影響しません", "no answer of a check depends on this");
    Diagnostic::warning(Code::TOO_MANY, transit.span, text, label)
}
