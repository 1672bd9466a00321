//! `sekisho compare`: every drawing that is built is a drawing like any other, and the comparison says of it what `check`,
//! `gap` and `tasks` say.
//!
//! What is demanded of which model is read from the rule book, never from a list of this file.

use std::path::Path;
use std::process::{Command, Output};

use proptest::prelude::*;
use sekisho::change::compare::Column;
use sekisho::diagnostic::Diagnostic;
use sekisho::document::{Inventory, LoadError, Loaded, Loader, drawing, load, load_inventory, shipped_rulebook};
use sekisho::guideline::{self, Answer};
use sekisho::model::rulebook::{Asked, Control};
use sekisho::model::{Date, Kind, Layer, Model, SeparationModel, Switches};
use sekisho::network::Network;
use sekisho::report::{self, Report};
use sekisho::verify::fast;
use serde_json::Value;

const FILES: [(SeparationModel, &str); 5] = [
    (SeparationModel::Physical, "physical.ron"),
    (SeparationModel::Alpha, "alpha.ron"),
    (SeparationModel::AlphaPrime, "alpha-prime.ron"),
    (SeparationModel::Beta, "beta.ron"),
    (SeparationModel::BetaPrime, "beta-prime.ron"),
];

const DAY: &str = "2026-10-01";

struct Memory<'a>(&'a str);

impl Loader for Memory<'_> {
    fn root(&mut self) -> Result<(String, String), LoadError> {
        Ok(("it.ron".to_owned(), self.0.to_owned()))
    }

    fn include(&mut self, _: &str, _: &str) -> Result<(String, String), LoadError> {
        Err(LoadError::NotFound)
    }
}

fn shipped(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("models/inventories").join(name);
    std::fs::read_to_string(path).expect("the inventory is there")
}

/// The inventory of the city with every control in place, and with dates where they are asked for.
fn complete() -> String {
    shipped("sakura-shi.ron")
        .replace("in_place: false", "in_place: true")
        .replace("\"O-AUDIT\": (in_place: true", "\"O-AUDIT\": (in_place: true, on: \"2026-04-01\"")
}

fn inventory(text: &str) -> Inventory {
    match load_inventory(&mut Memory(text)) {
        Ok(loaded) => loaded.inventory,
        Err(failed) => panic!("{:?}", failed.diagnostics),
    }
}

fn built(inventory: &Inventory, model: SeparationModel) -> (String, Loaded) {
    let text = drawing(inventory, model);
    let loaded = load(&mut Memory(&text)).unwrap_or_else(|f| panic!("{model:?}: {:?}\n{text}", f.diagnostics));
    (text, loaded)
}

fn judged(loaded: &Loaded) -> Report {
    let model = &loaded.model;
    let network = Network::new(model);
    let verdicts = fast::verify(model, &network);
    let as_of = Date::parse(DAY);
    let assessment = guideline::assess(&guideline::Input { model, network: &network, verdicts: &verdicts, as_of });
    Report::new(&report::Input {
        model,
        sources: &loaded.sources,
        verdicts: &verdicts,
        depths: &[],
        differences: &[],
        warnings: &loaded.warnings,
        engine: "fast",
        assessment: Some(&assessment),
        faults: &[],
    })
}

fn sekisho(folder: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sekisho"));
    command.current_dir(folder).args(args).env_remove("NO_COLOR").env("LC_ALL", "ja_JP.UTF-8");
    command.output().expect("the program starts")
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("UTF-8")
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("UTF-8")
}

fn folder(text: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::write(folder.path().join("i.ron"), text).expect("a file can be written");
    folder
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|e| panic!("{e}: {}", err(output)))
}

#[test]
fn every_drawing_of_the_inventories_is_read_and_judged() {
    for name in ["sakura-shi.ron", "mura.ron"] {
        let i = inventory(&shipped(name));
        for model in SeparationModel::ALL {
            let (text, loaded) = built(&i, model);
            assert_eq!(loaded.model.declared, Some(model));
            assert_eq!(judged(&loaded).faults, Vec::<String>::new(), "{name} {model:?}");
            assert_eq!(text, drawing(&i, model), "the same inventory gives the same bytes");
            // What is not stated is warned about; nothing else is.
            let open = |w: &&Diagnostic| w.message.en.contains("not state");
            let others: Vec<_> = loaded.warnings.iter().filter(|w| !open(w)).collect();
            assert!(others.is_empty(), "{name} {model:?}: {others:?}");
            assert!(name == "mura.ron" || loaded.warnings.is_empty(), "{name} {model:?}");
        }
    }
}

#[test]
fn with_everything_in_place_nothing_is_violated_or_open_in_any_model() {
    let i = inventory(&complete());
    assert_eq!(i.unstated, Vec::new());
    for model in SeparationModel::ALL {
        let report = judged(&built(&i, model).1);
        let bad: Vec<&str> = report
            .checks
            .iter()
            .filter(|c| c.status != sekisho::model::Status::Holds)
            .map(|c| c.name.as_str())
            .collect();
        assert!(bad.is_empty(), "{model:?}: {bad:?}");
        for status in [report::RuleStatus::Violated, report::RuleStatus::Undecided] {
            let rules: Vec<&str> = report.rules_with(status).iter().map(|r| r.id.as_str()).collect();
            assert!(rules.is_empty(), "{model:?} {status:?}: {rules:?}");
        }
        assert_eq!(report.outcome(), report::Outcome::Holds, "{model:?}");
    }
}

#[test]
fn with_nothing_stated_nothing_is_in_order_and_nothing_is_claimed_to_be_wrong() {
    let i = inventory(&shipped("mura.ron"));
    for model in SeparationModel::ALL {
        let report = judged(&built(&i, model).1);
        assert_eq!(report.outcome(), report::Outcome::Undecided, "{model:?}");
        let book = shipped_rulebook();
        for control in report.controls.iter().filter(|c| c.mandatory == Some(true)) {
            assert_ne!(control.status, report::RuleStatus::Violated, "{model:?}: {}", control.id);
            let id = &control.id;
            let holds = control.status == report::RuleStatus::Holds;
            // What holds without being stated holds by the shape of the model, also if it is stated to be missing.
            let shape = || seen(&with(&i, id, Some(false)), id, model).answer == Answer::Holds;
            assert!(book.control(id).is_some() && (!holds || shape()), "{model:?}: {id} is not stated");
        }
    }
}

/// One control of the catalogue in the drawing of one model.
#[derive(Debug, Clone, Copy)]
struct Seen {
    /// Whether the program says that the model makes it mandatory.
    mandatory: bool,
    answer: Answer,
    /// Part of it has nothing in the drawing to speak of.
    partly_absent: bool,
}

/// Every control in the drawing of a model, in the order of the catalogue.
fn all_seen(i: &Inventory, model: SeparationModel) -> Vec<Seen> {
    let loaded = built(i, model).1;
    let network = Network::new(&loaded.model);
    let as_of = Date::parse(DAY);
    let input = guideline::Input { model: &loaded.model, network: &network, verdicts: &[], as_of };
    let one = |state: guideline::ControlState<'_>| Seen {
        mandatory: state.asked == Some(Asked::Mandatory),
        answer: state.outcome.answer(),
        partly_absent: !state.outcome.absent.is_empty(),
    };
    guideline::controls(&input).into_iter().map(one).collect()
}

/// One control in the drawing of a model.
fn seen(i: &Inventory, id: &str, model: SeparationModel) -> Seen {
    let at = shipped_rulebook().controls.iter().position(|c| c.id == id);
    all_seen(i, model)[at.expect("it is in the catalogue")]
}

/// Whether the rule book makes a control mandatory in a model, with the switches as they are if nobody touches them.
fn mandatory(control: &Control, model: SeparationModel) -> bool {
    let switches = Switches::default();
    let strict = control.mandatory_if.get(&model).and_then(|s| switches.get(s)) == Some(true);
    strict || control.asked.get(&model) == Some(&Asked::Mandatory)
}

/// The same inventory with another answer about one control.
fn with(whole: &Inventory, id: &str, state: Option<bool>) -> Inventory {
    let mut i = whole.clone();
    if id == "C-PSC" {
        i.security_cloud.as_mut().expect("it is stated").joined = state;
    } else {
        i.controls.entry(id.to_owned()).or_default().in_place = state;
    }
    i
}

#[test]
fn removing_a_control_makes_exactly_the_models_lack_it_that_demand_it() {
    let whole = inventory(&complete());
    let no_edr = with(&whole, "C-EDR", Some(false));
    let book = shipped_rulebook();
    let (mut looked, mut wrong) = (0, Vec::new());
    for model in SeparationModel::ALL {
        let (with_edr, without_edr) = (all_seen(&whole, model), all_seen(&no_edr, model));
        for (n, control) in book.controls.iter().enumerate() {
            let id = &control.id;
            // What the rule book lets stand in for a control is taken away with it.
            let stands_in = id != "C-EDR" && format!("{:?}", control.decide).contains("\"Edr\"");
            let (whole, before) = if stands_in { (&no_edr, without_edr[n]) } else { (&whole, with_edr[n]) };
            assert_eq!(before.mandatory, mandatory(control, model), "{id} {model:?}");
            if !before.mandatory {
                // A model that does not demand it is never told to lack it.
                continue;
            }
            let missing = seen(&with(whole, id, Some(false)), id, model);
            let unstated = seen(&with(whole, id, None), id, model);
            // Where nothing in the drawing needs the control, it cannot be lacking.
            let needed = before.answer != Answer::Absent && !(before.partly_absent && missing.answer == Answer::Holds);
            let fine = (missing.answer == Answer::Violated) == needed
                && (unstated.answer == Answer::Undecided) == needed
                && matches!(before.answer, Answer::Holds | Answer::Absent);
            if !fine {
                wrong.push(format!("{id} {model:?}: {before:?}\n  missing  {missing:?}\n  unstated {unstated:?}"));
            }
            looked += usize::from(needed);
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(looked > 90, "only {looked} pairs of control and model were looked at");
}

#[test]
fn the_numbers_are_those_of_check_gap_and_tasks_on_the_drawings() {
    let folder = folder(&shipped("sakura-shi.ron"));
    let compared = sekisho(folder.path(), &["compare", "i.ron", "--as-of", DAY, "--format", "json", "--write", "five"]);
    assert_eq!(compared.status.code(), Some(0), "{}", err(&compared));
    let compared = json(&compared);
    for (n, (model, file)) in FILES.into_iter().enumerate() {
        let column = &compared["models"][n];
        assert_eq!(column["model"], model.as_str());
        let path = format!("five/{file}");
        let check = json(&sekisho(folder.path(), &["check", &path, "--as-of", DAY, "--format", "json"]));
        for word in ["violated", "undecided", "holds"] {
            assert_eq!(column["checks"][word], check["summary"][word], "{file} {word}");
            assert_eq!(column["rules"][word], check["summary"]["rules"][word], "{file} {word}");
        }
        assert_eq!(column["findings"], check["findings"].as_array().expect("a list").len(), "{file}");
        depths(column, &check, file);

        let gap = json(&sekisho(folder.path(), &["gap", &path, "--as-of", DAY, "--format", "json"]));
        let ids = |list: &Value| -> Vec<String> {
            list.as_array().expect("a list").iter().map(|c| c["id"].as_str().expect("an id").to_owned()).collect()
        };
        let lacking = |status: &str| -> Vec<String> {
            let all = gap["controls"].as_array().expect("a list").iter();
            let fits = all.filter(|c| c["mandatory"] == true && c["status"] == status);
            fits.map(|c| c["id"].as_str().expect("an id").to_owned()).collect()
        };
        assert_eq!(ids(&column["controls"]["missing"]), lacking("violated"), "{file}");
        assert_eq!(ids(&column["controls"]["not_stated"]), lacking("undecided"), "{file}");

        let tasks = json(&sekisho(folder.path(), &["tasks", &path, "--format", "json"]));
        for (mine, theirs) in
            column["tasks"].as_array().expect("a list").iter().zip(tasks["tasks"].as_array().expect("a list"))
        {
            assert_eq!(mine["id"], theirs["id"]);
            let steps = theirs["ways"].get(0).map(|w| w["steps"].as_array().expect("a list").len());
            assert_eq!(mine["steps"].as_u64(), steps.map(|n| n as u64), "{file} {}", mine["id"]);
        }

        let text = std::fs::read_to_string(folder.path().join(&path)).expect("it was written");
        let loaded = load(&mut Memory(&text)).expect("it is a drawing");
        for (word, layer) in [("lgwan", Layer::Lgwan), ("internet", Layer::Internet)] {
            assert_eq!(column["desktops"][word].as_u64(), Some(count(&loaded.model, Kind::Desktop, layer)), "{file}");
            assert_eq!(column["terminals"][word].as_u64(), Some(count(&loaded.model, Kind::Terminal, layer)), "{file}");
        }
    }
}

/// The depth of each question is the least of its checks.
fn depths(column: &Value, check: &Value, file: &str) {
    for exposure in column["exposures"].as_array().expect("a list") {
        for name in exposure["checks"].as_array().expect("a list") {
            let all = check["checks"].as_array().expect("a list");
            let found = all.iter().find(|c| c["name"] == *name).expect("the check is there");
            match exposure["kind"].as_str().expect("a word") {
                "open" => assert_eq!(found["status"], "violated", "{file} {name}"),
                "exactly" => {
                    assert_eq!(found["depth"]["controls"], exposure["controls"], "{file} {name}");
                    let mine = exposure["least_sets"].as_array().expect("a list");
                    let theirs = found["depth"]["least_sets"].as_array().expect("a list");
                    assert!(theirs.iter().all(|set| mine.contains(set)), "{file} {name}");
                }
                "none" => assert_eq!(found["depth"]["kind"], "none", "{file} {name}"),
                other => panic!("{file}: {other}"),
            }
        }
    }
}

fn count(model: &Model, kind: Kind, layer: Layer) -> u64 {
    let here = model.nodes.values().filter(|n| {
        n.kind == kind
            && n.faces.first().and_then(|&f| model.faces[f].segment).is_some_and(|s| model.segments[s].layer == layer)
    });
    here.map(|n| u64::from(n.count)).sum()
}

/// The numbers of the terminals of the inventory in a drawing.
fn terminals(model: &Model) -> Vec<(String, u32)> {
    let mine = model.nodes.values().filter(|n| n.kind == Kind::Terminal && n.name.starts_with("pc-"));
    let mut list: Vec<(String, u32)> = mine.map(|n| (n.name.clone(), n.count)).collect();
    list.sort();
    list
}

#[test]
fn the_bytes_do_not_depend_on_the_number_of_threads() {
    let folder = folder(&shipped("sakura-shi.ron"));
    for format in ["text", "json", "markdown"] {
        let run = |threads: &str| {
            let args = ["compare", "i.ron", "--as-of", DAY, "--format", format, "--threads", threads];
            sekisho(folder.path(), &args).stdout
        };
        let one = run("1");
        assert!(!one.is_empty());
        assert_eq!(one, run("7"), "{format}");
    }
}

#[test]
fn the_table_fits_a_terminal_of_100_columns() {
    use unicode_width::UnicodeWidthStr as _;
    for name in ["sakura-shi.ron", "mura.ron"] {
        let folder = folder(&shipped(name));
        for lang in ["ja", "en"] {
            let text = out(&sekisho(folder.path(), &["compare", "i.ron", "--as-of", DAY, "--lang", lang]));
            let longest = text.lines().max_by_key(|l| l.width()).expect("there are lines");
            assert!(longest.width() <= 100, "{name} {lang}: {} columns\n{longest}", longest.width());
        }
    }
}

#[test]
fn it_supports_the_decision_and_does_not_make_it() {
    let folder = folder(&shipped("sakura-shi.ron"));
    for (lang, word) in [("ja", "決めるのは設計する人と団体です"), ("en", "is decided by the designer and the body")]
    {
        for format in ["text", "markdown", "json"] {
            let output =
                sekisho(folder.path(), &["compare", "i.ron", "--as-of", DAY, "--lang", lang, "--format", format]);
            let joined: String =
                out(&output).split_whitespace().collect::<Vec<_>>().join(if lang == "ja" { "" } else { " " });
            assert!(joined.contains(word), "{format} {lang}");
        }
    }
}

#[test]
fn exit_codes_say_whether_it_could_be_compared() {
    for (text, code) in [(shipped("sakura-shi.ron"), 0), (shipped("mura.ron"), 3), ("Inventory(".to_owned(), 2)] {
        let folder = folder(&text);
        let output = sekisho(folder.path(), &["compare", "i.ron", "--as-of", DAY]);
        assert_eq!(output.status.code(), Some(code), "{}", err(&output));
    }
    let output = sekisho(Path::new("."), &["compare", "nowhere.ron"]);
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn every_mistake_is_told_at_once_with_its_place() {
    let text = r#"Inventory(
  name: "試験市",
  edition: R7_4,
  terminals: {
    "窓口": (count: 0, work: [MyNumber, Internal]),
    "本庁": (count: 10, offce: "支所"),
    "支所": (count: 5, office: "しょ"),
  },
  systems: {
    "財務": (kind: Busness),
    "文書": (used_by: ["本町"], at_once: { "支所": 9 }),
    "国のもの": (kind: Business, place: GovCloud),
  },
  offices: { "支所": (line: Dedicated) },
  tasks: ["Downlod"],
  links: { "照会": (system: "国のもの") },
  controls: { "C-EDRR": (in_place: true), "O-AUDIT": (on: "昨日"), "C-PSC": (in_place: true) },
)"#;
    let folder = folder(text);
    for lang in ["ja", "en"] {
        let output = sekisho(folder.path(), &["compare", "i.ron", "--lang", lang]);
        assert_eq!(output.status.code(), Some(2));
        assert_eq!(out(&output), "");
        let said = err(&output);
        for word in ["offce", "Busness", "R7_4", "Downlod", "C-EDRR", "昨日", "C-PSC", "しょ", "本町", "窓口", "照会"]
        {
            assert!(said.contains(word), "{lang}: nothing about {word}\n{said}");
        }
        for place in [
            "i.ron:3:",
            "i.ron:5:",
            "i.ron:6:",
            "i.ron:7:",
            "i.ron:10:",
            "i.ron:11:",
            "i.ron:12:",
            "i.ron:15:",
            "i.ron:17:",
        ] {
            assert!(said.contains(place), "{lang}: no place {place}\n{said}");
        }
        for near in ["office", "Business", "Download", "C-EDR", "本庁"] {
            assert!(said.contains(near), "{lang}: nobody suggests {near}");
        }
    }
}

#[test]
fn drawings_are_written_whole_or_not_at_all_and_nothing_is_overwritten() {
    let folder = folder(&shipped("mura.ron"));
    let five = folder.path().join("five");
    let args = ["compare", "i.ron", "--write", "five", "-o", "answer.txt"];
    std::fs::create_dir(&five).expect("a folder can be made");
    std::fs::write(five.join("beta.ron"), "mine").expect("a file can be written");
    let output = sekisho(folder.path(), &args);
    assert_eq!(output.status.code(), Some(2));
    assert!(err(&output).contains("beta.ron"), "{}", err(&output));
    let files = std::fs::read_dir(&five).expect("the folder is there").count();
    assert_eq!(files, 1, "nothing but what was there");
    assert_eq!(std::fs::read_to_string(five.join("beta.ron")).expect("it is there"), "mine");
    assert!(!folder.path().join("answer.txt").exists());

    std::fs::remove_file(five.join("beta.ron")).expect("it is there");
    assert_eq!(sekisho(folder.path(), &args).status.code(), Some(3));
    for (_, file) in FILES {
        let code = sekisho(&five, &["check", file]).status.code();
        assert_eq!(code, Some(3), "{file} is accepted, and undecided");
    }
    assert!(folder.path().join("answer.txt").exists());
}

#[test]
fn names_of_an_inventory_are_data() {
    // Names of more than one line are refused; labels may be anything, and end no quotation of a drawing.
    for bad in ["a\nb", "a\u{7}b", "", "   "] {
        let text = format!("Inventory(name: \"市\", terminals: {{ \"{bad}\": (count: 1) }})");
        let failed = load_inventory(&mut Memory(&text)).expect_err("it is refused");
        assert!(failed.diagnostics.iter().any(|d| d.code.as_str() == "S2004"), "{bad:?}: {:?}", failed.diagnostics);
    }
    for bad in ["r#\"a\"b\"#", "r\"a\\b\"", "\"a\nb\""] {
        let service = format!("{{ \"x\": (kind: CloudSuite, tenant: {bad}) }}");
        let text = format!("Inventory(name: \"市\", terminals: {{ \"a\": (count: 1) }}, services: {service})");
        assert!(load_inventory(&mut Memory(&text)).is_err(), "{bad}");
    }
    // In raw strings, quotation marks and backslashes are what they are.
    let raw = r##"Inventory(name: r#"市"\"#, terminals: { r#"a"\b"#: (count: 1) })"##;
    let i = inventory(raw);
    for model in SeparationModel::ALL {
        assert!(built(&i, model).1.model.nodes.values().any(|n| n.label == "a\"\\b"), "{model:?}");
    }
    let nasty = "a\", count: 9), \"x\": Internet(at: \"mn\")\n// )]} \\ \u{202e} | <b> `x` [y](z)";
    let text =
        format!("Inventory(name: \"市 // )]\", terminals: {{ \"職員 (1), |*`\": (count: 7, label: {nasty:?}) }})");
    let i = inventory(&text);
    for model in SeparationModel::ALL {
        let loaded = built(&i, model).1;
        let node = loaded.model.nodes.values().find(|n| n.name == "pc-1").expect("it is drawn");
        assert_eq!((node.label.as_str(), node.count), (nasty, 7), "{model:?}");
    }
    let folder = folder(&text);
    let page = out(&sekisho(folder.path(), &["compare", "i.ron", "--format", "markdown"]));
    assert!(!page.contains("<b>") && !page.contains("[y](z)") && !page.contains('\u{202e}'));
    let shown = out(&sekisho(folder.path(), &["compare", "i.ron"]));
    assert!(!shown.contains('\u{202e}'));
}

// ---- random inventories ----

/// A text of the user, as a RON string.
fn quoted(text: &str) -> String {
    format!("{text:?}").replace("\\'", "'")
}

fn label() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z ]{1,8}",
        "[ぁ-ん一-龠]{1,6}",
        Just("\"), \"x\": Internet(at: \"mn\"".to_owned()),
        Just("psc\n} // ] ) \\".to_owned()),
        Just("-> any, lg-fw {}".to_owned()),
        Just("\u{202e}\u{0}\u{1b}[31m".to_owned()),
        any::<String>(),
    ]
}

fn tristate(field: &'static str, yes: &'static str, no: &'static str) -> impl Strategy<Value = String> {
    prop_oneof![Just(String::new()), Just(format!(", {field}: {yes}")), Just(format!(", {field}: {no}"))]
}

fn group() -> impl Strategy<Value = String> {
    let work = prop_oneof![
        Just(""),
        Just(", work: [MyNumber]"),
        Just(", work: [Internal]"),
        Just(", work: [Internal, Internet]"),
        Just(", work: [Internet]"),
    ];
    let more = prop_oneof![Just(""), Just(", office: \"支所\""), Just(", internet_at_once: 1")];
    (label(), 1u32..500, work, more, tristate("edr", "true", "false")).prop_map(|(label, count, work, more, edr)| {
        format!("(count: {count}, label: {}{work}{more}{edr})", quoted(&label))
    })
}

fn system() -> impl Strategy<Value = String> {
    let kind = prop_oneof![
        Just(""),
        Just(", kind: Core"),
        Just(", kind: Core, place: GovCloud"),
        Just(", kind: Core, place: LgwanAsp"),
        Just(", kind: Core, place: Cloud"),
        Just(", kind: Business"),
        Just(", kind: Business, place: Cloud"),
        Just(", kind: Business, place: LgwanAsp"),
        Just(", kind: Groupware, place: OnPremises"),
        Just(", kind: Web"),
    ];
    let holds =
        prop_oneof![Just(""), Just(", holds: []"), Just(", holds: [Resident]"), Just(", holds: [Important, Public]")];
    let users = prop_oneof![Just(""), Just(", used_by: []"), Just(", used_by: \"g 0\", at_once: { \"g 0\": 1 }")];
    (label(), kind, holds, users, tristate("edr", "true", "false"))
        .prop_map(|(label, kind, holds, users, edr)| format!("(label: {}{kind}{holds}{users}{edr})", quoted(&label)))
}

fn service() -> impl Strategy<Value = String> {
    let kind = prop_oneof![Just("LgwanAsp"), Just("CloudSuite"), Just("WebMeeting"), Just("Mail")];
    let shared = tristate("shared_outside", "true", "false");
    let tenant = prop_oneof![Just("\"市\""), Just("\"a b\""), Just("\"// ) ]\"")];
    (label(), kind, shared, tristate("registered_devices", "true", "false"), tenant).prop_map(
        |(l, kind, shared, devices, t)| {
            format!("(kind: {kind}, label: {}{shared}{devices}, tenant: {})", quoted(&l), t)
        },
    )
}

fn map(entries: &[String], prefix: &str) -> String {
    let list: Vec<String> = entries.iter().enumerate().map(|(n, e)| format!("\"{prefix} {n}\": {e}")).collect();
    format!("{{ {} }}", list.join(", "))
}

/// The text of an inventory; whether anything is stated is left to chance.
fn text() -> impl Strategy<Value = String> {
    let ids: Vec<String> =
        shipped_rulebook().controls.iter().map(|c| c.id.clone()).filter(|id| id != "C-PSC").collect();
    let n = ids.len();
    let controls = proptest::collection::vec(0u8..3, n).prop_map(move |states| {
        let list: Vec<String> = ids
            .iter()
            .zip(states)
            .filter(|(_, s)| *s > 0)
            .map(|(id, s)| format!("\"{id}\": (in_place: {})", s == 1))
            .collect();
        format!(", controls: {{ {} }}", list.join(", "))
    });
    let telework = prop_oneof![
        Just(""),
        Just(", telework: (count: 0)"),
        Just(", telework: (count: 20, kind: Loaned, line: ClosedMobile)"),
        Just(", telework: (count: 20, kind: Private)"),
    ];
    let cloud = prop_oneof![
        Just(""),
        Just(", security_cloud: (joined: false)"),
        Just(", security_cloud: (joined: true, functions: [\"Proxy\"])"),
    ];
    let tasks = prop_oneof![
        Just(""),
        Just(", tasks: []"),
        Just(", tasks: [\"LgwanAsp\"]"),
        Just(", tasks: [\"Download\", \"CmsUpdate\"]")
    ];
    let links = prop_oneof![
        Just(""),
        Just(", state_links: []"),
        Just(", state_links: [JukiNet, LinkageServer, Eltax, MyNaPortal]")
    ];
    let office = prop_oneof![Just("()"), Just("(line: Dedicated)"), Just("(line: InternetVpn)")];
    let parts = (
        label(),
        proptest::collection::vec(group(), 1..4),
        proptest::collection::vec(system(), 0..4),
        proptest::option::of(proptest::collection::vec(service(), 0..4)),
    );
    let more = (telework, cloud, tasks, links, office, tristate("wireless", "true", "false"), controls);
    let edition = prop_oneof![Just(""), Just(", edition: R7_3"), Just(", edition: R5_3")];
    (parts, more, edition).prop_map(|((_, groups, systems, services), (telework, cloud, tasks, links, office, wifi, controls), edition)| {
        let on_premises = |s: &String| !["Core", "Cloud", "LgwanAsp"].iter().any(|w| s.contains(w));
        let asks = systems.iter().enumerate().filter(|(_, s)| on_premises(s));
        let asks: Vec<String> = asks.map(|(n, _)| format!("(system: \"s {n}\", validated: \"v\")")).collect();
        let asks = map(&asks, "照会");
        let services = services.map(|s| format!(", services: {}", map(&s, "v"))).unwrap_or_default();
        format!(
            "Inventory(name: \"試験 市\"{edition}, offices: {{ \"支所\": {office} }}, terminals: {}, systems: {}{services}{telework}{cloud}{tasks}{links}{wifi}{controls}, links: {asks})",
            map(&groups, "g"),
            map(&systems, "s"),
        )
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_inventories_give_drawings_without_a_mistake(text in text()) {
        let i = inventory(&text);
        let mut conserved = None;
        for model in SeparationModel::ALL {
            let (drawn, loaded) = built(&i, model);
            let mine = terminals(&loaded.model);
            let total: u64 = mine.iter().map(|(_, n)| u64::from(*n)).sum();
            prop_assert_eq!(total, i.terminals.iter().map(|t| u64::from(t.count)).sum::<u64>());
            prop_assert_eq!(conserved.get_or_insert(mine.clone()), &mine);
            for (n, t) in i.terminals.iter().enumerate() {
                let node = loaded.model.nodes.values().find(|x| x.name == format!("pc-{}", n + 1)).expect("it is drawn");
                prop_assert_eq!(&node.label, &t.label);
            }
            prop_assert_eq!(drawn, drawing(&i, model));
            let network = Network::new(&loaded.model);
            let column = Column::new(&loaded.model, &fast::verify(&loaded.model, &network), &[]);
            prop_assert_eq!(column.map(|c| c.model), Some(model));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_inventories_are_judged_without_an_internal_error(text in text()) {
        let i = inventory(&text);
        for model in SeparationModel::ALL {
            let report = judged(&built(&i, model).1);
            prop_assert_eq!(report.faults, Vec::<String>::new());
        }
    }

    #[test]
    fn whatever_the_text_reading_an_inventory_ends(noise in any::<String>()) {
        let _ = load_inventory(&mut Memory(&noise));
        let _ = load_inventory(&mut Memory(&format!("Inventory(name: \"a\", terminals: {{ {noise} }})")));
    }
}
