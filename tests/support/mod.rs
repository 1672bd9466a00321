//! Shared by the integration tests; each uses a part of it.
#![allow(dead_code, reason = "every test binary uses another part")]

pub mod build;
pub mod random_model;
