//! The integration tests, in one binary so that polars is linked once.

mod handoff;
