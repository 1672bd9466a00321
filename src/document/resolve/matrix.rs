//! The shipped policy matrix, as data: `models/policies/matrix.ron`.
//!
//! Here it is only read and shown; how a cell becomes permits is in `policy`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use super::super::shape::{CarrierDoc, PurposeDoc};
use super::mediators::carrier;
use super::policy::purpose;
use crate::diagnostic::Text;
use crate::model::rulebook::Mark;
use crate::model::{Carrier, Edition, Layer, Purpose, SeparationModel};

/// From, to, the kinds per model, the clause, how well it is known.
pub(super) type Row = (String, String, BTreeMap<String, Vec<String>>, String, Vec<Mark>);

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Matrix {
    pub(super) kinds: BTreeMap<String, CrossingKind>,
    pub(super) rows: Vec<Row>,
    pub(super) unjudged: Vec<String>,
    pub(super) attack: Vec<Asked>,
    pub(super) leak: Vec<Asked>,
}

/// A crossing kind: a named pattern over carriers and labels.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CrossingKind {
    pub(super) ja: String,
    pub(super) en: String,
    #[serde(default)]
    pub(super) since: Option<Edition>,
    #[serde(default)]
    pub(super) switch: Option<String>,
    #[serde(default)]
    pub(super) via: Vec<String>,
    pub(super) rows: Vec<KindRow>,
}

#[derive(Debug, Deserialize)]
pub(super) enum KindRow {
    /// In the direction of the cell.
    Carries(CarrierDoc),
    /// In the opposite direction.
    Back(CarrierDoc),
    /// Sessions of declared communications.
    Communication {
        /// All three limits and a purpose are needed.
        #[serde(default)]
        spec: bool,
        /// Only for these purposes; empty is any.
        #[serde(default)]
        purposes: Vec<PurposeDoc>,
        /// Nothing may come back.
        #[serde(default)]
        one_way: bool,
    },
}

/// A question asked of every drawing that declares one of `models`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Asked {
    pub(super) from: Vec<String>,
    pub(super) to: Vec<String>,
    pub(super) models: Vec<String>,
}

impl Asked {
    pub(super) fn applies(&self, model: &str) -> bool {
        self.models.iter().any(|m| m == model || m == "all")
    }
}

/// The shipped matrix. A test reads it, so a mistake in the data cannot be shipped.
pub(super) static MATRIX: LazyLock<Matrix> = LazyLock::new(|| {
    super::super::options()
        .from_str(include_str!("../../../models/policies/matrix.ron"))
        .unwrap_or_else(|e| unreachable!("the shipped matrix is tested to be readable: {e}"))
});

/// A row of the policy matrix: what may cross from one layer to another, per model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MatrixRow {
    /// Where it comes from.
    pub from: Layer,
    /// Where it arrives.
    pub to: Layer,
    /// The names of the kinds that may cross, for every model; an empty list is "nothing".
    pub cells: BTreeMap<SeparationModel, Vec<&'static str>>,
    /// Clause codes with blanks between them; `-` is none.
    pub clause: &'static str,
    /// How well the row is known.
    pub evidence: &'static [Mark],
}

/// A kind of crossing that cells of the policy matrix name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MatrixKind {
    /// Its name in cells.
    pub name: &'static str,
    /// What people call it.
    pub text: Text,
    /// The first edition that has it.
    pub since: Option<Edition>,
    /// Only while this switch is on.
    pub switch: Option<&'static str>,
    /// The labels that a path has to pass.
    pub via: &'static [String],
    /// What may arrive in the direction of the cell.
    pub carries: Vec<Carrier>,
    /// What may arrive in the opposite direction.
    pub back: Vec<Carrier>,
    /// Only sessions of a declared communication may cross, and which.
    pub communication: Option<MatrixCommunication>,
}

/// Which declared communications a kind admits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MatrixCommunication {
    /// All three limits and a purpose are needed.
    pub spec: bool,
    /// Only for these purposes; empty is any.
    pub purposes: Vec<Purpose>,
    /// Nothing may come back.
    pub one_way: bool,
}

/// The rows of the shipped policy matrix, in its order. A pair of layers that has none may carry nothing.
#[must_use]
pub fn matrix_rows() -> Vec<MatrixRow> {
    let layer = |word: &str| Layer::ALL.into_iter().find(|l| l.as_str() == word);
    let row = |(from, to, cells, clause, evidence): &'static Row| {
        let kinds = |m: SeparationModel| cells.get(m.as_str()).or_else(|| cells.get("all")).into_iter().flatten();
        Some(MatrixRow {
            from: layer(from)?,
            to: layer(to)?,
            cells: SeparationModel::ALL.into_iter().map(|m| (m, kinds(m).map(String::as_str).collect())).collect(),
            clause,
            evidence,
        })
    };
    MATRIX.rows.iter().filter_map(row).collect()
}

/// The kinds of crossings of the shipped policy matrix, by name.
#[must_use]
pub fn matrix_kinds() -> Vec<MatrixKind> {
    MATRIX.kinds.iter().map(|(name, kind)| shown(name, kind)).collect()
}

fn shown(name: &'static str, kind: &'static CrossingKind) -> MatrixKind {
    let mut shown = MatrixKind {
        name,
        text: Text::new(kind.ja.as_str(), kind.en.as_str()),
        since: kind.since,
        switch: kind.switch.as_deref(),
        via: &kind.via,
        carries: Vec::new(),
        back: Vec::new(),
        communication: None,
    };
    for row in &kind.rows {
        match row {
            KindRow::Carries(c) => shown.carries.push(carrier(*c)),
            KindRow::Back(c) => shown.back.push(carrier(*c)),
            KindRow::Communication { spec, purposes, one_way } => {
                let purposes = purposes.iter().map(|&p| purpose(p)).collect();
                shown.communication = Some(MatrixCommunication { spec: *spec, purposes, one_way: *one_way });
            }
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::MATRIX;
    use crate::model::{Layer, SeparationModel};

    #[test]
    fn every_word_of_the_matrix_is_known() {
        let layers: Vec<_> = Layer::ALL.iter().map(|l| l.as_str()).collect();
        let models: Vec<_> = SeparationModel::ALL.iter().map(|m| m.as_str()).collect();
        for (from, to, cells, clause, evidence) in &MATRIX.rows {
            assert!(!clause.is_empty() && !evidence.is_empty(), "{from} {to}");
            assert!(layers.contains(&from.as_str()) && layers.contains(&to.as_str()), "{from} {to}");
            for (model, kinds) in cells {
                assert!(model == "all" || models.contains(&model.as_str()), "{model}");
                for kind in kinds {
                    assert!(MATRIX.kinds.contains_key(kind), "{kind}");
                }
            }
        }
        let pairs: std::collections::BTreeSet<_> = MATRIX.rows.iter().map(|(from, to, ..)| (from, to)).collect();
        assert_eq!(pairs.len(), MATRIX.rows.len(), "one row per pair");
        for asked in MATRIX.attack.iter().chain(&MATRIX.leak) {
            assert!(asked.from.iter().chain(&asked.to).all(|l| layers.contains(&l.as_str())));
        }
        for kind in MATRIX.kinds.values() {
            assert!(kind.switch.as_deref().is_none_or(|s| crate::model::Switches::NAMES.contains(&s)));
        }
    }
}
