//! What the tests of rules mean: one function per test, all asking the same oracle about crossings.
//!
//! Questions about crossings are collected first and answered in one pass over the network; so deciding runs twice,
//! once to ask and once to judge, and what is asked never depends on an answer.

mod breakouts;
mod communications;
mod controls;
mod crossing;
mod filters;
mod machines;
mod media;
mod screens;
mod wireless;

use crate::diagnostic::Text;
use crate::model::rulebook::Decide;
use crate::model::{Date, GuardId, Layer, Model, SegmentId, SeparationModel};
use crate::network::Network;
use crate::verify;
use crate::verify::fast::{CrossingQuery, Hit, scan};

use super::judge::Input;
use super::outcome::Outcome;

/// What tests look at.
pub(super) struct Context<'a> {
    pub(super) model: &'a Model,
    pub(super) network: &'a Network,
    verdicts: &'a [verify::Verdict],
    as_of: Option<Date>,
    /// The model by which the drawing is judged.
    declared: Option<SeparationModel>,
}

impl<'a> Context<'a> {
    pub(super) fn new(input: &Input<'a>) -> Self {
        Self {
            model: input.model,
            network: input.network,
            verdicts: input.verdicts,
            as_of: input.as_of,
            declared: input.model.declared,
        }
    }

    /// The guards on which the matrix verdicts between some layers rest.
    fn guards_between(&self, from: &[SegmentId], to: &[SegmentId]) -> Vec<GuardId> {
        let mut guards: Vec<GuardId> = self
            .verdicts
            .iter()
            .filter(|v| match self.model.checks[v.check].question {
                crate::model::Question::Matrix { from: a, to: b } => from.contains(&a) && to.contains(&b),
                _ => false,
            })
            .flat_map(|v| v.rests_on.iter().copied())
            .collect();
        guards.sort_unstable();
        guards.dedup();
        guards
    }

    fn layer(&self, segment: SegmentId) -> Layer {
        self.model.segments[segment].layer
    }
}

/// Collects questions about crossings, then hands out the answers in the same order.
pub(super) enum Oracle {
    Asking(Vec<CrossingQuery>),
    Answering(std::vec::IntoIter<Vec<Hit>>),
}

impl Oracle {
    fn ask(&mut self, query: CrossingQuery) -> Vec<Hit> {
        match self {
            Self::Asking(list) => {
                list.push(query);
                Vec::new()
            }
            Self::Answering(answers) => answers.next().unwrap_or_default(),
        }
    }

    /// Whether answers are real; searches that need no oracle wait until then.
    fn answers(&self) -> bool {
        matches!(self, Self::Answering(_))
    }
}

pub use crossing::nodes_of as nodes_on;

/// Decides some tests, all crossings in one pass.
pub(super) fn decide_all(context: &Context<'_>, tests: &[&Decide]) -> Vec<Outcome> {
    let mut asking = Oracle::Asking(Vec::new());
    for test in tests {
        decide(context, test, &mut asking);
    }
    let Oracle::Asking(queries) = asking else { return Vec::new() };
    let mut answering = Oracle::Answering(scan(context.model, context.network, &queries).into_iter());
    tests
        .iter()
        .map(|test| {
            let mut outcome = decide(context, test, &mut answering);
            outcome.tidy();
            outcome
        })
        .collect()
}

/// Whether a switch stands as a rule asks: `name` on, `!name` off.
pub(super) fn switch_is_on(model: &Model, switch: &str) -> bool {
    match switch.strip_prefix('!') {
        Some(name) => !model.switches.get(name).unwrap_or(false),
        None => model.switches.get(switch).unwrap_or(false),
    }
}

fn decide(c: &Context<'_>, test: &Decide, oracle: &mut Oracle) -> Outcome {
    match test {
        Decide::All(list) => {
            let mut whole = Outcome::default();
            for part in list {
                whole.and(decide(c, part, oracle));
            }
            whole
        }
        Decide::Any(list) => Outcome::best(list.iter().map(|part| decide(c, part, oracle)).collect()),
        Decide::If { switch, models, then } => {
            let outcome = decide(c, then, oracle);
            let on = switch.as_deref().is_none_or(|s| switch_is_on(c.model, s));
            let fits = models.is_empty() || c.declared.is_some_and(|m| models.contains(&m));
            if on && fits {
                outcome
            } else {
                Outcome::absent(Text::new(
                    "このモデルと切り替えでは求められません",
                    "not asked of this model with these switches",
                ))
            }
        }
        Decide::Crossing(t) => crossing::crossing(c, t, oracle),
        Decide::Path(t) => crossing::path(c, t, oracle),
        Decide::Chain(t) => crossing::chain(c, t, oracle),
        Decide::Bodies { via } => crossing::bodies(c, via.as_deref(), oracle),
        Decide::ScreenOf { layer, since } => screens::screen_of(c, *layer, *since, oracle),
        Decide::Controls(t) => controls::controls(c, t, oracle),
        Decide::Assets { of, never } => controls::assets(c, of, never),
        Decide::Classified => controls::classified(c),
        Decide::Measures(t) => controls::measures(c, t),
        Decide::CloudFunctions => controls::cloud_functions(c),
        // These ask the network by themselves, once answers are real.
        Decide::Inferred if oracle.answers() => super::infer::rule(c.model, c.network),
        Decide::Groups if oracle.answers() => super::infer::groups(c.model, c.network, c.verdicts),
        // The register is judged when all other rules are: see `judge`.
        Decide::Inferred | Decide::Groups | Decide::Exceptions => Outcome::default(),
        Decide::Limits { layers } => communications::limits(c, layers, oracle),
        Decide::FarEnd { layers, to } => communications::far_end(c, layers, to, oracle),
        Decide::Exchange { layers } => communications::exchange(c, layers, oracle),
        Decide::OnePurpose { layers } => communications::one_purpose(c, layers, oracle),
        Decide::Purposes { purposes, of, with } => communications::purposes(c, purposes, of, with),
        Decide::Shared { kinds, layers, with } => machines::shared(c, kinds, layers, with),
        Decide::Administers { kinds, layers, isolated_guests } => {
            machines::administers(c, kinds, layers, *isolated_guests)
        }
        Decide::NoWireless { layers } => wireless::no_wireless(c, layers),
        Decide::WirelessSecurity { layers } => wireless::wireless_security(c, layers),
        Decide::WirelessApart { layers } => wireless::wireless_apart(c, layers, oracle),
        Decide::OneWay { layers } => machines::one_way(c, layers, oracle),
        Decide::Collectors { layers } => machines::collectors(c, layers, oracle),
        Decide::Redirections { viewer, to_viewer_only } => screens::redirections(c, viewer, *to_viewer_only, oracle),
        Decide::BesideBroker => screens::beside_broker(c, oracle),
        Decide::BrokerMfa { viewer, desktop } => screens::broker_mfa(c, viewer, desktop, oracle),
        Decide::TerminalBrowser => screens::terminal_browser(c, oracle),
        Decide::Types { never, of } => filters::types(c, never, of),
        Decide::NotForwarding { kinds } => filters::not_forwarding(c, kinds),
        Decide::BreakoutOnly { models, since } => breakouts::breakout_only(c, models, *since),
        Decide::BreakoutDestinations => breakouts::breakout_destinations(c),
        Decide::BreakoutTenants => breakouts::breakout_tenants(c),
        Decide::BreakoutProtocols => breakouts::breakout_protocols(c, oracle),
        Decide::Media(t) => media::media(c, t),
        Decide::MediumReuse { layers, from } => media::reuse(c, layers, *from),
    }
}
