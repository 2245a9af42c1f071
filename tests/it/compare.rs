//! `kaohe compare`: who comes on, who goes off, whose options change, and by what.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use calamine::{Reader, Xlsx, open_workbook};
use rust_xlsxwriter::Workbook;

use crate::packs::edited;
use crate::rules::city::{City, kaohe};

/// Sheets of the comparison: rows below the header, by column.
struct Found {
    sheets: BTreeMap<String, Vec<BTreeMap<String, String>>>,
    told: String,
}

fn compare(input: &Path, run: &str, options: &[&str], file: &Path) -> Output {
    kaohe().arg("compare").arg(input).arg(run).args(options).arg("--output").arg(file).output().unwrap()
}

#[track_caller]
fn compared(input: &Path, run: &str, options: &[&str]) -> Found {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("对照.xlsx");
    let out = compare(input, run, options, &file);
    let told = String::from_utf8_lossy(&out.stderr).into_owned();
    assert_eq!(out.status.code(), Some(0), "{told}");
    let mut book: Xlsx<_> = open_workbook(&file).unwrap();
    let mut sheets = BTreeMap::new();
    for name in book.sheet_names() {
        let range = book.worksheet_range(&name).unwrap();
        let rows: Vec<Vec<String>> = range.rows().map(|row| row.iter().map(ToString::to_string).collect()).collect();
        let header = rows.iter().position(|row| row.iter().filter(|cell| !cell.is_empty()).count() > 2).unwrap();
        let below = rows[header + 1..].iter().map(|row| {
            rows[header].iter().cloned().zip(row.iter().cloned()).filter(|(name, _)| !name.is_empty()).collect()
        });
        sheets.insert(name, below.collect());
    }
    Found { sheets, told }
}

impl Found {
    /// `处理 编号 变动 条款 原因 来源` of every change.
    #[track_caller]
    fn changes(&self, sheet: &str) -> Vec<String> {
        let rows = self.sheets[sheet].iter().filter(|row| !row["编号"].is_empty());
        rows.map(|row| {
            let parts = ["处理", "编号", "变动", "条款", "原因", "来源"].map(|column| row[column].replace('\n', "；"));
            parts.join(" | ")
        })
        .collect()
    }
}

/// Publishes the city as it is, then edits it.
fn published(city: &mut City, edits: &[&str]) -> PathBuf {
    city.run("annual");
    for edit in edits {
        city.edit(edit);
    }
    // The workbooks are written anew by the next run; here that run is the comparison.
    city.write();
    city.output().join("2015-annual")
}

#[test]
fn a_parameter_is_told_with_the_cell_it_is_applied_to() {
    let city = City::new(&["半年考核_班子 B2 目标完成得分=62"]);
    city.run("half-year");
    let found = compared(&city.input(), "half-year", &["--set", "半年得分线=65"]);
    assert_eq!(
        found.changes("变动"),
        [
            "通报 | B2 | 新增 | ＋1.2-team | 参数 半年得分线：60 → 65；目标完成得分 62 | 报送.xlsx!半年考核_班子!D3",
            "约谈 | G21 | 新增 | ＋1.3 | 参数 半年得分线：60 → 65；目标完成得分 62 | 报送.xlsx!半年考核_班子!D3",
        ]
    );
    assert!(found.told.contains("新增 2，减少 0，方式改变 0"), "{}", found.told);
    let totals = &found.sheets["总计"];
    let row = totals.iter().find(|row| row["处理"] == "约谈").unwrap();
    assert_eq!((row["原"].as_str(), row["现"].as_str(), row["新增"].as_str()), ("0", "1", "1"));
}

#[test]
fn against_a_published_run_the_changed_cell_is_the_cause() {
    let mut city = City::new(&["年度考核_干部 G22 考核等次=基本称职"]);
    let run = published(&mut city, &["年度考核_干部 G22 考核等次=不称职", "年度考核_干部 G13 考核等次=优秀"]);
    let found = compared(&city.input(), "annual", &["--against", run.to_str().unwrap()]);
    let cell = "考核等次：基本称职 → 不称职 | 报送.xlsx!年度考核_干部!C7";
    assert_eq!(
        found.changes("变动"),
        [
            "表彰奖励 | G13 | 新增 | ＋4.1-cadre | 考核等次：称职 → 优秀 | 报送.xlsx!年度考核_干部!C4".to_owned(),
            format!("连带责任处理 | G21 | 新增 | ＋4.8 | {cell}"),
            format!("诫勉谈话 | G22 | 减少 | －4.4 | {cell}"),
            format!("调整建议 | G22 | 新增 | ＋4.7 | {cell}"),
        ]
    );
}

#[test]
fn options_that_change_are_shown_before_and_after() {
    let mut city = City::new(&["年度考核_干部 G32 考核等次=基本称职"]);
    let lead = "+问题线索 线索编号=X7 对象=G32 核实结果=属实 情节=较重";
    let run = published(&mut city, &[lead]);
    let found = compared(&city.input(), "annual", &["--against", run.to_str().unwrap()]);
    let row = found.sheets["变动"].iter().find(|row| row["处理"] == "调整建议").unwrap().clone();
    assert_eq!(row["变动"], "方式改变");
    assert_eq!((row["原可选方式"].as_str(), row["现可选方式"].as_str()), ("岗位调整、免职", "调整、岗位调整、免职"));
    assert!(row["原因"].contains("问题线索 X7 是新的"), "{row:?}");
    let admonished = found.sheets["变动"].iter().find(|row| row["处理"] == "诫勉谈话").unwrap();
    assert_eq!(admonished["变动"], "依据改变");
}

/// The value of a parameter stands in a condition's words, and another value is no other condition.
#[test]
fn a_parameter_of_words_is_told_with_the_cell_it_is_applied_to() {
    let city = City::new(&["+问题线索 线索编号=X7 对象=G32 核实结果=属实 情节=较重"]);
    city.run("half-year");
    let found = compared(&city.input(), "half-year", &["--set", "调整建议起点情节=严重"]);
    let why = "参数 调整建议起点情节：较重 → 严重；情节 较重";
    let changes = found.changes("变动");
    assert_eq!(changes.len(), 1, "{changes:?}");
    assert!(changes[0].contains("调整建议 | G32 | 减少") && changes[0].contains(why), "{changes:?}");
}

/// The team is weak on both sides; another of its rows is weak on one, and names another leader.
#[test]
fn who_is_named_in_a_row_that_begins_or_ceases_to_decide_is_told_by_that_row() {
    for (score, line, told) in [(62, 65, "新增 | ＋1.3"), (50, 45, "减少 | －1.3")] {
        let city = City::new(&[
            &format!("半年考核_班子 B1 目标完成得分={score} 相关责任领导=G13"),
            "+半年考核_班子 单位编号=B1 考核部门=市政府目督办 目标完成得分=30",
        ]);
        city.run("half-year");
        let found = compared(&city.input(), "half-year", &["--set", &format!("半年得分线={line}")]);
        let why = format!("参数 半年得分线：60 → {line}；目标完成得分 {score} | 报送.xlsx!半年考核_班子!D2");
        assert_eq!(found.changes("变动"), [format!("约谈 | G13 | {told} | {why}")]);
    }
}

#[test]
fn who_is_reached_no_longer_is_told_by_the_register() {
    let mut city = City::new(&["年度考核_班子 B1 考核等次=一般"]);
    let run = published(&mut city, &["干部名册 G12 班子职务=班子成员"]);
    let found = compared(&city.input(), "annual", &["--against", run.to_str().unwrap()]);
    assert_eq!(found.changes("变动"), ["诫勉谈话 | G12 | 减少 | －4.3 | 该条所及的人已改变（职务或名册） | "]);
}

/// The rule holds as before; what is said for it is not the same.
#[test]
fn another_fact_of_the_same_ground_is_told_with_its_cell() {
    let lead = "+问题线索 线索编号=X7 对象=G32 核实结果=属实 情节=";
    let mut city = City::new(&[&format!("{lead}一般")]);
    let run = published(&mut city, &["问题线索 X7 情节=轻微"]);
    let found = compared(&city.input(), "annual", &["--against", run.to_str().unwrap()]);
    let changes = found.changes("变动");
    assert_eq!(changes.len(), 2, "{changes:?}");
    assert!(
        changes.iter().all(|change| change.contains("依据改变 |  | 情节：一般 → 轻微 | 报送.xlsx!问题线索!")),
        "{changes:?}"
    );
}

/// Not the register: the share, the person's own talk, or those of others.
#[test]
fn who_is_drawn_is_told_by_the_share_or_by_the_talks() {
    let mut city = City::new(&[]);
    let run = published(&mut city, &[]);
    let found = compared(&city.input(), "annual", &["--set", "交心谈话比例=1"]);
    let changes = found.changes("变动");
    let why = "新增 | ＋2.6 | 参数 交心谈话比例：0.3 → 1 | ";
    assert!(!changes.is_empty() && changes.iter().all(|change| change.ends_with(why)), "{changes:?}");

    let lines = std::fs::read_to_string(run.join("data/consequences.jsonl")).unwrap();
    let drawn = lines.split("\"2015-A-交心谈话-C-").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
    city.edit(&format!("+谈话记录 谈话日期=2015-08-03 谈话类型=交心谈话 干部编号={drawn}"));
    city.write();
    let found = compared(&city.input(), "annual", &["--against", run.to_str().unwrap()]);
    let change = format!("交心谈话 | {drawn} | 减少 | －2.6 | 本年已交心谈话：否 → 是 | ");
    assert_eq!(found.changes("变动"), [change]);
}

#[test]
fn another_pack_is_told_by_its_rule() {
    let city = City::new(&["年度考核_干部 G22 考核等次=不称职"]);
    city.run("annual");
    let options = (r#"options = ["免职", "责令辞职", "降职"]"#, r#"options = ["免职", "降职"]"#);
    let pack = edited("kunming-2015", &[("rules.toml", options.0, options.1)]);
    let found = compared(&city.input(), "annual", &["--with-pack", pack.path().to_str().unwrap()]);
    let rows: Vec<_> = found.sheets["变动"].iter().filter(|row| !row["编号"].is_empty()).collect();
    assert_eq!(rows.len(), 1);
    assert_eq!((rows[0]["编号"].as_str(), rows[0]["变动"].as_str()), ("G22", "方式改变"));
    assert_eq!(rows[0]["现可选方式"], "免职、降职");
    assert!(rows[0]["原因"].contains("4.7"), "{:?}", rows[0]);
}

/// A condition that another pack puts before the others is no reason for what it has nothing to do with.
#[test]
fn conditions_are_told_apart_by_what_they_say() {
    let city = City::new(&["半年考核_班子 B1 目标完成得分=62"]);
    city.run("half-year");
    let rule = "when = \"半年落实不力\"\npropose = [{ action = \"通报\"";
    let longer = rule.replace("半年落实不力", "单位编号 <> '' AND 半年落实不力");
    let pack = edited("kunming-2015", &[("rules.toml", rule, &longer)]);
    let changed = ["--with-pack", pack.path().to_str().unwrap(), "--set", "半年得分线=65"];
    let found = compared(&city.input(), "half-year", &changed);
    let rows: Vec<_> = found.sheets["变动"].iter().filter(|row| row["处理"] == "通报").collect();
    assert_eq!(rows.len(), 1, "{:?}", found.sheets["变动"]);
    assert!(rows[0]["原因"].contains("参数 半年得分线：60 → 65"), "{:?}", rows[0]);
}

#[test]
fn rows_that_were_put_aside_are_told() {
    let city = City::new(&["年度考核_干部 G13 考核等次=较差"]);
    city.try_run("annual");
    let dir = tempfile::tempdir().unwrap();
    let out = compare(&city.input(), "annual", &["--set", "年度得分线=65"], &dir.path().join("对照.xlsx"));
    let told = String::from_utf8_lossy(&out.stderr).into_owned();
    assert_eq!(out.status.code(), Some(3), "{told}");
    assert!(told.contains("退回 1 行"), "{told}");
}

#[test]
fn scenarios_come_from_the_columns_of_a_workbook() {
    let city = City::new(&["半年考核_班子 B2 目标完成得分=62", "半年考核_班子 B3 目标完成得分=66"]);
    city.run("half-year");
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("方案.xlsx");
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (column, name) in [(1, "从严"), (2, "更严")] {
        sheet.write_string(0, column, name).unwrap();
    }
    sheet.write_string(1, 0, "半年得分线").unwrap();
    sheet.write_number(1, 1, 65).unwrap();
    sheet.write_string(1, 2, "70").unwrap();
    sheet.write_string(2, 0, "年度得分线").unwrap();
    sheet.write_number(2, 2, 61).unwrap();
    book.save(&path).unwrap();
    let found = compared(&city.input(), "half-year", &["--scenarios", path.to_str().unwrap()]);
    assert_eq!((found.changes("变动1").len(), found.changes("变动2").len()), (2, 4));
    assert!(found.told.contains("「更严」：新增 4"), "{}", found.told);
    sheet_with_a_bad_value(&path);
    let out = compare(&city.input(), "half-year", &["--scenarios", path.to_str().unwrap()], &dir.path().join("x.xlsx"));
    assert_eq!(out.status.code(), Some(2));
    let told = String::from_utf8_lossy(&out.stderr).into_owned();
    assert!(told.contains("方案「甲」") && told.contains("半年得分线"), "{told}");
}

fn sheet_with_a_bad_value(path: &Path) {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.write_string(0, 1, "甲").unwrap();
    sheet.write_string(1, 0, "半年得分线").unwrap();
    sheet.write_number(1, 1, 200).unwrap();
    book.save(path).unwrap();
}

#[test]
fn near_misses_are_one_condition_or_one_unknown_value_away() {
    let edits = [
        "半年考核_班子 B1 目标完成得分=58",
        "年度目标考核 B1 目标完成得分=61.5 作风改进评价=不明显",
        "半年考核_班子 B2 目标完成得分=55",
        "年度目标考核 B2 目标完成得分=50 作风改进评价=",
        "年度考核_干部 G13 考核等次=优秀",
    ];
    let city = City::new(&edits);
    city.run("annual");
    let found = compared(&city.input(), "annual", &["--set", "年度得分线=60"]);
    let near: Vec<(&str, &str, &str)> = found.sheets["临近"]
        .iter()
        .filter(|row| ["1.5", "4.2"].contains(&row["条款"].as_str()))
        .map(|row| (row["编号"].as_str(), row["只差"].as_str(), row["差距"].as_str()))
        .collect();
    assert_eq!(
        near,
        [
            ("B2", "作风改进不明显不详", ""),
            ("B1", "年度目标仍差：否", "目标完成得分 61.5，高于年度得分线 60，差 1.5"),
            ("G13", "特别优秀：否", ""),
        ]
    );
}

#[test]
fn pending_cases_that_open_or_close_are_listed() {
    let mut city = City::new(&["年度考核_班子 B3 考核等次="]);
    city.try_run("annual");
    let run = city.output().join("2015-annual");
    city.edit("年度考核_班子 B3 考核等次=良好");
    city.write();
    let found = compared(&city.input(), "annual", &["--against", run.to_str().unwrap()]);
    let rules: Vec<&str> = found.sheets["待定变动"].iter().map(|row| row["条款"].as_str()).collect();
    assert!(rules.contains(&"4.3") && rules.contains(&"4.6"), "{rules:?}");
    assert!(found.sheets["待定变动"].iter().all(|row| row["现缺"] == "（不在待定之列）"));
}

#[test]
fn comparing_changes_nothing_that_is_published_or_archived() {
    let mut city = City::new(&["年度考核_干部 G22 考核等次=基本称职"]);
    let run = published(&mut city, &["年度考核_干部 G22 考核等次=不称职"]);
    let state = || -> BTreeMap<PathBuf, Vec<u8>> {
        let mut found = BTreeMap::new();
        let mut folders = vec![city.output()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path)
                } else {
                    drop(found.insert(path.clone(), fs::read(path).unwrap()))
                }
            }
        }
        found
    };
    let before = state();
    compared(&city.input(), "annual", &["--against", run.to_str().unwrap()]);
    assert!(before == state());
}

#[test]
fn what_cannot_be_compared_is_a_usage_error_with_the_remedy() {
    let city = City::new(&[]);
    city.run("annual");
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("对照.xlsx");
    let annual = city.output().join("2015-annual");
    let annual = annual.to_str().unwrap();
    let set = ["--set", "年度得分线=61"];
    let cases = [
        (compare(&city.input(), "annual", &[], &file), "compare 需要比较的另一方"),
        (compare(&city.input(), "half-year", &["--against", annual], &file), "请改用同一种运行"),
        (compare(&city.input(), "annual", &set, &city.input().join("对照.xlsx")), "--output 在输入文件夹之内"),
        (compare(&city.input(), "annual", &set, &dir.path().join("对照.csv")), "应为 .xlsx 文件"),
        (compare(&city.input(), "quarter", &set, &file), "应为 annual 或 half-year"),
        (compare(&city.input(), "annual", &["--set", "得分线=1"], &file), "没有名为「得分线」的参数"),
    ];
    for (out, expected) in cases {
        let told = String::from_utf8_lossy(&out.stderr).into_owned();
        assert_eq!(out.status.code(), Some(2), "{told}");
        assert!(told.contains(expected), "{told}");
        assert!(!file.exists());
    }
}
