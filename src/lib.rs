//! kaohe (考核): applies a city's Measures to the assessments of its leading teams and cadres, and hands
//! committees Excel lists whose every line carries its grounds down to the source cell.
//!
//! # The flow
//! ```text
//! workbook → table → fact → rule → consequence → handoff
//!               ↑______________________________archive
//! ```
//! Data flows one way. A stage imports earlier stages, [`place`], [`finding`] and [`pack`], nothing else;
//! [`run`] alone knows all of them. What the archive remembers and what earlier stages of a run
//! proposed or left pending enters evaluation as tables, like any workbook.
//!
//! # Where things are
//! - [`workbook`]: opens a file of any format, safely, and streams its cells.
//! - [`table`]: recognises tables by their headers, coerces cells, matches people and units; what cannot
//!   be used comes out as a [`finding`] with its [`place`] and the remedy.
//! - [`pack`]: all policy, as TOML: tables, parameters, facts, rules, actions, lists. The built-in packs
//!   stand in `src/packs`.
//! - [`fact`]: the pack's expressions as polars columns over all entities at once, with the cells that decide.
//! - [`rule`]: the rules of a stage, in three values; which facts are missing; rows with several readings.
//! - [`consequence`]: whom a hit reaches, merging, conflicts, the talk quota, the register of talks.
//! - [`explain`]: why somebody is on a list or not, from what a run kept.
//! - [`engine`]: facts and the first stage's verdicts as SQL for another engine, printed from the terms that a run evaluates.
//! - [`compare`]: what another value, another pack or newer workbooks change, and why.
//! - [`handoff`]: pure models of workbooks, then files.
//! - [`archive`]: proposals and the committee's answers, append-only and chained by hash.
//! - [`run`]: a checked job, the sequence of stages, publishing whole or not at all; a pack's own examples
//!   ([`run::examples`]) go through the same stages.
//! - [`sample`], [`template`]: workbooks to try with, and empty ones to fill in.
//! - [`cli`]: the command line as typed; [`journal`]: the log file of a run that nobody watches; [`once`]: lists without repeats; [`ledger`]: sheets of texts; `word`: sets of words; `rights`: who may read what is made.
//!
//! # To change something
//! Policy is changed in the pack's folder (`src/packs/<pack>`) alone, and its test is an example in `examples.toml`.
//!
//! | what | touch |
//! |---|---|
//! | a table | `tables.toml`; how its form and its sample look: `template.toml`, `sample.toml` |
//! | a column | `tables.toml`; of a new kind: `pack/assemble/columns.rs` (how it is declared, typed, explained and tried) and `table/coerce.rs` (what a cell means); if it is no text also `table/frame.rs`; test: `tests/it/reading` |
//! | a fact | `facts.toml`; with a new function: its row with cases in `pack/functions.rs`, and the compiler names `pack/bind.rs` (its type) and `pack/compile.rs` (its column) |
//! | a rule | `rules.toml` |
//! | a list | `handoff.toml`: the list, and the actions that go on it |
//! | an answer column | of one list: its `answers` in `handoff.toml`; of all: its row in `pack/printed.rs`, and how it looks, if otherwise than its kind, in `handoff/lists.rs`; test: `tests/it/archive/record.rs` |
//! | a file format | `workbook/sniff.rs` (telling it), its own file beside `workbook/xls.rs`, the arms in `workbook/mod.rs`; test: `tests/it/workbook/every.rs` |
//! | a key of the pack's files | the `section!` it belongs to in `pack/assemble/`, and whoever uses it; a section: also `pack/assemble/mod.rs` |
//! | a finding | its code in [`finding`], and where it is seen, in `table/judge.rs` or `table/report.rs`; test: `tests/it/reading`, whose `whole.rs` asks for a case of each |
//!
//! # Invariants
//! - No provision, grade, action, list or table of the law stands in Rust: another city needs another pack, not
//!   another program. The engine knows tables, keys, references to subjects, facts as of a date, rules,
//!   stages, recipients by role, by name or the subject itself, merging, conflicts, quotas, a register, lists.
//! - Unknown is never “no”: it stays unknown through every join and aggregate, and ends as a pending case.
//! - Nothing is lost: for every sheet, rows = used + rejected + ignored.
//! - The result depends on input, pack, options and archive alone: not on the clock, the number of threads or
//!   the order of rows.
//! - Columns nobody asked for are never kept: they reach no output, message or archive.
//! - A published folder appears whole or not at all, and answers that nobody recorded are never replaced.
//! - What explains a decision is what made it: evidence comes from the evaluation that decided.

pub mod archive;
pub mod cli;
pub mod compare;
pub mod consequence;
mod disk;
pub mod engine;
pub mod explain;
pub mod fact;
pub mod finding;
pub mod handoff;
pub mod journal;
pub mod ledger;
pub mod once;
pub mod pack;
pub mod place;
mod rights;
pub mod rule;
pub mod run;
pub mod sample;
pub mod table;
pub mod template;
mod word;
pub mod workbook;
