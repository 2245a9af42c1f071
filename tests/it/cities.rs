//! Both runs on the made-up cities under `fixtures/` give what `fixtures/expected/` asks, line by line.
//!
//! What is asked was worked out from the contract apart from the program: a difference is a fault of
//! the program, until a reading of the contract shows otherwise.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures")
}

/// The lines of a file under `expected/`, without its header.
fn expected(city: &str, file: &str) -> BTreeSet<Vec<String>> {
    let text = std::fs::read_to_string(fixtures().join("expected").join(city).join(file)).unwrap();
    let columns = text.lines().next().unwrap().split('\t').count();
    let line = |line: &str| {
        let mut cells: Vec<String> = line.split('\t').map(str::to_owned).collect();
        cells.resize(columns, String::new());
        cells
    };
    text.lines().skip(1).map(line).collect()
}

/// The lines of a published file, as the fields of `expected/`.
fn published(data: &Path, file: &str, fields: &[&str]) -> BTreeSet<Vec<String>> {
    let text = std::fs::read_to_string(data.join(file)).unwrap();
    let line = |line: &str| {
        let line: Value = serde_json::from_str(line).unwrap();
        fields.iter().map(|field| shown(&line[*field], *field == "missing")).collect()
    };
    text.lines().map(line).collect()
}

fn shown(value: &Value, unordered: bool) -> String {
    match value {
        Value::Array(items) => {
            let mut items: Vec<&str> = items.iter().map(|item| item.as_str().unwrap()).collect();
            if unordered {
                items.sort_unstable();
            }
            items.join("、")
        }
        other => other.as_str().unwrap().to_owned(),
    }
}

fn same(what: &str, expected: &BTreeSet<Vec<String>>, found: &BTreeSet<Vec<String>>) {
    let lacking: Vec<_> = expected.difference(found).collect();
    let unasked: Vec<_> = found.difference(expected).collect();
    assert!(lacking.is_empty() && unasked.is_empty(), "{what}: missing {lacking:#?}, not expected {unasked:#?}");
}

fn check(city: &str, run: &str, code: i32) {
    let out = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_kaohe"));
    command.arg(run).arg(fixtures().join(city)).arg("--output").arg(out.path()).arg("--quiet");
    let done = command.output().unwrap();
    assert_eq!(done.status.code(), Some(code), "{}", String::from_utf8_lossy(&done.stderr));
    let data = out.path().join(format!("2015-{run}")).join("data");
    let fields = ["action", "subject_kind", "subject_id", "rules", "options", "flags"];
    let found = published(&data, "consequences.jsonl", &fields);
    same(&format!("{city} {run}"), &expected(city, &format!("{run}-consequences.tsv")), &found);
    let found = published(&data, "pending.jsonl", &["rule", "subject_kind", "subject_id", "missing"]);
    same(&format!("待定 {city} {run}"), &expected(city, &format!("{run}-pending.tsv")), &found);
    let fields = ["file", "sheet", "cell", "table", "column", "value", "severity"];
    let without_code = expected(city, "issues.tsv").into_iter().map(|mut line| {
        line.pop();
        line
    });
    same(&format!("数据问题 {city} {run}"), &without_code.collect(), &published(&data, "issues.jsonl", &fields));
}

#[test]
fn half_year_of_the_sound_city() {
    check("kunming", "half-year", 0);
}

#[test]
fn annual_of_the_sound_city() {
    check("kunming", "annual", 0);
}

#[test]
fn half_year_of_the_faulty_city() {
    check("kunming-faulty", "half-year", 3);
}

#[test]
fn annual_of_the_faulty_city() {
    check("kunming-faulty", "annual", 3);
}
