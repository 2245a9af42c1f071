//! A synthetic city: workbooks to try, train and measure with.
pub const FILE: &str = "sample.toml";
