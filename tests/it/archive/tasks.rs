//! 督办 and the other sheets of the ledger as of a day, and the talks that a run registers for them.

use std::path::{Path, PathBuf};

use calamine::{Data, Reader, Xlsx, open_workbook};
use kaohe::archive::Calendar;
use rusqlite::Connection;
use rust_xlsxwriter::Workbook;

use super::meeting::{as_shown, record};
use crate::rules::city::{City, kaohe};

const H: &str = "2015-half-year";

/// Leads: G31's is open (函询, 调查核实), G32's is true (诫勉谈话, 批评教育).
fn city() -> City {
    City::new(&[
        "+问题线索 线索编号=X1 对象=G31 线索来源=市级领导",
        "+问题线索 线索编号=X2 对象=G32 线索来源=市级领导 核实结果=属实 情节=轻微",
    ])
}

const LETTER: [&str; 2] = ["2015-H-函询-C-G31", "G31"];
const TALK: [&str; 2] = ["2015-H-诫勉谈话-C-G32", "G32"];

fn decided(city: &City) {
    city.run("half-year");
    record(city, H, "函询核实名单", &[(LETTER, "委员会意见", "同意"), (LETTER, "决定日期", "2015-07-10")]);
    record(city, H, "诫勉谈话名单", &[(TALK, "委员会意见", "同意"), (TALK, "决定日期", "2015-07-10")]);
}

/// A sheet of the ledger: title, and rows below the header.
pub fn sheet(city: &City, name: &str, options: &[&str]) -> (String, Vec<Vec<String>>, String) {
    let ledger = city.output().join("../台账.xlsx");
    let mut command = kaohe();
    command.args(["archive", "export"]).arg(&ledger).arg("--archive").arg(city.output().join("档案.db"));
    let ended = command.args(options).output().unwrap();
    let told = String::from_utf8_lossy(&ended.stderr).into_owned();
    assert_eq!(ended.status.code(), Some(0), "{told}");
    let mut book: Xlsx<_> = open_workbook(&ledger).unwrap();
    let range = book.worksheet_range(name).unwrap();
    let shown = |cell: &Data| match cell {
        Data::DateTime(time) => as_shown("日期", &(time.as_f64() as i64).to_string()),
        other => other.to_string(),
    };
    let rows: Vec<Vec<String>> = range.rows().map(|row| row.iter().map(shown).collect()).collect();
    let header = rows.iter().position(|row| row.iter().filter(|cell| !cell.is_empty()).count() > 2).unwrap();
    let body = rows[header + 1..].iter().filter(|row| row.iter().filter(|cell| !cell.is_empty()).count() > 2);
    (rows[0].concat(), body.cloned().collect(), told)
}

pub fn tasks(city: &City, options: &[&str]) -> Vec<String> {
    sheet(city, "督办", options).1.iter().map(|row| row.join("|")).collect()
}

fn holidays(city: &City, rows: &[(&str, &str)]) -> PathBuf {
    let path = city.output().join("../节假日.xlsx");
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (column, name) in ["日期", "类型"].iter().enumerate() {
        sheet.write_string(0, column as u16, *name).unwrap();
    }
    for (at, (day, kind)) in (1u32..).zip(rows) {
        sheet.write_string(at, 0, *day).unwrap();
        sheet.write_string(at, 1, *kind).unwrap();
    }
    book.save(&path).unwrap();
    path
}

#[test]
fn a_letter_is_answered_fifteen_working_days_after_the_decision_and_a_talk_looked_after_in_six_months() {
    let city = city();
    decided(&city);
    assert_eq!(
        tasks(&city, &["--as-of", "2015-07-11"]),
        [
            "2015-H-函询-C-G31|郑七|丙开发区|函询回复|2015-07-10|2015-07-31||未到期",
            "2015-H-诫勉谈话-C-G32|王八|丙开发区|诫勉后了解改正情况|2015-07-10|2016-01-10||未到期",
        ]
    );
}

#[test]
fn due_soon_is_five_working_days_with_the_last_and_overdue_the_day_after() {
    let city = city();
    decided(&city);
    for (day, state) in
        [("2015-07-23", "未到期"), ("2015-07-24", "将到期"), ("2015-07-31", "将到期"), ("2015-08-01", "逾期")]
    {
        let found = tasks(&city, &["--as-of", day]);
        assert!(found[0].starts_with("2015-H-函询") && found[0].ends_with(state), "{day}: {found:?}");
    }
    // Overdue first, whatever the order of the lines.
    let found = tasks(&city, &["--as-of", "2016-01-05"]);
    assert!(found[0].ends_with("逾期") && found[1].ends_with("将到期"), "{found:?}");
    // Without a day no state that needs one.
    let found = tasks(&city, &[]);
    assert!(found.iter().all(|row| row.ends_with('|')), "{found:?}");
}

#[test]
fn the_term_that_the_committee_sets_counts_and_a_filled_answer_is_done() {
    let city = city();
    decided(&city);
    let agreed = (LETTER, "委员会意见", "同意");
    record(&city, H, "函询核实名单", &[agreed, (LETTER, "回复期限", "2015-09-01")]);
    assert!(tasks(&city, &["--as-of", "2015-08-01"])[0].contains("|2015-07-10|2015-09-01||未到期"));
    record(&city, H, "函询核实名单", &[agreed, (LETTER, "回复日期", "2015-08-20")]);
    let found = tasks(&city, &["--as-of", "2015-12-01"]);
    assert!(found[1].ends_with("|2015-09-01|2015-08-20|已完成"), "{found:?}");
}

/// An answer, a talk and a look at how it went of a later day were not there yet.
#[test]
fn what_was_done_after_the_day_is_not_done_on_it() {
    let mut city = city();
    decided(&city);
    record(&city, H, "函询核实名单", &[(LETTER, "委员会意见", "同意"), (LETTER, "回复日期", "2015-08-20")]);
    city.edit("+谈话记录 谈话日期=2015-08-03 干部编号=G32 处理编号=2015-H-诫勉谈话-C-G32");
    city.edit("+谈话记录 谈话日期=2015-12-20 谈话类型=交心谈话 干部编号=G32 处理编号=2015-H-诫勉谈话-C-G32");
    city.run("annual");
    for (day, letter, look) in [
        ("2015-08-02", "2015-07-31||逾期", "2015-07-10|2016-01-10||未到期"),
        ("2015-08-19", "2015-07-31||逾期", "2015-08-03|2016-02-03||未到期"),
        ("2015-08-20", "2015-07-31|2015-08-20|已完成", "2015-08-03|2016-02-03||未到期"),
        ("2015-12-20", "2015-07-31|2015-08-20|已完成", "2015-08-03|2016-02-03|2015-12-20|已完成"),
    ] {
        let found = tasks(&city, &["--as-of", day]);
        assert!(found.iter().any(|row| row.ends_with(letter)), "{day}: {found:?}");
        assert!(found.iter().any(|row| row.ends_with(look)), "{day}: {found:?}");
    }
}

#[test]
fn without_a_date_or_a_term_it_is_said_that_there_is_none() {
    let city = city();
    city.run("half-year");
    record(&city, H, "函询核实名单", &[(LETTER, "委员会意见", "同意")]);
    assert_eq!(tasks(&city, &["--as-of", "2015-07-11"]), ["2015-H-函询-C-G31|郑七|丙开发区|函询回复||||期限未定"]);
}

#[test]
fn rectification_is_due_by_its_term_and_done_by_its_result() {
    let city = City::new(&["年度考核_班子 B1 考核等次=一般"]);
    city.run("annual");
    let of = ["2015-A-限期整改-T-B1", "B1"];
    let agreed = [(of, "委员会意见", "同意"), (of, "整改期限", "2016-03-31")];
    record(&city, "2015-annual", "整改整顿名单", &agreed);
    let found = tasks(&city, &["--as-of", "2016-04-01"]);
    assert_eq!(found, ["2015-A-限期整改-T-B1|甲局|甲局|整改||2016-03-31||逾期"]);
    record(&city, "2015-annual", "整改整顿名单", &[(of, "委员会意见", "同意"), (of, "整改结果", "已整改到位")]);
    assert!(tasks(&city, &["--as-of", "2016-04-01"])[0].ends_with("|2016-03-31|已整改到位|已完成"));
}

#[test]
fn after_an_admonition_the_talk_counts_and_a_heart_to_heart_with_its_line_is_the_look() {
    let mut city = city();
    decided(&city);
    city.edit("+谈话记录 谈话日期=2015-08-03 干部编号=G32 处理编号=2015-H-诫勉谈话-C-G32");
    city.run("annual");
    let of = |found: Vec<String>| found.into_iter().find(|row| row.contains("诫勉后")).unwrap();
    assert!(of(tasks(&city, &["--as-of", "2015-12-31"])).contains("|2015-08-03|2016-02-03||未到期"));
    city.edit("+谈话记录 谈话日期=2015-12-20 谈话类型=交心谈话 干部编号=G32 处理编号=2015-H-诫勉谈话-C-G32");
    city.run("annual");
    assert!(of(tasks(&city, &["--as-of", "2016-12-31"])).contains("|2016-02-03|2015-12-20|已完成"));
}

/// 同意 on its own line or another line decided so; what was refused or changed to something else makes no task.
#[test]
fn tasks_follow_what_was_agreed_to_and_a_half_years_decision_makes_them_once() {
    let city = city();
    city.run("half-year");
    let of = ["2015-H-批评教育-C-G32", "G32"];
    record(
        &city,
        H,
        "诫勉谈话名单",
        &[
            (TALK, "委员会意见", "变更"),
            (TALK, "决定方式", "批评教育"),
            (of, "委员会意见", "变更"),
            (of, "决定方式", "诫勉谈话"),
            (of, "决定日期", "2015-07-10"),
        ],
    );
    record(&city, H, "函询核实名单", &[(LETTER, "委员会意见", "不同意")]);
    city.run("annual");
    let found = tasks(&city, &["--as-of", "2015-07-11"]);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].starts_with("2015-H-批评教育-C-G32|王八|丙开发区|诫勉后了解改正情况|2015-07-10"), "{found:?}");
    // Nor does the annual line begin a period of its own.
    let periods = sheet(&city, "影响期", &[]).1;
    assert_eq!(periods.iter().filter(|row| row[6].contains("审定")).count(), 1, "{periods:?}");
}

/// Where the committee sets a term for looking into something, it is watched over; the Measures set none.
#[test]
fn an_inquiry_is_watched_over_once_a_term_is_set() {
    let city = city();
    city.run("half-year");
    let of = ["2015-H-调查核实-C-G31", "G31"];
    record(&city, H, "函询核实名单", &[(of, "委员会意见", "同意"), (of, "决定日期", "2015-07-10")]);
    assert_eq!(tasks(&city, &[]), Vec::<String>::new());
    record(&city, H, "函询核实名单", &[(of, "委员会意见", "同意"), (of, "回复期限", "2015-09-01")]);
    let found = tasks(&city, &["--as-of", "2015-09-02"]);
    assert!(found.len() == 1 && found[0].ends_with("|调查核实|2015-07-10|2015-09-01||逾期"), "{found:?}");
}

#[test]
fn working_days_are_corrected_by_the_workbook_of_holidays_and_its_absence_is_told() {
    let city = city();
    decided(&city);
    let path = holidays(&city, &[("2015-07-31", "休"), ("2015-07-25", "班"), ("2015-07-30", "休")]);
    let with = ["--as-of", "2015-07-11", "--holidays", path.to_str().unwrap()];
    assert!(tasks(&city, &with)[0].contains("|2015-08-03||"), "{:?}", tasks(&city, &with));
    let (title, _, _) = sheet(&city, "督办", &["--as-of", "2015-07-11"]);
    assert!(title.contains("没有提供节假日表"), "{title}");
    let (title, _, _) = sheet(&city, "督办", &with);
    assert!(!title.contains("节假日"), "{title}");
    // A form that nobody has filled in, or one of another year, says nothing of the days of these terms.
    for days in [&[][..], &[("2016-07-31", "休")]] {
        let path = holidays(&city, days);
        let (title, _, _) = sheet(&city, "督办", &["--as-of", "2015-07-11", "--holidays", path.to_str().unwrap()]);
        assert!(title.contains("节假日表中没有2015年的日子，该年的工作日按周一至周五计"), "{title}");
    }
}

#[test]
fn a_bad_row_of_the_holidays_is_refused_by_its_cell() {
    let city = city();
    decided(&city);
    let refused = |path: &Path| {
        let mut command = kaohe();
        command.args(["archive", "export"]).arg(city.output().join("../x.xlsx"));
        command.arg("--archive").arg(city.output().join("档案.db")).arg("--holidays").arg(path);
        let ended = command.output().unwrap();
        assert_eq!(ended.status.code(), Some(1));
        assert!(!city.output().join("../x.xlsx").exists());
        String::from_utf8_lossy(&ended.stderr).into_owned()
    };
    let told = refused(&holidays(&city, &[("2015-07-31", "休"), ("2015年7月", "休"), ("2015-08-01", "上班")]));
    assert!(told.contains("!A3") && told.contains("2015年7月") && told.contains("!B4"), "{told}");
    let told = refused(&holidays(&city, &[("2015-07-31", "休"), ("2015-07-31", "班")]));
    assert!(told.contains("!A3"), "{told}");
    // Nor is a sheet that nobody sees left out in silence, whatever stands on another.
    let mut book = Workbook::new();
    for name in ["2015年", "上年"] {
        let sheet = book.add_worksheet().set_name(name).unwrap();
        for (column, text) in ["日期", "类型"].iter().enumerate() {
            sheet.write_string(0, column as u16, *text).unwrap();
        }
        sheet.set_hidden(name == "上年");
    }
    let path = city.output().join("../隐藏.xlsx");
    book.save(&path).unwrap();
    let told = refused(&path);
    assert!(told.contains("上年!A1：这张工作表是隐藏的") && !told.contains("2015年!"), "{told}");
    // And one must be there.
    Workbook::new().save(&path).unwrap();
    assert!(refused(&path).contains("没有一张工作表同时带有"));
}

#[test]
fn the_summary_counts_what_is_overdue_and_show_says_the_same() {
    let city = city();
    decided(&city);
    let (_, _, told) = sheet(&city, "督办", &["--as-of", "2015-08-03"]);
    assert!(told.contains("逾期 1 项"), "{told}");
    let archive = city.output().join("档案.db");
    let shown = kaohe().args(["archive", "show", "--as-of", "2015-08-03", "--archive"]).arg(archive).output().unwrap();
    let shown = String::from_utf8_lossy(&shown.stdout).into_owned();
    for part in [
        "督办（截至 2015-08-03，逾期 1 项",
        "函询回复，期限 2015-07-31，逾期",
        "影响期（截至 2015-08-03）",
        "王八：2015-07-10 至 2016-01-10",
    ] {
        assert!(shown.contains(part), "{part} is not in {shown}");
    }
}

#[test]
fn who_is_under_influence_since_when_until_when_and_by_what() {
    let mut city = city();
    decided(&city);
    city.edit("+谈话记录 谈话日期=2015-05-04 干部编号=G22");
    city.run("half-year");
    let rows = |day: &str| -> Vec<String> {
        sheet(&city, "影响期", &["--as-of", day]).1.iter().map(|row| row.join("|")).collect()
    };
    let found = rows("2015-11-04");
    assert_eq!(
        found[..2],
        [
            "吴六|G22||影响期|2015-05-04|2015-11-04|诫勉谈话|影响期内".to_owned(),
            "王八|G32|丙开发区|影响期|2015-07-10|2016-01-10|审定（2015-H-诫勉谈话-C-G32）|影响期内".to_owned(),
        ]
    );
    assert!(rows("2015-11-05").iter().any(|row| row.starts_with("吴六") && row.ends_with("已满")));
}

#[test]
fn a_line_with_a_ground_of_a_lead_shows_no_basis_in_the_ledger() {
    let city = city();
    decided(&city);
    let (_, rows, _) = sheet(&city, "台账", &[]);
    assert!(!rows.is_empty());
    for row in &rows {
        assert!(
            !row.iter().any(|cell| cell.contains("第二部分") || cell.contains("X1") || cell.contains("X2")),
            "{row:?}"
        );
    }
}

#[test]
fn a_subjects_proposals_decisions_talks_and_grades_stand_together() {
    let mut city = city();
    decided(&city);
    city.edit("年度考核_干部 G32 考核等次=基本称职");
    city.run("annual");
    let rows = sheet(&city, "逐人", &[]).1;
    let of: Vec<String> = rows.iter().filter(|row| row[1] == "G32").map(|row| row[3..].join("|")).collect();
    for part in [
        "2014|谈话|2014-10-10 诫勉谈话",
        "2015|考核等次|基本称职",
        "2015|半年拟处理|诫勉谈话|同意，决定日期：2015-07-10|2015-H-诫勉谈话-C-G32",
    ] {
        assert!(of.iter().any(|row| row.starts_with(part)), "{part} is not in {of:#?}");
    }
}

/// Cadre, day, kind, 所属年度, 处理编号; they are no answers, and they are chained like everything else.
#[test]
fn a_run_registers_the_talks_that_it_used() {
    let mut city = city();
    city.edit("+谈话记录 谈话日期=2015-05-04 干部编号=G22 所属年度=2014");
    city.edit("+谈话记录 谈话日期=2013-05-04 干部编号=G21");
    city.edit("+谈话记录 谈话日期=2015-07-04 干部编号=G21");
    city.run("half-year");
    let archive = city.output().join("档案.db");
    let db = Connection::open(&archive).unwrap();
    let mut read = db
        .prepare(
            "SELECT 编号 || ' ' || 谈话日期 || ' ' || 谈话类型 || ' ' || COALESCE(所属年度, '') FROM 谈话 ORDER BY 序",
        )
        .unwrap();
    let talks: Vec<String> = read.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap();
    assert_eq!(talks, ["G22 2015-05-04 诫勉谈话 2014", "G32 2014-10-10 诫勉谈话 "]);
    drop(read);
    let verify = || kaohe().args(["archive", "verify", "--archive"]).arg(&archive).output().unwrap().status.code();
    assert_eq!(verify(), Some(0));
    db.execute("UPDATE 谈话 SET 谈话日期 = '2015-05-05' WHERE 编号 = 'G22'", []).unwrap();
    assert_eq!(verify(), Some(1));
    assert_eq!(city.try_run("half-year").status.code(), Some(1), "a run over a broken archive fails");
}

#[test]
fn working_days_are_monday_to_friday_and_the_last_day_counts_among_the_days_away() {
    let (plain, day) = (Calendar::default(), |text: &str| text.parse::<chrono::NaiveDate>().unwrap());
    // 2015-07-10 is a Friday: the fifteenth working day after it is Friday three weeks on.
    assert_eq!(plain.after(day("2015-07-10"), 15), Some(day("2015-07-31")));
    assert_eq!(plain.after(day("2015-07-11"), 1), Some(day("2015-07-13")));
    assert!(plain.is_within(day("2015-07-10"), day("2015-07-10"), 0));
    assert!(plain.is_within(day("2015-07-10"), day("2015-07-17"), 5));
    assert!(!plain.is_within(day("2015-07-10"), day("2015-07-20"), 5));
    assert!(plain.is_within(day("2015-07-10"), day("2015-07-19"), 5), "no further working day");
}
