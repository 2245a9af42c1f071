//! The engine, through the binary: small cities in, `data/*.jsonl` out.
//!
//! What the law says of which case stands in the packs' `examples.toml`; here is what no example can say.
//!
//! A case is a sound city (nothing follows from it) with a few edits; see [`city`].

#![allow(clippy::unwrap_used)]

mod admonitions;
mod cells;
pub mod city;
mod command_line;
mod dates;
mod decisions;
pub mod golden;
mod merging;
mod packs;
mod parameters;
pub mod pendings;
mod sameness;
mod talk_plan;
mod told;

use city::{City, Published};

/// Runs a sound city with `edits` and compares what follows with what should.
///
/// `lines`: 「处理 T:编号 规则+规则 \[方式/方式\] !标记」; `pending`: 「规则 C:编号 缺项+缺项」, in any order.
/// The talk plan has its own tests and is left out.
#[track_caller]
fn check(command: &str, edits: &[&str], lines: &[&str], pending: &[&str]) {
    let published = City::new(edits).run(command);
    assert_lines(&published, lines);
    assert_pending(&published, pending);
}

/// The same for a city with rejected rows.
#[track_caller]
fn check_faulty(command: &str, edits: &[&str], lines: &[&str], pending: &[&str]) {
    let city = City::new(edits);
    let ended = city.try_run(command);
    assert_eq!(ended.status.code(), Some(3), "{}", String::from_utf8_lossy(&ended.stderr));
    let published = city.published(command);
    assert_lines(&published, lines);
    assert_pending(&published, pending);
}

#[track_caller]
fn assert_lines(published: &Published, expected: &[&str]) {
    assert_same("consequences", published.lines(), expected);
}

#[track_caller]
fn assert_pending(published: &Published, expected: &[&str]) {
    assert_same("pending", published.pending(), expected);
}

#[track_caller]
fn assert_same(what: &str, mut found: Vec<String>, expected: &[&str]) {
    let mut expected: Vec<String> = expected.iter().map(|line| (*line).to_owned()).collect();
    found.sort();
    expected.sort();
    let lacking: Vec<&String> = expected.iter().filter(|line| !found.contains(line)).collect();
    let beyond: Vec<&String> = found.iter().filter(|line| !expected.contains(line)).collect();
    assert!(lacking.is_empty() && beyond.is_empty(), "{what}: lacking {lacking:#?}, beyond {beyond:#?}");
    assert_eq!(found.len(), expected.len(), "{what}: a line twice in {found:#?}");
}
