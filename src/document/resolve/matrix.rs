//! The shipped policy matrix, as data: `models/policies/matrix.ron`.
//!
//! Here it is only read; how a cell becomes permits is in `policy`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use super::super::shape::{CarrierDoc, PurposeDoc};
use crate::model::Edition;

/// From, to, the kinds per model, the clause.
pub(super) type Row = (String, String, BTreeMap<String, Vec<String>>, String);

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

#[cfg(test)]
mod tests {
    use super::MATRIX;
    use crate::model::{Layer, SeparationModel};

    #[test]
    fn every_word_of_the_matrix_is_known() {
        let layers: Vec<_> = Layer::ALL.iter().map(|l| l.as_str()).collect();
        let models: Vec<_> = SeparationModel::ALL.iter().map(|m| m.as_str()).collect();
        for (from, to, cells, _) in &MATRIX.rows {
            assert!(layers.contains(&from.as_str()) && layers.contains(&to.as_str()), "{from} {to}");
            for (model, kinds) in cells {
                assert!(model == "all" || models.contains(&model.as_str()), "{model}");
                for kind in kinds {
                    assert!(MATRIX.kinds.contains_key(kind), "{kind}");
                }
            }
        }
        for asked in MATRIX.attack.iter().chain(&MATRIX.leak) {
            assert!(asked.from.iter().chain(&asked.to).all(|l| layers.contains(&l.as_str())));
        }
        for kind in MATRIX.kinds.values() {
            assert!(kind.switch.as_deref().is_none_or(|s| crate::model::Switches::NAMES.contains(&s)));
        }
    }
}
