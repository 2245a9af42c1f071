//! The register of talks works both ways: a talk entered there counts like one in 谈话记录, one of 谈话记录 stands
//! there, and what is still to be held at the end of the year is shown again.

use super::meeting::{amend, record, shown, try_record};
use crate::rules::city::City;

const H: &str = "2015-half-year";
const A: &str = "2015-annual";
const BOOK: &str = "档案登记";
const ANNUAL_FILE: &str = "年度考核管理档案";
const SPECIAL_FILE: &str = "特别监督档案";

/// G13 is weak in person: 约谈 and 通报 at half-year.
fn city() -> City {
    City::new(&["+半年考核_干部 干部编号=G13 目标完成得分=20"])
}

/// (档案, 编号, 处理编号, 状态, 谈话日期) of a register.
fn rows(city: &City, run: &str) -> Vec<String> {
    let rows = shown(city, run, BOOK, &["档案", "编号", "处理编号", "状态", "谈话日期"]);
    rows.iter().map(|row| row.join(" ").trim_end().to_owned()).collect()
}

fn agree(city: &City) {
    city.run("half-year");
    city.decide(H, "约谈名单", &[("2015-H-约谈-C-G13", "同意", "")]);
}

#[test]
fn a_talk_entered_in_one_file_stands_in_the_other_after_the_next_run() {
    let city = city();
    agree(&city);
    city.run("half-year");
    assert_eq!(
        rows(&city, H),
        [format!("{ANNUAL_FILE} G13 2015-H-约谈-C-G13 待谈"), format!("{SPECIAL_FILE} G13 2015-H-约谈-C-G13 待谈"),]
    );
    let of = [ANNUAL_FILE, "G13"];
    record(&city, H, BOOK, &[(of, "谈话日期", "2015-06-20"), (of, "谈话人", "部领导"), (of, "谈话情况", "已谈")]);
    city.run("half-year");
    let all = shown(&city, H, BOOK, &["档案", "状态", "谈话日期", "谈话人", "谈话情况"]);
    let texts: Vec<String> = all.iter().map(|row| row.join("|")).collect();
    // 谈话人 and 谈话情况 stay in their row.
    assert_eq!(
        texts,
        [format!("{ANNUAL_FILE}|可归档|2015-06-20|部领导|已谈"), format!("{SPECIAL_FILE}|可归档|2015-06-20||")]
    );
}

/// Else any 约谈 of the year, also after the as-of date.
#[test]
fn a_talk_that_names_no_line_counts_in_its_year() {
    let state = |talk: &str| {
        let mut city = city();
        agree(&city);
        city.edit(&format!("+谈话记录 干部编号=G13 {talk}"));
        city.run("half-year");
        shown(&city, H, BOOK, &["状态", "谈话日期"]).into_iter().map(|row| row.join(" ")).collect::<Vec<_>>()
    };
    assert_eq!(state("谈话类型=约谈 谈话日期=2015-09-01"), ["可归档 2015-09-01"; 2]);
    for other in ["谈话类型=约谈 谈话日期=2014-09-01", "谈话类型=批评教育 谈话日期=2015-09-01"] {
        assert_eq!(state(other), ["待谈 "; 2], "{other}");
    }
}

/// An inquiry that the half-year's committee changed to a talk, proposed again: one row for each file.
#[test]
fn what_the_half_year_decided_stands_in_the_annual_register_once() {
    let city = City::new(&["+问题线索 线索编号=X1 对象=G13 线索来源=市级领导 核实结果=未核实"]);
    city.run("half-year");
    let of = ["2015-H-函询-C-G13", "G13"];
    record(&city, H, "函询核实名单", &[(of, "委员会意见", "变更"), (of, "决定方式", "约谈")]);
    city.run("annual");
    let expected = [ANNUAL_FILE, SPECIAL_FILE].map(|file| format!("{file} G13 2015-H-函询-C-G13 待谈"));
    assert_eq!(rows(&city, A), expected);
}

#[test]
fn what_a_run_filled_in_and_comes_back_unchanged_is_no_answer() {
    let mut city = city();
    agree(&city);
    city.edit("+谈话记录 谈话类型=约谈 谈话日期=2015-06-20 干部编号=G13 处理编号=2015-H-约谈-C-G13");
    city.run("half-year");
    assert!(rows(&city, H).iter().all(|row| row.ends_with("可归档 2015-06-20")), "{:?}", rows(&city, H));
    let told = record(&city, H, BOOK, &[]);
    assert!(told.contains("档案没有变化"), "{told}");
    // Beside it something is written: that alone is taken, and the published register may be superseded afterwards.
    let of = [SPECIAL_FILE, "G13"];
    record(&city, H, BOOK, &[(of, "谈话人", "部领导")]);
    city.run("half-year");
    assert!(rows(&city, H).iter().all(|row| row.ends_with("可归档 2015-06-20")), "{:?}", rows(&city, H));
}

/// 提示 and 状态 look at talks already held, wherever they were entered.
#[test]
fn a_talk_entered_in_the_register_counts_where_one_of_the_talks_counts() {
    let city = city();
    agree(&city);
    record(&city, H, BOOK, &[([SPECIAL_FILE, "G13"], "谈话日期", "2015-06-20")]);
    city.run("half-year");
    let hints = shown(&city, H, "约谈名单", &["编号", "提示"]);
    assert_eq!(hints, [["G13", "本年已约谈（2015-06-20）"]]);
}

/// 变更 of another line to 约谈, or one of its options.
#[test]
fn a_line_of_another_action_decided_as_a_talk_makes_rows() {
    let city = city();
    city.run("half-year");
    city.decide(H, "约谈名单", &[("2015-H-约谈-C-G13", "不同意", "")]);
    city.decide(H, "通报名单", &[("2015-H-通报-C-G13", "变更", "约谈")]);
    city.run("half-year");
    let both = "2015-H-约谈-C-G13、2015-H-通报-C-G13";
    // Of several lines the least advanced; 不办 only when all are.
    let found = rows(&city, H);
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(found.iter().all(|row| row.contains("待谈")), "{found:?}");
    for id in both.split('、') {
        assert!(found.iter().all(|row| row.contains(id)), "{found:?}");
    }
}

#[test]
fn joint_liability_decided_as_a_talk_makes_rows_in_the_annual_register() {
    let city = City::new(&["年度考核_干部 G13 考核等次=不称职"]);
    city.run("annual");
    assert_eq!(rows(&city, A), Vec::<String>::new());
    city.decide(
        A,
        "调整建议名单",
        &[("2015-A-连带责任处理-C-G11", "同意", "约谈"), ("2015-A-连带责任处理-C-G12", "变更", "诫勉谈话")],
    );
    city.run("annual");
    assert_eq!(
        rows(&city, A),
        [
            format!("{ANNUAL_FILE} G11 2015-A-连带责任处理-C-G11 待谈"),
            format!("{SPECIAL_FILE} G11 2015-A-连带责任处理-C-G11 待谈"),
        ]
    );
}

#[test]
fn a_talk_changed_to_something_else_is_not_held_and_one_changed_to_a_talk_is() {
    for (opinion, method, state) in
        [("变更", "批评教育", "不办"), ("不同意", "", "不办"), ("变更", "约谈", "待谈"), ("缓议", "", "待定")]
    {
        let city = city();
        city.run("half-year");
        city.decide(H, "约谈名单", &[("2015-H-约谈-C-G13", opinion, method)]);
        city.run("half-year");
        assert!(rows(&city, H).iter().all(|row| row.ends_with(state)), "{opinion}: {:?}", rows(&city, H));
    }
}

#[test]
fn the_annual_register_shows_the_half_years_talks_that_are_still_to_be_held() {
    let mut city = city();
    agree(&city);
    city.run("annual");
    let open =
        [format!("{ANNUAL_FILE} G13 2015-H-约谈-C-G13 待谈"), format!("{SPECIAL_FILE} G13 2015-H-约谈-C-G13 待谈")];
    assert_eq!(rows(&city, A), open);
    // Recorded from the annual register, it counts for the half-year's line.
    record(&city, A, BOOK, &[([SPECIAL_FILE, "G13"], "谈话日期", "2015-12-20")]);
    city.run("half-year");
    assert!(rows(&city, H).iter().all(|row| row.ends_with("可归档 2015-12-20")), "{:?}", rows(&city, H));
    city.run("annual");
    assert_eq!(rows(&city, A), Vec::<String>::new(), "what can be filed stands in the half-year's register alone");
    // One in 谈话记录 does the same.
    city.edit("+半年考核_干部 干部编号=G14 目标完成得分=20");
    city.run("half-year");
    city.run("annual");
    assert!(rows(&city, A).iter().all(|row| row.ends_with("2015-H-约谈-C-G14 待定")), "{:?}", rows(&city, A));
}

#[test]
fn a_talk_entered_in_the_teams_row_counts_for_every_line_that_it_names() {
    let city = City::new(&["半年考核_班子 B1 目标完成得分=20"]);
    city.run("half-year");
    let lines = [("2015-H-约谈-C-G11", "同意", ""), ("2015-H-约谈-C-G12", "同意", "")];
    city.decide(H, "约谈名单", &lines);
    record(&city, H, BOOK, &[([ANNUAL_FILE, "B1"], "谈话日期", "2015-06-22")]);
    city.run("half-year");
    let found = rows(&city, H);
    assert_eq!(found.len(), 5, "{found:?}");
    assert!(found.iter().all(|row| row.ends_with("可归档 2015-06-22")), "{found:?}");
}

#[test]
fn the_teams_row_takes_the_least_advanced_of_its_lines() {
    let city = City::new(&["半年考核_班子 B1 目标完成得分=20"]);
    city.run("half-year");
    city.decide(H, "约谈名单", &[("2015-H-约谈-C-G11", "同意", ""), ("2015-H-约谈-C-G12", "同意", "")]);
    record(&city, H, BOOK, &[([ANNUAL_FILE, "G11"], "谈话日期", "2015-06-22")]);
    city.run("half-year");
    let team: Vec<String> = rows(&city, H).into_iter().filter(|row| row.contains(" B1 ")).collect();
    assert_eq!(team, [format!("{ANNUAL_FILE} B1 2015-H-约谈-C-G11、2015-H-约谈-C-G12 待谈")]);
}

/// 状态 moves on while the register is out: it is not compared.
#[test]
fn a_register_published_before_the_decision_is_taken_after_it() {
    let city = city();
    city.run("half-year");
    city.decide(H, "约谈名单", &[("2015-H-约谈-C-G13", "同意", "")]);
    let (code, told) = try_record(
        &city,
        H,
        BOOK,
        &[([ANNUAL_FILE, "G13"], "状态", "可归档"), ([ANNUAL_FILE, "G13"], "谈话日期", "2015-06-20")],
    );
    assert_eq!(code, Some(0), "{told}");
}

/// What a half-year line decided later joins has its talk already: it stands in the same row.
#[test]
fn a_line_that_joins_a_row_later_has_the_talk_that_was_entered_there() {
    let city = city();
    agree(&city);
    record(&city, H, BOOK, &[([SPECIAL_FILE, "G13"], "谈话日期", "2015-06-20")]);
    city.decide(H, "通报名单", &[("2015-H-通报-C-G13", "变更", "约谈")]);
    city.run("half-year");
    let found = rows(&city, H);
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(
        found.iter().all(|row| row.contains("2015-H-通报-C-G13") && row.ends_with("可归档 2015-06-20")),
        "{found:?}"
    );
}

/// But nobody else's: who joins a team's row later was not among those whom it named.
#[test]
fn a_talk_entered_in_the_teams_row_is_nobodys_who_joins_it_later() {
    let mut city = City::new(&["半年考核_班子 B1 目标完成得分=20"]);
    city.run("half-year");
    city.decide(H, "约谈名单", &[("2015-H-约谈-C-G11", "同意", ""), ("2015-H-约谈-C-G12", "同意", "")]);
    record(&city, H, BOOK, &[([ANNUAL_FILE, "B1"], "谈话日期", "2015-06-22")]);
    city.edit("半年考核_班子 B1 相关责任领导=G13");
    city.run("half-year");
    city.decide(H, "约谈名单", &[("2015-H-约谈-C-G13", "同意", "")]);
    city.run("half-year");
    let found = rows(&city, H);
    let of: Vec<&String> = found.iter().filter(|row| row.contains(" G13 ")).collect();
    assert!(of.len() == 2 && of.iter().all(|row| row.ends_with("待谈")), "{found:?}");
    let team = found.iter().find(|row| row.contains(" B1 ")).unwrap();
    assert!(team.contains("待谈"), "{team}");
}

/// Nobody is lost: who left the registers stands there as the half-year knew them, until the talk is held.
#[test]
fn a_half_years_talk_of_somebody_who_left_stands_in_the_annual_register() {
    let mut city = city();
    agree(&city);
    for table in ["干部名册", "年度考核_干部", "半年考核_干部"] {
        city.edit(&format!("-{table} G13"));
    }
    city.run("annual");
    let found = shown(&city, A, BOOK, &["档案", "对象", "单位", "处理编号", "状态"]);
    let line = "2015-H-约谈-C-G13";
    assert_eq!(found, [[ANNUAL_FILE, "孙三", "甲局", line, "待谈"], [SPECIAL_FILE, "孙三", "甲局", line, "待谈"]]);
    record(&city, A, BOOK, &[([SPECIAL_FILE, "G13"], "谈话日期", "2015-12-20")]);
    city.run("annual");
    assert_eq!(rows(&city, A), Vec::<String>::new());
}

/// The talk of a line that is agreed at the end of the year is another one, and leaves the half-year's day alone.
#[test]
fn a_later_talk_in_the_same_file_is_entered_beside_the_earlier_one() {
    let mut city = City::new(&["+半年考核_干部 干部编号=G11 目标完成得分=20"]);
    city.run("half-year");
    city.decide(H, "约谈名单", &[("2015-H-约谈-C-G11", "同意", "")]);
    record(&city, H, BOOK, &[([ANNUAL_FILE, "G11"], "谈话日期", "2015-07-20")]);
    city.edit("年度考核_干部 G13 考核等次=不称职");
    city.run("annual");
    city.decide(A, "调整建议名单", &[("2015-A-连带责任处理-C-G11", "同意", "约谈")]);
    city.run("annual");
    let of = |day: &str| {
        let line = "2015-A-连带责任处理-C-G11";
        [ANNUAL_FILE, SPECIAL_FILE].map(|file| format!("{file} G11 {line} {day}").trim_end().to_owned())
    };
    assert_eq!(rows(&city, A), of("待谈"));
    record(&city, A, BOOK, &[([ANNUAL_FILE, "G11"], "谈话日期", "2015-12-22")]);
    city.run("annual");
    assert_eq!(rows(&city, A), of("可归档 2015-12-22"));
    city.run("half-year");
    assert!(rows(&city, H).iter().all(|row| row.ends_with("可归档 2015-07-20")), "{:?}", rows(&city, H));
}

/// One talk has one day, in whichever file it is entered.
#[test]
fn days_that_contradict_each_other_between_a_cadres_files_are_refused() {
    let city = city();
    agree(&city);
    let (one, two) = ([ANNUAL_FILE, "G13"], [SPECIAL_FILE, "G13"]);
    let (code, told) = try_record(&city, H, BOOK, &[(one, "谈话日期", "2015-06-20"), (two, "谈话日期", "2015-06-22")]);
    assert_eq!(code, Some(1), "{told}");
    assert!(told.contains("2015-06-20") && told.contains("2015-06-22") && told.contains(ANNUAL_FILE), "{told}");
    record(&city, H, BOOK, &[(one, "谈话日期", "2015-06-20"), (two, "谈话日期", "2015-06-20")]);
    city.run("half-year");
    let (code, told) = try_record(&city, H, BOOK, &[(two, "谈话日期", "2015-06-22")]);
    assert!(code == Some(1) && told.contains("--amend"), "{told}");
    // A correction of the one corrects the other.
    amend(&city, H, BOOK, &[(two, "谈话日期", "2015-06-22")]);
    city.run("half-year");
    assert!(rows(&city, H).iter().all(|row| row.ends_with("可归档 2015-06-22")), "{:?}", rows(&city, H));
}

#[test]
fn a_day_that_contradicts_the_one_known_from_the_talks_is_refused() {
    let mut city = city();
    agree(&city);
    city.edit("+谈话记录 谈话类型=约谈 谈话日期=2015-06-20 干部编号=G13 处理编号=2015-H-约谈-C-G13");
    city.run("half-year");
    let (code, told) = try_record(&city, H, BOOK, &[([SPECIAL_FILE, "G13"], "谈话日期", "2015-06-22")]);
    assert!(code == Some(1) && told.contains("2015-06-20") && told.contains("--amend"), "{told}");
}
