//! 逐人: `kaohe explain SUBJECT --archive`, the page, and the sheet of the ledger.

use calamine::{Reader, Xlsx, open_workbook};

use super::meeting::record;
use super::tasks::sheet;
use crate::rules::city::{City, kaohe};

const H: &str = "2015-half-year";
const LIST: &str = "诫勉谈话名单";
const TALK: [&str; 2] = ["2015-H-诫勉谈话-C-G32", "G32"];

/// G32's lead is true; the line is agreed, the talk held, and the year ends with 基本称职.
fn city() -> City {
    let mut city = City::new(&["+问题线索 线索编号=X2 对象=G32 线索来源=市级领导 核实结果=属实 情节=轻微"]);
    city.run("half-year");
    record(&city, H, LIST, &[(TALK, "委员会意见", "同意"), (TALK, "决定日期", "2015-07-10")]);
    city.edit("+谈话记录 谈话日期=2015-08-03 干部编号=G32 处理编号=2015-H-诫勉谈话-C-G32");
    city.edit("年度考核_干部 G32 考核等次=基本称职");
    city.run("annual");
    city
}

pub fn explained(city: &City, subject: &str, options: &[&str]) -> String {
    let mut command = kaohe();
    command.args(["explain", subject, "--archive"]).arg(city.output().join("档案.db")).args(options);
    let ended = command.output().unwrap();
    assert_eq!(ended.status.code(), Some(0), "{}", String::from_utf8_lossy(&ended.stderr));
    String::from_utf8_lossy(&ended.stdout).into_owned()
}

#[test]
fn one_subject_over_all_years_with_talks_tasks_and_influence_period() {
    let told = explained(&city(), "G32", &[]);
    for part in [
        "王八（G32）丙开发区",
        "2015　考核等次　基本称职",
        "2015　半年拟处理　诫勉谈话　同意，决定日期：2015-07-10　2015-H-诫勉谈话-C-G32",
        "2015　谈话　2015-08-03 诫勉谈话　2015-H-诫勉谈话-C-G32",
        "影响期　2015-08-03 至 2016-02-03",
        "督办　诫勉后了解改正情况，期限 2016-02-03",
    ] {
        assert!(told.contains(part), "{part} is not in {told}");
    }
}

/// Of every year that the archive knows.
#[test]
fn where_no_grades_are_kept_that_is_said_for_the_year() {
    let city = city();
    city.run("half-year --year 2016");
    let told = explained(&city, "王八", &[]);
    assert!(told.contains("2016　等次　档案的依据中没有载明"), "{told}");
    assert!(!told.contains("2015　等次"), "{told}");
    let rows = sheet(&city, "逐人", &[]).1;
    let of = |year: &str| rows.iter().any(|row| row[1] == "G31" && row[3] == year && row[5].contains("没有载明"));
    assert!(!rows.iter().any(|row| row[1] == "G31") || of("2015") && of("2016"), "{rows:?}");
}

/// What a re-run no longer proposes was decided all the same.
#[test]
fn an_agreed_line_that_was_withdrawn_is_still_told() {
    let mut city = city();
    city.edit("-问题线索 X2");
    city.edit("-谈话记录 G32");
    city.run("half-year");
    let told = explained(&city, "G32", &[]);
    assert!(told.contains("诫勉谈话（重新运行后不再提出）　同意，决定日期：2015-07-10"), "{told}");
}

/// All of that name, a sheet each.
#[test]
fn the_page_has_a_sheet_for_everybody_of_that_name() {
    let mut city = City::new(&["干部名册 G31 姓名=孙三"]);
    for cadre in ["G13", "G31"] {
        city.edit(&format!("+半年考核_干部 干部编号={cadre} 目标完成得分=20"));
    }
    city.run("half-year");
    let page = city.output().join("../孙三.xlsx");
    explained(&city, "孙 三", &["--output", page.to_str().unwrap()]);
    let mut book: Xlsx<_> = open_workbook(&page).unwrap();
    let titles: Vec<String> =
        book.worksheets().iter().map(|(_, range)| range.get((0, 0)).unwrap().to_string()).collect();
    assert!(titles.len() == 2 && titles[0].contains("G13") && titles[1].contains("G31"), "{titles:?}");
    let range = book.worksheet_range_at(0).unwrap().unwrap();
    assert!(range.rows().flatten().any(|cell| *cell == "2015-H-约谈-C-G13"));
}

#[test]
fn nobody_of_that_name_is_told_with_what_to_do() {
    let city = city();
    let mut command = kaohe();
    let ended = command.args(["explain", "没有人", "--archive"]).arg(city.output().join("档案.db")).output().unwrap();
    let told = String::from_utf8_lossy(&ended.stderr).into_owned();
    assert!(ended.status.code() == Some(1) && told.contains("没有人") && told.contains("请核对"), "{told}");
}
