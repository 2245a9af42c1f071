//! Behaviour through the public surface, in one binary so that polars links once.

mod reading;
