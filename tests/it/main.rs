//! Behaviour through the public surface, in one binary so that polars links once.

mod archive;
mod fixtures;
mod handoff;
mod template;
mod workbook;
