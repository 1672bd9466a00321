//! What nobody expected, and what was expected and did not happen, as lines.

use super::page::{Line, Tone};
use super::words::pick;
use super::{inventory, lines};
use crate::change::expected::Judged;
use crate::diagnostic::Lang;

/// All that is found and not expected.
pub(super) fn unexpected(judged: &Judged, lang: Lang, all: bool) -> Vec<Line> {
    let d = &judged.unexpected;
    let (worse, better) = lines::findings(d, lang);
    let mut list = worse;
    list.extend(lines::required(d, lang));
    list.extend(lines::depths(d, lang));
    list.extend(lines::crossings(d, lang, all));
    // Here every row counts, also those that come with a machine.
    list.extend(d.flows.iter().map(|r| lines::flow(r, lang, all)));
    list.extend(inventory::things(d, lang));
    list.extend(inventory::controls(d, lang));
    list.extend(better);
    list.extend(lines::asked(d, lang));
    list.extend(inventory::demands(d, lang));
    list
}

/// Rows of the file that nothing fits.
pub(super) fn missing(judged: &Judged, lang: Lang) -> Vec<Line> {
    let line = |e: &crate::model::ExpectedChange| {
        let line = Line::new("?", Tone::Worse, e.text.clone());
        match &e.reason {
            Some(reason) => line.under(format!("{}: {reason}", pick(lang, "理由", "reason"))),
            None => line,
        }
    };
    judged.missing.iter().map(line).collect()
}
