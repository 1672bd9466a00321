//! Checks a drawing of a Japanese municipal network for paths that three-layer
//! separation (三層分離) forbids, and gives evidence with every answer.
//!
//! The line of types, left to right; each room knows only rooms to its left:
//!
//! ```text
//! Source ──► Document ──► Model ──► Network ──► Verdicts ──► Report ──► bytes
//!  text       RON shape    meaning   petgraph    + evidence   findings
//! ```

pub mod change;
pub mod compose;
pub mod diagnostic;
pub mod diagram;
pub mod document;
pub mod flow;
pub mod generate;
pub mod guideline;
pub mod lint;
pub mod measure;
pub mod model;
pub mod network;
pub mod packet;
pub mod report;
pub mod source;
pub mod twin;
pub mod verify;
