//! `civil-servant-2020` through every command that takes a pack.

use std::fs;
use std::path::Path;

use super::kaohe;

const CIVIL_SERVANTS: &str = "civil-servant-2020";

/// The consequences of a run, without where their facts stand.
fn consequences(folder: &Path) -> Vec<serde_json::Value> {
    let text = fs::read_to_string(folder.join("data/consequences.jsonl")).unwrap();
    let lines = text.lines().map(|line| {
        let mut line: serde_json::Value = serde_json::from_str(line).unwrap();
        line["grounds"].as_array_mut().unwrap().iter_mut().for_each(|ground| ground["sources"] = serde_json::json!([]));
        line
    });
    lines.collect()
}

#[test]
fn a_sample_is_checked_and_run_and_so_is_what_offices_make_of_it() {
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
    let mut found = Vec::new();
    for (city, messy) in [("整齐", &[][..]), ("杂乱", &["--messy"][..])] {
        let (input, output) = (path(city), path(&format!("{city}-结果")));
        let sample = ["sample", &input, "--cadres", "250", "--year", "2023", "--pack", CIVIL_SERVANTS];
        let made = kaohe(&[&sample[..], messy].concat());
        assert_eq!(made.code, 0, "{}", made.text);
        let checked = kaohe(&["check", &input, "--year", "2023", "--pack", CIVIL_SERVANTS]);
        assert_eq!(checked.code, 0, "{}", checked.text);
        let run = kaohe(&["annual", &input, "--output", &output, "--year", "2023", "--pack", CIVIL_SERVANTS]);
        assert_eq!(run.code, 0, "{}", run.text);
        assert!(run.text.contains("提醒：公务员优秀比例 ") && run.text.contains("超过上限 20%"), "{}", run.text);
        found.push(consequences(&Path::new(&output).join("2023-annual")));
    }
    assert!(found[0].len() > 100);
    assert_eq!(found[0], found[1]);
}

#[test]
fn a_share_within_the_limit_is_not_told() {
    let dir = tempfile::tempdir().unwrap();
    let input = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/civil-servant");
    let run = || {
        let output = dir.path().to_str().unwrap();
        let arguments = ["annual", input.to_str().unwrap(), "--output", output, "--pack", CIVIL_SERVANTS];
        kaohe(&arguments)
    };
    let ended = run();
    assert!(ended.text.contains("公务员优秀比例 23.1%（3/13）"), "{}", ended.text);
    let kunming = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/kunming");
    let output = dir.path().join("昆明");
    let ended = kaohe(&["annual", kunming.to_str().unwrap(), "--output", output.to_str().unwrap()]);
    assert!(!ended.text.contains("超过上限"), "{}", ended.text);
}

/// A line says the grade and its year, not only where they stand.
#[test]
fn grades_of_several_years_are_told_with_their_years() {
    let dir = tempfile::tempdir().unwrap();
    let input = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/civil-servant");
    let output = dir.path().to_str().unwrap();
    let run = kaohe(&["annual", input.to_str().unwrap(), "--output", output, "--pack", CIVIL_SERVANTS]);
    assert_eq!(run.code, 0, "{}", run.text);
    let row = |row: &Vec<String>| row.iter().any(|cell| cell == "2023-A-辞退-C-P05").then(|| row.concat());
    let rows = crate::rules::city::rows_of(&dir.path().join("2023-annual/降职辞退名单.xlsx"));
    let line = rows.iter().find_map(row).unwrap();
    for year in [2023, 2022] {
        assert!(line.contains(&format!("公务员年度考核（{year}）考核等次：不称职")), "{line}");
    }
}

#[test]
fn its_template_is_read_back() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("空表");
    let made = kaohe(&["template", folder.to_str().unwrap(), "--pack", CIVIL_SERVANTS]);
    assert_eq!(made.code, 0, "{}", made.text);
    let names: Vec<String> =
        fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    // The workbook of holidays is one of them.
    assert_eq!(names.len(), 4, "{names:?}");
    // Nobody has filled it in: there are no people, but every sheet is recognised.
    let checked = kaohe(&["check", folder.to_str().unwrap(), "--year", "2023", "--pack", CIVIL_SERVANTS]);
    assert_eq!(checked.code, 0, "{}", checked.text);
}

#[test]
fn a_half_year_run_proposes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let input = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/civil-servant");
    let output = dir.path().to_str().unwrap();
    let run = kaohe(&["half-year", input.to_str().unwrap(), "--output", output, "--pack", CIVIL_SERVANTS]);
    assert_eq!(run.code, 0, "{}", run.text);
    assert!(consequences(&dir.path().join("2023-half-year")).is_empty());
    assert!(dir.path().join("2023-half-year/奖励名单.xlsx").exists());
}
