//! A mark of a finding that stays the same while the rest of the drawing changes.
//!
//! Only what the finding is about goes in: the question, the devices on the way, the carrier. Never a line number, a
//! label, a packet or the number of the finding, which change with unrelated edits.

use std::collections::BTreeMap;

use super::{CheckKind, CheckReport, Finding, Report};
use crate::model::Status;

/// FNV-1a, 64 bits: not for secrets, but the same on every machine and with every version of Rust.
fn hash(parts: &[&str]) -> u64 {
    let mut state: u64 = 0xcbf2_9ce4_8422_2325;
    for part in parts {
        // The length comes first, so that ["ab", "c"] is not ["a", "bc"].
        let length = (part.len() as u64).to_le_bytes();
        for byte in length.iter().chain(part.as_bytes()) {
            state = (state ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    state
}

/// The mark of some parts: 16 hexadecimal digits.
pub(super) fn of(parts: &[&str]) -> String {
    format!("{:016x}", hash(parts))
}

/// What a finding is about.
fn parts<'r>(check: &'r CheckReport, finding: &'r Finding, report: &'r Report) -> Vec<&'r str> {
    let mut parts = vec![check.kind.as_str(), finding.status.as_str(), check.name.as_str()];
    if let CheckKind::Require(..) = check.kind {
        parts.extend(check.missing.iter().map(|m| m.member.name.as_str()));
        return parts;
    }
    if let Some(&(i, j)) = finding.parts.first() {
        let e = &report.checks[i].evidence[j];
        parts.push(e.carrier.as_str());
        parts.push(&e.path.start.name);
        for step in &e.path.steps {
            parts.extend([step.kind, step.to.name.as_str()]);
            let devices = step.session.iter().flat_map(|s| &s.devices);
            parts.extend(devices.map(|d| d.name.as_str()));
        }
    }
    parts
}

/// One mark per finding of the checks, in their order; no two are the same.
pub(super) fn findings(report: &Report) -> Vec<String> {
    let mut used: BTreeMap<String, usize> = BTreeMap::new();
    let mark = |f: &Finding| {
        let mut parts = parts(&report.checks[f.check], f, report);
        let plain = of(&parts);
        // Two findings that nothing above tells apart get a number, in their order.
        let n = used.entry(plain.clone()).or_default();
        *n += 1;
        let number = n.to_string();
        if *n > 1 {
            parts.push(&number);
            return of(&parts);
        }
        plain
    };
    report.findings.iter().map(mark).collect()
}

/// The mark of a check that says nothing, or of a sentence about an expectation.
pub(super) fn named(kind: &str, name: &str) -> String {
    of(&[kind, Status::Vacuous.as_str(), name])
}

#[cfg(test)]
mod tests {
    use super::of;

    #[test]
    fn a_mark_is_16_digits_and_knows_where_a_part_ends() {
        assert_eq!(of(&["a"]).len(), 16);
        assert_ne!(of(&["ab", "c"]), of(&["a", "bc"]));
        assert_ne!(of(&["ab"]), of(&["ab", ""]));
        // The same for ever: results of another version are compared by it.
        assert_eq!(of(&[]), "cbf29ce484222325");
    }
}
