//! Real reports of drawings, and rules, exceptions and the rest made by hand, with hostile names.

use std::fs;
use std::path::{Component, Path, PathBuf};

use sekisho::diagnostic::Text;
use sekisho::document::{LoadError, Loader, load};
use sekisho::network::Network;
use sekisho::report::{
    ControlReport, CrossingReport, ExceptionReport, Input, MarkReport, OpenReport, OwnRule, Place, Report, Responsible,
    RuleEvidence, RuleReport, RuleStatus, Standing, TaskReport, WayReport,
};
use sekisho::verify::{expect, fast};

/// What a hostile designer may call something.
pub(crate) const HOSTILE: &str =
    "</summary><script>x</script>|`@all`#1 [x](javascript:y) {0} ]]> \u{1}\u{202e}\n\n# 見出し www.example.org";

struct Disk {
    file: PathBuf,
}

impl Disk {
    fn text(path: &Path) -> Result<(String, String), LoadError> {
        let text = fs::read_to_string(root().join(path)).map_err(|_| LoadError::NotFound)?;
        Ok((path.to_string_lossy().into_owned(), text))
    }
}

impl Loader for Disk {
    fn root(&mut self) -> Result<(String, String), LoadError> {
        Self::text(&self.file)
    }

    fn include(&mut self, from: &str, path: &str) -> Result<(String, String), LoadError> {
        let mut inside = PathBuf::from(from);
        inside.pop();
        for part in Path::new(path).components() {
            match part {
                Component::ParentDir => {
                    inside.pop();
                }
                Component::CurDir => {}
                other => inside.push(other),
            }
        }
        Self::text(&inside)
    }
}

pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The report of a drawing, named from the root of the project; without depths, which no test here needs.
pub(crate) fn report(file: &str) -> Report {
    let loaded = load(&mut Disk { file: PathBuf::from(file) }).unwrap_or_else(|_| panic!("{file} is a drawing"));
    report_of(&loaded)
}

fn report_of(loaded: &sekisho::document::Loaded) -> Report {
    let model = &loaded.model;
    let network = Network::new(model);
    let verdicts = fast::verify(model, &network);
    Report::new(&Input {
        assessment: None,
        model,
        sources: &loaded.sources,
        verdicts: &verdicts,
        depths: &vec![None; verdicts.len()],
        differences: &expect::differences(model, &network, &verdicts),
        warnings: &loaded.warnings,
        engine: "fast",
        faults: &[],
    })
}

/// A small drawing from memory.
pub(crate) fn small(text: &'static str) -> Report {
    struct Memory(&'static str);
    impl Loader for Memory {
        fn root(&mut self) -> Result<(String, String), LoadError> {
            Ok(("dir/a b.ron".to_owned(), self.0.to_owned()))
        }
        fn include(&mut self, _: &str, _: &str) -> Result<(String, String), LoadError> {
            Err(LoadError::NotFound)
        }
    }
    report_of(&load(&mut Memory(text)).unwrap_or_else(|_| panic!("a drawing")))
}

/// All drawings under `models` that are whole drawings, in order.
pub(crate) fn models() -> Vec<Report> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        let mut list: Vec<PathBuf> =
            fs::read_dir(folder).expect("a folder").map(|e| e.expect("an entry").path()).collect();
        list.sort();
        for path in list {
            let part = ["policies", "shared", "base"].iter().any(|p| path.ends_with(p));
            if path.is_dir() && !part {
                walk(&path, found);
            } else if path.extension().is_some_and(|x| x == "ron") {
                found.push(path.strip_prefix(root()).expect("inside").to_owned());
            }
        }
    }
    let mut found = Vec::new();
    walk(&root().join("models"), &mut found);
    // A file that others include is a part, not a drawing, and does not load by itself.
    let loaded = found.into_iter().filter_map(|file| load(&mut Disk { file }).ok());
    let reports: Vec<Report> = loaded.map(|l| report_of(&l)).collect();
    assert!(reports.len() > 50, "only {} drawings", reports.len());
    reports
}

fn both(text: &str) -> Text {
    Text::new(format!("{text}(和)"), format!("{text} (en)"))
}

pub(crate) fn place(line: usize) -> Place {
    Place { file: "models/mistakes/e-03-shared-nas.ron".to_owned(), line, column: 3 }
}

pub(crate) fn rule(id: &str, status: RuleStatus, severity: &'static str) -> RuleReport {
    RuleReport {
        id: id.to_owned(),
        statement: both(&format!("{id} が求めること")),
        repair: both(&format!("{id} の直し方")),
        clauses: vec![("L-1".to_owned(), Some(both("条項の趣旨"))), ("L-2".to_owned(), None)],
        severity,
        kind: "path",
        models: vec!["alpha"],
        since: Some("R7_3".to_owned()),
        evidence_marks: vec![
            MarkReport::Source("A52".to_owned()),
            MarkReport::Survey("B-1".to_owned()),
            MarkReport::Recalled,
            MarkReport::Unsure,
            MarkReport::Design,
        ],
        own: None,
        status,
        why: both(&format!("{id} の理由")),
        findings: Vec::new(),
        open: Vec::new(),
        rests_on: Vec::new(),
        responsible: vec![Responsible::Body, Responsible::Prefecture],
    }
}

fn evidence(text: &str, exception: Option<usize>, mark: u64) -> RuleEvidence {
    RuleEvidence {
        text: both(text),
        place: Some(place(16)),
        path: None,
        certain: true,
        faces: (0, 0),
        exception,
        fingerprint: format!("{mark:016x}"),
    }
}

fn exception(id: &str, standing: Standing) -> ExceptionReport {
    ExceptionReport {
        id: id.to_owned(),
        rule: "R-B-01".to_owned(),
        at: vec!["kyoyu-nas".to_owned()],
        approver: Some("情報政策課長".to_owned()),
        reason: Some(HOSTILE.to_owned()),
        until: (standing != Standing::Incomplete).then(|| "2027-03-31".to_owned()),
        compensating: Some("週次の点検".to_owned()),
        standing,
        place: place(30),
    }
}

/// The shared NAS, with rules of every status: two violated, two undecided, one excepted, two that hold, one that does
/// not apply; and with exceptions of every standing.
pub(crate) fn city() -> Report {
    let mut report = report("models/mistakes/e-03-shared-nas.ron");
    let path = report.checks.iter().find_map(|c| c.evidence.first()).expect("a path").path.clone();
    let attack = report.checks.iter().find(|c| c.kind.as_str() == "attack" && !c.evidence.is_empty());
    let attack = attack.expect("an attack").evidence[0].path.clone();
    let open = |text: &str| OpenReport { text: both(text), place: Some(place(12)) };

    let mut medium = rule("R-B-01", RuleStatus::Violated, "medium");
    medium.findings = vec![
        evidence("例外で済むもの", Some(0), 1),
        RuleEvidence { path: Some(attack), faces: (2, 3), ..evidence("残るもの", None, 2) },
    ];
    let mut critical = rule("R-Z-01", RuleStatus::Violated, "critical");
    critical.findings = vec![RuleEvidence { path: Some(path), ..evidence(HOSTILE, None, 3) }];
    critical
        .findings
        .push(RuleEvidence { place: None, certain: false, ..evidence("確かではないもの", None, 4) });
    critical.own = Some(OwnRule { pack: HOSTILE.to_owned(), overrides: true, place: place(2) });
    let mut first = rule("R-C-01", RuleStatus::Undecided, "high");
    first.open = vec![open("EDR の有無"), open("多要素認証の有無")];
    let mut second = rule("R-C-02", RuleStatus::Undecided, "low");
    second.open = vec![open("多要素認証の有無")];
    let mut excepted = rule("R-D-01", RuleStatus::Excepted, "high");
    excepted.findings = vec![evidence("例外で覆われたもの", Some(0), 5)];
    let mut holds = rule("R-E-01", RuleStatus::Holds, "high");
    holds.rests_on = vec!["edr@in-pc".to_owned()];
    report.rules = vec![
        medium,
        first,
        critical,
        second,
        excepted,
        holds,
        rule("R-E-02", RuleStatus::Holds, "low"),
        rule("R-F-01", RuleStatus::NotApplicable, "low"),
    ];
    report.exceptions = vec![
        exception("EX-1", Standing::Active),
        exception("EX-2", Standing::Expired),
        exception("EX-3", Standing::Orphaned),
        exception("EX-4", Standing::Unused),
        exception("EX-5", Standing::Incomplete),
    ];
    report.as_of = Some("2026-04-01".to_owned());
    report.controls = vec![ControlReport {
        id: "C-EDR".to_owned(),
        name: both("端末の監視"),
        organisational: false,
        mandatory: Some(true),
        responsible: vec![Responsible::Body, Responsible::Jlis, Responsible::Vendor, Responsible::State],
        status: RuleStatus::Undecided,
        why: both("書かれていない"),
        open: vec![open("EDR の有無")],
        evidence_marks: vec![MarkReport::Recalled],
    }];
    report.crossings = vec![CrossingReport {
        id: "α-3".to_owned(),
        from: both("LGWAN接続系"),
        to: both("インターネット接続系"),
        mediator: both("画面転送"),
        present: true,
        responsible: vec![Responsible::Body],
    }];
    report.tasks = vec![TaskReport {
        id: "WebLookup".to_owned(),
        name: both("調べもの"),
        ways: vec![WayReport {
            name: both("画面転送"),
            steps: vec![both("開く")],
            mediators: vec!["sgw".to_owned()],
            from: vec!["lg-pc".to_owned()],
        }],
        obstacles: vec![both("メールは届かない")],
        uncertain: false,
        dead_types: vec!["zip".to_owned()],
    }];
    report.sources.insert("A52".to_owned(), "https://example.org/a52".to_owned());
    report
}

/// A report that must not be relied on.
pub(crate) fn broken() -> Report {
    let mut report = city();
    report.faults = vec![HOSTILE.to_owned()];
    report.findings.clear();
    report
}
