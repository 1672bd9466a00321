//! Migration plans: the worked ones in `models/migrations`, and what a mistake in a plan is answered.
//!
//! What each test catches:
//! * `every_plan_gives_what_it_expects`: a stage, an order or a proof that changed, in `check` and in `order`; a plan that
//!   leads to a bad drawing; an order that only looks safe to the fast engine; a proof of impossibility that is none, a
//!   reason that does not hold everywhere, and a set of reasons with one too many;
//! * `mistakes_of_a_plan_are_told_with_their_place`: a mistake that is passed over or told without a place;
//! * the rest: exit codes, threads, hostile names.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};
use std::process::{Command, Output};

use rayon::prelude::*;
use sekisho::change::plan::{Clause, Found, Survey, as_written, check, order};
use sekisho::diagnostic::{Lang, RenderOptions, render_all};
use sekisho::document::{Failed, LoadError, LoadedPlan, Loader, load_plan};
use sekisho::model::plan::{Plan, Stage, StepSet};
use sekisho::model::{Date, Status};
use sekisho::report::{self, Style};
use sekisho::verify::reference;

/// The day for which the plans are judged: their drawings declare when audits took place.
const AS_OF: &str = "2026-11-26";

/// The worked plans.
const PLANS: [&str; 8] = [
    "alpha-to-alpha-prime",
    "alpha-to-alpha-prime-edr-in-the-cloud",
    "alpha-to-beta",
    "alpha-to-beta-prime",
    "new-city-hall",
    "physical-to-alpha",
    "security-cloud-contract-ends",
    "shared-base",
];

/// The plan without a safe order.
const IMPOSSIBLE: &str = "alpha-to-alpha-prime-edr-in-the-cloud";

/// A plan below `models`; its drawing may lie anywhere in there.
struct Models(PathBuf);

impl Loader for Models {
    fn root(&mut self) -> Result<(String, String), LoadError> {
        let text = std::fs::read_to_string(models().join(&self.0)).map_err(|_| LoadError::NotFound)?;
        Ok((self.0.display().to_string(), text))
    }

    fn include(&mut self, from: &str, path: &str) -> Result<(String, String), LoadError> {
        let mut inside = PathBuf::from(from);
        inside.pop();
        for part in Path::new(path).components() {
            match part {
                Component::Normal(name) => inside.push(name),
                Component::ParentDir if inside.pop() => {}
                _ => return Err(LoadError::Outside),
            }
        }
        let text = std::fs::read_to_string(models().join(&inside)).map_err(|_| LoadError::NotFound)?;
        Ok((inside.display().to_string(), text))
    }
}

fn models() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("models")
}

fn rendered(failed: &Failed, lang: Lang) -> String {
    render_all(&failed.diagnostics, &failed.sources, &RenderOptions { lang, color: false, width: None })
}

fn worked(name: &str) -> LoadedPlan {
    load_plan(&mut Models(format!("migrations/{name}.ron").into()))
        .unwrap_or_else(|failed| panic!("{name}\n{}", rendered(&failed, Lang::En)))
}

fn as_of() -> Option<Date> {
    Date::parse(AS_OF)
}

#[test]
fn every_plan_is_listed() {
    let files = std::fs::read_dir(models().join("migrations")).expect("the folder of the plans");
    let names: BTreeSet<String> = files
        .filter_map(|f| Some(f.ok()?.path()))
        .filter(|p| std::fs::read_to_string(p).is_ok_and(|text| text.lines().any(|l| l == "Plan(")))
        .filter_map(|p| Some(p.file_stem()?.to_string_lossy().into_owned()))
        .collect();
    assert_eq!(names, PLANS.iter().map(|p| (*p).to_owned()).collect());
}

#[test]
fn every_plan_gives_what_it_expects() {
    let wrong: Vec<String> = PLANS.par_iter().flat_map_iter(|name| not_as_expected(name)).collect();
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

/// What a worked plan gives otherwise than it expects; everything else about it is asserted.
fn not_as_expected(name: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    let loaded = worked(name);
    assert!(!loaded.plan.expectations.is_empty(), "{name} expects nothing");
    let survey = Survey::new(&loaded, as_of());
    goal_holds(name, &survey);
    let written = report::plan_checked(&survey, &check(&survey, &as_written(&survey)));
    let found = order(&survey);
    let searched = report::plan_found(&survey, &found, as_of());
    for told in [&written, &searched] {
        wrong.extend(told.differences.iter().map(|(text, place)| format!("{name}: {place} {}", text.en)));
        wrong.extend(told.faults.iter().map(|f| format!("{name}: {f}")));
    }
    if let Found::Safe(order) = &found {
        in_a_possible_order(&loaded.plan, &order.units);
        verified_by_the_other_engine(name, &loaded, &order.units);
    }
    if name == IMPOSSIBLE {
        no_order_is_safe(&survey, &found);
        let text = report::plan_text(&searched, Style { lang: Lang::En, color: false, ..Style::default() });
        assert!(text.contains("in one go"), "something opens the way:\n{text}");
    }
    wrong
}

/// Nothing is wrong or open when all is done.
fn goal_holds(name: &str, survey: &Survey<'_>) {
    let left: Vec<String> = survey.goal.issues.values().map(|i| i.text.en.clone()).collect();
    assert!(left.is_empty(), "{name} ends with {left:#?}");
    assert!(survey.goal.holding > 30, "{name}: almost nothing is asked at its end");
}

/// A found order has every step once, and keeps what has to come first.
fn in_a_possible_order(plan: &Plan, units: &[usize]) {
    let steps: Vec<usize> = units.iter().flat_map(|&u| plan.units[u].iter().copied()).collect();
    assert_eq!(steps.iter().copied().collect::<BTreeSet<_>>(), (0..plan.steps.len()).collect());
    assert_eq!(steps.len(), plan.steps.len());
    let at = |step: usize| units.iter().position(|&u| plan.units[u].contains(&step));
    for p in &plan.precedences {
        assert!(at(p.first) <= at(p.then), "{} before {}", plan.steps[p.first].name, plan.steps[p.then].name);
    }
}

/// Every stage drawn again and asked of the reference engine: no check is violated or open.
fn verified_by_the_other_engine(name: &str, loaded: &LoadedPlan, units: &[usize]) {
    let mut done = StepSet::NONE;
    let stages: Vec<StepSet> = units
        .iter()
        .map(|&unit| {
            done = loaded.plan.units[unit].iter().fold(done, |d, &s| d.with(s));
            done
        })
        .collect();
    stages.par_iter().for_each(|&done| {
        let model = loaded.draw(Stage::of(done)).expect("a stage of a safe order is a drawing").model;
        for verdict in reference::verify(&model) {
            let what = &model.checks[verdict.check].name;
            let holds = matches!(verdict.status, Status::Holds | Status::Vacuous);
            assert!(holds, "{name}, {} steps done: {what} is {:?}", done.len(), verdict.status);
        }
    });
}

/// Goes through all stages that a safe order could pass: none leads to the goal. And each reason holds wherever it says.
fn no_order_is_safe(survey: &Survey<'_>, found: &Found) {
    let plan = survey.plan();
    let Found::None(none) = found else { panic!("an order was found for the impossible plan") };
    let full = StepSet::all(plan.steps.len());
    let units: Vec<StepSet> = plan.units.iter().map(|u| u.iter().copied().collect()).collect();
    // An order is a way through sets of steps; all ways through good sets are walked.
    let walk = |is_good: &dyn Fn(StepSet) -> bool, precedes: &dyn Fn(StepSet, StepSet) -> bool| -> BTreeSet<StepSet> {
        let mut seen = BTreeSet::from([StepSet::NONE]);
        let mut todo = vec![StepSet::NONE];
        while let Some(done) = todo.pop() {
            for &unit in units.iter().filter(|u| u.0 & done.0 == 0) {
                let next = done.and(unit);
                if precedes(done, unit) && !seen.contains(&next) && is_good(next) {
                    seen.insert(next);
                    todo.push(next);
                }
            }
        }
        seen
    };
    let ready = |done: StepSet, unit: StepSet| {
        plan.precedences.iter().all(|p| !unit.has(p.then) || done.has(p.first) || unit.has(p.first))
    };
    let reached = walk(&|s| s == full || survey.troubles(Stage::of(s)).is_empty(), &ready);
    assert!(!reached.contains(&full), "there is a safe order after all");
    assert!(reached.len() > 10, "the walk ends at once");

    let conflicts: Vec<_> = none
        .core
        .iter()
        .filter_map(|c| match c {
            Clause::Conflict(c) => Some(&**c),
            Clause::Precedence(_) => None,
        })
        .collect();
    assert_eq!(conflicts.len(), none.core.len(), "both reasons are conflicts");
    assert_eq!(conflicts.len(), 2);
    for c in &conflicts {
        // All stages at which it is claimed and that no precedence excludes.
        let possible = walk(&|_| true, &ready);
        for done in possible.into_iter().filter(|&s| s != full && c.covers(Stage::of(s))) {
            assert!(survey.has(Stage::of(done), &c.trouble.key), "{} does not hold at {done:?}", c.trouble.key);
        }
    }
    let avoids = |left: &[usize]| {
        walk(&|s| s == full || left.iter().all(|&i| !conflicts[i].covers(Stage::of(s))), &ready).contains(&full)
    };
    assert!(!avoids(&[0, 1]), "both together exclude every order");
    assert!(avoids(&[0]) && avoids(&[1]), "neither can be left out");
}

/// Files in memory: the plan, and its drawing.
struct Memory(Vec<(String, String)>);

impl Loader for Memory {
    fn root(&mut self) -> Result<(String, String), LoadError> {
        Ok(self.0[0].clone())
    }

    fn include(&mut self, _: &str, path: &str) -> Result<(String, String), LoadError> {
        if path.starts_with("..") {
            return Err(LoadError::Outside);
        }
        self.0.iter().find(|(n, _)| n == path).cloned().ok_or(LoadError::NotFound)
    }
}

/// A drawing small enough for a plan of a few lines.
const TOWN: &str = r#"Municipality(
  name: "試験市",
  segments: {
    "lg": (layer: Lgwan, label: "LGWAN接続系", address: "10.2.0.0/16"),
    "in": (layer: Internet, label: "インターネット接続系", address: "10.3.0.0/16"),
  },
  nodes: {
    "lg-pc": Terminal(at: "lg", address: "10.2.0.5", label: "職員端末"),
    "in-pc": Terminal(at: "in", address: "10.3.0.5", label: "業務端末"),
    "fw": Firewall(joins: ["lg", "in"], default: Deny, rules: [(deny: "in-pc -> lg-pc udp 53")]),
  },
  media: { "usb": (registered: true) },
  carry: [(from: "lg-pc", to: "in-pc", medium: "usb")],
  forbid: [Attack(from: "in", to: "lg", name: "in-to-lg")],
  require: [Flow(from: "lg-pc", to: "in-pc", carries: RawFile, name: "files")],
)"#;

fn load_text(plan: &str) -> Result<LoadedPlan, Failed> {
    load_plan(&mut Memory(vec![("plan.ron".to_owned(), plan.to_owned()), ("town.ron".to_owned(), TOWN.to_owned())]))
}

/// A plan with these steps, each on a line of its own from line 2 on, and further fields.
fn plan(steps: &[&str], more: &str) -> String {
    format!("Plan(name: \"試験\", base: \"town.ron\", steps: {{\n{}\n}},\n{more}\n)", steps.join("\n"))
}

/// What is said about a plan that is wrong.
fn said(text: &str) -> String {
    match load_text(text) {
        Ok(_) => panic!("nothing is wrong with\n{text}"),
        Err(failed) => {
            let ja = rendered(&failed, Lang::Ja);
            assert!(ja.contains("エラー"), "{ja}");
            rendered(&failed, Lang::En)
        }
    }
}

fn assert_said(text: &str, wanted: &[&str]) {
    let said = said(text);
    for want in wanted {
        assert!(said.contains(want), "`{want}` is missing in\n{said}\nabout\n{text}");
    }
}

const ADD: &str = r#"  "a": (change: [Rules(of: "fw", add: [(permit: "in-pc -> lg-pc tcp 443")])]),"#;
const NEW: &str = r#"  "b": (change: [Add(nodes: { "srv": Server(at: "in", address: "10.3.0.9") })]),"#;

#[test]
fn mistakes_of_a_plan_are_told_with_their_place() {
    // An unknown step, near a known one.
    let edr = r#"  "edr-terminals": (change: [Controls(of: "lg-pc", add: [Edr])]),"#;
    assert_said(
        &plan(&[edr, NEW], r#"constraints: [Before(first: "edr-terminal", then: "b")],"#),
        &["there is no step `edr-terminal`", "plan.ron:5:", "edr-terminals"],
    );
    // An unknown node in an edit, near a known one.
    assert_said(
        &plan(&[r#"  "a": (change: [Controls(of: "lg-pcs", add: [Edr])]),"#], ""),
        &["`lg-pcs` is neither in the drawing nor made by a step", "plan.ron:2:", "lg-pc"],
    );
    // A rule that is not there, near one that is.
    assert_said(
        &plan(&[r#"  "a": (change: [Rules(of: "fw", remove: "in-pc -> lg-pc udp 54")]),"#], ""),
        &["`in-pc -> lg-pc udp 54` is not written there", "plan.ron:2:", "in-pc -> lg-pc udp 53"],
    );
    // What has no rules has none that can be changed.
    assert_said(
        &plan(&[r#"  "a": (change: [Rules(of: "lg-pc", remove: "any -> any")]),"#], ""),
        &["`lg-pc` is a node of a kind without `rules`", "plan.ron:2:"],
    );
    // Two steps write the same.
    assert_said(
        &plan(
            &[
                r#"  "a": (change: [Count(of: "lg-pc", count: 2)]),"#,
                r#"  "b": (change: [Count(of: "lg-pc", count: 3)]),"#,
            ],
            "",
        ),
        &["`a` and `b` both write the same (lg-pc: count)", "plan.ron:3:", "Before(first: \"a\", then: \"b\")"],
    );
    // A circle.
    assert_said(
        &plan(
            &[
                r#"  "a": (change: [Add(networks: { "n": (segment: "in") })]),"#,
                r#"  "b": (change: [Move(node: "in-pc", to: "n")]),"#,
            ],
            r#"constraints: [Before(first: "b", then: "a")],"#,
        ),
        &[
            "the steps `a`, `b` each have to come before the other",
            "uses `n`, which `a` makes",
            "plan.ron:2:",
            "the plan says so",
        ],
    );
    // Something is added that is there, and removed twice.
    assert_said(
        &plan(&[r#"  "a": (change: [Add(nodes: { "lg-pc": Server(at: "in") })]),"#], ""),
        &["`lg-pc` is there already", "town.ron:8:", "use Replace instead of Add"],
    );
    assert_said(
        &plan(
            &[
                r#"  "a": (change: [Remove(media: "usb", carry: [(from: "lg-pc", to: "in-pc")])]),"#,
                r#"  "b": (change: [Remove(media: "usb")]),"#,
            ],
            "",
        ),
        &["two steps remove `usb`", "plan.ron:3:", "the other is here"],
    );
    // A row that is not there.
    assert_said(
        &plan(&[r#"  "a": (change: [Remove(carry: [(from: "in-pc", to: "lg-pc")])]),"#], ""),
        &["in-pc -> lg-pc", "plan.ron:2:"],
    );
    assert_said(
        &plan(&[r#"  "a": (change: [Replace(carry: [(from: "lg-pc", to: "in-pc")])]),"#], ""),
        &["a line of `carry` without a name cannot be replaced", "plan.ron:2:", "Remove"],
    );
    // Days.
    assert_said(&plan(&[ADD], r#"starts: "2027-02-30","#), &["there is no day `2027-02-30`", "plan.ron:4:"]);
    assert_said(
        &plan(&[r#"  "a": (days: 4000000000, change: [Count(of: "lg-pc", count: 2)]),"#], ""),
        &["step `a` takes too many days", "plan.ron:2:"],
    );
    assert_said(
        &plan(
            &[
                r#"  "a": (on: "2027-04-01", change: [Count(of: "lg-pc", count: 2)]),"#,
                r#"  "b": (on: "2027-03-01", change: [Count(of: "in-pc", count: 3)]),"#,
            ],
            r#"order: ["a", "b"],"#,
        ),
        &["order puts it after `a`, its day `on` is before", "plan.ron:3:"],
    );
    // The order.
    assert_said(&plan(&[ADD, NEW], r#"order: ["a"],"#), &["steps that order does not list: b", "plan.ron:5:"]);
    assert_said(&plan(&[ADD, NEW], r#"order: ["a", "b", "a"],"#), &["step `a` is listed twice", "plan.ron:5:"]);
    // The drawing.
    assert_said("Plan(steps: {})", &["there is no `base`"]);
    assert_said(&plan(&[ADD], "").replace("town.ron", "village.ron"), &["village.ron", "plan.ron:1:"]);
    assert_said(&plan(&[ADD], "").replace("town.ron", "../town.ron"), &["../town.ron", "plan.ron:1:"]);
    // Steps.
    assert_said(&plan(&[], ""), &["there are no `steps`"]);
    assert_said(&plan(&[r#"  "a": (change: []),"#], ""), &["step `a` changes nothing", "plan.ron:2:"]);
    assert_said(
        &plan(&[r#"  "a": (parallel: true, change: [Model(Beta)]),"#], ""),
        &["cannot be made with old and new side by side", "plan.ron:2:"],
    );
    for field in [r#"name: "x""#, "model: Beta", r#"include: ["x.ron"]"#, "expect: [Matrix([])]"] {
        let name = field.split(':').next().unwrap_or_default();
        assert_said(
            &plan(&[&format!("  \"a\": (change: [Add({field})]),")], ""),
            &[&format!("`{name}` cannot be given in Add or Replace"), "plan.ron:2:"],
        );
    }
    let many: Vec<String> =
        (0..65).map(|i| format!("  \"s{i}\": (change: [Add(networks: {{ \"n{i}\": (segment: \"in\") }})]),")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    assert_said(&plan(&many, ""), &["too many steps (limit 64)", "plan.ron:66:"]);
    // A misspelt edit, and a misspelt field of one.
    assert_said(
        &plan(&[r#"  "a": (change: [Moves(node: "lg-pc", to: "in")]),"#], ""),
        &["Moves", "plan.ron:2:", "Move"],
    );
    assert_said(&plan(&[r#"  "a": (change: [Move(nod: "lg-pc", to: "in")]),"#], ""), &["nod", "plan.ron:2:", "node"]);
}

#[test]
fn what_one_step_adds_another_can_take_out_later() {
    let steps = [
        r#"  "off": (change: [Rules(of: "fw", remove: "in-pc -> lg-pc tcp 443"), Controls(of: "fw", remove: [Monitoring])]),"#,
        r#"  "on": (change: [Rules(of: "fw", add: [(permit: "in-pc -> lg-pc tcp 443")]), Controls(of: "fw", add: [Monitoring])]),"#,
    ];
    let loaded = load_text(&plan(&steps, "")).unwrap_or_else(|f| panic!("{}", rendered(&f, Lang::En)));
    let p: Vec<(usize, usize)> = loaded.plan.precedences.iter().map(|p| (p.first, p.then)).collect();
    assert_eq!(p, [(1, 0)]);
}

#[test]
fn rows_and_questions_change_with_a_step() {
    let steps = [
        r#"  "a": (change: [Remove(carry: [(from: "lg-pc", to: "in-pc")], media: "usb", require: "files")]),"#,
        r#"  "b": (change: [Replace(forbid: [Attack(from: "in-pc", to: "lg-pc", name: "in-to-lg")])]),"#,
        r#"  "c": (change: [Add(permits: [(from: "in", to: "lg", carries: [Text], reason: "x")])]),"#,
        r#"  "d": (change: [Remove(permits: [(from: "in", to: "lg")])]),"#,
    ];
    let loaded = load_text(&plan(&steps, "")).unwrap_or_else(|f| panic!("{}", rendered(&f, Lang::En)));
    let at = |steps: &[usize]| loaded.draw(Stage::of(steps.iter().copied().collect())).expect("a drawing").model;
    assert_eq!(at(&[]).checks.len(), at(&[0, 1]).checks.len() + 1, "a required flow has gone");
    assert_eq!((at(&[]).permits.len(), at(&[2]).permits.len(), at(&[2, 3]).permits.len()), (0, 1, 0));
    assert!(loaded.plan.precedences.iter().any(|p| (p.first, p.then) == (2, 3)), "what c adds, d takes away");
    // With old and new side by side, what is carried and permitted before stays.
    let both = loaded.draw(Stage { done: StepSet::one(2), during: StepSet::one(0).with(3) }).expect("a drawing").model;
    assert_eq!(both.permits.len(), 1);
    assert_eq!(both.checks.len(), at(&[2]).checks.len());
}

fn sekisho(folder: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sekisho"));
    command.current_dir(folder).args(args).env_remove("NO_COLOR").env("LC_ALL", "C.UTF-8");
    command.output().expect("the program starts")
}

/// The exit code and both streams of `plan` on a plan for the small town.
fn run(text: &str, args: &[&str]) -> (Option<i32>, String) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::write(folder.path().join("town.ron"), TOWN).expect("a file can be written");
    std::fs::write(folder.path().join("plan.ron"), text).expect("a file can be written");
    let all: Vec<&str> = ["plan", args[0], "plan.ron", "--lang", "en"].iter().chain(&args[1..]).copied().collect();
    let output = sekisho(folder.path(), &all);
    let text = String::from_utf8_lossy(&output.stderr).into_owned() + &String::from_utf8_lossy(&output.stdout);
    (output.status.code(), text)
}

#[test]
fn exit_codes_say_how_the_plan_stands() {
    let safe = plan(&[NEW], "");
    assert_eq!(run(&safe, &["check"]).0, Some(0));
    assert_eq!(run(&safe, &["order"]).0, Some(0));
    // Open the way and close it again: between them the attack is there.
    let steps = [
        r#"  "on": (change: [Rules(of: "fw", add: [(permit: "in-pc -> lg-pc tcp 443")])]),"#,
        r#"  "off": (change: [Rules(of: "fw", remove: "in-pc -> lg-pc tcp 443")]),"#,
    ];
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::write(folder.path().join("town.ron"), TOWN).expect("a file can be written");
    let answer = |more: &str, action: &str| {
        std::fs::write(folder.path().join("plan.ron"), plan(&steps, more)).expect("a file can be written");
        sekisho(folder.path(), &["plan", action, "plan.ron", "--lang", "en"])
    };
    assert_eq!(answer("", "check").status.code(), Some(1));
    let none = answer("", "order");
    assert_eq!(none.status.code(), Some(1));
    let text = String::from_utf8_lossy(&none.stdout).into_owned();
    assert!(text.contains("no safe order (proved)"), "{text}");
    assert!(text.contains("`off` takes out what `on` puts into `fw`"), "{text}");
    let expected = r#"expect: [Check(Unsafe), FailsAfter("on"), Order(Unsafe), Conflict(["on", "off"])],"#;
    assert_eq!(answer(expected, "check").status.code(), Some(0));
    assert_eq!(answer(expected, "order").status.code(), Some(0), "{text}");
    let other = answer("expect: [Check(Safe)],", "check");
    assert_eq!(other.status.code(), Some(1));
    let text = String::from_utf8_lossy(&other.stdout).into_owned();
    assert!(text.contains("not as expected: `check` is expected to be Safe, it is Unsafe"), "{text}");
    // Something open on the way: nobody says what the new device does.
    let open = [
        r#"  "new": (change: [Add(nodes: { "fw2": Firewall(joins: ["lg", "in"]) })]),"#,
        r#"  "closed": (change: [Default(of: "fw2", action: Deny)]),"#,
    ];
    std::fs::write(folder.path().join("plan.ron"), plan(&open, "")).expect("a file can be written");
    assert_eq!(sekisho(folder.path(), &["plan", "check", "plan.ron"]).status.code(), Some(3));
    // Wrong input.
    assert_eq!(run("Plan(", &["check"]).0, Some(2));
    assert_eq!(run(&safe, &["check", "--as-of", "soon"]).0, Some(2));
    assert_eq!(sekisho(folder.path(), &["plan", "check", "missing.ron"]).status.code(), Some(2));
}

/// What is opened and closed again: no order is safe.
fn impossible() -> String {
    let steps = [
        r#"  "on": (change: [Rules(of: "fw", add: [(permit: "in-pc -> lg-pc tcp 443")])]),"#,
        r#"  "off": (change: [Rules(of: "fw", remove: "in-pc -> lg-pc tcp 443")]),"#,
        r#"  "more": (change: [Count(of: "lg-pc", count: 3)]),"#,
    ];
    plan(&steps, "")
}

#[test]
fn any_number_of_threads_gives_the_same_bytes() {
    for (action, format) in [("check", "text"), ("order", "json"), ("order", "markdown"), ("order", "text")] {
        let answers = ["1", "8"].map(|n| run(&impossible(), &[action, "--threads", n, "--format", format]));
        assert_eq!(answers[0].0, Some(1));
        assert_eq!(answers[0], answers[1], "{action} {format}");
    }
}

#[test]
fn hostile_names_do_no_harm() {
    let name = "a\\u{1b}[31m\\u{202e}|`<b>";
    let text = plan(
        &[
            &format!(
                "  \"{name}\": (label: \"{name}\", change: [Rules(of: \"fw\", add: [(permit: \"in-pc -> lg-pc tcp 443\")])]),"
            ),
            r#"  "b": (change: [Rules(of: "fw", remove: "in-pc -> lg-pc tcp 443")]),"#,
        ],
        "",
    );
    for action in ["check", "order"] {
        for format in ["text", "markdown", "json"] {
            let (code, said) = run(&text, &[action, "--format", format]);
            assert!(matches!(code, Some(0..=3)), "{said}");
            assert!(said.chars().all(|c| c == '\n' || !c.is_control()), "{said:?}");
            assert!(!said.contains('\u{202e}') || format == "json", "{said}");
        }
    }
}

#[test]
fn the_answer_for_programs_says_what_the_text_says() {
    let (_, text) = run(&impossible(), &["order", "--format", "json"]);
    let json: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(json["verdict"], "unsafe");
    assert_eq!(json["impossible"]["core"].as_array().map(Vec::len), Some(2));
    assert!(!json["impossible"]["advice"].as_array().expect("a list").is_empty());
    let stages = json["stages"].as_array().expect("a list");
    let steps = json["steps"].as_array().expect("a list");
    assert_eq!(stages.len(), steps.len() + 1);
    let by_verdict: BTreeMap<&str, usize> = stages.iter().fold(BTreeMap::new(), |mut all, s| {
        *all.entry(s["verdict"].as_str().unwrap_or_default()).or_default() += 1;
        all
    });
    assert_eq!(by_verdict.get("unsafe"), Some(&1));
}
