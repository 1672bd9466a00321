//! Exact sets of packets.
//!
//! A [`Space`] holds sets in one store in which equal sets are equal numbers, whatever they were made from: the union,
//! intersection and difference of rules, what an ordered list of ten thousand rules lets through, what one of them
//! decides, who may open a service to whom, and a set as people write it.
//!
//! Not here: what devices do with packets over several hops (that is the rest of `packet`), and anything about carriers.

mod count;
mod diagram;
mod fields;
mod first_match;
mod numbers;
mod ordered;
mod ranks;
mod relation;
mod rows;
mod space;
mod words;

pub use count::Count;
pub use diagram::{Limits, TooLarge};
pub use first_match::Line;
pub use numbers::AddrSet;
pub use ordered::Ordered;
pub use rows::Row;
pub use space::{PacketBox, PacketSet, Space};
pub use words::{addresses, services};

#[cfg(test)]
mod tests;
