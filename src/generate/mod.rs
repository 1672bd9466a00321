//! Inputs of any size, made from a seed: the same seed gives the same bytes on every system.
//!
//! Not here: what is asked of them, and how long the answer takes.

pub mod mesh;
