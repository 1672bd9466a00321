//! Random small plans: the search against every order there is, and what it learns against every stage there is.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use sekisho::change::Key;
use sekisho::change::plan::{Clause, Conflict, Costs, Found, Proof, Survey, costs, order};
use sekisho::document::{LoadError, LoadedPlan, Loader, load_plan};
use sekisho::model::plan::{Plan, Stage, StepSet};

/// A plan and its drawing in memory.
struct Memory {
    plan: String,
    base: String,
}

impl Loader for Memory {
    fn root(&mut self) -> Result<(String, String), LoadError> {
        Ok(("plan.ron".to_owned(), self.plan.clone()))
    }

    fn include(&mut self, _: &str, path: &str) -> Result<(String, String), LoadError> {
        match path {
            "base.ron" => Ok((path.to_owned(), self.base.clone())),
            _ => Err(LoadError::NotFound),
        }
    }
}

/// A fixed sequence of numbers.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % n
    }

    fn pick<'a, T: ?Sized>(&mut self, from: &[&'a T]) -> &'a T {
        from[self.roll(from.len())]
    }

    fn often(&mut self, one_in: usize) -> bool {
        self.roll(one_in) != 0
    }
}

const HOSTS: [&str; 5] = ["pc", "srv", "web", "old", "net"];
const RULES: [&str; 6] = [
    "pc -> srv tcp 443",
    "pc -> web tcp 80",
    "web -> srv tcp 8443",
    "net -> web tcp 80",
    "old -> srv any",
    "any -> srv tcp 443",
];

fn base(dice: &mut Dice) -> String {
    let mut rules = String::new();
    // Most towns are in order before the first step; in the others more is tolerated.
    let is_good = dice.often(4);
    for (i, rule) in RULES.into_iter().enumerate() {
        if is_good && i < 2 || !is_good && dice.roll(2) == 0 {
            let _ = write!(rules, "(permit: \"{rule}\"), ");
        }
    }
    let edr = |dice: &mut Dice| if is_good || dice.roll(2) == 0 { "[Edr]" } else { "[]" };
    let redirect = if is_good { "Off" } else { dice.pick(&["Off", "ToDesktop", "Both"]) };
    format!(
        "Municipality(name: \"b\",
  segments: {{ \"in\": (layer: Internet, address: \"10.3.0.0/16\"), \"lg\": (layer: Lgwan, address: \"10.2.0.0/16\"), \"ext\": (layer: Outside) }},
  networks: {{ \"dmz\": (address: \"10.9.0.0/24\") }},
  nodes: {{
    \"net\": Internet(at: \"ext\"),
    \"pc\": Terminal(at: \"in\", address: \"10.3.0.0/24\", count: 9, controls: {}),
    \"web\": Server(at: \"in\", address: \"10.3.1.1\", controls: {}),
    \"old\": Server(at: \"lg\", address: \"10.2.1.1\", controls: {}),
    \"srv\": Server(at: \"lg\", address: \"10.2.0.1\", controls: {}),
    \"fw\": Firewall(joins: [\"in\", \"lg\", \"ext\"], default: {}, rules: [{rules}]),
    \"gw\": ScreenGateway(viewer: \"in\", desktop: \"lg\", redirect: (others: {redirect})),
  }},
  forbid: [Attack(from: \"ext\", to: \"lg\", name: \"attack\"), Leak(from: \"lg\", to: \"ext\", name: \"leak\")],
  require: [
    Flow(from: \"pc\", to: \"srv\", carries: Request, name: \"work\"),
    Flow(from: \"pc\", to: \"web\", carries: Request, name: \"look\"),
    Flow(from: \"pc\", to: \"old\", carries: Keys, via: \"screen\", name: \"screen\"),
  ],
)",
        edr(dice),
        edr(dice),
        edr(dice),
        edr(dice),
        if is_good || dice.often(4) { "Deny" } else { "Permit" },
    )
}

/// A change; `number` makes what it adds its own.
fn edit(dice: &mut Dice, number: usize) -> String {
    match dice.roll(11) {
        0 => format!("Rules(of: \"fw\", add: [(permit: \"{}\")])", dice.pick(&RULES)),
        1 => format!(
            "Rules(of: \"fw\", add: [(permit: \"{} -> {} tcp {}\")])",
            dice.pick(&HOSTS),
            dice.pick(&HOSTS),
            dice.pick(&["80", "443", "8443"])
        ),
        2 => format!("Rules(of: \"fw\", remove: \"{}\")", dice.pick(&RULES)),
        3 => format!("Controls(of: \"{}\", add: [Edr])", dice.pick(&HOSTS[..4])),
        4 => format!("Controls(of: \"{}\", remove: [Edr])", dice.pick(&HOSTS[..4])),
        5 => format!("Move(node: \"{}\", to: \"in\", address: \"10.3.{}.7\")", dice.pick(&["old", "srv"]), number + 10),
        6 => format!("Move(node: \"pc\", to: \"lg\", address: \"10.2.{}.0/28\")", number + 10),
        7 => format!("Remove(nodes: \"{}\")", dice.pick(&["old", "gw", "web"])),
        8 => format!(
            "Add(nodes: {{ \"m{number}\": {} }})",
            dice.pick(&[
                "Sanitiser(from: \"in\", into: \"lg\", types: {}, otherwise: Rebuild, delivers: Both)",
                "ScreenGateway(viewer: \"in\", desktop: \"lg\", redirect: (others: Off))",
                "Server(at: \"lg\", address: \"10.2.7.7\")",
            ])
        ),
        9 => format!(
            "Redirect(of: \"gw\", redirect: (others: {}))",
            dice.pick(&["Off", "ToViewer", "ToDesktop", "Both"])
        ),
        _ => format!("Default(of: \"fw\", action: {})", dice.pick(&["Deny", "Permit"])),
    }
}

/// Two changes of which the second undoes the first: in between something may be wrong that neither end has.
fn detour(dice: &mut Dice) -> (String, String) {
    let controls = |node: &str, what: &str| format!("Controls(of: \"{node}\", {what}: [Edr])");
    let rules = |rule: &str, what: &str| match what {
        "add" => format!("Rules(of: \"fw\", add: [(permit: \"{rule}\")])"),
        _ => format!("Rules(of: \"fw\", remove: \"{rule}\")"),
    };
    match dice.roll(4) {
        0 => {
            let node = dice.pick(&HOSTS[..4]);
            (controls(node, "remove"), controls(node, "add"))
        }
        1 => {
            let rule = dice.pick(&["net -> srv any", "net -> old tcp 443", "srv -> net tcp 80"]);
            (rules(rule, "add"), rules(rule, "remove"))
        }
        _ => {
            let rule = dice.pick(&RULES[..2]);
            (rules(rule, "remove"), rules(rule, "add"))
        }
    }
}

fn random(seed: u64, steps: usize) -> Memory {
    let mut dice = Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    let base = base(&mut dice);
    let mut text = String::from("Plan(name: \"p\", base: \"base.ron\", steps: {\n");
    let detours = if dice.roll(3) == 0 { 0 } else { steps.min(2) };
    if detours == 2 {
        let (first, second) = detour(&mut dice);
        let _ = writeln!(text, "  \"s0\": (days: 2, change: [{first}]),\n  \"s1\": (days: 3, change: [{second}]),");
    }
    for i in detours..steps {
        let more = if dice.roll(3) == 0 { format!(", {}", edit(&mut dice, i + 40)) } else { String::new() };
        let parallel = if dice.roll(4) == 0 { "parallel: true, " } else { "" };
        let days = dice.roll(20) + 1;
        let _ = writeln!(text, "  \"s{i}\": ({parallel}days: {days}, change: [{}{more}]),", edit(&mut dice, i));
    }
    text.push_str("}, constraints: [");
    // Two that may write the same are put in an order, so that more of the random plans are plans.
    for a in 0..steps {
        for b in a + 1..steps {
            if dice.roll(6) == 0 || (detours == 2 && (a, b) == (0, 1)) {
                let _ = write!(text, "Before(first: \"s{a}\", then: \"s{b}\"), ");
            }
        }
    }
    text.push_str("], running: [");
    if steps > 1 && dice.roll(2) == 0 {
        let (a, b) = (dice.roll(steps), dice.roll(steps));
        if a != b {
            let _ = write!(text, "(from: \"s{a}\", until: \"s{b}\", per_day: 3)");
        }
    }
    text.push_str("])");
    Memory { plan: text, base }
}

/// Every order that keeps the precedences.
fn orders(plan: &Plan) -> Vec<Vec<usize>> {
    fn go(plan: &Plan, so_far: &mut Vec<usize>, all: &mut Vec<Vec<usize>>) {
        let n = plan.units.len();
        if so_far.len() == n {
            all.push(so_far.clone());
        }
        for unit in 0..n {
            let done = |s: usize| so_far.iter().any(|&u| plan.units[u].contains(&s));
            let ready = plan.precedences.iter().all(|p| !plan.units[unit].contains(&p.then) || done(p.first));
            if !so_far.contains(&unit) && ready {
                so_far.push(unit);
                go(plan, so_far, all);
                so_far.pop();
            }
        }
    }
    let mut all = Vec::new();
    go(plan, &mut Vec::new(), &mut all);
    all
}

/// The stages of an order between start and goal.
fn stages(plan: &Plan, order: &[usize]) -> Vec<Stage> {
    let mut all = Vec::new();
    let mut done = StepSet::NONE;
    for (i, &unit) in order.iter().enumerate() {
        let steps = &plan.units[unit];
        let during: StepSet = steps.iter().copied().filter(|&s| plan.steps[s].parallel).collect();
        if !during.is_empty() {
            all.push(Stage { done, during });
        }
        done = steps.iter().fold(done, |d, &s| d.with(s));
        if i + 1 < order.len() {
            all.push(Stage::of(done));
        }
    }
    all
}

/// Whether an order keeps what a conflict asks: at none of its stages is it met.
fn avoids(plan: &Plan, order: &[usize], conflict: &Conflict) -> bool {
    stages(plan, order).iter().all(|&s| !conflict.covers(s))
}

fn plans(count: u64, steps: usize) -> Vec<(u64, LoadedPlan)> {
    let mut found = Vec::new();
    let mut seed = 0;
    while (found.len() as u64) < count {
        seed += 1;
        assert!(seed < count * 60, "too few of the random plans are plans");
        if let Ok(loaded) = load_plan(&mut random(seed, steps)) {
            found.push((seed, loaded));
        }
    }
    found
}

#[test]
fn the_search_agrees_with_every_order() {
    let (mut safe, mut none, mut tried) = (0, 0, 0);
    for (seed, loaded) in plans(100, 5) {
        let survey = Survey::new(&loaded, None);
        let plan = survey.plan();
        let all = orders(plan);
        let is_safe = |o: &Vec<usize>| stages(plan, o).iter().all(|&s| survey.troubles(s).is_empty());
        let any = all.iter().any(is_safe);
        let least: Option<Costs> = all.iter().map(|o| costs(&survey, o)).min();
        match order(&survey) {
            Found::Safe(found) => {
                assert!(any, "seed {seed}: an order was found where there is none");
                assert!(is_safe(&found.units), "seed {seed}: {:?} is not safe", found.units);
                assert!(all.contains(&found.units), "seed {seed}: it does not keep the precedences");
                assert_eq!(Some(found.costs), least, "seed {seed}");
                assert!(found.is_cheapest);
                safe += 1;
            }
            Found::None(impossible) => {
                let only_tried = impossible.proof != Proof::Complete;
                assert!(!any || only_tried, "seed {seed}: there is an order, and the proof says there is none");
                assert!(!any, "seed {seed}: there is an order");
                assert_eq!(Some(impossible.least.costs), least, "seed {seed}");
                core(seed, &survey, &impossible.core);
                none += 1;
                tried += usize::from(only_tried);
            }
            Found::Open(_) => panic!("seed {seed}: the search gave up"),
        }
    }
    assert!(safe >= 20 && none >= 15, "the random plans are one-sided: {safe} with an order, {none} without");
    eprintln!("{safe} plans with a safe order, {none} without ({tried} of them not proved)");
}

/// The core excludes every order, and nothing of it can be left out.
fn core(seed: u64, survey: &Survey<'_>, core: &[Clause]) {
    let plan = survey.plan();
    let n = plan.units.len();
    let mut every = Vec::new();
    permutations(&mut (0..n).collect::<Vec<_>>(), 0, &mut every);
    let keeps = |o: &Vec<usize>, clause: &Clause| match clause {
        Clause::Precedence(i) => {
            let p = &plan.precedences[*i];
            let at = |s: usize| o.iter().position(|&u| plan.units[u].contains(&s));
            at(p.first) < at(p.then)
        }
        Clause::Conflict(c) => avoids(plan, o, c),
    };
    assert!(!every.iter().any(|o| core.iter().all(|c| keeps(o, c))), "seed {seed}: the core leaves an order");
    for leave in 0..core.len() {
        let rest: Vec<&Clause> = core.iter().enumerate().filter(|(i, _)| *i != leave).map(|(_, c)| c).collect();
        assert!(every.iter().any(|o| rest.iter().all(|c| keeps(o, c))), "seed {seed}: reason {leave} is not needed");
    }
    for clause in core {
        if let Clause::Conflict(c) = clause
            && c.proof == Proof::Complete
        {
            holds_everywhere(seed, survey, c);
        }
    }
}

fn permutations(items: &mut Vec<usize>, from: usize, all: &mut Vec<Vec<usize>>) {
    if from == items.len() {
        all.push(items.clone());
    }
    for i in from..items.len() {
        items.swap(from, i);
        permutations(items, from + 1, all);
        items.swap(from, i);
    }
}

/// What is said of all stages of a kind is so at each that can be.
fn holds_everywhere(seed: u64, survey: &Survey<'_>, c: &Conflict) {
    let plan = survey.plan();
    let n = plan.steps.len();
    for mask in 0..1u64 << n {
        let during = c.during.map_or(StepSet::NONE, StepSet::one);
        let stage = Stage { done: StepSet(mask).minus(during), during };
        if stage.done != StepSet(mask) || !c.covers(stage) {
            continue;
        }
        let possible = plan.precedences.iter().all(|p| !stage.done.has(p.then) || stage.done.has(p.first));
        // A step on the way needs what comes before it, too.
        let begun = c.during.is_none_or(|d| plan.precedences.iter().all(|p| p.then != d || stage.done.has(p.first)));
        if possible && begun {
            assert!(survey.has(stage, &c.trouble.key), "seed {seed}: {c:?} does not hold at {stage:?}");
        }
    }
}

#[test]
fn side_by_side_has_every_path_of_before_and_after() {
    let mut looked = 0;
    for (seed, loaded) in plans(40, 3) {
        let survey = Survey::new(&loaded, None);
        for step in 0..loaded.plan.steps.len() {
            for mask in 0..1u64 << loaded.plan.steps.len() {
                let done = StepSet(mask);
                if done.has(step) {
                    continue;
                }
                let ready = |d: StepSet| loaded.plan.precedences.iter().all(|p| !d.has(p.then) || d.has(p.first));
                if !ready(done) || !ready(done.with(step)) {
                    continue;
                }
                let both = survey.at(Stage { done, during: StepSet::one(step) });
                if both.issues.contains_key(&Key::NoDrawing) {
                    continue;
                }
                for one in [done, done.with(step)] {
                    for (key, issue) in &survey.at(Stage::of(one)).issues {
                        if let Key::Path(_) | Key::Crossing(..) = key {
                            let there = both.issues.get(key);
                            assert!(
                                there.is_some(),
                                "seed {seed}: {key} at {one:?} is not there with step {step} side by side"
                            );
                            let certain = there.is_some_and(|t| t.certain);
                            assert!(certain || !issue.certain, "seed {seed}: {key} is less certain side by side");
                            looked += 1;
                        }
                    }
                }
            }
        }
    }
    assert!(looked > 100, "only {looked} paths were looked at");
}

#[test]
fn a_flow_missing_with_every_version_is_missing_at_every_stage() {
    let mut looked = 0;
    for (seed, loaded) in plans(30, 4) {
        let survey = Survey::new(&loaded, None);
        let n = loaded.plan.steps.len();
        for mask in 0..1u64 << n {
            for free in [StepSet(mask), StepSet::all(n).minus(StepSet(mask))] {
                let done = StepSet(mask).minus(free);
                for name in ["work", "look", "screen"] {
                    if survey.flow_may_exist(Stage { done, during: free }, name, &BTreeSet::new()) != Some(false) {
                        continue;
                    }
                    for more in 0..1u64 << n {
                        let stage = Stage::of(done.and(StepSet(more & free.0)));
                        if survey.at(stage).issues.contains_key(&Key::NoDrawing) {
                            continue;
                        }
                        looked += 1;
                        let missing =
                            survey.at(stage).issues.get(&Key::Flow(name.to_owned())).is_some_and(|i| i.certain);
                        assert!(
                            missing,
                            "seed {seed}: {name} is there at {stage:?}, and was said to be nowhere with {free:?} open"
                        );
                    }
                }
            }
        }
    }
    assert!(looked > 100, "only {looked} stages were looked at");
}
