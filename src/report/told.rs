//! A path as plain lines, for outputs that lay out lines by themselves.
//!
//! Not here: widths, colours, markup; and text stays as the drawing has it.

use super::{CheckReport, Evidence, Finding, PathReport, Place, Report};
use crate::diagnostic::Text;

/// One line of a told path.
pub(super) struct Line<'r> {
    /// 0 for the opening and the steps, 1 for what belongs to a step.
    pub(super) depth: usize,
    pub(super) text: Text,
    pub(super) place: Option<&'r Place>,
}

/// A path, line by line; the first says where it starts.
pub(super) fn path(path: &PathReport) -> Vec<Line<'_>> {
    let count = path.start.count;
    let (ja, en) =
        if count > 1 { (format!("({count} 台)"), format!(" ({count} of them)")) } else { Default::default() };
    let opening = Text::new(format!("{}{ja}", path.opening.ja), format!("{}{en}", path.opening.en));
    let mut lines = vec![Line { depth: 0, text: opening, place: None }];
    for step in &path.steps {
        let (ja, en) = if step.certain { ("", "") } else { ("【未確定】", " [not certain]") };
        let text = Text::new(format!("{}{ja}", step.text.ja), format!("{}{en}", step.text.en));
        lines.push(Line { depth: 0, text, place: step.place.as_ref() });
        if let Some(s) = &step.session {
            lines.push(Line { depth: 1, text: s.sent.text(), place: None });
            lines.extend(s.devices.iter().map(|d| Line { depth: 1, text: d.passage(), place: Some(&d.place) }));
        } else if let Some(reason) = &step.reason {
            let text = Text::new(format!("根拠: {}", reason.ja), format!("why: {}", reason.en));
            lines.push(Line { depth: 1, text, place: None });
        }
    }
    lines
}

/// The paths of a finding, the one to tell first.
pub(super) fn paths<'r>(report: &'r Report, finding: &Finding) -> Vec<(&'r CheckReport, &'r Evidence)> {
    finding.parts.iter().map(|&(i, j)| (&report.checks[i], &report.checks[i].evidence[j])).collect()
}

/// The device or rule that a path rests on first, else the place where the check is asked.
pub(super) fn place<'r>(report: &'r Report, finding: &'r Finding) -> Option<&'r Place> {
    let advice = finding.advice.iter().find_map(|a| a.place.as_ref());
    let on_path = || paths(report, finding).first().and_then(|(_, e)| path(&e.path).into_iter().find_map(|l| l.place));
    advice.or_else(on_path).or(report.checks[finding.check].place.as_ref())
}
