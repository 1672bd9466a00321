//! The Linux kernel as an outside judge: a drawing is built from network namespaces and probed with real connections.
//!
//! Not here: how the engines find a session. What is built follows from the words of the format and of the semantics
//! alone (`render`), so that a mistake of the packet layer is not made here again; only `compare` asks that layer.

mod compare;
mod journey;
pub mod lab;
mod plan;
mod render;

pub use compare::{Answers, Comparison, Difference, How, Wanted, ask, compare, judge};
pub use plan::{MOST_PROBES, MOST_SERVICES, Planned, Services, plan};
pub use render::{Attachment, Machine, Twin, render};
