//! `sekisho twin`: a drawing, built from namespaces of this machine's kernel and asked with real connections.

use std::path::Path;

use sekisho::diagnostic::{Lang, Text};
use sekisho::document::load;
use sekisho::model::{Model, NodeId};
use sekisho::report::{TwinReport, clean, twin_json, twin_text};
use sekisho::twin::lab::{Unavailable, World};
use sekisho::twin::{Services, Wanted, compare};

use crate::Outcome;
use crate::args::{Args, TableArg, TwinArgs};
use crate::explain::faces;
use crate::files::Disk;
use crate::{ends, output, say};

/// How many differences are shown unless all are asked for.
const SHOWN: usize = 20;

pub(crate) fn run(args: &Args, twin: &TwinArgs) -> Outcome {
    let lang = args.lang();
    let loaded = match load(&mut Disk::new(&twin.file)) {
        Ok(loaded) => loaded,
        Err(failed) => {
            say::diagnostics(args, &failed.diagnostics, &failed.sources);
            return Outcome::Wrong;
        }
    };
    let nodes = |names: &[String]| -> Option<Vec<NodeId>> {
        let found: Option<Vec<_>> = names.iter().map(|n| faces(lang, &loaded, n)).collect();
        let mut all: Vec<NodeId> = found?.concat().iter().map(|&f| loaded.model.faces[f].node).collect();
        all.sort_unstable();
        all.dedup();
        Some(all)
    };
    let (Some(from), Some(to)) = (nodes(&twin.from), nodes(&twin.to)) else { return Outcome::Wrong };
    let services = match twin.service.as_deref().map(|s| services(args, s)) {
        Some(None) => return Outcome::Wrong,
        other => other.flatten(),
    };
    let wanted = Wanted { from, to, services };
    asked(args, twin, &loaded.model, &wanted)
}

fn services(args: &Args, text: &str) -> Option<Services> {
    let services = Services::only(&ends::services(args, text)?);
    if services.asked.is_empty() {
        ends::error(args.lang(), &Text::new("試せるのは tcp、udp、icmp です", "tcp, udp and icmp can be asked for"));
        return None;
    }
    Some(services)
}

fn asked(args: &Args, twin: &TwinArgs, model: &Model, wanted: &Wanted) -> Outcome {
    let lang = args.lang();
    let unavailable = |why: Unavailable| {
        let text = why.text();
        let text = clean(text.get(lang));
        output::say(&match lang {
            Lang::Ja => format!("照合していません: {text}"),
            Lang::En => format!("not compared: {text}"),
        });
        Outcome::Unavailable
    };
    let started = std::env::current_exe().map_err(|e| Unavailable::Refused(e.to_string()));
    let mut world = match started.and_then(|program| World::start(&program)) {
        Ok(world) => world,
        Err(why) => return unavailable(why),
    };
    let progress = output::Progress::new(match lang {
        Lang::Ja => "建てて試しています…",
        Lang::En => "building and asking…",
    });
    let found = compare(&mut world, model, wanted);
    drop(progress);
    let found = match found {
        Ok(found) => found,
        Err(why) => return unavailable(Unavailable::Refused(why)),
    };
    let kernel = std::fs::read_to_string("/proc/sys/kernel/osrelease").ok();
    let most = (!twin.keep_going).then_some(SHOWN);
    let name = if model.name.is_empty() { twin.file.display().to_string() } else { model.name.clone() };
    let report = TwinReport { drawing: &name, found: &found, kernel: kernel.as_deref().map(str::trim), most };
    let text = match twin.format {
        TableArg::Json => twin_json(&report),
        TableArg::Text => {
            let color = output::color_out(args, None);
            twin_text(&report, sekisho::report::Style { lang, color, ..Default::default() })
        }
    };
    match output::write(None::<&Path>, text.as_bytes()) {
        Ok(()) if found.differences.is_empty() => Outcome::Holds,
        Ok(()) => Outcome::Violated,
        Err(e) => {
            e.say(args);
            Outcome::Wrong
        }
    }
}
