//! What rests on leads is told to nobody but the committee, in whatever way it rests on them.

use std::path::Path;

use calamine::{Reader, Xlsx, open_workbook};

use super::meeting::record;
use crate::rules::city::{City, kaohe, rows_of};

const LEAD: &str = "+问题线索 线索编号=X1 对象=G31 线索来源=市级领导 核实结果=属实 情节=轻微";
const NEXT_YEAR: [&str; 2] =
    ["+年度考核_干部 年度=2016 干部编号=G31 考核等次=基本称职", "+年度考核_班子 年度=2016 单位编号=B3 考核等次=优秀"];
const MOVED: [&str; 2] = ["2016-A-调整建议-C-G31", "G31"];

fn letter(city: &City) -> String {
    let folder = city.output().join("2016-annual/单位通知");
    let found = [folder.join("拟稿"), folder].map(|folder| folder.join("B3-丙开发区.xlsx"));
    found.iter().filter(|path| path.is_file()).map(|path| rows_of(path).concat().join("\n")).collect()
}

/// 2016's 4.5 for G31, agreed, where last year's admonition is a talk that names `line`.
fn moved_by_a_talk_for(line: &str) -> City {
    let mut city = City::new(&[LEAD]);
    city.run("annual");
    for edit in NEXT_YEAR {
        city.edit(edit);
    }
    city.edit(&format!("+谈话记录 谈话日期=2016-01-20 干部编号=G31 处理编号={line}"));
    city.try_run("annual --year 2016");
    let agreed = [(MOVED, "委员会意见", "同意"), (MOVED, "决定方式", "岗位调整")];
    record(&city, "2016-annual", "调整建议名单", &agreed);
    city.try_run("annual --year 2016");
    city
}

#[test]
fn a_4_5_that_rests_on_a_talk_for_a_lead_is_told_to_no_unit() {
    // Nobody has answered the line: the talk alone is the admonition.
    let told = letter(&moved_by_a_talk_for("2015-A-诫勉谈话-C-G31"));
    assert!(told.contains("表彰奖励"), "{told}");
    assert!(!told.contains("郑七") && !told.contains("诫勉"), "{told}");
    // A line that nobody knows may be one of a lead.
    let told = letter(&moved_by_a_talk_for("2015-H-诫勉谈话-C-G31"));
    assert!(!told.contains("郑七"), "{told}");
}

#[test]
fn the_ledger_does_not_say_what_a_lead_is_about_on_the_line_that_rests_on_it() {
    let city = City::new(&["+问题线索 线索编号=X9 对象=G32 线索来源=12380举报 核实结果=属实 情节=轻微"]);
    let published = city.run("annual");
    assert_eq!(published.line("调整建议", "G32")["rules"], serde_json::json!(["4.5"]));
    let ledger = city.output().join("../台账.xlsx");
    export(&city, &ledger);
    let mut book: Xlsx<_> = open_workbook(&ledger).unwrap();
    let sheets = book.worksheets();
    assert!(sheets.iter().any(|(_, range)| range.rows().flatten().any(|cell| *cell == "2015-A-调整建议-C-G32")));
    for (name, range) in sheets {
        for cell in range.rows().flatten().map(ToString::to_string) {
            assert!(!["12380", "X9", "线索"].iter().any(|word| cell.contains(word)), "{name}: {cell}");
        }
    }
}

fn export(city: &City, ledger: &Path) {
    let archive = city.output().join("档案.db");
    let ended = kaohe().args(["archive", "export"]).arg(ledger).arg("--archive").arg(archive).output().unwrap();
    assert_eq!(ended.status.code(), Some(0), "{}", String::from_utf8_lossy(&ended.stderr));
}
