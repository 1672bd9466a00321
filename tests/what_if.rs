//! `sekisho what-if`: each flag on shipped drawings, against the same edit made by hand; every slip; single failures.
//!
//! A hand edit is made in the text of the file, so it shares nothing with what carries out a flag.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use proptest::prelude::*;
use sekisho::change::{Became, Differences, Issue, Key, Rests, Stand, Standing, differences, each_control, stand_both};
use sekisho::diagnostic::{Lang, RenderOptions, render_all};
use sekisho::document::{Change, Failed, LoadError, Loader, Wish, load, load_edited};
use sekisho::model::{Date, Model, Status};
use sekisho::network::Network;
use sekisho::packet::Sessions;
use sekisho::verify::fast;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// One text, with the files of a folder behind it.
struct Text {
    name: PathBuf,
    text: String,
}

impl Text {
    fn of(drawing: &str) -> Self {
        let name = root().join("models").join(drawing);
        let text = std::fs::read_to_string(&name).unwrap_or_else(|e| panic!("{drawing}: {e}"));
        Self { name, text }
    }
}

impl Loader for Text {
    fn root(&mut self) -> Result<(String, String), LoadError> {
        Ok((self.name.display().to_string(), self.text.clone()))
    }

    fn include(&mut self, from: &str, path: &str) -> Result<(String, String), LoadError> {
        let path = Path::new(from).parent().unwrap_or(Path::new("")).join(path);
        let text = std::fs::read_to_string(&path).map_err(|_| LoadError::NotFound)?;
        Ok((path.display().to_string(), text))
    }
}

fn day() -> Option<Date> {
    Date::parse("2026-11-26")
}

fn changes(list: &[(Wish, &str)]) -> Vec<Change> {
    list.iter().map(|(wish, text)| Change::new(*wish, *text)).collect()
}

fn asked(drawing: &str, list: &[(Wish, &str)]) -> Differences {
    let edited =
        load_edited(&mut Text::of(drawing), &changes(list)).unwrap_or_else(|f| panic!("{}", shown(&f, Lang::En)));
    let (before, after) = stand_both(&edited.before.model, &edited.after.model, day());
    let all = differences(&before, &after);
    assert_eq!(all.faults, Vec::<String>::new());
    all
}

fn shown(failed: &Failed, lang: Lang) -> String {
    render_all(&failed.diagnostics, &failed.sources, &RenderOptions { lang, ..RenderOptions::default() })
}

fn keys(list: &[Became]) -> Vec<String> {
    list.iter().map(|b| b.key.to_string()).collect()
}

fn sekisho(folder: &Path, args: &[&str], threads: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sekisho"));
    command.current_dir(folder).args(args).env_remove("NO_COLOR").env("LC_ALL", "C.UTF-8");
    command.env("RAYON_NUM_THREADS", threads).output().expect("the program starts")
}

fn run(args: &[&str]) -> (Option<i32>, String, String) {
    let all: Vec<&str> = ["what-if"].iter().chain(args).copied().chain(["--as-of", "2026-11-26"]).collect();
    let output = sekisho(root(), &all, "2");
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    (output.status.code(), text(output.stdout), text(output.stderr))
}

const TOWN: &str = "beta-prime.ron";

#[test]
fn a_control_that_goes_opens_what_rested_on_it() {
    let d = asked(TOWN, &[(Wish::DropControl, "in-pc: Edr")]);
    assert_eq!(keys(&d.wrong), ["attack ext -> lg", "R-BT-01"]);
    assert!(d.open.is_empty() && d.right.is_empty());
    let lg = d.rests.iter().find(|r| r.check == "attack ext -> lg").expect("its depth changes");
    let depth = |side: &Option<sekisho::change::Protection>| side.as_ref().map(|p| p.depth.clone());
    let sets = vec![vec!["edr@in-pc".to_owned()], vec!["edr@rt-pc".to_owned()]];
    assert_eq!(depth(&lg.before), Some(Rests::On(1, sets)));
    assert_eq!(depth(&lg.after), Some(Rests::On(0, vec![Vec::new()])));
    let path = d.wrong[0].issue.path.as_ref().expect("a path is told");
    assert!(path.2.hops.len() >= 5);
}

#[test]
fn a_control_on_which_nothing_rests_changes_nothing() {
    let d = asked(TOWN, &[(Wish::DropControl, "in-pc: AntiVirus")]);
    assert_eq!((d.wrong.len(), d.open.len(), d.right.len(), d.rests.len()), (0, 0, 0, 0));
}

#[test]
fn a_rule_that_goes_loses_the_flow_that_used_it() {
    let d = asked(TOWN, &[(Wish::Close, "in-fw: in-pc,rt-pc  ->  sgw.viewer tcp 443")]);
    assert_eq!(keys(&d.wrong), ["lgwan-desktop", "R-MC-01"]);
    assert!(matches!(d.wrong[0].key, Key::Flow(_)));
}

#[test]
fn a_rule_that_comes_lets_something_cross() {
    let d = asked(TOWN, &[(Wish::Open, "api-fw: in-fin -> hub tcp 445")]);
    let crossings: Vec<String> = keys(&d.wrong).into_iter().filter(|k| !k.starts_with("R-")).collect();
    assert_eq!(crossings, ["in -> lg req", "lg -> in rsp"]);
}

#[test]
fn a_device_that_is_gone_is_still_named_in_rules() {
    let edited = load_edited(&mut Text::of(TOWN), &changes(&[(Wish::Fail, "sgw")])).expect("it loads");
    let stale: Vec<&str> = edited.stale.iter().map(|(n, _)| n.as_str()).collect();
    assert_eq!(stale, ["sgw", "sgw", "sgw"]);
    let (before, after) = stand_both(&edited.before.model, &edited.after.model, day());
    assert_eq!(keys(&differences(&before, &after).wrong), ["lgwan-desktop", "R-MC-01"]);
}

#[test]
fn what_was_wrong_becomes_right() {
    let d = asked("mistakes/e-03-shared-nas.ron", &[(Wish::Fail, "kyoyu-nas")]);
    assert!(d.wrong.is_empty() && d.open.is_empty(), "{d:?}");
    for key in ["in -> lg own", "lg -> in own", "attack ext -> lg", "attack in -> lg", "R-LI-02"] {
        assert!(keys(&d.right).contains(&key.to_owned()), "{key} in {:?}", keys(&d.right));
    }
}

#[test]
fn a_machine_that_moves_leaves_its_flows_behind() {
    let lost = ["browse", "file-export", "file-import", "lgwan-desktop", "office-systems", "R-MC-01"];
    for to in ["in-pc: lg", "in-pc: lg 10.2.9.0/24"] {
        assert_eq!(keys(&asked(TOWN, &[(Wish::Move, to)]).wrong), lost, "{to}");
    }
}

#[test]
fn a_function_that_ends_is_missed_by_the_rule_that_asks_for_it() {
    assert_eq!(keys(&asked(TOWN, &[(Wish::EndOption, "psc-gw: Proxy")]).wrong), ["R-SC-02"]);
}

#[test]
fn another_model_asks_other_questions() {
    for word in ["alpha", "Alpha", "α".replace('α', "ALPHA").as_str()] {
        let d = asked(TOWN, &[(Wish::Model, word)]);
        assert!(keys(&d.wrong).contains(&"attack in -> lg".to_owned()));
    }
    let same = asked(TOWN, &[(Wish::Model, "beta-prime")]);
    assert!(same.wrong.is_empty() && same.right.is_empty() && same.rests.is_empty());
}

#[test]
fn an_edit_of_a_plan_may_leave_something_open() {
    let d = asked(TOWN, &[(Wish::Edit, "Redirect(of: \"sgw\", redirect: (drive: Both))")]);
    assert_eq!(keys(&d.open), ["in -> lg txt", "lg -> in txt", "lg -> remote txt", "remote -> lg txt"]);
    assert!(d.open.iter().all(|b| !b.missing.is_empty()), "what would have to be stated is said");
    assert!(keys(&d.wrong).contains(&"in -> lg raw".to_owned()));
    let both = asked(TOWN, &[(Wish::Edit, "[Remove(nodes: \"api-fw\"), Remove(require: \"finance-link\")]")]);
    assert!(both.wrong.is_empty() && both.open.is_empty());
}

#[test]
fn changes_are_carried_out_in_the_order_in_which_they_are_written() {
    let rule = "api-fw: in-fin -> hub tcp 445";
    let d = asked(TOWN, &[(Wish::Open, rule), (Wish::Close, rule)]);
    assert!(d.wrong.is_empty() && d.right.is_empty() && d.rests.is_empty());
    let turned = load_edited(&mut Text::of(TOWN), &changes(&[(Wish::Close, rule), (Wish::Open, rule)]));
    assert!(turned.is_err(), "the rule is not there yet");
    let (code, _, _) = run(&["models/beta-prime.ron", "--open", rule, "--close", rule]);
    assert_eq!(code, Some(0));
    let (code, _, text) = run(&["models/beta-prime.ron", "--close", rule, "--open", rule]);
    assert_eq!(code, Some(2), "{text}");
}

#[test]
fn every_slip_is_shown_in_the_words_of_its_flag() {
    // The flag, its words, the code, the column, and what is suggested.
    let slips: [(Wish, &str, &str, usize, Option<&str>); 24] = [
        (Wish::DropControl, "in-pcc: Edr", "S2002", 1, Some("in-pc")),
        (Wish::DropControl, "in-pc: EDR", "S1002", 8, Some("Edr")),
        (Wish::DropControl, "in-pc Edr", "S1006", 1, None),
        (Wish::DropControl, "in-pc\u{ff1a}Edr", "S0003", 6, Some(": ")),
        (Wish::DropControl, "edr@in-pc", "S1006", 1, Some("in-pc: Edr")),
        (Wish::DropControl, "in-pc:", "S1006", 1, None),
        (Wish::DropControl, "in-pc: Mfa", "S2002", 8, None),
        (Wish::DropControl, "in-pc: Edr, AntiViru", "S1002", 13, Some("AntiVirus")),
        (Wish::AddControl, "in-pc: Edr", "S2001", 8, None),
        (Wish::Open, "in-fw: in-pcx -> cdr.from tcp 1", "S2002", 8, Some("in-pc")),
        (Wish::Open, "in-fw: in-pc cdr.from", "S2006", 8, None),
        (Wish::Open, "in-pc: in-pc -> cdr.from tcp 1", "S2002", 1, None),
        (Wish::Close, "in-fw: in-pc -> cdr.from tcp 9", "S2002", 8, None),
        (Wish::Close, "in-fww: a -> b", "S2002", 1, Some("in-fw")),
        (Wish::Fail, "sgww", "S2002", 1, Some("sgw")),
        (Wish::Fail, "lg", "S2002", 1, None),
        (Wish::Fail, "  ", "S1006", 1, None),
        (Wish::Fail, "a\"), Remove(nodes: \"b", "S2004", 2, None),
        (Wish::Fail, "a\\b", "S2004", 2, None),
        (Wish::Fail, "a\nb", "S2004", 2, None),
        (Wish::Move, "in-pc: lgg", "S2002", 8, Some("lg")),
        (Wish::EndOption, "psc-gw: Proxi", "S2002", 9, Some("Proxy")),
        (Wish::Model, "bet", "S1002", 1, Some("beta")),
        (Wish::Edit, "Redirect(of: \"sgw\", redirect: (drve: Both))", "S1001", 32, Some("drive")),
    ];
    for (wish, text, code, column, fix) in slips {
        let failed = load_edited(&mut Text::of(TOWN), &changes(&[(wish, text)])).expect_err(text);
        let what = shown(&failed, Lang::En);
        let d = &failed.diagnostics[0];
        assert_eq!(failed.diagnostics.len(), 1, "{text}\n{what}");
        if (wish, text) == (Wish::Open, "in-pc: in-pc -> cdr.from tcp 1") {
            assert_eq!(d.code.as_str(), "S1007", "{what}");
            continue;
        }
        let place = d.span().expect("it has a place");
        let source = failed.sources.get(place.file);
        assert_eq!(d.code.as_str(), code, "{text}\n{what}");
        assert_eq!(source.name(), format!("--{}", wish.flag()), "{what}");
        assert_eq!(source.line_column(place.start as usize).column, column, "{text}\n{what}");
        assert_eq!(d.fix.as_ref().map(|f| f.replacement.as_str()), fix, "{text}\n{what}");
        assert!(!d.message.ja.is_ascii() && d.message.en.chars().any(|c| c.is_ascii_alphabetic()));
    }
}

#[test]
fn all_slips_are_told_at_once_and_nothing_is_answered() {
    let (code, out, err) = run(&[
        "models/beta-prime.ron",
        "--drop-control",
        "in-pcc: Edr",
        "--fail",
        "sgww",
        "--open",
        "in-fw: x -> y",
        "--edit",
        "Remove(",
        "--lang",
        "ja",
    ]);
    assert_eq!(code, Some(2));
    assert!(out.is_empty());
    for part in ["--drop-control:1:1", "in-pcc: Edr", "--fail:1:1", "--open:1:8", "--edit:1:", "エラー"] {
        assert!(err.contains(part), "{part} in {err}");
    }
}

#[test]
fn a_mistake_of_the_drawing_itself_comes_first() {
    let mut broken = Text::of(TOWN);
    broken.text = broken.text.replacen("at: \"mn\"", "at: \"mnn\"", 1);
    let failed = load_edited(&mut broken, &changes(&[(Wish::Fail, "sgw")])).expect_err("it is broken");
    assert!(shown(&failed, Lang::En).contains("mnn"));
}

#[test]
fn a_drawing_that_is_none_without_something_says_so() {
    let drop = "[Remove(networks: \"lg-srv\")]";
    let failed = load_edited(&mut Text::of(TOWN), &changes(&[(Wish::Edit, drop)])).expect_err("servers stand there");
    assert!(shown(&failed, Lang::Ja).contains("変更した後の図面での誤りです"), "{}", shown(&failed, Lang::Ja));
}

#[test]
fn exit_codes_say_what_becomes_of_the_verdicts() {
    let drawing = "models/beta-prime.ron";
    assert_eq!(run(&[drawing, "--drop-control", "in-pc: AntiVirus"]).0, Some(0));
    assert_eq!(run(&[drawing, "--drop-control", "in-pc: Edr"]).0, Some(1));
    assert_eq!(run(&[drawing]).0, Some(2), "nothing is asked");
    assert_eq!(run(&["models/none.ron", "--fail", "x"]).0, Some(2));
    assert_eq!(run(&["models/mistakes/e-03-shared-nas.ron", "--fail", "kyoyu-nas"]).0, Some(0));
    let open = "Redirect(of: \"sgw\", redirect: (drive: Off))";
    assert_eq!(run(&[drawing, "--edit", open]).0, Some(3), "the other ways are not stated");
    assert_eq!(run(&[drawing, "--each-control"]).0, Some(1));
}

#[test]
fn the_answer_is_the_same_on_any_number_of_threads_and_the_drawing_stays_as_it_is() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let text = std::fs::read(root().join("models").join(TOWN)).expect("it is there");
    std::fs::write(folder.path().join("city.ron"), &text).expect("it can be written");
    for format in ["text", "json", "markdown"] {
        let args = [
            "what-if",
            "city.ron",
            "--drop-control",
            "in-pc: Edr",
            "--fail",
            "cdr",
            "--each-control",
            "--format",
            format,
            "--as-of",
            "2026-11-26",
        ];
        let (one, eight) = (sekisho(folder.path(), &args, "1"), sekisho(folder.path(), &args, "8"));
        assert_eq!(one.stdout, eight.stdout, "{format}");
        assert!(!one.stdout.is_empty());
    }
    let args = ["what-if", "city.ron", "--fail", "cdr", "-o", "answer.txt", "--as-of", "2026-11-26"];
    assert_eq!(sekisho(folder.path(), &args, "2").status.code(), Some(1));
    let mut files: Vec<_> =
        std::fs::read_dir(folder.path()).expect("a folder").map(|e| e.expect("a file").file_name()).collect();
    files.sort();
    assert_eq!(files, ["answer.txt", "city.ron"]);
    assert_eq!(std::fs::read(folder.path().join("city.ron")).expect("it is there"), text);
}

#[test]
fn a_drawing_comes_from_standard_input_too() {
    let file = std::fs::File::open(root().join("models").join(TOWN)).expect("it is there");
    let output = Command::new(env!("CARGO_BIN_EXE_sekisho"))
        .args(["what-if", "-", "--fail", "sgw", "--as-of", "2026-11-26", "--lang", "en"])
        .stdin(Stdio::from(file))
        .output()
        .expect("the program starts");
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    assert_eq!(output.status.code(), Some(1));
    assert!(text.contains("lgwan-desktop") && text.contains("[-:"), "{text}");
}

#[test]
fn warnings_of_the_drawing_are_not_repeated_and_included_files_keep_their_places() {
    let wanted = "files/sanitised.ron";
    let plain = load(&mut Text::of(wanted)).expect("it loads");
    let edited = load_edited(&mut Text::of(wanted), &[]).expect("it loads");
    assert_eq!(edited.before.warnings, plain.warnings);
    assert!(edited.after.warnings.is_empty(), "{:?}", edited.after.warnings);
    assert_eq!(edited.before.model, plain.model);
    let stand = Stand::new(&edited.after.model, day());
    let again = Stand::new(&plain.model, day());
    assert_eq!(stand.standing, again.standing, "places in included files are the same");
}

/// Text of a group in round brackets that starts at `open`.
fn group(text: &str, open: usize) -> usize {
    let (mut depth, mut quoted) = (0, false);
    for (i, c) in text[open..].char_indices() {
        match c {
            '"' => quoted = !quoted,
            '(' if !quoted => depth += 1,
            ')' if !quoted => {
                depth -= 1;
                if depth == 0 {
                    return open + i + 1;
                }
            }
            _ => {}
        }
    }
    panic!("no end")
}

/// An edit of a drawing as a flag, and the text of the drawing with the same edit made by hand.
type ByHand = (Wish, String, String);

/// The name that a line of nodes begins with.
fn named(line: &str) -> Option<&str> {
    let rest = line.strip_prefix("    \"")?;
    let (name, rest) = rest.split_once("\": ")?;
    rest.starts_with(|c: char| c.is_ascii_uppercase()).then_some(name)
}

/// Every control that can go and every rule that can go or come, in a drawing written one node a line.
fn by_hand(text: &str) -> Vec<ByHand> {
    let mut all = Vec::new();
    let mut at = 0;
    let mut owner = "";
    for line in text.split_inclusive('\n') {
        if let Some(name) = named(line) {
            owner = name;
            if let Some(start) = line.find("controls: [") {
                let start = at + start + "controls: [".len();
                let end = start + text[start..].find(']').expect("a list ends");
                let list: Vec<&str> = text[start..end].split(", ").collect();
                for gone in &list {
                    let rest: Vec<&str> = list.iter().filter(|c| c != &gone).copied().collect();
                    let edited = format!("{}{}{}", &text[..start], rest.join(", "), &text[end..]);
                    all.push((Wish::DropControl, format!("{owner}: {gone}"), edited));
                }
            }
        }
        if let Some(start) = line.find("rules: [") {
            let start = at + start + "rules: [".len();
            let edited = format!("{}(permit: \"any -> any tcp 4444\"), {}", &text[..start], &text[start..]);
            all.push((Wish::Open, format!("{owner}: any -> any tcp 4444"), edited));
        }
        for (i, _) in line.match_indices("(permit: \"") {
            let (open, words) = (at + i, at + i + "(permit: \"".len());
            let rule = &text[words..words + text[words..].find('"').expect("a rule ends")];
            let mut end = group(text, open);
            end += usize::from(text[end..].starts_with(','));
            let edited = format!("{}{}", &text[..open], &text[end..]);
            all.push((Wish::Close, format!("{owner}: {rule}"), edited));
        }
        at += line.len();
    }
    all
}

/// Issues without places: a hand edit moves what stands behind it.
fn unplaced(standing: &Standing) -> BTreeMap<Key, Issue> {
    standing.issues.iter().map(|(k, i)| (k.clone(), Issue { span: None, ..i.clone() })).collect()
}

const TOWNS: [&str; 5] = ["physical.ron", "alpha.ron", "alpha-prime.ron", "beta.ron", "beta-prime.ron"];

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn a_flag_does_what_the_same_edit_by_hand_does(town in 0..5usize, pick in any::<prop::sample::Index>()) {
        let base = Text::of(TOWNS[town]);
        let edits = by_hand(&base.text);
        prop_assert!(edits.len() > 10);
        let (wish, words, edited) = &edits[pick.index(edits.len())];
        let what = format!("{}: --{} {words:?}", TOWNS[town], wish.flag());
        let by_flag = load_edited(&mut Text::of(TOWNS[town]), &[Change::new(*wish, words.clone())])
            .unwrap_or_else(|f| panic!("{what}\n{}", shown(&f, Lang::En)));
        let by_hand = load(&mut Text { name: base.name.clone(), text: edited.clone() })
            .unwrap_or_else(|f| panic!("{what}\n{}", shown(&f, Lang::En)));
        let (before, after) = stand_both(&by_flag.before.model, &by_flag.after.model, day());
        let hand = Stand::new(&by_hand.model, day());
        prop_assert_eq!(unplaced(&after.standing), unplaced(&hand.standing), "{}", &what);
        prop_assert_eq!(&after.protections, &hand.protections, "{}", &what);
        let (a, b) = (differences(&before, &after), differences(&before, &hand));
        prop_assert_eq!(keys(&a.wrong), keys(&b.wrong));
        prop_assert_eq!((keys(&a.open), keys(&a.right), a.still_wrong), (keys(&b.open), keys(&b.right), b.still_wrong));
        prop_assert!(a.faults.is_empty());
    }
}

/// What single failures say is what the depth says: a set of one control is a control that opens a path alone.
fn singles_agree_with_the_depth(model: &Model, what: &str) {
    let stand = Stand::new(model, None);
    let alone = each_control(&stand);
    assert_eq!(alone.iter().flat_map(|a| a.faults.clone()).collect::<Vec<_>>(), Vec::<String>::new(), "{what}");
    for (check, p) in stand.protections.iter().filter(|(_, p)| p.status == Status::Holds) {
        let opens =
            |a: &&sekisho::change::Alone| a.wrong.iter().chain(&a.open).any(|(k, _)| *k == Key::Path(check.clone()));
        let mut by_failing: Vec<Vec<String>> = alone.iter().filter(opens).map(|a| vec![a.name.clone()]).collect();
        let mut by_depth = match &p.depth {
            Rests::On(1, sets) => sets.clone(),
            _ => Vec::new(),
        };
        by_failing.sort();
        by_depth.sort();
        assert_eq!(by_failing, by_depth, "{what}: {check}");
    }
}

#[test]
fn single_failures_agree_with_the_depth_on_every_shipped_model() {
    let mut wrong = Vec::new();
    for (path, loaded) in crate::support::disk::readable(&["models"], &mut wrong) {
        singles_agree_with_the_depth(&loaded.model, &crate::support::disk::shown(&path));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn single_failures_agree_with_the_depth_on_random_models(seed in any::<u64>()) {
        singles_agree_with_the_depth(&crate::support::random_model::random_model(seed), &format!("seed {seed}"));
    }
}

#[test]
fn every_device_is_tried_and_the_worst_comes_first() {
    let (code, out, _) = run(&["models/tutorial/step-5.ron", "--each-device", "--lang", "en"]);
    assert!(matches!(code, Some(0..=3)) && code != Some(2), "{out}");
    let wrong =
        |l: &str| l.split(" wrong").next().and_then(|h| h.rsplit(' ').next()).and_then(|n| n.parse::<usize>().ok());
    assert!(out.lines().filter(|l| l.starts_with("  - ")).filter_map(wrong).next().is_some(), "{out}");
}

/// One of a few changes of a model that packets may or may not meet.
fn changed(model: &Model, how: u8, pick: usize) -> Model {
    use sekisho::model::Role;
    let mut other = model.clone();
    let nodes: Vec<_> = other.nodes.ids().collect();
    let transits: Vec<_> = other.transits.ids().collect();
    let zones: Vec<_> = other.zones.ids().collect();
    match how {
        0 => {
            if let Role::Endpoint(e) = &mut other.nodes[nodes[pick % nodes.len()]].role {
                e.edr.clear();
            }
        }
        1 => other.zones[zones[pick % zones.len()]].binding = None,
        2 => {
            let zone = &mut other.zones[zones[pick % zones.len()]];
            zone.client_isolation = !zone.client_isolation;
        }
        3 => other.permits.clear(),
        4 => {
            if let Role::Endpoint(e) = &mut other.nodes[nodes[pick % nodes.len()]].role {
                e.listens = Some(Vec::new());
            }
        }
        _ if transits.is_empty() => {}
        5 => {
            if let Some(rules) = &mut other.transits[transits[pick % transits.len()]].rules {
                rules.pop();
            }
        }
        6 => other.transits[transits[pick % transits.len()]].mfa = None,
        7 => other.transits[transits[pick % transits.len()]].labels.clear(),
        _ => {
            let device = &mut other.transits[transits[pick % transits.len()]];
            device.stateful = !device.stateful;
        }
    }
    other
}

fn taken_over_is_as_settled_again(model: &Model, how: u8, pick: usize, what: &str) {
    let sessions = Sessions::new(model);
    let other = changed(model, how, pick);
    let like = Sessions::like(&other, model, &sessions);
    let is_shared = like.shares(&sessions);
    let (fast, again) = (Network::over(&other, like), Network::new(&other));
    assert_eq!(fast.flow.steps, again.flow.steps, "{what}");
    assert_eq!(fast::verify(&other, &fast), fast::verify(&other, &again), "{what}");
    assert!(is_shared || how > 1, "{what}: packets meet no control of a machine and no address binding");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 160, ..ProptestConfig::default() })]

    #[test]
    fn a_packet_layer_that_is_taken_over_is_the_one_from_scratch(
        model in crate::support::random_model::models(), how in 0..9u8, pick in any::<usize>(),
    ) {
        taken_over_is_as_settled_again(&model, how, pick, &format!("change {how} at {pick}"));
    }
}

#[test]
fn a_packet_layer_that_is_taken_over_is_the_one_from_scratch_on_every_shipped_model() {
    let mut wrong = Vec::new();
    for (i, (path, loaded)) in crate::support::disk::readable(&["models"], &mut wrong).into_iter().enumerate() {
        for how in [0, 1 + (i % 8) as u8] {
            taken_over_is_as_settled_again(&loaded.model, how, i, &crate::support::disk::shown(&path));
        }
    }
}
