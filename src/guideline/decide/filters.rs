//! Tests about sanitisers, inspectors and mail converters: what they do with each type, and whether they route, too.

use super::Context;
use super::controls::called;
use crate::diagnostic::Text;
use crate::guideline::outcome::{Finding, Open, Outcome};
use crate::model::{Kind, Settings, TypeAction};

pub(super) fn types(c: &Context<'_>, never: &[TypeAction], of: &[String]) -> Outcome {
    let mut outcome = Outcome::default();
    let asked = |t: &str| of.is_empty() || of.iter().any(|w| t.contains(w.as_str()));
    for (id, node) in c.model.nodes.iter() {
        let name = called(c.model, id);
        match &node.declared.settings {
            Settings::Filter { types, otherwise } => {
                outcome.looked.push(Text::new(format!("{name} の形式の表"), format!("the type table of {name}")));
                let wrong: Vec<String> = types
                    .iter()
                    .filter(|(t, a)| asked(t) && never.contains(a))
                    .map(|(t, a)| format!("{t}: {a:?}"))
                    .collect();
                if !wrong.is_empty() {
                    outcome.findings.push(Finding::at(
                        id,
                        node.span,
                        Text::new(
                            format!("{name} が {} を素通しする", wrong.join("、")),
                            format!("{name} passes {} as it is", wrong.join(", ")),
                        ),
                    ));
                }
                let listed = !of.is_empty() && types.iter().any(|(t, _)| asked(t));
                match otherwise {
                    _ if listed => {}
                    None => outcome.open.push(Open::new(
                        "otherwise",
                        Text::new(
                            format!("`{}` が表にない形式をどう扱うか(otherwise)が書かれていません", node.name),
                            format!("what `{}` does with other types (otherwise) is not stated", node.name),
                        ),
                        Some(node.span),
                    )),
                    Some(action) if never.contains(action) => outcome.findings.push(Finding::at(
                        id,
                        node.span,
                        Text::new(
                            format!("{name} が表にない形式を素通しする(otherwise: {action:?})"),
                            format!("{name} passes all other types as they are (otherwise: {action:?})"),
                        ),
                    )),
                    Some(_) => {}
                }
            }
            Settings::Mail { passes } if of.is_empty() => {
                outcome.looked.push(Text::new(format!("{name} の添付"), format!("attachments at {name}")));
                match passes {
                    None => outcome.open.push(Open::new(
                        "attachments",
                        Text::new(
                            format!("`{}` の添付の扱い(attachments)が書かれていません", node.name),
                            format!("what `{}` does with attachments is not stated", node.name),
                        ),
                        Some(node.span),
                    )),
                    Some(true) => outcome.findings.push(Finding::at(
                        id,
                        node.span,
                        Text::new(
                            format!("{name} が添付をそのまま通す(attachments: Pass)"),
                            format!("{name} passes attachments as they are (attachments: Pass)"),
                        ),
                    )),
                    Some(false) => {}
                }
            }
            _ => {}
        }
    }
    if outcome.looked.is_empty() {
        outcome
            .absent
            .push(Text::new("図面に無害化・検査の装置がありません", "the drawing has no sanitiser or inspector"));
    }
    outcome
}

pub(super) fn not_forwarding(c: &Context<'_>, kinds: &[Kind]) -> Outcome {
    let mut outcome = Outcome::default();
    for (id, node) in c.model.nodes.iter().filter(|(_, n)| kinds.contains(&n.kind)) {
        outcome.looked.push(Text::new(
            format!("{} の転送設定", called(c.model, id)),
            format!("whether {} forwards", called(c.model, id)),
        ));
        if c.model.transits.values().any(|t| t.node == id) {
            outcome.findings.push(Finding::at(
                id,
                node.span,
                Text::new(
                    format!("{} がパケットも転送している(forwards)", called(c.model, id)),
                    format!("{} also forwards packets (forwards)", called(c.model, id)),
                ),
            ));
        }
    }
    if outcome.looked.is_empty() {
        outcome.absent.push(Text::new("その種類の機器が図面にありません", "the drawing has no such device"));
    }
    outcome
}
