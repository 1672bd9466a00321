//! A report with everything a report can hold, made by hand on top of a known mistake; for tests of pages.
//!
//! It says nothing about the guideline: its rules are only shaped like rules.

use crate::diagnostic::Text;
use crate::document::{LoadError, Loaded, Loader, load};
use crate::network::Network;
use crate::report::{
    ControlReport, CrossingReport, ExceptionReport, Input, MarkReport, OpenReport, OwnRule, PathReport, Place, Report,
    Responsible, RuleEvidence, RuleReport, RuleStatus, Standing, TaskReport, WayReport,
};
use crate::verify::{Verdict, fast};

/// Reads the model drawings of this repository.
struct Models(&'static str);

fn read(path: &std::path::Path) -> Result<String, LoadError> {
    std::fs::read_to_string(path).map_err(|e| LoadError::Other(e.to_string()))
}

impl Loader for Models {
    fn root(&mut self) -> Result<(String, String), LoadError> {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
        Ok((self.0.to_owned(), read(&root.join(self.0))?))
    }

    fn include(&mut self, from: &str, path: &str) -> Result<(String, String), LoadError> {
        let folder = std::path::Path::new(from).parent().unwrap_or(std::path::Path::new(""));
        let name = folder.join(path);
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
        Ok((name.display().to_string(), read(&root.join(&name))?))
    }
}

/// The known mistake, with its verdicts.
pub(crate) fn nas() -> (Loaded, Network, Vec<Verdict>) {
    let loaded = load(&mut Models("models/mistakes/e-03-shared-nas.ron")).expect("a drawing");
    let network = Network::new(&loaded.model);
    let verdicts = fast::verify(&loaded.model, &network);
    (loaded, network, verdicts)
}

/// The report as the library makes it.
pub(crate) fn plain(loaded: &Loaded, network: &Network, verdicts: &[Verdict]) -> Report {
    let depths: Vec<_> =
        verdicts.iter().map(|v| fast::depth(&loaded.model, network, &loaded.model.checks[v.check].question)).collect();
    Report::new(&Input {
        assessment: None,
        model: &loaded.model,
        sources: &loaded.sources,
        verdicts,
        depths: &depths,
        differences: &[],
        warnings: &loaded.warnings,
        engine: "fast",
        faults: &[],
    })
}

/// With rules of every status, exceptions of every standing, controls, crossings, tasks and sources.
pub(crate) fn full(loaded: &Loaded, network: &Network, verdicts: &[Verdict]) -> Report {
    let mut report = plain(loaded, network, verdicts);
    let told = report.findings.first().and_then(|f| f.parts.first()).copied().expect("a finding");
    let path = report.checks[told.0].evidence[told.1].path.clone();
    let other = report.checks.iter().flat_map(|c| &c.evidence).map(|e| &e.path).max_by_key(|p| p.steps.len());
    let other = PathReport { certain: false, ..other.expect("a path").clone() };
    report.as_of = Some("2026-04-01".to_owned());
    report.rules = rules(&path, &other);
    report.exceptions = exceptions();
    report.controls = controls();
    report.crossings = crossings();
    report.tasks = tasks();
    report.sources.insert("12".to_owned(), "https://www.example.jp/guideline/r7.pdf".to_owned());
    report.sources.insert("7".to_owned(), "javascript:alert(1)".to_owned());
    report.statements.push("ゾーン間の配線は年に一度確かめている".to_owned());
    report
}

pub(crate) fn place(line: usize) -> Place {
    Place { file: "models/mistakes/e-03-shared-nas.ron".to_owned(), line, column: 5 }
}

fn rule(id: &str, status: RuleStatus, severity: &'static str, ja: &str, en: &str) -> RuleReport {
    RuleReport {
        id: id.to_owned(),
        statement: Text::new(ja, en),
        repair: Text::new(
            "セグメントごとに機器を分け、間は無害化装置だけにする。",
            "One machine per segment, and only the sanitiser between them.",
        ),
        clauses: vec![
            (
                "3(1)②".to_owned(),
                Some(Text::new("系の間の通信は、認めたものに限る", "only what is allowed crosses between segments")),
            ),
            ("3(2)".to_owned(), None),
        ],
        severity,
        kind: "path",
        models: Vec::new(),
        since: Some("R2_12".to_owned()),
        evidence_marks: vec![MarkReport::Source("12".to_owned()), MarkReport::Recalled],
        own: None,
        status,
        why: Text::new("機器 24 台と口 31 個を見た", "24 machines with 31 faces were looked at"),
        findings: Vec::new(),
        open: Vec::new(),
        rests_on: Vec::new(),
        responsible: vec![Responsible::Body, Responsible::Vendor],
    }
}

fn evidence(ja: &str, en: &str, fingerprint: &str) -> RuleEvidence {
    RuleEvidence {
        text: Text::new(ja, en),
        place: Some(place(17)),
        path: None,
        certain: true,
        faces: (0, 0),
        exception: None,
        fingerprint: fingerprint.to_owned(),
    }
}

fn rules(path: &PathReport, other: &PathReport) -> Vec<RuleReport> {
    let mut list = Vec::new();
    let mut r = rule(
        "R-LI-03",
        RuleStatus::Violated,
        "critical",
        "LGWAN接続系とインターネット接続系を、一つの機器でつながない",
        "no one machine joins the LGWAN segment and the Internet segment",
    );
    r.findings = vec![RuleEvidence {
        path: Some(path.clone()),
        faces: (3, 2),
        ..evidence(
            "全庁共有 NAS が両方の系につながっている",
            "the shared NAS is attached to both segments",
            "0123456789abcdef",
        )
    }];
    list.push(r);
    let mut r = rule(
        "R-SN-05",
        RuleStatus::Violated,
        "high",
        "ファイルは無害化してから取り込む",
        "files are sanitised before they come in",
    );
    r.findings = vec![
        RuleEvidence {
            path: Some(PathReport { certain: true, ..other.clone() }),
            faces: (12, 4),
            ..evidence("検査だけのファイルが届く", "files arrive that were only inspected", "1123456789abcdef")
        },
        RuleEvidence {
            exception: Some(0),
            path: Some(path.clone()),
            ..evidence("窓口の NAS にも届く", "they arrive at the NAS of the counter, too", "2123456789abcdef")
        },
    ];
    list.push(r);
    let mut r = rule(
        "R-SH-01",
        RuleStatus::Undecided,
        "medium",
        "共有サーバは一つの系にだけ置く",
        "a shared server stands in one segment only",
    );
    r.kind = "consistency";
    r.evidence_marks = vec![MarkReport::Unsure, MarkReport::Survey("A".to_owned())];
    r.findings = vec![RuleEvidence {
        certain: false,
        path: Some(other.clone()),
        ..evidence(
            "印刷サーバの口が一つか分からない",
            "it is not known whether the print server has one face",
            "3123456789abcdef",
        )
    }];
    r.open = vec![OpenReport {
        text: Text::new("印刷サーバのアドレス(address)を書く", "state the address of the print server"),
        place: Some(place(20)),
    }];
    list.push(r);
    let mut r = rule(
        "R-RA-02",
        RuleStatus::Excepted,
        "low",
        "保守回線は使う時だけつなぐ",
        "the line for maintenance is connected only while it is used",
    );
    r.kind = "control";
    r.evidence_marks = vec![MarkReport::Design];
    r.responsible = vec![Responsible::Vendor];
    r.findings = vec![RuleEvidence {
        exception: Some(0),
        ..evidence("保守回線がいつもつながっている", "the line for maintenance is always connected", "4123456789abcdef")
    }];
    list.push(r);
    let mut r = rule(
        "R-MN-01",
        RuleStatus::Holds,
        "critical",
        "マイナンバー利用事務系を、ほかの系から隔てる",
        "the My Number segment is kept apart from the others",
    );
    r.rests_on = vec!["A3".to_owned(), "cdr@cdr".to_owned()];
    list.push(r);
    let mut r = rule(
        "町の規則 <b>1</b>",
        RuleStatus::Violated,
        "low",
        "機器の名前に課の名を入れる",
        "names of machines have the name of the section",
    );
    r.own = Some(OwnRule { pack: "\"town\"<script>".to_owned(), overrides: false, place: place(1) });
    r.findings = vec![evidence("kyoyu-nas に課の名がない", "kyoyu-nas has no section in its name", "5123456789abcdef")];
    list.push(r);
    for n in 0..84 {
        let status = if n % 3 == 0 { RuleStatus::NotApplicable } else { RuleStatus::Holds };
        let id = format!("R-XX-{n:02}");
        let mut r = rule(&id, status, ["high", "medium", "low"][n % 3], "見本の規則", "a rule to fill the table");
        if status == RuleStatus::NotApplicable {
            r.why = Text::new("βモデルだけの規則", "a rule of model β only");
        }
        list.push(r);
    }
    list
}

fn exceptions() -> Vec<ExceptionReport> {
    let all = [
        ("EX-1", "R-SN-05", Standing::Active, Some("2026-09-30")),
        ("EX-2", "R-LI-03", Standing::Expired, Some("2025-03-31")),
        ("EX-3", "R-ZZ-99", Standing::Orphaned, Some("2026-12-31")),
        ("EX-4", "R-MN-01", Standing::Unused, Some("2026-12-31")),
        ("EX-5", "R-SH-01", Standing::Incomplete, None),
    ];
    let row = |(id, rule, standing, until): (&str, &str, Standing, Option<&str>)| ExceptionReport {
        id: id.to_owned(),
        rule: rule.to_owned(),
        at: if standing == Standing::Active { vec!["kyoyu-nas".to_owned()] } else { Vec::new() },
        approver: until.map(|_| "情報政策課長".to_owned()),
        reason: Some("更新が来年度になるため".to_owned()),
        until: until.map(str::to_owned),
        compensating: until.map(|_| "毎日のログの確認".to_owned()),
        standing,
        place: place(40),
    };
    all.into_iter().map(row).collect()
}

/// Id, name, demand, status and who answers.
type Row = (&'static str, &'static str, &'static str, Option<bool>, RuleStatus, Vec<Responsible>);

fn controls() -> Vec<ControlReport> {
    use RuleStatus::{Holds, NotApplicable, Undecided, Violated};
    let all: [Row; 6] = [
        (
            "C-EDR",
            "端末の検知と対処(EDR)",
            "detection and response (EDR)",
            Some(true),
            Violated,
            vec![Responsible::Body],
        ),
        ("C-SOC", "監視(SOC)", "monitoring (SOC)", Some(true), Holds, vec![Responsible::Prefecture]),
        (
            "C-LOG",
            "ログの保存",
            "keeping of logs",
            Some(false),
            Undecided,
            vec![Responsible::Body, Responsible::Vendor],
        ),
        ("C-LGFW", "LGWAN 接続ファイアウォール", "LGWAN firewall", Some(true), Holds, vec![Responsible::Jlis]),
        ("C-GCAS", "クラウドの利用権限", "rights in the cloud", None, NotApplicable, vec![Responsible::State]),
        ("C-TRN", "職員の研修", "training of the staff", Some(false), Undecided, Vec::new()),
    ];
    let row = |(id, ja, en, mandatory, status, responsible): Row| {
        let open = match status {
            Undecided => vec![OpenReport {
                text: Text::new("measures に書く", "state it under measures"),
                place: Some(place(3)),
            }],
            _ => Vec::new(),
        };
        ControlReport {
            id: id.to_owned(),
            name: Text::new(ja, en),
            organisational: id == "C-TRN",
            mandatory,
            responsible,
            status,
            why: Text::new("端末 2 種を見た", "two kinds of terminals were looked at"),
            open,
            evidence_marks: vec![MarkReport::Source("12".to_owned())],
        }
    };
    all.into_iter().map(row).collect()
}

fn crossings() -> Vec<CrossingReport> {
    let row = |id: &str, present| CrossingReport {
        id: id.to_owned(),
        from: Text::new("インターネット接続系", "Internet segment"),
        to: Text::new("LGWAN接続系", "LGWAN segment"),
        mediator: Text::new("ファイル無害化", "sanitiser"),
        present,
        responsible: vec![Responsible::Body],
    };
    vec![row("α-3", true), row("α-4", false)]
}

fn tasks() -> Vec<TaskReport> {
    vec![
        TaskReport {
            id: "WebLookup".to_owned(),
            name: Text::new("インターネットで調べる", "looking something up on the web"),
            ways: vec![WayReport {
                name: Text::new("仮想端末の画面で見る", "on the screen of a virtual terminal"),
                steps: vec![
                    Text::new("業務端末で画面転送を開く", "open the screen transfer on the terminal"),
                    Text::new("転送された画面で調べる", "look it up on the transferred screen"),
                ],
                mediators: vec!["画面転送".to_owned()],
                from: vec!["職員端末".to_owned()],
            }],
            obstacles: vec![Text::new("直接の閲覧: 許可がない", "browsing directly: no permit")],
            uncertain: false,
            dead_types: Vec::new(),
        },
        TaskReport {
            id: "FileIn".to_owned(),
            name: Text::new("外からのファイルを取り込む", "bringing in a file"),
            ways: Vec::new(),
            obstacles: vec![Text::new("無害化: 取り込み先がない", "sanitising: nowhere to deliver to")],
            uncertain: false,
            dead_types: vec!["dwg".to_owned(), "exe".to_owned()],
        },
    ]
}
