//! More or less: how what crosses between two segments compares, counted item by item.

use super::Relation;

/// More or less, counted item by item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Tendency {
    more: bool,
    less: bool,
    /// Some item of that direction changed whatever is left open.
    more_certain: bool,
    less_certain: bool,
    /// Some item is possible on one side or on both.
    pub(super) open: bool,
}

type Level2 = (u8, u8);

/// Whether one of two levels goes from nothing to certain, or back.
pub(super) fn certain_step(before: Level2, after: Level2) -> bool {
    before.0.abs_diff(after.0) == 2 || before.1.abs_diff(after.1) == 2
}

impl Tendency {
    /// Counts one item by its level before and after (for some and for all of a group): 0 no, 1 possible, 2 certain.
    pub(super) fn item(&mut self, before: Level2, after: Level2) {
        let more = after.0 > before.0 || after.1 > before.1;
        let less = after.0 < before.0 || after.1 < before.1;
        let certain = certain_step(before, after);
        self.more |= more;
        self.less |= less;
        self.more_certain |= more && certain;
        self.less_certain |= less && certain;
        self.open |= [before.0, after.0].contains(&1);
    }

    pub(super) fn add(&mut self, other: Self) {
        self.more |= other.more;
        self.less |= other.less;
        self.more_certain |= other.more_certain;
        self.less_certain |= other.less_certain;
        self.open |= other.open;
    }

    pub(super) fn relation(self) -> Relation {
        match (self.more, self.less) {
            (false, false) => Relation::Equivalent,
            (false, true) => Relation::Stricter,
            (true, false) => Relation::Looser,
            (true, true) => Relation::Incomparable,
        }
    }

    pub(super) fn certain(self) -> bool {
        (!self.more || self.more_certain) && (!self.less || self.less_certain)
    }
}
