//! Shared by the tests.

pub(crate) mod build;
pub(crate) mod disk;
pub(crate) mod found;
pub(crate) mod loops;
pub(crate) mod random_model;
pub(crate) mod record;
pub(crate) mod situations;
pub(crate) mod town;
pub(crate) mod twin;
