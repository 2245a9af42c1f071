//! The made-up cities of `fixtures/` against what the contract asks of them, worked out by a separate reading.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use kaohe::pack::{self, Run};
use serde_json::Value;

use super::city::{Published, kaohe, text, texts};

/// The second built-in pack.
const CIVIL_SERVANTS: &str = "civil-servant-2020";

pub fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures")
}

/// Runs a city of `fixtures/`; the exit code tells whether it has faults.
#[track_caller]
pub fn run_fixture(city: &str, run: &str, options: &[&str], output: &Path) -> Published {
    let ended = kaohe()
        .arg(run)
        .arg(fixtures().join(city))
        .arg("--output")
        .arg(output)
        .arg("--quiet")
        .args(options)
        .output()
        .unwrap();
    let faulty = city.ends_with("-faulty");
    assert_eq!(ended.status.code(), Some(if faulty { 3 } else { 0 }), "{}", String::from_utf8_lossy(&ended.stderr));
    let year = if options.contains(&CIVIL_SERVANTS) { 2023 } else { 2015 };
    Published::read(&output.join(format!("{year}-{run}")))
}

/// A file's lines below its header, cells padded to `width`.
fn expected(city: &str, file: &str, width: usize) -> Vec<Vec<String>> {
    let path = fixtures().join("expected").join(city).join(file);
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let rows = text.lines().skip(1).map(|line| {
        let mut cells: Vec<String> = line.split('\t').map(str::to_owned).collect();
        cells.resize(width, String::new());
        cells
    });
    rows.collect()
}

#[track_caller]
fn assert_rows(what: &str, expected: Vec<Vec<String>>, found: Vec<Vec<String>>) {
    assert_eq!(expected.len(), expected.iter().collect::<BTreeSet<_>>().len(), "{what}: expected twice");
    assert_eq!(found.len(), found.iter().collect::<BTreeSet<_>>().len(), "{what}: found twice");
    let lacking: Vec<&Vec<String>> = expected.iter().filter(|row| !found.contains(row)).collect();
    let beyond: Vec<&Vec<String>> = found.iter().filter(|row| !expected.contains(row)).collect();
    assert!(lacking.is_empty() && beyond.is_empty(), "{what}: lacking {lacking:#?}, beyond {beyond:#?}");
}

fn cells(line: &Value, names: &[&str]) -> Vec<String> {
    let cell = |name: &&str| match &line[*name] {
        Value::Array(_) => texts(&line[*name]).join("、"),
        value => text(value).to_owned(),
    };
    names.iter().map(cell).collect()
}

/// The order of what is missing does not matter.
fn sorted(cell: &str) -> String {
    let mut names: Vec<&str> = cell.split('、').collect();
    names.sort_unstable();
    names.join("、")
}

fn check_city(city: &str, run: &str) -> Published {
    check_city_with(city, run, &[])
}

fn check_city_with(city: &str, run: &str, options: &[&str]) -> Published {
    let output = tempfile::tempdir().unwrap();
    let published = run_fixture(city, run, options, output.path());
    let lines = published.consequences.iter();
    let found = lines.map(|line| cells(line, &["action", "subject_kind", "subject_id", "rules", "options", "flags"]));
    assert_rows(&format!("{city} {run}"), expected(city, &format!("{run}-consequences.tsv"), 6), found.collect());

    let missing_sorted = |mut row: Vec<String>| {
        row[3] = sorted(&row[3]);
        row
    };
    // Every proposal can be checked against cells; who is on the plan has none yet.
    for line in published.consequences.iter().filter(|line| line["action"] != "交心谈话") {
        let grounds = line["grounds"].as_array().unwrap();
        assert!(grounds.iter().all(|ground| !texts(&ground["sources"]).is_empty()), "{line}");
    }

    let lines = published.pendings.iter();
    let found = lines.map(|line| missing_sorted(cells(line, &["rule", "subject_kind", "subject_id", "missing"])));
    let pending = expected(city, &format!("{run}-pending.tsv"), 4).into_iter().map(missing_sorted);
    assert_rows(&format!("{city} {run} pending"), pending.collect(), found.collect());
    published
}

#[test]
fn kunming_half_year() {
    check_city("kunming", "half-year");
}

#[test]
fn kunming_annual() {
    check_city("kunming", "annual");
}

#[test]
fn civil_servants_annual() {
    let published = check_city_with("civil-servant", "annual", &["--pack", CIVIL_SERVANTS]);
    assert_eq!(published.run["pack"]["name"], CIVIL_SERVANTS);
}

#[test]
fn kunming_faulty_half_year() {
    check_issues(&check_city("kunming-faulty", "half-year"));
}

#[test]
fn kunming_faulty_annual() {
    check_issues(&check_city("kunming-faulty", "annual"));
}

/// Every line of `issues.jsonl` but its texts; the code is not written there.
#[track_caller]
fn check_issues(published: &Published) {
    let names = ["file", "sheet", "cell", "table", "column", "value", "severity"];
    let found = published.issues.iter().map(|line| cells(line, &names));
    let mut issues = expected("kunming-faulty", "issues.tsv", 8);
    issues.iter_mut().for_each(|row| row.truncate(7));
    assert_rows("issues", issues, found.collect());
    for line in &published.issues {
        assert!(!text(&line["reason"]).is_empty() && !text(&line["remedy"]).is_empty(), "{line}");
    }
}

/// The article's own example: a deputy district head found unfit, so the district's secretary and head answer.
#[test]
fn the_example_of_the_article_stands() {
    let output = tempfile::tempdir().unwrap();
    let published = run_fixture("kunming", "annual", &[], output.path());
    for (cadre, post) in [("G0801", "secretary"), ("G0802", "head")] {
        let line = published.line("连带责任处理", cadre);
        assert_eq!(line["grounds"][0]["about"], "G0803", "{post}: {line}");
        assert_eq!(texts(&line["rules"]), ["4.8"], "{post}");
    }
}

/// Every rule of the pack fires in each run that it belongs to, and is pending at least once where the table says so.
#[test]
fn every_rule_fires_in_the_fixtures() {
    let pack = pack::built_in("kunming-2015").unwrap();
    for (run, folder) in [(Run::HalfYear, "half-year"), (Run::Annual, "annual")] {
        let fired: BTreeSet<String> = expected("kunming", &format!("{folder}-consequences.tsv"), 6)
            .iter()
            .flat_map(|row| row[3].split('、').map(str::to_owned).collect::<Vec<_>>())
            .chain(expected("kunming", &format!("{folder}-pending.tsv"), 4).iter().map(|row| row[0].clone()))
            .collect();
        let silent = pack.rules.iter().filter(|rule| rule.runs.contains(&run) && !fired.contains(&rule.id));
        assert_eq!(silent.map(|rule| rule.id.as_str()).collect::<Vec<_>>(), Vec::<&str>::new(), "{folder}");
    }
}
