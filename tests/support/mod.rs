//! Shared by the integration tests; each uses a part of it.

pub mod build;
pub mod random_model;
