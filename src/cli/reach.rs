//! `sekisho reach`: all packets between two selections.

use sekisho::diagnostic::{Lang, Text};
use sekisho::flow;
use sekisho::packet::Sessions;
use sekisho::report::{ReachReport, Style, clean};

use crate::Outcome;
use crate::args::{Args, ReachArgs, TableArg};
use crate::ends::{error, selection, services};
use crate::files::loaded;
use crate::output;

pub(crate) fn run(args: &Args, call: &ReachArgs) -> Outcome {
    let lang = args.lang();
    let Some(loaded) = loaded(args, &call.file) else { return Outcome::Wrong };
    let ends = (selection(lang, &loaded, &call.from, false), selection(lang, &loaded, &call.to, true));
    let (Some((from, source)), Some((to, destination))) = ends else { return Outcome::Wrong };
    let wanted = match call.service.as_deref().map(|s| services(args, s)) {
        Some(None) => return Outcome::Wrong,
        other => other.flatten(),
    };
    // Who may open it to whom is asked of one port.
    let port = wanted.as_deref().and_then(|all| match all {
        [s] if s.destination.first == s.destination.last => Some((s.protocol?, s.destination.first)),
        _ => None,
    });
    let progress = output::Progress::new(match lang {
        Lang::Ja => "パケットの集合を求めています。規則と、その端に出てくるアドレスが多いほどかかります …",
        Lang::En => {
            "computing sets of packets: the more rules, and addresses of the two ends that rules name, the longer …"
        }
    });
    let sessions = Sessions::between(&loaded.model, (&from, source), (&to, destination));
    let found = flow::reach(&loaded.model, &sessions, &from, &to, wanted.as_deref());
    let found = found.and_then(|mut reach| reach.only(source, destination).map(|()| reach));
    let between = (clean(&call.from), clean(&call.to));
    let told = found.and_then(|mut r| {
        let open = flow::rests_on(&loaded.model, (&from, &to), wanted.as_deref(), (source, destination), &mut r)?;
        ReachReport::new(&loaded.model, between, r, port, &open)
    });
    drop(progress);
    let report = match told {
        Ok(report) => report,
        Err(_) => {
            error(
                lang,
                &Text::new(
                    "パケットの集合が大きすぎて求められません",
                    "the sets of packets are too large to be computed",
                ),
            );
            return Outcome::Undecided;
        }
    };
    let answer = match call.format {
        TableArg::Json => report.json(),
        TableArg::Text => report.text(Style { lang, color: output::color_out(args, None), ..Style::default() }),
    };
    if let Err(e) = output::write(None, answer.as_bytes()) {
        e.say(args);
        return Outcome::Wrong;
    }
    Outcome::Holds
}
