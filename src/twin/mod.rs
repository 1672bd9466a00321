//! The Linux kernel as an outside judge: a drawing is built from network namespaces and probed with real connections.
//!
//! Not here: how the engines find a session. What is built follows from the words of the format and of the semantics
//! alone (`render`), so that a mistake of the packet layer is not made here again; only `compare` asks that layer.

pub mod lab;
