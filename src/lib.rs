//! kaohe (考核): applies a city's Measures to the assessments of its leading teams and cadres.

pub mod archive;
pub mod cli;
pub mod consequence;
pub mod fact;
pub mod finding;
pub mod handoff;
pub mod pack;
pub mod place;
pub mod rule;
pub mod run;
pub mod sample;
pub mod table;
pub mod template;
pub mod workbook;
