//! `sekisho check --format html`: the page of the report with the pictures that the embedded layout draws.
//!
//! Graphviz is not needed. What the page says is decided in the library.

use rayon::prelude::*;
use sekisho::diagnostic::Lang;
use sekisho::diagram::build::{View, fitting, picture};
use sekisho::diagram::{Flow, Page, svg};
use sekisho::model::Model;
use sekisho::network::Network;
use sekisho::report::{HtmlInput, Report, html};
use sekisho::verify::Verdict;

/// So many findings have a picture each; the path of the others is told and shown in the diagram.
const PICTURES: usize = 40;

pub(crate) fn page(model: &Model, network: &Network, verdicts: &[Verdict], report: &Report, lang: Lang) -> String {
    // What the replay refuses is not drawn.
    if !report.faults.is_empty() {
        return html(report, &HtmlInput { lang, ..HtmlInput::default() });
    }
    let whole = svg::Options { page: Page::Fit, pointers: true, ..svg::Options::default() };
    // A finding has its words beside it; lying, its picture takes the least of a sheet.
    let part = svg::Options { page: Page::Fit, flow: Flow::Right, legend: false, heading: false, pointers: false };
    let draw = |view: View, options: &svg::Options| {
        picture(model, network, verdicts, view, lang).ok().map(|p| svg::render(&p, options))
    };
    let pictures = report.findings.len().min(PICTURES);
    let finding_svgs = (1..=pictures).into_par_iter().map(|n| draw(View::Finding(n), &part)).collect();
    html(report, &HtmlInput { lang, svg: draw(fitting(model, View::Whole), &whole), finding_svgs })
}
