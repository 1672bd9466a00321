//! Sets of packets as boxes: sources × destinations × services × contexts.
//!
//! Each side of a box is a set of numbers; what a number stands for is said in
//! `filter`. Everything here is exact arithmetic on sets.

/// A set of numbers as closed ranges: sorted, disjoint, not touching.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Set(Vec<(u64, u64)>);

impl Set {
    /// From ranges in any order.
    pub(super) fn new(mut ranges: Vec<(u64, u64)>) -> Self {
        ranges.sort_unstable();
        let mut joined: Vec<(u64, u64)> = Vec::with_capacity(ranges.len());
        for (first, last) in ranges {
            match joined.last_mut() {
                Some(before) if first <= before.1.saturating_add(1) => before.1 = before.1.max(last),
                _ => joined.push((first, last)),
            }
        }
        Self(joined)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The least and the greatest number.
    pub(super) fn bounds(&self) -> Option<(u64, u64)> {
        Some((self.0.first()?.0, self.0.last()?.1))
    }

    fn may_meet(&self, other: &Self) -> bool {
        match (self.bounds(), other.bounds()) {
            (Some(a), Some(b)) => a.0 <= b.1 && b.0 <= a.1,
            _ => false,
        }
    }

    /// Whether the two share a number.
    pub(super) fn meets(&self, other: &Self) -> bool {
        if !self.may_meet(other) {
            return false;
        }
        let (mut a, mut b) = (self.0.iter().peekable(), other.0.iter().peekable());
        while let (Some(x), Some(y)) = (a.peek(), b.peek()) {
            if x.1 < y.0 {
                a.next();
            } else if y.1 < x.0 {
                b.next();
            } else {
                return true;
            }
        }
        false
    }

    /// What is in both.
    pub(super) fn and(&self, other: &Self) -> Self {
        let mut both = Vec::new();
        let (mut a, mut b) = (self.0.iter().peekable(), other.0.iter().peekable());
        while let (Some(&&x), Some(&&y)) = (a.peek(), b.peek()) {
            let (first, last) = (x.0.max(y.0), x.1.min(y.1));
            if first <= last {
                both.push((first, last));
            }
            if x.1 < y.1 {
                a.next()
            } else {
                b.next()
            };
        }
        Self(both)
    }

    /// What is here and not there.
    pub(super) fn minus(&self, other: &Self) -> Self {
        let mut rest = Vec::new();
        for &(first, last) in &self.0 {
            let mut from = Some(first);
            let near = other.0.partition_point(|&(_, l)| l < first);
            for &(cut_first, cut_last) in other.0[near..].iter().take_while(|&&(f, _)| f <= last) {
                let Some(at) = from else { break };
                if at < cut_first {
                    rest.push((at, cut_first - 1));
                }
                from = (cut_last < last).then(|| cut_last + 1);
            }
            rest.extend(from.map(|at| (at, last)));
        }
        Self(rest)
    }
}

/// A set of packets: everything whose source, destination, service and context are in these.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Packets(pub(super) [Set; 4]);

impl Packets {
    pub(super) fn is_empty(&self) -> bool {
        self.0.iter().any(Set::is_empty)
    }

    pub(super) fn meets(&self, other: &Self) -> bool {
        let pairs = || self.0.iter().zip(&other.0);
        pairs().all(|(a, b)| a.may_meet(b)) && pairs().all(|(a, b)| a.meets(b))
    }

    /// What is here and not there, as disjoint boxes.
    pub(super) fn minus(&self, other: &Self) -> Vec<Self> {
        let mut rest = Vec::new();
        let mut inside = self.clone();
        for side in 0..self.0.len() {
            let outside = inside.0[side].minus(&other.0[side]);
            if !outside.is_empty() {
                let mut piece = inside.clone();
                piece.0[side] = outside;
                rest.push(piece);
            }
            inside.0[side] = inside.0[side].and(&other.0[side]);
        }
        rest
    }
}
