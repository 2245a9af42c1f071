//! The rule pack: all policy as data, read from a folder of TOML files and checked once.

pub mod model;

pub use model::*;
