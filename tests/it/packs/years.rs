//! `civil-servant-2020` over six years: what was granted counts in the years after, through the archive.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::kaohe;
use crate::archive::meeting::fill;
use crate::reading;
use crate::rules::city::rows_of;

/// A unit of ten: Q1 is 优秀 from 2021 on, the others are always 称职.
fn hand_in(folder: &Path, year: i32) {
    let mut people = "公务员编号|姓名|单位编号|职务职级|人员类别|录用日期".to_owned();
    let mut grades = "年度|公务员编号|考核等次".to_owned();
    for n in 1..=10 {
        let kind = if n == 10 { "主要负责人" } else { "其他公务员" };
        people += &format!("\nQ{n}|甲{n}|U1|科员|{kind}|2010.08");
        for graded in 2019..=year {
            let grade = if n == 1 && graded >= 2021 { "优秀" } else { "称职" };
            grades += &format!("\n{graded}|Q{n}|{grade}");
        }
    }
    let units = ("报送.xlsx!单位名册", "单位编号|单位名称|单位类别\nU1|市统计局|机关");
    reading::write(folder, &[units, ("报送.xlsx!公务员名册", &people), ("报送.xlsx!公务员年度考核", &grades)]);
}

/// Agrees to every line of a published list, and gives the list to be recorded.
fn agreed(list: &Path, beside: &Path) -> PathBuf {
    let rows = rows_of(list);
    let lines = rows.iter().flatten().filter(|cell| cell.starts_with("20") && cell.contains("-A-"));
    let cells: Vec<_> = lines.map(|line| ([line.as_str(); 2], "委员会意见", "同意")).collect();
    let path = beside.join(list.file_name().unwrap());
    fill(list, "名单", &cells, &path);
    path
}

struct Office(TempDir);

impl Office {
    /// Runs a year, and records 同意 on every line of the lists named; gives what is said about Q1, and what is pending.
    #[track_caller]
    fn year(&self, year: i32, record: &[&str]) -> (Vec<String>, Vec<String>) {
        let (input, output) = (self.0.path().join("报送"), self.0.path().join("结果"));
        hand_in(&input, year);
        let (input, out) = (input.to_str().unwrap(), output.to_str().unwrap());
        let ended = kaohe(&["annual", input, "--output", out, "--pack", "civil-servant-2020"]);
        assert_eq!(ended.code, 0, "{year}: {}", ended.text);
        let folder = output.join(format!("{year}-annual"));
        for list in record {
            let path = agreed(&folder.join(format!("{list}.xlsx")), self.0.path());
            let archive = output.join("档案.db");
            let ended = kaohe(&["record", path.to_str().unwrap(), "--archive", archive.to_str().unwrap()]);
            assert_eq!(ended.code, 0, "{year} {list}: {}", ended.text);
        }
        let read = |name: &str| fs::read_to_string(folder.join("data").join(name)).unwrap();
        let about = |text: String, of: &[&str]| -> Vec<String> {
            let lines = text.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
            let mine = lines.filter(|line| line["subject_id"] == "Q1");
            mine.map(|line| of.iter().map(|key| line[*key].to_string().replace('"', "")).collect::<Vec<_>>().join(" "))
                .collect()
        };
        (about(read("consequences.jsonl"), &["action"]), about(read("pending.jsonl"), &["rule", "missing"]))
    }
}

/// A year, what follows for Q1, what is pending, and the lists that are answered.
type Year = (i32, &'static [&'static str], &'static [&'static str], &'static [&'static str]);

#[test]
fn steps_levels_and_merits_over_six_years() {
    let office = Office(tempfile::tempdir().unwrap());
    const LISTS: &[&str] = &["奖励名单", "晋升工资名单"];
    let none: Vec<String> = Vec::new();
    let cases: [Year; 6] = [
        (2021, &["嘉奖", "晋升工资档次"], &[], LISTS),
        // Two of the four years are used up.
        (2022, &["嘉奖", "晋升工资档次"], &[], LISTS),
        // The third year running, and the fifth that counts.
        (2023, &["嘉奖", "晋升级别", "记三等功"], &[], LISTS),
        // The merit of 2023 starts the count anew. Nobody answers this year's lists.
        (2024, &["嘉奖", "晋升工资档次"], &[], &[]),
        // Whether a step is due depends on the answer that is still out.
        (2025, &["嘉奖"], &["20-档次 [累计够晋档]"], &[]),
        (2026, &["嘉奖", "晋升工资档次", "记三等功"], &[], &[]),
    ];
    for (year, actions, pending, record) in cases {
        let (said, open) = office.year(year, record);
        assert_eq!(said, actions, "{year}");
        assert_eq!(
            open,
            if pending.is_empty() { none.clone() } else { pending.iter().map(ToString::to_string).collect() }
        );
    }
}
