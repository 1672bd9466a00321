//! Equal rows are one row: groups formed from the last dimension upwards, in a fixed order.
//!
//! For every origin the targets with equal content become a group, then the origins with equal groups: the reduced form
//! of a decision diagram in the order origin, target, content. It is unique, so equal differences print identically.

use std::collections::{BTreeMap, BTreeSet};

/// Origins, targets and what is the case between each of them.
pub(super) type Row<X, R> = (BTreeSet<X>, BTreeSet<X>, R);

/// The rows of some cells.
pub(super) fn merged<X: Ord + Clone, R: Ord + Clone>(cells: BTreeMap<(X, X), R>) -> Vec<Row<X, R>> {
    let mut by_origin: BTreeMap<X, BTreeMap<R, BTreeSet<X>>> = BTreeMap::new();
    for ((from, to), content) in cells {
        by_origin.entry(from).or_default().entry(content).or_default().insert(to);
    }
    let mut alike: BTreeMap<BTreeMap<R, BTreeSet<X>>, BTreeSet<X>> = BTreeMap::new();
    for (from, targets) in by_origin {
        alike.entry(targets).or_default().insert(from);
    }
    let rows = alike.into_iter();
    rows.flat_map(|(targets, from)| targets.into_iter().map(move |(r, to)| (from.clone(), to, r))).collect()
}
