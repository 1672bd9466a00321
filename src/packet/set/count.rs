//! How many packets a set has, exactly: numbers of up to 384 bits.

use std::collections::BTreeMap;

use super::diagram::Edge;
use super::fields::{
    self, CONTEXT, ICMP, OF, PROTOCOL, SOURCE_KIND, SOURCE_PORT, TARGET_KIND, TARGET_PORT, V6, V6_LAST, address_field,
};
use super::space::{PacketSet, Space};

/// A number of packets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Count {
    /// The least significant word first.
    words: [u64; 6],
}

impl Count {
    const ONE: Self = Self { words: [1, 0, 0, 0, 0, 0] };

    /// Adds `times` times another number.
    fn add(&mut self, other: &Self, times: u128) {
        for (shift, factor) in [(0, times as u64), (1, (times >> 64) as u64)] {
            let mut carry = 0u128;
            for (i, &word) in other.words.iter().enumerate().take(6 - shift) {
                let sum = u128::from(word) * u128::from(factor) + u128::from(self.words[i + shift]) + carry;
                self.words[i + shift] = sum as u64;
                carry = sum >> 64;
            }
        }
    }

    /// The logarithm to base 2; of no packet, negative infinity.
    #[must_use]
    pub fn log2(&self) -> f64 {
        let value = self.words.iter().rev().fold(0.0f64, |sum, &word| sum * 18_446_744_073_709_551_616.0 + word as f64);
        value.log2()
    }
}

impl From<u64> for Count {
    fn from(value: u64) -> Self {
        Self { words: [value, 0, 0, 0, 0, 0] }
    }
}

impl PartialOrd for Count {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Count {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.words.iter().rev().cmp(other.words.iter().rev())
    }
}

impl std::fmt::Display for Count {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut words = self.words;
        let mut digits = Vec::new();
        while words != [0; 6] {
            let mut rest = 0u128;
            for word in words.iter_mut().rev() {
                let value = rest << 64 | u128::from(*word);
                *word = (value / 10) as u64;
                rest = value % 10;
            }
            digits.push(char::from(b'0' + rest as u8));
        }
        f.pad_integral(true, "", &if digits.is_empty() { "0".to_owned() } else { digits.iter().rev().collect() })
    }
}

impl Space {
    /// How many packets a set has; a packet counts once in each context.
    #[must_use]
    pub fn count(&self, set: PacketSet) -> Count {
        let (mut all, mut by_edge, mut by_sender) = (Count::default(), BTreeMap::new(), BTreeMap::new());
        let last = u128::from(self.contexts() - 1);
        for (a, b, edge) in self.diagrams.pieces(CONTEXT, set.0) {
            let mut one = Count::default();
            self.each_address(false, edge, |services, numbers| {
                let each = by_edge.entry(services).or_insert_with(|| self.count_services(services, &mut by_sender));
                one.add(each, numbers);
            });
            all.add(&one, b.min(last) - a + 1);
        }
        all
    }

    fn count_services(&self, edge: Edge, known: &mut BTreeMap<Edge, Count>) -> Count {
        let mut all = Count::default();
        for kind in 0..4 {
            for (a, b, onward) in self.diagrams.pieces(TARGET_PORT, self.diagrams.at(PROTOCOL, kind, edge)) {
                let ports = if kind < ICMP { self.diagrams.pieces(SOURCE_PORT, onward) } else { vec![(0, 0, onward)] };
                for (from, to, senders) in ports {
                    let each = *known.entry(senders).or_insert_with(|| {
                        let mut all = Count::default();
                        self.each_address(true, senders, |_, numbers| all.add(&Count::ONE, numbers));
                        all
                    });
                    all.add(&each, (b - a + 1) * (to - from + 1));
                }
            }
        }
        all
    }

    /// Calls with what a diagram becomes for addresses of one side, and for how many.
    fn each_address(&self, is_source: bool, edge: Edge, mut call: impl FnMut(Edge, u128)) {
        let side = if is_source { SOURCE_KIND } else { TARGET_KIND };
        for kind in 0..3 {
            // The last number of a kind stands for those behind it, which are not used.
            let last = match kind {
                V6 => V6_LAST,
                OF => self.faces().len().saturating_sub(1) as u128,
                _ => fields::address_field(is_source, kind).max(),
            };
            let of_kind = self.diagrams.at(side, kind, edge);
            for (a, b, onward) in self.diagrams.pieces(address_field(is_source, kind), of_kind) {
                call(onward, b.min(last) - a + 1);
            }
        }
    }
}
