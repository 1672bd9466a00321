//! What an edge makes of the states at its start, as a few masks and rotations.
//!
//! A transfer is a set of pairs of bits. Pairs with the same distance are one *move*: mask, then rotate. Nearly every
//! transfer is one or two moves; what would need more than [`MOST_MOVES`] is kept as a table of bits. Not here: what the
//! bits mean.

use rustc_hash::FxHashMap;

/// From this bit to that bit.
pub type Pair = (u8, u8);

/// More moves than this take longer than looking at the bits one by one.
const MOST_MOVES: usize = 8;

/// The first two moves of a transfer, and where the others are. Two are done without asking: a guess that fails costs more.
#[derive(Debug, Clone, Copy)]
struct Head {
    masks: [u64; 2],
    turns: [u32; 2],
    /// Position in [`Classes::rest`] and how many.
    rest: (u32, u16),
    /// The rest is a table of bits and not moves.
    table: bool,
}

/// The interned transfers of a layout.
#[derive(Debug, Default, Clone)]
pub struct Classes {
    heads: Vec<Head>,
    /// `(mask, turn)` of further moves, or `(bit, what it becomes)` of a table.
    rest: Vec<(u64, u64)>,
    pairs: Vec<Vec<Pair>>,
    known: FxHashMap<Vec<Pair>, u16>,
}

impl Classes {
    /// None yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The number of a transfer; `None` if there are 65,536 others already, or a bit is none.
    pub fn intern(&mut self, pairs: &[Pair]) -> Option<u16> {
        let mut pairs = pairs.to_vec();
        pairs.sort_unstable();
        pairs.dedup();
        if let Some(&class) = self.known.get(&pairs) {
            return Some(class);
        }
        if pairs.iter().any(|&(a, b)| a > 63 || b > 63) {
            return None;
        }
        let class = u16::try_from(self.heads.len()).ok()?;
        let mut moves: Vec<(u64, u64)> = Vec::new();
        for &(a, b) in &pairs {
            let turn = (u64::from(b) + 64 - u64::from(a)) % 64;
            match moves.iter_mut().find(|(_, t)| *t == turn) {
                Some((mask, _)) => *mask |= 1 << a,
                None => moves.push((1 << a, turn)),
            }
        }
        let first = self.rest.len() as u32;
        let head = if moves.len() > MOST_MOVES {
            for &(a, b) in &pairs {
                match self.rest[first as usize..].iter_mut().find(|(bit, _)| *bit == 1 << a) {
                    Some((_, out)) => *out |= 1 << b,
                    None => self.rest.push((1 << a, 1 << b)),
                }
            }
            Head { masks: [0; 2], turns: [0; 2], rest: (first, (self.rest.len() - first as usize) as u16), table: true }
        } else {
            let nth = |i: usize| moves.get(i).copied().unwrap_or((0, 0));
            self.rest.extend(moves.iter().skip(2));
            Head {
                masks: [nth(0).0, nth(1).0],
                turns: [nth(0).1 as u32, nth(1).1 as u32],
                rest: (first, moves.len().saturating_sub(2) as u16),
                table: false,
            }
        };
        self.heads.push(head);
        self.pairs.push(pairs.clone());
        self.known.insert(pairs, class);
        Some(class)
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.heads.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.heads.is_empty()
    }

    /// The pairs of a transfer, sorted.
    #[must_use]
    pub fn pairs(&self, class: u16) -> &[Pair] {
        &self.pairs[class as usize]
    }

    /// What `states` become.
    #[inline]
    #[must_use]
    pub fn apply(&self, class: u16, states: u64) -> u64 {
        let head = &self.heads[class as usize];
        let first = (states & head.masks[0]).rotate_left(head.turns[0]);
        let two = first | (states & head.masks[1]).rotate_left(head.turns[1]);
        if head.rest.1 == 0 { two } else { two | self.further(head, states) }
    }

    #[cold]
    fn further(&self, head: &Head, states: u64) -> u64 {
        let rest = &self.rest[head.rest.0 as usize..][..head.rest.1 as usize];
        if head.table {
            rest.iter().filter(|(bit, _)| states & bit != 0).fold(0, |all, (_, out)| all | out)
        } else {
            rest.iter().fold(0, |all, &(mask, turn)| all | (states & mask).rotate_left(turn as u32))
        }
    }

    /// The states that a transfer hands on unchanged.
    #[must_use]
    pub fn keeps(&self, class: u16) -> u64 {
        self.pairs(class).iter().filter(|(a, b)| a == b).fold(0, |all, (a, _)| all | 1 << a)
    }

    /// Every state that some transfer takes or makes.
    #[must_use]
    pub fn universe(&self) -> u64 {
        self.pairs.iter().flatten().fold(0, |all, (a, b)| all | 1 << a | 1 << b)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moves_and_tables_do_what_the_pairs_say() {
        let wide: Vec<Pair> = (0..12).map(|i| (i, (i * i) % 50)).collect();
        let mut classes = Classes::new();
        for pairs in [vec![], vec![(0, 0)], vec![(0, 5), (1, 6), (63, 4)], vec![(3, 1), (3, 2), (3, 3)], wide] {
            let class = classes.intern(&pairs).expect("it fits");
            assert_eq!(classes.intern(&pairs), Some(class), "interned once");
            for states in [0, 1, 0b1010, u64::MAX, 1 << 63, 0xfff] {
                let naive = pairs.iter().filter(|(a, _)| states >> a & 1 == 1).fold(0, |all, (_, b)| all | 1 << b);
                assert_eq!(classes.apply(class, states), naive, "{pairs:?} of {states:b}");
            }
        }
        assert_eq!(classes.intern(&[(64, 0)]), None);
    }
}
