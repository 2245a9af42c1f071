//! `civil-servant-2020` through every command that takes a pack.

use std::fs;
use std::path::Path;

use super::kaohe;

const CIVIL_SERVANTS: &str = "civil-servant-2020";

fn consequences_with_sources(folder: &Path) -> Vec<serde_json::Value> {
    let text = fs::read_to_string(folder.join("data/consequences.jsonl")).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The consequences of a run, without where their facts stand.
fn consequences(folder: &Path) -> Vec<serde_json::Value> {
    let mut lines = consequences_with_sources(folder);
    for ground in lines.iter_mut().flat_map(|line| line["grounds"].as_array_mut().unwrap()) {
        ground["sources"] = serde_json::json!([]);
    }
    lines
}

#[test]
fn a_sample_is_checked_and_run_and_so_is_what_offices_make_of_it() {
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
    let mut found = Vec::new();
    for (city, messy) in [("整齐", &[][..]), ("杂乱", &["--messy"][..])] {
        let (input, output) = (path(city), path(&format!("{city}-结果")));
        let sample = ["sample", &input, "--cadres", "250", "--seed", "4", "--year", "2023", "--pack", CIVIL_SERVANTS];
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
    let line = rows.iter().find_map(row).unwrap().replace('\n', "");
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

/// What the authors could not look up is for authors: `pack show` and lint tell it, no list, page or JSON of a run does.
#[test]
fn what_could_not_be_confirmed_is_told_to_authors_alone() {
    for (pack, note) in [(CIVIL_SERVANTS, "优秀比例-报批"), ("kunming-2015", "诫勉影响期")] {
        let shown = kaohe(&["pack", "show", "--pack", pack]);
        assert!(shown.text.contains("〔未能核实〕条号"), "{}", shown.text);
        let lint = kaohe(&["pack", "lint", "--pack", pack]);
        assert!(lint.text.contains("未能核实：") && lint.text.contains(note), "{}", lint.text);
    }
    let dir = tempfile::tempdir().unwrap();
    let input = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/civil-servant");
    let output = dir.path().to_str().unwrap();
    let run = kaohe(&["annual", input.to_str().unwrap(), "--output", output, "--pack", CIVIL_SERVANTS]);
    let folder = dir.path().join("2023-annual");
    let told = kaohe(&["explain", "P01", "--run", folder.to_str().unwrap()]);
    let mut texts = vec![run.text, told.text];
    for file in fs::read_dir(folder.join("data")).unwrap() {
        texts.push(String::from_utf8_lossy(&fs::read(file.unwrap().path()).unwrap()).into_owned());
    }
    for text in texts {
        assert!(!text.contains("未能核实") && !text.contains("未经核对"), "{text}");
    }
}

/// A grade of a year at whose end a penalty still runs is to be checked, with the penalty's own cells.
#[test]
fn a_grade_under_a_penalty_is_checked_and_says_of_which() {
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
    let (input, output) = (path("报送"), path("结果"));
    kaohe(&["sample", &input, "--cadres", "3000", "--seed", "4", "--year", "2023", "--pack", CIVIL_SERVANTS]);
    let run = kaohe(&["annual", &input, "--output", &output, "--pack", CIVIL_SERVANTS]);
    assert_eq!(run.code, 0, "{}", run.text);
    let lines = consequences_with_sources(&Path::new(&output).join("2023-annual"));
    let barred: Vec<_> = lines.iter().filter(|line| line["rules"].to_string().contains("29-处分")).collect();
    assert!(barred.len() > 1);
    for line in &barred {
        let grounds = line["grounds"].as_array().unwrap();
        let ground = grounds.iter().find(|ground| ground["rule"] == "29-处分").unwrap();
        assert_eq!(ground["facts"]["处分情形"], "年末仍在处分期内（记过以上）");
        assert!(ground["sources"].to_string().contains("!立案处分!"), "{ground}");
        let rewarded = |one: &&serde_json::Value| one["subject_id"] == line["subject_id"] && one["action"] == "嘉奖";
        let this_year = grounds.iter().any(|ground| ground["about"] == "2023");
        assert!(!this_year || !lines.iter().any(|one| rewarded(&one)), "{line}");
    }
}

/// A year about which nobody sent anything has nothing to draw, and is published all the same.
#[test]
fn a_year_without_rows_is_published() {
    let dir = tempfile::tempdir().unwrap();
    let input = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/civil-servant");
    let (input, output) = (input.to_str().unwrap(), dir.path().to_str().unwrap());
    let pack = ["--pack", CIVIL_SERVANTS, "--year", "2030"];
    let ended = kaohe(&[&["annual", input, "--output", output][..], &pack].concat());
    assert_eq!(ended.code, 0, "{}", ended.text);
    assert!(dir.path().join("2030-annual/总览.xlsx").exists());
    // Who belongs to a unit is known; what is asked for is the grades.
    let rows = crate::rules::city::rows_of(&dir.path().join("2030-annual/待定事项.xlsx"));
    let mut cells = rows.concat().into_iter().map(|cell| cell.replace('\n', ""));
    let share = cells.find(|cell| cell.contains("以查明「优秀超批准比例」")).unwrap();
    assert!(share.contains("《公务员年度考核》") && !share.contains("《公务员名册》"), "{share}");
}

/// What a blank stands for tells rows apart like the word itself: two grades of one year are none, one said twice is one,
/// and a later one is another.
#[test]
fn a_blank_that_tells_rows_apart_is_what_it_stands_for() {
    let dir = tempfile::tempdir().unwrap();
    let grades = "年度|公务员编号|考核等次|评定方式|评定日期|不定等次原因
2023|P1|优秀
2023|P1|不称职
2023|P2|优秀
2023|P2|不称职|年度评定
2023|P3|基本称职
2023|P3|基本称职|年度评定
2023|P4|不定等次|||立案审查
2023|P4|不称职|补定|2023-12-01";
    let people = "公务员编号|姓名|单位编号|职务职级|人员类别|录用日期
P1|赵一|U1|局长|主要负责人|2001.07
P2|钱二|U1|副局长|领导成员|2001.07
P3|孙三|U1|科员|其他公务员|2001.07
P4|李四|U1|科员|其他公务员|2001.07";
    let units = "单位编号|单位名称|单位类别\nU1|市统计局|机关";
    let input = dir.path().join("报送");
    fs::create_dir(&input).unwrap();
    crate::reading::write(&input, &[("表.xlsx!单位", units), ("表.xlsx!人员", people), ("表.xlsx!等次", grades)]);
    let (input, output) = (input.to_str().unwrap(), dir.path().join("结果"));
    let run = kaohe(&["annual", input, "--output", output.to_str().unwrap(), "--pack", CIVIL_SERVANTS]);
    assert_eq!(run.code, 3, "{}", run.text);
    let folder = output.join("2023-annual");
    let issues = fs::read_to_string(folder.join("data/issues.jsonl")).unwrap();
    let issues = issues.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    let rejected = issues.filter(|issue| issue["severity"] == "rejected");
    let rejected: Vec<String> = rejected.map(|issue| issue["cell"].as_str().unwrap().to_owned()).collect();
    assert_eq!(rejected, ["C2", "C3", "C4", "C5"]);
    let json: serde_json::Value = serde_json::from_slice(&fs::read(folder.join("run.json")).unwrap()).unwrap();
    let sheets = json["inputs"].as_array().unwrap().iter().flat_map(|input| input["sheets"].as_array().unwrap());
    let counted: Vec<_> = sheets.filter(|sheet| sheet["table"] == "公务员年度考核").collect();
    assert_eq!([&counted[0]["used"], &counted[0]["rejected"], &counted[0]["ignored"]], [3, 4, 1]);
    let listed: Vec<String> =
        consequences(&folder).iter().map(|line| line["subject_id"].as_str().unwrap().to_owned()).collect();
    assert!(listed.iter().all(|id| id == "P3" || id == "P4"), "{listed:?}");
}
