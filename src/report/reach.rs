//! What `sekisho reach` shows: all packets between two selections, in the words of rules.
//!
//! Which packets they are is found in `flow::reach`; here they are only written.

use serde::Serialize;

use super::json::{SCHEMA_VERSION, Said, written};
use super::logins;
use super::text::{Look, Page, Style};
use crate::diagnostic::{Lang, Text};
use crate::flow::{Reach, Rests};
use crate::model::{FaceId, Model};
use crate::packet::set::{AddrSet, PacketSet, Row, TooLarge, addresses};

/// What was asked, and the answer in rows.
#[derive(Debug)]
pub struct ReachReport {
    /// The two selections, as they were named.
    pub between: (String, String),
    certain: Vec<Line>,
    possible: Vec<Line>,
    /// Which gates, who is not enrolled there, and what gets past them.
    gated: Vec<(Text, Vec<Line>)>,
    one_way: Vec<Line>,
    groups: Option<(String, Vec<(Text, Text)>)>,
    /// Some sessions are told as `any`.
    whole: bool,
    /// What the possible ones rest on.
    rests: Vec<Text>,
}

/// What the possible sessions rest on, each a sentence.
fn rests_text(model: &Model, rests: &Rests) -> Vec<Text> {
    let mut all: Vec<Text> = rests.on.iter().map(|&a| model.assumptions[a].text.clone()).collect();
    if !rests.tried {
        all.push(Text::new(
            "書かれていない既定動作や strays が多いので、それぞれが効くかどうかは調べていません",
            "so many defaults and strays are not stated that it was not tried which of them matter",
        ));
    }
    if all.is_empty() {
        all.push(Text::new(
            "いくつかある道のどれを通るか(routes、next)、または規則に書かれた機器のアドレスによります。機器で折り返す道(hairpin)は、いつも確実とはみなしません",
            "which of several ways packets and answers take (routes, next), or addresses of machines that rules name; a way that turns back at a device (hairpin) is never counted as certain",
        ));
    }
    all
}

/// A row as people read it, and exactly, for programs.
type Line = (Text, String);

fn line(row: &Row, sessions: bool, everyone: &AddrSet, name: impl Fn(FaceId) -> String) -> Line {
    let exact = row.text(everyone, &name);
    let text = match sessions {
        true => row.text_of_sessions(everyone, &name),
        // Types of ICMP that have no answer are not listed one by one.
        false if row.is_all_without_answer() => {
            let (from, to) = (addresses(&row.sources, everyone, &name), addresses(&row.destinations, everyone, &name));
            Text::new(
                format!("{} -> {} icmp(応答のない種類)", from.ja, to.ja),
                format!("{} -> {} icmp (the types that have no answer)", from.en, to.en),
            )
        }
        false => exact.clone(),
    };
    (text, exact.en)
}

impl ReachReport {
    /// Writes an answer out. With a protocol and port, also who may open that to whom.
    ///
    /// # Errors
    /// If the sets are beyond the limits of packet sets.
    pub fn new(
        model: &Model,
        between: (String, String),
        mut reach: Reach,
        service: Option<(crate::model::Protocol, u16)>,
        rests: &Rests,
    ) -> Result<Self, TooLarge> {
        let everyone = reach.space.everyone().clone();
        let name = |f: FaceId| model.face_name(f);
        let [certain, possible, one_way] = [reach.certain, reach.possible, reach.one_way];
        let gated: Vec<(Text, PacketSet)> = reach
            .gated
            .iter()
            .map(|g| (logins::condition(model, &logins::gates(model, &g.gates), &g.lacking), g.packets))
            .collect();
        let mut whole = false;
        let mut rows = |set: PacketSet, sessions: bool| -> Result<Vec<Line>, TooLarge> {
            let rows: Vec<Row> = reach.rows(set)?;
            whole |= sessions && rows.iter().any(Row::is_any_with_answer);
            Ok(rows.iter().map(|r| line(r, sessions, &everyone, name)).collect())
        };
        let (certain, possible, one_way) = (rows(certain, true)?, rows(possible, true)?, rows(one_way, false)?);
        let behind: Vec<PacketSet> = gated.iter().map(|(_, set)| *set).collect();
        let mut told = Vec::new();
        for (condition, set) in gated {
            told.push((condition, rows(set, true)?));
        }
        let groups = match service {
            None => None,
            Some((protocol, port)) => {
                let mut open = reach.space.or(reach.certain, reach.possible)?;
                for set in behind {
                    open = reach.space.or(open, set)?;
                }
                let found = reach.space.partition(open, 0, protocol, port)?;
                let words = |set: &AddrSet| addresses(set, &everyone, name);
                let groups = found.iter().map(|(from, to)| (words(from), words(to))).collect();
                let service = if protocol.has_ports() { format!("{protocol} {port}") } else { protocol.to_string() };
                Some((service, groups))
            }
        };
        Ok(Self { between, certain, possible, gated: told, one_way, groups, whole, rests: rests_text(model, rests) })
    }

    /// Whether nothing gets there at all, not even one way.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.certain.is_empty() && self.possible.is_empty() && self.gated.is_empty() && self.one_way.is_empty()
    }

    /// Whether some of it rests on what the drawing leaves open.
    #[must_use]
    pub fn is_open(&self) -> bool {
        !self.possible.is_empty()
    }

    /// For reading.
    #[must_use]
    pub fn text(&self, style: Style) -> String {
        let mut page = Page::new(style);
        let pick = |t: &Text| if style.lang == Lang::Ja { t.ja.clone() } else { t.en.clone() };
        let (a, b) = &self.between;
        let title = page.pick(&format!("{a} から {b} へ届くパケット"), &format!("Packets from {a} to {b}"));
        page.line(Look::Head, 0, &title);
        let gated: Vec<(Text, &Vec<Line>)> = self
            .gated
            .iter()
            .map(|(c, rows)| (Text::new(format!("通信できる。ただし {}", c.ja), format!("a session, {}", c.en)), rows))
            .collect();
        let parts = [
            (&self.certain, Look::Good, "通信できる(行きも戻りも)", "a session: there and back"),
            (
                &self.possible,
                Look::Open,
                "図面に書かれていないことによっては、通信できる",
                "a session, if something that the drawing leaves open is so",
            ),
        ];
        let gated = gated.iter().map(|(c, rows)| (*rows, Look::Open, c.ja.as_str(), c.en.as_str()));
        let last =
            (&self.one_way, Look::Bad, "届くが、応答は戻らない(片道)", "arrives, but no answer comes back (one way)");
        for (rows, look, ja, en) in parts.into_iter().chain(gated).chain([last]) {
            if !rows.is_empty() {
                page.blank();
                let head = page.pick(ja, en);
                page.line(look, 0, &head);
                rows.iter().for_each(|r| page.hanging(Look::Plain, 2, "- ", &pick(&r.0)));
                if std::ptr::eq(rows, &raw const self.possible) {
                    self.rests.iter().for_each(|t| page.hanging(Look::Open, 2, "? ", &pick(t)));
                }
            }
        }
        if self.whole {
            page.blank();
            let text = page.pick(
                "any は、応答のあるすべてのサービスです(ICMP では echo-request など)",
                "any: every service that has an answer (of ICMP, echo-request and the like)",
            );
            page.line(Look::Faint, 0, &text);
        }
        if self.is_empty() {
            let text = page.pick("何も届きません", "nothing gets there");
            page.line(Look::Plain, 0, &text);
        }
        if let Some((service, groups)) = &self.groups {
            page.blank();
            let head =
                page.pick(&format!("{service} を開ける相手ごとの分け方"), &format!("Who may open {service} to whom"));
            page.line(Look::Head, 0, &head);
            for (from, to) in groups {
                page.hanging(Look::Plain, 2, "- ", &format!("{} -> {}", pick(from), pick(to)));
            }
            if groups.is_empty() {
                let text = page.pick("だれも開けません", "nobody may");
                page.line(Look::Plain, 2, &text);
            }
        }
        page.finish()
    }

    /// For programs.
    #[must_use]
    pub fn json(&self) -> String {
        let en = |rows: &[Line]| rows.iter().map(|(_, exact)| exact.clone()).collect::<Vec<_>>();
        let who = |(from, to): &(Text, Text)| Who { sources: from.en.clone(), destinations: to.en.clone() };
        written(&ReachJson {
            schema_version: SCHEMA_VERSION,
            from: &self.between.0,
            to: &self.between.1,
            certain: en(&self.certain),
            possible: en(&self.possible),
            rests_on: if self.possible.is_empty() { Vec::new() } else { self.rests.iter().map(Said::from).collect() },
            gated: self.gated.iter().map(|(c, rows)| Past { only: c.into(), packets: en(rows) }).collect(),
            one_way: en(&self.one_way),
            service: self.groups.as_ref().map(|g| g.0.as_str()),
            groups: self.groups.as_ref().map(|g| g.1.iter().map(who).collect()),
        })
    }
}

#[derive(Serialize)]
struct Past {
    only: Said,
    packets: Vec<String>,
}

#[derive(Serialize)]
struct Who {
    sources: String,
    destinations: String,
}

#[derive(Serialize)]
struct ReachJson<'a> {
    schema_version: u32,
    from: &'a str,
    to: &'a str,
    certain: Vec<String>,
    possible: Vec<String>,
    rests_on: Vec<Said>,
    gated: Vec<Past>,
    one_way: Vec<String>,
    service: Option<&'a str>,
    groups: Option<Vec<Who>>,
}
