//! Behaviour through the public surface, in one binary so that polars links once.

// A test that cannot go on fails.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stderr)]

mod archive;
mod checks;
mod compare;
mod engine;
mod explain;
mod fixtures;
mod handoff;
mod menu;
mod ooxml;
mod packs;
mod published;
mod reading;
mod rules;
mod safety;
mod sample;
mod template;
mod tidy;
mod workbook;
