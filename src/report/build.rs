//! From verdicts to the report: replay first, then names and places.
//!
//! A path that the replay refuses, or an id that does not fit, becomes a fault; nothing of it is shown as an answer.

use std::collections::BTreeSet;

use super::lacking::Lacking;
use super::logins;
use super::names::{Place, Scribe};
use super::words;
use super::{
    CheckKind, CheckReport, DepthReport, Evidence, MissingReport, OpenReport, PathReport, Report, WarningReport,
    causes, findings, judged, lacking,
};
use crate::diagnostic::{Diagnostic, Text};
use crate::guideline::{self, Assessment};
use crate::model::{AssumptionId, Carrier, FaceId, Lens, Model, Question, SegmentId, Status};
use crate::source::{FileId, Sources};
use crate::verify::expect::Difference;
use crate::verify::fast::Depth;
use crate::verify::{Answer, Level, Verdict, Witness, replay};

/// What a report is made of.
#[derive(Debug, Clone, Copy)]
pub struct Input<'a> {
    /// The drawing.
    pub model: &'a Model,
    /// Its files.
    pub sources: &'a Sources,
    /// One verdict per check, in order.
    pub verdicts: &'a [Verdict],
    /// One depth per check, in order; `None` for questions that have none.
    pub depths: &'a [Option<Depth>],
    /// Expectations that are not met.
    pub differences: &'a [Difference],
    /// What was said while reading the drawing.
    pub warnings: &'a [Diagnostic],
    /// Which engine decided: `fast`, `reference`, `compare`.
    pub engine: &'static str,
    /// What the guideline says, if it was asked.
    pub assessment: Option<&'a Assessment<'a>>,
    /// Internal errors found before, such as engines that disagree.
    pub faults: &'a [String],
}

/// The lens of a question, and whether eyes count.
pub(super) fn lens_of(question: &Question) -> (Lens, bool) {
    match question {
        Question::Forbid { lens, eyes, .. } => (*lens, *eyes),
        _ => (Lens::Direct, false),
    }
}

/// All paths of an answer, with the carrier that arrives and how common it is.
pub(super) fn witnesses(answer: &Answer) -> Vec<(&Witness, Carrier, usize, usize)> {
    let last = |w: &Witness| w.final_carrier().unwrap_or(Carrier::Own);
    match answer {
        Answer::Matrix(rows) => rows.iter().map(|u| (&u.witness, u.carrier, u.origins, u.targets)).collect(),
        Answer::Paths(paths) => paths.iter().map(|w| (w, last(w), 1, 1)).collect(),
        Answer::Flow { witness, .. } => witness.iter().map(|w| (w, last(w), 1, 1)).collect(),
        Answer::Nothing => Vec::new(),
    }
}

/// Walks every path of a verdict again; what is refused, in words.
fn replayed(model: &Model, verdict: &Verdict) -> Vec<String> {
    let check = &model.checks[verdict.check];
    let (lens, eyes) = lens_of(&check.question);
    witnesses(&verdict.answer)
        .into_iter()
        .filter_map(|(w, ..)| {
            let walked = replay::replay(model, lens, eyes, &[], w);
            walked.and_then(|()| replay::start_ok(model, &check.question, w)).err()
        })
        .map(|refusal| format!("{}: {refusal}", check.name))
        .collect()
}

/// An answer that its own evidence contradicts.
fn contradicts(model: &Model, verdict: &Verdict) -> Option<String> {
    let name = &model.checks[verdict.check].name;
    let rows = witnesses(&verdict.answer);
    let certain = rows.iter().any(|(w, ..)| w.level() >= Level::Sure);
    let forbidden = matches!(verdict.answer, Answer::Matrix(_) | Answer::Paths(_));
    let wrong = match verdict.status {
        Status::Holds if forbidden => !rows.is_empty(),
        Status::Violated if forbidden => !certain,
        Status::Undecided if forbidden => rows.is_empty() || certain,
        _ => false,
    };
    wrong.then(|| format!("{name}: the answer `{}` does not fit its evidence", verdict.status.as_str()))
}

pub(super) fn report(input: &Input<'_>) -> Report {
    let Input { model, sources, verdicts, .. } = *input;
    let scribe = Scribe { model, sources };
    let mut faults = input.faults.to_vec();
    if verdicts.len() != model.checks.len() {
        faults.push(format!("{} verdicts for {} checks", verdicts.len(), model.checks.len()));
    }
    for verdict in verdicts {
        faults.extend(replayed(model, verdict));
        faults.extend(contradicts(model, verdict));
    }
    let checks: Vec<CheckReport> = verdicts
        .iter()
        .enumerate()
        .map(|(i, v)| scribe.check(v, input.depths.get(i).and_then(Option::as_ref)))
        .collect();
    // A path that cannot be walked must not be told; its place in the list of findings stays empty, too.
    let findings = if faults.is_empty() { findings::findings(&scribe, verdicts, &checks) } else { Vec::new() };
    let mut report = Report {
        drawing: model.name.clone(),
        file: root_name(sources),
        model: model.declared.map(|m| (m.as_str(), words::separation(m))),
        edition: model.edition.map(|e| e.to_string()),
        engine: input.engine,
        checks,
        findings,
        causes: Vec::new(),
        rules: Vec::new(),
        exceptions: Vec::new(),
        as_of: None,
        turns: Vec::new(),
        controls: Vec::new(),
        crossings: Vec::new(),
        tasks: Vec::new(),
        sources: std::collections::BTreeMap::new(),
        differences: input.differences.iter().map(|d| (d.text.clone(), scribe.place(d.span))).collect(),
        expectations: model.expectations.len(),
        warnings: input.warnings.iter().map(|w| scribe.warning(w)).collect(),
        statements: model.statements.clone(),
        not_asked: not_asked(model),
        faults,
    };
    if let Some(assessment) = input.assessment {
        judged::fill(&scribe, assessment, &mut report);
        except(model, verdicts, assessment, &mut report);
    }
    if !report.faults.is_empty() {
        report.findings.clear();
        return report;
    }
    let lawful: Vec<PathReport> =
        input.assessment.iter().flat_map(|a| &a.lawful).map(|w| scribe.path(Lens::Direct, w)).collect();
    report.causes = causes::causes(&report, &lawful);
    report
}

/// Marks the evidence of checks that an exception in force covers: by the kind of the check, or because the rules that
/// find the same crossing are all excepted.
fn except(model: &Model, verdicts: &[Verdict], assessment: &Assessment<'_>, report: &mut Report) {
    let in_force: Vec<usize> = (0..model.exceptions.len())
        .filter(|&i| guideline::standing(&model.exceptions[i], assessment.as_of).is_none())
        .collect();
    for (verdict, check) in verdicts.iter().zip(&mut report.checks) {
        let kind = guideline::kind_of(&model.checks[verdict.check].question);
        for ((w, carrier, ..), evidence) in witnesses(&verdict.answer).into_iter().zip(&mut check.evidence) {
            let by_kind = in_force.iter().copied().find(|&i| {
                let e = &model.exceptions[i];
                Some(e.rule.as_str()) == kind && guideline::covers_path(model, e, w)
            });
            evidence.exception = by_kind.or_else(|| by_rules(model, assessment, w, carrier));
        }
    }
}

/// The exception of the rules that find a crossing, if every one of them is excepted.
fn by_rules(model: &Model, assessment: &Assessment<'_>, w: &Witness, carrier: Carrier) -> Option<usize> {
    let ends = model.faces[w.start.face].segment.zip(model.faces[w.end().face].segment);
    let key = ends.map(|(a, b)| (a, b, carrier))?;
    let judged = &assessment.judged;
    let mut first = None;
    for (rule, covered) in judged.rules.iter().zip(&judged.register.covered) {
        let guideline::Verdict::Decided(outcome) = &rule.verdict else { continue };
        for (_, by) in outcome.findings.iter().zip(covered).filter(|(f, _)| f.crossing == Some(key)) {
            match by {
                None => return None,
                Some(i) => first = first.or(Some(*i)),
            }
        }
    }
    first
}

/// The file that was named on the command line: the first that was read.
fn root_name(sources: &Sources) -> String {
    sources.iter().next().map(|(_, s): (FileId, _)| s.name().to_owned()).unwrap_or_default()
}

/// Ordered pairs of segments that no matrix check asks about.
fn not_asked(model: &Model) -> Vec<(String, String)> {
    let asked = asked(model);
    let mut pairs = Vec::new();
    for (a, from) in model.segments.iter() {
        for (b, to) in model.segments.iter().filter(|(b, _)| *b != a) {
            if !asked.contains(&(a, b)) {
                pairs.push((from.name.clone(), to.name.clone()));
            }
        }
    }
    pairs
}

/// Ordered pairs of segments that a matrix check asks about.
pub(super) fn asked(model: &Model) -> BTreeSet<(SegmentId, SegmentId)> {
    let pair = |q: &Question| match q {
        Question::Matrix { from, to } => Some((*from, *to)),
        _ => None,
    };
    model.checks.values().filter_map(|c| pair(&c.question)).collect()
}

/// For how many members without a flow it is looked up what stands in the way.
const EXPLAINED: usize = 20;

impl Scribe<'_> {
    fn warning(&self, w: &Diagnostic) -> WarningReport {
        WarningReport {
            code: w.code.as_str(),
            severity: w.severity,
            message: w.message.clone(),
            place: w.span().map(|s| self.place(s)),
        }
    }

    fn check(&self, verdict: &Verdict, depth: Option<&Depth>) -> CheckReport {
        let check = &self.model.checks[verdict.check];
        let (lens, _) = lens_of(&check.question);
        let guards = |list: &[crate::model::GuardId]| {
            list.iter().map(|&g| self.model.guards[g].name.clone()).collect::<Vec<_>>()
        };
        let (kind, from, to) = self.question(&check.question);
        let missing = match &verdict.answer {
            Answer::Flow { missing, .. } => missing
                .iter()
                .enumerate()
                .map(|(i, &(f, possible))| {
                    // What is only possible has one example: it takes a search.
                    let explain = if possible { i == 0 } else { i < EXPLAINED };
                    self.missing(&check.question, f, possible, explain)
                })
                .collect(),
            _ => Vec::new(),
        };
        CheckReport {
            name: check.name.clone(),
            kind,
            from,
            to,
            place: check.span.map(|s| self.place(s)),
            status: verdict.status,
            evidence: witnesses(&verdict.answer)
                .into_iter()
                .map(|(w, carrier, origins, targets)| Evidence {
                    carrier,
                    path: self.path(lens, w),
                    origins,
                    targets,
                    exception: None,
                })
                .collect(),
            missing,
            open: verdict.assumptions.iter().map(|&a| self.open(a)).collect(),
            logins: match (&check.question, &verdict.answer) {
                (Question::Require { from, .. }, Answer::Flow { witness: Some(way), .. }) => {
                    logins::of_flow(self.model, from, way)
                }
                _ => Vec::new(),
            },
            rests_on: guards(&verdict.rests_on),
            depth: depth.map(|d| match d {
                Depth::None => DepthReport::None,
                Depth::Exactly(n, sets) => DepthReport::Exactly(*n, sets.iter().map(|s| guards(s)).collect()),
                Depth::AtLeast(n) => DepthReport::AtLeast(*n),
            }),
            tally: verdict.tally,
        }
    }

    fn question(&self, question: &Question) -> (CheckKind, Text, Text) {
        let segment = |s| {
            let name = self.segment(s);
            Text::new(name.clone(), name)
        };
        match question {
            Question::Matrix { from, to } => (CheckKind::Matrix, segment(*from), segment(*to)),
            Question::Forbid { lens, from, to, eyes } => {
                (CheckKind::Forbid(*lens, *eyes), self.set(from), self.set(to))
            }
            Question::Require { from, to, carrier, via } => {
                (CheckKind::Require(*carrier, self.labels(via)), self.set(from), self.set(to))
            }
        }
    }

    fn missing(&self, question: &Question, member: FaceId, possible: bool, explain: bool) -> MissingReport {
        let found = match (possible, explain) {
            (false, true) => lacking::lacking(self, question, member),
            (true, true) => Lacking { trace: lacking::possible(self, question, member), ..Lacking::default() },
            _ => Lacking::default(),
        };
        MissingReport { member: self.thing(member), possible, obstacles: found.obstacles, trace: found.trace }
    }

    fn open(&self, assumption: AssumptionId) -> OpenReport {
        let row = &self.model.assumptions[assumption];
        OpenReport { text: row.text.clone(), place: row.span.map(|s| -> Place { self.place(s) }) }
    }
}
